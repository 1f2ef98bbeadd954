#include "analyzers/program/records.h"

#include <stdlib.h>
#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/records_private.h"

/* the last word of a name in camelCase or snake_case says what it is: orderStatus, is_paid, paidAt;
 * not statusPageId */
static bool is_state_name(struct str f)
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

/* ---- places ---- */

/* the test (of if, ?:, loop, switch) that n takes part in */
static js_node tested(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if ((k == JS_IF || k == JS_COND || k == JS_WHILE) && js_at(js, up)->a == n)
			return up;
		if (k == JS_FUNCTION || k == JS_BLOCK || k == JS_EXPR_STMT || k == JS_DECLARATOR ||
		    k == JS_RETURN)
			return 0;
	}
	return 0;
}

static bool leaves(const struct js_file *js, js_node n)
{
	while (js_kind(js, n) == JS_BLOCK && js_at(js, n)->n_kids)
		n = js_kid(js, n, js_at(js, n)->n_kids - 1);
	return js_kind(js, n) == JS_RETURN || js_kind(js, n) == JS_THROW ||
	       js_kind(js, n) == JS_CONTINUE || js_kind(js, n) == JS_BREAK;
}

static bool leaves_early(const struct js_file *js, js_node test)
{
	return js_kind(js, test) == JS_IF && leaves(js, js_at(js, test)->b);
}

/* does n run only after the test let it: behind an early leave in the same function, or in its
 * branches */
enum side { SIDE_NONE, SIDE_THEN, SIDE_ELSE };
static enum side side_of(const struct js_file *js, js_node test, js_node n)
{
	const struct js_node_data *t = js_at(js, test);
	if (prog_is_inside(js, n, t->b))
		return SIDE_THEN;
	if (t->c && prog_is_inside(js, n, t->c))
		return SIDE_ELSE;
	if (start_of(js, n) >= t->span.end && leaves_early(js, test) && in_function(js, n, t->fn)) {
		/* behind it, in the block that holds it */
		js_node block = t->parent;
		return prog_is_inside(js, n, block) ? SIDE_ELSE : SIDE_NONE;
	}
	return SIDE_NONE;
}

/* ---- flows ---- */

static bool asks_for_caller(struct str query)
{
	static const char *const marks[] = {"userId",	"user.id",	"user._id",
					    "req.user", "auth.user",	"user_id",
					    "ctx.user", "session.user", "currentUser"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(query, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

static bool is_document(const struct search *s)
{
	if (s->held->read == PROG_NONE)
		return false;
	const struct prog_call *r = &s->p->calls[s->held->read];
	return list_has("mongoose|@nestjs/mongoose|@typegoose/typegoose", r->callee.module);
}

/* with what is called on it: .sort(..), .where(..).execute() */
static struct str chain_text(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent;
	     (js_kind(js, up) == JS_MEMBER || js_kind(js, up) == JS_CALL) && js_at(js, up)->a == n;
	     up = js_at(js, up)->parent) {
		if (js_kind(js, up) == JS_MEMBER &&
		    list_has("then|catch|forEach|map", js_str(js, up)))
			break;
		n = up;
	}
	return js_text(js, n);
}

static struct str query_of(const struct search *s)
{
	if (s->held->read == PROG_NONE)
		return STR("");
	const struct prog_call *r = &s->p->calls[s->held->read];
	struct str own = chain_text(prog_js(s->p, r->file), r->node);
	if (s->held->call->call == s->held->read) {
		struct str sql = store_sql(s->p, r);
		return sql.ptr ? sql : own;
	}
	return js_text(s->js, s->held->call->node);
}

static void add_flow(struct search *s, struct record_flow f)
{
	uint32_t e = s->held->read == PROG_NONE
			 ? EFFECT_DB_READ
			 : prog_call_effects(s->p, &s->p->calls[s->held->read]);
	if (start_of(s->js, f.write) < s->held->call->start || f.write == s->held->call->node)
		return;
	f.file = s->file;
	f.read = s->held->call->node;
	f.fn = prog_fn_of(s->p, s->file, f.decide);
	f.model = s->model;
	f.query = query_of(s);
	f.shared_store = !(e & EFFECT_DB_READ);
	f.of_document = is_document(s);
	f.of_caller = asks_for_caller(f.query) || asks_for_caller(js_text(s->js, f.read));
	f.lock = record_lock(s, f.read, f.write);
	f.transaction = record_in_mongo_transaction(s, f.read, f.write);
	if (!f.record.len)
		f.record = f.model;
	for (size_t i = 0; i < s->out->len; i++) {
		const struct record_flow *o = &s->out->ptr[i];
		bool limit = o->change == RECORD_GUARDED && f.change == RECORD_CREATED;
		if (o->file == f.file && o->write == f.write && (o->change == f.change || limit))
			return;
	}
	vec_push(s->out, f);
}

static struct str record_name(const struct search *s, const struct held_name *h)
{
	return h ? js_atom(s->js, h->b->name) : STR("");
}

static const struct store_call *next_write(const struct search *s, uint32_t from, size_t *i)
{
	const struct file_stores *f = &s->stores->files[s->file];
	for (; *i < f->n; (*i)++) {
		const struct store_call *c = &f->ptr[*i];
		if (c->start >= from && in_function(s->js, c->node, s->home)) {
			(*i)++;
			return c;
		}
	}
	return NULL;
}

/* r.save(), repo.save(r), setBlock(id, r): the write that brings the changed record back */
static js_node write_of_record(const struct search *s, uint32_t from)
{
	const struct store_call *c;
	for (size_t i = 0; (c = next_write(s, from, &i));) {
		if (js_kind(s->js, c->node) != JS_CALL || !held_mentions(s->js, s->held, c->node))
			continue;
		js_node callee = js_at(s->js, c->node)->a;
		bool on_it = js_kind(s->js, callee) == JS_MEMBER &&
			     held_mentions(s->js, s->held, js_at(s->js, callee)->a);
		if (on_it ? list_has("save|update|patch|flush|merge", store_method(s->js, c->node))
			  : (c->effects & STORE_WRITES) && !store_is_insert(s->p, c->call))
			return c->node;
		if (!on_it && list_has("flush|persistAndFlush", store_method(s->js, c->node)))
			return c->node;
	}
	return 0;
}

/* how often text names the word: status = 'PAID' .. WHERE status = 'NEW' twice */
static unsigned times(struct str text, struct str word)
{
	unsigned n = 0;
	for (size_t i = 0; word.len && i + word.len <= text.len; i++) {
		if (memcmp(text.ptr + i, word.ptr, word.len))
			continue;
		char before = i ? text.ptr[i - 1] : ' ',
		     after = i + word.len < text.len ? text.ptr[i + word.len] : ' ';
		bool edge = !(before == '.' || before == '_' || before == '$' ||
			      (before >= '0' && before <= '9') ||
			      ((before | 32) >= 'a' && (before | 32) <= 'z')) &&
			    !(after == '_' || (after >= '0' && after <= '9') ||
			      ((after | 32) >= 'a' && (after | 32) <= 'z'));
		n += edge;
	}
	return n;
}

static struct str write_text(const struct search *s, const struct store_call *c)
{
	struct str sql = s->p->calls[c->call].target == PROG_NONE
			     ? store_sql(s->p, &s->p->calls[c->call])
			     : (struct str){0};
	if (sql.ptr)
		return sql;
	return chain_text(s->js, c->node);
}

/* ---- changes of the record's own fields ---- */

/* the field that `m`, a chain of members from a held name, ends in */
static bool reads_same(const struct search *s, js_node member, js_node in, bool *arithmetic,
		       bool *call)
{
	struct str text = js_text(s->js, member);
	struct js_iter it = js_iter(s->js, in);
	bool found =
	    (js_kind(s->js, in) == js_kind(s->js, member)) && str_eq(js_text(s->js, in), text);
	if (found)
		return true;
	for (js_node kid; (kid = js_next(&it));)
		if (reads_same(s, member, kid, arithmetic, call)) {
			found = true;
			if (js_kind(s->js, in) == JS_BINARY && js_at(s->js, in)->op >= JS_OP_ADD &&
			    js_at(s->js, in)->op <= JS_OP_MOD)
				*arithmetic = true;
			if (js_kind(s->js, in) == JS_CALL || js_kind(s->js, in) == JS_SPREAD)
				*call = true;
		}
	return found;
}

/* is some element of the collection looked for in this function? */
static bool looks_into(const struct search *s, js_node collection)
{
	struct str text = js_text(s->js, collection),
		   fn = js_text(s->js, s->js->functions[s->home].node);
	static const char *const looks[] = {".includes(",  ".some(", ".indexOf(", ".find(",
					    ".findIndex(", ".has(",  ".every("};
	for (size_t i = 0; i + text.len < fn.len; i++)
		if (!memcmp(fn.ptr + i, text.ptr, text.len))
			for (size_t k = 0; k < sizeof looks / sizeof *looks; k++) {
				size_t n = strlen(looks[k]);
				if (i + text.len + n <= fn.len &&
				    !memcmp(fn.ptr + i + text.len, looks[k], n))
					return true;
			}
	return false;
}

static void change_state(struct search *s, const struct held_name *h, struct str field,
			 js_node assign);

static void look_at_change(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	js_node m = ref;
	struct str field = h->field;
	while ((js_kind(js, js_at(js, m)->parent) == JS_MEMBER ||
		js_kind(js, js_at(js, m)->parent) == JS_INDEX) &&
	       js_at(js, js_at(js, m)->parent)->a == m) {
		js_node up = js_at(js, m)->parent;
		js_node call = js_at(js, up)->parent;
		if (js_kind(js, up) == JS_MEMBER && js_kind(js, call) == JS_CALL &&
		    js_at(js, call)->a == up)
			break; /* a method */
		if (js_kind(js, up) == JS_MEMBER)
			field = js_str(js, up);
		else if (js_kind(js, js_at(js, up)->b) == JS_STRING)
			field = js_str(js, js_at(js, up)->b);
		m = up;
	}
	js_node up = js_at(js, m)->parent;
	const struct js_node_data *d = js_at(js, up);
	struct record_flow f = {.record = record_name(s, h), .field = field, .decide = up};
	if (h->derived)
		return;
	if (m == ref && !h->field.len && js_kind(js, up) != JS_MEMBER)
		return; /* another value for the variable: no change of the record */
	if (js_kind(js, up) == JS_UPDATE || (js_kind(js, up) == JS_ASSIGN && d->a == m &&
					     d->op >= JS_OP_ADD && d->op <= JS_OP_EXP)) {
		f.change = RECORD_COMPUTED;
	} else if (js_kind(js, up) == JS_ASSIGN && d->a == m && d->op == JS_OP_NONE) {
		bool arithmetic = false, call = false;
		if (reads_same(s, m, d->b, &arithmetic, &call)) {
			f.change = arithmetic ? RECORD_COMPUTED : RECORD_COLLECTION;
			f.whole = true;
			f.is_object = js_kind(js, d->b) == JS_OBJECT;
			if (!arithmetic && !call)
				return; /* r.x = r.x || 'default' */
		} else if (is_state_name(field)) {
			change_state(s, h, field, up);
			return;
		} else {
			return;
		}
	} else if (js_kind(js, up) == JS_MEMBER && js_kind(js, d->parent) == JS_CALL &&
		   list_has("push|splice|pop|shift|unshift", js_str(js, up)) &&
		   (m != ref || h->field.len)) {
		f.change = RECORD_COLLECTION;
		f.whole = !str_is(js_str(js, up), "push");
		f.tested = looks_into(s, m);
		f.decide = d->parent;
	} else {
		return;
	}
	f.write = write_of_record(s, start_of(js, up));
	if (f.write)
		add_flow(s, f);
}

/* ---- states ---- */

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
			js_node t = is_field ? tested(s->js, ref) : 0;
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
	for (size_t i = 0; (c = next_write(s, from, &i));)
		if (c->node != f->write && prog_is_inside(s->js, c->node, fn))
			f->effects |= store_twice(s->p, c->call, 0, &f->moves_value);
}

static void add_state(struct search *s, struct record_flow f)
{
	f.change = RECORD_STATE;
	effects_after(s, &f);
	add_flow(s, f);
}

/* if (status === 'PAID') credit(..), where status is what the caller wants: what is done behind a
 * test of it */
static void act_on_wanted(const struct search *s, const struct js_binding *wanted,
			  struct record_flow *f)
{
	const struct prog_fn *fn = &s->p->fns[fn_id(s->p, s->file, js_at(s->js, f->decide)->fn)];
	for (uint32_t i = 0; i < wanted->n_refs; i++) {
		js_node t = tested(s->js, s->js->lists[wanted->refs + i]);
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
	for (size_t i = 0; (c = next_write(s, from, &i));)
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
	if (!f.write || !wanted || wanted->kind != JSB_PARAM || !is_state_name(field))
		return;
	act_on_wanted(s, wanted, &f);
	if (f.moves_value || (f.effects & EFFECT_PAYMENT))
		add_flow(s, f);
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

static void change_state(struct search *s, const struct held_name *h, struct str field,
			 js_node assign)
{
	js_node test = state_test(s, field, start_of(s->js, assign));
	enum js_kind k = js_kind(s->js, js_at(s->js, assign)->b);
	if (!test && js_kind(s->js, assign) == JS_ASSIGN)
		set_unseen(s, h, field, assign);
	if (!test || side_of(s->js, test, assign) == SIDE_NONE)
		return;
	bool wanted = k == JS_IDENT && js_binding_of(s->js, js_at(s->js, assign)->b) &&
		      js_binding_of(s->js, js_at(s->js, assign)->b)->kind != JSB_IMPORT;
	bool transition = wanted && compares_parameter(s->js, js_at(s->js, test)->a);
	/* what the request asks for is stored: the last one wins, nothing is passed twice */
	if (wanted && !transition)
		return;
	js_node write = write_of_record(s, start_of(s->js, assign));
	if (write)
		add_state(s, (struct record_flow){.record = record_name(s, h),
						  .field = field,
						  .decide = test,
						  .write = write,
						  .transition = transition});
}

/* if (order.status !== 'NEW') throw ..; M.update({ id }, { status: 'PAID' }) */
static void look_at_state(struct search *s, const struct held_name *h, js_node ref)
{
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	struct str field = c.field.len ? c.field : h->field;
	js_node test = field.len && is_state_name(field) ? tested(s->js, ref) : 0;
	const struct store_call *w;
	if (!test)
		return;
	for (size_t i = 0; (w = next_write(s, start_of(s->js, test), &i));) {
		struct str text = write_text(s, w);
		if (!(w->effects & EFFECT_DB_WRITE) || s->p->calls[w->call].target != PROG_NONE ||
		    store_is_insert(s->p, w->call) || times(text, field) == 0 ||
		    side_of(s->js, test, w->node) == SIDE_NONE ||
		    !store_same_model(store_model(s->p, w->call), s->model))
			continue;
		if (times(text, field) == 1)
			add_state(s, (struct record_flow){.record = record_name(s, h),
							  .field = field,
							  .decide = test,
							  .write = w->node});
		return;
	}
}

/* ---- computed values that are written ---- */

/* new Order({ number }) in a variable, Orders.create({ number }) of a repository: the call that
 * saves it later */
static js_node saved_later(const struct search *s, js_node made)
{
	js_node up = js_at(s->js, made)->parent;
	const struct js_binding *b =
	    js_kind(s->js, up) == JS_DECLARATOR && js_at(s->js, up)->b == made
		? js_binding_of(s->js, js_at(s->js, up)->a)
		: NULL;
	const struct store_call *w;
	for (size_t i = 0; b && (w = next_write(s, js_at(s->js, made)->span.end, &i));)
		for (uint32_t k = 0; k < b->n_refs; k++)
			if (prog_is_inside(s->js, s->js->lists[b->refs + k], w->node) &&
			    list_has("save|insert|persist|store", store_method(s->js, w->node)))
				return w->node;
	return 0;
}

/* the property or argument that n is the value of: its key; the call around it */
static js_node value_of_call(const struct search *s, js_node n, struct str *key, bool *arithmetic)
{
	const struct js_file *js = s->js;
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		switch (js_kind(js, up)) {
		case JS_BINARY:
			if (js_at(js, up)->op > JS_OP_MOD || js_at(js, up)->op < JS_OP_ADD)
				return 0;
			*arithmetic = true;
			break;
		case JS_PROPERTY:
			if (js_at(js, up)->b != n)
				return 0;
			if (!key->len && !list_has("data|$set|values|set", js_key(js, up)))
				*key = js_key(js, up);
			if (list_has("where|filter|select|include|populate", js_key(js, up)))
				return 0;
			break;
		case JS_CALL:
			if (js_at(js, up)->a == n) {
				if (store_call_at(s->stores, s->file, up))
					return up;
				break;
			}
			if (store_call_at(s->stores, s->file, up) &&
			    (store_call_at(s->stores, s->file, up)->effects & STORE_WRITES))
				return up;
			if (js_kind(js, js_at(js, up)->parent) == JS_DECLARATOR &&
			    list_has("create|build", store_method(js, up)))
				return saved_later(s, up);
			break;
		case JS_NEW:
			if (js_kind(js, js_at(js, up)->parent) == JS_DECLARATOR)
				return saved_later(s, up);
			break;
		case JS_FUNCTION:
		case JS_IF:
		case JS_BLOCK:
		case JS_EXPR_STMT:
		case JS_DECLARATOR:
		case JS_ASSIGN:
		case JS_RETURN:
			return 0;
		default:
			break;
		}
	}
	return 0;
}

static void look_at_computed(struct search *s, const struct held_name *h, js_node ref)
{
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	struct str key = STR(""), field = c.field.len ? c.field : h ? h->field : STR("");
	bool arithmetic = c.computed || (h && h->computed);
	if ((h && h->derived) || c.derived)
		return;
	js_node call = value_of_call(s, ref, &key, &arithmetic);
	const struct store_call *w = call ? store_call_at(s->stores, s->file, call) : NULL;
	bool again;
	bool save = w && list_has("save|persist", store_method(s->js, w->node));
	if (!w || !((w->effects & STORE_WRITES) || save) || w->call == s->held->call->call)
		return;
	struct record_flow f = {.record = record_name(s, h),
				.field = field.len ? field : key,
				.decide = ref,
				.write = call};
	struct str text = write_text(s, w);
	bool last = record_name_has(query_of(s), "desc|: -1|max(|latest|last");
	bool redis =
	    (s->held->call->effects & EFFECT_SHARED_READ) && (w->effects & EFFECT_SHARED_WRITE);
	if (!redis && store_inserts(s->stores, w->call, s->model, &again)) {
		if (!arithmetic ||
		    !(s->held->counts || (last && (!key.len || str_eq(key, field) || h->computed))))
			return;
		f.change = RECORD_NUMBERED;
		f.field = key.len ? key : field;
		f.unique =
		    uniques_hold(s->uniques, s->model, f.field, &f.unique_file, &f.unique_at);
	} else if (store_is_insert(s->p, w->call) && !(w->effects & EFFECT_SHARED_WRITE)) {
		return; /* a row of another kind that is computed from this one */
	} else if (s->held->counts && !arithmetic && !(w->effects & EFFECT_SHARED_WRITE)) {
		if (!key.len)
			return;
		f.change = RECORD_RECOUNTED;
		f.decide = s->held->call->node;
		f.field = key;
	} else if (arithmetic) {
		if (redis ? !str_eq(store_model(s->p, w->call), s->model)
			  : !(key.len ? str_eq(key, field)
				      : field.len && store_sql(s->p, &s->p->calls[w->call]).ptr &&
					    times(text, field)))
			return;
		f.change = RECORD_COMPUTED;
	} else {
		return;
	}
	add_flow(s, f);
}

/* ---- limits ---- */

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
	       str_find(text, STR(">=")) != (size_t)-1 || times(text, field) > 2;
}

static bool moves_field(struct str text, struct str method, struct str field)
{
	if (times(text, field) == 0 && str_find(text, field) == (size_t)-1)
		return false;
	return str_find(text, STR("$inc")) != (size_t)-1 ||
	       list_has("increment|decrement|decr|incr|decrby|incrby", method) ||
	       str_find(text, STR("decrement:")) != (size_t)-1 ||
	       str_find(text, STR("increment:")) != (size_t)-1 ||
	       (times(text, field) > 1 && (record_name_has(text, "set ")));
}

/* if (r.stock < n) throw; ... $inc: { stock: -n } without the condition */
static void look_at_guard(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	js_node cmp = comparison(js, c.top), test = tested(js, ref);
	struct str field = c.field.len ? c.field : h->field;
	const struct store_call *w;
	if (!test || !is_relational(js, cmp) || !field.len || c.derived)
		return;
	for (size_t i = 0; (w = next_write(s, js_at(js, cmp)->span.end, &i));) {
		struct str text = write_text(s, w);
		if (!(w->effects & STORE_WRITES) ||
		    !moves_field(text, store_method(js, w->node), field))
			continue;
		if (!repeats_condition(text, field))
			add_flow(s, (struct record_flow){.change = RECORD_GUARDED,
							 .decide = cmp,
							 .write = w->node,
							 .record = record_name(s, h),
							 .field = field});
		return;
	}
}

/* const n = await M.count(); if (n >= max) throw ..; M.create(..) ; const rows = await M.find(..);
 * if (rows.length < n) .. */
static void look_at_count(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	struct held_climb c = held_climb(s->stores, s->file, ref, s->held->call);
	bool length = str_is(c.field, "length") || str_is(c.field, "rowCount");
	js_node cmp = comparison(js, c.top);
	js_node test = tested(js, c.top);
	const struct store_call *w;
	if (!cmp || !test || !(s->held->counts || length) || (h && (h->field.len || h->derived)))
		return;
	bool small =
	    is_small_number(js, js_at(js, cmp)->a) || is_small_number(js, js_at(js, cmp)->b);
	if (small ? !s->held->counts : !is_relational(js, cmp))
		return;
	bool choice = js_kind(js, test) == JS_COND;
	for (size_t i = 0; (w = next_write(s, js_at(js, cmp)->span.end, &i));) {
		bool again, own = store_inserts(s->stores, w->call, s->model, &again);
		/* rows that are picked out of what is free, and put into a new row of another kind
		 */
		bool picked = length && !small && store_is_insert(s->p, w->call) &&
			      held_mentions(js, s->held, w->node);
		if (!own && !picked)
			continue;
		if (!choice && side_of(js, test, w->node) == SIDE_NONE && !picked)
			continue;
		add_flow(s, (struct record_flow){.change = RECORD_GUARDED,
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

/* ---- check, then insert ---- */

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

static void look_at_insert(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	js_node test = 0;
	enum presence is = presence_in(js, ref, &test);
	const struct store_call *w;
	if (is == PRESENCE_NONE || (h && (h->field.len || h->computed)))
		return;
	for (size_t i = 0; (w = next_write(s, js_at(js, js_at(js, test)->a)->span.end, &i));) {
		enum side side = side_of(js, test, w->node);
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
		add_flow(s, f);
		return;
	}
}

/* ---- claims ---- */

/* select by state, then mark one by one: two workers select the same rows */
static void look_at_claim(struct search *s)
{
	struct str query = query_of(s);
	if (s->held->call->call != s->held->read) {
		const struct prog_call *r = &s->p->calls[s->held->read];
		struct str sql = store_sql(s->p, r);
		query = sql.ptr ? sql : js_text(prog_js(s->p, r->file), r->node);
	}
	for (size_t i = 0; i < s->held->n; i++) {
		const struct held_name *h = &s->held->names[i];
		for (uint32_t k = 0; k < h->b->n_refs && !h->derived; k++) {
			js_node ref = s->js->lists[h->b->refs + k], m = js_at(s->js, ref)->parent,
				up = js_at(s->js, m)->parent;
			if (js_kind(s->js, m) != JS_MEMBER || js_at(s->js, m)->a != ref ||
			    js_kind(s->js, up) != JS_ASSIGN || js_at(s->js, up)->a != m ||
			    !is_state_name(js_str(s->js, m)) || !times(query, js_str(s->js, m)))
				continue;
			js_node write = write_of_record(s, start_of(s->js, m));
			if (write)
				add_flow(s, (struct record_flow){.change = RECORD_CLAIMED,
								 .decide = up,
								 .write = write,
								 .record = record_name(s, h),
								 .field = js_str(s->js, m)});
		}
	}
	const struct store_call *w;
	for (size_t i = 0; (w = next_write(s, s->held->call->start + 1, &i));) {
		struct str text = write_text(s, w), sql = store_sql(s->p, &s->p->calls[w->call]);
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
			if (times(query, field) && times(text, field) == 1)
				add_flow(s, (struct record_flow){
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

/* ---- the search ---- */

static void look_at_held(struct search *s)
{
	const struct held *h = s->held;
	for (size_t i = 0; i < h->n; i++) {
		const struct held_name *name = &h->names[i];
		for (uint32_t k = 0; k < name->b->n_refs; k++) {
			js_node ref = s->js->lists[name->b->refs + k];
			if (start_of(s->js, ref) < js_at(s->js, h->call->node)->span.end)
				continue;
			look_at_change(s, name, ref);
			look_at_state(s, name, ref);
			look_at_computed(s, name, ref);
			look_at_guard(s, name, ref);
			look_at_count(s, name, ref);
			if (!h->counts)
				look_at_insert(s, name, ref);
		}
	}
	if (h->n == 0 && h->direct) {
		look_at_count(s, NULL, h->call->node);
		look_at_insert(s, NULL, h->direct);
		look_at_computed(s, NULL, h->direct);
	}
	look_at_claim(s);
}

/* card.balance -= sum; card.save(), with a card that is handed in: whoever read it, it was before
 */
static void look_at_parameter(struct search *s, const struct js_binding *b)
{
	const struct js_file *js = s->js;
	struct store_call handed = {PROG_NONE, b->decl, start_of(js, b->decl), 0, PROG_NONE};
	struct held held = {.file = s->file, .call = &handed, .read = PROG_NONE, .n = 1};
	held.names[0] = (struct held_name){.b = b, .field = STR("")};
	s->held = &held;
	s->home = b->fn;
	for (uint32_t k = 0; k < b->n_refs; k++) {
		js_node ref = js->lists[b->refs + k], m = js_at(js, ref)->parent,
			up = js_at(js, m)->parent;
		bool changes = js_kind(js, up) == JS_UPDATE ||
			       (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == m);
		if (js_kind(js, m) != JS_MEMBER || js_at(js, m)->a != ref || !changes)
			continue;
		size_t before = s->out->len;
		look_at_change(s, &held.names[0], ref);
		if (s->out->len > before && s->out->ptr[before].change != RECORD_COMPUTED)
			s->out->len = before;
	}
}

static void look_at_parameters(struct search *s)
{
	for (uint32_t i = 0; i < s->js->n_bindings; i++)
		if (s->js->bindings[i].kind == JSB_PARAM && !s->js->bindings[i].pattern &&
		    s->js->bindings[i].n_refs > 1)
			look_at_parameter(s, &s->js->bindings[i]);
}

/* a state that is checked matters when something is done that must not be done twice */
static bool is_idle_state(const struct record_flow *f)
{
	return f->change == RECORD_STATE && !f->moves_value && !f->transition &&
	       !(f->effects & (EFFECT_PAYMENT | EFFECT_MAIL | EFFECT_HTTP_SEND | EFFECT_QUEUE_ADD |
			       EFFECT_DB_WRITE));
}

static void finish(struct program *p, flow_list *list)
{
	/* a number that is changed behind a check of a state, and the state: one section, one
	 * remedy */
	for (size_t i = 0; i < list->len; i++)
		for (size_t k = 0; k < list->len && list->ptr[i].change == RECORD_STATE; k++) {
			struct record_flow *o = &list->ptr[k];
			if (o->change != RECORD_COMPUTED || o->file != list->ptr[i].file ||
			    o->fn != list->ptr[i].fn || o->decide < list->ptr[i].decide)
				continue;
			o->gate = list->ptr[i].decide;
			list->ptr[i].joined = true;
		}
	struct record_flow *copy = arena_array(priv(p)->arena, struct record_flow, list->len);
	size_t n = 0;
	for (size_t i = 0; i < list->len; i++)
		if (!is_idle_state(&list->ptr[i]) && !list->ptr[i].joined)
			copy[n++] = list->ptr[i];
	priv(p)->flows = copy;
	priv(p)->n_flows = n;
}

void link_records(struct program *p)
{
	struct stores stores;
	struct uniques uniques;
	flow_list list = {0};
	stores_init(&stores, p);
	uniques_init(&uniques, p);
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct file_stores *f = &stores.files[file];
		for (size_t i = 0; i < f->n; i++) {
			struct held held;
			if (f->ptr[i].read == PROG_NONE)
				continue;
			held_find(&held, &stores, file, &f->ptr[i]);
			struct search s = {p,
					   &stores,
					   &uniques,
					   file,
					   prog_js(p, file),
					   &held,
					   store_read_model(p, &f->ptr[i]),
					   js_at(prog_js(p, file), f->ptr[i].node)->fn,
					   &list};
			look_at_held(&s);
		}
		struct search s = {p,	 &stores, &uniques, file, prog_js(p, file),
				   NULL, STR(""), 0,	    &list};
		look_at_parameters(&s);
	}
	finish(p, &list);
	vec_release(&list);
	uniques_release(&uniques);
	stores_release(&stores);
}

struct record_flows prog_record_flows(const struct program *p)
{
	return (struct record_flows){priv(p)->flows, priv(p)->n_flows};
}
