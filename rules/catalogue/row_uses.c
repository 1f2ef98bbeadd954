#include "rules/catalogue/rows.h"

bool row_same_path(struct str want, struct str path)
{
	size_t w = 0;
	if (str_is(want, "*"))
		return true;
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] == '(' || path.ptr[i] == ')')
			continue;
		if (w >= want.len || want.ptr[w++] != path.ptr[i])
			return false;
	}
	return w == want.len;
}

static bool row_has_package(const struct cat_row *row, struct str module)
{
	for (size_t i = 0; i < row->n_packages; i++) {
		struct str want = row->packages[i];
		if (str_eq(want, module) || (str_ends(want, STR("/*")) &&
					     str_starts(module, str_sub(want, 0, want.len - 1))))
			return true;
	}
	return false;
}

bool row_knows(const struct cat_row *row, const struct cat_use *use, const struct prog_call *call,
	       bool decorator)
{
	const struct entity *e = &call->callee;
	if (use->module.ptr ? !str_eq(use->module, e->module) : !row_has_package(row, e->module))
		return false;
	switch (use->kind) {
	case USE_CALL:
		return e->kind == ENT_PACKAGE && !decorator && str_eq(use->path, e->path);
	case USE_DECORATOR:
		return e->kind == ENT_PACKAGE && decorator && str_eq(use->path, e->path);
	case USE_MEMBER:
		return e->kind == ENT_PACKAGE_INSTANCE && str_eq(use->member, e->members) &&
		       row_same_path(use->path, e->path);
	case USE_PLUGIN:
		return false;
	}
	return false;
}

bool row_is_live(const struct check *c, const struct prog_call *call, enum cat_when when)
{
	if (!prog_loads(c->program, c->app, call->file))
		return false;
	uint32_t phases = prog_phases(c->program, c->app, call->fn);
	if (when == WHEN_START)
		return phases & (PHASE_LOAD | PHASE_BOOT);
	if (when == WHEN_SERVE)
		return phases & PHASE_RUNTIME;
	return phases != 0;
}

static bool is_register(struct str members)
{
	static const char *const names[] = {"register", "use", "plugin", "configure",
					    "registerPlugin"};
	size_t dot = str_rfind_char(members, '.');
	struct str last = dot == (size_t)-1 ? members : str_sub(members, dot + 1, members.len);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(last, names[i]))
			return true;
	return false;
}

bool row_plugin_given(const struct program *p, const struct prog_call *call, struct entity *plugin,
		      js_node *options, prog_id *file)
{
	const struct js_file *js = p->files[call->file].js;
	js_node callee = js_at(js, call->node)->a;
	if (js_kind(js, call->node) != JS_CALL || js_kind(js, callee) != JS_MEMBER ||
	    !is_register(js_str(js, callee)))
		return false;
	js_node first = row_argument(js, call->node, 0);
	prog_id at = call->file;
	bool open;
	if (!first)
		return false;
	*file = call->file;
	*options = row_argument(js, call->node, 1);
	if (js_kind(js, first) == JS_OBJECT) {
		js_node inner = 0;
		if (!prog_option(p, call->file, first, "plugin", &at, &inner, &open))
			return false;
		if (!prog_option(p, call->file, first, "options", file, options, &open)) {
			*options = 0;
			*file = call->file;
		}
		first = inner;
	}
	*plugin = prog_resolve(p, at, first);
	return plugin->kind == ENT_PACKAGE;
}
