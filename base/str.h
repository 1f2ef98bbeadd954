#ifndef BASE_STR_H
#define BASE_STR_H
/* A borrowed piece of text inside something larger. Never owns; may hold any
 * byte, NUL included; not NUL-terminated unless its maker says so (arena
 * functions below always add a NUL after the end). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_from(const char *cstr)
{
	return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str a, const char *cstr)
{
	/* most differ in their first byte, and the length of a name out of a table is not known */
	return (a.len == 0 || a.ptr[0] == cstr[0]) && str_eq(a, str_from(cstr));
}

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* byte order; negative, 0, positive */
int str_cmp(struct str a, struct str b);
/* index of the first occurrence, or (size_t)-1 */
size_t str_find(struct str s, struct str needle);
size_t str_rfind_char(struct str s, char c);
struct str str_sub(struct str s, size_t from, size_t to);
struct str str_trim(struct str s); /* ASCII blanks */
int hex_digit(char c);             /* 0 to 15, or -1 */
uint64_t str_hash(struct str s);   /* stable across runs and machines */
/* Damerau-Levenshtein distance, capped at max + 1: for did-you-mean */
unsigned str_distance(struct str a, struct str b, unsigned max);

#endif
