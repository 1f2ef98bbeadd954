#include "rules/hazard.h"

#include <stdlib.h>
#include "base/err.h"
#include "base/vec.h"
#include "rules/evidence_zh.h"
#include "rules/registry.h"

/* A hazard that is being told, and what its evidence grows in. The hazard is
 * first, so that a check only ever sees that. */
struct draft {
	struct hazard h;
	VEC(struct evidence) evidence;
};

struct check_out {
	struct draft *draft; /* begun and not committed yet */
	VEC(struct hazard) hazards;
	VEC(struct strength) strengths;
};

static struct draft *draft_of(struct check *c, struct hazard *h)
{
	struct draft *d = c->out->draft;
	if (!d || &d->h != h)
		BUG("a hazard is used that was committed or never begun");
	return d;
}

/* A check may give a hazard up by beginning the next one. */
static void drop_draft(struct check_out *out)
{
	if (out->draft)
		vec_release(&out->draft->evidence);
	out->draft = NULL;
}

struct hazard *check_hazard(struct check *c, const char *rule_id)
{
	const struct card *card = cards_find(c->cards, str_from(rule_id));
	if (!card)
		BUG("no rule card is called %s", rule_id);
	drop_draft(c->out);
	struct draft *d = arena_new(c->arena, struct draft);
	d->h = (struct hazard){
	    .card = card,
	    .family = card->family,
	    .severity = card->severity,
	    .confidence = CONFIDENCE_LIKELY,
	    .consequence = card->consequence,
	    .symbol = STR(""),
	};
	c->out->draft = d;
	return &d->h;
}

struct hazard *check_config_finding(struct check *c, const char *rule_id, struct place at)
{
	struct hazard *h = check_hazard(c, rule_id);
	h->at = at;
	h->family = FAMILY_CONFIG;
	return h;
}

static bool is_same_place(const struct place *a, const struct place *b)
{
	return a->source == b->source && a->span.start == b->span.start && a->span.end == b->span.end;
}

static bool is_told(const struct evidence *list, size_t n, const struct evidence *e)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].role == e->role && is_same_place(&list[i].at, &e->at))
			return true;
	return false;
}

static void add(struct check *c, struct hazard *h, struct evidence e)
{
	struct draft *d = draft_of(c, h);
	if (!is_told(d->evidence.ptr, d->evidence.len, &e))
		vec_push(&d->evidence, e);
}

void check_evidence(struct check *c, struct hazard *h, enum evidence_role role, struct place at,
		    const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	const char *const format_zh = evidence_zh(fmt);
	const char *zh = NULL;
	if (format_zh) {
		va_start(ap, fmt);
		zh = arena_vprintf(c->arena, format_zh, ap);
		va_end(ap);
	}
	add(c, h, (struct evidence){.role = role, .message = message, .message_zh = zh, .at = at});
}

void check_reached(struct check *c, struct hazard *h, prog_id fn, uint32_t phase_mask)
{
	enum { LONGEST = 32 };
	prog_id way[LONGEST];
	const struct prog_root *root = NULL;
	size_t n = prog_path_to(c->program, c->app, fn, phase_mask, &root, way, LONGEST);
	if (n == 0 || !root)
		return;
	const char *first = prog_fn_name(c->program, way[0]);
	struct place at = prog_place(c->program, root->file, root->at);
	/* "handler of POST /x" says all that the label says */
	bool named = root->label.len > 0 && str_find(str_from(first), root->label) == (size_t)-1;
	const char *en = named ? arena_printf(c->arena, "reached from " STR_FMT " in %s",
					      STR_ARG(root->label), first)
			       : arena_printf(c->arena, "reached from %s", first);
	const char *zh =
	    named ? arena_printf(c->arena, "由 " STR_FMT "（%s）到达", STR_ARG(root->label), first)
		  : arena_printf(c->arena, "由 %s 到达", first);
	if (n > 2) {
		const char *last =
		    prog_fn_name(c->program, way[n - 1 < LONGEST ? n - 1 : LONGEST - 1]);
		en = arena_printf(c->arena, "%s, %zu calls before %s", en, n - 1, last);
		zh = arena_printf(c->arena, "%s，经 %zu 次调用到 %s", zh, n - 1, last);
	}
	add(c, h, (struct evidence){.role = EV_REACHED, .message = en, .message_zh = zh, .at = at});
}

/* The chain is told in the order of enum evidence_role, whatever order the check found it in. */
static void order_evidence(struct check *c, struct draft *d)
{
	struct evidence *out = arena_array(c->arena, struct evidence, d->evidence.len);
	size_t n = 0;
	for (enum evidence_role role = EV_DECLARED; role <= EV_CONFIG; role++)
		for (size_t i = 0; i < d->evidence.len; i++)
			if (d->evidence.ptr[i].role == role) {
				out[n] = d->evidence.ptr[i];
				out[n].own = is_same_place(&out[n].at, &d->h.at);
				n++;
			}
	d->h.evidence = out;
	d->h.n_evidence = n;
}

static const struct card_text *copy_remedies(struct check *c, const struct hazard *h)
{
	struct card_text *out = arena_array(c->arena, struct card_text, h->n_remedies);
	memcpy(out, h->remedies, h->n_remedies * sizeof *out);
	return out;
}

static const char *const *copy_args(struct check *c, const struct hazard *h)
{
	const char **out = arena_array(c->arena, const char *, h->n_args);
	for (size_t i = 0; i < h->n_args; i++)
		out[i] = arena_cstr(c->arena, str_from(h->args[i]));
	return out;
}

void check_commit(struct check *c, struct hazard *h)
{
	struct draft *d = draft_of(c, h);
	if (!h->message)
		BUG("a hazard of " STR_FMT " has no message", STR_ARG(h->card->id));
	if (!h->at.source)
		BUG("a hazard of " STR_FMT " has no place", STR_ARG(h->card->id));
	order_evidence(c, d);
	if (h->remedies)
		h->remedies = copy_remedies(c, h);
	if (h->args)
		h->args = copy_args(c, h);
	h->symbol = arena_str(c->arena, h->symbol);
	h->message = arena_cstr(c->arena, str_from(h->message));
	if (h->message_zh)
		h->message_zh = arena_cstr(c->arena, str_from(h->message_zh));
	vec_push(&c->out->hazards, *h);
	drop_draft(c->out);
}

void check_strength(struct check *c, struct place at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	vec_push(&c->out->strengths, (struct strength){.message = message, .at = at});
}

int hazard_cmp(const void *pa, const void *pb)
{
	const struct hazard *a = pa, *b = pb;
	int c = place_cmp(a->at, b->at);
	if (!c)
		c = str_cmp(a->card->id, b->card->id);
	if (!c)
		c = str_cmp(a->symbol, b->symbol);
	return c ? c : strcmp(a->message, b->message);
}

static int by_strength(const void *pa, const void *pb)
{
	const struct strength *a = pa, *b = pb;
	int c = place_cmp(a->at, b->at);
	return c ? c : strcmp(a->message, b->message);
}

/* which of two tellings of one root cause leads: the graver, then the surer */
static bool graver(const struct hazard *a, const struct hazard *b)
{
	bool full_a = a->mitigation == MITIGATION_FULL, full_b = b->mitigation == MITIGATION_FULL;
	if (full_a != full_b)
		return full_b;
	if (a->severity != b->severity)
		return a->severity > b->severity;
	return a->confidence > b->confidence;
}

static size_t take(struct evidence *out, size_t n, const struct hazard *h, enum evidence_role role, bool own)
{
	for (size_t i = 0; i < h->n_evidence; i++) {
		const struct evidence *e = &h->evidence[i];
		if (e->role == role && e->own == own && !is_told(out, n, e))
			out[n++] = *e;
	}
	return n;
}

/* the places of both tellings first, then what each says beside them */
static void join_evidence(struct arena *a, struct hazard *lead, const struct hazard *other)
{
	struct evidence *out = arena_array(a, struct evidence, lead->n_evidence + other->n_evidence);
	size_t n = 0;
	for (enum evidence_role role = EV_DECLARED; role <= EV_CONFIG; role++) {
		n = take(out, n, lead, role, true);
		n = take(out, n, other, role, true);
		n = take(out, n, lead, role, false);
		n = take(out, n, other, role, false);
	}
	lead->evidence = out;
	lead->n_evidence = n;
}

/* One root cause is one hazard, however many lines. A mitigated telling stays
 * apart from an unmitigated one: it would hide the line that is still wrong. */
static size_t merge_roots(struct arena *a, struct hazard *h, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (
		    k < kept &&
		    !(h[i].root && h[k].root == h[i].root && h[k].card == h[i].card &&
		      (h[k].mitigation == MITIGATION_FULL) == (h[i].mitigation == MITIGATION_FULL)))
			k++;
		if (k == kept) {
			h[kept++] = h[i];
			continue;
		}
		struct hazard other = h[i];
		if (graver(&other, &h[k])) {
			struct hazard swap = h[k];
			h[k] = other;
			other = swap;
		}
		join_evidence(a, &h[k], &other);
	}
	return kept;
}

static struct hazards collect(struct arena *a, struct check_out *out)
{
	struct hazards r = {0};
	if (out->hazards.len) {
		qsort(out->hazards.ptr, out->hazards.len, sizeof *out->hazards.ptr,
		      hazard_cmp);
		r.len = merge_roots(a, out->hazards.ptr, out->hazards.len);
		struct hazard *copy = arena_array(a, struct hazard, r.len);
		memcpy(copy, out->hazards.ptr, r.len * sizeof *copy);
		qsort(copy, r.len, sizeof *copy, hazard_cmp);
		r.ptr = copy;
	}
	if (out->strengths.len) {
		qsort(out->strengths.ptr, out->strengths.len, sizeof *out->strengths.ptr,
		      by_strength);
		struct strength *copy = arena_array(a, struct strength, out->strengths.len);
		for (size_t i = 0; i < out->strengths.len; i++)
			if (i == 0 ||
			    by_strength(&out->strengths.ptr[i - 1], &out->strengths.ptr[i]) != 0)
				copy[r.n_strengths++] = out->strengths.ptr[i];
		r.strengths = copy;
	}
	vec_release(&out->hazards);
	vec_release(&out->strengths);
	return r;
}

struct hazards rules_run(const struct program *p, uint32_t app, const struct eco_app *model,
			 const struct cards *cards, struct arena *a)
{
	struct check_out out = {0};
	for (size_t i = 0; i < n_rules_all; i++) {
		struct check c = {p, app, model, cards, a, &out};
		rules_all[i].run(&c);
		drop_draft(&out);
	}
	return collect(a, &out);
}
