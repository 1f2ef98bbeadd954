#include "cli/session.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "cli/host.h"

enum { DEFAULT_PM2 = 7 };

/* a config as it was asked for, and where it lies */
struct request {
	const char *typed;
	const char *dir; /* absolute, real path */
	const char *abs;
};

static void trouble(struct session *s)
{
	s->trouble = true;
}

/* ---- which configs ---- */

static const char *directory_hint(struct arena *a, const char *path)
{
	const char **names;
	size_t n = discover_configs(a, path, &names);
	size_t len = strlen(path);
	const char *slash = len && path[len - 1] == '/' ? "" : "/";
	return n ? arena_printf(a, "give the config in it: %s%s%s", path, slash, names[0])
		 : "give a config file, such as ecosystem.config.js";
}

static bool locate(struct session *s, struct cli *cli, const char *typed, struct request *out)
{
	struct stat st;
	struct arena *a = &s->arena;
	if (stat(typed, &st) != 0) {
		const char *why = errno == ENOENT
				      ? "no such file; give the path of a PM2 config, or none to "
					"look for one here"
				      : strerror(errno);
		cli_error(cli, "%s: %s", typed, why);
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		cli_error(cli, "%s: is a directory; %s", typed, directory_hint(a, typed));
		return false;
	}
	const char *slash = strrchr(typed, '/');
	const char *dir = !slash ? "."
			  : slash == typed
			      ? "/"
			      : arena_cstr(a, (struct str){typed, (size_t)(slash - typed)});
	char *real = realpath(dir, NULL);
	if (!real) {
		cli_error(cli, "%s: %s", typed, strerror(errno));
		return false;
	}
	out->typed = typed;
	out->dir = arena_cstr(a, str_from(real));
	out->abs =
	    arena_printf(a, "%s/%s", strcmp(real, "/") ? real : "", slash ? slash + 1 : typed);
	free(real);
	return true;
}

static size_t find_requests(struct session *s, struct cli *cli, struct request **out)
{
	const char **names = cli->settings->args.ptr;
	size_t n = cli->settings->args.len, found = 0;
	if (n == 0 && !cli->settings->recursive)
		n = discover_configs(&s->arena, ".", &names);
	if (n == 0)
		n = discover_below(&s->arena, ".", &names);
	if (n == 0) {
		cli_error(cli, "no PM2 config found here or below; give its path: clusterlint check "
			       "PATH/ecosystem.config.js");
		trouble(s);
	}
	*out = arena_array(&s->arena, struct request, n);
	for (size_t i = 0; i < n; i++)
		if (locate(s, cli, names[i], &(*out)[found]))
			found++;
		else
			trouble(s);
	return found;
}

/* ---- below which root ---- */

static bool is_below(const char *dir, const char *root)
{
	size_t n = strlen(root);
	return strcmp(root, "/") == 0 ||
	       (strncmp(dir, root, n) == 0 && (dir[n] == '/' || dir[n] == '\0'));
}

static const char *find_root(struct session *s, struct cli *cli, const struct request *r, size_t n)
{
	struct arena *a = &s->arena;
	if (cli->settings->root) {
		char *real = realpath(cli->settings->root, NULL);
		if (!real) {
			cli_error(cli, "--root %s: %s", cli->settings->root, strerror(errno));
			return NULL;
		}
		const char *root = arena_cstr(a, str_from(real));
		free(real);
		return root;
	}
	char *here = realpath(".", NULL);
	char *root = arena_cstr(a, str_from(discover_root(a, r[0].dir, here)));
	for (size_t i = 1; i < n; i++) {
		const char *other = discover_root(a, r[i].dir, here);
		while (!is_below(other, root)) {
			char *slash = strrchr(root, '/');
			slash[slash == root] = '\0';
		}
	}
	free(here);
	return root;
}

static struct str below_root(struct session *s, const char *abs)
{
	struct str out;
	if (fs_join(&s->fs, &s->arena, STR(""), str_from(abs), &out))
		return out;
	return (struct str){NULL, 0};
}

static struct str work_dir(struct session *s)
{
	char *here = realpath(".", NULL);
	struct str out = here ? below_root(s, here) : (struct str){NULL, 0};
	free(here);
	return out;
}

static bool open_root(struct session *s, struct cli *cli, const struct request *r, size_t n)
{
	const char *root = find_root(s, cli, r, n);
	if (!root)
		return false;
	struct err e = fs_init(&s->fs, &s->arena, root);
	if (e.text) {
		cli_error(cli, "%s", e.text);
		return false;
	}
	s->fs_open = true;
	s->work_dir = work_dir(s);
	return true;
}

/* ---- for which machine ---- */

static bool set_maps(struct session *s, struct cli *cli)
{
	const struct option_list *maps = &cli->settings->map;
	struct str *from = arena_array(&s->arena, struct str, maps->len);
	struct str *to = arena_array(&s->arena, struct str, maps->len);
	for (size_t i = 0; i < maps->len; i++) {
		const char *equals = strchr(maps->ptr[i], '=');
		if (!equals || maps->ptr[i][0] != '/') {
			cli_error(cli,
				  "--map: '%s' is not FROM=TO with an absolute FROM, as in "
				  "--map /var/www/app=.",
				  maps->ptr[i]);
			return false;
		}
		char *real = realpath(equals + 1, NULL);
		to[i] = real ? below_root(s, real) : (struct str){NULL, 0};
		free(real);
		if (!to[i].ptr) {
			cli_error(cli, "--map: '%s' is no folder of the project " STR_FMT,
				  equals + 1, STR_ARG(s->fs.root));
			return false;
		}
		from[i] = (struct str){maps->ptr[i], (size_t)(equals - maps->ptr[i])};
	}
	s->ctx.map_from = from;
	s->ctx.map_to = to;
	s->ctx.n_map = maps->len;
	return true;
}

static bool set_pm2_cwd(struct session *s, struct cli *cli)
{
	const char *dir = cli->settings->pm2_cwd;
	if (!dir)
		return true;
	char *real = realpath(dir, NULL);
	s->ctx.pm2_cwd = real ? below_root(s, real) : (struct str){NULL, 0};
	free(real);
	if (s->ctx.pm2_cwd.ptr)
		return true;
	cli_error(cli, "--pm2-cwd: '%s' is no folder of the project " STR_FMT, dir,
		  STR_ARG(s->fs.root));
	return false;
}

static void set_pm2_version(struct session *s, const struct settings *o, struct str config)
{
	s->ctx.pm2_major = o->pm2_version ? o->pm2_version : DEFAULT_PM2;
	if (o->pm2_version)
		return;
	struct project *p = project_new(&s->ctx);
	uint32_t pinned = project_pm2_major(p, config);
	project_free(p);
	if (pinned >= 5 && pinned <= 7)
		s->ctx.pm2_major = pinned;
}

/* SOURCE_DATE_EPOCH, in seconds, stands for the clock: a report can be made again */
static uint32_t today(void)
{
	const char *epoch = cli_getenv("SOURCE_DATE_EPOCH");
	char *end = NULL;
	time_t now = epoch ? (time_t)strtoll(epoch, &end, 10) : time(NULL);
	struct tm tm;
	if (epoch && *end)
		now = time(NULL);
	if (!gmtime_r(&now, &tm))
		return 0;
	return (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday);
}

/* the machine that is planned for: the command line, else the settings of the first config */
static bool find_target(struct session *s, struct cli *cli, struct named_target *out)
{
	const struct project_file *p = &s->projects[0];
	const char *name = cli->settings->target ? cli->settings->target : p->target;
	VEC(const char *) words = {0};
	*out = (struct named_target){0};
	if (!name || strcmp(name, "pm2") == 0)
		return true;
	out->replicas = strcmp(name, "replicas") == 0;
	bool found = out->replicas;
	for (size_t i = p->n_targets; i > 0 && !found; i--) {
		*out = p->targets[i - 1];
		found = str_is(out->name, name);
		vec_push(&words, out->name.ptr);
	}
	vec_push(&words, "replicas");
	vec_push(&words, "pm2");
	const char *near = found ? NULL : nearest_word(name, words.ptr, words.len);
	if (!found && near)
		cli_error(cli, "--target: there is no '%s'; did you mean '%s'?", name, near);
	else if (!found)
		cli_error(cli, "--target: '%s' is neither pm2 nor replicas nor named in %s", name,
			  p->policy.file);
	vec_release(&words);
	return found;
}

static bool set_machine(struct session *s, struct cli *cli)
{
	const struct settings *o = cli->settings;
	struct named_target t;
	if (!find_target(s, cli, &t))
		return false;
	uint32_t cpus = o->cpus ? o->cpus : t.cpus;
	uint64_t memory = o->memory ? o->memory : t.memory;
	struct host host = {cpus, memory};
	if (!cpus || !memory)
		host = host_detect();
	s->ctx.target = t.replicas ? TARGET_REPLICAS : TARGET_PM2;
	s->ctx.cpus = cpus ? cpus : host.cpus;
	s->ctx.memory_bytes = memory ? memory : host.memory_bytes;
	return true;
}

static bool set_context(struct session *s, struct cli *cli, const struct request *r)
{
	const struct settings *o = cli->settings;
	s->ctx.arena = &s->arena;
	s->ctx.fs = &s->fs;
	s->ctx.today = today();
	s->ctx.program = host_program(&s->arena);
	s->ctx.native_deps = o->native_deps;
	s->ctx.threads = o->threads ? o->threads : host_detect().cpus;
	if (o->pm2_version && (o->pm2_version < 5 || o->pm2_version > 7)) {
		cli_error(cli, "--pm2-version: '%u' is not 5, 6 or 7", o->pm2_version);
		return false;
	}
	if (!set_machine(s, cli) || !session_environment(s, cli) || !set_maps(s, cli) || !set_pm2_cwd(s, cli))
		return false;
	set_pm2_version(s, o, below_root(s, r[0].abs));
	return true;
}

/* ---- loading ---- */

/* --scenario NAME, or --env NAME without a value */
static struct str only_scenario(struct session *s, const struct settings *o)
{
	if (o->scenario)
		return str_from(o->scenario);
	for (size_t i = 0; i < o->env.len; i++)
		if (!strchr(o->env.ptr[i], '='))
			return str_from(arena_printf(&s->arena, "--env %s", o->env.ptr[i]));
	return (struct str){NULL, 0};
}

static bool has_scenario(const struct eco_config *c, struct str name)
{
	for (size_t i = 0; i < c->n_models; i++)
		if (str_eq(c->models[i].scenario->name, name))
			return true;
	return false;
}

static void say_no_scenario(struct session *s, struct cli *cli, const struct request *r,
			    struct str path, struct str only)
{
	struct eco_config *all = NULL;
	const char *names = "";
	if (!eco_load(&s->ctx, path, (struct str){NULL, 0}, &all).text)
		for (size_t i = 0; i < all->n_models; i++)
			names = arena_printf(&s->arena, "%s%s'" STR_FMT "'", names, i ? ", " : "",
					     STR_ARG(all->models[i].scenario->name));
	cli_error(cli, "%s: there is no scenario '" STR_FMT "'; there is %s", r->typed,
		  STR_ARG(only), names);
	trouble(s);
}

static void load(struct session *s, struct cli *cli, const struct request *r, struct str only)
{
	struct eco_config *config = NULL;
	struct str path = below_root(s, r->abs);
	if (!path.ptr) {
		cli_error(cli,
			  "%s: lies outside of the project root " STR_FMT
			  "; give the folder that holds both with --root DIR",
			  r->typed, STR_ARG(s->fs.root));
		trouble(s);
		return;
	}
	struct err e = eco_load(&s->ctx, path, only, &config);
	if (e.text) {
		cli_error(cli, "%s", e.text);
		trouble(s);
		return;
	}
	if (config->loadable && only.ptr && !has_scenario(config, only)) {
		say_no_scenario(s, cli, r, path, only);
		return;
	}
	if (!config->loadable)
		trouble(s);
	s->configs[s->n_configs++] = config;
}

static bool read_projects(struct session *s, struct cli *cli, const struct request *r, size_t n)
{
	bool ok = true;
	s->projects = arena_array(&s->arena, struct project_file, n);
	for (size_t i = 0; i < n; i++)
		ok = project_file_read(s, cli, r[i].dir, &s->projects[i]) && ok;
	return ok;
}

/* one for each config that could be loaded */
static void set_policy(struct session *s, struct cli *cli, bool narrowed)
{
	struct project_policy *p = arena_array(&s->arena, struct project_policy, s->n_configs);
	s->policy = (struct policy){.no_inline = cli->settings->no_inline, .narrowed = narrowed};
	for (size_t i = 0; i < s->n_configs; i++) {
		p[i] = s->projects[i].policy;
		s->policy.no_inline = s->policy.no_inline || s->projects[i].no_inline;
	}
	s->policy.projects = p;
}

/* A name in the settings beside the only config of a folder means one of its apps; of other settings
 * nobody knows for which configs they are. */
static void tell_unknown_apps(struct session *s, struct cli *cli, const struct request *r)
{
	const char **there;
	const struct project_policy *p = &s->policy.projects[0];
	if (s->n_configs != 1 || !p->n_apps || access(arena_printf(&s->arena, "%s/.clusterlint.yml", r->dir), F_OK) != 0 ||
	    discover_configs(&s->arena, r->dir, &there) > 1)
		return;
	VEC(const char *) names = {0};
	const struct eco_config *c = s->configs[0];
	for (size_t i = 0; i < c->n_models; i++)
		for (size_t k = 0; k < c->models[i].n_apps; k++)
			vec_push(&names, arena_cstr(&s->arena, c->models[i].apps[k].name));
	for (size_t i = 0; i < p->n_apps; i++) {
		const char *name = arena_cstr(&s->arena, p->apps[i].name), *near = nearest_word(name, names.ptr, names.len);
		if (near && strcmp(near, name) != 0)
			cli_error(cli, "%s: no app is called '%s'; did you mean '%s'?", p->file, name, near);
	}
	vec_release(&names);
}

void session_open(struct session *s, struct cli *cli)
{
	struct request *r;
	*s = (struct session){0};
	arena_init(&s->arena);
	size_t n = find_requests(s, cli, &r);
	if (n == 0)
		return;
	s->cards = cards_load(&s->arena);
	if (!open_root(s, cli, r, n) || !read_projects(s, cli, r, n) || !session_rows(s, cli, n) ||
	    !set_context(s, cli, r)) {
		trouble(s);
		return;
	}
	s->configs = arena_array(&s->arena, const struct eco_config *, n);
	struct str only = only_scenario(s, cli->settings);
	for (size_t i = 0; i < n; i++) {
		s->projects[s->n_configs] = s->projects[i]; /* those before it that could not be read fall out */
		load(s, cli, &r[i], only);
	}
	set_policy(s, cli, only.ptr != NULL);
	if (s->n_configs == 1 && n == 1)
		tell_unknown_apps(s, cli, r);
}

void session_release(struct session *s)
{
	if (s->fs_open)
		fs_release(&s->fs);
	arena_release(&s->arena);
}
