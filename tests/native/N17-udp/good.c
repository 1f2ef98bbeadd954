// SO_REUSEPORT; multicast
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static int shared(void)
{
	struct sockaddr_in address = {0};
	int on = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	address.sin_family = AF_INET;
	address.sin_port = htons(8125);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	return fd;
}

static int group(void)
{
	struct sockaddr_in address = {0};
	struct ip_mreq m = {0};
	int on = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m);
	address.sin_family = AF_INET;
	address.sin_port = htons(5353);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	return fd;
}

int main(void)
{
	char datagram[512];
	int a = shared(), b = group();
	for (;;)
		recv(a > b ? a : b, datagram, sizeof datagram, 0);
}
