// expect: native-counter-id
#include <node_api.h>

static unsigned next_id = 1;

static napi_value take(napi_env env, napi_callback_info info)
{
	napi_value result;
	(void)info;
	napi_create_uint32(env, next_id++, &result);
	return result;
}

NAPI_MODULE_INIT()
{
	napi_value fn;
	napi_create_function(env, "take", NAPI_AUTO_LENGTH, take, NULL, &fn);
	napi_set_named_property(env, exports, "take", fn);
	return exports;
}
