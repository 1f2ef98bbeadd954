#ifndef RULES_MEMORY_STATE_SENDERS_H
#define RULES_MEMORY_STATE_SENDERS_H
/* Who reaches clients through a registry of live connections: calls from other
 * files of the functions that send through it. They say what does not arrive
 * when the client's connection is held by another process. */
#include "rules/hazard.h"

/* adds "sent in ..." to h for up to four files; senders: the functions that read the registry */
void add_senders(struct check *c, struct hazard *h, prog_id home, const prog_id *senders, size_t n);

#endif
