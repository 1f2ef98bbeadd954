/* Plain WebSocket servers: a broadcast that loops over the connections of its
 * own process. The loop is right where every process is told: in the handler of
 * a message that all subscribe to, or in a timer. */
#include "rules/reach.h"
#include "rules/registry.h"

static bool is_client_set(const struct entity *e)
{
	static const char *const modules[] = {"ws", "fastify", "@fastify/websocket", "express-ws", "koa-websocket"};
	if (e->kind != ENT_PACKAGE_INSTANCE || !(str_is(e->members, "clients") || str_ends(e->members, STR(".clients"))))
		return false;
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
		if (str_is(e->module, modules[i]))
			return true;
	return false;
}

struct sends {
	const struct js_file *js;
	bool found;
};

static bool find_send(void *ctx, js_node n)
{
	struct sends *s = ctx;
	js_node callee = js_at(s->js, n)->a;
	if (js_kind(s->js, n) == JS_CALL && js_kind(s->js, callee) == JS_MEMBER && str_is(js_str(s->js, callee), "send"))
		s->found = true;
	return !s->found;
}

/* pings and terminations of dead connections are each process's own business */
static bool sends_something(const struct program *p, prog_id file, js_node loop)
{
	struct sends s = {.js = p->files[file].js};
	js_walk(s.js, loop, find_send, &s);
	for (uint32_t i = 0; !s.found && js_kind(s.js, loop) == JS_CALL && i < js_at(s.js, loop)->n_kids; i++) {
		prog_id fn = prog_callback(p, file, js_kid(s.js, loop, i));
		if (fn == PROG_NONE)
			continue;
		struct sends inner = {.js = p->files[p->fns[fn].file].js};
		js_walk(inner.js, prog_fn_node(p, fn), find_send, &inner);
		s.found = inner.found;
	}
	return s.found;
}

static void look_at_loop(struct check *c, prog_id file, js_node loop, js_node set)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[file].js;
	struct entity e = prog_resolve(p, file, set);
	prog_id fn = p->files[file].first_fn + js_at(js, loop)->fn;
	if (!is_client_set(&e) || !(prog_phases(p, c->app, fn) & PHASE_RUNTIME) || !sends_something(p, file, loop) ||
	    reach_is_fanned_out(p, c->app, fn))
		return;
	struct hazard *h = check_hazard(c, "sockets-iterated-locally");
	struct str name = js_text(js, set);
	h->confidence = CONFIDENCE_CERTAIN;
	h->symbol = name;
	h->at = prog_place(p, file, loop);
	h->root = str_hash(h->at.source->path) ^ str_hash(STR("sockets-iterated-locally"));
	h->message = arena_printf(c->arena, "'" STR_FMT "' holds the connections of its own process, so this broadcast does not reach the clients of the other of {n} processes", STR_ARG(name));
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 只含本进程的连接，这次广播到不了 {n} 个进程中其他进程的客户端", STR_ARG(name));
	check_evidence(c, h, EV_WRITTEN, h->at, "sent to each in %s", prog_fn_name(p, fn));
	check_reached(c, h, fn, PHASE_RUNTIME);
	check_commit(c, h);
}

void check_websockets(struct check *c)
{
	const struct program *p = c->program;
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *js = p->files[file].js;
		if (!prog_loads(p, c->app, file) || js_find_atom(js, STR("clients")) == JS_NO_ATOM)
			continue;
		for (js_node n = 1; n < js->n_nodes; n++) {
			const struct js_node_data *d = js_at(js, n);
			if (d->kind == JS_FOR_IN && d->op == JS_FOR_OP_OF)
				look_at_loop(c, file, n, d->b);
			else if (d->kind == JS_CALL && js_kind(js, d->a) == JS_MEMBER && str_is(js_str(js, d->a), "forEach"))
				look_at_loop(c, file, n, js_at(js, d->a)->a);
		}
	}
}
