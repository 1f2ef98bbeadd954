#include "analyzers/program/private.h"

#include "analyzers/program/injection.h"

/* Classes of the project: members and bases. Constructor functions with a prototype, or written
 * with a capital, are classes too. */

prog_id class_id(const struct program *p, prog_id file, js_node node)
{
	if (file >= p->n_files || !node)
		return PROG_NONE;
	uint32_t c = priv(p)->files[file].class_at[node];
	return c ? c - 1 : PROG_NONE;
}

const struct prog_class *prog_class_at(const struct program *p, prog_id file, js_node class_)
{
	prog_id c = class_id(p, file, class_);
	return c == PROG_NONE ? NULL : &p->classes[c];
}

static void put_member(const struct js_file *f, struct map *m, struct str name, js_node n)
{
	uint32_t known = name.len ? map_get(m, name) : 0;
	if (!name.len)
		return;
	if (known == MAP_NONE || (js_at(f, known)->flags & JSF_SETTER) ||
	    (js_kind(f, known) == JS_METHOD && !js_at(f, js_at(f, known)->b)->b))
		map_put(m, name, n);
}

static void index_members(const struct js_file *f, struct class_priv *cp)
{
	for (uint32_t i = 0; i < js_at(f, cp->node)->n_kids; i++) {
		js_node n = js_kid(f, cp->node, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind != JS_FIELD && d->kind != JS_METHOD)
			continue;
		put_member(f, d->flags & JSF_STATIC ? &cp->statics : &cp->members, js_key(f, n), n);
		if (d->kind != JS_METHOD || !str_is(js_key(f, n), "constructor") ||
		    !js_at(f, d->b)->b)
			continue;
		for (uint32_t k = 0; k < js_at(f, d->b)->n_kids; k++) {
			js_node param = js_kid(f, d->b, k);
			if (js_at(f, param)->flags & JSF_PARAM_PROPERTY)
				put_member(f, &cp->members, js_str(f, js_at(f, param)->a), param);
		}
	}
}

static prog_id add_class(struct program *p, prog_id file, js_node node, struct str name)
{
	struct prog_private *pr = priv(p);
	struct prog_class c = {.file = file, .node = node, .name = name, .base = PROG_NONE};
	struct class_priv cp = {.node = node, .base = entity_none()};
	if (pr->files[file].class_at[node])
		return pr->files[file].class_at[node] - 1;
	vec_push(&pr->classes, c);
	vec_push(&pr->class_privs, cp);
	pr->files[file].class_at[node] = (uint32_t)pr->classes.len;
	return (prog_id)pr->classes.len - 1;
}

static js_node function_of_binding(const struct js_file *f, uint32_t b)
{
	js_node init = f->bindings[b].init;
	enum js_kind k = init ? js_kind(f, init) : JS_NONE;
	return (k == JS_FUNCTION && !(js_at(f, init)->flags & JSF_ARROW)) || k == JS_CLASS ? init
											   : 0;
}

static struct str function_name(const struct js_file *f, js_node fn)
{
	const struct js_node_data *d = js_at(f, fn);
	if (d->str != JS_NO_ATOM)
		return js_str(f, fn);
	js_node up = d->parent;
	if ((js_kind(f, up) == JS_DECLARATOR || js_kind(f, up) == JS_ASSIGN) && js_at(f, up)->a &&
	    (js_kind(f, js_at(f, up)->a) == JS_IDENT || js_kind(f, js_at(f, up)->a) == JS_MEMBER))
		return js_str(f, js_at(f, up)->a);
	return STR("");
}

static bool is_capital(struct str s)
{
	return s.len && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
}

/* this.x = ... in the functions hung on X.prototype */
static js_node owner_of_target(const struct js_file *f, js_node assign)
{
	struct this_owner t = this_owner(f, js_at(f, js_at(f, assign)->a)->a);
	js_node x = t.node;
	if (!t.is_target || !x)
		return 0;
	if (js_kind(f, x) != JS_MEMBER || !str_is(js_str(f, x), "prototype"))
		return 0;
	x = js_at(f, x)->a;
	if (js_kind(f, x) != JS_IDENT || f->binding_of[x] == JS_NO_ATOM)
		return 0;
	return function_of_binding(f, f->binding_of[x]);
}

static void index_hung(struct program *p, prog_id file)
{
	struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	for (size_t i = 0; i < fp->protos.len; i++) {
		const struct hung *h = &fp->protos.ptr[i];
		js_node fn = function_of_binding(f, h->owner);
		if (!fn)
			continue;
		prog_id c = add_class(p, file, fn, function_name(f, fn));
		put_member(f, &priv(p)->class_privs.ptr[c].members, h->name, h->at);
		js_node object =
		    js_at(f, h->at)->parent; /* X.prototype = {...}: this is an X there */
		if (js_kind(f, h->at) == JS_PROPERTY && !fp->class_at[object])
			fp->class_at[object] = c + 1;
	}
	for (size_t i = 0; i < fp->this_props.len; i++) {
		const struct hung *h = &fp->this_props.ptr[i];
		js_node owner = h->owner ? h->owner : owner_of_target(f, h->at);
		if (!owner || (js_kind(f, owner) == JS_FUNCTION && !fp->class_at[owner] &&
			       !is_capital(function_name(f, owner))))
			continue;
		if (js_kind(f, owner) != JS_FUNCTION && js_kind(f, owner) != JS_CLASS)
			continue;
		prog_id c = add_class(p, file, owner, function_name(f, owner));
		struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		put_member(f, h->is_static ? &cp->statics : &cp->members, h->name, h->at);
	}
}

void index_classes(struct program *p)
{
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			if (js_kind(f, n) != JS_CLASS)
				continue;
			prog_id c = add_class(p, file, n, function_name(f, n));
			index_members(f, &priv(p)->class_privs.ptr[c]);
		}
		index_hung(p, file);
	}
	p->classes = priv(p)->classes.ptr;
	p->n_classes = priv(p)->classes.len;
}

static void link_base(struct program *p, prog_id c)
{
	struct prog_private *pr = priv(p);
	prog_id file = pr->classes.ptr[c].file;
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, pr->classes.ptr[c].node);
	if (d->kind != JS_CLASS || !d->b)
		return;
	struct entity e = prog_resolve(p, file, d->b);
	if (e.kind != ENT_CLASS && e.kind != ENT_PACKAGE && e.kind != ENT_PACKAGE_INSTANCE)
		return;
	pr->class_privs.ptr[c].base = e;
	prog_id base = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
	if (base == PROG_NONE || base == c)
		return;
	pr->classes.ptr[c].base = base;
	vec_push(&pr->class_privs.ptr[base].subclasses, c);
}

static void link_decorators(struct program *p, prog_id c)
{
	struct class_priv *cp = &priv(p)->class_privs.ptr[c];
	prog_id file = priv(p)->classes.ptr[c].file;
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; i < js_at(f, cp->node)->n_decos; i++) {
		struct entity e =
		    prog_resolve(p, file, decorator_callee(f, js_deco(f, cp->node, i)));
		cp->decorated = true;
		if ((e.kind == ENT_PACKAGE && str_starts(e.module, STR("@nestjs/"))) ||
		    e.kind == ENT_FUNCTION)
			cp->nest = true;
	}
}

void link_classes(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (prog_id c = 0; c < p->n_classes; c++)
		link_base(p, c);
	entities_forget(p); /* members were asked before bases were known */
	injection_collect(p);
	pr->modules = xcalloc(p->n_classes + 1, sizeof *pr->modules);
	pr->is_module = xcalloc(p->n_classes + 1, sizeof *pr->is_module);
	for (prog_id c = 0; c < p->n_classes; c++) {
		link_decorators(p, c);
		nest_link_module(p, c);
	}
}

prog_id class_method(const struct program *p, prog_id cls, struct str name)
{
	struct entity e = class_member(p, cls, name, false);
	return e.kind == ENT_FUNCTION ? e.fn : PROG_NONE;
}
