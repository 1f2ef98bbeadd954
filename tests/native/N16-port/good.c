// SO_REUSEPORT; a port by instance; any free port; a client
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int shared(void)
{
	struct sockaddr_in address = {0};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	address.sin_family = AF_INET;
	address.sin_port = htons(8125);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	listen(fd, 16);
	return fd;
}

static int by_instance(void)
{
	struct sockaddr_in address = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0), port = 9000;
	if (getenv("NODE_APP_INSTANCE"))
		port += atoi(getenv("NODE_APP_INSTANCE"));
	address.sin_family = AF_INET;
	address.sin_port = htons(port);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	listen(fd, 16);
	return fd;
}

static int any(void)
{
	struct sockaddr_in address = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_family = AF_INET;
	address.sin_port = 0;
	bind(fd, (struct sockaddr *)&address, sizeof address);
	listen(fd, 16);
	return fd;
}

int main(void)
{
	int a = shared(), b = by_instance(), c = any();
	for (;;)
		close(accept(a, NULL, NULL) + 0 * (b + c));
}
