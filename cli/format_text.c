#include "cli/text.h"

#include "cli/export.h"

/* For people. Errors and warnings come with their evidence as source frames, in
 * the order of the chain; what does no harm now is one line each; the plan closes. */

/* frames of one role; the rest is counted, so that the chain is always seen to its end */
static const size_t frames_of[] = {
    [EV_DECLARED] = 1, [EV_WRITTEN] = 1,    [EV_READ] = 1,   [EV_REACHED] = 1,
    [EV_GUARD] = 2,    [EV_MITIGATION] = 2, [EV_CONFIG] = 3,
};

/* ---- places ---- */

const char *text_path(struct text *t, struct str path)
{
	return export_typed_path(&t->arena, t->o->work_dir, path);
}

const char *text_place(struct text *t, struct place at)
{
	if (!at.source)
		return "";
	struct position pos = source_position(at.source, at.span.start);
	return arena_printf(&t->arena, "%s:%u:%u", text_path(t, at.source->path), pos.line,
			    pos.column);
}

void text_put_place(struct text *t, struct place at)
{
	const char *url = NULL;
	if (t->o->link_root && at.source)
		url = arena_printf(&t->arena, "%s/%s", t->o->link_root, export_uri(&t->arena, at.source->path));
	paint_link(&t->p, url);
	paint_cstr(&t->p, STYLE_PLAIN, text_place(t, at));
	paint_link_end(&t->p, url);
}

/* ---- one finding in full ---- */

static unsigned digits(uint32_t n)
{
	unsigned d = 1;
	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

/* whether evidence i is one of the first of its role */
static bool is_shown(const struct finding *f, size_t i)
{
	size_t before = 0;
	for (size_t k = 0; k < i; k++)
		before += f->evidence[k].role == f->evidence[i].role;
	return before < frames_of[f->evidence[i].role];
}

static unsigned gutter_of(const struct finding *f)
{
	unsigned most = digits(source_position(f->at.source, f->at.span.start).line);
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct place at = f->evidence[i].at;
		if (!at.source || !is_shown(f, i))
			continue;
		unsigned d = digits(source_position(at.source, at.span.start).line);
		most = d > most ? d : most;
	}
	return most;
}

static bool same_place(struct place a, struct place b)
{
	return a.source == b.source && a.span.start == b.span.start;
}

enum paint_style text_level_style(enum level l)
{
	return l == LEVEL_ERROR ? STYLE_RED : l == LEVEL_WARNING ? STYLE_YELLOW : STYLE_BLUE;
}

const char *text_level(struct text *t, enum level l)
{
	switch (l) {
	case LEVEL_ERROR:
		return say(t, "error", "错误");
	case LEVEL_WARNING:
		return say(t, "warning", "警告");
	default:
		return say(t, "note", "提示");
	}
}

static void put_head(struct text *t, const struct finding *f)
{
	const char *word = text_level(t, f->level);
	paint_cstr(&t->p, text_level_style(f->level), word);
	paint_cstr(&t->p, STYLE_BOLD, ": ");
	paint_wrapped(&t->p, STYLE_BOLD, str_from(either(t, f->message, f->message_zh)),
		      text_width(str_from(word)) + 2, 2);
}

static void put_arrow(struct text *t, unsigned gutter, bool first, struct place at,
		      const char *more)
{
	paint_blanks(&t->p, gutter);
	if (t->p.utf8)
		paint_cstr(&t->p, STYLE_BLUE, first ? " ┌─ " : " ├─ ");
	else
		paint_cstr(&t->p, STYLE_BLUE, first ? "--> " : "::: ");
	text_put_place(t, at);
	if (more)
		paint_printf(&t->p, STYLE_DIM, "  %s", more);
	buf_addc(t->p.out, '\n');
}

/* rule, app, and the scenario where it takes more than an empty environment */
static const char *tag_of(struct text *t, const struct config_report *c, const struct finding *f)
{
	const char *tag = arena_printf(&t->arena, "[" STR_FMT "]", STR_ARG(f->rule));
	if (f->app.len)
		tag = arena_printf(&t->arena, "%s %s " STR_FMT, tag, say(t, "in app", "应用"),
				   STR_ARG(f->app));
	if (f->scenario && f->scenario < c->config->n_models)
		tag = arena_printf(&t->arena, "%s, " STR_FMT, tag,
				   STR_ARG(c->config->models[f->scenario].scenario->name));
	return tag;
}

static void put_evidence(struct text *t, const struct evidence *e, unsigned gutter)
{
	put_arrow(t, gutter, false, e->at, NULL);
	paint_frame(&t->p, e->at, gutter, STYLE_BLUE, either(t, e->message, e->message_zh));
}

/* the finding's own place, then its evidence; what lies in the place already shown is its label */
static void put_frames(struct text *t, const struct config_report *c, const struct finding *f,
		       unsigned gutter)
{
	size_t left = 0;
	bool labelled = f->n_evidence && same_place(f->at, f->evidence[0].at);
	put_arrow(t, gutter, true, f->at, tag_of(t, c, f));
	paint_frame(&t->p, f->at, gutter, text_level_style(f->level),
		    labelled ? either(t, f->evidence[0].message, f->evidence[0].message_zh) : NULL);
	for (size_t i = labelled; i < f->n_evidence; i++) {
		if (!f->evidence[i].at.source)
			continue;
		if (is_shown(f, i))
			put_evidence(t, &f->evidence[i], gutter);
		else
			left++;
	}
	if (left) {
		paint_blanks(&t->p, gutter + 1);
		paint_printf(&t->p, STYLE_DIM, say(t, left == 1 ? "... and %zu more place" : "... and %zu more places", "…… 另有 %zu 处"),
			     left);
		buf_addc(t->p.out, '\n');
	}
}

static void put_hint(struct text *t, unsigned gutter, const char *word, const char *text)
{
	paint_blanks(&t->p, gutter + 1);
	paint_cstr(&t->p, STYLE_BLUE, "= ");
	paint_printf(&t->p, STYLE_BOLD, "%s: ", word);
	unsigned indent = gutter + 5 + text_width(str_from(word));
	paint_wrapped(&t->p, STYLE_PLAIN, str_from(text), indent, indent);
}

static void put_hints(struct text *t, const struct finding *f, unsigned gutter)
{
	const struct card_text *remedies = NULL;
	size_t n = 0;
	if (f->hazard && f->hazard->remedies) {
		remedies = f->hazard->remedies;
		n = f->hazard->n_remedies;
	} else if (f->card && f->hazard) {
		remedies = f->card->remedies;
		n = f->card->n_remedies;
	}
	for (size_t i = 0; i < n; i++)
		put_hint(t, gutter, i ? say(t, "or", "或者") : say(t, "to do", "处理"),
			 remedies[i].in[t->o->lang]);
	if (f->card)
		put_hint(t, gutter, say(t, "why", "说明"),
			 arena_printf(&t->arena, "clusterlint explain " STR_FMT, STR_ARG(f->rule)));
}

static void put_finding(struct text *t, const struct config_report *c, const struct finding *f)
{
	put_head(t, f);
	if (f->at.source) {
		unsigned gutter = gutter_of(f);
		put_frames(t, c, f, gutter);
		put_hints(t, f, gutter);
	}
	buf_addc(t->p.out, '\n');
}

/* ---- what does no harm now: one line each ---- */

static void put_line(struct text *t, const struct finding *f)
{
	const char *place = text_place(t, f->at);
	paint_blanks(&t->p, 2);
	text_put_place(t, f->at);
	paint_cstr(&t->p, STYLE_PLAIN, f->at.source ? ": " : "");
	const char *text = arena_printf(&t->arena, "%s [" STR_FMT "]",
					either(t, f->message, f->message_zh), STR_ARG(f->rule));
	paint_wrapped(&t->p, STYLE_PLAIN, str_from(text), 4 + text_width(str_from(place)), 6);
}

static bool is_contained(const struct finding *f)
{
	return f->level == LEVEL_NOTE && f->hazard && f->status == HAZARD_CONTAINED &&
	       finding_counts(f);
}

static size_t contained_of(const struct config_report *c, struct str app)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_findings; i++)
		n += is_contained(&c->findings[i]) && str_eq(c->findings[i].app, app);
	return n;
}

static bool is_first_of_name(const struct config_report *c, size_t app)
{
	for (size_t i = 0; i < app; i++)
		if (str_eq(c->apps[i].model->name, c->apps[app].model->name))
			return false;
	return true;
}

static void put_contained(struct text *t, const struct config_report *c, struct str app)
{
	size_t n = contained_of(c, app);
	if (!n)
		return;
	paint_cstr(&t->p, STYLE_BLUE, text_level(t, LEVEL_NOTE));
	paint_printf(&t->p, STYLE_BOLD,
		     say(t, ": '" STR_FMT "' runs once, which contains %zu hazard%s",
			 "：'" STR_FMT "' 只运行一个进程，因此 %zu 个隐患%s目前不会发作"),
		     STR_ARG(app), n, t->o->lang == LANG_EN && n > 1 ? "s" : "");
	buf_addc(t->p.out, '\n');
	for (size_t i = 0; i < c->n_findings; i++)
		if (is_contained(&c->findings[i]) && str_eq(c->findings[i].app, app))
			put_line(t, &c->findings[i]);
	buf_addc(t->p.out, '\n');
}

static void put_other_notes(struct text *t, const struct config_report *c)
{
	bool any = false;
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];
		if (f->level != LEVEL_NOTE || is_contained(f) || !finding_counts(f))
			continue;
		if (!any) {
			paint_cstr(&t->p, STYLE_BLUE, text_level(t, LEVEL_NOTE));
			paint_cstr(&t->p, STYLE_BOLD, say(t, ": worth knowing", "：值得知道"));
			buf_addc(t->p.out, '\n');
		}
		any = true;
		put_line(t, f);
	}
	if (any)
		buf_addc(t->p.out, '\n');
}

/* what somebody has accepted stays visible, with the reason given */
static void put_accepted(struct text *t, const struct config_report *c)
{
	bool any = false;
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];
		if (f->status != HAZARD_SUPPRESSED)
			continue;
		if (!any) {
			paint_cstr(&t->p, STYLE_BOLD, say(t, "accepted risks", "已接受的风险"));
			buf_addc(t->p.out, '\n');
		}
		any = true;
		const char *place = text_place(t, f->at);
		const char *text =
		    arena_printf(&t->arena, "%s%s [" STR_FMT "]",
				 f->hazard && f->hazard->symbol.len
				     ? arena_printf(&t->arena, "'" STR_FMT "': ",
						    STR_ARG(f->hazard->symbol))
				     : "",
				 either(t, f->suppressed_why, NULL), STR_ARG(f->rule));
		paint_blanks(&t->p, 2);
		text_put_place(t, f->at);
		paint_cstr(&t->p, STYLE_PLAIN, f->at.source ? ": " : "");
		paint_wrapped(&t->p, STYLE_DIM, str_from(text), 4 + text_width(str_from(place)), 6);
	}
	if (any)
		buf_addc(t->p.out, '\n');
}

/* ---- the document ---- */

static void put_findings(struct text *t, const struct config_report *c)
{
	for (enum level l = LEVEL_ERROR; l > LEVEL_NOTE; l--)
		for (size_t i = 0; i < c->n_findings; i++)
			if (c->findings[i].level == l && finding_counts(&c->findings[i]))
				put_finding(t, c, &c->findings[i]);
	for (size_t i = 0; i < c->n_apps; i++)
		if (is_first_of_name(c, i))
			put_contained(t, c, c->apps[i].model->name);
	put_other_notes(t, c);
	put_accepted(t, c);
}

static void put_count(struct text *t, enum paint_style style, uint32_t n, const char *one,
		      const char *many, const char *zh)
{
	paint_printf(&t->p, n ? style : STYLE_PLAIN, "%u %s", n,
		     t->o->lang == LANG_ZH ? zh
		     : n == 1		   ? one
					   : many);
}

static bool is_assumed(const struct run_report *r)
{
	for (size_t i = 0; i < r->n_configs; i++)
		for (size_t k = 0; k < r->configs[i].n_apps; k++)
			if (r->configs[i].apps[k].assumed)
				return true;
	return false;
}

static void put_summary(struct text *t, const struct run_report *r)
{
	put_count(t, STYLE_RED, r->errors, "error", "errors", "个错误");
	paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
	put_count(t, STYLE_YELLOW, r->warnings, "warning", "warnings", "个警告");
	paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
	put_count(t, STYLE_PLAIN, r->notes, "note", "notes", "条提示");
	if (r->suppressed) {
		paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
		put_count(t, STYLE_PLAIN, r->suppressed, "accepted", "accepted", "项已接受");
	}
	if (r->baselined) {
		paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
		put_count(t, STYLE_PLAIN, r->baselined, "in the baseline", "in the baseline",
			  "项在基线中");
	}
	if (r->deselected) {
		paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
		put_count(t, STYLE_PLAIN, r->deselected, "not selected", "not selected", "项未选中");
	}
	if (r->elsewhere) {
		paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
		bool asked = is_assumed(r);
		const char *words = asked ? "about other apps" : "not touched by the change";
		put_count(t, STYLE_PLAIN, r->elsewhere, words, words, asked ? "项属于其他应用" : "项与改动无关");
	}
	paint_cstr(&t->p, STYLE_PLAIN, say(t, "; ", "；"));
	put_count(t, STYLE_PLAIN, r->files, "source file read", "source files read",
		  "个源文件已分析");
	if (r->unreadable) {
		paint_cstr(&t->p, STYLE_PLAIN, say(t, ", ", "，"));
		put_count(t, STYLE_YELLOW, r->unreadable, "not readable", "not readable",
			  "个无法读取");
	}
	buf_addc(t->p.out, '\n');
}

static void write_text(const struct run_report *r, const struct format_options *o, struct buf *out)
{
	struct text t = {.p = {out, o->color, o->utf8, o->width}, .o = o};
	arena_init(&t.arena);
	if (o->statistics)
		text_statistics(&t, r);
	for (size_t i = 0; i < r->n_configs && !o->statistics; i++) {
		if (o->view == VIEW_CHECK)
			put_findings(&t, &r->configs[i]);
		text_plan(&t, &r->configs[i]);
	}
	if (o->view == VIEW_CHECK)
		put_summary(&t, r);
	arena_release(&t.arena);
}

const struct format format_text = {"text", "for people", true, write_text};
