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

struct differ {
	struct paint *p;
	struct arena arena;
	const struct source *s;
	const struct edit_result *r;
	bool exact;
	int64_t shift; /* lines that the hunks before have added */
};

/* a line with or without its end */
static void put_line(struct differ *d, char mark, enum paint_style style, struct str line)
{
	bool ended = line.len && line.ptr[line.len - 1] == '\n';
	line.len -= ended;
	buf_addc(d->p->out, mark);
	if (d->exact)
		buf_add(d->p->out, line);
	else
		paint_text(d->p, style, line);
	buf_addc(d->p->out, '\n');
	if (!ended)
		buf_adds(d->p->out, "\\ No newline at end of file\n");
}

static void old_line(struct differ *d, uint32_t line, char mark, enum paint_style style)
{
	put_line(d, mark, style, str_sub(d->s->text, line_begin(d->s, line), line_begin(d->s, line + 1)));
}

static uint32_t count_lines(struct str text)
{
	uint32_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	return n + (text.len && text.ptr[text.len - 1] != '\n');
}

static void new_lines(struct differ *d, struct str text)
{
	while (text.len) {
		size_t nl = str_find(text, STR("\n"));
		size_t end = nl == (size_t)-1 ? text.len : nl + 1;
		put_line(d, '+', STYLE_GREEN, str_sub(text, 0, end));
		text = str_sub(text, end, text.len);
	}
}

/* what the old lines of a hunk have become */
static struct str new_text(struct differ *d, const struct hunk *h)
{
	uint32_t start = line_begin(d->s, h->from), end = line_begin(d->s, h->to + 1);
	struct eco_edit *edits = arena_array(&d->arena, struct eco_edit, h->n_edits);
	for (size_t i = 0; i < h->n_edits; i++) {
		edits[i] = d->r->edits[h->first_edit + i];
		edits[i].span.start -= start;
		edits[i].span.end -= start;
	}
	return edit_apply(&d->arena, str_sub(d->s->text, start, end), edits, h->n_edits);
}

static size_t find_hunks(const struct source *s, const struct edit_result *r, struct hunk *hunks)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_edits; i++) {
		uint32_t from = line_at(s, r->edits[i].span.start), to = line_at(s, r->edits[i].span.end);
		if (n && from <= hunks[n - 1].to + 1) {
			hunks[n - 1].to = to > hunks[n - 1].to ? to : hunks[n - 1].to;
			hunks[n - 1].n_edits++;
		} else {
			hunks[n++] = (struct hunk){from, to, i, 1};
		}
	}
	return n;
}

/* hunks[i..j) lie close together and are printed as one */
static void print_group(struct differ *d, const struct hunk *hunks, size_t i, size_t j)
{
	const struct source *s = d->s;
	uint32_t last = s->text.len && s->text.ptr[s->text.len - 1] == '\n' ? s->n_lines - 1 : s->n_lines;
	uint32_t from = hunks[i].from > CONTEXT ? hunks[i].from - CONTEXT : 1;
	uint32_t to = hunks[j - 1].to + CONTEXT < last ? hunks[j - 1].to + CONTEXT : last;
	int64_t old_count = (int64_t)to - from + 1, grown = 0;
	for (size_t k = i; k < j; k++)
		grown += (int64_t)count_lines(new_text(d, &hunks[k])) - (hunks[k].to - hunks[k].from + 1);
	paint_printf(d->p, STYLE_BLUE, "@@ -%u,%lld +%lld,%lld @@", from, (long long)old_count, (long long)(from + d->shift),
		     (long long)(old_count + grown));
	buf_addc(d->p->out, '\n');
	d->shift += grown;
	uint32_t line = from;
	for (size_t k = i; k < j; k++) {
		for (; line < hunks[k].from; line++)
			old_line(d, line, ' ', STYLE_PLAIN);
		for (; line <= hunks[k].to; line++)
			old_line(d, line, '-', STYLE_RED);
		new_lines(d, new_text(d, &hunks[k]));
	}
	for (; line <= to; line++)
		old_line(d, line, ' ', STYLE_PLAIN);
}

void diff_write(struct paint *p, const struct source *s, const char *path, const struct edit_result *r, bool exact)
{
	struct differ d = {.p = p, .s = s, .r = r, .exact = exact};
	arena_init(&d.arena);
	struct hunk *hunks = arena_array(&d.arena, struct hunk, r->n_edits);
	size_t n = find_hunks(s, r, hunks);
	paint_printf(p, STYLE_BOLD, "--- a/%s", path);
	buf_addc(p->out, '\n');
	paint_printf(p, STYLE_BOLD, "+++ b/%s", path);
	buf_addc(p->out, '\n');
	for (size_t i = 0; i < n;) {
		size_t j = i + 1;
		while (j < n && hunks[j].from <= hunks[j - 1].to + 2 * CONTEXT + 1)
			j++;
		print_group(&d, hunks, i, j);
		i = j;
	}
	arena_release(&d.arena);
}
