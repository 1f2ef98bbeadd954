#include "analyzers/native/state.h"

enum shape state_shape(const struct symbol *s)
{
	struct str type = s->type;
	if (str_starts(type, STR("struct ")))
		type = str_sub(type, 7, type.len);
	static const struct {
		const char *name;
		enum shape shape;
	} classes[] = {{"std::map<", SHAPE_MAP}, {"std::unordered_map<", SHAPE_MAP},
		       {"std::multimap<", SHAPE_MAP}, {"std::unordered_multimap<", SHAPE_MAP},
		       {"std::set<", SHAPE_SET}, {"std::unordered_set<", SHAPE_SET},
		       {"std::vector<", SHAPE_LIST}, {"std::list<", SHAPE_LIST},
		       {"std::array<", SHAPE_LIST}, {"std::deque<", SHAPE_QUEUE},
		       {"std::queue<", SHAPE_QUEUE}, {"std::priority_queue<", SHAPE_QUEUE},
		       {"std::basic_string<", SHAPE_TEXT}, {"_GHashTable *", SHAPE_MAP}};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (str_starts(type, str_from(classes[i].name)) ||
		    (str_starts(type, STR("std::__1::")) &&
		     str_starts(str_sub(type, 10, type.len), str_from(classes[i].name + 5))))
			return classes[i].shape;
	bool array = type.len && type.ptr[type.len - 1] == ']';
	if (array && str_starts(type, STR("char")))
		return SHAPE_TEXT;
	if (array && str_starts(s->type, STR("struct ")))
		return SHAPE_RECORDS;
	if (array)
		return str_find(type, STR("*")) != (size_t)-1 ? SHAPE_RECORDS : SHAPE_NONE;
	if (s->pointer && str_starts(s->type, STR("struct ")))
		return SHAPE_CHAIN;
	if (s->pointer || s->reference)
		return SHAPE_NONE;
	return s->atomic || AMONG(type, "int", "unsigned int", "long", "unsigned long", "long long",
				  "unsigned long long", "short", "unsigned short", "bool", "_Bool",
				  "double", "float")
		   ? SHAPE_SCALAR
		   : SHAPE_NONE;
}

/* if (!x) x = make(): done once */
static bool is_once(const struct report *r, const struct access *a)
{
	struct tree *t = r->f->t;
	for (uint32_t n = enclosing(t, a->top, NODE_IF); n != NONE; n = enclosing(t, n, NODE_IF)) {
		uint32_t cond = tree_node(t, n)->first;
		if (cond == NONE || is_inside(t, a->top, cond))
			continue;
		bool negative = false, about_it = false;
		for (uint32_t c = cond; c != NONE; c = tree_next(t, c, cond)) {
			const struct node *x = tree_node(t, c);
			about_it |= x->sym == a->sym;
			negative |= x->kind == NODE_UNARY && x->op == '!';
			negative |= x->kind == NODE_BINARY && x->op == OP_EQ;
		}
		if (negative && about_it)
			return true;
	}
	return false;
}

static bool in_loop_header(const struct report *r, uint32_t node)
{
	struct tree *t = r->f->t;
	uint32_t loop = enclosing(t, node, NODE_LOOP);
	if (loop == NONE)
		return false;
	uint32_t body = tree_node(t, loop)->last;
	return !is_inside(t, node, body) || tree_node(t, body)->kind != NODE_BLOCK;
}

static bool looks(const struct report *r, const struct access *a, enum shape shape)
{
	if (shape == SHAPE_CHAIN)
		return a->op == ACCESS_READ && in_loop_header(r, a->node);
	if (shape == SHAPE_SCALAR || shape == SHAPE_TEXT)
		return a->op == ACCESS_READ || a->op == ACCESS_LOOKUP;
	return a->op == ACCESS_LOOKUP || a->op == ACCESS_ITERATE;
}

static bool adds(const struct access *a, enum shape shape)
{
	if (a->op == ACCESS_ADD)
		return true;
	if (shape == SHAPE_CHAIN || shape == SHAPE_SCALAR || shape == SHAPE_TEXT)
		return a->op == ACCESS_WRITE;
	return a->op == ACCESS_WRITE && (a->element || shape == SHAPE_MAP);
}

struct uses state_uses(const struct report *r, uint32_t sym, enum shape shape)
{
	struct uses u = {.all = facts_accesses(r->f, sym), .add = NONE, .look = NONE, .inc = NONE,
			 .all_writes_once = true};
	for (size_t i = 0; i < u.all.len; i++) {
		const struct access *a = state_access(r, u.all.ptr[i]);
		if (!state_runs_later(a))
			continue;
		if (adds(a, shape)) {
			if (u.add == NONE)
				u.add = u.all.ptr[i];
			u.all_writes_once &= is_once(r, a);
		}
		if (a->op == ACCESS_INC && (a->element || shape == SHAPE_SCALAR) && u.inc == NONE)
			u.inc = u.all.ptr[i];
	}
	uint32_t writer = u.add != NONE ? u.add : u.inc;
	for (size_t i = 0; i < u.all.len && writer != NONE; i++) {
		const struct access *a = state_access(r, u.all.ptr[i]);
		if (!state_runs_later(a) || !looks(r, a, shape))
			continue;
		bool elsewhere = a->fn != state_access(r, writer)->fn;
		if (u.look == NONE || (elsewhere && state_access(r, u.look)->fn == state_access(r, writer)->fn))
			u.look = u.all.ptr[i];
	}
	return u;
}
