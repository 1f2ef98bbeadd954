#include "analyzers/javascript/refused.h"

static bool is_loop(enum js_kind kind)
{
	return kind == JS_FOR || kind == JS_FOR_IN || kind == JS_WHILE || kind == JS_DO_WHILE;
}

static bool ends_jumps(enum js_kind kind)
{
	return kind == JS_FUNCTION || kind == JS_PROGRAM || kind == JS_STATIC_BLOCK ||
	       kind == JS_CLASS;
}

static bool labels_loop(const struct js_file *f, js_node label)
{
	while (js_kind(f, label) == JS_LABELED)
		label = f->nodes[label].a;
	return is_loop(js_kind(f, label));
}

static void refuse_jump(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	bool is_continue = d->kind == JS_CONTINUE;
	for (js_node at = d->parent; !ends_jumps(js_kind(f, at)); at = f->nodes[at].parent) {
		enum js_kind kind = js_kind(f, at);
		if (d->str == JS_NO_ATOM && (is_loop(kind) || (kind == JS_SWITCH && !is_continue)))
			return;
		if (d->str == JS_NO_ATOM || kind != JS_LABELED || f->nodes[at].str != d->str)
			continue;
		if (is_continue && !labels_loop(f, at))
			break;
		return;
	}
	if (d->str == JS_NO_ATOM)
		refuse(r, n,
		       is_continue ? "'continue' outside of a loop"
				   : "'break' outside of a loop or switch");
	else
		refuse_named(r, n,
			     is_continue ? "'continue' to '%', which is no loop around it"
					 : "there is no label '%' around this 'break'",
			     js_str(f, n));
}

static void refuse_label(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	uint32_t label = f->nodes[n].str;
	struct str name = js_atom(f, label);
	for (js_node at = f->nodes[n].parent; !ends_jumps(js_kind(f, at)); at = f->nodes[at].parent)
		if (js_kind(f, at) == JS_LABELED && f->nodes[at].str == label) {
			refuse_named(r, n, "the label '%' is already used around it", name);
			return;
		}
	if (str_is(name, "await") && is_async_code(r, n))
		refuse(r, n, "'await' cannot be a label here");
	if (str_is(name, "yield") && (r->strict[n] || is_generator_code(r, n)))
		refuse(r, n, "'yield' cannot be a label here");
}

/* ---- what may stand alone under if, for, while and labels ---- */

static bool is_plain_function(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_FUNCTION && !(f->nodes[n].flags & (JSF_ASYNC | JSF_GENERATOR));
}

static void refuse_body(struct refuser *r, js_node n, js_node body)
{
	const struct js_file *f = r->f;
	bool function_allowed = !r->strict[n] && is_plain_function(f, body) &&
				(js_kind(f, n) == JS_IF || js_kind(f, n) == JS_LABELED);
	switch (js_kind(f, body)) {
	case JS_FUNCTION:
		if (!function_allowed)
			refuse(r, body, "a function cannot be declared here without a block");
		return;
	case JS_CLASS:
		refuse(r, body, "a class cannot be declared here without a block");
		return;
	case JS_VAR:
		if (f->nodes[body].op != JS_VAR_VAR)
			refuse(r, body, "let and const cannot be declared here without a block");
		return;
	case JS_LABELED: {
		js_node inner = body;
		while (js_kind(f, inner) == JS_LABELED)
			inner = f->nodes[inner].a;
		if (js_kind(f, inner) == JS_FUNCTION && js_kind(f, n) != JS_LABELED)
			refuse(r, inner, "a labelled function needs a block around it");
		return;
	}
	default:
		return;
	}
}

static void refuse_bodies(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	switch (d->kind) {
	case JS_IF:
		refuse_body(r, n, d->b);
		refuse_body(r, n, d->c);
		break;
	case JS_FOR:
		for (uint32_t i = 0; i < d->n_kids; i++)
			refuse_body(r, n, js_kid(r->f, n, i));
		break;
	case JS_FOR_IN:
		refuse_body(r, n, d->c);
		break;
	case JS_WHILE:
	case JS_DO_WHILE:
		refuse_body(r, n, d->b);
		break;
	case JS_LABELED:
		refuse_body(r, n, d->a);
		break;
	case JS_BLOCK:
		if (d->op == JS_BLOCK_WITH && d->n_kids > 1)
			refuse_body(r, n, js_kid(r->f, n, 1));
		break;
	default:
		break;
	}
}

/* ---- declarations ---- */

static bool is_pattern(enum js_kind kind)
{
	return kind == JS_OBJECT_PATTERN || kind == JS_ARRAY_PATTERN;
}

static void refuse_for_head(struct refuser *r, js_node loop, js_node var, js_node declarator)
{
	const struct js_file *f = r->f;
	if (!f->nodes[declarator].b)
		return;
	bool annex_b = !r->strict[var] && f->nodes[var].op == JS_VAR_VAR &&
		       f->nodes[loop].op == JS_FOR_OP_IN &&
		       js_kind(f, f->nodes[declarator].a) == JS_IDENT;
	if (!annex_b)
		refuse(r, declarator, "the variable of this loop cannot have a value");
}

static void refuse_declarator(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	const struct js_node_data *var = js_at(f, d->parent), *outer = js_at(f, var->parent);
	if (var->flags & JSF_DECLARE)
		return;
	if (outer->kind == JS_FOR_IN && outer->a == d->parent)
		refuse_for_head(r, var->parent, d->parent, n);
	else if (!d->b && var->op == JS_VAR_CONST)
		refuse(r, n, "a constant needs a value");
	else if (!d->b && is_pattern(js_kind(f, d->a)))
		refuse(r, n, "a destructuring declaration needs a value");
}

static void refuse_for_in(struct refuser *r, js_node n)
{
	if ((r->f->nodes[n].flags & JSF_AWAIT) && !is_async_code(r, n))
		refuse(r, n, "'for await' is only valid in async functions and modules");
}

/* ---- modules ---- */

static void refuse_module_item(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	bool import = d->kind == JS_IMPORT;
	if (!r->as_module)
		refuse(r, n,
		       import ? "'import' in a file that Node loads as CommonJS"
			      : "'export' in a file that Node loads as CommonJS");
	else if (d->kind == JS_EXPORT_DEFAULT && js_kind(r->f, d->a) == JS_VAR)
		refuse(r, n, "'export default' takes an expression, a function or a class");
	else if (d->parent != 1)
		refuse(r, n,
		       import ? "'import' is only allowed at the top of a module"
			      : "'export' is only allowed at the top of a module");
}

/* ---- expression statements that Node reads otherwise ---- */

/* {a: b}: a block with a label */
static bool is_block_in_disguise(const struct js_file *f, js_node object)
{
	const struct js_node_data *d = js_at(f, object);
	struct str text = js_text(f, object);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		const struct js_node_data *p = js_at(f, js_kid(f, object, i));
		if (p->kind != JS_PROPERTY)
			return false;
		if (p->flags & JSF_SHORTHAND)
			continue;
		char first = f->source->text.ptr[f->nodes[p->a].span.start];
		bool name = first != '"' && first != '\'' && !(first >= '0' && first <= '9');
		if (i > 0 || !name || p->flags || js_kind(f, p->b) == JS_FUNCTION)
			return false;
		if (js_kind(f, p->b) == JS_OBJECT &&
		    (d->n_kids > 1 || !is_block_in_disguise(f, p->b)))
			return false;
	}
	text = str_trim(str_sub(text, 1, text.len ? text.len - 1 : 0));
	return text.len == 0 || text.ptr[text.len - 1] != ',';
}

static js_node leftmost(const struct js_file *f, js_node n)
{
	while (true) {
		struct js_iter it = js_iter(f, n);
		js_node first = js_next(&it);
		if (!is_bare_left(f, n, first) || js_kind(f, n) == JS_FUNCTION ||
		    js_kind(f, n) == JS_CLASS || js_kind(f, n) == JS_OBJECT)
			return n;
		n = first;
	}
}

/* A statement that begins with "{" is a block to Node, with "function" or "class" a declaration. */
static void refuse_start(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	js_node expr = f->nodes[n].a;
	if (!is_bare_left(f, n, expr))
		return;
	js_node left = leftmost(f, expr);
	if (f->nodes[left].span.start != f->nodes[n].span.start)
		return;
	switch (js_kind(f, left)) {
	case JS_OBJECT: {
		enum js_kind kind = js_kind(f, expr);
		bool continues = kind == JS_BINARY || kind == JS_CALL || kind == JS_INDEX;
		if (!is_block_in_disguise(f, left) || (left != expr && !continues))
			refuse(r, left, "an object cannot stand here: Node reads '{' as a block");
		break;
	}
	case JS_FUNCTION:
		if (!(f->nodes[left].flags & JSF_ARROW))
			refuse(r, left, "a function declared here needs a name");
		break;
	case JS_CLASS:
		refuse(r, left, "a class declared here needs a name");
		break;
	default:
		break;
	}
}

static void refuse_switch(struct refuser *r, js_node n)
{
	uint32_t defaults = 0;
	for (uint32_t i = 0; i < r->f->nodes[n].n_kids; i++)
		defaults += !r->f->nodes[js_kid(r->f, n, i)].a;
	if (defaults > 1)
		refuse(r, n, "a switch with more than one default");
}

static void refuse_return(struct refuser *r, js_node n)
{
	js_node code = code_around(r->f, n, false);
	enum js_kind kind = js_kind(r->f, code);
	if (kind == JS_STATIC_BLOCK || (kind == JS_PROGRAM && r->as_module))
		refuse(r, n, "'return' outside of a function");
}

static void refuse_throw(struct refuser *r, js_node n)
{
	const struct js_node_data *d = js_at(r->f, n);
	struct str between =
	    str_sub(r->f->source->text, d->span.start + 5, r->f->nodes[d->a].span.start);
	if (d->a &&
	    (memchr(between.ptr, '\n', between.len) || memchr(between.ptr, '\r', between.len)))
		refuse(r, n, "what is thrown has to begin on the line of 'throw'");
}

void refuse_statement(struct refuser *r, js_node n)
{
	refuse_bodies(r, n);
	switch (js_kind(r->f, n)) {
	case JS_BREAK:
	case JS_CONTINUE:
		refuse_jump(r, n);
		break;
	case JS_LABELED:
		refuse_label(r, n);
		break;
	case JS_DECLARATOR:
		refuse_declarator(r, n);
		break;
	case JS_FOR_IN:
		refuse_for_in(r, n);
		break;
	case JS_IMPORT:
	case JS_EXPORT:
	case JS_EXPORT_DEFAULT:
		refuse_module_item(r, n);
		break;
	case JS_EXPR_STMT:
		refuse_start(r, n);
		break;
	case JS_SWITCH:
		refuse_switch(r, n);
		break;
	case JS_RETURN:
		refuse_return(r, n);
		break;
	case JS_THROW:
		refuse_throw(r, n);
		break;
	case JS_TRY:
		if (!r->f->nodes[n].b && !r->f->nodes[n].c)
			refuse(r, n, "'try' without catch or finally");
		break;
	case JS_BLOCK:
		if (r->f->nodes[n].op == JS_BLOCK_WITH && r->strict[n])
			refuse(r, n, "'with' is not allowed in strict code");
		break;
	default:
		break;
	}
}
