#include "rules/memory-state/senders.h"

enum { MOST_FUNCTIONS = 24, MOST_FILES = 4 };

struct walk {
	prog_id fns[MOST_FUNCTIONS]; /* functions of the registry's own file that send, found so far */
	size_t n;
	prog_id files[MOST_FILES]; /* that were told */
	size_t n_files;
};

static bool holds(const prog_id *list, size_t n, prog_id id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

static void visit(struct check *c, struct hazard *h, struct walk *w, prog_id home, prog_id fn)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->target != fn || !(prog_phases(p, c->app, call->fn) & PHASE_RUNTIME))
			continue;
		if (call->file == home) {
			if (w->n < MOST_FUNCTIONS && !holds(w->fns, w->n, call->fn))
				w->fns[w->n++] = call->fn;
		} else if (w->n_files < MOST_FILES && !holds(w->files, w->n_files, call->file)) {
			w->files[w->n_files++] = call->file;
			check_evidence(c, h, EV_WRITTEN, prog_place(p, call->file, call->node), "sent in %s",
				       prog_fn_name(p, call->fn));
		}
	}
}

void add_senders(struct check *c, struct hazard *h, prog_id home, const prog_id *senders, size_t n)
{
	struct walk w = {0};
	for (size_t i = 0; i < n && w.n < MOST_FUNCTIONS; i++)
		if (!holds(w.fns, w.n, senders[i]))
			w.fns[w.n++] = senders[i];
	for (size_t i = 0; i < w.n && w.n_files < MOST_FILES; i++)
		visit(c, h, &w, home, w.fns[i]);
}
