/* Live handles that are kept in a cell: connections, open responses, replies that are waited for, timers, children. */
#include "rules/memory-state/cells.h"

/* Does some running code listen to what other processes publish (Redis, NATS, LISTEN of PostgreSQL)? */
const struct prog_call *cells_subscription(const struct check *c)
{
	static const char *const names[] = {"subscribe", "psubscribe", "pSubscribe", "pubsubSubscribe"};
	static const char *const modules[] = {"redis", "ioredis", "@redis/client", "nats", "pg", "pg-promise", "pg-listen", "postgres"};
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (!prog_loads(c->program, c->app, call->file) || !prog_phases(c->program, c->app, call->fn))
			continue;
		struct str last = call->callee.members.len ? call->callee.members : call->callee.path;
		bool known = false;
		for (size_t k = 0; k < sizeof modules / sizeof *modules; k++)
			known |= str_is(call->callee.module, modules[k]);
		for (size_t k = 0; known && k < sizeof names / sizeof *names; k++)
			if (str_ends(last, str_from(names[k])))
				return call;
		struct str text = js_text(c->program->files[call->file].js, call->node);
		if (text.len < 400 && (str_find(text, STR("LISTEN ")) != (size_t)-1) &&
		    (str_find(text, STR("query(")) != (size_t)-1 || str_find(text, STR("none(")) != (size_t)-1))
			return call;
	}
	return NULL;
}

/* what is sent to its connections comes from a message that all processes get */
static bool is_fanned_out(const struct looked *l)
{
	uint32_t elsewhere = (PHASE_REQUEST | PHASE_MESSAGE | PHASE_TIMER) & ~l->u->put_phases;
	return (l->u->get_phases & PHASE_EVENT) && !(l->u->get_phases & elsewhere) && cells_subscription(l->c);
}

struct judgement cells_judge_live(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	if (u->put_values & (PUT_SOCKET | PUT_RESPONSE)) {
		/* per-connection state and heartbeats are right in a cluster: a connection lives in one process */
		if (!u->looked_up_elsewhere && !u->iterates_to_send)
			return NOTHING;
		/* SSE keep-alive comments on a timer, ping loops: each process has its own timer for its own connections */
		if (u->elsewhere_phases == PHASE_TIMER && !(u->get_keys & (KEY_INPUT | KEY_UNKNOWN)))
			return NOTHING;
		if (is_fanned_out(l))
			return NOTHING;
		if (u->put_values & PUT_SOCKET)
			return (struct judgement){"socket-registry-in-memory", SEVERITY_HIGH, CONFIDENCE_CERTAIN,
						  "holds the connections of one process only, so what is sent through it never reaches clients that are connected to another one",
						  "只记录本进程的连接，经它发送的消息到不了连在其他进程上的客户端"};
		return (struct judgement){"open-responses-in-memory", SEVERITY_HIGH, CONFIDENCE_CERTAIN,
					  "holds the open responses of one process only, so an event that another process gets is never sent to these clients",
					  "只保存本进程的未结束响应，其他进程收到的事件发不到这些客户端"};
	}
	if (u->put_values & PUT_RESOLVER) {
		/* the reply comes back on this process's own connection, child or worker */
		if (!(u->get_phases & (PHASE_REQUEST | PHASE_MESSAGE)) && !(u->remove_phases & (PHASE_REQUEST | PHASE_MESSAGE)))
			return NOTHING;
		if (u->scoped_finally || u->single_function)
			return NOTHING;
		/* whoever is done wakes the next one: a limit on what this process does at the same time */
		if (l->cell->shape == SHAPE_ARRAY && !u->looked_up_elsewhere)
			return NOTHING;
		return (struct judgement){"pending-reply-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY,
					  "waits in one process for an answer that any of the {n} may get, so most answers find nobody waiting",
					  "在一个进程里等待答复，而答复可能落到 {n} 个进程中的任何一个，多数答复无人接收"};
	}
	if (u->put_values & PUT_TIMER) {
		bool cancelled = u->get_phases & (PHASE_REQUEST | PHASE_MESSAGE | PHASE_SOCKET);
		/* a debounce or back-off of the same connection */
		if (!cancelled || u->single_function || cells_only(u->put_keys, KEY_CONNECTION) || cells_only(u->put_keys, KEY_CONST | KEY_NONE))
			return NOTHING;
		return (struct judgement){"timer-handles-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY,
					  "keeps timers that only the process that started them can cancel, so a request that lands on another process cancels nothing",
					  "保存的定时器只有启动它的进程能取消，落到其他进程的请求取消不了"};
	}
	/* a child that is started and ended in one request */
	if (u->scoped_finally || u->single_function || !(u->get_phases | u->remove_phases))
		return NOTHING;
	if (cells_only(u->put_keys, KEY_CONST) || !(u->put_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE | PHASE_EVENT)))
		return NOTHING;
	return (struct judgement){"process-handles-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY,
				  "holds processes that one request starts and another stops or asks for, so a request that lands on another process does not find them",
				  "保存的子进程由一个请求启动、由另一个请求停止或查询，落到其他进程的请求找不到它"};
}
