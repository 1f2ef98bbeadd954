#include "analyzers/program/records_private.h"

#include "analyzers/program/roots.h"

static bool is_relational(const struct js_file *js, js_node n)
{
	return js_kind(js, n) == JS_BINARY && js_at(js, n)->op >= JS_OP_LT &&
	       js_at(js, n)->op <= JS_OP_GE;
}

static bool is_small_number(const struct js_file *js, js_node n)
{
	return js_kind(js, n) == JS_NUMBER && js_at(js, n)->num <= 1;
}

/* the comparison that the value takes part in, through arithmetic */
static js_node comparison(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; js_kind(js, up) == JS_BINARY;
	     n = up, up = js_at(js, up)->parent)
		if (js_at(js, up)->op >= JS_OP_EQ && js_at(js, up)->op <= JS_OP_GE)
			return up;
	return 0;
}

static bool repeats_condition(struct str text, struct str field)
{
	return str_find(text, STR("$gte")) != (size_t)-1 ||
	       str_find(text, STR("gte:")) != (size_t)-1 ||
	       str_find(text, STR("$gt")) != (size_t)-1 ||
	       str_find(text, STR("$lt")) != (size_t)-1 ||
	       str_find(text, STR("lte:")) != (size_t)-1 ||
	       str_find(text, STR("gt:")) != (size_t)-1 ||
	       str_find(text, STR(">=")) != (size_t)-1 || record_times(text, field) > 2;
}

static bool moves_field(struct str text, struct str method, struct str field)
{
	if (record_times(text, field) == 0 && str_find(text, field) == (size_t)-1)
		return false;
	return str_find(text, STR("$inc")) != (size_t)-1 ||
	       list_has("increment|decrement|decr|incr|decrby|incrby", method) ||
	       str_find(text, STR("decrement:")) != (size_t)-1 ||
	       str_find(text, STR("increment:")) != (size_t)-1 ||
	       (record_times(text, field) > 1 && (record_name_has(text, "set ")));
}

/* if (r.stock < n) throw; ... $inc: { stock: -n } without the condition */
void record_look_at_guard(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	js_node cmp = comparison(js, c.top), test = record_tested(js, ref);
	struct str field = c.field.len ? c.field : h->field;
	const struct store_call *w;
	if (!test || !is_relational(js, cmp) || !field.len || c.derived)
		return;
	for (size_t i = 0; (w = record_next_write(s, js_at(js, cmp)->span.end, &i));) {
		struct str text = record_write_text(s, w);
		if (!(w->effects & STORE_WRITES) ||
		    !moves_field(text, store_method(js, w->node), field))
			continue;
		if (!repeats_condition(text, field))
			record_add(s, (struct record_flow){.change = RECORD_GUARDED,
							   .decide = cmp,
							   .write = w->node,
							   .record = record_name(s, h),
							   .field = field});
		return;
	}
}

/* const n = await M.count(); if (n >= max) throw ..; M.create(..) ; const rows = await M.find(..);
 * if (rows.length < n) .. */
void record_look_at_count(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	bool length = str_is(c.field, "length") || str_is(c.field, "rowCount");
	js_node cmp = comparison(js, c.top);
	js_node test = record_tested(js, c.top);
	const struct store_call *w;
	if (!cmp || !test || !(s->held->counts || length) || (h && (h->field.len || h->derived)))
		return;
	bool small =
	    is_small_number(js, js_at(js, cmp)->a) || is_small_number(js, js_at(js, cmp)->b);
	if (small ? !s->held->counts : !is_relational(js, cmp))
		return;
	bool choice = js_kind(js, test) == JS_COND;
	for (size_t i = 0; (w = record_next_write(s, js_at(js, cmp)->span.end, &i));) {
		bool again, own = store_inserts(s->stores, w->call, s->model, &again);
		/* rows that are picked out of what is free, and put into a new row of another kind
		 */
		bool picked = length && !small && store_is_insert(s->p, w->call) &&
			      held_mentions(js, s->held, w->node);
		if (!own && !picked)
			continue;
		if (!choice && record_side(js, test, w->node) == SIDE_NONE && !picked)
			continue;
		record_add(s, (struct record_flow){.change = RECORD_GUARDED,
						   .decide = cmp,
						   .write = w->node,
						   .record = record_name(s, h),
						   .field = STR(""),
						   .bootstrap = small,
						   .picks = !own,
						   .idempotent = own && again});
		return;
	}
}

enum presence { PRESENCE_NONE, PRESENT, ABSENT };

/* what the test says of the value at n when it holds */
static enum presence presence_in(const struct js_file *js, js_node n, js_node *test)
{
	enum presence is = PRESENT;
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		const struct js_node_data *d = js_at(js, up);
		switch (js_kind(js, up)) {
		case JS_AWAIT:
			break;
		case JS_MEMBER:
			if (d->a != n ||
			    !list_has("length|rowCount|size|count|exists", js_str(js, up)))
				return PRESENCE_NONE;
			break;
		case JS_UNARY:
			if (d->op != JS_OP_NOT)
				return PRESENCE_NONE;
			is = is == PRESENT ? ABSENT : PRESENT;
			break;
		case JS_BINARY: {
			js_node other = d->a == n ? d->b : d->a;
			bool none = js_kind(js, other) == JS_NULL || is_small_number(js, other) ||
				    str_is(js_text(js, other), "undefined");
			bool equal = d->op == JS_OP_EQ || d->op == JS_OP_SEQ || d->op == JS_OP_LT ||
				     d->op == JS_OP_LE;
			if (!none || d->op < JS_OP_EQ || d->op > JS_OP_GE ||
			    (js_kind(js, other) == JS_NUMBER && js_at(js, other)->num == 1 &&
			     d->op != JS_OP_LT && d->op != JS_OP_GE))
				return PRESENCE_NONE;
			if (equal)
				is = is == PRESENT ? ABSENT : PRESENT;
			break;
		}
		case JS_LOGICAL:
			break;
		case JS_IF:
		case JS_COND:
			if (d->a != n)
				return PRESENCE_NONE;
			*test = up;
			return is;
		default:
			return PRESENCE_NONE;
		}
	}
	return PRESENCE_NONE;
}

/* a mark, not data: '1', Date.now(), true */
static bool puts_mark(const struct js_file *js, js_node call)
{
	if (js_at(js, call)->n_kids < 2)
		return false;
	js_node v = js_kid(js, call, 1);
	enum js_kind k = js_kind(js, v);
	if (js_at(js, call)->n_kids > 2 && list_has("setex|setEx|psetex", store_method(js, call)))
		k = js_kind(js, v = js_kid(js, call, 2));
	return k == JS_STRING || k == JS_NUMBER || k == JS_BOOL ||
	       str_is(js_text(js, v), "Date.now()");
}

void record_look_at_insert(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	js_node test = 0;
	enum presence is = presence_in(js, ref, &test);
	const struct store_call *w;
	if (is == PRESENCE_NONE || (h && (h->field.len || h->computed)))
		return;
	for (size_t i = 0;
	     (w = record_next_write(s, js_at(js, js_at(js, test)->a)->span.end, &i));) {
		enum record_side side = record_side(js, test, w->node);
		bool again;
		if ((is == PRESENT ? side != SIDE_ELSE : side != SIDE_THEN) ||
		    !store_inserts(s->stores, w->call, s->model, &again))
			continue;
		if (held_mentions(js, s->held,
				  js_at(js, w->node)->n_kids ? js_kid(js, w->node, 0) : 0))
			continue; /* saves what was found */
		/* a value that is looked up in a shared cache and put there when it is missing is
		 * meant to be put twice */
		if (!(s->held->call->effects & EFFECT_DB_READ) && !puts_mark(js, w->node))
			continue;
		struct record_flow f = {.change = RECORD_CREATED,
					.decide = test,
					.write = w->node,
					.record = record_name(s, h),
					.field = STR("")};
		f.idempotent = again;
		f.effects = w->effects;
		f.error_caught = record_is_caught(s->p, s->file, w->node);
		f.unique_error_handled = record_handles_error(js, w->node);
		f.unique = uniques_cover(s->uniques, s->model, &s->p->calls[s->held->read],
					 &f.unique_file, &f.unique_at);
		record_add(s, f);
		return;
	}
}
