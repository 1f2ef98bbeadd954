#ifndef ANALYZERS_PROGRAM_INJECTION_H
#define ANALYZERS_PROGRAM_INJECTION_H
/* What dependency injection gives to a class: tokens and what is registered for them (Nest, awilix,
 * inversify, tsyringe), decorators that inject. Shared by classes.c, injection.c and
 * nest_modules.c; providers live in the program. */
#include "analyzers/program/private.h"

/* ---- injection.c ---- */
void injection_collect(struct program *p); /* every provider and registration of the project */
js_node decorator_callee(const struct js_file *f, js_node deco);
/* X of forwardRef(() => X), () => X; n itself where it is neither */
js_node injection_behind_arrow(const struct js_file *f, js_node n);
js_node object_value(const struct js_file *f, js_node object, const char *key); /* or 0 */

/* ---- nest_modules.c ---- */
void nest_link_module(struct program *p, prog_id cls); /* where it is one: imports and providers */

#endif
