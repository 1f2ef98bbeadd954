#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/err.h"

enum { FIRST_BLOCK = 16 * 1024, ALIGN = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	max_align_t data[];
};

void arena_init(struct arena *a)
{
	a->head = NULL;
	a->bytes = 0;
}

void arena_reset(struct arena *a)
{
	if (!a->head)
		return;
	struct arena_block *b = a->head->next;
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
	a->head->next = NULL;
#ifdef ARENA_POISON
	memset(a->head->data, 0xa5, a->head->used);
#endif
	a->head->used = 0;
	a->bytes = 0;
}

void arena_release(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->head);
	a->head = NULL;
}

/* The adopted blocks go behind a's first, which goes on being filled. */
void arena_adopt(struct arena *a, struct arena *other)
{
	if (!a->head) {
		*a = *other;
	} else if (other->head) {
		struct arena_block *last = other->head;
		while (last->next)
			last = last->next;
		last->next = a->head->next;
		a->head->next = other->head;
		a->bytes += other->bytes;
	}
	arena_init(other);
}

static struct arena_block *block_new(struct arena *a, size_t need)
{
	size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
	if (size > 8u * 1024 * 1024)
		size = 8u * 1024 * 1024;
	if (size < need)
		size = need;
	struct arena_block *b = xmalloc(sizeof *b + size);
	b->size = size;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX - ALIGN - sizeof(struct arena_block))
		BUG("allocation of %zu bytes", size);
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_block *b = a->head;
	if (!b || b->size - b->used < size)
		b = block_new(a, size);
	void *p = (char *)b->data + b->used;
	b->used += size;
	a->bytes += size;
	return memset(p, 0, size);
}

void *arena_alloc_array(struct arena *a, size_t size, size_t n)
{
	if (n && size > SIZE_MAX / n)
		BUG("array of %zu elements", n);
	return arena_alloc(a, size * n);
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_cstr(a, s), s.len};
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	return p;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		BUG("format %s", fmt);
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}
