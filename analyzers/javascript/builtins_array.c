/* Array and its methods. An array whose elements are not all known gives
 * results that are not all known; a callback may then run any number of times. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

static const struct val_array nothing = {0};

/* the receiver; NULL: *v is the result (not an array) */
static struct val_array *self(struct call *c, struct value **v)
{
	if (c->this_->kind == VAL_ARRAY)
		return c->this_->u.arr;
	*v = unknown(c->fr, c->node, "calls %s on another value", c->self->name);
	return NULL;
}

#define SELF(a)                                                                                    \
	struct value *other = NULL;                                                                \
	struct val_array *a = self(c, &other);                                                     \
	(void)ip;                                                                                  \
	if (!a)                                                                                    \
	return other

static struct value *item_at(struct interp *ip, const struct val_array *a, uint32_t i)
{
	return a->items[i] ? a->items[i] : ip->undefined;
}

/* elements that are surely there */
static uint32_t sure(const struct val_array *a)
{
	return a->open ? a->fixed : a->n;
}

static struct value *open_result(struct call *c)
{
	return unknown(c->fr, c->node, "the elements of this array are not all known");
}

static void inherit_open(struct val_array *to, const struct val_array *from)
{
	if (from->open && !to->open) {
		to->open = true;
		to->fixed = to->n;
	}
}

/* ---- callbacks ---- */

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

/* ---- the rest ---- */

static double relative(double num, double length)
{
	num = num_to_integer(num);
	return num < 0 ? (num + length < 0 ? 0 : num + length) : num > length ? length : num;
}

static struct value *array_concat(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *out = result_array(c);
	for (uint32_t i = 0; i <= c->n; i++) {
		struct value *v = i ? c->args[i - 1] : c->this_;
		const struct val_array *from = v->kind == VAL_ARRAY ? v->u.arr : &nothing;
		if (is_unknown(v) && !out->u.arr->open) {
			out->u.arr->open = true; /* an array, or one element */
			out->u.arr->fixed = out->u.arr->n;
		}
		if (!charge(ip, from->n * sizeof(struct value *)))
			return NULL;
		if (from->open && !out->u.arr->open) {
			out->u.arr->open = true;
			out->u.arr->fixed = out->u.arr->n + from->fixed;
		}
		for (uint32_t k = 0; k < from->n; k++)
			val_push(ip->arena, out->u.arr, from->items[k]);
		if (v->kind != VAL_ARRAY && !is_unknown(v))
			val_push(ip->arena, out->u.arr, v);
	}
	(void)a;
	return out;
}

static bool flatten(struct call *c, struct val_array *out, const struct val_array *from,
		    double depth)
{
	if (!step(c->fr, c->node) || depth > 1000)
		return false;
	c->fr->ip->native += 2;
	for (uint32_t i = 0; i < from->n; i++) {
		struct value *v = from->items[i];
		if (!v)
			continue;
		if (is_unknown(v))
			out->open = true; /* perhaps an array */
		else if (v->kind == VAL_ARRAY && depth >= 1) {
			if (!flatten(c, out, v->u.arr, depth - 1))
				return false;
		} else
			val_push(c->fr->ip->arena, out, v);
	}
	c->fr->ip->native -= 2;
	out->open |= from->open;
	return true;
}

static struct value *array_flat(struct interp *ip, struct call *c)
{
	SELF(a);
	double depth;
	struct value *odd, *out = result_array(c);
	if (!arg_num(c, 0, 1, &depth, &odd))
		return odd;
	if (!flatten(c, out->u.arr, a, fmin(depth, 64)))
		return ip->abrupt ? NULL : unknown(c->fr, c->node, "is nested too deeply");
	return out;
}

static struct value *array_includes(struct interp *ip, struct call *c)
{
	SELF(a);
	struct value *want = arg(ip, c, 0);
	bool known, doubt = a->open || is_unknown(want);
	int data = c->self->data; /* 0 includes, 1 indexOf, 2 lastIndexOf */
	if (c->n > 1)
		return unknown(c->fr, c->node, "calls %s from a position", c->self->name);
	int64_t at = -1;
	for (uint32_t k = 0; k < a->n && at < 0 && !is_unknown(want); k++) {
		uint32_t i = data == 2 ? a->n - 1 - k : k;
		if (!a->items[i] && data)
			continue;
		struct value *item = item_at(ip, a, i);
		bool same =
		    data ? strictly_equal(item, want) > 0 : same_value_zero(item, want, &known);
		doubt |= is_unknown(item);
		if (same)
			at = i;
		if (want->env && item->kind == VAL_STRING && !same && a->n <= 16)
			test_text(c->fr, c->node, want, item->u.str, false);
		if (item->env && want->kind == VAL_STRING)
			test_equal(c->fr, c->node, item, want, true);
	}
	ip->steps += a->n / 16;
	if (c->this_->env && want->kind == VAL_STRING)
		test_text(c->fr, c->node, c->this_, want->u.str, at >= 0);
	if (at >= 0 && want->env)
		test_text(c->fr, c->node, want, STR(""), true);
	if (at >= 0 && data == 0)
		return result_bool(c, true);
	if (doubt)
		return is_unknown(want) ? spread_unknown(ip, want) : open_result(c);
	return data ? result_number(c, (double)at) : result_bool(c, false);
}

static struct value *array_join(struct interp *ip, struct call *c)
{
	SELF(a);
	struct str by = STR(","), s;
	struct value *odd;
	if (c->n && c->args[0]->kind != VAL_UNDEFINED && !arg_str(c, 0, &by, &odd))
		return odd;
	if (a->open)
		return open_result(c);
	struct buf b = {0};
	for (uint32_t i = 0; i < a->n; i++) {
		struct value *v = item_at(ip, a, i);
		if (i)
			buf_add(&b, by);
		if (is_nullish(v))
			continue;
		if (!to_str(c->fr, c->node, v, &s, &odd) || !charge(ip, b.len / 16 + s.len)) {
			buf_release(&b);
			return ip->abrupt ? NULL : odd;
		}
		buf_add(&b, s);
	}
	s = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, s);
}

static struct value *array_slice(struct interp *ip, struct call *c)
{
	SELF(a);
	double from, to;
	struct value *odd, *out = result_array(c);
	if (!arg_num(c, 0, 0, &from, &odd) || !arg_num(c, 1, a->n, &to, &odd))
		return odd;
	if (a->open) {
		bool copy = c->n == 0;
		for (uint32_t i = 0; copy && i < a->n; i++)
			val_push(ip->arena, out->u.arr, a->items[i]);
		out->u.arr->open = true;
		out->u.arr->fixed = copy ? a->fixed : 0;
		return out;
	}
	from = relative(from, a->n);
	to = relative(to, a->n);
	if (to > from && !charge(ip, (size_t)(to - from) * sizeof(struct value *)))
		return NULL;
	for (uint32_t i = (uint32_t)from; i < to; i++)
		val_push(ip->arena, out->u.arr, a->items[i]);
	return out;
}

static struct value *array_at(struct interp *ip, struct call *c)
{
	SELF(a);
	double at;
	struct value *odd;
	if (!arg_num(c, 0, 0, &at, &odd))
		return odd;
	at = num_to_integer(at);
	if (a->open)
		return at >= 0 && at < a->fixed ? item_at(ip, a, (uint32_t)at) : open_result(c);
	at += at < 0 ? a->n : 0;
	return at >= 0 && at < a->n ? item_at(ip, a, (uint32_t)at) : ip->undefined;
}

static struct value *array_entries(struct interp *ip, struct call *c)
{
	SELF(a);
	struct val_array *out = arena_new(ip->arena, struct val_array);
	if (!charge(ip, a->n * 256ull))
		return NULL;
	for (uint32_t i = 0; i < sure(a); i++) {
		struct value *key = result_number(c, i), *v = item_at(ip, a, i),
			     *pair = result_array(c);
		val_push(ip->arena, pair->u.arr, key);
		val_push(ip->arena, pair->u.arr, v);
		val_push(ip->arena, out, c->self->data == 0 ? pair : c->self->data == 1 ? key : v);
	}
	out->open = a->open;
	out->fixed = out->n;
	struct value *it = result_object(c);
	it->u.obj->class_name = "Iterator";
	it->u.obj->host = out;
	return it;
}

static struct value *array_to_string(struct interp *ip, struct call *c)
{
	c->n = 0;
	return array_join(ip, c);
}

/* ---- Array itself ---- */

static bool make_length(struct call *c, struct val_array *a, double n)
{
	if (!(n >= 0 && n < 4294967296.0 && n == floor(n)))
		return throw_error(c->fr, c->node, "RangeError", "Invalid array length");
	if (!charge(c->fr->ip, (size_t)n * 2 * sizeof(struct value *)))
		return false;
	a->items = arena_array(c->fr->ip->arena, struct value *, (size_t)n + 1);
	a->n = a->cap = (uint32_t)n;
	return true;
}

static struct value *array_new(struct interp *ip, struct call *c)
{
	struct value *v = result_array(c);
	if (c->n == 1 && is_unknown(c->args[0])) {
		v->u.arr->open = true;
		return v;
	}
	if (c->n == 1 && c->args[0]->kind == VAL_NUMBER)
		return make_length(c, v->u.arr, c->args[0]->u.num) ? v : NULL;
	for (uint32_t i = 0; i < c->n; i++)
		val_push(ip->arena, v->u.arr, c->args[i]);
	return v;
}

static struct value *array_of(struct interp *ip, struct call *c)
{
	struct value *v = result_array(c);
	for (uint32_t i = 0; i < c->n; i++)
		val_push(ip->arena, v->u.arr, c->args[i]);
	return v;
}

static struct value *array_is_array(struct interp *ip, struct call *c)
{
	return result_bool(c, arg(ip, c, 0)->kind == VAL_ARRAY);
}

/* { length: n }: an array of n undefined; NULL: *odd or thrown */
static const struct val_array *from_length(struct call *c, struct value *v, struct value **odd)
{
	struct interp *ip = c->fr->ip;
	struct value *length = val_get(v->u.obj, STR("length"));
	struct val_array *a = arena_new(ip->arena, struct val_array);
	double n;
	*odd = NULL;
	if (v->u.obj->open && !length) {
		*odd = open_result(c);
		return NULL;
	}
	if (length && !to_num(c->fr, c->node, length, &n, odd))
		return NULL;
	n = length ? num_to_integer(n) : 0;
	if (!make_length(c, a, n < 0 ? 0 : n))
		return NULL;
	for (uint32_t i = 0; i < a->n; i++) {
		struct value *item =
		    v->u.obj->n > 1 ? val_get(v->u.obj, str_from(arena_printf(ip->arena, "%u", i)))
				    : NULL;
		a->items[i] = item ? item : ip->undefined;
	}
	return a;
}

static struct value *array_from(struct interp *ip, struct call *c)
{
	struct value *v = arg(ip, c, 0), *fn = arg(ip, c, 1), *odd = NULL, *out = result_array(c);
	if (v->kind == VAL_NUMBER || v->kind == VAL_BOOL || v->kind == VAL_FUNCTION ||
	    v->kind == VAL_REGEXP)
		return out;
	const struct val_array *a = v->kind == VAL_OBJECT && !v->u.obj->class_name
					? from_length(c, v, &odd)
					: elements(c->fr, c->node, v, &odd);
	if (!a && !odd)
		return NULL;
	if (fn->kind != VAL_FUNCTION && fn->kind != VAL_UNDEFINED)
		return is_unknown(fn) ? spread_unknown(ip, fn)
				      : throw_error(c->fr, c->node, "TypeError",
						    "%s is not a function", type_of(fn));
	for (uint32_t i = 0; a && i < sure(a) && i < a->n; i++) {
		struct value *item = item_at(ip, a, i), *args[] = {item, result_number(c, i)};
		if (fn->kind == VAL_FUNCTION &&
		    !(item = call_value(c->fr, c->node, fn, arg(ip, c, 2), args, 2)))
			return NULL;
		val_push(ip->arena, out->u.arr, item);
	}
	if (!a || a->open) {
		out->u.arr->open = true;
		out->u.arr->fixed = out->u.arr->n;
		if (!call_maybe(c->fr, c->node, fn, odd ? odd : open_result(c)))
			return NULL;
	}
	return out;
}

const struct builtin builtins_array[] = {
    {.name = "Array", .fn = array_new, .flags = B_MAKES},
    {.name = "Array.from", .fn = array_from},
    {.name = "Array.of", .fn = array_of},
    {.name = "Array.isArray", .fn = array_is_array, .flags = B_PURE},
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
    {.name = "Array#concat", .fn = array_concat},
    {.name = "Array#flat", .fn = array_flat},
    {.name = "Array#includes", .fn = array_includes},
    {.name = "Array#indexOf", .fn = array_includes, .data = 1},
    {.name = "Array#lastIndexOf", .fn = array_includes, .data = 2},
    {.name = "Array#join", .fn = array_join, .flags = B_PURE},
    {.name = "Array#toString", .fn = array_to_string},
    {.name = "Array#slice", .fn = array_slice},
    {.name = "Array#at", .fn = array_at},
    {.name = "Array#entries", .fn = array_entries, .data = 0},
    {.name = "Array#keys", .fn = array_entries, .data = 1},
    {.name = "Array#values", .fn = array_entries, .data = 2},
    {.name = "Array#copyWithin"},
    {.name = "Array#toLocaleString"},
    {.name = "Array#toReversed"},
    {.name = "Array#toSorted"},
    {.name = "Array#toSpliced"},
    {.name = "Array#with"},
    {.name = "Array#constructor"},
    {0},
};
