#ifndef RULES_CATALOGUE_ROWS_H
#define RULES_CATALOGUE_ROWS_H
/* Matches the rows of the package catalogue against what an app calls. A row fires where its use
 * is live, the options that would keep its state elsewhere are absent, or resolve to memory, and
 * those that make it a hazard hold with the app's own environment. Private to this folder: rows.c
 * judges, row_uses.c says which row knows a call, row_options.c reads options and stores,
 * row_report.c tells what was found. Memory is the check's. */
#include "rules/catalogue.h"
#include "rules/registry.h"

struct row_match {
	struct check *c;
	const struct eco_app *model; /* with what a deployment has: NODE_ENV=production where
					nothing else is said */
	const struct cat_row *row;
	const struct cat_use *use;
	const struct prog_call *call;
	js_node options; /* the argument, or 0 */
	prog_id file;
	bool guessed;	    /* an option object has parts that nobody can see */
	prog_id store_file; /* what mitigates */
	js_node store;
	struct str store_name; /* the option's name */
	const char *shared;    /* "Redis": what the store is, NULL: nobody knows */
};

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* ---- row_uses.c ---- */
bool row_knows(const struct cat_row *row, const struct cat_use *use, const struct prog_call *call,
	       bool decorator);
/* "createClient().duplicate()" is written createClient.duplicate */
bool row_same_path(struct str want, struct str path);
bool row_is_live(const struct check *c, const struct prog_call *call, enum cat_when when);
/* app.register(require('x'), options), server.register({ plugin: require('x'), options }),
 * register(import('x')) */
bool row_plugin_given(const struct program *p, const struct prog_call *call, struct entity *plugin,
		      js_node *options, prog_id *file);

/* ---- row_options.c ---- */
js_node row_call_of(const struct js_file *js, js_node n); /* of a decorator: its call */
js_node row_argument(const struct js_file *js, js_node call, int index); /* -1: the last; or 0 */
/* both note in m what was found */
enum answer row_holds(struct row_match *m, const struct cat_option *o);
enum answer row_has_store(struct row_match *m, struct str name); /* given, and a shared one? */

/* ---- row_report.c ---- */
void row_report(struct row_match *m, bool mitigated);

#endif
