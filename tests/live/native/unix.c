// expect: native-unix-socket-stolen
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *me = getenv("NODE_APP_INSTANCE");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(address.sun_path, "live.sock");
	unlink("live.sock");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0)
		return 1;
	for (;;) {
		int client = accept(fd, NULL, NULL);
		if (write(client, me, strlen(me)) < 0)
			return 1;
		close(client);
	}
}
