// expect: native-fifo-readers /tmp/jobs medium likely
#include <stdio.h>
#include <sys/stat.h>

int main(void)
{
	char line[256];
	mkfifo("/tmp/jobs", 0600);
	for (;;) {
		FILE *f = fopen("/tmp/jobs", "r");
		while (f && fgets(line, sizeof line, f))
			puts(line);
		if (f)
			fclose(f);
	}
}
