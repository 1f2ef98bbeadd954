// expect: native-file-read-modify-write /var/lib/shop/stock.txt high likely
#include <node_api.h>
#include <stdio.h>

static napi_value Take(napi_env env, napi_callback_info info)
{
	int left = 0;
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
