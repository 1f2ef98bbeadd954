#include "cli/paint.h"

#include <stdio.h>

enum { TAB = 4, INVALID = -1 };

/* ---- characters ---- */

/* one character at s: its bytes, and its code point or INVALID for a byte that begins none */
static size_t decode(struct str s, int32_t *cp)
{
	static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char c = (unsigned char)*s.ptr;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	*cp = INVALID;
	if (n == 0 || n > s.len)
		return 1;
	int32_t v = c & first[n];
	for (size_t i = 1; i < n; i++) {
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (s.ptr[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 1;
	*cp = v;
	return n;
}

struct range {
	int32_t from, to;
};

static bool is_in(int32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= r[i].from && cp <= r[i].to)
			return true;
	return false;
}

/* East Asian Wide and Fullwidth, and emoji, in blocks */
static const struct range wide[] = {
    {0x1100, 0x115f},	{0x231a, 0x231b},   {0x2e80, 0x303e},	{0x3041, 0x33ff},
    {0x3400, 0x4dbf},	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},	{0xa960, 0xa97f},
    {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},
    {0xffe0, 0xffe6},	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
};
static const struct range zero[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};
/* invisible or text-reordering characters, which could make a line lie about itself */
static const struct range hidden[] = {
    {0x80, 0x9f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},
};

/* a character as it is shown */
struct glyph {
	char text[12];
	size_t len;
	unsigned width;
};

static struct glyph glyph_of(struct str s, int32_t cp, size_t n)
{
	struct glyph g = {.width = 1};
	if (cp == INVALID || cp < 0x20 || cp == 0x7f) {
		int w = cp == '\n' || cp == '\r' || cp == '\t'
			    ? snprintf(g.text, sizeof g.text, " ")
			    : snprintf(g.text, sizeof g.text, "\\x%02x", (unsigned char)*s.ptr);
		g.len = g.width = (unsigned)w;
		return g;
	}
	if (is_in(cp, hidden, sizeof hidden / sizeof *hidden)) {
		g.len = g.width =
		    (unsigned)snprintf(g.text, sizeof g.text, "\\u%04x", (unsigned)cp);
		return g;
	}
	memcpy(g.text, s.ptr, n);
	g.len = n;
	if (is_in(cp, zero, sizeof zero / sizeof *zero))
		g.width = 0;
	else if (is_in(cp, wide, sizeof wide / sizeof *wide))
		g.width = 2;
	return g;
}

static struct glyph next(struct str *s)
{
	int32_t cp;
	size_t n = decode(*s, &cp);
	struct glyph g = glyph_of(*s, cp, n);
	*s = str_sub(*s, n, s->len);
	return g;
}

unsigned text_width(struct str s)
{
	unsigned w = 0;
	while (s.len)
		w += next(&s).width;
	return w;
}

/* ---- runs of text ---- */

static const char *const styles[] = {
    [STYLE_PLAIN] = "",		 [STYLE_BOLD] = "\033[1m",
    [STYLE_RED] = "\033[1;31m",	 [STYLE_YELLOW] = "\033[1;33m",
    [STYLE_BLUE] = "\033[1;34m", [STYLE_GREEN] = "\033[1;32m",
    [STYLE_DIM] = "\033[2m",
};

static void begin(struct paint *p, enum paint_style style)
{
	if (p->color && style != STYLE_PLAIN)
		buf_adds(p->out, styles[style]);
}

static void end(struct paint *p, enum paint_style style)
{
	if (p->color && style != STYLE_PLAIN)
		buf_adds(p->out, "\033[0m");
}

static void add_glyph(struct paint *p, const struct glyph *g)
{
	buf_add(p->out, (struct str){g->text, g->len});
}

void paint_text(struct paint *p, enum paint_style style, struct str s)
{
	begin(p, style);
	while (s.len) {
		struct glyph g = next(&s);
		add_glyph(p, &g);
	}
	end(p, style);
}

void paint_printf(struct paint *p, enum paint_style style, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	paint_text(p, style, buf_str(&b));
	buf_release(&b);
}

void paint_link(struct paint *p, const char *url)
{
	if (url)
		buf_printf(p->out, "\033]8;;%s\033\\", url);
}

void paint_link_end(struct paint *p, const char *url)
{
	if (url)
		buf_adds(p->out, "\033]8;;\033\\");
}

void paint_blanks(struct paint *p, unsigned n)
{
	while (n--)
		buf_addc(p->out, ' ');
}

/* bytes of the piece that must stay together: up to and with the next blank, or one wide character
 */
static size_t piece(struct str s, unsigned *width)
{
	size_t total = s.len;
	*width = 0;
	while (s.len) {
		bool blank = *s.ptr == ' ';
		struct glyph g = next(&s);
		if (g.width == 2) {
			if (*width == 0) {
				*width = 2;
				return total - s.len;
			}
			return total - s.len - g.len;
		}
		if (blank)
			break;
		*width += g.width;
	}
	return total - s.len;
}

void paint_wrapped(struct paint *p, enum paint_style style, struct str s, unsigned column,
		   unsigned indent)
{
	begin(p, style);
	while (s.len) {
		unsigned width;
		size_t n = piece(s, &width);
		if (column + width > p->width && column > indent) {
			while (p->out->len && p->out->ptr[p->out->len - 1] == ' ')
				p->out->len--;
			buf_addc(p->out, '\n');
			paint_blanks(p, indent);
			column = indent;
		}
		struct str part = str_sub(s, 0, n);
		paint_text(p, STYLE_PLAIN, part);
		column += text_width(part);
		s = str_sub(s, n, s.len);
	}
	end(p, style);
	buf_addc(p->out, '\n');
}

/* ---- a source line with carets ---- */

/* a line laid out in columns: what is shown of it, and where the span lies */
struct layout {
	struct buf text;
	unsigned from, to; /* columns of the span */
};

static size_t back(struct str line, size_t at, unsigned characters)
{
	while (at > 0 && characters--) {
		at--;
		while (at > 0 && ((unsigned char)line.ptr[at] & 0xc0) == 0x80)
			at--;
	}
	return at;
}

/* column of byte `to`, counted from byte `from`, tabs expanded; gives up beyond `most` */
static unsigned column_of(struct str line, size_t to, unsigned most)
{
	struct str s = str_sub(line, 0, to);
	unsigned column = 0;
	while (s.len && column <= most) {
		bool tab = *s.ptr == '\t';
		struct glyph g = next(&s);
		column += tab ? TAB - column % TAB : g.width;
	}
	return column;
}

static void lay_out(struct layout *l, struct str line, size_t from, size_t to, unsigned width,
		    const char *dots)
{
	enum { AROUND = 16 };
	unsigned dots_width = text_width(str_from(dots));
	size_t start = 0;
	if (column_of(line, from, width) + AROUND > width)
		start = back(line, from, width / 3);
	unsigned column = 0;
	if (start) {
		buf_adds(&l->text, dots);
		column = dots_width;
	}
	struct str s = str_sub(line, start, line.len);
	bool begun = false, ended = false;
	while (s.len) {
		size_t at = line.len - s.len;
		if (!begun && at >= from) {
			l->from = column;
			begun = true;
		}
		if (!ended && at >= to) {
			l->to = column;
			ended = true;
		}
		bool tab = *s.ptr == '\t';
		struct glyph g = next(&s);
		unsigned w = tab ? TAB - column % TAB : g.width;
		if (column + w + dots_width > width && text_width(s) + w > dots_width) {
			buf_adds(&l->text, dots);
			break;
		}
		for (unsigned i = 0; tab && i < w; i++)
			buf_addc(&l->text, ' ');
		if (!tab)
			buf_add(&l->text, (struct str){g.text, g.len});
		column += w;
	}
	if (!begun)
		l->from = column;
	if (!ended)
		l->to = column;
	if (l->to <= l->from)
		l->to = l->from + 1;
}

static void paint_gutter(struct paint *p, unsigned gutter, uint32_t line)
{
	struct buf b = {0};
	begin(p, STYLE_BLUE);
	if (line)
		buf_printf(&b, "%*u ", (int)gutter, line);
	else
		buf_printf(&b, "%*s ", (int)gutter, "");
	buf_add(p->out, buf_str(&b));
	buf_adds(p->out, p->utf8 ? "│" : "|");
	end(p, STYLE_BLUE);
	buf_release(&b);
}

static void paint_label(struct paint *p, unsigned gutter, enum paint_style style,
			const struct layout *l, const char *label)
{
	unsigned left = gutter + 3;
	unsigned column = left + l->to + 1;
	unsigned room = p->width > column ? p->width - column : 0;
	paint_gutter(p, gutter, 0);
	paint_blanks(p, 1 + l->from);
	begin(p, style);
	for (unsigned i = l->from; i < l->to; i++)
		buf_addc(p->out, '^');
	end(p, style);
	if (!label || !*label) {
		buf_addc(p->out, '\n');
		return;
	}
	if (text_width(str_from(label)) <= room) {
		buf_addc(p->out, ' ');
		paint_cstr(p, style, label);
		buf_addc(p->out, '\n');
		return;
	}
	buf_addc(p->out, '\n');
	paint_gutter(p, gutter, 0);
	buf_addc(p->out, ' ');
	unsigned indent = left + 4;
	paint_blanks(p, 4);
	paint_wrapped(p, style, str_from(label), indent, indent);
}

void paint_frame(struct paint *p, struct place at, unsigned gutter, enum paint_style style,
		 const char *label)
{
	struct position pos = source_position(at.source, at.span.start);
	struct str line = source_line(at.source, pos.line);
	size_t begin_of_line = line.ptr ? (size_t)(line.ptr - at.source->text.ptr) : 0;
	size_t from = at.span.start > begin_of_line ? at.span.start - begin_of_line : 0;
	size_t to = at.span.end > begin_of_line ? at.span.end - begin_of_line : from;
	struct layout l = {0};
	if (to > line.len)
		to = line.len;
	unsigned width = p->width > gutter + 23 ? p->width - gutter - 3 : 20;
	lay_out(&l, line, from, to, width, p->utf8 ? "…" : "...");
	paint_gutter(p, gutter, pos.line);
	if (l.text.len) {
		buf_addc(p->out, ' ');
		buf_add(p->out, buf_str(&l.text));
	}
	buf_addc(p->out, '\n');
	paint_label(p, gutter, style, &l, label);
	buf_release(&l.text);
}
