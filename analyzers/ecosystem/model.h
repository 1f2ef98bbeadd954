#ifndef ANALYZERS_ECOSYSTEM_MODEL_H
#define ANALYZERS_ECOSYSTEM_MODEL_H
/* What PM2 would start from one config file, per scenario, every value with its
 * origin, and what is wrong with the config itself. Facts about PM2 come from
 * PM2 7.0.4 (lib/Common.js, lib/API.js, lib/API/schema.json, lib/God.js),
 * with the differences of 5 and 6. All memory lives in ctx->arena. */
#include "analyzers/javascript/value.h"
#include "base/context.h"
#include "base/source.h"

enum exec_mode { EXEC_UNKNOWN, EXEC_FORK, EXEC_CLUSTER };
enum eco_format { ECO_JS, ECO_MJS, ECO_JSON, ECO_YAML, ECO_NOT_A_CONFIG };
/* what PM2 does with the whole file */
enum eco_verdict {
	ECO_STARTS,
	ECO_SCRIPT,      /* not a config by its name: PM2 runs it as an app */
	ECO_PARSE_ERROR, /* "malformated", nothing is started */
	ECO_CRASHES,     /* an uncaught error in PM2's CLI */
	ECO_REJECTED,    /* refused by PM2's validation */
	ECO_NO_APPS,     /* a default export or a function: PM2 finds no app in it */
	ECO_UNDECIDED
};

/* One assumption about the environment. name: "default", "NODE_ENV=production",
 * "--env production", or both joined by " ". */
struct eco_scenario {
	struct str name;
	const struct env_var *env; /* for the evaluation */
	size_t n_env;
	struct str env_block;      /* env_<name> chosen with --env; ptr NULL: none */
};

struct eco_unknown {
	const char *field;  /* "instances", "exec_mode", "script", ... */
	const char *reason;
	struct place at;
};

/* One app after PM2's own normalisation. Places have source NULL where nobody wrote the value. */
struct eco_app {
	uint32_t index;            /* in the config's apps */
	struct str name;           /* ptr NULL: unknown */
	struct str script;         /* as PM2 has it after normalisation, relative to cwd or as written */
	struct str cwd;            /* as written, "" where absent; ptr NULL: unknown */
	const struct str *args;
	size_t n_args;
	const struct str *node_args;
	size_t n_node_args;
	struct str interpreter;    /* resolved: "node", "bash", "none", "bun", ... */
	bool interpreter_written;
	bool shell_script;         /* the script held a blank: PM2 runs bash -c */
	enum exec_mode exec_mode;
	double instances;          /* as PM2's number: 0 = all CPUs, negative = CPUs + n; NaN: unknown or crash */
	bool instances_known;
	uint32_t processes;        /* on ctx->cpus; 0: unknown */
	bool skipped;              /* PM2 would not start it (a finding says why) */
	bool crashes_daemon;       /* instances is no number: PM2's daemon dies of it */
	/* env of the app's processes as PM2 merges it in this scenario (file only, not the shell) */
	const struct env_var *env;
	size_t n_env;
	bool env_open;             /* further unknown variables may exist */
	struct str instance_var;   /* NODE_APP_INSTANCE unless renamed */
	double max_memory_restart; /* bytes; NaN: none or unknown */
	double kill_timeout, listen_timeout; /* ms, defaults filled in */
	bool wait_ready;
	bool watch;
	bool autorestart;
	struct str cron_restart;   /* ptr NULL: none */
	struct str port;           /* of `port` or env.PORT; ptr NULL: not told */
	/* where it was said */
	struct place at;           /* the app's object literal (or its call) */
	struct place name_at, script_at, cwd_at, exec_mode_at, instances_at;
	const struct value *raw;   /* the app object before normalisation */
	const struct value *exec_mode_value, *instances_value; /* raw, or NULL where absent */
	const struct eco_unknown *unknown;
	size_t n_unknown;
};

struct eco_deploy_host {
	struct str env;      /* name of the deploy entry */
	uint32_t hosts;      /* number of hosts, 0 unknown */
	struct place at;
};

/* A mistake in the config itself. Sorted by place. `rule` is the id of a rule card. */
struct eco_finding {
	const char *rule;
	int app;               /* index, or -1 */
	struct str app_name;
	uint32_t scenario;     /* index of the first scenario in which it holds */
	struct place at;
	const char *message;   /* lower case, what and what to do; English */
	const char *const *args; /* the pieces that a translation needs, in order of {1} {2} ... */
	size_t n_args;
	struct place also_at;  /* second place, or source NULL */
	const char *also;      /* what is there */
	int level;             /* enum eco_level; the card's own severity where ECO_LEVEL_CARD */
	const struct eco_fix *fix; /* NULL: none */
};
enum eco_level { ECO_LEVEL_CARD, ECO_LEVEL_NOTE, ECO_LEVEL_WARNING, ECO_LEVEL_ERROR };

struct eco_edit {
	const struct source *source;
	struct span span;      /* replaced by text; empty span: insertion */
	struct str text;
};
struct eco_fix {
	bool safe;
	const struct eco_edit *edits;
	size_t n_edits;
};

struct eco_scenario_model {
	const struct eco_scenario *scenario;
	const struct eco_app *apps;
	size_t n_apps;
	bool starts_nothing;   /* PM2 refuses or crashes: apps are what they would have been */
	enum eco_verdict verdict;
	bool more_apps;        /* further apps may exist, which could not be decided */
	const char *more_why;
};

struct eco_config {
	const struct source *source;
	enum eco_format format;
	bool loadable;         /* false: syntax broken or cannot be evaluated; no model */
	const char *why_not;   /* where !loadable, in words, with why_not_at */
	struct place why_not_at;
	const struct js_file *file; /* NULL for YAML */
	const struct eco_scenario_model *models; /* [0] is "default" */
	size_t n_models;
	const struct eco_finding *findings;
	size_t n_findings;
	const struct eco_deploy_host *deploy;
	size_t n_deploy;
	const struct source *const *files; /* everything that was read */
	size_t n_files;
	const char *notes[4];  /* e.g. "more than 32 scenarios, the rest was not looked at" */
	size_t n_notes;
};

/* path: relative to the root. Only the environment's trouble (cannot read) is
 * an err; everything about the text is in the result. `only` (may be ptr NULL)
 * narrows to one scenario name. */
struct err eco_load(const struct context *ctx, struct str path, struct str only,
		    struct eco_config **out);
/* The same from a text that is not on disk (yet): proves edits before they are written. */
struct eco_config *eco_load_text(const struct context *ctx, struct str path, struct str text,
				 struct str only);

/* PM2's name test, lib/Common.js isConfigFile, on the path as typed */
enum eco_format eco_format_of(struct str path);

#endif
