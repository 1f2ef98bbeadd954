// waits for the others
#include <node_api.h>

typedef struct sqlite3 sqlite3;
int sqlite3_open(const char *path, sqlite3 **db);
int sqlite3_busy_timeout(sqlite3 *db, int ms);

static sqlite3 *db;

NAPI_MODULE_INIT()
{
	(void)env;
	sqlite3_open("/var/lib/app/app.db", &db);
	sqlite3_busy_timeout(db, 5000);
	return exports;
}
