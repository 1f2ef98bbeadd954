/* Races on rows and documents: read, decide or compute, write back. They exist
 * with one process too; several widen them. */
#include "rules/registry.h"

#include "analyzers/program/records.h"

static bool has_part(struct str name, const char *const *parts, size_t n)
{
	char low[48];
	size_t len = name.len < sizeof low ? name.len : sizeof low;
	for (size_t i = 0; i < len; i++)
		low[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + 32) : name.ptr[i];
	for (size_t i = 0; i < n; i++)
		if (str_find((struct str){low, len}, str_from(parts[i])) != (size_t)-1)
			return true;
	return false;
}

static bool is_value_name(struct str name)
{
	static const char *const parts[] = {"balance", "wallet", "credit", "point", "stock", "inventor", "quota", "seat",
					    "coupon", "vote", "ledger", "amount", "quantity", "capacity", "available"};
	return has_part(name, parts, sizeof parts / sizeof *parts);
}

static bool is_display_name(struct str name)
{
	static const char *const parts[] = {"view", "like", "hit", "click", "visit", "download", "seen", "read"};
	return has_part(name, parts, sizeof parts / sizeof *parts);
}

static bool is_payment_context(const struct program *p, const struct record_flow *f)
{
	static const char *const parts[] = {"pay", "order", "billing", "refund", "wallet", "invoice", "checkout", "booking", "ticket", "coupon", "redeem", "charge"};
	return has_part(f->record, parts, sizeof parts / sizeof *parts) ||
	       has_part(str_from(prog_fn_name(p, f->fn)), parts, sizeof parts / sizeof *parts);
}

struct telling {
	const char *rule;
	enum severity severity;
	bool doubles;
	const char *en, *zh;
};

static struct telling tell(const struct program *p, const struct record_flow *f)
{
	bool value = is_value_name(f->field) || is_value_name(f->record);
	switch (f->change) {
	case RECORD_COMPUTED:
		return (struct telling){"read-modify-write", value ? SEVERITY_HIGH : is_display_name(f->field) ? SEVERITY_LOW : SEVERITY_MEDIUM, value,
					"is computed from what was read before and written back: of two requests at the same time, one change is lost",
					"由先前读到的值计算后写回：两个请求同时到来时，其中一个修改会丢失"};
	case RECORD_COLLECTION:
		return (struct telling){"read-modify-write", SEVERITY_MEDIUM, false,
					"is read as a whole, changed and written back: of two changes at the same time, one is lost",
					"整体读出、修改后写回：两个同时的修改会丢失一个"};
	case RECORD_STATE:
		return (struct telling){"state-checked-then-set", is_payment_context(p, f) ? SEVERITY_HIGH : SEVERITY_MEDIUM, is_payment_context(p, f),
					"is checked and set in two steps: two requests at the same time both pass the check",
					"先检查后设置分成两步：两个请求同时到来都会通过检查"};
	case RECORD_GUARDED:
		return (struct telling){"limit-checked-then-written", value ? SEVERITY_HIGH : SEVERITY_MEDIUM, value,
					"is compared with a limit before a write that does not repeat the comparison: requests at the same time all pass",
					"先与上限比较，写入时不再重复该条件：同时到来的请求都会通过"};
	case RECORD_CREATED:
		return (struct telling){"check-then-insert", SEVERITY_MEDIUM, false,
					"is looked for before it is inserted: two requests at the same time both find nothing and insert two",
					"先查找再插入：两个请求同时到来都查不到，于是插入两条"};
	case RECORD_NUMBERED:
		return (struct telling){"number-from-count", SEVERITY_HIGH, true,
					"takes its number from what is there already: two requests at the same time get the same number",
					"从现有数量得出编号：两个请求同时到来得到相同的编号"};
	case RECORD_CLAIMED:
		return (struct telling){"claim-by-find-and-save", SEVERITY_HIGH, true,
					"is selected by its state and marked afterwards: two processes select and handle the same one",
					"先按状态选出、之后才标记：两个进程会选中并处理同一条"};
	}
	return (struct telling){0};
}

/* the fields of the query object: which of them would have to be unique */
static bool queried_field_is_unique(const struct program *p, const struct record_flow *f)
{
	const struct js_file *js = p->files[f->file].js;
	struct str text = js_text(js, f->read);
	for (size_t i = 0; i + 1 < text.len; i++) {
		size_t from = i;
		while (i < text.len && ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') || text.ptr[i] == '_'))
			i++;
		struct str word = str_sub(text, from, i);
		while (i < text.len && text.ptr[i] == ' ')
			i++;
		bool key = word.len > 1 && i < text.len && (text.ptr[i] == ':' || text.ptr[i] == ',' || text.ptr[i] == '}');
		if (key && !str_is(word, "where") && !str_is(word, "select") && prog_is_unique_field(p, word))
			return true;
	}
	return false;
}

static void report(struct check *c, const struct record_flow *f)
{
	const struct program *p = c->program;
	struct telling t = tell(p, f);
	struct hazard *h = check_hazard(c, t.rule);
	h->severity = t.severity;
	h->doubles_value = t.doubles;
	h->also_single_process = true;
	h->consequence = t.doubles ? CONSEQUENCE_FORK_RECOMMENDED : t.severity == SEVERITY_LOW ? CONSEQUENCE_NONE : CONSEQUENCE_WARN;
	h->confidence = CONFIDENCE_LIKELY;
	char *symbol = f->field.len ? arena_printf(c->arena, STR_FMT "." STR_FMT, STR_ARG(f->record), STR_ARG(f->field))
				    : arena_cstr(c->arena, f->record);
	h->symbol = str_from(symbol);
	h->at = prog_place(p, f->file, f->decide ? f->decide : f->write);
	h->message = arena_printf(c->arena, "'%s' in %s %s", symbol, prog_fn_name(p, f->fn), t.en);
	h->message_zh = arena_printf(c->arena, "%s 中的 '%s' %s", prog_fn_name(p, f->fn), symbol, t.zh);
	h->root = str_hash(p->files[f->file].source->path) ^ ((uint64_t)f->fn << 20) ^ str_hash(str_from(t.rule));
	check_evidence(c, h, EV_READ, prog_place(p, f->file, f->read), "read here");
	if (f->decide)
		check_evidence(c, h, EV_DECLARED, h->at, f->change == RECORD_COMPUTED || f->change == RECORD_COLLECTION ? "changed here" : "decided here");
	check_evidence(c, h, EV_WRITTEN, prog_place(p, f->file, f->write), "written here");
	check_reached(c, h, f->fn, PHASE_RUNTIME);
	if (f->lock) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->lock), "serialised by this lock");
	} else if (f->change == RECORD_CREATED && queried_field_is_unique(p, f)) {
		/* the second insert fails: an error page, no double row */
		h->severity = SEVERITY_LOW;
		h->consequence = CONSEQUENCE_NONE;
		if (f->unique_error_handled)
			h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->write), "a unique constraint refuses the second row");
	} else if (f->unique_error_handled) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(p, f->file, f->write), "the store refuses the second row, and the error is handled");
	}
	check_commit(c, h);
}

void check_records(struct check *c)
{
	struct record_flows flows = prog_record_flows(c->arena, c->program);
	for (size_t i = 0; i < flows.len; i++)
		if (prog_loads(c->program, c->app, flows.ptr[i].file) &&
		    (prog_phases(c->program, c->app, flows.ptr[i].fn) & PHASE_RUNTIME))
			report(c, &flows.ptr[i]);
}
