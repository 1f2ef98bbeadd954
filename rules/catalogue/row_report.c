#include "rules/catalogue/rows.h"

#include "rules/reach.h"

/* the name under which the result is kept: const limiter = rateLimit(..), this.cache = new X(..) */
static struct str symbol_of(const struct js_file *js, js_node call)
{
	js_node n = call, up = js_at(js, n)->parent;
	while (js_kind(js, up) == JS_AWAIT || js_kind(js, up) == JS_LOGICAL ||
	       js_kind(js, up) == JS_COND ||
	       (js_kind(js, up) == JS_CALL && js_at(js, up)->a == n)) {
		n = up;
		up = js_at(js, up)->parent;
	}
	struct str s = STR("");
	if (js_kind(js, up) == JS_DECLARATOR && js_kind(js, js_at(js, up)->a) == JS_IDENT)
		s = js_text(js, js_at(js, up)->a);
	else if (js_kind(js, up) == JS_ASSIGN)
		s = js_text(js, js_at(js, up)->a);
	else if (js_kind(js, up) == JS_FIELD)
		s = js_key(js, up);
	if (!s.len)
		s = js_text(js, js_at(js, row_call_of(js, call))->a);
	size_t line = str_find(s, STR("\n"));
	return s.len > 60 || line != (size_t)-1 ? str_sub(s, 0, line < 60 ? line : 60) : s;
}

static const char *fill(struct arena *a, const char *text, struct str symbol, struct str package,
			const char *store)
{
	char *out = arena_printf(a, "%s", "");
	while (text && *text) {
		const char *brace = strchr(text, '{');
		struct str with = {NULL, 0};
		size_t skip = 0;
		if (!brace)
			return arena_printf(a, "%s%s", out, text);
		if (strncmp(brace, "{symbol}", 8) == 0)
			with = symbol, skip = 8;
		else if (strncmp(brace, "{package}", 9) == 0)
			with = package, skip = 9;
		else if (strncmp(brace, "{store}", 7) == 0)
			with = str_from(store ? store : "a store of its own"), skip = 7;
		else
			with = STR("{"), skip = 1;
		out = arena_printf(a, "%s%.*s" STR_FMT, out, (int)(brace - text), text,
				   STR_ARG(with));
		text = brace + skip;
	}
	return text ? out : NULL;
}

static bool is_raised(const struct row_match *m)
{
	const struct program *p = m->c->program;
	for (size_t i = 0; m->row->n_raise && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->callee.kind != ENT_PACKAGE_INSTANCE && call->callee.kind != ENT_PACKAGE)
			continue;
		for (size_t k = 0; k < m->row->n_raise; k++)
			if (row_knows(m->row, &m->row->raise[k], call, false) &&
			    row_is_live(m->c, call, WHEN_SERVE))
				return true;
	}
	return false;
}

static enum consequence consequence_of(const struct cat_row *row, const struct card *card,
				       enum severity severity)
{
	if (row->consequence >= 0 && severity == row->severity)
		return (enum consequence)row->consequence;
	if (severity >= card->severity)
		return card->consequence;
	return severity == SEVERITY_MEDIUM ? CONSEQUENCE_WARN : CONSEQUENCE_NONE;
}

static void tell_guard(struct row_match *m, struct hazard *h)
{
	struct guard_result g =
	    prog_guard(m->c->program, m->c->app, m->model, m->call->file, m->call->node);
	struct place at = g.at ? prog_place(m->c->program, g.file, g.at) : (struct place){0};
	if (g.answer == GUARD_ONE) {
		h->mitigation = MITIGATION_WEAK;
		if (h->severity > SEVERITY_LOW)
			h->severity--;
		h->consequence = h->severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
		check_evidence(m->c, h, EV_MITIGATION, at,
			       "only one instance passes this guard; pm2 scale down removes that "
			       "one first, and a reload runs two of it");
	} else if ((g.answer == GUARD_UNKNOWN || g.answer == GUARD_SOME) && g.at) {
		if (h->confidence == CONFIDENCE_CERTAIN)
			h->confidence = CONFIDENCE_LIKELY;
		check_evidence(m->c, h, EV_GUARD, at, "depends on %s, which is not known here",
			       g.about ? g.about : "this condition");
	}
}

/* Where it comes from: the instance that a method is called on, or what is made of the class whose
 * constructor makes it */
static void add_makers(struct row_match *m, struct hazard *h)
{
	enum { MOST = 3 };
	const struct program *p = m->c->program;
	const struct js_file *js = p->files[m->call->file].js;
	js_node holder = reach_class_of(js, m->call->node);
	int told = 0;
	for (size_t i = 0; i < p->n_calls && told < MOST; i++) {
		const struct prog_call *call = &p->calls[i];
		bool instance = m->use->kind == USE_MEMBER && call->callee.kind == ENT_PACKAGE &&
				str_eq(call->callee.module, m->call->callee.module) &&
				row_same_path(call->callee.path, m->call->callee.path);
		bool of_class = m->use->kind == USE_CALL && holder &&
				call->callee.kind == ENT_CLASS &&
				call->callee.file == m->call->file && call->callee.node == holder;
		if ((!instance && !of_class) || !row_is_live(m->c, call, WHEN_ANY))
			continue;
		told++;
		check_evidence(m->c, h, EV_DECLARED, prog_place(p, call->file, call->node),
			       "made here, once in each process");
	}
}

/* use(X ? new Real() : new Standin()): where X is not known here, what the other side makes is only
 * a fallback */
static void weigh_fallback(struct row_match *m, struct hazard *h)
{
	struct guard_result g =
	    prog_guard(m->c->program, m->c->app, m->model, m->call->file, m->call->node);
	if (!m->row->fallback || !g.at || g.answer == GUARD_NONE)
		return;
	h->confidence = CONFIDENCE_POSSIBLE;
	h->severity = SEVERITY_LOW;
	h->consequence = CONSEQUENCE_WARN;
}

void row_report(struct row_match *m, bool mitigated)
{
	struct check *c = m->c;
	const struct program *p = c->program;
	const struct cat_row *row = m->row;
	const struct js_file *js = p->files[m->call->file].js;
	struct str package = m->use->kind == USE_PLUGIN || !m->call->callee.module.len
				 ? row->packages[0]
				 : m->call->callee.module;
	struct str symbol = m->use->kind == USE_PLUGIN ? package : symbol_of(js, m->call->node);
	bool raised = !mitigated && is_raised(m);
	bool locked = row->when == WHEN_START && (p->fns[m->call->fn].effects & EFFECT_LOCK);
	struct hazard *h = check_hazard(c, row->card);
	h->severity = raised ? row->raised : row->severity;
	h->confidence = m->guessed ? CONFIDENCE_POSSIBLE : row->confidence;
	h->consequence = consequence_of(row, h->card, h->severity);
	h->replicas_only = row->replicas;
	h->symbol = symbol;
	h->at = prog_place(p, m->call->file, m->call->node);
	for (int lang = 0; lang < 2; lang++) {
		const char *text = raised && row->raised_message[lang] ? row->raised_message[lang]
								       : row->message[lang];
		*(lang == LANG_EN ? &h->message : &h->message_zh) =
		    fill(c->arena, text, symbol, package, NULL);
	}
	h->root =
	    str_hash(h->at.source->path) ^ str_hash(str_from(row->card)) ^ str_hash(row->name);
	check_evidence(c, h, EV_DECLARED, h->at, "used here: " STR_FMT ", once in each process",
		       STR_ARG(package));
	add_makers(m, h);
	if (p->fns[m->call->fn].index) /* a module is reached by being loaded */
		check_reached(c, h, m->call->fn, ~0u);
	if (row->remedy) {
		h->remedies = row->remedy;
		h->n_remedies = 1;
	}
	if (mitigated) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, m->store_file, m->store),
			       "'" STR_FMT "' keeps it in %s", STR_ARG(m->store_name),
			       m->shared ? m->shared : "a store of its own");
	} else if (locked) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(
		    c, h, EV_MITIGATION,
		    prog_place(p, m->call->file, js->functions[js_at(js, m->call->node)->fn].node),
		    "'%s' takes a lock first", prog_fn_name(p, m->call->fn));
	} else {
		tell_guard(m, h);
		weigh_fallback(m, h);
	}
	check_commit(c, h);
	if (mitigated && m->shared && row->strength)
		check_strength(c, prog_place(p, m->store_file, m->store), "%s",
			       fill(c->arena, row->strength, symbol, package, m->shared));
}
