#include "planner/internal.h"
#include "rules/phrases.h"

#include <stdlib.h>

/* Native code joins the report: which targets the apps need is asked first, the
 * helper is started for each of them once, and what it found becomes hazards of
 * every app that loads it. Without native sources nothing is started. */

struct plan_native {
	const struct native_target *target;
	const struct native_result *result;
	const struct hazard *hazards;
	size_t n_hazards;
};

static const struct plan_native *read_target(struct plan_natives *all,
					     const struct native_target *t)
{
	const struct context *ctx = all->reader.ctx;
	for (size_t i = 0; i < all->targets.len; i++) {
		const struct native_target *known = all->targets.ptr[i]->target;
		if (str_eq(known->described_in, t->described_in) && str_eq(known->name, t->name) &&
		    known->binary == t->binary)
			return all->targets.ptr[i];
	}
	struct plan_native *fresh = arena_new(ctx->arena, struct plan_native);
	fresh->target = t;
	fresh->result = native_run(ctx, ctx->program ? ctx->program : "", t, NULL);
	fresh->hazards = native_hazards(&all->reader, fresh->result, &fresh->n_hazards);
	for (size_t i = 0; i < t->n_units; i++)
		native_source(&all->reader, t->units[i].path);
	vec_push(&all->targets, fresh);
	return fresh;
}

static void add_use(struct plan_app *app, struct native_use use)
{
	for (size_t i = 0; i < app->native.len; i++)
		if (use.native && app->native.ptr[i].native == use.native)
			return;
	vec_push(&app->native, use);
}

static void find_addons(struct plan_natives *all, struct plan_app *app)
{
	const struct program *p = app->command->program;
	const struct prog_native *found;
	size_t n = prog_natives(p, app->command->app, all->reader.ctx->native_deps, &found);
	for (size_t i = 0; i < n; i++) {
		struct native_use use = {.at = prog_place(p, found[i].file, found[i].at),
					 .name = found[i].name};
		if (found[i].target) {
			use.native = read_target(all, found[i].target);
			use.name = found[i].target->name.len
				       ? found[i].target->name
				       : path_base(found[i].target->described_in);
		}
		add_use(app, use);
	}
}

/* build/server and bin/server are built from the folder above */
static bool is_output(struct str folder)
{
	static const char *const names[] = {"bin",     "build",	 "debug", "dist",   "out",
					    "release", "target", "Debug", "Release"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(folder, names[i]))
			return true;
	return str_starts(folder, STR("cmake-build"));
}

static void find_binary(struct plan_natives *all, struct project *project, struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	struct str name = path_base(m->script);
	const struct native_target *t =
	    native_units_for_dir(project, app->r.entries->native_dir, true, name);
	for (struct str dir = app->r.entries->native_dir; !t && is_output(path_base(dir));) {
		dir = path_dir(dir);
		t = native_units_for_dir(project, dir, true, name);
	}
	if (t)
		add_use(app, (struct native_use){.native = read_target(all, t),
						 .at = m->script_at.source ? m->script_at : m->at,
						 .name = name});
}

void plan_find_natives(struct plan_natives *all, struct project *project, struct plan_app *app)
{
	if (app->r.model->skipped || !app->command)
		return;
	if (app->command->program)
		find_addons(all, app);
	else if (app->r.entries && app->r.entries->native_dir.ptr)
		find_binary(all, project, app);
}

/* ---- hazards ---- */

/* how this app comes to it: behind what the helper says of the way to the line */
static void tell_way(struct arena *a, struct hazard *h, const struct native_use *use, bool binary)
{
	struct evidence *out = arena_array(a, struct evidence, h->n_evidence + 1);
	size_t n = 0, k = 0;
	while (k < h->n_evidence && h->evidence[k].role <= EV_REACHED)
		out[n++] = h->evidence[k++];
	out[n++] = (struct evidence){
	    .role = EV_REACHED,
	    .message =
	    arena_printf(a,
			 binary ? "'" STR_FMT "' is started here"
				: "the addon '" STR_FMT "' is loaded here",
			 STR_ARG(use->name)),
	    .message_zh = arena_printf(a, binary ? "'" STR_FMT "' 在此启动" : "在此加载原生插件 '" STR_FMT "'",
			 STR_ARG(use->name)),
	    .at = use->at};
	while (k < h->n_evidence)
		out[n++] = h->evidence[k++];
	h->evidence = out;
	h->n_evidence = n;
}

void plan_add_natives(struct plan_config *c, struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	size_t n = app->r.hazards.len, more = 0;
	for (size_t i = 0; i < app->native.len; i++)
		more += app->native.ptr[i].native ? app->native.ptr[i].native->n_hazards : 0;
	struct hazard *out = arena_array(a, struct hazard, n + more);
	if (n)
		memcpy(out, app->hazards, n * sizeof *out);
	for (size_t i = 0; i < app->native.len; i++) {
		const struct plan_native *native = app->native.ptr[i].native;
		if (!native)
			continue;
		app->native_read |= native->result->looked_at;
		for (size_t k = 0; k < native->n_hazards; k++) {
			out[n] = native->hazards[k];
			tell_way(a, &out[n++], &app->native.ptr[i], native->target->binary);
		}
		if (native->result->stand_ins)
			vec_push(&app->notes, native->result->stand_ins);
	}
	if (more)
		qsort(out, n, sizeof *out, hazard_cmp);
	app->hazards = out;
	app->r.hazards.ptr = out;
	app->r.hazards.len = n;
}

/* ---- what was not looked at ---- */

static void tell(struct plan_config *c, const struct plan_app *app, struct place at,
		 const char *note)
{
	struct arena *a = c->ctx->arena;
	plan_tool_finding(c, "native-not-understood", LEVEL_NOTE, at, app->r.model->name,
			  app->r.scenario, note,
			  arena_printf(a, "C/C++ 源码未能完整检查（%s）", phrase_zh(a, note)));
}

void plan_report_natives(struct plan_config *c, const struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	for (size_t i = 0; i < app->native.len; i++) {
		const struct native_use *use = &app->native.ptr[i];
		const struct native_result *r = use->native ? use->native->result : NULL;
		for (size_t k = 0; r && k < r->n_notes; k++)
			tell(c, app, use->at, r->notes[k]);
		if (!r)
			tell(c, app, use->at,
			     arena_printf(a,
					  "native code is loaded here%s" STR_FMT
					  "%s, but no C or C++ source that it is "
					  "built from was found, so it was not looked at",
					  use->name.len ? " ('" : "", STR_ARG(use->name),
					  use->name.len ? "')" : ""));
	}
}

void plan_natives_release(struct plan_natives *all)
{
	native_reader_release(&all->reader);
	vec_release(&all->targets);
}
