/* The evaluator: where values come from, which environment turns a decision,
 * what unknown does, where it stops. Values themselves: tests/oracle/eval-vs-node. */
#include "analyzers/javascript/eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct world {
	struct arena arena;
	struct context ctx;
	struct eval_options o;
	struct js_file *f;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	arena_init(&w->arena);
	w->ctx = (struct context){.arena = &w->arena, .cpus = 8, .memory_bytes = 1u << 30};
	w->o = (struct eval_options){.ctx = &w->ctx, .path = STR("app/ecosystem.config.js")};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;
	if (w->f)
		js_file_release(w->f);
	arena_release(&w->arena);
	free(w);
	return 0;
}

static struct js_file *parse(struct world *w, const char *text)
{
	if (w->f)
		js_file_release(w->f);
	w->f = js_parse(&w->arena, source_new(&w->arena, w->o.path, str_from(text)), JS_LANG_JS);
	return w->f;
}

static struct eval_result *run(struct world *w, const char *text)
{
	return eval_module(&w->arena, parse(w, text), false, &w->o);
}

/* the property x of module.exports */
static struct value *x_of(struct world *w, const char *text)
{
	struct eval_result *r = run(w, text);
	assert_null(r->trouble);
	assert_null(r->thrown);
	assert_int_equal(r->exports->kind, VAL_OBJECT);
	struct value *v = val_get(r->exports->u.obj, STR("x"));
	assert_non_null(v);
	assert_non_null(v->origin);
	return v;
}

static void assert_at(struct place at, const char *want)
{
	assert_non_null(at.source);
	struct str got = str_sub(at.source->text, at.span.start, at.span.end);
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr, want, got.len);
}

static void assert_shows(struct world *w, const struct value *v, const char *want)
{
	assert_string_equal(val_show(&w->arena, v, 500), want);
}

/* "NAME=value" for each test, joined by blanks; "-" is unset */
static void assert_tests(struct world *w, const char *text, const char *want)
{
	struct eval_result *r = run(w, text);
	char got[1000] = "";
	for (uint32_t i = 0; i < r->n_env_tests; i++) {
		const struct env_test *t = &r->env_tests[i];
		size_t n = strlen(got);
		snprintf(got + n, sizeof got - n, "%s%.*s=%.*s", i ? " " : "", STR_ARG(t->name),
			 t->value.ptr ? (int)t->value.len : 1, t->value.ptr ? t->value.ptr : "-");
	}
	assert_string_equal(got, want);
}

static void set_env(struct world *w, const char *name, const char *value)
{
	struct env_var *env = arena_new(&w->arena, struct env_var);
	*env = (struct env_var){str_from(name), str_from(value)};
	w->o.env = env;
	w->o.n_env = 1;
}

/* ---- origins ---- */

static void a_literal_knows_its_own_span(void **state)
{
	struct value *v = x_of(*state, "module.exports = { x: 'max' };");
	assert_int_equal(v->origin->kind, ORIGIN_LITERAL);
	assert_at(v->origin->at, "'max'");
	assert_null(v->origin->via);
	assert_false(v->origin->conditional);
}

static void a_negative_number_is_a_literal(void **state)
{
	struct value *v = x_of(*state, "module.exports = { x: -1 };");
	assert_int_equal(v->origin->kind, ORIGIN_LITERAL);
	assert_at(v->origin->at, "-1");
}

static void a_value_through_a_constant_points_at_the_literal(void **state)
{
	struct value *v = x_of(*state, "const n = 4; module.exports = { x: n };");
	assert_int_equal(v->origin->kind, ORIGIN_LITERAL);
	assert_at(v->origin->at, "4");
	assert_non_null(v->origin->via);
	assert_at(v->origin->via->at, "n");
}

static void a_value_through_a_function_points_at_the_argument(void **state)
{
	struct value *v =
	    x_of(*state, "const app = (n) => ({ n }); module.exports = { x: app(3).n };");
	assert_int_equal(v->origin->kind, ORIGIN_LITERAL);
	assert_at(v->origin->at, "3");
	assert_at(v->origin->via->at, "app(3).n");
}

static void both_branches_of_a_decision_are_marked(void **state)
{
	const char *text =
	    "module.exports = { x: process.env.NODE_ENV === 'production' ? 'max' : 1 };";
	struct world *w = *state;
	struct value *v = x_of(w, text);
	assert_at(v->origin->at, "1");
	assert_true(v->origin->conditional);
	assert_int_equal(js_kind(w->f, v->origin->chosen_by), JS_COND);
	set_env(w, "NODE_ENV", "production");
	v = x_of(w, text);
	assert_at(v->origin->at, "'max'");
	assert_true(v->origin->conditional);
}

static void what_an_if_assigns_is_marked(void **state)
{
	struct world *w = *state;
	struct value *v =
	    x_of(w, "let n = 1; if (!process.env.DEV) n = 4; module.exports = { x: n };");
	assert_at(v->origin->at, "4");
	assert_true(v->origin->conditional);
	assert_int_equal(js_kind(w->f, v->origin->chosen_by), JS_IF);
	v = x_of(w, "let n; switch (1) { case 1: n = 2; break; default: n = 3; } module.exports = "
		    "{ x: n };");
	assert_int_equal(js_kind(w->f, v->origin->chosen_by), JS_CASE);
}

static void a_variable_of_the_environment_is_named(void **state)
{
	struct world *w = *state;
	set_env(w, "PORT", "80");
	struct value *v = x_of(w, "module.exports = { x: process.env.PORT };");
	assert_int_equal(v->origin->kind, ORIGIN_ENV);
	assert_true(str_is(v->origin->env_name, "PORT"));
	assert_at(v->origin->at, "process.env.PORT");
	v = x_of(w, "module.exports = { x: Number(process.env.PORT) + 1 };");
	assert_int_equal(v->origin->kind, ORIGIN_COMPUTED);
	assert_int_equal(v->origin->via->kind, ORIGIN_COMPUTED);
	assert_true(str_is(v->origin->via->via->env_name, "PORT"));
}

static void the_number_of_processors_is_the_machines(void **state)
{
	struct world *w = *state;
	struct value *v = x_of(w, "module.exports = { x: require('os').cpus().length };");
	assert_int_equal(v->origin->kind, ORIGIN_MACHINE);
	assert_shows(w, v, "8");
}

static void a_property_knows_its_place_and_how_it_came(void **state)
{
	struct world *w = *state;
	struct eval_result *r =
	    run(w, "const base = { a: 1 }; module.exports = { ...base, b: 2, b: 3 };");
	const struct val_prop *a = val_prop(r->exports->u.obj, STR("a")),
			      *b = val_prop(r->exports->u.obj, STR("b"));
	assert_true(a->from_spread);
	assert_at(a->at, "a: 1");
	assert_at(a->key_at, "a");
	assert_false(b->from_spread);
	assert_true(b->duplicate);
	assert_at(b->at, "b: 3");
	assert_at(r->exports->u.obj->at, "{ ...base, b: 2, b: 3 }");
}

/* ---- the environment ---- */

static void comparisons_name_the_value_that_turns_them(void **state)
{
	assert_tests(*state,
		     "process.env.A === 'x'; 'y' == process.env.B; process.env.C !== 'z'; "
		     "process.env.D != null",
		     "A=x B=y C=z D=1");
	assert_tests(*state, "switch (process.env.M) { case 'a': case 'b': }", "M=a M=b");
	assert_tests(*state, "process.env.A === 3; process.env.B === true", "");
}

static void truth_and_defaults_name_a_value(void **state)
{
	assert_tests(
	    *state,
	    "if (process.env.A) {} process.env.B ? 1 : 2; !process.env.C; process.env.D || 1; "
	    "process.env.E ?? 2; process.env.F && 3; Boolean(process.env.G)",
	    "A=1 B=1 C=1 D=1 E=1 F=1 G=1");
	assert_tests(
	    *state,
	    "const { A = 1 } = process.env; const f = (b = 2) => b; f(process.env.PM2_INSTANCES)",
	    "A=1 PM2_INSTANCES=2");
}

static void a_default_in_between_does_not_hide_the_variable(void **state)
{
	assert_tests(
	    *state, "const e = process.env.NODE_ENV || 'development'; e === 'production'; e === ''",
	    "NODE_ENV=1 NODE_ENV=production");
	assert_tests(*state, "const { M = 'a' } = process.env; M === 'b'", "M=1 M=b");
}

static void derived_values_find_their_way_back(void **state)
{
	assert_tests(*state, "(process.env.A ?? '').toLowerCase() === 'yes'", "A=1 A=yes");
	assert_tests(*state, "parseInt(process.env.N || '2', 10) > 3", "N=1 N=4");
	assert_tests(*state, "Number(process.env.N) >= 2", "N=3");
	assert_tests(*state, "(process.env.L || '').split(',').includes('api')", "L=1 L=api");
	assert_tests(*state, "process.env.A?.trim() === 'on'", "A=1 A=on");
	assert_tests(*state, "`${process.env.A}` === 'on'", "A=on");
}

static void text_tests_name_a_text_that_passes(void **state)
{
	assert_tests(
	    *state,
	    "const e = process.env.E || ''; e.startsWith('prod'); e.includes('x'); e.endsWith('y')",
	    "E=1 E=prod E=x E=y");
	assert_tests(*state, "['staging', 'production'].includes(process.env.E)",
		     "E=staging E=production");
	assert_tests(*state, "/^prod(uction)?$/.test(process.env.E)", "E=prod");
}

static void a_table_has_one_test_for_each_key(void **state)
{
	assert_tests(*state, "const t = { dev: 1, prod: 2 }; t[process.env.E || 'dev']",
		     "E=1 E=prod E=-");
	assert_tests(*state, "process.env.E in { a: 1 }", "E=a");
}

static void a_test_that_holds_is_turned_by_unsetting(void **state)
{
	struct world *w = *state;
	set_env(w, "NODE_ENV", "production");
	assert_tests(w, "process.env.NODE_ENV === 'production'; if (process.env.NODE_ENV) {}",
		     "NODE_ENV=-");
	assert_tests(w, "process.env.NODE_ENV === 'staging'", "NODE_ENV=staging");
}

static void reads_are_listed_once(void **state)
{
	struct eval_result *r = run(
	    *state, "process.env.B; process.env.A; process.env['B']; const { C } = process.env;");
	assert_int_equal(r->n_env_reads, 3);
	assert_true(str_is(r->env_reads[0], "B"));
	assert_true(str_is(r->env_reads[2], "C"));
}

/* ---- unknown ---- */

static void an_unknown_condition_keeps_what_both_sides_agree_on(void **state)
{
	struct world *w = *state;
	assert_shows(w,
		     x_of(w, "const u = require('p'); let a = 0; if (u) { a = 1; } else a = 1; "
			     "module.exports = { x: a };"),
		     "1");
	assert_shows(w,
		     x_of(w, "const u = require('p'); module.exports = { x: u ? { a: 1, b: 2 } : { "
			     "a: 1, b: 3 } };"),
		     "{a: 1, b: unknown (comes from the package 'p')}");
	assert_shows(w,
		     x_of(w, "const u = require('p'); function f() { if (u) return 7; return 7; } "
			     "module.exports = { x: f() };"),
		     "7");
}

static void what_may_have_been_written_is_unknown(void **state)
{
	struct world *w = *state;
	assert_int_equal(
	    x_of(w, "const u = require('p'); let a = 0; if (u) a = 1; module.exports = { x: a };")
		->kind,
	    VAL_UNKNOWN);
	assert_int_equal(
	    x_of(w, "const u = require('p'); let a = 0; u && a++; module.exports = { x: a };")
		->kind,
	    VAL_UNKNOWN);
	assert_int_equal(x_of(w, "const u = require('p'); let a = 0; for (const v of u) a++; "
				 "module.exports = { x: a };")
			     ->kind,
			 VAL_UNKNOWN);
	assert_int_equal(x_of(w, "const u = require('p'); let a = 0; u.each(() => { a++; }); "
				 "module.exports = { x: a };")
			     ->kind,
			 VAL_UNKNOWN);
	assert_int_equal(x_of(w, "const u = require('p'); let a = 0; try { u(); a = 1; } catch { a "
				 "= 2; } module.exports = { x: a };")
			     ->kind,
			 VAL_UNKNOWN);
	assert_shows(
	    w,
	    x_of(
		w,
		"const u = require('p'); const x = [1]; if (u) x.push(2); module.exports = { x };"),
	    "[1, ...]");
	assert_shows(w,
		     x_of(w, "const u = require('p'); const x = { a: 1 }; if (u) x.b = 2; "
			     "module.exports = { x };"),
		     "{a: 1, b: unknown (comes from the package 'p')}");
}

static void an_early_way_out_under_an_unknown_condition_counts(void **state)
{
	struct world *w = *state;
	assert_int_equal(x_of(w, "const u = require('p'); function f() { if (u) return 1; return "
				 "2; } module.exports = { x: f() };")
			     ->kind,
			 VAL_UNKNOWN);
	assert_shows(w,
		     x_of(w, "const u = require('p'); const x = []; for (const i of [1, 2]) { if "
			     "(u(i)) continue; x.push(i); } module.exports = { x };"),
		     "[...]");
	assert_int_equal(x_of(w, "const u = require('p'); let x = 0; for (const i of [1, 2]) { if "
				 "(u(i)) break; x = i; } module.exports = { x };")
			     ->kind,
			 VAL_UNKNOWN);
	assert_shows(w,
		     x_of(w, "const u = require('p'); if (!u.ok) throw new Error('no'); "
			     "module.exports = { x: 1 };"),
		     "1");
}

static void what_is_spread_in_unknown_may_override(void **state)
{
	struct world *w = *state;
	struct value *v =
	    x_of(w, "const u = require('p'); module.exports = { x: { a: 1, ...u, b: 2 } };");
	assert_true(v->u.obj->open);
	assert_int_equal(val_get(v->u.obj, STR("a"))->kind, VAL_UNKNOWN);
	assert_shows(w, val_get(v->u.obj, STR("b")), "2");
	assert_shows(w, x_of(w, "const u = require('p'); module.exports = { x: [1, ...u, 2] };"),
		     "[1, 2, ...]");
	assert_int_equal(
	    x_of(w, "const u = require('p'); module.exports = { x: [1, ...u, 2][1] };")->kind,
	    VAL_UNKNOWN);
}

static void unknown_says_why_and_where(void **state)
{
	struct value *v = x_of(*state, "const { execSync } = require('child_process'); "
				       "module.exports = { x: execSync('a') + 1 };");
	assert_string_equal(v->u.unknown.reason, "uses 'execSync' of 'child_process'");
	assert_at(v->u.unknown.at, "execSync");
	assert_string_equal(
	    x_of(*state, "module.exports = { x: Math.random() };")->u.unknown.reason,
	    "uses Math.random");
}

/* ---- budgets ---- */

static void assert_stops(struct world *w, const char *text, const char *why)
{
	struct eval_result *r = run(w, text);
	assert_non_null(r->trouble);
	assert_non_null(strstr(r->trouble, why));
	assert_non_null(r->trouble_at.source);
}

static void what_does_not_end_is_stopped(void **state)
{
	struct world *w = *state;
	assert_stops(w, "for (;;);", "steps");
	assert_stops(w, "while (true) { try { null.x } catch {} }", "evaluation stopped");
	assert_stops(w, "let s = 'a'; while (true) s += s;", "memory");
	assert_stops(w, "new Array(1e9).fill()", "memory");
	assert_stops(w, "'a'.repeat(1e8).split('')", "memory");
	assert_stops(w, "const f = () => f(); f();", "deeper");
	assert_stops(w, "const f = () => { try { f(); } catch { f(); } }; f();", "deeper");
	assert_stops(w, "[3, 1].sort(function c(a, b) { for (;;); })", "steps");
}

static void budgets_can_be_chosen(void **state)
{
	struct world *w = *state;
	w->o.max_steps = 50;
	assert_stops(w, "for (let i = 0; i < 100; i++);", "50 steps");
	w->o = (struct eval_options){.ctx = &w->ctx, .path = w->o.path, .max_depth = 5};
	assert_stops(w, "const f = (n) => n && f(n - 1); f(10);", "deeper than 5");
}

static void what_throws_and_what_exits_is_told(void **state)
{
	struct eval_result *r = run(*state, "throw new TypeError('x' + 1);");
	assert_string_equal(r->thrown->u.obj->class_name, "TypeError");
	assert_true(str_is(val_get(r->thrown->u.obj, STR("message"))->u.str, "x1"));
	assert_at(r->thrown->origin->at, "new TypeError('x' + 1)");
	r = run(*state, "module.exports = { a: 1 }; process.exit(1); module.exports = {};");
	assert_true(r->exits);
	assert_shows(*state, r->exports, "{a: 1}");
}

/* ---- JSON text, expressions of sources ---- */

static void a_json_text_keeps_its_own_places(void **state)
{
	struct world *w = *state;
	const struct source *s =
	    source_new(&w->arena, STR("a.json"), STR("\xef\xbb\xbf{ // c\n apps: [1, ], }"));
	w->f = eval_parse_json(&w->arena, s);
	struct eval_result *r = eval_json(&w->arena, w->f, &w->o);
	assert_null(r->trouble);
	assert_at(val_prop(r->exports->u.obj, STR("apps"))->at, "apps: [1, ]");
	assert_at(val_get(r->exports->u.obj, STR("apps"))->u.arr->items[0]->origin->at, "1");
}

static void a_json_text_that_is_no_expression_is_trouble(void **state)
{
	struct world *w = *state;
	w->f = eval_parse_json(&w->arena, source_new(&w->arena, STR("a.json"), STR("{\"a\": }")));
	assert_non_null(eval_json(&w->arena, w->f, &w->o)->trouble);
}

static struct value *first_argument(struct world *w, const char *text, const struct eval_bind *bind)
{
	parse(w, text);
	for (js_node n = 1; n < w->f->n_nodes; n++)
		if (js_kind(w->f, n) == JS_CALL &&
		    str_is(js_text(w->f, js_at(w->f, n)->a), "probe"))
			return eval_expression(&w->arena, w->f, js_kid(w->f, n, 0), bind, &w->o);
	fail();
	return NULL;
}

static void an_expression_sees_constants_and_pure_functions(void **state)
{
	struct world *w = *state;
	assert_shows(w,
		     first_argument(w,
				    "const ttl = 5 * 60; function f(x) { return x * 2; } const o = "
				    "{ ttl: f(ttl) }; function g() { probe({ ...o, k: o.ttl }); }",
				    NULL),
		     "{ttl: 600, k: 600}");
	assert_shows(w, first_argument(w, "function g() { const a = 1; probe(a + 1); }", NULL),
		     "2");
}

static void what_runs_time_decides_is_unknown_in_an_expression(void **state)
{
	struct world *w = *state;
	assert_int_equal(first_argument(w, "function g(a) { probe(a); }", NULL)->kind, VAL_UNKNOWN);
	assert_int_equal(
	    first_argument(w, "let n = 1; function s() { n = 2; } probe(n);", NULL)->kind,
	    VAL_UNKNOWN);
	assert_int_equal(first_argument(w, "const o = { a: 1 }; o.a = 2; probe(o.a);", NULL)->kind,
			 VAL_UNKNOWN);
	assert_int_equal(first_argument(w, "const a = b, b = a; probe(a);", NULL)->kind,
			 VAL_UNKNOWN);
	assert_int_equal(first_argument(w, "import x from './x'; probe(x);", NULL)->kind,
			 VAL_UNKNOWN);
	assert_int_equal(first_argument(w, "class A { m() { probe(this.n); } }", NULL)->kind,
			 VAL_UNKNOWN);
	assert_int_equal(
	    first_argument(w, "class A { m() { probe(this?.n ?? 5); } }", NULL)->kind, VAL_UNKNOWN);
	assert_int_equal(first_argument(w, "for (const x of [1]) probe(x);", NULL)->kind,
			 VAL_UNKNOWN);
}

static struct value *answer_x(void *ctx, const struct js_file *f, js_node n)
{
	struct world *w = ctx;
	return str_is(js_text(f, n), "config.x") ? val_number(&w->arena, 42, NULL) : NULL;
}

static void bind_is_asked_first(void **state)
{
	struct world *w = *state;
	struct eval_bind bind = {answer_x, w};
	assert_shows(
	    w,
	    first_argument(
		w, "import config from './config'; probe(config.x > 40 ? 'big' : 'small');", &bind),
	    "\"big\"");
}

static void the_environment_of_an_expression_is_the_one_given(void **state)
{
	struct world *w = *state;
	set_env(w, "NODE_APP_INSTANCE", "0");
	assert_shows(w, first_argument(w, "probe(process.env.NODE_APP_INSTANCE === '0');", NULL),
		     "true");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(a_literal_knows_its_own_span),
	    EACH(a_negative_number_is_a_literal),
	    EACH(a_value_through_a_constant_points_at_the_literal),
	    EACH(a_value_through_a_function_points_at_the_argument),
	    EACH(both_branches_of_a_decision_are_marked),
	    EACH(what_an_if_assigns_is_marked),
	    EACH(a_variable_of_the_environment_is_named),
	    EACH(the_number_of_processors_is_the_machines),
	    EACH(a_property_knows_its_place_and_how_it_came),
	    EACH(comparisons_name_the_value_that_turns_them),
	    EACH(truth_and_defaults_name_a_value),
	    EACH(a_default_in_between_does_not_hide_the_variable),
	    EACH(derived_values_find_their_way_back),
	    EACH(text_tests_name_a_text_that_passes),
	    EACH(a_table_has_one_test_for_each_key),
	    EACH(a_test_that_holds_is_turned_by_unsetting),
	    EACH(reads_are_listed_once),
	    EACH(an_unknown_condition_keeps_what_both_sides_agree_on),
	    EACH(what_may_have_been_written_is_unknown),
	    EACH(an_early_way_out_under_an_unknown_condition_counts),
	    EACH(what_is_spread_in_unknown_may_override),
	    EACH(unknown_says_why_and_where),
	    EACH(what_does_not_end_is_stopped),
	    EACH(budgets_can_be_chosen),
	    EACH(what_throws_and_what_exits_is_told),
	    EACH(a_json_text_keeps_its_own_places),
	    EACH(a_json_text_that_is_no_expression_is_trouble),
	    EACH(an_expression_sees_constants_and_pure_functions),
	    EACH(what_runs_time_decides_is_unknown_in_an_expression),
	    EACH(bind_is_asked_first),
	    EACH(the_environment_of_an_expression_is_the_one_given),
	};
	return cmocka_run_group_tests_name("eval", tests, NULL, NULL);
}
