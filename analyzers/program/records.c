#include "analyzers/program/records.h"

#include "analyzers/program/usage.h"
#include "base/vec.h"

typedef VEC(struct record_flow) flow_list;

struct search {
	struct arena *a;
	const struct program *p;
	prog_id file, fn;
	const struct js_file *js;
	uint32_t local;    /* index of fn in js->functions */
	flow_list *out;
};

/* ---- calls by effect ---- */

static const struct prog_call *call_at(const struct program *p, prog_id fn, js_node n)
{
	const struct prog_fn *f = &p->fns[fn];
	for (size_t i = 0; i < f->n_calls; i++)
		if (p->calls[f->calls[i]].node == n)
			return &p->calls[f->calls[i]];
	return NULL;
}

static uint32_t effects_of(const struct program *p, const struct prog_call *call)
{
	if (!call)
		return 0;
	return call->target != PROG_NONE ? p->fns[call->target].effects_all : prog_call_effects(p, call);
}

enum { READS = EFFECT_DB_READ | EFFECT_SHARED_READ, WRITES = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_SHARED_WRITE };

static bool is_read(const struct program *p, const struct prog_call *call)
{
	uint32_t e = effects_of(p, call);
	return (e & READS) && !(e & (WRITES | EFFECT_MAIL | EFFECT_PAYMENT));
}

static bool is_write(const struct program *p, const struct prog_call *call)
{
	return effects_of(p, call) & WRITES;
}

static struct str method_of(const struct js_file *js, js_node call)
{
	js_node callee = js_at(js, call)->a;
	return js_kind(js, callee) == JS_MEMBER ? js_str(js, callee) : js_text(js, callee);
}

static bool name_has(struct str name, const char *const *parts, size_t n)
{
	char low[64];
	size_t len = name.len < sizeof low ? name.len : sizeof low;
	for (size_t i = 0; i < len; i++)
		low[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32) : name.ptr[i];
	for (size_t i = 0; i < n; i++)
		if (str_find((struct str){low, len}, str_from(parts[i])) != (size_t)-1)
			return true;
	return false;
}

static bool inserts(const struct js_file *js, js_node call)
{
	static const char *const parts[] = {"create", "insert", "save", "add", "register", "signup"};
	struct str m = method_of(js, call);
	return name_has(m, parts, sizeof parts / sizeof *parts) && !str_is(m, "saveAll");
}

static bool is_upsert(const struct js_file *js, js_node call)
{
	static const char *const parts[] = {"upsert", "findorcreate", "orignore", "insertignore", "setnx"};
	return name_has(method_of(js, call), parts, sizeof parts / sizeof *parts) ||
	       str_find(js_text(js, call), STR("upsert: true")) != (size_t)-1 ||
	       str_find(js_text(js, call), STR("'NX'")) != (size_t)-1 || str_find(js_text(js, call), STR("NX: true")) != (size_t)-1;
}

/* ---- tests on the record ---- */

static bool mentions(const struct js_file *js, const struct js_binding *b, js_node n)
{
	for (uint32_t i = 0; i < b->n_refs; i++)
		if (prog_is_inside(js, js->lists[b->refs + i], n))
			return true;
	return false;
}

/* r.x, r.x.y: the member just behind the record, or 0 */
static js_node member_of(const struct js_file *js, js_node ref)
{
	js_node up = js_at(js, ref)->parent;
	return (js_kind(js, up) == JS_MEMBER || js_kind(js, up) == JS_INDEX) && js_at(js, up)->a == ref ? up : 0;
}

static struct str field_of(const struct js_file *js, js_node member)
{
	if (js_kind(js, member) == JS_MEMBER)
		return js_str(js, member);
	js_node index = js_kind(js, member) == JS_INDEX ? js_at(js, member)->b : 0;
	return js_kind(js, index) == JS_STRING ? js_str(js, index) : STR("");
}

/* does n read r.field? */
static js_node reads_field(const struct js_file *js, const struct js_binding *b, struct str field, js_node n)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], m = member_of(js, ref);
		if (m && prog_is_inside(js, ref, n) && str_eq(field_of(js, m), field))
			return m;
	}
	return 0;
}

static bool is_arithmetic(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		const struct js_node_data *d = js_at(js, up);
		if (js_kind(js, up) == JS_BINARY)
			return d->op >= JS_OP_ADD && d->op <= JS_OP_MOD;
		if (js_kind(js, up) == JS_CALL && d->a != n) /* Number(r.n) + 1 */
			continue;
		if (js_kind(js, up) != JS_LOGICAL && js_kind(js, up) != JS_UNARY)
			return false;
	}
	return false;
}

static bool is_state_name(struct str field)
{
	static const char *const parts[] = {"status", "state", "paid", "used", "processed", "redeemed", "claimed", "refunded", "consumed", "applied", "verified", "completed", "published"};
	return name_has(field, parts, sizeof parts / sizeof *parts);
}

/* the test (of if, ?:, loop) that ref takes part in, before `before` */
static js_node tested(const struct js_file *js, js_node ref, uint32_t before)
{
	for (js_node n = ref, up = js_at(js, ref)->parent; up; n = up, up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if ((k == JS_IF || k == JS_COND || k == JS_WHILE) && js_at(js, up)->a == n)
			return js_at(js, up)->span.start < before ? up : 0;
		if (k == JS_FUNCTION || k == JS_BLOCK || k == JS_EXPR_STMT)
			return 0;
	}
	return 0;
}

static js_node test_on_field(const struct js_file *js, const struct js_binding *b, struct str field, uint32_t before)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], m = member_of(js, ref);
		js_node t = m && str_eq(field_of(js, m), field) ? tested(js, ref, before) : 0;
		if (t)
			return t;
	}
	return 0;
}

static bool leaves_early(const struct js_file *js, js_node test)
{
	if (js_kind(js, test) != JS_IF)
		return false;
	js_node n = js_at(js, test)->b;
	while (js_kind(js, n) == JS_BLOCK && js_at(js, n)->n_kids)
		n = js_kid(js, n, js_at(js, n)->n_kids - 1);
	return js_kind(js, n) == JS_RETURN || js_kind(js, n) == JS_THROW || js_kind(js, n) == JS_CONTINUE;
}

/* ---- what serialises ---- */

static bool text_locks(struct str text)
{
	static const char *const marks[] = {"pessimistic_write", "pessimistic_read", "PESSIMISTIC_WRITE", "FOR UPDATE", "for update", "forUpdate(", ".for('update')", "LOCK.UPDATE", "lock: true", "SKIP LOCKED", "skipLocked", "optimisticConcurrency", "advisory", "Serializable", "SERIALIZABLE", "watch("};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(text, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

static js_node lock_in(const struct search *s, uint32_t before)
{
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		if (js_at(s->js, call->node)->span.start < before && (effects_of(s->p, call) & EFFECT_LOCK))
			return call->node;
	}
	return 0;
}

static bool in_transaction(const struct search *s)
{
	struct str text = js_text(s->js, s->js->functions[s->local].node);
	if (str_find(text, STR("startTransaction")) != (size_t)-1 || str_find(text, STR("withTransaction")) != (size_t)-1)
		return true;
	for (uint32_t f = s->local; f; f = s->js->functions[f].parent) {
		js_node up = js_at(s->js, s->js->functions[f].node)->parent;
		if (js_kind(s->js, up) == JS_CALL && str_find(method_of(s->js, up), STR("ransaction")) != (size_t)-1)
			return true;
	}
	return false;
}

static bool handles_error(const struct js_file *js, js_node n)
{
	for (; n; n = js_at(js, n)->parent) {
		if (js_kind(js, n) != JS_TRY || !js_at(js, n)->b)
			continue;
		struct str text = js_text(js, js_at(js, n)->b);
		static const char *const marks[] = {"23505", "11000", "P2002", "ER_DUP_ENTRY", "UniqueConstraint", "unique", "duplicate", "Duplicate"};
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			if (str_find(text, str_from(marks[i])) != (size_t)-1)
				return true;
	}
	return false;
}

static void add_flow(struct search *s, struct record_flow f)
{
	f.file = s->file;
	f.fn = s->fn;
	f.lock = text_locks(js_text(s->js, f.read)) ? f.read : lock_in(s, js_at(s->js, f.write)->span.start);
	f.transaction = in_transaction(s);
	for (size_t i = 0; i < s->out->len; i++) {
		const struct record_flow *o = &s->out->ptr[i];
		if (o->file == f.file && o->write == f.write && o->change == f.change)
			return;
	}
	vec_push(s->out, f);
}

/* ---- one record ---- */

struct record {
	js_node read;
	const struct js_binding *b;
	bool shared;
};

/* the first write after `from` in fn that saves the record or mentions it */
static js_node write_of(const struct search *s, const struct record *r, uint32_t from)
{
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		const struct js_node_data *d = js_at(s->js, call->node);
		if (d->span.start < from || js_kind(s->js, call->node) != JS_CALL || !mentions(s->js, r->b, call->node))
			continue;
		struct str m = method_of(s->js, call->node);
		if (is_write(s->p, call) || ((str_is(m, "save") || str_is(m, "flush")) && mentions(s->js, r->b, d->a)))
			return call->node;
	}
	return 0;
}

static bool collection_method(struct str m)
{
	static const char *const names[] = {"push", "splice", "pop", "shift", "unshift", "pull", "addToSet"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(m, names[i]))
			return i < 5; /* mongoose's pull and addToSet are atomic operators */
	return false;
}

/* assignments and calls that change r.field before it is saved */
static void look_at_change(struct search *s, const struct record *r, js_node ref)
{
	const struct js_file *js = s->js;
	js_node m = member_of(js, ref);
	if (!m)
		return;
	struct str field = field_of(js, m);
	js_node up = js_at(js, m)->parent;
	struct record_flow f = {.read = r->read, .record = js_atom(js, r->b->name), .field = field, .shared_store = r->shared};
	const struct js_node_data *d = js_at(js, up);
	uint32_t at = js_at(js, m)->span.start;
	bool changed = false;
	if (js_kind(js, up) == JS_UPDATE) {
		f.change = RECORD_COMPUTED;
		changed = true;
	} else if (js_kind(js, up) == JS_ASSIGN && d->a == m) {
		js_node old = reads_field(js, r->b, field, d->b);
		js_node test = test_on_field(js, r->b, field, at);
		if (d->op == JS_OP_ADD || d->op == JS_OP_SUB || (old && is_arithmetic(js, old))) {
			f.change = RECORD_COMPUTED;
			changed = true;
		} else if (old && js_kind(js, d->b) == JS_CALL) {
			f.change = RECORD_COLLECTION;
			changed = true;
		} else if (test && is_state_name(field)) {
			f.change = RECORD_STATE;
			f.decide = test;
			changed = true;
		}
	} else if (js_kind(js, up) == JS_MEMBER && d->a == m && js_kind(js, d->parent) == JS_CALL &&
		   js_at(js, d->parent)->a == up && collection_method(js_str(js, up))) {
		f.change = RECORD_COLLECTION;
		up = d->parent;
		changed = true;
	}
	if (!changed)
		return;
	if (!f.decide)
		f.decide = up;
	f.write = write_of(s, r, at);
	if (f.write && js_at(js, f.write)->span.start > js_at(js, r->read)->span.start)
		add_flow(s, f);
}

/* update({ data: { n: r.n + 1 } }), set(key, JSON.stringify(r)) */
static void look_at_computed_write(struct search *s, const struct record *r, js_node ref)
{
	const struct js_file *js = s->js;
	js_node m = member_of(js, ref);
	if (!m || !is_arithmetic(js, m))
		return;
	for (js_node n = js_at(js, m)->parent; n && js_kind(js, n) != JS_FUNCTION; n = js_at(js, n)->parent) {
		const struct prog_call *call = js_kind(js, n) == JS_CALL ? call_at(s->p, s->fn, n) : NULL;
		if (!call || !is_write(s->p, call) || prog_is_inside(js, m, js_at(js, n)->a))
			continue;
		add_flow(s, (struct record_flow){.change = RECORD_COMPUTED, .read = r->read, .decide = js_at(js, m)->parent,
						 .write = n, .record = js_atom(js, r->b->name), .field = field_of(js, m), .shared_store = r->shared});
		return;
	}
}

/* if (r.stock < n) throw; ... $inc: { stock: -n } without the condition */
static void look_at_guard(struct search *s, const struct record *r, js_node ref)
{
	const struct js_file *js = s->js;
	js_node m = member_of(js, ref), test = m ? tested(js, ref, UINT32_MAX) : 0;
	struct str field = m ? field_of(js, m) : STR("");
	js_node cmp = m ? js_at(js, m)->parent : 0;
	if (!test || !leaves_early(js, test) || js_kind(js, cmp) != JS_BINARY || js_at(js, cmp)->op < JS_OP_LT || js_at(js, cmp)->op > JS_OP_GE)
		return;
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		if (js_at(js, call->node)->span.start < js_at(js, test)->span.end || !is_write(s->p, call))
			continue;
		struct str text = js_text(js, call->node);
		if (str_find(text, field) == (size_t)-1 || (str_find(text, STR("$inc")) == (size_t)-1 && str_find(text, STR("decrement")) == (size_t)-1 && str_find(text, STR("increment")) == (size_t)-1))
			continue;
		if (str_find(text, STR("$gte")) != (size_t)-1 || str_find(text, STR("gte:")) != (size_t)-1 || str_find(text, STR("$lt")) != (size_t)-1)
			return;
		add_flow(s, (struct record_flow){.change = RECORD_GUARDED, .read = r->read, .decide = cmp, .write = call->node,
						 .record = js_atom(js, r->b->name), .field = field, .shared_store = r->shared});
		return;
	}
}

/* const found = await M.findOne(..); if (found) throw ..; await M.create(..) */
static void look_at_insert(struct search *s, const struct record *r, js_node ref)
{
	const struct js_file *js = s->js;
	js_node test = member_of(js, ref) ? 0 : tested(js, ref, UINT32_MAX);
	if (!test || js_kind(js, test) != JS_IF)
		return;
	bool negated = js_kind(js, js_at(js, ref)->parent) == JS_UNARY;
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		js_node n = call->node;
		if (js_at(js, n)->span.start < js_at(js, test)->span.start || js_kind(js, n) != JS_CALL || !is_write(s->p, call) || !inserts(js, n))
			continue;
		bool inside = prog_is_inside(js, n, js_at(js, test)->b);
		bool in_else = js_at(js, test)->c && prog_is_inside(js, n, js_at(js, test)->c);
		bool after = js_at(js, n)->span.start > js_at(js, test)->span.end && leaves_early(js, test);
		if (negated ? !inside : !(after || in_else))
			continue;
		if (mentions(js, r->b, n)) /* saves what was found */
			continue;
		struct record_flow flow = {.change = RECORD_CREATED, .read = r->read, .decide = test, .write = n,
					   .record = js_atom(js, r->b->name), .field = STR(""), .shared_store = r->shared};
		flow.unique_error_handled = handles_error(js, n) || is_upsert(js, n);
		add_flow(s, flow);
		return;
	}
}

static bool counts(const struct js_file *js, js_node read)
{
	static const char *const parts[] = {"count", "max", "estimateddocumentcount"};
	return name_has(method_of(js, read), parts, sizeof parts / sizeof *parts);
}

/* const n = await M.count(); if (n >= max) throw ..; M.create(..)   or   number: n + 1 */
static void look_at_count(struct search *s, const struct record *r, js_node ref)
{
	const struct js_file *js = s->js;
	if (!counts(js, r->read))
		return;
	js_node test = tested(js, ref, UINT32_MAX);
	bool numbered = is_arithmetic(js, ref);
	if (!test && !numbered)
		return;
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		if (js_at(js, call->node)->span.start <= js_at(js, ref)->span.start || js_kind(js, call->node) != JS_CALL ||
		    !is_write(s->p, call) || !inserts(js, call->node))
			continue;
		add_flow(s, (struct record_flow){.change = numbered ? RECORD_NUMBERED : RECORD_GUARDED, .read = r->read,
						 .decide = numbered ? js_at(js, ref)->parent : test, .write = call->node,
						 .record = js_atom(js, r->b->name), .field = STR(""), .shared_store = r->shared});
		return;
	}
}

static void look_at_record(struct search *s, const struct record *r)
{
	for (uint32_t i = 0; i < r->b->n_refs; i++) {
		js_node ref = s->js->lists[r->b->refs + i];
		if (js_at(s->js, ref)->span.start < js_at(s->js, r->read)->span.end)
			continue;
		look_at_change(s, r, ref);
		look_at_computed_write(s, r, ref);
		look_at_guard(s, r, ref);
		if (counts(s->js, r->read))
			look_at_count(s, r, ref);
		else
			look_at_insert(s, r, ref);
	}
}

/* the variable that a read is stored in: const r = await M.findOne(..) ; r = await .. */
static const struct js_binding *stored_in(const struct js_file *js, js_node call)
{
	js_node n = call, up = js_at(js, n)->parent;
	/* chains: M.findOne(..).populate(..).exec() */
	while (js_kind(js, up) == JS_AWAIT || (js_kind(js, up) == JS_MEMBER && js_at(js, up)->a == n) ||
	       (js_kind(js, up) == JS_CALL && js_at(js, up)->a == n) || js_kind(js, up) == JS_LOGICAL) {
		n = up;
		up = js_at(js, up)->parent;
	}
	js_node target = js_kind(js, up) == JS_DECLARATOR && js_at(js, up)->b == n ? js_at(js, up)->a
			 : js_kind(js, up) == JS_ASSIGN && js_at(js, up)->b == n   ? js_at(js, up)->a
										   : 0;
	if (js_kind(js, target) == JS_ARRAY_PATTERN && js_at(js, target)->n_kids)
		target = js_kid(js, target, 0);
	if (js_kind(js, target) != JS_IDENT || js->binding_of[target] == JS_NO_ATOM)
		return NULL;
	const struct js_binding *b = &js->bindings[js->binding_of[target]];
	return b->fn == js_at(js, call)->fn || b->fn ? b : NULL;
}

/* for (const job of jobs) / jobs.forEach(job => ..): the element stands for the record */
static const struct js_binding *element_of(const struct js_file *js, const struct js_binding *list)
{
	for (uint32_t i = 0; i < list->n_refs; i++) {
		js_node ref = js->lists[list->refs + i], up = js_at(js, ref)->parent;
		js_node target = 0;
		if (js_kind(js, up) == JS_FOR_IN && js_at(js, up)->b == ref) {
			js_node left = js_at(js, up)->a;
			target = js_kind(js, left) == JS_VAR && js_at(js, left)->n_kids ? js_at(js, js_kid(js, left, 0))->a : left;
		}
		if (js_kind(js, target) == JS_IDENT && js->binding_of[target] != JS_NO_ATOM)
			return &js->bindings[js->binding_of[target]];
	}
	return NULL;
}

/* select by state, then mark one by one: two workers select the same rows */
static void look_at_claims(struct search *s, js_node read, const struct js_binding *element)
{
	const struct js_file *js = s->js;
	struct str query = js_text(js, read);
	static const char *const states[] = {"status", "state", "queue", "pending", "processed", "Status"};
	bool by_state = false;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		by_state |= str_find(query, str_from(states[i])) != (size_t)-1;
	for (uint32_t i = 0; by_state && i < element->n_refs; i++) {
		js_node m = member_of(js, js->lists[element->refs + i]);
		js_node up = m ? js_at(js, m)->parent : 0;
		if (js_kind(js, up) != JS_ASSIGN || js_at(js, up)->a != m || !is_state_name(field_of(js, m)))
			continue;
		struct record r = {read, element, false};
		js_node write = write_of(s, &r, js_at(js, m)->span.start);
		if (!write)
			continue;
		add_flow(s, (struct record_flow){.change = RECORD_CLAIMED, .read = read, .decide = up, .write = write,
						 .record = js_atom(js, element->name), .field = field_of(js, m)});
		return;
	}
}

static void look_at_function(struct search *s)
{
	const struct prog_fn *f = &s->p->fns[s->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &s->p->calls[f->calls[i]];
		if (js_kind(s->js, call->node) != JS_CALL || !is_read(s->p, call))
			continue;
		const struct js_binding *b = stored_in(s->js, call->node);
		if (!b)
			continue;
		struct record r = {call->node, b, !(effects_of(s->p, call) & EFFECT_DB_READ)};
		look_at_record(s, &r);
		const struct js_binding *element = element_of(s->js, b);
		if (element) {
			look_at_claims(s, call->node, element);
			struct record e = {call->node, element, r.shared};
			look_at_record(s, &e);
		} else {
			look_at_claims(s, call->node, b);
		}
	}
}

struct record_flows prog_record_flows(struct arena *a, const struct program *p)
{
	flow_list list = {0};
	for (size_t i = 0; i < p->n_fns; i++) {
		struct search s = {a, p, p->fns[i].file, (prog_id)i, p->files[p->fns[i].file].js, p->fns[i].index, &list};
		look_at_function(&s);
	}
	struct record_flows out = {NULL, list.len};
	struct record_flow *copy = arena_array(a, struct record_flow, list.len);
	if (list.len)
		memcpy(copy, list.ptr, list.len * sizeof *copy);
	out.ptr = copy;
	vec_release(&list);
	return out;
}

/* "email: { type: String, unique: true }", "@Column({ unique: true }) email", "@Unique(['email'])" */
static bool declares_unique(struct str text, struct str field)
{
	size_t from = 0;
	for (;;) {
		size_t at = str_find(str_sub(text, from, text.len), STR("nique"));
		if (at == (size_t)-1)
			return false;
		at += from;
		size_t lo = at > 160 ? at - 160 : 0, hi = at + 160;
		if (str_find(str_sub(text, lo, hi), field) != (size_t)-1)
			return true;
		from = at + 5;
	}
}

bool prog_is_unique_field(const struct program *p, struct str field)
{
	if (field.len < 2)
		return false;
	for (size_t i = 0; i < p->n_files; i++)
		if (declares_unique(p->files[i].source->text, field))
			return true;
	return false;
}
