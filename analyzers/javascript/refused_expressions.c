#include "analyzers/javascript/refused.h"

/* ---- targets of assignments ---- */

/* a?.b or a?.b.c, which is no place to store to */
static bool has_optional_link(const struct js_file *f, js_node n)
{
	while (true) {
		const struct js_node_data *d = js_at(f, n);
		if (d->kind != JS_MEMBER && d->kind != JS_INDEX && d->kind != JS_CALL)
			return false;
		if (d->flags & JSF_OPTIONAL)
			return true;
		if (!is_bare_left(f, n, d->a))
			return false;
		n = d->a;
	}
}

static bool is_simple_target(const struct js_file *f, js_node n)
{
	enum js_kind kind = js_kind(f, n);
	return kind == JS_IDENT || kind == JS_ERROR ||
	       ((kind == JS_MEMBER || kind == JS_INDEX) && !has_optional_link(f, n));
}

static void refuse_target(struct refuser *r, js_node n, bool pattern_allowed)
{
	enum js_kind kind = js_kind(r->f, n);
	if (!n || is_simple_target(r->f, n))
		return;
	if (pattern_allowed && (kind == JS_OBJECT_PATTERN || kind == JS_ARRAY_PATTERN))
		return; /* its own parts are looked at as nodes of their own */
	refuse(r, n, "nothing can be assigned to this");
}

/* a declaration's pattern holds names only */
static bool is_in_declaration(const struct js_file *f, js_node n)
{
	for (js_node at = f->nodes[n].parent, child = n; at; child = at, at = f->nodes[at].parent) {
		const struct js_node_data *d = js_at(f, at);
		switch (d->kind) {
		case JS_OBJECT_PATTERN:
		case JS_ARRAY_PATTERN:
		case JS_PATTERN_PROPERTY:
		case JS_DEFAULT:
		case JS_REST:
			break;
		case JS_DECLARATOR:
		case JS_PARAM:
		case JS_CATCH:
			return d->a == child;
		default:
			return false;
		}
	}
	return false;
}

static void refuse_part(struct refuser *r, js_node n)
{
	enum js_kind kind = js_kind(r->f, n);
	if (kind == JS_DEFAULT || kind == JS_REST || kind == JS_HOLE || !n)
		return;
	refuse_target(r, n, true);
	if ((kind == JS_MEMBER || kind == JS_INDEX) && is_in_declaration(r->f, n))
		refuse(r, n, "only names can be declared");
}

static void refuse_parts(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	switch (d->kind) {
	case JS_ARRAY_PATTERN:
	case JS_OBJECT_PATTERN:
		for (uint32_t i = 0; i < d->n_kids; i++) {
			js_node kid = js_kid(r->f, n, i);
			if (d->kind == JS_ARRAY_PATTERN)
				refuse_part(r, kid);
			if (js_kind(r->f, kid) != JS_REST)
				continue;
			struct str after =
			    str_sub(r->f->source->text, r->f->nodes[kid].span.end, d->span.end);
			after = str_trim(after);
			if (i + 1 < d->n_kids || (after.len && after.ptr[0] == ','))
				refuse(r, kid, "the rest element has to be the last one");
			if (d->kind == JS_OBJECT_PATTERN)
				refuse_target(r, r->f->nodes[kid].a, false);
		}
		break;
	case JS_PATTERN_PROPERTY:
		refuse_part(r, d->b);
		break;
	case JS_DEFAULT:
	case JS_REST:
		refuse_part(r, d->a);
		break;
	default:
		break;
	}
}

/* ---- operators ---- */

/* What binds so loosely that it needs parentheses as an operand. */
static bool is_loose(const struct js_file *f, js_node n)
{
	enum js_kind kind = js_kind(f, n);
	return kind == JS_ASSIGN || kind == JS_YIELD ||
	       (kind == JS_FUNCTION && (f->nodes[n].flags & JSF_ARROW));
}

static void refuse_loose(struct refuser *r, js_node operand)
{
	if (is_loose(r->f, operand))
		refuse(r, operand, "this needs parentheses around it");
}

static void refuse_left(struct refuser *r, js_node n, js_node operand)
{
	if (is_bare_left(r->f, n, operand))
		refuse_loose(r, operand);
}

static void refuse_right(struct refuser *r, js_node n, js_node operand)
{
	if (is_bare_right(r->f, n, operand))
		refuse_loose(r, operand);
}

static void refuse_mixture(struct refuser *r, js_node n, js_node operand, bool bare)
{
	const struct js_node_data *d = js_at(r->f, n), *o = js_at(r->f, operand);
	if (bare && o->kind == JS_LOGICAL && (d->op == JS_OP_NULLISH) != (o->op == JS_OP_NULLISH))
		refuse(r, n, "'?\?' cannot be mixed with '&&' or '||' without parentheses");
}

static void refuse_binary(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	refuse_left(r, n, d->a);
	refuse_right(r, n, d->b);
	if (d->kind == JS_LOGICAL) {
		refuse_mixture(r, n, d->a, is_bare_left(f, n, d->a));
		refuse_mixture(r, n, d->b, is_bare_right(f, n, d->b));
	}
	if (d->op == JS_OP_EXP && d->kind == JS_BINARY && is_bare_left(f, n, d->a) &&
	    js_kind(f, d->a) == JS_UNARY)
		refuse(r, n, "a unary operator before '**' needs parentheses");
}

static bool is_private(const struct js_file *f, js_node n)
{
	struct str name = js_str(f, n);
	return js_kind(f, n) == JS_MEMBER && name.len && name.ptr[0] == '#';
}

static void refuse_unary(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	refuse_right(r, n, d->a);
	if (d->op != JS_OP_DELETE)
		return;
	if (r->strict[n] && js_kind(r->f, d->a) == JS_IDENT)
		refuse(r, n, "'delete' of a variable in strict code");
	if (is_private(r->f, d->a))
		refuse(r, n, "private members cannot be deleted");
}

/* a call throws only when it is assigned to, except where the operator is new */
static bool is_call_target(const struct js_file *f, js_node n, uint8_t op)
{
	return js_kind(f, n) == JS_CALL && op != JS_OP_AND && op != JS_OP_OR && op != JS_OP_NULLISH;
}

static void refuse_assign(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	if (!is_call_target(r->f, d->a, d->op))
		refuse_target(r, d->a, d->op == JS_OP_NONE);
}

/* ---- await, yield, super, meta ---- */

static bool starts_like_operand(const struct js_file *f, js_node n, size_t word)
{
	struct str text = js_text(f, n);
	if (text.len <= word)
		return true;
	text = str_trim(str_sub(text, word, text.len));
	return text.len && strchr("([+-/`", text.ptr[0]) && text.ptr[0];
}

/* In old code "await" is a name, and "await (x)" a call. */
static void refuse_await(struct refuser *r, js_node n)
{
	refuse_right(r, n, r->f->nodes[n].a);
	if (is_async_code(r, n))
		return;
	js_node code = code_around(r->f, n, true);
	bool old = !r->as_module && js_kind(r->f, code) != JS_STATIC_BLOCK;
	if (!old || !starts_like_operand(r->f, n, 5))
		refuse(r, n, "'await' outside of an async function");
}

static bool is_in_params(const struct js_file *f, js_node n)
{
	for (js_node at = n; at && js_kind(f, at) != JS_FUNCTION; at = f->nodes[at].parent)
		if (js_kind(f, at) == JS_PARAM)
			return true;
	return false;
}

static void refuse_await_or_yield_in_params(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	bool await = js_kind(f, n) == JS_AWAIT;
	js_node code = code_around(f, n, false);
	unsigned flag = await ? JSF_ASYNC : JSF_GENERATOR;
	if (js_kind(f, code) == JS_FUNCTION && (f->nodes[code].flags & flag) && is_in_params(f, n))
		refuse(r, n,
		       await ? "'await' is not allowed in parameters"
			     : "'yield' is not allowed in parameters");
}

static void refuse_yield(struct refuser *r, js_node n)
{
	if (is_generator_code(r, n))
		return;
	if (r->strict[n] || !starts_like_operand(r->f, n, 5))
		refuse(r, n, "'yield' outside of a generator");
}

static bool is_method(const struct js_file *f, js_node fn)
{
	const struct js_node_data *parent = js_at(f, f->nodes[fn].parent);
	return js_kind(f, fn) == JS_FUNCTION &&
	       (parent->kind == JS_METHOD ||
		(parent->kind == JS_PROPERTY && parent->b == fn &&
		 (parent->flags & (JSF_METHOD | JSF_GETTER | JSF_SETTER))));
}

static bool is_derived_constructor(const struct js_file *f, js_node fn)
{
	js_node method = f->nodes[fn].parent;
	const struct js_node_data *m = js_at(f, method);
	return m->kind == JS_METHOD && !(m->flags & (JSF_STATIC | JSF_COMPUTED)) &&
	       str_is(js_key(f, method), "constructor") && f->nodes[m->parent].b;
}

static void refuse_super(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *parent = js_at(f, f->nodes[n].parent);
	js_node code = code_around(f, n, true);
	enum js_kind kind = js_kind(f, code);
	bool call = parent->kind == JS_CALL && parent->a == n;
	bool member = (parent->kind == JS_MEMBER || parent->kind == JS_INDEX) && parent->a == n;
	if (parent->flags & JSF_OPTIONAL)
		member = call = false;
	if (member && parent->kind == JS_MEMBER && is_private(f, f->nodes[n].parent))
		member = false;
	bool allowed = call	? is_derived_constructor(f, code)
		       : member ? is_method(f, code) || kind == JS_FIELD || kind == JS_STATIC_BLOCK
				: false;
	if (!allowed)
		refuse(r, n, "'super' is not allowed here");
}

static void refuse_meta(struct refuser *r, js_node n)
{
	bool of_new = str_is(js_str(r->f, n), "new.target");
	js_node code = code_around(r->f, n, true);
	if (!of_new && !r->as_module)
		refuse(r, n, "'import.meta' in a file that Node loads as CommonJS");
	if (of_new && r->as_module && js_kind(r->f, code) == JS_PROGRAM)
		refuse(r, n, "'new.target' outside of a function");
}

/* ---- objects ---- */

static void refuse_object(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	uint32_t protos = 0;
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node kid = js_kid(f, n, i);
		const struct js_node_data *p = js_at(f, kid);
		if (p->kind == JS_PROPERTY && !p->flags && str_is(js_key(f, kid), "__proto__") &&
		    ++protos == 2)
			refuse(r, kid, "'__proto__' twice in one object");
		struct str key = p->kind == JS_PROPERTY ? js_key(f, kid) : STR("");
		if (key.len && key.ptr[0] == '#' && js_text(f, p->a).ptr[0] == '#')
			refuse(r, kid, "private names belong to classes");
	}
}

static void refuse_callee(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	refuse_left(r, n, d->a);
	if (d->kind == JS_TAGGED && has_optional_link(r->f, d->a) && is_bare_left(r->f, n, d->a))
		refuse(r, n, "a template cannot follow '?.'");
}

static void refuse_new(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	struct str between =
	    str_sub(r->f->source->text, d->span.start + 3, r->f->nodes[d->a].span.start);
	between = str_trim(between);
	if (between.len == 0 && d->a &&
	    (has_optional_link(r->f, d->a) || js_kind(r->f, d->a) == JS_IMPORT_CALL))
		refuse(r, n, "this needs parentheses after 'new'");
}

void refuse_expression(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	switch (d->kind) {
	case JS_BINARY:
	case JS_LOGICAL:
		refuse_binary(r, n);
		break;
	case JS_UNARY:
		refuse_unary(r, n);
		break;
	case JS_UPDATE:
		if (!is_call_target(r->f, d->a, d->op))
			refuse_target(r, d->a, false);
		break;
	case JS_ASSIGN:
		refuse_assign(r, n);
		break;
	case JS_FOR_IN:
		if (js_kind(r->f, d->a) != JS_VAR && !is_call_target(r->f, d->a, d->op))
			refuse_target(r, d->a, true);
		break;
	case JS_COND:
		refuse_left(r, n, d->a);
		break;
	case JS_AWAIT:
		refuse_await(r, n);
		refuse_await_or_yield_in_params(r, n);
		break;
	case JS_YIELD:
		refuse_yield(r, n);
		refuse_await_or_yield_in_params(r, n);
		break;
	case JS_SUPER:
		refuse_super(r, n);
		break;
	case JS_META:
		refuse_meta(r, n);
		break;
	case JS_OBJECT:
		refuse_object(r, n);
		break;
	case JS_MEMBER:
		refuse_characters(r, n, js_str(r->f, n));
		refuse_callee(r, n);
		break;
	case JS_CALL:
	case JS_TAGGED:
	case JS_INDEX:
		refuse_callee(r, n);
		break;
	case JS_NEW:
		refuse_new(r, n);
		break;
	default:
		refuse_parts(r, n);
		break;
	}
}
