#ifndef ANALYZERS_JAVASCRIPT_BUILTINS_ARRAY_H
#define ANALYZERS_JAVASCRIPT_BUILTINS_ARRAY_H
/* What the methods of Array share: builtins_array.c has those that look or make,
 * builtins_array_each.c those that call back, builtins_array_change.c those that change the array
 * itself. An array whose elements are not all known gives results that are not all known. */
#include "analyzers/javascript/eval_internal.h"

/* the receiver; NULL: *v is the result (not an array) */
static inline struct val_array *array_self(struct call *c, struct value **v)
{
	if (c->this_->kind == VAL_ARRAY)
		return c->this_->u.arr;
	*v = unknown(c->fr, c->node, "calls %s on another value", c->self->name);
	return NULL;
}

#define SELF(a)                                                                                    \
	struct value *other = NULL;                                                                \
	struct val_array *a = array_self(c, &other);                                               \
	(void)ip;                                                                                  \
	if (!a)                                                                                    \
	return other

static inline struct value *item_at(struct interp *ip, const struct val_array *a, uint32_t i)
{
	return a->items[i] ? a->items[i] : ip->undefined;
}

/* elements that are surely there */
static inline uint32_t sure(const struct val_array *a)
{
	return a->open ? a->fixed : a->n;
}

static inline struct value *open_result(struct call *c)
{
	return unknown(c->fr, c->node, "the elements of this array are not all known");
}

static inline void inherit_open(struct val_array *to, const struct val_array *from)
{
	if (from->open && !to->open) {
		to->open = true;
		to->fixed = to->n;
	}
}

/* an index that may count from the end */
static inline double relative(double num, double length)
{
	num = num_to_integer(num);
	return num < 0 ? (num + length < 0 ? 0 : num + length) : num > length ? length : num;
}

#endif
