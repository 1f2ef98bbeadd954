#ifndef RULES_PHRASES_H
#define RULES_PHRASES_H
/* Chinese for finished English texts: errors, and what lower layers say in
 * English alone. The table is keyed by the text with {} for what was filled in;
 * what stands in a hole is translated too where it is a phrase itself. */
#include "base/arena.h"

struct phrase {
	const char *en, *zh; /* as many {} in both, in the same order */
};
extern const struct phrase phrases[];
extern const size_t n_phrases;

/* the text itself where the table has nothing for it; lives in the arena, or as long as `en` */
const char *phrase_zh(struct arena *a, const char *en);

#endif
