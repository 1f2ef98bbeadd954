#include "analyzers/program/roots_private.h"

#include <ctype.h>

/* Which functions a framework calls, and with which phase. Registering calls
 * are matched during the rounds of link_calls, because what they register may
 * type a parameter (the socket of a connection handler) or turn a parameter of
 * the project's own wrapper into a registration. Classes (roots_classes.c) and
 * entries come once, after it. */

/* ---- labels ---- */

struct str root_first_text(const struct program *p, prog_id file, js_node args)
{
	const struct js_file *f = prog_js(p, file);
	if (!args || !js_at(f, args)->n_kids)
		return STR("");
	js_node n = js_kid(f, args, 0);
	prog_id at = file;
	if (js_kind(f, n) == JS_OBJECT)
		return STR("");
	if (js_kind(f, n) != JS_STRING && js_kind(f, n) != JS_TEMPLATE && !prog_deref(p, &at, &n))
		return js_kind(f, n) == JS_MEMBER ? js_str(f, n) : STR("");
	f = prog_js(p, at);
	if (js_kind(f, n) == JS_STRING)
		return js_str(f, n);
	if (js_kind(f, n) == JS_REGEX || js_kind(f, n) == JS_TEMPLATE || js_kind(f, n) == JS_NUMBER) {
		struct str text = js_text(f, n);
		return text.len <= 60 ? text : STR("...");
	}
	return STR("");
}

struct str root_label(const struct program *p, const char *format, struct str name, struct str first)
{
	char text[200];
	size_t n = 0;
	for (const char *s = format; *s && n < sizeof text - 1; s++) {
		if (*s != '%') {
			text[n++] = *s;
			continue;
		}
		struct str part = s[1] == '0' ? first : name;
		for (size_t i = 0; i < part.len && n < sizeof text - 1; i++)
			text[n++] = s[1] == 'N' ? (char)toupper((unsigned char)part.ptr[i]) : part.ptr[i];
		s++;
	}
	while (n && text[n - 1] == ' ')
		n--;
	if (n >= 3 && memcmp(text + n - 3, " ''", 3) == 0)
		n -= 3;
	return prog_intern(p, (struct str){text, n});
}

/* ---- adding ---- */

void root_add(struct program *p, const struct prog_root *root, const struct reg *reg)
{
	struct prog_private *pr = priv(p);
	struct str key = prog_internf(p, "%u.%u.%u.%x.%u", root->fn, root->file, root->at, root->phase, reg->class_);
	if (map_get(&pr->root_keys, key) != MAP_NONE)
		return;
	map_put(&pr->root_keys, key, (uint32_t)pr->roots.len);
	vec_push(&pr->roots, *root);
	vec_push(&pr->regs, *reg);
}

struct registration {
	prog_id file;
	js_node at;
	const struct reg_row *row;
	struct entity by;
	struct str name, first;
};

static bool give_param(struct program *p, prog_id fn, const struct registration *r)
{
	struct prog_private *pr = priv(p);
	const char *type = r->row->param;
	if (!type || pr->params_first[fn] == pr->params_first[fn + 1])
		return false;
	struct param_flow *flow = &pr->params[pr->params_first[fn]];
	if (flow->fixed)
		return false;
	struct entity e = entity_none();
	e.kind = ENT_PACKAGE_INSTANCE;
	if (type[0] == '*') {
		e.module = r->by.module;
		e.path = str_is(r->by.module, "socket.io") ? STR("Socket") : STR("WebSocket");
	} else {
		const char *hash = strchr(type, '#');
		e.module = prog_intern(p, (struct str){type, (size_t)(hash - type)});
		e.path = prog_intern(p, str_from(hash + 1));
	}
	flow->given = e;
	flow->fixed = true;
	return true;
}

static bool register_argument(struct program *p, const struct registration *r, prog_id by_fn, js_node arg,
			      bool options);

static bool add_callbacks(struct program *p, const struct registration *r, prog_id by_fn, const id_vec *fns)
{
	bool changed = false;
	for (size_t i = 0; i < fns->len; i++) {
		struct prog_root root = {.fn = fns->ptr[i], .file = r->file, .at = r->at, .phase = r->row->phase,
					 .label = root_label(p, r->row->label, r->name, r->first), .by = r->by};
		struct reg reg = {.by_fn = by_fn, .class_ = PROG_NONE, .mode = r->row->mode};
		root_add(p, &root, &reg);
		changed = give_param(p, root.fn, r) || changed;
	}
	return changed;
}

static bool register_argument(struct program *p, const struct registration *r, prog_id by_fn, js_node arg,
			      bool options)
{
	struct prog_private *pr = priv(p);
	const struct js_file *f = prog_js(p, r->file);
	id_vec fns = {0};
	bool changed = false;
	struct entity e = prog_resolve(p, r->file, arg);
	if (e.kind == ENT_PARAM && !e.members.len) {
		struct param_flow *flow = &pr->params[pr->params_first[e.fn] + e.index];
		if (!flow->row) {
			flow->row = r->row;
			flow->row_file = r->file;
			flow->row_at = r->at;
			changed = true;
		}
		return changed;
	}
	callbacks_of(p, r->file, arg, &fns);
	if (options && js_kind(f, arg) != JS_FUNCTION)
		callbacks_in_object(p, r->file, arg, 0, &fns);
	changed = add_callbacks(p, r, by_fn, &fns);
	vec_release(&fns);
	return changed;
}

/* ---- calls ---- */

static const struct reg_row unknown_package_row = {"*", "*", NULL, NULL, PHASE_EVENT, REG_INHERIT, ROW_OPTIONS, 0,
						   "callback of %n", NULL};

static const struct reg_row *row_of(const struct entity *callee, struct str first)
{
	const struct reg_row *row = reg_row_of(callee, first, first.len && first.ptr[0] == '/');
	if (row)
		return row;
	if ((callee->kind == ENT_PACKAGE || callee->kind == ENT_PACKAGE_INSTANCE) &&
	    !calls_back_at_once(callee))
		return &unknown_package_row;
	return NULL;
}

static bool register_call(struct program *p, const struct prog_call *c)
{
	const struct js_file *f = prog_js(p, c->file);
	js_node args = call_arguments(f, c->node);
	bool changed = false;
	if (!args || js_kind(f, c->node) == JS_DECORATOR || !js_at(f, args)->n_kids)
		return false;
	if (c->callee.kind == ENT_FUNCTION || c->callee.kind == ENT_CLASS || c->callee.kind == ENT_VALUE)
		return false;
	struct registration r = {.file = c->file, .at = c->node, .by = c->callee, .name = entity_last(&c->callee),
				 .first = root_first_text(p, c->file, args)};
	r.row = row_of(&c->callee, r.first);
	if (!r.row)
		return false;
	uint32_t call = priv(p)->files[c->file].call_at[c->node];
	if (call && priv(p)->wrapped[call - 1] && r.row == &unknown_package_row)
		return false; /* asyncHandler(fn) inside of a registration */
	for (uint32_t i = r.row->from; i < js_at(f, args)->n_kids; i++)
		changed = register_argument(p, &r, c->fn, js_kid(f, args, i), (r.row->flags & ROW_OPTIONS) != 0) ||
			  changed;
	return changed;
}

/* the project's own wrapper: its parameter is registered where it is called */
static bool register_through(struct program *p, const struct prog_call *c)
{
	struct prog_private *pr = priv(p);
	const struct js_file *f = prog_js(p, c->file);
	js_node args = call_arguments(f, c->node);
	bool changed = false;
	if (!args || c->target == PROG_NONE)
		return false;
	uint32_t first = pr->params_first[c->target], n = pr->params_first[c->target + 1] - first;
	for (uint32_t i = 0; i < js_at(f, args)->n_kids && i < n; i++) {
		const struct param_flow *flow = &pr->params[first + i];
		if (!flow->row)
			continue;
		struct entity by = entity_none();
		uint32_t inner = pr->files[flow->row_file].call_at[flow->row_at];
		if (inner)
			by = pr->calls.ptr[inner - 1].callee;
		struct registration r = {.file = c->file, .at = c->node, .row = flow->row, .by = by,
					 .name = entity_last(&by), .first = root_first_text(p, c->file, args)};
		changed = register_argument(p, &r, c->fn, js_kid(f, args, i), false) || changed;
	}
	return changed;
}

bool roots_register(struct program *p)
{
	struct prog_private *pr = priv(p);
	bool changed = false;
	for (size_t i = 0; i < pr->calls.len; i++)
		changed = register_call(p, &pr->calls.ptr[i]) || changed;
	for (size_t i = 0; i < pr->calls.len; i++)
		changed = register_through(p, &pr->calls.ptr[i]) || changed;
	return changed;
}

/* ---- ws.onmessage = fn, res.end = fn, schema.methods.check = fn ---- */

static const struct reg_row handler_row = {"?", "*", NULL, NULL, PHASE_EVENT, REG_INHERIT, 0, 0, "event '%n'", NULL};

static void register_assignments(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	for (js_node n = 1; n < f->n_nodes; n++) {
		const struct js_node_data *d = js_at(f, n);
		if (d->kind != JS_ASSIGN || js_kind(f, d->a) != JS_MEMBER)
			continue;
		struct entity object = prog_resolve(p, file, js_at(f, d->a)->a);
		bool is_event = str_starts(js_str(f, d->a), STR("on"));
		/* res.end = function () {}: whoever holds the object calls it */
		if (object.kind != ENT_PARAM && object.kind != ENT_PACKAGE_INSTANCE &&
		    !(is_event && (object.kind == ENT_UNKNOWN || object.kind == ENT_VALUE || object.kind == ENT_CELL)))
			continue;
		struct registration r = {.file = file, .at = n, .row = &handler_row, .by = object,
					 .name = js_str(f, d->a)};
		register_argument(p, &r, fn_id(p, file, d->fn), d->b, false);
	}
}

/* ---- entries ---- */

static void convention_roots(struct program *p, prog_id file, uint64_t apps, const char *framework)
{
	const struct file_priv *fp = &priv(p)->files[file];
	for (size_t i = 0; i <= fp->exports.len; i++) {
		js_node n = i < fp->exports.len ? fp->exports.ptr[i].node : fp->cjs;
		if (!n || (i < fp->exports.len && fp->exports.ptr[i].imported.ptr))
			continue;
		id_vec fns = {0};
		callbacks_of(p, file, n, &fns);
		if (js_kind(prog_js(p, file), n) != JS_FUNCTION)
			callbacks_in_object(p, file, n, 0, &fns);
		for (size_t k = 0; k < fns.len; k++) {
			struct prog_root root = {.fn = fns.ptr[k], .file = file, .at = n, .phase = PHASE_REQUEST,
						 .by = entity_none(),
						 .label = prog_internf(p, "%s handler", framework)};
			struct reg reg = {.by_fn = PROG_NONE, .class_ = PROG_NONE, .app_entry = true, .apps = apps};
			root_add(p, &root, &reg);
		}
		vec_release(&fns);
	}
}

static void entry_roots(struct program *p)
{
	for (size_t a = 0; a < p->n_apps; a++) {
		const struct prog_app *app = &p->apps[a];
		const char *framework = app->entries ? app->entries->framework : NULL;
		for (size_t i = 0; i < app->n_entry_files; i++) {
			prog_id file = app->entry_files[i];
			/* one root per app: at is not enough to tell them apart, the class number is */
			struct prog_root root = {.fn = p->files[file].first_fn, .file = file, .at = 1, .phase = PHASE_LOAD,
						 .by = entity_none(), .label = STR("entry")};
			struct reg reg = {.by_fn = PROG_NONE, .class_ = PROG_NONE, .app_entry = true, .apps = 0};
			for (size_t b = 0; b < p->n_apps; b++)
				for (size_t k = 0; k < p->apps[b].n_entry_files; k++)
					if (p->apps[b].entry_files[k] == file)
						reg.apps |= UINT64_C(1) << b;
			root_add(p, &root, &reg);
			if (framework)
				convention_roots(p, file, reg.apps, framework);
		}
	}
}

static const struct reg_row factory_row = {"?", "*", NULL, NULL, PHASE_BOOT, REG_ALWAYS, 0, 0, "provider factory", NULL};

/* { provide: T, useFactory: fn } */
static void register_factories(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	for (js_node n = 1; n < f->n_nodes; n++) {
		if (js_kind(f, n) != JS_PROPERTY || !str_is(js_key(f, n), "useFactory"))
			continue;
		struct registration r = {.file = file, .at = n, .row = &factory_row, .by = entity_none()};
		register_argument(p, &r, fn_id(p, file, js_at(f, n)->fn), js_at(f, n)->b, false);
	}
}

static const struct reg_row strapi_cron_row = {"@strapi/strapi", "cron", NULL, NULL, PHASE_TIMER, REG_ALWAYS, 0, 0,
					       "cron '%0'", NULL};

/* Strapi's cron tasks: { task: fn, options: { rule: '0 0 1 * * 1' } } */
static void register_strapi_tasks(struct program *p, prog_id file)
{
	const struct js_file *f = prog_js(p, file);
	for (js_node n = 1; n < f->n_nodes; n++) {
		js_node task = 0, options = 0, rule = 0;
		if (js_kind(f, n) != JS_OBJECT)
			continue;
		for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++) {
			js_node prop = js_kid(f, n, i);
			task = str_is(js_key(f, prop), "task") ? js_at(f, prop)->b : task;
			options = str_is(js_key(f, prop), "options") ? js_at(f, prop)->b : options;
		}
		for (uint32_t i = 0; task && options && js_kind(f, options) == JS_OBJECT && i < js_at(f, options)->n_kids; i++)
			if (str_is(js_key(f, js_kid(f, options, i)), "rule"))
				rule = js_at(f, js_kid(f, options, i))->b;
		if (!rule)
			continue;
		struct entity by = package_entity(p, STR("@strapi/strapi"), STR("cron"));
		struct registration r = {.file = file, .at = n, .row = &strapi_cron_row, .by = by, .name = STR("cron"),
					 .first = js_kind(f, rule) == JS_STRING ? js_str(f, rule) : STR("")};
		register_argument(p, &r, fn_id(p, file, js_at(f, n)->fn), task, false);
	}
}

/* functions of an object that a factory returns: ({ strapi }) => ({ async create() {} }) */
static void returned_callbacks(const struct program *p, prog_id file, js_node n, id_vec *fns)
{
	const struct js_file *f = prog_js(p, file);
	if (js_kind(f, n) == JS_CALL) {
		for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++)
			returned_callbacks(p, file, js_kid(f, n, i), fns);
	} else if (js_kind(f, n) == JS_FUNCTION) {
		const node_vec *returns = &priv(p)->files[file].returns[js_at(f, n)->fn];
		vec_push(fns, fn_id(p, file, js_at(f, n)->fn));
		for (size_t i = 0; i < returns->len; i++) {
			callbacks_of(p, file, returns->ptr[i], fns);
			callbacks_in_object(p, file, returns->ptr[i], 0, fns);
		}
	} else {
		callbacks_in_object(p, file, n, 0, fns);
	}
}

static const struct reg_row strapi_file_row = {"@strapi/strapi", "*", NULL, NULL, PHASE_REQUEST, REG_ALWAYS, 0, 0,
					       "strapi handler", NULL};

/* what Strapi calls in the files that it loads by their folder: services, controllers, policies, lifecycles */
static void register_strapi_exports(struct program *p, prog_id file)
{
	static const char *const folders[] = {"/services/", "/controllers/", "/middlewares/", "/policies/", "/lifecycles."};
	const struct file_priv *fp = &priv(p)->files[file];
	struct str path = p->files[file].source->path;
	bool ours = false;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		ours |= str_find(path, str_from(folders[i])) != (size_t)-1;
	if (!ours || (str_find(path, STR("/api/")) == (size_t)-1 && str_find(path, STR("/extensions/")) == (size_t)-1))
		return;
	for (size_t i = 0; i <= fp->exports.len; i++) {
		js_node n = i < fp->exports.len ? fp->exports.ptr[i].node : fp->cjs;
		id_vec fns = {0};
		if (!n || (i < fp->exports.len && fp->exports.ptr[i].imported.ptr))
			continue;
		returned_callbacks(p, file, n, &fns);
		struct registration r = {.file = file, .at = n, .row = &strapi_file_row, .name = STR("handler"),
					 .by = package_entity(p, STR("@strapi/strapi"), STR("factories"))};
		add_callbacks(p, &r, p->files[file].first_fn, &fns);
		vec_release(&fns);
	}
}

static bool loads_strapi(const struct program *p)
{
	for (prog_id file = 0; file < p->n_files; file++)
		for (size_t i = 0; i < priv(p)->files[file].specs.len; i++)
			if (str_is(priv(p)->files[file].specs.ptr[i].module, "@strapi/strapi"))
				return true;
	return false;
}

void link_roots(struct program *p)
{
	bool strapi = loads_strapi(p);
	for (prog_id file = 0; strapi && file < p->n_files; file++)
		register_strapi_tasks(p, file);
	for (prog_id file = 0; strapi && file < p->n_files; file++)
		register_strapi_exports(p, file);
	for (prog_id file = 0; file < p->n_files; file++) {
		register_assignments(p, file);
		register_factories(p, file);
	}
	for (prog_id c = 0; c < p->n_classes; c++)
		root_add_class(p, c);
	entry_roots(p);
	p->roots = priv(p)->roots.ptr;
	p->n_roots = priv(p)->roots.len;
}
