#ifndef PLANNER_EDIT_H
#define PLANNER_EDIT_H
/* Turns a plan into minimal edits of the config's text, and proves them: the
 * edited text is evaluated again, and must give exactly the planned model in
 * every scenario and leave every other app alone, else the edit is refused with
 * the reason and what to do by hand. Nothing is written here. Memory: ctx->arena. */
#include "planner/plan.h"

struct edit_options {
	bool plan;             /* also what the plan recommends, not only what is wrong */
	bool unsafe;           /* also fixes that may change what the app does */
	const char *const *only; /* names of apps; n_only 0: all */
	size_t n_only;
	struct str scenario;   /* --scenario, as given to eco_load; ptr NULL */
};

struct edit_done {
	struct str app;
	const char *what, *what_zh; /* "exec_mode: 'fork', instances: 1" */
	bool mode_changed;          /* pm2 delete and start are needed: a restart ignores it */
};

struct edit_refused {
	struct str app;
	const char *why, *why_zh;   /* with the instruction by hand */
	struct place at;
};

struct edit_result {
	struct str text;            /* the new text; equal to the old one where nothing is done */
	const struct eco_edit *edits; /* on the old text, by place, none overlapping */
	size_t n_edits;
	const struct edit_done *done;
	size_t n_done;
	const struct edit_refused *refused;
	size_t n_refused;
};

struct edit_result *edit_config(const struct context *ctx, const struct config_report *report,
				const struct edit_options *o);

/* the text with the edits carried out; edits sorted and not overlapping */
struct str edit_apply(struct arena *a, struct str text, const struct eco_edit *edits, size_t n);

#endif
