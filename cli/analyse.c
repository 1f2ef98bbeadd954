#include "cli/analyse.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/err.h"
#include "cli/assume.h"
#include "cli/baseline.h"
#include "cli/export.h"
#include "cli/git.h"
#include "cli/paint.h"
#include "cli/graph.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/session.h"

struct destination {
	const struct format *format;
	const char *file; /* NULL: the standard output */
};

static void unknown_format(struct cli *cli, enum view view, const char *name)
{
	VEC(const char *) names = {0};
	struct buf list = {0};
	struct format_list known = formats_of(view);
	for (size_t i = 0; i < known.len; i++) {
		vec_push(&names, known.ptr[i]->name);
		buf_printf(&list, "%s%s", i ? ", " : "", known.ptr[i]->name);
	}
	const char *near = nearest_word(name, names.ptr, names.len);
	if (near)
		cli_error(cli, "--format: '%s' is not known; did you mean '%s'?", name, near);
	else
		cli_error(cli, "--format: '%s' is not known; there is %s", name, list.ptr);
	vec_release(&names);
	buf_release(&list);
}

static bool find_formats(struct cli *cli, enum view view, struct destination *out, size_t n)
{
	bool taken = false;
	for (size_t i = 0; i < n; i++) {
		const struct output *o = &cli->settings->outputs.ptr[i];
		const char *name = o->format ? o->format : formats_of(view).ptr[0]->name;
		out[i] = (struct destination){format_find(view, name), output_is_stdout(o->file) ? NULL : o->file};
		if (!out[i].format) {
			unknown_format(cli, view, name);
			return false;
		}
		if (!out[i].file && taken) {
			cli_error(cli,
				  "two formats go to the standard output; give one of them a file: "
				  "--format %s --output FILE",
				  name);
			return false;
		}
		taken = taken || !out[i].file;
	}
	return true;
}

/* file://host/root, as terminals want it: the host tells files of another machine apart */
static const char *link_root(const struct cli *cli, struct session *s)
{
	char host[256] = "";
	if (!cli_use_links(cli->settings, cli->out))
		return NULL;
	if (gethostname(host, sizeof host - 1) != 0)
		*host = '\0';
	struct str root = str_is(s->fs.root, "/") ? STR("") : s->fs.root;
	return arena_printf(&s->arena, "file://%s%s", export_uri(&s->arena, str_from(host)), export_uri(&s->arena, root));
}

static struct format_options options_for(struct cli *cli, struct session *s,
					 const struct destination *d, enum view view)
{
	bool people = d->format->for_people;
	bool asked = cli->settings->lang != LANG_CHOICE_AUTO;
	return (struct format_options){
	    .view = view,
	    .lang = people || asked ? cli->lang : LANG_EN,
	    .color = people && !d->file && cli_use_color(cli->settings, cli->out),
	    .utf8 = cli_use_utf8(cli->settings),
	    .width = cli_width(cli->out),
	    .statistics = cli->settings->statistics,
	    .link_root = people && !d->file ? link_root(cli, s) : NULL,
	    .ctx = &s->ctx,
	    .work_dir = s->work_dir,
	    .version = CLUSTERLINT_VERSION,
	};
}

static bool write_document(struct cli *cli, struct session *s, const struct run_report *r,
			   const struct destination *d, enum view view)
{
	if (cli->settings->quiet && d->format->for_people && !d->file)
		return true;
	struct buf b = {0};
	struct format_options o = options_for(cli, s, d, view);
	d->format->write(r, &o, &b);
	bool ok = output_write(cli, d->file, buf_str(&b));
	buf_release(&b);
	return ok;
}

/* The command line, else the settings of the config, else errors. */
static bool fails(const struct settings *o, const struct run_report *r)
{
	static const int least[] = {[FAIL_ON_PROJECT] = LEVEL_ERROR,
				    [FAIL_ON_ERROR] = LEVEL_ERROR,
				    [FAIL_ON_WARNING] = LEVEL_WARNING,
				    [FAIL_ON_NOTE] = LEVEL_NOTE,
				    [FAIL_ON_NEVER] = LEVEL_ERROR + 1};
	for (size_t i = 0; i < r->n_configs; i++) {
		const struct config_report *c = &r->configs[i];
		int level = least[o->fail_on != FAIL_ON_PROJECT ? o->fail_on : c->fail_on];
		for (size_t k = 0; k < c->n_findings; k++)
			if (finding_counts(&c->findings[k]) && !c->findings[k].tolerated &&
			    (int)c->findings[k].level >= level)
				return true;
	}
	return false;
}

/* ---- what would be read ---- */

static int show_config(const struct cli *cli, const struct session *s)
{
	for (size_t i = 0; i < s->n_configs; i++)
		project_file_print(&s->projects[i], s->configs[i]->source->path, cli->out);
	return s->trouble ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int show_files(const struct cli *cli, struct session *s)
{
	VEC(struct str) paths = {0};
	struct run_report *r = progress_run(s, cli);
	for (size_t i = 0; i < s->n_configs; i++) {
		vec_push(&paths, s->configs[i]->source->path);
		for (size_t k = 0; k < s->configs[i]->n_files; k++)
			vec_push(&paths, s->configs[i]->files[k]->path);
	}
	for (size_t i = 0; i < r->n_programs; i++)
		for (size_t k = 0; k < r->programs[i]->n_files; k++)
			vec_push(&paths, r->programs[i]->files[k].source->path);
	for (size_t i = 0; i < r->n_native_files; i++)
		vec_push(&paths, r->native_files[i]->path);
	qsort(paths.ptr, paths.len, sizeof *paths.ptr, by_path);
	struct buf b = {0};
	struct paint p = {&b, false, cli_use_utf8(cli->settings), 0};
	for (size_t i = 0; i < paths.len; i++)
		if (!i || !str_eq(paths.ptr[i], paths.ptr[i - 1])) {
			paint_text(&p, STYLE_PLAIN, paths.ptr[i]);
			buf_addc(&b, '\n');
		}
	fwrite(b.ptr, 1, b.len, cli->out);
	buf_release(&b);
	vec_release(&paths);
	plan_release(r);
	return s->trouble ? EXIT_TROUBLE : EXIT_CLEAN;
}

/* Without any app that PM2 starts, and without an error that says why, nothing was checked. */
static bool has_nothing(const struct run_report *r)
{
	if (r->errors)
		return false;
	for (size_t i = 0; i < r->n_configs; i++) {
		for (size_t k = 0; k < r->configs[i].n_apps; k++)
			if (!r->configs[i].apps[k].model->skipped)
				return false;
	}
	return true;
}

/* which findings count, as far as files and git say so */
static bool read_policy(struct session *s, struct cli *cli)
{
	const struct settings *o = cli->settings;
	if (!assume_read(s, cli))
		return false;
	const char *baseline = o->baseline ? o->baseline : s->projects[0].baseline;
	if (baseline && !baseline_read(s, cli, baseline, &s->baseline))
		return false;
	s->policy.baseline = baseline ? &s->baseline : NULL;
	if (o->since && o->staged) {
		cli_error(cli, "--since and --staged exclude each other");
		return false;
	}
	if ((o->since || o->staged) && !git_changes(s, cli, o->since, &s->changes))
		return false;
	s->policy.changes = o->since || o->staged ? &s->changes : NULL;
	return true;
}

bool cli_tell_unfit(struct cli *cli, struct session *s, const struct config_report *c)
{
	for (size_t i = 0; i < c->n_plans; i++) {
		struct plan_text why = c->plans[i].unfit;
		if (!why.en)
			continue;
		cli_error(cli, "%s: %s", export_typed_path(&s->arena, s->work_dir, c->config->source->path), cli->lang == LANG_ZH ? why.zh : why.en);
		return true;
	}
	return false;
}

static int analyse(struct cli *cli, struct session *s, const struct destination *d, size_t n,
		   enum view view)
{
	bool trouble = s->trouble;
	struct run_report *r = progress_run(s, cli);
	for (size_t i = 0; i < n; i++)
		if (!write_document(cli, s, r, &d[i], view))
			trouble = true;
	if (has_nothing(r)) {
		cli_error(cli,
			  "%s: holds no app that PM2 would start, so there is nothing to check; "
			  "PM2 looks for a 'script' in each element of 'apps'",
			  export_typed_path(&s->arena, s->work_dir, s->configs[0]->source->path));
		trouble = true;
	}
	for (size_t i = 0; view == VIEW_PLAN && i < r->n_configs; i++)
		trouble = cli_tell_unfit(cli, s, &r->configs[i]) || trouble;
	bool found = fails(cli->settings, r);
	plan_release(r);
	if (trouble)
		return EXIT_TROUBLE;
	return found ? EXIT_FINDINGS : EXIT_CLEAN;
}

int cli_analyse(struct cli *cli, enum view view)
{
	size_t n = cli->settings->outputs.len;
	struct destination usual = {format_find(view, NULL), NULL};
	struct destination *d = n ? xcalloc(n, sizeof *d) : &usual;
	int status = EXIT_TROUBLE;
	if (find_formats(cli, view, d, n)) {
		struct session s;
		session_open(&s, cli);
		if (s.n_configs && cli->settings->show_config)
			status = show_config(cli, &s);
		else if (s.n_configs && cli->settings->show_files)
			status = show_files(cli, &s);
		else if (s.n_configs && cli->settings->dump_graph)
			status = dump_graph(cli, &s);
		else if (s.n_configs && read_policy(&s, cli))
			status = analyse(cli, &s, d, n ? n : 1, view);
		session_release(&s);
	}
	if (n)
		free(d);
	return status;
}
