#ifndef ANALYZERS_PROGRAM_ROOTS_PRIVATE_H
#define ANALYZERS_PROGRAM_ROOTS_PRIVATE_H
/* What roots.c, which finds what calls register and what entries and conventions make roots, shares
 * with roots_classes.c, which finds those of classes. Roots live in the program. */
#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"

/* ---- roots.c ---- */
/* the text of the first of the arguments at args, or "" */
struct str root_first_text(const struct program *p, prog_id file, js_node args);
/* a row's label with %N, %n and %0 filled in */
struct str root_label(const struct program *p, const char *format, struct str name,
		      struct str first);
void root_add(struct program *p, const struct prog_root *root, const struct reg *reg);

/* ---- roots_classes.c ---- */
/* decorated methods, hooks by name, and the constructor that injection calls */
void root_add_class(struct program *p, prog_id cls);

#endif
