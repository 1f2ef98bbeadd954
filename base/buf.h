#ifndef BASE_BUF_H
#define BASE_BUF_H
/* A growable byte string for output. Owns its bytes; always NUL-terminated
 * once something was added. */
#include <stdarg.h>
#include <stddef.h>
#include "base/str.h"

struct buf {
	char *ptr;
	size_t len, cap;
};

void buf_release(struct buf *b);
void buf_add(struct buf *b, struct str s);
void buf_adds(struct buf *b, const char *cstr);
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->ptr, b->len};
}

#endif
