// expect: native-timer-duplicates on_alarm high likely
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_alarm(int sig)
{
	(void)sig;
	if (system("/usr/local/bin/send-invoices") != 0)
		_exit(1);
	alarm(3600);
}

int main(void)
{
	signal(SIGALRM, on_alarm);
	alarm(3600);
	for (;;)
		pause();
}
