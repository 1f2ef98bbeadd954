/* Two ways under an unknown condition, each run under a journal; ways out that
 * only one of them takes; bodies that may run any number of times. */
#include "analyzers/javascript/eval_internal.h"

static struct diff *no_changes(struct interp *ip)
{
	struct journal *j = speculate(ip);
	return take_back(ip, j);
}

/* ends the splits above `until`: their states are joined, the ways out are returned */
struct split *settle(struct frame *fr, struct split *until)
{
	struct split *list = NULL;
	while (fr->splits && fr->splits != until) {
		struct split *s = fr->splits;
		fr->splits = s->next;
		join_diffs(fr->ip, take_back(fr->ip, s->rest), s->other, s->cond);
		s->next = list;
		list = s;
	}
	return list;
}

/* those that arrive here are over; the others go on */
void reopen(struct frame *fr, struct split *list, bool (*arrives)(const struct split *, uint32_t),
	    uint32_t label)
{
	while (list) {
		struct split *s = list;
		list = s->next;
		if (!arrives || !arrives(s, label))
			split_off(fr, s->kind, s->label, s->ret, no_changes(fr->ip), s->cond);
	}
}

static bool run_side(struct frame *fr, body_fn body, void *ctx, struct side *s)
{
	struct interp *ip = fr->ip;
	struct split *mark = fr->splits;
	struct journal *j = speculate(ip);
	fr->ret = NULL;
	s->c = body(fr, ctx);
	s->abrupt = ip->abrupt;
	if (s->abrupt == ABRUPT_STOPPED)
		return false;
	s->thrown = ip->thrown;
	s->ret = fr->ret;
	s->label = fr->label;
	ip->abrupt = ABRUPT_NONE;
	s->late = settle(fr, mark);
	s->d = take_back(ip, j);
	return true;
}

enum completion take_side(struct frame *fr, struct side *s)
{
	fr->ret = s->ret;
	fr->label = s->label;
	fr->ip->abrupt = s->abrupt;
	fr->ip->thrown = s->thrown;
	return s->c;
}

/* body_a or body_b runs, nobody knows which */
enum completion fork_run(struct frame *fr, struct value *cond, body_fn body_a, void *ctx_a,
			 body_fn body_b, void *ctx_b)
{
	struct interp *ip = fr->ip;
	struct side a = {0}, b = {0};
	if (!run_side(fr, body_a, ctx_a, &a) || !run_side(fr, body_b, ctx_b, &b))
		return COMP_ABRUPT;
	if (a.c == COMP_ABRUPT || b.c == COMP_ABRUPT) {
		/* the way that throws or exits is the one that was not meant */
		struct side *s = a.c == COMP_ABRUPT ? &b : &a;
		ip->maybe_thrown |= a.abrupt == ABRUPT_THROWN || b.abrupt == ABRUPT_THROWN;
		apply_diff(ip, s->d);
		reopen(fr, s->late, NULL, 0);
		return take_side(fr, s);
	}
	if (a.c == b.c && a.label == b.label) {
		join_diffs(ip, a.d, b.d, cond);
		reopen(fr, a.late, NULL, 0);
		reopen(fr, b.late, NULL, 0);
		if (a.c == COMP_RETURN)
			a.ret = join(ip, a.ret ? a.ret : ip->undefined,
				     b.ret ? b.ret : ip->undefined, cond);
		return take_side(fr, &a);
	}
	struct side *out = a.c == COMP_NORMAL ? &b : &a, *on = out == &a ? &b : &a;
	split_off(fr, out->c, out->label, out->ret, out->d, cond);
	apply_diff(ip, on->d);
	reopen(fr, a.late, NULL, 0);
	reopen(fr, b.late, NULL, 0);
	return take_side(fr, on);
}

/* body may run any number of times, also not at all */
enum completion run_any(struct frame *fr, struct value *cond, body_fn body, void *ctx)
{
	struct interp *ip = fr->ip;
	for (int round = 0; round < 4; round++) {
		struct side s = {0};
		if (!run_side(fr, body, ctx, &s))
			return COMP_ABRUPT;
		bool news = poison(ip, s.d, cond);
		bool returns = s.c == COMP_RETURN;
		for (const struct split *l = s.late; l; l = l->next)
			returns |= l->kind == COMP_RETURN;
		ip->maybe_thrown |= s.abrupt == ABRUPT_THROWN;
		if (returns && round == 0)
			split_off(fr, COMP_RETURN, JS_NO_ATOM, spread_unknown(ip, cond),
				  no_changes(ip), cond);
		if (!news)
			break;
	}
	return COMP_NORMAL;
}

struct plain_body {
	enum completion (*body)(void *ctx);
	void *ctx;
};

static enum completion run_plain(struct frame *fr, void *ctx)
{
	struct plain_body *p = ctx;
	(void)fr;
	return p->body(p->ctx);
}

bool run_maybe(struct frame *fr, struct value *cond, enum completion (*body)(void *ctx), void *ctx)
{
	struct split *mark = fr->splits;
	struct value *ret = fr->ret;
	struct plain_body p = {body, ctx};
	enum completion c = run_any(fr, cond, run_plain, &p);
	if (c != COMP_ABRUPT)
		resolve_splits(fr, mark);
	fr->ret = ret;
	return c != COMP_ABRUPT;
}
