// expect: native-exclusive-device /dev/ttyUSB0 high likely
#include <napi.h>
#include <fcntl.h>

static int port = -1;

static Napi::Value Open(const Napi::CallbackInfo &info)
{
	if (port < 0)
		port = open("/dev/ttyUSB0", O_RDWR | O_NOCTTY);
	return Napi::Boolean::New(info.Env(), port >= 0);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("open", Napi::Function::New(env, Open));
	return exports;
}
NODE_API_MODULE(addon, Init)
