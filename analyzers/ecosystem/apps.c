#include "analyzers/ecosystem/internal.h"

#include <math.h>

/* From what PM2's validation left over to the model: paths, mode, counts, environment. */

enum { DEFAULT_KILL_TIMEOUT = 1600, DEFAULT_LISTEN_TIMEOUT = 3000 };

struct builder {
	const struct context *ctx;
	const struct loaded *file;
	struct scenario_detail *s;
	struct eco_app *app;
	struct app_detail *d;
	VEC(struct eco_unknown) unknown;
};

static const struct value *field(struct builder *b, enum schema_id key)
{
	return b->d->v.field[key];
}

static void unknown(struct builder *b, const char *name, const char *reason, struct place at)
{
	vec_push(&b->unknown, (struct eco_unknown){name, reason, at});
}

/* text of a key; ptr NULL and noted where it cannot be decided, "" where absent */
static struct str text_of(struct builder *b, enum schema_id key, const char *name)
{
	const struct value *v = field(b, key);
	if (!v)
		return STR("");
	if (v->kind == VAL_STRING)
		return v->u.str;
	if (v->kind == VAL_UNKNOWN)
		unknown(b, name, v->u.unknown.reason, v->u.unknown.at);
	return v->kind == VAL_UNKNOWN ? (struct str){0} : STR("");
}

static double number_of(struct builder *b, enum schema_id key, double otherwise)
{
	const struct value *v = field(b, key);
	return v && v->kind == VAL_NUMBER ? v->u.num : otherwise;
}

static struct place written_at(struct builder *b, enum schema_id key)
{
	const struct val_prop *p = b->d->v.from[key];
	if (!p)
		return (struct place){0};
	struct place at = written_place(p->value);
	return at.source ? at : p->at;
}

static const struct str *list_of(struct builder *b, enum schema_id key, const char *name, size_t *n)
{
	const struct value *v = field(b, key);
	*n = 0;
	if (v && v->kind == VAL_UNKNOWN)
		unknown(b, name, v->u.unknown.reason, v->u.unknown.at);
	if (!v || v->kind != VAL_ARRAY)
		return NULL;
	struct str *out = arena_array(b->ctx->arena, struct str, v->u.arr->n);
	for (uint32_t i = 0; i < v->u.arr->n; i++) {
		const struct value *item = v->u.arr->items[i];
		if (item && item->kind == VAL_UNKNOWN)
			unknown(b, name, item->u.unknown.reason, item->u.unknown.at);
		else if (!item || !val_to_str(b->ctx->arena, item, &out[*n]))
			out[*n] = STR("");
		if (!item || item->kind != VAL_UNKNOWN)
			++*n;
	}
	if (v->u.arr->open)
		unknown(b, name, "the list may be longer", v->u.arr->at);
	return out;
}

static void skip(struct builder *b, const char *why)
{
	if (!b->app->skipped)
		b->d->skip_why = why;
	b->app->skipped = true;
}

static void build_names(struct builder *b)
{
	struct eco_app *app = b->app;
	app->script = text_of(b, KEY_SCRIPT, "script");
	if (app->script.ptr && app->script.len == 0)
		skip(b, "no script");
	app->cwd = text_of(b, KEY_CWD, "cwd");
	app->name = text_of(b, KEY_NAME, "name");
	bool no_name = !field(b, KEY_NAME);
	if (no_name && app->script.len)
		skip(b, "no name");
	const struct value *append = field(b, KEY_APPEND_ENV);
	struct str block = b->s->scenario.env_block;
	if (append && truth_of(append) == TRUE && block.ptr && app->name.len)
		app->name = str_from(
		    arena_printf(b->ctx->arena, STR_FMT "-" STR_FMT, STR_ARG(app->name), STR_ARG(block)));
	app->args = list_of(b, KEY_ARGS, "args", &app->n_args);
	app->node_args = list_of(b, KEY_NODE_ARGS, "node_args", &app->n_node_args);
	app->shell_script = b->d->v.shell_script;
	app->name_at = written_at(b, KEY_NAME);
	app->script_at = written_at(b, KEY_SCRIPT);
	app->cwd_at = written_at(b, KEY_CWD);
}

static enum exec_mode explicit_mode(struct builder *b, bool *given)
{
	const struct value *v = field(b, KEY_EXEC_MODE);
	*given = v && truth_of(v) != FALSE;
	if (!*given || v->kind != VAL_STRING)
		return EXEC_UNKNOWN;
	return str_starts(v->u.str, STR("cluster")) ? EXEC_CLUSTER : EXEC_FORK;
}

/* "cluster if instances is at least 1, 0 or -1, and the interpreter is node or bun" */
static enum exec_mode derived_mode(struct builder *b, const struct value *n)
{
	if (!n)
		return EXEC_FORK;
	if (n->kind == VAL_NUMBER && !(n->u.num >= 1 || n->u.num == 0 || n->u.num == -1))
		return EXEC_FORK;
	if (b->app->interpreter.ptr && !interpreter_means_cluster(b->app->interpreter, b->ctx->pm2_major))
		return EXEC_FORK;
	if (!b->app->interpreter.ptr || n->kind != VAL_NUMBER)
		return EXEC_UNKNOWN;
	return EXEC_CLUSTER;
}

static void build_interpreter(struct builder *b, enum exec_mode mode)
{
	struct eco_app *app = b->app;
	const struct value *written = field(b, KEY_INTERPRETER);
	struct interpreter i = {.why = "the script is unknown"};
	if (app->script.ptr || (written && truth_of(written) == TRUE))
		i = interpreter_of(b->ctx, b->file->dir, app->script, app->cwd, written, mode);
	app->interpreter = i.name;
	app->interpreter_written = written && truth_of(written) == TRUE;
	if (i.skipped)
		skip(b, i.skipped);
	if (app->script.len)
		b->d->script_path = script_file(b->ctx, b->file->dir, app->cwd, app->script);
	if (!i.name.ptr)
		unknown(b, "interpreter", i.why, app->script_at);
}

static void build_instances(struct builder *b)
{
	struct eco_app *app = b->app;
	const struct value *n = field(b, KEY_INSTANCES);
	app->instances = 1;
	app->instances_known = true;
	if (n && n->kind == VAL_UNKNOWN) {
		app->instances = NAN;
		app->instances_known = false;
		unknown(b, "instances", n->u.unknown.reason, n->u.unknown.at);
		return;
	}
	if (n && n->kind == VAL_NUMBER) /* parseInt on the number's text */
		app->instances = val_parse_int(str_from(val_number_text(b->ctx->arena, n->u.num)), 0);
	app->processes = processes_of(app->instances, b->ctx->cpus);
	app->crashes_daemon = isnan(app->instances);
}

static void build_mode(struct builder *b)
{
	struct eco_app *app = b->app;
	bool given;
	enum exec_mode mode = explicit_mode(b, &given);
	build_interpreter(b, mode);
	build_instances(b);
	const struct value *n = field(b, KEY_INSTANCES), *m = field(b, KEY_EXEC_MODE);
	app->exec_mode = given ? mode : derived_mode(b, n);
	app->exec_mode_at = written_at(b, KEY_EXEC_MODE);
	app->instances_at = written_at(b, KEY_INSTANCES);
	app->exec_mode_value = b->d->v.from[KEY_EXEC_MODE] ? b->d->v.from[KEY_EXEC_MODE]->value : NULL;
	app->instances_value = b->d->v.from[KEY_INSTANCES] ? b->d->v.from[KEY_INSTANCES]->value : NULL;
	if (app->exec_mode != EXEC_UNKNOWN)
		return;
	if (given && m->kind == VAL_UNKNOWN)
		unknown(b, "exec_mode", m->u.unknown.reason, m->u.unknown.at);
	else if (n && n->kind == VAL_UNKNOWN)
		unknown(b, "exec_mode", "it follows from instances, which is unknown", app->instances_at);
	else
		unknown(b, "exec_mode", "it follows from the interpreter, which is unknown", app->script_at);
}

static bool is_true(struct builder *b, enum schema_id key)
{
	const struct value *v = field(b, key);
	return v && truth_of(v) == TRUE;
}

static void build_environment(struct builder *b)
{
	struct eco_app *app = b->app;
	struct merged_env env = merge_env(b->ctx, &b->d->v, b->s->scenario.env_block, b->s->top.deploy);
	app->env = env.vars;
	app->n_env = env.n;
	app->env_open = env.open;
	b->d->env_passed = env.passed;
	for (size_t i = 0; i < env.n; i++)
		if (str_is(env.vars[i].name, "PORT"))
			app->port = env.vars[i].value;
	const struct value *var = field(b, KEY_INSTANCE_VAR);
	app->instance_var = var && var->kind == VAL_STRING && var->u.str.len ? var->u.str : STR("NODE_APP_INSTANCE");
}

static void build_lifecycle(struct builder *b)
{
	struct eco_app *app = b->app;
	const struct value *cron = field(b, KEY_CRON_RESTART), *restart = field(b, KEY_AUTORESTART);
	app->max_memory_restart = number_of(b, KEY_MAX_MEMORY_RESTART, NAN);
	app->kill_timeout = number_of(b, KEY_KILL_TIMEOUT, DEFAULT_KILL_TIMEOUT);
	app->listen_timeout = number_of(b, KEY_LISTEN_TIMEOUT, DEFAULT_LISTEN_TIMEOUT);
	app->wait_ready = is_true(b, KEY_WAIT_READY);
	app->watch = is_true(b, KEY_WATCH);
	app->autorestart = !restart || truth_of(restart) != FALSE;
	if (cron && cron->kind == VAL_STRING && !str_is(cron->u.str, "0"))
		app->cron_restart = cron->u.str;
}

static void build_app(struct builder *b, const struct value *raw)
{
	struct eco_app *app = b->app;
	b->d->v = verify_app(b->ctx, raw);
	app->raw = raw;
	app->at = written_place(raw);
	if (!app->at.source && raw->kind == VAL_OBJECT)
		app->at = raw->u.obj->at;
	if (raw->kind == VAL_UNKNOWN)
		unknown(b, "app", raw->u.unknown.reason, raw->u.unknown.at);
	build_names(b);
	build_mode(b);
	build_environment(b);
	build_lifecycle(b);
	struct eco_unknown *list = arena_array(b->ctx->arena, struct eco_unknown, b->unknown.len);
	if (b->unknown.len)
		memcpy(list, b->unknown.ptr, b->unknown.len * sizeof *list);
	app->unknown = list;
	app->n_unknown = b->unknown.len;
	vec_clear(&b->unknown);
}

/* A `static` entry as the app that PM2 makes of it: its own file server, past all validation. */
static const struct value *static_app(const struct context *ctx, const struct value *entry)
{
	struct arena *a = ctx->arena;
	struct value *app = val_object_new(a, entry->origin);
	const struct value *name = prop_value(a, entry, "name"), *port = prop_value(a, entry, "port");
	struct str port_text = STR("undefined");
	val_to_str(a, port, &port_text);
	if (truth_of(name) == FALSE)
		name = val_string(a, str_from(arena_printf(a, "static-page-server-" STR_FMT, STR_ARG(port_text))),
				  entry->origin);
	struct value *copy = arena_new(a, struct value), *env = val_object_new(a, entry->origin);
	*copy = *name;
	val_set(a, app->u.obj, STR("name"), copy);
	val_set(a, app->u.obj, STR("script"), val_string(a, STR("serve"), entry->origin));
	val_set(a, env->u.obj, STR("PM2_SERVE_PORT"), val_string(a, port_text, entry->origin));
	val_set(a, app->u.obj, STR("env"), env);
	return app;
}

static size_t n_statics(const struct top_level *top)
{
	return top->statics && top->statics->kind == VAL_ARRAY ? top->statics->u.arr->n : 0;
}

/* PM2 goes through the apps in order and ends at the first refusal or crash; an env that is a
 * text makes it crash only after all were taken. */
static enum eco_verdict verdict_of(const struct scenario_detail *s)
{
	bool env_crash = false;
	if (s->eval.verdict != ECO_STARTS)
		return s->eval.verdict;
	if (s->top.crashes && !s->top.statics)
		return ECO_CRASHES;
	for (size_t i = 0; i < s->n_apps; i++) {
		const struct verified *v = &s->details[i].v;
		if (v->verdict != ECO_STARTS)
			return v->verdict;
		for (size_t k = 0; k < v->n_troubles; k++)
			env_crash |= v->troubles[k].fault == CRASH_ENV;
	}
	if (s->top.crashes || env_crash)
		return ECO_CRASHES;
	return s->top.value && s->top.value->kind == VAL_UNKNOWN ? ECO_UNDECIDED : ECO_STARTS;
}

void build_apps(const struct context *ctx, const struct loaded *file, struct scenario_detail *s)
{
	struct builder b = {.ctx = ctx, .file = file, .s = s};
	size_t n = s->top.n_apps, extra = n_statics(&s->top);
	s->apps = arena_array(ctx->arena, struct eco_app, n + extra);
	s->details = arena_array(ctx->arena, struct app_detail, n + extra);
	for (size_t i = 0; i < n + extra; i++) {
		b.app = &s->apps[i];
		b.d = &s->details[i];
		b.app->index = (uint32_t)i;
		const struct value *raw = i < n ? s->top.apps[i] : NULL;
		if (!raw) {
			const struct value *entry = i < n ? &value_undefined : s->top.statics->u.arr->items[i - n];
			raw = i < n || !entry || is_nothing(entry) ? &value_undefined : static_app(ctx, entry);
		}
		build_app(&b, raw);
		s->n_apps = i + 1;
	}
	vec_release(&b.unknown);
	s->verdict = verdict_of(s);
}
