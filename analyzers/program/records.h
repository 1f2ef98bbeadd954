#ifndef ANALYZERS_PROGRAM_RECORDS_H
#define ANALYZERS_PROGRAM_RECORDS_H
/* What functions do with rows and documents that they read from a store: read,
 * decide or compute, write back. Races are made of these. Reads and writes are
 * told by EFFECT_* of the calls (also of the project's own repository functions),
 * so any ORM that the effect table knows is covered. Only flows inside one
 * function, its inner functions included; what is handed to other functions is
 * not followed. */
#include "analyzers/program/program.h"

enum record_change {
	RECORD_COMPUTED,   /* r.stock = r.stock - n, r.balance += x, data: { n: r.n + 1 } */
	RECORD_COLLECTION, /* r.items.push(x), r.items = r.items.filter(..) */
	RECORD_STATE,      /* if (r.status === 'NEW') ... r.status = 'PAID' */
	RECORD_GUARDED,    /* if (r.stock < n) throw; then a write that does not repeat the condition */
	RECORD_CREATED,    /* if (r) throw / return; then an insert: check, then act */
	RECORD_NUMBERED,   /* count() + 1, max + 1 used in an insert */
	RECORD_CLAIMED     /* a timer or worker selects by state and marks what it found one by one */
};

struct record_flow {
	enum record_change change;
	prog_id file, fn;
	js_node read;      /* the call that reads */
	js_node decide;    /* the test or computation */
	js_node write;     /* the call that writes */
	struct str record; /* name of the variable */
	struct str field;  /* "stock", "status"; "" where none */
	bool shared_store; /* Redis and the like instead of a database */
	/* what may serialise it; 0 where there is none */
	js_node lock;      /* row lock, distributed lock in the same function or in the one that calls it */
	js_node condition; /* the write repeats the condition in its own filter */
	bool transaction;  /* inside a transaction (which alone serialises nothing) */
	bool unique_error_handled; /* the insert stands in a try whose catch looks at the error, or is an upsert */
};

struct record_flows {
	const struct record_flow *ptr; /* in path and source order */
	size_t len;
};

/* all flows of the program, computed at the first call; from `a` */
struct record_flows prog_record_flows(struct arena *a, const struct program *p);
/* a schema or entity of the project declares this field as unique (unique: true, @Unique, @@unique, UNIQUE index) */
bool prog_is_unique_field(const struct program *p, struct str field);

#endif
