#include "analyzers/ecosystem/yaml_reader.h"

enum { MAX_DEPTH = 100 };

void yaml_store_anchor(struct yaml_reader *r, struct str name, struct value *v)
{
	if (name.ptr)
		vec_push(&r->anchors, (struct yaml_anchor){name, v});
}

static struct str anchor_name(struct yaml_reader *r)
{
	size_t from = ++r->at.pos;
	while (peek(r) && !is_space(peek(r)) && !is_flow(peek(r)))
		r->at.pos++;
	if (r->at.pos == from)
		yaml_fail(r, "a name is missing here");
	return yaml_since(r, from);
}

static bool anchor_property(struct yaml_reader *r, struct yaml_node *n)
{
	if (peek(r) != '&')
		return false;
	if (n->anchor.ptr)
		yaml_fail(r, "a node has two anchors");
	n->anchor = anchor_name(r);
	return true;
}

static bool alias(struct yaml_reader *r, struct yaml_node *n)
{
	if (peek(r) != '*')
		return false;
	size_t start = r->at.pos;
	struct str name = anchor_name(r);
	if (n->tag_state != NO_TAG || n->anchor.ptr)
		yaml_fail(r, "an alias can have neither tag nor anchor");
	size_t i = r->anchors.len;
	while (i > 0 && !str_eq(r->anchors.ptr[i - 1].name, name))
		i--;
	if (i == 0) {
		yaml_fail_at(
		    r, start,
		    "an alias ('*') refers to no anchor; a text that begins with '*' needs quotes");
		return true;
	}
	n->value = r->anchors.ptr[i - 1].value;
	r->end = r->at.pos;
	yaml_skip_space(r, true);
	return true;
}

/* A text that begins with properties may be the first key of a mapping: "!!str a: b". */
static bool mapping_from_property(struct yaml_reader *r, const struct yaml_mark *start,
				  int flow_indent, struct yaml_node *n)
{
	struct yaml_mark here = r->at;
	size_t anchors = r->anchors.len;
	struct yaml_node fresh = {.start = start->pos};
	r->at = *start;
	if (yaml_block_mapping(r, column(r), flow_indent, &fresh) && fresh.kind == MAPPING) {
		*n = fresh;
		return true;
	}
	r->at = here;
	r->anchors.len = anchors;
	return false;
}

struct placing {
	int status; /* 1: deeper than the parent, 0: as deep, -1: less */
	bool new_line, block_styles, block_collections, compact;
	struct yaml_mark property; /* where the first property stands */
	bool has_property;
};

static int compare_indent(const struct yaml_reader *r, int parent)
{
	return r->at.line_indent > parent ? 1 : r->at.line_indent == parent ? 0 : -1;
}

static void properties(struct yaml_reader *r, int parent, struct placing *p, struct yaml_node *n)
{
	while (p->status == 1) {
		struct yaml_mark before = r->at;
		unsigned char c = peek(r);
		if (p->new_line &&
		    ((c == '!' && n->tag_state != NO_TAG) || (c == '&' && n->anchor.ptr)))
			return;
		if (!yaml_tag_property(r, n) && !anchor_property(r, n))
			return;
		if (!p->has_property) {
			p->has_property = true;
			p->property = before;
		}
		r->end = r->at.pos;
		if (yaml_skip_space(r, true)) {
			p->new_line = true;
			p->block_collections = p->block_styles;
			p->status = compare_indent(r, parent);
		} else {
			p->block_collections = false;
		}
	}
}

static bool scalar_or_alias(struct yaml_reader *r, int flow_indent, bool in_flow, struct placing *p,
			    struct yaml_node *n)
{
	unsigned char c = peek(r);
	bool found;
	if (p->has_property && p->block_styles && !p->block_collections && c != '|' && c != '>' &&
	    mapping_from_property(r, &p->property, flow_indent, n))
		found = true;
	else if ((p->block_styles && yaml_block_text(r, flow_indent, n)) ||
		 yaml_single_quoted(r, n) || yaml_double_quoted(r, n) || alias(r, n))
		found = true;
	else if (yaml_plain(r, flow_indent, in_flow, n)) {
		found = true;
		if (n->tag_state == NO_TAG)
			n->tag_state = TAG_PLAIN;
	} else {
		found = false;
	}
	yaml_store_anchor(r, n->anchor, n->value);
	return found;
}

static bool content(struct yaml_reader *r, int parent, enum yaml_context where, struct placing *p,
		    struct yaml_node *n)
{
	bool in_block = where == BLOCK_IN || where == BLOCK_OUT;
	int flow_indent = in_block ? parent + 1 : parent;
	int block_indent = column(r);
	if (p->status == 0)
		return where == BLOCK_OUT && p->block_collections &&
		       yaml_block_sequence(r, block_indent, n);
	if (p->status != 1)
		return false;
	if (p->block_collections && (yaml_block_sequence(r, block_indent, n) ||
				     yaml_block_mapping(r, block_indent, flow_indent, n)))
		return true;
	return yaml_flow_collection(r, flow_indent, n) ||
	       scalar_or_alias(r, flow_indent, where == FLOW_IN, p, n);
}

bool yaml_node(struct yaml_reader *r, int parent, enum yaml_context where, bool seek, bool compact,
	       struct yaml_node *n)
{
	bool in_block = where == BLOCK_IN || where == BLOCK_OUT;
	struct placing p = {.status = 1, .block_styles = in_block, .block_collections = in_block};
	*n = (struct yaml_node){0};
	if (r->depth >= MAX_DEPTH) {
		yaml_fail(r, "too deeply nested");
		return false;
	}
	r->depth++;
	if (seek && yaml_skip_space(r, true)) {
		p.new_line = true;
		p.status = compare_indent(r, parent);
	}
	n->start = r->at.pos;
	properties(r, parent, &p, n);
	if (p.block_collections)
		p.block_collections = p.new_line || compact;
	bool found = (p.status == 1 || where == BLOCK_OUT) && content(r, parent, where, &p, n);
	yaml_resolve(r, n);
	r->depth--;
	return n->tag_state != NO_TAG || n->anchor.ptr || found;
}
