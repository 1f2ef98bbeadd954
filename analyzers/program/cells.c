#include "analyzers/program/private.h"

#include "analyzers/program/cell_shapes.h"

/* State cells: every variable, field and property that may outlive one call. Which cell an
 * expression stands for is in cell_nodes.c, their accesses are in accesses.c. */

static struct prog_cell *add_cell(struct program *p, enum cell_kind kind, prog_id file,
				  js_node decl, js_node init, struct str name)
{
	struct prog_private *pr = priv(p);
	struct prog_cell c = {.kind = kind,
			      .file = file,
			      .decl = decl,
			      .init = init,
			      .name = name,
			      .closure_fn = PROG_NONE,
			      .maker = entity_none()};
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
		if (js_kind(f, up) == JS_ASSIGN && js_at(f, up)->a == ref &&
		    js_at(f, up)->op != JS_OP_ADD && shape_of(f, js_at(f, up)->b) != SHAPE_NOTHING)
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
	static const char *const names[] = {
	    "forEach", "map",	    "filter", "reduce",	     "some",	"every",
	    "find",    "findIndex", "sort",   "flatMap",     "then",	"catch",
	    "finally", "replace",   "from",   "reduceRight", "Promise", "findLast"};
	js_node up = js_at(f, fn)->parent, callee = js_at(f, up)->a;
	if ((js_kind(f, up) != JS_CALL && js_kind(f, up) != JS_NEW) || callee == fn)
		return (js_kind(f, up) == JS_CALL && callee == fn);
	struct str name = js_last_name(f, callee);
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
	if ((b->kind != JSB_VAR && b->kind != JSB_LET && b->kind != JSB_CONST) || b->pattern ||
	    !b->decl)
		return;
	enum js_kind init = b->init ? js_kind(f, b->init) : JS_NONE;
	js_node up = js_at(f, b->decl)->parent;
	if (js_kind(f, up) != JS_DECLARATOR ||
	    js_kind(f, js_at(f, js_at(f, up)->parent)->parent) == JS_FOR_IN ||
	    js_kind(f, js_at(f, js_at(f, up)->parent)->parent) == JS_FOR)
		return;
	js_node assigned = first_assigned(f, b);
	if (!assigned && (init == JS_FUNCTION || init == JS_CLASS))
		return;
	if (b->init && !assigned && (is_require_call(p, file, b->init) || init == JS_THIS))
		return; /* const self = this: another name */
	if (b->fn) {
		enum cell_shape s = shape_of(f, b->init);
		if ((s == SHAPE_UNKNOWN || s == SHAPE_FUNCTION || s == SHAPE_STRING) &&
		    init != JS_NEW && !assigned)
			return;
		if (!is_captured(f, b))
			return;
	}
	struct prog_cell *c = add_cell(p, b->fn ? CELL_CLOSURE : CELL_BINDING, file, b->decl,
				       b->init, js_str(f, b->decl));
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
			struct prog_cell *c = add_cell(p, is_static ? CELL_STATIC : CELL_FIELD,
						       file, n, d->b, js_key(f, n));
			c->class_ = node;
			refine_shape(f, c, d->c);
		}
		if (d->kind != JS_METHOD || !str_is(js_key(f, n), "constructor"))
			continue;
		for (uint32_t k = 0; k < js_at(f, d->b)->n_kids; k++) {
			js_node param = js_kid(f, d->b, k);
			if (!(js_at(f, param)->flags & JSF_PARAM_PROPERTY))
				continue;
			struct prog_cell *c =
			    add_cell(p, CELL_FIELD, file, param, 0, js_str(f, js_at(f, param)->a));
			c->class_ = node;
			c->shape = SHAPE_UNKNOWN;
			refine_shape(f, c, js_at(f, param)->c);
		}
	}
}

/* this.x = v without a declared field; the first assignment declares it, its value is the
 * initialiser where it stands in the constructor */
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
			struct prog_cell *c = add_cell(p, h->is_static ? CELL_STATIC : CELL_FIELD,
						       file, m, value, h->name);
			c->class_ = h->owner;
		} else if (known) {
			struct prog_cell *c = &pr->cells.ptr[known - 1];
			enum cell_shape s = shape_of(f, value);
			if ((c->shape == SHAPE_NOTHING || c->shape == SHAPE_UNKNOWN) &&
			    s != SHAPE_NOTHING && s != SHAPE_UNKNOWN)
				c->shape = s;
		}
	}
}

static bool is_global_object(const struct js_file *f, js_node n)
{
	struct str name = shape_global_name(f, n);
	return str_is(name, "globalThis") || str_is(name, "global");
}

/* a variable of the environment, which is there before anything is assigned to it */
static bool is_env(struct str name)
{
	return str_starts(name, STR("process.env."));
}

static void add_global(struct program *p, prog_id file, js_node at, js_node init, struct str name)
{
	struct prog_private *pr = priv(p);
	if (map_get(&pr->globals, name) != MAP_NONE)
		return;
	struct prog_cell *c = add_cell(p, CELL_GLOBAL, file, at, init, name);
	if (is_env(name))
		c->shape = SHAPE_STRING; /* whatever it is given */
	map_put(&pr->globals, name, (uint32_t)pr->cells.len - 1);
}

/* process.env.X = v inside a function; what a module sets when it is loaded is the same in every process */
static bool is_env_set_later(const struct js_file *f, js_node assign)
{
	js_node env = js_at(f, js_at(f, assign)->a)->a;
	return js_at(f, assign)->fn && js_kind(f, env) == JS_MEMBER && str_is(js_str(f, env), "env") &&
	       str_is(shape_global_name(f, js_at(f, env)->a), "process");
}

/* globalThis.x = v; process.env.X = v; X.y = v where X is a class or function */
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
			add_global(p, file, n, d->b,
				   prog_internf(p, "globalThis." STR_FMT, STR_ARG(name)));
			continue;
		}
		if (is_env_set_later(f, n)) {
			add_global(p, file, n, d->b,
				   prog_internf(p, "process.env." STR_FMT, STR_ARG(name)));
			continue;
		}
		uint32_t b = js_kind(f, object) == JS_IDENT ? f->binding_of[object] : JS_NO_ATOM;
		if (b == JS_NO_ATOM || f->bindings[b].fn ||
		    (f->bindings[b].kind != JSB_CLASS && f->bindings[b].kind != JSB_FUNCTION))
			continue;
		enum cell_shape s = shape_of(f, d->b);
		struct str key = prog_internf(p, "b%u." STR_FMT, b, STR_ARG(name));
		if (map_get(&fp->props, key) != n || s == SHAPE_FUNCTION || s == SHAPE_CLASS ||
		    fp->cell_at[n])
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
			data = data || (s != SHAPE_UNKNOWN && s != SHAPE_FUNCTION &&
					s != SHAPE_CLASS && s != SHAPE_STRING);
		}
		if (data && !fp->cell_at[n])
			add_cell(p, CELL_BINDING, file, n, n,
				 i ? STR("default export") : STR("module.exports"));
	}
}

/* exports.rooms = new Map(): a variable of the module that has no other name */
static void index_exported(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	struct file_priv *fp = &priv(p)->files[file];
	for (size_t i = 0; i < fp->exports.len; i++) {
		js_node value = fp->exports.ptr[i].node, assign = js_at(f, value)->parent;
		enum cell_shape s = shape_of(f, value);
		if (fp->exports.ptr[i].imported.ptr || js_kind(f, assign) != JS_ASSIGN || js_at(f, assign)->b != value ||
		    js_at(f, assign)->fn || fp->cell_at[assign] || fp->cell_at[value])
			continue;
		if (s == SHAPE_UNKNOWN || s == SHAPE_FUNCTION || s == SHAPE_CLASS)
			continue;
		add_cell(p, CELL_BINDING, file, assign, value, fp->exports.ptr[i].name);
		fp->cell_at[value] = (uint32_t)priv(p)->cells.len;
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
		index_exported(p, file);
	}
}

static void hang_call(struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	const struct js_node_data *d = js_at(f, c->node);
	struct str last = entity_last(&c->callee);
	bool set = str_is(last, "set"), decorate = str_is(last, "decorate");
	if (d->kind != JS_CALL || d->n_kids < 2 || (!set && !decorate) ||
	    c->callee.kind != ENT_PACKAGE_INSTANCE)
		return;
	js_node name = js_kid(f, c->node, 0), value = js_kid(f, c->node, 1);
	if (js_kind(f, name) != JS_STRING || c->callee.members.len != last.len ||
	    !(str_ends(c->callee.path, STR("default()")) || decorate))
		return;
	if (cell_of_node(p, c->file, value, &(bool){false}) != PROG_NONE ||
	    priv(p)->files[c->file].cell_at[c->node])
		return;
	add_global(
	    p, c->file, c->node, value,
	    prog_internf(p, set ? "app.set." STR_FMT : "app." STR_FMT, STR_ARG(js_str(f, name))));
}

void index_app_state(struct program *p)
{
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			const struct js_node_data *d = js_at(f, n);
			if (d->kind != JS_ASSIGN || js_kind(f, d->a) != JS_MEMBER ||
			    priv(p)->files[file].cell_at[n])
				continue;
			struct entity o = prog_resolve(p, file, js_at(f, d->a)->a);
			if (o.kind == ENT_PACKAGE_INSTANCE && str_ends(o.path, STR("default()")) &&
			    (str_is(o.members, "locals") || str_is(o.members, "context")))
				add_global(p, file, n, d->b,
					   prog_internf(p, "app." STR_FMT "." STR_FMT,
							STR_ARG(o.members),
							STR_ARG(js_str(f, d->a))));
		}
	}
	for (size_t i = 0; i < p->n_calls; i++)
		hang_call(p, &p->calls[i]);
}

static void settle_data(const struct program *p, struct prog_cell *c)
{
	bool changed = false;
	for (size_t i = 0; i < c->n_accesses; i++) {
		enum access_op op = c->accesses[i].op;
		if (c->accesses[i].file != c->file)
			c->exported = true;
		/* the first assignment of an undeclared field is its initialiser */
		if (c->accesses[i].node == c->decl && !is_env(c->name))
			continue;
		changed = changed || op == ACCESS_ASSIGN || op == ACCESS_UPDATE ||
			  op == ACCESS_ADD || op == ACCESS_REMOVE || op == ACCESS_INNER;
	}
	c->is_const_data = !changed && c->init && c->shape != SHAPE_NOTHING &&
			   shape_is_literal(prog_js(p, c->file), c->init);
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
	return phases & PHASE_SOCKET	? LIFE_CONNECTION
	       : phases & PHASE_REQUEST ? LIFE_REQUEST
					: LIFE_CALL;
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
