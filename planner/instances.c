#include "planner/internal.h"

#include <math.h>

/* DESIGN, Plan: an edge service gets as many instances as CPUs, another
 * cluster-safe service half of them and at least 2, everything else one process
 * in fork mode. Then limits take away again (capacity.c). */

bool plan_is_safe(const struct plan_app *app)
{
	return app->r.verdict == VERDICT_CLUSTER_SAFE || app->r.verdict == VERDICT_CLUSTER_WITH_WARNINGS;
}

void plan_reason(struct plan_app *app, const char *en, const char *zh)
{
	vec_push(&app->reasons, (struct plan_text){en, zh});
}

/* why PM2 cannot run the app's own code in cluster mode; en NULL: it can */
static struct plan_text no_cluster(struct arena *a, const struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	const struct project_entries *e = app->r.entries;
	const char *name = e ? e->wrapper_name : NULL;
	if (e && e->dev_server)
		return (struct plan_text){arena_printf(a, "%s is a development server and stays alone", e->dev_server),
					  arena_printf(a, "%s 是开发服务器，保持单进程", e->dev_server)};
	if (e && e->wrapper)
		return (struct plan_text){
		    arena_printf(a, "PM2 starts %s, not the server: several instances need the server's own file as 'script'", name ? name : "a launcher"),
		    arena_printf(a, "PM2 启动的是 %s 而不是服务器：要运行多个实例，'script' 须为服务器自身的文件", name ? name : "启动器")};
	if (m->shell_script)
		return (struct plan_text){"PM2 starts a shell, not the server: several instances need the server's own file as 'script'",
					  "PM2 启动的是 shell 而不是服务器：要运行多个实例，'script' 须为服务器自身的文件"};
	if (m->interpreter.ptr && m->interpreter.len && !str_is(m->interpreter, "node") && !str_is(m->interpreter, "bun"))
		return (struct plan_text){
		    arena_printf(a, "cluster mode exists for Node.js only, and this runs " STR_FMT, STR_ARG(m->interpreter)),
		    arena_printf(a, "集群模式只适用于 Node.js，而该应用由 " STR_FMT " 运行", STR_ARG(m->interpreter))};
	return (struct plan_text){0};
}

static void recommend(struct plan_app *app, enum exec_mode mode, uint32_t n)
{
	app->r.mode = mode;
	app->r.instances = n;
}

/* the hazards that decided, in the project's own names */
static void reasons_of_fork(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	for (size_t i = 0; i < app->r.hazards.len; i++) {
		const struct hazard *h = &app->hazards[i];
		if (plan_verdict_of(h, 1, c->ctx->target).verdict != app->r.verdict)
			continue;
		const char *en = h->card->title.in[LANG_EN], *zh = h->card->title.in[LANG_ZH];
		if (h->symbol.len)
			plan_reason(app, arena_printf(a, "'" STR_FMT "': %s", STR_ARG(h->symbol), en),
				    arena_printf(a, "'" STR_FMT "'：%s", STR_ARG(h->symbol), zh));
		else
			plan_reason(app, en, zh);
	}
}

static void stay(struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	recommend(app, m->exec_mode, m->processes);
	if (!m->skipped)
		plan_reason(app, "left as it is: its code was not looked at", "保持原样：没有查看其代码");
}

/* at least 2: with fewer it would be no cluster; not more than a hundred times what was meant */
static uint32_t weighed(const struct plan_app *app, uint32_t n)
{
	double w = app->own && app->own->weight > 0 ? app->own->weight : 1;
	double m = floor((n > 2 ? n : 2) * w + 0.5);
	return m > 2 ? (uint32_t)m : 2;
}

static void scale_out(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t cpus = c->ctx->cpus ? c->ctx->cpus : 1;
	recommend(app, EXEC_CLUSTER, weighed(app, app->r.edge ? cpus : cpus / 2));
	if (app->r.edge)
		plan_reason(app, arena_printf(a, "passes requests on and keeps nothing: as many as CPUs (%u)", cpus),
			    arena_printf(a, "只转发请求、不保存状态：实例数等于 CPU 数（%u）", cpus));
	else
		plan_reason(app, arena_printf(a, "nothing found that a second process breaks: half of %u CPUs, at least 2", cpus),
			    arena_printf(a, "没有发现会被第二个进程破坏的内容：%u 个 CPU 的一半，至少 2 个", cpus));
}

static void policy(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	if (app->r.verdict == VERDICT_UNKNOWN) {
		stay(app);
		return;
	}
	if (!plan_is_safe(app)) {
		recommend(app, EXEC_FORK, 1);
		if (app->r.verdict == VERDICT_NOT_A_SERVER)
			plan_reason(app, "nothing connects to it, so a second process would only repeat its work",
				    "没有客户端连接它，第二个进程只会重复它的工作");
		reasons_of_fork(c, app);
		return;
	}
	if (app->own && app->own->pin) {
		app->r.pinned = true;
		recommend(app, EXEC_FORK, 1);
		plan_reason(app, arena_printf(a, "pinned: %s", app->own->pin), arena_printf(a, "已固定：%s", app->own->pin));
		return;
	}
	if (app->r.entries && app->r.entries->static_server && !app->command->program) {
		recommend(app, app->r.model->exec_mode, app->r.model->processes ? app->r.model->processes : 1);
		plan_reason(app, arena_printf(a, "%s hands out files and keeps nothing: as many as now", app->r.entries->static_server),
			    arena_printf(a, "%s 只提供静态文件，不保存状态：数量不变", app->r.entries->static_server));
		return;
	}
	if (app->native_read && app->r.entries && app->r.entries->not_node) {
		recommend(app, EXEC_FORK, app->r.model->processes ? app->r.model->processes : 1);
		plan_reason(app, "nothing found in its C or C++ that a second process breaks: as many as now",
			    "在其 C 或 C++ 代码中没有发现会被第二个进程破坏的内容：数量不变");
		return;
	}
	struct plan_text why_not = no_cluster(a, app);
	if (why_not.en) {
		recommend(app, EXEC_FORK, 1);
		plan_reason(app, why_not.en, why_not.zh);
		return;
	}
	scale_out(c, app);
}

static void tell_accepted(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t n = 0;
	for (size_t i = 0; i < app->r.hazards.len; i++)
		n += app->hazards[i].status == HAZARD_SUPPRESSED;
	if (n)
		plan_reason(app, arena_printf(a, "%u accepted risk%s not counted", n, n > 1 ? "s are" : " is"),
			    arena_printf(a, "%u 项已接受的风险不计入", n));
}

/* What the number in the config cannot mend: the same program runs elsewhere too. */
static void tell_copies(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	if (plan_is_safe(app) || app->r.verdict == VERDICT_UNKNOWN || app->r.verdict == VERDICT_NOT_A_SERVER)
		return;
	if (app->hosts > 1) {
		struct position at = source_position(app->hosts_at.source, app->hosts_at.span.start);
		plan_reason(app,
			    arena_printf(a, "one process is not enough: deploy starts it on %u hosts (" STR_FMT ":%u); deploy it to one of them alone",
					 app->hosts, STR_ARG(app->hosts_at.source->path), at.line),
			    arena_printf(a, "仅改为单进程还不够：deploy 会在 %u 台主机上启动它（" STR_FMT ":%u）；请只部署到其中一台",
					 app->hosts, STR_ARG(app->hosts_at.source->path), at.line));
	}
	if (app->twin) {
		struct str twin = app->twin->r.model->name.len ? app->twin->r.model->name : STR("?");
		plan_reason(app,
			    arena_printf(a, "one process is not enough: '" STR_FMT "' runs the same program beside it; keep one of them", STR_ARG(twin)),
			    arena_printf(a, "仅改为单进程还不够：'" STR_FMT "' 同时运行同一个程序；请只保留一个", STR_ARG(twin)));
	}
}

/* The platform multiplies, not PM2: what was counted so far is the number of containers, and each runs one process. */
static void divide(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	uint32_t n = app->r.instances;
	if (app->r.verdict == VERDICT_UNKNOWN || app->r.model->skipped || !n)
		return;
	if (app->r.mode != EXEC_CLUSTER) {
		app->r.replicas = n == 1; /* of several fork processes nobody asked */
		return;
	}
	recommend(app, EXEC_FORK, 1);
	app->r.replicas = n;
	plan_reason(app, arena_printf(a, "as replicas: %u containers, and one process in each (exec_mode 'fork', instances 1)", n),
		    arena_printf(a, "多副本：%u 个容器，每个容器只运行一个进程（exec_mode 'fork'，instances 1）", n));
}

void plan_instances(struct plan_config *c)
{
	for (size_t i = 0; i < c->apps.len; i++) {
		policy(c, &c->apps.ptr[i]);
		tell_accepted(c, &c->apps.ptr[i]);
		tell_copies(c, &c->apps.ptr[i]);
	}
	plan_limit(c);
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *app = &c->apps.ptr[i];
		const struct eco_app *m = app->r.model;
		app->r.risk = plan_risk(app, m->exec_mode, m->processes, c->ctx->target);
		app->r.risk_after = plan_risk(app, app->r.mode, app->r.instances, c->ctx->target);
		app->r.risk_scaled = plan_risk(app, EXEC_CLUSTER, 2, c->ctx->target);
		if (c->ctx->target == TARGET_REPLICAS)
			divide(c, app);
	}
}
