#ifndef ANALYZERS_NATIVE_STATE_H
#define ANALYZERS_NATIVE_STATE_H
/* Variables that live as long as the process: of what shape one is and how it is used once
 * requests come in. Indexes are those of the facts; the lists are theirs. */
#include "analyzers/native/report.h"

enum shape { SHAPE_NONE, SHAPE_MAP, SHAPE_SET, SHAPE_LIST, SHAPE_QUEUE, SHAPE_RECORDS, SHAPE_CHAIN,
	     SHAPE_SCALAR, SHAPE_TEXT };

struct uses {
	struct list all;
	uint32_t add, look, inc; /* access indexes, or NONE */
	bool all_writes_once;
};

static inline const struct access *state_access(const struct report *r, uint32_t i)
{
	return &r->f->accesses.ptr[i];
}
static inline bool state_runs_later(const struct access *a)
{
	return a->phases & PHASE_RUNTIME;
}
static inline bool state_elsewhere(const struct report *r, uint32_t a, uint32_t b)
{
	return a != NONE && b != NONE && state_access(r, a)->fn != state_access(r, b)->fn;
}
static inline bool state_from_js(const struct report *r, uint32_t access)
{
	const struct root *root = facts_root(r->f, state_access(r, access)->node);
	return root && root->kind == ROOT_JS;
}
static inline bool state_from_thread(const struct report *r, uint32_t access)
{
	const struct root *root = facts_root(r->f, state_access(r, access)->node);
	return root && (root->kind == ROOT_THREAD || root->kind == ROOT_TIMER);
}

enum shape state_shape(const struct symbol *s);
struct uses state_uses(const struct report *r, uint32_t sym, enum shape shape);

/* ---- checks that check_state asks, one variable each ---- */
bool state_check_connections(struct report *r, uint32_t sym); /* false: holds none that are sent to */
bool state_is_mutex(struct str type);
void state_check_mutex(struct report *r, uint32_t sym);

#endif
