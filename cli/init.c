/* init: shows, or writes, what makes clusterlint run by itself in a project:
 * settings, a hook for pre-commit, a workflow. Overwrites nothing. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cjson/cJSON.h>
#include "base/err.h"
#include "cli/cli.h"
#include "cli/paint.h"
#include "cli/session.h"

struct init {
	struct cli *cli;
	struct session *s;
	struct buf out;
	bool trouble;
};

#define say(n, en, zh) ((n)->cli->lang == LANG_ZH ? (zh) : (en))

static const char *path_of(struct init *n, const char *name)
{
	return arena_printf(&n->s->arena, STR_FMT "/%s",
			    STR_ARG(str_is(n->s->fs.root, "/") ? STR("") : n->s->fs.root), name);
}

static bool exists(struct init *n, const char *name)
{
	return access(path_of(n, name), F_OK) == 0;
}

/* A JSON string is a YAML string as well, whatever the name holds. */
static const char *quoted(struct init *n, struct str s)
{
	cJSON *item = cJSON_CreateString(arena_cstr(&n->s->arena, s));
	char *text = item ? cJSON_PrintUnformatted(item) : NULL;
	if (!text)
		BUG("cJSON is out of memory");
	const char *out = arena_cstr(&n->s->arena, str_from(text));
	free(text);
	cJSON_Delete(item);
	return out;
}

/* ---- what is written ---- */

static bool is_first(const struct session *s, size_t config, size_t app)
{
	struct str name = s->configs[config]->models[0].apps[app].name;
	for (size_t c = 0; c <= config; c++)
		for (size_t i = 0; s->configs[c]->n_models && i < s->configs[c]->models[0].n_apps;
		     i++) {
			if (c == config && i == app)
				return true;
			if (str_eq(s->configs[c]->models[0].apps[i].name, name))
				return false;
		}
	return true;
}

static const char *settings_text(struct init *n)
{
	const struct session *s = n->s;
	struct buf b = {0};
	buf_printf(&b,
		   "# settings of clusterlint, see clusterlint.yml(5)\n"
		   "fail-on: error\n"
		   "target: production\n"
		   "targets:\n"
		   "  # the machine that runs this config; these are the numbers of the one where "
		   "init ran\n"
		   "  production: {kind: pm2, cpus: %u, memory: %lluM}\n"
		   "# what the sources cannot tell, per app:\n"
		   "# apps:\n",
		   s->ctx.cpus, (unsigned long long)(s->ctx.memory_bytes >> 20));
	for (size_t c = 0; c < s->n_configs; c++)
		for (size_t i = 0; s->configs[c]->n_models && i < s->configs[c]->models[0].n_apps;
		     i++)
			if (s->configs[c]->models[0].apps[i].name.ptr && is_first(s, c, i))
				buf_printf(&b,
					   "#   %s: {pin: why it must stay one process, rss: 200M, "
					   "pool: 10}\n",
					   quoted(n, s->configs[c]->models[0].apps[i].name));
	const char *text = arena_cstr(&n->s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *hook_text(struct init *n)
{
	struct buf b = {0};
	buf_adds(&b, "repos:\n"
		     "  - repo: local\n"
		     "    hooks:\n"
		     "      - id: clusterlint\n"
		     "        name: clusterlint\n"
		     "        entry: clusterlint check\n"
		     "        args: [");
	for (size_t i = 0; i < n->s->n_configs; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", quoted(n, n->s->configs[i]->source->path));
	buf_adds(&b, "]\n"
		     "        language: system\n"
		     "        files: '\\.([cm]?[jt]sx?|json|ya?ml)$'\n"
		     "        pass_filenames: false\n"
		     "        require_serial: true\n");
	const char *text = arena_cstr(&n->s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *workflow_text(struct init *n)
{
	struct buf b = {0};
	buf_adds(&b, "name: clusterlint\n"
		     "on:\n"
		     "  pull_request:\n"
		     "  push:\n"
		     "    branches: [main, master]\n"
		     "permissions:\n"
		     "  contents: read\n"
		     "jobs:\n"
		     "  clusterlint:\n"
		     "    runs-on: ubuntu-latest\n"
		     "    steps:\n"
		     "      - uses: actions/checkout@v4\n"
		     "        with:\n"
		     "          persist-credentials: false\n");
	buf_printf(&b, "      - uses: %s\n        with:\n          configs: |\n",
		   n->cli->settings->action);
	for (size_t i = 0; i < n->s->n_configs; i++)
		buf_printf(&b, "            " STR_FMT "\n",
			   STR_ARG(n->s->configs[i]->source->path));
	const char *text = arena_cstr(&n->s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *gitlab_text(struct init *n)
{
	struct buf b = {0};
	buf_adds(
	    &b,
	    "clusterlint:\n"
	    "  script:\n"
	    "    - clusterlint check --format gitlab --output gl-clusterlint.json --format text\n"
	    "  artifacts:\n"
	    "    when: always\n"
	    "    reports:\n"
	    "      codequality: gl-clusterlint.json\n");
	const char *text = arena_cstr(&n->s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

/* ---- showing and writing ---- */

static void show(struct init *n, const char *head, const char *name, const char *text)
{
	buf_printf(&n->out, "%s %s\n", head, name);
	while (*text) {
		size_t len = strcspn(text, "\n");
		buf_printf(&n->out, "    %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
	buf_addc(&n->out, '\n');
}

static bool make_folders(struct init *n, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *dir = path_of(
		    n, arena_cstr(&n->s->arena, (struct str){name, (size_t)(slash - name)}));
		if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
			cli_error(n->cli, "%s: %s", dir, strerror(errno));
			return false;
		}
	}
	return true;
}

static void offer(struct init *n, const char *name, const char *text)
{
	if (exists(n, name)) {
		show(n,
		     say(n, "is there already and stays; it could hold:",
			 "已存在，保持不变；可加入："),
		     name, text);
		return;
	}
	if (!n->cli->settings->write_back) {
		show(n, say(n, "would write", "将写入"), name, text);
		return;
	}
	struct err e = {NULL};
	if (make_folders(n, name))
		e = fs_replace(&n->s->arena, path_of(n, name), NULL, str_from(text));
	if (e.text)
		cli_error(n->cli, "%s", e.text);
	if (e.text || !exists(n, name))
		n->trouble = true;
	else
		buf_printf(&n->out, "%s %s\n", say(n, "wrote", "已写入"), name);
}

/* a path that could end the block it stands in, or be an expression, has no place in a workflow */
static bool is_plain(const struct session *s)
{
	for (size_t i = 0; i < s->n_configs; i++) {
		if (str_find(s->configs[i]->source->path, STR("${{")) != (size_t)-1)
			return false;
		for (size_t k = 0; k < s->configs[i]->source->path.len; k++)
			if ((unsigned char)s->configs[i]->source->path.ptr[k] < 0x20)
				return false;
	}
	return true;
}

static void offer_all(struct init *n)
{
	offer(n, ".clusterlint.yml", settings_text(n));
	offer(n, ".pre-commit-config.yaml", hook_text(n));
	if (exists(n, ".gitlab-ci.yml"))
		offer(n, ".gitlab-ci.yml", gitlab_text(n));
	else if (n->cli->settings->action && is_plain(n->s))
		offer(n, ".github/workflows/clusterlint.yml", workflow_text(n));
	else
		buf_printf(
		    &n->out, "%s\n",
		    say(n,
			"no workflow: say where the action lies with --action "
			"OWNER/REPOSITORY@VERSION",
			"没有工作流：请用 --action OWNER/REPOSITORY@VERSION 指明 action 的位置"));
	if (!n->cli->settings->write_back)
		buf_printf(&n->out, "%s\n",
			   say(n, "nothing was written; --write writes what is not there yet",
			       "没有写入任何文件；--write 会写入尚不存在的文件"));
}

static bool is_action(const char *s)
{
	size_t slashes = 0, ats = 0;
	for (; *s; s++) {
		slashes += *s == '/' && !ats;
		ats += *s == '@';
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./@",
			    *s))
			return false;
	}
	return slashes >= 1 && ats == 1;
}

static int run(struct cli *cli)
{
	struct session s;
	if (cli->settings->action && !is_action(cli->settings->action))
		return cli_error(cli, "--action: '%s' is not OWNER/REPOSITORY@VERSION",
				 cli->settings->action);
	session_open(&s, cli);
	struct init n = {.cli = cli, .s = &s, .trouble = s.trouble};
	if (s.n_configs)
		offer_all(&n);
	if (n.out.len && !cli->settings->quiet)
		fwrite(n.out.ptr, 1, n.out.len, cli->out);
	int status = n.trouble || !s.n_configs ? EXIT_TROUBLE : EXIT_CLEAN;
	buf_release(&n.out);
	session_release(&s);
	return status;
}

static const struct option_table *const tables[] = {&init_options, &analysis_options};

const struct command command_init = {
    .name = "init",
    .args = "[CONFIG...]",
    .summary = "Show, or write, settings, a pre-commit hook and a workflow for a project.",
    .tables = tables,
    .n_tables = 2,
    .run = run,
};
