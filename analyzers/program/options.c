/* Options objects and values of expressions, followed through variables, spreads,
 * other files and factories. */
#include "analyzers/program/private.h"


struct option_search {
	const struct program *p;
	struct str name;
	prog_id file;
	js_node node;
	bool found, open;
	int depth;
};

static void search(struct option_search *s, prog_id file, js_node n);

static void search_returns(struct option_search *s, prog_id fn)
{
	const struct prog_fn *f = &s->p->fns[fn];
	const struct js_file *js = prog_js(s->p, f->file);
	const struct js_node_data *d = js_at(js, js->functions[f->index].node);
	if ((d->flags & JSF_ARROW) && d->b && js_kind(js, d->b) != JS_BLOCK) {
		search(s, f->file, d->b);
		return;
	}
	const node_vec *returns = &priv(s->p)->files[f->file].returns[f->index];
	for (size_t i = 0; i < returns->len && !s->found; i++)
		search(s, f->file, returns->ptr[i]);
	if (!returns->len)
		s->open = true;
}

/* useFactory: () => ({ ... }), useClass: X with createXOptions(); value: of the property */
static bool search_factory(struct option_search *s, prog_id file, js_node object)
{
	const struct js_file *js = prog_js(s->p, file);
	for (uint32_t i = 0; i < js_at(js, object)->n_kids; i++) {
		js_node prop = js_kid(js, object, i);
		struct str key = js_kind(js, prop) == JS_PROPERTY ? js_key(js, prop) : STR("");
		if (str_is(key, "useFactory") || str_is(key, "useValue")) {
			search(s, file, js_at(js, prop)->b);
			return true;
		}
		if (str_is(key, "useClass") || str_is(key, "useExisting")) {
			s->open = true;
			return true;
		}
	}
	return false;
}

static void search_object(struct option_search *s, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(s->p, file);
	const struct js_node_data *d = js_at(js, n);
	for (uint32_t i = d->n_kids; i-- > 0 && !s->found;) { /* the last one wins */
		js_node kid = js_kid(js, n, i);
		if (js_kind(js, kid) == JS_SPREAD) {
			search(s, file, js_at(js, kid)->a);
		} else if (js_kind(js, kid) == JS_PROPERTY && str_eq(js_key(js, kid), s->name)) {
			s->file = file;
			s->node = js_at(js, kid)->b;
			s->found = true;
		} else if (js_kind(js, kid) == JS_PROPERTY && (js_at(js, kid)->flags & JSF_COMPUTED) && !js_key(js, kid).len) {
			s->open = true;
		}
	}
	if (!s->found)
		search_factory(s, file, n);
}

static void search_call(struct option_search *s, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(s->p, file);
	struct entity e = prog_resolve(s->p, file, js_at(js, n)->a);
	if (e.kind == ENT_FUNCTION)
		search_returns(s, e.fn);
	else if (e.kind == ENT_GLOBAL && str_is(e.module, "Object") && (str_is(e.path, "assign") || str_is(e.path, "freeze")))
		for (uint32_t i = js_at(js, n)->n_kids; i-- > 0 && !s->found;)
			search(s, file, js_kid(js, n, i));
	else
		s->open = true;
}

static void search(struct option_search *s, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(s->p, file);
	if (!n || s->found)
		return;
	if (++s->depth > 12) {
		s->open = true;
		s->depth--;
		return;
	}
	const struct js_node_data *d = js_at(js, n);
	switch (js_kind(js, n)) {
	case JS_OBJECT:
		search_object(s, file, n);
		break;
	case JS_AWAIT:
		search(s, file, d->a);
		break;
	case JS_COND:
		search(s, file, d->b);
		search(s, file, d->c);
		break;
	case JS_LOGICAL:
		search(s, file, d->b);
		search(s, file, d->a);
		break;
	case JS_FUNCTION:
		search_returns(s, fn_id(s->p, file, d->fn));
		break;
	case JS_CALL:
		search_call(s, file, n);
		break;
	case JS_ARRAY: /* ThrottlerModule.forRoot([{ ttl, limit }]) carries no options of the module itself */
		break;
	case JS_IDENT:
	case JS_MEMBER: {
		prog_id to = file;
		js_node at = n;
		if (prog_deref(s->p, &to, &at) && (to != file || at != n))
			search(s, to, at);
		else
			s->open = true;
		break;
	}
	case JS_NULL:
	case JS_STRING:
	case JS_NUMBER:
	case JS_BOOL:
	case JS_TEMPLATE:
		break;
	default:
		s->open = true;
	}
	s->depth--;
}

bool prog_option(const struct program *p, prog_id file, js_node options, const char *name, prog_id *out_file,
		 js_node *out_node, bool *open)
{
	struct option_search s = {.p = p, .name = str_from(name)};
	search(&s, file, options);
	*open = s.open;
	*out_file = s.file;
	*out_node = s.node;
	return s.found;
}

/* ---- values ---- */

struct asker {
	const struct program *p;
	const struct eco_app *model;
	int instance;
	int depth;
	struct value_notes *notes;
};

static struct value *lookup(void *ctx, const struct js_file *f, js_node n);

static struct value *evaluate(struct asker *a, prog_id file, js_node n)
{
	struct eval_bind bind = {lookup, a};
	struct eval_options o = {.ctx = a->p->ctx, .path = a->p->files[file].source->path, .max_steps = 20000};
	return eval_expression(a->p->ctx->arena, prog_js(a->p, file), n, &bind, &o);
}

static struct value *unknown(const struct asker *a, const char *reason)
{
	return val_unknown(a->p->ctx->arena, reason, (struct place){0});
}

static void note(struct asker *a, const char *about, bool known)
{
	if (!a->notes)
		return;
	if (!a->notes->about || !known)
		a->notes->about = about;
	a->notes->n_known += known;
	a->notes->n_unknown += !known;
}

static struct value *text_value(const struct asker *a, const char *text)
{
	return val_string(a->p->ctx->arena, str_from(text), NULL);
}

/* process.env.NAME as a process of the app finds it: PM2 sets the instance variable, pm_id, name, exec_mode */
static struct value *env_value(struct asker *a, struct str name)
{
	const struct eco_app *m = a->model;
	struct arena *arena = a->p->ctx->arena;
	const char *cname = arena_cstr(arena, name);
	struct str instance_var = m->instance_var.len ? m->instance_var : STR("NODE_APP_INSTANCE");
	for (size_t i = 0; i < m->n_env; i++)
		if (str_eq(m->env[i].name, name)) {
			note(a, cname, true);
			return val_string(arena, m->env[i].value, NULL);
		}
	if (str_eq(name, instance_var)) {
		note(a, cname, a->instance >= 0);
		return a->instance >= 0 ? text_value(a, arena_printf(arena, "%d", a->instance)) : unknown(a, "differs between instances");
	}
	if (str_is(name, "NODE_APP_INSTANCE") || str_is(name, "NODE_UNIQUE_ID")) { /* renamed by instance_var; deleted by Node */
		note(a, cname, true);
		return val_new(arena, VAL_UNDEFINED, NULL);
	}
	if (str_is(name, "exec_mode") && m->exec_mode != EXEC_UNKNOWN) {
		note(a, cname, true);
		return text_value(a, m->exec_mode == EXEC_CLUSTER ? "cluster_mode" : "fork_mode");
	}
	note(a, cname, false);
	return unknown(a, "is not set in the config");
}

static struct value *env_object(struct asker *a)
{
	struct arena *arena = a->p->ctx->arena;
	struct value *v = val_object_new(arena, NULL);
	const struct eco_app *m = a->model;
	for (size_t i = 0; i < m->n_env; i++)
		val_set(arena, v->u.obj, m->env[i].name, val_string(arena, m->env[i].value, NULL));
	struct str instance_var = m->instance_var.len ? m->instance_var : STR("NODE_APP_INSTANCE");
	if (a->instance >= 0 && !val_get(v->u.obj, instance_var))
		val_set(arena, v->u.obj, instance_var, text_value(a, arena_printf(arena, "%d", a->instance)));
	v->u.obj->open = true;
	note(a, "process.env", true);
	return v;
}

/* cluster.isPrimary and the like: PM2's daemon is the primary of all cluster workers */
static struct value *cluster_value(struct asker *a, struct str path)
{
	struct arena *arena = a->p->ctx->arena;
	bool cluster = a->model->exec_mode == EXEC_CLUSTER, known = a->model->exec_mode != EXEC_UNKNOWN;
	if (str_starts(path, STR("default.")))
		path = str_sub(path, 8, path.len);
	if (str_is(path, "isPrimary") || str_is(path, "isMaster") || str_is(path, "isWorker")) {
		note(a, arena_printf(arena, "cluster." STR_FMT, STR_ARG(path)), known);
		return known ? val_bool(arena, str_is(path, "isWorker") == cluster, NULL) : unknown(a, "exec_mode is not known");
	}
	if (str_starts(path, STR("worker"))) {
		note(a, "cluster.worker.id", false);
		return unknown(a, "grows with every start of any app");
	}
	return NULL;
}

static struct value *config_get(struct asker *a, prog_id file, js_node call, const struct entity *e)
{
	const struct js_file *js = prog_js(a->p, file);
	if (!str_is(e->module, "@nestjs/config") || !js_at(js, call)->n_kids)
		return NULL;
	js_node key = js_kid(js, call, 0);
	return js_kind(js, key) == JS_STRING ? env_value(a, js_str(js, key)) : NULL;
}

/* process.env.X || 'production': where the config does not set X, the code itself says what holds */
static bool has_written_default(const struct js_file *f, js_node n)
{
	const struct js_node_data *up = js_at(f, js_at(f, n)->parent);
	return up->kind == JS_LOGICAL && up->a == n && (up->op == JS_OP_OR || up->op == JS_OP_NULLISH);
}

static bool is_set(const struct asker *a, struct str name)
{
	for (size_t i = 0; i < a->model->n_env; i++)
		if (str_eq(a->model->env[i].name, name))
			return true;
	return false;
}

/* a variable or field that keeps the value of its initialiser */
static bool is_settled(const struct program *p, prog_id cell)
{
	const struct prog_cell *c = &p->cells[cell];
	for (size_t i = 0; i < c->n_accesses; i++)
		if ((c->accesses[i].op == ACCESS_ASSIGN && c->accesses[i].node != c->decl) ||
		    c->accesses[i].op == ACCESS_UPDATE)
			return false;
	return true;
}

static struct value *lookup(void *ctx, const struct js_file *f, js_node n)
{
	struct asker *a = ctx;
	uint32_t file = map_get(&priv(a->p)->file_by_path, f->source->path);
	if (file == MAP_NONE || a->depth > 12)
		return NULL;
	enum js_kind kind = js_kind(f, n);
	struct entity e = prog_resolve(a->p, file, kind == JS_CALL ? js_at(f, n)->a : n);
	if (e.kind == ENT_GLOBAL && str_is(e.module, "process")) {
		if (str_is(e.path, "env"))
			return env_object(a);
		if (str_starts(e.path, STR("env."))) {
			struct str name = str_sub(e.path, 4, e.path.len);
			if (has_written_default(f, n) && !is_set(a, name) && !a->model->env_open &&
			    !str_eq(name, a->model->instance_var)) {
				note(a, arena_cstr(a->p->ctx->arena, name), true);
				return val_new(a->p->ctx->arena, VAL_UNDEFINED, NULL);
			}
			return env_value(a, name);
		}
		if (str_is(e.path, "pid")) {
			note(a, "process.pid", false);
			return unknown(a, "differs between processes");
		}
		return NULL;
	}
	if (e.kind == ENT_PACKAGE && str_is(e.module, "cluster"))
		return cluster_value(a, e.path);
	if (e.kind == ENT_PACKAGE && str_is(e.module, "worker_threads") && str_is(e.path, "isMainThread")) {
		note(a, "isMainThread", true);
		return val_bool(a->p->ctx->arena, true, NULL);
	}
	if (kind == JS_CALL && (e.kind == ENT_PACKAGE || e.kind == ENT_PACKAGE_INSTANCE))
		return config_get(a, file, n, &e);
	if (kind == JS_CALL) { /* isLeader(): what it returns, where that is one expression */
		if (e.kind != ENT_FUNCTION || e.members.len)
			return NULL;
		e = prog_resolve(a->p, file, n);
	}
	if ((e.kind == ENT_VALUE || (e.kind == ENT_CELL && is_settled(a->p, e.cell))) && e.node && !e.members.len && (e.file != file || e.node != n)) {
		a->depth++;
		struct value *v = evaluate(a, e.file, e.node);
		a->depth--;
		return v;
	}
	return NULL;
}

struct value *prog_value_noted(const struct program *p, const struct eco_app *model, int instance, prog_id file, js_node n,
			       struct value_notes *notes)
{
	struct asker a = {p, model, instance, 0, notes};
	return evaluate(&a, file, n);
}

struct value *prog_value(const struct program *p, const struct eco_app *model, int instance, prog_id file, js_node n)
{
	return prog_value_noted(p, model, instance, file, n, NULL);
}
