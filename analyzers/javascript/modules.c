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

struct module *module_load(struct frame *fr, js_node n, struct str specifier, bool import,
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

bool is_local_specifier(struct str s)
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

struct value *require_package(struct frame *fr, js_node n, struct str name)
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
	if (!is_local_specifier(specifier))
		return require_package(fr, n, specifier);
	struct module *m = module_load(fr, n, specifier, import, &odd);
	return m ? module_value(fr->ip, m) : odd;
}

/* ---- running ---- */

struct value *module_value(struct interp *ip, struct module *m)
{
	if (m->json)
		return m->json;
	if (m->esm)
		return module_namespace(ip, m);
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
