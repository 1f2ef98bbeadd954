// the name holds the instance
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	char path[128];
	const char *instance = getenv("NODE_APP_INSTANCE");
	snprintf(path, sizeof path, "/var/run/worker-%s.pid", instance ? instance : "0");
	int fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
		exit(1);
	for (;;)
		pause();
}
