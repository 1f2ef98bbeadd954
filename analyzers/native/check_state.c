#include "analyzers/native/report.h"

/* Variables that live as long as the process and carry something from one
 * request to the next: registries (N01), caches in static locals (N03),
 * thread_local contexts (N04), connection tables (N19), handle tables (N34),
 * mutexes around what several processes share (N06). */

static const struct rule registry = {"native-registry-in-memory", "N01", "memory-state", HIGH,
				     "one-process,shared-store"};
static const struct rule setting = {"native-setting-in-memory", "N01", "memory-state", MEDIUM,
				    "one-process,setting-in-config"};
static const struct rule remembered = {"native-static-local", "N03", "memory-state", LOW,
				       "one-process,shared-store"};
static const struct rule context = {"native-thread-local-context", "N04", "memory-state", MEDIUM,
				    "pass-explicitly"};
static const struct rule connections = {"native-connection-registry", "N19", "socket", HIGH,
					"one-process,broker"};
static const struct rule handles = {"native-handle-table", "N34", "exclusive", HIGH,
				    "one-process,wrap-handle"};
static const struct rule mutex = {"native-process-mutex", "N06", "memory-state", HIGH,
				  "flock,shared-mutex,database-lock"};

enum shape { SHAPE_NONE, SHAPE_MAP, SHAPE_SET, SHAPE_LIST, SHAPE_QUEUE, SHAPE_RECORDS, SHAPE_CHAIN,
	     SHAPE_SCALAR, SHAPE_TEXT };

struct uses {
	struct list all;
	uint32_t add, add_elsewhere, look, inc, whole, remove; /* access indexes, or NONE */
	bool one_function, all_writes_once;
};

static const struct access *access_at(const struct report *r, uint32_t i)
{
	return &r->f->accesses.ptr[i];
}

static bool runs_later(const struct report *r, const struct access *a)
{
	(void)r;
	return a->phases & PHASE_RUNTIME;
}

/* std::map<std::string, int, ...>: what stands between < and the matching > */
static struct str template_args(struct str type)
{
	size_t at = str_find(type, STR("<"));
	return at == (size_t)-1 ? STR("") : str_sub(type, at + 1, type.len);
}

static struct str first_arg(struct str args)
{
	int depth = 0;
	for (size_t i = 0; i < args.len; i++) {
		char c = args.ptr[i];
		depth += c == '<' || c == '(';
		if ((c == ',' || c == '>') && depth == 0)
			return str_sub(args, 0, i);
		depth -= c == '>' || c == ')';
	}
	return args;
}

static struct str second_arg(struct str args)
{
	struct str first = first_arg(args);
	if (first.len + 1 >= args.len)
		return STR("");
	return str_trim(first_arg(str_sub(args, first.len + 1, args.len)));
}

/* things that only mean something inside of this process */
static bool holds_process_things(struct str type)
{
	return MENTIONS(type, "mutex", "once_flag", "condition_variable", "thread", "Reference",
			"Persistent", "v8::", "napi_", "uv_", "Nan::", "Napi::", "FILE", "stream",
			"regex", "mersenne", "random_device", "logger", "pthread_", "sem_t",
			"function<", "(*", "Isolate", "AsyncWorker", "SSL_", "chrono",
			"sigset", "sigaction");
}

static enum shape shape_of(const struct symbol *s)
{
	struct str type = s->type;
	if (str_starts(type, STR("struct ")))
		type = str_sub(type, 7, type.len);
	static const struct {
		const char *name;
		enum shape shape;
	} classes[] = {{"std::map<", SHAPE_MAP}, {"std::unordered_map<", SHAPE_MAP},
		       {"std::multimap<", SHAPE_MAP}, {"std::unordered_multimap<", SHAPE_MAP},
		       {"std::set<", SHAPE_SET}, {"std::unordered_set<", SHAPE_SET},
		       {"std::vector<", SHAPE_LIST}, {"std::list<", SHAPE_LIST},
		       {"std::array<", SHAPE_LIST}, {"std::deque<", SHAPE_QUEUE},
		       {"std::queue<", SHAPE_QUEUE}, {"std::priority_queue<", SHAPE_QUEUE},
		       {"std::basic_string<", SHAPE_TEXT}, {"_GHashTable *", SHAPE_MAP}};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (str_starts(type, str_from(classes[i].name)) ||
		    (str_starts(type, STR("std::__1::")) &&
		     str_starts(str_sub(type, 10, type.len), str_from(classes[i].name + 5))))
			return classes[i].shape;
	bool array = type.len && type.ptr[type.len - 1] == ']';
	if (array && str_starts(type, STR("char")))
		return SHAPE_TEXT;
	if (array && str_starts(s->type, STR("struct ")))
		return SHAPE_RECORDS;
	if (array)
		return str_find(type, STR("*")) != (size_t)-1 ? SHAPE_RECORDS : SHAPE_NONE;
	if (s->pointer && str_starts(s->type, STR("struct ")))
		return SHAPE_CHAIN;
	if (s->pointer || s->reference)
		return SHAPE_NONE;
	return s->atomic || AMONG(type, "int", "unsigned int", "long", "unsigned long", "long long",
				  "unsigned long long", "short", "unsigned short", "bool", "_Bool",
				  "double", "float")
		   ? SHAPE_SCALAR
		   : SHAPE_NONE;
}

/* ---- how it is used ---- */

/* if (!x) x = make(): done once */
static bool is_once(const struct report *r, const struct access *a)
{
	struct tree *t = r->f->t;
	for (uint32_t n = enclosing(t, a->top, NODE_IF); n != NONE; n = enclosing(t, n, NODE_IF)) {
		uint32_t cond = tree_node(t, n)->first;
		if (cond == NONE || is_inside(t, a->top, cond))
			continue;
		bool negative = false, about_it = false;
		for (uint32_t c = cond; c != NONE; c = tree_next(t, c, cond)) {
			const struct node *x = tree_node(t, c);
			about_it |= x->sym == a->sym;
			negative |= x->kind == NODE_UNARY && x->op == '!';
			negative |= x->kind == NODE_BINARY && x->op == OP_EQ;
		}
		if (negative && about_it)
			return true;
	}
	return false;
}

static bool in_loop_header(const struct report *r, uint32_t node)
{
	struct tree *t = r->f->t;
	uint32_t loop = enclosing(t, node, NODE_LOOP);
	if (loop == NONE)
		return false;
	uint32_t body = tree_node(t, loop)->last;
	return !is_inside(t, node, body) || tree_node(t, body)->kind != NODE_BLOCK;
}

static bool looks(const struct report *r, const struct access *a, enum shape shape)
{
	if (shape == SHAPE_CHAIN)
		return a->op == ACCESS_READ && in_loop_header(r, a->node);
	if (shape == SHAPE_SCALAR || shape == SHAPE_TEXT)
		return a->op == ACCESS_READ || a->op == ACCESS_LOOKUP;
	return a->op == ACCESS_LOOKUP || a->op == ACCESS_ITERATE;
}

static bool adds(const struct access *a, enum shape shape)
{
	if (a->op == ACCESS_ADD)
		return true;
	if (shape == SHAPE_CHAIN || shape == SHAPE_SCALAR || shape == SHAPE_TEXT)
		return a->op == ACCESS_WRITE;
	return a->op == ACCESS_WRITE && (a->element || shape == SHAPE_MAP);
}

static struct uses uses_of(const struct report *r, uint32_t sym, enum shape shape)
{
	struct uses u = {.all = facts_accesses(r->f, sym), .add = NONE, .add_elsewhere = NONE,
			 .look = NONE, .inc = NONE, .whole = NONE, .remove = NONE,
			 .one_function = true, .all_writes_once = true};
	for (size_t i = 0; i < u.all.len; i++) {
		const struct access *a = access_at(r, u.all.ptr[i]);
		if (i && a->fn != access_at(r, u.all.ptr[0])->fn)
			u.one_function = false;
		if (!runs_later(r, a))
			continue;
		if (adds(a, shape)) {
			if (u.add == NONE)
				u.add = u.all.ptr[i];
			u.all_writes_once &= is_once(r, a);
		}
		if (a->op == ACCESS_INC && (a->element || shape == SHAPE_SCALAR) && u.inc == NONE)
			u.inc = u.all.ptr[i];
		if (a->op == ACCESS_REMOVE && u.remove == NONE)
			u.remove = u.all.ptr[i];
	}
	uint32_t writer = u.add != NONE ? u.add : u.inc;
	for (size_t i = 0; i < u.all.len && writer != NONE; i++) {
		const struct access *a = access_at(r, u.all.ptr[i]);
		if (!runs_later(r, a) || !looks(r, a, shape))
			continue;
		bool elsewhere = a->fn != access_at(r, writer)->fn;
		if (u.look == NONE || (elsewhere && access_at(r, u.look)->fn == access_at(r, writer)->fn))
			u.look = u.all.ptr[i];
	}
	return u;
}

static bool elsewhere(const struct report *r, uint32_t a, uint32_t b)
{
	return a != NONE && b != NONE && access_at(r, a)->fn != access_at(r, b)->fn;
}

static bool from_js(const struct report *r, uint32_t access)
{
	const struct root *root = facts_root(r->f, access_at(r, access)->node);
	return root && root->kind == ROOT_JS;
}

static bool from_thread(const struct report *r, uint32_t access)
{
	const struct root *root = facts_root(r->f, access_at(r, access)->node);
	return root && (root->kind == ROOT_THREAD || root->kind == ROOT_TIMER);
}

static void prove(struct report *r, struct hazard *h, uint32_t sym, const struct uses *u)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	uint32_t write = u->add != NONE ? u->add : u->inc;
	report_proof(r, h, ROLE_DECLARED, s->at, "declared here, once in each process");
	if (write != NONE) {
		const struct access *a = access_at(r, write);
		report_proof(r, h, ROLE_WRITTEN, node_at(r, a->top), "written in %s",
			     fn_name(r->f, a->fn));
		report_reached(r, h, a->node);
	}
	if (u->look != NONE) {
		const struct access *a = access_at(r, u->look);
		report_proof(r, h, ROLE_READ, node_at(r, a->top), "read in %s", fn_name(r->f, a->fn));
		report_reached(r, h, a->node);
	}
}

/* ---- N19 ---- */

static bool refers_to(const struct report *r, uint32_t top, uint32_t sym, uint32_t loop_var)
{
	for (uint32_t n = top; n != NONE; n = tree_next(r->f->t, n, top)) {
		uint32_t s = tree_node(r->f->t, n)->sym;
		if (s != NONE && (s == sym || s == loop_var || r->f->alias[s] == sym))
			return true;
	}
	return false;
}

/* a loop over the sockets that only serves each socket's own input is no broadcast */
static bool serves_own_input(const struct report *r, uint32_t loop)
{
	struct tree *t = r->f->t;
	for (uint32_t n = loop; n != NONE; n = tree_next(t, n, loop)) {
		const struct node *x = tree_node(t, n);
		if (x->kind == NODE_MEMBER && str_is(x->text, "revents"))
			return true;
		if (x->kind == NODE_CALL && AMONG(call_name(t, n), "recv", "recvfrom", "read", "accept",
						  "SSL_read", "recvmsg"))
			return true;
	}
	return false;
}

static uint32_t broadcast_in(const struct report *r, uint32_t loop, uint32_t sym)
{
	struct tree *t = r->f->t;
	uint32_t var = tree_node(t, loop)->first;
	uint32_t loop_var = tree_node(t, loop)->kind == NODE_RANGE_LOOP && var != NONE
				? tree_node(t, var)->sym
				: NONE;
	for (uint32_t n = loop; n != NONE; n = tree_next(t, n, loop)) {
		const struct node *x = tree_node(t, n);
		if (x->kind != NODE_CALL)
			continue;
		uint32_t e = effects_of_call(r->f, n) | (x->sym == NONE ? 0 : r->f->effects[x->sym]);
		bool writes = AMONG(call_name(t, n), "write", "writev", "dprintf");
		if ((e & EFFECT_SEND || writes) && refers_to(r, n, sym, loop_var))
			return n;
	}
	return NONE;
}

static uint32_t loop_around(const struct report *r, uint32_t node)
{
	uint32_t a = enclosing(r->f->t, node, NODE_LOOP);
	uint32_t b = enclosing(r->f->t, node, NODE_RANGE_LOOP);
	if (a == NONE || b == NONE)
		return a == NONE ? b : a;
	return is_inside(r->f->t, a, b) ? a : b;
}

static bool check_connections(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct list all = facts_accesses(r->f, sym);
	uint32_t stored = NONE;
	for (size_t i = 0; i < all.len && stored == NONE; i++) {
		const struct access *a = access_at(r, all.ptr[i]);
		bool store = a->op == ACCESS_ADD || (a->op == ACCESS_WRITE && a->element);
		if (store && runs_later(r, a))
			stored = all.ptr[i];
	}
	for (size_t i = 0; i < all.len && stored != NONE; i++) {
		const struct access *a = access_at(r, all.ptr[i]);
		uint32_t loop = a->op == ACCESS_ITERATE &&
					tree_node(r->f->t, a->top)->kind == NODE_RANGE_LOOP
				    ? a->top
				    : loop_around(r, a->node);
		if (loop == NONE || !runs_later(r, a) || serves_own_input(r, loop))
			continue;
		uint32_t sends = broadcast_in(r, loop, sym);
		if (sends == NONE)
			continue;
		struct hazard *h = report_begin(
		    r, &connections, s->at, s->name,
		    "'" STR_FMT "' holds the connections of this process only, so what %s sends never "
		    "reaches clients of the other {n} processes",
		    STR_ARG(s->name), node_fn(r, sends));
		report_proof(r, h, ROLE_DECLARED, s->at, "declared here, once in each process");
		report_proof(r, h, ROLE_WRITTEN, node_at(r, access_at(r, stored)->top),
			     "a connection is stored in %s", node_fn(r, access_at(r, stored)->node));
		report_proof(r, h, ROLE_READ, node_at(r, sends), "sent to each of them in %s",
			     node_fn(r, sends));
		report_reached(r, h, sends);
		return true;
	}
	return false;
}

/* ---- N34 and N01 ---- */

static bool is_integer(struct str type)
{
	return AMONG(type, "int", "unsigned int", "long", "unsigned long", "long long",
		     "unsigned long long", "unsigned short", "short");
}

static bool is_handle(struct str type)
{
	return (type.len && type.ptr[type.len - 1] == '*') ||
	       str_starts(type, STR("std::unique_ptr<")) || str_starts(type, STR("std::shared_ptr<"));
}

static bool check_handles(struct report *r, uint32_t sym, const struct uses *u)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct str args = template_args(s->type);
	if (!is_integer(first_arg(args)) || !is_handle(second_arg(args)) ||
	    !elsewhere(r, u->add, u->look) || !from_js(r, u->add) || !from_js(r, u->look))
		return false;
	struct hazard *h = report_begin(
	    r, &handles, s->at, s->name,
	    "'" STR_FMT "' gives out numbers for objects of this process; a number that JavaScript "
	    "hands to a client means nothing, or something else, in another process",
	    STR_ARG(s->name));
	h->confidence = POSSIBLE; /* whether the number leaves the process is decided in JavaScript */
	prove(r, h, sym, u);
	return true;
}

/* keys that name something of this process: a descriptor, a connection, a thread */
static bool keyed_by_process_thing(const struct report *r, uint32_t sym, const struct uses *u)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct str key = first_arg(template_args(s->type));
	if (key.len && key.ptr[key.len - 1] == '*')
		return true;
	if (u->add == NONE)
		return false;
	uint32_t top = access_at(r, u->add)->top;
	for (uint32_t n = top; n != NONE; n = tree_next(r->f->t, n, top)) {
		const struct node *x = tree_node(r->f->t, n);
		if ((x->kind == NODE_REF || x->kind == NODE_MEMBER) && x->sym != sym &&
		    (AMONG(x->text, "fd", "sock", "sockfd", "client_fd", "conn_fd", "tid", "pid") ||
		     str_ends(x->text, STR("_fd"))))
			return true;
	}
	return false;
}

static bool counts_only(struct str name)
{
	return MENTIONS(name, "stat", "metric", "hist", "warn", "log", "debug", "trace", "buf",
			"scratch", "tmp", "lut", "crc", "lookup_table");
}

static void check_registry(struct report *r, uint32_t sym, enum shape shape)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct uses u = uses_of(r, sym, shape);
	if (check_handles(r, sym, &u) || counts_only(s->name) || holds_process_things(s->type) ||
	    keyed_by_process_thing(r, sym, &u))
		return;
	/* jobs that this process's own threads work off */
	if (shape == SHAPE_QUEUE && u.look != NONE && from_thread(r, u.look))
		return;
	bool counter = u.inc != NONE && (u.look != NONE || access_at(r, u.inc)->used);
	bool kept = u.add != NONE && u.look != NONE && !u.all_writes_once &&
		    (elsewhere(r, u.add, u.look) || shape == SHAPE_SET);
	if (!counter && !kept)
		return;
	uint32_t write = u.add != NONE ? u.add : u.inc;
	if (from_thread(r, write) && (u.look == NONE || from_thread(r, u.look)))
		return; /* a thread's own work */
	struct hazard *h = report_begin(
	    r, &registry, s->at, s->name,
	    "'" STR_FMT "' lives in the memory of one process: what %s puts into it is unknown to the "
	    "other {n} processes",
	    STR_ARG(s->name), fn_name(r->f, access_at(r, write)->fn));
	bool js = from_js(r, write) && (u.look == NONE || from_js(r, u.look));
	h->confidence = js ? CERTAIN : LIKELY;
	if (!kept || (counter && !elsewhere(r, u.add, u.look)))
		h->severity = MEDIUM; /* each process counts for itself: limits are multiplied */
	if (shape == SHAPE_RECORDS || shape == SHAPE_CHAIN)
		h->confidence = LIKELY;
	prove(r, h, sym, &u);
}

/* ---- settings, static locals, thread_local ---- */

static bool is_plumbing(struct str name)
{
	return counts_only(name) ||
	       MENTIONS(name, "verbose", "level", "init", "start", "run", "stop", "ready", "load",
			"err", "handle", "env", "loop", "quit", "exit", "done", "shutdown", "close",
			"alive", "thread", "alloc", "ref", "len", "size", "pos");
}

static bool assigns_constant(const struct report *r, const struct access *a)
{
	uint32_t value = nth_child(r->f->t, a->top, 1);
	if (value == NONE || tree_node(r->f->t, a->top)->kind == NODE_VAR)
		return false;
	enum node_kind k = (enum node_kind)tree_node(r->f->t, value)->kind;
	return k == NODE_INT || k == NODE_STRING;
}

static void check_setting(struct report *r, uint32_t sym, enum shape shape)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct uses u = uses_of(r, sym, shape);
	if (u.add == NONE || u.look == NONE || is_plumbing(s->name) || u.all_writes_once ||
	    !elsewhere(r, u.add, u.look) || !from_js(r, u.add) || !from_js(r, u.look) ||
	    assigns_constant(r, access_at(r, u.add)) || u.inc != NONE)
		return;
	struct hazard *h = report_begin(
	    r, s->thread_local_ ? &context : &setting, s->at, s->name,
	    s->thread_local_ ? "'" STR_FMT "' carries something from one call to the next in one "
			       "thread of one process; the next call may run in another process"
			     : "'" STR_FMT "' is changed by a call from JavaScript and read by others; "
			       "the other {n} processes keep the old value",
	    STR_ARG(s->name));
	prove(r, h, sym, &u);
}

static void check_static_local(struct report *r, uint32_t sym, enum shape shape)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct uses u = uses_of(r, sym, shape);
	if (u.add == NONE || u.look == NONE || u.all_writes_once || counts_only(s->name))
		return;
	const struct access *look = access_at(r, u.look);
	uint32_t branch = enclosing(r->f->t, look->node, NODE_IF);
	/* compared in one call with what an earlier call left: "not again within 5 seconds" */
	if (branch == NONE || !is_inside(r->f->t, look->node, tree_node(r->f->t, branch)->first) ||
	    assigns_constant(r, access_at(r, u.add)))
		return;
	struct hazard *h = report_begin(
	    r, &remembered, s->at, s->name,
	    "'" STR_FMT "' remembers earlier calls in one process only; {n} processes each decide on "
	    "their own",
	    STR_ARG(s->name));
	prove(r, h, sym, &u);
}

/* ---- N06 ---- */

static bool is_mutex(struct str type)
{
	return str_starts(type, STR("std::mutex")) || str_starts(type, STR("std::recursive_mutex")) ||
	       str_starts(type, STR("std::shared_mutex")) || str_is(type, "pthread_mutex_t") ||
	       str_is(type, "pthread_rwlock_t") || str_is(type, "uv_mutex_t") ||
	       str_is(type, "pthread_spinlock_t");
}

/* what is done to the outside in a function after it took the mutex */
static uint32_t guarded_call(const struct report *r, const struct access *lock)
{
	struct tree *t = r->f->t;
	uint32_t body = tree_symbol(t, lock->fn)->node;
	const uint32_t outside = EFFECT_FILE | EFFECT_DB | EFFECT_DEVICE;
	for (uint32_t n = body; n != NONE; n = tree_next(t, n, body)) {
		const struct node *x = tree_node(t, n);
		if (x->kind != NODE_CALL || x->at.start < tree_node(t, lock->node)->at.start ||
		    x->fn != lock->fn)
			continue;
		uint32_t e = effects_of_call(r->f, n) | (x->sym == NONE ? 0 : r->f->effects[x->sym]);
		struct str path = value_of_arg(r->f, n, 0).text;
		bool log = path.len && MENTIONS(path, ".log", "/log");
		if (e & outside && !log && !MENTIONS(call_name(t, n), "log"))
			return n;
	}
	return NONE;
}

static void check_mutex(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct list all = facts_accesses(r->f, sym);
	for (size_t i = 0; i < all.len; i++) {
		const struct access *a = access_at(r, all.ptr[i]);
		if (a->op != ACCESS_LOCK || !runs_later(r, a) || a->fn == NONE ||
		    MENTIONS(s->name, "log") || MENTIONS(tree_symbol(r->f->t, a->fn)->name, "log"))
			continue;
		uint32_t call = guarded_call(r, a);
		if (call == NONE || r->f->effects[a->fn] & EFFECT_FLOCK)
			continue;
		struct hazard *h = report_begin(
		    r, &mutex, s->at, s->name,
		    "'" STR_FMT "' keeps threads of one process apart, not the {n} processes that "
		    "share what %s changes",
		    STR_ARG(s->name), fn_name(r->f, a->fn));
		report_proof(r, h, ROLE_DECLARED, s->at, "declared here, once in each process");
		report_proof(r, h, ROLE_GUARD, node_at(r, a->top), "locked in %s", fn_name(r->f, a->fn));
		report_proof(r, h, ROLE_WRITTEN, node_at(r, call), "changes what all processes share");
		report_reached(r, h, call);
		return;
	}
}

void check_state(struct report *r)
{
	struct tree *t = r->f->t;
	for (uint32_t i = 0; i < t->symbols.len; i++) {
		const struct symbol *s = tree_symbol(t, i);
		bool held = s->kind == SYM_GLOBAL || s->kind == SYM_STATIC_LOCAL ||
			    (s->kind == SYM_FIELD && r->f->process_field[i]);
		if (!held || !s->project || s->is_const)
			continue;
		enum shape shape = shape_of(s);
		if (is_mutex(s->type))
			check_mutex(r, i);
		else if (s->thread_local_ || shape == SHAPE_SCALAR || shape == SHAPE_TEXT) {
			if (s->kind == SYM_STATIC_LOCAL && !s->thread_local_)
				check_static_local(r, i, shape);
			else
				check_setting(r, i, shape);
		} else if (!check_connections(r, i) && shape != SHAPE_NONE) {
			check_registry(r, i, shape);
		}
	}
}
