/* Cache libraries that are used by hand: node-cache, lru-cache and the like. An
 * instance is passed around, so what is judged is a holder: the class, or else
 * the file, that reads and writes it. A limiter, a store that two requests need
 * and a cache that a writer clears are told apart from a plain cache. */
#include "analyzers/program/usage.h"
#include "rules/reach.h"
#include "rules/registry.h"

enum { MOST_OPS = 32 };

struct holder {
	prog_id file;
	js_node class_; /* 0: the file */
	struct str module;
	const struct prog_call *gets[MOST_OPS], *sets[MOST_OPS], *removes[MOST_OPS];
	size_t n_gets, n_sets, n_removes;
};

struct verdict {
	const char *rule;
	enum severity severity;
	enum confidence confidence;
	enum consequence consequence;
	const char *what, *what_zh;
};

static bool is_library(const struct entity *e)
{
	static const char *const modules[] = {"node-cache", "lru-cache", "quick-lru", "tiny-lru", "@isaacs/ttlcache", "memory-cache",
					      "mnemonist", "@cacheable/node-cache", "flru", "lru_map"};
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
		if (str_is(e->module, modules[i]))
			return true;
	return false;
}

static bool is_one_of(struct str name, const char *list)
{
	struct str all = str_from(list);
	for (size_t from = 0; from < all.len;) {
		size_t to = from;
		while (to < all.len && all.ptr[to] != ' ')
			to++;
		if (str_eq(str_sub(all, from, to), name))
			return true;
		from = to + 1;
	}
	return false;
}

/* the method that is called on an instance; memory-cache has but one, the module itself */
static struct str method_of(const struct prog_call *call)
{
	if (call->callee.kind == ENT_PACKAGE_INSTANCE)
		return call->callee.members;
	if (call->callee.kind == ENT_PACKAGE && str_is(call->callee.module, "memory-cache"))
		return call->callee.path;
	return STR("");
}

static void push(const struct prog_call **list, size_t *n, const struct prog_call *call)
{
	if (*n < MOST_OPS)
		list[(*n)++] = call;
}

static void gather(const struct check *c, struct holder *h)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct str method = method_of(call);
		if (call->file != h->file || !method.len || !str_eq(call->callee.module, h->module) ||
		    reach_class_of(p->files[call->file].js, call->node) != h->class_ ||
		    !(prog_phases(p, c->app, call->fn) & PHASE_RUNTIME))
			continue;
		if (is_one_of(method, "get has peek take mget"))
			push(h->gets, &h->n_gets, call);
		else if (is_one_of(method, "set put mset"))
			push(h->sets, &h->n_sets, call);
		else if (is_one_of(method, "del delete clear flushAll reset"))
			push(h->removes, &h->n_removes, call);
	}
}

/* is an instance kept for as long as the process lives? */
static bool lives_long(const struct check *c, struct str module)
{
	const struct program *p = c->program;
	if (str_is(module, "memory-cache"))
		return true;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->callee.kind == ENT_PACKAGE && str_eq(call->callee.module, module) && prog_loads(p, c->app, call->file) &&
		    (prog_phases(p, c->app, call->fn) & (PHASE_LOAD | PHASE_BOOT)))
			return true;
	}
	return false;
}

static bool in_list(const struct program *p, prog_id fn, const struct prog_call *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i]->fn == fn || reach_calls(p, fn, list[i]->fn))
			return true;
	return false;
}

static js_node value_of(const struct program *p, const struct prog_call *set, bool *awaited)
{
	js_node arg = reach_argument(p->files[set->file].js, set->node, 1);
	return arg ? prog_local_value(p, set->file, arg, awaited) : 0;
}

/* only that it is there, or a number, counts: limits, locks, notes of what was seen */
static bool puts_only_marks(const struct program *p, const struct holder *h)
{
	for (size_t i = 0; i < h->n_sets; i++) {
		const struct js_file *js = p->files[h->file].js;
		js_node v = value_of(p, h->sets[i], NULL);
		enum js_kind k = js_kind(js, v);
		if (k != JS_BOOL && k != JS_NUMBER && k != JS_BINARY && k != JS_UPDATE)
			return false;
	}
	return h->n_sets > 0;
}

/* what one request puts in and another one needs, without a way to load it again */
static bool is_only_copy(const struct program *p, const struct holder *h)
{
	for (size_t i = 0; i < h->n_sets; i++) {
		bool awaited = false;
		const struct js_file *js = p->files[h->file].js;
		js_node v = value_of(p, h->sets[i], &awaited);
		/* a method that only passes its parameters on: what it is used for is told elsewhere */
		bool passed = js_kind(js, v) == JS_IDENT && js_binding_of(js, v) && js_binding_of(js, v)->kind == JSB_PARAM;
		if (awaited || passed || !v || in_list(p, h->sets[i]->fn, h->gets, h->n_gets))
			return false;
	}
	for (size_t i = 0; i < h->n_gets; i++)
		if (in_list(p, h->gets[i]->fn, h->sets, h->n_sets))
			return false;
	return h->n_sets && h->n_gets;
}

static struct verdict judge(const struct program *p, const struct holder *h)
{
	if (!h->n_sets || !h->n_gets)
		return (struct verdict){.rule = NULL};
	if (puts_only_marks(p, h))
		return (struct verdict){"limit-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY, CONSEQUENCE_WARN,
					"remembers in one process what was seen, so {n} processes let up to {n} times as much through",
					"只在一个进程里记住见过什么，{n} 个进程最多放行 {n} 倍"};
	if (is_only_copy(p, h))
		return (struct verdict){"state-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY, CONSEQUENCE_FORK_ONLY,
					"is written by one request and needed by another, so with {n} processes a request that lands on another one does not find it",
					"由一个请求写入、被另一个请求需要；有 {n} 个进程时，落到其他进程的请求找不到它"};
	if (h->n_removes)
		return (struct verdict){"cache-invalidated-locally", SEVERITY_MEDIUM, CONFIDENCE_LIKELY, CONSEQUENCE_WARN,
					"is cleared only in the process that writes, so the others serve old data",
					"只在写入的那个进程里失效，其他进程仍返回旧数据"};
	return (struct verdict){"library-cache-in-memory", SEVERITY_LOW, CONFIDENCE_LIKELY, CONSEQUENCE_NONE,
				"is a cache of each process on its own: {n} times the memory, a lower hit ratio",
				"每个进程各有一份缓存：内存占用 {n} 倍，命中率降低"};
}

static void add_makers(struct check *c, struct hazard *z, const struct holder *h)
{
	const struct program *p = c->program;
	int told = 0;
	for (size_t i = 0; i < p->n_calls && told < 3; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->callee.kind != ENT_PACKAGE || !str_eq(call->callee.module, h->module) || method_of(call).len ||
		    !reach_is_live(c, call))
			continue;
		told++;
		check_evidence(c, z, EV_DECLARED, prog_place(p, call->file, call->node), "made by " STR_FMT ", once in each process",
			       STR_ARG(h->module));
	}
}

static void tell(struct check *c, const struct holder *h, const struct verdict *v)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[h->file].js;
	struct hazard *z = check_hazard(c, v->rule);
	js_node callee = js_at(js, h->sets[0]->node)->a;
	z->severity = v->severity;
	z->confidence = v->confidence;
	z->consequence = v->consequence;
	z->symbol = js_text(js, js_at(js, callee)->a);
	z->at = prog_place(p, h->file, h->sets[0]->node);
	z->message = arena_printf(c->arena, "'" STR_FMT "' (" STR_FMT ") %s", STR_ARG(z->symbol), STR_ARG(h->module), v->what);
	z->message_zh = arena_printf(c->arena, "'" STR_FMT "'（" STR_FMT "）%s", STR_ARG(z->symbol), STR_ARG(h->module), v->what_zh);
	z->root = str_hash(z->at.source->path) ^ h->class_ ^ str_hash(str_from(v->rule));
	add_makers(c, z, h);
	for (size_t i = 0; i < h->n_sets && i < 2; i++)
		check_evidence(c, z, EV_WRITTEN, prog_place(p, h->file, h->sets[i]->node), "written in %s", prog_fn_name(p, h->sets[i]->fn));
	for (size_t i = 0; i < h->n_gets && i < 2; i++)
		check_evidence(c, z, EV_READ, prog_place(p, h->file, h->gets[i]->node), "read in %s", prog_fn_name(p, h->gets[i]->fn));
	check_reached(c, z, h->sets[0]->fn, PHASE_RUNTIME);
	check_commit(c, z);
}

void check_stores(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct str method = method_of(call);
		if (!is_library(&call->callee) || !is_one_of(method, "set put mset") || !prog_loads(p, c->app, call->file) ||
		    !(prog_phases(p, c->app, call->fn) & PHASE_RUNTIME) || !lives_long(c, call->callee.module))
			continue;
		struct holder h = {.file = call->file, .module = call->callee.module};
		h.class_ = reach_class_of(p->files[call->file].js, call->node);
		gather(c, &h);
		if (!h.n_sets || h.sets[0] != call)
			continue; /* the holder's first write speaks for it */
		struct verdict v = judge(p, &h);
		if (v.rule)
			tell(c, &h, &v);
	}
}
