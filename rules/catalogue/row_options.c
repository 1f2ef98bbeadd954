#include "rules/catalogue/rows.h"

#include "analyzers/program/usage.h"

js_node row_call_of(const struct js_file *js, js_node n)
{
	return js_kind(js, n) == JS_DECORATOR ? js_at(js, n)->a : n;
}

js_node row_argument(const struct js_file *js, js_node call, int index)
{
	js_node n = row_call_of(js, call);
	enum js_kind k = js_kind(js, n);
	uint32_t len = k == JS_CALL || k == JS_NEW ? js_at(js, n)->n_kids : 0;
	if (index == -1)
		index = (int)len - 1;
	return index >= 0 && (uint32_t)index < len ? js_kid(js, n, (uint32_t)index) : 0;
}

static bool is_nothing(const struct js_file *js, js_node n)
{
	return !n || js_kind(js, n) == JS_NULL ||
	       (js_kind(js, n) == JS_IDENT && str_is(js_str(js, n), "undefined")) ||
	       (js_kind(js, n) == JS_BOOL && js_at(js, n)->op == 0);
}

/* the expression that an option has; dotted names go down. *open: it may be there without being
 * seen */
static bool find_option(struct row_match *m, struct str name, prog_id *file, js_node *node,
			bool *open)
{
	const struct program *p = m->c->program;
	*file = m->call->file;
	*open = false;
	if (name.len && name.ptr[0] == '#') {
		*node = row_argument(p->files[*file].js, m->call->node, name.ptr[1] - '0');
		return *node != 0;
	}
	*node = m->options;
	*file = m->file;
	while (name.len && *node) {
		size_t dot = str_find(name, STR("."));
		struct str part = dot == (size_t)-1 ? name : str_sub(name, 0, dot);
		name = dot == (size_t)-1 ? STR("") : str_sub(name, dot + 1, name.len);
		prog_id to = *file;
		js_node found = 0;
		if (!prog_option(p, *file, *node, arena_cstr(m->c->arena, part), &to, &found, open))
			return false;
		*file = to;
		*node = found;
	}
	return *node != 0;
}

static struct value *value_at(const struct row_match *m, prog_id file, js_node n)
{
	return prog_value(m->c->program, m->model, -1, file, n);
}

/* which side of ?: || ?? the app's environment takes; n itself where that cannot be told */
static js_node chosen(const struct row_match *m, prog_id file, js_node n)
{
	const struct js_file *js = m->c->program->files[file].js;
	for (int step = 0; step < 8; step++) {
		const struct js_node_data *d = js_at(js, n);
		bool known = false, truth;
		if (js_kind(js, n) == JS_AWAIT) {
			n = d->a;
			continue;
		}
		if (js_kind(js, n) != JS_COND && js_kind(js, n) != JS_LOGICAL)
			return n;
		struct value *v = value_at(m, file, d->a);
		truth = v && val_truthy(v, &known);
		if (js_kind(js, n) == JS_LOGICAL && !known && d->op != JS_OP_AND)
			return js_kind(js, d->a) == JS_IDENT || js_kind(js, d->a) == JS_MEMBER
				   ? n
				   : d->a;
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

static bool matches_entity(struct str pattern, const struct entity *e)
{
	size_t colon = str_find(pattern, STR(":"));
	struct str module = colon == (size_t)-1 ? pattern : str_sub(pattern, 0, colon);
	if ((e->kind != ENT_PACKAGE && e->kind != ENT_PACKAGE_INSTANCE) ||
	    !str_eq(e->module, module))
		return false;
	return colon == (size_t)-1 ||
	       row_same_path(str_sub(pattern, colon + 1, pattern.len), e->path);
}

static bool in_memory(const struct row_match *m, prog_id file, js_node n, int depth);

/* "keyv:Keyv!store": in memory unless it was made with a store of its own */
static bool made_without(const struct row_match *m, prog_id file, js_node n, struct str option,
			 int depth)
{
	const struct program *p = m->c->program;
	js_node made = prog_local_value(p, file, n, NULL);
	const struct js_file *js = p->files[file].js;
	js_node first = row_argument(js, made, 0), found = 0;
	prog_id to = file;
	bool open = false;
	if (js_kind(js, made) != JS_NEW && js_kind(js, made) != JS_CALL)
		return false;
	if (!first)
		return true;
	if (js_kind(js, first) != JS_OBJECT)
		return false;
	if (prog_option(p, file, first, arena_cstr(m->c->arena, option), &to, &found, &open))
		return in_memory(m, to, found, depth + 1);
	return !open;
}

static bool in_memory(const struct row_match *m, prog_id file, js_node n, int depth)
{
	const struct js_file *js = m->c->program->files[file].js;
	struct entity e = prog_resolve(m->c->program, file, n);
	for (size_t i = 0; i < m->row->n_memory && depth < 4; i++) {
		struct str pattern = m->row->memory[i];
		size_t mark = str_find(pattern, STR("!"));
		struct str option =
		    mark == (size_t)-1 ? STR("") : str_sub(pattern, mark + 1, pattern.len);
		if (mark != (size_t)-1)
			pattern = str_sub(pattern, 0, mark);
		if (matches_entity(pattern, &e) &&
		    (!option.len || made_without(m, file, n, option, depth)))
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
	    {"redis", "Redis"},		 {"valkey", "Valkey"},
	    {"mongo", "MongoDB"},	 {"memcach", "Memcached"},
	    {"pg", "PostgreSQL"},	 {"postgres", "PostgreSQL"},
	    {"mysql", "MySQL"},		 {"prisma", "the database"},
	    {"typeorm", "the database"}, {"sequelize", "the database"},
	    {"knex", "the database"},	 {"dynamo", "DynamoDB"},
	    {"upstash", "Redis"},	 {"nats", "NATS"},
	    {"firestore", "Firestore"},
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

/* Transport.REDIS, an enum of the package: its name is all that is needed; of a list one element is
 * enough */
static bool made_by(const struct row_match *m, prog_id file, js_node n, struct str pattern)
{
	const struct js_file *js = m->c->program->files[file].js;
	js_node list = prog_local_value(m->c->program, file, n, NULL);
	struct entity e = prog_resolve(m->c->program, file, n);
	if (matches_entity(pattern, &e))
		return true;
	for (uint32_t i = 0; js_kind(js, list) == JS_ARRAY && i < js_at(js, list)->n_kids; i++) {
		e = prog_resolve(m->c->program, file, js_kid(js, list, i));
		if (matches_entity(pattern, &e))
			return true;
	}
	return false;
}

static enum answer holds_value(struct row_match *m, prog_id file, js_node n, struct str want)
{
	const struct js_file *js = m->c->program->files[file].js;
	struct value *v = value_at(m, file, n);
	bool unknown = !v || v->kind == VAL_UNKNOWN;
	if (str_is(want, "any")) {
		n = chosen(m, file, n);
		if (is_nothing(js, n))
			return ANSWER_NO;
		if (!unknown)
			return v->kind == VAL_UNDEFINED || v->kind == VAL_NULL ||
				       (v->kind == VAL_BOOL && !v->u.b)
				   ? ANSWER_NO
				   : ANSWER_YES;
		return js_kind(js, n) == JS_COND || js_kind(js, n) == JS_LOGICAL ? ANSWER_UNKNOWN
										 : ANSWER_YES;
	}
	bool negated = want.len && want.ptr[0] == '!';
	if (negated)
		want = str_sub(want, 1, want.len);
	if (want.len > 1 && str_find(str_sub(want, 1, want.len), STR(":")) != (size_t)-1 &&
	    !str_ends(want, STR(":")))
		return made_by(m, file, n, want) != negated ? ANSWER_YES : ANSWER_NO;
	if (str_is(want, "object") &&
	    js_kind(js, prog_local_value(m->c->program, file, n, NULL)) == JS_OBJECT)
		return ANSWER_YES;
	if (unknown)
		return ANSWER_UNKNOWN;
	return value_is(m->c->arena, v, want) != negated ? ANSWER_YES : ANSWER_NO;
}

enum answer row_holds(struct row_match *m, const struct cat_option *o)
{
	prog_id file = m->file;
	js_node n = 0;
	bool open = false;
	bool found = find_option(m, o->name, &file, &n, &open);
	if (!found && open)
		return ANSWER_UNKNOWN;
	for (size_t i = 0; !found && i < o->n_values; i++)
		if (str_is(o->values[i], "absent"))
			return ANSWER_YES;
	enum answer best = ANSWER_NO;
	if (!found)
		return best;
	for (size_t i = 0; i < o->n_values; i++) {
		enum answer a = holds_value(m, file, n, o->values[i]);
		if (a == ANSWER_YES) {
			m->store_file = file;
			m->store = n;
			m->store_name = o->name;
			return a;
		}
		if (a == ANSWER_UNKNOWN)
			best = a;
	}
	return best;
}

enum answer row_has_store(struct row_match *m, struct str name)
{
	prog_id file = m->file;
	js_node n = 0;
	bool open = false;
	const struct program *p = m->c->program;
	if (!find_option(m, name, &file, &n, &open))
		return open ? ANSWER_UNKNOWN : ANSWER_NO;
	js_node side = chosen(m, file, n);
	const struct js_file *js = p->files[file].js;
	if (is_nothing(js, side) || in_memory(m, file, side, 0))
		return ANSWER_NO;
	struct value *v = value_at(m, file, side);
	if (v &&
	    (v->kind == VAL_UNDEFINED || v->kind == VAL_NULL || (v->kind == VAL_BOOL && !v->u.b)))
		return ANSWER_NO;
	if (js_kind(js, side) == JS_ARRAY && js_at(js, side)->n_kids == 0)
		return ANSWER_NO;
	if (js_kind(js, side) ==
	    JS_ARRAY) { /* stores: [memory, redis]: what the first one holds is asked first */
		js_node first = js_kid(js, side, 0);
		if (in_memory(m, file, first, 0))
			return ANSWER_NO;
		side = first;
	}
	m->store_file = file;
	m->store = side;
	m->store_name = name;
	m->shared = store_kind(p, file, side);
	/* a ternary whose condition nobody knows: one side may well be memory */
	return js_kind(js, side) == JS_COND || js_kind(js, side) == JS_LOGICAL ? ANSWER_UNKNOWN
									       : ANSWER_YES;
}
