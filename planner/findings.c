#include "planner/internal.h"
#include "rules/phrases.h"

#include <stdio.h>
#include <stdlib.h>

/* What is wrong now: hazards with a level, mistakes of the config, sources that
 * were not understood. */

static enum level level_of_severity(enum severity s)
{
	return s == SEVERITY_HIGH ? LEVEL_ERROR : s == SEVERITY_MEDIUM ? LEVEL_WARNING : LEVEL_NOTE;
}

/* A hazard was asked about before the verdict; comments about comments accept nothing. */
static void accept(struct plan_config *c, struct finding *f)
{
	if (f->status == HAZARD_SUPPRESSED || str_starts(f->rule, STR("suppression-")))
		return;
	f->suppressed_why = suppress_reason(c->suppressions, f->rule, f->at);
	if (!f->suppressed_why && f->card && plan_rule(c->project, f->card).level == RULE_OFF)
		f->suppressed_why =
		    arena_printf(c->ctx->arena, "turned off in %s", c->project->file);
	if (f->suppressed_why)
		f->status = HAZARD_SUPPRESSED;
}

/* one finding is told once, however many scenarios it holds in: the gravest telling stays */
static void add(struct plan_config *c, struct finding f)
{
	if (!f.app.ptr)
		f.app = STR("");
	accept(c, &f);
	for (size_t i = 0; i < c->findings.len; i++) {
		struct finding *old = &c->findings.ptr[i];
		if (!str_eq(old->rule, f.rule) || !str_eq(old->app, f.app) ||
		    place_cmp(old->at, f.at) != 0)
			continue;
		bool same = old->hazard && f.hazard ? str_eq(old->hazard->symbol, f.hazard->symbol)
						    : strcmp(old->message, f.message) == 0;
		if (!same)
			continue;
		if (f.level > old->level)
			*old = f;
		return;
	}
	vec_push(&c->findings, f);
}

static struct finding of_hazard(const struct plan_app *app, const struct hazard *h,
				enum target_kind target)
{
	struct hazard open = *h; /* as grave as it would be were it not accepted */
	if (h->status == HAZARD_SUPPRESSED)
		open.status = plan_status(h, app->r.model->exec_mode, app->spread, app->hosts, target);
	return (struct finding){
	    .rule = h->card->id,
	    .family = h->family,
	    .level = plan_level(&open, app->r.model->processes == 0),
	    .confidence = h->confidence,
	    .app = app->r.model->name,
	    .scenario = app->r.scenario,
	    .message = h->message,
	    .message_zh = h->message_zh,
	    .at = h->at,
	    .evidence = h->evidence,
	    .n_evidence = h->n_evidence,
	    .card = h->card,
	    .hazard = h,
	    .status = h->status,
	    .suppressed_why = h->suppressed_why,
	};
}

static void add_hazards(struct plan_config *c, const struct plan_app *app)
{
	for (size_t i = 0; i < app->r.hazards.len; i++) {
		const struct hazard *h = &app->hazards[i];
		if (h->status != HAZARD_MITIGATED)
			add(c, of_hazard(app, h, c->ctx->target));
	}
}

/* {1} {2} ... in the card's translation */
static const char *translate(struct arena *a, const struct card *card, const char *const *args,
			     size_t n_args)
{
	if (!card || !card->message_zh)
		return NULL;
	const char *text = card->message_zh;
	for (size_t i = 0; i < n_args; i++) {
		char hole[32];
		snprintf(hole, sizeof hole, "{%zu}", i + 1);
		const char *at = strstr(text, hole);
		if (at)
			text = arena_printf(a, "%.*s%s%s", (int)(at - text), text, args[i],
					    at + strlen(hole));
	}
	return text;
}

static enum level eco_level(const struct eco_finding *e, const struct card *card)
{
	switch (e->level) {
	case ECO_LEVEL_NOTE:
		return LEVEL_NOTE;
	case ECO_LEVEL_WARNING:
		return LEVEL_WARNING;
	case ECO_LEVEL_ERROR:
		return LEVEL_ERROR;
	default:
		return card ? level_of_severity(card->severity) : LEVEL_WARNING;
	}
}

static void add_eco(struct plan_config *c, const struct eco_finding *e)
{
	struct arena *a = c->ctx->arena;
	const struct card *card = cards_find(c->cards, str_from(e->rule));
	struct finding f = {
	    .rule = str_from(e->rule),
	    .family = FAMILY_CONFIG,
	    .level = eco_level(e, card),
	    .confidence = CONFIDENCE_CERTAIN,
	    .app = e->app_name,
	    .scenario = e->scenario,
	    .message = e->message,
	    .message_zh = translate(a, card, e->args, e->n_args),
	    .at = e->at,
	    .card = card,
	    .status = HAZARD_ACTIVE,
	    .fix = e->fix,
	};
	if (e->also_at.source) {
		struct evidence *ev = arena_new(a, struct evidence);
		*ev = (struct evidence){.role = EV_CONFIG, .message = e->also, .at = e->also_at};
		f.evidence = ev;
		f.n_evidence = 1;
	}
	add(c, f);
}

/* rules of family config that needed the sources */
static void add_config_hazards(struct plan_config *c)
{
	for (size_t i = 0; i < c->config_hazards.len; i++) {
		const struct hazard *h = c->config_hazards.ptr[i];
		struct finding f = of_hazard(&c->apps.ptr[c->config_hazard_apps.ptr[i]], h, c->ctx->target);
		f.level = level_of_severity(h->severity);
		f.status = HAZARD_ACTIVE;
		add(c, f);
	}
}

void plan_tool_finding(struct plan_config *c, const char *rule, enum level level, struct place at,
		       struct str app, uint32_t scenario, const char *en, const char *zh)
{
	add(c, (struct finding){
		   .rule = str_from(rule),
		   .family = FAMILY_TOOL,
		   .level = level,
		   .confidence = CONFIDENCE_CERTAIN,
		   .app = app,
		   .scenario = scenario,
		   .message = en,
		   .message_zh = zh,
		   .at = at,
		   .card = cards_find(c->cards, str_from(rule)),
		   .status = HAZARD_ACTIVE,
	       });
}

static bool is_told(const struct plan_config *c, struct place at)
{
	for (size_t i = 0; i < c->findings.len; i++)
		if (place_cmp(c->findings.ptr[i].at, at) == 0)
			return true;
	return false;
}

static void add_undecided(struct plan_config *c, const struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	for (size_t i = 0; i < m->n_unknown; i++) {
		const struct eco_unknown *u = &m->unknown[i];
		if ((strcmp(u->field, "instances") && strcmp(u->field, "exec_mode")) ||
		    is_told(c, u->at))
			continue;
		plan_tool_finding(
		    c, "value-not-decided", LEVEL_WARNING, u->at.source ? u->at : m->at, m->name,
		    app->r.scenario,
		    arena_printf(a,
				 "'%s' cannot be decided from here (%s), so how many processes "
				 "run is not known: give the variable with --env NAME=VALUE, or "
				 "write the value",
				 u->field, u->reason),
		    arena_printf(a,
				 "无法静态确定 '%s'（%s），因此不知道会运行多少个进程：用 --env "
				 "NAME=VALUE 给出变量，或直接写明数值",
				 u->field, phrase_zh(a, u->reason)));
	}
}

static void add_pinned(struct plan_config *c, const struct plan_app *app)
{
	struct arena *a = c->ctx->arena;
	const struct eco_app *m = app->r.model;
	if (!app->own || !app->own->pin || m->skipped || m->processes < 2)
		return;
	plan_tool_finding(
	    c, "pinned-app-scaled", LEVEL_ERROR, m->instances_at.source ? m->instances_at : m->at,
	    m->name, app->r.scenario,
	    arena_printf(a,
			 "'" STR_FMT "' is pinned to one process in %s (%s) and runs %u: run one, or "
			 "take the pin away",
			 STR_ARG(m->name), c->project->file, app->own->pin, m->processes),
	    arena_printf(a,
			 "'" STR_FMT
			 "' 在 %s 中被固定为单进程（%s），却运行 %u 个：请只运行一个，或取消固定",
			 STR_ARG(m->name), c->project->file, app->own->pin, m->processes));
}

static void add_missing_sources(struct plan_config *c, const struct plan_app *app)
{
	const struct eco_app *m = app->r.model;
	const struct project_entries *e = app->r.entries;
	if (m->skipped || !e || e->n || e->not_node || !e->problem)
		return;
	struct place at = m->script_at.source ? m->script_at : m->at;
	if (is_told(c, at))
		return;
	plan_tool_finding(
	    c, "sources-not-found", LEVEL_WARNING, at, m->name, app->r.scenario,
	    arena_printf(c->ctx->arena,
			 "%s, so nothing is known about this app: correct 'script' or 'cwd', "
			 "or map the folder with --map FROM=TO",
			 e->problem),
	    arena_printf(
		c->ctx->arena,
		"%s，因此对该应用一无所知：请改正 'script' 或 'cwd'，或用 --map FROM=TO 映射目录",
		phrase_zh(c->ctx->arena, e->problem)));
}

static void add_broken_config(struct plan_config *c)
{
	const struct eco_config *e = c->config;
	if (e->loadable)
		return;
	for (size_t i = 0; i < c->findings.len; i++)
		if (c->findings.ptr[i].level == LEVEL_ERROR)
			return;
	struct place at = e->why_not_at.source ? e->why_not_at : (struct place){e->source, {0, 0}};
	const char *why = e->why_not ? e->why_not : "cannot be read as a config";
	plan_tool_finding(
	    c, "config-does-not-load", LEVEL_ERROR, at, STR(""), 0,
	    arena_printf(c->ctx->arena, "%s, so PM2 cannot load this config: correct it here", why),
	    arena_printf(c->ctx->arena, "%s，PM2 无法加载此配置：请在此处改正", phrase_zh(c->ctx->arena, why)));
}

/* ---- the sources themselves ---- */

static void report_file(struct plan_config *c, const struct prog_file *f)
{
	struct arena *a = c->ctx->arena;
	if (f->js && f->js->n_troubles) {
		const struct js_trouble *t = &f->js->troubles[0];
		plan_tool_finding(
		    c, "source-not-understood", LEVEL_NOTE, (struct place){f->source, t->span},
		    STR(""), 0,
		    arena_printf(a,
				 "not fully understood from here (%s), so hazards below may be "
				 "missed",
				 t->message),
		    arena_printf(a, "从这里起未能完全理解（%s），之后的隐患可能遗漏", phrase_zh(a, t->message)));
	}
	for (size_t i = 0; i < f->n_unresolved && f->js; i++)
		plan_tool_finding(c, "import-not-resolved", LEVEL_NOTE,
			 (struct place){f->source, js_at(f->js, f->unresolved[i].at)->span},
			 STR(""), 0,
			 arena_printf(
			     a, "what is loaded here was not found (%s), so it was not looked at",
			     f->unresolved[i].why),
			 arena_printf(a, "找不到这里加载的内容（%s），因此没有检查",
				      phrase_zh(a, f->unresolved[i].why)));
}

static bool loads_of_config(const struct plan_config *c, const struct program *p, prog_id file)
{
	for (size_t i = 0; i < c->apps.len; i++) {
		const struct plan_command *cmd = c->apps.ptr[i].command;
		if (cmd && cmd->program == p && prog_loads(p, cmd->app, file))
			return true;
	}
	return false;
}

void plan_reports_of_files(struct plan_config *c, const struct program *const *programs, size_t n,
			   uint32_t *unreadable)
{
	for (size_t i = 0; i < n; i++)
		for (prog_id f = 0; f < programs[i]->n_files; f++) {
			if (!loads_of_config(c, programs[i], f))
				continue;
			if (!programs[i]->files[f].js)
				++*unreadable;
			report_file(c, &programs[i]->files[f]);
		}
}

static int by_place(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int c = place_cmp(a->at, b->at);
	if (!c)
		c = str_cmp(a->rule, b->rule);
	if (!c)
		c = str_cmp(a->app, b->app);
	return c ? c : strcmp(a->message, b->message);
}

void plan_findings(struct plan_config *c)
{
	for (size_t i = 0; i < c->config->n_findings; i++)
		add_eco(c, &c->config->findings[i]);
	add_broken_config(c);
	add_config_hazards(c);
	for (size_t i = 0; i < c->apps.len; i++) {
		add_hazards(c, &c->apps.ptr[i]);
		add_undecided(c, &c->apps.ptr[i]);
		add_pinned(c, &c->apps.ptr[i]);
		add_missing_sources(c, &c->apps.ptr[i]);
		plan_report_natives(c, &c->apps.ptr[i]);
	}
	plan_check_limits(c);
}

void plan_sort_findings(struct plan_config *c)
{
	if (!c->findings.len)
		return;
	qsort(c->findings.ptr, c->findings.len, sizeof *c->findings.ptr, by_place);
	plan_fingerprints(c->findings.ptr, c->findings.len);
}
