#ifndef BASE_MAP_H
#define BASE_MAP_H
/* Hash map from byte strings to 32-bit numbers, and the interner on top of it.
 * Keys are borrowed by map_put: they must outlive the map (put them into an
 * arena). Iterate over what you keep beside the map, never over the map: its
 * order is nobody's business. */
#include <stdint.h>
#include "base/arena.h"
#include "base/str.h"

#define MAP_NONE UINT32_MAX

struct map_slot;
struct map {
	struct map_slot *slots;
	size_t len, cap;
};

void map_release(struct map *m);
void map_put(struct map *m, struct str key, uint32_t value); /* overwrites */
uint32_t map_get(const struct map *m, struct str key);       /* or MAP_NONE */

/* Interned strings: equal text, equal number; numbers count up from 0 in order
 * of first appearance. The text is copied into the arena. */
struct atoms {
	struct arena *arena; /* borrowed */
	struct map map;
	struct str *text; /* [len] */
	size_t len, cap;
	bool settled;     /* all of it lives in the arena */
};

void atoms_init(struct atoms *t, struct arena *arena);
void atoms_release(struct atoms *t);
uint32_t atoms_intern(struct atoms *t, struct str s);
void atoms_settle(struct atoms *t); /* moves it into the arena; nothing is interned any more */
static inline struct str atoms_text(const struct atoms *t, uint32_t atom)
{
	return t->text[atom];
}

#endif
