/* How the app ends, as its config and its sources see it: who hears PM2's signal or message, who waits longer
 * than PM2 does, whose children stay behind. */
#include "rules/registry.h"

#include "analyzers/program/usage.h"

/* the option under its own name or in camelCase, as written */
static const struct val_prop *option(const struct check *c, const char *key, const char *camel)
{
	const struct value *raw = c->model->raw;
	if (!raw || raw->kind != VAL_OBJECT)
		return NULL;
	const struct val_prop *p = val_prop(raw->u.obj, str_from(key));
	return p ? p : val_prop(raw->u.obj, str_from(camel));
}

static struct place place_of(const struct check *c, const struct val_prop *p)
{
	return p && p->at.source ? p->at : c->model->at;
}

static bool is_boolean(const struct val_prop *p, bool b)
{
	return p && p->value->kind == VAL_BOOL && p->value->u.b == b;
}

/* ---- what the sources listen to ---- */

struct ears {
	bool interrupt, terminate, message;
	bool others;    /* a package, or a name that is not written out: may be anything */
	bool complete;  /* every file of the app was read and understood */
};

/* they handle SIGINT themselves, or are made for it */
static bool handles_signals(struct str module)
{
	static const char *const names[] = {"http-terminator", "close-with-grace", "@godaddy/terminus", "lightship", "@ladjs/graceful",
					    "http-graceful-shutdown", "node-graceful-shutdown", "fastify-graceful-shutdown", "death",
					    "exit-hook", "async-exit-hook", "signal-exit", "node-cleanup", "moleculer", "egg", "sails",
					    "probot", "next", "nuxt", "puppeteer", "playwright", "express-graceful-exit",
					    "express-graceful-shutdown", "hapi-pulse", "@moebius/http-graceful-shutdown",
					    "whatsapp-web.js"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(module, names[i]))
			return true;
	return str_starts(module, STR("@adonisjs/")) || str_starts(module, STR("@strapi/")) || str_starts(module, STR("@midwayjs/"));
}

static void hear_call(const struct check *c, const struct prog_call *call, struct ears *e)
{
	const struct entity *callee = &call->callee;
	const struct js_file *js = c->program->files[call->file].js;
	struct str last = callee->members.len ? callee->members : callee->path;
	if (handles_signals(callee->module) || str_ends(last, STR("enableShutdownHooks")))
		e->others = true;
	bool on = callee->kind == ENT_GLOBAL && str_is(callee->module, "process") &&
		  (str_is(callee->path, "on") || str_is(callee->path, "once") || str_is(callee->path, "addListener") ||
		   str_is(callee->path, "prependListener"));
	if (!js_at(js, call->node)->n_kids)
		return;
	js_node name = prog_local_value(c->program, call->file, js_kid(js, call->node, 0), NULL);
	if (js_kind(js, name) != JS_STRING) {
		e->others |= on;
		return;
	}
	/* also process.on('SIGTERM', f).on('SIGINT', f) and helpers of the project */
	bool kills = str_ends(last, STR("kill"));
	e->interrupt |= !kills && str_is(js_str(js, name), "SIGINT");
	e->terminate |= !kills && str_is(js_str(js, name), "SIGTERM");
	e->message |= on && str_is(js_str(js, name), "message");
}

static struct ears listen_for(const struct check *c)
{
	struct ears e = {.complete = true};
	for (size_t i = 0; i < c->program->n_calls; i++)
		if (prog_loads(c->program, c->app, c->program->calls[i].file))
			hear_call(c, &c->program->calls[i], &e);
	for (size_t i = 0; i < c->program->n_files; i++)
		if (prog_loads(c->program, c->app, (prog_id)i) && (c->program->files[i].n_unresolved || c->program->files[i].js->n_troubles))
			e.complete = false;
	return e;
}

/* ---- the rules ---- */

static void check_message(struct check *c, const struct ears *e)
{
	const struct val_prop *p = option(c, "shutdown_with_message", "shutdownWithMessage");
	if (!is_boolean(p, true) || e->message || e->others)
		return;
	struct hazard *h = check_config_finding(c, "shutdown-message-not-handled", place_of(c, p));
	h->confidence = e->complete ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
	h->message = arena_printf(c->arena, "PM2 sends the message 'shutdown' instead of a signal, and nothing that the app loads listens to process.on('message'): each stop waits %g ms and ends with SIGKILL", c->model->kill_timeout);
	h->message_zh = arena_printf(c->arena, "PM2 发送消息 'shutdown' 而不是信号，而应用加载的代码都没有监听 process.on('message')：每次停止都要等 %g 毫秒，然后被 SIGKILL", c->model->kill_timeout);
	check_commit(c, h);
}

static void check_deaf(struct check *c, const struct ears *e)
{
	enum { DEFAULT_MS = 1600 };
	const struct val_prop *p = option(c, "kill_timeout", "killTimeout");
	bool by_message = is_boolean(option(c, "shutdown_with_message", "shutdownWithMessage"), true);
	/* whoever handles SIGTERM alone is told so by another rule */
	if (!p || !(c->model->kill_timeout > DEFAULT_MS) || by_message || e->interrupt || e->terminate || e->others)
		return;
	struct hazard *h = check_config_finding(c, "kill-timeout-without-handler", place_of(c, p));
	h->confidence = e->complete ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE;
	h->message = "nothing that the app loads handles SIGINT, so it ends at once, requests are cut off, and kill_timeout waits for nothing";
	h->message_zh = "应用加载的代码都没有处理 SIGINT，进程立即结束、请求被切断，kill_timeout 没有任何作用";
	check_commit(c, h);
}

/* the milliseconds after which a timer of the shutdown calls process.exit, or 0 */
static double own_deadline(const struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	if (call->callee.kind != ENT_GLOBAL || !str_is(call->callee.module, "setTimeout") || js_at(js, call->node)->n_kids < 2 ||
	    !(prog_phases(p, c->app, call->fn) & PHASE_SHUTDOWN) || (prog_phases(p, c->app, call->fn) & (PHASE_RUNTIME & ~PHASE_EVENT)))
		return 0;
	prog_id fn = prog_callback(p, call->file, js_kid(js, call->node, 0));
	bool exits = false;
	for (size_t i = 0; fn != PROG_NONE && i < p->fns[fn].n_calls; i++) {
		const struct entity *e = &p->calls[p->fns[fn].calls[i]].callee;
		exits |= e->kind == ENT_GLOBAL && str_is(e->module, "process") && str_is(e->path, "exit");
	}
	const struct value *ms = exits ? prog_value(p, c->model, -1, call->file, js_kid(js, call->node, 1)) : NULL;
	return ms && ms->kind == VAL_NUMBER ? ms->u.num : 0;
}

static void check_deadline(struct check *c, const struct ears *e)
{
	if (!e->interrupt && !e->message)
		return;
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		if (!prog_loads(c->program, c->app, call->file))
			continue;
		double ms = own_deadline(c, call);
		if (!(ms > c->model->kill_timeout))
			continue;
		struct hazard *h = check_config_finding(c, "kill-timeout-too-short", prog_place(c->program, call->file, call->node));
		h->confidence = CONFIDENCE_LIKELY;
		h->message = arena_printf(c->arena, "the app gives itself %g ms to end, but PM2 sends SIGKILL after %g ms (kill_timeout), so what is still under way is cut off", ms, c->model->kill_timeout);
		h->message_zh = arena_printf(c->arena, "应用给自己 %g 毫秒来结束，但 PM2 在 %g 毫秒后（kill_timeout）发送 SIGKILL，尚未完成的工作会被切断", ms, c->model->kill_timeout);
		const struct val_prop *p = option(c, "kill_timeout", "killTimeout");
		check_evidence(c, h, EV_DECLARED, h->at, "its own deadline");
		if (p)
			check_evidence(c, h, EV_CONFIG, place_of(c, p), "PM2 waits this long");
		check_commit(c, h);
		return;
	}
}

static void check_children(struct check *c)
{
	const struct val_prop *p = option(c, "treekill", "treekill");
	if (!is_boolean(p, false))
		return;
	for (size_t i = 0; i < c->program->n_calls; i++) {
		const struct prog_call *call = &c->program->calls[i];
		const struct entity *e = &call->callee;
		bool starts = e->kind == ENT_PACKAGE && str_is(e->module, "child_process") &&
			      (str_is(e->path, "spawn") || str_is(e->path, "fork") || str_is(e->path, "exec") || str_is(e->path, "execFile"));
		if (!starts || !prog_loads(c->program, c->app, call->file) || !prog_phases(c->program, c->app, call->fn))
			continue;
		struct hazard *h = check_config_finding(c, "treekill-leaves-children", place_of(c, p));
		h->confidence = CONFIDENCE_LIKELY;
		h->message = "with treekill: false PM2 ends only the app itself, so the programs that it started live on after each stop and restart";
		h->message_zh = "treekill: false 时 PM2 只结束应用自身，它启动的程序在每次停止和重启后继续运行";
		check_evidence(c, h, EV_DECLARED, prog_place(c->program, call->file, call->node), "started here");
		check_commit(c, h);
		return;
	}
}

void check_config_shutdown(struct check *c)
{
	if (!c->model->raw || c->program->apps[c->app].n_files == 0)
		return;
	struct ears e = listen_for(c);
	check_message(c, &e);
	check_deaf(c, &e);
	check_deadline(c, &e);
	check_children(c);
}
