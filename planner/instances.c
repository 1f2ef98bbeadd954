#include "planner/internal.h"

#include <math.h>

/* DESIGN, Plan: an edge service gets as many instances as CPUs, another
 * cluster-safe service half of them and at least 2, everything else one process
 * in fork mode. Then limits take away again, and the last one that did is named. */

/* resident memory of one process when nothing better is known (hazards.md F.2), MB */
enum { RSS_EDGE = 120, RSS_OTHER = 200 };
/* what the processes may take together; the rest is for the system and reloads */
static const double memory_share = 0.75;

uint64_t plan_rss(const struct plan_app *app)
{
	double limit = app->r.model->max_memory_restart;
	if (app->own && app->own->rss)
		return app->own->rss;
	if (!isnan(limit) && limit > 0 && limit < 1e15)
		return (uint64_t)limit;
	return (uint64_t)(app->r.edge ? RSS_EDGE : RSS_OTHER) * 1024 * 1024;
}

static bool is_safe(const struct plan_app *app)
{
	return app->r.verdict == VERDICT_CLUSTER_SAFE ||
	       app->r.verdict == VERDICT_CLUSTER_WITH_WARNINGS;
}

/* why PM2 cannot run the app's own code in cluster mode, or NULL */
static const char *no_cluster(struct arena *a, const struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	const struct project_entries *e = app->r.entries;
	if (e && e->dev_server)
		return arena_printf(a, "%s is a development server and stays alone",
				    e->wrapper_name ? e->wrapper_name : "it");
	if (e && e->wrapper)
		return arena_printf(a,
				    "PM2 starts %s, not the server: several instances need the "
				    "server's own file as 'script'",
				    e->wrapper_name ? e->wrapper_name : "a launcher");
	if (m->shell_script)
		return "PM2 starts a shell, not the server: several instances need the server's "
		       "own "
		       "file as 'script'";
	if (m->interpreter.ptr && m->interpreter.len && !str_is(m->interpreter, "node") &&
	    !str_is(m->interpreter, "bun"))
		return arena_printf(a,
				    "cluster mode exists for Node.js only, and this runs " STR_FMT,
				    STR_ARG(m->interpreter));
	return NULL;
}

static void recommend(struct plan_app *app, enum exec_mode mode, uint32_t n, const char *reason)
{
	app->r.mode = mode;
	app->r.instances = n;
	if (reason)
		vec_push(&app->reasons, reason);
}

/* the hazards that decided, in the project's own names */
static void reasons_of_fork(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	for (size_t i = 0; i < app->r.hazards.len; i++) {
		const struct hazard *h = &app->hazards[i];
		struct verdict_answer v = plan_verdict_of(h, 1, c->ctx->target);
		if (v.verdict != app->r.verdict)
			continue;
		const char *title = h->card->title.in[LANG_EN];
		vec_push(&app->reasons, h->symbol.len ? arena_printf(a, "'" STR_FMT "': %s",
								     STR_ARG(h->symbol), title)
						      : title);
	}
}

static void stay(struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	recommend(app, m->exec_mode, m->processes,
		  m->skipped ? NULL : "left as it is: its code was not looked at");
}

/* at least 2: with fewer it would be no cluster; not more than a hundred times what was meant */
static uint32_t weighed(const struct plan_app *app, uint32_t n)
{
	double w = app->own && app->own->weight > 0 ? app->own->weight : 1;
	double m = floor((n > 2 ? n : 2) * w + 0.5);
	return m > 2 ? (uint32_t)m : 2;
}

static void policy(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t cpus = c->ctx->cpus ? c->ctx->cpus : 1;
	if (app->r.verdict == VERDICT_UNKNOWN) {
		stay(app);
		return;
	}
	if (!is_safe(app)) {
		recommend(
		    app, EXEC_FORK, 1,
		    app->r.verdict == VERDICT_NOT_A_SERVER
			? "nothing connects to it, so a second process would only repeat its work"
			: NULL);
		reasons_of_fork(c, app);
		return;
	}
	if (app->own && app->own->pin) {
		app->r.pinned = true;
		recommend(app, EXEC_FORK, 1, arena_printf(a, "pinned: %s", app->own->pin));
		return;
	}
	if (app->native_read && app->r.entries && app->r.entries->not_node) {
		uint32_t n = app->r.model->processes ? app->r.model->processes : 1;
		recommend(app, EXEC_FORK, n, "nothing found in its C or C++ that a second process breaks: as many as now");
		return;
	}
	const char *why_not = no_cluster(a, app);
	if (why_not) {
		recommend(app, EXEC_FORK, 1, why_not);
		return;
	}
	uint32_t half = weighed(app, cpus / 2), all = weighed(app, cpus);
	if (app->r.edge)
		recommend(app, EXEC_CLUSTER, all,
			  arena_printf(a,
				       "passes requests on and keeps nothing: as many as CPUs (%u)",
				       cpus));
	else
		recommend(
		    app, EXEC_CLUSTER, half,
		    arena_printf(a,
				 "nothing found that a second process breaks: half of %u CPUs, "
				 "at least 2",
				 cpus));
}

static void tell_accepted(struct plan_config *c, struct plan_app *app)
{
	uint32_t n = 0;
	for (size_t i = 0; i < app->r.hazards.len; i++)
		n += app->hazards[i].status == HAZARD_SUPPRESSED;
	if (n)
		vec_push(&app->reasons,
			 arena_printf(c->ctx->arena, "%u accepted risk%s not counted", n,
				      n > 1 ? "s are" : " is"));
}

static bool in_scenario(const struct plan_app *app, uint32_t scenario)
{
	for (size_t i = 0; i < app->r.n_scenarios; i++)
		if (app->scenarios[i] == scenario)
			return !app->r.model->skipped;
	return false;
}

static double memory_of_scenario(const struct plan_config *c, uint32_t scenario)
{
	double sum = 0;
	for (size_t i = 0; i < c->apps.len; i++)
		if (in_scenario(&c->apps.ptr[i], scenario))
			sum += (double)plan_rss(&c->apps.ptr[i]) * c->apps.ptr[i].r.instances;
	return sum;
}

/* the clustered app that would free most by giving up one instance, first in the config's order */
static struct plan_app *hungriest(const struct plan_config *c, uint32_t scenario)
{
	struct plan_app *most = NULL;
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *app = &c->apps.ptr[i];
		if (!in_scenario(app, scenario) || app->r.mode != EXEC_CLUSTER ||
		    app->r.instances < 2 || !is_safe(app))
			continue;
		if (!most || plan_rss(app) * app->r.instances > plan_rss(most) * most->r.instances)
			most = app;
	}
	return most;
}

static void limit_memory(struct plan_config *c, uint32_t scenario)
{
	double budget = (double)c->ctx->memory_bytes * memory_share;
	if (budget <= 0)
		return;
	struct plan_app *app;
	while (memory_of_scenario(c, scenario) > budget && (app = hungriest(c, scenario))) {
		app->r.instances--;
		app->r.limited_by = "memory";
	}
}

/* what the app asks of the database, with the two processes more that a reload of a cluster may run; in fork
 * mode PM2 ends a process before it starts the next */
static double connections_of(const struct plan_app *app)
{
	return (double)plan_pool(app) * (app->r.instances + (app->r.mode == EXEC_CLUSTER ? 2.0 : 0));
}

static void limit_connections(struct plan_config *c, uint32_t scenario)
{
	for (;;) {
		double sum = 0;
		struct plan_app *most = NULL;
		for (size_t i = 0; i < c->apps.len; i++) {
			struct plan_app *app = &c->apps.ptr[i];
			if (!in_scenario(app, scenario))
				continue;
			sum += connections_of(app);
			if (app->r.mode == EXEC_CLUSTER && app->r.instances > 1 && is_safe(app) &&
			    connections_of(app) > (most ? connections_of(most) : 0))
				most = app;
		}
		if (!c->project || !c->project->max_connections || sum <= c->project->max_connections || !most)
			return;
		most->r.instances--;
		most->r.limited_by = "database connections";
	}
}

static void tell_limit(struct plan_config *c, struct plan_app *app)
{
	if (!app->r.limited_by)
		return;
	if (strcmp(app->r.limited_by, "memory") != 0) {
		vec_push(&app->reasons,
			 arena_printf(c->ctx->arena,
				      "limited by database connections to %u: %s, two "
				      "processes more during a reload, and %u that the database "
				      "allows",
				      app->r.instances, plan_pool_text(c->ctx->arena, app),
				      c->project->max_connections));
		return;
	}
	vec_push(&app->reasons,
		 arena_printf(c->ctx->arena,
			      "limited by memory to %u: %u MB each, and all apps together "
			      "may take three quarters of the machine",
			      app->r.instances, (unsigned)(plan_rss(app) / (1024 * 1024))));
}

/* a limit that the machine cannot grant protects nothing: the kernel ends processes before PM2 does */
static void tell_contradiction(struct plan_config *c, struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	const double mib = 1024.0 * 1024, limit = m->max_memory_restart, memory = (double)c->ctx->memory_bytes;
	if (isnan(limit) || memory <= 0 || m->skipped || limit * m->processes <= memory)
		return;
	vec_push(&app->reasons, arena_printf(c->ctx->arena,
					     "as it is now, %u processes of up to %.0f MB (max_memory_restart) do not fit "
					     "into the machine's %.0f MB, so the limit protects nothing",
					     m->processes, limit / mib, memory / mib));
}

void plan_instances(struct plan_config *c)
{
	for (size_t i = 0; i < c->apps.len; i++) {
		policy(c, &c->apps.ptr[i]);
		tell_accepted(c, &c->apps.ptr[i]);
	}
	for (size_t s = 0; s < c->config->n_models; s++) {
		limit_memory(c, (uint32_t)s);
		limit_connections(c, (uint32_t)s);
	}
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *app = &c->apps.ptr[i];
		const struct eco_app *m = app->r.model;
		tell_limit(c, app);
		tell_contradiction(c, app);
		app->r.risk = plan_risk(app, m->exec_mode, m->processes, c->ctx->target);
		app->r.risk_after = plan_risk(app, app->r.mode, app->r.instances, c->ctx->target);
	}
}
