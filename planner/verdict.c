#include "planner/internal.h"

static const char *const verdict_names[] = {
    [VERDICT_CLUSTER_SAFE] = "cluster-safe",
    [VERDICT_CLUSTER_WITH_WARNINGS] = "cluster-with-warnings",
    [VERDICT_FORK_RECOMMENDED] = "fork-recommended",
    [VERDICT_FORK_ONLY] = "fork-only",
    [VERDICT_NOT_A_SERVER] = "not-a-server",
    [VERDICT_UNKNOWN] = "unknown",
};
static const char *const risk_names[] = {
    [RISK_LOW] = "low", [RISK_MEDIUM] = "medium", [RISK_HIGH] = "high", [RISK_UNKNOWN] = "unknown"};
static const char *const level_names[] = {
    [LEVEL_NOTE] = "note", [LEVEL_WARNING] = "warning", [LEVEL_ERROR] = "error"};

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

const char *risk_name(enum risk r)
{
	return risk_names[r];
}

const char *level_name(enum level l)
{
	return level_names[l];
}

/* families in which a high hazard forbids a second process, whatever its card says */
static bool forbids_second(const struct hazard *h)
{
	switch (h->family) {
	case FAMILY_MEMORY_STATE:
	case FAMILY_SCHEDULE:
	case FAMILY_SOCKET:
	case FAMILY_EXCLUSIVE:
	case FAMILY_STARTUP:
	case FAMILY_NATIVE:
		return true;
	default:
		return h->consequence == CONSEQUENCE_FORK_ONLY;
	}
}

static bool counts(const struct hazard *h, enum target_kind target)
{
	if (h->mitigation == MITIGATION_FULL || h->status == HAZARD_SUPPRESSED ||
	    h->family == FAMILY_CONFIG || h->family == FAMILY_TOOL)
		return false;
	return target == TARGET_REPLICAS || !h->replicas_only;
}

/* A race exists in one process too, so it never forbids a second one. */
static enum verdict of_race(const struct hazard *h)
{
	if (h->severity == SEVERITY_LOW)
		return VERDICT_CLUSTER_SAFE;
	if (h->doubles_value || h->consequence >= CONSEQUENCE_FORK_RECOMMENDED)
		return VERDICT_FORK_RECOMMENDED;
	return VERDICT_CLUSTER_WITH_WARNINGS;
}

static enum verdict of_hazard(const struct hazard *h)
{
	if (h->family == FAMILY_RACE)
		return of_race(h);
	if (h->severity == SEVERITY_LOW || h->consequence == CONSEQUENCE_NONE)
		return VERDICT_CLUSTER_SAFE;
	if (h->severity == SEVERITY_HIGH && forbids_second(h))
		/* what is only possible is no proof; one process is still the careful choice */
		return h->confidence >= CONFIDENCE_LIKELY ? VERDICT_FORK_ONLY
							  : VERDICT_FORK_RECOMMENDED;
	if (h->severity == SEVERITY_HIGH || h->consequence == CONSEQUENCE_FORK_RECOMMENDED)
		return VERDICT_FORK_RECOMMENDED;
	return VERDICT_CLUSTER_WITH_WARNINGS;
}

struct verdict_answer plan_verdict_of(const struct hazard *h, size_t n, enum target_kind target)
{
	struct verdict_answer best = {VERDICT_CLUSTER_SAFE, CONFIDENCE_LIKELY, NULL};
	for (size_t i = 0; i < n; i++) {
		if (!counts(&h[i], target))
			continue;
		enum verdict v = of_hazard(&h[i]);
		if (v < best.verdict || v == VERDICT_CLUSTER_SAFE)
			continue;
		if (v > best.verdict || !best.why || h[i].confidence > best.confidence)
			best = (struct verdict_answer){v, h[i].confidence, &h[i]};
	}
	return best;
}

/* Without a hazard, the answer is as sure as our reading of the sources. */
static enum confidence confidence_of_reading(const struct plan_app *app)
{
	const struct project_entries *e = app->command->entries;
	for (size_t i = 0; i < e->n; i++)
		if (e->entries[i].certainty == ENTRY_GUESSED)
			return CONFIDENCE_POSSIBLE;
	return CONFIDENCE_LIKELY;
}

static void unknown(struct plan_app *app, const char *note)
{
	app->r.verdict = VERDICT_UNKNOWN;
	app->r.confidence = CONFIDENCE_POSSIBLE;
	if (note)
		vec_push(&app->notes, note);
}

void plan_verdict(const struct plan_config *c, struct plan_app *app)
{
	const struct project_entries *e = app->r.entries;
	struct arena *a = c->ctx->arena;
	struct verdict_answer v = plan_verdict_of(app->hazards, app->r.hazards.len, c->ctx->target);
	app->r.verdict = v.verdict;
	app->r.confidence = v.confidence;
	if (v.why)
		return;
	if (app->r.model->skipped)
		unknown(app, NULL);
	else if (!e)
		unknown(app, "its script is not known, so its code was not looked at");
	else if (e->not_node && app->native_read)
		app->r.confidence = CONFIDENCE_POSSIBLE;
	else if (e->not_node && !app->command->program)
		unknown(app,
			arena_printf(a, "%s: its code was not looked at",
				     e->not_node_why ? e->not_node_why : "not run by Node.js"));
	else if (e->static_server && !app->command->program)
		app->r.confidence = CONFIDENCE_LIKELY;
	else if (!app->command->program)
		unknown(app, e->problem ? e->problem : "no source of it was found");
	else if (app->r.kind && strcmp(app->r.kind, "script") == 0)
		app->r.verdict = VERDICT_NOT_A_SERVER;
	else
		app->r.confidence = confidence_of_reading(app);
}

/* DESIGN, Words: finding. unsure: nobody knows how many processes run. */
enum level plan_level(const struct hazard *h, bool unsure)
{
	if (h->severity == SEVERITY_LOW)
		return LEVEL_NOTE;
	switch (h->status) {
	case HAZARD_OVERLAP:
		return LEVEL_WARNING;
	case HAZARD_ACTIVE:
		break;
	default:
		return LEVEL_NOTE;
	}
	bool sure = h->confidence >= CONFIDENCE_LIKELY && !unsure;
	if (h->family == FAMILY_RACE || h->also_single_process)
		return h->doubles_value && sure ? LEVEL_ERROR : LEVEL_WARNING;
	return h->severity == SEVERITY_HIGH && sure ? LEVEL_ERROR : LEVEL_WARNING;
}

enum risk plan_risk(const struct plan_app *app, enum exec_mode mode, uint32_t processes,
		    enum target_kind target)
{
	if (app->r.verdict == VERDICT_UNKNOWN)
		return RISK_UNKNOWN;
	uint32_t own = app->r.model->processes;
	if (processes && app->spread > own) /* the twins stay */
		processes += app->spread - own;
	enum risk risk = RISK_LOW;
	for (size_t i = 0; i < app->r.hazards.len; i++) {
		struct hazard h = app->hazards[i];
		if (h.status == HAZARD_MITIGATED || h.status == HAZARD_SUPPRESSED)
			continue;
		h.status = plan_status(&h, mode, processes, app->hosts, target);
		enum level level = plan_level(&h, processes == 0);
		if (level == LEVEL_ERROR)
			return RISK_HIGH;
		if (level == LEVEL_WARNING)
			risk = RISK_MEDIUM;
	}
	return risk;
}
