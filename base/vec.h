#ifndef BASE_VEC_H
#define BASE_VEC_H
/* A growable array on the heap: struct { T *ptr; size_t len, cap; }. The
 * holder owns the elements' memory and releases it with vec_release; a zeroed
 * struct is an empty array. Growing moves the elements. */
#include <stddef.h>
#include "base/arena.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *ptr;                                                                         \
		size_t len, cap;                                                                   \
	}

#define vec_push(v, ...)                                                                           \
	do {                                                                                       \
		if ((v)->len == (v)->cap)                                                          \
			(v)->ptr = vec_grow_((v)->ptr, &(v)->cap, sizeof *(v)->ptr);               \
		(v)->ptr[(v)->len++] = (__VA_ARGS__);                                              \
	} while (0)

#define vec_release(v)                                                                             \
	do {                                                                                       \
		vec_free_((v)->ptr);                                                               \
		(v)->ptr = NULL;                                                                   \
		(v)->len = (v)->cap = 0;                                                           \
	} while (0)

#define vec_clear(v) ((void)((v)->len = 0))

void *vec_grow_(void *ptr, size_t *cap, size_t size);
void vec_free_(void *ptr);

#endif
