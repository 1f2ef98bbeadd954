#include "base/source.h"

uint32_t source_bom(struct str text)
{
	return str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

struct source *source_new(struct arena *a, struct str path, struct str text)
{
	struct source *s = arena_new(a, struct source);
	s->path = path;
	s->text = text;
	uint32_t n = 1;
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n' ||
		     (text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n'));
	s->line_starts = arena_array(a, uint32_t, n);
	s->n_lines = n;
	n = 1;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n' ||
		    (text.ptr[i] == '\r' && (i + 1 == text.len || text.ptr[i + 1] != '\n')))
			s->line_starts[n++] = (uint32_t)i + 1;
	return s;
}

static uint32_t line_of(const struct source *s, uint32_t byte)
{
	uint32_t lo = 0, hi = s->n_lines;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (s->line_starts[mid] <= byte)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* length of the UTF-8 sequence at p, 1 for a byte that starts none; overlong
 * forms and surrogates are none, as for Node */
static uint32_t sequence(const unsigned char *p, size_t left)
{
	uint32_t n = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 1;
	if (*p >= 0xf5 || n > left)
		return 1;
	for (uint32_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 1;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 1;
	return n;
}

struct position source_position(const struct source *s, uint32_t byte)
{
	if (byte > s->text.len)
		byte = (uint32_t)s->text.len;
	uint32_t line = line_of(s, byte), column = 1;
	uint32_t i = s->line_starts[line];
	if (i == 0)
		i = source_bom(s->text);
	while (i < byte) {
		uint32_t n = sequence((const unsigned char *)s->text.ptr + i, s->text.len - i);
		column += n == 4 ? 2 : 1;
		i += n;
	}
	return (struct position){line + 1, column};
}

struct str source_line(const struct source *s, uint32_t line)
{
	if (line < 1 || line > s->n_lines)
		return STR("");
	uint32_t from = s->line_starts[line - 1];
	uint32_t to = line < s->n_lines ? s->line_starts[line] : (uint32_t)s->text.len;
	if (from == 0)
		from = source_bom(s->text);
	while (to > from && (s->text.ptr[to - 1] == '\n' || s->text.ptr[to - 1] == '\r'))
		to--;
	return str_sub(s->text, from, to);
}

int place_cmp(struct place a, struct place b)
{
	if (!a.source || !b.source)
		return !!a.source - !!b.source;
	int c = str_cmp(a.source->path, b.source->path);
	if (c)
		return c;
	if (a.span.start != b.span.start)
		return a.span.start < b.span.start ? -1 : 1;
	return (a.span.end > b.span.end) - (a.span.end < b.span.end);
}
