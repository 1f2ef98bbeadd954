/* String and its methods. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

static bool self(struct call *c, struct str *out, struct value **odd)
{
	if (is_nullish(c->this_)) {
		*odd = throw_error(c->fr, c->node, "TypeError", "%s called on null or undefined",
				   c->self->name);
		return false;
	}
	return to_str(c->fr, c->node, c->this_, out, odd);
}

#define SELF(s)                                                                                    \
	struct str s;                                                                              \
	struct value *odd;                                                                         \
	(void)ip;                                                                                  \
	if (!self(c, &s, &odd))                                                                    \
	return odd

#define TEXT(i, out)                                                                               \
	struct str out;                                                                            \
	if (!arg_str(c, i, &out, &odd))                                                            \
	return odd

#define NUMBER(i, missing, out)                                                                    \
	double out;                                                                                \
	if (!arg_num(c, i, missing, &out, &odd))                                                   \
	return odd

static struct value *string_call(struct interp *ip, struct call *c)
{
	struct str s = STR("");
	struct value *odd;
	(void)ip;
	if (c->n && !arg_str(c, 0, &s, &odd))
		return odd;
	if (!c->this_)
		return unknown(c->fr, c->node, "a String object");
	return result_string(c, s);
}

static struct value *from_char_code(struct interp *ip, struct call *c)
{
	struct str out = STR("");
	struct value *odd;
	bool points = c->self->data;
	for (uint32_t i = 0; i < c->n; i++) {
		NUMBER(i, 0, num);
		struct buf b = {0};
		u16_put(&b,
			points ? (uint32_t)num & 0x1fffff : (uint32_t)num_to_int32(num) & 0xffff);
		out = u16_cat(ip->arena, out, arena_str(ip->arena, buf_str(&b)));
		buf_release(&b);
		if (points && !(num >= 0 && num <= 0x10ffff && num == floor(num)))
			return throw_error(c->fr, c->node, "RangeError", "Invalid code point");
	}
	return result_string(c, out);
}

/* ASCII only: case mapping of other letters is left undecided */
static struct value *change_case(struct interp *ip, struct call *c)
{
	SELF(s);
	char from = c->self->data ? 'a' : 'A';
	if (!u16_ascii(s))
		return unknown(c->fr, c->node, "changes the case of letters beyond ASCII");
	char *p = arena_cstr(ip->arena, s);
	for (size_t i = 0; i < s.len; i++)
		if (p[i] >= from && p[i] < from + 26)
			p[i] ^= 32;
	return result_string(c, (struct str){p, s.len});
}

static struct value *trim(struct interp *ip, struct call *c)
{
	SELF(s);
	return result_string(c, u16_trim(s, c->self->data & 1, c->self->data & 2));
}

/* a position: NaN is 0, clamped to the text */
static double clamp(double num, double low, double high)
{
	num = num_to_integer(num);
	return num < low ? low : num > high ? high : num;
}

static double relative(double num, double length)
{
	num = num_to_integer(num);
	return num < 0 ? (num + length < 0 ? 0 : num + length) : num > length ? length : num;
}

static struct value *slice(struct interp *ip, struct call *c)
{
	SELF(s);
	double length = (double)u16_len(s);
	NUMBER(0, 0, from);
	NUMBER(1, length, to);
	return result_string(c, u16_slice(ip->arena, s, (size_t)relative(from, length),
					  (size_t)relative(to, length)));
}

static struct value *substring(struct interp *ip, struct call *c)
{
	SELF(s);
	double length = (double)u16_len(s);
	NUMBER(0, 0, from);
	NUMBER(1, length, to);
	from = clamp(from, 0, length);
	to = clamp(to, 0, length);
	return result_string(
	    c, u16_slice(ip->arena, s, (size_t)fmin(from, to), (size_t)fmax(from, to)));
}

static struct value *substr(struct interp *ip, struct call *c)
{
	SELF(s);
	double length = (double)u16_len(s);
	NUMBER(0, 0, from);
	NUMBER(1, length, count);
	from = relative(from, length);
	count = clamp(count, 0, length - from);
	return result_string(c, u16_slice(ip->arena, s, (size_t)from, (size_t)(from + count)));
}

static struct value *char_at(struct interp *ip, struct call *c)
{
	SELF(s);
	NUMBER(0, 0, at);
	double length = (double)u16_len(s);
	at = num_to_integer(at);
	if (c->self->data == 2 && at < 0)
		at += length;
	bool in = at >= 0 && at < length;
	if (c->self->data == 1)
		return result_number(c, in ? u16_at(s, (size_t)at) : NAN);
	if (!in && c->self->data == 2)
		return ip->undefined;
	return result_string(c, in ? u16_slice(ip->arena, s, (size_t)at, (size_t)at + 1) : STR(""));
}

static struct value *code_point_at(struct interp *ip, struct call *c)
{
	SELF(s);
	NUMBER(0, 0, at);
	at = num_to_integer(at);
	if (!(at >= 0 && at < (double)u16_len(s)))
		return ip->undefined;
	struct str rest = u16_slice(ip->arena, s, (size_t)at, (size_t)at + 2);
	size_t i = 0;
	return result_number(c, u16_next(rest, &i));
}

static size_t rfind(struct str s, struct str needle, size_t last)
{
	for (size_t i = last + 1; i > 0; i--)
		if (i - 1 + needle.len <= s.len && str_starts(str_sub(s, i - 1, s.len), needle))
			return i - 1;
	return (size_t)-1;
}

static struct value *index_of(struct interp *ip, struct call *c)
{
	SELF(s);
	TEXT(0, needle);
	NUMBER(1, c->self->data ? INFINITY : 0, from);
	if (c->self->data && isnan(from))
		from = INFINITY;
	double length = (double)u16_len(s);
	size_t at = u16_byte(s, (size_t)clamp(from, 0, length));
	size_t found =
	    c->self->data ? rfind(s, needle, at) : str_find(str_sub(s, at, s.len), needle);
	test_text(c->fr, c->node, c->this_, needle, found != (size_t)-1);
	ip->steps += s.len / 64;
	if (found == (size_t)-1)
		return result_number(c, -1);
	return result_number(c, (double)u16_index(s, c->self->data ? found : at + found));
}

static struct value *no_regexp(struct interp *ip, struct call *c)
{
	if (!is_kind(arg(ip, c, 0), VAL_REGEXP))
		return ip->undefined;
	return throw_error(c->fr, c->node, "TypeError",
			   "First argument to %s must not be a regular expression", c->self->name);
}

static struct value *includes(struct interp *ip, struct call *c)
{
	SELF(s);
	if (!no_regexp(ip, c))
		return NULL;
	TEXT(0, needle);
	NUMBER(1, 0, from);
	struct str rest =
	    str_sub(s, u16_byte(s, (size_t)clamp(from, 0, (double)u16_len(s))), s.len);
	bool found =
	    c->self->data ? str_starts(rest, needle) : str_find(rest, needle) != (size_t)-1;
	test_text(c->fr, c->node, c->this_, needle, found);
	return result_bool(c, found);
}

static struct value *ends_with(struct interp *ip, struct call *c)
{
	SELF(s);
	if (!no_regexp(ip, c))
		return NULL;
	TEXT(0, needle);
	NUMBER(1, INFINITY, end);
	bool found =
	    str_ends(str_sub(s, 0, u16_byte(s, (size_t)clamp(end, 0, (double)u16_len(s)))), needle);
	test_text(c->fr, c->node, c->this_, needle, found);
	return result_bool(c, found);
}

static struct value *pad(struct interp *ip, struct call *c)
{
	SELF(s);
	NUMBER(0, 0, want);
	struct str with = STR(" ");
	if (arg(ip, c, 1)->kind != VAL_UNDEFINED && !arg_str(c, 1, &with, &odd))
		return odd;
	double length = (double)u16_len(s), missing = num_to_integer(want) - length;
	if (!(missing > 0) || !with.len)
		return result_string(c, s);
	if (missing > 536870888.0)
		return throw_error(c->fr, c->node, "RangeError", "Invalid string length");
	if (!charge(ip, (size_t)missing * 3))
		return NULL;
	struct buf b = {0};
	double width = (double)u16_len(with);
	for (double have = 0; have < missing; have += width)
		buf_add(&b, have + width <= missing
				? with
				: u16_slice(ip->arena, with, 0, (size_t)(missing - have)));
	struct str fill = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, c->self->data ? u16_cat(ip->arena, s, fill)
					      : u16_cat(ip->arena, fill, s));
}

static struct value *repeat(struct interp *ip, struct call *c)
{
	SELF(s);
	NUMBER(0, 0, count);
	count = num_to_integer(count);
	if (count < 0 || isinf(count) || count * (double)s.len > 1.6e9)
		return throw_error(c->fr, c->node, "RangeError", "Invalid count value");
	if (!charge(ip, (size_t)(count * (double)s.len)))
		return NULL;
	struct buf b = {0};
	for (double i = 0; s.len && i < count; i++)
		buf_add(&b, s);
	struct str out = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, out);
}

static struct value *concat(struct interp *ip, struct call *c)
{
	SELF(s);
	for (uint32_t i = 0; i < c->n; i++) {
		TEXT(i, more);
		if (!charge(ip, s.len + more.len))
			return NULL;
		s = u16_cat(ip->arena, s, more);
	}
	return result_string(c, s);
}

static struct value *split(struct interp *ip, struct call *c)
{
	SELF(s);
	NUMBER(1, 4294967295.0, limit);
	limit = (double)(uint32_t)num_to_int32(limit);
	if (!c->n || c->args[0]->kind == VAL_UNDEFINED) {
		struct value *whole = result_array(c);
		if (limit > 0)
			val_push(ip->arena, whole->u.arr, result_string(c, s));
		return whole;
	}
	if (!charge(ip, s.len))
		return NULL;
	if (c->args[0]->kind == VAL_REGEXP)
		return regexp_split(ip, c, s, limit);
	TEXT(0, by);
	struct value *v = result_array(c);
	size_t from = 0;
	if (!by.len) {
		size_t n = u16_len(s);
		if (!charge(ip, n * (sizeof(struct value) + sizeof(struct origin))))
			return NULL;
		for (size_t i = 0; i < n && i < limit; i++)
			val_push(ip->arena, v->u.arr,
				 result_string(c, u16_slice(ip->arena, s, i, i + 1)));
		return v;
	}
	while (v->u.arr->n < limit) {
		size_t at = str_find(str_sub(s, from, s.len), by);
		struct str part = str_sub(s, from, at == (size_t)-1 ? s.len : from + at);
		struct value *item = result_string(c, part);
		if (c->this_->env && at == (size_t)-1 && from == 0)
			item = with_env(ip, item, ENV_TO_STRING, c->this_->env);
		val_push(ip->arena, v->u.arr, item);
		if (at == (size_t)-1 || !step(c->fr, c->node))
			break;
		from += at + by.len;
	}
	return ip->abrupt ? NULL : v;
}

static struct value *replace(struct interp *ip, struct call *c)
{
	SELF(s);
	bool all = c->self->data;
	if (is_kind(arg(ip, c, 0), VAL_REGEXP))
		return regexp_replace(ip, c, s);
	TEXT(0, what);
	struct buf b = {0};
	size_t from = 0;
	while (from <= s.len) {
		size_t at = str_find(str_sub(s, from, s.len), what);
		if (at == (size_t)-1)
			break;
		struct regex_match m = {
		    .start = {from + at}, .end = {from + at + what.len}, .n = 1};
		buf_add(&b, str_sub(s, from, from + at));
		if (!regexp_replacement(c, &b, s, &m, NULL, &odd) || !step(c->fr, c->node) ||
		    !charge(ip, b.len / 16)) {
			buf_release(&b);
			return odd;
		}
		from = m.end[0];
		if (!all)
			break;
		if (!what.len) { /* between any two units */
			size_t next = from;
			if (u16_next(s, &next) > 0xffff) {
				buf_release(&b);
				return unknown(c->fr, c->node, "takes characters apart");
			}
			buf_add(&b, str_sub(s, from, next));
			from = next > from ? next : s.len + 1;
		}
	}
	buf_add(&b, str_sub(s, from, s.len));
	struct str out = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, out);
}

static struct value *itself(struct interp *ip, struct call *c)
{
	SELF(s);
	return result_string(c, s);
}

const struct builtin builtins_string[] = {
    {.name = "String", .fn = string_call, .flags = B_PURE | B_MAKES, .env_op = ENV_TO_STRING},
    {.name = "String.fromCharCode", .fn = from_char_code, .flags = B_PURE},
    {.name = "String.fromCodePoint", .fn = from_char_code, .flags = B_PURE, .data = 1},
    {.name = "String.raw"},
    {.name = "String#toLowerCase", .fn = change_case, .flags = B_PURE, .env_op = ENV_LOWER},
    {.name = "String#toUpperCase",
     .fn = change_case,
     .flags = B_PURE,
     .env_op = ENV_UPPER,
     .data = 1},
    {.name = "String#toLocaleLowerCase", .fn = change_case, .flags = B_PURE, .env_op = ENV_LOWER},
    {.name = "String#toLocaleUpperCase",
     .fn = change_case,
     .flags = B_PURE,
     .env_op = ENV_UPPER,
     .data = 1},
    {.name = "String#trim", .fn = trim, .flags = B_PURE, .env_op = ENV_TRIM, .data = 3},
    {.name = "String#trimStart", .fn = trim, .flags = B_PURE, .env_op = ENV_TRIM, .data = 1},
    {.name = "String#trimEnd", .fn = trim, .flags = B_PURE, .env_op = ENV_TRIM, .data = 2},
    {.name = "String#slice", .fn = slice, .flags = B_PURE},
    {.name = "String#substring", .fn = substring, .flags = B_PURE},
    {.name = "String#substr", .fn = substr, .flags = B_PURE},
    {.name = "String#charAt", .fn = char_at, .flags = B_PURE},
    {.name = "String#charCodeAt", .fn = char_at, .flags = B_PURE, .data = 1},
    {.name = "String#at", .fn = char_at, .flags = B_PURE, .data = 2},
    {.name = "String#codePointAt", .fn = code_point_at, .flags = B_PURE},
    {.name = "String#indexOf", .fn = index_of, .flags = B_PURE},
    {.name = "String#lastIndexOf", .fn = index_of, .flags = B_PURE, .data = 1},
    {.name = "String#includes", .fn = includes, .flags = B_PURE},
    {.name = "String#startsWith", .fn = includes, .flags = B_PURE, .data = 1},
    {.name = "String#endsWith", .fn = ends_with, .flags = B_PURE},
    {.name = "String#padStart", .fn = pad, .flags = B_PURE},
    {.name = "String#padEnd", .fn = pad, .flags = B_PURE, .data = 1},
    {.name = "String#repeat", .fn = repeat, .flags = B_PURE},
    {.name = "String#concat", .fn = concat, .flags = B_PURE},
    {.name = "String#split", .fn = split, .flags = B_PURE, .env_op = ENV_SPLIT},
    {.name = "String#replace", .fn = replace, .flags = B_PURE},
    {.name = "String#replaceAll", .fn = replace, .flags = B_PURE, .data = 1},
    {.name = "String#match", .fn = regexp_match, .flags = B_PURE},
    {.name = "String#search", .fn = regexp_search, .flags = B_PURE},
    {.name = "String#matchAll"},
    {.name = "String#toString", .fn = itself, .flags = B_PURE, .env_op = ENV_TO_STRING},
    {.name = "String#valueOf", .fn = itself, .flags = B_PURE, .env_op = ENV_TO_STRING},
    {.name = "String#normalize"},
    {.name = "String#localeCompare"},
    {.name = "String#constructor"},
    {.name = "String#isWellFormed"},
    {.name = "String#toWellFormed"},
    {0},
};
