#include "analyzers/program/usage_private.h"

/* Numbers and times among the values, and lists of them. */

/* a number or a time: literals, Date.now(), and what is computed of them and of constants */
bool usage_is_number_like(const struct reader *r, prog_id file, js_node n, int depth)
{
	const struct js_file *js = prog_js(r->p, file);
	n = prog_local_value(r->p, file, n, NULL);
	const struct js_node_data *d = js_at(js, n);
	if (depth > 4)
		return false;
	switch (js_kind(js, n)) {
	case JS_NUMBER:
	case JS_BOOL:
	case JS_NULL:
	case JS_UPDATE:
		return true;
	case JS_BINARY: /* a time plus whatever is a time */
		return usage_is_number_like(r, file, d->a, depth + 1) || usage_is_number_like(r, file, d->b, depth + 1);
	case JS_CALL:
	case JS_NEW: {
		struct entity e = prog_resolve(r->p, file, d->a);
		return e.kind == ENT_GLOBAL && (str_is(e.module, "Date") || str_is(e.module, "Number"));
	}
	default:
		return false;
	}
}

bool usage_is_time(const struct reader *r, prog_id file, js_node n)
{
	n = prog_local_value(r->p, file, n, NULL);
	enum js_kind k = js_kind(prog_js(r->p, file), n);
	if (k != JS_CALL && k != JS_NEW)
		return false;
	struct entity e = prog_resolve(r->p, file, js_at(prog_js(r->p, file), n)->a);
	return e.kind == ENT_GLOBAL && str_is(e.module, "Date");
}

/* what this very cell held before: putting it back adds nothing */
bool usage_is_own_get(const struct reader *r, prog_id file, js_node n)
{
	for (size_t i = 0; i < r->cell->n_accesses; i++) {
		const struct cell_access *x = &r->cell->accesses[i];
		if (x->file == file && x->node == n && x->op == ACCESS_KEY_READ)
			return true;
	}
	return false;
}

/* times.get(k).filter(...): a list of what was there before, to which only times are added */
bool usage_is_list_of_times(const struct reader *r, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(r->p, file);
	const struct js_binding *b = js_binding_of(js, n);
	js_node v = prog_local_value(r->p, file, n, NULL);
	while (js_kind(js, v) == JS_CALL && js_kind(js, js_at(js, v)->a) == JS_MEMBER) {
		struct str m = js_str(js, js_at(js, v)->a);
		if (usage_is_own_get(r, file, v))
			break;
		if (!str_is(m, "filter") && !str_is(m, "slice"))
			return false;
		v = prog_local_value(r->p, file, js_at(js, js_at(js, v)->a)->a, NULL);
	}
	if (js_kind(js, v) == JS_LOGICAL)
		v = prog_local_value(r->p, file, js_at(js, v)->a, NULL);
	if (!b || !usage_is_own_get(r, file, v))
		return false;
	bool pushed = false;
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node up = js_at(js, js->lists[b->refs + i])->parent, call = js_at(js, up)->parent;
		if (js_kind(js, up) != JS_MEMBER || !str_is(js_str(js, up), "push") || js_kind(js, call) != JS_CALL || !js_at(js, call)->n_kids)
			continue;
		if (!usage_is_number_like(r, file, js_kid(js, call, 0), 0))
			return false;
		pushed = true;
	}
	return pushed;
}
