// guards memory only; or the file is locked for other processes too
#include <napi.h>
#include <cstdio>
#include <mutex>
#include <sys/file.h>

static std::mutex memory_lock, file_lock;
static int live_count;

static Napi::Value Touch(const Napi::CallbackInfo &info)
{
	std::lock_guard<std::mutex> guard(memory_lock);
	live_count++;
	return info.Env().Undefined();
}

static Napi::Value Save(const Napi::CallbackInfo &info)
{
	std::lock_guard<std::mutex> guard(file_lock);
	FILE *f = fopen("/var/lib/shop/total.txt", "r+");
	if (f) {
		flock(fileno(f), LOCK_EX);
		fprintf(f, "1");
		fclose(f);
	}
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("touch", Napi::Function::New(env, Touch));
	exports.Set("save", Napi::Function::New(env, Save));
	return exports;
}
NODE_API_MODULE(addon, Init)
