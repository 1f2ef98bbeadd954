// expect: native-udp-steals-datagrams
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in address = {0};
	char datagram[64], path[256];
	int on = 1, n = 0, fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(getenv("LIVE_PORT")));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	snprintf(path, sizeof path, "%s/udp.%s", getenv("LIVE_OUT"), getenv("NODE_APP_INSTANCE"));
	for (;;) {
		FILE *f = fopen(path, "w");
		fprintf(f, "%d", n);
		fclose(f);
		if (recv(fd, datagram, sizeof datagram, 0) >= 0)
			n++;
	}
}
