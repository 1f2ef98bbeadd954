#include "cli/line_hash.h"

#include <stdlib.h>
#include "base/err.h"

enum { BLOCK = 100, FACTOR = 37, END_OF_FILE = 65535 };

struct roller {
	struct arena *arena;
	const char **lines;
	uint32_t n_lines;
	uint32_t window[BLOCK];
	int64_t line_at[BLOCK];
	uint64_t hash, first_factor;
	uint32_t index;
	int64_t line;
	bool at_line_start, after_cr;
	struct map counts; /* hash text -> how often */
};

void line_hashes_init(struct line_hashes *h, struct arena *arena)
{
	*h = (struct line_hashes){.arena = arena};
}

void line_hashes_release(struct line_hashes *h)
{
	map_release(&h->by_path);
	free(h->files);
}

static void emit(struct roller *r)
{
	const char *text = arena_printf(r->arena, "%llx", (unsigned long long)r->hash);
	uint32_t n = map_get(&r->counts, str_from(text));
	n = n == MAP_NONE ? 1 : n + 1;
	map_put(&r->counts, str_from(text), n);
	int64_t line = r->line_at[r->index];
	if (line >= 1 && line <= (int64_t)r->n_lines)
		r->lines[line - 1] = arena_printf(r->arena, "%s:%u", text, n);
	r->line_at[r->index] = -1;
}

static void update(struct roller *r, uint32_t current)
{
	uint32_t begin = r->window[r->index];
	r->window[r->index] = current;
	r->hash = FACTOR * r->hash + current - r->first_factor * begin;
	r->index = (r->index + 1) % BLOCK;
}

static void take(struct roller *r, uint32_t current)
{
	if (current == ' ' || current == '\t' || (r->after_cr && current == '\n')) {
		r->after_cr = false;
		return;
	}
	r->after_cr = current == '\r';
	if (current == '\r')
		current = '\n';
	if (r->line_at[r->index] != -1)
		emit(r);
	if (r->at_line_start) {
		r->at_line_start = false;
		r->line_at[r->index] = ++r->line;
	}
	if (current == '\n')
		r->at_line_start = true;
	update(r, current);
}

/* UTF-16 units as a JavaScript string has them; invalid bytes are U+FFFD */
static size_t take_character(struct roller *r, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t n = *p < 0x80 ? 1 : *p >= 0xf0 && *p < 0xf5 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
	if (n == 0 || n > s.len) {
		take(r, 0xfffd);
		return 1;
	}
	uint32_t c = n == 1 ? *p : *p & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			take(r, 0xfffd);
			return i;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c >= 0x10000) {
		take(r, 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	take(r, c);
	return n;
}

static const char **hash_file(struct line_hashes *h, const struct source *source)
{
	struct roller r = {.arena = h->arena, .n_lines = source->n_lines, .at_line_start = true, .first_factor = 1};
	r.lines = arena_array(h->arena, const char *, source->n_lines);
	for (size_t i = 0; i < BLOCK; i++) {
		r.line_at[i] = -1;
		r.first_factor *= FACTOR;
	}
	for (size_t i = 0; i < source->text.len;)
		i += take_character(&r, str_sub(source->text, i, source->text.len));
	take(&r, END_OF_FILE);
	for (size_t i = 0; i < BLOCK; i++) {
		if (r.line_at[r.index] != -1)
			emit(&r);
		update(&r, 0);
	}
	map_release(&r.counts);
	return r.lines;
}

const char *line_hash(struct line_hashes *h, struct place at)
{
	uint32_t i = map_get(&h->by_path, at.source->path);
	if (i == MAP_NONE) {
		if (h->n == h->cap) {
			h->cap = h->cap ? h->cap * 2 : 16;
			h->files = xrealloc(h->files, h->cap * sizeof *h->files);
		}
		i = (uint32_t)h->n;
		h->files[h->n++] = hash_file(h, at.source);
		map_put(&h->by_path, at.source->path, i);
	}
	const char *text = h->files[i][source_position(at.source, at.span.start).line - 1];
	return text ? text : "0:1";
}
