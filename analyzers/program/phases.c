#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* From which roots each function of an app is reached, and in which phases it then runs. */

struct spread {
	struct program *p;
	uint32_t app;
	uint64_t bit;
	uint16_t *phases;
	id_vec queue;
	bool *queued;
	bool *class_live;
	uint32_t *reg_first, *reg_list;	    /* registrations by function */
	uint32_t *class_first, *class_list; /* roots by class */
};

static void activate(struct spread *s, prog_id fn, uint32_t phases)
{
	uint16_t now = (uint16_t)(s->phases[fn] | phases);
	if (now == s->phases[fn] || !(s->p->files[s->p->fns[fn].file].apps & s->bit))
		return;
	s->phases[fn] = now;
	if (!s->queued[fn]) {
		s->queued[fn] = true;
		vec_push(&s->queue, fn);
	}
}

static void live_class(struct spread *s, prog_id cls)
{
	for (unsigned step = 0; cls != PROG_NONE && !s->class_live[cls] && step < 16; step++) {
		s->class_live[cls] = true;
		priv(s->p)->classes.ptr[cls].apps |= s->bit;
		for (uint32_t i = s->class_first[cls]; i < s->class_first[cls + 1]; i++) {
			const struct prog_root *r = &s->p->roots[s->class_list[i]];
			activate(s, r->fn, r->phase);
		}
		cls = s->p->classes[cls].base;
	}
}

static uint32_t registered_phase(const struct reg *reg, const struct prog_root *root, uint32_t by)
{
	uint32_t runtime = by & PHASE_RUNTIME;
	switch (reg->mode) {
	case REG_INHERIT:
		/* code that runs at load too registers at load too */
		return runtime | (!runtime || (by & (PHASE_LOAD | PHASE_BOOT)) ? root->phase : 0);
	case REG_BOTH:
		return runtime | root->phase;
	default:
		return root->phase;
	}
}

static void spread_one(struct spread *s, prog_id fn)
{
	const struct prog_fn *pf = &s->p->fns[fn];
	uint32_t phases = s->phases[fn];
	for (size_t i = 0; i < pf->n_callees; i++) {
		prog_id to = pf->callees[i];
		bool module = s->p->fns[to].index == 0;
		activate(s, to, module ? PHASE_LOAD : phases);
	}
	for (uint32_t i = s->reg_first[fn]; i < s->reg_first[fn + 1]; i++) {
		uint32_t r = s->reg_list[i];
		activate(s, s->p->roots[r].fn,
			 registered_phase(&priv(s->p)->regs.ptr[r], &s->p->roots[r], phases));
	}
	for (size_t i = 0; i < pf->n_calls; i++) {
		const struct prog_call *c = &s->p->calls[pf->calls[i]];
		if ((c->callee.kind == ENT_CLASS || c->callee.kind == ENT_FUNCTION) &&
		    js_kind(prog_js(s->p, c->file), c->node) == JS_NEW) {
			prog_id cls = class_id(s->p, c->callee.file, c->callee.node);
			if (cls != PROG_NONE)
				live_class(s, cls);
		}
		/* the code around listen() is start-up */
		if (pf->index && (phases & PHASE_LOAD) && str_is(entity_last(&c->callee), "listen"))
			activate(s, fn, PHASE_BOOT);
	}
}

static void group(size_t n_groups, size_t n, uint32_t **first, uint32_t **list)
{
	*first = xcalloc(n_groups + 2, sizeof **first);
	*list = xcalloc(n + 1, sizeof **list);
}

static void group_roots(struct spread *s)
{
	struct program *p = s->p;
	struct prog_private *pr = priv(p);
	group(p->n_fns, p->n_roots, &s->reg_first, &s->reg_list);
	group(p->n_classes, p->n_roots, &s->class_first, &s->class_list);
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct reg *r = &pr->regs.ptr[i];
		if (r->by_fn != PROG_NONE)
			s->reg_first[r->by_fn + 1]++;
		if (r->class_ != PROG_NONE)
			s->class_first[r->class_ + 1]++;
	}
	for (size_t i = 0; i < p->n_fns; i++)
		s->reg_first[i + 1] += s->reg_first[i];
	for (size_t i = 0; i < p->n_classes; i++)
		s->class_first[i + 1] += s->class_first[i];
	uint32_t *at = xcalloc(p->n_fns + p->n_classes + 2, sizeof *at),
		 *class_at = at + p->n_fns + 1;
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct reg *r = &pr->regs.ptr[i];
		if (r->by_fn != PROG_NONE)
			s->reg_list[s->reg_first[r->by_fn] + at[r->by_fn]++] = (uint32_t)i;
		if (r->class_ != PROG_NONE)
			s->class_list[s->class_first[r->class_] + class_at[r->class_]++] =
			    (uint32_t)i;
	}
	free(at);
}

static void spread_app(struct spread *s)
{
	struct program *p = s->p;
	for (size_t i = 0; i < p->n_roots; i++)
		if (priv(p)->regs.ptr[i].app_entry && (priv(p)->regs.ptr[i].apps & s->bit))
			activate(s, p->roots[i].fn, p->roots[i].phase);
	for (prog_id c = 0; c < p->n_classes; c++) {
		const struct prog_class *cls = &p->classes[c];
		const struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		bool loaded = (p->files[cls->file].apps & s->bit) != 0;
		/* other frameworks make what carries their decorators as soon as it is loaded */
		if (loaded &&
		    ((cls->apps & s->bit) || ((cp->decorated || cp->container) && !cp->nest)))
			live_class(s, c);
	}
	while (s->queue.len) {
		prog_id fn = s->queue.ptr[--s->queue.len];
		s->queued[fn] = false;
		spread_one(s, fn);
	}
}

void link_phases(struct program *p)
{
	struct prog_private *pr = priv(p);
	struct spread s = {.p = p};
	group_roots(&s);
	pr->phases = arena_array(pr->arena, uint16_t *, p->n_apps + 1);
	s.queued = xcalloc(p->n_fns + 1, sizeof *s.queued);
	for (uint32_t app = 0; app < p->n_apps; app++) {
		s.app = app;
		s.bit = UINT64_C(1) << app;
		s.phases = pr->phases[app] = arena_array(pr->arena, uint16_t, p->n_fns + 1);
		s.class_live = xcalloc(p->n_classes + 1, sizeof *s.class_live);
		provide_classes(p, app);
		spread_app(&s);
		free(s.class_live);
	}
	free(s.queued);
	free(s.reg_first);
	free(s.reg_list);
	free(s.class_first);
	free(s.class_list);
	vec_release(&s.queue);
}

uint32_t prog_phases(const struct program *p, uint32_t app, prog_id fn)
{
	return app < p->n_apps && fn < p->n_fns ? priv(p)->phases[app][fn] : 0;
}

bool prog_loads(const struct program *p, uint32_t app, prog_id file)
{
	return file < p->n_files && (p->files[file].apps & (UINT64_C(1) << app)) != 0;
}

/* is this root at work in the app? */
static bool root_lives(const struct program *p, uint32_t app, size_t i)
{
	const struct reg *r = &priv(p)->regs.ptr[i];
	if (r->app_entry)
		return (r->apps >> app) & 1;
	if (r->by_fn != PROG_NONE)
		return prog_phases(p, app, r->by_fn) != 0;
	return r->class_ != PROG_NONE && ((p->classes[r->class_].apps >> app) & 1);
}

size_t prog_path_to(const struct program *p, uint32_t app, prog_id fn, uint32_t phase_mask,
		    const struct prog_root **root, prog_id *out, size_t cap)
{
	struct prog_private *pr = priv(p);
	if (app >= p->n_apps || fn >= p->n_fns || !cap)
		return 0;
	/* breadth first, backwards from fn; the first function with a fitting root is the nearest
	 */
	prog_id *queue = xmalloc((p->n_fns + 1) * sizeof *queue),
		*next = xmalloc((p->n_fns + 1) * sizeof *next);
	bool *seen = xcalloc(p->n_fns + 1, sizeof *seen);
	size_t head = 0, tail = 0, n = 0;
	queue[tail++] = fn;
	seen[fn] = true;
	next[fn] = PROG_NONE;
	while (head < tail && !n) {
		prog_id at = queue[head++];
		for (uint32_t i = pr->root_first[at]; i < pr->root_first[at + 1]; i++) {
			uint32_t r = pr->root_list[i];
			uint32_t phase = p->roots[r].phase;
			if (pr->regs.ptr[r].by_fn != PROG_NONE)
				phase =
				    registered_phase(&pr->regs.ptr[r], &p->roots[r],
						     prog_phases(p, app, pr->regs.ptr[r].by_fn));
			if (!(phase & phase_mask) || !root_lives(p, app, r))
				continue;
			*root = &p->roots[r];
			for (prog_id k = at; k != PROG_NONE && n < cap; k = next[k])
				out[n++] = k;
			break;
		}
		const struct prog_fn *pf = &p->fns[at];
		for (size_t i = 0; !n && i < pf->n_callers; i++) {
			prog_id c = pf->callers[i];
			bool into_module =
			    pf->index == 0; /* loading a module is not running it in that phase */
			if (seen[c] || !(prog_phases(p, app, c) & phase_mask) ||
			    (into_module && !(phase_mask & PHASE_LOAD)))
				continue;
			seen[c] = true;
			next[c] = at;
			queue[tail++] = c;
		}
	}
	free(queue);
	free(next);
	free(seen);
	return n;
}

void index_roots(struct program *p)
{
	struct prog_private *pr = priv(p);
	pr->root_first = arena_array(pr->arena, uint32_t, p->n_fns + 2);
	pr->root_list = arena_array(pr->arena, uint32_t, p->n_roots + 1);
	uint32_t *at = xcalloc(p->n_fns + 1, sizeof *at);
	for (size_t i = 0; i < p->n_roots; i++)
		pr->root_first[p->roots[i].fn + 1]++;
	for (size_t i = 0; i < p->n_fns; i++)
		pr->root_first[i + 1] += pr->root_first[i];
	for (size_t i = 0; i < p->n_roots; i++) {
		prog_id fn = p->roots[i].fn;
		pr->root_list[pr->root_first[fn] + at[fn]++] = (uint32_t)i;
	}
	free(at);
}
