#include "planner/internal.h"

#include <stdio.h>
#include "base/buf.h"

/* A finding's identity over time: its rule, app, symbol and the statement with
 * everything taken out that a formatter changes. Lines and paths are no part of
 * it. Equal ones are numbered in the report's order. */

static bool is_layout(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == ',' ||
	       c == '(' || c == ')';
}

static void add_statement(struct buf *b, const struct place *at)
{
	enum { ENOUGH = 400 };
	if (!at->source)
		return;
	struct str text = str_sub(at->source->text, at->span.start, at->span.end);
	for (size_t i = 0; i < text.len && b->len < ENOUGH; i++) {
		char c = text.ptr[i];
		if (!is_layout(c))
			buf_addc(b, c == '\'' || c == '`' ? '"' : c);
	}
}

static void print(struct finding *f, struct str text)
{
	static const char digits[] = "0123456789abcdef";
	char salted[2] = {'2', 0};
	uint64_t h[2] = {str_hash(text), 0};
	struct buf b = {0};
	buf_adds(&b, salted);
	buf_add(&b, text);
	h[1] = str_hash(buf_str(&b));
	buf_release(&b);
	for (int i = 0; i < 32; i++)
		f->fingerprint[i] = digits[h[i / 16] >> (60 - 4 * (i % 16)) & 15];
	f->fingerprint[32] = '\0';
}

static void fingerprint(struct finding *f, unsigned nth)
{
	struct buf b = {0};
	add_statement(&b, &f->at);
	buf_printf(&b, "\n" STR_FMT "\n" STR_FMT "\n", STR_ARG(f->rule), STR_ARG(f->app));
	if (f->hazard)
		buf_add(&b, f->hazard->symbol);
	if (nth)
		buf_printf(&b, "\n%u", nth);
	print(f, buf_str(&b));
	buf_release(&b);
}

static int taken(const struct finding *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (memcmp(f[k].fingerprint, f[i].fingerprint, sizeof f[i].fingerprint) == 0)
			return 1;
	return 0;
}

void plan_fingerprints(struct finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned nth = 0;
		do
			fingerprint(&f[i], nth++);
		while (taken(f, i));
	}
}
