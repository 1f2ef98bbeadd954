#include "planner/internal.h"

/* What sort of program an app is, from the packages that it imports and the
 * roots that it registers. Decides the number of instances, never a hazard. */

enum {
	USES_PROXY = 1, /* forwarding is what the package is for */
	USES_DB = 2,
	USES_SERVER = 4, /* somebody connects to it */
	USES_QUEUE = 8,
	USES_RENDERER = 16, /* pages on the server */
	USES_BROWSER = 32
};

struct package_use {
	const char *name; /* a trailing slash: every package of the scope */
	uint32_t use;
};

static const struct package_use packages[] = {
    {"http-proxy", USES_PROXY},
    {"http-proxy-middleware", USES_PROXY},
    {"express-http-proxy", USES_PROXY},
    {"express-gateway", USES_PROXY},
    {"fast-gateway", USES_PROXY},
    {"fast-proxy", USES_PROXY},
    {"koa-proxies", USES_PROXY},
    {"koa-better-http-proxy", USES_PROXY},
    {"@fastify/http-proxy", USES_PROXY},
    {"@fastify/reply-from", USES_PROXY},
    {"@apollo/gateway", USES_PROXY},
    {"typeorm", USES_DB},
    {"@nestjs/typeorm", USES_DB},
    {"sequelize", USES_DB},
    {"sequelize-typescript", USES_DB},
    {"@nestjs/sequelize", USES_DB},
    {"mongoose", USES_DB},
    {"@nestjs/mongoose", USES_DB},
    {"mongodb", USES_DB},
    {"@typegoose/typegoose", USES_DB},
    {"pg", USES_DB},
    {"pg-promise", USES_DB},
    {"postgres", USES_DB},
    {"mysql", USES_DB},
    {"mysql2", USES_DB},
    {"mariadb", USES_DB},
    {"mssql", USES_DB},
    {"oracledb", USES_DB},
    {"@prisma/client", USES_DB},
    {"knex", USES_DB},
    {"objection", USES_DB},
    {"kysely", USES_DB},
    {"drizzle-orm", USES_DB},
    {"@mikro-orm/", USES_DB},
    {"better-sqlite3", USES_DB},
    {"sqlite3", USES_DB},
    {"sqlite", USES_DB},
    {"cassandra-driver", USES_DB},
    {"@elastic/elasticsearch", USES_DB},
    {"@aws-sdk/client-dynamodb", USES_DB},
    {"@google-cloud/firestore", USES_DB},
    {"firebase-admin", USES_DB},
    {"@supabase/supabase-js", USES_DB},
    {"express", USES_SERVER},
    {"fastify", USES_SERVER},
    {"koa", USES_SERVER},
    {"restify", USES_SERVER},
    {"hono", USES_SERVER},
    {"polka", USES_SERVER},
    {"@hapi/hapi", USES_SERVER},
    {"@nestjs/", USES_SERVER},
    {"egg", USES_SERVER},
    {"@midwayjs/", USES_SERVER},
    {"@strapi/", USES_SERVER},
    {"next", USES_SERVER | USES_RENDERER},
    {"nuxt", USES_SERVER | USES_RENDERER},
    {"@remix-run/", USES_SERVER | USES_RENDERER},
    {"puppeteer", USES_BROWSER},
    {"puppeteer-core", USES_BROWSER},
    {"playwright", USES_BROWSER},
    {"playwright-core", USES_BROWSER},
    {"http", USES_SERVER},
    {"https", USES_SERVER},
    {"http2", USES_SERVER},
    {"net", USES_SERVER},
    {"dgram", USES_SERVER},
    {"ws", USES_SERVER},
    {"socket.io", USES_SERVER},
    {"@grpc/grpc-js", USES_SERVER},
    {"@apollo/server", USES_SERVER},
    {"apollo-server", USES_SERVER},
    {"bull", USES_QUEUE},
    {"bullmq", USES_QUEUE},
    {"amqplib", USES_QUEUE},
    {"kafkajs", USES_QUEUE},
    {"agenda", USES_QUEUE},
    {"nats", USES_QUEUE},
    {"mqtt", USES_QUEUE},
};

/* "@nestjs/common/decorators" -> "@nestjs/common", "node:fs" -> "fs" */
static struct str package_of(struct str specifier)
{
	if (str_starts(specifier, STR("node:")))
		specifier = str_sub(specifier, 5, specifier.len);
	size_t slashes = specifier.len && specifier.ptr[0] == '@' ? 2 : 1;
	for (size_t i = 0; i < specifier.len; i++)
		if (specifier.ptr[i] == '/' && --slashes == 0)
			return str_sub(specifier, 0, i);
	return specifier;
}

static uint32_t use_of(struct str specifier)
{
	struct str name = package_of(specifier);
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
		struct str p = str_from(packages[i].name);
		bool scope = p.ptr[p.len - 1] == '/';
		if (scope ? str_starts(name, p) : str_eq(name, p))
			return packages[i].use;
	}
	return 0;
}

static struct str specifier_at(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	switch ((enum js_kind)d->kind) {
	case JS_IMPORT:
		return d->flags & JSF_TYPE_ONLY ? STR("") : js_str(f, n);
	case JS_IMPORT_CALL:
		return js_kind(f, d->a) == JS_STRING ? js_str(f, d->a) : STR("");
	case JS_CALL:
		if (js_kind(f, d->a) == JS_IDENT && str_is(js_str(f, d->a), "require") &&
		    d->n_kids == 1 && js_kind(f, js_kid(f, n, 0)) == JS_STRING)
			return js_str(f, js_kid(f, n, 0));
		return STR("");
	default:
		return STR("");
	}
}

static uint32_t uses_of_file(const struct js_file *f)
{
	uint32_t uses = 0;
	for (js_node n = 1; n < f->n_nodes; n++) {
		struct str s = specifier_at(f, n);
		if (s.len)
			uses |= use_of(s);
	}
	return uses;
}

static uint32_t uses_of_app(const struct plan_app *app)
{
	const struct program *p = app->command->program;
	uint32_t uses = 0;
	for (prog_id i = 0; i < p->n_files; i++)
		if (p->files[i].js && prog_loads(p, app->command->app, i))
			uses |= uses_of_file(p->files[i].js);
	return uses;
}

static bool is_route(const struct prog_root *r)
{
	static const char *const verbs[] = {"GET ",    "POST ", "PUT ", "PATCH ",
					    "DELETE ", "ALL ",	"USE "};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (str_starts(r->label, str_from(verbs[i])))
			return true;
	return false;
}

struct roots {
	uint32_t phases;
	size_t routes, forwarding;
};

static struct roots roots_of_app(const struct plan_app *app)
{
	const struct program *p = app->command->program;
	struct roots out = {0};
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *r = &p->roots[i];
		if (r->fn == PROG_NONE || !prog_phases(p, app->command->app, r->fn))
			continue;
		out.phases |= r->phase;
		if (!(r->phase & PHASE_REQUEST) || !is_route(r))
			continue;
		out.routes++;
		if (p->fns[r->fn].effects_all & (EFFECT_HTTP_SEND | EFFECT_HTTP_GET))
			out.forwarding++;
	}
	return out;
}

/* A gateway: no database, and forwarding is what the package or most routes do.
 * Health checks and the like do not forward, hence half of the routes. */
static bool is_edge(uint32_t uses, const struct roots *roots)
{
	if (uses & USES_DB)
		return false;
	return uses & USES_PROXY || (roots->forwarding && roots->forwarding * 2 >= roots->routes);
}

static const char *name_of(uint32_t uses, const struct roots *roots, bool edge)
{
	if (edge)
		return "edge";
	if (roots->phases & PHASE_SOCKET)
		return "push";
	if (roots->phases & PHASE_REQUEST || uses & USES_SERVER)
		return "api";
	if (roots->phases & PHASE_MESSAGE || uses & USES_QUEUE)
		return "worker";
	if (roots->phases & PHASE_TIMER)
		return "scheduler";
	return roots->phases & PHASE_RUNTIME ? "service" : "script";
}

void plan_kind(struct plan_app *app)
{
	if (!app->command || !app->command->program)
		return;
	uint32_t uses = uses_of_app(app);
	struct roots roots = roots_of_app(app);
	app->r.edge = is_edge(uses, &roots);
	app->renders = uses & USES_RENDERER;
	app->drives_browser = uses & USES_BROWSER;
	app->r.kind = name_of(uses, &roots, app->r.edge);
}
