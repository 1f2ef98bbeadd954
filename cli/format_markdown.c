/* Markdown for a step summary or a comment: verdicts as a table, then the
 * findings, most severe first, the notes folded away. */
#include "cli/export.h"

struct md {
	const struct format_options *o;
	struct arena a;
	struct buf *out;
};

static const char *pick(const struct md *m, const char *en, const char *zh)
{
	return m->o->lang == LANG_ZH && zh ? zh : en;
}

static const char *mode_text(struct md *m, enum exec_mode mode, uint32_t n)
{
	if (mode == EXEC_UNKNOWN || !n)
		return pick(m, "unknown", "未知");
	return arena_printf(&m->a, "%s ×%u", mode == EXEC_CLUSTER ? "cluster" : "fork", n);
}

static const char *planned_text(struct md *m, const struct app_report *a)
{
	const char *each = mode_text(m, a->mode, a->instances);
	if (!a->replicas)
		return each;
	return arena_printf(&m->a, "%s%s%u%s", each, pick(m, " in ", "，"), a->replicas, pick(m, a->replicas > 1 ? " containers" : " container", " 个容器"));
}

static void write_apps(struct md *m, const struct config_report *c)
{
	buf_printf(m->out, "| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n", pick(m, "app", "应用"), pick(m, "now", "当前"),
		   pick(m, "recommended", "建议"), pick(m, "verdict", "结论"), pick(m, "risk", "风险"));
	for (size_t i = 0; i < c->n_apps; i++) {
		const struct app_report *app = &c->apps[i];
		const char *name = app->model->name.ptr ? export_utf8(&m->a, app->model->name) : "?";
		buf_printf(m->out, "| %s | %s | %s | %s | %s → %s |\n", export_markdown(&m->a, name), mode_text(m, app->model->exec_mode, app->model->processes),
			   planned_text(m, app), verdict_name(app->verdict), risk_name(app->risk), risk_name(app->risk_after));
	}
	buf_addc(m->out, '\n');
}

static void write_finding(struct md *m, const struct finding *f, const struct config_report *c)
{
	struct position at = export_position(f->at);
	const char *path = export_path(&m->a, f, c);
	buf_printf(m->out, "- **%s** `" STR_FMT "` %s:%u", level_name(f->level), STR_ARG(f->rule), export_markdown(&m->a, path), at.line);
	if (f->app.len)
		buf_printf(m->out, " (%s)", export_markdown(&m->a, export_utf8(&m->a, f->app)));
	buf_printf(m->out, ": %s\n", export_markdown(&m->a, export_message(m->o, f)));
	for (size_t i = 0; f->level != LEVEL_NOTE && i < f->n_evidence && i < 6; i++) {
		const struct evidence *e = &f->evidence[i];
		if (!e->at.source)
			continue;
		struct position where = export_position(e->at);
		buf_printf(m->out, "  - %s:%u %s\n", export_markdown(&m->a, export_utf8(&m->a, e->at.source->path)), where.line,
			   export_markdown(&m->a, pick(m, e->message, e->message_zh)));
	}
}

/* what somebody has accepted, with the reason given */
static void write_accepted(struct md *m, const struct config_report *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_findings; i++)
		n += c->findings[i].status == HAZARD_SUPPRESSED;
	if (!n)
		return;
	buf_printf(m->out, "\n<details><summary>%zu %s</summary>\n\n", n, pick(m, "accepted", "项已接受的风险"));
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];
		if (f->status == HAZARD_SUPPRESSED)
			buf_printf(m->out, "- `" STR_FMT "` %s:%u: %s\n", STR_ARG(f->rule), export_markdown(&m->a, export_path(&m->a, f, c)),
				   export_position(f->at).line, export_markdown(&m->a, f->suppressed_why));
	}
	buf_adds(m->out, "\n</details>\n");
}

static void write_markdown(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct md m = {.o = o, .out = out};
	arena_init(&m.a);
	struct export_list list = export_findings(&m.a, r, true);
	buf_adds(out, "## clusterlint\n\n");
	buf_printf(out, "%u %s, %u %s, %u %s, %u %s\n\n", r->errors, pick(&m, "errors", "个错误"), r->warnings, pick(&m, "warnings", "个警告"), r->notes, pick(&m, "notes", "个提示"), r->files, pick(&m, "files", "个文件"));
	for (size_t i = 0; i < r->n_configs; i++) {
		const struct config_report *c = &r->configs[i];
		size_t notes = 0;
		buf_printf(out, "### %s\n\n", export_markdown(&m.a, export_utf8(&m.a, c->config->source->path)));
		if (c->n_apps)
			write_apps(&m, c);
		for (size_t k = 0; k < list.len; k++) {
			notes += list.config[k] == c && list.ptr[k]->level == LEVEL_NOTE;
			if (list.config[k] == c && list.ptr[k]->level != LEVEL_NOTE)
				write_finding(&m, list.ptr[k], c);
		}
		if (notes) {
			buf_printf(out, "\n<details><summary>%zu %s</summary>\n\n", notes, pick(&m, "notes", "个提示"));
			for (size_t k = 0; k < list.len; k++)
				if (list.config[k] == c && list.ptr[k]->level == LEVEL_NOTE)
					write_finding(&m, list.ptr[k], c);
			buf_adds(out, "\n</details>\n");
		}
		write_accepted(&m, c);
		buf_addc(out, '\n');
	}
	arena_release(&m.a);
}

const struct format format_markdown = {"markdown", "Markdown, for a step summary or a comment", false, write_markdown};
