/* The report's blocks as one HTML file: no scripts, nothing loaded, no text of the user's unescaped. */
#include "cli/report/doc.h"

struct html {
	const struct doc *d;
	struct buf *out;
};

enum { MAX_SQUARES = 24, APP_WIDTH = 215, STORE_X = 280, STORE_WIDTH = 120, BOX = 40, GAP = 12, NAME_WIDTH = 26 };

static const char *const tones[] = {
	[TONE_NONE] = "", [TONE_LOW] = "low", [TONE_MEDIUM] = "medium", [TONE_HIGH] = "high", [TONE_UNKNOWN] = "unknown"};

/* text without its marks, fit for an element and for an attribute */
static void escaped_part(struct html *h, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.ptr[i]) {
		case '&': buf_adds(h->out, "&amp;"); break;
		case '<': buf_adds(h->out, "&lt;"); break;
		case '>': buf_adds(h->out, "&gt;"); break;
		case '"': buf_adds(h->out, "&quot;"); break;
		case '\'': buf_adds(h->out, "&#39;"); break;
		default:
			if (!strchr(MARK_CODE MARK_STRONG MARK_END, s.ptr[i]))
				buf_addc(h->out, s.ptr[i]);
		}
}

static void escaped(struct html *h, const char *s)
{
	escaped_part(h, str_from(s));
}

static void inline_text(struct html *h, const char *s)
{
	const char *close = "";
	while (*s) {
		size_t n = strcspn(s, MARK_CODE MARK_STRONG MARK_END);
		escaped_part(h, (struct str){s, n});
		s += n;
		if (!*s)
			break;
		if (*s == *MARK_END) {
			buf_adds(h->out, close);
			close = "";
		} else {
			buf_adds(h->out, *s == *MARK_CODE ? "<code>" : "<strong>");
			close = *s == *MARK_CODE ? "</code>" : "</strong>";
		}
		s++;
	}
	buf_adds(h->out, close);
}

static void cell_text(struct html *h, const struct doc_cell *c)
{
	if (c->tone != TONE_NONE)
		buf_printf(h->out, "<span class=\"tone %s\">", tones[c->tone]);
	inline_text(h, c->text);
	buf_adds(h->out, c->tone != TONE_NONE ? "</span>" : "");
}

/* roles, because the rows are stacked on a phone, which takes a table's meaning away */
static void table(struct html *h, const struct block *b)
{
	buf_adds(h->out, "<table class=\"stack\" role=\"table\" aria-label=\"");
	escaped(h, b->text);
	buf_adds(h->out, "\">\n<thead role=\"rowgroup\">");
	for (size_t i = 0; i < b->n_cells; i++) {
		size_t column = i % b->columns;
		if (!column)
			buf_adds(h->out, "<tr role=\"row\">");
		if (i < b->columns)
			buf_adds(h->out, "<th role=\"columnheader\" scope=\"col\">");
		else if (!column)
			buf_adds(h->out, "<th role=\"rowheader\" scope=\"row\">");
		else {
			buf_adds(h->out, "<td role=\"cell\"");
			if (*b->cells[column].text) {
				buf_adds(h->out, " data-label=\"");
				escaped(h, b->cells[column].text);
				buf_addc(h->out, '"');
			}
			buf_addc(h->out, '>');
		}
		cell_text(h, &b->cells[i]);
		buf_adds(h->out, i < b->columns || !column ? "</th>" : "</td>");
		if (column + 1 == b->columns)
			buf_adds(h->out, i < b->columns ? "</tr></thead>\n<tbody role=\"rowgroup\">\n" : "</tr>\n");
	}
	buf_adds(h->out, "</tbody></table>\n");
}

static void moment(struct html *h, const struct doc_cell *c)
{
	buf_adds(h->out, "<td>");
	if (*c->text) {
		buf_printf(h->out, "<p%s>", c->tone == TONE_HIGH ? " class=\"high\"" : "");
		inline_text(h, c->text);
		buf_adds(h->out, "</p>");
	}
	buf_adds(h->out, "</td>");
}

static void timeline(struct html *h, const struct block *b)
{
	unsigned nth = 0;
	buf_adds(h->out, "<table class=\"timeline\" aria-label=\"");
	escaped(h, b->text);
	buf_adds(h->out, "\">\n<thead><tr><th scope=\"col\"><span aria-hidden=\"true\">T</span></th>");
	for (size_t i = 0; i < 2; i++) {
		buf_adds(h->out, "<th scope=\"col\">");
		inline_text(h, b->cells[i].text);
		buf_adds(h->out, "</th>");
	}
	buf_adds(h->out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 2; i + 1 < b->n_cells; i += 2) {
		const struct doc_cell *left = &b->cells[i], *right = &b->cells[i + 1];
		if (right->text) {
			buf_printf(h->out, "<tr><th scope=\"row\">T%u</th>", ++nth);
			moment(h, left);
			moment(h, right);
		} else {
			buf_adds(h->out, "<tr><th scope=\"row\" class=\"outcome\">=</th><td colspan=\"2\" class=\"outcome\">");
			inline_text(h, left->text);
			buf_adds(h->out, "</td>");
		}
		buf_adds(h->out, "</tr>\n");
	}
	buf_adds(h->out, "</tbody></table>\n");
}

/* one can scroll in it with the keyboard */
static void listing(struct html *h, const char *lang, const char *text, const char *label)
{
	bool diff = lang && strcmp(lang, "diff") == 0;
	buf_adds(h->out, "<pre tabindex=\"0\" role=\"group\" aria-label=\"");
	escaped(h, label);
	buf_adds(h->out, "\"><code translate=\"no\">");
	while (*text) {
		size_t n = strcspn(text, "\n");
		const char *kind = diff && *text == '+' ? "add" : diff && *text == '-' ? "del" : NULL;
		if (kind)
			buf_printf(h->out, "<span class=\"%s\">", kind);
		escaped_part(h, (struct str){text, n});
		buf_adds(h->out, kind ? "</span>\n" : "\n");
		text += n + (text[n] == '\n');
	}
	buf_adds(h->out, "</code></pre>\n");
}

static void chain(struct html *h, const struct block *b)
{
	buf_adds(h->out, "<ol class=\"chain\">\n");
	for (size_t i = 0; i < b->n_steps; i++) {
		const struct doc_step *s = &b->steps[i];
		buf_adds(h->out, "<li><span class=\"role\">");
		escaped(h, s->role);
		buf_adds(h->out, "</span> ");
		if (s->where) {
			buf_adds(h->out, "<code>");
			escaped(h, s->where);
			buf_adds(h->out, "</code> ");
		}
		inline_text(h, s->message);
		if (s->code)
			listing(h, NULL, s->code, s->where ? s->where : s->role);
		buf_adds(h->out, "</li>\n");
	}
	buf_adds(h->out, "</ol>\n");
}

static void list(struct html *h, const struct block *b)
{
	bool check = b->kind == BLOCK_CHECKLIST, findings = b->kind == BLOCK_LIST && b->cells[0].tone != TONE_NONE;
	const char *tag = b->kind == BLOCK_NUMBERED ? "ol" : "ul";
	buf_printf(h->out, "<%s%s>\n", tag, check ? " class=\"check\"" : findings ? " class=\"findings\"" : "");
	for (size_t i = 0; i < b->n_cells; i++) {
		if (findings)
			buf_printf(h->out, "<li class=\"%s\">", tones[b->cells[i].tone]);
		else
			buf_adds(h->out, check ? "<li><label><input type=\"checkbox\"><span>" : "<li>");
		inline_text(h, b->cells[i].text);
		buf_adds(h->out, check ? "</span></label></li>\n" : "</li>\n");
	}
	buf_printf(h->out, "</%s>\n", tag);
}

/* ---- drawings ---- */

static void bar(struct html *h, const char *label, uint32_t n, enum tone tone, const char *risk)
{
	buf_adds(h->out, "<div class=\"bar\"><small>");
	escaped(h, label);
	buf_adds(h->out, "</small>");
	for (uint32_t i = 0; i < n && i < MAX_SQUARES; i++)
		buf_printf(h->out, "<i class=\"%s\" aria-hidden=\"true\"></i>", tones[tone]);
	buf_adds(h->out, "<span>");
	if (n)
		buf_printf(h->out, "%u · ", n);
	escaped(h, risk);
	buf_adds(h->out, "</span></div>");
}

static void bars(struct html *h, const struct block *b)
{
	buf_adds(h->out, "<figure><figcaption>");
	inline_text(h, b->text);
	buf_adds(h->out, "</figcaption>\n<ul class=\"bars\">\n");
	for (size_t i = 0; i < b->n_apps; i++) {
		const struct doc_app *a = &b->apps[i];
		buf_adds(h->out, "<li><strong>");
		escaped(h, a->name);
		buf_adds(h->out, "</strong>");
		bar(h, b->heads[0], a->before, a->tone, a->risk);
		bar(h, b->heads[1], a->after, a->tone_after, a->risk_after);
		buf_adds(h->out, "</li>\n");
	}
	buf_adds(h->out, "</ul></figure>\n");
}

/* as much of a name as fits into its box: characters beyond Latin count twice */
static void short_name(struct html *h, const char *name)
{
	struct str s = str_from(name);
	size_t at = 0, width = 0;
	while (at < s.len) {
		size_t n = 1;
		while (at + n < s.len && ((unsigned char)s.ptr[at + n] & 0xc0) == 0x80)
			n++;
		width += n > 2 ? 2 : 1;
		if (width > NAME_WIDTH)
			break;
		at += n;
	}
	escaped_part(h, str_sub(s, 0, at));
	buf_adds(h->out, at < s.len ? "…" : "");
}

static void box(struct html *h, unsigned x, unsigned y, unsigned width)
{
	buf_printf(h->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"6\"/>", x, y, width, BOX);
}

static unsigned store_y(const struct block *b, size_t k)
{
	size_t height = b->n_apps * (BOX + GAP);
	size_t step = b->n_stores ? height / b->n_stores : 0;
	step = step < BOX + GAP ? BOX + GAP : step;
	return (unsigned)(1 + k * step + (step - BOX - GAP) / 2);
}

static void map_app(struct html *h, const struct block *b, size_t i)
{
	const struct doc_app *a = &b->apps[i];
	unsigned y = (unsigned)(1 + i * (BOX + GAP));
	for (size_t k = 0; k < b->n_stores; k++)
		if (a->uses & 1u << k)
			buf_printf(h->out, "<path d=\"M%d %u C%d %u %d %u %d %u\"/>\n", APP_WIDTH + 1, y + BOX / 2, APP_WIDTH + 35, y + BOX / 2,
				   STORE_X - 35, store_y(b, k) + BOX / 2, STORE_X, store_y(b, k) + BOX / 2);
	buf_printf(h->out, "<g class=\"%s\"><title>", tones[a->tone]);
	escaped(h, a->name);
	buf_adds(h->out, ": ");
	escaped(h, a->about);
	buf_adds(h->out, "</title>");
	box(h, 1, y, APP_WIDTH);
	buf_printf(h->out, "<text x=\"11\" y=\"%u\">", y + 17);
	short_name(h, a->name);
	buf_printf(h->out, "</text><text class=\"small\" x=\"11\" y=\"%u\">", y + 32);
	escaped(h, b->heads[2]);
	buf_adds(h->out, ": ");
	escaped(h, a->risk);
	if (a->before)
		buf_printf(h->out, " · ×%u", a->before);
	buf_adds(h->out, "</text></g>\n");
}

static void map(struct html *h, const struct block *b)
{
	unsigned height = b->n_apps > b->n_stores ? (unsigned)b->n_apps : (unsigned)b->n_stores;
	buf_adds(h->out, "<figure class=\"map\"><figcaption>");
	inline_text(h, b->text);
	buf_printf(h->out, "</figcaption>\n<svg viewBox=\"0 0 402 %u\" role=\"img\" aria-label=\"", height * (BOX + GAP));
	escaped(h, b->text);
	for (size_t i = 0; i < b->n_apps; i++) {
		escaped(h, i ? "; " : ": ");
		escaped(h, b->apps[i].name);
		buf_addc(h->out, ' ');
		escaped(h, b->apps[i].risk);
		for (size_t k = 0; k < b->n_stores; k++)
			if (b->apps[i].uses & 1u << k) {
				buf_adds(h->out, ", ");
				escaped(h, b->stores[k]);
			}
	}
	buf_adds(h->out, "\">\n");
	for (size_t i = 0; i < b->n_apps; i++)
		map_app(h, b, i);
	for (size_t k = 0; k < b->n_stores; k++) {
		buf_adds(h->out, "<g class=\"store\">");
		box(h, STORE_X, store_y(b, k), STORE_WIDTH);
		buf_printf(h->out, "<text class=\"small\" x=\"%d\" y=\"%u\">", STORE_X + 9, store_y(b, k) + 24);
		escaped(h, b->stores[k]);
		buf_adds(h->out, "</text></g>\n");
	}
	buf_adds(h->out, "</svg></figure>\n");
}

/* ---- the document ---- */

static void contents(struct html *h)
{
	buf_adds(h->out, "<nav><ul>\n");
	for (size_t i = 0; i < h->d->blocks.len; i++) {
		const struct block *b = &h->d->blocks.ptr[i];
		if (b->kind != BLOCK_HEADING || b->level != 2)
			continue;
		buf_printf(h->out, "<li><a href=\"#%s\">", b->id);
		inline_text(h, b->text);
		buf_adds(h->out, "</a></li>\n");
	}
	buf_adds(h->out, "</ul></nav>\n");
}

static void block(struct html *h, const struct block *b)
{
	switch (b->kind) {
	case BLOCK_HEADING:
		buf_printf(h->out, "<h%d id=\"%s\">", b->level, b->id);
		inline_text(h, b->text);
		buf_printf(h->out, "</h%d>\n", b->level);
		break;
	case BLOCK_PARAGRAPH:
		buf_adds(h->out, "<p>");
		inline_text(h, b->text);
		buf_adds(h->out, "</p>\n");
		break;
	case BLOCK_LIST: case BLOCK_NUMBERED: case BLOCK_CHECKLIST:
		list(h, b);
		break;
	case BLOCK_TABLE:
		table(h, b);
		break;
	case BLOCK_CODE:
		listing(h, b->lang, b->text, b->lang ? b->lang : "");
		break;
	case BLOCK_TIMELINE:
		timeline(h, b);
		break;
	case BLOCK_CHAIN:
		chain(h, b);
		break;
	case BLOCK_BARS:
		bars(h, b);
		break;
	case BLOCK_MAP:
		map(h, b);
		break;
	}
}

void doc_html(const struct doc *d, struct buf *out)
{
	struct html h = {d, out};
	buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", d->o->lang == LANG_ZH ? "zh-CN" : "en");
	buf_adds(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	escaped(&h, d->blocks.len ? d->blocks.ptr[0].text : "clusterlint");
	buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", html_style);
	for (size_t i = 0; i < d->blocks.len; i++) {
		block(&h, &d->blocks.ptr[i]);
		if (i == 0)
			contents(&h);
	}
	buf_adds(out, "</main>\n</body>\n</html>\n");
}
