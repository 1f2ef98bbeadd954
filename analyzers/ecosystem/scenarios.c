#include "analyzers/ecosystem/internal.h"

#include <math.h>
#include "base/buf.h"

/* The other sides of what a config asks of the environment. One run tells which tests it met; each
 * test that the run before it had not met opens one more run with the answer turned round. A run
 * whose apps are those of the run before it is dropped, and nothing is opened from it. Blocks
 * env_<name> are another axis, chosen after evaluation. */

enum { MAX_SCENARIOS = 32 };

struct assumption {
	struct str name, value; /* value.ptr NULL: unset */
};

struct run {
	struct assumption *with;
	size_t n;
	size_t parent; /* index of a run, or its own index */
};

struct explorer {
	const struct context *ctx;
	const struct loaded *file;
	VEC(struct scenario_detail) out;
	VEC(struct run) runs;      /* of out[i] */
	VEC(struct run) waiting;
	VEC(struct str) tried;     /* names of scenarios */
	size_t n_evaluations;
	bool bounded;
};

static struct str run_name(struct arena *a, const struct run *r)
{
	struct buf b = {0};
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_addc(&b, ' ');
		buf_add(&b, r->with[i].name);
		buf_addc(&b, '=');
		buf_add(&b, r->with[i].value);
	}
	struct str name = r->n ? arena_str(a, buf_str(&b)) : STR("default");
	buf_release(&b);
	return name;
}

static void set_var(struct env_var *env, size_t *n, const struct assumption *with)
{
	size_t i = 0;
	while (i < *n && !str_eq(env[i].name, with->name))
		i++;
	if (!with->value.ptr) {
		if (i < *n) {
			memmove(env + i, env + i + 1, (*n - i - 1) * sizeof *env);
			--*n;
		}
		return;
	}
	env[i] = (struct env_var){with->name, with->value};
	if (i == *n)
		++*n;
}

static struct eco_scenario scenario_of(const struct context *ctx, const struct run *r)
{
	struct env_var *env = arena_array(ctx->arena, struct env_var, ctx->n_env + r->n);
	struct eco_scenario s = {.name = run_name(ctx->arena, r), .n_env = ctx->n_env};
	if (ctx->n_env)
		memcpy(env, ctx->env, ctx->n_env * sizeof *env);
	for (size_t i = 0; i < r->n; i++)
		set_var(env, &s.n_env, &r->with[i]);
	s.env = env;
	return s;
}

/* ---- when two runs say the same ---- */

static bool from_env(const struct value *v)
{
	return v && v->origin && v->origin->kind == ORIGIN_ENV;
}

/* A value that a variable merely passes through is that of our own representative, not a decision. */
static bool same_text(struct str a, struct str b, const struct app_detail *x, const struct app_detail *y, enum schema_id key)
{
	return str_eq(a, b) || from_env(x->v.field[key]) || from_env(y->v.field[key]);
}

static bool same_list(const struct str *a, size_t n_a, const struct str *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

static bool same_env(const struct eco_app *a, const struct app_detail *x, const struct eco_app *b, const struct app_detail *y)
{
	if (a->env_open != b->env_open)
		return false;
	for (size_t i = 0; i < a->n_env; i++) {
		size_t k = 0;
		while (k < b->n_env && !str_eq(a->env[i].name, b->env[k].name))
			k++;
		bool passed = x->env_passed[i] || (k < b->n_env && y->env_passed[k]);
		if (!passed && (k == b->n_env || !str_eq(a->env[i].value, b->env[k].value)))
			return false;
	}
	return true;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same_app(const struct eco_app *a, const struct app_detail *x, const struct eco_app *b, const struct app_detail *y)
{
	return same_text(a->name, b->name, x, y, KEY_NAME) && same_text(a->script, b->script, x, y, KEY_SCRIPT) &&
	       same_text(a->cwd, b->cwd, x, y, KEY_CWD) && same_list(a->args, a->n_args, b->args, b->n_args) &&
	       same_list(a->node_args, a->n_node_args, b->node_args, b->n_node_args) &&
	       str_eq(a->interpreter, b->interpreter) && a->exec_mode == b->exec_mode &&
	       same_number(a->instances, b->instances) && a->instances_known == b->instances_known &&
	       a->skipped == b->skipped && same_number(a->max_memory_restart, b->max_memory_restart) &&
	       a->wait_ready == b->wait_ready && a->watch == b->watch && a->autorestart == b->autorestart &&
	       str_eq(a->cron_restart, b->cron_restart) && same_env(a, x, b, y) && same_env(b, y, a, x);
}

static bool same(const struct scenario_detail *a, const struct scenario_detail *b)
{
	if (a->verdict != b->verdict || a->n_apps != b->n_apps || a->top.more != b->top.more)
		return false;
	for (size_t i = 0; i < a->n_apps; i++)
		if (!same_app(&a->apps[i], &a->details[i], &b->apps[i], &b->details[i]))
			return false;
	return true;
}

/* ---- runs ---- */

static bool tried(struct explorer *x, struct str name)
{
	for (size_t i = 0; i < x->tried.len; i++)
		if (str_eq(x->tried.ptr[i], name))
			return true;
	vec_push(&x->tried, name);
	return false;
}

static bool met(const struct eval_result *r, const struct env_test *t)
{
	for (uint32_t i = 0; r && i < r->n_env_tests; i++)
		if (str_eq(r->env_tests[i].name, t->name) && str_eq(r->env_tests[i].value, t->value))
			return true;
	return false;
}

static bool in_context(const struct context *ctx, struct str name)
{
	for (size_t i = 0; i < ctx->n_env; i++)
		if (str_eq(ctx->env[i].name, name))
			return true;
	return false;
}

static struct run extended(struct explorer *x, size_t parent, const struct env_test *t)
{
	const struct run *p = &x->runs.ptr[parent];
	struct run r = {arena_array(x->ctx->arena, struct assumption, p->n + 1), 0, parent};
	struct assumption new = {t->name, t->value};
	/* what is not set from outside needs no word to be unset */
	bool placed = !t->value.ptr && !in_context(x->ctx, t->name);
	for (size_t i = 0; i < p->n; i++) {
		int order = str_cmp(p->with[i].name, t->name);
		if (order >= 0 && !placed) {
			r.with[r.n++] = new;
			placed = true;
		}
		if (order != 0)
			r.with[r.n++] = p->with[i];
	}
	if (!placed)
		r.with[r.n++] = new;
	return r;
}

static void open_others(struct explorer *x, size_t index)
{
	const struct eval_result *r = x->out.ptr[index].eval.result;
	size_t parent = x->runs.ptr[index].parent;
	const struct eval_result *before = parent == index ? NULL : x->out.ptr[parent].eval.result;
	for (uint32_t i = 0; r && i < r->n_env_tests; i++)
		if (!met(before, &r->env_tests[i]))
			vec_push(&x->waiting, extended(x, index, &r->env_tests[i]));
}

static void evaluate_scenario(struct explorer *x, struct scenario_detail *s)
{
	s->eval = evaluate(x->ctx, x->file, &s->scenario);
	if (s->eval.exports)
		s->top = top_level_of(x->ctx, s->eval.exports);
	build_apps(x->ctx, x->file, s);
	x->n_evaluations++;
}

static void evaluate_run(struct explorer *x, const struct run *r, struct scenario_detail *s)
{
	*s = (struct scenario_detail){.scenario = scenario_of(x->ctx, r)};
	evaluate_scenario(x, s);
}

/* The block is chosen after evaluation, except by a config that reads the command line itself. */
static void choose_block(struct explorer *x, struct scenario_detail *s, struct str block)
{
	s->scenario.env_block = block;
	if (s->eval.result && s->eval.result->reads_argv)
		evaluate_scenario(x, s);
	else
		build_apps(x->ctx, x->file, s);
}

static bool known(const struct explorer *x, const struct scenario_detail *s)
{
	for (size_t i = 0; i < x->out.len; i++)
		if (same(s, &x->out.ptr[i]))
			return true;
	return false;
}

static void keep(struct explorer *x, const struct scenario_detail *s, const struct run *r)
{
	vec_push(&x->out, *s);
	vec_push(&x->runs, *r);
}

static void run_all(struct explorer *x)
{
	struct run base = {0};
	struct scenario_detail s;
	evaluate_run(x, &base, &s);
	keep(x, &s, &base);
	vec_push(&x->tried, s.scenario.name);
	if (!s.eval.hopeless)
		open_others(x, 0);
	for (size_t i = 0; i < x->waiting.len; i++) {
		struct run r = x->waiting.ptr[i];
		if (tried(x, run_name(x->ctx->arena, &r)))
			continue;
		if (x->n_evaluations == MAX_SCENARIOS) {
			x->bounded = true;
			return;
		}
		evaluate_run(x, &r, &s);
		if (s.eval.hopeless) { /* at its limits once is enough */
			keep(x, &s, &r);
			return;
		}
		if (known(x, &s))
			continue;
		keep(x, &s, &r);
		open_others(x, x->out.len - 1);
	}
}

/* ---- env_<name> blocks ---- */

static void add_block(struct explorer *x, size_t of, struct str block)
{
	struct scenario_detail s = x->out.ptr[of];
	struct arena *a = x->ctx->arena;
	const char *base = of == 0 && str_is(s.scenario.name, "default") ? "" : arena_printf(a, STR_FMT " ", STR_ARG(s.scenario.name));
	s.scenario.name = str_from(arena_printf(a, "%s--env " STR_FMT, base, STR_ARG(block)));
	if (tried(x, s.scenario.name))
		return;
	choose_block(x, &s, block);
	if (!known(x, &s))
		keep(x, &s, &x->runs.ptr[of]);
}

static void add_blocks(struct explorer *x, size_t of)
{
	const struct scenario_detail base = x->out.ptr[of];
	for (size_t i = 0; i < base.n_apps; i++) {
		const struct val_object *o = base.details[i].v.work->u.obj;
		for (uint32_t k = 0; k < o->n; k++) {
			struct str key = o->props[k].key;
			if (!schema_is_env_block(key) || key.len == 4 || o->props[k].value->kind != VAL_OBJECT)
				continue;
			if (x->out.len >= MAX_SCENARIOS)
				x->bounded = true;
			else
				add_block(x, of, str_sub(key, 4, key.len));
		}
	}
}

/* "NODE_ENV=production CLUSTER=1 --env production" */
static void run_only(struct explorer *x, struct str only)
{
	struct run r = {arena_array(x->ctx->arena, struct assumption, only.len + 1), 0, 0};
	struct str block = {0};
	bool after_env = false, understood = true;
	for (size_t i = 0, start = 0; i <= only.len; i++) {
		if (i < only.len && only.ptr[i] != ' ')
			continue;
		struct str word = str_sub(only, start, i);
		size_t equals = str_find(word, STR("="));
		if (after_env)
			block = word;
		else if (equals != (size_t)-1 && equals > 0)
			r.with[r.n++] = (struct assumption){str_sub(word, 0, equals), str_sub(word, equals + 1, word.len)};
		else
			understood &= str_is(word, "--env") || str_is(word, "default");
		after_env = str_is(word, "--env");
		start = i + 1;
	}
	struct scenario_detail s;
	evaluate_run(x, &r, &s);
	keep(x, &s, &r);
	if (understood && !after_env)
		x->out.ptr[0].scenario.name = only;
	if (!block.ptr)
		return;
	choose_block(x, &x->out.ptr[0], block);
}

struct scenario_list explore(const struct context *ctx, const struct loaded *file, struct str only)
{
	struct explorer x = {.ctx = ctx, .file = file};
	if (only.ptr) {
		run_only(&x, only);
	} else {
		run_all(&x);
		add_blocks(&x, 0);
	}
	struct scenario_list out = {arena_array(ctx->arena, struct scenario_detail, x.out.len), x.out.len, x.bounded};
	memcpy(out.ptr, x.out.ptr, x.out.len * sizeof *out.ptr);
	vec_release(&x.out);
	vec_release(&x.runs);
	vec_release(&x.waiting);
	vec_release(&x.tried);
	return out;
}
