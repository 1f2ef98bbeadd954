#include "planner/internal.h"

/* Whether a hazard matters now: how many processes run the code that holds it.
 * Processes are those of the app itself, times the hosts that deploy names, and
 * those of other entries of the same config that are the same program under
 * another name (api-3001 and api-3002). */

static const char *const status_names[] = {
    [HAZARD_ACTIVE] = "active",		[HAZARD_OVERLAP] = "overlap",
    [HAZARD_CONTAINED] = "contained",	[HAZARD_MITIGATED] = "mitigated",
    [HAZARD_SUPPRESSED] = "suppressed",
};

const char *status_name(enum hazard_status s)
{
	return status_names[s];
}

const char *plan_fill(struct arena *a, const char *text, uint32_t n, bool zh)
{
	if (!text)
		return NULL;
	const char *hole = strstr(text, "{n}");
	if (!hole)
		return text;
	const char *number = n > 1 ? arena_printf(a, "%u", n) : zh ? "多" : "several";
	const char *before = hole, *behind = hole + 3;
	if (zh && n <= 1) { /* blanks stand around digits alone */
		before -= before > text && before[-1] == ' ';
		behind += *behind == ' ';
	}
	return plan_fill(a, arena_printf(a, "%.*s%s%s", (int)(before - text), text, number, behind), n, zh);
}

bool plan_same_scenario(const struct plan_app *a, const struct plan_app *b)
{
	for (size_t i = 0; i < a->r.n_scenarios; i++)
		for (size_t k = 0; k < b->r.n_scenarios; k++)
			if (a->scenarios[i] == b->scenarios[k])
				return true;
	return false;
}

static bool is_replica_name(struct str name)
{
	static const char *const parts[] = {"PORT", "HOST",  "NAME", "INSTANCE",  "INDEX",
					    "LOG",  "SHARD", "_ID",  "WORKER_NUM"};
	if (str_is(name, "ID"))
		return true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (str_find(name, str_from(parts[i])) != (size_t)-1)
			return true;
	return false;
}

static struct str env_get(const struct eco_app *m, struct str name)
{
	for (size_t i = 0; i < m->n_env; i++)
		if (str_eq(m->env[i].name, name))
			return m->env[i].value;
	return (struct str){NULL, 0};
}

/* Variables that differ beyond a port or a name give the entries different work
 * (ROLE=api, ROLE=jobs; TENANT=a, TENANT=b): those are no copies. */
static bool env_differs(const struct eco_app *a, const struct eco_app *b)
{
	for (size_t i = 0; i < a->n_env; i++)
		if (!is_replica_name(a->env[i].name) &&
		    !str_eq(a->env[i].value, env_get(b, a->env[i].name)))
			return true;
	return false;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0;
}

static bool args_differ(const struct eco_app *a, const struct eco_app *b)
{
	if (a->n_args != b->n_args)
		return true;
	for (size_t i = 0; i < a->n_args; i++)
		if (!str_eq(a->args[i], b->args[i]) &&
		    !(is_number(a->args[i]) && is_number(b->args[i])))
			return true;
	return false;
}

static bool shares_entry(const struct plan_app *a, const struct plan_app *b)
{
	for (size_t i = 0; i < a->r.n_entry_paths; i++)
		for (size_t k = 0; k < b->r.n_entry_paths; k++)
			if (strcmp(a->r.entry_paths[i], b->r.entry_paths[k]) == 0)
				return true;
	return false;
}

static bool is_twin(const struct plan_app *a, const struct plan_app *b)
{
	return a->r.model->index != b->r.model->index && !b->r.model->skipped &&
	       plan_same_scenario(a, b) && shares_entry(a, b) &&
	       !args_differ(a->r.model, b->r.model) && !env_differs(a->r.model, b->r.model) &&
	       !env_differs(b->r.model, a->r.model);
}

static void find_twins(struct plan_config *c, struct plan_app *app)
{
	app->spread = app->r.model->processes;
	uint64_t seen = app->r.model->index < 64 ? UINT64_C(1) << app->r.model->index : 0;
	for (size_t i = 0; i < c->apps.len; i++) {
		struct plan_app *other = &c->apps.ptr[i];
		if (!is_twin(app, other))
			continue;
		uint64_t bit =
		    other->r.model->index < 64 ? UINT64_C(1) << other->r.model->index : 0;
		if (seen & bit)
			continue;
		seen |= bit;
		if (!app->twin)
			app->twin = other;
		if (app->spread)
			app->spread += other->r.model->processes ? other->r.model->processes : 1;
	}
}

/* deploy.<env>.host with several hosts: pm2 deploy starts the config on each of them */
static void find_hosts(const struct plan_config *c, struct plan_app *app)
{
	app->hosts = 1;
	for (size_t i = 0; i < c->config->n_deploy; i++) {
		const struct eco_deploy_host *d = &c->config->deploy[i];
		if (d->hosts > app->hosts) {
			app->hosts = d->hosts;
			app->hosts_at = d->at;
		}
	}
}

enum hazard_status plan_status(const struct hazard *h, enum exec_mode mode, uint32_t processes,
			       uint32_t hosts, enum target_kind target)
{
	if (h->mitigation == MITIGATION_FULL)
		return HAZARD_MITIGATED;
	bool apart = target == TARGET_REPLICAS || hosts > 1;
	if (h->replicas_only)
		return apart && (processes != 1 || hosts > 1) ? HAZARD_ACTIVE : HAZARD_CONTAINED;
	if (processes != 1 || hosts > 1)
		return HAZARD_ACTIVE;
	bool overlaps =
	    mode == EXEC_CLUSTER && (h->family == FAMILY_EXCLUSIVE || h->family == FAMILY_STARTUP);
	return overlaps ? HAZARD_OVERLAP : HAZARD_CONTAINED;
}

static void add_evidence(struct arena *a, struct hazard *h, const char *en, const char *zh,
			 struct place at)
{
	struct evidence *out = arena_array(a, struct evidence, h->n_evidence + 1);
	if (h->n_evidence)
		memcpy(out, h->evidence, h->n_evidence * sizeof *out);
	out[h->n_evidence++] = (struct evidence){.role = EV_CONFIG, .message = en, .message_zh = zh, .at = at};
	h->evidence = out;
}

static struct place config_place(const struct eco_app *m)
{
	if (m->instances_at.source)
		return m->instances_at;
	return m->exec_mode_at.source ? m->exec_mode_at : m->at;
}

/* the chain's last link: the line of the config that makes it several processes */
static void tell_config(const struct plan_config *c, const struct plan_app *app, struct hazard *h)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	struct str name = m->name.len ? m->name : STR("?");
	if (h->status == HAZARD_OVERLAP)
		add_evidence(
		    a, h,
		    arena_printf(a,
				 "'" STR_FMT "' runs in cluster mode: each reload runs two "
				 "processes for a moment",
				 STR_ARG(name)),
		    arena_printf(
			a, "'" STR_FMT "' 以 cluster 模式运行：每次 reload 会短暂地同时有两个进程",
			STR_ARG(name)),
		    config_place(m));
	if (h->status != HAZARD_ACTIVE)
		return;
	if (m->processes == 0)
		add_evidence(
		    a, h,
		    arena_printf(a,
				 "how many processes '" STR_FMT "' runs cannot be told from here",
				 STR_ARG(name)),
		    arena_printf(a, "无法从配置得知 '" STR_FMT "' 运行多少个进程", STR_ARG(name)),
		    config_place(m));
	else if (m->processes > 1)
		add_evidence(a, h,
			     arena_printf(a, "'" STR_FMT "' runs %u processes here", STR_ARG(name),
					  m->processes),
			     arena_printf(a, "'" STR_FMT "' 在此运行 %u 个进程", STR_ARG(name),
					  m->processes),
			     config_place(m));
	if (app->twin) {
		struct str twin = app->twin->r.model->name;
		add_evidence(
		    a, h,
		    arena_printf(a, "'" STR_FMT "' runs the same program beside it", STR_ARG(twin)),
		    arena_printf(a, "'" STR_FMT "' 同时运行同一个程序", STR_ARG(twin)),
		    app->twin->r.model->at);
	}
	if (app->hosts > 1)
		add_evidence(a, h, arena_printf(a, "deployed to %u hosts", app->hosts),
			     arena_printf(a, "部署到 %u 台主机", app->hosts), app->hosts_at);
}

static void set_status(const struct plan_config *c, struct plan_app *app, struct hazard *h)
{
	if (h->status != HAZARD_SUPPRESSED)
		h->status = plan_status(h, app->r.model->exec_mode, app->spread, app->hosts,
					c->ctx->target);
	uint32_t n = h->status == HAZARD_OVERLAP ? 2 : app->spread * app->hosts;
	h->message = plan_fill(c->ctx->arena, h->message, n, false);
	h->message_zh = plan_fill(c->ctx->arena, h->message_zh, n, true);
	tell_config(c, app, h);
}

void plan_statuses(struct plan_config *c)
{
	for (size_t i = 0; i < c->apps.len; i++) {
		find_twins(c, &c->apps.ptr[i]);
		find_hosts(c, &c->apps.ptr[i]);
	}
	for (size_t i = 0; i < c->apps.len; i++)
		for (size_t k = 0; k < c->apps.ptr[i].r.hazards.len; k++)
			set_status(c, &c->apps.ptr[i], &c->apps.ptr[i].hazards[k]);
}
