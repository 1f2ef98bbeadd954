#ifndef CLI_REPORT_CONTENT_H
#define CLI_REPORT_CONTENT_H
/* What the report of one config says: facts about each app, gathered once, and
 * the parts of the document made out of them. All lives in the document's arena. */
#include "cli/report/texts.h"

enum store { STORE_REDIS, STORE_SQL, STORE_MONGO, STORE_BROKER, STORE_OBJECTS, N_STORES };

enum library {
	LIB_IOREDIS, LIB_NODE_REDIS, LIB_TYPEORM, LIB_PRISMA, LIB_MONGOOSE, LIB_SEQUELIZE, LIB_KNEX, LIB_BULLMQ, LIB_BULL,
	LIB_NEST, LIB_NEST_SOCKETIO, LIB_SOCKETIO, LIB_WS, LIB_MULTER, LIB_EXPRESS_SESSION, N_LIBRARIES
};

struct report_app {
	const struct app_report *r;   /* the variant with the highest risk */
	const struct program *program; /* NULL: no source was found */
	uint32_t index;               /* in the program */
	const char *name;             /* as user text */
	uint32_t libraries, stores;   /* bits */
	uint32_t routes, sockets, messages, timers;
};

struct report {
	struct doc *d;
	const struct run_report *run;
	const struct config_report *c;
	struct report_app *apps;      /* one for each name, in the order of the config */
	size_t n_apps;
};

/* facts.c */
void report_gather(struct report *p);
bool report_changes(const struct app_report *a);
bool report_counts(const struct hazard *h); /* told at length: neither minor nor mitigated nor accepted */
/* the function that holds the place, as code; NULL where there is none */
const char *report_function(struct report *p, const struct report_app *app, struct place at);
const char *report_store(const struct report *p, enum store s);
const char *library_name(enum library l);

/* words.c */
const char *report_risk(struct report *p, enum risk r);
enum tone report_tone(enum risk r);
const char *report_mode(struct report *p, enum exec_mode mode, uint32_t n);
/* what is recommended, with the number of containers under replicas */
const char *report_planned(struct report *p, const struct app_report *a);
const char *report_verdict(struct report *p, const struct app_report *a);
const char *report_reason(struct report *p, const struct app_report *a);
/* the gravest hazard that keeps it alone, the first of several; NULL: none does */
const struct hazard *report_decider(const struct app_report *a);
/* as one would type it in the shell's folder */
const char *report_path(struct report *p, struct str path);
const char *report_place(struct report *p, struct place at);
const char *report_strength(struct report *p, const struct strength *s);
const char *report_symbol(struct report *p, const struct hazard *h);
const char *report_titled(struct report *p, const char *what, const char *title); /* "what: title" */
const char *report_pick(const struct report *p, const char *en, const char *zh);
/* a command line, as code */
const char *report_command(struct report *p, const char *before, const char *after);

/* the parts, in the order of the document */
void report_overview(struct report *p);
void report_details(struct report *p);
void report_changes_of_config(struct report *p);
void report_roadmap(struct report *p);
void report_checklist(struct report *p);
void report_references(struct report *p);
void report_timeline(struct report *p, const struct report_app *app, const struct hazard *h);
void report_code(struct report *p, const struct report_app *app, const struct hazard *h);

#endif
