#ifndef ANALYZERS_PROGRAM_USAGE_PRIVATE_H
#define ANALYZERS_PROGRAM_USAGE_PRIVATE_H
/* Shared by the modules that read how one app uses one cell: usage_syntax.c (what stands around an expression),
 * usage_keys.c, usage_values.c, usage_times.c, usage_pauses.c, usage_reads.c, usage_flows.c (where values go), usage_stores.c, and usage.c,
 * which sums up. Nothing here owns memory. */
#include "analyzers/program/private.h"
#include "analyzers/program/usage.h"

struct reader {
	struct arena *a;
	const struct program *p;
	uint32_t app;
	const struct prog_cell *cell;
	struct cell_usage *u;
	int depth; /* of callers that are asked */
};

/* usage_syntax.c */
bool usage_is_reassigned(const struct js_file *js, const struct js_binding *b);
js_node usage_test_of(const struct js_file *js, js_node n);
js_node usage_test_of_result(const struct js_file *js, js_node n);
bool usage_leaves(const struct js_file *js, js_node n);
bool usage_is_negated(const struct js_file *js, js_node n);
bool usage_has_comparison(const struct js_file *js, js_node n);
bool usage_result_is_compared(const struct js_file *js, js_node n);

/* usage_keys.c */
uint32_t usage_root_phases(const struct program *p, prog_id fn);
bool usage_is_connection_type(const struct js_file *js, js_node type);
int usage_param_index(const struct js_file *js, const struct js_binding *b);
js_node usage_param_node(const struct js_file *js, const struct js_binding *b);
bool usage_is_own_connection(const struct program *p, prog_id file, js_node n);
uint32_t usage_key_kind(const struct reader *r, prog_id file, js_node key);
bool usage_hangs_on_input(const struct reader *r, prog_id file, js_node n);

/* usage_values.c */
bool usage_mentions_cell(const struct reader *r, prog_id file, js_node n);
uint32_t usage_value_kind(const struct reader *r, prog_id file, js_node value, int depth);
/* for (const row of rows), rows.forEach((row) => ...): what the variable runs over, or 0 */
js_node usage_list_run_over(const struct js_file *js, const struct js_binding *b);

/* usage_times.c */
bool usage_is_number_like(const struct reader *r, prog_id file, js_node n, int depth);
bool usage_is_time(const struct reader *r, prog_id file, js_node n);
/* what this very cell held before: putting it back adds nothing */
bool usage_is_own_get(const struct reader *r, prog_id file, js_node n);
bool usage_is_list_of_times(const struct reader *r, prog_id file, js_node n);

/* usage_reads.c */
bool usage_only_size(const struct js_file *js, const struct cell_access *g);
void usage_read_get(struct reader *r, const struct cell_access *g);
void usage_read_update(struct reader *r, const struct cell_access *x);
bool usage_assigned_where_empty(const struct reader *r, const struct cell_access *x);
bool usage_is_empty_literal(const struct js_file *js, js_node v);
bool usage_empties(const struct js_file *js, const struct cell_access *x);

/* usage_flows.c */
enum {
	FLOW_STORE = 1, /* a database, a queue, a shared store, a file */
	FLOW_LOG = 2,
	FLOW_SENT = 4,  /* a request to another system */
	FLOW_OUT = 8    /* returned by a root: into the response; handed to what nobody knows */
};
/* where the value of the expression goes on to, through variables and return values */
uint32_t usage_flow(const struct reader *r, prog_id file, js_node n, int depth);
bool usage_is_memo(const struct reader *r, const struct cell_access *put);
/* a memo of checks that throw where one fails */
bool usage_is_checked_once(const struct reader *r);
bool usage_is_scratch(const struct reader *r);
bool usage_only_logs(const struct reader *r, const struct cell_access *g);
bool usage_is_fed_alike(const struct reader *r);
bool usage_is_toggled(const struct reader *r);
bool usage_is_left_for_others(const struct reader *r);

/* usage_pauses.c: does it hold back for a while whoever is in it? */
bool usage_is_pause(const struct reader *r);

/* usage_stores.c */
bool usage_is_fallback(const struct reader *r);
bool usage_is_changed_elsewhere(const struct reader *r);

/* usage.c: do both lie in one function, or in one inside of the other? */
bool usage_same_function(const struct reader *r, const struct cell_access *x, const struct cell_access *y);

#endif
