// expect: native-unix-socket-stolen /tmp/cache.sock high certain
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_PATH "/tmp/cache.sock"

int main(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strncpy(address.sun_path, SOCKET_PATH, sizeof address.sun_path - 1);
	unlink(SOCKET_PATH);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	listen(fd, 8);
	for (;;)
		close(accept(fd, NULL, NULL));
}
