/* Functions: closures, calls, and what may happen to a value that is handed to
 * code that we do not see. */
#include "analyzers/javascript/eval_internal.h"

enum { MAX_ESCAPE = 8 };

struct value *function_new(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct value *v = val_new(ip->arena, VAL_FUNCTION, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	struct val_function *fn = arena_new(ip->arena, struct val_function);
	fn->mod = fr->mod;
	fn->node = n;
	fn->scope = fr->scope;
	if (js_at(fr->f, n)->flags & JSF_ARROW) {
		fn->this_ = fr->this_;
		fn->outer_args = fr->args;
		fn->n_outer_args = fr->n_args;
	}
	v->u.fn = fn;
	return v;
}

/* ---- calling a function of the user's ---- */

static bool bind_parameters(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++) {
		js_node kid = js_kid(fr->f, n, i);
		const struct js_node_data *d = js_at(fr->f, kid);
		struct value *v = i < fr->n_args ? fr->args[i] : ip->undefined;
		if (d->flags & JSF_REST) {
			v = val_array_new(ip->arena, origin_new(fr, kid, ORIGIN_COMPUTED, NULL));
			for (uint32_t k = i; k < fr->n_args; k++)
				val_push(ip->arena, v->u.arr, fr->args[k]);
		} else if (d->b && v->kind == VAL_UNDEFINED) {
			const struct env_path *env = v->env;
			test_nullish(fr, d->b, v);
			if (!(v = eval(fr, d->b)))
				return false;
			if (env && !v->env)
				v = with_env(ip, v, ENV_OR, env);
		} else if (d->b && is_unknown(v)) {
			v = eval_both(fr, 0, d->b, v);
			if (!v)
				return false;
		}
		if (!assign_to(fr, d->a, v, true))
			return false;
	}
	return true;
}

/* one way may have returned while another one threw: it is the one that was meant */
static struct value *leave(struct frame *fr, enum completion c)
{
	struct interp *ip = fr->ip;
	if (ip->abrupt == ABRUPT_STOPPED)
		return NULL;
	if (c == COMP_ABRUPT && fr->splits) {
		struct split *s = fr->splits;
		ip->maybe_thrown |= ip->abrupt == ABRUPT_THROWN;
		ip->abrupt = ABRUPT_NONE;
		fr->splits = s->next;
		take_back(ip, s->rest);
		apply_diff(ip, s->other);
		fr->ret = s->ret;
		c = COMP_RETURN;
	}
	if (c != COMP_RETURN)
		fr->ret = ip->undefined;
	resolve_splits(fr, NULL);
	return c == COMP_ABRUPT ? NULL : fr->ret;
}

static void name_itself(struct frame *fr, js_node n, struct value *self)
{
	js_node name = js_at(fr->f, n)->a;
	uint32_t binding = name ? fr->f->binding_of[name] : JS_NO_ATOM;
	if (binding != JS_NO_ATOM && fr->f->bindings[binding].scope == n)
		fr->scope->cells[fr->mod->slot_of[binding]].v = self;
}

static struct value *call_user(struct frame *caller, js_node at, struct value *self,
			       struct value *this_, struct value **args, uint32_t n_args)
{
	struct interp *ip = caller->ip;
	struct val_function *fn = self->u.fn;
	const struct js_node_data *d = js_at(fn->mod->f, fn->node);
	bool arrow = d->flags & JSF_ARROW;
	struct frame fr = {.ip = ip,
			   .mod = fn->mod,
			   .f = fn->mod->f,
			   .scope = fn->scope,
			   .this_ = arrow ? fn->this_ : this_,
			   .args = args,
			   .n_args = n_args,
			   .label = JS_NO_ATOM};
	struct value *v = NULL;
	if (!d->b)
		return unknown(caller, at, "calls a function without a body");
	if (++ip->depth > ip->max_depth)
		return stop(ip, place_of(caller, at),
			    "evaluation stopped: calls nested deeper than %u", ip->max_depth);
	if (!arrow && is_nullish(fr.this_) && !fn->mod->strict)
		fr.this_ = namespace_object(ip, "global");
	if (!arrow && fr.this_->kind < VAL_OBJECT && !is_nullish(fr.this_) && !fn->mod->strict)
		fr.this_ = unknown(caller, at, "an object around a value");
	fr.scope = scope_new(&fr, fn->scope, fn->node);
	name_itself(&fr, fn->node, self);
	ip->frame = &fr;
	if (bind_parameters(&fr, fn->node)) {
		if (arrow) { /* `arguments` come from outside */
			fr.args = fn->outer_args;
			fr.n_args = fn->n_outer_args;
		}
		bool block = js_kind(fr.f, d->b) == JS_BLOCK;
		v = block ? leave(&fr, exec(&fr, d->b)) : eval(&fr, d->b);
	}
	ip->frame = caller;
	ip->depth--;
	return v;
}

/* ---- code that we do not see ---- */

struct maybe {
	struct frame *fr;
	js_node n;
	struct value *fn, *arg;
};

static enum completion call_once(void *ctx)
{
	struct maybe *m = ctx;
	struct value *args[4] = {m->arg, m->arg, m->arg, m->arg};
	return call_user(m->fr, m->n, m->fn, m->arg, args, 4) ? COMP_NORMAL : COMP_ABRUPT;
}

bool call_maybe(struct frame *fr, js_node n, struct value *fn, struct value *cond)
{
	struct interp *ip = fr->ip;
	if (fn->kind != VAL_FUNCTION || fn->u.fn->builtin || fn->u.fn->target || fn->u.fn->running)
		return true;
	struct maybe m = {fr, n, fn, spread_unknown(ip, cond)};
	fn->u.fn->running = true;
	bool ok = run_maybe(fr, cond, call_once, &m);
	fn->u.fn->running = false;
	return ok;
}

static bool escape_deep(struct frame *fr, js_node n, struct value *v, struct value *cond, int depth)
{
	if (depth > MAX_ESCAPE || !step(fr, n))
		return depth > MAX_ESCAPE;
	if (v->kind == VAL_FUNCTION)
		return call_maybe(fr, n, v, cond);
	if (v->kind == VAL_OBJECT && !v->u.obj->frozen_by_unknown && !v->u.obj->class_name) {
		touch_object(fr->ip, v->u.obj);
		v->u.obj->frozen_by_unknown = true;
		for (uint32_t i = 0; i < v->u.obj->n; i++)
			if (!escape_deep(fr, n, v->u.obj->props[i].value, cond, depth + 1))
				return false;
	}
	for (uint32_t i = 0; v->kind == VAL_ARRAY && i < v->u.arr->n; i++)
		if (v->u.arr->items[i] && !escape_deep(fr, n, v->u.arr->items[i], cond, depth + 1))
			return false;
	return true;
}

bool escape(struct frame *fr, js_node n, struct value *v, struct value *cond)
{
	return escape_deep(fr, n, v, cond, 0);
}

static struct value *call_unknown(struct frame *fr, js_node n, struct value *fn,
				  struct value *this_, struct value **args, uint32_t n_args)
{
	if (fr->ip->try_depth) {
		fr->ip->maybe_thrown = true;
		fr->ip->maybe_why = fn;
	}
	for (uint32_t i = 0; i < n_args; i++)
		if (!escape(fr, n, args[i], fn))
			return NULL;
	if (this_->kind == VAL_OBJECT && !escape(fr, n, this_, fn))
		return NULL;
	if (this_->kind == VAL_ARRAY) {
		touch_array(fr->ip, this_->u.arr);
		this_->u.arr->open = true;
		this_->u.arr->fixed = 0;
	}
	return spread_unknown(fr->ip, fn);
}

/* ---- calling ---- */

struct value *builtin_value(struct interp *ip, const struct builtin *b)
{
	struct value *v = val_new(ip->arena, VAL_FUNCTION, NULL);
	v->u.fn = arena_new(ip->arena, struct val_function);
	v->u.fn->builtin = b;
	return v;
}

static struct value *call_builtin(struct frame *fr, js_node n, const struct val_function *fn,
				  struct value *this_, struct value **args, uint32_t n_args)
{
	struct interp *ip = fr->ip;
	const struct builtin *b = fn->builtin;
	struct call c = {
	    .fr = fr, .node = n, .this_ = this_, .args = args, .n = n_args, .self = b, .fn = fn};
	struct value *from = strchr(b->name, '#') ? this_ : n_args ? args[0] : NULL;
	if (b->flags & B_PURE) {
		if (is_unknown(this_))
			return spread_unknown(ip, this_);
		for (uint32_t i = 0; i < n_args; i++)
			if (is_unknown(args[i]))
				return spread_unknown(ip, args[i]);
	}
	ip->native += 2;
	struct value *v = b->fn(ip, &c);
	ip->native -= 2;
	if (v && b->env_op && from && from->env && !v->env && !is_unknown(v)) {
		v = with_env(ip, v, (enum env_op)b->env_op, from->env);
		v->origin = origin_new(fr, n, ORIGIN_COMPUTED, from->origin);
	}
	return v;
}

struct value *call_value(struct frame *fr, js_node n, struct value *fn, struct value *this_,
			 struct value **args, uint32_t n_args)
{
	struct interp *ip = fr->ip;
	if (!step(fr, n))
		return NULL;
	if (is_unknown(fn))
		return call_unknown(fr, n, fn, this_, args, n_args);
	if (fn->kind != VAL_FUNCTION)
		return throw_error(fr, n, "TypeError", STR_FMT " is not a function",
				   STR_ARG(js_text(fr->f, js_at(fr->f, n)->a)));
	struct val_function *f = fn->u.fn;
	if (f->builtin)
		return call_builtin(fr, n, f, this_, args, n_args);
	if (f->target) {
		struct value **all =
		    arena_array(ip->arena, struct value *, f->n_bound + n_args + 1);
		if (f->n_bound)
			memcpy(all, f->bound, f->n_bound * sizeof *all);
		if (n_args)
			memcpy(all + f->n_bound, args, n_args * sizeof *all);
		return call_value(fr, n, f->target, f->this_, all, f->n_bound + n_args);
	}
	if (js_at(f->mod->f, f->node)->flags & (JSF_ASYNC | JSF_GENERATOR)) {
		struct value *why = unknown(fr, n,
					    js_at(f->mod->f, f->node)->flags & JSF_ASYNC
						? "a promise"
						: "depends on a generator");
		return call_unknown(fr, n, why, ip->undefined, &fn, 1);
	}
	ip->native++;
	struct value *v = call_user(fr, n, fn, this_, args, n_args);
	ip->native--;
	return v;
}

/* arguments; *open: something unknown was spread in */
static struct value **eval_args(struct frame *fr, js_node n, uint32_t *n_args, struct value **open)
{
	struct interp *ip = fr->ip;
	struct val_array list = {0};
	*open = NULL;
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++) {
		js_node kid = js_kid(fr->f, n, i);
		bool spread = js_kind(fr->f, kid) == JS_SPREAD;
		struct value *odd, *v = eval(fr, spread ? js_at(fr->f, kid)->a : kid);
		if (!v)
			return NULL;
		if (!spread) {
			val_push(ip->arena, &list, v);
			continue;
		}
		const struct val_array *items = elements(fr, kid, v, &odd);
		if (!items && !odd)
			return NULL;
		if (!items || items->open)
			*open = odd ? odd : unknown(fr, kid, "the arguments are not all known");
		for (uint32_t k = 0; items && k < items->n; k++)
			val_push(ip->arena, &list,
				 items->items[k] ? items->items[k] : ip->undefined);
	}
	*n_args = list.n;
	return list.items ? list.items : arena_array(ip->arena, struct value *, 1);
}

/* push and unshift of an unknown number of things, and Math.max of them, are told apart by their
 * own code */
static struct value *call_open(struct frame *fr, js_node n, struct value *fn, struct value *this_,
			       struct value **args, uint32_t n_args, struct value *open)
{
	struct interp *ip = fr->ip;
	if (fn->kind == VAL_FUNCTION && fn->u.fn->builtin &&
	    str_is(str_from(fn->u.fn->builtin->name), "Array#push") && this_->kind == VAL_ARRAY) {
		struct val_array *a = this_->u.arr;
		touch_array(ip, a);
		if (!a->open)
			a->fixed = a->n;
		a->open = true;
		for (uint32_t i = 0; i < n_args; i++)
			val_push(ip->arena, a, args[i]);
		return spread_unknown(ip, open);
	}
	if (fn->kind == VAL_FUNCTION && !call_maybe(fr, n, fn, open))
		return NULL;
	return call_unknown(fr, n, open, this_, args, n_args);
}

/* the callee, and the receiver in *this_ */
static struct value *eval_callee(struct frame *fr, js_node callee, struct value **this_, bool *cut)
{
	const struct js_node_data *d = js_at(fr->f, callee);
	struct value *key, *base, *v;
	*this_ = fr->ip->undefined;
	if (d->kind != JS_MEMBER && d->kind != JS_INDEX)
		return eval_named(fr, callee);
	if (fr->ip->bind && fr->ip->bind->lookup &&
	    (v = fr->ip->bind->lookup(fr->ip->bind->ctx, fr->f, callee)))
		return v;
	base = eval_chain(fr, d->a, cut);
	if (!base || *cut)
		return base;
	if ((d->flags & JSF_OPTIONAL) && is_nullish(base)) {
		*cut = true;
		return base;
	}
	*this_ = base;
	if (d->kind == JS_MEMBER)
		return get_member(fr, callee, base, js_str(fr->f, callee));
	key = eval(fr, d->b);
	return key ? get_index(fr, callee, base, key) : NULL;
}

struct value *eval_call_link(struct frame *fr, js_node n, bool *cut)
{
	struct interp *ip = fr->ip;
	const struct js_node_data *d = js_at(fr->f, n);
	struct value *this_, *open, *fn;
	uint32_t n_args;
	if (ip->bind && ip->bind->lookup && (fn = ip->bind->lookup(ip->bind->ctx, fr->f, n)))
		return fn;
	if (js_kind(fr->f, d->a) == JS_SUPER)
		return unknown(fr, n, "uses super");
	fn = eval_callee(fr, d->a, &this_, cut);
	if (!fn)
		return NULL;
	if (*cut || ((d->flags & JSF_OPTIONAL) && is_nullish(fn))) {
		*cut = true;
		struct value *v = val_new(ip->arena, VAL_UNDEFINED,
					  origin_new(fr, n, ORIGIN_COMPUTED, fn->origin));
		test_nullish(fr, n, fn);
		return fn->env ? with_env(ip, v, ENV_TO_STRING, fn->env) : v;
	}
	struct value **args = eval_args(fr, n, &n_args, &open);
	if (!args)
		return NULL;
	if (open)
		return call_open(fr, n, fn, this_, args, n_args, open);
	struct value *v = call_value(fr, n, fn, this_, args, n_args);
	if (!v || (v->origin && v->origin->node == n && v->origin->file == fr->f))
		return v;
	return with_via(fr, n, v);
}

struct value *eval_new(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct value *open, *fn = eval_named(fr, js_at(fr->f, n)->a);
	uint32_t n_args;
	struct value **args = fn ? eval_args(fr, n, &n_args, &open) : NULL;
	if (!args)
		return NULL;
	if (is_unknown(fn) || open)
		return call_unknown(fr, n, open ? open : fn, ip->undefined, args, n_args);
	if (fn->kind != VAL_FUNCTION)
		return throw_error(fr, n, "TypeError", STR_FMT " is not a constructor",
				   STR_ARG(js_text(fr->f, js_at(fr->f, n)->a)));
	const struct builtin *b = fn->u.fn->builtin;
	if (b && (b->flags & B_MAKES)) {
		struct call c = {
		    .fr = fr, .node = n, .args = args, .n = n_args, .self = b, .fn = fn->u.fn};
		return b->fn(ip, &c); /* this_ NULL: new */
	}
	struct value *why = unknown(fr, n, "an instance of a class");
	struct value *ctor[] = {fn};
	if (!b && !call_unknown(fr, n, why, ip->undefined, ctor, 1))
		return NULL;
	return call_unknown(fr, n, why, ip->undefined, args, n_args);
}
