#include "analyzers/native/state.h"

/* Variables that live as long as the process and carry something from one
 * request to the next: registries (N01), caches in static locals (N03),
 * thread_local contexts (N04), handle tables (N34). Connection tables (N19) and
 * mutexes (N06) have files of their own. */

static const struct rule registry = {"native-registry-in-memory", "N01", "memory-state", HIGH,
				     "one-process,shared-store"};
static const struct rule setting = {"native-setting-in-memory", "N01", "memory-state", MEDIUM,
				    "one-process,setting-in-config"};
static const struct rule remembered = {"native-static-local", "N03", "memory-state", LOW,
				       "one-process,shared-store"};
static const struct rule context = {"native-thread-local-context", "N04", "memory-state", MEDIUM,
				    "pass-explicitly"};
static const struct rule handles = {"native-handle-table", "N34", "exclusive", HIGH,
				    "one-process,wrap-handle"};

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

static void prove(struct report *r, struct hazard *h, uint32_t sym, const struct uses *u)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	uint32_t write = u->add != NONE ? u->add : u->inc;
	report_proof(r, h, ROLE_DECLARED, s->at, "declared here, once in each process");
	if (write != NONE) {
		const struct access *a = state_access(r, write);
		report_proof(r, h, ROLE_WRITTEN, node_at(r, a->top), "written in %s",
			     fn_name(r->f, a->fn));
		report_reached(r, h, a->node);
	}
	if (u->look != NONE) {
		const struct access *a = state_access(r, u->look);
		report_proof(r, h, ROLE_READ, node_at(r, a->top), "read in %s", fn_name(r->f, a->fn));
		report_reached(r, h, a->node);
	}
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
	    !state_elsewhere(r, u->add, u->look) || !state_from_js(r, u->add) || !state_from_js(r, u->look))
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
	uint32_t top = state_access(r, u->add)->top;
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
	struct uses u = state_uses(r, sym, shape);
	if (check_handles(r, sym, &u) || counts_only(s->name) || holds_process_things(s->type) ||
	    keyed_by_process_thing(r, sym, &u))
		return;
	/* jobs that this process's own threads work off */
	if (shape == SHAPE_QUEUE && u.look != NONE && state_from_thread(r, u.look))
		return;
	bool counter = u.inc != NONE && (u.look != NONE || state_access(r, u.inc)->used);
	bool kept = u.add != NONE && u.look != NONE && !u.all_writes_once &&
		    (state_elsewhere(r, u.add, u.look) || shape == SHAPE_SET);
	if (!counter && !kept)
		return;
	uint32_t write = u.add != NONE ? u.add : u.inc;
	if (state_from_thread(r, write) && (u.look == NONE || state_from_thread(r, u.look)))
		return; /* a thread's own work */
	struct hazard *h = report_begin(
	    r, &registry, s->at, s->name,
	    "'" STR_FMT "' lives in the memory of one process: what %s puts into it is unknown to the "
	    "other {n} processes",
	    STR_ARG(s->name), fn_name(r->f, state_access(r, write)->fn));
	bool js = state_from_js(r, write) && (u.look == NONE || state_from_js(r, u.look));
	h->confidence = js ? CERTAIN : LIKELY;
	if (!kept || (counter && !state_elsewhere(r, u.add, u.look)))
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
	struct uses u = state_uses(r, sym, shape);
	if (u.add == NONE || u.look == NONE || is_plumbing(s->name) || u.all_writes_once ||
	    !state_elsewhere(r, u.add, u.look) || !state_from_js(r, u.add) || !state_from_js(r, u.look) ||
	    assigns_constant(r, state_access(r, u.add)) || u.inc != NONE)
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
	struct uses u = state_uses(r, sym, shape);
	if (u.add == NONE || u.look == NONE || u.all_writes_once || counts_only(s->name))
		return;
	const struct access *look = state_access(r, u.look);
	uint32_t branch = enclosing(r->f->t, look->node, NODE_IF);
	/* compared in one call with what an earlier call left: "not again within 5 seconds" */
	if (branch == NONE || !is_inside(r->f->t, look->node, tree_node(r->f->t, branch)->first) ||
	    assigns_constant(r, state_access(r, u.add)))
		return;
	struct hazard *h = report_begin(
	    r, &remembered, s->at, s->name,
	    "'" STR_FMT "' remembers earlier calls in one process only; {n} processes each decide on "
	    "their own",
	    STR_ARG(s->name));
	prove(r, h, sym, &u);
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
		enum shape shape = state_shape(s);
		if (state_is_mutex(s->type))
			state_check_mutex(r, i);
		else if (s->thread_local_ || shape == SHAPE_SCALAR || shape == SHAPE_TEXT) {
			if (s->kind == SYM_STATIC_LOCAL && !s->thread_local_)
				check_static_local(r, i, shape);
			else
				check_setting(r, i, shape);
		} else if (!state_check_connections(r, i) && shape != SHAPE_NONE) {
			check_registry(r, i, shape);
		}
	}
}
