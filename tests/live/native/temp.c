// expect: native-file-read-modify-write
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* adds one to a number in a file, a hundred times; a second process does the same */
static void add_one(void)
{
	int n = 0;
	FILE *f = fopen("number", "r");
	if (f) {
		if (fscanf(f, "%d", &n) != 1)
			n = 0;
		fclose(f);
	}
	usleep(5000);
	f = fopen("number", "w");
	fprintf(f, "%d", n + 1);
	fclose(f);
}

int main(void)
{
	char path[256];
	int left = 200;
	while (left > 0) {
		add_one();
		left--;
		usleep(5000);
	}
	snprintf(path, sizeof path, "%s/temp.%s", getenv("LIVE_OUT"), getenv("NODE_APP_INSTANCE"));
	FILE *f = fopen(path, "w");
	fclose(f);
	for (;;)
		pause();
}
