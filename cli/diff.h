#ifndef CLI_DIFF_H
#define CLI_DIFF_H
/* A unified diff of a text and its edits, with three lines of context.
 * path: of the file, from the shell's folder, so that patch -p1 finds it there. exact: the bytes as they are,
 * so that patch(1) takes it; else what could steer a terminal is escaped. */
#include "cli/paint.h"
#include "planner/edit.h"

void diff_write(struct paint *p, const struct source *source, const char *path, const struct edit_result *r, bool exact);

#endif
