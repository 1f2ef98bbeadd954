#include "planner/edit_internal.h"

#include "base/buf.h"

#include <stdlib.h>

struct editor {
	const struct context *ctx;
	const struct config_report *report;
	const struct edit_options *o;
	edit_list edits;
	VEC(struct edit_done) done;
	VEC(struct edit_refused) refused;
};

struct str edit_apply(struct arena *a, struct str text, const struct eco_edit *edits, size_t n)
{
	struct buf b = {0};
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		buf_add(&b, str_sub(text, at, edits[i].span.start));
		buf_add(&b, edits[i].text);
		at = edits[i].span.end;
	}
	buf_add(&b, str_sub(text, at, text.len));
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static int by_place(const void *pa, const void *pb)
{
	const struct eco_edit *a = pa, *b = pb;
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	return a->span.end < b->span.end ? -1 : a->span.end > b->span.end;
}

/* equal edits once; false where two overlap */
static bool normalise(edit_list *e)
{
	size_t kept = 0;
	if (e->len)
		qsort(e->ptr, e->len, sizeof *e->ptr, by_place);
	for (size_t i = 0; i < e->len; i++) {
		struct eco_edit *last = kept ? &e->ptr[kept - 1] : NULL;
		if (last && last->span.start == e->ptr[i].span.start && last->span.end == e->ptr[i].span.end && str_eq(last->text, e->ptr[i].text))
			continue;
		if (last && e->ptr[i].span.start < last->span.end)
			return false;
		if (last && e->ptr[i].span.start == last->span.start && last->span.end == last->span.start && e->ptr[i].span.end == e->ptr[i].span.start)
			return false; /* two insertions at one place: their order would be a guess */
		e->ptr[kept++] = e->ptr[i];
	}
	e->len = kept;
	return true;
}

/* ---- the proof ---- */

static bool same_str(struct str a, struct str b)
{
	return !a.ptr == !b.ptr && str_eq(a, b);
}

static bool same_app(const struct eco_app *a, const struct eco_app *b)
{
	if (!same_str(a->name, b->name) || !same_str(a->script, b->script) || !same_str(a->cwd, b->cwd) || !same_str(a->interpreter, b->interpreter) ||
	    a->n_args != b->n_args || a->n_env != b->n_env || a->skipped != b->skipped || a->wait_ready != b->wait_ready || a->watch != b->watch ||
	    a->n_node_args != b->n_node_args)
		return false;
	for (size_t i = 0; i < a->n_env; i++)
		if (!str_eq(a->env[i].name, b->env[i].name) || !str_eq(a->env[i].value, b->env[i].value))
			return false;
	for (size_t i = 0; i < a->n_args; i++)
		if (!str_eq(a->args[i], b->args[i]))
			return false;
	return true;
}

/* the report of this app in this scenario, or NULL */
static const struct app_report *report_of(const struct config_report *r, uint32_t scenario, uint32_t index)
{
	for (size_t i = 0; i < r->n_apps; i++)
		for (size_t k = 0; k < r->apps[i].n_scenarios; k++)
			if (r->apps[i].scenarios[k] == scenario && r->apps[i].model->index == index)
				return &r->apps[i];
	return NULL;
}

static bool is_wished(const struct editor *e, const struct app_report *app);

static bool proves(const struct editor *e, struct str text, const bool *changed)
{
	const struct eco_config *old = e->report->config;
	const struct eco_config *new = eco_load_text(e->ctx, old->source->path, text, e->o->scenario);
	if (!new || !new->loadable || new->n_models != old->n_models)
		return false;
	for (size_t s = 0; s < old->n_models; s++) {
		if (new->models[s].n_apps != old->models[s].n_apps || !str_eq(new->models[s].scenario->name, old->models[s].scenario->name))
			return false;
		for (size_t i = 0; i < old->models[s].n_apps; i++) {
			const struct eco_app *was = &old->models[s].apps[i], *is = &new->models[s].apps[i];
			const struct app_report *app = report_of(e->report, (uint32_t)s, was->index);
			if (!same_app(was, is))
				return false;
			bool planned = app && changed[was->index] && is_wished(e, app);
			enum exec_mode mode = planned ? app->mode : was->exec_mode;
			uint32_t processes = planned ? app->instances : was->processes;
			if (is->exec_mode != mode || is->processes != processes)
				return false;
		}
	}
	return true;
}

/* ---- what to change ---- */

static bool is_selected(const struct editor *e, struct str name)
{
	for (size_t i = 0; i < e->o->n_only; i++)
		if (str_is(name, e->o->only[i]))
			return true;
	return e->o->n_only == 0;
}

/* something is wrong now that the recommended mode and number would end */
static bool is_wrong(const struct app_report *app)
{
	for (size_t i = 0; i < app->hazards.len; i++) {
		const struct hazard *h = &app->hazards.ptr[i];
		if ((h->status == HAZARD_ACTIVE || h->status == HAZARD_OVERLAP) && h->consequence >= CONSEQUENCE_FORK_RECOMMENDED && h->confidence >= CONFIDENCE_LIKELY)
			return true;
	}
	return false;
}

static bool is_wished(const struct editor *e, const struct app_report *app)
{
	const struct eco_app *m = app->model;
	if (!is_selected(e, m->name) || app->verdict == VERDICT_UNKNOWN || app->mode == EXEC_UNKNOWN || !app->instances || m->skipped)
		return false;
	if (m->exec_mode == app->mode && m->processes == app->instances)
		return false;
	if (app->pinned && m->processes > 1)
		return true;
	if (app->verdict == VERDICT_FORK_ONLY || app->verdict == VERDICT_FORK_RECOMMENDED)
		return (is_wrong(app) && app->confidence >= CONFIDENCE_LIKELY) || e->o->plan;
	return e->o->plan;
}

static const char *mode_name(enum exec_mode mode)
{
	return mode == EXEC_CLUSTER ? "cluster" : "fork";
}

static void refuse(struct editor *e, const struct app_report *app, const char *why)
{
	struct arena *a = e->ctx->arena;
	const char *hand = arena_printf(a, "%s; write exec_mode: '%s', instances: %u for '" STR_FMT "' by hand", why, mode_name(app->mode), app->instances, STR_ARG(app->model->name));
	const char *hand_zh = arena_printf(a, "无法自动修改；请手工为 '" STR_FMT "' 写上 exec_mode: '%s', instances: %u", STR_ARG(app->model->name), mode_name(app->mode), app->instances);
	for (size_t i = 0; i < e->refused.len; i++)
		if (str_eq(e->refused.ptr[i].app, app->model->name))
			return;
	vec_push(&e->refused, (struct edit_refused){app->model->name, hand, hand_zh, app->model->at});
}

/* the edits of one app in one scenario */
static const char *edits_of(struct editor *e, const struct app_report *app, edit_list *edits)
{
	const struct eco_app *m = app->model;
	struct arena *a = e->ctx->arena;
	struct wish wishes[2] = {
	    {"exec_mode", {"execMode", NULL}, str_from(mode_name(app->mode)), true},
	    {"instances", {NULL}, str_from(arena_printf(a, "%u", app->instances)), false},
	};
	struct wish missing[2];
	size_t n_missing = 0;
	if (!m->raw || m->raw->kind != VAL_OBJECT)
		return "the app is not written as an object";
	for (size_t i = 0; i < 2; i++) {
		const struct val_prop *p = edit_find(m->raw, &wishes[i]);
		bool right = i == 0 ? m->exec_mode == app->mode && p : m->processes == app->instances && p;
		if (right)
			continue;
		const char *why = NULL;
		if (!p || p->from_spread)
			missing[n_missing++] = wishes[i];
		else
			why = edit_property(a, e->report->config, m->raw, &wishes[i], edits);
		if (why)
			return why;
	}
	return n_missing ? edit_insert(a, e->report->config, m->raw, missing, n_missing, edits) : NULL;
}

/* All scenarios of one app together; taken only if the text that comes out is proved. */
static void edit_app(struct editor *e, uint32_t index, bool *changed)
{
	edit_list trial = {0};
	const struct app_report *first = NULL;
	const char *why = NULL;
	bool mode_changed = false;
	for (size_t i = 0; i < e->report->n_apps && !why; i++) {
		const struct app_report *app = &e->report->apps[i];
		if (app->model->index != index || !is_wished(e, app))
			continue;
		first = first ? first : app;
		mode_changed = true;
		why = edits_of(e, app, &trial);
	}
	if (!first) {
		vec_release(&trial);
		return;
	}
	for (size_t i = 0; i < e->edits.len; i++)
		vec_push(&trial, e->edits.ptr[i]);
	if (!why && !normalise(&trial))
		why = "two edits meet at one place";
	changed[index] = true;
	if (!why && !proves(e, edit_apply(e->ctx->arena, e->report->config->source->text, trial.ptr, trial.len), changed))
		why = "the edited text would not give exactly the plan, or would change another app too";
	if (why) {
		changed[index] = false;
		refuse(e, first, why);
		vec_release(&trial);
		return;
	}
	vec_release(&e->edits);
	e->edits = trial;
	struct arena *a = e->ctx->arena;
	const char *what = arena_printf(a, "exec_mode: '%s', instances: %u", mode_name(first->mode), first->instances);
	vec_push(&e->done, (struct edit_done){first->model->name, what, what, mode_changed});
}

/* ---- fixes of config rules ---- */

static void edit_finding(struct editor *e, const struct finding *f)
{
	if (!f->fix || (!f->fix->safe && !e->o->unsafe) || !is_selected(e, f->app) || f->status == HAZARD_SUPPRESSED)
		return;
	edit_list trial = {0};
	for (size_t i = 0; i < e->edits.len; i++)
		vec_push(&trial, e->edits.ptr[i]);
	for (size_t i = 0; i < f->fix->n_edits; i++) {
		if (f->fix->edits[i].source != e->report->config->source) {
			vec_release(&trial);
			return;
		}
		vec_push(&trial, f->fix->edits[i]);
	}
	struct str text = e->report->config->source->text;
	bool good = normalise(&trial);
	struct str edited = good ? edit_apply(e->ctx->arena, text, trial.ptr, trial.len) : text;
	const struct eco_config *new = good ? eco_load_text(e->ctx, e->report->config->source->path, edited, e->o->scenario) : NULL;
	if (!new || !new->loadable) {
		vec_release(&trial);
		return;
	}
	vec_release(&e->edits);
	e->edits = trial;
	vec_push(&e->done, (struct edit_done){f->app, arena_printf(e->ctx->arena, STR_FMT, STR_ARG(f->rule)), arena_printf(e->ctx->arena, STR_FMT, STR_ARG(f->rule)), false});
}

struct edit_result *edit_config(const struct context *ctx, const struct config_report *report, const struct edit_options *o)
{
	struct editor e = {.ctx = ctx, .report = report, .o = o};
	struct edit_result *r = arena_new(ctx->arena, struct edit_result);
	uint32_t n = 0;
	for (size_t i = 0; i < report->n_apps; i++)
		n = report->apps[i].model->index >= n ? report->apps[i].model->index + 1 : n;
	bool *changed = arena_array(ctx->arena, bool, n);
	for (uint32_t i = 0; i < n; i++)
		edit_app(&e, i, changed);
	for (size_t i = 0; i < report->n_findings; i++)
		edit_finding(&e, &report->findings[i]);
	r->text = edit_apply(ctx->arena, report->config->source->text, e.edits.ptr, e.edits.len);
	struct eco_edit *edits = arena_array(ctx->arena, struct eco_edit, e.edits.len);
	struct edit_done *done = arena_array(ctx->arena, struct edit_done, e.done.len);
	struct edit_refused *refused = arena_array(ctx->arena, struct edit_refused, e.refused.len);
	if (e.edits.len)
		memcpy(edits, e.edits.ptr, e.edits.len * sizeof *edits);
	if (e.done.len)
		memcpy(done, e.done.ptr, e.done.len * sizeof *done);
	if (e.refused.len)
		memcpy(refused, e.refused.ptr, e.refused.len * sizeof *refused);
	*r = (struct edit_result){r->text, edits, e.edits.len, done, e.done.len, refused, e.refused.len};
	vec_release(&e.edits);
	vec_release(&e.done);
	vec_release(&e.refused);
	return r;
}
