/* fix: rewrites the config so that it runs what its code can bear. Shows a diff;
 * writes only when told to. */
#include <unistd.h>
#include "base/fs.h"
#include "cli/analyse.h"
#include "cli/assume.h"
#include "cli/cli.h"
#include "cli/diff.h"
#include "cli/export.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "planner/edit.h"

struct fixing {
	struct cli *cli;
	struct session *s;
	struct buf out;
	size_t n_changed;   /* configs */
	bool trouble, refused;
	struct buf changed; /* apps of the last changed config whose mode or number changed */
	struct buf todo;    /* what to run once, a line for each config */
	const char *path;   /* of the last changed config, as a command in this shell needs it */
};

#define say(f, en, zh) ((f)->cli->lang == LANG_ZH ? (zh) : (en))

/* as check shows it: from the shell's folder, where that lies in the project */
static const char *shown(struct fixing *f, struct str path)
{
	return export_typed_path(&f->s->arena, f->s->work_dir, path);
}

/* from anywhere else a command needs the whole path */
static const char *typed(struct fixing *f, struct str path)
{
	if (f->s->work_dir.ptr)
		return shown(f, path);
	return arena_printf(&f->s->arena, STR_FMT "/" STR_FMT, STR_ARG(f->s->fs.root), STR_ARG(path));
}

static void write_config(struct fixing *f, const struct source *source, const struct edit_result *r)
{
	struct arena *a = &f->s->arena;
	const char *file = arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(f->s->fs.root), STR_ARG(source->path));
	struct err e = fs_replace(a, file, &source->text, r->text);
	if (e.text) {
		cli_error(f->cli, "%s", e.text);
		f->trouble = true;
	}
}

static void tell_refused(struct fixing *f, const struct edit_result *r)
{
	for (size_t i = 0; i < r->n_refused; i++) {
		const struct edit_refused *x = &r->refused[i];
		struct position at = x->at.source ? source_position(x->at.source, x->at.span.start) : (struct position){1, 1};
		cli_error(f->cli, "%s:%u:%u: %s", x->at.source ? shown(f, x->at.source->path) : "config", at.line, at.column,
			  say(f, x->why, x->why_zh));
	}
}

static void tell_done(struct fixing *f, const struct source *source, const struct edit_done *done)
{
	buf_printf(&f->out, "%s: ", shown(f, source->path));
	if (done->app.len)
		buf_printf(&f->out, STR_FMT ": ", STR_ARG(done->app));
	buf_printf(&f->out, "%s\n", say(f, done->what, done->what_zh));
}

static void tell_unreadable(struct fixing *f, const struct eco_config *c)
{
	struct position at = c->why_not_at.source ? source_position(c->why_not_at.source, c->why_not_at.span.start) : (struct position){1, 1};
	cli_error(f->cli, "%s:%u:%u: cannot be edited: %s", shown(f, c->source->path), at.line, at.column,
		  c->why_not ? c->why_not : "it cannot be evaluated");
	f->refused = true;
}

static bool is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-", name.ptr[i]))
			return false;
	return name.len && name.ptr[0] != '-' && !str_is(name, "all");
}

static void add_changed(struct fixing *f, const struct edit_result *r)
{
	f->changed.len = 0;
	bool whole = false; /* a name that the shell or --only would take apart */
	for (size_t i = 0; i < r->n_done; i++) {
		if (!r->done[i].mode_changed)
			continue;
		whole |= !is_plain(r->done[i].app);
		buf_adds(&f->changed, f->changed.len ? " " : "");
		buf_add(&f->changed, r->done[i].app);
	}
	if (!f->changed.len)
		return;
	const char *file = f->path, *names = arena_cstr(&f->s->arena, buf_str(&f->changed));
	if (whole) {
		buf_printf(&f->todo, "  pm2 delete %s && pm2 start %s\n", file, file);
		return;
	}
	buf_printf(&f->todo, "  pm2 delete %s && pm2 start %s --only ", names, file);
	for (const char *p = names; *p; p++)
		buf_addc(&f->todo, *p == ' ' ? ',' : *p);
	buf_addc(&f->todo, '\n');
}

static void fix_config(struct fixing *f, const struct config_report *report)
{
	const struct settings *o = f->cli->settings;
	struct edit_options options = {.plan = o->fix_plan, .unsafe = o->unsafe, .only = o->only.ptr, .n_only = o->only.len,
				       .scenario = o->scenario ? str_from(o->scenario) : (struct str){0}};
	if (!report->config->loadable) {
		tell_unreadable(f, report->config);
		return;
	}
	if (o->fix_plan && cli_tell_unfit(f->cli, f->s, report)) {
		f->trouble = true;
		return;
	}
	struct edit_result *r = edit_config(&f->s->ctx, report, &options);
	tell_refused(f, r);
	f->refused |= r->n_refused > 0;
	if (!r->n_edits)
		return;
	f->n_changed++;
	f->path = typed(f, report->config->source->path);
	add_changed(f, r);
	if (o->write_back) {
		write_config(f, report->config->source, r);
		for (size_t i = 0; i < r->n_done && !f->trouble; i++)
			tell_done(f, report->config->source, &r->done[i]);
		return;
	}
	struct paint p = {&f->out, cli_use_color(o, f->cli->out), cli_use_utf8(o), cli_width(f->cli->out)};
	diff_write(&p, report->config->source, shown(f, report->config->source->path), r, !p.color && !isatty(fileno(f->cli->out)));
}

static bool is_told(const struct config_report *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(c->apps[k].model->name, c->apps[i].model->name) && c->apps[k].replicas == c->apps[i].replicas)
			return true;
	return !c->apps[i].replicas;
}

static void tell_containers(struct fixing *f, const struct run_report *r)
{
	struct buf b = {0};
	struct paint p = {&b, false, cli_use_utf8(f->cli->settings), 0};
	if (!f->n_changed || f->trouble || f->cli->settings->quiet)
		return;
	buf_adds(&b, say(f, "one container for each process, so that the platform sets how many of each app there are:\n", "每个进程一个容器，由平台设置各应用的容器数量：\n"));
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_apps; k++) {
			const struct app_report *a = &r->configs[i].apps[k];
			if (is_told(&r->configs[i], k))
				continue;
			buf_adds(&b, "  ");
			paint_text(&p, STYLE_PLAIN, a->model->name.len ? a->model->name : STR("?"));
			buf_printf(&b, ": %u\n", a->replicas);
		}
	fwrite(b.ptr, 1, b.len, f->cli->err);
	buf_release(&b);
}

/* PM2 keeps exec_mode and instances of a running app on restart and reload (lib/Common.js deletes exec_mode from the update) */
static void tell_operation(struct fixing *f)
{
	if (!f->todo.len || f->trouble || f->cli->settings->quiet)
		return;
	fputs(say(f, "pm2 restart and pm2 reload keep the old exec_mode and instances; run once, with the --env that you start with:\n",
		  "pm2 restart 和 pm2 reload 会沿用旧的 exec_mode 与 instances；请执行一次（带上平时启动用的 --env）：\n"), f->cli->err);
	fwrite(f->todo.ptr, 1, f->todo.len, f->cli->err);
}

static int fix(struct fixing *f, const struct run_report *r)
{
	const struct settings *o = f->cli->settings;
	for (size_t i = 0; i < o->only.len; i++)
		if (!assume_app(f->s, f->cli, "only", str_from(o->only.ptr[i])))
			return EXIT_TROUBLE;
	for (size_t i = 0; i < r->n_configs; i++)
		fix_config(f, &r->configs[i]);
	if (f->out.len && !o->quiet)
		fwrite(f->out.ptr, 1, f->out.len, f->cli->out);
	if (f->s->ctx.target == TARGET_REPLICAS)
		tell_containers(f, r);
	else
		tell_operation(f);
	if (f->trouble || f->s->trouble)
		return EXIT_TROUBLE;
	if (o->check_only && f->n_changed)
		return EXIT_FINDINGS;
	return f->refused ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(struct cli *cli)
{
	struct session s;
	int status = EXIT_TROUBLE;
	if (cli->settings->write_back && cli->settings->check_only)
		return cli_error(cli, "--write and --check exclude each other: one changes the config, the other only looks");
	session_open(&s, cli);
	if (s.n_configs && assume_read(&s, cli)) {
		struct fixing f = {.cli = cli, .s = &s};
		struct run_report *r = progress_run(&s, cli);
		status = fix(&f, r);
		plan_release(r);
		buf_release(&f.out);
		buf_release(&f.todo);
		buf_release(&f.changed);
	}
	session_release(&s);
	return status;
}

static const struct option_table *const tables[] = {&fix_options, &limit_options, &analysis_options};

const struct command command_fix = {
	.name = "fix",
	.args = "[CONFIG...]",
	.summary = "Show, or write, the edits that make the config run what its code can bear.",
	.tables = tables,
	.n_tables = 3,
	.run = run,
};
