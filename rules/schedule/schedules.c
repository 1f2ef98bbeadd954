/* Schedules, intervals and timeouts that begin at load or start-up. Judged by what
 * the body does to the world (T01 to T18), by the guard that stands around it and
 * by the lock that it takes. */
#include "rules/registry.h"

#include "analyzers/program/own_memory.h"
#include "analyzers/program/usage.h"
#include "rules/reach.h"
#include "rules/schedule/work.h"

/* Is every call below fn that has the effect one that each process makes for itself alone? False where none is seen. */
static bool only_own(const struct check *c, prog_id fn, uint32_t effect, int depth)
{
	const struct program *p = c->program;
	const struct prog_fn *f = &p->fns[fn];
	bool any = false;
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		uint32_t effects = prog_call_reaches(p, call);
		if (!(effects & effect))
			continue;
		bool own = call->target != PROG_NONE	? depth < 4 && only_own(c, call->target, effect, depth + 1)
			   : effect == EFFECT_HTTP_SEND ? prog_keeps_result(p, call)
							: prog_flushes_own(p, c->app, call);
		if (!own)
			return false;
		any = true;
	}
	return any;
}

/* what a second process would do once more: not its own token, not its own buffer */
static uint32_t shared_effects(const struct check *c, prog_id fn)
{
	uint32_t effects = c->program->fns[fn].effects_all;
	if (effects & EFFECT_HTTP_SEND && only_own(c, fn, EFFECT_HTTP_SEND, 0))
		effects &= ~(uint32_t)EFFECT_HTTP_SEND;
	if (effects & EFFECT_DB_WRITE && only_own(c, fn, EFFECT_DB_WRITE, 0))
		effects &= ~(uint32_t)(EFFECT_DB_WRITE | EFFECT_DB_ANEW);
	return effects;
}

static struct guard_result guard_of(struct check *c, const struct prog_root *root)
{
	struct eco_app model = reach_doubled(c->model);
	struct guard_result g = prog_guard(c->program, c->app, &model, root->file, root->at);
	if (g.answer != GUARD_NONE)
		return g;
	const struct prog_call *work = work_first(c->program, root->fn, WORK_SHARED | EFFECT_UNKNOWN);
	return work ? prog_guard(c->program, c->app, &model, work->file, work->node) : g;
}

/* A wrong guard deserves its own words: its author believes to be safe. */
static void tell_broken_guard(struct check *c, const struct prog_root *root, const struct guard_result *g)
{
	bool never = g->answer == GUARD_NEVER;
	const char *about = g->about ? g->about : "the condition";
	struct hazard *h = check_hazard(c, never ? "schedule-guard-never-holds" : "schedule-guard-always-holds");
	h->symbol = str_from(prog_fn_name(c->program, root->fn));
	h->at = prog_place(c->program, g->file, g->at);
	h->confidence = CONFIDENCE_CERTAIN;
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	if (never) {
		h->message = arena_printf(c->arena, "the guard on %s holds in no process under PM2, so '" STR_FMT "' never runs", about, STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "对 %s 的判断在 PM2 下任何进程都不成立，'" STR_FMT "' 从不运行", about, STR_ARG(h->symbol));
	} else {
		h->message = arena_printf(c->arena, "the guard on %s holds in every process under PM2, so '" STR_FMT "' runs {n} times", about, STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "对 %s 的判断在 PM2 下每个进程都成立，'" STR_FMT "' 会运行 {n} 次", about, STR_ARG(h->symbol));
	}
	check_evidence(c, h, EV_GUARD, h->at, "the guard");
	check_evidence(c, h, EV_DECLARED, prog_place(c->program, root->file, root->at), "the work that it guards");
	check_commit(c, h);
}

static uint64_t root_of(const struct check *c, const struct prog_root *root)
{
	const struct js_file *js = c->program->files[root->file].js;
	js_node owner = js->functions[js_at(js, root->at)->fn].class_;
	for (js_node n = root->at; n && !owner; n = js_at(js, n)->parent)
		if (js_kind(js, n) == JS_CLASS)
			owner = n;
	return str_hash(c->program->files[root->file].source->path) ^ (owner * 2654435761u) ^ 0x5c4edu;
}

/* Nest's schedule decorators do nothing where no reached module imports ScheduleModule.forRoot (its explorer is not there) */
static bool is_switched_on(const struct check *c, const struct prog_root *root)
{
	const struct program *p = c->program;
	if (!str_is(root->by.module, "@nestjs/schedule") || js_kind(p->files[root->file].js, root->at) != JS_DECORATOR)
		return true;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (str_is(call->callee.module, "@nestjs/schedule") && str_starts(call->callee.path, STR("ScheduleModule.forRoot")) &&
		    prog_loads(p, c->app, call->file))
			return true;
	}
	return false;
}

/* the call of `target` inside `fn`, also one that is known by the method's name alone */
static const struct prog_call *call_of(const struct program *p, prog_id fn, prog_id target)
{
	const struct prog_fn *f = &p->fns[fn];
	struct str name = str_from(prog_fn_name(p, target));
	size_t dot = str_rfind_char(name, '.');
	if (dot != (size_t)-1)
		name = str_sub(name, dot + 1, name.len);
	const struct prog_call *alike = NULL;
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		const struct js_file *js = p->files[call->file].js;
		js_node callee = js_at(js, call->node)->a;
		if (call->target == target)
			return call;
		if (!alike && call->target == PROG_NONE && js_kind(js, callee) == JS_MEMBER && str_eq(js_str(js, callee), name))
			alike = call;
	}
	return alike;
}

/* monitor.start() in startMonitors(): the call at start-up that arms a timer inside a function. Of the way there the
 * step is told that comes from another file, where there is one. */
static void add_start(struct check *c, struct hazard *h, const struct prog_root *root)
{
	enum { LONGEST = 32 };
	const struct program *p = c->program;
	prog_id way[LONGEST];
	const struct prog_root *from = NULL;
	size_t n = prog_path_to(p, c->app, prog_fn_of(p, root->file, root->at), PHASE_LOAD | PHASE_BOOT, &from, way, LONGEST);
	size_t step = n;
	for (size_t i = n; i > 1; i--)
		if (p->fns[way[i - 2]].file != root->file && p->fns[way[i - 1]].file == root->file) {
			step = i;
			break;
		}
	const struct prog_call *call = step > 1 ? call_of(p, way[step - 2], way[step - 1]) : NULL;
	if (call)
		check_evidence(c, h, EV_DECLARED, prog_place(p, call->file, call->node), "called when the process starts");
}

/* nothing that repeats: rejects when an answer takes too long */
static bool is_limit_on_time(const struct check *c, const struct prog_root *root)
{
	const struct js_file *js = c->program->files[root->file].js;
	return root->by.kind == ENT_GLOBAL && str_is(root->by.module, "setTimeout") &&
	       js_kind(js, js_at(js, root->at)->parent) == JS_DECLARATOR && work_is_cleared(js, root->at);
}

static void check_root(struct check *c, const struct prog_root *root)
{
	const struct program *p = c->program;
	struct work work;
	if (!is_switched_on(c, root) || is_limit_on_time(c, root))
		return;
	if (!work_judge(shared_effects(c, root->fn), &work))
		return;
	struct guard_result g = guard_of(c, root);
	if (guard_picks_process(&g) && (g.answer == GUARD_NEVER || g.answer == GUARD_ALWAYS))
		tell_broken_guard(c, root, &g);
	if (g.answer == GUARD_NEVER)
		return; /* does not run in this app */
	const char *name = prog_fn_name(p, root->fn);
	struct hazard *h = check_hazard(c, "schedule-in-every-process");
	work_weigh(&work, h);
	h->symbol = str_from(name);
	h->at = prog_place(p, root->file, root->at);
	h->message = arena_printf(c->arena, "'%s' is started by every process (" STR_FMT "), so with {n} processes it %s {n} times", name, STR_ARG(root->label), work.what);
	h->message_zh = arena_printf(c->arena, "'%s' 由每个进程启动（" STR_FMT "），有 {n} 个进程就会%s {n} 次", name, STR_ARG(root->label), work.what_zh);
	h->root = root_of(c, root);
	check_evidence(c, h, EV_DECLARED, h->at, "scheduled here: " STR_FMT, STR_ARG(root->label));
	add_start(c, h, root);
	const struct prog_call *call = work_first(p, root->fn, WORK_SHARED);
	if (call)
		check_evidence(c, h, EV_WRITTEN, prog_place(p, call->file, call->node), "done here");
	mitigate_by_guard(c, h, &g);
	if (h->mitigation == MITIGATION_NONE)
		mitigate_by_lock(c, h, root->fn);
	if (h->mitigation == MITIGATION_NONE)
		mitigate_by_claim(c, h, root->fn);
	check_commit(c, h);
}

void check_schedules(struct check *c)
{
	const struct program *p = c->program;
	schedule_check_loops(c);
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *root = &p->roots[i];
		if ((root->phase & PHASE_TIMER) && prog_loads(p, c->app, root->file) &&
		    (prog_phases(p, c->app, root->fn) & PHASE_TIMER))
			check_root(c, root);
	}
}
