/* The pool of Prisma's own engine (Prisma 6 and older; 7 has none and takes a driver's pool): as many as the
 * connection URL says with connection_limit, else twice the CPUs and one. The URL stands in the environment
 * of the app or in the .env file that Prisma reads by itself; schema.prisma names the variable and the server. */
#include "planner/pools.h"

static bool is_client(const struct entity *e)
{
	return entity_is(e, "@prisma/client", "PrismaClient");
}

/* where the app makes the client; source NULL: nowhere */
static struct place made_at(const struct program *p, uint32_t app, js_node *options, prog_id *file)
{
	*options = 0;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (!is_client(&call->callee) || !prog_loads(p, app, call->file) || !prog_phases(p, app, call->fn))
			continue;
		const struct js_file *js = p->files[call->file].js;
		*options = js_at(js, call->node)->n_kids ? js_kid(js, call->node, 0) : 0;
		*file = call->file;
		return prog_place(p, call->file, call->node);
	}
	for (size_t i = 0; i < p->n_classes; i++) { /* class PrismaService extends PrismaClient, without a constructor */
		const struct prog_class *k = &p->classes[i];
		js_node base = js_at(p->files[k->file].js, k->node)->b;
		struct entity e = base && (k->apps >> app & 1) ? prog_resolve(p, k->file, base) : (struct entity){0};
		if (base && is_client(&e))
			return prog_place(p, k->file, base);
	}
	return (struct place){0};
}

static struct str trimmed(struct str s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = str_sub(s, 1, s.len);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t' || s.ptr[s.len - 1] == '\r'))
		s = str_sub(s, 0, s.len - 1);
	return s;
}

static struct str unquoted(struct str s)
{
	s = trimmed(s);
	for (size_t i = 1; s.len > 1 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && i < s.len; i++)
		if (s.ptr[i] == s.ptr[0])
			return str_sub(s, 1, i);
	return s;
}

static bool next_line(struct str *text, struct str *line)
{
	if (!text->len)
		return false;
	size_t end = str_find(*text, STR("\n"));
	*line = end == (size_t)-1 ? *text : str_sub(*text, 0, end);
	*text = end == (size_t)-1 ? STR("") : str_sub(*text, end + 1, text->len);
	return true;
}

/* `key = value` or `key=value` of one line, of an .env file or a block of the schema */
static bool assigns(struct str line, struct str key, struct str *value)
{
	line = trimmed(line);
	if (str_starts(line, STR("export ")))
		line = trimmed(str_sub(line, 7, line.len));
	if (!str_starts(line, key))
		return false;
	struct str rest = trimmed(str_sub(line, key.len, line.len));
	if (!rest.len || rest.ptr[0] != '=')
		return false;
	*value = trimmed(str_sub(rest, 1, rest.len));
	return true;
}

struct schema {
	struct str provider, url, variable; /* url: written out; variable: env("X") */
};

static bool read_schema(const struct context *ctx, struct str dir, struct schema *s)
{
	static const char *const places[] = {"prisma/schema.prisma", "schema.prisma", "src/prisma/schema.prisma"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct str path = path_join(ctx->arena, dir, str_from(places[i])), text, line, value;
		if (fs_kind(ctx->fs, path) != FS_FILE || fs_read(ctx->fs, ctx->arena, path, &text).text)
			continue;
		bool inside = false;
		while (next_line(&text, &line)) {
			struct str t = trimmed(line);
			inside = inside ? !str_starts(t, STR("}")) : str_starts(t, STR("datasource "));
			if (inside && assigns(t, STR("provider"), &value))
				s->provider = unquoted(value);
			else if (inside && assigns(t, STR("url"), &value) && str_starts(value, STR("env(")))
				s->variable = unquoted(str_sub(value, 4, value.len));
			else if (inside && assigns(t, STR("url"), &value))
				s->url = unquoted(value);
		}
		return s->provider.len > 0;
	}
	return false;
}

/* PM2's environment first: dotenv changes no variable that is there */
static struct str variable(const struct context *ctx, const struct eco_app *m, struct str dir, struct str name)
{
	static const char *const places[] = {".env", "prisma/.env"};
	struct str found = {0}, text, line, value;
	for (size_t i = 0; i < m->n_env; i++)
		if (str_eq(m->env[i].name, name))
			found = m->env[i].value;
	for (size_t i = 0; i < 2 && !found.ptr; i++) {
		struct str path = path_join(ctx->arena, dir, str_from(places[i]));
		if (fs_kind(ctx->fs, path) != FS_FILE || fs_read(ctx->fs, ctx->arena, path, &text).text)
			continue;
		while (next_line(&text, &line))
			if (assigns(line, name, &value))
				found = unquoted(value);
	}
	return found;
}

/* the URL that the client is made with, in its many spellings; seen: there is one, whatever it is */
static struct str url_of_options(const struct program *p, const struct eco_app *m, prog_id file, js_node options, bool *seen, bool *adapter)
{
	static const char *const paths[][3] = {{"datasourceUrl"}, {"datasources", "db", "url"}};
	prog_id to;
	js_node at;
	bool open;
	*adapter = prog_option(p, file, options, "adapter", &to, &at, &open) || prog_option(p, file, options, "accelerateUrl", &to, &at, &open);
	for (size_t i = 0; i < 2; i++) {
		prog_id f = file;
		js_node n = options;
		bool found = true;
		for (size_t k = 0; k < 3 && paths[i][k] && found; k++) {
			found = prog_option(p, f, n, paths[i][k], &to, &at, &open);
			f = to;
			n = at;
		}
		if (!found)
			continue;
		*seen = true;
		const struct value *v = prog_value(p, m, -1, f, n);
		return v && v->kind == VAL_STRING ? v->u.str : (struct str){0};
	}
	return (struct str){0};
}

static uint32_t major_of(struct str range)
{
	for (size_t i = 0; i < range.len; i++)
		if (range.ptr[i] >= '0' && range.ptr[i] <= '9')
			return (uint32_t)(range.ptr[i] - '0') * (i + 1 < range.len && range.ptr[i + 1] >= '0' && range.ptr[i + 1] <= '9' ? 10 : 1);
	return 0;
}

struct db_pool pool_of_prisma(struct plan_config *c, struct plan_app *app)
{
	const struct program *p = app->command->program;
	const struct eco_app *m = app->r.model;
	struct arena *a = c->ctx->arena;
	js_node options = 0;
	prog_id file = 0;
	struct db_pool pool = {.at = made_at(p, app->command->app, &options, &file)};
	if (!pool.at.source)
		return pool;
	const struct project_package *pkg = project_package_of(p->project, pool.at.source->path);
	struct str dir = pkg ? pkg->dir : STR("");
	struct schema schema = {0};
	bool seen = false, adapter = false;
	struct str url = options ? url_of_options(p, m, file, options, &seen, &adapter) : (struct str){0};
	if (adapter || major_of(project_dependency(p->project, pool.at.source->path, STR("@prisma/client"))) >= 7)
		return pool;
	if (!read_schema(c->ctx, dir, &schema) && !read_schema(c->ctx, STR(""), &schema))
		return pool;
	pool.server = pool_server(schema.provider);
	if (!pool.server)
		return pool;
	if (!seen)
		url = schema.url.len ? schema.url : variable(c->ctx, m, dir, schema.variable);
	pool.size = url.ptr ? pool_uri_number(url, "connection_limit") : 0;
	if (pool.size)
		return pool;
	pool.size = 2 * (c->ctx->cpus ? c->ctx->cpus : 1) + 1;
	pool.usual = (struct plan_text){
	    url.ptr ? "Prisma's default of 2 for each CPU and 1"
		    : arena_printf(a, "Prisma's default of 2 for each CPU and 1 unless %s says connection_limit", schema.variable.len ? arena_cstr(a, schema.variable) : "its URL"),
	    url.ptr ? "Prisma 的默认值：CPU 数 × 2 + 1"
		    : arena_printf(a, "Prisma 的默认值：CPU 数 × 2 + 1，除非 %s 中写了 connection_limit", schema.variable.len ? arena_cstr(a, schema.variable) : "连接 URL"),
	};
	return pool;
}
