/* SARIF 2.1.0 as GitHub code scanning takes it: results always there, paths from
 * the repository root, one location a result, the chain as a code flow, stable
 * fingerprints. One run a document. */
#include <cjson/cJSON.h>
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "cli/export.h"
#include "cli/line_hash.h"

struct sarif {
	const struct format_options *o;
	struct arena a;
	struct map rule_index;
	VEC(const struct card *) rules;
	struct line_hashes hashes;
};

static cJSON *need(cJSON *item)
{
	if (!item)
		BUG("cJSON is out of memory");
	return item;
}

static void put(cJSON *o, const char *key, cJSON *v)
{
	cJSON_AddItemToObject(o, key, need(v));
}

static cJSON *string(struct sarif *s, const char *text)
{
	return need(cJSON_CreateString(export_utf8(&s->a, str_from(text))));
}

/* at most 1,024 characters where GitHub cuts */
static const char *clip(struct sarif *s, const char *text)
{
	struct str t = str_from(text);
	if (t.len <= 1000)
		return text;
	size_t n = 1000;
	while (n && ((unsigned char)t.ptr[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(&s->a, "%.*s...", (int)n, t.ptr);
}

static cJSON *message(struct sarif *s, const char *text)
{
	cJSON *m = need(cJSON_CreateObject());
	put(m, "text", string(s, text));
	return m;
}

/* SARIF 3.11.6: [text](target) in a message is a link, and names in ours are other people's */
static cJSON *plain(struct sarif *s, const char *text)
{
	struct buf b = {0};
	for (; *text; text++) {
		if (strchr("[]\\", *text))
			buf_addc(&b, '\\');
		buf_addc(&b, *text);
	}
	cJSON *m = message(s, b.ptr ? b.ptr : "");
	buf_release(&b);
	return m;
}

static const char *in(const struct sarif *s, struct card_text t)
{
	return t.in[s->o->lang] ? t.in[s->o->lang] : t.in[LANG_EN];
}

static cJSON *help_of(struct sarif *s, const struct card *card)
{
	struct buf text = {0}, md = {0};
	buf_printf(&text, "%s\n", in(s, card->rationale));
	buf_printf(&md, "%s\n", export_markdown(&s->a, in(s, card->rationale)));
	for (size_t i = 0; i < card->n_remedies; i++) {
		buf_printf(&text, "%zu. %s\n", i + 1, in(s, card->remedies[i]));
		buf_printf(&md, "\n%zu. %s", i + 1, export_markdown(&s->a, in(s, card->remedies[i])));
	}
	cJSON *help = need(cJSON_CreateObject());
	put(help, "text", string(s, text.ptr));
	put(help, "markdown", string(s, md.ptr));
	buf_release(&text);
	buf_release(&md);
	return help;
}

static const char *const precisions[] = {
    [CONFIDENCE_POSSIBLE] = "medium", [CONFIDENCE_LIKELY] = "high", [CONFIDENCE_CERTAIN] = "very-high"};

static cJSON *rule_of(struct sarif *s, const struct card *card)
{
	cJSON *rule = need(cJSON_CreateObject()), *level = need(cJSON_CreateObject());
	put(rule, "id", cJSON_CreateString(export_utf8(&s->a, card->id)));
	put(rule, "shortDescription", message(s, clip(s, in(s, card->title))));
	put(rule, "fullDescription", message(s, clip(s, in(s, card->rationale))));
	put(rule, "help", help_of(s, card));
	put(level, "level", cJSON_CreateString(card->severity == SEVERITY_HIGH ? "error" : card->severity == SEVERITY_MEDIUM ? "warning" : "note"));
	put(rule, "defaultConfiguration", level);
	cJSON *properties = need(cJSON_CreateObject()), *tags = need(cJSON_CreateArray());
	cJSON_AddItemToArray(tags, need(cJSON_CreateString(family_name(card->family))));
	cJSON_AddItemToArray(tags, need(cJSON_CreateString("reliability")));
	put(properties, "tags", tags);
	put(properties, "precision", cJSON_CreateString("high"));
	put(properties, "problem.severity", cJSON_CreateString(card->severity == SEVERITY_HIGH ? "error" : card->severity == SEVERITY_MEDIUM ? "warning" : "recommendation"));
	put(rule, "properties", properties);
	return rule;
}

static cJSON *physical(struct sarif *s, struct place at, const struct config_report *c)
{
	cJSON *p = need(cJSON_CreateObject()), *artifact = need(cJSON_CreateObject()), *region = need(cJSON_CreateObject());
	struct place where = at.source ? at : (struct place){c->config->source, {0, 0}};
	struct position from = source_position(where.source, where.span.start), to = source_position(where.source, where.span.end);
	put(artifact, "uri", cJSON_CreateString(export_uri(&s->a, where.source->path)));
	put(artifact, "uriBaseId", cJSON_CreateString("%SRCROOT%"));
	put(p, "artifactLocation", artifact);
	put(region, "startLine", cJSON_CreateNumber(from.line));
	put(region, "startColumn", cJSON_CreateNumber(from.column));
	if (to.line != from.line) { /* a pull request shows only what lies in its lines as a whole: keep it to one */
		struct str line = source_line(where.source, from.line);
		to = source_position(where.source, (uint32_t)(line.ptr + line.len - where.source->text.ptr));
	}
	put(region, "endLine", cJSON_CreateNumber(from.line));
	put(region, "endColumn", cJSON_CreateNumber(to.column > from.column ? to.column : from.column + 1));
	put(p, "region", region);
	return p;
}

static cJSON *location(struct sarif *s, struct place at, const struct config_report *c, const char *text)
{
	cJSON *l = need(cJSON_CreateObject());
	put(l, "physicalLocation", physical(s, at, c));
	if (text)
		put(l, "message", plain(s, text));
	return l;
}

static cJSON *code_flow(struct sarif *s, const struct finding *f, const struct config_report *c)
{
	cJSON *flows = need(cJSON_CreateArray()), *flow = need(cJSON_CreateObject());
	cJSON *threads = need(cJSON_CreateArray()), *thread = need(cJSON_CreateObject()), *steps = need(cJSON_CreateArray());
	for (size_t i = 0; i < f->n_evidence && i < 100; i++) {
		const struct evidence *e = &f->evidence[i];
		if (!e->at.source)
			continue;
		cJSON *step = need(cJSON_CreateObject());
		put(step, "location", location(s, e->at, c, s->o->lang == LANG_ZH && e->message_zh ? e->message_zh : e->message));
		cJSON_AddItemToArray(steps, step);
	}
	if (!cJSON_GetArraySize(steps)) {
		cJSON_Delete(steps);
		cJSON_Delete(thread);
		cJSON_Delete(threads);
		cJSON_Delete(flow);
		cJSON_Delete(flows);
		return NULL;
	}
	put(thread, "locations", steps);
	cJSON_AddItemToArray(threads, thread);
	put(flow, "threadFlows", threads);
	cJSON_AddItemToArray(flows, flow);
	return flows;
}

static uint32_t rule_number(struct sarif *s, const struct card *card)
{
	uint32_t n = map_get(&s->rule_index, card->id);
	if (n != MAP_NONE)
		return n;
	n = (uint32_t)s->rules.len;
	map_put(&s->rule_index, card->id, n);
	vec_push(&s->rules, card);
	return n;
}

static cJSON *result_of(struct sarif *s, const struct finding *f, const struct config_report *c)
{
	cJSON *r = need(cJSON_CreateObject()), *locations = need(cJSON_CreateArray());
	const char *text = export_message(s->o, f);
	if (f->app.len)
		text = arena_printf(&s->a, STR_FMT ": %s", STR_ARG(f->app), text);
	put(r, "ruleId", cJSON_CreateString(export_utf8(&s->a, f->rule)));
	if (f->card)
		put(r, "ruleIndex", cJSON_CreateNumber(rule_number(s, f->card)));
	put(r, "level", cJSON_CreateString(level_name(f->level)));
	put(r, "message", plain(s, text));
	cJSON_AddItemToArray(locations, location(s, f->at, c, NULL));
	put(r, "locations", locations);
	cJSON *prints = need(cJSON_CreateObject());
	struct place at = f->at.source ? f->at : (struct place){c->config->source, {0, 0}};
	put(prints, "primaryLocationLineHash", cJSON_CreateString(line_hash(&s->hashes, at)));
	put(prints, "clusterlint/v1", cJSON_CreateString(f->fingerprint));
	put(r, "partialFingerprints", prints);
	cJSON *flows = code_flow(s, f, c);
	if (flows)
		put(r, "codeFlows", flows);
	cJSON *properties = need(cJSON_CreateObject());
	put(properties, "precision", cJSON_CreateString(precisions[f->confidence]));
	put(properties, "app", cJSON_CreateString(export_utf8(&s->a, f->app)));
	put(r, "properties", properties);
	return r;
}

static void write_sarif(const struct run_report *report, const struct format_options *o, struct buf *out)
{
	struct sarif s = {.o = o};
	arena_init(&s.a);
	line_hashes_init(&s.hashes, &s.a);
	cJSON *doc = need(cJSON_CreateObject()), *runs = need(cJSON_CreateArray()), *run = need(cJSON_CreateObject());
	cJSON *tool = need(cJSON_CreateObject()), *driver = need(cJSON_CreateObject()), *results = need(cJSON_CreateArray());
	struct export_list list = export_findings(&s.a, report, true);
	for (size_t i = 0; i < list.len; i++)
		cJSON_AddItemToArray(results, result_of(&s, list.ptr[i], list.config[i]));
	cJSON *rules = need(cJSON_CreateArray());
	for (size_t i = 0; i < s.rules.len; i++)
		cJSON_AddItemToArray(rules, rule_of(&s, s.rules.ptr[i]));
	put(doc, "$schema", cJSON_CreateString("https://json.schemastore.org/sarif-2.1.0.json"));
	put(doc, "version", cJSON_CreateString("2.1.0"));
	put(driver, "name", cJSON_CreateString("clusterlint"));
	put(driver, "version", cJSON_CreateString(o->version));
	put(driver, "semanticVersion", cJSON_CreateString(o->version));
	put(driver, "rules", rules);
	put(tool, "driver", driver);
	put(run, "tool", tool);
	cJSON *details = need(cJSON_CreateObject());
	put(details, "id", cJSON_CreateString("clusterlint/"));
	put(run, "automationDetails", details);
	put(run, "columnKind", cJSON_CreateString("utf16CodeUnits"));
	put(run, "results", results);
	cJSON_AddItemToArray(runs, run);
	put(doc, "runs", runs);
	export_json(out, doc);
	vec_release(&s.rules);
	map_release(&s.rule_index);
	line_hashes_release(&s.hashes);
	arena_release(&s.a);
}

const struct format format_sarif = {"sarif", "SARIF 2.1.0, for code scanning", false, write_sarif};
