#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H
/* The text of one input file and where its lines begin. A span is a half-open
 * range of bytes; line and column are computed only when something is printed.
 * Lines and columns start at 1; columns count UTF-16 units. A BOM counts as no
 * column. Invalid UTF-8 bytes count as one unit each. */
#include <stdint.h>
#include "base/arena.h"
#include "base/str.h"

struct span {
	uint32_t start, end; /* bytes, half open */
};

struct source {
	struct str path; /* relative to the project root, forward slashes */
	struct str text; /* as on disk, BOM included */
	uint32_t *line_starts;
	uint32_t n_lines;
};

struct position {
	uint32_t line, column;
};

/* path and text are borrowed: they live in the same arena as the source */
struct source *source_new(struct arena *a, struct str path, struct str text);
struct position source_position(const struct source *s, uint32_t byte);
/* the line's text without its line end; line counts from 1 */
struct str source_line(const struct source *s, uint32_t line);
/* number of bytes of a BOM at the start: 0 or 3 */
uint32_t source_bom(struct str text);

/* A place in some file. source NULL: no place. */
struct place {
	const struct source *source;
	struct span span;
};
/* by path, start, end; no place comes first */
int place_cmp(struct place a, struct place b);

#endif
