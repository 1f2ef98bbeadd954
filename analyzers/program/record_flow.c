#include "analyzers/program/records_private.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"

js_node record_tested(const struct js_file *js, js_node n)
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

enum record_side record_side(const struct js_file *js, js_node test, js_node n)
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

struct str record_query(const struct search *s)
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

void record_add(struct search *s, struct record_flow f)
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
	f.query = record_query(s);
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

struct str record_name(const struct search *s, const struct held_name *h)
{
	return h ? js_atom(s->js, h->b->name) : STR("");
}

const struct store_call *record_next_write(const struct search *s, uint32_t from, size_t *i)
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
js_node record_write_back(const struct search *s, uint32_t from)
{
	const struct store_call *c;
	for (size_t i = 0; (c = record_next_write(s, from, &i));) {
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
unsigned record_times(struct str text, struct str word)
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

struct str record_write_text(const struct search *s, const struct store_call *c)
{
	struct str sql = s->p->calls[c->call].target == PROG_NONE
			     ? store_sql(s->p, &s->p->calls[c->call])
			     : (struct str){0};
	if (sql.ptr)
		return sql;
	return chain_text(s->js, c->node);
}
