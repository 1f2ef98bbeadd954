// statistics, a log sequence, round robin, a count of live objects, a count inside of one object
#include <napi.h>
#include <atomic>
#include <cstdio>

static unsigned long requests;
static int log_seq;
static unsigned turn;
static std::atomic<int> open_files{0};

class Box : public Napi::ObjectWrap<Box> {
public:
	explicit Box(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Box>(info) {}
	Napi::Value Next(const Napi::CallbackInfo &info)
	{
		return Napi::Number::New(info.Env(), ++count_);
	}
	static Napi::Function Define(Napi::Env env)
	{
		return DefineClass(env, "Box", {InstanceMethod("next", &Box::Next)});
	}

private:
	int count_ = 0;
};

static Napi::Value Work(const Napi::CallbackInfo &info)
{
	requests++;
	std::fprintf(stderr, "[%d] work\n", log_seq++);
	open_files++;
	turn = (turn + 1) % 4;
	open_files--;
	return Napi::Number::New(info.Env(), 42);
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("work", Napi::Function::New(env, Work));
	exports.Set("Box", Box::Define(env));
	return exports;
}

NODE_API_MODULE(addon, Init)
