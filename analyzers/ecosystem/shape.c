#include "analyzers/ecosystem/internal.h"

/* PM2's way from what a config exports to the list of apps (API._startJson): `apps`, else `pm2`,
 * else the value itself; what is no list becomes a list of one. */

/* each is compared with each */
enum { MAX_APPS = 1000 };

static const struct value *truthy_prop(struct arena *a, const struct value *v, const char *key)
{
	if (v->kind != VAL_OBJECT)
		return NULL;
	const struct value *p = prop_value(a, v, key);
	if (!prop_of(v, key))
		return NULL; /* of an open object: what is not seen is not asked for */
	return truth_of(p) == FALSE ? NULL : p;
}

static void take_list(const struct context *ctx, struct top_level *top, const struct value *list)
{
	const struct value **apps;
	if (list->kind == VAL_UNKNOWN) {
		top->more = true;
		top->more_why = list->u.unknown.reason;
		return;
	}
	if (list->kind != VAL_ARRAY) {
		apps = arena_array(ctx->arena, const struct value *, 1);
		apps[0] = list;
		top->apps = apps;
		top->n_apps = 1;
		return;
	}
	const struct val_array *arr = list->u.arr;
	size_t n = arr->open ? arr->fixed : arr->n;
	if (n > arr->n)
		n = arr->n;
	bool too_many = n > MAX_APPS;
	n = too_many ? MAX_APPS : n;
	apps = arena_array(ctx->arena, const struct value *, n);
	for (size_t i = 0; i < n; i++)
		apps[i] = arr->items[i];
	top->apps = apps;
	top->n_apps = n;
	top->more = arr->open || too_many;
	top->more_why = too_many ? "there are more than 1000 of them" : "the list is built from something that cannot be decided";
}

static bool lacks_for_each(const struct value *statics)
{
	if (statics->kind == VAL_UNKNOWN)
		return false;
	if (statics->kind != VAL_ARRAY)
		return true;
	for (uint32_t i = 0; i < statics->u.arr->n; i++)
		if (!statics->u.arr->items[i] || is_nothing(statics->u.arr->items[i]))
			return true;
	return false;
}

struct top_level top_level_of(const struct context *ctx, const struct value *exports)
{
	struct arena *a = ctx->arena;
	struct top_level top = {.value = exports};
	if (is_nothing(exports)) {
		top.crashes = true;
		return top;
	}
	const struct value *apps = truthy_prop(a, exports, "apps");
	top.apps_prop = apps ? prop_of(exports, "apps") : NULL;
	if (!apps) {
		apps = truthy_prop(a, exports, "pm2");
		top.under_pm2 = apps != NULL;
		top.apps_prop = apps ? prop_of(exports, "pm2") : NULL;
	}
	top.deploy = truthy_prop(a, exports, "deploy");
	top.statics = truthy_prop(a, exports, "static");
	top.crashes = top.statics && lacks_for_each(top.statics);
	take_list(ctx, &top, apps ? apps : exports);
	return top;
}
