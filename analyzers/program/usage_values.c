#include "analyzers/program/usage_private.h"

/* What is put into a cell: data, a live handle, something read from elsewhere, a number made of the old one. */

bool usage_mentions_cell(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(r->p, file);
	for (size_t i = 0; i < r->cell->n_accesses; i++)
		if (r->cell->accesses[i].file == file && prog_is_inside(js, r->cell->accesses[i].node, n))
			return true;
	return false;
}

/* arithmetic on what was read from the cell before: (m.get(k) || 0) + 1, old + 1, { count: old.count + 1 } */
static bool counts_from_old(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	bool awaited = false;
	if (depth > 4 || !n)
		return false;
	const struct js_node_data *d = js_at(js, n);
	switch (js_kind(js, n)) {
	case JS_BINARY: {
		js_node left = prog_local_value(r->p, file, d->a, &awaited);
		js_node base = js_kind(js, left) == JS_MEMBER ? prog_local_value(r->p, file, js_at(js, left)->a, NULL) : left;
		return (d->op == JS_OP_ADD || d->op == JS_OP_SUB) &&
		       (usage_mentions_cell(r, file, left) || usage_mentions_cell(r, file, base) || counts_from_old(r, file, d->a, depth + 1));
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
	const struct js_file *js = prog_js(r->p, file);
	js_node param = usage_param_node(js, b);
	struct str type = js_at(js, param)->c ? js_str(js, js_at(js, param)->c) : STR("");
	uint32_t phases = usage_root_phases(r->p, r->p->files[file].first_fn + b->fn);
	int index = usage_param_index(js, b);
	if (usage_is_connection_type(js, js_at(js, param)->c))
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
	const struct js_file *js = prog_js(r->p, file);
	prog_id fn = js_at(js, call)->n_kids ? prog_callback(r->p, file, js_kid(js, call, 0)) : PROG_NONE;
	return fn != PROG_NONE && !(r->p->fns[fn].effects_all & ~(uint32_t)(EFFECT_LOCAL_WRITE | EFFECT_LOG));
}

/* what a call that nobody waits for reads: a file is the same for every process of a host, a record may change */
static uint32_t read_by(const struct reader *r, prog_id file, js_node n, int depth)
{
	enum { RECORDS = EFFECT_DB_READ | EFFECT_SHARED_READ, READS = RECORDS | EFFECT_FILE_READ };
	uint32_t c = priv(r->p)->files[file].call_at[n];
	uint32_t effects = c ? prog_call_effects(r->p, &r->p->calls[c - 1]) : 0;
	struct entity e = prog_resolve(r->p, file, js_at(prog_js(r->p, file), n)->a);
	if (e.kind == ENT_FUNCTION && e.fn != PROG_NONE)
		effects = r->p->fns[e.fn].effects_all & ~(uint32_t)EFFECT_LOG;
	if (e.kind == ENT_GLOBAL && str_is(e.module, "JSON") && str_is(e.path, "parse") && js_at(prog_js(r->p, file), n)->n_kids)
		return usage_value_kind(r, file, js_kid(prog_js(r->p, file), n, 0), depth + 1) & (PUT_LOADED | PUT_PURE);
	if (!(effects & READS) || effects & ~(uint32_t)READS)
		return 0;
	if (e.kind == ENT_PARAM)
		return PUT_PROMISE; /* the work that a caller hands in */
	return effects & RECORDS ? PUT_LOADED : PUT_PURE;
}

/* await new DataSource(options).initialize() */
static bool is_method_of_new(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(r->p, file);
	for (int step = 0; step < 4 && js_kind(js, n) == JS_CALL && js_kind(js, js_at(js, n)->a) == JS_MEMBER; step++)
		n = js_at(js, js_at(js, n)->a)->a;
	return js_kind(js, n) == JS_NEW && prog_resolve(r->p, file, js_at(js, n)->a).kind == ENT_PACKAGE;
}

static bool is_made_anew(const struct js_file *js, js_node n)
{
	static const char *const names[] = {"trim", "replace", "replaceAll", "slice", "split", "map", "filter",
					    "toString", "toLowerCase", "toUpperCase", "join", "sort", "reduce"};
	js_node callee = js_at(js, n)->a;
	for (size_t i = 0; js_kind(js, callee) == JS_MEMBER && i < sizeof names / sizeof *names; i++)
		if (str_is(js_str(js, callee), names[i]))
			return true;
	return false;
}

static uint32_t made_by(const struct reader *r, prog_id file, js_node n, bool awaited, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
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
		/* new Set(list): what the list is */
		if (e.kind == ENT_GLOBAL && (str_is(e.module, "Set") || str_is(e.module, "Map")) && js_at(js, n)->n_kids) {
			uint32_t kind = usage_value_kind(r, file, js_kid(js, n, 0), depth + 1);
			return kind & PUT_LOADED ? PUT_LOADED : kind == PUT_PURE ? PUT_PURE : PUT_DATA;
		}
		/* a stream that clients hang on: Sse of Nest, subscriptions */
		if (e.kind == ENT_PACKAGE && str_is(e.module, "rxjs") && str_ends(e.path, STR("Subject")))
			return PUT_RESPONSE;
		return e.kind == ENT_PACKAGE ? PUT_CLIENT : PUT_DATA;
	}
	/* old.concat(subscriber) */
	if (js_kind(js, js_at(js, n)->a) == JS_MEMBER && str_is(js_str(js, js_at(js, n)->a), "concat") && js_at(js, n)->n_kids == 1)
		return usage_value_kind(r, file, js_kid(js, n, 0), depth + 1);
	/* body.trim(), (await load()).map(..): made of what was loaded */
	if (!awaited && e.kind != ENT_FUNCTION && is_made_anew(js, n)) {
		bool loaded = false;
		js_node from = prog_local_value(r->p, file, js_at(js, js_at(js, n)->a)->a, &loaded);
		if (loaded && js_kind(js, from) == JS_CALL)
			return PUT_LOADED;
	}
	if (awaited && is_method_of_new(r, file, n))
		return PUT_CLIENT;
	if (awaited)
		return read_by(r, file, n, depth) == PUT_PURE ? PUT_PURE : PUT_LOADED;
	prog_id target = e.kind == ENT_FUNCTION ? e.fn : PROG_NONE;
	if (target != PROG_NONE) {
		const struct js_file *tjs = prog_js(r->p, r->p->fns[target].file);
		if (js_at(tjs, prog_fn_node(r->p, target))->flags & JSF_ASYNC)
			return PUT_PROMISE;
		if (!(r->p->fns[target].effects_all & ~(uint32_t)EFFECT_LOG))
			return PUT_PURE;
	}
	uint32_t read = read_by(r, file, n, depth);
	return read ? read : PUT_DATA;
}

static uint32_t object_kinds(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	uint32_t kinds = 0;
	for (uint32_t i = 0; i < js_at(js, n)->n_kids; i++) {
		js_node kid = js_kid(js, n, i);
		js_node v = js_kind(js, kid) == JS_PROPERTY ? js_at(js, kid)->b : js_kind(js, kid) == JS_SPREAD ? js_at(js, kid)->a : kid;
		kinds |= usage_value_kind(r, file, v, depth + 1) & (PUT_LIVE | PUT_LOADED | PUT_EXPIRY | PUT_PROMISE);
		kinds |= usage_is_empty_literal(js, v) ? 0 : usage_is_number_like(r, file, v, 0) ? PUT_TRUTH : PUT_DATA;
	}
	return kinds & (PUT_LIVE | PUT_LOADED) ? kinds & (uint32_t)~PUT_TRUTH : kinds ? kinds : PUT_DATA;
}

static uint32_t value_unless_own(const struct reader *r, prog_id file, js_node n, int depth)
{
	bool awaited = false;
	js_node v = prog_local_value(r->p, file, n, &awaited);
	return usage_is_own_get(r, file, v) && !awaited ? 0 : usage_value_kind(r, file, n, depth);
}

/* let user = cache.get(id); if (!user) user = await load(id): a variable is what it is given on the way. What was read
 * from elsewhere outweighs the rest. */
static uint32_t given_on_the_way(const struct reader *r, prog_id file, const struct js_binding *b, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	uint32_t kinds = 0;
	if (!b || b->kind == JSB_PARAM || b->pattern || !usage_is_reassigned(js, b))
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
	int index = usage_param_index(prog_js(r->p, file), b);
	uint32_t kinds = 0;
	if (index < 0 || b->pattern || r->depth > 1)
		return PUT_DATA;
	struct reader deeper = *r;
	deeper.depth++;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		const struct js_file *js = prog_js(r->p, call->file);
		if (call->target != fn)
			continue;
		if (js_at(js, call->node)->n_kids <= (uint32_t)index)
			return PUT_DATA;
		uint32_t kind = usage_value_kind(&deeper, call->file, js_kid(js, call->node, (uint32_t)index), 0);
		if (kind & PUT_LOADED && !asks_before(r, call))
			return PUT_DATA;
		kinds |= kind & PUT_LOADED ? PUT_LOADED : kind;
	}
	/* all callers hand in the same kind of live thing */
	bool one = kinds && !(kinds & (kinds - 1));
	return one && kinds & (PUT_LOADED | PUT_TRUTH | PUT_LIVE | PUT_FUNCTION | PUT_CLIENT) ? kinds : PUT_DATA;
}

/* (await pool.query(...)).rows[0]: a part of what was loaded is loaded, a part of anything else is data */
static uint32_t part_kind(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	bool awaited = false;
	while (js_kind(js, n) == JS_MEMBER || js_kind(js, n) == JS_INDEX) {
		n = prog_local_value(r->p, file, js_at(js, n)->a, &awaited);
		if (awaited)
			return js_kind(js, n) == JS_CALL ? made_by(r, file, n, true, depth + 1) & PUT_LOADED ? PUT_LOADED : PUT_DATA : PUT_DATA;
	}
	/* JSON.parse(readFileSync(file)).rows */
	return js_kind(js, n) == JS_CALL && usage_value_kind(r, file, n, depth + 1) == PUT_PURE ? PUT_PURE : PUT_DATA;
}

struct assign_search {
	const struct js_file *js;
	struct str target;
	js_node before, value;
};

static bool see_assign(void *ctx, js_node n)
{
	struct assign_search *s = ctx;
	const struct js_node_data *d = js_at(s->js, n);
	if (js_kind(s->js, n) == JS_ASSIGN && n < s->before && d->op == JS_OP_NONE && str_eq(js_text(s->js, d->a), s->target))
		s->value = d->b;
	return true;
}

/* this.rows = parsed; for (const row of this.rows): what the function has put there just before; n where it has not */
static js_node assigned_before(const struct js_file *js, js_node n)
{
	struct assign_search s = {.js = js, .target = js_text(js, n), .before = n, .value = n};
	if (js_kind(js, n) == JS_MEMBER)
		js_walk(js, js->functions[js_at(js, n)->fn].node, see_assign, &s);
	return s.value;
}

/* for (const row of rows), rows.forEach((row) => ...): what the variable runs over, or 0 */
js_node usage_list_run_over(const struct js_file *js, const struct js_binding *b)
{
	for (js_node n = js_at(js, b->decl)->parent; n; n = js_at(js, n)->parent) {
		js_node call = js_at(js, n)->parent;
		switch (js_kind(js, n)) {
		case JS_FOR_IN:
			return prog_is_inside(js, b->decl, js_at(js, n)->a) ? js_at(js, n)->b : 0;
		case JS_FUNCTION:
			if (js_kind(js, call) != JS_CALL || js_kind(js, js_at(js, call)->a) != JS_MEMBER || usage_param_index(js, b) != 0 ||
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

static uint32_t part_of_loaded(const struct reader *r, prog_id file, const struct js_binding *b, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	js_node list = usage_list_run_over(js, b);
	if (!list)
		return 0;
	list = assigned_before(js, list);
	if (js_kind(js, list) == JS_CALL && js_at(js, list)->n_kids == 1 && js_kind(js, js_at(js, list)->a) == JS_MEMBER &&
	    str_is(js_text(js, js_at(js, js_at(js, list)->a)->a), "Object"))
		list = js_kid(js, list, 0); /* Object.entries(prices) */
	uint32_t kind = usage_value_kind(r, file, list, depth + 1);
	return kind & PUT_LOADED ? PUT_LOADED : kind & PUT_PURE;
}

uint32_t usage_value_kind(const struct reader *r, prog_id file, js_node value, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	bool awaited = false;
	if (!value || depth > 5)
		return value ? PUT_UNKNOWN : PUT_TRUTH;
	js_node n = prog_local_value(r->p, file, value, &awaited);
	if (counts_from_old(r, file, n, 0))
		return PUT_NUMBER_FROM_OLD;
	const struct js_binding *b = js_binding_of(js, n);
	if (usage_is_own_connection(r->p, file, n))
		return PUT_SOCKET;
	uint32_t part = b ? part_of_loaded(r, file, b, depth) : 0;
	if (part)
		return part;
	if (b && b->kind == JSB_PARAM) {
		uint32_t kind = param_value(r, file, b);
		return kind == PUT_DATA ? passed_kind(r, file, b) : kind;
	}
	if (usage_is_list_of_times(r, file, value))
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
	case JS_BOOL:
		return PUT_TRUTH;
	case JS_BINARY: /* Date.now() + ttl */
		return usage_is_time(r, file, js_at(js, n)->a) || usage_is_time(r, file, js_at(js, n)->b) ? PUT_TRUTH : PUT_DATA;
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
