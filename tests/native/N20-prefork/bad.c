// expect: native-prefork fork low likely
// expect: native-port-not-shared "port 8080" high certain
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int fd)
{
	for (;;)
		close(accept(fd, NULL, NULL));
}

int main(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(8080)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bind(fd, (struct sockaddr *)&at, sizeof at);
	listen(fd, 16);
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			serve(fd);
	while (wait(NULL) > 0)
		;
}
