// the caller names the device; one is only read
#include <napi.h>
#include <fcntl.h>
#include <string>

static Napi::Value Open(const Napi::CallbackInfo &info)
{
	std::string path = info[0].As<Napi::String>().Utf8Value();
	int fd = open(path.c_str(), O_RDWR | O_NOCTTY);
	int sensor = open("/dev/i2c-1", O_RDONLY);
	return Napi::Number::New(info.Env(), fd + sensor);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("open", Napi::Function::New(env, Open));
	return exports;
}
NODE_API_MODULE(addon, Init)
