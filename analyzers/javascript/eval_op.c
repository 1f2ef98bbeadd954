/* Conversions and operators, as ECMAScript defines them. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

const char *type_of(const struct value *v)
{
	switch (v->kind) {
	case VAL_UNDEFINED:
		return "undefined";
	case VAL_BOOL:
		return "boolean";
	case VAL_NUMBER:
		return "number";
	case VAL_STRING:
		return "string";
	case VAL_FUNCTION:
		return "function";
	default:
		return "object";
	}
}

static struct value *not_text(struct frame *fr, js_node n)
{
	return unknown(fr, n, "the text of this value is not known");
}

bool to_str(struct frame *fr, js_node n, const struct value *v, struct str *out, struct value **odd)
{
	*odd = NULL;
	if (is_unknown(v)) {
		*odd = spread_unknown(fr->ip, v);
		return false;
	}
	if (!val_to_str(fr->ip->arena, v, out)) {
		*odd = not_text(fr, n);
		return false;
	}
	if (v->kind != VAL_STRING && !charge(fr->ip, out->len))
		return false;
	return true;
}

bool to_num(struct frame *fr, js_node n, const struct value *v, double *out, struct value **odd)
{
	bool known;
	*odd = NULL;
	*out = val_to_number(v, &known);
	if (!known)
		*odd = is_unknown(v) ? spread_unknown(fr->ip, v)
				     : unknown(fr, n, "this value as a number is not known");
	return known;
}

bool prop_key(struct frame *fr, js_node n, const struct value *v, struct str *out,
	      struct value **odd)
{
	return to_str(fr, n, v, out, odd);
}

int strictly_equal(const struct value *x, const struct value *y)
{
	if (is_unknown(x) || is_unknown(y))
		return -1;
	if (x->kind != y->kind)
		return 0;
	switch (x->kind) {
	case VAL_UNDEFINED:
	case VAL_NULL:
		return 1;
	case VAL_BOOL:
		return x->u.b == y->u.b;
	case VAL_NUMBER:
		return x->u.num == y->u.num;
	case VAL_STRING:
		return str_eq(x->u.str, y->u.str);
	case VAL_ARRAY:
		return x->u.arr == y->u.arr;
	case VAL_FUNCTION:
		return x->u.fn == y->u.fn;
	default:
		return x->u.obj == y->u.obj;
	}
}

bool same_value_zero(const struct value *x, const struct value *y, bool *known)
{
	int same = strictly_equal(x, y);
	*known = same >= 0;
	if (x->kind == VAL_NUMBER && y->kind == VAL_NUMBER && isnan(x->u.num) && isnan(y->u.num))
		return true;
	return same > 0;
}

static bool is_object(const struct value *v)
{
	return v->kind == VAL_OBJECT || v->kind == VAL_ARRAY || v->kind == VAL_FUNCTION ||
	       v->kind == VAL_REGEXP;
}

/* ToPrimitive without user code: objects become their text; NULL: not known */
static const struct value *primitive(struct interp *ip, const struct value *v)
{
	struct str s;
	if (!is_object(v))
		return v;
	return val_to_str(ip->arena, v, &s) ? val_string(ip->arena, s, NULL) : NULL;
}

int loosely_equal(struct interp *ip, const struct value *x, const struct value *y)
{
	if (is_unknown(x) || is_unknown(y))
		return -1;
	if (x->kind == y->kind)
		return strictly_equal(x, y);
	if (is_nullish(x) || is_nullish(y))
		return is_nullish(x) && is_nullish(y);
	if (is_object(x) && is_object(y))
		return 0;
	x = primitive(ip, x);
	y = primitive(ip, y);
	if (!x || !y)
		return -1;
	if (x->kind == VAL_STRING && y->kind == VAL_STRING)
		return str_eq(x->u.str, y->u.str);
	bool known;
	return val_to_number(x, &known) == val_to_number(y, &known);
}

/* the environment variable that an operand hangs on, or how the machine has it, stays visible */
static const struct origin *told_by(const struct value *x, const struct value *y)
{
	const struct value *both[] = {x, y};
	for (int i = 0; i < 2; i++)
		for (const struct origin *o = both[i] ? both[i]->origin : NULL; o; o = o->via)
			if (o->kind == ORIGIN_ENV || o->kind == ORIGIN_MACHINE)
				return both[i]->origin;
	return NULL;
}

static struct value *computed(struct frame *fr, js_node n, struct value *v, const struct value *x,
			      const struct value *y)
{
	v->origin = origin_new(fr, n, ORIGIN_COMPUTED, told_by(x, y));
	return v;
}

static struct value *add(struct frame *fr, js_node n, struct value *x, struct value *y)
{
	struct interp *ip = fr->ip;
	const struct value *p = primitive(ip, x), *q = primitive(ip, y);
	bool known;
	if (!p || !q)
		return not_text(fr, n);
	if (p->kind != VAL_STRING && q->kind != VAL_STRING)
		return computed(fr, n,
				val_number(ip->arena,
					   val_to_number(p, &known) + val_to_number(q, &known),
					   NULL),
				x, y);
	struct str s, t;
	if (!val_to_str(ip->arena, p, &s) || !val_to_str(ip->arena, q, &t))
		return not_text(fr, n);
	if (!charge(ip, s.len + t.len))
		return NULL;
	return computed(fr, n, val_string(ip->arena, u16_cat(ip->arena, s, t), NULL), x, y);
}

/* engines round powers each in their own way: only what is exact is known */
static bool power(double x, double y, double *out)
{
	if (isnan(y) || (isinf(y) && fabs(x) == 1)) {
		*out = NAN;
		return true;
	}
	*out = pow(x, y);
	if (!isfinite(*out) || *out == 0 || y == 0 || y == 1 || fabs(x) == 1)
		return true;
	int exponent;
	bool whole = y == trunc(y) && (y > 0 || frexp(fabs(x), &exponent) == 0.5);
	return whole && (fabs(*out) <= 9007199254740992.0 || frexp(fabs(x), &exponent) == 0.5) &&
	       (x == trunc(x) || frexp(fabs(x), &exponent) == 0.5);
}

static double arithmetic(int op, double x, double y)
{
	int32_t a = num_to_int32(x);
	uint32_t shift = (uint32_t)num_to_int32(y) & 31;
	switch (op) {
	case JS_OP_SUB:
		return x - y;
	case JS_OP_MUL:
		return x * y;
	case JS_OP_DIV:
		return x / y;
	case JS_OP_MOD:
		return fmod(x, y);
	case JS_OP_BITAND:
		return a & num_to_int32(y);
	case JS_OP_BITOR:
		return a | num_to_int32(y);
	case JS_OP_BITXOR:
		return a ^ num_to_int32(y);
	case JS_OP_SHL:
		return (int32_t)((uint32_t)a << shift);
	case JS_OP_SHR:
		return a >> shift;
	case JS_OP_USHR:
		return (uint32_t)a >> shift;
	}
	return NAN;
}

static struct value *compare(struct frame *fr, js_node n, int op, struct value *x, struct value *y)
{
	const struct value *p = primitive(fr->ip, x), *q = primitive(fr->ip, y);
	bool known, r;
	if (!p || !q)
		return not_text(fr, n);
	test_order(fr, n, op, x, y);
	if (p->kind == VAL_STRING && q->kind == VAL_STRING) {
		int c = u16_cmp(p->u.str, q->u.str);
		r = op == JS_OP_LT   ? c < 0
		    : op == JS_OP_LE ? c <= 0
		    : op == JS_OP_GT ? c > 0
				     : c >= 0;
	} else {
		double a = val_to_number(p, &known), b = val_to_number(q, &known);
		r = op == JS_OP_LT   ? a < b
		    : op == JS_OP_LE ? a <= b
		    : op == JS_OP_GT ? a > b
				     : a >= b;
	}
	return boolean(fr, n, r);
}

static struct value *equality(struct frame *fr, js_node n, int op, struct value *x, struct value *y)
{
	bool strict = op == JS_OP_SEQ || op == JS_OP_SNE;
	int same = strict ? strictly_equal(x, y) : loosely_equal(fr->ip, x, y);
	if (same < 0)
		return not_text(fr, n);
	test_equal(fr, n, x, y, strict);
	return boolean(fr, n, same == (op == JS_OP_SEQ || op == JS_OP_EQ));
}

static struct value *has_property(struct frame *fr, js_node n, struct value *key, struct value *o)
{
	struct str name;
	struct value *odd;
	uint32_t index;
	if (!is_object(o))
		return throw_error(fr, n, "TypeError",
				   "Cannot use 'in' operator to search for a key in %s",
				   type_of(o));
	if (!prop_key(fr, n, key, &name, &odd))
		return odd;
	if (o->kind == VAL_OBJECT) {
		if (str_is(str_from(o->u.obj->class_name), "process.env"))
			test_nullish(fr, n, read_env(fr, n, name));
		test_keys(fr, n, key, o->u.obj);
		if (val_get(o->u.obj, name))
			return boolean(fr, n, true);
		if (o->u.obj->open || o->u.obj->class_name)
			if (!str_is(str_from(o->u.obj->class_name), "process.env") ||
			    o->u.obj->open)
				return unknown(fr, n, "the keys of this object are not all known");
		return boolean(fr, n, builtin_find("Object", '#', name) != NULL);
	}
	if (o->kind == VAL_ARRAY && !o->u.arr->open) {
		if (array_index(name, &index))
			return boolean(fr, n, index < o->u.arr->n && o->u.arr->items[index]);
		return boolean(fr, n,
			       str_is(name, "length") || builtin_find("Array", '#', name) != NULL ||
				   builtin_find("Object", '#', name) != NULL);
	}
	return unknown(fr, n, "'in' on this value");
}

static struct value *instance_of(struct frame *fr, js_node n, struct value *x, struct value *y)
{
	if (y->kind != VAL_FUNCTION)
		return throw_error(fr, n, "TypeError",
				   "Right-hand side of 'instanceof' is not callable");
	if (!is_object(x))
		return boolean(fr, n, false);
	if (!y->u.fn->builtin)
		return unknown(fr, n, "instanceof a class");
	struct str name = str_from(y->u.fn->builtin->name);
	struct str class_ = x->kind == VAL_OBJECT ? str_from(x->u.obj->class_name) : STR("");
	if (str_is(name, "Object"))
		return boolean(fr, n, true);
	if (str_is(name, "Array"))
		return boolean(fr, n, x->kind == VAL_ARRAY);
	if (str_is(name, "RegExp"))
		return boolean(fr, n, x->kind == VAL_REGEXP);
	if (str_is(name, "Function"))
		return boolean(fr, n, x->kind == VAL_FUNCTION);
	if (str_is(name, "Error"))
		return boolean(fr, n, str_ends(class_, name));
	return boolean(fr, n, str_eq(class_, name));
}

struct value *binary(struct frame *fr, js_node n, int op, struct value *x, struct value *y)
{
	struct interp *ip = fr->ip;
	if (is_unknown(x) || is_unknown(y))
		return spread_unknown(ip, is_unknown(x) ? x : y);
	switch (op) {
	case JS_OP_ADD:
		return add(fr, n, x, y);
	case JS_OP_EQ:
	case JS_OP_NE:
	case JS_OP_SEQ:
	case JS_OP_SNE:
		return equality(fr, n, op, x, y);
	case JS_OP_LT:
	case JS_OP_LE:
	case JS_OP_GT:
	case JS_OP_GE:
		return compare(fr, n, op, x, y);
	case JS_OP_IN:
		return has_property(fr, n, x, y);
	case JS_OP_INSTANCEOF:
		return instance_of(fr, n, x, y);
	}
	double a, b;
	struct value *odd;
	if (!to_num(fr, n, x, &a, &odd) || !to_num(fr, n, y, &b, &odd))
		return odd;
	double r;
	if (op != JS_OP_EXP)
		r = arithmetic(op, a, b);
	else if (!power(a, b, &r))
		return unknown(fr, n, "a power that is not exact");
	struct value *v = val_number(ip->arena, r, NULL);
	computed(fr, n, v, x, y);
	bool scaled = op == JS_OP_SUB || op == JS_OP_MUL || op == JS_OP_DIV;
	if (scaled && x->env && y->kind == VAL_NUMBER)
		v = with_env(ip, v, ENV_TO_NUMBER, x->env);
	return v;
}
