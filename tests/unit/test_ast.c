#include "analyzers/javascript/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/err.h"

/* ---- a file in the hand, and its tree as one line ---- */

struct parsed {
	struct arena arena;
	struct js_file *f;
	struct buf text;
};

static struct parsed *parse_bytes(struct str text, enum js_language language)
{
	struct parsed *p = xcalloc(1, sizeof *p);
	arena_init(&p->arena);
	struct source *s = source_new(&p->arena, STR("x"), arena_str(&p->arena, text));
	p->f = js_parse(&p->arena, s, language);
	return p;
}

static void done(struct parsed *p)
{
	js_file_release(p->f);
	arena_release(&p->arena);
	buf_release(&p->text);
	free(p);
}

static void show(struct buf *b, const struct js_file *f, js_node n);

static void show_words(struct buf *b, const struct js_node_data *d)
{
	static const char *const ops[] = {
	    "=",	  "+",	 "-",  "*",   "/",   "%",   "**",     "&",    "|",     "^",  "<<",
	    ">>",	  ">>>", "==", "!=",  "===", "!==", "<",      "<=",   ">",     ">=", "in",
	    "instanceof", "&&",	 "||", "?\?", "!",   "~",   "typeof", "void", "delete"};
	static const char *const vars[] = {"var", "let", "const", "using"};
	if (d->kind == JS_VAR)
		buf_printf(b, " %s", vars[d->op]);
	else if (d->kind == JS_FOR_IN)
		buf_adds(b, d->op == JS_FOR_OP_OF ? " of" : " in");
	else if (d->kind >= JS_UNARY && d->kind <= JS_ASSIGN)
		buf_printf(b, " %s", ops[d->op]);
	else if (d->op)
		buf_printf(b, " %u", d->op);
	if (d->kind == JS_NUMBER)
		buf_printf(b, " %.17g", d->num);
	if (d->flags)
		buf_printf(b, " #%x", d->flags);
}

static void show(struct buf *b, const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if (d->kind == JS_IDENT) {
		buf_add(b, js_str(f, n));
		return;
	}
	buf_printf(b, "(%s", js_kind_name(js_kind(f, n)));
	show_words(b, d);
	if (d->str != JS_NO_ATOM) {
		buf_addc(b, ' ');
		buf_add(b, js_str(f, n));
	}
	struct js_iter it = js_iter(f, n);
	for (js_node kid; (kid = js_next(&it));) {
		buf_addc(b, ' ');
		show(b, f, kid);
	}
	buf_addc(b, ')');
}

/* the statements of a text, each as a list */
static void expect_tree(enum js_language language, const char *text, const char *tree)
{
	struct parsed *p = parse_bytes(str_from(text), language);
	for (uint32_t i = 0; i < p->f->nodes[1].n_kids; i++) {
		if (i)
			buf_addc(&p->text, '\n');
		show(&p->text, p->f, js_kid(p->f, 1, i));
	}
	buf_addc(&p->text, '\0');
	assert_string_equal(p->text.ptr, tree);
	done(p);
}

static void expect(const char *text, const char *tree)
{
	expect_tree(JS_LANG_JS, text, tree);
}

static void expect_ts(const char *text, const char *tree)
{
	expect_tree(JS_LANG_TS, text, tree);
}

/* the tree of one expression */
static void expect_expr(const char *text, const char *tree)
{
	struct parsed *p = parse_bytes(str_from(text), JS_LANG_JS);
	js_node s = js_kid(p->f, 1, 0);
	assert_int_equal(js_kind(p->f, s), JS_EXPR_STMT);
	show(&p->text, p->f, p->f->nodes[s].a);
	buf_addc(&p->text, '\0');
	assert_string_equal(p->text.ptr, tree);
	done(p);
}

static js_node find(const struct js_file *f, enum js_kind kind, unsigned nth)
{
	for (js_node n = 1; n < f->n_nodes; n++)
		if (js_kind(f, n) == kind && nth-- == 0)
			return n;
	fail_msg("no %s", js_kind_name(kind));
	return 0;
}

static const struct js_binding *binding_named(const struct js_file *f, const char *name)
{
	for (uint32_t i = 0; i < f->n_bindings; i++)
		if (str_is(js_atom(f, f->bindings[i].name), name))
			return &f->bindings[i];
	return NULL;
}

static void expect_cooked(struct str text, struct str value)
{
	struct parsed *p = parse_bytes(text, JS_LANG_JS);
	struct str got = js_str(p->f, find(p->f, JS_STRING, 0));
	assert_int_equal(got.len, value.len);
	assert_memory_equal(got.ptr, value.ptr, value.len);
	done(p);
}

/* ---- statements ---- */

static void declarations_have_targets_and_values(void **state)
{
	(void)state;
	expect("var a, b = 1;", "(VAR var (DECLARATOR a) (DECLARATOR b (NUMBER 1)))");
	expect("let a = 1", "(VAR let (DECLARATOR a (NUMBER 1)))");
	expect("const a = b", "(VAR const (DECLARATOR a b))");
	expect_ts("using a = b()", "(VAR using (DECLARATOR a (CALL b)))");
}

static void branches_and_loops_keep_their_parts(void **state)
{
	(void)state;
	expect("if (a) b; else if (c) d; else {}",
	       "(IF a (EXPR_STMT b) (IF c (EXPR_STMT d) (BLOCK)))");
	expect("for (let i = 0; i < n; i++) {}",
	       "(FOR (VAR let (DECLARATOR i (NUMBER 0))) (BINARY < i n) (UPDATE + i) (BLOCK))");
	expect("for (;;) ;", "(FOR (EMPTY))");
	expect("for (a = 1; ;) ;", "(FOR (ASSIGN = a (NUMBER 1)) (EMPTY))");
	expect("for (const [k, v] of m) f(k)",
	       "(FOR_IN of (VAR const (DECLARATOR (ARRAY_PATTERN k v))) m (EXPR_STMT (CALL f k)))");
	expect("for (k in o) ;", "(FOR_IN in k o (EMPTY))");
	expect("async function f() { for await (const x of y) ; }",
	       "(FUNCTION #a f f (BLOCK (FOR_IN of #4000 (VAR const (DECLARATOR x)) y (EMPTY))))");
	expect("while (a) b()", "(WHILE a (EXPR_STMT (CALL b)))");
	expect("do a(); while (b)", "(DO_WHILE (EXPR_STMT (CALL a)) b)");
}

static void a_switch_holds_cases_with_statements(void **state)
{
	(void)state;
	expect("switch (a) { case 1: b(); break; default: c }",
	       "(SWITCH a (CASE (NUMBER 1) (EXPR_STMT (CALL b)) (BREAK)) (CASE (EXPR_STMT c)))");
}

static void jumps_and_labels_have_names(void **state)
{
	(void)state;
	expect("a: while (1) { continue a; break }",
	       "(LABELED a (WHILE (NUMBER 1) (BLOCK (CONTINUE a) (BREAK))))");
	expect("function f() { return 1; return }",
	       "(FUNCTION #8 f f (BLOCK (RETURN (NUMBER 1)) (RETURN)))");
	expect("throw a", "(THROW a)");
}

static void try_has_three_blocks(void **state)
{
	(void)state;
	expect("try { a } catch ({ b }) { c } finally { d }",
	       "(TRY (BLOCK (EXPR_STMT a)) (CATCH (OBJECT_PATTERN (PATTERN_PROPERTY #80 (STRING b) "
	       "b)) (BLOCK (EXPR_STMT c))) (BLOCK (EXPR_STMT d)))");
	expect("try {} catch {}", "(TRY (BLOCK) (CATCH (BLOCK)))");
}

static void with_is_a_block_that_says_so(void **state)
{
	(void)state;
	expect("with (a) b", "(BLOCK 1 (EXPR_STMT a) (EXPR_STMT b))");
	expect("debugger;;", "(EMPTY)\n(EMPTY)");
}

/* ---- modules ---- */

static void imports_name_what_they_take(void **state)
{
	(void)state;
	expect("import 'a'", "(IMPORT a)");
	expect("import d, * as n from 'a'", "(IMPORT a (IMPORT_NAME default d) (IMPORT_NAME * n))");
	expect("import { a, b as c, default as d } from 'x'",
	       "(IMPORT x (IMPORT_NAME a a) (IMPORT_NAME b c) (IMPORT_NAME default d))");
	expect_ts("import type { A } from 'a'", "(IMPORT #1000 a (IMPORT_NAME A A))");
	expect_ts("import { type A, B } from 'a'",
		  "(IMPORT a (IMPORT_NAME #1000 A A) (IMPORT_NAME B B))");
	expect_ts("import x = require('y')", "(IMPORT y (IMPORT_NAME = x))");
	expect_ts("import A = B.C", "(VAR const (DECLARATOR A (MEMBER C B)))");
	expect_ts("import {} from 'a'", "(IMPORT #800 a)");
}

static void exports_name_what_they_give(void **state)
{
	(void)state;
	expect("export const a = 1", "(EXPORT (VAR const (DECLARATOR a (NUMBER 1))))");
	expect("export { a, b as c }", "(EXPORT (EXPORT_NAME a a) (EXPORT_NAME c b))");
	expect("export { a as b } from 'x'", "(EXPORT x (EXPORT_NAME b (STRING a)))");
	expect("export * from 'x'", "(EXPORT x (EXPORT_NAME *))");
	expect("export * as n from 'x'", "(EXPORT x (EXPORT_NAME n (STRING *)))");
	expect("export default a", "(EXPORT_DEFAULT a)");
	expect("export default function () {}", "(EXPORT_DEFAULT (FUNCTION (BLOCK)))");
	expect("export default class A {}", "(EXPORT_DEFAULT (CLASS #8 A A))");
	expect_ts("export = a", "(EXPORT_ASSIGN a)");
	expect_ts("export type { A } from 'a'", "(EXPORT #1000 a (EXPORT_NAME A (STRING A)))");
	expect_ts("export interface A {}", "(EXPORT #1000)");
	expect_ts("export default interface A {}", "(EXPORT #1000)");
	expect_ts("export type * from 'a'", "(EXPORT #1000 a (EXPORT_NAME *))");
}

static void module_syntax_makes_a_module(void **state)
{
	(void)state;
	static const char *const modules[] = {"import 'a'", "export {}", "import.meta.url",
					      "await a", "for await (const a of b) ;"};
	for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
		struct parsed *p = parse_bytes(str_from(modules[i]), JS_LANG_JS);
		assert_true(p->f->is_module);
		done(p);
	}
	struct parsed *p = parse_bytes(STR("import('a'); async () => await b"), JS_LANG_JS);
	assert_false(p->f->is_module);
	done(p);
}

/* ---- expressions ---- */

static void literals_have_their_values(void **state)
{
	(void)state;
	expect_expr("0x1F", "(NUMBER 31)");
	expect_expr("0b101", "(NUMBER 5)");
	expect_expr("0o17", "(NUMBER 15)");
	expect_expr("017", "(NUMBER 15)");
	expect_expr("089", "(NUMBER 89)");
	expect_expr("1_000.5e1", "(NUMBER 10005)");
	expect_expr(".5", "(NUMBER 0.5)");
	expect_expr("10n", "(BIGINT 10n)");
	expect_expr("/[/]a\\//gi", "(REGEX /[/]a\\//gi)");
	expect_expr("[true, null, this, undefined]", "(ARRAY (BOOL 1) (NULL) (THIS) undefined)");
}

static void strings_are_cooked(void **state)
{
	(void)state;
	expect_cooked(STR("'a\\n\\t\\x41\\u0042\\u{1F600}\\q'"), STR("a\n\tAB\xf0\x9f\x98\x80q"));
	expect_cooked(STR("'\\ud83d\\ude00'"), STR("\xf0\x9f\x98\x80"));
	expect_cooked(STR("'\\ud83d'"), STR("\xed\xa0\xbd"));
	expect_cooked(STR("'a\\\nb\\\r\nc'"), STR("abc"));
	expect_cooked(STR("'\\0\\101\\7'"), STR("\0A\a"));
	expect_cooked(STR("'\\'\"'"), STR("'\""));
	expect_cooked(STR("\"\""), STR(""));
}

static void templates_alternate_texts_and_expressions(void **state)
{
	(void)state;
	expect_expr("`a${b}c\\n${`d`}`",
		    "(TEMPLATE (STRING a) b (STRING c\n) (TEMPLATE (STRING d)) (STRING ))");
	expect_expr("`a\r\nb`", "(TEMPLATE (STRING a\nb))");
	expect_expr("t`a`", "(TAGGED t (TEMPLATE (STRING a)))");
}

static void arrays_and_objects_keep_order(void **state)
{
	(void)state;
	expect_expr("[1, , ...a, ]", "(ARRAY (NUMBER 1) (HOLE) (SPREAD a))");
	expect_expr("[, 1]", "(ARRAY (HOLE) (NUMBER 1))");
	expect_expr("({ a: 1, 'b-c': 2, 3: x, 0x10: y, [d]: 4, e, ...f })",
		    "(OBJECT (PROPERTY (STRING a) (NUMBER 1)) (PROPERTY (STRING b-c) (NUMBER 2)) "
		    "(PROPERTY (STRING 3) x) (PROPERTY (STRING 16) y) (PROPERTY #40 d (NUMBER 4)) "
		    "(PROPERTY #80 (STRING e) e) (SPREAD f))");
	expect_expr("({ a() {}, get b() {}, set b(c) {}, async *d() {} })",
		    "(OBJECT (PROPERTY #100 (STRING a) (FUNCTION (BLOCK))) "
		    "(PROPERTY #200 (STRING b) (FUNCTION (BLOCK))) "
		    "(PROPERTY #400 (STRING b) (FUNCTION (PARAM c) (BLOCK))) "
		    "(PROPERTY #100 (STRING d) (FUNCTION #6 (BLOCK))))");
}

static void operators_are_told_apart(void **state)
{
	(void)state;
	expect_expr("a + b * -c", "(BINARY + a (BINARY * b (UNARY - c)))");
	expect_expr("a && b || c ?? d", "(LOGICAL ?\? (LOGICAL || (LOGICAL && a b) c) d)");
	expect_expr("typeof a === 'b'", "(BINARY === (UNARY typeof a) (STRING b))");
	expect_expr("a = b += c", "(ASSIGN = a (ASSIGN + b c))");
	expect_expr("a ?\?= b", "(ASSIGN ?\? a b)");
	expect_expr("a ? b : c", "(COND a b c)");
	expect_expr("++a", "(UPDATE + #4000 a)");
	expect_expr("a--", "(UPDATE - a)");
	expect_expr("a, b, c", "(SEQUENCE a b c)");
	expect_expr("delete a.b", "(UNARY delete (MEMBER b a))");
	expect_expr("a in b", "(BINARY in a b)");
	expect_expr("a instanceof b", "(BINARY instanceof a b)");
	expect_expr("a >>> b", "(BINARY >>> a b)");
}

static void calls_and_members_say_what_is_optional(void **state)
{
	(void)state;
	expect_expr("a.b(c, ...d)", "(CALL (MEMBER b a) c (SPREAD d))");
	expect_expr("a?.b?.[c]?.(d)", "(CALL #800 (INDEX #800 (MEMBER #800 b a) c) d)");
	expect_expr("new a.B(c)", "(NEW (MEMBER B a) c)");
	expect_expr("new A", "(NEW A)");
	expect_expr("this.#a", "(MEMBER #a (THIS))");
	expect_expr("import('a')", "(IMPORT_CALL (STRING a))");
	expect_expr("import.meta.url", "(MEMBER url (META import.meta))");
	expect_expr("new.target", "(META new.target)");
}

static void functions_say_what_they_are(void **state)
{
	(void)state;
	expect_expr("async (a, b = 1, ...c) => a",
		    "(FUNCTION #3 (PARAM a) (PARAM b (NUMBER 1)) (PARAM #2000 c) a)");
	expect_expr("a => {}", "(FUNCTION #1 (PARAM a) (BLOCK))");
	expect_expr("(function* f() { yield* a; yield })",
		    "(FUNCTION #4 f f (BLOCK (EXPR_STMT (YIELD #4000 a)) (EXPR_STMT (YIELD))))");
	expect_expr("(async function () { await a })",
		    "(FUNCTION #2 (BLOCK (EXPR_STMT (AWAIT a))))");
}

static void patterns_nest(void **state)
{
	(void)state;
	expect("const { a, b: { c = 1 }, [d]: e, ...f } = g",
	       "(VAR const (DECLARATOR (OBJECT_PATTERN (PATTERN_PROPERTY #80 (STRING a) a) "
	       "(PATTERN_PROPERTY (STRING b) (OBJECT_PATTERN (PATTERN_PROPERTY #80 (STRING c) c "
	       "(NUMBER 1)))) (PATTERN_PROPERTY #40 d e) (REST f)) g))");
	expect_expr("[a, , b = 1, ...c] = d",
		    "(ASSIGN = (ARRAY_PATTERN a (HOLE) (DEFAULT b (NUMBER 1)) (REST c)) d)");
}

static void classes_have_members(void **state)
{
	(void)state;
	expect("class A extends B { static #a = 1; b; get c() {} static { d } constructor() { "
	       "super() } }",
	       "(CLASS #8 A A B (FIELD #10 (STRING #a) (NUMBER 1)) (FIELD (STRING b)) "
	       "(METHOD #200 (STRING c) (FUNCTION (BLOCK))) (STATIC_BLOCK (BLOCK (EXPR_STMT d))) "
	       "(METHOD (STRING constructor) (FUNCTION (BLOCK (EXPR_STMT (CALL (SUPER)))))))");
}

static void parentheses_and_casts_leave_no_node(void **state)
{
	(void)state;
	expect_ts("((a as any)!.b satisfies C)", "(EXPR_STMT (MEMBER b a))");
	expect_ts("let a = <T>b", "(VAR let (DECLARATOR a b))");
	expect_ts("f<T>(a)", "(EXPR_STMT (CALL f a))");
	struct parsed *p = parse_bytes(STR("x = (  'a' as any);"), JS_LANG_TS);
	assert_true(str_is(js_text(p->f, find(p->f, JS_STRING, 0)), "'a'"));
	done(p);
}

/* ---- TypeScript ---- */

static void types_are_kept_by_name(void **state)
{
	(void)state;
	expect_ts("let a: Map<string, A.B[]> | null",
		  "(VAR let (DECLARATOR a (TYPE 8 (TYPE Map (TYPE string) (TYPE Array (TYPE A.B))) "
		  "(TYPE))))");
	expect_ts("function f(a?: A, ...b: B[]): Promise<C> {}",
		  "(FUNCTION #8 f f (PARAM #800 a (TYPE A)) (PARAM #2000 b (TYPE Array (TYPE B))) "
		  "(TYPE Promise (TYPE C)) (BLOCK))");
}

static void classes_keep_decorators_heritage_and_parameter_properties(void **state)
{
	(void)state;
	expect_ts("@A() class B extends C<D> implements E { constructor(@F(G) private readonly a: "
		  "H<I>) {} @J() k(): L {} }",
		  "(CLASS #8 B (DECORATOR (CALL A)) B (TYPE (TYPE 1 C (TYPE D)) (TYPE E)) C "
		  "(METHOD (STRING constructor) (FUNCTION (PARAM #4020 (DECORATOR (CALL F G)) a "
		  "(TYPE H (TYPE I))) (BLOCK))) (METHOD (DECORATOR (CALL J)) (STRING k) "
		  "(FUNCTION (TYPE L) (BLOCK))))");
	expect_ts("@A export class B { @C() d: E = 1 }",
		  "(EXPORT (CLASS #8 B (DECORATOR A) B (FIELD (DECORATOR (CALL C)) (STRING d) "
		  "(TYPE E) (NUMBER 1))))");
}

static void types_alone_leave_nothing(void **state)
{
	(void)state;
	expect_ts("interface A {} type B = C; declare module 'x' {} declare global {} a",
		  "(EXPR_STMT a)");
}

static void enums_and_namespaces_are_values(void **state)
{
	(void)state;
	expect_ts("enum A { B, C = 2 }",
		  "(ENUM A A (PROPERTY (STRING B)) (PROPERTY (STRING C) (NUMBER 2)))");
	expect_ts("namespace A { export const b = 1 }",
		  "(NAMESPACE A (BLOCK (EXPORT (VAR const (DECLARATOR b (NUMBER 1))))))");
}

static void jsx_holds_its_expressions(void **state)
{
	(void)state;
	expect_tree(JS_LANG_TSX, "x = <A b={c} {...d} e='f'>g {h} <i/></A>",
		    "(EXPR_STMT (ASSIGN = x (JSX A A c d (STRING f) h (JSX i))))");
}

/* ---- bindings ---- */

static void references_find_their_declarations(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(
	    STR("const a = 1; function f(a) { return a } { let a = 2; a } a; b"), JS_LANG_JS);
	const struct js_binding *a = binding_named(p->f, "a");
	assert_int_equal(a->kind, JSB_CONST);
	assert_int_equal(a->n_refs, 1);
	assert_int_equal(js_at(p->f, p->f->lists[a->refs])->span.start, 57);
	assert_int_equal(js_kind(p->f, a->init), JS_NUMBER);
	assert_null(binding_named(p->f, "b"));
	done(p);
}

static void var_and_functions_are_hoisted(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("x; function f() { y; if (a) { var y = 1 } g() "
					   "function g() {} } { var x; }"),
				       JS_LANG_JS);
	assert_int_equal(binding_named(p->f, "x")->n_refs, 1);
	assert_int_equal(binding_named(p->f, "x")->scope, 1);
	assert_int_equal(binding_named(p->f, "y")->n_refs, 1);
	assert_int_equal(binding_named(p->f, "y")->fn, 1);
	assert_int_equal(binding_named(p->f, "g")->n_refs, 1);
	done(p);
}

static void a_function_in_a_block_is_seen_outside(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("if (a) { function f() {} } f()"), JS_LANG_JS);
	assert_int_equal(binding_named(p->f, "f")->n_refs, 1);
	done(p);
}

static void patterns_bind_all_their_names(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(
	    STR("const { a, b: [c = d], ...e } = require('x'); function f({ g }) {}"), JS_LANG_JS);
	const struct js_binding *c = binding_named(p->f, "c");
	assert_non_null(binding_named(p->f, "a"));
	assert_non_null(binding_named(p->f, "e"));
	assert_null(binding_named(p->f, "d"));
	assert_int_equal(js_kind(p->f, c->init), JS_CALL);
	assert_int_equal(js_kind(p->f, c->pattern), JS_OBJECT_PATTERN);
	assert_int_equal(binding_named(p->f, "g")->kind, JSB_PARAM);
	assert_int_equal(binding_named(p->f, "g")->init, 0);
	done(p);
}

static void own_names_of_expressions_stay_inside(void **state)
{
	(void)state;
	struct parsed *p =
	    parse_bytes(STR("x = function f() { f }; f; y = class A { m() { A } }; A"), JS_LANG_JS);
	assert_int_equal(binding_named(p->f, "f")->n_refs, 1);
	assert_int_equal(binding_named(p->f, "A")->n_refs, 1);
	done(p);
}

static void catch_parameters_are_seen_in_the_block(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("try {} catch (e) { e } e"), JS_LANG_JS);
	assert_int_equal(binding_named(p->f, "e")->kind, JSB_CATCH);
	assert_int_equal(binding_named(p->f, "e")->n_refs, 1);
	done(p);
}

static void declared_twice_is_one_binding(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("var a; var a = 1; a"), JS_LANG_JS);
	const struct js_binding *a = binding_named(p->f, "a");
	assert_int_equal(p->f->n_bindings, 1);
	assert_int_equal(a->n_refs, 2);
	assert_int_equal(js_kind(p->f, a->init), JS_NUMBER);
	done(p);
}

static void type_only_names_are_no_bindings(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(
	    STR("import type { A } from 'a'; import { type B, C } from 'b'; declare const d: A; "
		"function f(): void; function f() {}"),
	    JS_LANG_TS);
	assert_null(binding_named(p->f, "A"));
	assert_null(binding_named(p->f, "B"));
	assert_null(binding_named(p->f, "d"));
	assert_int_equal(binding_named(p->f, "C")->kind, JSB_IMPORT);
	assert_int_equal(binding_named(p->f, "f")->n_refs, 0);
	done(p);
}

static void functions_know_owner_and_class(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("class A { m() { f(() => this) } g = () => 1 } "
					   "const h = function () {}; o = { p() {} }; (() => 1)()"),
				       JS_LANG_JS);
	const struct js_file *f = p->f;
	js_node class_ = find(f, JS_CLASS, 0);
	assert_int_equal(js_kind(f, f->functions[1].owner), JS_METHOD);
	assert_int_equal(f->functions[1].class_, class_);
	assert_int_equal(js_kind(f, f->functions[2].owner), JS_CALL);
	assert_int_equal(f->functions[2].class_, class_);
	assert_int_equal(f->functions[2].parent, 1);
	assert_int_equal(js_kind(f, f->functions[3].owner), JS_FIELD);
	assert_int_equal(f->functions[3].class_, class_);
	assert_int_equal(js_kind(f, f->functions[4].owner), JS_DECLARATOR);
	assert_int_equal(f->functions[4].class_, 0);
	assert_int_equal(js_kind(f, f->functions[5].owner), JS_PROPERTY);
	assert_int_equal(f->functions[6].owner, 0);
	done(p);
}

/* ---- elision ---- */

static bool elided(const char *text, enum js_language language)
{
	struct parsed *p = parse_bytes(str_from(text), language);
	bool answer = js_import_is_elided(p->f, find(p->f, JS_IMPORT, 0));
	done(p);
	return answer;
}

static void imports_for_types_alone_are_elided(void **state)
{
	(void)state;
	assert_true(elided("import { A } from 'a'; let b: A", JS_LANG_TS));
	assert_true(elided("import type { A } from 'a'", JS_LANG_TS));
	assert_true(elided("import { type A } from 'a'", JS_LANG_TS));
	assert_true(elided("import {} from 'a'", JS_LANG_TS));
	assert_true(elided("import A = require('a'); let b: A.B", JS_LANG_TS));
	assert_true(elided("import { A } from 'a'; class B { constructor(a: A) {} }", JS_LANG_TS));
	assert_false(elided("import 'a'", JS_LANG_TS));
	assert_false(elided("import { A, B } from 'a'; new A()", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'; export { A }", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'", JS_LANG_JS));
	assert_false(elided("import React from 'react'; x = <a/>", JS_LANG_TSX));
	assert_false(elided("import A from 'a'; x = <A/>", JS_LANG_TSX));
}

static void decorators_make_types_into_values(void **state)
{
	(void)state;
	assert_false(
	    elided("import { A } from 'a'; @D class B { constructor(a: A) {} }", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'; class B { @D() a: A }", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'; class B { @D() m(a: A) {} }", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'; class B { @D() m(): A {} }", JS_LANG_TS));
	assert_false(elided("import { A } from 'a'; class B { m(@D() a: A) {} }", JS_LANG_TS));
	assert_true(elided("import { A } from 'a'; @D class B { m(a: A) {} }", JS_LANG_TS));
	assert_true(elided("import { A } from 'a'; @D class B { m() { let a: A } }", JS_LANG_TS));
}

/* ---- access ---- */

static void paths_are_dotted(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"this.repo.save", "this.repo.save"},
					       {"process.env['X']", "process.env.X"},
					       {"a?.b!.c", "a.b.c"},
					       {"a().b", ""},
					       {"a[b].c", ""},
					       {"import.meta.url", "import.meta.url"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct parsed *p = parse_bytes(str_from(cases[i][0]), JS_LANG_TS);
		js_node e = p->f->nodes[js_kid(p->f, 1, 0)].a;
		assert_true(str_is(js_path(&p->arena, p->f, e), cases[i][1]));
		done(p);
	}
}

static void keys_are_static_names(void **state)
{
	(void)state;
	struct parsed *p =
	    parse_bytes(STR("x = { a: 1, 'b': 2, ['c']: 3, [`d`]: 4, [e]: 5 }"), JS_LANG_JS);
	static const char *const keys[] = {"a", "b", "c", "d", ""};
	for (unsigned i = 0; i < 5; i++)
		assert_true(str_is(js_key(p->f, find(p->f, JS_PROPERTY, i)), keys[i]));
	done(p);
}

static void spans_are_exact_bytes(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(
	    STR("\xef\xbb\xbfvar \xc3\xa9 = { /* \xc3\xa9 */ a: 'b' };\r\n"), JS_LANG_JS);
	assert_true(str_is(js_text(p->f, find(p->f, JS_PROPERTY, 0)), "a: 'b'"));
	assert_true(str_is(js_text(p->f, find(p->f, JS_STRING, 1)), "'b'"));
	assert_true(str_is(js_text(p->f, find(p->f, JS_IDENT, 0)), "\xc3\xa9"));
	assert_int_equal(p->f->n_comments, 1);
	done(p);
}

/* ---- what goes wrong ---- */

static void a_syntax_error_is_a_trouble_with_a_place(void **state)
{
	(void)state;
	struct parsed *p = parse_bytes(STR("a();\nvar = ;\nb();"), JS_LANG_JS);
	assert_true(p->f->n_troubles > 0);
	assert_int_equal(p->f->troubles[0].span.start, 5);
	assert_int_equal(js_kind(p->f, js_kid(p->f, 1, 0)), JS_EXPR_STMT);
	done(p);
	p = parse_bytes(STR("x = { a: 1,, b: 2 }"), JS_LANG_JS);
	assert_int_equal(p->f->n_troubles, 1);
	assert_string_equal(p->f->troubles[0].message, "unexpected ','");
	done(p);
}

static void hostile_texts_are_bounded(void **state)
{
	(void)state;
	static const char *const words[] = {"[",
					    "(",
					    "{",
					    "!",
					    "a=>",
					    "`${",
					    "a?",
					    "function f(){",
					    "if(a){}else ",
					    "new ",
					    "a=",
					    "class A{m(){",
					    "<a>"};
	struct buf b = {0};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		b.len = 0;
		for (int j = 0; j < 5000; j++)
			buf_adds(&b, words[i]);
		struct parsed *p = parse_bytes(buf_str(&b), JS_LANG_TSX);
		assert_true(p->f->n_troubles > 0);
		done(p);
	}
	buf_release(&b);
}

static void odd_bytes_are_survived(void **state)
{
	(void)state;
	static const struct str texts[] = {
	    {"", 0},
	    {"\xef\xbb\xbf", 3},
	    {"var a\0 = 1", 10},
	    {"\xff\xfe\x80 = '\xed\xa0\x80'", 12},
	    {"'\\", 2},
	    {"`\\u{", 4},
	    {"#!/usr/bin/env node\r\na", 22},
	    {"<!-- a\n--> b\nc", 14},
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		done(parse_bytes(texts[i], JS_LANG_JS));
}

static bool refused(const char *text, bool as_module)
{
	struct parsed *p = parse_bytes(str_from(text), JS_LANG_JS);
	uint32_t n;
	js_refused_by_node(&p->arena, p->f, as_module, &n);
	n += p->f->n_troubles;
	done(p);
	return n > 0;
}

static void node_refuses_what_the_parser_accepts(void **state)
{
	(void)state;
	static const char *const both[] = {"{\"apps\": []}",
					   "let a; let a",
					   "const a",
					   "let a; var a",
					   "function f() { let b; var b }",
					   "break",
					   "a: continue a",
					   "1 = 2",
					   "a?.b = 1",
					   "({ a: 1, a?.b })",
					   "return 1; }",
					   "var enum",
					   "class A { constructor() {} constructor() {} }",
					   "super.a",
					   "a ?? b || c",
					   "-a ** b",
					   "a || () => {}",
					   "'use strict'; with (a) b",
					   "'use strict'; 017",
					   "'\\x4'",
					   "function f(a) { 'use strict'; let a }",
					   "function f(...a, b) {}",
					   "try { a }",
					   "if (a) let b = 1",
					   "this.#a",
					   "({ get a(b) {} })",
					   "async function f() { (await) => 1 }",
					   "function f() { await a }",
					   "throw\na",
					   "x = (a)\n=> 1",
					   "@a class B {}",
					   "x = <a/>",
					   "f(1,,2)",
					   "x = { \xe2\x80\x9c"
					   "a\xe2\x80\x9d: 1 }",
					   "a\xef\xbc\x8c"
					   "b",
					   "export default const a = 1",
					   "label: label: a",
					   "new a?.b()",
					   "/a/gg",
					   "3in a",
					   "class A extends B { m() { super() } }"};
	for (size_t i = 0; i < sizeof both / sizeof *both; i++)
		if (!refused(both[i], false) || !refused(both[i], true))
			fail_msg("not refused: %s", both[i]);
	assert_true(refused("import 'a'", false));
	assert_false(refused("import 'a'", true));
	assert_true(refused("export default { apps: [] }", false));
	assert_true(refused("await a", false));
	assert_false(refused("await a", true));
	assert_false(refused("return 1", false));
	assert_true(refused("return 1", true));
	assert_true(refused("017", true));
	assert_true(refused("import.meta", false));
	assert_true(refused("function f(a, a) {}", true));
	assert_true(refused("export { a }", true));
	assert_true(refused("export const a = 1; export { a }", true));
}

static void node_accepts_what_is_well_formed(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "module.exports = { apps: [{ name: 'a', script: `b`, env: { A: 1 } }] }",
	    "{ apps: [1] }",
	    "var a; var a; function a() {}",
	    "function f(a, a) {}",
	    "017; '\\07'",
	    "label: for (;;) { for (;;) continue label }",
	    "if (a) function f() {}",
	    "try {} catch (e) { var e }",
	    "for (var i = 0 in a) ;",
	    "(a ?? b) || c",
	    "(-a) ** b",
	    "a || (() => {})",
	    "class A { #a; m() { return #a in this && this.#a } }",
	    "new.target",
	    "x = class extends B { constructor() { super() } get a() { return super.a } }",
	    "var let = 1, yield = 2, static = 3, async = 4, of = 5",
	    "new (a?.b)()",
	    "switch (a) { case 1: let b; break; default: }",
	    "({ __proto__: a, ['__proto__']: b })",
	    "for (let i = 0; ;) { let i }",
	    "x = { async a() { await b }, *c() { yield d } }",
	    "var \xc3\xa9\xe4\xb8\xad = 1",
	    "a\n++b",
	    "function f() { return\na }"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (refused(texts[i], false))
			fail_msg("refused: %s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(declarations_have_targets_and_values),
	    cmocka_unit_test(branches_and_loops_keep_their_parts),
	    cmocka_unit_test(a_switch_holds_cases_with_statements),
	    cmocka_unit_test(jumps_and_labels_have_names),
	    cmocka_unit_test(try_has_three_blocks),
	    cmocka_unit_test(with_is_a_block_that_says_so),
	    cmocka_unit_test(imports_name_what_they_take),
	    cmocka_unit_test(exports_name_what_they_give),
	    cmocka_unit_test(module_syntax_makes_a_module),
	    cmocka_unit_test(literals_have_their_values),
	    cmocka_unit_test(strings_are_cooked),
	    cmocka_unit_test(templates_alternate_texts_and_expressions),
	    cmocka_unit_test(arrays_and_objects_keep_order),
	    cmocka_unit_test(operators_are_told_apart),
	    cmocka_unit_test(calls_and_members_say_what_is_optional),
	    cmocka_unit_test(functions_say_what_they_are),
	    cmocka_unit_test(patterns_nest),
	    cmocka_unit_test(classes_have_members),
	    cmocka_unit_test(parentheses_and_casts_leave_no_node),
	    cmocka_unit_test(types_are_kept_by_name),
	    cmocka_unit_test(classes_keep_decorators_heritage_and_parameter_properties),
	    cmocka_unit_test(types_alone_leave_nothing),
	    cmocka_unit_test(enums_and_namespaces_are_values),
	    cmocka_unit_test(jsx_holds_its_expressions),
	    cmocka_unit_test(references_find_their_declarations),
	    cmocka_unit_test(var_and_functions_are_hoisted),
	    cmocka_unit_test(a_function_in_a_block_is_seen_outside),
	    cmocka_unit_test(patterns_bind_all_their_names),
	    cmocka_unit_test(own_names_of_expressions_stay_inside),
	    cmocka_unit_test(catch_parameters_are_seen_in_the_block),
	    cmocka_unit_test(declared_twice_is_one_binding),
	    cmocka_unit_test(type_only_names_are_no_bindings),
	    cmocka_unit_test(functions_know_owner_and_class),
	    cmocka_unit_test(imports_for_types_alone_are_elided),
	    cmocka_unit_test(decorators_make_types_into_values),
	    cmocka_unit_test(paths_are_dotted),
	    cmocka_unit_test(keys_are_static_names),
	    cmocka_unit_test(spans_are_exact_bytes),
	    cmocka_unit_test(a_syntax_error_is_a_trouble_with_a_place),
	    cmocka_unit_test(hostile_texts_are_bounded),
	    cmocka_unit_test(odd_bytes_are_survived),
	    cmocka_unit_test(node_refuses_what_the_parser_accepts),
	    cmocka_unit_test(node_accepts_what_is_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
