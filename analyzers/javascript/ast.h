#ifndef ANALYZERS_JAVASCRIPT_AST_H
#define ANALYZERS_JAVASCRIPT_AST_H
/* Our own small form of one JavaScript, TypeScript or JSX file: ESTree reduced
 * to what an analysis needs, in flat arrays indexed by 32-bit numbers, lowered
 * once from the parser's tree. Types are kept only as names (injection and
 * ORM repositories need them). Holds no paths and no environment.
 *
 * js_parse returns one js_file in the given arena, which owns all of it; the
 * source is borrowed. Node 0 is "none"; node 1 is the program. Every node knows
 * its parent and its enclosing function (0 = module level). A node comes before
 * its children, and what lies below it is one run of numbers.
 *
 * Spans are exact: a node covers its own text and no parentheses around it. The
 * function of a method begins at its parameters. Decorators lie outside of the
 * span of what they decorate where the text has them before "export" or, in
 * TypeScript, before a method. */
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/map.h"
#include "base/source.h"

typedef uint32_t js_node; /* index into js_file.nodes; 0 = none */

/* For each kind: what a, b, c, str, op and kids hold. "name" is an atom. */
enum js_kind {
	JS_NONE,
	JS_PROGRAM,    /* kids: statements */
	/* statements */
	JS_BLOCK,      /* kids; op JS_BLOCK_WITH for "with (o) s": kids are JS_EXPR_STMT o and s */
	JS_EXPR_STMT,  /* a expression */
	JS_VAR,        /* op JS_VAR_*; kids: JS_DECLARATOR; JSF_DECLARE for "declare" */
	JS_DECLARATOR, /* a target (identifier or pattern), b init, c type */
	JS_IF,         /* a test, b then, c else */
	JS_FOR,        /* a init, b test, c update; kids[0] body */
	JS_FOR_IN,     /* op JS_FOR_OP_*; a left (JS_VAR or target), b right, c body; JSF_AWAIT */
	JS_WHILE,      /* a test, b body */
	JS_DO_WHILE,   /* a test, b body */
	JS_SWITCH,     /* a discriminant; kids: JS_CASE */
	JS_CASE,       /* a test (0: default); kids: statements */
	JS_RETURN,     /* a */
	JS_THROW,      /* a */
	JS_TRY,        /* a block, b JS_CATCH, c finally block */
	JS_CATCH,      /* a parameter (identifier or pattern, may be 0), b body */
	JS_BREAK,      /* str label or none */
	JS_CONTINUE,   /* str label or none */
	JS_LABELED,    /* str label, a statement */
	JS_EMPTY,
	JS_IMPORT,     /* str specifier text; kids: JS_IMPORT_NAME; JSF_TYPE_ONLY; side-effect import: no kids.
			  TypeScript "import x = require('y')": one kid with str "=" */
	JS_IMPORT_NAME,/* str imported name ("default", "*", or a name), a local JS_IDENT; JSF_TYPE_ONLY */
	JS_EXPORT,     /* a declaration or 0; kids: JS_EXPORT_NAME; str specifier or JS_NO_ATOM; JSF_TYPE_ONLY */
	JS_EXPORT_DEFAULT, /* a expression, function or class */
	JS_EXPORT_NAME,/* str exported name; b-less: a local JS_IDENT (no specifier), or with a specifier
			  a = JS_STRING holding the imported name; "export *": str "*" , a 0;
			  "export * as ns": str "ns", a JS_STRING "*" */
	JS_EXPORT_ASSIGN, /* TypeScript "export = x": a */
	JS_ENUM,       /* str name, a JS_IDENT; kids: JS_PROPERTY (a key, b init); JSF_DECLARE */
	JS_NAMESPACE,  /* TypeScript namespace or module with values: a JS_IDENT, b JS_BLOCK; JSF_DECLARE */
	/* expressions */
	JS_IDENT,      /* str name; as reference or as declared name */
	JS_THIS,
	JS_SUPER,
	JS_NUMBER,     /* num */
	JS_BIGINT,     /* str text */
	JS_STRING,     /* str cooked value (escapes resolved, UTF-8; lone surrogates as WTF-8) */
	JS_TEMPLATE,   /* kids alternate: JS_STRING, expression, JS_STRING, ... (starts and ends with JS_STRING) */
	JS_TAGGED,     /* a tag, b JS_TEMPLATE */
	JS_REGEX,      /* str whole text with slashes and flags */
	JS_BOOL,       /* op 0 or 1 */
	JS_NULL,
	JS_ARRAY,      /* kids: expressions, JS_SPREAD, JS_HOLE */
	JS_HOLE,
	JS_OBJECT,     /* kids: JS_PROPERTY, JS_SPREAD */
	JS_PROPERTY,   /* a key (JS_STRING for identifiers, strings and numbers; expression if JSF_COMPUTED),
			  b value; JSF_SHORTHAND, JSF_METHOD, JSF_GETTER, JSF_SETTER */
	JS_SPREAD,     /* a */
	JS_UNARY,      /* op JS_OP_*, a */
	JS_UPDATE,     /* op JS_OP_ADD or JS_OP_SUB, a; JSF_PREFIX */
	JS_BINARY,     /* op, a, b */
	JS_LOGICAL,    /* op JS_OP_AND, JS_OP_OR, JS_OP_NULLISH; a, b */
	JS_ASSIGN,     /* op JS_OP_NONE for "=", else the operator of "+=", "||=" ...; a target, b value */
	JS_COND,       /* a test, b then, c else */
	JS_CALL,       /* a callee; kids: arguments; JSF_OPTIONAL */
	JS_NEW,        /* a callee; kids: arguments */
	JS_MEMBER,     /* a object, str property name ("#x" for private names); JSF_OPTIONAL */
	JS_INDEX,      /* a object, b index; JSF_OPTIONAL */
	JS_SEQUENCE,   /* kids */
	JS_AWAIT,      /* a */
	JS_YIELD,      /* a; JSF_DELEGATE */
	JS_IMPORT_CALL,/* a specifier expression: import(x) */
	JS_META,       /* str "import.meta" or "new.target" */
	JS_FUNCTION,   /* str name or JS_NO_ATOM; kids: JS_PARAM; b body (JS_BLOCK, or expression with JSF_ARROW), a JS_IDENT
			  of its name or 0; c return type; JSF_ARROW JSF_ASYNC JSF_GENERATOR; as statement: JSF_DECLARATION;
			  body 0: an overload signature or abstract method. fn: index into functions */
	JS_PARAM,      /* a identifier or pattern, b default, c type; JSF_REST; JSF_PARAM_PROPERTY (TypeScript private x: T);
			  decorators */
	JS_CLASS,      /* str name or JS_NO_ATOM, a JS_IDENT of its name or 0, b superclass expression;
			  kids: JS_FIELD, JS_METHOD, JS_STATIC_BLOCK; decorators; JSF_DECLARATION, JSF_ABSTRACT;
			  c in TypeScript: JS_TYPE without name whose kids are the superclass with its type
			  arguments (op JS_TYPE_EXTENDS) and then the interfaces that it implements */
	JS_FIELD,      /* a key (as in JS_PROPERTY), b init, c type; JSF_STATIC JSF_READONLY JSF_COMPUTED JSF_DECLARE; decorators */
	JS_METHOD,     /* a key, b JS_FUNCTION; JSF_STATIC JSF_GETTER JSF_SETTER JSF_COMPUTED; decorators.
			  The constructor is the method with key "constructor". */
	JS_STATIC_BLOCK, /* b JS_BLOCK */
	JS_DECORATOR,  /* a expression */
	JS_JSX,        /* str element name or JS_NO_ATOM; kids: expressions inside (attribute values, children);
			  a: for <Foo> and <a.b> the JS_IDENT or JS_MEMBER that it refers to */
	/* patterns (identifiers and member expressions stand for themselves) */
	JS_OBJECT_PATTERN, /* kids: JS_PATTERN_PROPERTY, JS_REST */
	JS_PATTERN_PROPERTY, /* a key (as in JS_PROPERTY), b target, c default; JSF_SHORTHAND JSF_COMPUTED */
	JS_ARRAY_PATTERN,  /* kids: targets, JS_DEFAULT, JS_HOLE, JS_REST */
	JS_DEFAULT,    /* a target, b default */
	JS_REST,       /* a target */
	/* types, only by name */
	JS_TYPE,       /* str dotted name ("Repository", "Express.Multer.File"), JS_NO_ATOM for any other type;
			  kids: type arguments; arrays: str "Array"; unions: JS_NO_ATOM with the members as kids, op JS_OP_BITOR
			  (intersections: JS_OP_BITAND) */
	JS_ERROR,      /* what the parser did not understand: opaque, kids: whatever could be lowered inside */
	JS_N_KINDS
};

enum js_op {
	JS_OP_NONE,
	JS_OP_ADD, JS_OP_SUB, JS_OP_MUL, JS_OP_DIV, JS_OP_MOD, JS_OP_EXP,
	JS_OP_BITAND, JS_OP_BITOR, JS_OP_BITXOR, JS_OP_SHL, JS_OP_SHR, JS_OP_USHR,
	JS_OP_EQ, JS_OP_NE, JS_OP_SEQ, JS_OP_SNE, /* == != === !== */
	JS_OP_LT, JS_OP_LE, JS_OP_GT, JS_OP_GE, JS_OP_IN, JS_OP_INSTANCEOF,
	JS_OP_AND, JS_OP_OR, JS_OP_NULLISH,
	JS_OP_NOT, JS_OP_BITNOT, JS_OP_TYPEOF, JS_OP_VOID, JS_OP_DELETE /* unary; also ADD, SUB */
};

enum { JS_VAR_VAR, JS_VAR_LET, JS_VAR_CONST, JS_VAR_USING };
enum { JS_TYPE_EXTENDS = 1 };
enum { JS_BLOCK_PLAIN, JS_BLOCK_WITH };
enum { JS_FOR_OP_IN, JS_FOR_OP_OF };

enum {
	JSF_ARROW = 1 << 0,
	JSF_ASYNC = 1 << 1,
	JSF_GENERATOR = 1 << 2,
	JSF_DECLARATION = 1 << 3,
	JSF_STATIC = 1 << 4,
	JSF_READONLY = 1 << 5,
	JSF_COMPUTED = 1 << 6,
	JSF_SHORTHAND = 1 << 7,
	JSF_METHOD = 1 << 8,
	JSF_GETTER = 1 << 9,
	JSF_SETTER = 1 << 10,
	JSF_OPTIONAL = 1 << 11, /* ?. ; optional parameter */
	JSF_TYPE_ONLY = 1 << 12,
	JSF_REST = 1 << 13,
	JSF_PREFIX = 1 << 14,
	JSF_AWAIT = 1 << 14,
	JSF_DELEGATE = 1 << 14,
	JSF_PARAM_PROPERTY = 1 << 14,
	JSF_DECLARE = 1 << 15,
	JSF_ABSTRACT = 1 << 11,
	JSF_EMPTY_CLAUSE = 1 << 11 /* import {} from 'x': no names, though not written as a side effect */
};

/* Statements, expressions, patterns and types nest no deeper; what does in the text is JS_ERROR and
 * a trouble. With blocks, properties and the like between, a node has at most four times as many
 * ancestors: recursion over the tree is safe. */
enum { JS_MAX_DEPTH = 1000 };
#define JS_TOO_DEEP "nested too deeply" /* the trouble where our limit, not the text, is at fault */

#define JS_NO_ATOM UINT32_MAX

struct js_node_data {
	uint8_t kind, op;
	uint16_t flags;
	struct span span;
	js_node parent;
	uint32_t fn;    /* enclosing function (index into functions); for a JS_FUNCTION its own index */
	js_node a, b, c;
	uint32_t str;   /* atom */
	uint32_t kids, n_kids;   /* slice of js_file.lists */
	uint32_t decos, n_decos; /* slice of js_file.lists: JS_DECORATOR */
	js_node end;             /* the nodes below this one are exactly those between it and end */
	double num;
};

enum js_binding_kind {
	JSB_VAR, JSB_LET, JSB_CONST, JSB_FUNCTION, JSB_CLASS, JSB_PARAM, JSB_CATCH, JSB_IMPORT, JSB_ENUM,
	JSB_NAMESPACE
};

/* One declared name. Type-only imports and declarations are no bindings. */
struct js_binding {
	uint32_t name;  /* atom */
	uint8_t kind;
	uint32_t fn;    /* function whose scope (or whose block) holds it; 0 = module level */
	js_node scope;  /* block, function or program that holds it */
	js_node decl;   /* the JS_IDENT that declares it */
	js_node init;   /* initialiser: expression, JS_FUNCTION, JS_CLASS, JS_IMPORT_NAME; 0 where none or through a pattern */
	js_node pattern;/* the outermost pattern that it is taken out of, or 0; then init is the pattern's initialiser */
	uint32_t refs, n_refs; /* slice of js_file.lists: JS_IDENT nodes that refer to it, in source order, decl excluded */
};

struct js_function {
	js_node node;     /* JS_FUNCTION; for index 0 JS_PROGRAM */
	uint32_t parent;  /* enclosing function */
	js_node owner;    /* JS_METHOD, JS_PROPERTY, JS_DECLARATOR, JS_ASSIGN, JS_FIELD, JS_CALL or JS_NEW (argument) that holds it, or 0 */
	js_node class_;   /* JS_CLASS whose `this` it sees: methods, and arrow functions inside them; else 0 */
};

enum js_language { JS_LANG_JS, JS_LANG_TS, JS_LANG_TSX };

struct js_trouble {
	struct span span;
	const char *message; /* "syntax error", or what Node would refuse, in words */
};

struct js_file {
	const struct source *source; /* borrowed */
	enum js_language language;
	struct js_node_data *nodes;
	uint32_t n_nodes;
	uint32_t *lists;       /* storage of kids, decorators, refs */
	uint32_t n_lists;
	struct atoms atoms;    /* texts of this file */
	struct js_binding *bindings;
	uint32_t n_bindings;
	uint32_t *binding_of;  /* [n_nodes]: for JS_IDENT its binding (declarations too), JS_NO_ATOM for a global or a property */
	struct js_function *functions;
	uint32_t n_functions;  /* [0] is the module itself */
	struct js_trouble *troubles; /* what the parser did not understand, in source order */
	uint32_t n_troubles;
	bool is_module;        /* has import or export declarations, import.meta or top-level await */
	struct js_comment *comments;
	uint32_t n_comments;
};

struct js_comment {
	struct span span; /* with its delimiters */
};

/* The language is told by the file's name: .ts .mts .cts; .tsx; all others as
 * JavaScript with JSX. Never fails: what is not understood becomes JS_ERROR
 * nodes and troubles. Time and memory are bounded by the text's length. */
struct js_file *js_parse(struct arena *a, const struct source *source, enum js_language language);
enum js_language js_language_of(struct str path);
void js_file_release(struct js_file *f); /* what does not live in the arena */

/* What Node would refuse though the parser accepts it: duplicate let/const,
 * return outside of a function (module), await where it is none, JSON text as a
 * program ({"a": 1} parses as a block with a label), octal in strict mode,
 * assignment to literals, import/export in CommonJS, TypeScript syntax in .js...
 * as_module: how Node would load the file. Appends nothing where all is well.
 * The result lives in the arena. */
struct js_trouble *js_refused_by_node(struct arena *a, const struct js_file *f, bool as_module,
				      uint32_t *n);

/* ---- access ---- */
static inline const struct js_node_data *js_at(const struct js_file *f, js_node n)
{
	return &f->nodes[n];
}
static inline enum js_kind js_kind(const struct js_file *f, js_node n)
{
	return (enum js_kind)f->nodes[n].kind; /* node 0 is JS_NONE */
}
static inline js_node js_kid(const struct js_file *f, js_node n, uint32_t i)
{
	return f->lists[f->nodes[n].kids + i];
}
static inline js_node js_deco(const struct js_file *f, js_node n, uint32_t i)
{
	return f->lists[f->nodes[n].decos + i];
}
static inline struct str js_atom(const struct js_file *f, uint32_t atom)
{
	return atom == JS_NO_ATOM ? STR("") : atoms_text(&f->atoms, atom);
}
static inline struct str js_str(const struct js_file *f, js_node n)
{
	return js_atom(f, f->nodes[n].str);
}
static inline bool js_is_ident(const struct js_file *f, js_node n, const char *name)
{
	return js_kind(f, n) == JS_IDENT && str_is(js_str(f, n), name);
}
/* of an identifier or the last part of a member chain, "" for the rest */
static inline struct str js_last_name(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_MEMBER || js_kind(f, n) == JS_IDENT ? js_str(f, n) : STR("");
}
/* text of the node in the source */
struct str js_text(const struct js_file *f, js_node n);
/* the static name of a JS_PROPERTY, JS_METHOD, JS_FIELD or JS_PATTERN_PROPERTY key; "" where computed and unknown */
struct str js_key(const struct js_file *f, js_node n);
/* skips parentheses that lowering removed, "as" casts, "!", satisfies: lowering drops them all; kept for JS_AWAIT only when asked */
js_node js_strip_await(const struct js_file *f, js_node n);
/* dotted path of a callee or member chain: "this.repo.save", "process.env.X", "a().b" -> "" parts; written into buf of the arena; "" where it is none */
struct str js_path(struct arena *a, const struct js_file *f, js_node n);
const char *js_kind_name(enum js_kind kind);
/* calls visit(n) for n and all nodes below it in source order; visit returns false to skip the children */
void js_walk(const struct js_file *f, js_node n, bool (*visit)(void *ctx, js_node n), void *ctx);
/* children of a node in source order, written to out (capacity cap), returns how many there are */
uint32_t js_children(const struct js_file *f, js_node n, js_node *out, uint32_t cap);
/* The same one by one, without a limit: for (it = js_iter(f, n); (kid = js_next(&it));) */
struct js_iter {
	const struct js_file *f;
	js_node fields[3]; /* a, b, c in source order */
	uint32_t field, kid, kids_end, deco, decos_end;
};
struct js_iter js_iter(const struct js_file *f, js_node n);
js_node js_next(struct js_iter *it); /* 0 at the end */

/* the atom of a text, JS_NO_ATOM where the file does not hold it: nothing in it has that name */
uint32_t js_find_atom(const struct js_file *f, struct str text);
/* the binding of a JS_IDENT; NULL for globals, properties and all other nodes */
static inline const struct js_binding *js_binding_of(const struct js_file *f, js_node n)
{
	uint32_t b = f->binding_of[n];
	return b == JS_NO_ATOM ? NULL : &f->bindings[b];
}

/* Whether TypeScript's output lacks this JS_IMPORT (or its "import x = require"): all of its names
 * are types, or nothing but types refers to them. A side-effect import stays; so does one in
 * JavaScript. References that the compiler adds count as values: types in the constructor, members
 * and parameters that decorators stand on (emitDecoratorMetadata; assumed on, because an import too
 * many costs less than one too few), and React where there is JSX. An import that is only
 * re-exported counts as a value, though it may be a type. */
bool js_import_is_elided(const struct js_file *f, js_node import);

#endif
