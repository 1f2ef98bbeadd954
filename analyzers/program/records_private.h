#ifndef ANALYZERS_PROGRAM_RECORDS_PRIVATE_H
#define ANALYZERS_PROGRAM_RECORDS_PRIVATE_H
/* What the searches for flows share: records.c goes through what is read, record_*.c look at what
 * becomes of it, serialised.c looks for what keeps two of them apart. */
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

/* ---- record_flow.c: what all searches ask ---- */
/* the test (of if, ?:, while) that n takes part in, or 0 */
js_node record_tested(const struct js_file *js, js_node n);
/* does n run only after the test let it: behind an early leave in the same function, or in its
 * branches */
enum record_side { SIDE_NONE, SIDE_THEN, SIDE_ELSE };
enum record_side record_side(const struct js_file *js, js_node test, js_node n);
struct str record_query(const struct search *s); /* text of the reading call */
struct str record_name(const struct search *s, const struct held_name *h); /* h may be NULL */
/* the next call of the function that touches a store, from that place on; *i goes on, NULL at the
 * end */
const struct store_call *record_next_write(const struct search *s, uint32_t from, size_t *i);
/* r.save(), repo.save(r), setBlock(id, r): the write that brings the changed record back, or 0 */
js_node record_write_back(const struct search *s, uint32_t from);
struct str record_write_text(const struct search *s, const struct store_call *c);
/* how often text names the word: status = 'PAID' .. WHERE status = 'NEW' twice */
unsigned record_times(struct str text, struct str word);
void record_add(struct search *s, struct record_flow f); /* fills in what follows from s */

/* ---- the searches: h is NULL where the result is used without a name ---- */
void record_look_at_change(struct search *s, const struct held_name *h, js_node ref);
void record_look_at_computed(struct search *s, const struct held_name *h, js_node ref);
void record_look_at_state(struct search *s, const struct held_name *h, js_node ref);
void record_look_at_claim(struct search *s);
void record_look_at_guard(struct search *s, const struct held_name *h, js_node ref);
void record_look_at_count(struct search *s, const struct held_name *h, js_node ref);
void record_look_at_insert(struct search *s, const struct held_name *h, js_node ref);
/* record_states.c: does a field of that name hold a state, and what is it to set it there */
bool record_is_state_name(struct str field);
void record_change_state(struct search *s, const struct held_name *h, struct str field,
			 js_node assign);

#endif
