#ifndef PLANNER_POOLS_H
#define PLANNER_POOLS_H
/* Shared by pools.c (pools that sources make) and prisma.c (the one that Prisma
 * makes by itself). What a database server allows by default comes from its own
 * manual; the texts live in the run's arena. */
#include "planner/internal.h"

/* the server of that name in schema.prisma or a connection URI, NULL for a file and what is not known */
const struct db_server *pool_server(struct str name);
/* the number that ?name= or &name= gives in a connection URI; 0: not there */
uint32_t pool_uri_number(struct str uri, const char *name);

struct db_pool pool_of_prisma(struct plan_config *c, struct plan_app *app);

#endif
