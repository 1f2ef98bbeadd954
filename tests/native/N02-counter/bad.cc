// expect: native-counter-id next_order high likely
// expect: native-counter-id serial high likely
#include <napi.h>
#include <atomic>
#include <string>

static std::atomic<uint32_t> next_order{1};

static Napi::Value OrderNumber(const Napi::CallbackInfo &info)
{
	uint32_t n = next_order.fetch_add(1);
	return Napi::String::New(info.Env(), "ORD-" + std::to_string(n));
}

static Napi::Value Serial(const Napi::CallbackInfo &info)
{
	static int serial = 0;
	serial++;
	return Napi::Number::New(info.Env(), serial);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports["orderNumber"] = Napi::Function::New(env, OrderNumber);
	exports["serial"] = Napi::Function::New(env, Serial);
	return exports;
}

NODE_API_MODULE(addon, Init)
