/* The conditions under which a node runs, evaluated for each instance of an app.
 * Conditions that hang on data of the run are passed over: they are the same in
 * every process. Callers are followed where there is exactly one call site. */
#include "analyzers/program/private.h"

enum { MOST_CONDITIONS = 16, MOST_INSTANCES = 4, MOST_STEPS = 8 };

struct condition {
	prog_id file;
	js_node test;
	bool wanted; /* the value that lets the node run */
};

struct chain {
	const struct program *p;
	uint32_t app;
	struct condition conditions[MOST_CONDITIONS];
	size_t n;
};

static void add(struct chain *c, prog_id file, js_node test, bool wanted)
{
	if (test && c->n < MOST_CONDITIONS)
		c->conditions[c->n++] = (struct condition){file, test, wanted};
}

static bool leaves(const struct js_file *js, js_node n)
{
	while (js_kind(js, n) == JS_BLOCK && js_at(js, n)->n_kids)
		n = js_kid(js, n, js_at(js, n)->n_kids - 1);
	enum js_kind k = js_kind(js, n);
	return k == JS_RETURN || k == JS_THROW || k == JS_CONTINUE || k == JS_BREAK;
}

/* if (c) return; before the statement */
static void add_early_exits(struct chain *c, prog_id file, js_node block, js_node child)
{
	const struct js_file *js = prog_js(c->p, file);
	for (uint32_t i = 0; i < js_at(js, block)->n_kids; i++) {
		js_node s = js_kid(js, block, i);
		if (s == child)
			return;
		if (js_kind(js, s) == JS_IF && !js_at(js, s)->c && leaves(js, js_at(js, s)->b))
			add(c, file, js_at(js, s)->a, false);
	}
}

/* conditions inside the function that holds n; returns its JS_FUNCTION, or 0 for the module */
static js_node climb(struct chain *c, prog_id file, js_node n)
{
	const struct js_file *js = prog_js(c->p, file);
	for (js_node up = js_at(js, n)->parent; up; n = up, up = js_at(js, up)->parent) {
		const struct js_node_data *d = js_at(js, up);
		switch (js_kind(js, up)) {
		case JS_IF:
		case JS_COND:
			if (n == d->b || (d->c && n == d->c))
				add(c, file, d->a, n == d->b);
			break;
		case JS_LOGICAL:
			if (n == d->b && d->op != JS_OP_NULLISH)
				add(c, file, d->a, d->op == JS_OP_AND);
			break;
		case JS_BLOCK:
		case JS_PROGRAM:
		case JS_CASE:
			add_early_exits(c, file, up, n);
			break;
		case JS_FUNCTION:
			return up;
		default:
			break;
		}
	}
	return 0;
}

static bool is_root(const struct chain *c, prog_id fn)
{
	const uint32_t *first = priv(c->p)->root_first;
	return first[fn] != first[fn + 1];
}

/* the one call that registers the function by its name: if (leader) cron.schedule('...', job) */
static bool registering_site(const struct chain *c, prog_id fn, prog_id *out_file, js_node *out)
{
	const struct prog_private *pr = priv(c->p);
	uint32_t i = pr->root_first[fn];
	if (pr->root_first[fn + 1] - i != 1)
		return false;
	const struct prog_root *root = &c->p->roots[pr->root_list[i]];
	if (pr->regs.ptr[pr->root_list[i]].by_fn == PROG_NONE)
		return false;
	*out_file = root->file;
	*out = root->at;
	return true;
}

/* the only place from which the function is called, or where it is handed over inline */
static bool call_site(const struct chain *c, prog_id file, js_node fn_node, prog_id *out_file, js_node *out)
{
	const struct program *p = c->p;
	const struct js_file *js = prog_js(p, file);
	js_node up = js_at(js, fn_node)->parent;
	if (js_kind(js, up) == JS_CALL || js_kind(js, up) == JS_NEW) {
		*out_file = file;
		*out = up;
		return true;
	}
	prog_id fn = fn_id(p, file, js_at(js, fn_node)->fn);
	size_t found = 0;
	for (size_t i = 0; i < p->fns[fn].n_callers; i++) {
		const struct prog_fn *caller = &p->fns[p->fns[fn].callers[i]];
		if (!prog_phases(p, c->app, p->fns[fn].callers[i]))
			continue;
		size_t before = found;
		for (size_t k = 0; k < caller->n_calls; k++) {
			const struct prog_call *call = &p->calls[caller->calls[k]];
			if (call->target != fn)
				continue;
			*out_file = call->file;
			*out = call->node;
			found++;
		}
		if (found == before)
			return false; /* called in a way that cannot be shown: handed over, by name, overridden */
	}
	return found ? found == 1 && !is_root(c, fn) : registering_site(c, fn, out_file, out);
}

/* the module itself: where it is required, if that is one place */
static bool import_site(const struct chain *c, prog_id file, prog_id *out_file, js_node *out)
{
	const struct program *p = c->p;
	size_t found = 0;
	const struct prog_fn *module = &p->fns[p->files[file].first_fn];
	if (is_root(c, p->files[file].first_fn) || module->n_callers > 4)
		return false;
	for (size_t i = 0; i < module->n_callers; i++) {
		prog_id importer = p->fns[module->callers[i]].file;
		if (!prog_loads(p, c->app, importer))
			continue;
		for (size_t k = 0; k < p->files[importer].n_edges; k++) {
			const struct prog_edge *e = &p->files[importer].edges[k];
			if (e->to != file || prog_fn_of(p, importer, e->at) != module->callers[i])
				continue;
			*out_file = importer;
			*out = e->at;
			found++;
		}
	}
	return found == 1 && *out;
}

static void collect(struct chain *c, prog_id file, js_node n)
{
	for (int step = 0; step < MOST_STEPS; step++) {
		js_node fn = climb(c, file, n);
		prog_id to = file;
		js_node at = 0;
		bool more = fn ? call_site(c, file, fn, &to, &at) : import_site(c, file, &to, &at);
		if (!more || (to == file && at == n))
			return;
		file = to;
		n = at;
	}
}

enum pass { PASSES, STOPS, UNSURE, NO_MATTER };

static enum pass ask(const struct chain *c, const struct condition *cond, const struct eco_app *model, int instance,
		     const char **about)
{
	struct value_notes notes = {0};
	struct value *v = prog_value_noted(c->p, model, instance, cond->file, cond->test, &notes);
	bool known = false, truth = v && val_truthy(v, &known);
	if (!notes.n_known && !notes.n_unknown)
		return NO_MATTER;
	*about = notes.about;
	if (!v || !known) /* unknown for what the run brings, or for what the config does not say */
		return notes.n_unknown ? UNSURE : NO_MATTER;
	return truth == cond->wanted ? PASSES : STOPS;
}

struct guard_result prog_guard(const struct program *p, uint32_t app, const struct eco_app *model, prog_id file, js_node n)
{
	struct chain c = {.p = p, .app = app};
	struct guard_result r = {.answer = GUARD_NONE, .file = file};
	collect(&c, file, n);
	int instances = model->processes < 2 ? 1 : model->processes > MOST_INSTANCES ? MOST_INSTANCES : (int)model->processes;
	int pass = 0, stop = 0, unsure = 0;
	bool matters = false;
	for (int i = 0; i < instances; i++) {
		enum pass all = PASSES;
		for (size_t k = 0; k < c.n; k++) {
			const char *about = NULL;
			enum pass one = ask(&c, &c.conditions[k], model, i, &about);
			if (one == NO_MATTER)
				continue;
			if (!matters || (one != PASSES && all == PASSES)) {
				r.file = c.conditions[k].file;
				r.at = c.conditions[k].test;
				r.about = about;
			}
			matters = true;
			if (one == STOPS || (one == UNSURE && all != STOPS))
				all = one;
		}
		pass += all == PASSES;
		stop += all == STOPS;
		unsure += all == UNSURE;
	}
	if (matters)
		r.answer = unsure                 ? GUARD_UNKNOWN
			   : stop == instances    ? GUARD_NEVER
			   : pass == instances    ? GUARD_ALWAYS
			   : pass == 1            ? GUARD_ONE
						  : GUARD_SOME;
	return r;
}
