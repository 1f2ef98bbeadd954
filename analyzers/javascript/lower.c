#include "analyzers/javascript/lower.h"

uint32_t child_in(const struct lower *l, uint32_t c, enum cst_field field)
{
	ast_each (l, i, c)
		if (l->cst[i].field == field)
			return i;
	return 0;
}

uint32_t child_of(const struct lower *l, uint32_t c, enum cst_kind kind)
{
	ast_each (l, i, c)
		if (kind_at(l, i) == kind)
			return i;
	return 0;
}

uint32_t child_named(const struct lower *l, uint32_t c)
{
	ast_each (l, i, c)
		if (kind_at(l, i) != C_ERROR && !is_token(kind_at(l, i)))
			return i;
	return 0;
}

js_node lower_new_at(struct lower *l, enum js_kind kind, uint32_t start, uint32_t end)
{
	vec_push(&l->nodes, (struct js_node_data){
				.kind = (uint8_t)kind, .span = {start, end}, .str = JS_NO_ATOM});
	return (js_node)l->nodes.len - 1;
}

js_node lower_new(struct lower *l, enum js_kind kind, uint32_t c)
{
	return lower_new_at(l, kind, l->cst[c].start, l->cst[c].end);
}

static uint32_t take(struct lower *l, size_t mark, uint32_t *n)
{
	uint32_t first = (uint32_t)l->lists.len;
	for (size_t i = mark; i < l->stack.len; i++)
		vec_push(&l->lists, l->stack.ptr[i]);
	*n = (uint32_t)(l->stack.len - mark);
	l->stack.len = mark;
	return first;
}

void take_kids(struct lower *l, js_node n, size_t mark)
{
	uint32_t count, first = take(l, mark, &count);
	node_at(l, n)->kids = first;
	node_at(l, n)->n_kids = count;
}

void take_decorators(struct lower *l, js_node n, size_t mark)
{
	uint32_t count, first = take(l, mark, &count);
	node_at(l, n)->decos = first;
	node_at(l, n)->n_decos = count;
}

void lower_trouble(struct lower *l, uint32_t c, const char *message)
{
	vec_push(&l->troubles, (struct js_trouble){{l->cst[c].start, l->cst[c].end}, message});
}

void check_commas(struct lower *l, uint32_t c)
{
	bool filled = false;
	ast_each (l, i, c) {
		if (kind_at(l, i) == C_T_COMMA && !filled) {
			lower_trouble(l, i, "unexpected ','");
			return;
		}
		filled = kind_at(l, i) != C_T_COMMA;
	}
}

bool lower_enter(struct lower *l, uint32_t c)
{
	if (l->depth < JS_MAX_DEPTH) {
		l->depth++;
		return true;
	}
	if (!l->too_deep)
		lower_trouble(l, c, JS_TOO_DEEP);
	l->too_deep = true;
	return false;
}

static bool is_statement(enum cst_kind kind)
{
	return (kind >= C_BLOCK && kind <= C_WITH && kind != C_DECLARATOR && kind != C_ELSE &&
		kind != C_SWITCH_BODY && kind != C_CASE && kind != C_DEFAULT_CASE &&
		kind != C_CATCH && kind != C_FINALLY) ||
	       kind == C_FUNCTION_DECL || kind == C_GENERATOR_DECL || kind == C_CLASS_DECL ||
	       kind == C_ABSTRACT_CLASS || kind == C_IMPORT_STMT || kind == C_EXPORT_STMT ||
	       kind == C_ENUM;
}

/* What the parser skipped over is often a whole expression or statement with one odd token. */
js_node lower_error(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_ERROR, c);
	if (!lower_enter(l, c))
		return n;
	size_t mark = l->stack.len;
	ast_each (l, i, c) {
		enum cst_kind kind = kind_at(l, i);
		if (kind == C_ERROR)
			push_kid(l, lower_error(l, i));
		else if (is_statement(kind))
			push_kid(l, lower_statement(l, i));
		else if (is_expression(kind))
			push_kid(l, lower_expr(l, i));
	}
	take_kids(l, n, mark);
	lower_leave(l);
	return n;
}

js_node lower_program(struct lower *l)
{
	lower_new_at(l, JS_NONE, 0, 0);
	js_node n = lower_new(l, JS_PROGRAM, 0);
	vec_push(&l->functions, (struct js_function){.node = n});
	size_t mark = l->stack.len;
	push_statements(l, 0);
	take_kids(l, n, mark);
	return n;
}
