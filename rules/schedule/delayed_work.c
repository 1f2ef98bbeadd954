/* Work that is put off inside a request. */
#include "rules/registry.h"

#include "rules/schedule/work.h"

static bool is_long(struct check *c, const struct prog_call *call)
{
	const struct js_file *js = c->program->files[call->file].js;
	if (js_at(js, call->node)->n_kids < 2)
		return false;
	struct value *v = prog_value(c->program, c->model, -1, call->file, js_kid(js, call->node, 1));
	bool known = false;
	double ms = v ? val_to_number(v, &known) : 0;
	return known && ms >= 5000;
}

/* cancel an unpaid order in 15 minutes: lost on every reload, and only this process can cancel it */
void check_delayed_work(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct work work;
		if (call->callee.kind != ENT_GLOBAL || !str_is(call->callee.module, "setTimeout") ||
		    !(prog_phases(p, c->app, call->fn) & (PHASE_REQUEST | PHASE_MESSAGE | PHASE_SOCKET)) || !is_long(c, call))
			continue;
		const struct js_file *js = p->files[call->file].js;
		if (work_is_cleared(js, call->node))
			continue;
		prog_id fn = prog_callback(p, call->file, js_kid(js, call->node, 0));
		if (fn == PROG_NONE || !work_judge(p->fns[fn].effects_all & ~(uint32_t)(EFFECT_UNKNOWN | EFFECT_FILE_DELETE), &work))
			continue;
		struct hazard *h = check_hazard(c, "delayed-work-in-memory");
		h->symbol = str_from(prog_fn_name(p, call->fn));
		h->at = prog_place(p, call->file, call->node);
		h->message = arena_printf(c->arena, "'" STR_FMT "' puts work off with setTimeout: a reload loses it, and no other process can cancel it", STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 用 setTimeout 推迟工作：重载会丢失它，其他进程也无法取消", STR_ARG(h->symbol));
		h->root = str_hash(h->at.source->path) ^ h->at.span.start;
		check_evidence(c, h, EV_DECLARED, h->at, "put off here");
		check_reached(c, h, call->fn, PHASE_RUNTIME);
		check_commit(c, h);
	}
}
