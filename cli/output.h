#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H
/* Where documents go: the standard output or a file. A file holds its old text
 * or all of the new one, at any moment; devices, pipes and files that cannot be
 * replaced are written to as they are. */
#include "cli/cli.h"
#include "base/str.h"

/* NULL, - and /dev/stdout */
bool output_is_stdout(const char *file);
/* False after having told. Errors of the standard output are main's to tell. */
bool output_write(struct cli *cli, const char *file, struct str text);

#endif
