// expect: native-thread-pool-per-cpu hardware_concurrency low likely
#include <napi.h>
#include <thread>
#include <vector>

static void work() {}

static Napi::Value Start(const Napi::CallbackInfo &info)
{
	std::vector<std::thread> all;
	for (unsigned i = 0; i < std::thread::hardware_concurrency(); i++)
		all.emplace_back(std::thread(work));
	for (auto &t : all)
		t.join();
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("start", Napi::Function::New(env, Start));
	return exports;
}
NODE_API_MODULE(addon, Init)
