/* Streams to clients that are fed by events of one process: a Subject that a
 * request feeds and that @Sse or a subscription hands out, an emitter whose
 * listener writes into an open response. */
#include "rules/reach.h"
#include "rules/registry.h"

static bool is_subject(const struct entity *e)
{
	return str_is(e->module, "rxjs") && (str_starts(e->path, STR("Subject")) || str_starts(e->path, STR("BehaviorSubject")) ||
					     str_starts(e->path, STR("ReplaySubject")));
}

/* the stream of @Sse, of a GraphQL subscription or of a gateway's handler */
static const struct prog_root *push_root(const struct check *c, prog_id fn)
{
	const struct prog_root *root = reach_from(c->program, c->app, fn, "@nestjs/common", "Sse");
	if (!root)
		root = reach_from(c->program, c->app, fn, "@nestjs/graphql", "Subscription");
	if (!root)
		root = reach_from(c->program, c->app, fn, "@nestjs/websockets", "SubscribeMessage");
	return root;
}

static bool is_fed(const struct check *c, const struct cell_access *x)
{
	const struct js_file *js = c->program->files[x->file].js;
	js_node n = x->node;
	if (js_kind(js, n) == JS_CALL)
		n = js_at(js, n)->a;
	else if (js_kind(js, js_at(js, n)->parent) == JS_MEMBER)
		n = js_at(js, n)->parent;
	return js_kind(js, n) == JS_MEMBER && str_is(js_str(js, n), "next");
}

static js_node written_response(const struct check *c, prog_id file, prog_id fn);

/* subject.subscribe((x) => res.write(x)) in the handler whose response stays open */
static bool is_written_out(const struct check *c, const struct cell_access *x)
{
	const struct js_file *js = c->program->files[x->file].js;
	js_node n = js_kind(js, x->node) == JS_CALL ? js_at(js, x->node)->a : x->node;
	/* also behind pipe(..) */
	for (int step = 0; step < 6 && n; step++, n = js_at(js, n)->parent) {
		js_node call = js_at(js, n)->parent;
		if (js_kind(js, n) != JS_MEMBER || js_kind(js, call) != JS_CALL || !str_is(js_str(js, n), "subscribe") || !js_at(js, call)->n_kids)
			continue;
		prog_id fn = prog_callback(c->program, x->file, js_kid(js, call, 0));
		return fn != PROG_NONE && c->program->fns[fn].file == x->file && written_response(c, x->file, fn);
	}
	return false;
}

static void look_at_subject(struct check *c, const struct prog_cell *cell)
{
	const struct program *p = c->program;
	const struct cell_access *fed = NULL, *given = NULL;
	const struct prog_root *root = NULL;
	for (size_t i = 0; i < cell->n_accesses; i++) {
		const struct cell_access *x = &cell->accesses[i];
		uint32_t phases = prog_phases(p, c->app, x->fn);
		if (is_fed(c, x)) {
			/* every process is told by the bus, or ticks by itself */
			if ((phases & PHASE_RUNTIME) && !reach_is_fanned_out(p, c->app, x->fn) && !fed)
				fed = x;
		} else if (!given && phases) {
			root = push_root(c, x->fn);
			given = root || (phases & PHASE_REQUEST && is_written_out(c, x)) ? x : NULL;
		}
	}
	if (!fed || !given)
		return;
	struct hazard *h = check_hazard(c, "event-stream-in-memory");
	h->confidence = CONFIDENCE_CERTAIN;
	h->symbol = cell->name;
	h->at = prog_place(p, cell->file, cell->decl);
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	h->message = arena_printf(c->arena, "'" STR_FMT "' passes on events of its own process only, so clients whose stream is open in another of {n} processes hear nothing", STR_ARG(cell->name));
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 只传递本进程的事件；流开在 {n} 个进程中其他进程的客户端收不到", STR_ARG(cell->name));
	check_evidence(c, h, EV_DECLARED, h->at, "one in each process");
	check_evidence(c, h, EV_WRITTEN, prog_place(p, fed->file, fed->node), "fed in %s", prog_fn_name(p, fed->fn));
	if (root)
		check_evidence(c, h, EV_READ, prog_place(p, given->file, given->node), "given to clients by " STR_FMT, STR_ARG(root->label));
	else
		check_evidence(c, h, EV_READ, prog_place(p, given->file, given->node), "written to the open response in %s", prog_fn_name(p, given->fn));
	check_reached(c, h, fed->fn, PHASE_RUNTIME);
	check_commit(c, h);
}

/* ---- emitters ---- */

static bool is_emitter(const struct entity *e)
{
	static const char *const modules[] = {"events", "eventemitter2", "eventemitter3", "mitt", "emittery", "@nestjs/event-emitter"};
	if (e->kind != ENT_PACKAGE_INSTANCE)
		return false;
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
		if (str_is(e->module, modules[i]))
			return true;
	return false;
}

struct writes {
	const struct check *c;
	prog_id file;
	const struct js_file *js;
	js_node body;
	js_node found;
};

/* res.write(..) where res belongs to the request around, not to the listener itself */
static bool find_write(void *ctx, js_node n)
{
	struct writes *w = ctx;
	js_node callee = js_at(w->js, n)->a;
	if (js_kind(w->js, n) != JS_CALL || js_kind(w->js, callee) != JS_MEMBER || js_kind(w->js, js_at(w->js, callee)->a) != JS_IDENT)
		return !w->found;
	struct str name = js_str(w->js, callee);
	const struct js_binding *b = js_binding_of(w->js, js_at(w->js, callee)->a);
	if (b && b->kind == JSB_PARAM && b->fn && b->fn < js_at(w->js, w->body)->fn &&
	    (str_is(name, "write") || str_is(name, "send") || str_is(name, "next") || str_is(name, "emit") || str_is(name, "json")))
		w->found = n;
	return !w->found;
}

static js_node written_response(const struct check *c, prog_id file, prog_id fn)
{
	const struct js_file *js = c->program->files[file].js;
	struct writes w = {c, file, js, prog_fn_node(c->program, fn), 0};
	js_walk(js, w.body, find_write, &w);
	return w.found;
}

static bool emits_elsewhere(const struct check *c, const struct prog_call *on)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (is_emitter(&call->callee) && str_eq(call->callee.module, on->callee.module) &&
		    (str_is(call->callee.members, "emit") || str_is(call->callee.members, "emitAsync")) && reach_is_live(c, call) &&
		    call->fn != on->fn && !reach_is_fanned_out(p, c->app, call->fn))
			return true;
	}
	return false;
}

static void look_at_listener(struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	if (!is_emitter(&call->callee) || !reach_is_live(c, call) ||
	    !(str_is(call->callee.members, "on") || str_is(call->callee.members, "addListener")) ||
	    !(prog_phases(p, c->app, call->fn) & (PHASE_REQUEST | PHASE_SOCKET)))
		return;
	prog_id fn = prog_callback(p, call->file, reach_argument(js, call->node, 1));
	if (fn == PROG_NONE || p->fns[fn].file != call->file)
		return;
	struct writes w = {c, call->file, js, prog_fn_node(p, fn), 0};
	js_walk(js, w.body, find_write, &w);
	/* an emitter that this very request makes and feeds */
	bool own = js_kind(js, js_at(js, call->node)->a) == JS_MEMBER &&
		   js_kind(js, js_at(js, js_at(js, call->node)->a)->a) == JS_IDENT &&
		   js_binding_of(js, js_at(js, js_at(js, call->node)->a)->a) &&
		   js_binding_of(js, js_at(js, js_at(js, call->node)->a)->a)->fn == js_at(js, call->node)->fn;
	if (!w.found || own || !emits_elsewhere(c, call))
		return;
	struct hazard *h = check_hazard(c, "event-stream-in-memory");
	struct str name = js_text(js, js_at(js, js_at(js, call->node)->a)->a);
	h->symbol = name;
	h->at = prog_place(p, call->file, call->node);
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	h->message = arena_printf(c->arena, "'" STR_FMT "' passes on events of its own process only, so clients whose stream is open in another of {n} processes hear nothing", STR_ARG(name));
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 只传递本进程的事件；流开在 {n} 个进程中其他进程的客户端收不到", STR_ARG(name));
	check_evidence(c, h, EV_DECLARED, h->at, "a client's stream listens here");
	check_evidence(c, h, EV_WRITTEN, prog_place(p, call->file, w.found), "and is written to here");
	check_reached(c, h, call->fn, PHASE_RUNTIME);
	check_commit(c, h);
}

void check_streams(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_cells; i++) {
		const struct prog_cell *cell = &p->cells[i];
		if (cell->life == LIFE_PROCESS && cell->shape == SHAPE_PACKAGE && is_subject(&cell->maker) &&
		    prog_loads(p, c->app, cell->file))
			look_at_subject(c, cell);
	}
	for (size_t i = 0; i < p->n_calls; i++)
		look_at_listener(c, &p->calls[i]);
}
