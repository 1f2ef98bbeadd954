#include "analyzers/javascript/lower.h"

js_node lower_decorator(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_DECORATOR, c);
	uint32_t i = child_named(l, c);
	if (i)
		set_a(l, n, lower_expr(l, i));
	return n;
}

static void push_decorators(struct lower *l, uint32_t c)
{
	ast_each (l, i, c)
		if (kind_at(l, i) == C_DECORATOR)
			push_kid(l, lower_decorator(l, i));
}

/* TypeScript's grammar hangs the decorators of methods beside them: they are the children from
 * `first` up to the member. JavaScript's has them inside. */
static void member_decorators(struct lower *l, uint32_t first, uint32_t member, js_node n)
{
	size_t mark = l->stack.len;
	for (uint32_t i = first; i && i < member; i = l->cst[i].next)
		if (kind_at(l, i) == C_DECORATOR)
			push_kid(l, lower_decorator(l, i));
	push_decorators(l, member);
	take_decorators(l, n, mark);
}

static unsigned member_flags(const struct lower *l, uint32_t c)
{
	unsigned flags = 0;
	ast_each (l, i, c) {
		switch (kind_at(l, i)) {
		case C_T_STATIC:
			flags |= JSF_STATIC;
			break;
		case C_T_READONLY:
			flags |= JSF_READONLY;
			break;
		case C_T_DECLARE:
			flags |= JSF_DECLARE;
			break;
		case C_T_ABSTRACT:
			flags |= JSF_ABSTRACT;
			break;
		case C_T_GET:
			flags |= JSF_GETTER;
			break;
		case C_T_SET:
			flags |= JSF_SETTER;
			break;
		default:
			break;
		}
	}
	return flags;
}

static void lower_member_key(struct lower *l, uint32_t c, js_node n)
{
	uint32_t key = child_in(l, c, F_NAME);
	if (!key)
		key = child_in(l, c, F_PROPERTY);
	if (key)
		set_a(l, n, lower_key(l, key, n));
}

static js_node lower_method(struct lower *l, uint32_t c, uint32_t decorators)
{
	js_node n = lower_new(l, JS_METHOD, c);
	member_decorators(l, decorators, c, n);
	add_flags(l, n, member_flags(l, c));
	lower_member_key(l, c, n);
	set_b(l, n, lower_function(l, c));
	return n;
}

static js_node lower_field(struct lower *l, uint32_t c, uint32_t decorators)
{
	js_node n = lower_new(l, JS_FIELD, c);
	member_decorators(l, decorators, c, n);
	add_flags(l, n, member_flags(l, c));
	lower_member_key(l, c, n);
	uint32_t type = child_in(l, c, F_TYPE), value = child_in(l, c, F_VALUE);
	if (type)
		set_c(l, n, lower_type(l, type));
	if (value)
		set_b(l, n, lower_expr(l, value));
	return n;
}

static js_node lower_static_block(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_STATIC_BLOCK, c);
	uint32_t body = child_in(l, c, F_BODY);
	if (body)
		set_b(l, n, lower_block(l, body));
	return n;
}

static js_node lower_class_member(struct lower *l, uint32_t c, uint32_t decorators)
{
	switch (kind_at(l, c)) {
	case C_METHOD:
	case C_METHOD_SIGNATURE:
	case C_ABSTRACT_METHOD:
		return lower_method(l, c, decorators);
	case C_FIELD:
		return lower_field(l, c, decorators);
	case C_STATIC_BLOCK:
		return lower_static_block(l, c);
	default:
		return 0;
	}
}

static void lower_class_body(struct lower *l, uint32_t c, js_node n)
{
	size_t mark = l->stack.len;
	uint32_t decorators = 0;
	ast_each (l, i, c) {
		if (kind_at(l, i) == C_DECORATOR) {
			decorators = decorators ? decorators : i;
			continue;
		}
		push_kid(l, lower_class_member(l, i, decorators));
		decorators = 0;
	}
	take_kids(l, n, mark);
}

static js_node heritage_type(struct lower *l, uint32_t start, uint32_t end)
{
	return lower_new_at(l, JS_TYPE, start, end);
}

/* "extends a.B<C>": a type beside the expression, for its name and arguments */
static js_node extends_type(struct lower *l, uint32_t c, uint32_t value)
{
	js_node n = heritage_type(l, l->cst[value].start, l->cst[c].end);
	node_at(l, n)->op = JS_TYPE_EXTENDS;
	if (kind_at(l, value) == C_IDENTIFIER || kind_at(l, value) == C_MEMBER)
		set_str(l, n, atoms_intern(&l->f->atoms, text_at(l, value)));
	size_t mark = l->stack.len;
	uint32_t arguments = child_in(l, c, F_TYPE_ARGUMENTS);
	if (arguments)
		push_types(l, arguments);
	take_kids(l, n, mark);
	return n;
}

static void lower_heritage(struct lower *l, uint32_t c, js_node n)
{
	uint32_t extends = child_of(l, c, C_EXTENDS), implements = child_of(l, c, C_IMPLEMENTS);
	uint32_t value = extends ? child_in(l, extends, F_VALUE) : child_named(l, c);
	if (value && value != implements)
		set_b(l, n, lower_expr(l, value));
	if (!extends && !implements)
		return;
	js_node list = heritage_type(l, l->cst[c].start, l->cst[c].end);
	size_t mark = l->stack.len;
	if (extends && value)
		push_kid(l, extends_type(l, extends, value));
	if (implements)
		push_types(l, implements);
	take_kids(l, list, mark);
	set_c(l, n, list);
}

js_node lower_class(struct lower *l, uint32_t c, uint32_t decorated)
{
	js_node n = lower_new(l, JS_CLASS, c);
	uint32_t name = child_in(l, c, F_NAME), body = child_in(l, c, F_BODY);
	uint32_t heritage = child_of(l, c, C_HERITAGE);
	size_t mark = l->stack.len;
	if (decorated)
		push_decorators(l, decorated);
	push_decorators(l, c);
	take_decorators(l, n, mark);
	if (kind_at(l, c) != C_CLASS_EXPR)
		add_flags(l, n, JSF_DECLARATION);
	if (kind_at(l, c) == C_ABSTRACT_CLASS)
		add_flags(l, n, JSF_ABSTRACT);
	if (name) {
		set_str(l, n, lower_atom(l, name));
		set_a(l, n, lower_ident(l, name));
	}
	if (heritage)
		lower_heritage(l, heritage, n);
	if (body)
		lower_class_body(l, body, n);
	return n;
}
