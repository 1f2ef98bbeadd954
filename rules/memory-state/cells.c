/* State that lives in the memory of one process: decides for each cell of the
 * program what its use means when several processes run (decision table D01 to
 * D82 of the usage shapes). Facts come from analyzers/program/usage.h; every
 * exclusion names the false alarm that it avoids. */
#include "rules/memory-state/cells.h"

#include "rules/memory-state/senders.h"
#include "rules/reach.h"

static bool is_collection(const struct prog_cell *cell)
{
	return cell->shape == SHAPE_MAP || cell->shape == SHAPE_SET || cell->shape == SHAPE_ARRAY;
}

/* ---- scalars ---- */

static struct judgement judge_counter(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	/* round robin, request ids for logs: right or harmless in every process */
	if (u->modulo)
		return NOTHING;
	if (u->update_into_text && (u->put_phases & (PHASE_REQUEST | PHASE_MESSAGE | PHASE_SOCKET)))
		return (struct judgement){"counter-in-memory", SEVERITY_HIGH, CONFIDENCE_POSSIBLE,
					  "counts in one process, so {n} processes hand out the same numbers",
					  "在单个进程里计数，{n} 个进程会发出相同的号码"};
	if (u->reads_reach_response)
		return (struct judgement){"statistics-in-memory", SEVERITY_LOW, CONFIDENCE_LIKELY,
					  "counts what one process sees, so each of the {n} processes answers with a different number",
					  "只统计本进程所见，{n} 个进程给出不同的数字"};
	return NOTHING;
}

static struct judgement judge_scalar(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	/* read as a whole at the start and again by whoever changes it; a timer would do so in every process */
	if (u->reloaded_by_writer && u->load_phases && !(u->put_phases & PHASE_TIMER) &&
	    (u->get_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE)))
		return (struct judgement){"cache-invalidated-locally", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "is loaded anew only in the process that writes, so the others serve old data",
					  "只在写入的那个进程里重新加载，其他进程仍返回旧数据"};
	/* lazily made clients, memoised values; a flag that keeps a job from overlapping itself */
	if (u->assigned_once || u->flag_around || (!u->n_gets && !u->update_used))
		return NOTHING;
	if (cells_only(u->put_values, PUT_NUMBER_FROM_OLD) || (l->cell->shape == SHAPE_NUMBER && (u->put_values & PUT_NUMBER_FROM_OLD)))
		return judge_counter(l);
	/* a token or a list that the process fetches for itself; feeds that every process gets */
	if (u->put_values & (PUT_LOADED | PUT_CLIENT | PUT_FUNCTION | PUT_PROMISE | PUT_PURE))
		return NOTHING;
	if (!u->left_for_others && (!(u->put_phases & (PHASE_REQUEST | PHASE_MESSAGE)) || u->single_function))
		return NOTHING;
	/* what each process finds out for itself, at its start too */
	if (u->load_phases || !(u->puts_input || u->toggled))
		return NOTHING;
	bool by_request = u->put_phases & PHASE_REQUEST || !u->left_for_others;
	return (struct judgement){"setting-in-memory", SEVERITY_HIGH, CONFIDENCE_POSSIBLE,
				  by_request ? "is changed by a request in one process, while the others go on with the old value"
					     : "is changed by a message in one process, while the others go on with the old value",
				  by_request ? "由某个请求在一个进程里改变，其他进程仍用旧值" : "由某条消息在一个进程里改变，其他进程仍用旧值"};
}

/* ---- collections ---- */

static struct judgement judge_cache(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	/* reloaded by each process for itself */
	if (u->refreshed_whole)
		return NOTHING;
	/* all processes hear when to forget */
	if (u->invalidated && !(u->remove_phases & ~(uint32_t)(PHASE_EVENT | PHASE_TIMER)) && cells_subscription(l->c))
		return NOTHING;
	if (u->invalidated)
		return (struct judgement){"cache-invalidated-locally", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "is cleared only in the process that writes, so the others serve old data",
					  "只在写入的那个进程里失效，其他进程仍返回旧数据"};
	if (u->changed_elsewhere)
		return (struct judgement){"entity-cache-for-life", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "keeps records without a time limit that the app itself changes, so every process serves what it read first",
					  "无限期保存应用自己会修改的记录，每个进程都一直返回最初读到的内容"};
	return (struct judgement){"cache-in-memory", SEVERITY_LOW, CONFIDENCE_LIKELY,
				  "is a cache of each process on its own: {n} times the memory, a lower hit ratio",
				  "每个进程各有一份缓存：内存占用 {n} 倍，命中率降低"};
}

static struct judgement judge_array(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	if (u->drained && u->drain_batch && u->read_where_drained)
		return NOTHING; /* a buffer that is flushed as a whole */
	if (!(u->put_phases & ~(uint32_t)PHASE_TIMER))
		return NOTHING; /* scratch of a job that every process runs for itself */
	if (u->drained && (u->read_where_drained || !(u->get_phases & PHASE_REQUEST)))
		return (struct judgement){"queue-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "queues work in the memory of one process: order and limits hold per process, and a reload loses what waits",
					  "把任务排在单个进程的内存里：顺序和限额只在本进程内有效，重载会丢失等待中的任务"};
	if (!(u->put_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE | PHASE_EVENT)))
		return NOTHING;
	/* the last entries of a log or a feed: nothing fails without the older ones */
	if (u->bounded && !u->drained)
		return (struct judgement){"state-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "keeps the last entries that one process saw, so each of the {n} processes shows others",
					  "只保留本进程最近见到的条目，{n} 个进程各自显示不同的内容"};
	return (struct judgement){"state-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY, NULL, NULL};
}

static struct judgement judge_collection(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	if (u->scoped_finally)
		return NOTHING; /* a context that lives as long as one request */
	if (u->assigned_once && cells_only(u->put_keys, KEY_NONE))
		return NOTHING; /* made as a whole when it is first asked for */
	/* tried one after the other in a loop; the one that is free may be added by the caller of that loop */
	if (u->probes_in_loop && (u->get_keys & KEY_LOOP) && !(u->put_keys & KEY_CONNECTION) &&
	    !(u->put_values & (PUT_LOADED | PUT_CLIENT | PUT_FUNCTION | PUT_PROMISE)))
		return (struct judgement){"allocator-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY,
					  "decides in one process what is free, so with {n} processes the same one is handed out twice",
					  "由单个进程判断哪个空闲，有 {n} 个进程时同一个会被分配两次"};
	/* the context of one request, under a name that only its own code knows */
	if (u->single_function && cells_only(u->put_keys, KEY_COUNTER) && cells_only(u->get_keys, KEY_COUNTER))
		return NOTHING;
	if (cells_only(u->put_keys, KEY_CONNECTION) && !(u->get_keys & (KEY_INPUT | KEY_UNKNOWN)))
		return NOTHING; /* state of one connection, used by its own handlers */
	if (u->put_values & (PUT_CLIENT | PUT_FUNCTION | PUT_PROMISE))
		return NOTHING; /* pools, registries of handlers, single flight */
	if (cells_only(u->put_keys, KEY_CONST) && !u->puts_input && !(u->put_values & (PUT_NUMBER_FROM_OLD | PUT_LOADED)))
		return NOTHING; /* a table that a lazily made singleton fills with the same rows everywhere */
	if (u->put_values & PUT_PURE && !u->invalidated)
		return NOTHING; /* memo of a pure function */
	/* a session: under a key that was drawn here there is nothing to load anew */
	bool given_out = (u->put_keys & KEY_COUNTER) && (u->get_keys & (KEY_INPUT | KEY_UNKNOWN));
	if (!given_out && cells_only(u->put_values & ~(uint32_t)PUT_DATA, PUT_PURE) && u->n_gets)
		return judge_cache(l);
	if (!given_out && (u->loads_on_miss || (cells_only(u->put_values & ~(uint32_t)PUT_DATA, PUT_LOADED) && u->n_gets)))
		return judge_cache(l);
	/* { runs: 0, lastRun: null }: a record of what was done, which decides nothing */
	bool is_record = l->cell->shape == SHAPE_OBJECT && cells_only(u->put_keys, KEY_CONST | KEY_NONE) && !u->tests_presence;
	if (u->put_values & PUT_NUMBER_FROM_OLD && (is_record || !(u->put_values & PUT_DATA))) {
		if (u->compares_count)
			return (struct judgement){"limit-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
						  "counts in one process, so the limit becomes up to {n} times as high",
						  "在单个进程里计数，限额实际变成最多 {n} 倍"};
		return u->n_gets ? (struct judgement){"statistics-in-memory", SEVERITY_LOW, CONFIDENCE_LIKELY,
						      "counts what one process sees, so each of the {n} processes answers with a different number",
						      "只统计本进程所见，{n} 个进程给出不同的数字"}
				 : NOTHING;
	}
	if (u->compares_count && cells_only(u->put_values, PUT_TRUTH) && u->n_gets)
		return (struct judgement){"limit-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "remembers times in one process, so what it holds back comes up to {n} times as often",
					  "只在单个进程里记时间，被限制的操作最多会多出 {n} 倍"};
	if (u->only_logs && u->tests_presence && cells_only(u->put_values, PUT_TRUTH | PUT_DATA))
		return NOTHING; /* a warning once for each process */
	/* cooldown.add(user); setTimeout(() => cooldown.delete(user), 5000) */
	if (u->pauses && u->returns_early_if_present && cells_only(u->put_values, PUT_TRUTH | PUT_DATA))
		return (struct judgement){"limit-in-memory", SEVERITY_MEDIUM, CONFIDENCE_LIKELY,
					  "remembers in one process who has to wait, so what it holds back comes up to {n} times as often",
					  "只有本进程记得谁还要等待，被限制的操作最多会多出 {n} 倍"};
	if (u->checked_once && cells_only(u->put_values, PUT_TRUTH | PUT_DATA))
		return judge_cache(l);
	if (u->returns_early_if_present && u->single_function && cells_only(u->put_values, PUT_TRUTH | PUT_DATA) &&
	    l->cell->shape != SHAPE_ARRAY)
		return (struct judgement){"dedupe-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY,
					  "remembers in one process what was seen, so a repetition that lands on another process passes",
					  "只有本进程记得见过什么，重复的请求落到其他进程就会通过"};
	if (l->cell->shape == SHAPE_ARRAY)
		return judge_array(l);
	if (!u->n_gets || !(u->put_phases & (PHASE_REQUEST | PHASE_SOCKET | PHASE_MESSAGE | PHASE_EVENT)))
		return NOTHING;
	if (u->reads_only_size)
		return (struct judgement){"statistics-in-memory", SEVERITY_LOW, CONFIDENCE_LIKELY,
					  "counts what one process sees, so each of the {n} processes answers with a different number",
					  "只统计本进程所见，{n} 个进程给出不同的数字"};
	return (struct judgement){"state-in-memory", SEVERITY_HIGH, CONFIDENCE_LIKELY, NULL, NULL};
}

static struct judgement judge(const struct looked *l)
{
	const struct cell_usage *u = l->u;
	const struct prog_cell *cell = l->cell;
	/* tables filled at load or boot and only read later; dead members */
	if (!u->n_puts || (!u->n_gets && !u->n_removes && !(u->put_values & PUT_NUMBER_FROM_OLD)))
		return NOTHING;
	if (u->put_values & PUT_LIVE)
		return cells_judge_live(l);
	if (u->fed_alike || u->scratch)
		return NOTHING; /* the last value of a feed that every process reads; what one call leaves nothing of */
	if (cells_only(u->put_values, PUT_EXPIRY))
		return NOTHING; /* the timers of a cache's entries */
	if (!is_collection(cell) && !(u->put_keys & ~(uint32_t)KEY_NONE))
		return judge_scalar(l);
	return judge_collection(l);
}

/* ---- telling it ---- */

static bool is_made_while_serving(const struct check *c, prog_id file, js_node class_, int depth);

static bool is_kept_by(const struct check *c, const struct prog_call *call, int depth)
{
	const struct js_file *js = c->program->files[call->file].js;
	js_node up = js_at(js, call->node)->parent;
	js_node left = js_kind(js, up) == JS_ASSIGN ? js_at(js, up)->a : 0;
	if (js_kind(js, left) != JS_MEMBER || js_kind(js, js_at(js, left)->a) != JS_THIS)
		return false;
	js_node owner = reach_class_of(js, up);
	return owner && is_made_while_serving(c, call->file, owner, depth + 1);
}

/* Is an object of the class made while the app serves, itself or as a part of another that is? Then what holds those
 * objects is the hazard, not each field of theirs. */
static bool is_made_while_serving(const struct check *c, prog_id file, js_node class_, int depth)
{
	const struct program *p = c->program;
	for (size_t i = 0; depth < 4 && i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *js = p->files[call->file].js;
		if (call->callee.kind != ENT_CLASS || js_kind(js, call->node) != JS_NEW || !reach_is_a(p, prog_class_at(p, call->callee.file, call->callee.node), file, class_))
			continue;
		/* this.tools = new Tools() in an object that is made while serving itself */
		if (is_kept_by(c, call, depth))
			return true;
		/* X.instance = new X(): a singleton, however late it is made */
		js_node up = js_at(js, call->node)->parent;
		bool kept_once = js_kind(js, up) == JS_ASSIGN && js_kind(js, js_at(js, up)->a) != JS_INDEX;
		if (!kept_once && (prog_phases(p, c->app, call->fn) & PHASE_RUNTIME))
			return true;
		for (js_node n = call->node; n; n = js_at(js, n)->parent)
			if (js_kind(js, n) == JS_FIELD && !(js_at(js, n)->flags & JSF_STATIC) &&
			    is_made_while_serving(c, call->file, js_at(js, n)->parent, depth + 1))
				return true;
	}
	return false;
}

/* the class whose constructor the function is, or 0 */
static js_node constructed_by(const struct program *p, prog_id fn)
{
	const struct js_file *js = p->files[p->fns[fn].file].js;
	js_node method = js_at(js, prog_fn_node(p, fn))->parent;
	return js_kind(js, method) == JS_METHOD && str_is(js_key(js, method), "constructor") ? js_at(js, method)->parent : 0;
}

/* Does fn run only while objects are made that a process makes once? */
static bool is_part_of_making(const struct check *c, prog_id fn, int depth)
{
	const struct prog_fn *f = &c->program->fns[fn];
	js_node class_ = constructed_by(c->program, fn);
	if (class_)
		return !is_made_while_serving(c, f->file, class_, 0);
	for (size_t i = 0; i < f->n_callers; i++)
		if (depth > 4 || !is_part_of_making(c, f->callers[i], depth + 1))
			return false;
	return f->n_callers > 0;
}

/* a field that is filled while its object is made, however late that is: the same in every process */
static bool is_filled_by_making(const struct looked *l)
{
	for (size_t i = 0; i < l->u->n_puts; i++)
		if (!is_part_of_making(l->c, l->cell->accesses[l->u->puts[i]].fn, 0))
			return false;
	return l->cell->kind == CELL_FIELD && l->u->n_puts;
}

static bool is_candidate(const struct check *c, const struct prog_cell *cell)
{
	if (cell->life != LIFE_PROCESS || cell->is_const_data || !prog_loads(c->program, c->app, cell->file))
		return false;
	switch (cell->shape) {
	case SHAPE_WEAK:
	case SHAPE_FUNCTION:
	case SHAPE_CLASS:
	case SHAPE_REGEXP:
	case SHAPE_PROMISE:
	case SHAPE_INSTANCE: /* its own fields are cells */
	case SHAPE_PACKAGE:  /* the package catalogue knows those */
	case SHAPE_TIMER:
		return false;
	default:
		return true;
	}
}

static void add_accesses(struct looked *l, struct hazard *h, enum evidence_role role, const uint32_t *list, size_t n)
{
	enum { MOST = 3 };
	const struct program *p = l->c->program;
	for (size_t i = 0; i < n && i < MOST; i++) {
		const struct cell_access *x = &l->cell->accesses[list[i]];
		struct place at = prog_place(p, x->file, x->node);
		if (role == EV_WRITTEN)
			check_evidence(l->c, h, role, at, "written in %s", prog_fn_name(p, x->fn));
		else
			check_evidence(l->c, h, role, at, "read in %s", prog_fn_name(p, x->fn));
	}
}

/* where the object that owns the field is made: one line says that it is one for the process */
static void add_maker(struct looked *l, struct hazard *h)
{
	const struct program *p = l->c->program;
	if (l->cell->kind != CELL_FIELD || !l->cell->class_)
		return;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (call->callee.kind == ENT_CLASS && call->callee.file == l->cell->file && call->callee.node == l->cell->class_ &&
		    js_kind(p->files[call->file].js, call->node) == JS_NEW && prog_loads(p, l->c->app, call->file)) {
			check_evidence(l->c, h, EV_DECLARED, prog_place(p, call->file, call->node), "its object is made here");
			return;
		}
	}
}

static bool has_access_in(const struct looked *l, const uint32_t *list, size_t n, prog_id fn)
{
	for (size_t i = 0; i < n; i++)
		if (l->cell->accesses[list[i]].fn == fn)
			return true;
	return false;
}

/* registries of connections: what other files send through them; who enters and leaves does not send */
static void add_what_is_sent(struct looked *l, struct hazard *h)
{
	enum { MOST = 8 };
	prog_id senders[MOST];
	size_t n = 0;
	if (!(l->u->put_values & (PUT_SOCKET | PUT_RESPONSE)) || h->card->family != FAMILY_SOCKET)
		return;
	for (size_t i = 0; i < l->u->n_gets && n < MOST; i++) {
		const struct cell_access *x = &l->cell->accesses[l->u->gets[i]];
		if ((x->op == ACCESS_KEY_READ || x->op == ACCESS_ITERATE) && !has_access_in(l, l->u->puts, l->u->n_puts, x->fn) &&
		    !has_access_in(l, l->u->removes, l->u->n_removes, x->fn))
			senders[n++] = x->fn;
	}
	add_senders(l->c, h, l->cell->file, senders, n);
}

/* const store = process.env.NODE_ENV === 'test' ? new Fake() : new Real(): is every use of the class that makes an object
 * behind a condition that holds in none of the app's processes? */
static bool is_never_made(const struct check *c, const struct prog_cell *cell)
{
	const struct program *p = c->program;
	size_t made = 0;
	for (size_t f = 0; cell->kind == CELL_FIELD && f < p->n_files; f++) {
		const struct js_file *js = p->files[f].js;
		if (!prog_loads(p, c->app, (prog_id)f))
			continue;
		for (js_node n = 1; n < js->n_nodes; n++) {
			enum js_kind up = js_kind(js, js_at(js, n)->parent);
			if (js_kind(js, n) != JS_IDENT || (up != JS_NEW && up != JS_COND && up != JS_ARRAY && up != JS_PROPERTY))
				continue;
			struct entity e = prog_resolve(p, (prog_id)f, n);
			if (e.kind != ENT_CLASS || e.file != cell->file || e.node != cell->class_)
				continue;
			if (prog_guard(p, c->app, c->model, (prog_id)f, n).answer != GUARD_NEVER)
				return false;
			made++;
		}
	}
	return made > 0;
}

/* variables of the environment that one function sets have one cause */
static uint64_t root_of(const struct looked *l, const struct hazard *h)
{
	const struct cell_access *put = &l->cell->accesses[l->u->puts[0]];
	uint64_t owner = l->cell->class_ ? l->cell->class_ : h->at.span.start;
	if (str_starts(l->cell->name, STR("process.env.")))
		owner = put->fn;
	return str_hash(h->at.source->path) ^ owner;
}

static void report(struct looked *l, const struct judgement *j)
{
	struct check *c = l->c;
	const struct prog_cell *cell = l->cell;
	const struct program *p = c->program;
	const char *what = j->what ? j->what
				   : "is written by one request and needed by another, so with {n} processes a request that lands on another one does not find it";
	const char *what_zh = j->what_zh ? j->what_zh
					 : "由一个请求写入、被另一个请求需要；有 {n} 个进程时，落到其他进程的请求找不到它";
	struct hazard *h = check_hazard(c, j->rule);
	h->severity = j->severity;
	/* said one step lower: whoever configures the shared store is safe */
	if (l->u->fallback && h->severity == SEVERITY_HIGH) {
		h->severity = SEVERITY_MEDIUM;
		h->consequence = CONSEQUENCE_WARN;
	}
	h->confidence = j->confidence;
	h->symbol = cell->name;
	h->at = prog_place(p, cell->file, cell->decl);
	h->message = arena_printf(c->arena, "'" STR_FMT "' %s", STR_ARG(cell->name), what);
	h->message_zh = arena_printf(c->arena, "'" STR_FMT "' %s", STR_ARG(cell->name), what_zh);
	h->root = root_of(l, h) ^ str_hash(str_from(j->rule));
	check_evidence(c, h, EV_DECLARED, h->at, "declared here, once in each process");
	add_maker(l, h);
	add_accesses(l, h, EV_WRITTEN, l->u->puts, l->u->n_puts);
	add_what_is_sent(l, h);
	add_accesses(l, h, EV_READ, l->u->gets, l->u->n_gets);
	check_reached(c, h, cell->accesses[l->u->puts[0]].fn, PHASE_RUNTIME);
	check_commit(c, h);
}

void check_cells(struct check *c)
{
	for (size_t i = 0; i < c->program->n_cells; i++) {
		const struct prog_cell *cell = &c->program->cells[i];
		if (!is_candidate(c, cell))
			continue;
		struct looked l = {c, cell, prog_cell_usage(c->arena, c->program, c->app, cell)};
		struct judgement j = judge(&l);
		if (j.rule && cell->kind == CELL_FIELD && (is_made_while_serving(c, cell->file, cell->class_, 0) || is_filled_by_making(&l)))
			continue;
		if (j.rule && is_never_made(c, cell))
			continue;
		if (j.rule)
			report(&l, &j);
	}
}
