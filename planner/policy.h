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

enum rule_level { RULE_AS_IS, RULE_OFF, RULE_NOTE, RULE_WARNING, RULE_ERROR };

/* What the settings say about a rule, or about all rules of a family. */
struct rule_policy {
	struct str name;
	enum rule_level level;
	bool tolerated;      /* its findings never fail a run */
};

/* What the settings say about an app. */
struct app_policy {
	struct str name;
	const char *pin;     /* why it must stay alone, or NULL */
	uint64_t rss;        /* bytes of one process; 0: not told */
	double weight;       /* more or fewer instances than the policy gives; 0: not told */
	uint32_t pool;       /* database connections of one process; 0: not told */
};

/* The settings that hold for one config. Later entries win. */
struct project_policy {
	const struct rule_policy *rules;
	const struct app_policy *apps;
	const struct str *select, *ignore; /* rules and families whose findings are told; all, where none is selected */
	size_t n_rules, n_apps, n_select, n_ignore;
	uint32_t max_connections; /* of the database; 0: not told */
	int fail_on;         /* enum fail_on of the cli */
	const char *file;    /* the nearest one, for what is said about it */
};

/* plan --what-if: as if the app ran like this. */
struct what_if {
	struct str app;
	bool cluster;
	uint32_t instances; /* 0: one for each CPU */
};

struct policy {
	bool no_inline;  /* comments that suppress are ignored */
	bool narrowed;   /* not all scenarios are looked at: an unused suppression proves nothing */
	const struct baseline *baseline; /* or NULL */
	const struct changes *changes;   /* or NULL */
	const struct what_if *what_ifs;
	size_t n_what_ifs;
	const struct project_policy *projects; /* one for each config, or NULL */
};

#endif
