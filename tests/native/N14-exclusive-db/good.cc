// a folder of its own for each instance
#include <napi.h>
#include <cstdlib>
#include <string>

namespace leveldb {
struct Options {};
struct Status {};
class DB {
public:
	static Status Open(const Options &o, const std::string &name, DB **db);
};
}

static leveldb::DB *db;

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	(void)env;
	std::string path = std::string("/var/lib/app/index-") + getenv("NODE_APP_INSTANCE");
	leveldb::DB::Open(leveldb::Options(), path, &db);
	return exports;
}
NODE_API_MODULE(addon, Init)
