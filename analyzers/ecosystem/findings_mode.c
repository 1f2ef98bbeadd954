#include "analyzers/ecosystem/internal.h"

#include <math.h>

/* exec_mode, instances, interpreter: what PM2 makes of them, and what does not fit together. */

struct look {
	struct finding_vec *f;
	const struct eco_app *app;
	const struct app_detail *d;
};

static const char *count(struct look *l, double n)
{
	return val_number_text(l->f->arena, n);
}

static bool mode_is_written(const struct look *l)
{
	const struct value *v = l->d->v.field[KEY_EXEC_MODE];
	return v && truth_of(v) != FALSE;
}

static bool runs_node(const struct eco_app *app)
{
	return app->interpreter.ptr && str_ends(path_base(app->interpreter), STR("node"));
}

static bool has_ext(struct str path, const char *const *list, size_t n)
{
	struct str ext = path_ext(path);
	for (size_t i = 0; i < n; i++)
		if (str_is(ext, list[i]))
			return true;
	return false;
}
#define HAS_EXT(path, list) has_ext(path, list, sizeof(list) / sizeof *(list))

/* ---- instances ---- */

static void instances_text(struct look *l, const struct value *v)
{
	bool known;
	const char *text = text_c(l->f, v->u.str);
	double meant = val_to_number(v, &known), n = val_parse_int(v->u.str, 0);
	struct place at = written_place(v);
	if (str_is(v->u.str, "max") || (!isnan(meant) && v->u.str.len && n == meant && n == trunc(n)))
		return;
	if (isnan(n) || n == 0)
		report(l->f, "instances-all-cpus-by-accident", l->app, at,
		       "pm2 cannot read the number of instances '{1}' and starts one process for each CPU: write a number, or 'max' if "
		       "that is meant",
		       text, NULL)
			->fix = fix_replace(l->f, v, quote_like(l->f, v, "max"), false);
	else
		report(l->f, "instances-text-cut", l->app, at,
		       "pm2 reads the number of instances '{1}' as {2}: write the number itself", text, count(l, n), NULL);
}

static void rule_of_instances(struct look *l)
{
	const struct value *v = l->app->instances_value;
	if (!v)
		return;
	if (l->app->crashes_daemon) {
		report(l->f, "instances-not-a-number", l->app, l->app->instances_at,
		       "the number of instances is {1}: pm2's daemon crashes, all apps of the host are restarted and 'pm2 start' hangs; "
		       "give it a number, such as 'Number(x) || 1'",
		       val_show(l->f->arena, v, 40), NULL);
		return;
	}
	if (v->kind == VAL_STRING)
		instances_text(l, v);
	if (v->kind == VAL_NUMBER && v->u.num != trunc(v->u.num))
		report(l->f, "instances-fraction", l->app, l->app->instances_at,
		       "pm2 cuts {1} instances down to {2}, and 0 means one for each CPU: write a whole number", count(l, v->u.num),
		       count(l, trunc(v->u.num) + 0.0), NULL);
}

/* ---- what the mode follows from ---- */

static bool rule_of_implicit_mode(struct look *l)
{
	const struct eco_app *app = l->app;
	if (mode_is_written(l) || !app->instances_value || !app->instances_known || app->crashes_daemon)
		return false;
	bool node = app->interpreter.ptr && interpreter_means_cluster(app->interpreter, l->f->ctx->pm2_major);
	if (app->exec_mode == EXEC_CLUSTER && app->instances == 1) {
		report(l->f, "implicit-cluster", app, app->instances_at,
		       "'instances: 1' without 'exec_mode' makes pm2 run this app in cluster mode: write exec_mode 'fork' or 'cluster', "
		       "whichever is meant",
		       NULL);
		return true;
	}
	if (app->exec_mode == EXEC_FORK && app->instances <= -2 && node) {
		report(l->f, "instances-negative-without-mode", app, app->instances_at,
		       "without 'exec_mode' pm2 runs {1} instances in fork mode, where they cannot share a port: write exec_mode 'cluster'",
		       count(l, app->instances), NULL);
		return true;
	}
	return false;
}

static void rule_of_version(struct look *l)
{
	const struct eco_app *app = l->app;
	if (mode_is_written(l) || !app->interpreter_written || !app->instances_value || !app->interpreter.ptr)
		return;
	const struct value *n = l->d->v.field[KEY_INSTANCES];
	if (!n || n->kind != VAL_NUMBER || !(n->u.num >= 1 || n->u.num == 0 || n->u.num == -1))
		return;
	bool now = interpreter_means_cluster(app->interpreter, 7);
	if (now == interpreter_means_cluster(app->interpreter, 6) && now == interpreter_means_cluster(app->interpreter, 5))
		return;
	report(l->f, "mode-depends-on-pm2-version", app, at_value(l->d, KEY_INTERPRETER),
	       "with the interpreter '{1}' pm2 5, 6 and 7 do not agree on the mode ({2} in 7): write 'exec_mode'",
	       text_c(l->f, app->interpreter), now ? "cluster" : "fork", NULL);
}

static void rule_of_fork(struct look *l)
{
	const struct eco_app *app = l->app;
	if (app->exec_mode != EXEC_FORK || app->processes < 2 || !runs_node(app) || l->d->v.field[KEY_INCREMENT_VAR])
		return;
	report(l->f, "fork-many-instances", app, app->instances_at,
	       "in fork mode {1} processes cannot share a port: only the first one can listen, the others restart until pm2 gives "
	       "up; use cluster mode, or a port for each instance",
	       count(l, app->processes), NULL);
}

/* ---- what cannot run in cluster mode ---- */

static const char *launcher_of(struct look *l)
{
	static const char *const names[] = {"npm", "npx", "yarn", "pnpm", "pnpx", "nodemon", "concurrently", "cross-env", "nest"};
	struct str script = l->app->script;
	struct str base = path_base(script);
	bool command = base.len == script.len || str_find(script, STR(".bin/")) != (size_t)-1 ||
		       str_starts(script, STR("/usr/")) || str_starts(script, STR("/opt/"));
	if (str_is(base, "npm-cli.js") || str_is(base, "npx-cli.js"))
		return "npm";
	for (size_t i = 0; command && i < sizeof names / sizeof *names; i++)
		if (str_is(base, names[i]))
			return names[i];
	return NULL;
}

static bool is_no_javascript(struct look *l)
{
	static const char *const other[] = {".sh", ".py", ".rb", ".php", ".pl", ".go", ".jar"};
	return l->app->shell_script || HAS_EXT(l->app->script, other) ||
	       (!l->app->interpreter_written && str_is(l->app->interpreter, "none"));
}

static void rule_of_cluster_script(struct look *l)
{
	const struct eco_app *app = l->app;
	struct place at = app->exec_mode_at.source ? app->exec_mode_at : app->instances_at;
	const char *launcher = launcher_of(l);
	if (is_no_javascript(l)) {
		const struct value *written = l->d->v.from[KEY_SCRIPT] ? l->d->v.from[KEY_SCRIPT]->value : NULL;
		bool text = written && written->kind == VAL_STRING;
		report_also(report(l->f, "cluster-script-not-javascript", app, at,
				   "cluster mode loads '{1}' as JavaScript, which it is not: it crashes again and again until pm2 gives up; "
				   "use exec_mode 'fork'",
				   text_c(l->f, text ? written->u.str : app->script), NULL),
			    app->script_at, "the script");
	} else if (launcher) {
		struct eco_finding *x =
			report(l->f, "cluster-launcher", app, app->script_at,
			       "in cluster mode the worker ({1} of them) is '{2}', and its child, the real server, is outside of the cluster: "
			       "only one can listen, and a reload is not seamless; point 'script' at the JavaScript file itself",
			       app->processes ? count(l, app->processes) : "?", launcher, NULL);
		if (app->processes == 1)
			x->level = ECO_LEVEL_NOTE;
	} else if (app->interpreter_written && app->interpreter.ptr && !runs_node(app) &&
		   str_find(app->interpreter, STR("node@")) == (size_t)-1) {
		report(l->f, "cluster-interpreter-ignored", app, at_value(l->d, KEY_INTERPRETER),
		       "cluster mode ignores the interpreter '{1}' and runs '{2}' on pm2's own node: use exec_mode 'fork', or "
		       "'node_args' for what node itself can load",
		       text_c(l->f, app->interpreter), text_c(l->f, app->script), NULL);
	}
}

static bool env_has(const struct eco_app *app, const char *name)
{
	for (size_t i = 0; i < app->n_env; i++)
		if (str_is(app->env[i].name, name))
			return true;
	return false;
}

static bool node_arg(const struct eco_app *app, const char *part)
{
	for (size_t i = 0; i < app->n_node_args; i++)
		if (str_find(app->node_args[i], str_from(part)) != (size_t)-1)
			return true;
	return false;
}

static void rule_of_cluster_options(struct look *l)
{
	const struct eco_app *app = l->app;
	const struct val_prop *options = prop_of(l->d->v.field[KEY_ENV], "NODE_OPTIONS");
	const struct value *written = l->d->v.field[KEY_INTERPRETER];
	if (env_has(app, "NODE_OPTIONS"))
		report(l->f, "node-options-in-cluster", app, options ? at_key(options) : app->at,
		       "cluster mode sets 'env' after Node has started, so NODE_OPTIONS has no effect: give the options in 'node_args'",
		       NULL);
	if (written && written->kind == VAL_STRING && str_find(written->u.str, STR("node@")) != (size_t)-1)
		report(l->f, "node-version-in-cluster", app, at_value(l->d, KEY_INTERPRETER),
		       "cluster mode always runs pm2's own node: '{1}' makes pm2 skip the app, or has no effect; use exec_mode 'fork'",
		       text_c(l->f, written->u.str), NULL);
}

static void rule_of_inspector(struct look *l)
{
	const struct eco_app *app = l->app;
	if (!node_arg(app, "--inspect") || app->exec_mode == EXEC_UNKNOWN || (app->exec_mode == EXEC_FORK && app->processes < 2))
		return;
	report(l->f, "inspector-port-shared", app, at_value(l->d, KEY_NODE_ARGS),
	       "{1} processes cannot share the port of --inspect: in cluster mode each takes one from 9230 on, in fork mode only the "
	       "first gets it; debug one instance in fork mode",
	       count(l, app->processes), NULL);
}

static void rule_of_typescript(struct look *l)
{
	static const char *const ts[] = {".ts", ".tsx", ".mts", ".cts"};
	const struct eco_app *app = l->app;
	if (!HAS_EXT(app->script, ts) || app->interpreter_written || node_arg(app, "tsx") || node_arg(app, "ts-node") ||
	    node_arg(app, "strip-types"))
		return;
	report(l->f, "typescript-without-runtime", app, app->script_at,
	       "pm2 skips a TypeScript file unless {1} is installed: start the built JavaScript, or set interpreter 'node' and "
	       "node_args '--import tsx'",
	       l->f->ctx->pm2_major >= 7 ? "bun or Node 22.18" : "bun", NULL);
}

/* ---- scripts ---- */

static void rule_of_blank(struct look *l)
{
	const struct val_prop *p = l->d->v.from[KEY_SCRIPT];
	if (!l->app->shell_script || !p || p->value->kind != VAL_STRING)
		return;
	struct str whole = p->value->u.str;
	if (!script_file(l->f->ctx, l->f->file->dir, l->app->cwd, whole).ptr)
		return;
	report(l->f, "script-with-blank", l->app, l->app->script_at,
	       "pm2 gives a script with a blank to 'bash -c', which does not find '{1}': rename the file, or set 'cwd' to its folder",
	       text_c(l->f, whole), NULL);
}

static void rule_of_shell_shim(struct look *l)
{
	const struct eco_app *app = l->app;
	struct str text;
	if (app->interpreter_written || !str_is(app->interpreter, "node") || path_ext(app->script).len || !l->d->script_path.ptr ||
	    fs_kind(l->f->ctx->fs, l->d->script_path) != FS_FILE ||
	    fs_read(l->f->ctx->fs, l->f->arena, l->d->script_path, &text).text)
		return;
	size_t end = str_find(text, STR("\n"));
	struct str line = str_sub(text, 0, end == (size_t)-1 ? text.len : end);
	if (!str_starts(line, STR("#!")) || str_find(line, STR("sh")) == (size_t)-1)
		return;
	report(l->f, "shell-script-run-by-node", app, app->script_at,
	       "'{1}' is a shell script, but pm2 does not read its first line and gives it to node, which ends with a syntax error: "
	       "set interpreter 'bash'",
	       text_c(l->f, app->script), NULL);
}

void rules_of_mode(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	struct look l = {f, app, d};
	rule_of_instances(&l);
	if (!rule_of_implicit_mode(&l))
		rule_of_fork(&l);
	rule_of_version(&l);
	if (app->exec_mode == EXEC_CLUSTER && app->script.len) {
		rule_of_cluster_script(&l);
		rule_of_cluster_options(&l);
	}
	rule_of_inspector(&l);
	rule_of_typescript(&l);
	rule_of_blank(&l);
	rule_of_shell_shim(&l);
}
