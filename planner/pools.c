/* How many database connections one process opens: the pools that its sources make, and where they
 * do not say, the default of the library (read in pg-pool 3.14, mysql2 3.24, mariadb 3.5, mssql 12,
 * postgres 3.4, slonik 47, knex 3.3, sequelize 6.37, mongodb 7.9; TypeORM 1.1 hands its poolSize to
 * the driver). Several pools may go to several databases: the largest counts, so that the plan
 * never takes away too much. What cannot be seen is left out. */
#include "planner/pools.h"

enum server { ANY_SERVER, POSTGRES, MYSQL, MSSQL, MONGO, ASK };

/* what a server allows unless it is told otherwise; usable: PostgreSQL keeps three for the superuser */
static const struct db_server servers[] = {
	[POSTGRES] = {"PostgreSQL", 100, 97, {"100, three of them for superusers", "100 个（其中 3 个留给超级用户）"}, false},
	[MYSQL] = {"MySQL", 151, 151, {"151", "151 个"}, false},
	[MSSQL] = {.name = "SQL Server"},
	[MONGO] = {.name = "MongoDB", .documents = true},
};

struct pool_kind {
	const char *module, *path;
	const char *options[3]; /* dotted; the first that is there */
	uint32_t usual;
	enum server server;     /* ASK: the options tell; it may be a file, which has no connections to count */
	bool first;             /* the options are the first argument, not the last */
	const char *in_uri;     /* a parameter of the connection URI says the same */
};

static const struct pool_kind kinds[] = {
	{"pg", "Pool", {"max"}, 10, POSTGRES, true, NULL},
	{"pg-pool", "default", {"max"}, 10, POSTGRES, true, NULL},
	{"postgres", "default", {"max"}, 10, POSTGRES, false, NULL},
	{"slonik", "createPool", {"maximumPoolSize"}, 10, POSTGRES, false, NULL},
	{"@prisma/adapter-pg", "PrismaPg", {"max"}, 10, POSTGRES, true, NULL},
	{"mysql2", "createPool", {"connectionLimit"}, 10, MYSQL, true, "connectionLimit"},
	{"mysql2/promise", "createPool", {"connectionLimit"}, 10, MYSQL, true, "connectionLimit"},
	{"mysql", "createPool", {"connectionLimit"}, 10, MYSQL, true, "connectionLimit"},
	{"mariadb", "createPool", {"connectionLimit"}, 10, MYSQL, true, "connectionLimit"},
	{"@prisma/adapter-mariadb", "PrismaMariaDb", {"connectionLimit"}, 10, MYSQL, true, "connectionLimit"},
	{"mssql", "ConnectionPool", {"pool.max"}, 10, MSSQL, true, NULL},
	{"mssql", "connect", {"pool.max"}, 10, MSSQL, true, NULL},
	{"mongoose", "connect", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"mongoose", "createConnection", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"mongodb", "MongoClient", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"mongodb", "MongoClient.connect", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"@nestjs/mongoose", "MongooseModule.forRoot", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"@nestjs/mongoose", "MongooseModule.forRootAsync", {"maxPoolSize"}, 100, MONGO, false, "maxPoolSize"},
	{"knex", "default", {"pool.max"}, 10, ASK, true, NULL},
	{"knex", "knex", {"pool.max"}, 10, ASK, true, NULL},
	{"sequelize", "Sequelize", {"pool.max"}, 5, ASK, false, NULL},
	{"sequelize", "default", {"pool.max"}, 5, ASK, false, NULL},
	{"sequelize-typescript", "Sequelize", {"pool.max"}, 5, ASK, false, NULL},
	{"@nestjs/sequelize", "SequelizeModule.forRoot", {"pool.max"}, 5, ASK, false, NULL},
	{"@nestjs/sequelize", "SequelizeModule.forRootAsync", {"pool.max"}, 5, ASK, false, NULL},
	{"typeorm", "DataSource", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, ASK, true, NULL},
	{"typeorm", "createConnection", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, ASK, true, NULL},
	{"@nestjs/typeorm", "TypeOrmModule.forRoot", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, ASK, true, NULL},
	{"@nestjs/typeorm", "TypeOrmModule.forRootAsync", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, ASK, true, NULL},
};

struct look {
	const struct program *p;
	struct arena *arena;
	const struct eco_app *model;
	const struct prog_call *call;
	js_node options; /* 0: none */
	bool unseen;     /* something about the options cannot be seen */
};

static struct value *option_value(struct look *l, const char *name)
{
	prog_id file = l->call->file;
	js_node node = l->options;
	while (*name) {
		const char *dot = strchr(name, '.');
		const char *part = dot ? arena_cstr(l->arena, (struct str){name, (size_t)(dot - name)}) : name;
		prog_id to = file;
		js_node found = 0;
		bool open = false;
		if (!prog_option(l->p, file, node, part, &to, &found, &open)) {
			l->unseen |= open;
			return NULL;
		}
		file = to;
		node = found;
		name = dot ? dot + 1 : "";
	}
	return prog_value(l->p, l->model, -1, file, node);
}

static enum server server_named(struct str name)
{
	static const struct {
		const char *name;
		enum server server;
	} known[] = {
	    {"postgres", POSTGRES}, {"postgresql", POSTGRES}, {"pg", POSTGRES}, {"cockroachdb", ANY_SERVER}, {"mysql", MYSQL},
	    {"mysql2", MYSQL}, {"mariadb", MYSQL}, {"aurora-mysql", MYSQL}, {"mssql", MSSQL}, {"sqlserver", MSSQL},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(name, known[i].name))
			return known[i].server;
	return ASK;
}

static enum server server_of_uri(struct str uri)
{
	size_t colon = str_find(uri, STR("://"));
	return colon == (size_t)-1 ? ASK : server_named(str_sub(uri, 0, colon));
}

static struct str argument(const struct look *l, uint32_t i)
{
	const struct js_file *js = l->p->files[l->call->file].js;
	enum js_kind made = js_kind(js, l->call->node);
	if ((made != JS_CALL && made != JS_NEW) || i >= js_at(js, l->call->node)->n_kids)
		return (struct str){0};
	const struct value *v = prog_value(l->p, l->model, -1, l->call->file, js_kid(js, l->call->node, i));
	return v && v->kind == VAL_STRING ? v->u.str : (struct str){0};
}

/* which server it is: pg and mysql in their many names; else nothing is counted */
static enum server server_asked(struct look *l)
{
	static const char *const keys[] = {"type", "dialect", "client"};
	enum server found = ASK;
	for (size_t i = 0; i < sizeof keys / sizeof *keys && found == ASK; i++) {
		const struct value *v = option_value(l, keys[i]);
		if (v && v->kind == VAL_STRING)
			found = server_named(v->u.str);
	}
	struct str uri = argument(l, 0);
	return found == ASK && uri.ptr ? server_of_uri(uri) : found;
}

uint32_t pool_uri_number(struct str uri, const char *name)
{
	size_t from = str_find(uri, STR("?"));
	struct str key = str_from(name);
	for (size_t at = from; at < uri.len; at++) {
		if (uri.ptr[at] != '?' && uri.ptr[at] != '&')
			continue;
		struct str rest = str_sub(uri, at + 1, uri.len);
		if (!str_starts(rest, key) || rest.len <= key.len || rest.ptr[key.len] != '=')
			continue;
		uint32_t n = 0;
		for (size_t i = key.len + 1; i < rest.len && rest.ptr[i] >= '0' && rest.ptr[i] <= '9' && n < 100000; i++)
			n = n * 10 + (uint32_t)(rest.ptr[i] - '0');
		return n;
	}
	return 0;
}

/* a pool that is handed over is counted where it is made */
static bool is_made_elsewhere(const struct look *l, js_node n)
{
	struct entity e = prog_resolve(l->p, l->call->file, n);
	return e.kind == ENT_PACKAGE_INSTANCE || e.kind == ENT_INSTANCE;
}

static void sized(struct db_pool *pool, const struct value *v)
{
	bool known = false;
	double max = val_to_number(v, &known);
	if (known && max >= 1 && max <= 10000)
		pool->size = (uint32_t)max;
}

/* size 0: not to be told */
static struct db_pool pool_of(struct look *l, const struct pool_kind *kind)
{
	struct db_pool pool = {.at = prog_place(l->p, l->call->file, l->call->node)};
	const struct js_file *js = l->p->files[l->call->file].js;
	enum js_kind made = js_kind(js, l->call->node);
	uint32_t n = made == JS_CALL || made == JS_NEW ? js_at(js, l->call->node)->n_kids : 0;
	/* (uri) alone has no options; a module for Nest may take the URI among them */
	bool none = n == 0 || (n == 1 && kind->server == MONGO && !strstr(kind->path, "Async"));
	l->options = none ? 0 : js_kid(js, l->call->node, kind->first ? 0 : n - 1);
	if (kind->server == ASK && !l->options)
		return pool;
	enum server server = kind->server == ASK ? server_asked(l) : kind->server;
	if (server == ASK || (l->options && is_made_elsewhere(l, l->options)))
		return pool;
	pool.server = &servers[server];
	l->unseen = false;
	for (size_t i = 0; l->options && i < 3 && kind->options[i]; i++) {
		const struct value *v = option_value(l, kind->options[i]);
		if (v) {
			sized(&pool, v);
			return pool;
		}
	}
	struct str uri = argument(l, 0);
	if (kind->in_uri && uri.ptr && (pool.size = pool_uri_number(uri, kind->in_uri)))
		return pool;
	pool.size = l->unseen && !uri.ptr ? 0 : kind->usual;
	pool.usual = (struct plan_text){"the library's default", "库的默认值"};
	if (kind->in_uri && !uri.ptr)
		pool.usual = (struct plan_text){arena_printf(l->arena, "the library's default unless its URI says %s", kind->in_uri),
						arena_printf(l->arena, "库的默认值，除非连接 URI 中写了 %s", kind->in_uri)};
	return pool;
}

static const struct pool_kind *kind_of(const struct entity *e)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (entity_is(e, kinds[i].module, kinds[i].path))
			return &kinds[i];
	return NULL;
}

const struct db_server *pool_server(struct str name)
{
	enum server s = server_named(name);
	return s == ASK ? NULL : &servers[s];
}

void plan_find_pool(struct plan_config *c, struct plan_app *app)
{
	const struct program *p = app->command ? app->command->program : NULL;
	for (size_t i = 0; p && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct pool_kind *kind = kind_of(&call->callee);
		if (!kind || !prog_loads(p, app->command->app, call->file) || !prog_phases(p, app->command->app, call->fn))
			continue;
		struct look l = {p, c->ctx->arena, app->r.model, call, 0, false};
		struct db_pool pool = pool_of(&l, kind);
		if (pool.size > app->db.size)
			app->db = pool;
	}
	struct db_pool prisma = p ? pool_of_prisma(c, app) : (struct db_pool){0};
	if (prisma.size > app->db.size)
		app->db = prisma;
}

uint32_t plan_pool(const struct plan_app *app)
{
	return app->own && app->own->pool ? app->own->pool : app->db.size;
}

const struct db_server *plan_server(const struct plan_app *app)
{
	return plan_pool(app) && app->db.server && app->db.server->allows ? app->db.server : NULL;
}

/* Where some app talks to an SQL server, the connections that are told are that server's. */
static bool counts_here(const struct plan_config *c, const struct plan_app *app)
{
	if ((app->own && app->own->pool) || !app->db.server || !app->db.server->documents)
		return true;
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_app *other = &c->apps.ptr[i];
		if ((other->own && other->own->pool) || (other->db.size && other->db.server && !other->db.server->documents))
			return false;
	}
	return true;
}

double plan_connections(const struct plan_config *c, const struct plan_app *app, enum exec_mode mode, uint32_t n)
{
	/* a reload of a cluster runs two processes more for a moment; in fork mode PM2 ends one before it starts the next */
	if (!n || !counts_here(c, app))
		return 0;
	return (double)plan_pool(app) * (n + (mode == EXEC_CLUSTER ? 2.0 : 0)) * (app->hosts > 1 ? app->hosts : 1);
}

struct plan_text plan_pool_text(struct arena *a, const struct plan_app *app)
{
	uint32_t n = plan_pool(app);
	if (app->own && app->own->pool)
		return (struct plan_text){arena_printf(a, "%u in each process", n), arena_printf(a, "每个进程 %u 个连接", n)};
	struct position at = source_position(app->db.at.source, app->db.at.span.start);
	struct str path = app->db.at.source->path;
	if (app->db.usual.en)
		return (struct plan_text){arena_printf(a, "%u in each process, %s (" STR_FMT ":%u)", n, app->db.usual.en, STR_ARG(path), at.line),
					  arena_printf(a, "每个进程 %u 个连接，%s（" STR_FMT ":%u）", n, app->db.usual.zh, STR_ARG(path), at.line)};
	return (struct plan_text){arena_printf(a, "%u in each process (the pool of " STR_FMT ":%u)", n, STR_ARG(path), at.line),
				  arena_printf(a, "每个进程 %u 个连接（连接池见 " STR_FMT ":%u）", n, STR_ARG(path), at.line)};
}
