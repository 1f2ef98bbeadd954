/* report: the whole document, as Markdown or as one HTML file that needs nothing else. */
#include "cli/analyse.h"
#include "cli/report/content.h"

static const char *memory_text(struct report *p, uint64_t bytes)
{
	double gib = (double)bytes / (1024.0 * 1024 * 1024);
	return arena_printf(&p->d->arena, gib >= 1 ? "%.4g GiB" : "%.0f MiB", gib >= 1 ? gib : gib * 1024);
}

/* the same report comes out every day, unless somebody tells the date */
static void put_date(struct report *p)
{
	uint32_t day = p->d->o->ctx->today;
	if (cli_getenv("SOURCE_DATE_EPOCH") && day)
		doc_paragraph(p->d, report_say(p->d, T_DATE, "date",
					       arena_printf(&p->d->arena, "%u-%02u-%02u", day / 10000, day / 100 % 100, day % 100), NULL));
}

static void put_intro(struct report *p)
{
	struct doc *d = p->d;
	const struct context *ctx = d->o->ctx;
	struct arena *a = &d->arena;
	const char *list = "";
	put_date(p);
	doc_paragraph(d, report_say(d, T_INTRO, "files", arena_printf(a, "%u", p->run->files), "apps", arena_printf(a, "%zu", p->n_apps), "cpus",
				    arena_printf(a, "%u", ctx->cpus), "memory", memory_text(p, ctx->memory_bytes), "pm2",
				    arena_printf(a, "%u", ctx->pm2_major), "target",
				    report_say(d, ctx->target == TARGET_REPLICAS ? T_TARGET_REPLICAS : T_TARGET_PM2, NULL), NULL));
	for (size_t i = 0; i < p->c->config->n_models; i++)
		list = arena_printf(a, "%s%s%s", list, i ? ", " : "", doc_code(d, p->c->config->models[i].scenario->name));
	if (p->c->config->n_models > 1)
		doc_paragraph(d, report_say(d, T_SCENARIOS, "list", list, NULL));
	doc_paragraph(d, report_say(d, T_METHOD, NULL));
}

static void build(struct doc *d, const struct run_report *run)
{
	for (size_t i = 0; i < run->n_configs; i++) {
		struct report p = {.d = d, .run = run, .c = &run->configs[i]};
		report_gather(&p);
		doc_heading(d, 1, report_say(d, T_TITLE, "config", report_command(&p, "", ""), NULL));
		put_intro(&p);
		report_overview(&p);
		if (!p.n_apps)
			continue;
		report_details(&p);
		report_changes_of_config(&p);
		report_roadmap(&p);
		report_checklist(&p);
	}
}

static void write_as(const struct run_report *run, const struct format_options *o, struct buf *out,
		     void (*write)(const struct doc *, struct buf *))
{
	struct doc d;
	doc_init(&d, o);
	build(&d, run);
	write(&d, out);
	doc_release(&d);
}

static void write_markdown(const struct run_report *run, const struct format_options *o, struct buf *out)
{
	write_as(run, o, out, doc_markdown);
}

static void write_html(const struct run_report *run, const struct format_options *o, struct buf *out)
{
	write_as(run, o, out, doc_html);
}

const struct format format_report_markdown = {"markdown", "the report as Markdown", true, write_markdown};
const struct format format_report_html = {"html", "the report as one HTML file that needs nothing else", true, write_html};

/* A report is an answer, no judgement: it ends with 0 unless there was trouble. */
static int run(struct cli *cli)
{
	int status = cli_analyse(cli, VIEW_REPORT);
	return status == EXIT_FINDINGS ? EXIT_CLEAN : status;
}

static const struct option_table *const tables[] = {&report_options, &analysis_options};

const struct command command_report = {
    .name = "report",
    .args = "[CONFIG...]",
    .summary = "Write the whole analysis as a document: evidence, time lines, plan, road map, checklist.",
    .tables = tables,
    .n_tables = 2,
    .run = run,
};
