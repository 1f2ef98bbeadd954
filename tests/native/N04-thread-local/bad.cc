// expect: native-thread-local-context current_user medium likely
#include <napi.h>
#include <string>

static thread_local std::string current_user;

static Napi::Value Enter(const Napi::CallbackInfo &info)
{
	current_user = info[0].As<Napi::String>().Utf8Value();
	return info.Env().Undefined();
}
static Napi::Value Who(const Napi::CallbackInfo &info)
{
	return Napi::String::New(info.Env(), current_user);
}
static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("enter", Napi::Function::New(env, Enter));
	exports.Set("who", Napi::Function::New(env, Who));
	return exports;
}
NODE_API_MODULE(addon, Init)
