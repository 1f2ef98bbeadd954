#include "analyzers/javascript/lower.h"

static js_node pattern_default(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_DEFAULT, c);
	uint32_t left = child_in(l, c, F_LEFT), right = child_in(l, c, F_RIGHT);
	if (left)
		set_a(l, n, lower_pattern(l, left));
	if (right)
		set_b(l, n, lower_expr(l, right));
	return n;
}

static js_node pattern_rest(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_REST, c);
	uint32_t i = child_named(l, c);
	if (i)
		set_a(l, n, lower_pattern(l, i));
	return n;
}

static js_node pattern_pair(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PATTERN_PROPERTY, c);
	uint32_t key = child_in(l, c, F_KEY), value = child_in(l, c, F_VALUE);
	if (key)
		set_a(l, n, lower_key(l, key, n));
	if (!value)
		return n;
	if (kind_at(l, value) != C_ASSIGNMENT_PATTERN) {
		set_b(l, n, lower_pattern(l, value));
		return n;
	}
	uint32_t left = child_in(l, value, F_LEFT), right = child_in(l, value, F_RIGHT);
	if (left)
		set_b(l, n, lower_pattern(l, left));
	if (right)
		set_c(l, n, lower_expr(l, right));
	return n;
}

/* {a} or {a = 1} */
static js_node pattern_shorthand(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_PATTERN_PROPERTY, c);
	uint32_t name = c, value = 0;
	if (kind_at(l, c) == C_OBJECT_ASSIGNMENT_PATTERN) {
		name = child_in(l, c, F_LEFT);
		value = child_in(l, c, F_RIGHT);
	}
	add_flags(l, n, JSF_SHORTHAND);
	if (name) {
		set_a(l, n, lower_key(l, name, n));
		set_b(l, n, lower_ident(l, name));
	}
	if (value)
		set_c(l, n, lower_expr(l, value));
	return n;
}

static js_node pattern_object(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_OBJECT_PATTERN, c);
	check_commas(l, c);
	size_t mark = l->stack.len;
	ast_each (l, i, c) {
		switch (kind_at(l, i)) {
		case C_PAIR_PATTERN:
			push_kid(l, pattern_pair(l, i));
			break;
		case C_SHORTHAND_PATTERN:
		case C_OBJECT_ASSIGNMENT_PATTERN:
			push_kid(l, pattern_shorthand(l, i));
			break;
		case C_REST:
			push_kid(l, pattern_rest(l, i));
			break;
		default:
			break;
		}
	}
	take_kids(l, n, mark);
	return n;
}

static js_node pattern_array(struct lower *l, uint32_t c)
{
	js_node n = lower_new(l, JS_ARRAY_PATTERN, c);
	size_t mark = l->stack.len;
	bool filled = false;
	ast_each (l, i, c) {
		if (kind_at(l, i) != C_T_COMMA) {
			push_kid(l, lower_pattern(l, i));
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

static js_node pattern(struct lower *l, uint32_t c)
{
	switch (kind_at(l, c)) {
	case C_OBJECT_PATTERN:
		return pattern_object(l, c);
	case C_ARRAY_PATTERN:
		return pattern_array(l, c);
	case C_ASSIGNMENT_PATTERN:
		return pattern_default(l, c);
	case C_REST:
		return pattern_rest(l, c);
	default:
		return lower_expr(l, c);
	}
}

js_node lower_pattern(struct lower *l, uint32_t c)
{
	if (!lower_enter(l, c))
		return lower_new(l, JS_ERROR, c);
	js_node n = pattern(l, c);
	lower_leave(l);
	return n;
}

/* ---- functions ---- */

static void push_decorators(struct lower *l, uint32_t c)
{
	ast_each (l, i, c)
		if (kind_at(l, i) == C_DECORATOR)
			push_kid(l, lower_decorator(l, i));
}

/* the target of a parameter: without the dots of a rest and the default beside it */
static void param_target(struct lower *l, js_node n, uint32_t c)
{
	if (kind_at(l, c) == C_REST) {
		uint32_t i = child_named(l, c);
		add_flags(l, n, JSF_REST);
		if (i)
			set_a(l, n, lower_pattern(l, i));
	} else if (kind_at(l, c) == C_ASSIGNMENT_PATTERN) {
		uint32_t left = child_in(l, c, F_LEFT), right = child_in(l, c, F_RIGHT);
		if (left)
			set_a(l, n, lower_pattern(l, left));
		if (right)
			set_b(l, n, lower_expr(l, right));
	} else {
		set_a(l, n, lower_pattern(l, c));
	}
}

static void param_modifiers(struct lower *l, js_node n, uint32_t c)
{
	bool readonly = child_of(l, c, C_T_READONLY) != 0;
	if (readonly)
		add_flags(l, n, JSF_READONLY);
	if (readonly || child_of(l, c, C_ACCESSIBILITY) || child_of(l, c, C_OVERRIDE_MODIFIER))
		add_flags(l, n, JSF_PARAM_PROPERTY);
	if (kind_at(l, c) == C_OPTIONAL_PARAM)
		add_flags(l, n, JSF_OPTIONAL);
}

/* TypeScript's parameter; 0 for "this: T", which is none */
static js_node typed_param(struct lower *l, uint32_t c)
{
	uint32_t target = child_in(l, c, F_PATTERN);
	uint32_t type = child_in(l, c, F_TYPE), value = child_in(l, c, F_VALUE);
	if (!target)
		target = child_in(l, c, F_NAME);
	if (target && kind_at(l, target) == C_THIS)
		return 0;
	js_node n = lower_new(l, JS_PARAM, c);
	size_t mark = l->stack.len;
	push_decorators(l, c);
	take_decorators(l, n, mark);
	param_modifiers(l, n, c);
	if (target)
		param_target(l, n, target);
	if (type)
		set_c(l, n, lower_type(l, type));
	if (value)
		set_b(l, n, lower_expr(l, value));
	return n;
}

static js_node lower_param(struct lower *l, uint32_t c)
{
	if (kind_at(l, c) == C_REQUIRED_PARAM || kind_at(l, c) == C_OPTIONAL_PARAM)
		return typed_param(l, c);
	js_node n = lower_new(l, JS_PARAM, c);
	param_target(l, n, c);
	return n;
}

static void lower_params(struct lower *l, uint32_t c, js_node n)
{
	size_t mark = l->stack.len;
	uint32_t one = child_in(l, c, F_PARAMETER), list = child_in(l, c, F_PARAMETERS);
	if (one)
		push_kid(l, lower_param(l, one));
	if (list) {
		check_commas(l, list);
		ast_each (l, i, list)
			if (!is_token(kind_at(l, i)) && kind_at(l, i) != C_ERROR &&
			    kind_at(l, i) != C_DECORATOR)
				push_kid(l, lower_param(l, i));
	}
	take_kids(l, n, mark);
}

static bool is_method(enum cst_kind kind)
{
	return kind == C_METHOD || kind == C_METHOD_SIGNATURE || kind == C_ABSTRACT_METHOD;
}

static unsigned function_flags(const struct lower *l, uint32_t c)
{
	unsigned flags = 0;
	enum cst_kind kind = kind_at(l, c);
	if (child_of(l, c, C_T_ASYNC))
		flags |= JSF_ASYNC;
	if (child_of(l, c, C_T_MUL))
		flags |= JSF_GENERATOR;
	if (kind == C_ARROW)
		flags |= JSF_ARROW;
	if (kind == C_FUNCTION_DECL || kind == C_GENERATOR_DECL || kind == C_FUNCTION_SIGNATURE)
		flags |= JSF_DECLARATION;
	return flags;
}

/* a method's function begins at its parameters: name and modifiers belong to the method */
static uint32_t function_start(const struct lower *l, uint32_t c)
{
	uint32_t types = child_in(l, c, F_PARAMETERS);
	return is_method(kind_at(l, c)) && types ? l->cst[types].start : l->cst[c].start;
}

js_node lower_function(struct lower *l, uint32_t c)
{
	js_node n = lower_new_at(l, JS_FUNCTION, function_start(l, c), l->cst[c].end);
	node_at(l, n)->fn = (uint32_t)l->functions.len;
	vec_push(&l->functions, (struct js_function){.node = n});
	add_flags(l, n, function_flags(l, c));
	uint32_t name = is_method(kind_at(l, c)) ? 0 : child_in(l, c, F_NAME);
	if (name) {
		set_str(l, n, lower_atom(l, name));
		set_a(l, n, lower_ident(l, name));
	}
	lower_params(l, c, n);
	uint32_t type = child_in(l, c, F_RETURN_TYPE), body = child_in(l, c, F_BODY);
	if (type)
		set_c(l, n, lower_type(l, type));
	if (body)
		set_b(l, n,
		      kind_at(l, body) == C_BLOCK ? lower_block(l, body) : lower_expr(l, body));
	return n;
}
