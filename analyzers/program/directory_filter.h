#ifndef ANALYZERS_PROGRAM_DIRECTORY_FILTER_H
#define ANALYZERS_PROGRAM_DIRECTORY_FILTER_H
/* Which names of a folder a file picks before it loads them:
 * readdirSync(dir).filter((f) => f.startsWith('migration_') && f.endsWith('.js')). */
#include "analyzers/javascript/ast.h"

struct directory_filter {
	struct str starts, ends, holds; /* "" where nothing is asked */
};

/* Of the one folder that the file lists; asks nothing where it lists none or several. */
struct directory_filter directory_filter_of(const struct js_file *f);
bool directory_filter_takes(const struct directory_filter *filter, struct str name);

#endif
