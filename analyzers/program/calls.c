#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* Calls and what flows through their arguments. A parameter stands for what all
 * its callers pass; since that decides what the calls inside resolve to, calls
 * are resolved again until parameters change no more (a few rounds). */

enum { MAX_ROUNDS = 6 };

static js_node callee_node(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if (d->kind == JS_DECORATOR)
		return js_kind(f, d->a) == JS_CALL ? js_at(f, d->a)->a : d->a;
	return d->a;
}

/* the node that holds the arguments */
js_node call_arguments(const struct js_file *f, js_node n)
{
	if (js_kind(f, n) == JS_DECORATOR)
		return js_kind(f, js_at(f, n)->a) == JS_CALL ? js_at(f, n)->a : 0;
	return js_kind(f, n) == JS_TAGGED ? 0 : n;
}

static void collect_calls(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			enum js_kind k = js_kind(f, n);
			if (k != JS_CALL && k != JS_NEW && k != JS_TAGGED && k != JS_DECORATOR)
				continue;
			if (k == JS_CALL && js_kind(f, js_at(f, n)->parent) == JS_DECORATOR)
				continue;
			struct prog_call c = {.file = file, .fn = fn_id(p, file, js_at(f, n)->fn), .node = n,
					      .callee = entity_none(), .target = PROG_NONE};
			vec_push(&pr->calls, c);
			pr->files[file].call_at[n] = (uint32_t)pr->calls.len;
		}
	}
	p->calls = pr->calls.ptr;
	p->n_calls = pr->calls.len;
	pr->wrapped = arena_array(pr->arena, bool, p->n_calls + 1);
}

static bool has_body(const struct program *p, prog_id fn)
{
	js_node n = prog_fn_node(p, fn);
	return js_at(prog_js(p, p->fns[fn].file), n)->b != 0;
}

static prog_id target_of(const struct program *p, const struct prog_call *c)
{
	const struct entity *e = &c->callee;
	const struct js_file *f = prog_js(p, c->file);
	if (e->kind == ENT_CLASS && !e->members.len &&
	    (js_kind(f, c->node) == JS_NEW || js_kind(f, js_at(f, c->node)->a) == JS_SUPER)) {
		prog_id cls = class_id(p, e->file, e->node);
		return cls == PROG_NONE ? PROG_NONE : class_method(p, cls, STR("constructor"));
	}
	if (e->kind != ENT_FUNCTION)
		return PROG_NONE;
	if (e->members.len && !str_is(e->members, "call") && !str_is(e->members, "apply"))
		return PROG_NONE;
	return has_body(p, e->fn) ? e->fn : PROG_NONE;
}

static bool worth_knowing(const struct entity *e)
{
	return e->kind != ENT_UNKNOWN && e->kind != ENT_PARAM;
}

static void flow_in(struct program *p, uint32_t param, const struct entity *e)
{
	struct param_flow *flow = &priv(p)->params[param];
	if (!worth_knowing(e) || flow->many)
		return;
	if (flow->next.kind == ENT_UNKNOWN) {
		flow->next = *e;
		return;
	}
	if (!entity_same(&flow->next, e)) {
		flow->many = true;
		flow->next = entity_none();
	}
}

static void hand_over(struct program *p, prog_id file, js_node arg, uint32_t param)
{
	struct prog_private *pr = priv(p);
	struct entity e = prog_resolve(p, file, arg);
	if (e.kind == ENT_PARAM && !e.members.len) {
		struct param_link link = {.from = pr->params_first[e.fn] + e.index, .to = param};
		vec_push(&pr->links, link);
		return;
	}
	id_vec fns = {0};
	callbacks_of(p, file, arg, &fns);
	for (size_t i = 0; i < fns.len; i++) {
		struct handed h = {.param = param, .fn = fns.ptr[i]};
		vec_push(&pr->handed, h);
	}
	vec_release(&fns);
}

/* x.call(that, a, b): parameters begin at the second argument */
static void flow_arguments(struct program *p, const struct prog_call *c)
{
	struct prog_private *pr = priv(p);
	const struct js_file *f = prog_js(p, c->file);
	js_node args = call_arguments(f, c->node);
	uint32_t skip = str_is(c->callee.members, "call") ? 1 : 0;
	if (!args || c->target == PROG_NONE || str_is(c->callee.members, "apply"))
		return;
	uint32_t first = pr->params_first[c->target], n = pr->params_first[c->target + 1] - first;
	for (uint32_t i = skip; i < js_at(f, args)->n_kids && i - skip < n; i++) {
		js_node arg = js_kid(f, args, i);
		if (js_kind(f, arg) == JS_SPREAD)
			break;
		struct entity e = prog_resolve(p, c->file, arg);
		flow_in(p, first + i - skip, &e);
		hand_over(p, c->file, arg, first + i - skip);
	}
}

static bool settle_params(struct program *p)
{
	struct prog_private *pr = priv(p);
	bool changed = false;
	for (size_t i = 0; i < pr->n_params; i++) {
		struct param_flow *flow = &pr->params[i];
		struct entity now = flow->many ? entity_none() : flow->next;
		if (flow->fixed)
			now = flow->given;
		/* plain values differ from call to call: they say nothing of the next */
		if (now.kind == ENT_VALUE && (!now.node || js_kind(prog_js(p, now.file), now.node) != JS_OBJECT))
			now = entity_none();
		if (!entity_same(&now, &flow->known)) {
			flow->known = now;
			changed = true;
		}
	}
	return changed;
}

static void begin_round(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (size_t i = 0; i < pr->n_params; i++) {
		pr->params[i].many = false;
		pr->params[i].next = entity_none();
	}
	vec_clear(&pr->links);
	vec_clear(&pr->handed);
	vec_clear(&pr->roots);
	vec_clear(&pr->regs);
	map_release(&pr->root_keys);
}

void link_calls(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (size_t i = 0; i < pr->n_params; i++)
		pr->params[i].known = pr->params[i].next = pr->params[i].given = entity_none();
	collect_calls(p);
	for (unsigned round = 0;; round++) {
		entities_forget(p);
		begin_round(p);
		for (size_t i = 0; i < pr->calls.len; i++) {
			struct prog_call *c = &pr->calls.ptr[i];
			c->callee = prog_resolve(p, c->file, callee_node(prog_js(p, c->file), c->node));
			c->target = target_of(p, c);
		}
		for (size_t i = 0; i < pr->calls.len; i++)
			flow_arguments(p, &pr->calls.ptr[i]);
		bool changed = roots_register(p);
		changed = settle_params(p) || changed;
		if (!changed || round == MAX_ROUNDS)
			break;
	}
}

/* ---- callbacks ---- */

struct gather {
	const struct program *p;
	id_vec *fns;
	unsigned depth;
};

static void gather(struct gather *g, prog_id file, js_node n);

static void gather_call(struct gather *g, prog_id file, js_node n, const struct entity *e)
{
	const struct js_file *f = prog_js(g->p, file);
	struct entity callee = prog_resolve(g->p, file, js_at(f, n)->a);
	uint32_t call = priv(g->p)->files[file].call_at[n];
	if (e->kind == ENT_VALUE && e->node && e->node != n)
		gather(g, e->file, e->node);
	if (callee.kind == ENT_GLOBAL || callee.kind == ENT_CLASS)
		return;
	/* wrap(handler): the handler runs when the wrapper does */
	bool any = false;
	for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++) {
		js_node arg = js_kid(f, n, i);
		struct entity a = prog_resolve(g->p, file, arg);
		if (a.kind == ENT_FUNCTION || js_kind(f, arg) == JS_FUNCTION || js_kind(f, arg) == JS_CALL) {
			gather(g, file, arg);
			any = true;
		}
	}
	if (any && call)
		priv(g->p)->wrapped[call - 1] = true;
}

/* the array that a loop variable or the parameter of a forEach callback runs over */
static bool array_of(const struct program *p, prog_id file, js_node n, prog_id *at, js_node *array)
{
	const struct js_file *f = prog_js(p, file);
	if (js_kind(f, n) != JS_IDENT || f->binding_of[n] == JS_NO_ATOM)
		return false;
	js_node up = js_at(f, f->bindings[f->binding_of[n]].decl)->parent;
	*at = file;
	if (js_kind(f, up) == JS_DECLARATOR && js_kind(f, js_at(f, js_at(f, up)->parent)->parent) == JS_FOR_IN) {
		*array = js_at(f, js_at(f, js_at(f, up)->parent)->parent)->b;
	} else if (js_kind(f, up) == JS_PARAM && js_kid(f, js_at(f, up)->parent, 0) == up) {
		js_node call = js_at(f, js_at(f, up)->parent)->parent;
		if (js_kind(f, call) != JS_CALL || js_kind(f, js_at(f, call)->a) != JS_MEMBER ||
		    !list_has("forEach|map", js_str(f, js_at(f, call)->a)))
			return false;
		*array = js_at(f, js_at(f, call)->a)->a;
	} else {
		return false;
	}
	return (js_kind(f, *array) == JS_ARRAY || prog_deref(p, at, array)) &&
	       js_kind(prog_js(p, *at), *array) == JS_ARRAY;
}

/* for (const job of jobs) schedule(job.when, job.run): the functions of all rows of the table */
static void gather_rows(struct gather *g, prog_id file, js_node member)
{
	prog_id at;
	js_node array;
	if (!array_of(g->p, file, js_at(prog_js(g->p, file), member)->a, &at, &array))
		return;
	const struct js_file *f = prog_js(g->p, at);
	struct str name = js_str(prog_js(g->p, file), member);
	for (uint32_t i = 0; i < js_at(f, array)->n_kids; i++) {
		js_node row = js_kid(f, array, i);
		for (uint32_t k = 0; js_kind(f, row) == JS_OBJECT && k < js_at(f, row)->n_kids; k++)
			if (str_eq(js_key(f, js_kid(f, row, k)), name))
				gather(g, at, js_at(f, js_kid(f, row, k))->b);
	}
}

static void gather(struct gather *g, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(g->p, file);
	const struct js_node_data *d = js_at(f, n);
	if (!n || g->depth > 8)
		return;
	g->depth++;
	struct entity e = prog_resolve(g->p, file, n);
	if (e.kind == ENT_FUNCTION && (!e.members.len || str_is(e.members, "bind")))
		vec_push(g->fns, e.fn);
	switch (js_kind(f, n)) {
	case JS_ARRAY:
		for (uint32_t i = 0; i < d->n_kids; i++)
			gather(g, file, js_kid(f, n, i));
		break;
	case JS_SPREAD:
	case JS_AWAIT:
		gather(g, file, d->a);
		break;
	case JS_COND:
		gather(g, file, d->b);
		gather(g, file, d->c);
		break;
	case JS_LOGICAL:
		gather(g, file, d->a);
		gather(g, file, d->b);
		break;
	case JS_CALL:
		gather_call(g, file, n, &e);
		break;
	case JS_IDENT:
	case JS_MEMBER:
		if (e.kind == ENT_UNKNOWN && js_kind(f, n) == JS_MEMBER)
			gather_rows(g, file, n);
		if ((e.kind == ENT_VALUE || e.kind == ENT_CELL) && e.node && !e.members.len &&
		    (e.node != n || e.file != file)) {
			enum js_kind k = js_kind(prog_js(g->p, e.file), e.node);
			if (k == JS_ARRAY || k == JS_CALL)
				gather(g, e.file, e.node);
		}
		break;
	default:
		break;
	}
	g->depth--;
}

void callbacks_of(const struct program *p, prog_id file, js_node n, id_vec *fns)
{
	struct gather g = {.p = p, .fns = fns};
	gather(&g, file, n);
}

prog_id prog_callback(const struct program *p, prog_id file, js_node n)
{
	struct entity e = prog_resolve(p, file, n);
	if (e.kind == ENT_FUNCTION && (!e.members.len || str_is(e.members, "bind")))
		return e.fn;
	id_vec fns = {0};
	callbacks_of(p, file, n, &fns);
	prog_id fn = fns.len ? fns.ptr[0] : PROG_NONE;
	vec_release(&fns);
	return fn;
}

/* functions inside of an object literal */
void callbacks_in_object(const struct program *p, prog_id file, js_node n, unsigned depth, id_vec *fns)
{
	if (depth > 4 || !n)
		return;
	if (js_kind(prog_js(p, file), n) != JS_OBJECT && !prog_deref(p, &file, &n))
		return;
	const struct js_file *f = prog_js(p, file);
	if (js_kind(f, n) == JS_ARRAY)
		for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++)
			callbacks_in_object(p, file, js_kid(f, n, i), depth + 1, fns);
	if (js_kind(f, n) != JS_OBJECT)
		return;
	for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++) {
		js_node prop = js_kid(f, n, i);
		js_node v = js_kind(f, prop) == JS_SPREAD ? js_at(f, prop)->a : js_at(f, prop)->b;
		struct entity e = prog_resolve(p, file, v);
		if (e.kind == ENT_FUNCTION)
			vec_push(fns, e.fn);
		else if (js_kind(f, v) == JS_CALL)
			callbacks_of(p, file, v, fns);
		else
			callbacks_in_object(p, file, v, depth + 1, fns);
	}
}
