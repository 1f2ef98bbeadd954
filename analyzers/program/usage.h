#ifndef ANALYZERS_PROGRAM_USAGE_H
#define ANALYZERS_PROGRAM_USAGE_H
/* How one app uses a state cell while it serves: who writes, who reads, under
 * which keys, with what values. Facts without opinion; rules/memory-state turns
 * them into hazards (the decision table D01 to D82). Approximations always lean
 * towards "unknown". */
#include "analyzers/program/program.h"

/* where a key comes from; a bit set, since several accesses use several keys */
enum {
	KEY_NONE = 1,        /* no key: push, plain assignment */
	KEY_CONST = 2,       /* literal, enum member, module constant */
	KEY_INPUT = 4,       /* data of a request, message or event: parameters of a root or what is passed on from them */
	KEY_CONNECTION = 8,  /* the id of the very connection whose handler runs, or its socket object */
	KEY_LOOP = 16,       /* a loop variable or a number counted up: a candidate that is tried */
	KEY_COUNTER = 32,    /* an id that this process counts or draws at random */
	KEY_UNKNOWN = 64
};

/* what is put in; a bit set */
enum {
	PUT_DATA = 1,        /* plain data: literals, input, computed */
	PUT_TRUTH = 2,       /* true, a time stamp, nothing: presence is all that matters */
	PUT_NUMBER_FROM_OLD = 4, /* computed from what the cell held: a counter */
	PUT_LOADED = 8,      /* the result of an awaited call: read from elsewhere */
	PUT_PROMISE = 16,    /* a promise that was not awaited */
	PUT_SOCKET = 32,     /* a live connection */
	PUT_RESPONSE = 64,   /* an open HTTP response */
	PUT_RESOLVER = 128,  /* resolve or reject of a promise, or a callback that waits */
	PUT_TIMER = 256,
	PUT_CHILD = 512,     /* child process, browser, terminal, recording */
	PUT_CLIENT = 1024,   /* an object made by a package: pool, client, instance */
	PUT_FUNCTION = 2048,
	PUT_PURE = 4096,     /* computed by a call without effects from key alone: a memo */
	PUT_UNKNOWN = 8192,
	PUT_EXPIRY = 16384,  /* a timer whose callback touches nothing but this process's memory: entries that run out */
	PUT_LIVE = PUT_SOCKET | PUT_RESPONSE | PUT_RESOLVER | PUT_TIMER | PUT_CHILD
};

struct cell_usage {
	/* accesses (indices into the cell's) with op and phase sorted out; runtime only */
	const uint32_t *puts, *gets, *removes;
	size_t n_puts, n_gets, n_removes;
	uint32_t put_phases, get_phases, remove_phases; /* PHASE_* of the functions that do so, runtime bits only */
	uint32_t load_phases;   /* phases in which it is put into before run time: PHASE_LOAD, PHASE_BOOT */
	uint32_t put_keys, get_keys; /* KEY_* */
	uint32_t put_values;    /* PUT_* */
	bool puts_input;        /* some value that is put in hangs on a parameter: a request's data, an argument */
	bool probes_in_loop;    /* membership is tested inside a loop, or as a loop's condition */
	bool tests_presence;    /* if (has(k)) return / throw: decides on being there */
	bool returns_early_if_present; /* the form of a dedupe set */
	bool loads_on_miss;     /* read-through: get, on a miss an awaited load, then put, in one function */
	bool compares_count;    /* a number from it is compared with a threshold */
	bool invalidated;       /* a runtime function other than the one that loads removes or overwrites */
	bool expires;           /* entries leave by time: a timer removes, or a stored time stamp is compared */
	bool checked_once;      /* remembers what passed a check that does nothing but read */
	bool pauses;            /* a timer set where it is put takes it out again: whoever is in it waits */
	bool scratch;           /* emptied first and filled after by one function that does not wait in between */
	uint32_t elsewhere_phases; /* of what looked_up_elsewhere stands for */
	bool refreshed_whole;   /* replaced or cleared and filled by a timer, boot or pub/sub function */
	bool reloaded_by_writer; /* loaded anew as a whole in a flow of requests that also writes to a store */
	bool single_function;   /* all runtime accesses lie in one function and its inner functions */
	bool scoped_finally;    /* what a function puts it removes itself: finally, same function on every way */
	bool drained;           /* an array that is pushed to and emptied by another function: a queue or buffer */
	bool bounded;           /* a list whose oldest entries are thrown away when it grows too long */
	bool drain_batch;       /* emptied as a whole (= [], length = 0, splice(0)) */
	bool read_where_drained; /* what is not only its size is read in the functions that empty it */
	bool toggled;           /* a truth value that requests set in one function and take back in another */
	bool left_for_others;   /* set by one connection or chat, read by requests, later connections or other handlers */
	bool only_logs;         /* what its presence decides does nothing but log */
	bool fallback;          /* put into only where the client of a shared store is missing */
	bool changed_elsewhere; /* records that are read into it are also written by code that runs; kept without a time limit */
	bool fed_alike;         /* put into by what every process gets: its own connection to a feed, a watcher */
	bool flag_around;       /* a scalar set and reset within one function: guards a running job */
	bool assigned_once;     /* a scalar that is only assigned where it is still empty (x ??= v, if (!x) x = v) */
	bool update_used;       /* the value of ++ or of the new count flows on */
	bool update_into_text;  /* into a string, an id, a stored object or a return value */
	bool modulo;            /* counted round: % */
	bool reads_only_size;   /* only size, length or iteration for logs */
	bool reads_reach_response; /* some runtime read is returned or decides what is returned */
	bool iterates_to_send;  /* each element is written to or sent to */
	bool looked_up_elsewhere; /* read under a key that is not the own connection's, or from another kind of root */
};

/* all memory from `a` */
struct cell_usage *prog_cell_usage(struct arena *a, const struct program *p, uint32_t app,
				   const struct prog_cell *cell);

/* the initialiser of the local variable that the identifier n stands for; n itself where it is none.
 * Follows const and single-assignment variables, awaits stripped, at most eight steps. */
js_node prog_local_value(const struct program *p, prog_id file, js_node n, bool *awaited);
/* is n inside a loop of its own function? the loop, or 0 */
js_node prog_loop_of(const struct program *p, prog_id file, js_node n);
/* the nearest node of the kind at or above n inside the same function, or 0 */
js_node prog_above(const struct program *p, prog_id file, js_node n, enum js_kind kind);
bool prog_is_inside(const struct js_file *js, js_node n, js_node outer);

#endif
