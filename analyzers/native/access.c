#include "analyzers/native/facts.h"

#include <stdlib.h>

/* Who reads and who writes each variable that lives as long as the process:
 * from every reference upwards through members, elements, dereferences and
 * local references, until something is done with it. */

struct outcome {
	uint8_t op;
	bool element, used;
	uint32_t top;
	uint32_t param; /* it goes on in this parameter of a project function; NONE */
};

static bool is_one_of(struct str s, const char *const *names)
{
	for (; *names; names++)
		if (str_is(s, *names))
			return true;
	return false;
}

static const char *const adders[] = {"insert", "insert_or_assign", "emplace", "try_emplace",
				     "emplace_hint", "push", "push_back", "push_front",
				     "emplace_back", "emplace_front", "append", "merge", NULL};
static const char *const removers[] = {"erase", "clear", "pop", "pop_back", "pop_front", "extract",
				       "remove", "remove_if", NULL};
static const char *const writers[] = {"store", "exchange", "compare_exchange_strong",
				      "compare_exchange_weak", "assign", "swap", "reset", "resize",
				      "Reset", "splice", "sort", "release", NULL};
static const char *const counters[] = {"fetch_add", "fetch_sub", NULL};
static const char *const lookups[] = {"find", "at", "count", "contains", "equal_range",
				      "lower_bound", "upper_bound", "front", "back", "top", NULL};
static const char *const ways_in[] = {"at", "front", "back", "top", "get", "value", "data",
				      "find", "lower_bound", "second", "load", "lock", NULL};
static const char *const iterators[] = {"begin", "end", "cbegin", "cend", "rbegin", NULL};
static const char *const locks[] = {"lock", "try_lock", "unlock", "lock_shared", NULL};

/* foreign C functions that change what their first argument points to */
static const char *const fillers[] = {
    "memcpy", "memset", "memmove", "strcpy", "strncpy", "strcat", "strncat", "sprintf", "snprintf",
    "vsnprintf", "std::memcpy", "std::memset", "std::strcpy", "std::strncpy", NULL};
static const char *const c_adders[] = {"g_hash_table_insert", "g_hash_table_replace",
				       "g_hash_table_add", "g_ptr_array_add", "g_queue_push_tail",
				       "g_array_append_vals", "kh_put", "json_object_set_new", NULL};
static const char *const c_lookups[] = {"g_hash_table_lookup", "g_hash_table_contains",
					"g_hash_table_foreach", "g_hash_table_iter_init",
					"g_queue_pop_head", NULL};
static const char *const c_removers[] = {"g_hash_table_remove", "g_hash_table_remove_all",
					 "g_ptr_array_remove", NULL};
static const char *const c_locks[] = {
    "pthread_mutex_lock", "pthread_mutex_trylock", "pthread_mutex_unlock", "pthread_mutex_init",
    "pthread_rwlock_wrlock", "pthread_rwlock_rdlock", "pthread_spin_lock", "uv_mutex_lock",
    "uv_mutex_trylock", "uv_mutex_unlock", "uv_mutex_init", "uv_rwlock_wrlock",
    "std::lock_guard::lock_guard", "std::unique_lock::unique_lock", "std::scoped_lock::scoped_lock",
    "std::shared_lock::shared_lock", NULL};
static const char *const c_counters[] = {"__sync_fetch_and_add", "__sync_add_and_fetch",
					 "__atomic_fetch_add", "__atomic_add_fetch",
					 "atomic_fetch_add", NULL};

static bool is_statement(const struct facts *f, uint32_t node)
{
	uint32_t p = tree_node(f->t, node)->parent;
	if (p == NONE)
		return true;
	enum node_kind k = (enum node_kind)tree_node(f->t, p)->kind;
	if (k == NODE_LOOP) /* for (...; ...; i++) */
		return tree_node(f->t, p)->first != node;
	if (k == NODE_IF)
		return tree_node(f->t, p)->first != node;
	return k == NODE_BLOCK || k == NODE_FUNCTION || k == NODE_LAMBDA || k == NODE_RANGE_LOOP;
}

static uint8_t method_op(struct str name, bool const_method)
{
	if (is_one_of(name, counters))
		return ACCESS_INC;
	if (is_one_of(name, locks))
		return ACCESS_LOCK;
	if (is_one_of(name, lookups))
		return ACCESS_LOOKUP;
	if (is_one_of(name, iterators))
		return ACCESS_ITERATE;
	if (const_method)
		return ACCESS_READ;
	if (is_one_of(name, adders))
		return ACCESS_ADD;
	if (is_one_of(name, removers))
		return ACCESS_REMOVE;
	if (is_one_of(name, writers))
		return ACCESS_WRITE;
	return ACCESS_READ;
}

static bool is_alias_type(const struct symbol *s)
{
	if (s->reference)
		return !s->to_const;
	return s->pointer ? !s->to_const
			  : str_find(s->type, STR("iterator")) != (size_t)-1 &&
				str_find(s->type, STR("const_iterator")) == (size_t)-1;
}

static struct outcome argument(const struct facts *f, uint32_t call, uint32_t child, bool pointed,
			       struct outcome o)
{
	struct tree *t = f->t;
	size_t i = call_arg_index(t, call, child);
	struct str name = call_name(t, call);
	o.top = call;
	if (is_one_of(name, c_locks))
		o.op = ACCESS_LOCK;
	else if (is_one_of(name, c_counters) && i == 0)
		o.op = ACCESS_INC, o.used = !is_statement(f, call);
	else if (is_one_of(name, c_adders) && i == 0)
		o.op = ACCESS_ADD;
	else if (is_one_of(name, c_removers) && i == 0)
		o.op = ACCESS_REMOVE;
	else if (is_one_of(name, c_lookups) && i == 0)
		o.op = ACCESS_LOOKUP;
	else if (is_one_of(name, fillers))
		o.op = i == 0 ? ACCESS_WRITE : ACCESS_READ;
	else if (tree_node(t, call)->sym != NONE) {
		const struct symbol *s = tree_symbol(t, tree_node(t, call)->sym);
		bool mutable_ = i < 64 && s->mutable_params >> i & 1;
		if (s->node != NONE && i < s->n_params && mutable_)
			o.param = s->params[i];
		if (pointed && mutable_ && o.param == NONE && o.op != ACCESS_LOOKUP)
			o.op = ACCESS_ESCAPE;
	}
	return o;
}

static struct outcome climb(const struct facts *f, uint32_t node, uint32_t *alias_to);

/* cur is the first operand of an operator call: x = y, x[k], x << y, *x */
static bool operator_step(const struct facts *f, uint32_t call, struct outcome *o)
{
	struct str name = tree_node(f->t, call)->text;
	o->top = call;
	if (str_is(name, "operator[]") || str_is(name, "operator*") || str_is(name, "operator->") ||
	    str_is(name, "operator()")) {
		o->element = true;
		o->op = ACCESS_LOOKUP;
		return true;
	}
	if (str_is(name, "operator=") || str_is(name, "operator+=") || str_is(name, "operator|=") ||
	    str_is(name, "operator-="))
		o->op = ACCESS_WRITE;
	else if (str_is(name, "operator++") || str_is(name, "operator--"))
		o->op = ACCESS_INC, o->used = !is_statement(f, call);
	else if (str_is(name, "operator<<"))
		o->op = ACCESS_READ;
	return false;
}

/* is the method that a MEMBER names called? then climb on from the call where it gives a way in */
static bool method_step(const struct facts *f, uint32_t member, struct outcome *o, uint32_t *cur)
{
	struct tree *t = f->t;
	const struct node *m = tree_node(t, member);
	uint32_t call = m->parent;
	bool known = m->sym != NONE && tree_symbol(t, m->sym)->kind == SYM_FUNCTION;
	o->top = call == NONE ? member : call;
	uint8_t op = method_op(m->text, known && tree_symbol(t, m->sym)->const_method);
	/* a project's own class: its methods are looked at through its fields */
	if (known && tree_symbol(t, m->sym)->project)
		op = ACCESS_READ;
	if (op == ACCESS_INC)
		o->used = call != NONE && !is_statement(f, call);
	o->op = o->element && op == ACCESS_READ ? ACCESS_LOOKUP : op;
	if (call == NONE || tree_node(t, call)->kind != NODE_CALL || !is_one_of(m->text, ways_in))
		return false;
	o->element = true;
	*cur = call;
	return true;
}

/* one step up; false where it is known what is done */
static bool step(const struct facts *f, uint32_t *cur, bool *pointed, struct outcome *o,
		 uint32_t *alias_to)
{
	struct tree *t = f->t;
	uint32_t p = tree_node(t, *cur)->parent;
	if (p == NONE)
		return false;
	const struct node *n = tree_node(t, p);
	bool first = n->first == *cur;
	switch (n->kind) {
	case NODE_MEMBER:
		if (n->sym != NONE && tree_symbol(t, n->sym)->kind == SYM_FUNCTION) {
			*cur = p;
			return method_step(f, p, o, cur);
		}
		if (n->sym == NONE && n->parent != NONE && tree_node(t, n->parent)->kind == NODE_CALL &&
		    tree_node(t, n->parent)->first == p) {
			*cur = p;
			return method_step(f, p, o, cur);
		}
		o->element = true;
		break;
	case NODE_INDEX:
		if (!first)
			return false;
		o->element = true;
		o->op = ACCESS_LOOKUP;
		break;
	case NODE_UNARY:
		if (n->op == OP_INC || n->op == OP_DEC || (n->op == OP_UNKNOWN && is_statement(f, p))) {
			o->op = ACCESS_INC;
			o->used = !is_statement(f, p);
			o->top = p;
			return false;
		}
		if (n->op == OP_ADDRESS)
			*pointed = true;
		else if (n->op != OP_DEREF)
			return false;
		break;
	case NODE_ASSIGN:
		if (!first) {
			if (*pointed)
				o->op = ACCESS_ESCAPE;
			return false;
		}
		o->op = n->op == '=' ? ACCESS_WRITE : ACCESS_INC;
		o->used = !is_statement(f, p);
		o->top = p;
		return false;
	case NODE_CALL:
		if (!n->has_callee && first && str_starts(n->text, STR("operator"))) {
			if (!operator_step(f, p, o))
				return false;
			break;
		}
		*o = argument(f, p, *cur, *pointed, *o);
		return false;
	case NODE_VAR:
		if (is_alias_type(tree_symbol(t, n->sym)) || *pointed)
			*alias_to = n->sym;
		o->top = p;
		return false;
	case NODE_RANGE_LOOP:
		o->op = ACCESS_ITERATE;
		o->top = p;
		if (n->first != NONE && tree_node(t, n->first)->kind == NODE_VAR && n->first != *cur &&
		    is_alias_type(tree_symbol(t, tree_node(t, n->first)->sym)))
			*alias_to = tree_node(t, n->first)->sym;
		return false;
	case NODE_DELETE:
		o->op = ACCESS_REMOVE;
		o->top = p;
		return false;
	default:
		return false;
	}
	*cur = p;
	o->top = p;
	return true;
}

static struct outcome climb(const struct facts *f, uint32_t node, uint32_t *alias_to)
{
	struct outcome o = {.op = ACCESS_READ, .top = node, .param = NONE};
	bool pointed = false;
	uint32_t cur = node;
	for (int i = 0; i < 64 && step(f, &cur, &pointed, &o, alias_to); i++)
		;
	return o;
}

static bool is_write(uint8_t op)
{
	return op == ACCESS_WRITE || op == ACCESS_ADD || op == ACCESS_REMOVE || op == ACCESS_INC;
}

/* which parameters a function writes through, also by passing them on */
static void find_written_params(struct facts *f)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t s = 0; s < f->t->symbols.len; s++) {
			const struct symbol *sym = tree_symbol(f->t, s);
			if (sym->kind != SYM_PARAM || f->param_written[s] ||
			    !(sym->pointer || sym->reference) || sym->to_const)
				continue;
			struct list refs = facts_refs(f, s);
			for (size_t i = 0; i < refs.len && !f->param_written[s]; i++) {
				uint32_t alias = NONE;
				struct outcome o = climb(f, refs.ptr[i], &alias);
				bool whole = sym->pointer && !o.element && o.op == ACCESS_WRITE &&
					     tree_node(f->t, o.top)->kind == NODE_ASSIGN &&
					     tree_node(f->t, o.top)->first == refs.ptr[i];
				bool moved = sym->pointer && o.op == ACCESS_INC && !o.element;
				if ((is_write(o.op) && !whole && !moved) ||
				    (o.param != NONE && f->param_written[o.param]))
					changed = f->param_written[s] = true;
			}
		}
	}
}

static bool is_candidate(const struct facts *f, uint32_t s)
{
	const struct symbol *sym = tree_symbol(f->t, s);
	if (!sym->project || sym->is_const)
		return false;
	if (sym->kind == SYM_FIELD)
		return f->process_field[s];
	return sym->kind == SYM_GLOBAL || sym->kind == SYM_STATIC_LOCAL;
}

static void add_access(struct facts *f, uint32_t sym, uint32_t node, int depth)
{
	uint32_t alias = NONE;
	struct outcome o = climb(f, node, &alias);
	if (o.param != NONE && f->param_written[o.param])
		o.op = ACCESS_WRITE, o.element = true;
	const struct node *n = tree_node(f->t, node);
	vec_push(&f->accesses, (struct access){sym, node, n->fn, o.op, facts_phase(f, node),
					       o.element, o.used, o.top});
	if (alias == NONE || depth > 4)
		return;
	f->alias[alias] = sym;
	struct list refs = facts_refs(f, alias);
	for (size_t i = 0; i < refs.len; i++)
		add_access(f, sym, refs.ptr[i], depth + 1);
}

/* T &get() { static T x; return x; }: a call of it is a reference to x */
static void add_accessor_calls(struct facts *f, uint32_t sym)
{
	struct list refs = facts_refs(f, sym);
	for (size_t i = 0; i < refs.len; i++) {
		const struct node *n = tree_node(f->t, refs.ptr[i]);
		uint32_t p = n->parent;
		if (p != NONE && tree_node(f->t, p)->kind == NODE_UNARY)
			p = tree_node(f->t, p)->parent;
		if (p == NONE || n->fn == NONE || tree_node(f->t, p)->kind != NODE_RETURN)
			continue;
		struct str type = tree_symbol(f->t, n->fn)->type;
		size_t paren = str_find(type, STR("("));
		size_t mark = paren == (size_t)-1 ? paren : str_find(str_sub(type, 0, paren), STR("&"));
		if (mark == (size_t)-1)
			continue;
		struct list calls = facts_calls(f, n->fn);
		for (size_t k = 0; k < calls.len; k++)
			add_access(f, sym, calls.ptr[k], 0);
	}
}

/* fields of a class of which one object lives in static storage */
static void find_process_fields(struct facts *f)
{
	struct map owners = {0};
	for (uint32_t s = 0; s < f->t->symbols.len; s++) {
		const struct symbol *sym = tree_symbol(f->t, s);
		bool holds = sym->project && (sym->kind == SYM_GLOBAL || sym->kind == SYM_STATIC_LOCAL) &&
			     !sym->thread_local_ && sym->node != NONE;
		if (!holds)
			continue;
		struct str type = sym->type;
		if (str_starts(type, STR("struct ")))
			type = str_sub(type, 7, type.len);
		while (type.len && (type.ptr[type.len - 1] == '*' || type.ptr[type.len - 1] == ' ' ||
				    type.ptr[type.len - 1] == '&'))
			type.len--;
		if (str_starts(type, STR("std::unique_ptr<")) || str_starts(type, STR("std::shared_ptr<"))) {
			size_t from = str_find(type, STR("<")) + 1;
			size_t to = str_find(type, STR(","));
			if (to == (size_t)-1)
				to = type.len - 1;
			type = str_sub(type, from, to);
		}
		map_put(&owners, type, 1);
	}
	for (uint32_t s = 0; s < f->t->symbols.len; s++) {
		const struct symbol *sym = tree_symbol(f->t, s);
		if (sym->kind == SYM_FIELD && sym->owner.len)
			f->process_field[s] = map_get(&owners, sym->owner) != MAP_NONE;
	}
	map_release(&owners);
}

static int by_symbol(const void *pa, const void *pb)
{
	const struct access *a = pa, *b = pb;
	if (a->sym != b->sym)
		return a->sym < b->sym ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

struct list facts_accesses(const struct facts *f, uint32_t sym)
{
	size_t lo = 0, hi = f->accesses.len;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (f->accesses.ptr[mid].sym < sym)
			lo = mid + 1;
		else
			hi = mid;
	}
	size_t n = 0;
	while (lo + n < f->accesses.len && f->accesses.ptr[lo + n].sym == sym)
		n++;
	uint32_t *out = arena_array(f->t->arena, uint32_t, n);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint32_t)(lo + i);
	return (struct list){out, n};
}

void access_build(struct facts *f)
{
	find_process_fields(f);
	find_written_params(f);
	for (uint32_t s = 0; s < f->t->symbols.len; s++) {
		if (!is_candidate(f, s))
			continue;
		struct list refs = facts_refs(f, s);
		for (size_t i = 0; i < refs.len; i++)
			add_access(f, s, refs.ptr[i], 0);
		add_accessor_calls(f, s);
	}
	if (f->accesses.len)
		qsort(f->accesses.ptr, f->accesses.len, sizeof *f->accesses.ptr, by_symbol);
}
