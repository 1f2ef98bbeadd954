#include "analyzers/javascript/ast.h"

#include "base/buf.h"

struct str js_text(const struct js_file *f, js_node n)
{
	struct span span = f->nodes[n].span;
	return str_sub(f->source->text, span.start, span.end);
}

struct str js_key(const struct js_file *f, js_node n)
{
	js_node key = f->nodes[n].a;
	switch (js_kind(f, key)) {
	case JS_STRING:
		return js_str(f, key);
	case JS_TEMPLATE:
		return f->nodes[key].n_kids == 1 ? js_str(f, js_kid(f, key, 0)) : STR("");
	default:
		return STR("");
	}
}

js_node js_strip_await(const struct js_file *f, js_node n)
{
	while (js_kind(f, n) == JS_AWAIT)
		n = f->nodes[n].a;
	return n;
}

/* ---- dotted paths ---- */

enum { MAX_PARTS = 64 };

/* The part that n adds to a path; false where it has no static name. */
static bool part_of(const struct js_file *f, js_node n, struct str *part)
{
	const struct js_node_data *d = js_at(f, n);
	switch (d->kind) {
	case JS_THIS:
		*part = STR("this");
		return true;
	case JS_SUPER:
		*part = STR("super");
		return true;
	case JS_IDENT:
	case JS_MEMBER:
	case JS_META:
		*part = js_atom(f, d->str);
		return part->len > 0;
	case JS_INDEX:
		*part = js_kind(f, d->b) == JS_STRING ? js_str(f, d->b) : STR("");
		return part->len > 0;
	default:
		return false;
	}
}

struct str js_path(struct arena *a, const struct js_file *f, js_node n)
{
	struct str parts[MAX_PARTS];
	size_t count = 0, len = 0;
	while (true) {
		if (count == MAX_PARTS || !part_of(f, n, &parts[count]))
			return STR("");
		len += parts[count++].len + 1;
		if (js_kind(f, n) != JS_MEMBER && js_kind(f, n) != JS_INDEX)
			break;
		n = f->nodes[n].a;
	}
	char *text = arena_alloc(a, len);
	size_t at = 0;
	while (count) {
		struct str part = parts[--count];
		memcpy(text + at, part.ptr, part.len);
		at += part.len;
		if (count)
			text[at++] = '.';
	}
	return (struct str){text, at};
}

/* ---- children ---- */

static uint32_t start_of(const struct js_file *f, js_node n)
{
	return n ? f->nodes[n].span.start : UINT32_MAX;
}

static void order(const struct js_file *f, js_node *x, js_node *y)
{
	if (start_of(f, *y) < start_of(f, *x)) {
		js_node t = *x;
		*x = *y;
		*y = t;
	}
}

struct js_iter js_iter(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	struct js_iter it = {
	    .f = f,
	    .fields = {d->a, d->b, d->c},
	    .kid = d->kids,
	    .kids_end = d->kids + d->n_kids,
	    .deco = d->decos,
	    .decos_end = d->decos + d->n_decos,
	};
	order(f, &it.fields[0], &it.fields[1]); /* none comes last */
	order(f, &it.fields[1], &it.fields[2]);
	order(f, &it.fields[0], &it.fields[1]);
	return it;
}

js_node js_next(struct js_iter *it)
{
	const struct js_file *f = it->f;
	js_node deco = it->deco < it->decos_end ? f->lists[it->deco] : 0;
	js_node field = it->field < 3 ? it->fields[it->field] : 0;
	js_node kid = it->kid < it->kids_end ? f->lists[it->kid] : 0;
	if (deco && start_of(f, deco) <= start_of(f, field) &&
	    start_of(f, deco) <= start_of(f, kid)) {
		it->deco++;
		return deco;
	}
	if (field && start_of(f, field) <= start_of(f, kid)) {
		it->field++;
		return field;
	}
	it->kid += kid != 0;
	return kid;
}

uint32_t js_children(const struct js_file *f, js_node n, js_node *out, uint32_t cap)
{
	uint32_t count = 0;
	struct js_iter it = js_iter(f, n);
	for (js_node kid; (kid = js_next(&it)); count++)
		if (count < cap)
			out[count] = kid;
	return count;
}

void js_walk(const struct js_file *f, js_node n, bool (*visit)(void *ctx, js_node n), void *ctx)
{
	if (!n || !visit(ctx, n))
		return;
	struct js_iter it = js_iter(f, n);
	for (js_node kid; (kid = js_next(&it));)
		js_walk(f, kid, visit, ctx);
}

/* ---- names ---- */

const char *js_kind_name(enum js_kind kind)
{
	static const char *const names[JS_N_KINDS] = {
#define NAME(x) [JS_##x] = #x
	    NAME(NONE),
	    NAME(PROGRAM),
	    NAME(BLOCK),
	    NAME(EXPR_STMT),
	    NAME(VAR),
	    NAME(DECLARATOR),
	    NAME(IF),
	    NAME(FOR),
	    NAME(FOR_IN),
	    NAME(WHILE),
	    NAME(DO_WHILE),
	    NAME(SWITCH),
	    NAME(CASE),
	    NAME(RETURN),
	    NAME(THROW),
	    NAME(TRY),
	    NAME(CATCH),
	    NAME(BREAK),
	    NAME(CONTINUE),
	    NAME(LABELED),
	    NAME(EMPTY),
	    NAME(IMPORT),
	    NAME(IMPORT_NAME),
	    NAME(EXPORT),
	    NAME(EXPORT_DEFAULT),
	    NAME(EXPORT_NAME),
	    NAME(EXPORT_ASSIGN),
	    NAME(ENUM),
	    NAME(NAMESPACE),
	    NAME(IDENT),
	    NAME(THIS),
	    NAME(SUPER),
	    NAME(NUMBER),
	    NAME(BIGINT),
	    NAME(STRING),
	    NAME(TEMPLATE),
	    NAME(TAGGED),
	    NAME(REGEX),
	    NAME(BOOL),
	    NAME(NULL),
	    NAME(ARRAY),
	    NAME(HOLE),
	    NAME(OBJECT),
	    NAME(PROPERTY),
	    NAME(SPREAD),
	    NAME(UNARY),
	    NAME(UPDATE),
	    NAME(BINARY),
	    NAME(LOGICAL),
	    NAME(ASSIGN),
	    NAME(COND),
	    NAME(CALL),
	    NAME(NEW),
	    NAME(MEMBER),
	    NAME(INDEX),
	    NAME(SEQUENCE),
	    NAME(AWAIT),
	    NAME(YIELD),
	    NAME(IMPORT_CALL),
	    NAME(META),
	    NAME(FUNCTION),
	    NAME(PARAM),
	    NAME(CLASS),
	    NAME(FIELD),
	    NAME(METHOD),
	    NAME(STATIC_BLOCK),
	    NAME(DECORATOR),
	    NAME(JSX),
	    NAME(OBJECT_PATTERN),
	    NAME(PATTERN_PROPERTY),
	    NAME(ARRAY_PATTERN),
	    NAME(DEFAULT),
	    NAME(REST),
	    NAME(TYPE),
	    NAME(ERROR),
#undef NAME
	};
	return kind < JS_N_KINDS ? names[kind] : "?";
}

uint32_t js_find_atom(const struct js_file *f, struct str text)
{
	return map_get(&f->atoms.map, text);
}
