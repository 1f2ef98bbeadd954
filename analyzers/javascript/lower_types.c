#include "analyzers/javascript/lower.h"

static bool is_type(enum cst_kind kind)
{
	return !is_token(kind) && kind != C_ERROR && kind != C_MISSING;
}

void push_types(struct lower *l, uint32_t c)
{
	ast_each (l, i, c)
		if (is_type(kind_at(l, i)))
			push_kid(l, lower_type(l, i));
}

/* "a . b" is written with blanks by nobody, but may be: the name is without them */
static uint32_t dotted_name(struct lower *l, uint32_t c)
{
	struct str text = text_at(l, c);
	l->buf.len = 0;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" \t\r\n", text.ptr[i]) || !text.ptr[i])
			buf_addc(&l->buf, text.ptr[i]);
	return atoms_intern(&l->f->atoms, buf_str(&l->buf));
}

static js_node named_type(struct lower *l, uint32_t c, uint32_t name, uint32_t arguments)
{
	js_node n = lower_new(l, JS_TYPE, c);
	if (name)
		set_str(l, n, dotted_name(l, name));
	size_t mark = l->stack.len;
	if (arguments)
		push_types(l, arguments);
	take_kids(l, n, mark);
	return n;
}

static js_node array_type(struct lower *l, uint32_t c)
{
	js_node n = named_type(l, c, 0, c);
	set_str(l, n, atoms_intern(&l->f->atoms, STR("Array")));
	return n;
}

static js_node compound_type(struct lower *l, uint32_t c, enum js_op op)
{
	js_node n = lower_new(l, JS_TYPE, c);
	node_at(l, n)->op = (uint8_t)op;
	size_t mark = l->stack.len;
	push_types(l, c);
	take_kids(l, n, mark);
	return n;
}

static js_node inner_type(struct lower *l, uint32_t c)
{
	uint32_t i = child_named(l, c);
	return i ? lower_type(l, i) : lower_new(l, JS_TYPE, c);
}

static js_node type(struct lower *l, uint32_t c)
{
	switch (kind_at(l, c)) {
	case C_TYPE_ANNOTATION:
	case C_READONLY_TYPE:
	case C_PAREN_TYPE:
		return inner_type(l, c);
	case C_TYPE_IDENTIFIER:
	case C_NESTED_TYPE:
	case C_PREDEFINED_TYPE:
	case C_IDENTIFIER:
	case C_THIS:
		return named_type(l, c, c, 0);
	case C_GENERIC_TYPE:
		return named_type(l, c, child_in(l, c, F_NAME), child_in(l, c, F_TYPE_ARGUMENTS));
	case C_ARRAY_TYPE:
		return array_type(l, c);
	case C_UNION_TYPE:
		return compound_type(l, c, JS_OP_BITOR);
	case C_INTERSECTION_TYPE:
		return compound_type(l, c, JS_OP_BITAND);
	default:
		return lower_new(l, JS_TYPE, c);
	}
}

js_node lower_type(struct lower *l, uint32_t c)
{
	if (!lower_enter(l, c))
		return lower_new(l, JS_TYPE, c);
	js_node n = type(l, c);
	lower_leave(l);
	return n;
}
