#ifndef PLANNER_SUPPRESS_H
#define PLANNER_SUPPRESS_H
/* Comments that accept a finding:
 *
 *   // clusterlint-ignore RULE[, RULE] -- reason [until 2027-01-31]
 *
 * behind code for that line, alone on a line for the next line that holds code;
 * clusterlint-ignore-start ... clusterlint-ignore-end for the lines between;
 * clusterlint-ignore-file for the file. A suppression without a reason or past
 * its day does not work. Texts are copied into the arena; sources are borrowed. */
#include "analyzers/javascript/ast.h"
#include "base/vec.h"
#include "rules/card.h"

struct suppression {
	const struct source *source;
	struct span at;      /* the rule's name in the comment */
	struct str rule;
	const char *why;
	uint32_t first_line, last_line;
	bool used;
};

/* a comment that is wrong itself */
struct suppress_problem {
	const char *rule;    /* id of a card in rules/tool */
	struct place at;
	const char *message, *message_zh;
};

struct suppressions {
	struct arena *arena; /* borrowed */
	const struct cards *cards;
	uint32_t today;      /* 20270131; 0: not known, nothing expires */
	VEC(struct suppression) list;
	VEC(struct suppress_problem) problems;
};

void suppress_release(struct suppressions *s);
/* the comments of a file that was parsed */
void suppress_scan(struct suppressions *s, const struct js_file *file);
/* '#' comments of a YAML text */
void suppress_scan_yaml(struct suppressions *s, const struct source *source);
/* comments of one line in C and C++ */
void suppress_scan_c(struct suppressions *s, const struct source *source);
/* the reason why a finding is accepted, or NULL; remembers that the comment was of use */
const char *suppress_reason(struct suppressions *s, struct str rule, struct place at);

#endif
