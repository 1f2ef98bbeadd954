#include "analyzers/native/facts.h"

#include <signal.h>
#include <stdlib.h>

/* Where code begins to run, and in which phase every function runs: at load
 * (module initialisation, main before its service loop), or later. */

static bool has(struct str s, const char *part)
{
	return str_find(s, str_from(part)) != (size_t)-1;
}

static bool one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, names[i]))
			return true;
	return false;
}
#define ONE_OF(s, ...)                                                                             \
	one_of((s), (const char *const[]){__VA_ARGS__},                                            \
	       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- who is given a function ---- */

enum use { USE_CALLED, USE_SYNC, USE_ONCE, USE_LOAD, USE_JS, USE_CALLBACK, USE_THREAD, USE_TIMER,
	   USE_EXIT, USE_PASS_ON };

static bool exports_to_js(struct str name)
{
	return ONE_OF(name, "napi_create_function", "napi_define_class", "napi_define_properties",
		      "Napi::Function::New", "Napi::Object::Set", "Napi::PropertyDescriptor::Function",
		      "Napi::PropertyDescriptor::Accessor", "Nan::SetMethod",
		      "Nan::SetPrototypeMethod", "Nan::SetAccessor", "Nan::Export", "Nan::New",
		      "node::SetMethod", "NODE_SET_METHOD", "node::SetPrototypeMethod",
		      "v8::FunctionTemplate::New", "v8::Function::New") ||
	       str_ends(name, STR("::InstanceMethod")) || str_ends(name, STR("::StaticMethod")) ||
	       str_ends(name, STR("::InstanceAccessor")) || str_ends(name, STR("::StaticAccessor"));
}

static enum use use_by_name(const struct facts *f, uint32_t call)
{
	struct str name = call_name(f->t, call);
	if (exports_to_js(name))
		return USE_JS;
	if (ONE_OF(name, "Napi::RegisterModule", "clusterlint::load", "napi_module_register"))
		return USE_LOAD;
	if (ONE_OF(name, "std::call_once", "pthread_once", "uv_once"))
		return USE_ONCE;
	if (ONE_OF(name, "atexit", "std::atexit", "at_quick_exit", "napi_add_env_cleanup_hook",
		   "napi_add_finalizer", "napi_wrap", "napi_create_external",
		   "napi_create_external_buffer", "napi_create_external_arraybuffer",
		   "napi_set_instance_data", "Napi::Env::AddCleanupHook", "node::AtExit",
		   "node::AddEnvironmentCleanupHook", "Napi::External::New", "uv_close"))
		return USE_EXIT;
	if (ONE_OF(name, "signal", "bsd_signal")) {
		uint32_t arg = call_arg(f->t, call, 0);
		bool alarm = arg != NONE && tree_node(f->t, arg)->value == SIGALRM;
		return alarm ? USE_TIMER : USE_EXIT;
	}
	if (ONE_OF(name, "pthread_create", "std::thread::thread", "std::jthread::jthread",
		   "std::async", "uv_thread_create", "thrd_create"))
		return USE_THREAD;
	if (ONE_OF(name, "uv_timer_start", "g_timeout_add", "g_timeout_add_seconds",
		   "evtimer_new", "evtimer_assign", "ev_timer_init", "timer_create") ||
	    has(name, "basic_waitable_timer::async_wait"))
		return USE_TIMER;
	if (ONE_OF(name, "qsort", "bsearch", "qsort_r", "lfind"))
		return USE_SYNC;
	if (has(name, "std::function") || has(name, "std::bind") || has(name, "make_unique") ||
	    has(name, "make_shared") || has(name, "std::move") || has(name, "std::forward") ||
	    has(name, "std::make_pair") || has(name, "std::pair::pair"))
		return USE_PASS_ON;
	return str_starts(name, STR("std::")) ? USE_SYNC : USE_CALLBACK;
}

/* does the project's own function call the parameter itself? */
static bool calls_parameter(const struct facts *f, uint32_t fn, size_t index)
{
	const struct symbol *s = tree_symbol(f->t, fn);
	if (index >= s->n_params)
		return false;
	if (facts_calls(f, s->params[index]).len)
		return true;
	struct list refs = facts_refs(f, s->params[index]);
	for (size_t i = 0; i < refs.len; i++) {
		uint32_t p = tree_node(f->t, refs.ptr[i])->parent;
		if (p != NONE && tree_node(f->t, p)->kind == NODE_CALL &&
		    (call_arg_index(f->t, p, refs.ptr[i]) == SIZE_MAX ||
		     str_is(tree_node(f->t, p)->text, "operator()")))
			return true;
	}
	return false;
}

static void add_edge(struct facts *f, uint32_t from, uint32_t to, uint32_t node)
{
	vec_push(&f->edges, (struct edge){from, to, node});
}

static void add_root(struct facts *f, uint32_t fn, enum root_kind kind, uint8_t phase,
		     const char *label, uint32_t node)
{
	struct where at = node != NONE ? tree_node(f->t, node)->at : tree_symbol(f->t, fn)->at;
	vec_push(&f->roots, (struct root){fn, (uint8_t)kind, phase, label, at, node});
}

/* the name under which JavaScript sees it: a string beside it, or beside what it is wrapped in */
static struct str exported_name(const struct facts *f, uint32_t node)
{
	for (int up = 0; node != NONE && up < 4; up++) {
		uint32_t p = tree_node(f->t, node)->parent;
		if (p == NONE || tree_node(f->t, p)->kind == NODE_BLOCK)
			break;
		for (uint32_t n = tree_node(f->t, p)->first; n != NONE; n = tree_node(f->t, n)->next)
			for (uint32_t m = n; n != node && m != NONE; m = tree_next(f->t, m, n))
				if (tree_node(f->t, m)->kind == NODE_STRING)
					return tree_node(f->t, m)->text;
		node = p;
	}
	return STR("");
}

static const char *js_label(const struct facts *f, uint32_t node, uint32_t fn)
{
	struct str name = node == NONE ? STR("") : exported_name(f, node);
	if (name.len)
		return arena_printf(f->t->arena, "called from JavaScript as '" STR_FMT "'",
				    STR_ARG(name));
	if (tree_symbol(f->t, fn)->constructor)
		return "constructed from JavaScript";
	return "called from JavaScript";
}

static void use_root(struct facts *f, uint32_t fn, enum use use, uint32_t node, struct str by)
{
	const char *given = arena_printf(f->t->arena, "given to " STR_FMT, STR_ARG(by));
	switch (use) {
	case USE_JS:
		add_root(f, fn, ROOT_JS, PHASE_RUNTIME, js_label(f, node, fn), node);
		break;
	case USE_LOAD:
		add_root(f, fn, ROOT_LOAD, PHASE_LOAD, "initialises the module", node);
		break;
	case USE_ONCE:
		add_root(f, fn, ROOT_LOAD, PHASE_ONCE, given, node);
		break;
	case USE_EXIT:
		add_root(f, fn, ROOT_CALLBACK, PHASE_EXIT, given, node);
		break;
	case USE_THREAD:
		add_root(f, fn, ROOT_THREAD, PHASE_RUNTIME, "runs in a thread of its own", node);
		break;
	case USE_TIMER:
		add_root(f, fn, ROOT_TIMER, PHASE_RUNTIME, given, node);
		break;
	default:
		add_root(f, fn, ROOT_CALLBACK, PHASE_RUNTIME, given, node);
	}
}

/* `node` hands function `fn` to somebody: an argument, a table, a variable. */
static void hand_over(struct facts *f, uint32_t node, uint32_t fn)
{
	struct tree *t = f->t;
	uint32_t child = node, p = tree_node(t, node)->parent;
	bool js = tree_symbol(t, fn)->takes_js;
	for (; p != NONE; child = p, p = tree_node(t, p)->parent) {
		const struct node *n = tree_node(t, p);
		if (n->kind == NODE_INIT_LIST && has(n->text, "napi_property_descriptor")) {
			use_root(f, fn, USE_JS, node, STR(""));
			return;
		}
		if (n->kind == NODE_INIT_LIST && has(n->text, "_module")) {
			use_root(f, fn, USE_LOAD, node, STR(""));
			return;
		}
		if (n->kind == NODE_CALL) {
			size_t i = call_arg_index(t, p, child);
			if (i == SIZE_MAX && !js && tree_node(t, node)->kind == NODE_LAMBDA) {
				add_edge(f, n->fn, fn, p); /* called on the spot */
				return;
			}
			if (n->sym != NONE && tree_symbol(t, n->sym)->node != NONE && i != SIZE_MAX) {
				if (calls_parameter(f, n->sym, i))
					add_edge(f, n->sym, fn, p);
				else
					use_root(f, fn, js ? USE_JS : USE_CALLBACK, node,
						 call_name(t, p));
				return;
			}
			enum use use = js ? USE_JS : use_by_name(f, p);
			if (use == USE_PASS_ON)
				continue;
			if (use == USE_SYNC)
				add_edge(f, n->fn, fn, p);
			else
				use_root(f, fn, use, node, call_name(t, p));
			return;
		}
		if (n->kind == NODE_VAR || n->kind == NODE_RETURN || n->kind == NODE_ASSIGN)
			break;
		if (n->kind == NODE_BLOCK || n->kind == NODE_FUNCTION || n->kind == NODE_LAMBDA)
			return;
	}
	if (js) {
		use_root(f, fn, USE_JS, node, STR(""));
	} else if (p != NONE && tree_node(t, p)->kind == NODE_ASSIGN) {
		uint32_t to = tree_node(t, p)->first;
		struct str field = to == NONE ? STR("") : tree_node(t, to)->text;
		bool ends = str_starts(field, STR("sa_")) || str_is(field, "__sigaction_handler");
		use_root(f, fn, ends ? USE_EXIT : USE_CALLBACK, node, field);
	} else if (p != NONE && tree_node(t, p)->kind == NODE_VAR) {
		/* a lambda in a variable is called where the variable is */
		uint32_t var = tree_node(t, p)->sym;
		if (tree_symbol(t, var)->kind == SYM_LOCAL)
			add_edge(f, tree_node(t, p)->fn, fn, p);
		else
			use_root(f, fn, USE_CALLBACK, node, STR("a table"));
	}
}

/* a reference to a local variable that holds a lambda */
static void pass_variable(struct facts *f, uint32_t node, uint32_t var)
{
	uint32_t decl = tree_symbol(f->t, var)->node;
	if (decl == NONE)
		return;
	uint32_t init = tree_node(f->t, decl)->first;
	if (init != NONE && tree_node(f->t, init)->kind == NODE_LAMBDA)
		hand_over(f, node, tree_node(f->t, init)->sym);
}

static void collect_node(struct facts *f, uint32_t i)
{
	struct tree *t = f->t;
	const struct node *n = tree_node(t, i);
	if (n->kind == NODE_LAMBDA) {
		hand_over(f, i, n->sym);
		return;
	}
	if (n->sym == NONE)
		return;
	const struct symbol *s = tree_symbol(t, n->sym);
	if (n->kind == NODE_CALL && s->kind == SYM_FUNCTION && s->project) {
		add_edge(f, n->fn, n->sym, i);
		return;
	}
	if (n->kind != NODE_REF && n->kind != NODE_MEMBER)
		return;
	uint32_t p = n->parent;
	bool callee = p != NONE && tree_node(t, p)->kind == NODE_CALL &&
		      tree_node(t, p)->has_callee && tree_node(t, p)->first == i;
	if (s->kind == SYM_FUNCTION && s->project && !callee)
		hand_over(f, i, n->sym);
	else if (s->kind == SYM_LOCAL && !callee)
		pass_variable(f, i, n->sym);
}

static bool initialises_module(const struct symbol *s)
{
	return str_is(s->name, "napi_register_module_v1") ||
	       str_is(s->name, "node_register_module_init") ||
	       str_starts(s->name, STR("node_register_module_v")) ||
	       (s->constructor && has(s->type, "Napi::Env, Napi::Object"));
}

static void symbol_roots(struct facts *f)
{
	for (uint32_t i = 0; i < f->t->symbols.len; i++) {
		const struct symbol *s = tree_symbol(f->t, i);
		if (s->kind != SYM_FUNCTION || s->node == NONE)
			continue;
		if (initialises_module(s))
			add_root(f, i, ROOT_LOAD, PHASE_LOAD, "initialises the module", NONE);
		else if (f->binary && str_is(s->qualified, "main"))
			add_root(f, i, ROOT_MAIN, PHASE_LOAD, "the program's main", NONE);
		else if (s->constructor && s->takes_js)
			add_root(f, i, ROOT_JS, PHASE_RUNTIME, js_label(f, NONE, i), NONE);
		else if (s->overrides_foreign && !s->destructor && !str_is(s->name, "Finalize"))
			add_root(f, i, ROOT_CALLBACK, PHASE_RUNTIME,
				 "called by the library whose class it extends", NONE);
		for (size_t k = 0; k < s->n_overrides; k++)
			add_edge(f, s->overrides[k], i, s->node);
	}
}

/* ---- phases ---- */

uint32_t facts_service_loop(const struct facts *f, uint32_t node)
{
	for (; node != NONE; node = tree_node(f->t, node)->parent) {
		const struct node *n = tree_node(f->t, node);
		if (n->kind == NODE_LAMBDA || n->kind == NODE_FUNCTION)
			return NONE;
		if (n->kind != NODE_LOOP)
			continue;
		bool counted = nth_child(f->t, node, 2) != NONE; /* for (i = 0; i < 3; i++) */
		if (!counted && (n->infinite || effects_below(f, node) & EFFECT_BLOCK))
			return node;
	}
	return NONE;
}

uint8_t facts_phase(const struct facts *f, uint32_t node)
{
	uint32_t fn = tree_node(f->t, node)->fn;
	if (fn == NONE)
		return PHASE_LOAD;
	uint8_t phases = f->phases[fn];
	if (phases & PHASE_LOAD && f->binary && facts_service_loop(f, node) != NONE)
		phases = (uint8_t)((phases & ~PHASE_LOAD) | PHASE_RUNTIME);
	return phases;
}

const struct root *facts_root(const struct facts *f, uint32_t node)
{
	uint32_t fn = tree_node(f->t, node)->fn;
	if (fn == NONE || f->root_of[fn] == NONE)
		return NULL;
	return &f->roots.ptr[f->root_of[fn]];
}

static bool enter(struct facts *f, uint32_t fn, uint8_t phases, uint32_t root)
{
	uint8_t all = f->phases[fn] | phases;
	if (all == f->phases[fn])
		return false;
	/* the root that is told is the first one that makes it run after load */
	if (f->root_of[fn] == NONE ||
	    (phases & PHASE_RUNTIME && !(f->phases[fn] & PHASE_RUNTIME)))
		f->root_of[fn] = root;
	f->phases[fn] = all;
	return true;
}

static void spread(struct facts *f)
{
	for (size_t i = 0; i < f->roots.len; i++)
		enter(f, f->roots.ptr[i].fn, f->roots.ptr[i].phase, (uint32_t)i);
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < f->edges.len; i++) {
			const struct edge *e = &f->edges.ptr[i];
			uint8_t phases = facts_phase(f, e->node);
			if (e->from == NONE)
				phases = PHASE_LOAD;
			else if (e->from != tree_node(f->t, e->node)->fn)
				phases = f->phases[e->from];
			uint32_t root = e->from == NONE ? NONE : f->root_of[e->from];
			changed |= enter(f, e->to, phases, root);
		}
	}
}

/* JavaScript's own roots first: they tell the most */
static int by_kind(const void *pa, const void *pb)
{
	const struct root *a = pa, *b = pb;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->fn != b->fn)
		return a->fn < b->fn ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

void roots_build(struct facts *f)
{
	for (uint32_t i = 0; i < f->t->nodes.len; i++)
		collect_node(f, i);
	symbol_roots(f);
	f->no_roots = f->roots.len == 0;
	if (f->no_roots)
		for (uint32_t i = 0; i < f->t->symbols.len; i++)
			if (tree_symbol(f->t, i)->kind == SYM_FUNCTION &&
			    tree_symbol(f->t, i)->node != NONE && tree_symbol(f->t, i)->external)
				add_root(f, i, ROOT_CALLBACK, PHASE_RUNTIME,
					 "visible outside of its file, no entry was found", NONE);
	if (f->roots.len)
		qsort(f->roots.ptr, f->roots.len, sizeof *f->roots.ptr, by_kind);
	spread(f);
}
