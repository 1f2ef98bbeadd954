// own memory only; a leader; a retry at start
// expect: native-timer-duplicates sync_partner medium likely
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int cache[100];

static void *evict(void *arg)
{
	(void)arg;
	for (;;) {
		sleep(10);
		memset(cache, 0, sizeof cache);
	}
	return NULL;
}

/* guarded, though weakly: PM2 can leave no instance 0, or two for a moment */
static void *sync_partner(void *arg)
{
	(void)arg;
	const char *instance = getenv("NODE_APP_INSTANCE");
	if (instance && strcmp(instance, "0") != 0)
		return NULL;
	for (;;) {
		sleep(10);
		if (system("/usr/local/bin/sync") != 0)
			return NULL;
	}
	return NULL;
}

int main(void)
{
	pthread_t a, b;
	for (int i = 0; i < 3; i++) {
		if (access("/run/ready", F_OK) == 0)
			break;
		sleep(1);
	}
	pthread_create(&a, NULL, evict, NULL);
	pthread_create(&b, NULL, sync_partner, NULL);
	pthread_join(a, NULL);
	return 0;
}
