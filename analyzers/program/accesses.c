#include "analyzers/program/private.h"

#include <stdlib.h>
#include "analyzers/program/roots.h"

/* Who touches a state cell and how. Every expression that stands for a cell is
 * classified by what is around it; what was taken out of a cell and then
 * changed is an access of its own (ACCESS_INNER). */

struct found {
	prog_id cell;
	struct cell_access access;
	uint32_t order;
};

struct finder {
	struct program *p;
	prog_id file;
	const struct js_file *f;
	VEC(struct found) list;
};

struct use {
	prog_id cell;
	bool alias;
	bool is_alias_init; /* const r = cell */
};

static void record(struct finder *x, const struct use *u, enum access_op op, js_node node, js_node key, js_node value)
{
	struct found r = {.cell = u->cell};
	r.access = (struct cell_access){.op = op, .file = x->file, .fn = fn_id(x->p, x->file, js_at(x->f, node)->fn),
					.node = node, .key = key, .value = value, .through_alias = u->alias};
	vec_push(&x->list, r);
}

enum method { M_NONE, M_KEY_READ, M_ITERATE, M_ADD, M_REMOVE, M_UPDATE };

static enum method method_of(struct str name, enum cell_shape shape)
{
	if (list_has("get|has|at|includes|indexOf|lastIndexOf|peek|hasOwnProperty|getOrInsert", name))
		return M_KEY_READ;
	if (list_has("set|add|push|unshift|enqueue|put|append|insert|setex|addAll|concatInPlace|setItem", name))
		return M_ADD;
	if (list_has("delete|clear|pop|shift|splice|del|remove|dequeue|reset|flushAll|removeItem|purge|take", name))
		return M_REMOVE;
	if (list_has("forEach|values|keys|entries|find|filter|some|map|every|reduce|findIndex|flatMap|slice|join|concat|"
		     "findLast|flat|toSorted|toString",
		     name))
		return M_ITERATE;
	if (list_has("sort|reverse|fill|copyWithin", name) && (shape == SHAPE_ARRAY || shape == SHAPE_UNKNOWN))
		return M_UPDATE;
	return M_NONE;
}

static bool is_argument(const struct js_file *f, js_node call, js_node n, uint32_t *index)
{
	for (uint32_t i = 0; i < js_at(f, call)->n_kids; i++)
		if (js_kid(f, call, i) == n) {
			*index = i;
			return true;
		}
	return false;
}

static js_node arg_of(const struct js_file *f, js_node call, uint32_t i)
{
	return i < js_at(f, call)->n_kids ? js_kid(f, call, i) : 0;
}

static js_node through_wrapping(const struct js_file *f, js_node n)
{
	for (;;) {
		js_node up = js_at(f, n)->parent;
		const struct js_node_data *d = js_at(f, up);
		if (d->kind == JS_AWAIT || (d->kind == JS_LOGICAL && d->op != JS_OP_AND) ||
		    (d->kind == JS_LOGICAL && d->b == n))
			n = up;
		else
			return n;
	}
}

/* is the place n (a member chain below something taken out of a cell) changed? gives the changing expression */
static js_node changing(const struct js_file *f, js_node n, js_node *value)
{
	for (unsigned depth = 0; depth < 16; depth++) {
		js_node up = js_at(f, n)->parent;
		const struct js_node_data *d = js_at(f, up);
		switch (js_kind(f, up)) {
		case JS_MEMBER:
		case JS_INDEX:
			if (d->a != n)
				return 0;
			break;
		case JS_CALL: {
			if (d->a != n || js_kind(f, n) != JS_MEMBER)
				return 0;
			enum method m = method_of(js_str(f, n), SHAPE_UNKNOWN);
			*value = arg_of(f, up, 0);
			if (m == M_ADD || m == M_REMOVE || m == M_UPDATE)
				return up;
			if (m != M_KEY_READ)
				return 0;
			break;
		}
		case JS_ASSIGN:
			if (d->a != n || (js_kind(f, n) != JS_MEMBER && js_kind(f, n) != JS_INDEX))
				return 0;
			*value = d->b;
			return up;
		case JS_UPDATE:
			return js_kind(f, n) == JS_MEMBER || js_kind(f, n) == JS_INDEX ? up : 0;
		case JS_UNARY:
			return d->op == JS_OP_DELETE ? up : 0;
		default:
			return 0;
		}
		n = up;
	}
	return 0;
}

/* what was taken out at n: changed at once, or through a local name */
static void inner_changes(struct finder *x, const struct use *u, js_node n, js_node key)
{
	const struct js_file *f = x->f;
	js_node value = 0, at = changing(f, n, &value);
	if (at) {
		record(x, u, ACCESS_INNER, at, key, value);
		return;
	}
	n = through_wrapping(f, n);
	js_node up = js_at(f, n)->parent;
	uint32_t b = JS_NO_ATOM;
	if (js_kind(f, up) == JS_DECLARATOR && js_at(f, up)->b == n && js_kind(f, js_at(f, up)->a) == JS_IDENT)
		b = f->binding_of[js_at(f, up)->a];
	else if (js_kind(f, up) == JS_ASSIGN && js_at(f, up)->b == n && js_kind(f, js_at(f, up)->a) == JS_IDENT)
		b = f->binding_of[js_at(f, up)->a];
	if (b == JS_NO_ATOM || f->bindings[b].fn == 0)
		return;
	struct use inner = *u;
	inner.alias = true;
	for (uint32_t i = 0; i < f->bindings[b].n_refs; i++) {
		js_node ref = f->lists[f->bindings[b].refs + i];
		value = 0;
		at = changing(f, ref, &value);
		if (at)
			record(x, &inner, ACCESS_INNER, at, key, value);
	}
}

static bool is_number_op(uint8_t op)
{
	return op != JS_OP_NONE && op != JS_OP_AND && op != JS_OP_OR && op != JS_OP_NULLISH;
}

/* x.a.b: `n` is the place, `top` whether it is the cell itself */
static void classify(struct finder *x, const struct use *u, js_node n, js_node key, bool top);

static void classify_method(struct finder *x, const struct use *u, js_node member, js_node call, js_node key)
{
	const struct js_file *f = x->f;
	enum cell_shape shape = priv(x->p)->cells.ptr[u->cell].shape;
	js_node first = arg_of(f, call, 0), second = arg_of(f, call, 1);
	uint32_t c = priv(x->p)->files[x->file].call_at[call];
	enum method m = method_of(js_str(f, member), shape);
	/* app.get('/x', f), router.use(r), queue.add(..), tables.users.set(..) of a database: no container; what is declared
	 * as one stays one, whatever fills it */
	bool container = shape == SHAPE_ARRAY || shape == SHAPE_MAP || shape == SHAPE_SET;
	if (c && !container && x->p->calls[c - 1].callee.kind == ENT_PACKAGE_INSTANCE &&
	    (shape == SHAPE_OBJECT || reg_row_of(&x->p->calls[c - 1].callee, STR(""), true) ||
	     prog_call_effects(x->p, &x->p->calls[c - 1])))
		m = M_NONE;
	switch (m) {
	case M_KEY_READ:
		record(x, u, ACCESS_KEY_READ, call, first, 0);
		inner_changes(x, u, call, first);
		return;
	case M_ADD: {
		bool keyed = second || list_has("add", js_str(f, member));
		record(x, u, ACCESS_ADD, call, keyed ? first : key, second ? second : first);
		return;
	}
	case M_REMOVE: {
		bool keyed = list_has("delete|del|remove|removeItem", js_str(f, member));
		record(x, u, ACCESS_REMOVE, call, keyed ? first : key, 0);
		if (!keyed)
			inner_changes(x, u, call, 0);
		return;
	}
	case M_ITERATE:
		record(x, u, ACCESS_ITERATE, call, 0, 0);
		if (list_has("find|findLast", js_str(f, member)))
			inner_changes(x, u, call, first);
		return;
	case M_UPDATE:
		record(x, u, ACCESS_UPDATE, call, 0, 0);
		return;
	case M_NONE:
		record(x, u, ACCESS_CALL, call, first, second);
		return;
	}
}

static void classify_member(struct finder *x, const struct use *u, js_node member, js_node key)
{
	const struct js_file *f = x->f;
	js_node up = js_at(f, member)->parent;
	const struct js_node_data *d = js_at(f, up);
	if (js_kind(f, up) == JS_CALL && d->a == member) {
		struct entity e = prog_resolve(x->p, x->file, member);
		if (e.kind != ENT_FUNCTION) /* a method of an object literal or class: no access to data */
			classify_method(x, u, member, up, key);
		return;
	}
	struct str name = js_str(f, member);
	enum cell_shape shape = priv(x->p)->cells.ptr[u->cell].shape;
	if (str_is(name, "length") || (str_is(name, "size") && shape != SHAPE_OBJECT)) {
		bool emptied = js_kind(f, up) == JS_ASSIGN && d->a == member;
		record(x, u, emptied ? ACCESS_REMOVE : ACCESS_ITERATE, emptied ? up : member, 0, 0);
		return;
	}
	classify(x, u, member, key, false);
}

static void classify_index(struct finder *x, const struct use *u, js_node index)
{
	const struct js_file *f = x->f;
	js_node up = js_at(f, index)->parent, key = js_at(f, index)->b;
	const struct js_node_data *d = js_at(f, up);
	switch (js_kind(f, up)) {
	case JS_ASSIGN:
		if (d->a == index) {
			record(x, u, is_number_op(d->op) ? ACCESS_UPDATE : ACCESS_ADD, up, key, d->b);
			return;
		}
		break;
	case JS_UPDATE:
		record(x, u, ACCESS_UPDATE, up, key, 0);
		return;
	case JS_UNARY:
		if (d->op == JS_OP_DELETE) {
			record(x, u, ACCESS_REMOVE, up, key, 0);
			return;
		}
		break;
	default:
		break;
	}
	record(x, u, ACCESS_KEY_READ, index, key, 0);
	inner_changes(x, u, index, key);
}

static void classify_argument(struct finder *x, const struct use *u, js_node n, js_node call)
{
	const struct js_file *f = x->f;
	uint32_t i = 0, c = priv(x->p)->files[x->file].call_at[call];
	if (!is_argument(f, call, n, &i) || !c)
		return;
	const struct prog_call *pc = &x->p->calls[c - 1];
	struct str path = pc->callee.path;
	if (pc->callee.kind == ENT_GLOBAL && str_is(pc->callee.module, "Object")) {
		if (str_is(path, "assign"))
			record(x, u, i ? ACCESS_ITERATE : ACCESS_ADD, call, 0, i ? 0 : arg_of(f, call, 1));
		else if (!list_has("freeze|seal", path))
			record(x, u, ACCESS_ITERATE, call, 0, 0);
		return;
	}
	if (pc->callee.kind == ENT_GLOBAL && (str_is(pc->callee.module, "Array") || str_is(pc->callee.module, "JSON") ||
					      str_is(pc->callee.module, "Map") || str_is(pc->callee.module, "Set"))) {
		record(x, u, str_is(path, "isArray") ? ACCESS_READ : ACCESS_ITERATE, call, 0, 0);
		return;
	}
	if (pc->callee.kind == ENT_GLOBAL &&
	    list_has("clearTimeout|clearInterval|console|Number|String|Boolean|parseInt|isNaN|Math", pc->callee.module)) {
		record(x, u, ACCESS_READ, call, 0, 0);
		return;
	}
	/* a parameter that resolves to the cell carries its own accesses */
	record(x, u, ACCESS_ESCAPE, n, 0, 0);
}

static void classify_plain(struct finder *x, const struct use *u, js_node n, js_node up)
{
	const struct js_file *f = x->f;
	const struct js_node_data *d = js_at(f, up);
	switch (js_kind(f, up)) {
	case JS_SPREAD:
		record(x, u, ACCESS_ITERATE, n, 0, 0);
		return;
	case JS_FOR_IN:
		if (d->b == n)
			record(x, u, ACCESS_ITERATE, n, 0, 0);
		return;
	case JS_BINARY:
		if (d->op == JS_OP_IN && d->b == n)
			record(x, u, ACCESS_KEY_READ, up, d->a, 0);
		else
			record(x, u, ACCESS_READ, n, 0, 0);
		return;
	case JS_RETURN:
	case JS_YIELD:
	case JS_ARRAY:
	case JS_PROPERTY:
	case JS_EXPORT_DEFAULT:
	case JS_EXPORT_NAME:
	case JS_EXPORT_ASSIGN:
		record(x, u, ACCESS_ESCAPE, n, 0, 0);
		return;
	case JS_FUNCTION: /* () => cell */
		record(x, u, ACCESS_ESCAPE, n, 0, 0);
		return;
	case JS_CALL:
	case JS_NEW:
		if (d->a == n)
			record(x, u, ACCESS_CALL, up, 0, 0);
		else
			classify_argument(x, u, n, up);
		return;
	default:
		record(x, u, ACCESS_READ, n, 0, 0);
		return;
	}
}

static void classify(struct finder *x, const struct use *u, js_node n, js_node key, bool top)
{
	const struct js_file *f = x->f;
	js_node up = js_at(f, n)->parent;
	const struct js_node_data *d = js_at(f, up);
	switch (js_kind(f, up)) {
	case JS_MEMBER:
		classify_member(x, u, up, top ? 0 : key);
		return;
	case JS_INDEX:
		if (d->a == n)
			classify_index(x, u, up);
		else
			record(x, u, ACCESS_READ, n, 0, 0);
		return;
	case JS_ASSIGN:
		/* this.rooms = rooms: gives it another name, or takes that name away */
		if (d->a == n && top && u->alias && js_kind(f, n) == JS_MEMBER && d->op == JS_OP_NONE)
			return;
		if (d->a == n)
			record(x, u, is_number_op(d->op) ? ACCESS_UPDATE : top ? ACCESS_ASSIGN : ACCESS_ADD, up, key, d->b);
		else
			record(x, u, ACCESS_ESCAPE, n, 0, 0);
		return;
	case JS_UPDATE:
		record(x, u, ACCESS_UPDATE, up, key, 0);
		return;
	case JS_UNARY:
		record(x, u, d->op == JS_OP_DELETE && !top ? ACCESS_REMOVE : ACCESS_READ, up, key, 0);
		return;
	case JS_DECLARATOR:
		if (d->b != n)
			return;
		if (js_kind(f, d->a) != JS_IDENT || !top)
			record(x, u, ACCESS_KEY_READ, n, 0, 0);
		else if (!u->is_alias_init)
			record(x, u, ACCESS_READ, n, 0, 0);
		if (!top)
			inner_changes(x, u, n, 0);
		return;
	default:
		if (top)
			classify_plain(x, u, n, up);
		else
			record(x, u, ACCESS_KEY_READ, n, 0, 0);
		return;
	}
}

/* const r = cell: r is followed instead, where r resolves to the cell */
static bool starts_alias(const struct finder *x, js_node n, prog_id cell)
{
	const struct js_file *f = x->f;
	js_node up = js_at(f, n)->parent;
	if (js_kind(f, up) != JS_DECLARATOR || js_at(f, up)->b != n || js_kind(f, js_at(f, up)->a) != JS_IDENT)
		return false;
	return cell_of_node(x->p, x->file, js_at(f, up)->a, &(bool){false}) == cell;
}

static bool is_declaration(const struct js_file *f, js_node n)
{
	js_node up = js_at(f, n)->parent;
	uint32_t b = f->binding_of[n];
	if (b != JS_NO_ATOM && f->bindings[b].decl == n)
		return true;
	return js_kind(f, up) == JS_IMPORT_NAME || js_kind(f, up) == JS_PARAM;
}

static void visit(struct finder *x, js_node n)
{
	const struct js_file *f = x->f;
	enum js_kind k = js_kind(f, n);
	if (k != JS_IDENT && k != JS_MEMBER && k != JS_CALL && k != JS_THIS)
		return;
	if (k == JS_IDENT && (f->binding_of[n] == JS_NO_ATOM || is_declaration(f, n)))
		return;
	if (k == JS_CALL && file_spec(x->p, x->file, n))
		return; /* require: what it gives is followed by name */
	struct use u = {.cell = PROG_NONE};
	u.cell = cell_of_node(x->p, x->file, n, &u.alias);
	if (u.cell == PROG_NONE)
		return;
	u.is_alias_init = starts_alias(x, n, u.cell);
	classify(x, &u, n, 0, true);
}

static int by_cell(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	if (x->access.file != y->access.file)
		return x->access.file < y->access.file ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (int)x->access.op - (int)y->access.op;
}

static void store(struct program *p, struct finder *x)
{
	struct prog_private *pr = priv(p);
	struct cell_access *all = arena_array(pr->arena, struct cell_access, x->list.len + 1);
	for (size_t i = 0; i < x->list.len; i++)
		x->list.ptr[i].order = js_at(prog_js(p, x->list.ptr[i].access.file), x->list.ptr[i].access.node)->span.start;
	if (x->list.len)
		qsort(x->list.ptr, x->list.len, sizeof *x->list.ptr, by_cell);
	size_t n = 0;
	for (size_t i = 0; i < x->list.len; i++) {
		struct prog_cell *c = &pr->cells.ptr[x->list.ptr[i].cell];
		const struct cell_access *a = &x->list.ptr[i].access;
		if (c->n_accesses && all[n - 1].node == a->node && all[n - 1].op == a->op && all[n - 1].file == a->file)
			continue;
		if (!c->n_accesses)
			c->accesses = &all[n];
		all[n++] = *a;
		c->n_accesses++;
	}
}

void link_cells(struct program *p)
{
	struct finder x = {.p = p};
	struct prog_private *pr = priv(p);
	for (prog_id file = 0; file < p->n_files; file++)
		pr->files[file].cell_ref = arena_array(pr->arena, uint32_t, prog_js(p, file)->n_nodes);
	index_app_state(p);
	for (prog_id file = 0; file < p->n_files; file++) /* answers given before those cells were known */
		memset(pr->files[file].cell_ref, 0, prog_js(p, file)->n_nodes * sizeof(uint32_t));
	for (x.file = 0; x.file < p->n_files; x.file++) {
		x.f = prog_js(p, x.file);
		for (js_node n = 1; n < x.f->n_nodes; n++)
			visit(&x, n);
	}
	store(p, &x);
	vec_release(&x.list);
	p->cells = pr->cells.ptr;
	p->n_cells = pr->cells.len;
}
