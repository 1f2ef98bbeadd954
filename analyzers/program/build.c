#include "analyzers/program/private.h"

#include <pthread.h>
#include <stdlib.h>
#include "base/err.h"

/* Files are found in waves: all files of a wave are read and parsed by the
 * workers, each into its own arena; what they ask for is resolved alone, in
 * order, and makes the next wave. So neither numbers nor order depend on
 * threads. */

struct loaded {
	struct str path;
	const struct source *source;
	const struct js_file *js;
	struct file_priv priv;
	const char *trouble;
};

struct loader {
	struct program *p;
	VEC(struct loaded) files; /* in order of discovery */
	struct map by_path;
};

struct wave {
	struct loader *l;
	size_t next, end; /* under lock */
	pthread_mutex_t lock;
};

struct worker {
	struct wave *wave;
	struct arena *arena;
	pthread_t thread;
};

struct str prog_intern(const struct program *p, struct str s)
{
	return s.len ? atoms_text(&priv(p)->names, atoms_intern(&priv(p)->names, s)) : STR("");
}

struct str prog_internf(const struct program *p, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = arena_vprintf(priv(p)->arena, fmt, ap);
	va_end(ap);
	return prog_intern(p, str_from(text));
}

static prog_id want_file(struct loader *l, struct str path)
{
	uint32_t known = map_get(&l->by_path, path);
	if (known != MAP_NONE)
		return known;
	struct loaded f = {.path = path};
	map_put(&l->by_path, path, (uint32_t)l->files.len);
	vec_push(&l->files, f);
	return (prog_id)l->files.len - 1;
}

static void parse_one(struct loaded *f, const struct fs *fs, struct arena *a)
{
	struct str text = STR("");
	struct err err = fs_read(fs, a, f->path, &text);
	if (err.text) {
		f->trouble = err.text;
		text = STR("");
	}
	struct source *source = source_new(a, f->path, text);
	f->source = source;
	f->js = js_parse(a, source, js_language_of(f->path));
}

static void *work(void *arg)
{
	struct worker *w = arg;
	for (;;) {
		pthread_mutex_lock(&w->wave->lock);
		size_t i = w->wave->next < w->wave->end ? w->wave->next++ : SIZE_MAX;
		pthread_mutex_unlock(&w->wave->lock);
		if (i == SIZE_MAX)
			return NULL;
		parse_one(&w->wave->l->files.ptr[i], w->wave->l->p->ctx->fs, w->arena);
	}
}

static void parse_wave(struct loader *l, size_t from, size_t to)
{
	struct prog_private *pr = priv(l->p);
	struct wave wave = {.l = l, .next = from, .end = to};
	size_t n = pr->n_parse_arenas < to - from ? pr->n_parse_arenas : to - from;
	struct worker *workers = xcalloc(n, sizeof *workers);
	size_t started = 1;
	pthread_mutex_init(&wave.lock, NULL);
	for (size_t i = 0; i < n; i++)
		workers[i] = (struct worker){.wave = &wave, .arena = &pr->parse_arenas[i]};
	for (; started < n; started++)
		if (pthread_create(&workers[started].thread, NULL, work, &workers[started]))
			break;
	work(&workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_mutex_destroy(&wave.lock);
	free(workers);
}

static void load_all(struct loader *l)
{
	for (size_t from = 0; from < l->files.len;) {
		size_t to = l->files.len;
		parse_wave(l, from, to);
		for (; from < to; from++) {
			struct loaded f = l->files.ptr[from];
			if (f.trouble) {
				struct prog_unresolved u = {.at = 1, .why = f.trouble};
				vec_push(&f.priv.unresolved, u);
			}
			collect_specifiers(l->p, l->p->project, f.js, &f.priv);
			for (size_t i = 0; i < f.priv.specs.len; i++)
				if (f.priv.specs.ptr[i].kind == RESOLVE_FILE && f.priv.specs.ptr[i].path.ptr &&
				    !f.priv.specs.ptr[i].type_only)
					want_file(l, f.priv.specs.ptr[i].path);
			l->files.ptr[from] = f;
		}
	}
}

static int by_path(const void *x, const void *y)
{
	const struct loaded *a = x, *b = y;
	return str_cmp(a->path, b->path);
}

static int by_node(const void *x, const void *y)
{
	const struct spec *a = x, *b = y;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* the same file may be asked for twice by one expression */
static void make_edges(struct program *p, struct prog_file *file, struct file_priv *fp)
{
	struct prog_edge *edges = arena_array(priv(p)->arena, struct prog_edge, fp->specs.len);
	size_t n = 0;
	for (size_t i = 0; i < fp->specs.len; i++) {
		const struct spec *s = &fp->specs.ptr[i];
		if (s->to == PROG_NONE || s->type_only)
			continue;
		edges[n++] = (struct prog_edge){.to = s->to, .at = s->at, .kind = s->edge, .lazy = s->lazy};
	}
	file->edges = edges;
	file->n_edges = n;
	struct prog_unresolved *u = arena_array(priv(p)->arena, struct prog_unresolved, fp->unresolved.len);
	if (fp->unresolved.len)
		memcpy(u, fp->unresolved.ptr, fp->unresolved.len * sizeof *u);
	file->unresolved = u;
	file->n_unresolved = fp->unresolved.len;
	struct prog_addon *addons = arena_array(priv(p)->arena, struct prog_addon, fp->addons.len);
	if (fp->addons.len)
		memcpy(addons, fp->addons.ptr, fp->addons.len * sizeof *addons);
	file->addons = addons;
	file->n_addons = fp->addons.len;
}

static void number_files(struct program *p, struct loader *l)
{
	struct prog_private *pr = priv(p);
	size_t n = l->files.len;
	if (n)
		qsort(l->files.ptr, n, sizeof *l->files.ptr, by_path);
	struct prog_file *files = arena_array(pr->arena, struct prog_file, n + 1);
	pr->files = arena_array(pr->arena, struct file_priv, n + 1);
	for (size_t i = 0; i < n; i++)
		map_put(&pr->file_by_path, l->files.ptr[i].path, (uint32_t)i);
	prog_id fn = 0;
	for (size_t i = 0; i < n; i++) {
		const struct loaded *f = &l->files.ptr[i];
		files[i] = (struct prog_file){.source = f->source, .js = f->js, .first_fn = fn,
					      .n_fns = f->js->n_functions};
		fn += f->js->n_functions;
		pr->files[i] = f->priv;
		for (size_t k = 0; k < f->priv.specs.len; k++) {
			struct spec *s = &f->priv.specs.ptr[k];
			s->to = s->kind == RESOLVE_FILE && s->path.ptr ? map_get(&pr->file_by_path, s->path)
								       : PROG_NONE;
		}
		if (f->priv.specs.len)
			qsort(f->priv.specs.ptr, f->priv.specs.len, sizeof *f->priv.specs.ptr, by_node);
		make_edges(p, &files[i], &pr->files[i]);
	}
	p->files = files;
	p->n_files = n;
	p->n_fns = fn;
}

static uint32_t reach(struct prog_file *files, size_t n_files, const struct prog_app *app, uint64_t bit)
{
	prog_id *queue = xmalloc((n_files + 1) * sizeof *queue);
	size_t head = 0, tail = 0;
	for (size_t i = 0; i < app->n_entry_files; i++)
		if (!(files[app->entry_files[i]].apps & bit)) {
			files[app->entry_files[i]].apps |= bit;
			queue[tail++] = app->entry_files[i];
		}
	while (head < tail) {
		const struct prog_file *f = &files[queue[head++]];
		for (size_t i = 0; i < f->n_edges; i++) {
			prog_id to = f->edges[i].to;
			if (!(files[to].apps & bit)) {
				files[to].apps |= bit;
				queue[tail++] = to;
			}
		}
	}
	free(queue);
	return (uint32_t)tail;
}

void program_load(struct program *p, const struct prog_app_input *inputs, size_t n_apps)
{
	struct prog_private *pr = priv(p);
	struct loader l = {.p = p};
	if (n_apps > 64)
		BUG("%zu apps in one program", n_apps);
	pr->n_parse_arenas = p->ctx->threads ? p->ctx->threads : 1;
	pr->parse_arenas = xcalloc(pr->n_parse_arenas, sizeof *pr->parse_arenas);
	for (size_t i = 0; i < pr->n_parse_arenas; i++)
		arena_init(&pr->parse_arenas[i]);
	for (size_t i = 0; i < n_apps; i++)
		for (size_t k = 0; inputs[i].entries && k < inputs[i].entries->n; k++)
			want_file(&l, inputs[i].entries->entries[k].path);
	load_all(&l);
	number_files(p, &l);

	struct prog_app *apps = arena_array(pr->arena, struct prog_app, n_apps + 1);
	for (size_t i = 0; i < n_apps; i++) {
		const struct project_entries *e = inputs[i].entries;
		size_t n = e ? e->n : 0;
		prog_id *ids = arena_array(pr->arena, prog_id, n + 1);
		for (size_t k = 0; k < n; k++)
			ids[k] = map_get(&pr->file_by_path, e->entries[k].path);
		apps[i] = (struct prog_app){.models = inputs[i].models, .n_models = inputs[i].n_models, .entries = e,
					    .entry_files = ids, .n_entry_files = n};
		apps[i].n_files = reach((struct prog_file *)(uintptr_t)p->files, p->n_files, &apps[i],
					UINT64_C(1) << i);
	}
	p->apps = apps;
	p->n_apps = n_apps;
	vec_release(&l.files);
	map_release(&l.by_path);
}

const struct spec *file_spec(const struct program *p, prog_id file, js_node at)
{
	const struct file_priv *fp = &priv(p)->files[file];
	size_t lo = 0, hi = fp->specs.len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (fp->specs.ptr[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < fp->specs.len && fp->specs.ptr[lo].at == at ? &fp->specs.ptr[lo] : NULL;
}
