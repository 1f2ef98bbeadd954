#ifndef ANALYZERS_ECOSYSTEM_INTERNAL_H
#define ANALYZERS_ECOSYSTEM_INTERNAL_H
/* What the files of analyzers/ecosystem share. */
#include "analyzers/ecosystem/model.h"
#include "analyzers/ecosystem/schema.h"
#include "analyzers/javascript/eval.h"
#include "base/vec.h"

/* ---- values ---- */
enum truth { FALSE, TRUE, MAYBE };
extern const struct value value_undefined;

/* absent gives undefined, or unknown where the object may hold further keys */
const struct value *prop_value(struct arena *a, const struct value *object, const char *key);
const struct val_prop *prop_of(const struct value *object, const char *key); /* or NULL */
enum truth truth_of(const struct value *v);
static inline bool is_nothing(const struct value *v)
{
	return v->kind == VAL_UNDEFINED || v->kind == VAL_NULL;
}
struct place written_place(const struct value *v); /* where it was written; source NULL where nobody did */

/* ---- one app through PM2's verifyConfs and validateJSON ---- */
enum fault {
	REFUSED_TYPE,    /* key, value */
	REFUSED_PATTERN,
	REFUSED_MIN,
	REFUSED_CRON,    /* cron_restart that croner refuses */
	REFUSED_ENV,     /* env_<name> that is neither object nor text; prop */
	CRASH_VALUE,     /* key, value: a method of texts is called on it */
	CRASH_ENTRY,     /* the app itself is null or undefined */
	CRASH_ENV        /* env is a text */
};
struct trouble {
	enum fault fault;
	enum schema_id key;
	const struct value *value;
	const struct val_prop *prop; /* where it is written, or NULL */
	const char *why;             /* REFUSED_CRON */
};
typedef VEC(struct trouble) trouble_vec;

struct verified {
	const struct value *raw;
	struct value *work;                         /* raw with verifyConfs' own changes */
	enum eco_verdict verdict;
	const struct value *field[N_SCHEMA_KEYS];   /* as PM2 ends up with it; NULL: not set */
	const struct val_prop *from[N_SCHEMA_KEYS]; /* the property of raw that gave it, or NULL */
	bool shell_script;
	struct trouble *troubles;
	size_t n_troubles;
};
struct verified verify_app(const struct context *ctx, const struct value *raw);

/* ---- interpreter and mode ---- */
struct interpreter {
	struct str name;       /* "node", "bash", "none", ...; ptr NULL: unknown */
	const char *why;       /* where unknown */
	const char *skipped;   /* PM2 would not start the app, in words; or NULL */
};
struct interpreter interpreter_of(const struct context *ctx, struct str config_dir, struct str script,
				  struct str cwd, const struct value *written, enum exec_mode explicit_mode);
bool interpreter_means_cluster(struct str name, uint32_t pm2_major);
/* path of the script below the root where it is found, else ptr NULL */
struct str script_file(const struct context *ctx, struct str config_dir, struct str cwd, struct str script);
uint32_t processes_of(double instances, uint32_t cpus); /* 0: PM2's daemon crashes */

/* ---- environment ---- */
struct merged_env {
	const struct env_var *vars;
	const bool *passed;    /* the value is that of a variable of the evaluation, unchanged */
	size_t n;
	bool open;
};
/* block: env_<name> chosen with --env, ptr NULL: none; deploy: the section or NULL */
struct merged_env merge_env(const struct context *ctx, const struct verified *app, struct str block,
			    const struct value *deploy);

/* ---- the file ---- */
struct top_level {
	const struct value *value;   /* the whole export */
	const struct value *const *apps; /* [n_apps]; the elements of apps, pm2 or the value itself */
	size_t n_apps;
	bool more;                   /* the list may be longer */
	const char *more_why;
	const struct value *deploy, *statics; /* or NULL */
	const struct val_prop *apps_prop;     /* "apps" or "pm2", or NULL */
	bool under_pm2;
	bool crashes;                /* null, undefined, or static without forEach */
};
struct loaded {
	const struct source *source;
	struct str path, dir;
	enum eco_format format;
	const struct js_file *file;
	bool as_esm;
	bool module_package;         /* the nearest package.json says "type": "module" */
	struct str package_path;     /* that package.json, ptr NULL: none */
};

/* One evaluation of the file under one environment. */
struct evaluation {
	const struct eval_result *result; /* NULL for YAML */
	const struct value *exports;      /* what PM2 gets, or would get if it could load the file; NULL: nothing */
	enum eco_verdict verdict;         /* of loading alone */
	const char *rule;                 /* finding that says why PM2 cannot load it, or NULL */
	const char *why;
	struct place why_at;
	bool hopeless;                    /* no value at all */
};
struct evaluation evaluate(const struct context *ctx, const struct loaded *file, const struct eco_scenario *s);
struct top_level top_level_of(const struct context *ctx, const struct value *exports);

/* ---- YAML ---- */
struct yaml_result {
	const struct value *value;   /* undefined for an empty stream; NULL where refused */
	const char *error;
	struct place at;
};
struct yaml_result yaml_read(struct arena *a, const struct source *source, uint32_t pm2_major);

/* ---- model ---- */
struct app_detail {               /* beside each eco_app, for the rules */
	struct verified v;
	const bool *env_passed;
	struct str script_path;  /* below the root, ptr NULL: not found */
	const char *skip_why;
};
struct scenario_detail {
	struct eco_scenario scenario;
	struct top_level top;
	struct evaluation eval;
	enum eco_verdict verdict;
	struct eco_app *apps;
	struct app_detail *details;
	size_t n_apps;
};
void build_apps(const struct context *ctx, const struct loaded *file, struct scenario_detail *s);

/* ---- scenarios ---- */
struct scenario_list {
	struct scenario_detail *ptr;
	size_t len;
	bool bounded;
};
struct scenario_list explore(const struct context *ctx, const struct loaded *file, struct str only);

/* ---- findings ---- */
struct finding_vec {
	struct arena *arena;
	const struct context *ctx;
	const struct loaded *file;
	const struct scenario_list *all;
	const struct scenario_detail *scenario;
	uint32_t scenario_index;
	VEC(struct eco_finding) list;
};
/* The message is a template with {1} {2} ...; the args end with NULL. app may be NULL. */
struct eco_finding *report(struct finding_vec *f, const char *rule, const struct eco_app *app, struct place at,
			   const char *message, ...) __attribute__((sentinel));
void report_also(struct eco_finding *f, struct place at, const char *what);
void rules_of_file(struct finding_vec *f);
void rules_of_keys(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_of_mode(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_of_paths(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_of_env(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_of_limits(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_of_lifecycle(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d);
void rules_across_apps(struct finding_vec *f);
void rules_of_start(struct finding_vec *f); /* how package.json and Dockerfile start the config */
void find_all(const struct context *ctx, const struct loaded *file, const struct scenario_list *scenarios,
	      struct eco_config *out);

struct place at_value(const struct app_detail *d, enum schema_id key); /* of the key's value */
struct place at_key(const struct val_prop *prop);
const char *text_c(struct finding_vec *f, struct str s);

/* ---- fixes ---- */
/* each returns NULL where the place cannot be edited */
const struct eco_fix *fix_replace(struct finding_vec *f, const struct value *literal, const char *text, bool safe);
const struct eco_fix *fix_key(struct finding_vec *f, const struct val_prop *prop, const char *name, bool safe);
const struct eco_fix *fix_insert(struct finding_vec *f, uint32_t byte, const char *text, bool safe);
/* text as a literal in the quotes of `like`, or plain where the format needs none */
const char *quote_like(struct finding_vec *f, const struct value *like, const char *text);

#endif
