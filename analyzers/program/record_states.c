#include "analyzers/program/records_private.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"

/* the last word of a name in camelCase or snake_case says what it is: orderStatus, is_paid, paidAt;
 * not statusPageId */
bool record_is_state_name(struct str f)
{
	if (str_ends(f, STR("_at")) || str_ends(f, STR("At")))
		f = str_sub(f, 0, f.len - (str_ends(f, STR("_at")) ? 3 : 2));
	size_t at = f.len;
	while (at && f.ptr[at - 1] != '_' && !(f.ptr[at - 1] >= 'A' && f.ptr[at - 1] <= 'Z'))
		at--;
	if (at && f.ptr[at - 1] != '_')
		at--;
	struct str last = str_sub(f, at, f.len);
	char low[32];
	for (size_t i = 0; i < last.len && i < sizeof low; i++)
		low[i] = (char)(last.ptr[i] | 0x20);
	return last.len < sizeof low &&
	       list_has("status|state|paid|used|processed|redeemed|claimed|refunded|consumed|"
			"applied|completed|cancelled|canceled|sent|queued|shipped|settled|stage|"
			"phase|done|handled|notified",
			(struct str){low, last.len});
}

static js_node state_test(const struct search *s, struct str field, uint32_t before)
{
	for (size_t i = 0; i < s->held->n; i++) {
		const struct held_name *h = &s->held->names[i];
		for (uint32_t k = 0; k < h->b->n_refs; k++) {
			js_node ref = s->js->lists[h->b->refs + k], up = js_at(s->js, ref)->parent;
			bool is_field =
			    str_eq(h->field, field) ||
			    (js_kind(s->js, up) == JS_MEMBER && js_at(s->js, up)->a == ref &&
			     str_eq(js_str(s->js, up), field));
			js_node t = is_field ? record_tested(s->js, ref) : 0;
			if (t && start_of(s->js, t) < before)
				return t;
		}
	}
	return 0;
}

/* what happens from the decision to the end of the function, the write itself not counted */
static void effects_after(const struct search *s, struct record_flow *f)
{
	const struct store_call *c;
	uint32_t from = start_of(s->js, f->decide);
	js_node fn = s->js->functions[js_at(s->js, f->decide)->fn].node;
	for (size_t i = 0; (c = record_next_write(s, from, &i));)
		if (c->node != f->write && prog_is_inside(s->js, c->node, fn))
			f->effects |= store_twice(s->p, c->call, 0, &f->moves_value);
}

static void add_state(struct search *s, struct record_flow f)
{
	f.change = RECORD_STATE;
	effects_after(s, &f);
	record_add(s, f);
}

/* if (status === 'PAID') credit(..), where status is what the caller wants: what is done behind a
 * test of it */
static void act_on_wanted(const struct search *s, const struct js_binding *wanted,
			  struct record_flow *f)
{
	const struct prog_fn *fn = &s->p->fns[fn_id(s->p, s->file, js_at(s->js, f->decide)->fn)];
	for (uint32_t i = 0; i < wanted->n_refs; i++) {
		js_node t = record_tested(s->js, s->js->lists[wanted->refs + i]);
		for (size_t k = 0; js_kind(s->js, t) == JS_IF && k < fn->n_calls; k++) {
			js_node n = s->p->calls[fn->calls[k]].node;
			if (n != f->write && prog_is_inside(s->js, n, js_at(s->js, t)->b))
				f->effects |= store_twice(s->p, fn->calls[k], 0, &f->moves_value);
		}
	}
}

/* order.save(), repo.save(order): the record as a whole, not a part of it */
static bool saves_whole(const struct search *s, const struct held_name *h, js_node call)
{
	for (uint32_t i = 0; i < h->b->n_refs; i++) {
		js_node ref = s->js->lists[h->b->refs + i], up = js_at(s->js, ref)->parent;
		bool on_it = js_kind(s->js, up) == JS_MEMBER && js_at(s->js, call)->a == up;
		if (prog_is_inside(s->js, ref, call) && (up == call || on_it))
			return true;
	}
	return false;
}

static js_node whole_write(const struct search *s, const struct held_name *h, uint32_t from)
{
	const struct store_call *c;
	for (size_t i = 0; (c = record_next_write(s, from, &i));)
		if (js_kind(s->js, c->node) == JS_CALL && saves_whole(s, h, c->node))
			return c->node;
	return 0;
}

/* order.status = status; if (status === PAID) credit the wallet; save: a callback that comes twice
 * is credited twice */
static void set_unseen(struct search *s, const struct held_name *h, struct str field,
		       js_node assign)
{
	const struct js_binding *wanted = js_binding_of(s->js, js_at(s->js, assign)->b);
	struct record_flow f = {.change = RECORD_STATE,
				.record = record_name(s, h),
				.field = field,
				.decide = assign,
				.unchecked = true};
	f.write = whole_write(s, h, start_of(s->js, assign));
	if (!f.write || !wanted || wanted->kind != JSB_PARAM || !record_is_state_name(field))
		return;
	act_on_wanted(s, wanted, &f);
	if (f.moves_value || (f.effects & EFFECT_PAYMENT))
		record_add(s, f);
}

/* device.status !== from, where `from` is a parameter */
static bool compares_parameter(const struct js_file *js, js_node n)
{
	const struct js_node_data *d = js_at(js, n);
	if (d->kind == JS_LOGICAL)
		return compares_parameter(js, d->a) || compares_parameter(js, d->b);
	if (d->kind != JS_BINARY || d->op < JS_OP_EQ || d->op > JS_OP_SNE)
		return false;
	const struct js_binding *a = js_binding_of(js, d->a), *b = js_binding_of(js, d->b);
	return (a && a->kind == JSB_PARAM) || (b && b->kind == JSB_PARAM);
}

void record_change_state(struct search *s, const struct held_name *h, struct str field,
			 js_node assign)
{
	js_node test = state_test(s, field, start_of(s->js, assign));
	enum js_kind k = js_kind(s->js, js_at(s->js, assign)->b);
	if (!test && js_kind(s->js, assign) == JS_ASSIGN)
		set_unseen(s, h, field, assign);
	if (!test || record_side(s->js, test, assign) == SIDE_NONE)
		return;
	bool wanted = k == JS_IDENT && js_binding_of(s->js, js_at(s->js, assign)->b) &&
		      js_binding_of(s->js, js_at(s->js, assign)->b)->kind != JSB_IMPORT;
	bool transition = wanted && compares_parameter(s->js, js_at(s->js, test)->a);
	/* what the request asks for is stored: the last one wins, nothing is passed twice */
	if (wanted && !transition)
		return;
	js_node write = record_write_back(s, start_of(s->js, assign));
	if (write)
		add_state(s, (struct record_flow){.record = record_name(s, h),
						  .field = field,
						  .decide = test,
						  .write = write,
						  .transition = transition});
}

/* if (order.status !== 'NEW') throw ..; M.update({ id }, { status: 'PAID' }) */
void record_look_at_state(struct search *s, const struct held_name *h, js_node ref)
{
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	struct str field = c.field.len ? c.field : h->field;
	js_node test = field.len && record_is_state_name(field) ? record_tested(s->js, ref) : 0;
	const struct store_call *w;
	if (!test)
		return;
	for (size_t i = 0; (w = record_next_write(s, start_of(s->js, test), &i));) {
		struct str text = record_write_text(s, w);
		if (!(w->effects & EFFECT_DB_WRITE) || s->p->calls[w->call].target != PROG_NONE ||
		    store_is_insert(s->p, w->call) || record_times(text, field) == 0 ||
		    record_side(s->js, test, w->node) == SIDE_NONE ||
		    !store_same_model(store_model(s->p, w->call), s->model))
			continue;
		if (record_times(text, field) == 1)
			add_state(s, (struct record_flow){.record = record_name(s, h),
							  .field = field,
							  .decide = test,
							  .write = w->node});
		return;
	}
}

/* the text of the query, even where a function of the project asks it */
static struct str claim_query(const struct search *s)
{
	struct str query = record_query(s);
	if (s->held->call->call != s->held->read) {
		const struct prog_call *r = &s->p->calls[s->held->read];
		struct str sql = store_sql(s->p, r);
		query = sql.ptr ? sql : js_text(prog_js(s->p, r->file), r->node);
	}
	return query;
}

/* job.status = 'RUNNING'; job.save(), of a job selected by its status */
static void look_at_marking(struct search *s, struct str query)
{
	for (size_t i = 0; i < s->held->n; i++) {
		const struct held_name *h = &s->held->names[i];
		for (uint32_t k = 0; k < h->b->n_refs && !h->derived; k++) {
			js_node ref = s->js->lists[h->b->refs + k], m = js_at(s->js, ref)->parent,
				up = js_at(s->js, m)->parent;
			if (js_kind(s->js, m) != JS_MEMBER || js_at(s->js, m)->a != ref ||
			    js_kind(s->js, up) != JS_ASSIGN || js_at(s->js, up)->a != m ||
			    !record_is_state_name(js_str(s->js, m)) ||
			    !record_times(query, js_str(s->js, m)))
				continue;
			js_node write = record_write_back(s, start_of(s->js, m));
			if (write)
				record_add(s, (struct record_flow){.change = RECORD_CLAIMED,
								   .decide = up,
								   .write = write,
								   .record = record_name(s, h),
								   .field = js_str(s->js, m)});
		}
	}
}

/* UPDATE jobs SET status = 'RUNNING' WHERE id = ?, which does not ask for the status again */
static void look_at_update(struct search *s, struct str query)
{
	const struct store_call *w;
	for (size_t i = 0; (w = record_next_write(s, s->held->call->start + 1, &i));) {
		struct str text = record_write_text(s, w),
			   sql = store_sql(s->p, &s->p->calls[w->call]);
		static const char *const fields[] = {"status", "state",	  "processed", "sent",
						     "queued", "handled", "notified"};
		if (!(w->effects & EFFECT_DB_WRITE) || s->p->calls[w->call].target != PROG_NONE ||
		    !held_mentions(s->js, s->held, w->node) || store_is_insert(s->p, w->call) ||
		    !store_same_model(store_model(s->p, w->call), s->model))
			continue;
		if (sql.ptr && !record_name_has(sql, "update "))
			continue;
		for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
			struct str field = str_from(fields[k]);
			if (record_times(query, field) && record_times(text, field) == 1)
				record_add(s, (struct record_flow){
						  .change = RECORD_CLAIMED,
						  .decide = w->node,
						  .write = w->node,
						  .record = s->held->n
								? record_name(s, &s->held->names[0])
								: STR(""),
						  .field = field});
		}
	}
}

/* select by state, then mark one by one: two workers select the same rows */
void record_look_at_claim(struct search *s)
{
	struct str query = claim_query(s);
	look_at_marking(s, query);
	look_at_update(s, query);
}
