#include "analyzers/project/native_build.h"

#include <stdlib.h>

enum { MAX_SOURCES = 1000 };

bool native_is_source(struct str path)
{
	static const char *const ends[] = {".c", ".cc", ".cpp", ".cxx", ".c++", ".C"};
	struct str ext = path_ext(path);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_is(ext, ends[i]))
			return true;
	return false;
}

/* Other people's code that is shipped with the project; the helper has the same list. */
static bool is_vendored(struct str dir, struct str path)
{
	static const char *const dirs[] = {"node_modules", "deps", "dep", "vendor", "third_party",
					   "third-party", "thirdparty", "3rdparty", "external",
					   "hidapi"};
	for (size_t i = dir.len ? dir.len + 1 : 0; i < path.len;) {
		size_t j = i;
		while (j < path.len && path.ptr[j] != '/')
			j++;
		for (size_t k = 0; j < path.len && k < sizeof dirs / sizeof *dirs; k++)
			if (str_is(str_sub(path, i, j), dirs[k]))
				return true;
		i = j + 1;
	}
	return false;
}

static void add_file(struct native_parts *x, struct str path)
{
	if (native_is_source(path) && fs_kind(x->p->ctx->fs, path) == FS_FILE &&
	    !is_vendored(x->dir, path) && x->sources.len < MAX_SOURCES)
		vec_push(&x->sources, path);
}

void native_add_source(struct native_parts *x, struct str dir, struct str path)
{
	struct str full;
	if (!fs_join(x->p->ctx->fs, x->p->a, dir, path, &full))
		return;
	size_t star = str_find(path_base(full), STR("*"));
	if (star == (size_t)-1) {
		add_file(x, full);
		return;
	}
	struct str base = path_base(full), folder = path_dir(full);
	const struct fs_listing *list = fs_list(x->p->ctx->fs, folder);
	for (size_t i = 0; list && i < list->n; i++) {
		struct str name = list->names[i];
		if (name.len + 1 >= base.len && str_starts(name, str_sub(base, 0, star)) &&
		    str_ends(name, str_sub(base, star + 1, base.len)))
			add_file(x, path_join(x->p->a, folder, name));
	}
}

void native_add_flag(struct native_parts *x, const char *flag)
{
	vec_push(&x->flags, flag);
	x->has_std |= strncmp(flag, "-std=", 5) == 0;
}

void native_add_include(struct native_parts *x, struct str dir, struct str path)
{
	struct str full;
	if (!fs_join(x->p->ctx->fs, x->p->a, dir, path, &full))
		return;
	native_add_flag(x, arena_printf(x->p->a, "-I" STR_FMT, STR_ARG(full.len ? full : STR("."))));
}

bool native_find_package(struct native_parts *x, const char *name, struct str *out)
{
	for (struct str dir = x->dir;; dir = path_dir(dir)) {
		*out = path_join(x->p->a, dir, str_from(arena_printf(x->p->a, "node_modules/%s", name)));
		if (fs_kind(x->p->ctx->fs, *out) == FS_DIR)
			return true;
		if (dir.len == 0)
			return false;
	}
}

/* Node's headers: a package of the project, or where Node is usually installed */
static void add_node_headers(struct native_parts *x)
{
	static const char *const packages[][2] = {
	    {"node-addon-api", ""}, {"node-api-headers", "include"}, {"nan", ""}};
	static const char *const places[] = {"/usr/include/node", "/usr/local/include/node"};
	struct str at;
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (native_find_package(x, packages[i][0], &at))
			native_add_include(x, STR(""),
					   path_join(x->p->a, at, str_from(packages[i][1])));
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		native_add_flag(x, "-idirafter");
		native_add_flag(x, places[i]);
	}
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct native_unit *)a)->path, ((const struct native_unit *)b)->path);
}

static const char *const *flags_of(struct native_parts *x, struct str path, size_t *n)
{
	const char **args = arena_array(x->p->a, const char *, x->flags.len + 1);
	bool c = str_is(path_ext(path), ".c");
	*n = 0;
	for (size_t i = 0; i < x->flags.len; i++) {
		/* a C++ standard is no flag for C, and the other way round */
		const char *flag = x->flags.ptr[i];
		bool cxx_std = strncmp(flag, "-std=", 5) == 0 && strstr(flag, "++") != NULL;
		if (strncmp(flag, "-std=", 5) != 0 || cxx_std != c)
			args[(*n)++] = flag;
	}
	if (!x->has_std || c)
		args[(*n)++] = c ? "-std=gnu17" : "-std=gnu++17";
	return args;
}

static const struct native_target *finish(struct native_parts *x, struct str name, const char *file,
					  bool binary)
{
	if (!binary)
		add_node_headers(x);
	for (size_t i = 0; i < x->sources.len; i++) {
		struct native_unit u = {.path = x->sources.ptr[i]};
		u.args = flags_of(x, u.path, &u.n_args);
		vec_push(&x->units, u);
	}
	struct native_target *t = arena_new(x->p->a, struct native_target);
	struct native_unit *units = arena_array(x->p->a, struct native_unit, x->units.len);
	if (x->units.len)
		qsort(x->units.ptr, x->units.len, sizeof *x->units.ptr, by_path);
	for (size_t i = 0; i < x->units.len; i++)
		if (i == 0 || by_path(&x->units.ptr[i - 1], &x->units.ptr[i]) != 0)
			units[t->n_units++] = x->units.ptr[i];
	const char **notes = arena_array(x->p->a, const char *, x->notes.len);
	for (size_t i = 0; i < x->notes.len; i++)
		notes[i] = x->notes.ptr[i];
	t->name = arena_str(x->p->a, name);
	t->described_in = path_join(x->p->a, x->dir, str_from(file));
	t->binary = binary;
	t->units = units;
	t->notes = notes;
	t->n_notes = x->notes.len;
	return t->n_units || t->n_notes ? t : NULL;
}

static bool exists(struct project *p, struct str dir, const char *name)
{
	return fs_kind(p->ctx->fs, path_join(p->a, dir, str_from(name))) == FS_FILE;
}

/* foo -> foo.c, where no build file tells more */
static bool read_single(struct native_parts *x, struct str name)
{
	static const char *const ends[] = {".c", ".cc", ".cpp"};
	for (size_t i = 0; name.len && i < sizeof ends / sizeof *ends; i++) {
		struct str file = str_from(arena_printf(x->p->a, STR_FMT "%s", STR_ARG(name), ends[i]));
		native_add_source(x, x->dir, file);
	}
	return x->sources.len > 0;
}

const struct native_target *native_units_for_dir(struct project *p, struct str dir, bool binary,
						 struct str name)
{
	struct native_parts x = {.p = p, .dir = arena_str(p->a, dir)};
	const struct native_target *t = NULL;
	const char *file = NULL;
	if (!binary && exists(p, dir, "binding.gyp") && native_read_gyp(&x, name))
		file = "binding.gyp";
	else if (native_read_compile_commands(&x))
		file = "compile_commands.json";
	else if (exists(p, dir, "CMakeLists.txt") && native_read_cmake(&x, name, binary))
		file = "CMakeLists.txt";
	else if (binary && native_read_make(&x, name))
		file = "Makefile";
	else if (binary && read_single(&x, name))
		file = "";
	if (file)
		t = finish(&x, name, file, binary);
	vec_release(&x.sources);
	vec_release(&x.flags);
	vec_release(&x.units);
	vec_release(&x.notes);
	return t;
}

bool native_is_likely(struct project *p, struct str dir)
{
	const struct manifest *m = project_manifest(p, dir);
	const cJSON *gypfile = m ? cJSON_GetObjectItemCaseSensitive(m->json, "gypfile") : NULL;
	return exists(p, dir, "binding.gyp") || exists(p, dir, "CMakeLists.txt") ||
	       cJSON_IsTrue(gypfile);
}

static bool is_loader(const char *name)
{
	static const char *const loaders[] = {"bindings", "node-gyp-build", "node-pre-gyp",
					      "@mapbox/node-pre-gyp", "prebuild-install", "pkg-prebuilds",
					      "node-gyp-build-optional-packages"};
	for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
		if (strcmp(name, loaders[i]) == 0)
			return true;
	/* napi-rs: one package for each platform */
	return str_ends(str_from(name), STR("-linux-x64-gnu"));
}

bool native_is_prebuilt(struct project *p, struct str dir)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies"};
	const struct manifest *m = project_manifest(p, dir);
	if (!m)
		return false;
	if (cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(m->json, "napi")) ||
	    cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(m->json, "binary")))
		return true;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const cJSON *d, *list = cJSON_GetObjectItemCaseSensitive(m->json, lists[i]);
		cJSON_ArrayForEach(d, list)
			if (is_loader(d->string))
				return true;
	}
	return fs_kind(p->ctx->fs, path_join(p->a, dir, STR("prebuilds"))) == FS_DIR;
}
