#ifndef ANALYZERS_NATIVE_LOWER_H
#define ANALYZERS_NATIVE_LOWER_H
/* What units.c, lower.c, spelling.c and symbols.c share while a unit is lowered: the only
 * files that talk to libclang. Strings go into the tree's arena; slots are released by
 * units.c. */
#include <clang-c/Index.h>
#include "analyzers/native/tree.h"

struct cursor_slot {
	CXCursor cursor;
	uint32_t sym;
};

struct lowering {
	struct tree *t;
	CXTranslationUnit tu;
	uint32_t fn; /* symbol of the function whose body is lowered */
	unsigned depth;
	struct cursor_slot *slots; /* declarations of this unit -> symbols */
	size_t n_slots, cap_slots;
	struct str base;           /* "node_modules/x/": where the unit itself is other people's code, all of that is looked at */
	CXFile last_file;
	uint32_t last_index;
	bool last_project;
};

/* a declaration at the top of a unit, where it is of the project's own code */
void lower_top(struct lowering *l, CXCursor c);
struct str take(struct lowering *l, CXString s);
/* of the project's own code, not of headers and libraries of others? */
bool in_project(struct lowering *l, CXCursor c);
bool is_project_file(struct lowering *l, CXFile file);
struct where where_of(struct lowering *l, CXSourceRange range);
bool is_function(enum CXCursorKind k);
bool is_class(enum CXCursorKind k);
bool is_js_type(struct str type);
/* the symbol of a declaration, the same one for all its redeclarations and units; NONE */
uint32_t symbol_of(struct lowering *l, CXCursor c);
/* the folder of other people's code in which the path lies ("node_modules/x/"), "" for one's own */
struct str vendored_base(struct str path);

#endif
