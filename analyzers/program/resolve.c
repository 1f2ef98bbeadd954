#include "analyzers/program/resolve_private.h"

/* What an expression stands for. Every answer is kept by node, so each node is
 * worked out once a round; a node that is asked for while it is being worked
 * out (a cycle) answers unknown. */

enum { MAX_DEPTH = 160 };

/* a || b, a ?? b, a && b, c ? a : b */
static struct entity either(const struct program *p, prog_id file, js_node x, js_node y)
{
	struct entity a = prog_resolve(p, file, x), b = prog_resolve(p, file, y);
	if (!entity_is_known(&b) || b.kind == ENT_GLOBAL)
		return entity_is_known(&a) ? a : b;
	if (!entity_is_known(&a) || a.kind == ENT_GLOBAL || a.kind == ENT_PARAM ||
	    a.kind == ENT_CELL)
		return b;
	return a;
}

static struct entity super_of(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	struct entity e = resolve_this(p, file, n);
	prog_id c = class_id(p, e.file, e.node);
	struct entity base = c == PROG_NONE ? entity_none() : priv(p)->class_privs.ptr[c].base;
	if (js_kind(f, js_at(f, n)->parent) != JS_MEMBER)
		return base;
	if (base.kind == ENT_CLASS && e.kind == ENT_INSTANCE)
		base.kind = ENT_INSTANCE;
	if (base.kind == ENT_PACKAGE)
		base.kind = ENT_PACKAGE_INSTANCE;
	return base;
}

static struct entity compute(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_IDENT:
		return resolve_ident(p, file, n);
	case JS_THIS:
		return resolve_this(p, file, n);
	case JS_SUPER:
		return super_of(p, file, n);
	case JS_MEMBER:
		return entity_member(p, prog_resolve(p, file, d->a), js_str(f, n));
	case JS_INDEX:
		if (js_kind(f, d->b) == JS_STRING)
			return entity_member(p, prog_resolve(p, file, d->a), js_str(f, d->b));
		return entity_none();
	case JS_CALL:
		return resolve_call(p, file, n);
	case JS_NEW:
		return resolve_new(p, file, n);
	case JS_IMPORT_CALL: {
		const struct spec *s = file_spec(p, file, n);
		if (s && s->to != PROG_NONE)
			return prog_module_value(p, s->to);
		return s && s->module.len ? package_entity(p, s->module, STR("default"))
					  : entity_none();
	}
	case JS_AWAIT:
		return prog_resolve(p, file, d->a);
	case JS_ASSIGN:
		return prog_resolve(p, file, d->b);
	case JS_SEQUENCE:
		return d->n_kids ? prog_resolve(p, file, js_kid(f, n, d->n_kids - 1))
				 : entity_none();
	case JS_LOGICAL:
		return d->op == JS_OP_AND ? prog_resolve(p, file, d->b)
					  : either(p, file, d->a, d->b);
	case JS_COND:
		return either(p, file, d->b, d->c);
	case JS_FUNCTION:
		return entity_function(p, file, n);
	case JS_CLASS:
		return entity_class(file, n);
	case JS_META: {
		struct entity e = entity_make(ENT_GLOBAL);
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
		return entity_value(file, n);
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

/* config.rateLimit where config is one object literal: the value of that property; 0 where it
 * cannot be seen */
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
	if ((e.kind != ENT_VALUE && e.kind != ENT_CELL && e.kind != ENT_FUNCTION &&
	     e.kind != ENT_CLASS) ||
	    !e.node)
		return false;
	if (e.members.len)
		e.node = e.kind == ENT_CELL || e.kind == ENT_VALUE
			     ? literal_member(prog_js(p, e.file), e.node, e.members)
			     : 0;
	if (!e.node)
		return false;
	*file = e.file;
	*n = e.node;
	return true;
}
