#ifndef RULES_SCHEDULE_WORK_H
#define RULES_SCHEDULE_WORK_H
/* What processes that start work by themselves do to the world: how much it hurts when each of
 * them does it, and what keeps them from it. Texts of `struct work` are literals; the rest is the
 * program's. */
#include "rules/hazard.h"

enum { WORK_SHARED = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_HTTP_SEND | EFFECT_MAIL | EFFECT_PAYMENT |
		     EFFECT_QUEUE_ADD | EFFECT_FILE_WRITE | EFFECT_FILE_DELETE | EFFECT_SPAWN | EFFECT_SHARED_WRITE };

struct work {
	enum severity severity;
	enum confidence confidence;
	const char *what, *what_zh; /* what is done N times */
};

/* false: nothing that a second process would double */
bool work_judge(uint32_t effects, struct work *w);
/* writes its severity, confidence and consequence into h */
void work_weigh(const struct work *w, struct hazard *h);
/* the first call inside fn that has one of the effects, itself or through what it calls; or NULL */
const struct prog_call *work_first(const struct program *p, prog_id fn, uint32_t mask);
/* is what setTimeout gave handed to clearTimeout? */
bool work_is_cleared(const struct js_file *js, js_node call);

/* ---- mitigations.c: each writes its evidence and what it makes of h ---- */
/* does the guard mean to pick one process? NODE_ENV and flags say where work runs at all */
bool guard_picks_process(const struct guard_result *g);
void mitigate_by_guard(struct check *c, struct hazard *h, const struct guard_result *g);
void mitigate_by_lock(struct check *c, struct hazard *h, prog_id fn);
void mitigate_by_claim(struct check *c, struct hazard *h, prog_id fn);

/* ---- loops.c ---- */
void schedule_check_loops(struct check *c);

#endif
