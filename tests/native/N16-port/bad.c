// expect: native-port-not-shared "port 8125" high certain
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_server(int number)
{
	struct sockaddr_in address;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	memset(&address, 0, sizeof address);
	address.sin_family = AF_INET;
	address.sin_port = htons(number);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		exit(1);
	listen(fd, 16);
	return fd;
}

int main(void)
{
	int fd = open_server(8125);
	for (;;) {
		int client = accept(fd, NULL, NULL);
		close(client);
	}
}
