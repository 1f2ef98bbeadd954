#include "analyzers/program/stores.h"

#include <stdlib.h>
#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "base/err.h"

enum { ORIGIN_UNKNOWN, ORIGIN_BUSY, ORIGIN_NONE, ORIGIN_FIRST };

/* ---- what a function gives back ---- */

static prog_id origin_of(const struct stores *s, prog_id file, js_node n, unsigned depth);

static prog_id origin_of_function(const struct stores *s, prog_id fn, unsigned depth)
{
	const struct program *p = s->p;
	if (s->origin[fn] == ORIGIN_UNKNOWN) {
		s->origin[fn] = ORIGIN_BUSY;
		prog_id found = PROG_NONE;
		if (p->fns[fn].effects_all & STORE_READS) {
			const node_vec *returns =
			    &priv(p)->files[p->fns[fn].file].returns[p->fns[fn].index];
			for (size_t i = 0; i < returns->len && found == PROG_NONE; i++)
				found = origin_of(s, p->fns[fn].file, returns->ptr[i], depth + 1);
		}
		s->origin[fn] = found == PROG_NONE ? ORIGIN_NONE : found + ORIGIN_FIRST;
	}
	return s->origin[fn] >= ORIGIN_FIRST ? s->origin[fn] - ORIGIN_FIRST : PROG_NONE;
}

static bool is_direct_read(const struct program *p, const struct prog_call *call)
{
	return call->target == PROG_NONE && js_kind(prog_js(p, call->file), call->node) != JS_NEW &&
	       (prog_call_effects(p, call) & STORE_READS);
}

static prog_id origin_of_name(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	const struct js_binding *b = js_binding_of(js, n);
	if (!b || b->kind == JSB_PARAM || !b->fn)
		return PROG_NONE;
	if (b->init && js_kind(js, b->init) != JS_FUNCTION) {
		prog_id r = origin_of(s, file, b->init, depth);
		if (r != PROG_NONE)
			return r;
	}
	for (uint32_t i = 0; i < b->n_refs; i++) {
		js_node ref = js->lists[b->refs + i], up = js_at(js, ref)->parent;
		if (js_kind(js, up) == JS_ASSIGN && js_at(js, up)->a == ref) {
			prog_id r = origin_of(s, file, js_at(js, up)->b, depth);
			if (r != PROG_NONE)
				return r;
		}
	}
	return PROG_NONE;
}

static prog_id origin_of_call(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	uint32_t at = priv(s->p)->files[file].call_at[n];
	if (at && is_direct_read(s->p, &s->p->calls[at - 1]))
		return at - 1;
	prog_id target = at ? s->p->calls[at - 1].target : PROG_NONE;
	prog_id r = target == PROG_NONE ? PROG_NONE : origin_of_function(s, target, depth);
	if (r != PROG_NONE)
		return r;
	js_node callee = js_at(js, n)->a;
	if (js_kind(js, callee) == JS_MEMBER) { /* rows.map(..), query.lean() */
		r = origin_of(s, file, js_at(js, callee)->a, depth);
		if (r != PROG_NONE)
			return r;
	}
	/* JSON.parse(text), mapRow(row) */
	return js_at(js, n)->n_kids ? origin_of(s, file, js_kid(js, n, 0), depth) : PROG_NONE;
}

static prog_id origin_of(const struct stores *s, prog_id file, js_node n, unsigned depth)
{
	const struct js_file *js = prog_js(s->p, file);
	const struct js_node_data *d = js_at(js, n);
	prog_id r;
	if (!n || depth > 12)
		return PROG_NONE;
	switch (js_kind(js, n)) {
	case JS_AWAIT:
	case JS_MEMBER:
	case JS_INDEX:
	case JS_UNARY:
	case JS_BINARY: /* count > 0 */
		return origin_of(s, file, d->a, depth + 1);
	case JS_LOGICAL:
		r = origin_of(s, file, d->a, depth + 1);
		return r != PROG_NONE ? r : origin_of(s, file, d->b, depth + 1);
	case JS_COND:
		r = origin_of(s, file, d->b, depth + 1);
		return r != PROG_NONE ? r : origin_of(s, file, d->c, depth + 1);
	case JS_IDENT:
		return origin_of_name(s, file, n, depth + 1);
	case JS_CALL:
		return origin_of_call(s, file, n, depth + 1);
	default:
		return PROG_NONE;
	}
}

/* ---- the calls of a file ---- */

static int by_start(const void *a, const void *b)
{
	const struct store_call *x = a, *y = b;
	return x->start != y->start ? (x->start < y->start ? -1 : 1)
				    : (x->node > y->node) - (x->node < y->node);
}

static bool saves(const struct js_file *js, const struct prog_call *call)
{
	return call->target == PROG_NONE && js_kind(js, call->node) == JS_CALL &&
	       js_kind(js, js_at(js, call->node)->a) == JS_MEMBER &&
	       list_has("save|flush|update|$query|patch|destroy|persistAndFlush",
			store_method(js, call->node));
}

void stores_init(struct stores *s, const struct program *p)
{
	*s = (struct stores){.p = p};
	s->files = xcalloc(p->n_files + 1, sizeof *s->files);
	s->origin = xcalloc(p->n_fns + 1, sizeof *s->origin);
	size_t *counts = xcalloc(p->n_files + 1, sizeof *counts);
	for (size_t i = 0; i < p->n_calls; i++)
		counts[p->calls[i].file]++;
	for (size_t i = 0; i < p->n_files; i++)
		s->files[i].ptr = xcalloc(counts[i] + 1, sizeof *s->files[i].ptr);
	free(counts);
	for (prog_id i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		const struct js_file *js = prog_js(p, c->file);
		if (js_kind(js, c->node) != JS_CALL && js_kind(js, c->node) != JS_TAGGED)
			continue;
		uint32_t effects = prog_call_reaches(p, c);
		if (!effects && !saves(js, c))
			continue;
		prog_id read = is_direct_read(p, c)	? i
			       : c->target != PROG_NONE ? origin_of_function(s, c->target, 0)
							: PROG_NONE;
		struct file_stores *f = &s->files[c->file];
		f->ptr[f->n++] =
		    (struct store_call){i, c->node, js_at(js, c->node)->span.start, effects, read};
	}
	for (size_t i = 0; i < p->n_files; i++)
		qsort(s->files[i].ptr, s->files[i].n, sizeof *s->files[i].ptr, by_start);
}

void stores_release(struct stores *s)
{
	for (size_t i = 0; s->files && i < s->p->n_files; i++)
		free(s->files[i].ptr);
	free(s->files);
	free(s->origin);
	*s = (struct stores){0};
}

const struct store_call *store_call_at(const struct stores *s, prog_id file, js_node n)
{
	const struct file_stores *f = &s->files[file];
	uint32_t start = js_at(prog_js(s->p, file), n)->span.start;
	size_t lo = 0, hi = f->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (f->ptr[mid].start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < f->n && f->ptr[lo].start == start; lo++)
		if (f->ptr[lo].node == n)
			return &f->ptr[lo];
	return NULL;
}
