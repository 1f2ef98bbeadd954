#ifndef ANALYZERS_JAVASCRIPT_EVAL_H
#define ANALYZERS_JAVASCRIPT_EVAL_H
/* The abstract interpreter: evaluates a module, or one expression of a source,
 * without executing anything. What it cannot decide becomes an unknown value
 * with reason and place, never a guess. Budgets (steps, bytes, depth) decide
 * where it stops, never the clock, so the answer is the same on every machine.
 *
 * Environment: process.env holds exactly env[]; the other variables are
 * undefined. Every read of a variable and every decision that hung on it is
 * logged, so that the caller can explore the other sides (scenarios). */
#include "analyzers/javascript/ast.h"
#include "analyzers/javascript/value.h"
#include "base/context.h"

/* A test on an environment variable that the evaluation met. */
struct env_test {
	struct str name;
	enum {
		ENV_TRUTHY,   /* if (X), X ? :, X || , X && , !X */
		ENV_DEFINED,  /* X ?? y, X === undefined, 'X' in process.env */
		ENV_EQUALS,   /* X === 'production', switch case, [..].includes(X), X.startsWith, regex: a value that satisfies */
		ENV_NUMBER    /* Number(X) > 2 and the like: a representative that changes the outcome */
	} kind;
	struct str value;  /* a value that makes the test go the other way than it went; ptr NULL: the
			      variable unset */
	struct place at;
};

struct eval_result {
	struct value *exports;       /* module.exports, or the ESM namespace object; for a JSON text its value */
	bool esm;                    /* loaded as an ES module: exports is the namespace */
	struct value *thrown;        /* not NULL: loading throws this (value or Error object with message) */
	const char *trouble;         /* not NULL: cannot be loaded at all: syntax error, budget ("evaluation stopped after ...") */
	struct place trouble_at;
	struct env_test *env_tests;  /* distinct, in order of first appearance */
	uint32_t n_env_tests;
	struct str *env_reads;       /* all names read, in order of first appearance */
	uint32_t n_env_reads;
	const struct source **files; /* every file that was read for it (config first): required files, JSON, .env */
	uint32_t n_files;
	bool exits;                  /* process.exit was reached */
	bool reads_argv;             /* process.argv was asked for */
};

struct eval_options {
	const struct context *ctx;   /* fs, cpus, memory, env */
	struct str path;             /* of the module, relative to the root: gives __dirname, require base */
	const struct env_var *env;   /* overrides ctx->env */
	size_t n_env;
	const struct str *argv;      /* process.argv; NULL: unknown */
	size_t n_argv;
	/* budgets; 0: the defaults (2 million steps, 64 MiB, depth 256) */
	uint64_t max_steps, max_bytes;
	uint32_t max_depth;
};

/* Runs a whole config module. as_esm: how Node would load it. */
struct eval_result *eval_module(struct arena *a, const struct js_file *f, bool as_esm,
				const struct eval_options *o);

/* The JSON-as-JavaScript way of PM2: the text in parentheses as one expression,
 * without require and module. f was parsed by eval_parse_json. */
struct js_file *eval_parse_json(struct arena *a, const struct source *source);
struct eval_result *eval_json(struct arena *a, const struct js_file *f,
			      const struct eval_options *o);

/* One expression of a source file, for guards and option objects. Module-level
 * constants and pure functions of the same file are looked up; anything bound
 * at run time (parameters, fields) is unknown, except where `bind` answers.
 * Identifiers that are imported are asked of `bind` too. */
struct eval_bind {
	/* value of the JS_IDENT, JS_MEMBER or JS_CALL at n, or NULL: not known here */
	struct value *(*lookup)(void *ctx, const struct js_file *f, js_node n);
	void *ctx;
};
struct value *eval_expression(struct arena *a, const struct js_file *f, js_node n,
			      const struct eval_bind *bind, const struct eval_options *o);

#endif
