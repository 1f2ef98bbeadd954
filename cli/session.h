#ifndef CLI_SESSION_H
#define CLI_SESSION_H
/* One run over configs: which ones, below which root, for which machine. Owns
 * everything that the run's report points into. */
#include "base/context.h"
#include "cli/cli.h"
#include "cli/project_file.h"
#include "planner/plan.h"

struct session {
	struct arena arena;
	struct fs fs;
	bool fs_open;
	struct context ctx;
	struct cards cards;
	struct project_file *projects; /* of each config */
	struct policy policy;
	struct baseline baseline;
	struct changes changes;
	struct str work_dir;   /* the shell's folder, below the root; ptr NULL where it is not */
	const struct eco_config **configs;
	size_t n_configs;
	bool trouble;          /* something requested could not be read: status 2 */
};

/* Reads all configs that the command line names, or finds them. What cannot be
 * read is told on cli->err and makes trouble; the others are still loaded.
 * Release it in any case. */
void session_open(struct session *s, struct cli *cli);
void session_release(struct session *s);

/* cli/discover.c */
/* names of files in the folder that look like PM2 configs, and where there is none, of those that the scripts of its
 * package.json start; sorted, in the arena */
size_t discover_configs(struct arena *a, const char *dir, const char ***out);
/* the same in the folders below, those of packages and builds left out; sorted paths */
size_t discover_below(struct arena *a, const char *dir, const char ***out);
/* project root for a config in `dir` (absolute): nearest .git, else outermost workspace manifest, else `here` (the
 * shell's folder, may be NULL) where dir lies below it, else dir */
const char *discover_root(struct arena *a, const char *dir, const char *here);

/* cli/environment.c */
/* the variables that the command line, its files and, if wished, this shell give */
bool session_environment(struct session *s, struct cli *cli);
/* a whole file, as the shell names it; false with errno */
bool session_read_text(struct arena *a, const char *path, struct str *out);

/* cli/own_rows.c */
/* adds the rows of --rules and of the settings of n configs to the cards; false after having told */
bool session_rows(struct session *s, struct cli *cli, size_t n);

#endif
