#include "analyzers/program/roots_private.h"

static struct str controller_prefix(const struct program *p, prog_id cls)
{
	prog_id file = p->classes[cls].file;
	const struct js_file *f = prog_js(p, file);
	js_node deco = find_decorator(p, file, p->classes[cls].node, "Controller");
	js_node arg = decorator_argument(f, deco, 0);
	return arg && js_kind(f, arg) == JS_STRING ? js_str(f, arg) : STR("");
}

static struct str route_path(struct program *p, prog_id cls, struct str path)
{
	struct str prefix = controller_prefix(p, cls);
	while (prefix.len && prefix.ptr[0] == '/')
		prefix = str_sub(prefix, 1, prefix.len);
	while (path.len && path.ptr[0] == '/')
		path = str_sub(path, 1, path.len);
	const char *slash = prefix.len && path.len ? "/" : "";
	return prog_internf(p, "/" STR_FMT "%s" STR_FMT, STR_ARG(prefix), slash, STR_ARG(path));
}

static const struct deco_row *deco_row_of(const struct entity *e, bool of_class,
					  const struct deco_row *after)
{
	struct str name = entity_last(e);
	for (const struct deco_row *row = after ? after + 1 : deco_rows;
	     row < deco_rows + n_deco_rows; row++)
		if ((row->methods != NULL) == of_class && e->kind == ENT_PACKAGE &&
		    (!row->module[0] || list_has(row->module, e->module)) &&
		    list_has(row->names, name))
			return row;
	return NULL;
}

/* a decorator of the project: what the decorators are that it applies */
static void expand_decorator(const struct program *p, prog_id fn, unsigned depth, id_vec *calls)
{
	const struct prog_fn *pf = &p->fns[fn];
	const struct js_file *f = prog_js(p, pf->file);
	if (depth > 3)
		return;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		if (c->file != pf->file)
			continue;
		uint32_t at = js_at(f, c->node)->fn;
		while (at && at != pf->index)
			at = f->functions[at].parent;
		if (at != pf->index)
			continue;
		vec_push(calls, (prog_id)i);
		if (c->target != PROG_NONE && c->target != fn)
			expand_decorator(p, c->target, depth + 1, calls);
	}
}

static void add_decorated(struct program *p, prog_id cls, prog_id fn, const struct deco_row *row,
			  js_node at, const struct entity *by, struct str first)
{
	struct str name = entity_last(by);
	if (row->phase == PHASE_REQUEST && strstr(row->label, "%0"))
		first = route_path(p, cls, first);
	struct prog_root root = {.fn = fn,
				 .file = p->classes[cls].file,
				 .at = at,
				 .phase = row->phase,
				 .by = *by,
				 .label = root_label(p, row->label, name, first)};
	struct reg reg = {.by_fn = PROG_NONE, .class_ = cls, .mode = REG_ALWAYS};
	root_add(p, &root, &reg);
}

static void each_method(struct program *p, prog_id cls, const char *methods,
			const struct deco_row *row, js_node at, const struct entity *by,
			struct str first)
{
	for (const char *s = methods; *s;) {
		size_t n = strcspn(s, "|");
		prog_id fn = class_method(p, cls, (struct str){s, n});
		struct entity named = *by;
		if (named.kind == ENT_UNKNOWN)
			named.members = prog_intern(p, (struct str){s, n});
		else
			named.path = prog_intern(p, (struct str){s, n});
		if (fn != PROG_NONE)
			add_decorated(p, cls, fn, row, at, row->methods ? &named : by, first);
		s += n + (s[n] == '|');
	}
}

static void one_decorator(struct program *p, prog_id cls, prog_id fn, js_node deco,
			  const struct entity *e, struct str first)
{
	for (const struct deco_row *row = deco_row_of(e, fn == PROG_NONE, NULL); row;
	     row = deco_row_of(e, fn == PROG_NONE, row)) {
		if (fn == PROG_NONE) {
			each_method(p, cls, row->methods, row, deco, e, first);
		} else {
			add_decorated(p, cls, fn, row, deco, e, first);
			return;
		}
	}
}

static void decorator_roots(struct program *p, prog_id cls, prog_id fn, js_node deco)
{
	prog_id file = p->classes[cls].file;
	uint32_t call = priv(p)->files[file].call_at[deco];
	if (!call)
		return;
	const struct prog_call *c = &p->calls[call - 1];
	struct str first = root_first_text(p, file, call_arguments(prog_js(p, file), deco));
	one_decorator(p, cls, fn, deco, &c->callee, first);
	prog_id wrapper = c->target;
	if (wrapper == PROG_NONE && c->callee.kind == ENT_FUNCTION)
		wrapper = c->callee.fn;
	if (wrapper == PROG_NONE)
		return;
	id_vec calls = {0};
	expand_decorator(p, wrapper, 0, &calls);
	for (size_t i = 0; i < calls.len; i++)
		one_decorator(p, cls, fn, deco, &p->calls[calls.ptr[i]].callee, first);
	vec_release(&calls);
}

static bool has_base(const struct program *p, prog_id cls, const char *path)
{
	for (unsigned step = 0; cls != PROG_NONE && step < 16; step++) {
		const struct class_priv *cp = &priv(p)->class_privs.ptr[cls];
		if (cp->base.kind != ENT_CLASS)
			return str_is(cp->base.path, path);
		cls = p->classes[cls].base;
	}
	return false;
}

static void hook_roots(struct program *p, prog_id cls)
{
	static const struct deco_row no_deco = {"", "", "", 0, NULL};
	const struct class_priv *cp = &priv(p)->class_privs.ptr[cls];
	for (size_t i = 0; i < n_hook_rows; i++) {
		const struct hook_row *h = &hook_rows[i];
		if ((h->nest && !cp->nest) || (h->base && !has_base(p, cls, h->base)))
			continue;
		struct deco_row row = no_deco;
		row.phase = (uint16_t)h->phase;
		row.label = h->label;
		struct entity by = entity_none();
		each_method(p, cls, h->methods, &row, cp->node, &by, STR(""));
	}
}

void root_add_class(struct program *p, prog_id cls)
{
	prog_id file = p->classes[cls].file;
	const struct js_file *f = prog_js(p, file);
	js_node node = p->classes[cls].node;
	if (js_kind(f, node) != JS_CLASS)
		return;
	for (uint32_t i = 0; i < js_at(f, node)->n_decos; i++)
		decorator_roots(p, cls, PROG_NONE, js_deco(f, node, i));
	for (uint32_t i = 0; i < js_at(f, node)->n_kids; i++) {
		js_node m = js_kid(f, node, i);
		const struct js_node_data *d = js_at(f, m);
		if (!d->n_decos || !d->b || js_kind(f, d->b) != JS_FUNCTION)
			continue;
		for (uint32_t k = 0; k < d->n_decos; k++)
			decorator_roots(p, cls, fn_id(p, file, js_at(f, d->b)->fn),
					js_deco(f, m, k));
	}
	hook_roots(p, cls);
	/* dependency injection calls the constructor */
	prog_id ctor = class_method(p, cls, STR("constructor"));
	const struct class_priv *cp = &priv(p)->class_privs.ptr[cls];
	if (ctor != PROG_NONE && (cp->decorated || cp->container)) {
		struct prog_root root = {.fn = ctor,
					 .file = file,
					 .at = node,
					 .phase = PHASE_BOOT,
					 .by = entity_none(),
					 .label = STR("constructor")};
		struct reg reg = {.by_fn = PROG_NONE, .class_ = cls, .mode = REG_ALWAYS};
		root_add(p, &root, &reg);
	}
}
