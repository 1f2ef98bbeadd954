#include "cli/report/content.h"

#include <stdlib.h>

/* The rules that this report rests on, each once, by id. */

typedef VEC(const struct card *) card_vec;

static void add(card_vec *v, const struct card *card)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->ptr[i] == card)
			return;
	if (card)
		vec_push(v, card);
}

static int by_id(const void *pa, const void *pb)
{
	const struct card *const *a = pa, *const *b = pb;
	return str_cmp((*a)->id, (*b)->id);
}

static card_vec used(const struct report *p)
{
	card_vec v = {0};
	for (size_t i = 0; i < p->n_apps; i++)
		for (size_t k = 0; k < p->apps[i].r->hazards.len; k++)
			add(&v, p->apps[i].r->hazards.ptr[k].card);
	for (size_t i = 0; i < p->c->n_findings; i++)
		if (finding_counts(&p->c->findings[i]))
			add(&v, p->c->findings[i].card);
	if (v.len)
		qsort(v.ptr, v.len, sizeof *v.ptr, by_id);
	return v;
}

void report_references(struct report *p)
{
	card_vec v = used(p);
	struct doc_cell *cells = arena_array(&p->d->arena, struct doc_cell, v.len);
	for (size_t i = 0; i < v.len; i++) {
		const struct card *c = v.ptr[i];
		const char *title = doc_user(p->d, str_from(report_pick(p, c->title.in[LANG_EN], c->title.in[LANG_ZH])));
		cells[i].text = report_say(p->d, T_REFERENCE, "rule", title, "command",
					   arena_printf(&p->d->arena, MARK_CODE "clusterlint explain " STR_FMT MARK_END, STR_ARG(c->id)), NULL);
	}
	if (v.len) {
		doc_heading(p->d, 2, report_say(p->d, T_REFERENCES, NULL));
		doc_paragraph(p->d, report_say(p->d, T_REFERENCES_TEXT, NULL));
		doc_list(p->d, BLOCK_LIST, cells, v.len);
	}
	vec_release(&v);
}
