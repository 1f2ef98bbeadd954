// filled once at load, a memo of a pure function, constants, functions of JavaScript, dead code
#include <napi.h>
#include <map>
#include <mutex>
#include <string>
#include <vector>

static std::map<std::string, int> codes;
static const std::map<std::string, int> fixed = {{"a", 1}};
static std::map<std::string, Napi::FunctionReference> handlers;
static std::map<std::string, int> never_exported;
static std::once_flag filled;
static std::vector<int> primes;

static int square(int n)
{
	static std::map<int, int> memo;
	auto it = memo.find(n);
	if (it != memo.end())
		return it->second;
	return memo[n] = n * n;
}

static Napi::Value Code(const Napi::CallbackInfo &info)
{
	std::call_once(filled, [] { primes.push_back(2); primes.push_back(3); });
	auto it = codes.find(info[0].As<Napi::String>().Utf8Value());
	int more = fixed.count("a") ? square(3) : primes[0];
	return Napi::Number::New(info.Env(), it == codes.end() ? 0 : it->second + more);
}

static Napi::Value On(const Napi::CallbackInfo &info)
{
	handlers[info[0].As<Napi::String>().Utf8Value()] = Napi::Persistent(info[1].As<Napi::Function>());
	return info.Env().Undefined();
}

static Napi::Value Emit(const Napi::CallbackInfo &info)
{
	auto it = handlers.find(info[0].As<Napi::String>().Utf8Value());
	if (it != handlers.end())
		it->second.Call({});
	return info.Env().Undefined();
}

Napi::Value Dead(const Napi::CallbackInfo &info)
{
	never_exported["x"] = 1;
	return Napi::Number::New(info.Env(), 1);
}
Napi::Value DeadToo(const Napi::CallbackInfo &info)
{
	return Napi::Number::New(info.Env(), never_exported["x"]);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	codes["ok"] = 200;
	codes["missing"] = 404;
	exports.Set("code", Napi::Function::New(env, Code));
	exports.Set("on", Napi::Function::New(env, On));
	exports.Set("emit", Napi::Function::New(env, Emit));
	return exports;
}

NODE_API_MODULE(addon, Init)
