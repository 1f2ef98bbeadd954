// expect: native-single-instance-lock /var/run/worker.pid medium likely
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/var/run/worker.pid", O_RDWR | O_CREAT, 0644);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		fprintf(stderr, "already running\n");
		exit(1);
	}
	for (;;)
		pause();
}
