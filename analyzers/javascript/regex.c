/* Regular expressions: a backtracking matcher for what configs use: literals,
 * classes, \d \w \s \b, anchors, groups, alternatives, quantifiers, lookahead,
 * lookbehind is not, back references are. Works on characters of UTF-8, which
 * differs from UTF-16 units only above U+FFFF: such texts are not decided. */
#include "analyzers/javascript/regex_internal.h"

/* ---- matching: continuation passing, so that alternatives can be taken back ---- */

struct matcher {
	struct regex *r;
	struct str text;
	struct regex_match *m;
	uint64_t *steps;
	int depth;
	bool gave_up;
};

struct next {
	bool (*go)(struct matcher *m, size_t at, const struct next *self);
	const struct next *then;
	const struct re *re;
	uint32_t count;
	size_t start;
};

static bool match(struct matcher *m, const struct re *re, size_t at, const struct next *then);

static bool resume(struct matcher *m, size_t at, const struct next *then)
{
	return then->go(m, at, then);
}

static bool is_word(const struct matcher *m, size_t at)
{
	if (at >= m->text.len)
		return false;
	int c = (unsigned char)m->text.ptr[at];
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static int32_t fold(const struct matcher *m, int32_t c)
{
	return m->r->ignore_case && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool in_class(const struct matcher *m, const struct re *re, int32_t c)
{
	bool in = false;
	for (uint32_t i = 0; i < re->n_ranges && !in; i++) {
		in = c >= re->ranges[i].from && c <= re->ranges[i].to;
		if (!in && m->r->ignore_case && (c | 32) >= 'a' && (c | 32) <= 'z')
			in = (c ^ 32) >= re->ranges[i].from && (c ^ 32) <= re->ranges[i].to;
	}
	return in != re->negated;
}

static bool is_line_end(int32_t c)
{
	return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

/* U+2028 and U+2029 are E2 80 A8 and E2 80 A9 */
static bool after_line_end(struct str text, size_t at)
{
	if (is_line_end((unsigned char)text.ptr[at - 1]))
		return true;
	return at >= 3 && memcmp(text.ptr + at - 3, "\xe2\x80", 2) == 0 && ((unsigned char)text.ptr[at - 1] | 1) == 0xa9;
}

static bool before_line_end(struct str text, size_t at)
{
	size_t next = at;
	return is_line_end(u16_next(text, &next));
}

/* one character; false: it does not match */
static bool match_one(struct matcher *m, const struct re *re, size_t *at)
{
	int32_t c = u16_next(m->text, at);
	if (c < 0)
		return false;
	if (re->kind == RE_CHAR)
		return fold(m, c) == fold(m, re->ch);
	if (re->kind == RE_ANY)
		return m->r->dot_all || !is_line_end(c);
	return in_class(m, re, c);
}

static bool seq_rest(struct matcher *m, size_t at, const struct next *self)
{
	return match(m, self->re, at, self->then);
}

static bool close_group(struct matcher *m, size_t at, const struct next *self)
{
	size_t *start = &m->m->start[self->re->ch], *end = &m->m->end[self->re->ch];
	size_t old_start = *start, old_end = *end;
	*start = self->start;
	*end = at;
	if (resume(m, at, self->then))
		return true;
	*start = old_start;
	*end = old_end;
	return false;
}

static bool repeat(struct matcher *m, const struct re *re, size_t at, uint32_t count,
		   const struct next *then);

static bool repeat_rest(struct matcher *m, size_t at, const struct next *self)
{
	if (at == self->start && self->count > self->re->min)
		return false; /* an empty round does not count */
	return repeat(m, self->re, at, self->count, self->then);
}

static bool repeat(struct matcher *m, const struct re *re, size_t at, uint32_t count,
		   const struct next *then)
{
	struct next again = {repeat_rest, then, re, count + 1, at};
	if (re->lazy && count >= re->min && resume(m, at, then))
		return true;
	if (count < re->max) {
		size_t starts[MAX_GROUPS], ends[MAX_GROUPS];
		memcpy(starts, m->m->start, sizeof starts);
		memcpy(ends, m->m->end, sizeof ends);
		for (int32_t g = re->ch + 1; g <= re->group_end; g++)
			m->m->start[g] = SIZE_MAX;
		if (match(m, re->a, at, &again))
			return true;
		memcpy(m->m->start, starts, sizeof starts);
		memcpy(m->m->end, ends, sizeof ends);
	}
	return !re->lazy && count >= re->min && resume(m, at, then);
}

/* single characters need no recursion */
static bool repeat_simple(struct matcher *m, const struct re *re, size_t at,
			  const struct next *then)
{
	uint32_t n = 0;
	size_t here = at, next = at;
	while (n < (re->lazy ? re->min : re->max) && match_one(m, re->a, &next)) {
		n++;
		here = next;
		*m->steps -= *m->steps > 0;
	}
	if (n < re->min)
		return false;
	while (!resume(m, here, then)) {
		if (m->gave_up)
			return false;
		if (re->lazy) {
			next = here;
			if (n >= re->max || !match_one(m, re->a, &next))
				return false;
			n++;
			here = next;
		} else {
			if (n == re->min)
				return false;
			n--;
			do
				here--;
			while (here > at && ((unsigned char)m->text.ptr[here] & 0xc0) == 0x80);
		}
	}
	return true;
}

static bool accept(struct matcher *m, size_t at, const struct next *self)
{
	(void)self;
	m->m->end[0] = at;
	return true;
}

static bool match_back(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	if (m->m->start[re->ch] == SIZE_MAX)
		return resume(m, at, then);
	struct str want = str_sub(m->text, m->m->start[re->ch], m->m->end[re->ch]);
	if (m->r->ignore_case)
		m->gave_up = true;
	return str_starts(str_sub(m->text, at, m->text.len), want) &&
	       resume(m, at + want.len, then);
}

static bool match_ahead(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	struct next done = {.go = accept};
	size_t end = m->m->end[0];
	struct regex_match saved = *m->m;
	bool found = match(m, re->a, at, &done);
	m->m->end[0] = end;
	if (re->kind == RE_NOT_AHEAD)
		*m->m = saved;
	return found == (re->kind == RE_AHEAD) && resume(m, at, then);
}

static bool dispatch(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	size_t next = at;
	struct next later = {.then = then, .re = re, .start = at};
	switch (re->kind) {
	case RE_EMPTY:
		return resume(m, at, then);
	case RE_CHAR:
	case RE_ANY:
	case RE_CLASS:
		return match_one(m, re, &next) && resume(m, next, then);
	case RE_START:
		return (at == 0 ||
			(m->r->multiline && after_line_end(m->text, at))) &&
		       resume(m, at, then);
	case RE_END:
		return (at == m->text.len ||
			(m->r->multiline && before_line_end(m->text, at))) &&
		       resume(m, at, then);
	case RE_WORD:
	case RE_NOT_WORD:
		return ((at > 0 && is_word(m, at - 1)) != is_word(m, at)) ==
			   (re->kind == RE_WORD) &&
		       resume(m, at, then);
	case RE_GROUP:
		if (!re->ch)
			return match(m, re->a, at, then);
		later.go = close_group;
		return match(m, re->a, at, &later);
	case RE_SEQ:
		if (!re->b)
			return match(m, re->a, at, then);
		later.go = seq_rest;
		later.re = re->b;
		return match(m, re->a, at, &later);
	case RE_ALT:
		return match(m, re->a, at, then) || (!m->gave_up && match(m, re->b, at, then));
	case RE_REPEAT:
		if (re->a->kind == RE_CHAR || re->a->kind == RE_ANY || re->a->kind == RE_CLASS)
			return repeat_simple(m, re, at, then);
		return repeat(m, re, at, 0, then);
	case RE_BACK:
		return match_back(m, re, at, then);
	case RE_AHEAD:
	case RE_NOT_AHEAD:
		return match_ahead(m, re, at, then);
	}
	return false;
}

static bool match(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	if (m->gave_up)
		return false;
	if (*m->steps == 0 || m->depth > MAX_RECURSION) {
		m->gave_up = true;
		return false;
	}
	--*m->steps;
	m->depth++;
	bool found = dispatch(m, re, at, then);
	m->depth--;
	return found;
}

enum regex_result regex_exec(struct regex *r, struct str text, size_t from, struct regex_match *m,
			     uint64_t *steps)
{
	uint64_t left = 200000;
	struct matcher x = {.r = r, .text = text, .m = m, .steps = &left};
	struct next done = {.go = accept};
	for (size_t at = from; at <= text.len; at++) {
		if (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			continue;
		*m = (struct regex_match){.n = r->n_groups + 1};
		for (uint32_t g = 0; g < MAX_GROUPS; g++)
			m->start[g] = SIZE_MAX;
		m->start[0] = at;
		bool found = match(&x, r->root, at, &done);
		if (x.gave_up || found) {
			*steps += (200000 - left) / 4;
			return found ? REGEX_YES : REGEX_UNKNOWN;
		}
	}
	*steps += (200000 - left) / 4;
	return REGEX_NO;
}
