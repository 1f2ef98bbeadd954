#include "analyzers/program/injection.h"

js_node decorator_callee(const struct js_file *f, js_node deco)
{
	js_node e = js_at(f, deco)->a;
	return js_kind(f, e) == JS_CALL ? js_at(f, e)->a : e;
}

static struct str callee_name(const struct js_file *f, js_node callee)
{
	return js_kind(f, callee) == JS_IDENT || js_kind(f, callee) == JS_MEMBER ? js_str(f, callee)
										 : STR("");
}

/* by the name that it has in the file or at its origin */
js_node find_decorator(const struct program *p, prog_id file, js_node n, const char *name)
{
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; i < js_at(f, n)->n_decos; i++) {
		js_node deco = js_deco(f, n, i), callee = decorator_callee(f, deco);
		struct entity e = prog_resolve(p, file, callee);
		struct str own = e.kind == ENT_PACKAGE ? entity_last(&e) : callee_name(f, callee);
		if (str_is(own, name))
			return deco;
	}
	return 0;
}

js_node decorator_argument(const struct js_file *f, js_node deco, uint32_t i)
{
	js_node e = deco ? js_at(f, deco)->a : 0;
	return e && js_kind(f, e) == JS_CALL && i < js_at(f, e)->n_kids ? js_kid(f, e, i) : 0;
}

js_node injection_behind_arrow(const struct js_file *f, js_node n)
{
	if (js_kind(f, n) == JS_CALL && js_at(f, n)->n_kids &&
	    str_is(callee_name(f, js_at(f, n)->a), "forwardRef"))
		n = js_kid(f, n, 0);
	if (js_kind(f, n) == JS_FUNCTION && js_at(f, n)->n_kids <= 1 && js_at(f, n)->b &&
	    js_kind(f, js_at(f, n)->b) != JS_BLOCK)
		n = js_at(f, n)->b;
	return n;
}

static struct str token_key(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	n = injection_behind_arrow(f, n);
	struct entity e = prog_resolve(p, file, n);
	switch (e.kind) {
	case ENT_CLASS:
		return prog_internf(p, "c%u.%u", e.file, e.node);
	case ENT_VALUE:
	case ENT_CELL:
		if (e.members.len)
			return prog_internf(p, "m%u.%u." STR_FMT, e.file, e.node,
					    STR_ARG(e.members));
		if (!e.node)
			return STR("");
		if (js_kind(prog_js(p, e.file), e.node) == JS_STRING)
			return prog_internf(p, "s" STR_FMT,
					    STR_ARG(js_str(prog_js(p, e.file), e.node)));
		return prog_internf(p, "v%u.%u", e.file, e.node);
	case ENT_PACKAGE:
		return prog_internf(p, "k" STR_FMT "." STR_FMT, STR_ARG(e.module), STR_ARG(e.path));
	default:
		return STR("");
	}
}

static void add_provider(struct program *p, struct str key, int how, prog_id file, js_node node)
{
	struct prog_private *pr = priv(p);
	struct provider v = {.how = how, .file = file, .node = node};
	if (!key.len || !node || map_get(&pr->providers, key) != MAP_NONE)
		return;
	map_put(&pr->providers, key, (uint32_t)pr->provider_list.len);
	vec_push(&pr->provider_list, v);
}

static struct entity provided_entity(const struct program *p, const struct provider *v)
{
	struct entity e = prog_resolve(p, v->file, v->node);
	switch (v->how) {
	case PROVIDE_CLASS:
		if (e.kind == ENT_CLASS)
			e.kind = ENT_INSTANCE;
		else if (e.kind == ENT_PACKAGE)
			e.kind = ENT_PACKAGE_INSTANCE;
		return e.kind == ENT_INSTANCE || e.kind == ENT_PACKAGE_INSTANCE ? e : entity_none();
	case PROVIDE_FACTORY:
		return e.kind == ENT_FUNCTION ? function_result(p, e.fn) : entity_none();
	case PROVIDE_EXISTING: {
		struct entity other = provided_for(p, v->file, v->node);
		if (other.kind == ENT_UNKNOWN && e.kind == ENT_CLASS) {
			e.kind = ENT_INSTANCE;
			return e;
		}
		return other;
	}
	case PROVIDE_VALUE:
		break;
	}
	return e;
}

struct entity provided_for(const struct program *p, prog_id file, js_node n)
{
	struct prog_private *pr = priv(p);
	if (!n || pr->depth > 100)
		return entity_none();
	struct str key = token_key(p, file, n);
	uint32_t i = key.len ? map_get(&pr->providers, key) : MAP_NONE;
	if (i == MAP_NONE)
		return entity_none();
	pr->depth++;
	struct entity e = provided_entity(p, &pr->provider_list.ptr[i]);
	pr->depth--;
	return e;
}

js_node object_value(const struct js_file *f, js_node object, const char *key)
{
	for (uint32_t i = 0; i < js_at(f, object)->n_kids; i++) {
		js_node prop = js_kid(f, object, i);
		if (js_kind(f, prop) == JS_PROPERTY && str_is(js_key(f, prop), key))
			return js_at(f, prop)->b;
	}
	return 0;
}

/* { provide: T, useClass: X } wherever it is written */
static void collect_provider(struct program *p, prog_id file, js_node object)
{
	const struct js_file *f = prog_js(p, file);
	js_node token = object_value(f, object, "provide"), v;
	if (!token)
		return;
	struct str key = token_key(p, file, token);
	if ((v = object_value(f, object, "useClass")))
		add_provider(p, key, PROVIDE_CLASS, file, v);
	else if ((v = object_value(f, object, "useFactory")))
		add_provider(p, key, PROVIDE_FACTORY, file, v);
	else if ((v = object_value(f, object, "useValue")))
		add_provider(p, key, PROVIDE_VALUE, file, v);
	else if ((v = object_value(f, object, "useExisting")))
		add_provider(p, key, PROVIDE_EXISTING, file, v);
}

static bool has_option(const struct js_file *f, js_node n, const char *key)
{
	return js_kind(f, n) == JS_OBJECT && object_value(f, n, key);
}

/* awilix: register({ userService: asClass(UserService).singleton() }) */
static void collect_awilix(struct program *p, prog_id file, js_node object)
{
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; js_kind(f, object) == JS_OBJECT && i < js_at(f, object)->n_kids; i++) {
		js_node prop = js_kid(f, object, i), v = js_at(f, prop)->b;
		while (js_kind(f, prop) == JS_PROPERTY && js_kind(f, v) == JS_CALL &&
		       js_kind(f, js_at(f, v)->a) == JS_MEMBER &&
		       js_kind(f, js_at(f, js_at(f, v)->a)->a) == JS_CALL)
			v = js_at(f, js_at(f, v)->a)->a;
		if (js_kind(f, prop) != JS_PROPERTY || js_kind(f, v) != JS_CALL ||
		    !js_at(f, v)->n_kids)
			continue;
		struct str as = callee_name(f, js_at(f, v)->a);
		int how = str_is(as, "asClass")	     ? PROVIDE_CLASS
			  : str_is(as, "asFunction") ? PROVIDE_FACTORY
						     : PROVIDE_VALUE;
		if (how != PROVIDE_VALUE || str_is(as, "asValue"))
			add_provider(p, prog_internf(p, "a" STR_FMT, STR_ARG(js_key(f, prop))), how,
				     file, js_kid(f, v, 0));
	}
}

struct entity awilix_named(const struct program *p, struct str name)
{
	struct prog_private *pr = priv(p);
	if (!pr->provider_list.len)
		return entity_none();
	uint32_t i = map_get(&pr->providers, prog_internf(p, "a" STR_FMT, STR_ARG(name)));
	return i == MAP_NONE ? entity_none() : provided_entity(p, &pr->provider_list.ptr[i]);
}

static void collect_registration(struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, n);
	if (js_kind(f, d->a) != JS_MEMBER || !d->n_kids)
		return;
	struct str name = js_str(f, d->a);
	js_node first = js_kid(f, n, 0), second = d->n_kids > 1 ? js_kid(f, n, 1) : 0;
	if (str_is(name, "register") && js_kind(f, first) == JS_OBJECT) {
		collect_awilix(p, file, first);
	} else if (str_is(name, "register") && second && has_option(f, second, "useClass")) {
		add_provider(p, token_key(p, file, first), PROVIDE_CLASS, file,
			     object_value(f, second, "useClass"));
	} else if (str_is(name, "registerSingleton") && second) {
		add_provider(p, token_key(p, file, first), PROVIDE_CLASS, file, second);
	} else if (str_is(name, "registerInstance") && second) {
		add_provider(p, token_key(p, file, first), PROVIDE_VALUE, file, second);
	} else if (str_is(name, "to") || str_is(name, "toConstantValue")) {
		js_node bind = js_at(f, d->a)->a;
		if (js_kind(f, bind) == JS_CALL &&
		    str_is(callee_name(f, js_at(f, bind)->a), "bind") && js_at(f, bind)->n_kids)
			add_provider(p, token_key(p, file, js_kid(f, bind, 0)),
				     str_is(name, "to") ? PROVIDE_CLASS : PROVIDE_VALUE, file,
				     first);
	}
}

static struct entity package_instance(const struct program *p, const char *module, const char *path,
				      prog_id file, js_node arg)
{
	struct entity e = entity_none();
	e.kind = ENT_PACKAGE_INSTANCE;
	e.module = prog_intern(p, str_from(module));
	e.path = prog_intern(p, str_from(path));
	struct entity t = arg ? prog_resolve(p, file, arg) : entity_none();
	if (t.kind == ENT_CLASS) {
		e.type_file = t.file;
		e.type_node = t.node;
		e.type_arg = prog_intern(p, p->classes[class_id(p, t.file, t.node)].name);
	}
	return e;
}

static const struct {
	const char *decorator, *module, *path;
} injectors[] = {
    {"InjectRepository", "typeorm", "Repository"},
    {"InjectDataSource", "typeorm", "DataSource"},
    {"InjectEntityManager", "typeorm", "EntityManager"},
    {"InjectModel", "mongoose", "Model"},
    {"InjectConnection", "mongoose", "Connection"},
    {"InjectQueue", "bullmq", "Queue"},
    {"InjectRedis", "ioredis", "default"},
    {"InjectBot", "telegraf", "Telegraf"},
    {"WebSocketServer", "socket.io", "Server"},
};

static struct entity by_decorator(const struct program *p, prog_id file, js_node param)
{
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; i < js_at(f, param)->n_decos; i++) {
		js_node deco = js_deco(f, param, i);
		struct str name = callee_name(f, decorator_callee(f, deco));
		js_node arg = decorator_argument(f, deco, 0);
		if ((str_is(name, "Inject") || str_is(name, "inject")) && arg) {
			struct entity e = provided_for(p, file, arg);
			if (e.kind != ENT_UNKNOWN)
				return e;
			e = prog_resolve(p, file, injection_behind_arrow(f, arg));
			if (e.kind == ENT_CLASS) {
				e.kind = ENT_INSTANCE;
				return e;
			}
		}
		for (size_t k = 0; k < sizeof injectors / sizeof *injectors; k++)
			if (str_is(name, injectors[k].decorator))
				return package_instance(p, injectors[k].module, injectors[k].path,
							file, arg);
	}
	return entity_none();
}

static bool is_injectable(const struct js_file *f, js_node param)
{
	const struct js_node_data *d = js_at(f, param);
	if (d->kind == JS_FIELD)
		return d->n_decos > 0;
	js_node method = js_at(f, d->parent)->parent;
	return d->n_decos > 0 ||
	       (js_kind(f, method) == JS_METHOD && str_is(js_key(f, method), "constructor"));
}

struct entity injected(const struct program *p, prog_id file, js_node param)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, param);
	if (!is_injectable(f, param))
		return entity_none();
	struct entity type = d->c ? entity_type(p, file, d->c) : entity_none();
	if (type.kind == ENT_PACKAGE_INSTANCE)
		return type;
	struct entity e = d->n_decos ? by_decorator(p, file, param) : entity_none();
	if (e.kind != ENT_UNKNOWN)
		return e;
	if (type.kind == ENT_INSTANCE) {
		struct str key = prog_internf(p, "c%u.%u", type.file, type.node);
		uint32_t i = map_get(&priv(p)->providers, key);
		if (i != MAP_NONE && priv(p)->depth < 100) {
			e = provided_entity(p, &priv(p)->provider_list.ptr[i]);
			if (e.kind != ENT_UNKNOWN)
				return e;
		}
	}
	return type;
}

void injection_collect(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			if (js_kind(f, n) == JS_OBJECT)
				collect_provider(p, file, n);
			else if (js_kind(f, n) == JS_CALL)
				collect_registration(p, file, n);
		}
	}
	entities_forget(p);
	for (size_t i = 0; i < pr->provider_list.len; i++) {
		const struct provider *v = &pr->provider_list.ptr[i];
		struct entity e =
		    v->how == PROVIDE_CLASS ? prog_resolve(p, v->file, v->node) : entity_none();
		prog_id c = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
		if (c != PROG_NONE)
			pr->class_privs.ptr[c].container = true;
	}
}
