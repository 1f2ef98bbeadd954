/* socket.io: a server knows only the clients of its own process. What it sends
 * beyond the caller needs an adapter, and one that is installed: an adapter
 * class that nobody uses, or a line that is commented out, is none. */
#include "analyzers/program/usage.h"
#include "rules/reach.h"
#include "rules/registry.h"

enum { MOST_DECLARED = 2, MOST_SITES = 8 };

struct site {
	prog_id file, fn;
	js_node node;
	bool targeted; /* at a room or a user: what is lost is a message, and not a number */
};

struct sockets {
	struct check *c;
	struct site servers[MOST_DECLARED];
	size_t n_servers;
	const struct prog_call *adapter; /* the call or server that installs one */
	const char *adapter_kind;        /* "Redis" */
	bool adapter_is_broken, adapter_is_weak;
	const char *weak_about;
	bool other_platform;             /* Nest with an adapter for plain WebSockets */
	bool websocket_only;
	struct site sites[64];           /* sends beyond the caller */
	size_t n_sites;
	struct site lookup;              /* io.sockets.sockets.get(id): this process only, with an adapter too */
};

static const struct js_file *js_of(const struct check *c, prog_id file)
{
	return c->program->files[file].js;
}

static bool ends_in(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str want = str_from(list[i]);
		if (str_ends(name, want) && (name.len == want.len || name.ptr[name.len - want.len - 1] == '.'))
			return true;
	}
	return false;
}

/* ---- servers ---- */

static bool is_server(const struct prog_call *call)
{
	const struct entity *e = &call->callee;
	if (e->kind != ENT_PACKAGE || !str_is(e->module, "socket.io"))
		return false;
	return str_is(e->path, "Server") || str_is(e->path, "default") || str_is(e->path, "listen");
}

static bool is_gateway(const struct check *c, const struct prog_call *call)
{
	const struct js_file *js = js_of(c, call->file);
	if (js_kind(js, call->node) != JS_DECORATOR || !entity_is(&call->callee, "@nestjs/websockets", "WebSocketGateway"))
		return false;
	const struct prog_class *class_ = prog_class_at(c->program, call->file, js_at(js, call->node)->parent);
	return !class_ || (class_->apps >> c->app & 1);
}

static void add_server(struct sockets *s, const struct prog_call *call)
{
	if (s->n_servers < MOST_DECLARED)
		s->servers[s->n_servers++] = (struct site){call->file, call->fn, call->node, false};
}

/* transports: ['websocket'] in one of the arguments */
static bool allows_only_websocket(const struct check *c, const struct prog_call *call)
{
	const struct js_file *js = js_of(c, call->file);
	for (int i = 0; i < 3; i++) {
		js_node arg = reach_argument(js, call->node, i), found = 0;
		prog_id file = call->file;
		bool open;
		if (!arg || !prog_option(c->program, call->file, arg, "transports", &file, &found, &open))
			continue;
		struct value *v = prog_value(c->program, c->model, -1, file, found);
		if (!v || v->kind != VAL_ARRAY || !v->u.arr->n)
			return false;
		for (uint32_t k = 0; k < v->u.arr->n; k++) {
			const struct value *item = v->u.arr->items[k];
			if (!item || item->kind != VAL_STRING || str_is(item->u.str, "polling"))
				return false;
		}
		return true;
	}
	return false;
}

/* ---- adapters ---- */

static const char *adapter_kind(struct str module)
{
	if (str_find(module, STR("cluster-adapter")) != (size_t)-1)
		return "cluster";
	if (str_find(module, STR("redis")) != (size_t)-1)
		return "Redis";
	if (str_find(module, STR("mongo")) != (size_t)-1)
		return "MongoDB";
	if (str_find(module, STR("postgres")) != (size_t)-1)
		return "PostgreSQL";
	return "a message broker";
}

/* a package that makes adapters is called somewhere: which? */
static struct str adapter_package(const struct check *c)
{
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		struct str m = call->callee.module;
		if (call->callee.kind != ENT_PACKAGE || !prog_loads(c->program, c->app, call->file))
			continue;
		if ((str_starts(m, STR("@socket.io/")) && str_ends(m, STR("adapter"))) || str_starts(m, STR("socket.io-redis")) ||
		    str_ends(call->callee.path, STR("createAdapter")))
			return m;
	}
	return STR("");
}

/* new RedisIoAdapter(app) given to a live app.useWebSocketAdapter: is it (a subclass of) the class at class_? */
static bool is_used_adapter(const struct check *c, prog_id file, js_node class_)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *js = js_of(c, call->file);
		js_node callee = js_at(js, call->node)->a;
		if (js_kind(js, call->node) != JS_CALL || js_kind(js, callee) != JS_MEMBER ||
		    !str_is(js_str(js, callee), "useWebSocketAdapter") || !reach_is_live(c, call))
			continue;
		struct entity e = prog_resolve(p, call->file, reach_argument(js, call->node, 0));
		const struct prog_class *k = e.kind == ENT_INSTANCE ? prog_class_at(p, e.file, e.node) : NULL;
		if (reach_is_a(p, k, file, class_))
			return true;
	}
	return false;
}

static void note_adapter(struct sockets *s, const struct prog_call *call, struct str module)
{
	struct guard_result g = prog_guard(s->c->program, s->c->app, s->c->model, call->file, call->node);
	s->adapter = call;
	s->adapter_kind = adapter_kind(module);
	/* if (REDIS_URL) io.adapter(..): the variable may come from where the config does not say */
	s->adapter_is_weak = (g.answer == GUARD_UNKNOWN || g.answer == GUARD_NEVER || g.answer == GUARD_SOME) && g.at;
	s->weak_about = g.about;
	/* PM2's daemon does not pass on what workers send each other; only the socket.io fork of it does */
	s->adapter_is_broken = strcmp(s->adapter_kind, "cluster") == 0 &&
			       !project_dependency(s->c->program->project, s->c->program->files[call->file].source->path,
						   STR("@socket.io/pm2")).ptr;
}

static struct str module_of(const struct check *c, const struct prog_call *call, js_node arg)
{
	struct entity e = prog_resolve(c->program, call->file, arg);
	return e.kind == ENT_PACKAGE || e.kind == ENT_PACKAGE_INSTANCE ? e.module : adapter_package(c);
}

/* io.adapter(createAdapter(..)), in code that runs or in the Nest adapter that is used */
static void look_for_adapter(struct sockets *s, const struct prog_call *call)
{
	struct check *c = s->c;
	const struct js_file *js = js_of(c, call->file);
	js_node callee = js_at(js, call->node)->a, arg = reach_argument(js, call->node, 0);
	if (js_kind(js, call->node) != JS_CALL || js_kind(js, callee) != JS_MEMBER || !str_is(js_str(js, callee), "adapter") || !arg)
		return;
	js_node class_ = reach_class_of(js, call->node);
	if (!prog_phases(c->program, c->app, call->fn) && !(class_ && is_used_adapter(c, call->file, class_)))
		return;
	note_adapter(s, call, module_of(c, call, arg));
}

static void look_at_options(struct sockets *s, const struct prog_call *call)
{
	struct check *c = s->c;
	const struct js_file *js = js_of(c, call->file);
	for (int i = 0; i < 3; i++) {
		js_node arg = reach_argument(js, call->node, i), found = 0;
		prog_id file = call->file;
		bool open;
		if (!arg || !prog_option(c->program, call->file, arg, "adapter", &file, &found, &open))
			continue;
		struct entity e = prog_resolve(c->program, file, found);
		note_adapter(s, call, e.module);
	}
}

/* ---- what is sent ---- */

/* "Server.to.emit", "Socket.broadcast.emit"; "" where it is nothing of socket.io's server */
static struct str socket_name(const struct check *c, const struct prog_call *call)
{
	struct entity e = call->callee;
	if (e.kind == ENT_CELL && e.cell != PROG_NONE) {
		const struct prog_cell *cell = &c->program->cells[e.cell];
		struct entity maker = cell->maker;
		maker.members = e.members;
		e = maker;
		e.kind = cell->shape == SHAPE_PACKAGE ? ENT_PACKAGE_INSTANCE : ENT_UNKNOWN;
	}
	if (e.kind == ENT_PACKAGE_INSTANCE && str_is(e.module, "socket.io"))
		return reach_name(c->arena, &e);
	return STR("");
}

/* x.to(room).emit(..), x.broadcast.emit(..): nothing but socket.io is written so, even where x cannot be told */
static bool is_written_like_broadcast(const struct check *c, const struct prog_call *call)
{
	static const char *const steps[] = {"to", "in", "except"};
	const struct js_file *js = js_of(c, call->file);
	js_node callee = js_at(js, call->node)->a;
	if (call->callee.kind == ENT_PACKAGE || call->callee.kind == ENT_PACKAGE_INSTANCE || call->callee.kind == ENT_FUNCTION ||
	    js_kind(js, call->node) != JS_CALL || js_kind(js, callee) != JS_MEMBER || !str_is(js_str(js, callee), "emit"))
		return false;
	js_node object = js_at(js, callee)->a;
	if (js_kind(js, object) == JS_MEMBER)
		return str_is(js_str(js, object), "broadcast");
	if (js_kind(js, object) != JS_CALL || js_kind(js, js_at(js, object)->a) != JS_MEMBER)
		return false;
	return ends_in(js_str(js, js_at(js, object)->a), steps, 3);
}

static bool is_broadcast(const struct check *c, const struct prog_call *call)
{
	static const char *const beyond[] = {"to.emit",     "in.emit",        "except.emit",       "broadcast.emit",
					     "socketsJoin", "socketsLeave",   "disconnectSockets", "fetchSockets",
					     "allSockets",  "serverSideEmit", "broadcast.send",    "to.emitWithAck"};
	static const char *const plain[] = {"emit", "send", "emitWithAck"};
	struct str name = socket_name(c, call);
	if (!name.len)
		return is_written_like_broadcast(c, call);
	if (ends_in(name, beyond, sizeof beyond / sizeof *beyond))
		return true;
	/* socket.emit answers the caller; io.local is meant for this process */
	return ends_in(name, plain, 3) && !str_starts(name, STR("Socket")) && str_find(name, STR(".local.")) == (size_t)-1;
}

static bool is_lookup(const struct check *c, const struct prog_call *call)
{
	static const char *const tails[] = {"sockets.sockets.get", "of.sockets.get", "adapter.rooms.get", "adapter.sids.get",
					    "Namespace.sockets.get"};
	return ends_in(socket_name(c, call), tails, sizeof tails / sizeof *tails);
}

static void look_for_sites(struct sockets *s, const struct prog_call *call)
{
	struct check *c = s->c;
	if (!reach_is_live(c, call))
		return;
	bool lookup = is_lookup(c, call);
	if (!lookup && !is_broadcast(c, call))
		return;
	/* what every process gets or does by itself reaches its own clients, and so all of them */
	if (reach_is_fanned_out(c->program, c->app, call->fn))
		return;
	static const char *const targeted[] = {"to.emit", "in.emit", "broadcast.emit", "to.emitWithAck"};
	struct str name = socket_name(c, call);
	struct site site = {call->file, call->fn, call->node, !name.len || ends_in(name, targeted, 4)};
	if (lookup)
		s->lookup = s->lookup.node ? s->lookup : site;
	if (s->n_sites < sizeof s->sites / sizeof *s->sites)
		s->sites[s->n_sites++] = site;
}

/* ---- telling it ---- */

/* the site of the file that tells most and was not told yet; n_sites where there is none */
static size_t best_of_file(const struct sockets *s, const bool *done, prog_id file)
{
	size_t best = s->n_sites;
	for (size_t i = 0; i < s->n_sites; i++) {
		if (done[i] || s->sites[i].file != file)
			continue;
		if (s->sites[i].targeted)
			return i;
		if (best == s->n_sites)
			best = i;
	}
	return best;
}

static void add_sites(struct sockets *s, struct hazard *h)
{
	size_t told = s->n_servers;
	bool done[sizeof s->sites / sizeof *s->sites] = {false};
	/* one of each file first, then a second one of each, and so on: so that many files show */
	for (int round = 0; round < MOST_SITES; round++) {
		prog_id last = PROG_NONE;
		for (size_t i = 0; i < s->n_sites && told < MOST_SITES; i++) {
			if (s->sites[i].file == last)
				continue;
			last = s->sites[i].file;
			size_t best = best_of_file(s, done, last);
			if (best == s->n_sites)
				continue;
			const struct site *x = &s->sites[best];
			done[best] = true;
			told++;
			check_evidence(s->c, h, EV_WRITTEN, prog_place(s->c->program, x->file, x->node), "sent in %s",
				       prog_fn_name(s->c->program, x->fn));
		}
	}
}

static struct hazard *begin(struct sockets *s, const char *rule, const struct site *at)
{
	struct hazard *h = check_hazard(s->c, rule);
	h->at = prog_place(s->c->program, at->file, at->node);
	h->root = str_hash(str_from(rule)) ^ str_hash(h->at.source->path);
	for (size_t i = 0; i < s->n_servers; i++)
		check_evidence(s->c, h, EV_DECLARED,
			       prog_place(s->c->program, s->servers[i].file, s->servers[i].node),
			       "a socket.io server, once in each process");
	return h;
}

static void tell_mitigation(struct sockets *s, struct hazard *h)
{
	struct place at = prog_place(s->c->program, s->adapter->file, s->adapter->node);
	if (s->adapter_is_broken) {
		h->mitigation = MITIGATION_BROKEN;
		check_evidence(s->c, h, EV_MITIGATION, at,
			       "the cluster adapter talks to the primary process, which is PM2's daemon and passes nothing on");
	} else if (s->adapter_is_weak) {
		h->mitigation = MITIGATION_WEAK;
		h->severity = SEVERITY_MEDIUM;
		h->consequence = CONSEQUENCE_WARN;
		check_evidence(s->c, h, EV_MITIGATION, at, "an adapter is installed only where %s is set",
			       s->weak_about ? s->weak_about : "a condition holds");
	} else {
		h->mitigation = MITIGATION_FULL;
		check_evidence(s->c, h, EV_MITIGATION, at, "an adapter for %s is installed here", s->adapter_kind);
		check_strength(s->c, at, "socket.io rooms and broadcasts go through %s", s->adapter_kind);
	}
}

static void tell_broadcasts(struct sockets *s)
{
	struct check *c = s->c;
	struct hazard *h = begin(s, "socket-broadcast-without-adapter", &s->servers[0]);
	const char *fn = prog_fn_name(c->program, s->sites[0].fn);
	h->confidence = CONFIDENCE_CERTAIN;
	h->symbol = STR("socket.io");
	h->message = arena_printf(c->arena, "socket.io has no adapter here, so what '%s' sends reaches only the clients of its own process, not those of the other of {n}", fn);
	h->message_zh = arena_printf(c->arena, "socket.io 没有安装适配器，'%s' 发送的消息只到达本进程的客户端，到不了 {n} 个进程中其他进程的客户端", fn);
	add_sites(s, h);
	check_reached(c, h, s->sites[0].fn, PHASE_RUNTIME);
	if (s->adapter)
		tell_mitigation(s, h);
	check_commit(c, h);
}

static void tell_lookup(struct sockets *s)
{
	struct check *c = s->c;
	struct hazard *h = begin(s, "socket-registry-in-memory", &s->lookup);
	h->symbol = str_from(prog_fn_name(c->program, s->lookup.fn));
	h->message = arena_printf(c->arena, "'" STR_FMT "' looks a socket up in its own process; an adapter does not help, so with {n} processes most clients are not found", STR_ARG(h->symbol));
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 在本进程里查找 socket；适配器也无济于事，有 {n} 个进程时多数客户端找不到", STR_ARG(h->symbol));
	check_evidence(c, h, EV_READ, h->at, "looked up here");
	check_reached(c, h, s->lookup.fn, PHASE_RUNTIME);
	check_commit(c, h);
}

static void tell_polling(struct sockets *s)
{
	struct check *c = s->c;
	struct hazard *h = begin(s, "socket-polling-without-sticky", &s->servers[0]);
	if (s->adapter) {
		/* who has thought of several processes may well have clients that only speak websocket */
		h->severity = SEVERITY_LOW;
		h->consequence = CONSEQUENCE_NONE;
		h->confidence = CONFIDENCE_POSSIBLE;
	}
	h->symbol = STR("socket.io");
	h->message = "socket.io begins with polling here, and PM2 hands the requests of one handshake to different ones of {n} processes: clients get 'Session ID unknown'";
	h->message_zh = "socket.io 在这里从轮询开始，PM2 会把同一握手的请求分给 {n} 个进程中的不同进程：客户端得到 'Session ID unknown'";
	check_commit(c, h);
}

static void look_for_servers(struct sockets *s, const struct prog_call *call)
{
	struct check *c = s->c;
	const struct js_file *js = js_of(c, call->file);
	js_node callee = js_at(js, call->node)->a;
	struct str method = js_kind(js, callee) == JS_MEMBER ? js_str(js, callee) : STR("");
	if ((is_server(call) && reach_is_live(c, call)) || is_gateway(c, call)) {
		add_server(s, call);
		look_at_options(s, call);
		s->websocket_only |= allows_only_websocket(c, call);
	}
	if (str_is(method, "useWebSocketAdapter") && reach_is_live(c, call)) {
		struct entity e = prog_resolve(c->program, call->file, reach_argument(js, call->node, 0));
		s->other_platform |= str_is(e.module, "@nestjs/platform-ws");
	}
	if (str_is(method, "createIOServer"))
		s->websocket_only |= allows_only_websocket(c, call);
}

void check_socketio(struct check *c)
{
	const struct program *p = c->program;
	struct sockets s = {.c = c};
	for (size_t i = 0; i < p->n_calls; i++)
		if (prog_loads(p, c->app, p->calls[i].file))
			look_for_servers(&s, &p->calls[i]);
	if (!s.n_servers || s.other_platform)
		return;
	for (size_t i = 0; i < p->n_calls; i++)
		if (prog_loads(p, c->app, p->calls[i].file)) {
			look_for_adapter(&s, &p->calls[i]);
			look_for_sites(&s, &p->calls[i]);
		}
	bool adapted = s.adapter && !s.adapter_is_broken;
	if (s.n_sites)
		tell_broadcasts(&s);
	if (s.lookup.node && adapted)
		tell_lookup(&s);
	/* where broadcasts are lost already, the remedy is one: its card names both */
	if ((adapted || !s.n_sites) && !s.websocket_only)
		tell_polling(&s);
}
