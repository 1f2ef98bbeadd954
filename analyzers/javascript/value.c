#include "analyzers/javascript/value.h"

#include <math.h>
#include "analyzers/javascript/eval_internal.h"

enum { MAX_NESTING = 64, MAX_TEXT = 1 << 20 };

struct value *val_new(struct arena *a, enum val_kind kind, const struct origin *o)
{
	struct value *v = arena_new(a, struct value);
	v->kind = kind;
	v->origin = o;
	return v;
}

struct value *val_bool(struct arena *a, bool b, const struct origin *o)
{
	struct value *v = val_new(a, VAL_BOOL, o);
	v->u.b = b;
	return v;
}

struct value *val_number(struct arena *a, double num, const struct origin *o)
{
	struct value *v = val_new(a, VAL_NUMBER, o);
	v->u.num = num;
	return v;
}

struct value *val_string(struct arena *a, struct str s, const struct origin *o)
{
	struct value *v = val_new(a, VAL_STRING, o);
	v->u.str = s;
	return v;
}

struct value *val_unknown(struct arena *a, const char *reason, struct place at)
{
	struct origin *o = arena_new(a, struct origin);
	o->at = at;
	o->kind = ORIGIN_COMPUTED;
	struct value *v = val_new(a, VAL_UNKNOWN, o);
	v->u.unknown.reason = reason;
	v->u.unknown.at = at;
	return v;
}

struct value *val_object_new(struct arena *a, const struct origin *o)
{
	struct value *v = val_new(a, VAL_OBJECT, o);
	v->u.obj = arena_new(a, struct val_object);
	if (o)
		v->u.obj->at = o->at;
	return v;
}

struct value *val_array_new(struct arena *a, const struct origin *o)
{
	struct value *v = val_new(a, VAL_ARRAY, o);
	v->u.arr = arena_new(a, struct val_array);
	if (o)
		v->u.arr->at = o->at;
	return v;
}

struct val_prop *val_prop(const struct val_object *o, struct str key)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (str_eq(o->props[i].key, key))
			return &o->props[i];
	return NULL;
}

struct value *val_get(const struct val_object *o, struct str key)
{
	const struct val_prop *p = val_prop(o, key);
	return p ? p->value : NULL;
}

/* integer keys come first, in ascending order */
static uint32_t place_for(const struct val_object *o, struct str key)
{
	uint32_t index, other, i = 0;
	if (!array_index(key, &index))
		return o->n;
	while (i < o->n && array_index(o->props[i].key, &other) && other < index)
		i++;
	return i;
}

struct val_prop *val_set(struct arena *a, struct val_object *o, struct str key, struct value *v)
{
	struct val_prop *p = val_prop(o, key);
	if (p) {
		p->value = v;
		return p;
	}
	if (o->n == o->cap) {
		uint32_t cap = o->cap ? o->cap * 2 : 8;
		struct val_prop *props = arena_array(a, struct val_prop, cap);
		if (o->n)
			memcpy(props, o->props, o->n * sizeof *props);
		o->props = props;
		o->cap = cap;
	}
	uint32_t at = place_for(o, key);
	memmove(o->props + at + 1, o->props + at, (o->n - at) * sizeof *o->props);
	o->n++;
	o->props[at] = (struct val_prop){.key = key, .value = v};
	return &o->props[at];
}

void val_push(struct arena *a, struct val_array *arr, struct value *v)
{
	if (arr->n == arr->cap) {
		uint32_t cap = arr->cap ? arr->cap * 2 : 8;
		struct value **items = arena_array(a, struct value *, cap);
		if (arr->n)
			memcpy(items, arr->items, arr->n * sizeof *items);
		arr->items = items;
		arr->cap = cap;
	}
	arr->items[arr->n++] = v;
}

bool val_truthy(const struct value *v, bool *known)
{
	*known = v->kind != VAL_UNKNOWN;
	switch (v->kind) {
	case VAL_UNDEFINED:
	case VAL_NULL:
	case VAL_UNKNOWN:
		return false;
	case VAL_BOOL:
		return v->u.b;
	case VAL_NUMBER:
		return v->u.num != 0 && !isnan(v->u.num);
	case VAL_STRING:
		return v->u.str.len != 0;
	default:
		return true;
	}
}

static bool add_text(struct buf *b, const struct value *v, int depth);

static void add_number(struct buf *b, double num)
{
	char text[NUMBER_TEXT];
	num_write(text, num);
	buf_adds(b, text);
}

static bool add_array(struct buf *b, const struct val_array *arr, int depth)
{
	if (arr->open)
		return false;
	for (uint32_t i = 0; i < arr->n; i++) {
		if (i)
			buf_addc(b, ',');
		const struct value *v = arr->items[i];
		if (v && !is_nullish(v) && !add_text(b, v, depth + 1))
			return false;
	}
	return true;
}

static bool add_object(struct buf *b, const struct val_object *o)
{
	size_t n = o->class_name ? strlen(o->class_name) : 0;
	if (n >= 5 && str_is((struct str){o->class_name + n - 5, 5}, "Error")) {
		const struct value *m = val_get(o, STR("message"));
		if ((m && m->kind != VAL_STRING) || val_get(o, STR("name")))
			return false;
		buf_adds(b, o->class_name);
		if (m && m->u.str.len) {
			buf_adds(b, ": ");
			buf_add(b, m->u.str);
		}
		return true;
	}
	if (o->class_name || o->open || val_get(o, STR("toString")) || val_get(o, STR("valueOf")))
		return false;
	buf_adds(b, "[object Object]");
	return true;
}

static bool add_text(struct buf *b, const struct value *v, int depth)
{
	if (depth > MAX_NESTING || b->len > MAX_TEXT)
		return false;
	switch (v->kind) {
	case VAL_UNDEFINED:
		buf_adds(b, "undefined");
		return true;
	case VAL_NULL:
		buf_adds(b, "null");
		return true;
	case VAL_BOOL:
		buf_adds(b, v->u.b ? "true" : "false");
		return true;
	case VAL_NUMBER:
		add_number(b, v->u.num);
		return true;
	case VAL_STRING:
		buf_add(b, v->u.str);
		return true;
	case VAL_ARRAY:
		return add_array(b, v->u.arr, depth);
	case VAL_OBJECT:
		return add_object(b, v->u.obj);
	default:
		return false; /* functions print their source text */
	}
}

bool val_to_str(struct arena *a, const struct value *v, struct str *out)
{
	if (v->kind == VAL_STRING) {
		*out = v->u.str;
		return true;
	}
	struct buf b = {0};
	bool known = add_text(&b, v, 0);
	if (known)
		*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return known;
}

const char *val_to_string(struct arena *a, const struct value *v)
{
	struct str s;
	return val_to_str(a, v, &s) ? arena_cstr(a, s) : NULL;
}

double val_to_number(const struct value *v, bool *known)
{
	*known = true;
	switch (v->kind) {
	case VAL_UNDEFINED:
		return NAN;
	case VAL_NULL:
		return 0;
	case VAL_BOOL:
		return v->u.b;
	case VAL_NUMBER:
		return v->u.num;
	case VAL_STRING:
		return num_of_text(v->u.str);
	case VAL_ARRAY: {
		struct buf b = {0};
		*known = add_array(&b, v->u.arr, 0);
		double num = num_of_text(buf_str(&b));
		buf_release(&b);
		return *known ? num : NAN;
	}
	case VAL_OBJECT:
		if (!v->u.obj->class_name && !v->u.obj->open &&
		    !val_get(v->u.obj, STR("valueOf")) && !val_get(v->u.obj, STR("toString")))
			return NAN;
		break;
	default:
		break;
	}
	*known = false;
	return NAN;
}

/* values may be cyclic, and share parts without end */
struct budget {
	int depth;
	uint32_t nodes;
};

static bool equal(const struct value *a, const struct value *b, struct budget *left);

static bool equal_arrays(const struct val_array *a, const struct val_array *b, struct budget *left)
{
	if (a == b)
		return true;
	if (a->n != b->n || a->open || b->open)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!equal(a->items[i], b->items[i], left))
			return false;
	return true;
}

static bool equal_objects(const struct val_object *a, const struct val_object *b,
			  struct budget *left)
{
	if (a == b)
		return true;
	if (a->n != b->n || a->open || b->open || a->host || b->host ||
	    !str_eq(str_from(a->class_name), str_from(b->class_name)))
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (!str_eq(a->props[i].key, b->props[i].key) ||
		    !equal(a->props[i].value, b->props[i].value, left))
			return false;
	return true;
}

static bool equal(const struct value *a, const struct value *b, struct budget *left)
{
	if (a == b && (!a || a->kind != VAL_UNKNOWN))
		return true;
	if (!a || !b || a->kind != b->kind || left->depth >= MAX_NESTING || left->nodes == 0)
		return false;
	bool same;
	switch (a->kind) {
	case VAL_UNDEFINED:
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return a->u.b == b->u.b;
	case VAL_NUMBER:
		return a->u.num == b->u.num || (isnan(a->u.num) && isnan(b->u.num));
	case VAL_STRING:
		return str_eq(a->u.str, b->u.str);
	case VAL_OBJECT:
	case VAL_ARRAY:
		left->depth++;
		left->nodes--;
		same = a->kind == VAL_ARRAY ? equal_arrays(a->u.arr, b->u.arr, left)
					    : equal_objects(a->u.obj, b->u.obj, left);
		left->depth--;
		return same;
	case VAL_FUNCTION:
		return a->u.fn == b->u.fn;
	case VAL_REGEXP:
		return a->u.obj == b->u.obj;
	case VAL_UNKNOWN:
		return false;
	}
	return false;
}

bool val_equal_deep(const struct value *a, const struct value *b)
{
	return equal(a, b, &(struct budget){.nodes = 1000000});
}

static void show(struct buf *b, const struct value *v, size_t max, int depth);

static void show_props(struct buf *b, const struct val_object *o, size_t max, int depth)
{
	buf_addc(b, '{');
	for (uint32_t i = 0; i < o->n && b->len < max; i++) {
		buf_adds(b, i ? ", " : "");
		buf_add(b, o->props[i].key);
		buf_adds(b, ": ");
		show(b, o->props[i].value, max, depth + 1);
	}
	buf_adds(b, o->open ? (o->n ? ", ...}" : "...}") : "}");
}

static void show_items(struct buf *b, const struct val_array *arr, size_t max, int depth)
{
	buf_addc(b, '[');
	for (uint32_t i = 0; i < arr->n && b->len < max; i++) {
		buf_adds(b, i ? ", " : "");
		if (arr->items[i])
			show(b, arr->items[i], max, depth + 1);
	}
	buf_adds(b, arr->open ? (arr->n ? ", ...]" : "...]") : "]");
}

static void show(struct buf *b, const struct value *v, size_t max, int depth)
{
	if (b->len >= max || depth > MAX_NESTING) {
		buf_adds(b, "...");
		return;
	}
	switch (v->kind) {
	case VAL_STRING:
		buf_addc(b, '"');
		buf_add(b, str_sub(v->u.str, 0, max));
		buf_adds(b, v->u.str.len > max ? "...\"" : "\"");
		break;
	case VAL_ARRAY:
		show_items(b, v->u.arr, max, depth);
		break;
	case VAL_OBJECT:
		if (v->u.obj->class_name)
			buf_printf(b, "%s ", v->u.obj->class_name);
		show_props(b, v->u.obj, max, depth);
		break;
	case VAL_FUNCTION:
		buf_adds(b, "function");
		break;
	case VAL_REGEXP:
		buf_adds(b, "regular expression");
		break;
	case VAL_UNKNOWN:
		buf_printf(b, "unknown (%s)", v->u.unknown.reason);
		break;
	default:
		add_text(b, v, depth);
	}
}

char *val_show(struct arena *a, const struct value *v, size_t max)
{
	struct buf b = {0};
	show(&b, v, max, 0);
	char *text = b.len <= max + 3 ? arena_cstr(a, buf_str(&b))
				      : arena_printf(a, "%.*s...", (int)max, b.ptr);
	buf_release(&b);
	return text;
}
