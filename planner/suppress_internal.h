#ifndef PLANNER_SUPPRESS_INTERNAL_H
#define PLANNER_SUPPRESS_INTERNAL_H
/* Shared by suppress.c (which lines a comment covers) and suppress_comment.c (what
 * one comment says). Texts point into the source. */
#include "planner/suppress.h"

enum directive { DIR_NEXT, DIR_START, DIR_END, DIR_FILE, DIR_NONE };

/* one comment, taken apart */
struct comment {
	const struct source *source;
	struct span span; /* with its delimiters */
	enum directive what;
	struct str rules;  /* "a, b" */
	struct str reason; /* ptr NULL: no "--" */
	uint32_t line;	   /* that it covers alone */
};

static inline bool suppress_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct place suppress_place(const struct comment *c, struct str part);
struct place suppress_place_of_comment(const struct comment *c);
void suppress_complain(struct suppressions *s, const char *rule, struct place at, const char *en, const char *zh);
/* takes the text in c->span apart; false: none of ours, or told to be malformed */
bool suppress_read_comment(struct suppressions *s, struct comment *c);
/* the reason, or NULL where the comment does not work: that is told */
const char *suppress_reason_of(struct suppressions *s, const struct comment *c);

#endif
