#include "analyzers/project/gyp.h"

enum { MAX_DEPTH = 64 };

struct reader {
	struct arena *a;
	struct str s;
	size_t i;
	int depth;
	bool failed;
};

static void skip(struct reader *r)
{
	while (r->i < r->s.len) {
		char c = r->s.ptr[r->i];
		if (c == '#')
			while (r->i < r->s.len && r->s.ptr[r->i] != '\n')
				r->i++;
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\')
			r->i++;
		else
			break;
	}
}

static bool eat(struct reader *r, char c)
{
	skip(r);
	if (r->i >= r->s.len || r->s.ptr[r->i] != c)
		return false;
	r->i++;
	return true;
}

static struct gyp *fail(struct reader *r)
{
	r->failed = true;
	return NULL;
}

static void push(struct arena *a, struct gyp *g, struct str key, struct gyp *item)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 8;
		struct gyp **items = arena_array(a, struct gyp *, cap);
		struct str *keys = arena_array(a, struct str, cap);
		if (g->n) {
			memcpy(items, g->items, g->n * sizeof *items);
			memcpy(keys, g->keys, g->n * sizeof *keys);
		}
		g->items = items;
		g->keys = keys;
		g->cap = cap;
	}
	g->items[g->n] = item;
	g->keys[g->n++] = key;
}

static bool read_quoted(struct reader *r, struct str *out)
{
	skip(r);
	char quote = r->i < r->s.len ? r->s.ptr[r->i] : '\0';
	if (quote != '\'' && quote != '"')
		return false;
	r->i++;
	bool triple = r->i + 1 < r->s.len && r->s.ptr[r->i] == quote && r->s.ptr[r->i + 1] == quote;
	if (triple)
		r->i += 2;
	char *p = arena_alloc(r->a, r->s.len - r->i + 1);
	size_t n = 0;
	for (; r->i < r->s.len; r->i++) {
		char c = r->s.ptr[r->i];
		if (c == '\\' && r->i + 1 < r->s.len) {
			p[n++] = r->s.ptr[++r->i];
			continue;
		}
		bool ends = c == quote;
		if (triple)
			ends = ends && r->i + 2 < r->s.len && r->s.ptr[r->i + 1] == quote &&
			       r->s.ptr[r->i + 2] == quote;
		if (ends) {
			r->i += triple ? 3 : 1;
			*out = (struct str){p, n};
			return true;
		}
		p[n++] = c;
	}
	r->failed = true;
	return false;
}

static struct gyp *read_string(struct reader *r)
{
	struct gyp *g = arena_new(r->a, struct gyp);
	struct str part;
	g->text = STR("");
	while (read_quoted(r, &part)) {
		g->text = str_from(arena_printf(r->a, STR_FMT STR_FMT, STR_ARG(g->text), STR_ARG(part)));
		eat(r, '+');
	}
	return r->failed ? NULL : g;
}

static struct gyp *read_value(struct reader *r);

static struct gyp *read_list(struct reader *r, char close)
{
	struct gyp *g = arena_new(r->a, struct gyp);
	g->kind = GYP_LIST;
	while (!eat(r, close)) {
		struct gyp *item = read_value(r);
		if (!item)
			return NULL;
		push(r->a, g, STR(""), item);
		if (!eat(r, ',')) {
			if (!eat(r, close))
				return fail(r);
			break;
		}
	}
	return g;
}

static struct gyp *read_dict(struct reader *r)
{
	struct gyp *g = arena_new(r->a, struct gyp);
	g->kind = GYP_DICT;
	while (!eat(r, '}')) {
		struct gyp *key = read_value(r);
		struct gyp *item = key && key->kind != GYP_LIST && eat(r, ':') ? read_value(r) : NULL;
		if (!item)
			return fail(r);
		push(r->a, g, key->text, item);
		if (!eat(r, ',')) {
			if (!eat(r, '}'))
				return fail(r);
			break;
		}
	}
	return g;
}

static struct gyp *read_word(struct reader *r)
{
	size_t from = r->i;
	while (r->i < r->s.len && (strchr("+-._", r->s.ptr[r->i]) ||
				   (r->s.ptr[r->i] >= '0' && r->s.ptr[r->i] <= '9') ||
				   (r->s.ptr[r->i] >= 'a' && r->s.ptr[r->i] <= 'z') ||
				   (r->s.ptr[r->i] >= 'A' && r->s.ptr[r->i] <= 'Z')) &&
	       r->s.ptr[r->i])
		r->i++;
	if (r->i == from)
		return fail(r);
	struct gyp *g = arena_new(r->a, struct gyp);
	g->kind = GYP_NUMBER;
	g->text = str_sub(r->s, from, r->i);
	return g;
}

static struct gyp *read_value(struct reader *r)
{
	struct gyp *g = NULL;
	skip(r);
	if (r->failed || r->i >= r->s.len || r->depth >= MAX_DEPTH)
		return fail(r);
	r->depth++;
	char c = r->s.ptr[r->i];
	if (c == '{')
		r->i++, g = read_dict(r);
	else if (c == '[')
		r->i++, g = read_list(r, ']');
	else if (c == '(')
		r->i++, g = read_list(r, ')');
	else if (c == '\'' || c == '"')
		g = read_string(r);
	else
		g = read_word(r);
	r->depth--;
	return g;
}

struct gyp *gyp_parse(struct arena *a, struct str text)
{
	struct reader r = {.a = a, .s = text};
	struct gyp *g = read_value(&r);
	skip(&r);
	return r.failed || r.i != text.len ? NULL : g;
}

struct gyp *gyp_get(const struct gyp *dict, const char *key)
{
	if (!dict || dict->kind != GYP_DICT)
		return NULL;
	for (size_t i = 0; i < dict->n; i++)
		if (str_is(dict->keys[i], key))
			return dict->items[i];
	return NULL;
}

/* ---- conditions ---- */

enum truth { NO, YES, UNDECIDED };

struct condition {
	struct str s;
	size_t i;
	const struct gyp *variables;
};

static void blanks(struct condition *c)
{
	while (c->i < c->s.len && (c->s.ptr[c->i] == ' ' || c->s.ptr[c->i] == '\n'))
		c->i++;
}

static bool take(struct condition *c, const char *word)
{
	blanks(c);
	size_t n = strlen(word);
	if (c->i + n > c->s.len || memcmp(c->s.ptr + c->i, word, n) != 0)
		return false;
	c->i += n;
	return true;
}

static bool variable(const struct condition *c, struct str name, struct str *out)
{
	static const char *const known[][2] = {
	    {"OS", "linux"}, {"target_arch", "x64"}, {"host_arch", "x64"}, {"clang", "0"},
	    {"openssl_fips", ""}, {"node_shared", "false"}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(name, known[i][0])) {
			*out = str_from(known[i][1]);
			return true;
		}
	const struct gyp *v = c->variables;
	for (size_t i = 0; v && v->kind == GYP_DICT && i < v->n; i++) {
		struct str key = v->keys[i];
		if (key.len && key.ptr[key.len - 1] == '%')
			key.len--;
		if (str_eq(key, name) && v->items[i]->kind <= GYP_NUMBER) {
			*out = v->items[i]->text;
			return true;
		}
	}
	return false;
}

static bool operand(struct condition *c, struct str *out)
{
	blanks(c);
	char q = c->i < c->s.len ? c->s.ptr[c->i] : '\0';
	size_t from = c->i;
	if (q == '\'' || q == '"') {
		from = ++c->i;
		while (c->i < c->s.len && c->s.ptr[c->i] != q)
			c->i++;
		*out = str_sub(c->s, from, c->i);
		c->i += c->i < c->s.len;
		return true;
	}
	while (c->i < c->s.len && !strchr(" =!<>()'\"", c->s.ptr[c->i]))
		c->i++;
	struct str name = str_sub(c->s, from, c->i);
	if (name.len && name.ptr[0] >= '0' && name.ptr[0] <= '9') {
		*out = name;
		return true;
	}
	return name.len && variable(c, name, out);
}

static enum truth decide(struct condition *c);

static enum truth compare(struct condition *c)
{
	struct str a = STR(""), b = STR("");
	if (take(c, "(")) {
		enum truth t = decide(c);
		take(c, ")");
		return t;
	}
	bool known = operand(c, &a);
	bool equal = take(c, "=="), unequal = !equal && take(c, "!=");
	bool absent = !equal && !unequal && take(c, "not in");
	bool within = !equal && !unequal && !absent && take(c, "in ");
	if (!equal && !unequal && !within && !absent) {
		c->i = c->s.len;
		return UNDECIDED;
	}
	if (!operand(c, &b) || !known)
		return UNDECIDED;
	if (within || absent)
		return (str_find(b, a) != (size_t)-1) == within ? YES : NO;
	return str_eq(a, b) == equal ? YES : NO;
}

static enum truth decide(struct condition *c)
{
	enum truth t = compare(c);
	for (;;) {
		if (take(c, "and ")) {
			enum truth u = compare(c);
			t = t == NO || u == NO ? NO : t == YES && u == YES ? YES : UNDECIDED;
		} else if (take(c, "or ")) {
			enum truth u = compare(c);
			t = t == YES || u == YES ? YES : t == NO && u == NO ? NO : UNDECIDED;
		} else {
			return t;
		}
	}
}

/* Takes over, never shares: a list that stood in two places would grow in both. */
static struct gyp *copy(struct arena *a, const struct gyp *g)
{
	struct gyp *c = arena_new(a, struct gyp);
	*c = (struct gyp){.kind = g->kind, .text = g->text};
	for (size_t i = 0; i < g->n; i++)
		push(a, c, g->keys[i], copy(a, g->items[i]));
	return c;
}

static void merge(struct arena *a, struct gyp *into, const struct gyp *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct str key = from->keys[i];
		if (str_is(key, "conditions"))
			continue;
		if (key.len && key.ptr[key.len - 1] == '+')
			key.len--;
		struct gyp *old = gyp_get(into, arena_cstr(a, key));
		if (!old) {
			push(a, into, key, copy(a, from->items[i]));
		} else if (old->kind == GYP_LIST && from->items[i]->kind == GYP_LIST) {
			struct gyp *more = from->items[i];
			for (size_t k = 0; k < more->n; k++)
				push(a, old, STR(""), copy(a, more->items[k]));
		} else if (old->kind == GYP_DICT && from->items[i]->kind == GYP_DICT) {
			merge(a, old, from->items[i]);
		}
	}
}

static void apply(struct arena *a, struct gyp *dict, const struct gyp *variables, int depth)
{
	struct gyp *list = gyp_get(dict, "conditions");
	if (!list || list->kind != GYP_LIST || depth > 8)
		return;
	for (size_t i = 0; i < list->n; i++) {
		struct gyp *c = list->items[i];
		if (c->kind != GYP_LIST || c->n < 2 || c->items[0]->kind != GYP_STRING)
			continue;
		struct condition cond = {c->items[0]->text, 0, variables};
		enum truth t = decide(&cond);
		struct gyp *branch = t == YES ? c->items[1] : t == NO && c->n > 2 ? c->items[2] : NULL;
		if (!branch || branch->kind != GYP_DICT)
			continue;
		apply(a, branch, variables, depth + 1);
		merge(a, dict, branch);
	}
	list->n = 0; /* once is enough */
}

void gyp_apply_conditions(struct arena *a, struct gyp *dict, const struct gyp *variables)
{
	if (dict && dict->kind == GYP_DICT)
		apply(a, dict, variables, 0);
}
