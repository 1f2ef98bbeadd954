/* Files at fixed paths that run-time code reads and rewrites, or that requests
 * write one over the other. */
#include "rules/registry.h"

#include "analyzers/program/usage.h"

static struct str last_part(struct str path)
{
	size_t dot = str_rfind_char(path, '.');
	return dot == (size_t)-1 ? path : str_sub(path, dot + 1, path.len);
}

static bool is_fs_call(const struct prog_call *call, const char *const *names, size_t n)
{
	if (call->callee.kind != ENT_PACKAGE ||
	    !(str_is(call->callee.module, "fs") || str_is(call->callee.module, "fs/promises") ||
	      str_is(call->callee.module, "fs-extra") ||
	      str_is(call->callee.module, "graceful-fs")))
		return false;
	struct str name = last_part(call->callee.path);
	for (size_t i = 0; i < n; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

static js_node path_of(const struct program *p, const struct prog_call *call)
{
	const struct js_file *js = p->files[call->file].js;
	return js_at(js, call->node)->n_kids
		   ? prog_local_value(p, call->file, js_kid(js, call->node, 0), NULL)
		   : 0;
}

static bool is_fixed_name(struct str name)
{
	static const char *const names[] = {
	    "__dirname", "__filename",	  "process", "path",	"os",	  "join", "resolve",
	    "undefined", "fileURLToPath", "import",  "dirname", "tmpdir", "URL",  "url"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* the same file in every call: literals, __dirname, path.join and module-level constants only */
static bool is_fixed(const struct program *p, prog_id file, js_node n, int depth)
{
	const struct js_file *js = p->files[file].js;
	js_node kids[32];
	if (!n || depth > 8)
		return false;
	switch (js_kind(js, n)) {
	case JS_STRING:
	case JS_NUMBER:
		return true;
	case JS_IDENT: {
		if (js->binding_of[n] == JS_NO_ATOM)
			return is_fixed_name(js_str(js, n));
		const struct js_binding *b = &js->bindings[js->binding_of[n]];
		/* what a module or a class holds is the same in every call */
		if (b->kind == JSB_IMPORT || b->kind == JSB_CLASS || b->kind == JSB_ENUM)
			return true;
		js_node v = prog_local_value(p, file, n, NULL);
		return v != n && is_fixed(p, file, v, depth + 1);
	}
	case JS_CALL:
		if (str_is(js_text(js, js_at(js, n)->a), "require"))
			return true;
		/* fall through */
	case JS_MEMBER:
	case JS_TEMPLATE:
	case JS_BINARY:
	case JS_LOGICAL:
	case JS_META: {
		uint32_t count = js_children(js, n, kids, 32);
		for (uint32_t i = 0; i < count; i++)
			if (!is_fixed(p, file, kids[i], depth + 1))
				return false;
		return true;
	}
	default:
		return false;
	}
}

static bool same_path(const struct program *p, const struct prog_call *a, const struct prog_call *b)
{
	const struct js_file *ja = p->files[a->file].js, *jb = p->files[b->file].js;
	return a->file == b->file && str_eq(js_text(ja, path_of(p, a)), js_text(jb, path_of(p, b)));
}

static const char *const writers[] = {"writeFile", "writeFileSync", "outputFile", "outputFileSync",
				      "writeJson", "writeJsonSync", "outputJson", "outputJsonSync",
				      "writeJSON", "writeJSONSync"};
static const char *const appenders[] = {"appendFile", "appendFileSync"};
static const char *const readers[] = {"readFile", "readFileSync", "readJson",	     "readJsonSync",
				      "readJSON", "readJSONSync", "createReadStream"};

static const struct prog_call *reader_of(struct check *c, const struct prog_call *write)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *r = &p->calls[i];
		if (r->file == write->file &&
		    is_fs_call(r, readers, sizeof readers / sizeof *readers) &&
		    same_path(p, r, write) && prog_phases(p, c->app, r->fn))
			return r;
	}
	return NULL;
}

static bool reaches(const struct program *p, prog_id from, prog_id to, unsigned depth)
{
	if (from == to)
		return true;
	for (size_t i = 0; depth < 3 && i < p->fns[from].n_callees; i++)
		if (reaches(p, p->fns[from].callees[i], to, depth + 1))
			return true;
	return false;
}

/* one function reads and then writes, itself or through load() and save(): what it writes was made
 * of what it read */
static bool is_rewritten(const struct check *c, prog_id read, prog_id write)
{
	const struct program *p = c->program;
	if (reaches(p, write, read, 1))
		return true;
	for (size_t i = 0; i < p->fns[write].n_callers; i++)
		if ((prog_phases(p, c->app, p->fns[write].callers[i]) & PHASE_RUNTIME) &&
		    reaches(p, p->fns[write].callers[i], read, 2))
			return true;
	return false;
}

static void tell(struct check *c, const struct prog_call *write, const struct prog_call *read,
		 bool append)
{
	const struct program *p = c->program;
	bool is_state = read && (prog_phases(p, c->app, read->fn) & PHASE_RUNTIME);
	bool whole = is_state && !append && !is_rewritten(c, read->fn, write->fn);
	if (append && !is_state)
		return; /* a log */
	struct hazard *h =
	    check_hazard(c, is_state && !whole ? "file-as-database" : "file-overwritten");
	const struct js_file *js = p->files[write->file].js;
	struct str path = js_text(js, js_kid(js, write->node, 0));
	if (append)
		h->severity = SEVERITY_MEDIUM;
	if (whole) { /* settings that are stored as a whole and read again: the last one wins, as in
			one process */
		h->severity = SEVERITY_LOW;
		h->consequence = CONSEQUENCE_NONE;
	}
	h->symbol = path.len > 60 ? str_sub(path, 0, 60) : path;
	h->at = prog_place(p, write->file, write->node);
	if (is_state && !whole) {
		h->message = arena_printf(c->arena,
					  "the file at '" STR_FMT
					  "' is read and written back while the app serves: of two "
					  "changes in two processes, one is lost",
					  STR_ARG(h->symbol));
		h->message_zh = arena_printf(
		    c->arena,
		    "'" STR_FMT "' 处的文件在服务运行时被读出又写回：两个进程各改一次，会丢失一次",
		    STR_ARG(h->symbol));
		check_evidence(c, h, EV_READ, prog_place(p, read->file, read->node), "read here");
	} else {
		h->message =
		    arena_printf(c->arena,
				 "every process writes the same file '" STR_FMT
				 "': two that write at once leave a mixture, and the last one wins",
				 STR_ARG(h->symbol));
		h->message_zh = arena_printf(c->arena,
					     "每个进程都写同一个文件 '" STR_FMT
					     "'：同时写入会混在一起，最后写入者胜出",
					     STR_ARG(h->symbol));
	}
	h->root = str_hash(h->at.source->path) ^ str_hash(path);
	check_evidence(c, h, EV_WRITTEN, h->at, "written here");
	check_reached(c, h, write->fn, PHASE_RUNTIME);
	check_commit(c, h);
}

void check_files(struct check *c)
{
	const struct program *p = c->program;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		bool append = is_fs_call(call, appenders, sizeof appenders / sizeof *appenders);
		if (!append && !is_fs_call(call, writers, sizeof writers / sizeof *writers))
			continue;
		if (prog_loads(p, c->app, call->file) &&
		    (prog_phases(p, c->app, call->fn) & PHASE_RUNTIME) &&
		    is_fixed(p, call->file, path_of(p, call), 0))
			tell(c, call, reader_of(c, call), append);
	}
}
