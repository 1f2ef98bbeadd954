#include "analyzers/program/resolve_private.h"

#include "analyzers/program/roots.h"

static js_node argument(const struct js_file *f, js_node call, uint32_t i)
{
	if (!call || i >= js_at(f, call)->n_kids)
		return 0;
	for (uint32_t k = 0; k <= i; k++)
		if (js_kind(f, js_kid(f, call, k)) == JS_SPREAD)
			return 0;
	return js_kid(f, call, i);
}

struct entity resolve_returned(const struct program *p, prog_id fn, prog_id at_file, js_node call)
{
	prog_id file = priv(p)->fns[fn].file;
	uint32_t index = priv(p)->fns[fn].index;
	const struct js_file *f = prog_js(p, file);
	const node_vec *returns = &priv(p)->files[file].returns[index];
	js_node node = f->functions[index].node;
	struct entity found = entity_none();
	bool any = false, conflict = false;
	if (js_at(f, node)->flags & JSF_GENERATOR)
		return entity_none();
	for (size_t i = 0; i < returns->len; i++) {
		if (resolve_is_nullish(f, returns->ptr[i]))
			continue;
		struct entity e = prog_resolve(p, file, returns->ptr[i]);
		if (any && !entity_same(&e, &found))
			conflict = true;
		if (!any || (entity_is_known(&e) && !entity_is_known(&found)))
			found = e;
		any = true;
	}
	if (conflict && found.kind != ENT_INSTANCE && found.kind != ENT_PACKAGE_INSTANCE)
		found = entity_none();
	if (found.kind == ENT_PARAM && found.fn == fn && call && !found.members.len) {
		js_node arg = argument(prog_js(p, at_file), call, found.index);
		if (arg)
			found = prog_resolve(p, at_file, arg);
	}
	if (!entity_is_known(&found) && js_kind(f, node) == JS_FUNCTION && js_at(f, node)->c) {
		struct entity t = entity_type(p, file, js_at(f, node)->c);
		if (t.kind != ENT_UNKNOWN)
			return t;
	}
	return found;
}

struct entity function_result(const struct program *p, prog_id fn)
{
	return resolve_returned(p, fn, priv(p)->fns[fn].file, 0);
}

static bool is_interop_helper(const struct js_file *f, js_node callee)
{
	static const char *const names[] = {"__importDefault",
					    "__importStar",
					    "__toESM",
					    "_interopRequireDefault",
					    "_interopRequireWildcard",
					    "_interop_require_default",
					    "_interop_require_wildcard"};
	struct str name = js_last_name(f, callee);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* container.get(X), app.get(X), moduleRef.resolve(X) */
static bool is_container_get(const struct entity *e)
{
	struct str last = entity_last(e);
	if (str_starts(e->path, STR("NestFactory.")))
		return false; /* makes an application, not the module that it is given */
	return str_is(last, "get") || str_is(last, "resolve") || str_is(last, "create") ||
	       str_is(last, "make");
}

static struct entity from_container(const struct program *p, prog_id file, js_node arg)
{
	struct entity e = arg ? prog_resolve(p, file, arg) : entity_none();
	struct entity token = provided_for(p, file, arg);
	if (token.kind != ENT_UNKNOWN)
		return token;
	if (arg && js_kind(prog_js(p, file), arg) == JS_STRING)
		return awilix_named(p, js_str(prog_js(p, file), arg));
	return e.kind == ENT_CLASS ? entity_instance(e.file, e.node) : entity_none();
}

/* debounce(fn), promisify(fn), asyncHandler(fn): calling the result calls fn */
static bool gives_back_function(struct str module, struct str name)
{
	return list_has("promisify|callbackify|forwardRef|debounce|throttle|once|memoize|"
			"memoizeOne|asyncHandler|catchAsync|"
			"asyncWrapper|asyncMiddleware|pDebounce|pThrottle|pMemoize|wrap|partial|"
			"after|before|deprecate",
			name) ||
	       list_has("express-async-handler|memoizee|mem|p-memoize|lodash.debounce|lodash."
			"throttle|lodash.once|memoize-one|"
			"lodash.memoize|p-debounce|p-throttle|debounce|throttle-debounce|express-"
			"async-wrap|async-middleware|onetime",
			module);
}

static struct entity of_package_call(const struct program *p, prog_id file, js_node n,
				     struct entity e)
{
	const struct js_file *f = prog_js(p, file);
	js_node arg = argument(f, n, 0);
	struct str last = entity_last(&e);
	if (is_container_get(&e) && arg) {
		struct entity got = from_container(p, file, arg);
		if (got.kind != ENT_UNKNOWN)
			return got;
	}
	if (arg && e.kind == ENT_PACKAGE && gives_back_function(e.module, last)) {
		struct entity fn = prog_resolve(p, file, arg);
		if (fn.kind == ENT_FUNCTION || fn.kind == ENT_PACKAGE)
			return fn;
	}
	struct str path = e.kind == ENT_PACKAGE_INSTANCE && e.members.len
			      ? entity_dotted(p, e.path, e.members)
			      : e.path;
	if (path.len > MAX_ENTITY_PATH)
		return entity_none();
	e.kind = ENT_PACKAGE_INSTANCE;
	e.path = prog_internf(p, STR_FMT "()", STR_ARG(path));
	e.members = STR("");
	return e;
}

struct entity resolve_call(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	js_node arg = argument(f, n, 0);
	const struct spec *s = file_spec(p, file, n);
	if (s && s->edge == EDGE_REQUIRE) {
		if (s->to != PROG_NONE)
			return prog_module_value(p, s->to);
		if (s->module.len)
			return package_entity(p, s->module, STR("default"));
		return entity_value(file, n);
	}
	if (s && s->edge == EDGE_DIRECTORY)
		return entity_none(); /* one of many modules */
	if (arg && is_interop_helper(f, d->a))
		return prog_resolve(p, file, arg);
	struct entity e = prog_resolve(p, file, d->a);
	switch (e.kind) {
	case ENT_GLOBAL:
		if (arg && ((str_is(e.module, "Object") &&
			     (str_is(e.path, "freeze") || str_is(e.path, "seal") ||
			      str_is(e.path, "assign"))) ||
			    (str_is(e.module, "Promise") && str_is(e.path, "resolve"))))
			return prog_resolve(p, file, arg);
		return entity_value(file, n);
	case ENT_PACKAGE:
	case ENT_PACKAGE_INSTANCE:
		return of_package_call(p, file, n, e);
	case ENT_FUNCTION:
		if (str_is(e.members, "bind")) {
			e.members = STR("");
			return e;
		}
		if (e.members.len && !str_is(e.members, "call") && !str_is(e.members, "apply"))
			return entity_none();
		return resolve_returned(p, e.fn, file, e.members.len ? 0 : n);
	default:
		return entity_none();
	}
}

struct entity resolve_new(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	struct entity e = prog_resolve(p, file, js_at(f, n)->a);
	switch (e.kind) {
	case ENT_CLASS:
		return entity_instance(e.file, e.node);
	case ENT_FUNCTION:
		return class_id(p, e.file, e.node) != PROG_NONE ? entity_instance(e.file, e.node)
								: entity_value(file, n);
	case ENT_PACKAGE:
		e.kind = ENT_PACKAGE_INSTANCE;
		return e;
	case ENT_PACKAGE_INSTANCE:
		e.path = e.members.len ? entity_dotted(p, e.path, e.members) : e.path;
		e.members = STR("");
		return e;
	case ENT_GLOBAL:
		return entity_value(file, n);
	default:
		return entity_none();
	}
}
