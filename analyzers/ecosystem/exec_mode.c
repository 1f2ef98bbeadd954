#include "analyzers/ecosystem/internal.h"

#include <math.h>

/* Which interpreter PM2 takes for a script, and when that means cluster mode. */

static const struct {
	const char *ext, *interpreter;
} by_extension[] = {
	{".sh", "bash"}, {".py", "python"}, {".rb", "ruby"}, {".php", "php"}, {".pl", "perl"},
	{".js", "node"}, {".ts", "bun"},    {".tsx", "bun"}, {".coffee", "coffee"}, {".ls", "lsc"},
};

/* Commands on PATH: launchers written in JavaScript or Python are text, which PM2 gives to node; the
 * others are binaries. What is in neither list is unknown. */
static const char *const text_commands[] = {
	"npm", "npx", "yarn", "pnpm", "pnpx", "corepack", "serve", "next", "nuxt", "nest", "vite", "tsx", "ts-node",
	"nodemon", "pm2", "turbo", "lerna", "nx", "http-server", "json-server", "concurrently", "cross-env", "dotenv",
	"uvicorn", "gunicorn", "celery", "flask", "streamlit", "hypercorn", "daphne", "django-admin", "pipenv", "poetry",
};
static const char *const binary_commands[] = {
	"bash", "sh", "zsh", "dash", "node", "bun", "deno", "python", "python2", "python3", "ruby", "perl", "php", "java",
	"go", "cargo", "dotnet", "docker", "docker-compose", "caddy", "nginx", "redis-server", "mongod", "cloudflared",
	"ngrok", "sleep", "tail", "cat", "echo", "ls", "env", "make", "uv", "caffeinate", "socat", "ssh",
};

static bool in(const char *const *list, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, list[i]))
			return true;
	return false;
}
#define IN(list, s) in(list, sizeof(list) / sizeof *(list), s)

bool interpreter_means_cluster(struct str name, uint32_t pm2_major)
{
	if (pm2_major <= 5)
		return str_find(name, STR("node")) != (size_t)-1;
	if (pm2_major == 6)
		return str_find(name, STR("node")) != (size_t)-1 || str_find(name, STR("bun")) != (size_t)-1;
	while (name.len > 1 && name.ptr[name.len - 1] == '/')
		name.len--;
	name = path_base(name);
	return str_ends(name, STR("node")) || str_ends(name, STR("bun"));
}

static bool exists(const struct context *ctx, struct str dir, struct str path, struct str *out)
{
	return fs_join(ctx->fs, ctx->arena, dir, path, out) && fs_kind(ctx->fs, *out) != FS_MISSING;
}

struct str script_file(const struct context *ctx, struct str config_dir, struct str cwd, struct str script)
{
	struct str dir, found;
	struct str bases[] = {ctx->pm2_cwd.ptr ? ctx->pm2_cwd : config_dir, config_dir, STR("")};
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
		if (fs_join(ctx->fs, ctx->arena, bases[i], cwd.ptr ? cwd : STR(""), &dir) &&
		    exists(ctx, dir, script, &found))
			return found;
	}
	return exists(ctx, config_dir, script, &found) ? found : (struct str){0};
}

/* PM2's own test of the first 512 bytes (lib/tools/isbinaryfile.js) */
static bool is_binary(struct str text)
{
	size_t n = text.len < 512 ? text.len : 512, odd = 0;
	const unsigned char *b = (const unsigned char *)text.ptr;
	if (n == 0 || source_bom(text))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (b[i] == 0)
			return true;
		if ((b[i] >= 7 && b[i] <= 14) || (b[i] >= 32 && b[i] <= 127))
			continue;
		if (b[i] > 193 && b[i] < 224 && i + 1 < n) {
			i++;
			if (b[i] > 127 && b[i] < 192)
				continue;
		} else if (b[i] > 223 && b[i] < 240 && i + 2 < n) {
			i++;
			if (b[i] > 127 && b[i] < 192 && b[i + 1] > 127 && b[i + 1] < 192) {
				i++;
				continue;
			}
		}
		odd++;
		if (i > 32 && odd * 100 / n > 10)
			return true;
	}
	return odd * 100 / n > 10;
}

static struct interpreter sniffed(const struct context *ctx, struct str file)
{
	struct str text;
	if (fs_kind(ctx->fs, file) == FS_DIR)
		return (struct interpreter){.name = STR("node")};
	if (fs_read(ctx->fs, ctx->arena, file, &text).text)
		return (struct interpreter){.why = "the script cannot be read"};
	return (struct interpreter){.name = is_binary(text) ? STR("none") : STR("node")};
}

/* Node's path.extname */
static struct str extension(struct str script)
{
	while (script.len > 1 && script.ptr[script.len - 1] == '/')
		script.len--;
	struct str base = path_base(script);
	size_t dot = str_rfind_char(base, '.');
	if (dot == (size_t)-1 || dot == 0 || str_is(base, ".."))
		return (struct str){0};
	return str_sub(base, dot, base.len);
}

static struct interpreter by_script(const struct context *ctx, struct str config_dir, struct str script, struct str cwd)
{
	struct str ext = extension(script);
	for (size_t i = 0; i < sizeof by_extension / sizeof *by_extension; i++)
		if (str_is(ext, by_extension[i].ext))
			return (struct interpreter){.name = str_from(by_extension[i].interpreter)};
	if (str_is(script, "serve"))
		return (struct interpreter){.name = STR("node")};
	struct str file = cwd.ptr ? script_file(ctx, config_dir, cwd, script) : (struct str){0};
	if (file.ptr)
		return sniffed(ctx, file);
	struct str command = path_base(script);
	bool on_path = command.len == script.len || str_starts(script, STR("/usr/")) || str_starts(script, STR("/bin/")) ||
		       str_find(script, STR("node_modules/.bin/")) != (size_t)-1;
	if (on_path && IN(text_commands, command))
		return (struct interpreter){.name = STR("node")};
	if (on_path && IN(binary_commands, command))
		return (struct interpreter){.name = STR("none")};
	if (str_is(ext, ".mjs") || str_is(ext, ".cjs") || str_is(ext, ".jsx") || str_is(ext, ".json"))
		return (struct interpreter){.name = STR("node")};
	return (struct interpreter){.why = "the script is not here, and its name does not tell what it is"};
}

struct interpreter interpreter_of(const struct context *ctx, struct str config_dir, struct str script, struct str cwd,
				  const struct value *written, enum exec_mode explicit_mode)
{
	struct interpreter out;
	if (written && written->kind == VAL_UNKNOWN)
		return (struct interpreter){.why = written->u.unknown.reason};
	if (written && written->kind == VAL_STRING && written->u.str.len) {
		out = (struct interpreter){.name = written->u.str};
		bool chosen_node = str_find(written->u.str, STR("node@")) != (size_t)-1;
		if (chosen_node && explicit_mode == EXEC_CLUSTER)
			out.skipped = "a version of node cannot be chosen in cluster mode";
		else if (chosen_node)
			out.name = STR("node");
	} else {
		out = by_script(ctx, config_dir, script, cwd);
	}
	if (str_is(out.name, "lsc") || str_is(out.name, "coffee"))
		out.skipped = "the interpreter is no longer part of pm2";
	return out;
}

/* lib/God.js prepare: parseInt, then 0 and below count from the CPUs */
uint32_t processes_of(double instances, uint32_t cpus)
{
	if (isnan(instances) || isinf(instances))
		return 0;
	double n = trunc(instances);
	if (n == 0)
		n = cpus;
	else if (n < 0)
		n += cpus;
	if (n <= 0)
		n = 1;
	return n > 1e9 ? 1000000000 : (uint32_t)n;
}
