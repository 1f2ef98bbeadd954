// expect: native-connection-registry clients high likely
// expect: native-port-not-shared "port 7000" high certain
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct client {
	int fd;
	char name[32];
} clients[64];
static int n_clients;

static void broadcast(const char *text, size_t len)
{
	for (int i = 0; i < n_clients; i++)
		send(clients[i].fd, text, len, 0);
}

int main(void)
{
	struct sockaddr_in address = {0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_family = AF_INET;
	address.sin_port = htons(7000);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	listen(fd, 16);
	for (;;) {
		char text[256];
		int client = accept(fd, NULL, NULL);
		clients[n_clients++].fd = client;
		ssize_t n = recv(client, text, sizeof text, 0);
		if (n > 0)
			broadcast(text, (size_t)n);
	}
}
