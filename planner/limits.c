/* What a machine and a database cannot hold. The memory is asked only for an assumption
 * (plan --what-if): else the config may be meant for a larger machine than this one. */
#include "planner/internal.h"

#include <math.h>

const struct eco_app *plan_what_if(const struct plan_config *c, const struct eco_app *m)
{
	const struct what_if *w = NULL;
	for (size_t i = 0; i < c->policy->n_what_ifs; i++)
		if (str_eq(c->policy->what_ifs[i].app, m->name))
			w = &c->policy->what_ifs[i];
	if (!w || m->skipped)
		return m;
	struct eco_app *assumed = arena_new(c->ctx->arena, struct eco_app);
	struct eco_unknown *unknown = arena_array(c->ctx->arena, struct eco_unknown, m->n_unknown);
	*assumed = *m;
	assumed->n_unknown = 0;
	for (size_t i = 0; i < m->n_unknown; i++)
		if (strcmp(m->unknown[i].field, "exec_mode") != 0 && strcmp(m->unknown[i].field, "instances") != 0)
			unknown[assumed->n_unknown++] = m->unknown[i];
	assumed->unknown = unknown;
	assumed->exec_mode = w->cluster ? EXEC_CLUSTER : EXEC_FORK;
	assumed->instances = w->instances;
	assumed->instances_known = true;
	assumed->processes = w->instances ? w->instances : c->ctx->cpus ? c->ctx->cpus : 1;
	return assumed;
}

static double asked_connections(const struct plan_config *c, const struct plan_app *app)
{
	return plan_connections(c, app, app->r.model->exec_mode, app->r.model->processes);
}

struct sum {
	double total;
	const struct plan_app *most; /* asks most of it */
	double of_most;
};

static struct sum sum_of(const struct plan_config *c, uint32_t scenario, double (*asked)(const struct plan_config *, const struct plan_app *))
{
	struct sum s = {0};
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_app *app = &c->apps.ptr[i];
		double n = plan_runs_in(app, scenario) ? asked(c, app) : 0;
		s.total += n;
		if (n > s.of_most) {
			s.most = app;
			s.of_most = n;
		}
	}
	return s;
}

static double asked_memory(const struct plan_config *c, const struct plan_app *app)
{
	(void)c;
	return (double)plan_rss(app) * app->r.model->processes;
}

static double known_memory(const struct plan_config *c, const struct plan_app *app)
{
	return plan_rss_known(app) ? asked_memory(c, app) : 0;
}

static void tell(struct plan_config *c, uint32_t scenario, enum level level, const struct plan_app *most, const char *en, const char *zh)
{
	const struct eco_app *m = most->r.model;
	plan_tool_finding(c, "limit-exceeded", level, m->instances_at.source ? m->instances_at : m->at, m->name, scenario, en, zh);
}

static void check_connections(struct plan_config *c, uint32_t scenario)
{
	struct arena *a = c->ctx->arena;
	uint32_t allowed = c->project->max_connections;
	struct sum s = sum_of(c, scenario, asked_connections);
	if (!allowed || !s.most || s.total <= allowed)
		return;
	const struct eco_app *m = s.most->r.model;
	tell(c, scenario, c->policy->n_what_ifs ? LEVEL_ERROR : LEVEL_WARNING, s.most,
	     arena_printf(a,
			  "the database allows %u connections and all apps together may open %.0f, most of them '" STR_FMT
			  "' (%u in each of %u processes, two processes more during a reload of a cluster): run fewer processes, or lower the pool",
			  allowed, s.total, STR_ARG(m->name), plan_pool(s.most), m->processes),
	     arena_printf(a,
			  "数据库允许 %u 个连接，而所有应用最多会打开 %.0f 个，其中最多的是 '" STR_FMT
			  "'（%u 个连接 × %u 个进程，集群重载时再多两个进程）：请减少进程，或调小连接池",
			  allowed, s.total, STR_ARG(m->name), plan_pool(s.most), m->processes));
}

/* What kinds of programs usually take proves nothing: then it is a warning. */
static void check_memory(struct plan_config *c, uint32_t scenario)
{
	struct arena *a = c->ctx->arena;
	const double mib = 1024.0 * 1024;
	double memory = (double)c->ctx->memory_bytes;
	struct sum s = sum_of(c, scenario, asked_memory);
	if (!c->policy->n_what_ifs || memory <= 0 || !s.most || s.total <= memory)
		return;
	const struct eco_app *m = s.most->r.model;
	struct plan_text size = plan_rss_text(a, s.most);
	tell(c, scenario, sum_of(c, scenario, known_memory).total > memory ? LEVEL_ERROR : LEVEL_WARNING, s.most,
	     arena_printf(a,
			  "the machine has %.0f MB and all apps together may take %.0f MB, most of it '" STR_FMT
			  "' (%u processes, %s): run fewer processes, or take a larger machine",
			  memory / mib, s.total / mib, STR_ARG(m->name), m->processes, size.en),
	     arena_printf(a,
			  "机器有 %.0f MB 内存，而所有应用可能占用 %.0f MB，其中最多的是 '" STR_FMT
			  "'（%u 个进程，%s）：请减少进程，或换更大的机器",
			  memory / mib, s.total / mib, STR_ARG(m->name), m->processes, size.zh));
}

/* Nobody told how many connections the database allows: only an assumption is worth a warning. */
static void check_default_connections(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	const struct db_server *server = plan_server(app);
	double asked = plan_connections(c, app, m->exec_mode, m->processes);
	if (!server || c->project->max_connections || asked <= server->usable)
		return;
	struct plan_text pool = plan_pool_text(a, app);
	tell(c, app->r.scenario, LEVEL_WARNING, app,
	     arena_printf(a, "%u processes of '" STR_FMT "' may open %.0f database connections: %s, and %s allows %s unless set otherwise: give --max-connections, run fewer processes, or lower the pool",
			  m->processes, STR_ARG(m->name), asked, pool.en, server->name, server->number.en),
	     arena_printf(a, "'" STR_FMT "' 的 %u 个进程最多会打开 %.0f 个数据库连接：%s，而 %s 默认只允许 %s：请给出 --max-connections、减少进程，或调小连接池", STR_ARG(m->name),
			  m->processes, asked, pool.zh, server->name, server->number.zh));
}

static void check_consumers(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	uint32_t most = app->consumers.most;
	if (!most || m->processes <= most)
		return;
	tell(c, app->r.scenario, LEVEL_WARNING, app,
	     arena_printf(a, "%u of %u processes of '" STR_FMT "' get nothing to do: %s; run no more than %u, or make more partitions", m->processes - most, m->processes,
			  STR_ARG(m->name), app->consumers.why.en, most),
	     arena_printf(a, "'" STR_FMT "' 的 %u 个进程中有 %u 个分不到任务：%s；请不要超过 %u 个进程，或增加分区", STR_ARG(m->name), m->processes, m->processes - most,
			  app->consumers.why.zh, most));
}

/* With what is left of each app, and of its memory only what is surely taken. */
struct plan_text plan_unfit(const struct plan_config *c, uint32_t scenario)
{
	struct arena *a = c->ctx->arena;
	const double mib = 1024.0 * 1024;
	double bytes = 0, connections = 0, memory = (double)c->ctx->memory_bytes;
	uint32_t allowed = c->project ? c->project->max_connections : 0;
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_app *app = &c->apps.ptr[i];
		if (!plan_runs_in(app, scenario))
			continue;
		bytes += (double)plan_rss_least(app) * plan_total(&app->r);
		connections += plan_connections(c, app, app->r.mode, plan_total(&app->r));
	}
	if (memory > 0 && bytes > memory)
		return (struct plan_text){
		    arena_printf(a, "no plan fits: with as few processes as there can be the apps take at least %.0f MB, and the machine has %.0f MB; take a larger machine (--memory), or move apps to another one",
				 bytes / mib, memory / mib),
		    arena_printf(a, "没有可行的方案：即使进程数降到最少，各应用至少占用 %.0f MB，而机器只有 %.0f MB；请换更大的机器（--memory），或把部分应用移到别的机器", bytes / mib, memory / mib)};
	if (allowed && connections > allowed)
		return (struct plan_text){
		    arena_printf(a, "no plan fits: with as few processes as there can be the pools may open %.0f connections, and the database allows %u; lower the pools, put a pooler such as PgBouncer before the database, or let it allow more (--max-connections)",
				 connections, allowed),
		    arena_printf(a, "没有可行的方案：即使进程数降到最少，连接池最多会打开 %.0f 个连接，而数据库只允许 %u 个；请调小连接池、在数据库前加 PgBouncer 之类的连接池代理，或调高上限（--max-connections）", connections, allowed)};
	return (struct plan_text){0};
}

void plan_check_limits(struct plan_config *c)
{
	for (size_t s = 0; s < c->config->n_models; s++) {
		check_connections(c, (uint32_t)s);
		check_memory(c, (uint32_t)s);
	}
	for (size_t i = 0; i < c->apps.len; i++) {
		if (!c->apps.ptr[i].r.assumed)
			continue;
		check_default_connections(c, &c->apps.ptr[i]);
		check_consumers(c, &c->apps.ptr[i]);
	}
}
