/* What cannot be edited exactly is told with the way by hand: what to write, for which app, and where. */
#include "planner/edit_internal.h"

const char *edit_mode(enum exec_mode mode)
{
	return mode == EXEC_CLUSTER ? "cluster" : "fork";
}

/* the other apps that the same object literal makes: "'b' and 'c'"; NULL: none */
static const char *made_alike(struct arena *a, const struct config_report *report, const struct eco_app *m, const char *and)
{
	struct place at = m->raw && m->raw->kind == VAL_OBJECT ? m->raw->u.obj->at : (struct place){0};
	const char *names = NULL;
	size_t n = 0;
	for (size_t i = 0; i < report->n_apps && at.source; i++) {
		const struct eco_app *other = report->apps[i].model;
		bool same = other->raw && other->raw->kind == VAL_OBJECT && other->raw->u.obj->at.source == at.source && other->raw->u.obj->at.span.start == at.span.start;
		if (!same || str_eq(other->name, m->name) || !other->name.len)
			continue;
		const char *quoted = arena_printf(a, "'" STR_FMT "'", STR_ARG(other->name));
		if (names && strstr(names, quoted))
			continue;
		names = n++ ? arena_printf(a, "%s%s%s", names, and, quoted) : quoted;
	}
	return names;
}

/* How the shared object could tell this app from the others: by the expression that gives its name. */
static const char *example(struct arena *a, const struct config_report *report, const struct app_report *app)
{
	const struct val_prop *p = val_prop(app->model->raw->u.obj, STR("name"));
	if (!p || p->at.source != report->config->source || report->config->format == ECO_YAML)
		return NULL;
	struct str text = str_sub(p->at.source->text, p->at.span.start, p->at.span.end), name = app->model->name;
	size_t colon = str_find(text, STR(":"));
	if (colon != (size_t)-1)
		text = str_sub(text, colon + 1, text.len);
	while (text.len && text.ptr[0] == ' ')
		text = str_sub(text, 1, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (!((text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z') && text.ptr[i] != '.' && text.ptr[i] != '_' && text.ptr[i] != '$')
			return NULL;
	if (!text.len || str_find(name, STR("'")) != (size_t)-1 || str_find(name, STR("\\")) != (size_t)-1)
		return NULL;
	return arena_printf(a, "...(" STR_FMT " === '" STR_FMT "' && { exec_mode: '%s', instances: %u })", STR_ARG(text), STR_ARG(name),
			    edit_mode(app->mode), app->instances);
}

struct edit_refused edit_by_hand(struct arena *a, const struct config_report *report, const struct app_report *app, const char *why)
{
	struct str name = app->model->name;
	const char *alike = made_alike(a, report, app->model, " and "), *alike_zh = made_alike(a, report, app->model, "、");
	const char *how = alike ? example(a, report, app) : NULL;
	struct plan_text reason = {why, "无法自动修改"}, hint = {"", ""};
	if (alike)
		reason = (struct plan_text){arena_printf(a, "this object makes '" STR_FMT "' and %s alike", STR_ARG(name), alike),
					    arena_printf(a, "'" STR_FMT "' 与 %s 由同一个对象生成", STR_ARG(name), alike_zh)};
	if (how)
		hint = (struct plan_text){arena_printf(a, ", for example with %s as its last member", how), arena_printf(a, "，例如在末尾加上 %s", how)};
	const char *hand = arena_printf(a, "%s; write exec_mode: '%s', instances: %u for '" STR_FMT "' by hand%s", reason.en, edit_mode(app->mode), app->instances,
					STR_ARG(name), hint.en);
	const char *hand_zh = arena_printf(a, "%s；请手工为 '" STR_FMT "' 写上 exec_mode: '%s', instances: %u%s", reason.zh, STR_ARG(name), edit_mode(app->mode),
					   app->instances, hint.zh);
	struct place at = alike && app->model->raw->u.obj->at.source ? app->model->raw->u.obj->at : app->model->at;
	return (struct edit_refused){name, hand, hand_zh, at};
}
