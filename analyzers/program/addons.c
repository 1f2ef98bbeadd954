#include "analyzers/program/addons.h"

#include "base/vec.h"

struct search {
	const struct program *p;
	struct arena *a;
	VEC(struct prog_native) found;
};

static bool is_same(const struct prog_native *a, const struct prog_native *b)
{
	if (!a->target || !b->target)
		return !a->target && !b->target && str_eq(a->dir, b->dir);
	return str_eq(a->target->described_in, b->target->described_in) &&
	       (str_eq(a->target->name, b->target->name) || !a->target->name.len ||
		!b->target->name.len);
}

static void add(struct search *s, struct prog_native n)
{
	for (size_t i = 0; i < s->found.len; i++)
		if (is_same(&s->found.ptr[i], &n))
			return;
	vec_push(&s->found, n);
}

/* the nearest folder from `dir` up to `top` that builds it */
static const struct native_target *find_target(struct search *s, struct str dir, struct str top,
					       struct str name)
{
	for (;; dir = path_dir(dir)) {
		const struct native_target *t = NULL;
		if (native_is_likely(s->p->project, dir))
			t = native_units_for_dir(s->p->project, dir, false, name);
		if (t || str_eq(dir, top) || !dir.len)
			return t;
	}
}

static struct str without_ending(struct str name)
{
	return str_ends(name, STR(".node")) ? str_sub(name, 0, name.len - 5) : name;
}

/* ---- by path ---- */

static void add_path(struct search *s, prog_id file, const struct prog_addon *a)
{
	struct str dir = path_dir(a->path), name = without_ending(path_base(a->path));
	/* prebuilt files are named after platforms, not after targets */
	if (str_find(a->path, STR("prebuilds/")) != (size_t)-1)
		name = STR("");
	add(s, (struct prog_native){file, a->at, dir, name, find_target(s, dir, STR(""), name)});
}

/* ---- by a loader ---- */

static bool is_loader(const struct entity *e)
{
	static const char *const loaders[] = {"bindings", "node-gyp-build",
					      "node-gyp-build-optional-packages", "pkg-prebuilds"};
	for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
		if (entity_is(e, loaders[i], "default"))
			return true;
	/* find(path of package.json): its binding.gyp has the target that `binary` names */
	return entity_is(e, "@mapbox/node-pre-gyp", "find") || entity_is(e, "node-pre-gyp", "find");
}

/* bindings('x'), bindings({ bindings: 'x' }) */
static struct str target_name(const struct search *s, const struct prog_call *call)
{
	const struct js_file *js = s->p->files[call->file].js;
	if (!entity_is(&call->callee, "bindings", "default") || !js_at(js, call->node)->n_kids)
		return STR("");
	js_node arg = js_kid(js, call->node, 0);
	prog_id file = call->file;
	bool open;
	if (js_kind(js, arg) != JS_STRING &&
	    !prog_option(s->p, call->file, arg, "bindings", &file, &arg, &open))
		return STR("");
	js = s->p->files[file].js;
	return js_kind(js, arg) == JS_STRING ? without_ending(path_base(js_str(js, arg))) : STR("");
}

/* both start from the package of the file that calls them */
static void add_loaded(struct search *s, const struct prog_call *call)
{
	struct str path = s->p->files[call->file].source->path;
	const struct project_package *pkg = project_package_of(s->p->project, path);
	struct str name = target_name(s, call), dir = path_dir(path);
	struct str top = pkg ? pkg->dir : STR("");
	const struct native_target *t = find_target(s, dir, top, name);
	add(s, (struct prog_native){call->file, call->node, top, name, t});
}

/* ---- by a path that is worked out at run time ---- */

static bool is_computed(const struct js_file *js, js_node n)
{
	const struct js_node_data *d = js_at(js, n);
	if (js_kind(js, n) != JS_CALL || d->n_kids == 0)
		return false;
	if (js_kind(js, d->a) == JS_IDENT && str_is(js_str(js, d->a), "require"))
		return js_kind(js, js_kid(js, n, 0)) != JS_STRING;
	return js_kind(js, d->a) == JS_MEMBER && str_is(js_str(js, d->a), "dlopen");
}

/* In a package that npm builds an addon for, such a call loads it: there is no other way to come to it. */
static void add_computed(struct search *s, prog_id file)
{
	struct str path = s->p->files[file].source->path;
	const struct project_package *pkg = project_package_of(s->p->project, path);
	const struct js_file *js = s->p->files[file].js;
	if (!pkg || !native_is_likely(s->p->project, pkg->dir))
		return;
	for (js_node n = 1; n < js->n_nodes; n++) {
		if (!is_computed(js, n))
			continue;
		const struct native_target *t = find_target(s, pkg->dir, pkg->dir, STR(""));
		if (t)
			add(s, (struct prog_native){file, n, pkg->dir, STR(""), t});
		return;
	}
}

/* ---- dependencies ---- */

static void add_dependency(struct search *s, prog_id file, js_node at, struct str specifier)
{
	struct str from = path_dir(s->p->files[file].source->path);
	struct str name = specifier;
	size_t slashes = specifier.len && specifier.ptr[0] == '@' ? 2 : 1;
	if (!specifier.len || specifier.ptr[0] == '.' || specifier.ptr[0] == '/')
		return;
	for (size_t i = 0; i < specifier.len; i++)
		if (specifier.ptr[i] == '/' && --slashes == 0) {
			name = str_sub(specifier, 0, i);
			break;
		}
	for (struct str dir = from;; dir = path_dir(dir)) {
		struct str at_dir =
		    path_join(s->a, dir,
			      str_from(arena_printf(s->a, "node_modules/" STR_FMT, STR_ARG(name))));
		if (fs_kind(s->p->ctx->fs, at_dir) == FS_DIR) {
			const struct native_target *t = find_target(s, at_dir, at_dir, STR(""));
			if (!t) /* sharp */
				t = find_target(s, path_join(s->a, at_dir, STR("src")), at_dir, STR(""));
			if (t || native_is_prebuilt(s->p->project, at_dir))
				add(s, (struct prog_native){file, at, at_dir, t ? STR("") : name, t});
			return;
		}
		if (!dir.len)
			return;
	}
}

static void add_dependencies(struct search *s, prog_id file)
{
	const struct js_file *js = s->p->files[file].js;
	for (js_node n = 1; n < js->n_nodes; n++) {
		const struct js_node_data *d = js_at(js, n);
		if (js_kind(js, n) == JS_IMPORT && !(d->flags & JSF_TYPE_ONLY))
			add_dependency(s, file, n, js_str(js, n));
		else if (js_kind(js, n) == JS_CALL && d->n_kids == 1 &&
			 js_kind(js, d->a) == JS_IDENT && str_is(js_str(js, d->a), "require") &&
			 js_kind(js, js_kid(js, n, 0)) == JS_STRING)
			add_dependency(s, file, n, js_str(js, js_kid(js, n, 0)));
	}
}

size_t prog_natives(const struct program *p, uint32_t app, bool dependencies,
		    const struct prog_native **out)
{
	struct search s = {.p = p, .a = p->ctx->arena};
	for (prog_id f = 0; f < p->n_files; f++) {
		if (!p->files[f].js || !prog_loads(p, app, f))
			continue;
		for (size_t i = 0; i < p->files[f].n_addons; i++)
			add_path(&s, f, &p->files[f].addons[i]);
		if (dependencies)
			add_dependencies(&s, f);
	}
	for (size_t i = 0; i < p->n_calls; i++)
		if (is_loader(&p->calls[i].callee) && prog_loads(p, app, p->calls[i].file))
			add_loaded(&s, &p->calls[i]);
	for (prog_id f = 0; f < p->n_files; f++)
		if (p->files[f].js && prog_loads(p, app, f))
			add_computed(&s, f);
	struct prog_native *copy = arena_array(s.a, struct prog_native, s.found.len);
	if (s.found.len)
		memcpy(copy, s.found.ptr, s.found.len * sizeof *copy);
	*out = copy;
	size_t n = s.found.len;
	vec_release(&s.found);
	return n;
}
