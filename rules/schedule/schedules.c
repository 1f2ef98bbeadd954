/* Work that every process starts by itself: schedules, intervals and loops that
 * begin at load or start-up. Judged by what the body does to the world (T01 to
 * T18), by the guard that stands around it and by the lock that it takes. */
#include "rules/registry.h"

#include "analyzers/program/own_memory.h"
#include "analyzers/program/usage.h"

enum { SHARED_WORK = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_HTTP_SEND | EFFECT_MAIL | EFFECT_PAYMENT |
		     EFFECT_QUEUE_ADD | EFFECT_FILE_WRITE | EFFECT_FILE_DELETE | EFFECT_SPAWN | EFFECT_SHARED_WRITE };

struct work {
	enum severity severity;
	enum confidence confidence;
	const char *what, *what_zh; /* what is done N times */
};

/* false: nothing that a second process would double */
static bool judge_work(uint32_t effects, struct work *w)
{
	static const struct {
		uint32_t effect;
		struct work work;
	} table[] = {
	    {EFFECT_PAYMENT, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "charges or pays", "扣款或付款"}},
	    {EFFECT_MAIL, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "sends messages", "发送消息"}},
	    {EFFECT_QUEUE_ADD, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "enqueues jobs", "加入任务"}},
	    {EFFECT_DB_ANEW, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "writes to the database", "写数据库"}},
	    {EFFECT_HTTP_SEND, {SEVERITY_HIGH, CONFIDENCE_POSSIBLE, "calls other systems", "调用其他系统"}},
	    {EFFECT_SPAWN, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "starts programs", "启动程序"}},
	    {EFFECT_FILE_WRITE, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "writes files", "写文件"}},
	    {EFFECT_DB_WRITE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "writes the same rows", "重复写入相同的行"}},
	    {EFFECT_DB_DELETE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "deletes rows", "删除数据"}},
	    {EFFECT_SHARED_WRITE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "writes to a shared store", "写共享存储"}},
	    {EFFECT_FILE_DELETE, {SEVERITY_LOW, CONFIDENCE_LIKELY, "deletes files", "删除文件"}},
	    {EFFECT_UNKNOWN, {SEVERITY_MEDIUM, CONFIDENCE_POSSIBLE, "does something that could not be resolved", "执行无法确定的操作"}},
	};
	if (effects & EFFECT_LOCAL_WRITE) /* what it fetches goes into its own memory: nobody else is touched */
		effects &= ~(uint32_t)EFFECT_UNKNOWN;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (effects & table[i].effect) {
			*w = table[i].work;
			return true;
		}
	return false; /* own memory, own sockets, logs, reading into a local copy */
}

/* The guards of an app that runs once say nothing: they are asked as if it ran twice. */
static struct eco_app doubled(const struct eco_app *model)
{
	struct eco_app m = *model;
	if (m.processes < 2) {
		m.processes = 2;
		m.instances = 2;
		m.exec_mode = EXEC_CLUSTER;
	}
	return m;
}

/* the first call inside fn that does shared work, itself or through what it calls */
static const struct prog_call *first_work(const struct program *p, prog_id fn, uint32_t mask)
{
	const struct prog_fn *f = &p->fns[fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		uint32_t effects = call->target != PROG_NONE ? p->fns[call->target].effects_all : prog_call_effects(p, call);
		if (effects & mask)
			return call;
	}
	return NULL;
}

/* Is every call below fn that has the effect one that each process makes for itself alone? False where none is seen. */
static bool only_own(const struct check *c, prog_id fn, uint32_t effect, int depth)
{
	const struct program *p = c->program;
	const struct prog_fn *f = &p->fns[fn];
	bool any = false;
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		uint32_t effects = call->target != PROG_NONE ? p->fns[call->target].effects_all : prog_call_effects(p, call);
		if (!(effects & effect))
			continue;
		bool own = call->target != PROG_NONE	? depth < 4 && only_own(c, call->target, effect, depth + 1)
			   : effect == EFFECT_HTTP_SEND ? prog_keeps_result(p, call)
							: prog_flushes_own(p, c->app, call);
		if (!own)
			return false;
		any = true;
	}
	return any;
}

/* what a second process would do once more: not its own token, not its own buffer */
static uint32_t shared_effects(const struct check *c, prog_id fn)
{
	uint32_t effects = c->program->fns[fn].effects_all;
	if (effects & EFFECT_HTTP_SEND && only_own(c, fn, EFFECT_HTTP_SEND, 0))
		effects &= ~(uint32_t)EFFECT_HTTP_SEND;
	if (effects & EFFECT_DB_WRITE && only_own(c, fn, EFFECT_DB_WRITE, 0))
		effects &= ~(uint32_t)(EFFECT_DB_WRITE | EFFECT_DB_ANEW);
	return effects;
}

static struct guard_result guard_of(struct check *c, const struct prog_root *root)
{
	struct eco_app model = doubled(c->model);
	struct guard_result g = prog_guard(c->program, c->app, &model, root->file, root->at);
	if (g.answer != GUARD_NONE)
		return g;
	const struct prog_call *work = first_work(c->program, root->fn, SHARED_WORK | EFFECT_UNKNOWN);
	return work ? prog_guard(c->program, c->app, &model, work->file, work->node) : g;
}

/* A wrong guard deserves its own words: its author believes to be safe. */
static void tell_broken_guard(struct check *c, const struct prog_root *root, const struct guard_result *g)
{
	bool never = g->answer == GUARD_NEVER;
	const char *about = g->about ? g->about : "the condition";
	struct hazard *h = check_hazard(c, never ? "schedule-guard-never-holds" : "schedule-guard-always-holds");
	h->symbol = str_from(prog_fn_name(c->program, root->fn));
	h->at = prog_place(c->program, g->file, g->at);
	h->confidence = CONFIDENCE_CERTAIN;
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	if (never) {
		h->message = arena_printf(c->arena, "the guard on %s holds in no process under PM2, so '" STR_FMT "' never runs", about, STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "对 %s 的判断在 PM2 下任何进程都不成立，'" STR_FMT "' 从不运行", about, STR_ARG(h->symbol));
	} else {
		h->message = arena_printf(c->arena, "the guard on %s holds in every process under PM2, so '" STR_FMT "' runs {n} times", about, STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "对 %s 的判断在 PM2 下每个进程都成立，'" STR_FMT "' 会运行 {n} 次", about, STR_ARG(h->symbol));
	}
	check_evidence(c, h, EV_GUARD, h->at, "the guard");
	check_evidence(c, h, EV_DECLARED, prog_place(c->program, root->file, root->at), "the work that it guards");
	check_commit(c, h);
}

/* does the guard mean to pick one process? NODE_ENV and flags say where work runs at all */
static bool picks_process(const struct guard_result *g)
{
	static const char *const names[] = {"NODE_APP_INSTANCE", "pm_id", "NODE_UNIQUE_ID", "isMainThread", "INSTANCE_ID"};
	if (!g->about)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(g->about, names[i]))
			return true;
	return !strncmp(g->about, "cluster.", 8);
}

static void weaken(struct hazard *h)
{
	h->mitigation = MITIGATION_WEAK;
	if (h->severity > SEVERITY_LOW)
		h->severity--;
	h->consequence = h->severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
}

static void apply_guard(struct check *c, struct hazard *h, const struct guard_result *g)
{
	struct place at = g->at ? prog_place(c->program, g->file, g->at) : (struct place){0};
	const char *about = g->about ? g->about : "the environment";
	switch (g->answer) {
	case GUARD_ONE:
		check_evidence(c, h, EV_MITIGATION, at, "only one instance passes the guard on %s; pm2 scale down removes that one first, and a reload runs two of it", about);
		weaken(h);
		break;
	case GUARD_SOME:
	case GUARD_UNKNOWN:
		check_evidence(c, h, EV_GUARD, at, "depends on %s, which is not known here", about);
		h->confidence = CONFIDENCE_POSSIBLE;
		break;
	case GUARD_ALWAYS:
		if (picks_process(g))
			check_evidence(c, h, EV_GUARD, at, "this guard holds in every process");
		break;
	case GUARD_NEVER:
	case GUARD_NONE:
		break;
	}
}

/* the call that takes a lock on the way from fn, with the function that holds it */
static const struct prog_call *lock_call(const struct program *p, prog_id fn, int depth)
{
	const struct prog_fn *f = &p->fns[fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		if (call->target == PROG_NONE) {
			if (prog_call_effects(p, call) & EFFECT_LOCK)
				return call;
		} else if (depth < 3 && (p->fns[call->target].effects_all & EFFECT_LOCK)) {
			const struct prog_call *inner = lock_call(p, call->target, depth + 1);
			if (inner)
				return inner;
		}
	}
	return NULL;
}

static bool key_differs_per_process(const struct js_file *js, js_node call)
{
	struct str text = js_text(js, call);
	static const char *const marks[] = {"process.pid", "NODE_APP_INSTANCE", "pm_id", "hostname()", "randomUUID", "uuid"};
	for (uint32_t i = 0; i < js_at(js, call)->n_kids && i < 1; i++)
		text = js_text(js, js_kid(js, call, i));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(text, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

static bool result_is_ignored(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	while (js_kind(js, up) == JS_AWAIT)
		up = js_at(js, up)->parent;
	return js_kind(js, up) == JS_EXPR_STMT;
}

static bool throws_when_taken(struct str name)
{
	/* redlock.acquire, using, runExclusive: failing to lock throws or skips by itself */
	static const char *const names[] = {"acquire", "using", "lock", "withLock", "run", "runExclusive"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_ends(name, str_from(names[i])))
			return true;
	return false;
}

static bool released_at_once(const struct program *p, prog_id file, js_node call)
{
	const struct js_file *js = p->files[file].js;
	js_node fn = js->functions[js_at(js, call)->fn].node;
	struct str text = js_text(js, fn);
	size_t at = str_find(text, STR("finally"));
	if (at == (size_t)-1)
		return false;
	struct str rest = str_sub(text, at, text.len);
	return str_find(rest, STR(".del(")) != (size_t)-1 || str_find(rest, STR("release")) != (size_t)-1 ||
	       str_find(rest, STR("unlock")) != (size_t)-1;
}

static void apply_lock(struct check *c, struct hazard *h, prog_id fn)
{
	const struct program *p = c->program;
	const struct prog_call *lock = p->fns[fn].effects_all & EFFECT_LOCK ? lock_call(p, fn, 0) : NULL;
	if (!lock)
		return;
	const struct js_file *js = p->files[lock->file].js;
	struct place at = prog_place(p, lock->file, lock->node);
	struct str name = js_text(js, js_at(js, lock->node)->a);
	if (key_differs_per_process(js, lock->node)) {
		h->mitigation = MITIGATION_BROKEN;
		check_evidence(c, h, EV_MITIGATION, at, "every process locks a key of its own, so the lock keeps nobody out");
	} else if (result_is_ignored(js, lock->node) && !throws_when_taken(name)) {
		h->mitigation = MITIGATION_BROKEN;
		check_evidence(c, h, EV_MITIGATION, at, "the lock's answer is not looked at, so the work runs without it too");
	} else if (released_at_once(p, lock->file, lock->node)) {
		check_evidence(c, h, EV_MITIGATION, at, "the lock is freed when the work ends: a process whose timer is late runs it again; keep it until its time to live, or put the tick into the key");
		weaken(h);
	} else {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, at, "only the process that gets this lock runs it");
	}
}

/* the first thing that it does to the world takes rows away from the others */
static const struct prog_call *claim_of(const struct program *p, prog_id fn, int depth)
{
	const struct prog_call *call = first_work(p, fn, SHARED_WORK);
	if (!call || depth > 4)
		return NULL;
	if (call->target != PROG_NONE)
		return claim_of(p, call->target, depth + 1);
	return prog_call_effects(p, call) & EFFECT_CLAIM ? call : NULL;
}

static void apply_claim(struct check *c, struct hazard *h, prog_id fn)
{
	const struct prog_call *claim = claim_of(c->program, fn, 0);
	if (!claim)
		return;
	h->mitigation = MITIGATION_FULL;
	check_evidence(c, h, EV_MITIGATION, prog_place(c->program, claim->file, claim->node), "takes each row for one process before it works on it");
}

static uint64_t root_of(const struct check *c, const struct prog_root *root)
{
	const struct js_file *js = c->program->files[root->file].js;
	js_node owner = js->functions[js_at(js, root->at)->fn].class_;
	for (js_node n = root->at; n && !owner; n = js_at(js, n)->parent)
		if (js_kind(js, n) == JS_CLASS)
			owner = n;
	return str_hash(c->program->files[root->file].source->path) ^ (owner * 2654435761u) ^ 0x5c4edu;
}

/* Nest's schedule decorators do nothing where no reached module imports ScheduleModule.forRoot (its explorer is not there) */
static bool is_switched_on(const struct check *c, const struct prog_root *root)
{
	const struct program *p = c->program;
	if (!str_is(root->by.module, "@nestjs/schedule") || js_kind(p->files[root->file].js, root->at) != JS_DECORATOR)
		return true;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (str_is(call->callee.module, "@nestjs/schedule") && str_starts(call->callee.path, STR("ScheduleModule.forRoot")) &&
		    prog_loads(p, c->app, call->file))
			return true;
	}
	return false;
}

/* the call of `target` inside `fn`, also one that is known by the method's name alone */
static const struct prog_call *call_of(const struct program *p, prog_id fn, prog_id target)
{
	const struct prog_fn *f = &p->fns[fn];
	struct str name = str_from(prog_fn_name(p, target));
	size_t dot = str_rfind_char(name, '.');
	if (dot != (size_t)-1)
		name = str_sub(name, dot + 1, name.len);
	const struct prog_call *alike = NULL;
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		const struct js_file *js = p->files[call->file].js;
		js_node callee = js_at(js, call->node)->a;
		if (call->target == target)
			return call;
		if (!alike && call->target == PROG_NONE && js_kind(js, callee) == JS_MEMBER && str_eq(js_str(js, callee), name))
			alike = call;
	}
	return alike;
}

/* monitor.start() in startMonitors(): the call at start-up that arms a timer inside a function. Of the way there the
 * step is told that comes from another file, where there is one. */
static void add_start(struct check *c, struct hazard *h, const struct prog_root *root)
{
	enum { LONGEST = 32 };
	const struct program *p = c->program;
	prog_id way[LONGEST];
	const struct prog_root *from = NULL;
	size_t n = prog_path_to(p, c->app, prog_fn_of(p, root->file, root->at), PHASE_LOAD | PHASE_BOOT, &from, way, LONGEST);
	size_t step = n;
	for (size_t i = n; i > 1; i--)
		if (p->fns[way[i - 2]].file != root->file && p->fns[way[i - 1]].file == root->file) {
			step = i;
			break;
		}
	const struct prog_call *call = step > 1 ? call_of(p, way[step - 2], way[step - 1]) : NULL;
	if (call)
		check_evidence(c, h, EV_DECLARED, prog_place(p, call->file, call->node), "called when the process starts");
}

/* const t = setTimeout(fail, 30000); stream.on('finish', () => clearTimeout(t)): a limit on how long something may take */
static bool is_cleared(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	js_node name = js_kind(js, up) == JS_DECLARATOR || js_kind(js, up) == JS_ASSIGN ? js_at(js, up)->a : 0;
	const struct js_binding *b = js_kind(js, name) == JS_IDENT ? js_binding_of(js, name) : NULL;
	for (uint32_t i = 0; b && b->fn && i < b->n_refs; i++) {
		js_node user = js_at(js, js->lists[b->refs + i])->parent;
		if (js_kind(js, user) == JS_CALL && str_is(js_text(js, js_at(js, user)->a), "clearTimeout"))
			return true;
	}
	return false;
}

/* nothing that repeats: rejects when an answer takes too long */
static bool is_limit_on_time(const struct check *c, const struct prog_root *root)
{
	const struct js_file *js = c->program->files[root->file].js;
	return root->by.kind == ENT_GLOBAL && str_is(root->by.module, "setTimeout") &&
	       js_kind(js, js_at(js, root->at)->parent) == JS_DECLARATOR && is_cleared(js, root->at);
}

static void check_root(struct check *c, const struct prog_root *root)
{
	const struct program *p = c->program;
	struct work work;
	if (!is_switched_on(c, root) || is_limit_on_time(c, root))
		return;
	if (!judge_work(shared_effects(c, root->fn), &work))
		return;
	struct guard_result g = guard_of(c, root);
	if (picks_process(&g) && (g.answer == GUARD_NEVER || g.answer == GUARD_ALWAYS))
		tell_broken_guard(c, root, &g);
	if (g.answer == GUARD_NEVER)
		return; /* does not run in this app */
	const char *name = prog_fn_name(p, root->fn);
	struct hazard *h = check_hazard(c, "schedule-in-every-process");
	h->severity = work.severity;
	h->confidence = work.confidence;
	if (work.severity < SEVERITY_HIGH)
		h->consequence = work.severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
	h->symbol = str_from(name);
	h->at = prog_place(p, root->file, root->at);
	h->message = arena_printf(c->arena, "'%s' is started by every process (" STR_FMT "), so with {n} processes it %s {n} times", name, STR_ARG(root->label), work.what);
	h->message_zh = arena_printf(c->arena, "'%s' 由每个进程启动（" STR_FMT "），有 {n} 个进程就会%s {n} 次", name, STR_ARG(root->label), work.what_zh);
	h->root = root_of(c, root);
	check_evidence(c, h, EV_DECLARED, h->at, "scheduled here: " STR_FMT, STR_ARG(root->label));
	add_start(c, h, root);
	const struct prog_call *call = first_work(p, root->fn, SHARED_WORK);
	if (call)
		check_evidence(c, h, EV_WRITTEN, prog_place(p, call->file, call->node), "done here");
	apply_guard(c, h, &g);
	if (h->mitigation == MITIGATION_NONE)
		apply_lock(c, h, root->fn);
	if (h->mitigation == MITIGATION_NONE)
		apply_claim(c, h, root->fn);
	check_commit(c, h);
}

/* ---- loops that sleep ---- */

struct loop_search {
	const struct program *p;
	prog_id file;
	js_node loop;
	bool sleeps, ends;
};

/* await sleep(1000), await new Promise((r) => setTimeout(r, 1000)) */
static bool is_sleep(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	if (js_kind(js, n) == JS_NEW)
		return str_is(js_text(js, js_at(js, n)->a), "Promise") &&
		       str_find(js_text(js, n), STR("setTimeout")) != (size_t)-1;
	if (js_kind(js, n) != JS_CALL)
		return false;
	struct entity e = prog_resolve(p, file, js_at(js, n)->a);
	if (e.kind == ENT_PACKAGE)
		return str_is(e.module, "delay") || str_is(e.module, "sleep-promise") ||
		       (str_is(e.module, "timers") && str_is(e.path, "promises.setTimeout"));
	if (e.kind != ENT_FUNCTION || e.fn == PROG_NONE)
		return e.kind == ENT_GLOBAL && str_is(e.module, "Bun") && str_is(e.path, "sleep");
	struct str body = js_text(p->files[p->fns[e.fn].file].js, prog_fn_node(p, e.fn));
	return body.len < 300 && str_find(body, STR("setTimeout")) != (size_t)-1;
}

static bool see_loop(void *ctx, js_node n)
{
	struct loop_search *s = ctx;
	const struct js_file *js = s->p->files[s->file].js;
	switch (js_kind(js, n)) {
	case JS_FUNCTION:
		return false;
	case JS_RETURN:
	case JS_BREAK: /* also of a loop inside: silence rather than a guess */
		s->ends = true;
		break;
	case JS_AWAIT:
		s->sleeps |= is_sleep(s->p, s->file, js_at(js, n)->a);
		break;
	default:
		break;
	}
	return true;
}

/* while (true) { await work(); await sleep(60000) }: a schedule without a timer */
static bool is_endless(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	const struct js_node_data *d = js_at(js, n);
	bool loop = js_kind(js, n) == JS_WHILE || js_kind(js, n) == JS_DO_WHILE || js_kind(js, n) == JS_FOR;
	js_node test = js_kind(js, n) == JS_FOR ? d->b : d->a;
	enum js_kind k = loop && test ? js_kind(js, test) : JS_NONE;
	if (!loop || (test && k != JS_BOOL && k != JS_NUMBER) || (k == JS_BOOL && js_at(js, test)->op == 0))
		return false;
	struct loop_search s = {p, file, n, false, false};
	js_walk(js, js_kind(js, n) == JS_FOR ? js_kid(js, n, 0) : d->b, see_loop, &s);
	return s.sleeps && !s.ends;
}

static void check_loop(struct check *c, prog_id fn, js_node loop)
{
	const struct program *p = c->program;
	prog_id file = p->fns[fn].file;
	const struct js_file *js = p->files[file].js;
	const struct prog_call *first = NULL;
	uint32_t effects = 0;
	struct work work;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->file != file || !prog_is_inside(js, call->node, loop))
			continue;
		uint32_t e = call->target != PROG_NONE ? p->fns[call->target].effects_all : prog_call_effects(p, call);
		if (!first && (e & SHARED_WORK))
			first = call;
		effects |= e;
	}
	/* unlike a timer, a loop may well wait for work that others hand to it */
	if (!judge_work(effects & ~(uint32_t)EFFECT_UNKNOWN, &work))
		return;
	const char *name = prog_fn_name(p, fn);
	struct eco_app model = doubled(c->model);
	struct guard_result g = prog_guard(p, c->app, &model, file, loop);
	if (g.answer == GUARD_NEVER)
		return;
	struct hazard *h = check_hazard(c, "schedule-in-every-process");
	h->severity = work.severity;
	h->confidence = work.confidence;
	if (work.severity < SEVERITY_HIGH)
		h->consequence = work.severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
	h->symbol = str_from(name);
	h->at = prog_place(p, file, loop);
	h->message = arena_printf(c->arena, "the loop of '%s' runs in every process, so with {n} processes it %s {n} times", name, work.what);
	h->message_zh = arena_printf(c->arena, "'%s' 的循环在每个进程里运行，有 {n} 个进程就会%s {n} 次", name, work.what_zh);
	h->root = str_hash(h->at.source->path) ^ loop;
	check_evidence(c, h, EV_DECLARED, h->at, "goes on for ever here");
	if (first)
		check_evidence(c, h, EV_WRITTEN, prog_place(p, file, first->node), "done here");
	check_reached(c, h, fn, PHASE_LOAD | PHASE_BOOT);
	apply_guard(c, h, &g);
	if (h->mitigation == MITIGATION_NONE && (effects & EFFECT_LOCK))
		apply_lock(c, h, fn);
	if (h->mitigation == MITIGATION_NONE)
		apply_claim(c, h, fn);
	check_commit(c, h);
}

static void check_loops(struct check *c)
{
	const struct program *p = c->program;
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *js = p->files[file].js;
		for (js_node n = 1; prog_loads(p, c->app, file) && n < js->n_nodes; n++) {
			prog_id fn = p->files[file].first_fn + js_at(js, n)->fn;
			if (is_endless(p, file, n) && (prog_phases(p, c->app, fn) & (PHASE_LOAD | PHASE_BOOT)))
				check_loop(c, fn, n);
		}
	}
}

void check_schedules(struct check *c)
{
	const struct program *p = c->program;
	check_loops(c);
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *root = &p->roots[i];
		if ((root->phase & PHASE_TIMER) && prog_loads(p, c->app, root->file) &&
		    (prog_phases(p, c->app, root->fn) & PHASE_TIMER))
			check_root(c, root);
	}
}

/* ---- work that is put off inside a request ---- */

static bool is_long(struct check *c, const struct prog_call *call)
{
	const struct js_file *js = c->program->files[call->file].js;
	if (js_at(js, call->node)->n_kids < 2)
		return false;
	struct value *v = prog_value(c->program, c->model, -1, call->file, js_kid(js, call->node, 1));
	bool known = false;
	double ms = v ? val_to_number(v, &known) : 0;
	return known && ms >= 5000;
}

/* cancel an unpaid order in 15 minutes: lost on every reload, and only this process can cancel it */
void check_delayed_work(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct work work;
		if (call->callee.kind != ENT_GLOBAL || !str_is(call->callee.module, "setTimeout") ||
		    !(prog_phases(p, c->app, call->fn) & (PHASE_REQUEST | PHASE_MESSAGE | PHASE_SOCKET)) || !is_long(c, call))
			continue;
		const struct js_file *js = p->files[call->file].js;
		if (is_cleared(js, call->node))
			continue;
		prog_id fn = prog_callback(p, call->file, js_kid(js, call->node, 0));
		if (fn == PROG_NONE || !judge_work(p->fns[fn].effects_all & ~(uint32_t)(EFFECT_UNKNOWN | EFFECT_FILE_DELETE), &work))
			continue;
		struct hazard *h = check_hazard(c, "delayed-work-in-memory");
		h->symbol = str_from(prog_fn_name(p, call->fn));
		h->at = prog_place(p, call->file, call->node);
		h->message = arena_printf(c->arena, "'" STR_FMT "' puts work off with setTimeout: a reload loses it, and no other process can cancel it", STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 用 setTimeout 推迟工作：重载会丢失它，其他进程也无法取消", STR_ARG(h->symbol));
		h->root = str_hash(h->at.source->path) ^ h->at.span.start;
		check_evidence(c, h, EV_DECLARED, h->at, "put off here");
		check_reached(c, h, call->fn, PHASE_RUNTIME);
		check_commit(c, h);
	}
}
