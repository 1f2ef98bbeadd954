/* dump_ast [-b] FILE: the syntax tree of a JavaScript or TypeScript file as an
 * S-expression, one node a line; -b adds bindings. For those who write tests. */
#include <stdio.h>
#include <stdlib.h>
#include "analyzers/javascript/ast.h"
#include "base/err.h"

static const char *const op_names[] = {
    [JS_OP_NONE] = "=",
    [JS_OP_ADD] = "+",
    [JS_OP_SUB] = "-",
    [JS_OP_MUL] = "*",
    [JS_OP_DIV] = "/",
    [JS_OP_MOD] = "%",
    [JS_OP_EXP] = "**",
    [JS_OP_BITAND] = "&",
    [JS_OP_BITOR] = "|",
    [JS_OP_BITXOR] = "^",
    [JS_OP_SHL] = "<<",
    [JS_OP_SHR] = ">>",
    [JS_OP_USHR] = ">>>",
    [JS_OP_EQ] = "==",
    [JS_OP_NE] = "!=",
    [JS_OP_SEQ] = "===",
    [JS_OP_SNE] = "!==",
    [JS_OP_LT] = "<",
    [JS_OP_LE] = "<=",
    [JS_OP_GT] = ">",
    [JS_OP_GE] = ">=",
    [JS_OP_IN] = "in",
    [JS_OP_INSTANCEOF] = "instanceof",
    [JS_OP_AND] = "&&",
    [JS_OP_OR] = "||",
    [JS_OP_NULLISH] = "?\?",
    [JS_OP_NOT] = "!",
    [JS_OP_BITNOT] = "~",
    [JS_OP_TYPEOF] = "typeof",
    [JS_OP_VOID] = "void",
    [JS_OP_DELETE] = "delete",
};

static bool has_op(enum js_kind kind)
{
	return kind == JS_UNARY || kind == JS_UPDATE || kind == JS_BINARY || kind == JS_LOGICAL ||
	       kind == JS_ASSIGN;
}

static void dump_text(struct str s)
{
	putchar('"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 32 || c == 127)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void dump(const struct js_file *f, js_node n, int depth, const char *role)
{
	const struct js_node_data *d = js_at(f, n);
	printf("%*s%s(%s #%u %u-%u", depth * 2, "", role, js_kind_name(js_kind(f, n)), n,
	       d->span.start, d->span.end);
	if (has_op(js_kind(f, n)))
		printf(" op %s", op_names[d->op]);
	else if (d->op)
		printf(" op %u", d->op);
	if (d->flags)
		printf(" flags %#x", d->flags);
	if (d->kind == JS_NUMBER)
		printf(" %.17g", d->num);
	if (d->str != JS_NO_ATOM) {
		putchar(' ');
		dump_text(js_str(f, n));
	}
	if (d->kind == JS_FUNCTION)
		printf(" fn %u owner #%u class #%u", d->fn, f->functions[d->fn].owner,
		       f->functions[d->fn].class_);
	if (d->kind == JS_IDENT && js_binding_of(f, n))
		printf(" -> #%u", js_binding_of(f, n)->decl);
	struct js_iter it = js_iter(f, n);
	for (js_node kid; (kid = js_next(&it));) {
		putchar('\n');
		const char *name = kid == d->a	 ? "a: "
				   : kid == d->b ? "b: "
				   : kid == d->c ? "c: "
						 : "";
		dump(f, kid, depth + 1, name);
	}
	putchar(')');
}

static void dump_bindings(const struct js_file *f)
{
	static const char *const kinds[] = {"var",   "let",   "const",	"function", "class",
					    "param", "catch", "import", "enum",	    "namespace"};
	for (uint32_t i = 0; i < f->n_bindings; i++) {
		const struct js_binding *b = &f->bindings[i];
		struct str name = js_atom(f, b->name);
		printf("%s " STR_FMT " decl #%u scope #%u fn %u init #%u pattern #%u refs",
		       kinds[b->kind], STR_ARG(name), b->decl, b->scope, b->fn, b->init,
		       b->pattern);
		for (uint32_t j = 0; j < b->n_refs; j++)
			printf(" #%u", f->lists[b->refs + j]);
		putchar('\n');
	}
}

static void dump_troubles(const char *title, const struct source *s, const struct js_trouble *t,
			  uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct position p = source_position(s, t[i].span.start);
		printf("%s %u:%u %s\n", title, p.line, p.column, t[i].message);
	}
}

static struct str read_all(struct arena *a, FILE *in)
{
	size_t cap = 64 * 1024 * 1024;
	char *text = xmalloc(cap);
	size_t len = fread(text, 1, cap, in);
	struct str copy = arena_str(a, (struct str){text, len});
	free(text);
	return copy;
}

int main(int argc, char **argv)
{
	bool bindings = argc > 2 && strcmp(argv[1], "-b") == 0;
	const char *path = argc > 1 ? argv[argc - 1] : "";
	FILE *in = fopen(path, "rb");
	if (!in) {
		fprintf(stderr, "usage: dump_ast [-b] FILE\n");
		return 2;
	}
	struct arena a;
	arena_init(&a);
	struct source *s = source_new(&a, str_from(path), read_all(&a, in));
	fclose(in);
	struct js_file *f = js_parse(&a, s, js_language_of(s->path));
	dump(f, 1, 0, "");
	printf("\n%s\n", f->is_module ? "module" : "script");
	if (bindings)
		dump_bindings(f);
	dump_troubles("trouble", s, f->troubles, f->n_troubles);
	uint32_t n;
	struct js_trouble *refused = js_refused_by_node(&a, f, f->is_module, &n);
	dump_troubles("refused", s, refused, n);
	js_file_release(f);
	arena_release(&a);
	return 0;
}
