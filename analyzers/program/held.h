#ifndef ANALYZERS_PROGRAM_HELD_H
#define ANALYZERS_PROGRAM_HELD_H
/* The names under which a function holds what one call read from a store: the
 * variable it is stored in, what is taken out of it (destructured, an element of
 * the list, a part, a number computed from a field), the parameter of .then().
 * For records.c. */
#include "analyzers/program/stores.h"

enum { HELD_MAX = 24 };

struct held_name {
	const struct js_binding *b;
	struct str field; /* the variable is this field of the record; "" where it is (an element
			     of) the record */
	bool element;	  /* of a list */
	bool computed;	  /* arithmetic was done on the way */
	bool derived; /* a list or boolean that was made of it: mentions count, changes do not */
};

struct held {
	prog_id file;
	const struct store_call *call; /* the call in this function whose value is held */
	prog_id read;		       /* the call that reads */
	js_node direct; /* the value is used without a name: the outermost node that stands for it;
			   or 0 */
	struct held_name names[HELD_MAX];
	size_t n;
	bool counts; /* a number of rows */
};

void held_find(struct held *h, const struct stores *s, prog_id file, const struct store_call *call);
bool held_mentions(const struct js_file *js, const struct held *h, js_node n);
/* the chain of members and calls that begins at ref and still stands for it or a part of it,
 * upwards as far as it goes; *field: the last static member name on it */
struct held_climb {
	js_node top;
	struct str field; /* of pure members: the last one; "" where none */
	bool computed, through_call, derived;
};
struct held_climb held_climb(const struct stores *s, prog_id file, js_node ref,
			     const struct store_call *own);

#endif
