#ifndef RULES_NATIVE_H
#define RULES_NATIVE_H
/* Hazards out of what the helper for C and C++ found: the rule's card, sources
 * read for their places, messages in both languages. A reader keeps each source
 * once; sources and hazards live in ctx->arena. */
#include "analyzers/project/native_run.h"
#include "base/map.h"
#include "base/vec.h"
#include "rules/hazard.h"

struct native_reader {
	const struct context *ctx;
	const struct cards *cards;
	struct map by_path;
	VEC(const struct source *) sources;
};

void native_reader_release(struct native_reader *r);
/* the source of a file below the root, or NULL */
const struct source *native_source(struct native_reader *r, struct str path);
/* Status and evidence of the config are left to the planner. *n: how many; a rule without a card or
 * a hazard whose source cannot be read is left out. */
struct hazard *native_hazards(struct native_reader *r, const struct native_result *found,
			      size_t *n);

#endif
