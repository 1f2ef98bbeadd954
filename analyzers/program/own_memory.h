#ifndef ANALYZERS_PROGRAM_OWN_MEMORY_H
#define ANALYZERS_PROGRAM_OWN_MEMORY_H
/* Work that each process does for itself alone, though it reaches outside: what it fetches stays in its own memory, what
 * it writes is what it has gathered there. Nothing is allocated. */
#include "analyzers/program/program.h"

/* token = (await axios.post(..)).data: does the call's result go into a cell of this process? */
bool prog_keeps_result(const struct program *p, const struct prog_call *call);
/* const rows = buffer; buffer = []; await save(rows): is what the call is given taken out of a cell that this function
 * empties, and that others than timers fill? */
bool prog_flushes_own(const struct program *p, uint32_t app, const struct prog_call *call);

#endif
