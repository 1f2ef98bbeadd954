/* The methods of Array that call back. Where elements are not all known, a callback may run any
 * number of times. */
#include "analyzers/javascript/builtins_array.h"

static struct value *callback(struct call *c, struct value **fn)
{
	*fn = arg(c->fr->ip, c, 0);
	if ((*fn)->kind == VAL_FUNCTION)
		return *fn;
	if (is_unknown(*fn))
		return NULL;
	throw_error(c->fr, c->node, "TypeError", "%s is not a function", type_of(*fn));
	return NULL;
}

/* the result where the callback is not known */
static struct value *odd_callback(struct call *c, struct value *fn)
{
	if (c->fr->ip->abrupt)
		return NULL;
	touch_array(c->fr->ip, c->this_->u.arr);
	return spread_unknown(c->fr->ip, fn);
}

static struct value *call_item(struct call *c, struct value *fn, uint32_t i)
{
	struct interp *ip = c->fr->ip;
	struct value *args[] = {item_at(ip, c->this_->u.arr, i), result_number(c, i), c->this_};
	return call_value(c->fr, c->node, fn, arg(ip, c, 1), args, 3);
}

/* 1, 0, -1: unwinding, 2: unknown, then *v */
static int test_item(struct call *c, struct value *fn, uint32_t i, struct value **v)
{
	bool known, yes;
	*v = call_item(c, fn, i);
	if (!*v)
		return -1;
	test_truthy(c->fr, c->node, *v);
	yes = val_truthy(*v, &known);
	return known ? yes : 2;
}

static bool rest_of_open(struct call *c, const struct val_array *a, struct value *fn)
{
	return !a->open || call_maybe(c->fr, c->node, fn, open_result(c));
}

static struct value *array_map(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *fn, *out = result_array(c);
	if (!callback(c, &fn))
		return odd_callback(c, fn);
	uint32_t n = sure(a);
	for (uint32_t i = 0; i < n && i < a->n; i++) {
		struct value *v = a->items[i] ? call_item(c, fn, i) : NULL;
		if (a->items[i] && !v)
			return NULL;
		val_push(ip->arena, out->u.arr, v);
	}
	if (c->self->data) { /* flatMap */
		struct value *flat = result_array(c);
		for (uint32_t i = 0; i < out->u.arr->n; i++) {
			struct value *v = out->u.arr->items[i];
			if (!is_kind(v, VAL_ARRAY)) {
				if (is_kind(v, VAL_UNKNOWN)) {
					flat->u.arr->fixed =
					    flat->u.arr->open ? flat->u.arr->fixed : flat->u.arr->n;
					flat->u.arr->open = true;
				} else if (v) {
					val_push(ip->arena, flat->u.arr, v);
				}
				continue;
			}
			inherit_open(flat->u.arr, v->u.arr);
			for (uint32_t k = 0; k < v->u.arr->n; k++)
				if (v->u.arr->items[k])
					val_push(ip->arena, flat->u.arr, v->u.arr->items[k]);
		}
		out = flat;
	}
	inherit_open(out->u.arr, a);
	return rest_of_open(c, a, fn) ? out : NULL;
}

static struct value *array_filter(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *fn, *v, *out = result_array(c);
	if (!callback(c, &fn))
		return odd_callback(c, fn);
	uint32_t n = sure(a);
	for (uint32_t i = 0; i < n && i < a->n; i++) {
		if (!a->items[i])
			continue;
		struct value *item = a->items[i];
		int keep = test_item(c, fn, i, &v);
		if (keep < 0)
			return NULL;
		if (keep == 2 && !out->u.arr->open) {
			out->u.arr->open = true;
			out->u.arr->fixed = out->u.arr->n;
		}
		if (keep == 1)
			val_push(ip->arena, out->u.arr, with_via(c->fr, c->node, item));
	}
	inherit_open(out->u.arr, a);
	return rest_of_open(c, a, fn) ? out : NULL;
}

static struct value *array_for_each(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *fn;
	if (!callback(c, &fn))
		return odd_callback(c, fn);
	uint32_t n = sure(a);
	for (uint32_t i = 0; i < n && i < a->n; i++)
		if (a->items[i] && !call_item(c, fn, i))
			return NULL;
	return rest_of_open(c, a, fn) ? ip->undefined : NULL;
}

enum { FIND, FIND_INDEX, SOME, EVERY, FIND_LAST, FIND_LAST_INDEX };

static struct value *found(struct call *c, int what, uint32_t i)
{
	if (what == FIND || what == FIND_LAST)
		return with_via(c->fr, c->node, item_at(c->fr->ip, c->this_->u.arr, i));
	return what == SOME || what == EVERY ? result_bool(c, what == SOME) : result_number(c, i);
}

static struct value *array_find(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *fn, *v;
	int what = c->self->data;
	bool last = what == FIND_LAST || what == FIND_LAST_INDEX;
	if (!callback(c, &fn))
		return odd_callback(c, fn);
	if (last && a->open)
		return rest_of_open(c, a, fn) ? open_result(c) : NULL;
	uint32_t n = sure(a);
	for (uint32_t k = 0; k < n && k < a->n; k++) {
		uint32_t i = last ? n - 1 - k : k;
		if (!a->items[i] && (what == SOME || what == EVERY))
			continue;
		int yes = test_item(c, fn, i, &v);
		if (yes < 0)
			return NULL;
		if (yes == 2) { /* the others may still be asked */
			bool ok = call_maybe(c->fr, c->node, fn, v);
			return ok ? spread_unknown(ip, v) : NULL;
		}
		if (yes == (what != EVERY))
			return what == EVERY ? result_bool(c, false) : found(c, what, i);
	}
	if (a->open)
		return rest_of_open(c, a, fn) ? open_result(c) : NULL;
	if (what == FIND || what == FIND_LAST)
		return val_new(ip->arena, VAL_UNDEFINED,
			       origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
	return what == SOME || what == EVERY ? result_bool(c, what == EVERY) : result_number(c, -1);
}

static struct value *array_reduce(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *fn, *acc = c->n > 1 ? c->args[1] : NULL;
	bool right = c->self->data;
	if (!callback(c, &fn))
		return odd_callback(c, fn);
	if (right && a->open)
		return rest_of_open(c, a, fn) ? open_result(c) : NULL;
	uint32_t n = sure(a);
	for (uint32_t k = 0; k < n && k < a->n; k++) {
		uint32_t i = right ? n - 1 - k : k;
		if (!a->items[i])
			continue;
		if (!acc) {
			acc = a->items[i];
			continue;
		}
		struct value *args[] = {acc, a->items[i], result_number(c, i), c->this_};
		if (!(acc = call_value(c->fr, c->node, fn, ip->undefined, args, 4)))
			return NULL;
	}
	if (a->open) {
		struct value *why = open_result(c);
		if (acc && !escape(c->fr, c->node, acc, why))
			return NULL;
		return rest_of_open(c, a, fn) ? why : NULL;
	}
	return acc ? acc
		   : throw_error(c->fr, c->node, "TypeError",
				 "Reduce of empty array with no initial value");
}

const struct builtin builtins_array_each[] = {
    {.name = "Array#map", .fn = array_map},
    {.name = "Array#flatMap", .fn = array_map, .data = 1},
    {.name = "Array#filter", .fn = array_filter},
    {.name = "Array#forEach", .fn = array_for_each},
    {.name = "Array#find", .fn = array_find, .data = FIND},
    {.name = "Array#findIndex", .fn = array_find, .data = FIND_INDEX},
    {.name = "Array#findLast", .fn = array_find, .data = FIND_LAST},
    {.name = "Array#findLastIndex", .fn = array_find, .data = FIND_LAST_INDEX},
    {.name = "Array#some", .fn = array_find, .data = SOME},
    {.name = "Array#every", .fn = array_find, .data = EVERY},
    {.name = "Array#reduce", .fn = array_reduce},
    {.name = "Array#reduceRight", .fn = array_reduce, .data = 1},
    {0},
};
