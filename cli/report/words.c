#include "cli/report/content.h"

#include "cli/export.h"
#include "rules/phrases.h"

const char *report_pick(const struct report *p, const char *en, const char *zh)
{
	if (p->d->o->lang != LANG_ZH)
		return en;
	return zh ? zh : phrase_zh(&p->d->arena, en);
}

const char *report_risk(struct report *p, enum risk r)
{
	static const enum report_text words[] = {
		[RISK_LOW] = T_LOW, [RISK_MEDIUM] = T_MEDIUM, [RISK_HIGH] = T_HIGH, [RISK_UNKNOWN] = T_UNKNOWN};
	return report_say(p->d, words[r], NULL);
}

enum tone report_tone(enum risk r)
{
	static const enum tone tones[] = {
		[RISK_LOW] = TONE_LOW, [RISK_MEDIUM] = TONE_MEDIUM, [RISK_HIGH] = TONE_HIGH, [RISK_UNKNOWN] = TONE_UNKNOWN};
	return tones[r];
}

const char *report_mode(struct report *p, enum exec_mode mode, uint32_t n)
{
	if (mode == EXEC_UNKNOWN || !n)
		return report_say(p->d, T_UNKNOWN, NULL);
	return arena_printf(&p->d->arena, "%s ×%u", mode == EXEC_CLUSTER ? "cluster" : "fork", n);
}

const char *report_planned(struct report *p, const struct app_report *a)
{
	const char *each = report_mode(p, a->mode, a->instances);
	if (!a->replicas)
		return each;
	return report_say(p->d, a->replicas > 1 ? T_IN_CONTAINERS : T_IN_CONTAINER, "each", each, "n", arena_printf(&p->d->arena, "%u", a->replicas), NULL);
}

const char *report_verdict(struct report *p, const struct app_report *a)
{
	static const enum report_text words[] = {
		[VERDICT_CLUSTER_SAFE] = T_V_SAFE, [VERDICT_CLUSTER_WITH_WARNINGS] = T_V_WARN, [VERDICT_FORK_RECOMMENDED] = T_V_FORK_REC,
		[VERDICT_FORK_ONLY] = T_V_FORK_ONLY, [VERDICT_NOT_A_SERVER] = T_V_NO_SERVER, [VERDICT_UNKNOWN] = T_V_UNKNOWN};
	const char *word = report_say(p->d, words[a->verdict], NULL);
	if (a->confidence == CONFIDENCE_POSSIBLE && a->verdict != VERDICT_UNKNOWN)
		return report_say(p->d, T_NOT_SURE, "verdict", word, NULL);
	return word;
}

const char *report_titled(struct report *p, const char *what, const char *title)
{
	return arena_printf(&p->d->arena, "%s%s%s", what, report_pick(p, ": ", "："), title);
}

const char *report_strength(struct report *p, const struct strength *s)
{
	return doc_user(p->d, str_from(report_pick(p, s->message, s->message_zh)));
}

const char *report_symbol(struct report *p, const struct hazard *h)
{
	return h->symbol.len ? doc_code(p->d, h->symbol) : doc_user(p->d, h->card->id);
}

/* it decides that the app stays alone */
static bool decides(const struct hazard *h)
{
	return report_counts(h) && h->consequence >= CONSEQUENCE_FORK_RECOMMENDED && h->confidence >= CONFIDENCE_LIKELY;
}

const struct hazard *report_decider(const struct app_report *a)
{
	const struct hazard *first = NULL;
	for (size_t i = 0; i < a->hazards.len && !a->pinned; i++) {
		const struct hazard *h = &a->hazards.ptr[i];
		if (decides(h) && (!first || h->consequence > first->consequence))
			first = h;
	}
	return first;
}

/* the hazards that decide, the first of the gravest consequence named */
static const char *reason_of_hazards(struct report *p, const struct app_report *a)
{
	const struct hazard *first = report_decider(a);
	uint32_t n = 0;
	for (size_t i = 0; i < a->hazards.len; i++)
		n += decides(&a->hazards.ptr[i]);
	if (!first)
		return NULL;
	const char *title = doc_user(p->d, str_from(report_pick(p, first->card->title.in[LANG_EN], first->card->title.in[LANG_ZH])));
	const char *reason = report_titled(p, report_symbol(p, first), title);
	return n == 1 ? reason : report_say(p->d, T_R_SEVERAL, "reason", reason, "n", arena_printf(&p->d->arena, "%u", n - 1), NULL);
}

const char *report_reason(struct report *p, const struct app_report *a)
{
	const char *reason = reason_of_hazards(p, a);
	if (reason)
		return reason;
	enum report_text id = a->pinned ? T_R_PINNED : a->edge ? T_R_EDGE : T_R_SAFE;
	if (!a->pinned && a->verdict == VERDICT_UNKNOWN)
		id = T_R_UNKNOWN;
	else if (!a->pinned && a->verdict == VERDICT_NOT_A_SERVER)
		id = T_R_NO_SERVER;
	else if (a->limited_by)
		id = strcmp(a->limited_by, "memory") == 0 ? T_R_MEMORY : strcmp(a->limited_by, "partitions") == 0 ? T_R_PARTITIONS : T_R_POOL;
	/* what the planner knows besides, such as a launcher or an interpreter */
	else if (id == T_R_SAFE && a->n_reasons && a->mode != EXEC_CLUSTER && plan_total(a) == 1 && a->verdict <= VERDICT_CLUSTER_WITH_WARNINGS)
		return doc_user(p->d, str_from(report_pick(p, a->reasons[0].en, a->reasons[0].zh)));
	return report_say(p->d, id, NULL);
}

const char *report_path(struct report *p, struct str path)
{
	return doc_user(p->d, str_from(export_typed_path(&p->d->arena, p->d->o->work_dir, path)));
}

const char *report_place(struct report *p, struct place at)
{
	if (!at.source)
		return NULL;
	return arena_printf(&p->d->arena, "%s:%u", report_path(p, at.source->path), export_position(at).line);
}

const char *report_command(struct report *p, const char *before, const char *after)
{
	return arena_printf(&p->d->arena, MARK_CODE "%s%s%s" MARK_END, before, report_path(p, p->c->config->source->path), after);
}
