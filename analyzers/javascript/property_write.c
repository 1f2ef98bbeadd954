/* Writing and deleting properties and elements. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

struct val_prop *put(struct interp *ip, struct val_object *o, struct str key, struct value *v)
{
	touch_object(ip, o);
	ip->steps += o->n / 4;
	return val_set(ip->arena, o, key, v);
}

static bool frozen(struct frame *fr, js_node n, struct str key)
{
	if (!fr->mod->strict)
		return true; /* written to the winds */
	throw_error(fr, n, "TypeError",
		    "Cannot assign to read only property '" STR_FMT "' of object", STR_ARG(key));
	return false;
}

static bool set_length(struct frame *fr, js_node n, struct val_array *a, struct value *v)
{
	bool known;
	double num = val_to_number(v, &known);
	touch_array(fr->ip, a);
	if (!known || a->open) {
		a->fixed = 0;
		a->open = true;
		return true;
	}
	if (!(num >= 0 && num < 4294967296.0 && num == floor(num)))
		return throw_error(fr, n, "RangeError", "Invalid array length");
	if (num > a->n && !charge(fr->ip, ((size_t)num - a->n) * sizeof(struct value *)))
		return false;
	while (a->n < num)
		val_push(fr->ip->arena, a, NULL);
	a->n = (uint32_t)num;
	return true;
}

static bool set_property(struct frame *fr, js_node n, struct val_object *o, struct str key,
			 struct value *v)
{
	if (o->frozen)
		return frozen(fr, n, key);
	if (str_is(str_from(o->class_name), "process.env") && !is_unknown(v)) {
		struct str text;
		struct value *odd;
		if (to_str(fr, n, v, &text, &odd))
			v = val_string(fr->ip->arena, text, v->origin);
		else if (!odd)
			return false;
		else
			v = odd;
	}
	struct val_prop *p = put(fr->ip, o, key, v);
	p->at = place_of(fr, n);
	p->key_at = (struct place){0};
	p->from_spread = p->duplicate = false;
	return true;
}

static bool set_element(struct frame *fr, js_node n, struct value *base, struct str key,
			struct value *v)
{
	struct val_array *a = base->u.arr;
	uint32_t index;
	if (a->frozen)
		return frozen(fr, n, key);
	if (str_is(key, "length"))
		return set_length(fr, n, a, v);
	touch_array(fr->ip, a);
	if (!array_index(key, &index)) {
		if (!a->props)
			a->props = arena_new(fr->ip->arena, struct val_object);
		return set_property(fr, n, a->props, key, v);
	}
	if (a->open && index >= a->fixed)
		return true; /* one of those that are not known */
	if (index >= a->n && !charge(fr->ip, ((size_t)index + 1 - a->n) * sizeof(struct value *)))
		return false;
	while (a->n <= index)
		val_push(fr->ip->arena, a, NULL);
	a->items[index] = v;
	return true;
}

bool set_member(struct frame *fr, js_node n, struct value *base, struct str key, struct value *v)
{
	struct interp *ip = fr->ip;
	if (ip->chosen_by)
		v = with_choice(ip->chosen_file, ip, ip->chosen_by, v);
	switch (base->kind) {
	case VAL_UNDEFINED:
	case VAL_NULL:
		throw_error(fr, n, "TypeError",
			    "Cannot set properties of %s (setting '" STR_FMT "')",
			    base->kind == VAL_NULL ? "null" : "undefined", STR_ARG(key));
		return false;
	case VAL_ARRAY:
		return set_element(fr, n, base, key, v);
	case VAL_OBJECT:
	case VAL_REGEXP:
		return set_property(fr, n, base->u.obj, key, v);
	case VAL_FUNCTION:
		if (!base->u.fn->props)
			base->u.fn->props = arena_new(ip->arena, struct val_object);
		return set_property(fr, n, base->u.fn->props, key, v);
	default:
		return true;
	}
}

/* a write to a place that is not known: any property may have changed */
static void blur(struct interp *ip, struct value *base, const struct value *cond)
{
	if (base->kind == VAL_OBJECT) {
		struct val_object *o = base->u.obj;
		touch_object(ip, o);
		o->open = true;
		for (uint32_t i = 0; i < o->n; i++)
			o->props[i].value =
			    join(ip, o->props[i].value, spread_unknown(ip, cond), cond);
	} else if (base->kind == VAL_ARRAY) {
		touch_array(ip, base->u.arr);
		base->u.arr->open = true;
		base->u.arr->fixed = 0;
	}
}

bool set_index(struct frame *fr, js_node n, struct value *base, struct value *key, struct value *v)
{
	struct str name;
	struct value *odd;
	if (!prop_key(fr, n, key, &name, &odd)) {
		if (!odd)
			return false;
		blur(fr->ip, base, odd);
		return true;
	}
	return set_member(fr, n, base, name, v);
}

bool delete_member(struct frame *fr, js_node n, struct value *base, struct value *key)
{
	struct str name;
	struct value *odd;
	uint32_t index;
	if (!prop_key(fr, n, key, &name, &odd)) {
		if (odd)
			blur(fr->ip, base, odd);
		return odd;
	}
	if (base->kind == VAL_ARRAY && array_index(name, &index) && index < base->u.arr->n) {
		touch_array(fr->ip, base->u.arr);
		base->u.arr->items[index] = NULL;
	}
	if (base->kind != VAL_OBJECT && !(base->kind == VAL_ARRAY && base->u.arr->props))
		return true;
	struct val_object *o = base->kind == VAL_OBJECT ? base->u.obj : base->u.arr->props;
	if (o->frozen)
		return frozen(fr, n, name);
	if (o->open) /* nothing says that it is gone */
		return set_property(fr, n, o, name, fr->ip->undefined);
	touch_object(fr->ip, o);
	for (uint32_t i = 0; i < o->n; i++)
		if (str_eq(o->props[i].key, name)) {
			memmove(o->props + i, o->props + i + 1, (o->n - i - 1) * sizeof *o->props);
			o->n--;
			break;
		}
	return true;
}
