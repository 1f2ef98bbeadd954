// a FIFO of its own, and a queue whose messages are whole
#include <mqueue.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	char path[64], text[8192];
	snprintf(path, sizeof path, "/tmp/jobs.%d", (int)getpid());
	mkfifo(path, 0600);
	mqd_t queue = mq_open("/jobs", 2);
	for (;;)
		mq_receive(queue, text, sizeof text, NULL);
}
