/* JSON.parse (strict, with the place of every value) and JSON.stringify. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

enum { MAX_NESTING = 400 };

struct parser {
	struct interp *ip;
	const struct source *source; /* may be NULL */
	struct str text;	     /* part of the source's text where there is one */
	const struct origin *origin; /* of the text, where there is no source */
	size_t at;
	int depth;
	const char *error;
};

static struct value *fail(struct parser *p)
{
	if (!p->error)
		p->error = p->at >= p->text.len
			       ? "Unexpected end of JSON input"
			       : arena_printf(p->ip->arena,
					      "Unexpected token in JSON at position %zu", p->at);
	return NULL;
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->text.len && strchr(" \t\r\n", p->text.ptr[p->at]) && p->text.ptr[p->at])
		p->at++;
}

static bool eat(struct parser *p, char c)
{
	skip_blanks(p);
	if (p->at >= p->text.len || p->text.ptr[p->at] != c)
		return false;
	p->at++;
	return true;
}

static struct place place(const struct parser *p, size_t from, size_t to)
{
	if (!p->source)
		return p->origin ? p->origin->at : (struct place){0};
	uint32_t base = (uint32_t)(p->text.ptr - p->source->text.ptr);
	return (struct place){p->source, {base + (uint32_t)from, base + (uint32_t)to}};
}

static void set_origin(struct parser *p, struct value *v, size_t from)
{
	if (!p->source) {
		v->origin = p->origin;
		return;
	}
	struct origin *o = arena_new(p->ip->arena, struct origin);
	o->at = place(p, from, p->at);
	o->kind = ORIGIN_LITERAL;
	v->origin = o;
	if (v->kind == VAL_OBJECT)
		v->u.obj->at = o->at;
	if (v->kind == VAL_ARRAY)
		v->u.arr->at = o->at;
}

static bool hex4(struct parser *p, uint32_t *out)
{
	*out = 0;
	if (p->at + 4 > p->text.len)
		return false;
	for (int i = 0; i < 4; i++) {
		int d = hex_digit(p->text.ptr[p->at++]);
		if (d < 0)
			return false;
		*out = *out << 4 | (uint32_t)d;
	}
	return true;
}

static bool escape_sequence(struct parser *p, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint32_t unit, low;
	if (p->at >= p->text.len)
		return false;
	char c = p->text.ptr[p->at++];
	const char *known = c ? strchr(from, c) : NULL;
	if (known) {
		buf_addc(b, to[known - from]);
		return true;
	}
	if (c != 'u' || !hex4(p, &unit))
		return false;
	size_t back = p->at;
	if (unit >= 0xd800 && unit < 0xdc00 && p->at + 2 <= p->text.len &&
	    p->text.ptr[p->at] == '\\' && p->text.ptr[p->at + 1] == 'u') {
		p->at += 2;
		if (!hex4(p, &low))
			return false;
		if (low >= 0xdc00 && low < 0xe000)
			unit = 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
		else
			p->at = back;
	}
	u16_put(b, unit);
	return true;
}

static bool parse_text(struct parser *p, struct str *out)
{
	struct buf b = {0};
	bool closed = false;
	p->at++;
	while (p->at < p->text.len && !closed) {
		char c = p->text.ptr[p->at];
		if ((unsigned char)c < 0x20)
			break;
		p->at++;
		if (c == '"')
			closed = true;
		else if (c != '\\')
			buf_addc(&b, c);
		else if (!escape_sequence(p, &b))
			break;
	}
	*out = arena_str(p->ip->arena, buf_str(&b));
	buf_release(&b);
	return closed || fail(p);
}

static struct value *parse_value(struct parser *p);

static struct value *parse_object(struct parser *p)
{
	struct value *v = val_object_new(p->ip->arena, NULL);
	p->at++;
	if (eat(p, '}'))
		return v;
	do {
		struct str key;
		skip_blanks(p);
		size_t from = p->at;
		if (p->at >= p->text.len || p->text.ptr[p->at] != '"' || !parse_text(p, &key))
			return fail(p);
		size_t key_end = p->at;
		struct value *item = eat(p, ':') ? parse_value(p) : fail(p);
		if (!item)
			return NULL;
		bool duplicate = val_prop(v->u.obj, key) != NULL;
		p->ip->steps += 1 + v->u.obj->n / 16;
		struct val_prop *prop = val_set(p->ip->arena, v->u.obj, key, item);
		prop->at = place(p, from, p->at);
		prop->key_at = place(p, from, key_end);
		prop->duplicate = duplicate;
	} while (eat(p, ',') && p->ip->steps <= p->ip->max_steps);
	return eat(p, '}') ? v : fail(p);
}

static struct value *parse_array(struct parser *p)
{
	struct value *v = val_array_new(p->ip->arena, NULL);
	p->at++;
	if (eat(p, ']'))
		return v;
	do {
		struct value *item = parse_value(p);
		if (!item)
			return NULL;
		p->ip->steps++;
		val_push(p->ip->arena, v->u.arr, item);
	} while (eat(p, ','));
	return eat(p, ']') ? v : fail(p);
}

static struct value *parse_number(struct parser *p)
{
	size_t from = p->at, i = p->at;
	struct str t = p->text;
#define DIGIT (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9')
	i += i < t.len && t.ptr[i] == '-';
	size_t start = i;
	while (DIGIT)
		i++;
	if (i == start || (t.ptr[start] == '0' && i > start + 1))
		return fail(p);
	if (i < t.len && t.ptr[i] == '.') {
		size_t dot = ++i;
		while (DIGIT)
			i++;
		if (i == dot)
			return fail(p);
	}
	if (i < t.len && (t.ptr[i] | 32) == 'e') {
		i++;
		i += i < t.len && (t.ptr[i] == '+' || t.ptr[i] == '-');
		start = i;
		while (DIGIT)
			i++;
		if (i == start)
			return fail(p);
	}
#undef DIGIT
	p->at = i;
	return val_number(p->ip->arena, num_of_text(str_sub(t, from, i)), NULL);
}

static struct value *parse_word(struct parser *p)
{
	struct str rest = str_sub(p->text, p->at, p->text.len);
	struct arena *a = p->ip->arena;
	if (str_starts(rest, STR("true"))) {
		p->at += 4;
		return val_bool(a, true, NULL);
	}
	if (str_starts(rest, STR("false"))) {
		p->at += 5;
		return val_bool(a, false, NULL);
	}
	if (str_starts(rest, STR("null"))) {
		p->at += 4;
		return val_new(a, VAL_NULL, NULL);
	}
	return fail(p);
}

static struct value *parse_value(struct parser *p)
{
	struct str s;
	struct value *v = NULL;
	skip_blanks(p);
	size_t from = p->at;
	if (p->at >= p->text.len || p->depth > MAX_NESTING)
		return fail(p);
	p->depth++;
	char c = p->text.ptr[p->at];
	if (c == '{')
		v = parse_object(p);
	else if (c == '[')
		v = parse_array(p);
	else if (c == '"')
		v = parse_text(p, &s) ? val_string(p->ip->arena, s, NULL) : NULL;
	else
		v = c == '-' || (c >= '0' && c <= '9') ? parse_number(p) : parse_word(p);
	p->depth--;
	if (v)
		set_origin(p, v, from);
	return v;
}

struct value *json_parse(struct interp *ip, const struct source *s, struct str text,
			 const struct origin *o, const char **error)
{
	struct parser p = {.ip = ip, .source = s, .text = text, .origin = o};
	struct value *v = parse_value(&p);
	skip_blanks(&p);
	if (v && p.at < text.len)
		v = fail(&p);
	*error = p.error;
	return v;
}

/* ---- stringify ---- */

struct writer {
	struct frame *fr;
	js_node n;
	struct buf b;
	struct str indent;
	struct value *replacer; /* array of names, or NULL */
	struct value *odd;
	int depth;
};

static void write_text(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.len;) {
		size_t at = i;
		int32_t c = u16_next(s, &i);
		static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
		const char *known = c > 0 && c < 128 ? strchr(from, c) : NULL;
		if (known)
			buf_printf(b, "\\%c", to[known - from]);
		else if (c < 0x20 || (c >= 0xd800 && c < 0xe000))
			buf_printf(b, "\\u%04x", (unsigned)c);
		else
			buf_add(b, str_sub(s, at, i));
	}
	buf_addc(b, '"');
}

static void new_line(struct writer *w)
{
	if (!w->indent.len)
		return;
	buf_addc(&w->b, '\n');
	for (int i = 0; i < w->depth; i++)
		buf_add(&w->b, w->indent);
}

static bool is_left_out(const struct value *v)
{
	return v->kind == VAL_UNDEFINED || v->kind == VAL_FUNCTION;
}

static bool write_value(struct writer *w, struct value *v);

static bool is_wanted(const struct writer *w, struct str key)
{
	if (!w->replacer)
		return true;
	for (uint32_t i = 0; i < w->replacer->u.arr->n; i++) {
		const struct value *name = w->replacer->u.arr->items[i];
		if (is_kind(name, VAL_STRING) && str_eq(name->u.str, key))
			return true;
	}
	return false;
}

static bool write_object(struct writer *w, struct value *v)
{
	struct val_object own = {0};
	bool any = false;
	own_props(w->fr, v, &own);
	buf_addc(&w->b, '{');
	w->depth++;
	for (uint32_t i = 0; i < own.n; i++) {
		if (is_left_out(own.props[i].value) || !is_wanted(w, own.props[i].key))
			continue;
		if (any)
			buf_addc(&w->b, ',');
		any = true;
		new_line(w);
		write_text(&w->b, own.props[i].key);
		buf_adds(&w->b, w->indent.len ? ": " : ":");
		if (!write_value(w, own.props[i].value))
			return false;
	}
	w->depth--;
	if (any)
		new_line(w);
	buf_addc(&w->b, '}');
	return true;
}

static bool write_array(struct writer *w, const struct val_array *a)
{
	buf_addc(&w->b, '[');
	w->depth++;
	for (uint32_t i = 0; i < a->n; i++) {
		struct value *item = a->items[i];
		if (i)
			buf_addc(&w->b, ',');
		new_line(w);
		if (!item || is_left_out(item))
			buf_adds(&w->b, "null");
		else if (!write_value(w, item))
			return false;
	}
	w->depth--;
	if (a->n)
		new_line(w);
	buf_addc(&w->b, ']');
	return true;
}

static bool cannot(struct writer *w, struct value *v)
{
	w->odd = is_unknown(v) ? spread_unknown(w->fr->ip, v)
			       : unknown(w->fr, w->n, "holds something that is not known as JSON");
	return false;
}

static bool write_value(struct writer *w, struct value *v)
{
	if (w->depth > 100) { /* most likely a cycle, which Node would refuse */
		w->odd = unknown(w->fr, w->n, "is nested too deeply for JSON");
		return false;
	}
	if (!step(w->fr, w->n) || !charge(w->fr->ip, w->b.len / 64))
		return false;
	switch (v->kind) {
	case VAL_NULL:
		buf_adds(&w->b, "null");
		return true;
	case VAL_BOOL:
		buf_adds(&w->b, v->u.b ? "true" : "false");
		return true;
	case VAL_NUMBER:
		buf_adds(&w->b,
			 isfinite(v->u.num) ? val_number_text(w->fr->ip->arena, v->u.num) : "null");
		return true;
	case VAL_STRING:
		write_text(&w->b, v->u.str);
		return true;
	case VAL_ARRAY:
		return v->u.arr->open ? cannot(w, v) : write_array(w, v->u.arr);
	case VAL_REGEXP:
		buf_adds(&w->b, "{}");
		return true;
	case VAL_OBJECT: {
		const char *class_name = v->u.obj->class_name;
		bool plain = !class_name || str_ends(str_from(class_name), STR("Error")) ||
			     !strcmp(class_name, "process.env");
		if (class_name && (!strcmp(class_name, "Map") || !strcmp(class_name, "Set"))) {
			buf_adds(&w->b, "{}");
			return true;
		}
		const struct value *own = plain ? val_get(v->u.obj, STR("toJSON")) : NULL;
		return !plain || v->u.obj->open || is_kind(own, VAL_FUNCTION) ? cannot(w, v)
									      : write_object(w, v);
	}
	default:
		return cannot(w, v);
	}
}

bool json_text(struct frame *fr, js_node n, struct value *v, struct str indent, struct str *out,
	       struct value **odd, struct value *replacer)
{
	struct writer w = {.fr = fr, .n = n, .indent = indent, .replacer = replacer};
	bool ok = write_value(&w, v);
	*odd = w.odd;
	*out = ok ? arena_str(fr->ip->arena, buf_str(&w.b)) : STR("");
	buf_release(&w.b);
	return ok;
}
