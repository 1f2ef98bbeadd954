// expect: native-timer-duplicates on_report high likely
#include <stdlib.h>
#include <uv.h>

static uv_timer_t timer, once;

static void on_report(uv_timer_t *t)
{
	(void)t;
	if (system("/usr/local/bin/report | mail -s report boss") != 0)
		return;
}

static void on_start(uv_timer_t *t)
{
	(void)t;
	if (system("/usr/local/bin/warm-up") != 0)
		return;
}

int main(void)
{
	uv_timer_init(uv_default_loop(), &timer);
	uv_timer_init(uv_default_loop(), &once);
	uv_timer_start(&timer, on_report, 1000, 60000);
	uv_timer_start(&once, on_start, 1000, 0);
	return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
