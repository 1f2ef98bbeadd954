#ifndef ANALYZERS_PROGRAM_ADDONS_H
#define ANALYZERS_PROGRAM_ADDONS_H
/* Which native addons an app loads, and the C and C++ sources that they are
 * built from: a path to a built addon (require('./build/Release/x.node')), or a
 * loader that looks for one (bindings, node-gyp-build, node-pre-gyp), or a path that is worked out
 * at run time in a package that builds one. An addon that only lies
 * in the package but is loaded by nothing is none. Memory lives in ctx->arena. */
#include "analyzers/program/program.h"
#include "analyzers/project/native_sources.h"

struct prog_native {
	prog_id file; /* where it is loaded */
	js_node at;
	struct str dir, name; /* what was looked for: folder, target ("" where any will do) */
	const struct native_target *target; /* NULL: no sources of it were found */
};

/* dependencies: also packages below node_modules that the app imports. Each target once, in path
 * order. */
size_t prog_natives(const struct program *p, uint32_t app, bool dependencies,
		    const struct prog_native **out);

#endif
