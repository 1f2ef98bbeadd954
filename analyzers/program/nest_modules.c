#include "analyzers/program/injection.h"

#include <stdlib.h>

enum element { ELEMENT_MODULE, ELEMENT_PROVIDER };
static void add_elements(struct program *p, prog_id module, prog_id file, js_node n,
			 enum element what, unsigned depth);

static void add_module_object(struct program *p, prog_id module, prog_id file, js_node object,
			      unsigned depth)
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

static void add_object_element(struct program *p, prog_id module, prog_id file, js_node object,
			       enum element what, unsigned depth)
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
static void add_dynamic_module(struct program *p, prog_id module, prog_id file, js_node call,
			       enum element what, unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	js_node callee = js_at(f, call)->a;
	struct entity e = prog_resolve(p, file, callee);
	if (e.kind == ENT_FUNCTION && !e.members.len) {
		const node_vec *returns = &priv(p)->files[e.file].returns[p->fns[e.fn].index];
		if (js_kind(f, callee) == JS_MEMBER && what == ELEMENT_MODULE) {
			struct entity owner = prog_resolve(p, file, js_at(f, callee)->a);
			if (owner.kind == ENT_CLASS)
				add_class_element(p, module, class_id(p, owner.file, owner.node),
						  what);
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

static void add_elements(struct program *p, prog_id module, prog_id file, js_node n,
			 enum element what, unsigned depth)
{
	const struct js_file *f = prog_js(p, file);
	if (!n || depth > 12)
		return;
	n = injection_behind_arrow(f, n);
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
	if (e.kind == ENT_CLASS || e.kind == ENT_INSTANCE) {
		add_class_element(p, module, class_id(p, e.file, e.node), what);
	} else if ((e.kind == ENT_CELL || e.kind == ENT_VALUE) && e.node && !e.members.len &&
		   (e.node != n || e.file != file)) {
		enum js_kind k = js_kind(prog_js(p, e.file), e.node);
		if (k == JS_ARRAY || k == JS_OBJECT || k == JS_COND || k == JS_CALL)
			add_elements(p, module, e.file, e.node, what, depth + 1);
	}
}

void nest_link_module(struct program *p, prog_id c)
{
	prog_id file = p->classes[c].file;
	js_node deco = find_decorator(p, file, p->classes[c].node, "Module");
	js_node object = decorator_argument(prog_js(p, file), deco, 0);
	if (!deco)
		return;
	priv(p)->is_module[c] = true;
	prog_id at_file = file;
	if (object && js_kind(prog_js(p, file), object) != JS_OBJECT &&
	    !prog_deref(p, &at_file, &object))
		return;
	if (object && js_kind(prog_js(p, at_file), object) == JS_OBJECT)
		add_module_object(p, c, at_file, object, 0);
}

static bool starts_nest(const struct entity *e)
{
	return e->kind == ENT_PACKAGE && (str_starts(e->path, STR("NestFactory.")) ||
					  str_starts(e->path, STR("CommandFactory.")));
}

static void push_module(bool *seen, id_vec *queue, prog_id c)
{
	if (c != PROG_NONE && !seen[c]) {
		seen[c] = true;
		vec_push(queue, c);
	}
}

static void find_root_modules(struct program *p, uint64_t bit, bool *seen, id_vec *queue)
{
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *call = &p->calls[i];
		const struct js_file *f = prog_js(p, call->file);
		if (!(p->files[call->file].apps & bit) || !starts_nest(&call->callee) ||
		    js_kind(f, call->node) != JS_CALL)
			continue;
		if (!js_at(f, call->node)->n_kids)
			continue;
		struct entity e = prog_resolve(p, call->file, js_kid(f, call->node, 0));
		if (e.kind == ENT_CLASS)
			push_module(seen, queue, class_id(p, e.file, e.node));
	}
	if (queue->len)
		return;
	for (prog_id c = 0; c < p->n_classes;
	     c++) /* the root cannot be told: every module that is loaded */
		if (priv(p)->is_module[c] && (p->files[p->classes[c].file].apps & bit))
			push_module(seen, queue, c);
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
	static const char *const takers[] = {"UseGuards", "UseInterceptors", "UsePipes",
					     "UseFilters", "apply"};
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
			if (!str_is(last, takers[k]) ||
			    !str_starts(call->callee.module, STR("@nestjs/")))
				continue;
			for (uint32_t a = 0; a < js_at(f, n)->n_kids; a++) {
				struct entity e = prog_resolve(p, call->file, js_kid(f, n, a));
				prog_id c =
				    e.kind == ENT_CLASS ? class_id(p, e.file, e.node) : PROG_NONE;
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
			push_module(seen, &queue, m->imports.ptr[k]);
	}
	if (queue.len)
		provide_enhancers(p, bit);
	free(seen);
	vec_release(&queue);
}
