/* How many consumers a queue can feed: the partitions of a Kafka topic where the project's own code makes it,
 * and BullMQ's concurrency. What cannot be seen limits nothing. */
#include "planner/internal.h"

#include <math.h>

struct topic {
	struct str name;
	uint32_t partitions;
	struct place at;
};

struct consuming {
	struct plan_config *c;
	struct plan_app *app;
	const struct program *p;
	VEC(struct topic) topics;
	VEC(struct str) subscribed;
	bool open; /* subscribes to something that cannot be told */
};

static struct value *argument(const struct consuming *s, const struct prog_call *call, uint32_t i)
{
	const struct js_file *js = s->p->files[call->file].js;
	if (js_kind(js, call->node) != JS_CALL && js_kind(js, call->node) != JS_NEW)
		return NULL;
	if (i >= js_at(js, call->node)->n_kids)
		return NULL;
	return prog_value(s->p, s->app->r.model, -1, call->file, js_kid(js, call->node, i));
}

static const struct value *member(const struct value *v, const char *name)
{
	return v && v->kind == VAL_OBJECT ? val_get(v->u.obj, str_from(name)) : NULL;
}

static uint32_t whole(const struct value *v)
{
	bool known = false;
	double n = v ? val_to_number(v, &known) : 0;
	return known && n >= 1 && n <= 100000 && n == floor(n) ? (uint32_t)n : 0;
}

static bool calls(const struct prog_call *call, const char *module, const char *method)
{
	return call->callee.kind == ENT_PACKAGE_INSTANCE && str_is(call->callee.module, module) && str_is(call->callee.members, method);
}

/* admin.createTopics({ topics: [{ topic, numPartitions }] }) */
static void add_topics(struct consuming *s, const struct prog_call *call)
{
	const struct value *list = member(argument(s, call, 0), "topics");
	for (uint32_t i = 0; list && list->kind == VAL_ARRAY && i < list->u.arr->n; i++) {
		const struct value *name = member(list->u.arr->items[i], "topic");
		uint32_t n = whole(member(list->u.arr->items[i], "numPartitions"));
		if (name && name->kind == VAL_STRING && n)
			vec_push(&s->topics, (struct topic){name->u.str, n, prog_place(s->p, call->file, call->node)});
	}
}

static void add_subscribed(struct consuming *s, const struct value *name)
{
	if (name && name->kind == VAL_STRING)
		vec_push(&s->subscribed, name->u.str);
	else
		s->open = true;
}

/* consumer.subscribe({ topic }) or ({ topics: [...] }) */
static void add_subscription(struct consuming *s, const struct prog_call *call)
{
	const struct value *v = argument(s, call, 0), *list = member(v, "topics");
	if (!list) {
		add_subscribed(s, member(v, "topic"));
		return;
	}
	if (list->kind != VAL_ARRAY || list->u.arr->open)
		s->open = true;
	else
		for (uint32_t i = 0; i < list->u.arr->n; i++)
			add_subscribed(s, list->u.arr->items[i]);
}

static const struct topic *topic_named(const struct consuming *s, struct str name)
{
	const struct topic *found = NULL;
	for (size_t i = 0; i < s->topics.len; i++)
		if (str_eq(s->topics.ptr[i].name, name) && (!found || s->topics.ptr[i].partitions > found->partitions))
			found = &s->topics.ptr[i];
	return found;
}

/* the partitions of the topic that has most: each goes to one consumer of the group */
static void limit_by_partitions(struct consuming *s)
{
	struct arena *a = s->c->ctx->arena;
	const struct topic *most = NULL;
	for (size_t i = 0; i < s->subscribed.len; i++) {
		const struct topic *t = topic_named(s, s->subscribed.ptr[i]);
		if (!t)
			return;
		if (!most || t->partitions > most->partitions)
			most = t;
	}
	if (!most || s->open)
		return;
	struct position at = source_position(most->at.source, most->at.span.start);
	s->app->consumers.most = most->partitions;
	s->app->consumers.why = (struct plan_text){
	    arena_printf(a, "topic '" STR_FMT "' has %u partition%s (" STR_FMT ":%u), and one consumer more would get nothing", STR_ARG(most->name), most->partitions,
			 most->partitions > 1 ? "s" : "", STR_ARG(most->at.source->path), at.line),
	    arena_printf(a, "主题 '" STR_FMT "' 有 %u 个分区（" STR_FMT ":%u），再多的消费者也分不到消息", STR_ARG(most->name), most->partitions,
			 STR_ARG(most->at.source->path), at.line)};
}

/* new Worker(name, processor, { concurrency }): the largest of them */
static void add_worker(struct consuming *s, const struct prog_call *call)
{
	uint32_t n = whole(member(argument(s, call, 2), "concurrency"));
	if (n <= s->app->consumers.concurrency)
		return;
	s->app->consumers.concurrency = n;
	s->app->consumers.concurrency_at = prog_place(s->p, call->file, call->node);
}

void plan_find_consumers(struct plan_config *c, struct plan_app *app)
{
	const struct program *p = app->command ? app->command->program : NULL;
	struct consuming s = {.c = c, .app = app, .p = p};
	for (size_t i = 0; p && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (calls(call, "kafkajs", "createTopics")) /* whichever app makes it */
			add_topics(&s, call);
		if (!prog_loads(p, app->command->app, call->file) || !prog_phases(p, app->command->app, call->fn))
			continue;
		if (calls(call, "kafkajs", "subscribe"))
			add_subscription(&s, call);
		else if (entity_is(&call->callee, "bullmq", "Worker"))
			add_worker(&s, call);
	}
	if (p)
		limit_by_partitions(&s);
	vec_release(&s.topics);
	vec_release(&s.subscribed);
}
