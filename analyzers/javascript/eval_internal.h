#ifndef ANALYZERS_JAVASCRIPT_EVAL_INTERNAL_H
#define ANALYZERS_JAVASCRIPT_EVAL_INTERNAL_H
/* What the files of the evaluator share; nobody else includes it.
 *
 * A function that returns a value returns NULL where evaluation must unwind:
 * something was thrown, a budget is used up, process.exit was called (see
 * enum abrupt). Where a condition is unknown, both sides run, each under a
 * journal that can take its writes back; then the two states are joined. */
#include "analyzers/javascript/eval.h"
#include "analyzers/javascript/text.h"
#include "base/vec.h"

struct interp;
struct module;
struct regex;

/* ---- variables ---- */
struct cell {
	struct value *v; /* NULL: declared, not yet initialised */
	uint32_t stamp;
};

struct scope {
	struct scope *parent;
	const struct module *mod;
	js_node node;	     /* the node whose bindings it holds */
	struct cell cells[]; /* by module.slot_of */
};

struct module {
	struct module *next;
	struct str path;
	const struct js_file *f;
	uint32_t *slot_of;		  /* binding -> index inside its scope */
	uint32_t *n_slots;		  /* node -> number of bindings it holds */
	uint32_t *first;		  /* node -> first binding it holds, JS_NO_ATOM */
	uint32_t *next_of;		  /* binding -> next one of the same scope */
	struct scope *scope;		  /* module level */
	struct val_object *module_object; /* CommonJS: `module` */
	struct value *namespace_;
	struct value *json;    /* a JSON file's value */
	struct value *exports; /* CommonJS: the first `exports` */
	bool esm, strict, started, finished;
};

/* One activation of a function, or a module's top level. */
struct frame {
	struct interp *ip;
	struct module *mod;
	const struct js_file *f;
	struct scope *scope;
	struct value *this_;
	struct value *const *args;
	uint32_t n_args;
	struct value *ret;    /* of COMP_RETURN */
	uint32_t label;	      /* of COMP_BREAK and COMP_CONTINUE; JS_NO_ATOM: innermost */
	struct split *splits; /* ways out that an unknown condition may have taken */
};

enum completion { COMP_NORMAL, COMP_RETURN, COMP_BREAK, COMP_CONTINUE, COMP_ABRUPT };
enum abrupt { ABRUPT_NONE, ABRUPT_THROWN, ABRUPT_STOPPED, ABRUPT_EXITED };

/* ---- functions ---- */
struct call {
	struct frame *fr; /* of the caller */
	js_node node;	  /* the call */
	struct value *this_;
	struct value **args;
	uint32_t n;
	const struct builtin *self;
	const struct val_function *fn;
};
typedef struct value *(*builtin_fn)(struct interp *ip, struct call *c);

enum env_op {
	ENV_SELF,
	ENV_LOWER,
	ENV_UPPER,
	ENV_TRIM,
	ENV_TO_NUMBER,
	ENV_TO_STRING,
	ENV_OR,
	ENV_SPLIT,
	ENV_JSON
};
enum {
	B_PURE = 1 << 0,  /* an unknown receiver or argument makes the result unknown */
	B_CONST = 1 << 1, /* no function: fn gives the constant's value */
	B_MAKES = 1 << 2, /* `new` works too */
	B_VIA = 1 << 3	  /* hands a value through: keeps its origin */
};
struct builtin {
	const char *name; /* "Math.max", "String#trim", "path.join" */
	builtin_fn fn;
	uint16_t flags;
	uint8_t env_op; /* how the result hangs on the receiver or first argument; 0: not */
	int data;
};

struct val_function {
	const struct builtin *builtin; /* or a function of the user's: */
	struct module *mod;
	js_node node;
	struct scope *scope;
	struct value *this_; /* of an arrow function; the receiver of a bound one */
	struct value *const *outer_args;
	uint32_t n_outer_args;
	struct value *target; /* bound function: what is called */
	struct value **bound;
	uint32_t n_bound;
	void *data; /* of a builtin: module of `require` */
	struct val_object *props;
	bool running; /* inside call_maybe */
};

/* Map and Set: entries in insertion order */
struct collection {
	struct val_array *keys, *values;
};

/* ---- state that can be taken back ---- */
struct diff;
struct journal {
	struct journal *outer;
	uint32_t serial;
	struct saved *saved;
	uint32_t n, cap;
};
struct split {
	struct split *next;
	enum completion kind;
	uint32_t label;
	struct value *ret;
	struct value *cond;
	struct diff *other;   /* the state on the way out */
	struct journal *rest; /* what was written on the way that went on */
};

struct env_path {
	enum env_op op;
	struct str name;	   /* of ENV_SELF */
	const struct env_path *of; /* of the others */
	struct str text;	   /* separator of ENV_SPLIT; the default of ENV_OR */
};

struct lazy {
	uint32_t binding;
	struct value *v; /* NULL: being evaluated */
};

struct interp {
	struct arena *arena;
	const struct eval_options *o;
	const struct eval_bind *bind; /* not NULL: one expression of a source, evaluated lazily */
	struct fs *fs;		      /* may be NULL */
	uint64_t steps, max_steps;
	size_t bytes_start, max_bytes;
	uint32_t depth, max_depth, native;
	enum abrupt abrupt;
	struct value *thrown;
	const char *trouble;
	struct place trouble_at;
	struct frame *frame;	 /* the running one */
	struct journal *journal; /* innermost; NULL: nothing speculative */
	uint32_t serial;
	uint32_t try_depth;
	bool
	    maybe_thrown; /* something that is not known may have thrown: since the innermost try */
	const struct value *maybe_why;
	js_node chosen_by; /* innermost JS_IF or JS_CASE that runs */
	const struct js_file *chosen_file;
	struct module *modules, **modules_end;
	struct value *process, *env, *undefined;
	struct val_object *globals;
	VEC(struct lazy) lazy; /* eval_expression: bindings that were asked for */
	VEC(struct value *)
	namespaces; /* module objects that were asked for; class_name tells which */
	VEC(struct env_test) tests;
	VEC(struct str) reads;
	VEC(const struct source *) files;
	bool exits, reads_argv;
};

/* ---- eval.c ---- */
bool step(struct frame *fr, js_node n);	      /* false: a budget is used up */
bool charge(struct interp *ip, size_t bytes); /* before a large allocation */
struct value *stop(struct interp *ip, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
struct place place_of(const struct frame *fr, js_node n);
const struct origin *origin_new(struct frame *fr, js_node n, int kind, const struct origin *via);
struct value *unknown(struct frame *fr, js_node n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
struct value *spread_unknown(struct interp *ip,
			     const struct value *v); /* the same reason and place */
struct value *throw_error(struct frame *fr, js_node n, const char *class_name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
struct value *with_via(struct frame *fr, js_node n, struct value *v);
struct value *with_choice(const struct js_file *f, struct interp *ip, js_node by, struct value *v);
struct value *with_env(struct interp *ip, struct value *v, enum env_op op,
		       const struct env_path *of);
struct value *boolean(struct frame *fr, js_node n, bool b);
struct value *number(struct frame *fr, js_node n, double num);
struct value *string(struct frame *fr, js_node n, struct str s);
static inline bool is_unknown(const struct value *v)
{
	return v->kind == VAL_UNKNOWN;
}
static inline bool is_nullish(const struct value *v)
{
	return v->kind == VAL_UNDEFINED || v->kind == VAL_NULL;
}
static inline bool is_kind(const struct value *v, enum val_kind kind)
{
	return v && v->kind == kind;
}

/* ---- eval_scope.c ---- */
struct scope *scope_new(struct frame *fr, struct scope *parent,
			js_node n); /* with hoisted functions */
/* opens a scope for n where it declares something; returns the scope to restore */
struct scope *scope_enter(struct frame *fr, js_node n);
struct value *read_ident(struct frame *fr, js_node n,
			 bool quiet); /* quiet: undefined where not declared */
bool write_ident(struct frame *fr, js_node n, struct value *v, bool init);
struct cell *cell_of(struct frame *fr, uint32_t binding);

/* ---- journal.c ---- */
void cell_set(struct interp *ip, struct cell *c, struct value *v);
void touch_object(struct interp *ip, struct val_object *o); /* before it is changed */
void touch_array(struct interp *ip, struct val_array *a);
struct journal *speculate(struct interp *ip);
struct diff *take_back(struct interp *ip,
		       struct journal *j); /* restores, returns what had changed */
void commit(struct interp *ip, struct journal *j);
void join_diffs(struct interp *ip, const struct diff *x, const struct diff *y,
		const struct value *cond);
void apply_diff(struct interp *ip, const struct diff *d);
bool poison(struct interp *ip, const struct diff *d,
	    const struct value *cond); /* true: something new */
struct value *join(struct interp *ip, struct value *x, struct value *y, const struct value *cond);
void split_off(struct frame *fr, enum completion kind, uint32_t label, struct value *ret,
	       struct diff *other, struct value *cond);
/* ends all splits above `until`; their returned values are joined into fr->ret */
void resolve_splits(struct frame *fr, struct split *until);

/* ---- eval_expr.c, eval_op.c ---- */
struct value *eval(struct frame *fr, js_node n);
struct value *eval_named(struct frame *fr,
			 js_node n); /* keeps the value's own origin: no reference added */
struct value *eval_both(struct frame *fr, js_node x, js_node y,
			struct value *cond); /* join of both; 0: cond itself */
bool eval_key(struct frame *fr, js_node key, bool computed, struct str *out, struct value **odd);
struct value *binary(struct frame *fr, js_node n, int op, struct value *x, struct value *y);
int loosely_equal(struct interp *ip, const struct value *x,
		  const struct value *y); /* 1, 0, -1 unknown */
int strictly_equal(const struct value *x, const struct value *y);
bool same_value_zero(const struct value *x, const struct value *y, bool *known);
/* ToString and ToNumber that may throw or be unknown: NULL and *odd is the unknown value (or NULL:
 * unwinding) */
bool to_str(struct frame *fr, js_node n, const struct value *v, struct str *out,
	    struct value **odd);
bool to_num(struct frame *fr, js_node n, const struct value *v, double *out, struct value **odd);
bool prop_key(struct frame *fr, js_node n, const struct value *v, struct str *out,
	      struct value **odd);
const char *type_of(const struct value *v);

/* ---- property.c ---- */
bool is_class(const struct value *v, const char *name); /* "Map", "process.env", ... */
bool is_error(const struct val_object *o);
bool array_index(struct str key, uint32_t *index);
struct value *get_member(struct frame *fr, js_node n, struct value *base, struct str key);
struct value *get_index(struct frame *fr, js_node n, struct value *base, struct value *key);

/* ---- property_write.c ---- */
struct val_prop *put(struct interp *ip, struct val_object *o, struct str key, struct value *v);
bool set_member(struct frame *fr, js_node n, struct value *base, struct str key, struct value *v);
bool set_index(struct frame *fr, js_node n, struct value *base, struct value *key, struct value *v);
bool delete_member(struct frame *fr, js_node n, struct value *base, struct value *key);

/* ---- property_each.c ---- */
/* own enumerable properties, for spread, Object.keys, for-in; false: not an object with known ones
 */
bool own_props(struct frame *fr, const struct value *v, struct val_object *out);
void copy_props(struct frame *fr, js_node n, struct val_object *into, struct value *from);
/* the elements of an iterable; NULL and *odd: unknown, or NULL: thrown */
struct val_array *elements(struct frame *fr, js_node n, struct value *v, struct value **odd);

/* ---- pattern.c ---- */
bool assign_to(struct frame *fr, js_node target, struct value *v, bool init);
struct value *eval_assign(struct frame *fr, js_node n);
struct value *eval_update(struct frame *fr, js_node n);

/* ---- eval_fork.c: where a condition is unknown, both ways run and are joined; a
 * way that leaves early is kept aside as a split until the place where it arrives ---- */
typedef enum completion (*body_fn)(struct frame *fr, void *ctx);
struct side {
	enum completion c;
	enum abrupt abrupt;
	struct value *ret, *thrown;
	uint32_t label;
	struct split *late; /* ways out that were pending when the side ended */
	struct diff *d;
};
/* body_a or body_b runs, nobody knows which */
enum completion fork_run(struct frame *fr, struct value *cond, body_fn body_a, void *ctx_a,
			 body_fn body_b, void *ctx_b);
/* body may run any number of times, also not at all */
enum completion run_any(struct frame *fr, struct value *cond, body_fn body, void *ctx);
enum completion take_side(struct frame *fr, struct side *s);
/* ends the splits above `until`: their states are joined, the ways out are returned */
struct split *settle(struct frame *fr, struct split *until);
/* those that arrive here are over; the others go on */
void reopen(struct frame *fr, struct split *list, bool (*arrives)(const struct split *, uint32_t),
	    uint32_t label);
/* runs body(ctx) as often as an unknown condition may run it: what it writes becomes unknown */
bool run_maybe(struct frame *fr, struct value *cond, enum completion (*body)(void *ctx), void *ctx);

/* ---- eval_stmt.c ---- */
enum completion exec(struct frame *fr, js_node n);
enum completion exec_list(struct frame *fr, js_node n);
enum completion exec_var(struct frame *fr, js_node n);

/* ---- eval_loops.c ---- */
/* label: of the statement, or JS_NO_ATOM; what is no loop is executed as it is */
enum completion exec_loop(struct frame *fr, js_node n, uint32_t label);

/* ---- eval_call.c ---- */
struct value *eval_call_link(struct frame *fr, js_node n,
			     bool *cut); /* *cut: an ?. before it ended the chain */
struct value *eval_chain(struct frame *fr, js_node n, bool *cut);
struct value *eval_new(struct frame *fr, js_node n);
struct value *call_value(struct frame *fr, js_node n, struct value *fn, struct value *this_,
			 struct value **args, uint32_t n_args);
/* a function that something unknown holds may be called, any number of times, with anything */
bool call_maybe(struct frame *fr, js_node n, struct value *fn, struct value *cond);
/* a value handed to code that we do not see */
bool escape(struct frame *fr, js_node n, struct value *v, struct value *cond);
struct value *function_new(struct frame *fr, js_node n);
struct value *builtin_value(struct interp *ip, const struct builtin *b);

/* ---- builtins.c ---- */
const struct builtin *builtin_find(const char *space, char sep, struct str key);
struct value *namespace_object(struct interp *ip, const char *space);	  /* "path", "Math", ... */
struct value *global_value(struct frame *fr, js_node n, struct str name); /* NULL: no such global */
struct value *builtin_member(struct frame *fr, js_node n, const char *space, char sep,
			     struct str key);
bool is_node_builtin(struct str name); /* without "node:" */
struct value *error_new(struct frame *fr, js_node n, const char *class_name, struct str message);
extern const struct builtin builtins_string[], builtins_array[], builtins_array_change[],
    builtins_array_each[], builtins_object[], builtins_number[], builtins_node[], builtins_path[],
    builtins_collection[], builtins_regexp[], builtins_dotenv[];

/* arguments */
struct value *arg(struct interp *ip, const struct call *c, uint32_t i);
bool arg_str(struct call *c, uint32_t i, struct str *out, struct value **odd);
bool arg_num(struct call *c, uint32_t i, double missing, double *out, struct value **odd);
struct value *result_string(struct call *c, struct str s);
struct value *result_number(struct call *c, double num);
struct value *result_bool(struct call *c, bool b);
struct value *result_array(struct call *c);
struct value *result_object(struct call *c);

/* ---- the host: builtins_node.c, dotenv.c, path.c, json.c, regex.c ---- */
struct value *read_env(struct frame *fr, js_node n, struct str name);
struct value *process_object(struct interp *ip);
struct str cwd_absolute(struct interp *ip);
struct str path_absolute(struct interp *ip, struct str relative);
struct str node_path_resolve(struct arena *a, struct str cwd, const struct str *parts, uint32_t n);
/* reads a file below the root; source NULL: not there, or *odd: cannot be told */
const struct source *read_source(struct frame *fr, js_node n, struct str path, struct value **odd);
struct value *json_parse(struct interp *ip, const struct source *s, struct str text,
			 const struct origin *o, const char **error);
bool json_text(struct frame *fr, js_node n, struct value *v, struct str indent, struct str *out,
	       struct value **odd, struct value *replacer);
struct value *regexp_value(struct frame *fr, js_node n, struct str text);

struct regex_match {
	size_t start[16], end[16]; /* bytes; start SIZE_MAX: group not taken */
	uint32_t n;
};
enum regex_result { REGEX_NO, REGEX_YES, REGEX_UNKNOWN };
struct regex *regex_compile(struct arena *a, struct str pattern, struct str flags,
			    const char **why_not);
enum regex_result regex_exec(struct regex *r, struct str text, size_t from, struct regex_match *m,
			     uint64_t *steps);
struct str regex_source(const struct regex *r);
struct str regex_flags(const struct regex *r);
bool regex_has_names(const struct regex *r);
struct str regex_group_name(const struct regex *r, uint32_t group); /* "" where it has none */
bool regex_flag(const struct regex *r, char flag);
struct str regex_sample(struct arena *a,
			const struct regex *r); /* a text that matches; ptr NULL: none found */

/* ---- builtins_regexp.c: what the string methods need ---- */
struct value *regexp_match(struct interp *ip, struct call *c);
struct value *regexp_search(struct interp *ip, struct call *c);
struct value *regexp_split(struct interp *ip, struct call *c, struct str text, double limit);
struct value *regexp_replace(struct interp *ip, struct call *c, struct str text);
bool regexp_replacement(struct call *c, struct buf *b, struct str text, const struct regex_match *m,
			const struct regex *r, struct value **odd);

/* ---- env_test.c ---- */
void test_truthy(struct frame *fr, js_node n, const struct value *v);
void test_equal(struct frame *fr, js_node n, const struct value *x, const struct value *y,
		bool strict);
void test_nullish(struct frame *fr, js_node n, const struct value *v);
void test_order(struct frame *fr, js_node n, int op, const struct value *x, const struct value *y);
/* a test that `needle` as the variable's value would pass; passed: it did */
void test_text(struct frame *fr, js_node n, const struct value *v, struct str needle, bool passed);
void test_keys(struct frame *fr, js_node n, const struct value *key, const struct val_object *o);
void note_read(struct interp *ip, struct str name);

/* ---- modules.c ---- */
struct module *module_new(struct interp *ip, struct str path, const struct js_file *f, bool esm);
bool module_run(struct interp *ip, struct module *m);
struct value *module_value(struct interp *ip,
			   struct module *m); /* module.exports or the namespace */
struct value *require_value(struct frame *fr, js_node n, struct str specifier, bool import);
bool is_local_specifier(struct str specifier); /* a path, not the name of a package */
/* the module of a local file, run; NULL: thrown, or *odd */
struct module *module_load(struct frame *fr, js_node n, struct str specifier, bool import,
			   struct value **odd);
struct value *require_package(struct frame *fr, js_node n, struct str name);

/* ---- module_names.c ---- */
struct value *import_value(struct frame *fr, js_node n, js_node name); /* of a JS_IMPORT_NAME */
struct value *export_of(struct frame *fr, js_node n, struct module *m, struct str name);
struct value *module_namespace(struct interp *ip, struct module *m);

/* ---- number.c ---- */
enum { NUMBER_TEXT = 64 };
void num_write(char *text, double num); /* into NUMBER_TEXT bytes */
struct str num_radix_text(struct arena *a, double num, int radix);
struct str num_fixed_text(struct arena *a, double num, int digits);
double num_of_text(struct str text);
int32_t num_to_int32(double num);
double num_to_integer(double num);

#endif
