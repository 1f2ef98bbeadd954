#include "analyzers/ecosystem/internal.h"

/* Variables that PM2 takes for settings, changes or hands to the wrong process. */

struct look {
	struct finding_vec *f;
	const struct eco_app *app;
	const struct app_detail *d;
};

static const struct val_prop *env_prop(const struct look *l, const char *name)
{
	return prop_of(l->d->v.field[KEY_ENV], name);
}

/* also of the chosen block */
static struct place env_place(const struct look *l, struct str name)
{
	struct str block = l->f->scenario->scenario.env_block;
	const char *key = block.ptr ? arena_printf(l->f->arena, "env_" STR_FMT, STR_ARG(block)) : "";
	const struct val_prop *in_block = prop_of(l->d->v.raw, key);
	const char *c_name = arena_cstr(l->f->arena, name);
	const struct val_prop *p = in_block ? prop_of(in_block->value, c_name) : NULL;
	p = p ? p : env_prop(l, c_name);
	return p ? at_key(p) : l->app->at;
}

static bool has(const struct eco_app *app, struct str name)
{
	for (size_t i = 0; i < app->n_env; i++)
		if (str_eq(app->env[i].name, name))
			return true;
	return false;
}

/* PM2 merges env into the record that also holds its settings */
static void hijacked(struct look *l)
{
	static const char *const settings[] = {"name", "namespace", "exec_mode", "instances", "watch", "autorestart", "args",
					       "cron_restart", "kill_timeout", "max_memory_restart", "pm_id"};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (has(l->app, str_from(settings[i])))
			report(l->f, "env-hijacks-setting", l->app, env_place(l, str_from(settings[i])),
			       "the variable '{1}' replaces pm2's own setting of that name: give the variable another name", settings[i], NULL);
}

static void named_like_the_app(struct look *l)
{
	static const char *const features[] = {"watch", "args", "io", "trace", "port", "env", "instances", "status"};
	struct str name = l->app->name;
	if (name.len && has(l->app, name)) {
		report_also(report(l->f, "app-named-like-variable", l->app, env_place(l, name),
				   "pm2 replaces the variable that is named like its app '{1}' with '{}': rename one of them", text_c(l->f, name),
				   NULL),
			    l->app->name_at, "the app's name");
		return;
	}
	for (size_t i = 0; i < sizeof features / sizeof *features; i++)
		if (str_is(name, features[i]))
			report(l->f, "app-named-like-option", l->app, l->app->name_at,
			       "pm2 puts the name of an app among its options, where '{1}' has a meaning: rename the app", features[i], NULL);
}

static void not_a_text(struct look *l)
{
	const struct value *env = l->d->v.field[KEY_ENV];
	for (uint32_t i = 0; env && env->kind == VAL_OBJECT && i < env->u.obj->n; i++) {
		const struct val_prop *p = &env->u.obj->props[i];
		enum js_type type = schema_type(p->value);
		if (type == TYPE_NULL)
			report(l->f, "env-value-not-text", l->app, p->at,
			       "pm2 makes the text {2} of '{1}': give it a text, or leave it out", text_c(l->f, p->key), "\"null\"", NULL);
		else if (type & (TYPE_OBJECT | TYPE_ARRAY))
			report(l->f, "env-value-not-text", l->app, p->at,
			       "pm2 makes the text {2} of '{1}': give it a text, or leave it out", text_c(l->f, p->key), "of its JSON", NULL)
				->level = ECO_LEVEL_NOTE;
	}
}

static void two_ports(struct look *l)
{
	const struct value *port = l->d->v.field[KEY_PORT];
	const struct val_prop *env = env_prop(l, "PORT");
	struct str a, b;
	if (!port || !env || truth_of(port) != TRUE || !val_to_str(l->f->arena, port, &a) ||
	    !val_to_str(l->f->arena, env->value, &b) || str_eq(a, b))
		return;
	report_also(report(l->f, "port-given-twice", l->app, at_value(l->d, KEY_PORT),
			   "'port: {1}' replaces 'env.PORT: {2}', but not that of an env_<name> block: keep one of them", text_c(l->f, a),
			   text_c(l->f, b), NULL),
		    env->at, "this is replaced");
}

static void instance_number(struct look *l)
{
	if (has(l->app, l->app->instance_var))
		report(l->f, "instance-variable-in-env", l->app, env_place(l, l->app->instance_var),
		       "pm2 numbers the instances in '{1}', and with it in 'env' all of them get this same number: remove it",
		       text_c(l->f, l->app->instance_var), NULL);
	const struct value *var = l->d->v.field[KEY_INCREMENT_VAR];
	if (var && var->kind == VAL_STRING && var->u.str.len && l->app->processes > 1)
		report(l->f, "increment-var-lost", l->app, at_value(l->d, KEY_INCREMENT_VAR),
		       "after 'pm2 restart' or 'pm2 reload' of the file all instances get the same '{1}': compute it from '{2}' in the code",
		       text_c(l->f, var->u.str), text_c(l->f, l->app->instance_var), NULL);
}

static void filter(struct look *l)
{
	const struct value *v = l->d->v.field[KEY_FILTER_ENV];
	if (v && v->kind == VAL_STRING && v->u.str.len && l->f->scenario->n_apps > 1)
		report(l->f, "filter-env-leaks", l->app, at_value(l->d, KEY_FILTER_ENV),
		       "as a text, 'filter_env' takes '{1}' away from the apps after this one as well: write a list", text_c(l->f, v->u.str),
		       NULL)
			->fix = fix_replace(l->f, v, arena_printf(l->f->arena, "[%s]", quote_like(l->f, v, text_c(l->f, v->u.str))), false);
}

/* only with --env, which is where the block is chosen */
static void deploy_wins(struct look *l)
{
	struct str block = l->f->scenario->scenario.env_block;
	const struct value *deploy = l->f->scenario->top.deploy;
	const struct val_prop *target =
		block.ptr && deploy && deploy->kind == VAL_OBJECT ? val_prop(deploy->u.obj, block) : NULL;
	const struct val_prop *env = target ? prop_of(target->value, "env") : NULL;
	const char *key = block.ptr ? arena_printf(l->f->arena, "env_" STR_FMT, STR_ARG(block)) : "";
	const struct val_prop *own = prop_of(l->d->v.raw, key);
	for (uint32_t i = 0; env && env->value->kind == VAL_OBJECT && i < env->value->u.obj->n; i++) {
		const struct val_prop *p = &env->value->u.obj->props[i];
		const char *name = text_c(l->f, p->key);
		const struct val_prop *mine = env_prop(l, name);
		if (!mine || (own && prop_of(own->value, name)) || val_equal_deep(mine->value, p->value))
			continue;
		report_also(report(l->f, "deploy-env-wins", l->app, at_key(mine),
				   "with --env {2} pm2 takes '{1}' from 'deploy', not from here: put it into 'env_{2}'", name,
				   text_c(l->f, block), NULL),
			    p->at, "this wins");
	}
}

/* ---- secrets ---- */

static bool names_a_secret(struct str name)
{
	static const char *const ends[] = {"SECRET", "PASSWORD", "PASSWD", "PASS", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY",
					   "SECRET_KEY", "ACCESS_KEY"};
	static const char *const public[] = {"NEXT_PUBLIC_", "VITE_", "REACT_APP_", "NUXT_PUBLIC_", "VUE_APP_"};
	for (size_t i = 0; i < sizeof public / sizeof *public; i++)
		if (str_starts(name, str_from(public[i])))
			return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct str end = str_from(ends[i]);
		if (str_ends(name, end) && (name.len == end.len || name.ptr[name.len - end.len - 1] == '_' || end.len > 6))
			return true;
	}
	return false;
}

/* postgres://user:password@host */
static bool holds_password(struct str value)
{
	size_t scheme = str_find(value, STR("://")), at = str_rfind_char(value, '@');
	if (scheme == (size_t)-1 || at == (size_t)-1 || at < scheme + 3)
		return false;
	struct str user = str_sub(value, scheme + 3, at);
	size_t colon = str_find(user, STR(":"));
	return colon != (size_t)-1 && colon + 1 < user.len && str_find(user, STR("/")) == (size_t)-1;
}

/* what stands in a file that others fill in, or names where the secret lies */
static bool is_placeholder(struct str value)
{
	static const char *const words[] = {"your", "YOUR", "change", "CHANGE", "example", "xxx", "XXX", "***", "...", "<", "{{", "${",
					    "secret:", "test", "TODO", "dummy", "password@", "placeholder", "replace", "REPLACE"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_find(value, str_from(words[i])) != (size_t)-1)
			return true;
	return value.len < 6 || value.ptr[0] == '/' || value.ptr[0] == '.';
}

static const struct val_prop *secret_in(const struct value *block)
{
	for (uint32_t i = 0; block && block->kind == VAL_OBJECT && i < block->u.obj->n; i++) {
		const struct val_prop *p = &block->u.obj->props[i];
		const struct value *v = p->value;
		if (v->kind == VAL_STRING && v->origin && v->origin->kind == ORIGIN_LITERAL && !is_placeholder(v->u.str) &&
		    (names_a_secret(p->key) || holds_password(v->u.str)))
			return p;
	}
	return NULL;
}

static void secrets(struct look *l)
{
	const struct value *raw = l->d->v.raw;
	const struct val_prop *first = NULL;
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		if (!str_is(p->key, "env") && !str_starts(p->key, STR("env_")))
			continue;
		const struct val_prop *found = secret_in(p->value);
		first = first ? first : found;
	}
	if (first)
		report(l->f, "secret-in-env", l->app, at_key(first),
		       "'{1}' stands here in plain text: 'pm2 save' writes it to ~/.pm2/dump.pm2 and 'pm2 env' shows it; "
		       "take it from the environment or a file outside of the project",
		       text_c(l->f, first->key), NULL);
}

void rules_of_env(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	struct look l = {f, app, d};
	hijacked(&l);
	named_like_the_app(&l);
	not_a_text(&l);
	two_ports(&l);
	instance_number(&l);
	filter(&l);
	deploy_wins(&l);
	secrets(&l);
}
