/* Package catalogue: matches the rows of rules/catalogue/ against what an app
 * calls. A row fires where its use is live, the options that would keep its
 * state elsewhere are absent, or resolve to memory, and those that make it a
 * hazard hold with the app's own environment. */
#include "analyzers/program/usage.h"
#include "rules/catalogue.h"
#include "rules/reach.h"
#include "rules/registry.h"

enum { SHARED_WORK = EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_HTTP_SEND | EFFECT_MAIL | EFFECT_PAYMENT |
		     EFFECT_QUEUE_ADD | EFFECT_FILE_WRITE | EFFECT_FILE_DELETE | EFFECT_SHARED_WRITE };

struct looked {
	struct check *c;
	const struct eco_app *model; /* with what a deployment has: NODE_ENV=production where nothing else is said */
	const struct cat_row *row;
	const struct cat_use *use;
	const struct prog_call *call;
	js_node options;     /* the argument, or 0 */
	prog_id file;
	bool guessed;        /* an option object has parts that nobody can see */
	prog_id store_file;  /* what mitigates */
	js_node store;
	struct str store_name; /* the option's name */
	const char *shared;  /* "Redis": what the store is, NULL: nobody knows */
};

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* ---- reading options ---- */

static js_node call_of(const struct js_file *js, js_node n)
{
	return js_kind(js, n) == JS_DECORATOR ? js_at(js, n)->a : n;
}

static js_node argument(const struct js_file *js, js_node call, int index)
{
	js_node n = call_of(js, call);
	enum js_kind k = js_kind(js, n);
	uint32_t len = k == JS_CALL || k == JS_NEW ? js_at(js, n)->n_kids : 0;
	if (index == -1)
		index = (int)len - 1;
	return index >= 0 && (uint32_t)index < len ? js_kid(js, n, (uint32_t)index) : 0;
}

static bool is_nothing(const struct js_file *js, js_node n)
{
	return !n || js_kind(js, n) == JS_NULL || (js_kind(js, n) == JS_IDENT && str_is(js_str(js, n), "undefined")) ||
	       (js_kind(js, n) == JS_BOOL && js_at(js, n)->op == 0);
}

/* the expression that an option has; dotted names go down. *open: it may be there without being seen */
static bool find_option(struct looked *l, struct str name, prog_id *file, js_node *node, bool *open)
{
	const struct program *p = l->c->program;
	*file = l->call->file;
	*open = false;
	if (name.len && name.ptr[0] == '#') {
		*node = argument(p->files[*file].js, l->call->node, name.ptr[1] - '0');
		return *node != 0;
	}
	*node = l->options;
	*file = l->file;
	while (name.len && *node) {
		size_t dot = str_find(name, STR("."));
		struct str part = dot == (size_t)-1 ? name : str_sub(name, 0, dot);
		name = dot == (size_t)-1 ? STR("") : str_sub(name, dot + 1, name.len);
		prog_id to = *file;
		js_node found = 0;
		if (!prog_option(p, *file, *node, arena_cstr(l->c->arena, part), &to, &found, open))
			return false;
		*file = to;
		*node = found;
	}
	return *node != 0;
}

static struct value *value_at(const struct looked *l, prog_id file, js_node n)
{
	return prog_value(l->c->program, l->model, -1, file, n);
}

/* which side of ?: || ?? the app's environment takes; n itself where that cannot be told */
static js_node chosen(const struct looked *l, prog_id file, js_node n)
{
	const struct js_file *js = l->c->program->files[file].js;
	for (int step = 0; step < 8; step++) {
		const struct js_node_data *d = js_at(js, n);
		bool known = false, truth;
		if (js_kind(js, n) == JS_AWAIT) {
			n = d->a;
			continue;
		}
		if (js_kind(js, n) != JS_COND && js_kind(js, n) != JS_LOGICAL)
			return n;
		struct value *v = value_at(l, file, d->a);
		truth = v && val_truthy(v, &known);
		if (js_kind(js, n) == JS_LOGICAL && !known && d->op != JS_OP_AND)
			return js_kind(js, d->a) == JS_IDENT || js_kind(js, d->a) == JS_MEMBER ? n : d->a;
		if (!known)
			return n;
		if (js_kind(js, n) == JS_COND)
			n = truth ? d->b : d->c;
		else if (d->op == JS_OP_AND)
			n = truth ? d->b : d->a;
		else
			n = truth ? d->a : d->b;
		if (js_kind(js, n) != JS_COND && js_kind(js, n) != JS_LOGICAL)
			return n;
	}
	return n;
}

static bool same_path(struct str want, struct str path);

static bool matches_entity(struct str pattern, const struct entity *e)
{
	size_t colon = str_find(pattern, STR(":"));
	struct str module = colon == (size_t)-1 ? pattern : str_sub(pattern, 0, colon);
	if ((e->kind != ENT_PACKAGE && e->kind != ENT_PACKAGE_INSTANCE) || !str_eq(e->module, module))
		return false;
	return colon == (size_t)-1 || same_path(str_sub(pattern, colon + 1, pattern.len), e->path);
}

static bool in_memory(const struct looked *l, prog_id file, js_node n, int depth);

/* "keyv:Keyv!store": in memory unless it was made with a store of its own */
static bool made_without(const struct looked *l, prog_id file, js_node n, struct str option, int depth)
{
	const struct program *p = l->c->program;
	js_node made = prog_local_value(p, file, n, NULL);
	const struct js_file *js = p->files[file].js;
	js_node first = argument(js, made, 0), found = 0;
	prog_id to = file;
	bool open = false;
	if (js_kind(js, made) != JS_NEW && js_kind(js, made) != JS_CALL)
		return false;
	if (!first)
		return true;
	if (js_kind(js, first) != JS_OBJECT)
		return false;
	if (prog_option(p, file, first, arena_cstr(l->c->arena, option), &to, &found, &open))
		return in_memory(l, to, found, depth + 1);
	return !open;
}

static bool in_memory(const struct looked *l, prog_id file, js_node n, int depth)
{
	const struct js_file *js = l->c->program->files[file].js;
	struct entity e = prog_resolve(l->c->program, file, n);
	for (size_t i = 0; i < l->row->n_memory && depth < 4; i++) {
		struct str pattern = l->row->memory[i];
		size_t mark = str_find(pattern, STR("!"));
		struct str option = mark == (size_t)-1 ? STR("") : str_sub(pattern, mark + 1, pattern.len);
		if (mark != (size_t)-1)
			pattern = str_sub(pattern, 0, mark);
		if (matches_entity(pattern, &e) && (!option.len || made_without(l, file, n, option, depth)))
			return true;
	}
	return js_kind(js, n) == JS_STRING && str_is(js_str(js, n), "memory");
}

/* what a store is, told by the package that makes it */
static const char *store_kind(const struct program *p, prog_id file, js_node n)
{
	static const struct {
		const char *mark, *name;
	} kinds[] = {
	    {"redis", "Redis"},   {"valkey", "Valkey"},      {"mongo", "MongoDB"},      {"memcach", "Memcached"},
	    {"pg", "PostgreSQL"}, {"postgres", "PostgreSQL"}, {"mysql", "MySQL"},        {"prisma", "the database"},
	    {"typeorm", "the database"}, {"sequelize", "the database"}, {"knex", "the database"}, {"dynamo", "DynamoDB"},
	    {"upstash", "Redis"}, {"nats", "NATS"},          {"firestore", "Firestore"},
	};
	struct entity e = prog_resolve(p, file, n);
	struct str module = e.module;
	if (e.kind != ENT_PACKAGE && e.kind != ENT_PACKAGE_INSTANCE)
		return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_find(module, str_from(kinds[i].mark)) != (size_t)-1)
			return kinds[i].name;
	return NULL;
}

/* ---- conditions ---- */

static bool value_is(struct arena *a, const struct value *v, struct str want)
{
	if (str_is(want, "object"))
		return v->kind == VAL_OBJECT;
	if (str_is(want, "string"))
		return v->kind == VAL_STRING;
	const char *text = val_to_string(a, v);
	if (!text)
		return false;
	if (want.len && want.ptr[want.len - 1] == '*')
		return str_starts(str_from(text), str_sub(want, 0, want.len - 1));
	return str_is(want, text);
}

/* Transport.REDIS, an enum of the package: its name is all that is needed; of a list one element is enough */
static bool made_by(const struct looked *l, prog_id file, js_node n, struct str pattern)
{
	const struct js_file *js = l->c->program->files[file].js;
	js_node list = prog_local_value(l->c->program, file, n, NULL);
	struct entity e = prog_resolve(l->c->program, file, n);
	if (matches_entity(pattern, &e))
		return true;
	for (uint32_t i = 0; js_kind(js, list) == JS_ARRAY && i < js_at(js, list)->n_kids; i++) {
		e = prog_resolve(l->c->program, file, js_kid(js, list, i));
		if (matches_entity(pattern, &e))
			return true;
	}
	return false;
}

static enum answer holds_value(struct looked *l, prog_id file, js_node n, struct str want)
{
	const struct js_file *js = l->c->program->files[file].js;
	struct value *v = value_at(l, file, n);
	bool unknown = !v || v->kind == VAL_UNKNOWN;
	if (str_is(want, "any")) {
		n = chosen(l, file, n);
		if (is_nothing(js, n))
			return ANSWER_NO;
		if (!unknown)
			return v->kind == VAL_UNDEFINED || v->kind == VAL_NULL || (v->kind == VAL_BOOL && !v->u.b) ? ANSWER_NO
														  : ANSWER_YES;
		return js_kind(js, n) == JS_COND || js_kind(js, n) == JS_LOGICAL ? ANSWER_UNKNOWN : ANSWER_YES;
	}
	bool negated = want.len && want.ptr[0] == '!';
	if (negated)
		want = str_sub(want, 1, want.len);
	if (want.len > 1 && str_find(str_sub(want, 1, want.len), STR(":")) != (size_t)-1 && !str_ends(want, STR(":")))
		return made_by(l, file, n, want) != negated ? ANSWER_YES : ANSWER_NO;
	if (str_is(want, "object") && js_kind(js, prog_local_value(l->c->program, file, n, NULL)) == JS_OBJECT)
		return ANSWER_YES;
	if (unknown)
		return ANSWER_UNKNOWN;
	return value_is(l->c->arena, v, want) != negated ? ANSWER_YES : ANSWER_NO;
}

static enum answer holds(struct looked *l, const struct cat_option *o)
{
	prog_id file = l->file;
	js_node n = 0;
	bool open = false;
	bool found = find_option(l, o->name, &file, &n, &open);
	if (!found && open)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; !found && i < o->n_values; i++)
		if (str_is(o->values[i], "absent"))
			return ANSWER_YES;
	enum answer best = ANSWER_NO;
	if (!found)
		return best;
	for (size_t i = 0; i < o->n_values; i++) {
		enum answer a = holds_value(l, file, n, o->values[i]);
		if (a == ANSWER_YES) {
			l->store_file = file;
			l->store = n;
			l->store_name = o->name;
			return a;
		}
		if (a == ANSWER_UNKNOWN)
			best = a;
	}
	return best;
}

/* is a store given, and a shared one? */
static enum answer has_store(struct looked *l, struct str name)
{
	prog_id file = l->file;
	js_node n = 0;
	bool open = false;
	const struct program *p = l->c->program;
	if (!find_option(l, name, &file, &n, &open))
		return open ? ANSWER_UNKNOWN : ANSWER_NO;
	js_node side = chosen(l, file, n);
	const struct js_file *js = p->files[file].js;
	if (is_nothing(js, side) || in_memory(l, file, side, 0))
		return ANSWER_NO;
	struct value *v = value_at(l, file, side);
	if (v && (v->kind == VAL_UNDEFINED || v->kind == VAL_NULL || (v->kind == VAL_BOOL && !v->u.b)))
		return ANSWER_NO;
	if (js_kind(js, side) == JS_ARRAY && js_at(js, side)->n_kids == 0)
		return ANSWER_NO;
	if (js_kind(js, side) == JS_ARRAY) { /* stores: [memory, redis]: what the first one holds is asked first */
		js_node first = js_kid(js, side, 0);
		if (in_memory(l, file, first, 0))
			return ANSWER_NO;
		side = first;
	}
	l->store_file = file;
	l->store = side;
	l->store_name = name;
	l->shared = store_kind(p, file, side);
	/* a ternary whose condition nobody knows: one side may well be memory */
	return js_kind(js, side) == JS_COND || js_kind(js, side) == JS_LOGICAL ? ANSWER_UNKNOWN : ANSWER_YES;
}

/* ---- does the row know this call? ---- */

/* "createClient().duplicate()" is written createClient.duplicate */
static bool same_path(struct str want, struct str path)
{
	size_t w = 0;
	if (str_is(want, "*"))
		return true;
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '(' || path.ptr[i] == ')')
			continue;
		if (w >= want.len || want.ptr[w++] != path.ptr[i])
			return false;
	}
	return w == want.len;
}

static bool row_has_package(const struct cat_row *row, struct str module)
{
	for (size_t i = 0; i < row->n_packages; i++) {
		struct str want = row->packages[i];
		if (str_eq(want, module) ||
		    (str_ends(want, STR("/*")) && str_starts(module, str_sub(want, 0, want.len - 1))))
			return true;
	}
	return false;
}

static bool use_matches(const struct cat_row *row, const struct cat_use *use, const struct prog_call *call, bool decorator)
{
	const struct entity *e = &call->callee;
	if (use->module.ptr ? !str_eq(use->module, e->module) : !row_has_package(row, e->module))
		return false;
	switch (use->kind) {
	case USE_CALL:
		return e->kind == ENT_PACKAGE && !decorator && str_eq(use->path, e->path);
	case USE_DECORATOR:
		return e->kind == ENT_PACKAGE && decorator && str_eq(use->path, e->path);
	case USE_MEMBER:
		return e->kind == ENT_PACKAGE_INSTANCE && str_eq(use->member, e->members) && same_path(use->path, e->path);
	case USE_PLUGIN:
		return false;
	}
	return false;
}

static bool is_live(const struct check *c, const struct prog_call *call, enum cat_when when)
{
	if (!prog_loads(c->program, c->app, call->file))
		return false;
	uint32_t phases = prog_phases(c->program, c->app, call->fn);
	if (when == WHEN_START)
		return phases & (PHASE_LOAD | PHASE_BOOT);
	if (when == WHEN_SERVE)
		return phases & PHASE_RUNTIME;
	return phases != 0;
}

static bool is_register(struct str members)
{
	static const char *const names[] = {"register", "use", "plugin", "configure", "registerPlugin"};
	size_t dot = str_rfind_char(members, '.');
	struct str last = dot == (size_t)-1 ? members : str_sub(members, dot + 1, members.len);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(last, names[i]))
			return true;
	return false;
}

/* app.register(require('x'), options), server.register({ plugin: require('x'), options }), register(import('x')) */
static bool plugin_given(const struct program *p, const struct prog_call *call, struct entity *plugin, js_node *options,
			 prog_id *file)
{
	const struct js_file *js = p->files[call->file].js;
	js_node callee = js_at(js, call->node)->a;
	if (js_kind(js, call->node) != JS_CALL || js_kind(js, callee) != JS_MEMBER || !is_register(js_str(js, callee)))
		return false;
	js_node first = argument(js, call->node, 0);
	prog_id at = call->file;
	bool open;
	if (!first)
		return false;
	*file = call->file;
	*options = argument(js, call->node, 1);
	if (js_kind(js, first) == JS_OBJECT) {
		js_node inner = 0;
		if (!prog_option(p, call->file, first, "plugin", &at, &inner, &open))
			return false;
		if (!prog_option(p, call->file, first, "options", file, options, &open)) {
			*options = 0;
			*file = call->file;
		}
		first = inner;
	}
	*plugin = prog_resolve(p, at, first);
	return plugin->kind == ENT_PACKAGE;
}

/* ---- telling it ---- */

/* the name under which the result is kept: const limiter = rateLimit(..), this.cache = new X(..) */
static struct str symbol_of(const struct js_file *js, js_node call)
{
	js_node n = call, up = js_at(js, n)->parent;
	while (js_kind(js, up) == JS_AWAIT || js_kind(js, up) == JS_LOGICAL || js_kind(js, up) == JS_COND ||
	       (js_kind(js, up) == JS_CALL && js_at(js, up)->a == n)) {
		n = up;
		up = js_at(js, up)->parent;
	}
	struct str s = STR("");
	if (js_kind(js, up) == JS_DECLARATOR && js_kind(js, js_at(js, up)->a) == JS_IDENT)
		s = js_text(js, js_at(js, up)->a);
	else if (js_kind(js, up) == JS_ASSIGN)
		s = js_text(js, js_at(js, up)->a);
	else if (js_kind(js, up) == JS_FIELD)
		s = js_key(js, up);
	if (!s.len)
		s = js_text(js, js_at(js, call_of(js, call))->a);
	size_t line = str_find(s, STR("\n"));
	return s.len > 60 || line != (size_t)-1 ? str_sub(s, 0, line < 60 ? line : 60) : s;
}

/* const x = make(..) that nothing refers to and nothing exports: made, and never used */
static bool is_unused(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	if (js_kind(js, up) != JS_DECLARATOR || js_kind(js, js_at(js, up)->a) != JS_IDENT)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	js_node statement = js_at(js, js_at(js, up)->parent)->parent;
	return b && b->n_refs == 0 && b->fn == js_at(js, call)->fn && js_kind(js, statement) != JS_EXPORT;
}

static const char *fill(struct arena *a, const char *text, struct str symbol, struct str package, const char *store)
{
	char *out = arena_printf(a, "%s", "");
	while (text && *text) {
		const char *brace = strchr(text, '{');
		struct str with = {NULL, 0};
		size_t skip = 0;
		if (!brace)
			return arena_printf(a, "%s%s", out, text);
		if (strncmp(brace, "{symbol}", 8) == 0)
			with = symbol, skip = 8;
		else if (strncmp(brace, "{package}", 9) == 0)
			with = package, skip = 9;
		else if (strncmp(brace, "{store}", 7) == 0)
			with = str_from(store ? store : "a store of its own"), skip = 7;
		else
			with = STR("{"), skip = 1;
		out = arena_printf(a, "%s%.*s" STR_FMT, out, (int)(brace - text), text, STR_ARG(with));
		text = brace + skip;
	}
	return text ? out : NULL;
}

static bool is_raised(const struct looked *l)
{
	const struct program *p = l->c->program;
	for (size_t i = 0; l->row->n_raise && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->callee.kind != ENT_PACKAGE_INSTANCE && call->callee.kind != ENT_PACKAGE)
			continue;
		for (size_t k = 0; k < l->row->n_raise; k++)
			if (use_matches(l->row, &l->row->raise[k], call, false) && is_live(l->c, call, WHEN_SERVE))
				return true;
	}
	return false;
}

static enum consequence consequence_of(const struct cat_row *row, const struct card *card, enum severity severity)
{
	if (row->consequence >= 0 && severity == row->severity)
		return (enum consequence)row->consequence;
	if (severity >= card->severity)
		return card->consequence;
	return severity == SEVERITY_MEDIUM ? CONSEQUENCE_WARN : CONSEQUENCE_NONE;
}

static void tell_guard(struct looked *l, struct hazard *h)
{
	struct guard_result g = prog_guard(l->c->program, l->c->app, l->model, l->call->file, l->call->node);
	struct place at = g.at ? prog_place(l->c->program, g.file, g.at) : (struct place){0};
	if (g.answer == GUARD_ONE) {
		h->mitigation = MITIGATION_WEAK;
		if (h->severity > SEVERITY_LOW)
			h->severity--;
		h->consequence = h->severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
		check_evidence(l->c, h, EV_MITIGATION, at,
			       "only one instance passes this guard; pm2 scale down removes that one first, and a reload runs two of it");
	} else if ((g.answer == GUARD_UNKNOWN || g.answer == GUARD_SOME) && g.at) {
		if (h->confidence == CONFIDENCE_CERTAIN)
			h->confidence = CONFIDENCE_LIKELY;
		check_evidence(l->c, h, EV_GUARD, at, "depends on %s, which is not known here", g.about ? g.about : "this condition");
	}
}

/* Where it comes from: the instance that a method is called on, or what is made of the class whose constructor makes it */
static void add_makers(struct looked *l, struct hazard *h)
{
	enum { MOST = 3 };
	const struct program *p = l->c->program;
	const struct js_file *js = p->files[l->call->file].js;
	js_node holder = reach_class_of(js, l->call->node);
	int told = 0;
	for (size_t i = 0; i < p->n_calls && told < MOST; i++) {
		const struct prog_call *call = &p->calls[i];
		bool instance = l->use->kind == USE_MEMBER && call->callee.kind == ENT_PACKAGE &&
				str_eq(call->callee.module, l->call->callee.module) && same_path(call->callee.path, l->call->callee.path);
		bool of_class = l->use->kind == USE_CALL && holder && call->callee.kind == ENT_CLASS &&
				call->callee.file == l->call->file && call->callee.node == holder;
		if ((!instance && !of_class) || !is_live(l->c, call, WHEN_ANY))
			continue;
		told++;
		check_evidence(l->c, h, EV_DECLARED, prog_place(p, call->file, call->node), "made here, once in each process");
	}
}

/* use(X ? new Real() : new Standin()): where X is not known here, what the other side makes is only a fallback */
static void weigh_fallback(struct looked *l, struct hazard *h)
{
	struct guard_result g = prog_guard(l->c->program, l->c->app, l->model, l->call->file, l->call->node);
	if (!l->row->fallback || !g.at || g.answer == GUARD_NONE)
		return;
	h->confidence = CONFIDENCE_POSSIBLE;
	h->severity = SEVERITY_LOW;
	h->consequence = CONSEQUENCE_WARN;
}

static void report(struct looked *l, bool mitigated)
{
	struct check *c = l->c;
	const struct program *p = c->program;
	const struct cat_row *row = l->row;
	const struct js_file *js = p->files[l->call->file].js;
	struct str package = l->use->kind == USE_PLUGIN || !l->call->callee.module.len ? row->packages[0] : l->call->callee.module;
	struct str symbol = l->use->kind == USE_PLUGIN ? package : symbol_of(js, l->call->node);
	bool raised = !mitigated && is_raised(l);
	bool locked = row->when == WHEN_START && (p->fns[l->call->fn].effects & EFFECT_LOCK);
	struct hazard *h = check_hazard(c, row->card);
	h->severity = raised ? row->raised : row->severity;
	h->confidence = l->guessed ? CONFIDENCE_POSSIBLE : row->confidence;
	h->consequence = consequence_of(row, h->card, h->severity);
	h->replicas_only = row->replicas;
	h->symbol = symbol;
	h->at = prog_place(p, l->call->file, l->call->node);
	for (int lang = 0; lang < 2; lang++) {
		const char *text = raised && row->raised_message[lang] ? row->raised_message[lang] : row->message[lang];
		*(lang == LANG_EN ? &h->message : &h->message_zh) = fill(c->arena, text, symbol, package, NULL);
	}
	h->root = str_hash(h->at.source->path) ^ str_hash(str_from(row->card)) ^ str_hash(row->name);
	check_evidence(c, h, EV_DECLARED, h->at, "used here: " STR_FMT ", once in each process", STR_ARG(package));
	add_makers(l, h);
	if (p->fns[l->call->fn].index) /* a module is reached by being loaded */
		check_reached(c, h, l->call->fn, ~0u);
	if (row->remedy) {
		h->remedies = row->remedy;
		h->n_remedies = 1;
	}
	if (mitigated) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, l->store_file, l->store),
			       "'" STR_FMT "' keeps it in %s", STR_ARG(l->store_name), l->shared ? l->shared : "a store of its own");
	} else if (locked) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, l->call->file, js->functions[js_at(js, l->call->node)->fn].node),
			       "'%s' takes a lock first", prog_fn_name(p, l->call->fn));
	} else {
		tell_guard(l, h);
		weigh_fallback(l, h);
	}
	check_commit(c, h);
	if (mitigated && l->shared && row->strength)
		check_strength(c, prog_place(p, l->store_file, l->store), "%s",
			       fill(c->arena, row->strength, symbol, package, l->shared));
}

/* ---- one call, one row ---- */

/* a lock taken in the body: the message, or the start, is handled by one of them */
static bool does_shared_work(const struct program *p, prog_id fn)
{
	uint32_t effects = p->fns[fn].effects_all;
	return (effects & SHARED_WORK) && !(effects & EFFECT_LOCK);
}

static bool has_shared_effect(const struct looked *l)
{
	const struct program *p = l->c->program;
	const struct js_file *js = p->files[l->call->file].js;
	js_node n = call_of(js, l->call->node), up = js_at(js, l->call->node)->parent;
	bool callback = false;
	if (js_kind(js, l->call->node) == JS_DECORATOR)
		return js_kind(js, up) == JS_METHOD && js_at(js, up)->b &&
		       does_shared_work(p, prog_fn_of(p, l->call->file, js_at(js, up)->b));
	for (uint32_t i = 0; i < js_at(js, n)->n_kids; i++) {
		prog_id fn = prog_callback(p, l->call->file, js_kid(js, n, i));
		if (fn == PROG_NONE)
			continue;
		callback = true;
		if (does_shared_work(p, fn))
			return true;
	}
	return !callback && l->row->effects == EFFECTS_SHARED && does_shared_work(p, l->call->fn);
}

/* insuranceLimiter: new RateLimiterMemory(..), inline or through a name */
static bool is_spare(const struct looked *l, js_node n)
{
	const struct js_file *js = l->c->program->files[l->call->file].js;
	js_node up = js_at(js, n)->parent;
	if (js_kind(js, up) == JS_PROPERTY) {
		for (size_t i = 0; i < l->row->n_spare; i++)
			if (str_eq(js_key(js, up), l->row->spare[i]))
				return true;
		return false;
	}
	if (js_kind(js, up) != JS_DECLARATOR || js_kind(js, js_at(js, up)->a) != JS_IDENT)
		return false;
	const struct js_binding *b = js_binding_of(js, js_at(js, up)->a);
	for (uint32_t i = 0; b && i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], holder = js_at(js, ref)->parent;
		for (size_t k = 0; js_kind(js, holder) == JS_PROPERTY && k < l->row->n_spare; k++)
			if (str_eq(js_key(js, holder), l->row->spare[k]))
				return true;
	}
	return false;
}

/* apicache.options({ redisClient }) beside apicache.middleware(..) */
static bool is_installed_elsewhere(struct looked *l)
{
	const struct program *p = l->c->program;
	for (size_t i = 0; l->row->n_elsewhere && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		struct looked other = *l;
		for (size_t k = 0; k < l->row->n_elsewhere; k++) {
			if (!use_matches(l->row, &l->row->elsewhere[k], call, false) || !is_live(l->c, call, WHEN_ANY))
				continue;
			other.call = call;
			other.file = call->file;
			other.options = argument(p->files[call->file].js, call->node, 0);
			if (has_store(&other, l->row->elsewhere_option) != ANSWER_YES)
				continue;
			l->store_file = other.store_file;
			l->store = other.store;
			l->store_name = other.store_name;
			l->shared = other.shared;
			return true;
		}
	}
	return false;
}

static void tell_strength(const struct looked *l)
{
	check_strength(l->c, prog_place(l->c->program, l->call->file, l->call->node), "%s", l->row->strength);
}

/* is the state kept elsewhere? l->store: by what */
static enum answer is_stored(struct looked *l)
{
	const struct cat_row *row = l->row;
	enum answer stored = ANSWER_NO;
	l->store = 0;
	for (size_t i = 0; i < row->n_absent && stored != ANSWER_YES; i++) {
		enum answer a = has_store(l, row->absent[i]);
		if (a != ANSWER_NO)
			stored = a;
	}
	for (size_t i = 0; i < row->n_unless && stored != ANSWER_YES; i++) {
		enum answer a = holds(l, &row->unless[i]);
		if (a != ANSWER_NO)
			stored = a;
	}
	return stored != ANSWER_YES && is_installed_elsewhere(l) ? ANSWER_YES : stored;
}

static void judge(struct looked *l)
{
	const struct cat_row *row = l->row;
	const struct program *p = l->c->program;
	const struct js_file *js = p->files[l->call->file].js;
	if (!is_live(l->c, l->call, row->when) || is_unused(js, l->call->node))
		return;
	if (!row->card) {
		tell_strength(l);
		return;
	}
	if (row->effects != EFFECTS_ANY && !has_shared_effect(l))
		return;
	if (row->n_spare && is_spare(l, l->call->node))
		return;
	for (size_t i = 0; i < row->n_present; i++)
		if (holds(l, &row->present[i]) != ANSWER_YES)
			return;
	enum answer stored = is_stored(l);
	if (stored == ANSWER_YES) {
		if (l->store)
			report(l, true);
		return;
	}
	if (stored == ANSWER_UNKNOWN) {
		/* options that come from where nobody can look: most such helpers do pass a store */
		if (l->options && js_kind(p->files[l->file].js, l->options) != JS_OBJECT && !l->store)
			return;
		l->guessed = true;
	}
	if (prog_guard(p, l->c->app, l->model, l->call->file, l->call->node).answer != GUARD_NEVER)
		report(l, false);
}

static void look_at_call(struct check *c, const struct eco_app *model, const struct prog_call *call)
{
	const struct catalogue *cat = c->cards->catalogue;
	const struct js_file *js = c->program->files[call->file].js;
	bool decorator = js_kind(js, call->node) == JS_DECORATOR;
	size_t first, n = catalogue_rows_of(cat, call->callee.module, &first);
	for (size_t i = first; i < first + n; i++) {
		const struct cat_row *row = &cat->rows[cat->links[i].row];
		for (size_t k = 0; k < row->n_uses; k++) {
			if (!use_matches(row, &row->uses[k], call, decorator))
				continue;
			struct looked l = {.c = c, .model = model, .row = row, .use = &row->uses[k], .call = call, .file = call->file};
			l.options = row->options == -2 ? 0 : argument(js, call->node, row->options);
			judge(&l);
			break;
		}
	}
}

static void look_at_plugin(struct check *c, const struct eco_app *model, const struct prog_call *call)
{
	const struct catalogue *cat = c->cards->catalogue;
	struct entity plugin;
	struct looked l = {.c = c, .model = model, .call = call};
	if (!plugin_given(c->program, call, &plugin, &l.options, &l.file))
		return;
	size_t first, n = catalogue_rows_of(cat, plugin.module, &first);
	for (size_t i = first; i < first + n; i++) {
		l.row = &cat->rows[cat->links[i].row];
		for (size_t k = 0; k < l.row->n_uses; k++) {
			l.use = &l.row->uses[k];
			l.guessed = false;
			l.store = 0;
			l.shared = NULL;
			if (l.use->kind == USE_PLUGIN && str_eq(l.use->path, plugin.path)) {
				judge(&l);
				break;
			}
		}
	}
}

/* What is asked of an environment that says nothing: is this production? synchronize: NODE_ENV !== 'production' is
 * right, and would be a false alarm otherwise. */
static const struct eco_app *in_production(struct check *c)
{
	const struct eco_app *model = c->model;
	for (size_t i = 0; i < model->n_env; i++)
		if (str_is(model->env[i].name, "NODE_ENV"))
			return model;
	struct env_var *env = arena_array(c->arena, struct env_var, model->n_env + 1);
	struct eco_app *copy = arena_new(c->arena, struct eco_app);
	*copy = *model;
	if (model->n_env)
		memcpy(env, model->env, model->n_env * sizeof *env);
	env[model->n_env] = (struct env_var){STR("NODE_ENV"), STR("production")};
	copy->env = env;
	copy->n_env = model->n_env + 1;
	return copy;
}

void check_catalogue(struct check *c)
{
	const struct eco_app *model = in_production(c);
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (!prog_loads(c->program, c->app, call->file))
			continue;
		if (call->callee.kind == ENT_PACKAGE || call->callee.kind == ENT_PACKAGE_INSTANCE)
			look_at_call(c, model, call);
		look_at_plugin(c, model, call);
	}
}
