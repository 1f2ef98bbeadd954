#include "analyzers/program/private.h"

#include "analyzers/program/directory_filter.h"
#include "analyzers/program/static_path.h"

/* What a file asks for by a path: imports, require in all its shapes, paths
 * handed to workers and queues, directories that are loaded file by file. */

struct collector {
	struct program *p;
	struct project *project;
	const struct js_file *f;
	struct file_priv *fp;
	struct arena *a;
	struct directory_filter names; /* that the file picks of a folder: set while one is added */
};

/* ---- adding ---- */

static bool is_source(struct str path)
{
	static const char *const exts[] = {".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"};
	struct str ext = path_ext(path);
	if (str_ends(path, STR(".d.ts")) || str_ends(path, STR(".d.mts")) || str_ends(path, STR(".d.cts")))
		return false;
	for (size_t i = 0; i < sizeof exts / sizeof *exts; i++)
		if (str_is(ext, exts[i]))
			return true;
	return false;
}

static bool is_test(struct str base)
{
	return str_find(base, STR(".spec.")) != (size_t)-1 || str_find(base, STR(".test.")) != (size_t)-1;
}

static void add_file(struct collector *c, js_node at, int edge, struct str path)
{
	struct spec s = {.at = at, .edge = (uint8_t)edge, .kind = RESOLVE_FILE, .path = path, .to = PROG_NONE,
			 .lazy = js_at(c->f, at)->fn != 0};
	vec_push(&c->fp->specs, s);
}

static void add_trouble(struct collector *c, js_node at, const char *why)
{
	struct prog_unresolved u = {.at = at, .why = why};
	vec_push(&c->fp->unresolved, u);
}

/* Addons are built on the machine that runs them, so the file is often not there. cmake-js and older
 * code leave the ending out. */
static bool is_addon(struct str specifier)
{
	return str_ends(specifier, STR(".node")) || str_find(specifier, STR("build/Release/")) != (size_t)-1 ||
	       str_find(specifier, STR("build/Debug/")) != (size_t)-1;
}

/* specifier: relative to the file, or below the root where it was computed */
static bool add_addon(struct collector *c, js_node at, struct str specifier, struct resolution r)
{
	struct prog_addon a = {.at = at, .path = r.path};
	bool relative = str_starts(specifier, STR("."));
	if (!is_addon(specifier) || (!relative && js_kind(c->f, at) == JS_CALL && js_at(c->f, at)->n_kids &&
				     js_kind(c->f, js_kid(c->f, at, 0)) == JS_STRING))
		return false;
	if (r.kind == RESOLVE_MISSING &&
	    !fs_join(c->p->ctx->fs, c->p->ctx->arena, relative ? path_dir(c->f->source->path) : STR(""), specifier,
		     &a.path))
		return false;
	a.path = arena_str(c->p->ctx->arena, a.path);
	vec_push(&c->fp->addons, a);
	return true;
}

static void add_resolution(struct collector *c, js_node at, int edge, struct str specifier,
			   struct resolution r, bool type_only)
{
	struct spec s = {.at = at, .edge = (uint8_t)edge, .kind = (uint8_t)r.kind, .type_only = type_only,
			 .to = PROG_NONE, .lazy = js_at(c->f, at)->fn != 0};
	switch (r.kind) {
	case RESOLVE_FILE:
		if (!is_source(r.path)) {
			s.kind = RESOLVE_ASSET;
			break;
		}
		s.path = r.path;
		break;
	case RESOLVE_BUILTIN:
	case RESOLVE_PACKAGE: {
		struct str sub = r.subpath;
		while (sub.len && (sub.ptr[0] == '.' || sub.ptr[0] == '/'))
			sub = str_sub(sub, 1, sub.len);
		s.module = sub.len ? prog_internf(c->p, STR_FMT "/" STR_FMT, STR_ARG(r.name), STR_ARG(sub))
				   : prog_intern(c->p, r.name);
		break;
	}
	case RESOLVE_MISSING:
		if (!type_only && !add_addon(c, at, specifier, r))
			add_trouble(c, at, arena_printf(c->a, "no file for '" STR_FMT "'", STR_ARG(specifier)));
		break;
	case RESOLVE_ASSET:
		if (!type_only)
			add_addon(c, at, specifier, r);
		break;
	}
	vec_push(&c->fp->specs, s);
}

/* every source file of a folder, and the index files of its subfolders */
static void add_directory(struct collector *c, js_node at, struct str dir, struct str prefix, unsigned depth,
			  bool recursive)
{
	struct fs *fs = c->p->ctx->fs;
	const struct fs_listing *list = fs_list(fs, dir);
	for (size_t i = 0; list && i < list->n; i++) {
		struct str name = list->names[i];
		struct str path = path_join(c->a, dir, name);
		if (str_is(name, "node_modules") || name.ptr[0] == '.')
			continue;
		if (depth == 0 && !str_starts(name, prefix))
			continue;
		if (fs_kind(fs, path) == FS_DIR) {
			if (recursive && depth < 8) {
				add_directory(c, at, path, STR(""), depth + 1, true);
			} else if (depth == 0) {
				struct resolution r = project_resolve(
				    c->project, STR("x.js"),
				    str_from(arena_printf(c->a, "./" STR_FMT, STR_ARG(path))), true);
				if (r.kind == RESOLVE_FILE && is_source(r.path))
					add_file(c, at, EDGE_DIRECTORY, r.path);
			}
		} else if (is_source(name) && !is_test(name) && !str_eq(path, c->f->source->path) &&
			   directory_filter_takes(&c->names, name)) {
			add_file(c, at, EDGE_DIRECTORY, path);
		}
	}
}

/* Strapi loads the folders of its project by their names; src/admin is built for the browser */
static void add_strapi(struct collector *c, js_node at)
{
	static const char *const folders[] = {"src/api", "src/index.js", "src/index.ts", "src/extensions", "src/plugins",
					      "src/middlewares", "src/policies", "config", "api", "extensions"};
	const struct project_package *pkg = project_package_of(c->project, c->f->source->path);
	struct fs *fs = c->p->ctx->fs;
	if (!pkg || str_find(c->f->source->path, STR("src/")) != (size_t)-1)
		return;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		struct str path = path_join(c->a, pkg->dir, str_from(folders[i]));
		enum fs_kind kind = fs_kind(fs, path);
		if (kind == FS_DIR)
			add_directory(c, at, path, STR(""), 0, true);
		else if (kind == FS_FILE)
			add_file(c, at, EDGE_DIRECTORY, path);
	}
}

static void add_specifier(struct collector *c, js_node at, int edge, struct str specifier, bool type_only)
{
	bool require = edge == EDGE_REQUIRE;
	if (str_is(specifier, "@strapi/strapi") && !type_only)
		add_strapi(c, at);
	add_resolution(c, at, edge, specifier, project_resolve(c->project, c->f->source->path, specifier, require),
		       type_only);
}

/* require(x), import(x) where x is not a plain string */
static void add_computed(struct collector *c, js_node at, int edge, js_node arg)
{
	struct path_part part;
	struct str path;
	bool complete;
	if (!path_part_of(c->a, c->f, arg, 0, &part)) {
		add_trouble(c, at, "computed specifier");
		return;
	}
	if (part.complete && !part.absolute) {
		add_specifier(c, at, edge, part.text, false);
		return;
	}
	if (!part.absolute && !str_starts(part.text, STR("."))) {
		add_trouble(c, at, "computed specifier");
		return;
	}
	if (!static_path(c->a, c->f, arg, &path, &complete)) {
		add_trouble(c, at, "computed specifier outside of the project");
		return;
	}
	if (complete) {
		struct str spec = str_from(arena_printf(c->a, "./" STR_FMT, STR_ARG(path)));
		add_resolution(c, at, edge, path, project_resolve(c->project, STR("x.js"), spec, true), false);
		return;
	}
	size_t slash = str_rfind_char(path, '/');
	c->names = directory_filter_of(c->f);
	if (slash == (size_t)-1)
		add_directory(c, at, STR(""), path, 0, part.deep);
	else
		add_directory(c, at, str_sub(path, 0, slash), str_sub(path, slash + 1, path.len), 0, part.deep);
	c->names = (struct directory_filter){STR(""), STR(""), STR("")};
}

/* ---- calls that load ---- */

static bool is_require(const struct js_file *f, js_node callee)
{
	if (js_kind(f, callee) == JS_MEMBER) /* module.require */
		return str_is(js_str(f, callee), "require") && js_is_ident(f, js_at(f, callee)->a, "module");
	if (js_kind(f, callee) != JS_IDENT)
		return false;
	uint32_t b = f->binding_of[callee];
	if (b == JS_NO_ATOM)
		return str_is(js_str(f, callee), "require");
	js_node init = f->bindings[b].init;
	return init && js_kind(f, init) == JS_CALL &&
	       str_is(js_last_name(f, js_at(f, init)->a), "createRequire");
}

/* new Worker(path), fork(path), queue.process(path): code that another thread or child loads */
static void collect_path_arguments(struct collector *c, js_node n)
{
	static const char *const takers[] = {"Worker", "fork", "process", "Piscina", "StaticPool", "DynamicPool"};
	const struct js_file *f = c->f;
	struct str name = js_last_name(f, js_at(f, n)->a);
	size_t i = 0;
	while (i < sizeof takers / sizeof *takers && !str_is(name, takers[i]))
		i++;
	if (i == sizeof takers / sizeof *takers)
		return;
	for (uint32_t k = 0; k < js_at(f, n)->n_kids; k++) {
		js_node arg = js_kid(f, n, k);
		struct str path;
		struct path_part part;
		bool complete;
		if (!path_part_of(c->a, f, arg, 0, &part) || !static_path(c->a, f, arg, &path, &complete) || !complete)
			continue;
		if (!part.absolute && !str_starts(part.text, STR(".")))
			continue;
		struct resolution r = project_resolve(
		    c->project, STR("x.js"), str_from(arena_printf(c->a, "./" STR_FMT, STR_ARG(path))), true);
		if (r.kind == RESOLVE_FILE && is_source(r.path))
			add_file(c, n, EDGE_STRING, r.path);
	}
}

/* { dir: join(__dirname, 'plugins') } of @fastify/autoload and its like; { entities: a glob of entity files } */
static void collect_property(struct collector *c, js_node n)
{
	const struct js_file *f = c->f;
	struct str key = js_key(f, n), path;
	js_node value = js_at(f, n)->b;
	bool complete;
	struct path_part part;
	if (str_is(key, "dir")) {
		if (path_part_of(c->a, f, value, 0, &part) && part.absolute &&
		    static_path(c->a, f, value, &path, &complete) && complete && path.len &&
		    fs_kind(c->p->ctx->fs, path) == FS_DIR)
			add_directory(c, n, path, STR(""), 0, true);
		return;
	}
	if (!(str_is(key, "entities") || str_is(key, "subscribers")) || js_kind(f, value) != JS_ARRAY)
		return;
	for (uint32_t i = 0; i < js_at(f, value)->n_kids; i++) {
		js_node item = js_kid(f, value, i);
		if (!path_part_of(c->a, f, item, 0, &part) || !part.complete ||
		    str_find(part.text, STR("*")) == (size_t)-1)
			continue;
		const struct project_package *pkg = project_package_of(c->project, f->source->path);
		struct str dir = part.absolute || !pkg ? STR("") : pkg->dir;
		struct str pattern = part.text, *found;
		while (pattern.len && pattern.ptr[0] == '/')
			pattern = str_sub(pattern, 1, pattern.len);
		size_t k = project_glob(c->project, dir, pattern, &found);
		for (size_t j = 0; j < k; j++)
			if (is_source(found[j]) && !is_test(found[j]))
				add_file(c, item, EDGE_STRING, found[j]);
	}
}

static void collect_node(struct collector *c, js_node n)
{
	const struct js_file *f = c->f;
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_IMPORT: {
		bool equals = d->n_kids == 1 && str_is(js_str(f, js_kid(f, n, 0)), "=");
		add_specifier(c, n, equals ? EDGE_REQUIRE : EDGE_IMPORT, js_str(f, n), js_import_is_elided(f, n));
		break;
	}
	case JS_EXPORT:
		if (d->str != JS_NO_ATOM)
			add_specifier(c, n, EDGE_REEXPORT, js_str(f, n), (d->flags & JSF_TYPE_ONLY) != 0);
		break;
	case JS_IMPORT_CALL:
		if (js_kind(f, d->a) == JS_STRING)
			add_specifier(c, n, EDGE_DYNAMIC, js_str(f, d->a), false);
		else if (d->a)
			add_computed(c, n, EDGE_DYNAMIC, d->a);
		break;
	case JS_CALL:
		if (d->n_kids && is_require(f, d->a)) {
			js_node arg = js_kid(f, n, 0);
			if (js_kind(f, arg) == JS_STRING)
				add_specifier(c, n, EDGE_REQUIRE, js_str(f, arg), false);
			else
				add_computed(c, n, EDGE_REQUIRE, arg);
			break;
		}
		collect_path_arguments(c, n);
		break;
	case JS_NEW:
		collect_path_arguments(c, n);
		break;
	case JS_PROPERTY:
		collect_property(c, n);
		break;
	default:
		break;
	}
}

void collect_specifiers(struct program *p, struct project *project, const struct js_file *f,
			struct file_priv *fp)
{
	struct collector c = {.p = p, .project = project, .f = f, .fp = fp, .a = priv(p)->arena};
	for (js_node n = 1; n < f->n_nodes; n++)
		collect_node(&c, n);
}
