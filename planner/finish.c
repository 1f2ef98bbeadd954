/* What has grown while a config was looked at, made const for those who read the report. */
#include "planner/internal.h"

static uint32_t add_processes(uint32_t sum, uint32_t n, bool *known)
{
	if (!n)
		*known = false;
	return sum + n;
}

/* what is known to be high is said, whatever else is not known */
static enum risk graver(enum risk a, enum risk b)
{
	static const int rank[] = {
	    [RISK_LOW] = 0, [RISK_MEDIUM] = 1, [RISK_UNKNOWN] = 2, [RISK_HIGH] = 3};
	return rank[a] > rank[b] ? a : b;
}

static struct plan_row row_of(const struct plan_config *c, uint32_t scenario)
{
	struct plan_row row = {.scenario = scenario};
	bool before = true, after = true;
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_app *app = &c->apps.ptr[i];
		for (size_t k = 0; k < app->r.n_scenarios; k++) {
			if (app->scenarios[k] != scenario || app->r.model->skipped)
				continue;
			row.processes_before =
			    add_processes(row.processes_before, app->r.model->processes, &before);
			row.processes_after =
			    add_processes(row.processes_after, plan_total(&app->r), &after);
			row.risk_before = graver(row.risk_before, app->r.risk);
			row.risk_after = graver(row.risk_after, app->r.risk_after);
		}
	}
	if (!before)
		row.processes_before = 0;
	if (!after)
		row.processes_after = 0;
	row.unfit = plan_unfit(c, scenario);
	return row;
}

static void finish_app(struct arena *a, struct plan_app *app)
{
	struct plan_text *reasons = arena_array(a, struct plan_text, app->reasons.len);
	for (size_t i = 0; i < app->reasons.len; i++)
		reasons[i] = app->reasons.ptr[i];
	const char **notes = arena_array(a, const char *, app->notes.len);
	for (size_t i = 0; i < app->notes.len; i++)
		notes[i] = app->notes.ptr[i];
	app->r.reasons = reasons;
	app->r.n_reasons = app->reasons.len;
	app->r.notes = notes;
	app->r.n_notes = app->notes.len;
	vec_release(&app->reasons);
	vec_release(&app->notes);
}

struct config_report plan_finish(struct plan_config *c)
{
	struct arena *a = c->ctx->arena;
	struct app_report *apps = arena_array(a, struct app_report, c->apps.len);
	for (size_t i = 0; i < c->apps.len; i++) {
		finish_app(a, &c->apps.ptr[i]);
		apps[i] = c->apps.ptr[i].r;
	}
	struct finding *findings = arena_array(a, struct finding, c->findings.len);
	if (c->findings.len)
		memcpy(findings, c->findings.ptr, c->findings.len * sizeof *findings);
	struct plan_row *plans = arena_array(a, struct plan_row, c->config->n_models);
	for (size_t s = 0; s < c->config->n_models; s++)
		plans[s] = row_of(c, (uint32_t)s);
	return (struct config_report){
	    .config = c->config,
	    .apps = apps,
	    .n_apps = c->apps.len,
	    .findings = findings,
	    .n_findings = c->findings.len,
	    .plans = plans,
	    .n_plans = c->config->n_models,
	    .fail_on = c->project->fail_on,
	};
}
