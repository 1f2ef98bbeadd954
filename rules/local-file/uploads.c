/* Uploads that a library writes to disk. A temporary file is nobody's trouble
 * where the request that got it removes it on every path; one removed only
 * where all goes well is left behind; one kept on purpose is shared by the
 * processes of one host, and lost between hosts. */
#include "analyzers/program/usage.h"
#include "rules/reach.h"
#include "rules/registry.h"

enum fate { FATE_UNKNOWN, FATE_REMOVED, FATE_LEFT, FATE_KEPT };

struct upload {
	struct check *c;
	const struct prog_call *call; /* where the handler gets its file: upload.single(..), FileInterceptor(..) */
	prog_id file;
	js_node store;                /* what makes it go to disk */
	prog_id store_file;
	prog_id handlers[8];
	size_t n_handlers;
	enum fate fate;
	prog_id removal_file;
	js_node removal;              /* where it is removed */
};

/* ---- where it goes ---- */

/* multer({ dest }), multer({ storage: diskStorage(..) }); false: memory or object storage */
static bool goes_to_disk(struct check *c, prog_id file, js_node options, prog_id *store_file, js_node *store)
{
	const struct program *p = c->program;
	bool open;
	if (!options)
		return false;
	*store_file = file;
	*store = options;
	if (prog_option(p, file, options, "storage", store_file, store, &open)) {
		struct entity e = prog_resolve(p, *store_file, *store);
		return str_is(e.module, "multer") && str_starts(e.path, STR("diskStorage"));
	}
	return prog_option(p, file, options, "dest", store_file, store, &open);
}

static bool is_interceptor(const struct entity *e)
{
	static const char *const names[] = {"FileInterceptor", "FilesInterceptor", "AnyFilesInterceptor", "FileFieldsInterceptor"};
	if (e->kind != ENT_PACKAGE || !str_starts(e->module, STR("@nestjs/platform-")))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(e->path, names[i]))
			return true;
	return false;
}

/* MulterModule.register({ dest }) speaks for interceptors without options of their own */
static bool module_goes_to_disk(struct check *c, prog_id *store_file, js_node *store)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		if (str_starts(call->callee.path, STR("MulterModule.register")) && reach_is_live(c, call) &&
		    goes_to_disk(c, call->file, reach_argument(p->files[call->file].js, call->node, 0), store_file, store))
			return true;
	}
	return false;
}

static bool interceptor_goes_to_disk(struct upload *u)
{
	const struct js_file *js = u->c->program->files[u->file].js;
	js_node last = reach_argument(js, u->call->node, -1);
	if (last && js_kind(js, last) != JS_STRING && js_kind(js, last) != JS_NUMBER && js_kind(js, last) != JS_ARRAY)
		return goes_to_disk(u->c, u->file, last, &u->store_file, &u->store);
	return module_goes_to_disk(u->c, &u->store_file, &u->store);
}

/* ---- what the handlers do with it ---- */

struct mention {
	const struct js_file *js;
	bool found;
};

static bool find_path(void *ctx, js_node n)
{
	static const char *const names[] = {"path", "filepath", "tempFilePath", "filename"};
	struct mention *m = ctx;
	for (size_t i = 0; js_kind(m->js, n) == JS_MEMBER && i < sizeof names / sizeof *names; i++)
		m->found |= str_is(js_str(m->js, n), names[i]);
	return !m->found;
}

/* the removal of an upload, not of an older file that it replaces: unlink(file.path), or of a parameter in a helper */
static bool removes(const struct check *c, const struct prog_call *call, int depth)
{
	const struct js_file *js = c->program->files[call->file].js;
	struct mention m = {.js = js};
	if (!(prog_call_effects(c->program, call) & EFFECT_FILE_DELETE))
		return false;
	for (uint32_t i = 0; i < js_at(js, call->node)->n_kids; i++) {
		js_node value = prog_local_value(c->program, call->file, js_kid(js, call->node, i), NULL);
		const struct js_binding *b = js_binding_of(js, value);
		if (b && b->kind == JSB_PARAM && depth > 0)
			return true;
		js_walk(js, value, find_path, &m);
	}
	return m.found;
}

/* sharp(file.path).toFile(..): another form of it is written */
static bool writes_form(const struct prog_call *call)
{
	return str_is(call->callee.module, "sharp") &&
	       (str_is(call->callee.members, "toFile") || str_ends(call->callee.members, STR(".toFile")));
}

/* in a finally block, or in a listener for the end of the response */
static bool always_runs(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *js = p->files[file].js;
	for (js_node below = n, up = js_at(js, n)->parent; up; below = up, up = js_at(js, up)->parent) {
		if (js_kind(js, up) == JS_TRY && js_at(js, up)->c == below)
			return true;
		if (js_kind(js, up) != JS_CALL || js_kind(js, js_at(js, up)->a) != JS_MEMBER || js_at(js, up)->n_kids == 0)
			continue;
		js_node first = js_kid(js, up, 0);
		struct str name = js_str(js, js_at(js, up)->a);
		if (str_is(name, "finally"))
			return true;
		if ((str_is(name, "on") || str_is(name, "once")) && js_kind(js, first) == JS_STRING &&
		    (str_is(js_str(js, first), "finish") || str_is(js_str(js, first), "close")))
			return true;
	}
	return false;
}

static bool is_in_catch(const struct js_file *js, js_node n)
{
	for (; n; n = js_at(js, n)->parent)
		if (js_kind(js, n) == JS_CATCH)
			return true;
	return false;
}

struct removals {
	bool always, in_catch, otherwise, written;
};

static void look_at_body(struct upload *u, prog_id fn, int depth, struct removals *r, bool sure)
{
	const struct program *p = u->c->program;
	const struct prog_fn *f = &p->fns[fn];
	const struct js_file *js = p->files[f->file].js;
	for (prog_id inner = p->files[f->file].first_fn; inner < p->files[f->file].first_fn + p->files[f->file].n_fns; inner++) {
		uint32_t i = p->fns[inner].index;
		while (i && i != f->index)
			i = js->functions[i].parent;
		if (i != f->index || (f->index == 0 && inner != fn))
			continue;
		for (size_t k = 0; k < p->fns[inner].n_calls; k++) {
			const struct prog_call *call = &p->calls[p->fns[inner].calls[k]];
			bool always = sure || always_runs(p, call->file, call->node);
			r->written |= writes_form(call);
			if (removes(u->c, call, depth)) {
				r->always |= always;
				r->in_catch |= is_in_catch(js, call->node);
				r->otherwise |= !always && !is_in_catch(js, call->node);
				u->removal_file = call->file;
				u->removal = call->node;
			} else if (call->target != PROG_NONE && call->target != fn && depth < 3 &&
				   (p->fns[call->target].effects_all & EFFECT_FILE_DELETE)) {
				look_at_body(u, call->target, depth + 1, r, always);
			}
		}
	}
}

static void judge_fate(struct upload *u)
{
	const struct program *p = u->c->program;
	struct removals r = {0};
	for (size_t i = 0; i < u->n_handlers; i++) {
		look_at_body(u, u->handlers[i], 0, &r, false);
		r.written |= (p->fns[u->handlers[i]].effects_all & EFFECT_FILE_WRITE) != 0;
	}
	if (!u->n_handlers)
		u->fate = FATE_UNKNOWN;
	else if (r.always || (r.in_catch && r.otherwise))
		u->fate = FATE_REMOVED;
	else if (!u->removal || r.written || (r.in_catch && !r.otherwise))
		u->fate = FATE_KEPT; /* also: another form of it is written, or only failures are cleaned up */
	else
		u->fate = FATE_LEFT;
}

/* ---- telling it ---- */

static void tell(struct upload *u)
{
	struct check *c = u->c;
	const struct program *p = c->program;
	bool left = u->fate == FATE_LEFT, replicas = p->ctx->target == TARGET_REPLICAS;
	struct hazard *h = check_hazard(c, left ? "upload-left-on-disk" : "upload-kept-on-disk");
	h->symbol = str_from(u->n_handlers ? prog_fn_name(p, u->handlers[u->n_handlers - 1]) : prog_fn_name(p, u->call->fn));
	h->at = prog_place(p, u->store_file, u->store);
	h->root = str_hash(h->at.source->path) ^ h->at.span.start;
	if (left) {
		h->message = arena_printf(c->arena, "'" STR_FMT "' removes its upload only where all goes well: after an error the file stays, and nothing shows that no other process needs it", STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 只在一切顺利时删除上传文件：出错后文件会留下，也无法证明其他进程不需要它", STR_ARG(h->symbol));
	} else {
		h->message = arena_printf(c->arena, "'" STR_FMT "' keeps uploads on the disk of its host: the processes of one host share it, other hosts do not have the file", STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena, "'" STR_FMT "' 把上传保存在本机磁盘：同一主机的进程共享它，其他主机没有该文件", STR_ARG(h->symbol));
	}
	if (replicas) {
		h->severity = SEVERITY_HIGH;
		h->consequence = CONSEQUENCE_FORK_ONLY;
		h->replicas_only = !left;
	}
	check_evidence(c, h, EV_DECLARED, h->at, "uploads are written to disk");
	check_evidence(c, h, EV_READ, prog_place(p, u->file, u->call->node), "the upload comes in here");
	if (left)
		check_evidence(c, h, EV_WRITTEN, prog_place(p, u->removal_file, u->removal), "removed here, but not after an error");
	if (u->n_handlers)
		check_reached(c, h, u->handlers[u->n_handlers - 1], PHASE_REQUEST);
	check_commit(c, h);
}

static void judge_upload(struct upload *u)
{
	judge_fate(u);
	if (u->fate == FATE_LEFT || u->fate == FATE_KEPT)
		tell(u);
}

static void add_handler(struct upload *u, prog_id fn)
{
	if (fn != PROG_NONE && u->n_handlers < sizeof u->handlers / sizeof *u->handlers)
		u->handlers[u->n_handlers++] = fn;
}

/* app.post('/x', upload.single('file'), handler): what stands after it in the same call */
static void add_route_handlers(struct upload *u)
{
	const struct js_file *js = u->c->program->files[u->file].js;
	js_node n = u->call->node, up = js_at(js, n)->parent;
	bool after = false;
	while (js_kind(js, up) == JS_ARRAY)
		n = up, up = js_at(js, up)->parent;
	if (js_kind(js, up) != JS_CALL)
		return;
	for (uint32_t i = 0; i < js_at(js, up)->n_kids; i++) {
		js_node kid = js_kid(js, up, i);
		if (after)
			add_handler(u, prog_callback(u->c->program, u->file, kid));
		after |= kid == n;
	}
}

/* the multer({..}) behind upload.single(..) */
static bool instance_goes_to_disk(struct upload *u)
{
	struct check *c = u->c;
	const struct program *p = c->program;
	const struct js_file *js = p->files[u->file].js;
	js_node callee = js_at(js, u->call->node)->a;
	if (js_kind(js, callee) != JS_MEMBER)
		return false;
	/* which of several multer(..) made it is not followed: one to memory beside one to disk says nothing */
	bool disk = false, other = false;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		prog_id store_file = call->file;
		js_node store = 0;
		if (call->callee.kind != ENT_PACKAGE || !entity_is(&call->callee, "multer", "default") || !reach_is_live(c, call))
			continue;
		bool here = call->file == u->file;
		bool to_disk = goes_to_disk(c, call->file, reach_argument(p->files[call->file].js, call->node, 0), &store_file, &store);
		other |= !to_disk;
		if (to_disk && (!disk || here)) {
			u->store_file = store_file;
			u->store = store;
			disk = true;
		}
	}
	return disk && !other;
}

static void look_at_multer(struct check *c, const struct prog_call *call)
{
	static const char *const takes[] = {"single", "array", "fields", "any"};
	struct upload u = {.c = c, .call = call, .file = call->file};
	bool known = false;
	if (call->callee.kind != ENT_PACKAGE_INSTANCE || !str_is(call->callee.module, "multer"))
		return;
	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
		known |= str_is(call->callee.members, takes[i]);
	if (!known || !reach_is_live(c, call) || !instance_goes_to_disk(&u))
		return;
	add_route_handlers(&u);
	judge_upload(&u);
}

/* @UseInterceptors(FileInterceptor('file', { dest })) on a method */
static void look_at_interceptor(struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	struct upload u = {.c = c, .call = call, .file = call->file};
	js_node up = call->node;
	if (!is_interceptor(&call->callee) || !prog_loads(p, c->app, call->file) || !interceptor_goes_to_disk(&u))
		return;
	while (up && js_kind(js, up) != JS_METHOD)
		up = js_at(js, up)->parent;
	if (!up || !js_at(js, up)->b)
		return;
	prog_id fn = prog_fn_of(p, call->file, js_at(js, up)->b);
	if (!(prog_phases(p, c->app, fn) & PHASE_REQUEST))
		return;
	add_handler(&u, fn);
	judge_upload(&u);
}

/* form.parse(req, callback) of formidable, whose files nobody else removes */
static void look_at_form(struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	struct upload u = {.c = c, .call = call, .file = call->file, .store_file = call->file, .store = call->node};
	if (call->callee.kind != ENT_PACKAGE_INSTANCE || !str_is(call->callee.module, "formidable") ||
	    !str_is(call->callee.members, "parse") || !(prog_phases(p, c->app, call->fn) & PHASE_REQUEST))
		return;
	add_handler(&u, call->fn);
	add_handler(&u, prog_callback(p, call->file, reach_argument(js, call->node, 1)));
	judge_upload(&u);
}

void check_uploads(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		look_at_multer(c, &p->calls[i]);
		look_at_interceptor(c, &p->calls[i]);
		look_at_form(c, &p->calls[i]);
	}
}
