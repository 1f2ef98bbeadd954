/* Map and Set. A key that is not known leaves the whole collection open. */
#include "analyzers/javascript/eval_internal.h"

static struct collection *self(struct call *c)
{
	bool right = is_kind(c->this_, VAL_OBJECT) && c->this_->u.obj->host &&
		     c->this_->u.obj->class_name &&
		     strncmp(c->self->name, c->this_->u.obj->class_name, 3) == 0;
	return right ? c->this_->u.obj->host : NULL;
}

static struct value *odd_receiver(struct call *c)
{
	return unknown(c->fr, c->node, "calls %s on another value", c->self->name);
}

static struct value *not_all_known(struct call *c)
{
	return unknown(c->fr, c->node, "the entries are not all known");
}

/* index of a key, -1: not there, -2: cannot be told */
static int64_t find(struct interp *ip, const struct collection *s, const struct value *key)
{
	bool known, doubt = s->keys->open;
	ip->steps += s->keys->n / 16;
	for (uint32_t i = 0; i < s->keys->n; i++) {
		if (same_value_zero(s->keys->items[i], key, &known))
			return i;
		doubt |= !known;
	}
	return doubt ? -2 : -1;
}

static void add(struct interp *ip, struct collection *s, struct value *key, struct value *v)
{
	int64_t at = find(ip, s, key);
	touch_array(ip, s->keys);
	touch_array(ip, s->values);
	if (at >= 0) {
		s->values->items[at] = v;
		return;
	}
	if (at == -2) {
		s->keys->open = true;
		return;
	}
	val_push(ip->arena, s->keys, key);
	val_push(ip->arena, s->values, v);
	s->keys->fixed = s->keys->n;
}

static struct value *make(struct interp *ip, struct call *c)
{
	bool map = c->self->data;
	struct value *odd = NULL, *from = arg(ip, c, 0), *v = result_object(c);
	struct collection *s = arena_new(ip->arena, struct collection);
	s->keys = arena_new(ip->arena, struct val_array);
	s->values = arena_new(ip->arena, struct val_array);
	v->u.obj->class_name = map ? "Map" : "Set";
	v->u.obj->host = s;
	if (c->this_)
		return throw_error(c->fr, c->node, "TypeError", "Constructor %s requires 'new'",
				   c->self->name);
	if (is_nullish(from))
		return v;
	const struct val_array *list = elements(c->fr, c->node, from, &odd);
	if (!list && !odd)
		return NULL;
	for (uint32_t i = 0; list && i < list->n; i++) {
		struct value *item = list->items[i] ? list->items[i] : ip->undefined, *key = item,
			     *val = item;
		if (!step(c->fr, c->node))
			return NULL;
		if (map && !(key = get_member(c->fr, c->node, item, STR("0"))))
			return NULL;
		if (map && !(val = get_member(c->fr, c->node, item, STR("1"))))
			return NULL;
		add(ip, s, key, val);
	}
	s->keys->open |= !list || list->open;
	return v;
}

static struct value *collection_set(struct interp *ip, struct call *c)
{
	struct collection *s = self(c);
	if (!s)
		return odd_receiver(c);
	add(ip, s, arg(ip, c, 0), arg(ip, c, c->self->data ? 1 : 0));
	return c->this_;
}

static void test_entries(struct call *c, const struct collection *s, const struct value *key,
			 bool here)
{
	if (!key->env || s->keys->n > 16)
		return;
	for (uint32_t i = 0; i < s->keys->n; i++)
		if (s->keys->items[i]->kind == VAL_STRING &&
		    strictly_equal(s->keys->items[i], key) == 0)
			test_text(c->fr, c->node, key, s->keys->items[i]->u.str, false);
	if (here)
		test_text(c->fr, c->node, key, STR(""), true);
}

static struct value *collection_get(struct interp *ip, struct call *c)
{
	struct collection *s = self(c);
	if (!s)
		return odd_receiver(c);
	int64_t at = find(ip, s, arg(ip, c, 0));
	test_entries(c, s, arg(ip, c, 0), at >= 0);
	if (c->self->data) /* has */
		return at == -2 ? not_all_known(c) : result_bool(c, at >= 0);
	if (at == -2 || (at >= 0 && s->keys->open))
		return not_all_known(c); /* set again by something that is not known */
	return at >= 0 ? with_via(c->fr, c->node, s->values->items[at]) : ip->undefined;
}

static void drop(struct val_array *a, uint32_t at)
{
	memmove(a->items + at, a->items + at + 1, (a->n - at - 1) * sizeof *a->items);
	a->n--;
}

static struct value *collection_delete(struct interp *ip, struct call *c)
{
	struct collection *s = self(c);
	if (!s)
		return odd_receiver(c);
	touch_array(ip, s->keys);
	touch_array(ip, s->values);
	if (c->self->data) { /* clear */
		s->keys->n = s->values->n = 0;
		s->keys->open = false;
		return ip->undefined;
	}
	int64_t at = find(ip, s, arg(ip, c, 0));
	if (at == -2 || s->keys->open) {
		s->keys->open = true;
		s->keys->n = s->values->n = s->keys->fixed = 0;
		return not_all_known(c);
	}
	if (at >= 0) {
		drop(s->keys, (uint32_t)at);
		drop(s->values, (uint32_t)at);
	}
	return result_bool(c, at >= 0);
}

static struct value *collection_for_each(struct interp *ip, struct call *c)
{
	struct collection *s = self(c);
	struct value *fn = arg(ip, c, 0);
	if (!s || fn->kind != VAL_FUNCTION)
		return odd_receiver(c);
	for (uint32_t i = 0; i < s->keys->n; i++) {
		struct value *args[] = {s->values->items[i], s->keys->items[i], c->this_};
		if (!call_value(c->fr, c->node, fn, arg(ip, c, 1), args, 3))
			return NULL;
	}
	if (s->keys->open && !call_maybe(c->fr, c->node, fn, not_all_known(c)))
		return NULL;
	return ip->undefined;
}

/* entries, keys, values */
static struct value *collection_list(struct interp *ip, struct call *c)
{
	struct collection *s = self(c);
	struct value *v = result_object(c);
	struct val_array *out = arena_new(ip->arena, struct val_array);
	if (!s)
		return odd_receiver(c);
	for (uint32_t i = 0; i < s->keys->n; i++) {
		struct value *pair = result_array(c);
		val_push(ip->arena, pair->u.arr, s->keys->items[i]);
		val_push(ip->arena, pair->u.arr, s->values->items[i]);
		val_push(ip->arena, out,
			 c->self->data == 0   ? pair
			 : c->self->data == 1 ? s->keys->items[i]
					      : s->values->items[i]);
	}
	out->open = s->keys->open;
	v->u.obj->class_name = "Iterator";
	v->u.obj->host = out;
	return v;
}

const struct builtin builtins_collection[] = {
    {.name = "Map", .fn = make, .flags = B_MAKES, .data = 1},
    {.name = "Set", .fn = make, .flags = B_MAKES},
    {.name = "Map#set", .fn = collection_set, .data = 1},
    {.name = "Map#get", .fn = collection_get},
    {.name = "Map#has", .fn = collection_get, .data = 1},
    {.name = "Map#delete", .fn = collection_delete},
    {.name = "Map#clear", .fn = collection_delete, .data = 1},
    {.name = "Map#forEach", .fn = collection_for_each},
    {.name = "Map#entries", .fn = collection_list, .data = 0},
    {.name = "Map#keys", .fn = collection_list, .data = 1},
    {.name = "Map#values", .fn = collection_list, .data = 2},
    {.name = "Set#add", .fn = collection_set},
    {.name = "Set#has", .fn = collection_get, .data = 1},
    {.name = "Set#delete", .fn = collection_delete},
    {.name = "Set#clear", .fn = collection_delete, .data = 1},
    {.name = "Set#forEach", .fn = collection_for_each},
    {.name = "Set#entries", .fn = collection_list, .data = 0},
    {.name = "Set#keys", .fn = collection_list, .data = 1},
    {.name = "Set#values", .fn = collection_list, .data = 2},
    {0},
};
