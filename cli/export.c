#include "cli/export.h"

#include <stdlib.h>
#include <cjson/cJSON.h>
#include "base/err.h"

struct entry {
	const struct finding *f;
	const struct config_report *c;
	size_t nth;
};

static int by_level(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	if (a->f->level != b->f->level)
		return a->f->level > b->f->level ? -1 : 1;
	return a->nth < b->nth ? -1 : a->nth > b->nth;
}

struct export_list export_findings(struct arena *a, const struct run_report *r, bool sorted)
{
	size_t total = 0, n = 0;
	for (size_t i = 0; i < r->n_configs; i++)
		total += r->configs[i].n_findings;
	struct entry *all = arena_array(a, struct entry, total);
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_findings; k++) {
			const struct finding *f = &r->configs[i].findings[k];
			if (finding_counts(f)) {
				all[n] = (struct entry){f, &r->configs[i], n};
				n++;
			}
		}
	if (sorted && n)
		qsort(all, n, sizeof *all, by_level);
	struct export_list out = {arena_array(a, const struct finding *, n), arena_array(a, const struct config_report *, n), n};
	for (size_t i = 0; i < n; i++) {
		out.ptr[i] = all[i].f;
		out.config[i] = all[i].c;
	}
	return out;
}

/* bytes of the UTF-8 character at s, 0 where there is none */
static size_t character(struct str s)
{
	unsigned char c = (unsigned char)*s.ptr;
	size_t n = c < 0x80 ? c != 0 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	if (n > s.len)
		return 0;
	for (size_t k = 1; k < n; k++)
		if (((unsigned char)s.ptr[k] & 0xc0) != 0x80)
			return 0;
	unsigned char d = n > 2 ? (unsigned char)s.ptr[1] : 0;
	bool odd = (c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f);
	return odd ? 0 : n;
}

static const char *finish(struct arena *a, struct buf *b)
{
	const char *out = arena_cstr(a, buf_str(b));
	buf_release(b);
	return out;
}

const char *export_utf8(struct arena *a, struct str s)
{
	struct buf b = {0};
	while (s.len) {
		size_t n = character(s);
		if (n)
			buf_add(&b, str_sub(s, 0, n));
		else
			buf_adds(&b, "\xef\xbf\xbd");
		s = str_sub(s, n ? n : 1, s.len);
	}
	return finish(a, &b);
}

void export_json(struct buf *out, cJSON *doc)
{
	char *text = cJSON_Print(doc);
	if (!text)
		BUG("cJSON is out of memory");
	buf_adds(out, text);
	buf_addc(out, '\n');
	free(text);
	cJSON_Delete(doc);
}

const char *export_xml(struct arena *a, const char *text)
{
	struct buf b = {0};
	for (const char *s = export_utf8(a, str_from(text)); *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '&')
			buf_adds(&b, "&amp;");
		else if (c == '<')
			buf_adds(&b, "&lt;");
		else if (c == '>')
			buf_adds(&b, "&gt;");
		else if (c == '"')
			buf_adds(&b, "&quot;");
		else if (c == '\n' || c == '\t' || c == '\r')
			buf_printf(&b, "&#%u;", c);
		else if (c < 0x20 || c == 0x7f)
			buf_adds(&b, "\xef\xbf\xbd");
		else if (!strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3))
			buf_adds(&b, "\xef\xbf\xbd"), s += 2; /* no characters of XML 1.0 */
		else
			buf_addc(&b, *s);
	}
	return finish(a, &b);
}

const char *export_markdown(struct arena *a, const char *text)
{
	struct buf b = {0};
	for (const char *s = export_utf8(a, str_from(text)); *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '\n' || c == '\r' || c == '\t')
			buf_addc(&b, ' ');
		else if (c < 0x20 || c == 0x7f)
			buf_adds(&b, "\xef\xbf\xbd");
		else if (c == '&')
			buf_adds(&b, "&amp;");
		else if (c == '<')
			buf_adds(&b, "&lt;");
		else if (c == '@')
			buf_adds(&b, "&#64;"); /* nobody is mentioned */
		else if (c == ':' && s[1] == '/' && s[2] == '/')
			buf_adds(&b, "&#58;"); /* nothing becomes a link by itself */
		else {
			if (strchr("\\`*_{}[]()#+!|~>$", c))
				buf_addc(&b, '\\');
			buf_addc(&b, *s);
		}
	}
	return finish(a, &b);
}

const char *export_message(const struct format_options *o, const struct finding *f)
{
	return o->lang == LANG_ZH && f->message_zh ? f->message_zh : f->message;
}

const char *export_uri(struct arena *a, struct str path)
{
	struct buf b = {0};
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c)))
			buf_addc(&b, (char)c);
		else
			buf_printf(&b, "%%%02X", c);
	}
	if (!b.len)
		buf_adds(&b, ".");
	return finish(a, &b);
}

struct position export_position(struct place at)
{
	return at.source ? source_position(at.source, at.span.start) : (struct position){1, 1};
}

const char *export_typed_path(struct arena *a, struct str here, struct str path)
{
	struct buf b = {0};
	while (here.ptr && here.len) {
		if (str_starts(path, here) && path.len > here.len && path.ptr[here.len] == '/') {
			path = str_sub(path, here.len + 1, path.len);
			break;
		}
		buf_adds(&b, "../");
		here = path_dir(here);
	}
	buf_add(&b, path);
	const char *s = arena_cstr(a, buf_str(&b));
	buf_release(&b);
	return s;
}

const char *export_path(struct arena *a, const struct finding *f, const struct config_report *c)
{
	return export_utf8(a, f->at.source ? f->at.source->path : c->config->source->path);
}
