#include "analyzers/program/records_private.h"

#include "analyzers/program/roots.h"

/* does the new value read the member that it replaces: in arithmetic, in a call or spread? */
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

/* r.items[0].n of the reference r, and the name it ends in */
static js_node changed_part(const struct js_file *js, js_node ref, struct str *field)
{
	js_node m = ref;
	while ((js_kind(js, js_at(js, m)->parent) == JS_MEMBER ||
		js_kind(js, js_at(js, m)->parent) == JS_INDEX) &&
	       js_at(js, js_at(js, m)->parent)->a == m) {
		js_node up = js_at(js, m)->parent;
		js_node call = js_at(js, up)->parent;
		if (js_kind(js, up) == JS_MEMBER && js_kind(js, call) == JS_CALL &&
		    js_at(js, call)->a == up)
			break; /* a method */
		if (js_kind(js, up) == JS_MEMBER)
			*field = js_str(js, up);
		else if (js_kind(js, js_at(js, up)->b) == JS_STRING)
			*field = js_str(js, js_at(js, up)->b);
		m = up;
	}
	return m;
}

void record_look_at_change(struct search *s, const struct held_name *h, js_node ref)
{
	const struct js_file *js = s->js;
	struct str field = h->field;
	js_node m = changed_part(js, ref, &field);
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
		} else if (record_is_state_name(field)) {
			record_change_state(s, h, field, up);
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
	f.write = record_write_back(s, start_of(js, up));
	if (f.write)
		record_add(s, f);
}

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
	for (size_t i = 0; b && (w = record_next_write(s, js_at(s->js, made)->span.end, &i));)
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

/* `New: ${event.title}`: a text that mentions it, not its next value */
static bool is_in_text(const struct js_file *js, js_node n)
{
	for (n = js_at(js, n)->parent; n; n = js_at(js, n)->parent) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_TEMPLATE)
			return true;
		if (k == JS_PROPERTY || k == JS_FUNCTION || k == JS_BLOCK || k == JS_EXPR_STMT)
			return false;
	}
	return false;
}

void record_look_at_computed(struct search *s, const struct held_name *h, js_node ref)
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
	struct str text = record_write_text(s, w);
	bool last = record_name_has(record_query(s), "desc|: -1|max(|latest|last");
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
		if (is_in_text(s->js, ref) && !store_sql(s->p, &s->p->calls[w->call]).ptr)
			return;
		if (redis ? !str_eq(store_model(s->p, w->call), s->model)
			  : !(key.len ? str_eq(key, field)
				      : field.len && store_sql(s->p, &s->p->calls[w->call]).ptr &&
					    record_times(text, field)))
			return;
		f.change = RECORD_COMPUTED;
	} else {
		return;
	}
	record_add(s, f);
}
