#include "analyzers/ecosystem/internal.h"

#include <math.h>

/* Limits of memory and time that are never reached, always reached, or in another unit than meant. */

enum { MIB = 1024 * 1024 };

struct look {
	struct finding_vec *f;
	const struct eco_app *app;
	const struct app_detail *d;
};

static const char *number_text(struct look *l, double n)
{
	return val_number_text(l->f->arena, n);
}

static bool runs_node(const struct eco_app *app)
{
	return app->interpreter.ptr && str_ends(path_base(app->interpreter), STR("node"));
}

/* ---- memory ---- */

/* MB, NaN where nobody says it */
static double heap_limit(const struct eco_app *app)
{
	static const char *const names[] = {"--max-old-space-size", "--max_old_space_size"};
	double found = NAN;
	for (size_t i = 0; i < app->n_node_args; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			struct str arg = app->node_args[i], name = str_from(names[k]);
			if (!str_starts(arg, name))
				continue;
			if (arg.len > name.len && arg.ptr[name.len] == '=')
				found = val_parse_int(str_sub(arg, name.len + 1, arg.len), 10);
			else if (arg.len == name.len && i + 1 < app->n_node_args)
				found = val_parse_int(app->node_args[i + 1], 10);
		}
	return found;
}

/* Measured: with heaps of 64, 128 and 256 MB a process that fills its heap dies at 128, 191 and 365 MB. */
static void rule_of_heap(struct look *l, double bytes)
{
	enum { BESIDE_THE_HEAP = 64 };
	double heap = heap_limit(l->app), mb = bytes / MIB;
	if (isnan(heap) || heap <= 0 || !runs_node(l->app) || mb <= heap * 1.5 + BESIDE_THE_HEAP)
		return;
	report_also(report(l->f, "memory-limit-above-heap", l->app, at_value(l->d, KEY_MAX_MEMORY_RESTART),
			   "Node ends with 'heap out of memory' at its {1} MB before pm2 sees {2} MB, so the app crashes where a restart was "
			   "meant: set max_memory_restart below the heap's limit, or raise that",
			   number_text(l, heap), number_text(l, round(mb)), NULL),
		    at_value(l->d, KEY_NODE_ARGS), "the heap's limit");
}

static void rule_of_memory(struct look *l)
{
	enum { LEAST = 10, BARE_NODE = 50, USUAL_NODE = 80 };
	double bytes = l->app->max_memory_restart;
	if (isnan(bytes) || bytes == 0)
		return;
	const struct val_prop *p = l->d->v.from[KEY_MAX_MEMORY_RESTART];
	struct place at = at_value(l->d, KEY_MAX_MEMORY_RESTART);
	if (bytes < (double)LEAST * MIB)
		report(l->f, "memory-limit-too-small", l->app, at,
		       "pm2 reads {1} as {2} bytes, which each process exceeds, and restarts it every 30 seconds: add K, M or G",
		       p ? val_show(l->f->arena, p->value, 40) : "it", number_text(l, bytes), NULL);
	else if (bytes < (double)USUAL_NODE * MIB && runs_node(l->app)) {
		struct eco_finding *x =
			report(l->f, "memory-limit-tight", l->app, at,
			       "a Node process that does nothing has 52 MB under pm2, and pm2 restarts this one at {1} MB: allow more, or it "
			       "is restarted again and again",
			       number_text(l, round(bytes / MIB)), NULL);
		if (bytes >= (double)BARE_NODE * MIB)
			x->level = ECO_LEVEL_NOTE;
	}
	rule_of_heap(l, bytes);
}

/* ---- time ---- */

/* 'kill_timeout: 5': five milliseconds */
static void rule_of_milliseconds(struct look *l)
{
	static const enum schema_id keys[] = {KEY_KILL_TIMEOUT, KEY_LISTEN_TIMEOUT};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct value *v = l->d->v.field[keys[i]];
		if (!v || v->kind != VAL_NUMBER || !l->d->v.from[keys[i]] || !(v->u.num > 0 && v->u.num < 100))
			continue;
		report(l->f, "timeout-in-milliseconds", l->app, at_value(l->d, keys[i]),
		       "'{1}: {2}' is milliseconds, so pm2 does not wait at all: write {3} if seconds are meant", schema_keys[keys[i]].name,
		       number_text(l, v->u.num), number_text(l, v->u.num * 1000), NULL);
	}
}

void rules_of_limits(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	struct look l = {f, app, d};
	rule_of_memory(&l);
	rule_of_milliseconds(&l);
}
