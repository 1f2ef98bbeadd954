#ifndef ANALYZERS_NATIVE_SPELLING_H
#define ANALYZERS_NATIVE_SPELLING_H
/* What is read from the text of a unit because libclang does not tell it, or not in every version:
 * operators and the values of strings. What is returned lives in the tree's arena. */
#include "analyzers/native/lower.h"

/* an operator of tree.h; OP_UNKNOWN where it comes out of a macro's body */
uint8_t binary_operator(struct lowering *l, CXCursor c);
uint8_t compound_operator(struct lowering *l, CXCursor c); /* '+' of += */
uint8_t unary_operator(struct lowering *l, CXCursor c);
struct str string_value(struct lowering *l, CXCursor c); /* "" where it cannot be told */

#endif
