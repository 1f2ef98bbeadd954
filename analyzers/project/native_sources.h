#ifndef ANALYZERS_PROJECT_NATIVE_SOURCES_H
#define ANALYZERS_PROJECT_NATIVE_SOURCES_H
/* From a package's folder to the C and C++ sources of its addon, or from a
 * binary that PM2 runs to the sources that it is built from: binding.gyp,
 * CMakeLists.txt, compile_commands.json, Makefile. Paths are relative to the
 * project root; all memory lives in ctx->arena. */
#include "analyzers/project/project.h"

struct native_unit {
	struct str path;
	const char *const *args; /* for the compiler; folders in them are relative to the root */
	size_t n_args;
};

struct native_target {
	struct str name;         /* "addon" */
	struct str described_in; /* "binding.gyp" */
	bool binary;             /* a program, not an addon */
	const struct native_unit *units; /* sorted by path, each once */
	size_t n_units;
	const char *const *notes; /* what could not be read, in words */
	size_t n_notes;
};

/* Sources of third parties inside of it (deps/, vendor/, ...) are left out. `name`: the target's name
 * ("addon" of build/Release/addon.node, the binary's name), "" where any will do. NULL: there are none. */
const struct native_target *native_units_for_dir(struct project *p, struct str dir, bool binary,
						 struct str name);
/* does package.json or a build file say that this folder holds native code? cheap */
bool native_is_likely(struct project *p, struct str dir);
/* does the package bring or fetch a built addon (napi-rs, node-pre-gyp, prebuilds), sources or not? cheap */
bool native_is_prebuilt(struct project *p, struct str dir);

#endif
