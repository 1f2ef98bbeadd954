#include "analyzers/program/usage_private.h"

/* Where the key of an access comes from: a request, the own connection, a constant, a candidate of a loop, or what
 * this process has drawn itself. */

/* roots whose function is fn, as phases; 0: none */
uint32_t usage_root_phases(const struct program *p, prog_id fn)
{
	uint32_t phases = 0;
	for (size_t i = 0; i < p->n_roots; i++)
		if (p->roots[i].fn == fn)
			phases |= p->roots[i].phase;
	return phases;
}

bool usage_is_connection_type(const struct js_file *js, js_node type)
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
int usage_param_index(const struct js_file *js, const struct js_binding *b)
{
	if (b->kind != JSB_PARAM)
		return -1;
	js_node fn = js->functions[b->fn].node;
	for (uint32_t i = 0; i < js_at(js, fn)->n_kids; i++)
		if (prog_is_inside(js, b->decl, js_kid(js, fn, i)))
			return (int)i;
	return -1;
}

js_node usage_param_node(const struct js_file *js, const struct js_binding *b)
{
	int i = usage_param_index(js, b);
	return i < 0 ? 0 : js_kid(js, js->functions[b->fn].node, (uint32_t)i);
}

/* socket.on('play', (data) => ...): a handler that is registered on the connection gets data alone; methods that a decorator
 * makes handlers of a message get the connection too */
static bool gets_data_alone(const struct program *p, prog_id fn)
{
	bool alone = false;
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *root = &p->roots[i];
		if (root->fn != fn || !(root->phase & PHASE_SOCKET))
			continue;
		if (js_kind(prog_js(p, root->file), root->at) != JS_CALL || str_find(root->label, STR("connect")) != (size_t)-1 ||
		    !str_starts(root->label, STR("socket event")))
			return false;
		alone = true;
	}
	return alone;
}

/* is the identifier the connection of the handler that runs (its root's socket, or typed as one)? */
bool usage_is_own_connection(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(p, file);
	n = prog_local_value(p, file, n, NULL);
	const struct js_binding *b = js_binding_of(js, n);
	if (!b || b->kind != JSB_PARAM)
		return false;
	if (usage_is_connection_type(js, js_at(js, usage_param_node(js, b))->c))
		return true;
	uint32_t phases = usage_root_phases(p, p->files[file].first_fn + b->fn);
	return (phases & PHASE_SOCKET) && usage_param_index(js, b) == 0 && !(phases & PHASE_REQUEST) &&
	       !gets_data_alone(p, p->files[file].first_fn + b->fn);
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
	const struct js_file *js = prog_js(p, file);
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
	const struct js_file *js = prog_js(p, file);
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

/* candidates.find((port) => !used.has(port)) */
static bool is_tried(const struct js_file *js, const struct js_binding *b)
{
	if (usage_param_index(js, b) != 0 || b->pattern)
		return false;
	js_node call = js_at(js, js->functions[b->fn].node)->parent, callee = js_at(js, call)->a;
	return js_kind(js, call) == JS_CALL && js_kind(js, callee) == JS_MEMBER &&
	       (str_is(js_str(js, callee), "find") || str_is(js_str(js, callee), "findIndex"));
}

/* what the callers pass for a parameter: their common kind, or 0 where nobody calls or they differ */
static uint32_t passed_key(const struct reader *r, prog_id file, const struct js_binding *b)
{
	prog_id fn = r->p->files[file].first_fn + b->fn;
	int index = usage_param_index(prog_js(r->p, file), b);
	uint32_t kinds = 0;
	if (index < 0 || b->pattern || r->depth > 2)
		return 0;
	struct reader deeper = *r;
	deeper.depth++;
	for (size_t i = 0; i < r->p->n_calls; i++) {
		const struct prog_call *call = &r->p->calls[i];
		const struct js_file *js = prog_js(r->p, call->file);
		if (call->target != fn || js_at(js, call->node)->n_kids <= (uint32_t)index)
			continue;
		kinds |= usage_key_kind(&deeper, call->file, js_kid(js, call->node, (uint32_t)index));
	}
	return kinds == KEY_CONNECTION || kinds == KEY_CONST || kinds == KEY_LOOP ? kinds : 0;
}

uint32_t usage_key_kind(const struct reader *r, prog_id file, js_node key)
{
	const struct js_file *js = prog_js(r->p, file);
	if (!key)
		return KEY_NONE;
	js_node n = prog_local_value(r->p, file, key, NULL);
	enum js_kind k = js_kind(js, n);
	if (k == JS_STRING || k == JS_NUMBER || k == JS_BOOL)
		return KEY_CONST;
	if (is_drawn(r->p, file, n, 0))
		return KEY_COUNTER;
	if (usage_is_own_connection(r->p, file, n))
		return KEY_CONNECTION;
	if (k == JS_MEMBER) {
		struct str prop = js_str(js, n);
		if ((str_is(prop, "id") || str_is(prop, "sid")) && usage_is_own_connection(r->p, file, js_at(js, n)->a))
			return KEY_CONNECTION;
		struct entity e = prog_resolve(r->p, file, n);
		if (e.kind == ENT_VALUE && js_kind(js, js_at(js, n)->a) == JS_IDENT) {
			const struct js_binding *b = js_binding_of(js, js_at(js, n)->a);
			if (b && (b->kind == JSB_ENUM || b->kind == JSB_IMPORT))
				return KEY_CONST;
		}
		return KEY_INPUT;
	}
	const struct js_binding *b = js_binding_of(js, n);
	if (b && (is_loop_variable(js, b) || is_tried(js, b)))
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

struct input_search {
	const struct js_file *js;
	bool found;
};

static bool see_input(void *ctx, js_node n)
{
	struct input_search *s = ctx;
	const struct js_binding *b = js_binding_of(s->js, n);
	if (b && b->kind == JSB_PARAM)
		s->found = true;
	return !s->found;
}

/* does the value hang on a parameter, also through one local variable? */
bool usage_hangs_on_input(const struct reader *r, prog_id file, js_node n)
{
	struct input_search s = {prog_js(r->p, file), false};
	js_walk(s.js, n, see_input, &s);
	js_node v = s.found ? n : prog_local_value(r->p, file, n, NULL);
	if (v != n)
		js_walk(s.js, v, see_input, &s);
	return s.found;
}
