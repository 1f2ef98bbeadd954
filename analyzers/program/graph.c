#include "analyzers/program/graph.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

void graph_edge(struct graph *g, prog_id from, prog_id to)
{
	struct edge e = {from, to};
	if (from == to)
		return;
	vec_push(&g->edges, e);
	g->has_caller[to] = true;
}

static void add_overrides(struct graph *g, prog_id from, prog_id cls, struct str name,
			  unsigned depth)
{
	const struct class_priv *cp = &priv(g->p)->class_privs.ptr[cls];
	for (size_t i = 0; i < cp->subclasses.len && depth < 8; i++) {
		prog_id sub = cp->subclasses.ptr[i];
		uint32_t m = map_get(&priv(g->p)->class_privs.ptr[sub].members, name);
		prog_id fn = m == MAP_NONE ? PROG_NONE : class_method(g->p, sub, name);
		if (fn != PROG_NONE)
			graph_edge(g, from, fn);
		add_overrides(g, from, sub, name, depth + 1);
	}
}

/* x.m() where x is an instance: subclasses may override m */
static void add_virtual(struct graph *g, const struct prog_call *c)
{
	const struct js_file *f = prog_js(g->p, c->file);
	js_node callee = js_kind(f, c->node) == JS_CALL ? js_at(f, c->node)->a : 0;
	if (!callee || js_kind(f, callee) != JS_MEMBER)
		return;
	struct entity object = prog_resolve(g->p, c->file, js_at(f, callee)->a);
	if (object.kind != ENT_INSTANCE || object.members.len ||
	    js_kind(f, js_at(f, callee)->a) == JS_SUPER)
		return;
	prog_id cls = class_id(g->p, object.file, object.node);
	if (cls != PROG_NONE)
		add_overrides(g, c->fn, cls, js_str(f, callee), 0);
}

/* too many objects have a method of that name */
static bool is_common_name(struct str s)
{
	return list_has("get|set|has|add|push|pop|map|filter|forEach|then|catch|finally|find|"
			"findOne|delete|clear|on|emit|once|call|apply|bind|toString|join|split|"
			"slice|replace|match|test|exec|log|error|warn|info|debug|json|send|status|"
			"end|write|next|reduce|some|every|includes|indexOf|keys|values|entries|"
			"sort|reverse|concat|constructor|toJSON|valueOf|trim|parse|stringify|"
			"length|close|open|read|use|listen|connect|save|create|update|remove|query|"
			"render|redirect|append|default|pipe",
			s);
}

/* methods by name */
struct named {
	struct map last;       /* name -> index into list */
	VEC(struct edge) list; /* from: the one before with this name + 1, to: the method */
};

/* the methods that nobody calls so far */
static void collect_uncalled(struct graph *g, struct named *n)
{
	struct program *p = g->p;
	for (prog_id c = 0; c < p->n_classes; c++) {
		const struct js_file *f = prog_js(p, p->classes[c].file);
		js_node node = p->classes[c].node;
		for (uint32_t i = 0; js_kind(f, node) == JS_CLASS && i < js_at(f, node)->n_kids;
		     i++) {
			js_node m = js_kid(f, node, i);
			struct str name = js_key(f, m);
			if (js_kind(f, m) != JS_METHOD || !js_at(f, js_at(f, m)->b)->b ||
			    is_common_name(name) || !name.len)
				continue;
			prog_id fn = fn_id(p, p->classes[c].file, js_at(f, js_at(f, m)->b)->fn);
			if (g->has_caller[fn])
				continue;
			uint32_t head = map_get(&n->last, name);
			struct edge e = {head == MAP_NONE ? 0 : head + 1, fn};
			vec_push(&n->list, e);
			map_put(&n->last, name, (uint32_t)n->list.len - 1);
		}
	}
}

/* a name that is called on something unknown calls the methods of that name */
static void call_by_name(struct graph *g)
{
	struct program *p = g->p;
	struct named names = {0};
	collect_uncalled(g, &names);
	for (size_t i = 0; names.list.len && i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		/* what a package gives may be an object of a class of ours: the rows of an ORM */
		bool result =
		    c->callee.kind == ENT_PACKAGE_INSTANCE && str_ends(c->callee.path, STR("()"));
		if (c->target != PROG_NONE ||
		    (c->callee.kind != ENT_UNKNOWN && c->callee.kind != ENT_PARAM && !result))
			continue;
		struct str name = entity_last(&c->callee);
		uint32_t at = name.len ? map_get(&names.last, name) : MAP_NONE;
		unsigned n = 0;
		for (uint32_t k = at; at != MAP_NONE && n < 6; n++) {
			graph_edge(g, c->fn, names.list.ptr[k].to);
			if (!names.list.ptr[k].from)
				break;
			k = names.list.ptr[k].from - 1;
		}
	}
	map_release(&names.last);
	vec_release(&names.list);
}

static void add_calls(struct graph *g)
{
	struct program *p = g->p;
	bool *called = graph_called_params(p);
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		if (c->target != PROG_NONE)
			graph_edge(g, c->fn, c->target);
		graph_call_handed(g, c);
		add_virtual(g, c);
		graph_add_callbacks(g, i, called);
	}
	free(called);
}

/* handlers[name](x): any function of the literal */
static void add_dispatch(struct graph *g, const struct prog_call *c)
{
	const struct js_file *f = prog_js(g->p, c->file);
	js_node callee = js_kind(f, c->node) == JS_CALL ? js_at(f, c->node)->a : 0;
	id_vec fns = {0};
	if (!callee || js_kind(f, callee) != JS_INDEX)
		return;
	callbacks_in_object(g->p, c->file, js_at(f, callee)->a, 3, &fns);
	for (size_t i = 0; i < fns.len && i < 64; i++)
		graph_edge(g, c->fn, fns.ptr[i]);
	vec_release(&fns);
}

static void add_getters(struct graph *g, prog_id file)
{
	const struct js_file *f = prog_js(g->p, file);
	for (js_node n = 1; n < f->n_nodes; n++) {
		if (js_kind(f, n) != JS_MEMBER)
			continue;
		struct entity e = prog_resolve(g->p, file, js_at(f, n)->a);
		if ((e.kind != ENT_INSTANCE && e.kind != ENT_CLASS) || e.members.len)
			continue;
		prog_id cls = class_id(g->p, e.file, e.node);
		if (cls == PROG_NONE)
			continue;
		const struct class_priv *cp = &priv(g->p)->class_privs.ptr[cls];
		uint32_t m =
		    map_get(e.kind == ENT_CLASS ? &cp->statics : &cp->members, js_str(f, n));
		const struct js_file *cf = prog_js(g->p, e.file);
		if (m != MAP_NONE && (js_at(cf, m)->flags & (JSF_GETTER | JSF_SETTER)) &&
		    js_kind(cf, m) == JS_METHOD)
			graph_edge(g, fn_id(g->p, file, js_at(f, n)->fn),
				   fn_id(g->p, e.file, js_at(cf, js_at(cf, m)->b)->fn));
	}
}

static void add_modules(struct graph *g, prog_id file)
{
	const struct prog_file *pf = &g->p->files[file];
	for (size_t i = 0; i < pf->n_edges; i++)
		graph_edge(g, fn_id(g->p, file, js_at(pf->js, pf->edges[i].at)->fn),
			   g->p->files[pf->edges[i].to].first_fn);
}

static int by_edge(const void *x, const void *y)
{
	const struct edge *a = x, *b = y;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

static int by_edge_back(const void *x, const void *y)
{
	const struct edge *a = x, *b = y;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

static void store_edges(struct graph *g)
{
	struct prog_private *pr = priv(g->p);
	size_t n = 0;
	if (g->edges.len)
		qsort(g->edges.ptr, g->edges.len, sizeof *g->edges.ptr, by_edge);
	for (size_t i = 0; i < g->edges.len; i++)
		if (!n || by_edge(&g->edges.ptr[n - 1], &g->edges.ptr[i]))
			g->edges.ptr[n++] = g->edges.ptr[i];
	prog_id *callees = arena_array(pr->arena, prog_id, n + 1),
		*callers = arena_array(pr->arena, prog_id, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct prog_fn *fn = &pr->fns[g->edges.ptr[i].from];
		if (!fn->n_callees++)
			fn->callees = callees + i;
		callees[i] = g->edges.ptr[i].to;
	}
	if (n)
		qsort(g->edges.ptr, n, sizeof *g->edges.ptr, by_edge_back);
	for (size_t i = 0; i < n; i++) {
		struct prog_fn *fn = &pr->fns[g->edges.ptr[i].to];
		if (!fn->n_callers++)
			fn->callers = callers + i;
		callers[i] = g->edges.ptr[i].from;
	}
}

static void store_calls(struct program *p)
{
	struct prog_private *pr = priv(p);
	prog_id *list = arena_array(pr->arena, prog_id, p->n_calls + 1);
	uint32_t *at = xcalloc(p->n_fns + 1, sizeof *at);
	for (size_t i = 0; i < p->n_calls; i++)
		pr->fns[p->calls[i].fn].n_calls++;
	uint32_t sum = 0;
	for (size_t i = 0; i < p->n_fns; i++) {
		at[i] = sum;
		pr->fns[i].calls = list + sum;
		sum += (uint32_t)pr->fns[i].n_calls;
	}
	for (size_t i = 0; i < p->n_calls; i++)
		list[at[p->calls[i].fn]++] = (prog_id)i;
	free(at);
}

void link_graph(struct program *p)
{
	struct graph g = {.p = p, .has_caller = xcalloc(p->n_fns + 1, sizeof(bool))};
	add_calls(&g);
	for (size_t i = 0; i < p->n_calls; i++)
		add_dispatch(&g, &p->calls[i]);
	for (prog_id file = 0; file < p->n_files; file++) {
		add_getters(&g, file);
		add_modules(&g, file);
	}
	for (size_t i = 0; i < p->n_roots; i++)
		g.has_caller[p->roots[i].fn] = true;
	graph_add_loaded(&g);
	call_by_name(&g);
	store_edges(&g);
	store_calls(p);
	vec_release(&g.edges);
	free(g.has_caller);
}
