#include "analyzers/program/stores.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/stores_private.h"
#include "analyzers/program/usage.h"

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
		return sql_starts(sql, "INSERT") ? sql_table(sql) : STR("");
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
