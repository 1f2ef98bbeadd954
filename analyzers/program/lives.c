#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* How long instances of a class live: by its container's scope, or by where it
 * is made. Several sites: the longest life counts. */

struct lives {
	struct program *p;
	uint8_t *rank; /* by class */
};

/* longer lives are larger */
static uint8_t rank_of(enum cell_life life)
{
	switch (life) {
	case LIFE_PROCESS:
		return 5;
	case LIFE_UNKNOWN:
		return 0;
	case LIFE_CONNECTION:
		return 3;
	case LIFE_REQUEST:
		return 2;
	case LIFE_CALL:
		return 1;
	}
	return 0;
}

enum { RANK_KEPT = 4 }; /* made while serving and kept in a cell of the process: lives as long as its entry there */

static bool set_life(struct lives *l, prog_id cls, uint8_t rank, const char *why)
{
	static const enum cell_life lives[] = {LIFE_UNKNOWN, LIFE_CALL, LIFE_REQUEST, LIFE_CONNECTION, LIFE_UNKNOWN,
					       LIFE_PROCESS};
	struct prog_class *c = &priv(l->p)->classes.ptr[cls];
	if (rank <= l->rank[cls])
		return false;
	l->rank[cls] = rank;
	c->life = lives[rank];
	c->life_why = why;
	return true;
}

/* ---- containers ---- */

static js_node scope_option(const struct program *p, prog_id cls)
{
	static const char *const names[] = {"Injectable", "Controller", "Service", "injectable", "WebSocketGateway", "Resolver",
					    "Processor", "Scope", "scoped"};
	prog_id file = p->classes[cls].file;
	const struct js_file *f = prog_js(p, file);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		js_node deco = find_decorator(p, file, p->classes[cls].node, names[i]);
		for (uint32_t k = 0; deco && k < 3; k++) {
			js_node arg = decorator_argument(f, deco, k);
			if (arg && js_kind(f, arg) == JS_OBJECT)
				for (uint32_t j = 0; j < js_at(f, arg)->n_kids; j++)
					if (str_is(js_key(f, js_kid(f, arg, j)), "scope"))
						return js_at(f, js_kid(f, arg, j))->b;
			if (arg && js_kind(f, arg) == JS_MEMBER)
				return arg;
		}
	}
	return 0;
}

static bool is_request_scoped(const struct program *p, prog_id cls)
{
	const struct js_file *f = prog_js(p, p->classes[cls].file);
	js_node scope = scope_option(p, cls);
	if (!scope || js_kind(f, scope) != JS_MEMBER)
		return false;
	return list_has("REQUEST|RequestScope|ResolutionScoped|Request", js_str(f, scope));
}

static prog_id injected_class(const struct program *p, prog_id file, js_node param)
{
	struct entity e = injected(p, file, param);
	return e.kind == ENT_INSTANCE ? class_id(p, e.file, e.node) : PROG_NONE;
}

/* scope bubbles up: who injects something of a request is made per request */
static bool injects_request(const struct lives *l, prog_id cls)
{
	prog_id file = l->p->classes[cls].file;
	const struct js_file *f = prog_js(l->p, file);
	prog_id ctor = class_method(l->p, cls, STR("constructor"));
	if (ctor == PROG_NONE || l->p->fns[ctor].file != file)
		return false;
	js_node fn = prog_fn_node(l->p, ctor);
	for (uint32_t i = 0; i < js_at(f, fn)->n_kids; i++) {
		js_node param = js_kid(f, fn, i), arg;
		js_node deco = find_decorator(l->p, file, param, "Inject");
		if (deco && (arg = decorator_argument(f, deco, 0))) {
			struct entity e = prog_resolve(l->p, file, arg);
			if (entity_is(&e, "@nestjs/core", "REQUEST") || entity_is(&e, "@nestjs/graphql", "CONTEXT"))
				return true;
		}
		prog_id dep = injected_class(l->p, file, param);
		if (dep != PROG_NONE && dep != cls && l->p->classes[dep].life == LIFE_REQUEST)
			return true;
	}
	return false;
}

/* by the decorators that dependency containers know; entities and DTOs are decorated too and made by anybody */
static bool is_injectable_class(const struct program *p, prog_id cls)
{
	prog_id file = p->classes[cls].file;
	const struct js_file *f = prog_js(p, file);
	js_node node = p->classes[cls].node;
	for (uint32_t i = 0; i < js_at(f, node)->n_decos; i++) {
		uint32_t call = priv(p)->files[file].call_at[js_deco(f, node, i)];
		struct str name = call ? entity_last(&p->calls[call - 1].callee) : STR("");
		if (list_has("Injectable|injectable|Service|service|Controller|controller|JsonController|Resolver|singleton|"
			     "autoInjectable|Provide|provide|Middleware|registry|Component",
			     name))
			return true;
	}
	return false;
}

static void container_lives(struct lives *l)
{
	struct program *p = l->p;
	bool changed = true;
	for (prog_id c = 0; c < p->n_classes; c++) {
		if (!priv(p)->class_privs.ptr[c].decorated)
			continue;
		if (is_request_scoped(p, c))
			set_life(l, c, rank_of(LIFE_REQUEST), "scope of its container is one request");
	}
	for (unsigned round = 0; changed && round < 20; round++) {
		changed = false;
		for (prog_id c = 0; c < p->n_classes; c++)
			if (priv(p)->class_privs.ptr[c].decorated && !l->rank[c] && injects_request(l, c))
				changed = set_life(l, c, rank_of(LIFE_REQUEST), "injects what lives for one request") || changed;
	}
	for (prog_id c = 0; c < p->n_classes; c++) {
		const struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		js_node node = p->classes[c].node;
		if (l->rank[c])
			continue;
		if (p->classes[c].provided)
			set_life(l, c, rank_of(LIFE_PROCESS), "one instance for all: provided by a module");
		else if (cp->decorated && !cp->nest &&
			 (find_decorator(p, p->classes[c].file, node, "singleton") ||
			  find_decorator(p, p->classes[c].file, node, "Service") ||
			  find_decorator(p, p->classes[c].file, node, "Controller") ||
			  find_decorator(p, p->classes[c].file, node, "JsonController") ||
			  find_decorator(p, p->classes[c].file, node, "Resolver")))
			set_life(l, c, rank_of(LIFE_PROCESS), "one instance for all: decorated as such");
	}
}

/* ---- new ---- */

/* where the fresh instance goes: assigned to a cell of the process, put into one, or neither */
static uint8_t kept_in(const struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	js_node n = c->node;
	bool alias = false;
	for (unsigned depth = 0; depth < 6; depth++) {
		js_node up = js_at(f, n)->parent;
		const struct js_node_data *d = js_at(f, up);
		if (d->kind == JS_ASSIGN && d->b == n) {
			prog_id cell = cell_of_node(p, c->file, d->a, &alias);
			if (cell != PROG_NONE && p->cells[cell].kind != CELL_CLOSURE && p->cells[cell].kind != CELL_FIELD)
				return 5;
			if (js_kind(f, d->a) == JS_INDEX)
				return cell_of_node(p, c->file, js_at(f, d->a)->a, &alias) != PROG_NONE ? RANK_KEPT : 0;
			n = up;
			continue;
		}
		if (d->kind == JS_CALL && d->a != n && js_kind(f, d->a) == JS_MEMBER &&
		    list_has("set|push|add|unshift", js_str(f, d->a)))
			return cell_of_node(p, c->file, js_at(f, d->a)->a, &alias) != PROG_NONE ? RANK_KEPT : 0;
		if (d->kind == JS_DECLARATOR && js_kind(f, d->a) == JS_IDENT && js_at(f, up)->fn) {
			uint32_t b = f->binding_of[d->a];
			for (uint32_t i = 0; b != JS_NO_ATOM && i < f->bindings[b].n_refs; i++) {
				js_node ref = f->lists[f->bindings[b].refs + i], call = js_at(f, ref)->parent;
				const struct js_node_data *cd = js_at(f, call);
				if (cd->kind == JS_CALL && cd->a != ref && js_kind(f, cd->a) == JS_MEMBER &&
				    list_has("set|push|add|unshift", js_str(f, cd->a)) &&
				    cell_of_node(p, c->file, js_at(f, cd->a)->a, &alias) != PROG_NONE)
					return RANK_KEPT;
				if (cd->kind == JS_ASSIGN && cd->b == ref && js_kind(f, cd->a) == JS_INDEX &&
				    cell_of_node(p, c->file, js_at(f, cd->a)->a, &alias) != PROG_NONE)
					return RANK_KEPT;
			}
			return 0;
		}
		if (d->kind != JS_LOGICAL && d->kind != JS_COND && d->kind != JS_AWAIT)
			return 0;
		n = up;
	}
	return 0;
}

static js_node enclosing_class(const struct js_file *f, js_node n)
{
	for (n = js_at(f, n)->parent; n; n = js_at(f, n)->parent)
		if (js_kind(f, n) == JS_CLASS)
			return n;
	return 0;
}

/* `new` in a constructor or field of another class: as long as that one */
static uint8_t by_owner(const struct lives *l, const struct prog_call *c, bool *is_part)
{
	const struct js_file *f = prog_js(l->p, c->file);
	js_node owner = enclosing_class(f, c->node);
	*is_part = false;
	prog_id cls = owner ? class_id(l->p, c->file, owner) : PROG_NONE;
	if (cls == PROG_NONE)
		return 0;
	js_node n = c->node;
	while (n != owner) {
		js_node up = js_at(f, n)->parent;
		if (js_kind(f, up) == JS_FIELD) {
			*is_part = true;
			return js_at(f, up)->flags & JSF_STATIC ? 5 : l->rank[cls];
		}
		if (js_kind(f, up) == JS_FUNCTION) {
			js_node m = js_at(f, up)->parent;
			*is_part = js_kind(f, m) == JS_METHOD && str_is(js_key(f, m), "constructor");
			return *is_part ? l->rank[cls] : 0;
		}
		n = up;
	}
	return 0;
}

static bool live_by_site(struct lives *l, const struct prog_call *c)
{
	struct program *p = l->p;
	prog_id cls = class_id(p, c->callee.file, c->callee.node);
	uint32_t phases = 0;
	bool is_part;
	if (cls == PROG_NONE)
		return false;
	for (uint32_t app = 0; app < p->n_apps; app++)
		phases |= prog_phases(p, app, c->fn);
	if (!phases)
		return false; /* dead code makes nothing */
	if (js_kind(prog_js(p, c->file), js_at(prog_js(p, c->file), c->node)->parent) == JS_THROW)
		return set_life(l, cls, 1, "thrown");
	uint8_t rank = by_owner(l, c, &is_part);
	if (is_part)
		return rank && set_life(l, cls, rank, "made by its owner");
	if (!(phases & PHASE_RUNTIME))
		return set_life(l, cls, 5, "made once at start");
	rank = kept_in(p, c);
	if (rank)
		return set_life(l, cls, rank, rank == 5 ? "made once and kept" : "kept in a collection of the process");
	if (phases & PHASE_SOCKET)
		return set_life(l, cls, 3, "new for each connection");
	if (phases & PHASE_REQUEST)
		return set_life(l, cls, 2, "new for each request");
	return set_life(l, cls, 1, "new for each call");
}

void classes_live(struct program *p)
{
	struct lives l = {.p = p, .rank = xcalloc(p->n_classes + 1, 1)};
	container_lives(&l);
	bool changed = true;
	for (unsigned round = 0; changed && round < 12; round++) {
		changed = false;
		for (size_t i = 0; i < p->n_calls; i++) {
			const struct prog_call *c = &p->calls[i];
			if (js_kind(prog_js(p, c->file), c->node) == JS_NEW &&
			    (c->callee.kind == ENT_CLASS || c->callee.kind == ENT_FUNCTION))
				changed = live_by_site(&l, c) || changed;
		}
		for (prog_id c = 0; c < p->n_classes; c++) /* an instance of a subclass is one of its base */
			if (p->classes[c].base != PROG_NONE && l.rank[c] > l.rank[p->classes[c].base])
				changed = set_life(&l, p->classes[c].base, l.rank[c], p->classes[c].life_why) || changed;
	}
	/* injected by a container that nobody configured here: as long as who gets it */
	for (prog_id c = 0; c < p->n_classes; c++)
		if (!l.rank[c] && !priv(p)->class_privs.ptr[c].nest &&
		    (priv(p)->class_privs.ptr[c].container || is_injectable_class(p, c)))
			set_life(&l, c, 5, "made by its container");
	free(l.rank);
}
