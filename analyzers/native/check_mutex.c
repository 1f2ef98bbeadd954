#include "analyzers/native/state.h"

/* Mutexes around what several processes share (N06). */

static const struct rule mutex = {"native-process-mutex", "N06", "memory-state", HIGH,
				  "flock,shared-mutex,database-lock"};

bool state_is_mutex(struct str type)
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

void state_check_mutex(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct list all = facts_accesses(r->f, sym);
	for (size_t i = 0; i < all.len; i++) {
		const struct access *a = state_access(r, all.ptr[i]);
		if (a->op != ACCESS_LOCK || !state_runs_later(a) || a->fn == NONE ||
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
