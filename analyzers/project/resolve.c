/* What a specifier means: Node's algorithm, TypeScript's paths, workspaces. */
#include "analyzers/project/internal.h"

static const char *const builtins[] = {
    "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console",
    "constants", "crypto", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain",
    "events", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises",
    "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
    "punycode", "querystring", "readline", "readline/promises", "repl", "stream",
    "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers",
    "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm",
    "wasi", "worker_threads", "zlib"};

static bool is_builtin(struct str name)
{
	size_t lo = 0, hi = sizeof builtins / sizeof *builtins;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = str_cmp(name, str_from(builtins[mid]));
		if (c == 0)
			return true;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

static bool is_typescript(struct str path)
{
	struct str ext = path_ext(path);
	return str_is(ext, ".ts") || str_is(ext, ".tsx") || str_is(ext, ".mts") ||
	       str_is(ext, ".cts");
}

static struct resolution found(struct str path)
{
	return (struct resolution){is_source_path(path) ? RESOLVE_FILE : RESOLVE_ASSET, path,
				   STR(""), STR("")};
}

static struct resolution missing(struct str specifier)
{
	return (struct resolution){RESOLVE_MISSING, STR(""), specifier, STR("")};
}

/* a declaration file stands beside its code, or for nothing that runs */
static bool is_declaration_only(struct project *p, struct str path)
{
	static const char *const exts[] = {".d.ts", ".d.mts", ".d.cts"};
	for (size_t i = 0; i < 3; i++)
		if (str_ends(path, str_from(exts[i])) ||
		    fs_kind(p->ctx->fs, str_from(arena_printf(p->a, STR_FMT "%s", STR_ARG(path),
							      exts[i]))) == FS_FILE)
			return true;
	return false;
}

static struct resolution resolve_path(struct project *p, struct str from, struct str target,
				      struct str specifier)
{
	struct str out;
	if (find_file(p, target, is_typescript(from), &out))
		return found(out);
	struct str source = source_of_output(p, target);
	if (source.ptr)
		return found(source);
	if (is_declaration_only(p, target))
		return (struct resolution){RESOLVE_ASSET, target, STR(""), STR("")};
	return missing(specifier);
}

static bool alias_target(struct project *p, const struct path_alias *alias, struct str specifier,
			 bool from_typescript, struct str *out)
{
	size_t star = str_find(alias->pattern, STR("*"));
	struct str middle = STR("");
	if (star == (size_t)-1) {
		if (!str_eq(alias->pattern, specifier))
			return false;
	} else {
		struct str head = str_sub(alias->pattern, 0, star);
		struct str tail = str_sub(alias->pattern, star + 1, alias->pattern.len);
		if (specifier.len < head.len + tail.len || !str_starts(specifier, head) ||
		    !str_ends(specifier, tail))
			return false;
		middle = str_sub(specifier, head.len, specifier.len - tail.len);
	}
	for (size_t i = 0; i < alias->n_targets; i++) {
		struct str t = alias->targets[i];
		size_t at = str_find(t, STR("*"));
		if (at != (size_t)-1)
			t = str_from(arena_printf(p->a, STR_FMT STR_FMT STR_FMT,
						  STR_ARG(str_sub(t, 0, at)), STR_ARG(middle),
						  STR_ARG(str_sub(t, at + 1, t.len))));
		t = path_join(p->a, STR(""), t);
		if (find_file(p, t, from_typescript, out))
			return true;
		*out = source_of_output(p, t);
		if (out->ptr)
			return true;
	}
	return false;
}

/* paths and baseUrl of the tsconfig above the file; the longest pattern wins */
static bool by_paths(struct project *p, struct str from, struct str specifier, struct str *out)
{
	for (struct str dir = path_dir(from);; dir = path_dir(dir)) {
		const struct tsconfig *t = project_tsconfig_above(p, dir);
		if (!t)
			return false;
		size_t best = (size_t)-1, best_len = 0;
		for (size_t i = 0; i < t->n_aliases; i++) {
			struct str hit;
			if ((best == (size_t)-1 || t->aliases[i].pattern.len > best_len) &&
			    alias_target(p, &t->aliases[i], specifier, true, &hit)) {
				best = i;
				best_len = t->aliases[i].pattern.len;
				*out = hit;
			}
		}
		if (best != (size_t)-1)
			return true;
		if (t->base_url.ptr && find_file(p, path_join(p->a, t->base_url, specifier), true, out) &&
		    !str_starts(*out, STR("node_modules/")))
			return true;
		if (t->dir.len == 0)
			return false;
		dir = t->dir;
	}
}

/* "#x" of package.json imports, and _moduleAliases of the package module-alias */
static bool by_manifest(struct project *p, struct str from, struct str specifier,
			bool require_style, struct str *out)
{
	const struct manifest *m = project_manifest_above(p, path_dir(from));
	if (!m)
		return false;
	const cJSON *imports = cJSON_GetObjectItemCaseSensitive(m->json, "imports"), *item;
	if (specifier.ptr[0] != '#')
		imports = cJSON_GetObjectItemCaseSensitive(m->json, "_moduleAliases");
	cJSON_ArrayForEach(item, imports)
	{
		const cJSON *t = item;
		while (cJSON_IsObject(t)) {
			const cJSON *next =
			    cJSON_GetObjectItemCaseSensitive(t, require_style ? "require" : "import");
			t = next ? next : t->child;
		}
		struct str target;
		if (!cJSON_IsString(t) ||
		    !fs_join(p->ctx->fs, p->a, m->pkg.dir, str_from(t->valuestring), &target))
			continue;
		struct path_alias alias = {str_from(item->string), &target, 1};
		if (alias_target(p, &alias, specifier, is_typescript(from), out))
			return true;
		struct str name = str_from(item->string);
		if (specifier.ptr[0] != '#' && str_starts(specifier, name) &&
		    specifier.len > name.len && specifier.ptr[name.len] == '/') {
			struct str rest = str_sub(specifier, name.len + 1, specifier.len);
			struct resolution r = resolve_path(p, from, path_join(p->a, target, rest), specifier);
			*out = r.path;
			if (r.kind == RESOLVE_FILE)
				return true;
		}
	}
	return false;
}

static void split_package(struct str specifier, struct str *name, struct str *subpath)
{
	size_t slash = str_find(specifier, STR("/"));
	if (slash != (size_t)-1 && specifier.ptr[0] == '@') {
		size_t second =
		    str_find(str_sub(specifier, slash + 1, specifier.len), STR("/"));
		slash = second == (size_t)-1 ? second : slash + 1 + second;
	}
	*name = slash == (size_t)-1 ? specifier : str_sub(specifier, 0, slash);
	*subpath = slash == (size_t)-1 ? STR("") : str_sub(specifier, slash + 1, specifier.len);
}

struct resolution project_resolve(struct project *p, struct str from, struct str specifier,
				  bool require_style)
{
	struct str out;
	/* loaders and queries of bundlers: "raw-loader!./x", "./x?worker" */
	size_t query = str_find(specifier, STR("?"));
	if (query != (size_t)-1)
		specifier = str_sub(specifier, 0, query);
	if (specifier.len == 0)
		return missing(specifier);
	if (str_starts(specifier, STR("node:")))
		return (struct resolution){RESOLVE_BUILTIN, STR(""), str_sub(specifier, 5, specifier.len), STR("")};
	if (specifier.ptr[0] == '.' || specifier.ptr[0] == '/') {
		struct str target;
		if (!fs_join(p->ctx->fs, p->a, path_dir(from), specifier, &target))
			return missing(specifier);
		return resolve_path(p, from, target, specifier);
	}
	if (is_builtin(specifier))
		return (struct resolution){RESOLVE_BUILTIN, STR(""), specifier, STR("")};
	if (by_paths(p, from, specifier, &out) ||
	    by_manifest(p, from, specifier, require_style, &out))
		return found(out);
	if (specifier.ptr[0] == '#')
		return missing(specifier);
	struct str name, subpath;
	split_package(specifier, &name, &subpath);
	const struct member *member = project_member(p, path_dir(from), name);
	const struct manifest *m = member ? project_manifest(p, member->dir) : NULL;
	if (m && package_file(p, m, subpath, require_style, &out))
		return found(out);
	if (m)
		return missing(specifier);
	return (struct resolution){RESOLVE_PACKAGE, STR(""), name, subpath};
}
