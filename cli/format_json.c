#include <stdlib.h>
#include <cjson/cJSON.h>
#include "base/err.h"
#include "cli/export.h"

/* DESIGN, JSON, schema 1. Other people's scripts rely on it: fields are only
 * added. cJSON copies what it is given. */

struct json {
	const struct format_options *o;
	struct arena arena;
};

static cJSON *need(cJSON *item)
{
	if (!item)
		BUG("cJSON is out of memory");
	return item;
}

static cJSON *text(struct json *j, struct str s)
{
	return s.ptr ? need(cJSON_CreateString(export_utf8(&j->arena, s))) : need(cJSON_CreateNull());
}

static void put(cJSON *o, const char *key, cJSON *value)
{
	cJSON_AddItemToObject(o, key, need(value));
}

static void put_str(struct json *j, cJSON *o, const char *key, struct str s)
{
	put(o, key, text(j, s));
}

static void put_cstr(struct json *j, cJSON *o, const char *key, const char *s)
{
	put(o, key, text(j, str_from(s)));
}

/* n 0: not known */
static void put_count(cJSON *o, const char *key, uint32_t n)
{
	put(o, key, n ? cJSON_CreateNumber(n) : cJSON_CreateNull());
}

static cJSON *list(cJSON *o, const char *key)
{
	return need(cJSON_AddArrayToObject(o, key));
}

static void append(cJSON *array, cJSON *item)
{
	cJSON_AddItemToArray(array, need(item));
}

static const char *message(struct json *j, const char *en, const char *zh)
{
	return j->o->lang == LANG_ZH && zh ? zh : en;
}

/* __dirname makes paths absolute: the document says them from the root, the same on every machine */
static struct str below_root(const struct json *j, struct str path)
{
	struct str root = j->o->ctx && j->o->ctx->fs ? j->o->ctx->fs->root : (struct str){0};
	if (!path.ptr || !root.len || !str_starts(path, root) || path.len < root.len || (path.len > root.len && path.ptr[root.len] != '/'))
		return path;
	return path.len > root.len + 1 ? str_sub(path, root.len + 1, path.len) : STR(".");
}

static cJSON *location(struct json *j, struct place at)
{
	if (!at.source)
		return need(cJSON_CreateNull());
	struct position from = source_position(at.source, at.span.start);
	struct position to = source_position(at.source, at.span.end);
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "path", at.source->path);
	put(o, "line", cJSON_CreateNumber(from.line));
	put(o, "column", cJSON_CreateNumber(from.column));
	put(o, "end_line", cJSON_CreateNumber(to.line));
	put(o, "end_column", cJSON_CreateNumber(to.column));
	return o;
}

/* ---- hazards and findings ---- */

static const char *const roles[] = {
    [EV_DECLARED] = "declared", [EV_WRITTEN] = "written", [EV_READ] = "read",
    [EV_REACHED] = "reached",	[EV_GUARD] = "guard",	  [EV_MITIGATION] = "mitigation",
    [EV_CONFIG] = "config",
};

static cJSON *evidence(struct json *j, const struct evidence *e, size_t n)
{
	cJSON *out = need(cJSON_CreateArray());
	for (size_t i = 0; i < n; i++) {
		cJSON *o = need(cJSON_CreateObject());
		put(o, "role", cJSON_CreateString(roles[e[i].role]));
		put_cstr(j, o, "message", message(j, e[i].message, e[i].message_zh));
		put(o, "at", location(j, e[i].at));
		append(out, o);
	}
	return out;
}

static cJSON *remedies(struct json *j, const struct hazard *h)
{
	const struct card_text *r = h->remedies ? h->remedies : h->card->remedies;
	size_t n = h->remedies ? h->n_remedies : h->card->n_remedies;
	cJSON *out = need(cJSON_CreateArray());
	for (size_t i = 0; i < n; i++)
		append(out, text(j, str_from(r[i].in[j->o->lang])));
	return out;
}

/* the fingerprint of the finding that tells of this hazard; a mitigated one has none */
static const char *fingerprint_of(const struct config_report *c, const struct app_report *app,
				  const struct hazard *h)
{
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];
		if (f->hazard && str_eq(f->rule, h->card->id) && str_eq(f->app, app->model->name) &&
		    str_eq(f->hazard->symbol, h->symbol) && place_cmp(f->at, h->at) == 0)
			return f->fingerprint;
	}
	return "";
}

static cJSON *hazard(struct json *j, const struct config_report *c, const struct app_report *app,
		     const struct hazard *h)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "rule", h->card->id);
	put(o, "family", cJSON_CreateString(family_name(h->family)));
	put(o, "severity", cJSON_CreateString(severity_name(h->severity)));
	put(o, "confidence", cJSON_CreateString(confidence_name(h->confidence)));
	put(o, "status", cJSON_CreateString(status_name(h->status)));
	if (h->suppressed_why)
		put_cstr(j, o, "suppressed_reason", h->suppressed_why);
	put(o, "also_single_process", cJSON_CreateBool(h->also_single_process));
	put_str(j, o, "symbol", h->symbol.ptr ? h->symbol : STR(""));
	put_cstr(j, o, "message", message(j, h->message, h->message_zh));
	put(o, "at", location(j, h->at));
	put(o, "evidence", evidence(j, h->evidence, h->n_evidence));
	put(o, "remedies", remedies(j, h));
	put(o, "fingerprint", cJSON_CreateString(fingerprint_of(c, app, h)));
	return o;
}

static cJSON *fix(struct json *j, const struct eco_fix *f)
{
	if (!f)
		return need(cJSON_CreateNull());
	cJSON *o = need(cJSON_CreateObject());
	put(o, "applicability", cJSON_CreateString(f->safe ? "safe" : "unsafe"));
	cJSON *edits = list(o, "edits");
	for (size_t i = 0; i < f->n_edits; i++) {
		cJSON *e = need(cJSON_CreateObject());
		put_str(j, e, "path", f->edits[i].source->path);
		put(e, "start_byte", cJSON_CreateNumber(f->edits[i].span.start));
		put(e, "end_byte", cJSON_CreateNumber(f->edits[i].span.end));
		put_str(j, e, "text", f->edits[i].text);
		append(edits, e);
	}
	return o;
}

static struct str scenario_name(const struct config_report *c, uint32_t scenario)
{
	return scenario < c->config->n_models ? c->config->models[scenario].scenario->name
					      : STR("default");
}

static cJSON *finding(struct json *j, const struct config_report *c, const struct finding *f)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "rule", f->rule);
	put(o, "family", cJSON_CreateString(family_name(f->family)));
	put(o, "level", cJSON_CreateString(level_name(f->level)));
	put(o, "confidence", cJSON_CreateString(confidence_name(f->confidence)));
	put_str(j, o, "app", f->app.len ? f->app : (struct str){NULL, 0});
	put_str(j, o, "scenario", scenario_name(c, f->scenario));
	put_cstr(j, o, "message", message(j, f->message, f->message_zh));
	put(o, "at", location(j, f->at));
	put(o, "evidence", evidence(j, f->evidence, f->n_evidence));
	put(o, "fingerprint", cJSON_CreateString(f->fingerprint));
	put(o, "status", cJSON_CreateString(status_name(f->status)));
	if (f->suppressed_why)
		put_cstr(j, o, "suppressed_reason", f->suppressed_why);
	put(o, "baselined", cJSON_CreateBool(f->baselined));
	put(o, "fix", fix(j, f->fix));
	return o;
}

/* ---- apps ---- */

static void put_mode(cJSON *o, const char *key, enum exec_mode mode)
{
	put(o, key,
	    mode == EXEC_UNKNOWN ? cJSON_CreateNull()
				 : cJSON_CreateString(mode == EXEC_CLUSTER ? "cluster" : "fork"));
}

static cJSON *current(struct json *j, const struct eco_app *m)
{
	cJSON *o = need(cJSON_CreateObject());
	put_mode(o, "exec_mode", m->exec_mode);
	put_count(o, "instances", m->processes);
	put_count(o, "processes", m->processes);
	put(o, "exec_mode_at", location(j, m->exec_mode_at));
	put(o, "instances_at", location(j, m->instances_at));
	cJSON *unknown = list(o, "unknown");
	for (size_t i = 0; i < m->n_unknown; i++) {
		cJSON *u = need(cJSON_CreateObject());
		put_cstr(j, u, "field", m->unknown[i].field);
		put_cstr(j, u, "reason", m->unknown[i].reason);
		put(u, "at", location(j, m->unknown[i].at));
		append(unknown, u);
	}
	return o;
}

static cJSON *recommended(struct json *j, const struct app_report *a)
{
	cJSON *o = need(cJSON_CreateObject());
	put_mode(o, "exec_mode", a->mode);
	put_count(o, "instances", a->instances);
	if (a->replicas)
		put_count(o, "replicas", a->replicas);
	cJSON *reasons = list(o, "reasons");
	for (size_t i = 0; i < a->n_reasons; i++)
		append(reasons, text(j, str_from(message(j, a->reasons[i].en, a->reasons[i].zh))));
	put_cstr(j, o, "limited_by", a->limited_by);
	return o;
}

static void put_start(struct json *j, cJSON *o, const struct app_report *a)
{
	const struct eco_app *m = a->model;
	put_str(j, o, "script", below_root(j, m->script));
	put_str(j, o, "cwd", below_root(j, m->cwd));
	cJSON *args = list(o, "args");
	for (size_t i = 0; i < m->n_args; i++)
		append(args, text(j, m->args[i]));
	put_str(j, o, "interpreter", m->interpreter);
	cJSON *entries = list(o, "entries");
	for (size_t i = 0; i < a->n_entry_paths; i++)
		append(entries, text(j, str_from(a->entry_paths[i])));
	put(o, "files_reached", cJSON_CreateNumber(a->files_reached));
}

static void put_scenarios(struct json *j, cJSON *o, const struct config_report *c,
			  const struct app_report *a)
{
	cJSON *scenarios = list(o, "scenarios");
	for (size_t i = 0; i < a->n_scenarios; i++)
		append(scenarios, text(j, scenario_name(c, a->scenarios[i])));
}

static void put_hazards(struct json *j, cJSON *o, const struct config_report *c,
			const struct app_report *a)
{
	cJSON *hazards = list(o, "hazards");
	for (size_t i = 0; i < a->hazards.len; i++)
		append(hazards, hazard(j, c, a, &a->hazards.ptr[i]));
	cJSON *strengths = list(o, "strengths");
	for (size_t i = 0; i < a->hazards.n_strengths; i++) {
		const struct strength *s = &a->hazards.strengths[i];
		cJSON *item = need(cJSON_CreateObject());
		put_cstr(j, item, "message", message(j, s->message, s->message_zh));
		put(item, "at", location(j, s->at));
		append(strengths, item);
	}
}

static cJSON *app(struct json *j, const struct config_report *c, const struct app_report *a)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "name", a->model->name);
	put_str(j, o, "scenario", scenario_name(c, a->scenario));
	put(o, "index", cJSON_CreateNumber(a->model->index));
	put_start(j, o, a);
	put(o, "current", current(j, a->model));
	put(o, "verdict", cJSON_CreateString(verdict_name(a->verdict)));
	put(o, "confidence", cJSON_CreateString(confidence_name(a->confidence)));
	put_cstr(j, o, "kind", a->kind);
	put_scenarios(j, o, c, a);
	put(o, "recommended", recommended(j, a));
	put(o, "risk", cJSON_CreateString(risk_name(a->risk)));
	put(o, "risk_after", cJSON_CreateString(risk_name(a->risk_after)));
	put(o, "risk_scaled", cJSON_CreateString(risk_name(a->risk_scaled)));
	put_hazards(j, o, c, a);
	cJSON *notes = list(o, "notes");
	for (size_t i = 0; i < a->n_notes; i++)
		append(notes, text(j, str_from(a->notes[i])));
	return o;
}

/* ---- configs ---- */

static cJSON *plan(struct json *j, const struct config_report *c, const struct plan_row *p)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "scenario", scenario_name(c, p->scenario));
	put_count(o, "processes_before", p->processes_before);
	put_count(o, "processes_after", p->processes_after);
	put(o, "risk_before", cJSON_CreateString(risk_name(p->risk_before)));
	put(o, "risk_after", cJSON_CreateString(risk_name(p->risk_after)));
	put_cstr(j, o, "unfit", p->unfit.en ? message(j, p->unfit.en, p->unfit.zh) : NULL);
	return o;
}

static cJSON *scenario(struct json *j, const struct eco_scenario *s)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "name", s->name);
	cJSON *env = need(cJSON_AddObjectToObject(o, "env"));
	for (size_t i = 0; i < s->n_env; i++)
		put(env, export_utf8(&j->arena, s->env[i].name), text(j, s->env[i].value));
	if (s->env_block.ptr)
		put_str(j, o, "env_block", s->env_block);
	return o;
}

static const char *const formats_of_configs[] = {[ECO_JS] = "js",
						 [ECO_MJS] = "mjs",
						 [ECO_JSON] = "json",
						 [ECO_YAML] = "yaml",
						 [ECO_NOT_A_CONFIG] = "not-a-config"};

static cJSON *config(struct json *j, const struct config_report *c)
{
	cJSON *o = need(cJSON_CreateObject());
	put_str(j, o, "path", c->config->source->path);
	put(o, "format", cJSON_CreateString(formats_of_configs[c->config->format]));
	cJSON *scenarios = list(o, "scenarios");
	for (size_t i = 0; i < c->config->n_models; i++)
		append(scenarios, scenario(j, c->config->models[i].scenario));
	cJSON *apps = list(o, "apps");
	for (size_t i = 0; i < c->n_apps; i++)
		append(apps, app(j, c, &c->apps[i]));
	put(o, "plan", c->n_plans ? plan(j, c, &c->plans[0]) : cJSON_CreateNull());
	cJSON *plans = list(o, "plans");
	for (size_t i = 0; i < c->n_plans; i++)
		append(plans, plan(j, c, &c->plans[i]));
	cJSON *notes = list(o, "notes");
	for (size_t i = 0; i < c->config->n_notes; i++)
		append(notes, text(j, str_from(c->config->notes[i])));
	return o;
}

static void put_head(struct json *j, cJSON *doc)
{
	const struct context *ctx = j->o->ctx;
	put(doc, "schema_version", cJSON_CreateNumber(1));
	cJSON *tool = need(cJSON_AddObjectToObject(doc, "tool"));
	put(tool, "name", cJSON_CreateString("clusterlint"));
	put(tool, "version", cJSON_CreateString(j->o->version));
	cJSON *target = need(cJSON_AddObjectToObject(doc, "target"));
	put(target, "kind",
	    cJSON_CreateString(ctx->target == TARGET_REPLICAS ? "replicas" : "pm2"));
	put(target, "cpus", cJSON_CreateNumber(ctx->cpus));
	put(target, "memory_bytes", cJSON_CreateNumber((double)ctx->memory_bytes));
}

static void put_summary(cJSON *doc, const struct run_report *r)
{
	cJSON *summary = need(cJSON_AddObjectToObject(doc, "summary"));
	put(summary, "errors", cJSON_CreateNumber(r->errors));
	put(summary, "warnings", cJSON_CreateNumber(r->warnings));
	put(summary, "notes", cJSON_CreateNumber(r->notes));
	put(summary, "suppressed", cJSON_CreateNumber(r->suppressed));
	put(summary, "baselined", cJSON_CreateNumber(r->baselined));
	put(summary, "files", cJSON_CreateNumber(r->files));
	put(summary, "unreadable", cJSON_CreateNumber(r->unreadable));
}

static void write_json(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct json j = {.o = o};
	arena_init(&j.arena);
	cJSON *doc = need(cJSON_CreateObject());
	put_head(&j, doc);
	cJSON *configs = list(doc, "configs");
	for (size_t i = 0; i < r->n_configs; i++)
		append(configs, config(&j, &r->configs[i]));
	cJSON *findings = list(doc, "findings");
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_findings; k++)
			if (!r->configs[i].findings[k].elsewhere &&
			    !r->configs[i].findings[k].deselected)
				append(findings,
				       finding(&j, &r->configs[i], &r->configs[i].findings[k]));
	put_summary(doc, r);
	char *printed = cJSON_Print(doc);
	if (!printed)
		BUG("cJSON cannot print");
	/* every raw tab is cJSON's layout: those of strings are escaped */
	for (const char *c = printed; *c; c++)
		buf_adds(out, *c != '\t'		    ? (char[]){*c, 0}
			      : c > printed && c[-1] == ':' ? " "
							    : "  ");
	buf_addc(out, '\n');
	free(printed);
	cJSON_Delete(doc);
	arena_release(&j.arena);
}

const struct format format_json = {"json", "schema 1, see the manual page", false, write_json};
