#ifndef PLANNER_INTERNAL_H
#define PLANNER_INTERNAL_H
/* What the planner's parts hand to each other while a report grows. Everything
 * lives in ctx->arena, the vectors apart, which run.c releases. */
#include "analyzers/program/addons.h"
#include "base/vec.h"
#include "planner/plan.h"
#include "planner/suppress.h"
#include "rules/native.h"

/* native code of the whole run: each target is read once */
struct plan_native; /* a target and what was found in it: native.c */
struct plan_natives {
	struct native_reader reader;
	VEC(const struct plan_native *) targets;
};

/* native code that an app loads, or is */
struct native_use {
	const struct plan_native *native; /* NULL: no sources of it were found */
	struct place at;                  /* where it is loaded */
	struct str name;
};

/* one line of starting a program: what project_find_entries is asked, once */
struct plan_command {
	struct str key;
	const struct project_entries *entries;
	VEC(const struct eco_app *) models;
	const struct program *program; /* NULL: no sources */
	uint32_t app;                  /* in program */
};

/* a database server, and what it allows unless it is told otherwise; allows 0: nothing worth counting */
struct db_server {
	const char *name;
	uint32_t allows, usable;
	struct plan_text number; /* allows in words */
	bool documents;         /* MongoDB: has connections of its own kind */
};

/* the largest pool that one process opens; size 0: none seen */
struct db_pool {
	uint32_t size;
	const struct db_server *server; /* NULL: not known */
	struct place at;
	struct plan_text usual; /* where nobody wrote the size: whose default it is; en NULL */
};

/* what feeds an app that takes messages */
struct consumers {
	uint32_t most;          /* processes that get something to do; 0: not known */
	struct plan_text why;
	uint32_t concurrency;   /* jobs at once in one process; 0: not told */
	struct place concurrency_at;
};

/* an app report that is being made */
struct plan_app {
	struct app_report r;
	struct hazard *hazards; /* the same as r.hazards, writable */
	const struct plan_command *command;
	const struct app_policy *own; /* the settings, or NULL */
	uint32_t *scenarios;
	size_t cap_scenarios;
	uint32_t spread;        /* processes that run this code at once, 0 unknown: see status.c */
	const struct plan_app *twin; /* other entry of the config that runs the same program, or NULL */
	struct db_pool db;
	struct consumers consumers;
	bool renders;           /* pages on the server: Next, Nuxt, ... */
	bool drives_browser;
	uint32_t hosts;         /* hosts that deploy names, at least 1 */
	struct place hosts_at;
	VEC(struct plan_text) reasons;
	VEC(const char *) notes;
	VEC(struct native_use) native;
	bool native_read;       /* some C or C++ of it was looked at */
};

struct plan_config {
	const struct context *ctx;
	const struct cards *cards;
	const struct policy *policy;
	const struct project_policy *project;
	const struct eco_config *config;
	struct suppressions *suppressions; /* of the whole run */
	VEC(struct plan_app) apps;
	VEC(struct finding) findings;
	VEC(const struct hazard *) config_hazards; /* found by rules with the sources' help; findings keep them */
	VEC(uint32_t) config_hazard_apps;
};

/* native.c */
void plan_find_natives(struct plan_natives *all, struct project *project, struct plan_app *app);
/* appends to the app's hazards */
void plan_add_natives(struct plan_config *c, struct plan_app *app);
void plan_report_natives(struct plan_config *c, const struct plan_app *app);
void plan_natives_release(struct plan_natives *all);

/* same.c: PM2 runs both alike */
bool plan_models_equal(const struct eco_app *a, const struct eco_app *b);

/* finish.c */
struct config_report plan_finish(struct plan_config *c);

/* status.c */
void plan_statuses(struct plan_config *c);
bool plan_same_scenario(const struct plan_app *a, const struct plan_app *b);
/* status of one hazard if the app ran that many processes in that mode */
enum hazard_status plan_status(const struct hazard *h, enum exec_mode mode, uint32_t processes,
			       uint32_t hosts, enum target_kind target);

/* verdict.c */
struct verdict_answer {
	enum verdict verdict;
	enum confidence confidence;
	const struct hazard *why; /* the first that decided, or NULL */
};
struct verdict_answer plan_verdict_of(const struct hazard *h, size_t n, enum target_kind target);
void plan_verdict(const struct plan_config *c, struct plan_app *app);
enum level plan_level(const struct hazard *h, bool unsure);
enum risk plan_risk(const struct plan_app *app, enum exec_mode mode, uint32_t processes,
		    enum target_kind target);

/* kind.c: what sort of program it is */
void plan_kind(struct plan_app *app);

/* instances.c */
void plan_instances(struct plan_config *c);
bool plan_is_safe(const struct plan_app *app);
void plan_reason(struct plan_app *app, const char *en, const char *zh);

/* capacity.c: takes away what cannot be held, and tells it */
void plan_limit(struct plan_config *c);
bool plan_runs_in(const struct plan_app *app, uint32_t scenario); /* PM2 starts it there */

/* memory.c: bytes of one process */
uint64_t plan_rss(const struct plan_app *app);
uint64_t plan_rss_least(const struct plan_app *app); /* surely not less */
bool plan_rss_known(const struct plan_app *app); /* measured, or what the config lets it grow to */
struct plan_text plan_rss_text(struct arena *a, const struct plan_app *app);

/* pools.c */
void plan_find_pool(struct plan_config *c, struct plan_app *app);
/* database connections of one process: what the settings tell, else what the sources do; 0: none known */
uint32_t plan_pool(const struct plan_app *app);
/* in words; plan_pool is not 0 */
struct plan_text plan_pool_text(struct arena *a, const struct plan_app *app);
/* the server that has a default worth a word, or NULL */
const struct db_server *plan_server(const struct plan_app *app);
/* connections that n processes may open, a reload and all hosts included */
double plan_connections(const struct plan_config *c, const struct plan_app *app, enum exec_mode mode, uint32_t n);

/* consumers.c */
void plan_find_consumers(struct plan_config *c, struct plan_app *app);

/* limits.c */
/* the app as it is, or as --what-if assumes it to be */
const struct eco_app *plan_what_if(const struct plan_config *c, const struct eco_app *m);
void plan_check_limits(struct plan_config *c);
/* why the plan of this scenario fits nowhere; en NULL: it does */
struct plan_text plan_unfit(const struct plan_config *c, uint32_t scenario);

/* findings.c */
void plan_findings(struct plan_config *c);
/* the same text only once in a report: adds what the run itself has to say */
void plan_tool_finding(struct plan_config *c, const char *rule, enum level level, struct place at,
		       struct str app, uint32_t scenario, const char *en, const char *zh);
void plan_sort_findings(struct plan_config *c);
void plan_reports_of_files(struct plan_config *c, const struct program *const *programs, size_t n,
			   uint32_t *unreadable);

/* accept.c: comments that accept findings */
void plan_read_suppressions(struct suppressions *s, const struct plan_config *c, size_t n,
			    const struct program *const *programs, size_t n_programs,
			    const struct native_reader *natives);
void plan_accept_hazards(struct plan_config *c, struct plan_app *app);
/* what is wrong with the comments themselves; after the findings of all configs */
void plan_report_suppressions(struct suppressions *s, struct plan_config *c, size_t n);

/* select.c: settings, baseline and changes decide which findings count */
struct rule_policy plan_rule(const struct project_policy *p, const struct card *card);
void plan_select(struct plan_config *c);

/* fingerprint.c: fills in all fingerprints; findings must be sorted */
void plan_fingerprints(struct finding *f, size_t n);

/* text with "{n}" replaced; n 0: "several" */
const char *plan_fill(struct arena *a, const char *text, uint32_t n, bool zh);

#endif
