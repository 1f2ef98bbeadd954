// the number is fixed, or given from outside
#include <napi.h>
#include <cstdlib>
#include <thread>
#include <vector>

static void work() {}

static Napi::Value Start(const Napi::CallbackInfo &info)
{
	const char *given = getenv("WORKERS");
	int n = given ? atoi(given) : 2;
	std::vector<std::thread> all;
	for (int i = 0; i < n; i++)
		all.emplace_back(std::thread(work));
	for (auto &t : all)
		t.join();
	return Napi::Number::New(info.Env(), n);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("start", Napi::Function::New(env, Start));
	return exports;
}
NODE_API_MODULE(addon, Init)
