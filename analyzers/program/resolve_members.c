#include "analyzers/program/resolve_private.h"

enum { MAX_BASES = 16 };

static struct entity with_member(const struct program *p, struct entity e, struct str name)
{
	e.members = entity_dotted(p, e.members, name);
	return e;
}

static js_node prop_assigned(const struct program *p, prog_id file, char prefix, uint32_t owner,
			     struct str name)
{
	struct str key = prog_internf(p, "%c%u." STR_FMT, prefix, owner, STR_ARG(name));
	uint32_t n = map_get(&priv(p)->files[file].props, key);
	return n == MAP_NONE ? 0 : n;
}

/* X.name = value somewhere in the file, X being the name of the value at n */
static struct entity hung_on(const struct program *p, prog_id file, js_node n, struct str name)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t b = resolve_named_by(f, n);
	js_node assign = b == JS_NO_ATOM ? 0 : prop_assigned(p, file, 'b', b, name);
	return assign ? prog_resolve(p, file, js_at(f, assign)->b) : entity_none();
}

static struct entity property_value(const struct program *p, prog_id file, js_node prop)
{
	const struct js_file *f = prog_js(p, file);
	if (js_at(f, prop)->flags & JSF_GETTER)
		return resolve_returned(p, fn_id(p, file, js_at(f, js_at(f, prop)->b)->fn), file,
					0);
	return prog_resolve(p, file, js_at(f, prop)->b);
}

/* state = { ...state, x }: an object may be spread into itself, also through others; false: do not
 * follow */
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

static bool object_member(const struct program *p, prog_id file, js_node object, struct str name,
			  struct entity *out)
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
			if (e.kind == ENT_FUNCTION || e.kind == ENT_CLASS ||
			    e.kind == ENT_INSTANCE || (e.kind == ENT_VALUE && !e.members.len)) {
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
		if ((k == JS_OBJECT || k == JS_ENUM) &&
		    object_member(p, e.file, e.node, name, &out)) {
			if (e.kind == ENT_VALUE || out.kind == ENT_FUNCTION ||
			    out.kind == ENT_CLASS || out.kind == ENT_INSTANCE ||
			    out.kind == ENT_PACKAGE_INSTANCE || out.kind == ENT_PACKAGE)
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
	static const char *const plain[] = {"setTimeout", "setInterval", "setImmediate", "process",
					    "console",	  "Promise",	 "Map",		 "Set",
					    "Object",	  "Math",	 "Date",	 "fetch"};
	if (!e.path.len && str_is(e.module, "globalThis"))
		for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
			if (str_is(name, plain[i])) {
				e.module = prog_intern(p, name);
				return e;
			}
	e.path = entity_dotted(p, e.path, name);
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
			e.path = entity_dotted(p, e.path, name);
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

/* the entity with identity among those that a field may hold, else its cell */
static struct entity field_entity(const struct program *p, prog_id cls, js_node decl,
				  struct str name, bool is_static)
{
	prog_id file = priv(p)->classes.ptr[cls].file;
	const struct js_file *f = prog_js(p, file);
	const struct file_priv *fp = &priv(p)->files[file];
	const struct js_node_data *d = js_at(f, decl);
	js_node init = d->kind == JS_FIELD || d->kind == JS_ASSIGN ? d->b : 0;
	struct entity e = init ? prog_resolve(p, file, init) : entity_none();
	js_node assign =
	    prop_assigned(p, file, is_static ? 's' : 't', priv(p)->class_privs.ptr[cls].node, name);
	struct entity injection = d->kind == JS_FIELD ? injected(p, file, decl) : entity_none();
	if (!entity_is_known(&e) && injection.kind != ENT_UNKNOWN)
		e = injection;
	if (!entity_is_known(&e) && assign && js_at(f, assign)->b != init) {
		struct entity v = prog_resolve(p, file, js_at(f, assign)->b);
		if (entity_is_known(&v) && v.kind != ENT_PARAM)
			e = v;
	}
	if (!entity_is_known(&e) && is_static) {
		uint32_t b = resolve_named_by(f, priv(p)->class_privs.ptr[cls].node);
		assign = b == JS_NO_ATOM ? 0 : prop_assigned(p, file, 'b', b, name);
		struct entity v =
		    assign ? prog_resolve(p, file, js_at(f, assign)->b) : entity_none();
		if (entity_is_known(&v))
			e = v;
	}
	if (entity_is_known(&e) && e.kind != ENT_PARAM)
		return e;
	if (d->kind == JS_FIELD && d->c) {
		struct entity t = entity_type(p, file, d->c);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	uint32_t cell = fp->cell_at[decl];
	if (cell) {
		struct entity c = entity_of_cell(cell - 1);
		c.file = file;
		c.node = init ? init : assign ? js_at(f, assign)->b : 0;
		return c;
	}
	return e;
}

static struct entity member_entity(const struct program *p, prog_id cls, js_node n, struct str name,
				   bool is_static)
{
	prog_id file = priv(p)->classes.ptr[cls].file;
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_METHOD:
		if (d->flags & JSF_GETTER)
			return resolve_returned(p, fn_id(p, file, js_at(f, d->b)->fn), file, 0);
		return entity_function(p, file, d->b);
	case JS_PROPERTY:
		return property_value(p, file, n);
	case JS_PARAM: {
		struct entity e = prog_resolve(p, file, d->a);
		uint32_t cell = priv(p)->files[file].cell_at[n];
		if ((e.kind == ENT_UNKNOWN || e.kind == ENT_PARAM || e.kind == ENT_VALUE) && cell)
			e = entity_of_cell(cell - 1);
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
		cls = cp->base.kind == ENT_CLASS ? class_id(p, cp->base.file, cp->base.node)
						 : PROG_NONE;
	}
	return entity_none();
}
