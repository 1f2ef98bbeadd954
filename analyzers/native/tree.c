#include "analyzers/native/tree.h"

void tree_init(struct tree *t, struct arena *a, struct str root)
{
	*t = (struct tree){.arena = a, .root = root};
}

void tree_release(struct tree *t)
{
	for (size_t i = 0; i < t->units.len; i++) {
		vec_release(&t->units.ptr[i].missing);
		vec_release(&t->units.ptr[i].stubbed);
	}
	vec_release(&t->nodes);
	vec_release(&t->symbols);
	vec_release(&t->files);
	vec_release(&t->units);
	map_release(&t->by_key);
	map_release(&t->file_index);
}

struct str call_name(const struct tree *t, uint32_t call)
{
	const struct node *n = tree_node(t, call);
	if (n->sym != NONE)
		return tree_symbol(t, n->sym)->qualified;
	return n->text.ptr ? n->text : STR("");
}

bool call_is(const struct tree *t, uint32_t call, const char *name)
{
	return str_is(call_name(t, call), name);
}

uint32_t nth_child(const struct tree *t, uint32_t node, size_t i)
{
	uint32_t c = tree_node(t, node)->first;
	while (c != NONE && i--)
		c = tree_node(t, c)->next;
	return c;
}

uint32_t call_arg(const struct tree *t, uint32_t call, size_t i)
{
	return nth_child(t, call, i + tree_node(t, call)->has_callee);
}

size_t call_n_args(const struct tree *t, uint32_t call)
{
	size_t n = 0;
	for (uint32_t c = call_arg(t, call, 0); c != NONE; c = tree_node(t, c)->next)
		n++;
	return n;
}

size_t call_arg_index(const struct tree *t, uint32_t call, uint32_t child)
{
	size_t i = 0;
	for (uint32_t c = tree_node(t, call)->first; c != NONE; c = tree_node(t, c)->next, i++)
		if (c == child)
			return tree_node(t, call)->has_callee ? i - 1 : i;
	return SIZE_MAX;
}

uint32_t call_object(const struct tree *t, uint32_t call)
{
	const struct node *n = tree_node(t, call);
	if (!n->has_callee)
		return n->first;
	if (n->first == NONE || tree_node(t, n->first)->kind != NODE_MEMBER)
		return NONE;
	return tree_node(t, n->first)->first;
}

bool is_inside(const struct tree *t, uint32_t node, uint32_t ancestor)
{
	for (; node != NONE; node = tree_node(t, node)->parent)
		if (node == ancestor)
			return true;
	return false;
}

uint32_t enclosing(const struct tree *t, uint32_t node, enum node_kind kind)
{
	for (node = tree_node(t, node)->parent; node != NONE; node = tree_node(t, node)->parent)
		if (tree_node(t, node)->kind == kind)
			return node;
	return NONE;
}

uint32_t tree_next(const struct tree *t, uint32_t node, uint32_t top)
{
	if (tree_node(t, node)->first != NONE)
		return tree_node(t, node)->first;
	while (node != top) {
		if (tree_node(t, node)->next != NONE)
			return tree_node(t, node)->next;
		node = tree_node(t, node)->parent;
	}
	return NONE;
}
