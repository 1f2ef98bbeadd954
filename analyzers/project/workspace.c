/* Workspaces of npm, yarn, bun, pnpm and lerna: package name -> folder. */
#include "analyzers/project/internal.h"

/* one path segment against a pattern with '*' (any run) and '?'; "**" is handled by the caller */
static bool segment_matches(struct str pattern, struct str name)
{
	if (pattern.len == 0)
		return name.len == 0;
	if (pattern.ptr[0] == '*') {
		for (size_t i = 0; i <= name.len; i++)
			if (segment_matches(str_sub(pattern, 1, pattern.len),
					    str_sub(name, i, name.len)))
				return true;
		return false;
	}
	return name.len && (pattern.ptr[0] == '?' || pattern.ptr[0] == name.ptr[0]) &&
	       segment_matches(str_sub(pattern, 1, pattern.len), str_sub(name, 1, name.len));
}

struct expansion {
	struct project *p;
	VEC(struct member) members;
	uint32_t budget; /* folders that may still be looked at */
};

static void add_member(struct expansion *x, struct str dir)
{
	const struct manifest *m = project_manifest(x->p, dir);
	if (!m || !m->pkg.name.len)
		return;
	for (size_t i = 0; i < x->members.len; i++)
		if (str_eq(x->members.ptr[i].dir, m->pkg.dir))
			return;
	vec_push(&x->members, (struct member){m->pkg.name, m->pkg.dir});
}

static void expand(struct expansion *x, struct str dir, struct str pattern)
{
	while (str_starts(pattern, STR("./")))
		pattern = str_sub(pattern, 2, pattern.len);
	while (pattern.len && pattern.ptr[pattern.len - 1] == '/')
		pattern.len--;
	if (pattern.len == 0) {
		add_member(x, dir);
		return;
	}
	size_t slash = str_find(pattern, STR("/"));
	struct str head = slash == (size_t)-1 ? pattern : str_sub(pattern, 0, slash);
	struct str rest = slash == (size_t)-1 ? STR("") : str_sub(pattern, slash + 1, pattern.len);
	struct fs *fs = x->p->ctx->fs;
	if (str_find(head, STR("*")) == (size_t)-1 && str_find(head, STR("?")) == (size_t)-1) {
		struct str sub;
		if (fs_join(fs, x->p->a, dir, head, &sub) && fs_kind(fs, sub) == FS_DIR)
			expand(x, sub, rest);
		return;
	}
	bool deep = str_is(head, "**");
	if (deep)
		expand(x, dir, rest);
	const struct fs_listing *list = fs_list(fs, dir);
	for (size_t i = 0; list && i < list->n; i++) {
		struct str name = list->names[i];
		if (name.ptr[0] == '.' || str_is(name, "node_modules") || x->budget == 0)
			continue;
		struct str sub = path_join(x->p->a, dir, name);
		if ((!deep && !segment_matches(head, name)) || fs_kind(fs, sub) != FS_DIR)
			continue;
		x->budget--;
		expand(x, sub, deep ? pattern : rest);
	}
}

static void expand_json(struct expansion *x, struct str dir, const cJSON *list)
{
	const cJSON *item;
	if (cJSON_IsObject(list))
		list = cJSON_GetObjectItemCaseSensitive(list, "packages");
	if (!cJSON_IsArray(list))
		list = NULL;
	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsString(item) && item->valuestring[0] != '!')
			expand(x, dir, str_from(item->valuestring));
	}
}

/* pnpm-workspace.yaml: the items below "packages:", one a line */
static void expand_pnpm(struct expansion *x, struct str dir)
{
	struct str text, path = path_join(x->p->a, dir, STR("pnpm-workspace.yaml"));
	if (fs_kind(x->p->ctx->fs, path) != FS_FILE ||
	    fs_read(x->p->ctx->fs, x->p->a, path, &text).text)
		return;
	bool inside = false;
	while (text.len) {
		size_t nl = str_find(text, STR("\n"));
		struct str line = nl == (size_t)-1 ? text : str_sub(text, 0, nl);
		text = nl == (size_t)-1 ? STR("") : str_sub(text, nl + 1, text.len);
		bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] != '-') {
			inside = !indented && str_starts(line, STR("packages:"));
			continue;
		}
		struct str item = str_trim(str_sub(line, 1, line.len));
		if (item.len >= 2 && (item.ptr[0] == '"' || item.ptr[0] == '\'')) {
			size_t end = 1;
			while (end < item.len && item.ptr[end] != item.ptr[0])
				end++;
			item = str_sub(item, 1, end);
		}
		if (inside && item.len && item.ptr[0] != '!')
			expand(x, dir, item);
	}
}

const struct workspace *project_workspace(struct project *p, struct str dir)
{
	uint32_t known = map_get(&p->workspaces_by_dir, dir);
	if (known == ABSENT)
		return NULL;
	if (known != MAP_NONE)
		return p->workspaces.ptr[known];
	struct expansion x = {.p = p, .budget = 5000};
	const struct manifest *m = project_manifest(p, dir);
	if (m)
		expand_json(&x, dir, cJSON_GetObjectItemCaseSensitive(m->json, "workspaces"));
	expand_pnpm(&x, dir);
	cJSON *lerna = project_json(p, path_join(p->a, dir, STR("lerna.json")));
	if (lerna)
		expand_json(&x, dir, cJSON_GetObjectItemCaseSensitive(lerna, "packages"));
	if (x.members.len == 0) {
		map_put(&p->workspaces_by_dir, arena_str(p->a, dir), ABSENT);
		return NULL;
	}
	struct workspace *w = arena_new(p->a, struct workspace);
	struct member *members = arena_array(p->a, struct member, x.members.len);
	memcpy(members, x.members.ptr, x.members.len * sizeof *members);
	*w = (struct workspace){arena_str(p->a, dir), members, x.members.len};
	vec_release(&x.members);
	map_put(&p->workspaces_by_dir, w->root, (uint32_t)p->workspaces.len);
	vec_push(&p->workspaces, w);
	return w;
}

/* "file:../shared", "link:../shared", "workspace:../x": a member by path */
static const struct member *linked(struct project *p, struct str dir, struct str name)
{
	const struct manifest *m = project_manifest(p, dir);
	if (!m)
		return NULL;
	struct str range = project_dependency(p, path_join(p->a, dir, STR("package.json")), name);
	static const char *const schemes[] = {"file:", "link:", "portal:"};
	for (size_t i = 0; range.ptr && i < sizeof schemes / sizeof *schemes; i++) {
		struct str to;
		if (!str_starts(range, str_from(schemes[i])) ||
		    !fs_join(p->ctx->fs, p->a, dir,
			     str_sub(range, strlen(schemes[i]), range.len), &to) ||
		    !project_manifest(p, to))
			continue;
		struct member *member = arena_new(p->a, struct member);
		*member = (struct member){arena_str(p->a, name), to};
		return member;
	}
	return NULL;
}

const struct member *project_member(struct project *p, struct str from_dir, struct str name)
{
	for (struct str dir = from_dir;; dir = path_dir(dir)) {
		const struct workspace *w = project_workspace(p, dir);
		for (size_t i = 0; w && i < w->n; i++)
			if (str_eq(w->members[i].name, name))
				return &w->members[i];
		const struct member *m = linked(p, dir, name);
		if (m)
			return m;
		const struct manifest *self = project_manifest(p, dir);
		if (self && str_eq(self->pkg.name, name)) { /* a package may name itself */
			struct member *own = arena_new(p->a, struct member);
			*own = (struct member){self->pkg.name, self->pkg.dir};
			return own;
		}
		if (dir.len == 0)
			return NULL;
	}
}
