#ifndef ANALYZERS_PROGRAM_PRIVATE_H
#define ANALYZERS_PROGRAM_PRIVATE_H
/* What the parts of analyzers/program share and nobody else sees: the growing
 * tables behind struct program. Strings here are interned (equal text, equal
 * pointer), so that entities can be compared and kept by number. Heap memory
 * is released by program_free. */
#include "analyzers/program/program.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

/* A specifier of a file: import, re-export, require, import(), a path in options. */
struct spec {
	js_node at;
	uint8_t edge;       /* EDGE_* */
	uint8_t kind;       /* enum resolve_kind */
	bool type_only;     /* TypeScript drops it: no edge, but names resolve through it */
	bool lazy;
	prog_id to;         /* RESOLVE_FILE */
	struct str path;    /* while loading: of the file */
	struct str module;  /* package or builtin, with its subpath */
};

struct file_export {
	struct str name;    /* "*" for export * */
	js_node node;       /* the local expression or identifier, or the JS_EXPORT of a re-export */
	struct str imported;/* of a re-export: the name there, "*" for the namespace; else ptr NULL */
};

typedef VEC(js_node) node_vec;
typedef VEC(prog_id) id_vec;

struct hung {
	uint32_t owner;
	struct str name;
	js_node at;         /* JS_ASSIGN or JS_PROPERTY */
	bool is_static;
};

struct file_priv {
	uint32_t *entity;   /* [n_nodes] 0: not asked yet, 1: being asked, else number + 2 */
	uint32_t *cell_at;  /* [n_nodes] cell + 1 that this node declares */
	uint32_t *class_at; /* [n_nodes] class + 1 that this node is */
	uint32_t *cell_ref; /* [n_nodes] 0: not asked yet, 1: none, else (cell + 1) * 2, + 1 through another name */
	uint32_t *call_at;  /* [n_nodes] call + 1 that this node is */
	VEC(struct spec) specs; /* by node */
	VEC(struct file_export) exports;
	struct map export_names;
	node_vec stars;     /* JS_EXPORT or JS_CALL: export * from */
	js_node cjs;        /* the expression assigned to module.exports, or 0 */
	bool esm;           /* has import or export declarations that make exports */
	struct map names;   /* module-level type names: JS_IMPORT_NAME or JS_CLASS */
	struct map props;   /* "b12.name" of a binding, "t7.name" of this of a class, "p12.name" of a prototype -> node of
			       the JS_ASSIGN */
	VEC(struct hung) protos;      /* X.prototype.name = ..., owner: binding of X */
	VEC(struct hung) this_props;  /* this.name = ..., owner: JS_CLASS or JS_FUNCTION */
	VEC(struct prog_unresolved) unresolved;
	VEC(struct prog_addon) addons;
	node_vec *returns;  /* [n_functions] expressions that a function returns */
};

struct class_priv {
	js_node node;           /* JS_CLASS, or JS_FUNCTION of a constructor function with a prototype */
	struct entity base;     /* ENT_CLASS or ENT_PACKAGE, else ENT_UNKNOWN */
	struct map members;     /* name -> JS_METHOD, JS_FIELD, JS_PARAM, JS_ASSIGN or JS_PROPERTY */
	struct map statics;
	VEC(prog_id) subclasses;
	bool nest;              /* decorated by Nest: lives only where provided */
	bool decorated;
	bool container;         /* registered in a container by a call: awilix, inversify, tsyringe */
};

struct provider {
	enum { PROVIDE_CLASS, PROVIDE_VALUE, PROVIDE_FACTORY, PROVIDE_EXISTING } how;
	prog_id file;
	js_node node;
};

struct reg_row;
struct reg {                    /* beside roots[i] */
	prog_id by_fn;          /* function that registers; PROG_NONE: by class or entry */
	prog_id class_;         /* live with this class; PROG_NONE */
	uint8_t mode;
	const struct reg_row *row;
	bool app_entry;         /* the module of an entry file: of the apps in `apps` */
	uint64_t apps;
};

/* what the callers of a function pass as a parameter */
struct param_flow {
	struct entity known;    /* agreed by all callers that can be told, or given by a registration */
	struct entity next;     /* of the round that runs */
	struct entity given;
	bool many, fixed;
	const struct reg_row *row; /* the function registers this parameter as a callback */
	prog_id row_file;
	js_node row_at;         /* where */
};
struct param_link {             /* a function passes its parameter on */
	uint32_t from, to;
};
struct handed {                 /* a caller passes this function as the parameter */
	uint32_t param;
	prog_id fn;
};

struct nest_module {
	VEC(prog_id) imports;   /* classes of modules */
	VEC(prog_id) provides;  /* classes */
};

struct prog_private {
	struct arena *arena;
	struct atoms names;
	struct arena *parse_arenas;
	size_t n_parse_arenas;
	struct file_priv *files;
	VEC(struct entity) entities;
	uint32_t *entity_slots;
	size_t cap_entities;
	VEC(struct prog_class) classes;
	VEC(struct class_priv) class_privs;
	VEC(struct prog_cell) cells;
	VEC(struct prog_call) calls;
	VEC(struct prog_root) roots;
	VEC(struct reg) regs;
	struct map root_keys;
	struct prog_fn *fns;
	const char **fn_names;
	uint32_t *params_first;    /* [n_fns + 1] into params */
	struct param_flow *params;
	size_t n_params;
	VEC(struct param_link) links;
	VEC(struct handed) handed;
	bool *wrapped;             /* [n_calls] its callbacks were registered by the call around it */
	struct map file_by_path;
	struct map providers;      /* token -> index into provider_list */
	VEC(struct provider) provider_list;
	struct nest_module *modules; /* by class; empty for what is no module */
	bool *is_module;
	struct map globals;        /* "globalThis.x", "app.locals.x" -> cell */
	uint16_t **phases;         /* [n_apps][n_fns] */
	uint32_t *root_first, *root_list; /* roots by function */
	const struct record_flow *flows; /* records.h */
	size_t n_flows;
	uint32_t depth;            /* of resolution */
	struct {
		prog_id file;
		js_node object;
	} spreading[8];            /* objects whose spreads are being looked into */
	uint32_t n_spreading;
	bool linking;              /* parameters and calls may still change */
};

/* ---- build.c, index.c ---- */
void program_load(struct program *p, const struct prog_app_input *apps, size_t n_apps);
void program_index(struct program *p);
const struct spec *file_spec(const struct program *p, prog_id file, js_node at);
struct str prog_intern(const struct program *p, struct str s);
struct str prog_internf(const struct program *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* whose `this` it is */
struct this_owner {
	js_node node;     /* JS_CLASS, JS_OBJECT, JS_FUNCTION or the object of the assignment's target; 0: none */
	bool is_static, is_object, is_function;
	bool is_target;   /* X.f = function () { this } : node is X or X.prototype */
};
struct this_owner this_owner(const struct js_file *f, js_node n);

/* ---- specifiers.c: what a file asks for ---- */
void collect_specifiers(struct program *p, struct project *project, const struct js_file *f,
			struct file_priv *fp);

/* ---- exports.c ---- */
void index_exports(struct program *p, prog_id file);
bool is_exports(const struct js_file *f, js_node n); /* exports, module.exports */
struct entity export_entity(const struct program *p, prog_id file, struct str name);
/* the expression behind an export, through re-exports of the project */
bool export_node(const struct program *p, prog_id file, struct str name, prog_id *out_file, js_node *out);
struct entity prog_module_value(const struct program *p, prog_id file); /* what require() gives */
struct entity package_entity(const struct program *p, struct str module, struct str name);

/* ---- entities.c, resolve*.c ---- */
struct entity entity_member(const struct program *p, struct entity e, struct str name);
struct entity entity_type(const struct program *p, prog_id file, js_node type);
struct entity class_member(const struct program *p, prog_id cls, struct str name, bool is_static);
/* what a call of the function gives, whoever calls */
struct entity function_result(const struct program *p, prog_id fn);
bool entity_same(const struct entity *a, const struct entity *b);
uint32_t entity_keep(struct prog_private *pr, const struct entity *e); /* its number */
void entities_forget(struct program *p);
struct str entity_last(const struct entity *e); /* last dotted part of what is called */
struct entity entity_none(void);
/* the value at the end of names and awaits: JS_OBJECT, JS_ARRAY, JS_FUNCTION ...; false where it is not one expression */
bool prog_deref(const struct program *p, prog_id *file, js_node *n);

/* ---- classes.c ---- */
void index_classes(struct program *p);
void link_classes(struct program *p);   /* bases, providers, modules */
void classes_live(struct program *p);   /* lifetimes, after phases and cells */
prog_id class_id(const struct program *p, prog_id file, js_node node);
prog_id class_method(const struct program *p, prog_id cls, struct str name);

/* ---- injection.c, nest_modules.c ---- */
/* what DI gives to a constructor parameter or field; unknown where nobody injects */
struct entity injected(const struct program *p, prog_id file, js_node param);
/* what DI has registered for the token at n */
struct entity provided_for(const struct program *p, prog_id file, js_node n);
/* its JS_DECORATOR by the name at its origin, or 0 */
js_node find_decorator(const struct program *p, prog_id file, js_node n, const char *name);
js_node decorator_argument(const struct js_file *f, js_node deco, uint32_t i);
struct entity awilix_named(const struct program *p, struct str name); /* by the name of a parameter */
/* marks what an app's Nest modules provide: bit in prog_class.apps, provided */
void provide_classes(struct program *p, uint32_t app);

/* ---- cells.c, cell_nodes.c ---- */
void index_cells(struct program *p);
void link_cells(struct program *p);
void index_app_state(struct program *p); /* app.locals.x, fastify.decorate */
void cells_live(struct program *p);
/* the cell whose value the expression is, or PROG_NONE; *alias: through another name */
prog_id cell_of_node(const struct program *p, prog_id file, js_node n, bool *alias);

/* ---- calls.c, roots.c, graph.c, phases.c, effects.c, records.c ---- */
void link_calls(struct program *p);
void link_roots(struct program *p);
bool roots_register(struct program *p); /* true: parameters changed */
void link_graph(struct program *p);
void index_roots(struct program *p);
void link_phases(struct program *p);
void link_effects(struct program *p);
void link_records(struct program *p);
/* functions that an argument hands over: wrappers and arrays are looked through */
void callbacks_of(const struct program *p, prog_id file, js_node n, id_vec *fns);
void callbacks_in_object(const struct program *p, prog_id file, js_node n, unsigned depth, id_vec *fns);
js_node call_arguments(const struct js_file *f, js_node n); /* JS_CALL or JS_NEW with the arguments of a call, or 0 */

/* ---- options.c ---- */
/* what of the environment and of the cluster module an evaluation asked for */
struct value_notes {
	const char *about;    /* "NODE_APP_INSTANCE", "cluster.isPrimary", ...; what is not known comes first */
	uint32_t n_known, n_unknown;
};
struct value *prog_value_noted(const struct program *p, const struct eco_app *model, int instance, prog_id file, js_node n,
			       struct value_notes *notes);

static inline struct prog_private *priv(const struct program *p)
{
	return p->priv;
}
static inline const struct js_file *prog_js(const struct program *p, prog_id file)
{
	return p->files[file].js;
}
static inline prog_id fn_id(const struct program *p, prog_id file, uint32_t index)
{
	return p->files[file].first_fn + index;
}

#endif
