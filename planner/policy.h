#ifndef PLANNER_POLICY_H
#define PLANNER_POLICY_H
/* What people have decided about findings: data alone, which the cli reads from
 * the command line, files and git. The planner applies it in one place
 * (planner/select.c). All of it is borrowed and outlives the report. */
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

/* One finding that is known and tolerated. level: as grave as it was then (enum level);
 * a graver one is news. config: path below the root. */
struct baseline_entry {
	struct str fingerprint, rule, app, config;
	int level;
	bool orphan; /* its config is gone: any config may hold it now */
};

struct baseline {
	const struct baseline_entry *ptr; /* sorted by fingerprint */
	size_t len;
};

/* Lines of one file that a change touched, both ends included. */
struct line_range {
	uint32_t first, last;
};

struct changed_file {
	struct str path; /* below the root */
	const struct line_range *ranges; /* ascending */
	size_t n_ranges;
};

struct changes {
	const struct changed_file *ptr; /* sorted by path */
	size_t len;
};

struct policy {
	bool no_inline;  /* comments that suppress are ignored */
	bool narrowed;   /* not all scenarios are looked at: an unused suppression proves nothing */
	const struct baseline *baseline; /* or NULL */
	const struct changes *changes;   /* or NULL */
};

#endif
