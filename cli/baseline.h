#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H
/* The file that holds the findings which are known and tolerated: JSON, sorted,
 * one finding a line. A finding is known by its fingerprint, so moved lines and
 * another layout make no news; a graver level does. */
#include "cli/session.h"

/* Reads the file for the configs of the session; texts live in its arena. False after having told
 * what is wrong. */
bool baseline_read(struct session *s, struct cli *cli, const char *file, struct baseline *out);
struct str baseline_print(struct arena *a, struct baseline_entry *entries, size_t n); /* sorts them */
/* the entry that speaks of this finding, however grave, or NULL */
const struct baseline_entry *baseline_find(const struct baseline *b, const struct finding *f,
					   struct str config);

#endif
