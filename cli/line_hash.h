#ifndef CLI_LINE_HASH_H
#define CLI_LINE_HASH_H
/* GitHub's fingerprint of a line: a rolling hash over the next 100 characters
 * that are no blanks, and a count for equal ones (codeql-action,
 * src/fingerprints.ts). The hashes of a file are computed once. */
#include "base/map.h"
#include "base/source.h"

struct line_hashes {
	struct arena *arena; /* borrowed */
	struct map by_path;
	const char ***files; /* per source: [line - 1] -> text */
	size_t n, cap;
};

void line_hashes_init(struct line_hashes *h, struct arena *arena);
void line_hashes_release(struct line_hashes *h);
const char *line_hash(struct line_hashes *h, struct place at);

#endif
