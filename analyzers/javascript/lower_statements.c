#include "analyzers/javascript/lower.h"

void push_statements(struct lower *l, uint32_t c)
{
	ast_each (l, i, c)
		if (!is_token(kind_at(l, i)) && l->cst[i].field != F_VALUE)
			push_kid(l, lower_statement(l, i));
}

js_node lower_block(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_BLOCK, c);
	size_t mark = l->stack.len;
	push_statements(l, c);
	take_kids(l, n, mark);
	return n;
}

/* A body that holds nothing but types is still a statement. */
static js_node body_statement(struct lower *l, uint32_t c)
{
	if (!c)
		return 0;
	js_node n = lower_statement(l, c);
	return n ? n : lower_new(l, JS_EMPTY, c);
}

static js_node expr_in(struct lower *l, uint32_t c, enum cst_field field)
{
	uint32_t i = child_in(l, c, field);
	return i ? lower_expr(l, i) : 0;
}

static js_node statement_in(struct lower *l, uint32_t c, enum cst_field field)
{
	return body_statement(l, child_in(l, c, field));
}

/* the operand of return, throw and expression statements */
static js_node only_expr(struct lower *l, uint32_t c)
{
	uint32_t i = child_named(l, c);
	return i ? lower_expr(l, i) : 0;
}

/* "using x = y" and "await using x = y" are assignments to the grammar */
static js_node lower_using(struct lower *l, uint32_t c, uint32_t assignment)
{
	js_node n = lower_new(l, JS_VAR, c);
	node_at(l, n)->op = JS_VAR_USING;
	js_node d = lower_new(l, JS_DECLARATOR, assignment);
	uint32_t left = child_in(l, assignment, F_LEFT);
	if (left) {
		node_at(l, d)->span.start = l->cst[left].start;
		set_a(l, d, lower_pattern(l, left));
	}
	set_b(l, d, expr_in(l, assignment, F_RIGHT));
	size_t mark = l->stack.len;
	push_kid(l, d);
	take_kids(l, n, mark);
	return n;
}

static js_node lower_expr_stmt(struct lower *l, uint32_t c)
{
	uint32_t i = child_named(l, c);
	if (i && kind_at(l, i) == C_INTERNAL_MODULE)
		return lower_namespace(l, i);
	uint32_t using = i && kind_at(l, i) == C_AWAIT ? child_named(l, i) : i;
	if (using && child_of(l, using, C_T_USING))
		return lower_using(l, c, using);
	js_node n = lower_new(l, JS_EXPR_STMT, c);
	set_a(l, n, i ? lower_expr(l, i) : lower_error(l, c));
	return n;
}

static js_node lower_declarator(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_DECLARATOR, c);
	uint32_t name = child_in(l, c, F_NAME), type = child_in(l, c, F_TYPE);
	if (name)
		set_a(l, n, lower_pattern(l, name));
	if (type)
		set_c(l, n, lower_type(l, type));
	set_b(l, n, expr_in(l, c, F_VALUE));
	return n;
}

static uint8_t var_kind(const struct lower *l, uint32_t c)
{
	uint32_t kind = child_in(l, c, F_KIND);
	if (!kind)
		return kind_at(l, c) == C_VAR ? JS_VAR_VAR : JS_VAR_LET;
	switch (kind_at(l, kind)) {
	case C_T_CONST:
		return JS_VAR_CONST;
	case C_T_VAR:
		return JS_VAR_VAR;
	default:
		return JS_VAR_LET;
	}
}

static js_node lower_var(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_VAR, c);
	node_at(l, n)->op = var_kind(l, c);
	size_t mark = l->stack.len;
	ast_each (l, i, c)
		if (kind_at(l, i) == C_DECLARATOR)
			push_kid(l, lower_declarator(l, i));
	take_kids(l, n, mark);
	return n;
}

static js_node lower_if(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_IF, c);
	set_a(l, n, expr_in(l, c, F_CONDITION));
	set_b(l, n, statement_in(l, c, F_CONSEQUENCE));
	uint32_t other = child_in(l, c, F_ALTERNATIVE);
	if (other && kind_at(l, other) == C_ELSE)
		other = child_named(l, other);
	set_c(l, n, body_statement(l, other));
	return n;
}

/* the parser wraps the parts of a for statement into statements, or not */
static js_node for_part(struct lower *l, uint32_t c, enum cst_field field)
{
	uint32_t i = child_in(l, c, field);
	if (!i)
		return 0;
	switch (kind_at(l, i)) {
	case C_EMPTY:
		return 0;
	case C_LEXICAL:
	case C_VAR:
		return lower_var(l, i);
	case C_EXPR_STMT:
		return only_expr(l, i);
	default:
		return lower_expr(l, i);
	}
}

static js_node lower_for(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_FOR, c);
	set_a(l, n, for_part(l, c, F_INITIALIZER));
	set_b(l, n, for_part(l, c, F_CONDITION));
	set_c(l, n, for_part(l, c, F_INCREMENT));
	size_t mark = l->stack.len;
	push_kid(l, statement_in(l, c, F_BODY));
	take_kids(l, n, mark);
	return n;
}

/* "const x" of a for-in head: the grammar has no declaration node there */
static js_node for_declaration(struct lower *l, uint32_t c, uint32_t kind, uint32_t left)
{
	uint32_t value = child_in(l, c, F_VALUE);
	uint32_t end = l->cst[value ? value : left].end;
	js_node n = lower_new_at(l, JS_VAR, l->cst[kind].start, end);
	node_at(l, n)->op = var_kind(l, c);
	js_node d = lower_new_at(l, JS_DECLARATOR, l->cst[left].start, end);
	set_a(l, d, lower_pattern(l, left));
	if (value)
		set_b(l, d, lower_expr(l, value));
	size_t mark = l->stack.len;
	push_kid(l, d);
	take_kids(l, n, mark);
	return n;
}

static js_node lower_for_in(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_FOR_IN, c);
	uint32_t kind = child_in(l, c, F_KIND), left = child_in(l, c, F_LEFT);
	uint32_t op = child_in(l, c, F_OPERATOR);
	node_at(l, n)->op = op && kind_at(l, op) == C_T_OF ? JS_FOR_OP_OF : JS_FOR_OP_IN;
	if (child_of(l, c, C_T_AWAIT))
		add_flags(l, n, JSF_AWAIT);
	if (left)
		set_a(l, n, kind ? for_declaration(l, c, kind, left) : lower_pattern(l, left));
	set_b(l, n, expr_in(l, c, F_RIGHT));
	set_c(l, n, statement_in(l, c, F_BODY));
	return n;
}

static js_node lower_while(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_WHILE, c);
	set_a(l, n, expr_in(l, c, F_CONDITION));
	set_b(l, n, statement_in(l, c, F_BODY));
	return n;
}

static js_node lower_do(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_DO_WHILE, c);
	set_b(l, n, statement_in(l, c, F_BODY));
	set_a(l, n, expr_in(l, c, F_CONDITION));
	return n;
}

static js_node lower_case(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_CASE, c);
	set_a(l, n, expr_in(l, c, F_VALUE));
	size_t mark = l->stack.len;
	push_statements(l, c);
	take_kids(l, n, mark);
	return n;
}

static js_node lower_switch(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_SWITCH, c);
	set_a(l, n, expr_in(l, c, F_VALUE));
	size_t mark = l->stack.len;
	uint32_t body = child_in(l, c, F_BODY);
	if (body)
		ast_each (l, i, body)
			if (kind_at(l, i) == C_CASE || kind_at(l, i) == C_DEFAULT_CASE)
				push_kid(l, lower_case(l, i));
	take_kids(l, n, mark);
	return n;
}

static js_node lower_simple(struct lower *l, uint32_t c, enum js_kind kind)
{
	js_node n = lower_new(l, kind, c);
	set_a(l, n, only_expr(l, c));
	return n;
}

static js_node lower_catch(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_CATCH, c);
	uint32_t parameter = child_in(l, c, F_PARAMETER);
	if (parameter)
		set_a(l, n, lower_pattern(l, parameter));
	set_b(l, n, statement_in(l, c, F_BODY));
	return n;
}

static js_node lower_try(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_TRY, c);
	set_a(l, n, statement_in(l, c, F_BODY));
	uint32_t handler = child_in(l, c, F_HANDLER), finalizer = child_in(l, c, F_FINALIZER);
	if (handler)
		set_b(l, n, lower_catch(l, handler));
	if (finalizer)
		set_c(l, n, statement_in(l, finalizer, F_BODY));
	return n;
}

/* "break", line end, "a": the label is a statement of its own, which is lost here */
static bool starts_new_line(const struct lower *l, uint32_t c)
{
	uint32_t at = l->cst[c].start;
	while (at > 0 && (l->text[at - 1] == ' ' || l->text[at - 1] == '\t'))
		at--;
	return at > 0 && (l->text[at - 1] == '\n' || l->text[at - 1] == '\r');
}

static js_node lower_jump(struct lower *l, uint32_t c, enum js_kind kind)
{
	js_node n = lower_new(l, kind, c);
	uint32_t label = child_in(l, c, F_LABEL);
	if (label && (kind == JS_LABELED || !starts_new_line(l, label)))
		set_str(l, n, lower_atom(l, label));
	return n;
}

static js_node lower_labeled(struct lower *l, uint32_t c)
{
	js_node n = lower_jump(l, c, JS_LABELED);
	set_a(l, n, statement_in(l, c, F_BODY));
	return n;
}

static js_node lower_with(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_BLOCK, c);
	node_at(l, n)->op = JS_BLOCK_WITH;
	size_t mark = l->stack.len;
	uint32_t object = child_in(l, c, F_OBJECT);
	if (object) {
		js_node s = lower_new(l, JS_EXPR_STMT, object);
		set_a(l, s, lower_expr(l, object));
		push_kid(l, s);
	}
	push_kid(l, statement_in(l, c, F_BODY));
	take_kids(l, n, mark);
	return n;
}

static js_node statement(struct lower *l, uint32_t c)
{
	switch (kind_at(l, c)) {
	case C_BLOCK:
		return lower_block(l, c);
	case C_EXPR_STMT:
		return lower_expr_stmt(l, c);
	case C_LEXICAL:
	case C_VAR:
		return lower_var(l, c);
	case C_IF:
		return lower_if(l, c);
	case C_FOR:
		return lower_for(l, c);
	case C_FOR_IN:
		return lower_for_in(l, c);
	case C_WHILE:
		return lower_while(l, c);
	case C_DO:
		return lower_do(l, c);
	case C_SWITCH:
		return lower_switch(l, c);
	case C_RETURN:
		return lower_simple(l, c, JS_RETURN);
	case C_THROW:
		return lower_simple(l, c, JS_THROW);
	case C_TRY:
		return lower_try(l, c);
	case C_BREAK:
		return lower_jump(l, c, JS_BREAK);
	case C_CONTINUE:
		return lower_jump(l, c, JS_CONTINUE);
	case C_LABELED:
		return lower_labeled(l, c);
	case C_EMPTY:
	case C_DEBUGGER:
		return lower_new(l, JS_EMPTY, c);
	case C_WITH:
		return lower_with(l, c);
	case C_FUNCTION_DECL:
	case C_GENERATOR_DECL:
	case C_FUNCTION_SIGNATURE:
		return lower_function(l, c);
	case C_CLASS_DECL:
	case C_ABSTRACT_CLASS:
		return lower_class(l, c, 0);
	case C_IMPORT_STMT:
		return lower_import(l, c);
	case C_IMPORT_ALIAS:
		return lower_import_alias(l, c);
	case C_EXPORT_STMT:
		return lower_export(l, c);
	case C_AMBIENT:
		return lower_ambient(l, c);
	case C_ENUM:
		return lower_enum(l, c);
	case C_MODULE:
	case C_INTERNAL_MODULE:
		return lower_namespace(l, c);
	case C_ERROR:
	case C_MISSING:
		return lower_error(l, c);
	default:
		return is_expression(kind_at(l, c)) ? lower_expr(l, c) : 0;
	}
}

js_node lower_statement(struct lower *l, uint32_t c)
{
	if (!lower_enter(l, c))
		return lower_new(l, JS_ERROR, c);
	js_node n = statement(l, c);
	lower_leave(l);
	return n;
}
