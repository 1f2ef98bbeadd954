// the handle stays in an object of JavaScript
#include <napi.h>
#include <string>

class Doc : public Napi::ObjectWrap<Doc> {
public:
	explicit Doc(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Doc>(info) {}
	Napi::Value Append(const Napi::CallbackInfo &info)
	{
		text_ += info[0].As<Napi::String>().Utf8Value();
		return Napi::String::New(info.Env(), text_);
	}
	static Napi::Function Define(Napi::Env env)
	{
		return DefineClass(env, "Doc", {InstanceMethod<&Doc::Append>("append")});
	}

private:
	std::string text_;
};

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("Doc", Doc::Define(env));
	return exports;
}
NODE_API_MODULE(addon, Init)
