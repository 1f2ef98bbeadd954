#include "analyzers/program/private.h"

/* Which cell an expression stands for. Answers are kept by node, as those of the resolver. */

/* a number, string or flag is copied when it gets another name; only an import stays the same
 * variable */
static bool is_shared(const struct program *p, prog_id cell)
{
	switch (priv(p)->cells.ptr[cell].shape) {
	case SHAPE_NUMBER:
	case SHAPE_STRING:
	case SHAPE_BOOL:
	case SHAPE_NOTHING:
	case SHAPE_TIMER:
	case SHAPE_REGEXP:
	case SHAPE_FUNCTION:
	case SHAPE_CLASS:
		return false;
	default:
		return true;
	}
}

static prog_id cell_of_export(const struct program *p, prog_id file, struct str name, bool *alias)
{
	prog_id at;
	js_node n;
	return export_node(p, file, name, &at, &n) ? cell_of_node(p, at, n, alias) : PROG_NONE;
}

/* of a name taken out of a module by require or import() */
static prog_id cell_of_pattern(const struct program *p, prog_id file, const struct js_binding *b,
			       bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	js_node prop = js_at(f, b->decl)->parent;
	js_node init = b->init ? js_strip_await(f, b->init) : 0;
	const struct spec *s = init ? file_spec(p, file, init) : NULL;
	if (!s || s->to == PROG_NONE || js_kind(f, prop) != JS_PATTERN_PROPERTY ||
	    js_at(f, prop)->parent != b->pattern)
		return PROG_NONE;
	return cell_of_export(p, s->to, js_key(f, prop), alias);
}

static prog_id cell_of_binding(const struct program *p, prog_id file, const struct js_binding *b,
			       bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t own = priv(p)->files[file].cell_at[b->decl];
	struct entity e = prog_resolve(p, file, b->decl);
	if (e.kind == ENT_CELL && !e.members.len &&
	    (own == e.cell + 1 || b->kind == JSB_IMPORT || is_shared(p, e.cell))) {
		*alias = own != e.cell + 1;
		return e.cell;
	}
	if (own)
		return own - 1;
	prog_id c = PROG_NONE;
	if (b->kind == JSB_IMPORT && b->init) {
		const struct spec *s = file_spec(p, file, js_at(f, b->init)->parent);
		if (s && s->to != PROG_NONE)
			c = cell_of_export(p, s->to, js_str(f, b->init), alias);
	} else if (b->pattern) {
		c = cell_of_pattern(p, file, b, alias);
	} else if (b->init && b->kind == JSB_CONST) {
		c = cell_of_node(p, file, js_strip_await(f, b->init), alias);
		*alias = true;
	}
	if (c != PROG_NONE && b->kind != JSB_IMPORT && !is_shared(p, c))
		return PROG_NONE;
	return c;
}

static prog_id cell_of_field(const struct program *p, struct entity object, struct str name)
{
	prog_id cls = class_id(p, object.file, object.node);
	for (unsigned step = 0; cls != PROG_NONE && step < 16; step++) {
		const struct class_priv *cp = &priv(p)->class_privs.ptr[cls];
		uint32_t m = map_get(object.kind == ENT_CLASS ? &cp->statics : &cp->members, name);
		if (m != MAP_NONE) {
			uint32_t c = priv(p)->files[p->classes[cls].file].cell_at[m];
			return c ? c - 1 : PROG_NONE;
		}
		cls = p->classes[cls].base;
	}
	return PROG_NONE;
}

static prog_id cell_hung_on(const struct program *p, struct entity object, struct str name)
{
	const struct js_file *f = prog_js(p, object.file);
	const struct js_node_data *d = js_at(f, object.node);
	if (!d->a || (d->kind != JS_FUNCTION && d->kind != JS_CLASS) ||
	    f->binding_of[d->a] == JS_NO_ATOM)
		return PROG_NONE;
	struct str key = prog_internf(p, "b%u." STR_FMT, f->binding_of[d->a], STR_ARG(name));
	uint32_t n = map_get(&priv(p)->files[object.file].props, key);
	uint32_t c = n == MAP_NONE ? 0 : priv(p)->files[object.file].cell_at[n];
	return c ? c - 1 : PROG_NONE;
}

static prog_id cell_of_member(const struct program *p, prog_id file, js_node n, bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	struct entity object = prog_resolve(p, file, js_at(f, n)->a), e = prog_resolve(p, file, n);
	struct str name = js_str(f, n);
	prog_id c = PROG_NONE;
	if (is_exports(f, js_at(f, n)->a))
		return cell_of_export(p, file, name, alias);
	if (object.members.len && object.kind != ENT_PACKAGE_INSTANCE)
		return PROG_NONE;
	switch (object.kind) {
	case ENT_INSTANCE:
	case ENT_CLASS:
		c = cell_of_field(p, object, name);
		if (c == PROG_NONE && object.kind == ENT_CLASS)
			c = cell_hung_on(p, object, name);
		break;
	case ENT_FUNCTION:
		c = cell_hung_on(p, object, name);
		break;
	case ENT_MODULE:
		c = cell_of_export(p, object.file, name, alias);
		break;
	case ENT_GLOBAL:
		if (str_is(object.module, "globalThis") && !object.path.len)
			c = map_get(&priv(p)->globals,
				    prog_internf(p, "globalThis." STR_FMT, STR_ARG(name)));
		else if (str_is(object.module, "process") && str_is(object.path, "env"))
			c = map_get(&priv(p)->globals,
				    prog_internf(p, "process.env." STR_FMT, STR_ARG(name)));
		return c;
	case ENT_PACKAGE_INSTANCE:
		if (str_is(object.members, "locals") || str_is(object.members, "context") ||
		    !object.members.len) {
			c = map_get(&priv(p)->globals,
				    object.members.len
					? prog_internf(p, "app." STR_FMT "." STR_FMT,
						       STR_ARG(object.members), STR_ARG(name))
					: prog_internf(p, "app." STR_FMT, STR_ARG(name)));
		}
		return c;
	default:
		break;
	}
	if (e.kind == ENT_CELL && !e.members.len && e.cell != c && is_shared(p, e.cell)) {
		*alias = true;
		return e.cell;
	}
	return c;
}

static prog_id cell_of_call(const struct program *p, prog_id file, js_node n, bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	const struct spec *s = file_spec(p, file, n);
	if (s && s->to != PROG_NONE && s->edge == EDGE_REQUIRE) {
		js_node cjs = priv(p)->files[s->to].cjs;
		return cjs ? cell_of_node(p, s->to, cjs, alias) : PROG_NONE;
	}
	js_node callee = js_at(f, n)->a, arg = js_at(f, n)->n_kids ? js_kid(f, n, 0) : 0;
	if (js_kind(f, callee) == JS_MEMBER && str_is(js_str(f, callee), "get") && arg &&
	    js_kind(f, arg) == JS_STRING && js_at(f, n)->n_kids == 1) {
		struct entity e = prog_resolve(p, file, js_at(f, callee)->a);
		if (e.kind == ENT_PACKAGE_INSTANCE || e.kind == ENT_PARAM ||
		    e.kind == ENT_UNKNOWN) {
			uint32_t c =
			    map_get(&priv(p)->globals,
				    prog_internf(p, "app.set." STR_FMT, STR_ARG(js_str(f, arg))));
			if (c != MAP_NONE) {
				*alias = true;
				return c;
			}
		}
	}
	return PROG_NONE;
}

static prog_id compute_cell(const struct program *p, prog_id file, js_node n, bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	struct entity e;
	uint32_t own = priv(p)->files[file].cell_at[n];
	if (own)
		return own - 1;
	switch (js_kind(f, n)) {
	case JS_IDENT:
		if (f->binding_of[n] == JS_NO_ATOM)
			return PROG_NONE;
		return cell_of_binding(p, file, &f->bindings[f->binding_of[n]], alias);
	case JS_MEMBER:
		return cell_of_member(p, file, n, alias);
	case JS_CALL: {
		prog_id c = cell_of_call(p, file, n, alias);
		if (c != PROG_NONE)
			return c;
		break;
	}
	case JS_THIS:
		e = prog_resolve(p, file, n);
		if (e.kind == ENT_VALUE && e.node && !e.members.len) {
			own = priv(p)->files[e.file].cell_at[e.node];
			return own ? own - 1 : PROG_NONE;
		}
		break;
	case JS_AWAIT:
	case JS_LOGICAL:
	case JS_ASSIGN:
		break;
	default:
		return PROG_NONE;
	}
	e = prog_resolve(p, file, n);
	if (e.kind != ENT_CELL || e.members.len || !is_shared(p, e.cell))
		return PROG_NONE;
	*alias = true;
	return e.cell;
}

prog_id cell_of_node(const struct program *p, prog_id file, js_node n, bool *alias)
{
	struct prog_private *pr = priv(p);
	bool through = false;
	if (!n)
		return PROG_NONE;
	uint32_t *slot = &pr->files[file].cell_ref[n];
	if (!*slot) {
		*slot = 1; /* a cycle stands for nothing */
		prog_id c = compute_cell(p, file, n, &through);
		*slot = c == PROG_NONE ? 1 : ((c + 1) << 1) | through;
	}
	if (*slot == 1)
		return PROG_NONE;
	if (*slot & 1)
		*alias = true;
	return (*slot >> 1) - 1;
}
