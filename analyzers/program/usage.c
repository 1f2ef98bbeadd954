#include "analyzers/program/usage.h"

#include "analyzers/program/private.h"
#include "base/vec.h"

struct reader {
	struct arena *a;
	const struct program *p;
	uint32_t app;
	const struct prog_cell *cell;
	struct cell_usage *u;
	int depth; /* of callers that are asked */
};

/* ---- small walks ---- */

static const struct js_file *js_of(const struct program *p, prog_id file)
{
	return p->files[file].js;
}

bool prog_is_inside(const struct js_file *js, js_node n, js_node outer)
{
	for (; n; n = js_at(js, n)->parent)
		if (n == outer)
			return true;
	return false;
}

js_node prog_above(const struct program *p, prog_id file, js_node n, enum js_kind kind)
{
	const struct js_file *js = js_of(p, file);
	uint32_t fn = js_at(js, n)->fn;
	for (; n && js_at(js, n)->fn == fn; n = js_at(js, n)->parent)
		if (js_kind(js, n) == kind)
			return n;
	return 0;
}

js_node prog_loop_of(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = js_of(p, file);
	uint32_t fn = js_at(js, n)->fn;
	for (; n && js_at(js, n)->fn == fn; n = js_at(js, n)->parent) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_FOR || k == JS_FOR_IN || k == JS_WHILE || k == JS_DO_WHILE)
			return n;
	}
	return 0;
}

static const struct js_binding *binding_of(const struct js_file *js, js_node n)
{
	if (js_kind(js, n) != JS_IDENT || js->binding_of[n] == JS_NO_ATOM)
		return NULL;
	return &js->bindings[js->binding_of[n]];
}

static bool is_reassigned(const struct js_file *js, const struct js_binding *b)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		enum js_kind k = js_kind(js, up);
		if ((k == JS_ASSIGN && js_at(js, up)->a == ref) || k == JS_UPDATE)
			return true;
	}
	return false;
}

js_node prog_local_value(const struct program *p, prog_id file, js_node n, bool *awaited)
{
	const struct js_file *js = js_of(p, file);
	for (int step = 0; step < 8; step++) {
		if (js_kind(js, n) == JS_AWAIT) {
			if (awaited)
				*awaited = true;
			n = js_at(js, n)->a;
			continue;
		}
		const struct js_binding *b = binding_of(js, n);
		if (!b || !b->init || b->kind == JSB_IMPORT || b->kind == JSB_FUNCTION || is_reassigned(js, b))
			return n;
		if (b->pattern && js_kind(js, b->init) != JS_AWAIT)
			return n;
		n = b->init;
	}
	return n;
}

const char *prog_root_label(const struct program *p, uint32_t app, prog_id fn)
{
	const struct prog_root *root = NULL;
	prog_id path[32];
	if (!prog_path_to(p, app, fn, PHASE_RUNTIME, &root, path, 32) || !root || !root->label.len)
		return NULL;
	return arena_cstr(p->ctx->arena, root->label);
}

/* ---- keys ---- */

/* roots whose function is fn, as phases; 0: none */
static uint32_t root_phases(const struct program *p, prog_id fn)
{
	uint32_t phases = 0;
	for (size_t i = 0; i < p->n_roots; i++)
		if (p->roots[i].fn == fn)
			phases |= p->roots[i].phase;
	return phases;
}

static bool is_connection_type(const struct js_file *js, js_node type)
{
	struct str name = type ? js_str(js, type) : STR("");
	static const char *const names[] = {"Socket", "WebSocket", "WebSocketClient", "ws", "WS", "AuthenticatedSocket"};
	size_t dot = str_rfind_char(name, '.'); /* io.Socket */
	if (dot != (size_t)-1)
		name = str_sub(name, dot + 1, name.len);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* parameter index of a binding, -1 where it is none */
static int param_index(const struct js_file *js, const struct js_binding *b)
{
	if (b->kind != JSB_PARAM)
		return -1;
	js_node fn = js->functions[b->fn].node;
	for (uint32_t i = 0; i < js_at(js, fn)->n_kids; i++)
		if (prog_is_inside(js, b->decl, js_kid(js, fn, i)))
			return (int)i;
	return -1;
}

static js_node param_node(const struct js_file *js, const struct js_binding *b)
{
	int i = param_index(js, b);
	return i < 0 ? 0 : js_kid(js, js->functions[b->fn].node, (uint32_t)i);
}

/* is the identifier the connection of the handler that runs (its root's socket, or typed as one)? */
static bool is_own_connection(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = js_of(p, file);
	n = prog_local_value(p, file, n, NULL);
	const struct js_binding *b = binding_of(js, n);
	if (!b || b->kind != JSB_PARAM)
		return false;
	if (is_connection_type(js, js_at(js, param_node(js, b))->c))
		return true;
	uint32_t phases = root_phases(p, p->files[file].first_fn + b->fn);
	return (phases & PHASE_SOCKET) && param_index(js, b) == 0 && !(phases & PHASE_REQUEST);
}

static bool is_drawn(const struct program *p, prog_id file, js_node n, int depth);

/* function newToken() { return crypto.randomBytes(16).toString('hex') } */
static bool draws(const struct program *p, prog_id fn, int depth)
{
	const struct prog_fn *f = &p->fns[fn];
	const struct file_priv *fp = &priv(p)->files[f->file];
	for (size_t i = 0; i < fp->returns[f->index].len; i++)
		if (is_drawn(p, f->file, fp->returns[f->index].ptr[i], depth + 1))
			return true;
	return false;
}

static bool is_drawing_call(const struct program *p, prog_id file, js_node n, int depth)
{
	static const char *const packages[] = {"uuid",	"nanoid", "crypto", "ulid",	  "cuid",	       "@paralleldrive/cuid2",
					       "hat",	"uid",	  "uid-safe", "short-uuid", "randomstring", "crypto-random-string"};
	const struct js_file *js = js_of(p, file);
	struct entity e = prog_resolve(p, file, js_at(js, n)->a);
	if (e.kind == ENT_GLOBAL)
		return str_is(e.path, "random") || str_is(e.path, "now") || str_is(e.path, "randomUUID");
	if (e.kind == ENT_FUNCTION && e.fn != PROG_NONE && draws(p, e.fn, depth))
		return true;
	for (size_t i = 0; e.kind == ENT_PACKAGE && i < sizeof packages / sizeof *packages; i++)
		if (str_is(e.module, packages[i]))
			return true;
	/* a token that is given out */
	if (e.kind == ENT_PACKAGE && str_is(e.module, "jsonwebtoken") && str_ends(e.path, STR("sign")))
		return true;
	/* randomBytes(16).toString('hex') */
	js_node callee = js_at(js, n)->a;
	return js_kind(js, callee) == JS_MEMBER && is_drawn(p, file, js_at(js, callee)->a, depth + 1);
}

/* a number that is counted up or a text that is drawn here: nobody else knows it before it is given out */
static bool is_drawn(const struct program *p, prog_id file, js_node n, int depth)
{
	const struct js_file *js = js_of(p, file);
	n = prog_local_value(p, file, n, NULL);
	if (depth > 4)
		return false;
	switch (js_kind(js, n)) {
	case JS_UPDATE:
		return true;
	case JS_CALL:
		return is_drawing_call(p, file, n, depth);
	case JS_BINARY:
		return is_drawn(p, file, js_at(js, n)->a, depth + 1) || is_drawn(p, file, js_at(js, n)->b, depth + 1);
	case JS_TEMPLATE:
		for (uint32_t i = 1; i < js_at(js, n)->n_kids; i += 2)
			if (is_drawn(p, file, js_kid(js, n, i), depth + 1))
				return true;
		return false;
	default:
		return false;
	}
}

static bool is_loop_variable(const struct js_file *js, const struct js_binding *b)
{
	for (js_node n = js_at(js, b->decl)->parent; n; n = js_at(js, n)->parent) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_FOR_IN)
			return prog_is_inside(js, b->decl, js_at(js, n)->a);
		if (k == JS_FOR)
			return js_at(js, n)->a && prog_is_inside(js, b->decl, js_at(js, n)->a);
		if (k == JS_FUNCTION || k == JS_BLOCK)
			break;
	}
	/* let port = base; while (used.has(port)) port++ */
	for (uint32_t i = 0; i < b->n_refs; i++)
		if (js_kind(js, js_at(js, js->lists[b->refs + i])->parent) == JS_UPDATE)
			return true;
	return false;
}

static uint32_t key_kind(const struct reader *r, prog_id file, js_node key);

/* what the callers pass for a parameter: their common kind, or 0 where nobody calls or they differ */
static uint32_t passed_key(const struct reader *r, prog_id file, const struct js_binding *b)
{
	prog_id fn = r->p->files[file].first_fn + b->fn;
	int index = param_index(js_of(r->p, file), b);
	uint32_t kinds = 0;
	if (index < 0 || b->pattern || r->depth > 2)
		return 0;
	struct reader deeper = *r;
	deeper.depth++;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		const struct js_file *js = js_of(r->p, call->file);
		if (call->target != fn || js_at(js, call->node)->n_kids <= (uint32_t)index)
			continue;
		kinds |= key_kind(&deeper, call->file, js_kid(js, call->node, (uint32_t)index));
	}
	return kinds == KEY_CONNECTION || kinds == KEY_CONST || kinds == KEY_LOOP ? kinds : 0;
}

static uint32_t key_kind(const struct reader *r, prog_id file, js_node key)
{
	const struct js_file *js = js_of(r->p, file);
	if (!key)
		return KEY_NONE;
	js_node n = prog_local_value(r->p, file, key, NULL);
	enum js_kind k = js_kind(js, n);
	if (k == JS_STRING || k == JS_NUMBER || k == JS_BOOL)
		return KEY_CONST;
	if (is_drawn(r->p, file, n, 0))
		return KEY_COUNTER;
	if (is_own_connection(r->p, file, n))
		return KEY_CONNECTION;
	if (k == JS_MEMBER) {
		struct str prop = js_str(js, n);
		if ((str_is(prop, "id") || str_is(prop, "sid")) && is_own_connection(r->p, file, js_at(js, n)->a))
			return KEY_CONNECTION;
		struct entity e = prog_resolve(r->p, file, n);
		if (e.kind == ENT_VALUE && js_kind(js, js_at(js, n)->a) == JS_IDENT) {
			const struct js_binding *b = binding_of(js, js_at(js, n)->a);
			if (b && (b->kind == JSB_ENUM || b->kind == JSB_IMPORT))
				return KEY_CONST;
		}
		return KEY_INPUT;
	}
	const struct js_binding *b = binding_of(js, n);
	if (b && is_loop_variable(js, b))
		return KEY_LOOP;
	if (b && b->kind == JSB_PARAM) {
		uint32_t passed = passed_key(r, file, b);
		return passed ? passed : KEY_INPUT;
	}
	if (b && b->fn == 0)
		return KEY_CONST;
	if (k == JS_TEMPLATE || k == JS_BINARY || k == JS_CALL || b)
		return KEY_INPUT;
	return KEY_UNKNOWN;
}

/* ---- values ---- */

static bool mentions_cell(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = js_of(r->p, file);
	for (size_t i = 0; i < r->cell->n_accesses; i++)
		if (r->cell->accesses[i].file == file && prog_is_inside(js, r->cell->accesses[i].node, n))
			return true;
	return false;
}

/* arithmetic on what was read from the cell before: (m.get(k) || 0) + 1, old + 1, { count: old.count + 1 } */
static bool counts_from_old(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	bool awaited = false;
	if (depth > 4 || !n)
		return false;
	const struct js_node_data *d = js_at(js, n);
	switch (js_kind(js, n)) {
	case JS_BINARY: {
		js_node left = prog_local_value(r->p, file, d->a, &awaited);
		js_node base = js_kind(js, left) == JS_MEMBER ? prog_local_value(r->p, file, js_at(js, left)->a, NULL) : left;
		return (d->op == JS_OP_ADD || d->op == JS_OP_SUB) &&
		       (mentions_cell(r, file, left) || mentions_cell(r, file, base) || counts_from_old(r, file, d->a, depth + 1));
	}
	case JS_LOGICAL:
	case JS_COND:
		return counts_from_old(r, file, d->a, depth + 1) || counts_from_old(r, file, d->b, depth + 1) ||
		       (d->c && counts_from_old(r, file, d->c, depth + 1));
	case JS_OBJECT:
		for (uint32_t i = 0; i < d->n_kids; i++)
			if (counts_from_old(r, file, js_at(js, js_kid(js, n, i))->b, depth + 1))
				return true;
		return false;
	case JS_UPDATE:
		return true;
	case JS_IDENT: {
		js_node v = prog_local_value(r->p, file, n, NULL);
		return v != n && counts_from_old(r, file, v, depth + 1);
	}
	default:
		return false;
	}
}

static uint32_t param_value(const struct reader *r, prog_id file, const struct js_binding *b)
{
	const struct js_file *js = js_of(r->p, file);
	js_node param = param_node(js, b);
	struct str type = js_at(js, param)->c ? js_str(js, js_at(js, param)->c) : STR("");
	uint32_t phases = root_phases(r->p, r->p->files[file].first_fn + b->fn);
	int index = param_index(js, b);
	if (is_connection_type(js, js_at(js, param)->c))
		return PUT_SOCKET;
	if (str_ends(type, STR("Response")) || str_starts(type, STR("Subscriber<")) || str_is(type, "Subscriber") || str_is(type, "FastifyReply") || str_is(type, "ServerResponse"))
		return PUT_RESPONSE;
	if ((phases & PHASE_REQUEST) && index == 1 && !type.len)
		return PUT_RESPONSE;
	if ((phases & PHASE_SOCKET) && index == 0 && !(phases & PHASE_REQUEST) && !type.len &&
	    js_kind(js, b->decl) == JS_IDENT && !b->pattern) {
		/* the root of a connection gets the socket, that of one of its events gets data */
		for (size_t i = 0; i < r->p->n_roots; i++)
			if (r->p->roots[i].fn == r->p->files[file].first_fn + b->fn &&
			    str_find(r->p->roots[i].label, STR("connect")) != (size_t)-1)
				return PUT_SOCKET;
	}
	/* new Promise((resolve, reject) => ...) */
	js_node fn = js->functions[b->fn].node, up = js_at(js, fn)->parent;
	if (js_kind(js, up) == JS_NEW && str_is(js_text(js, js_at(js, up)->a), "Promise"))
		return PUT_RESOLVER;
	return PUT_DATA;
}

/* setTimeout(() => cache.delete(key), ttl): nobody outside of this process notices when it fires */
static bool only_own_memory(const struct reader *r, prog_id file, js_node call)
{
	const struct js_file *js = js_of(r->p, file);
	prog_id fn = js_at(js, call)->n_kids ? prog_callback(r->p, file, js_kid(js, call, 0)) : PROG_NONE;
	return fn != PROG_NONE && !(r->p->fns[fn].effects_all & ~(uint32_t)(EFFECT_LOCAL_WRITE | EFFECT_LOG));
}

static uint32_t value_kind(const struct reader *r, prog_id file, js_node value, int depth);

/* what a call that nobody waits for reads: a file is the same for every process of a host, a record may change */
static uint32_t read_by(const struct reader *r, prog_id file, js_node n, int depth)
{
	enum { RECORDS = EFFECT_DB_READ | EFFECT_SHARED_READ, READS = RECORDS | EFFECT_FILE_READ };
	uint32_t c = priv(r->p)->files[file].call_at[n];
	uint32_t effects = c ? prog_call_effects(r->p, &r->p->calls[c - 1]) : 0;
	struct entity e = prog_resolve(r->p, file, js_at(js_of(r->p, file), n)->a);
	if (e.kind == ENT_FUNCTION && e.fn != PROG_NONE)
		effects = r->p->fns[e.fn].effects_all & ~(uint32_t)EFFECT_LOG;
	if (e.kind == ENT_GLOBAL && str_is(e.module, "JSON") && str_is(e.path, "parse") && js_at(js_of(r->p, file), n)->n_kids)
		return value_kind(r, file, js_kid(js_of(r->p, file), n, 0), depth + 1) & (PUT_LOADED | PUT_PURE);
	if (!(effects & READS) || effects & ~(uint32_t)READS)
		return 0;
	if (e.kind == ENT_PARAM)
		return PUT_PROMISE; /* the work that a caller hands in */
	return effects & RECORDS ? PUT_LOADED : PUT_PURE;
}

static uint32_t made_by(const struct reader *r, prog_id file, js_node n, bool awaited, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	struct entity e = prog_resolve(r->p, file, js_at(js, n)->a);
	struct str last = e.path;
	if (e.kind == ENT_GLOBAL && str_is(e.module, "Date") && (str_is(e.path, "now") || js_kind(js, n) == JS_NEW))
		return PUT_TRUTH; /* a time stamp */
	size_t dot = str_rfind_char(last, '.');
	if (dot != (size_t)-1)
		last = str_sub(last, dot + 1, last.len);
	if (e.kind == ENT_GLOBAL && (str_is(e.module, "setTimeout") || str_is(e.module, "setInterval")))
		return only_own_memory(r, file, n) ? PUT_EXPIRY : PUT_TIMER;
	if (e.kind == ENT_PACKAGE && str_is(e.module, "child_process"))
		return str_ends(last, STR("Sync")) ? PUT_DATA : PUT_CHILD;
	if (e.kind == ENT_PACKAGE && (str_is(e.module, "node-pty") || str_is(e.module, "execa") ||
				      str_is(e.module, "cross-spawn") || str_is(e.module, "puppeteer") ||
				      str_is(e.module, "puppeteer-core") || str_is(e.module, "playwright")))
		return PUT_CHILD;
	if (js_kind(js, n) == JS_NEW) {
		if (e.kind == ENT_GLOBAL && str_is(e.module, "Promise"))
			return PUT_PROMISE;
		/* formatters, expressions: made of their arguments alone */
		if (e.kind == ENT_GLOBAL && (str_is(e.module, "Intl") || str_is(e.module, "RegExp") || str_is(e.module, "TextDecoder")))
			return PUT_PURE;
		/* a stream that clients hang on: Sse of Nest, subscriptions */
		if (e.kind == ENT_PACKAGE && str_is(e.module, "rxjs") && str_ends(e.path, STR("Subject")))
			return PUT_RESPONSE;
		return e.kind == ENT_PACKAGE ? PUT_CLIENT : PUT_DATA;
	}
	/* old.concat(subscriber) */
	if (js_kind(js, js_at(js, n)->a) == JS_MEMBER && str_is(js_str(js, js_at(js, n)->a), "concat") && js_at(js, n)->n_kids == 1)
		return value_kind(r, file, js_kid(js, n, 0), depth + 1);
	if (awaited)
		return PUT_LOADED;
	prog_id target = e.kind == ENT_FUNCTION ? e.fn : PROG_NONE;
	if (target != PROG_NONE) {
		const struct js_file *tjs = js_of(r->p, r->p->fns[target].file);
		if (js_at(tjs, prog_fn_node(r->p, target))->flags & JSF_ASYNC)
			return PUT_PROMISE;
		if (!(r->p->fns[target].effects_all & ~(uint32_t)EFFECT_LOG))
			return PUT_PURE;
	}
	uint32_t read = read_by(r, file, n, depth);
	return read ? read : PUT_DATA;
}

/* a number or a time: literals, Date.now(), and what is computed of them and of constants */
static bool is_number_like(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	n = prog_local_value(r->p, file, n, NULL);
	const struct js_node_data *d = js_at(js, n);
	if (depth > 4)
		return false;
	switch (js_kind(js, n)) {
	case JS_NUMBER:
	case JS_BOOL:
	case JS_NULL:
	case JS_UPDATE:
		return true;
	case JS_BINARY: /* a time plus whatever is a time */
		return is_number_like(r, file, d->a, depth + 1) || is_number_like(r, file, d->b, depth + 1);
	case JS_CALL:
	case JS_NEW: {
		struct entity e = prog_resolve(r->p, file, d->a);
		return e.kind == ENT_GLOBAL && (str_is(e.module, "Date") || str_is(e.module, "Number"));
	}
	default:
		return false;
	}
}

static bool is_time(const struct reader *r, prog_id file, js_node n)
{
	n = prog_local_value(r->p, file, n, NULL);
	enum js_kind k = js_kind(js_of(r->p, file), n);
	if (k != JS_CALL && k != JS_NEW)
		return false;
	struct entity e = prog_resolve(r->p, file, js_at(js_of(r->p, file), n)->a);
	return e.kind == ENT_GLOBAL && str_is(e.module, "Date");
}

static uint32_t object_kinds(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	uint32_t kinds = 0;
	for (uint32_t i = 0; i < js_at(js, n)->n_kids; i++) {
		js_node kid = js_kid(js, n, i);
		js_node v = js_kind(js, kid) == JS_PROPERTY ? js_at(js, kid)->b : js_kind(js, kid) == JS_SPREAD ? js_at(js, kid)->a : kid;
		kinds |= value_kind(r, file, v, depth + 1) & (PUT_LIVE | PUT_LOADED | PUT_EXPIRY | PUT_PROMISE);
		bool empty = (js_kind(js, v) == JS_OBJECT || js_kind(js, v) == JS_ARRAY) && !js_at(js, v)->n_kids;
		kinds |= empty ? 0 : is_number_like(r, file, v, 0) ? PUT_TRUTH : PUT_DATA;
	}
	return kinds & (PUT_LIVE | PUT_LOADED) ? kinds & (uint32_t)~PUT_TRUTH : kinds ? kinds : PUT_DATA;
}

/* what this very cell held before: putting it back adds nothing */
static bool is_own_get(const struct reader *r, prog_id file, js_node n)
{
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == file && x->node == n && x->op == ACCESS_KEY_READ)
			return true;
	}
	return false;
}

static uint32_t value_unless_own(const struct reader *r, prog_id file, js_node n, int depth)
{
	bool awaited = false;
	js_node v = prog_local_value(r->p, file, n, &awaited);
	return is_own_get(r, file, v) && !awaited ? 0 : value_kind(r, file, n, depth);
}

/* let user = cache.get(id); if (!user) user = await load(id): a variable is what it is given on the way. What was read
 * from elsewhere outweighs the rest. */
static uint32_t given_on_the_way(const struct reader *r, prog_id file, const struct js_binding *b, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	uint32_t kinds = 0;
	if (!b || b->kind == JSB_PARAM || b->pattern || !is_reassigned(js, b))
		return 0;
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		if (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == ref && js_at(js, up)->op == JS_OP_NONE)
			kinds |= value_unless_own(r, file, js_at(js, up)->b, depth + 1);
	}
	if (kinds & (PUT_LOADED | PUT_PURE))
		return kinds & PUT_LOADED ? PUT_LOADED : PUT_PURE;
	return b->init ? kinds | value_unless_own(r, file, b->init, depth + 1) : kinds;
}

/* times.get(k).filter(...): a list of what was there before, to which only times are added */
static bool is_list_of_times(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = js_of(r->p, file);
	const struct js_binding *b = binding_of(js, n);
	js_node v = prog_local_value(r->p, file, n, NULL);
	while (js_kind(js, v) == JS_CALL && js_kind(js, js_at(js, v)->a) == JS_MEMBER) {
		struct str m = js_str(js, js_at(js, v)->a);
		if (is_own_get(r, file, v))
			break;
		if (!str_is(m, "filter") && !str_is(m, "slice"))
			return false;
		v = prog_local_value(r->p, file, js_at(js, js_at(js, v)->a)->a, NULL);
	}
	if (js_kind(js, v) == JS_LOGICAL)
		v = prog_local_value(r->p, file, js_at(js, v)->a, NULL);
	if (!b || !is_own_get(r, file, v))
		return false;
	bool pushed = false;
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node up = js_at(js, js->lists[b->refs + i])->parent, call = js_at(js, up)->parent;
		if (js_kind(js, up) != JS_MEMBER || !str_is(js_str(js, up), "push") || js_kind(js, call) != JS_CALL || !js_at(js, call)->n_kids)
			continue;
		if (!is_number_like(r, file, js_kid(js, call, 0), 0))
			return false;
		pushed = true;
	}
	return pushed;
}

/* does the function read the cell? */
static bool reads_cell(const struct reader *r, prog_id fn)
{
	for (size_t i = 0; i < r->cell->n_accesses; i++)
		if (r->cell->accesses[i].fn == fn && r->cell->accesses[i].op == ACCESS_KEY_READ)
			return true;
	return false;
}

/* const hit = cache.find(k); if (hit) return hit; ...; cache.keep(k, loaded): does the caller ask before it puts? */
static bool asks_before(const struct reader *r, const struct prog_call *put)
{
	const struct prog_fn *f = &r->p->fns[put->fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[f->calls[i]];
		if (call->node < put->node && call->target != PROG_NONE && reads_cell(r, call->target))
			return true;
	}
	return false;
}

/* a parameter of the function that puts: what all callers pass on, where they agree. Loaded only where each asks first */
static uint32_t passed_kind(const struct reader *r, prog_id file, const struct js_binding *b)
{
	prog_id fn = r->p->files[file].first_fn + b->fn;
	int index = param_index(js_of(r->p, file), b);
	uint32_t kinds = 0;
	if (index < 0 || b->pattern || r->depth > 1)
		return PUT_DATA;
	struct reader deeper = *r;
	deeper.depth++;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		const struct js_file *js = js_of(r->p, call->file);
		if (call->target != fn)
			continue;
		if (js_at(js, call->node)->n_kids <= (uint32_t)index)
			return PUT_DATA;
		uint32_t kind = value_kind(&deeper, call->file, js_kid(js, call->node, (uint32_t)index), 0);
		if (kind & PUT_LOADED && !asks_before(r, call))
			return PUT_DATA;
		kinds |= kind & PUT_LOADED ? PUT_LOADED : kind;
	}
	return kinds == PUT_LOADED || kinds == PUT_TRUTH ? kinds : PUT_DATA;
}

/* (await pool.query(...)).rows[0]: a part of what was loaded is loaded, a part of anything else is data */
static uint32_t part_kind(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	bool awaited = false;
	while (js_kind(js, n) == JS_MEMBER || js_kind(js, n) == JS_INDEX) {
		n = prog_local_value(r->p, file, js_at(js, n)->a, &awaited);
		if (awaited)
			return js_kind(js, n) == JS_CALL ? made_by(r, file, n, true, depth + 1) & PUT_LOADED ? PUT_LOADED : PUT_DATA : PUT_DATA;
	}
	return PUT_DATA;
}

/* for (const row of rows), rows.forEach((row) => ...): what the variable runs over, or 0 */
static js_node list_run_over(const struct js_file *js, const struct js_binding *b)
{
	for (js_node n = js_at(js, b->decl)->parent; n; n = js_at(js, n)->parent) {
		js_node call = js_at(js, n)->parent;
		switch (js_kind(js, n)) {
		case JS_FOR_IN:
			return prog_is_inside(js, b->decl, js_at(js, n)->a) ? js_at(js, n)->b : 0;
		case JS_FUNCTION:
			if (js_kind(js, call) != JS_CALL || js_kind(js, js_at(js, call)->a) != JS_MEMBER || param_index(js, b) != 0 ||
			    (!str_is(js_str(js, js_at(js, call)->a), "forEach") && !str_is(js_str(js, js_at(js, call)->a), "map")))
				return 0;
			return js_at(js, js_at(js, call)->a)->a;
		case JS_BLOCK:
			return 0;
		default:
			break;
		}
	}
	return 0;
}

static bool is_part_of_loaded(const struct reader *r, prog_id file, const struct js_binding *b, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	js_node list = list_run_over(js, b);
	if (!list)
		return false;
	if (js_kind(js, list) == JS_CALL && js_at(js, list)->n_kids == 1 && js_kind(js, js_at(js, list)->a) == JS_MEMBER &&
	    str_is(js_text(js, js_at(js, js_at(js, list)->a)->a), "Object"))
		list = js_kid(js, list, 0); /* Object.entries(prices) */
	return value_kind(r, file, list, depth + 1) & PUT_LOADED;
}

static uint32_t value_kind(const struct reader *r, prog_id file, js_node value, int depth)
{
	const struct js_file *js = js_of(r->p, file);
	bool awaited = false;
	if (!value || depth > 3)
		return value ? PUT_UNKNOWN : PUT_TRUTH;
	js_node n = prog_local_value(r->p, file, value, &awaited);
	if (counts_from_old(r, file, n, 0))
		return PUT_NUMBER_FROM_OLD;
	const struct js_binding *b = binding_of(js, n);
	if (is_own_connection(r->p, file, n))
		return PUT_SOCKET;
	if (b && is_part_of_loaded(r, file, b, depth))
		return PUT_LOADED;
	if (b && b->kind == JSB_PARAM) {
		uint32_t kind = param_value(r, file, b);
		return kind == PUT_DATA ? passed_kind(r, file, b) : kind;
	}
	if (is_list_of_times(r, file, value))
		return PUT_NUMBER_FROM_OLD;
	uint32_t given = given_on_the_way(r, file, b, depth);
	if (given)
		return given;
	switch (js_kind(js, n)) {
	case JS_LOGICAL:
	case JS_COND: {
		uint32_t kinds = js_kind(js, n) == JS_LOGICAL ? value_unless_own(r, file, js_at(js, n)->a, depth + 1) : 0;
		kinds |= value_unless_own(r, file, js_at(js, n)->b, depth + 1);
		if (js_kind(js, n) == JS_COND)
			kinds |= value_unless_own(r, file, js_at(js, n)->c, depth + 1);
		return kinds ? kinds : PUT_DATA;
	}
	case JS_NUMBER:
		return PUT_TRUTH;
	case JS_BINARY: /* Date.now() + ttl */
		return is_time(r, file, js_at(js, n)->a) || is_time(r, file, js_at(js, n)->b) ? PUT_TRUTH : PUT_DATA;
	case JS_BOOL:
		return PUT_TRUTH;
	case JS_CALL:
	case JS_NEW:
		return made_by(r, file, n, awaited, depth);
	case JS_FUNCTION:
		return PUT_FUNCTION;
	case JS_OBJECT:
	case JS_ARRAY:
		return object_kinds(r, file, n, depth);
	case JS_MEMBER: {
		struct str prop = js_str(js, n);
		if (str_is(prop, "res") || str_is(prop, "response"))
			return PUT_RESPONSE;
		return part_kind(r, file, n, depth);
	}
	case JS_INDEX:
		return part_kind(r, file, n, depth);
	default:
		return awaited ? PUT_LOADED : PUT_DATA;
	}
}

struct input_search {
	const struct js_file *js;
	bool found;
};

static bool see_input(void *ctx, js_node n)
{
	struct input_search *s = ctx;
	const struct js_binding *b = binding_of(s->js, n);
	if (b && b->kind == JSB_PARAM)
		s->found = true;
	return !s->found;
}

/* does the value hang on a parameter, also through one local variable? */
static bool hangs_on_input(const struct reader *r, prog_id file, js_node n)
{
	struct input_search s = {js_of(r->p, file), false};
	js_walk(s.js, n, see_input, &s);
	js_node v = s.found ? n : prog_local_value(r->p, file, n, NULL);
	if (v != n)
		js_walk(s.js, v, see_input, &s);
	return s.found;
}

/* ---- shapes of use ---- */

/* the test expression that n takes part in: of an if, loop, ?: or logical operator; 0 where none */
static js_node test_of(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		const struct js_node_data *d = js_at(js, up);
		switch (js_kind(js, up)) {
		case JS_IF:
		case JS_COND:
		case JS_WHILE:
		case JS_DO_WHILE:
			return d->a == n ? up : 0;
		case JS_FOR:
			return d->b == n ? up : 0;
		case JS_UNARY:
		case JS_BINARY:
		case JS_AWAIT:
		case JS_MEMBER:
			break;
		case JS_LOGICAL:
			if (d->a == n && d->op != JS_OP_AND && d->op != JS_OP_OR)
				return 0;
			break;
		case JS_CALL:
			if (d->a != n)
				return 0;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

/* const old = m.get(k); if (old) ...: the tests of the variable that holds the result */
static js_node test_of_result(const struct js_file *js, js_node n)
{
	js_node direct = test_of(js, n), up = js_at(js, n)->parent;
	if (direct || js_kind(js, up) != JS_DECLARATOR)
		return direct;
	const struct js_binding *b = binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++) {
		js_node t = test_of(js, js->lists[b->refs + i]);
		if (t)
			return t;
	}
	return 0;
}

static bool leaves(const struct js_file *js, js_node n)
{
	enum js_kind k = js_kind(js, n);
	if (k == JS_RETURN || k == JS_THROW || k == JS_CONTINUE)
		return true;
	if (k != JS_BLOCK || !js_at(js, n)->n_kids)
		return false;
	return leaves(js, js_kid(js, n, js_at(js, n)->n_kids - 1));
}

static bool is_negated(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	return js_kind(js, up) == JS_UNARY && js_at(js, up)->op == JS_OP_NOT;
}

static bool has_comparison(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_BINARY) {
			uint8_t op = js_at(js, up)->op;
			js_node other = js_at(js, up)->a == n ? js_at(js, up)->b : js_at(js, up)->a;
			bool is_empty_test = js_kind(js, other) == JS_NUMBER && js_at(js, other)->num == 0;
			if (op >= JS_OP_LT && op <= JS_OP_GE && !is_empty_test)
				return true;
		} else if (k != JS_MEMBER && k != JS_LOGICAL && k != JS_UNARY) {
			return false;
		}
	}
	return false;
}

static bool result_is_compared(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	if (has_comparison(js, n))
		return true;
	while (js_kind(js, up) == JS_LOGICAL || js_kind(js, up) == JS_BINARY)
		up = js_at(js, up)->parent;
	if (js_kind(js, up) != JS_DECLARATOR)
		return false;
	const struct js_binding *b = binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (has_comparison(js, js->lists[b->refs + i]))
			return true;
	return false;
}

static bool same_function(const struct reader *r, const struct cell_access *x, const struct cell_access *y)
{
	if (x->file != y->file)
		return false;
	const struct js_file *js = js_of(r->p, x->file);
	uint32_t fx = js_at(js, x->node)->fn, fy = js_at(js, y->node)->fn;
	for (uint32_t f = fx; f; f = js->functions[f].parent)
		if (f == fy)
			return true;
	for (uint32_t f = fy; f; f = js->functions[f].parent)
		if (f == fx)
			return true;
	return false;
}

static bool in_finally(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = js_of(r->p, x->file);
	for (js_node n = x->node; n; n = js_at(js, n)->parent) {
		js_node up = js_at(js, n)->parent;
		if (js_kind(js, up) == JS_TRY && js_at(js, up)->c == n)
			return true;
		if (js_kind(js, n) == JS_FUNCTION && js_kind(js, up) == JS_CALL &&
		    js_kind(js, js_at(js, up)->a) == JS_MEMBER &&
		    str_is(js_str(js, js_at(js, up)->a), "finally"))
			return true;
	}
	return false;
}

static bool only_size(const struct js_file *js, const struct cell_access *g)
{
	js_node up = js_at(js, g->node)->parent;
	struct str last = js_kind(js, g->node) == JS_MEMBER ? js_str(js, g->node)
			  : js_kind(js, up) == JS_MEMBER    ? js_str(js, up)
							    : STR("");
	return str_is(last, "size") || str_is(last, "length");
}

/* if (list.length > 1000) list.shift() */
static bool throws_away(const struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = js_of(r->p, g->file);
	js_node test = test_of(js, g->node);
	for (size_t i = 0; test && i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == g->file && x->op == ACCESS_REMOVE && prog_is_inside(js, x->node, test))
			return true;
	}
	return false;
}

static void read_probe(struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = js_of(r->p, g->file);
	struct cell_usage *u = r->u;
	js_node test = test_of_result(js, g->node);
	if (test) {
		u->tests_presence = true;
		enum js_kind k = js_kind(js, test);
		if (k == JS_WHILE || k == JS_FOR || k == JS_DO_WHILE || prog_loop_of(r->p, g->file, g->node))
			u->probes_in_loop = true;
		if (k == JS_IF && !is_negated(js, g->node) && leaves(js, js_at(js, test)->b))
			u->returns_early_if_present = true;
	}
	/* candidates.find(p => !used.has(p)) */
	js_node fn = js->functions[js_at(js, g->node)->fn].node, call = js_at(js, fn)->parent;
	if (js_kind(js, fn) == JS_FUNCTION && js_kind(js, call) == JS_CALL &&
	    js_kind(js, js_at(js, call)->a) == JS_MEMBER) {
		struct str m = js_str(js, js_at(js, call)->a);
		u->probes_in_loop |= str_is(m, "find") || str_is(m, "findIndex");
	}
	/* the size is compared to throw old entries away */
	if (!only_size(js, g) || (r->cell->shape != SHAPE_MAP && !throws_away(r, g)))
		u->compares_count |= result_is_compared(js, g->node);
}

/* entry.count++ on what was read, or on what was put: a counter inside the entry */
static bool is_counted_up(const struct js_file *js, js_node ref)
{
	js_node up = js_at(js, ref)->parent;
	if (js_kind(js, up) != JS_MEMBER || js_at(js, up)->a != ref)
		return false;
	js_node top = js_at(js, up)->parent;
	if (js_kind(js, top) == JS_UPDATE)
		return true;
	uint8_t op = js_at(js, top)->op;
	return js_kind(js, top) == JS_ASSIGN && js_at(js, top)->a == up && (op == JS_OP_ADD || op == JS_OP_SUB);
}

static bool result_is_counted_up(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	while (js_kind(js, up) == JS_LOGICAL)
		up = js_at(js, up)->parent;
	if (is_counted_up(js, n))
		return true;
	if (js_kind(js, up) != JS_DECLARATOR)
		return false;
	const struct js_binding *b = binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (is_counted_up(js, js->lists[b->refs + i]))
			return true;
	return false;
}

static bool is_sent_to(const struct js_file *js, js_node iteration)
{
	/* looks for .send( .write( .emit( below the loop or callback */
	js_node top = iteration;
	for (int i = 0; i < 4 && js_at(js, top)->parent; i++) {
		enum js_kind k = js_kind(js, top);
		if (k == JS_FOR_IN || k == JS_EXPR_STMT)
			break;
		top = js_at(js, top)->parent;
	}
	struct str text = js_text(js, top);
	return str_find(text, STR(".send(")) != (size_t)-1 || str_find(text, STR(".write(")) != (size_t)-1 ||
	       str_find(text, STR(".emit(")) != (size_t)-1 || str_find(text, STR(".next(")) != (size_t)-1 || str_find(text, STR(".enqueue(")) != (size_t)-1;
}

static bool reaches_response(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_RETURN)
			return true;
		if (k == JS_CALL && js_kind(js, js_at(js, up)->a) == JS_MEMBER) {
			struct str m = js_str(js, js_at(js, up)->a);
			if (str_is(m, "json") || str_is(m, "send") || str_is(m, "end") || str_is(m, "render"))
				return true;
		}
		if (k == JS_FUNCTION)
			return (js_at(js, up)->flags & JSF_ARROW) && js_kind(js, js_at(js, up)->b) != JS_BLOCK;
		if (k == JS_EXPR_STMT || k == JS_IF)
			return false;
	}
	return false;
}

static void read_get(struct reader *r, const struct cell_access *g)
{
	const struct js_file *js = js_of(r->p, g->file);
	struct cell_usage *u = r->u;
	if (g->op == ACCESS_KEY_READ || g->op == ACCESS_ITERATE || g->op == ACCESS_READ)
		read_probe(r, g);
	if (g->op == ACCESS_ITERATE && is_sent_to(js, g->node))
		u->iterates_to_send = true;
	u->reads_only_size &= only_size(js, g);
	u->reads_reach_response |= reaches_response(js, g->node);
	if (g->op == ACCESS_KEY_READ && result_is_counted_up(js, g->node))
		u->put_values |= PUT_NUMBER_FROM_OLD;
	uint32_t key = g->op == ACCESS_KEY_READ ? key_kind(r, g->file, g->key) : KEY_NONE;
	u->get_keys |= key;
	if ((g->op == ACCESS_KEY_READ && key != KEY_CONNECTION) || (g->op == ACCESS_ITERATE && !only_size(js, g)))
		u->looked_up_elsewhere = true;
}

static void read_update(struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = js_of(r->p, x->file);
	js_node n = x->node, up = js_at(js, n)->parent;
	if (js_kind(js, up) != JS_EXPR_STMT && js_kind(js, up) != JS_FOR && js_kind(js, up) != JS_SEQUENCE)
		r->u->update_used = true;
	for (; up && js_kind(js, up) != JS_EXPR_STMT; up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_BINARY && js_at(js, up)->op == JS_OP_MOD)
			r->u->modulo = true;
		if (k == JS_TEMPLATE || k == JS_PROPERTY || k == JS_RETURN ||
		    (k == JS_BINARY && js_at(js, up)->op == JS_OP_ADD))
			r->u->update_into_text = true;
		if (k == JS_FUNCTION || k == JS_BLOCK)
			break;
	}
	if (js_kind(js, n) == JS_ASSIGN && str_find(js_text(js, js_at(js, n)->b), STR("%")) != (size_t)-1)
		r->u->modulo = true;
}

static bool assigned_where_empty(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = js_of(r->p, x->file);
	const struct js_node_data *d = js_at(js, x->node);
	if (js_kind(js, x->node) != JS_ASSIGN)
		return false;
	if (d->op == JS_OP_NULLISH || d->op == JS_OP_OR)
		return true;
	js_node test = prog_above(r->p, x->file, x->node, JS_IF);
	if (test && prog_is_inside(js, x->node, js_at(js, test)->b) && mentions_cell(r, x->file, js_at(js, test)->a) &&
	    str_starts(js_text(js, js_at(js, test)->a), STR("!")))
		return true;
	/* if (x) return x; x = ... */
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *g = &r->cell->accesses[i];
		if (g->file != x->file || g->op == ACCESS_ASSIGN || js_at(js, g->node)->fn != js_at(js, x->node)->fn)
			continue;
		js_node t = test_of(js, g->node);
		if (t && js_kind(js, t) == JS_IF && !is_negated(js, g->node) && leaves(js, js_at(js, t)->b))
			return true;
	}
	return false;
}

static bool is_empty_literal(const struct js_file *js, js_node v)
{
	return (js_kind(js, v) == JS_ARRAY || js_kind(js, v) == JS_OBJECT) && !js_at(js, v)->n_kids;
}

static bool empties(const struct js_file *js, const struct cell_access *x)
{
	if (x->op == ACCESS_ASSIGN) {
		js_node v = x->value ? x->value : js_at(js, x->node)->b;
		enum js_kind k = js_kind(js, v);
		return (k == JS_ARRAY && !js_at(js, v)->n_kids) || k == JS_NULL ||
		       (k == JS_OBJECT && !js_at(js, v)->n_kids) ||
		       (k == JS_NEW && !js_at(js, v)->n_kids) || (k == JS_NUMBER && js_at(js, v)->num == 0);
	}
	return x->op == ACCESS_REMOVE;
}

/* ---- sums over all accesses ---- */

static void sort_out(struct reader *r, uint32_t *put, uint32_t *get, uint32_t *removed)
{
	struct cell_usage *u = r->u;
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		uint32_t phases = prog_phases(r->p, r->app, x->fn), run = phases & PHASE_RUNTIME;
		const struct js_file *js = js_of(r->p, x->file);
		bool resets = x->op == ACCESS_ADD && r->cell->shape == SHAPE_OBJECT && js_kind(js, x->node) == JS_ASSIGN &&
			      js_kind(js, js_at(js, x->node)->a) == JS_MEMBER && is_empty_literal(js, js_at(js, x->node)->b);
		bool is_put = (x->op == ACCESS_ADD && !resets) || x->op == ACCESS_UPDATE || (x->op == ACCESS_ASSIGN && !empties(js, x));
		if (is_put)
			u->load_phases |= phases & (PHASE_LOAD | PHASE_BOOT);
		if (!run)
			continue;
		if (is_put) {
			put[u->n_puts++] = (uint32_t)i;
			u->put_phases |= run;
		} else if (x->op == ACCESS_REMOVE || x->op == ACCESS_ASSIGN || resets) {
			removed[u->n_removes++] = (uint32_t)i;
			u->remove_phases |= run;
		} else {
			get[u->n_gets++] = (uint32_t)i;
			u->get_phases |= run;
		}
	}
	u->puts = put;
	u->gets = get;
	u->removes = removed;
}

struct time_search {
	const struct reader *r;
	prog_id file;
	bool found;
};

static bool see_time(void *ctx, js_node n)
{
	struct time_search *s = ctx;
	enum js_kind k = js_kind(js_of(s->r->p, s->file), n);
	if ((k == JS_CALL || k == JS_NEW || k == JS_IDENT) && is_time(s->r, s->file, n))
		s->found = true;
	return !s->found;
}

/* if (Date.now() > entry.expiresAt) m.delete(k): every process drops it by its own clock */
static bool is_expiry(const struct reader *r, const struct cell_access *x)
{
	const struct js_file *js = js_of(r->p, x->file);
	struct time_search s = {r, x->file, false};
	for (js_node n = prog_above(r->p, x->file, x->node, JS_IF); n && !s.found;
	     n = prog_above(r->p, x->file, js_at(js, n)->parent, JS_IF))
		js_walk(js, js_at(js, n)->a, see_time, &s);
	return s.found;
}

static void read_relations(struct reader *r)
{
	struct cell_usage *u = r->u;
	const struct cell_access *all = r->cell->accesses;
	size_t own_removes = 0, timer_removes = 0;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *put = &all[u->puts[i]];
		for (size_t k = 0; k < u->n_gets; k++) {
			const struct cell_access *get = &all[u->gets[k]];
			if (!same_function(r, put, get) || get->op == ACCESS_ESCAPE)
				continue;
			if (u->tests_presence)
				u->adds_probed = true;
			if (value_kind(r, put->file, put->value, 0) & PUT_LOADED)
				u->loads_on_miss = true;
		}
	}
	for (size_t i = 0; i < u->n_removes; i++) {
		const struct cell_access *x = &all[u->removes[i]];
		const struct js_file *js = js_of(r->p, x->file);
		uint32_t run = prog_phases(r->p, r->app, x->fn) & PHASE_RUNTIME;
		bool with_put = false;
		for (size_t k = 0; k < u->n_puts; k++)
			with_put |= same_function(r, &all[u->puts[k]], x);
		own_removes += with_put && in_finally(r, x);
		timer_removes += run == PHASE_TIMER;
		u->invalidated |= !with_put && run != PHASE_TIMER && !is_expiry(r, x);
		if (r->cell->shape == SHAPE_ARRAY) {
			u->drained |= !with_put || x->op == ACCESS_ASSIGN;
			u->drain_batch |= x->op == ACCESS_ASSIGN;
		}
		if (with_put && r->cell->shape != SHAPE_MAP && r->cell->shape != SHAPE_SET && x->op == ACCESS_ASSIGN)
			u->flag_around = true;
		(void)js;
	}
	u->scoped_finally = own_removes && own_removes == u->n_removes;
	u->only_removed_by_timer = timer_removes && timer_removes == u->n_removes;
	u->expires = timer_removes > 0;
}

static void read_flag(struct reader *r)
{
	/* running = true; try { ... } finally { running = false } */
	struct cell_usage *u = r->u;
	bool sets = false, clears = false, apart = false;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[u->puts[i]];
		const struct js_file *js = js_of(r->p, x->file);
		js_node v = x->value ? x->value : js_kind(js, x->node) == JS_ASSIGN ? js_at(js, x->node)->b : 0;
		if (js_kind(js, v) != JS_BOOL)
			return;
		sets |= js_at(js, v)->op == 1;
		clears |= js_at(js, v)->op == 0;
		for (size_t k = 0; k < i; k++)
			apart |= !same_function(r, x, &r->cell->accesses[u->puts[k]]);
	}
	if (sets && clears && !apart)
		u->flag_around = true;
}

/* await Page.save(x); await reload(): whoever asks for the reload has written before */
static bool writes_around(const struct reader *r, prog_id fn)
{
	enum { WRITES = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_SHARED_WRITE };
	if (r->p->fns[fn].effects_all & WRITES)
		return true;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		if (call->target == fn && (r->p->fns[call->fn].effects_all & WRITES) &&
		    (prog_phases(r->p, r->app, call->fn) & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE)))
			return true;
	}
	return false;
}

static void read_reloads(struct reader *r)
{
	struct cell_usage *u = r->u;
	if (!(u->put_values & PUT_LOADED) || !(u->put_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE)))
		return;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &r->cell->accesses[u->puts[i]];
		u->reloaded_by_writer |= x->op == ACCESS_ASSIGN && writes_around(r, x->fn);
	}
}

/* recent.push(now); if (recent.length > most) */
static void read_times(struct reader *r, prog_id file, js_node value)
{
	const struct js_file *js = js_of(r->p, file);
	const struct js_binding *b = binding_of(js, value);
	if (!is_list_of_times(r, file, value))
		return;
	for (uint32_t i = 0; i < b->n_refs; i++)
		r->u->compares_count |= has_comparison(js, js->lists[b->refs + i]);
}

struct cell_usage *prog_cell_usage(struct arena *a, const struct program *p, uint32_t app,
				   const struct prog_cell *cell)
{
	struct cell_usage *u = arena_new(a, struct cell_usage);
	struct reader r = {a, p, app, cell, u, 0};
	uint32_t *lists = arena_array(a, uint32_t, cell->n_accesses * 3);
	sort_out(&r, lists, lists + cell->n_accesses, lists + 2 * cell->n_accesses);
	if (!u->n_puts)
		return u;
	u->reads_only_size = u->n_gets > 0;
	for (size_t i = 0; i < u->n_gets; i++)
		read_get(&r, &cell->accesses[u->gets[i]]);
	bool all_where_empty = true, single = true;
	for (size_t i = 0; i < u->n_puts; i++) {
		const struct cell_access *x = &cell->accesses[u->puts[i]];
		const struct js_file *js = js_of(p, x->file);
		u->put_keys |= key_kind(&r, x->file, x->key);
		js_node value = x->value;
		if (!value && js_kind(js, x->node) == JS_ASSIGN)
			value = js_at(js, x->node)->b;
		u->put_values |= x->op == ACCESS_UPDATE ? PUT_NUMBER_FROM_OLD : value_kind(&r, x->file, value, 0);
		u->puts_input |= hangs_on_input(&r, x->file, value);
		read_times(&r, x->file, value);
		if (x->op == ACCESS_UPDATE)
			read_update(&r, x);
		all_where_empty &= assigned_where_empty(&r, x);
		single &= same_function(&r, x, &cell->accesses[u->puts[0]]);
	}
	u->assigned_once = all_where_empty;
	for (size_t i = 0; i < u->n_gets; i++)
		single &= same_function(&r, &cell->accesses[u->gets[i]], &cell->accesses[u->puts[0]]);
	u->single_function = single;
	read_relations(&r);
	read_flag(&r);
	read_reloads(&r);
	uint32_t fillers = u->put_phases & ~(uint32_t)PHASE_TIMER;
	u->refreshed_whole = !fillers && u->put_phases;
	return u;
}
