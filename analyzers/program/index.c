#include "analyzers/program/private.h"

/* What of a file can be told without asking other files: names of types, properties hung on names and on `this`,
 * what functions return. */

static void put_prop(struct program *p, struct file_priv *fp, char prefix, uint32_t owner, struct str name,
		     js_node assign)
{
	struct str key = prog_internf(p, "%c%u." STR_FMT, prefix, owner, STR_ARG(name));
	if (map_get(&fp->props, key) == MAP_NONE)
		map_put(&fp->props, key, assign);
}

static bool is_nothing(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_NULL || js_kind(f, n) == JS_UNARY ||
	       (js_kind(f, n) == JS_IDENT && str_is(js_str(f, n), "undefined"));
}

static uint32_t binding_of_object(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_IDENT ? f->binding_of[n] : JS_NO_ATOM;
}

static void index_prototype(struct file_priv *fp, const struct js_file *f, js_node object,
			    js_node value)
{
	uint32_t b = binding_of_object(f, object);
	if (b == JS_NO_ATOM || js_kind(f, value) != JS_OBJECT)
		return;
	for (uint32_t i = 0; i < js_at(f, value)->n_kids; i++) {
		js_node prop = js_kid(f, value, i);
		struct hung h = {.owner = b, .name = js_key(f, prop), .at = prop};
		if (js_kind(f, prop) == JS_PROPERTY && h.name.len)
			vec_push(&fp->protos, h);
	}
}

static bool is_prototype(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_MEMBER && str_is(js_str(f, n), "prototype");
}

static void index_assignment(struct program *p, struct file_priv *fp, const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	js_node target = d->a;
	if (js_kind(f, target) != JS_MEMBER || (d->op != JS_OP_NONE && d->op != JS_OP_OR && d->op != JS_OP_NULLISH))
		return;
	js_node object = js_at(f, target)->a;
	if (is_prototype(f, target)) {
		index_prototype(fp, f, object, d->b);
	} else if (js_kind(f, object) == JS_THIS) {
		struct this_owner t = this_owner(f, object);
		struct hung h = {.owner = t.node, .name = js_str(f, target), .at = n, .is_static = t.is_static};
		if (!t.node)
			return;
		if (t.is_target)
			h.owner = 0; /* of X.prototype.f: known when classes are */
		vec_push(&fp->this_props, h);
		if (!is_nothing(f, d->b) && !t.is_target)
			put_prop(p, fp, t.is_static ? 's' : 't', t.node, js_str(f, target), n);
	} else if (is_prototype(f, object)) {
		uint32_t b = binding_of_object(f, js_at(f, object)->a);
		struct hung h = {.owner = b, .name = js_str(f, target), .at = n};
		if (b != JS_NO_ATOM)
			vec_push(&fp->protos, h);
	} else {
		uint32_t b = binding_of_object(f, object);
		if (b != JS_NO_ATOM && !is_nothing(f, d->b))
			put_prop(p, fp, 'b', b, js_str(f, target), n);
	}
}

/* Object.assign(X.prototype, {...}) */
static void index_call(struct file_priv *fp, const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if (d->n_kids < 2 || js_kind(f, d->a) != JS_MEMBER || !str_is(js_str(f, d->a), "assign"))
		return;
	if (is_prototype(f, js_kid(f, n, 0)))
		index_prototype(fp, f, js_at(f, js_kid(f, n, 0))->a, js_kid(f, n, 1));
}

static void index_types(struct file_priv *fp, const struct js_file *f)
{
	for (uint32_t i = 0; i < js_at(f, 1)->n_kids; i++) {
		js_node n = js_kid(f, 1, i);
		if (js_kind(f, n) == JS_IMPORT) {
			for (uint32_t k = 0; k < js_at(f, n)->n_kids; k++) {
				js_node name = js_kid(f, n, k);
				if (js_at(f, name)->a)
					map_put(&fp->names, js_str(f, js_at(f, name)->a), name);
			}
			continue;
		}
		if (js_kind(f, n) == JS_EXPORT || js_kind(f, n) == JS_EXPORT_DEFAULT)
			n = js_at(f, n)->a;
		if (js_kind(f, n) == JS_CLASS && js_at(f, n)->a)
			map_put(&fp->names, js_str(f, js_at(f, n)->a), n);
	}
}

static void index_file(struct program *p, prog_id file)
{
	struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	struct arena *a = priv(p)->arena;
	fp->entity = arena_array(a, uint32_t, f->n_nodes);
	fp->cell_at = arena_array(a, uint32_t, f->n_nodes);
	fp->class_at = arena_array(a, uint32_t, f->n_nodes);
	fp->call_at = arena_array(a, uint32_t, f->n_nodes);
	fp->returns = xcalloc(f->n_functions, sizeof *fp->returns);
	for (js_node n = 1; n < f->n_nodes; n++) {
		const struct js_node_data *d = js_at(f, n);
		switch (js_kind(f, n)) {
		case JS_ASSIGN:
			index_assignment(p, fp, f, n);
			break;
		case JS_CALL:
			index_call(fp, f, n);
			break;
		case JS_RETURN:
			if (d->a && d->fn)
				vec_push(&fp->returns[d->fn], d->a);
			break;
		case JS_FUNCTION:
			if (d->b && js_kind(f, d->b) != JS_BLOCK)
				vec_push(&fp->returns[d->fn], d->b);
			break;
		default:
			break;
		}
	}
	if (f->n_nodes > 1)
		index_types(fp, f);
	index_exports(p, file);
}

void program_index(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (prog_id i = 0; i < p->n_files; i++)
		index_file(p, i);
	pr->fns = arena_array(pr->arena, struct prog_fn, p->n_fns + 1);
	pr->fn_names = arena_array(pr->arena, const char *, p->n_fns + 1);
	pr->params_first = arena_array(pr->arena, uint32_t, p->n_fns + 1);
	uint32_t n_params = 0;
	for (prog_id i = 0; i < p->n_files; i++) {
		const struct js_file *f = prog_js(p, i);
		for (uint32_t k = 0; k < f->n_functions; k++) {
			prog_id fn = fn_id(p, i, k);
			pr->fns[fn] = (struct prog_fn){.file = i, .index = k};
			pr->params_first[fn] = n_params;
			if (k)
				n_params += js_at(f, f->functions[k].node)->n_kids;
		}
	}
	pr->params_first[p->n_fns] = n_params;
	pr->n_params = n_params;
	pr->params = arena_array(pr->arena, struct param_flow, n_params + 1);
	p->fns = pr->fns;
}

struct this_owner this_owner(const struct js_file *f, js_node n)
{
	struct this_owner none = {0};
	for (js_node from = n, up = js_at(f, n)->parent; up; from = up, up = js_at(f, up)->parent) {
		const struct js_node_data *d = js_at(f, up);
		js_node holder = d->parent;
		switch (js_kind(f, up)) {
		case JS_FIELD:
			if (from == d->b)
				return (struct this_owner){.node = holder, .is_static = (d->flags & JSF_STATIC) != 0};
			break;
		case JS_STATIC_BLOCK:
			return (struct this_owner){.node = holder, .is_static = true};
		case JS_FUNCTION:
			if (d->flags & JSF_ARROW)
				break;
			if (js_kind(f, holder) == JS_METHOD)
				return (struct this_owner){.node = js_at(f, holder)->parent,
							   .is_static = (js_at(f, holder)->flags & JSF_STATIC) != 0};
			if (js_kind(f, holder) == JS_PROPERTY)
				return (struct this_owner){.node = js_at(f, holder)->parent, .is_object = true};
			if (js_kind(f, holder) == JS_ASSIGN && js_kind(f, js_at(f, holder)->a) == JS_MEMBER) {
				js_node object = js_at(f, js_at(f, holder)->a)->a;
				return (struct this_owner){.node = object, .is_target = true};
			}
			return (struct this_owner){.node = up, .is_function = true};
		default:
			break;
		}
	}
	return none;
}
