// scratch and errno-like
#include <napi.h>
#include <string>

static thread_local std::string scratch;
static thread_local int last_error;

static Napi::Value Pad(const Napi::CallbackInfo &info)
{
	scratch = info[0].As<Napi::String>().Utf8Value();
	scratch.append("   ");
	last_error = 0;
	return Napi::String::New(info.Env(), scratch);
}
static Napi::Value LastError(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), last_error);
}
static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("pad", Napi::Function::New(env, Pad));
	exports.Set("lastError", Napi::Function::New(env, LastError));
	return exports;
}
NODE_API_MODULE(addon, Init)
