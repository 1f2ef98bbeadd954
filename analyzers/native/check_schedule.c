#include "analyzers/native/report.h"

/* Work that starts by itself in every process: timers and loops that sleep
 * (N08, N29), watched folders (N26). Judged by what it does to the outside. */

static const struct rule timer = {"native-timer-duplicates", "N08", "schedule", HIGH,
				  "one-process,leader-lock"};
static const struct rule watch = {"native-watch-duplicates", "N26", "schedule", HIGH,
				  "one-process,claim-by-rename"};

static const char *what_it_does(uint32_t effects)
{
	if (effects & EFFECT_EXEC)
		return "starts programs";
	if (effects & EFFECT_DB)
		return "writes to the database";
	if (effects & EFFECT_HTTP)
		return "sends requests or messages";
	if (effects & EFFECT_DB_PURGE)
		return "deletes rows";
	return effects & EFFECT_FILE ? "writes files" : NULL;
}

static bool is_own_business(struct str name)
{
	return MENTIONS(name, "heartbeat", "keepalive", "keep_alive", "ping", "watchdog", "stats",
			"metrics", "health");
}

static void report_job(struct report *r, uint32_t at, const char *fn, uint32_t effects,
		       bool guarded, bool certain)
{
	const char *what = what_it_does(effects);
	if (!what)
		return;
	struct hazard *h = report_begin(r, &timer, node_at(r, at), str_from(fn),
					"%s %s again and again in every process, so it is done {n} times", fn,
					what);
	if (!(effects & (EFFECT_EXEC | EFFECT_DB | EFFECT_HTTP)))
		h->severity = effects & EFFECT_FILE ? MEDIUM : LOW;
	h->confidence = certain ? LIKELY : POSSIBLE;
	if (guarded) {
		h->mitigation = "weak";
		h->severity = h->severity ? (uint8_t)(h->severity - 1) : LOW;
		report_proof(r, h, ROLE_MITIGATION, node_at(r, at), "asks for NODE_APP_INSTANCE");
	}
	report_proof(r, h, ROLE_WRITTEN, node_at(r, at), "repeated here");
	report_reached(r, h, at);
}

static bool rearms(const struct report *r, const struct root *root)
{
	struct tree *t = r->f->t;
	if (root->node == NONE)
		return false;
	uint32_t call = enclosing(t, root->node, NODE_CALL);
	if (call == NONE || !call_is(t, call, "uv_timer_start"))
		return true;
	struct value repeat = value_of_arg(r->f, call, 3);
	if (!repeat.has_num || repeat.num)
		return true;
	uint32_t body = tree_symbol(t, root->fn)->node;
	for (uint32_t n = body; n != NONE; n = tree_next(t, n, body))
		if (tree_node(t, n)->kind == NODE_CALL && call_is(t, n, "uv_timer_start"))
			return true;
	return false;
}

static void check_timers(struct report *r)
{
	for (size_t i = 0; i < r->f->roots.len; i++) {
		const struct root *root = &r->f->roots.ptr[i];
		if (root->kind != ROOT_TIMER || !rearms(r, root) ||
		    is_own_business(tree_symbol(r->f->t, root->fn)->name))
			continue;
		uint32_t e = r->f->effects[root->fn];
		uint32_t at = root->node != NONE ? root->node : tree_symbol(r->f->t, root->fn)->node;
		report_job(r, at, fn_name(r->f, root->fn), e, e & EFFECT_LEADER, true);
	}
}

static bool uses_timerfd(const struct report *r, uint32_t fn)
{
	for (size_t i = 0; i < r->f->calls.len; i++)
		if (tree_node(r->f->t, r->f->calls.ptr[i])->fn == fn &&
		    call_is(r->f->t, r->f->calls.ptr[i], "timerfd_settime"))
			return true;
	return false;
}

/* is it run in each process by itself, not because somebody called? */
static bool starts_itself(const struct report *r, uint32_t node)
{
	const struct root *root = facts_root(r->f, node);
	return root && (root->kind == ROOT_THREAD || root->kind == ROOT_MAIN || root->kind == ROOT_LOAD);
}

static void check_loops(struct report *r)
{
	struct tree *t = r->f->t;
	for (uint32_t i = 0; i < t->nodes.len; i++) {
		const struct node *n = tree_node(t, i);
		if (n->kind != NODE_LOOP || n->fn == NONE || facts_service_loop(r->f, i) != i ||
		    facts_service_loop(r->f, n->parent) != NONE || !starts_itself(r, i))
			continue;
		uint32_t e = effects_below(r->f, i);
		bool waits = e & EFFECT_SLEEP || uses_timerfd(r, n->fn);
		if (!waits || e & EFFECT_ACCEPT || is_own_business(tree_symbol(t, n->fn)->name))
			continue;
		bool guarded = (r->f->effects[n->fn] & EFFECT_LEADER) != 0;
		report_job(r, i, fn_name(r->f, n->fn), e, guarded, true);
	}
}

static void check_watch(struct report *r, uint32_t call)
{
	struct tree *t = r->f->t;
	if (!AMONG(call_name(t, call), "inotify_add_watch", "fanotify_mark", "uv_fs_event_start"))
		return;
	bool inotify = call_is(t, call, "inotify_add_watch");
	struct value path = value_of_arg(r->f, call, inotify ? 1 : call_is(t, call, "fanotify_mark") ? 4 : 2);
	uint32_t fn = tree_node(t, call)->fn;
	if (path.flags & (VALUE_DIFFERS | VALUE_JS) || fn == NONE)
		return;
	uint32_t e = r->f->effects[fn];
	if (call_is(t, call, "uv_fs_event_start")) {
		uint32_t cb = call_arg(t, call, 1);
		uint32_t sym = cb == NONE ? NONE : tree_node(t, cb)->sym;
		e = sym == NONE ? 0 : r->f->effects[sym];
	}
	const char *what = what_it_does(e & ~(uint32_t)EFFECT_DB_PURGE);
	if (!what || e & EFFECT_RENAME)
		return;
	struct str shown = path.has_text ? path.text : STR("a folder");
	struct hazard *h = report_begin(r, &watch, node_at(r, call), shown,
					"every process is told of each change in '" STR_FMT
					"' and %s, so it is done {n} times",
					STR_ARG(shown), what);
	h->confidence = path.has_text ? LIKELY : POSSIBLE;
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "watched in %s", node_fn(r, call));
	report_reached(r, h, call);
}

void check_schedule(struct report *r)
{
	check_timers(r);
	check_loops(r);
	for (size_t i = 0; i < r->f->calls.len; i++)
		if (facts_phase(r->f, r->f->calls.ptr[i]) & (PHASE_LOAD | PHASE_RUNTIME))
			check_watch(r, r->f->calls.ptr[i]);
}
