#include "analyzers/program/private.h"

#include <stdlib.h>

/* State cells: every variable, field and property that may outlive one call,
 * and which cell an expression stands for. Their accesses are in accesses.c. */

/* ---- shapes ---- */

static enum cell_shape shape_of_name(struct str name)
{
	static const struct {
		const char *name;
		enum cell_shape shape;
	} names[] = {{"Map", SHAPE_MAP}, {"Set", SHAPE_SET}, {"WeakMap", SHAPE_WEAK}, {"WeakSet", SHAPE_WEAK},
		     {"WeakRef", SHAPE_WEAK}, {"Array", SHAPE_ARRAY}, {"Object", SHAPE_OBJECT}, {"Promise", SHAPE_PROMISE},
		     {"RegExp", SHAPE_REGEXP}, {"Number", SHAPE_NUMBER}, {"String", SHAPE_STRING}, {"Boolean", SHAPE_BOOL},
		     {"number", SHAPE_NUMBER}, {"string", SHAPE_STRING}, {"boolean", SHAPE_BOOL}, {"Record", SHAPE_OBJECT},
		     {"ReadonlyMap", SHAPE_MAP}, {"ReadonlySet", SHAPE_SET}, {"ReadonlyArray", SHAPE_ARRAY},
		     {"NodeJS.Timeout", SHAPE_TIMER}, {"NodeJS.Timer", SHAPE_TIMER}, {"Function", SHAPE_FUNCTION},
		     {"Date", SHAPE_NUMBER}, {"RegExpMatchArray", SHAPE_ARRAY}, {"object", SHAPE_OBJECT}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i].name))
			return names[i].shape;
	return SHAPE_UNKNOWN;
}

static struct str global_name(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_IDENT && f->binding_of[n] == JS_NO_ATOM ? js_str(f, n) : STR("");
}

static enum cell_shape shape_of_call(const struct js_file *f, js_node n)
{
	js_node callee = js_at(f, n)->a;
	struct str name = global_name(f, callee);
	if (str_is(name, "setInterval") || str_is(name, "setTimeout"))
		return SHAPE_TIMER;
	if (name.len)
		return shape_of_name(name);
	if (js_kind(f, callee) != JS_MEMBER)
		return SHAPE_UNKNOWN;
	struct str object = global_name(f, js_at(f, callee)->a), member = js_str(f, callee);
	if (str_is(object, "Object"))
		return str_is(member, "keys") || str_is(member, "values") || str_is(member, "entries") ? SHAPE_ARRAY
												       : SHAPE_OBJECT;
	if (str_is(object, "Array"))
		return SHAPE_ARRAY;
	if (str_is(object, "Date") || str_is(object, "Math"))
		return SHAPE_NUMBER;
	return SHAPE_UNKNOWN;
}

static enum cell_shape shape_of(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_NONE:
	case JS_NULL:
		return SHAPE_NOTHING;
	case JS_IDENT:
		return str_is(global_name(f, n), "undefined") ? SHAPE_NOTHING : SHAPE_UNKNOWN;
	case JS_NEW:
		return shape_of_name(global_name(f, d->a));
	case JS_CALL:
		return shape_of_call(f, n);
	case JS_ARRAY:
		return SHAPE_ARRAY;
	case JS_OBJECT:
		return SHAPE_OBJECT;
	case JS_NUMBER:
	case JS_BIGINT:
	case JS_UPDATE:
		return SHAPE_NUMBER;
	case JS_STRING:
	case JS_TEMPLATE:
		return SHAPE_STRING;
	case JS_BOOL:
		return SHAPE_BOOL;
	case JS_UNARY:
		return d->op == JS_OP_NOT ? SHAPE_BOOL : d->op == JS_OP_VOID ? SHAPE_NOTHING : SHAPE_NUMBER;
	case JS_FUNCTION:
		return SHAPE_FUNCTION;
	case JS_CLASS:
		return SHAPE_CLASS;
	case JS_REGEX:
		return SHAPE_REGEXP;
	case JS_LOGICAL:
	case JS_ASSIGN:
		return shape_of(f, d->b);
	case JS_COND: {
		enum cell_shape s = shape_of(f, d->b);
		return s == SHAPE_UNKNOWN || s == SHAPE_NOTHING ? shape_of(f, d->c) : s;
	}
	default:
		return SHAPE_UNKNOWN;
	}
}

static enum cell_shape shape_of_type(const struct js_file *f, js_node type)
{
	if (!type || js_kind(f, type) != JS_TYPE)
		return SHAPE_UNKNOWN;
	struct str name = js_str(f, type);
	if (name.len)
		return shape_of_name(name);
	for (uint32_t i = 0; i < js_at(f, type)->n_kids; i++) {
		enum cell_shape s = shape_of_type(f, js_kid(f, type, i));
		if (s != SHAPE_UNKNOWN)
			return s;
	}
	return SHAPE_UNKNOWN;
}

/* ---- index ---- */

static struct prog_cell *add_cell(struct program *p, enum cell_kind kind, prog_id file, js_node decl, js_node init,
				  struct str name)
{
	struct prog_private *pr = priv(p);
	struct prog_cell c = {.kind = kind, .file = file, .decl = decl, .init = init, .name = name,
			      .closure_fn = PROG_NONE, .maker = entity_none()};
	c.shape = shape_of(prog_js(p, file), init);
	vec_push(&pr->cells, c);
	pr->files[file].cell_at[decl] = (uint32_t)pr->cells.len;
	return &pr->cells.ptr[pr->cells.len - 1];
}

static void refine_shape(const struct js_file *f, struct prog_cell *c, js_node type)
{
	if (c->shape != SHAPE_UNKNOWN && c->shape != SHAPE_NOTHING)
		return;
	enum cell_shape s = shape_of_type(f, type);
	if (s != SHAPE_UNKNOWN)
		c->shape = s;
}

static js_node first_assigned(const struct js_file *f, const struct js_binding *b)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = f->lists[b->refs + i], up = js_at(f, ref)->parent;
		if (js_kind(f, up) == JS_ASSIGN && js_at(f, up)->a == ref && js_at(f, up)->op != JS_OP_ADD &&
		    shape_of(f, js_at(f, up)->b) != SHAPE_NOTHING)
			return js_at(f, up)->b;
	}
	return 0;
}

static js_node declared_type(const struct js_file *f, js_node decl)
{
	js_node up = js_at(f, decl)->parent;
	return js_kind(f, up) == JS_DECLARATOR ? js_at(f, up)->c : 0;
}

static bool is_require_call(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	while (js_kind(f, n) == JS_MEMBER || (js_kind(f, n) == JS_CALL && !file_spec(p, file, n)))
		n = js_at(f, n)->a;
	return js_kind(f, n) == JS_CALL;
}

/* [].forEach(fn), new Promise(fn): fn does not outlive the call */
static bool runs_at_once(const struct js_file *f, js_node fn)
{
	static const char *const names[] = {"forEach", "map", "filter", "reduce", "some", "every", "find", "findIndex",
					    "sort", "flatMap", "then", "catch", "finally", "replace", "from", "reduceRight",
					    "Promise", "findLast"};
	js_node up = js_at(f, fn)->parent, callee = js_at(f, up)->a;
	if ((js_kind(f, up) != JS_CALL && js_kind(f, up) != JS_NEW) || callee == fn)
		return (js_kind(f, up) == JS_CALL && callee == fn);
	struct str name = js_kind(f, callee) == JS_MEMBER || js_kind(f, callee) == JS_IDENT ? js_str(f, callee) : STR("");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* does a function that may outlive the call refer to the variable? */
static bool is_captured(const struct js_file *f, const struct js_binding *b)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		uint32_t fn = js_at(f, f->lists[b->refs + i])->fn;
		for (; fn && fn != b->fn; fn = f->functions[fn].parent)
			if (!runs_at_once(f, f->functions[fn].node))
				return true;
	}
	return false;
}

static void index_binding(struct program *p, prog_id file, const struct js_binding *b)
{
	const struct js_file *f = prog_js(p, file);
	if ((b->kind != JSB_VAR && b->kind != JSB_LET && b->kind != JSB_CONST) || b->pattern || !b->decl)
		return;
	enum js_kind init = b->init ? js_kind(f, b->init) : JS_NONE;
	js_node up = js_at(f, b->decl)->parent;
	if (js_kind(f, up) != JS_DECLARATOR || js_kind(f, js_at(f, js_at(f, up)->parent)->parent) == JS_FOR_IN ||
	    js_kind(f, js_at(f, js_at(f, up)->parent)->parent) == JS_FOR)
		return;
	js_node assigned = first_assigned(f, b);
	if (!assigned && (init == JS_FUNCTION || init == JS_CLASS))
		return;
	if (b->init && !assigned && is_require_call(p, file, b->init))
		return;
	if (b->fn) {
		enum cell_shape s = shape_of(f, b->init);
		if ((s == SHAPE_UNKNOWN || s == SHAPE_FUNCTION || s == SHAPE_STRING) && init != JS_NEW && !assigned)
			return;
		if (!is_captured(f, b))
			return;
	}
	struct prog_cell *c = add_cell(p, b->fn ? CELL_CLOSURE : CELL_BINDING, file, b->decl, b->init,
				       js_str(f, b->decl));
	if (b->fn)
		c->closure_fn = fn_id(p, file, b->fn);
	refine_shape(f, c, declared_type(f, b->decl));
	if ((c->shape == SHAPE_UNKNOWN || c->shape == SHAPE_NOTHING) && assigned) {
		enum cell_shape s = shape_of(f, assigned);
		if (s != SHAPE_UNKNOWN)
			c->shape = s;
	}
}

static void index_class(struct program *p, prog_id cls)
{
	struct prog_private *pr = priv(p);
	prog_id file = pr->classes.ptr[cls].file;
	js_node node = pr->classes.ptr[cls].node;
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; js_kind(f, node) == JS_CLASS && i < js_at(f, node)->n_kids; i++) {
		js_node n = js_kid(f, node, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind == JS_FIELD && !(d->flags & JSF_DECLARE) && js_key(f, n).len &&
		    (!d->b || js_kind(f, d->b) != JS_FUNCTION)) {
			bool is_static = (d->flags & JSF_STATIC) != 0;
			struct prog_cell *c = add_cell(p, is_static ? CELL_STATIC : CELL_FIELD, file, n, d->b, js_key(f, n));
			c->class_ = node;
			refine_shape(f, c, d->c);
		}
		if (d->kind != JS_METHOD || !str_is(js_key(f, n), "constructor"))
			continue;
		for (uint32_t k = 0; k < js_at(f, d->b)->n_kids; k++) {
			js_node param = js_kid(f, d->b, k);
			if (!(js_at(f, param)->flags & JSF_PARAM_PROPERTY))
				continue;
			struct prog_cell *c = add_cell(p, CELL_FIELD, file, param, 0, js_str(f, js_at(f, param)->a));
			c->class_ = node;
			c->shape = SHAPE_UNKNOWN;
			refine_shape(f, c, js_at(f, param)->c);
		}
	}
}

/* this.x = v without a declared field; the first assignment declares it, its value is the initialiser
 * where it stands in the constructor */
static void index_this_props(struct program *p, prog_id file)
{
	struct prog_private *pr = priv(p);
	struct file_priv *fp = &pr->files[file];
	const struct js_file *f = prog_js(p, file);
	for (size_t i = 0; i < fp->this_props.len; i++) {
		const struct hung *h = &fp->this_props.ptr[i];
		prog_id cls = class_id(p, file, h->owner);
		if (cls == PROG_NONE)
			continue;
		const struct class_priv *cp = &pr->class_privs.ptr[cls];
		uint32_t m = map_get(h->is_static ? &cp->statics : &cp->members, h->name);
		if (m == MAP_NONE)
			continue;
		uint32_t known = fp->cell_at[m];
		js_node value = js_at(f, h->at)->b;
		if (m == h->at && !known && js_kind(f, value) != JS_FUNCTION) {
			struct prog_cell *c = add_cell(p, h->is_static ? CELL_STATIC : CELL_FIELD, file, m, value, h->name);
			c->class_ = h->owner;
		} else if (known) {
			struct prog_cell *c = &pr->cells.ptr[known - 1];
			enum cell_shape s = shape_of(f, value);
			if ((c->shape == SHAPE_NOTHING || c->shape == SHAPE_UNKNOWN) && s != SHAPE_NOTHING &&
			    s != SHAPE_UNKNOWN)
				c->shape = s;
		}
	}
}

static bool is_global_object(const struct js_file *f, js_node n)
{
	struct str name = global_name(f, n);
	return str_is(name, "globalThis") || str_is(name, "global");
}

static void add_global(struct program *p, prog_id file, js_node at, js_node init, struct str name)
{
	struct prog_private *pr = priv(p);
	if (map_get(&pr->globals, name) != MAP_NONE)
		return;
	add_cell(p, CELL_GLOBAL, file, at, init, name);
	map_put(&pr->globals, name, (uint32_t)pr->cells.len - 1);
}

/* globalThis.x = v; X.y = v where X is a class or function */
static void index_hung_state(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	struct file_priv *fp = &priv(p)->files[file];
	for (js_node n = 1; n < f->n_nodes; n++) {
		const struct js_node_data *d = js_at(f, n);
		if (d->kind != JS_ASSIGN || js_kind(f, d->a) != JS_MEMBER)
			continue;
		js_node object = js_at(f, d->a)->a;
		struct str name = js_str(f, d->a);
		if (is_global_object(f, object)) {
			add_global(p, file, n, d->b, prog_internf(p, "globalThis." STR_FMT, STR_ARG(name)));
			continue;
		}
		uint32_t b = js_kind(f, object) == JS_IDENT ? f->binding_of[object] : JS_NO_ATOM;
		if (b == JS_NO_ATOM || f->bindings[b].fn || (f->bindings[b].kind != JSB_CLASS && f->bindings[b].kind != JSB_FUNCTION))
			continue;
		enum cell_shape s = shape_of(f, d->b);
		struct str key = prog_internf(p, "b%u." STR_FMT, b, STR_ARG(name));
		if (map_get(&fp->props, key) != n || s == SHAPE_FUNCTION || s == SHAPE_CLASS || fp->cell_at[n])
			continue;
		uint32_t cls = f->bindings[b].init ? fp->class_at[f->bindings[b].init] : 0;
		if (cls && map_get(&priv(p)->class_privs.ptr[cls - 1].statics, name) != MAP_NONE)
			continue;
		add_cell(p, CELL_STATIC, file, n, d->b, name)->class_ = f->bindings[b].init;
	}
}

/* module.exports = new Map(), export default { users: [] }: state without a name */
static void index_nameless(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	struct file_priv *fp = &priv(p)->files[file];
	uint32_t x = map_get(&fp->export_names, STR("default"));
	js_node nodes[2] = {fp->cjs, x == MAP_NONE ? 0 : fp->exports.ptr[x].node};
	for (size_t i = 0; i < 2; i++) {
		js_node n = nodes[i];
		enum js_kind k = n ? js_kind(f, n) : JS_NONE;
		bool data = k == JS_NEW || k == JS_ARRAY;
		for (uint32_t j = 0; k == JS_OBJECT && j < js_at(f, n)->n_kids; j++) {
			js_node v = js_at(f, js_kid(f, n, j))->b;
			enum cell_shape s = v ? shape_of(f, v) : SHAPE_UNKNOWN;
			data = data || (s != SHAPE_UNKNOWN && s != SHAPE_FUNCTION && s != SHAPE_CLASS && s != SHAPE_STRING);
		}
		if (data && !fp->cell_at[n])
			add_cell(p, CELL_BINDING, file, n, n, i ? STR("default export") : STR("module.exports"));
	}
}

void index_cells(struct program *p)
{
	prog_id cls = 0;
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (uint32_t i = 0; i < f->n_bindings; i++)
			index_binding(p, file, &f->bindings[i]);
		for (; cls < p->n_classes && p->classes[cls].file == file; cls++)
			index_class(p, cls);
		index_this_props(p, file);
		index_hung_state(p, file);
		index_nameless(p, file);
	}
}

/* ---- which cell an expression is ---- */

static prog_id compute_cell(const struct program *p, prog_id file, js_node n, bool *alias);

/* a number, string or flag is copied when it gets another name; only an import stays the same variable */
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
static prog_id cell_of_pattern(const struct program *p, prog_id file, const struct js_binding *b, bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	js_node prop = js_at(f, b->decl)->parent;
	js_node init = b->init ? js_strip_await(f, b->init) : 0;
	const struct spec *s = init ? file_spec(p, file, init) : NULL;
	if (!s || s->to == PROG_NONE || js_kind(f, prop) != JS_PATTERN_PROPERTY || js_at(f, prop)->parent != b->pattern)
		return PROG_NONE;
	return cell_of_export(p, s->to, js_key(f, prop), alias);
}

static prog_id cell_of_binding(const struct program *p, prog_id file, const struct js_binding *b, bool *alias)
{
	const struct js_file *f = prog_js(p, file);
	uint32_t own = priv(p)->files[file].cell_at[b->decl];
	struct entity e = prog_resolve(p, file, b->decl);
	if (e.kind == ENT_CELL && !e.members.len && (own == e.cell + 1 || b->kind == JSB_IMPORT || is_shared(p, e.cell))) {
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
	if (!d->a || (d->kind != JS_FUNCTION && d->kind != JS_CLASS) || f->binding_of[d->a] == JS_NO_ATOM)
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
			c = map_get(&priv(p)->globals, prog_internf(p, "globalThis." STR_FMT, STR_ARG(name)));
		return c;
	case ENT_PACKAGE_INSTANCE:
		if (str_is(object.members, "locals") || str_is(object.members, "context") || !object.members.len) {
			c = map_get(&priv(p)->globals,
				    object.members.len ? prog_internf(p, "app." STR_FMT "." STR_FMT, STR_ARG(object.members),
								      STR_ARG(name))
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
	if (js_kind(f, callee) == JS_MEMBER && str_is(js_str(f, callee), "get") && arg && js_kind(f, arg) == JS_STRING &&
	    js_at(f, n)->n_kids == 1) {
		struct entity e = prog_resolve(p, file, js_at(f, callee)->a);
		if (e.kind == ENT_PACKAGE_INSTANCE || e.kind == ENT_PARAM || e.kind == ENT_UNKNOWN) {
			uint32_t c = map_get(&priv(p)->globals, prog_internf(p, "app.set." STR_FMT, STR_ARG(js_str(f, arg))));
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

/* ---- app.locals.x, app.set('x', v), fastify.decorate('x', v) ---- */

static void hang_call(struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	const struct js_node_data *d = js_at(f, c->node);
	struct str last = entity_last(&c->callee);
	bool set = str_is(last, "set"), decorate = str_is(last, "decorate");
	if (d->kind != JS_CALL || d->n_kids < 2 || (!set && !decorate) || c->callee.kind != ENT_PACKAGE_INSTANCE)
		return;
	js_node name = js_kid(f, c->node, 0), value = js_kid(f, c->node, 1);
	if (js_kind(f, name) != JS_STRING || c->callee.members.len != last.len ||
	    !(str_ends(c->callee.path, STR("default()")) || decorate))
		return;
	if (cell_of_node(p, c->file, value, &(bool){false}) != PROG_NONE || priv(p)->files[c->file].cell_at[c->node])
		return;
	add_global(p, c->file, c->node, value,
		   prog_internf(p, set ? "app.set." STR_FMT : "app." STR_FMT, STR_ARG(js_str(f, name))));
}

void index_app_state(struct program *p)
{
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			const struct js_node_data *d = js_at(f, n);
			if (d->kind != JS_ASSIGN || js_kind(f, d->a) != JS_MEMBER || priv(p)->files[file].cell_at[n])
				continue;
			struct entity o = prog_resolve(p, file, js_at(f, d->a)->a);
			if (o.kind == ENT_PACKAGE_INSTANCE && str_ends(o.path, STR("default()")) &&
			    (str_is(o.members, "locals") || str_is(o.members, "context")))
				add_global(p, file, n, d->b,
					   prog_internf(p, "app." STR_FMT "." STR_FMT, STR_ARG(o.members),
							STR_ARG(js_str(f, d->a))));
		}
	}
	for (size_t i = 0; i < p->n_calls; i++)
		hang_call(p, &p->calls[i]);
}

/* ---- what made it, how long it lives ---- */

static bool is_literal(const struct program *p, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	if (depth > 12)
		return false;
	switch (js_kind(f, n)) {
	case JS_NUMBER:
	case JS_STRING:
	case JS_BOOL:
	case JS_NULL:
	case JS_BIGINT:
	case JS_REGEX:
	case JS_FUNCTION:
	case JS_CLASS:
	case JS_MEMBER: /* an enum member, a constant of another table */
	case JS_IDENT:
		return true;
	case JS_TEMPLATE:
	case JS_ARRAY:
	case JS_OBJECT:
		for (uint32_t i = 0; i < d->n_kids; i++)
			if (!is_literal(p, file, js_kid(f, n, i), depth + 1))
				return false;
		return true;
	case JS_PROPERTY:
		return is_literal(p, file, d->b, depth + 1);
	case JS_UNARY:
	case JS_SPREAD:
		return is_literal(p, file, d->a, depth + 1);
	case JS_BINARY:
		return is_literal(p, file, d->a, depth + 1) && is_literal(p, file, d->b, depth + 1);
	case JS_NEW:
		for (uint32_t i = 0; i < d->n_kids; i++)
			if (!is_literal(p, file, js_kid(f, n, i), depth + 1))
				return false;
		return shape_of_name(global_name(f, d->a)) != SHAPE_UNKNOWN;
	case JS_CALL: /* Object.freeze({...}) */
		return d->n_kids == 1 && shape_of_call(f, n) == SHAPE_OBJECT && is_literal(p, file, js_kid(f, n, 0), depth + 1);
	default:
		return false;
	}
}

static void settle_data(const struct program *p, struct prog_cell *c)
{
	bool changed = false;
	for (size_t i = 0; i < c->n_accesses; i++) {
		enum access_op op = c->accesses[i].op;
		if (c->accesses[i].file != c->file)
			c->exported = true;
		/* the first assignment of an undeclared field is its initialiser */
		if (c->accesses[i].node == c->decl)
			continue;
		changed = changed || op == ACCESS_ASSIGN || op == ACCESS_UPDATE || op == ACCESS_ADD || op == ACCESS_REMOVE ||
			  op == ACCESS_INNER;
	}
	c->is_const_data = !changed && c->init && c->shape != SHAPE_NOTHING && is_literal(p, c->file, c->init, 0);
}

static void settle_maker(const struct program *p, struct prog_cell *c)
{
	const struct js_file *f = prog_js(p, c->file);
	struct entity e = entity_none();
	if (c->shape != SHAPE_UNKNOWN && c->shape != SHAPE_NOTHING)
		return;
	if (c->kind == CELL_FIELD || c->kind == CELL_STATIC) {
		prog_id cls = class_id(p, c->file, c->class_);
		if (cls != PROG_NONE)
			e = class_member(p, cls, c->name, c->kind == CELL_STATIC);
	} else if (js_kind(f, c->decl) == JS_IDENT) {
		e = prog_resolve(p, c->file, c->decl);
	} else if (c->init) {
		e = prog_resolve(p, c->file, c->init);
	}
	if (e.kind == ENT_INSTANCE || e.kind == ENT_PACKAGE_INSTANCE) {
		c->shape = e.kind == ENT_INSTANCE ? SHAPE_INSTANCE : SHAPE_PACKAGE;
		c->maker = e;
	} else if (e.kind == ENT_FUNCTION && c->shape == SHAPE_UNKNOWN) {
		c->shape = SHAPE_FUNCTION;
	}
}

static enum cell_life closure_life(const struct program *p, prog_id fn)
{
	uint32_t phases = 0;
	for (uint32_t app = 0; app < p->n_apps; app++)
		phases |= prog_phases(p, app, fn);
	if (!phases)
		return LIFE_UNKNOWN;
	if (!(phases & PHASE_RUNTIME))
		return LIFE_PROCESS;
	if (phases & (PHASE_LOAD | PHASE_BOOT))
		return LIFE_UNKNOWN;
	return phases & PHASE_SOCKET ? LIFE_CONNECTION : phases & PHASE_REQUEST ? LIFE_REQUEST : LIFE_CALL;
}

void cells_live(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (size_t i = 0; i < pr->cells.len; i++) {
		struct prog_cell *c = &pr->cells.ptr[i];
		prog_id cls;
		settle_data(p, c);
		settle_maker(p, c);
		switch (c->kind) {
		case CELL_FIELD:
			cls = class_id(p, c->file, c->class_);
			c->life = cls == PROG_NONE ? LIFE_UNKNOWN : p->classes[cls].life;
			break;
		case CELL_CLOSURE:
			c->life = closure_life(p, c->closure_fn);
			break;
		case CELL_BINDING:
		case CELL_STATIC:
		case CELL_GLOBAL:
			c->life = LIFE_PROCESS;
			break;
		}
	}
}
