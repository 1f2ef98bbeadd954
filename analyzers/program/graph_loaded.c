#include "analyzers/program/graph.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* the require or import() whose value an expression is or is taken from; 0 where none. *name: what
 * is taken out of it */
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
			if (f->bindings[b].pattern &&
			    js_kind(f, js_at(f, f->bindings[b].decl)->parent) ==
				JS_PATTERN_PROPERTY &&
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
		prog_id cls = e.kind == ENT_CLASS || e.kind == ENT_INSTANCE
				  ? class_id(p, e.file, e.node)
				  : PROG_NONE;
		if (e.kind == ENT_FUNCTION)
			vec_push(fns, e.fn);
		else if (cls == PROG_NONE)
			callbacks_in_object(p, file, n, 2, fns);
		const struct js_file *f = cls == PROG_NONE ? NULL : prog_js(p, e.file);
		for (uint32_t k = 0;
		     f && js_kind(f, e.node) == JS_CLASS && k < js_at(f, e.node)->n_kids; k++) {
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
	if (c->callee.kind != ENT_UNKNOWN ||
	    (js_kind(f, c->node) != JS_CALL && js_kind(f, c->node) != JS_NEW))
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
			graph_edge(g, c->fn, e.fn);
		else if (cls != PROG_NONE &&
			 class_method(g->p, cls, STR("constructor")) != PROG_NONE)
			graph_edge(g, c->fn, class_method(g->p, cls, STR("constructor")));
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
		struct prog_root root = {.fn = fns.ptr[i],
					 .file = g->p->fns[fns.ptr[i]].file,
					 .at = prog_fn_node(g->p, fns.ptr[i]),
					 .phase = PHASE_EVENT,
					 .by = entity_none(),
					 .label =
					     STR("export of a module loaded by its file name")};
		struct reg reg = {
		    .by_fn = g->p->files[to].first_fn, .class_ = PROG_NONE, .mode = REG_ALWAYS};
		vec_push(&pr->roots, root);
		vec_push(&pr->regs, reg);
	}
	vec_release(&fns);
}

void graph_add_loaded(struct graph *g)
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
