/* An app that is built from an object of its own by shared code: services.map((s) => ({ ...common, ...s })),
 * app({ name: 'api' }), Object.assign({}, common, { name: 'api' }). Its own words stand in that object. */
#include "planner/edit_internal.h"

static bool holds(struct span outer, struct span inner)
{
	return outer.start <= inner.start && inner.end <= outer.end;
}

/* the innermost object literal around the property; 0: none */
static js_node object_around(const struct js_file *f, const struct val_prop *p)
{
	js_node found = 0;
	for (js_node n = 1; n < f->n_nodes; n++) {
		struct span at = js_at(f, n)->span;
		if (js_kind(f, n) == JS_OBJECT && holds(at, p->at.span) && at.end > p->at.span.end &&
		    (!found || holds(js_at(f, found)->span, at)))
			found = n;
	}
	return found;
}

static js_node nth_object(const struct eco_config *config, const struct value *raw, size_t nth)
{
	enum { SEEN = 16 };
	js_node seen[SEEN];
	size_t n_seen = 0;
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		js_node n = p->at.source == config->source ? object_around(config->file, p) : 0;
		bool known = !n || (raw->u.obj->at.source == config->source && js_at(config->file, n)->span.start == raw->u.obj->at.span.start);
		for (size_t k = 0; k < n_seen && !known; k++)
			known = seen[k] == n;
		if (known || n_seen == SEEN)
			continue;
		if (n_seen == nth)
			return n;
		seen[n_seen++] = n;
	}
	return 0;
}

struct value *edit_own_object(struct arena *a, const struct eco_config *config, const struct value *raw, size_t nth)
{
	js_node n = config->file ? nth_object(config, raw, nth) : 0;
	if (!n)
		return NULL;
	struct place at = {config->source, js_at(config->file, n)->span};
	struct origin *o = arena_new(a, struct origin);
	*o = (struct origin){.at = at, .file = config->file, .node = n, .kind = ORIGIN_LITERAL};
	struct value *own = val_object_new(a, o);
	own->u.obj->at = at;
	for (uint32_t i = 0; i < raw->u.obj->n; i++) {
		const struct val_prop *p = &raw->u.obj->props[i];
		if (p->at.source != config->source || !holds(at.span, p->at.span))
			continue;
		struct val_prop *copy = val_set(a, own->u.obj, p->key, p->value);
		*copy = *p;
		copy->from_spread = false;
	}
	return own;
}
