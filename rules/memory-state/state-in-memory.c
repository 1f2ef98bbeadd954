#include "rules/registry.h"

/* A cell that lives as long as the process, is added to while the app serves,
 * and is looked up again. */

static bool is_runtime(const struct check *c, prog_id fn)
{
	return prog_phases(c->program, c->app, fn) & PHASE_RUNTIME;
}

static const struct cell_access *find_access(const struct check *c, const struct prog_cell *cell,
					     enum access_op first, enum access_op second)
{
	for (size_t i = 0; i < cell->n_accesses; i++) {
		const struct cell_access *x = &cell->accesses[i];
		if ((x->op == first || x->op == second) && is_runtime(c, x->fn))
			return x;
	}
	return NULL;
}

static void check_cell(struct check *c, const struct prog_cell *cell)
{
	if (cell->life != LIFE_PROCESS || cell->shape == SHAPE_WEAK)
		return;
	const struct cell_access *add = find_access(c, cell, ACCESS_ADD, ACCESS_ADD);
	const struct cell_access *read = find_access(c, cell, ACCESS_KEY_READ, ACCESS_ITERATE);
	if (!add || !read)
		return;
	const struct program *p = c->program;
	struct hazard *h = check_hazard(c, "state-in-memory");
	h->symbol = cell->name;
	h->at = prog_place(p, cell->file, cell->decl);
	h->message = arena_printf(
	    c->arena, "'" STR_FMT "' lives in the memory of one process, so {n} processes disagree about it",
	    STR_ARG(cell->name));
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 存在单个进程的内存里，{n} 个进程各有一份，互不一致",
				     STR_ARG(cell->name));
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	check_evidence(c, h, EV_DECLARED, h->at, "declared here, once in each process");
	check_evidence(c, h, EV_WRITTEN, prog_place(p, add->file, add->node), "added to in %s",
		       prog_fn_name(p, add->fn));
	check_evidence(c, h, EV_READ, prog_place(p, read->file, read->node), "looked up in %s",
		       prog_fn_name(p, read->fn));
	check_reached(c, h, add->fn, PHASE_RUNTIME);
	check_commit(c, h);
}

void check_state_in_memory(struct check *c)
{
	for (size_t i = 0; i < c->program->n_cells; i++)
		if (prog_loads(c->program, c->app, c->program->cells[i].file))
			check_cell(c, &c->program->cells[i]);
}
