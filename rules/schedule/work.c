#include "rules/schedule/work.h"

bool work_judge(uint32_t effects, struct work *w)
{
	static const struct {
		uint32_t effect;
		struct work work;
	} table[] = {
	    {EFFECT_PAYMENT, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "charges or pays", "扣款或付款"}},
	    {EFFECT_MAIL, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "sends messages", "发送消息"}},
	    {EFFECT_QUEUE_ADD, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "enqueues jobs", "加入任务"}},
	    {EFFECT_DB_ANEW, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "writes to the database", "写数据库"}},
	    {EFFECT_HTTP_SEND, {SEVERITY_HIGH, CONFIDENCE_POSSIBLE, "calls other systems", "调用其他系统"}},
	    {EFFECT_SPAWN, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "starts programs", "启动程序"}},
	    {EFFECT_FILE_WRITE, {SEVERITY_HIGH, CONFIDENCE_LIKELY, "writes files", "写文件"}},
	    {EFFECT_DB_WRITE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "writes the same rows", "重复写入相同的行"}},
	    {EFFECT_DB_DELETE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "deletes rows", "删除数据"}},
	    {EFFECT_SHARED_WRITE, {SEVERITY_MEDIUM, CONFIDENCE_LIKELY, "writes to a shared store", "写共享存储"}},
	    {EFFECT_FILE_DELETE, {SEVERITY_LOW, CONFIDENCE_LIKELY, "deletes files", "删除文件"}},
	    {EFFECT_UNKNOWN, {SEVERITY_MEDIUM, CONFIDENCE_POSSIBLE, "does something that could not be resolved", "执行无法确定的操作"}},
	};
	if (effects & EFFECT_LOCAL_WRITE) /* what it fetches goes into its own memory: nobody else is touched */
		effects &= ~(uint32_t)EFFECT_UNKNOWN;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (effects & table[i].effect) {
			*w = table[i].work;
			return true;
		}
	return false; /* own memory, own sockets, logs, reading into a local copy */
}

void work_weigh(const struct work *w, struct hazard *h)
{
	h->severity = w->severity;
	h->confidence = w->confidence;
	if (w->severity < SEVERITY_HIGH)
		h->consequence = w->severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
}

const struct prog_call *work_first(const struct program *p, prog_id fn, uint32_t mask)
{
	const struct prog_fn *f = &p->fns[fn];
	for (size_t i = 0; i < f->n_calls; i++) {
		const struct prog_call *call = &p->calls[f->calls[i]];
		uint32_t effects = prog_call_reaches(p, call);
		if (effects & mask)
			return call;
	}
	return NULL;
}

/* const t = setTimeout(fail, 30000); stream.on('finish', () => clearTimeout(t)): a limit on how long something may take */
bool work_is_cleared(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	js_node name = js_kind(js, up) == JS_DECLARATOR || js_kind(js, up) == JS_ASSIGN ? js_at(js, up)->a : 0;
	const struct js_binding *b = js_kind(js, name) == JS_IDENT ? js_binding_of(js, name) : NULL;
	for (uint32_t i = 0; b && b->fn && i < b->n_refs; i++) {
		js_node user = js_at(js, js->lists[b->refs + i])->parent;
		if (js_kind(js, user) == JS_CALL && str_is(js_text(js, js_at(js, user)->a), "clearTimeout"))
			return true;
	}
	return false;
}
