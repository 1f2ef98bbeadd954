#include "analyzers/javascript/lower.h"

static uint32_t string_atom(struct lower *l, uint32_t c)
{
	if (kind_at(l, c) != C_STRING)
		return lower_atom(l, c);
	js_node n = lower_string(l, c, false);
	uint32_t atom = node_at(l, n)->str;
	l->nodes.len--; /* only its text was wanted */
	return atom;
}

/* ---- import ---- */

static js_node import_name(struct lower *l, uint32_t c, struct str name, uint32_t local)
{
	js_node n = lower_new(l, JS_IMPORT_NAME, c);
	set_str(l, n, atoms_intern(&l->f->atoms, name));
	if (local)
		set_a(l, n, lower_ident(l, local));
	return n;
}

static js_node import_specifier(struct lower *l, uint32_t c)
{
	uint32_t name = child_in(l, c, F_NAME), alias = child_in(l, c, F_ALIAS);
	js_node n = lower_new(l, JS_IMPORT_NAME, c);
	if (name)
		set_str(l, n, string_atom(l, name));
	if (alias || name)
		set_a(l, n, lower_ident(l, alias ? alias : name));
	if (child_of(l, c, C_T_TYPE) || child_of(l, c, C_T_TYPEOF))
		add_flags(l, n, JSF_TYPE_ONLY);
	return n;
}

static void push_import_names(struct lower *l, uint32_t c)
{
	check_commas(l, c);
	ast_each (l, i, c)
		if (kind_at(l, i) == C_IMPORT_SPECIFIER)
			push_kid(l, import_specifier(l, i));
}

static void push_import_clause(struct lower *l, uint32_t c)
{
	ast_each (l, i, c) {
		if (kind_at(l, i) == C_IDENTIFIER)
			push_kid(l, import_name(l, i, STR("default"), i));
		else if (kind_at(l, i) == C_NAMESPACE_IMPORT)
			push_kid(l, import_name(l, i, STR("*"), child_of(l, i, C_IDENTIFIER)));
		else if (kind_at(l, i) == C_NAMED_IMPORTS)
			push_import_names(l, i);
	}
}

js_node lower_import(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_IMPORT, c);
	uint32_t source = child_in(l, c, F_SOURCE);
	uint32_t clause = child_of(l, c, C_IMPORT_CLAUSE);
	uint32_t require = child_of(l, c, C_IMPORT_REQUIRE);
	if (!source && require)
		source = child_in(l, require, F_SOURCE);
	if (source)
		set_str(l, n, string_atom(l, source));
	if (child_of(l, c, C_T_TYPE) || child_of(l, c, C_T_TYPEOF))
		add_flags(l, n, JSF_TYPE_ONLY);
	size_t mark = l->stack.len;
	if (clause)
		push_import_clause(l, clause);
	else if (require)
		push_kid(l, import_name(l, require, STR("="), child_of(l, require, C_IDENTIFIER)));
	take_kids(l, n, mark);
	if (clause && node_at(l, n)->n_kids == 0)
		add_flags(l, n, JSF_EMPTY_CLAUSE);
	return n;
}

/* a.b.c of an alias or a namespace's name, as an expression */
static js_node lower_dotted(struct lower *l, uint32_t c)
{
	if (kind_at(l, c) != C_NESTED_IDENTIFIER || !lower_enter(l, c))
		return lower_expr(l, c);
	js_node n = lower_new(l, JS_MEMBER, c);
	uint32_t object = child_in(l, c, F_OBJECT), property = child_in(l, c, F_PROPERTY);
	if (object)
		set_a(l, n, lower_dotted(l, object));
	if (property)
		set_str(l, n, lower_atom(l, property));
	lower_leave(l);
	return n;
}

/* "import A = N.B" is "const A = N.B", if only for values */
js_node lower_import_alias(struct lower *l, uint32_t c)
{
	uint32_t name = child_of(l, c, C_IDENTIFIER);
	uint32_t target = name ? l->cst[name].next : 0;
	while (target && target < l->cst[c].next && is_token(kind_at(l, target)))
		target = l->cst[target].next;
	js_node n = lower_new(l, JS_VAR, c);
	node_at(l, n)->op = JS_VAR_CONST;
	js_node d = lower_new(l, JS_DECLARATOR, c);
	if (name)
		set_a(l, d, lower_ident(l, name));
	if (target && target < l->cst[c].next)
		set_b(l, d, lower_dotted(l, target));
	size_t mark = l->stack.len;
	push_kid(l, d);
	take_kids(l, n, mark);
	return n;
}

/* ---- export ---- */

static js_node imported_name(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_STRING, c);
	set_str(l, n, string_atom(l, c));
	return n;
}

static js_node export_specifier(struct lower *l, uint32_t c, bool reexport)
{
	js_node n = lower_new(l, JS_EXPORT_NAME, c);
	uint32_t name = child_in(l, c, F_NAME), alias = child_in(l, c, F_ALIAS);
	if (alias || name)
		set_str(l, n, string_atom(l, alias ? alias : name));
	if (name)
		set_a(l, n, reexport ? imported_name(l, name) : lower_ident(l, name));
	if (child_of(l, c, C_T_TYPE) || child_of(l, c, C_T_TYPEOF))
		add_flags(l, n, JSF_TYPE_ONLY);
	return n;
}

static js_node export_star(struct lower *l, uint32_t c, uint32_t name)
{
	js_node n = lower_new(l, JS_EXPORT_NAME, c);
	if (!name) {
		set_str(l, n, atoms_intern(&l->f->atoms, STR("*")));
		return n;
	}
	set_str(l, n, string_atom(l, name));
	js_node star = lower_new(l, JS_STRING, c);
	set_str(l, star, atoms_intern(&l->f->atoms, STR("*")));
	set_a(l, n, star);
	return n;
}

static void push_export_names(struct lower *l, uint32_t c, bool reexport)
{
	ast_each (l, i, c) {
		if (kind_at(l, i) == C_EXPORT_CLAUSE) {
			ast_each (l, j, i)
				if (kind_at(l, j) == C_EXPORT_SPECIFIER)
					push_kid(l, export_specifier(l, j, reexport));
		} else if (kind_at(l, i) == C_NAMESPACE_EXPORT) {
			push_kid(l, export_star(l, i, child_named(l, i)));
		} else if (kind_at(l, i) == C_T_MUL) {
			push_kid(l, export_star(l, i, 0));
		}
	}
}

/* "export type *" is newer than the grammar: the word lies in an error */
static bool is_type_export(const struct lower *l, uint32_t c)
{
	uint32_t error = child_of(l, c, C_ERROR);
	return child_of(l, c, C_T_TYPE) || (error && child_of(l, error, C_T_TYPE));
}

static js_node export_names(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_EXPORT, c);
	uint32_t source = child_in(l, c, F_SOURCE);
	if (source)
		set_str(l, n, string_atom(l, source));
	if (is_type_export(l, c))
		add_flags(l, n, JSF_TYPE_ONLY);
	size_t mark = l->stack.len;
	push_export_names(l, c, source != 0);
	take_kids(l, n, mark);
	return n;
}

static js_node exported_declaration(struct lower *l, uint32_t c, uint32_t declaration)
{
	switch (kind_at(l, declaration)) {
	case C_CLASS_DECL:
	case C_ABSTRACT_CLASS:
	case C_CLASS_EXPR:
		return lower_class(l, declaration, c);
	default:
		return lower_statement(l, declaration);
	}
}

static js_node export_default(struct lower *l, uint32_t c, uint32_t what)
{
	js_node n = lower_new(l, JS_EXPORT_DEFAULT, c);
	js_node value = what ? exported_declaration(l, c, what) : 0;
	set_a(l, n, value);
	if (value)
		return n;
	node_at(l, n)->kind = JS_EXPORT; /* an interface */
	add_flags(l, n, JSF_TYPE_ONLY);
	return n;
}

js_node lower_export(struct lower *l, uint32_t c)
{
	uint32_t declaration = child_in(l, c, F_DECLARATION), value = child_in(l, c, F_VALUE);
	if (child_of(l, c, C_T_DEFAULT))
		return export_default(l, c, declaration ? declaration : value);
	if (declaration) {
		js_node n = lower_new(l, JS_EXPORT, c);
		js_node inner = exported_declaration(l, c, declaration);
		set_a(l, n, inner);
		if (!inner)
			add_flags(l, n, JSF_TYPE_ONLY);
		return n;
	}
	uint32_t assigned = child_of(l, c, C_T_ASSIGN);
	if (assigned) {
		js_node n = lower_new(l, JS_EXPORT_ASSIGN, c);
		uint32_t i = child_named(l, c);
		if (i)
			set_a(l, n, lower_expr(l, i));
		return n;
	}
	if (child_of(l, c, C_T_NAMESPACE)) /* "export as namespace X" speaks to the compiler */
		return 0;
	return export_names(l, c);
}

/* ---- what TypeScript adds ---- */

js_node lower_ambient(struct lower *l, uint32_t c)
{
	if (child_of(l, c, C_T_GLOBAL))
		return 0;
	uint32_t i = child_named(l, c);
	if (!i || kind_at(l, i) == C_MODULE)
		return 0;
	js_node n = lower_statement(l, i);
	if (n)
		add_flags(l, n, JSF_DECLARE);
	return n;
}

static js_node enum_member(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PROPERTY, c);
	uint32_t name = c, value = 0;
	if (kind_at(l, c) == C_ENUM_ASSIGNMENT) {
		name = child_in(l, c, F_NAME);
		value = child_in(l, c, F_VALUE);
	}
	if (name)
		set_a(l, n, lower_key(l, name, n));
	if (value)
		set_b(l, n, lower_expr(l, value));
	return n;
}

js_node lower_enum(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_ENUM, c);
	uint32_t name = child_in(l, c, F_NAME), body = child_in(l, c, F_BODY);
	if (name) {
		set_str(l, n, lower_atom(l, name));
		set_a(l, n, lower_ident(l, name));
	}
	if (child_of(l, c, C_T_DECLARE))
		add_flags(l, n, JSF_DECLARE);
	size_t mark = l->stack.len;
	if (body)
		ast_each (l, i, body)
			if (l->cst[i].field == F_NAME || kind_at(l, i) == C_ENUM_ASSIGNMENT)
				push_kid(l, enum_member(l, i));
	take_kids(l, n, mark);
	return n;
}

/* "namespace A.B {}" declares A; its block then stands for both */
js_node lower_namespace(struct lower *l, uint32_t c)
{
	uint32_t name = child_in(l, c, F_NAME), body = child_in(l, c, F_BODY);
	if (!name || kind_at(l, name) == C_STRING)
		return 0;
	while (kind_at(l, name) == C_NESTED_IDENTIFIER && child_in(l, name, F_OBJECT))
		name = child_in(l, name, F_OBJECT);
	js_node n = lower_new(l, JS_NAMESPACE, c);
	if (kind_at(l, name) == C_IDENTIFIER)
		set_a(l, n, lower_ident(l, name));
	if (body)
		set_b(l, n, lower_block(l, body));
	return n;
}
