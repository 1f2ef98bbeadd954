#ifndef ANALYZERS_ECOSYSTEM_SPLIT_H
#define ANALYZERS_ECOSYSTEM_SPLIT_H
/* How PM2 makes a list out of a text such as args: '--a "b c"'. The rules of
 * 7.x differ from those of 5.x and 6.x in what is kept of quotes. */
#include "analyzers/javascript/value.h"

/* text: a string value; its origin becomes that of the list and of its items */
const struct value *split_args(struct arena *a, const struct value *text, uint32_t pm2_major);

#endif
