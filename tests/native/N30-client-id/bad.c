// expect: native-fixed-client-id telemetry-writer high likely
#include <stddef.h>

struct mosquitto;
struct mosquitto *mosquitto_new(const char *id, int clean, void *data);
int mosquitto_loop_forever(struct mosquitto *m, int timeout, int packets);

int main(void)
{
	struct mosquitto *m = mosquitto_new("telemetry-writer", 1, NULL);
	return mosquitto_loop_forever(m, -1, 1);
}
