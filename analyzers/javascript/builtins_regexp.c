/* RegExp, and the string methods that take one. */
#include "analyzers/javascript/eval_internal.h"

static struct value *regexp_new(struct frame *fr, js_node n, struct str pattern, struct str flags)
{
	struct interp *ip = fr->ip;
	const char *why_not = NULL;
	struct regex *r = regex_compile(ip->arena, pattern, flags, &why_not);
	if (!r)
		return unknown(fr, n, "uses %s", why_not);
	struct value *v = val_new(ip->arena, VAL_REGEXP, origin_new(fr, n, ORIGIN_LITERAL, NULL));
	v->u.obj = arena_new(ip->arena, struct val_object);
	v->u.obj->host = r;
	val_set(ip->arena, v->u.obj, STR("lastIndex"), number(fr, n, 0));
	return v;
}

struct value *regexp_value(struct frame *fr, js_node n, struct str text)
{
	size_t end = str_rfind_char(text, '/');
	if (text.len < 2 || end == (size_t)-1 || end == 0)
		return unknown(fr, n, "uses a broken regular expression");
	return regexp_new(fr, n, str_sub(text, 1, end), str_sub(text, end + 1, text.len));
}

static struct value *regexp_call(struct interp *ip, struct call *c)
{
	struct str pattern, flags = STR("");
	struct value *odd;
	const struct regex *r = is_kind(arg(ip, c, 0), VAL_REGEXP) ? c->args[0]->u.obj->host : NULL;
	if (r)
		pattern = regex_source(r);
	else if (!arg_str(c, 0, &pattern, &odd))
		return odd;
	if (r && c->n < 2)
		flags = regex_flags(r);
	else if (c->n > 1 && !arg_str(c, 1, &flags, &odd))
		return odd;
	return regexp_new(c->fr, c->node, c->n ? pattern : STR("(?:)"), flags);
}

/* characters above U+FFFF are two units for JavaScript without the flag u */
static bool is_odd_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0xf0)
			return true;
	return false;
}

static enum regex_result run(struct interp *ip, struct regex *r, struct str text, size_t from,
			     struct regex_match *m)
{
	if (is_odd_text(text) || (regex_flag(r, 'i') && !u16_ascii(text)))
		return REGEX_UNKNOWN;
	return regex_exec(r, text, from, m, &ip->steps);
}

static struct value *undecided(struct call *c)
{
	return unknown(c->fr, c->node, "uses a regular expression that is not decided here");
}

static struct value *group_value(struct call *c, struct str text, const struct regex_match *m,
				 uint32_t g)
{
	if (m->start[g] == SIZE_MAX)
		return val_new(c->fr->ip->arena, VAL_UNDEFINED,
			       origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
	return result_string(c, str_sub(text, m->start[g], m->end[g]));
}

/* the array of exec */
static struct value *match_array(struct call *c, const struct regex *r, struct str text,
				 const struct regex_match *m)
{
	struct value *v = result_array(c);
	for (uint32_t g = 0; g < m->n; g++)
		val_push(c->fr->ip->arena, v->u.arr, group_value(c, text, m, g));
	struct val_object *props = v->u.arr->props = arena_new(c->fr->ip->arena, struct val_object);
	struct value *groups = c->fr->ip->undefined;
	if (regex_has_names(r)) {
		groups = result_object(c);
		for (uint32_t g = 1; g < m->n; g++)
			if (regex_group_name(r, g).len)
				val_set(c->fr->ip->arena, groups->u.obj, regex_group_name(r, g),
					v->u.arr->items[g]);
	}
	val_set(c->fr->ip->arena, props, STR("index"),
		result_number(c, (double)u16_index(text, m->start[0])));
	val_set(c->fr->ip->arena, props, STR("input"), result_string(c, text));
	val_set(c->fr->ip->arena, props, STR("groups"), groups);
	return v;
}

static bool last_index(struct call *c, struct value *re, double *at)
{
	bool known;
	struct value *v = val_get(re->u.obj, STR("lastIndex"));
	*at = v ? val_to_number(v, &known) : 0;
	(void)c;
	return v && v->kind == VAL_NUMBER;
}

static enum regex_result exec_once(struct call *c, struct value *re, struct str text,
				   struct regex_match *m)
{
	struct interp *ip = c->fr->ip;
	struct regex *r = re->u.obj->host;
	bool global = regex_flag(r, 'g');
	double at = 0;
	if (global && !last_index(c, re, &at))
		return REGEX_UNKNOWN;
	enum regex_result found =
	    at > (double)u16_len(text) ? REGEX_NO : run(ip, r, text, u16_byte(text, (size_t)at), m);
	if (global && found != REGEX_UNKNOWN)
		put(ip, re->u.obj, STR("lastIndex"),
		    number(c->fr, c->node,
			   found == REGEX_YES ? (double)u16_index(text, m->end[0]) : 0));
	return found;
}

/* the argument matched against the receiver; REGEX_UNKNOWN: *odd is the answer (NULL: thrown) */
static enum regex_result exec_argument(struct call *c, struct str *text, struct regex_match *m,
				       struct value **odd)
{
	if (c->this_->kind == VAL_REGEXP && !arg_str(c, 0, text, odd))
		return REGEX_UNKNOWN;
	enum regex_result found =
	    c->this_->kind == VAL_REGEXP ? exec_once(c, c->this_, *text, m) : REGEX_UNKNOWN;
	if (found == REGEX_UNKNOWN)
		*odd = undecided(c);
	return found;
}

static struct value *regexp_test(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd;
	struct regex_match m;
	enum regex_result found = exec_argument(c, &text, &m, &odd);
	if (found == REGEX_UNKNOWN)
		return odd;
	struct str needle = regex_sample(ip->arena, c->this_->u.obj->host);
	if (found == REGEX_YES || needle.ptr)
		test_text(c->fr, c->node, arg(ip, c, 0), needle, found == REGEX_YES);
	return result_bool(c, found == REGEX_YES);
}

static struct value *regexp_exec(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd;
	struct regex_match m;
	enum regex_result found = exec_argument(c, &text, &m, &odd);
	if (found == REGEX_UNKNOWN)
		return odd;
	return found == REGEX_YES ? match_array(c, c->this_->u.obj->host, text, &m)
				  : val_new(ip->arena, VAL_NULL,
					    origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
}

/* ---- string methods ---- */

struct value *regexp_match(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd, *re = arg(ip, c, 0);
	struct regex_match m;
	if (!to_str(c->fr, c->node, c->this_, &text, &odd))
		return odd;
	if (re->kind != VAL_REGEXP)
		re = regexp_call(ip, c);
	if (!re || is_unknown(re))
		return re;
	struct regex *r = re->u.obj->host;
	struct value *none =
	    val_new(ip->arena, VAL_NULL, origin_new(c->fr, c->node, ORIGIN_COMPUTED, NULL));
	if (!regex_flag(r, 'g')) {
		enum regex_result found = run(ip, r, text, 0, &m);
		struct str needle = regex_sample(ip->arena, r);
		if (found != REGEX_UNKNOWN && (found == REGEX_YES || needle.ptr))
			test_text(c->fr, c->node, c->this_, needle, found == REGEX_YES);
		return found == REGEX_UNKNOWN ? undecided(c)
		       : found == REGEX_YES   ? match_array(c, r, text, &m)
					      : none;
	}
	struct value *all = result_array(c);
	for (size_t at = 0; at <= text.len;) {
		enum regex_result found = run(ip, r, text, at, &m);
		if (found == REGEX_UNKNOWN)
			return undecided(c);
		if (found == REGEX_NO || !step(c->fr, c->node))
			break;
		val_push(ip->arena, all->u.arr,
			 result_string(c, str_sub(text, m.start[0], m.end[0])));
		at = m.end[0] + (m.end[0] == m.start[0]);
	}
	return ip->abrupt ? NULL : all->u.arr->n ? all : none;
}

struct value *regexp_search(struct interp *ip, struct call *c)
{
	struct str text;
	struct value *odd;
	struct regex_match m;
	if (!to_str(c->fr, c->node, c->this_, &text, &odd))
		return odd;
	if (!is_kind(arg(ip, c, 0), VAL_REGEXP))
		return undecided(c);
	enum regex_result found = run(ip, c->args[0]->u.obj->host, text, 0, &m);
	if (found == REGEX_UNKNOWN)
		return undecided(c);
	return result_number(c, found == REGEX_YES ? (double)u16_index(text, m.start[0]) : -1);
}

struct value *regexp_split(struct interp *ip, struct call *c, struct str text, double limit)
{
	struct regex *r = c->args[0]->u.obj->host;
	struct value *v = result_array(c);
	struct regex_match m;
	size_t from = 0, at = 0;
	if (!text.len) {
		enum regex_result empty = run(ip, r, text, 0, &m);
		if (empty == REGEX_UNKNOWN)
			return undecided(c);
		if (empty == REGEX_NO)
			val_push(ip->arena, v->u.arr, result_string(c, text));
		return v;
	}
	while (at < text.len) {
		enum regex_result found = run(ip, r, text, at, &m);
		if (found == REGEX_UNKNOWN)
			return undecided(c);
		if (found == REGEX_NO || m.start[0] >= text.len || !step(c->fr, c->node))
			break;
		if (m.end[0] == from && m.start[0] == m.end[0]) {
			at++;
			continue;
		}
		if (m.start[0] == m.end[0] && m.start[0] == from) {
			at++;
			continue;
		}
		val_push(ip->arena, v->u.arr, result_string(c, str_sub(text, from, m.start[0])));
		for (uint32_t g = 1; g < m.n; g++)
			val_push(ip->arena, v->u.arr, group_value(c, text, &m, g));
		from = m.end[0];
		at = from > at ? from : at + 1;
	}
	val_push(ip->arena, v->u.arr, result_string(c, str_sub(text, from, text.len)));
	if (limit < v->u.arr->n)
		v->u.arr->n = (uint32_t)limit;
	return ip->abrupt ? NULL : v;
}

/* $1, $&, $$, $<name> in a replacement */
static void regexp_expand(struct buf *b, struct str with, struct str text,
			  const struct regex_match *m, const struct regex *r)
{
	for (size_t i = 0; i < with.len; i++) {
		char c = with.ptr[i], d = i + 1 < with.len ? with.ptr[i + 1] : '\0';
		uint32_t g = 0, digits = 0;
		if (c == '$' && d >= '0' && d <= '9') {
			g = (uint32_t)(d - '0');
			digits = 1;
			uint32_t two =
			    i + 2 < with.len && with.ptr[i + 2] >= '0' && with.ptr[i + 2] <= '9'
				? g * 10 + (uint32_t)(with.ptr[i + 2] - '0')
				: 0;
			if (two > 0 && two < m->n) {
				g = two;
				digits = 2;
			}
		}
		if (digits && g > 0 && g < m->n) {
			if (m->start[g] != SIZE_MAX)
				buf_add(b, str_sub(text, m->start[g], m->end[g]));
			i += digits;
		} else if (c == '$' && d && strchr("$&`'", d)) {
			if (d == '$')
				buf_addc(b, '$');
			else
				buf_add(b, d == '&'   ? str_sub(text, m->start[0], m->end[0])
					   : d == '`' ? str_sub(text, 0, m->start[0])
						      : str_sub(text, m->end[0], text.len));
			i++;
		} else if (c == '$' && d == '<' && r && regex_has_names(r)) {
			size_t end = str_find(str_sub(with, i, with.len), STR(">"));
			struct str name =
			    end == (size_t)-1 ? STR("") : str_sub(with, i + 2, i + end);
			for (uint32_t k = 1; k < m->n; k++)
				if (name.len && str_eq(regex_group_name(r, k), name) &&
				    m->start[k] != SIZE_MAX)
					buf_add(b, str_sub(text, m->start[k], m->end[k]));
			if (end == (size_t)-1)
				buf_addc(b, c);
			else
				i += end;
		} else {
			buf_addc(b, c);
		}
	}
}

/* the text that takes the place of one match; false: *odd, or thrown */
bool regexp_replacement(struct call *c, struct buf *b, struct str text, const struct regex_match *m,
			const struct regex *r, struct value **odd)
{
	struct interp *ip = c->fr->ip;
	struct value *with = arg(ip, c, 1), *args[20];
	struct str s;
	uint32_t n = 0;
	*odd = NULL;
	if (with->kind != VAL_FUNCTION) {
		if (!to_str(c->fr, c->node, with, &s, odd))
			return false;
		regexp_expand(b, s, text, m, r);
		return true;
	}
	for (uint32_t g = 0; g < m->n; g++)
		args[n++] = group_value(c, text, m, g);
	args[n++] = result_number(c, (double)u16_index(text, m->start[0]));
	args[n++] = result_string(c, text);
	struct value *v = call_value(c->fr, c->node, with, ip->undefined, args, n);
	if (!v || !to_str(c->fr, c->node, v, &s, odd))
		return false;
	buf_add(b, s);
	return true;
}

struct value *regexp_replace(struct interp *ip, struct call *c, struct str text)
{
	struct regex *r = c->args[0]->u.obj->host;
	struct regex_match m;
	struct buf b = {0};
	struct value *odd = NULL;
	size_t from = 0;
	for (size_t at = 0; at <= text.len;) {
		enum regex_result found = run(ip, r, text, at, &m);
		if (found == REGEX_UNKNOWN)
			odd = undecided(c);
		if (found != REGEX_YES)
			break;
		buf_add(&b, str_sub(text, from, m.start[0]));
		if (!regexp_replacement(c, &b, text, &m, r, &odd) || !step(c->fr, c->node) ||
		    !charge(ip, b.len / 16)) {
			buf_release(&b);
			return odd;
		}
		from = m.end[0];
		at = m.end[0] + (m.end[0] == m.start[0]);
		if (!regex_flag(r, 'g'))
			break;
	}
	buf_add(&b, str_sub(text, from, text.len));
	struct str s = arena_str(ip->arena, buf_str(&b));
	buf_release(&b);
	return odd ? odd : result_string(c, s);
}

const struct builtin builtins_regexp[] = {
    {.name = "RegExp", .fn = regexp_call, .flags = B_PURE | B_MAKES},
    {.name = "RegExp#test", .fn = regexp_test, .flags = B_PURE},
    {.name = "RegExp#exec", .fn = regexp_exec, .flags = B_PURE},
    {.name = "RegExp#source"},
    {.name = "RegExp#flags"},
    {.name = "RegExp#global"},
    {.name = "RegExp#ignoreCase"},
    {.name = "RegExp#toString"},
    {0},
};
