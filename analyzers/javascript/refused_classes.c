#include "analyzers/javascript/refused.h"

/* ---- functions ---- */

static void refuse_rest_params(struct refuser *r, js_node fn)
{
	const struct js_node_data *d = js_at(r->f, fn);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node p = js_kid(r->f, fn, i);
		if (!(r->f->nodes[p].flags & JSF_REST))
			continue;
		struct str after =
		    str_trim(str_sub(r->f->source->text, r->f->nodes[p].span.end, d->span.end));
		if (i + 1 < d->n_kids || (after.len && after.ptr[0] == ','))
			refuse(r, p, "the rest parameter has to be the last one");
	}
}

static void refuse_accessor(struct refuser *r, js_node fn)
{
	const struct js_node_data *owner = js_at(r->f, r->f->nodes[fn].parent);
	uint32_t n = r->f->nodes[fn].n_kids;
	if ((owner->kind != JS_PROPERTY && owner->kind != JS_METHOD) || owner->b != fn)
		return;
	if ((owner->flags & JSF_GETTER) && n != 0)
		refuse(r, fn, "a getter takes no parameters");
	if ((owner->flags & JSF_SETTER) &&
	    (n != 1 || (r->f->nodes[js_kid(r->f, fn, 0)].flags & JSF_REST)))
		refuse(r, fn, "a setter takes exactly one parameter");
}

/* "(a)\n=> b": the arrow has to stand on the line of its parameters */
static void refuse_arrow(struct refuser *r, js_node fn)
{
	const struct js_node_data *d = js_at(r->f, fn);
	if (!(d->flags & JSF_ARROW) || !d->b)
		return;
	struct str text = r->f->source->text;
	uint32_t at = r->f->nodes[d->b].span.start;
	while (at > d->span.start + 1 && !(text.ptr[at - 2] == '=' && text.ptr[at - 1] == '>'))
		at--;
	for (at = at > 2 ? at - 2 : 0; at > d->span.start; at--) {
		char c = text.ptr[at - 1];
		if (c == '\n' || c == '\r') {
			refuse(r, fn, "'=>' has to stand on the same line as the parameters");
			return;
		}
		if (c != ' ' && c != '\t')
			return;
	}
}

void refuse_function(struct refuser *r, js_node fn)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, fn);
	if (has_strict_directive(f, d->b) && !has_simple_params(f, fn))
		refuse(r, fn,
		       "'use strict' in a function with default, rest or pattern parameters");
	refuse_rest_params(r, fn);
	refuse_accessor(r, fn);
	refuse_arrow(r, fn);
	if ((d->flags & JSF_DECLARATION) && !d->a && js_kind(f, d->parent) != JS_EXPORT_DEFAULT)
		refuse(r, fn, "a function declared here needs a name");
	if (!d->b)
		refuse(r, fn, "a function without a body");
}

/* ---- classes ---- */

static bool is_constructor(const struct js_file *f, js_node member)
{
	const struct js_node_data *d = js_at(f, member);
	return d->kind == JS_METHOD && !(d->flags & (JSF_STATIC | JSF_COMPUTED)) &&
	       str_is(js_key(f, member), "constructor") && js_kind(f, d->a) == JS_STRING;
}

static void refuse_member(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	struct str key = d->flags & JSF_COMPUTED ? STR("") : js_key(f, n);
	unsigned special = d->flags & (JSF_GETTER | JSF_SETTER);
	if (d->kind == JS_METHOD)
		special |= f->nodes[d->b].flags & (JSF_ASYNC | JSF_GENERATOR);
	if (is_constructor(f, n) && special)
		refuse(r, n, "a constructor is a plain method");
	if (d->kind == JS_FIELD && str_is(key, "constructor"))
		refuse(r, n, "a field cannot be called 'constructor'");
	if ((d->flags & JSF_STATIC) && str_is(key, "prototype"))
		refuse(r, n, "a static member cannot be called 'prototype'");
	if (str_is(key, "#constructor"))
		refuse(r, n, "a private member cannot be called '#constructor'");
}

static bool is_private_key(const struct js_file *f, js_node member)
{
	struct str key = js_key(f, member);
	return key.len && key.ptr[0] == '#' && !(f->nodes[member].flags & JSF_COMPUTED) &&
	       f->source->text.ptr[f->nodes[f->nodes[member].a].span.start] == '#';
}

static bool is_accessor_pair(const struct js_file *f, js_node x, js_node y)
{
	unsigned a = f->nodes[x].flags, b = f->nodes[y].flags;
	return (a & JSF_STATIC) == (b & JSF_STATIC) && js_kind(f, x) == JS_METHOD &&
	       js_kind(f, y) == JS_METHOD &&
	       ((a & JSF_GETTER && b & JSF_SETTER) || (a & JSF_SETTER && b & JSF_GETTER));
}

static void refuse_private_twice(struct refuser *r, struct map *seen, js_node n)
{
	struct str key = js_key(r->f, n);
	uint32_t before = map_get(seen, key);
	if (before == 0 || (before != MAP_NONE && !is_accessor_pair(r->f, before, n)))
		refuse_named(r, n, "'%' has already been declared", key);
	map_put(seen, key, before == MAP_NONE ? n : 0); /* 0: both halves are there */
}

void refuse_class(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n);
	uint32_t constructors = 0;
	struct map seen = {0};
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node member = js_kid(f, n, i);
		if (js_kind(f, member) == JS_STATIC_BLOCK)
			continue;
		refuse_member(r, member);
		if (is_constructor(f, member) && ++constructors == 2)
			refuse(r, member, "a class has only one constructor");
		if (is_private_key(f, member))
			refuse_private_twice(r, &seen, member);
	}
	map_release(&seen);
	if ((d->flags & JSF_DECLARATION) && !d->a && js_kind(f, d->parent) != JS_EXPORT_DEFAULT)
		refuse(r, n, "a class declared here needs a name");
}

static bool declares_private(const struct js_file *f, js_node class_, uint32_t name)
{
	const struct js_node_data *d = js_at(f, class_);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node member = js_kid(f, class_, i);
		if (f->nodes[f->nodes[member].a].str == name && is_private_key(f, member))
			return true;
	}
	return false;
}

void refuse_private_name(struct refuser *r, js_node n)
{
	const struct js_file *f = r->f;
	const struct js_node_data *d = js_at(f, n), *parent = js_at(f, d->parent);
	struct str name = js_str(f, n);
	if (!name.len || name.ptr[0] != '#')
		return;
	if (d->kind == JS_IDENT &&
	    !(parent->kind == JS_BINARY && parent->op == JS_OP_IN && parent->a == n)) {
		refuse_named(r, n, "'%' cannot stand here", name);
		return;
	}
	for (js_node at = d->parent, child = n; at; child = at, at = f->nodes[at].parent)
		if (js_kind(f, at) == JS_CLASS && f->nodes[at].b != child &&
		    declares_private(f, at, d->str))
			return;
	refuse_named(r, n, "'%' is not declared in a class around it", name);
}
