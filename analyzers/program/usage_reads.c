#include "analyzers/program/usage_private.h"

/* What is done with what is read, and with the number that is counted up. */

bool usage_only_size(const struct js_file *js, const struct cell_access *g)
{
	js_node up = js_at(js, g->node)->parent;
	struct str last = js_kind(js, g->node) == JS_MEMBER ? js_str(js, g->node)
			  : js_kind(js, up) == JS_MEMBER    ? js_str(js, up)
							    : STR("");
	return str_is(last, "size") || str_is(last, "length");
}

/* if (list.length > 1000) list.shift() */
static bool throws_away(const struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	js_node test = usage_test_of(js, g->node);
	for (size_t i = 0; test && i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == g->file && x->op == ACCESS_REMOVE && prog_is_inside(js, x->node, test))
			return true;
	}
	return false;
}

/* bytes -= old.size, byId.delete(old.id), console.log(old): a look that leaves nothing of the entry behind */
static bool is_a_look(const struct reader *r, prog_id file, js_node ref)
{
	const struct js_file *js = prog_js(r->p, file);
	js_node n = ref, up = js_at(js, n)->parent;
	while (js_kind(js, up) == JS_MEMBER && js_at(js, up)->a == n) {
		n = up;
		up = js_at(js, n)->parent;
	}
	switch (js_kind(js, up)) {
	case JS_ASSIGN: /* bytes -= old.size, not next = old */
		return js_at(js, up)->b == n && (js_at(js, up)->op == JS_OP_SUB || js_at(js, up)->op == JS_OP_ADD) && n != ref;
	case JS_BINARY:
	case JS_UNARY:
	case JS_IF:
		return true;
	case JS_LOGICAL:
		return usage_test_of(js, n) != 0;
	case JS_CALL: {
		js_node callee = js_at(js, up)->a;
		uint32_t c = priv(r->p)->files[file].call_at[up];
		if (callee == n)
			return false;
		if (js_kind(js, callee) == JS_MEMBER && str_is(js_str(js, callee), "delete"))
			return true;
		return c && prog_call_effects(r->p, &r->p->calls[c - 1]) == EFFECT_LOG;
	}
	default:
		return false;
	}
}

/* const old = list.shift(), of which only parts are looked at */
static bool is_only_looked_at(const struct reader *r, prog_id file, js_node removal)
{
	const struct js_file *js = prog_js(r->p, file);
	js_node up = js_at(js, removal)->parent;
	const struct js_binding *b = js_kind(js, up) == JS_DECLARATOR ? js_binding_of(js, js_at(js, up)->a) : NULL;
	if (js_kind(js, up) != JS_DECLARATOR)
		return is_a_look(r, file, removal);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (js->lists[b->refs + i] != b->decl && !is_a_look(r, file, js->lists[b->refs + i]))
			return false;
	return b != NULL;
}

/* list.shift(); what is taken out to be used is not thrown away */
static bool drops_oldest(const struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->op != ACCESS_REMOVE)
			continue;
		if (x->file != g->file)
			return false;
		if (js_kind(js, js_at(js, x->node)->parent) != JS_EXPR_STMT &&
		    !(usage_has_comparison(js, g->node) && is_only_looked_at(r, x->file, x->node)))
			return false;
	}
	return throws_away(r, g);
}

static bool adds_inside(const struct reader *r, const struct cell_access *g, js_node branch)
{
	for (size_t i = 0; r->cell->shape != SHAPE_ARRAY && i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == g->file && x->op == ACCESS_ADD && prog_is_inside(prog_js(r->p, g->file), x->node, branch) &&
		    (r->cell->shape == SHAPE_SET || !(usage_value_kind(r, x->file, x->value, 0) & ~(uint32_t)PUT_TRUTH)))
			return true;
	}
	return false;
}

/* if (collect(user) > 3): the caller compares what the function that counts returns */
static bool caller_compares(const struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	js_node up = js_at(js, g->node)->parent;
	bool returned = js_kind(js, up) == JS_RETURN || (js_kind(js, up) == JS_FUNCTION && js_at(js, up)->b == g->node);
	for (size_t i = 0; returned && i < r->p->n_calls; i++)
		if (r->p->calls[i].target == g->fn && usage_result_is_compared(prog_js(r->p, r->p->calls[i].file), r->p->calls[i].node))
			return true;
	return false;
}

struct end_search {
	const struct js_file *js;
	uint32_t fn;
	bool found;
};

static bool see_end(void *ctx, js_node n)
{
	struct end_search *s = ctx;
	enum js_kind k = js_kind(s->js, n);
	if ((k == JS_RETURN || k == JS_BREAK) && js_at(s->js, n)->fn == s->fn)
		s->found = true;
	return !s->found;
}

/* while (used.has(port)) port++; for (p of ports) if (!used.has(p)) return p: a loop that ends when one is found */
static bool searches(const struct reader *r, const struct cell_access *g, js_node test)
{
	const struct js_file *js = prog_js(r->p, g->file);
	enum js_kind k = js_kind(js, test);
	struct end_search s = {js, js_at(js, g->node)->fn, false};
	js_node loop = prog_loop_of(r->p, g->file, g->node);
	if (k == JS_WHILE || k == JS_FOR || k == JS_DO_WHILE)
		return true;
	if (loop)
		js_walk(js, loop, see_end, &s);
	return s.found;
}

static void read_probe(struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	struct cell_usage *u = r->u;
	js_node test = usage_test_of_result(js, g->node);
	if (test) {
		u->tests_presence = true;
		u->only_logs &= usage_only_logs(r, g);
		enum js_kind k = js_kind(js, test);
		u->probes_in_loop |= searches(r, g, test);
		if (k == JS_IF && !usage_is_negated(js, g->node) && usage_leaves(js, js_at(js, test)->b))
			u->returns_early_if_present = true;
		/* if (!sent.has(id)) { sent.add(id); mail(id) } */
		if (k == JS_IF && usage_is_negated(js, g->node) && adds_inside(r, g, js_at(js, test)->b))
			u->returns_early_if_present = true;
	}
	/* candidates.find(p => !used.has(p)) */
	js_node fn = js->functions[js_at(js, g->node)->fn].node, call = js_at(js, fn)->parent;
	if (js_kind(js, fn) == JS_FUNCTION && js_kind(js, call) == JS_CALL &&
	    js_kind(js, js_at(js, call)->a) == JS_MEMBER) {
		struct str m = js_str(js, js_at(js, call)->a);
		u->probes_in_loop |= str_is(m, "find") || str_is(m, "findIndex");
	}
	if (r->cell->shape == SHAPE_ARRAY && usage_only_size(js, g) && drops_oldest(r, g))
		u->bounded = true;
	/* the size is compared to throw old entries away */
	if (!usage_only_size(js, g) || (r->cell->shape != SHAPE_MAP && !throws_away(r, g)))
		u->compares_count |= usage_result_is_compared(js, g->node) || caller_compares(r, g);
}

/* entry.count++ on what was read, or on what was put: a counter inside the entry */
static bool is_counted_up(const struct js_file *js, js_node ref)
{
	js_node up = js_at(js, ref)->parent;
	if (js_kind(js, up) != JS_MEMBER || js_at(js, up)->a != ref)
		return false;
	js_node top = js_at(js, up)->parent;
	if (js_kind(js, top) == JS_UPDATE)
		return true;
	uint8_t op = js_at(js, top)->op;
	return js_kind(js, top) == JS_ASSIGN && js_at(js, top)->a == up && (op == JS_OP_ADD || op == JS_OP_SUB);
}

static bool result_is_counted_up(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	while (js_kind(js, up) == JS_LOGICAL)
		up = js_at(js, up)->parent;
	if (is_counted_up(js, n))
		return true;
	if (js_kind(js, up) != JS_DECLARATOR)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (is_counted_up(js, js->lists[b->refs + i]))
			return true;
	return false;
}

static bool is_sent_to(const struct js_file *js, js_node iteration)
{
	/* looks for .send( .write( .emit( below the loop or callback */
	js_node top = iteration;
	for (int i = 0; i < 4 && js_at(js, top)->parent; i++) {
		enum js_kind k = js_kind(js, top);
		if (k == JS_FOR_IN || k == JS_EXPR_STMT)
			break;
		top = js_at(js, top)->parent;
	}
	struct str text = js_text(js, top);
	return str_find(text, STR(".send(")) != (size_t)-1 || str_find(text, STR(".write(")) != (size_t)-1 ||
	       str_find(text, STR(".emit(")) != (size_t)-1 || str_find(text, STR(".next(")) != (size_t)-1 || str_find(text, STR(".enqueue(")) != (size_t)-1;
}

/* res.json(..), res.status(200).send(..), reply.send(..): an answer, and not the send of a connection of its own */
static bool is_answer(const struct reader *r, prog_id file, js_node call)
{
	const struct js_file *js = prog_js(r->p, file);
	js_node n = js_at(js, call)->a;
	struct str m = js_str(js, n);
	if (!str_is(m, "json") && !str_is(m, "send") && !str_is(m, "end") && !str_is(m, "render"))
		return false;
	while (js_kind(js, n) == JS_MEMBER || js_kind(js, n) == JS_CALL)
		n = js_at(js, n)->a;
	const struct js_binding *b = js_binding_of(js, n);
	return !b || (b->kind == JSB_PARAM && b->fn);
}

static bool reaches_response(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(r->p, file);
	for (js_node up = js_at(js, n)->parent; up; up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_RETURN)
			return true;
		if (k == JS_CALL && js_kind(js, js_at(js, up)->a) == JS_MEMBER && is_answer(r, file, up))
			return true;
		if (k == JS_FUNCTION)
			return (js_at(js, up)->flags & JSF_ARROW) && js_kind(js, js_at(js, up)->b) != JS_BLOCK;
		if (k == JS_EXPR_STMT || k == JS_IF)
			return false;
	}
	return false;
}

/* list.splice(list.indexOf(own), 1) */
static bool finds_what_is_removed(const struct reader *r, const struct cell_access *g)
{
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == g->file && x->op == ACCESS_REMOVE && x->node != g->node &&
		    prog_is_inside(prog_js(r->p, g->file), g->node, x->node))
			return true;
	}
	return false;
}

void usage_read_get(struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	struct cell_usage *u = r->u;
	if (g->op == ACCESS_KEY_READ || g->op == ACCESS_ITERATE || g->op == ACCESS_READ)
		read_probe(r, g);
	if (g->op == ACCESS_ITERATE && is_sent_to(js, g->node))
		u->iterates_to_send = true;
	u->reads_only_size &= usage_only_size(js, g);
	u->reads_reach_response |= reaches_response(r, g->file, g->node);
	if (g->op == ACCESS_KEY_READ && result_is_counted_up(js, g->node))
		u->put_values |= PUT_NUMBER_FROM_OLD;
	if (finds_what_is_removed(r, g))
		return;
	uint32_t key = g->op == ACCESS_KEY_READ ? usage_key_kind(r, g->file, g->key) : KEY_NONE;
	u->get_keys |= key;
	if ((g->op == ACCESS_KEY_READ && key != KEY_CONNECTION) || (g->op == ACCESS_ITERATE && !usage_only_size(js, g))) {
		u->looked_up_elsewhere = true;
		u->elsewhere_phases |= prog_phases(r->p, r->app, g->fn) & PHASE_RUNTIME;
	}
}

/* last += 1; return `${year}-${last}`: only what ends in a store, a shown count is none */
static uint32_t flow_of_later_reads(const struct reader *r, const struct cell_access *x)
{
	uint32_t flow = 0;
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *g = &r->cell->accesses[i];
		if (g->fn == x->fn && g->node > x->node && (g->op == ACCESS_READ || g->op == ACCESS_ESCAPE))
			flow |= usage_flow(r, g->file, g->node, 0) & FLOW_STORE;
	}
	return flow;
}

void usage_read_update(struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	js_node n = x->node, up = js_at(js, n)->parent;
	if (js_kind(js, up) != JS_EXPR_STMT && js_kind(js, up) != JS_FOR && js_kind(js, up) != JS_SEQUENCE)
		r->u->update_used = true;
	bool text = false;
	for (; up && js_kind(js, up) != JS_EXPR_STMT; up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_BINARY && js_at(js, up)->op == JS_OP_MOD)
			r->u->modulo = true;
		if (k == JS_TEMPLATE || k == JS_PROPERTY || k == JS_RETURN ||
		    (k == JS_BINARY && js_at(js, up)->op == JS_OP_ADD))
			text = true;
		if (k == JS_FUNCTION || k == JS_BLOCK)
			break;
	}
	if (js_kind(js, n) == JS_ASSIGN && str_find(js_text(js, js_at(js, n)->b), STR("%")) != (size_t)-1)
		r->u->modulo = true;
	uint32_t flow = usage_flow(r, x->file, n, 0) | flow_of_later_reads(r, x);
	r->u->update_into_text |= (flow & FLOW_STORE) || (text && (flow & FLOW_OUT));
}

/* x === other; x !== null asks whether it is there */
static bool is_compared_with_other(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	if (js_kind(js, up) != JS_BINARY)
		return false;
	js_node other = js_at(js, up)->a == n ? js_at(js, up)->b : js_at(js, up)->a;
	return js_kind(js, other) != JS_NULL && !str_is(js_text(js, other), "undefined");
}

bool usage_assigned_where_empty(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	const struct js_node_data *d = js_at(js, x->node);
	if (js_kind(js, x->node) != JS_ASSIGN)
		return false;
	if (d->op == JS_OP_NULLISH || d->op == JS_OP_OR)
		return true;
	js_node test = prog_above(r->p, x->file, x->node, JS_IF);
	if (test && prog_is_inside(js, x->node, js_at(js, test)->b) && usage_mentions_cell(r, x->file, js_at(js, test)->a) &&
	    str_starts(js_text(js, js_at(js, test)->a), STR("!")))
		return true;
	/* if (x) return x; x = ... */
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *g = &r->cell->accesses[i];
		if (g->file != x->file || g->op == ACCESS_ASSIGN || js_at(js, g->node)->fn != js_at(js, x->node)->fn)
			continue;
		js_node t = usage_test_of(js, g->node);
		if (t && js_kind(js, t) == JS_IF && !usage_is_negated(js, g->node) && !is_compared_with_other(js, g->node) &&
		    usage_leaves(js, js_at(js, t)->b))
			return true;
	}
	return false;
}

bool usage_is_empty_literal(const struct js_file *js, js_node v)
{
	return (js_kind(js, v) == JS_ARRAY || js_kind(js, v) == JS_OBJECT) && !js_at(js, v)->n_kids;
}

bool usage_empties(const struct js_file *js, const struct cell_access *x)
{
	if (x->op == ACCESS_ASSIGN) {
		js_node v = x->value ? x->value : js_at(js, x->node)->b;
		enum js_kind k = js_kind(js, v);
		return (k == JS_ARRAY && !js_at(js, v)->n_kids) || k == JS_NULL ||
		       (k == JS_OBJECT && !js_at(js, v)->n_kids) ||
		       (k == JS_NEW && !js_at(js, v)->n_kids) || (k == JS_NUMBER && js_at(js, v)->num == 0);
	}
	return x->op == ACCESS_REMOVE;
}
