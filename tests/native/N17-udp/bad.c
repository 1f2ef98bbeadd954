// expect: native-udp-steals-datagrams "the port from the environment" high certain
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in address = {0};
	char datagram[512];
	int on = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(getenv("STATSD_PORT")));
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	for (;;)
		recv(fd, datagram, sizeof datagram, 0);
}
