// references to JavaScript functions belong to this process
#include <napi.h>

static Napi::FunctionReference constructor;
static napi_ref reference;

class Point : public Napi::ObjectWrap<Point> {
public:
	explicit Point(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Point>(info) {}
	static Napi::Value Make(const Napi::CallbackInfo &info)
	{
		napi_create_reference(info.Env(), info[0], 1, &reference);
		return constructor.New({info[0]});
	}
};

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	Napi::Function f = Point::DefineClass(env, "Point", {});
	constructor = Napi::Persistent(f);
	exports.Set("make", Napi::Function::New(env, Point::Make));
	return exports;
}
NODE_API_MODULE(addon, Init)
