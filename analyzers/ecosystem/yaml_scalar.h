#ifndef ANALYZERS_ECOSYSTEM_YAML_SCALAR_H
#define ANALYZERS_ECOSYSTEM_YAML_SCALAR_H
/* What a plain YAML scalar means in js-yaml 4: YAML 1.2 core, timestamps and the merge key.
 * In js-yaml 4.1, which PM2 5 and 6 have, 1_000 and 1e400 (infinity) are numbers: that is `old`.
 * In 4.3 of PM2 7 both are texts. */
#include "analyzers/javascript/value.h"

enum yaml_type {
	YT_NONE, YT_STR, YT_NULL, YT_BOOL, YT_INT, YT_FLOAT, YT_TIMESTAMP, YT_MERGE, YT_BINARY,
	YT_SEQ, YT_OMAP, YT_PAIRS, YT_MAP, YT_SET
};

/* the type that a plain scalar gets by itself; YT_STR where no other fits */
enum yaml_type yaml_implicit(struct str text, bool old);
/* of "tag:yaml.org,2002:<name>", YT_NONE where js-yaml knows no such tag */
enum yaml_type yaml_type_of_tag(struct str tag);
bool yaml_fits(enum yaml_type type, struct str text, bool old); /* may a scalar so written have this type? */
struct value *yaml_construct(struct arena *a, enum yaml_type type, struct str text, bool old,
			     const struct origin *o);

#endif
