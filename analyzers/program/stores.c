#include "analyzers/program/stores.h"

#include <stdlib.h>
#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/usage.h"
#include "base/err.h"

enum { ORIGIN_UNKNOWN, ORIGIN_BUSY, ORIGIN_NONE, ORIGIN_FIRST };

struct str store_method(const struct js_file *js, js_node call)
{
	js_node callee = js_at(js, call)->a;
	if (js_kind(js, callee) == JS_MEMBER || js_kind(js, callee) == JS_IDENT)
		return js_str(js, callee);
	return STR("");
}

static struct str text_of(const struct js_file *js, js_node n)
{
	if (js_kind(js, n) == JS_TEMPLATE && js_at(js, n)->n_kids)
		return js_text(js, n).len > 2
			   ? str_trim(str_sub(js_text(js, n), 1, js_text(js, n).len - 1))
			   : STR("");
	return js_kind(js, n) == JS_STRING ? str_trim(js_str(js, n)) : STR("");
}

static bool starts_like(struct str s, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < n; i++)
		if (i >= s.len || (s.ptr[i] & ~0x20) != word[i])
			return false;
	return s.len > n;
}

static bool is_sql(struct str s)
{
	static const char *const verbs[] = {"SELECT", "INSERT",	 "UPDATE",
					    "DELETE", "REPLACE", "WITH"};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (starts_like(s, verbs[i]) && str_find(s, STR(" ")) != (size_t)-1)
			return true;
	return false;
}

struct str store_sql(const struct program *p, const struct prog_call *call)
{
	const struct js_file *js = prog_js(p, call->file);
	prog_id file = call->file;
	js_node n = js_kind(js, call->node) == JS_TAGGED ? js_at(js, call->node)->b
		    : js_at(js, call->node)->n_kids	 ? js_kid(js, call->node, 0)
							 : 0;
	if (n && js_kind(js, n) == JS_IDENT && !prog_deref(p, &file, &n))
		return (struct str){0};
	struct str s = n ? text_of(prog_js(p, file), n) : STR("");
	return is_sql(s) ? s : (struct str){0};
}

/* ---- models ---- */

static struct str word_after(struct str sql, const char *const *before, size_t n)
{
	for (size_t i = 0; i + 5 < sql.len; i++) {
		if (i && sql.ptr[i - 1] != ' ' && sql.ptr[i - 1] != '\n' && sql.ptr[i - 1] != '\t')
			continue;
		for (size_t k = 0; k < n; k++) {
			struct str rest = str_sub(sql, i, sql.len);
			if (!starts_like(rest, before[k]) || rest.ptr[strlen(before[k])] > ' ')
				continue;
			rest = str_trim(str_sub(rest, strlen(before[k]), rest.len));
			size_t e = 0;
			while (e < rest.len && (rest.ptr[e] == '"' || rest.ptr[e] == '`'))
				e++;
			rest = str_sub(rest, e, rest.len);
			e = 0;
			while (e < rest.len &&
			       (rest.ptr[e] > '.' && rest.ptr[e] != '`' && rest.ptr[e] != ';'))
				e++;
			return str_sub(rest, 0, e);
		}
	}
	return STR("");
}

static struct str table_of(struct str sql)
{
	static const char *const words[] = {"FROM", "INTO", "UPDATE"};
	return word_after(sql, words, sizeof words / sizeof *words);
}

static bool names_no_model(struct str s)
{
	return list_has("manager|em|entityManager|tx|trx|db|client|pool|conn|connection|repository|"
			"repo|model|session|knex|"
			"sequelize|prisma|entityService|documents|strapi|store|dataSource|R|this|"
			"collection|query|orm|database|$|qb",
			s);
}

/* the receiver's own name: prisma.user, this.userRepository, User, db.collection('users'),
 * getRepository(User), knex('users') */
static struct str receiver_name(const struct js_file *js, js_node n)
{
	for (unsigned i = 0; n && i < 12; i++) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_AWAIT) {
			n = js_at(js, n)->a;
		} else if (k == JS_CALL) {
			js_node arg = js_at(js, n)->n_kids ? js_kid(js, n, 0) : 0;
			if (js_kind(js, arg) == JS_STRING && !is_sql(js_str(js, arg)))
				return js_str(js, arg);
			if (js_kind(js, arg) == JS_IDENT && js_str(js, arg).ptr[0] >= 'A' &&
			    js_str(js, arg).ptr[0] <= 'Z')
				return js_str(js, arg);
			n = js_at(js, n)->a;
		} else if (k == JS_MEMBER) {
			/* a method in a chain is no name: its receiver is */
			bool method = js_kind(js, js_at(js, n)->parent) == JS_CALL &&
				      js_at(js, js_at(js, n)->parent)->a == n;
			if (!method && !names_no_model(js_str(js, n)))
				return js_str(js, n);
			n = js_at(js, n)->a;
		} else {
			return k == JS_IDENT && !names_no_model(js_str(js, n)) ? js_str(js, n)
									       : STR("");
		}
	}
	return STR("");
}

struct str store_model(const struct program *p, prog_id id)
{
	if (id == PROG_NONE)
		return STR("");
	const struct prog_call *call = &p->calls[id];
	const struct js_file *js = prog_js(p, call->file);
	js_node arg = js_kind(js, call->node) == JS_CALL && js_at(js, call->node)->n_kids
			  ? js_kid(js, call->node, 0)
			  : 0;
	uint32_t e = prog_call_effects(p, call);
	if ((e & (EFFECT_SHARED_READ | EFFECT_SHARED_WRITE)) &&
	    !(e & (EFFECT_DB_READ | EFFECT_DB_WRITE)))
		return arg ? js_text(js, arg) : STR("");
	struct str sql = store_sql(p, call);
	if (sql.ptr)
		return table_of(sql);
	js_node callee = js_at(js, call->node)->a;
	struct str name =
	    js_kind(js, callee) == JS_MEMBER ? receiver_name(js, js_at(js, callee)->a) : STR("");
	/* em.find(User, ..), R.findOne("incident", ..) */
	if (!name.len && js_kind(js, arg) == JS_STRING)
		name = js_str(js, arg);
	if (!name.len && js_kind(js, arg) == JS_IDENT && js_str(js, arg).len &&
	    js_str(js, arg).ptr[0] >= 'A' && js_str(js, arg).ptr[0] <= 'Z')
		name = js_str(js, arg);
	return name;
}

static struct str table_below(const struct program *p, prog_id id, unsigned depth)
{
	const struct prog_call *call = &p->calls[id];
	struct str sql = store_sql(p, call);
	if (sql.ptr)
		return table_of(sql);
	if (call->target == PROG_NONE || depth > 3)
		return STR("");
	const struct prog_fn *f = &p->fns[call->target];
	for (size_t i = 0; i < f->n_calls; i++) {
		struct str table = table_below(p, f->calls[i], depth + 1);
		if (table.len)
			return table;
	}
	return STR("");
}

struct str store_read_model(const struct program *p, const struct store_call *c)
{
	struct str model = store_model(p, c->read);
	/* executeQuery('SELECT ..') : the text is handed down */
	return model.len ? model : table_below(p, c->call, 0);
}

static size_t stem(struct str s, char *out, size_t cap)
{
	static const char *const ends[] = {"repository", "repo", "model",      "service",
					   "entity",	 "dao",	 "collection", "s"};
	size_t n = 0;
	for (size_t i = 0; i < s.len && n < cap; i++)
		if (s.ptr[i] != '_' && s.ptr[i] != '"')
			out[n++] =
			    s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t e = strlen(ends[i]);
		if (n > e + 1 && !memcmp(out + n - e, ends[i], e))
			n -= e;
	}
	return n;
}

bool store_same_model(struct str a, struct str b)
{
	char x[96], y[96];
	size_t n = stem(a, x, sizeof x), m = stem(b, y, sizeof y);
	return n && n == m && !memcmp(x, y, n);
}

/* ---- inserts ---- */

/* the class or model of a record that is made here: new User(..), repo.create(..), User.build(..)
 */
static struct str made_model(const struct program *p, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(p, file);
	n = js_strip_await(js, n);
	if (js_kind(js, n) == JS_NEW)
		return js_kind(js, js_at(js, n)->a) == JS_IDENT ||
			       js_kind(js, js_at(js, n)->a) == JS_MEMBER
			   ? js_str(js, js_at(js, n)->a)
			   : STR("");
	if (js_kind(js, n) == JS_CALL &&
	    list_has("create|build|dispense|forge", store_method(js, n))) {
		uint32_t at = priv(p)->files[file].call_at[n];
		return at ? store_model(p, at - 1) : STR("");
	}
	if (js_kind(js, n) == JS_IDENT && depth < 3) {
		js_node v = prog_local_value(p, file, n, NULL);
		return v && v != n ? made_model(p, file, v, depth + 1) : STR("");
	}
	return STR("");
}

static bool has_upsert_text(const struct js_file *js, js_node n)
{
	struct str t = js_text(js, n);
	static const char *const marks[] = {
	    "upsert: true",	"upsert:true",	    "'NX'",	   "\"NX\"",
	    "NX: true",		"ON CONFLICT",	    "on conflict", "ON DUPLICATE",
	    "INSERT IGNORE",	"onConflict",	    "orIgnore",	   "skipDuplicates",
	    "ignoreDuplicates", "updateOnDuplicate"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(t, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

/* what a direct call inserts; "" where it inserts nothing or nobody knows what. *again: it may be
 * done twice */
static struct str inserted_model(const struct program *p, prog_id id, bool *again)
{
	const struct prog_call *call = &p->calls[id];
	const struct js_file *js = prog_js(p, call->file);
	if (js_kind(js, call->node) == JS_NEW || call->target != PROG_NONE)
		return STR("");
	*again = has_upsert_text(js, call->node) ||
		 list_has("upsert|findOrCreate|setnx|setNX", store_method(js, call->node));
	uint32_t e = prog_call_effects(p, call);
	struct str m = store_method(js, call->node), sql = store_sql(p, call);
	js_node arg = js_kind(js, call->node) == JS_CALL && js_at(js, call->node)->n_kids
			  ? js_kid(js, call->node, 0)
			  : 0;
	if (sql.ptr) {
		*again = str_find(sql, STR("ON CONFLICT")) != (size_t)-1 ||
			 str_find(sql, STR("IGNORE")) != (size_t)-1 ||
			 str_find(sql, STR("ON DUPLICATE")) != (size_t)-1;
		return starts_like(sql, "INSERT") ? table_of(sql) : STR("");
	}
	if (e & EFFECT_SHARED_WRITE)
		return list_has(
			   "set|setex|setEx|psetex|hset|hSet|hmset|lpush|lPush|rpush|rPush|put", m)
			   ? store_model(p, id)
			   : STR("");
	if (list_has("save|store|persist|insert", m)) {
		js_node callee = js_at(js, call->node)->a;
		struct str made = js_kind(js, callee) == JS_MEMBER
				      ? made_model(p, call->file, js_at(js, callee)->a, 0)
				      : STR("");
		if (!made.len && arg)
			made = made_model(p, call->file, arg, 0);
		if (made.len)
			return made;
		/* repo.save({ .. }) with an object made on the spot */
		if ((e & EFFECT_DB_WRITE) && (js_kind(js, arg) == JS_OBJECT || str_is(m, "insert")))
			return store_model(p, id);
		return STR("");
	}
	if (!(e & EFFECT_DB_WRITE))
		return STR("");
	return list_has("create|insertOne|insertMany|createMany|createManyAndReturn|bulkCreate|"
			"insertGraph|insertAndFetch|add|batchInsert|upsert|findOrCreate",
			m)
		   ? store_model(p, id)
		   : STR("");
}

bool store_is_insert(const struct program *p, prog_id id)
{
	bool again = false;
	return inserted_model(p, id, &again).len > 0 && !again;
}

static bool inserts_below(const struct stores *s, prog_id id, struct str model, unsigned depth,
			  bool *again)
{
	const struct program *p = s->p;
	const struct prog_call *call = &p->calls[id];
	struct str made = inserted_model(p, id, again);
	if (made.len)
		return store_same_model(made, model);
	if (call->target == PROG_NONE || depth > 3 ||
	    !(p->fns[call->target].effects_all & STORE_WRITES))
		return false;
	const struct prog_fn *f = &p->fns[call->target];
	for (size_t i = 0; i < f->n_calls; i++)
		if (inserts_below(s, f->calls[i], model, depth + 1, again))
			return true;
	return false;
}

bool store_inserts(const struct stores *s, prog_id call, struct str model, bool *again)
{
	bool may = false;
	*again = false;
	if (!model.len || !inserts_below(s, call, model, 0, &may))
		return false;
	*again = may;
	return true;
}

/* ---- what must not happen twice ---- */

static bool moves_number(const struct js_file *js, const struct prog_call *c)
{
	struct str text = js_text(js, c->node);
	return str_find(text, STR("$inc")) != (size_t)-1 ||
	       list_has("increment|decrement", store_method(js, c->node)) ||
	       str_find(text, STR("increment:")) != (size_t)-1 ||
	       str_find(text, STR("decrement:")) != (size_t)-1;
}

uint32_t store_twice(const struct program *p, prog_id id, unsigned depth, bool *moves)
{
	const struct prog_call *c = &p->calls[id];
	enum { FOREIGN = EFFECT_PAYMENT | EFFECT_MAIL | EFFECT_HTTP_SEND | EFFECT_QUEUE_ADD };
	if (c->target == PROG_NONE) {
		uint32_t e = prog_call_effects(p, c);
		*moves |= (e & EFFECT_DB_WRITE) && moves_number(prog_js(p, c->file), c);
		return (e & FOREIGN) | (store_is_insert(p, id) ? EFFECT_DB_WRITE : 0);
	}
	uint32_t e = p->fns[c->target].effects_all & FOREIGN;
	const struct prog_fn *f = &p->fns[c->target];
	for (size_t i = 0; depth < 3 && (f->effects_all & EFFECT_DB_WRITE) && i < f->n_calls; i++)
		e |= store_twice(p, f->calls[i], depth + 1, moves);
	return e;
}

/* ---- what a function gives back ---- */

static prog_id origin_of(const struct stores *s, prog_id file, js_node n, unsigned depth);

static prog_id origin_of_function(const struct stores *s, prog_id fn, unsigned depth)
{
	const struct program *p = s->p;
	if (s->origin[fn] == ORIGIN_UNKNOWN) {
		s->origin[fn] = ORIGIN_BUSY;
		prog_id found = PROG_NONE;
		if (p->fns[fn].effects_all & STORE_READS) {
			const node_vec *returns =
			    &priv(p)->files[p->fns[fn].file].returns[p->fns[fn].index];
			for (size_t i = 0; i < returns->len && found == PROG_NONE; i++)
				found = origin_of(s, p->fns[fn].file, returns->ptr[i], depth + 1);
		}
		s->origin[fn] = found == PROG_NONE ? ORIGIN_NONE : found + ORIGIN_FIRST;
	}
	return s->origin[fn] >= ORIGIN_FIRST ? s->origin[fn] - ORIGIN_FIRST : PROG_NONE;
}

static bool is_direct_read(const struct program *p, const struct prog_call *call)
{
	return call->target == PROG_NONE && js_kind(prog_js(p, call->file), call->node) != JS_NEW &&
	       (prog_call_effects(p, call) & STORE_READS);
}

static prog_id origin_of_name(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	const struct js_binding *b = js_binding_of(js, n);
	if (!b || b->kind == JSB_PARAM || !b->fn)
		return PROG_NONE;
	if (b->init && js_kind(js, b->init) != JS_FUNCTION) {
		prog_id r = origin_of(s, file, b->init, depth);
		if (r != PROG_NONE)
			return r;
	}
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		if (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == ref) {
			prog_id r = origin_of(s, file, js_at(js, up)->b, depth);
			if (r != PROG_NONE)
				return r;
		}
	}
	return PROG_NONE;
}

static prog_id origin_of_call(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	uint32_t at = priv(s->p)->files[file].call_at[n];
	if (at && is_direct_read(s->p, &s->p->calls[at - 1]))
		return at - 1;
	prog_id target = at ? s->p->calls[at - 1].target : PROG_NONE;
	prog_id r = target == PROG_NONE ? PROG_NONE : origin_of_function(s, target, depth);
	if (r != PROG_NONE)
		return r;
	js_node callee = js_at(js, n)->a;
	if (js_kind(js, callee) == JS_MEMBER) { /* rows.map(..), query.lean() */
		r = origin_of(s, file, js_at(js, callee)->a, depth);
		if (r != PROG_NONE)
			return r;
	}
	/* JSON.parse(text), mapRow(row) */
	return js_at(js, n)->n_kids ? origin_of(s, file, js_kid(js, n, 0), depth) : PROG_NONE;
}

static prog_id origin_of(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	const struct js_node_data *d = js_at(js, n);
	prog_id r;
	if (!n || depth > 12)
		return PROG_NONE;
	switch (js_kind(js, n)) {
	case JS_AWAIT:
	case JS_MEMBER:
	case JS_INDEX:
	case JS_UNARY:
	case JS_BINARY: /* count > 0 */
		return origin_of(s, file, d->a, depth + 1);
	case JS_LOGICAL:
		r = origin_of(s, file, d->a, depth + 1);
		return r != PROG_NONE ? r : origin_of(s, file, d->b, depth + 1);
	case JS_COND:
		r = origin_of(s, file, d->b, depth + 1);
		return r != PROG_NONE ? r : origin_of(s, file, d->c, depth + 1);
	case JS_IDENT:
		return origin_of_name(s, file, n, depth + 1);
	case JS_CALL:
		return origin_of_call(s, file, n, depth + 1);
	default:
		return PROG_NONE;
	}
}

/* ---- the calls of a file ---- */

static int by_start(const void *a, const void *b)
{
	const struct store_call *x = a, *y = b;
	return x->start != y->start ? (x->start < y->start ? -1 : 1)
				    : (x->node > y->node) - (x->node < y->node);
}

static bool saves(const struct js_file *js, const struct prog_call *call)
{
	return call->target == PROG_NONE && js_kind(js, call->node) == JS_CALL &&
	       js_kind(js, js_at(js, call->node)->a) == JS_MEMBER &&
	       list_has("save|flush|update|$query|patch|destroy|persistAndFlush",
			store_method(js, call->node));
}

void stores_init(struct stores *s, const struct program *p)
{
	*s = (struct stores){.p = p};
	s->files = xcalloc(p->n_files + 1, sizeof *s->files);
	s->origin = xcalloc(p->n_fns + 1, sizeof *s->origin);
	size_t *counts = xcalloc(p->n_files + 1, sizeof *counts);
	for (size_t i = 0; i < p->n_calls; i++)
		counts[p->calls[i].file]++;
	for (size_t i = 0; i < p->n_files; i++)
		s->files[i].ptr = xcalloc(counts[i] + 1, sizeof *s->files[i].ptr);
	free(counts);
	for (prog_id i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		const struct js_file *js = prog_js(p, c->file);
		if (js_kind(js, c->node) != JS_CALL && js_kind(js, c->node) != JS_TAGGED)
			continue;
		uint32_t effects = c->target != PROG_NONE ? p->fns[c->target].effects_all
							  : prog_call_effects(p, c);
		if (!effects && !saves(js, c))
			continue;
		prog_id read = is_direct_read(p, c)	? i
			       : c->target != PROG_NONE ? origin_of_function(s, c->target, 0)
							: PROG_NONE;
		struct file_stores *f = &s->files[c->file];
		f->ptr[f->n++] =
		    (struct store_call){i, c->node, js_at(js, c->node)->span.start, effects, read};
	}
	for (size_t i = 0; i < p->n_files; i++)
		qsort(s->files[i].ptr, s->files[i].n, sizeof *s->files[i].ptr, by_start);
}

void stores_release(struct stores *s)
{
	for (size_t i = 0; s->files && i < s->p->n_files; i++)
		free(s->files[i].ptr);
	free(s->files);
	free(s->origin);
	*s = (struct stores){0};
}

const struct store_call *store_call_at(const struct stores *s, prog_id file, js_node n)
{
	const struct file_stores *f = &s->files[file];
	uint32_t start = js_at(prog_js(s->p, file), n)->span.start;
	size_t lo = 0, hi = f->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (f->ptr[mid].start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < f->n && f->ptr[lo].start == start; lo++)
		if (f->ptr[lo].node == n)
			return &f->ptr[lo];
	return NULL;
}
