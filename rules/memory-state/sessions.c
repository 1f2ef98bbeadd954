#include "rules/registry.h"
#include "rules/reach.h"

/* Sessions that the project keeps in Redis by its own code, without a session package: a key that begins with the
 * word is written, and read again, by calls on a Redis client or on the project's own wrapper around one. */

enum { HOPS = 4 };

static bool has_word(struct str s)
{
	static const char word[] = "session";
	for (size_t i = 0; i + 7 <= s.len; i++) {
		size_t k = 0;
		while (k < 7 && (s.ptr[i + k] | 0x20) == word[k])
			k++;
		if (k == 7)
			return true;
	}
	return str_starts(s, STR("sess:"));
}

/* What the key begins with: cart:<session id> is no session. */
static bool begins_with_word(const struct js_file *js, js_node n, int hops)
{
	const struct js_node_data *d = js_at(js, n);
	const struct js_binding *b;
	if (!n || !hops)
		return false;
	switch (js_kind(js, n)) {
	case JS_STRING:
		return has_word(js_str(js, n));
	case JS_TEMPLATE:
		if (js_str(js, js_kid(js, n, 0)).len)
			return has_word(js_str(js, js_kid(js, n, 0)));
		return d->n_kids > 1 && begins_with_word(js, js_kid(js, n, 1), hops - 1);
	case JS_BINARY:
		return d->op == JS_OP_ADD && begins_with_word(js, d->a, hops - 1);
	case JS_CALL: /* sessionKey(id) */
		return (js_kind(js, d->a) == JS_IDENT || js_kind(js, d->a) == JS_MEMBER) && has_word(js_str(js, d->a));
	case JS_MEMBER: /* KEYS.session(id) is a call; PREFIX.SESSION */
		return has_word(js_str(js, n));
	case JS_IDENT:
		b = js_binding_of(js, n);
		if (b && b->init && !b->pattern && (b->kind == JSB_CONST || b->kind == JSB_LET) && js_kind(js, b->init) != JS_IMPORT_NAME)
			return begins_with_word(js, b->init, hops - 1);
		return b && b->kind == JSB_IMPORT && has_word(js_str(js, n));
	default:
		return false;
	}
}

static bool on_redis(const struct program *p, const struct prog_call *call, uint32_t effect)
{
	const struct entity *e = &call->callee;
	bool client = (e->kind == ENT_PACKAGE || e->kind == ENT_PACKAGE_INSTANCE) && str_find(e->module, STR("redis")) != (size_t)-1;
	return client && (prog_call_effects(p, call) & effect);
}

/* a call on a client, or of a function that is itself no more than that */
static bool touches_redis(const struct program *p, const struct prog_call *call, uint32_t effect)
{
	if (call->target == PROG_NONE)
		return on_redis(p, call, effect);
	const struct prog_fn *fn = &p->fns[call->target];
	for (size_t i = 0; i < fn->n_calls; i++) {
		const struct prog_call *inner = &p->calls[fn->calls[i]];
		js_node key = reach_argument(p->files[inner->file].js, inner->node, 0);
		const struct js_binding *b = key && js_kind(p->files[inner->file].js, key) == JS_IDENT ? js_binding_of(p->files[inner->file].js, key) : NULL;
		if (b && b->kind == JSB_PARAM && on_redis(p, inner, effect))
			return true;
	}
	return false;
}

void check_sessions(struct check *c)
{
	const struct program *p = c->program;
	const struct prog_call *written = NULL;
	bool read = false;
	for (size_t i = 0; i < p->n_calls && !(written && read); i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *js = p->files[call->file].js;
		if (js_kind(js, call->node) != JS_CALL || !begins_with_word(js, reach_argument(js, call->node, 0), HOPS) || !reach_is_live(c, call))
			continue;
		if (!written && touches_redis(p, call, EFFECT_SHARED_WRITE))
			written = call;
		read = read || touches_redis(p, call, EFFECT_SHARED_READ);
	}
	if (written && read)
		check_strength(c, prog_place(p, written->file, written->node), "sessions are kept in Redis");
}
