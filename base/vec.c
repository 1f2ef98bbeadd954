#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>
#include "base/err.h"

void *vec_grow_(void *ptr, size_t *cap, size_t size)
{
	size_t next = *cap ? *cap * 2 : 8;
	if (next > SIZE_MAX / size)
		BUG("vector of %zu elements", next);
	*cap = next;
	return xrealloc(ptr, next * size);
}

void vec_free_(void *ptr)
{
	free(ptr);
}
