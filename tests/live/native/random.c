// expect: native-time-seeded-random
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
	char path[256];
	/* PM2 starts instances one after the other: all seed at the next full five seconds */
	while (time(NULL) % 5)
		usleep(20000);
	srand(time(NULL));
	snprintf(path, sizeof path, "%s/random.%s", getenv("LIVE_OUT"), getenv("NODE_APP_INSTANCE"));
	FILE *f = fopen(path, "w");
	fprintf(f, "%d", rand());
	fclose(f);
	for (;;)
		pause();
}
