#include "analyzers/program/unique.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/stores.h"
#include "base/fs.h"

static void add_field(struct unique *u, struct str field)
{
	if (field.len && u->n < UNIQUE_FIELDS)
		u->fields[u->n++] = field;
	else if (field.len)
		u->n = UNIQUE_FIELDS + 1; /* too many to be told: never covered */
}

static void add(struct uniques *u, struct unique one)
{
	if (one.n && one.n <= UNIQUE_FIELDS)
		vec_push(&u->list, one);
}

static void add_strings(struct unique *u, const struct js_file *js, js_node array)
{
	for (uint32_t i = 0; js_kind(js, array) == JS_ARRAY && i < js_at(js, array)->n_kids; i++) {
		js_node e = js_kid(js, array, i);
		if (js_kind(js, e) == JS_STRING)
			add_field(u, js_str(js, e));
		else if (js_kind(js, e) == JS_OBJECT) /* { name: 'email' } */
			for (uint32_t k = 0; k < js_at(js, e)->n_kids; k++)
				if (list_has("name|attribute", js_key(js, js_kid(js, e, k))) &&
				    js_kind(js, js_at(js, js_kid(js, e, k))->b) == JS_STRING)
					add_field(u, js_str(js, js_at(js, js_kid(js, e, k))->b));
	}
}

static js_node property(const struct js_file *js, js_node object, const char *name)
{
	for (uint32_t i = 0; js_kind(js, object) == JS_OBJECT && i < js_at(js, object)->n_kids; i++)
		if (str_is(js_key(js, js_kid(js, object, i)), name))
			return js_at(js, js_kid(js, object, i))->b;
	return 0;
}

/* the name of what a schema in this file is for: model('User', ..), define('user', ..), the class
 * around */
static struct str model_around(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(p, file);
	for (js_node up = n; up; up = js_at(js, up)->parent) {
		if (js_kind(js, up) == JS_CLASS)
			return js_str(js, up);
		js_node arg =
		    js_kind(js, up) == JS_CALL && js_at(js, up)->n_kids ? js_kid(js, up, 0) : 0;
		if (js_kind(js, arg) == JS_STRING &&
		    list_has("define|pgTable|mysqlTable|sqliteTable|createTable|model",
			     store_method(js, up)))
			return js_str(js, arg);
	}
	struct str found = STR("");
	for (js_node c = 1; c < js->n_nodes; c++) {
		js_node arg =
		    js_kind(js, c) == JS_CALL && js_at(js, c)->n_kids ? js_kid(js, c, 0) : 0;
		if (js_kind(js, arg) != JS_STRING || !list_has("model|define", store_method(js, c)))
			continue;
		if (found.len && !str_eq(found, js_str(js, arg)))
			return STR(""); /* several: nobody knows which */
		found = js_str(js, arg);
	}
	return found;
}

static js_node decorated(const struct js_file *js, js_node deco)
{
	js_node up = js_at(js, deco)->parent;
	return js_kind(js, up) == JS_FIELD || js_kind(js, up) == JS_METHOD ||
		       js_kind(js, up) == JS_PARAM
		   ? up
		   : 0;
}

/* unique: true, wherever it stands */
static void from_option(struct uniques *u, prog_id file, js_node prop)
{
	const struct js_file *js = prog_js(u->p, file);
	js_node value = js_at(js, prop)->b, object = js_at(js, prop)->parent,
		up = js_at(js, object)->parent;
	if (!value || (js_kind(js, value) == JS_BOOL && !js_at(js, value)->op) ||
	    js_kind(js, object) != JS_OBJECT)
		return;
	struct unique one = {.file = file, .at = prop, .model = model_around(u->p, file, prop)};
	js_node fields = property(js, object, "fields");
	js_node call = js_kind(js, up) == JS_CALL ? up : 0,
		deco = call && js_kind(js, js_at(js, call)->parent) == JS_DECORATOR
			   ? js_at(js, call)->parent
			   : 0;
	js_node first = call && js_at(js, call)->n_kids ? js_kid(js, call, 0) : 0;
	if (fields) {
		add_strings(&one, js, fields);
	} else if (call && first != object && js_kind(js, first) == JS_OBJECT &&
		   list_has("index|createIndex|ensureIndex", store_method(js, call))) {
		for (uint32_t i = 0; i < js_at(js, first)->n_kids; i++)
			add_field(&one, js_key(js, js_kid(js, first, i)));
	} else if (call && first != object && js_kind(js, first) == JS_ARRAY) {
		add_strings(&one, js, first);
	} else if (call && first != object &&
		   js_kind(js, first) ==
		       JS_OBJECT) { /* index({ a: 1 }, { unique: true }) as decorator */
		for (uint32_t i = 0; i < js_at(js, first)->n_kids; i++)
			add_field(&one, js_key(js, js_kid(js, first, i)));
	} else if (deco) {
		js_node field = decorated(js, deco);
		if (field)
			add_field(&one,
				  js_kind(js, field) == JS_PARAM ? STR("") : js_key(js, field));
	} else if (js_kind(js, up) == JS_PROPERTY) {
		add_field(&one, js_key(js, up));
	}
	add(u, one);
}

/* @Unique(['a', 'b']), @Unique() email, text('email').unique(), table.unique(['a']),
 * uniqueIndex().on(t.email) */
static void from_call(struct uniques *u, prog_id file, js_node call)
{
	const struct js_file *js = prog_js(u->p, file);
	struct str m = store_method(js, call);
	js_node first = js_at(js, call)->n_kids ? js_kid(js, call, 0) : 0,
		up = js_at(js, call)->parent;
	struct unique one = {.file = file, .at = call};
	if (str_is(m, "Unique") && js_kind(js, up) == JS_DECORATOR) {
		for (uint32_t i = 0; i < js_at(js, call)->n_kids; i++)
			add_strings(&one, js, js_kid(js, call, i));
		js_node props = property(js, first, "properties"), field = decorated(js, up);
		if (props)
			add_strings(&one, js, props);
		else if (!one.n && field)
			add_field(&one, js_key(js, field));
	} else if (list_has("PrimaryColumn|PrimaryKey", m) && js_kind(js, up) == JS_DECORATOR &&
		   decorated(js, up)) {
		add_field(&one, js_key(js, decorated(js, up)));
	} else if (str_is(m, "unique") && js_kind(js, js_at(js, call)->a) == JS_MEMBER) {
		js_node n = js_at(js, js_at(js, call)->a)->a;
		if (js_kind(js, first) == JS_ARRAY) {
			add_strings(&one, js, first);
		} else {
			struct str name = STR("");
			while (js_kind(js, n) == JS_CALL || js_kind(js, n) == JS_MEMBER) {
				js_node arg = js_kind(js, n) == JS_CALL && js_at(js, n)->n_kids
						  ? js_kid(js, n, 0)
						  : 0;
				if (js_kind(js, arg) == JS_STRING)
					name = js_str(js, arg);
				n = js_at(js, n)->a;
			}
			js_node prop =
			    prog_js(u->p, file) && js_kind(js, up) == JS_PROPERTY ? up : 0;
			add_field(&one, prop ? js_key(js, prop) : name);
		}
	} else if (str_is(m, "on") && js_kind(js, js_at(js, call)->a) == JS_MEMBER) {
		js_node base = js_at(js, js_at(js, call)->a)->a;
		if (js_kind(js, base) != JS_CALL ||
		    !list_has("unique|uniqueIndex", store_method(js, base)))
			return;
		for (uint32_t i = 0; i < js_at(js, call)->n_kids; i++)
			if (js_kind(js, js_kid(js, call, i)) == JS_MEMBER)
				add_field(&one, js_str(js, js_kid(js, call, i)));
	} else {
		return;
	}
	one.model = model_around(u->p, file, call);
	add(u, one);
}

/* ---- texts ---- */

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static struct str next_word(struct str s, size_t *i)
{
	while (*i < s.len && !is_word(s.ptr[*i]))
		(*i)++;
	size_t from = *i;
	while (*i < s.len && is_word(s.ptr[*i]))
		(*i)++;
	return str_sub(s, from, *i);
}

static void add_listed(struct unique *u, struct str list)
{
	size_t end = str_find(list, STR(")"));
	list = str_sub(list, 0, end == (size_t)-1 ? list.len : end);
	for (size_t i = 0; i < list.len;)
		add_field(u, next_word(list, &i));
}

static bool equal_fold(struct str a, const char *b)
{
	size_t n = strlen(b);
	if (a.len != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((a.ptr[i] | 32) != b[i])
			return false;
	return true;
}

/* CREATE TABLE t (email text UNIQUE, UNIQUE (a, b)); CREATE UNIQUE INDEX i ON t (a) */
static void from_sql(struct uniques *u, struct str text, prog_id file, js_node at)
{
	struct str table = STR(""), line = STR("");
	for (size_t i = 0; i < text.len;) {
		size_t before = i;
		struct str word = next_word(text, &i);
		struct str gap = str_sub(text, before, (size_t)(word.ptr - text.ptr));
		if (str_find(gap, STR(",")) != (size_t)-1 ||
		    str_find(gap, STR("(")) != (size_t)-1 || !line.len)
			line = word;
		if (equal_fold(word, "table")) {
			do
				table = next_word(text, &i);
			while (equal_fold(table, "if") || equal_fold(table, "not") ||
			       equal_fold(table, "exists"));
		} else if (equal_fold(word, "unique")) {
			struct unique one = {.file = file, .at = at, .model = table};
			size_t k = i;
			while (k < text.len && text.ptr[k] == ' ')
				k++;
			if (k < text.len && text.ptr[k] == '(') {
				add_listed(&one, str_sub(text, k, text.len));
			} else if (equal_fold(next_word(text, &k), "index")) {
				struct str w;
				do
					w = next_word(text, &k);
				while (w.len && !equal_fold(w, "on"));
				one.model = next_word(text, &k);
				while (k < text.len && text.ptr[k] != '(')
					k++;
				add_listed(&one, str_sub(text, k, text.len));
				i = k;
			} else {
				add_field(&one, line);
			}
			add(u, one);
		}
	}
}

static void from_prisma(struct uniques *u, struct str text)
{
	struct str model = STR("");
	for (size_t i = 0; i < text.len;) {
		size_t end = i;
		while (end < text.len && text.ptr[end] != '\n')
			end++;
		struct str line = str_trim(str_sub(text, i, end));
		size_t k = 0, comment = str_find(line, STR("//"));
		line = str_sub(line, 0, comment == (size_t)-1 ? line.len : comment);
		struct str first = next_word(line, &k);
		size_t multi = str_find(line, STR("@@unique"));
		if (multi == (size_t)-1)
			multi = str_find(line, STR("@@id"));
		struct unique one = {.file = PROG_NONE, .model = model};
		if (str_is(first, "model")) {
			model = next_word(line, &k);
		} else if (multi != (size_t)-1) {
			struct str list = str_sub(line, multi, line.len);
			size_t open = str_find(list, STR("[")), close = str_find(list, STR("]"));
			if (open != (size_t)-1 && close != (size_t)-1)
				for (size_t j = open; j < close;)
					add_field(&one, next_word(str_sub(list, 0, close), &j));
		} else if (str_find(line, STR("@unique")) != (size_t)-1) {
			add_field(&one, first);
		}
		add(u, one);
		i = end + 1;
	}
}

static void read_prisma(struct uniques *u, struct str dir)
{
	const struct context *ctx = u->p->ctx;
	static const char *const places[] = {"prisma/schema.prisma", "schema.prisma",
					     "src/prisma/schema.prisma"};
	for (size_t i = 0; ctx && ctx->fs && i < sizeof places / sizeof *places; i++) {
		struct str path = path_join(ctx->arena, dir, str_from(places[i])), text;
		if (fs_kind(ctx->fs, path) != FS_FILE)
			continue;
		if (!fs_read(ctx->fs, ctx->arena, path, &text).text)
			from_prisma(u, text);
	}
}

static bool uses_prisma(const struct program *p, prog_id file)
{
	const struct file_priv *fp = &priv(p)->files[file];
	for (size_t i = 0; i < fp->specs.len; i++)
		if (str_is(fp->specs.ptr[i].module, "@prisma/client"))
			return true;
	return false;
}

void uniques_init(struct uniques *u, const struct program *p)
{
	struct map seen = {0};
	*u = (struct uniques){.p = p};
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *js = prog_js(p, file);
		if (str_find(p->files[file].source->text, STR("nique")) != (size_t)-1 ||
		    str_find(p->files[file].source->text, STR("UNIQUE")) != (size_t)-1 ||
		    str_find(p->files[file].source->text, STR("Primary")) != (size_t)-1)
			for (js_node n = 1; n < js->n_nodes; n++) {
				if (js_kind(js, n) == JS_PROPERTY &&
				    list_has("unique|isUnique", js_key(js, n)))
					from_option(u, file, n);
				else if (js_kind(js, n) == JS_CALL)
					from_call(u, file, n);
				else if (js_kind(js, n) == JS_STRING &&
					 str_find(js_str(js, n), STR("UNIQUE")) != (size_t)-1)
					from_sql(u, js_str(js, n), file, n);
			}
		if (!uses_prisma(p, file) || !p->project)
			continue;
		const struct project_package *pkg =
		    project_package_of(p->project, p->files[file].source->path);
		struct str dir = pkg ? pkg->dir : STR("");
		if (map_get(&seen, dir) == MAP_NONE) {
			map_put(&seen, dir, 1);
			read_prisma(u, dir);
			if (dir.len)
				read_prisma(u, STR(""));
		}
	}
	map_release(&seen);
}

void uniques_release(struct uniques *u)
{
	vec_release(&u->list);
}

/* ---- what a call asks for ---- */

struct asked {
	struct str keys[16];
	size_t n;
};

static void ask_object(struct asked *a, const struct js_file *js, js_node object)
{
	js_node where = property(js, object, "where");
	if (!where)
		where = property(js, object, "filter");
	if (js_kind(js, where) == JS_OBJECT)
		object = where;
	for (uint32_t i = 0;
	     js_kind(js, object) == JS_OBJECT && i < js_at(js, object)->n_kids && a->n < 16; i++) {
		js_node value = js_at(js, js_kid(js, object, i))->b;
		/* $or: [{ email }, { login }]: one of them is enough to refuse */
		if (js_kind(js, value) == JS_ARRAY &&
		    list_has("$or|OR", js_key(js, js_kid(js, object, i))))
			for (uint32_t k = 0; k < js_at(js, value)->n_kids; k++)
				ask_object(a, js, js_kid(js, value, k));
		/* a_b: { a, b } of Prisma; { $ne: x } asks for all others */
		if (js_kind(js, value) == JS_OBJECT && !property(js, value, "$eq") &&
		    !property(js, value, "equals")) {
			ask_object(a, js, value);
			continue;
		}
		a->keys[a->n++] = js_key(js, js_kid(js, object, i));
	}
}

static void ask(struct asked *a, const struct program *p, const struct prog_call *read)
{
	const struct js_file *js = prog_js(p, read->file);
	struct str sql = store_sql(p, read);
	size_t where = sql.ptr ? str_find(sql, STR("WHERE")) : (size_t)-1;
	if (sql.ptr && where == (size_t)-1)
		where = str_find(sql, STR("where"));
	for (size_t i = where; where != (size_t)-1 && i < sql.len && a->n < 16;)
		a->keys[a->n++] = next_word(sql, &i);
	for (uint32_t i = 0;
	     js_kind(js, read->node) == JS_CALL && i < js_at(js, read->node)->n_kids; i++)
		ask_object(a, js, js_kid(js, read->node, i));
	/* knex('users').where('email', x).first(), .where({ email }) */
	for (js_node n = read->node; js_kind(js, n) == JS_CALL || js_kind(js, n) == JS_MEMBER;
	     n = js_at(js, n)->a) {
		js_node arg =
		    js_kind(js, n) == JS_CALL && js_at(js, n)->n_kids ? js_kid(js, n, 0) : 0;
		if (!list_has("where|andWhere|findBy|findOneBy|find|findOne|findFirst",
			      js_kind(js, n) == JS_CALL ? store_method(js, n) : STR("")))
			continue;
		if (js_kind(js, arg) == JS_OBJECT)
			ask_object(a, js, arg);
		else if (js_kind(js, arg) == JS_STRING)
			for (size_t i = 0; i < js_str(js, arg).len && a->n < 16;)
				a->keys[a->n++] = next_word(js_str(js, arg), &i);
	}
}

static bool asks(const struct asked *a, struct str field)
{
	for (size_t i = 0; i < a->n; i++)
		if (str_eq(a->keys[i], field))
			return true;
	return false;
}

bool uniques_cover(const struct uniques *u, struct str model, const struct prog_call *read,
		   prog_id *file, js_node *at)
{
	struct asked a = {.n = 0};
	*file = PROG_NONE;
	*at = 0;
	/* Prisma takes nothing but unique fields there */
	if (list_has("findUnique|findUniqueOrThrow",
		     store_method(prog_js(u->p, read->file), read->node)))
		return true;
	ask(&a, u->p, read);
	for (size_t i = 0; i < u->list.len; i++) {
		const struct unique *one = &u->list.ptr[i];
		bool all = !one->model.len || store_same_model(one->model, model);
		for (size_t k = 0; all && k < one->n; k++)
			all = asks(&a, one->fields[k]);
		if (all) {
			*file = one->file;
			*at = one->at;
			return true;
		}
	}
	return false;
}

bool uniques_hold(const struct uniques *u, struct str model, struct str field, prog_id *file,
		  js_node *at)
{
	for (size_t i = 0; i < u->list.len; i++) {
		const struct unique *one = &u->list.ptr[i];
		if (one->n != 1 || !str_eq(one->fields[0], field) ||
		    (one->model.len && !store_same_model(one->model, model)))
			continue;
		*file = one->file;
		*at = one->at;
		return true;
	}
	return false;
}
