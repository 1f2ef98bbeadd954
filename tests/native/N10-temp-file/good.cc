// mkstemp, a name with the process id, a name from the caller, /dev/null, an append-only log
#include <napi.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

static Napi::Value Work(const Napi::CallbackInfo &info)
{
	char name[] = "/tmp/work-XXXXXX";
	int fd = mkstemp(name);
	close(fd);
	std::ofstream mine("/tmp/work-" + std::to_string(getpid()) + ".txt");
	mine << 1;
	std::ofstream given(info[0].As<Napi::String>().Utf8Value());
	given << 2;
	char path[64];
	snprintf(path, sizeof path, "/tmp/work.%d", (int)getpid());
	FILE *f = fopen(path, "w");
	if (f)
		fclose(f);
	FILE *null = fopen("/dev/null", "w");
	if (null)
		fclose(null);
	FILE *log = fopen("/var/log/work.log", "a");
	if (log)
		fclose(log);
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("work", Napi::Function::New(env, Work));
	return exports;
}
NODE_API_MODULE(addon, Init)
