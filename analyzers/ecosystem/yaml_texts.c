#include "analyzers/ecosystem/yaml_reader.h"

#include "analyzers/javascript/text.h"
#include "base/buf.h"

static void capture(struct yaml_reader *r, struct buf *b, size_t from, size_t to, bool json)
{
	for (size_t i = from; i < to && !r->error; i++) {
		unsigned char c = (unsigned char)r->text.ptr[i],
			      next = i + 1 < to ? (unsigned char)r->text.ptr[i + 1] : 0;
		bool control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
		bool c1 = c == 0xc2 && next >= 0x80 && next <= 0x9f && next != 0x85;
		if (json ? c < 0x20 && c != '\t' : control || c1)
			yaml_fail_at(r, i, "a character that cannot be printed");
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

static void end_scalar(struct yaml_reader *r, struct yaml_node *n, struct buf *b, size_t start,
		       size_t end)
{
	n->kind = SCALAR;
	n->text = arena_str(r->arena, buf_str(b));
	if (!n->text.ptr)
		n->text = STR("");
	n->value = val_string(r->arena, n->text, yaml_origin(r, start, end));
	r->end = end;
	buf_release(b);
}

static bool starts_plain(const struct yaml_reader *r, bool in_flow)
{
	unsigned char c = peek(r), next = byte_at(r, r->at.pos + 1);
	if (c == 0 || is_space(c) || is_flow(c) || strchr("#&*!|>'\"%@`", c))
		return false;
	if (c == '?' || c == '-')
		return !is_space(next) && !(in_flow && is_flow(next));
	return true;
}

static bool ends_plain(const struct yaml_reader *r, bool in_flow)
{
	unsigned char c = peek(r), next = byte_at(r, r->at.pos + 1);
	if (c == ':')
		return is_space(next) || (in_flow && is_flow(next));
	if (c == '#')
		return is_space(byte_at(r, r->at.pos - 1));
	return yaml_at_separator(r) || (in_flow && is_flow(c));
}

bool yaml_plain(struct yaml_reader *r, int indent, bool in_flow, struct yaml_node *n)
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
			struct yaml_mark before = r->at;
			pending = yaml_skip_space(r, false);
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

/* what was read of a quoted text but not yet added to it */
struct run {
	size_t from, to; /* to: behind the last character that is not white */
};

/* one character, or line breaks with white space around them; false where the document ends */
static bool quoted_char(struct yaml_reader *r, struct buf *b, struct run *run)
{
	unsigned char c = peek(r);
	if (is_eol(c)) {
		capture(r, b, run->from, run->to, true);
		fold(b, yaml_skip_space(r, false));
		run->from = run->to = r->at.pos;
	} else if (yaml_at_separator(r)) {
		return false;
	} else {
		r->at.pos++;
		if (!is_white(c))
			run->to = r->at.pos;
	}
	return true;
}

bool yaml_single_quoted(struct yaml_reader *r, struct yaml_node *n)
{
	if (peek(r) != '\'')
		return false;
	struct buf b = {0};
	size_t start = r->at.pos++;
	struct run run = {r->at.pos, r->at.pos};
	for (unsigned char c; (c = peek(r));) {
		if (c == '\'') {
			capture(r, &b, run.from, r->at.pos, true);
			if (byte_at(r, ++r->at.pos) != '\'') {
				end_scalar(r, n, &b, start, r->at.pos);
				return true;
			}
			run.from = r->at.pos++;
			run.to = r->at.pos;
		} else if (!quoted_char(r, &b, &run)) {
			break;
		}
	}
	yaml_fail(r, "a single quote is not closed");
	buf_release(&b);
	return false;
}

/* the low half of a surrogate pair joins the high one that stands at the end of b */
static void add_escaped(struct buf *b, uint32_t c)
{
	const unsigned char *last = b->len >= 3 ? (const unsigned char *)b->ptr + b->len - 3 : NULL;
	if (c >= 0xdc00 && c <= 0xdfff && last && last[0] == 0xed && last[1] >= 0xa0 &&
	    last[1] <= 0xaf) {
		uint32_t high = 0xd000u | (uint32_t)(last[1] & 0x3f) << 6 | (last[2] & 0x3f);
		b->len -= 3;
		c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
	}
	u16_put(b, c);
}

static void hex_escape(struct yaml_reader *r, struct buf *b, int digits)
{
	uint32_t code = 0;
	for (; digits > 0; digits--) {
		int d = hex_digit((char)byte_at(r, ++r->at.pos));
		if (d < 0) {
			yaml_fail(r, "a hexadecimal digit is expected");
			return;
		}
		code = code << 4 | (uint32_t)d;
	}
	r->at.pos++;
	add_escaped(b, code);
}

static void escape(struct yaml_reader *r, struct buf *b)
{
	static const char written[] = "0abt\tnvfre \"/\\";
	static const char meant[] = "\0\a\b\t\t\n\v\f\r\x1b \"/\\";
	unsigned char c = byte_at(r, ++r->at.pos);
	const char *simple = c ? strchr(written, c) : NULL;
	if (is_eol(c)) {
		yaml_skip_space(r, false);
	} else if (simple) {
		buf_addc(b, meant[simple - written]);
		r->at.pos++;
	} else if (c == 'N' || c == '_' || c == 'L' || c == 'P') {
		u16_put(b, c == 'N' ? 0x85 : c == '_' ? 0xa0 : c == 'L' ? 0x2028 : 0x2029);
		r->at.pos++;
	} else if (c == 'x' || c == 'u' || c == 'U') {
		hex_escape(r, b, c == 'x' ? 2 : c == 'u' ? 4 : 8);
	} else {
		yaml_fail(r, "an unknown escape sequence");
	}
}

bool yaml_double_quoted(struct yaml_reader *r, struct yaml_node *n)
{
	if (peek(r) != '"')
		return false;
	struct buf b = {0};
	size_t start = r->at.pos++;
	struct run run = {r->at.pos, r->at.pos};
	for (unsigned char c; (c = peek(r));) {
		if (c == '"') {
			capture(r, &b, run.from, r->at.pos, true);
			r->at.pos++;
			end_scalar(r, n, &b, start, r->at.pos);
			return true;
		}
		if (c == '\\') {
			capture(r, &b, run.from, r->at.pos, true);
			escape(r, &b);
			run.from = run.to = r->at.pos;
		} else if (!quoted_char(r, &b, &run)) {
			break;
		}
	}
	yaml_fail(r, "a double quote is not closed");
	buf_release(&b);
	return false;
}

struct block_header {
	bool folded, indent_given;
	char chomp; /* '+', '-' or 0 */
	int indent;
};

static void block_header(struct yaml_reader *r, int indent, struct block_header *h)
{
	*h = (struct block_header){.folded = peek(r) == '>', .indent = indent};
	for (unsigned char c;
	     r->at.pos++, c = peek(r), c == '+' || c == '-' || (c >= '0' && c <= '9');) {
		if (c == '+' || c == '-') {
			if (h->chomp)
				yaml_fail(r, "the chomping indicator is given twice");
			h->chomp = (char)c;
		} else {
			if (c == '0' || h->indent_given)
				yaml_fail(r, "a bad indentation indicator");
			h->indent = indent + (c - '0') - 1;
			h->indent_given = true;
		}
	}
	if (is_white(peek(r))) {
		yaml_skip_white(r);
		if (peek(r) == '#')
			yaml_skip_line(r);
	}
}

static void block_line_start(struct buf *b, const struct block_header *h, bool first, bool white,
			     bool *more, int empty)
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

bool yaml_block_text(struct yaml_reader *r, int indent, struct yaml_node *n)
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
		yaml_line_break(r);
		for (r->at.line_indent = 0;
		     (!h.indent_given || r->at.line_indent < h.indent) && peek(r) == ' ';
		     r->at.pos++)
			r->at.line_indent++;
		if (!h.indent_given && r->at.line_indent > h.indent)
			h.indent = r->at.line_indent;
		if (is_eol(peek(r))) {
			empty++;
			continue;
		}
		if (!h.indent_given && h.indent == 0)
			yaml_fail(r, "a block scalar must be indented");
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
		yaml_skip_line(r);
		capture(r, &b, from, r->at.pos, false);
		end = r->at.pos;
	}
	end_scalar(r, n, &b, start, end);
	return true;
}
