/* How many database connections one process opens: the pools that its sources make, and where they
 * do not say, the default of the library (hazards.md F.1: pg, mysql2, mysql, TypeORM 10, knex 10,
 * Sequelize 5). Several pools may go to several databases: the largest counts, so that the plan
 * never takes away too much. What cannot be seen is left out. */
#include "planner/internal.h"

#include <math.h>

struct pool_kind {
	const char *module, *path;
	const char *options[4]; /* dotted; the first that is there */
	uint32_t usual;
	bool asks_dialect;      /* may be a database in a file, which has no connections to count */
};

static const struct pool_kind kinds[] = {
	{"pg", "Pool", {"max"}, 10, false},
	{"pg-pool", "default", {"max"}, 10, false},
	{"mysql2", "createPool", {"connectionLimit"}, 10, false},
	{"mysql2/promise", "createPool", {"connectionLimit"}, 10, false},
	{"mysql", "createPool", {"connectionLimit"}, 10, false},
	{"knex", "default", {"pool.max"}, 10, true},
	{"knex", "knex", {"pool.max"}, 10, true},
	{"sequelize", "Sequelize", {"pool.max"}, 5, true},
	{"sequelize", "default", {"pool.max"}, 5, true},
	{"sequelize-typescript", "Sequelize", {"pool.max"}, 5, true},
	{"typeorm", "DataSource", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, true},
	{"typeorm", "createConnection", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, true},
	{"@nestjs/typeorm", "TypeOrmModule.forRoot", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, true},
	{"@nestjs/typeorm", "TypeOrmModule.forRootAsync", {"poolSize", "extra.max", "extra.connectionLimit"}, 10, true},
};

struct look {
	const struct program *p;
	struct arena *arena;
	const struct eco_app *model;
	const struct prog_call *call;
	js_node options; /* the last argument, 0: none */
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

/* what makes it a server: pg and mysql in their many names; else nothing is counted */
static bool is_server(struct look *l)
{
	static const char *const keys[] = {"type", "dialect", "client"};
	static const char *const servers[] = {"postgres", "postgresql", "pg", "cockroachdb", "mysql", "mysql2", "mariadb", "aurora-mysql", "mssql"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct value *v = option_value(l, keys[i]);
		for (size_t k = 0; v && v->kind == VAL_STRING && k < sizeof servers / sizeof *servers; k++)
			if (str_is(v->u.str, servers[k]))
				return true;
	}
	return false;
}

/* connections of this pool; 0: not to be told */
static uint32_t size_of(struct look *l, const struct pool_kind *kind)
{
	const struct js_file *js = l->p->files[l->call->file].js;
	enum js_kind made = js_kind(js, l->call->node);
	uint32_t n = made == JS_CALL || made == JS_NEW ? js_at(js, l->call->node)->n_kids : 0;
	l->options = n > 0 ? js_kid(js, l->call->node, n - 1) : 0;
	if (!l->options)
		return kind->asks_dialect ? 0 : kind->usual;
	if (kind->asks_dialect && !is_server(l))
		return 0;
	l->unseen = false;
	for (size_t i = 0; i < 4 && kind->options[i]; i++) {
		const struct value *v = option_value(l, kind->options[i]);
		bool known = false;
		double max = v ? val_to_number(v, &known) : 0;
		if (v)
			return known && max >= 1 && max <= 10000 ? (uint32_t)max : 0;
	}
	return l->unseen ? 0 : kind->usual;
}

static const struct pool_kind *kind_of(const struct entity *e)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (entity_is(e, kinds[i].module, kinds[i].path))
			return &kinds[i];
	return NULL;
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
		uint32_t n = size_of(&l, kind);
		if (n > app->pool) {
			app->pool = n;
			app->pool_at = prog_place(p, call->file, call->node);
		}
	}
}

uint32_t plan_pool(const struct plan_app *app)
{
	return app->own && app->own->pool ? app->own->pool : app->pool;
}

const char *plan_pool_text(struct arena *a, const struct plan_app *app)
{
	if (app->own && app->own->pool)
		return arena_printf(a, "%u in each process", app->own->pool);
	struct position at = source_position(app->pool_at.source, app->pool_at.span.start);
	return arena_printf(a, "%u in each process (the pool of " STR_FMT ":%u)", app->pool, STR_ARG(app->pool_at.source->path), at.line);
}
