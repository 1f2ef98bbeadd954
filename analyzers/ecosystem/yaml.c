#include "analyzers/ecosystem/internal.h"

#include "analyzers/ecosystem/yaml_scalar.h"
#include "analyzers/javascript/text.h"
#include "base/buf.h"

/* A reader of YAML that takes and refuses what js-yaml 4 takes and refuses,
 * because PM2 reads with it. libyaml, which reads our own files, is another
 * dialect: it differs on tabs, surrogate escapes, multi-line keys, tags,
 * directives, and counts characters where spans need bytes.
 *
 * Trouble is kept in the reader: from then on the text seems to end, so that
 * every loop below comes to its own end. */

enum { MAX_DEPTH = 100, MAX_MERGED = 10000 };
enum yaml_context { FLOW_IN, FLOW_OUT, BLOCK_IN, BLOCK_OUT };
enum node_kind { NO_KIND, SCALAR, SEQUENCE, MAPPING };
enum tag_state { NO_TAG, TAG_PLAIN, TAG_GIVEN, TAG_RESOLVED };

struct anchor {
	struct str name;
	struct value *value;
};

struct mark {
	size_t pos, line_start;
	uint32_t line;
	int line_indent;
	size_t tab; /* first tab of this line that stands before content, or NO_TAB */
};
#define NO_TAB ((size_t)-1)

struct handle {
	struct str name, prefix;
};

struct reader {
	struct arena *arena;
	const struct source *source;
	struct str text;     /* without BOM, ends with a line break */
	uint32_t bom;
	struct mark at;
	size_t end;          /* of the last token */
	bool old;            /* as js-yaml 4.1 */
	int depth;
	unsigned merged;
	VEC(struct anchor) anchors;
	VEC(struct handle) handles;
	const char *error;
	size_t error_at;
};

struct node {
	struct value *value; /* NULL: nothing, null */
	enum node_kind kind;
	enum tag_state tag_state;
	struct str tag;      /* TAG_GIVEN: resolved tag */
	enum yaml_type type; /* TAG_RESOLVED */
	struct str anchor;   /* ptr NULL: none */
	size_t start;
	struct str text;     /* of a scalar */
};

static bool parse_node(struct reader *r, int parent, enum yaml_context where, bool seek, bool compact, struct node *n);

static void fail_at(struct reader *r, size_t pos, const char *why)
{
	if (r->error)
		return;
	r->error = why;
	r->error_at = pos;
}

static void fail(struct reader *r, const char *why)
{
	fail_at(r, r->at.pos, why);
}

static unsigned char byte_at(const struct reader *r, size_t pos)
{
	return r->error || pos >= r->text.len ? 0 : (unsigned char)r->text.ptr[pos];
}

static unsigned char peek(const struct reader *r)
{
	return byte_at(r, r->at.pos);
}

static bool is_eol(unsigned char c)
{
	return c == '\n' || c == '\r';
}

static bool is_white(unsigned char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(unsigned char c)
{
	return is_eol(c) || is_white(c);
}

static bool is_flow(unsigned char c)
{
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

static int column(const struct reader *r)
{
	return (int)(r->at.pos - r->at.line_start);
}

static void line_break(struct reader *r)
{
	unsigned char c = peek(r);
	if (!is_eol(c)) {
		fail(r, "a line break is expected");
		return;
	}
	r->at.pos += c == '\r' && byte_at(r, r->at.pos + 1) == '\n' ? 2 : 1;
	r->at.line++;
	r->at.line_start = r->at.pos;
	r->at.tab = NO_TAB;
}

static int skip_space(struct reader *r, bool comments)
{
	for (int breaks = 0;; breaks++) {
		for (; is_white(peek(r)); r->at.pos++)
			if (peek(r) == '\t' && r->at.tab == NO_TAB)
				r->at.tab = r->at.pos;
		if (comments && peek(r) == '#')
			while (peek(r) && !is_eol(peek(r)))
				r->at.pos++;
		if (!is_eol(peek(r)))
			return breaks;
		line_break(r);
		for (r->at.line_indent = 0; peek(r) == ' '; r->at.pos++)
			r->at.line_indent++;
	}
}

/* "---" or "..." at the start of a line */
static bool at_separator(const struct reader *r)
{
	unsigned char c = peek(r);
	if (r->at.pos != r->at.line_start || (c != '-' && c != '.'))
		return false;
	unsigned char after = byte_at(r, r->at.pos + 3);
	return byte_at(r, r->at.pos + 1) == c && byte_at(r, r->at.pos + 2) == c && (after == 0 || is_space(after));
}

static const struct origin *origin_of(struct reader *r, size_t start, size_t end)
{
	struct origin *o = arena_new(r->arena, struct origin);
	size_t last = r->source->text.len - r->bom; /* the line break after it may be ours */
	o->at.source = r->source;
	o->at.span.start = (uint32_t)(start < last ? start : last) + r->bom;
	o->at.span.end = (uint32_t)(end < last ? end : last) + r->bom;
	o->kind = ORIGIN_LITERAL;
	return o;
}

/* ---- scalars ---- */

static void capture(struct reader *r, struct buf *b, size_t from, size_t to, bool json)
{
	for (size_t i = from; i < to && !r->error; i++) {
		unsigned char c = (unsigned char)r->text.ptr[i], next = i + 1 < to ? (unsigned char)r->text.ptr[i + 1] : 0;
		bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
		bool c1 = c == 0xc2 && next >= 0x80 && next <= 0x9f && next != 0x85;
		if (json ? c < 0x20 && c != '\t' : control || c1)
			fail_at(r, i, "a character that cannot be printed");
	}
	if (from < to)
		buf_add(b, str_sub(r->text, from, to));
}

static void fold(struct buf *b, int breaks)
{
	if (breaks == 1)
		buf_addc(b, ' ');
	while (breaks-- > 1)
		buf_addc(b, '\n');
}

static void newlines(struct buf *b, int n)
{
	while (n-- > 0)
		buf_addc(b, '\n');
}

static void end_scalar(struct reader *r, struct node *n, struct buf *b, size_t start, size_t end)
{
	n->kind = SCALAR;
	n->text = arena_str(r->arena, buf_str(b));
	if (!n->text.ptr)
		n->text = STR("");
	n->value = val_string(r->arena, n->text, origin_of(r, start, end));
	r->end = end;
	buf_release(b);
}

static bool starts_plain(const struct reader *r, bool in_flow)
{
	unsigned char c = peek(r), next = byte_at(r, r->at.pos + 1);
	if (c == 0 || is_space(c) || is_flow(c) || strchr("#&*!|>'\"%@`", c))
		return false;
	if (c == '?' || c == '-')
		return !is_space(next) && !(in_flow && is_flow(next));
	return true;
}

static bool ends_plain(const struct reader *r, bool in_flow)
{
	unsigned char c = peek(r), next = byte_at(r, r->at.pos + 1);
	if (c == ':')
		return is_space(next) || (in_flow && is_flow(next));
	if (c == '#')
		return is_space(byte_at(r, r->at.pos - 1));
	return at_separator(r) || (in_flow && is_flow(c));
}

static bool plain_scalar(struct reader *r, int indent, bool in_flow, struct node *n)
{
	if (!starts_plain(r, in_flow))
		return false;
	struct buf b = {0};
	size_t start = r->at.pos, from = start, to = start;
	int pending = 0; /* line breaks since the last word */
	while (peek(r)) {
		/* the first character may be ':' or '-': it is looked at like any other */
		if (ends_plain(r, in_flow))
			break;
		if (is_eol(peek(r))) {
			struct mark before = r->at;
			pending = skip_space(r, false);
			if (r->at.line_indent >= indent)
				continue;
			r->at = before;
			r->at.pos = to;
			pending = 0;
			break;
		}
		if (pending) {
			capture(r, &b, from, to, false);
			fold(&b, pending);
			from = to = r->at.pos;
			pending = 0;
		}
		if (!is_white(peek(r)))
			to = r->at.pos + 1;
		r->at.pos++;
	}
	capture(r, &b, from, to, false);
	if (b.len == 0) {
		buf_release(&b);
		return false;
	}
	end_scalar(r, n, &b, start, to);
	return true;
}

static bool single_quoted(struct reader *r, struct node *n)
{
	if (peek(r) != '\'')
		return false;
	struct buf b = {0};
	size_t start = r->at.pos++, from = r->at.pos, to = from;
	for (unsigned char c; (c = peek(r));) {
		if (c == '\'') {
			capture(r, &b, from, r->at.pos, true);
			if (byte_at(r, ++r->at.pos) != '\'') {
				end_scalar(r, n, &b, start, r->at.pos);
				return true;
			}
			from = r->at.pos++;
			to = r->at.pos;
		} else if (is_eol(c)) {
			capture(r, &b, from, to, true);
			fold(&b, skip_space(r, false));
			from = to = r->at.pos;
		} else if (at_separator(r)) {
			break;
		} else {
			r->at.pos++;
			if (!is_white(c))
				to = r->at.pos;
		}
	}
	fail(r, "a single quote is not closed");
	buf_release(&b);
	return false;
}

/* the low half of a surrogate pair joins the high one that stands at the end of b */
static void add_escaped(struct buf *b, uint32_t c)
{
	const unsigned char *last = b->len >= 3 ? (const unsigned char *)b->ptr + b->len - 3 : NULL;
	if (c >= 0xdc00 && c <= 0xdfff && last && last[0] == 0xed && last[1] >= 0xa0 && last[1] <= 0xaf) {
		uint32_t high = 0xd000u | (uint32_t)(last[1] & 0x3f) << 6 | (last[2] & 0x3f);
		b->len -= 3;
		c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
	}
	u16_put(b, c);
}

static void hex_escape(struct reader *r, struct buf *b, int digits)
{
	uint32_t code = 0;
	for (; digits > 0; digits--) {
		int d = hex_digit((char)byte_at(r, ++r->at.pos));
		if (d < 0) {
			fail(r, "a hexadecimal digit is expected");
			return;
		}
		code = code << 4 | (uint32_t)d;
	}
	r->at.pos++;
	add_escaped(b, code);
}

static void escape(struct reader *r, struct buf *b)
{
	static const char written[] = "0abt\tnvfre \"/\\";
	static const char meant[] = "\0\a\b\t\t\n\v\f\r\x1b \"/\\";
	unsigned char c = byte_at(r, ++r->at.pos);
	const char *simple = c ? strchr(written, c) : NULL;
	if (is_eol(c)) {
		skip_space(r, false);
	} else if (simple) {
		buf_addc(b, meant[simple - written]);
		r->at.pos++;
	} else if (c == 'N' || c == '_' || c == 'L' || c == 'P') {
		u16_put(b, c == 'N' ? 0x85 : c == '_' ? 0xa0 : c == 'L' ? 0x2028 : 0x2029);
		r->at.pos++;
	} else if (c == 'x' || c == 'u' || c == 'U') {
		hex_escape(r, b, c == 'x' ? 2 : c == 'u' ? 4 : 8);
	} else {
		fail(r, "an unknown escape sequence");
	}
}

static bool double_quoted(struct reader *r, struct node *n)
{
	if (peek(r) != '"')
		return false;
	struct buf b = {0};
	size_t start = r->at.pos++, from = r->at.pos, to = from;
	for (unsigned char c; (c = peek(r));) {
		if (c == '"') {
			capture(r, &b, from, r->at.pos, true);
			r->at.pos++;
			end_scalar(r, n, &b, start, r->at.pos);
			return true;
		}
		if (c == '\\') {
			capture(r, &b, from, r->at.pos, true);
			escape(r, &b);
			from = to = r->at.pos;
		} else if (is_eol(c)) {
			capture(r, &b, from, to, true);
			fold(&b, skip_space(r, false));
			from = to = r->at.pos;
		} else if (at_separator(r)) {
			break;
		} else {
			r->at.pos++;
			if (!is_white(c))
				to = r->at.pos;
		}
	}
	fail(r, "a double quote is not closed");
	buf_release(&b);
	return false;
}

struct block_header {
	bool folded, indent_given;
	char chomp; /* '+', '-' or 0 */
	int indent;
};

static void block_header(struct reader *r, int indent, struct block_header *h)
{
	*h = (struct block_header){.folded = peek(r) == '>', .indent = indent};
	for (unsigned char c; r->at.pos++, c = peek(r), c == '+' || c == '-' || (c >= '0' && c <= '9');) {
		if (c == '+' || c == '-') {
			if (h->chomp)
				fail(r, "the chomping indicator is given twice");
			h->chomp = (char)c;
		} else {
			if (c == '0' || h->indent_given)
				fail(r, "a bad indentation indicator");
			h->indent = indent + (c - '0') - 1;
			h->indent_given = true;
		}
	}
	if (is_white(peek(r))) {
		while (is_white(peek(r)))
			r->at.pos++;
		if (peek(r) == '#')
			while (peek(r) && !is_eol(peek(r)))
				r->at.pos++;
	}
}

static void block_line_start(struct buf *b, const struct block_header *h, bool first, bool white, bool *more, int empty)
{
	int kept = first ? empty : 1 + empty;
	if (!h->folded) {
		newlines(b, kept);
	} else if (white) { /* more-indented lines are not folded */
		*more = true;
		newlines(b, kept);
	} else if (*more) {
		*more = false;
		newlines(b, empty + 1);
	} else if (empty == 0) {
		buf_adds(b, first ? "" : " ");
	} else {
		newlines(b, empty);
	}
}

static bool block_scalar(struct reader *r, int indent, struct node *n)
{
	if (peek(r) != '|' && peek(r) != '>')
		return false;
	struct block_header h;
	struct buf b = {0};
	size_t start = r->at.pos, end;
	bool any = false, more_indented = false;
	int empty = 0;
	block_header(r, indent, &h);
	end = r->at.pos;
	while (peek(r)) {
		line_break(r);
		for (r->at.line_indent = 0;
		     (!h.indent_given || r->at.line_indent < h.indent) && peek(r) == ' '; r->at.pos++)
			r->at.line_indent++;
		if (!h.indent_given && r->at.line_indent > h.indent)
			h.indent = r->at.line_indent;
		if (is_eol(peek(r))) {
			empty++;
			continue;
		}
		if (!h.indent_given && h.indent == 0)
			fail(r, "a block scalar must be indented");
		if (r->at.line_indent < h.indent) {
			if (h.chomp == '+')
				newlines(&b, any ? 1 + empty : empty);
			else if (!h.chomp && any)
				buf_addc(&b, '\n');
			break;
		}
		block_line_start(&b, &h, !any, is_white(peek(r)), &more_indented, empty);
		any = h.indent_given = true;
		empty = 0;
		size_t from = r->at.pos;
		while (peek(r) && !is_eol(peek(r)))
			r->at.pos++;
		capture(r, &b, from, r->at.pos, false);
		end = r->at.pos;
	}
	end_scalar(r, n, &b, start, end);
	return true;
}

/* ---- mappings ---- */

struct pair {
	struct node key, value;
	size_t start; /* of the key, for errors and spans */
};

static bool is_array(const struct value *v)
{
	return v && v->kind == VAL_ARRAY;
}

/* String(key), with what js-yaml does to keys that are no scalars */
static struct str key_text(struct reader *r, const struct node *key)
{
	struct str text;
	if (!key->value)
		return STR("null");
	if (is_array(key->value))
		for (uint32_t i = 0; i < key->value->u.arr->n; i++)
			if (is_array(key->value->u.arr->items[i]))
				fail(r, "a list within a list cannot be a key");
	if (key->value->kind == VAL_OBJECT && key->value->u.obj->class_name)
		return key->text;
	return val_to_str(r->arena, key->value, &text) ? text : STR("[object Object]");
}

/* Merged keys are marked from_spread; a key of the mapping's own takes their place. */
static void merge_one(struct reader *r, struct value *into, const struct value *from)
{
	if (!from || (from->kind != VAL_OBJECT && !is_array(from))) {
		fail(r, "only mappings can be merged");
		return;
	}
	for (uint32_t i = 0; from->kind == VAL_OBJECT && i < from->u.obj->n; i++) {
		const struct val_prop *p = &from->u.obj->props[i];
		if (++r->merged > MAX_MERGED)
			fail(r, "too many merged keys");
		if (val_prop(into->u.obj, p->key))
			continue;
		struct val_prop *q = val_set(r->arena, into->u.obj, p->key, p->value);
		q->at = p->at;
		q->key_at = p->key_at;
		q->from_spread = true;
	}
}

static void store_pair(struct reader *r, struct value *map, const struct pair *p)
{
	if (r->error)
		return;
	if (p->key.tag_state == TAG_RESOLVED && p->key.type == YT_MERGE) {
		if (!is_array(p->value.value)) {
			merge_one(r, map, p->value.value);
			return;
		}
		for (uint32_t i = 0; i < p->value.value->u.arr->n; i++)
			merge_one(r, map, p->value.value->u.arr->items[i]);
		return;
	}
	struct str key = key_text(r, &p->key);
	struct val_prop *old = val_prop(map->u.obj, key);
	if (old && !old->from_spread)
		fail_at(r, p->start, "a key stands twice in a mapping");
	struct value *value = p->value.value;
	if (!value)
		value = val_new(r->arena, VAL_NULL, origin_of(r, r->end, r->end));
	struct val_prop *prop = val_set(r->arena, map->u.obj, key, value);
	size_t key_end = p->start;
	if (p->key.value && p->key.value->origin)
		key_end = p->key.value->origin->at.span.end - r->bom;
	prop->key_at = origin_of(r, p->start, key_end)->at;
	prop->at = origin_of(r, p->start, r->end > p->start ? r->end : key_end)->at;
	prop->from_spread = false;
}

static void store_anchor(struct reader *r, struct str name, struct value *v)
{
	if (name.ptr)
		vec_push(&r->anchors, (struct anchor){name, v});
}

static void close_collection(struct reader *r, struct node *n, struct value *v, enum node_kind kind, size_t start)
{
	v->origin = origin_of(r, start, r->end > start ? r->end : start);
	if (kind == MAPPING)
		v->u.obj->at = v->origin->at;
	else
		v->u.arr->at = v->origin->at;
	n->value = v;
	n->kind = kind;
}

/* one entry of [...] or {...} */
static void flow_entry(struct reader *r, int indent, struct value *list, bool is_map)
{
	struct pair p = {.start = r->at.pos};
	bool explicit_key = false, is_pair;
	if (peek(r) == '?' && is_space(byte_at(r, r->at.pos + 1))) {
		explicit_key = true;
		r->at.pos++;
		skip_space(r, true);
	}
	uint32_t line = r->at.line;
	p.start = r->at.pos;
	parse_node(r, indent, FLOW_IN, false, true, &p.key);
	skip_space(r, true);
	is_pair = explicit_key;
	if ((explicit_key || r->at.line == line) && peek(r) == ':') {
		is_pair = true;
		r->end = ++r->at.pos;
		skip_space(r, true);
		parse_node(r, indent, FLOW_IN, false, true, &p.value);
	}
	if (is_map) {
		store_pair(r, list, &p);
	} else if (is_pair) {
		struct value *map = val_object_new(r->arena, origin_of(r, p.start, r->at.pos));
		store_pair(r, map, &p);
		val_push(r->arena, list->u.arr, map);
	} else {
		struct value *v = p.key.value;
		val_push(r->arena, list->u.arr, v ? v : val_new(r->arena, VAL_NULL, origin_of(r, p.start, p.start)));
	}
}

static bool flow_collection(struct reader *r, int indent, struct node *n)
{
	unsigned char open = peek(r), close = open == '[' ? ']' : '}';
	if (open != '[' && open != '{')
		return false;
	bool comma = true;
	size_t start = r->at.pos++;
	struct value *v = open == '{' ? val_object_new(r->arena, NULL) : val_array_new(r->arena, NULL);
	store_anchor(r, n->anchor, v);
	while (peek(r)) {
		skip_space(r, true);
		if (peek(r) == close) {
			r->end = ++r->at.pos;
			close_collection(r, n, v, open == '{' ? MAPPING : SEQUENCE, start);
			return true;
		}
		if (!comma)
			fail(r, "a comma is missing between two entries");
		if (peek(r) == ',')
			fail(r, "an entry is missing before this comma");
		flow_entry(r, indent, v, open == '{');
		skip_space(r, true);
		comma = peek(r) == ',';
		if (comma)
			r->at.pos++;
	}
	fail(r, open == '[' ? "a '[' is not closed" : "a '{' is not closed");
	return false;
}

static bool tab_before(struct reader *r)
{
	if (r->at.tab == NO_TAB)
		return false;
	fail_at(r, r->at.tab, "a tab must not be used for indentation");
	return true;
}

static bool block_sequence(struct reader *r, int indent, struct node *n)
{
	if (r->at.tab != NO_TAB)
		return false;
	size_t start = r->at.pos;
	size_t anchors = r->anchors.len;
	bool any = false;
	struct value *v = val_array_new(r->arena, NULL);
	store_anchor(r, n->anchor, v);
	while (peek(r)) {
		if (tab_before(r) || peek(r) != '-' || !is_space(byte_at(r, r->at.pos + 1)))
			break;
		any = true;
		r->end = ++r->at.pos;
		if (skip_space(r, true) && r->at.line_indent <= indent) {
			val_push(r->arena, v->u.arr, val_new(r->arena, VAL_NULL, origin_of(r, r->end, r->end)));
			continue;
		}
		uint32_t line = r->at.line;
		struct node item = {0};
		parse_node(r, indent, BLOCK_IN, false, true, &item);
		if (!item.value)
			item.value = val_new(r->arena, VAL_NULL, origin_of(r, r->end, r->end));
		val_push(r->arena, v->u.arr, item.value);
		skip_space(r, true);
		if ((r->at.line == line || r->at.line_indent > indent) && peek(r))
			fail(r, "the indentation of this entry does not fit");
		else if (r->at.line_indent < indent)
			break;
	}
	if (any)
		close_collection(r, n, v, SEQUENCE, start);
	else
		r->anchors.len = anchors;
	return any;
}

struct block_map {
	struct value *map;
	struct pair pair;
	bool any, explicit_key, compact;
};

static void begin_pair(struct block_map *m)
{
	m->pair = (struct pair){0};
}

enum key_result { KEY_READ, KEY_NONE, KEY_NO_MAPPING };

/* "key:" of an implicit pair. What was read may turn out to be a node that is no key. */
static enum key_result implicit_key(struct reader *r, int flow_indent, struct block_map *m, struct node *n)
{
	uint32_t line = r->at.line;
	struct node key = {0};
	size_t start = r->at.pos;
	if (!parse_node(r, flow_indent, FLOW_OUT, false, true, &key))
		return KEY_NONE;
	if (r->at.line == line)
		while (is_white(peek(r)))
			r->at.pos++;
	if (r->at.line != line || peek(r) != ':') {
		if (m->any)
			fail(r, r->at.line == line ? "a ':' is missing after this key" : "a key must not span several lines");
		n->value = key.value;
		n->kind = key.kind;
		n->text = key.text;
		return KEY_NO_MAPPING;
	}
	r->end = ++r->at.pos;
	if (!is_space(peek(r)) && !r->error)
		fail(r, "a blank is needed after ':'");
	if (m->explicit_key)
		store_pair(r, m->map, &m->pair);
	begin_pair(m);
	m->any = true;
	m->explicit_key = m->compact = false;
	m->pair.key = key;
	m->pair.start = start;
	return KEY_READ;
}

/* "? key" and ": value" */
static void explicit_mark(struct reader *r, struct block_map *m)
{
	if (peek(r) == '?') {
		if (m->explicit_key) {
			store_pair(r, m->map, &m->pair);
			begin_pair(m);
		}
		m->any = m->explicit_key = m->compact = true;
	} else if (m->explicit_key) {
		m->explicit_key = false;
		m->compact = true;
	} else {
		fail(r, "a key is missing before ':'");
	}
	r->end = ++r->at.pos;
}

static void pair_value(struct reader *r, int indent, struct block_map *m)
{
	struct node content = {0};
	if (m->explicit_key)
		m->pair.start = r->at.pos;
	parse_node(r, indent, BLOCK_OUT, true, m->compact, &content);
	if (m->explicit_key) {
		m->pair.key = content;
	} else {
		m->pair.value = content;
		store_pair(r, m->map, &m->pair);
		begin_pair(m);
	}
	skip_space(r, true);
}

static bool block_mapping(struct reader *r, int indent, int flow_indent, struct node *n)
{
	if (r->at.tab != NO_TAB)
		return false;
	size_t start = r->at.pos;
	size_t anchors = r->anchors.len;
	struct block_map m = {.map = val_object_new(r->arena, NULL)};
	store_anchor(r, n->anchor, m.map);
	while (peek(r)) {
		uint32_t line = r->at.line;
		if (!m.explicit_key && tab_before(r))
			break;
		if ((peek(r) == '?' || peek(r) == ':') && is_space(byte_at(r, r->at.pos + 1))) {
			explicit_mark(r, &m);
		} else {
			enum key_result key = implicit_key(r, flow_indent, &m, n);
			if (key == KEY_NO_MAPPING) {
				if (r->anchors.len > anchors && n->anchor.ptr)
					r->anchors.ptr[anchors].value = n->value;
				return true;
			}
			if (key == KEY_NONE)
				break;
		}
		if (r->at.line == line || r->at.line_indent > indent)
			pair_value(r, indent, &m);
		if ((r->at.line == line || r->at.line_indent > indent) && peek(r))
			fail(r, "the indentation of this entry does not fit");
		else if (r->at.line_indent < indent)
			break;
	}
	if (m.explicit_key)
		store_pair(r, m.map, &m.pair);
	if (m.any)
		close_collection(r, n, m.map, MAPPING, start);
	return m.any;
}

/* ---- properties: tags, anchors, aliases ---- */

static bool is_handle(struct str s)
{
	if (str_is(s, "!") || str_is(s, "!!"))
		return true;
	if (s.len < 3 || s.ptr[0] != '!' || s.ptr[s.len - 1] != '!')
		return false;
	for (size_t i = 1; i + 1 < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-'))
			return false;
	}
	return true;
}

static bool is_tag_uri(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool word = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
		if (c == '%' && (i + 2 >= s.len || hex_digit(s.ptr[i + 1]) < 0 ||
				 hex_digit(s.ptr[i + 2]) < 0))
			return false;
		if (!word && !(c && strchr("%-#;/?:@&=+$,_.!~*'()[]", c)))
			return false;
	}
	return true;
}

static struct str expand_tag(struct reader *r, struct str handle, struct str suffix)
{
	for (size_t i = 0; i < r->handles.len; i++)
		if (str_eq(r->handles.ptr[i].name, handle))
			return str_from(arena_printf(r->arena, STR_FMT STR_FMT, STR_ARG(r->handles.ptr[i].prefix),
						     STR_ARG(suffix)));
	if (str_is(handle, "!"))
		return str_from(arena_printf(r->arena, "!" STR_FMT, STR_ARG(suffix)));
	if (str_is(handle, "!!"))
		return str_from(arena_printf(r->arena, "tag:yaml.org,2002:" STR_FMT, STR_ARG(suffix)));
	fail(r, "a tag uses a handle that no %TAG declares");
	return STR("");
}

static struct str verbatim_tag(struct reader *r)
{
	size_t from = ++r->at.pos;
	while (r->at.pos++, peek(r) && peek(r) != '>')
		;
	struct str tag = str_sub(r->text, from, r->at.pos < r->text.len ? r->at.pos : r->text.len);
	if (!peek(r))
		fail(r, "a tag is not closed");
	r->at.pos++;
	if (!is_tag_uri(tag))
		fail(r, "a tag holds a character that it cannot hold");
	return tag;
}

static bool tag_property(struct reader *r, struct node *n)
{
	if (peek(r) != '!')
		return false;
	if (n->tag_state != NO_TAG)
		fail(r, "a node has two tags");
	n->tag_state = TAG_GIVEN;
	size_t from = r->at.pos++;
	if (peek(r) == '<') {
		n->tag = verbatim_tag(r);
		return true;
	}
	struct str handle = STR("!");
	bool named = peek(r) == '!';
	if (named) {
		handle = STR("!!");
		r->at.pos++;
	}
	size_t suffix = r->at.pos;
	for (; peek(r) && !is_space(peek(r)); r->at.pos++) {
		if (peek(r) != '!')
			continue;
		handle = str_sub(r->text, from, r->at.pos + 1);
		if (named || !is_handle(handle))
			fail(r, "a tag holds a '!' too many");
		named = true;
		suffix = r->at.pos + 1;
	}
	struct str name = str_sub(r->text, suffix, r->at.pos);
	for (size_t i = 0; i < name.len; i++)
		if (is_flow((unsigned char)name.ptr[i]))
			fail(r, "a tag holds a character that it cannot hold");
	if (!is_tag_uri(name))
		fail(r, "a tag holds a character that it cannot hold");
	n->tag = expand_tag(r, handle, name);
	return true;
}

static struct str anchor_name(struct reader *r)
{
	size_t from = ++r->at.pos;
	while (peek(r) && !is_space(peek(r)) && !is_flow(peek(r)))
		r->at.pos++;
	if (r->at.pos == from)
		fail(r, "a name is missing here");
	return str_sub(r->text, from, r->at.pos < r->text.len ? r->at.pos : r->text.len);
}

static bool anchor_property(struct reader *r, struct node *n)
{
	if (peek(r) != '&')
		return false;
	if (n->anchor.ptr)
		fail(r, "a node has two anchors");
	n->anchor = anchor_name(r);
	return true;
}

static bool alias(struct reader *r, struct node *n)
{
	if (peek(r) != '*')
		return false;
	size_t start = r->at.pos;
	struct str name = anchor_name(r);
	if (n->tag_state != NO_TAG || n->anchor.ptr)
		fail(r, "an alias can have neither tag nor anchor");
	size_t i = r->anchors.len;
	while (i > 0 && !str_eq(r->anchors.ptr[i - 1].name, name))
		i--;
	if (i == 0) {
		fail_at(r, start, "an alias ('*') refers to no anchor; a text that begins with '*' needs quotes");
		return true;
	}
	n->value = r->anchors.ptr[i - 1].value;
	r->end = r->at.pos;
	skip_space(r, true);
	return true;
}

/* A text that begins with properties may be the first key of a mapping: "!!str a: b". */
static bool mapping_from_property(struct reader *r, const struct mark *start, int flow_indent, struct node *n)
{
	struct mark here = r->at;
	size_t anchors = r->anchors.len;
	struct node fresh = {.start = start->pos};
	r->at = *start;
	if (block_mapping(r, column(r), flow_indent, &fresh) && fresh.kind == MAPPING) {
		*n = fresh;
		return true;
	}
	r->at = here;
	r->anchors.len = anchors;
	return false;
}

struct placing {
	int status;  /* 1: deeper than the parent, 0: as deep, -1: less */
	bool new_line, block_styles, block_collections, compact;
	struct mark property; /* where the first property stands */
	bool has_property;
};

static int compare_indent(const struct reader *r, int parent)
{
	return r->at.line_indent > parent ? 1 : r->at.line_indent == parent ? 0 : -1;
}

static void properties(struct reader *r, int parent, struct placing *p, struct node *n)
{
	while (p->status == 1) {
		struct mark before = r->at;
		unsigned char c = peek(r);
		if (p->new_line && ((c == '!' && n->tag_state != NO_TAG) || (c == '&' && n->anchor.ptr)))
			return;
		if (!tag_property(r, n) && !anchor_property(r, n))
			return;
		if (!p->has_property) {
			p->has_property = true;
			p->property = before;
		}
		r->end = r->at.pos;
		if (skip_space(r, true)) {
			p->new_line = true;
			p->block_collections = p->block_styles;
			p->status = compare_indent(r, parent);
		} else {
			p->block_collections = false;
		}
	}
}

static bool scalar_or_alias(struct reader *r, int flow_indent, bool in_flow, struct placing *p, struct node *n)
{
	unsigned char c = peek(r);
	bool found;
	if (p->has_property && p->block_styles && !p->block_collections && c != '|' && c != '>' &&
	    mapping_from_property(r, &p->property, flow_indent, n))
		found = true;
	else if ((p->block_styles && block_scalar(r, flow_indent, n)) || single_quoted(r, n) || double_quoted(r, n) ||
		 alias(r, n))
		found = true;
	else if (plain_scalar(r, flow_indent, in_flow, n)) {
		found = true;
		if (n->tag_state == NO_TAG)
			n->tag_state = TAG_PLAIN;
	} else {
		found = false;
	}
	store_anchor(r, n->anchor, n->value);
	return found;
}

static bool content(struct reader *r, int parent, enum yaml_context where, struct placing *p, struct node *n)
{
	bool in_block = where == BLOCK_IN || where == BLOCK_OUT;
	int flow_indent = in_block ? parent + 1 : parent;
	int block_indent = column(r);
	if (p->status == 0)
		return where == BLOCK_OUT && p->block_collections && block_sequence(r, block_indent, n);
	if (p->status != 1)
		return false;
	if (p->block_collections &&
	    (block_sequence(r, block_indent, n) || block_mapping(r, block_indent, flow_indent, n)))
		return true;
	return flow_collection(r, flow_indent, n) || scalar_or_alias(r, flow_indent, where == FLOW_IN, p, n);
}

static enum node_kind kind_of_type(enum yaml_type t)
{
	return t >= YT_MAP ? MAPPING : t >= YT_SEQ ? SEQUENCE : SCALAR;
}

static struct value *empty_of_type(struct reader *r, enum yaml_type t, size_t at)
{
	const struct origin *o = origin_of(r, at, at);
	switch (kind_of_type(t)) {
	case MAPPING:
		return val_object_new(r->arena, o);
	case SEQUENCE:
		return val_array_new(r->arena, o);
	default:
		return t == YT_STR ? val_string(r->arena, STR(""), o) : val_new(r->arena, VAL_NULL, o);
	}
}

/* !!set has only null values, !!omap and !!pairs are lists of mappings with one key */
static bool collection_fits(enum yaml_type type, const struct value *v)
{
	if (type == YT_SET)
		for (uint32_t i = 0; i < v->u.obj->n; i++)
			if (v->u.obj->props[i].value->kind != VAL_NULL)
				return false;
	if (type == YT_OMAP || type == YT_PAIRS)
		for (uint32_t i = 0; i < v->u.arr->n; i++)
			if (v->u.arr->items[i]->kind != VAL_OBJECT || v->u.arr->items[i]->u.obj->n != 1)
				return false;
	return true;
}

static struct value *as_pairs(struct reader *r, const struct value *list)
{
	struct value *out = val_array_new(r->arena, list->origin);
	for (uint32_t i = 0; i < list->u.arr->n; i++) {
		const struct val_prop *p = &list->u.arr->items[i]->u.obj->props[0];
		struct value *pair = val_array_new(r->arena, list->origin);
		val_push(r->arena, pair->u.arr, val_string(r->arena, p->key, list->origin));
		val_push(r->arena, pair->u.arr, p->value);
		val_push(r->arena, out->u.arr, pair);
	}
	return out;
}

static void apply_tag(struct reader *r, struct node *n)
{
	enum yaml_type type = yaml_type_of_tag(n->tag);
	bool nothing = !n->value || n->value->kind == VAL_NULL;
	if (str_is(n->tag, "!"))
		return;
	if (type == YT_NONE || (n->kind != NO_KIND && n->kind != kind_of_type(type))) {
		fail_at(r, n->start, "a tag that js-yaml does not know, or on the wrong kind of node");
		return;
	}
	bool fits;
	if (nothing)
		fits = type != YT_BOOL && type != YT_INT && type != YT_FLOAT && type != YT_TIMESTAMP && type != YT_BINARY;
	else if (n->kind == SCALAR && n->value->kind != VAL_STRING)
		fits = type == YT_STR; /* it got its type on the line below the tag already */
	else
		fits = n->kind == SCALAR ? yaml_fits(type, n->text, r->old) : collection_fits(type, n->value);
	if (!fits)
		fail_at(r, n->start, "a value does not fit its tag");
	else if (nothing)
		n->value = empty_of_type(r, type, n->start);
	else if (n->kind == SCALAR && n->value->kind == VAL_STRING)
		n->value = yaml_construct(r->arena, type, n->text, r->old, n->value->origin);
	else if (type == YT_PAIRS)
		n->value = as_pairs(r, n->value);
	n->type = type;
	n->tag_state = TAG_RESOLVED;
	store_anchor(r, n->anchor, n->value);
}

static void resolve(struct reader *r, struct node *n)
{
	if (n->tag_state == NO_TAG) {
		store_anchor(r, n->anchor, n->value);
	} else if (n->tag_state == TAG_PLAIN) {
		enum yaml_type type = yaml_implicit(n->text, r->old);
		if (type == YT_STR)
			return;
		n->type = type;
		n->tag_state = TAG_RESOLVED;
		n->value = yaml_construct(r->arena, type, n->text, r->old, n->value->origin);
		store_anchor(r, n->anchor, n->value);
	} else if (n->tag_state == TAG_GIVEN) {
		apply_tag(r, n);
	}
}

static bool parse_node(struct reader *r, int parent, enum yaml_context where, bool seek, bool compact, struct node *n)
{
	bool in_block = where == BLOCK_IN || where == BLOCK_OUT;
	struct placing p = {.status = 1, .block_styles = in_block, .block_collections = in_block};
	*n = (struct node){0};
	if (r->depth >= MAX_DEPTH) {
		fail(r, "too deeply nested");
		return false;
	}
	r->depth++;
	if (seek && skip_space(r, true)) {
		p.new_line = true;
		p.status = compare_indent(r, parent);
	}
	n->start = r->at.pos;
	properties(r, parent, &p, n);
	if (p.block_collections)
		p.block_collections = p.new_line || compact;
	bool found = (p.status == 1 || where == BLOCK_OUT) && content(r, parent, where, &p, n);
	resolve(r, n);
	r->depth--;
	return n->tag_state != NO_TAG || n->anchor.ptr || found;
}

/* ---- documents ---- */

struct directive {
	struct str args[3];
	int n;
};

static void yaml_directive(struct reader *r, const struct directive *d, bool *seen)
{
	struct str v = d->args[0];
	size_t dot = d->n == 1 ? str_find(v, STR(".")) : 0;
	bool digits = d->n == 1 && dot != (size_t)-1 && dot > 0 && dot + 1 < v.len;
	for (size_t i = 0; digits && i < v.len; i++)
		digits = i == dot || (v.ptr[i] >= '0' && v.ptr[i] <= '9');
	if (*seen || !digits || val_parse_int(v, 10) != 1)
		fail(r, "a %YAML directive that js-yaml refuses");
	*seen = true;
}

static void tag_directive(struct reader *r, const struct directive *d)
{
	if (d->n != 2 || !is_handle(d->args[0]) || !is_tag_uri(d->args[1]))
		fail(r, "a %TAG directive that js-yaml refuses");
	for (size_t i = 0; i < r->handles.len; i++)
		if (str_eq(r->handles.ptr[i].name, d->args[0]))
			fail(r, "a %TAG handle is declared twice");
	vec_push(&r->handles, (struct handle){d->args[0], d->args[1]});
}

static struct str word(struct reader *r)
{
	size_t from = r->at.pos;
	while (peek(r) && !is_space(peek(r)))
		r->at.pos++;
	return str_sub(r->text, from, r->at.pos < r->text.len ? r->at.pos : r->text.len);
}

static void directive(struct reader *r, bool *yaml_seen)
{
	struct directive d = {0};
	r->at.pos++;
	struct str name = word(r);
	if (!name.len)
		fail(r, "a directive without a name");
	while (peek(r)) {
		while (is_white(peek(r)))
			r->at.pos++;
		if (peek(r) == '#')
			while (peek(r) && !is_eol(peek(r)))
				r->at.pos++;
		if (is_eol(peek(r)))
			break;
		struct str arg = word(r);
		if (d.n < 3)
			d.args[d.n++] = arg;
	}
	if (peek(r))
		line_break(r);
	if (str_is(name, "YAML"))
		yaml_directive(r, &d, yaml_seen);
	else if (str_is(name, "TAG"))
		tag_directive(r, &d);
}

static void document(struct reader *r, struct node *n)
{
	bool directives = false, yaml_seen = false;
	vec_clear(&r->anchors);
	vec_clear(&r->handles);
	while (peek(r)) {
		skip_space(r, true);
		if (r->at.line_indent > 0 || peek(r) != '%')
			break;
		directives = true;
		directive(r, &yaml_seen);
	}
	skip_space(r, true);
	if (r->at.line_indent == 0 && peek(r) == '-' && byte_at(r, r->at.pos + 1) == '-' &&
	    byte_at(r, r->at.pos + 2) == '-') {
		r->at.pos += 3;
		skip_space(r, true);
	} else if (directives) {
		fail(r, "'---' is needed after directives");
	}
	parse_node(r, r->at.line_indent - 1, BLOCK_OUT, false, true, n);
	skip_space(r, true);
	if (at_separator(r)) {
		if (peek(r) == '.') {
			r->at.pos += 3;
			skip_space(r, true);
		}
	} else if (r->at.pos + 1 < r->text.len) {
		fail(r, "what follows does not belong to the value before it");
	}
}

static struct str prepared(struct reader *r)
{
	struct str text = str_sub(r->source->text, r->bom, r->source->text.len);
	if (text.len == 0 || is_eol((unsigned char)text.ptr[text.len - 1]))
		return text;
	char *copy = arena_alloc(r->arena, text.len + 2);
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\n';
	return (struct str){copy, text.len + 1};
}

struct yaml_result yaml_read(struct arena *a, const struct source *source, uint32_t pm2_major)
{
	struct reader r = {.arena = a, .source = source, .old = pm2_major < 7, .bom = source_bom(source->text), .at.tab = NO_TAB};
	struct yaml_result out = {0};
	struct node n = {0};
	int documents = 0;
	r.text = prepared(&r);
	const char *nul = r.text.len ? memchr(r.text.ptr, 0, r.text.len) : NULL;
	if (nul)
		fail_at(&r, (size_t)(nul - r.text.ptr), "a NUL byte");
	for (; peek(&r) == ' '; r.at.pos++)
		r.at.line_indent++;
	for (; !r.error && r.at.pos + 1 < r.text.len; documents++) {
		size_t before = r.at.pos;
		if (documents)
			fail(&r, "a second document begins; only one is allowed");
		document(&r, &n);
		if (r.at.pos == before)
			break;
	}
	if (r.error) {
		out.error = r.error;
		out.at = origin_of(&r, r.error_at, r.error_at + (r.error_at < r.text.len))->at;
	} else if (!documents) {
		out.value = &value_undefined;
	} else {
		out.value = n.value ? n.value : val_new(a, VAL_NULL, origin_of(&r, 0, 0));
	}
	vec_release(&r.anchors);
	vec_release(&r.handles);
	return out;
}
