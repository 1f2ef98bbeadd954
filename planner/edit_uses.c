/* Whether a literal that stands for itself, in a constant or in a table, gives anything but the mode and number of
 * apps. The proof looks at apps alone; deploy, other exports and what a log says would change unseen. */
#include "planner/edit_internal.h"

enum { HOPS = 8 }; /* const a = 4, b = a, c = b ... */

static bool other_uses(const struct js_file *f, js_node holder, struct str key, int hops);

static bool is_count_key(struct str key)
{
	return str_is(key, "instances") || str_is(key, "exec_mode") || str_is(key, "execMode");
}

static bool passes_on(enum js_kind k)
{
	return k == JS_COND || k == JS_LOGICAL || k == JS_BINARY || k == JS_UNARY || k == JS_TEMPLATE || k == JS_ARRAY;
}

/* what the value of n goes into is something else */
static bool goes_elsewhere(const struct js_file *f, js_node n, int hops)
{
	for (js_node up = js_at(f, n)->parent; up; n = up, up = js_at(f, n)->parent) {
		const struct js_node_data *d = js_at(f, up);
		if (passes_on(js_kind(f, up)))
			continue;
		switch (js_kind(f, up)) {
		case JS_CALL: /* what the config's own functions make of it are apps, or else a property in them tells */
			if (d->a != n && js_kind(f, d->a) == JS_IDENT && js_binding_of(f, d->a))
				return false;
			continue;
		case JS_PROPERTY:
			return !is_count_key(js_key(f, up));
		case JS_ASSIGN:
			return d->a != n && !(js_kind(f, d->a) == JS_MEMBER && is_count_key(js_str(f, d->a)));
		case JS_DECLARATOR:
			return other_uses(f, up, (struct str){0}, hops + 1);
		default:
			return true;
		}
	}
	return true;
}

/* of the constant that the declarator makes, or of its property `key` */
static bool other_uses(const struct js_file *f, js_node holder, struct str key, int hops)
{
	const struct js_binding *b = js_kind(f, js_at(f, holder)->a) == JS_IDENT ? js_binding_of(f, js_at(f, holder)->a) : NULL;
	if (!b || hops > HOPS)
		return true;
	if (!key.ptr && js_kind(f, js_at(f, js_at(f, holder)->parent)->parent) == JS_EXPORT)
		return true;
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node use = f->lists[b->refs + i];
		if (key.ptr) {
			use = js_at(f, use)->parent;
			if (js_kind(f, use) != JS_MEMBER || !str_eq(js_str(f, use), key))
				continue;
		}
		if (goes_elsewhere(f, use, hops))
			return true;
	}
	return false;
}

bool edit_used_elsewhere(const struct origin *o)
{
	const struct js_file *f = o->file;
	if (!f || !o->node)
		return false;
	js_node n = o->node, up = js_at(f, n)->parent;
	while (passes_on(js_kind(f, up)))
		n = up, up = js_at(f, n)->parent;
	if (js_kind(f, up) == JS_DECLARATOR)
		return js_at(f, up)->b == n && other_uses(f, up, (struct str){0}, 0);
	if (js_kind(f, up) != JS_PROPERTY)
		return false;
	js_node holder = js_at(f, js_at(f, up)->parent)->parent;
	return js_kind(f, holder) == JS_DECLARATOR && other_uses(f, holder, js_key(f, up), 0);
}
