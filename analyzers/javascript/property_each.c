/* Enumerating: own properties, copies of them, the elements of what is iterated. */
#include "analyzers/javascript/eval_internal.h"

static struct str index_key(struct interp *ip, uint32_t i)
{
	return str_from(arena_printf(ip->arena, "%u", i));
}

static void own_of_object(struct interp *ip, const struct val_object *o, struct val_object *out)
{
	for (uint32_t i = 0; i < o->n; i++) {
		if (is_error(o) &&
		    (str_is(o->props[i].key, "message") || str_is(o->props[i].key, "stack")))
			continue;
		ip->steps += out->n / 4;
		struct val_prop *p = val_set(ip->arena, out, o->props[i].key, o->props[i].value);
		*p = o->props[i];
	}
	out->open |= o->open;
}

bool own_props(struct frame *fr, const struct value *v, struct val_object *out)
{
	struct interp *ip = fr->ip;
	uint32_t n;
	switch (v->kind) {
	case VAL_UNKNOWN:
		out->open = true;
		return false;
	case VAL_OBJECT:
		if (v->u.obj->class_name &&
		    str_starts(str_from(v->u.obj->class_name), STR("module:"))) {
			out->open = true;
			return false;
		}
		own_of_object(ip, v->u.obj, out);
		return true;
	case VAL_FUNCTION:
		if (v->u.fn->builtin)
			out->open = true;
		if (v->u.fn->props)
			own_of_object(ip, v->u.fn->props, out);
		return true;
	case VAL_ARRAY:
		for (uint32_t i = 0; i < v->u.arr->n && (!v->u.arr->open || i < v->u.arr->fixed);
		     i++)
			if (v->u.arr->items[i]) {
				ip->steps += out->n / 4;
				val_set(ip->arena, out, index_key(ip, i), v->u.arr->items[i]);
			}
		out->open |= v->u.arr->open;
		if (v->u.arr->props)
			own_of_object(ip, v->u.arr->props, out);
		return true;
	case VAL_STRING:
		n = (uint32_t)u16_len(v->u.str);
		for (uint32_t i = 0; i < n && ip->steps <= ip->max_steps; i++) {
			ip->steps += out->n / 4;
			val_set(ip->arena, out, index_key(ip, i),
				val_string(ip->arena, u16_slice(ip->arena, v->u.str, i, i + 1),
					   v->origin));
		}
		return true;
	default:
		return true;
	}
}

/* { ...from } and Object.assign(into, from) */
void copy_props(struct frame *fr, js_node n, struct val_object *into, struct value *from)
{
	struct interp *ip = fr->ip;
	struct val_object own = {0};
	own_props(fr, from, &own);
	touch_object(ip, into);
	if (own.open) {
		struct value *why =
		    is_unknown(from)
			? from
			: unknown(fr, n, "may be overridden by what is spread in here");
		for (uint32_t i = 0; i < into->n; i++)
			into->props[i].value = spread_unknown(ip, why);
		into->open = true;
	}
	for (uint32_t i = 0; i < own.n; i++) {
		struct val_prop *p =
		    put(ip, into, own.props[i].key, with_via(fr, n, own.props[i].value));
		p->at = own.props[i].at;
		p->key_at = own.props[i].key_at;
		p->from_spread = true;
		p->duplicate = false;
	}
}

static struct val_array *pairs_of_map(struct interp *ip, const struct collection *c)
{
	struct val_array *out = arena_new(ip->arena, struct val_array);
	for (uint32_t i = 0; i < c->keys->n; i++) {
		struct value *pair = val_array_new(ip->arena, NULL);
		val_push(ip->arena, pair->u.arr, c->keys->items[i]);
		val_push(ip->arena, pair->u.arr, c->values->items[i]);
		val_push(ip->arena, out, pair);
	}
	out->open = c->keys->open;
	out->fixed = c->keys->fixed;
	return out;
}

static struct val_array *characters(struct interp *ip, const struct value *v)
{
	struct val_array *out = arena_new(ip->arena, struct val_array);
	struct str s = v->u.str;
	if (!charge(ip, s.len * 64))
		return NULL;
	for (size_t i = 0; i < s.len;) {
		size_t at = i;
		u16_next(s, &i);
		val_push(ip->arena, out, val_string(ip->arena, str_sub(s, at, i), v->origin));
	}
	return out;
}

struct val_array *elements(struct frame *fr, js_node n, struct value *v, struct value **odd)
{
	*odd = NULL;
	if (is_unknown(v)) {
		*odd = v;
		return NULL;
	}
	if (v->kind == VAL_ARRAY)
		return v->u.arr;
	if (v->kind == VAL_STRING)
		return characters(fr->ip, v);
	if (is_class(v, "Iterator"))
		return v->u.obj->host;
	if (is_class(v, "Set"))
		return ((struct collection *)v->u.obj->host)->keys;
	if (is_class(v, "Map"))
		return pairs_of_map(fr->ip, v->u.obj->host);
	if (v->kind == VAL_OBJECT && (v->u.obj->open || v->u.obj->class_name)) {
		*odd = unknown(fr, n, "iterates over something that is not known");
		return NULL;
	}
	throw_error(fr, n, "TypeError", "%s is not iterable", type_of(v));
	return NULL;
}
