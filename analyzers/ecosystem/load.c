#include "analyzers/ecosystem/internal.h"

#include "base/buf.h"

/* A file by its name: how it is read, how Node would load it, what PM2 gets of it. */

enum eco_format eco_format_of(struct str path)
{
	static const struct {
		const char *part;
		enum eco_format format;
	} names[] = {
		{".json", ECO_JSON},	  {".yml", ECO_YAML},	     {".yaml", ECO_YAML},
		{".config.js", ECO_JS},	  {".config.cjs", ECO_JS},   {".config.mjs", ECO_MJS},
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_find(path, str_from(names[i].part)) != (size_t)-1)
			return names[i].format;
	return ECO_NOT_A_CONFIG;
}

/* How the text is read. A file that PM2 would run as a program is read by its extension, so that
 * the finding about its name is not the only one. */
enum reading { READ_JS, READ_JSON, READ_YAML, READ_NOT, READ_TOO_LARGE, READ_UTF16 };

/* The longest of 441 public configs has 4 KiB; to parse this much takes a third of a second. */
enum { MAX_CONFIG = 256 * 1024 };

static enum reading reading_of(const struct loaded *file)
{
	static const char *const js[] = {".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx"};
	struct str text = file->source->text;
	if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
		return READ_UTF16;
	if (text.len > MAX_CONFIG)
		return READ_TOO_LARGE;
	switch (file->format) {
	case ECO_JSON:
		return READ_JSON;
	case ECO_YAML:
		return READ_YAML;
	case ECO_JS:
	case ECO_MJS:
		return READ_JS;
	case ECO_NOT_A_CONFIG:
		break;
	}
	struct str ext = path_ext(file->path);
	for (size_t i = 0; i < sizeof js / sizeof *js; i++)
		if (str_is(ext, js[i]))
			return READ_JS;
	if (str_is(ext, ".JSON"))
		return READ_JSON;
	return str_is(ext, ".YML") || str_is(ext, ".YAML") ? READ_YAML : READ_NOT;
}

/* ---- package.json ---- */

static struct str package_type(const struct context *ctx, struct loaded *file)
{
	for (struct str dir = file->dir;; dir = path_dir(dir)) {
		struct str path = path_join(ctx->arena, dir, STR("package.json")), text;
		if (fs_kind(ctx->fs, path) == FS_FILE && !fs_read(ctx->fs, ctx->arena, path, &text).text) {
			file->package_path = path;
			const struct source *source = source_new(ctx->arena, path, text);
			struct js_file *json = eval_parse_json(ctx->arena, source);
			const struct eval_options o = {.ctx = ctx, .path = path};
			const struct eval_result *r = eval_json(ctx->arena, json, &o);
			struct str type = {0};
			if (r->exports) {
				const struct val_prop *p = prop_of(r->exports, "type");
				if (p && p->value->kind == VAL_STRING)
					type = p->value->u.str;
			}
			return type;
		}
		if (dir.len == 0)
			return (struct str){0};
	}
}

/* .mjs and .cjs decide; .js goes by the nearest package.json; without "type" Node looks at the syntax */
static void decide_module(const struct context *ctx, struct loaded *file)
{
	struct str ext = path_ext(file->path), type = package_type(ctx, file);
	bool by_package = str_is(ext, ".js") || str_is(ext, ".ts");
	file->module_package = str_is(type, "module");
	if (str_is(ext, ".mjs") || str_is(ext, ".mts"))
		file->as_esm = true;
	else if (str_is(ext, ".cjs") || str_is(ext, ".cts"))
		file->as_esm = false;
	else if (by_package && type.ptr)
		file->as_esm = file->module_package;
	else
		file->as_esm = file->file->is_module;
}

/* ---- evaluation ---- */

static void refuse(struct evaluation *e, const char *rule, const char *why, struct place at)
{
	if (e->verdict != ECO_STARTS)
		return;
	e->verdict = ECO_PARSE_ERROR;
	e->rule = rule;
	e->why = why;
	e->why_at = at;
}

static const char *thrown_text(const struct context *ctx, const struct value *thrown)
{
	const char *text = val_to_string(ctx->arena, thrown);
	return arena_printf(ctx->arena, "it throws %s", text ? text : "an error");
}

static bool awaits_at_top_level(const struct js_file *f, js_node *where)
{
	for (js_node n = 1; n < f->n_nodes; n++) {
		const struct js_node_data *d = js_at(f, n);
		bool waits = d->kind == JS_AWAIT || (d->kind == JS_FOR_IN && (d->flags & JSF_AWAIT));
		*where = n;
		if (waits && d->fn == 0)
			return true;
	}
	return false;
}

/* our own limit says nothing about PM2 */
static void give_up(struct evaluation *e, const char *why, struct place at)
{
	refuse(e, "config-not-followed", why, at);
	e->verdict = ECO_UNDECIDED;
	e->hopeless = true;
	e->exports = NULL;
}

static void take_result(const struct context *ctx, struct evaluation *e, const struct eval_result *r)
{
	e->result = r;
	e->exports = r->exports;
	if (r->trouble && (str_starts(str_from(r->trouble), STR("evaluation stopped")) || !strcmp(r->trouble, JS_TOO_DEEP))) {
		give_up(e, r->trouble, r->trouble_at);
	} else if (r->trouble) {
		refuse(e, "config-does-not-load", r->trouble, r->trouble_at);
		e->hopeless = true;
		e->exports = NULL;
	} else if (r->thrown) {
		struct place at = written_place(r->thrown);
		refuse(e, "config-does-not-load", thrown_text(ctx, r->thrown), at.source ? at : r->trouble_at);
		e->exports = NULL;
	} else if (r->exits) {
		refuse(e, "config-does-not-load", "it calls process.exit", r->trouble_at);
		e->exports = NULL;
	}
}

static struct evaluation evaluate_json(const struct context *ctx, const struct loaded *file, const struct eval_options *o)
{
	struct evaluation e = {0};
	const struct js_file *f = file->file;
	struct str text = file->source->text;
	for (uint32_t i = 0; i < f->n_comments; i++) {
		struct span s = f->comments[i].span;
		bool line = s.start + 1 < text.len && text.ptr[s.start + 1] == '/';
		if (line && s.end >= text.len)
			refuse(&e, "json-comment-swallows-bracket", "the comment at its end swallows the bracket that pm2 adds",
			       (struct place){file->source, s});
	}
	take_result(ctx, &e, eval_json(ctx->arena, f, o));
	return e;
}

static void check_refused(const struct context *ctx, const struct loaded *file, struct evaluation *e)
{
	uint32_t n;
	js_node where;
	const struct js_file *f = file->file;
	const struct js_trouble *t = js_refused_by_node(ctx->arena, f, file->as_esm, &n);
	if (n)
		refuse(e, "config-does-not-load", t[0].message, (struct place){file->source, t[0].span});
	if (file->as_esm && awaits_at_top_level(f, &where))
		refuse(e, "config-does-not-load", "require() cannot wait for 'await' at the top level",
		       (struct place){file->source, js_at(f, where)->span});
}

/* module.exports in what Node takes for an ES module: the model shows what was meant */
static void try_as_commonjs(const struct context *ctx, const struct loaded *file, const struct eval_options *o,
			    struct evaluation *e)
{
	if (!file->as_esm || file->file->is_module || !e->result->thrown)
		return;
	const struct eval_result *r = eval_module(ctx->arena, file->file, false, o);
	if (r->thrown || r->trouble || r->exits)
		return;
	e->result = r;
	e->exports = r->exports;
	e->rule = "commonjs-in-module";
}

static struct evaluation evaluate_js(const struct context *ctx, const struct loaded *file, const struct eval_options *o)
{
	struct evaluation e = {0};
	if (file->file->n_troubles) {
		const struct js_trouble *t = &file->file->troubles[0];
		struct place at = {file->source, t->span};
		if (!strcmp(t->message, JS_TOO_DEEP))
			give_up(&e, t->message, at);
		else
			refuse(&e, "config-does-not-load", t->message, at);
		e.hopeless = true;
		return e;
	}
	check_refused(ctx, file, &e);
	take_result(ctx, &e, eval_module(ctx->arena, file->file, file->as_esm, o));
	try_as_commonjs(ctx, file, o, &e);
	return e;
}

static struct evaluation evaluate_yaml(const struct context *ctx, const struct loaded *file)
{
	struct evaluation e = {0};
	struct yaml_result y = yaml_read(ctx->arena, file->source, ctx->pm2_major);
	e.exports = y.value;
	if (y.error) {
		refuse(&e, "config-does-not-load", y.error, y.at);
		e.hopeless = true;
	}
	return e;
}

/* What PM2 takes for the config is an object without apps: a default export, a function to be called.
 * The model goes on with what was meant. */
static void look_inside(struct evaluation *e)
{
	const struct value *v = e->exports;
	if (!v || e->verdict != ECO_STARTS)
		return;
	if (v->kind == VAL_FUNCTION) {
		e->verdict = ECO_NO_APPS;
		e->rule = "config-exports-function";
		e->why_at = written_place(v);
		return;
	}
	const struct val_prop *meant = prop_of(v, "default");
	if (!meant || v->u.obj->open || prop_of(v, "apps") || prop_of(v, "pm2") || prop_of(v, "script"))
		return;
	e->verdict = ECO_NO_APPS;
	e->rule = "esm-default-export";
	e->why_at = meant->at.source ? meant->at : written_place(meant->value);
	e->exports = meant->value;
}

/* PM2 loads the config in the process of its command line: `pm2 start FILE [--env BLOCK]` */
static size_t command_line(const struct loaded *file, struct str block, struct str argv[static 6])
{
	size_t n = 0;
	argv[n++] = STR("/usr/bin/node");
	argv[n++] = STR("/usr/bin/pm2");
	argv[n++] = STR("start");
	argv[n++] = path_base(file->path);
	if (block.ptr) {
		argv[n++] = STR("--env");
		argv[n++] = block;
	}
	return n;
}

struct evaluation evaluate(const struct context *ctx, const struct loaded *file, const struct eco_scenario *s)
{
	static const struct env_var none;
	struct str argv[6];
	const struct eval_options o = {.ctx = ctx,
				       .path = file->path,
				       .env = s->env ? s->env : &none,
				       .n_env = s->n_env,
				       .argv = argv,
				       .n_argv = command_line(file, s->env_block, argv)};
	struct evaluation e = {0};
	switch (reading_of(file)) {
	case READ_JS:
		e = evaluate_js(ctx, file, &o);
		break;
	case READ_JSON:
		e = evaluate_json(ctx, file, &o);
		break;
	case READ_YAML:
		e = evaluate_yaml(ctx, file);
		break;
	case READ_UTF16:
		refuse(&e, "config-does-not-load", "it is UTF-16, and Node reads UTF-8: save it as UTF-8", (struct place){file->source, {0, 0}});
		e.hopeless = true;
		break;
	case READ_TOO_LARGE:
		give_up(&e, "it is larger than 256 KiB", (struct place){file->source, {0, 0}});
		break;
	case READ_NOT:
		refuse(&e, "config-not-recognised", "its name is none that pm2 takes for a config", (struct place){file->source, {0, 0}});
		e.hopeless = true;
		break;
	}
	look_inside(&e);
	if (file->format == ECO_NOT_A_CONFIG)
		e.verdict = ECO_SCRIPT;
	return e;
}

/* ---- the result ---- */

static void take_deploy(const struct context *ctx, const struct scenario_detail *s, struct eco_config *out)
{
	const struct value *deploy = s->top.deploy;
	if (!deploy || deploy->kind != VAL_OBJECT)
		return;
	struct eco_deploy_host *list = arena_array(ctx->arena, struct eco_deploy_host, deploy->u.obj->n);
	for (uint32_t i = 0; i < deploy->u.obj->n; i++) {
		const struct val_prop *p = &deploy->u.obj->props[i];
		const struct val_prop *host = prop_of(p->value, "host");
		list[i] = (struct eco_deploy_host){.env = p->key, .at = p->at};
		if (host && host->value->kind == VAL_STRING)
			list[i].hosts = 1;
		else if (host && host->value->kind == VAL_ARRAY && !host->value->u.arr->open)
			list[i].hosts = host->value->u.arr->n;
	}
	out->deploy = list;
	out->n_deploy = deploy->u.obj->n;
}

static void take_models(const struct context *ctx, const struct scenario_list *all, struct eco_config *out)
{
	struct eco_scenario_model *models = arena_array(ctx->arena, struct eco_scenario_model, all->len);
	for (size_t i = 0; i < all->len; i++) {
		const struct scenario_detail *s = &all->ptr[i];
		models[i] = (struct eco_scenario_model){
			.scenario = &s->scenario,
			.apps = s->apps,
			.n_apps = s->n_apps,
			.starts_nothing = s->verdict != ECO_STARTS && s->verdict != ECO_UNDECIDED,
			.verdict = s->verdict,
			.more_apps = s->top.more,
			.more_why = s->top.more_why,
		};
	}
	out->models = models;
	out->n_models = all->len;
}

static void take_files(const struct context *ctx, const struct loaded *file, const struct scenario_list *all,
		       struct eco_config *out)
{
	size_t n = 1;
	for (size_t i = 0; i < all->len; i++)
		n += all->ptr[i].eval.result ? all->ptr[i].eval.result->n_files : 0;
	const struct source **files = arena_array(ctx->arena, const struct source *, n);
	files[out->n_files++] = file->source;
	for (size_t i = 0; i < all->len; i++) {
		const struct eval_result *r = all->ptr[i].eval.result;
		for (uint32_t k = 0; r && k < r->n_files; k++) {
			bool seen = false;
			for (size_t m = 0; m < out->n_files; m++)
				seen |= str_eq(files[m]->path, r->files[k]->path);
			if (!seen)
				files[out->n_files++] = r->files[k];
		}
	}
	out->files = files;
}

static struct eco_config *load(const struct context *ctx, struct str path, struct str text, struct str only)
{
	struct arena *a = ctx->arena;
	struct loaded file = {.path = path, .dir = path_dir(path), .format = eco_format_of(path)};
	struct eco_config *out = arena_new(a, struct eco_config);
	struct js_file *f = NULL;
	file.source = source_new(a, path, text);
	enum reading reading = reading_of(&file);
	if (reading == READ_JS)
		f = js_parse(a, file.source, js_language_of(path));
	else if (reading == READ_JSON)
		f = eval_parse_json(a, file.source);
	file.file = f;
	if (reading == READ_JS)
		decide_module(ctx, &file);
	struct scenario_list all = explore(ctx, &file, only);
	out->source = file.source;
	out->format = file.format;
	out->file = file.file;
	const struct scenario_detail *base = &all.ptr[0];
	for (size_t i = 0; i < all.len; i++)
		out->loadable |= !all.ptr[i].eval.hopeless && all.ptr[i].eval.exports;
	out->why_not = out->loadable ? NULL : base->eval.why;
	out->why_not_at = base->eval.why_at;
	take_models(ctx, &all, out);
	take_deploy(ctx, base, out);
	take_files(ctx, &file, &all, out);
	if (all.bounded)
		out->notes[out->n_notes++] = "the environment decides in more than 32 ways; the rest was not looked at";
	find_all(ctx, &file, &all, out);
	return out;
}

struct err eco_load(const struct context *ctx, struct str path, struct str only, struct eco_config **out)
{
	struct str text;
	struct err err = fs_read(ctx->fs, ctx->arena, path, &text);
	*out = err.text ? NULL : load(ctx, path, text, only);
	return err;
}

struct eco_config *eco_load_text(const struct context *ctx, struct str path, struct str text, struct str only)
{
	return load(ctx, path, text, only);
}
