// expect: native-process-mutex balance_lock high likely
// expect: native-file-read-modify-write /var/lib/shop/balance.txt high likely
#include <napi.h>
#include <cstdio>
#include <mutex>

static std::mutex balance_lock;

static int load()
{
	int n = 0;
	FILE *f = fopen("/var/lib/shop/balance.txt", "r");
	if (f) {
		if (fscanf(f, "%d", &n) != 1)
			n = 0;
		fclose(f);
	}
	return n;
}

static Napi::Value Add(const Napi::CallbackInfo &info)
{
	std::lock_guard<std::mutex> guard(balance_lock);
	int n = load() + info[0].As<Napi::Number>().Int32Value();
	FILE *f = fopen("/var/lib/shop/balance.txt", "w");
	if (f) {
		fprintf(f, "%d", n);
		fclose(f);
	}
	return Napi::Number::New(info.Env(), n);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("add", Napi::Function::New(env, Add));
	return exports;
}
NODE_API_MODULE(addon, Init)
