#ifndef ANALYZERS_PROJECT_GYP_H
#define ANALYZERS_PROJECT_GYP_H
/* Reads binding.gyp, a Python literal: dicts, lists, strings with + or side by
 * side, comments, trailing commas. Conditions are decided for Linux on x64,
 * what cannot be decided is left out. Values live in the arena. */
#include <stdbool.h>
#include "base/arena.h"
#include "base/str.h"

enum gyp_kind { GYP_STRING, GYP_NUMBER, GYP_LIST, GYP_DICT };

struct gyp {
	enum gyp_kind kind;
	struct str text;     /* STRING, NUMBER */
	struct gyp **items;  /* LIST, DICT */
	struct str *keys;    /* DICT */
	size_t n, cap;
};

/* NULL where the text is no such literal */
struct gyp *gyp_parse(struct arena *a, struct str text);
struct gyp *gyp_get(const struct gyp *dict, const char *key); /* or NULL */
/* carries out "conditions" (and those inside of them) of a dict, in place */
void gyp_apply_conditions(struct arena *a, struct gyp *dict, const struct gyp *variables);

#endif
