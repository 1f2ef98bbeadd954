#ifndef ANALYZERS_PROGRAM_RESOLVE_PRIVATE_H
#define ANALYZERS_PROGRAM_RESOLVE_PRIVATE_H
/* What the files of the resolver share. It says what an expression stands for: resolve.c keeps the
 * answers, resolve_names.c, _types.c, _members.c and _calls.c work them out. Entities are values;
 * their strings are interned in the program. */
#include "analyzers/program/private.h"

enum { MAX_ENTITY_PATH = 160 };

/* ---- entities.c ---- */
struct entity entity_make(enum ent_kind kind);
struct entity entity_value(prog_id file, js_node n);
struct entity entity_function(const struct program *p, prog_id file, js_node n);
struct entity entity_class(prog_id file, js_node n);
struct entity entity_instance(prog_id file, js_node n);
struct entity entity_of_cell(prog_id cell);
bool entity_is_known(const struct entity *e); /* neither unknown nor just some value */
/* path.name; the path alone where it grows too long */
struct str entity_dotted(const struct program *p, struct str path, struct str name);

/* ---- resolve_names.c ---- */
struct entity resolve_ident(const struct program *p, prog_id file, js_node n);
struct entity resolve_this(const struct program *p, prog_id file, js_node n);
/* the binding that the value at n is given to, or JS_NO_ATOM */
uint32_t resolve_named_by(const struct js_file *f, js_node n);
bool resolve_is_nullish(const struct js_file *f, js_node n);

/* ---- resolve_calls.c ---- */
struct entity resolve_call(const struct program *p, prog_id file, js_node n);
struct entity resolve_new(const struct program *p, prog_id file, js_node n);
/* what a call of fn gives: the one thing that all its returns agree on; call may be 0 */
struct entity resolve_returned(const struct program *p, prog_id fn, prog_id at_file, js_node call);

#endif
