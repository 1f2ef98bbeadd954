#include "cli/diff.h"

#include "base/arena.h"

enum { CONTEXT = 3 };

/* lines [from, to] of the old text, counted from 1, become `text` */
struct hunk {
	uint32_t from, to;
	size_t first_edit, n_edits;
};

static uint32_t line_at(const struct source *s, uint32_t byte)
{
	return source_position(s, byte).line;
}

static uint32_t line_begin(const struct source *s, uint32_t line)
{
	return line <= s->n_lines ? s->line_starts[line - 1] : (uint32_t)s->text.len;
}

static void old_line(struct paint *p, const struct source *s, uint32_t line, char mark, enum paint_style style)
{
	struct str text = str_sub(s->text, line_begin(s, line), line_begin(s, line + 1));
	bool ended = text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r');
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	buf_addc(p->out, mark);
	paint_text(p, style, text);
	buf_addc(p->out, '\n');
	if (!ended)
		buf_adds(p->out, "\\ No newline at end of file\n");
}

static uint32_t count_lines(struct str text)
{
	uint32_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n + (text.len && text.ptr[text.len - 1] != '\n');
}

static void new_lines(struct paint *p, struct str text)
{
	while (text.len) {
		size_t nl = str_find(text, STR("\n"));
		struct str line = nl == (size_t)-1 ? text : str_sub(text, 0, nl);
		text = nl == (size_t)-1 ? STR("") : str_sub(text, nl + 1, text.len);
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		buf_addc(p->out, '+');
		paint_text(p, STYLE_GREEN, line);
		buf_addc(p->out, '\n');
		if (nl == (size_t)-1)
			buf_adds(p->out, "\\ No newline at end of file\n");
	}
}

/* what the old lines of a hunk have become */
static struct str new_text(struct arena *a, const struct source *s, const struct edit_result *r, const struct hunk *h)
{
	uint32_t start = line_begin(s, h->from), end = line_begin(s, h->to + 1);
	struct eco_edit *edits = arena_array(a, struct eco_edit, h->n_edits);
	for (size_t i = 0; i < h->n_edits; i++) {
		edits[i] = r->edits[h->first_edit + i];
		edits[i].span.start -= start;
		edits[i].span.end -= start;
	}
	return edit_apply(a, str_sub(s->text, start, end), edits, h->n_edits);
}

static size_t find_hunks(const struct source *s, const struct edit_result *r, struct hunk *hunks)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_edits; i++) {
		uint32_t from = line_at(s, r->edits[i].span.start), to = line_at(s, r->edits[i].span.end);
		if (n && from <= hunks[n - 1].to) {
			hunks[n - 1].to = to > hunks[n - 1].to ? to : hunks[n - 1].to;
			hunks[n - 1].n_edits++;
		} else {
			hunks[n++] = (struct hunk){from, to, i, 1};
		}
	}
	return n;
}

/* hunks[i..j) lie close together and are printed as one */
static void print_group(struct paint *p, struct arena *a, const struct source *s, const struct edit_result *r, const struct hunk *hunks,
			size_t i, size_t j, int64_t *shift)
{
	uint32_t last = s->text.len && s->text.ptr[s->text.len - 1] == '\n' ? s->n_lines - 1 : s->n_lines;
	uint32_t from = hunks[i].from > CONTEXT ? hunks[i].from - CONTEXT : 1;
	uint32_t to = hunks[j - 1].to + CONTEXT < last ? hunks[j - 1].to + CONTEXT : last;
	int64_t old_count = (int64_t)to - from + 1, grown = 0;
	for (size_t k = i; k < j; k++)
		grown += (int64_t)count_lines(new_text(a, s, r, &hunks[k])) - (hunks[k].to - hunks[k].from + 1);
	paint_printf(p, STYLE_BLUE, "@@ -%u,%lld +%lld,%lld @@", from, (long long)old_count, (long long)(from + *shift), (long long)(old_count + grown));
	buf_addc(p->out, '\n');
	*shift += grown;
	uint32_t line = from;
	for (size_t k = i; k < j; k++) {
		for (; line < hunks[k].from; line++)
			old_line(p, s, line, ' ', STYLE_PLAIN);
		for (; line <= hunks[k].to; line++)
			old_line(p, s, line, '-', STYLE_RED);
		new_lines(p, new_text(a, s, r, &hunks[k]));
	}
	for (; line <= to; line++)
		old_line(p, s, line, ' ', STYLE_PLAIN);
}

void diff_write(struct paint *p, const struct source *s, const struct edit_result *r)
{
	struct arena a;
	arena_init(&a);
	struct hunk *hunks = arena_array(&a, struct hunk, r->n_edits);
	size_t n = find_hunks(s, r, hunks);
	int64_t shift = 0;
	paint_printf(p, STYLE_BOLD, "--- a/" STR_FMT, STR_ARG(s->path));
	buf_addc(p->out, '\n');
	paint_printf(p, STYLE_BOLD, "+++ b/" STR_FMT, STR_ARG(s->path));
	buf_addc(p->out, '\n');
	for (size_t i = 0; i < n;) {
		size_t j = i + 1;
		while (j < n && hunks[j].from <= hunks[j - 1].to + 2 * CONTEXT + 1)
			j++;
		print_group(p, &a, s, r, hunks, i, j, &shift);
		i = j;
	}
	arena_release(&a);
}
