#include "cli/progress.h"

#include <string.h>
#include <unistd.h>

static bool is_wanted(const struct cli *cli)
{
	const char *term = cli_getenv("TERM");
	return !cli->settings->quiet && isatty(fileno(cli->err)) && !cli_getenv("CI") && term &&
	       strcmp(term, "dumb") != 0;
}

static void show(struct progress *p, long seconds)
{
	fprintf(p->cli->err,
		p->cli->lang == LANG_ZH ? "\r\033[Kclusterlint：已读取 %u 个文件，%ld 秒"
					: "\r\033[Kclusterlint: %u files read, %ld s",
		atomic_load(&p->files), seconds);
	fflush(p->cli->err);
}

static void *tick(void *arg)
{
	struct progress *p = arg;
	bool shown = false;
	long seconds = 0;
	pthread_mutex_lock(&p->lock);
	while (!p->done) {
		struct timespec next = p->start;
		next.tv_sec += seconds + 1;
		if (pthread_cond_timedwait(&p->wake, &p->lock, &next) == 0 || p->done)
			continue; /* woken before its time: to end, or for nothing */
		show(p, ++seconds);
		shown = true;
	}
	pthread_mutex_unlock(&p->lock);
	if (shown) {
		fputs("\r\033[K", p->cli->err);
		fflush(p->cli->err);
	}
	return NULL;
}

void progress_begin(struct progress *p, const struct cli *cli, struct fs *fs)
{
	pthread_condattr_t attr;
	*p = (struct progress){.cli = cli};
	if (!is_wanted(cli))
		return;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, &attr);
	pthread_condattr_destroy(&attr);
	clock_gettime(CLOCK_MONOTONIC, &p->start);
	p->on = pthread_create(&p->thread, NULL, tick, p) == 0;
	if (p->on && fs)
		fs->reads = &p->files;
}

void progress_end(struct progress *p, struct fs *fs)
{
	if (!p->on)
		return;
	if (fs)
		fs->reads = NULL;
	pthread_mutex_lock(&p->lock);
	p->done = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
}

struct run_report *progress_run(struct session *s, const struct cli *cli)
{
	struct progress p;
	progress_begin(&p, cli, &s->fs);
	struct run_report *r = plan_run(&s->ctx, &s->cards, &s->policy, s->configs, s->n_configs);
	progress_end(&p, &s->fs);
	return r;
}
