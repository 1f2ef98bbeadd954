#ifndef ANALYZERS_NATIVE_TREE_H
#define ANALYZERS_NATIVE_TREE_H
/* Our own form of C and C++: all units of one addon or binary in one tree, with
 * casts, parentheses and implicit nodes taken out, functions and variables
 * linked across units. units.c, lower.c, spelling.c and symbols.c make it from libclang; no
 * other file of this folder knows that library. Only code of the project is held; what lies in
 * foreign headers appears as symbols without a body. All memory is the arena's
 * except the growing arrays, released by tree_release. */
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

#define NONE UINT32_MAX

enum node_kind {
	NODE_OTHER, NODE_BLOCK, NODE_IF, NODE_LOOP, NODE_RANGE_LOOP, NODE_RETURN, NODE_FUNCTION,
	NODE_VAR, NODE_CALL, NODE_REF, NODE_MEMBER, NODE_ASSIGN, NODE_BINARY, NODE_UNARY, NODE_INDEX,
	NODE_INT, NODE_STRING, NODE_INIT_LIST, NODE_NEW, NODE_DELETE, NODE_LAMBDA, NODE_CONDITIONAL
};

/* operators are small numbers: the character, or one of these */
enum { OP_UNKNOWN = 0, OP_INC = 'i', OP_DEC = 'd', OP_ADDRESS = '&', OP_DEREF = '*', OP_EQ = 'e',
       OP_NE = 'n', OP_SHL = 'l', OP_SHR = 'r', OP_AND = 'a', OP_OR = 'o', OP_LE = 'L', OP_GE = 'G' };

struct where {
	uint32_t file;       /* index in tree->files */
	uint32_t start, end; /* bytes, half open */
	uint32_t line, column;
};

struct node {
	uint8_t kind, op;
	bool has_callee;   /* CALL: the first child is what is called, not an argument */
	bool infinite;     /* LOOP: for (;;), while (1) */
	uint32_t parent, first, last, next;
	uint32_t sym;      /* declared, referred to, called; NONE */
	uint32_t fn;       /* enclosing function's symbol; NONE: initialiser of a global */
	int64_t value;     /* INT */
	struct str text;   /* STRING: its bytes; REF and CALL without symbol: the name written;
	                      INIT_LIST, NEW: the type; OTHER in an INIT_LIST: the field that
	                      its child is for */
	struct where at;
};

enum symbol_kind {
	SYM_OTHER, SYM_FUNCTION, SYM_GLOBAL, SYM_STATIC_LOCAL, SYM_LOCAL, SYM_PARAM, SYM_FIELD
};

struct symbol {
	uint8_t kind;
	bool project;        /* lies in the project's own code */
	bool is_const;       /* cannot be assigned: const all the way down */
	bool thread_local_;
	bool const_method, constructor, destructor, overrides_foreign, atomic;
	bool pointer, reference, to_const; /* type is T * or T &; T is const */
	bool takes_js;       /* a parameter is napi_callback_info, Napi::CallbackInfo, ... */
	bool external;       /* linkage */
	uint32_t fn;         /* of locals and parameters: the function */
	uint32_t node;       /* FUNCTION of a definition, VAR; NONE */
	uint32_t param_index;
	uint64_t mutable_params; /* bit i: parameter i is T & or T * with T not const */
	struct str name;     /* "insert" */
	struct str qualified;/* "std::map::insert"; inline namespaces left out */
	struct str type;     /* canonical */
	struct str owner;    /* class that it is a member of, qualified; "" */
	const uint32_t *overrides; /* project's own base methods */
	size_t n_overrides;
	const uint32_t *params;
	size_t n_params;
	struct where at;
};

struct unit_state {
	struct str path;
	bool failed;
	const char *why;      /* failed: in words */
	uint32_t errors;
	VEC(struct str) missing; /* headers that were not found, as written */
	VEC(struct str) stubbed; /* headers of Node that are not installed and stood in for */
};

struct tree {
	struct arena *arena;
	struct str root;       /* absolute */
	VEC(struct node) nodes;
	VEC(struct symbol) symbols;
	VEC(struct str) files; /* relative to the root */
	VEC(struct unit_state) units;
	struct map by_key;     /* symbols by USR or place */
	struct map file_index;
	bool over_limit;       /* the tree grew too large: the rest was left out */
};

struct unit_request {
	struct str path;          /* relative to the root */
	const char *const *args;
	size_t n_args;
};

void tree_init(struct tree *t, struct arena *a, struct str root);
void tree_release(struct tree *t);
/* parses one unit into the tree; trouble is kept in its unit_state */
void tree_add_unit(struct tree *t, const struct unit_request *u);
/* how many of the n units from `u` on can be parsed as one: C++ with the same arguments */
size_t tree_units_alike(const struct unit_request *u, size_t n);
/* Parses them as one, so that their headers are read once. alone[i]: the unit stands in the way of
 * others (two functions of one name, ...); nothing of it was kept, and it is to be added by itself. */
void tree_add_together(struct tree *t, const struct unit_request *u, size_t n, bool *alone);
const char *tree_parser_version(struct arena *a);

static inline const struct node *tree_node(const struct tree *t, uint32_t n)
{
	return &t->nodes.ptr[n];
}
static inline struct symbol *tree_symbol(const struct tree *t, uint32_t s)
{
	return &t->symbols.ptr[s];
}
/* qualified name of what a CALL calls, as far as known; "" */
struct str call_name(const struct tree *t, uint32_t call);
bool call_is(const struct tree *t, uint32_t call, const char *name);
uint32_t call_arg(const struct tree *t, uint32_t call, size_t i); /* NONE */
size_t call_n_args(const struct tree *t, uint32_t call);
/* which argument of `call` is its child `child`; SIZE_MAX where it is the callee */
size_t call_arg_index(const struct tree *t, uint32_t call, uint32_t child);
/* what a method is called on: the base of the callee, or the first operand of an operator */
uint32_t call_object(const struct tree *t, uint32_t call);
bool is_inside(const struct tree *t, uint32_t node, uint32_t ancestor);
uint32_t enclosing(const struct tree *t, uint32_t node, enum node_kind kind);
uint32_t nth_child(const struct tree *t, uint32_t node, size_t i);
/* nodes of the subtree in order: for (n = top; n != NONE; n = tree_next(t, n, top)) */
uint32_t tree_next(const struct tree *t, uint32_t node, uint32_t top);

#endif
