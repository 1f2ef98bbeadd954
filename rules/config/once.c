/* A script that does its work and ends, under PM2, which starts again whatever ends. Told only where every file, every
 * import and every global that the app touches is known to hold nothing open. */
#include "rules/registry.h"

static bool is_one_of(struct str s, const char *const *names)
{
	for (; *names; names++)
		if (str_is(s, *names))
			return true;
	return false;
}

/* builtins of which no call, but those in `opens`, keeps a process alive */
static bool is_harmless_module(struct str s)
{
	static const char *const names[] = {"fs", "fs/promises", "path", "os", "util", "crypto", "assert", "url", "querystring", "string_decoder", NULL};
	return is_one_of(str_starts(s, STR("node:")) ? str_sub(s, 5, s.len) : s, names) || str_starts(s, STR("./")) || str_starts(s, STR("../"));
}

static bool is_harmless_global(struct str s)
{
	static const char *const names[] = {
	    "console", "process", "JSON", "Math", "Object", "Array", "String", "Number", "Boolean", "Date", "Promise", "Map", "Set", "Error",
	    "TypeError", "RangeError", "RegExp", "Buffer", "module", "exports", "require", "__dirname", "__filename", "parseInt", "parseFloat",
	    "isNaN", "isFinite", "undefined", "NaN", "Infinity", "Symbol", "BigInt", "URL", "URLSearchParams", "encodeURIComponent",
	    "decodeURIComponent", "Intl", NULL};
	return is_one_of(s, names);
}

/* of process, of fs and of what they return */
static bool opens(struct str s)
{
	static const char *const names[] = {"watch", "watchFile", "createReadStream", "createWriteStream", "opendir", "stdin", "on", "once", "addListener",
					    "channel", "connect", "binding", "mainModule", "nextTick", "open", NULL};
	return is_one_of(s, names);
}

static bool is_harmless(const struct js_file *js, js_node n)
{
	const struct js_node_data *d = js_at(js, n);
	switch (js_kind(js, n)) {
	case JS_IDENT:
		return js_binding_of(js, n) || is_harmless_global(js_str(js, n));
	case JS_MEMBER:
		return !opens(js_str(js, n));
	case JS_INDEX: /* process[name]: anything */
		return js_kind(js, d->a) != JS_IDENT || js_binding_of(js, d->a);
	case JS_PATTERN_PROPERTY:
		return !(d->flags & JSF_COMPUTED) && !opens(js_key(js, n));
	case JS_IMPORT_NAME:
		return !opens(js_str(js, n));
	case JS_IMPORT:
		return d->flags & JSF_TYPE_ONLY || is_harmless_module(js_str(js, n));
	case JS_EXPORT:
		return d->str == JS_NO_ATOM || is_harmless_module(js_str(js, n));
	case JS_CALL:
		if (js_kind(js, d->a) != JS_IDENT || js_binding_of(js, d->a) || !str_is(js_str(js, d->a), "require"))
			return true;
		return d->n_kids == 1 && js_kind(js, js_kid(js, n, 0)) == JS_STRING && is_harmless_module(js_str(js, js_kid(js, n, 0)));
	/* work that may never be done, and what may hide a call of anything */
	case JS_WHILE:
	case JS_DO_WHILE:
	case JS_IMPORT_CALL:
	case JS_META:
	case JS_YIELD:
	case JS_ERROR:
	case JS_TAGGED:
	case JS_DECORATOR:
		return false;
	case JS_FOR:
		return d->b != 0;
	default:
		return true;
	}
}

static bool ends(const struct check *c)
{
	const struct program *p = c->program;
	for (prog_id i = 0; i < p->n_files; i++) {
		const struct prog_file *f = &p->files[i];
		if (!prog_loads(p, c->app, i))
			continue;
		if (!f->js || f->n_unresolved || f->n_addons || f->js->n_troubles)
			return false;
		for (js_node n = 1; n < f->js->n_nodes; n++)
			if (!is_harmless(f->js, n))
				return false;
	}
	return true;
}

static bool is_plain_script(const struct check *c)
{
	const struct project_entries *e = c->program->apps[c->app].entries;
	const struct eco_app *m = c->model;
	const struct value *raw = m->raw;
	if (!e || e->n != 1 || e->entries[0].certainty == ENTRY_GUESSED || e->wrapper || e->dev_server || e->framework || m->n_node_args)
		return false;
	if (m->exec_mode != EXEC_FORK || !m->autorestart || m->shell_script || !str_is(m->interpreter, "node"))
		return false;
	return raw && raw->kind == VAL_OBJECT && !raw->u.obj->open && !val_prop(raw->u.obj, STR("stop_exit_codes")) && !val_prop(raw->u.obj, STR("stopExitCodes"));
}

void check_config_once(struct check *c)
{
	const struct prog_app *app = &c->program->apps[c->app];
	if (!app->n_files || app->n_entry_files != 1 || !is_plain_script(c) || !ends(c))
		return;
	struct hazard *h = check_config_finding(c, "script-ends-at-once", c->model->script_at.source ? c->model->script_at : c->model->at);
	h->confidence = CONFIDENCE_LIKELY;
	h->message = "nothing in this script keeps the process alive, and pm2 starts again what has ended: its work is done over and over, or given up as errored where it ends quickly; set autorestart: false, or stop_exit_codes: [0]";
	h->message_zh = "此脚本中没有任何内容让进程保持运行，而 pm2 会重新启动已结束的进程：工作被反复执行，或因结束过快被标记为 errored；请设置 autorestart: false 或 stop_exit_codes: [0]";
	check_evidence(c, h, EV_DECLARED, prog_place(c->program, app->entry_files[0], 1), "runs to its end");
	check_commit(c, h);
}
