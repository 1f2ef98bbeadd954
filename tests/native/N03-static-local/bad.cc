// expect: native-static-local last_alarm low likely
#include <napi.h>
#include <ctime>

static Napi::Value Alarm(const Napi::CallbackInfo &info)
{
	static time_t last_alarm = 0;
	time_t now = time(nullptr);
	if (now - last_alarm < 60)
		return Napi::Boolean::New(info.Env(), false);
	last_alarm = now;
	return Napi::Boolean::New(info.Env(), true);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("alarm", Napi::Function::New(env, Alarm));
	return exports;
}

NODE_API_MODULE(addon, Init)
