#include "analyzers/program/usage_private.h"

/* What stands around an expression: the function, loop or test that it takes part in, the local variable behind it. */

bool prog_is_inside(const struct js_file *js, js_node n, js_node outer)
{
	for (; n; n = js_at(js, n)->parent)
		if (n == outer)
			return true;
	return false;
}

js_node prog_above(const struct program *p, prog_id file, js_node n, enum js_kind kind)
{
	const struct js_file *js = prog_js(p, file);
	uint32_t fn = js_at(js, n)->fn;
	for (; n && js_at(js, n)->fn == fn; n = js_at(js, n)->parent)
		if (js_kind(js, n) == kind)
			return n;
	return 0;
}

js_node prog_loop_of(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(p, file);
	uint32_t fn = js_at(js, n)->fn;
	for (; n && js_at(js, n)->fn == fn; n = js_at(js, n)->parent) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_FOR || k == JS_FOR_IN || k == JS_WHILE || k == JS_DO_WHILE)
			return n;
	}
	return 0;
}

bool usage_is_reassigned(const struct js_file *js, const struct js_binding *b)
{
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		enum js_kind k = js_kind(js, up);
		if ((k == JS_ASSIGN && js_at(js, up)->a == ref) || k == JS_UPDATE)
			return true;
	}
	return false;
}

js_node prog_local_value(const struct program *p, prog_id file, js_node n, bool *awaited)
{
	const struct js_file *js = prog_js(p, file);
	for (int step = 0; step < 8; step++) {
		if (js_kind(js, n) == JS_AWAIT) {
			if (awaited)
				*awaited = true;
			n = js_at(js, n)->a;
			continue;
		}
		const struct js_binding *b = js_binding_of(js, n);
		if (!b || !b->init || b->kind == JSB_IMPORT || b->kind == JSB_FUNCTION || usage_is_reassigned(js, b))
			return n;
		if (b->pattern && js_kind(js, b->init) != JS_AWAIT)
			return n;
		n = b->init;
	}
	return n;
}

/* the test expression that n takes part in: of an if, loop, ?: or logical operator; 0 where none */
js_node usage_test_of(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		const struct js_node_data *d = js_at(js, up);
		switch (js_kind(js, up)) {
		case JS_IF:
		case JS_COND:
		case JS_WHILE:
		case JS_DO_WHILE:
			return d->a == n ? up : 0;
		case JS_FOR:
			return d->b == n ? up : 0;
		case JS_UNARY:
		case JS_BINARY:
		case JS_AWAIT:
		case JS_MEMBER:
			break;
		case JS_LOGICAL:
			if (d->a == n && d->op != JS_OP_AND && d->op != JS_OP_OR)
				return 0;
			break;
		case JS_CALL:
			if (d->a != n)
				return 0;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

/* const old = m.get(k); if (old) ...: the tests of the variable that holds the result */
js_node usage_test_of_result(const struct js_file *js, js_node n)
{
	js_node direct = usage_test_of(js, n), up = js_at(js, n)->parent;
	if (direct || js_kind(js, up) != JS_DECLARATOR)
		return direct;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++) {
		js_node t = usage_test_of(js, js->lists[b->refs + i]);
		if (t)
			return t;
	}
	return 0;
}

bool usage_leaves(const struct js_file *js, js_node n)
{
	enum js_kind k = js_kind(js, n);
	if (k == JS_RETURN || k == JS_THROW || k == JS_CONTINUE)
		return true;
	if (k != JS_BLOCK || !js_at(js, n)->n_kids)
		return false;
	return usage_leaves(js, js_kid(js, n, js_at(js, n)->n_kids - 1));
}

bool usage_is_negated(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	return js_kind(js, up) == JS_UNARY && js_at(js, up)->op == JS_OP_NOT;
}

static bool has_comparison(const struct js_file *js, js_node n, bool further);

/* const elapsed = Date.now() - last; if (elapsed < pause) */
static bool outcome_is_compared(const struct js_file *js, js_node declarator)
{
	const struct js_binding *b = js_binding_of(js, js_at(js, declarator)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (has_comparison(js, js->lists[b->refs + i], false))
			return true;
	return false;
}

static bool has_comparison(const struct js_file *js, js_node n, bool further)
{
	bool computed = false;
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_BINARY) {
			uint8_t op = js_at(js, up)->op;
			js_node other = js_at(js, up)->a == n ? js_at(js, up)->b : js_at(js, up)->a;
			bool is_size = js_kind(js, n) == JS_MEMBER && (str_is(js_str(js, n), "size") || str_is(js_str(js, n), "length"));
			/* list.length > 0, but not left <= 0 */
			bool is_empty_test = (is_size || op == JS_OP_GT || op == JS_OP_GE) && js_kind(js, other) == JS_NUMBER &&
					     js_at(js, other)->num == 0;
			if (op >= JS_OP_LT && op <= JS_OP_GE && !is_empty_test)
				return true;
			computed = true;
		} else if (k == JS_DECLARATOR && js_at(js, up)->b == n && further && computed) {
			return outcome_is_compared(js, up);
		} else if (k != JS_MEMBER && k != JS_LOGICAL && k != JS_UNARY) {
			return false;
		}
	}
	return false;
}

bool usage_has_comparison(const struct js_file *js, js_node n)
{
	return has_comparison(js, n, true);
}

bool usage_result_is_compared(const struct js_file *js, js_node n)
{
	js_node up = js_at(js, n)->parent;
	if (usage_has_comparison(js, n))
		return true;
	while (js_kind(js, up) == JS_LOGICAL || js_kind(js, up) == JS_BINARY)
		up = js_at(js, up)->parent;
	if (js_kind(js, up) != JS_DECLARATOR)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++)
		if (usage_has_comparison(js, js->lists[b->refs + i]))
			return true;
	return false;
}
