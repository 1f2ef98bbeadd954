#include "analyzers/javascript/lower.h"

#include "analyzers/javascript/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- escapes ---- */

/* exactly n hexadecimal digits at p */
static bool hex(const char *p, const char *end, int n, uint32_t *out)
{
	*out = 0;
	if (end - p < n)
		return false;
	for (int i = 0; i < n; i++) {
		if (hex_digit(p[i]) < 0)
			return false;
		*out = *out << 4 | (uint32_t)hex_digit(p[i]);
	}
	return true;
}

/* what follows "\u"; returns the byte behind it, NULL where it is malformed */
static const char *unicode(const char *p, const char *end, uint32_t *point)
{
	if (p == end || *p != '{')
		return hex(p, end, 4, point) ? p + 4 : NULL;
	*point = 0;
	for (p++; p < end && hex_digit(*p) >= 0; p++) {
		*point = *point << 4 | (uint32_t)hex_digit(*p);
		if (*point > 0x10ffff)
			return NULL;
	}
	return p < end && *p == '}' ? p + 1 : NULL;
}

static const char *cook_unicode(struct buf *b, const char *p, const char *end)
{
	uint32_t high, low;
	const char *next = unicode(p, end, &high);
	if (!next)
		return p; /* malformed: refused elsewhere, the text stays without its backslash */
	if (high >= 0xd800 && high < 0xdc00 && end - next >= 2 && next[0] == '\\' &&
	    next[1] == 'u') {
		const char *after = unicode(next + 2, end, &low);
		if (after && low >= 0xdc00 && low < 0xe000) {
			u16_put(b, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
			return after;
		}
	}
	u16_put(b, high);
	return next;
}

static const char *cook_octal(struct buf *b, const char *p, const char *end)
{
	uint32_t value = 0;
	for (int i = 0; i < 3 && p < end && *p >= '0' && *p <= '7'; i++) {
		if (value * 8 + (uint32_t)(*p - '0') > 255)
			break;
		value = value * 8 + (uint32_t)(*p++ - '0');
	}
	u16_put(b, value);
	return p;
}

/* what follows a backslash */
static const char *cook_escape(struct buf *b, const char *p, const char *end)
{
	static const char names[] = "nrtbvf", values[] = "\n\r\t\b\v\f";
	uint32_t point;
	if (p == end)
		return p;
	const char *named = *p ? strchr(names, *p) : NULL;
	if (named) {
		buf_addc(b, values[named - names]);
		return p + 1;
	}
	if (*p == 'x' && hex(p + 1, end, 2, &point)) {
		u16_put(b, point);
		return p + 3;
	}
	if (*p == 'u')
		return cook_unicode(b, p + 1, end);
	if (*p >= '0' && *p <= '7')
		return cook_octal(b, p, end);
	if (*p == '\r')
		return p + 1 + (p + 1 < end && p[1] == '\n');
	if (*p == '\n')
		return p + 1;
	if (end - p >= 3 &&
	    (memcmp(p, "\xe2\x80\xa8", 3) == 0 || memcmp(p, "\xe2\x80\xa9", 3) == 0))
		return p + 3; /* the other two line ends */
	buf_addc(b, *p);
	return p + 1;
}

static uint32_t cook(struct lower *l, struct str raw, bool template)
{
	const char *p = raw.ptr, *end = raw.ptr + raw.len;
	bool plain =
	    !raw.len || (!memchr(p, '\\', raw.len) && !(template && memchr(p, '\r', raw.len)));
	if (plain)
		return atoms_intern(&l->f->atoms, raw);
	l->buf.len = 0;
	while (p < end) {
		if (*p == '\\') {
			p = cook_escape(&l->buf, p + 1, end);
		} else if (template && *p == '\r') {
			p += 1 + (p + 1 < end && p[1] == '\n');
			buf_addc(&l->buf, '\n');
		} else {
			buf_addc(&l->buf, *p++);
		}
	}
	return atoms_intern(&l->f->atoms, (struct str){l->buf.ptr, l->buf.len});
}

uint32_t lower_atom(struct lower *l, uint32_t c)
{
	return cook(l, text_at(l, c), false);
}

/* ---- strings and templates ---- */

js_node lower_string(struct lower *l, uint32_t c, bool jsx)
{
	js_node n = lower_new(l, JS_STRING, c);
	struct str text = text_at(l, c);
	if (text.len && (text.ptr[0] == '"' || text.ptr[0] == '\'')) {
		bool closed = text.len > 1 && text.ptr[text.len - 1] == text.ptr[0];
		text = str_sub(text, 1, text.len - closed);
	}
	set_str(l, n, jsx ? atoms_intern(&l->f->atoms, text) : cook(l, text, false));
	return n;
}

static js_node template_piece(struct lower *l, uint32_t start, uint32_t end)
{
	if (end < start)
		end = start;
	js_node n = lower_new_at(l, JS_STRING, start, end);
	set_str(l, n, cook(l, (struct str){l->text + start, end - start}, true));
	return n;
}

js_node lower_template(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_TEMPLATE, c);
	size_t mark = l->stack.len;
	uint32_t from = l->cst[c].start + 1, end = l->cst[c].end;
	if (end > from && l->text[end - 1] == '`')
		end--;
	ast_each (l, i, c) {
		if (kind_at(l, i) != C_SUBSTITUTION)
			continue;
		uint32_t inner = child_named(l, i);
		push_kid(l, template_piece(l, from, l->cst[i].start));
		push_kid(l, inner ? lower_expr(l, inner) : lower_error(l, i));
		from = l->cst[i].end;
	}
	push_kid(l, template_piece(l, from, end));
	take_kids(l, n, mark);
	return n;
}

/* ---- numbers ---- */

static double radix_value(const char *digits, int radix)
{
	double value = 0;
	for (const char *p = digits; *p; p++)
		value = value * radix + hex_digit(*p);
	return value;
}

static bool is_legacy_octal(const char *text)
{
	return text[0] == '0' && text[1] && text[strspn(text, "01234567")] == '\0';
}

/* the token's text without separators, in l->buf */
static const char *number_text(struct lower *l, uint32_t c)
{
	struct str text = text_at(l, c);
	l->buf.len = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '_')
			buf_addc(&l->buf, text.ptr[i]);
	buf_addc(&l->buf, '\0');
	return l->buf.ptr;
}

static double number_value(const char *text)
{
	if (text[0] == '0' && text[1]) {
		if (text[1] == 'b' || text[1] == 'B')
			return radix_value(text + 2, 2);
		if (text[1] == 'o' || text[1] == 'O')
			return radix_value(text + 2, 8);
		if (is_legacy_octal(text))
			return radix_value(text + 1, 8);
	}
	return strtod(text, NULL); /* hexadecimal too */
}

js_node lower_number(struct lower *l, uint32_t c)
{
	struct str text = text_at(l, c);
	bool big = text.len && text.ptr[text.len - 1] == 'n';
	js_node n = lower_new(l, big ? JS_BIGINT : JS_NUMBER, c);
	if (big)
		set_str(l, n, atoms_intern(&l->f->atoms, text));
	else
		node_at(l, n)->num = number_value(number_text(l, c));
	return n;
}

/* {0x10: a} has the key "16" */
uint32_t number_key(struct lower *l, uint32_t c)
{
	char text[40];
	double value = number_value(number_text(l, c));
	if (value < 9007199254740992.0 && value == floor(value)) {
		snprintf(text, sizeof text, "%.0f", value);
	} else {
		for (int precision = 1; precision <= 17; precision++) {
			snprintf(text, sizeof text, "%.*g", precision, value);
			if (strtod(text, NULL) == value)
				break;
		}
	}
	return atoms_intern(&l->f->atoms, str_from(text));
}
