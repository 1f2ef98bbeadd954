/* Array, and its methods that look or make. */
#include "analyzers/javascript/builtins_array.h"

#include <math.h>

static const struct val_array nothing = {0};

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
