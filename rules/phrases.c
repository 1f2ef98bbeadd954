#include "rules/phrases.h"

#include <string.h>
#include "base/buf.h"
#include "base/str.h"

enum { MAX_HOLES = 6, MAX_DEPTH = 4 };

struct match {
	struct str holes[MAX_HOLES];
	size_t n;
};

/* `text` is what is left of it; a hole takes as little as the rest allows */
static bool fits(const char *pattern, struct str text, struct match *m)
{
	const char *hole = strstr(pattern, "{}");
	size_t n = hole ? (size_t)(hole - pattern) : strlen(pattern);
	if (text.len < n || memcmp(text.ptr, pattern, n) != 0)
		return false;
	if (!hole)
		return text.len == n;
	text = str_sub(text, n, text.len);
	if (!hole[2]) {
		m->holes[m->n++] = text;
		return true;
	}
	size_t at = m->n++;
	for (size_t len = 0; len <= text.len; len++) {
		m->n = at + 1;
		m->holes[at] = str_sub(text, 0, len);
		if (fits(hole + 2, str_sub(text, len, text.len), m))
			return true;
	}
	return false;
}

/* bytes of the pattern that stand outside of holes: the more, the better it fits */
static size_t weight(const char *pattern)
{
	size_t n = strlen(pattern);
	while ((pattern = strstr(pattern, "{}")) != NULL) {
		pattern += 2;
		n -= 2;
	}
	return n;
}

static const struct phrase *find(struct str text, struct match *best)
{
	const struct phrase *found = NULL;
	for (size_t i = 0; i < n_phrases; i++) {
		struct match m = {.n = 0};
		if ((found && weight(phrases[i].en) <= weight(found->en)) || !fits(phrases[i].en, text, &m))
			continue;
		found = &phrases[i];
		*best = m;
	}
	return found;
}

static void put(struct buf *out, struct str text, unsigned depth)
{
	struct match m;
	const struct phrase *p = depth < MAX_DEPTH ? find(text, &m) : NULL;
	if (!p) {
		buf_add(out, text);
		return;
	}
	const char *at = p->zh, *hole;
	for (size_t i = 0; (hole = strstr(at, "{}")) != NULL; i++) {
		buf_add(out, (struct str){at, (size_t)(hole - at)});
		put(out, m.holes[i], depth + 1);
		at = hole + 2;
	}
	buf_adds(out, at);
}

const char *phrase_zh(struct arena *a, const char *en)
{
	struct buf out = {0};
	put(&out, str_from(en), 0);
	const char *s = arena_cstr(a, buf_str(&out));
	buf_release(&out);
	return s;
}
