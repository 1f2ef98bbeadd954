/* Variables. The parser resolved every identifier to a binding; at run time a
 * binding is a slot in the scope of the node that holds it. */
#include "analyzers/javascript/eval_internal.h"

/* only a module in which something runs needs its tables: guards of sources seldom do */
static void prepare(struct interp *ip, struct module *m)
{
	const struct js_file *f = m->f;
	if (m->slot_of)
		return;
	m->slot_of = arena_array(ip->arena, uint32_t, f->n_bindings + 1);
	m->next_of = arena_array(ip->arena, uint32_t, f->n_bindings + 1);
	m->n_slots = arena_array(ip->arena, uint32_t, f->n_nodes + 1);
	m->first = arena_array(ip->arena, uint32_t, f->n_nodes + 1);
	memset(m->first, 0xff, (f->n_nodes + 1) * sizeof *m->first);
	for (uint32_t i = f->n_bindings; i > 0; i--) {
		js_node scope = f->bindings[i - 1].scope;
		m->slot_of[i - 1] = m->n_slots[scope]++;
		m->next_of[i - 1] = m->first[scope];
		m->first[scope] = i - 1;
	}
}

struct cell *cell_of(struct frame *fr, uint32_t binding)
{
	js_node scope = fr->f->bindings[binding].scope;
	for (struct scope *s = fr->scope; s; s = s->parent)
		if (s->node == scope && s->mod == fr->mod)
			return &s->cells[fr->mod->slot_of[binding]];
	return NULL;
}

static bool is_declared_function(const struct js_file *f, const struct js_binding *b)
{
	return b->kind == JSB_FUNCTION && b->init && js_kind(f, b->init) == JS_FUNCTION &&
	       (js_at(f, b->init)->flags & JSF_DECLARATION) && js_at(f, b->init)->b;
}

struct scope *scope_new(struct frame *fr, struct scope *parent, js_node n)
{
	struct module *m = fr->mod;
	prepare(fr->ip, m);
	struct scope *s = arena_alloc(fr->ip->arena, sizeof *s + m->n_slots[n] * sizeof *s->cells);
	*s = (struct scope){.parent = parent, .mod = m, .node = n};
	struct scope *outer = fr->scope;
	fr->scope = s;
	for (uint32_t i = m->first[n]; i != JS_NO_ATOM; i = m->next_of[i]) {
		const struct js_binding *b = &fr->f->bindings[i];
		struct cell *c = &s->cells[m->slot_of[i]];
		if (is_declared_function(fr->f, b))
			c->v = function_new(fr, b->init);
		else if (b->kind == JSB_VAR)
			c->v = fr->ip->undefined;
	}
	fr->scope = outer;
	return s;
}

struct scope *scope_enter(struct frame *fr, js_node n)
{
	struct scope *outer = fr->scope;
	prepare(fr->ip, fr->mod);
	if (fr->mod->n_slots[n])
		fr->scope = scope_new(fr, outer, n);
	return outer;
}

/* ---- eval_expression: bindings are evaluated when they are asked for ---- */

/* is the binding, or something inside its value, written elsewhere than where it is declared? */
static bool is_written(struct arena *a, const struct js_file *f, const struct js_binding *b)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node n = f->lists[b->refs + i];
		js_node up = js_at(f, n)->parent;
		while ((js_kind(f, up) == JS_MEMBER || js_kind(f, up) == JS_INDEX) &&
		       js_at(f, up)->a == n) {
			n = up;
			up = js_at(f, n)->parent;
		}
		const struct js_node_data *p = js_at(f, up);
		bool inside = n != f->lists[b->refs + i];
		switch ((enum js_kind)p->kind) {
		case JS_ASSIGN:
		case JS_UPDATE:
		case JS_FOR_IN:
		case JS_PATTERN_PROPERTY:
		case JS_DEFAULT:
		case JS_REST:
			if (p->a == n || p->b == n)
				return p->kind != JS_ASSIGN || p->a == n;
			break;
		case JS_UNARY:
			if (p->op == JS_OP_DELETE)
				return true;
			break;
		case JS_ARRAY_PATTERN:
			return true;
		case JS_CALL:
			/* x.push(1) changes x; f(x) may */
			if (p->a == n ? inside && js_kind(f, n) == JS_MEMBER &&
					    (str_is(js_str(f, n), "push") ||
					     str_is(js_str(f, n), "set") ||
					     str_is(js_str(f, n), "unshift") ||
					     str_is(js_str(f, n), "splice") ||
					     str_is(js_str(f, n), "add") ||
					     str_is(js_str(f, n), "delete"))
				      : !inside && js_kind(f, b->init) == JS_OBJECT &&
					    str_is(js_path(a, f, p->a), "Object.assign"))
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

static struct lazy *find_lazy(struct interp *ip, uint32_t binding)
{
	for (size_t i = 0; i < ip->lazy.len; i++)
		if (ip->lazy.ptr[i].binding == binding)
			return &ip->lazy.ptr[i];
	return NULL;
}

static void set_lazy(struct interp *ip, uint32_t binding, struct value *v)
{
	struct lazy *l = find_lazy(ip, binding);
	if (l)
		l->v = v;
	else
		vec_push(&ip->lazy, (struct lazy){binding, v});
}

static struct value *lazy_init(struct frame *fr, js_node n, const struct js_binding *b)
{
	const struct js_file *f = fr->f;
	if (is_declared_function(f, b))
		return function_new(fr, b->init);
	if ((b->kind != JSB_CONST && b->kind != JSB_LET && b->kind != JSB_VAR) || !b->init)
		return unknown(fr, n, "'" STR_FMT "' is set at run time",
			       STR_ARG(js_atom(f, b->name)));
	if (is_written(fr->ip->arena, f, b))
		return unknown(fr, n, "'" STR_FMT "' is changed elsewhere",
			       STR_ARG(js_atom(f, b->name)));
	js_node up = js_at(f, b->pattern ? b->pattern : b->decl)->parent;
	if (js_kind(f, up) != JS_DECLARATOR)
		return unknown(fr, n, "'" STR_FMT "' is set at run time",
			       STR_ARG(js_atom(f, b->name)));
	struct value *v = eval(fr, b->init);
	if (!v || !b->pattern)
		return v;
	if (!assign_to(fr, b->pattern, v, true))
		return NULL;
	const struct lazy *l = find_lazy(fr->ip, (uint32_t)(b - f->bindings));
	return l->v ? l->v
		    : unknown(fr, n, "'" STR_FMT "' is set at run time",
			      STR_ARG(js_atom(f, b->name)));
}

static struct value *read_lazily(struct frame *fr, js_node n, uint32_t binding)
{
	struct interp *ip = fr->ip;
	const struct js_binding *b = &fr->f->bindings[binding];
	struct str name = js_atom(fr->f, b->name);
	const struct lazy *known = find_lazy(ip, binding);
	if (known && known->v)
		return known->v;
	if (known)
		return unknown(fr, n, "'" STR_FMT "' depends on itself", STR_ARG(name));
	if (b->kind == JSB_IMPORT)
		return import_value(fr, n, b->init);
	struct scope *outer = fr->scope;
	fr->scope = NULL;
	vec_push(&ip->lazy, (struct lazy){.binding = binding});
	struct value *v = lazy_init(fr, n, b);
	fr->scope = outer;
	find_lazy(ip, binding)->v = v;
	return v;
}

/* ---- identifiers ---- */

struct value *read_ident(struct frame *fr, js_node n, bool quiet)
{
	struct interp *ip = fr->ip;
	uint32_t binding = fr->f->binding_of[n];
	struct str name = js_str(fr->f, n);
	if (binding == JS_NO_ATOM) {
		struct value *v = global_value(fr, n, name);
		if (v || ip->abrupt)
			return v;
		if (quiet)
			return ip->undefined;
		return throw_error(fr, n, "ReferenceError", STR_FMT " is not defined",
				   STR_ARG(name));
	}
	struct cell *c = cell_of(fr, binding);
	const struct js_binding *b = &fr->f->bindings[binding];
	if (!c && ip->bind)
		return read_lazily(fr, n, binding);
	if (!c)
		return unknown(fr, n, "'" STR_FMT "' is declared where evaluation did not pass",
			       STR_ARG(name));
	if (b->kind == JSB_IMPORT && !c->v)
		return import_value(fr, n, b->init);
	if (!c->v)
		return throw_error(fr, n, "ReferenceError",
				   "Cannot access '" STR_FMT "' before initialization",
				   STR_ARG(name));
	return c->v;
}

bool write_ident(struct frame *fr, js_node n, struct value *v, bool init)
{
	struct interp *ip = fr->ip;
	uint32_t binding = fr->f->binding_of[n];
	struct str name = js_str(fr->f, n);
	if (binding == JS_NO_ATOM) {
		if (fr->mod->strict && !val_get(ip->globals, name))
			return throw_error(fr, n, "ReferenceError", STR_FMT " is not defined",
					   STR_ARG(name));
		touch_object(ip, ip->globals);
		val_set(ip->arena, ip->globals, name, v);
		return true;
	}
	struct cell *c = cell_of(fr, binding);
	const struct js_binding *b = &fr->f->bindings[binding];
	if (!c && ip->bind) {
		if (init && fr->f->bindings[binding].fn == js_at(fr->f, n)->fn)
			set_lazy(ip, binding, v);
		return true; /* what runs elsewhere sees it as changed: is_written */
	}
	if (!c)
		return true;
	if (!init && (b->kind == JSB_CONST || b->kind == JSB_IMPORT))
		return throw_error(fr, n, "TypeError", "Assignment to constant variable.");
	if (!init && !c->v)
		return throw_error(fr, n, "ReferenceError",
				   "Cannot access '" STR_FMT "' before initialization",
				   STR_ARG(name));
	if (!init && b->kind == JSB_FUNCTION && js_kind(fr->f, b->scope) == JS_FUNCTION &&
	    b->decl == js_at(fr->f, b->scope)->a)
		return true; /* the name of a function expression cannot be assigned */
	if (ip->chosen_by)
		v = with_choice(ip->chosen_file, ip, ip->chosen_by, v);
	cell_set(ip, c, v);
	return true;
}
