/* Races on rows and documents: read, decide or compute, write back. They exist
 * with one process too; several widen them. */
#include "rules/registry.h"

#include "analyzers/program/records.h"

static bool has_part(struct str name, const char *const *parts, size_t n)
{
	char low[48];
	size_t len = name.len < sizeof low ? name.len : sizeof low;
	for (size_t i = 0; i < len; i++)
		low[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32)
								  : name.ptr[i];
	for (size_t i = 0; i < n; i++)
		if (str_find((struct str){low, len}, str_from(parts[i])) != (size_t)-1)
			return true;
	return false;
}

static bool is_value_name(struct str name)
{
	static const char *const parts[] = {
	    "balance",	"wallet",   "credit",	 "point", "stock",  "inventor",
	    "quota",	"seat",	    "coupon",	 "vote",  "ledger", "amount",
	    "quantity", "capacity", "available", "coin",  "fund"};
	return has_part(name, parts, sizeof parts / sizeof *parts);
}

static bool is_display_name(struct str name)
{
	static const char *const parts[] = {"view",  "like",	 "hit",	 "click",
					    "visit", "download", "seen", "read"};
	return has_part(name, parts, sizeof parts / sizeof *parts);
}

static bool is_payment_context(const struct program *p, const struct record_flow *f)
{
	static const char *const parts[] = {"pay",    "order",	 "billing",  "refund",
					    "wallet", "invoice", "checkout", "booking",
					    "ticket", "coupon",	 "redeem",   "charge"};
	return has_part(f->record, parts, sizeof parts / sizeof *parts) ||
	       has_part(str_from(prog_fn_name(p, f->fn)), parts, sizeof parts / sizeof *parts);
}

static bool is_account_key(struct str query)
{
	static const char *const keys[] = {"email", "phone",  "username", "userName", "mobile",
					   "login", "openid", "openId",	  "nickname"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_find(query, str_from(keys[i])) != (size_t)-1)
			return true;
	return false;
}

/* rows that cost money or a seat when there are two of them */
static bool is_contract(struct str model)
{
	static const char *const parts[] = {
	    "booking",	"reservation", "order",	       "payment",    "transaction",
	    "invoice",	"ticket",      "subscription", "redemption", "coupon",
	    "withdraw", "transfer",    "refund",       "payout",     "vote"};
	return has_part(model, parts, sizeof parts / sizeof *parts);
}

/* numbers that people and other systems know a row by; a position in a list is none */
static bool is_business_number(struct str field)
{
	static const char *const parts[] = {"no",      "num",	 "code", "serial", "seq",
					    "invoice", "ticket", "sku",	 "id"};
	static const char *const order[] = {"order", "position", "sort",  "rank",
					    "index", "priority", "weight"};
	return has_part(field, parts, sizeof parts / sizeof *parts) ||
	       !has_part(field, order, sizeof order / sizeof *order);
}

struct telling {
	const char *rule;
	enum severity severity;
	bool doubles;
	const char *en, *zh;
};

static struct telling computed(const struct record_flow *f, bool value)
{
	/* one user's own row is changed by that user alone: two clicks, not two customers. Money is
	 * taken twice all the same */
	static const char *const money[] = {"balance", "wallet", "credit",
					    "point",   "coupon", "ledger"};
	static const char *const votes[] = {"vote"};
	bool own = f->of_caller && !has_part(f->field, money, sizeof money / sizeof *money);
	/* a vote that is lost costs nobody money or goods */
	value = value && !has_part(f->field, votes, 1) && (!has_part(f->record, votes, 1) || has_part(f->field, money, sizeof money / sizeof *money));
	/* a plain counter in Redis: a limit that lets one more through */
	bool light = is_display_name(f->field) || f->shared_store;
	enum severity s = value && !own ? SEVERITY_HIGH : light ? SEVERITY_LOW : SEVERITY_MEDIUM;
	return (struct telling){"read-modify-write", s, value && !own,
				"is computed from what was read before and written back: of two "
				"requests at the same time, one change is lost",
				"由先前读到的值计算后写回：两个请求同时到来时，其中一个修改会丢失"};
}

static struct telling collection(const struct record_flow *f)
{
	if (f->of_document && !f->whole)
		return (struct telling){"read-modify-write", SEVERITY_LOW, false,
					"is looked into before an element is added: two requests "
					"at the same time add it twice",
					"先查看是否已有再添加元素：两个请求同时到来会添加两次"};
	if (f->of_document && !f->is_object)
		return (struct telling){
		    "read-modify-write", SEVERITY_LOW, false,
		    "is read as a whole, changed and written back: of two changes at the same "
		    "time, one fails with a version error",
		    "整体读出、修改后写回：两个同时的修改，其中一个会因版本冲突而失败"};
	return (struct telling){"read-modify-write",
				f->of_caller || f->of_document ? SEVERITY_LOW : SEVERITY_MEDIUM,
				false,
				"is read as a whole, changed and written back: of two changes at "
				"the same time, one is lost",
				"整体读出、修改后写回：两个同时的修改会丢失一个"};
}

static struct telling state(const struct program *p, const struct record_flow *f)
{
	bool grave = f->moves_value || (f->effects & EFFECT_PAYMENT);
	bool paying =
	    is_payment_context(p, f) && (f->effects & (EFFECT_DB_WRITE | EFFECT_HTTP_SEND));
	if (f->unchecked)
		return (struct telling){
		    "state-checked-then-set", grave ? SEVERITY_HIGH : SEVERITY_MEDIUM, grave,
		    "is set and acted on without a condition on what it was: a request that comes "
		    "twice is acted on twice",
		    "直接设置并据此执行后续操作，没有以旧状态为条件：重复的请求会执行两次"};
	return (struct telling){
	    "state-checked-then-set",
	    grave		      ? SEVERITY_HIGH
	    : paying || f->transition ? SEVERITY_MEDIUM
				      : SEVERITY_LOW,
	    grave,
	    "is checked and set in two steps: two requests at the same time both pass the check",
	    "先检查后设置分成两步：两个请求同时到来都会通过检查"};
}

static struct telling tell(const struct program *p, const struct record_flow *f)
{
	bool value = is_value_name(f->field) || is_value_name(f->record);
	switch (f->change) {
	case RECORD_COMPUTED:
		return computed(f, value);
	case RECORD_COLLECTION:
		return collection(f);
	case RECORD_STATE:
		return state(p, f);
	case RECORD_GUARDED:
		if (f->bootstrap)
			return (struct telling){
			    "limit-checked-then-written", SEVERITY_LOW, false,
			    "decides whether this is the first one: of two requests at the same "
			    "time, both are the first",
			    "据此判断是否为第一条：两个请求同时到来，都会被当作第一条"};
		if (f->picks)
			return (struct telling){
			    "limit-checked-then-written", SEVERITY_HIGH, true,
			    "is picked from what is free and handed out without being taken first: "
			    "two requests at the same time get the same",
			    "从空闲的记录中选取并直接分配，没有先占用：两个请求同时到来会得到相同的"
			    "记录"};
		return (struct telling){
		    "limit-checked-then-written", value ? SEVERITY_HIGH : SEVERITY_MEDIUM, value,
		    "is compared with a limit before a write that does not repeat the comparison: "
		    "requests at the same time all pass",
		    "先与上限比较，写入时不再重复该条件：同时到来的请求都会通过"};
	case RECORD_CREATED:
		return (struct telling){"check-then-insert",
					f->shared_store || is_account_key(f->query) ||
						is_contract(f->model)
					    ? SEVERITY_MEDIUM
					    : SEVERITY_LOW,
					false,
					"is looked for before it is inserted: two requests at the "
					"same time both find nothing and insert two",
					"先查找再插入：两个请求同时到来都查不到，于是插入两条"};
	case RECORD_NUMBERED:
		if (f->unique)
			return (struct telling){
			    "number-from-count", SEVERITY_MEDIUM, false,
			    "takes its number from what is there already: of two requests at the "
			    "same time, one is refused by the unique constraint",
			    "从现有数量得出编号：两个请求同时到来，其中一个会被唯一约束拒绝"};
		return (struct telling){"number-from-count",
					is_business_number(f->field) ? SEVERITY_HIGH : SEVERITY_LOW,
					is_business_number(f->field),
					"takes its number from what is there already: two requests "
					"at the same time get the same number",
					"从现有数量得出编号：两个请求同时到来得到相同的编号"};
	case RECORD_CLAIMED:
		return (struct telling){"claim-by-find-and-save", SEVERITY_HIGH, true,
					"is selected by its state and marked afterwards: two "
					"processes select and handle the same one",
					"先按状态选出、之后才标记：两个进程会选中并处理同一条"};
	case RECORD_RECOUNTED:
		return (struct telling){
		    "read-modify-write", SEVERITY_LOW, false,
		    "is counted and stored in two steps: of two requests at the same time, the "
		    "older count may stay until the next change",
		    "先计数再保存：两个请求同时到来时，旧的计数可能保留到下次修改"};
	}
	return (struct telling){0};
}

static void mitigate(struct check *c, struct hazard *h, const struct record_flow *f)
{
	const struct program *p = c->program;
	if (f->lock) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->lock),
			       "serialised by this lock");
	} else if (f->transaction &&
		   (f->change == RECORD_COMPUTED || f->change == RECORD_COLLECTION ||
		    f->change == RECORD_STATE)) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(
		    c, h, EV_MITIGATION, prog_place(p, f->file, f->write),
		    "one transaction reads and writes this document, so the second one is aborted");
	} else if (f->change == RECORD_CREATED && f->unique) {
		/* the second one fails; nobody who catches it sees more than an error page */
		h->mitigation = f->error_caught ? MITIGATION_FULL : MITIGATION_WEAK;
		h->severity = SEVERITY_LOW;
		h->consequence = CONSEQUENCE_NONE;
		if (f->unique_file != PROG_NONE)
			check_evidence(c, h, EV_MITIGATION,
				       prog_place(p, f->unique_file, f->unique_at),
				       "a unique constraint refuses the second one");
		else
			check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->write),
				       "a unique constraint of the schema refuses the second one");
	} else if (f->change == RECORD_CREATED && f->unique_error_handled) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->write),
			       "the store refuses the second one, and the error is handled");
	}
}

/* a chain over several lines happens where its last method stands, as in a stack trace */
static struct place call_place(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	struct place at = prog_place(p, file, n);
	js_node callee = js_kind(js, n) == JS_CALL ? js_at(js, n)->a : 0;
	if (js_kind(js, callee) == JS_MEMBER)
		at.span.start = js_at(js, callee)->span.end - (uint32_t)js_str(js, callee).len;
	return at;
}

static void report(struct check *c, const struct record_flow *f)
{
	const struct program *p = c->program;
	struct telling t = tell(p, f);
	struct hazard *h = check_hazard(c, t.rule);
	h->severity = t.severity;
	h->doubles_value = t.doubles;
	h->also_single_process = true;
	h->consequence = t.doubles		      ? CONSEQUENCE_FORK_RECOMMENDED
			 : t.severity == SEVERITY_LOW ? CONSEQUENCE_NONE
						      : CONSEQUENCE_WARN;
	h->confidence = CONFIDENCE_LIKELY;
	char *symbol =
	    f->field.len && f->record.len
		? arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(f->record), STR_ARG(f->field))
		: arena_cstr(c->arena, f->record.len ? f->record : f->field);
	h->symbol = str_from(symbol);
	h->at = call_place(p, f->file, f->decide);
	h->message = arena_printf(c->arena, "'%s' in %s %s", symbol, prog_fn_name(p, f->fn), t.en);
	h->message_zh =
	    arena_printf(c->arena, "%s 中的 '%s' %s", prog_fn_name(p, f->fn), symbol, t.zh);
	/* one mechanism on one kind of row in one module is one cause; where the kind is unknown,
	 * one function */
	h->root = str_hash(p->files[f->file].source->path) ^ str_hash(str_from(t.rule)) ^
		  (uint64_t)f->change ^ (f->model.len ? str_hash(f->model) : (uint64_t)f->fn << 20);
	check_evidence(c, h, EV_DECLARED, h->at,
		       f->change == RECORD_COMPUTED || f->change == RECORD_COLLECTION
			   ? "changed here"
			   : "decided here");
	if (f->gate)
		check_evidence(
		    c, h, EV_DECLARED, prog_place(p, f->file, f->gate),
		    "behind a check of the state, which is set afterwards: two requests pass it");
	check_evidence(c, h, EV_READ, call_place(p, f->file, f->read), "read here");
	check_evidence(c, h, EV_WRITTEN, call_place(p, f->file, f->write), "written here");
	check_reached(c, h, f->fn, PHASE_RUNTIME);
	mitigate(c, h, f);
	check_commit(c, h);
}

/* the timer that would start it is off in this app */
static bool never_starts(const struct check *c, const struct record_flow *f)
{
	prog_id way[32];
	const struct prog_root *root = NULL;
	if (prog_phases(c->program, c->app, f->fn) & PHASE_RUNTIME & ~PHASE_TIMER)
		return false;
	return prog_path_to(c->program, c->app, f->fn, PHASE_TIMER, &root, way, 32) && root &&
	       prog_guard(c->program, c->app, c->model, root->file, root->at).answer == GUARD_NEVER;
}

/* what nobody would call a race */
static bool is_silent(const struct check *c, const struct record_flow *f)
{
	uint32_t phases = prog_phases(c->program, c->app, f->fn);
	if (f->idempotent)
		return true;
	/* push() alone is sent as $push */
	if (f->change == RECORD_COLLECTION && f->of_document && !f->whole && !f->tested)
		return true;
	/* a request for one row is no claim: nobody else has the same request */
	if (f->change == RECORD_CLAIMED && !(phases & PHASE_TIMER))
		return true;
	/* a queue hands a job to one worker */
	return f->change == RECORD_STATE &&
	       !(phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_TIMER | PHASE_EVENT));
}

void check_records(struct check *c)
{
	struct record_flows flows = prog_record_flows(c->program);
	for (size_t i = 0; i < flows.len; i++) {
		const struct record_flow *f = &flows.ptr[i];
		if (prog_loads(c->program, c->app, f->file) &&
		    (prog_phases(c->program, c->app, f->fn) & PHASE_RUNTIME) && !is_silent(c, f) &&
		    !never_starts(c, f))
			report(c, f);
	}
}
