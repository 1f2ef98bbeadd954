#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H
/* Everything that comes from outside enters here and is passed down: no module
 * below cli/ asks the system for environment, clock, host or streams. Built by
 * the cli, const below it (fs holds caches). */
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"

struct env_var {
	struct str name, value;
};

enum target_kind { TARGET_PM2, TARGET_REPLICAS };

struct context {
	struct arena *arena; /* lives as long as the run */
	struct fs *fs;       /* the project root */
	enum target_kind target;
	uint32_t cpus;          /* of the target machine */
	uint64_t memory_bytes;  /* of the target machine */
	const struct env_var *env; /* process.env for the evaluation: explicit only */
	size_t n_env;
	uint32_t pm2_major;     /* 5, 6 or 7 */
	struct str pm2_cwd;     /* folder where "pm2 start" is called, below the root; ptr NULL: not told */
	const struct str *map_from, *map_to; /* --map FROM=TO for absolute paths of another machine */
	size_t n_map;
	uint32_t threads;
	uint32_t today;         /* 20270131, in UTC; 0: not told */
	const char *program;    /* the running program's own file, beside which the helper lies; "": not known */
	bool native_deps;       /* look at native code of dependencies too */
};

#endif
