/* The port that the config gives, and the one that the code listens on. */
#include "rules/registry.h"

#include "analyzers/program/usage.h"

/* where env.PORT or port is written */
static struct place port_place(const struct check *c)
{
	const struct value *raw = c->model->raw;
	const struct val_prop *port = raw && raw->kind == VAL_OBJECT ? val_prop(raw->u.obj, STR("port")) : NULL;
	const struct val_prop *env = raw && raw->kind == VAL_OBJECT ? val_prop(raw->u.obj, STR("env")) : NULL;
	const struct val_prop *inner = env && env->value->kind == VAL_OBJECT ? val_prop(env->value->u.obj, STR("PORT")) : NULL;
	const struct val_prop *p = port ? port : inner;
	return p && p->at.source ? p->at : c->model->at;
}

/* PORT may be read in a hundred ways, but not where nobody writes the name, or nobody touches any env */
static bool nobody_reads_it(const struct check *c)
{
	const struct program *p = c->program;
	bool named = false, env = false;
	for (size_t i = 0; i < p->n_files; i++) {
		const struct prog_file *f = &p->files[i];
		if (!prog_loads(p, c->app, (prog_id)i))
			continue;
		if (f->n_unresolved || f->js->n_troubles)
			return false;
		named |= str_find(f->source->text, STR("PORT")) != (size_t)-1;
		env |= str_find(f->source->text, STR("env")) != (size_t)-1;
	}
	return !named || !env;
}

/* the port of x.listen(3000) or x.listen({ port: 3000 }), written out in the source; NaN where it is not */
static double port_of_listen(const struct check *c, const struct prog_call *call)
{
	const struct program *p = c->program;
	const struct js_file *js = p->files[call->file].js;
	struct str last = call->callee.members.len ? call->callee.members : call->callee.path;
	bool server = call->callee.kind == ENT_PACKAGE_INSTANCE || call->callee.kind == ENT_PACKAGE;
	if (!server || !str_ends(last, STR("listen")) || !js_at(js, call->node)->n_kids)
		return 0;
	prog_id file = call->file;
	js_node n = js_kid(js, call->node, 0);
	bool open = false;
	prog_id in_file;
	js_node in_node;
	if (js_kind(js, n) == JS_OBJECT) {
		if (!prog_option(p, file, n, "port", &in_file, &in_node, &open))
			return 0;
		file = in_file;
		n = in_node;
	}
	const struct value *v = prog_value(p, c->model, -1, file, n);
	return v && v->kind == VAL_NUMBER ? v->u.num : 0;
}

void check_config_ports(struct check *c)
{
	const struct program *p = c->program;
	struct str port = c->model->port;
	const struct prog_call *found = NULL;
	double listens = 0;
	if (!port.len || c->model->env_open || p->apps[c->app].n_files == 0)
		return;
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		double n = prog_loads(p, c->app, call->file) ? port_of_listen(c, call) : 0;
		if (n <= 0)
			continue;
		if (found || n == val_parse_int(port, 10))
			return; /* it is the same, or there are two */
		found = call;
		listens = n;
	}
	if (!found || !nobody_reads_it(c))
		return;
	struct hazard *h = check_config_finding(c, "port-not-read", port_place(c));
	h->confidence = CONFIDENCE_LIKELY;
	h->message = arena_printf(c->arena, "nothing that the app loads reads PORT: it listens on %g, not on " STR_FMT ", so a proxy that is set up from this config finds nobody", listens, STR_ARG(port));
	h->message_zh = arena_printf(c->arena, "应用加载的代码没有读取 PORT：它监听 %g，而不是 " STR_FMT "，按此配置设置的代理找不到服务", listens, STR_ARG(port));
	check_evidence(c, h, EV_DECLARED, prog_place(p, found->file, found->node), "listens here");
	check_commit(c, h);
}
