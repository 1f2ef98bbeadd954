#ifndef ANALYZERS_PROGRAM_PROGRAM_H
#define ANALYZERS_PROGRAM_PROGRAM_H
/* One graph of all source files that the apps of a run load, and what can be
 * known of them without opinion: who loads what, which function is reached from
 * which kind of root, which state lives how long and who touches it, what a call
 * really calls. Rules ask here; they never walk a syntax tree for facts that a
 * second rule could want too.
 *
 * Built once for all apps (program_build); reach is a bit per app. Functions,
 * classes and cells have program-wide numbers, given in path order, so nothing
 * depends on threads. All memory lives in ctx->arena; const once built, but for
 * caches behind it, so not thread-safe.
 *
 * What is exact, and which way it leans where it cannot be:
 * - Files: plain specifiers are exact. A computed one whose folder can be told loads that folder (EDGE_DIRECTORY: rather too
 *   much), any other is listed in `unresolved`. What is imported lazily counts as loaded.
 * - Entities ignore the order of statements. A variable, field or return value stands for the one thing that all its
 *   assignments (null aside) agree on; a parameter for what all callers in the program agree on. Interfaces without a token,
 *   elements of collections and computed members are ENT_UNKNOWN.
 * - Calls and phases lean to "runs": a callback given to code that nobody knows is called by it; a method without any other
 *   caller is called wherever its name is called on something unknown; overrides are called where the base is. So 0 (dead)
 *   is strong; a runtime phase is likely, not proved. Which callbacks are roots is data (roots_table.c); a package that no
 *   row knows calls functions that it got at load at run time (PHASE_EVENT), those that it got in a handler in its phase.
 * - Nest: what the modules below NestFactory.create(X) provide is live; where X cannot be told, all loaded modules.
 * - Cells: accesses are followed through imports, namespaces, const aliases, destructuring, functions that return the cell and
 *   parameters whose callers all pass it. After ACCESS_ESCAPE it may be changed unseen. What is taken out of a cell is
 *   followed through one local variable (ACCESS_INNER).
 * - Lives: of several places that make a class the longest life counts. What is made while serving and kept in a collection of
 *   the process has LIFE_UNKNOWN: the collection is the state.
 * - Effects go by package and name (effects_table.c); a method of an unknown object is EFFECT_UNKNOWN. */
#include <stdbool.h>
#include "analyzers/ecosystem/model.h"
#include "analyzers/javascript/ast.h"
#include "analyzers/javascript/eval.h"
#include "analyzers/project/project.h"
#include "base/context.h"

typedef uint32_t prog_id;
#define PROG_NONE UINT32_MAX

/* ---- files and reach ---- */
struct prog_edge {
	prog_id to;          /* file */
	js_node at;          /* import, require call, string in options */
	enum {
		EDGE_IMPORT, EDGE_REQUIRE, EDGE_DYNAMIC, EDGE_REEXPORT, EDGE_DIRECTORY, EDGE_STRING, EDGE_ENTRY
	} kind;
	bool lazy;           /* only when some function runs */
};

struct prog_file {
	const struct source *source;
	const struct js_file *js;
	const struct prog_edge *edges;
	size_t n_edges;
	prog_id first_fn, n_fns;        /* program-wide numbers of its functions; first_fn is the module itself */
	uint64_t apps;                  /* bit per app: loaded by it */
	const struct prog_unresolved {
		js_node at;
		const char *why;        /* "computed specifier", "no such file" */
	} *unresolved;
	size_t n_unresolved;
	const struct prog_addon {       /* a built addon that it loads by path */
		js_node at;
		struct str path;        /* "build/Release/x.node" below the root; need not exist before a build */
	} *addons;
	size_t n_addons;
};

/* An app as the program sees it: at most 64 of them (the cli splits runs that have more). */
struct prog_app {
	const struct eco_app *const *models; /* one per scenario that shares these entries */
	size_t n_models;
	const struct project_entries *entries;
	const prog_id *entry_files;
	size_t n_entry_files;
	uint32_t n_files;               /* loaded */
};

/* ---- entities: what an expression stands for ---- */
enum ent_kind {
	ENT_UNKNOWN,
	ENT_GLOBAL,     /* module: "setInterval", "process", "Math"; path: members behind it ("env.PORT", "random") */
	ENT_PACKAGE,    /* module "node-cron" or builtin "fs"; path "schedule", "promises.writeFile", "default" */
	ENT_FUNCTION,   /* fn */
	ENT_CLASS,      /* file, node */
	ENT_INSTANCE,   /* of a project class: file, node (JS_CLASS, or the JS_FUNCTION of a constructor); members behind it that
			   no class declares */
	ENT_PACKAGE_INSTANCE, /* of a package's class or factory: module, path of the class ("Repository", "default()" for a
				 factory's result); members: what is called on it ("save", "manager.transaction") */
	ENT_CELL,       /* cell: a state cell of the program; members; file and node: its initialiser where it is never reassigned */
	ENT_MODULE,     /* file: namespace object of a project module */
	ENT_PARAM,      /* fn, index: a parameter whose type nobody tells */
	ENT_VALUE       /* a literal or computed value without identity: file and node of the expression, or node 0 */
};

struct entity {
	enum ent_kind kind;
	struct str module;  /* ENT_PACKAGE, ENT_PACKAGE_INSTANCE: package or builtin name without node: */
	struct str path;    /* dotted */
	struct str members; /* dotted; "" where none */
	prog_id file, fn, cell;
	js_node node;
	uint32_t index;
	struct str type_arg; /* Repository<Order> -> "Order"; "" where none */
	prog_id type_file;   /* the class that type_arg names, if of the project: file and node */
	js_node type_node;
};

struct program;

/* what the expression n of a file stands for: follows imports, re-exports, const aliases, constructor
 * injection (by type and by token), fields with a type or initialiser, destructuring, require, namespaces,
 * factories that return new X. Cached. */
struct entity prog_resolve(const struct program *p, prog_id file, js_node n);
/* shorthand: is it this package's export? module "express-session", path "default"; path NULL: any. CommonJS and
 * ESM default interop are folded: require('x') and import x both are path "default"; require('x').y is "y". */
bool entity_is(const struct entity *e, const char *module, const char *path);

/* ---- functions, roots, phases ---- */
enum {
	PHASE_LOAD = 1,       /* module evaluation, decorators, static initialisers */
	PHASE_BOOT = 2,       /* constructors of singletons, lifecycle hooks, code around listen() */
	PHASE_REQUEST = 4,    /* routes, resolvers, middleware, guards, interceptors */
	PHASE_SOCKET = 8,     /* handlers of one connection */
	PHASE_MESSAGE = 16,   /* jobs and broker messages */
	PHASE_TIMER = 32,     /* schedules, intervals, timeouts set at load or boot */
	PHASE_EVENT = 64,     /* in-process events, pub/sub callbacks, watchers, bot updates */
	PHASE_SHUTDOWN = 128,
	PHASE_RUNTIME = PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE | PHASE_TIMER | PHASE_EVENT
};

struct prog_root {
	prog_id fn;
	prog_id file;
	js_node at;           /* the decorator, registering call, export or hook that makes it one */
	uint32_t phase;
	struct str label;     /* "POST /orders", "cron EVERY_5_MINUTES", "socket event 'join'", "onModuleInit" */
	struct entity by;     /* what registered it: package and path of decorator or call */
};

struct prog_call {        /* a call or `new` in source order */
	prog_id file, fn;     /* fn: the function that contains it */
	js_node node;         /* JS_CALL, JS_NEW, JS_TAGGED, or JS_DECORATOR for a decorator without or with a call */
	struct entity callee;
	prog_id target;       /* function of the project that it calls, or PROG_NONE */
};

struct prog_fn {
	prog_id file;
	uint32_t index;       /* into js->functions */
	const prog_id *callees, *callers;
	size_t n_callees, n_callers;
	const prog_id *calls; /* indices into program calls */
	size_t n_calls;
	uint32_t effects;     /* EFFECT_* of its own body, calls into the project not counted */
	uint32_t effects_all; /* with everything it reaches */
};

/* what a body does to the world outside of its own memory */
enum {
	EFFECT_DB_WRITE = 1 << 0, EFFECT_DB_READ = 1 << 1, EFFECT_DB_DELETE = 1 << 2,
	EFFECT_HTTP_SEND = 1 << 3,    /* POST, PUT, ... or unknown verb to another system */
	EFFECT_HTTP_GET = 1 << 4,
	EFFECT_MAIL = 1 << 5,         /* mail, sms, push, chat message, webhook */
	EFFECT_PAYMENT = 1 << 6,      /* payment SDK calls */
	EFFECT_QUEUE_ADD = 1 << 7,    /* queue.add, publish */
	EFFECT_FILE_WRITE = 1 << 8, EFFECT_FILE_DELETE = 1 << 9, EFFECT_FILE_READ = 1 << 10,
	EFFECT_SOCKET_SEND = 1 << 11, /* to clients of this process */
	EFFECT_SPAWN = 1 << 12,
	EFFECT_SHARED_WRITE = 1 << 13,/* redis and other shared stores */
	EFFECT_SHARED_READ = 1 << 14,
	EFFECT_LOCAL_WRITE = 1 << 15, /* state cells of this process */
	EFFECT_LOG = 1 << 16,
	EFFECT_UNKNOWN = 1 << 17,     /* calls something that nobody can resolve and that may do anything */
	EFFECT_LOCK = 1 << 18,        /* takes a lock that holds across processes */
	EFFECT_DB_ANEW = 1 << 19,     /* a DB_WRITE that changes more each time it is done; an upsert of the same values does not */
	EFFECT_CLAIM = 1 << 20        /* a DB_WRITE that takes rows away from the other processes before they are worked on */
};

/* ---- state cells (hazards.md B.1) ---- */
enum cell_kind {
	CELL_BINDING,   /* module-level variable */
	CELL_STATIC,    /* static field */
	CELL_FIELD,     /* instance field of a class */
	CELL_CLOSURE,   /* variable of a function captured by functions that outlive the call */
	CELL_GLOBAL     /* property hung on globalThis, app.locals, app.set, fastify.decorate ... */
};
enum cell_life { LIFE_UNKNOWN, LIFE_PROCESS, LIFE_REQUEST, LIFE_CONNECTION, LIFE_CALL };
enum cell_shape {
	SHAPE_UNKNOWN, SHAPE_MAP, SHAPE_SET, SHAPE_WEAK, SHAPE_ARRAY, SHAPE_OBJECT, SHAPE_NUMBER, SHAPE_STRING, SHAPE_BOOL,
	SHAPE_NOTHING,    /* undefined or null at first */
	SHAPE_FUNCTION, SHAPE_CLASS, SHAPE_REGEXP, SHAPE_PROMISE, SHAPE_TIMER,
	SHAPE_INSTANCE,   /* of a project class */
	SHAPE_PACKAGE     /* made by a package: see maker */
};
enum access_op {
	ACCESS_READ,      /* the value itself is read */
	ACCESS_KEY_READ,  /* get, has, x[k] */
	ACCESS_ITERATE,   /* for of, forEach, values, size, length, spread, find, filter, some */
	ACCESS_ASSIGN,    /* = and compound assignment */
	ACCESS_UPDATE,    /* ++ -- += */
	ACCESS_ADD,       /* set, add, push, unshift, x[k] = v, Object.assign(x, ..) */
	ACCESS_REMOVE,    /* delete, clear, pop, shift, splice, length = 0 */
	ACCESS_CALL,      /* another method is called on it: see node */
	ACCESS_ESCAPE,    /* passed on, returned, stored elsewhere */
	ACCESS_INNER      /* something that was taken out of it is changed: m.get(k).n++, const r = rooms[id]; r.users.push(u).
			     node: the changing expression, key: under which it was taken out */
};

struct cell_access {
	enum access_op op;
	prog_id file, fn;     /* fn: innermost function that contains it */
	js_node node;         /* the whole expression: call, assignment, member */
	js_node key, value;   /* key and value arguments, 0 where none */
	bool through_alias;
};

struct prog_cell {
	enum cell_kind kind;
	enum cell_life life;
	enum cell_shape shape;
	prog_id file;
	js_node decl;         /* JS_IDENT, JS_FIELD, JS_PARAM or the assignment that makes it */
	js_node init;         /* initialiser, or 0 */
	js_node class_;       /* owner, or 0 */
	prog_id closure_fn;   /* CELL_CLOSURE: the function whose variable it is */
	struct str name;      /* "usedAdbPorts", "globalThis.cache", "app.locals.users" */
	struct entity maker;  /* SHAPE_PACKAGE, SHAPE_INSTANCE: what made it */
	const struct cell_access *accesses; /* in path and source order */
	size_t n_accesses;
	bool exported;        /* seen by other modules */
	bool is_const_data;   /* initialised with literals only and never changed */
};

/* ---- classes (dependency injection) ---- */
struct prog_class {
	prog_id file;
	js_node node;
	struct str name;
	prog_id base;             /* class of the project, or PROG_NONE */
	enum cell_life life;      /* of its instances: PROCESS for singletons, REQUEST, CONNECTION, CALL ... */
	const char *life_why;     /* "@Injectable() provider", "Scope.REQUEST", "new in a handler", ... */
	bool provided;            /* registered in a module that some entry reaches (NestJS providers, controllers, gateways) */
	uint64_t apps;            /* bit per app in which it is instantiated (provided, or new'ed) */
};

struct program {
	const struct context *ctx;
	struct project *project;
	const struct prog_file *files;
	size_t n_files;
	const struct prog_app *apps;
	size_t n_apps;
	const struct prog_fn *fns;
	size_t n_fns;
	const struct prog_call *calls;
	size_t n_calls;
	const struct prog_root *roots;
	size_t n_roots;
	const struct prog_class *classes;
	size_t n_classes;
	const struct prog_cell *cells;
	size_t n_cells;
	struct prog_private *priv;
};

struct prog_app_input {
	const struct eco_app *const *models;
	size_t n_models;
	const struct project_entries *entries;
};

/* Reads, parses (ctx->threads workers) and links everything that the apps load. */
struct program *program_build(const struct context *ctx, struct project *project,
			      const struct prog_app_input *apps, size_t n_apps);
void program_free(struct program *p);

/* PHASE_* bits with which fn can run in this app; 0: dead there */
uint32_t prog_phases(const struct program *p, uint32_t app, prog_id fn);
/* some shortest way from a root to fn in this app: fns from root to fn, and the root; returns length, 0 where none.
 * phase_mask: only roots of these phases */
size_t prog_path_to(const struct program *p, uint32_t app, prog_id fn, uint32_t phase_mask,
		    const struct prog_root **root, prog_id *out, size_t cap);
bool prog_loads(const struct program *p, uint32_t app, prog_id file);

/* program-wide number of the function that is or contains the node */
prog_id prog_fn_of(const struct program *p, prog_id file, js_node n);
js_node prog_fn_node(const struct program *p, prog_id fn);
struct place prog_place(const struct program *p, prog_id file, js_node n);
/* "OrderService.cancelExpired", "handler of POST /orders", "module" */
const char *prog_fn_name(const struct program *p, prog_id fn);
const struct prog_class *prog_class_at(const struct program *p, prog_id file, js_node class_);
/* the function behind an argument: an inline function, an identifier, this.method, x.bind(y); or PROG_NONE */
prog_id prog_callback(const struct program *p, prog_id file, js_node n);

/* value of an expression with the env that `model` gives to the app: constants of the project, ConfigService.get
 * and process.env from it (instance: the value of instance_var, -1: unknown) */
struct value *prog_value(const struct program *p, const struct eco_app *model, int instance,
			 prog_id file, js_node n);
/* the option `name` of an options argument: follows variables, spreads, other files, async factories
 * (useFactory, registerAsync) ; returns its expression node and file, or false where it is absent.
 * *open: the object has parts that cannot be seen, so absence means nothing */
bool prog_option(const struct program *p, prog_id file, js_node options, const char *name,
		 prog_id *out_file, js_node *out_node, bool *open);

/* EFFECT_* of the call itself: what the package, builtin or global function that it calls does; 0 for calls into the project */
uint32_t prog_call_effects(const struct program *p, const struct prog_call *call);
/* the same, and for calls into the project all that the function reaches */
uint32_t prog_call_reaches(const struct program *p, const struct prog_call *call);

/* ---- guards that dominate a call (hazards.md C.2) ---- */
enum guard_answer {
	GUARD_NONE,      /* runs whenever its function runs */
	GUARD_ALWAYS,    /* there is a guard, and it holds in every process */
	GUARD_NEVER,     /* holds in no process: dead under PM2 */
	GUARD_ONE,       /* holds in exactly one of the app's processes */
	GUARD_SOME,      /* differs between processes otherwise */
	GUARD_UNKNOWN    /* depends on what cannot be seen */
};
struct guard_result {
	enum guard_answer answer;
	prog_id file;
	js_node at;          /* the deciding condition */
	const char *about;   /* "NODE_APP_INSTANCE", "cluster.isPrimary", "pm_id", "RUN_CRON", ... or NULL */
};
/* evaluates all conditions around n (if, early return, &&, ternary; callers with a single call site too) for
 * instance 0..n-1 of the app */
struct guard_result prog_guard(const struct program *p, uint32_t app, const struct eco_app *model,
			       prog_id file, js_node n);

#endif
