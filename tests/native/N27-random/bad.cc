// expect: native-time-seeded-random srand medium certain
// expect: native-time-seeded-random engine medium likely
#include <napi.h>
#include <cstdlib>
#include <ctime>
#include <random>

static Napi::Value Token(const Napi::CallbackInfo &info)
{
	static std::mt19937 engine(time(nullptr));
	return Napi::Number::New(info.Env(), rand() + (double)engine());
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	srand(time(NULL));
	exports.Set("token", Napi::Function::New(env, Token));
	return exports;
}
NODE_API_MODULE(addon, Init)
