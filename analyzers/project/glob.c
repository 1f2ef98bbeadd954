/* Globs in options: entity files, plugins, job folders. A pattern that points
 * into a build output is looked for in the sources. */
#include <stdlib.h>
#include "analyzers/project/internal.h"

/* '*' any run without '/', '**' any run, '?' one byte; braces are expanded before */
static bool matches(struct str pattern, struct str text)
{
	while (pattern.len) {
		if (str_starts(pattern, STR("**/"))) {
			struct str rest = str_sub(pattern, 3, pattern.len);
			if (matches(rest, text))
				return true;
			for (size_t i = 0; i < text.len; i++)
				if (text.ptr[i] == '/' && matches(rest, str_sub(text, i + 1, text.len)))
					return true;
			return false;
		}
		if (pattern.ptr[0] == '*') {
			bool deep = str_starts(pattern, STR("**"));
			struct str rest = str_sub(pattern, deep ? 2 : 1, pattern.len);
			for (size_t i = 0; i <= text.len; i++) {
				if (matches(rest, str_sub(text, i, text.len)))
					return true;
				if (i < text.len && text.ptr[i] == '/' && !deep)
					return false;
			}
			return false;
		}
		if (text.len == 0 || (pattern.ptr[0] != '?' && pattern.ptr[0] != text.ptr[0]))
			return false;
		pattern = str_sub(pattern, 1, pattern.len);
		text = str_sub(text, 1, text.len);
	}
	return text.len == 0;
}

struct walk {
	struct project *p;
	VEC(struct str) hits;
	const struct str *patterns;
	size_t n_patterns;
	uint32_t budget;
};

static void walk(struct walk *w, struct str dir)
{
	const struct fs_listing *list = fs_list(w->p->ctx->fs, dir);
	for (size_t i = 0; list && i < list->n && w->budget; i++) {
		struct str name = list->names[i];
		if (name.ptr[0] == '.' || str_is(name, "node_modules"))
			continue;
		struct str path = path_join(w->p->a, dir, name);
		enum fs_kind kind = fs_kind(w->p->ctx->fs, path);
		w->budget--;
		if (kind == FS_DIR)
			walk(w, path);
		else if (kind == FS_FILE && is_source_path(path))
			for (size_t k = 0; k < w->n_patterns; k++)
				if (matches(w->patterns[k], path)) {
					vec_push(&w->hits, path);
					break;
				}
	}
}

/* "{a,b}" written out; one level, several groups */
static void expand_braces(struct project *p, struct str pattern, struct str *out, size_t *n, size_t cap)
{
	size_t open = str_find(pattern, STR("{"));
	size_t close = open == (size_t)-1 ? open : str_find(pattern, STR("}"));
	if (open == (size_t)-1 || close == (size_t)-1 || close < open) {
		if (*n < cap)
			out[(*n)++] = pattern;
		return;
	}
	struct str body = str_sub(pattern, open + 1, close);
	while (true) {
		size_t comma = str_find(body, STR(","));
		struct str one = comma == (size_t)-1 ? body : str_sub(body, 0, comma);
		expand_braces(p,
			      str_from(arena_printf(p->a, STR_FMT STR_FMT STR_FMT,
						    STR_ARG(str_sub(pattern, 0, open)), STR_ARG(one),
						    STR_ARG(str_sub(pattern, close + 1, pattern.len)))),
			      out, n, cap);
		if (comma == (size_t)-1)
			return;
		body = str_sub(body, comma + 1, body.len);
	}
}

/* the folder part before the first wildcard */
static struct str fixed_part(struct str pattern)
{
	size_t star = 0;
	while (star < pattern.len && !strchr("*?{", pattern.ptr[star]))
		star++;
	return star == pattern.len ? path_dir(pattern) : path_dir(str_sub(pattern, 0, star));
}

static struct str js_to_ts(struct project *p, struct str pattern)
{
	if (!str_ends(pattern, STR(".js")))
		return pattern;
	return str_from(arena_printf(p->a, STR_FMT ".ts", STR_ARG(str_sub(pattern, 0, pattern.len - 3))));
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str swap_output(struct project *p, struct str pattern)
{
	static const char *const outputs[] = {"dist/", "build/", "lib/", "out/"};
	for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
		struct str o = str_from(outputs[i]);
		size_t at = str_starts(pattern, o) ? 0 : str_find(pattern, str_from(arena_printf(p->a, "/%s", outputs[i])));
		if (at == (size_t)-1)
			continue;
		at += at ? 1 : 0;
		struct str rest = str_sub(pattern, at + o.len, pattern.len);
		bool has_src = str_starts(rest, STR("src/"));
		return str_from(arena_printf(p->a, STR_FMT "%s" STR_FMT, STR_ARG(str_sub(pattern, 0, at)),
					     has_src ? "" : "src/", STR_ARG(rest)));
	}
	return (struct str){0};
}

size_t project_glob(struct project *p, struct str dir, struct str pattern, struct str **out)
{
	struct str patterns[64];
	size_t n = 0;
	*out = NULL;
	if (!fs_join(p->ctx->fs, p->a, dir, pattern, &pattern))
		return 0;
	expand_braces(p, pattern, patterns, &n, 16);
	size_t written = n;
	for (size_t i = 0; i < written && n < 48; i++) {
		struct str source = swap_output(p, patterns[i]);
		patterns[n++] = js_to_ts(p, patterns[i]);
		if (source.ptr) {
			patterns[n++] = source;
			patterns[n++] = js_to_ts(p, source);
		}
	}
	struct walk w = {.p = p, .patterns = patterns, .n_patterns = n, .budget = 20000};
	for (size_t i = 0; i < n; i++) {
		struct str base = fixed_part(patterns[i]);
		bool covered = false;
		for (size_t k = 0; k < i; k++)
			covered |= str_eq(fixed_part(patterns[k]), base);
		if (!covered)
			walk(&w, base);
	}
	if (!w.hits.len) {
		vec_release(&w.hits);
		return 0;
	}
	qsort(w.hits.ptr, w.hits.len, sizeof *w.hits.ptr, by_text);
	*out = arena_array(p->a, struct str, w.hits.len);
	size_t kept = 0;
	for (size_t i = 0; i < w.hits.len; i++)
		if (!kept || !str_eq((*out)[kept - 1], w.hits.ptr[i]))
			(*out)[kept++] = w.hits.ptr[i];
	vec_release(&w.hits);
	return kept;
}
