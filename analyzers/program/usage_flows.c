#include "analyzers/program/usage_private.h"

/* Where a value goes on to, and what a function does around its accesses. */

/* ---- where a number goes ---- */

static uint32_t flow_into_call(const struct reader *r, prog_id file, js_node call, js_node arg)
{
	const struct js_file *js = prog_js(r->p, file);
	uint32_t c = priv(r->p)->files[file].call_at[call];
	if (!c || arg == js_at(js, call)->a)
		return 0;
	const struct prog_call *pc = &r->p->calls[c - 1];
	uint32_t effects = prog_call_reaches(r->p, pc);
	if (effects & (EFFECT_DB_WRITE | EFFECT_QUEUE_ADD | EFFECT_SHARED_WRITE | EFFECT_FILE_WRITE))
		return FLOW_STORE;
	if (effects & EFFECT_LOG)
		return FLOW_LOG;
	if (effects & (EFFECT_HTTP_SEND | EFFECT_HTTP_GET | EFFECT_SOCKET_SEND))
		return FLOW_SENT;
	return pc->callee.kind == ENT_PARAM || pc->callee.kind == ENT_UNKNOWN ? FLOW_OUT : 0;
}

static uint32_t flow_to_callers(const struct reader *r, prog_id fn, int depth)
{
	uint32_t flow = usage_root_phases(r->p, fn) ? FLOW_OUT : 0;
	for (size_t i = 0; i < r->p->n_calls; i++)
		if (r->p->calls[i].target == fn)
			flow |= usage_flow(r, r->p->calls[i].file, r->p->calls[i].node, depth + 1);
	return flow;
}

static uint32_t flow_of_name(const struct reader *r, prog_id file, js_node name, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	const struct js_binding *b = js_binding_of(js, name);
	uint32_t flow = 0;
	for (uint32_t i = 0; b && b->fn && i < b->n_refs; i++)
		if (js->lists[b->refs + i] != name)
			flow |= usage_flow(r, file, js->lists[b->refs + i], depth + 1);
	return flow;
}

uint32_t usage_flow(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	uint32_t flow = 0;
	for (js_node up = js_at(js, n)->parent; up && depth < 6; n = up, up = js_at(js, up)->parent) {
		switch (js_kind(js, up)) {
		case JS_CALL:
			if (n == js_at(js, up)->a)
				break; /* String(n).padStart(6): the text of it */
			flow |= flow_into_call(r, file, up, n);
			if (flow & FLOW_SENT)
				return flow;
			break;
		case JS_DECLARATOR:
			return flow | flow_of_name(r, file, js_at(js, up)->a, depth);
		case JS_RETURN:
			return flow | flow_to_callers(r, prog_fn_of(r->p, file, up), depth);
		case JS_FUNCTION:
			return js_at(js, up)->b == n ? flow | flow_to_callers(r, prog_fn_of(r->p, file, n), depth) : flow;
		case JS_ASSIGN:
		case JS_EXPR_STMT:
		case JS_IF:
		case JS_BLOCK:
			return flow;
		default:
			break;
		}
	}
	return flow;
}

/* ---- memo ---- */

struct made_of {
	const struct js_file *js;
	const struct js_binding *key;
	bool has_key, has_other;
};

static bool see_part(void *ctx, js_node n)
{
	struct made_of *m = ctx;
	const struct js_binding *b = js_binding_of(m->js, n);
	if (b && b == m->key)
		m->has_key = true;
	else if (b && b->fn)
		m->has_other = true;
	return true;
}

/* the call that makes what is put: itself, or what a variable is given on the way */
static js_node making_call(const struct reader *r, prog_id file, js_node value)
{
	const struct js_file *js = prog_js(r->p, file);
	js_node n = prog_local_value(r->p, file, value, NULL);
	const struct js_binding *b = js_binding_of(js, n);
	for (uint32_t i = 0; b && b->kind != JSB_PARAM && i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		if (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == ref)
			n = js_at(js, up)->b;
	}
	return js_kind(js, n) == JS_CALL || js_kind(js, n) == JS_NEW ? n : 0;
}

/* let t = m.get(k); if (!t) { t = compile(k); m.set(k, t) }: a package's function of the key alone, which any process can
 * ask again. What is made of a class of the project may change while it is kept. */
bool usage_is_memo(const struct reader *r, const struct cell_access *put)
{
	const struct js_file *js = prog_js(r->p, put->file);
	js_node call = put->key ? making_call(r, put->file, put->value) : 0;
	struct made_of m = {js, js_binding_of(js, put->key), false, false};
	bool asked = false;
	if (!call || !m.key)
		return false;
	struct entity e = prog_resolve(r->p, put->file, js_at(js, call)->a);
	bool of_key = js_binding_of(js, js_at(js, call)->a) == m.key;
	uint32_t c = priv(r->p)->files[put->file].call_at[call];
	if ((e.kind != ENT_PACKAGE && e.kind != ENT_GLOBAL && e.kind != ENT_PACKAGE_INSTANCE && !of_key) ||
	    (c && prog_call_effects(r->p, &r->p->calls[c - 1]) & ~(uint32_t)(EFFECT_LOG | EFFECT_UNKNOWN)))
		return false;
	js_walk(js, call, see_part, &m);
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->op == ACCESS_INNER)
			return false;
		asked |= x->op == ACCESS_KEY_READ && usage_same_function(r, x, put);
	}
	return asked && m.has_key && !m.has_other;
}

/* ---- checks ---- */

struct check_search {
	const struct reader *r;
	prog_id file;
	const struct js_binding *key;
	bool checks, works, answers;
};

/* await validate(url): a function of the project that may throw, gets the key alone, and leaves nothing behind */
static bool is_check(const struct check_search *s, js_node await)
{
	enum { READS = EFFECT_DB_READ | EFFECT_SHARED_READ | EFFECT_FILE_READ | EFFECT_HTTP_GET | EFFECT_LOG };
	const struct js_file *js = prog_js(s->r->p, s->file);
	js_node call = js_at(js, await)->a;
	uint32_t c = js_kind(js, call) == JS_CALL ? priv(s->r->p)->files[s->file].call_at[call] : 0;
	prog_id target = c ? s->r->p->calls[c - 1].target : PROG_NONE;
	return js_kind(js, js_at(js, await)->parent) == JS_EXPR_STMT && target != PROG_NONE && js_at(js, call)->n_kids == 1 &&
	       js_binding_of(js, js_kid(js, call, 0)) == s->key && !(s->r->p->fns[target].effects_all & ~(uint32_t)READS);
}

static bool see_check(void *ctx, js_node n)
{
	struct check_search *s = ctx;
	const struct js_file *js = prog_js(s->r->p, s->file);
	switch (js_kind(js, n)) {
	case JS_AWAIT: {
		bool check = is_check(s, n);
		s->checks |= check;
		s->works |= !check;
		return false;
	}
	case JS_RETURN:
		s->answers |= js_at(js, n)->a != 0;
		return true;
	case JS_CALL: {
		uint32_t c = priv(s->r->p)->files[s->file].call_at[n];
		const struct prog_call *call = c ? &s->r->p->calls[c - 1] : NULL;
		uint32_t effects = call ? prog_call_effects(s->r->p, call) : 0;
		s->works |= call && call->target != PROG_NONE && (s->r->p->fns[call->target].effects_all & ~(uint32_t)EFFECT_LOG);
		s->works |= !usage_mentions_cell(s->r, s->file, n) && (effects & ~(uint32_t)EFFECT_LOG);
		return true;
	}
	default:
		return true;
	}
}

/* if (known.has(url)) return; await validate(url); known.add(url): who asks again elsewhere is checked again, and nothing
 * else happens */
bool usage_is_checked_once(const struct reader *r)
{
	const struct cell_usage *u = r->u;
	if (u->n_puts != 1 || !u->n_gets)
		return false;
	const struct cell_access *put = &r->cell->accesses[u->puts[0]];
	const struct js_file *js = prog_js(r->p, put->file);
	struct check_search s = {r, put->file, js_binding_of(js, put->key), false, false, false};
	if (!s.key || !s.key->fn || s.key->fn != js_at(js, put->node)->fn)
		return false;
	js_walk(js, js->functions[s.key->fn].node, see_check, &s);
	return s.checks && !s.works && !s.answers;
}

/* ---- scratch ---- */

struct wait_search {
	const struct js_file *js;
	uint32_t fn;
	bool found;
};

static bool see_wait(void *ctx, js_node n)
{
	struct wait_search *s = ctx;
	s->found |= js_kind(s->js, n) == JS_AWAIT || js_kind(s->js, n) == JS_YIELD;
	return !s->found;
}

/* tmp.length = 0; for (..) tmp.push(..); return sum(tmp): nothing of one call is left for the next */
bool usage_is_scratch(const struct reader *r)
{
	const struct cell_usage *u = r->u;
	const struct cell_access *all = r->cell->accesses, *first = NULL;
	if (!u->n_removes || !u->n_puts)
		return false;
	first = &all[u->removes[0]];
	const struct js_file *js = prog_js(r->p, first->file);
	struct wait_search s = {js, js_at(js, first->node)->fn, false};
	js_node up = js_at(js, first->node)->parent;
	/* as a statement of the function itself, not in a branch */
	if (js_kind(js, up) != JS_EXPR_STMT || js_at(js, js_at(js, up)->parent)->parent != js->functions[s.fn].node)
		return false;
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &all[i];
		if (!(prog_phases(r->p, r->app, x->fn) & PHASE_RUNTIME))
			continue;
		if (!usage_same_function(r, x, first) || (x != first && x->op != ACCESS_ESCAPE && js_at(js, x->node)->span.start < js_at(js, first->node)->span.start))
			return false;
	}
	js_walk(js, js->functions[s.fn].node, see_wait, &s);
	return !s.found;
}

/* ---- what presence decides ---- */

struct work_search {
	const struct reader *r;
	prog_id file;
	bool found, logs;
};

static bool see_work(void *ctx, js_node n)
{
	struct work_search *s = ctx;
	const struct js_file *js = prog_js(s->r->p, s->file);
	enum js_kind k = js_kind(js, n);
	if (k == JS_ASSIGN || k == JS_UPDATE || k == JS_RETURN || k == JS_THROW || k == JS_AWAIT) {
		bool plain = k == JS_RETURN && !js_at(js, n)->a;
		s->found |= !plain && !usage_mentions_cell(s->r, s->file, n);
	} else if (k == JS_CALL || k == JS_NEW) {
		uint32_t c = priv(s->r->p)->files[s->file].call_at[n];
		const struct prog_call *call = c ? &s->r->p->calls[c - 1] : NULL;
		uint32_t effects = !call ? 0 : prog_call_reaches(s->r->p, call);
		bool logs = effects && !(effects & ~(uint32_t)(EFFECT_LOG | EFFECT_LOCAL_WRITE));
		s->logs |= logs;
		s->found |= !logs && !usage_mentions_cell(s->r, s->file, n);
	}
	return !s->found;
}

/* if (!warned.has(k)) { warn(k); warned.add(k) }, or the same with an early return without a value */
bool usage_only_logs(const struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = prog_js(r->p, g->file);
	js_node test = usage_test_of_result(js, g->node);
	struct work_search s = {r, g->file, false, false};
	if (js_kind(js, test) != JS_IF || js_at(js, test)->c)
		return false;
	js_node branch = js_at(js, test)->b, block = js_at(js, test)->parent;
	if (usage_is_negated(js, g->node)) {
		js_walk(js, branch, see_work, &s);
		return s.logs && !s.found && usage_mentions_cell(r, g->file, branch);
	}
	if (!usage_leaves(js, branch) || js_kind(js, block) != JS_BLOCK || js_kind(js, js_at(js, block)->parent) != JS_FUNCTION)
		return false;
	js_walk(js, branch, see_work, &s);
	for (uint32_t i = 0; i < js_at(js, block)->n_kids; i++)
		if (js_at(js, js_kid(js, block, i))->span.start > js_at(js, test)->span.start)
			js_walk(js, js_kid(js, block, i), see_work, &s);
	return s.logs && !s.found;
}

/* ---- feeds ---- */

/* Put into only by events of a connection or watcher that each process opens for itself when it starts. */
bool usage_is_fed_alike(const struct reader *r)
{
	static const char *const modules[] = {"ws", "net", "tls", "dgram", "mqtt", "socket.io-client", "ioredis", "redis", "nats", "chokidar",
					      "fs", "websocket", "reconnecting-websocket", "isomorphic-ws", "ethers", "web3", "eventsource"};
	const struct cell_usage *u = r->u;
	if (u->put_phases != PHASE_EVENT)
		return false;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct prog_root *root = NULL;
		prog_id path[32];
		bool known = false;
		if (!prog_path_to(r->p, r->app, r->cell->accesses[u->puts[i]].fn, PHASE_EVENT, &root, path, 32) || !root)
			return false;
		for (size_t k = 0; k < sizeof modules / sizeof *modules; k++)
			known |= str_is(root->by.module, modules[k]);
		prog_id around = prog_fn_of(r->p, root->file, root->at);
		if (!known || prog_phases(r->p, r->app, around) & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE))
			return false;
	}
	return true;
}

/* ---- what one connection or chat leaves for the others ---- */

static bool is_root_of_connections(const struct program *p, prog_id fn)
{
	for (size_t i = 0; i < p->n_roots; i++)
		if (p->roots[i].fn == fn && (p->roots[i].phase & PHASE_SOCKET) &&
		    str_find(p->roots[i].label, STR("connect")) != (size_t)-1 &&
		    str_find(p->roots[i].label, STR("disconnect")) == (size_t)-1)
			return true;
	return false;
}

/* io.on('connection', (socket) => socket.emit('state', current)), also one call further */
static bool runs_when_connecting(const struct reader *r, prog_id fn)
{
	const struct prog_fn *f = &r->p->fns[fn];
	for (size_t i = 0; i < f->n_callers; i++)
		if (is_root_of_connections(r->p, f->callers[i]))
			return true;
	return is_root_of_connections(r->p, fn);
}

/* bots to which each update is given once, to whichever process asks for it. A client of Discord or IRC hears everything
 * in every process. */
static bool is_fed_by_chat(const struct reader *r, prog_id fn)
{
	static const char *const bots[] = {"telegraf", "grammy", "node-telegram-bot-api", "@slack/bolt", "@line/bot-sdk", "viber-bot"};
	const struct prog_root *root = NULL;
	prog_id path[32];
	if (!prog_path_to(r->p, r->app, fn, PHASE_EVENT, &root, path, 32) || !root)
		return false;
	for (size_t i = 0; i < sizeof bots / sizeof *bots; i++)
		if (str_is(root->by.module, bots[i]))
			return true;
	return false;
}

/* Set by a message of one connection and read by requests or by connections that come later; set by an update of a chat
 * and read in another handler. Another message of the same connection may be all that reads a variable. */
bool usage_is_left_for_others(const struct reader *r)
{
	const struct cell_usage *u = r->u;
	bool by_chat = false;
	if (!(u->put_phases & (PHASE_SOCKET | PHASE_EVENT)))
		return false;
	for (size_t i = 0; i < u->n_puts; i++)
		by_chat |= !u->single_function && is_fed_by_chat(r, r->cell->accesses[u->puts[i]].fn);
	if (by_chat)
		return true;
	for (size_t i = 0; (u->put_phases & PHASE_SOCKET) && i < u->n_gets; i++) {
		const struct cell_access *g = &r->cell->accesses[u->gets[i]];
		/* what the handler of a connection sets for the messages of this connection is its own */
		bool sets = false;
		for (size_t k = 0; k < u->n_puts; k++)
			sets |= r->cell->accesses[u->puts[k]].fn == g->fn || is_root_of_connections(r->p, r->cell->accesses[u->puts[k]].fn);
		if (!sets && ((prog_phases(r->p, r->app, g->fn) & PHASE_REQUEST) || runs_when_connecting(r, g->fn)))
			return true;
	}
	return false;
}

/* ---- switches ---- */

/* the truth value that an assignment gives: 1 true, 2 false, 3 the opposite of the old one, 0 another value */
static int truth_given(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = prog_js(r->p, x->file);
	js_node v = x->value ? x->value : js_kind(js, x->node) == JS_ASSIGN ? js_at(js, x->node)->b : 0;
	if (js_kind(js, v) == JS_BOOL)
		return js_at(js, v)->op == 1 ? 1 : 2;
	if (js_kind(js, v) == JS_UNARY && js_at(js, v)->op == JS_OP_NOT && usage_mentions_cell(r, x->file, v))
		return 3;
	return 0;
}

/* closed = true in one handler, closed = false in another; down = !down */
bool usage_is_toggled(const struct reader *r)
{
	int seen = 0;
	const struct cell_access *first = NULL;
	bool apart = false;
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		uint32_t phases = prog_phases(r->p, r->app, x->fn);
		if ((x->op != ACCESS_ASSIGN && x->op != ACCESS_ADD) || !(phases & PHASE_RUNTIME))
			continue;
		int given = truth_given(r, x);
		if (!given || !(phases & PHASE_REQUEST) || phases & (PHASE_EVENT | PHASE_TIMER))
			return false;
		seen |= given;
		apart |= first && !usage_same_function(r, first, x);
		first = x;
	}
	return seen == 3 && (apart || r->u->n_puts == 1);
}
