// expect: native-sqlite-file /var/lib/app/app.db medium likely
// expect: native-sqlite-memory :memory: high likely
#include <node_api.h>

typedef struct sqlite3 sqlite3;
int sqlite3_open(const char *path, sqlite3 **db);
int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs);

static sqlite3 *db, *cache, *archive;

NAPI_MODULE_INIT()
{
	(void)env;
	sqlite3_open("/var/lib/app/app.db", &db);
	sqlite3_open(":memory:", &cache);
	sqlite3_open_v2("/var/lib/app/archive.db", &archive, 1, 0);
	return exports;
}
