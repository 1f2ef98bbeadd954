/* Loops that sleep between their rounds: schedules without a timer. */
#include "rules/reach.h"
#include "rules/schedule/work.h"

#include "analyzers/program/usage.h"

struct loop_search {
	const struct program *p;
	prog_id file;
	js_node loop;
	bool sleeps, ends;
};

/* await sleep(1000), await new Promise((r) => setTimeout(r, 1000)) */
static bool is_sleep(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	if (js_kind(js, n) == JS_NEW)
		return str_is(js_text(js, js_at(js, n)->a), "Promise") &&
		       str_find(js_text(js, n), STR("setTimeout")) != (size_t)-1;
	if (js_kind(js, n) != JS_CALL)
		return false;
	struct entity e = prog_resolve(p, file, js_at(js, n)->a);
	if (e.kind == ENT_PACKAGE)
		return str_is(e.module, "delay") || str_is(e.module, "sleep-promise") ||
		       (str_is(e.module, "timers") && str_is(e.path, "promises.setTimeout"));
	if (e.kind != ENT_FUNCTION || e.fn == PROG_NONE)
		return e.kind == ENT_GLOBAL && str_is(e.module, "Bun") && str_is(e.path, "sleep");
	struct str body = js_text(p->files[p->fns[e.fn].file].js, prog_fn_node(p, e.fn));
	return body.len < 300 && str_find(body, STR("setTimeout")) != (size_t)-1;
}

static bool see_loop(void *ctx, js_node n)
{
	struct loop_search *s = ctx;
	const struct js_file *js = s->p->files[s->file].js;
	switch (js_kind(js, n)) {
	case JS_FUNCTION:
		return false;
	case JS_RETURN:
	case JS_BREAK: /* also of a loop inside: silence rather than a guess */
		s->ends = true;
		break;
	case JS_AWAIT:
		s->sleeps |= is_sleep(s->p, s->file, js_at(js, n)->a);
		break;
	default:
		break;
	}
	return true;
}

/* while (true) { await work(); await sleep(60000) }: a schedule without a timer */
static bool is_endless(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	const struct js_node_data *d = js_at(js, n);
	bool loop = js_kind(js, n) == JS_WHILE || js_kind(js, n) == JS_DO_WHILE || js_kind(js, n) == JS_FOR;
	js_node test = js_kind(js, n) == JS_FOR ? d->b : d->a;
	enum js_kind k = loop && test ? js_kind(js, test) : JS_NONE;
	if (!loop || (test && k != JS_BOOL && k != JS_NUMBER) || (k == JS_BOOL && js_at(js, test)->op == 0))
		return false;
	struct loop_search s = {p, file, n, false, false};
	js_walk(js, js_kind(js, n) == JS_FOR ? js_kid(js, n, 0) : d->b, see_loop, &s);
	return s.sleeps && !s.ends;
}

static void check_loop(struct check *c, prog_id fn, js_node loop)
{
	const struct program *p = c->program;
	prog_id file = p->fns[fn].file;
	const struct js_file *js = p->files[file].js;
	const struct prog_call *first = NULL;
	uint32_t effects = 0;
	struct work work;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->file != file || !prog_is_inside(js, call->node, loop))
			continue;
		uint32_t e = prog_call_reaches(p, call);
		if (!first && (e & WORK_SHARED))
			first = call;
		effects |= e;
	}
	/* unlike a timer, a loop may well wait for work that others hand to it */
	if (!work_judge(effects & ~(uint32_t)EFFECT_UNKNOWN, &work))
		return;
	const char *name = prog_fn_name(p, fn);
	struct eco_app model = reach_doubled(c->model);
	struct guard_result g = prog_guard(p, c->app, &model, file, loop);
	if (g.answer == GUARD_NEVER)
		return;
	struct hazard *h = check_hazard(c, "schedule-in-every-process");
	work_weigh(&work, h);
	h->symbol = str_from(name);
	h->at = prog_place(p, file, loop);
	h->message = arena_printf(c->arena, "the loop of '%s' runs in every process, so with {n} processes it %s {n} times", name, work.what);
	h->message_zh = arena_printf(c->arena, "'%s' 的循环在每个进程里运行，有 {n} 个进程就会%s {n} 次", name, work.what_zh);
	h->root = str_hash(h->at.source->path) ^ loop;
	check_evidence(c, h, EV_DECLARED, h->at, "goes on for ever here");
	if (first)
		check_evidence(c, h, EV_WRITTEN, prog_place(p, file, first->node), "done here");
	check_reached(c, h, fn, PHASE_LOAD | PHASE_BOOT);
	mitigate_by_guard(c, h, &g);
	if (h->mitigation == MITIGATION_NONE && (effects & EFFECT_LOCK))
		mitigate_by_lock(c, h, fn);
	if (h->mitigation == MITIGATION_NONE)
		mitigate_by_claim(c, h, fn);
	check_commit(c, h);
}

void schedule_check_loops(struct check *c)
{
	const struct program *p = c->program;
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *js = p->files[file].js;
		for (js_node n = 1; prog_loads(p, c->app, file) && n < js->n_nodes; n++) {
			prog_id fn = p->files[file].first_fn + js_at(js, n)->fn;
			if (is_endless(p, file, n) && (prog_phases(p, c->app, fn) & (PHASE_LOAD | PHASE_BOOT)))
				check_loop(c, fn, n);
		}
	}
}
