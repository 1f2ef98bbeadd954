#ifndef ANALYZERS_PROGRAM_ROOTS_H
#define ANALYZERS_PROGRAM_ROOTS_H
/* What frameworks call: rows of data, matched against what a call or decorator
 * resolves to. Lists inside a string are separated by '|'. The first row that
 * matches is taken. */
#include "analyzers/program/program.h"

enum {
	ROW_ROUTE = 1 << 0,   /* only where the first argument is a path: starts with '/' */
	ROW_OPTIONS = 1 << 1, /* functions inside of object arguments count */
	ROW_PREFIX = 1 << 2   /* module is a prefix */
};

enum reg_mode {
	REG_ALWAYS,  /* the row's phase, if the registering code runs at all */
	REG_INHERIT, /* run-time phases of the registering code; where it has none, the row's */
	REG_BOTH     /* the row's phase, and run-time phases of the registering code */
};

struct reg_row {
	const char *module;   /* of a package; "" a global; "?" an object that nobody knows; "*" any package */
	const char *names;    /* last name of what is called; "*" any */
	const char *event;    /* what the first argument must be; NULL any */
	const char *maker;    /* path of the class or factory must end with one of these; NULL any */
	uint16_t phase;
	uint8_t mode, flags;
	uint8_t from;         /* first argument that may be a callback */
	const char *label;    /* %N name in capitals, %n name, %0 first argument */
	const char *param;    /* "module#path": what the first parameter of the callback is an instance of */
};

/* decorator of a method, or of a class that makes its methods (`methods`) roots */
struct deco_row {
	const char *module;   /* "" any */
	const char *names;
	const char *methods;  /* NULL: the decorated method itself */
	uint16_t phase;
	const char *label;
};

/* methods that a framework calls by their name on classes that it makes */
struct hook_row {
	const char *methods;
	const char *base;     /* path of the package class that must be the base; NULL any */
	uint16_t phase;
	const char *label;
	bool nest;            /* only on Nest's classes */
};

extern const struct reg_row reg_rows[];
extern const size_t n_reg_rows;
extern const struct deco_row deco_rows[];
extern const size_t n_deco_rows;
extern const struct hook_row hook_rows[];
extern const size_t n_hook_rows;

bool list_has(const char *list, struct str word);
const struct reg_row *reg_row_of(const struct entity *callee, struct str event, bool is_path);
/* do the callbacks of this call run inside of it? by package, or by the name of an array's or promise's method */
bool calls_back_at_once(const struct entity *callee);

#endif
