#include "analyzers/ecosystem/yaml_reader.h"

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
		if (c == '%' &&
		    (i + 2 >= s.len || hex_digit(s.ptr[i + 1]) < 0 || hex_digit(s.ptr[i + 2]) < 0))
			return false;
		if (!word && !(c && strchr("%-#;/?:@&=+$,_.!~*'()[]", c)))
			return false;
	}
	return true;
}

void yaml_declare_handle(struct yaml_reader *r, struct str handle, struct str prefix)
{
	if (!is_handle(handle) || !is_tag_uri(prefix))
		yaml_fail(r, "a %TAG directive that js-yaml refuses");
	for (size_t i = 0; i < r->handles.len; i++)
		if (str_eq(r->handles.ptr[i].name, handle))
			yaml_fail(r, "a %TAG handle is declared twice");
	vec_push(&r->handles, (struct yaml_handle){handle, prefix});
}

static struct str expand_tag(struct yaml_reader *r, struct str handle, struct str suffix)
{
	for (size_t i = 0; i < r->handles.len; i++)
		if (str_eq(r->handles.ptr[i].name, handle))
			return str_from(arena_printf(r->arena, STR_FMT STR_FMT,
						     STR_ARG(r->handles.ptr[i].prefix),
						     STR_ARG(suffix)));
	if (str_is(handle, "!"))
		return str_from(arena_printf(r->arena, "!" STR_FMT, STR_ARG(suffix)));
	if (str_is(handle, "!!"))
		return str_from(
		    arena_printf(r->arena, "tag:yaml.org,2002:" STR_FMT, STR_ARG(suffix)));
	yaml_fail(r, "a tag uses a handle that no %TAG declares");
	return STR("");
}

static struct str verbatim_tag(struct yaml_reader *r)
{
	size_t from = ++r->at.pos;
	while (r->at.pos++, peek(r) && peek(r) != '>')
		;
	struct str tag = yaml_since(r, from);
	if (!peek(r))
		yaml_fail(r, "a tag is not closed");
	r->at.pos++;
	if (!is_tag_uri(tag))
		yaml_fail(r, "a tag holds a character that it cannot hold");
	return tag;
}

bool yaml_tag_property(struct yaml_reader *r, struct yaml_node *n)
{
	if (peek(r) != '!')
		return false;
	if (n->tag_state != NO_TAG)
		yaml_fail(r, "a node has two tags");
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
			yaml_fail(r, "a tag holds a '!' too many");
		named = true;
		suffix = r->at.pos + 1;
	}
	struct str name = str_sub(r->text, suffix, r->at.pos);
	for (size_t i = 0; i < name.len; i++)
		if (is_flow((unsigned char)name.ptr[i]))
			yaml_fail(r, "a tag holds a character that it cannot hold");
	if (!is_tag_uri(name))
		yaml_fail(r, "a tag holds a character that it cannot hold");
	n->tag = expand_tag(r, handle, name);
	return true;
}

static enum node_kind kind_of_type(enum yaml_type t)
{
	return t >= YT_MAP ? MAPPING : t >= YT_SEQ ? SEQUENCE : SCALAR;
}

static struct value *empty_of_type(struct yaml_reader *r, enum yaml_type t, size_t at)
{
	const struct origin *o = yaml_origin(r, at, at);
	switch (kind_of_type(t)) {
	case MAPPING:
		return val_object_new(r->arena, o);
	case SEQUENCE:
		return val_array_new(r->arena, o);
	default:
		return t == YT_STR ? val_string(r->arena, STR(""), o)
				   : val_new(r->arena, VAL_NULL, o);
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
			if (v->u.arr->items[i]->kind != VAL_OBJECT ||
			    v->u.arr->items[i]->u.obj->n != 1)
				return false;
	return true;
}

static struct value *as_pairs(struct yaml_reader *r, const struct value *list)
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

static void apply_tag(struct yaml_reader *r, struct yaml_node *n)
{
	enum yaml_type type = yaml_type_of_tag(n->tag);
	bool nothing = !n->value || n->value->kind == VAL_NULL;
	if (str_is(n->tag, "!"))
		return;
	if (type == YT_NONE || (n->kind != NO_KIND && n->kind != kind_of_type(type))) {
		yaml_fail_at(r, n->start,
			     "a tag that js-yaml does not know, or on the wrong kind of node");
		return;
	}
	bool fits;
	if (nothing)
		fits = type != YT_BOOL && type != YT_INT && type != YT_FLOAT &&
		       type != YT_TIMESTAMP && type != YT_BINARY;
	else if (n->kind == SCALAR && n->value->kind != VAL_STRING)
		fits = type == YT_STR; /* it got its type on the line below the tag already */
	else
		fits = n->kind == SCALAR ? yaml_fits(type, n->text, r->old)
					 : collection_fits(type, n->value);
	if (!fits)
		yaml_fail_at(r, n->start, "a value does not fit its tag");
	else if (nothing)
		n->value = empty_of_type(r, type, n->start);
	else if (n->kind == SCALAR && n->value->kind == VAL_STRING)
		n->value = yaml_construct(r->arena, type, n->text, r->old, n->value->origin);
	else if (type == YT_PAIRS)
		n->value = as_pairs(r, n->value);
	n->type = type;
	n->tag_state = TAG_RESOLVED;
	yaml_store_anchor(r, n->anchor, n->value);
}

void yaml_resolve(struct yaml_reader *r, struct yaml_node *n)
{
	if (n->tag_state == NO_TAG) {
		yaml_store_anchor(r, n->anchor, n->value);
	} else if (n->tag_state == TAG_PLAIN) {
		enum yaml_type type = yaml_implicit(n->text, r->old);
		if (type == YT_STR)
			return;
		n->type = type;
		n->tag_state = TAG_RESOLVED;
		n->value = yaml_construct(r->arena, type, n->text, r->old, n->value->origin);
		yaml_store_anchor(r, n->anchor, n->value);
	} else if (n->tag_state == TAG_GIVEN) {
		apply_tag(r, n);
	}
}
