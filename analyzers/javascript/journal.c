/* Two ways that an unknown condition may take: each runs under a journal, its
 * writes are taken back and kept as a diff, and the diffs are joined. */
#include "analyzers/javascript/eval_internal.h"

enum cell_kind { CELL_VAR, CELL_OBJECT, CELL_ARRAY };

struct saved {
	enum cell_kind kind;
	void *ptr;
	struct value *v;
	struct val_object obj;
	struct val_array arr;
};

struct change {
	enum cell_kind kind;
	void *ptr;
	struct saved before, after;
};

struct diff {
	struct change *changes;
	uint32_t n;
};

static struct saved *remember(struct interp *ip, enum cell_kind kind, void *ptr)
{
	struct journal *j = ip->journal;
	if (j->n == j->cap) {
		uint32_t cap = j->cap ? j->cap * 2 : 8;
		struct saved *saved = arena_array(ip->arena, struct saved, cap);
		if (j->n)
			memcpy(saved, j->saved, j->n * sizeof *saved);
		j->saved = saved;
		j->cap = cap;
	}
	struct saved *s = &j->saved[j->n++];
	s->kind = kind;
	s->ptr = ptr;
	return s;
}

void cell_set(struct interp *ip, struct cell *c, struct value *v)
{
	if (ip->journal && c->stamp != ip->journal->serial) {
		remember(ip, CELL_VAR, c)->v = c->v;
		c->stamp = ip->journal->serial;
	}
	c->v = v;
}

void touch_object(struct interp *ip, struct val_object *o)
{
	if (!ip->journal || o->stamp == ip->journal->serial)
		return;
	o->stamp = ip->journal->serial;
	remember(ip, CELL_OBJECT, o)->obj = *o;
	struct val_prop *props = arena_array(ip->arena, struct val_prop, o->cap);
	if (o->n)
		memcpy(props, o->props, o->n * sizeof *props);
	o->props = props;
}

void touch_array(struct interp *ip, struct val_array *a)
{
	if (!ip->journal || a->stamp == ip->journal->serial)
		return;
	a->stamp = ip->journal->serial;
	remember(ip, CELL_ARRAY, a)->arr = *a;
	struct value **items = arena_array(ip->arena, struct value *, a->cap);
	if (a->n)
		memcpy(items, a->items, a->n * sizeof *items);
	a->items = items;
}

struct journal *speculate(struct interp *ip)
{
	struct journal *j = arena_new(ip->arena, struct journal);
	j->outer = ip->journal;
	j->serial = ++ip->serial;
	ip->journal = j;
	return j;
}

static uint32_t *stamp_of(const struct saved *s)
{
	if (s->kind == CELL_VAR)
		return &((struct cell *)s->ptr)->stamp;
	if (s->kind == CELL_OBJECT)
		return &((struct val_object *)s->ptr)->stamp;
	return &((struct val_array *)s->ptr)->stamp;
}

static void load(struct saved *s)
{
	if (s->kind == CELL_VAR)
		s->v = ((struct cell *)s->ptr)->v;
	else if (s->kind == CELL_OBJECT)
		s->obj = *(struct val_object *)s->ptr;
	else
		s->arr = *(struct val_array *)s->ptr;
}

static void store(const struct saved *s, uint32_t stamp)
{
	if (s->kind == CELL_VAR)
		((struct cell *)s->ptr)->v = s->v;
	else if (s->kind == CELL_OBJECT)
		*(struct val_object *)s->ptr = s->obj;
	else
		*(struct val_array *)s->ptr = s->arr;
	*stamp_of(s) = stamp;
}

/* nested journals may have saved a cell twice: the first one holds what was before */
static struct diff *diff_of(struct interp *ip, const struct journal *j)
{
	struct diff *d = arena_new(ip->arena, struct diff);
	uint32_t seen = ++ip->serial;
	d->changes = arena_array(ip->arena, struct change, j->n + 1);
	for (uint32_t i = 0; i < j->n; i++) {
		const struct saved *s = &j->saved[i];
		if (*stamp_of(s) == seen)
			continue;
		*stamp_of(s) = seen;
		struct change *c = &d->changes[d->n++];
		c->kind = s->kind;
		c->ptr = s->ptr;
		c->before = c->after = *s;
		load(&c->after);
	}
	return d;
}

struct diff *take_back(struct interp *ip, struct journal *j)
{
	ip->journal = j;
	struct diff *d = diff_of(ip, j);
	for (uint32_t i = 0; i < d->n; i++)
		store(&d->changes[i].before, 0);
	ip->journal = j->outer;
	return d;
}

void commit(struct interp *ip, struct journal *j)
{
	ip->journal = j->outer;
	if (!j->outer)
		return;
	for (uint32_t i = 0; i < j->n; i++) {
		struct saved *s = &j->saved[i];
		if (*stamp_of(s) == j->outer->serial)
			continue;
		*remember(ip, s->kind, s->ptr) = *s;
		*stamp_of(s) = j->outer->serial;
	}
}

/* ---- joining values ---- */

static struct value *either(struct interp *ip, const struct value *cond)
{
	struct value *v = val_new(ip->arena, VAL_UNKNOWN, cond->origin);
	v->u.unknown = cond->u.unknown;
	return v;
}

static void join_props(struct interp *ip, struct val_object *into, const struct val_object *x,
		       const struct val_object *y, const struct value *cond)
{
	struct val_object out = *into;
	out.props = NULL;
	out.n = out.cap = 0;
	for (uint32_t i = 0; i < x->n; i++) {
		const struct val_prop *p = &x->props[i];
		const struct value *other = val_get(y, p->key);
		struct val_prop *q =
		    val_set(ip->arena, &out, p->key,
			    other ? join(ip, p->value, (struct value *)(uintptr_t)other, cond)
				  : either(ip, cond));
		struct value *v = q->value;
		*q = *p;
		q->value = v;
	}
	for (uint32_t i = 0; i < y->n; i++) {
		if (val_prop(x, y->props[i].key))
			continue;
		struct val_prop *q = val_set(ip->arena, &out, y->props[i].key, either(ip, cond));
		struct value *v = q->value;
		*q = y->props[i];
		q->value = v;
	}
	out.open = x->open || y->open;
	out.frozen = x->frozen && y->frozen;
	out.frozen_by_unknown = x->frozen_by_unknown || y->frozen_by_unknown;
	*into = out;
}

static void join_items(struct interp *ip, struct val_array *into, const struct val_array *x,
		       const struct val_array *y, const struct value *cond)
{
	struct val_array out = *into;
	uint32_t n = x->n < y->n ? x->n : y->n;
	if (x->open && x->fixed < n)
		n = x->fixed;
	if (y->open && y->fixed < n)
		n = y->fixed;
	out.items = NULL;
	out.n = out.cap = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct value *p = x->items[i] ? x->items[i] : ip->undefined;
		struct value *q = y->items[i] ? y->items[i] : ip->undefined;
		val_push(ip->arena, &out, p == q && !x->items[i] ? NULL : join(ip, p, q, cond));
	}
	out.open = x->open || y->open || x->n != y->n;
	out.fixed = n;
	*into = out;
}

static bool is_plain(const struct value *v)
{
	return v->kind == VAL_OBJECT && !v->u.obj->class_name && !v->u.obj->host;
}

struct value *join(struct interp *ip, struct value *x, struct value *y, const struct value *cond)
{
	if (x == y)
		return x;
	if (is_unknown(x))
		return x;
	if (is_unknown(y))
		return y;
	ip->steps += 4;
	if (ip->steps > ip->max_steps || ip->native > 1000)
		return either(ip, cond);
	if (x->kind < VAL_OBJECT || x->kind != y->kind)
		return val_equal_deep(x, y) ? x : either(ip, cond);
	struct value *v = either(ip, cond);
	ip->native++;
	if (x->kind == VAL_OBJECT && x->u.obj == y->u.obj) {
		v = x;
	} else if (x->kind == VAL_ARRAY && x->u.arr == y->u.arr) {
		v = x;
	} else if (x->kind == VAL_FUNCTION && x->u.fn == y->u.fn) {
		v = x;
	} else if (is_plain(x) && is_plain(y)) {
		v = val_object_new(ip->arena, x->origin);
		v->u.obj->at = x->u.obj->at;
		join_props(ip, v->u.obj, x->u.obj, y->u.obj, cond);
	} else if (x->kind == VAL_ARRAY) {
		v = val_array_new(ip->arena, x->origin);
		v->u.arr->at = x->u.arr->at;
		join_items(ip, v->u.arr, x->u.arr, y->u.arr, cond);
	}
	ip->native--;
	return v;
}

/* ---- joining states ---- */

static void write_joined(struct interp *ip, const struct saved *x, const struct saved *y,
			 const struct value *cond)
{
	if (x->kind == CELL_VAR) {
		struct value *a = x->v, *b = y->v;
		cell_set(ip, x->ptr, a && b ? join(ip, a, b, cond) : either(ip, cond));
	} else if (x->kind == CELL_OBJECT) {
		struct val_object *o = x->ptr, joined = *o;
		touch_object(ip, o);
		join_props(ip, &joined, &x->obj, &y->obj, cond);
		joined.stamp = o->stamp;
		*o = joined;
	} else {
		struct val_array *a = x->ptr, joined = *a;
		touch_array(ip, a);
		join_items(ip, &joined, &x->arr, &y->arr, cond);
		joined.stamp = a->stamp;
		*a = joined;
	}
}

static const struct change *find_change(const struct diff *d, const void *ptr)
{
	for (uint32_t i = 0; i < d->n; i++)
		if (d->changes[i].ptr == ptr)
			return &d->changes[i];
	return NULL;
}

/* both diffs start from the state that holds now */
void join_diffs(struct interp *ip, const struct diff *x, const struct diff *y,
		const struct value *cond)
{
	ip->steps += (uint64_t)x->n * y->n / 4;
	for (uint32_t i = 0; i < x->n; i++) {
		const struct change *other = find_change(y, x->changes[i].ptr);
		write_joined(ip, &x->changes[i].after,
			     other ? &other->after : &x->changes[i].before, cond);
	}
	for (uint32_t i = 0; i < y->n; i++)
		if (!find_change(x, y->changes[i].ptr))
			write_joined(ip, &y->changes[i].before, &y->changes[i].after, cond);
}

void apply_diff(struct interp *ip, const struct diff *d)
{
	for (uint32_t i = 0; i < d->n; i++) {
		const struct saved *s = &d->changes[i].after;
		if (s->kind == CELL_VAR) {
			cell_set(ip, s->ptr, s->v);
		} else if (s->kind == CELL_OBJECT) {
			touch_object(ip, s->ptr);
			store(s, ((struct val_object *)s->ptr)->stamp);
		} else {
			touch_array(ip, s->ptr);
			store(s, ((struct val_array *)s->ptr)->stamp);
		}
	}
}

/* what may have been written any number of times: unknown wherever it differs */
bool poison(struct interp *ip, const struct diff *d, const struct value *cond)
{
	bool news = false;
	for (uint32_t i = 0; i < d->n; i++) {
		const struct change *c = &d->changes[i];
		if (c->kind == CELL_VAR) {
			if (c->before.v && !is_unknown(c->before.v)) {
				if (c->after.v && val_equal_deep(c->before.v, c->after.v))
					continue;
				news = true;
			}
			cell_set(ip, c->ptr, either(ip, cond));
		} else if (c->kind == CELL_OBJECT) {
			news |= !c->before.obj.open;
			write_joined(ip, &c->before, &c->after, cond);
			((struct val_object *)c->ptr)->open = true;
		} else {
			news |= !c->before.arr.open;
			write_joined(ip, &c->before, &c->after, cond);
			struct val_array *a = c->ptr;
			a->fixed = a->open ? a->fixed : a->n;
			a->open = true;
		}
	}
	return news;
}

/* ---- ways out under an unknown condition ---- */

void split_off(struct frame *fr, enum completion kind, uint32_t label, struct value *ret,
	       struct diff *other, struct value *cond)
{
	struct split *s = arena_new(fr->ip->arena, struct split);
	*s = (struct split){.next = fr->splits,
			    .kind = kind,
			    .label = label,
			    .ret = ret,
			    .cond = cond,
			    .other = other};
	s->rest = speculate(fr->ip);
	fr->splits = s;
}

void resolve_splits(struct frame *fr, struct split *until)
{
	struct interp *ip = fr->ip;
	while (fr->splits && fr->splits != until) {
		struct split *s = fr->splits;
		fr->splits = s->next;
		struct diff *rest = take_back(ip, s->rest);
		join_diffs(ip, rest, s->other, s->cond);
		if (s->kind == COMP_RETURN)
			fr->ret = fr->ret ? join(ip, fr->ret, s->ret, s->cond) : s->ret;
	}
}
