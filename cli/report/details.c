#include "cli/report/content.h"

#include "cli/export.h"

/* One section for each app: what it does, what a second process would break,
 * the lines that prove it, and what to do. */

enum { MAX_LINES = 8, MAX_WIDTH = 160, CLOSE = 3 };
typedef VEC(struct doc_cell) cell_vec;

static void item(cell_vec *v, const char *text)
{
	vec_push(v, (struct doc_cell){text, TONE_NONE});
}

static const char *number(struct report *p, uint32_t n)
{
	return arena_printf(&p->d->arena, "%u", n);
}

/* ---- what it does ---- */

static enum report_text kind_text(const char *kind)
{
	static const struct {
		const char *kind;
		enum report_text text;
	} kinds[] = {{"edge", T_K_EDGE}, {"api", T_K_API}, {"push", T_K_PUSH}, {"worker", T_K_WORKER},
		     {"scheduler", T_K_SCHEDULER}, {"service", T_K_SERVICE}, {"script", T_K_SCRIPT}};
	for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].text;
	return T_K_UNKNOWN;
}

static const char *joined(struct report *p, const char *list, const char *more)
{
	return *list ? arena_printf(&p->d->arena, "%s, %s", list, more) : more;
}

static void put_roots(struct report *p, const struct report_app *app, cell_vec *v)
{
	const struct {
		uint32_t n;
		enum report_text text;
	} kinds[] = {{app->routes, T_N_ROUTES}, {app->sockets, T_N_SOCKETS}, {app->messages, T_N_MESSAGES}, {app->timers, T_N_TIMERS}};
	const char *list = "";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].n)
			list = joined(p, list, report_say(p->d, kinds[i].text, "n", number(p, kinds[i].n), NULL));
	if (*list)
		item(v, report_say(p->d, T_ROOTS, "list", list, NULL));
}

/* the same strength in several places is told once */
static bool is_told(const struct app_report *a, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(a->hazards.strengths[k].message, a->hazards.strengths[i].message) == 0)
			return true;
	return false;
}

static void put_strengths(struct report *p, const struct app_report *a, cell_vec *v)
{
	for (size_t i = 0; i < a->hazards.n_strengths; i++) {
		const struct strength *s = &a->hazards.strengths[i];
		const char *where = report_place(p, s->at);
		if (!is_told(a, i))
			item(v, report_say(p->d, T_STRENGTH, "what", report_strength(p, s),
					   "where", where ? arena_printf(&p->d->arena, MARK_CODE "%s" MARK_END, where) : "?", NULL));
	}
}

static void put_what(struct report *p, const struct report_app *app, bool strengths)
{
	cell_vec v = {0};
	const struct app_report *a = app->r;
	item(&v, report_say(p->d, kind_text(a->kind), NULL));
	for (size_t i = 0; i < a->n_entry_paths; i++)
		item(&v, report_say(p->d, T_ENTRY, "entry",
				    arena_printf(&p->d->arena, MARK_CODE "%s" MARK_END, report_path(p, str_from(a->entry_paths[i]))), "files",
				    number(p, a->files_reached), NULL));
	if (!a->n_entry_paths)
		item(&v, report_say(p->d, T_NO_ENTRY, NULL));
	put_roots(p, app, &v);
	const char *list = "";
	for (uint32_t s = 0; s < N_STORES; s++)
		if (app->stores & 1u << s)
			list = joined(p, list, report_store(p, (enum store)s));
	if (*list)
		item(&v, report_say(p->d, T_SHARES, "list", list, NULL));
	if (strengths) /* else they are told with their lines */
		put_strengths(p, a, &v);
	for (size_t i = 0; i < a->hazards.len; i++) {
		const struct hazard *h = &a->hazards.ptr[i];
		if (h->status == HAZARD_MITIGATED)
			item(&v, report_say(p->d, T_MITIGATED, "what", report_symbol(p, h), NULL));
	}
	for (size_t i = 0; i < a->n_notes; i++)
		item(&v, doc_user(p->d, str_from(report_pick(p, a->notes[i], NULL))));
	doc_heading(p->d, 4, report_say(p->d, T_WHAT, NULL));
	doc_list(p->d, BLOCK_LIST, v.ptr, v.len);
	vec_release(&v);
}

/* ---- evidence ---- */

static size_t indent_of(struct str line)
{
	size_t n = 0;
	while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return n;
}

/* lines first to last, what all of them are indented by taken off, long ones cut */
static const char *excerpt(struct report *p, const struct source *s, uint32_t first, uint32_t last)
{
	struct buf b = {0};
	size_t indent = SIZE_MAX;
	for (uint32_t n = first; n <= last; n++) {
		struct str line = source_line(s, n);
		size_t k = indent_of(line);
		indent = k < line.len && k < indent ? k : indent;
	}
	for (uint32_t n = first; n <= last; n++) {
		struct str line = source_line(s, n);
		line = str_sub(line, indent < line.len ? indent : line.len, line.len);
		size_t len = line.len;
		if (len > MAX_WIDTH)
			for (len = MAX_WIDTH; len && ((unsigned char)line.ptr[len] & 0xc0) == 0x80;)
				len--;
		buf_add(&b, str_sub(line, 0, len));
		buf_adds(&b, len < line.len ? "…\n" : "\n");
	}
	const char *out = doc_source(p->d, buf_str(&b));
	buf_release(&b);
	return out;
}

static bool belongs(const struct evidence *a, const struct evidence *b, uint32_t last)
{
	if (a->role != b->role || a->at.source != b->at.source || !b->at.source || strcmp(a->message, b->message) != 0)
		return false;
	uint32_t line = export_position(b->at).line;
	return line >= last && line <= last + CLOSE;
}

static void put_chain(struct report *p, const struct hazard *h)
{
	static const enum report_text roles[] = {[EV_DECLARED] = T_R_DECLARED, [EV_WRITTEN] = T_R_WRITTEN, [EV_READ] = T_R_READ,
						 [EV_REACHED] = T_R_REACHED, [EV_GUARD] = T_R_GUARD,
						 [EV_MITIGATION] = T_R_MITIGATION, [EV_CONFIG] = T_R_CONFIG};
	struct doc_step *steps = arena_array(&p->d->arena, struct doc_step, h->n_evidence);
	size_t n = 0;
	for (size_t i = 0; i < h->n_evidence;) {
		const struct evidence *e = &h->evidence[i];
		uint32_t first = export_position(e->at).line, last = first;
		for (i++; i < h->n_evidence && belongs(e, &h->evidence[i], last) &&
			  export_position(h->evidence[i].at).line < first + MAX_LINES; i++)
			last = export_position(h->evidence[i].at).line;
		steps[n++] = (struct doc_step){.role = report_say(p->d, roles[e->role], NULL),
					       .message = doc_user(p->d, str_from(report_pick(p, e->message, e->message_zh))),
					       .where = report_place(p, e->at), .line = first,
					       .code = e->at.source ? excerpt(p, e->at.source, first, last) : NULL};
	}
	if (!n)
		return;
	doc_heading(p->d, 5, report_say(p->d, T_EVIDENCE, NULL));
	vec_push(&p->d->blocks, (struct block){.kind = BLOCK_CHAIN, .steps = steps, .n_steps = n});
}

/* a safe app has its evidence too: each kind of it once, with its line */
static void put_favour(struct report *p, const struct app_report *a)
{
	struct doc_step *steps = arena_array(&p->d->arena, struct doc_step, a->hazards.n_strengths);
	size_t n = 0;
	for (size_t i = 0; i < a->hazards.n_strengths; i++) {
		const struct strength *s = &a->hazards.strengths[i];
		if (is_told(a, i) || !s->at.source)
			continue;
		uint32_t line = export_position(s->at).line;
		steps[n++] = (struct doc_step){.role = report_say(p->d, T_R_FAVOUR, NULL), .message = report_strength(p, s), .where = report_place(p, s->at),
					       .line = line, .code = excerpt(p, s->at.source, line, line)};
	}
	if (!n)
		return;
	doc_heading(p->d, 4, report_say(p->d, T_FAVOUR, NULL));
	vec_push(&p->d->blocks, (struct block){.kind = BLOCK_CHAIN, .steps = steps, .n_steps = n});
}

/* ---- a hazard ---- */

static const char *state(struct report *p, const struct app_report *a, const struct hazard *h)
{
	const char *text = report_say(p->d, h->status == HAZARD_OVERLAP ? T_OVERLAP : T_CONTAINED, NULL);
	if (h->status == HAZARD_ACTIVE && a->model->processes > 1)
		text = report_say(p->d, T_ACTIVE, "n", number(p, a->model->processes), NULL);
	else if (h->status == HAZARD_ACTIVE)
		text = report_say(p->d, T_ACTIVE_UNKNOWN, NULL);
	const char *gap = p->d->o->lang == LANG_ZH ? "" : " ";
	if (h->also_single_process)
		text = arena_printf(&p->d->arena, "%s%s%s", text, gap, report_say(p->d, T_SINGLE_TOO, NULL));
	if (h->confidence == CONFIDENCE_POSSIBLE)
		text = arena_printf(&p->d->arena, "%s%s%s", text, gap, report_say(p->d, T_CONFIDENCE_POSSIBLE, NULL));
	return text;
}

static void put_remedies(struct report *p, const struct hazard *h)
{
	const struct card_text *texts = h->remedies ? h->remedies : h->card->remedies;
	size_t n = h->remedies ? h->n_remedies : h->card->n_remedies;
	cell_vec v = {0};
	for (size_t i = 0; i < n; i++)
		item(&v, doc_user(p->d, str_from(card_fill(&p->d->arena, report_pick(p, texts[i].in[LANG_EN], texts[i].in[LANG_ZH]), h->symbol))));
	if (v.len)
		doc_heading(p->d, 5, report_say(p->d, T_REMEDIES, NULL));
	doc_list(p->d, BLOCK_NUMBERED, v.ptr, v.len);
	vec_release(&v);
}

static void put_hazard(struct report *p, const struct report_app *app, const struct hazard *h)
{
	const char *title = doc_user(p->d, str_from(report_pick(p, h->card->title.in[LANG_EN], h->card->title.in[LANG_ZH])));
	const char *message = doc_user(p->d, str_from(report_pick(p, h->message, h->message_zh)));
	doc_heading(p->d, 4, report_titled(p, report_symbol(p, h), title));
	doc_paragraph(p->d, message);
	doc_paragraph(p->d, state(p, app->r, h));
	put_chain(p, h);
	report_timeline(p, app, h);
	put_remedies(p, h);
	report_code(p, app, h);
}

static void put_minor(struct report *p, const struct app_report *a)
{
	cell_vec v = {0};
	for (size_t i = 0; i < a->hazards.len; i++) {
		const struct hazard *h = &a->hazards.ptr[i];
		const char *where = report_place(p, h->at);
		if (h->severity == SEVERITY_LOW && h->status != HAZARD_MITIGATED && h->status != HAZARD_SUPPRESSED)
			item(&v, arena_printf(&p->d->arena, "%s (" MARK_CODE "%s" MARK_END ")",
					      doc_user(p->d, str_from(report_pick(p, h->message, h->message_zh))), where ? where : "?"));
	}
	if (v.len)
		doc_paragraph(p->d, report_say(p->d, T_MINOR, NULL));
	doc_list(p->d, BLOCK_LIST, v.ptr, v.len);
	vec_release(&v);
}

/* ---- its config ---- */

static void put_snippet(struct report *p, const struct app_report *a)
{
	static const char *const langs[] = {
		[ECO_JS] = "js", [ECO_MJS] = "js", [ECO_JSON] = "json", [ECO_YAML] = "yaml", [ECO_NOT_A_CONFIG] = ""};
	enum eco_format f = p->c->config->format;
	doc_heading(p->d, 4, report_say(p->d, T_SNIPPET, NULL));
	if (a->mode == EXEC_UNKNOWN || !a->instances || f == ECO_NOT_A_CONFIG) {
		doc_paragraph(p->d, report_say(p->d, T_SNIPPET_UNKNOWN, NULL));
		return;
	}
	const char *planned = report_planned(p, a);
	doc_paragraph(p->d, report_changes(a) ? report_say(p->d, T_SNIPPET_NEW, "now", report_mode(p, a->model->exec_mode, a->model->processes),
							   "planned", planned, NULL)
					      : report_say(p->d, T_SNIPPET_SAME, NULL));
	struct buf b = {0};
	struct buf name = {0};
	for (const char *s = doc_user(p->d, a->model->name); *s; s++) {
		bool twice = f == ECO_YAML && *s == '\'';
		bool escape = f != ECO_YAML && (*s == '\\' || *s == (f == ECO_JSON ? '"' : '\''));
		buf_adds(&name, twice ? "'" : escape ? "\\" : "");
		buf_addc(&name, *s);
	}
	const struct hazard *why = plan_total(a) == 1 ? report_decider(a) : NULL;
	const char *note = why && why->symbol.len ? report_say(p->d, T_SNIPPET_WHY, "symbol", doc_user(p->d, why->symbol), NULL) : NULL;
	const char *mode = a->mode == EXEC_CLUSTER ? "cluster" : "fork", *n = name.len ? name.ptr : "?";
	if (f == ECO_JSON)
		buf_printf(&b, "{\n  \"name\": \"%s\",\n  \"exec_mode\": \"%s\",\n  \"instances\": %u\n}\n", n, mode, a->instances);
	else if (f == ECO_YAML)
		buf_printf(&b, "- name: '%s'\n  exec_mode: %s\n  instances: %u%s%s\n", n, mode, a->instances, note ? " # " : "", note ? note : "");
	else
		buf_printf(&b, "{\n  name: '%s',\n  // ...\n  exec_mode: '%s',\n  instances: %u,%s%s\n}\n", n, mode, a->instances, note ? " // " : "", note ? note : "");
	doc_listing(p->d, langs[f], arena_cstr(&p->d->arena, buf_str(&b)));
	buf_release(&name);
	buf_release(&b);
}

void report_details(struct report *p)
{
	doc_heading(p->d, 2, report_say(p->d, T_DETAILS, NULL));
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct report_app *app = &p->apps[i];
		bool any = false;
		for (size_t k = 0; k < app->r->hazards.len; k++)
			any = any || report_counts(&app->r->hazards.ptr[k]);
		doc_heading(p->d, 3, report_titled(p, app->name, report_verdict(p, app->r)));
		put_what(p, app, any);
		for (size_t k = 0; k < app->r->hazards.len; k++)
			if (report_counts(&app->r->hazards.ptr[k]))
				put_hazard(p, app, &app->r->hazards.ptr[k]);
		if (!any && app->r->verdict != VERDICT_UNKNOWN)
			doc_paragraph(p->d, report_say(p->d, T_NO_HAZARD, NULL));
		if (!any)
			put_favour(p, app->r);
		put_minor(p, app->r);
		put_snippet(p, app->r);
	}
}
