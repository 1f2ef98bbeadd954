/* Number, Boolean, Math, parseInt and their kin. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

static struct value *number_call(struct interp *ip, struct call *c)
{
	double num = 0;
	struct value *odd;
	(void)ip;
	if (!c->this_)
		return unknown(c->fr, c->node, "a Number object");
	if (c->n && !to_num(c->fr, c->node, c->args[0], &num, &odd))
		return odd;
	return result_number(c, num);
}

static struct value *boolean_call(struct interp *ip, struct call *c)
{
	bool known;
	struct value *v = arg(ip, c, 0);
	if (!c->this_)
		return unknown(c->fr, c->node, "a Boolean object");
	test_truthy(c->fr, c->node, v);
	return result_bool(c, val_truthy(v, &known));
}

static struct value *parse_number(struct interp *ip, struct call *c)
{
	struct str s;
	double radix;
	struct value *odd;
	(void)ip;
	if (!arg_str(c, 0, &s, &odd) || !arg_num(c, 1, 0, &radix, &odd))
		return odd;
	if (c->self->data)
		return result_number(c, val_parse_float(s));
	double num = val_parse_int(s, num_to_int32(radix));
	if (fabs(num) > 9007199254740992.0 && radix != 10 && radix != 0)
		return unknown(c->fr, c->node, "reads a very large number in another base");
	return result_number(c, num);
}

static struct value *is_nan(struct interp *ip, struct call *c)
{
	double num;
	struct value *odd, *v = arg(ip, c, 0);
	if (!to_num(c->fr, c->node, v, &num, &odd))
		return odd;
	bool yes = c->self->data ? isfinite(num) : isnan(num);
	if (v->env) /* a number turns both tests, an unset variable too */
		test_text(c->fr, c->node, v, STR("2"), !isnan(num));
	return result_bool(c, yes);
}

enum { IS_INTEGER, IS_FINITE, IS_NAN, IS_SAFE };

static struct value *number_is(struct interp *ip, struct call *c)
{
	const struct value *v = arg(ip, c, 0);
	double num = v->kind == VAL_NUMBER ? v->u.num : 0;
	bool yes = v->kind == VAL_NUMBER;
	if (c->self->data == IS_NAN)
		yes = yes && isnan(num);
	else
		yes = yes && isfinite(num) && (c->self->data == IS_FINITE || num == trunc(num)) &&
		      (c->self->data != IS_SAFE || fabs(num) <= 9007199254740991.0);
	if (v->env)
		test_text(c->fr, c->node, v, STR("2"), v->kind == VAL_NUMBER && !isnan(num));
	return result_bool(c, yes);
}

static struct value *number_constant(struct interp *ip, struct call *c)
{
	static const double values[] = {9007199254740991.0,
					-9007199254740991.0,
					1.7976931348623157e308,
					5e-324,
					2.220446049250313e-16,
					0,
					0,
					0,
					3.141592653589793,
					2.718281828459045,
					0.6931471805599453,
					2.302585092994046,
					1.4426950408889634,
					0.4342944819032518,
					1.4142135623730951,
					0.7071067811865476};
	(void)ip;
	int i = c->self->data;
	return result_number(c, i == 5 ? INFINITY : i == 6 ? -INFINITY : i == 7 ? NAN : values[i]);
}

static struct value *number_to_string(struct interp *ip, struct call *c)
{
	double num, radix;
	struct value *odd;
	if (!to_num(c->fr, c->node, c->this_, &num, &odd) || !arg_num(c, 0, 10, &radix, &odd))
		return odd;
	if (!(radix >= 2 && radix <= 36))
		return throw_error(c->fr, c->node, "RangeError",
				   "toString() radix must be between 2 and 36");
	struct str s = num_radix_text(ip->arena, num, (int)radix);
	return s.ptr ? result_string(c, s)
		     : unknown(c->fr, c->node, "writes a fraction in another base");
}

static struct value *number_to_fixed(struct interp *ip, struct call *c)
{
	double num, digits;
	struct value *odd;
	if (!to_num(c->fr, c->node, c->this_, &num, &odd) || !arg_num(c, 0, 0, &digits, &odd))
		return odd;
	digits = num_to_integer(digits);
	if (!(digits >= 0 && digits <= 100))
		return throw_error(c->fr, c->node, "RangeError",
				   "toFixed() digits argument must be between 0 and 100");
	return result_string(c, num_fixed_text(ip->arena, num, (int)digits));
}

static struct value *itself(struct interp *ip, struct call *c)
{
	struct str s;
	if (!c->self->data)
		return c->this_;
	return val_to_str(ip->arena, c->this_, &s) ? result_string(c, s)
						   : unknown(c->fr, c->node, "calls toString");
}

/* ---- Math ---- */

enum {
	FLOOR,
	CEIL,
	ROUND,
	TRUNC,
	ABS,
	SQRT,
	SIGN,
	CBRT,
	LOG2,
	LOG10,
	LOG,
	EXP,
	SIN,
	COS,
	TAN,
	ATAN
};

static double js_round(double x)
{
	double r = floor(x);
	r = x - r >= 0.5 ? r + 1 : r;
	return r == 0 ? copysign(0, x) : r;
}

static struct value *math_one(struct interp *ip, struct call *c)
{
	double x;
	struct value *odd, *v = arg(ip, c, 0);
	if (!to_num(c->fr, c->node, v, &x, &odd))
		return odd;
	double r;
	switch (c->self->data) {
	case FLOOR:
		r = floor(x);
		break;
	case CEIL:
		r = ceil(x);
		break;
	case ROUND:
		r = js_round(x);
		break;
	case TRUNC:
		r = trunc(x);
		break;
	case ABS:
		r = fabs(x);
		break;
	case SQRT:
		r = sqrt(x);
		break;
	case SIGN:
		r = isnan(x) || x == 0 ? x : x > 0 ? 1 : -1;
		break;
	case LOG2: /* exact for powers of two, else the engine's affair */
		r = log2(x);
		if (isfinite(r) && r != trunc(r))
			return unknown(c->fr, c->node, "uses %s", c->self->name);
		break;
	default:
		return unknown(c->fr, c->node, "uses %s", c->self->name);
	}
	struct value *result = result_number(c, r);
	for (const struct origin *o = v->origin; o; o = o->via)
		if (o->kind == ORIGIN_MACHINE || o->kind == ORIGIN_ENV)
			result->origin = origin_new(c->fr, c->node, ORIGIN_COMPUTED, v->origin);
	return result;
}

static struct value *math_max(struct interp *ip, struct call *c)
{
	double sign = c->self->data, best = -sign * INFINITY, num;
	const struct origin *via = NULL;
	const struct env_path *env = NULL;
	struct value *odd;
	for (uint32_t i = 0; i < c->n; i++) {
		if (!to_num(c->fr, c->node, c->args[i], &num, &odd))
			return odd;
		if (isnan(num) || isnan(best))
			best = NAN;
		else if (num * sign > best * sign ||
			 (num == 0 && best == 0 && signbit(num) == (sign < 0)))
			best = num;
		for (const struct origin *o = c->args[i]->origin; o && !via; o = o->via)
			if (o->kind == ORIGIN_MACHINE || o->kind == ORIGIN_ENV)
				via = c->args[i]->origin;
		env = c->args[i]->env ? c->args[i]->env : env;
	}
	struct value *v = result_number(c, best);
	if (via)
		v->origin = origin_new(c->fr, c->node, ORIGIN_COMPUTED, via);
	return env ? with_env(ip, v, ENV_TO_NUMBER, env) : v;
}

static struct value *math_pow(struct interp *ip, struct call *c)
{
	return binary(c->fr, c->node, JS_OP_EXP, arg(ip, c, 0), arg(ip, c, 1));
}

static struct value *math_random(struct interp *ip, struct call *c)
{
	(void)ip;
	return unknown(c->fr, c->node, "uses Math.random");
}

/* ---- URI ---- */

static struct value *encode_uri(struct interp *ip, struct call *c)
{
	struct str s;
	struct value *odd;
	struct buf b = {0};
	if (!arg_str(c, 0, &s, &odd))
		return odd;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.ptr[i];
		bool plain = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') ||
			     (ch && strchr("-_.!~*'()", ch)) ||
			     (c->self->data && ch && strchr(";/?:@&=+$,#", ch));
		if (plain)
			buf_addc(&b, (char)ch);
		else
			buf_printf(&b, "%%%02X", ch);
	}
	struct str out = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, out);
}

const struct builtin builtins_number[] = {
    {.name = "Number", .fn = number_call, .flags = B_PURE | B_MAKES, .env_op = ENV_TO_NUMBER},
    {.name = "Boolean", .fn = boolean_call, .flags = B_PURE | B_MAKES},
    {.name = "parseInt", .fn = parse_number, .flags = B_PURE, .env_op = ENV_TO_NUMBER},
    {.name = "parseFloat", .fn = parse_number, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = 1},
    {.name = "isNaN", .fn = is_nan, .flags = B_PURE},
    {.name = "isFinite", .fn = is_nan, .flags = B_PURE, .data = 1},
    {.name = "NaN", .fn = number_constant, .flags = B_CONST, .data = 7},
    {.name = "Infinity", .fn = number_constant, .flags = B_CONST, .data = 5},
    {.name = "encodeURIComponent", .fn = encode_uri, .flags = B_PURE},
    {.name = "encodeURI", .fn = encode_uri, .flags = B_PURE, .data = 1},
    {.name = "Number.parseInt", .fn = parse_number, .flags = B_PURE, .env_op = ENV_TO_NUMBER},
    {.name = "Number.parseFloat",
     .fn = parse_number,
     .flags = B_PURE,
     .env_op = ENV_TO_NUMBER,
     .data = 1},
    {.name = "Number.isInteger", .fn = number_is, .flags = B_PURE, .data = IS_INTEGER},
    {.name = "Number.isFinite", .fn = number_is, .flags = B_PURE, .data = IS_FINITE},
    {.name = "Number.isNaN", .fn = number_is, .flags = B_PURE, .data = IS_NAN},
    {.name = "Number.isSafeInteger", .fn = number_is, .flags = B_PURE, .data = IS_SAFE},
    {.name = "Number.MAX_SAFE_INTEGER", .fn = number_constant, .flags = B_CONST, .data = 0},
    {.name = "Number.MIN_SAFE_INTEGER", .fn = number_constant, .flags = B_CONST, .data = 1},
    {.name = "Number.MAX_VALUE", .fn = number_constant, .flags = B_CONST, .data = 2},
    {.name = "Number.MIN_VALUE", .fn = number_constant, .flags = B_CONST, .data = 3},
    {.name = "Number.EPSILON", .fn = number_constant, .flags = B_CONST, .data = 4},
    {.name = "Number.POSITIVE_INFINITY", .fn = number_constant, .flags = B_CONST, .data = 5},
    {.name = "Number.NEGATIVE_INFINITY", .fn = number_constant, .flags = B_CONST, .data = 6},
    {.name = "Number.NaN", .fn = number_constant, .flags = B_CONST, .data = 7},
    {.name = "Number#toString", .fn = number_to_string, .flags = B_PURE},
    {.name = "Number#toFixed", .fn = number_to_fixed, .flags = B_PURE},
    {.name = "Number#valueOf", .fn = itself, .flags = B_PURE},
    {.name = "Number#toPrecision"},
    {.name = "Number#toExponential"},
    {.name = "Number#toLocaleString"},
    {.name = "Boolean#toString", .fn = itself, .flags = B_PURE, .data = 1},
    {.name = "Boolean#valueOf", .fn = itself, .flags = B_PURE},
    {.name = "Math.floor", .fn = math_one, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = FLOOR},
    {.name = "Math.ceil", .fn = math_one, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = CEIL},
    {.name = "Math.round", .fn = math_one, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = ROUND},
    {.name = "Math.trunc", .fn = math_one, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = TRUNC},
    {.name = "Math.abs", .fn = math_one, .flags = B_PURE, .env_op = ENV_TO_NUMBER, .data = ABS},
    {.name = "Math.sqrt", .fn = math_one, .flags = B_PURE, .data = SQRT},
    {.name = "Math.sign", .fn = math_one, .flags = B_PURE, .data = SIGN},
    {.name = "Math.log2", .fn = math_one, .flags = B_PURE, .data = LOG2},
    {.name = "Math.cbrt"},
    {.name = "Math.log"},
    {.name = "Math.log10"},
    {.name = "Math.exp"},
    {.name = "Math.max", .fn = math_max, .flags = B_PURE, .data = 1},
    {.name = "Math.min", .fn = math_max, .flags = B_PURE, .data = -1},
    {.name = "Math.pow", .fn = math_pow, .flags = B_PURE},
    {.name = "Math.random", .fn = math_random},
    {.name = "Math.PI", .fn = number_constant, .flags = B_CONST, .data = 8},
    {.name = "Math.E", .fn = number_constant, .flags = B_CONST, .data = 9},
    {.name = "Math.LN2", .fn = number_constant, .flags = B_CONST, .data = 10},
    {.name = "Math.LN10", .fn = number_constant, .flags = B_CONST, .data = 11},
    {.name = "Math.LOG2E", .fn = number_constant, .flags = B_CONST, .data = 12},
    {.name = "Math.LOG10E", .fn = number_constant, .flags = B_CONST, .data = 13},
    {.name = "Math.SQRT2", .fn = number_constant, .flags = B_CONST, .data = 14},
    {.name = "Math.SQRT1_2", .fn = number_constant, .flags = B_CONST, .data = 15},
    {0},
};
