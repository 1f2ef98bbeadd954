#include "analyzers/program/stores.h"
#include "analyzers/program/usage_private.h"

/* How a cell stands to the stores that all processes share: is it used only where there is none, is what it keeps of one
 * changed by other code. */

/* ---- fallback ---- */

struct client_search {
	const struct program *p;
	prog_id file;
	bool found;
};

static bool is_client(const struct entity *e)
{
	return (e->kind == ENT_PACKAGE || e->kind == ENT_PACKAGE_INSTANCE) &&
	       (str_is(e->module, "ioredis") || str_is(e->module, "redis") || str_is(e->module, "@redis/client"));
}

static bool see_client(void *ctx, js_node n)
{
	struct client_search *s = ctx;
	const struct js_file *js = prog_js(s->p, s->file);
	enum js_kind k = js_kind(js, n);
	if (k == JS_NEW || k == JS_CALL) {
		struct entity e = prog_resolve(s->p, s->file, js_at(js, n)->a);
		s->found |= is_client(&e);
	}
	return !s->found;
}

/* a client of a shared store, or a variable that holds one where it is configured */
static bool may_be_client(const struct program *p, prog_id file, js_node n)
{
	struct entity e = prog_resolve(p, file, n);
	if (is_client(&e))
		return true;
	js_node init = e.kind == ENT_CELL && e.cell != PROG_NONE ? p->cells[e.cell].init : e.kind == ENT_VALUE ? e.node : 0;
	struct client_search s = {p, e.kind == ENT_CELL && e.cell != PROG_NONE ? p->cells[e.cell].file : e.file, false};
	if (!init || s.file == PROG_NONE)
		return false;
	js_walk(prog_js(p, s.file), init, see_client, &s);
	return s.found;
}

/* 1: the test holds where the client is there; -1: where it is missing; 0: it asks something else */
static int asks_for_client(const struct program *p, prog_id file, js_node test)
{
	const struct js_file *js = prog_js(p, file);
	int sign = 1;
	while (js_kind(js, test) == JS_UNARY && js_at(js, test)->op == JS_OP_NOT) {
		sign = -sign;
		test = js_at(js, test)->a;
	}
	enum js_kind k = js_kind(js, test);
	return (k == JS_IDENT || k == JS_MEMBER) && may_be_client(p, file, test) ? sign : 0;
}

/* if (redis) return ...; before the statement `at` of the block */
static bool left_before(const struct program *p, prog_id file, js_node block, js_node at)
{
	const struct js_file *js = prog_js(p, file);
	for (uint32_t i = 0; i < js_at(js, block)->n_kids; i++) {
		js_node s = js_kid(js, block, i);
		if (s == at)
			return false;
		if (js_kind(js, s) == JS_IF && usage_leaves(js, js_at(js, s)->b) && asks_for_client(p, file, js_at(js, s)->a) > 0)
			return true;
	}
	return false;
}

static bool is_without_client(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(p, file);
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_IF || k == JS_COND) {
			int asks = asks_for_client(p, file, js_at(js, up)->a);
			if ((asks > 0 && n == js_at(js, up)->c) || (asks < 0 && n == js_at(js, up)->b))
				return true;
		} else if (k == JS_BLOCK && left_before(p, file, up, n)) {
			return true;
		} else if (k == JS_FUNCTION) {
			return false;
		}
	}
	return false;
}

bool usage_is_fallback(const struct reader *r)
{
	const struct cell_usage *u = r->u;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[u->puts[i]];
		if (!is_without_client(r->p, x->file, x->node))
			return false;
	}
	return u->n_puts > 0;
}

/* ---- copies of records ---- */

/* the call whose result is kept, below awaits, members and variables */
static js_node loading_call(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(r->p, file);
	for (int step = 0; step < 8; step++) {
		js_node v = prog_local_value(r->p, file, n, NULL);
		const struct js_binding *b = js_binding_of(js, v);
		for (uint32_t i = 0; b && b->kind != JSB_PARAM && i < b->n_refs; i++) {
			js_node up = js_at(js, js->lists[b->refs + i])->parent;
			if (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == js->lists[b->refs + i])
				v = js_at(js, up)->b;
		}
		enum js_kind k = js_kind(js, v);
		if (k == JS_CALL)
			return v;
		n = k == JS_MEMBER || k == JS_INDEX || k == JS_AWAIT ? js_at(js, v)->a : 0;
		if (!n)
			return 0;
	}
	return 0;
}

/* Repository<City> says it better than the variable's name */
static struct str model_of(const struct program *p, prog_id call)
{
	struct str type = p->calls[call].callee.type_arg;
	return type.len ? type : store_model(p, call);
}

static bool is_changed(const struct reader *r, struct str model)
{
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		if (call->target == PROG_NONE && prog_call_effects(r->p, call) & (EFFECT_DB_WRITE | EFFECT_DB_DELETE) &&
		    prog_phases(r->p, r->app, call->fn) & PHASE_RUNTIME && store_same_model(model_of(r->p, (prog_id)i), model))
			return true;
	}
	return false;
}

bool usage_is_changed_elsewhere(const struct reader *r)
{
	for (size_t i = 0; i < r->u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[r->u->puts[i]];
		js_node call = x->value ? loading_call(r, x->file, x->value) : 0;
		uint32_t c = call ? priv(r->p)->files[x->file].call_at[call] : 0;
		struct str model = c ? model_of(r->p, c - 1) : STR("");
		if (model.len && prog_call_effects(r->p, &r->p->calls[c - 1]) & EFFECT_DB_READ && is_changed(r, model))
			return true;
	}
	return false;
}
