// expect: native-registry-in-memory users_ high certain
// expect: native-registry-in-memory rows high certain
#include <napi.h>
#include <map>
#include <string>
#include <vector>

class Registry {
public:
	static Registry &instance()
	{
		static Registry registry;
		return registry;
	}
	void add(const std::string &user, int age)
	{
		users_[user] = age;
	}
	int age(const std::string &user)
	{
		auto it = users_.find(user);
		return it == users_.end() ? -1 : it->second;
	}

private:
	std::map<std::string, int> users_;
};

static std::vector<std::string> &table()
{
	static std::vector<std::string> rows;
	return rows;
}

static Napi::Value Add(const Napi::CallbackInfo &info)
{
	Registry::instance().add(info[0].As<Napi::String>().Utf8Value(), 3);
	table().push_back("row");
	return info.Env().Undefined();
}

static Napi::Value Age(const Napi::CallbackInfo &info)
{
	int n = 0;
	for (const auto &row : table())
		n += (int)row.size();
	return Napi::Number::New(info.Env(), n + Registry::instance().age(info[0].As<Napi::String>().Utf8Value()));
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("add", Napi::Function::New(env, Add));
	exports.Set("age", Napi::Function::New(env, Age));
	return exports;
}

NODE_API_MODULE(addon, Init)
