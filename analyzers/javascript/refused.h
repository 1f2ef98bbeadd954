#ifndef ANALYZERS_JAVASCRIPT_REFUSED_H
#define ANALYZERS_JAVASCRIPT_REFUSED_H
/* ECMAScript's early errors, as far as the parser leaves them to us: private
 * to refused*.c. Each check looks at one node and at what lies around it; the
 * nodes are gone through once, without recursion. */
#include "analyzers/javascript/ast.h"
#include "base/vec.h"

struct refuser {
	struct arena *arena;
	const struct js_file *f;
	bool as_module;
	uint8_t *strict;   /* [n_nodes] whether that code is strict */
	uint32_t *ordered; /* bindings by scope and name */
	VEC(struct js_trouble) troubles;
};

void refuse(struct refuser *r, js_node n, const char *message);
void refuse_named(struct refuser *r, js_node n, const char *format, struct str name);

void refuse_binding_conflicts(struct refuser *r);
void refuse_exports(struct refuser *r);
void refuse_ident(struct refuser *r, js_node n);
void refuse_statement(struct refuser *r, js_node n);
void refuse_expression(struct refuser *r, js_node n);
void refuse_function(struct refuser *r, js_node n);
void refuse_class(struct refuser *r, js_node n);
void refuse_private_name(struct refuser *r, js_node n);
/* whether the text of a name holds only what a name may */
void refuse_characters(struct refuser *r, js_node n, struct str text);
void refuse_literal(struct refuser *r, js_node n);

/* whether a binding of that name lies in exactly that scope; JS_NO_ATOM for none */
uint32_t binding_in(const struct refuser *r, js_node scope, uint32_t name);
/* the function, static block, field or program whose rules for await, super and the like hold at n;
 * arrow functions are passed over where asked for */
js_node code_around(const struct js_file *f, js_node n, bool through_arrows);
bool is_async_code(const struct refuser *r, js_node n);
bool is_generator_code(const struct refuser *r, js_node n);
/* whether that block begins with 'use strict' */
bool has_strict_directive(const struct js_file *f, js_node body);
/* only names, without defaults, rest and patterns */
bool has_simple_params(const struct js_file *f, js_node fn);
/* whether an operand stands at the edge of its parent, so that no parenthesis lies between */
static inline bool is_bare_left(const struct js_file *f, js_node parent, js_node n)
{
	return n && f->nodes[n].span.start == f->nodes[parent].span.start;
}
static inline bool is_bare_right(const struct js_file *f, js_node parent, js_node n)
{
	return n && f->nodes[n].span.end == f->nodes[parent].span.end;
}

#endif
