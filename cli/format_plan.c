#include <math.h>
#include "base/vec.h"
#include "cli/text.h"

/* The part of the text format about processes: a table before and after for
 * each group of scenarios that come out alike, then why. */

enum { COLUMNS = 5, MAX_REASONS = 3 };

struct cell {
	const char *text;
	enum paint_style style;
};

struct row {
	struct cell cells[COLUMNS];
};

/* ---- scenarios that come out alike ---- */

static const struct app_report *app_in(const struct config_report *c, uint32_t scenario, size_t *at)
{
	for (; *at < c->n_apps; ++*at)
		for (size_t k = 0; k < c->apps[*at].n_scenarios; k++)
			if (c->apps[*at].scenarios[k] == scenario)
				return &c->apps[(*at)++];
	return NULL;
}

static bool apps_alike(const struct app_report *a, const struct app_report *b)
{
	return str_eq(a->model->name, b->model->name) &&
	       a->model->exec_mode == b->model->exec_mode &&
	       a->model->processes == b->model->processes && a->mode == b->mode &&
	       a->instances == b->instances && a->replicas == b->replicas && a->risk == b->risk &&
	       a->risk_after == b->risk_after && a->verdict == b->verdict;
}

static bool scenarios_alike(const struct config_report *c, uint32_t a, uint32_t b)
{
	size_t i = 0, k = 0;
	for (;;) {
		const struct app_report *x = app_in(c, a, &i), *y = app_in(c, b, &k);
		if (!x || !y)
			return x == y;
		if (!apps_alike(x, y))
			return false;
	}
}

static bool is_leader(const struct config_report *c, uint32_t scenario)
{
	for (uint32_t s = 0; s < scenario; s++)
		if (scenarios_alike(c, s, scenario))
			return false;
	return true;
}

/* ---- cells ---- */

static const char *mode_text(struct text *t, enum exec_mode mode, uint32_t n)
{
	const char *times = t->p.utf8 ? "×" : "x";
	const char *word = mode == EXEC_CLUSTER ? "cluster" : mode == EXEC_FORK ? "fork" : "?";
	return n ? arena_printf(&t->arena, "%s %s%u", word, times, n)
		 : arena_printf(&t->arena, "%s %s?", word, times);
}

static const char *planned_text(struct text *t, const struct app_report *a)
{
	const char *each = mode_text(t, a->mode, a->instances);
	if (!a->replicas)
		return each;
	return arena_printf(&t->arena, a->replicas > 1 ? say(t, "%s in %u containers", "%s，%u 个容器") : say(t, "%s in %u container", "%s，%u 个容器"), each, a->replicas);
}

static const char *risk_word(struct text *t, enum risk r)
{
	static const char *const zh[] = {
	    [RISK_LOW] = "低", [RISK_MEDIUM] = "中", [RISK_HIGH] = "高", [RISK_UNKNOWN] = "未知"};
	return say(t, risk_name(r), zh[r]);
}

static enum paint_style risk_style(enum risk r)
{
	return r == RISK_HIGH ? STYLE_RED : r == RISK_MEDIUM ? STYLE_YELLOW : STYLE_PLAIN;
}

static const char *change(struct text *t, const char *before, const char *after)
{
	if (strcmp(before, after) == 0)
		return before;
	return arena_printf(&t->arena, "%s %s %s", before, t->p.utf8 ? "→" : "->", after);
}

static struct row head(struct text *t)
{
	struct row r = {{{say(t, "app", "应用"), STYLE_BOLD},
			 {say(t, "now", "现在"), STYLE_BOLD},
			 {say(t, "planned", "建议"), STYLE_BOLD},
			 {say(t, "risk", "风险"), STYLE_BOLD},
			 {say(t, "verdict", "结论"), STYLE_BOLD}}};
	return r;
}

static const char *verdict_text(struct text *t, const struct app_report *a)
{
	if (a->confidence == CONFIDENCE_POSSIBLE && a->verdict != VERDICT_UNKNOWN)
		return arena_printf(&t->arena, "%s%s", verdict_name(a->verdict),
				    say(t, " (not sure)", "（不确定）"));
	return verdict_name(a->verdict);
}

static struct row row_of(struct text *t, const struct app_report *a)
{
	const char *now = mode_text(t, a->model->exec_mode, a->model->processes);
	const char *was = a->assumed ? arena_printf(&t->arena, say(t, "%s (assumed)", "%s（假设）"), now) : now;
	const char *then = planned_text(t, a);
	struct str name = a->model->name.len ? a->model->name : STR("?");
	struct row r = {
	    {{arena_cstr(&t->arena, name), STYLE_PLAIN},
	     {was, STYLE_PLAIN},
	     {then, strcmp(now, then) ? STYLE_GREEN : STYLE_PLAIN},
	     {change(t, risk_word(t, a->risk), risk_word(t, a->risk_after)), risk_style(a->risk)},
	     {a->model->skipped ? say(t, "PM2 does not start it", "PM2 不会启动它")
				: verdict_text(t, a),
	      STYLE_PLAIN}}};
	return r;
}

static const char *number(struct text *t, uint32_t n)
{
	return n ? arena_printf(&t->arena, "%u", n) : "?";
}

static struct row total(struct text *t, const struct plan_row *p)
{
	struct row r = {
	    {{say(t, "processes", "进程数"), STYLE_BOLD},
	     {number(t, p->processes_before), STYLE_BOLD},
	     {number(t, p->processes_after), STYLE_BOLD},
	     {change(t, risk_word(t, p->risk_before), risk_word(t, p->risk_after)), STYLE_BOLD},
	     {"", STYLE_PLAIN}}};
	return r;
}

typedef VEC(struct row) row_vec;

static void put_rows(struct text *t, const row_vec *rows)
{
	unsigned widths[COLUMNS] = {0};
	for (size_t i = 0; i < rows->len; i++)
		for (size_t k = 0; k < COLUMNS; k++) {
			unsigned w = text_width(str_from(rows->ptr[i].cells[k].text));
			widths[k] = w > widths[k] ? w : widths[k];
		}
	for (size_t i = 0; i < rows->len; i++) {
		paint_blanks(&t->p, 2);
		for (size_t k = 0; k < COLUMNS; k++) {
			const struct cell *c = &rows->ptr[i].cells[k];
			bool last = k + 1 == COLUMNS || !*rows->ptr[i].cells[k + 1].text;
			paint_cstr(&t->p, c->style, c->text);
			if (last)
				break;
			paint_blanks(&t->p, widths[k] - text_width(str_from(c->text)) + 2);
		}
		buf_addc(t->p.out, '\n');
	}
}

/* ---- the plan ---- */

static const char *memory_text(struct text *t, uint64_t bytes)
{
	double gib = (double)bytes / (1024.0 * 1024 * 1024);
	if (gib >= 1)
		return arena_printf(&t->arena, "%.*f GiB", fabs(gib - round(gib)) < 0.05 ? 0 : 1,
				    gib);
	return arena_printf(&t->arena, "%.0f MiB", gib * 1024);
}

static void put_title(struct text *t, const struct config_report *c, uint32_t scenario)
{
	const struct context *ctx = t->o->ctx;
	struct buf names = {0};
	for (uint32_t s = scenario; s < c->config->n_models; s++)
		if (s == scenario || scenarios_alike(c, scenario, s)) {
			buf_adds(&names, names.len ? ", " : "");
			buf_add(&names, c->config->models[s].scenario->name);
		}
	const char *where = ctx->target == TARGET_REPLICAS ? say(t, "as replicas", "多副本")
							   : say(t, "under PM2", "PM2 单机");
	const char *title = arena_printf(
	    &t->arena,
	    say(t, "%s, plan for %u CPUs and %s %s", "%s：%u 个 CPU、%s 内存（%s）的方案"),
	    text_path(t, c->config->source->path), ctx->cpus, memory_text(t, ctx->memory_bytes),
	    where);
	if (c->config->n_models > 1)
		title =
		    arena_printf(&t->arena, "%s (" STR_FMT ")", title, STR_ARG(buf_str(&names)));
	paint_wrapped(&t->p, STYLE_BOLD, str_from(title), 0, 2);
	buf_release(&names);
}

static void put_reason(struct text *t, struct str app, const char *reason)
{
	unsigned column = 4 + text_width(app);
	paint_blanks(&t->p, 2);
	paint_text(&t->p, STYLE_BOLD, app);
	paint_cstr(&t->p, STYLE_PLAIN, ": ");
	paint_wrapped(&t->p, STYLE_PLAIN, str_from(reason), column, 4);
}

static void put_reasons(struct text *t, const struct app_report *a)
{
	struct str name = a->model->name.len ? a->model->name : STR("?");
	for (size_t i = 0; i < a->n_reasons && i < MAX_REASONS; i++)
		put_reason(t, name, either(t, a->reasons[i].en, a->reasons[i].zh));
	if (a->n_reasons > MAX_REASONS)
		put_reason(t, name,
			   arena_printf(&t->arena,
					say(t, "and %zu more reasons", "另有 %zu 个原因"),
					a->n_reasons - MAX_REASONS));
	for (size_t i = 0; i < a->n_notes; i++)
		put_reason(t, name, either(t, a->notes[i], NULL));
	for (size_t i = 0; i < a->hazards.n_strengths && t->o->view == VIEW_PLAN; i++) {
		const struct strength *s = &a->hazards.strengths[i];
		put_reason(t, name,
			   arena_printf(&t->arena, "+ %s (%s)",
					either(t, s->message, s->message_zh),
					text_place(t, s->at)));
	}
}

static void put_scenario(struct text *t, const struct config_report *c, uint32_t scenario)
{
	row_vec rows = {0};
	bool changes = false;
	size_t at = 0;
	const struct app_report *a;
	vec_push(&rows, head(t));
	while ((a = app_in(c, scenario, &at))) {
		vec_push(&rows, row_of(t, a));
		changes = changes || a->mode != a->model->exec_mode ||
			  a->instances != a->model->processes;
	}
	vec_push(&rows, total(t, &c->plans[scenario]));
	put_title(t, c, scenario);
	buf_addc(t->p.out, '\n');
	put_rows(t, &rows);
	buf_addc(t->p.out, '\n');
	for (at = 0; (a = app_in(c, scenario, &at));)
		put_reasons(t, a);
	if (changes)
		paint_wrapped(
		    &t->p, STYLE_DIM,
		    str_from(say(
			t,
			"  PM2 ignores a changed exec_mode or instances on restart and "
			"reload: pm2 delete the app, then start it",
			"  PM2 在 restart 和 reload 时忽略已更改的 exec_mode 或 instances：请先 "
			"pm2 delete 再 start")),
		    0, 2);
	buf_addc(t->p.out, '\n');
	vec_release(&rows);
}

void text_plan(struct text *t, const struct config_report *c)
{
	for (uint32_t s = 0; s < c->config->n_models; s++)
		if (c->config->models[s].n_apps && is_leader(c, s))
			put_scenario(t, c, s);
}
