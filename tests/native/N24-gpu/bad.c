// expect: native-gpu-context cudaSetDevice medium possible
#include <node_api.h>

int cudaSetDevice(int device);

static napi_value Load(napi_env env, napi_callback_info info)
{
	(void)env, (void)info;
	cudaSetDevice(0);
	return NULL;
}

NAPI_MODULE_INIT()
{
	napi_value fn;
	napi_create_function(env, "load", NAPI_AUTO_LENGTH, Load, NULL, &fn);
	napi_set_named_property(env, exports, "load", fn);
	return exports;
}
