#include "analyzers/program/private.h"

#include <stdlib.h>

/* Classes of the project: members, bases, what dependency injection gives to
 * them, which Nest modules provide them. Constructor functions with a prototype,
 * or written with a capital, are classes too. */

prog_id class_id(const struct program *p, prog_id file, js_node node)
{
	if (file >= p->n_files || !node)
		return PROG_NONE;
	uint32_t c = priv(p)->files[file].class_at[node];
	return c ? c - 1 : PROG_NONE;
}

const struct prog_class *prog_class_at(const struct program *p, prog_id file, js_node class_)
{
	prog_id c = class_id(p, file, class_);
	return c == PROG_NONE ? NULL : &p->classes[c];
}

/* ---- index ---- */

static void put_member(const struct js_file *f, struct map *m, struct str name, js_node n)
{
	uint32_t known = name.len ? map_get(m, name) : 0;
	if (!name.len)
		return;
	if (known == MAP_NONE || (js_at(f, known)->flags & JSF_SETTER) ||
	    (js_kind(f, known) == JS_METHOD && !js_at(f, js_at(f, known)->b)->b))
		map_put(m, name, n);
}

static void index_members(const struct js_file *f, struct class_priv *cp)
{
	for (uint32_t i = 0; i < js_at(f, cp->node)->n_kids; i++) {
		js_node n = js_kid(f, cp->node, i);
		const struct js_node_data *d = js_at(f, n);
		if (d->kind != JS_FIELD && d->kind != JS_METHOD)
			continue;
		put_member(f, d->flags & JSF_STATIC ? &cp->statics : &cp->members, js_key(f, n), n);
		if (d->kind != JS_METHOD || !str_is(js_key(f, n), "constructor") || !js_at(f, d->b)->b)
			continue;
		for (uint32_t k = 0; k < js_at(f, d->b)->n_kids; k++) {
			js_node param = js_kid(f, d->b, k);
			if (js_at(f, param)->flags & JSF_PARAM_PROPERTY)
				put_member(f, &cp->members, js_str(f, js_at(f, param)->a), param);
		}
	}
}

static prog_id add_class(struct program *p, prog_id file, js_node node, struct str name)
{
	struct prog_private *pr = priv(p);
	struct prog_class c = {.file = file, .node = node, .name = name, .base = PROG_NONE};
	struct class_priv cp = {.node = node, .base = entity_none()};
	if (pr->files[file].class_at[node])
		return pr->files[file].class_at[node] - 1;
	vec_push(&pr->classes, c);
	vec_push(&pr->class_privs, cp);
	pr->files[file].class_at[node] = (uint32_t)pr->classes.len;
	return (prog_id)pr->classes.len - 1;
}

static js_node function_of_binding(const struct js_file *f, uint32_t b)
{
	js_node init = f->bindings[b].init;
	enum js_kind k = init ? js_kind(f, init) : JS_NONE;
	return (k == JS_FUNCTION && !(js_at(f, init)->flags & JSF_ARROW)) || k == JS_CLASS ? init : 0;
}

static struct str function_name(const struct js_file *f, js_node fn)
{
	const struct js_node_data *d = js_at(f, fn);
	if (d->str != JS_NO_ATOM)
		return js_str(f, fn);
	js_node up = d->parent;
	if ((js_kind(f, up) == JS_DECLARATOR || js_kind(f, up) == JS_ASSIGN) && js_at(f, up)->a &&
	    (js_kind(f, js_at(f, up)->a) == JS_IDENT || js_kind(f, js_at(f, up)->a) == JS_MEMBER))
		return js_str(f, js_at(f, up)->a);
	return STR("");
}

static bool is_capital(struct str s)
{
	return s.len && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z';
}

/* this.x = ... in the functions hung on X.prototype */
static js_node owner_of_target(const struct js_file *f, js_node assign)
{
	struct this_owner t = this_owner(f, js_at(f, js_at(f, assign)->a)->a);
	js_node x = t.node;
	if (!t.is_target || !x)
		return 0;
	if (js_kind(f, x) != JS_MEMBER || !str_is(js_str(f, x), "prototype"))
		return 0;
	x = js_at(f, x)->a;
	if (js_kind(f, x) != JS_IDENT || f->binding_of[x] == JS_NO_ATOM)
		return 0;
	return function_of_binding(f, f->binding_of[x]);
}

static void index_hung(struct program *p, prog_id file)
{
	struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	for (size_t i = 0; i < fp->protos.len; i++) {
		const struct hung *h = &fp->protos.ptr[i];
		js_node fn = function_of_binding(f, h->owner);
		if (!fn)
			continue;
		prog_id c = add_class(p, file, fn, function_name(f, fn));
		put_member(f, &priv(p)->class_privs.ptr[c].members, h->name, h->at);
		js_node object = js_at(f, h->at)->parent; /* X.prototype = {...}: this is an X there */
		if (js_kind(f, h->at) == JS_PROPERTY && !fp->class_at[object])
			fp->class_at[object] = c + 1;
	}
	for (size_t i = 0; i < fp->this_props.len; i++) {
		const struct hung *h = &fp->this_props.ptr[i];
		js_node owner = h->owner ? h->owner : owner_of_target(f, h->at);
		if (!owner || (js_kind(f, owner) == JS_FUNCTION && !fp->class_at[owner] &&
			       !is_capital(function_name(f, owner))))
			continue;
		if (js_kind(f, owner) != JS_FUNCTION && js_kind(f, owner) != JS_CLASS)
			continue;
		prog_id c = add_class(p, file, owner, function_name(f, owner));
		struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		put_member(f, h->is_static ? &cp->statics : &cp->members, h->name, h->at);
	}
}

void index_classes(struct program *p)
{
	for (prog_id file = 0; file < p->n_files; file++) {
		const struct js_file *f = prog_js(p, file);
		for (js_node n = 1; n < f->n_nodes; n++) {
			if (js_kind(f, n) != JS_CLASS)
				continue;
			prog_id c = add_class(p, file, n, function_name(f, n));
			index_members(f, &priv(p)->class_privs.ptr[c]);
		}
		index_hung(p, file);
	}
	p->classes = priv(p)->classes.ptr;
	p->n_classes = priv(p)->classes.len;
}

/* ---- decorators ---- */

static js_node decorator_callee(const struct js_file *f, js_node deco)
{
	js_node e = js_at(f, deco)->a;
	return js_kind(f, e) == JS_CALL ? js_at(f, e)->a : e;
}

static struct str callee_name(const struct js_file *f, js_node callee)
{
	return js_kind(f, callee) == JS_IDENT || js_kind(f, callee) == JS_MEMBER ? js_str(f, callee) : STR("");
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

/* ---- tokens ---- */

/* forwardRef(() => X), Inject(() => X) */
static js_node behind_arrow(const struct js_file *f, js_node n)
{
	if (js_kind(f, n) == JS_CALL && js_at(f, n)->n_kids && str_is(callee_name(f, js_at(f, n)->a), "forwardRef"))
		n = js_kid(f, n, 0);
	if (js_kind(f, n) == JS_FUNCTION && js_at(f, n)->n_kids <= 1 && js_at(f, n)->b &&
	    js_kind(f, js_at(f, n)->b) != JS_BLOCK)
		n = js_at(f, n)->b;
	return n;
}

static struct str token_key(const struct program *p, prog_id file, js_node n)
{
	const struct js_file *f = prog_js(p, file);
	n = behind_arrow(f, n);
	struct entity e = prog_resolve(p, file, n);
	switch (e.kind) {
	case ENT_CLASS:
		return prog_internf(p, "c%u.%u", e.file, e.node);
	case ENT_VALUE:
	case ENT_CELL:
		if (e.members.len)
			return prog_internf(p, "m%u.%u." STR_FMT, e.file, e.node, STR_ARG(e.members));
		if (!e.node)
			return STR("");
		if (js_kind(prog_js(p, e.file), e.node) == JS_STRING)
			return prog_internf(p, "s" STR_FMT, STR_ARG(js_str(prog_js(p, e.file), e.node)));
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

static js_node object_value(const struct js_file *f, js_node object, const char *key)
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
		if (js_kind(f, prop) != JS_PROPERTY || js_kind(f, v) != JS_CALL || !js_at(f, v)->n_kids)
			continue;
		struct str as = callee_name(f, js_at(f, v)->a);
		int how = str_is(as, "asClass") ? PROVIDE_CLASS : str_is(as, "asFunction") ? PROVIDE_FACTORY
										      : PROVIDE_VALUE;
		if (how != PROVIDE_VALUE || str_is(as, "asValue"))
			add_provider(p, prog_internf(p, "a" STR_FMT, STR_ARG(js_key(f, prop))), how, file,
				     js_kid(f, v, 0));
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
		add_provider(p, token_key(p, file, first), PROVIDE_CLASS, file, object_value(f, second, "useClass"));
	} else if (str_is(name, "registerSingleton") && second) {
		add_provider(p, token_key(p, file, first), PROVIDE_CLASS, file, second);
	} else if (str_is(name, "registerInstance") && second) {
		add_provider(p, token_key(p, file, first), PROVIDE_VALUE, file, second);
	} else if (str_is(name, "to") || str_is(name, "toConstantValue")) {
		js_node bind = js_at(f, d->a)->a;
		if (js_kind(f, bind) == JS_CALL && str_is(callee_name(f, js_at(f, bind)->a), "bind") &&
		    js_at(f, bind)->n_kids)
			add_provider(p, token_key(p, file, js_kid(f, bind, 0)),
				     str_is(name, "to") ? PROVIDE_CLASS : PROVIDE_VALUE, file, first);
	}
}

/* ---- injection ---- */

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
			e = prog_resolve(p, file, behind_arrow(f, arg));
			if (e.kind == ENT_CLASS) {
				e.kind = ENT_INSTANCE;
				return e;
			}
		}
		for (size_t k = 0; k < sizeof injectors / sizeof *injectors; k++)
			if (str_is(name, injectors[k].decorator))
				return package_instance(p, injectors[k].module, injectors[k].path, file, arg);
	}
	return entity_none();
}

static bool is_injectable(const struct js_file *f, js_node param)
{
	const struct js_node_data *d = js_at(f, param);
	if (d->kind == JS_FIELD)
		return d->n_decos > 0;
	js_node method = js_at(f, d->parent)->parent;
	return d->n_decos > 0 || (js_kind(f, method) == JS_METHOD && str_is(js_key(f, method), "constructor"));
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

/* ---- linking ---- */

static void link_base(struct program *p, prog_id c)
{
	struct prog_private *pr = priv(p);
	prog_id file = pr->classes.ptr[c].file;
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, pr->classes.ptr[c].node);
	if (d->kind != JS_CLASS || !d->b)
		return;
	struct entity e = prog_resolve(p, file, d->b);
	if (e.kind != ENT_CLASS && e.kind != ENT_PACKAGE && e.kind != ENT_PACKAGE_INSTANCE)
		return;
	pr->class_privs.ptr[c].base = e;
	prog_id base = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
	if (base == PROG_NONE || base == c)
		return;
	pr->classes.ptr[c].base = base;
	vec_push(&pr->class_privs.ptr[base].subclasses, c);
}

static void link_decorators(struct program *p, prog_id c)
{
	struct class_priv *cp = &priv(p)->class_privs.ptr[c];
	prog_id file = priv(p)->classes.ptr[c].file;
	const struct js_file *f = prog_js(p, file);
	for (uint32_t i = 0; i < js_at(f, cp->node)->n_decos; i++) {
		struct entity e = prog_resolve(p, file, decorator_callee(f, js_deco(f, cp->node, i)));
		cp->decorated = true;
		if ((e.kind == ENT_PACKAGE && str_starts(e.module, STR("@nestjs/"))) || e.kind == ENT_FUNCTION)
			cp->nest = true;
	}
}

/* ---- Nest modules ---- */

enum element { ELEMENT_MODULE, ELEMENT_PROVIDER };
static void add_elements(struct program *p, prog_id module, prog_id file, js_node n, enum element what,
			 unsigned depth);

static void add_module_object(struct program *p, prog_id module, prog_id file, js_node object, unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	js_node v;
	if ((v = object_value(f, object, "imports")))
		add_elements(p, module, file, v, ELEMENT_MODULE, depth + 1);
	if ((v = object_value(f, object, "providers")))
		add_elements(p, module, file, v, ELEMENT_PROVIDER, depth + 1);
	if ((v = object_value(f, object, "controllers")))
		add_elements(p, module, file, v, ELEMENT_PROVIDER, depth + 1);
}

static void add_class_element(struct program *p, prog_id module, prog_id cls, enum element what)
{
	if (cls == PROG_NONE || cls == module)
		return;
	if (what == ELEMENT_MODULE)
		vec_push(&priv(p)->modules[module].imports, cls);
	else
		vec_push(&priv(p)->modules[module].provides, cls);
}

static void add_object_element(struct program *p, prog_id module, prog_id file, js_node object, enum element what,
			       unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	if (what == ELEMENT_MODULE) {
		js_node m = object_value(f, object, "module");
		struct entity e = m ? prog_resolve(p, file, m) : entity_none();
		prog_id target = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
		add_class_element(p, module, target, what);
		add_module_object(p, target == PROG_NONE ? module : target, file, object, depth);
		return;
	}
	static const char *const keys[] = {"useClass", "useExisting", "useValue", "useFactory"};
	for (size_t i = 0; i < 4; i++) {
		js_node v = object_value(f, object, keys[i]);
		if (!v)
			continue;
		struct entity e = prog_resolve(p, file, v);
		if (e.kind == ENT_FUNCTION)
			e = function_result(p, e.fn);
		if (e.kind == ENT_CLASS || e.kind == ENT_INSTANCE)
			add_class_element(p, module, class_id(p, e.file, e.node), what);
	}
}

/* X.forRoot(...): the class, and what the method's object adds to it */
static void add_dynamic_module(struct program *p, prog_id module, prog_id file, js_node call, enum element what,
			       unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	js_node callee = js_at(f, call)->a;
	struct entity e = prog_resolve(p, file, callee);
	if (e.kind == ENT_FUNCTION && !e.members.len) {
		const node_vec *returns = &priv(p)->files[e.file].returns[p->fns[e.fn].index];
		if (js_kind(f, callee) == JS_MEMBER && what == ELEMENT_MODULE) {
			struct entity owner = prog_resolve(p, file, js_at(f, callee)->a);
			if (owner.kind == ENT_CLASS)
				add_class_element(p, module, class_id(p, owner.file, owner.node), what);
		}
		for (size_t i = 0; i < returns->len; i++)
			add_elements(p, module, e.file, returns->ptr[i], what, depth + 1);
	} else if (js_kind(f, callee) == JS_MEMBER && js_kind(f, js_at(f, callee)->a) == JS_ARRAY) {
		add_elements(p, module, file, js_at(f, callee)->a, what, depth + 1);
	} else if (e.kind == ENT_PACKAGE) { /* ConditionalModule.registerWhen(X, ...) */
		for (uint32_t i = 0; i < js_at(f, call)->n_kids; i++) {
			struct entity x = prog_resolve(p, file, js_kid(f, call, i));
			if (x.kind == ENT_CLASS)
				add_class_element(p, module, class_id(p, x.file, x.node), what);
		}
	}
}

static void add_elements(struct program *p, prog_id module, prog_id file, js_node n, enum element what,
			 unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	if (!n || depth > 12)
		return;
	n = behind_arrow(f, n);
	const struct js_node_data *d = js_at(f, n);
	switch (js_kind(f, n)) {
	case JS_ARRAY:
		for (uint32_t i = 0; i < d->n_kids; i++)
			add_elements(p, module, file, js_kid(f, n, i), what, depth + 1);
		return;
	case JS_SPREAD:
	case JS_AWAIT:
		add_elements(p, module, file, d->a, what, depth + 1);
		return;
	case JS_COND:
		add_elements(p, module, file, d->b, what, depth + 1);
		add_elements(p, module, file, d->c, what, depth + 1);
		return;
	case JS_LOGICAL:
		add_elements(p, module, file, d->a, what, depth + 1);
		add_elements(p, module, file, d->b, what, depth + 1);
		return;
	case JS_OBJECT:
		add_object_element(p, module, file, n, what, depth);
		return;
	case JS_CALL:
		add_dynamic_module(p, module, file, n, what, depth);
		return;
	default:
		break;
	}
	struct entity e = prog_resolve(p, file, n);
	if (e.kind == ENT_CLASS) {
		add_class_element(p, module, class_id(p, e.file, e.node), what);
	} else if (e.kind == ENT_INSTANCE) {
		add_class_element(p, module, class_id(p, e.file, e.node), what);
	} else if ((e.kind == ENT_CELL || e.kind == ENT_VALUE) && e.node && !e.members.len &&
		   (e.node != n || e.file != file)) {
		enum js_kind k = js_kind(prog_js(p, e.file), e.node);
		if (k == JS_ARRAY || k == JS_OBJECT || k == JS_COND || k == JS_CALL)
			add_elements(p, module, e.file, e.node, what, depth + 1);
	}
}

static void link_module(struct program *p, prog_id c)
{
	prog_id file = p->classes[c].file;
	js_node deco = find_decorator(p, file, p->classes[c].node, "Module");
	js_node object = decorator_argument(prog_js(p, file), deco, 0);
	if (!deco)
		return;
	priv(p)->is_module[c] = true;
	prog_id at_file = file;
	if (object && js_kind(prog_js(p, file), object) != JS_OBJECT && !prog_deref(p, &at_file, &object))
		return;
	if (object && js_kind(prog_js(p, at_file), object) == JS_OBJECT)
		add_module_object(p, c, at_file, object, 0);
}

void link_classes(struct program *p)
{
	struct prog_private *pr = priv(p);
	for (prog_id c = 0; c < p->n_classes; c++)
		link_base(p, c);
	entities_forget(p); /* members were asked before bases were known */
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
		struct entity e = v->how == PROVIDE_CLASS ? prog_resolve(p, v->file, v->node) : entity_none();
		prog_id c = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
		if (c != PROG_NONE)
			pr->class_privs.ptr[c].container = true;
	}
	pr->modules = xcalloc(p->n_classes + 1, sizeof *pr->modules);
	pr->is_module = xcalloc(p->n_classes + 1, sizeof *pr->is_module);
	for (prog_id c = 0; c < p->n_classes; c++) {
		link_decorators(p, c);
		link_module(p, c);
	}
}

/* ---- what an app provides ---- */

static bool starts_nest(const struct entity *e)
{
	return e->kind == ENT_PACKAGE &&
	       (str_starts(e->path, STR("NestFactory.")) || str_starts(e->path, STR("CommandFactory.")));
}

static void push_module(struct program *p, bool *seen, id_vec *queue, prog_id c)
{
	if (c != PROG_NONE && !seen[c]) {
		seen[c] = true;
		vec_push(queue, c);
	}
	(void)p;
}

static void find_root_modules(struct program *p, uint64_t bit, bool *seen, id_vec *queue)
{
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *f = prog_js(p, call->file);
		if (!(p->files[call->file].apps & bit) || !starts_nest(&call->callee) || js_kind(f, call->node) != JS_CALL)
			continue;
		if (!js_at(f, call->node)->n_kids)
			continue;
		struct entity e = prog_resolve(p, call->file, js_kid(f, call->node, 0));
		if (e.kind == ENT_CLASS)
			push_module(p, seen, queue, class_id(p, e.file, e.node));
	}
	if (queue->len)
		return;
	for (prog_id c = 0; c < p->n_classes; c++) /* the root cannot be told: every module that is loaded */
		if (priv(p)->is_module[c] && (p->files[p->classes[c].file].apps & bit))
			push_module(p, seen, queue, c);
}

static void provide(struct program *p, prog_id c, uint64_t bit)
{
	struct prog_class *cls = &priv(p)->classes.ptr[c];
	if (p->files[cls->file].apps & bit) {
		cls->apps |= bit;
		cls->provided = true;
	}
}

/* @UseGuards(X), consumer.apply(X): Nest makes them without a provider */
static void provide_enhancers(struct program *p, uint64_t bit)
{
	static const char *const takers[] = {"UseGuards", "UseInterceptors", "UsePipes", "UseFilters", "apply"};
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *f = prog_js(p, call->file);
		struct str last = entity_last(&call->callee);
		js_node n = call->node;
		if (js_kind(f, n) == JS_DECORATOR)
			n = js_at(f, n)->a;
		if (!(p->files[call->file].apps & bit) || js_kind(f, n) != JS_CALL)
			continue;
		for (size_t k = 0; k < sizeof takers / sizeof *takers; k++) {
			if (!str_is(last, takers[k]) || !str_starts(call->callee.module, STR("@nestjs/")))
				continue;
			for (uint32_t a = 0; a < js_at(f, n)->n_kids; a++) {
				struct entity e = prog_resolve(p, call->file, js_kid(f, n, a));
				prog_id c = e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
				if (c != PROG_NONE)
					provide(p, c, bit);
			}
		}
	}
}

void provide_classes(struct program *p, uint32_t app)
{
	uint64_t bit = UINT64_C(1) << app;
	bool *seen = xcalloc(p->n_classes + 1, sizeof *seen);
	id_vec queue = {0};
	find_root_modules(p, bit, seen, &queue);
	for (size_t i = 0; i < queue.len; i++) {
		const struct nest_module *m = &priv(p)->modules[queue.ptr[i]];
		provide(p, queue.ptr[i], bit);
		for (size_t k = 0; k < m->provides.len; k++)
			provide(p, m->provides.ptr[k], bit);
		for (size_t k = 0; k < m->imports.len; k++)
			push_module(p, seen, &queue, m->imports.ptr[k]);
	}
	if (queue.len)
		provide_enhancers(p, bit);
	free(seen);
	vec_release(&queue);
}

prog_id class_method(const struct program *p, prog_id cls, struct str name)
{
	struct entity e = class_member(p, cls, name, false);
	return e.kind == ENT_FUNCTION ? e.fn : PROG_NONE;
}
