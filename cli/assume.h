#ifndef CLI_ASSUME_H
#define CLI_ASSUME_H
/* What the command line says about apps and the database, over what the settings
 * say: --what-if, --rss, --max-connections. Lives in the session's arena. */
#include "cli/session.h"

/* false: told on cli->err, the run ends with trouble */
bool assume_read(struct session *s, struct cli *cli);
/* whether some app has this name; else it is told, with the one that is meant or all that there are */
bool assume_app(struct session *s, struct cli *cli, const char *option, struct str name);

#endif
