#ifndef ANALYZERS_PROGRAM_RECORDS_PRIVATE_H
#define ANALYZERS_PROGRAM_RECORDS_PRIVATE_H
/* What records.c, which finds the flows, shares with serialised.c, which looks for
 * what keeps two of them apart. */
#include "analyzers/program/held.h"
#include "analyzers/program/records.h"
#include "analyzers/program/unique.h"
#include "analyzers/program/usage.h"

typedef VEC(struct record_flow) flow_list;

struct search {
	const struct program *p;
	const struct stores *stores;
	const struct uniques *uniques;
	prog_id file;
	const struct js_file *js;
	const struct held *held;
	struct str model; /* of what is held */
	uint32_t home;	  /* index of the function that reads */
	flow_list *out;
};

static inline uint32_t start_of(const struct js_file *js, js_node n)
{
	return js_at(js, n)->span.start;
}

static inline bool in_function(const struct js_file *js, js_node n, uint32_t fn)
{
	return fn == 0 || prog_is_inside(js, n, js->functions[fn].node);
}

/* does the name hold one of the parts (separated by '|', lower case), whatever its case? */
bool record_name_has(struct str name, const char *list);
/* the lock that read and write stand under: row lock, distributed lock, serializable transaction;
 * or 0 */
js_node record_lock(const struct search *s, js_node read, js_node write);
bool record_in_mongo_transaction(const struct search *s, js_node read, js_node write);
/* a catch around n looks for the error of a unique constraint */
bool record_handles_error(const struct js_file *js, js_node n);
/* in a try with a catch, or with .catch() behind it, here or around every call of the function */
bool record_is_caught(const struct program *p, prog_id file, js_node n);

#endif
