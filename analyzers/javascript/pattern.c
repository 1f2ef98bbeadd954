/* Destructuring and assignment. */
#include "analyzers/javascript/eval_internal.h"

static bool assign_default(struct frame *fr, js_node target, js_node fallback, struct value *v,
			   bool init)
{
	if (fallback) {
		test_nullish(fr, fallback, v);
		if (v->kind == VAL_UNDEFINED) {
			const struct env_path *env = v->env;
			if (!(v = eval(fr, fallback)))
				return false;
			if (env && !v->env)
				v = with_env(fr->ip, v, ENV_OR, env);
		} else if (is_unknown(v)) {
			v = eval_both(fr, 0, fallback, v);
			if (!v)
				return false;
		}
	}
	return assign_to(fr, target, v, init);
}

static bool assign_array(struct frame *fr, js_node pattern, struct value *v, bool init)
{
	struct interp *ip = fr->ip;
	struct value *odd;
	const struct val_array *items = elements(fr, pattern, v, &odd);
	if (!items && !odd)
		return false;
	for (uint32_t i = 0; i < js_at(fr->f, pattern)->n_kids; i++) {
		js_node kid = js_kid(fr->f, pattern, i);
		const struct js_node_data *d = js_at(fr->f, kid);
		bool sure = items && (!items->open || i < items->fixed);
		struct value *item =
		    !sure			      ? (odd ? spread_unknown(ip, odd)
							     : unknown(fr, kid, "the elements are not all known"))
		    : i < items->n && items->items[i] ? items->items[i]
						      : ip->undefined;
		bool ok = true;
		if (d->kind == JS_REST) {
			struct value *rest =
			    val_array_new(ip->arena, origin_new(fr, kid, ORIGIN_COMPUTED, NULL));
			rest->u.arr->open = !items || items->open;
			for (uint32_t k = i;
			     items && k < items->n && (!items->open || k < items->fixed); k++)
				val_push(ip->arena, rest->u.arr,
					 items->items[k] ? items->items[k] : ip->undefined);
			rest->u.arr->fixed = rest->u.arr->n;
			ok = assign_to(fr, d->a, odd ? spread_unknown(ip, odd) : rest, init);
		} else if (d->kind == JS_DEFAULT) {
			ok = assign_default(fr, d->a, d->b, item, init);
		} else if (d->kind != JS_HOLE) {
			ok = assign_to(fr, kid, item, init);
		}
		if (!ok)
			return false;
	}
	return true;
}

static struct value *rest_of(struct frame *fr, js_node kid, const struct value *v,
			     const struct str *taken, uint32_t n)
{
	struct interp *ip = fr->ip;
	struct val_object own = {0};
	struct value *rest = val_object_new(ip->arena, origin_new(fr, kid, ORIGIN_COMPUTED, NULL));
	if (is_unknown(v))
		return spread_unknown(ip, v);
	own_props(fr, v, &own);
	for (uint32_t i = 0; i < own.n; i++) {
		bool gone = false;
		for (uint32_t k = 0; k < n; k++)
			gone |= str_eq(taken[k], own.props[i].key);
		ip->steps += n;
		if (gone)
			continue;
		struct val_prop *p = put(ip, rest->u.obj, own.props[i].key, own.props[i].value);
		*p = own.props[i];
		p->from_spread = true;
	}
	rest->u.obj->open = own.open;
	return rest;
}

static bool assign_object(struct frame *fr, js_node pattern, struct value *v, bool init)
{
	struct interp *ip = fr->ip;
	uint32_t n = js_at(fr->f, pattern)->n_kids, n_taken = 0;
	struct str *taken = arena_array(ip->arena, struct str, n + 1);
	if (is_nullish(v))
		return throw_error(fr, pattern, "TypeError", "Cannot destructure '%s' as it is %s.",
				   type_of(v), v->kind == VAL_NULL ? "null" : "undefined");
	for (uint32_t i = 0; i < n; i++) {
		js_node kid = js_kid(fr->f, pattern, i);
		const struct js_node_data *d = js_at(fr->f, kid);
		struct value *odd, *item;
		if (d->kind == JS_REST) {
			if (!assign_to(fr, d->a, rest_of(fr, kid, v, taken, n_taken), init))
				return false;
			continue;
		}
		struct str key;
		if (eval_key(fr, d->a, d->flags & JSF_COMPUTED, &key, &odd)) {
			taken[n_taken++] = key;
			item = get_member(fr, kid, v, key);
			if (item && (!item->origin || item->origin->node != kid))
				item = with_via(fr, kid, item);
		} else {
			item = odd;
		}
		if (!item || !assign_default(fr, d->b, d->c, item, init))
			return false;
	}
	return true;
}

/* the place that `a.b` or `a[b]` names */
struct reference {
	struct value *base, *key;
};

static bool reference(struct frame *fr, js_node target, struct reference *r)
{
	const struct js_node_data *d = js_at(fr->f, target);
	r->base = eval_named(fr, d->a);
	if (!r->base)
		return false;
	r->key = d->kind == JS_MEMBER ? string(fr, target, js_str(fr->f, target)) : eval(fr, d->b);
	return r->key != NULL;
}

static bool is_reference(const struct js_file *f, js_node target)
{
	return js_kind(f, target) == JS_MEMBER || js_kind(f, target) == JS_INDEX;
}

bool assign_to(struct frame *fr, js_node target, struct value *v, bool init)
{
	struct reference r;
	bool ok;
	if (!step(fr, target))
		return false;
	switch (js_kind(fr->f, target)) {
	case JS_IDENT:
		return write_ident(fr, target, v, init);
	case JS_MEMBER:
	case JS_INDEX:
		return reference(fr, target, &r) &&
		       set_index(fr, js_at(fr->f, target)->parent, r.base, r.key, v);
	case JS_OBJECT_PATTERN:
	case JS_ARRAY_PATTERN:
		fr->ip->native++;
		ok = js_kind(fr->f, target) == JS_OBJECT_PATTERN
			 ? assign_object(fr, target, v, init)
			 : assign_array(fr, target, v, init);
		fr->ip->native--;
		return ok;
	case JS_DEFAULT:
		return assign_default(fr, js_at(fr->f, target)->a, js_at(fr->f, target)->b, v,
				      init);
	default:
		return true;
	}
}

static struct value *read_target(struct frame *fr, js_node target, const struct reference *r)
{
	return is_reference(fr->f, target) ? get_index(fr, target, r->base, r->key)
					   : eval(fr, target);
}

static bool write_target(struct frame *fr, js_node n, js_node target, const struct reference *r,
			 struct value *v)
{
	return is_reference(fr->f, target) ? set_index(fr, n, r->base, r->key, v)
					   : assign_to(fr, target, v, false);
}

/* x ||= y, x &&= y, x ??= y */
static struct value *assign_logical(struct frame *fr, js_node n, const struct reference *r,
				    struct value *x)
{
	const struct js_node_data *d = js_at(fr->f, n);
	bool known, yes = val_truthy(x, &known);
	struct value *y;
	if (d->op == JS_OP_NULLISH)
		test_nullish(fr, n, x);
	else
		test_truthy(fr, n, x);
	if (known && (d->op == JS_OP_AND ? !yes : d->op == JS_OP_OR ? yes : !is_nullish(x)))
		return x;
	y = known ? eval(fr, d->b) : eval_both(fr, 0, d->b, x);
	if (y && known && x->env && !y->env && d->op != JS_OP_AND)
		y = with_env(fr->ip, y, ENV_OR, x->env);
	y = with_choice(fr->f, fr->ip, n, y);
	return y && write_target(fr, n, d->a, r, y) ? y : NULL;
}

struct value *eval_assign(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct reference r = {0};
	struct value *x, *v;
	if (is_reference(fr->f, d->a) && !reference(fr, d->a, &r))
		return NULL;
	if (d->op == JS_OP_NONE) {
		v = eval(fr, d->b);
		return v && write_target(fr, n, d->a, &r, v) ? v : NULL;
	}
	x = read_target(fr, d->a, &r);
	if (!x)
		return NULL;
	if (d->op == JS_OP_AND || d->op == JS_OP_OR || d->op == JS_OP_NULLISH)
		return assign_logical(fr, n, &r, x);
	v = eval(fr, d->b);
	if (!v || !(v = binary(fr, n, d->op, x, v)))
		return NULL;
	return write_target(fr, n, d->a, &r, v) ? v : NULL;
}

struct value *eval_update(struct frame *fr, js_node n)
{
	const struct js_node_data *d = js_at(fr->f, n);
	struct reference r = {0};
	double num;
	struct value *odd, *x, *old, *v;
	if (is_reference(fr->f, d->a) && !reference(fr, d->a, &r))
		return NULL;
	if (!(x = read_target(fr, d->a, &r)))
		return NULL;
	if (to_num(fr, n, x, &num, &odd)) {
		old = number(fr, n, num);
		v = number(fr, n, d->op == JS_OP_ADD ? num + 1 : num - 1);
	} else if (odd) {
		old = v = odd;
	} else {
		return NULL;
	}
	if (!write_target(fr, n, d->a, &r, v))
		return NULL;
	return d->flags & JSF_PREFIX ? v : old;
}
