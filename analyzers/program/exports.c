#include "analyzers/program/resolve_private.h"

/* What a module exports, in ESM and in CommonJS (compiled TypeScript and esbuild output included), and the default
 * interop between both: require() of a module with module.exports gives that value, of any other its namespace. */

enum { MAX_REEXPORTS = 24 };

bool is_exports(const struct js_file *f, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	if (d->kind == JS_IDENT)
		return f->binding_of[n] == JS_NO_ATOM && str_is(js_str(f, n), "exports");
	return d->kind == JS_MEMBER && str_is(js_str(f, n), "exports") && js_kind(f, d->a) == JS_IDENT &&
	       f->binding_of[d->a] == JS_NO_ATOM && str_is(js_str(f, d->a), "module");
}

static void add(struct file_priv *fp, struct str name, js_node node, struct str imported)
{
	uint32_t known = map_get(&fp->export_names, name);
	struct file_export e = {.name = name, .node = node, .imported = imported};
	if (known != MAP_NONE) {
		fp->exports.ptr[known] = e;
		return;
	}
	map_put(&fp->export_names, name, (uint32_t)fp->exports.len);
	vec_push(&fp->exports, e);
}

static void add_pattern(const struct js_file *f, struct file_priv *fp, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_IDENT:
		add(fp, js_str(f, n), n, (struct str){0});
		break;
	case JS_PATTERN_PROPERTY:
		add_pattern(f, fp, d->b);
		break;
	case JS_DEFAULT:
	case JS_REST:
		add_pattern(f, fp, d->a);
		break;
	case JS_OBJECT_PATTERN:
	case JS_ARRAY_PATTERN:
		for (uint32_t i = 0; i < d->n_kids; i++)
			add_pattern(f, fp, js_kid(f, n, i));
		break;
	default:
		break;
	}
}

static void add_declaration(const struct js_file *f, struct file_priv *fp, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_VAR:
		for (uint32_t i = 0; i < d->n_kids; i++)
			add_pattern(f, fp, js_at(f, js_kid(f, n, i))->a);
		break;
	case JS_FUNCTION:
	case JS_CLASS:
	case JS_ENUM:
	case JS_NAMESPACE:
		if (d->a)
			add(fp, js_str(f, d->a), d->kind == JS_ENUM || d->kind == JS_NAMESPACE ? d->a : n,
			    (struct str){0});
		break;
	default:
		break;
	}
}

static void add_export(const struct js_file *f, struct file_priv *fp, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	fp->esm = true;
	if (d->a)
		add_declaration(f, fp, d->a);
	for (uint32_t i = 0; i < d->n_kids; i++) {
		js_node name = js_kid(f, n, i);
		js_node a = js_at(f, name)->a;
		if (js_at(f, name)->flags & JSF_TYPE_ONLY)
			continue;
		if (d->str == JS_NO_ATOM) {
			if (a)
				add(fp, js_str(f, name), a, (struct str){0});
		} else if (!a) {
			vec_push(&fp->stars, n);
		} else {
			add(fp, js_str(f, name), n, js_str(f, a));
		}
	}
}

static bool is_void(const struct js_file *f, js_node n)
{
	while (js_kind(f, n) == JS_ASSIGN)
		n = js_at(f, n)->b;
	return js_kind(f, n) == JS_UNARY && js_at(f, n)->op == JS_OP_VOID;
}

static void add_assignment(const struct js_file *f, struct file_priv *fp, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	js_node target = d->a;
	if (d->op != JS_OP_NONE || is_void(f, d->b))
		return;
	if (is_exports(f, target)) {
		if (js_kind(f, target) == JS_MEMBER)
			fp->cjs = d->b;
		return;
	}
	if (js_kind(f, target) == JS_MEMBER && is_exports(f, js_at(f, target)->a))
		add(fp, js_str(f, target), d->b, (struct str){0});
}

/* the expression that a getter returns: get: function () { return x.y } or () => x */
static js_node getter_value(const struct js_file *f, js_node fn)
{
	if (js_kind(f, fn) != JS_FUNCTION || !js_at(f, fn)->b)
		return 0;
	js_node body = js_at(f, fn)->b;
	if (js_kind(f, body) != JS_BLOCK)
		return body;
	for (uint32_t i = 0; i < js_at(f, body)->n_kids; i++)
		if (js_kind(f, js_kid(f, body, i)) == JS_RETURN)
			return js_at(f, js_kid(f, body, i))->a;
	return 0;
}

static void add_object(const struct js_file *f, struct file_priv *fp, js_node object, bool getters)
{
	if (js_kind(f, object) != JS_OBJECT)
		return;
	for (uint32_t i = 0; i < js_at(f, object)->n_kids; i++) {
		js_node prop = js_kid(f, object, i);
		struct str key = js_key(f, prop);
		if (js_kind(f, prop) != JS_PROPERTY || !key.len)
			continue;
		js_node value = js_at(f, prop)->b;
		if (getters)
			value = getter_value(f, value);
		if (value)
			add(fp, key, value, (struct str){0});
	}
}

static void add_helper_call(const struct js_file *f, struct file_priv *fp, js_node n)
{
	const struct js_node_data *d = js_at(f, n);
	struct str name = js_kind(f, d->a) == JS_MEMBER || js_kind(f, d->a) == JS_IDENT ? js_str(f, d->a) : STR("");
	if (d->n_kids < 2)
		return;
	js_node first = js_kid(f, n, 0), second = js_kid(f, n, 1);
	if (str_is(name, "__exportStar")) {
		vec_push(&fp->stars, first);
	} else if (str_is(name, "__export")) {
		add_object(f, fp, second, true);
	} else if (str_is(name, "assign") && is_exports(f, first)) {
		add_object(f, fp, second, false);
	} else if (str_is(name, "defineProperty") && d->n_kids == 3 && is_exports(f, first) &&
		   js_kind(f, second) == JS_STRING) {
		js_node options = js_kid(f, n, 2);
		if (js_kind(f, options) != JS_OBJECT)
			return;
		for (uint32_t i = 0; i < js_at(f, options)->n_kids; i++) {
			js_node prop = js_kid(f, options, i);
			if (js_kind(f, prop) == JS_PROPERTY && str_is(js_key(f, prop), "get")) {
				js_node value = getter_value(f, js_at(f, prop)->b);
				if (value)
					add(fp, js_str(f, second), value, (struct str){0});
			}
		}
	}
}

static bool is_esbuild_namespace(const struct js_file *f, js_node n)
{
	return js_kind(f, n) == JS_CALL && js_kind(f, js_at(f, n)->a) == JS_IDENT &&
	       str_is(js_str(f, js_at(f, n)->a), "__toCommonJS");
}

void index_exports(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	struct file_priv *fp = &priv(p)->files[file];
	for (js_node n = 1; n < f->n_nodes; n++) {
		switch (js_kind(f, n)) {
		case JS_EXPORT:
			if (!(js_at(f, n)->flags & JSF_TYPE_ONLY))
				add_export(f, fp, n);
			break;
		case JS_EXPORT_DEFAULT:
			fp->esm = true;
			add(fp, STR("default"), js_at(f, n)->a, (struct str){0});
			break;
		case JS_EXPORT_ASSIGN:
			fp->cjs = js_at(f, n)->a;
			break;
		case JS_ASSIGN:
			add_assignment(f, fp, n);
			break;
		case JS_CALL:
			add_helper_call(f, fp, n);
			break;
		default:
			break;
		}
	}
	if (fp->cjs && is_esbuild_namespace(f, fp->cjs))
		fp->cjs = 0;
}

struct entity package_entity(const struct program *p, struct str module, struct str name)
{
	struct entity e = entity_none();
	bool whole = str_is(name, "*") || str_is(name, "=") || str_is(name, "default");
	e.kind = ENT_PACKAGE;
	e.module = module;
	e.path = whole ? STR("default") : prog_intern(p, name);
	/* "process", "timers": the same things are globals; "fs/promises" is "fs", path "promises" */
	bool timers = str_is(module, "timers") || str_is(module, "unlimited-timeout") || str_is(module, "long-timeout") ||
		      str_is(module, "safe-timers");
	if (str_is(module, "process") || timers) {
		e.kind = ENT_GLOBAL;
		e.module = !timers ? module : whole ? STR("globalThis") : e.path;
		e.path = !timers && !whole ? e.path : STR("");
	} else if (str_is(module, "fs/promises") || str_is(module, "timers/promises")) {
		e.module = prog_intern(p, str_sub(module, 0, str_find(module, STR("/"))));
		e.path = whole ? STR("promises") : prog_internf(p, "promises." STR_FMT, STR_ARG(name));
	}
	return e;
}

static bool find_export(const struct program *p, prog_id file, struct str name, unsigned depth,
			struct entity *out);

static bool through_spec(const struct program *p, prog_id file, js_node at, struct str name, unsigned depth,
			 struct entity *out)
{
	const struct spec *s = file_spec(p, file, at);
	if (!s)
		return false;
	if (s->to != PROG_NONE)
		return find_export(p, s->to, name, depth + 1, out);
	if (s->kind != RESOLVE_PACKAGE && s->kind != RESOLVE_BUILTIN)
		return false;
	*out = package_entity(p, s->module, name);
	return true;
}

static bool find_in_value(const struct program *p, prog_id file, struct str name, unsigned depth,
			  struct entity *out)
{
	const struct file_priv *fp = &priv(p)->files[file];
	*out = prog_resolve(p, file, fp->cjs);
	if (str_is(name, "default"))
		return true;
	if (out->kind == ENT_MODULE) /* two modules may give each other as their value */
		return find_export(p, out->file, name, depth + 1, out) && out->kind != ENT_UNKNOWN;
	*out = entity_member(p, *out, name);
	return out->kind != ENT_UNKNOWN;
}

/* exports.rooms = new Map(): whoever takes it has the variable itself */
static bool is_container(const struct program *p, prog_id file, js_node n)
{
	uint32_t cell = js_kind(prog_js(p, file), js_at(prog_js(p, file), n)->parent) == JS_ASSIGN
			    ? priv(p)->files[file].cell_at[n]
			    : 0;
	if (!cell)
		return false;
	enum cell_shape s = priv(p)->cells.ptr[cell - 1].shape;
	return s == SHAPE_MAP || s == SHAPE_SET || s == SHAPE_ARRAY ||
	       (s == SHAPE_OBJECT && !js_at(prog_js(p, file), n)->n_kids);
}

static bool find_export(const struct program *p, prog_id file, struct str name, unsigned depth, struct entity *out)
{
	const struct file_priv *fp = &priv(p)->files[file];
	if (depth > MAX_REEXPORTS)
		return false;
	if (str_is(name, "*") || str_is(name, "=")) {
		*out = prog_module_value(p, file);
		return true;
	}
	uint32_t i = map_get(&fp->export_names, name);
	if (i != MAP_NONE) {
		const struct file_export *e = &fp->exports.ptr[i];
		if (e->imported.ptr)
			return through_spec(p, file, e->node, e->imported, depth, out);
		*out = prog_resolve(p, file, e->node);
		if (out->kind == ENT_VALUE && is_container(p, file, e->node)) {
			*out = entity_of_cell(fp->cell_at[e->node] - 1);
			out->file = file;
			out->node = e->node;
		}
		return true;
	}
	if (fp->cjs && find_in_value(p, file, name, depth, out))
		return true;
	for (size_t k = 0; k < fp->stars.len && !str_is(name, "default"); k++) {
		const struct spec *s = file_spec(p, file, fp->stars.ptr[k]);
		/* a package behind "export *" exports nobody knows what: only a project file can say yes */
		if (s && s->to != PROG_NONE && find_export(p, s->to, name, depth + 1, out))
			return true;
	}
	if (str_is(name, "default") && !fp->esm) {
		*out = prog_module_value(p, file);
		return true;
	}
	return false;
}

struct entity export_entity(const struct program *p, prog_id file, struct str name)
{
	struct entity e;
	return find_export(p, file, name, 0, &e) ? e : entity_none();
}

struct entity prog_module_value(const struct program *p, prog_id file)
{
	const struct file_priv *fp = &priv(p)->files[file];
	struct entity e = entity_none();
	if (fp->cjs) {
		e = prog_resolve(p, file, fp->cjs);
		if (e.kind != ENT_UNKNOWN && e.kind != ENT_VALUE)
			return e;
	}
	e = entity_none();
	e.kind = ENT_MODULE;
	e.file = file;
	return e;
}

static bool find_node(const struct program *p, prog_id file, struct str name, unsigned depth, prog_id *out_file,
		      js_node *out)
{
	const struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	uint32_t i = map_get(&fp->export_names, name);
	*out_file = file;
	if (depth > MAX_REEXPORTS)
		return false;
	if (i != MAP_NONE) {
		const struct file_export *e = &fp->exports.ptr[i];
		if (e->imported.ptr) {
			const struct spec *s = file_spec(p, file, e->node);
			return s && s->to != PROG_NONE && find_node(p, s->to, e->imported, depth + 1, out_file, out);
		}
		*out = e->node;
		return true;
	}
	if (fp->cjs && (str_is(name, "default") || str_is(name, "*") || str_is(name, "="))) {
		*out = fp->cjs;
		return true;
	}
	for (uint32_t k = 0; fp->cjs && js_kind(f, fp->cjs) == JS_OBJECT && k < js_at(f, fp->cjs)->n_kids; k++) {
		js_node prop = js_kid(f, fp->cjs, k);
		if (js_kind(f, prop) == JS_PROPERTY && str_eq(js_key(f, prop), name)) {
			*out = js_at(f, prop)->b;
			return true;
		}
	}
	for (size_t k = 0; k < fp->stars.len && !str_is(name, "default"); k++) {
		const struct spec *s = file_spec(p, file, fp->stars.ptr[k]);
		if (s && s->to != PROG_NONE && find_node(p, s->to, name, depth + 1, out_file, out))
			return true;
	}
	return false;
}

bool export_node(const struct program *p, prog_id file, struct str name, prog_id *out_file, js_node *out)
{
	return find_node(p, file, name, 0, out_file, out);
}
