// expect: native-port-not-shared
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const char *word)
{
	char path[256];
	snprintf(path, sizeof path, "%s/tcp.%s", getenv("LIVE_OUT"), getenv("NODE_APP_INSTANCE"));
	FILE *f = fopen(path, "w");
	fputs(word, f);
	fclose(f);
}

int main(void)
{
	struct sockaddr_in address = {0};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(getenv("LIVE_PORT")));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0) {
		say("refused");
		return 1;
	}
	say("bound");
	for (;;)
		close(accept(fd, NULL, NULL));
}
