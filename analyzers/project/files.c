/* From a path without extension, a folder or a build output to a source file. */
#include "analyzers/project/internal.h"

static const char *const source_exts[] = {".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"};

bool is_source_path(struct str path)
{
	struct str ext = path_ext(path);
	if (str_ends(path, STR(".d.ts")) || str_ends(path, STR(".d.mts")) ||
	    str_ends(path, STR(".d.cts")))
		return false;
	for (size_t i = 0; i < sizeof source_exts / sizeof *source_exts; i++)
		if (str_is(ext, source_exts[i]))
			return true;
	return false;
}

static bool is_file(struct project *p, struct str path)
{
	return fs_kind(p->ctx->fs, path) == FS_FILE;
}

static struct str with_ext(struct project *p, struct str stem, const char *ext)
{
	return str_from(arena_printf(p->a, STR_FMT "%s", STR_ARG(stem), ext));
}

static bool try_exts(struct project *p, struct str stem, bool from_typescript, struct str *out)
{
	/* TypeScript's own order, and Node's (CommonJS) with what bundlers and ts-node add */
	static const char *const ts[] = {".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"};
	static const char *const js[] = {".js", ".json", ".node", ".mjs", ".cjs", ".jsx", ".ts", ".tsx"};
	const char *const *list = from_typescript ? ts : js;
	size_t n = from_typescript ? sizeof ts / sizeof *ts : sizeof js / sizeof *js;
	for (size_t i = 0; i < n; i++) {
		struct str path = with_ext(p, stem, list[i]);
		if (is_file(p, path)) {
			*out = path;
			return true;
		}
	}
	return false;
}

/* "./x.js" in TypeScript means x.ts (NodeNext), also x.jsx, x.mjs, x.cjs */
static bool try_emitted(struct project *p, struct str path, struct str *out)
{
	static const char *const pairs[][3] = {
	    {".js", ".ts", ".tsx"}, {".jsx", ".tsx", NULL}, {".mjs", ".mts", NULL}, {".cjs", ".cts", NULL}};
	struct str ext = path_ext(path);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!str_is(ext, pairs[i][0]))
			continue;
		struct str stem = str_sub(path, 0, path.len - ext.len);
		for (size_t k = 1; k < 3 && pairs[i][k]; k++) {
			*out = with_ext(p, stem, pairs[i][k]);
			if (is_file(p, *out))
				return true;
		}
	}
	return false;
}

bool find_file(struct project *p, struct str path, bool from_typescript, struct str *out)
{
	enum fs_kind kind = fs_kind(p->ctx->fs, path);
	if (kind == FS_FILE) {
		*out = path;
		return true;
	}
	if (try_emitted(p, path, out) || try_exts(p, path, from_typescript, out))
		return true;
	if (kind != FS_DIR)
		return false;
	const struct manifest *m = project_manifest(p, path);
	struct str main = m ? json_str(m->json, "main") : (struct str){0}, to;
	if (main.ptr && fs_join(p->ctx->fs, p->a, path, main, &to) && !str_eq(to, path) &&
	    (is_file(p, to) || try_exts(p, to, from_typescript, &to))) {
		*out = to;
		return true;
	}
	return try_exts(p, path_join(p->a, path, STR("index")), from_typescript, out);
}

/* ---- outputs ---- */

static struct str strip_output_ext(struct str path)
{
	static const char *const exts[] = {".js", ".mjs", ".cjs", ".jsx"};
	for (size_t i = 0; i < sizeof exts / sizeof *exts; i++)
		if (str_ends(path, str_from(exts[i])))
			return str_sub(path, 0, path.len - strlen(exts[i]));
	return path;
}

static bool is_below(struct str path, struct str dir)
{
	return dir.len == 0 || str_eq(path, dir) ||
	       (str_starts(path, dir) && path.len > dir.len && path.ptr[dir.len] == '/');
}

static struct str rest_below(struct str path, struct str dir)
{
	return dir.len == 0 ? path : str_sub(path, dir.len + 1, path.len);
}

static bool try_source(struct project *p, struct str dir, struct str rest, struct str *out)
{
	struct str stem = path_join(p->a, dir, rest);
	return (try_exts(p, stem, true, out) ||
		try_exts(p, path_join(p->a, stem, STR("index")), true, out)) &&
	       is_source_path(*out);
}

/* O/x.js -> R/x.ts; without rootDir the compiler takes the common ancestor of
 * its inputs, which in practice is src/ or the folder of the tsconfig. */
static bool by_tsconfig(struct project *p, struct str path, const struct tsconfig *t, struct str *out)
{
	if (!t->out_dir.ptr || !is_below(path, t->out_dir) || str_eq(path, t->out_dir) ||
	    (t->out_dir.len == 0 && !t->root_dir.ptr))
		return false;
	struct str rest = strip_output_ext(rest_below(path, t->out_dir));
	if (t->root_dir.ptr && try_source(p, t->root_dir, rest, out) && !str_eq(*out, path))
		return true;
	struct str src = path_join(p->a, t->dir, STR("src"));
	return (try_source(p, src, rest, out) || try_source(p, t->dir, rest, out)) &&
	       !is_below(*out, t->out_dir);
}

/* dist/x.js -> src/x.ts or x.ts beside dist, wherever the segment stands */
static bool by_convention(struct project *p, struct str path, struct str *out)
{
	static const char *const outputs[] = {"dist", "build", "lib", "out", ".output", "prod", "bin", "compiled"};
	struct str stem = strip_output_ext(path);
	for (size_t at = 0; at < stem.len;) {
		size_t slash = str_find(str_sub(stem, at, stem.len), STR("/"));
		if (slash == (size_t)-1)
			return false;
		struct str segment = str_sub(stem, at, at + slash);
		struct str before = at ? str_sub(stem, 0, at - 1) : STR("");
		struct str after = str_sub(stem, at + slash + 1, stem.len);
		at += slash + 1;
		bool is_output = false;
		for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
			is_output |= str_is(segment, outputs[i]);
		if (!is_output)
			continue;
		struct str src = path_join(p->a, before, STR("src"));
		if ((try_source(p, src, after, out) || try_source(p, before, after, out)) &&
		    !str_eq(*out, path))
			return true;
	}
	return false;
}

struct str source_of_output(struct project *p, struct str path)
{
	const struct tsconfig *configs[64];
	struct str out;
	if (!is_source_path(path) && path_ext(path).len)
		return (struct str){0};
	size_t n = project_tsconfigs_for(p, path_dir(path), configs, 64);
	/* the folder of an output need not exist: start from the first that does */
	for (size_t i = 0; i < n; i++)
		if (by_tsconfig(p, path, configs[i], &out))
			return out;
	return by_convention(p, path, &out) ? out : (struct str){0};
}

/* ---- packages of the workspace ---- */

static bool target_file(struct project *p, struct str dir, struct str target, struct str *out)
{
	struct str path;
	if (!fs_join(p->ctx->fs, p->a, dir, target, &path))
		return false;
	struct str source = source_of_output(p, path);
	if (source.ptr) {
		*out = source;
		return true;
	}
	return find_file(p, path, true, out) && is_source_path(*out);
}

/* conditions in the order in which they lead to sources */
static bool exports_target(struct project *p, struct str dir, const cJSON *e, bool require_style,
			   struct str *out)
{
	static const char *const first[] = {"source", "development", "node", "types"};
	if (cJSON_IsString(e))
		return target_file(p, dir, str_from(e->valuestring), out);
	if (cJSON_IsArray(e)) {
		const cJSON *item;
		cJSON_ArrayForEach(item, e)
		{
			if (exports_target(p, dir, item, require_style, out))
				return true;
		}
		return false;
	}
	for (size_t i = 0; i < 3; i++) {
		const cJSON *c = cJSON_GetObjectItemCaseSensitive(e, first[i]);
		if (c && exports_target(p, dir, c, require_style, out))
			return true;
	}
	const cJSON *style = cJSON_GetObjectItemCaseSensitive(e, require_style ? "require" : "import");
	if (style && exports_target(p, dir, style, require_style, out))
		return true;
	const cJSON *item, *object = cJSON_IsObject(e) ? e : NULL;
	cJSON_ArrayForEach(item, object)
	{
		if (item->string[0] != '.' && !str_is(str_from(item->string), "types") &&
		    exports_target(p, dir, item, require_style, out))
			return true;
	}
	return false;
}

/* exports with a star in their key */
static bool star_export(struct project *p, struct str dir, const cJSON *exports, struct str key,
			bool require_style, struct str *out)
{
	const cJSON *item;
	cJSON_ArrayForEach(item, exports)
	{
		struct str pattern = str_from(item->string);
		size_t star = str_find(pattern, STR("*"));
		if (star == (size_t)-1)
			continue;
		struct str head = str_sub(pattern, 0, star);
		struct str tail = str_sub(pattern, star + 1, pattern.len);
		if (key.len < head.len + tail.len || !str_starts(key, head) || !str_ends(key, tail))
			continue;
		struct str middle = str_sub(key, head.len, key.len - tail.len);
		const cJSON *t = item;
		while (cJSON_IsObject(t)) {
			const cJSON *next =
			    cJSON_GetObjectItemCaseSensitive(t, require_style ? "require" : "import");
			t = next ? next : t->child;
		}
		if (!cJSON_IsString(t))
			continue;
		struct str target = str_from(t->valuestring);
		size_t at = str_find(target, STR("*"));
		if (at == (size_t)-1)
			continue;
		target = str_from(arena_printf(p->a, STR_FMT STR_FMT STR_FMT,
					       STR_ARG(str_sub(target, 0, at)), STR_ARG(middle),
					       STR_ARG(str_sub(target, at + 1, target.len))));
		if (target_file(p, dir, target, out))
			return true;
	}
	return false;
}

static bool main_file(struct project *p, const struct manifest *m, struct str *out)
{
	static const char *const fields[] = {"source", "module", "main"};
	static const char *const usual[] = {"src/index", "index", "lib/index", "src/main", "src"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct str v = json_str(m->json, fields[i]);
		if (v.ptr && target_file(p, m->pkg.dir, v, out))
			return true;
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (find_file(p, path_join(p->a, m->pkg.dir, str_from(usual[i])), true, out) &&
		    is_source_path(*out))
			return true;
	return false;
}

bool package_file(struct project *p, const struct manifest *m, struct str subpath,
		  bool require_style, struct str *out)
{
	const cJSON *exports = cJSON_GetObjectItemCaseSensitive(m->json, "exports");
	struct str dir = m->pkg.dir;
	bool keyed = cJSON_IsObject(exports) && exports->child && exports->child->string[0] == '.';
	if (subpath.len == 0) {
		const cJSON *e = keyed ? cJSON_GetObjectItemCaseSensitive(exports, ".") : exports;
		return (e && exports_target(p, dir, e, require_style, out)) || main_file(p, m, out);
	}
	char *key = arena_printf(p->a, "./" STR_FMT, STR_ARG(subpath));
	if (keyed) {
		const cJSON *e = cJSON_GetObjectItemCaseSensitive(exports, key);
		if (e ? exports_target(p, dir, e, require_style, out)
		      : star_export(p, dir, exports, str_from(key), require_style, out))
			return true;
	}
	return target_file(p, dir, subpath, out) ||
	       target_file(p, path_join(p->a, dir, STR("src")), subpath, out);
}
