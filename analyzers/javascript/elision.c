#include "analyzers/javascript/ast.h"

/* the first part of a type's dotted name */
static bool names(const struct js_file *f, js_node type, struct str local)
{
	struct str name = js_str(f, type);
	return str_starts(name, local) && (name.len == local.len || name.ptr[local.len] == '.');
}

/* a JS_TYPE that the compiler turns into a value for Reflect metadata: of a decorated field, of the
 * parameters and result of a decorated method, of the constructor of a decorated class */
static bool is_metadata(const struct js_file *f, js_node type)
{
	const struct js_node_data *holder = js_at(f, f->nodes[type].parent);
	if (holder->kind == JS_FIELD)
		return holder->n_decos > 0;
	js_node fn = holder->kind == JS_PARAM ? holder->parent : f->nodes[type].parent;
	const struct js_node_data *method = js_at(f, f->nodes[fn].parent);
	if (js_kind(f, fn) != JS_FUNCTION || method->kind != JS_METHOD)
		return false;
	if (method->n_decos || holder->n_decos)
		return true;
	for (uint32_t i = 0; i < f->nodes[fn].n_kids; i++)
		if (f->nodes[js_kid(f, fn, i)].n_decos)
			return true;
	return str_is(js_key(f, f->nodes[fn].parent), "constructor") &&
	       f->nodes[method->parent].n_decos;
}

/* "T | null" is T for the metadata */
static js_node outermost_type(const struct js_file *f, js_node type)
{
	while (js_kind(f, f->nodes[type].parent) == JS_TYPE &&
	       f->nodes[f->nodes[type].parent].str == JS_NO_ATOM)
		type = f->nodes[type].parent;
	return type;
}

static bool used_in_metadata(const struct js_file *f, struct str local)
{
	for (js_node n = 1; n < f->n_nodes; n++)
		if (js_kind(f, n) == JS_TYPE && names(f, n, local) &&
		    is_metadata(f, outermost_type(f, n)))
			return true;
	return false;
}

static bool has_jsx(const struct js_file *f)
{
	for (js_node n = 1; n < f->n_nodes; n++)
		if (js_kind(f, n) == JS_JSX)
			return true;
	return false;
}

static bool has_value_use(const struct js_file *f, js_node name)
{
	const struct js_node_data *d = js_at(f, name);
	const struct js_binding *b = js_binding_of(f, d->a);
	if (d->flags & JSF_TYPE_ONLY || !b)
		return false;
	struct str local = js_str(f, d->a);
	return b->n_refs > 0 || used_in_metadata(f, local) ||
	       (str_is(local, "React") && has_jsx(f));
}

bool js_import_is_elided(const struct js_file *f, js_node import)
{
	const struct js_node_data *d = js_at(f, import);
	if (f->language == JS_LANG_JS || d->kind != JS_IMPORT)
		return false;
	if (d->flags & (JSF_TYPE_ONLY | JSF_EMPTY_CLAUSE))
		return true;
	for (uint32_t i = 0; i < d->n_kids; i++)
		if (has_value_use(f, js_kid(f, import, i)))
			return false;
	return d->n_kids > 0;
}
