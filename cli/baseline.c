/* baseline update: keeps what is still there, forgets what is gone, and takes
 * nothing new in unless told to: the file can only shrink by itself. */
#include "cli/baseline.h"

#include <unistd.h>
#include "base/err.h"
#include "cli/progress.h"
#include "planner/plan.h"

struct update {
	struct cli *cli;
	struct session *s;
	bool fresh, accept; /* no file yet; --accept-new */
	struct baseline old;
	VEC(struct baseline_entry) entries;
	bool *met; /* per old entry: still there */
	size_t added, left_out;
};

#define say(u, en, zh) ((u)->cli->lang == LANG_ZH ? (zh) : (en))

static void take(struct update *u, const struct finding *f, struct str config)
{
	const struct baseline_entry *old = baseline_find(&u->old, f, config);
	struct baseline_entry e = {.fingerprint = str_from(f->fingerprint),
				   .rule = f->rule,
				   .app = f->app,
				   .config = config,
				   .level = (int)f->level};
	if (old)
		u->met[old - u->old.ptr] = true;
	bool is_new = !old || (int)f->level > old->level;
	if (is_new && !u->fresh && !u->accept) {
		u->left_out++;
		if (!old)
			return;
		e.level = old->level;
	} else {
		u->added += is_new;
	}
	vec_push(&u->entries, e);
}

static bool is_looked_at(const struct session *s, struct str config)
{
	for (size_t i = 0; i < s->n_configs; i++)
		if (str_eq(s->configs[i]->source->path, config))
			return true;
	return false;
}

/* what belongs to configs that this run did not look at stays */
static size_t keep_others(struct update *u)
{
	size_t gone = 0;
	for (size_t i = 0; i < u->old.len; i++) {
		if (u->met[i])
			continue;
		if (u->old.ptr[i].orphan || is_looked_at(u->s, u->old.ptr[i].config))
			gone++;
		else
			vec_push(&u->entries, u->old.ptr[i]);
	}
	return gone;
}

static bool write_back(struct update *u, const char *file, const struct str *before)
{
	struct arena *a = &u->s->arena;
	struct str text = baseline_print(a, u->entries.ptr, u->entries.len);
	if (before && str_eq(*before, text))
		return true;
	struct err e = fs_replace(a, file, before, text);
	if (e.text)
		cli_error(u->cli, "%s", e.text);
	return !e.text;
}

static void tell(const struct update *u, const char *file, size_t gone)
{
	FILE *out = u->cli->out;
	if (u->cli->settings->quiet)
		return;
	fprintf(out,
		say(u, "%s: %zu known, %zu of them new; %zu gone\n",
		    "%s：已知 %zu 条，其中新增 %zu 条；消失 %zu 条\n"),
		file, u->entries.len, u->added, gone);
	if (u->left_out)
		fprintf(out,
			say(u, "%zu new left out: correct, or take in with --accept-new\n",
			    "未收入的新报告 %zu 条：请修正，或用 --accept-new 收入\n"),
			u->left_out);
}

static int update(struct update *u, const char *file, const struct str *before)
{
	struct session *s = u->s;
	struct run_report *r = progress_run(s, u->cli);
	u->met = arena_array(&s->arena, bool, u->old.len);
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_findings; k++)
			if (r->configs[i].findings[k].status != HAZARD_SUPPRESSED)
				take(u, &r->configs[i].findings[k],
				     r->configs[i].config->source->path);
	size_t gone = keep_others(u);
	bool ok = write_back(u, file, before);
	if (ok)
		tell(u, file, gone);
	plan_release(r);
	return ok ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int open_and_update(struct cli *cli, struct session *s, const char *file)
{
	struct update u = {.cli = cli, .s = s, .accept = cli->settings->accept_new};
	struct str before = {NULL, 0};
	if (s->policy.narrowed)
		return cli_error(cli, "a baseline is made from all scenarios: leave out --scenario "
				      "and --env NAME");
	u.fresh = access(file, F_OK) != 0;
	if (!u.fresh &&
	    (!baseline_read(s, cli, file, &u.old) || !session_read_text(&s->arena, file, &before)))
		return EXIT_TROUBLE;
	int status = update(&u, file, u.fresh ? NULL : &before);
	vec_release(&u.entries);
	return status;
}

static int run(struct cli *cli)
{
	const struct settings *o = cli->settings;
	if (!o->args.len || strcmp(o->args.ptr[0], "update") != 0)
		return cli_error(cli,
				 "clusterlint baseline update --baseline FILE [CONFIG...] is what "
				 "there is");
	if (!o->baseline)
		return cli_error(cli,
				 "--baseline FILE is needed: the file to write, as in --baseline "
				 "clusterlint-baseline.json");
	struct settings configs = *o; /* the rest of the words are configs */
	configs.args.ptr++;
	configs.args.len--;
	struct cli inner = *cli;
	inner.settings = &configs;
	struct session s;
	int status = EXIT_TROUBLE;
	session_open(&s, &inner);
	if (s.trouble) /* what could not be read must not be forgotten */
		cli_error(cli, "%s: left as it is", o->baseline);
	else if (s.n_configs)
		status = open_and_update(&inner, &s, o->baseline);
	session_release(&s);
	return status;
}

static const struct option_table *const tables[] = {&baseline_options, &analysis_options};

const struct command command_baseline = {
    .name = "baseline",
    .args = "update [CONFIG...]",
    .summary = "Write down the findings of today, so that check --baseline fails on new ones only.",
    .tables = tables,
    .n_tables = 2,
    .run = run,
};
