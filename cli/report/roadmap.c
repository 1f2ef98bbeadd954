#include "cli/report/content.h"

/* What to do: now, next and later, and what to confirm before it goes live. */

typedef VEC(struct doc_cell) cell_vec;

static void put(cell_vec *v, const char *text)
{
	vec_push(v, (struct doc_cell){text, TONE_NONE});
}

static void flush(struct report *p, enum block_kind kind, cell_vec *v)
{
	doc_list(p->d, kind, v->ptr, v->len);
	vec_release(v);
}

static bool is_started(const struct app_report *a)
{
	return !a->model->skipped;
}

static void now(struct report *p)
{
	cell_vec v = {0};
	doc_heading(p->d, 3, report_say(p->d, T_STEP_NOW, NULL));
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_report *a = p->apps[i].r;
		bool unknown = a->mode == EXEC_UNKNOWN || !a->instances;
		if (!is_started(a) || !(unknown || report_changes(a)))
			continue;
		enum report_text id = unknown ? T_NOW_UNKNOWN : T_NOW_CHANGE;
		put(&v, report_say(p->d, id, "app", p->apps[i].name, "now", report_mode(p, a->model->exec_mode, a->model->processes),
				   "planned", report_planned(p, a), NULL));
	}
	if (!v.len)
		doc_paragraph(p->d, report_say(p->d, T_NOW_NONE, NULL));
	flush(p, BLOCK_LIST, &v);
}

/* the first remedy that is more than to stay with one process */
static const char *refactoring(struct report *p, const struct hazard *h)
{
	const struct card_text *texts = h->remedies ? h->remedies : h->card->remedies;
	size_t n = h->remedies ? h->n_remedies : h->card->n_remedies;
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || !strstr(texts[i].in[LANG_EN], "exec_mode 'fork'"))
			return doc_user(p->d, str_from(card_fill(&p->d->arena, report_pick(p, texts[i].in[LANG_EN], texts[i].in[LANG_ZH]), h->symbol)));
	return NULL;
}

static void next(struct report *p)
{
	cell_vec v = {0};
	doc_heading(p->d, 3, report_say(p->d, T_STEP_NEXT, NULL));
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_report *a = p->apps[i].r;
		bool holds_back = false;
		for (size_t k = 0; k < a->hazards.len && is_started(a); k++) {
			const struct hazard *h = &a->hazards.ptr[k];
			const char *remedy = report_counts(h) ? refactoring(p, h) : NULL;
			if (!remedy)
				continue;
			holds_back = holds_back || h->consequence >= CONSEQUENCE_FORK_RECOMMENDED;
			put(&v, report_say(p->d, T_NEXT_STEP, "app", p->apps[i].name, "symbol", report_symbol(p, h), "remedy", remedy, NULL));
		}
		if (holds_back && !a->pinned)
			put(&v, report_say(p->d, T_NEXT_THEN, "app", p->apps[i].name, "command", report_command(p, "clusterlint plan ", ""), NULL));
	}
	if (!v.len)
		doc_paragraph(p->d, report_say(p->d, T_NEXT_NONE, NULL));
	flush(p, BLOCK_LIST, &v);
}

static void later(struct report *p)
{
	cell_vec v = {0};
	const char *single = "";
	doc_heading(p->d, 3, report_say(p->d, T_STEP_LATER, NULL));
	put(&v, report_say(p->d, T_LATER_TARGET, "command", report_command(p, "clusterlint check --target replicas ", ""), NULL));
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_report *a = p->apps[i].r;
		if (is_started(a) && plan_total(a) == 1)
			single = arena_printf(&p->d->arena, "%s%s%s", single, *single ? ", " : "", p->apps[i].name);
		for (size_t k = 0; k < a->hazards.len; k++) {
			const struct hazard *h = &a->hazards.ptr[k];
			if (h->replicas_only || (h->family == FAMILY_LOCAL_FILE && h->status != HAZARD_SUPPRESSED))
				put(&v, report_say(p->d, T_LATER_FILES, "app", p->apps[i].name, "message",
						   doc_user(p->d, str_from(report_pick(p, h->message, h->message_zh))), NULL));
		}
	}
	put(&v, *single ? report_say(p->d, T_LATER_ONE, "apps", single, NULL) : report_say(p->d, T_LATER_ALL, NULL));
	if (*single)
		put(&v, report_say(p->d, T_LATER_ROLL, "strategy", MARK_CODE "Recreate" MARK_END, NULL));
	flush(p, BLOCK_LIST, &v);
}

void report_roadmap(struct report *p)
{
	doc_heading(p->d, 2, report_say(p->d, T_ROADMAP, NULL));
	now(p);
	next(p);
	later(p);
}

/* ---- before it goes live ---- */

static const enum report_text checks[N_FAMILIES] = {
	[FAMILY_MEMORY_STATE] = T_CHECK_MEMORY, [FAMILY_SCHEDULE] = T_CHECK_SCHEDULE, [FAMILY_LOCAL_FILE] = T_CHECK_FILE,
	[FAMILY_SOCKET] = T_CHECK_SOCKET,	[FAMILY_RACE] = T_CHECK_RACE,	       [FAMILY_EXCLUSIVE] = T_CHECK_EXCLUSIVE,
	[FAMILY_STARTUP] = T_CHECK_STARTUP,	[FAMILY_NATIVE] = T_CHECK_MEMORY,      [FAMILY_CONFIG] = N_REPORT_TEXTS,
	[FAMILY_TOOL] = N_REPORT_TEXTS};

static enum report_text check_of(const struct hazard *h)
{
	if (str_eq(h->card->id, STR("allocator-in-memory")))
		return T_CHECK_ALLOCATOR;
	return checks[h->family];
}

/* a shell's single quotes */
static const char *quoted(struct report *p, const char *s)
{
	struct buf b = {0};
	bool plain = *s && !strspn(s, "-") && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@:")] == '\0';
	buf_adds(&b, plain ? "" : "'");
	for (; *s; s++)
		if (*s == '\'')
			buf_adds(&b, "'\\''");
		else
			buf_addc(&b, *s);
	buf_adds(&b, plain ? "" : "'");
	const char *out = arena_cstr(&p->d->arena, buf_str(&b));
	buf_release(&b);
	return out;
}

static void check_app(struct report *p, const struct report_app *app, cell_vec *v)
{
	struct arena *a = &p->d->arena;
	const struct app_report *r = app->r;
	const char *name = quoted(p, app->name);
	if (r->model->name.len && (report_changes(r)))
		put(v, report_say(p->d, T_CHECK_RESTART, "app", app->name, "command",
				  report_command(p, arena_printf(a, "pm2 delete %s && pm2 start ", name), arena_printf(a, " --only %s", name)), NULL));
	if (r->mode != EXEC_UNKNOWN && r->instances)
		put(v, report_say(p->d, T_CHECK_RUNS, "app", app->name, "command", MARK_CODE "pm2 ls" MARK_END, "n",
				  arena_printf(a, "%u", r->instances), "mode", r->mode == EXEC_CLUSTER ? "cluster" : "fork", NULL));
	for (size_t i = 0; i < r->hazards.len; i++) {
		const struct hazard *h = &r->hazards.ptr[i];
		enum report_text id = check_of(h);
		if (report_counts(h) && id != N_REPORT_TEXTS)
			put(v, report_say(p->d, id, "app", app->name, "symbol", report_symbol(p, h), NULL));
	}
	if (r->mode == EXEC_CLUSTER && r->instances > 1)
		put(v, report_say(p->d, T_CHECK_CLUSTER, "app", app->name, NULL));
}

void report_checklist(struct report *p)
{
	cell_vec v = {0};
	doc_heading(p->d, 2, report_say(p->d, T_CHECKLIST, NULL));
	for (size_t i = 0; i < p->n_apps; i++)
		if (report_changes(p->apps[i].r)) {
			put(&v, report_say(p->d, T_CHECK_READ, "command", report_command(p, "clusterlint fix --plan ", " --write"), NULL));
			break;
		}
	for (size_t i = 0; i < p->n_apps; i++)
		if (is_started(p->apps[i].r))
			check_app(p, &p->apps[i], &v);
	put(&v, report_say(p->d, T_CHECK_SAVE, "command", MARK_CODE "pm2 save" MARK_END, NULL));
	put(&v, report_say(p->d, T_CHECK_GATE, "command", report_command(p, "clusterlint check ", ""), NULL));
	flush(p, BLOCK_CHECKLIST, &v);
	doc_heading(p->d, 2, report_say(p->d, T_LIMITS, NULL));
	doc_paragraph(p->d, report_say(p->d, T_LIMITS_TEXT, NULL));
	report_references(p);
	doc_paragraph(p->d, report_say(p->d, T_MADE_BY, "version", p->d->o->version, NULL));
}
