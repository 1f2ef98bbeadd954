#ifndef ANALYZERS_NATIVE_STUBS_H
#define ANALYZERS_NATIVE_STUBS_H
/* Stand-ins for Node's headers, used only where the real ones are not
 * installed: enough of node_api.h, napi.h, nan.h and node.h that the parser
 * sees which functions JavaScript can call. They are given to the parser as
 * files in memory, below a folder that is searched last. */
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

#define STUB_DIR "/"
enum { MAX_STUBS = 16 };

struct stub {
	const char *path; /* STUB_DIR and the header's name */
	const char *text;
};
extern const struct stub stub_list[];
extern const size_t n_stubs;

bool stub_is(struct str path);

#endif
