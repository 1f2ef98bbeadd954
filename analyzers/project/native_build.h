#ifndef ANALYZERS_PROJECT_NATIVE_BUILD_H
#define ANALYZERS_PROJECT_NATIVE_BUILD_H
/* Shared by the readers of build files: what a target is made of. */
#include "analyzers/project/internal.h"
#include "analyzers/project/native_sources.h"

struct native_parts {
	struct project *p;
	struct str dir;
	VEC(struct str) sources;      /* relative to the root */
	VEC(const char *) flags;      /* -I, -D, -std of all units */
	VEC(struct native_unit) units;/* with flags of their own (compile_commands.json) */
	VEC(const char *) notes;
	bool has_std;
};

bool native_is_source(struct str path);
/* a path or glob with one star in its last part, relative to `dir` */
void native_add_source(struct native_parts *x, struct str dir, struct str path);
void native_add_include(struct native_parts *x, struct str dir, struct str path);
void native_add_flag(struct native_parts *x, const char *flag);
/* node_modules/<name> at or above dir; false: not installed */
bool native_find_package(struct native_parts *x, const char *name, struct str *out);

bool native_read_gyp(struct native_parts *x, struct str name);
bool native_read_cmake(struct native_parts *x, struct str name, bool binary);
bool native_read_make(struct native_parts *x, struct str name);
bool native_read_compile_commands(struct native_parts *x);

#endif
