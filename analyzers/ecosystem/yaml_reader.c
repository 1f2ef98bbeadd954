#include "analyzers/ecosystem/yaml_reader.h"

void yaml_fail_at(struct yaml_reader *r, size_t pos, const char *why)
{
	if (r->error)
		return;
	r->error = why;
	r->error_at = pos;
}

void yaml_fail(struct yaml_reader *r, const char *why)
{
	yaml_fail_at(r, r->at.pos, why);
}

void yaml_line_break(struct yaml_reader *r)
{
	unsigned char c = peek(r);
	if (!is_eol(c)) {
		yaml_fail(r, "a line break is expected");
		return;
	}
	r->at.pos += c == '\r' && byte_at(r, r->at.pos + 1) == '\n' ? 2 : 1;
	r->at.line++;
	r->at.line_start = r->at.pos;
	r->at.tab = NO_TAB;
}

void yaml_skip_white(struct yaml_reader *r)
{
	while (is_white(peek(r)))
		r->at.pos++;
}

void yaml_skip_line(struct yaml_reader *r)
{
	while (peek(r) && !is_eol(peek(r)))
		r->at.pos++;
}

int yaml_skip_space(struct yaml_reader *r, bool comments)
{
	for (int breaks = 0;; breaks++) {
		for (; is_white(peek(r)); r->at.pos++)
			if (peek(r) == '\t' && r->at.tab == NO_TAB)
				r->at.tab = r->at.pos;
		if (comments && peek(r) == '#')
			yaml_skip_line(r);
		if (!is_eol(peek(r)))
			return breaks;
		yaml_line_break(r);
		for (r->at.line_indent = 0; peek(r) == ' '; r->at.pos++)
			r->at.line_indent++;
	}
}

bool yaml_at_separator(const struct yaml_reader *r)
{
	unsigned char c = peek(r);
	if (r->at.pos != r->at.line_start || (c != '-' && c != '.'))
		return false;
	unsigned char after = byte_at(r, r->at.pos + 3);
	return byte_at(r, r->at.pos + 1) == c && byte_at(r, r->at.pos + 2) == c &&
	       (after == 0 || is_space(after));
}

struct str yaml_since(const struct yaml_reader *r, size_t from)
{
	return str_sub(r->text, from, r->at.pos < r->text.len ? r->at.pos : r->text.len);
}

const struct origin *yaml_origin(const struct yaml_reader *r, size_t start, size_t end)
{
	struct origin *o = arena_new(r->arena, struct origin);
	size_t last = r->source->text.len - r->bom; /* the line break after it may be ours */
	o->at.source = r->source;
	o->at.span.start = (uint32_t)(start < last ? start : last) + r->bom;
	o->at.span.end = (uint32_t)(end < last ? end : last) + r->bom;
	o->kind = ORIGIN_LITERAL;
	return o;
}
