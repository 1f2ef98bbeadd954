#include "analyzers/program/static_path.h"

#include "base/fs.h"

static bool append(struct arena *a, struct path_part *to, const struct path_part *more, bool with_slash)
{
	if (!to->complete) {
		to->deep = to->deep || with_slash || str_find(more->text, STR("/")) != (size_t)-1;
		return true;
	}
	const char *slash = with_slash && to->text.len ? "/" : "";
	to->text = str_from(arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(to->text), slash, STR_ARG(more->text)));
	to->complete = more->complete;
	return true;
}

static bool path_of_template(struct arena *a, const struct js_file *f, js_node n, unsigned depth,
			     struct path_part *out)
{
	*out = (struct path_part){.text = STR(""), .complete = true};
	for (uint32_t i = 0; i < js_at(f, n)->n_kids; i++) {
		struct path_part part;
		if (!path_part_of(a, f, js_kid(f, n, i), depth, &part))
			part = (struct path_part){.text = STR(""), .complete = false};
		if (i <= 1 && out->text.len == 0 && part.absolute)
			out->absolute = true;
		append(a, out, &part, false);
	}
	return out->text.len > 0 || out->absolute || out->complete;
}

static bool path_of_call(struct arena *a, const struct js_file *f, js_node n, unsigned depth,
			 struct path_part *out)
{
	const struct js_node_data *d = js_at(f, n);
	struct str name = js_last_name(f, d->a);
	if (d->n_kids == 0)
		return false;
	if (str_is(name, "fileURLToPath") || str_is(name, "pathToFileURL") ||
	    (str_is(name, "resolve") && js_kind(f, d->a) == JS_MEMBER && js_is_ident(f, js_at(f, d->a)->a, "require")))
		return path_part_of(a, f, js_kid(f, n, 0), depth, out);
	if (str_is(name, "dirname")) {
		if (!path_part_of(a, f, js_kid(f, n, 0), depth, out) || !out->complete)
			return false;
		out->text = path_dir(out->text);
		return true;
	}
	if (js_kind(f, n) == JS_NEW && str_is(name, "URL") && d->n_kids == 2) {
		if (!path_part_of(a, f, js_kid(f, n, 0), depth, out))
			return false;
		out->text = path_join(a, path_dir(f->source->path), out->text);
		out->absolute = true;
		return true;
	}
	if (!str_is(name, "join") && !str_is(name, "resolve"))
		return false;
	if (!path_part_of(a, f, js_kid(f, n, 0), depth, out))
		return false;
	for (uint32_t i = 1; i < d->n_kids; i++) {
		struct path_part part;
		if (!path_part_of(a, f, js_kid(f, n, i), depth, &part))
			part = (struct path_part){.text = STR(""), .complete = false};
		append(a, out, &part, true);
	}
	bool slash = !out->complete;
	out->text = path_join(a, STR(""), out->text);
	if (slash && out->text.len && out->text.ptr[out->text.len - 1] != '/')
		out->text = str_from(arena_printf(a, STR_FMT "/", STR_ARG(out->text)));
	return true;
}

static bool path_of_ident(struct arena *a, const struct js_file *f, js_node n, unsigned depth,
			  struct path_part *out)
{
	uint32_t b = f->binding_of[n];
	if (b == JS_NO_ATOM) {
		*out = (struct path_part){.complete = true, .absolute = true, .text = f->source->path};
		if (js_is_ident(f, n, "__dirname"))
			out->text = path_dir(f->source->path);
		else if (!js_is_ident(f, n, "__filename"))
			return false;
		return true;
	}
	const struct js_binding *bind = &f->bindings[b];
	if (bind->kind != JSB_CONST && bind->kind != JSB_VAR && bind->kind != JSB_LET)
		return false;
	return bind->init && !bind->pattern && path_part_of(a, f, bind->init, depth, out);
}

static bool path_of_member(const struct js_file *f, js_node n, struct path_part *out)
{
	js_node object = js_at(f, n)->a;
	if (js_kind(f, object) != JS_META)
		return false;
	*out = (struct path_part){.complete = true, .absolute = true, .text = f->source->path};
	struct str name = js_str(f, n);
	if (str_is(name, "dirname"))
		out->text = path_dir(f->source->path);
	return str_is(name, "dirname") || str_is(name, "url") || str_is(name, "filename");
}

bool path_part_of(struct arena *a, const struct js_file *f, js_node n, unsigned depth, struct path_part *out)
{
	const struct js_node_data *d = js_at(f, n);
	if (depth > 12)
		return false;
	switch (js_kind(f, n)) {
	case JS_STRING:
		*out = (struct path_part){.text = js_str(f, n), .complete = true};
		return true;
	case JS_TEMPLATE:
		return path_of_template(a, f, n, depth + 1, out);
	case JS_BINARY: {
		if (d->op != JS_OP_ADD || !path_part_of(a, f, d->a, depth + 1, out))
			return false;
		struct path_part right;
		if (!path_part_of(a, f, d->b, depth + 1, &right))
			right = (struct path_part){.text = STR(""), .complete = false};
		return append(a, out, &right, false);
	}
	case JS_IDENT:
		return path_of_ident(a, f, n, depth + 1, out);
	case JS_MEMBER:
		return path_of_member(f, n, out);
	case JS_CALL:
	case JS_NEW:
		return path_of_call(a, f, n, depth + 1, out);
	default:
		return false;
	}
}

bool static_path(struct arena *a, const struct js_file *f, js_node n, struct str *out, bool *complete)
{
	struct path_part part;
	if (!path_part_of(a, f, n, 0, &part))
		return false;
	*complete = part.complete;
	bool slash = part.text.len && part.text.ptr[part.text.len - 1] == '/';
	struct str dir = part.absolute ? STR("") : path_dir(f->source->path);
	while (part.absolute && part.text.len && part.text.ptr[0] == '/')
		part.text = str_sub(part.text, 1, part.text.len);
	*out = path_join(a, dir, part.text);
	if (slash && out->len && out->ptr[out->len - 1] != '/')
		*out = str_from(arena_printf(a, STR_FMT "/", STR_ARG(*out)));
	return out->len == 0 || out->ptr[0] != '.' || out->len < 2 || out->ptr[1] != '.';
}
