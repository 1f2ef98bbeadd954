#ifndef ANALYZERS_PROGRAM_STORES_H
#define ANALYZERS_PROGRAM_STORES_H
/* Which calls of a file ask or change a store (database, Redis), what they ask
 * for, and which calls of project functions give back what such a call read: a
 * repository, a helper, a get-or-create. For records.c; told by EFFECT_* of the
 * calls, so any ORM that the effect table knows is covered. Heap memory is
 * released by stores_release. */
#include "analyzers/program/program.h"

struct store_call {
	prog_id call; /* index into p->calls */
	js_node node;
	uint32_t start;
	uint32_t effects; /* its own, or all that its target reaches */
	prog_id read;	  /* the call that reads what this one gives back: itself or one inside its
			     target; PROG_NONE */
};

struct file_stores {
	struct store_call *ptr; /* in source order */
	size_t n;
};

struct stores {
	const struct program *p;
	struct file_stores *files;
	uint32_t *origin; /* by function: what its result was read by; see stores.c */
};

void stores_init(struct stores *s, const struct program *p);
void stores_release(struct stores *s);
const struct store_call *store_call_at(const struct stores *s, prog_id file, js_node n);

enum {
	STORE_READS = EFFECT_DB_READ | EFFECT_SHARED_READ,
	STORE_WRITES = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_SHARED_WRITE
};

struct str store_method(const struct js_file *js, js_node call);
/* SQL text that a call is given, looked up through names; ptr NULL where it is none */
struct str store_sql(const struct program *p, const struct prog_call *call);
/* what is asked or changed: model, repository, table, or the text of a Redis key; "" where nobody
 * knows */
struct str store_model(const struct program *p, prog_id call);
bool store_same_model(struct str a, struct str b);
/* the same for what a call gives back, through helpers that are handed the query */
struct str store_read_model(const struct program *p, const struct store_call *c);
/* does the call put a new row of this model (or of this Redis key) there, itself or through project
 * functions? *again: in a form that does no harm when it happens twice (upsert, ON CONFLICT,
 * skipDuplicates, NX) */
bool store_inserts(const struct stores *s, prog_id call, struct str model, bool *again);
/* is it an insert of whatever model, and no upsert? */
bool store_is_insert(const struct program *p, prog_id call);

/* what a call does that is wrong when it is done twice: EFFECT_DB_WRITE for a new row; *moves for a
 * number that is changed. Setting the same value again is not. depth: 0 */
uint32_t store_twice(const struct program *p, prog_id id, unsigned depth, bool *moves);

#endif
