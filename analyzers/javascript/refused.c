#include "analyzers/javascript/ast.h"

#include <stdlib.h>
#include "analyzers/javascript/refused.h"
#include "base/err.h"

enum { MAX_REFUSALS = 1000 }; /* one is enough to be refused */

void refuse(struct refuser *r, js_node n, const char *message)
{
	if (r->troubles.len < MAX_REFUSALS)
		vec_push(&r->troubles, (struct js_trouble){r->f->nodes[n].span, message});
}

void refuse_named(struct refuser *r, js_node n, const char *format, struct str name)
{
	static const char hole[] = "%";
	const char *at = strstr(format, hole);
	int before = at ? (int)(at - format) : (int)strlen(format);
	refuse(r, n,
	       arena_printf(r->arena, "%.*s" STR_FMT "%s", before, format, STR_ARG(name),
			    at ? at + 1 : ""));
}

/* ---- strict code ---- */

bool has_strict_directive(const struct js_file *f, js_node body)
{
	const struct js_node_data *d = js_at(f, body);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node s = js_kid(f, body, i), e = f->nodes[s].a;
		if (js_kind(f, s) != JS_EXPR_STMT || js_kind(f, e) != JS_STRING ||
		    !is_bare_left(f, s, e))
			return false;
		struct str text = js_text(f, e);
		if (str_eq(text, STR("'use strict'")) || str_eq(text, STR("\"use strict\"")))
			return true;
	}
	return false;
}

static bool makes_strict(const struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	switch (js_kind(f, n)) {
	case JS_PROGRAM:
		return r->as_module || has_strict_directive(f, n);
	case JS_CLASS:
		return true;
	case JS_FUNCTION:
		return has_strict_directive(f, f->nodes[n].b);
	default:
		return false;
	}
}

static void find_strict_code(struct refuser *r)
{
	for (js_node n = 1; n < r->f->n_nodes; n++)
		r->strict[n] = r->strict[r->f->nodes[n].parent] || makes_strict(r, n);
}

/* ---- what is around ---- */

bool has_simple_params(const struct js_file *f, js_node fn)
{
	for (uint32_t i = 0; i < f->nodes[fn].n_kids; i++) {
		const struct js_node_data *p = js_at(f, js_kid(f, fn, i));
		if (p->b || (p->flags & JSF_REST) || js_kind(f, p->a) != JS_IDENT)
			return false;
	}
	return true;
}

static bool is_field_init(const struct js_file *f, js_node field, js_node child)
{
	return js_kind(f, field) == JS_FIELD && f->nodes[field].b == child;
}

js_node code_around(const struct js_file *f, js_node n, bool through_arrows)
{
	for (js_node child = n, at = f->nodes[n].parent; at; child = at, at = f->nodes[at].parent) {
		switch (js_kind(f, at)) {
		case JS_FUNCTION:
			if (!through_arrows || !(f->nodes[at].flags & JSF_ARROW))
				return at;
			break;
		case JS_STATIC_BLOCK:
		case JS_PROGRAM:
			return at;
		default:
			if (is_field_init(f, at, child))
				return at;
			break;
		}
	}
	return 1;
}

bool is_async_code(const struct refuser *r, js_node n)
{
	js_node code = code_around(r->f, n, false);
	switch (js_kind(r->f, code)) {
	case JS_FUNCTION:
		return r->f->nodes[code].flags & JSF_ASYNC;
	case JS_PROGRAM:
		return r->as_module;
	default:
		return false;
	}
}

bool is_generator_code(const struct refuser *r, js_node n)
{
	js_node code = code_around(r->f, n, false);
	return js_kind(r->f, code) == JS_FUNCTION && (r->f->nodes[code].flags & JSF_GENERATOR);
}

/* ---- all nodes ---- */

static void refuse_node(struct refuser *r, js_node n)
{
	enum js_kind kind = js_kind(r->f, n);
	if (kind <= JS_NAMESPACE)
		refuse_statement(r, n);
	switch (kind) {
	case JS_IDENT:
		refuse_ident(r, n);
		refuse_private_name(r, n);
		break;
	case JS_MEMBER:
		refuse_private_name(r, n);
		refuse_expression(r, n);
		break;
	case JS_FUNCTION:
		refuse_function(r, n);
		break;
	case JS_CLASS:
		refuse_class(r, n);
		break;
	case JS_NUMBER:
	case JS_BIGINT:
	case JS_STRING:
	case JS_REGEX:
		refuse_literal(r, n);
		break;
	case JS_DECORATOR:
		refuse(r, n, "decorators are not JavaScript yet");
		break;
	case JS_JSX:
		refuse(r, n, "JSX has to be compiled first");
		break;
	default:
		refuse_expression(r, n);
		break;
	}
}

static void refuse_html_comments(struct refuser *r)
{
	for (uint32_t i = 0; r->as_module && i < r->f->n_comments; i++) {
		struct span span = r->f->comments[i].span;
		struct str text = str_sub(r->f->source->text, span.start, span.end);
		if (str_starts(text, STR("<!--")) || str_starts(text, STR("-->")))
			vec_push(
			    &r->troubles,
			    (struct js_trouble){span, "HTML comments are not allowed in modules"});
	}
}

static int by_place(const void *x, const void *y)
{
	const struct js_trouble *a = x, *b = y;
	if (a->span.start != b->span.start)
		return a->span.start < b->span.start ? -1 : 1;
	if (a->span.end != b->span.end)
		return a->span.end < b->span.end ? -1 : 1;
	return strcmp(a->message, b->message);
}

struct js_trouble *js_refused_by_node(struct arena *a, const struct js_file *f, bool as_module,
				      uint32_t *n)
{
	struct refuser r = {.arena = a, .f = f, .as_module = as_module};
	r.strict = xcalloc(f->n_nodes, 1);
	find_strict_code(&r);
	refuse_binding_conflicts(&r);
	refuse_exports(&r);
	refuse_html_comments(&r);
	for (js_node i = 1; i < f->n_nodes; i++)
		refuse_node(&r, i);
	*n = (uint32_t)r.troubles.len;
	struct js_trouble *all = arena_array(a, struct js_trouble, *n ? *n : 1);
	if (*n) {
		qsort(r.troubles.ptr, *n, sizeof *r.troubles.ptr, by_place);
		memcpy(all, r.troubles.ptr, *n * sizeof *all);
	}
	vec_release(&r.troubles);
	free(r.strict);
	free(r.ordered);
	return all;
}
