#ifndef ANALYZERS_JAVASCRIPT_LOWER_H
#define ANALYZERS_JAVASCRIPT_LOWER_H
/* Between the parser's tree and js_file: private to parse.c, lower*.c and
 * scope.c. Nodes are made before their children, so that a subtree is one run
 * of numbers; parents, functions and scopes are filled in afterwards by going
 * through the nodes once, without recursion. What grows lives on the heap of
 * struct lower and is copied into the arena once its size is known. */
#include "analyzers/javascript/ast.h"
#include "analyzers/javascript/cst.h"
#include "base/buf.h"
#include "base/vec.h"

struct lower {
	struct arena *arena;
	struct js_file *f;
	const char *text;
	const struct cst_node *cst;
	VEC(struct js_node_data) nodes;
	VEC(uint32_t) lists;
	VEC(uint32_t) stack; /* children of the nodes that are being made */
	VEC(struct js_function) functions;
	VEC(struct js_trouble) troubles;
	VEC(struct js_comment) comments;
	struct buf buf;
	uint32_t depth;
	bool too_deep; /* already said */
};

/* the direct children of c; no tokens but those of cst.h */
#define ast_each(l, i, c) for (uint32_t i = (c) + 1; i < (l)->cst[c].next; i = (l)->cst[i].next)

static inline enum cst_kind kind_at(const struct lower *l, uint32_t c)
{
	return (enum cst_kind)l->cst[c].kind;
}
static inline struct str text_at(const struct lower *l, uint32_t c)
{
	return (struct str){l->text + l->cst[c].start, l->cst[c].end - l->cst[c].start};
}
/* first child in that field or of that kind, 0 where there is none */
uint32_t child_in(const struct lower *l, uint32_t c, enum cst_field field);
uint32_t child_of(const struct lower *l, uint32_t c, enum cst_kind kind);
/* first child that is neither error nor token, 0 where there is none */
uint32_t child_named(const struct lower *l, uint32_t c);
static inline bool is_token(enum cst_kind kind)
{
	return kind >= C_T_ADD;
}

/* ---- making nodes ---- */
js_node lower_new(struct lower *l, enum js_kind kind, uint32_t c);
js_node lower_new_at(struct lower *l, enum js_kind kind, uint32_t start, uint32_t end);
static inline struct js_node_data *node_at(struct lower *l, js_node n)
{
	return &l->nodes.ptr[n]; /* moves with the next node that is made */
}
static inline void set_a(struct lower *l, js_node n, js_node value)
{
	l->nodes.ptr[n].a = value;
}
static inline void set_b(struct lower *l, js_node n, js_node value)
{
	l->nodes.ptr[n].b = value;
}
static inline void set_c(struct lower *l, js_node n, js_node value)
{
	l->nodes.ptr[n].c = value;
}
static inline void set_str(struct lower *l, js_node n, uint32_t atom)
{
	l->nodes.ptr[n].str = atom;
}
static inline void add_flags(struct lower *l, js_node n, unsigned flags)
{
	l->nodes.ptr[n].flags |= (uint16_t)flags;
}
static inline void push_kid(struct lower *l, js_node kid)
{
	if (kid)
		vec_push(&l->stack, kid);
}
/* what was pushed since the stack had that length becomes n's kids or decorators */
void take_kids(struct lower *l, js_node n, size_t mark);
void take_decorators(struct lower *l, js_node n, size_t mark);
/* false: too deep, nothing below may be lowered; else lower_leave must follow */
bool lower_enter(struct lower *l, uint32_t c);
static inline void lower_leave(struct lower *l)
{
	l->depth--;
}
uint32_t lower_atom(struct lower *l,
		    uint32_t c); /* the node's text, escapes of identifiers resolved */
void lower_trouble(struct lower *l, uint32_t c, const char *message);
/* "a,,b" in a list that has no holes: the parser accepts it, no engine does */
void check_commas(struct lower *l, uint32_t c);
js_node lower_error(struct lower *l, uint32_t c); /* JS_ERROR with what can be lowered inside */

/* ---- statements ---- */
js_node lower_program(struct lower *l);
js_node lower_statement(struct lower *l, uint32_t c); /* 0: only types, nothing is left of it */
js_node lower_block(struct lower *l, uint32_t c);
void push_statements(struct lower *l, uint32_t c);
js_node lower_import(struct lower *l, uint32_t c);
js_node lower_import_alias(struct lower *l, uint32_t c);
js_node lower_export(struct lower *l, uint32_t c);
js_node lower_ambient(struct lower *l, uint32_t c);
js_node lower_enum(struct lower *l, uint32_t c);
js_node lower_namespace(struct lower *l, uint32_t c);

/* ---- expressions ---- */
js_node lower_expr(struct lower *l, uint32_t c);
bool is_expression(enum cst_kind kind);
js_node lower_ident(struct lower *l, uint32_t c);
js_node lower_key(struct lower *l, uint32_t c, js_node owner); /* sets JSF_COMPUTED of the owner */
js_node lower_arguments(struct lower *l, uint32_t c, js_node call);
js_node lower_object(struct lower *l, uint32_t c);
js_node lower_jsx(struct lower *l, uint32_t c);

/* ---- functions, classes, patterns, types ---- */
js_node lower_function(struct lower *l, uint32_t c);
js_node lower_class(struct lower *l, uint32_t c,
		    uint32_t decorated); /* further decorators there, or 0 */
js_node lower_decorator(struct lower *l, uint32_t c);
js_node lower_pattern(struct lower *l, uint32_t c);
js_node lower_type(struct lower *l, uint32_t c); /* of an annotation or the type itself */
void push_types(struct lower *l, uint32_t c);	 /* all types among the children */

/* ---- texts ---- */
js_node lower_string(struct lower *l, uint32_t c, bool jsx);
js_node lower_template(struct lower *l, uint32_t c);
js_node lower_number(struct lower *l, uint32_t c);
uint32_t number_key(struct lower *l, uint32_t c);

/* ---- afterwards ---- */
void js_fill_parents(struct js_file *f);
void js_fill_scopes(struct arena *a, struct js_file *f);

#endif
