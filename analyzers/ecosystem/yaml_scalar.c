#include "analyzers/ecosystem/yaml_scalar.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_NUMBER = 400 }; /* a longer one with underscores is taken for a text */

static const char *const type_names[] = {
	[YT_STR] = "str",   [YT_NULL] = "null",	    [YT_BOOL] = "bool",	  [YT_INT] = "int",
	[YT_FLOAT] = "float", [YT_TIMESTAMP] = "timestamp", [YT_MERGE] = "merge", [YT_BINARY] = "binary",
	[YT_SEQ] = "seq",   [YT_OMAP] = "omap",	    [YT_PAIRS] = "pairs", [YT_MAP] = "map",
	[YT_SET] = "set",
};

enum yaml_type yaml_type_of_tag(struct str tag)
{
	struct str prefix = STR("tag:yaml.org,2002:");
	if (!str_starts(tag, prefix))
		return YT_NONE;
	for (unsigned i = YT_STR; i <= YT_SET; i++)
		if (str_is(str_sub(tag, prefix.len, tag.len), type_names[i]))
			return (enum yaml_type)i;
	return YT_NONE;
}

static bool one_of(struct str s, const char *a, const char *b, const char *c)
{
	return str_is(s, a) || str_is(s, b) || str_is(s, c);
}

static struct str without_sign(struct str s, double *sign)
{
	*sign = 1;
	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
		*sign = s.ptr[0] == '-' ? -1 : 1;
		return str_sub(s, 1, s.len);
	}
	return s;
}

/* 0b, 0x and 0o are followed by digits of that base; "010" is decimal */
static int base_of(struct str *digits)
{
	int base = 10;
	if (digits->len >= 2 && digits->ptr[0] == '0')
		base = digits->ptr[1] == 'b' ? 2 : digits->ptr[1] == 'x' ? 16 : digits->ptr[1] == 'o' ? 8 : 10;
	if (base != 10)
		*digits = str_sub(*digits, 2, digits->len);
	return base;
}

/* In js-yaml 4.1 underscores may stand between the digits, not at the beginning, at the end or in an
 * exponent. False where they stand elsewhere, else *s is the number without them, in out. */
static bool without_underscores(struct str *s, char out[static MAX_NUMBER])
{
	double sign;
	struct str digits = without_sign(*s, &sign);
	bool based = base_of(&digits) != 10, exponent = false;
	size_t first = s->len - digits.len, n = 0;
	if (s->len > MAX_NUMBER || !digits.len || digits.ptr[digits.len - 1] == '_')
		return false;
	for (size_t i = 0; i < s->len; i++) {
		char c = s->ptr[i], before = i > first ? s->ptr[i - 1] : based ? '0' : 0;
		exponent |= !based && (c | 32) == 'e';
		if (c != '_')
			out[n++] = c;
		else if (i < first || exponent ||
			 (!based && before != '_' && before != '.' && !(before >= '0' && before <= '9')))
			return false;
	}
	*s = (struct str){out, n};
	struct str plain = without_sign(*s, &sign);
	return based == (base_of(&plain) != 10);
}

static bool has_underscore(struct str s)
{
	return str_find(s, STR("_")) != (size_t)-1;
}

static bool read_int(struct str s, bool old, double *out)
{
	char buf[MAX_NUMBER];
	double sign, value = 0;
	if (old && has_underscore(s) && !without_underscores(&s, buf))
		return false;
	struct str digits = without_sign(s, &sign);
	int base = base_of(&digits);
	for (size_t i = 0; i < digits.len; i++) {
		int digit = hex_digit(digits.ptr[i]);
		if (digit < 0 || digit >= base)
			return false;
		value = value * base + digit;
	}
	if (base == 10 && digits.len)
		value = val_parse_float(digits);
	*out = sign * value;
	return digits.len && (old || isfinite(value));
}

static size_t digits_at(struct str s, size_t i)
{
	size_t start = i;
	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++;
	return i - start;
}

static bool exponent(struct str s, size_t i)
{
	if (i == s.len)
		return true;
	if ((s.ptr[i] | 32) != 'e')
		return false;
	i++;
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		i++;
	size_t n = digits_at(s, i);
	return n && i + n == s.len;
}

static bool read_float(struct str s, bool old, double *out)
{
	char buf[MAX_NUMBER];
	double sign;
	if (old && has_underscore(s) && !without_underscores(&s, buf))
		return false;
	struct str rest = without_sign(s, &sign);
	if (one_of(rest, ".inf", ".Inf", ".INF")) {
		*out = sign * INFINITY;
		return true;
	}
	if (one_of(s, ".nan", ".NaN", ".NAN")) {
		*out = NAN;
		return true;
	}
	size_t whole = digits_at(rest, 0), i = whole;
	bool point = i < rest.len && rest.ptr[i] == '.';
	if (point)
		i++;
	size_t fraction = point ? digits_at(rest, i) : 0;
	/* without a digit before the point there must be one after it, and no sign */
	if (!whole && (!fraction || rest.len != s.len))
		return false;
	if (!exponent(rest, i + fraction))
		return false;
	*out = sign * val_parse_float(rest);
	return old || isfinite(*out);
}

/* digits min..max at *i, then advances */
static bool take(struct str s, size_t *i, size_t min, size_t max)
{
	size_t n = digits_at(s, *i);
	if (n < min || n > max)
		return false;
	*i += n;
	return true;
}

static bool take_char(struct str s, size_t *i, char c)
{
	if (*i >= s.len || s.ptr[*i] != c)
		return false;
	++*i;
	return true;
}

static void take_blanks(struct str s, size_t *i)
{
	while (*i < s.len && (s.ptr[*i] == ' ' || s.ptr[*i] == '\t'))
		++*i;
}

static bool is_timestamp(struct str s)
{
	size_t i = 0;
	if (!take(s, &i, 4, 4) || !take_char(s, &i, '-') || !take(s, &i, 1, 2) || !take_char(s, &i, '-') ||
	    !take(s, &i, 1, 2))
		return false;
	if (i == s.len)
		return s.len == 10;
	size_t gap = i;
	if (!take_char(s, &i, 'T') && !take_char(s, &i, 't'))
		take_blanks(s, &i);
	if (i == gap || !take(s, &i, 1, 2) || !take_char(s, &i, ':') || !take(s, &i, 2, 2) || !take_char(s, &i, ':') ||
	    !take(s, &i, 2, 2))
		return false;
	if (take_char(s, &i, '.'))
		i += digits_at(s, i);
	if (i == s.len)
		return true;
	take_blanks(s, &i);
	if (take_char(s, &i, 'Z'))
		return i == s.len;
	if ((!take_char(s, &i, '+') && !take_char(s, &i, '-')) || !take(s, &i, 1, 2))
		return false;
	return i == s.len || (take_char(s, &i, ':') && take(s, &i, 2, 2) && i == s.len);
}

static bool is_base64(struct str s)
{
	size_t bits = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '\r' || c == '\n')
			continue;
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
		      c == '='))
			return false;
		bits += 6;
	}
	return bits % 8 == 0;
}

bool yaml_fits(enum yaml_type type, struct str text, bool old)
{
	double num;
	switch (type) {
	case YT_STR:
		return true;
	case YT_NULL:
		return str_is(text, "~") || one_of(text, "null", "Null", "NULL");
	case YT_BOOL:
		return one_of(text, "true", "True", "TRUE") || one_of(text, "false", "False", "FALSE");
	case YT_INT:
		return read_int(text, old, &num);
	case YT_FLOAT:
		return read_float(text, old, &num);
	case YT_TIMESTAMP:
		return is_timestamp(text);
	case YT_MERGE:
		return str_is(text, "<<");
	case YT_BINARY:
		return is_base64(text);
	default:
		return false;
	}
}

enum yaml_type yaml_implicit(struct str text, bool old)
{
	static const enum yaml_type order[] = {YT_NULL, YT_BOOL, YT_INT, YT_FLOAT, YT_TIMESTAMP, YT_MERGE};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (yaml_fits(order[i], text, old))
			return order[i];
	return YT_STR;
}

struct value *yaml_construct(struct arena *a, enum yaml_type type, struct str text, bool old, const struct origin *o)
{
	double num = 0;
	struct value *v;
	switch (type) {
	case YT_NULL:
		return val_new(a, VAL_NULL, o);
	case YT_BOOL:
		return val_bool(a, (text.ptr[0] | 32) == 't', o);
	case YT_INT:
		read_int(text, old, &num);
		return val_number(a, num, o);
	case YT_FLOAT:
		read_float(text, old, &num);
		return val_number(a, num, o);
	case YT_TIMESTAMP:
	case YT_BINARY:
		v = val_object_new(a, o);
		v->u.obj->class_name = type == YT_BINARY ? "Uint8Array" : "Date";
		return v;
	default:
		return val_string(a, text, o);
	}
}
