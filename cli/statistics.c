/* --statistics: how often each rule fired, at which level, most severe first. */
#include <stdlib.h>
#include "cli/export.h"
#include "cli/text.h"

struct count {
	const struct finding *first;
	uint32_t n;
};

static int by_weight(const void *pa, const void *pb)
{
	const struct count *a = pa, *b = pb;
	if (a->first->level != b->first->level)
		return a->first->level > b->first->level ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return str_cmp(a->first->rule, b->first->rule);
}

static size_t count_all(const struct export_list *list, struct count *out)
{
	size_t n = 0;
	for (size_t i = 0; i < list->len; i++) {
		const struct finding *f = list->ptr[i];
		size_t k = 0;
		while (k < n && (out[k].first->level != f->level || !str_eq(out[k].first->rule, f->rule)))
			k++;
		if (k == n)
			out[n++] = (struct count){f, 0};
		out[k].n++;
	}
	qsort(out, n, sizeof *out, by_weight);
	return n;
}

static void put_count(struct text *t, const struct count *c, unsigned rule_width)
{
	const struct finding *f = c->first;
	const char *level = text_level(t, f->level);
	unsigned width = text_width(f->rule), word = text_width(str_from(level));
	paint_printf(&t->p, STYLE_PLAIN, "%5u  ", c->n);
	paint_cstr(&t->p, text_level_style(f->level), level);
	paint_blanks(&t->p, word < 7 ? 7 - word : 0);
	paint_blanks(&t->p, 2);
	paint_text(&t->p, STYLE_BOLD, f->rule);
	paint_blanks(&t->p, rule_width - width + 2);
	const char *title = f->card ? either(t, f->card->title.in[LANG_EN], f->card->title.in[LANG_ZH]) : "";
	paint_wrapped(&t->p, STYLE_PLAIN, str_from(title), 18 + rule_width, 18 + rule_width);
}

void text_statistics(struct text *t, const struct run_report *r)
{
	struct export_list list = export_findings(&t->arena, r, false);
	struct count *counts = arena_array(&t->arena, struct count, list.len + 1);
	size_t n = count_all(&list, counts);
	unsigned rule_width = 0;
	for (size_t i = 0; i < n; i++)
		if (text_width(counts[i].first->rule) > rule_width)
			rule_width = text_width(counts[i].first->rule);
	for (size_t i = 0; i < n; i++)
		put_count(t, &counts[i], rule_width);
	if (n)
		buf_addc(t->p.out, '\n');
}
