#include "base/map.h"

#include <stdlib.h>
#include "base/err.h"

struct map_slot {
	struct str key; /* ptr NULL: empty */
	uint64_t hash;
	uint32_t value;
};

static struct map_slot *find(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);
	while (m->slots[i].key.ptr) {
		if (m->slots[i].hash == hash && str_eq(m->slots[i].key, key))
			break;
		i = (i + 1) & (m->cap - 1);
	}
	return &m->slots[i];
}

static void grow(struct map *m)
{
	struct map old = *m;
	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = xcalloc(m->cap, sizeof *m->slots);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].key.ptr)
			*find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

void map_release(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}

void map_put(struct map *m, struct str key, uint32_t value)
{
	if (m->len * 4 >= m->cap * 3)
		grow(m);
	if (!key.ptr)
		key.ptr = "";
	uint64_t hash = str_hash(key);
	struct map_slot *s = find(m, key, hash);
	if (!s->key.ptr)
		m->len++;
	*s = (struct map_slot){key, hash, value};
}

uint32_t map_get(const struct map *m, struct str key)
{
	if (!m->cap)
		return MAP_NONE;
	const struct map_slot *s = find(m, key, str_hash(key));
	return s->key.ptr ? s->value : MAP_NONE;
}

void atoms_init(struct atoms *t, struct arena *arena)
{
	*t = (struct atoms){.arena = arena};
}

void atoms_release(struct atoms *t)
{
	if (!t->settled) {
		map_release(&t->map);
		free(t->text);
	}
	*t = (struct atoms){0};
}

void atoms_settle(struct atoms *t)
{
	struct atoms old = *t;
	if (old.settled)
		return;
	t->settled = true;
	t->text = arena_array(t->arena, struct str, old.len);
	t->map.slots = arena_array(t->arena, struct map_slot, old.map.cap);
	if (old.len)
		memcpy(t->text, old.text, old.len * sizeof *t->text);
	if (old.map.cap)
		memcpy(t->map.slots, old.map.slots, old.map.cap * sizeof *t->map.slots);
	t->cap = old.len;
	atoms_release(&old);
}

uint32_t atoms_intern(struct atoms *t, struct str s)
{
	uint32_t n = map_get(&t->map, s);
	if (n != MAP_NONE)
		return n;
	if (t->len == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->text = xrealloc(t->text, t->cap * sizeof *t->text);
	}
	n = (uint32_t)t->len++;
	t->text[n] = arena_str(t->arena, s);
	map_put(&t->map, t->text[n], n);
	return n;
}
