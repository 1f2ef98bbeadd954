/* Reading, writing, copying and enumerating properties and elements. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

bool array_index(struct str key, uint32_t *index)
{
	uint64_t n = 0;
	if (!key.len || key.len > 10 || (key.ptr[0] == '0' && key.len > 1))
		return false;
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] < '0' || key.ptr[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(key.ptr[i] - '0');
	}
	*index = (uint32_t)n;
	return n < UINT32_MAX;
}

static bool is_class(const struct value *v, const char *name)
{
	return v->kind == VAL_OBJECT && v->u.obj->class_name &&
	       strcmp(v->u.obj->class_name, name) == 0;
}

static bool is_error(const struct val_object *o)
{
	return o->class_name && str_ends(str_from(o->class_name), STR("Error"));
}

static struct value *absent(struct frame *fr, js_node n)
{
	return val_new(fr->ip->arena, VAL_UNDEFINED, origin_new(fr, n, ORIGIN_DEFAULTED, NULL));
}

static struct value *inherited(struct frame *fr, js_node n, const char *space, struct str key)
{
	struct value *v = builtin_member(fr, n, space, '#', key);
	if (!v && strcmp(space, "Object") != 0)
		v = builtin_member(fr, n, "Object", '#', key);
	return v ? v : absent(fr, n);
}

static struct value *get_string(struct frame *fr, js_node n, struct value *base, struct str key)
{
	uint32_t index;
	if (str_is(key, "length"))
		return number(fr, n, (double)u16_len(base->u.str));
	if (array_index(key, &index)) {
		struct str c = u16_slice(fr->ip->arena, base->u.str, index, (size_t)index + 1);
		return c.len ? string(fr, n, c) : absent(fr, n);
	}
	return inherited(fr, n, "String", key);
}

static struct value *get_array(struct frame *fr, js_node n, struct value *base, struct str key)
{
	const struct val_array *a = base->u.arr;
	uint32_t index;
	bool is_index = array_index(key, &index);
	if (is_index && index < a->n && (!a->open || index < a->fixed))
		return a->items[index] ? a->items[index] : absent(fr, n);
	if (a->open && (is_index || str_is(key, "length")))
		return unknown(fr, n, "the elements of this array are not all known");
	if (is_index)
		return absent(fr, n);
	if (str_is(key, "length")) {
		struct value *v = number(fr, n, a->n);
		if (base->origin && base->origin->kind == ORIGIN_MACHINE)
			v->origin = origin_new(fr, n, ORIGIN_MACHINE, NULL);
		return v;
	}
	struct value *named = a->props ? val_get(a->props, key) : NULL;
	return named ? named : inherited(fr, n, "Array", key);
}

static struct value *get_function(struct frame *fr, js_node n, struct value *base, struct str key)
{
	const struct val_function *fn = base->u.fn;
	struct value *v = fn->props ? val_get(fn->props, key) : NULL;
	if (v)
		return v;
	if (fn->builtin && (v = builtin_member(fr, n, fn->builtin->name, '.', key)))
		return v;
	if ((v = builtin_member(fr, n, "Function", '#', key)))
		return v;
	if (str_is(key, "name") || str_is(key, "length") || str_is(key, "prototype") || fn->builtin)
		return unknown(fr, n, "'" STR_FMT "' of a function", STR_ARG(key));
	return inherited(fr, n, "Object", key);
}

static struct value *get_special(struct frame *fr, js_node n, struct value *base, struct str key)
{
	const struct val_object *o = base->u.obj;
	struct str class_ = str_from(o->class_name);
	if (str_starts(class_, STR("module:"))) {
		const char *space = o->class_name + 7;
		struct value *v = builtin_member(fr, n, space, '.', key);
		if (v)
			return v;
		if (str_is(key, "default"))
			return base;
		if (str_is(STR("Math"), space) || str_is(STR("JSON"), space))
			return unknown(fr, n, "uses %s." STR_FMT, space, STR_ARG(key));
		return unknown(fr, n, "uses '" STR_FMT "' of '%s'", STR_ARG(key), space);
	}
	if (str_is(class_, "global")) {
		struct value *v = global_value(fr, n, key);
		return v || fr->ip->abrupt ? v : absent(fr, n);
	}
	if (str_is(class_, "Map") || str_is(class_, "Set")) {
		const struct collection *c = o->host;
		if (!str_is(key, "size"))
			return inherited(fr, n, o->class_name, key);
		if (c->keys->open)
			return unknown(fr, n, "the entries of this %s are not all known",
				       o->class_name);
		return number(fr, n, c->keys->n);
	}
	if (is_error(o)) {
		if (str_is(key, "name"))
			return string(fr, n, class_);
		if (str_is(key, "message"))
			return string(fr, n, STR(""));
		if (str_is(key, "stack"))
			return unknown(fr, n, "depends on the call stack");
		return inherited(fr, n, "Error", key);
	}
	if (str_is(class_, "process")) {
		struct value *v = builtin_member(fr, n, "process", '.', key);
		return v ? v : absent(fr, n);
	}
	if (str_is(class_, "process.env") || str_is(class_, "module") || str_is(class_, "URL"))
		return inherited(fr, n, "Object", key);
	if (str_is(class_, "Buffer") && str_is(key, "toString"))
		return inherited(fr, n, "Object", key);
	return unknown(fr, n, "uses '" STR_FMT "' of %s", STR_ARG(key), o->class_name);
}

static struct value *get_object(struct frame *fr, js_node n, struct value *base, struct str key)
{
	const struct val_object *o = base->u.obj;
	fr->ip->steps += o->n / 4;
	if (is_class(base, "process.env"))
		return read_env(fr, n, key);
	struct value *v = val_get(o, key);
	if (v)
		return v;
	if (o->class_name)
		return get_special(fr, n, base, key);
	if (o->open)
		return unknown(fr, n,
			       "'" STR_FMT "' may come from what was spread in, which is not known",
			       STR_ARG(key));
	return inherited(fr, n, "Object", key);
}

static struct value *get_regexp(struct frame *fr, js_node n, struct value *base, struct str key)
{
	struct value *v = val_get(base->u.obj, key);
	return v ? v : inherited(fr, n, "RegExp", key);
}

struct value *get_member(struct frame *fr, js_node n, struct value *base, struct str key)
{
	switch (base->kind) {
	case VAL_UNDEFINED:
	case VAL_NULL:
		return throw_error(fr, n, "TypeError",
				   "Cannot read properties of %s (reading '" STR_FMT "')",
				   base->kind == VAL_NULL ? "null" : "undefined", STR_ARG(key));
	case VAL_UNKNOWN:
		return spread_unknown(fr->ip, base);
	case VAL_STRING:
		return get_string(fr, n, base, key);
	case VAL_NUMBER:
		return inherited(fr, n, "Number", key);
	case VAL_BOOL:
		return inherited(fr, n, "Boolean", key);
	case VAL_ARRAY:
		return get_array(fr, n, base, key);
	case VAL_FUNCTION:
		return get_function(fr, n, base, key);
	case VAL_REGEXP:
		return get_regexp(fr, n, base, key);
	case VAL_OBJECT:
		return get_object(fr, n, base, key);
	}
	return NULL;
}

struct value *get_index(struct frame *fr, js_node n, struct value *base, struct value *key)
{
	struct str name;
	struct value *odd;
	if (is_nullish(base))
		return get_member(fr, n, base, key->kind == VAL_STRING ? key->u.str : STR("?"));
	if (is_unknown(base))
		return spread_unknown(fr->ip, base);
	if (key->kind == VAL_NUMBER && base->kind == VAL_ARRAY && key->u.num >= 0 &&
	    key->u.num < base->u.arr->n && key->u.num == floor(key->u.num) && !base->u.arr->open) {
		struct value *v = base->u.arr->items[(uint32_t)key->u.num];
		return v ? v : absent(fr, n);
	}
	if (!prop_key(fr, n, key, &name, &odd))
		return odd;
	if (base->kind == VAL_OBJECT && !is_class(base, "process.env"))
		test_keys(fr, n, key, base->u.obj);
	return get_member(fr, n, base, name);
}

struct val_prop *put(struct interp *ip, struct val_object *o, struct str key, struct value *v)
{
	touch_object(ip, o);
	ip->steps += o->n / 4;
	return val_set(ip->arena, o, key, v);
}

/* ---- writing ---- */

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

/* ---- enumerating ---- */

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
