#ifndef CLI_PROJECT_FILE_H
#define CLI_PROJECT_FILE_H
/* .clusterlint.yml: what a project has settled. Files are looked for from the
 * config's folder up to the root (or to one that says `root: true`); inner ones
 * win. A key that does not exist is an error, with the nearest one that does.
 * Everything lives in the session's arena. clusterlint.schema.json says
 * the same to editors; a test keeps the two together. */
#include "cli/options.h"
#include "planner/policy.h"
#include "rules/card.h"

struct session;
struct cli;

struct named_target {
	struct str name;
	bool replicas;
	uint32_t cpus;         /* 0: not told */
	uint64_t memory;
};

/* more rows for the catalogue of packages: the file, and the settings that name it */
struct row_file {
	const char *path, *named_in;
};

/* all files that hold for one config, merged */
struct project_file {
	struct project_policy policy;
	const struct named_target *targets;
	size_t n_targets;
	const char *target;    /* or NULL */
	const struct row_file *rows;
	size_t n_rows;
	const char *baseline;  /* as the shell would name it, or NULL */
	bool no_inline;
	const char **files;    /* outermost first, absolute */
	size_t n_files;
};

/* dir: absolute, below the root. False after having told what is wrong. */
bool project_file_read(struct session *s, struct cli *cli, const char *dir, struct project_file *out);
/* as YAML, for people */
void project_file_print(const struct project_file *p, struct str config, FILE *out);

const char *rule_level_name(enum rule_level level);

/* the keys there are, for the manual page and the schema's test */
struct project_key {
	const char *name, *value, *help;
};
extern const struct project_key project_keys[];
extern const size_t n_project_keys;

#endif
