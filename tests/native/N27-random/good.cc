// the seed differs from process to process
#include <napi.h>
#include <cstdlib>
#include <ctime>
#include <random>
#include <unistd.h>

static Napi::Value Token(const Napi::CallbackInfo &info)
{
	static std::mt19937 engine{std::random_device{}()};
	return Napi::Number::New(info.Env(), rand() + (double)engine());
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	srand(time(NULL) ^ getpid());
	exports.Set("token", Napi::Function::New(env, Token));
	return exports;
}
NODE_API_MODULE(addon, Init)
