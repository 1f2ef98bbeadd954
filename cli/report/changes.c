#include "cli/report/content.h"

#include "cli/diff.h"
#include "cli/export.h"
#include "planner/edit.h"

/* The corrected config, as fix would write it, and what it changes. */

typedef VEC(struct doc_cell) cell_vec;

static void put(cell_vec *v, const char *text)
{
	vec_push(v, (struct doc_cell){text, TONE_NONE});
}

static void correct(struct report *p)
{
	struct doc *d = p->d;
	const struct edit_options options = {.plan = true};
	doc_heading(d, 2, report_say(d, T_CORRECTED, NULL));
	if (!p->c->config->loadable)
		return;
	struct edit_result *r = edit_config(d->o->ctx, p->c, &options);
	if (r->n_edits) {
		struct buf b = {0};
		struct paint paint = {&b, false, true, 0};
		diff_write(&paint, p->c->config->source, export_typed_path(&d->arena, d->o->work_dir, p->c->config->source->path), r, false);
		doc_paragraph(d, report_say(d, T_DIFF, "command", report_command(p, "clusterlint fix --plan ", ""), "option",
					    MARK_CODE "--write" MARK_END, NULL));
		doc_listing(d, "diff", doc_source(d, buf_str(&b)));
		buf_release(&b);
	} else if (!r->n_refused)
		doc_paragraph(d, report_say(d, T_NO_DIFF, NULL));
	cell_vec v = {0};
	for (size_t i = 0; i < r->n_refused; i++) {
		const char *where = report_place(p, r->refused[i].at);
		put(&v, arena_printf(&d->arena, "%s%s%s%s%s", where ? MARK_CODE : "", where ? where : "", where ? MARK_END " " : "",
				     r->refused[i].app.len ? arena_printf(&d->arena, "%s: ", doc_user(d, r->refused[i].app)) : "",
				     doc_user(d, str_from(report_pick(p, r->refused[i].why, r->refused[i].why_zh)))));
	}
	if (v.len)
		doc_paragraph(d, report_say(d, T_BY_HAND, NULL));
	doc_list(d, BLOCK_LIST, v.ptr, v.len);
	vec_release(&v);
}

static bool same_row(const struct plan_row *a, const struct plan_row *b)
{
	return a->processes_before == b->processes_before && a->processes_after == b->processes_after &&
	       a->risk_before == b->risk_before && a->risk_after == b->risk_after;
}

static const char *number(struct report *p, uint32_t n)
{
	return n ? arena_printf(&p->d->arena, "%u", n) : report_say(p->d, T_UNKNOWN, NULL);
}

static const char *scenarios_like(struct report *p, size_t first)
{
	const char *list = "";
	for (size_t i = first; i < p->c->n_plans; i++)
		if (same_row(&p->c->plans[first], &p->c->plans[i]))
			list = arena_printf(&p->d->arena, "%s%s%s", list, *list ? ", " : "",
					    doc_code(p->d, p->c->config->models[p->c->plans[i].scenario].scenario->name));
	return list;
}

static void compare(struct report *p)
{
	struct doc *d = p->d;
	cell_vec v = {0};
	doc_heading(d, 2, report_say(d, T_COMPARED, NULL));
	static const enum report_text heads[] = {T_SCENARIO, T_COMPARED, T_BEFORE, T_AFTER};
	for (size_t i = 0; i < 4; i++)
		put(&v, i == 1 ? "" : report_say(d, heads[i], NULL));
	for (size_t i = 0; i < p->c->n_plans; i++) {
		const struct plan_row *r = &p->c->plans[i];
		bool told = !p->c->config->models[r->scenario].n_apps;
		for (size_t k = 0; k < i && !told; k++)
			told = same_row(&p->c->plans[k], r);
		if (told)
			continue;
		put(&v, scenarios_like(p, i));
		put(&v, report_say(d, T_PROCESSES, NULL));
		put(&v, number(p, r->processes_before));
		put(&v, number(p, r->processes_after));
		put(&v, "");
		put(&v, report_say(d, T_MOST_RISK, NULL));
		vec_push(&v, (struct doc_cell){report_risk(p, r->risk_before), report_tone(r->risk_before)});
		vec_push(&v, (struct doc_cell){report_risk(p, r->risk_after), report_tone(r->risk_after)});
	}
	doc_table(d, BLOCK_TABLE, report_say(d, T_COMPARED, NULL), 4, v.ptr, v.len);
	vec_release(&v);
}

/* no promise of a factor: what the number of processes allows */
static void expect(struct report *p)
{
	struct doc *d = p->d;
	cell_vec v = {0};
	const char *single = "";
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_report *a = p->apps[i].r;
		if (a->model->skipped || a->mode == EXEC_UNKNOWN || !a->instances)
			continue;
		uint32_t n = plan_total(a) < d->o->ctx->cpus ? plan_total(a) : d->o->ctx->cpus;
		if (plan_total(a) > 1)
			put(&v, report_say(d, T_EXPECT_CLUSTER, "apps", p->apps[i].name, "n", arena_printf(&d->arena, "%u", n), NULL));
		else
			single = arena_printf(&d->arena, "%s%s%s", single, *single ? ", " : "", p->apps[i].name);
	}
	if (*single)
		put(&v, report_say(d, T_EXPECT_FORK, "apps", single, NULL));
	doc_list(d, BLOCK_LIST, v.ptr, v.len);
	vec_release(&v);
}

void report_changes_of_config(struct report *p)
{
	correct(p);
	compare(p);
	expect(p);
}
