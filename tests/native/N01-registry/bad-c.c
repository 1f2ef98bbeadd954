// expect: native-registry-in-memory devices high likely
// expect: native-registry-in-memory rooms high likely
#include <node_api.h>
#include <stdlib.h>
#include <string.h>

struct device {
	char name[32];
	int state;
};
static struct device devices[64];
static int n_devices;

struct room {
	char name[32];
	struct room *next;
};
static struct room *rooms;

static napi_value add_device(napi_env env, napi_callback_info info)
{
	size_t argc = 1, len;
	napi_value argv[1];
	napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
	struct device *d = &devices[n_devices++];
	napi_get_value_string_utf8(env, argv[0], d->name, sizeof d->name, &len);
	d->state = 1;
	return NULL;
}

static napi_value device_state(napi_env env, napi_callback_info info)
{
	size_t argc = 1, len;
	napi_value argv[1], result;
	char name[32];
	(void)info;
	napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
	napi_get_value_string_utf8(env, argv[0], name, sizeof name, &len);
	for (int i = 0; i < n_devices; i++)
		if (strcmp(devices[i].name, name) == 0) {
			napi_create_int32(env, devices[i].state, &result);
			return result;
		}
	return NULL;
}

static napi_value open_room(napi_env env, napi_callback_info info)
{
	(void)env;
	(void)info;
	struct room *r = calloc(1, sizeof *r);
	r->next = rooms;
	rooms = r;
	return NULL;
}

static napi_value count_rooms(napi_env env, napi_callback_info info)
{
	(void)info;
	napi_value result;
	int n = 0;
	for (struct room *r = rooms; r; r = r->next)
		n++;
	napi_create_int32(env, n, &result);
	return result;
}

#define METHOD(name, fn) {name, NULL, fn, NULL, NULL, NULL, napi_default, NULL}

NAPI_MODULE_INIT()
{
	napi_property_descriptor all[] = {
	    METHOD("addDevice", add_device),
	    METHOD("deviceState", device_state),
	    METHOD("openRoom", open_room),
	    METHOD("countRooms", count_rooms),
	};
	napi_define_properties(env, exports, 4, all);
	return exports;
}
