#include "analyzers/program/resolve_private.h"

uint32_t resolve_named_by(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if ((d->kind == JS_FUNCTION || d->kind == JS_CLASS) && d->a && (d->flags & JSF_DECLARATION))
		return f->binding_of[d->a];
	js_node up = d->parent;
	if ((js_kind(f, up) == JS_DECLARATOR || js_kind(f, up) == JS_ASSIGN) &&
	    js_at(f, up)->b == n && js_kind(f, js_at(f, up)->a) == JS_IDENT)
		return f->binding_of[js_at(f, up)->a];
	return JS_NO_ATOM;
}

static struct entity of_import(const struct program *p, prog_id file, js_node name)
{
	const struct js_file *f = prog_js(p, file);
	const struct spec *s = file_spec(p, file, js_at(f, name)->parent);
	if (!s)
		return entity_none();
	if (s->to != PROG_NONE)
		return export_entity(p, s->to, js_str(f, name));
	return s->module.len ? package_entity(p, s->module, js_str(f, name))
			     : entity_value(file, name);
}

/* what a pattern takes out of base for the name at n */
static struct entity taken(const struct program *p, prog_id file, js_node n, js_node root,
			   struct entity base)
{
	const struct js_file *f = prog_js(p, file);
	if (n == root)
		return base;
	js_node up = js_at(f, n)->parent;
	struct entity e = taken(p, file, up, root, base);
	switch (js_kind(f, up)) {
	case JS_PATTERN_PROPERTY:
		return js_key(f, up).len ? entity_member(p, e, js_key(f, up)) : entity_none();
	case JS_ARRAY_PATTERN:
		if (e.kind == ENT_VALUE && e.node &&
		    js_kind(prog_js(p, e.file), e.node) == JS_ARRAY && !e.members.len)
			for (uint32_t i = 0; i < js_at(f, up)->n_kids; i++)
				if (js_kid(f, up, i) == n &&
				    i < js_at(prog_js(p, e.file), e.node)->n_kids)
					return prog_resolve(p, e.file,
							    js_kid(prog_js(p, e.file), e.node, i));
		return entity_none();
	case JS_OBJECT_PATTERN:
	case JS_DEFAULT:
		return e;
	case JS_REST:
		return js_kind(f, js_at(f, up)->parent) == JS_OBJECT_PATTERN ? e : entity_none();
	default:
		return entity_none();
	}
}

static js_node param_of(const struct js_file *f, js_node n)
{
	while (n && js_kind(f, n) != JS_PARAM)
		n = js_kind(f, n) == JS_FUNCTION ? 0 : js_at(f, n)->parent;
	return n;
}

static struct entity param_entity(const struct program *p, prog_id file, js_node param)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, param);
	js_node fn_node = d->parent;
	prog_id fn = fn_id(p, file, js_at(f, fn_node)->fn);
	struct entity e = injected(p, file, param);
	if (e.kind != ENT_UNKNOWN)
		return e;
	if (d->c && (e = entity_type(p, file, d->c)).kind != ENT_UNKNOWN)
		return e;
	uint32_t index = 0;
	while (index < js_at(f, fn_node)->n_kids && js_kid(f, fn_node, index) != param)
		index++;
	const struct param_flow *flow = &priv(p)->params[priv(p)->params_first[fn] + index];
	if (flow->known.kind != ENT_UNKNOWN && !(d->flags & JSF_REST))
		return flow->known;
	if (d->b && (e = prog_resolve(p, file, d->b)).kind != ENT_UNKNOWN && entity_is_known(&e))
		return e;
	e = entity_make(ENT_PARAM);
	e.fn = fn;
	e.index = index;
	e.file = file;
	e.node = param;
	return e;
}

bool resolve_is_nullish(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	return d->kind == JS_NULL || (d->kind == JS_UNARY && d->op == JS_OP_VOID) ||
	       (d->kind == JS_IDENT && str_is(js_str(f, n), "undefined")) || d->kind == JS_BOOL;
}

/* the one thing that a variable holds, when its initialiser and all assignments agree but for null
 */
static struct entity variable_value(const struct program *p, prog_id file,
				    const struct js_binding *b, bool *changes)
{
	const struct js_file *f = prog_js(p, file);
	struct entity found = entity_none();
	bool any = false, conflict = false;
	*changes = false;
	if (b->init && !resolve_is_nullish(f, b->init)) {
		found = prog_resolve(p, file, b->init);
		any = true;
	}
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = f->lists[b->refs + i], up = js_at(f, ref)->parent;
		const struct js_node_data *d = js_at(f, up);
		if (d->kind == JS_UPDATE)
			*changes = true;
		if (d->kind != JS_ASSIGN || d->a != ref)
			continue;
		*changes = true;
		if (resolve_is_nullish(f, d->b))
			continue;
		struct entity e = d->op == JS_OP_NONE || d->op == JS_OP_OR || d->op == JS_OP_NULLISH
				      ? prog_resolve(p, file, d->b)
				      : entity_none();
		if (e.kind == ENT_CELL && f->binding_of[ref] != JS_NO_ATOM && e.members.len == 0 &&
		    priv(p)->files[file].cell_at[b->decl] == e.cell + 1)
			continue;
		if (any && !entity_same(&e, &found))
			conflict = conflict || entity_is_known(&e) || entity_is_known(&found);
		if (!any || (entity_is_known(&e) && !entity_is_known(&found)))
			found = e;
		any = true;
	}
	return conflict && !(found.kind == ENT_PACKAGE_INSTANCE || found.kind == ENT_INSTANCE)
		   ? entity_none()
		   : found;
}

static struct entity variable_entity(const struct program *p, prog_id file,
				     const struct js_binding *b)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t cell = priv(p)->files[file].cell_at[b->decl];
	bool changes = false;
	if (b->pattern) {
		return b->init ? taken(p, file, b->decl, b->pattern, prog_resolve(p, file, b->init))
			       : entity_none();
	}
	struct entity e = variable_value(p, file, b, &changes);
	js_node declarator = js_at(f, b->decl)->parent;
	js_node type = js_kind(f, declarator) == JS_DECLARATOR ? js_at(f, declarator)->c : 0;
	if (type && e.kind == ENT_PACKAGE_INSTANCE) { /* const x: X = container.resolve('x') */
		struct entity t = entity_type(p, file, type);
		if (t.kind == ENT_INSTANCE)
			return t;
	}
	if (entity_is_known(&e) && !(e.kind == ENT_CELL && (changes || e.members.len)) &&
	    !(e.kind == ENT_PARAM && cell) && !(e.kind == ENT_GLOBAL && cell && changes))
		return e;
	if (type) {
		struct entity t = entity_type(p, file, type);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	if (cell) {
		struct entity c = entity_of_cell(cell - 1);
		bool is_value = e.kind == ENT_VALUE && !e.members.len && !changes;
		c.file = is_value && e.node ? e.file : file; /* made by a function of another file */
		c.node = is_value ? e.node : changes ? 0 : b->init;
		return c;
	}
	if (e.kind == ENT_CELL)
		return changes ? entity_none() : e;
	return changes && e.kind == ENT_VALUE ? entity_value(file, 0) : e;
}

static struct entity of_binding(const struct program *p, prog_id file, uint32_t index)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_binding *b = &f->bindings[index];
	switch ((enum js_binding_kind)b->kind) {
	case JSB_IMPORT:
		return b->init ? of_import(p, file, b->init) : entity_none();
	case JSB_FUNCTION:
		return b->init && js_kind(f, b->init) == JS_FUNCTION
			   ? entity_function(p, file, b->init)
			   : entity_none();
	case JSB_CLASS:
		return b->init && js_kind(f, b->init) == JS_CLASS ? entity_class(file, b->init)
								  : entity_none();
	case JSB_PARAM: {
		js_node param = param_of(f, b->decl);
		if (param && js_kind(f, js_at(f, param)->a) == JS_OBJECT_PATTERN) {
			struct entity e = awilix_named(p, js_str(f, b->decl));
			if (e.kind != ENT_UNKNOWN)
				return e;
		}
		return param ? taken(p, file, b->decl, js_at(f, param)->a,
				     param_entity(p, file, param))
			     : entity_none();
	}
	case JSB_ENUM:
		return entity_value(file, js_at(f, b->decl)->parent);
	case JSB_VAR:
	case JSB_LET:
	case JSB_CONST:
		return variable_entity(p, file, b);
	case JSB_CATCH:
	case JSB_NAMESPACE:
		break;
	}
	return entity_none();
}

static struct entity of_global(const struct program *p, struct str name)
{
	struct entity e = entity_make(ENT_GLOBAL);
	if (str_is(name, "undefined"))
		return entity_make(ENT_VALUE);
	e.module = prog_intern(p, str_is(name, "global") ? STR("globalThis") : name);
	return e;
}

struct entity resolve_ident(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t b = f->binding_of[n];
	if (b == JS_NO_ATOM)
		return of_global(p, js_str(f, n));
	if (f->bindings[b].decl && f->bindings[b].decl != n)
		return prog_resolve(p, file, f->bindings[b].decl);
	return of_binding(p, file, b);
}

struct entity resolve_this(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	struct this_owner t = this_owner(f, n);
	if (!t.node)
		return entity_none();
	if (t.is_target) {
		js_node x = t.node;
		if (js_kind(f, x) == JS_MEMBER && str_is(js_str(f, x), "prototype"))
			x = js_at(f, x)->a;
		struct entity e = prog_resolve(p, file, x);
		if (e.kind == ENT_CLASS ||
		    (e.kind == ENT_FUNCTION && class_id(p, e.file, e.node) != PROG_NONE))
			return x == t.node ? e : entity_instance(e.file, e.node);
		return e;
	}
	if (t.is_object) {
		uint32_t b = resolve_named_by(f, t.node);
		uint32_t cls = priv(p)->files[file].class_at[t.node];
		if (cls) /* X.prototype = {...} */
			return entity_instance(file, priv(p)->classes.ptr[cls - 1].node);
		return b == JS_NO_ATOM ? entity_value(file, t.node)
				       : prog_resolve(p, file, f->bindings[b].decl);
	}
	if (class_id(p, file, t.node) == PROG_NONE)
		return entity_none();
	return t.is_static ? entity_class(file, t.node) : entity_instance(file, t.node);
}
