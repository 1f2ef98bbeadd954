#include "planner/internal.h"

/* Baseline and changes: which findings count in this run. They stay in the
 * report; finding_counts tells. */

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
	const struct changed_file *file =
	    changes_of(c->policy->changes, c->config->source->path);
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

void plan_select(struct plan_config *c)
{
	const struct policy *p = c->policy;
	for (size_t i = 0; i < c->findings.len; i++) {
		struct finding *f = &c->findings.ptr[i];
		f->baselined = p->baseline && is_known(p->baseline, f, c->config->source->path);
		f->elsewhere = p->changes && is_elsewhere(c, f);
	}
}
