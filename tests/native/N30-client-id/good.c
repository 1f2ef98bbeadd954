// made up by the library, or by process
#include <stdio.h>
#include <unistd.h>

struct mosquitto;
struct mosquitto *mosquitto_new(const char *id, int clean, void *data);
int mosquitto_loop_forever(struct mosquitto *m, int timeout, int packets);

int main(void)
{
	char id[32];
	snprintf(id, sizeof id, "writer-%d", (int)getpid());
	struct mosquitto *a = mosquitto_new(NULL, 1, NULL), *b = mosquitto_new(id, 1, NULL);
	return mosquitto_loop_forever(a ? a : b, -1, 1);
}
