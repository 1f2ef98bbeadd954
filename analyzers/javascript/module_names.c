/* The names of modules: what they export, what an import sees, the namespace object of ES modules. */
#include "analyzers/javascript/eval_internal.h"

static struct value *binding_value(struct frame *fr, struct module *m, js_node ident)
{
	uint32_t binding = m->f->binding_of[ident];
	struct frame inside = {.ip = fr->ip,
			       .mod = m,
			       .f = m->f,
			       .scope = m->scope,
			       .this_ = fr->ip->undefined,
			       .label = JS_NO_ATOM};
	if (binding == JS_NO_ATOM || !m->scope)
		return NULL;
	const struct js_binding *b = &m->f->bindings[binding];
	if (b->kind == JSB_IMPORT)
		return import_value(&inside, ident, b->init);
	struct cell *c = cell_of(&inside, binding);
	return c ? c->v : NULL;
}

/* the top-level statement that holds a declaration */
static js_node statement_of(const struct js_file *f, js_node n)
{
	while (n && js_at(f, n)->parent != 1)
		n = js_at(f, n)->parent;
	return n;
}

struct export
{
	struct str name;
	js_node node; /* JS_IDENT of a declared name, JS_EXPORT_NAME, JS_EXPORT_DEFAULT, JS_EXPORT
			 ("*") */
};

static uint32_t list_exports(struct interp *ip, const struct module *m, struct export **out)
{
	const struct js_file *f = m->f;
	VEC(struct export) list = {0};
	for (uint32_t i = 0; i < js_at(f, 1)->n_kids; i++) {
		js_node n = js_kid(f, 1, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind == JS_EXPORT_DEFAULT)
			vec_push(&list, (struct export){STR("default"), n});
		if (d->kind != JS_EXPORT || (d->flags & JSF_TYPE_ONLY))
			continue;
		for (uint32_t k = 0; k < d->n_kids; k++)
			vec_push(&list,
				 (struct export){js_str(f, js_kid(f, n, k)), js_kid(f, n, k)});
		for (uint32_t b = m->first[1]; d->a && b != JS_NO_ATOM; b = m->next_of[b])
			if (statement_of(f, f->bindings[b].decl) == n)
				vec_push(&list, (struct export){js_atom(f, f->bindings[b].name),
								f->bindings[b].decl});
	}
	*out = arena_array(ip->arena, struct export, list.len + 1);
	if (list.len)
		memcpy(*out, list.ptr, list.len * sizeof **out);
	uint32_t n = (uint32_t)list.len;
	vec_release(&list);
	return n;
}

/* a name of the module that `specifier` gives, as an import sees it */
static struct value *name_of(struct frame *fr, js_node n, struct str specifier, struct str name)
{
	struct value *odd, *v;
	if (is_local_specifier(specifier)) {
		struct module *m = module_load(fr, n, specifier, true, &odd);
		if (!m)
			return odd;
		if (!str_is(name, "*") && (m->esm || str_is(name, "default")))
			return m->esm ? export_of(fr, n, m, name) : module_value(fr->ip, m);
		v = module_value(fr->ip, m);
	} else {
		v = require_package(fr, n, specifier);
	}
	if (!v || str_is(name, "*") || str_is(name, "default") || is_unknown(v))
		return v;
	if (is_nullish(v))
		return throw_error(fr, n, "SyntaxError", "'" STR_FMT "' is not exported",
				   STR_ARG(name));
	return get_member(fr, n, v, name);
}

static struct value *export_value(struct frame *fr, js_node n, struct module *m,
				  const struct export *e)
{
	const struct js_file *f = m->f;
	const struct js_node_data *d = js_at(f, e->node);
	if (d->kind == JS_IDENT)
		return binding_value(fr, m, e->node);
	if (d->kind == JS_EXPORT_DEFAULT) {
		js_node a = d->a, name = js_kind(f, a) == JS_FUNCTION || js_kind(f, a) == JS_CLASS
					     ? js_at(f, a)->a
					     : 0;
		return name ? binding_value(fr, m, name)
			    : val_get(m->module_object, STR("default"));
	}
	js_node statement = d->parent;
	if (js_at(f, statement)->str == JS_NO_ATOM)
		return binding_value(fr, m, d->a);
	struct frame inside = {.ip = fr->ip,
			       .mod = m,
			       .f = f,
			       .scope = m->scope,
			       .this_ = fr->ip->undefined,
			       .label = JS_NO_ATOM};
	(void)n;
	return name_of(&inside, e->node, js_str(f, statement), d->a ? js_str(f, d->a) : STR("*"));
}

struct value *export_of(struct frame *fr, js_node n, struct module *m, struct str name)
{
	struct interp *ip = fr->ip;
	struct export *list;
	struct value *odd;
	uint32_t n_list = list_exports(ip, m, &list);
	for (uint32_t i = 0; i < n_list; i++)
		if (str_eq(list[i].name, name)) {
			struct value *v = export_value(fr, n, m, &list[i]);
			if (v || ip->abrupt)
				return v;
			return throw_error(fr, n, "ReferenceError",
					   "Cannot access '" STR_FMT "' before initialization",
					   STR_ARG(name));
		}
	for (uint32_t i = 0; i < n_list && !str_is(name, "default"); i++) {
		if (!str_is(list[i].name, "*") || js_at(m->f, list[i].node)->a)
			continue;
		struct str specifier = js_str(m->f, js_at(m->f, list[i].node)->parent);
		struct frame inside = {.ip = ip,
				       .mod = m,
				       .f = m->f,
				       .scope = m->scope,
				       .this_ = ip->undefined,
				       .label = JS_NO_ATOM};
		struct module *from = is_local_specifier(specifier)
					  ? module_load(&inside, list[i].node, specifier, true, &odd)
					  : NULL;
		if (ip->abrupt || !from || !from->esm || ++ip->depth > ip->max_depth)
			return ip->abrupt
				   ? NULL
				   : unknown(fr, n, "comes from '" STR_FMT "'", STR_ARG(specifier));
		struct value *v = export_of(fr, n, from, name);
		ip->depth--;
		if (v || ip->abrupt != ABRUPT_THROWN)
			return v;
		ip->abrupt = ABRUPT_NONE;
	}
	return throw_error(fr, n, "SyntaxError",
			   "The requested module does not provide an export named '" STR_FMT "'",
			   STR_ARG(name));
}

struct value *import_value(struct frame *fr, js_node n, js_node name)
{
	js_node import = js_at(fr->f, name)->parent;
	struct value *v;
	if (fr->ip->bind && fr->ip->bind->lookup &&
	    (v = fr->ip->bind->lookup(fr->ip->bind->ctx, fr->f, n)))
		return v;
	struct str imported = js_str(fr->f, name);
	if (str_is(imported, "="))
		return require_value(fr, n, js_str(fr->f, import), false);
	return name_of(fr, n, js_str(fr->f, import), imported);
}

static void add_export(struct interp *ip, struct frame *fr, struct module *m,
		       const struct export *e, struct val_object *o)
{
	struct value *v = export_value(fr, e->node, m, e);
	if (ip->abrupt == ABRUPT_THROWN)
		ip->abrupt = ABRUPT_NONE;
	if (!str_is(e->name, "*") || js_at(m->f, e->node)->a) {
		struct val_prop *p = val_set(ip->arena, o, e->name, v ? v : ip->undefined);
		js_node at =
		    js_kind(m->f, e->node) == JS_IDENT ? statement_of(m->f, e->node) : e->node;
		p->at = (struct place){m->f->source, js_at(m->f, at)->span};
		return;
	}
	if (!is_kind(v, VAL_OBJECT) || v->u.obj->class_name) {
		o->open = true;
		return;
	}
	for (uint32_t i = 0; i < v->u.obj->n; i++)
		if (!str_is(v->u.obj->props[i].key, "default") &&
		    !val_prop(o, v->u.obj->props[i].key))
			*val_set(ip->arena, o, v->u.obj->props[i].key, v->u.obj->props[i].value) =
			    v->u.obj->props[i];
}

/* in order of code units */
static void sort_names(struct val_object *o)
{
	for (uint32_t i = 1; i < o->n; i++)
		for (uint32_t k = i; k > 0 && u16_cmp(o->props[k - 1].key, o->props[k].key) > 0;
		     k--) {
			struct val_prop swap = o->props[k];
			o->props[k] = o->props[k - 1];
			o->props[k - 1] = swap;
		}
}

struct value *module_namespace(struct interp *ip, struct module *m)
{
	struct frame fr = {.ip = ip,
			   .mod = m,
			   .f = m->f,
			   .scope = m->scope,
			   .this_ = ip->undefined,
			   .label = JS_NO_ATOM};
	struct export *list;
	enum abrupt abrupt = ip->abrupt;
	uint32_t n = list_exports(ip, m, &list);
	if (m->namespace_)
		return m->namespace_;
	struct value *v = val_object_new(ip->arena, NULL);
	v->u.obj->at = (struct place){m->f->source, js_at(m->f, 1)->span};
	v->u.obj->frozen = true;
	if (m->finished)
		m->namespace_ = v;
	ip->abrupt = ABRUPT_NONE;
	for (uint32_t i = 0; i < n; i++)
		add_export(ip, &fr, m, &list[i], v->u.obj);
	if (ip->abrupt == ABRUPT_NONE)
		ip->abrupt = abrupt;
	sort_names(v->u.obj);
	return v;
}
