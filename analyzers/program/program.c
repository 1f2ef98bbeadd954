#include "analyzers/program/program.h"

#include <stdlib.h>
#include "analyzers/program/private.h"

/* The order in which the parts are put together, and the small questions. */

struct program *program_build(const struct context *ctx, struct project *project,
			      const struct prog_app_input *apps, size_t n_apps)
{
	struct program *p = arena_new(ctx->arena, struct program);
	struct prog_private *pr = arena_new(ctx->arena, struct prog_private);
	p->ctx = ctx;
	p->project = project;
	p->priv = pr;
	pr->arena = ctx->arena;
	atoms_init(&pr->names, ctx->arena);
	program_load(p, apps, n_apps);
	program_index(p);
	index_classes(p);
	index_cells(p);
	link_classes(p);
	link_calls(p);
	link_roots(p);
	link_graph(p);
	index_roots(p);
	link_phases(p);
	link_cells(p);
	classes_live(p);
	cells_live(p);
	link_effects(p);
	link_records(p);
	return p;
}

static void release_file(const struct js_file *js, struct file_priv *fp)
{
	for (uint32_t i = 0; fp->returns && i < js->n_functions; i++)
		vec_release(&fp->returns[i]);
	free(fp->returns);
	vec_release(&fp->specs);
	vec_release(&fp->exports);
	vec_release(&fp->stars);
	vec_release(&fp->protos);
	vec_release(&fp->this_props);
	vec_release(&fp->unresolved);
	vec_release(&fp->addons);
	map_release(&fp->export_names);
	map_release(&fp->names);
	map_release(&fp->props);
	js_file_release((struct js_file *)(uintptr_t)js);
}

static void release_classes(struct prog_private *pr)
{
	for (size_t i = 0; i < pr->class_privs.len; i++) {
		map_release(&pr->class_privs.ptr[i].members);
		map_release(&pr->class_privs.ptr[i].statics);
		vec_release(&pr->class_privs.ptr[i].subclasses);
		if (pr->modules) {
			vec_release(&pr->modules[i].imports);
			vec_release(&pr->modules[i].provides);
		}
	}
	free(pr->modules);
	free(pr->is_module);
	vec_release(&pr->class_privs);
	vec_release(&pr->classes);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	struct prog_private *pr = priv(p);
	for (size_t i = 0; i < p->n_files; i++)
		release_file(p->files[i].js, &pr->files[i]);
	release_classes(pr);
	/* sources outlive the program: what was found in them points into their text */
	for (size_t i = 0; i < pr->n_parse_arenas; i++)
		arena_adopt(pr->arena, &pr->parse_arenas[i]);
	free(pr->parse_arenas);
	free(pr->entity_slots);
	vec_release(&pr->entities);
	vec_release(&pr->cells);
	vec_release(&pr->calls);
	vec_release(&pr->roots);
	vec_release(&pr->regs);
	vec_release(&pr->links);
	vec_release(&pr->handed);
	vec_release(&pr->provider_list);
	map_release(&pr->root_keys);
	map_release(&pr->file_by_path);
	map_release(&pr->providers);
	map_release(&pr->globals);
	atoms_release(&pr->names);
}

prog_id prog_fn_of(const struct program *p, prog_id file, js_node n)
{
	return fn_id(p, file, js_at(prog_js(p, file), n)->fn);
}

js_node prog_fn_node(const struct program *p, prog_id fn)
{
	return prog_js(p, p->fns[fn].file)->functions[p->fns[fn].index].node;
}

struct place prog_place(const struct program *p, prog_id file, js_node n)
{
	struct place at = {.source = p->files[file].source, .span = js_at(prog_js(p, file), n)->span};
	return at;
}

/* ---- names of functions ---- */

static struct str class_name(const struct program *p, prog_id file, js_node node)
{
	prog_id c = class_id(p, file, node);
	return c == PROG_NONE ? STR("") : p->classes[c].name;
}

static const char *root_name(const struct program *p, prog_id fn)
{
	struct prog_private *pr = priv(p);
	if (!pr->root_first || pr->root_first[fn] == pr->root_first[fn + 1])
		return NULL;
	struct str label = p->roots[pr->root_list[pr->root_first[fn]]].label;
	return arena_printf(pr->arena, "handler of " STR_FMT, STR_ARG(label));
}

static const char *owned_name(const struct program *p, prog_id file, const struct js_file *f, js_node node)
{
	struct arena *a = priv(p)->arena;
	js_node up = js_at(f, node)->parent;
	const struct js_node_data *d = js_at(f, up);
	switch (js_kind(f, up)) {
	case JS_METHOD:
	case JS_FIELD: {
		struct str cls = class_name(p, file, d->parent);
		return cls.len ? arena_printf(a, STR_FMT "." STR_FMT, STR_ARG(cls), STR_ARG(js_key(f, up)))
			       : arena_cstr(a, js_key(f, up));
	}
	case JS_PROPERTY:
		return js_key(f, up).len ? arena_cstr(a, js_key(f, up)) : NULL;
	case JS_DECLARATOR:
		return js_kind(f, d->a) == JS_IDENT ? arena_cstr(a, js_str(f, d->a)) : NULL;
	case JS_ASSIGN: {
		struct str path = d->b == node ? js_path(a, f, d->a) : STR("");
		return path.len ? arena_cstr(a, path) : NULL;
	}
	default:
		return NULL;
	}
}

const char *prog_fn_name(const struct program *p, prog_id fn)
{
	struct prog_private *pr = priv(p);
	if (pr->fn_names[fn])
		return pr->fn_names[fn];
	prog_id file = p->fns[fn].file;
	const struct js_file *f = prog_js(p, file);
	js_node node = prog_fn_node(p, fn);
	const char *name = NULL;
	if (!p->fns[fn].index)
		name = "module";
	else if (js_at(f, node)->str != JS_NO_ATOM)
		name = arena_cstr(pr->arena, js_str(f, node));
	if (!name)
		name = owned_name(p, file, f, node);
	if (!name)
		name = root_name(p, fn);
	if (!name && js_at(f, js_at(f, node)->parent)->fn) { /* a callback: named after the function around it */
		prog_id outer = prog_fn_of(p, file, js_at(f, node)->parent);
		name = outer != fn ? arena_printf(pr->arena, "callback in %s", prog_fn_name(p, outer)) : NULL;
	}
	pr->fn_names[fn] = name ? name : "callback";
	return pr->fn_names[fn];
}
