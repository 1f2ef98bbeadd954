#include "analyzers/project/finder.h"

/* A path that was mapped from another machine's absolute one: its longest suffix that exists here.
 */
bool map_absolute(struct finder *f, struct str path, struct str *out)
{
	const struct context *ctx = f->p->ctx;
	for (size_t i = 0; i < ctx->n_map; i++) {
		if (!str_starts(path, ctx->map_from[i]))
			continue;
		struct str rest = str_sub(path, ctx->map_from[i].len, path.len);
		while (rest.len && rest.ptr[0] == '/') /* else it would be absolute again */
			rest = str_sub(rest, 1, rest.len);
		return fs_join(ctx->fs, f->p->a, ctx->map_to[i], rest, out);
	}
	if (fs_join(ctx->fs, f->p->a, STR(""), path, out))
		return true;
	for (size_t i = 1; i < path.len; i++) {
		if (path.ptr[i] != '/')
			continue;
		struct str suffix = str_sub(path, i + 1, path.len), source;
		if (suffix.len == 0)
			break;
		source = (struct str){0};
		if (fs_kind(ctx->fs, suffix) != FS_MISSING ||
		    (source = source_of_output(f->p, suffix)).ptr) {
			*out = suffix;
			return true;
		}
	}
	return false;
}

static const char *built_why(struct finder *f, struct str output, struct str source)
{
	return arena_printf(f->p->a, "'" STR_FMT "' is built from '" STR_FMT "'", STR_ARG(output),
			    STR_ARG(source));
}

/* nest-cli.json: where the sources of dist/main.js lie */
static bool nest_source(struct finder *f, struct str path, struct str *out)
{
	for (struct str dir = path_dir(path);; dir = path_dir(dir)) {
		cJSON *cli = project_json(f->p, path_join(f->p->a, dir, STR("nest-cli.json")));
		struct str root = cli ? json_str(cli, "sourceRoot") : (struct str){0};
		struct str base = path_base(path);
		struct str stem = str_sub(base, 0, base.len - path_ext(base).len);
		const cJSON *project, *projects = cJSON_GetObjectItemCaseSensitive(cli, "projects");
		cJSON_ArrayForEach(project, projects)
		{
			struct str sub = json_str(project, "sourceRoot");
			char *mark = arena_printf(f->p->a, "/%s/", project->string);
			if (sub.ptr && str_find(path, str_from(mark)) != (size_t)-1 &&
			    find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, sub), stem),
				      true, out))
				return true;
		}
		if (root.ptr &&
		    find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, root), stem), true,
			      out))
			return true;
		if (dir.len == 0)
			return false;
	}
}

/* tsup cron/index.ts --outDir .cron; esbuild src/a.ts --outfile=x/a.js; ncc build src/a.js -o dist:
 * the input of a build script whose output folder is the one that is looked for */
static bool bundled_by(struct finder *f, struct str dir, const struct words *w, struct str path,
		       struct str *out)
{
	bool bundler = false, writes_there = false;
	struct str input = {0}, folder = path_dir(path);
	for (size_t i = 0; i < w->len; i++) {
		struct str word = w->ptr[i], to;
		size_t eq = str_find(word, STR("="));
		bundler |= ONE_OF(word, "tsup", "esbuild", "ncc", "rollup", "microbundle",
				  "bunchee", "swc", "babel");
		if (!bundler)
			continue;
		if (word.ptr[0] == '-' && eq != (size_t)-1)
			word = str_sub(word, eq + 1, word.len);
		else if (word.ptr[0] != '-' && is_source_path(word) && !input.ptr &&
			 fs_join(f->p->ctx->fs, f->p->a, dir, word, &to) &&
			 fs_kind(f->p->ctx->fs, to) == FS_FILE)
			input = to;
		if (word.len && word.ptr[0] != '-' &&
		    fs_join(f->p->ctx->fs, f->p->a, dir, word, &to))
			writes_there |= str_eq(to, folder) || str_eq(to, path);
	}
	*out = input;
	return bundler && writes_there && input.ptr;
}

static bool bundled_source(struct finder *f, struct str path, struct str *out)
{
	const struct manifest *m = project_manifest_above(f->p, path_dir(path));
	const cJSON *script,
	    *scripts = m ? cJSON_GetObjectItemCaseSensitive(m->json, "scripts") : NULL;
	bool hit = false;
	cJSON_ArrayForEach(script, scripts)
	{
		struct words commands[MAX_COMMANDS];
		size_t n = cJSON_IsString(script) && !hit
			       ? split_command(f->p->a, str_from(script->valuestring), commands,
					       MAX_COMMANDS)
			       : 0;
		for (size_t i = 0; i < n; i++) {
			hit = hit || bundled_by(f, m->pkg.dir, &commands[i], path, out);
			vec_release(&commands[i]);
		}
	}
	return hit;
}

/* returns false where nothing stands behind the path */
bool enter_file(struct finder *f, struct str dir, struct str written)
{
	struct project *p = f->p;
	struct str path, source, found;
	if (written.len && written.ptr[0] == '/'
		? !map_absolute(f, written, &path)
		: !fs_join(p->ctx->fs, p->a, dir, written, &path)) {
		f->wanted = written;
		return false;
	}
	source = source_of_output(p, path);
	if (source.ptr && !str_eq(source, path)) {
		finder_add(f, source, ENTRY_LIKELY, built_why(f, path, source));
		return true;
	}
	if (find_file(p, path, false, &found) && is_source_path(found)) {
		finder_add(f, found, ENTRY_CERTAIN, "the script itself");
		return true;
	}
	if (nest_source(f, path, &found) && is_source_path(found)) {
		finder_add(f, found, ENTRY_LIKELY, built_why(f, path, found));
		return true;
	}
	if (fs_kind(p->ctx->fs, path) == FS_FILE && path_ext(path).len == 0) {
		finder_add(f, path, ENTRY_LIKELY, "the script itself"); /* bin/www */
		return true;
	}
	if (bundled_source(f, path, &found)) {
		finder_add(f, found, ENTRY_LIKELY, built_why(f, path, found));
		return true;
	}
	if (enter_standalone(f, path))
		return true;
	f->wanted = path;
	return false;
}
