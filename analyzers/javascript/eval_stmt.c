/* Statements but loops. */
#include "analyzers/javascript/eval_internal.h"

/* ---- blocks, variables ---- */

static enum completion exec_body(struct frame *fr, void *ctx)
{
	js_node n = *(js_node *)ctx;
	return n ? exec(fr, n) : COMP_NORMAL;
}

enum completion exec_list(struct frame *fr, js_node n)
{
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++) {
		enum completion c = exec(fr, js_kid(fr->f, n, i));
		if (c != COMP_NORMAL)
			return c;
	}
	return COMP_NORMAL;
}

static enum completion exec_block(struct frame *fr, js_node n)
{
	struct scope *outer = scope_enter(fr, n);
	enum completion c = exec_list(fr, n);
	fr->scope = outer;
	return c;
}

enum completion exec_var(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		const struct js_node_data *one = js_at(fr->f, js_kid(fr->f, n, i));
		struct value *v = fr->ip->undefined;
		if (!one->b && d->op == JS_VAR_VAR)
			continue;
		if (one->b && !(v = eval(fr, one->b)))
			return COMP_ABRUPT;
		if (!assign_to(fr, one->a, v, true))
			return COMP_ABRUPT;
	}
	return COMP_NORMAL;
}

static enum completion exec_if(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	const struct js_node_data *d = js_at(fr->f, n);
	bool known, yes;
	enum completion c = COMP_NORMAL;
	struct value *test = eval(fr, d->a);
	if (!test)
		return COMP_ABRUPT;
	test_truthy(fr, d->a, test);
	yes = val_truthy(test, &known);
	js_node outer = ip->chosen_by, then = d->b, other = d->c;
	const struct js_file *outer_file = ip->chosen_file;
	ip->chosen_by = n;
	ip->chosen_file = fr->f;
	if (!known)
		c = fork_run(fr, test, exec_body, &then, exec_body, &other);
	else if (yes || other)
		c = exec(fr, yes ? then : other);
	ip->chosen_by = outer;
	ip->chosen_file = outer_file;
	return c;
}

/* ---- switch ---- */

struct switch_run {
	js_node n;
	struct value *on;
	uint32_t at;   /* the case to look at */
	bool defaults; /* all cases were looked at: the default is next */
};

static enum completion run_cases(struct frame *fr, struct switch_run *s)
{
	struct interp *ip = fr->ip;
	js_node outer = ip->chosen_by;
	const struct js_file *outer_file = ip->chosen_file;
	enum completion c = COMP_NORMAL;
	for (uint32_t i = s->at; i < js_at(fr->f, s->n)->n_kids && c == COMP_NORMAL; i++) {
		ip->chosen_by = js_kid(fr->f, s->n, i);
		ip->chosen_file = fr->f;
		c = exec_list(fr, ip->chosen_by);
	}
	ip->chosen_by = outer;
	ip->chosen_file = outer_file;
	return c;
}

static enum completion run_taken(struct frame *fr, void *ctx)
{
	return run_cases(fr, ctx);
}

static enum completion find_case(struct frame *fr, void *ctx)
{
	struct switch_run s = *(struct switch_run *)ctx;
	uint32_t n_kids = js_at(fr->f, s.n)->n_kids;
	for (; s.at < n_kids; s.at++) {
		js_node test = js_at(fr->f, js_kid(fr->f, s.n, s.at))->a;
		if (!test)
			continue;
		struct value *v = eval(fr, test);
		if (!v)
			return COMP_ABRUPT;
		test_equal(fr, test, s.on, v, true);
		int same = strictly_equal(s.on, v);
		if (same > 0)
			return run_cases(fr, &s);
		if (same < 0) {
			struct switch_run later = s;
			later.at++;
			return fork_run(fr, is_unknown(s.on) ? s.on : v, run_taken, &s, find_case,
					&later);
		}
	}
	for (s.at = 0; s.at < n_kids; s.at++)
		if (!js_at(fr->f, js_kid(fr->f, s.n, s.at))->a)
			return run_cases(fr, &s);
	return COMP_NORMAL;
}

static bool ends_switch(const struct split *s, uint32_t label)
{
	(void)label;
	return s->kind == COMP_BREAK && s->label == JS_NO_ATOM;
}

static enum completion exec_switch(struct frame *fr, js_node n)
{
	struct switch_run s = {.n = n, .on = eval(fr, js_at(fr->f, n)->a)};
	if (!s.on)
		return COMP_ABRUPT;
	struct scope *outer = scope_enter(fr, n);
	struct split *mark = fr->splits;
	enum completion c = find_case(fr, &s);
	fr->scope = outer;
	if (fr->splits != mark && fr->ip->abrupt != ABRUPT_STOPPED)
		reopen(fr, settle(fr, mark), ends_switch, 0);
	return c == COMP_BREAK && fr->label == JS_NO_ATOM ? COMP_NORMAL : c;
}

/* ---- throw, try, labels ---- */

static enum completion exec_throw(struct frame *fr, js_node n)
{
	struct value *v = eval(fr, js_at(fr->f, n)->a);
	if (!v)
		return COMP_ABRUPT;
	fr->ip->thrown = v;
	fr->ip->abrupt = ABRUPT_THROWN;
	return COMP_ABRUPT;
}

struct catch_run {
	js_node n;
	struct value *thrown;
};

static enum completion run_catch(struct frame *fr, void *ctx)
{
	const struct catch_run *r = ctx;
	const struct js_node_data *d = js_at(fr->f, r->n);
	struct scope *outer = scope_enter(fr, r->n);
	enum completion c = COMP_ABRUPT;
	if (!d->a) {
		c = exec(fr, d->b);
	} else if (fr->f->bindings && js_kind(fr->f, d->b) == JS_BLOCK) {
		/* the parameter may be held by the block */
		struct scope *before = scope_enter(fr, d->b);
		if (assign_to(fr, d->a, r->thrown, true))
			c = exec_list(fr, d->b);
		fr->scope = before;
	}
	fr->scope = outer;
	return c;
}

static enum completion do_nothing(struct frame *fr, void *ctx)
{
	(void)fr;
	(void)ctx;
	return COMP_NORMAL;
}

static enum completion try_block(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	const struct js_node_data *d = js_at(fr->f, n);
	bool outer_maybe = ip->maybe_thrown;
	struct split *mark = fr->splits;
	if (!d->b)
		return exec(fr, d->a);
	struct journal *j = speculate(ip);
	ip->maybe_thrown = false;
	ip->try_depth++;
	enum completion c = exec(fr, d->a);
	ip->try_depth--;
	bool maybe = ip->maybe_thrown;
	ip->maybe_thrown = outer_maybe;
	if (ip->abrupt == ABRUPT_STOPPED)
		return c;
	struct split *late = settle(fr, mark);
	struct catch_run r = {d->b, ip->thrown};
	if (!maybe) {
		commit(ip, j);
	} else {
		struct value *cond = ip->maybe_why ? spread_unknown(ip, ip->maybe_why)
						   : unknown(fr, d->a, "this block may throw");
		poison(ip, take_back(ip, j), cond);
		r.thrown = spread_unknown(ip, cond);
		if (c == COMP_NORMAL)
			c = fork_run(fr, cond, run_catch, &r, do_nothing, NULL);
		else if (c == COMP_RETURN)
			fr->ret = spread_unknown(ip, cond);
	}
	reopen(fr, late, NULL, 0);
	if (c != COMP_ABRUPT || ip->abrupt != ABRUPT_THROWN)
		return c;
	ip->abrupt = ABRUPT_NONE;
	return run_catch(fr, &r);
}

static enum completion exec_try(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct side s = {.c = try_block(fr, n)};
	if (!js_at(fr->f, n)->c || ip->abrupt == ABRUPT_STOPPED || ip->abrupt == ABRUPT_EXITED)
		return s.c;
	s.abrupt = ip->abrupt;
	s.thrown = ip->thrown;
	s.ret = fr->ret;
	s.label = fr->label;
	ip->abrupt = ABRUPT_NONE;
	enum completion c = exec(fr, js_at(fr->f, n)->c);
	return c == COMP_NORMAL ? take_side(fr, &s) : c;
}

static bool ends_label(const struct split *s, uint32_t label)
{
	return s->kind == COMP_BREAK && s->label == label;
}

static enum completion exec_labeled(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct split *mark = fr->splits;
	enum completion c = exec_loop(fr, d->a, d->str);
	if (fr->splits != mark && fr->ip->abrupt != ABRUPT_STOPPED)
		reopen(fr, settle(fr, mark), ends_label, d->str);
	return c == COMP_BREAK && fr->label == d->str ? COMP_NORMAL : c;
}

static enum completion exec_return(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	js_node a = js_at(fr->f, n)->a;
	struct value *v = a ? eval(fr, a) : ip->undefined;
	if (!v)
		return COMP_ABRUPT;
	if (ip->chosen_by)
		v = with_choice(ip->chosen_file, ip, ip->chosen_by, v);
	fr->ret = v;
	return COMP_RETURN;
}

static enum completion exec_leave(struct frame *fr, js_node n)
{
	fr->label = js_at(fr->f, n)->str;
	return js_kind(fr->f, n) == JS_BREAK ? COMP_BREAK : COMP_CONTINUE;
}

static enum completion exec_class(struct frame *fr, js_node n)
{
	js_node name = js_at(fr->f, n)->a;
	return !name || assign_to(fr, name, unknown(fr, n, "a class"), true) ? COMP_NORMAL
									     : COMP_ABRUPT;
}

static enum completion exec_export(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	if (d->kind == JS_EXPORT)
		return d->a && !(d->flags & JSF_TYPE_ONLY) ? exec(fr, d->a) : COMP_NORMAL;
	js_node a = d->a;
	bool declares = (js_kind(fr->f, a) == JS_FUNCTION || js_kind(fr->f, a) == JS_CLASS) &&
			js_at(fr->f, a)->a;
	if (declares && js_kind(fr->f, a) == JS_FUNCTION)
		return COMP_NORMAL; /* hoisted */
	if (declares)
		return exec_class(fr, a);
	struct value *v = eval(fr, a);
	if (!v)
		return COMP_ABRUPT;
	val_set(fr->ip->arena, fr->mod->module_object, STR("default"), v);
	return COMP_NORMAL;
}

static enum completion exec_opaque(struct frame *fr, js_node n)
{
	stop(fr->ip, place_of(fr, n), "evaluation stopped: %s is not understood here",
	     js_kind_name(js_kind(fr->f, n)));
	return COMP_ABRUPT;
}

static enum completion dispatch(struct frame *fr, js_node n)
{
	switch (js_kind(fr->f, n)) {
	case JS_BLOCK:
		return exec_block(fr, n);
	case JS_EXPR_STMT:
		return eval(fr, js_at(fr->f, n)->a) ? COMP_NORMAL : COMP_ABRUPT;
	case JS_VAR:
		return exec_var(fr, n);
	case JS_IF:
		return exec_if(fr, n);
	case JS_FOR:
	case JS_FOR_IN:
	case JS_WHILE:
	case JS_DO_WHILE:
		return exec_loop(fr, n, JS_NO_ATOM);
	case JS_SWITCH:
		return exec_switch(fr, n);
	case JS_RETURN:
		return exec_return(fr, n);
	case JS_THROW:
		return exec_throw(fr, n);
	case JS_TRY:
		return exec_try(fr, n);
	case JS_BREAK:
	case JS_CONTINUE:
		return exec_leave(fr, n);
	case JS_LABELED:
		return exec_labeled(fr, n);
	case JS_CLASS:
		return exec_class(fr, n);
	case JS_EXPORT:
	case JS_EXPORT_DEFAULT:
		return exec_export(fr, n);
	case JS_FUNCTION: /* hoisted */
	case JS_EMPTY:
	case JS_IMPORT:
		return COMP_NORMAL;
	default:
		return exec_opaque(fr, n);
	}
}

enum completion exec(struct frame *fr, js_node n)
{
	if (!step(fr, n))
		return COMP_ABRUPT;
	fr->ip->native++;
	enum completion c = dispatch(fr, n);
	fr->ip->native--;
	return c;
}
