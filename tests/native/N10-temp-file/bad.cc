// expect: native-fixed-temp-file /tmp/resize.png medium likely
// expect: native-fixed-temp-file tmpnam medium likely
#include <napi.h>
#include <cstdio>
#include <fstream>

static Napi::Value Resize(const Napi::CallbackInfo &info)
{
	std::ofstream out("/tmp/resize.png");
	out << info[0].As<Napi::String>().Utf8Value();
	return info.Env().Undefined();
}

static Napi::Value Name(const Napi::CallbackInfo &info)
{
	char name[L_tmpnam];
	return Napi::String::New(info.Env(), tmpnam(name));
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("resize", Napi::Function::New(env, Resize));
	exports.Set("name", Napi::Function::New(env, Name));
	return exports;
}
NODE_API_MODULE(addon, Init)
