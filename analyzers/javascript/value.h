#ifndef ANALYZERS_JAVASCRIPT_VALUE_H
#define ANALYZERS_JAVASCRIPT_VALUE_H
/* JavaScript values as the evaluator sees them: concrete, or unknown with a
 * reason and a place. Every value knows where it came from; that is what
 * findings point at and what edits change. All memory lives in the arena of
 * the evaluation. Values read from JSON and YAML have the same form. */
#include <stdbool.h>
#include <stdint.h>
#include "analyzers/javascript/ast.h"
#include "base/source.h"

enum val_kind {
	VAL_UNDEFINED,
	VAL_NULL,
	VAL_BOOL,
	VAL_NUMBER,
	VAL_STRING,
	VAL_OBJECT,   /* plain objects; also Map, Set, errors (see class_name) */
	VAL_ARRAY,
	VAL_FUNCTION, /* a function of the user's or a built-in one */
	VAL_REGEXP,   /* u.obj: property lastIndex, host */
	VAL_UNKNOWN   /* cannot be decided; spreads */
};

/* Where a value was written, in the file that says it. */
struct origin {
	struct place at;      /* the expression that gave the value: a literal's own span, a call, ... */
	const struct js_file *file; /* NULL for YAML */
	js_node node;         /* the expression in that file, 0 for YAML */
	enum {
		ORIGIN_LITERAL,   /* a literal in the text: an edit may replace it */
		ORIGIN_COMPUTED,  /* a call, arithmetic, ... */
		ORIGIN_ENV,       /* process.env.NAME: env_name */
		ORIGIN_DEFAULTED, /* nobody wrote it */
		ORIGIN_MACHINE    /* cpus, memory, platform */
	} kind;
	struct str env_name;
	const struct origin *via; /* the reference through which it came here (identifier, spread, call), or NULL */
	/* via is the reference nearest to where the value ended; via->via is nearer to the literal */
	bool conditional;     /* chosen by ?:, ||, &&, ??, if or switch on the way */
	js_node chosen_by;    /* that JS_COND, JS_LOGICAL, JS_IF or JS_CASE in `file`, or 0 */
};

struct val_prop {
	struct str key;
	struct value *value;
	struct place at;        /* the whole "key: value" */
	struct place key_at;
	bool from_spread;       /* came through ...x or Object.assign */
	bool duplicate;         /* the same literal already had this key: the earlier one was lost */
};

struct val_object {
	struct val_prop *props; /* in insertion order, as JavaScript enumerates (integer keys first) */
	uint32_t n, cap;
	struct place at;        /* the literal */
	const char *class_name; /* NULL for plain objects; "Date", "Map", "Set", "Error", "module:os", ... */
	bool open;              /* something unknown was spread into it: further keys may exist, and override */
	bool frozen_by_unknown; /* a call that we do not know may have changed it */
	bool frozen;            /* Object.freeze */
	uint32_t stamp;         /* the evaluator's own */
	void *host;             /* the evaluator's own */
};

struct val_array {
	struct value **items;   /* NULL item: hole */
	uint32_t n, cap;
	struct place at;
	bool open;              /* further elements may exist */
	uint32_t fixed;         /* where open: items before this index are surely there, at their index */
	bool frozen;            /* Object.freeze */
	struct val_object *props; /* named properties, or NULL */
	uint32_t stamp;         /* the evaluator's own */
};

struct value {
	enum val_kind kind;
	union {
		bool b;
		double num;
		struct str str;            /* UTF-8; lone surrogates as WTF-8 */
		struct val_object *obj;
		struct val_array *arr;
		struct val_function *fn;   /* opaque outside of the evaluator */
		struct {
			const char *reason;    /* "calls execSync", "depends on process.argv", ... */
			struct place at;       /* where it became unknown */
		} unknown;
	} u;
	const struct origin *origin;       /* never NULL for values that reach a config */
	const struct env_path *env;        /* how it hangs on one environment variable; the evaluator's own */
};

struct value *val_get(const struct val_object *o, struct str key);   /* NULL: absent */
struct val_prop *val_prop(const struct val_object *o, struct str key);
bool val_truthy(const struct value *v, bool *known);                 /* known=false for unknown */
/* String(v), in JavaScript's format for numbers; NULL where it cannot be told */
const char *val_to_string(struct arena *a, const struct value *v);
bool val_to_str(struct arena *a, const struct value *v, struct str *out); /* the same, on bytes */
/* Number(v); NaN where JavaScript says NaN; *known=false for unknown */
double val_to_number(const struct value *v, bool *known);
/* JavaScript's Number::toString for finite and non-finite numbers */
char *val_number_text(struct arena *a, double num);
/* parseInt(text, 10) and parseFloat(text) of JavaScript */
double val_parse_int(struct str text, int radix);
double val_parse_float(struct str text);
bool val_equal_deep(const struct value *a, const struct value *b);   /* unknown equals nothing */
/* one-line JSON-like text for messages, shortened to about max bytes */
char *val_show(struct arena *a, const struct value *v, size_t max);

/* constructors; origin may be NULL */
struct value *val_new(struct arena *a, enum val_kind kind, const struct origin *o);
struct value *val_bool(struct arena *a, bool b, const struct origin *o);
struct value *val_number(struct arena *a, double num, const struct origin *o);
struct value *val_string(struct arena *a, struct str s, const struct origin *o);
struct value *val_unknown(struct arena *a, const char *reason, struct place at);
struct value *val_object_new(struct arena *a, const struct origin *o);
struct value *val_array_new(struct arena *a, const struct origin *o);
struct val_prop *val_set(struct arena *a, struct val_object *o, struct str key, struct value *v);
void val_push(struct arena *a, struct val_array *arr, struct value *v);

#endif
