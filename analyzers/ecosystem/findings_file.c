#include "analyzers/ecosystem/internal.h"

#include <cjson/cJSON.h>

/* What is wrong with the file and its shape. Consequences were measured on PM2 7.0.4. */

static const struct place nowhere;

static struct place at_start(const struct finding_vec *f)
{
	return (struct place){f->file->source, {0, 0}};
}

/* ecosystem.config.dev.js -> ecosystem.dev.config.js; pm2.js -> pm2.config.js; x.config.ts -> x.config.cjs */
static const char *better_name(struct finding_vec *f, const char *new_ext)
{
	struct str base = path_base(f->file->path), ext = path_ext(f->file->path);
	struct str stem = str_sub(base, 0, base.len - ext.len);
	size_t config = str_find(stem, STR(".config"));
	bool js = str_is(ext, ".js") || str_is(ext, ".cjs") || str_is(ext, ".mjs");
	const char *before = text_c(f, config == (size_t)-1 ? stem : str_sub(stem, 0, config));
	const char *after = config == (size_t)-1 ? "" : text_c(f, str_sub(stem, config + 7, stem.len));
	if (!new_ext)
		new_ext = js ? text_c(f, ext) : ".cjs";
	return arena_printf(f->arena, "%s%s.config%s", before, after, new_ext);
}

static bool loads_elsewhere(const struct finding_vec *f)
{
	for (size_t i = 0; i < f->all->len; i++)
		if (f->all->ptr[i].verdict != ECO_PARSE_ERROR)
			return true;
	return false;
}

static void rule_of_name(struct finding_vec *f)
{
	if (f->file->format != ECO_NOT_A_CONFIG)
		return;
	if (str_find(f->file->source->text, STR("\"pm_exec_path\"")) != (size_t)-1) {
		report(f, "dump-given-as-config", NULL, at_start(f),
		       "'{1}' is what 'pm2 save' wrote: 'pm2 start' would run it as a program; 'pm2 resurrect' reads it, and a config "
		       "is written by hand",
		       text_c(f, path_base(f->file->path)), NULL);
		return;
	}
	report(f, "config-not-recognised", NULL, at_start(f),
	       "pm2 takes '{1}' for a program and runs it, because no part of its name is .config.js, .json or .yml: "
	       "rename it to '{2}'",
	       text_c(f, path_base(f->file->path)), better_name(f, NULL), NULL);
}

static void rule_of_loading(struct finding_vec *f)
{
	const struct evaluation *e = &f->scenario->eval;
	struct place at = e->why_at.source ? e->why_at : at_start(f);
	if (!e->rule || !strcmp(e->rule, "config-not-recognised"))
		return;
	if (!strcmp(e->rule, "commonjs-in-module")) {
		bool by_name = str_is(path_ext(f->file->path), ".mjs");
		report(f, e->rule, NULL, at,
		       "this file is an ES module because of {1}, and 'module.exports' throws there: pm2 starts nothing; "
		       "rename it to '{2}'",
		       by_name ? "its name" : text_c(f, f->file->package_path), better_name(f, ".cjs"), NULL);
	} else if (!strcmp(e->rule, "esm-default-export")) {
		report(f, e->rule, NULL, at,
		       "pm2 does not look at a default export, finds no app and starts nothing: use module.exports in '{1}', or "
		       "'export const apps' with Node 20.19 or later",
		       better_name(f, ".cjs"), NULL);
	} else if (!strcmp(e->rule, "config-exports-function")) {
		report(f, e->rule, NULL, at,
		       "pm2 does not call the exported function, finds no app and starts nothing: export the object itself",
		       NULL);
	} else if (!strcmp(e->rule, "json-comment-swallows-bracket")) {
		struct eco_finding *x =
			report(f, e->rule, NULL, at,
			       "pm2 evaluates this file between brackets, and the comment at its end swallows the closing one: it "
			       "starts nothing; end the file with a line break",
			       NULL);
		x->fix = fix_insert(f, (uint32_t)f->file->source->text.len, "\n", true);
	} else if (!strcmp(e->rule, "config-not-followed")) {
		report(f, e->rule, NULL, at,
		       "this config could not be followed to its end ({1}), so nothing of it was checked: write it more plainly", e->why, NULL);
	} else {
		struct eco_finding *x = report(f, "config-does-not-load", NULL, at,
					       "pm2 cannot load this config and starts nothing: {1}", e->why, NULL);
		if (loads_elsewhere(f))
			x->level = ECO_LEVEL_NOTE;
	}
}

static void rule_of_strictness(struct finding_vec *f)
{
	if (f->file->format != ECO_JSON || f->scenario->eval.verdict != ECO_STARTS)
		return;
	const char *end = NULL;
	struct str text = f->file->source->text;
	uint32_t bom = source_bom(text);
	cJSON *json = cJSON_ParseWithLengthOpts(text.ptr + bom, text.len - bom, &end, 0);
	bool strict = json != NULL;
	for (; strict && end && end < text.ptr + text.len; end++)
		strict = strchr(" \t\r\n", *end) != NULL;
	cJSON_Delete(json);
	const struct js_file *js = f->file->file;
	js_node top = js_at(js, 1)->n_kids ? js_at(js, js_kid(js, 1, 0))->a : 0;
	if (js_kind(js, top) == JS_SEQUENCE)
		report(f, "json-several-values", NULL, (struct place){f->file->source, js_at(js, js_kid(js, top, 0))->span},
		       "several values stand here side by side: pm2 takes only the last and loses the others; put all apps into "
		       "one 'apps' list",
		       NULL);
	else if (!strict)
		report(f, "json-not-strict", NULL, at_start(f),
		       "this is JavaScript in a .json file: pm2 evaluates it, but every other tool refuses it; rename it to '{1}' "
		       "and begin with module.exports =",
		       better_name(f, ".cjs"), NULL);
}

static bool holds_apps(const struct value *v)
{
	if (v->kind == VAL_ARRAY)
		return v->u.arr->n && v->u.arr->items[0] && prop_of(v->u.arr->items[0], "script");
	if (v->kind != VAL_OBJECT)
		return false;
	for (uint32_t i = 0; i < v->u.obj->n; i++)
		if (prop_of(v->u.obj->props[i].value, "script"))
			return true;
	return false;
}

static const struct val_prop *only_prop(const struct value *v, bool (*test)(const struct value *))
{
	const struct val_prop *found = NULL;
	for (uint32_t i = 0; v->kind == VAL_OBJECT && i < v->u.obj->n; i++) {
		if (!test(v->u.obj->props[i].value))
			continue;
		if (found)
			return NULL;
		found = &v->u.obj->props[i];
	}
	return found;
}

static bool names_a_script(const struct value *v)
{
	return prop_of(v, "script") || prop_of(v, "exec") || prop_of(v, "cmd") || prop_of(v, "command");
}

/* pm2 takes the whole value, or a map of apps, for one app and finds no script in it */
static bool rule_of_missing_apps(struct finding_vec *f)
{
	const struct top_level *top = &f->scenario->top;
	const struct value *v = top->n_apps == 1 ? top->apps[0] : NULL;
	if (!v || (top->apps_prop && top->apps_prop->value->kind == VAL_ARRAY) || top->value->kind == VAL_ARRAY)
		return false;
	if (v->kind == VAL_UNKNOWN || (v->kind == VAL_OBJECT && (v->u.obj->open || names_a_script(v))) || is_nothing(v) ||
	    v->kind == VAL_FUNCTION)
		return false;
	if (top->statics && !top->apps_prop) {
		report(f, "static-without-apps", NULL, at_key(prop_of(top->value, "static")),
		       "pm2 starts the static server, but takes this object for an app as well and ends with status 1: write "
		       "'apps: []' beside it",
		       NULL);
		return true;
	}
	if (top->deploy && v == top->value)
		return true; /* for pm2 deploy alone */
	if (!top->apps_prop && v->kind == VAL_OBJECT && prop_of(v, "name") && !only_prop(v, holds_apps))
		return false; /* one app that has lost its script */
	struct place at = written_place(v);
	struct eco_finding *x = report(f, "config-no-apps", NULL, at.source ? at : at_start(f),
				       "pm2 finds neither a list 'apps' nor a 'script' here and starts nothing: put the apps into a "
				       "list under 'apps'",
				       NULL);
	const struct val_prop *meant = top->apps_prop ? NULL : only_prop(v, holds_apps);
	if (meant && meant->value->kind == VAL_ARRAY) {
		x->fix = fix_key(f, meant, "apps", true);
		x->at = at_key(meant);
	}
	return true;
}

static void rule_of_entries(struct finding_vec *f)
{
	const struct top_level *top = &f->scenario->top;
	for (size_t i = 0; i < top->n_apps; i++) {
		const struct value *v = top->apps[i];
		struct place at = v ? written_place(v) : nowhere;
		if (!v || is_nothing(v))
			report(f, "app-is-null", NULL, at,
			       "one of the apps is {1}: pm2 crashes with a stack trace and starts nothing; remove it",
			       v ? (v->kind == VAL_NULL ? "null" : "undefined") : "a hole in the list", NULL);
		else if (v->kind != VAL_OBJECT && v->kind != VAL_UNKNOWN)
			report(f, "app-not-an-object", NULL, at,
			       "an app must be an object with a 'script', but this is {1}: pm2 skips it",
			       val_show(f->arena, v, 40), NULL);
	}
}

static void rule_of_top_level(struct finding_vec *f)
{
	const struct top_level *top = &f->scenario->top;
	bool package = str_is(path_base(f->file->path), "package.json");
	if (top->under_pm2 && !package)
		report(f, "apps-under-pm2", NULL, at_key(top->apps_prop),
		       "'pm2 stop' and 'pm2 delete' do nothing with a file whose apps are under 'pm2': call the key 'apps'", NULL)
			->fix = fix_key(f, top->apps_prop, "apps", true);
	if (!top->apps_prop || package || f->file->as_esm || top->value->kind != VAL_OBJECT)
		return;
	for (uint32_t i = 0; i < top->value->u.obj->n; i++) {
		const struct val_prop *p = &top->value->u.obj->props[i];
		if (schema_find(p->key, NULL) != N_SCHEMA_KEYS && !str_is(p->key, "name") && !str_is(p->key, "namespace"))
			report(f, "option-beside-apps", NULL, at_key(p),
			       "'{1}' stands beside 'apps', where pm2 ignores it: move it into each app", text_c(f, p->key), NULL);
	}
}

struct walk {
	struct finding_vec *f;
	int depth;
	size_t left;
};

static void find_duplicates(struct walk *w, const struct value *v)
{
	if (!v || w->depth > 8 || w->left == 0)
		return;
	w->left--;
	w->depth++;
	for (uint32_t i = 0; v->kind == VAL_ARRAY && i < v->u.arr->n; i++)
		find_duplicates(w, v->u.arr->items[i]);
	for (uint32_t i = 0; v->kind == VAL_OBJECT && i < v->u.obj->n; i++) {
		const struct val_prop *p = &v->u.obj->props[i];
		if (p->duplicate && !p->from_spread && p->key_at.source == w->f->file->source)
			report(w->f, "duplicate-key", NULL, p->key_at,
			       "'{1}' stands twice in this object: the first one is lost; keep one", text_c(w->f, p->key), NULL);
		find_duplicates(w, p->value);
	}
	w->depth--;
}

static void rules_of_shape(struct finding_vec *f)
{
	const struct top_level *top = &f->scenario->top;
	if (is_nothing(top->value)) {
		report(f, "config-is-empty", NULL, at_start(f),
		       "the config is {1}: pm2 crashes with a stack trace and starts nothing; give it a list 'apps'",
		       top->value->kind == VAL_NULL ? "null" : "empty", NULL);
		return;
	}
	if (top->crashes)
		report(f, "static-not-a-list", NULL, at_key(prop_of(top->value, "static")),
		       "'static' must be a list of objects: pm2 crashes with a stack trace and starts nothing", NULL);
	/* 'apps: []' beside 'deploy' is usual in a front end, which pm2 only deploys */
	if (top->n_apps == 0 && !top->more && !top->statics && !top->deploy)
		report(f, "apps-empty", NULL, top->apps_prop ? at_key(top->apps_prop) : at_start(f),
		       "there is no app in this config: pm2 starts nothing and reports success", NULL);
	if (top->more)
		report(f, "apps-not-decided", NULL, top->apps_prop ? at_key(top->apps_prop) : at_start(f),
		       "not all apps can be seen from here ({1}): what is not listed is not checked", top->more_why, NULL);
	if (!rule_of_missing_apps(f))
		rule_of_entries(f);
	rule_of_top_level(f);
	find_duplicates(&(struct walk){.f = f, .left = 20000}, top->value);
}

void rules_of_file(struct finding_vec *f)
{
	rule_of_name(f);
	rule_of_loading(f);
	rule_of_strictness(f);
	if (f->scenario->eval.exports && f->scenario->eval.verdict != ECO_NO_APPS)
		rules_of_shape(f);
}
