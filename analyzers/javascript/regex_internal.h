#ifndef ANALYZERS_JAVASCRIPT_REGEX_INTERNAL_H
#define ANALYZERS_JAVASCRIPT_REGEX_INTERNAL_H
/* A compiled regular expression: a tree that the matcher walks. Lives in the
 * arena that regex_compile was given. */
#include "analyzers/javascript/eval_internal.h"

enum { MAX_NODES = 4000, MAX_RECURSION = 1500, MAX_GROUPS = 16 };

enum re_kind {
	RE_EMPTY,
	RE_CHAR,
	RE_ANY,
	RE_CLASS,
	RE_START,
	RE_END,
	RE_WORD,
	RE_NOT_WORD,
	RE_GROUP,
	RE_SEQ,
	RE_ALT,
	RE_REPEAT,
	RE_BACK,
	RE_AHEAD,
	RE_NOT_AHEAD
};

struct range {
	int32_t from, to;
};

struct re {
	enum re_kind kind;
	int32_t ch;	   /* RE_CHAR; group number of RE_GROUP (0: none) and RE_BACK */
	int32_t group_end; /* RE_REPEAT: groups ch+1..group_end are inside */
	uint32_t min, max; /* RE_REPEAT */
	bool lazy, negated;
	struct range *ranges;
	uint32_t n_ranges;
	struct re *a, *b; /* RE_SEQ: first, rest; RE_ALT: both; others: a */
};

struct regex {
	struct arena *arena;
	struct str pattern, flags, names[MAX_GROUPS];
	struct re *root;
	uint32_t n_groups, n_nodes;
	bool ignore_case, multiline, dot_all, unicode;
};

#endif
