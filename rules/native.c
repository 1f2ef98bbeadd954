#include "rules/native.h"

void native_reader_release(struct native_reader *r)
{
	map_release(&r->by_path);
	vec_release(&r->sources);
}

const struct source *native_source(struct native_reader *r, struct str path)
{
	struct str text;
	uint32_t known = map_get(&r->by_path, path);
	if (known != MAP_NONE)
		return r->sources.ptr[known];
	path = arena_str(r->ctx->arena, path);
	bool read = path.len && !fs_read(r->ctx->fs, r->ctx->arena, path, &text).text;
	map_put(&r->by_path, path, (uint32_t)r->sources.len);
	vec_push(&r->sources, read ? source_new(r->ctx->arena, path, text) : NULL);
	return r->sources.ptr[r->sources.len - 1];
}

/* The file may have changed since the helper read it. */
static struct place place_of(struct native_reader *r, const struct native_place *at)
{
	const struct source *s = native_source(r, at->path);
	if (!s || at->span.start > at->span.end || at->span.end > s->text.len)
		return (struct place){NULL, {0, 0}};
	return (struct place){s, at->span};
}

/* {1} is the symbol: all that a template needs */
static const char *translate(struct arena *a, const struct card *card, struct str symbol)
{
	const char *hole = card->message_zh ? strstr(card->message_zh, "{1}") : NULL;
	return hole ? arena_printf(a, "%.*s" STR_FMT "%s", (int)(hole - card->message_zh),
				   card->message_zh, STR_ARG(symbol), hole + 3)
		    : card->message_zh;
}

/* The helper speaks English. A text without a name in it, or with one between begin and end. */
static const char *evidence_in_chinese(struct arena *a, const char *english)
{
	static const struct {
		const char *begin, *end, *zh_begin, *zh_end;
	} rows[] = {
	    {"SO_REUSEADDR is set here", "", "在这里设置了 SO_REUSEADDR", ""},
	    {"a connection is stored in ", "", "在 ", " 中保存连接"},
	    {"appended to in ", "", "在 ", " 中追加"},
	    {"asks for NODE_APP_INSTANCE", "", "查询了 NODE_APP_INSTANCE", ""},
	    {"bound in ", ", without SO_REUSEPORT", "在 ", " 中绑定，未设置 SO_REUSEPORT"},
	    {"bound in ", "", "在 ", " 中绑定"},
	    {"changes what all processes share", "", "修改所有进程共享的内容", ""},
	    {"counted up in ", "", "在 ", " 中递增"},
	    {"declared here, once in each process", "", "在这里声明，每个进程各有一份", ""},
	    {"declared here, starts anew in each process", "", "在这里声明，每个进程从头开始", ""},
	    {"done in ", "", "在 ", " 中执行"},
	    {"drawn in ", "", "在 ", " 中取随机数"},
	    {"forked in ", "", "在 ", " 中 fork"},
	    {"given out in ", "", "在 ", " 中发出"},
	    {"locked in ", "", "在 ", " 中加锁"},
	    {"made up in ", "", "在 ", " 中生成"},
	    {"opened in ", "", "在 ", " 中打开"},
	    {"reached from the service loop in ", "", "由 ", " 的服务循环到达"},
	    {"read in ", "", "在 ", " 中读取"},
	    {"removed in ", "", "在 ", " 中删除"},
	    {"repeated here", "", "在这里重复", ""},
	    {"rotated in ", "", "在 ", " 中轮转"},
	    {"seeded here", "", "在这里设置种子", ""},
	    {"seeded in ", "", "在 ", " 中设置种子"},
	    {"sent to each of them in ", "", "在 ", " 中逐个发送"},
	    {"taken in ", "", "在 ", " 中占用"},
	    {"the name is fixed here", "", "名字在这里写死", ""},
	    {"the name is the same in every process", "", "名字在每个进程里都相同", ""},
	    {"watched in ", "", "在 ", " 中监视"},
	    {"written in ", "", "在 ", " 中写入"},
	};
	struct str text = str_from(english);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str begin = str_from(rows[i].begin), end = str_from(rows[i].end);
		if (!str_starts(text, begin) || text.len < begin.len + end.len ||
		    !str_ends(text, end))
			continue;
		struct str name = str_sub(text, begin.len, text.len - end.len);
		if ((name.len > 0) == (*rows[i].zh_end != 0))
			return arena_printf(a, "%s" STR_FMT "%s", rows[i].zh_begin, STR_ARG(name),
					    rows[i].zh_end);
	}
	static const struct str called = {" is called from JavaScript as ", 30};
	size_t at = str_find(text, called);
	if (at != (size_t)-1)
		return arena_printf(a, STR_FMT " 由 JavaScript 以 " STR_FMT " 调用",
				    STR_ARG(str_sub(text, 0, at)),
				    STR_ARG(str_sub(text, at + called.len, text.len)));
	return NULL;
}

static void add_evidence(struct native_reader *r, const struct native_hazard *from,
			 struct hazard *h)
{
	static const enum evidence_role roles[] = {
	    [NATIVE_DECLARED] = EV_DECLARED, [NATIVE_WRITTEN] = EV_WRITTEN,
	    [NATIVE_READ] = EV_READ,	     [NATIVE_REACHED] = EV_REACHED,
	    [NATIVE_GUARD] = EV_GUARD,	     [NATIVE_MITIGATION] = EV_MITIGATION};
	struct evidence *out = arena_array(r->ctx->arena, struct evidence, from->n_evidence);
	for (size_t i = 0; i < from->n_evidence; i++) {
		const struct native_evidence *e = &from->evidence[i];
		struct place at = place_of(r, &e->at);
		if (at.source)
			out[h->n_evidence++] =
			    (struct evidence){.role = roles[e->role],
					      .message = e->message,
					      .message_zh = evidence_in_chinese(r->ctx->arena, e->message),
					      .at = at};
	}
	h->evidence = out;
}

static const char *remedy_zh(const char *id)
{
	static const char *const words[][2] = {
	    {"broker", "通过消息代理（Redis、NATS）在进程间传递，或按归属路由"},
	    {"claim-by-rename", "处理文件前先用原子的 rename() 占有它"},
	    {"database", "保存到数据库"},
	    {"database-lock", "在数据库里加锁"},
	    {"database-sequence", "用数据库的序列或 Redis 的 INCR 取号"},
	    {"divide-threads", "线程数除以实例数"},
	    {"drop-pidfile", "去掉锁文件，由 PM2 负责守护；或把 NODE_APP_INSTANCE 写进文件名"},
	    {"flock", "在外面加 flock() 或 fcntl() 区间锁"},
	    {"foreground", "保持在前台运行"},
	    {"getrandom", "用 getrandom() 作种子"},
	    {"inference-server", "把模型移到一个所有进程都访问的服务里"},
	    {"instance-in-id", "把 NODE_APP_INSTANCE 编进号码"},
	    {"instance-port", "端口加上 NODE_APP_INSTANCE"},
	    {"instance-suffix", "把 NODE_APP_INSTANCE 或进程号写进名字"},
	    {"leader-lock", "加一把所有进程都看得见的锁，或放进只有一个实例的独立应用"},
	    {"log-stdout", "日志写到 stdout，轮转交给 PM2 或 syslog"},
	    {"message-queue", "用消息队列代替 FIFO"},
	    {"mkstemp", "用 mkstemp() 创建文件"},
	    {"one-daemon", "由一个程序独占设备，其他通过 socket 请求它"},
	    {"one-process", "保持单进程：exec_mode 'fork'，instances 1"},
	    {"one-writer", "只由一个进程写入"},
	    {"own-app", "把另一个程序作为 PM2 里独立的应用"},
	    {"packet-fanout", "用 PACKET_FANOUT 把套接字编组，或只在一个进程抓包"},
	    {"pass-explicitly", "每次调用时显式传入"},
	    {"random-device", "用 std::random_device 给引擎作种子"},
	    {"read-only-open", "除一个进程外都以只读方式打开"},
	    {"reuseport", "在 bind() 前设置 SO_REUSEPORT（libuv 为 UV_TCP_REUSEPORT）"},
	    {"reuseport-udp", "用 SO_REUSEPORT 代替 SO_REUSEADDR；同一发送者固定到一个进程"},
	    {"setting-in-config", "从环境变量或所有进程共享的存储读取"},
	    {"shared-mutex", "在共享内存里使用健壮的 PTHREAD_PROCESS_SHARED 互斥锁"},
	    {"shared-store", "把状态移到所有进程共享的存储（Redis、数据库）"},
	    {"sqlite-wal", "设置 PRAGMA journal_mode=WAL 和 busy_timeout"},
	    {"wrap-handle", "把句柄放在 JavaScript 对象里，不对外给出编号"},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], id) == 0)
			return words[i][1];
	return NULL;
}

static void add_remedies(struct arena *a, const struct native_hazard *from, struct hazard *h)
{
	struct card_text *out = arena_array(a, struct card_text, from->n_remedies);
	for (size_t i = 0; i < from->n_remedies; i++) {
		const char *en = native_remedy(from->remedies[i]),
			   *zh = remedy_zh(from->remedies[i]);
		if (en && zh)
			out[h->n_remedies++] = (struct card_text){{en, zh}};
	}
	h->remedies = h->n_remedies ? out : NULL;
}

static enum family family_of(const struct native_hazard *from, enum family otherwise)
{
	for (enum family f = 0; f < N_FAMILIES; f++)
		if (strcmp(family_name(f), from->family) == 0)
			return f;
	return otherwise;
}

static bool convert(struct native_reader *r, const struct native_hazard *from, struct hazard *h)
{
	static const enum mitigation mitigations[] = {[NATIVE_UNMITIGATED] = MITIGATION_NONE,
						      [NATIVE_WEAK] = MITIGATION_WEAK,
						      [NATIVE_FULL] = MITIGATION_FULL};
	const struct card *card = cards_find(r->cards, str_from(from->rule));
	struct place at = place_of(r, &from->at);
	if (!card || !at.source)
		return false;
	*h = (struct hazard){
	    .card = card,
	    .family = family_of(from, card->family),
	    .severity = (enum severity)from->severity,
	    .confidence = (enum confidence)from->confidence,
	    .consequence = card->consequence,
	    .mitigation = mitigations[from->mitigation],
	    .also_single_process = from->also_single_process,
	    .symbol = from->symbol,
	    .message = from->message,
	    .message_zh = translate(r->ctx->arena, card, from->symbol),
	    .at = at,
	};
	add_evidence(r, from, h);
	add_remedies(r->ctx->arena, from, h);
	return true;
}

struct hazard *native_hazards(struct native_reader *r, const struct native_result *found, size_t *n)
{
	struct hazard *out = arena_array(r->ctx->arena, struct hazard, found->n_hazards);
	*n = 0;
	for (size_t i = 0; i < found->n_hazards; i++)
		*n += convert(r, &found->hazards[i], &out[*n]);
	return out;
}
