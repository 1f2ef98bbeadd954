#include "analyzers/native/report.h"

/* Numbers and identities that must be unique, but are made in each process
 * alone: counters (N02), generators seeded by the clock (N27), fixed names at a
 * broker (N30). */

static const struct rule counter = {"native-counter-id", "N02", "memory-state", HIGH,
				    "one-process,database-sequence,instance-in-id"};
static const struct rule seeded = {"native-time-seeded-random", "N27", "race", MEDIUM,
				   "getrandom,random-device"};
static const struct rule client_id = {"native-fixed-client-id", "N30", "exclusive", HIGH,
				      "one-process,instance-suffix"};

static bool gives_away(struct str name, struct str last)
{
	return str_starts(name, STR("napi_create_")) || str_is(name, "Napi::Number::New") ||
	       str_is(name, "Napi::BigInt::New") || str_is(name, "Napi::String::New") ||
	       str_is(name, "Napi::Value::From") || str_is(name, "v8::Number::New") ||
	       str_is(name, "v8::Integer::New") || str_is(name, "Nan::New") ||
	       str_is(name, "std::to_string") || str_is(last, "snprintf") || str_is(last, "sprintf") ||
	       str_is(last, "dprintf") || str_is(last, "operator<<") || str_is(last, "send");
}

static bool is_log(const struct facts *f, uint32_t call)
{
	struct str name = call_name(f->t, call);
	uint32_t first = call_arg(f->t, call, 0);
	if (MENTIONS(name, "log", "debug", "trace", "assert", "perror"))
		return true;
	/* fprintf(stderr, ...), std::cerr << x */
	while (first != NONE && tree_node(f->t, first)->kind == NODE_CALL)
		first = call_arg(f->t, first, 0);
	return first != NONE && AMONG(tree_node(f->t, first)->text, "stderr", "stdout", "cout", "cerr",
				      "clog");
}

/* the place where the value of expression `node` leaves for the outside, or NONE */
static uint32_t leaves_at(const struct facts *f, uint32_t node, int depth)
{
	struct tree *t = f->t;
	for (uint32_t child = node, p = tree_node(t, node)->parent; p != NONE;
	     child = p, p = tree_node(t, p)->parent) {
		const struct node *n = tree_node(t, p);
		if (n->kind == NODE_RETURN)
			return p;
		if (n->kind == NODE_BINARY && n->op == '%')
			return NONE; /* round robin */
		if (n->kind == NODE_CALL) {
			if (is_log(f, p))
				return NONE;
			if (gives_away(call_name(t, p), n->text))
				return p;
			if (n->sym != NONE && tree_symbol(t, n->sym)->node != NONE && depth < 3) {
				size_t i = call_arg_index(t, p, child);
				const struct symbol *fn = tree_symbol(t, n->sym);
				struct list refs = {NULL, 0};
				if (i < fn->n_params)
					refs = facts_refs(f, fn->params[i]);
				for (size_t k = 0; k < refs.len; k++)
					if (leaves_at(f, refs.ptr[k], depth + 1) != NONE)
						return leaves_at(f, refs.ptr[k], depth + 1);
				return NONE;
			}
			continue;
		}
		if ((n->kind == NODE_VAR || n->kind == NODE_ASSIGN) && depth < 3) {
			uint32_t var = n->kind == NODE_VAR ? n->sym : variable_of(f, n->first);
			if (var == NONE || (n->kind == NODE_ASSIGN && is_inside(t, child, n->first)))
				return NONE;
			uint8_t kind = tree_symbol(t, var)->kind;
			struct list refs = facts_refs(f, var);
			for (size_t k = 0; kind == SYM_LOCAL && k < refs.len; k++) {
				uint32_t at = leaves_at(f, refs.ptr[k], depth + 1);
				if (at != NONE)
					return at;
			}
			return NONE;
		}
		if (n->kind == NODE_BLOCK || n->kind == NODE_IF || n->kind == NODE_LOOP)
			return NONE;
	}
	return NONE;
}

static bool counts_down(const struct facts *f, const struct access *a)
{
	const struct node *n = tree_node(f->t, a->top);
	return (n->kind == NODE_UNARY && n->op == OP_DEC) || (n->kind == NODE_ASSIGN && n->op == '-') ||
	       str_is(n->text, "fetch_sub") || str_is(n->text, "operator--") ||
	       str_is(n->text, "operator-=");
}

struct count {
	const struct access *inc;
	uint32_t leaves;
	bool down;
};

static struct count count_of(const struct report *r, uint32_t sym)
{
	struct count c = {NULL, NONE, false};
	struct list all = facts_accesses(r->f, sym);
	for (size_t i = 0; i < all.len; i++) {
		const struct access *a = &r->f->accesses.ptr[all.ptr[i]];
		if (a->op != ACCESS_INC || a->element)
			continue;
		c.down |= counts_down(r->f, a);
		if (!(a->phases & PHASE_RUNTIME) || c.leaves != NONE)
			continue;
		c.inc = a;
		if (a->used)
			c.leaves = leaves_at(r->f, a->top, 0);
		/* n++; ... n ...: read again in the same function */
		for (size_t k = 0; k < all.len && c.leaves == NONE; k++) {
			const struct access *b = &r->f->accesses.ptr[all.ptr[k]];
			if (b->fn == a->fn && b->op == ACCESS_READ && b->node > a->node)
				c.leaves = leaves_at(r->f, b->node, 0);
		}
	}
	return c;
}

static void check_counter(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	if (MENTIONS(s->name, "stat", "metric", "log", "trace", "debug", "depth", "ref", "retry",
		     "attempt", "hits", "calls", "total", "bytes", "errors", "tick", "round", "cursor",
		     "pos", "offset", "len", "live", "active", "pending"))
		return;
	bool integer = s->atomic || AMONG(s->type, "int", "unsigned int", "long", "unsigned long",
					  "long long", "unsigned long long", "short", "unsigned short");
	struct count c = count_of(r, sym);
	if (!integer || !c.inc || c.leaves == NONE || c.down)
		return;
	struct hazard *h = report_begin(
	    r, &counter, s->at, s->name,
	    "'" STR_FMT "' counts in one process only, so {n} processes give out the same numbers",
	    STR_ARG(s->name));
	bool named = MENTIONS(s->name, "id", "seq", "serial", "num", "ticket", "order", "invoice",
			      "token", "next", "last", "counter", "key");
	h->confidence = named ? LIKELY : POSSIBLE;
	report_proof(r, h, ROLE_DECLARED, s->at, "declared here, starts anew in each process");
	report_proof(r, h, ROLE_WRITTEN, node_at(r, c.inc->top), "counted up in %s",
		     fn_name(r->f, c.inc->fn));
	report_proof(r, h, ROLE_READ, node_at(r, c.leaves), "given out in %s", node_fn(r, c.leaves));
	report_reached(r, h, c.inc->node);
}

/* ---- N27 ---- */

static bool is_engine(struct str type)
{
	return MENTIONS(type, "mersenne_twister_engine", "linear_congruential_engine",
			"subtract_with_carry_engine") &&
	       !MENTIONS(type, "::result_type");
}

static uint32_t a_call_of_rand(const struct report *r)
{
	for (size_t i = 0; i < r->f->calls.len; i++)
		if (AMONG(call_name(r->f->t, r->f->calls.ptr[i]), "rand", "std::rand", "random",
			  "lrand48", "drand48"))
			return r->f->calls.ptr[i];
	return NONE;
}

static bool by_clock_alone(struct value seed)
{
	return seed.flags & VALUE_TIME && !(seed.flags & VALUE_DIFFERS);
}

static void check_seed_call(struct report *r, uint32_t call)
{
	struct value seed = value_of_arg(r->f, call, 0);
	bool constant = seed.has_num && !seed.flags;
	uint32_t use = a_call_of_rand(r);
	if ((!by_clock_alone(seed) && !constant) || use == NONE)
		return;
	struct hazard *h = report_begin(
	    r, &seeded, node_at(r, call), tree_node(r->f->t, call)->text,
	    constant ? "the random numbers begin with a constant seed, so all {n} processes draw the "
		       "same ones"
		     : "the random numbers are seeded by the clock alone, so processes that PM2 starts "
		       "in the same second draw the same ones");
	h->confidence = CERTAIN;
	report_proof(r, h, ROLE_WRITTEN, node_at(r, call), "seeded in %s", node_fn(r, call));
	report_proof(r, h, ROLE_READ, node_at(r, use), "drawn in %s", node_fn(r, use));
	report_reached(r, h, use);
}

static void check_engine(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	if (!s->project || s->node == NONE || !is_engine(s->type) || s->kind == SYM_PARAM)
		return;
	uint32_t init = tree_node(r->f->t, s->node)->first;
	if (init == NONE || call_n_args(r->f->t, init) == 0)
		return;
	struct value seed = value_of(r->f, init);
	if (!by_clock_alone(seed))
		return;
	/* a nanosecond clock seldom ticks alike in two processes; time() does */
	bool seconds = false;
	for (uint32_t n = init; n != NONE; n = tree_next(r->f->t, n, init))
		seconds |= tree_node(r->f->t, n)->kind == NODE_CALL &&
			   AMONG(call_name(r->f->t, n), "time", "std::time");
	if (!seconds)
		return;
	struct hazard *h = report_begin(
	    r, &seeded, s->at, s->name,
	    "'" STR_FMT "' is seeded by the clock alone, so processes that PM2 starts in the same "
	    "second draw the same numbers",
	    STR_ARG(s->name));
	report_proof(r, h, ROLE_WRITTEN, node_at(r, init), "seeded here");
}

/* ---- N30 ---- */

struct identity {
	const char *call;
	size_t arg;
};

static void check_client_id(struct report *r, uint32_t call)
{
	static const struct identity known[] = {
	    {"mosquitto_new", 0},	    {"mosquitto_reinitialise", 1},
	    {"MQTTClient_create", 2},	    {"MQTTAsync_create", 2},
	    {"MQTTClient_createWithOptions", 2}, {"mosqpp::mosquittopp::mosquittopp", 0},
	    {"mqtt::async_client::async_client", 1}, {"mqtt::client::client", 1},
	    {"stan_connection_connect", 2}};
	size_t arg = SIZE_MAX;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (call_is(r->f->t, call, known[i].call))
			arg = known[i].arg;
	if (call_is(r->f->t, call, "rd_kafka_conf_set")) {
		struct value key = value_of_arg(r->f, call, 1);
		if (key.has_text && AMONG(key.text, "transactional.id", "group.instance.id"))
			arg = 2;
	}
	if (arg == SIZE_MAX)
		return;
	struct value id = value_of_arg(r->f, call, arg);
	if (!id.has_text || id.text.len == 0 || id.flags & (VALUE_DIFFERS | VALUE_JS))
		return;
	struct hazard *h = report_begin(
	    r, &client_id, node_at(r, call), id.text,
	    "every process connects as '" STR_FMT "', so the broker throws out the one that came before",
	    STR_ARG(id.text));
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "the name is fixed here");
	report_reached(r, h, call);
}

void check_identity(struct report *r)
{
	struct tree *t = r->f->t;
	for (uint32_t i = 0; i < t->symbols.len; i++) {
		const struct symbol *s = tree_symbol(t, i);
		bool held = s->kind == SYM_GLOBAL || s->kind == SYM_STATIC_LOCAL ||
			    (s->kind == SYM_FIELD && r->f->process_field[i]);
		if (held && s->project && !s->is_const && !s->thread_local_)
			check_counter(r, i);
		if (s->kind == SYM_GLOBAL || s->kind == SYM_STATIC_LOCAL || s->kind == SYM_LOCAL)
			check_engine(r, i);
	}
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		if (AMONG(call_name(t, call), "srand", "std::srand", "srandom", "srand48"))
			check_seed_call(r, call);
		check_client_id(r, call);
	}
}
