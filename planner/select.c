#include "planner/internal.h"

/* Settings, baseline and changes: which findings count in this run, and how much.
 * They stay in the report; finding_counts tells. What is not selected still
 * decides verdicts: those look at everything. */

static bool names(struct str name, const struct card *card)
{
	return str_eq(name, card->id) || str_is(name, family_name(card->family));
}

/* entries of the rule itself win over those of its family, later ones over earlier ones */
struct rule_policy plan_rule(const struct project_policy *p, const struct card *card)
{
	struct rule_policy out = {.name = card->id};
	bool own = false;
	for (size_t i = 0; i < p->n_rules; i++) {
		bool is_own = str_eq(p->rules[i].name, card->id);
		if (!names(p->rules[i].name, card) || (own && !is_own))
			continue;
		own = is_own;
		out = p->rules[i];
	}
	return out;
}

static bool is_listed(const struct str *list, size_t n, const struct card *card)
{
	for (size_t i = 0; i < n; i++)
		if (names(list[i], card))
			return true;
	return false;
}

/* A level is for what is wrong now: what does no harm as long as the app runs once stays a note. */
static void apply_settings(const struct project_policy *p, struct finding *f)
{
	static const enum level levels[] = {
	    [RULE_NOTE] = LEVEL_NOTE, [RULE_WARNING] = LEVEL_WARNING, [RULE_ERROR] = LEVEL_ERROR};
	if (!f->card)
		return;
	struct rule_policy rule = plan_rule(p, f->card);
	if (rule.level >= RULE_NOTE && f->status != HAZARD_CONTAINED)
		f->level = levels[rule.level];
	f->tolerated = rule.tolerated;
	f->deselected = (p->n_select && !is_listed(p->select, p->n_select, f->card)) ||
			is_listed(p->ignore, p->n_ignore, f->card);
}

static bool is_known(const struct baseline *b, const struct finding *f, struct str config)
{
	struct str print = str_from(f->fingerprint);
	for (size_t i = 0; i < b->len; i++) {
		const struct baseline_entry *e = &b->ptr[i];
		if (str_eq(e->fingerprint, print) && (e->orphan || str_eq(e->config, config)) &&
		    (int)f->level <= e->level)
			return true;
	}
	return false;
}

/* ---- changes ---- */

static const struct changed_file *changes_of(const struct changes *c, struct str path)
{
	for (size_t i = 0; i < c->len; i++)
		if (str_eq(c->ptr[i].path, path))
			return &c->ptr[i];
	return NULL;
}

static bool touches(const struct changes *c, struct place at)
{
	const struct changed_file *f = at.source ? changes_of(c, at.source->path) : NULL;
	if (!f)
		return false;
	uint32_t first = source_position(at.source, at.span.start).line;
	uint32_t last = source_position(at.source, at.span.end).line;
	for (size_t i = 0; i < f->n_ranges; i++)
		if (f->ranges[i].first <= last && f->ranges[i].last >= first)
			return true;
	return false;
}

static bool covers(struct place app, struct line_range r)
{
	return app.source && source_position(app.source, app.span.start).line <= r.first &&
	       source_position(app.source, app.span.end).line >= r.last;
}

/* A change of the config within one app concerns that app; anywhere else it may concern all. */
static bool config_touches(const struct plan_config *c, const struct finding *f)
{
	const struct changed_file *file = changes_of(c->policy->changes, c->config->source->path);
	if (!file)
		return false;
	for (size_t i = 0; i < file->n_ranges; i++) {
		bool other = false, own = !f->app.len;
		for (size_t k = 0; k < c->apps.len; k++) {
			const struct eco_app *m = c->apps.ptr[k].r.model;
			bool in = covers(m->at, file->ranges[i]);
			own = own || (in && str_eq(m->name, f->app));
			other = other || in;
		}
		if (own || !other)
			return true;
	}
	return false;
}

static bool is_elsewhere(const struct plan_config *c, const struct finding *f)
{
	const struct changes *changes = c->policy->changes;
	if (touches(changes, f->at) || config_touches(c, f))
		return false;
	for (size_t i = 0; i < f->n_evidence; i++)
		if (touches(changes, f->evidence[i].at))
			return false;
	return true;
}

/* An assumption is asked about what it changes: its own apps, and those that run the same program. */
static bool is_beside_the_question(const struct plan_config *c, const struct finding *f)
{
	if (!c->policy->n_what_ifs || !f->app.len || str_is(f->rule, "limit-exceeded"))
		return false;
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_app *app = &c->apps.ptr[i];
		if (str_eq(app->r.model->name, f->app) && (app->r.assumed || (app->twin && app->twin->r.assumed)))
			return false;
	}
	return true;
}

void plan_select(struct plan_config *c)
{
	const struct policy *p = c->policy;
	for (size_t i = 0; i < c->findings.len; i++) {
		struct finding *f = &c->findings.ptr[i];
		apply_settings(c->project, f);
		f->baselined = p->baseline && is_known(p->baseline, f, c->config->source->path);
		f->elsewhere = (p->changes && is_elsewhere(c, f)) || is_beside_the_question(c, f);
	}
}
