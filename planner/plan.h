#ifndef PLANNER_PLAN_H
#define PLANNER_PLAN_H
/* Joins code and processes: the verdict of each app, what is wrong now, and how
 * many instances there should be. One report per config; it lives in ctx->arena,
 * except for the sources, which plan_release frees. */
#include "analyzers/ecosystem/model.h"
#include "analyzers/program/program.h"
#include "planner/policy.h"
#include "rules/hazard.h"

enum verdict {
	VERDICT_CLUSTER_SAFE, VERDICT_CLUSTER_WITH_WARNINGS, VERDICT_FORK_RECOMMENDED,
	VERDICT_FORK_ONLY, VERDICT_NOT_A_SERVER, VERDICT_UNKNOWN
};
enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_UNKNOWN };
enum level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

/* the same in both languages of the program */
struct plan_text {
	const char *en, *zh;
};

struct app_report {
	const struct eco_app *model;
	uint32_t scenario;             /* first scenario of it */
	const uint32_t *scenarios;     /* all in which it is the same */
	size_t n_scenarios;
	const struct project_entries *entries;
	uint32_t files_reached;
	const char *const *entry_paths;
	size_t n_entry_paths;
	enum verdict verdict;
	enum confidence confidence;
	struct hazards hazards;        /* with status filled in */
	bool edge;                     /* proxy or gateway without a database */
	bool pinned;                   /* the settings keep it at one process */
	bool assumed;                  /* the model is not the config's but what --what-if says */
	const char *kind;              /* "edge", "api", "worker", "scheduler", ... */
	/* recommended: what the config should say; under replicas what PM2 runs in each container */
	enum exec_mode mode;
	uint32_t instances;
	uint32_t replicas;             /* containers; 0: target pm2, or as many as now */
	const struct plan_text *reasons;
	size_t n_reasons;
	const char *limited_by;        /* NULL, "memory", "database connections" or "partitions" */
	enum risk risk, risk_after, risk_scaled; /* risk_scaled: what two processes in cluster mode would be */
	const char *const *notes;      /* not understood, cwd mapped, ... */
	size_t n_notes;
};

/* recommended processes, those of all containers together */
static inline uint32_t plan_total(const struct app_report *a)
{
	return a->instances * (a->replicas ? a->replicas : 1);
}

struct finding {
	struct str rule;
	enum family family;
	enum level level;
	enum confidence confidence;
	struct str app;                /* "" where none */
	uint32_t scenario;
	const char *message, *message_zh;
	struct place at;
	const struct evidence *evidence;
	size_t n_evidence;
	const struct card *card;
	const struct hazard *hazard;   /* NULL for config findings */
	enum hazard_status status;
	const struct eco_fix *fix;
	char fingerprint[33];          /* rule, app, normalised statement, symbol: survives moved lines */
	const char *suppressed_why;    /* reason of the comment that accepts it, where status says so */
	bool baselined;                /* known from the baseline */
	bool elsewhere;                /* touches nothing that the change touched */
	bool deselected;               /* the settings do not ask for it */
	bool tolerated;                /* told, but no reason to fail */
};

/* whether it is told and counted: neither accepted nor known nor outside of the change */
static inline bool finding_counts(const struct finding *f)
{
	return f->status != HAZARD_SUPPRESSED && !f->baselined && !f->elsewhere && !f->deselected;
}

struct plan_row {                      /* before and after in one scenario */
	uint32_t scenario;
	uint32_t processes_before, processes_after; /* 0: unknown */
	enum risk risk_before, risk_after;
	struct plan_text unfit;        /* why nothing that is left can be held by the machine or the database; en NULL: it can */
};

struct config_report {
	const struct eco_config *config;
	const struct app_report *apps; /* scenario order, then config order; equal ones once */
	size_t n_apps;
	const struct finding *findings; /* sorted: place, rule */
	size_t n_findings;
	const struct plan_row *plans;
	size_t n_plans;
	int fail_on;                   /* what the settings of this config say, enum fail_on of the cli */
};

struct project;

struct run_report {
	const struct config_report *configs;
	size_t n_configs;
	uint32_t files, unreadable;
	const struct source *const *native_files; /* C and C++, counted in files */
	size_t n_native_files;
	uint32_t errors, warnings, notes; /* of findings that count */
	uint32_t suppressed, baselined, elsewhere, deselected;
	struct program **programs;     /* hold the sources that places point into: see plan_release */
	size_t n_programs;
	struct project *project; /* what the programs asked, and formats may ask still */
};

/* configs: what eco_load gave. */
struct run_report *plan_run(const struct context *ctx, const struct cards *cards,
			    const struct policy *policy, const struct eco_config *const *configs,
			    size_t n);
/* frees what does not live in ctx->arena; after it the report's places are gone */
void plan_release(struct run_report *r);

const char *verdict_name(enum verdict v);
const char *risk_name(enum risk r);
const char *level_name(enum level l);
const char *status_name(enum hazard_status s);

#endif
