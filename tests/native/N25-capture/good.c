// packets are dealt out among the processes
#include <arpa/inet.h>
#include <sys/socket.h>

#define SOL_PACKET 263
#define PACKET_FANOUT 18

int main(void)
{
	char packet[2048];
	int fd = socket(AF_PACKET, SOCK_RAW, htons(3)), group = 7;
	setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof group);
	for (;;)
		recv(fd, packet, sizeof packet, 0);
}
