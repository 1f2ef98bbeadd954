// once-flags, singletons without state, tables built once, buffers
#include <napi.h>
#include <regex>
#include <string>

struct Engine {
	int run(int x) const { return x + 1; }
};

static Engine &engine()
{
	static Engine one;
	return one;
}

static Napi::Value Run(const Napi::CallbackInfo &info)
{
	static bool prepared = false;
	static int table[4];
	static const std::regex word("[a-z]+");
	static Engine *lazy = nullptr;
	static char buffer[64];
	if (!prepared) {
		for (int i = 0; i < 4; i++)
			table[i] = i * i;
		prepared = true;
	}
	if (!lazy)
		lazy = new Engine;
	snprintf(buffer, sizeof buffer, "%d", table[1]);
	return Napi::Number::New(info.Env(), engine().run(table[2]) + lazy->run(1) +
						 std::regex_match(buffer, word));
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("run", Napi::Function::New(env, Run));
	return exports;
}

NODE_API_MODULE(addon, Init)
