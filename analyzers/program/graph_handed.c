#include "analyzers/program/graph.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

static bool is_registering(const struct prog_call *c, struct str first)
{
	if (c->callee.kind == ENT_FUNCTION || c->callee.kind == ENT_CLASS ||
	    c->callee.kind == ENT_VALUE)
		return false;
	const struct reg_row *row = reg_row_of(&c->callee, first, first.len && first.ptr[0] == '/');
	return row || ((c->callee.kind == ENT_PACKAGE || c->callee.kind == ENT_PACKAGE_INSTANCE) &&
		       !calls_back_at_once(&c->callee));
}

/* does anything use the parameter as a function, or register it? */
static bool param_is_called(const struct program *p, const bool *called, prog_id fn, uint32_t i)
{
	uint32_t param = priv(p)->params_first[fn] + i;
	return param < priv(p)->params_first[fn + 1] &&
	       (called[param] || priv(p)->params[param].row);
}

void graph_add_callbacks(struct graph *g, size_t index, const bool *called)
{
	const struct prog_call *c = &g->p->calls[index];
	const struct js_file *f = prog_js(g->p, c->file);
	js_node args = call_arguments(f, c->node);
	if (!args || js_kind(f, c->node) == JS_DECORATOR)
		return;
	struct str first = js_at(f, args)->n_kids && js_kind(f, js_kid(f, args, 0)) == JS_STRING
			       ? js_str(f, js_kid(f, args, 0))
			       : STR("");
	if (priv(g->p)->wrapped[index] && c->target == PROG_NONE)
		return;
	if (is_registering(c, first))
		return;
	if (c->callee.kind == ENT_PACKAGE &&
	    prog_resolve(g->p, c->file, c->node).kind == ENT_FUNCTION)
		return; /* debounce(fn): runs where the result is called */
	for (uint32_t i = 0; i < js_at(f, args)->n_kids; i++) {
		js_node arg = js_kid(f, args, i);
		if (c->target != PROG_NONE && param_is_called(g->p, called, c->target, i))
			continue;
		id_vec fns = {0};
		if (js_kind(f, arg) == JS_OBJECT)
			callbacks_in_object(g->p, c->file, arg, 2, &fns);
		else
			callbacks_of(g->p, c->file, arg, &fns);
		for (size_t k = 0; k < fns.len; k++)
			graph_edge(g, c->fn, fns.ptr[k]);
		vec_release(&fns);
	}
}

static int by_param(const void *x, const void *y)
{
	const struct handed *a = x, *b = y;
	if (a->param != b->param)
		return a->param < b->param ? -1 : 1;
	return a->fn < b->fn ? -1 : a->fn > b->fn;
}

/* the first of the n sorted ones that is handed to that parameter or a later one */
static size_t first_handed(const struct prog_private *pr, size_t n, uint32_t param)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (pr->handed.ptr[mid].param < param)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* what reaches a parameter reaches those that it is passed on to */
static void close_links(struct prog_private *pr)
{
	for (unsigned round = 0; round < 4; round++) {
		size_t before = pr->handed.len;
		if (!pr->links.len || !before)
			return;
		qsort(pr->handed.ptr, before, sizeof *pr->handed.ptr, by_param);
		for (size_t i = 0; i < pr->links.len; i++) {
			uint32_t from = pr->links.ptr[i].from;
			size_t k = first_handed(pr, before, from);
			for (; k < before && pr->handed.ptr[k].param == from; k++) {
				struct handed h = {.param = pr->links.ptr[i].to,
						   .fn = pr->handed.ptr[k].fn};
				if (pr->handed.len < 200000)
					vec_push(&pr->handed, h);
			}
		}
		qsort(pr->handed.ptr, pr->handed.len, sizeof *pr->handed.ptr, by_param);
		size_t n = 0;
		for (size_t i = 0; i < pr->handed.len; i++)
			if (!n || by_param(&pr->handed.ptr[n - 1], &pr->handed.ptr[i]))
				pr->handed.ptr[n++] = pr->handed.ptr[i];
		pr->handed.len = n;
		if (n == before)
			return;
	}
}

/* the parameter that the call calls, or UINT32_MAX */
static uint32_t called_param(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	if (js_kind(f, c->node) != JS_CALL)
		return UINT32_MAX;
	struct entity e = c->callee;
	js_node callee = js_at(f, c->node)->a;
	/* where all callers agree the parameter resolves to the function: ask for the name itself
	 */
	if (js_kind(f, callee) == JS_MEMBER &&
	    (str_is(js_str(f, callee), "call") || str_is(js_str(f, callee), "apply")))
		callee = js_at(f, callee)->a;
	if (js_kind(f, callee) == JS_IDENT && f->binding_of[callee] != JS_NO_ATOM) {
		const struct js_binding *b = &f->bindings[f->binding_of[callee]];
		if (b->kind != JSB_PARAM || js_kind(f, js_at(f, b->decl)->parent) != JS_PARAM)
			return UINT32_MAX;
		js_node fn = js_at(f, js_at(f, b->decl)->parent)->parent;
		for (uint32_t i = 0; i < js_at(f, fn)->n_kids; i++)
			if (js_kid(f, fn, i) == js_at(f, b->decl)->parent)
				return priv(p)->params_first[fn_id(p, c->file, js_at(f, fn)->fn)] +
				       i;
	}
	if (e.kind == ENT_PARAM && !e.members.len)
		return priv(p)->params_first[e.fn] + e.index;
	return UINT32_MAX;
}

bool *graph_called_params(struct program *p)
{
	struct prog_private *pr = priv(p);
	bool *called = xcalloc(pr->n_params + 1, sizeof *called);
	close_links(pr);
	if (pr->handed.len)
		qsort(pr->handed.ptr, pr->handed.len, sizeof *pr->handed.ptr, by_param);
	for (size_t i = 0; i < p->n_calls; i++) {
		uint32_t param = called_param(p, &p->calls[i]);
		if (param != UINT32_MAX)
			called[param] = true;
	}
	for (size_t i = pr->links.len; i-- > 0;) /* passed on: called where it ends */
		if (called[pr->links.ptr[i].to])
			called[pr->links.ptr[i].from] = true;
	return called;
}

void graph_call_handed(struct graph *g, const struct prog_call *c)
{
	const struct prog_private *pr = priv(g->p);
	uint32_t param = called_param(g->p, c);
	if (param == UINT32_MAX)
		return;
	for (size_t i = first_handed(pr, pr->handed.len, param);
	     i < pr->handed.len && pr->handed.ptr[i].param == param; i++)
		graph_edge(g, c->fn, pr->handed.ptr[i].fn);
}
