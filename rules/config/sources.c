/* Mistakes of the config that only the sources show: what PM2 waits for and the
 * code never does, entries that never start under PM2. */
#include "rules/registry.h"

#include "analyzers/program/usage.h"

static struct place config_place(const struct check *c, const char *key)
{
	const struct value *raw = c->model->raw;
	const struct val_prop *p = raw && raw->kind == VAL_OBJECT ? val_prop(raw->u.obj, str_from(key)) : NULL;
	return p && p->at.source ? p->at : c->model->at;
}

static bool is_process_call(const struct prog_call *call, const char *member)
{
	return call->callee.kind == ENT_GLOBAL && str_is(call->callee.module, "process") && str_is(call->callee.path, member);
}

static bool argument_is(const struct check *c, const struct prog_call *call, uint32_t i, const char *text)
{
	const struct js_file *js = c->program->files[call->file].js;
	if (js_at(js, call->node)->n_kids <= i)
		return false;
	js_node n = prog_local_value(c->program, call->file, js_kid(js, call->node, i), NULL);
	return js_kind(js, n) == JS_STRING && str_is(js_str(js, n), text);
}

/* a file of the app that could not be followed may hold what is missing */
static bool sees_everything(const struct check *c)
{
	for (size_t i = 0; i < c->program->n_files; i++)
		if (prog_loads(c->program, c->app, (prog_id)i) && (c->program->files[i].n_unresolved || c->program->files[i].js->n_troubles))
			return false;
	return true;
}

static void check_ready(struct check *c)
{
	if (!c->model->wait_ready || c->program->apps[c->app].n_files == 0)
		return;
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (prog_loads(c->program, c->app, call->file) && call->callee.kind == ENT_GLOBAL &&
		    str_is(call->callee.module, "process") && str_starts(call->callee.path, STR("send.")))
			return; /* process.send.call(process, ..), process.send.bind(process) */
		if (!prog_loads(c->program, c->app, call->file) || !is_process_call(call, "send"))
			continue;
		const struct js_file *js = c->program->files[call->file].js;
		bool literal = js_at(js, call->node)->n_kids && js_kind(js, js_kid(js, call->node, 0)) == JS_STRING;
		if (!literal || argument_is(c, call, 0, "ready"))
			return;
	}
	struct hazard *h = check_config_finding(c, "wait-ready-never-sent", config_place(c, "wait_ready"));
	h->confidence = sees_everything(c) ? CONFIDENCE_CERTAIN : CONFIDENCE_POSSIBLE;
	h->message = arena_printf(c->arena, "wait_ready is set, but nothing that the app loads calls process.send('ready'): each start and reload of each instance waits %g ms in vain", c->model->listen_timeout);
	h->message_zh = arena_printf(c->arena, "设置了 wait_ready，但应用加载的代码里没有 process.send('ready')：每个实例每次启动和重载都要白等 %g 毫秒", c->model->listen_timeout);
	check_commit(c, h);
}

/* PM2 stops with SIGINT; a handler for SIGTERM alone never runs */
static void check_signals(struct check *c)
{
	const struct prog_call *term = NULL;
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (!prog_loads(c->program, c->app, call->file))
			continue;
		bool on = is_process_call(call, "on") || is_process_call(call, "once") || is_process_call(call, "addListener");
		const struct js_file *js = c->program->files[call->file].js;
		if (on && js_at(js, call->node)->n_kids && js_kind(js, js_kid(js, call->node, 0)) != JS_STRING)
			return; /* for (const signal of signals) process.on(signal, ..) */
		struct str last = call->callee.members.len ? call->callee.members : call->callee.path;
		if (argument_is(c, call, 0, "SIGINT") && !str_ends(last, STR("kill")))
			return; /* also process.on('SIGTERM', f).on('SIGINT', f) and helpers of the project */
		if (on && argument_is(c, call, 0, "SIGTERM"))
			term = term ? term : call;
		if (str_ends(last, STR("enableShutdownHooks")) || str_is(call->callee.module, "http-terminator") ||
		    str_is(call->callee.module, "close-with-grace") || str_is(call->callee.module, "@godaddy/terminus"))
			return;
	}
	if (!term)
		return;
	struct hazard *h = check_config_finding(c, "sigterm-only", prog_place(c->program, term->file, term->node));
	h->confidence = CONFIDENCE_LIKELY;
	h->message = "PM2 stops a process with SIGINT, so this handler for SIGTERM never runs and requests are cut off at each reload";
	h->message_zh = "PM2 用 SIGINT 停止进程，因此这个 SIGTERM 处理函数从不运行，每次重载都会切断请求";
	check_evidence(c, h, EV_DECLARED, h->at, "only SIGTERM is handled");
	check_commit(c, h);
}

/* import.meta.url === pathToFileURL(process.argv[1]).href: argv[1] is PM2's container */
static bool is_entry_guard(const struct check *c, prog_id file, js_node test)
{
	const struct js_file *js = c->program->files[file].js;
	test = prog_local_value(c->program, file, test, NULL);
	const struct js_node_data *d = js_at(js, test);
	if (d->kind == JS_LOGICAL && d->op == JS_OP_AND)
		return is_entry_guard(c, file, d->a) || is_entry_guard(c, file, d->b);
	struct str text = js_text(js, test);
	return d->kind == JS_BINARY && (d->op == JS_OP_SEQ || d->op == JS_OP_EQ) &&
	       str_find(text, STR("import.meta.url")) != (size_t)-1 && str_find(text, STR("process.argv[1]")) != (size_t)-1;
}

/* of if (guard) main() and of guard && main(); 0: of neither */
static js_node test_of(const struct js_file *js, js_node statement)
{
	const struct js_node_data *d = js_at(js, statement);
	if (d->kind == JS_IF)
		return d->a;
	bool and = d->kind == JS_EXPR_STMT && js_kind(js, d->a) == JS_LOGICAL && js_at(js, d->a)->op == JS_OP_AND;
	return and ? js_at(js, d->a)->a : 0;
}

static void check_entry_guard(struct check *c)
{
	const struct prog_app *app = &c->program->apps[c->app];
	for (size_t e = 0; e < app->n_entry_files; e++) {
		const struct js_file *js = c->program->files[app->entry_files[e]].js;
		js_node top = js->functions[0].node;
		for (uint32_t i = 0; i < js_at(js, top)->n_kids; i++) {
			js_node test = test_of(js, js_kid(js, top, i));
			if (!test || !is_entry_guard(c, app->entry_files[e], test))
				continue;
			struct hazard *h = check_config_finding(c, "entry-guard-under-pm2", prog_place(c->program, app->entry_files[e], test));
			h->confidence = CONFIDENCE_CERTAIN;
			h->message = "under PM2 process.argv[1] is PM2's own file, so this is false and what it guards never starts";
			h->message_zh = "在 PM2 下 process.argv[1] 是 PM2 自己的文件，这里恒为假，被保护的代码从不启动";
			check_evidence(c, h, EV_GUARD, h->at, "never true under PM2");
			check_commit(c, h);
		}
	}
}

static void check_node_config(struct check *c)
{
	if (c->model->instance_var.len && !str_is(c->model->instance_var, "NODE_APP_INSTANCE"))
		return;
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (call->callee.kind != ENT_PACKAGE || !str_is(call->callee.module, "config") || !prog_loads(c->program, c->app, call->file))
			continue;
		struct hazard *h = check_config_finding(c, "node-config-instance-file", c->model->at);
		h->confidence = CONFIDENCE_LIKELY;
		h->message = "the package 'config' reads NODE_APP_INSTANCE, which PM2 sets, and warns that it finds no file for this instance (fatal with NODE_CONFIG_STRICT_MODE); set instance_var: 'INSTANCE_ID'";
		h->message_zh = "包 'config' 会读取 PM2 设置的 NODE_APP_INSTANCE，并警告找不到该实例的配置文件（NODE_CONFIG_STRICT_MODE 下为致命错误）；请设置 instance_var: 'INSTANCE_ID'";
		check_evidence(c, h, EV_DECLARED, prog_place(c->program, call->file, call->node), "read here");
		check_commit(c, h);
		return;
	}
}

void check_config_sources(struct check *c)
{
	check_ready(c);
	check_signals(c);
	check_entry_guard(c);
	check_node_config(c);
}
