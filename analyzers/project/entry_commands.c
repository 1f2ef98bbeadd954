#include "analyzers/project/finder.h"

enum { MAX_DEPTH = 8 };

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
	return ONE_OF(flag, "-r", "--require", "--import", "--loader", "--experimental-loader",
		      "-e", "--exec", "-x", "-w", "--watch-path", "--env-file", "-P", "--project",
		      "--tsconfig", "--ext", "--ignore", "-i", "-c", "--config", "-C",
		      "--conditions", "--delay", "--signal", "--cwd", "--dir", "-p", "--port", "-H",
		      "--hostname");
}

/* node [flags] file: modules given with -r are loaded too */
static bool run_node(struct finder *f, struct str dir, const struct str *words, size_t n, int depth)
{
	for (size_t i = 0; i < n; i++) {
		struct str w = words[i];
		if (w.len == 0 || w.ptr[0] != '-') {
			if (str_is(w, "ace") &&
			    find_file(f->p, path_join(f->p->a, dir, STR("bin/server")), true, &w)) {
				finder_add(f, w, ENTRY_LIKELY, "started by node ace");
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

void run_text(struct finder *f, struct str dir, struct str text, int depth)
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
		f->wanted = str_from(arena_printf(
		    f->p->a, "%s (script '" STR_FMT "' of " STR_FMT "%spackage.json)", text.ptr,
		    STR_ARG(name), STR_ARG(m->pkg.dir), m->pkg.dir.len ? "/" : ""));
	return true;
}

static struct str member_dir(struct finder *f, struct str dir, struct str name)
{
	const struct member *m = project_member(f->p, dir, name);
	struct str sub;
	if (m)
		return m->dir;
	if (fs_join(f->p->ctx->fs, f->p->a, dir, name, &sub) &&
	    fs_kind(f->p->ctx->fs, sub) == FS_DIR)
		return sub;
	return dir;
}

/* npm|pnpm|yarn|bun [flags] [run] name: `name` is what is left */
static void run_package_manager(struct finder *f, struct str dir, struct str tool,
				const struct str *words, size_t n, int depth)
{
	finder_launcher(f, arena_cstr(f->p->a, tool));
	for (size_t i = 0; i < n; i++) {
		struct str w = words[i];
		if (ONE_OF(w, "run", "run-script", "--", "-s", "--silent", "-q", "--if-present",
			   "-r", "--recursive", "-w") &&
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
			static const char *const with_eq[] = {
			    "--prefix=", "--workspace=", "--filter=", "--cwd=", "--dir="};
			for (size_t k = 0; k < sizeof with_eq / sizeof *with_eq; k++)
				if (str_starts(w, str_from(with_eq[k])))
					dir = member_dir(f, dir,
							 str_sub(w, strlen(with_eq[k]), w.len));
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

bool first_plain(const struct str *words, size_t n, size_t *at)
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

/* the script behind nodemon's own options (nodemon --help options); node's follow --exec or stand before the script */
static bool watched_script(const struct str *words, size_t n, size_t *at)
{
	for (size_t i = 0; i < n; i++) {
		if (ONE_OF(words[i], "--watch", "-w", "--ext", "-e", "--ignore", "-i", "--exec", "-x", "--delay", "-d",
			   "--signal", "-s", "--config", "--cwd") ||
		    (words[i].len && words[i].ptr[0] == '-' && takes_value(words[i]))) {
			i++;
		} else if (words[i].len && words[i].ptr[0] != '-') {
			*at = i;
			return true;
		}
	}
	return false;
}

/* nodemon --exec "ts-node" src/x.ts; nodemon.json; package.json main */
static void run_nodemon(struct finder *f, struct str dir, const struct str *words, size_t n,
			int depth)
{
	size_t at;
	for (size_t i = 0; i + 1 < n; i++)
		if (ONE_OF(words[i], "--exec", "-x")) {
			size_t before = f->entries.len;
			run_text(f, dir, words[i + 1], depth);
			if (f->entries.len > before)
				return;
		}
	if (watched_script(words, n, &at) && enter_file(f, dir, words[at]))
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
			f->out->dev_server = "nest start --watch";
		else if (words[i].len && words[i].ptr[0] != '-' && !str_is(words[i], "start"))
			name = words[i];
	}
	cJSON *cli = project_json(f->p, path_join(f->p->a, dir, STR("nest-cli.json")));
	const cJSON *projects = cJSON_GetObjectItemCaseSensitive(cli, "projects");
	const cJSON *project =
	    name.len ? cJSON_GetObjectItemCaseSensitive(projects, arena_cstr(f->p->a, name)) : NULL;
	const cJSON *levels[] = {cli, project};
	for (size_t i = 0; i < 2; i++) {
		struct str r = json_str(levels[i], "sourceRoot"),
			   e = json_str(levels[i], "entryFile");
		if (r.ptr)
			root = r;
		if (e.ptr)
			entry = e;
	}
	if (find_file(f->p, path_join(f->p->a, path_join(f->p->a, dir, root), entry), true, &file))
		finder_add(f, file, ENTRY_LIKELY, "what nest start runs, by nest-cli.json");
}

bool is_other_language(struct str tool)
{
	return ONE_OF(tool, "python", "python3", "gunicorn", "uvicorn", "celery", "flask", "java",
		      "php", "ruby", "bundle", "rails", "go", "cargo", "dotnet", "perl", "deno",
		      "streamlit", "poetry", "uv", "mix", "nginx", "caddy", "docker",
		      "docker-compose");
}

/* script: 'serve' is PM2's own server (lib/API.js, lib/API/Serve.js); npx serve, http-server are packages */
static void run_static_server(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	(void)dir;
	(void)n;
	(void)depth;
	if (f->entries.len == 0)
		f->out->static_server = str_find(w[0], STR("http-server")) != (size_t)-1 ? "http-server" : "serve";
}

/* exec, cross-env A=1, dotenv -e .env --, doppler run --: what comes after the launcher's own words
 */
static void run_prefix(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	struct str tool = path_base(w[0]);
	if (!ONE_OF(tool, "exec", "env", "command"))
		finder_launcher(f, arena_cstr(f->p->a, tool));
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
	finder_launcher(f, "bash -c");
	run_text(f, dir, w[2], depth);
}

static void run_plain_node(struct finder *f, struct str dir, const struct str *w, size_t n,
			   int depth)
{
	run_node(f, dir, w + 1, n - 1, depth);
}

static void run_ts_runner(struct finder *f, struct str dir, const struct str *w, size_t n,
			  int depth)
{
	finder_launcher(f, arena_cstr(f->p->a, path_base(w[0])));
	size_t i = 1;
	for (; i < n && str_is(w[i], "watch"); i++)
		f->out->dev_server = arena_printf(f->p->a, STR_FMT " watch", STR_ARG(path_base(w[0])));
	run_node(f, dir, w + i, n - i, depth);
}

static void run_watcher(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	finder_launcher(f, arena_cstr(f->p->a, path_base(w[0])));
	f->out->dev_server = arena_cstr(f->p->a, path_base(w[0]));
	run_nodemon(f, dir, w + 1, n - 1, depth);
}

static void run_manager(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	run_package_manager(f, dir, path_base(w[0]), w + 1, n - 1, depth);
}

static void run_npx(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	size_t i = 1;
	finder_launcher(f, "npx");
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
	finder_launcher(f, "nest");
	run_nest(f, dir, w + 1, n - 1);
}

static void run_several(struct finder *f, struct str dir, const struct str *w, size_t n, int depth)
{
	bool commands = str_is(path_base(w[0]), "concurrently");
	finder_launcher(f, arena_cstr(f->p->a, path_base(w[0])));
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
    {"exec", run_prefix},
    {"sudo", run_prefix},
    {"nice", run_prefix},
    {"time", run_prefix},
    {"command", run_prefix},
    {"nohup", run_prefix},
    {"env", run_prefix},
    {"cross-env", run_prefix},
    {"cross-env-shell", run_prefix},
    {"dotenv", run_prefix},
    {"dotenvx", run_prefix},
    {"dotenv-cli", run_prefix},
    {"env-cmd", run_prefix},
    {"doppler", run_prefix},
    {"infisical", run_prefix},
    {"bash", run_shell},
    {"sh", run_shell},
    {"zsh", run_shell},
    {"dash", run_shell},
    {"node", run_plain_node},
    {"nodejs", run_plain_node},
    {"babel-node", run_ts_runner},
    {"ts-node", run_ts_runner},
    {"tsx", run_ts_runner},
    {"ts-node-esm", run_ts_runner},
    {"ts-node-script", run_ts_runner},
    {"esno", run_ts_runner},
    {"swc-node", run_ts_runner},
    {"vite-node", run_ts_runner},
    {"jiti", run_ts_runner},
    {"bunx", run_npx},
    {"npx", run_npx},
    {"nodemon", run_watcher},
    {"ts-node-dev", run_watcher},
    {"tsnd", run_watcher},
    {"node-dev", run_watcher},
    {"npm", run_manager},
    {"pnpm", run_manager},
    {"yarn", run_manager},
    {"bun", run_manager},
    {"npm-cli.js", run_manager},
    {"nest", run_nest_cli},
    {"nest.js", run_nest_cli},
    {"serve", run_static_server},
    {"http-server", run_static_server},
    {"concurrently", run_several},
    {"npm-run-all", run_several},
    {"run-p", run_several},
    {"run-s", run_several},
};

static run_fn *runner_of(struct str tool)
{
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (str_is(tool, tools[i].tool))
			return tools[i].run;
	return NULL;
}

bool is_launcher(struct str tool)
{
	return runner_of(tool) != NULL;
}

void run_words(struct finder *f, struct str dir, const struct str *words, size_t n, int depth)
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
	/* node_modules/serve/build/main.js */
	if (str_find(words[0], STR("node_modules/serve/")) != (size_t)-1)
		tool = STR("serve");
	run_fn *run = runner_of(tool);
	if (run)
		run(f, dir, words, n, depth);
	else if (run_framework(f, dir, tool, words + 1, n - 1))
		return;
	else if (is_other_language(tool) && f->entries.len == 0)
		finder_not_node(f, arena_printf(f->p->a, "runs " STR_FMT, STR_ARG(tool)));
	else if (is_source_path(words[0]) || str_find(words[0], STR("/")) != (size_t)-1)
		enter_file(f, dir, words[0]);
}
