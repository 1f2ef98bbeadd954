#ifndef CLI_GIT_H
#define CLI_GIT_H
/* Which lines changed, told by the git command. It is started directly, without
 * a shell, with a small environment, and with fsmonitor, hooks, external diffs
 * and text conversion off, which are programs that a repository may name. Clean
 * filters stay: without them the files of Git LFS would all have changed. */
#include "cli/session.h"

/* since: a commit or branch, or NULL for what is staged. Texts live in the session's arena. False
 * after having told what is wrong. */
bool git_changes(struct session *s, struct cli *cli, const char *since, struct changes *out);

#endif
