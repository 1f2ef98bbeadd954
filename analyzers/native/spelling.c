#include "analyzers/native/spelling.h"

static size_t add_code(const char *text, size_t from, size_t to, char *out, size_t n, size_t cap)
{
	for (size_t i = from; i < to; i++) {
		if (text[i] == '/' && i + 1 < to && text[i + 1] == '/') {
			while (i < to && text[i] != '\n')
				i++;
		} else if (text[i] == '/' && i + 1 < to && text[i + 1] == '*') {
			i += 2;
			while (i + 1 < to && !(text[i] == '*' && text[i + 1] == '/'))
				i++;
			i++;
		} else if ((unsigned char)text[i] > ' ' && n < cap) {
			out[n++] = text[i];
		}
	}
	return n;
}

/* the source between two places, without blanks and comments; "" inside a macro's body */
static size_t gap(struct lowering *l, CXSourceLocation from, CXSourceLocation to, char out[8])
{
	CXFile a, b;
	unsigned start, end;
	size_t size, n = 0;
	clang_getFileLocation(from, &a, NULL, NULL, &start);
	clang_getFileLocation(to, &b, NULL, NULL, &end);
	if (!a || a != b || end <= start || end - start > 400)
		return 0;
	const char *text = clang_getFileContents(l->tu, a, &size);
	if (!text || end > size)
		return 0;
	n = add_code(text, start, end, out, n, 7);
	out[n] = '\0';
	return n;
}

static uint8_t operator_named(const char *s, size_t n)
{
	static const struct {
		const char *text;
		uint8_t op;
	} names[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<<", OP_SHL}, {">>", OP_SHR}, {"&&", OP_AND},
		     {"||", OP_OR}, {"<=", OP_LE}, {">=", OP_GE},  {"++", OP_INC}, {"--", OP_DEC}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(s, names[i].text) == 0)
			return names[i].op;
	return n == 1 ? (uint8_t)s[0] : OP_UNKNOWN;
}

struct pair {
	CXCursor c[2];
	unsigned n;
};

static enum CXChildVisitResult first_two(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct pair *p = data;
	if (p->n < 2)
		p->c[p->n] = c;
	p->n++;
	return p->n < 2 ? CXChildVisit_Continue : CXChildVisit_Break;
}

/* what stands between the two operands, as gap gives it */
static size_t between(struct lowering *l, CXCursor c, char *text)
{
	struct pair p = {.n = 0};
	clang_visitChildren(c, first_two, &p);
	return p.n < 2 ? 0
		       : gap(l, clang_getRangeEnd(clang_getCursorExtent(p.c[0])),
			     clang_getRangeStart(clang_getCursorExtent(p.c[1])), text);
}

uint8_t binary_operator(struct lowering *l, CXCursor c)
{
	char text[8];
	size_t n = between(l, c, text);
	return n ? operator_named(text, n) : OP_UNKNOWN;
}

uint8_t compound_operator(struct lowering *l, CXCursor c)
{
	char text[8];
	size_t n = between(l, c, text);
	return n ? (uint8_t)text[0] : OP_UNKNOWN;
}

uint8_t unary_operator(struct lowering *l, CXCursor c)
{
	struct pair p = {.n = 0};
	char text[8];
	clang_visitChildren(c, first_two, &p);
	if (p.n < 1)
		return OP_UNKNOWN;
	CXSourceRange own = clang_getCursorExtent(c), child = clang_getCursorExtent(p.c[0]);
	size_t n = gap(l, clang_getRangeStart(own), clang_getRangeStart(child), text);
	if (n == 0)
		n = gap(l, clang_getRangeEnd(child), clang_getRangeEnd(own), text);
	return n ? operator_named(text, n) : OP_UNKNOWN;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* \n, \x41, \101: returns what stands for `i`, which is moved behind it */
static char unescape(struct str s, size_t *i)
{
	static const char names[] = "abfnrtv", means[] = "\a\b\f\n\r\t\v";
	char c = s.ptr[(*i)++];
	unsigned value = 0;
	const char *at = c ? strchr(names, c) : NULL;
	if (at)
		return means[at - names];
	if (c == 'x') {
		while (*i < s.len && hex_digit(s.ptr[*i]) >= 0)
			value = value * 16 + (unsigned)hex_digit(s.ptr[(*i)++]);
		return (char)value;
	}
	if (!is_octal(c))
		return c;
	value = (unsigned)(c - '0');
	for (int k = 0; k < 2 && *i < s.len && is_octal(s.ptr[*i]); k++)
		value = value * 8 + (unsigned)(s.ptr[(*i)++] - '0');
	return (char)value;
}

/* libclang spells a string as it could be written: L"a\n", all parts joined */
struct str string_value(struct lowering *l, CXCursor c)
{
	struct str s = take(l, clang_getCursorSpelling(c));
	size_t from = str_find(s, STR("\"")), n = 0;
	if (from == (size_t)-1 || s.len < from + 2)
		return STR("");
	s = str_sub(s, from + 1, s.len - 1);
	char *out = arena_alloc(l->t->arena, s.len + 1);
	for (size_t i = 0; i < s.len;) {
		if (s.ptr[i] == '\\' && i + 1 < s.len) {
			i++;
			out[n++] = unescape(s, &i);
		} else {
			out[n++] = s.ptr[i++];
		}
	}
	return (struct str){out, n};
}
