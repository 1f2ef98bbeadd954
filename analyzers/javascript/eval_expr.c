/* Expressions. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

static bool asked(const struct interp *ip, struct frame *fr, js_node n, struct value **v)
{
	if (!ip->bind || !ip->bind->lookup)
		return false;
	*v = ip->bind->lookup(ip->bind->ctx, fr->f, n);
	return *v != NULL;
}

/* ---- both sides of an unknown condition ---- */

struct branch {
	struct value *v;
	struct diff *d;
	enum abrupt abrupt;
	struct value *thrown;
};

static bool run_branch(struct frame *fr, js_node n, struct value *same, struct branch *s)
{
	struct interp *ip = fr->ip;
	struct journal *j = speculate(ip);
	s->v = n ? eval(fr, n) : same;
	s->abrupt = ip->abrupt;
	s->thrown = ip->thrown;
	if (s->abrupt == ABRUPT_STOPPED)
		return false;
	ip->abrupt = ABRUPT_NONE;
	s->d = take_back(ip, j);
	return true;
}

struct value *eval_both(struct frame *fr, js_node x, js_node y, struct value *cond)
{
	struct interp *ip = fr->ip;
	struct branch a = {0}, b = {0};
	if (!run_branch(fr, x, cond, &a) || !run_branch(fr, y, cond, &b))
		return NULL;
	if (a.v && b.v) {
		join_diffs(ip, a.d, b.d, cond);
		return join(ip, a.v, b.v, cond);
	}
	struct branch *s = a.v ? &a : b.v ? &b : &a;
	apply_diff(ip, s->d);
	if (!s->v) {
		ip->abrupt = s->abrupt;
		ip->thrown = s->thrown;
		return NULL;
	}
	ip->maybe_thrown = true;
	return s->v;
}

/* ---- literals ---- */

static struct value *literal(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct arena *a = fr->ip->arena;
	const struct origin *o = origin_new(fr, n, ORIGIN_LITERAL, NULL);
	switch ((enum js_kind)d->kind) {
	case JS_NUMBER:
		return val_number(a, d->num, o);
	case JS_STRING:
		return val_string(a, js_str(fr->f, n), o);
	case JS_BOOL:
		return val_bool(a, d->op, o);
	default:
		return val_new(a, VAL_NULL, o);
	}
}

static struct value *eval_array(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct value *v = val_array_new(ip->arena, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	struct val_array *a = v->u.arr;
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++) {
		js_node kid = js_kid(fr->f, n, i);
		if (js_kind(fr->f, kid) == JS_HOLE) {
			val_push(ip->arena, a, NULL);
			continue;
		}
		if (js_kind(fr->f, kid) != JS_SPREAD) {
			struct value *item = eval(fr, kid);
			if (!item)
				return NULL;
			val_push(ip->arena, a, item);
			continue;
		}
		struct value *odd, *from = eval(fr, js_at(fr->f, kid)->a);
		if (!from)
			return NULL;
		const struct val_array *items = elements(fr, kid, from, &odd);
		if (!items && !odd)
			return NULL;
		if ((!items || items->open) && !a->open) {
			a->open = true;
			a->fixed = a->n + (items ? items->fixed : 0);
		}
		if (items && !charge(ip, items->n * sizeof(struct value)))
			return NULL;
		for (uint32_t k = 0; items && k < items->n; k++)
			val_push(ip->arena, a,
				 items->items[k] ? with_via(fr, kid, items->items[k])
						 : ip->undefined);
	}
	return v;
}

bool eval_key(struct frame *fr, js_node key, bool computed, struct str *out, struct value **odd)
{
	*odd = NULL;
	if (!computed && js_kind(fr->f, key) == JS_STRING) {
		*out = js_str(fr->f, key);
		return true;
	}
	struct value *v = eval(fr, key);
	return v && prop_key(fr, key, v, out, odd);
}

static void add_unknown_key(struct frame *fr, struct val_object *o, struct value *why)
{
	for (uint32_t i = 0; i < o->n; i++)
		o->props[i].value =
		    join(fr->ip, o->props[i].value, spread_unknown(fr->ip, why), why);
	o->open = true;
}

static bool add_property(struct frame *fr, js_node kid, struct val_object *o)
{
	const struct js_node_data *d = js_at(fr->f, kid);
	struct str key;
	struct value *odd, *v;
	bool named = eval_key(fr, d->a, d->flags & JSF_COMPUTED, &key, &odd);
	if (!named && !odd)
		return false;
	if (d->flags & (JSF_GETTER | JSF_SETTER))
		v = unknown(fr, kid, "a getter");
	else if (named && str_is(key, "__proto__") &&
		 !(d->flags & (JSF_COMPUTED | JSF_SHORTHAND | JSF_METHOD))) {
		o->open = true;
		return eval(fr, d->b) != NULL;
	} else if (!(v = eval(fr, d->b)))
		return false;
	if (!named) {
		add_unknown_key(fr, o, odd);
		return true;
	}
	const struct val_prop *old = val_prop(o, key);
	bool duplicate = old && !old->from_spread;
	fr->ip->steps += o->n / 16;
	struct val_prop *p = val_set(fr->ip->arena, o, key, v);
	p->at = place_of(fr, kid);
	p->key_at = place_of(fr, d->a);
	p->from_spread = false;
	p->duplicate = duplicate;
	return true;
}

static struct value *eval_object(struct frame *fr, js_node n)
{
	struct value *v = val_object_new(fr->ip->arena, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++) {
		js_node kid = js_kid(fr->f, n, i);
		if (js_kind(fr->f, kid) == JS_PROPERTY) {
			if (!add_property(fr, kid, v->u.obj))
				return NULL;
		} else if (js_kind(fr->f, kid) == JS_SPREAD) {
			struct value *from = eval(fr, js_at(fr->f, kid)->a);
			if (!from)
				return NULL;
			copy_props(fr, kid, v->u.obj, from);
		} else {
			v->u.obj->open = true;
		}
	}
	return v;
}

static struct value *eval_template(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct str text = STR(""), part;
	struct value *odd, *strange = NULL, *only = NULL;
	const struct origin *via = NULL;
	uint32_t n_kids = js_at(fr->f, n)->n_kids;
	for (uint32_t i = 0; i < n_kids; i++) {
		struct value *v = eval(fr, js_kid(fr->f, n, i));
		if (!v)
			return NULL;
		if (v->env && !via)
			via = v->origin;
		only = i == 1 ? v : only;
		if (to_str(fr, js_kid(fr->f, n, i), v, &part, &odd)) {
			if (!charge(ip, text.len + part.len))
				return NULL;
			text = u16_cat(ip->arena, text, part);
		} else if (!odd) {
			return NULL;
		} else if (!strange) {
			strange = odd;
		}
	}
	if (strange)
		return strange;
	int kind = n_kids <= 1 ? ORIGIN_LITERAL : ORIGIN_COMPUTED;
	struct value *v = val_string(ip->arena, text, origin_new(fr, n, kind, via));
	if (n_kids == 3 && !js_str(fr->f, js_kid(fr->f, n, 0)).len &&
	    !js_str(fr->f, js_kid(fr->f, n, 2)).len) {
		if (only->env)
			v = with_env(ip, v, ENV_TO_STRING, only->env);
	}
	return v;
}

/* ---- operators ---- */

static struct value *eval_unary(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	const struct js_node_data *d = js_at(fr->f, n);
	double num;
	bool known;
	struct value *odd, *v;
	if (d->op == JS_OP_DELETE) {
		js_node t = d->a;
		if (js_kind(fr->f, t) != JS_MEMBER && js_kind(fr->f, t) != JS_INDEX)
			return boolean(fr, n, true);
		struct value *base = eval(fr, js_at(fr->f, t)->a), *key;
		if (!base)
			return NULL;
		key = js_kind(fr->f, t) == JS_MEMBER ? string(fr, t, js_str(fr->f, t))
						     : eval(fr, js_at(fr->f, t)->b);
		return key && delete_member(fr, n, base, key) ? boolean(fr, n, true) : NULL;
	}
	if (d->op == JS_OP_TYPEOF && js_kind(fr->f, d->a) == JS_IDENT)
		v = asked(ip, fr, d->a, &v) ? v : read_ident(fr, d->a, true);
	else
		v = eval(fr, d->a);
	if (!v)
		return NULL;
	if (d->op == JS_OP_VOID)
		return val_new(ip->arena, VAL_UNDEFINED, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	if (is_unknown(v))
		return spread_unknown(ip, v);
	switch (d->op) {
	case JS_OP_NOT:
		test_truthy(fr, n, v);
		return boolean(fr, n, !val_truthy(v, &known));
	case JS_OP_TYPEOF:
		if (v->env)
			test_nullish(fr, n, v);
		return string(fr, n, str_from(type_of(v)));
	}
	if (!to_num(fr, n, v, &num, &odd))
		return odd;
	if (d->op == JS_OP_BITNOT)
		return number(fr, n, (double)(int32_t) ~(uint32_t)num_to_int32(num));
	struct value *r = number(fr, n, d->op == JS_OP_SUB ? -num : num);
	if (js_kind(fr->f, d->a) == JS_NUMBER) /* -1 is written, not computed */
		r->origin = origin_new(fr, n, ORIGIN_LITERAL, NULL);
	return v->env && d->op == JS_OP_ADD ? with_env(ip, r, ENV_TO_NUMBER, v->env) : r;
}

static struct value *eval_cond(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	bool known, yes;
	struct value *test = eval(fr, d->a);
	if (!test)
		return NULL;
	test_truthy(fr, d->a, test);
	yes = val_truthy(test, &known);
	if (!known)
		return with_choice(fr->f, fr->ip, n, eval_both(fr, d->b, d->c, test));
	struct value *v = eval(fr, yes ? d->b : d->c);
	return with_choice(fr->f, fr->ip, n, v);
}

static struct value *eval_logical_with(struct frame *fr, js_node n, struct value *x)
{
	const struct js_node_data *d = js_at(fr->f, n);
	bool known, yes;
	if (d->op == JS_OP_NULLISH)
		test_nullish(fr, n, x);
	else
		test_truthy(fr, n, x);
	if (is_unknown(x))
		return eval_both(fr, 0, d->b, x);
	yes = val_truthy(x, &known);
	bool first = d->op == JS_OP_AND ? !yes : d->op == JS_OP_OR ? yes : !is_nullish(x);
	if (first)
		return with_choice(fr->f, fr->ip, n, x);
	struct value *y = with_choice(fr->f, fr->ip, n, eval(fr, d->b));
	if (y && x->env && d->op != JS_OP_AND && !y->env)
		return with_env(fr->ip, y, ENV_OR, x->env);
	return y;
}

static struct value *eval_binary(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct value *x = eval(fr, d->a), *y;
	if (!x || !(y = eval(fr, d->b)))
		return NULL;
	return binary(fr, n, d->op, x, y);
}

/* ---- member chains ---- */

static struct value *cut_off(struct frame *fr, js_node n, const struct value *base, bool *cut)
{
	struct value *v =
	    val_new(fr->ip->arena, VAL_UNDEFINED, origin_new(fr, n, ORIGIN_COMPUTED, base->origin));
	*cut = true;
	if (base->env)
		v = with_env(fr->ip, v, ENV_TO_STRING, base->env);
	return v;
}

static struct value *eval_member(struct frame *fr, js_node n, bool *cut)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct value *key, *base = eval_chain(fr, d->a, cut);
	if (!base || *cut)
		return base;
	if ((d->flags & JSF_OPTIONAL) && is_nullish(base)) {
		test_nullish(fr, n, base);
		return cut_off(fr, n, base, cut);
	}
	struct value *v;
	if (d->kind == JS_MEMBER)
		v = get_member(fr, n, base, js_str(fr->f, n));
	else if ((key = eval(fr, d->b)))
		v = get_index(fr, n, base, key);
	else
		return NULL;
	if (!v || (v->origin && v->origin->node == n && v->origin->file == fr->f))
		return v;
	return with_via(fr, n, v);
}

struct value *eval_chain(struct frame *fr, js_node n, bool *cut)
{
	struct interp *ip = fr->ip;
	struct value *v = NULL;
	enum js_kind kind = js_kind(fr->f, n);
	if (kind != JS_MEMBER && kind != JS_INDEX && kind != JS_CALL)
		return kind == JS_IDENT ? eval_named(fr, n) : eval(fr, n);
	if (!step(fr, n))
		return NULL;
	if (kind != JS_CALL && asked(ip, fr, n, &v))
		return v;
	ip->native++;
	v = kind == JS_CALL ? eval_call_link(fr, n, cut) : eval_member(fr, n, cut);
	ip->native--;
	return v;
}

static struct value *eval_super_member(struct frame *fr, js_node n)
{
	return unknown(fr, n, "uses super");
}

static struct value *eval_meta(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	if (!str_is(js_str(fr->f, n), "import.meta"))
		return unknown(fr, n, "uses new.target");
	struct value *v = val_object_new(ip->arena, origin_new(fr, n, ORIGIN_MACHINE, NULL));
	struct str file = path_absolute(ip, fr->mod->path),
		   dir = path_absolute(ip, path_dir(fr->mod->path));
	const struct origin *o = origin_new(fr, n, ORIGIN_MACHINE, NULL);
	val_set(ip->arena, v->u.obj, STR("dirname"), val_string(ip->arena, dir, o));
	val_set(ip->arena, v->u.obj, STR("filename"), val_string(ip->arena, file, o));
	val_set(ip->arena, v->u.obj, STR("url"),
		val_string(ip->arena,
			   str_from(arena_printf(ip->arena, "file://" STR_FMT, STR_ARG(file))), o));
	v->u.obj->open = true; /* resolve, env of bundlers */
	return v;
}

static struct value *eval_await(struct frame *fr, js_node n)
{
	js_node inner = js_at(fr->f, n)->a;
	if (js_kind(fr->f, inner) != JS_IMPORT_CALL)
		return eval(fr, inner);
	struct str specifier;
	struct value *odd, *v = eval(fr, js_at(fr->f, inner)->a);
	if (!v)
		return NULL;
	if (!to_str(fr, inner, v, &specifier, &odd))
		return odd;
	return require_value(fr, n, specifier, true);
}

static struct value *eval_sequence(struct frame *fr, js_node n)
{
	struct value *v = fr->ip->undefined;
	for (uint32_t i = 0; i < js_at(fr->f, n)->n_kids; i++)
		if (!(v = eval(fr, js_kid(fr->f, n, i))))
			return NULL;
	return v;
}

static struct value *eval_unsupported(struct frame *fr, js_node n)
{
	switch (js_kind(fr->f, n)) {
	case JS_CLASS:
		return unknown(fr, n, "a class");
	case JS_BIGINT:
		return unknown(fr, n, "a BigInt");
	case JS_TAGGED:
		return unknown(fr, n, "a tagged template");
	case JS_YIELD:
		return unknown(fr, n, "depends on a generator");
	case JS_IMPORT_CALL:
		return unknown(fr, n, "a promise");
	case JS_JSX:
		return unknown(fr, n, "JSX");
	case JS_SUPER:
		return eval_super_member(fr, n);
	default:
		return unknown(fr, n, "not understood");
	}
}

static struct value *dispatch(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	bool cut = false;
	switch ((enum js_kind)d->kind) {
	case JS_NUMBER:
	case JS_STRING:
	case JS_BOOL:
	case JS_NULL:
		return literal(fr, n);
	case JS_TEMPLATE:
		return eval_template(fr, n);
	case JS_REGEX:
		return regexp_value(fr, n, js_str(fr->f, n));
	case JS_ARRAY:
		return eval_array(fr, n);
	case JS_OBJECT:
		return eval_object(fr, n);
	case JS_FUNCTION:
		return function_new(fr, n);
	case JS_THIS:
		return fr->this_;
	case JS_UNARY:
		return eval_unary(fr, n);
	case JS_BINARY:
		return eval_binary(fr, n);
	case JS_LOGICAL: {
		struct value *x = eval(fr, d->a);
		return x ? eval_logical_with(fr, n, x) : NULL;
	}
	case JS_COND:
		return eval_cond(fr, n);
	case JS_ASSIGN:
		return eval_assign(fr, n);
	case JS_UPDATE:
		return eval_update(fr, n);
	case JS_MEMBER:
	case JS_INDEX:
		return eval_chain(fr, n, &cut);
	case JS_CALL:
		return eval_call_link(fr, n, &cut);
	case JS_NEW:
		return eval_new(fr, n);
	case JS_SEQUENCE:
		return eval_sequence(fr, n);
	case JS_META:
		return eval_meta(fr, n);
	case JS_AWAIT:
		return eval_await(fr, n);
	default:
		return eval_unsupported(fr, n);
	}
}

struct value *eval_named(struct frame *fr, js_node n)
{
	struct value *v;
	if (js_kind(fr->f, n) != JS_IDENT)
		return eval(fr, n);
	if (!step(fr, n))
		return NULL;
	return asked(fr->ip, fr, n, &v) ? v : read_ident(fr, n, false);
}

struct value *eval(struct frame *fr, js_node n)
{
	struct interp *ip = fr->ip;
	struct value *v;
	if (js_kind(fr->f, n) == JS_IDENT) {
		v = eval_named(fr, n);
		return v && v->origin && v->origin->node != n ? with_via(fr, n, v) : v;
	}
	if (!step(fr, n))
		return NULL;
	ip->native++;
	v = dispatch(fr, n);
	ip->native--;
	return v;
}
