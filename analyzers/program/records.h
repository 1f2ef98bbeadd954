#ifndef ANALYZERS_PROGRAM_RECORDS_H
#define ANALYZERS_PROGRAM_RECORDS_H
/* What functions do with rows and documents that they read from a store: read,
 * decide or compute, write back. Races are made of these. Reads and writes are
 * told by EFFECT_* of the calls, also those of the project's own repositories and
 * helpers (stores.h). A record is followed through variables, elements, parts and
 * .then() inside the function that reads it; what is handed to other functions is
 * not followed. */
#include "analyzers/program/program.h"

enum record_change {
	RECORD_COMPUTED,   /* r.stock = r.stock - n, r.balance += x, data: { n: r.n + 1 } */
	RECORD_COLLECTION, /* r.items = r.items.filter(..), r.items.push(x) */
	RECORD_STATE, /* if (r.status === 'NEW') ... r.status = 'PAID', and something happens on the
			 way */
	RECORD_GUARDED,	 /* if (r.stock < n) throw; then a write that does not repeat the condition
			  */
	RECORD_CREATED,	 /* if (r) throw / return; then an insert of the same: check, then act */
	RECORD_NUMBERED, /* count() + 1, max + 1 used in an insert */
	RECORD_CLAIMED,	 /* selects by state and marks what it found one by one */
	RECORD_RECOUNTED /* n = count(); update({ total: n }) */
};

struct record_flow {
	enum record_change change;
	prog_id file, fn;  /* fn: the function that decides */
	js_node read;	   /* the call that reads, in this file */
	js_node decide;	   /* the test or computation */
	js_node write;	   /* the call that writes, in this file */
	struct str record; /* name of the variable, or of the model */
	struct str field;  /* "stock", "status"; "" where none */
	struct str model;  /* "User", "orders"; "" where nobody knows */
	struct str query;  /* text of the reading call, with the arguments of the project function
			      around it */
	uint32_t
	    effects; /* RECORD_STATE: EFFECT_* between the decision and the end of the function */
	bool shared_store; /* Redis and the like instead of a database */
	bool of_document;  /* mongoose: it sends $push for push(), and refuses to overwrite an array
			      that has changed since */
	bool whole;  /* RECORD_COLLECTION: the collection is written as a whole, else one element is
			added */
	bool tested; /* RECORD_COLLECTION: whether the element is there is looked at first */
	bool picks;  /* RECORD_GUARDED: rows are picked out of what is free and put into a row of
			another kind */
	bool bootstrap;	  /* RECORD_GUARDED: whether there is any row at all */
	bool moves_value; /* RECORD_STATE: a number of a row is changed on the way */
	bool is_object;	  /* RECORD_COLLECTION: an object is copied with changes, not a list */
	js_node gate;	  /* RECORD_COMPUTED: a state that is checked before, and set later; or 0 */
	bool joined;	  /* told by another flow, as its gate */
	bool of_caller;	  /* the row belongs to the user who asks */
	/* what serialises it; 0 where there is nothing */
	js_node lock;	  /* row lock, distributed lock around it, version check */
	bool transition;  /* RECORD_STATE: from and to are the caller's: whoever calls relies on the
			     check */
	bool unchecked;	  /* RECORD_STATE: set to what the caller wants and acted on, without a look
			     at the old state */
	bool transaction; /* in a MongoDB transaction that reads and writes the same document: the
			     second one is aborted */
	bool idempotent; /* the write does no harm when it happens twice: upsert, skipDuplicates, NX
			  */
	bool unique;	 /* RECORD_CREATED: a unique constraint covers what is looked for */
	js_node unique_at;	   /* and where it is declared, in unique_file */
	prog_id unique_file;	   /* PROG_NONE: in a file that is no source */
	bool error_caught;	   /* the insert stands in a try or has a catch() */
	bool unique_error_handled; /* the insert stands in a try whose catch looks at the error */
};

struct record_flows {
	const struct record_flow *ptr; /* in path and source order */
	size_t len;
};

/* all flows of the program; found when it was built */
struct record_flows prog_record_flows(const struct program *p);

#endif
