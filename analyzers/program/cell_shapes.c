#include "analyzers/program/cell_shapes.h"

static enum cell_shape shape_of_name(struct str name)
{
	static const struct {
		const char *name;
		enum cell_shape shape;
	} names[] = {{"Map", SHAPE_MAP},
		     {"Set", SHAPE_SET},
		     {"WeakMap", SHAPE_WEAK},
		     {"WeakSet", SHAPE_WEAK},
		     {"WeakRef", SHAPE_WEAK},
		     {"Array", SHAPE_ARRAY},
		     {"Object", SHAPE_OBJECT},
		     {"Promise", SHAPE_PROMISE},
		     {"RegExp", SHAPE_REGEXP},
		     {"Number", SHAPE_NUMBER},
		     {"String", SHAPE_STRING},
		     {"Boolean", SHAPE_BOOL},
		     {"number", SHAPE_NUMBER},
		     {"string", SHAPE_STRING},
		     {"boolean", SHAPE_BOOL},
		     {"Record", SHAPE_OBJECT},
		     {"ReadonlyMap", SHAPE_MAP},
		     {"ReadonlySet", SHAPE_SET},
		     {"ReadonlyArray", SHAPE_ARRAY},
		     {"NodeJS.Timeout", SHAPE_TIMER},
		     {"NodeJS.Timer", SHAPE_TIMER},
		     {"Function", SHAPE_FUNCTION},
		     {"Date", SHAPE_NUMBER},
		     {"RegExpMatchArray", SHAPE_ARRAY},
		     {"object", SHAPE_OBJECT}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i].name))
			return names[i].shape;
	return SHAPE_UNKNOWN;
}

struct str shape_global_name(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_IDENT && f->binding_of[n] == JS_NO_ATOM ? js_str(f, n) : STR("");
}

static enum cell_shape shape_of_call(const struct js_file *f, js_node n)
{
	js_node callee = js_at(f, n)->a;
	struct str name = shape_global_name(f, callee);
	if (str_is(name, "setInterval") || str_is(name, "setTimeout"))
		return SHAPE_TIMER;
	if (name.len)
		return shape_of_name(name);
	if (js_kind(f, callee) != JS_MEMBER)
		return SHAPE_UNKNOWN;
	struct str object = shape_global_name(f, js_at(f, callee)->a), member = js_str(f, callee);
	if (str_is(object, "Object"))
		return str_is(member, "keys") || str_is(member, "values") ||
			       str_is(member, "entries")
			   ? SHAPE_ARRAY
			   : SHAPE_OBJECT;
	if (str_is(object, "Array"))
		return SHAPE_ARRAY;
	if (str_is(object, "Date") || str_is(object, "Math"))
		return SHAPE_NUMBER;
	return SHAPE_UNKNOWN;
}

enum cell_shape shape_of(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_NONE:
	case JS_NULL:
		return SHAPE_NOTHING;
	case JS_IDENT:
		return str_is(shape_global_name(f, n), "undefined") ? SHAPE_NOTHING : SHAPE_UNKNOWN;
	case JS_NEW:
		return shape_of_name(shape_global_name(f, d->a));
	case JS_CALL:
		return shape_of_call(f, n);
	case JS_ARRAY:
		return SHAPE_ARRAY;
	case JS_OBJECT:
		return SHAPE_OBJECT;
	case JS_NUMBER:
	case JS_BIGINT:
	case JS_UPDATE:
		return SHAPE_NUMBER;
	case JS_STRING:
	case JS_TEMPLATE:
		return SHAPE_STRING;
	case JS_BOOL:
		return SHAPE_BOOL;
	case JS_UNARY:
		return d->op == JS_OP_NOT    ? SHAPE_BOOL
		       : d->op == JS_OP_VOID ? SHAPE_NOTHING
					     : SHAPE_NUMBER;
	case JS_FUNCTION:
		return SHAPE_FUNCTION;
	case JS_CLASS:
		return SHAPE_CLASS;
	case JS_REGEX:
		return SHAPE_REGEXP;
	case JS_LOGICAL:
	case JS_ASSIGN:
		return shape_of(f, d->b);
	case JS_COND: {
		enum cell_shape s = shape_of(f, d->b);
		return s == SHAPE_UNKNOWN || s == SHAPE_NOTHING ? shape_of(f, d->c) : s;
	}
	default:
		return SHAPE_UNKNOWN;
	}
}

enum cell_shape shape_of_type(const struct js_file *f, js_node type)
{
	if (!type || js_kind(f, type) != JS_TYPE)
		return SHAPE_UNKNOWN;
	struct str name = js_str(f, type);
	if (name.len)
		return shape_of_name(name);
	for (uint32_t i = 0; i < js_at(f, type)->n_kids; i++) {
		enum cell_shape s = shape_of_type(f, js_kid(f, type, i));
		if (s != SHAPE_UNKNOWN)
			return s;
	}
	return SHAPE_UNKNOWN;
}

static bool is_literal(const struct js_file *f, js_node n, unsigned depth)
{
	const struct js_node_data *d = js_at(f, n);
	if (depth > 12)
		return false;
	switch (js_kind(f, n)) {
	case JS_NUMBER:
	case JS_STRING:
	case JS_BOOL:
	case JS_NULL:
	case JS_BIGINT:
	case JS_REGEX:
	case JS_FUNCTION:
	case JS_CLASS:
	case JS_MEMBER: /* an enum member, a constant of another table */
	case JS_IDENT:
		return true;
	case JS_TEMPLATE:
	case JS_ARRAY:
	case JS_OBJECT:
		for (uint32_t i = 0; i < d->n_kids; i++)
			if (!is_literal(f, js_kid(f, n, i), depth + 1))
				return false;
		return true;
	case JS_PROPERTY:
		return is_literal(f, d->b, depth + 1);
	case JS_UNARY:
	case JS_SPREAD:
		return is_literal(f, d->a, depth + 1);
	case JS_BINARY:
		return is_literal(f, d->a, depth + 1) && is_literal(f, d->b, depth + 1);
	case JS_NEW:
		for (uint32_t i = 0; i < d->n_kids; i++)
			if (!is_literal(f, js_kid(f, n, i), depth + 1))
				return false;
		return shape_of_name(shape_global_name(f, d->a)) != SHAPE_UNKNOWN;
	case JS_CALL: /* Object.freeze({...}) */
		return d->n_kids == 1 && shape_of_call(f, n) == SHAPE_OBJECT &&
		       is_literal(f, js_kid(f, n, 0), depth + 1);
	default:
		return false;
	}
}

bool shape_is_literal(const struct js_file *f, js_node n)
{
	return is_literal(f, n, 0);
}
