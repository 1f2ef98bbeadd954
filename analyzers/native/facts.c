#include "analyzers/native/facts.h"

/* nodes by symbol, counted first and then laid side by side */
static void index_nodes(struct facts *f, uint32_t **start, uint32_t **nodes, bool calls)
{
	struct tree *t = f->t;
	size_t n = t->symbols.len;
	uint32_t *at = arena_array(t->arena, uint32_t, n + 2);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < t->nodes.len; i++) {
			const struct node *x = tree_node(t, i);
			bool wanted = calls ? x->kind == NODE_CALL
					    : x->kind == NODE_REF || x->kind == NODE_MEMBER;
			if (!wanted || x->sym == NONE)
				continue;
			if (pass == 0)
				at[x->sym + 2]++;
			else
				(*nodes)[at[x->sym + 1]++] = i;
		}
		if (pass == 0) {
			for (size_t i = 2; i < n + 2; i++)
				at[i] += at[i - 1];
			*nodes = arena_array(t->arena, uint32_t, at[n + 1]);
		}
	}
	*start = at;
}

struct list facts_refs(const struct facts *f, uint32_t sym)
{
	return (struct list){f->ref_nodes + f->ref_start[sym],
			     f->ref_start[sym + 1] - f->ref_start[sym]};
}

struct list facts_calls(const struct facts *f, uint32_t sym)
{
	return (struct list){f->call_nodes + f->call_start[sym],
			     f->call_start[sym + 1] - f->call_start[sym]};
}

const char *fn_name(const struct facts *f, uint32_t fn)
{
	if (fn == NONE)
		return "a static initialiser";
	const struct symbol *s = tree_symbol(f->t, fn);
	if (str_is(s->name, "a lambda") && s->fn != NONE)
		return arena_printf(f->t->arena, "a lambda in %s", fn_name(f, s->fn));
	return arena_cstr(f->t->arena, s->qualified);
}

void facts_build(struct facts *f, struct tree *t, bool binary)
{
	*f = (struct facts){.t = t, .binary = binary};
	size_t n = t->symbols.len;
	f->phases = arena_array(t->arena, uint8_t, n + 1);
	f->root_of = arena_array(t->arena, uint32_t, n + 1);
	f->effects = arena_array(t->arena, uint32_t, n + 1);
	f->alias = arena_array(t->arena, uint32_t, n + 1);
	f->param_written = arena_array(t->arena, bool, n + 1);
	f->process_field = arena_array(t->arena, bool, n + 1);
	for (size_t i = 0; i < n; i++)
		f->root_of[i] = f->alias[i] = NONE;
	index_nodes(f, &f->ref_start, &f->ref_nodes, false);
	index_nodes(f, &f->call_start, &f->call_nodes, true);
	for (uint32_t i = 0; i < t->nodes.len; i++)
		if (tree_node(t, i)->kind == NODE_CALL)
			vec_push(&f->calls, i);
	effects_build(f);
	roots_build(f);
	access_build(f);
}

void facts_release(struct facts *f)
{
	vec_release(&f->calls);
	vec_release(&f->edges);
	vec_release(&f->roots);
	vec_release(&f->accesses);
}
