#include "analyzers/program/stores.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/stores_private.h"

struct str store_method(const struct js_file *js, js_node call)
{
	return js_last_name(js, js_at(js, call)->a);
}

static struct str text_of(const struct js_file *js, js_node n)
{
	if (js_kind(js, n) == JS_TEMPLATE && js_at(js, n)->n_kids)
		return js_text(js, n).len > 2
			   ? str_trim(str_sub(js_text(js, n), 1, js_text(js, n).len - 1))
			   : STR("");
	return js_kind(js, n) == JS_STRING ? str_trim(js_str(js, n)) : STR("");
}

bool sql_starts(struct str s, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < n; i++)
		if (i >= s.len || (s.ptr[i] & ~0x20) != word[i])
			return false;
	return s.len > n;
}

static bool is_sql(struct str s)
{
	static const char *const verbs[] = {"SELECT", "INSERT",	 "UPDATE",
					    "DELETE", "REPLACE", "WITH"};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (sql_starts(s, verbs[i]) && str_find(s, STR(" ")) != (size_t)-1)
			return true;
	return false;
}

struct str store_sql(const struct program *p, const struct prog_call *call)
{
	const struct js_file *js = prog_js(p, call->file);
	prog_id file = call->file;
	js_node n = js_kind(js, call->node) == JS_TAGGED ? js_at(js, call->node)->b
		    : js_at(js, call->node)->n_kids	 ? js_kid(js, call->node, 0)
							 : 0;
	if (n && js_kind(js, n) == JS_IDENT && !prog_deref(p, &file, &n))
		return (struct str){0};
	struct str s = n ? text_of(prog_js(p, file), n) : STR("");
	return is_sql(s) ? s : (struct str){0};
}

static struct str word_after(struct str sql, const char *const *before, size_t n)
{
	for (size_t i = 0; i + 5 < sql.len; i++) {
		if (i && sql.ptr[i - 1] != ' ' && sql.ptr[i - 1] != '\n' && sql.ptr[i - 1] != '\t')
			continue;
		for (size_t k = 0; k < n; k++) {
			struct str rest = str_sub(sql, i, sql.len);
			if (!sql_starts(rest, before[k]) || rest.ptr[strlen(before[k])] > ' ')
				continue;
			rest = str_trim(str_sub(rest, strlen(before[k]), rest.len));
			size_t e = 0;
			while (e < rest.len && (rest.ptr[e] == '"' || rest.ptr[e] == '`'))
				e++;
			rest = str_sub(rest, e, rest.len);
			e = 0;
			while (e < rest.len &&
			       (rest.ptr[e] > '.' && rest.ptr[e] != '`' && rest.ptr[e] != ';'))
				e++;
			return str_sub(rest, 0, e);
		}
	}
	return STR("");
}

struct str sql_table(struct str sql)
{
	static const char *const words[] = {"FROM", "INTO", "UPDATE"};
	return word_after(sql, words, sizeof words / sizeof *words);
}

static bool names_no_model(struct str s)
{
	return list_has("manager|em|entityManager|tx|trx|db|client|pool|conn|connection|repository|"
			"repo|model|session|knex|"
			"sequelize|prisma|entityService|documents|strapi|store|dataSource|R|this|"
			"collection|query|orm|database|$|qb",
			s);
}

/* the receiver's own name: prisma.user, this.userRepository, User, db.collection('users'),
 * getRepository(User), knex('users') */
static struct str receiver_name(const struct js_file *js, js_node n)
{
	for (unsigned i = 0; n && i < 12; i++) {
		enum js_kind k = js_kind(js, n);
		if (k == JS_AWAIT) {
			n = js_at(js, n)->a;
		} else if (k == JS_CALL) {
			js_node arg = js_at(js, n)->n_kids ? js_kid(js, n, 0) : 0;
			if (js_kind(js, arg) == JS_STRING && !is_sql(js_str(js, arg)))
				return js_str(js, arg);
			if (js_kind(js, arg) == JS_IDENT && js_str(js, arg).ptr[0] >= 'A' &&
			    js_str(js, arg).ptr[0] <= 'Z')
				return js_str(js, arg);
			n = js_at(js, n)->a;
		} else if (k == JS_MEMBER) {
			/* a method in a chain is no name: its receiver is */
			bool method = js_kind(js, js_at(js, n)->parent) == JS_CALL &&
				      js_at(js, js_at(js, n)->parent)->a == n;
			if (!method && !names_no_model(js_str(js, n)))
				return js_str(js, n);
			n = js_at(js, n)->a;
		} else {
			return k == JS_IDENT && !names_no_model(js_str(js, n)) ? js_str(js, n)
									       : STR("");
		}
	}
	return STR("");
}

struct str store_model(const struct program *p, prog_id id)
{
	if (id == PROG_NONE)
		return STR("");
	const struct prog_call *call = &p->calls[id];
	const struct js_file *js = prog_js(p, call->file);
	js_node arg = js_kind(js, call->node) == JS_CALL && js_at(js, call->node)->n_kids
			  ? js_kid(js, call->node, 0)
			  : 0;
	uint32_t e = prog_call_effects(p, call);
	if ((e & (EFFECT_SHARED_READ | EFFECT_SHARED_WRITE)) &&
	    !(e & (EFFECT_DB_READ | EFFECT_DB_WRITE)))
		return arg ? js_text(js, arg) : STR("");
	struct str sql = store_sql(p, call);
	if (sql.ptr)
		return sql_table(sql);
	js_node callee = js_at(js, call->node)->a;
	struct str name =
	    js_kind(js, callee) == JS_MEMBER ? receiver_name(js, js_at(js, callee)->a) : STR("");
	/* em.find(User, ..), R.findOne("incident", ..) */
	if (!name.len && js_kind(js, arg) == JS_STRING)
		name = js_str(js, arg);
	if (!name.len && js_kind(js, arg) == JS_IDENT && js_str(js, arg).len &&
	    js_str(js, arg).ptr[0] >= 'A' && js_str(js, arg).ptr[0] <= 'Z')
		name = js_str(js, arg);
	return name;
}

static struct str table_below(const struct program *p, prog_id id, unsigned depth)
{
	const struct prog_call *call = &p->calls[id];
	struct str sql = store_sql(p, call);
	if (sql.ptr)
		return sql_table(sql);
	if (call->target == PROG_NONE || depth > 3)
		return STR("");
	const struct prog_fn *f = &p->fns[call->target];
	for (size_t i = 0; i < f->n_calls; i++) {
		struct str table = table_below(p, f->calls[i], depth + 1);
		if (table.len)
			return table;
	}
	return STR("");
}

struct str store_read_model(const struct program *p, const struct store_call *c)
{
	struct str model = store_model(p, c->read);
	/* executeQuery('SELECT ..') : the text is handed down */
	return model.len ? model : table_below(p, c->call, 0);
}

static size_t stem(struct str s, char *out, size_t cap)
{
	static const char *const ends[] = {"repository", "repo", "model",      "service",
					   "entity",	 "dao",	 "collection", "s"};
	size_t n = 0;
	for (size_t i = 0; i < s.len && n < cap; i++)
		if (s.ptr[i] != '_' && s.ptr[i] != '"')
			out[n++] =
			    s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t e = strlen(ends[i]);
		if (n > e + 1 && !memcmp(out + n - e, ends[i], e))
			n -= e;
	}
	return n;
}

bool store_same_model(struct str a, struct str b)
{
	char x[96], y[96];
	size_t n = stem(a, x, sizeof x), m = stem(b, y, sizeof y);
	return n && n == m && !memcmp(x, y, n);
}
