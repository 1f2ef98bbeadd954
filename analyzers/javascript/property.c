/* Reading properties and elements. */
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

bool is_class(const struct value *v, const char *name)
{
	return v->kind == VAL_OBJECT && v->u.obj->class_name &&
	       strcmp(v->u.obj->class_name, name) == 0;
}

bool is_error(const struct val_object *o)
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
