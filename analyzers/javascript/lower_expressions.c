#include "analyzers/javascript/lower.h"

bool is_expression(enum cst_kind kind)
{
	switch (kind) {
	case C_FUNCTION_EXPR:
	case C_GENERATOR_EXPR:
	case C_ARROW:
	case C_CLASS_EXPR:
	case C_IDENTIFIER:
	case C_UNDEFINED:
	case C_OBJECT_PATTERN:
	case C_ARRAY_PATTERN:
	case C_JSX_ELEMENT:
	case C_JSX_SELF_CLOSING:
		return true;
	default:
		return kind >= C_THIS && kind <= C_INSTANTIATION && kind != C_SUBSTITUTION &&
		       kind != C_PAIR && kind != C_SPREAD && kind != C_ARGUMENTS &&
		       kind != C_OPTIONAL_CHAIN;
	}
}

js_node lower_ident(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_IDENT, c);
	set_str(l, n, lower_atom(l, c));
	return n;
}

static js_node expr_in(struct lower *l, uint32_t c, enum cst_field field)
{
	uint32_t i = child_in(l, c, field);
	return i ? lower_expr(l, i) : 0;
}

static js_node lower_spread(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_SPREAD, c);
	uint32_t i = child_named(l, c);
	if (i)
		set_a(l, n, lower_expr(l, i));
	return n;
}

/* an element of an array or an argument; 0 for what is neither */
static js_node lower_element(struct lower *l, uint32_t c)
{
	if (kind_at(l, c) == C_SPREAD)
		return lower_spread(l, c);
	if (kind_at(l, c) == C_ERROR)
		return lower_error(l, c);
	return is_token(kind_at(l, c)) ? 0 : lower_expr(l, c);
}

static js_node lower_array(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_ARRAY, c);
	size_t mark = l->stack.len;
	bool filled = false;
	ast_each (l, i, c) {
		if (kind_at(l, i) != C_T_COMMA) {
			push_kid(l, lower_element(l, i));
			filled = true;
			continue;
		}
		if (!filled)
			push_kid(l, lower_new_at(l, JS_HOLE, l->cst[i].start, l->cst[i].start));
		filled = false;
	}
	take_kids(l, n, mark);
	return n;
}

js_node lower_arguments(struct lower *l, uint32_t c, js_node call)
{
	size_t mark = l->stack.len;
	if (c) {
		check_commas(l, c);
		ast_each (l, i, c)
			push_kid(l, lower_element(l, i));
	}
	take_kids(l, call, mark);
	return call;
}

/* ---- objects ---- */

js_node lower_key(struct lower *l, uint32_t c, js_node owner)
{
	js_node n;
	switch (kind_at(l, c)) {
	case C_STRING:
		return lower_string(l, c, false);
	case C_NUMBER:
		n = lower_new(l, JS_STRING, c);
		set_str(l, n, number_key(l, c));
		return n;
	case C_COMPUTED: {
		uint32_t i = child_named(l, c);
		add_flags(l, owner, JSF_COMPUTED);
		return i ? lower_expr(l, i) : lower_error(l, c);
	}
	case C_ERROR:
	case C_MISSING:
		return lower_error(l, c);
	default:
		n = lower_new(l, JS_STRING, c);
		set_str(l, n, lower_atom(l, c));
		return n;
	}
}

static js_node lower_pair(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PROPERTY, c);
	uint32_t key = child_in(l, c, F_KEY);
	if (key)
		set_a(l, n, lower_key(l, key, n));
	set_b(l, n, expr_in(l, c, F_VALUE));
	return n;
}

static js_node lower_shorthand(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PROPERTY, c);
	add_flags(l, n, JSF_SHORTHAND);
	set_a(l, n, lower_key(l, c, n));
	set_b(l, n, lower_ident(l, c));
	return n;
}

static js_node lower_object_method(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PROPERTY, c);
	uint32_t name = child_in(l, c, F_NAME);
	unsigned accessor = child_of(l, c, C_T_GET)   ? JSF_GETTER
			    : child_of(l, c, C_T_SET) ? JSF_SETTER
						      : JSF_METHOD;
	add_flags(l, n, accessor);
	if (name)
		set_a(l, n, lower_key(l, name, n));
	set_b(l, n, lower_function(l, c));
	return n;
}

js_node lower_object(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_OBJECT, c);
	check_commas(l, c);
	size_t mark = l->stack.len;
	ast_each (l, i, c) {
		switch (kind_at(l, i)) {
		case C_PAIR:
			push_kid(l, lower_pair(l, i));
			break;
		case C_SHORTHAND:
			push_kid(l, lower_shorthand(l, i));
			break;
		case C_METHOD:
			push_kid(l, lower_object_method(l, i));
			break;
		case C_SPREAD:
			push_kid(l, lower_spread(l, i));
			break;
		case C_ERROR:
			push_kid(l, lower_error(l, i));
			break;
		default:
			break;
		}
	}
	take_kids(l, n, mark);
	return n;
}

/* ---- operators ---- */

static uint8_t op_in(const struct lower *l, uint32_t c)
{
	uint32_t op = child_in(l, c, F_OPERATOR);
	return op ? l->cst[op].op : JS_OP_NONE;
}

static js_node lower_unary(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_UNARY, c);
	node_at(l, n)->op = op_in(l, c);
	set_a(l, n, expr_in(l, c, F_ARGUMENT));
	return n;
}

static js_node lower_update(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_UPDATE, c);
	uint32_t op = child_in(l, c, F_OPERATOR), argument = child_in(l, c, F_ARGUMENT);
	node_at(l, n)->op = op_in(l, c);
	if (op && argument && op < argument)
		add_flags(l, n, JSF_PREFIX);
	if (argument)
		set_a(l, n, lower_expr(l, argument));
	return n;
}

static js_node lower_binary(struct lower *l, uint32_t c)
{
	uint8_t op = op_in(l, c);
	bool logical = op == JS_OP_AND || op == JS_OP_OR || op == JS_OP_NULLISH;
	js_node n = lower_new(l, logical ? JS_LOGICAL : JS_BINARY, c);
	node_at(l, n)->op = op;
	set_a(l, n, expr_in(l, c, F_LEFT));
	set_b(l, n, expr_in(l, c, F_RIGHT));
	return n;
}

static js_node lower_assign(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_ASSIGN, c);
	uint32_t left = child_in(l, c, F_LEFT);
	if (kind_at(l, c) == C_AUGMENTED)
		node_at(l, n)->op = op_in(l, c);
	if (left)
		set_a(l, n, lower_pattern(l, left));
	set_b(l, n, expr_in(l, c, F_RIGHT));
	return n;
}

static js_node lower_ternary(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_COND, c);
	set_a(l, n, expr_in(l, c, F_CONDITION));
	set_b(l, n, expr_in(l, c, F_CONSEQUENCE));
	set_c(l, n, expr_in(l, c, F_ALTERNATIVE));
	return n;
}

static js_node lower_sequence(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_SEQUENCE, c);
	size_t mark = l->stack.len;
	ast_each (l, i, c)
		push_kid(l, lower_element(l, i));
	take_kids(l, n, mark);
	return n;
}

static js_node lower_operand(struct lower *l, uint32_t c, enum js_kind kind)
{
	js_node n = lower_new(l, kind, c);
	uint32_t i = child_named(l, c);
	if (kind == JS_YIELD && child_of(l, c, C_T_MUL))
		add_flags(l, n, JSF_DELEGATE);
	if (i)
		set_a(l, n, lower_expr(l, i));
	return n;
}

/* ---- calls and members ---- */

static void mark_optional(struct lower *l, uint32_t c, js_node n)
{
	if (child_of(l, c, C_OPTIONAL_CHAIN) || child_of(l, c, C_T_QUESTION_DOT))
		add_flags(l, n, JSF_OPTIONAL);
}

static js_node lower_import_call(struct lower *l, uint32_t c, uint32_t arguments)
{
	js_node n = lower_new(l, JS_IMPORT_CALL, c);
	uint32_t i = child_named(l, arguments);
	if (i)
		set_a(l, n, lower_element(l, i));
	else
		lower_trouble(l, c, "'import()' without a specifier");
	return n;
}

static js_node lower_call(struct lower *l, uint32_t c)
{
	uint32_t callee = child_in(l, c, F_FUNCTION), arguments = child_in(l, c, F_ARGUMENTS);
	if (callee && arguments && kind_at(l, callee) == C_IMPORT)
		return lower_import_call(l, c, arguments);
	bool tagged = arguments && kind_at(l, arguments) == C_TEMPLATE;
	js_node n = lower_new(l, tagged ? JS_TAGGED : JS_CALL, c);
	mark_optional(l, c, n);
	if (callee)
		set_a(l, n, lower_expr(l, callee));
	if (!tagged)
		return lower_arguments(l, arguments, n);
	set_b(l, n, lower_template(l, arguments));
	return n;
}

static js_node lower_new_expr(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_NEW, c);
	set_a(l, n, expr_in(l, c, F_CONSTRUCTOR));
	return lower_arguments(l, child_in(l, c, F_ARGUMENTS), n);
}

static js_node lower_meta(struct lower *l, uint32_t c, bool of_new)
{
	js_node n = lower_new(l, JS_META, c);
	struct str text = of_new ? STR("new.target") : STR("import.meta");
	set_str(l, n, atoms_intern(&l->f->atoms, text));
	return n;
}

static js_node lower_member(struct lower *l, uint32_t c)
{
	uint32_t object = child_in(l, c, F_OBJECT), property = child_in(l, c, F_PROPERTY);
	if (object && kind_at(l, object) == C_IMPORT)
		return lower_meta(l, c, false);
	js_node n = lower_new(l, JS_MEMBER, c);
	mark_optional(l, c, n);
	if (object)
		set_a(l, n, lower_expr(l, object));
	if (property)
		set_str(l, n, lower_atom(l, property));
	return n;
}

static js_node lower_index(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_INDEX, c);
	mark_optional(l, c, n);
	set_a(l, n, expr_in(l, c, F_OBJECT));
	set_b(l, n, expr_in(l, c, F_INDEX));
	return n;
}

/* ---- what leaves no node of its own ---- */

/* the expression in parentheses, under "as", "!", "satisfies" or a type assertion */
static uint32_t inner_of(const struct lower *l, uint32_t c)
{
	if (kind_at(l, c) == C_TYPE_ASSERTION) {
		uint32_t types = child_of(l, c, C_TYPE_ARGUMENTS);
		uint32_t i = types ? l->cst[types].next : 0;
		return i < l->cst[c].next ? i : 0;
	}
	return child_named(l, c);
}

static js_node lower_inner(struct lower *l, uint32_t c)
{
	uint32_t i = inner_of(l, c);
	return i ? lower_expr(l, i) : lower_error(l, c);
}

static js_node lower_text(struct lower *l, uint32_t c, enum js_kind kind)
{
	js_node n = lower_new(l, kind, c);
	set_str(l, n, atoms_intern(&l->f->atoms, text_at(l, c)));
	return n;
}

static js_node lower_bool(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_BOOL, c);
	node_at(l, n)->op = kind_at(l, c) == C_TRUE;
	return n;
}

static js_node expr(struct lower *l, uint32_t c)
{
	switch (kind_at(l, c)) {
	case C_IDENTIFIER:
	case C_UNDEFINED:
	case C_TYPE_IDENTIFIER:
	case C_PRIVATE_IDENTIFIER: /* "#x in o" */
	case C_SHORTHAND_PATTERN:
		return lower_ident(l, c);
	case C_THIS:
		return lower_new(l, JS_THIS, c);
	case C_SUPER:
		return lower_new(l, JS_SUPER, c);
	case C_NUMBER:
		return lower_number(l, c);
	case C_STRING:
		return lower_string(l, c, false);
	case C_TEMPLATE:
		return lower_template(l, c);
	case C_REGEX:
		return lower_text(l, c, JS_REGEX);
	case C_TRUE:
	case C_FALSE:
		return lower_bool(l, c);
	case C_NULL:
		return lower_new(l, JS_NULL, c);
	case C_ARRAY:
		return lower_array(l, c);
	case C_OBJECT:
		return lower_object(l, c);
	case C_OBJECT_PATTERN:
	case C_ARRAY_PATTERN:
		return lower_pattern(l, c);
	case C_UNARY:
		return lower_unary(l, c);
	case C_UPDATE:
		return lower_update(l, c);
	case C_BINARY:
		return lower_binary(l, c);
	case C_ASSIGN:
	case C_AUGMENTED:
		return lower_assign(l, c);
	case C_TERNARY:
		return lower_ternary(l, c);
	case C_CALL:
		return lower_call(l, c);
	case C_NEW:
		return lower_new_expr(l, c);
	case C_MEMBER:
		return lower_member(l, c);
	case C_SUBSCRIPT:
		return lower_index(l, c);
	case C_SEQUENCE:
		return lower_sequence(l, c);
	case C_AWAIT:
		return lower_operand(l, c, JS_AWAIT);
	case C_YIELD:
		return lower_operand(l, c, JS_YIELD);
	case C_META:
		return lower_meta(l, c, child_of(l, c, C_T_NEW) != 0);
	case C_FUNCTION_EXPR:
	case C_GENERATOR_EXPR:
	case C_ARROW:
		return lower_function(l, c);
	case C_CLASS_EXPR:
		return lower_class(l, c, 0);
	case C_PAREN:
	case C_AS:
	case C_SATISFIES:
	case C_NON_NULL:
	case C_TYPE_ASSERTION:
	case C_INSTANTIATION:
		return lower_inner(l, c);
	case C_JSX_ELEMENT:
	case C_JSX_SELF_CLOSING:
		return lower_jsx(l, c);
	default:
		return lower_error(l, c);
	}
}

js_node lower_expr(struct lower *l, uint32_t c)
{
	if (!lower_enter(l, c))
		return lower_new(l, JS_ERROR, c);
	js_node n = expr(l, c);
	lower_leave(l);
	return n;
}
