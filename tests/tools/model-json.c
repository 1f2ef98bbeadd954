/* model-json ROOT CPUS PM2_MAJOR < paths: for each path below ROOT (and after a tab one scenario) one line of JSON that says what
 * the ecosystem model takes PM2 to do with it. With YAML as fourth argument: the value of a YAML
 * file as JSON instead. For tests that compare thousands of files in one run. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "analyzers/ecosystem/internal.h"

static const char *const verdicts[] = {
	[ECO_STARTS] = "ok",	     [ECO_SCRIPT] = "script", [ECO_PARSE_ERROR] = "parse-error",
	[ECO_CRASHES] = "crash",     [ECO_REJECTED] = "rejected", [ECO_NO_APPS] = "no-apps",
	[ECO_UNDECIDED] = "unknown",
};
static const char *const kinds[] = {
	[ECO_JS] = "js", [ECO_MJS] = "mjs", [ECO_JSON] = "json", [ECO_YAML] = "yaml", [ECO_NOT_A_CONFIG] = NULL};
static const char *const modes[] = {
	[EXEC_UNKNOWN] = "unknown", [EXEC_FORK] = "fork_mode", [EXEC_CLUSTER] = "cluster_mode"};

/* JSON through C strings: a NUL byte becomes the six characters of its escape */
static cJSON *text(struct arena *a, struct str s)
{
	if (!s.ptr)
		return cJSON_CreateNull();
	char *out = arena_alloc(a, s.len * 6 + 1), *o = out;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i])
			*o++ = s.ptr[i];
		else
			o = (char *)memcpy(o, "\\u0000", 6) + 6;
	}
	*o = '\0';
	return cJSON_CreateString(out);
}

static cJSON *texts(struct arena *a, const struct str *list, size_t n)
{
	cJSON *out = cJSON_CreateArray();
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(out, text(a, list[i]));
	return out;
}

static cJSON *env_of(struct arena *a, const struct eco_app *app)
{
	cJSON *env = cJSON_CreateObject();
	for (size_t i = 0; i < app->n_env; i++)
		cJSON_AddItemToObject(env, arena_cstr(a, app->env[i].name), text(a, app->env[i].value));
	return env;
}

static cJSON *value_json(struct arena *a, const struct value *v, int depth);

/* every key of PM2's schema, as PM2's validation leaves it */
static cJSON *fields_of(const struct context *ctx, const struct eco_app *app)
{
	struct verified v = verify_app(ctx, app->raw);
	cJSON *out = cJSON_CreateObject();
	for (unsigned i = 0; i < N_SCHEMA_KEYS; i++)
		if (v.field[i] && i != KEY_USERNAME && i != KEY_ENV)
			cJSON_AddItemToObject(out, schema_keys[i].name, value_json(ctx->arena, v.field[i], 0));
	return out;
}

static cJSON *app_json(const struct context *ctx, const struct eco_app *app)
{
	struct arena *a = ctx->arena;
	cJSON *out = cJSON_CreateObject(), *unknown = cJSON_CreateArray();
	cJSON_AddItemToObject(out, "name", text(a, app->name));
	cJSON_AddItemToObject(out, "script", text(a, app->script));
	cJSON_AddItemToObject(out, "interpreter", text(a, app->interpreter));
	cJSON_AddStringToObject(out, "mode", modes[app->exec_mode]);
	if (app->crashes_daemon)
		cJSON_AddStringToObject(out, "n", "DAEMON-CRASH");
	else
		cJSON_AddNumberToObject(out, "n", app->processes);
	cJSON_AddBoolToObject(out, "skipped", app->skipped);
	cJSON_AddBoolToObject(out, "watch", app->watch);
	cJSON_AddBoolToObject(out, "wait_ready", app->wait_ready);
	cJSON_AddBoolToObject(out, "autorestart", app->autorestart);
	cJSON_AddNumberToObject(out, "kill_timeout", app->kill_timeout);
	cJSON_AddNumberToObject(out, "listen_timeout", app->listen_timeout);
	cJSON_AddNumberToObject(out, "max_memory_restart", app->max_memory_restart); /* NaN gives null */
	cJSON_AddItemToObject(out, "args", texts(a, app->args, app->n_args));
	cJSON_AddItemToObject(out, "node_args", texts(a, app->node_args, app->n_node_args));
	cJSON_AddItemToObject(out, "env", env_of(a, app));
	for (size_t i = 0; i < app->n_unknown; i++)
		cJSON_AddItemToArray(unknown, cJSON_CreateString(app->unknown[i].field));
	cJSON_AddItemToObject(out, "unknown", unknown);
	cJSON_AddItemToObject(out, "fields", fields_of(ctx, app));
	return out;
}

static cJSON *config_json(const struct context *ctx, const struct eco_config *c)
{
	struct arena *a = ctx->arena;
	cJSON *out = cJSON_CreateObject(), *scenarios = cJSON_CreateArray(), *findings = cJSON_CreateArray();
	cJSON_AddItemToObject(out, "kind", kinds[c->format] ? cJSON_CreateString(kinds[c->format]) : cJSON_CreateNull());
	cJSON_AddStringToObject(out, "verdict", verdicts[c->models[0].verdict]);
	if (c->why_not)
		cJSON_AddStringToObject(out, "why", c->why_not);
	for (size_t m = 0; m < c->n_models; m++) {
		cJSON *one = cJSON_CreateObject(), *apps = cJSON_CreateArray();
		cJSON_AddItemToObject(one, "name", text(a, c->models[m].scenario->name));
		cJSON_AddStringToObject(one, "verdict", verdicts[c->models[m].verdict]);
		for (size_t i = 0; i < c->models[m].n_apps; i++)
			cJSON_AddItemToArray(apps, app_json(ctx, &c->models[m].apps[i]));
		cJSON_AddItemToObject(one, "apps", apps);
		cJSON_AddBoolToObject(one, "more_apps", c->models[m].more_apps);
		cJSON_AddItemToArray(scenarios, one);
	}
	for (size_t i = 0; i < c->n_findings; i++) {
		cJSON *one = cJSON_CreateObject();
		struct position at = source_position(c->findings[i].at.source, c->findings[i].at.span.start);
		cJSON_AddStringToObject(one, "rule", c->findings[i].rule);
		cJSON_AddStringToObject(one, "message", c->findings[i].message);
		cJSON_AddNumberToObject(one, "line", at.line);
		cJSON_AddNumberToObject(one, "column", at.column);
		cJSON_AddItemToArray(findings, one);
	}
	cJSON_AddItemToObject(out, "scenarios", scenarios);
	cJSON_AddItemToObject(out, "findings", findings);
	return out;
}

/* numbers that JSON lacks and dates as {"$": text} */
static cJSON *value_json(struct arena *a, const struct value *v, int depth)
{
	cJSON *out;
	if (!v || depth > 60)
		return cJSON_CreateString("...");
	switch (v->kind) {
	case VAL_NULL:
		return cJSON_CreateNull();
	case VAL_BOOL:
		return cJSON_CreateBool(v->u.b);
	case VAL_NUMBER:
		out = cJSON_CreateObject();
		cJSON_AddStringToObject(out, "$number", val_number_text(a, v->u.num));
		return out;
	case VAL_STRING:
		return text(a, v->u.str);
	case VAL_ARRAY:
		out = cJSON_CreateArray();
		for (uint32_t i = 0; i < v->u.arr->n; i++)
			cJSON_AddItemToArray(out, value_json(a, v->u.arr->items[i], depth + 1));
		return out;
	case VAL_OBJECT:
		out = cJSON_CreateObject();
		if (v->u.obj->class_name)
			cJSON_AddStringToObject(out, "$class", v->u.obj->class_name);
		for (uint32_t i = 0; i < v->u.obj->n; i++)
			cJSON_AddItemToObject(out, arena_cstr(a, v->u.obj->props[i].key),
					      value_json(a, v->u.obj->props[i].value, depth + 1));
		return out;
	default:
		return cJSON_CreateString("undefined");
	}
}

static cJSON *yaml_json(const struct context *ctx, struct str path)
{
	struct str content;
	cJSON *out = cJSON_CreateObject();
	if (fs_read(ctx->fs, ctx->arena, path, &content).text)
		return out;
	struct yaml_result y = yaml_read(ctx->arena, source_new(ctx->arena, path, content), ctx->pm2_major);
	if (y.error)
		cJSON_AddStringToObject(out, "error", y.error);
	else
		cJSON_AddItemToObject(out, "value", value_json(ctx->arena, y.value, 0));
	return out;
}

static void one(struct context *ctx, struct str path, struct str only, bool yaml)
{
	struct eco_config *config = NULL;
	cJSON *out;
	if (yaml) {
		out = yaml_json(ctx, path);
	} else {
		struct err err = eco_load(ctx, path, only, &config);
		out = config ? config_json(ctx, config) : cJSON_CreateObject();
		if (err.text)
			cJSON_AddStringToObject(out, "error", err.text);
	}
	cJSON_AddItemToObject(out, "path", text(ctx->arena, path));
	char *line = cJSON_PrintUnformatted(out);
	puts(line);
	free(line);
	cJSON_Delete(out);
}

int main(int argc, char **argv)
{
	struct arena arena, files;
	struct fs fs;
	char line[4096];
	if (argc < 4)
		return 2;
	arena_init(&files);
	if (fs_init(&fs, &files, argv[1]).text)
		return 2;
	while (fgets(line, sizeof line, stdin)) {
		arena_init(&arena);
		struct context ctx = {.arena = &arena, .fs = &fs, .cpus = (uint32_t)atoi(argv[2]),
				      .pm2_major = (uint32_t)atoi(argv[3]), .pm2_cwd = STR(""), .threads = 1};
		line[strcspn(line, "\n")] = '\0';
		char *tab = strchr(line, '\t');
		if (tab)
			*tab = '\0';
		struct str only = tab ? arena_str(&arena, str_from(tab + 1)) : (struct str){0};
		one(&ctx, arena_str(&arena, str_from(line)), only, argc > 4);
		arena_release(&arena);
	}
	fs_release(&fs);
	arena_release(&files);
	return 0;
}
