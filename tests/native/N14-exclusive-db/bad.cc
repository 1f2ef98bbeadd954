// expect: native-exclusive-database /var/lib/app/index high likely
#include <napi.h>
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
	leveldb::DB::Open(leveldb::Options(), "/var/lib/app/index", &db);
	return exports;
}
NODE_API_MODULE(addon, Init)
