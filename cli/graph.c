#include "cli/graph.h"

#include "analyzers/program/program.h"
#include "cli/paint.h"
#include "cli/progress.h"

struct graph {
	struct paint p;
	const struct run_report *report;
	const struct program *program;
	uint32_t app;
};

static const char *const edge_names[] = {
    [EDGE_IMPORT] = "import",       [EDGE_REQUIRE] = "require",     [EDGE_DYNAMIC] = "dynamic import",
    [EDGE_REEXPORT] = "re-export",  [EDGE_DIRECTORY] = "directory", [EDGE_STRING] = "string in options",
    [EDGE_ENTRY] = "entry",
};

static bool is_entry(const struct graph *g, prog_id file)
{
	const struct prog_app *app = &g->program->apps[g->app];
	for (size_t i = 0; i < app->n_entry_files; i++)
		if (app->entry_files[i] == file)
			return true;
	return false;
}

/* the first edge, in path order, from a file of the app */
static void print_why(struct graph *g, prog_id file)
{
	const struct program *p = g->program;
	for (size_t i = 0; i < p->n_files; i++) {
		if (i == file || !prog_loads(p, g->app, (prog_id)i))
			continue;
		for (size_t k = 0; k < p->files[i].n_edges; k++) {
			const struct prog_edge *e = &p->files[i].edges[k];
			if (e->to != file)
				continue;
			struct place at = prog_place(p, (prog_id)i, e->at);
			paint_printf(&g->p, STYLE_PLAIN, "  <- %s at ", edge_names[e->kind]);
			paint_text(&g->p, STYLE_PLAIN, at.source->path);
			paint_printf(&g->p, STYLE_PLAIN, ":%u%s", source_position(at.source, at.span.start).line, e->lazy ? " (when it runs)" : "");
			return;
		}
	}
}

static void print_entries(struct graph *g)
{
	const struct project_entries *e = g->program->apps[g->app].entries;
	for (size_t i = 0; i < e->n; i++) {
		paint_cstr(&g->p, STYLE_PLAIN, "  entry ");
		paint_text(&g->p, STYLE_PLAIN, e->entries[i].path);
		paint_printf(&g->p, STYLE_PLAIN, ": %s", e->entries[i].why);
		buf_addc(g->p.out, '\n');
	}
}

/* the apps of the configs that start these entries; one of several scenarios is named once */
static void print_names(struct graph *g, const struct project_entries *entries)
{
	struct str last = {NULL, 0};
	for (size_t i = 0; i < g->report->n_configs; i++)
		for (size_t k = 0; k < g->report->configs[i].n_apps; k++) {
			const struct app_report *app = &g->report->configs[i].apps[k];
			if (app->entries != entries || (last.ptr && str_eq(app->model->name, last)))
				continue;
			last = app->model->name.ptr ? app->model->name : STR("?");
			paint_text(&g->p, STYLE_BOLD, last);
			buf_addc(g->p.out, '\n');
		}
}

static void print_app(struct graph *g)
{
	const struct prog_app *app = &g->program->apps[g->app];
	print_names(g, app->entries);
	print_entries(g);
	for (size_t i = 0; i < g->program->n_files; i++) {
		if (!prog_loads(g->program, g->app, (prog_id)i) || is_entry(g, (prog_id)i))
			continue;
		paint_cstr(&g->p, STYLE_PLAIN, "  ");
		paint_text(&g->p, STYLE_PLAIN, g->program->files[i].source->path);
		print_why(g, (prog_id)i);
		buf_addc(g->p.out, '\n');
	}
}

int dump_graph(struct cli *cli, struct session *s)
{
	struct run_report *r = progress_run(s, cli);
	struct buf b = {0};
	struct graph g = {.report = r, .p = {&b, cli_use_color(cli->settings, cli->out), cli_use_utf8(cli->settings), 0}};
	for (size_t i = 0; i < r->n_programs; i++) {
		g.program = r->programs[i];
		for (g.app = 0; g.app < g.program->n_apps; g.app++)
			print_app(&g);
	}
	if (b.len)
		fwrite(b.ptr, 1, b.len, cli->out);
	buf_release(&b);
	plan_release(r);
	return s->trouble ? EXIT_TROUBLE : EXIT_CLEAN;
}
