/* The package dotenv 16 and 17: the same grammar of a line, found with the
 * package's own regular expressions; config() fills process.env. A `.env` that
 * is not there is no error: it is seldom in the repository. */
#include "analyzers/javascript/eval_internal.h"

#define LINE                                                                                       \
	"(?:^|^)\\s*(?:export\\s+)?([\\w.-]+)(?:\\s*=\\s*?|:\\s+?)(\\s*'(?:\\\\'|[^'])*'|\\s*\"(?" \
	":\\\\\"|[^\"])*\"|"                                                                       \
	"\\s*`(?:\\\\`|[^`])*`|[^#\\r\\n]+)?\\s*(?:#.*)?(?:$|$)"

static struct str unix_lines(struct arena *a, struct str text)
{
	struct buf b = {0};
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\r')
			i += i + 1 < text.len && text.ptr[i + 1] == '\n';
		buf_addc(&b, text.ptr[i] == '\r' ? '\n' : text.ptr[i]);
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct str expand_breaks(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	size_t n = 0;
	/* first all \n, then all \r, as the package does: a backslash before either is not special
	 */
	for (int round = 0; round < 2; round++) {
		char from = "nr"[round], to = "\n\r"[round];
		n = 0;
		for (size_t i = 0; i < s.len; i++) {
			bool hit = s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == from;
			p[n++] = hit ? to : s.ptr[i];
			i += hit;
		}
		s = arena_str(a, (struct str){p, n});
	}
	return s;
}

/* value.replace(/^(['"`])([\s\S]*)\1$/mg, '$2') */
static bool unquote(struct interp *ip, struct str *value)
{
	const char *why;
	struct regex *r =
	    regex_compile(ip->arena, STR("^(['\"`])([\\s\\S]*)\\1$"), STR("mg"), &why);
	struct regex_match m;
	struct buf b = {0};
	size_t from = 0, at = 0;
	enum regex_result found = REGEX_NO;
	while (at <= value->len &&
	       (found = regex_exec(r, *value, at, &m, &ip->steps)) == REGEX_YES) {
		buf_add(&b, str_sub(*value, from, m.start[0]));
		buf_add(&b, str_sub(*value, m.start[2], m.end[2]));
		from = at = m.end[0];
		at += m.end[0] == m.start[0];
	}
	buf_add(&b, str_sub(*value, from, value->len));
	*value = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return found != REGEX_UNKNOWN;
}

/* false: cannot be told */
static bool parse(struct call *c, struct str text, const struct origin *o, struct val_object *out)
{
	struct interp *ip = c->fr->ip;
	const char *why;
	struct regex *line = regex_compile(ip->arena, STR(LINE), STR("mg"), &why);
	struct regex_match m;
	struct str s = unix_lines(ip->arena, text);
	if (!line)
		BUG("the expression of dotenv: %s", why);
	for (size_t at = 0; at <= s.len;) {
		enum regex_result found = regex_exec(line, s, at, &m, &ip->steps);
		if (found == REGEX_UNKNOWN || ip->steps > ip->max_steps)
			return false;
		if (found == REGEX_NO)
			break;
		struct str value = m.start[2] == SIZE_MAX
				       ? STR("")
				       : u16_trim(str_sub(s, m.start[2], m.end[2]), true, true);
		bool quoted = value.len && value.ptr[0] == '"';
		if (!unquote(ip, &value))
			return false;
		if (quoted)
			value = expand_breaks(ip->arena, value);
		put(ip, out, arena_str(ip->arena, str_sub(s, m.start[1], m.end[1])),
		    val_string(ip->arena, value, o));
		at = m.end[0] + (m.end[0] == m.start[0]);
	}
	return true;
}

static struct value *dotenv_parse(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd, *v = arg(ip, c, 0), *out = result_object(c);
	if (is_kind(v, VAL_OBJECT) && str_is(str_from(v->u.obj->class_name), "Buffer"))
		c->args[0] = val_get(v->u.obj, STR("text"));
	if (!arg_str(c, 0, &text, &odd))
		return odd;
	if (!parse(c, text, origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL), out->u.obj))
		return unknown(c->fr, c->node, "a dotenv text that is not decided here");
	return out;
}

static struct value *option(const struct call *c, struct str name)
{
	struct value *o = c->n ? c->args[0] : NULL;
	return is_kind(o, VAL_OBJECT) ? val_get(o->u.obj, name) : NULL;
}

/* populate(into, parsed, { override }) */
static void populate(struct call *c, struct val_object *into, const struct val_object *parsed,
		     bool override)
{
	for (uint32_t i = 0; i < parsed->n; i++)
		if (override || !val_get(into, parsed->props[i].key))
			put(c->fr->ip, into, parsed->props[i].key, parsed->props[i].value);
}

/* one file into `parsed`; *missing: it is not there; false: cannot be told */
static bool read_file(struct call *c, struct str file, bool override, struct val_object *parsed,
		      bool *missing)
{
	struct interp *ip = c->fr->ip;
	struct str absolute = node_path_resolve(ip->arena, cwd_absolute(ip), &file, 1), path;
	struct value *odd;
	if (file.len && file.ptr[0] == '~')
		return false;
	if (!ip->fs || ip->bind || !fs_join(ip->fs, ip->arena, STR(""), absolute, &path))
		return false;
	enum fs_kind kind = fs_kind(ip->fs, path);
	*missing |= kind != FS_FILE;
	if (kind != FS_FILE)
		return true;
	const struct source *s = read_source(c->fr, c->node, path, &odd);
	struct origin *o = arena_new(ip->arena, struct origin);
	struct val_object one = {0};
	if (!s)
		return false;
	*o = (struct origin){.at = {s, {0, (uint32_t)s->text.len}}, .kind = ORIGIN_COMPUTED};
	if (!parse(c, str_sub(s->text, source_bom(s->text), s->text.len), o, &one))
		return false;
	populate(c, parsed, &one, override);
	return true;
}

/* nobody knows what it set */
static struct value *config_unknown(struct call *c, struct value *env, const char *why)
{
	touch_object(c->fr->ip, env->u.obj);
	env->u.obj->open = true;
	return unknown(c->fr, c->node, "%s", why);
}

static struct value *dotenv_config(struct interp *ip, struct call *c)
{
	struct value *path = option(c, STR("path")), *over = option(c, STR("override")),
		     *target = option(c, STR("processEnv"));
	struct value *out = result_object(c), *parsed = result_object(c);
	bool known = true, missing = false, ok = true;
	process_object(ip);
	struct value *env = is_kind(target, VAL_OBJECT) ? target : ip->env;
	if (c->n &&
	    (is_unknown(c->args[0]) || (path && is_unknown(path)) || (over && is_unknown(over))))
		return config_unknown(c, env, "dotenv with options that are not known");
	bool override = over && val_truthy(over, &known);
	bool many = is_kind(path, VAL_ARRAY);
	uint32_t n = many ? path->u.arr->n : 1;
	for (uint32_t i = 0; i < n && ok; i++) {
		struct value *one = many			       ? path->u.arr->items[i]
				    : path && val_truthy(path, &known) ? path
								       : NULL;
		ok = !many || is_kind(one, VAL_STRING);
		ok = ok && read_file(c, is_kind(one, VAL_STRING) ? one->u.str : STR(".env"),
				     override, parsed->u.obj, &missing);
	}
	if (!ok || (many && path->u.arr->open))
		return config_unknown(c, env, "dotenv with a file that is not read here");
	populate(c, env->u.obj, parsed->u.obj, override);
	val_set(ip->arena, out->u.obj, STR("parsed"), parsed);
	if (missing)
		val_set(
		    ip->arena, out->u.obj, STR("error"),
		    error_new(c->fr, c->node, "Error", STR("ENOENT: no such file or directory")));
	return out;
}

static struct value *dotenv_populate(struct interp *ip, struct call *c)
{
	struct value *into = arg(ip, c, 0), *from = arg(ip, c, 1), *options = arg(ip, c, 2), *over;
	bool known = true;
	if (into->kind != VAL_OBJECT || from->kind != VAL_OBJECT || from->u.obj->open)
		return unknown(c->fr, c->node, "dotenv.populate of what is not known");
	over = is_kind(options, VAL_OBJECT) ? val_get(options->u.obj, STR("override")) : NULL;
	populate(c, into->u.obj, from->u.obj, over && val_truthy(over, &known));
	return ip->undefined;
}

const struct builtin builtins_dotenv[] = {
    {.name = "dotenv.config", .fn = dotenv_config},
    {.name = "dotenv.configDotenv", .fn = dotenv_config},
    {.name = "dotenv.parse", .fn = dotenv_parse, .flags = B_PURE},
    {.name = "dotenv.populate", .fn = dotenv_populate},
    {0},
};
