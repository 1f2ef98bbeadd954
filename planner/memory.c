#include "planner/internal.h"

/* Resident memory of one process: measured, else what the config says that it may
 * grow to, else what programs of its kind usually take (hazards.md F.2). */

enum { MB_EDGE = 120, MB_OTHER = 200, MB_RENDERING = 400, MB_BROWSER = 300 };

enum basis { MEASURED, RESTART_LIMIT, HEAP_LIMIT, USUAL };

/* --max-old-space-size among the arguments for node, in bytes; 0: not there */
static double heap_limit(const struct eco_app *m)
{
	static const char *const names[] = {"--max-old-space-size", "--max_old_space_size"};
	double found = 0;
	for (size_t i = 0; i < m->n_node_args; i++)
		for (size_t k = 0; k < 2; k++) {
			struct str arg = m->node_args[i], name = str_from(names[k]);
			if (!str_starts(arg, name))
				continue;
			struct str n = arg.len > name.len && arg.ptr[name.len] == '=' ? str_sub(arg, name.len + 1, arg.len)
				       : arg.len == name.len && i + 1 < m->n_node_args ? m->node_args[i + 1]
										       : STR("");
			double mb = 0;
			for (size_t d = 0; d < n.len && n.ptr[d] >= '0' && n.ptr[d] <= '9' && mb < 1e9; d++)
				mb = mb * 10 + (n.ptr[d] - '0');
			found = mb * 1024 * 1024;
		}
	return found;
}

static uint64_t usual(const struct plan_app *app)
{
	uint64_t mb = app->r.edge ? MB_EDGE : app->renders ? MB_RENDERING : MB_OTHER;
	if (app->drives_browser)
		mb += MB_BROWSER;
	return mb << 20;
}

static uint64_t rss_of(const struct plan_app *app, enum basis *basis)
{
	const struct eco_app *m = app->r.model;
	double limit = m->max_memory_restart, heap = heap_limit(m);
	if (app->own && app->own->rss) {
		*basis = MEASURED;
		return app->own->rss;
	}
	if (limit > 0 && limit < 1e15) {
		*basis = RESTART_LIMIT;
		return (uint64_t)limit;
	}
	if (heap > 0) {
		*basis = HEAP_LIMIT;
		return (uint64_t)heap;
	}
	*basis = USUAL;
	return usual(app);
}

uint64_t plan_rss(const struct plan_app *app)
{
	enum basis basis;
	return rss_of(app, &basis);
}

uint64_t plan_rss_least(const struct plan_app *app)
{
	enum basis basis;
	uint64_t bytes = rss_of(app, &basis), least = UINT64_C(40) << 20; /* a bare node with a server */
	return basis == MEASURED || bytes < least ? bytes : least;
}

bool plan_rss_known(const struct plan_app *app)
{
	enum basis basis;
	rss_of(app, &basis);
	return basis != USUAL;
}

struct plan_text plan_rss_text(struct arena *a, const struct plan_app *app)
{
	static const struct plan_text from[] = {
	    [MEASURED] = {"as measured", "实测值"},
	    [RESTART_LIMIT] = {"max_memory_restart", "max_memory_restart"},
	    [HEAP_LIMIT] = {"--max-old-space-size", "--max-old-space-size"},
	    [USUAL] = {"usual for its kind; --rss tells better", "同类程序的常见值；可用 --rss 给出实测值"},
	};
	enum basis basis;
	unsigned mb = (unsigned)(rss_of(app, &basis) >> 20);
	return (struct plan_text){arena_printf(a, "%u MB each (%s)", mb, from[basis].en), arena_printf(a, "每个进程 %u MB（%s）", mb, from[basis].zh)};
}
