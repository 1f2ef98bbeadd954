// a lock that other processes respect is held around it
#include <fcntl.h>
#include <node_api.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static napi_value Take(napi_env env, napi_callback_info info)
{
	int left = 0, lock = open("/var/lib/shop/stock.lock", O_CREAT | O_RDWR, 0600);
	flock(lock, LOCK_EX);
	FILE *f = fopen("/var/lib/shop/stock.txt", "r");
	if (f) {
		if (fscanf(f, "%d", &left) != 1)
			left = 0;
		fclose(f);
	}
	f = fopen("/var/lib/shop/stock.txt", "w");
	if (f) {
		fprintf(f, "%d", left - 1);
		fclose(f);
	}
	close(lock);
	(void)env, (void)info;
	return NULL;
}

NAPI_MODULE_INIT()
{
	napi_value fn;
	napi_create_function(env, "take", NAPI_AUTO_LENGTH, Take, NULL, &fn);
	napi_set_named_property(env, exports, "take", fn);
	return exports;
}
