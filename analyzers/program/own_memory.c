#include "analyzers/program/own_memory.h"

#include "analyzers/program/usage_private.h"

static bool comes_from(const struct program *p, prog_id file, js_node value, js_node call)
{
	const struct js_file *js = prog_js(p, file);
	for (int step = 0; value && step < 12; step++) {
		value = prog_local_value(p, file, value, NULL);
		if (value == call)
			return true;
		enum js_kind k = js_kind(js, value);
		if (k != JS_MEMBER && k != JS_INDEX && k != JS_AWAIT && k != JS_CALL && k != JS_LOGICAL)
			return false;
		value = js_at(js, value)->a;
	}
	return false;
}

bool prog_keeps_result(const struct program *p, const struct prog_call *call)
{
	for (size_t i = 0; i < p->n_cells; i++) {
		const struct prog_cell *cell = &p->cells[i];
		for (size_t k = 0; cell->life == LIFE_PROCESS && k < cell->n_accesses; k++) {
			const struct cell_access *x = &cell->accesses[k];
			if (x->fn != call->fn || (x->op != ACCESS_ASSIGN && x->op != ACCESS_ADD && x->op != ACCESS_INNER))
				continue;
			const struct js_file *js = prog_js(p, x->file);
			js_node value = x->value ? x->value : js_kind(js, x->node) == JS_ASSIGN ? js_at(js, x->node)->b : 0;
			if (comes_from(p, x->file, value, call->node))
				return true;
		}
	}
	return false;
}

struct taken_search {
	const struct program *p;
	const struct prog_cell *cell;
	prog_id file;
	bool found;
};

static bool see_taken(void *ctx, js_node n)
{
	struct taken_search *s = ctx;
	const struct js_file *js = prog_js(s->p, s->file);
	js_node v = js_kind(js, n) == JS_IDENT ? prog_local_value(s->p, s->file, n, NULL) : n;
	const struct js_binding *b = js_binding_of(js, v);
	js_node list = b ? usage_list_run_over(js, b) : 0;
	if (list)
		v = prog_local_value(s->p, s->file, list, NULL);
	for (size_t i = 0; i < s->cell->n_accesses; i++)
		s->found |= s->cell->accesses[i].file == s->file && s->cell->accesses[i].node == v;
	return !s->found;
}

static bool is_filled_and_emptied(const struct program *p, uint32_t app, const struct prog_cell *cell, prog_id fn)
{
	bool emptied = false, filled = false;
	for (size_t i = 0; i < cell->n_accesses; i++) {
		const struct cell_access *x = &cell->accesses[i];
		uint32_t run = prog_phases(p, app, x->fn) & PHASE_RUNTIME;
		if (x->fn == fn)
			emptied |= x->op == ACCESS_REMOVE || (x->op == ACCESS_ASSIGN && usage_empties(prog_js(p, x->file), x));
		else
			filled |= (x->op == ACCESS_ADD || x->op == ACCESS_UPDATE || x->op == ACCESS_INNER) && (run & ~(uint32_t)PHASE_TIMER);
	}
	return emptied && filled;
}

bool prog_flushes_own(const struct program *p, uint32_t app, const struct prog_call *call)
{
	const struct js_file *js = prog_js(p, call->file);
	for (size_t i = 0; i < p->n_cells; i++) {
		struct taken_search s = {p, &p->cells[i], call->file, false};
		if (s.cell->life != LIFE_PROCESS || !is_filled_and_emptied(p, app, s.cell, call->fn))
			continue;
		for (uint32_t k = 0; k < js_at(js, call->node)->n_kids && !s.found; k++)
			js_walk(js, js_kid(js, call->node, k), see_taken, &s);
		if (s.found)
			return true;
	}
	return false;
}
