// expect: native-timer-duplicates bill_everybody high likely
// expect: native-timer-duplicates main high likely
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void charge(void)
{
	if (system("/usr/local/bin/charge --all") != 0)
		return;
}

static void *bill_everybody(void *arg)
{
	(void)arg;
	while (1) {
		sleep(3600);
		charge();
	}
	return NULL;
}

int main(void)
{
	pthread_t t;
	pthread_create(&t, NULL, bill_everybody, NULL);
	for (;;) {
		charge();
		sleep(60);
	}
}
