#include "cli/report/content.h"

/* What happens with two processes, one column each, with the project's own
 * names: {symbol}, {writer} and {reader} (functions that the evidence names) and
 * {root} (how they are reached). Rules of one mechanism share a plot; where there
 * is none, the sentences of the card's scenario are dealt out to the columns. */

enum column { OUTCOME, FIRST, SECOND, BOTH, BAD = 4 }; /* BAD is a flag */
enum { MAX_STEPS = 6, MAX_CLAUSES = 12 };

struct plot_step {
	int column;
	struct card_text text;
};

enum plot { PLOT_ALLOCATOR, PLOT_LOOKUP, PLOT_SCHEDULE, PLOT_STATE, PLOT_SUM, PLOT_INSERT, PLOT_CLAIM, PLOT_CACHE, PLOT_LIMIT, PLOT_DEDUPE,
	    PLOT_COUNTER, N_PLOTS };

static const struct plot_step plots[N_PLOTS][MAX_STEPS] = {
	[PLOT_ALLOCATOR] = {
		{FIRST, {{"{root} arrives: {reader} looks for a candidate that {symbol} does not hold", "{root} 到达：{reader} 在 {symbol} 中寻找空闲项"}}},
		{FIRST, {{"{writer} notes the first free one in its own {symbol}", "{writer} 把第一个空闲项记入自己的 {symbol}"}}},
		{SECOND, {{"{root} arrives: {reader} looks into its own {symbol}, which knows nothing of that", "{root} 到达：{reader} 查看自己的 {symbol}，其中没有该项"}}},
		{SECOND | BAD, {{"{writer} hands out the same one again", "{writer} 再次分配同一项"}}},
		{OUTCOME, {{"two users hold the same; the second one fails, or takes it away from the first", "两个使用者拿到同一项：后者失败，或抢走前者的"}}}},
	[PLOT_LOOKUP] = {
		{FIRST, {{"{root} arrives: {writer} puts an entry into {symbol}", "{root} 到达：{writer} 把一项写入 {symbol}"}}},
		{SECOND, {{"what needs that entry arrives here: {reader} looks into its own {symbol}", "需要该项的请求或消息到达这里：{reader} 查找自己的 {symbol}"}}},
		{SECOND | BAD, {{"no such entry: process 1 alone holds it", "找不到：只有进程 1 持有"}}},
		{OUTCOME, {{"{outcome}", "{outcome}"}}}},
	[PLOT_SCHEDULE] = {
		{BOTH, {{"the tick comes: {symbol} starts", "时间到：{symbol} 启动"}}},
		{FIRST, {{"finds the work that is due and does it", "找到到期的工作并执行"}}},
		{SECOND | BAD, {{"finds the same work, before or while process 1 marks it as done, and does it too", "在进程 1 标记完成之前或期间找到同样的工作，也执行一次"}}},
		{OUTCOME, {{"what {symbol} does happens once for each process", "{symbol} 的操作每个进程各执行一次"}}}},
	[PLOT_STATE] = {
		{FIRST, {{"request A: {reader} meets {symbol} in its old state", "请求 A：{reader} 看到 {symbol} 处于旧状态"}}},
		{SECOND, {{"request B: {reader} meets {symbol} in the same old state", "请求 B：{reader} 看到 {symbol} 同样处于旧状态"}}},
		{FIRST, {{"{writer} sets {symbol} and acts on it", "{writer} 设置 {symbol} 并执行后续操作"}}},
		{SECOND | BAD, {{"{writer} sets {symbol} again and acts on it again", "{writer} 再次设置 {symbol} 并再次执行"}}},
		{OUTCOME, {{"what follows from the change happens twice", "变化之后的操作发生两次"}}}},
	[PLOT_SUM] = {
		{FIRST, {{"request A: {reader} reads {symbol} = 10", "请求 A：{reader} 读到 {symbol} = 10"}}},
		{SECOND, {{"request B: {reader} reads {symbol} = 10 as well", "请求 B：{reader} 也读到 {symbol} = 10"}}},
		{FIRST, {{"{writer} writes {symbol} = 9", "{writer} 写入 {symbol} = 9"}}},
		{SECOND | BAD, {{"{writer} writes {symbol} = 9 over it", "{writer} 也写入 {symbol} = 9，覆盖前者"}}},
		{OUTCOME, {{"two were taken, one is counted", "取走两个，只记了一个"}}}},
	[PLOT_INSERT] = {
		{FIRST, {{"request A: {reader} looks for {symbol} and finds none", "请求 A：{reader} 查找 {symbol}，没有找到"}}},
		{SECOND, {{"request B: {reader} looks for the same and finds none", "请求 B：{reader} 查找同一项，也没有找到"}}},
		{FIRST, {{"{writer} inserts it", "{writer} 插入一条"}}},
		{SECOND | BAD, {{"{writer} inserts it a second time", "{writer} 再插入一条"}}},
		{OUTCOME, {{"there are two of what should be one", "本应唯一的记录有了两条"}}}},
	[PLOT_CLAIM] = {
		{FIRST, {{"{reader} selects {symbol} as waiting", "{reader} 选出待处理的 {symbol}"}}},
		{SECOND, {{"{reader} selects the same {symbol} as waiting", "{reader} 选出同一个待处理的 {symbol}"}}},
		{FIRST, {{"handles it", "处理"}}},
		{SECOND | BAD, {{"handles it too", "也处理一次"}}},
		{OUTCOME, {{"{symbol} is handled twice", "{symbol} 被处理两次"}}}},
	[PLOT_CACHE] = {
		{BOTH, {{"{reader} has kept a copy in {symbol}", "{reader} 在 {symbol} 中缓存了一份"}}},
		{FIRST, {{"the record changes: {writer} clears its own {symbol}", "记录更改：{writer} 清除自己的 {symbol}"}}},
		{SECOND | BAD, {{"{reader} answers from its own {symbol}: the old value", "{reader} 用自己的 {symbol} 返回旧值"}}},
		{OUTCOME, {{"clients see the new and the old value by turns", "客户端交替看到新值和旧值"}}}},
	[PLOT_LIMIT] = {
		{FIRST, {{"{writer} has counted up to the limit in {symbol}: refused", "{writer} 在 {symbol} 中数到上限：拒绝"}}},
		{SECOND | BAD, {{"its own {symbol} has counted none: the client goes on", "自己的 {symbol} 还没有计数：客户端继续"}}},
		{OUTCOME, {{"the limit holds for each process: several processes allow several times as much", "限额只对单个进程有效：几个进程就放行几倍"}}}},
	[PLOT_DEDUPE] = {
		{FIRST, {{"{root} arrives: {writer} handles it and notes it in {symbol}", "{root} 到达：{writer} 处理并记入 {symbol}"}}},
		{SECOND, {{"the same comes once more: {reader} does not find it in its own {symbol}", "同样的内容再次到达：{reader} 在自己的 {symbol} 中找不到"}}},
		{SECOND | BAD, {{"handles it again", "再处理一次"}}},
		{OUTCOME, {{"a repetition that should be dropped has its effect twice", "本应丢弃的重复生效两次"}}}},
	[PLOT_COUNTER] = {
		{BOTH, {{"{symbol} = 41", "{symbol} = 41"}}},
		{FIRST, {{"{writer} gives out 42", "{writer} 给出 42"}}},
		{SECOND | BAD, {{"{writer} gives out 42 as well", "{writer} 也给出 42"}}},
		{OUTCOME, {{"two things bear the same number", "两个对象编号相同"}}}},
};

static const struct {
	const char *rule;
	enum plot plot;
	struct card_text outcome;
} rules[] = {
	{"allocator-in-memory", PLOT_ALLOCATOR, {{NULL, NULL}}},
	{"socket-registry-in-memory", PLOT_LOOKUP, {{"the message is lost: its client is connected to process 1", "消息丢失：客户端连在进程 1"}}},
	{"open-responses-in-memory", PLOT_LOOKUP, {{"the client listens to process 1 and is never told", "客户端在进程 1 上监听，收不到通知"}}},
	{"process-handles-in-memory", PLOT_LOOKUP, {{"process 2 cannot stop or steer it, and it runs on", "进程 2 无法停止或控制它，它继续运行"}}},
	{"pending-reply-in-memory", PLOT_LOOKUP, {{"process 1 waits until its time is over", "进程 1 一直等到超时"}}},
	{"timer-handles-in-memory", PLOT_LOOKUP, {{"the timer in process 1 cannot be called off and fires", "进程 1 里的定时器无法取消，照常触发"}}},
	{"state-in-memory", PLOT_LOOKUP, {{"whether it works depends on which process answers", "是否成功取决于由哪个进程处理"}}},
	{"sign-in-state-in-memory", PLOT_LOOKUP, {{"the sign-in fails", "登录失败"}}},
	{"schedule-in-every-process", PLOT_SCHEDULE, {{NULL, NULL}}},
	{"state-checked-then-set", PLOT_STATE, {{NULL, NULL}}},
	{"read-modify-write", PLOT_SUM, {{NULL, NULL}}},
	{"limit-checked-then-written", PLOT_STATE, {{NULL, NULL}}},
	{"check-then-insert", PLOT_INSERT, {{NULL, NULL}}},
	{"claim-by-find-and-save", PLOT_CLAIM, {{NULL, NULL}}},
	{"cache-invalidated-locally", PLOT_CACHE, {{NULL, NULL}}},
	{"limit-in-memory", PLOT_LIMIT, {{NULL, NULL}}},
	{"dedupe-in-memory", PLOT_DEDUPE, {{NULL, NULL}}},
	{"counter-in-memory", PLOT_COUNTER, {{NULL, NULL}}},
};

typedef VEC(struct doc_cell) cell_vec;

static void row(cell_vec *v, int column, const char *text)
{
	enum tone tone = column & BAD ? TONE_HIGH : TONE_NONE;
	struct doc_cell cell = {text, tone}, empty = {"", TONE_NONE}, none = {NULL, TONE_NONE};
	int where = column & ~BAD;
	vec_push(v, where == SECOND ? empty : cell);
	vec_push(v, where == OUTCOME ? none : where == FIRST ? empty : cell);
}

/* ---- names ---- */

static const char *function_of(struct report *p, const struct report_app *app, const struct hazard *h, enum evidence_role role)
{
	const char *name = NULL;
	for (size_t i = 0; i < h->n_evidence && !name; i++)
		if (h->evidence[i].role == role)
			name = report_function(p, app, h->evidence[i].at);
	return name;
}

/* "POST /devices" of what reaches the hazard; NULL where nobody knows */
static const char *root_of(struct report *p, const struct report_app *app, const struct hazard *h)
{
	const struct program *g = app->program;
	for (size_t i = 0; g && i < h->n_evidence; i++) {
		const struct evidence *e = &h->evidence[i];
		if (e->role != EV_REACHED || !e->at.source)
			continue;
		for (size_t k = 0; k < g->n_roots; k++) {
			const struct prog_root *r = &g->roots[k];
			if (r->label.len && r->phase & PHASE_RUNTIME && g->files[r->file].source == e->at.source &&
			    prog_place(g, r->file, r->at).span.start == e->at.span.start)
				return doc_code(p->d, r->label);
		}
	}
	return NULL;
}

static const char *or_word(struct report *p, const char *name, const char *en, const char *zh)
{
	return name ? name : report_pick(p, en, zh);
}

/* ---- with a plot ---- */

static bool put_plot(struct report *p, const struct report_app *app, const struct hazard *h, cell_vec *v)
{
	size_t n = sizeof rules / sizeof *rules, i = 0;
	while (i < n && !str_is(h->card->id, rules[i].rule))
		i++;
	if (i == n || !h->symbol.len)
		return false;
	const char *writer = function_of(p, app, h, EV_WRITTEN), *reader = function_of(p, app, h, EV_READ);
	const char *names[] = {"symbol", "writer", "reader", "root", "outcome"};
	const char *outcome = rules[i].outcome.in[p->d->o->lang];
	const char *values[] = {report_symbol(p, h), or_word(p, writer ? writer : reader, "the handler", "处理函数"),
				or_word(p, reader ? reader : writer, "the handler", "处理函数"),
				or_word(p, root_of(p, app, h), "a request", "一个请求"), outcome ? outcome : ""};
	for (const struct plot_step *s = plots[rules[i].plot]; s < plots[rules[i].plot] + MAX_STEPS && s->text.in[0]; s++)
		row(v, s->column, report_fill(p->d, s->text.in[p->d->o->lang], names, values, 5));
	return true;
}

/* ---- without ---- */


static size_t clause(const char *s, size_t *gap)
{
	static const char *const ends[] = {"; ", ": ", ". ", "；", "：", "。"};
	size_t best = strlen(s);
	*gap = 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const char *at = strstr(s, ends[i]);
		if (at && (size_t)(at - s) < best) {
			best = (size_t)(at - s);
			*gap = strlen(ends[i]);
		}
	}
	return best;
}

static bool names(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strstr(s, *words))
			return true;
	return false;
}

static int column_of(const char *s)
{
	static const char *const first[] = {"rocess 1", "equest A", "allback A", "进程 1", "请求 A", "回调 A", NULL};
	static const char *const second[] = {"rocess 2", "equest B", "allback B", "进程 2", "请求 B", "回调 B", NULL};
	return (names(s, first) ? FIRST : 0) | (names(s, second) ? SECOND : 0);
}

/* "process 1 ..." goes to the left, "process 2 ..." to the right, what names neither at the end is what comes of it */
static void put_scenario(struct report *p, const struct hazard *h, cell_vec *v)
{
	const char *text = report_pick(p, h->card->scenario.in[LANG_EN], h->card->scenario.in[LANG_ZH]);
	const char *s = text ? doc_user(p->d, str_from(card_fill(&p->d->arena, text, h->symbol))) : "";
	for (int i = 0; *s && i < MAX_CLAUSES; i++) {
		size_t gap, n = clause(s, &gap);
		struct str part = str_trim((struct str){s, n});
		if (!gap && part.len && part.ptr[part.len - 1] == '.')
			part.len--;
		const char *words = arena_cstr(&p->d->arena, part);
		s += n + gap;
		int column = column_of(words);
		if (*words)
			row(v, column || !*s ? column : FIRST, words);
	}
}

void report_timeline(struct report *p, const struct report_app *app, const struct hazard *h)
{
	cell_vec v = {0};
	vec_push(&v, (struct doc_cell){report_say(p->d, T_PROCESS_1, NULL), TONE_NONE});
	vec_push(&v, (struct doc_cell){report_say(p->d, T_PROCESS_2, NULL), TONE_NONE});
	if (!put_plot(p, app, h, &v))
		put_scenario(p, h, &v);
	if (v.len > 2) {
		const char *title = report_say(p->d, T_EXAMPLE, NULL);
		doc_heading(p->d, 5, title);
		doc_table(p->d, BLOCK_TIMELINE, title, 2, v.ptr, v.len);
	}
	vec_release(&v);
}
