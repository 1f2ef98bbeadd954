#ifndef CLI_GRAPH_H
#define CLI_GRAPH_H
/* --dump-graph: for each app its entries and why they are its entries, then each
 * file that it loads and the line of another file that loads it. */
#include "cli/session.h"

int dump_graph(struct cli *cli, struct session *s);

#endif
