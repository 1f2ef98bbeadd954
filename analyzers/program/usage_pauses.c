#include "analyzers/program/usage_private.h"

/* Sets and maps that hold something back for a while: who is in them waits until a timer takes him out. What remembers
 * the events themselves, to tell a repetition, looks the same; there the key is the event's own, or nobody can tell. */

/* 15_000, 10 * 1000, PAUSE; -1 where it cannot be told */
static double number_of(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	n = prog_local_value(r->p, file, n, NULL);
	if (js_kind(js, n) == JS_NUMBER)
		return js_at(js, n)->num;
	if (js_kind(js, n) != JS_BINARY || js_at(js, n)->op != JS_OP_MUL || depth > 4)
		return -1;
	double a = number_of(r, file, js_at(js, n)->a, depth + 1), b = number_of(r, file, js_at(js, n)->b, depth + 1);
	return a < 0 || b < 0 ? -1 : a * b;
}

static bool is_one_of(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, list[i]))
			return true;
	return false;
}

static struct str name_of(const struct js_file *js, js_node n)
{
	return js_kind(js, n) == JS_MEMBER || js_kind(js, n) == JS_IDENT ? js_str(js, n) : STR("");
}

/* message.author.id, ctx.from.id, req.ip, req.body.email: a property that says who, as the libraries call it */
static bool is_who(const struct js_file *js, js_node n)
{
	static const char *const own[] = {"ip",	      "remoteAddress", "userId",    "user_id",	 "authorId", "author_id",
					  "senderId", "sender_id",     "channelId", "channel_id", "chatId",   "chat_id",
					  "email",    "phone",	       "username",  "userName"};
	static const char *const owners[] = {"user", "author", "sender", "from", "chat", "channel", "member", "guild"};
	if (js_kind(js, n) != JS_MEMBER)
		return false;
	struct str name = js_str(js, n);
	if (is_one_of(name, own, sizeof own / sizeof *own))
		return true;
	return (str_is(name, "id") || str_is(name, "_id")) &&
	       is_one_of(name_of(js, js_at(js, n)->a), owners, sizeof owners / sizeof *owners);
}

struct who_search {
	const struct js_file *js;
	bool who;
};

static bool see_who(void *ctx, js_node n)
{
	struct who_search *s = ctx;
	s->who |= is_who(s->js, n);
	return !s->who;
}

static bool names_who(const struct reader *r, prog_id file, js_node key)
{
	struct who_search s = {prog_js(r->p, file), false};
	js_node v = prog_local_value(r->p, file, key, NULL);
	js_walk(s.js, v, see_who, &s);
	/* `${command}-${who}` with a variable in it */
	for (uint32_t i = 1; js_kind(s.js, v) == JS_TEMPLATE && i < js_at(s.js, v)->n_kids; i += 2)
		js_walk(s.js, prog_local_value(r->p, file, js_kid(s.js, v, i), NULL), see_who, &s);
	return s.who;
}

/* message.id, update.update_id, delivery: a part of an event that is not said to be a person */
static bool may_be_event(const struct reader *r, const struct cell_access *put)
{
	uint32_t phases = prog_phases(r->p, r->app, put->fn);
	js_node v = prog_local_value(r->p, put->file, put->key, NULL);
	enum js_kind k = js_kind(prog_js(r->p, put->file), v);
	return (phases & (PHASE_REQUEST | PHASE_MESSAGE)) || k == JS_MEMBER || k == JS_INDEX || k == JS_BINARY || k == JS_TEMPLATE;
}

/* setTimeout(() => m.delete(k), 5000): the call whose callback removes and does so at once, or 0 */
static js_node releasing_timer(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	js_node fn = js->functions[js_at(js, x->node)->fn].node, call = js_at(js, fn)->parent;
	if (js_kind(js, fn) != JS_FUNCTION || js_kind(js, call) != JS_CALL || js_at(js, call)->n_kids < 2 || js_kid(js, call, 0) != fn)
		return 0;
	struct entity e = prog_resolve(r->p, x->file, js_at(js, call)->a);
	return e.kind == ENT_GLOBAL && str_is(e.module, "setTimeout") ? call : 0;
}

/* the removal at the end of the work, without a condition: a lock, whose timer is only a reserve */
static bool is_unlock(const struct reader *r, const struct cell_access *x)
{
	return !prog_above(r->p, x->file, x->node, JS_IF) && !prog_above(r->p, x->file, x->node, JS_CATCH);
}

static bool is_put_for_a_while(const struct reader *r, const struct cell_access *put, const struct cell_access *removal, js_node timer)
{
	enum { SHORT_MS = 60000 }; /* nobody delivers an event anew only within a minute */
	const struct js_file *js = prog_js(r->p, put->file);
	if (!put->key || !removal->key || put->file != removal->file || js_at(js, timer)->fn != js_at(js, put->node)->fn ||
	    !str_eq(js_text(js, put->key), js_text(js, removal->key)))
		return false;
	double ms = number_of(r, put->file, js_kid(js, timer, 1), 0);
	return names_who(r, put->file, put->key) || (!may_be_event(r, put) && ms >= 0 && ms <= SHORT_MS);
}

bool usage_is_pause(const struct reader *r)
{
	const struct cell_usage *u = r->u;
	bool pauses = false;
	if (r->cell->shape != SHAPE_SET && r->cell->shape != SHAPE_MAP)
		return false;
	for (size_t i = 0; i < u->n_removes; i++) {
		const struct cell_access *x = &r->cell->accesses[u->removes[i]];
		js_node timer = releasing_timer(r, x);
		if (!timer && is_unlock(r, x))
			return false;
		for (size_t k = 0; timer && k < u->n_puts; k++)
			pauses |= is_put_for_a_while(r, &r->cell->accesses[u->puts[k]], x, timer);
	}
	return pauses;
}
