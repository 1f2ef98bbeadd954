// LMDB is made for several processes
typedef struct MDB_env MDB_env;
int mdb_env_create(MDB_env **env);
int mdb_env_open(MDB_env *env, const char *path, unsigned flags, unsigned mode);

int main(void)
{
	MDB_env *env;
	return mdb_env_create(&env) || mdb_env_open(env, "/var/lib/shop/db", 0, 0644);
}
