#include "planner/edit_internal.h"

#include "base/buf.h"

#include <stdlib.h>

struct editor {
	const struct context *ctx;
	const struct config_report *report;
	const struct edit_options *o;
	uint32_t n_apps;           /* that the report knows */
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

static bool is_count(struct str key)
{
	return str_is(key, "exec_mode") || str_is(key, "execMode") || str_is(key, "instances");
}

/* what cannot be decided has no value; then the words for it must be the same */
static bool same_value(struct arena *a, const struct value *x, const struct value *y)
{
	enum { ENOUGH = 1 << 16 };
	return val_equal_deep(x, y) || strcmp(val_show(a, x, ENOUGH), val_show(a, y, ENOUGH)) == 0;
}

/* every property but those that the edits are about */
static bool same_rest(struct arena *a, const struct value *x, const struct value *y)
{
	if (!x || !y || x->kind != VAL_OBJECT || y->kind != VAL_OBJECT)
		return x == y;
	uint32_t n = 0, m = 0;
	for (uint32_t i = 0; i < x->u.obj->n; i++) {
		const struct val_prop *p = &x->u.obj->props[i];
		const struct value *other = is_count(p->key) ? NULL : val_get(y->u.obj, p->key);
		if (is_count(p->key))
			continue;
		if (!other || !same_value(a, p->value, other))
			return false;
		n++;
	}
	for (uint32_t i = 0; i < y->u.obj->n; i++)
		m += !is_count(y->u.obj->props[i].key);
	return n == m && x->u.obj->open == y->u.obj->open;
}

static bool same_app(struct arena *a, const struct eco_app *x, const struct eco_app *y)
{
	return same_str(x->name, y->name) && same_str(x->script, y->script) && same_str(x->interpreter, y->interpreter) &&
	       x->skipped == y->skipped && same_rest(a, x->raw, y->raw);
}

static bool is_wished(const struct editor *e, const struct app_report *app);

static bool runs_as_planned(const struct app_report *app, const struct eco_app *m)
{
	return m->exec_mode == app->mode && m->processes == app->instances;
}

/* the report of this app where it runs as it does here, or NULL */
static const struct app_report *report_of(const struct config_report *r, const struct eco_app *was)
{
	for (size_t i = 0; i < r->n_apps; i++) {
		const struct eco_app *m = r->apps[i].model;
		if (m->index == was->index && same_str(m->name, was->name) && m->exec_mode == was->exec_mode && m->processes == was->processes)
			return &r->apps[i];
	}
	return NULL;
}

/* the text under exactly the assumption of this scenario: where the edit makes two scenarios equal, the list has only one */
static const struct eco_scenario_model *model_in(const struct editor *e, struct str text, const struct eco_scenario *scenario)
{
	struct context ctx = *e->ctx;
	ctx.env = scenario->env;
	ctx.n_env = scenario->n_env;
	struct str only = STR("default");
	if (scenario->env_block.ptr)
		only = str_from(arena_printf(ctx.arena, "--env " STR_FMT, STR_ARG(scenario->env_block)));
	const struct eco_config *c = eco_load_text(&ctx, e->report->config->source->path, text, only);
	return c && c->loadable && c->n_models ? &c->models[0] : NULL;
}

/* An app of `changed` must run as planned; another one may, where the same words make both, and else runs as it did. */
static bool proves_in(const struct editor *e, struct str text, const struct eco_scenario *scenario, const bool *changed)
{
	const struct eco_scenario_model *was = model_in(e, e->report->config->source->text, scenario), *is = model_in(e, text, scenario);
	if (!was || !is || was->n_apps != is->n_apps || was->verdict != is->verdict || was->more_apps != is->more_apps)
		return false;
	for (size_t i = 0; i < was->n_apps; i++) {
		const struct eco_app *x = &was->apps[i], *y = &is->apps[i];
		const struct app_report *app = report_of(e->report, x);
		bool wished = app && is_wished(e, app), must = wished && x->index < e->n_apps && changed[x->index];
		bool same = y->exec_mode == x->exec_mode && y->processes == x->processes;
		if (!same_app(e->ctx->arena, x, y) || !((wished && runs_as_planned(app, y)) || (!must && same)))
			return false;
	}
	return true;
}

/* in every scenario of the old text and of the new one */
static bool proves(const struct editor *e, struct str text, const bool *changed)
{
	const struct eco_config *old = e->report->config;
	const struct eco_config *new = eco_load_text(e->ctx, old->source->path, text, e->o->scenario);
	if (!new || !new->loadable)
		return false;
	for (size_t s = 0; s < old->n_models; s++)
		if (!proves_in(e, text, old->models[s].scenario, changed))
			return false;
	for (size_t s = 0; s < new->n_models; s++)
		if (!proves_in(e, text, new->models[s].scenario, changed))
			return false;
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

/* Wrong in one scenario is put right in all: they share words, and the plan is good for each. */
static bool is_wrong_somewhere(const struct editor *e, const struct app_report *app)
{
	for (size_t i = 0; i < e->report->n_apps; i++) {
		const struct app_report *other = &e->report->apps[i];
		if (other->model->index != app->model->index || !same_str(other->model->name, app->model->name))
			continue;
		if (other->pinned ? other->model->processes > 1 : other->confidence >= CONFIDENCE_LIKELY && is_wrong(other))
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
	if (app->verdict == VERDICT_FORK_ONLY || app->verdict == VERDICT_FORK_RECOMMENDED || app->pinned)
		return is_wrong_somewhere(e, app) || e->o->plan;
	return e->o->plan;
}

static void refuse(struct editor *e, const struct app_report *app, const char *why)
{
	for (size_t i = 0; i < e->refused.len; i++)
		if (str_eq(e->refused.ptr[i].app, app->model->name))
			return;
	vec_push(&e->refused, edit_by_hand(e->ctx->arena, e->report, app, why));
}

/* Both properties on `raw`, which stands for the app or for the object that is its own. */
static const char *edits_on(struct editor *e, const struct app_report *app, const struct value *raw, enum edit_way way, edit_list *edits)
{
	const struct eco_app *m = app->model;
	struct arena *a = e->ctx->arena;
	bool whole = way >= WAY_WHOLE;
	struct wish wishes[2] = {
	    {"exec_mode", {"execMode", NULL}, str_from(edit_mode(app->mode)), true, whole},
	    {"instances", {NULL}, str_from(arena_printf(a, "%u", app->instances)), false, whole},
	};
	struct wish missing[2];
	size_t n_missing = 0;
	for (size_t i = 0; i < 2; i++) {
		const struct val_prop *p = edit_find(raw, &wishes[i]);
		bool right = p && (i == 0 ? m->exec_mode == app->mode : m->processes == app->instances);
		const char *why = NULL;
		if (right && !whole)
			continue;
		if (!p || (p->from_spread && way != WAY_ORIGIN))
			missing[n_missing++] = wishes[i];
		else if (way == WAY_ORIGIN)
			why = edit_origin(a, e->report->config, raw, &wishes[i], edits);
		else
			why = edit_property(a, e->report->config, raw, &wishes[i], edits);
		if (why)
			return why;
	}
	return n_missing ? edit_insert(a, e->report->config, raw, missing, n_missing, edits) : NULL;
}

/* The edits of one app in one scenario; nth: which of the objects that may be its own. */
static const char *edits_of(struct editor *e, const struct app_report *app, enum edit_way way, size_t nth, edit_list *edits)
{
	const struct value *raw = app->model->raw;
	if (!raw || raw->kind != VAL_OBJECT)
		return "the app is not written as an object";
	if (way == WAY_OWN)
		raw = edit_own_object(e->ctx->arena, e->report->config, raw, nth);
	return raw ? edits_on(e, app, raw, way, edits) : "no object is its own";
}

/* All scenarios of one app together. NULL: `trial` holds these edits and those made before, and is proved. */
static const char *try_app(struct editor *e, uint32_t index, enum edit_way way, size_t nth, const bool *changed, edit_list *trial)
{
	trial->len = 0;
	for (size_t i = 0; i < e->report->n_apps; i++) {
		const struct app_report *app = &e->report->apps[i];
		const char *why = app->model->index == index && is_wished(e, app) ? edits_of(e, app, way, nth, trial) : NULL;
		if (why)
			return why;
	}
	for (size_t i = 0; i < e->edits.len; i++)
		vec_push(trial, e->edits.ptr[i]);
	if (!normalise(trial))
		return "two edits meet at one place";
	if (!proves(e, edit_apply(e->ctx->arena, e->report->config->source->text, trial->ptr, trial->len), changed))
		return "the edited text would not give exactly the plan, or would change another app too";
	return NULL;
}

/* First the literal that is wrong, then the branch, then the whole property; then, where one object stands for
 * several apps, the object that is this app's own. */
static const char *try_ways(struct editor *e, uint32_t index, const bool *changed, edit_list *trial)
{
	enum { OBJECTS = 8 };
	const char *why = NULL;
	for (enum edit_way way = WAY_ORIGIN; way < WAY_OWN; way++) {
		const char *not = try_app(e, index, way, 0, changed, trial);
		if (!not)
			return NULL;
		if (way != WAY_ORIGIN)
			why = not;
	}
	for (size_t nth = 0; nth < OBJECTS; nth++)
		if (!try_app(e, index, WAY_OWN, nth, changed, trial))
			return NULL;
	return why;
}

/* what was changed for another app has changed this one too */
static bool is_done(struct editor *e, const bool *changed)
{
	return e->edits.len && proves(e, edit_apply(e->ctx->arena, e->report->config->source->text, e->edits.ptr, e->edits.len), changed);
}

static void edit_app(struct editor *e, uint32_t index, bool *changed)
{
	edit_list trial = {0};
	const struct app_report *first = NULL;
	for (size_t i = 0; i < e->report->n_apps && !first; i++)
		if (e->report->apps[i].model->index == index && is_wished(e, &e->report->apps[i]))
			first = &e->report->apps[i];
	if (!first)
		return;
	changed[index] = true;
	const char *why = is_done(e, changed) ? NULL : try_ways(e, index, changed, &trial);
	if (why) {
		changed[index] = false;
		refuse(e, first, why);
		vec_release(&trial);
		return;
	}
	if (trial.len) {
		vec_release(&e->edits);
		e->edits = trial;
	}
	struct arena *a = e->ctx->arena;
	const char *what = arena_printf(a, "exec_mode: '%s', instances: %u", edit_mode(first->mode), first->instances);
	vec_push(&e->done, (struct edit_done){first->model->name, what, what, true});
}

/* ---- fixes of config rules ---- */

static size_t count_of(const struct eco_config *c, struct str rule)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_findings; i++)
		n += str_is(rule, c->findings[i].rule);
	return n;
}

/* A safe fix leaves every app's mode and number as they were; where PM2 starts nothing, there is nothing to keep. */
static bool keeps_processes(const struct eco_config *old, const struct eco_config *new)
{
	for (size_t s = 0; s < old->n_models && s < new->n_models; s++) {
		const struct eco_scenario_model *was = &old->models[s], *is = &new->models[s];
		if (was->verdict != ECO_STARTS)
			continue;
		if (is->verdict != ECO_STARTS || was->n_apps != is->n_apps)
			return false;
		for (size_t i = 0; i < was->n_apps; i++)
			if (!was->apps[i].skipped && (was->apps[i].exec_mode != is->apps[i].exec_mode || was->apps[i].processes != is->apps[i].processes))
				return false;
	}
	return true;
}

/* the text with the fix reads, tells the mistake less often than without, and starts what it started */
static bool proves_fix(const struct editor *e, const struct finding *f, const edit_list *trial)
{
	const struct source *source = e->report->config->source;
	struct str without = edit_apply(e->ctx->arena, source->text, e->edits.ptr, e->edits.len);
	struct str with = edit_apply(e->ctx->arena, source->text, trial->ptr, trial->len);
	const struct eco_config *old = eco_load_text(e->ctx, source->path, without, e->o->scenario);
	const struct eco_config *new = eco_load_text(e->ctx, source->path, with, e->o->scenario);
	return old && new && new->loadable && count_of(new, f->rule) < count_of(old, f->rule) && (!f->fix->safe || keeps_processes(old, new));
}

static bool add_edits(const struct editor *e, const struct eco_fix *fix, edit_list *trial)
{
	for (size_t i = 0; i < e->edits.len; i++)
		vec_push(trial, e->edits.ptr[i]);
	for (size_t i = 0; i < fix->n_edits; i++) {
		if (fix->edits[i].source != e->report->config->source)
			return false;
		vec_push(trial, fix->edits[i]);
	}
	return normalise(trial);
}

/* What cannot be proved stays a finding: check tells it, with what to do. */
static void edit_finding(struct editor *e, const struct finding *f)
{
	if (!f->fix || (!f->fix->safe && !e->o->unsafe) || !is_selected(e, f->app) || f->status == HAZARD_SUPPRESSED)
		return;
	edit_list trial = {0};
	/* several apps or scenarios may tell the same mistake: it is mended once */
	if (!add_edits(e, f->fix, &trial) || trial.len == e->edits.len || !proves_fix(e, f, &trial)) {
		vec_release(&trial);
		return;
	}
	vec_release(&e->edits);
	e->edits = trial;
	const char *rule = arena_cstr(e->ctx->arena, f->rule);
	vec_push(&e->done, (struct edit_done){f->app, rule, rule, false});
}

struct edit_result *edit_config(const struct context *ctx, const struct config_report *report, const struct edit_options *o)
{
	struct editor e = {.ctx = ctx, .report = report, .o = o};
	struct edit_result *r = arena_new(ctx->arena, struct edit_result);
	for (size_t i = 0; i < report->n_apps; i++)
		e.n_apps = report->apps[i].model->index >= e.n_apps ? report->apps[i].model->index + 1 : e.n_apps;
	bool *changed = arena_array(ctx->arena, bool, e.n_apps);
	for (uint32_t i = 0; i < e.n_apps; i++)
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
