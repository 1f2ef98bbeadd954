// files that the system names, or that have no name
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	for (;;) {
		char name[] = "/tmp/job-XXXXXX", dir[] = "/tmp/jobs-XXXXXX";
		int a = mkstemp(name), b = open("/tmp", O_TMPFILE | O_RDWR, 0600), c = memfd_create("job", 0);
		FILE *f = tmpfile();
		if (!mkdtemp(dir) || !f || a < 0 || b < 0 || c < 0)
			return 1;
		if (write(a, "x", 1) + write(b, "x", 1) + write(c, "x", 1) != 3)
			return 1;
		fclose(f);
		close(a), close(b), close(c);
		unlink(name);
		rmdir(dir);
		sleep(1);
	}
}
