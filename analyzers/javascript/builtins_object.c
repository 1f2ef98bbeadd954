/* Object, Function, Error, JSON, Date. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

/* ---- Object ---- */

static struct value *object_call(struct interp *ip, struct call *c)
{
	struct value *v = arg(ip, c, 0);
	if (is_nullish(v))
		return result_object(c);
	return v->kind >= VAL_OBJECT ? v : unknown(c->fr, c->node, "an object around a value");
}

enum { KEYS, VALUES, ENTRIES };

static struct value *object_keys(struct interp *ip, struct call *c)
{
	struct val_object own = {0};
	struct value *v = arg(ip, c, 0), *out = result_array(c);
	if (is_nullish(v))
		return throw_error(c->fr, c->node, "TypeError",
				   "Cannot convert undefined or null to object");
	if (is_unknown(v))
		return spread_unknown(ip, v);
	own_props(c->fr, v, &own);
	if (!charge(ip, own.n * 128ull))
		return NULL;
	for (uint32_t i = 0; i < own.n; i++) {
		struct value *key = result_string(c, own.props[i].key), *item = own.props[i].value,
			     *pair;
		if (c->self->data == ENTRIES) {
			pair = result_array(c);
			val_push(ip->arena, pair->u.arr, key);
			val_push(ip->arena, pair->u.arr, item);
			item = pair;
		}
		val_push(ip->arena, out->u.arr, c->self->data == KEYS ? key : item);
	}
	out->u.arr->open = own.open; /* what is not known may stand anywhere between them */
	return out;
}

static struct value *object_assign(struct interp *ip, struct call *c)
{
	struct value *to = arg(ip, c, 0);
	if (is_nullish(to))
		return throw_error(c->fr, c->node, "TypeError",
				   "Cannot convert undefined or null to object");
	for (uint32_t i = 1; i < c->n; i++) {
		if (to->kind == VAL_OBJECT && !to->u.obj->frozen && !(to->u.obj->class_name)) {
			copy_props(c->fr, c->node, to->u.obj, c->args[i]);
			continue;
		}
		struct val_object own = {0};
		own_props(c->fr, c->args[i], &own);
		for (uint32_t k = 0; k < own.n; k++)
			if (!set_member(c->fr, c->node, to, own.props[k].key, own.props[k].value))
				return NULL;
		if (own.open && to->kind == VAL_OBJECT) {
			touch_object(ip, to->u.obj);
			to->u.obj->open = true;
		}
	}
	return to;
}

static struct value *object_from_entries(struct interp *ip, struct call *c)
{
	struct value *odd, *out = result_object(c), *from = arg(ip, c, 0);
	const struct val_array *list = elements(c->fr, c->node, from, &odd);
	struct str key;
	if (!list)
		return odd;
	out->u.obj->open = list->open;
	for (uint32_t i = 0; i < list->n; i++) {
		struct value *pair = list->items[i] ? list->items[i] : ip->undefined, *name, *item;
		if (is_unknown(pair)) {
			out->u.obj->open = true;
			continue;
		}
		if (pair->kind < VAL_OBJECT)
			return throw_error(c->fr, c->node, "TypeError",
					   "Iterator value is not an entry object");
		if (!(name = get_member(c->fr, c->node, pair, STR("0"))) ||
		    !(item = get_member(c->fr, c->node, pair, STR("1"))))
			return NULL;
		if (!prop_key(c->fr, c->node, name, &key, &odd)) {
			if (!odd)
				return NULL;
			out->u.obj->open = true;
			continue;
		}
		put(ip, out->u.obj, key, item)->at = place_of(c->fr, c->node);
	}
	if (out->u.obj->open) /* a later pair may override */
		for (uint32_t i = 0; i < out->u.obj->n; i++)
			out->u.obj->props[i].value =
			    unknown(c->fr, c->node, "the pairs are not all known");
	return out;
}

static struct value *object_freeze(struct interp *ip, struct call *c)
{
	struct value *v = arg(ip, c, 0);
	if (v->kind == VAL_OBJECT) {
		touch_object(ip, v->u.obj);
		v->u.obj->frozen = true;
	} else if (v->kind == VAL_ARRAY) {
		touch_array(ip, v->u.arr);
		v->u.arr->frozen = true;
	}
	return v;
}

static struct value *object_is(struct interp *ip, struct call *c)
{
	struct value *x = arg(ip, c, 0), *y = arg(ip, c, 1);
	bool known, same = same_value_zero(x, y, &known);
	if (x->kind == VAL_NUMBER && y->kind == VAL_NUMBER && x->u.num == 0 && y->u.num == 0)
		same = signbit(x->u.num) == signbit(y->u.num);
	return result_bool(c, same);
}

static struct value *has_own(struct call *c, struct value *o, struct value *name)
{
	struct interp *ip = c->fr->ip;
	struct str key;
	struct value *odd;
	struct val_object own = {0};
	if (is_unknown(o))
		return spread_unknown(ip, o);
	if (!prop_key(c->fr, c->node, name, &key, &odd))
		return odd;
	if (o->kind == VAL_OBJECT && str_is(str_from(o->u.obj->class_name), "process.env")) {
		struct value *v = read_env(c->fr, c->node, key);
		test_nullish(c->fr, c->node, v);
		if (is_unknown(v) && !val_get(o->u.obj, key))
			return v;
		return result_bool(c, val_get(o->u.obj, key) != NULL);
	}
	if (o->kind == VAL_OBJECT)
		test_keys(c->fr, c->node, name, o->u.obj);
	if (o->kind == VAL_OBJECT && val_get(o->u.obj, key))
		return result_bool(c, true);
	own_props(c->fr, o, &own);
	if (val_get(&own, key))
		return result_bool(c, true);
	if (own.open || o->kind == VAL_FUNCTION)
		return unknown(c->fr, c->node, "the keys of this object are not all known");
	return result_bool(c, o->kind == VAL_ARRAY && str_is(key, "length"));
}

static struct value *object_has_own(struct interp *ip, struct call *c)
{
	return has_own(c, arg(ip, c, 0), arg(ip, c, 1));
}

static struct value *has_own_property(struct interp *ip, struct call *c)
{
	return has_own(c, c->this_, arg(ip, c, 0));
}

static struct value *object_to_string(struct interp *ip, struct call *c)
{
	struct str s;
	const char *tag = NULL;
	const struct value *v = c->this_;
	(void)ip;
	if (c->self->data) /* valueOf */
		return c->this_;
	if (is_kind(v, VAL_OBJECT) && str_is(str_from(v->u.obj->class_name), "Buffer"))
		return val_get(v->u.obj, STR("text"));
	if (is_kind(v, VAL_OBJECT) && v->u.obj->class_name && val_to_str(ip->arena, v, &s))
		return result_string(c, s);
	switch (v->kind) {
	case VAL_UNDEFINED:
		tag = "[object Undefined]";
		break;
	case VAL_NULL:
		tag = "[object Null]";
		break;
	case VAL_STRING:
		tag = "[object String]";
		break;
	case VAL_NUMBER:
		tag = "[object Number]";
		break;
	case VAL_BOOL:
		tag = "[object Boolean]";
		break;
	case VAL_ARRAY:
		tag = "[object Array]";
		break;
	case VAL_OBJECT:
		if (!v->u.obj->class_name)
			tag = "[object Object]";
		break;
	default:
		break;
	}
	return tag ? result_string(c, str_from(tag)) : unknown(c->fr, c->node, "calls toString");
}

static struct value *error_to_string(struct interp *ip, struct call *c)
{
	struct str s;
	if (!val_to_str(ip->arena, c->this_, &s))
		return unknown(c->fr, c->node, "calls toString");
	return result_string(c, s);
}

/* ---- Function ---- */

static struct value *function_call(struct interp *ip, struct call *c)
{
	struct value *this_ = arg(ip, c, 0), *odd;
	if (!c->self->data)
		return call_value(c->fr, c->node, c->this_, this_, c->args + (c->n > 0),
				  c->n - (c->n > 0));
	if (is_nullish(arg(ip, c, 1)))
		return call_value(c->fr, c->node, c->this_, this_, c->args, 0);
	const struct val_array *list = elements(c->fr, c->node, arg(ip, c, 1), &odd);
	if (!list || list->open) {
		if (!list && !odd)
			return NULL;
		struct value *why =
		    odd ? odd : unknown(c->fr, c->node, "the arguments are not all known");
		return call_maybe(c->fr, c->node, c->this_, why) ? spread_unknown(ip, why) : NULL;
	}
	struct value **args = arena_array(ip->arena, struct value *, list->n + 1);
	for (uint32_t i = 0; i < list->n; i++)
		args[i] = list->items[i] ? list->items[i] : ip->undefined;
	return call_value(c->fr, c->node, c->this_, this_, args, list->n);
}

static struct value *function_bind(struct interp *ip, struct call *c)
{
	struct value *v =
	    val_new(ip->arena, VAL_FUNCTION, origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
	v->u.fn = arena_new(ip->arena, struct val_function);
	v->u.fn->target = c->this_;
	v->u.fn->this_ = arg(ip, c, 0);
	v->u.fn->n_bound = c->n ? c->n - 1 : 0;
	v->u.fn->bound = c->args + (c->n > 0);
	return v;
}

/* ---- Error, JSON ---- */

static struct value *error_call(struct interp *ip, struct call *c)
{
	struct str message;
	struct value *odd = NULL, *cause, *v = error_new(c->fr, c->node, c->self->name, STR(""));
	if (arg(ip, c, 0)->kind == VAL_UNDEFINED)
		v->u.obj->n = 0;
	else if (arg_str(c, 0, &message, &odd))
		val_set(ip->arena, v->u.obj, STR("message"), result_string(c, message));
	else if (odd)
		val_set(ip->arena, v->u.obj, STR("message"), odd);
	else
		return NULL;
	if (is_kind(arg(ip, c, 1), VAL_OBJECT) &&
	    (cause = val_get(c->args[1]->u.obj, STR("cause"))))
		v->u.obj->open = true;
	return v;
}

static struct value *json_parse_call(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd;
	const char *error = NULL;
	if (is_kind(arg(ip, c, 0), VAL_OBJECT) &&
	    str_is(str_from(c->args[0]->u.obj->class_name), "Buffer"))
		c->args[0] = val_get(c->args[0]->u.obj, STR("text"));
	if (!arg_str(c, 0, &text, &odd))
		return odd;
	if (c->n > 1 && c->args[1]->kind == VAL_FUNCTION)
		return unknown(c->fr, c->node, "uses JSON.parse with a function");
	const struct origin *o = origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL);
	/* a text that was read from a file of the project: every value has its place there */
	const struct source *source = NULL;
	for (size_t i = 0; i < ip->files.len; i++)
		if (text.ptr >= ip->files.ptr[i]->text.ptr &&
		    text.ptr < ip->files.ptr[i]->text.ptr + ip->files.ptr[i]->text.len)
			source = ip->files.ptr[i];
	struct value *v = json_parse(ip, source, text, o, &error);
	return v ? v
		 : throw_error(c->fr, c->node, "SyntaxError", "%s",
			       error ? error : "Unexpected end of JSON input");
}

static struct value *json_stringify_call(struct interp *ip, struct call *c)
{
	struct value *v = arg(ip, c, 0), *how = arg(ip, c, 1), *space = arg(ip, c, 2), *odd;
	struct str out, indent = STR("");
	if (v->kind == VAL_UNDEFINED || v->kind == VAL_FUNCTION)
		return ip->undefined;
	if (how->kind == VAL_FUNCTION)
		return unknown(c->fr, c->node, "uses JSON.stringify with a function");
	if (space->kind == VAL_NUMBER) {
		double n = fmin(fmax(num_to_integer(space->u.num), 0), 10);
		indent = str_sub(STR("          "), 0, (size_t)n);
	} else if (space->kind == VAL_STRING) {
		indent = u16_slice(ip->arena, space->u.str, 0, 10);
	}
	if (json_text(c->fr, c->node, v, indent, &out, &odd, how->kind == VAL_ARRAY ? how : NULL))
		return result_string(c, out);
	return odd;
}

/* ---- what hangs on the clock ---- */

static struct value *clock_call(struct interp *ip, struct call *c)
{
	(void)ip;
	return unknown(c->fr, c->node, "depends on the time (%s)", c->self->name);
}

const struct builtin builtins_object[] = {
    {.name = "Object", .fn = object_call, .flags = B_MAKES},
    {.name = "Object.keys", .fn = object_keys, .data = KEYS},
    {.name = "Object.values", .fn = object_keys, .data = VALUES},
    {.name = "Object.entries", .fn = object_keys, .data = ENTRIES},
    {.name = "Object.assign", .fn = object_assign},
    {.name = "Object.fromEntries", .fn = object_from_entries},
    {.name = "Object.freeze", .fn = object_freeze},
    {.name = "Object.is", .fn = object_is, .flags = B_PURE},
    {.name = "Object.hasOwn", .fn = object_has_own},
    {.name = "Object.prototype"},
    {.name = "Object#hasOwnProperty", .fn = has_own_property},
    {.name = "Object#toString", .fn = object_to_string},
    {.name = "Object#valueOf", .fn = object_to_string, .data = 1},
    {.name = "Object#constructor"},
    {.name = "Object#isPrototypeOf"},
    {.name = "Object#propertyIsEnumerable"},
    {.name = "Object#toLocaleString"},
    {.name = "Object#__proto__"},
    {.name = "Object#__defineGetter__"},
    {.name = "Object#__defineSetter__"},
    {.name = "Object#__lookupGetter__"},
    {.name = "Object#__lookupSetter__"},
    {.name = "Function#call", .fn = function_call},
    {.name = "Function#apply", .fn = function_call, .data = 1},
    {.name = "Function#bind", .fn = function_bind},
    {.name = "Error", .fn = error_call, .flags = B_MAKES},
    {.name = "TypeError", .fn = error_call, .flags = B_MAKES},
    {.name = "RangeError", .fn = error_call, .flags = B_MAKES},
    {.name = "SyntaxError", .fn = error_call, .flags = B_MAKES},
    {.name = "ReferenceError", .fn = error_call, .flags = B_MAKES},
    {.name = "EvalError", .fn = error_call, .flags = B_MAKES},
    {.name = "URIError", .fn = error_call, .flags = B_MAKES},
    {.name = "Error#toString", .fn = error_to_string},
    {.name = "JSON.parse", .fn = json_parse_call, .flags = B_PURE, .env_op = ENV_JSON},
    {.name = "JSON.stringify", .fn = json_stringify_call},
    {.name = "Date", .fn = clock_call, .flags = B_MAKES},
    {.name = "Date.now", .fn = clock_call},
    {0},
};
