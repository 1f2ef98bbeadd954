#include "analyzers/ecosystem/yaml_reader.h"

enum { MAX_MERGED = 10000 };

struct pair {
	struct yaml_node key, value;
	size_t start; /* of the key, for errors and spans */
};

static bool is_array(const struct value *v)
{
	return v && v->kind == VAL_ARRAY;
}

/* String(key), with what js-yaml does to keys that are no scalars */
static struct str key_text(struct yaml_reader *r, const struct yaml_node *key)
{
	struct str text;
	if (!key->value)
		return STR("null");
	if (is_array(key->value))
		for (uint32_t i = 0; i < key->value->u.arr->n; i++)
			if (is_array(key->value->u.arr->items[i]))
				yaml_fail(r, "a list within a list cannot be a key");
	if (key->value->kind == VAL_OBJECT && key->value->u.obj->class_name)
		return key->text;
	return val_to_str(r->arena, key->value, &text) ? text : STR("[object Object]");
}

/* Merged keys are marked from_spread; a key of the mapping's own takes their place. */
static void merge_one(struct yaml_reader *r, struct value *into, const struct value *from)
{
	if (!from || (from->kind != VAL_OBJECT && !is_array(from))) {
		yaml_fail(r, "only mappings can be merged");
		return;
	}
	for (uint32_t i = 0; from->kind == VAL_OBJECT && i < from->u.obj->n; i++) {
		const struct val_prop *p = &from->u.obj->props[i];
		if (++r->merged > MAX_MERGED)
			yaml_fail(r, "too many merged keys");
		if (val_prop(into->u.obj, p->key))
			continue;
		struct val_prop *q = val_set(r->arena, into->u.obj, p->key, p->value);
		q->at = p->at;
		q->key_at = p->key_at;
		q->from_spread = true;
	}
}

static void store_pair(struct yaml_reader *r, struct value *map, const struct pair *p)
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
		yaml_fail_at(r, p->start, "a key stands twice in a mapping");
	struct value *value = p->value.value;
	if (!value)
		value = val_new(r->arena, VAL_NULL, yaml_origin(r, r->end, r->end));
	struct val_prop *prop = val_set(r->arena, map->u.obj, key, value);
	size_t key_end = p->start;
	if (p->key.value && p->key.value->origin)
		key_end = p->key.value->origin->at.span.end - r->bom;
	prop->key_at = yaml_origin(r, p->start, key_end)->at;
	prop->at = yaml_origin(r, p->start, r->end > p->start ? r->end : key_end)->at;
	prop->from_spread = false;
}

static void close_collection(struct yaml_reader *r, struct yaml_node *n, struct value *v,
			     enum node_kind kind, size_t start)
{
	v->origin = yaml_origin(r, start, r->end > start ? r->end : start);
	if (kind == MAPPING)
		v->u.obj->at = v->origin->at;
	else
		v->u.arr->at = v->origin->at;
	n->value = v;
	n->kind = kind;
}

/* one entry of [...] or {...} */
static void flow_entry(struct yaml_reader *r, int indent, struct value *list, bool is_map)
{
	struct pair p = {.start = r->at.pos};
	bool explicit_key = false, is_pair;
	if (peek(r) == '?' && is_space(byte_at(r, r->at.pos + 1))) {
		explicit_key = true;
		r->at.pos++;
		yaml_skip_space(r, true);
	}
	uint32_t line = r->at.line;
	p.start = r->at.pos;
	yaml_node(r, indent, FLOW_IN, false, true, &p.key);
	yaml_skip_space(r, true);
	is_pair = explicit_key;
	if ((explicit_key || r->at.line == line) && peek(r) == ':') {
		is_pair = true;
		r->end = ++r->at.pos;
		yaml_skip_space(r, true);
		yaml_node(r, indent, FLOW_IN, false, true, &p.value);
	}
	if (is_map) {
		store_pair(r, list, &p);
	} else if (is_pair) {
		struct value *map = val_object_new(r->arena, yaml_origin(r, p.start, r->at.pos));
		store_pair(r, map, &p);
		val_push(r->arena, list->u.arr, map);
	} else {
		struct value *v = p.key.value;
		val_push(r->arena, list->u.arr,
			 v ? v : val_new(r->arena, VAL_NULL, yaml_origin(r, p.start, p.start)));
	}
}

bool yaml_flow_collection(struct yaml_reader *r, int indent, struct yaml_node *n)
{
	unsigned char open = peek(r), close = open == '[' ? ']' : '}';
	if (open != '[' && open != '{')
		return false;
	bool comma = true;
	size_t start = r->at.pos++;
	struct value *v =
	    open == '{' ? val_object_new(r->arena, NULL) : val_array_new(r->arena, NULL);
	yaml_store_anchor(r, n->anchor, v);
	while (peek(r)) {
		yaml_skip_space(r, true);
		if (peek(r) == close) {
			r->end = ++r->at.pos;
			close_collection(r, n, v, open == '{' ? MAPPING : SEQUENCE, start);
			return true;
		}
		if (!comma)
			yaml_fail(r, "a comma is missing between two entries");
		if (peek(r) == ',')
			yaml_fail(r, "an entry is missing before this comma");
		flow_entry(r, indent, v, open == '{');
		yaml_skip_space(r, true);
		comma = peek(r) == ',';
		if (comma)
			r->at.pos++;
	}
	yaml_fail(r, open == '[' ? "a '[' is not closed" : "a '{' is not closed");
	return false;
}

static bool tab_before(struct yaml_reader *r)
{
	if (r->at.tab == NO_TAB)
		return false;
	yaml_fail_at(r, r->at.tab, "a tab must not be used for indentation");
	return true;
}

bool yaml_block_sequence(struct yaml_reader *r, int indent, struct yaml_node *n)
{
	if (r->at.tab != NO_TAB)
		return false;
	size_t start = r->at.pos;
	size_t anchors = r->anchors.len;
	bool any = false;
	struct value *v = val_array_new(r->arena, NULL);
	yaml_store_anchor(r, n->anchor, v);
	while (peek(r)) {
		if (tab_before(r) || peek(r) != '-' || !is_space(byte_at(r, r->at.pos + 1)))
			break;
		any = true;
		r->end = ++r->at.pos;
		if (yaml_skip_space(r, true) && r->at.line_indent <= indent) {
			val_push(r->arena, v->u.arr,
				 val_new(r->arena, VAL_NULL, yaml_origin(r, r->end, r->end)));
			continue;
		}
		uint32_t line = r->at.line;
		struct yaml_node item = {0};
		yaml_node(r, indent, BLOCK_IN, false, true, &item);
		if (!item.value)
			item.value = val_new(r->arena, VAL_NULL, yaml_origin(r, r->end, r->end));
		val_push(r->arena, v->u.arr, item.value);
		yaml_skip_space(r, true);
		if ((r->at.line == line || r->at.line_indent > indent) && peek(r))
			yaml_fail(r, "the indentation of this entry does not fit");
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
static enum key_result implicit_key(struct yaml_reader *r, int flow_indent, struct block_map *m,
				    struct yaml_node *n)
{
	uint32_t line = r->at.line;
	struct yaml_node key = {0};
	size_t start = r->at.pos;
	if (!yaml_node(r, flow_indent, FLOW_OUT, false, true, &key))
		return KEY_NONE;
	if (r->at.line == line)
		yaml_skip_white(r);
	if (r->at.line != line || peek(r) != ':') {
		if (m->any)
			yaml_fail(r, r->at.line == line ? "a ':' is missing after this key"
							: "a key must not span several lines");
		n->value = key.value;
		n->kind = key.kind;
		n->text = key.text;
		return KEY_NO_MAPPING;
	}
	r->end = ++r->at.pos;
	if (!is_space(peek(r)) && !r->error)
		yaml_fail(r, "a blank is needed after ':'");
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
static void explicit_mark(struct yaml_reader *r, struct block_map *m)
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
		yaml_fail(r, "a key is missing before ':'");
	}
	r->end = ++r->at.pos;
}

static void pair_value(struct yaml_reader *r, int indent, struct block_map *m)
{
	struct yaml_node content = {0};
	if (m->explicit_key)
		m->pair.start = r->at.pos;
	yaml_node(r, indent, BLOCK_OUT, true, m->compact, &content);
	if (m->explicit_key) {
		m->pair.key = content;
	} else {
		m->pair.value = content;
		store_pair(r, m->map, &m->pair);
		begin_pair(m);
	}
	yaml_skip_space(r, true);
}

bool yaml_block_mapping(struct yaml_reader *r, int indent, int flow_indent, struct yaml_node *n)
{
	if (r->at.tab != NO_TAB)
		return false;
	size_t start = r->at.pos;
	size_t anchors = r->anchors.len;
	struct block_map m = {.map = val_object_new(r->arena, NULL)};
	yaml_store_anchor(r, n->anchor, m.map);
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
			yaml_fail(r, "the indentation of this entry does not fit");
		else if (r->at.line_indent < indent)
			break;
	}
	if (m.explicit_key)
		store_pair(r, m.map, &m.pair);
	if (m.any)
		close_collection(r, n, m.map, MAPPING, start);
	return m.any;
}
