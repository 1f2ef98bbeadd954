#include "analyzers/javascript/refused.h"

#include <stdlib.h>
#include "base/err.h"

/* ---- reserved words ---- */

static bool is_one_of(struct str name, const char *const *words)
{
	for (; *words; words++)
		if (str_is(name, *words))
			return true;
	return false;
}

static bool is_reserved(struct str name)
{
	static const char *const words[] = {
	    "break",  "case",	  "catch",  "class",  "const",	"continue",   "debugger", "default",
	    "delete", "do",	  "else",   "enum",   "export", "extends",    "false",	  "finally",
	    "for",    "function", "if",	    "import", "in",	"instanceof", "new",	  "null",
	    "return", "super",	  "switch", "this",   "throw",	"true",	      "try",	  "typeof",
	    "var",    "void",	  "while",  "with",   NULL};
	return name.len > 1 && name.len < 11 && is_one_of(name, words);
}

static bool is_reserved_in_strict_code(struct str name)
{
	static const char *const words[] = {"implements", "interface", "let",	 "package",
					    "private",	  "protected", "public", "static",
					    "yield",	  NULL};
	return is_one_of(name, words);
}

/* a name that this identifier gives a value: a declaration or the target of an assignment */
static bool is_written(const struct js_file *f, js_node n)
{
	const struct js_node_data *parent = js_at(f, f->nodes[n].parent);
	switch (parent->kind) {
	case JS_DECLARATOR:
	case JS_ASSIGN:
	case JS_UPDATE:
	case JS_FUNCTION:
	case JS_CLASS:
	case JS_PARAM:
	case JS_CATCH:
	case JS_IMPORT_NAME:
	case JS_FOR_IN:
	case JS_DEFAULT:
	case JS_REST:
		return parent->a == n;
	case JS_PATTERN_PROPERTY:
		return parent->b == n;
	case JS_ARRAY_PATTERN:
		return true;
	default:
		return false;
	}
}

/* The names of functions stand outside of them: a generator may not be called "yield" only in
 * strict code or where its surroundings forbid it, an expression also by its own kind. */
static js_node judged_at(const struct js_file *f, js_node n)
{
	js_node parent = f->nodes[n].parent;
	const struct js_node_data *fn = js_at(f, parent);
	return fn->kind == JS_FUNCTION && fn->a == n && (fn->flags & JSF_DECLARATION) ? parent : n;
}

static void refuse_word(struct refuser *r, js_node n, js_node at, struct str name)
{
	if (is_reserved(name))
		refuse_named(r, n, "'%' is a reserved word", name);
	else if (r->strict[n] && is_reserved_in_strict_code(name))
		refuse_named(r, n, "'%' is a reserved word in strict code", name);
	else if (str_is(name, "yield") && is_generator_code(r, at))
		refuse(r, n, "'yield' cannot be a name in a generator");
	else if (str_is(name, "await") &&
		 (r->as_module || is_async_code(r, at) ||
		  js_kind(r->f, code_around(r->f, at, true)) == JS_STATIC_BLOCK))
		refuse(r, n, "'await' cannot be a name here");
}

void refuse_ident(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	struct str name = js_str(f, n);
	enum js_kind parent = js_kind(f, f->nodes[n].parent);
	if (parent == JS_JSX || name.len == 0)
		return;
	refuse_word(r, n, judged_at(f, n), name);
	refuse_characters(r, n, name);
	if (r->strict[n] && is_written(f, n) && (str_is(name, "eval") || str_is(name, "arguments")))
		refuse_named(r, n, "'%' cannot be assigned in strict code", name);
	if (str_is(name, "arguments")) {
		enum js_kind around = js_kind(f, code_around(f, n, true));
		if (around == JS_FIELD || around == JS_STATIC_BLOCK)
			refuse(r, n, "'arguments' is not allowed in a class field or static block");
	}
}

/* ---- names that are declared twice ---- */

static int compare_bindings(const struct js_binding *a, js_node scope, uint32_t name)
{
	if (a->scope != scope)
		return a->scope < scope ? -1 : 1;
	return a->name == name ? 0 : a->name < name ? -1 : 1;
}

struct ordered {
	js_node scope;
	uint32_t name, binding;
};

static int by_scope(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->binding < b->binding ? -1 : a->binding > b->binding;
}

static void order_bindings(struct refuser *r)
{
	const struct js_file *f = r->f;
	struct ordered *all = xcalloc(f->n_bindings + 1, sizeof *all);
	for (uint32_t i = 0; i < f->n_bindings; i++)
		all[i] = (struct ordered){f->bindings[i].scope, f->bindings[i].name, i};
	qsort(all, f->n_bindings, sizeof *all, by_scope);
	r->ordered = xcalloc(f->n_bindings + 1, sizeof *r->ordered);
	for (uint32_t i = 0; i < f->n_bindings; i++)
		r->ordered[i] = all[i].binding;
	free(all);
}

uint32_t binding_in(const struct refuser *r, js_node scope, uint32_t name)
{
	uint32_t lo = 0, hi = r->f->n_bindings;
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2, b = r->ordered[mid];
		int c = compare_bindings(&r->f->bindings[b], scope, name);
		if (c == 0)
			return b;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return JS_NO_ATOM;
}

/* the declaration that an identifier belongs to, through patterns; 0 where it is none */
static js_node declaration_of(const struct js_file *f, js_node n)
{
	js_node child = n, at = f->nodes[n].parent;
	while (true) {
		const struct js_node_data *d = js_at(f, at);
		switch (d->kind) {
		case JS_PATTERN_PROPERTY:
			if (d->b != child)
				return 0;
			break;
		case JS_DEFAULT:
			if (d->a != child)
				return 0;
			break;
		case JS_OBJECT_PATTERN:
		case JS_ARRAY_PATTERN:
		case JS_REST:
			break;
		case JS_DECLARATOR:
		case JS_PARAM:
		case JS_CATCH:
		case JS_FUNCTION:
		case JS_CLASS:
		case JS_IMPORT_NAME:
			return d->a == child ? at : 0;
		default:
			return 0;
		}
		child = at;
		at = d->parent;
	}
}

static enum js_binding_kind kind_of(const struct js_file *f, js_node declaration)
{
	const struct js_node_data *d = js_at(f, declaration);
	switch (d->kind) {
	case JS_PARAM:
		return JSB_PARAM;
	case JS_CATCH:
		return JSB_CATCH;
	case JS_FUNCTION:
		return JSB_FUNCTION;
	case JS_CLASS:
		return JSB_CLASS;
	case JS_IMPORT_NAME:
		return JSB_IMPORT;
	default:
		return f->nodes[d->parent].op == JS_VAR_VAR ? JSB_VAR : JSB_LET;
	}
}

/* functions at the top of a function or script are like "var" */
static bool is_like_var(const struct refuser *r, enum js_binding_kind kind, js_node scope)
{
	enum js_kind at = js_kind(r->f, scope);
	if (kind == JSB_VAR || kind == JSB_PARAM)
		return true;
	if (kind != JSB_FUNCTION)
		return false;
	return at == JS_FUNCTION || (at == JS_PROGRAM && !r->as_module) ||
	       js_kind(r->f, r->f->nodes[scope].parent) == JS_STATIC_BLOCK;
}

static bool is_plain_function(const struct js_file *f, js_node declaration)
{
	return js_kind(f, declaration) == JS_FUNCTION &&
	       !(f->nodes[declaration].flags & (JSF_ASYNC | JSF_GENERATOR));
}

static bool may_repeat_params(const struct refuser *r, js_node fn)
{
	const struct js_node_data *d = js_at(r->f, fn);
	const struct js_node_data *parent = js_at(r->f, d->parent);
	bool method = parent->kind == JS_METHOD ||
		      (parent->kind == JS_PROPERTY &&
		       (parent->flags & (JSF_METHOD | JSF_GETTER | JSF_SETTER)) && parent->b == fn);
	return !r->strict[fn] && !(d->flags & JSF_ARROW) && !method && has_simple_params(r->f, fn);
}

static bool may_both_be(const struct refuser *r, const struct js_binding *b, js_node first,
			js_node second)
{
	enum js_binding_kind one = kind_of(r->f, first), two = kind_of(r->f, second);
	if (one == JSB_PARAM && two == JSB_PARAM)
		return may_repeat_params(r, r->f->nodes[second].parent);
	if (is_like_var(r, one, b->scope) && is_like_var(r, two, b->scope))
		return true;
	return one == JSB_FUNCTION && two == JSB_FUNCTION && !r->strict[second] &&
	       js_kind(r->f, b->scope) != JS_PROGRAM && is_plain_function(r->f, first) &&
	       is_plain_function(r->f, second);
}

static void refuse_twice(struct refuser *r, js_node n)
{
	refuse_named(r, n, "'%' has already been declared", js_str(r->f, n));
}

/* "var x" leaves the blocks around it, which must not declare x themselves */
static void refuse_hoisting(struct refuser *r, js_node n, const struct js_binding *b)
{
	const struct js_file *f = r->f;
	for (js_node at = f->nodes[n].parent; at && at != b->scope; at = f->nodes[at].parent) {
		enum js_kind kind = js_kind(f, at);
		if (kind != JS_BLOCK && kind != JS_FOR && kind != JS_FOR_IN && kind != JS_SWITCH &&
		    kind != JS_CATCH)
			continue;
		uint32_t other = binding_in(r, at, b->name);
		if (other == JS_NO_ATOM || f->bindings[other].kind == JSB_VAR)
			continue;
		if (kind == JS_CATCH && js_kind(f, f->nodes[at].a) == JS_IDENT)
			continue;
		refuse_twice(r, n);
		return;
	}
}

static void refuse_declaration(struct refuser *r, js_node n, js_node declaration)
{
	const struct js_file *f = r->f;
	const struct js_binding *b = js_binding_of(f, n);
	enum js_binding_kind kind = kind_of(f, declaration);
	if (!b)
		return;
	if (kind == JSB_LET && str_is(js_str(f, n), "let"))
		refuse(r, n, "'let' cannot be declared by let or const");
	js_node first = b->decl != n ? declaration_of(f, b->decl) : 0;
	if (first && !may_both_be(r, b, first, declaration))
		refuse_twice(r, n);
	else if (kind == JSB_VAR)
		refuse_hoisting(r, n, b);
	else if (js_kind(f, f->nodes[b->scope].parent) == JS_CATCH &&
		 binding_in(r, f->nodes[b->scope].parent, b->name) != JS_NO_ATOM)
		refuse_twice(r, n);
}

void refuse_binding_conflicts(struct refuser *r)
{
	order_bindings(r);
	for (js_node n = 1; n < r->f->n_nodes; n++) {
		if (js_kind(r->f, n) != JS_IDENT)
			continue;
		js_node declaration = declaration_of(r->f, n);
		if (declaration)
			refuse_declaration(r, n, declaration);
	}
}

/* ---- exports ---- */

static void export_once(struct refuser *r, struct map *seen, js_node n, struct str name)
{
	if (map_get(seen, name) != MAP_NONE)
		refuse_named(r, n, "'%' is exported twice", name);
	map_put(seen, name, n);
}

static void export_targets(struct refuser *r, struct map *seen, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	switch (d->kind) {
	case JS_IDENT:
		export_once(r, seen, n, js_str(r->f, n));
		return;
	case JS_OBJECT_PATTERN:
	case JS_ARRAY_PATTERN:
	case JS_VAR:
		for (uint32_t i = 0; i < d->n_kids; i++)
			export_targets(r, seen, js_kid(r->f, n, i));
		return;
	case JS_PATTERN_PROPERTY:
		export_targets(r, seen, d->b);
		return;
	case JS_DECLARATOR:
	case JS_DEFAULT:
	case JS_REST:
	case JS_FUNCTION:
	case JS_CLASS:
		export_targets(r, seen, d->a);
		return;
	default:
		return;
	}
}

static void export_name(struct refuser *r, struct map *seen, js_node n, bool reexport)
{
	js_node local = r->f->nodes[n].a;
	struct str name = js_str(r->f, n);
	if (local || !str_is(name, "*"))
		export_once(r, seen, n, name);
	if (reexport || js_kind(r->f, local) != JS_IDENT)
		return;
	const struct js_binding *b = js_binding_of(r->f, local);
	if (!b || b->scope != 1)
		refuse_named(r, local, "'%' is exported but not declared", js_str(r->f, local));
}

void refuse_exports(struct refuser *r)
{
	const struct js_file *f = r->f;
	struct map seen = {0};
	for (uint32_t i = 0; r->as_module && i < f->nodes[1].n_kids; i++) {
		js_node n = js_kid(f, 1, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind == JS_EXPORT_DEFAULT)
			export_once(r, &seen, n, STR("default"));
		if (d->kind != JS_EXPORT)
			continue;
		export_targets(r, &seen, d->a);
		for (uint32_t j = 0; j < d->n_kids; j++)
			export_name(r, &seen, js_kid(f, n, j), d->str != JS_NO_ATOM);
	}
	map_release(&seen);
}
