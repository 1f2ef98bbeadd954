/* eval_dump ROOT [KEY=VALUE...] < list of files below ROOT, one a line: evaluates
 * each and prints one line of JSON: what it exports, with marks for what JSON
 * cannot say ({"$":"undefined"}), or what it throws. For tests against node. */
#include "analyzers/javascript/eval.h"
#include "analyzers/javascript/text.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_text(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.len;) {
		size_t at = i;
		int32_t c = u16_next(s, &i);
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || (c >= 0xd800 && c < 0xe000))
			buf_printf(b, "\\u%04x", (unsigned)c);
		else
			buf_add(b, str_sub(s, at, i));
	}
	buf_addc(b, '"');
}

static void put_mark(struct buf *b, const char *mark, const char *what)
{
	buf_printf(b, "{\"$\":\"%s\",\"of\":", mark);
	put_text(b, str_from(what));
	buf_addc(b, '}');
}

static void put_value(struct arena *a, struct buf *b, const struct value *v, int depth);

static void put_object(struct arena *a, struct buf *b, const struct val_object *o, int depth)
{
	if (o->open) {
		put_mark(b, "unknown", "open object");
		return;
	}
	if (o->class_name) {
		const struct value *m = val_get(o, STR("message"));
		buf_printf(b, "{\"$\":\"%s\"", o->class_name);
		if (m && m->kind == VAL_STRING) {
			buf_adds(b, ",\"of\":");
			put_text(b, m->u.str);
		}
		buf_addc(b, '}');
		return;
	}
	buf_addc(b, '{');
	for (uint32_t i = 0; i < o->n; i++) {
		if (i)
			buf_addc(b, ',');
		put_text(b, o->props[i].key);
		buf_addc(b, ':');
		put_value(a, b, o->props[i].value, depth + 1);
	}
	buf_addc(b, '}');
}

static void put_array(struct arena *a, struct buf *b, const struct val_array *arr, int depth)
{
	if (arr->open) {
		put_mark(b, "unknown", "open array");
		return;
	}
	buf_addc(b, '[');
	for (uint32_t i = 0; i < arr->n; i++) {
		if (i)
			buf_addc(b, ',');
		if (arr->items[i])
			put_value(a, b, arr->items[i], depth + 1);
		else
			buf_adds(b, "{\"$\":\"hole\"}");
	}
	buf_addc(b, ']');
}

static void put_value(struct arena *a, struct buf *b, const struct value *v, int depth)
{
	if (depth > 40 && v->kind >= VAL_OBJECT && v->kind != VAL_FUNCTION &&
	    v->kind != VAL_UNKNOWN) {
		buf_adds(b, "{\"$\":\"deep\"}");
		return;
	}
	switch (v->kind) {
	case VAL_UNDEFINED:
		buf_adds(b, "{\"$\":\"undefined\"}");
		break;
	case VAL_NUMBER:
		if (!isfinite(v->u.num) || (v->u.num == 0 && signbit(v->u.num)))
			buf_printf(b, "{\"$\":\"%s\"}",
				   v->u.num == 0 ? "-0" : val_number_text(a, v->u.num));
		else
			buf_adds(b, val_number_text(a, v->u.num));
		break;
	case VAL_STRING:
		put_text(b, v->u.str);
		break;
	case VAL_OBJECT:
		put_object(a, b, v->u.obj, depth);
		break;
	case VAL_ARRAY:
		put_array(a, b, v->u.arr, depth);
		break;
	case VAL_FUNCTION:
		buf_adds(b, "{\"$\":\"function\"}");
		break;
	case VAL_REGEXP:
		buf_adds(b, "{\"$\":\"RegExp\"}");
		break;
	case VAL_UNKNOWN:
		put_mark(b, "unknown", v->u.unknown.reason);
		break;
	default:
		buf_adds(b, val_to_string(a, v));
	}
}

static struct eval_result *evaluate(struct arena *a, const struct context *ctx, struct str path)
{
	struct str text;
	struct err e = fs_read(ctx->fs, a, path, &text);
	if (e.text) {
		fprintf(stderr, "eval_dump: %s\n", e.text);
		exit(2);
	}
	const struct source *s = source_new(a, path, text);
	struct eval_options o = {.ctx = ctx, .path = path};
	if (str_is(path_ext(path), ".json"))
		return eval_json(a, eval_parse_json(a, s), &o);
	return eval_module(a, js_parse(a, s, JS_LANG_JS), str_is(path_ext(path), ".mjs"), &o);
}

static void print_tests(struct arena *a, struct buf *b, const struct eval_result *r)
{
	for (uint32_t i = 0; i < r->n_env_tests; i++) {
		const struct env_test *t = &r->env_tests[i];
		buf_printf(b, "\n  # %.*s=%s", STR_ARG(t->name),
			   t->value.ptr ? arena_cstr(a, t->value) : "(unset)");
	}
}

static void print(struct arena *a, const struct eval_result *r, bool tests)
{
	struct buf b = {0};
	if (r->trouble) {
		put_mark(&b, "trouble", r->trouble);
	} else if (r->thrown) {
		buf_adds(&b, "{\"$\":\"thrown\",\"of\":");
		put_value(a, &b, r->thrown, 0);
		buf_addc(&b, '}');
	} else if (r->exits) {
		buf_adds(&b, "{\"$\":\"exit\"}");
	} else {
		put_value(a, &b, r->exports, 0);
	}
	if (tests)
		print_tests(a, &b, r);
	puts(b.ptr);
	buf_release(&b);
}

int main(int argc, char **argv)
{
	struct arena run, scratch;
	struct fs fs;
	struct env_var env[64];
	char line[4096];
	bool tests = argc > 1 && strcmp(argv[1], "-t") == 0;
	struct context ctx = {
	    .arena = &run, .fs = &fs, .cpus = 8, .memory_bytes = 16ull << 30, .env = env};
	argv += tests;
	argc -= tests;
	arena_init(&run);
	arena_init(&scratch);
	if (argc < 2 || fs_init(&fs, &run, argv[1]).text)
		return 2;
	for (int i = 2; i < argc && i < 64; i++) {
		char *eq = strchr(argv[i], '=');
		if (eq)
			env[ctx.n_env++] =
			    (struct env_var){{argv[i], (size_t)(eq - argv[i])}, str_from(eq + 1)};
	}
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		print(&scratch, evaluate(&scratch, &ctx, str_from(line)), tests);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
	fs_release(&fs);
	arena_release(&run);
	return 0;
}
