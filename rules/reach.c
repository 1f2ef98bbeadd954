#include "rules/reach.h"

#include "base/vec.h"

js_node reach_argument(const struct js_file *js, js_node call, int index)
{
	js_node n = js_kind(js, call) == JS_DECORATOR ? js_at(js, call)->a : call;
	enum js_kind k = js_kind(js, n);
	uint32_t len = k == JS_CALL || k == JS_NEW ? js_at(js, n)->n_kids : 0;
	if (index == -1)
		index = (int)len - 1;
	return index >= 0 && (uint32_t)index < len ? js_kid(js, n, (uint32_t)index) : 0;
}

bool reach_calls(const struct program *p, prog_id from, prog_id to)
{
	enum { MOST = 4096 };
	VEC(prog_id) seen = {0};
	bool found = from == to;
	vec_push(&seen, from);
	for (size_t i = 0; i < seen.len && !found && seen.len < MOST; i++) {
		const struct prog_fn *f = &p->fns[seen.ptr[i]];
		for (size_t k = 0; k < f->n_callees && !found; k++) {
			bool known = false;
			found = f->callees[k] == to;
			for (size_t m = 0; m < seen.len && !known; m++)
				known = seen.ptr[m] == f->callees[k];
			if (!known)
				vec_push(&seen, f->callees[k]);
		}
	}
	vec_release(&seen);
	return found;
}

static bool is_inside_fn(const struct program *p, prog_id outer, prog_id inner)
{
	if (p->fns[outer].file != p->fns[inner].file)
		return false;
	const struct js_file *js = p->files[p->fns[outer].file].js;
	for (uint32_t i = p->fns[inner].index; i; i = js->functions[i].parent)
		if (i == p->fns[outer].index)
			return true;
	return false;
}

const struct prog_root *reach_from(const struct program *p, uint32_t app, prog_id fn, const char *module, const char *name)
{
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *root = &p->roots[i];
		if (!str_is(root->by.module, module) || !str_is(root->by.path, name) || !prog_loads(p, app, root->file))
			continue;
		if (is_inside_fn(p, root->fn, fn) || reach_calls(p, root->fn, fn))
			return root;
	}
	return NULL;
}

/* packages whose messages reach every process that subscribes */
static bool is_broadcasting_bus(struct str module)
{
	static const char *const names[] = {"ioredis", "redis", "@redis/client", "pg", "pg-listen", "nats", "postgres"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(module, names[i]))
			return true;
	return false;
}

bool reach_is_fanned_out(const struct program *p, uint32_t app, prog_id fn)
{
	uint32_t phases = prog_phases(p, app, fn);
	bool any = false;
	for (uint32_t bit = PHASE_REQUEST; bit & PHASE_RUNTIME; bit <<= 1) {
		prog_id way[2];
		const struct prog_root *root = NULL;
		if (!(phases & bit))
			continue;
		any = true;
		if (bit == PHASE_TIMER)
			continue;
		if (!prog_path_to(p, app, fn, bit, &root, way, 2) || !root || !is_broadcasting_bus(root->by.module))
			return false;
	}
	return any;
}

bool reach_is_live(const struct check *c, const struct prog_call *call)
{
	return prog_loads(c->program, c->app, call->file) && prog_phases(c->program, c->app, call->fn);
}

struct str reach_name(struct arena *a, const struct entity *e)
{
	char *out = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(e->path), e->members.len && e->path.len ? "." : "",
				 STR_ARG(e->members));
	size_t n = 0;
	for (const char *s = out; *s; s++)
		if (*s != '(' && *s != ')')
			out[n++] = *s;
	return (struct str){out, n};
}

js_node reach_class_of(const struct js_file *js, js_node n)
{
	while (n && js_kind(js, n) != JS_CLASS)
		n = js_at(js, n)->parent;
	return n;
}

bool reach_is_a(const struct program *p, const struct prog_class *k, prog_id file, js_node node)
{
	for (int step = 0; k && step < 8; step++) {
		if (k->file == file && k->node == node)
			return true;
		k = k->base == PROG_NONE ? NULL : &p->classes[k->base];
	}
	return false;
}

struct eco_app reach_doubled(const struct eco_app *model)
{
	struct eco_app m = *model;
	if (m.processes < 2) {
		m.processes = 2;
		m.instances = 2;
		m.exec_mode = EXEC_CLUSTER;
	}
	return m;
}
