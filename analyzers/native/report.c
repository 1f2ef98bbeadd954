#include "analyzers/native/report.h"

#include <stdlib.h>
#include <strings.h>

bool mentions(struct str text, const char *const *words)
{
	for (; *words; words++) {
		size_t n = strlen(*words);
		for (size_t i = 0; i + n <= text.len; i++)
			if (strncasecmp(text.ptr + i, *words, n) == 0)
				return true;
	}
	return false;
}

bool among(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_is(text, *words))
			return true;
	return false;
}

struct hazard *report_begin(struct report *r, const struct rule *rule, struct where at,
			    struct str symbol, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(r->f->t->arena, fmt, ap);
	va_end(ap);
	vec_push(&r->hazards, (struct hazard){.rule = rule, .severity = rule->severity,
					      .confidence = LIKELY, .symbol = symbol,
					      .message = message, .at = at});
	return &r->hazards.ptr[r->hazards.len - 1];
}

void report_proof(struct report *r, struct hazard *h, enum role role, struct where at,
		  const char *fmt, ...)
{
	if (at.file == NONE)
		return;
	for (size_t i = 0; i < h->proofs.len; i++)
		if (h->proofs.ptr[i].role == role && h->proofs.ptr[i].at.start == at.start &&
		    h->proofs.ptr[i].at.file == at.file)
			return;
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(r->f->t->arena, fmt, ap);
	va_end(ap);
	vec_push(&h->proofs, (struct proof){(uint8_t)role, message, at});
}

void report_reached(struct report *r, struct hazard *h, uint32_t node)
{
	const struct root *root = facts_root(r->f, node);
	if (!root)
		return;
	const char *fn = fn_name(r->f, root->fn);
	if (root->kind == ROOT_MAIN && facts_service_loop(r->f, node) != NONE)
		report_proof(r, h, ROLE_REACHED, node_at(r, facts_service_loop(r->f, node)),
			     "reached from the service loop in %s", fn);
	else
		report_proof(r, h, ROLE_REACHED, root->at, "%s is %s", fn, root->label);
}

/* What was parsed without all its headers is less sure. */
static uint8_t confidence_in(const struct report *r, const struct hazard *h)
{
	const struct tree *t = r->f->t;
	uint8_t c = h->confidence;
	bool missing = r->f->no_roots, stubbed = false;
	for (size_t i = 0; i < t->units.len; i++) {
		const struct unit_state *u = &t->units.ptr[i];
		if (h->at.file != NONE && !str_eq(u->path, t->files.ptr[h->at.file]))
			continue;
		missing |= u->missing.len > 0 || u->errors > 0;
		stubbed |= u->stubbed.len > 0;
	}
	if (missing && c > POSSIBLE)
		return (uint8_t)(c - 1);
	return stubbed && c == CERTAIN ? LIKELY : c;
}

static int by_place(const void *pa, const void *pb)
{
	const struct hazard *a = pa, *b = pb;
	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	if (a->at.start != b->at.start)
		return a->at.start < b->at.start ? -1 : 1;
	int c = strcmp(a->rule->id, b->rule->id);
	return c ? c : str_cmp(a->symbol, b->symbol);
}

static int by_role(const void *pa, const void *pb)
{
	const struct proof *a = pa, *b = pb;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	return (a->at.start > b->at.start) - (a->at.start < b->at.start);
}

/* ---- JSON ---- */

static size_t utf8_length(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.ptr[i];
	size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 :
		   c >= 0xf0 && c < 0xf5 ? 4 : 0;
	if (n == 0 || i + n > s.len)
		return 0;
	for (size_t k = 1; k < n; k++)
		if (((unsigned char)s.ptr[i + k] & 0xc0) != 0x80)
			return 0;
	return n;
}

static void write_string(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.ptr[i];
		size_t n = utf8_length(s, i);
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20)
			buf_printf(out, "\\u%04x", c);
		else if (n == 0)
			buf_addc(out, '?');
		else
			buf_add(out, str_sub(s, i, i + n));
		i += n ? n : 1;
	}
	buf_addc(out, '"');
}

static void write_key(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "\"%s\":", key);
	write_string(out, value);
	buf_addc(out, ',');
}

static void write_place(const struct report *r, struct buf *out, struct where at)
{
	buf_adds(out, "\"at\":{\"path\":");
	write_string(out, at.file == NONE ? STR("") : r->f->t->files.ptr[at.file]);
	buf_printf(out, ",\"start\":%u,\"end\":%u,\"line\":%u,\"column\":%u}", at.start, at.end,
		   at.line, at.column);
}

static void write_remedies(struct buf *out, const char *ids)
{
	buf_adds(out, "\"remedies\":[");
	while (*ids) {
		size_t n = strcspn(ids, ",");
		write_string(out, (struct str){ids, n});
		ids += n;
		if (*ids == ',')
			buf_addc(out, ','), ids++;
	}
	buf_addc(out, ']');
}

static void write_hazard(const struct report *r, struct buf *out, const struct hazard *h)
{
	static const char *const weights[] = {"low", "medium", "high"};
	static const char *const grades[] = {"possible", "likely", "certain"};
	static const char *const roles[] = {"declared", "written", "read",
					    "reached",	"guard",   "mitigation"};
	buf_addc(out, '{');
	write_key(out, "rule", str_from(h->rule->id));
	write_key(out, "pattern", str_from(h->rule->pattern));
	write_key(out, "family", str_from(h->rule->family));
	write_key(out, "severity", str_from(weights[h->severity]));
	write_key(out, "confidence", str_from(grades[confidence_in(r, h)]));
	write_key(out, "mitigation", str_from(h->mitigation ? h->mitigation : "none"));
	buf_printf(out, "\"also_single_process\":%s,", h->also_single_process ? "true" : "false");
	write_key(out, "symbol", h->symbol);
	write_key(out, "message", str_from(h->message));
	write_place(r, out, h->at);
	buf_adds(out, ",\"evidence\":[");
	for (size_t i = 0; i < h->proofs.len; i++) {
		buf_adds(out, i ? ",{" : "{");
		write_key(out, "role", str_from(roles[h->proofs.ptr[i].role]));
		write_key(out, "message", str_from(h->proofs.ptr[i].message));
		write_place(r, out, h->proofs.ptr[i].at);
		buf_addc(out, '}');
	}
	buf_adds(out, "],");
	write_remedies(out, h->rule->remedies);
	buf_addc(out, '}');
}

static void write_names(struct buf *out, const char *key, const struct str *names, size_t n)
{
	buf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		write_string(out, names[i]);
	}
	buf_addc(out, ']');
}

static void write_unit(struct buf *out, const struct unit_state *u)
{
	bool partial = u->missing.len || u->stubbed.len || u->errors;
	buf_addc(out, '{');
	write_key(out, "path", u->path);
	write_key(out, "why", str_from(u->why ? u->why : ""));
	buf_printf(out, "\"status\":\"%s\",\"errors\":%u",
		   u->failed ? "failed" : partial ? "partial" : "parsed", u->errors);
	write_names(out, "missing", u->missing.ptr, u->missing.len);
	write_names(out, "stubbed", u->stubbed.ptr, u->stubbed.len);
	buf_addc(out, '}');
}

void report_write(struct report *r, struct buf *out)
{
	const struct tree *t = r->f->t;
	if (r->hazards.len)
		qsort(r->hazards.ptr, r->hazards.len, sizeof *r->hazards.ptr, by_place);
	buf_adds(out, "{\"clusterlint_native\":1,");
	write_key(out, "parser", str_from(tree_parser_version(t->arena)));
	buf_printf(out, "\"entry_found\":%s,\"truncated\":%s,\"units\":[",
		   r->f->no_roots ? "false" : "true", t->over_limit ? "true" : "false");
	for (size_t i = 0; i < t->units.len; i++) {
		if (i)
			buf_addc(out, ',');
		write_unit(out, &t->units.ptr[i]);
	}
	buf_adds(out, "],\"hazards\":[");
	for (size_t i = 0; i < r->hazards.len; i++) {
		struct hazard *h = &r->hazards.ptr[i];
		if (h->proofs.len)
			qsort(h->proofs.ptr, h->proofs.len, sizeof *h->proofs.ptr, by_role);
		if (i)
			buf_addc(out, ',');
		write_hazard(r, out, h);
	}
	buf_adds(out, "]}\n");
}

void report_release(struct report *r)
{
	for (size_t i = 0; i < r->hazards.len; i++)
		vec_release(&r->hazards.ptr[i].proofs);
	vec_release(&r->hazards);
}
