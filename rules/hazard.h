#ifndef RULES_HAZARD_H
#define RULES_HAZARD_H
/* A hazard: a fact about code that breaks, or degrades, with more than one
 * process. Found once per app and scenario; whether it matters now is the
 * planner's business (status). All memory lives in ctx->arena. */
#include "analyzers/program/program.h"
#include "rules/card.h"

enum evidence_role {
	EV_DECLARED, EV_WRITTEN, EV_READ, EV_REACHED, EV_GUARD, EV_MITIGATION, EV_CONFIG
};

struct evidence {
	enum evidence_role role;
	const char *message;       /* "added to in allocatePorts" */
	const char *message_zh;    /* NULL: the same */
	struct place at;
	bool own;                  /* the place of the hazard itself, also after tellings of one root were joined */
};

enum mitigation { MITIGATION_NONE, MITIGATION_WEAK, MITIGATION_BROKEN, MITIGATION_FULL };

enum hazard_status { HAZARD_ACTIVE, HAZARD_OVERLAP, HAZARD_CONTAINED, HAZARD_MITIGATED, HAZARD_SUPPRESSED };

struct hazard {
	const struct card *card;
	enum family family;        /* mostly the card's */
	enum severity severity;    /* may differ from the card's by what the code does; already lowered one step by a weak mitigation */
	enum confidence confidence;
	enum consequence consequence;
	enum mitigation mitigation;
	bool also_single_process;  /* races */
	bool doubles_value;        /* races on money, stock, state machines */
	bool replicas_only;        /* harmless on one host */
	struct str symbol;         /* "usedAdbPorts" */
	const char *message;       /* lower case, no full stop, project's own names, the symptom; "{n}" stands for the number of
				      instances and is filled in by the planner */
	const char *message_zh;
	const char *const *args;   /* pieces for translation by the card's message_zh */
	size_t n_args;
	struct place at;           /* where it is declared or happens: one line */
	const struct evidence *evidence; /* in the order of the chain: declared, written, read, reached, guard, mitigation */
	size_t n_evidence;
	const struct card_text *remedies; /* adapted to the libraries in use; NULL: the card's */
	size_t n_remedies;
	enum hazard_status status; /* set by the planner */
	const char *suppressed_why;/* reason of a suppression */
	uint64_t root;             /* equal for hazards of one root cause (merging across apps) */
};

struct strength {
	const char *message, *message_zh;
	struct place at;
};

struct hazards {
	const struct hazard *ptr; /* sorted by place, rule */
	size_t len;
	const struct strength *strengths;
	size_t n_strengths;
};

/* What a check function is given. Const facts in, reports out; no I/O, no state. */
struct check {
	const struct program *program;
	uint32_t app;                 /* index in program->apps */
	const struct eco_app *model;  /* of the scenario that is looked at */
	const struct cards *cards;
	struct arena *arena;
	struct check_out *out;        /* opaque: the registry's collector */
};

/* Begin a hazard with the card's defaults; fill in, then commit. Copies what it is given. */
struct hazard *check_hazard(struct check *c, const char *rule_id);
void check_evidence(struct check *c, struct hazard *h, enum evidence_role role, struct place at,
		    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* the chain's middle: how fn is reached from a root in this app ("reached from POST /devices in DevicesController.create") */
void check_reached(struct check *c, struct hazard *h, prog_id fn, uint32_t phase_mask);
void check_commit(struct check *c, struct hazard *h);
void check_strength(struct check *c, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* the order in which hazards are told, for qsort: by place, then rule, symbol and message */
int hazard_cmp(const void *a, const void *b);
/* a finding about the config that needed the sources (wait_ready, node-config, ...): card of family config */
struct hazard *check_config_finding(struct check *c, const char *rule_id, struct place at);

typedef void check_fn(struct check *c);
/* rules/registry.c lists all check functions, one line each */
struct hazards rules_run(const struct program *p, uint32_t app, const struct eco_app *model,
			 const struct cards *cards, struct arena *a);

#endif
