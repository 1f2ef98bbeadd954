/* From what PM2 starts (script, args, interpreter, cwd) to source files: plain
 * files, build outputs, package scripts and launchers, as deep as they nest. */
#include "analyzers/project/internal.h"

enum { MAX_DEPTH = 8, MAX_COMMANDS = 16 };

struct finder {
	struct project *p;
	const struct project_command *command;
	struct project_entries *out;
	VEC(struct project_entry) entries;
	VEC(const char *) notes;
	VEC(struct env_var) env;
	struct str wanted; /* the last path that was looked for in vain */
};

static void run_words(struct finder *f, struct str dir, const struct str *words, size_t n, int depth);

static void add_entry(struct finder *f, struct str path, enum entry_certainty certainty, const char *why)
{
	for (size_t i = 0; i < f->entries.len; i++)
		if (str_eq(f->entries.ptr[i].path, path))
			return;
	vec_push(&f->entries, (struct project_entry){path, certainty, why});
}

static void launcher(struct finder *f, const char *name)
{
	if (!f->out->wrapper)
		f->out->wrapper_name = name;
	f->out->wrapper = true;
}

static void not_node(struct finder *f, const char *why)
{
	f->out->not_node = true;
	f->out->not_node_why = why;
}

/* ---- files ---- */

static bool one_of(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, list[i]))
			return true;
	return false;
}
#define ONE_OF(s, ...)                                                                             \
	one_of((s), (const char *const[]){__VA_ARGS__},                                            \
	       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* A path that was mapped from another machine's absolute one: its longest suffix that exists here. */
static bool map_absolute(struct finder *f, struct str path, struct str *out)
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
			    find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, sub), stem), true, out))
				return true;
		}
		if (root.ptr &&
		    find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, root), stem), true, out))
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
		bundler |= ONE_OF(word, "tsup", "esbuild", "ncc", "rollup", "microbundle", "bunchee", "swc", "babel");
		if (!bundler)
			continue;
		if (word.ptr[0] == '-' && eq != (size_t)-1)
			word = str_sub(word, eq + 1, word.len);
		else if (word.ptr[0] != '-' && is_source_path(word) && !input.ptr &&
			 fs_join(f->p->ctx->fs, f->p->a, dir, word, &to) &&
			 fs_kind(f->p->ctx->fs, to) == FS_FILE)
			input = to;
		if (word.len && word.ptr[0] != '-' && fs_join(f->p->ctx->fs, f->p->a, dir, word, &to))
			writes_there |= str_eq(to, folder) || str_eq(to, path);
	}
	*out = input;
	return bundler && writes_there && input.ptr;
}

static bool bundled_source(struct finder *f, struct str path, struct str *out)
{
	const struct manifest *m = project_manifest_above(f->p, path_dir(path));
	const cJSON *script, *scripts = m ? cJSON_GetObjectItemCaseSensitive(m->json, "scripts") : NULL;
	bool hit = false;
	cJSON_ArrayForEach(script, scripts)
	{
		struct words commands[MAX_COMMANDS];
		size_t n = cJSON_IsString(script) && !hit
			       ? split_command(f->p->a, str_from(script->valuestring), commands, MAX_COMMANDS)
			       : 0;
		for (size_t i = 0; i < n; i++) {
			hit = hit || bundled_by(f, m->pkg.dir, &commands[i], path, out);
			vec_release(&commands[i]);
		}
	}
	return hit;
}

static bool enter_standalone(struct finder *f, struct str path);

/* returns false where nothing stands behind the path */
static bool enter_file(struct finder *f, struct str dir, struct str written)
{
	struct project *p = f->p;
	struct str path, source, found;
	if (written.len && written.ptr[0] == '/' ? !map_absolute(f, written, &path)
						 : !fs_join(p->ctx->fs, p->a, dir, written, &path)) {
		f->wanted = written;
		return false;
	}
	source = source_of_output(p, path);
	if (source.ptr && !str_eq(source, path)) {
		add_entry(f, source, ENTRY_LIKELY, built_why(f, path, source));
		return true;
	}
	if (find_file(p, path, false, &found) && is_source_path(found)) {
		add_entry(f, found, ENTRY_CERTAIN, "the script itself");
		return true;
	}
	if (nest_source(f, path, &found) && is_source_path(found)) {
		add_entry(f, found, ENTRY_LIKELY, built_why(f, path, found));
		return true;
	}
	if (fs_kind(p->ctx->fs, path) == FS_FILE && path_ext(path).len == 0) {
		add_entry(f, path, ENTRY_LIKELY, "the script itself"); /* bin/www */
		return true;
	}
	if (bundled_source(f, path, &found)) {
		add_entry(f, found, ENTRY_LIKELY, built_why(f, path, found));
		return true;
	}
	if (enter_standalone(f, path))
		return true;
	f->wanted = path;
	return false;
}

/* ---- launchers ---- */

static bool is_assignment(struct str word)
{
	size_t eq = str_find(word, STR("="));
	if (eq == (size_t)-1 || eq == 0)
		return false;
	for (size_t i = 0; i < eq; i++) {
		char c = word.ptr[i];
		if (!(c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (i && c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

static size_t take_assignments(struct finder *f, const struct str *words, size_t n)
{
	size_t i = 0;
	for (; i < n && is_assignment(words[i]); i++) {
		size_t eq = str_find(words[i], STR("="));
		vec_push(&f->env, (struct env_var){str_sub(words[i], 0, eq),
						   str_sub(words[i], eq + 1, words[i].len)});
	}
	return i;
}

static bool takes_value(struct str flag)
{
	if (str_find(flag, STR("=")) != (size_t)-1)
		return false;
	return ONE_OF(flag, "-r", "--require", "--import", "--loader", "--experimental-loader", "-e",
		      "--exec", "-x", "-w", "--watch-path", "--env-file", "-P", "--project",
		      "--tsconfig", "--ext", "--ignore", "-i", "-c", "--config", "-C", "--conditions",
		      "--delay", "--signal", "--cwd", "--dir", "-p", "--port", "-H", "--hostname");
}

/* node [flags] file: modules given with -r are loaded too */
static bool run_node(struct finder *f, struct str dir, const struct str *words, size_t n, int depth)
{
	for (size_t i = 0; i < n; i++) {
		struct str w = words[i];
		if (w.len == 0 || w.ptr[0] != '-') {
			if (str_is(w, "ace") && find_file(f->p, path_join(f->p->a, dir, STR("bin/server")), true, &w)) {
				add_entry(f, w, ENTRY_LIKELY, "started by node ace");
				return true;
			}
			/* node node_modules/next/dist/bin/next start: the launcher in-process */
			if (str_find(w, STR("node_modules/")) != (size_t)-1) {
				run_words(f, dir, words + i, n - i, depth + 1);
				return true;
			}
			return enter_file(f, dir, w);
		}
		if (ONE_OF(w, "-e", "--eval", "-p", "--print"))
			return false;
		if (!takes_value(w))
			continue;
		if (ONE_OF(w, "-r", "--require", "--import") && i + 1 < n &&
		    str_starts(words[i + 1], STR(".")))
			enter_file(f, dir, words[i + 1]);
		i++;
	}
	return false;
}

static void run_text(struct finder *f, struct str dir, struct str text, int depth)
{
	struct words commands[MAX_COMMANDS];
	size_t n = split_command(f->p->a, text, commands, MAX_COMMANDS);
	for (size_t i = 0; i < n; i++)
		run_words(f, dir, commands[i].ptr, commands[i].len, depth + 1);
	for (size_t i = 0; i < n; i++)
		vec_release(&commands[i]);
}

static bool run_script(struct finder *f, struct str dir, struct str name, int depth)
{
	const struct manifest *m = project_manifest_above(f->p, dir);
	if (!m)
		return false;
	const cJSON *scripts = cJSON_GetObjectItemCaseSensitive(m->json, "scripts");
	struct str text = json_str(scripts, arena_cstr(f->p->a, name));
	if (!text.ptr)
		return str_is(name, "start") && enter_file(f, m->pkg.dir, STR("server.js"));
	size_t before = f->entries.len;
	run_text(f, m->pkg.dir, text, depth);
	if (f->entries.len == before)
		f->wanted = str_from(arena_printf(f->p->a, "%s (script '" STR_FMT "' of " STR_FMT "%spackage.json)",
						  text.ptr, STR_ARG(name), STR_ARG(m->pkg.dir),
						  m->pkg.dir.len ? "/" : ""));
	return true;
}

static struct str member_dir(struct finder *f, struct str dir, struct str name)
{
	const struct member *m = project_member(f->p, dir, name);
	struct str sub;
	if (m)
		return m->dir;
	if (fs_join(f->p->ctx->fs, f->p->a, dir, name, &sub) && fs_kind(f->p->ctx->fs, sub) == FS_DIR)
		return sub;
	return dir;
}

/* npm|pnpm|yarn|bun [flags] [run] name: `name` is what is left */
static void run_package_manager(struct finder *f, struct str dir, struct str tool,
				const struct str *words, size_t n, int depth)
{
	launcher(f, arena_cstr(f->p->a, tool));
	for (size_t i = 0; i < n; i++) {
		struct str w = words[i];
		if (ONE_OF(w, "run", "run-script", "--", "-s", "--silent", "-q", "--if-present", "-r",
			   "--recursive", "-w") &&
		    !(str_is(w, "-w") && i + 1 < n && str_is(tool, "npm")))
			continue;
		if (ONE_OF(w, "--prefix", "-C", "--dir", "--cwd") && i + 1 < n) {
			struct str sub;
			if (fs_join(f->p->ctx->fs, f->p->a, dir, words[++i], &sub))
				dir = sub;
			continue;
		}
		if (ONE_OF(w, "--filter", "-F", "--workspace", "-w", "workspace") && i + 1 < n) {
			dir = member_dir(f, dir, words[++i]);
			continue;
		}
		if (w.len && w.ptr[0] == '-') {
			static const char *const with_eq[] = {"--prefix=", "--workspace=", "--filter=", "--cwd=", "--dir="};
			for (size_t k = 0; k < sizeof with_eq / sizeof *with_eq; k++)
				if (str_starts(w, str_from(with_eq[k])))
					dir = member_dir(f, dir, str_sub(w, strlen(with_eq[k]), w.len));
			continue;
		}
		if (ONE_OF(w, "exec", "dlx", "x", "npx") && i + 1 < n) {
			run_words(f, dir, words + i + 1, n - i - 1, depth + 1);
			return;
		}
		if (str_is(tool, "bun") && is_source_path(w) && enter_file(f, dir, w))
			return;
		if (!run_script(f, dir, w, depth) && !str_is(tool, "npm"))
			run_words(f, dir, words + i, n - i, depth + 1); /* yarn ts-node x */
		return;
	}
}

static bool first_plain(const struct str *words, size_t n, size_t *at)
{
	for (size_t i = 0; i < n; i++) {
		if (words[i].len && words[i].ptr[0] == '-') {
			i += takes_value(words[i]);
			continue;
		}
		*at = i;
		return true;
	}
	return false;
}

/* nodemon --exec "ts-node" src/x.ts; nodemon.json; package.json main */
static void run_nodemon(struct finder *f, struct str dir, const struct str *words, size_t n, int depth)
{
	size_t at;
	f->out->dev_server = true;
	for (size_t i = 0; i + 1 < n; i++)
		if (ONE_OF(words[i], "--exec", "-x")) {
			size_t before = f->entries.len;
			run_text(f, dir, words[i + 1], depth);
			if (f->entries.len > before)
				return;
		}
	if (first_plain(words, n, &at) && enter_file(f, dir, words[at]))
		return;
	cJSON *config = project_json(f->p, path_join(f->p->a, dir, STR("nodemon.json")));
	struct str exec = config ? json_str(config, "exec") : (struct str){0};
	const struct manifest *m = project_manifest_above(f->p, dir);
	struct str main = m ? json_str(m->json, "main") : (struct str){0};
	if (exec.ptr)
		run_text(f, dir, exec, depth);
	else if (main.ptr)
		enter_file(f, m->pkg.dir, main);
}

static void run_nest(struct finder *f, struct str dir, const struct str *words, size_t n)
{
	struct str name = STR(""), file, root = STR("src"), entry = STR("main");
	for (size_t i = 0; i < n; i++) {
		if (ONE_OF(words[i], "--watch", "-w", "--debug", "-d"))
			f->out->dev_server = true;
		else if (words[i].len && words[i].ptr[0] != '-' && !str_is(words[i], "start"))
			name = words[i];
	}
	cJSON *cli = project_json(f->p, path_join(f->p->a, dir, STR("nest-cli.json")));
	const cJSON *projects = cJSON_GetObjectItemCaseSensitive(cli, "projects");
	const cJSON *project = name.len ? cJSON_GetObjectItemCaseSensitive(projects, arena_cstr(f->p->a, name)) : NULL;
	const cJSON *levels[] = {cli, project};
	for (size_t i = 0; i < 2; i++) {
		struct str r = json_str(levels[i], "sourceRoot"), e = json_str(levels[i], "entryFile");
		if (r.ptr)
			root = r;
		if (e.ptr)
			entry = e;
	}
	if (find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, root), entry), true, &file))
		add_entry(f, file, ENTRY_LIKELY, "what nest start runs, by nest-cli.json");
}

/* ---- frameworks: what the starter loads by convention ---- */

struct convention {
	const char *framework, *command, *package;
	const char *globs[12];
};

static const struct convention conventions[] = {
    {"next", "next", "next",
     {"{src/,}pages/api/**", "{src/,}app/**/route.{ts,js,tsx,jsx}", "{src/,}app/**/{page,layout,actions}.{ts,tsx,js,jsx}",
      "{src/,}pages/**", "{src/,}instrumentation.{ts,js}", "{src/,}middleware.{ts,js}", "{src/,}proxy.{ts,js}"}},
    {"nuxt", "nuxt", "nuxt", {"server/**"}},
    {"nitro", "nitro", "nitropack", {"{server/,}{api,routes,plugins,middleware,tasks}/**"}},
    {"strapi", "strapi", "@strapi/strapi",
     {"{src/,}api/**", "src/index.{js,ts}", "src/extensions/**", "src/plugins/**", "src/middlewares/**",
      "src/policies/**", "config/**", "extensions/**"}},
    {"egg", "egg-scripts", "egg",
     {"app/**", "app.{js,ts}", "agent.{js,ts}", "config/**"}},
    {"sails", "sails", "sails", {"api/**", "config/**"}},
    {"feathers", "feathers", "@feathersjs/cli", {"src/index.{js,ts}"}},
    {"directus", "directus", "directus", {"extensions/**"}},
    {"remix", "remix-serve", "@remix-run/serve", {"app/**"}},
    {"medusa", "medusa", "@medusajs/medusa", {"src/**"}},
    {"moleculer", "moleculer-runner", "moleculer", {"services/**", "moleculer.config.{js,ts}"}},
    {"probot", "probot", "probot", {"index.{js,ts}", "src/index.{js,ts}"}},
};

static bool convention_excluded(struct str path)
{
	return str_find(path, STR(".test.")) != (size_t)-1 || str_find(path, STR(".spec.")) != (size_t)-1 ||
	       str_find(path, STR("__tests__/")) != (size_t)-1 || str_find(path, STR(".stories.")) != (size_t)-1;
}

static void enter_framework(struct finder *f, struct str dir, const struct convention *c)
{
	f->out->framework = c->framework;
	for (size_t i = 0; i < sizeof c->globs / sizeof *c->globs && c->globs[i]; i++) {
		struct str *files;
		size_t n = project_glob(f->p, dir, str_from(c->globs[i]), &files);
		for (size_t k = 0; k < n; k++)
			if (!convention_excluded(files[k]))
				add_entry(f, files[k], ENTRY_LIKELY,
					  arena_printf(f->p->a, "loaded by %s by convention", c->framework));
	}
}

/* output: 'standalone' of next writes server.js; nuxt and nitro write .output/server/index.mjs */
static bool enter_standalone(struct finder *f, struct str path)
{
	static const struct {
		const char *ends, *package;
		size_t convention;
	} outputs[] = {{"server.js", "next", 0}, {".output/server/index.mjs", "nuxt", 1},
		       {".output/server/index.mjs", "nitropack", 2}};
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		if (!str_ends(path, str_from(outputs[i].ends)))
			continue;
		for (struct str dir = path_dir(path);; dir = path_dir(dir)) {
			const struct manifest *m = project_manifest(f->p, dir);
			if (m && project_dependency(f->p, path_join(f->p->a, dir, STR("package.json")),
						    str_from(outputs[i].package)).ptr) {
				size_t before = f->entries.len;
				enter_framework(f, dir, &conventions[outputs[i].convention]);
				return f->entries.len > before;
			}
			if (dir.len == 0)
				break;
		}
	}
	return false;
}

static bool run_framework(struct finder *f, struct str dir, struct str tool, const struct str *words, size_t n)
{
	for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++) {
		if (!str_is(tool, conventions[i].command))
			continue;
		size_t at;
		if (first_plain(words, n, &at) && ONE_OF(words[at], "build", "lint", "generate", "info"))
			return true;
		if (first_plain(words, n, &at) && ONE_OF(words[at], "dev", "develop"))
			f->out->dev_server = true;
		launcher(f, conventions[i].framework);
		struct str sub;
		if (first_plain(words, n, &at) && at + 1 < n && words[at + 1].ptr[0] != '-' &&
		    fs_join(f->p->ctx->fs, f->p->a, dir, words[at + 1], &sub) &&
		    fs_kind(f->p->ctx->fs, sub) == FS_DIR)
			dir = sub;
		enter_framework(f, dir, &conventions[i]);
		return true;
	}
	return false;
}

/* ---- a command ---- */

static bool is_other_language(struct str tool)
{
	return ONE_OF(tool, "python", "python3", "gunicorn", "uvicorn", "celery", "flask", "java", "php",
		      "ruby", "bundle", "rails", "go", "cargo", "dotnet", "perl", "deno", "streamlit",
		      "poetry", "uv", "mix", "nginx", "caddy", "docker", "docker-compose");
}

/* exec, cross-env A=1, dotenv -e .env --, doppler run --: what comes after the launcher's own words */
static void run_prefix(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	struct str tool = path_base(w[0]);
	if (!ONE_OF(tool, "exec", "env", "command"))
		launcher(f, arena_cstr(f->p->a, tool));
	size_t i = 1;
	for (size_t k = 1; k < n; k++)
		if (str_is(w[k], "--")) {
			run_words(f, dir, w + k + 1, n - k - 1, depth + 1);
			return;
		}
	if (ONE_OF(tool, "doppler", "infisical") && i < n && str_is(w[i], "run"))
		i++;
	while (i < n && w[i].len && w[i].ptr[0] == '-')
		i += ONE_OF(w[i], "-e", "-f", "-c", "-r") ? 2 : 1;
	if (i < n)
		run_words(f, dir, w + i, n - i, depth + 1);
}

static void run_shell(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	if (n < 3 || !ONE_OF(w[1], "-c", "-lc", "-ic"))
		return;
	launcher(f, "bash -c");
	run_text(f, dir, w[2], depth);
}

static void run_plain_node(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	run_node(f, dir, w + 1, n - 1, depth);
}

static void run_ts_runner(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	launcher(f, arena_cstr(f->p->a, path_base(w[0])));
	size_t i = 1;
	for (; i < n && str_is(w[i], "watch"); i++)
		f->out->dev_server = true;
	run_node(f, dir, w + i, n - i, depth);
}

static void run_watcher(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	launcher(f, arena_cstr(f->p->a, path_base(w[0])));
	run_nodemon(f, dir, w + 1, n - 1, depth);
}

static void run_manager(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	run_package_manager(f, dir, path_base(w[0]), w + 1, n - 1, depth);
}

static void run_npx(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	size_t i = 1;
	launcher(f, "npx");
	while (i < n && w[i].len && w[i].ptr[0] == '-')
		i += ONE_OF(w[i], "-p", "--package") ? 2 : 1;
	if (i < n)
		run_words(f, dir, w + i, n - i, depth + 1);
}

static void run_nest_cli(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	size_t at;
	(void)depth;
	if (!first_plain(w + 1, n - 1, &at) || !str_is(w[1 + at], "start"))
		return;
	launcher(f, "nest");
	run_nest(f, dir, w + 1, n - 1);
}

static void run_several(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	bool commands = str_is(path_base(w[0]), "concurrently");
	launcher(f, arena_cstr(f->p->a, path_base(w[0])));
	for (size_t i = 1; i < n; i++) {
		if (w[i].len && w[i].ptr[0] == '-')
			continue;
		struct str name = str_starts(w[i], STR("npm:")) ? str_sub(w[i], 4, w[i].len) : w[i];
		if (commands && name.ptr == w[i].ptr)
			run_text(f, dir, w[i], depth);
		else
			run_script(f, dir, name, depth);
	}
}

typedef void run_fn(struct finder *f, struct str dir, const struct str *w, size_t n, int depth);

static const struct {
	const char *tool;
	run_fn *run;
} tools[] = {
    {"exec", run_prefix}, {"sudo", run_prefix}, {"nice", run_prefix}, {"time", run_prefix},
    {"command", run_prefix}, {"nohup", run_prefix}, {"env", run_prefix}, {"cross-env", run_prefix},
    {"cross-env-shell", run_prefix}, {"dotenv", run_prefix}, {"dotenvx", run_prefix},
    {"dotenv-cli", run_prefix}, {"env-cmd", run_prefix}, {"doppler", run_prefix},
    {"infisical", run_prefix}, {"bash", run_shell}, {"sh", run_shell}, {"zsh", run_shell},
    {"dash", run_shell}, {"node", run_plain_node}, {"nodejs", run_plain_node},
    {"babel-node", run_ts_runner}, {"ts-node", run_ts_runner}, {"tsx", run_ts_runner},
    {"ts-node-esm", run_ts_runner}, {"ts-node-script", run_ts_runner}, {"esno", run_ts_runner},
    {"swc-node", run_ts_runner}, {"vite-node", run_ts_runner}, {"jiti", run_ts_runner},
    {"bunx", run_npx}, {"npx", run_npx}, {"nodemon", run_watcher}, {"ts-node-dev", run_watcher},
    {"tsnd", run_watcher}, {"node-dev", run_watcher}, {"npm", run_manager}, {"pnpm", run_manager},
    {"yarn", run_manager}, {"bun", run_manager}, {"npm-cli.js", run_manager},
    {"nest", run_nest_cli}, {"nest.js", run_nest_cli}, {"concurrently", run_several},
    {"npm-run-all", run_several}, {"run-p", run_several}, {"run-s", run_several},
};

static run_fn *runner_of(struct str tool)
{
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (str_is(tool, tools[i].tool))
			return tools[i].run;
	return NULL;
}

static void run_words(struct finder *f, struct str dir, const struct str *words, size_t n, int depth)
{
	if (depth > MAX_DEPTH)
		return;
	size_t skip = take_assignments(f, words, n);
	words += skip, n -= skip;
	if (n == 0)
		return;
	struct str tool = path_base(words[0]);
	if (str_ends(tool, STR(".cmd")))
		tool.len -= 4;
	run_fn *run = runner_of(tool);
	if (run)
		run(f, dir, words, n, depth);
	else if (run_framework(f, dir, tool, words + 1, n - 1))
		return;
	else if (is_other_language(tool) && f->entries.len == 0)
		not_node(f, arena_printf(f->p->a, "runs " STR_FMT, STR_ARG(tool)));
	else if (is_source_path(words[0]) || str_find(words[0], STR("/")) != (size_t)-1)
		enter_file(f, dir, words[0]);
}

/* ---- cwd ---- */

/* PM2 resolves cwd against the shell's folder; nobody knows it. The config's folder first, then the root. */
static struct str find_cwd(struct finder *f)
{
	struct project *p = f->p;
	const struct project_command *c = f->command;
	struct str base = path_dir(c->config_path), dir, other;
	if (p->ctx->pm2_cwd.ptr)
		base = p->ctx->pm2_cwd;
	if (c->cwd.len == 0 || !c->cwd.ptr)
		return base;
	if (c->cwd.ptr[0] == '/') {
		if (map_absolute(f, c->cwd, &dir)) {
			if (fs_kind(p->ctx->fs, dir) == FS_FILE)
				dir = path_dir(dir);
			return dir;
		}
		f->out->cwd_note = arena_printf(p->a, "cwd '" STR_FMT "' is not on this machine; looked in the config's folder instead", STR_ARG(c->cwd));
		return base;
	}
	bool in_config = fs_join(p->ctx->fs, p->a, base, c->cwd, &dir) && fs_kind(p->ctx->fs, dir) == FS_DIR;
	bool in_root = fs_join(p->ctx->fs, p->a, STR(""), c->cwd, &other) && fs_kind(p->ctx->fs, other) == FS_DIR;
	if (p->ctx->pm2_cwd.ptr || (in_config && (!in_root || str_eq(dir, other))))
		return in_config ? dir : base;
	if (in_config) {
		f->out->cwd_note = arena_printf(p->a, "cwd '" STR_FMT "' exists from the config's folder and from the project root; PM2 takes the folder where it is called", STR_ARG(c->cwd));
		return dir;
	}
	return in_root ? other : base;
}

static bool is_framework_command(struct str tool)
{
	for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
		if (str_is(tool, conventions[i].command))
			return true;
	return false;
}

static bool is_launcher_name(struct str script)
{
	struct str tool = path_base(script);
	return runner_of(tool) || is_framework_command(tool) || is_other_language(tool);
}

static void run_main(struct finder *f, struct str dir)
{
	const struct project_command *c = f->command;
	struct str interp = path_base(c->interpreter);
	if (c->shell_script && !c->n_args) {
		launcher(f, "bash -c");
		run_text(f, dir, c->script, 0);
		return;
	}
	if (ONE_OF(interp, "python", "python3", "ruby", "php", "perl", "java", "go", "dotnet", "deno")) {
		not_node(f, arena_printf(f->p->a, "runs " STR_FMT, STR_ARG(interp)));
		return;
	}
	VEC(struct str) words = {0};
	bool by_name = is_launcher_name(c->script) || str_find(c->script, STR("node_modules/")) != (size_t)-1;
	if (!by_name && interp.len && !ONE_OF(interp, "node", "nodejs", "none", "bash", "sh"))
		vec_push(&words, interp);
	if (!by_name && words.len == 0)
		vec_push(&words, STR("node"));
	for (size_t i = 0; !by_name && i < c->n_node_args; i++)
		vec_push(&words, c->node_args[i]);
	if (ONE_OF(interp, "bash", "sh") && !by_name) {
		/* a start script: its commands, as far as they are plain */
		struct str path, text;
		if (fs_join(f->p->ctx->fs, f->p->a, dir, c->script, &path) &&
		    fs_kind(f->p->ctx->fs, path) == FS_FILE && !fs_read(f->p->ctx->fs, f->p->a, path, &text).text) {
			launcher(f, "bash");
			run_text(f, dir, text, 0);
		}
		if (f->entries.len == 0)
			not_node(f, "runs a shell script");
	} else {
		vec_push(&words, c->script);
		for (size_t i = 0; i < c->n_args; i++)
			vec_push(&words, c->args[i]);
		run_words(f, dir, words.ptr, words.len, 0);
	}
	vec_release(&words);
}

/* a custom server of next or nuxt still loads the folders of the framework */
static void add_custom_server(struct finder *f)
{
	if (f->out->framework || f->entries.len == 0 || f->entries.len > 3)
		return;
	struct str path = f->entries.ptr[0].path, text;
	if (fs_read(f->p->ctx->fs, f->p->a, path, &text).text)
		return;
	static const struct {
		const char *needle;
		size_t convention;
	} servers[] = {{"require('next')", 0}, {"require(\"next\")", 0}, {"from 'next'", 0}, {"from \"next\"", 0},
		       {"require('@strapi/strapi')", 3}, {"require('strapi')", 3}, {"require('sails')", 5}};
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
		if (str_find(text, str_from(servers[i].needle)) != (size_t)-1) {
			enter_framework(f, path_dir(path), &conventions[servers[i].convention]);
			return;
		}
}

static void *copy_out(struct arena *a, const void *ptr, size_t size, size_t n)
{
	void *out = arena_alloc_array(a, size, n);
	if (n)
		memcpy(out, ptr, size * n);
	return out;
}

struct project_entries *project_find_entries(struct project *p, const struct project_command *c)
{
	struct project_entries *out = arena_new(p->a, struct project_entries);
	struct finder f = {.p = p, .command = c, .out = out};
	out->cwd = find_cwd(&f);
	run_main(&f, out->cwd);
	if (f.entries.len == 0 && !out->not_node && out->cwd.len && !out->wrapper)
		enter_file(&f, STR(""), c->script); /* started from the root, cwd for the files only */
	add_custom_server(&f);
	if (f.entries.len == 0 && !out->not_node && str_is(c->interpreter, "none")) {
		struct str path;
		not_node(&f, "runs a binary");
		if (fs_join(p->ctx->fs, p->a, out->cwd, c->script, &path))
			out->native_dir = path_dir(path);
	}
	if (f.entries.len == 0 && !out->not_node)
		out->problem = arena_printf(p->a, "no source found for '" STR_FMT "' in '" STR_FMT "'",
					    STR_ARG(f.wanted.ptr ? f.wanted : c->script),
					    STR_ARG(out->cwd.len ? out->cwd : STR(".")));
	out->entries = copy_out(p->a, f.entries.ptr, sizeof *f.entries.ptr, f.entries.len);
	out->n = f.entries.len;
	out->notes = copy_out(p->a, f.notes.ptr, sizeof *f.notes.ptr, f.notes.len);
	out->n_notes = f.notes.len;
	out->env = copy_out(p->a, f.env.ptr, sizeof *f.env.ptr, f.env.len);
	out->n_env = f.env.len;
	vec_release(&f.entries);
	vec_release(&f.notes);
	vec_release(&f.env);
	return out;
}
