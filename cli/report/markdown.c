/* The report's blocks as GitHub Markdown. */
#include "cli/export.h"
#include "cli/report/doc.h"

struct md {
	const struct doc *d;
	struct arena a; /* of one block */
	struct buf *out;
};

static size_t longest_run(const char *s, char c)
{
	size_t best = 0, run = 0;
	for (; *s; s++) {
		run = *s == c ? run + 1 : 0;
		best = run > best ? run : best;
	}
	return best;
}

static void ticks(struct md *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(m->out, '`');
}

/* a bar ends a cell even inside of code */
static void code_span(struct md *m, const char *s, bool in_table)
{
	size_t n = longest_run(s, '`') + 1;
	bool pad = s[0] == '`' || (s[0] && s[strlen(s) - 1] == '`');
	if (!*s)
		return;
	ticks(m, n);
	buf_adds(m->out, pad ? " " : "");
	for (; *s; s++) {
		if (*s == '|' && in_table)
			buf_addc(m->out, '\\');
		buf_addc(m->out, *s);
	}
	buf_adds(m->out, pad ? " " : "");
	ticks(m, n);
}

static void inline_text(struct md *m, const char *s, bool in_table)
{
	while (*s) {
		size_t n = strcspn(s, MARK_CODE MARK_STRONG MARK_END);
		const char *part = arena_cstr(&m->a, (struct str){s, n});
		if (n)
			buf_adds(m->out, export_markdown(&m->a, part));
		s += n;
		if (!*s)
			return;
		const char mark = *s++;
		if (mark == *MARK_END)
			continue;
		n = strcspn(s, MARK_END);
		part = arena_cstr(&m->a, (struct str){s, n});
		if (mark == *MARK_CODE)
			code_span(m, part, in_table);
		else
			buf_printf(m->out, "**%s**", export_markdown(&m->a, part));
		s += n;
	}
}

static void fenced(struct md *m, const char *lang, const char *text, const char *indent)
{
	size_t n = longest_run(text, '`');
	n = n < 3 ? 3 : n + 1;
	buf_adds(m->out, indent);
	ticks(m, n);
	buf_printf(m->out, "%s\n", lang ? lang : "");
	while (*text) {
		size_t len = strcspn(text, "\n");
		buf_adds(m->out, len ? indent : "");
		buf_add(m->out, (struct str){text, len});
		buf_addc(m->out, '\n');
		text += len + (text[len] == '\n');
	}
	buf_adds(m->out, indent);
	ticks(m, n);
	buf_addc(m->out, '\n');
}

static void table(struct md *m, const struct block *b)
{
	for (size_t i = 0; i < b->n_cells; i++) {
		buf_adds(m->out, i % b->columns ? " " : "| ");
		inline_text(m, b->cells[i].text ? b->cells[i].text : "", true);
		buf_adds(m->out, " |");
		if ((i + 1) % b->columns)
			continue;
		buf_addc(m->out, '\n');
		if (i + 1 != b->columns)
			continue;
		for (size_t k = 0; k < b->columns; k++)
			buf_adds(m->out, k ? "---|" : "|---|");
		buf_addc(m->out, '\n');
	}
	buf_addc(m->out, '\n');
}

static void timeline(struct md *m, const struct block *b)
{
	unsigned nth = 0;
	for (size_t i = 0; i + 1 < b->n_cells; i += 2) {
		const struct doc_cell *left = &b->cells[i], *right = &b->cells[i + 1];
		if (i && !right->text)
			buf_adds(m->out, "| = | **");
		else if (i)
			buf_printf(m->out, "| T%u | ", ++nth);
		else
			buf_adds(m->out, "| | ");
		inline_text(m, left->text, true);
		buf_adds(m->out, i && !right->text ? "** | " : " | ");
		inline_text(m, right->text ? right->text : "", true);
		buf_adds(m->out, i ? " |\n" : " |\n|---|---|---|\n");
	}
	buf_addc(m->out, '\n');
}

static void chain(struct md *m, const struct block *b)
{
	for (size_t i = 0; i < b->n_steps; i++) {
		const struct doc_step *s = &b->steps[i];
		buf_printf(m->out, "%zu. **%s** ", i + 1, export_markdown(&m->a, s->role));
		if (s->where)
			code_span(m, s->where, false);
		buf_adds(m->out, s->where ? " " : "");
		inline_text(m, s->message, false);
		buf_addc(m->out, '\n');
		if (s->code) {
			buf_addc(m->out, '\n');
			fenced(m, "js", s->code, "   ");
		}
		buf_addc(m->out, '\n');
	}
}

static void list(struct md *m, const struct block *b)
{
	for (size_t i = 0; i < b->n_cells; i++) {
		if (b->kind == BLOCK_NUMBERED)
			buf_printf(m->out, "%zu. ", i + 1);
		else
			buf_adds(m->out, b->kind == BLOCK_CHECKLIST ? "- [ ] " : "- ");
		inline_text(m, b->cells[i].text, false);
		buf_addc(m->out, '\n');
	}
	buf_addc(m->out, '\n');
}

/* what the drawing shows, as a table */
static void map(struct md *m, const struct block *b)
{
	buf_addc(m->out, '|');
	for (size_t k = 0; k < 3; k++)
		buf_printf(m->out, " %s |", b->heads[k]);
	buf_adds(m->out, "\n|---|---|---|\n");
	for (size_t i = 0; i < b->n_apps; i++) {
		const struct doc_app *app = &b->apps[i];
		bool any = false;
		buf_printf(m->out, "| %s | ", export_markdown(&m->a, app->name));
		for (size_t k = 0; k < b->n_stores; k++)
			if (app->uses & 1u << k) {
				buf_printf(m->out, "%s%s", any ? ", " : "", export_markdown(&m->a, b->stores[k]));
				any = true;
			}
		buf_printf(m->out, "%s | %s |\n", any ? "" : "-", app->risk);
	}
	buf_addc(m->out, '\n');
}

static void block(struct md *m, const struct block *b)
{
	switch (b->kind) {
	case BLOCK_HEADING:
		for (int i = 0; i < b->level; i++)
			buf_addc(m->out, '#');
		buf_addc(m->out, ' ');
		inline_text(m, b->text, false);
		buf_adds(m->out, "\n\n");
		break;
	case BLOCK_PARAGRAPH:
		inline_text(m, b->text, false);
		buf_adds(m->out, "\n\n");
		break;
	case BLOCK_LIST: case BLOCK_NUMBERED: case BLOCK_CHECKLIST:
		list(m, b);
		break;
	case BLOCK_TABLE:
		table(m, b);
		break;
	case BLOCK_CODE:
		fenced(m, b->lang, b->text, "");
		buf_addc(m->out, '\n');
		break;
	case BLOCK_TIMELINE:
		timeline(m, b);
		break;
	case BLOCK_CHAIN:
		chain(m, b);
		break;
	case BLOCK_BARS: /* the table beside it says it */
		break;
	case BLOCK_MAP:
		map(m, b);
		break;
	}
}

void doc_markdown(const struct doc *d, struct buf *out)
{
	struct md m = {.d = d, .out = out};
	arena_init(&m.a);
	for (size_t i = 0; i < d->blocks.len; i++) {
		block(&m, &d->blocks.ptr[i]);
		arena_reset(&m.a);
	}
	arena_release(&m.a);
}
