/* The methods of Array that change the array itself. */
#include "analyzers/javascript/builtins_array.h"

#include <math.h>

static bool is_frozen(struct call *c, const struct val_array *a)
{
	if (a->frozen)
		throw_error(c->fr, c->node, "TypeError",
			    "Cannot add property %u, object is not extensible", a->n);
	return a->frozen;
}

static struct value *array_push(struct interp *ip, struct call *c)
{
	SELF(a);
	if (c->n && is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	if (!charge(ip, c->n * sizeof(struct value *)))
		return NULL;
	for (uint32_t i = 0; i < c->n; i++)
		val_push(ip->arena, a,
			 ip->chosen_by ? with_choice(ip->chosen_file, ip, ip->chosen_by, c->args[i])
				       : c->args[i]);
	return a->open ? open_result(c) : result_number(c, a->n);
}

static struct value *array_pop(struct interp *ip, struct call *c)
{
	SELF(a);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	if (a->open) {
		a->fixed = 0; /* it may have been empty but for those */
		return open_result(c);
	}
	return a->n ? item_at(ip, a, --a->n) : ip->undefined;
}

static void remove_items(struct val_array *a, uint32_t at, uint32_t n)
{
	memmove(a->items + at, a->items + at + n, (a->n - at - n) * sizeof *a->items);
	a->n -= n;
}

static void insert_items(struct interp *ip, struct val_array *a, uint32_t at, struct value **items,
			 uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		val_push(ip->arena, a, NULL);
	if (!n)
		return;
	memmove(a->items + at + n, a->items + at, (a->n - n - at) * sizeof *a->items);
	memcpy(a->items + at, items, n * sizeof *items);
}

static struct value *array_shift(struct interp *ip, struct call *c)
{
	SELF(a);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	if (a->open && !a->fixed)
		return open_result(c);
	if (!a->n)
		return ip->undefined;
	struct value *v = item_at(ip, a, 0);
	ip->steps += a->n / 64;
	remove_items(a, 0, 1);
	a->fixed -= a->fixed > 0;
	return v;
}

static struct value *array_unshift(struct interp *ip, struct call *c)
{
	SELF(a);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	ip->steps += a->n / 64;
	insert_items(ip, a, 0, c->args, c->n);
	a->fixed += c->n;
	return a->open ? open_result(c) : result_number(c, a->n);
}

static struct value *array_splice(struct interp *ip, struct call *c)
{
	SELF(a);
	double from, count;
	struct value *odd, *out = result_array(c);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	bool known = arg_num(c, 0, 0, &from, &odd) && arg_num(c, 1, 0, &count, &odd);
	if (!known || a->open) {
		a->open = true;
		a->fixed = 0;
		return known ? open_result(c) : odd;
	}
	from = relative(from, a->n);
	count = c->n == 0   ? 0
		: c->n == 1 ? a->n - from
			    : fmin(fmax(num_to_integer(count), 0), a->n - from);
	for (uint32_t i = 0; i < count; i++)
		val_push(ip->arena, out->u.arr, a->items[(uint32_t)from + i]);
	ip->steps += a->n / 64;
	remove_items(a, (uint32_t)from, (uint32_t)count);
	if (c->n > 2)
		insert_items(ip, a, (uint32_t)from, c->args + 2, c->n - 2);
	return out;
}

static struct value *array_reverse(struct interp *ip, struct call *c)
{
	SELF(a);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	a->fixed = 0;
	for (uint32_t i = 0; i < a->n / 2; i++) {
		struct value *swap = a->items[i];
		a->items[i] = a->items[a->n - 1 - i];
		a->items[a->n - 1 - i] = swap;
	}
	return c->this_;
}

static struct value *array_fill(struct interp *ip, struct call *c)
{
	SELF(a);
	double from, to;
	struct value *odd;
	touch_array(ip, a);
	if (a->open || is_frozen(c, a))
		return a->frozen ? NULL : open_result(c);
	if (!arg_num(c, 1, 0, &from, &odd) || !arg_num(c, 2, a->n, &to, &odd)) {
		a->open = true;
		a->fixed = 0;
		return odd;
	}
	from = relative(from, a->n);
	to = relative(to, a->n);
	ip->steps += a->n / 4;
	for (uint32_t i = (uint32_t)from; i < to; i++)
		a->items[i] = arg(ip, c, 0);
	return c->this_;
}

/* a stable merge sort; compare: negative, 0, positive; *v: unknown or (NULL) unwinding */
static bool compare(struct call *c, struct value *x, struct value *y, int *order, struct value **v)
{
	struct str s, t;
	double num;
	*v = NULL;
	if (x->kind == VAL_UNDEFINED || y->kind == VAL_UNDEFINED) {
		*order = (x->kind == VAL_UNDEFINED) - (y->kind == VAL_UNDEFINED);
		return true;
	}
	if (arg(c->fr->ip, c, 0)->kind != VAL_FUNCTION) {
		if (!to_str(c->fr, c->node, x, &s, v) || !to_str(c->fr, c->node, y, &t, v))
			return false;
		*order = u16_cmp(s, t);
		return true;
	}
	struct value *args[] = {x, y},
		     *r = call_value(c->fr, c->node, c->args[0], c->fr->ip->undefined, args, 2);
	if (!r || !to_num(c->fr, c->node, r, &num, v))
		return false;
	*order = num < 0 ? -1 : num > 0;
	return true;
}

static bool merge_sort(struct call *c, struct value **items, struct value **spare, uint32_t n,
		       struct value **v)
{
	if (n < 2)
		return true;
	uint32_t half = n / 2, i = 0, k = half, out = 0;
	if (!merge_sort(c, items, spare, half, v) ||
	    !merge_sort(c, items + half, spare, n - half, v))
		return false;
	memcpy(spare, items, n * sizeof *items);
	while (i < half || k < n) {
		int order = -1;
		if (k < n && (i == half || !compare(c, spare[i], spare[k], &order, v))) {
			if (i != half)
				return false;
			order = 1;
		}
		items[out++] = order > 0 ? spare[k++] : spare[i++];
	}
	c->fr->ip->steps += n;
	return true;
}

static struct value *array_sort(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *v = NULL, *cmp = arg(ip, c, 0);
	if (is_frozen(c, a))
		return NULL;
	touch_array(ip, a);
	if (a->open || is_unknown(cmp)) {
		a->open = true;
		a->fixed = 0;
		return is_unknown(cmp)					 ? spread_unknown(ip, cmp)
		       : call_maybe(c->fr, c->node, cmp, open_result(c)) ? c->this_
									 : NULL;
	}
	uint32_t n = 0, holes = 0;
	struct value **sorted = arena_array(ip->arena, struct value *, a->n + 1);
	for (uint32_t i = 0; i < a->n; i++)
		if (a->items[i])
			sorted[n++] = a->items[i];
	holes = a->n - n;
	if (!merge_sort(c, sorted, arena_array(ip->arena, struct value *, n + 1), n, &v)) {
		touch_array(ip, a);
		a->open = true;
		a->fixed = 0;
		return v;
	}
	touch_array(ip, a);
	a->n = n + holes;
	memcpy(a->items, sorted, n * sizeof *sorted);
	for (uint32_t i = n; i < a->n; i++)
		a->items[i] = NULL;
	return c->this_;
}

const struct builtin builtins_array_change[] = {
    {.name = "Array#push", .fn = array_push},
    {.name = "Array#pop", .fn = array_pop},
    {.name = "Array#shift", .fn = array_shift},
    {.name = "Array#unshift", .fn = array_unshift},
    {.name = "Array#splice", .fn = array_splice},
    {.name = "Array#reverse", .fn = array_reverse},
    {.name = "Array#fill", .fn = array_fill},
    {.name = "Array#sort", .fn = array_sort},
    {0},
};
