#include "planner/internal.h"

/* Limits that take instances away from the plan: memory, database connections,
 * consumers that find no partition. The last one that did is named. Each is told
 * with what it was counted from; what the config says against itself is told too. */

/* what the processes may take together; the rest is for the system and reloads */
static const double memory_share = 0.75;
static const double mib = 1024.0 * 1024;

bool plan_runs_in(const struct plan_app *app, uint32_t scenario)
{
	for (size_t i = 0; i < app->r.n_scenarios; i++)
		if (app->scenarios[i] == scenario)
			return !app->r.model->skipped;
	return false;
}

/* the app that asks most of something, and may give up an instance; first in the config's order */
static struct plan_app *hungriest(const struct plan_config *c, uint32_t scenario, double (*asked)(const struct plan_config *, const struct plan_app *))
{
	struct plan_app *most = NULL;
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *app = &c->apps.ptr[i];
		if (!plan_runs_in(app, scenario) || app->r.mode != EXEC_CLUSTER || app->r.instances < 2 || !plan_is_safe(app) || asked(c, app) <= 0)
			continue;
		if (!most || asked(c, app) > asked(c, most))
			most = app;
	}
	return most;
}

static double sum_of(const struct plan_config *c, uint32_t scenario, double (*asked)(const struct plan_config *, const struct plan_app *))
{
	double sum = 0;
	for (size_t i = 0; i < c->apps.len; i++)
		if (plan_runs_in(&c->apps.ptr[i], scenario))
			sum += asked(c, &c->apps.ptr[i]);
	return sum;
}

static void take_away(struct plan_config *c, uint32_t scenario, double budget, const char *what,
		      double (*asked)(const struct plan_config *, const struct plan_app *))
{
	struct plan_app *app;
	while (budget > 0 && sum_of(c, scenario, asked) > budget && (app = hungriest(c, scenario, asked))) {
		app->r.instances--;
		app->r.limited_by = what;
	}
}

static double memory_of(const struct plan_config *c, const struct plan_app *app)
{
	(void)c;
	return (double)plan_rss(app) * app->r.instances;
}

static double connections_of(const struct plan_config *c, const struct plan_app *app)
{
	return plan_connections(c, app, app->r.mode, app->r.instances);
}

/* a consumer more than there are partitions gets nothing to do */
static void limit_consumers(struct plan_app *app)
{
	uint32_t most = app->consumers.most;
	if (!most || app->r.mode != EXEC_CLUSTER || app->r.instances <= most)
		return;
	app->r.instances = most;
	app->r.limited_by = "partitions";
}

/* ---- telling ---- */

static void tell_limit(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const char *by = app->r.limited_by;
	if (!by)
		return;
	if (strcmp(by, "memory") == 0) {
		struct plan_text size = plan_rss_text(a, app);
		plan_reason(app,
			    arena_printf(a, "limited by memory to %u: %s, and all apps together may take three quarters of the machine", app->r.instances, size.en),
			    arena_printf(a, "受内存限制为 %u 个：%s，所有应用合计最多占用机器的四分之三", app->r.instances, size.zh));
	} else if (strcmp(by, "partitions") == 0) {
		plan_reason(app, arena_printf(a, "limited to %u: %s", app->r.instances, app->consumers.why.en),
			    arena_printf(a, "限制为 %u 个：%s", app->r.instances, app->consumers.why.zh));
	} else {
		struct plan_text pool = plan_pool_text(a, app);
		plan_reason(app,
			    arena_printf(a, "limited by database connections to %u: %s, two processes more during a reload, and %u that the database allows",
					 app->r.instances, pool.en, c->project->max_connections),
			    arena_printf(a, "受数据库连接数限制为 %u 个：%s，重载时再多两个进程，而数据库允许 %u 个连接", app->r.instances, pool.zh,
					 c->project->max_connections));
	}
}

/* a limit that the machine cannot grant protects nothing: the kernel ends processes before PM2 does */
static void tell_memory(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	double limit = m->max_memory_restart, memory = (double)c->ctx->memory_bytes;
	if (!(limit > 0) || memory <= 0 || limit * m->processes <= memory)
		return;
	plan_reason(app,
		    arena_printf(a, "%s, %u processes of up to %.0f MB (max_memory_restart) do not fit into the machine's %.0f MB, so the limit protects nothing",
				 app->r.assumed ? "as assumed" : "as it is now", m->processes, limit / mib, memory / mib),
		    arena_printf(a, "%s %u 个进程、每个最多 %.0f MB（max_memory_restart），超出机器的 %.0f MB，该限制起不到保护作用", app->r.assumed ? "按假设" : "目前", m->processes, limit / mib,
				 memory / mib));
}

/* Nobody told how many connections there are: the server's own default is no limit of the plan, but worth a word. */
static void tell_default_connections(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	const struct db_server *server = plan_server(app);
	bool planned = server && plan_connections(c, app, app->r.mode, app->r.instances) > server->usable;
	if (!server || c->project->max_connections || (!planned && plan_connections(c, app, m->exec_mode, m->processes) <= server->usable))
		return;
	enum exec_mode mode = planned ? app->r.mode : m->exec_mode;
	uint32_t n = planned ? app->r.instances : m->processes;
	struct plan_text pool = plan_pool_text(a, app);
	double asked = plan_connections(c, app, mode, n);
	bool reload = mode == EXEC_CLUSTER;
	plan_reason(app,
		    arena_printf(a, "%s%u processes%s may open %.0f database connections: %s, and %s allows %s unless set otherwise: give --max-connections, or lower the pool",
				 planned ? "" : app->r.assumed ? "as assumed, " : "as it is now, ", n, reload ? " and two more during a reload" : "", asked, pool.en, server->name, server->number.en),
		    arena_printf(a, "%s%u 个进程%s最多会打开 %.0f 个数据库连接：%s，而 %s 默认只允许 %s：请给出 --max-connections，或调小连接池", planned ? "" : app->r.assumed ? "按假设 " : "目前 ", n,
				 reload ? "（重载时再多两个）" : "", asked, pool.zh, server->name, server->number.zh));
}

static uint32_t thread_pool(const struct eco_app *m)
{
	uint32_t n = 0;
	for (size_t i = 0; i < m->n_env; i++) {
		struct str v = m->env[i].value;
		if (!str_is(m->env[i].name, "UV_THREADPOOL_SIZE"))
			continue;
		n = 0;
		for (size_t k = 0; k < v.len && v.ptr[k] >= '0' && v.ptr[k] <= '9' && n < 100000; k++)
			n = n * 10 + (uint32_t)(v.ptr[k] - '0');
	}
	enum { UV_MOST = 1024 }; /* libuv: src/threadpool.c, MAX_THREADPOOL_SIZE */
	return n < UV_MOST ? n : UV_MOST;
}

/* libuv gives each process four threads; so many more than CPUs wait for each other where they compute */
static void tell_threads(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t threads = thread_pool(app->r.model), n = app->r.instances, cpus = c->ctx->cpus ? c->ctx->cpus : 1;
	if (threads <= 4 || (uint64_t)threads * n <= (uint64_t)cpus * 4)
		return;
	plan_reason(app,
		    arena_printf(a, "UV_THREADPOOL_SIZE is %u in each of %u process%s: %u threads on %u CPUs; hashing and compressing gain nothing beyond the CPUs", threads, n,
				 n > 1 ? "es" : "", threads * n, cpus),
		    arena_printf(a, "UV_THREADPOOL_SIZE 为 %u，共 %u 个进程：%u 个线程对 %u 个 CPU；超过 CPU 数的线程对哈希与压缩没有帮助", threads, n, threads * n, cpus));
}

static void tell_concurrency(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t each = app->consumers.concurrency, n = app->r.instances;
	if (each < 2 || n < 2)
		return;
	struct position at = source_position(app->consumers.concurrency_at.source, app->consumers.concurrency_at.span.start);
	struct str path = app->consumers.concurrency_at.source->path;
	plan_reason(app,
		    arena_printf(a, "each process takes %u jobs at once (" STR_FMT ":%u): %u with %u processes", each, STR_ARG(path), at.line, each * n, n),
		    arena_printf(a, "每个进程同时处理 %u 个任务（" STR_FMT ":%u），%u 个进程共 %u 个", each, STR_ARG(path), at.line, n, each * n));
}

void plan_limit(struct plan_config *c)
{
	for (size_t i = 0; i < c->apps.len; i++)
		limit_consumers(&c->apps.ptr[i]);
	for (size_t s = 0; s < c->config->n_models; s++) {
		take_away(c, (uint32_t)s, (double)c->ctx->memory_bytes * memory_share, "memory", memory_of);
		take_away(c, (uint32_t)s, c->project ? c->project->max_connections : 0, "database connections", connections_of);
	}
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *app = &c->apps.ptr[i];
		if (app->r.model->skipped)
			continue;
		tell_limit(c, app);
		tell_memory(c, app);
		if (c->project)
			tell_default_connections(c, app);
		tell_threads(c, app);
		tell_concurrency(c, app);
	}
}
