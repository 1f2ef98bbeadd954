/* Which value of an environment variable would turn a decision. A value that
 * was computed from one variable knows the way back (struct env_path). */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

enum { MAX_TESTS = 256, MAX_KEYS = 16 };

struct value *with_env(struct interp *ip, struct value *v, enum env_op op,
		       const struct env_path *of)
{
	struct value *copy = arena_new(ip->arena, struct value);
	struct env_path *p = arena_new(ip->arena, struct env_path);
	*copy = *v;
	*p = (struct env_path){.op = op, .of = of, .name = of->name};
	copy->env = p;
	return copy;
}

void note_read(struct interp *ip, struct str name)
{
	for (size_t i = 0; i < ip->reads.len; i++)
		if (str_eq(ip->reads.ptr[i], name))
			return;
	if (ip->reads.len < MAX_TESTS)
		vec_push(&ip->reads, name);
}

static void add(struct frame *fr, js_node n, int kind, struct str name, struct str value)
{
	struct interp *ip = fr->ip;
	for (size_t i = 0; i < ip->tests.len; i++) {
		const struct env_test *t = &ip->tests.ptr[i];
		if (str_eq(t->name, name) && str_eq(t->value, value) && !t->value.ptr == !value.ptr)
			return;
	}
	if (ip->tests.len >= MAX_TESTS)
		return;
	vec_push(
	    &ip->tests,
	    (struct env_test){.name = name, .kind = kind, .value = value, .at = place_of(fr, n)});
}

static const struct str UNSET = {NULL, 0};

static bool is_numeric(const struct env_path *p)
{
	for (; p; p = p->of)
		if (p->op == ENV_TO_NUMBER)
			return true;
	return false;
}

/* any value that is there; a name that counts something gets one that shows several */
static struct str representative(const struct env_path *p)
{
	static const char *const counts[] = {"INSTANCES", "CONCURRENCY", "WORKERS", "PROCESSES",
					     "REPLICAS",  "CPUS",	 "COUNT",   "SCALE"};
	if (str_ends(p->name, STR("PORT")))
		return STR("3000");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (str_find(p->name, str_from(counts[i])) != (size_t)-1)
			return STR("2");
	return is_numeric(p) ? STR("2") : STR("1");
}

/* the variable's value for which the expression becomes `text` */
static bool solve(struct interp *ip, const struct env_path *p, struct str text, struct str *out)
{
	for (; p->op != ENV_SELF; p = p->of) {
		if (p->op == ENV_OR && !text.len)
			return false;
		if (p->op == ENV_TO_NUMBER && isnan(num_of_text(text)))
			return false;
	}
	*out = arena_str(ip->arena, text);
	return true;
}

static bool text_of(struct interp *ip, const struct value *v, struct str *out)
{
	if (v->kind == VAL_NUMBER && isnan(v->u.num))
		return false;
	return v->kind <= VAL_STRING && !is_nullish(v) && val_to_str(ip->arena, v, out);
}

void test_truthy(struct frame *fr, js_node n, const struct value *v)
{
	bool known, yes = val_truthy(v, &known);
	if (v->env && known && v->kind <= VAL_STRING && v->env->op != ENV_OR)
		add(fr, n, ENV_TRUTHY, v->env->name, yes ? UNSET : representative(v->env));
}

void test_nullish(struct frame *fr, js_node n, const struct value *v)
{
	if (v->env && !is_unknown(v) && v->env->op != ENV_OR)
		add(fr, n, ENV_DEFINED, v->env->name,
		    is_nullish(v) ? representative(v->env) : UNSET);
}

void test_text(struct frame *fr, js_node n, const struct value *v, struct str needle, bool passed)
{
	struct str value = UNSET;
	if (v->env && (passed || solve(fr->ip, v->env, needle, &value)))
		add(fr, n, ENV_EQUALS, v->env->name, value);
}

void test_equal(struct frame *fr, js_node n, const struct value *x, const struct value *y,
		bool strict)
{
	struct interp *ip = fr->ip;
	if (!x->env) {
		const struct value *swap = x;
		x = y;
		y = swap;
	}
	if (!x->env || is_unknown(y))
		return;
	if (is_nullish(y) && !y->env) {
		test_nullish(fr, n, x);
		return;
	}
	struct str text;
	bool same = (strict ? strictly_equal(x, y) : loosely_equal(ip, x, y)) > 0;
	/* 'X' === 3 never holds, whatever X is */
	if (strict && y->kind != VAL_STRING && !(y->kind == VAL_NUMBER && is_numeric(x->env)))
		return;
	if (strict && y->kind == VAL_STRING && x->kind == VAL_NUMBER)
		return;
	if (y->kind == VAL_BOOL)
		text = y->u.b ? STR("1") : STR("0");
	else if (!text_of(ip, y, &text))
		return;
	test_text(fr, n, x, text, same);
}

static bool holds(int op, double a, double b)
{
	return op == JS_OP_LT ? a < b : op == JS_OP_LE ? a <= b : op == JS_OP_GT ? a > b : a >= b;
}

void test_order(struct frame *fr, js_node n, int op, const struct value *x, const struct value *y)
{
	struct interp *ip = fr->ip;
	bool left = x->env != NULL, known;
	const struct value *env = left ? x : y, *other = left ? y : x;
	if (!env->env || other->env || is_unknown(other) || is_unknown(env))
		return;
	double k = val_to_number(other, &known), now = val_to_number(env, &known);
	if (isnan(k))
		return;
	bool was = left ? holds(op, now, k) : holds(op, k, now);
	double tries[] = {k + 1, k - 1, k};
	for (int i = 0; i < 3; i++) {
		struct str value;
		if ((left ? holds(op, tries[i], k) : holds(op, k, tries[i])) == was)
			continue;
		if (solve(ip, env->env, str_from(val_number_text(ip->arena, tries[i])), &value))
			add(fr, n, ENV_NUMBER, env->env->name, value);
		return;
	}
}

/* table[process.env.X]: each key of the table is another outcome */
void test_keys(struct frame *fr, js_node n, const struct value *key, const struct val_object *o)
{
	if (!key->env || o->n > MAX_KEYS)
		return;
	for (uint32_t i = 0; i < o->n; i++) {
		bool here = key->kind == VAL_STRING && str_eq(key->u.str, o->props[i].key);
		if (!here)
			test_text(fr, n, key, o->props[i].key, false);
	}
	if (key->kind == VAL_STRING && val_prop(o, key->u.str))
		add(fr, n, ENV_EQUALS, key->env->name, UNSET);
}
