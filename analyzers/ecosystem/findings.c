#include "analyzers/ecosystem/internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include "base/buf.h"

static const char *filled(struct arena *a, const char *template, const char *const *args, size_t n)
{
	struct buf b = {0};
	for (const char *c = template; *c; c++) {
		if (c[0] == '{' && c[1] >= '1' && c[1] <= '9' && c[2] == '}' && (size_t)(c[1] - '1') < n) {
			buf_adds(&b, args[c[1] - '1']);
			c += 2;
		} else {
			buf_addc(&b, *c);
		}
	}
	char *text = arena_cstr(a, buf_str(&b));
	buf_release(&b);
	return text;
}

struct eco_finding *report(struct finding_vec *f, const char *rule, const struct eco_app *app, struct place at,
			   const char *message, ...)
{
	enum { MAX_ARGS = 9 };
	const char **args = arena_array(f->arena, const char *, MAX_ARGS);
	struct eco_finding finding = {.rule = rule, .app = -1, .scenario = f->scenario_index, .at = at};
	va_list ap;
	va_start(ap, message);
	for (const char *arg; finding.n_args < MAX_ARGS && (arg = va_arg(ap, const char *));)
		args[finding.n_args++] = arg;
	va_end(ap);
	if (!finding.at.source)
		finding.at = app && app->at.source ? app->at : (struct place){f->file->source, {0, 0}};
	if (app) {
		finding.app = (int)app->index;
		finding.app_name = app->name;
	}
	finding.args = args;
	finding.message = filled(f->arena, message, args, finding.n_args);
	vec_push(&f->list, finding);
	return &f->list.ptr[f->list.len - 1];
}

void report_also(struct eco_finding *f, struct place at, const char *what)
{
	f->also_at = at;
	f->also = what;
}

static int by_place(const void *x, const void *y)
{
	const struct eco_finding *a = x, *b = y;
	int order = place_cmp(a->at, b->at);
	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = a->app - b->app;
	if (!order)
		order = strcmp(a->message, b->message);
	return order ? order : (int)a->scenario - (int)b->scenario;
}

/* What was found in one scenario already is not said again for the next. */
static size_t distinct(struct eco_finding *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct eco_finding *last = kept ? &list[kept - 1] : NULL;
		if (last && last->app == list[i].app && !strcmp(last->rule, list[i].rule) &&
		    !strcmp(last->message, list[i].message) && place_cmp(last->at, list[i].at) == 0)
			continue;
		list[kept++] = list[i];
	}
	return kept;
}

static void rules_of_app(struct finding_vec *f, const struct eco_app *app, const struct app_detail *d)
{
	rules_of_keys(f, app, d);
	rules_of_mode(f, app, d);
	rules_of_paths(f, app, d);
	rules_of_env(f, app, d);
	rules_of_limits(f, app, d);
	rules_of_lifecycle(f, app, d);
}

void find_all(const struct context *ctx, const struct loaded *file, const struct scenario_list *scenarios,
	      struct eco_config *out)
{
	struct finding_vec f = {.arena = ctx->arena, .ctx = ctx, .file = file, .all = scenarios};
	for (size_t i = 0; i < scenarios->len; i++) {
		const struct scenario_detail *s = &scenarios->ptr[i];
		f.scenario = s;
		f.scenario_index = (uint32_t)i;
		rules_of_file(&f);
		for (size_t k = 0; k < s->n_apps; k++)
			if (s->apps[k].raw->kind == VAL_OBJECT)
				rules_of_app(&f, &s->apps[k], &s->details[k]);
		rules_across_apps(&f);
		rules_of_start(&f);
	}
	struct eco_finding *list = arena_array(ctx->arena, struct eco_finding, f.list.len);
	if (f.list.len) {
		qsort(f.list.ptr, f.list.len, sizeof *f.list.ptr, by_place);
		memcpy(list, f.list.ptr, f.list.len * sizeof *list);
	}
	out->n_findings = distinct(list, f.list.len);
	out->findings = list;
	vec_release(&f.list);
}
