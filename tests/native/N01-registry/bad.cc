// expect: native-registry-in-memory sessions high certain
// expect: native-registry-in-memory hits medium certain
// expect: native-registry-in-memory seen high certain
// expect: native-setting-in-memory price_factor medium likely
#include <napi.h>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace {
std::unordered_map<std::string, std::string> sessions;
std::map<std::string, int> hits;
std::unordered_set<std::string> seen;
double price_factor = 1.0;
}

static Napi::Value Login(const Napi::CallbackInfo &info)
{
	std::string token = info[0].As<Napi::String>().Utf8Value();
	sessions[token] = info[1].As<Napi::String>().Utf8Value();
	return info.Env().Undefined();
}

static Napi::Value Whoami(const Napi::CallbackInfo &info)
{
	auto it = sessions.find(info[0].As<Napi::String>().Utf8Value());
	if (it == sessions.end())
		return info.Env().Null();
	return Napi::String::New(info.Env(), it->second);
}

static Napi::Value Allow(const Napi::CallbackInfo &info)
{
	int n = ++hits[info[0].As<Napi::String>().Utf8Value()];
	return Napi::Boolean::New(info.Env(), n <= 10);
}

static Napi::Value FirstTime(const Napi::CallbackInfo &info)
{
	std::string key = info[0].As<Napi::String>().Utf8Value();
	if (seen.count(key))
		return Napi::Boolean::New(info.Env(), false);
	seen.insert(key);
	return Napi::Boolean::New(info.Env(), true);
}

static Napi::Value SetFactor(const Napi::CallbackInfo &info)
{
	price_factor = info[0].As<Napi::Number>().DoubleValue();
	return info.Env().Undefined();
}

static Napi::Value Price(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), price_factor * info[0].As<Napi::Number>().DoubleValue());
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("login", Napi::Function::New(env, Login));
	exports.Set("whoami", Napi::Function::New(env, Whoami));
	exports.Set("allow", Napi::Function::New(env, Allow));
	exports.Set("firstTime", Napi::Function::New(env, FirstTime));
	exports.Set("setFactor", Napi::Function::New(env, SetFactor));
	exports.Set("price", Napi::Function::New(env, Price));
	return exports;
}

NODE_API_MODULE(addon, Init)
