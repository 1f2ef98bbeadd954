#include "planner/internal.h"

/* Where comments and findings meet. Comments are read before hazards are judged,
 * since what is accepted forces no verdict; which of them were of use is known
 * only when all configs have been reported on. */

static bool is_read(const struct map *seen, struct str path)
{
	return map_get(seen, path) != MAP_NONE;
}

/* a local file that the config loads: the evaluator keeps no comments of it */
static void read_part(struct suppressions *s, const struct source *source)
{
	if (str_find(source->text, STR("clusterlint-")) == (size_t)-1)
		return;
	struct js_file *f = js_parse(s->arena, source, js_language_of(source->path));
	suppress_scan(s, f);
	js_file_release(f);
}

static void read_config(struct suppressions *s, struct map *seen, const struct eco_config *e)
{
	if (!is_read(seen, e->source->path)) {
		map_put(seen, e->source->path, 0);
		if (e->file)
			suppress_scan(s, e->file);
		else
			suppress_scan_yaml(s, e->source);
	}
	for (size_t i = 0; i < e->n_files; i++) {
		if (is_read(seen, e->files[i]->path) || !e->file)
			continue;
		map_put(seen, e->files[i]->path, 0);
		read_part(s, e->files[i]);
	}
}

void plan_read_suppressions(struct suppressions *s, const struct plan_config *c, size_t n,
			    const struct program *const *programs, size_t n_programs,
			    const struct native_reader *natives)
{
	struct map seen = {0};
	for (size_t i = 0; i < n; i++)
		read_config(s, &seen, c[i].config);
	for (size_t i = 0; i < n_programs; i++)
		for (prog_id f = 0; f < programs[i]->n_files; f++) {
			const struct prog_file *file = &programs[i]->files[f];
			if (!file->js || is_read(&seen, file->source->path))
				continue;
			map_put(&seen, file->source->path, 0);
			suppress_scan(s, file->js);
		}
	for (size_t i = 0; i < natives->sources.len; i++)
		if (natives->sources.ptr[i])
			suppress_scan_c(s, natives->sources.ptr[i]);
	map_release(&seen);
}

void plan_accept_hazards(struct plan_config *c, struct plan_app *app)
{
	for (size_t i = 0; i < app->r.hazards.len; i++) {
		struct hazard *h = &app->hazards[i];
		const char *why = suppress_reason(c->suppressions, h->card->id, h->at);
		if (!why && plan_rule(c->project, h->card).level == RULE_OFF)
			why = arena_printf(c->ctx->arena, "turned off in %s", c->project->file);
		if (!why || h->mitigation == MITIGATION_FULL)
			continue;
		h->status = HAZARD_SUPPRESSED;
		h->suppressed_why = why;
	}
}

/* ---- comments that are wrong themselves ---- */

static bool config_reads(const struct plan_config *c, struct str path)
{
	if (str_eq(c->config->source->path, path))
		return true;
	for (size_t i = 0; i < c->config->n_files; i++)
		if (str_eq(c->config->files[i]->path, path))
			return true;
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_command *cmd = c->apps.ptr[i].command;
		if (!cmd || !cmd->program)
			continue;
		for (prog_id f = 0; f < cmd->program->n_files; f++)
			if (str_eq(cmd->program->files[f].source->path, path) &&
			    prog_loads(cmd->program, cmd->app, f))
				return true;
	}
	return false;
}

static struct plan_config *config_of(struct plan_config *c, size_t n, struct str path)
{
	for (size_t i = 0; i < n; i++)
		if (config_reads(&c[i], path))
			return &c[i];
	return NULL;
}

static bool lies_below(struct str path, struct str dir)
{
	return !dir.len ||
	       (str_starts(path, dir) && path.len > dir.len && path.ptr[dir.len] == '/');
}

/* A file that several configs share may be alive in one that this run does not look at. */
static bool proves_unused(const struct plan_config *c, const struct suppression *x)
{
	return !c->policy->narrowed && c->config->loadable &&
	       lies_below(x->source->path, path_dir(c->config->source->path));
}

static void report_unused(struct plan_config *c, const struct suppression *x)
{
	struct arena *a = c->ctx->arena;
	plan_tool_finding(
	    c, "suppression-unused", LEVEL_WARNING, (struct place){x->source, x->at}, STR(""), 0,
	    arena_printf(a,
			 "nothing here is reported by '" STR_FMT
			 "' (any more), so this suppression "
			 "would only hide the next mistake: take it away",
			 STR_ARG(x->rule)),
	    arena_printf(
		a, "'" STR_FMT "' 在这里（已）没有报告，此抑制注释只会掩盖下一个错误：请删除它",
		STR_ARG(x->rule)));
}

void plan_report_suppressions(struct suppressions *s, struct plan_config *c, size_t n)
{
	for (size_t i = 0; i < s->problems.len; i++) {
		const struct suppress_problem *p = &s->problems.ptr[i];
		struct plan_config *owner = config_of(c, n, p->at.source->path);
		if (owner)
			plan_tool_finding(owner, p->rule, LEVEL_WARNING, p->at, STR(""), 0,
					  p->message, p->message_zh);
	}
	for (size_t i = 0; i < s->list.len; i++) {
		const struct suppression *x = &s->list.ptr[i];
		struct plan_config *owner = x->used ? NULL : config_of(c, n, x->source->path);
		if (owner && proves_unused(owner, x))
			report_unused(owner, x);
	}
}
