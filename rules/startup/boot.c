/* Work that every process does once when it starts, and again at each reload. */
#include "rules/registry.h"

#include "analyzers/program/records.h"
#include "analyzers/program/usage.h"
#include "rules/reach.h"

static bool is_boot_only(const struct check *c, prog_id fn)
{
	uint32_t phases = prog_phases(c->program, c->app, fn);
	return (phases & (PHASE_LOAD | PHASE_BOOT)) && !(phases & PHASE_RUNTIME);
}

static struct str method_of(const struct js_file *js, js_node call)
{
	js_node callee = js_at(js, call)->a;
	return js_kind(js, callee) == JS_MEMBER ? js_str(js, callee) : js_text(js, callee);
}

static bool is_one_of(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(s, list[i]))
			return true;
	return false;
}

/* limits itself to rows of this very process or to what has run out */
static bool is_scoped(struct str text)
{
	static const char *const marks[] = {"process.pid",	 "hostname", "instanceId",
					    "NODE_APP_INSTANCE", "owner",    "$lt",
					    "expires",		 "lt:",	     "LessThan"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(text, str_from(marks[i])) != (size_t)-1)
			return true;
	return false;
}

static struct hazard *begin(struct check *c, const char *rule, prog_id file, prog_id fn, js_node n)
{
	struct hazard *h = check_hazard(c, rule);
	h->symbol = str_from(prog_fn_name(c->program, fn));
	h->at = prog_place(c->program, file, n);
	h->root = str_hash(h->at.source->path) ^ ((uint64_t)fn << 20) ^ str_hash(str_from(rule));
	return h;
}

static void apply_guard(struct check *c, struct hazard *h, prog_id file, js_node n)
{
	struct eco_app twice = reach_doubled(c->model);
	struct guard_result g = prog_guard(c->program, c->app, &twice, file, n);
	if (g.answer == GUARD_ONE || g.answer == GUARD_NEVER) {
		h->mitigation = MITIGATION_FULL;
		check_evidence(c, h, EV_MITIGATION, prog_place(c->program, g.file, g.at),
			       "only one process does it");
	} else if (g.answer == GUARD_UNKNOWN) {
		h->confidence = CONFIDENCE_POSSIBLE;
	}
}

/* "mark all offline", "requeue what was running", deleteMany({}): it undoes what a sibling is doing
 */
static void check_sweep(struct check *c, const struct prog_call *call)
{
	static const char *const many[] = {"updateMany", "deleteMany", "update",   "destroy",
					   "truncate",	 "obliterate", "flushall", "flushdb",
					   "flushAll",	 "flushDb",    "empty",	   "drain"};
	const struct js_file *js = c->program->files[call->file].js;
	struct str m = method_of(js, call->node), text = js_text(js, call->node);
	uint32_t effects = prog_call_effects(c->program, call);
	if (!(effects & (EFFECT_DB_WRITE | EFFECT_DB_DELETE | EFFECT_SHARED_WRITE)) ||
	    !is_one_of(m, many, sizeof many / sizeof *many) || is_scoped(text))
		return;
	if (str_is(m, "update") && str_find(text, STR("id")) != (size_t)-1)
		return; /* one row by its key */
	struct hazard *h = begin(c, "sweep-at-start", call->file, call->fn, call->node);
	h->message =
	    arena_printf(c->arena,
			 "'" STR_FMT "' resets rows of all processes when one starts: a second "
				     "process or a reload undoes what the others are doing",
			 STR_ARG(h->symbol));
	h->message_zh = arena_printf(
	    c->arena,
	    "'" STR_FMT
	    "' 在一个进程启动时重置所有进程的数据：第二个进程或一次重载会撤销其他进程正在做的事",
	    STR_ARG(h->symbol));
	check_evidence(c, h, EV_DECLARED, h->at, "runs at the start of every process");
	apply_guard(c, h, call->file, call->node);
	check_commit(c, h);
}

/* where the sequence that starts the process comes to fn; returns the function that begins it */
static prog_id show_way(struct check *c, struct hazard *h, prog_id fn)
{
	enum { LONGEST = 16 };
	const struct program *p = c->program;
	const struct prog_root *root = NULL;
	prog_id way[LONGEST];
	size_t n = prog_path_to(p, c->app, fn, PHASE_LOAD | PHASE_BOOT, &root, way, LONGEST);
	for (size_t i = 1; i < n && i < LONGEST; i++) {
		const struct prog_fn *from = &p->fns[way[i - 1]];
		for (size_t k = 0; k < from->n_calls; k++)
			if (p->calls[from->calls[k]].target == way[i]) {
				check_evidence(
				    c, h, EV_DECLARED,
				    prog_place(p, from->file, p->calls[from->calls[k]].node),
				    "called when the process starts");
				break;
			}
	}
	return n ? way[0] : fn;
}

/* if (count === 0) insert: two processes that start together both insert */
static void check_seed(struct check *c, const struct record_flow *f)
{
	const struct program *p = c->program;
	struct hazard *h = begin(c, "seed-at-start", f->file, f->fn, f->decide);
	/* the second one is refused, or does what was done: work that is done twice at most */
	bool refused = f->unique_error_handled || f->lock || f->unique;
	bool fetches = f->effects & (EFFECT_HTTP_GET | EFFECT_HTTP_SEND | EFFECT_MAIL);
	h->severity = refused || (f->idempotent && !fetches) ? SEVERITY_LOW : SEVERITY_MEDIUM;
	if (h->severity == SEVERITY_LOW)
		h->consequence = CONSEQUENCE_NONE;
	h->message =
	    arena_printf(c->arena,
			 "'" STR_FMT "' looks whether something is there and creates it at start: "
				     "processes that start together both create it",
			 STR_ARG(h->symbol));
	h->message_zh = arena_printf(
	    c->arena, "'" STR_FMT "' 启动时先查看是否存在再创建：同时启动的进程都会创建",
	    STR_ARG(h->symbol));
	/* the seeds of one start sequence are one cause */
	h->root = str_hash(STR("seed-at-start")) ^ show_way(c, h, f->fn);
	check_evidence(c, h, EV_READ, prog_place(p, f->file, f->read), "looked for here");
	check_evidence(c, h, EV_WRITTEN, prog_place(p, f->file, f->write), "created here");
	apply_guard(c, h, f->file, f->write);
	check_commit(c, h);
}

/* existsSync + mkdirSync without recursive: the second process throws EEXIST */
static void check_mkdir(struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	if (call->callee.kind != ENT_PACKAGE || !str_is(call->callee.module, "fs") ||
	    !str_is(call->callee.path, "mkdirSync"))
		return;
	js_node test = prog_above(p, call->file, call->node, JS_IF);
	if (!test || str_find(js_text(js, js_at(js, test)->a), STR("exists")) == (size_t)-1)
		return;
	if (js_at(js, call->node)->n_kids > 1) {
		prog_id file;
		js_node node;
		bool open;
		if (prog_option(p, call->file, js_kid(js, call->node, 1), "recursive", &file, &node,
				&open) ||
		    open)
			return;
	}
	struct hazard *h = begin(c, "mkdir-at-start", call->file, call->fn, call->node);
	h->message = "a folder is made at start when it is not there: of two processes that start "
		     "together, the second ends with EEXIST";
	h->message_zh = "启动时若目录不存在就创建：两个进程同时启动时，后一个会因 EEXIST 退出";
	check_evidence(c, h, EV_READ, prog_place(p, call->file, js_at(js, test)->a),
		       "looked for here");
	check_evidence(c, h, EV_WRITTEN, h->at, "made here");
	check_commit(c, h);
}

/* queue.add without jobId: N jobs for each deployment */
static void check_enqueue(struct check *c, const struct prog_call *call)
{
	const struct js_file *js = c->program->files[call->file].js;
	struct str text = js_text(js, call->node);
	if (!(prog_call_effects(c->program, call) & EFFECT_QUEUE_ADD) ||
	    str_find(text, STR("jobId")) != (size_t)-1 ||
	    str_find(text, STR("repeat")) != (size_t)-1 ||
	    str_find(text, STR("deduplication")) != (size_t)-1)
		return;
	struct str m = method_of(js, call->node);
	if (!str_is(m, "add") && !str_is(m, "addBulk") && !str_is(m, "send") &&
	    !str_is(m, "sendToQueue") && !str_is(m, "publish"))
		return;
	struct hazard *h = begin(c, "enqueue-at-start", call->file, call->fn, call->node);
	h->message =
	    arena_printf(c->arena,
			 "'" STR_FMT "' enqueues a job when a process starts, so {n} processes "
				     "enqueue {n} of them, and each reload again",
			 STR_ARG(h->symbol));
	h->message_zh = arena_printf(
	    c->arena, "'" STR_FMT "' 在进程启动时加入任务，{n} 个进程加入 {n} 次，每次重载又重复",
	    STR_ARG(h->symbol));
	check_evidence(c, h, EV_DECLARED, h->at, "runs at the start of every process");
	apply_guard(c, h, call->file, call->node);
	check_commit(c, h);
}

struct kill_search {
	const struct js_file *js;
	struct str name;
	bool found;
};

static bool see_kill(void *ctx, js_node n)
{
	struct kill_search *s = ctx;
	js_node callee = js_kind(s->js, n) == JS_CALL ? js_at(s->js, n)->a : 0;
	if (js_kind(s->js, callee) == JS_MEMBER && str_is(js_str(s->js, callee), "kill") &&
	    str_eq(js_text(s->js, js_at(s->js, callee)->a), s->name))
		s->found = true;
	return !s->found;
}

/* child = spawn(..); child.kill(): a program that runs until it is ended, not a command whose end is waited for */
static bool is_kept_running(const struct js_file *js, js_node call)
{
	js_node up = js_at(js, call)->parent;
	if (js_kind(js, up) != JS_DECLARATOR && js_kind(js, up) != JS_ASSIGN)
		return false;
	struct kill_search s = {js, js_text(js, js_at(js, up)->a), false};
	js_walk(js, 1, see_kill, &s);
	return s.found;
}

/* static instance = null; X.instance = new X(): the one object of this process that starts the program */
static void show_owner(struct check *c, struct hazard *h, const struct prog_call *call)
{
	const struct program *p = c->program;
	js_node class_ = reach_class_of(p->files[call->file].js, call->node);
	for (size_t i = 0; class_ && i < p->n_cells; i++) {
		const struct prog_cell *cell = &p->cells[i];
		if (cell->kind != CELL_STATIC || cell->file != call->file || cell->class_ != class_)
			continue;
		for (size_t k = 0; k < cell->n_accesses; k++) {
			const struct cell_access *x = &cell->accesses[k];
			const struct js_file *js = p->files[x->file].js;
			if (x->op == ACCESS_ASSIGN && js_kind(js, x->node) == JS_ASSIGN && js_kind(js, js_at(js, x->node)->b) == JS_NEW)
				check_evidence(c, h, EV_DECLARED, prog_place(p, cell->file, cell->decl), "its object is kept here");
		}
	}
}

/* a database, a tunnel, a relay beside each process: the second one finds port, socket and files taken */
static void check_daemon(struct check *c, const struct prog_call *call)
{
	const struct js_file *js = c->program->files[call->file].js;
	const struct entity *e = &call->callee;
	bool starts = e->kind == ENT_PACKAGE && ((str_is(e->module, "child_process") &&
						  (str_is(e->path, "spawn") || str_is(e->path, "execFile") || str_is(e->path, "exec"))) ||
						 str_is(e->module, "execa") || str_is(e->module, "cross-spawn"));
	if (!starts || !is_kept_running(js, call->node))
		return;
	js_node program = js_at(js, call->node)->n_kids ? js_kid(js, call->node, 0) : 0;
	struct hazard *h = begin(c, "program-started-by-every-process", call->file, call->fn, call->node);
	h->confidence = CONFIDENCE_POSSIBLE; /* its arguments may give each its own port and folder */
	if (js_kind(js, program) == JS_STRING)
		h->symbol = js_str(js, program);
	h->message = arena_printf(c->arena, "'" STR_FMT "' is started beside each process, so {n} of them want the same port, socket or files",
				  STR_ARG(h->symbol));
	h->message_zh = arena_printf(c->arena, "每个进程旁都会启动一个 '" STR_FMT "'，{n} 个争用同一端口、套接字或文件", STR_ARG(h->symbol));
	check_evidence(c, h, EV_DECLARED, h->at, "runs at the start of every process");
	show_owner(c, h, call);
	show_way(c, h, call->fn);
	apply_guard(c, h, call->file, call->node);
	check_commit(c, h);
}

void check_boot(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (!prog_loads(p, c->app, call->file) ||
		    js_kind(p->files[call->file].js, call->node) != JS_CALL)
			continue;
		if (prog_phases(p, c->app, call->fn) & (PHASE_LOAD | PHASE_BOOT))
			check_daemon(c, call); /* started anew when it ends, too */
		if (!is_boot_only(c, call->fn))
			continue;
		check_sweep(c, call);
		check_mkdir(c, call);
		check_enqueue(c, call);
	}
	struct record_flows flows = prog_record_flows(p);
	for (size_t i = 0; i < flows.len; i++) {
		const struct record_flow *f = &flows.ptr[i];
		if ((f->change == RECORD_CREATED || f->change == RECORD_GUARDED) &&
		    prog_loads(p, c->app, f->file) && is_boot_only(c, f->fn))
			check_seed(c, f);
	}
}
