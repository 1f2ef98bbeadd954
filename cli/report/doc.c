#include "cli/report/doc.h"

#include "cli/export.h"

void doc_init(struct doc *d, const struct format_options *o)
{
	*d = (struct doc){.o = o};
	arena_init(&d->arena);
}

void doc_release(struct doc *d)
{
	vec_release(&d->blocks);
	arena_release(&d->arena);
}

/* U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069: they make a line look other than it is */
static bool is_deceiving(const unsigned char *s)
{
	if (s[0] != 0xe2)
		return false;
	if (s[1] == 0x80)
		return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae);
	return s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

static const char *harmless(struct doc *d, struct str text, bool lines)
{
	struct buf b = {0};
	for (const char *s = export_utf8(&d->arena, text); *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (is_deceiving((const unsigned char *)s)) {
			buf_adds(&b, "\xef\xbf\xbd");
			s += 2;
		} else if (c == '\n' || c == '\t')
			buf_addc(&b, lines ? *s : ' ');
		else if (c == '\r')
			buf_adds(&b, lines ? "" : " ");
		else if (c < 0x20 || c == 0x7f)
			buf_adds(&b, "\xef\xbf\xbd");
		else
			buf_addc(&b, *s);
	}
	const char *out = arena_cstr(&d->arena, buf_str(&b));
	buf_release(&b);
	return out;
}

const char *doc_user(struct doc *d, struct str s)
{
	return harmless(d, s, false);
}

const char *doc_source(struct doc *d, struct str s)
{
	return harmless(d, s, true);
}

const char *doc_code(struct doc *d, struct str s)
{
	return arena_printf(&d->arena, MARK_CODE "%s" MARK_END, doc_user(d, s));
}

static struct block *add(struct doc *d, enum block_kind kind)
{
	vec_push(&d->blocks, (struct block){.kind = kind});
	return &d->blocks.ptr[d->blocks.len - 1];
}

void doc_heading(struct doc *d, int level, const char *text)
{
	const char *id = arena_printf(&d->arena, "s%u", ++d->n_ids);
	struct block *b = add(d, BLOCK_HEADING);
	b->level = level;
	b->text = text;
	b->id = id;
}

void doc_paragraph(struct doc *d, const char *text)
{
	add(d, BLOCK_PARAGRAPH)->text = text;
}

static struct doc_cell *copy(struct doc *d, const struct doc_cell *cells, size_t n)
{
	struct doc_cell *out = arena_array(&d->arena, struct doc_cell, n);
	if (n)
		memcpy(out, cells, n * sizeof *out);
	return out;
}

void doc_list(struct doc *d, enum block_kind kind, const struct doc_cell *cells, size_t n)
{
	if (!n)
		return;
	struct doc_cell *kept = copy(d, cells, n);
	struct block *b = add(d, kind);
	b->cells = kept;
	b->n_cells = n;
}

void doc_table(struct doc *d, enum block_kind kind, const char *caption, size_t columns, const struct doc_cell *cells,
	       size_t n)
{
	doc_list(d, kind, cells, n);
	struct block *b = &d->blocks.ptr[d->blocks.len - 1];
	b->text = caption;
	b->columns = columns;
}

void doc_listing(struct doc *d, const char *lang, const char *text)
{
	struct block *b = add(d, BLOCK_CODE);
	b->lang = lang;
	b->text = text;
}
