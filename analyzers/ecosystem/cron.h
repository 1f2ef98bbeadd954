#ifndef ANALYZERS_ECOSYSTEM_CRON_H
#define ANALYZERS_ECOSYSTEM_CRON_H
/* cron_restart in the dialect of croner 4.1.97, which PM2 uses: what it takes,
 * and which patterns that it takes make the search for the next run endless. */
#include <stdbool.h>
#include "base/str.h"

struct cron {
	bool valid;
	const char *why;       /* where not valid: a literal, in words */
	bool once;             /* a date instead of a pattern */
	bool hangs;            /* a field that nothing can match: the daemon spins for ever */
	int empty_field;       /* its index: 0 seconds ... 5 weekday */
	bool never;            /* a date that does not exist, or no month */
	int asked_field;       /* one with "?": what the clock says when the pattern is read; -1: none */
	bool seconds;          /* six fields: the first one is seconds */
	bool day_and_weekday;  /* both restricted: both must match */
	bool off_by_one;       /* "a/n" in the day or month field counts from 0 */
};

struct cron cron_read(struct str pattern);
extern const char *const cron_field_names[6];

#endif
