#include "cli/report/content.h"

#include "cli/export.h"

/* The first page: which app runs how, why, and with what risk; then what is wrong now. */

typedef VEC(struct doc_cell) cell_vec;

static void put(cell_vec *v, const char *text, enum tone tone)
{
	vec_push(v, (struct doc_cell){text, tone});
}

static void head(struct report *p, cell_vec *v, enum report_text id)
{
	put(v, report_say(p->d, id, NULL), TONE_NONE);
}

static const char *scenarios_of(struct report *p, const struct app_report *a)
{
	const char *list = "";
	for (size_t i = 0; i < a->n_scenarios; i++)
		list = arena_printf(&p->d->arena, "%s%s%s", list, i ? ", " : "",
				    doc_code(p->d, p->c->config->models[a->scenarios[i]].scenario->name));
	return list;
}

static bool differs(const struct app_report *a, const struct app_report *b)
{
	return a->model->exec_mode != b->model->exec_mode || a->model->processes != b->model->processes || a->mode != b->mode ||
	       a->instances != b->instances || a->replicas != b->replicas || a->risk != b->risk || a->risk_after != b->risk_after || a->risk_scaled != b->risk_scaled || a->verdict != b->verdict;
}

/* whether an earlier row says the same of this app */
static bool is_told(const struct config_report *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(c->apps[k].model->name, c->apps[i].model->name) && c->apps[k].entries == c->apps[i].entries &&
		    !differs(&c->apps[k], &c->apps[i]))
			return true;
	return false;
}

static bool has_variants(const struct report *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->c->n_apps; i++)
		n += !is_told(p->c, i);
	return n > p->n_apps;
}

static void table(struct report *p)
{
	cell_vec v = {0};
	bool several = has_variants(p);
	static const enum report_text heads[] = {T_APP, T_NOW, T_PLANNED, T_REASON, T_RISK_NOW, T_RISK_SCALED, T_VERDICT};
	size_t columns = sizeof heads / sizeof *heads + several;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		head(p, &v, heads[i]);
	if (several)
		head(p, &v, T_SCENARIO);
	for (size_t i = 0; i < p->c->n_apps; i++) {
		const struct app_report *a = &p->c->apps[i];
		if (is_told(p->c, i))
			continue;
		put(&v, a->model->name.len ? doc_user(p->d, a->model->name) : "?", TONE_NONE);
		put(&v, report_mode(p, a->model->exec_mode, a->model->processes), TONE_NONE);
		put(&v, report_planned(p, a), TONE_NONE);
		put(&v, report_reason(p, a), TONE_NONE);
		put(&v, report_risk(p, a->risk), report_tone(a->risk));
		put(&v, report_risk(p, a->risk_scaled), report_tone(a->risk_scaled));
		put(&v, report_verdict(p, a), TONE_NONE);
		if (several)
			put(&v, scenarios_of(p, a), TONE_NONE);
	}
	doc_table(p->d, BLOCK_TABLE, report_say(p->d, T_OVERVIEW, NULL), columns, v.ptr, v.len);
	vec_release(&v);
}

static void draw(struct report *p)
{
	struct doc *d = p->d;
	struct doc_app *apps = arena_array(&d->arena, struct doc_app, p->n_apps);
	uint32_t used = 0, nth[N_STORES] = {0}, n = 0;
	for (size_t i = 0; i < p->n_apps; i++)
		used |= p->apps[i].stores;
	const char **stores = arena_array(&d->arena, const char *, N_STORES);
	for (uint32_t s = 0; s < N_STORES; s++)
		if (used & 1u << s) {
			nth[s] = n;
			stores[n++] = report_store(p, (enum store)s);
		}
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_report *a = p->apps[i].r;
		apps[i] = (struct doc_app){p->apps[i].name, report_reason(p, a), a->model->processes, plan_total(a), report_tone(a->risk),
					   report_tone(a->risk_after), report_risk(p, a->risk), report_risk(p, a->risk_after), 0};
		for (uint32_t s = 0; s < N_STORES; s++)
			if (p->apps[i].stores & 1u << s)
				apps[i].uses |= 1u << nth[s];
	}
	struct block bars = {.kind = BLOCK_BARS, .text = report_say(d, T_BARS, NULL), .apps = apps, .n_apps = p->n_apps,
			     .heads = {report_say(d, T_NOW, NULL), report_say(d, T_PLANNED, NULL)}};
	struct block map = {.kind = BLOCK_MAP, .text = report_say(d, T_MAP, NULL), .apps = apps, .n_apps = p->n_apps, .stores = stores,
			    .n_stores = n, .heads = {report_say(d, T_APP, NULL), report_say(d, T_USES, NULL), report_say(d, T_RISK, NULL)}};
	vec_push(&d->blocks, bars);
	vec_push(&d->blocks, map);
}

static const char *level_word(struct report *p, enum level l)
{
	return report_say(p->d, l == LEVEL_ERROR ? T_ERROR : T_WARNING, NULL);
}

static void wrong(struct report *p)
{
	cell_vec v = {0};
	uint32_t notes = 0;
	for (int level = LEVEL_ERROR; level >= LEVEL_NOTE; level--)
		for (size_t i = 0; i < p->c->n_findings; i++) {
			const struct finding *f = &p->c->findings[i];
			if ((int)f->level != level || !finding_counts(f))
				continue;
			if (level == LEVEL_NOTE) {
				notes++;
				continue;
			}
			const char *where = report_place(p, f->at);
			const char *app = f->app.len ? arena_printf(&p->d->arena, " %s", doc_user(p->d, f->app)) : "";
			put(&v, arena_printf(&p->d->arena, MARK_STRONG "%s%s" MARK_END " %s%s%s: %s", level_word(p, f->level), app,
					     where ? MARK_CODE : "", where ? where : "", where ? MARK_END : "",
					     doc_user(p->d, str_from(export_message(p->d->o, f)))),
			    level == LEVEL_ERROR ? TONE_HIGH : TONE_MEDIUM);
		}
	doc_heading(p->d, 2, report_say(p->d, T_WRONG, NULL));
	if (!v.len)
		doc_paragraph(p->d, report_say(p->d, T_WRONG_NONE, NULL));
	doc_list(p->d, BLOCK_LIST, v.ptr, v.len);
	if (notes)
		doc_paragraph(p->d, report_say(p->d, T_NOTES, "n", arena_printf(&p->d->arena, "%u", notes), "command",
					       report_command(p, "clusterlint check ", ""), NULL));
	vec_release(&v);
}

/* ---- the whole of it in a few lines ---- */

static bool runs_badly(const struct app_report *a)
{
	return a->risk == RISK_HIGH || a->risk == RISK_MEDIUM;
}

static bool stays_single(const struct app_report *a)
{
	return a->verdict == VERDICT_FORK_ONLY || a->verdict == VERDICT_FORK_RECOMMENDED;
}

static bool can_scale(const struct app_report *a)
{
	return a->verdict == VERDICT_CLUSTER_SAFE || a->verdict == VERDICT_CLUSTER_WITH_WARNINGS;
}

static bool is_unknown(const struct app_report *a)
{
	return a->verdict == VERDICT_UNKNOWN && !a->model->skipped;
}

static bool put_apps(struct report *p, cell_vec *v, bool (*is)(const struct app_report *), enum report_text text, enum tone tone)
{
	const char *list = "";
	for (size_t i = 0; i < p->n_apps; i++)
		if (is(p->apps[i].r))
			list = arena_printf(&p->d->arena, "%s%s" MARK_STRONG "%s" MARK_END, list, !*list ? "" : report_pick(p, ", ", "、"), p->apps[i].name);
	if (*list)
		put(v, report_say(p->d, text, "apps", list, NULL), tone);
	return *list;
}

static void summary(struct report *p)
{
	cell_vec v = {0};
	const struct plan_row *row = NULL; /* the gravest scenario */
	for (size_t i = 0; i < p->c->n_plans; i++)
		if (!row || (p->c->plans[i].risk_before == RISK_HIGH && row->risk_before != RISK_HIGH))
			row = &p->c->plans[i];
	for (size_t i = 0; i < p->c->n_plans; i++)
		if (p->c->plans[i].unfit.en) {
			put(&v, doc_user(p->d, str_from(report_pick(p, p->c->plans[i].unfit.en, p->c->plans[i].unfit.zh))), TONE_HIGH);
			break;
		}
	bool bad = put_apps(p, &v, runs_badly, T_SUM_BAD, TONE_HIGH);
	if (bad && row && row->processes_before && row->processes_after && row->risk_after < row->risk_before)
		put(&v, report_say(p->d, T_SUM_CHANGE, "before", report_risk(p, row->risk_before), "after", report_risk(p, row->risk_after), "now",
				   arena_printf(&p->d->arena, "%u", row->processes_before), "planned",
				   arena_printf(&p->d->arena, "%u", row->processes_after), NULL), TONE_LOW);
	if (!bad)
		put(&v, report_say(p->d, T_SUM_FINE, NULL), TONE_LOW);
	put_apps(p, &v, stays_single, T_SUM_SINGLE, TONE_NONE);
	put_apps(p, &v, can_scale, T_SUM_SCALE, TONE_NONE);
	put_apps(p, &v, is_unknown, T_SUM_UNKNOWN, TONE_UNKNOWN);
	doc_list(p->d, BLOCK_LIST, v.ptr, v.len);
	vec_release(&v);
}

void report_overview(struct report *p)
{
	if (p->n_apps) {
		doc_heading(p->d, 2, report_say(p->d, T_OVERVIEW, NULL));
		summary(p);
		table(p);
		draw(p);
	}
	wrong(p);
}
