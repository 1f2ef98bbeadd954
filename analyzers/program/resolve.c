#include "analyzers/program/private.h"

#include "analyzers/program/roots.h"

/* What an expression stands for. Every answer is kept by node, so each node is
 * worked out once a round; a node that is asked for while it is being worked
 * out (a cycle) answers unknown. */

enum { MAX_DEPTH = 160, MAX_PATH = 160, MAX_BASES = 16 };

static struct entity make(enum ent_kind kind)
{
	struct entity e = entity_none();
	e.kind = kind;
	return e;
}

static struct entity make_value(prog_id file, js_node n)
{
	struct entity e = make(ENT_VALUE);
	e.file = file;
	e.node = n;
	return e;
}

static struct entity make_function(const struct program *p, prog_id file, js_node n)
{
	struct entity e = make(ENT_FUNCTION);
	e.file = file;
	e.node = n;
	e.fn = fn_id(p, file, js_at(prog_js(p, file), n)->fn);
	return e;
}

static struct entity make_class(prog_id file, js_node n)
{
	struct entity e = make(ENT_CLASS);
	e.file = file;
	e.node = n;
	return e;
}

static struct entity make_instance(prog_id file, js_node n)
{
	struct entity e = make_class(file, n);
	e.kind = ENT_INSTANCE;
	return e;
}

static bool has_identity(const struct entity *e)
{
	switch (e->kind) {
	case ENT_UNKNOWN:
	case ENT_VALUE:
		return false;
	case ENT_GLOBAL:
		return true;
	default:
		return true;
	}
}

static struct str dotted(const struct program *p, struct str path, struct str name)
{
	if (path.len + name.len > MAX_PATH)
		return path;
	return path.len ? prog_internf(p, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(name)) : prog_intern(p, name);
}

/* ---- members ---- */

static struct entity with_member(const struct program *p, struct entity e, struct str name)
{
	e.members = dotted(p, e.members, name);
	return e;
}

static uint32_t binding_of_value(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if ((d->kind == JS_FUNCTION || d->kind == JS_CLASS) && d->a && (d->flags & JSF_DECLARATION))
		return f->binding_of[d->a];
	js_node up = d->parent;
	if ((js_kind(f, up) == JS_DECLARATOR || js_kind(f, up) == JS_ASSIGN) && js_at(f, up)->b == n &&
	    js_kind(f, js_at(f, up)->a) == JS_IDENT)
		return f->binding_of[js_at(f, up)->a];
	return JS_NO_ATOM;
}

static js_node prop_assigned(const struct program *p, prog_id file, char prefix, uint32_t owner, struct str name)
{
	struct str key = prog_internf(p, "%c%u." STR_FMT, prefix, owner, STR_ARG(name));
	uint32_t n = map_get(&priv(p)->files[file].props, key);
	return n == MAP_NONE ? 0 : n;
}

/* X.name = value somewhere in the file, X being the name of the value at n */
static struct entity hung_on(const struct program *p, prog_id file, js_node n, struct str name)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t b = binding_of_value(f, n);
	js_node assign = b == JS_NO_ATOM ? 0 : prop_assigned(p, file, 'b', b, name);
	return assign ? prog_resolve(p, file, js_at(f, assign)->b) : entity_none();
}

static struct entity returned(const struct program *p, prog_id fn, prog_id at_file, js_node call);

static struct entity property_value(const struct program *p, prog_id file, js_node prop)
{
	const struct js_file *f = prog_js(p, file);
	if (js_at(f, prop)->flags & JSF_GETTER)
		return returned(p, fn_id(p, file, js_at(f, js_at(f, prop)->b)->fn), file, 0);
	return prog_resolve(p, file, js_at(f, prop)->b);
}

/* state = { ...state, x }: an object may be spread into itself, also through others; false: do not follow */
static bool enter_spread(const struct program *p, prog_id file, js_node object)
{
	struct prog_private *pr = priv(p);
	enum { MOST = sizeof pr->spreading / sizeof *pr->spreading };
	for (uint32_t i = 0; i < pr->n_spreading; i++)
		if (pr->spreading[i].file == file && pr->spreading[i].object == object)
			return false;
	if (pr->n_spreading == MOST)
		return false;
	pr->spreading[pr->n_spreading].file = file;
	pr->spreading[pr->n_spreading++].object = object;
	return true;
}

static bool object_member(const struct program *p, prog_id file, js_node object, struct str name, struct entity *out)
{
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = js_at(f, object)->n_kids; i-- > 0;) {
		js_node prop = js_kid(f, object, i);
		if (js_kind(f, prop) == JS_SPREAD) {
			struct entity e = prog_resolve(p, file, js_at(f, prop)->a);
			if (!enter_spread(p, file, object))
				continue;
			e = entity_member(p, e, name);
			priv(p)->n_spreading--;
			if (e.kind == ENT_FUNCTION || e.kind == ENT_CLASS || e.kind == ENT_INSTANCE ||
			    (e.kind == ENT_VALUE && !e.members.len)) {
				*out = e;
				return true;
			}
			continue;
		}
		if (str_eq(js_key(f, prop), name) && !(js_at(f, prop)->flags & JSF_SETTER)) {
			*out = property_value(p, file, prop);
			return true;
		}
	}
	return false;
}

static struct entity value_member(const struct program *p, struct entity e, struct str name)
{
	struct entity out;
	const struct js_file *f = e.node ? prog_js(p, e.file) : NULL;
	if (e.node && !e.members.len) {
		enum js_kind k = js_kind(f, e.node);
		if ((k == JS_OBJECT || k == JS_ENUM) && object_member(p, e.file, e.node, name, &out)) {
			if (e.kind == ENT_VALUE || out.kind == ENT_FUNCTION || out.kind == ENT_CLASS ||
			    out.kind == ENT_INSTANCE || out.kind == ENT_PACKAGE_INSTANCE || out.kind == ENT_PACKAGE)
				return out;
			return with_member(p, e, name);
		}
		out = hung_on(p, e.file, e.node, name);
		if (out.kind != ENT_UNKNOWN && (e.kind == ENT_VALUE || out.kind != ENT_VALUE))
			return out;
		if (str_is(name, "default"))
			return e;
	}
	return with_member(p, e, name);
}

static struct entity function_member(const struct program *p, struct entity e, struct str name)
{
	struct entity out = hung_on(p, e.file, e.node, name);
	const struct file_priv *fp = &priv(p)->files[e.file];
	if (out.kind != ENT_UNKNOWN)
		return out;
	uint32_t x = fp->cjs ? map_get(&fp->export_names, name) : MAP_NONE;
	if (x != MAP_NONE && !fp->exports.ptr[x].imported.ptr)
		return prog_resolve(p, e.file, fp->exports.ptr[x].node);
	if (str_is(name, "default"))
		return e;
	return with_member(p, e, name);
}

static struct entity global_member(const struct program *p, struct entity e, struct str name)
{
	static const char *const plain[] = {"setTimeout", "setInterval", "setImmediate", "process", "console",
					    "Promise", "Map", "Set", "Object", "Math", "Date", "fetch"};
	if (!e.path.len && str_is(e.module, "globalThis"))
		for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
			if (str_is(name, plain[i])) {
				e.module = prog_intern(p, name);
				return e;
			}
	e.path = dotted(p, e.path, name);
	return e;
}

struct entity entity_member(const struct program *p, struct entity e, struct str name)
{
	struct entity out;
	switch (e.kind) {
	case ENT_GLOBAL:
		return global_member(p, e, name);
	case ENT_PACKAGE:
		if (str_is(e.path, "default") || !e.path.len)
			e.path = prog_intern(p, name);
		else if (!str_is(name, "default"))
			e.path = dotted(p, e.path, name);
		return e;
	case ENT_MODULE:
		return export_entity(p, e.file, name);
	case ENT_CLASS:
		out = class_member(p, class_id(p, e.file, e.node), name, true);
		return out.kind == ENT_UNKNOWN ? function_member(p, e, name) : out;
	case ENT_INSTANCE:
		if (e.members.len)
			return with_member(p, e, name);
		out = class_member(p, class_id(p, e.file, e.node), name, false);
		if (out.kind == ENT_UNKNOWN && str_is(name, "default"))
			return e;
		return out.kind == ENT_UNKNOWN && !out.members.len ? with_member(p, e, name) : out;
	case ENT_FUNCTION:
		return function_member(p, e, name);
	case ENT_VALUE:
	case ENT_CELL:
		return value_member(p, e, name);
	case ENT_PACKAGE_INSTANCE:
		if (str_is(name, "default") && !e.members.len)
			return e;
		if (str_is(e.members, "cradle") && str_is(e.module, "awilix"))
			return awilix_named(p, name);
		return with_member(p, e, name);
	case ENT_PARAM:
	case ENT_UNKNOWN:
		break;
	}
	return with_member(p, e, name);
}

/* ---- classes ---- */

/* the entity with identity among those that a field may hold, else its cell */
static struct entity field_entity(const struct program *p, prog_id cls, js_node decl, struct str name, bool is_static)
{
	prog_id file = priv(p)->classes.ptr[cls].file;
	const struct js_file *f = prog_js(p, file);
	const struct file_priv *fp = &priv(p)->files[file];
	const struct js_node_data *d = js_at(f, decl);
	js_node init = d->kind == JS_FIELD || d->kind == JS_ASSIGN ? d->b : 0;
	struct entity e = init ? prog_resolve(p, file, init) : entity_none();
	js_node assign = prop_assigned(p, file, is_static ? 's' : 't', priv(p)->class_privs.ptr[cls].node, name);
	struct entity injection = d->kind == JS_FIELD ? injected(p, file, decl) : entity_none();
	if (!has_identity(&e) && injection.kind != ENT_UNKNOWN)
		e = injection;
	if (!has_identity(&e) && assign && js_at(f, assign)->b != init) {
		struct entity v = prog_resolve(p, file, js_at(f, assign)->b);
		if (has_identity(&v) && v.kind != ENT_PARAM)
			e = v;
	}
	if (!has_identity(&e) && is_static) {
		uint32_t b = binding_of_value(f, priv(p)->class_privs.ptr[cls].node);
		assign = b == JS_NO_ATOM ? 0 : prop_assigned(p, file, 'b', b, name);
		struct entity v = assign ? prog_resolve(p, file, js_at(f, assign)->b) : entity_none();
		if (has_identity(&v))
			e = v;
	}
	if (has_identity(&e) && e.kind != ENT_PARAM)
		return e;
	if (d->kind == JS_FIELD && d->c) {
		struct entity t = entity_type(p, file, d->c);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	uint32_t cell = fp->cell_at[decl];
	if (cell) {
		struct entity c = make(ENT_CELL);
		c.cell = cell - 1;
		c.file = file;
		c.node = init ? init : assign ? js_at(f, assign)->b : 0;
		return c;
	}
	return e;
}

static struct entity member_entity(const struct program *p, prog_id cls, js_node n, struct str name, bool is_static)
{
	prog_id file = priv(p)->classes.ptr[cls].file;
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_METHOD:
		if (d->flags & JSF_GETTER)
			return returned(p, fn_id(p, file, js_at(f, d->b)->fn), file, 0);
		return make_function(p, file, d->b);
	case JS_PROPERTY:
		return property_value(p, file, n);
	case JS_PARAM: {
		struct entity e = prog_resolve(p, file, d->a);
		uint32_t cell = priv(p)->files[file].cell_at[n];
		if ((e.kind == ENT_UNKNOWN || e.kind == ENT_PARAM || e.kind == ENT_VALUE) && cell) {
			e = make(ENT_CELL);
			e.cell = cell - 1;
		}
		return e;
	}
	default:
		return field_entity(p, cls, n, name, is_static);
	}
}

struct entity class_member(const struct program *p, prog_id cls, struct str name, bool is_static)
{
	for (unsigned step = 0; cls != PROG_NONE && step < MAX_BASES; step++) {
		const struct class_priv *cp = &priv(p)->class_privs.ptr[cls];
		uint32_t n = map_get(is_static ? &cp->statics : &cp->members, name);
		if (n != MAP_NONE)
			return member_entity(p, cls, n, name, is_static);
		if (cp->base.kind == ENT_PACKAGE || cp->base.kind == ENT_PACKAGE_INSTANCE) {
			struct entity e = cp->base;
			if (is_static)
				return entity_member(p, e, name);
			e.kind = ENT_PACKAGE_INSTANCE;
			e.members = prog_intern(p, name);
			return e;
		}
		cls = cp->base.kind == ENT_CLASS ? class_id(p, cp->base.file, cp->base.node) : PROG_NONE;
	}
	return entity_none();
}

/* ---- types ---- */

static struct entity type_name(const struct program *p, prog_id file, struct str name)
{
	const struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	size_t dot = str_find(name, STR("."));
	struct str first = dot == (size_t)-1 ? name : str_sub(name, 0, dot);
	struct str rest = dot == (size_t)-1 ? STR("") : str_sub(name, dot + 1, name.len);
	uint32_t n = map_get(&fp->names, first);
	if (n == MAP_NONE)
		return entity_none();
	if (js_kind(f, n) == JS_CLASS)
		return make_class(file, n);
	const struct spec *s = file_spec(p, file, js_at(f, n)->parent);
	if (!s)
		return entity_none();
	struct entity e;
	if (s->to != PROG_NONE) {
		e = export_entity(p, s->to, js_str(f, n));
	} else if (s->module.len) {
		e = package_entity(p, s->module, js_str(f, n));
	} else {
		return entity_none();
	}
	while (rest.len) {
		dot = str_find(rest, STR("."));
		e = entity_member(p, e, dot == (size_t)-1 ? rest : str_sub(rest, 0, dot));
		rest = dot == (size_t)-1 ? STR("") : str_sub(rest, dot + 1, rest.len);
	}
	return e;
}

static struct entity only_subclass(const struct program *p, struct entity e)
{
	for (unsigned step = 0; step < 4; step++) {
		prog_id c = class_id(p, e.file, e.node);
		if (c == PROG_NONE || !(js_at(prog_js(p, e.file), e.node)->flags & JSF_ABSTRACT))
			break;
		const struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		if (cp->subclasses.len != 1)
			break;
		e.file = priv(p)->classes.ptr[cp->subclasses.ptr[0]].file;
		e.node = priv(p)->classes.ptr[cp->subclasses.ptr[0]].node;
	}
	return e;
}

struct entity entity_type(const struct program *p, prog_id file, js_node type)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, type);
	if (!type || d->kind != JS_TYPE)
		return entity_none();
	struct str name = js_str(f, type);
	if (!name.len || str_is(name, "Promise") || str_is(name, "Readonly") || str_is(name, "Partial")) {
		for (uint32_t i = 0; i < d->n_kids; i++) {
			struct entity e = entity_type(p, file, js_kid(f, type, i));
			if (e.kind != ENT_UNKNOWN)
				return e;
		}
		return entity_none();
	}
	struct entity e = type_name(p, file, name);
	if (e.kind == ENT_CLASS) {
		e.kind = ENT_INSTANCE;
		e = only_subclass(p, e);
	} else if (e.kind == ENT_PACKAGE) {
		e.kind = ENT_PACKAGE_INSTANCE;
	} else {
		return entity_none();
	}
	if (d->n_kids && js_kind(f, js_kid(f, type, 0)) == JS_TYPE) {
		struct str arg = js_str(f, js_kid(f, type, 0));
		struct entity t = arg.len ? type_name(p, file, arg) : entity_none();
		e.type_arg = prog_intern(p, arg);
		if (t.kind == ENT_CLASS) {
			e.type_file = t.file;
			e.type_node = t.node;
		}
	}
	return e;
}

/* ---- names ---- */

static struct entity of_import(const struct program *p, prog_id file, js_node name)
{
	const struct js_file *f = prog_js(p, file);
	const struct spec *s = file_spec(p, file, js_at(f, name)->parent);
	if (!s)
		return entity_none();
	if (s->to != PROG_NONE)
		return export_entity(p, s->to, js_str(f, name));
	return s->module.len ? package_entity(p, s->module, js_str(f, name)) : make_value(file, name);
}

/* what a pattern takes out of base for the name at n */
static struct entity taken(const struct program *p, prog_id file, js_node n, js_node root, struct entity base)
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
		if (e.kind == ENT_VALUE && e.node && js_kind(prog_js(p, e.file), e.node) == JS_ARRAY && !e.members.len)
			for (uint32_t i = 0; i < js_at(f, up)->n_kids; i++)
				if (js_kid(f, up, i) == n && i < js_at(prog_js(p, e.file), e.node)->n_kids)
					return prog_resolve(p, e.file, js_kid(prog_js(p, e.file), e.node, i));
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
	if (d->b && (e = prog_resolve(p, file, d->b)).kind != ENT_UNKNOWN && has_identity(&e))
		return e;
	e = make(ENT_PARAM);
	e.fn = fn;
	e.index = index;
	e.file = file;
	e.node = param;
	return e;
}

static bool is_nullish(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	return d->kind == JS_NULL || (d->kind == JS_UNARY && d->op == JS_OP_VOID) ||
	       (d->kind == JS_IDENT && str_is(js_str(f, n), "undefined")) || d->kind == JS_BOOL;
}

/* the one thing that a variable holds, when its initialiser and all assignments agree but for null */
static struct entity variable_value(const struct program *p, prog_id file, const struct js_binding *b, bool *changes)
{
	const struct js_file *f = prog_js(p, file);
	struct entity found = entity_none();
	bool any = false, conflict = false;
	*changes = false;
	if (b->init && !is_nullish(f, b->init)) {
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
		if (is_nullish(f, d->b))
			continue;
		struct entity e = d->op == JS_OP_NONE || d->op == JS_OP_OR || d->op == JS_OP_NULLISH
				      ? prog_resolve(p, file, d->b)
				      : entity_none();
		if (e.kind == ENT_CELL && f->binding_of[ref] != JS_NO_ATOM && e.members.len == 0 &&
		    priv(p)->files[file].cell_at[b->decl] == e.cell + 1)
			continue;
		if (any && !entity_same(&e, &found))
			conflict = conflict || has_identity(&e) || has_identity(&found);
		if (!any || (has_identity(&e) && !has_identity(&found)))
			found = e;
		any = true;
	}
	return conflict && !(found.kind == ENT_PACKAGE_INSTANCE || found.kind == ENT_INSTANCE) ? entity_none() : found;
}

static struct entity variable_entity(const struct program *p, prog_id file, const struct js_binding *b)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t cell = priv(p)->files[file].cell_at[b->decl];
	bool changes = false;
	if (b->pattern) {
		struct entity e = b->init ? taken(p, file, b->decl, b->pattern, prog_resolve(p, file, b->init))
					  : entity_none();
		return e;
	}
	struct entity e = variable_value(p, file, b, &changes);
	js_node declarator = js_at(f, b->decl)->parent;
	js_node type = js_kind(f, declarator) == JS_DECLARATOR ? js_at(f, declarator)->c : 0;
	if (type && e.kind == ENT_PACKAGE_INSTANCE) { /* const x: X = container.resolve('x') */
		struct entity t = entity_type(p, file, type);
		if (t.kind == ENT_INSTANCE)
			return t;
	}
	if (has_identity(&e) && !(e.kind == ENT_CELL && (changes || e.members.len)) &&
	    !(e.kind == ENT_PARAM && cell) && !(e.kind == ENT_GLOBAL && cell && changes))
		return e;
	if (type) {
		struct entity t = entity_type(p, file, type);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	if (cell) {
		struct entity c = make(ENT_CELL);
		c.cell = cell - 1;
		c.file = file;
		c.node = e.kind == ENT_VALUE && e.file == file && !changes ? e.node : changes ? 0 : b->init;
		return c;
	}
	if (e.kind == ENT_CELL)
		return changes ? entity_none() : e;
	return changes && e.kind == ENT_VALUE ? make_value(file, 0) : e;
}

static struct entity of_binding(const struct program *p, prog_id file, uint32_t index)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_binding *b = &f->bindings[index];
	switch ((enum js_binding_kind)b->kind) {
	case JSB_IMPORT:
		return b->init ? of_import(p, file, b->init) : entity_none();
	case JSB_FUNCTION:
		return b->init && js_kind(f, b->init) == JS_FUNCTION ? make_function(p, file, b->init) : entity_none();
	case JSB_CLASS:
		return b->init && js_kind(f, b->init) == JS_CLASS ? make_class(file, b->init) : entity_none();
	case JSB_PARAM: {
		js_node param = param_of(f, b->decl);
		if (param && js_kind(f, js_at(f, param)->a) == JS_OBJECT_PATTERN) {
			struct entity e = awilix_named(p, js_str(f, b->decl));
			if (e.kind != ENT_UNKNOWN)
				return e;
		}
		return param ? taken(p, file, b->decl, js_at(f, param)->a, param_entity(p, file, param)) : entity_none();
	}
	case JSB_ENUM:
		return make_value(file, js_at(f, b->decl)->parent);
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
	struct entity e = make(ENT_GLOBAL);
	if (str_is(name, "undefined"))
		return make(ENT_VALUE);
	e.module = prog_intern(p, str_is(name, "global") ? STR("globalThis") : name);
	return e;
}

static struct entity of_ident(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t b = f->binding_of[n];
	if (b == JS_NO_ATOM)
		return of_global(p, js_str(f, n));
	if (f->bindings[b].decl && f->bindings[b].decl != n)
		return prog_resolve(p, file, f->bindings[b].decl);
	return of_binding(p, file, b);
}

static struct entity of_this(const struct program *p, prog_id file, js_node n)
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
		if (e.kind == ENT_CLASS || (e.kind == ENT_FUNCTION && class_id(p, e.file, e.node) != PROG_NONE))
			return x == t.node ? e : make_instance(e.file, e.node);
		return e;
	}
	if (t.is_object) {
		uint32_t b = binding_of_value(f, t.node);
		uint32_t cls = priv(p)->files[file].class_at[t.node];
		if (cls) /* X.prototype = {...} */
			return make_instance(file, priv(p)->classes.ptr[cls - 1].node);
		return b == JS_NO_ATOM ? make_value(file, t.node) : prog_resolve(p, file, f->bindings[b].decl);
	}
	if (class_id(p, file, t.node) == PROG_NONE)
		return entity_none();
	return t.is_static ? make_class(file, t.node) : make_instance(file, t.node);
}

/* ---- calls ---- */

static js_node argument(const struct js_file *f, js_node call, uint32_t i)
{
	if (!call || i >= js_at(f, call)->n_kids)
		return 0;
	for (uint32_t k = 0; k <= i; k++)
		if (js_kind(f, js_kid(f, call, k)) == JS_SPREAD)
			return 0;
	return js_kid(f, call, i);
}

/* what a call of fn gives: the one thing that all its returns agree on */
static struct entity returned(const struct program *p, prog_id fn, prog_id at_file, js_node call)
{
	prog_id file = priv(p)->fns[fn].file;
	uint32_t index = priv(p)->fns[fn].index;
	const struct js_file *f = prog_js(p, file);
	const node_vec *returns = &priv(p)->files[file].returns[index];
	js_node node = f->functions[index].node;
	struct entity found = entity_none();
	bool any = false, conflict = false;
	if (js_at(f, node)->flags & JSF_GENERATOR)
		return entity_none();
	for (size_t i = 0; i < returns->len; i++) {
		if (is_nullish(f, returns->ptr[i]))
			continue;
		struct entity e = prog_resolve(p, file, returns->ptr[i]);
		if (any && !entity_same(&e, &found))
			conflict = true;
		if (!any || (has_identity(&e) && !has_identity(&found)))
			found = e;
		any = true;
	}
	if (conflict && found.kind != ENT_INSTANCE && found.kind != ENT_PACKAGE_INSTANCE)
		found = entity_none();
	if (found.kind == ENT_PARAM && found.fn == fn && call && !found.members.len) {
		js_node arg = argument(prog_js(p, at_file), call, found.index);
		if (arg)
			found = prog_resolve(p, at_file, arg);
	}
	if (!has_identity(&found) && js_kind(f, node) == JS_FUNCTION && js_at(f, node)->c) {
		struct entity t = entity_type(p, file, js_at(f, node)->c);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	return found;
}

struct entity function_result(const struct program *p, prog_id fn)
{
	return returned(p, fn, priv(p)->fns[fn].file, 0);
}

static bool is_interop_helper(const struct js_file *f, js_node callee)
{
	static const char *const names[] = {"__importDefault", "__importStar", "__toESM", "_interopRequireDefault",
					    "_interopRequireWildcard", "_interop_require_default",
					    "_interop_require_wildcard"};
	struct str name = js_kind(f, callee) == JS_IDENT || js_kind(f, callee) == JS_MEMBER ? js_str(f, callee) : STR("");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* container.get(X), app.get(X), moduleRef.resolve(X) */
static bool is_container_get(const struct entity *e)
{
	struct str last = entity_last(e);
	if (str_starts(e->path, STR("NestFactory.")))
		return false; /* makes an application, not the module that it is given */
	return str_is(last, "get") || str_is(last, "resolve") || str_is(last, "create") || str_is(last, "make");
}

static struct entity from_container(const struct program *p, prog_id file, js_node arg)
{
	struct entity e = arg ? prog_resolve(p, file, arg) : entity_none();
	struct entity token = provided_for(p, file, arg);
	if (token.kind != ENT_UNKNOWN)
		return token;
	if (arg && js_kind(prog_js(p, file), arg) == JS_STRING)
		return awilix_named(p, js_str(prog_js(p, file), arg));
	return e.kind == ENT_CLASS ? make_instance(e.file, e.node) : entity_none();
}

/* debounce(fn), promisify(fn), asyncHandler(fn): calling the result calls fn */
static bool gives_back_function(struct str module, struct str name)
{
	return list_has("promisify|callbackify|forwardRef|debounce|throttle|once|memoize|memoizeOne|asyncHandler|catchAsync|"
			"asyncWrapper|asyncMiddleware|pDebounce|pThrottle|pMemoize|wrap|partial|after|before|deprecate",
			name) ||
	       list_has("express-async-handler|memoizee|mem|p-memoize|lodash.debounce|lodash.throttle|lodash.once|memoize-one|"
			"lodash.memoize|p-debounce|p-throttle|debounce|throttle-debounce|express-async-wrap|async-middleware|onetime",
			module);
}

static struct entity of_package_call(const struct program *p, prog_id file, js_node n, struct entity e)
{
	const struct js_file *f = prog_js(p, file);
	js_node arg = argument(f, n, 0);
	struct str last = entity_last(&e);
	if (is_container_get(&e) && arg) {
		struct entity got = from_container(p, file, arg);
		if (got.kind != ENT_UNKNOWN)
			return got;
	}
	if (arg && e.kind == ENT_PACKAGE && gives_back_function(e.module, last)) {
		struct entity fn = prog_resolve(p, file, arg);
		if (fn.kind == ENT_FUNCTION || fn.kind == ENT_PACKAGE)
			return fn;
	}
	struct str path = e.kind == ENT_PACKAGE_INSTANCE && e.members.len
			      ? dotted(p, e.path, e.members) : e.path;
	if (path.len > MAX_PATH)
		return entity_none();
	e.kind = ENT_PACKAGE_INSTANCE;
	e.path = prog_internf(p, STR_FMT "()", STR_ARG(path));
	e.members = STR("");
	return e;
}

static struct entity of_call(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	js_node arg = argument(f, n, 0);
	const struct spec *s = file_spec(p, file, n);
	if (s && s->edge == EDGE_REQUIRE) {
		if (s->to != PROG_NONE)
			return prog_module_value(p, s->to);
		if (s->module.len)
			return package_entity(p, s->module, STR("default"));
		return make_value(file, n);
	}
	if (s && s->edge == EDGE_DIRECTORY)
		return entity_none(); /* one of many modules */
	if (arg && is_interop_helper(f, d->a))
		return prog_resolve(p, file, arg);
	struct entity e = prog_resolve(p, file, d->a);
	switch (e.kind) {
	case ENT_GLOBAL:
		if (arg && ((str_is(e.module, "Object") && (str_is(e.path, "freeze") || str_is(e.path, "seal") ||
							    str_is(e.path, "assign"))) ||
			    (str_is(e.module, "Promise") && str_is(e.path, "resolve"))))
			return prog_resolve(p, file, arg);
		return make_value(file, n);
	case ENT_PACKAGE:
	case ENT_PACKAGE_INSTANCE:
		return of_package_call(p, file, n, e);
	case ENT_FUNCTION:
		if (str_is(e.members, "bind")) {
			e.members = STR("");
			return e;
		}
		if (e.members.len && !str_is(e.members, "call") && !str_is(e.members, "apply"))
			return entity_none();
		return returned(p, e.fn, file, e.members.len ? 0 : n);
	default:
		return entity_none();
	}
}

static struct entity of_new(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	struct entity e = prog_resolve(p, file, js_at(f, n)->a);
	switch (e.kind) {
	case ENT_CLASS:
		return make_instance(e.file, e.node);
	case ENT_FUNCTION:
		return class_id(p, e.file, e.node) != PROG_NONE ? make_instance(e.file, e.node) : make_value(file, n);
	case ENT_PACKAGE:
		e.kind = ENT_PACKAGE_INSTANCE;
		return e;
	case ENT_PACKAGE_INSTANCE:
		e.path = e.members.len ? dotted(p, e.path, e.members) : e.path;
		e.members = STR("");
		return e;
	case ENT_GLOBAL:
		return make_value(file, n);
	default:
		return entity_none();
	}
}

/* a || b, a ?? b, a && b, c ? a : b */
static struct entity either(const struct program *p, prog_id file, js_node x, js_node y)
{
	struct entity a = prog_resolve(p, file, x), b = prog_resolve(p, file, y);
	if (!has_identity(&b) || b.kind == ENT_GLOBAL)
		return has_identity(&a) ? a : b;
	if (!has_identity(&a) || a.kind == ENT_GLOBAL || a.kind == ENT_PARAM || a.kind == ENT_CELL)
		return b;
	return a;
}

static struct entity compute(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_IDENT:
		return of_ident(p, file, n);
	case JS_THIS:
		return of_this(p, file, n);
	case JS_SUPER: {
		struct entity e = of_this(p, file, n);
		prog_id c = class_id(p, e.file, e.node);
		struct entity base = c == PROG_NONE ? entity_none() : priv(p)->class_privs.ptr[c].base;
		if (base.kind == ENT_CLASS && e.kind == ENT_INSTANCE && js_kind(f, d->parent) == JS_MEMBER)
			base.kind = ENT_INSTANCE;
		if (base.kind == ENT_PACKAGE && js_kind(f, d->parent) == JS_MEMBER)
			base.kind = ENT_PACKAGE_INSTANCE;
		return base;
	}
	case JS_MEMBER:
		return entity_member(p, prog_resolve(p, file, d->a), js_str(f, n));
	case JS_INDEX:
		if (js_kind(f, d->b) == JS_STRING)
			return entity_member(p, prog_resolve(p, file, d->a), js_str(f, d->b));
		return entity_none();
	case JS_CALL:
		return of_call(p, file, n);
	case JS_NEW:
		return of_new(p, file, n);
	case JS_IMPORT_CALL: {
		const struct spec *s = file_spec(p, file, n);
		if (s && s->to != PROG_NONE)
			return prog_module_value(p, s->to);
		return s && s->module.len ? package_entity(p, s->module, STR("default")) : entity_none();
	}
	case JS_AWAIT:
		return prog_resolve(p, file, d->a);
	case JS_ASSIGN:
		return prog_resolve(p, file, d->b);
	case JS_SEQUENCE:
		return d->n_kids ? prog_resolve(p, file, js_kid(f, n, d->n_kids - 1)) : entity_none();
	case JS_LOGICAL:
		return d->op == JS_OP_AND ? prog_resolve(p, file, d->b) : either(p, file, d->a, d->b);
	case JS_COND:
		return either(p, file, d->b, d->c);
	case JS_FUNCTION:
		return make_function(p, file, n);
	case JS_CLASS:
		return make_class(file, n);
	case JS_META: {
		struct entity e = make(ENT_GLOBAL);
		e.module = prog_intern(p, js_str(f, n));
		return e;
	}
	case JS_ENUM:
	case JS_NUMBER:
	case JS_STRING:
	case JS_TEMPLATE:
	case JS_BOOL:
	case JS_NULL:
	case JS_REGEX:
	case JS_BIGINT:
	case JS_OBJECT:
	case JS_ARRAY:
	case JS_BINARY:
	case JS_UNARY:
	case JS_UPDATE:
		return make_value(file, n);
	default:
		return entity_none();
	}
}

struct entity prog_resolve(const struct program *p, prog_id file, js_node n)
{
	struct prog_private *pr = priv(p);
	if (!n || file >= p->n_files)
		return entity_none();
	uint32_t *slot = &pr->files[file].entity[n];
	if (*slot >= 2)
		return pr->entities.ptr[*slot - 2];
	if (*slot == 1 || pr->depth > MAX_DEPTH)
		return entity_none();
	*slot = 1;
	pr->depth++;
	struct entity e = compute(p, file, n);
	pr->depth--;
	*slot = entity_keep(pr, &e) + 2;
	return e;
}

/* config.rateLimit where config is one object literal: the value of that property; 0 where it cannot be seen */
static js_node literal_member(const struct js_file *f, js_node object, struct str members)
{
	while (members.len && js_kind(f, object) == JS_OBJECT) {
		size_t dot = str_find(members, STR("."));
		struct str name = dot == (size_t)-1 ? members : str_sub(members, 0, dot);
		js_node found = 0;
		members = dot == (size_t)-1 ? STR("") : str_sub(members, dot + 1, members.len);
		for (uint32_t i = 0; i < js_at(f, object)->n_kids; i++) {
			js_node prop = js_kid(f, object, i);
			if (js_kind(f, prop) == JS_PROPERTY && str_eq(js_key(f, prop), name))
				found = js_at(f, prop)->b;
		}
		object = found;
	}
	return members.len ? 0 : object;
}

bool prog_deref(const struct program *p, prog_id *file, js_node *n)
{
	struct entity e = prog_resolve(p, *file, *n);
	if ((e.kind != ENT_VALUE && e.kind != ENT_CELL && e.kind != ENT_FUNCTION && e.kind != ENT_CLASS) || !e.node)
		return false;
	if (e.members.len)
		e.node = e.kind == ENT_CELL || e.kind == ENT_VALUE ? literal_member(prog_js(p, e.file), e.node, e.members) : 0;
	if (!e.node)
		return false;
	*file = e.file;
	*n = e.node;
	return true;
}
