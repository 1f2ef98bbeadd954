#include "rules/catalogue/rows.h"

enum {
	SHARED_WORK = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_HTTP_SEND | EFFECT_MAIL |
		      EFFECT_PAYMENT | EFFECT_QUEUE_ADD | EFFECT_FILE_WRITE | EFFECT_FILE_DELETE |
		      EFFECT_SHARED_WRITE
};

/* const x = make(..) that nothing refers to and nothing exports: made, and never used */
static bool is_unused(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	if (js_kind(js, up) != JS_DECLARATOR || js_kind(js, js_at(js, up)->a) != JS_IDENT)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	js_node statement = js_at(js, js_at(js, up)->parent)->parent;
	return b && b->n_refs == 0 && b->fn == js_at(js, call)->fn &&
	       js_kind(js, statement) != JS_EXPORT;
}

/* a lock taken in the body: the message, or the start, is handled by one of them */
static bool does_shared_work(const struct program *p, prog_id fn)
{
	uint32_t effects = p->fns[fn].effects_all;
	return (effects & SHARED_WORK) && !(effects & EFFECT_LOCK);
}

static bool has_shared_effect(const struct row_match *m)
{
	const struct program *p = m->c->program;
	const struct js_file *js = p->files[m->call->file].js;
	js_node n = row_call_of(js, m->call->node), up = js_at(js, m->call->node)->parent;
	bool callback = false;
	if (js_kind(js, m->call->node) == JS_DECORATOR)
		return js_kind(js, up) == JS_METHOD && js_at(js, up)->b &&
		       does_shared_work(p, prog_fn_of(p, m->call->file, js_at(js, up)->b));
	for (uint32_t i = 0; i < js_at(js, n)->n_kids; i++) {
		js_node arg = js_kid(js, n, i);
		/* watch({ onLogs: handle }) */
		bool object = js_kind(js, arg) == JS_OBJECT;
		for (uint32_t k = 0; k < (object ? js_at(js, arg)->n_kids : 1); k++) {
			js_node value = object ? js_at(js, js_kid(js, arg, k))->b : arg;
			prog_id fn = value ? prog_callback(p, m->call->file, value) : PROG_NONE;
			if (fn == PROG_NONE)
				continue;
			callback = true;
			if (does_shared_work(p, fn))
				return true;
		}
	}
	return !callback && m->row->effects == EFFECTS_SHARED && does_shared_work(p, m->call->fn);
}

/* insuranceLimiter: new RateLimiterMemory(..), inline or through a name */
static bool is_spare(const struct row_match *m, js_node n)
{
	const struct js_file *js = m->c->program->files[m->call->file].js;
	js_node up = js_at(js, n)->parent;
	if (js_kind(js, up) == JS_PROPERTY) {
		for (size_t i = 0; i < m->row->n_spare; i++)
			if (str_eq(js_key(js, up), m->row->spare[i]))
				return true;
		return false;
	}
	if (js_kind(js, up) != JS_DECLARATOR || js_kind(js, js_at(js, up)->a) != JS_IDENT)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], holder = js_at(js, ref)->parent;
		for (size_t k = 0; js_kind(js, holder) == JS_PROPERTY && k < m->row->n_spare; k++)
			if (str_eq(js_key(js, holder), m->row->spare[k]))
				return true;
	}
	return false;
}

/* apicache.options({ redisClient }) beside apicache.middleware(..) */
static bool is_installed_elsewhere(struct row_match *m)
{
	const struct program *p = m->c->program;
	for (size_t i = 0; m->row->n_elsewhere && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct row_match other = *m;
		for (size_t k = 0; k < m->row->n_elsewhere; k++) {
			if (!row_knows(m->row, &m->row->elsewhere[k], call, false) ||
			    !row_is_live(m->c, call, WHEN_ANY))
				continue;
			other.call = call;
			other.file = call->file;
			other.options = row_argument(p->files[call->file].js, call->node, 0);
			if (row_has_store(&other, m->row->elsewhere_option) != ANSWER_YES)
				continue;
			m->store_file = other.store_file;
			m->store = other.store;
			m->store_name = other.store_name;
			m->shared = other.shared;
			return true;
		}
	}
	return false;
}

static void tell_strength(const struct row_match *m)
{
	check_strength(m->c, prog_place(m->c->program, m->call->file, m->call->node), "%s",
		       m->row->strength);
}

/* is the state kept elsewhere? m->store: by what */
static enum answer is_stored(struct row_match *m)
{
	const struct cat_row *row = m->row;
	enum answer stored = ANSWER_NO;
	m->store = 0;
	for (size_t i = 0; i < row->n_absent && stored != ANSWER_YES; i++) {
		enum answer a = row_has_store(m, row->absent[i]);
		if (a != ANSWER_NO)
			stored = a;
	}
	for (size_t i = 0; i < row->n_unless && stored != ANSWER_YES; i++) {
		enum answer a = row_holds(m, &row->unless[i]);
		if (a != ANSWER_NO)
			stored = a;
	}
	return stored != ANSWER_YES && is_installed_elsewhere(m) ? ANSWER_YES : stored;
}

static void judge(struct row_match *m)
{
	const struct cat_row *row = m->row;
	const struct program *p = m->c->program;
	const struct js_file *js = p->files[m->call->file].js;
	if (!row_is_live(m->c, m->call, row->when) || is_unused(js, m->call->node))
		return;
	if (!row->card) {
		tell_strength(m);
		return;
	}
	if (row->effects != EFFECTS_ANY && !has_shared_effect(m))
		return;
	if (row->n_spare && is_spare(m, m->call->node))
		return;
	for (size_t i = 0; i < row->n_present; i++)
		if (row_holds(m, &row->present[i]) != ANSWER_YES)
			return;
	enum answer stored = is_stored(m);
	if (stored == ANSWER_YES) {
		if (m->store)
			row_report(m, true);
		return;
	}
	if (stored == ANSWER_UNKNOWN) {
		/* options that come from where nobody can look: most such helpers do pass a store
		 */
		if (m->options && js_kind(p->files[m->file].js, m->options) != JS_OBJECT &&
		    !m->store)
			return;
		m->guessed = true;
	}
	if (prog_guard(p, m->c->app, m->model, m->call->file, m->call->node).answer != GUARD_NEVER)
		row_report(m, false);
}

static void look_at_call(struct check *c, const struct eco_app *model, const struct prog_call *call)
{
	const struct catalogue *cat = c->cards->catalogue;
	const struct js_file *js = c->program->files[call->file].js;
	bool decorator = js_kind(js, call->node) == JS_DECORATOR;
	size_t first, n = catalogue_rows_of(cat, call->callee.module, &first);
	for (size_t i = first; i < first + n; i++) {
		const struct cat_row *row = &cat->rows[cat->links[i].row];
		for (size_t k = 0; k < row->n_uses; k++) {
			if (!row_knows(row, &row->uses[k], call, decorator))
				continue;
			struct row_match m = {.c = c,
					      .model = model,
					      .row = row,
					      .use = &row->uses[k],
					      .call = call,
					      .file = call->file};
			m.options =
			    row->options == -2 ? 0 : row_argument(js, call->node, row->options);
			judge(&m);
			break;
		}
	}
}

static void look_at_plugin(struct check *c, const struct eco_app *model,
			   const struct prog_call *call)
{
	const struct catalogue *cat = c->cards->catalogue;
	struct entity plugin;
	struct row_match m = {.c = c, .model = model, .call = call};
	if (!row_plugin_given(c->program, call, &plugin, &m.options, &m.file))
		return;
	size_t first, n = catalogue_rows_of(cat, plugin.module, &first);
	for (size_t i = first; i < first + n; i++) {
		m.row = &cat->rows[cat->links[i].row];
		for (size_t k = 0; k < m.row->n_uses; k++) {
			m.use = &m.row->uses[k];
			m.guessed = false;
			m.store = 0;
			m.shared = NULL;
			if (m.use->kind == USE_PLUGIN && str_eq(m.use->path, plugin.path)) {
				judge(&m);
				break;
			}
		}
	}
}

/* What is asked of an environment that says nothing: is this production? synchronize: NODE_ENV !==
 * 'production' is right, and would be a false alarm otherwise. */
static const struct eco_app *in_production(struct check *c)
{
	const struct eco_app *model = c->model;
	for (size_t i = 0; i < model->n_env; i++)
		if (str_is(model->env[i].name, "NODE_ENV"))
			return model;
	struct env_var *env = arena_array(c->arena, struct env_var, model->n_env + 1);
	struct eco_app *copy = arena_new(c->arena, struct eco_app);
	*copy = *model;
	if (model->n_env)
		memcpy(env, model->env, model->n_env * sizeof *env);
	env[model->n_env] = (struct env_var){STR("NODE_ENV"), STR("production")};
	copy->env = env;
	copy->n_env = model->n_env + 1;
	return copy;
}

void check_catalogue(struct check *c)
{
	const struct eco_app *model = in_production(c);
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (!prog_loads(c->program, c->app, call->file))
			continue;
		if (call->callee.kind == ENT_PACKAGE || call->callee.kind == ENT_PACKAGE_INSTANCE)
			look_at_call(c, model, call);
		look_at_plugin(c, model, call);
	}
}
