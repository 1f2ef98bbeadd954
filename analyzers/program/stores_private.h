#ifndef ANALYZERS_PROGRAM_STORES_PRIVATE_H
#define ANALYZERS_PROGRAM_STORES_PRIVATE_H
/* What store_models.c shares with store_inserts.c: of the text of SQL. */
#include "base/str.h"

bool sql_starts(struct str sql, const char *verb); /* verb: in capitals */
struct str sql_table(struct str sql);		   /* "" where none is named */

#endif
