// expect: native-packet-capture socket high likely
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void)
{
	char packet[2048];
	int fd = socket(AF_PACKET, SOCK_RAW, htons(3));
	for (;;)
		recv(fd, packet, sizeof packet, 0);
}
