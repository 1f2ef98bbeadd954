#ifndef RULES_MEMORY_STATE_CELLS_H
#define RULES_MEMORY_STATE_CELLS_H
/* Shared by cells.c, which judges data that is kept in a cell and tells what was found, and cells_live.c, which judges
 * live handles. Nothing here owns memory. */
#include "analyzers/program/usage.h"
#include "rules/registry.h"

struct looked {
	struct check *c;
	const struct prog_cell *cell;
	const struct cell_usage *u;
};

struct judgement {
	const char *rule;            /* NULL: no hazard */
	enum severity severity;
	enum confidence confidence;
	const char *what;            /* for the message: {cell} is put in by the caller */
	const char *what_zh;
};

#define NOTHING ((struct judgement){.rule = NULL})

/* some bit is set, and none but the allowed ones */
static inline bool cells_only(uint32_t bits, uint32_t allowed)
{
	return bits && !(bits & ~allowed);
}

/* the call with which code that runs listens to what other processes publish (Redis, NATS, LISTEN of PostgreSQL), or NULL */
const struct prog_call *cells_subscription(const struct check *c);
/* of a cell with PUT_LIVE values */
struct judgement cells_judge_live(const struct looked *l);

#endif
