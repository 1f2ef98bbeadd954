#include "analyzers/program/held.h"

#include "analyzers/program/private.h"
#include "analyzers/program/roots.h"
#include "analyzers/program/usage.h"

static bool converts(const struct js_file *js, js_node callee)
{
	struct str t = js_text(js, callee);
	return list_has("JSON.parse|JSON.stringify|Number|parseInt|parseFloat|String|BigInt|"
			"Boolean|Number.parseInt|Number.parseFloat|Object.assign|"
			"structuredClone|Array.from|Math.max|Math.min|Math.round|Math.floor|Math."
			"abs|Math.ceil|Object.values|Object.entries",
			t);
}

static bool is_kid(const struct js_file *js, js_node n, js_node parent)
{
	for (uint32_t i = 0; i < js_at(js, parent)->n_kids; i++)
		if (js_kid(js, parent, i) == n)
			return true;
	return false;
}

/* a method whose result is no part of the record */
static bool ends_value(struct str method)
{
	return list_has("save|update|destroy|remove|delete|deleteOne|updateOne|increment|decrement|"
			"then|catch|forEach|push|splice|unshift|shift|pop|pull|addToSet",
			method);
}

/* one step up; false where the value ends here */
static bool climb_step(const struct stores *s, prog_id file, struct held_climb *c,
		       const struct store_call *own)
{
	const struct js_file *js = prog_js(s->p, file);
	js_node n = c->top, up = js_at(js, n)->parent;
	const struct js_node_data *d = js_at(js, up);
	switch (js_kind(js, up)) {
	case JS_AWAIT:
	case JS_UNARY:
		return js_kind(js, up) == JS_AWAIT || d->op == JS_OP_ADD || d->op == JS_OP_SUB;
	case JS_MEMBER:
	case JS_INDEX:
		if (d->a != n)
			return false;
		if (js_kind(js, up) == JS_MEMBER && js_kind(js, d->parent) == JS_CALL &&
		    js_at(js, d->parent)->a == up) {
			if (ends_value(js_str(js, up)))
				return false;
		} else if (js_kind(js, up) == JS_MEMBER) {
			c->field = js_str(js, up);
		}
		if (js_kind(js, up) == JS_INDEX && js_kind(js, d->b) == JS_STRING)
			c->field = js_str(js, d->b);
		return true;
	case JS_CALL: {
		const struct store_call *other =
		    up == own->node ? NULL : store_call_at(s, file, up);
		if (d->a == n) {
			/* order.save(), order.getItems() go to the store again; so do chains of the
			 * read itself not */
			if (other && other->call != own->call &&
			    (other->effects & (STORE_READS | STORE_WRITES)) && up != own->node &&
			    js_at(js, up)->span.start != own->start)
				return false;
			c->through_call = true;
			if (list_has("includes|some|every|indexOf|findIndex|has|join|toString",
				     store_method(js, up)))
				c->derived = true;
			return true;
		}
		return is_kid(js, n, up) && converts(js, d->a);
	}
	case JS_LOGICAL:
		return true;
	case JS_COND:
		return d->b == n || d->c == n;
	case JS_BINARY:
		if (d->op < JS_OP_ADD || d->op > JS_OP_MOD)
			return false;
		c->computed = true;
		return true;
	case JS_TEMPLATE:
		c->computed = true;
		return true;
	default:
		return false;
	}
}

struct held_climb held_climb(const struct stores *s, prog_id file, js_node ref,
			     const struct store_call *own)
{
	struct held_climb c = {.top = ref, .field = STR("")};
	const struct js_file *js = prog_js(s->p, file);
	for (unsigned i = 0; i < 40 && climb_step(s, file, &c, own); i++)
		c.top = js_at(js, c.top)->parent;
	return c;
}

static void add_name(struct held *h, const struct js_binding *b, struct held_name how)
{
	if (!b || h->n == HELD_MAX)
		return;
	for (size_t i = 0; i < h->n; i++)
		if (h->names[i].b == b)
			return;
	how.b = b;
	h->names[h->n++] = how;
}

static void add_target(struct held *h, const struct js_file *js, js_node target,
		       struct held_name how)
{
	switch (js_kind(js, target)) {
	case JS_IDENT:
		add_name(h, js_binding_of(js, target), how);
		break;
	case JS_DEFAULT:
		add_target(h, js, js_at(js, target)->a, how);
		break;
	case JS_ARRAY_PATTERN:
		if (js_at(js, target)->n_kids) {
			how.element = true;
			add_target(h, js, js_kid(js, target, 0), how);
		}
		break;
	case JS_OBJECT_PATTERN:
		for (uint32_t i = 0; i < js_at(js, target)->n_kids; i++) {
			js_node prop = js_kid(js, target, i);
			if (js_kind(js, prop) != JS_PATTERN_PROPERTY)
				continue;
			struct held_name part = how;
			if (!list_has("rows|data|recordset|docs|items|result|results|body",
				      js_key(js, prop)))
				part.field = js_key(js, prop);
			add_target(h, js, js_at(js, prop)->b, part);
		}
		break;
	default:
		break;
	}
}

/* the first parameter of a function that is written out at n */
static js_node first_param(const struct js_file *js, js_node n)
{
	if (js_kind(js, n) != JS_FUNCTION || !js_at(js, n)->n_kids)
		return 0;
	return js_at(js, js_kid(js, n, 0))->a;
}

static void add_for(struct held *h, const struct js_file *js, js_node loop, struct held_name how)
{
	js_node left = js_at(js, loop)->a;
	if (js_kind(js, left) == JS_VAR && js_at(js, left)->n_kids)
		left = js_at(js, js_kid(js, left, 0))->a;
	how.element = true;
	if (js_at(js, loop)->op == JS_FOR_OP_OF)
		add_target(h, js, left, how);
}

/* where the value at c.top goes: into a variable, a loop, a callback */
static void follow(struct held *h, const struct stores *s, struct held_climb c,
		   struct held_name how)
{
	const struct js_file *js = prog_js(s->p, h->file);
	js_node n = c.top, up = js_at(js, n)->parent;
	const struct js_node_data *d = js_at(js, up);
	how.computed |= c.computed;
	how.derived |= c.derived;
	if (c.field.len && !c.derived && !list_has("rows|data|docs|recordset", c.field))
		how.field = c.field;
	switch (js_kind(js, up)) {
	case JS_DECLARATOR:
	case JS_ASSIGN:
		if (d->b == n && (js_kind(js, up) == JS_DECLARATOR || d->op == JS_OP_NONE))
			add_target(h, js, d->a, how);
		break;
	case JS_FOR_IN:
		if (d->b == n)
			add_for(h, js, up, how);
		break;
	case JS_MEMBER: { /* rows.forEach(row => ..), M.find().then(rows => ..), ids.push(..) */
		js_node call = d->parent;
		if (d->a != n || js_kind(js, call) != JS_CALL || js_at(js, call)->a != up ||
		    !js_at(js, call)->n_kids)
			break;
		if (list_has("then|forEach", js_str(js, up))) {
			how.element |= str_is(js_str(js, up), "forEach");
			add_target(h, js, first_param(js, js_kid(js, call, 0)), how);
		}
		break;
	}
	case JS_ARRAY: { /* const [a, b] = await Promise.all([..]) */
		js_node call = d->parent, wait = js_at(js, call)->parent,
			decl = js_at(js, wait)->parent;
		js_node pattern = js_kind(js, decl) == JS_DECLARATOR ? js_at(js, decl)->a : 0;
		if (js_kind(js, call) != JS_CALL ||
		    !str_is(js_text(js, js_at(js, call)->a), "Promise.all") ||
		    js_kind(js, pattern) != JS_ARRAY_PATTERN)
			break;
		for (uint32_t i = 0; i < d->n_kids && i < js_at(js, pattern)->n_kids; i++)
			if (js_kid(js, up, i) == n)
				add_target(h, js, js_kid(js, pattern, i), how);
		break;
	}
	case JS_SPREAD: { /* list.push(...rows.map(..)) */
		js_node call = d->parent,
			callee = js_kind(js, call) == JS_CALL ? js_at(js, call)->a : 0;
		if (js_kind(js, callee) == JS_MEMBER && str_is(js_str(js, callee), "push") &&
		    js_kind(js, js_at(js, callee)->a) == JS_IDENT) {
			how.derived = true;
			add_name(h, js_binding_of(js, js_at(js, callee)->a), how);
		}
		break;
	}
	default:
		break;
	}
	/* rows.map(async row => ..): the element is worked on, the result is another value */
	for (js_node k = n; k && js_at(js, k)->span.start >= js_at(js, n)->span.start;
	     k = js_kind(js, k) == JS_CALL || js_kind(js, k) == JS_MEMBER ||
			 js_kind(js, k) == JS_AWAIT
		     ? js_at(js, k)->a
		     : 0) {
		if (js_kind(js, k) == JS_CALL && js_kind(js, js_at(js, k)->a) == JS_MEMBER &&
		    js_str(js, js_at(js, k)->a).len && str_is(js_str(js, js_at(js, k)->a), "map") &&
		    js_at(js, k)->n_kids && js_at(js, k)->span.start != h->call->start) {
			struct held_name e = how;
			e.element = true;
			add_target(h, js, first_param(js, js_kid(js, k, 0)), e);
		}
	}
}

static bool is_count(const struct js_file *js, js_node call)
{
	return list_has("count|countDocuments|estimatedDocumentCount|countBy|getCount|max|"
			"aggregateCount|llen|lLen|scard|sCard|zcard|zCard|hlen",
			store_method(js, call));
}

void held_find(struct held *h, const struct stores *s, prog_id file, const struct store_call *call)
{
	const struct js_file *js = prog_js(s->p, file);
	*h = (struct held){.file = file, .call = call, .read = call->read};
	const struct prog_call *read = &s->p->calls[call->read];
	h->counts = is_count(prog_js(s->p, read->file), read->node);
	struct held_climb c = held_climb(s, file, call->node, call);
	if (js_kind(js, js_at(js, c.top)->parent) == JS_MEMBER && !c.through_call)
		c.field = STR("");
	h->direct = c.top;
	follow(h, s, c, (struct held_name){.field = STR("")});
	for (size_t i = 0; i < h->n; i++) {
		struct held_name name = h->names[i];
		for (uint32_t k = 0; k < name.b->n_refs; k++) {
			js_node ref = js->lists[name.b->refs + k];
			if (js_at(js, ref)->span.start < call->start)
				continue;
			follow(h, s, held_climb(s, file, ref, call), name);
		}
	}
}

bool held_mentions(const struct js_file *js, const struct held *h, js_node n)
{
	for (size_t i = 0; i < h->n; i++)
		for (uint32_t k = 0; k < h->names[i].b->n_refs; k++)
			if (prog_is_inside(js, js->lists[h->names[i].b->refs + k], n))
				return true;
	return h->n == 0 && h->direct && prog_is_inside(js, h->direct, n);
}
