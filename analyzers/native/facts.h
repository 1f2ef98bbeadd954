#ifndef ANALYZERS_NATIVE_FACTS_H
#define ANALYZERS_NATIVE_FACTS_H
/* What the tree says, worked out once: who refers to what, which functions run
 * at load and which later, what they do to the world outside, who writes
 * static storage, what an argument's value is. Const once built; memory is the
 * tree's arena, growing arrays are released by facts_release. */
#include "analyzers/native/tree.h"

enum phase {
	PHASE_LOAD = 1,    /* module initialisation, static initialisers, main before its loop */
	PHASE_RUNTIME = 2, /* called from JavaScript, a callback, a thread, the service loop */
	PHASE_ONCE = 4,    /* through std::call_once and the like */
	PHASE_EXIT = 8     /* cleanup hooks, finalisers, signal handlers that end the process */
};

enum effect {
	EFFECT_BLOCK = 1,       /* waits for the outside: accept, poll, sleep, ... */
	EFFECT_SLEEP = 2,
	EFFECT_FILE = 4,        /* opens a file for writing, renames, removes */
	EFFECT_DB = 8,          /* writes to a database */
	EFFECT_DB_PURGE = 16,   /* deletes rows */
	EFFECT_SEND = 32,       /* sends on a socket */
	EFFECT_HTTP = 64,       /* requests over HTTP, mail, publishes to a broker */
	EFFECT_EXEC = 128,      /* starts a program */
	EFFECT_DEVICE = 256,    /* drives a device */
	EFFECT_FLOCK = 512,     /* takes a lock that other processes respect */
	EFFECT_RENAME = 1024,
	EFFECT_ACCEPT = 2048,
	EFFECT_LEADER = 4096    /* asks for NODE_APP_INSTANCE */
};

enum root_kind { ROOT_JS, ROOT_CALLBACK, ROOT_THREAD, ROOT_TIMER, ROOT_MAIN, ROOT_LOAD };

struct root {
	uint32_t fn;
	uint8_t kind, phase;
	const char *label; /* "called from JavaScript as 'add'" */
	struct where at;
	uint32_t node;     /* where it is handed over; NONE */
};

struct edge {
	uint32_t from, to; /* function symbols; from NONE: a static initialiser */
	uint32_t node;
};

enum access_op {
	ACCESS_READ, ACCESS_LOOKUP, ACCESS_ITERATE, ACCESS_WRITE, ACCESS_ADD, ACCESS_REMOVE,
	ACCESS_INC, ACCESS_LOCK, ACCESS_ESCAPE
};

struct access {
	uint32_t sym, node, fn;
	uint8_t op, phases;
	bool element;   /* a part of it */
	bool used;      /* INC: its value is used */
	uint32_t top;   /* the whole expression that does it */
};

struct list {
	const uint32_t *ptr;
	size_t len;
};

struct facts {
	struct tree *t;
	bool binary;
	uint32_t *ref_start, *ref_nodes;   /* REF and MEMBER nodes by symbol */
	uint32_t *call_start, *call_nodes; /* CALL nodes by symbol */
	VEC(uint32_t) calls;               /* all CALL nodes, in order */
	VEC(struct edge) edges;            /* sorted by from */
	VEC(struct root) roots;
	VEC(struct access) accesses;       /* sorted by symbol, then node */
	uint8_t *phases;                   /* by symbol */
	uint32_t *root_of;                 /* by symbol: a root that makes it run, NONE */
	uint32_t *effects;                 /* by symbol, with those of what it calls */
	uint32_t *alias;                   /* by symbol: local reference or iterator -> what it stands for */
	bool *param_written;               /* by symbol */
	bool *process_field;               /* by symbol: field of a class with a static object */
	bool no_roots;                     /* no entry was found: every function may run */
};

void facts_build(struct facts *f, struct tree *t, bool binary);
void facts_release(struct facts *f);

struct list facts_refs(const struct facts *f, uint32_t sym);
struct list facts_calls(const struct facts *f, uint32_t sym);
struct list facts_accesses(const struct facts *f, uint32_t sym); /* indexes into accesses */
/* phases in which this very node runs */
uint8_t facts_phase(const struct facts *f, uint32_t node);
const struct root *facts_root(const struct facts *f, uint32_t node);
uint32_t facts_service_loop(const struct facts *f, uint32_t node); /* around it, or NONE */
uint32_t effects_of_call(const struct facts *f, uint32_t call);    /* of this call alone */
uint32_t effects_below(const struct facts *f, uint32_t node);      /* of a subtree, calls included */
const char *fn_name(const struct facts *f, uint32_t fn);

/* steps of facts_build, in this order */
void effects_build(struct facts *f);
void roots_build(struct facts *f);
void access_build(struct facts *f);

/* ---- values ---- */
enum value_flag {
	VALUE_PID = 1, VALUE_INSTANCE = 2, VALUE_ENV = 4, VALUE_ARG = 8, VALUE_RANDOM = 16,
	VALUE_TIME = 32, VALUE_UNKNOWN = 64, VALUE_JS = 128
};
/* differs from process to process, or may be told apart by its starter */
enum { VALUE_DIFFERS = VALUE_PID | VALUE_INSTANCE | VALUE_ARG | VALUE_RANDOM };

struct value {
	bool has_text, has_num;
	struct str text;
	int64_t num;
	unsigned flags;
};
struct value value_of(const struct facts *f, uint32_t node);
struct value value_of_arg(const struct facts *f, uint32_t call, size_t i);
/* what was put into field `name` of the variable (struct sockaddr_un's sun_path, ...) in the same function */
struct value value_of_field(const struct facts *f, uint32_t var, const char *name, uint32_t *node);
/* the variable that an expression names: &x, x, x.y, (T *)&x; NONE */
uint32_t variable_of(const struct facts *f, uint32_t node);

#endif
