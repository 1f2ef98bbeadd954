/* Numbers and their texts as ECMAScript defines them (sections 6.1.6.1.20,
 * 7.1.4.1, 19.2.4 and 19.2.5). The C locale is assumed for strtod and printf. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* the shortest digits that read back as the same number; returns the exponent of 0.d1d2... */
static int shortest_digits(double num, char digits[20])
{
	char text[40];
	int precision = 0;
	do
		snprintf(text, sizeof text, "%.*e", precision, num);
	while (strtod(text, NULL) != num && ++precision < 17);
	int n = 0, i = 0;
	for (; text[i] && text[i] != 'e'; i++)
		if (text[i] != '.')
			digits[n++] = text[i];
	digits[n] = '\0';
	return atoi(text + i + 1) + 1;
}

void num_write(char *text, double num)
{
	const size_t size = NUMBER_TEXT;
	char d[20];
	if (isnan(num) || isinf(num)) {
		snprintf(text, size, "%s", isnan(num) ? "NaN" : num < 0 ? "-Infinity" : "Infinity");
		return;
	}
	if (fabs(num) < 1e15 && num == trunc(num)) {
		snprintf(text, size, "%.0f", num == 0 ? 0.0 : num);
		return;
	}
	const char *sign = num < 0 ? "-" : "";
	int n = shortest_digits(fabs(num), d), k = (int)strlen(d);
	if (k <= n && n <= 21)
		snprintf(text, size, "%s%s%.*s", sign, d, n - k, "000000000000000000000");
	else if (n > 0 && n <= 21)
		snprintf(text, size, "%s%.*s.%s", sign, n, d, d + n);
	else if (n > -6 && n <= 0)
		snprintf(text, size, "%s0.%.*s%s", sign, -n, "000000", d);
	else
		snprintf(text, size, "%s%c%s%se%c%d", sign, d[0], k > 1 ? "." : "", d + 1,
			 n > 0 ? '+' : '-', abs(n - 1));
}

char *val_number_text(struct arena *a, double num)
{
	char text[NUMBER_TEXT];
	num_write(text, num);
	return arena_cstr(a, str_from(text));
}

struct str num_radix_text(struct arena *a, double num, int radix)
{
	if (radix == 10 || isnan(num) || isinf(num))
		return str_from(val_number_text(a, num));
	if (num != trunc(num) || fabs(num) > 9007199254740992.0)
		return (struct str){NULL, 0}; /* digits of fractions are the engine's affair */
	char text[70];
	size_t at = sizeof text;
	uint64_t left = (uint64_t)fabs(num);
	do
		text[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[left % (unsigned)radix];
	while ((left /= (unsigned)radix));
	if (num < 0)
		text[--at] = '-';
	return arena_str(a, (struct str){text + at, sizeof text - at});
}

struct str num_fixed_text(struct arena *a, double num, int digits)
{
	if (!(fabs(num) < 1e21))
		return str_from(val_number_text(a, num));
	char text[160];
	/* a tie is an exact decimal: printf rounds it to even, JavaScript away from zero */
	snprintf(text, sizeof text, "%.*f", digits + 30, fabs(num));
	char *rest = strchr(text, '.') + 1 + digits;
	bool up = rest[0] >= '5';
	rest[digits ? 0 : -1] = '\0';
	for (char *p = text + strlen(text) - 1; up && p >= text; p--) {
		if (*p == '.')
			continue;
		up = *p == '9';
		*p = up ? '0' : (char)(*p + 1);
	}
	return str_from(arena_printf(a, "%s%s%s", num < 0 ? "-" : "", up ? "1" : "", text));
}

static int digit_of(int32_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

double val_parse_int(struct str text, int radix)
{
	struct str s = u16_trim(text, true, false);
	size_t i = 0;
	double sign = 1, value = 0;
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		sign = s.ptr[i++] == '-' ? -1 : 1;
	if (radix != 0 && (radix < 2 || radix > 36))
		return NAN;
	if ((radix == 0 || radix == 16) && i + 1 < s.len && s.ptr[i] == '0' &&
	    (s.ptr[i + 1] | 32) == 'x') {
		i += 2;
		radix = 16;
	}
	if (radix == 0)
		radix = 10;
	size_t start = i;
	while (i < s.len && digit_of(s.ptr[i]) < radix)
		value = value * radix + digit_of(s.ptr[i++]);
	if (i == start)
		return NAN;
	if (radix == 10 && value > 9007199254740992.0) {
		char small[400];
		size_t n = i - start < sizeof small - 1 ? i - start : sizeof small - 1;
		memcpy(small, s.ptr + start, n);
		small[n] = '\0';
		value = n == i - start ? strtod(small, NULL) : value;
	}
	return sign * value;
}

/* length of the longest StrDecimalLiteral at the start of s, 0 where none */
static size_t decimal_prefix(struct str s)
{
	size_t i = 0, digits = 0;
	if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
		i++;
	if (str_starts(str_sub(s, i, s.len), STR("Infinity")))
		return i + 8;
	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++, digits++;
	if (i < s.len && s.ptr[i] == '.') {
		size_t dot = i++;
		while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
			i++, digits++;
		if (!digits)
			i = dot;
	}
	if (!digits)
		return 0;
	size_t e = i;
	if (e < s.len && (s.ptr[e] | 32) == 'e') {
		e++;
		if (e < s.len && (s.ptr[e] == '+' || s.ptr[e] == '-'))
			e++;
		if (e < s.len && s.ptr[e] >= '0' && s.ptr[e] <= '9') {
			while (e < s.len && s.ptr[e] >= '0' && s.ptr[e] <= '9')
				e++;
			i = e;
		}
	}
	return i;
}

static double decimal_value(struct str s)
{
	size_t sign = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+');
	if (str_starts(str_sub(s, sign, s.len), STR("Infinity")))
		return s.ptr[0] == '-' ? -INFINITY : INFINITY;
	char small[64], *big = s.len < sizeof small ? small : xmalloc(s.len + 1);
	memcpy(big, s.ptr, s.len);
	big[s.len] = '\0';
	double num = strtod(big, NULL);
	if (big != small)
		free(big);
	return num;
}

double val_parse_float(struct str text)
{
	struct str s = u16_trim(text, true, false);
	size_t n = decimal_prefix(s);
	return n ? decimal_value(str_sub(s, 0, n)) : NAN;
}

double num_of_text(struct str text)
{
	struct str s = u16_trim(text, true, true);
	if (!s.len)
		return 0;
	if (s.len > 2 && s.ptr[0] == '0') {
		int kind = s.ptr[1] | 32, radix = kind == 'x'	? 16
						  : kind == 'o' ? 8
						  : kind == 'b' ? 2
								: 0;
		double num = 0;
		for (size_t i = 2; radix && i < s.len; i++) {
			if (digit_of(s.ptr[i]) >= radix)
				return NAN;
			num = num * radix + digit_of(s.ptr[i]);
		}
		if (radix)
			return num;
	}
	return decimal_prefix(s) == s.len ? decimal_value(s) : NAN;
}

int32_t num_to_int32(double num)
{
	if (!isfinite(num))
		return 0;
	double m = fmod(trunc(num), 4294967296.0);
	if (m < 0)
		m += 4294967296.0;
	return (int32_t)(uint32_t)m;
}

/* ToIntegerOrInfinity */
double num_to_integer(double num)
{
	return isnan(num) ? 0 : trunc(num) + 0.0;
}
