#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H
/* A line on the error stream while a long run goes on: only on a terminal, only
 * from the second second on, and wiped before anything else is printed. It has
 * a thread of its own, so that nobody below has to think of it. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "cli/session.h"

struct progress {
	const struct cli *cli;
	bool on, done;
	atomic_uint files;
	struct timespec start;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

/* fs counts into it until the end; may be NULL */
void progress_begin(struct progress *p, const struct cli *cli, struct fs *fs);
void progress_end(struct progress *p, struct fs *fs);

/* plan_run with such a line */
struct run_report *progress_run(struct session *s, const struct cli *cli);

#endif
