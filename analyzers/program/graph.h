#ifndef ANALYZERS_PROGRAM_GRAPH_H
#define ANALYZERS_PROGRAM_GRAPH_H
/* The call graph while it is collected; private to graph*.c. Over-approximated where a callee
 * cannot be told: a callback that is handed to unknown code is called by it at once, and a method
 * that nobody else calls is called wherever its name is called on something unknown. graph.c
 * stores it in the program's functions and releases what is here. */
#include "analyzers/program/private.h"

struct edge {
	prog_id from, to;
};

struct graph {
	struct program *p;
	VEC(struct edge) edges;
	bool *has_caller; /* by function */
};

void graph_edge(struct graph *g, prog_id from, prog_id to);

/* ---- graph_handed.c: functions that are handed over as arguments ---- */
/* follows what is passed on from parameter to parameter; by parameter: is it called? The caller's
 */
bool *graph_called_params(struct program *p);
/* a call of a parameter calls what its function's callers pass */
void graph_call_handed(struct graph *g, const struct prog_call *c);
/* arguments of a call that nobody is known to call later: called at once */
void graph_add_callbacks(struct graph *g, size_t call, const bool *called);

/* ---- graph_loaded.c: modules that are loaded by computed names ---- */
void graph_add_loaded(struct graph *g);

#endif
