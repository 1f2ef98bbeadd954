/* Modules: CommonJS and ES modules of the project, JSON, Node's own modules.
 * What is installed from a registry stays unknown. */
#include "analyzers/javascript/eval_internal.h"

struct module *module_new(struct interp *ip, struct str path, const struct js_file *f, bool esm)
{
	struct module *m = arena_new(ip->arena, struct module);
	m->path = path;
	m->f = f;
	m->esm = m->strict = esm;
	*ip->modules_end = m;
	ip->modules_end = &m->next;
	if (!f)
		return m;
	if (js_at(f, 1)->n_kids && js_kind(f, js_kid(f, 1, 0)) == JS_EXPR_STMT) {
		js_node first = js_at(f, js_kid(f, 1, 0))->a;
		m->strict |=
		    js_kind(f, first) == JS_STRING && str_is(js_str(f, first), "use strict");
	}
	m->module_object = arena_new(ip->arena, struct val_object);
	m->module_object->class_name = "module";
	m->exports = val_object_new(ip->arena, NULL);
	m->exports->u.obj->at = (struct place){f->source, {0, 0}};
	if (!esm)
		val_set(ip->arena, m->module_object, STR("exports"), m->exports);
	return m;
}

/* ---- which file a specifier names ---- */

static struct str join_name(struct interp *ip, struct str base, const char *tail)
{
	return str_from(arena_printf(ip->arena, STR_FMT "%s", STR_ARG(base), tail));
}

static bool is_file(struct interp *ip, struct str path)
{
	return fs_kind(ip->fs, path) == FS_FILE;
}

static bool with_extension(struct interp *ip, struct str base, struct str *out)
{
	static const char *const tails[] = {"", ".js", ".json", ".node"};
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		*out = join_name(ip, base, tails[i]);
		if (is_file(ip, *out))
			return true;
	}
	return false;
}

static const struct value *manifest(struct interp *ip, struct str dir)
{
	struct str path = dir.len ? join_name(ip, dir, "/package.json") : STR("package.json"), text;
	const char *error;
	if (!is_file(ip, path) || fs_read(ip->fs, ip->arena, path, &text).text)
		return NULL;
	const struct value *v = json_parse(ip, NULL, text, NULL, &error);
	return is_kind(v, VAL_OBJECT) ? v : NULL;
}

static bool as_directory(struct interp *ip, struct str dir, struct str *out)
{
	if (fs_kind(ip->fs, dir) != FS_DIR)
		return false;
	const struct value *m = manifest(ip, dir),
			   *main = m ? val_get(m->u.obj, STR("main")) : NULL;
	struct str target;
	if (is_kind(main, VAL_STRING) && fs_join(ip->fs, ip->arena, dir, main->u.str, &target) &&
	    (with_extension(ip, target, out) ||
	     with_extension(ip, path_join(ip->arena, target, STR("index")), out)))
		return true;
	return with_extension(ip, path_join(ip->arena, dir, STR("index")), out) &&
	       !is_file(ip, path_join(ip->arena, dir, STR("index")));
}

/* "module", "commonjs", or "" where no package.json says */
static struct str package_type(struct interp *ip, struct str path)
{
	for (struct str dir = path_dir(path);; dir = path_dir(dir)) {
		const struct value *m = manifest(ip, dir),
				   *type = m ? val_get(m->u.obj, STR("type")) : NULL;
		if (m)
			return is_kind(type, VAL_STRING) ? type->u.str : STR("");
		if (!dir.len)
			return STR("");
	}
}

static bool loads_as_esm(struct interp *ip, struct str path, const struct js_file *f)
{
	struct str ext = path_ext(path);
	if (str_is(ext, ".mjs") || str_is(ext, ".cjs"))
		return str_is(ext, ".mjs");
	struct str type = package_type(ip, path);
	return type.len ? str_is(type, "module") : f->is_module;
}

/* ---- loading ---- */

static struct module *loaded(struct interp *ip, struct str path)
{
	for (struct module *m = ip->modules; m; m = m->next)
		if (str_eq(m->path, path))
			return m;
	return NULL;
}

static struct module *load_json(struct frame *fr, js_node n, struct str path)
{
	struct interp *ip = fr->ip;
	struct value *odd;
	const char *error = NULL;
	const struct source *s = read_source(fr, n, path, &odd);
	struct module *m = module_new(ip, path, NULL, false);
	m->started = m->finished = true;
	if (!s) {
		m->json = odd ? odd : unknown(fr, n, "could not be read");
		return m;
	}
	m->json =
	    json_parse(ip, s, str_sub(s->text, source_bom(s->text), s->text.len), NULL, &error);
	if (!m->json)
		throw_error(fr, n, "SyntaxError", STR_FMT ": %s", STR_ARG(path_absolute(ip, path)),
			    error ? error : "");
	return m->json ? m : NULL;
}

/* values keep pointing into the file: all of it moves into the arena, nobody releases it */
static const struct js_file *parse_for_good(struct arena *a, const struct source *s)
{
	struct js_file *f = js_parse(a, s, JS_LANG_JS);
	size_t n = f->atoms.len;
	struct str *text = arena_array(a, struct str, n + 1);
	if (n)
		memcpy(text, f->atoms.text, n * sizeof *text);
	js_file_release(f);
	f->atoms = (struct atoms){.arena = a, .text = text, .len = n};
	return f;
}

/* the module of a file that exists, run; NULL: thrown, or *odd */
static struct module *load_file(struct frame *fr, js_node n, struct str path, struct value **odd)
{
	struct interp *ip = fr->ip;
	struct module *m = loaded(ip, path);
	*odd = NULL;
	if (m)
		return m;
	struct str ext = path_ext(path);
	if (str_is(ext, ".json"))
		return load_json(fr, n, path);
	if (str_is(ext, ".node") || str_is(ext, ".ts") || str_is(ext, ".mts") ||
	    str_is(ext, ".cts") || str_is(ext, ".wasm")) {
		*odd = unknown(fr, n, "loads '" STR_FMT "'", STR_ARG(path));
		return NULL;
	}
	const struct source *s = read_source(fr, n, path, odd);
	if (!s) {
		*odd =
		    *odd ? *odd : unknown(fr, n, "'" STR_FMT "' could not be read", STR_ARG(path));
		return NULL;
	}
	size_t before = ip->arena->bytes;
	const struct js_file *f = parse_for_good(ip->arena, s);
	ip->bytes_start += ip->arena->bytes - before;
	ip->steps += s->text.len / 64;
	if (f->n_troubles) {
		*odd = unknown(fr, n, "'" STR_FMT "' could not be parsed", STR_ARG(path));
		return NULL;
	}
	m = module_new(ip, path, f, loads_as_esm(ip, path, f));
	if (++ip->depth > ip->max_depth) {
		stop(ip, place_of(fr, n), "evaluation stopped: modules nested too deeply");
		return NULL;
	}
	ip->native += 8;
	bool ok = module_run(ip, m);
	ip->native -= 8;
	ip->depth--;
	return ok ? m : NULL;
}

/* a local file: NULL: thrown, or *odd */
static struct module *load_local(struct frame *fr, js_node n, struct str specifier, bool import,
				 struct value **odd)
{
	struct interp *ip = fr->ip;
	struct str path, file;
	*odd = NULL;
	if (str_starts(specifier, STR("file://")))
		specifier = str_sub(specifier, 7, specifier.len);
	if (!ip->fs || ip->bind) {
		*odd = unknown(fr, n, "comes from '" STR_FMT "'", STR_ARG(specifier));
		return NULL;
	}
	if (!fs_join(ip->fs, ip->arena, path_dir(fr->mod->path), specifier, &path)) {
		*odd = unknown(fr, n, "'" STR_FMT "' lies outside of the project root",
			       STR_ARG(specifier));
		return NULL;
	}
	bool found = import ? is_file(ip, path)
			    : with_extension(ip, path, &file) || as_directory(ip, path, &file);
	if (found)
		return load_file(fr, n, import ? path : file, odd);
	throw_error(fr, n, "Error", "Cannot find module '" STR_FMT "'", STR_ARG(specifier));
	val_set(ip->arena, ip->thrown->u.obj, STR("code"),
		string(fr, n, import ? STR("ERR_MODULE_NOT_FOUND") : STR("MODULE_NOT_FOUND")));
	return NULL;
}

static bool is_local(struct str s)
{
	return str_starts(s, STR("./")) || str_starts(s, STR("../")) || str_starts(s, STR("/")) ||
	       str_is(s, ".") || str_is(s, "..") || str_starts(s, STR("file://"));
}

/* a package that fills process.env from files that we do not read */
static void blur_env(struct interp *ip, struct str package)
{
	if (str_find(package, STR("env")) == (size_t)-1)
		return;
	process_object(ip);
	touch_object(ip, ip->env->u.obj);
	ip->env->u.obj->open = true;
}

static struct value *require_package(struct frame *fr, js_node n, struct str name)
{
	struct interp *ip = fr->ip;
	if (str_starts(name, STR("node:")))
		name = str_sub(name, 5, name.len);
	if (str_is(name, "process"))
		return process_object(ip);
	if (str_is(name, "path/posix"))
		return namespace_object(ip, "path");
	bool callable = str_is(name, "assert") || str_is(name, "events") ||
			str_is(name, "stream") || str_is(name, "assert/strict");
	if (is_node_builtin(name) && !callable)
		return namespace_object(ip, arena_cstr(ip->arena, name));
	if (str_is(name, "dotenv"))
		return namespace_object(ip, "dotenv");
	if (str_starts(name, STR("dotenv/config"))) {
		const struct builtin *b = builtin_find("dotenv", '.', STR("config"));
		return b ? call_value(fr, n, builtin_value(ip, b), ip->undefined, NULL, 0) : NULL;
	}
	if (!is_node_builtin(name))
		blur_env(ip, name);
	struct value *v = unknown(fr, n, "comes from the package '" STR_FMT "'", STR_ARG(name));
	if (ip->try_depth) { /* it may not be installed */
		ip->maybe_thrown = true;
		ip->maybe_why = v;
	}
	return v;
}

struct value *require_value(struct frame *fr, js_node n, struct str specifier, bool import)
{
	struct value *odd;
	if (!is_local(specifier))
		return require_package(fr, n, specifier);
	struct module *m = load_local(fr, n, specifier, import, &odd);
	return m ? module_value(fr->ip, m) : odd;
}

/* ---- imports and exports ---- */

static struct value *binding_value(struct frame *fr, struct module *m, js_node ident)
{
	uint32_t binding = m->f->binding_of[ident];
	struct frame inside = {.ip = fr->ip,
			       .mod = m,
			       .f = m->f,
			       .scope = m->scope,
			       .this_ = fr->ip->undefined,
			       .label = JS_NO_ATOM};
	if (binding == JS_NO_ATOM || !m->scope)
		return NULL;
	const struct js_binding *b = &m->f->bindings[binding];
	if (b->kind == JSB_IMPORT)
		return import_value(&inside, ident, b->init);
	struct cell *c = cell_of(&inside, binding);
	return c ? c->v : NULL;
}

/* the top-level statement that holds a declaration */
static js_node statement_of(const struct js_file *f, js_node n)
{
	while (n && js_at(f, n)->parent != 1)
		n = js_at(f, n)->parent;
	return n;
}

struct export
{
	struct str name;
	js_node node; /* JS_IDENT of a declared name, JS_EXPORT_NAME, JS_EXPORT_DEFAULT, JS_EXPORT
			 ("*") */
};

static uint32_t list_exports(struct interp *ip, const struct module *m, struct export **out)
{
	const struct js_file *f = m->f;
	VEC(struct export) list = {0};
	for (uint32_t i = 0; i < js_at(f, 1)->n_kids; i++) {
		js_node n = js_kid(f, 1, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind == JS_EXPORT_DEFAULT)
			vec_push(&list, (struct export){STR("default"), n});
		if (d->kind != JS_EXPORT || (d->flags & JSF_TYPE_ONLY))
			continue;
		for (uint32_t k = 0; k < d->n_kids; k++)
			vec_push(&list,
				 (struct export){js_str(f, js_kid(f, n, k)), js_kid(f, n, k)});
		for (uint32_t b = m->first[1]; d->a && b != JS_NO_ATOM; b = m->next_of[b])
			if (statement_of(f, f->bindings[b].decl) == n)
				vec_push(&list, (struct export){js_atom(f, f->bindings[b].name),
								f->bindings[b].decl});
	}
	*out = arena_array(ip->arena, struct export, list.len + 1);
	if (list.len)
		memcpy(*out, list.ptr, list.len * sizeof **out);
	uint32_t n = (uint32_t)list.len;
	vec_release(&list);
	return n;
}

/* a name of the module that `specifier` gives, as an import sees it */
static struct value *name_of(struct frame *fr, js_node n, struct str specifier, struct str name)
{
	struct value *odd, *v;
	if (is_local(specifier)) {
		struct module *m = load_local(fr, n, specifier, true, &odd);
		if (!m)
			return odd;
		if (!str_is(name, "*") && (m->esm || str_is(name, "default")))
			return m->esm ? export_of(fr, n, m, name) : module_value(fr->ip, m);
		v = module_value(fr->ip, m);
	} else {
		v = require_package(fr, n, specifier);
	}
	if (!v || str_is(name, "*") || str_is(name, "default") || is_unknown(v))
		return v;
	if (is_nullish(v))
		return throw_error(fr, n, "SyntaxError", "'" STR_FMT "' is not exported",
				   STR_ARG(name));
	return get_member(fr, n, v, name);
}

static struct value *export_value(struct frame *fr, js_node n, struct module *m,
				  const struct export *e)
{
	const struct js_file *f = m->f;
	const struct js_node_data *d = js_at(f, e->node);
	if (d->kind == JS_IDENT)
		return binding_value(fr, m, e->node);
	if (d->kind == JS_EXPORT_DEFAULT) {
		js_node a = d->a, name = js_kind(f, a) == JS_FUNCTION || js_kind(f, a) == JS_CLASS
					     ? js_at(f, a)->a
					     : 0;
		return name ? binding_value(fr, m, name)
			    : val_get(m->module_object, STR("default"));
	}
	js_node statement = d->parent;
	if (js_at(f, statement)->str == JS_NO_ATOM)
		return binding_value(fr, m, d->a);
	struct frame inside = {.ip = fr->ip,
			       .mod = m,
			       .f = f,
			       .scope = m->scope,
			       .this_ = fr->ip->undefined,
			       .label = JS_NO_ATOM};
	(void)n;
	return name_of(&inside, e->node, js_str(f, statement), d->a ? js_str(f, d->a) : STR("*"));
}

struct value *export_of(struct frame *fr, js_node n, struct module *m, struct str name)
{
	struct interp *ip = fr->ip;
	struct export *list;
	struct value *odd;
	uint32_t n_list = list_exports(ip, m, &list);
	for (uint32_t i = 0; i < n_list; i++)
		if (str_eq(list[i].name, name)) {
			struct value *v = export_value(fr, n, m, &list[i]);
			if (v || ip->abrupt)
				return v;
			return throw_error(fr, n, "ReferenceError",
					   "Cannot access '" STR_FMT "' before initialization",
					   STR_ARG(name));
		}
	for (uint32_t i = 0; i < n_list && !str_is(name, "default"); i++) {
		if (!str_is(list[i].name, "*") || js_at(m->f, list[i].node)->a)
			continue;
		struct str specifier = js_str(m->f, js_at(m->f, list[i].node)->parent);
		struct frame inside = {.ip = ip,
				       .mod = m,
				       .f = m->f,
				       .scope = m->scope,
				       .this_ = ip->undefined,
				       .label = JS_NO_ATOM};
		struct module *from = is_local(specifier)
					  ? load_local(&inside, list[i].node, specifier, true, &odd)
					  : NULL;
		if (ip->abrupt || !from || !from->esm || ++ip->depth > ip->max_depth)
			return ip->abrupt
				   ? NULL
				   : unknown(fr, n, "comes from '" STR_FMT "'", STR_ARG(specifier));
		struct value *v = export_of(fr, n, from, name);
		ip->depth--;
		if (v || ip->abrupt != ABRUPT_THROWN)
			return v;
		ip->abrupt = ABRUPT_NONE;
	}
	return throw_error(fr, n, "SyntaxError",
			   "The requested module does not provide an export named '" STR_FMT "'",
			   STR_ARG(name));
}

struct value *import_value(struct frame *fr, js_node n, js_node name)
{
	js_node import = js_at(fr->f, name)->parent;
	struct value *v;
	if (fr->ip->bind && fr->ip->bind->lookup &&
	    (v = fr->ip->bind->lookup(fr->ip->bind->ctx, fr->f, n)))
		return v;
	struct str imported = js_str(fr->f, name);
	if (str_is(imported, "="))
		return require_value(fr, n, js_str(fr->f, import), false);
	return name_of(fr, n, js_str(fr->f, import), imported);
}

/* ---- the namespace object of an ES module: names in order of code units ---- */

static void add_export(struct interp *ip, struct frame *fr, struct module *m,
		       const struct export *e, struct val_object *o)
{
	struct value *v = export_value(fr, e->node, m, e);
	if (ip->abrupt == ABRUPT_THROWN)
		ip->abrupt = ABRUPT_NONE;
	if (!str_is(e->name, "*") || js_at(m->f, e->node)->a) {
		struct val_prop *p = val_set(ip->arena, o, e->name, v ? v : ip->undefined);
		js_node at =
		    js_kind(m->f, e->node) == JS_IDENT ? statement_of(m->f, e->node) : e->node;
		p->at = (struct place){m->f->source, js_at(m->f, at)->span};
		return;
	}
	if (!is_kind(v, VAL_OBJECT) || v->u.obj->class_name) {
		o->open = true;
		return;
	}
	for (uint32_t i = 0; i < v->u.obj->n; i++)
		if (!str_is(v->u.obj->props[i].key, "default") &&
		    !val_prop(o, v->u.obj->props[i].key))
			*val_set(ip->arena, o, v->u.obj->props[i].key, v->u.obj->props[i].value) =
			    v->u.obj->props[i];
}

static void sort_names(struct val_object *o)
{
	for (uint32_t i = 1; i < o->n; i++)
		for (uint32_t k = i; k > 0 && u16_cmp(o->props[k - 1].key, o->props[k].key) > 0;
		     k--) {
			struct val_prop swap = o->props[k];
			o->props[k] = o->props[k - 1];
			o->props[k - 1] = swap;
		}
}

static struct value *namespace_of(struct interp *ip, struct module *m)
{
	struct frame fr = {.ip = ip,
			   .mod = m,
			   .f = m->f,
			   .scope = m->scope,
			   .this_ = ip->undefined,
			   .label = JS_NO_ATOM};
	struct export *list;
	enum abrupt abrupt = ip->abrupt;
	uint32_t n = list_exports(ip, m, &list);
	if (m->namespace_)
		return m->namespace_;
	struct value *v = val_object_new(ip->arena, NULL);
	v->u.obj->at = (struct place){m->f->source, js_at(m->f, 1)->span};
	v->u.obj->frozen = true;
	if (m->finished)
		m->namespace_ = v;
	ip->abrupt = ABRUPT_NONE;
	for (uint32_t i = 0; i < n; i++)
		add_export(ip, &fr, m, &list[i], v->u.obj);
	if (ip->abrupt == ABRUPT_NONE)
		ip->abrupt = abrupt;
	sort_names(v->u.obj);
	return v;
}

struct value *module_value(struct interp *ip, struct module *m)
{
	if (m->json)
		return m->json;
	if (m->esm)
		return namespace_of(ip, m);
	struct value *v = val_get(m->module_object, STR("exports"));
	return v ? v : ip->undefined;
}

/* ES modules run what they import first */
static bool run_imports(struct frame *fr)
{
	const struct js_file *f = fr->f;
	for (uint32_t i = 0; i < js_at(f, 1)->n_kids; i++) {
		js_node n = js_kid(f, 1, i);
		const struct js_node_data *d = js_at(f, n);
		if ((d->kind != JS_IMPORT && d->kind != JS_EXPORT) || (d->flags & JSF_TYPE_ONLY) ||
		    d->str == JS_NO_ATOM)
			continue;
		if (!require_value(fr, n, js_str(f, n), true))
			return false;
		/* a name that is not there stops the module before it runs */
		for (uint32_t k = 0; d->kind == JS_IMPORT && k < d->n_kids; k++) {
			js_node name = js_kid(f, n, k);
			struct value *v = import_value(fr, name, name);
			bool linking =
			    fr->ip->abrupt == ABRUPT_THROWN &&
			    is_kind(fr->ip->thrown, VAL_OBJECT) &&
			    str_is(str_from(fr->ip->thrown->u.obj->class_name), "SyntaxError");
			if (!v && (linking || fr->ip->abrupt != ABRUPT_THROWN))
				return false;
			fr->ip->abrupt = ABRUPT_NONE; /* in a cycle: not yet initialised */
		}
	}
	return true;
}

bool module_run(struct interp *ip, struct module *m)
{
	struct frame *outer = ip->frame;
	struct frame fr = {.ip = ip,
			   .mod = m,
			   .f = m->f,
			   .this_ = m->esm ? ip->undefined : m->exports,
			   .label = JS_NO_ATOM};
	js_node chosen = ip->chosen_by;
	struct journal *journal = ip->journal;
	if (m->started)
		return true;
	m->started = true;
	ip->journal = NULL; /* a module runs once: what it sets up is not taken back */
	ip->frame = &fr;
	ip->chosen_by = 0;
	fr.scope = m->scope = scope_new(&fr, NULL, 1);
	bool ok = !m->esm || run_imports(&fr);
	if (ok) {
		ok = exec_list(&fr, 1) != COMP_ABRUPT;
		if (ip->abrupt != ABRUPT_STOPPED)
			resolve_splits(&fr, NULL);
	}
	m->finished = true;
	ip->journal = journal;
	if (journal && ip->env)
		ip->env->u.obj->open = true; /* it may not have run */
	ip->chosen_by = chosen;
	ip->frame = outer;
	return ok;
}
