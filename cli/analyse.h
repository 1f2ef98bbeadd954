#ifndef CLI_ANALYSE_H
#define CLI_ANALYSE_H
/* The path that check, plan and report share: load, analyse, print in each format that
 * was asked for. Returns the exit status of check. */
#include "cli/cli.h"
#include "cli/format.h"
#include "cli/session.h"

int cli_analyse(struct cli *cli, enum view view);

/* says that no plan fits, and the way out; false where one does */
bool cli_tell_unfit(struct cli *cli, struct session *s, const struct config_report *c);

#endif
