#include "rules/schedule/work.h"

#include "analyzers/program/usage.h"

bool guard_picks_process(const struct guard_result *g)
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

void mitigate_by_guard(struct check *c, struct hazard *h, const struct guard_result *g)
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
		if (guard_picks_process(g))
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

void mitigate_by_lock(struct check *c, struct hazard *h, prog_id fn)
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
	const struct prog_call *call = work_first(p, fn, WORK_SHARED);
	if (!call || depth > 4)
		return NULL;
	if (call->target != PROG_NONE)
		return claim_of(p, call->target, depth + 1);
	return prog_call_effects(p, call) & EFFECT_CLAIM ? call : NULL;
}

void mitigate_by_claim(struct check *c, struct hazard *h, prog_id fn)
{
	const struct prog_call *claim = claim_of(c->program, fn, 0);
	if (!claim)
		return;
	h->mitigation = MITIGATION_FULL;
	check_evidence(c, h, EV_MITIGATION, prog_place(c->program, claim->file, claim->node), "takes each row for one process before it works on it");
}
