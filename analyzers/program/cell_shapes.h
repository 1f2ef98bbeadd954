#ifndef ANALYZERS_PROGRAM_CELL_SHAPES_H
#define ANALYZERS_PROGRAM_CELL_SHAPES_H
/* What kind of value an expression or a declared type is by its looks alone, for cells.c. */
#include "analyzers/program/private.h"

enum cell_shape shape_of(const struct js_file *f, js_node n); /* SHAPE_NOTHING: null, undefined */
enum cell_shape shape_of_type(const struct js_file *f, js_node type);
/* of constants all through: tables, frozen objects, a Map of literals */
bool shape_is_literal(const struct js_file *f, js_node n);
/* the name where it is one that the file does not declare, else "" */
struct str shape_global_name(const struct js_file *f, js_node n);

#endif
