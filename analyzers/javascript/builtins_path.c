/* path (POSIX) and url, as Node defines them. */
#include "analyzers/javascript/eval_internal.h"

/* normalises; keeps ".." at the front of a relative path */
static struct str collapse(struct arena *a, struct str path, bool rooted)
{
	char *out = arena_alloc(a, path.len + 2);
	size_t n = 0, floor = 0;
	for (size_t i = 0; i < path.len;) {
		size_t j = i;
		while (j < path.len && path.ptr[j] != '/')
			j++;
		struct str part = str_sub(path, i, j);
		i = j + 1;
		if (!part.len || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (n > floor) {
				while (n > floor && out[n - 1] != '/')
					n--;
				n -= n > floor;
				continue;
			}
			if (rooted)
				continue;
		}
		if (n)
			out[n++] = '/';
		memcpy(out + n, part.ptr, part.len);
		n += part.len;
		if (str_is(part, ".."))
			floor = n;
	}
	return (struct str){out, n};
}

static struct str normalize(struct arena *a, struct str path)
{
	if (!path.len)
		return STR(".");
	bool rooted = path.ptr[0] == '/', slash = path.ptr[path.len - 1] == '/';
	struct str s = collapse(a, path, rooted);
	if (!s.len)
		return rooted ? STR("/") : slash ? STR("./") : STR(".");
	return str_from(
	    arena_printf(a, "%s" STR_FMT "%s", rooted ? "/" : "", STR_ARG(s), slash ? "/" : ""));
}

struct str node_path_resolve(struct arena *a, struct str cwd, const struct str *parts, uint32_t n)
{
	struct str path = STR("");
	for (uint32_t i = n + 1; i > 0 && !(path.len && path.ptr[0] == '/'); i--) {
		struct str part = i > 1 ? parts[i - 2] : cwd;
		if (part.len)
			path = str_from(
			    arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(part), STR_ARG(path)));
	}
	struct str s = collapse(a, path, true);
	return str_from(arena_printf(a, "/" STR_FMT, STR_ARG(s)));
}

static bool texts(struct call *c, struct str **out, struct value **odd)
{
	*odd = NULL;
	*out = arena_array(c->fr->ip->arena, struct str, c->n + 1);
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->args[i]->kind != VAL_STRING) {
			throw_error(c->fr, c->node, "TypeError",
				    "The \"path\" argument must be of type string. Received %s",
				    type_of(c->args[i]));
			val_set(c->fr->ip->arena, c->fr->ip->thrown->u.obj, STR("code"),
				string(c->fr, c->node, STR("ERR_INVALID_ARG_TYPE")));
			return false;
		}
		(*out)[i] = c->args[i]->u.str;
	}
	return true;
}

static struct value *path_join_call(struct interp *ip, struct call *c)
{
	struct str *parts, path = STR("");
	struct value *odd;
	if (!texts(c, &parts, &odd))
		return odd;
	for (uint32_t i = 0; i < c->n; i++)
		if (parts[i].len) {
			if (!charge(ip, path.len + parts[i].len))
				return NULL;
			path = path.len ? str_from(arena_printf(ip->arena, STR_FMT "/" STR_FMT,
								STR_ARG(path), STR_ARG(parts[i])))
					: parts[i];
		}
	return result_string(c, normalize(ip->arena, path));
}

static struct value *path_resolve_call(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	if (!texts(c, &parts, &odd))
		return odd;
	return result_string(c, node_path_resolve(ip->arena, cwd_absolute(ip), parts, c->n));
}

static struct value *path_normalize(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	if (!texts(c, &parts, &odd))
		return odd;
	return result_string(c, normalize(ip->arena, c->n ? parts[0] : STR("")));
}

static struct value *path_dirname(struct interp *ip, struct call *c)
{
	struct str *parts, s;
	struct value *odd;
	(void)ip;
	if (!texts(c, &parts, &odd))
		return odd;
	s = c->n ? parts[0] : STR("");
	size_t end = s.len;
	while (end > 1 && s.ptr[end - 1] == '/')
		end--;
	size_t at = str_rfind_char(str_sub(s, 0, end), '/');
	if (at == (size_t)-1)
		return result_string(c, STR("."));
	while (at > 1 && s.ptr[at - 1] == '/')
		at--;
	return result_string(c, at == 0 ? STR("/")
					: str_sub(s, 0, at == 1 && s.ptr[0] == '/' ? 2 : at));
}

static struct str base_of(struct str s)
{
	size_t end = s.len;
	while (end > 0 && s.ptr[end - 1] == '/')
		end--;
	return path_base(str_sub(s, 0, end));
}

static struct value *path_basename(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	(void)ip;
	if (c->n > 1 && c->args[1]->kind == VAL_UNDEFINED)
		c->n = 1;
	if (!texts(c, &parts, &odd))
		return odd;
	if (c->n > 1 && parts[1].len && str_eq(parts[0], parts[1]))
		return result_string(c, STR(""));
	struct str s = base_of(c->n ? parts[0] : STR(""));
	if (c->n > 1 && str_ends(s, parts[1]) && s.len > parts[1].len)
		s = str_sub(s, 0, s.len - parts[1].len);
	return result_string(c, s);
}

static struct str ext_of(struct str path)
{
	struct str s = base_of(path);
	size_t at = str_rfind_char(s, '.');
	return at == (size_t)-1 || at == 0 || str_is(s, "..") ? STR("") : str_sub(s, at, s.len);
}

static struct value *path_extname(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	(void)ip;
	if (!texts(c, &parts, &odd))
		return odd;
	return result_string(c, ext_of(c->n ? parts[0] : STR("")));
}

static struct value *path_relative(struct interp *ip, struct call *c)
{
	struct str *parts, cwd = cwd_absolute(ip);
	struct value *odd;
	if (!texts(c, &parts, &odd))
		return odd;
	struct str from = node_path_resolve(ip->arena, cwd, parts, c->n > 0);
	struct str to = node_path_resolve(ip->arena, cwd, c->n > 1 ? parts + 1 : parts, c->n > 1);
	size_t same = 1, i = 0;
	if (str_eq(from, to))
		return result_string(c, STR(""));
	for (i = 0; i <= from.len && i <= to.len; i++) {
		bool end_from = i == from.len || from.ptr[i] == '/',
		     end_to = i == to.len || to.ptr[i] == '/';
		if (end_from && end_to && i > 0)
			same = i;
		if (i == from.len || i == to.len || from.ptr[i] != to.ptr[i])
			break;
	}
	struct buf b = {0};
	for (i = same; i < from.len; i++)
		if (i == same || from.ptr[i] == '/')
			if (str_sub(from, i, from.len).len > (from.ptr[i] == '/'))
				buf_adds(&b, b.len ? "/.." : "..");
	struct str rest = str_sub(to, same + (same < to.len && to.ptr[same] == '/'), to.len);
	if (b.len && rest.len)
		buf_addc(&b, '/');
	buf_add(&b, rest);
	struct str s = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return result_string(c, s);
}

static struct value *path_is_absolute(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	(void)ip;
	if (!texts(c, &parts, &odd))
		return odd;
	return result_bool(c, c->n && parts[0].len && parts[0].ptr[0] == '/');
}

static struct value *path_parse(struct interp *ip, struct call *c)
{
	struct str *parts;
	struct value *odd;
	if (!texts(c, &parts, &odd))
		return odd;
	struct str s = c->n ? parts[0] : STR(""), base = base_of(s), ext = ext_of(s);
	struct value *v = result_object(c);
	bool rooted = s.len && s.ptr[0] == '/';
	size_t end = s.len;
	while (end > 0 && s.ptr[end - 1] == '/')
		end--;
	size_t start = end - base.len;
	struct str dir = start <= 1 ? str_sub(s, 0, rooted) : str_sub(s, 0, start - 1);
	val_set(ip->arena, v->u.obj, STR("root"), result_string(c, rooted ? STR("/") : STR("")));
	val_set(ip->arena, v->u.obj, STR("dir"), result_string(c, dir));
	val_set(ip->arena, v->u.obj, STR("base"), result_string(c, base));
	val_set(ip->arena, v->u.obj, STR("ext"), result_string(c, ext));
	val_set(ip->arena, v->u.obj, STR("name"),
		result_string(c, str_sub(base, 0, base.len - ext.len)));
	return v;
}

static struct value *path_sep(struct interp *ip, struct call *c)
{
	(void)ip;
	return result_string(c, c->self->data ? STR(":") : STR("/"));
}

static struct value *path_posix(struct interp *ip, struct call *c)
{
	(void)c;
	return namespace_object(ip, "path");
}

/* ---- url: files only ---- */

static struct value *file_url(struct call *c, struct str path)
{
	struct arena *a = c->fr->ip->arena;
	struct value *v = result_object(c);
	v->u.obj->class_name = "URL";
	val_set(a, v->u.obj, STR("href"),
		result_string(c, str_from(arena_printf(a, "file://" STR_FMT, STR_ARG(path)))));
	val_set(a, v->u.obj, STR("pathname"), result_string(c, path));
	val_set(a, v->u.obj, STR("protocol"), result_string(c, STR("file:")));
	return v;
}

/* characters that a URL would write in another way make the result unknown */
static bool is_plain_path(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.ptr[i];
		if (ch <= ' ' || ch >= 0x7f || strchr("%?#\"<>`{}\\|^[]", ch))
			return false;
	}
	return true;
}

static struct value *url_new(struct interp *ip, struct call *c)
{
	struct str text, base;
	struct value *odd, *from = arg(ip, c, 1);
	if (is_unknown(from) || !arg_str(c, 0, &text, &odd))
		return is_unknown(from) ? spread_unknown(ip, from) : odd;
	if (is_kind(from, VAL_OBJECT) && str_is(str_from(from->u.obj->class_name), "URL"))
		from = val_get(from->u.obj, STR("href"));
	if (from->kind != VAL_STRING || !str_starts(from->u.str, STR("file:///")) ||
	    !is_plain_path(text) || str_find(text, STR(":")) != (size_t)-1 ||
	    str_starts(text, STR("//")) || !is_plain_path(from->u.str))
		return unknown(c->fr, c->node, "uses URL");
	base = str_sub(from->u.str, 7, from->u.str.len);
	struct str dir = str_sub(base, 0, str_rfind_char(base, '/') + 1);
	if (text.len && text.ptr[0] == '/')
		dir = STR("");
	struct str whole =
	    str_from(arena_printf(ip->arena, STR_FMT STR_FMT, STR_ARG(dir), STR_ARG(text)));
	bool slash =
	    str_ends(whole, STR("/")) || str_ends(whole, STR("/.")) || str_ends(whole, STR("/.."));
	struct str path = node_path_resolve(ip->arena, STR("/"), &whole, 1);
	if (slash && path.len > 1)
		path = str_from(arena_printf(ip->arena, STR_FMT "/", STR_ARG(path)));
	return file_url(c, path);
}

static struct value *file_url_to_path(struct interp *ip, struct call *c)
{
	struct value *v = arg(ip, c, 0);
	if (is_kind(v, VAL_OBJECT) && str_is(str_from(v->u.obj->class_name), "URL"))
		v = val_get(v->u.obj, STR("href"));
	if (v->kind != VAL_STRING || !str_starts(v->u.str, STR("file:///")) ||
	    str_find(v->u.str, STR("%")) != (size_t)-1)
		return unknown(c->fr, c->node, "uses url.fileURLToPath");
	return val_string(ip->arena, str_sub(v->u.str, 7, v->u.str.len),
			  origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL));
}

static struct value *path_to_file_url(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd;
	if (!arg_str(c, 0, &text, &odd))
		return odd;
	struct str path = node_path_resolve(ip->arena, cwd_absolute(ip), &text, 1);
	return is_plain_path(path) ? file_url(c, path)
				   : unknown(c->fr, c->node, "uses url.pathToFileURL");
}

const struct builtin builtins_path[] = {
    {.name = "path.join", .fn = path_join_call, .flags = B_PURE},
    {.name = "path.resolve", .fn = path_resolve_call, .flags = B_PURE},
    {.name = "path.normalize", .fn = path_normalize, .flags = B_PURE},
    {.name = "path.dirname", .fn = path_dirname, .flags = B_PURE},
    {.name = "path.basename", .fn = path_basename, .flags = B_PURE},
    {.name = "path.extname", .fn = path_extname, .flags = B_PURE},
    {.name = "path.relative", .fn = path_relative, .flags = B_PURE},
    {.name = "path.isAbsolute", .fn = path_is_absolute, .flags = B_PURE},
    {.name = "path.parse", .fn = path_parse, .flags = B_PURE},
    {.name = "path.sep", .fn = path_sep, .flags = B_CONST},
    {.name = "path.delimiter", .fn = path_sep, .flags = B_CONST, .data = 1},
    {.name = "path.posix", .fn = path_posix, .flags = B_CONST},
    {.name = "URL", .fn = url_new, .flags = B_PURE | B_MAKES},
    {.name = "url.fileURLToPath", .fn = file_url_to_path, .flags = B_PURE},
    {.name = "url.pathToFileURL", .fn = path_to_file_url, .flags = B_PURE},
    {.name = "url.URL"},
    {0},
};
