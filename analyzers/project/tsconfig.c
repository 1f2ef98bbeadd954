/* tsconfig.json: where the compiler puts its output, and what its paths mean. */
#include "analyzers/project/internal.h"

static bool below_root(struct project *p, struct str dir, struct str value, struct str *out)
{
	/* TypeScript 5.5: ${configDir} */
	if (str_starts(value, STR("${configDir}")))
		value = str_sub(value, sizeof "${configDir}", value.len);
	return fs_join(p->ctx->fs, p->a, dir, value, out);
}

static void read_paths(struct project *p, struct tsconfig *t, const cJSON *paths, struct str base)
{
	size_t n = (size_t)cJSON_GetArraySize(paths), i = 0;
	struct path_alias *aliases = arena_array(p->a, struct path_alias, n);
	const cJSON *entry;
	cJSON_ArrayForEach(entry, paths)
	{
		struct path_alias *alias = &aliases[i];
		struct str *targets =
		    arena_array(p->a, struct str, (size_t)cJSON_GetArraySize(entry));
		const cJSON *target;
		cJSON_ArrayForEach(target, entry)
		{
			if (cJSON_IsString(target) &&
			    below_root(p, base, str_from(target->valuestring),
				       &targets[alias->n_targets]))
				alias->n_targets++;
		}
		alias->pattern = str_from(entry->string);
		alias->targets = targets;
		i++;
	}
	t->aliases = aliases;
	t->n_aliases = i;
}

/* "extends" names a file, perhaps without .json, or a package, which is not looked into */
static const struct tsconfig *extended(struct project *p, struct str dir, struct str spec)
{
	if (!str_starts(spec, STR(".")) && !str_starts(spec, STR("/")))
		return NULL;
	struct str path;
	if (!fs_join(p->ctx->fs, p->a, dir, spec, &path))
		return NULL;
	if (fs_kind(p->ctx->fs, path) == FS_DIR)
		path = path_join(p->a, path, STR("tsconfig.json"));
	else if (fs_kind(p->ctx->fs, path) != FS_FILE)
		path = str_from(arena_printf(p->a, STR_FMT ".json", STR_ARG(path)));
	return project_tsconfig(p, path);
}

static void inherit(struct tsconfig *t, const struct tsconfig *from)
{
	if (!from)
		return;
	if (from->out_dir.ptr)
		t->out_dir = from->out_dir;
	if (from->root_dir.ptr)
		t->root_dir = from->root_dir;
	if (from->base_url.ptr)
		t->base_url = from->base_url;
	if (from->n_aliases) {
		t->aliases = from->aliases;
		t->n_aliases = from->n_aliases;
	}
}

static void read_options(struct project *p, struct tsconfig *t, const cJSON *json)
{
	const cJSON *options = cJSON_GetObjectItemCaseSensitive(json, "compilerOptions");
	struct str out = json_str(options, "outDir"), root = json_str(options, "rootDir");
	struct str base = json_str(options, "baseUrl");
	if (out.ptr && !below_root(p, t->dir, out, &t->out_dir))
		t->out_dir = (struct str){0};
	if (root.ptr && !below_root(p, t->dir, root, &t->root_dir))
		t->root_dir = (struct str){0};
	if (base.ptr && !below_root(p, t->dir, base, &t->base_url))
		t->base_url = (struct str){0};
	const cJSON *paths = cJSON_GetObjectItemCaseSensitive(options, "paths");
	if (cJSON_IsObject(paths))
		read_paths(p, t, paths, t->base_url.ptr ? t->base_url : t->dir);
	t->composite = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(options, "composite"));
}

static void read_references(struct project *p, struct tsconfig *t, const cJSON *json)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "references"), *r;
	struct str *refs = arena_array(p->a, struct str, (size_t)cJSON_GetArraySize(list));
	cJSON_ArrayForEach(r, list)
	{
		struct str path = json_str(r, "path");
		if (path.ptr && fs_join(p->ctx->fs, p->a, t->dir, path, &refs[t->n_references]))
			t->n_references++;
	}
	t->references = refs;
}

const struct tsconfig *project_tsconfig(struct project *p, struct str path)
{
	uint32_t known = map_get(&p->tsconfigs_by_path, path);
	if (known == ABSENT)
		return NULL;
	if (known != MAP_NONE)
		return p->tsconfigs.ptr[known];
	struct str key = arena_str(p->a, path);
	map_put(&p->tsconfigs_by_path, key, ABSENT); /* while it is read: cycles end here */
	cJSON *json = project_json(p, path);
	if (!json)
		return NULL;
	struct tsconfig *t = arena_new(p->a, struct tsconfig);
	t->path = key;
	t->dir = path_dir(key);
	const cJSON *extends = cJSON_GetObjectItemCaseSensitive(json, "extends"), *e;
	if (cJSON_IsString(extends))
		inherit(t, extended(p, t->dir, str_from(extends->valuestring)));
	if (!cJSON_IsArray(extends))
		extends = NULL;
	cJSON_ArrayForEach(e, extends)
	{
		if (cJSON_IsString(e))
			inherit(t, extended(p, t->dir, str_from(e->valuestring)));
	}
	read_options(p, t, json);
	read_references(p, t, json);
	map_put(&p->tsconfigs_by_path, key, (uint32_t)p->tsconfigs.len);
	vec_push(&p->tsconfigs, t);
	return t;
}

static const char *const names[] = {"tsconfig.json", "tsconfig.build.json", "tsconfig.app.json",
				    "tsconfig.server.json", "tsconfig.base.json", "jsconfig.json"};

static uint32_t index_of(const struct project *p, const struct tsconfig *t)
{
	uint32_t i = 0;
	while (i < p->tsconfigs.len && p->tsconfigs.ptr[i] != t)
		i++;
	return i;
}

static uint32_t find_above(struct project *p, struct str dir)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct tsconfig *t =
		    project_tsconfig(p, path_join(p->a, dir, str_from(names[i])));
		if (t && (t->n_aliases || t->base_url.ptr || i == 0))
			return index_of(p, t);
	}
	if (dir.len == 0)
		return ABSENT;
	const struct tsconfig *t = project_tsconfig_above(p, path_dir(dir));
	return t ? index_of(p, t) : ABSENT;
}

const struct tsconfig *project_tsconfig_above(struct project *p, struct str dir)
{
	uint32_t known = map_get(&p->tsconfigs_above, dir);
	if (known == MAP_NONE) {
		known = find_above(p, dir);
		map_put(&p->tsconfigs_above, arena_str(p->a, dir), known);
	}
	return known == ABSENT ? NULL : p->tsconfigs.ptr[known];
}

static size_t add(const struct tsconfig **out, size_t n, size_t cap, const struct tsconfig *t)
{
	if (!t || n == cap)
		return n;
	for (size_t i = 0; i < n; i++)
		if (out[i] == t)
			return n;
	out[n] = t;
	return n + 1;
}

static size_t add_references(struct project *p, const struct tsconfig **out, size_t n, size_t cap,
			     const struct tsconfig *t)
{
	for (size_t i = 0; t && i < t->n_references; i++) {
		struct str r = t->references[i];
		if (fs_kind(p->ctx->fs, r) == FS_DIR)
			r = path_join(p->a, r, STR("tsconfig.json"));
		n = add(out, n, cap, project_tsconfig(p, r));
	}
	return n;
}

static size_t add_all_named(struct project *p, struct str dir, const struct tsconfig **out,
			    size_t n, size_t cap)
{
	const struct fs_listing *list = fs_list(p->ctx->fs, dir);
	for (size_t i = 0; list && i < list->n; i++)
		if (str_starts(list->names[i], STR("tsconfig")) &&
		    str_ends(list->names[i], STR(".json")))
			n = add(out, n, cap, project_tsconfig(p, path_join(p->a, dir, list->names[i])));
	return n;
}

size_t project_tsconfigs_for(struct project *p, struct str dir, const struct tsconfig **out,
			     size_t cap)
{
	size_t n = 0;
	for (;;) {
		for (size_t i = 0; i < 5; i++) {
			const struct tsconfig *t =
			    project_tsconfig(p, path_join(p->a, dir, str_from(names[i])));
			n = add(out, n, cap, t);
			n = add_references(p, out, n, cap, t);
		}
		n = add_all_named(p, dir, out, n, cap);
		/* a config of the server in a folder beside: server/tsconfig.json writes ../dist */
		const struct fs_listing *list = fs_list(p->ctx->fs, dir);
		for (size_t i = 0; list && i < list->n && n < cap; i++) {
			if (list->names[i].ptr[0] == '.' || str_is(list->names[i], "node_modules"))
				continue;
			struct str sub = path_join(p->a, dir, list->names[i]);
			if (fs_kind(p->ctx->fs, sub) == FS_DIR)
				n = add(out, n, cap,
					project_tsconfig(p, path_join(p->a, sub, STR("tsconfig.json"))));
		}
		if (dir.len == 0)
			return n;
		dir = path_dir(dir);
	}
}
