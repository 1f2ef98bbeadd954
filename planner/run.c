#include "planner/plan.h"

#include <stdlib.h>
#include "base/buf.h"
#include "planner/internal.h"

/* config -> commands -> programs -> reports. A program is a bit per app, so at
 * most 64 commands share one; larger runs are split. */
enum { APPS_PER_PROGRAM = 64 };

struct run {
	const struct context *ctx;
	const struct cards *cards;
	struct project *project;
	VEC(struct plan_command *) commands;
	struct map by_key;
	VEC(struct program *) programs;
	struct suppressions suppressions;
	struct plan_natives natives;
	uint32_t unreadable;
};

/* ---- commands ---- */

static void add_key(struct buf *b, struct str s)
{
	buf_printf(b, "%zu:", s.len);
	buf_add(b, s);
}

static struct project_command command_of(const struct eco_config *config, const struct eco_app *m)
{
	struct project_command c = {
	    .config_path = config->source->path,
	    .script = m->script,
	    .cwd = m->cwd.ptr ? m->cwd : STR(""),
	    .interpreter = m->interpreter,
	    .args = m->args,
	    .node_args = m->node_args,
	    .n_args = m->n_args,
	    .n_node_args = m->n_node_args,
	    .shell_script = m->shell_script,
	};
	/* PM2 made bash -c LINE of it; what matters is the line */
	if (m->shell_script && m->n_args >= 2 && str_is(m->args[0], "-c")) {
		c.script = m->args[1];
		c.args += 2;
		c.n_args -= 2;
	}
	return c;
}

/* the app's index is part of it: two apps that start the same program stay two */
static struct str key_of(struct arena *a, const struct project_command *c, uint32_t index)
{
	struct buf b = {0};
	buf_printf(&b, "%u,%d,", index, c->shell_script);
	add_key(&b, c->config_path);
	add_key(&b, c->script);
	add_key(&b, c->cwd);
	add_key(&b, c->interpreter);
	for (size_t i = 0; i < c->n_args; i++)
		add_key(&b, c->args[i]);
	buf_addc(&b, '|');
	for (size_t i = 0; i < c->n_node_args; i++)
		add_key(&b, c->node_args[i]);
	struct str key = arena_str(a, buf_str(&b));
	buf_release(&b);
	return key;
}

static struct plan_command *find_command(struct run *run, const struct eco_config *config,
					 const struct eco_app *m)
{
	if (!m->script.len || m->skipped)
		return NULL;
	struct project_command pc = command_of(config, m);
	struct str key = key_of(run->ctx->arena, &pc, m->index);
	uint32_t known = map_get(&run->by_key, key);
	struct plan_command *cmd;
	if (known != MAP_NONE) {
		cmd = run->commands.ptr[known];
	} else {
		cmd = arena_new(run->ctx->arena, struct plan_command);
		cmd->key = key;
		cmd->entries = project_find_entries(run->project, &pc);
		map_put(&run->by_key, key, (uint32_t)run->commands.len);
		vec_push(&run->commands, cmd);
	}
	return cmd;
}

/* ---- equal apps of several scenarios ---- */

static struct plan_app *find_equal(struct plan_config *c, const struct eco_app *m)
{
	for (size_t i = 0; i < c->apps.len; i++)
		if (plan_models_equal(c->apps.ptr[i].r.model, m))
			return &c->apps.ptr[i];
	return NULL;
}

static void add_scenario(struct arena *a, struct plan_app *app, uint32_t scenario)
{
	if (app->r.n_scenarios == app->cap_scenarios) {
		size_t cap = app->cap_scenarios ? app->cap_scenarios * 2 : 2;
		uint32_t *grown = arena_array(a, uint32_t, cap);
		if (app->r.n_scenarios)
			memcpy(grown, app->scenarios, app->r.n_scenarios * sizeof *grown);
		app->scenarios = grown;
		app->cap_scenarios = cap;
	}
	app->scenarios[app->r.n_scenarios++] = scenario;
	app->r.scenarios = app->scenarios;
}

static void collect_app(struct run *run, struct plan_config *c, const struct eco_app *written,
			uint32_t scenario)
{
	const struct eco_app *m = plan_what_if(c, written);
	struct plan_app *app = find_equal(c, m);
	if (!app) {
		struct plan_command *cmd = find_command(run, c->config, m);
		struct plan_app fresh = {.command = cmd, .hosts = 1};
		fresh.r.model = m;
		fresh.r.assumed = m != written;
		fresh.r.scenario = scenario;
		fresh.r.entries = cmd ? cmd->entries : NULL;
		if (cmd)
			vec_push(&cmd->models, m);
		vec_push(&c->apps, fresh);
		app = &c->apps.ptr[c->apps.len - 1];
	}
	add_scenario(run->ctx->arena, app, scenario);
}

static void collect_config(struct run *run, struct plan_config *c)
{
	for (size_t s = 0; s < c->config->n_models; s++) {
		const struct eco_scenario_model *model = &c->config->models[s];
		for (size_t i = 0; i < model->n_apps; i++)
			collect_app(run, c, &model->apps[i], (uint32_t)s);
	}
}

/* ---- programs ---- */

static void build_batch(struct run *run, struct plan_command **commands, size_t n)
{
	struct prog_app_input *in = arena_array(run->ctx->arena, struct prog_app_input, n);
	for (size_t i = 0; i < n; i++)
		in[i] = (struct prog_app_input){commands[i]->models.ptr, commands[i]->models.len,
						commands[i]->entries};
	struct program *p = program_build(run->ctx, run->project, in, n);
	vec_push(&run->programs, p);
	for (size_t i = 0; i < n; i++) {
		commands[i]->program = p;
		commands[i]->app = (uint32_t)i;
	}
}

static void build_programs(struct run *run)
{
	struct plan_command *batch[APPS_PER_PROGRAM];
	size_t n = 0;
	for (size_t i = 0; i < run->commands.len; i++) {
		if (run->commands.ptr[i]->entries->n == 0)
			continue;
		batch[n++] = run->commands.ptr[i];
		if (n == APPS_PER_PROGRAM) {
			build_batch(run, batch, n);
			n = 0;
		}
	}
	if (n)
		build_batch(run, batch, n);
}

static void find_natives(struct run *run, struct plan_config *work, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < work[i].apps.len; k++)
			plan_find_natives(&run->natives, run->project, &work[i].apps.ptr[k]);
}

/* ---- hazards ---- */

static void fill_entries(struct arena *a, struct plan_app *app)
{
	const struct project_entries *e = app->r.entries;
	if (!e)
		return;
	const char **paths = arena_array(a, const char *, e->n);
	for (size_t i = 0; i < e->n; i++)
		paths[i] = arena_cstr(a, e->entries[i].path);
	app->r.entry_paths = paths;
	app->r.n_entry_paths = e->n;
	if (e->cwd_note)
		vec_push(&app->notes, e->cwd_note);
}

/* mistakes of the config go their own way: they have no status and force no verdict */
static void part_hazards(struct plan_config *c, size_t index, struct hazards found)
{
	struct plan_app *app = &c->apps.ptr[index];
	app->hazards = arena_array(c->ctx->arena, struct hazard, found.len);
	for (size_t i = 0; i < found.len; i++) {
		if (found.ptr[i].family == FAMILY_CONFIG) {
			vec_push(&c->config_hazards, &found.ptr[i]);
			vec_push(&c->config_hazard_apps, (uint32_t)index);
		} else {
			app->hazards[app->r.hazards.len++] = found.ptr[i];
		}
	}
	app->r.hazards.ptr = app->hazards;
	app->r.hazards.strengths = found.strengths;
	app->r.hazards.n_strengths = found.n_strengths;
}

static void analyse_app(struct plan_config *c, size_t index)
{
	struct plan_app *app = &c->apps.ptr[index];
	struct arena *a = c->ctx->arena;
	fill_entries(a, app);
	if (!app->command)
		return;
	const struct program *p = app->command->program;
	if (p) {
		app->r.files_reached = p->apps[app->command->app].n_files;
		part_hazards(c, index, rules_run(p, app->command->app, app->r.model, c->cards, a));
	}
	plan_add_natives(c, app);
	plan_accept_hazards(c, app);
	plan_kind(app);
	plan_find_pool(c, app);
	plan_find_consumers(c, app);
}

/* ---- the report ---- */

/* the last entry of that name wins */
static const struct app_policy *own_policy(const struct project_policy *p, struct str name)
{
	for (size_t i = p->n_apps; i > 0; i--)
		if (str_eq(p->apps[i - 1].name, name))
			return &p->apps[i - 1];
	return NULL;
}

static void report_config(struct run *run, struct plan_config *c)
{
	for (size_t i = 0; i < c->apps.len; i++)
		c->apps.ptr[i].own = own_policy(c->project, c->apps.ptr[i].r.model->name);
	for (size_t i = 0; i < c->apps.len; i++)
		analyse_app(c, i);
	plan_statuses(c);
	for (size_t i = 0; i < c->apps.len; i++)
		plan_verdict(c, &c->apps.ptr[i]);
	plan_instances(c);
	plan_reports_of_files(c, (const struct program *const *)run->programs.ptr,
			      run->programs.len, &run->unreadable);
	plan_findings(c);
}

static void count_finding(struct run_report *r, const struct finding *f)
{
	if (f->status == HAZARD_SUPPRESSED)
		r->suppressed++;
	else if (f->deselected)
		r->deselected++;
	else if (f->elsewhere)
		r->elsewhere++;
	else if (f->baselined)
		r->baselined++;
	else if (f->level == LEVEL_ERROR)
		r->errors++;
	else if (f->level == LEVEL_WARNING)
		r->warnings++;
	else
		r->notes++;
}

static void count(struct run_report *r)
{
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_findings; k++)
			count_finding(r, &r->configs[i].findings[k]);
}

static void release(struct run *run, struct plan_config *work, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < work[i].apps.len; k++)
			vec_release(&work[i].apps.ptr[k].native);
		vec_release(&work[i].apps);
		vec_release(&work[i].findings);
		vec_release(&work[i].config_hazards);
		vec_release(&work[i].config_hazard_apps);
	}
	for (size_t i = 0; i < run->commands.len; i++)
		vec_release(&run->commands.ptr[i]->models);
	vec_release(&run->commands);
	map_release(&run->by_key);
	suppress_release(&run->suppressions);
	plan_natives_release(&run->natives);
}

static void add_native_files(struct run *run, struct run_report *r)
{
	const struct native_reader *reader = &run->natives.reader;
	const struct source **files = arena_array(run->ctx->arena, const struct source *, reader->sources.len);
	for (size_t i = 0; i < reader->sources.len; i++)
		if (reader->sources.ptr[i])
			files[r->n_native_files++] = reader->sources.ptr[i];
	r->native_files = files;
	r->files += (uint32_t)r->n_native_files;
}

static const struct config_report *report_all(struct run *run, struct plan_config *work, size_t n)
{
	struct config_report *reports = arena_array(run->ctx->arena, struct config_report, n);
	for (size_t i = 0; i < n; i++)
		report_config(run, &work[i]);
	plan_report_suppressions(&run->suppressions, work, n);
	for (size_t i = 0; i < n; i++) {
		plan_sort_findings(&work[i]);
		plan_select(&work[i]);
		reports[i] = plan_finish(&work[i]);
	}
	return reports;
}

struct run_report *plan_run(const struct context *ctx, const struct cards *cards,
			    const struct policy *policy, const struct eco_config *const *configs,
			    size_t n)
{
	static const struct project_policy none;
	struct run run = {.ctx = ctx, .cards = cards, .project = project_new(ctx)};
	run.suppressions =
	    (struct suppressions){.arena = ctx->arena, .cards = cards, .today = ctx->today};
	struct plan_config *work = arena_array(ctx->arena, struct plan_config, n);
	for (size_t i = 0; i < n; i++) {
		work[i] = (struct plan_config){.ctx = ctx,
					       .cards = cards,
					       .policy = policy,
					       .project = policy->projects ? &policy->projects[i] : &none,
					       .config = configs[i],
					       .suppressions = &run.suppressions};
		collect_config(&run, &work[i]);
	}
	run.natives.reader = (struct native_reader){.ctx = ctx, .cards = cards};
	build_programs(&run);
	find_natives(&run, work, n);
	struct run_report *r = arena_new(ctx->arena, struct run_report);
	if (!policy->no_inline)
		plan_read_suppressions(&run.suppressions, work, n,
				       (const struct program *const *)run.programs.ptr,
				       run.programs.len, &run.natives.reader);
	r->configs = report_all(&run, work, n);
	r->n_configs = n;
	for (size_t i = 0; i < run.programs.len; i++)
		r->files += (uint32_t)run.programs.ptr[i]->n_files;
	add_native_files(&run, r);
	r->unreadable = run.unreadable;
	r->programs = run.programs.ptr;
	r->n_programs = run.programs.len;
	r->project = run.project;
	count(r);
	release(&run, work, n);
	return r;
}

void plan_release(struct run_report *r)
{
	for (size_t i = 0; i < r->n_programs; i++)
		program_free(r->programs[i]);
	vec_free_(r->programs);
	project_free(r->project);
	r->project = NULL;
	r->programs = NULL;
	r->n_programs = 0;
}
