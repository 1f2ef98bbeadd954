/* Loops. One whose end is unknown makes what it writes unknown. */
#include "analyzers/javascript/eval_internal.h"

static bool ends_iteration(const struct split *s, uint32_t label)
{
	return s->kind == COMP_CONTINUE && (s->label == JS_NO_ATOM || s->label == label);
}

static bool ends_loop(const struct split *s, uint32_t label)
{
	return (s->kind == COMP_BREAK || s->kind == COMP_CONTINUE) &&
	       (s->label == JS_NO_ATOM || s->label == label);
}

/* true: the loop goes on; otherwise *c is how it ends */
static bool iterate(struct frame *fr, js_node body, uint32_t label, enum completion *c)
{
	struct split *mark = fr->splits;
	*c = exec(fr, body);
	if (fr->splits != mark && fr->ip->abrupt != ABRUPT_STOPPED)
		reopen(fr, settle(fr, mark), ends_iteration, label);
	bool mine = fr->label == JS_NO_ATOM || fr->label == label;
	if (*c == COMP_NORMAL || (*c == COMP_CONTINUE && mine)) {
		*c = COMP_NORMAL;
		return true;
	}
	if (*c == COMP_BREAK && mine)
		*c = COMP_NORMAL;
	return false;
}

static enum completion end_loop(struct frame *fr, struct split *mark, uint32_t label,
				enum completion c)
{
	if (fr->splits != mark && fr->ip->abrupt != ABRUPT_STOPPED) {
		struct value *ret = fr->ret;
		reopen(fr, settle(fr, mark), ends_loop, label);
		fr->ret = ret;
	}
	return c;
}

struct loop {
	js_node test, body, update;
	uint32_t label;
};

static enum completion one_round(struct frame *fr, void *ctx)
{
	const struct loop *l = ctx;
	enum completion c;
	if (!iterate(fr, l->body, l->label, &c))
		return c;
	if (l->update && !eval(fr, l->update))
		return COMP_ABRUPT;
	return l->test && !eval(fr, l->test) ? COMP_ABRUPT : COMP_NORMAL;
}

/* 1: go on, 0: done, -1: unwinding, 2: unknown */
static int check_test(struct frame *fr, js_node test, struct value **v)
{
	bool known, yes;
	if (!test)
		return 1;
	if (!(*v = eval(fr, test)))
		return -1;
	test_truthy(fr, test, *v);
	yes = val_truthy(*v, &known);
	return known ? yes : 2;
}

/* closures of one iteration keep their own `let` variables */
static void next_iteration(struct frame *fr, js_node n)
{
	struct scope *old = fr->scope;
	uint32_t slots = fr->mod->n_slots[n];
	if (!slots || old->node != n)
		return;
	struct scope *s = arena_alloc(fr->ip->arena, sizeof *s + slots * sizeof *s->cells);
	*s = *old;
	for (uint32_t i = 0; i < slots; i++)
		s->cells[i].v = old->cells[i].v;
	fr->scope = s;
}

static enum completion run_loop(struct frame *fr, js_node n, struct loop *l, bool test_first)
{
	enum completion c = COMP_NORMAL;
	struct value *cond = NULL;
	for (bool first = true;; first = false) {
		int go = first && !test_first ? 1 : check_test(fr, l->test, &cond);
		if (go < 0)
			return COMP_ABRUPT;
		if (go == 0)
			return COMP_NORMAL;
		if (go == 2)
			return run_any(fr, cond, one_round, l);
		if (!step(fr, n))
			return COMP_ABRUPT;
		if (!iterate(fr, l->body, l->label, &c))
			return c;
		next_iteration(fr, n);
		if (l->update && !eval(fr, l->update))
			return COMP_ABRUPT;
	}
}

static enum completion exec_for(struct frame *fr, js_node n, uint32_t label)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct loop l = {.test = d->b, .update = d->c, .body = js_kid(fr->f, n, 0), .label = label};
	struct scope *outer = scope_enter(fr, n);
	struct split *mark = fr->splits;
	enum completion c = COMP_NORMAL;
	if (d->a && js_kind(fr->f, d->a) == JS_VAR)
		c = exec_var(fr, d->a);
	else if (d->a && !eval(fr, d->a))
		c = COMP_ABRUPT;
	if (c == COMP_NORMAL)
		c = end_loop(fr, mark, label, run_loop(fr, n, &l, true));
	fr->scope = outer;
	return c;
}

static enum completion exec_while(struct frame *fr, js_node n, uint32_t label)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct loop l = {.test = d->a, .body = d->b, .label = label};
	struct split *mark = fr->splits;
	return end_loop(fr, mark, label, run_loop(fr, n, &l, d->kind == JS_WHILE));
}

struct each {
	js_node n;
	uint32_t label;
	struct value *item;
};

static enum completion each_round(struct frame *fr, void *ctx)
{
	struct each *e = ctx;
	const struct js_node_data *d = js_at(fr->f, e->n);
	bool declares = js_kind(fr->f, d->a) == JS_VAR;
	js_node target = declares ? js_at(fr->f, js_kid(fr->f, d->a, 0))->a : d->a;
	struct scope *outer = scope_enter(fr, e->n);
	enum completion c = COMP_ABRUPT;
	if (step(fr, e->n) && assign_to(fr, target, e->item, declares) &&
	    iterate(fr, d->c, e->label, &c))
		c = COMP_CONTINUE; /* told apart from a break */
	fr->scope = outer;
	return c;
}

static enum completion for_each(struct frame *fr, struct each *e, const struct val_array *items,
				struct value *odd)
{
	struct interp *ip = fr->ip;
	for (uint32_t i = 0; items && i < items->n && (!items->open || i < items->fixed); i++) {
		e->item = items->items[i] ? items->items[i] : ip->undefined;
		enum completion c = each_round(fr, e);
		if (c != COMP_CONTINUE)
			return c;
		fr->label = JS_NO_ATOM;
	}
	if (items && !items->open)
		return COMP_NORMAL;
	struct value *cond = odd ? odd : unknown(fr, e->n, "the elements are not all known");
	e->item = spread_unknown(ip, cond);
	return run_any(fr, cond, each_round, e);
}

static enum completion exec_for_each(struct frame *fr, js_node n, uint32_t label)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct interp *ip = fr->ip;
	struct value *odd = NULL, *from = eval(fr, d->b);
	const struct val_array *items = NULL;
	struct split *mark = fr->splits;
	struct each e = {.n = n, .label = label};
	if (!from)
		return COMP_ABRUPT;
	if (d->op == JS_FOR_OP_OF) {
		if (!(items = elements(fr, d->b, from, &odd)) && !odd)
			return COMP_ABRUPT;
	} else if (is_unknown(from)) {
		odd = from;
	} else {
		struct val_object own = {0};
		struct val_array *keys = arena_new(ip->arena, struct val_array);
		own_props(fr, from, &own);
		for (uint32_t i = 0; i < own.n; i++)
			val_push(ip->arena, keys, string(fr, d->b, own.props[i].key));
		keys->open = own.open;
		keys->fixed = keys->n;
		items = keys;
	}
	return end_loop(fr, mark, label, for_each(fr, &e, items, odd));
}

enum completion exec_loop(struct frame *fr, js_node n, uint32_t label)
{
	switch (js_kind(fr->f, n)) {
	case JS_FOR:
		return exec_for(fr, n, label);
	case JS_FOR_IN:
		return exec_for_each(fr, n, label);
	case JS_WHILE:
	case JS_DO_WHILE:
		return exec_while(fr, n, label);
	default:
		return exec(fr, n);
	}
}
