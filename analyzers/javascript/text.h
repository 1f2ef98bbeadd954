#ifndef ANALYZERS_JAVASCRIPT_TEXT_H
#define ANALYZERS_JAVASCRIPT_TEXT_H
/* Strings as JavaScript counts them, on text that is stored as UTF-8 (lone
 * surrogates as WTF-8): lengths and indices in UTF-16 units. ASCII text takes
 * the short way. An invalid byte counts as one unit. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

bool u16_ascii(struct str s);
size_t u16_len(struct str s);
int u16_at(struct str s, size_t index); /* the unit, or -1 beyond the end */
struct str u16_slice(struct arena *a, struct str s, size_t from, size_t to);
size_t u16_index(struct str s, size_t byte); /* unit index of a byte offset */
size_t u16_byte(struct str s, size_t index); /* byte offset of the character that holds a unit */
/* one code point at s.ptr[*i]; moves *i on; -1 at the end */
int32_t u16_next(struct str s, size_t *i);
void u16_put(struct buf *b, uint32_t code_point); /* UTF-8 or WTF-8 */
/* joins two strings; a high surrogate at the seam meets its low one */
struct str u16_cat(struct arena *a, struct str x, struct str y);
int u16_cmp(struct str a, struct str b); /* order of UTF-16 units, as < and sort() see it */
bool u16_is_space(int32_t code_point);	 /* what trim() and \s take away */
struct str u16_trim(struct str s, bool start, bool end);

#endif
