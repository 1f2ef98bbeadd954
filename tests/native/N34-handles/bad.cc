// expect: native-handle-table open_docs high possible
// expect: native-counter-id next_id high likely
#include <napi.h>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

struct Doc {
	std::string text;
};

static std::map<int, std::unique_ptr<Doc>> open_docs;
static int next_id = 1;

static Napi::Value Open(const Napi::CallbackInfo &info)
{
	int id = next_id++;
	open_docs[id] = std::make_unique<Doc>();
	return Napi::Number::New(info.Env(), id);
}

static Napi::Value Append(const Napi::CallbackInfo &info)
{
	auto it = open_docs.find(info[0].As<Napi::Number>().Int32Value());
	if (it != open_docs.end())
		it->second->text += info[1].As<Napi::String>().Utf8Value();
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("open", Napi::Function::New(env, Open));
	exports.Set("append", Napi::Function::New(env, Append));
	return exports;
}
NODE_API_MODULE(addon, Init)
