#ifndef BASE_ERR_H
#define BASE_ERR_H
/* The ends of the road: memory that always arrives, and our own bugs.
 * Out of memory ends the process here and nowhere else (status 2).
 * struct err carries trouble with the environment (cannot read, cannot write)
 * upward; the text lives in the arena that the failing function was given. */
#include <stdbool.h>
#include <stddef.h>

struct err {
	const char *text; /* NULL where all went well */
};

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *ptr, size_t size);

#define BUG(...) bug_(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
