#include "analyzers/program/resolve_private.h"

static struct entity type_name(const struct program *p, prog_id file, struct str name)
{
	const struct file_priv *fp = &priv(p)->files[file];
	const struct js_file *f = prog_js(p, file);
	size_t dot = str_find(name, STR("."));
	struct str first = dot == (size_t)-1 ? name : str_sub(name, 0, dot);
	struct str rest = dot == (size_t)-1 ? STR("") : str_sub(name, dot + 1, name.len);
	uint32_t n = map_get(&fp->names, first);
	if (n == MAP_NONE)
		return entity_none();
	if (js_kind(f, n) == JS_CLASS)
		return entity_class(file, n);
	const struct spec *s = file_spec(p, file, js_at(f, n)->parent);
	if (!s)
		return entity_none();
	struct entity e;
	if (s->to != PROG_NONE) {
		e = export_entity(p, s->to, js_str(f, n));
	} else if (s->module.len) {
		e = package_entity(p, s->module, js_str(f, n));
	} else {
		return entity_none();
	}
	while (rest.len) {
		dot = str_find(rest, STR("."));
		e = entity_member(p, e, dot == (size_t)-1 ? rest : str_sub(rest, 0, dot));
		rest = dot == (size_t)-1 ? STR("") : str_sub(rest, dot + 1, rest.len);
	}
	return e;
}

static struct entity only_subclass(const struct program *p, struct entity e)
{
	for (unsigned step = 0; step < 4; step++) {
		prog_id c = class_id(p, e.file, e.node);
		if (c == PROG_NONE || !(js_at(prog_js(p, e.file), e.node)->flags & JSF_ABSTRACT))
			break;
		const struct class_priv *cp = &priv(p)->class_privs.ptr[c];
		if (cp->subclasses.len != 1)
			break;
		e.file = priv(p)->classes.ptr[cp->subclasses.ptr[0]].file;
		e.node = priv(p)->classes.ptr[cp->subclasses.ptr[0]].node;
	}
	return e;
}

struct entity entity_type(const struct program *p, prog_id file, js_node type)
{
	const struct js_file *f = prog_js(p, file);
	const struct js_node_data *d = js_at(f, type);
	if (!type || d->kind != JS_TYPE)
		return entity_none();
	struct str name = js_str(f, type);
	if (!name.len || str_is(name, "Promise") || str_is(name, "Readonly") ||
	    str_is(name, "Partial")) {
		for (uint32_t i = 0; i < d->n_kids; i++) {
			struct entity e = entity_type(p, file, js_kid(f, type, i));
			if (e.kind != ENT_UNKNOWN)
				return e;
		}
		return entity_none();
	}
	struct entity e = type_name(p, file, name);
	if (e.kind == ENT_CLASS) {
		e.kind = ENT_INSTANCE;
		e = only_subclass(p, e);
	} else if (e.kind == ENT_PACKAGE) {
		e.kind = ENT_PACKAGE_INSTANCE;
	} else {
		return entity_none();
	}
	if (d->n_kids && js_kind(f, js_kid(f, type, 0)) == JS_TYPE) {
		struct str arg = js_str(f, js_kid(f, type, 0));
		struct entity t = arg.len ? type_name(p, file, arg) : entity_none();
		e.type_arg = prog_intern(p, arg);
		if (t.kind == ENT_CLASS) {
			e.type_file = t.file;
			e.type_node = t.node;
		}
	}
	return e;
}
