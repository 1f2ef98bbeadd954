#include "analyzers/program/usage.h"

#include "analyzers/program/usage_private.h"

/* The accesses of one cell sorted by what they do, and how they stand to each other. */

bool usage_same_function(const struct reader *r, const struct cell_access *x, const struct cell_access *y)
{
	if (x->file != y->file)
		return false;
	const struct js_file *js = prog_js(r->p, x->file);
	uint32_t fx = js_at(js, x->node)->fn, fy = js_at(js, y->node)->fn;
	for (uint32_t f = fx; f; f = js->functions[f].parent)
		if (f == fy)
			return true;
	for (uint32_t f = fy; f; f = js->functions[f].parent)
		if (f == fx)
			return true;
	return false;
}

static bool in_finally(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	for (js_node n = x->node; n; n = js_at(js, n)->parent) {
		js_node up = js_at(js, n)->parent;
		if (js_kind(js, up) == JS_TRY && js_at(js, up)->c == n)
			return true;
		if (js_kind(js, n) == JS_FUNCTION && js_kind(js, up) == JS_CALL &&
		    js_kind(js, js_at(js, up)->a) == JS_MEMBER &&
		    str_is(js_str(js, js_at(js, up)->a), "finally"))
			return true;
	}
	return false;
}

static void sort_out(struct reader *r, uint32_t *put, uint32_t *get, uint32_t *removed)
{
	struct cell_usage *u = r->u;
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		uint32_t phases = prog_phases(r->p, r->app, x->fn), run = phases & PHASE_RUNTIME;
		const struct js_file *js = prog_js(r->p, x->file);
		bool resets = x->op == ACCESS_ADD && r->cell->shape == SHAPE_OBJECT && js_kind(js, x->node) == JS_ASSIGN &&
			      js_kind(js, js_at(js, x->node)->a) == JS_MEMBER && usage_is_empty_literal(js, js_at(js, x->node)->b);
		bool is_put = (x->op == ACCESS_ADD && !resets) || x->op == ACCESS_UPDATE || (x->op == ACCESS_ASSIGN && !usage_empties(js, x));
		/* exports.x = 1 declares it; a variable of the environment is there before */
		if (is_put && (x->node != r->cell->decl || str_starts(r->cell->name, STR("process.env."))))
			u->load_phases |= phases & (PHASE_LOAD | PHASE_BOOT);
		if (!run)
			continue;
		if (is_put) {
			put[u->n_puts++] = (uint32_t)i;
			u->put_phases |= run;
		} else if (x->op == ACCESS_REMOVE || x->op == ACCESS_ASSIGN || resets) {
			removed[u->n_removes++] = (uint32_t)i;
			u->remove_phases |= run;
			/* if (!nonces.delete(n)) return: asks whether it is there */
			if (x->op == ACCESS_REMOVE && (r->cell->shape == SHAPE_SET || r->cell->shape == SHAPE_MAP) && usage_test_of(js, x->node)) {
				get[u->n_gets++] = (uint32_t)i;
				u->get_phases |= run;
			}
		} else {
			get[u->n_gets++] = (uint32_t)i;
			u->get_phases |= run;
		}
	}
	u->puts = put;
	u->gets = get;
	u->removes = removed;
}

struct time_search {
	const struct reader *r;
	prog_id file;
	bool found;
};

static bool see_time(void *ctx, js_node n)
{
	struct time_search *s = ctx;
	enum js_kind k = js_kind(prog_js(s->r->p, s->file), n);
	if ((k == JS_CALL || k == JS_NEW || k == JS_IDENT) && usage_is_time(s->r, s->file, n))
		s->found = true;
	return !s->found;
}

/* if (Date.now() > entry.expiresAt) m.delete(k): every process drops it by its own clock */
static bool is_expiry(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	struct time_search s = {r, x->file, false};
	for (js_node n = prog_above(r->p, x->file, x->node, JS_IF); n && !s.found;
	     n = prog_above(r->p, x->file, js_at(js, n)->parent, JS_IF))
		js_walk(js, js_at(js, n)->a, see_time, &s);
	return s.found;
}

/* list.splice(0), list.length = 0 */
static bool takes_all(const struct js_file *js, const struct cell_access *x)
{
	js_node callee = js_at(js, x->node)->a;
	if (js_kind(js, x->node) == JS_ASSIGN)
		return true;
	return js_kind(js, x->node) == JS_CALL && js_kind(js, callee) == JS_MEMBER && str_is(js_str(js, callee), "splice") &&
	       js_kind(js, js_kid(js, x->node, 0)) == JS_NUMBER && js_at(js, js_kid(js, x->node, 0))->num == 0 &&
	       js_at(js, x->node)->n_kids == 1;
}

static void read_relations(struct reader *r)
{
	struct cell_usage *u = r->u;
	const struct cell_access *all = r->cell->accesses;
	size_t own_removes = 0, timer_removes = 0;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *put = &all[u->puts[i]];
		for (size_t k = 0; k < u->n_gets; k++) {
			const struct cell_access *get = &all[u->gets[k]];
			if (!usage_same_function(r, put, get) || get->op == ACCESS_ESCAPE)
				continue;
			if (usage_value_kind(r, put->file, put->value, 0) & PUT_LOADED)
				u->loads_on_miss = true;
		}
	}
	for (size_t i = 0; i < u->n_removes; i++) {
		const struct cell_access *x = &all[u->removes[i]];
		const struct js_file *js = prog_js(r->p, x->file);
		uint32_t run = prog_phases(r->p, r->app, x->fn) & PHASE_RUNTIME;
		bool with_put = false;
		for (size_t k = 0; k < u->n_puts; k++)
			with_put |= usage_same_function(r, &all[u->puts[k]], x);
		own_removes += with_put && in_finally(r, x);
		timer_removes += run == PHASE_TIMER;
		u->invalidated |= !with_put && run != PHASE_TIMER && !is_expiry(r, x);
		if (r->cell->shape == SHAPE_ARRAY) {
			u->drained |= !with_put || x->op == ACCESS_ASSIGN;
			u->drain_batch |= x->op == ACCESS_ASSIGN || takes_all(js, x);
		}
		if (with_put && r->cell->shape != SHAPE_MAP && r->cell->shape != SHAPE_SET && x->op == ACCESS_ASSIGN)
			u->flag_around = true;
	}
	u->scoped_finally = own_removes && own_removes == u->n_removes;
	u->expires = timer_removes > 0;
}

/* const rows = buffer; buffer = []; await save(rows): who reads it empties it */
static void read_drains(struct reader *r)
{
	struct cell_usage *u = r->u;
	u->read_where_drained = true;
	for (size_t i = 0; i < u->n_gets; i++) {
		const struct cell_access *g = &r->cell->accesses[u->gets[i]];
		bool with_removal = usage_only_size(prog_js(r->p, g->file), g);
		for (size_t k = 0; k < u->n_removes; k++)
			with_removal |= usage_same_function(r, g, &r->cell->accesses[u->removes[k]]);
		u->read_where_drained &= with_removal;
	}
}

static void read_flag(struct reader *r)
{
	/* running = true; try { ... } finally { running = false } */
	struct cell_usage *u = r->u;
	bool sets = false, clears = false, apart = false;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[u->puts[i]];
		const struct js_file *js = prog_js(r->p, x->file);
		js_node v = x->value ? x->value : js_kind(js, x->node) == JS_ASSIGN ? js_at(js, x->node)->b : 0;
		if (js_kind(js, v) != JS_BOOL)
			return;
		sets |= js_at(js, v)->op == 1;
		clears |= js_at(js, v)->op == 0;
		for (size_t k = 0; k < i; k++)
			apart |= !usage_same_function(r, x, &r->cell->accesses[u->puts[k]]);
	}
	if (sets && clears && !apart)
		u->flag_around = true;
}

/* await Page.save(x); await reload(): whoever asks for the reload has written before */
static bool writes_around(const struct reader *r, prog_id fn)
{
	enum { WRITES = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_SHARED_WRITE };
	if (r->p->fns[fn].effects_all & WRITES)
		return true;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		if (call->target == fn && (r->p->fns[call->fn].effects_all & WRITES) &&
		    (prog_phases(r->p, r->app, call->fn) & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE)))
			return true;
	}
	return false;
}

static void read_reloads(struct reader *r)
{
	struct cell_usage *u = r->u;
	if (!(u->put_values & PUT_LOADED) || !(u->put_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE)))
		return;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[u->puts[i]];
		u->reloaded_by_writer |= x->op == ACCESS_ASSIGN && writes_around(r, x->fn);
	}
}

/* recent.push(now); if (recent.length > most) */
static void read_times(struct reader *r, prog_id file, js_node value)
{
	const struct js_file *js = prog_js(r->p, file);
	const struct js_binding *b = js_binding_of(js, value);
	if (!usage_is_list_of_times(r, file, value))
		return;
	for (uint32_t i = 0; i < b->n_refs; i++)
		r->u->compares_count |= usage_has_comparison(js, js->lists[b->refs + i]);
}

/* m.set(id, { row, until: Date.now() + ttl }) */
static bool stores_time(const struct reader *r)
{
	for (size_t i = 0; i < r->u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[r->u->puts[i]];
		struct time_search s = {r, x->file, false};
		js_node v = x->value ? prog_local_value(r->p, x->file, x->value, NULL) : 0;
		if (v)
			js_walk(prog_js(r->p, x->file), v, see_time, &s);
		if (s.found)
			return true;
	}
	return false;
}

struct cell_usage *prog_cell_usage(struct arena *a, const struct program *p, uint32_t app,
				   const struct prog_cell *cell)
{
	struct cell_usage *u = arena_new(a, struct cell_usage);
	struct reader r = {a, p, app, cell, u, 0};
	uint32_t *lists = arena_array(a, uint32_t, cell->n_accesses * 3);
	sort_out(&r, lists, lists + cell->n_accesses, lists + 2 * cell->n_accesses);
	if (!u->n_puts)
		return u;
	u->reads_only_size = u->only_logs = u->n_gets > 0;
	for (size_t i = 0; i < u->n_gets; i++)
		usage_read_get(&r, &cell->accesses[u->gets[i]]);
	u->only_logs &= u->tests_presence;
	bool all_where_empty = true, single = true;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &cell->accesses[u->puts[i]];
		const struct js_file *js = prog_js(p, x->file);
		u->put_keys |= usage_key_kind(&r, x->file, x->key);
		js_node value = x->value;
		if (!value && js_kind(js, x->node) == JS_ASSIGN)
			value = js_at(js, x->node)->b;
		u->put_values |= x->op == ACCESS_UPDATE       ? PUT_NUMBER_FROM_OLD
				 : usage_is_memo(&r, x) ? PUT_PURE
							: usage_value_kind(&r, x->file, value, 0);
		u->puts_input |= usage_hangs_on_input(&r, x->file, value);
		read_times(&r, x->file, value);
		if (x->op == ACCESS_UPDATE)
			usage_read_update(&r, x);
		all_where_empty &= usage_assigned_where_empty(&r, x);
		single &= usage_same_function(&r, x, &cell->accesses[u->puts[0]]);
	}
	u->assigned_once = all_where_empty;
	for (size_t i = 0; i < u->n_gets; i++)
		single &= usage_same_function(&r, &cell->accesses[u->gets[i]], &cell->accesses[u->puts[0]]);
	u->single_function = single;
	read_relations(&r);
	read_flag(&r);
	read_drains(&r);
	u->checked_once = usage_is_checked_once(&r);
	u->pauses = usage_is_pause(&r);
	u->scratch = usage_is_scratch(&r);
	u->toggled = usage_is_toggled(&r);
	u->left_for_others = usage_is_left_for_others(&r);
	u->fed_alike = usage_is_fed_alike(&r);
	u->fallback = usage_is_fallback(&r);
	u->changed_elsewhere = !u->expires && !(u->put_values & PUT_EXPIRY) && !stores_time(&r) && usage_is_changed_elsewhere(&r);
	read_reloads(&r);
	uint32_t fillers = u->put_phases & ~(uint32_t)PHASE_TIMER;
	u->refreshed_whole = !fillers && u->put_phases;
	return u;
}
