#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* The call graph, and from which roots each function of an app is reached.
 * Over-approximated where a callee cannot be told: a callback that is handed to
 * unknown code is called by it at once, and a method that nobody else calls is
 * called wherever its name is called on something unknown. */

struct edge {
	prog_id from, to;
};

struct graph {
	struct program *p;
	VEC(struct edge) edges;
	bool *has_caller;
};

static void add_edge(struct graph *g, prog_id from, prog_id to)
{
	struct edge e = {from, to};
	if (from == to)
		return;
	vec_push(&g->edges, e);
	g->has_caller[to] = true;
}

static void add_overrides(struct graph *g, prog_id from, prog_id cls, struct str name, unsigned depth)
{
	const struct class_priv *cp = &priv(g->p)->class_privs.ptr[cls];
	for (size_t i = 0; i < cp->subclasses.len && depth < 8; i++) {
		prog_id sub = cp->subclasses.ptr[i];
		uint32_t m = map_get(&priv(g->p)->class_privs.ptr[sub].members, name);
		prog_id fn = m == MAP_NONE ? PROG_NONE : class_method(g->p, sub, name);
		if (fn != PROG_NONE)
			add_edge(g, from, fn);
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
	if (object.kind != ENT_INSTANCE || object.members.len || js_kind(f, js_at(f, callee)->a) == JS_SUPER)
		return;
	prog_id cls = class_id(g->p, object.file, object.node);
	if (cls != PROG_NONE)
		add_overrides(g, c->fn, cls, js_str(f, callee), 0);
}

static bool is_registering(const struct program *p, const struct prog_call *c, struct str first)
{
	if (c->callee.kind == ENT_FUNCTION || c->callee.kind == ENT_CLASS || c->callee.kind == ENT_VALUE)
		return false;
	const struct reg_row *row = reg_row_of(&c->callee, first, first.len && first.ptr[0] == '/');
	(void)p;
	return row || ((c->callee.kind == ENT_PACKAGE || c->callee.kind == ENT_PACKAGE_INSTANCE) &&
		       !calls_back_at_once(&c->callee));
}

/* does anything use the parameter as a function, or register it? */
static bool param_is_called(const struct program *p, const bool *called, prog_id fn, uint32_t i)
{
	uint32_t param = priv(p)->params_first[fn] + i;
	return param < priv(p)->params_first[fn + 1] && (called[param] || priv(p)->params[param].row);
}

static void add_callbacks(struct graph *g, size_t index, const bool *called)
{
	const struct prog_call *c = &g->p->calls[index];
	const struct js_file *f = prog_js(g->p, c->file);
	js_node args = call_arguments(f, c->node);
	if (!args || js_kind(f, c->node) == JS_DECORATOR)
		return;
	struct str first = js_at(f, args)->n_kids && js_kind(f, js_kid(f, args, 0)) == JS_STRING
			       ? js_str(f, js_kid(f, args, 0)) : STR("");
	if (priv(g->p)->wrapped[index] && c->target == PROG_NONE)
		return;
	if (is_registering(g->p, c, first))
		return;
	if (c->callee.kind == ENT_PACKAGE && prog_resolve(g->p, c->file, c->node).kind == ENT_FUNCTION)
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
			add_edge(g, c->fn, fns.ptr[k]);
		vec_release(&fns);
	}
}

/* ---- parameters that are called ---- */

static int by_param(const void *x, const void *y)
{
	const struct handed *a = x, *b = y;
	if (a->param != b->param)
		return a->param < b->param ? -1 : 1;
	return a->fn < b->fn ? -1 : a->fn > b->fn;
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
			struct handed key = {.param = pr->links.ptr[i].from};
			size_t lo = 0, hi = before;
			while (lo < hi) {
				size_t mid = lo + (hi - lo) / 2;
				if (pr->handed.ptr[mid].param < key.param)
					lo = mid + 1;
				else
					hi = mid;
			}
			for (; lo < before && pr->handed.ptr[lo].param == key.param; lo++) {
				struct handed h = {.param = pr->links.ptr[i].to, .fn = pr->handed.ptr[lo].fn};
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

static void call_handed(struct graph *g, prog_id from, uint32_t param)
{
	struct prog_private *pr = priv(g->p);
	size_t lo = 0, hi = pr->handed.len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (pr->handed.ptr[mid].param < param)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < pr->handed.len && pr->handed.ptr[lo].param == param; lo++)
		add_edge(g, from, pr->handed.ptr[lo].fn);
}

static uint32_t called_param(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	if (js_kind(f, c->node) != JS_CALL)
		return UINT32_MAX;
	struct entity e = c->callee;
	js_node callee = js_at(f, c->node)->a;
	/* where all callers agree the parameter resolves to the function: ask for the name itself */
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
				return priv(p)->params_first[fn_id(p, c->file, js_at(f, fn)->fn)] + i;
	}
	if (e.kind == ENT_PARAM && !e.members.len)
		return priv(p)->params_first[e.fn] + e.index;
	return UINT32_MAX;
}

/* ---- names called on unknown objects ---- */

static bool is_common_name(struct str s)
{
	return list_has("get|set|has|add|push|pop|map|filter|forEach|then|catch|finally|find|findOne|delete|clear|on|emit|once|"
			"call|apply|bind|toString|join|split|slice|replace|match|test|exec|log|error|warn|info|debug|json|send|"
			"status|end|write|next|reduce|some|every|includes|indexOf|keys|values|entries|sort|reverse|concat|"
			"constructor|toJSON|valueOf|trim|parse|stringify|length|close|open|read|use|listen|connect|save|create|"
			"update|remove|query|render|redirect|append|default|pipe|start|stop|run|execute|init|load|reset",
			s) &&
	       !list_has("execute|run|start|stop|init|load|reset", s);
}

static void call_by_name(struct graph *g)
{
	struct program *p = g->p;
	struct map names = {0};
	VEC(struct edge) list = {0}; /* from: previous with this name + 1, to: fn */
	for (prog_id c = 0; c < p->n_classes; c++) {
		const struct js_file *f = prog_js(p, p->classes[c].file);
		js_node node = p->classes[c].node;
		for (uint32_t i = 0; js_kind(f, node) == JS_CLASS && i < js_at(f, node)->n_kids; i++) {
			js_node m = js_kid(f, node, i);
			struct str name = js_key(f, m);
			if (js_kind(f, m) != JS_METHOD || !js_at(f, js_at(f, m)->b)->b || is_common_name(name) || !name.len)
				continue;
			prog_id fn = fn_id(p, p->classes[c].file, js_at(f, js_at(f, m)->b)->fn);
			if (g->has_caller[fn])
				continue;
			uint32_t head = map_get(&names, name);
			struct edge e = {head == MAP_NONE ? 0 : head + 1, fn};
			vec_push(&list, e);
			map_put(&names, name, (uint32_t)list.len - 1);
		}
	}
	for (size_t i = 0; list.len && i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		/* what a package gives may be an object of a class of ours: the rows of an ORM */
		bool result = c->callee.kind == ENT_PACKAGE_INSTANCE && str_ends(c->callee.path, STR("()"));
		if (c->target != PROG_NONE || (c->callee.kind != ENT_UNKNOWN && c->callee.kind != ENT_PARAM && !result))
			continue;
		struct str name = entity_last(&c->callee);
		uint32_t at = name.len ? map_get(&names, name) : MAP_NONE;
		unsigned n = 0;
		for (uint32_t k = at; at != MAP_NONE && n < 6; n++) {
			add_edge(g, c->fn, list.ptr[k].to);
			if (!list.ptr[k].from)
				break;
			k = list.ptr[k].from - 1;
		}
	}
	map_release(&names);
	vec_release(&list);
}

/* ---- collecting ---- */

static void add_calls(struct graph *g)
{
	struct program *p = g->p;
	bool *called = xcalloc(priv(p)->n_params + 1, sizeof *called);
	close_links(priv(p));
	if (priv(p)->handed.len)
		qsort(priv(p)->handed.ptr, priv(p)->handed.len, sizeof *priv(p)->handed.ptr, by_param);
	for (size_t i = 0; i < p->n_calls; i++) {
		uint32_t param = called_param(p, &p->calls[i]);
		if (param != UINT32_MAX)
			called[param] = true;
	}
	for (size_t i = priv(p)->links.len; i-- > 0;) /* passed on: called where it ends */
		if (called[priv(p)->links.ptr[i].to])
			called[priv(p)->links.ptr[i].from] = true;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		uint32_t param = called_param(p, c);
		if (c->target != PROG_NONE)
			add_edge(g, c->fn, c->target);
		if (param != UINT32_MAX)
			call_handed(g, c->fn, param);
		add_virtual(g, c);
		add_callbacks(g, i, called);
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
		add_edge(g, c->fn, fns.ptr[i]);
	vec_release(&fns);
}

/* ---- modules that are loaded by computed names ---- */

/* the require or import() whose value an expression is or is taken from; 0 where none. *name: what is taken out of it */
static js_node loading_call(const struct js_file *f, js_node n, struct str *name)
{
	for (unsigned depth = 0; n && depth < 12; depth++) {
		const struct js_node_data *d = js_at(f, n);
		switch (js_kind(f, n)) {
		case JS_MEMBER:
			if (!str_is(js_str(f, n), "default"))
				*name = js_str(f, n);
			n = d->a;
			break;
		case JS_AWAIT:
			n = d->a;
			break;
		case JS_LOGICAL:
			n = d->b; /* m.default || m */
			break;
		case JS_IDENT: {
			uint32_t b = f->binding_of[n];
			if (b == JS_NO_ATOM || !f->bindings[b].init)
				return 0;
			if (f->bindings[b].pattern && js_kind(f, js_at(f, f->bindings[b].decl)->parent) == JS_PATTERN_PROPERTY &&
			    !str_is(js_key(f, js_at(f, f->bindings[b].decl)->parent), "default"))
				*name = js_key(f, js_at(f, f->bindings[b].decl)->parent);
			n = f->bindings[b].init;
			break;
		}
		case JS_NEW:
			n = d->a;
			break;
		case JS_CALL:
		case JS_IMPORT_CALL:
			return n;
		default:
			return 0;
		}
	}
	return 0;
}

static void exported_functions(const struct program *p, prog_id file, id_vec *fns)
{
	const struct file_priv *fp = &priv(p)->files[file];
	for (size_t i = 0; i <= fp->exports.len; i++) {
		js_node n = i < fp->exports.len ? fp->exports.ptr[i].node : fp->cjs;
		if (!n || (i < fp->exports.len && fp->exports.ptr[i].imported.ptr))
			continue;
		struct entity e = prog_resolve(p, file, n);
		prog_id cls = e.kind == ENT_CLASS || e.kind == ENT_INSTANCE ? class_id(p, e.file, e.node) : PROG_NONE;
		if (e.kind == ENT_FUNCTION)
			vec_push(fns, e.fn);
		else if (cls == PROG_NONE)
			callbacks_in_object(p, file, n, 2, fns);
		const struct js_file *f = cls == PROG_NONE ? NULL : prog_js(p, e.file);
		for (uint32_t k = 0; f && js_kind(f, e.node) == JS_CLASS && k < js_at(f, e.node)->n_kids; k++) {
			js_node m = js_kid(f, e.node, k);
			if (js_kind(f, m) == JS_METHOD && js_at(f, js_at(f, m)->b)->b)
				vec_push(fns, fn_id(p, e.file, js_at(f, js_at(f, m)->b)->fn));
		}
	}
}

/* require('./routes/' + name)(app): calls what all those modules export */
static void call_loaded(struct graph *g, const struct prog_call *c)
{
	const struct js_file *f = prog_js(g->p, c->file);
	struct str name = STR("");
	if (c->callee.kind != ENT_UNKNOWN || (js_kind(f, c->node) != JS_CALL && js_kind(f, c->node) != JS_NEW))
		return;
	js_node at = loading_call(f, js_at(f, c->node)->a, &name);
	const struct prog_file *pf = &g->p->files[c->file];
	for (size_t i = 0; at && i < pf->n_edges; i++) {
		if (pf->edges[i].at != at || pf->edges[i].kind != EDGE_DIRECTORY)
			continue;
		struct entity e = name.len ? export_entity(g->p, pf->edges[i].to, name)
					   : export_entity(g->p, pf->edges[i].to, STR("default"));
		prog_id cls = e.kind == ENT_CLASS ? class_id(g->p, e.file, e.node) : PROG_NONE;
		if (e.kind == ENT_FUNCTION)
			add_edge(g, c->fn, e.fn);
		else if (cls != PROG_NONE && class_method(g->p, cls, STR("constructor")) != PROG_NONE)
			add_edge(g, c->fn, class_method(g->p, cls, STR("constructor")));
	}
}

/* what else they export is called by code that picks it by name: when, nobody can tell */
static void root_loaded(struct graph *g, bool *done, prog_id to)
{
	struct prog_private *pr = priv(g->p);
	id_vec fns = {0};
	if (done[to])
		return;
	done[to] = true;
	exported_functions(g->p, to, &fns);
	for (size_t i = 0; i < fns.len; i++) {
		if (g->has_caller[fns.ptr[i]])
			continue;
		struct prog_root root = {.fn = fns.ptr[i], .file = g->p->fns[fns.ptr[i]].file,
					 .at = prog_fn_node(g->p, fns.ptr[i]), .phase = PHASE_EVENT, .by = entity_none(),
					 .label = STR("export of a module loaded by its file name")};
		struct reg reg = {.by_fn = g->p->files[to].first_fn, .class_ = PROG_NONE, .mode = REG_ALWAYS};
		vec_push(&pr->roots, root);
		vec_push(&pr->regs, reg);
	}
	vec_release(&fns);
}

static void add_loaded(struct graph *g)
{
	bool *done = xcalloc(g->p->n_files + 1, sizeof *done);
	for (size_t i = 0; i < g->p->n_calls; i++)
		call_loaded(g, &g->p->calls[i]);
	for (prog_id file = 0; file < g->p->n_files; file++) {
		const struct prog_file *pf = &g->p->files[file];
		for (size_t i = 0; i < pf->n_edges; i++)
			if (pf->edges[i].kind == EDGE_DIRECTORY)
				root_loaded(g, done, pf->edges[i].to);
	}
	free(done);
	g->p->roots = priv(g->p)->roots.ptr;
	g->p->n_roots = priv(g->p)->roots.len;
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
		uint32_t m = map_get(e.kind == ENT_CLASS ? &cp->statics : &cp->members, js_str(f, n));
		const struct js_file *cf = prog_js(g->p, e.file);
		if (m != MAP_NONE && (js_at(cf, m)->flags & (JSF_GETTER | JSF_SETTER)) && js_kind(cf, m) == JS_METHOD)
			add_edge(g, fn_id(g->p, file, js_at(f, n)->fn), fn_id(g->p, e.file, js_at(cf, js_at(cf, m)->b)->fn));
	}
}

static void add_modules(struct graph *g, prog_id file)
{
	const struct prog_file *pf = &g->p->files[file];
	for (size_t i = 0; i < pf->n_edges; i++)
		add_edge(g, fn_id(g->p, file, js_at(pf->js, pf->edges[i].at)->fn), g->p->files[pf->edges[i].to].first_fn);
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
	prog_id *callees = arena_array(pr->arena, prog_id, n + 1), *callers = arena_array(pr->arena, prog_id, n + 1);
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
	add_loaded(&g);
	call_by_name(&g);
	store_edges(&g);
	store_calls(p);
	vec_release(&g.edges);
	free(g.has_caller);
}

/* ---- phases ---- */

struct spread {
	struct program *p;
	uint32_t app;
	uint64_t bit;
	uint16_t *phases;
	id_vec queue;
	bool *queued;
	bool *class_live;
	uint32_t *reg_first, *reg_list;     /* registrations by function */
	uint32_t *class_first, *class_list; /* roots by class */
};

static void activate(struct spread *s, prog_id fn, uint32_t phases)
{
	uint16_t now = (uint16_t)(s->phases[fn] | phases);
	if (now == s->phases[fn] || !(s->p->files[s->p->fns[fn].file].apps & s->bit))
		return;
	s->phases[fn] = now;
	if (!s->queued[fn]) {
		s->queued[fn] = true;
		vec_push(&s->queue, fn);
	}
}

static void live_class(struct spread *s, prog_id cls)
{
	for (unsigned step = 0; cls != PROG_NONE && !s->class_live[cls] && step < 16; step++) {
		s->class_live[cls] = true;
		priv(s->p)->classes.ptr[cls].apps |= s->bit;
		for (uint32_t i = s->class_first[cls]; i < s->class_first[cls + 1]; i++) {
			const struct prog_root *r = &s->p->roots[s->class_list[i]];
			activate(s, r->fn, r->phase);
		}
		cls = s->p->classes[cls].base;
	}
}

static uint32_t registered_phase(const struct reg *reg, const struct prog_root *root, uint32_t by)
{
	uint32_t runtime = by & PHASE_RUNTIME;
	switch (reg->mode) {
	case REG_INHERIT:
		/* code that runs at load too registers at load too */
		return runtime | (!runtime || (by & (PHASE_LOAD | PHASE_BOOT)) ? root->phase : 0);
	case REG_BOTH:
		return runtime | root->phase;
	default:
		return root->phase;
	}
}

static void spread_one(struct spread *s, prog_id fn)
{
	const struct prog_fn *pf = &s->p->fns[fn];
	uint32_t phases = s->phases[fn];
	for (size_t i = 0; i < pf->n_callees; i++) {
		prog_id to = pf->callees[i];
		bool module = s->p->fns[to].index == 0;
		activate(s, to, module ? PHASE_LOAD : phases);
	}
	for (uint32_t i = s->reg_first[fn]; i < s->reg_first[fn + 1]; i++) {
		uint32_t r = s->reg_list[i];
		activate(s, s->p->roots[r].fn, registered_phase(&priv(s->p)->regs.ptr[r], &s->p->roots[r], phases));
	}
	for (size_t i = 0; i < pf->n_calls; i++) {
		const struct prog_call *c = &s->p->calls[pf->calls[i]];
		if ((c->callee.kind == ENT_CLASS || c->callee.kind == ENT_FUNCTION) && js_kind(prog_js(s->p, c->file), c->node) == JS_NEW) {
			prog_id cls = class_id(s->p, c->callee.file, c->callee.node);
			if (cls != PROG_NONE)
				live_class(s, cls);
		}
		/* the code around listen() is start-up */
		if (pf->index && (phases & PHASE_LOAD) && str_is(entity_last(&c->callee), "listen"))
			activate(s, fn, PHASE_BOOT);
	}
}

static void group(size_t n_groups, size_t n, uint32_t **first, uint32_t **list)
{
	*first = xcalloc(n_groups + 2, sizeof **first);
	*list = xcalloc(n + 1, sizeof **list);
}

static void group_roots(struct spread *s)
{
	struct program *p = s->p;
	struct prog_private *pr = priv(p);
	group(p->n_fns, p->n_roots, &s->reg_first, &s->reg_list);
	group(p->n_classes, p->n_roots, &s->class_first, &s->class_list);
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct reg *r = &pr->regs.ptr[i];
		if (r->by_fn != PROG_NONE)
			s->reg_first[r->by_fn + 1]++;
		if (r->class_ != PROG_NONE)
			s->class_first[r->class_ + 1]++;
	}
	for (size_t i = 0; i < p->n_fns; i++)
		s->reg_first[i + 1] += s->reg_first[i];
	for (size_t i = 0; i < p->n_classes; i++)
		s->class_first[i + 1] += s->class_first[i];
	uint32_t *at = xcalloc(p->n_fns + p->n_classes + 2, sizeof *at), *class_at = at + p->n_fns + 1;
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct reg *r = &pr->regs.ptr[i];
		if (r->by_fn != PROG_NONE)
			s->reg_list[s->reg_first[r->by_fn] + at[r->by_fn]++] = (uint32_t)i;
		if (r->class_ != PROG_NONE)
			s->class_list[s->class_first[r->class_] + class_at[r->class_]++] = (uint32_t)i;
	}
	free(at);
}

static void spread_app(struct spread *s)
{
	struct program *p = s->p;
	for (size_t i = 0; i < p->n_roots; i++)
		if (priv(p)->regs.ptr[i].app_entry && (priv(p)->regs.ptr[i].apps & s->bit))
			activate(s, p->roots[i].fn, p->roots[i].phase);
	for (prog_id c = 0; c < p->n_classes; c++) {
		const struct prog_class *cls = &p->classes[c];
		const struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		bool loaded = (p->files[cls->file].apps & s->bit) != 0;
		/* other frameworks make what carries their decorators as soon as it is loaded */
		if (loaded && ((cls->apps & s->bit) || ((cp->decorated || cp->container) && !cp->nest)))
			live_class(s, c);
	}
	while (s->queue.len) {
		prog_id fn = s->queue.ptr[--s->queue.len];
		s->queued[fn] = false;
		spread_one(s, fn);
	}
}

void link_phases(struct program *p)
{
	struct prog_private *pr = priv(p);
	struct spread s = {.p = p};
	group_roots(&s);
	pr->phases = arena_array(pr->arena, uint16_t *, p->n_apps + 1);
	s.queued = xcalloc(p->n_fns + 1, sizeof *s.queued);
	for (uint32_t app = 0; app < p->n_apps; app++) {
		s.app = app;
		s.bit = UINT64_C(1) << app;
		s.phases = pr->phases[app] = arena_array(pr->arena, uint16_t, p->n_fns + 1);
		s.class_live = xcalloc(p->n_classes + 1, sizeof *s.class_live);
		provide_classes(p, app);
		spread_app(&s);
		free(s.class_live);
	}
	free(s.queued);
	free(s.reg_first);
	free(s.reg_list);
	free(s.class_first);
	free(s.class_list);
	vec_release(&s.queue);
}

uint32_t prog_phases(const struct program *p, uint32_t app, prog_id fn)
{
	return app < p->n_apps && fn < p->n_fns ? priv(p)->phases[app][fn] : 0;
}

bool prog_loads(const struct program *p, uint32_t app, prog_id file)
{
	return file < p->n_files && (p->files[file].apps & (UINT64_C(1) << app)) != 0;
}

/* is this root at work in the app? */
static bool root_lives(const struct program *p, uint32_t app, size_t i)
{
	const struct reg *r = &priv(p)->regs.ptr[i];
	if (r->app_entry)
		return (r->apps >> app) & 1;
	if (r->by_fn != PROG_NONE)
		return prog_phases(p, app, r->by_fn) != 0;
	return r->class_ != PROG_NONE && ((p->classes[r->class_].apps >> app) & 1);
}

size_t prog_path_to(const struct program *p, uint32_t app, prog_id fn, uint32_t phase_mask,
		    const struct prog_root **root, prog_id *out, size_t cap)
{
	struct prog_private *pr = priv(p);
	if (app >= p->n_apps || fn >= p->n_fns || !cap)
		return 0;
	/* breadth first, backwards from fn; the first function with a fitting root is the nearest */
	prog_id *queue = xmalloc((p->n_fns + 1) * sizeof *queue), *next = xmalloc((p->n_fns + 1) * sizeof *next);
	bool *seen = xcalloc(p->n_fns + 1, sizeof *seen);
	size_t head = 0, tail = 0, n = 0;
	queue[tail++] = fn;
	seen[fn] = true;
	next[fn] = PROG_NONE;
	while (head < tail && !n) {
		prog_id at = queue[head++];
		for (uint32_t i = pr->root_first[at]; i < pr->root_first[at + 1]; i++) {
			uint32_t r = pr->root_list[i];
			uint32_t phase = p->roots[r].phase;
			if (pr->regs.ptr[r].by_fn != PROG_NONE)
				phase = registered_phase(&pr->regs.ptr[r], &p->roots[r],
							 prog_phases(p, app, pr->regs.ptr[r].by_fn));
			if (!(phase & phase_mask) || !root_lives(p, app, r))
				continue;
			*root = &p->roots[r];
			for (prog_id k = at; k != PROG_NONE && n < cap; k = next[k])
				out[n++] = k;
			break;
		}
		const struct prog_fn *pf = &p->fns[at];
		for (size_t i = 0; !n && i < pf->n_callers; i++) {
			prog_id c = pf->callers[i];
			bool into_module = pf->index == 0; /* loading a module is not running it in that phase */
			if (seen[c] || !(prog_phases(p, app, c) & phase_mask) || (into_module && !(phase_mask & PHASE_LOAD)))
				continue;
			seen[c] = true;
			next[c] = at;
			queue[tail++] = c;
		}
	}
	free(queue);
	free(next);
	free(seen);
	return n;
}

void index_roots(struct program *p)
{
	struct prog_private *pr = priv(p);
	pr->root_first = arena_array(pr->arena, uint32_t, p->n_fns + 2);
	pr->root_list = arena_array(pr->arena, uint32_t, p->n_roots + 1);
	uint32_t *at = xcalloc(p->n_fns + 1, sizeof *at);
	for (size_t i = 0; i < p->n_roots; i++)
		pr->root_first[p->roots[i].fn + 1]++;
	for (size_t i = 0; i < p->n_fns; i++)
		pr->root_first[i + 1] += pr->root_first[i];
	for (size_t i = 0; i < p->n_roots; i++) {
		prog_id fn = p->roots[i].fn;
		pr->root_list[pr->root_first[fn] + at[fn]++] = (uint32_t)i;
	}
	free(at);
}
