#include "cli/report/content.h"

/* What an app does, as far as its imports and roots show. */

struct package {
	const char *name; /* with a slash at its end: all below that scope */
	int library;      /* -1: none that code is written for */
	int store;        /* -1: none */
};

static const struct package packages[] = {
	{"ioredis", LIB_IOREDIS, STORE_REDIS}, {"redis", LIB_NODE_REDIS, STORE_REDIS},
	{"@redis/client", LIB_NODE_REDIS, STORE_REDIS}, {"cache-manager-redis-store", -1, STORE_REDIS},
	{"connect-redis", -1, STORE_REDIS}, {"@keyv/redis", -1, STORE_REDIS}, {"@upstash/redis", -1, STORE_REDIS},
	{"@socket.io/redis-adapter", -1, STORE_REDIS}, {"socket.io-redis", -1, STORE_REDIS},
	{"bullmq", LIB_BULLMQ, STORE_REDIS}, {"bull", LIB_BULL, STORE_REDIS}, {"@nestjs/bullmq", LIB_BULLMQ, STORE_REDIS},
	{"@nestjs/bull", LIB_BULL, STORE_REDIS}, {"bee-queue", -1, STORE_REDIS},
	{"typeorm", LIB_TYPEORM, STORE_SQL}, {"@nestjs/typeorm", LIB_TYPEORM, STORE_SQL},
	{"@prisma/client", LIB_PRISMA, STORE_SQL}, {"sequelize", LIB_SEQUELIZE, STORE_SQL},
	{"sequelize-typescript", LIB_SEQUELIZE, STORE_SQL}, {"@nestjs/sequelize", LIB_SEQUELIZE, STORE_SQL},
	{"knex", LIB_KNEX, STORE_SQL}, {"objection", LIB_KNEX, STORE_SQL}, {"pg", -1, STORE_SQL}, {"pg-promise", -1, STORE_SQL},
	{"postgres", -1, STORE_SQL}, {"mysql", -1, STORE_SQL}, {"mysql2", -1, STORE_SQL}, {"mariadb", -1, STORE_SQL},
	{"mssql", -1, STORE_SQL}, {"oracledb", -1, STORE_SQL}, {"drizzle-orm", -1, STORE_SQL}, {"kysely", -1, STORE_SQL},
	{"@mikro-orm/", -1, STORE_SQL}, {"mongoose", LIB_MONGOOSE, STORE_MONGO}, {"@nestjs/mongoose", LIB_MONGOOSE, STORE_MONGO},
	{"@typegoose/typegoose", LIB_MONGOOSE, STORE_MONGO}, {"mongodb", -1, STORE_MONGO}, {"amqplib", -1, STORE_BROKER},
	{"amqp-connection-manager", -1, STORE_BROKER}, {"@golevelup/nestjs-rabbitmq", -1, STORE_BROKER},
	{"kafkajs", -1, STORE_BROKER}, {"nats", -1, STORE_BROKER}, {"mqtt", -1, STORE_BROKER}, {"minio", -1, STORE_OBJECTS},
	{"@aws-sdk/client-s3", -1, STORE_OBJECTS}, {"@google-cloud/storage", -1, STORE_OBJECTS},
	{"@azure/storage-blob", -1, STORE_OBJECTS}, {"ali-oss", -1, STORE_OBJECTS}, {"multer-s3", -1, STORE_OBJECTS},
	{"@nestjs/core", LIB_NEST, -1}, {"@nestjs/common", LIB_NEST, -1}, {"@nestjs/platform-socket.io", LIB_NEST_SOCKETIO, -1},
	{"socket.io", LIB_SOCKETIO, -1}, {"ws", LIB_WS, -1}, {"multer", LIB_MULTER, -1},
	{"@nestjs/platform-express", LIB_MULTER, -1}, {"express-session", LIB_EXPRESS_SESSION, -1},
};

static const char *const library_names[] = {
	[LIB_IOREDIS] = "ioredis", [LIB_NODE_REDIS] = "redis", [LIB_TYPEORM] = "typeorm", [LIB_PRISMA] = "@prisma/client",
	[LIB_MONGOOSE] = "mongoose", [LIB_SEQUELIZE] = "sequelize", [LIB_KNEX] = "knex", [LIB_BULLMQ] = "bullmq", [LIB_BULL] = "bull",
	[LIB_NEST] = "@nestjs/core", [LIB_NEST_SOCKETIO] = "@nestjs/platform-socket.io", [LIB_SOCKETIO] = "socket.io",
	[LIB_WS] = "ws", [LIB_MULTER] = "multer", [LIB_EXPRESS_SESSION] = "express-session"};

const char *library_name(enum library l)
{
	return library_names[l];
}

const char *report_store(const struct report *p, enum store s)
{
	static const char *const names[][2] = {[STORE_REDIS] = {"Redis", "Redis"},
					       [STORE_SQL] = {"SQL database", "SQL 数据库"},
					       [STORE_MONGO] = {"MongoDB", "MongoDB"},
					       [STORE_BROKER] = {"message broker", "消息代理"},
					       [STORE_OBJECTS] = {"object storage", "对象存储"}};
	return names[s][p->d->o->lang];
}

static struct str package_of(struct str s)
{
	size_t slashes = s.len && s.ptr[0] == '@' ? 2 : 1;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '/' && --slashes == 0)
			return str_sub(s, 0, i);
	return s;
}

static void use(struct report_app *app, struct str specifier)
{
	struct str name = package_of(specifier);
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		const struct package *k = &packages[i];
		struct str known = str_from(k->name);
		bool scope = known.ptr[known.len - 1] == '/';
		if (scope ? !str_starts(name, known) : !str_eq(name, known))
			continue;
		app->libraries |= k->library >= 0 ? 1u << k->library : 0;
		app->stores |= k->store >= 0 ? 1u << k->store : 0;
	}
}

static void use_file(struct report_app *app, const struct js_file *f)
{
	for (js_node n = 1; n < f->n_nodes; n++) {
		const struct js_node_data *d = js_at(f, n);
		if (d->kind == JS_IMPORT && !(d->flags & JSF_TYPE_ONLY))
			use(app, js_str(f, n));
		else if (d->kind == JS_CALL && d->n_kids == 1 && js_kind(f, d->a) == JS_IDENT && str_is(js_str(f, d->a), "require") &&
			 js_kind(f, js_kid(f, n, 0)) == JS_STRING)
			use(app, js_str(f, js_kid(f, n, 0)));
	}
}

static bool is_route(const struct prog_root *r)
{
	static const char *const verbs[] = {"GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "ALL ", "HEAD ", "OPTIONS "};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (str_starts(r->label, str_from(verbs[i])))
			return true;
	return false;
}

static void count_roots(struct report_app *app)
{
	const struct program *g = app->program;
	for (size_t i = 0; i < g->n_roots; i++) {
		const struct prog_root *r = &g->roots[i];
		if (r->fn == PROG_NONE || !prog_phases(g, app->index, r->fn))
			continue;
		app->routes += r->phase & PHASE_REQUEST && is_route(r);
		app->sockets += (r->phase & PHASE_SOCKET) != 0;
		app->messages += (r->phase & PHASE_MESSAGE) != 0;
		app->timers += (r->phase & PHASE_TIMER) != 0;
	}
}

static void find_program(struct report *p, struct project *project, struct report_app *app)
{
	for (size_t i = 0; i < p->run->n_programs; i++)
		for (size_t k = 0; k < p->run->programs[i]->n_apps; k++)
			if (app->r->entries && p->run->programs[i]->apps[k].entries == app->r->entries) {
				app->program = p->run->programs[i];
				app->index = (uint32_t)k;
			}
	if (!app->program)
		return;
	for (prog_id f = 0; f < app->program->n_files; f++)
		if (app->program->files[f].js && prog_loads(app->program, app->index, f))
			use_file(app, app->program->files[f].js);
	/* Nest loads its adapter by itself; nobody has to import it */
	struct str path = app->r->n_entry_paths ? str_from(app->r->entry_paths[0]) : STR("");
	if (project_dependency(project, path, STR("@nestjs/platform-socket.io")).ptr)
		app->libraries |= 1u << LIB_NEST_SOCKETIO;
	count_roots(app);
}

static int weight(enum risk r)
{
	return r == RISK_UNKNOWN ? -1 : (int)r;
}

void report_gather(struct report *p)
{
	p->apps = arena_array(&p->d->arena, struct report_app, p->c->n_apps);
	for (size_t i = 0; i < p->c->n_apps; i++) {
		const struct app_report *r = &p->c->apps[i];
		size_t k = 0;
		while (k < p->n_apps && (!str_eq(p->apps[k].r->model->name, r->model->name) || p->apps[k].r->entries != r->entries))
			k++;
		if (k == p->n_apps)
			p->apps[p->n_apps++].r = r;
		else if (weight(r->risk) > weight(p->apps[k].r->risk))
			p->apps[k].r = r;
	}
	/* the one of the run is gone */
	struct project *project = project_new(p->d->o->ctx);
	for (size_t i = 0; i < p->n_apps; i++) {
		struct str name = p->apps[i].r->model->name;
		p->apps[i].name = name.len ? doc_user(p->d, name) : "?";
		find_program(p, project, &p->apps[i]);
	}
	project_free(project);
}

bool report_changes(const struct app_report *a)
{
	return !a->model->skipped && a->mode != EXEC_UNKNOWN && a->instances &&
	       (a->mode != a->model->exec_mode || a->instances != a->model->processes);
}

bool report_counts(const struct hazard *h)
{
	return h->severity != SEVERITY_LOW && h->status != HAZARD_MITIGATED && h->status != HAZARD_SUPPRESSED &&
	       h->mitigation != MITIGATION_FULL;
}

const char *report_function(struct report *p, const struct report_app *app, struct place at)
{
	const struct program *g = app->program;
	if (!g || !at.source)
		return NULL;
	for (prog_id f = 0; f < g->n_files; f++) {
		const struct js_file *js = g->files[f].js;
		if (g->files[f].source != at.source || !js)
			continue;
		uint32_t best = 0;
		for (uint32_t i = 1; i < js->n_functions; i++) {
			struct span s = js_at(js, js->functions[i].node)->span;
			if (s.start <= at.span.start && at.span.end <= s.end)
				best = i; /* inner functions come after the outer ones */
		}
		return best ? doc_code(p->d, str_from(prog_fn_name(g, g->files[f].first_fn + best))) : NULL;
	}
	return NULL;
}
