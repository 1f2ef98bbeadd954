#include "analyzers/native/state.h"

/* Tables of connections that are sent to (N19). */

static const struct rule connections = {"native-connection-registry", "N19", "socket", HIGH,
					"one-process,broker"};

static bool refers_to(const struct report *r, uint32_t top, uint32_t sym, uint32_t loop_var)
{
	for (uint32_t n = top; n != NONE; n = tree_next(r->f->t, n, top)) {
		uint32_t s = tree_node(r->f->t, n)->sym;
		if (s != NONE && (s == sym || s == loop_var || r->f->alias[s] == sym))
			return true;
	}
	return false;
}

/* a loop over the sockets that only serves each socket's own input is no broadcast */
static bool serves_own_input(const struct report *r, uint32_t loop)
{
	struct tree *t = r->f->t;
	for (uint32_t n = loop; n != NONE; n = tree_next(t, n, loop)) {
		const struct node *x = tree_node(t, n);
		if (x->kind == NODE_MEMBER && str_is(x->text, "revents"))
			return true;
		if (x->kind == NODE_CALL && AMONG(call_name(t, n), "recv", "recvfrom", "read", "accept",
						  "SSL_read", "recvmsg"))
			return true;
	}
	return false;
}

static uint32_t broadcast_in(const struct report *r, uint32_t loop, uint32_t sym)
{
	struct tree *t = r->f->t;
	uint32_t var = tree_node(t, loop)->first;
	uint32_t loop_var = tree_node(t, loop)->kind == NODE_RANGE_LOOP && var != NONE
				? tree_node(t, var)->sym
				: NONE;
	for (uint32_t n = loop; n != NONE; n = tree_next(t, n, loop)) {
		const struct node *x = tree_node(t, n);
		if (x->kind != NODE_CALL)
			continue;
		uint32_t e = effects_of_call(r->f, n) | (x->sym == NONE ? 0 : r->f->effects[x->sym]);
		bool writes = AMONG(call_name(t, n), "write", "writev", "dprintf");
		if ((e & EFFECT_SEND || writes) && refers_to(r, n, sym, loop_var))
			return n;
	}
	return NONE;
}

static uint32_t loop_around(const struct report *r, uint32_t node)
{
	uint32_t a = enclosing(r->f->t, node, NODE_LOOP);
	uint32_t b = enclosing(r->f->t, node, NODE_RANGE_LOOP);
	if (a == NONE || b == NONE)
		return a == NONE ? b : a;
	return is_inside(r->f->t, a, b) ? a : b;
}

bool state_check_connections(struct report *r, uint32_t sym)
{
	const struct symbol *s = tree_symbol(r->f->t, sym);
	struct list all = facts_accesses(r->f, sym);
	uint32_t stored = NONE;
	for (size_t i = 0; i < all.len && stored == NONE; i++) {
		const struct access *a = state_access(r, all.ptr[i]);
		bool store = a->op == ACCESS_ADD || (a->op == ACCESS_WRITE && a->element);
		if (store && state_runs_later(a))
			stored = all.ptr[i];
	}
	for (size_t i = 0; i < all.len && stored != NONE; i++) {
		const struct access *a = state_access(r, all.ptr[i]);
		uint32_t loop = a->op == ACCESS_ITERATE &&
					tree_node(r->f->t, a->top)->kind == NODE_RANGE_LOOP
				    ? a->top
				    : loop_around(r, a->node);
		if (loop == NONE || !state_runs_later(a) || serves_own_input(r, loop))
			continue;
		uint32_t sends = broadcast_in(r, loop, sym);
		if (sends == NONE)
			continue;
		struct hazard *h = report_begin(
		    r, &connections, s->at, s->name,
		    "'" STR_FMT "' holds the connections of this process only, so what %s sends never "
		    "reaches clients of the other {n} processes",
		    STR_ARG(s->name), node_fn(r, sends));
		report_proof(r, h, ROLE_DECLARED, s->at, "declared here, once in each process");
		report_proof(r, h, ROLE_WRITTEN, node_at(r, state_access(r, stored)->top),
			     "a connection is stored in %s", node_fn(r, state_access(r, stored)->node));
		report_proof(r, h, ROLE_READ, node_at(r, sends), "sent to each of them in %s",
			     node_fn(r, sends));
		report_reached(r, h, sends);
		return true;
	}
	return false;
}
