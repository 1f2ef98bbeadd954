#include "analyzers/javascript/refused.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return hex_digit(c) >= 0;
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '$' || c == '\\';
}

/* ---- numbers ---- */

static bool has_bad_separator(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '_' && (i == 0 || i + 1 == text.len ||
					   !is_hex(text.ptr[i - 1]) || !is_hex(text.ptr[i + 1])))
			return true;
	return false;
}

static void refuse_number(struct refuser *r, js_node n, struct str text)
{
	uint32_t end = r->f->nodes[n].span.end;
	bool old =
	    text.len > 1 && text.ptr[0] == '0' && (is_digit(text.ptr[1]) || text.ptr[1] == '_');
	if (old && js_kind(r->f, n) == JS_BIGINT)
		refuse(r, n, "a number cannot begin with 0 here");
	else if (old && (r->strict[n] || memchr(text.ptr, '_', text.len)))
		refuse(r, n, "octal numbers are written 0o17 in strict code");
	else if (has_bad_separator(text))
		refuse(r, n, "a separator has to stand between two digits");
	if (end < r->f->source->text.len && is_word(r->f->source->text.ptr[end]))
		refuse(r, n, "a word follows a number without a blank");
}

/* ---- escapes ---- */

/* the length of a well-formed escape of a code point behind "\u", 0 for a malformed one */
static size_t unicode_length(struct str s)
{
	if (s.len && s.ptr[0] == '{') {
		uint32_t value = 0;
		size_t i = 1;
		for (; i < s.len && is_hex(s.ptr[i]); i++) {
			value = value * 16 + (uint32_t)hex_digit(s.ptr[i]);
			if (value > 0x10ffff)
				return 0;
		}
		return i > 1 && i < s.len && s.ptr[i] == '}' ? i + 1 : 0;
	}
	for (size_t i = 0; i < 4; i++)
		if (i >= s.len || !is_hex(s.ptr[i]))
			return 0;
	return 4;
}

static const char *escape_trouble(struct str after, bool octal_allowed)
{
	char c = after.len ? after.ptr[0] : 0;
	if (c == 'x' && !(after.len > 2 && is_hex(after.ptr[1]) && is_hex(after.ptr[2])))
		return "malformed escape '\\x'";
	if (c == 'u' && !unicode_length(str_sub(after, 1, after.len)))
		return "malformed escape '\\u'";
	bool octal =
	    (c >= '1' && c <= '9') || (c == '0' && after.len > 1 && is_digit(after.ptr[1]));
	return octal && !octal_allowed ? "octal escapes are not allowed here" : NULL;
}

static void refuse_escapes(struct refuser *r, js_node n, struct str text, bool octal_allowed)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		const char *message = escape_trouble(str_sub(text, i + 1, text.len), octal_allowed);
		if (message) {
			refuse(r, n, message);
			return;
		}
		i++;
	}
}

static bool holds_line_end(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\') {
			i += 1 + (i + 2 < text.len && text.ptr[i + 1] == '\r' &&
				  text.ptr[i + 2] == '\n');
			continue;
		}
		if (text.ptr[i] == '\n' || text.ptr[i] == '\r')
			return true;
	}
	return false;
}

/* ---- characters that no name may hold ---- */

static uint32_t decode(struct str s, size_t *i)
{
	static const unsigned char lengths[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
	unsigned char first = (unsigned char)s.ptr[*i];
	size_t n = lengths[first >> 4];
	uint32_t point = n == 1 ? first : first & (0x7fu >> n);
	for (size_t j = 1; j < n && *i + j < s.len; j++)
		point = point << 6 | ((unsigned char)s.ptr[*i + j] & 0x3f);
	*i += n;
	return point;
}

/* The parser takes almost any character for a part of a name. These blocks hold none that is: marks
 * of punctuation as they come out of an editor for prose or a Chinese keyboard, arrows, pictures.
 */
static bool is_no_letter(uint32_t point)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {{0x80, 0xa9},	{0xab, 0xb4},	  {0xb6, 0xb6},	    {0xb8, 0xb9},
		      {0xbb, 0xbf},	{0xd7, 0xd7},	  {0xf7, 0xf7},	    {0x2010, 0x203e},
		      {0x2041, 0x2053}, {0x2055, 0x2070}, {0x20a0, 0x20cf}, {0x2190, 0x2bff},
		      {0x3001, 0x3004}, {0x3008, 0x3020}, {0xff01, 0xff0f}, {0xff1a, 0xff20},
		      {0xff3b, 0xff3e}, {0xff5b, 0xff64}, {0xfffd, 0xffff}, {0x1f000, 0x1faff}};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (point >= ranges[i].from && point <= ranges[i].to)
			return true;
	return false;
}

void refuse_characters(struct refuser *r, js_node n, struct str text)
{
	for (size_t i = 0; i < text.len;) {
		size_t from = i;
		uint32_t point = decode(text, &i);
		if (point < 0x80 || !is_no_letter(point))
			continue;
		refuse_named(r, n, "the character '%' cannot stand here",
			     str_sub(text, from, i < text.len ? i : text.len));
		return;
	}
}

static void refuse_string(struct refuser *r, js_node n, struct str text)
{
	const struct js_file *f = r->f;
	js_node parent = f->nodes[n].parent;
	if (js_kind(f, parent) == JS_TEMPLATE) {
		if (js_kind(f, f->nodes[parent].parent) != JS_TAGGED)
			refuse_escapes(r, n, text, false);
		return;
	}
	if (!text.len || (text.ptr[0] != '"' && text.ptr[0] != '\'')) {
		refuse_characters(r, n, text); /* a key without quotes */
		return;
	}
	refuse_escapes(r, n, str_sub(text, 1, text.len - 1), !r->strict[n]);
	if (holds_line_end(text))
		refuse(r, n, "a string has to end on its line");
}

/* ---- regular expressions ---- */

static bool has_bad_flags(struct str flags)
{
	unsigned seen = 0;
	for (size_t i = 0; i < flags.len; i++) {
		const char *known = strchr("dgimsuvy", flags.ptr[i]);
		if (!known || !flags.ptr[i])
			return true;
		unsigned bit = 1u << (known - "dgimsuvy");
		if (seen & bit)
			return true;
		seen |= bit;
	}
	return memchr(flags.ptr, 'u', flags.len) && memchr(flags.ptr, 'v', flags.len);
}

static void refuse_regex(struct refuser *r, js_node n, struct str text)
{
	size_t end = str_rfind_char(text, '/');
	if (end == (size_t)-1)
		return;
	struct str flags = str_sub(text, end + 1, text.len);
	if (flags.len && has_bad_flags(flags))
		refuse(r, n, "unknown or repeated flags of a regular expression");
}

void refuse_literal(struct refuser *r, js_node n)
{
	struct str text = js_text(r->f, n);
	switch (js_kind(r->f, n)) {
	case JS_NUMBER:
	case JS_BIGINT:
		refuse_number(r, n, text);
		break;
	case JS_STRING:
		refuse_string(r, n, text);
		break;
	default:
		refuse_regex(r, n, text);
		break;
	}
}
