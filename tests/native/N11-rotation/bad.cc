// expect: native-log-rotation /var/log/audit.log medium likely
#include <napi.h>
#include <cstdio>

static Napi::Value Audit(const Napi::CallbackInfo &info)
{
	FILE *f = fopen("/var/log/audit.log", "a");
	if (f) {
		fputs("line\n", f);
		long size = ftell(f);
		fclose(f);
		if (size > 1000000)
			rename("/var/log/audit.log", "/var/log/audit.log.1");
	}
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("audit", Napi::Function::New(env, Audit));
	return exports;
}
NODE_API_MODULE(addon, Init)
