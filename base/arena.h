#ifndef BASE_ARENA_H
#define BASE_ARENA_H
/* Memory that is released all at once. One arena lives as long as the run;
 * scratch arenas live as long as one file or one task and are reset after it.
 * What an arena returns is zeroed, aligned for any object, and never freed
 * alone. Debug builds (-DARENA_POISON) overwrite a reset arena. */
#include <stdarg.h>
#include <stddef.h>
#include "base/str.h"

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t bytes; /* handed out since the last reset */
};

void arena_init(struct arena *a);
void arena_reset(struct arena *a);
void arena_release(struct arena *a);
/* what lives in `other` lives in `a` from now on; `other` is empty and reusable */
void arena_adopt(struct arena *a, struct arena *other);

void *arena_alloc(struct arena *a, size_t size);
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc_array((a), sizeof(type), (n)))
void *arena_alloc_array(struct arena *a, size_t size, size_t n);

/* copies end with a NUL that is not counted */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

#endif
