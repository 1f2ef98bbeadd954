#ifndef ANALYZERS_PROGRAM_STATIC_PATH_H
#define ANALYZERS_PROGRAM_STATIC_PATH_H
/* The path that an expression stands for, as far as the text tells: literals, templates, +,
 * path.join, __dirname, import.meta, new URL. Texts live in the arena that is handed in. */
#include "analyzers/javascript/ast.h"

/* what is written, before it is told where it starts */
struct path_part {
	struct str text;
	bool complete;
	bool absolute; /* starts at the project root: came from __dirname or import.meta */
	bool deep;     /* what cannot be told spans several folders */
};

/* false: nothing is known; depth: 0 */
bool path_part_of(struct arena *a, const struct js_file *f, js_node n, unsigned depth,
		  struct path_part *out);
/* "./jobs/" + name gives "dir/jobs/" and complete false. Relative to the root. false: nothing is known */
bool static_path(struct arena *a, const struct js_file *f, js_node n, struct str *out, bool *complete);

#endif
