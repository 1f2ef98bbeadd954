#include "analyzers/javascript/ast.h"

#include <stdlib.h>
#include "analyzers/javascript/lower.h"
#include "base/err.h"

/* ---- parents, functions, ends of subtrees ---- */

static bool holds_arguments(const struct js_file *f, js_node owner, js_node n)
{
	return f->nodes[owner].a != n; /* the callee is no argument */
}

static js_node owner_of(const struct js_file *f, js_node n)
{
	js_node owner = f->nodes[n].parent;
	switch (js_kind(f, owner)) {
	case JS_METHOD:
	case JS_PROPERTY:
	case JS_DECLARATOR:
	case JS_ASSIGN:
	case JS_FIELD:
		return owner;
	case JS_CALL:
	case JS_NEW:
		return holds_arguments(f, owner, n) ? owner : 0;
	default:
		return 0;
	}
}

/* the class whose `this` the code around an arrow function sees */
static js_node class_around(const struct js_file *f, js_node n)
{
	for (js_node at = f->nodes[n].parent; at; n = at, at = f->nodes[at].parent) {
		switch (js_kind(f, at)) {
		case JS_FUNCTION:
			return f->functions[f->nodes[at].fn].class_;
		case JS_FIELD:
			if (f->nodes[at].b == n)
				return f->nodes[at].parent;
			break;
		case JS_STATIC_BLOCK:
			return f->nodes[at].parent;
		default:
			break;
		}
	}
	return 0;
}

static void fill_function(struct js_file *f, js_node n)
{
	struct js_function *fn = &f->functions[f->nodes[n].fn];
	js_node parent = f->nodes[n].parent;
	fn->parent = f->nodes[parent].fn;
	fn->owner = owner_of(f, n);
	if (js_kind(f, parent) == JS_METHOD)
		fn->class_ = f->nodes[parent].parent;
	else if (f->nodes[n].flags & JSF_ARROW)
		fn->class_ = class_around(f, n);
}

static bool makes_module(const struct js_node_data *d, struct str str)
{
	switch (d->kind) {
	case JS_IMPORT:
	case JS_EXPORT:
	case JS_EXPORT_DEFAULT:
	case JS_EXPORT_ASSIGN:
		return true;
	case JS_META:
		return str_eq(str, STR("import.meta"));
	case JS_AWAIT:
		return d->fn == 0;
	case JS_FOR_IN:
		return d->fn == 0 && (d->flags & JSF_AWAIT);
	default:
		return false;
	}
}

void js_fill_parents(struct js_file *f)
{
	for (js_node n = 1; n < f->n_nodes; n++) {
		struct js_node_data *d = &f->nodes[n];
		if (d->kind != JS_FUNCTION)
			d->fn = f->nodes[d->parent].fn;
		else
			fill_function(f, n);
		f->is_module |= makes_module(d, js_atom(f, d->str));
		struct js_iter it = js_iter(f, n);
		for (js_node kid; (kid = js_next(&it));)
			f->nodes[kid].parent = n;
	}
	for (js_node n = f->n_nodes; n-- > 1;) {
		struct js_node_data *d = &f->nodes[n], *parent = &f->nodes[d->parent];
		if (d->end <= n)
			d->end = n + 1;
		if (d->parent && parent->end < d->end)
			parent->end = d->end;
	}
}

/* ---- declarations ---- */

struct slot {
	uint64_t key; /* scope, name */
	uint32_t binding;
};

struct outer {
	js_node scope;
	uint32_t binding;
};

struct binder {
	struct js_file *f;
	VEC(struct js_binding) bindings;
	js_node *scope; /* [n_nodes] the scope around each node */
	struct slot *slots;
	size_t cap;
	VEC(struct outer)
	outer; /* functions in blocks that sloppy code sees in the whole function */
};

static bool is_body_of_function(const struct js_file *f, js_node n)
{
	js_node parent = f->nodes[n].parent;
	return js_kind(f, parent) == JS_FUNCTION && f->nodes[parent].b == n;
}

static bool is_scope(const struct js_file *f, js_node n)
{
	switch (js_kind(f, n)) {
	case JS_PROGRAM:
	case JS_FUNCTION:
	case JS_CLASS:
	case JS_FOR:
	case JS_FOR_IN:
	case JS_SWITCH:
	case JS_CATCH:
		return true;
	case JS_BLOCK:
		return !is_body_of_function(f, n);
	default:
		return false;
	}
}

/* where "var" goes */
static bool is_var_scope(const struct js_file *f, js_node n)
{
	if (js_kind(f, n) == JS_PROGRAM || js_kind(f, n) == JS_FUNCTION)
		return true;
	enum js_kind parent = js_kind(f, f->nodes[n].parent);
	return js_kind(f, n) == JS_BLOCK && (parent == JS_NAMESPACE || parent == JS_STATIC_BLOCK);
}

static js_node var_scope(const struct binder *b, js_node scope)
{
	while (!is_var_scope(b->f, scope))
		scope = b->scope[scope];
	return scope;
}

static struct slot *find_slot(const struct binder *b, js_node scope, uint32_t name)
{
	uint64_t key = (uint64_t)scope << 32 | name;
	size_t i = (size_t)((key ^ key >> 29) * 0x9e3779b97f4a7c15u >> 32) & (b->cap - 1);
	while (b->slots[i].key && b->slots[i].key != key)
		i = (i + 1) & (b->cap - 1);
	return &b->slots[i];
}

static void grow_slots(struct binder *b)
{
	struct slot *old = b->slots;
	size_t n = b->cap;
	b->cap = n ? n * 2 : 64;
	b->slots = xcalloc(b->cap, sizeof *b->slots);
	for (size_t i = 0; i < n; i++)
		if (old[i].key)
			*find_slot(b, (js_node)(old[i].key >> 32), (uint32_t)old[i].key) = old[i];
	free(old);
}

/* the name that a function or class expression has only inside itself gives way to any other */
static bool is_own_name(const struct js_file *f, const struct js_binding *b)
{
	return f->nodes[b->scope].a == b->decl && f->nodes[b->decl].parent == b->scope;
}

static void declare(struct binder *b, struct js_binding new)
{
	new.name = b->f->nodes[new.decl].str;
	new.fn = b->f->nodes[new.scope].fn;
	if (b->bindings.len * 2 >= b->cap)
		grow_slots(b);
	struct slot *slot = find_slot(b, new.scope, new.name);
	if (slot->key && !is_own_name(b->f, &b->bindings.ptr[slot->binding])) {
		struct js_binding *old = &b->bindings.ptr[slot->binding];
		bool later_function = new.kind == JSB_FUNCTION && old->kind == JSB_FUNCTION;
		if (!old->init || later_function)
			old->init = new.init;
		b->f->binding_of[new.decl] = slot->binding;
		return;
	}
	*slot = (struct slot){(uint64_t) new.scope << 32 | new.name, (uint32_t)b->bindings.len};
	b->f->binding_of[new.decl] = slot->binding;
	vec_push(&b->bindings, new);
}

/* all names in a pattern */
static void declare_targets(struct binder *b, js_node n, struct js_binding like)
{
	const struct js_file *f = b->f;
	const struct js_node_data *d = js_at(f, n);
	switch (d->kind) {
	case JS_IDENT:
		like.decl = n;
		declare(b, like);
		return;
	case JS_OBJECT_PATTERN:
	case JS_ARRAY_PATTERN:
		like.pattern = like.pattern ? like.pattern : n;
		for (uint32_t i = 0; i < d->n_kids; i++)
			declare_targets(b, js_kid(f, n, i), like);
		return;
	case JS_PATTERN_PROPERTY:
		declare_targets(b, d->b, like);
		return;
	case JS_DEFAULT:
	case JS_REST:
		declare_targets(b, d->a, like);
		return;
	default:
		return;
	}
}

static void declare_declarator(struct binder *b, js_node n)
{
	static const uint8_t kinds[] = {
	    [JS_VAR_VAR] = JSB_VAR,
	    [JS_VAR_LET] = JSB_LET,
	    [JS_VAR_CONST] = JSB_CONST,
	    [JS_VAR_USING] = JSB_CONST,
	};
	const struct js_node_data *d = js_at(b->f, n), *var = js_at(b->f, d->parent);
	if (var->kind != JS_VAR || (var->flags & JSF_DECLARE))
		return;
	js_node scope = b->scope[n];
	declare_targets(b, d->a,
			(struct js_binding){
			    .kind = kinds[var->op],
			    .scope = var->op == JS_VAR_VAR ? var_scope(b, scope) : scope,
			    .init = d->b,
			});
}

static void declare_function(struct binder *b, js_node n)
{
	const struct js_node_data *d = js_at(b->f, n);
	bool declaration = d->flags & JSF_DECLARATION;
	if (!d->a || !d->b || (d->flags & JSF_DECLARE))
		return;
	js_node scope = declaration ? b->scope[n] : n;
	declare(b,
		(struct js_binding){.kind = JSB_FUNCTION, .scope = scope, .decl = d->a, .init = n});
	if (declaration && !is_var_scope(b->f, scope))
		vec_push(&b->outer, (struct outer){var_scope(b, scope), b->f->binding_of[d->a]});
}

static void declare_class(struct binder *b, js_node n)
{
	const struct js_node_data *d = js_at(b->f, n);
	if (!d->a || (d->flags & JSF_DECLARE))
		return;
	js_node scope = d->flags & JSF_DECLARATION ? b->scope[n] : n;
	declare(b, (struct js_binding){.kind = JSB_CLASS, .scope = scope, .decl = d->a, .init = n});
}

static void declare_import(struct binder *b, js_node n)
{
	const struct js_node_data *d = js_at(b->f, n);
	if (!d->a || ((d->flags | b->f->nodes[d->parent].flags) & JSF_TYPE_ONLY))
		return;
	declare(b, (struct js_binding){
		       .kind = JSB_IMPORT, .scope = b->scope[n], .decl = d->a, .init = n});
}

/* a namespace of nothing but types leaves no value */
static void declare_named(struct binder *b, js_node n, uint8_t kind)
{
	const struct js_node_data *d = js_at(b->f, n);
	if (!d->a || (d->flags & JSF_DECLARE))
		return;
	if (kind == JSB_NAMESPACE && !b->f->nodes[d->b].n_kids)
		return;
	declare(b,
		(struct js_binding){.kind = kind, .scope = b->scope[n], .decl = d->a, .init = n});
}

static void declare_at(struct binder *b, js_node n)
{
	const struct js_node_data *d = js_at(b->f, n);
	switch (d->kind) {
	case JS_DECLARATOR:
		declare_declarator(b, n);
		break;
	case JS_FUNCTION:
		declare_function(b, n);
		break;
	case JS_CLASS:
		declare_class(b, n);
		break;
	case JS_PARAM:
		declare_targets(b, d->a,
				(struct js_binding){.kind = JSB_PARAM, .scope = b->scope[n]});
		break;
	case JS_CATCH:
		declare_targets(b, d->a, (struct js_binding){.kind = JSB_CATCH, .scope = n});
		break;
	case JS_IMPORT_NAME:
		declare_import(b, n);
		break;
	case JS_ENUM:
		declare_named(b, n, JSB_ENUM);
		break;
	case JS_NAMESPACE:
		declare_named(b, n, JSB_NAMESPACE);
		break;
	default:
		break;
	}
}

static void declare_all(struct binder *b)
{
	struct js_file *f = b->f;
	for (js_node n = 1; n < f->n_nodes; n++) {
		js_node parent = f->nodes[n].parent;
		b->scope[n] = parent && !is_scope(f, parent) ? b->scope[parent] : parent;
		f->binding_of[n] = JS_NO_ATOM;
	}
	for (js_node n = 1; n < f->n_nodes; n++)
		declare_at(b, n);
}

/* ---- references ---- */

/* Nodes come in the order of their subtrees, so the scopes that are open form a stack, and for each
 * name the binding that is visible now is one entry of a table. */
struct shown {
	uint32_t name, before; /* binding that it hides */
};

struct open_scope {
	js_node end;
	size_t undo; /* length before it was opened */
};

struct resolver {
	struct js_file *f;
	uint32_t *current;  /* [atoms] visible binding */
	uint32_t *in_scope; /* [n_nodes] first binding of a scope */
	uint32_t *outer_in; /* [n_nodes] first of binder.outer */
	uint32_t *next, *outer_next;
	VEC(struct shown) undo;
	VEC(struct open_scope) open;
};

static void show(struct resolver *r, uint32_t binding)
{
	uint32_t name = r->f->bindings[binding].name;
	vec_push(&r->undo, (struct shown){name, r->current[name]});
	r->current[name] = binding;
}

static void open_scope(struct resolver *r, const struct binder *b, js_node n)
{
	if (r->in_scope[n] == JS_NO_ATOM && r->outer_in[n] == JS_NO_ATOM)
		return;
	vec_push(&r->open, (struct open_scope){r->f->nodes[n].end, r->undo.len});
	for (uint32_t i = r->outer_in[n]; i != JS_NO_ATOM; i = r->outer_next[i])
		show(r, b->outer.ptr[i].binding);
	for (uint32_t i = r->in_scope[n]; i != JS_NO_ATOM; i = r->next[i])
		show(r, i);
}

static void close_scopes(struct resolver *r, js_node n)
{
	while (r->open.len && r->open.ptr[r->open.len - 1].end <= n) {
		size_t to = r->open.ptr[--r->open.len].undo;
		while (r->undo.len > to) {
			r->undo.len--;
			r->current[r->undo.ptr[r->undo.len].name] = r->undo.ptr[r->undo.len].before;
		}
	}
}

static uint32_t *none(size_t n)
{
	uint32_t *p = xmalloc((n ? n : 1) * sizeof *p);
	memset(p, 0xff, n * sizeof *p);
	return p;
}

static void chain(uint32_t *first, uint32_t *next, js_node scope, uint32_t i)
{
	next[i] = first[scope];
	first[scope] = i;
}

static void resolve(struct resolver *r, const struct binder *b)
{
	struct js_file *f = r->f;
	r->current = none(f->atoms.len);
	r->in_scope = none(f->n_nodes);
	r->outer_in = none(f->n_nodes);
	r->next = none(f->n_bindings);
	r->outer_next = none(b->outer.len);
	for (uint32_t i = f->n_bindings; i-- > 0;)
		chain(r->in_scope, r->next, f->bindings[i].scope, i);
	for (uint32_t i = (uint32_t)b->outer.len; i-- > 0;)
		chain(r->outer_in, r->outer_next, b->outer.ptr[i].scope, i);
	for (js_node n = 1; n < f->n_nodes; n++) {
		close_scopes(r, n);
		open_scope(r, b, n);
		if (js_kind(f, n) == JS_IDENT && f->binding_of[n] == JS_NO_ATOM)
			f->binding_of[n] = r->current[f->nodes[n].str];
	}
	free(r->current);
	free(r->in_scope);
	free(r->outer_in);
	free(r->next);
	free(r->outer_next);
	vec_release(&r->undo);
	vec_release(&r->open);
}

/* the name of an overload is neither declaration nor use */
static bool is_overload_name(const struct js_file *f, js_node n)
{
	const struct js_node_data *parent = js_at(f, f->nodes[n].parent);
	return parent->kind == JS_FUNCTION && parent->a == n && !parent->b;
}

static bool is_reference(const struct js_file *f, js_node n)
{
	const struct js_binding *b = js_kind(f, n) == JS_IDENT ? js_binding_of(f, n) : NULL;
	return b && b->decl != n && !is_overload_name(f, n);
}

static void list_references(struct js_file *f)
{
	for (js_node n = 1; n < f->n_nodes; n++)
		if (is_reference(f, n))
			f->bindings[f->binding_of[n]].n_refs++;
	for (uint32_t i = 0; i < f->n_bindings; i++) {
		f->bindings[i].refs = f->n_lists;
		f->n_lists += f->bindings[i].n_refs;
		f->bindings[i].n_refs = 0;
	}
	for (js_node n = 1; n < f->n_nodes; n++)
		if (is_reference(f, n)) {
			struct js_binding *b = &f->bindings[f->binding_of[n]];
			f->lists[b->refs + b->n_refs++] = n;
		}
}

void js_fill_scopes(struct arena *a, struct js_file *f)
{
	struct binder b = {.f = f};
	b.scope = xcalloc(f->n_nodes, sizeof *b.scope);
	f->binding_of = arena_array(a, uint32_t, f->n_nodes);
	f->binding_of[0] = JS_NO_ATOM;
	declare_all(&b);
	f->n_bindings = (uint32_t)b.bindings.len;
	f->bindings = arena_array(a, struct js_binding, b.bindings.len ? b.bindings.len : 1);
	if (b.bindings.len)
		memcpy(f->bindings, b.bindings.ptr, b.bindings.len * sizeof *b.bindings.ptr);
	struct resolver r = {.f = f};
	resolve(&r, &b);
	list_references(f);
	vec_release(&b.bindings);
	vec_release(&b.outer);
	free(b.scope);
	free(b.slots);
}
