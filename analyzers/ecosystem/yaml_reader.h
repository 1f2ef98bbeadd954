#ifndef ANALYZERS_ECOSYSTEM_YAML_READER_H
#define ANALYZERS_ECOSYSTEM_YAML_READER_H
/* A reader of YAML that takes and refuses what js-yaml 4 takes and refuses,
 * because PM2 reads with it; private to yaml*.c. libyaml, which reads our own
 * files, is another dialect: it differs on tabs, surrogate escapes, multi-line
 * keys, tags, directives, and counts characters where spans need bytes.
 *
 * Trouble is kept in the reader: from then on the text seems to end, so that
 * every loop comes to its own end. What is read lives in the reader's arena;
 * yaml_read() releases its lists. */
#include "analyzers/ecosystem/yaml_scalar.h"
#include "base/vec.h"

enum yaml_context { FLOW_IN, FLOW_OUT, BLOCK_IN, BLOCK_OUT };
enum node_kind { NO_KIND, SCALAR, SEQUENCE, MAPPING };
enum tag_state { NO_TAG, TAG_PLAIN, TAG_GIVEN, TAG_RESOLVED };

struct yaml_anchor {
	struct str name;
	struct value *value;
};

struct yaml_mark {
	size_t pos, line_start;
	uint32_t line;
	int line_indent;
	size_t tab; /* first tab of this line that stands before content, or NO_TAB */
};
#define NO_TAB ((size_t)-1)

struct yaml_handle {
	struct str name, prefix;
};

struct yaml_reader {
	struct arena *arena;
	const struct source *source;
	struct str text; /* without BOM, ends with a line break */
	uint32_t bom;
	struct yaml_mark at;
	size_t end; /* of the last token */
	bool old;   /* as js-yaml 4.1 */
	int depth;
	unsigned merged;
	VEC(struct yaml_anchor) anchors;
	VEC(struct yaml_handle) handles;
	const char *error;
	size_t error_at;
};

struct yaml_node {
	struct value *value; /* NULL: nothing, null */
	enum node_kind kind;
	enum tag_state tag_state;
	struct str tag;	     /* TAG_GIVEN: resolved tag */
	enum yaml_type type; /* TAG_RESOLVED */
	struct str anchor;   /* ptr NULL: none */
	size_t start;
	struct str text; /* of a scalar */
};

static inline unsigned char byte_at(const struct yaml_reader *r, size_t pos)
{
	return r->error || pos >= r->text.len ? 0 : (unsigned char)r->text.ptr[pos];
}
static inline unsigned char peek(const struct yaml_reader *r)
{
	return byte_at(r, r->at.pos);
}
static inline bool is_eol(unsigned char c)
{
	return c == '\n' || c == '\r';
}
static inline bool is_white(unsigned char c)
{
	return c == ' ' || c == '\t';
}
static inline bool is_space(unsigned char c)
{
	return is_eol(c) || is_white(c);
}
static inline bool is_flow(unsigned char c)
{
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}
static inline int column(const struct yaml_reader *r)
{
	return (int)(r->at.pos - r->at.line_start);
}

/* ---- yaml_reader.c: the place in the text ---- */
void yaml_fail_at(struct yaml_reader *r, size_t pos, const char *why);
void yaml_fail(struct yaml_reader *r, const char *why);
void yaml_line_break(struct yaml_reader *r);
void yaml_skip_white(struct yaml_reader *r); /* blanks and tabs */
void yaml_skip_line(struct yaml_reader *r);  /* up to the line break */
/* white space, line breaks and, if wanted, comments: how many lines ended */
int yaml_skip_space(struct yaml_reader *r, bool comments);
bool yaml_at_separator(const struct yaml_reader *r); /* "---" or "..." at the start of a line */
struct str yaml_since(const struct yaml_reader *r, size_t from); /* what was read since then */
const struct origin *yaml_origin(const struct yaml_reader *r, size_t start, size_t end);

/* ---- yaml_texts.c: one scalar in each way to write it; false: there is none here ---- */
bool yaml_plain(struct yaml_reader *r, int indent, bool in_flow, struct yaml_node *n);
bool yaml_single_quoted(struct yaml_reader *r, struct yaml_node *n);
bool yaml_double_quoted(struct yaml_reader *r, struct yaml_node *n);
bool yaml_block_text(struct yaml_reader *r, int indent, struct yaml_node *n);

/* ---- yaml_collections.c ---- */
bool yaml_flow_collection(struct yaml_reader *r, int indent, struct yaml_node *n);
bool yaml_block_sequence(struct yaml_reader *r, int indent, struct yaml_node *n);
/* true with a node of another kind: what looked like the first key is the value itself */
bool yaml_block_mapping(struct yaml_reader *r, int indent, int flow_indent, struct yaml_node *n);

/* ---- yaml_tags.c: tags, and the type that a node has by its tag or by its looks ---- */
void yaml_declare_handle(struct yaml_reader *r, struct str handle, struct str prefix);
bool yaml_tag_property(struct yaml_reader *r, struct yaml_node *n);
void yaml_resolve(struct yaml_reader *r, struct yaml_node *n);

/* ---- yaml_nodes.c: a value with its tag and anchor, or an alias ---- */
void yaml_store_anchor(struct yaml_reader *r, struct str name, struct value *v);
/* seek: white space may come first; compact: a block collection may begin on this line */
bool yaml_node(struct yaml_reader *r, int parent, enum yaml_context where, bool seek, bool compact,
	       struct yaml_node *n);

#endif
