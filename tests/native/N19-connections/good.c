// each connection is only answered on its own socket
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct pollfd fds[64];
static int n_fds;

int main(void)
{
	struct sockaddr_in address = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_family = AF_INET;
	address.sin_port = htons(7000 + atoi(getenv("NODE_APP_INSTANCE")));
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	listen(fd, 16);
	for (;;) {
		char text[256];
		poll(fds, (nfds_t)n_fds, 1000);
		fds[n_fds++].fd = accept(fd, NULL, NULL);
		for (int i = 0; i < n_fds; i++)
			if (fds[i].revents & POLLIN) {
				ssize_t n = recv(fds[i].fd, text, sizeof text, 0);
				if (n > 0)
					send(fds[i].fd, text, (size_t)n, 0);
			}
	}
}
