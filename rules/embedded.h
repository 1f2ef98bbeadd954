#ifndef RULES_EMBEDDED_H
#define RULES_EMBEDDED_H
/* Every rules/ YAML file (rule cards, package catalogue), put into the program by
 * rules/embed.c while building. Sorted by path; the texts end with a NUL that
 * is not counted. */
#include <stddef.h>

struct embedded_file {
	const char *path; /* from the repository's root: "rules/..." */
	const char *text;
	size_t len;
};

extern const struct embedded_file embedded_files[];
extern const size_t n_embedded_files;

#endif
