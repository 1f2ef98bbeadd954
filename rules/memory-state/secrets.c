/* Secrets that a process makes for itself when it starts: what one signs, no
 * other accepts. */
#include "analyzers/program/usage.h"
#include "rules/reach.h"
#include "rules/registry.h"

/* where a secret goes: an argument, or an option of one */
struct sink {
	const char *module, *path; /* path "X#member": called on an instance */
	int argument;
	const char *option;        /* NULL: the argument itself */
};

static const struct sink sinks[] = {
    {"jsonwebtoken", "sign", 1, NULL},
    {"jsonwebtoken", "verify", 1, NULL},
    {"@nestjs/jwt", "JwtModule.register", 0, "secret"},
    {"@nestjs/jwt", "JwtModule.registerAsync", 0, "secret"},
    {"express-session", "default", 0, "secret"},
    {"cookie-session", "default", 0, "secret"},
    {"cookie-session", "default", 0, "keys"},
    {"cookie-parser", "default", 0, NULL},
    {"express-jwt", "expressjwt", 0, "secret"},
    {"express-jwt", "default", 0, "secret"},
    {"koa-jwt", "default", 0, "secret"},
    {"passport-jwt", "Strategy", 0, "secretOrKey"},
    {"crypto", "createHmac", 1, NULL},
    {"crypto", "createCipheriv", 1, NULL},
    {"crypto", "createDecipheriv", 1, NULL},
    {"@fastify/jwt", "plugin", 1, "secret"},
    {"@fastify/cookie", "plugin", 1, "secret"},
    {"@fastify/session", "plugin", 1, "secret"},
    {"@fastify/secure-session", "plugin", 1, "key"},
    {"@fastify/secure-session", "plugin", 1, "secret"},
};

struct secret {
	struct check *c;
	const struct prog_call *sink;
	prog_id file;
	js_node value;
	prog_id made_file;
	js_node made;     /* the random call */
	js_node fallback; /* X || random: the X, or 0 */
};

static bool is_random(const struct entity *e)
{
	static const char *const of_crypto[] = {"randomBytes", "randomUUID", "generateKeyPairSync", "generateKeySync", "webcrypto.randomUUID"};
	if (e->kind != ENT_PACKAGE && e->kind != ENT_PACKAGE_INSTANCE)
		return e->kind == ENT_GLOBAL && str_is(e->module, "crypto") && str_is(e->path, "randomUUID");
	for (size_t i = 0; str_is(e->module, "crypto") && i < sizeof of_crypto / sizeof *of_crypto; i++)
		if (str_starts(e->path, str_from(of_crypto[i])))
			return true;
	return str_is(e->module, "uuid") || (str_is(e->module, "nanoid") && str_starts(e->path, STR("nanoid")));
}

/* the random call at the bottom of randomBytes(32).toString('hex'), or 0 */
static js_node random_call(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	for (int step = 0; n && step < 6; step++) {
		if (js_kind(js, n) != JS_CALL)
			return 0;
		struct entity e = prog_resolve(p, file, js_at(js, n)->a);
		js_node callee = js_at(js, n)->a;
		if (is_random(&e) && !(js_kind(js, callee) == JS_MEMBER && js_kind(js, js_at(js, callee)->a) == JS_CALL))
			return n;
		if (js_kind(js, callee) != JS_MEMBER)
			return 0;
		n = js_at(js, callee)->a;
	}
	return 0;
}

/* the cell that is read at n, where it is given a value once */
static const struct prog_cell *field_at(const struct program *p, prog_id file, js_node n)
{
	for (size_t i = 0; i < p->n_cells; i++) {
		const struct prog_cell *cell = &p->cells[i];
		bool here = false, assigned = false;
		if (cell->kind != CELL_FIELD || cell->file != file)
			continue;
		for (size_t k = 0; k < cell->n_accesses; k++) {
			here |= cell->accesses[k].node == n && cell->accesses[k].file == file;
			assigned |= cell->accesses[k].op == ACCESS_ASSIGN;
		}
		if (here)
			return assigned || !cell->init ? NULL : cell;
	}
	return NULL;
}

/* where the value of n is written, through names of this file and constants of others */
static void find_origin(struct secret *s, prog_id file, js_node n)
{
	const struct program *p = s->c->program;
	const struct js_file *js = p->files[file].js;
	n = prog_local_value(p, file, n, NULL);
	struct entity e = prog_resolve(p, file, n);
	if (e.kind == ENT_CELL && e.cell != PROG_NONE && p->cells[e.cell].init && !e.members.len) {
		file = p->cells[e.cell].file;
		n = p->cells[e.cell].init;
		js = p->files[file].js;
	} else if (e.kind == ENT_PACKAGE_INSTANCE && field_at(p, file, n)) {
		n = field_at(p, file, n)->init;
	} else if (e.kind == ENT_VALUE && e.file != PROG_NONE && e.node) {
		file = e.file;
		n = e.node;
		js = p->files[file].js;
	}
	if (js_kind(js, n) == JS_LOGICAL && js_at(js, n)->op != JS_OP_AND) {
		s->fallback = js_at(js, n)->a;
		n = prog_local_value(p, file, js_at(js, n)->b, NULL);
	}
	s->made = random_call(p, file, n);
	s->made_file = file;
}

/* made when the process starts, and not for each use */
static bool is_made_once(const struct secret *s)
{
	const struct program *p = s->c->program;
	prog_id fn = p->files[s->made_file].first_fn + js_at(p->files[s->made_file].js, s->made)->fn;
	uint32_t phases = prog_phases(p, s->c->app, fn);
	return (phases & (PHASE_LOAD | PHASE_BOOT)) && !(phases & PHASE_RUNTIME);
}

/* process.env.SECRET || random: the config, or a .env file that the config reads, gives it */
static bool is_given(const struct secret *s)
{
	bool known = false;
	struct value *v = prog_value(s->c->program, s->c->model, -1, s->made_file, s->fallback);
	return v && val_truthy(v, &known) && known;
}

static struct str name_of(const struct js_file *js, js_node n)
{
	for (js_node up = js_at(js, n)->parent; up; up = js_at(js, up)->parent) {
		enum js_kind k = js_kind(js, up);
		if (k == JS_DECLARATOR || k == JS_ASSIGN)
			return js_text(js, js_at(js, up)->a);
		if (k == JS_FIELD || k == JS_PROPERTY)
			return js_key(js, up);
		if (k != JS_CALL && k != JS_MEMBER && k != JS_LOGICAL && k != JS_AWAIT)
			break;
	}
	return js_text(js, n);
}

static void tell(struct secret *s)
{
	struct check *c = s->c;
	const struct program *p = c->program;
	struct hazard *h = check_hazard(c, "secret-made-at-start");
	struct str name = name_of(p->files[s->made_file].js, s->made);
	h->symbol = name;
	h->at = prog_place(p, s->made_file, s->made);
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	h->confidence = CONFIDENCE_CERTAIN;
	if (s->fallback) {
		/* most deployments set it, only not in the PM2 config */
		h->severity = SEVERITY_MEDIUM;
		h->consequence = CONSEQUENCE_WARN;
		h->confidence = CONFIDENCE_POSSIBLE;
		check_evidence(c, h, EV_GUARD, prog_place(p, s->made_file, s->fallback), "only where this is not set");
	}
	h->message = arena_printf(c->arena, "'" STR_FMT "' is made at random by each process%s, so what one of {n} processes signs the others reject", STR_ARG(name), s->fallback ? " where the environment does not give it" : "");
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 由每个进程随机生成%s，{n} 个进程中一个签发的内容其他进程会拒绝", STR_ARG(name), s->fallback ? "（环境变量未提供时）" : "");
	check_evidence(c, h, EV_DECLARED, h->at, "made here, once in each process");
	check_evidence(c, h, EV_READ, prog_place(p, s->sink->file, s->sink->node), "used as a secret here");
	check_commit(c, h);
}

static void look_at_value(struct check *c, const struct prog_call *call, prog_id file, js_node value)
{
	const struct js_file *js = c->program->files[file].js;
	struct secret s = {.c = c, .sink = call, .file = file, .value = value};
	/* keys: [a, b]: the first one signs */
	if (js_kind(js, value) == JS_ARRAY && js_at(js, value)->n_kids)
		value = js_kid(js, value, 0);
	find_origin(&s, file, value);
	if (s.made && is_made_once(&s) && !(s.fallback && is_given(&s)))
		tell(&s);
}

static bool is_sink(const struct program *p, const struct prog_call *call, const struct sink *sink)
{
	const struct js_file *js = p->files[call->file].js;
	if (strcmp(sink->path, "plugin") == 0) {
		js_node callee = js_at(js, call->node)->a;
		if (js_kind(js, callee) != JS_MEMBER || !str_is(js_str(js, callee), "register"))
			return false;
		js_node first = reach_argument(js, call->node, 0);
		struct entity e = first ? prog_resolve(p, call->file, first) : (struct entity){0};
		return e.kind == ENT_PACKAGE && str_is(e.module, sink->module);
	}
	return call->callee.kind == ENT_PACKAGE && entity_is(&call->callee, sink->module, sink->path);
}

void check_secrets(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (!reach_is_live(c, call))
			continue;
		for (size_t k = 0; k < sizeof sinks / sizeof *sinks; k++) {
			prog_id file = call->file;
			js_node arg = reach_argument(p->files[file].js, call->node, sinks[k].argument);
			bool open;
			if (!arg || !is_sink(p, call, &sinks[k]))
				continue;
			if (sinks[k].option && !prog_option(p, file, arg, sinks[k].option, &file, &arg, &open))
				continue;
			look_at_value(c, call, file, arg);
		}
	}
}
