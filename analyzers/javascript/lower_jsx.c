#include "analyzers/javascript/lower.h"

static void push_jsx_value(struct lower *l, uint32_t c)
{
	switch (kind_at(l, c)) {
	case C_STRING:
		push_kid(l, lower_string(l, c, true));
		break;
	case C_JSX_EXPRESSION: {
		uint32_t i = child_named(l, c);
		if (i && kind_at(l, i) == C_SPREAD)
			i = child_named(l, i);
		if (i)
			push_kid(l, lower_expr(l, i));
		break;
	}
	case C_JSX_ELEMENT:
	case C_JSX_SELF_CLOSING:
		push_kid(l, lower_expr(l, c));
		break;
	case C_ERROR:
		push_kid(l, lower_error(l, c));
		break;
	default:
		break;
	}
}

static void push_attributes(struct lower *l, uint32_t c)
{
	ast_each (l, i, c) {
		if (kind_at(l, i) == C_JSX_ATTRIBUTE)
			ast_each (l, j, i)
				push_jsx_value(l, j);
		else if (kind_at(l, i) == C_JSX_EXPRESSION)
			push_jsx_value(l, i);
	}
}

/* <Foo> and <a.b> name a value, <div> does not */
static bool is_component(const struct lower *l, uint32_t name)
{
	struct str text = text_at(l, name);
	return kind_at(l, name) == C_MEMBER || (kind_at(l, name) == C_IDENTIFIER && text.len &&
						!(text.ptr[0] >= 'a' && text.ptr[0] <= 'z'));
}

js_node lower_jsx(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_JSX, c);
	uint32_t open = kind_at(l, c) == C_JSX_ELEMENT ? child_in(l, c, F_OPEN_TAG) : c;
	uint32_t name = open ? child_in(l, open, F_NAME) : 0;
	size_t mark = l->stack.len;
	if (name) {
		set_str(l, n, atoms_intern(&l->f->atoms, text_at(l, name)));
		if (is_component(l, name))
			set_a(l, n, lower_expr(l, name));
	}
	if (open)
		push_attributes(l, open);
	if (open != c)
		ast_each (l, i, c)
			push_jsx_value(l, i);
	take_kids(l, n, mark);
	return n;
}
