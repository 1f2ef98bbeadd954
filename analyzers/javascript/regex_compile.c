/* From the text of a regular expression to its tree. What is not supported has
 * a reason: the value that it gives is unknown. */
#include "analyzers/javascript/regex_internal.h"

struct compiler {
	struct regex *r;
	size_t at;
	int depth;
	const char *why_not;
};

static struct re *re_new(struct compiler *c, enum re_kind kind)
{
	struct re *re = arena_new(c->r->arena, struct re);
	re->kind = kind;
	if (++c->r->n_nodes > MAX_NODES)
		c->why_not = "a long regular expression";
	return re;
}

static bool more(const struct compiler *c)
{
	return c->at < c->r->pattern.len && !c->why_not;
}

static int peek(const struct compiler *c)
{
	return c->at < c->r->pattern.len ? (unsigned char)c->r->pattern.ptr[c->at] : -1;
}

static void add_range(struct compiler *c, struct re *re, int32_t from, int32_t to)
{
	struct range *grown = arena_array(c->r->arena, struct range, re->n_ranges + 1);
	if (re->n_ranges)
		memcpy(grown, re->ranges, re->n_ranges * sizeof *grown);
	grown[re->n_ranges++] = (struct range){from, to};
	re->ranges = grown;
}

static void add_set(struct compiler *c, struct re *re, int kind)
{
	static const struct range digits[] = {{'0', '9'}},
				  words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
	static const struct range spaces[] = {{9, 13},		{32, 32},	  {0xa0, 0xa0},
					      {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029},
					      {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
					      {0xfeff, 0xfeff}};
	const struct range *set = kind == 'd' || kind == 'D'   ? digits
				  : kind == 'w' || kind == 'W' ? words
							       : spaces;
	size_t n = set == digits ? 1 : set == words ? 4 : sizeof spaces / sizeof *spaces;
	bool negated = kind == 'D' || kind == 'W' || kind == 'S';
	int32_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (negated)
			add_range(c, re, from, set[i].from - 1);
		else
			add_range(c, re, set[i].from, set[i].to);
		from = set[i].to + 1;
	}
	if (negated)
		add_range(c, re, from, 0x10ffff);
}

/* after a backslash: one character, or -1 and a set was added */
static int32_t escaped(struct compiler *c, struct re *set)
{
	static const char from[] = "nrtvf0", to[] = "\n\r\t\v\f";
	int ch = peek(c);
	if (ch < 0) {
		c->why_not = "a broken regular expression";
		return -1;
	}
	if (strchr("dDwWsS", ch)) {
		c->at++;
		add_set(c, set, ch);
		return -1;
	}
	if (ch == 'x' || ch == 'u') {
		size_t digits = ch == 'x' ? 2 : 4;
		struct str hex = str_sub(c->r->pattern, c->at + 1, c->at + 1 + digits);
		double num = hex.len == digits ? val_parse_int(hex, 16) : -1;
		if (!(num >= 0) ||
		    val_parse_int(str_sub(hex, digits - 1, digits), 16) !=
			val_parse_int(str_sub(hex, digits - 1, digits), 16) ||
		    (num >= 0xd800 && num < 0xe000)) {
			c->why_not = "a regular expression with unusual escapes";
			return -1;
		}
		c->at += 1 + digits;
		return (int32_t)num;
	}
	const char *known = strchr(from, ch);
	if ((ch >= '0' && ch <= '9' &&
	     (ch != '0' || (c->at + 1 < c->r->pattern.len && c->r->pattern.ptr[c->at + 1] >= '0' &&
			    c->r->pattern.ptr[c->at + 1] <= '9'))) ||
	    ch == 'c' || ch == 'k' || ch == 'p' || ch == 'P') {
		c->why_not = "a regular expression with unusual escapes";
		return -1;
	}
	size_t i = c->at;
	int32_t cp = u16_next(c->r->pattern, &i);
	c->at = i;
	return known ? to[known - from] : cp;
}

static struct re *parse_class(struct compiler *c)
{
	struct re *re = re_new(c, RE_CLASS);
	c->at++;
	if (peek(c) == '^') {
		re->negated = true;
		c->at++;
	}
	while (more(c) && peek(c) != ']') {
		int32_t from, to;
		for (int end = 0; end < 2; end++) {
			int32_t ch;
			if (peek(c) == '\\') {
				c->at++;
				if (peek(c) == 'b') {
					c->at++;
					ch = '\b';
				} else {
					ch = escaped(c, re);
				}
			} else {
				size_t i = c->at;
				ch = u16_next(c->r->pattern, &i);
				c->at = i;
			}
			if (end == 0) {
				from = to = ch;
				bool range = peek(c) == '-' && c->at + 1 < c->r->pattern.len &&
					     c->r->pattern.ptr[c->at + 1] != ']';
				if (!range)
					break;
				if (ch < 0)
					c->why_not = "a regular expression with an odd range";
				c->at++;
			} else {
				to = ch;
				if (ch < from)
					c->why_not = "a regular expression with an odd range";
			}
		}
		if (from >= 0)
			add_range(c, re, from, to);
	}
	if (peek(c) != ']')
		c->why_not = "a broken regular expression";
	c->at++;
	return re;
}

static struct re *parse_alternatives(struct compiler *c);

static struct re *parse_group(struct compiler *c)
{
	struct re *re = re_new(c, RE_GROUP);
	struct str rest = str_sub(c->r->pattern, c->at, c->r->pattern.len);
	if (str_starts(rest, STR("(?:"))) {
		c->at += 3;
	} else if (str_starts(rest, STR("(?=")) || str_starts(rest, STR("(?!"))) {
		re->kind = rest.ptr[2] == '=' ? RE_AHEAD : RE_NOT_AHEAD;
		c->at += 3;
	} else {
		if (++c->r->n_groups >= MAX_GROUPS) {
			c->why_not = "a regular expression with many groups";
			return re;
		}
		re->ch = (int32_t)c->r->n_groups;
		c->at++;
		if (peek(c) == '?') {
			size_t end = str_find(rest, STR(">"));
			if (!str_starts(rest, STR("(?<")) || rest.len < 5 ||
			    strchr("=!", rest.ptr[3]) || end == (size_t)-1) {
				c->why_not = "a regular expression with lookbehind";
				return re;
			}
			c->r->names[re->ch] = str_sub(rest, 3, end);
			c->at += end;
		}
	}
	re->a = parse_alternatives(c);
	if (peek(c) != ')')
		c->why_not = "a broken regular expression";
	c->at++;
	return re;
}

static struct re *parse_escape(struct compiler *c)
{
	c->at++;
	int ch = peek(c);
	if (ch == 'b' || ch == 'B') {
		c->at++;
		return re_new(c, ch == 'b' ? RE_WORD : RE_NOT_WORD);
	}
	bool single = c->at + 1 >= c->r->pattern.len || c->r->pattern.ptr[c->at + 1] < '0' ||
		      c->r->pattern.ptr[c->at + 1] > '9';
	if (ch >= '1' && ch <= '9' && single) {
		struct re *re = re_new(c, RE_BACK);
		re->ch = ch - '0';
		if ((uint32_t)re->ch > c->r->n_groups)
			c->why_not = "a regular expression with unusual escapes";
		c->at++;
		return re;
	}
	struct re *re = re_new(c, RE_CLASS);
	int32_t one = escaped(c, re);
	if (one >= 0) {
		re->kind = RE_CHAR;
		re->ch = one;
	}
	return re;
}

static struct re *parse_atom(struct compiler *c)
{
	int ch = peek(c);
	struct re *re;
	switch (ch) {
	case '(':
		return parse_group(c);
	case '[':
		return parse_class(c);
	case '\\':
		return parse_escape(c);
	case '.':
	case '^':
	case '$':
		c->at++;
		return re_new(c, ch == '.' ? RE_ANY : ch == '^' ? RE_START : RE_END);
	case '*':
	case '+':
	case '?':
	case '{':
		c->why_not = "a broken regular expression";
		return re_new(c, RE_EMPTY);
	default:
		re = re_new(c, RE_CHAR);
		size_t i = c->at;
		re->ch = u16_next(c->r->pattern, &i);
		c->at = i;
		return re;
	}
}

static bool braces(struct compiler *c, uint32_t *min, uint32_t *max)
{
	struct str s = str_sub(c->r->pattern, c->at, c->r->pattern.len);
	size_t end = str_find(s, STR("}")), comma;
	if (end == (size_t)-1 || end < 2 || end > 12 || s.ptr[1] < '0' || s.ptr[1] > '9')
		return false;
	struct str in = str_sub(s, 1, end);
	comma = str_find(in, STR(","));
	for (size_t i = 0; i < in.len; i++)
		if ((in.ptr[i] < '0' || in.ptr[i] > '9') && i != comma)
			return false;
	double low = num_of_text(str_sub(in, 0, comma)),
	       high = comma == (size_t)-1   ? low
		      : comma + 1 == in.len ? 4e9
					    : num_of_text(str_sub(in, comma + 1, in.len));
	if (low > high || low > 1000)
		c->why_not = "a regular expression with large repetitions";
	*min = (uint32_t)low;
	*max = (uint32_t)high;
	c->at += end + 1;
	return true;
}

static struct re *parse_piece(struct compiler *c)
{
	int32_t groups = (int32_t)c->r->n_groups;
	struct re *atom = parse_atom(c);
	uint32_t min, max;
	int ch = peek(c);
	if (ch == '{') {
		if (!braces(c, &min, &max)) {
			c->why_not = "a regular expression with unusual braces";
			return atom;
		}
	} else if (ch == '*' || ch == '+' || ch == '?') {
		min = ch == '+';
		max = ch == '?' ? 1 : UINT32_MAX;
		c->at++;
	} else {
		return atom;
	}
	struct re *re = re_new(c, RE_REPEAT);
	re->min = min;
	re->max = max;
	re->a = atom;
	re->ch = groups;
	re->group_end = (int32_t)c->r->n_groups;
	if (peek(c) == '?') {
		re->lazy = true;
		c->at++;
	}
	return re;
}

static struct re *parse_alternatives(struct compiler *c)
{
	struct re *whole = NULL;
	if (++c->depth > 40)
		c->why_not = "a deeply nested regular expression";
	do {
		struct re *list = NULL, **tail = &list;
		while (more(c) && peek(c) != '|' && peek(c) != ')') {
			struct re *seq = re_new(c, RE_SEQ);
			seq->a = parse_piece(c);
			*tail = seq;
			tail = &seq->b;
		}
		if (!list)
			list = re_new(c, RE_EMPTY);
		if (whole) {
			struct re *alt = re_new(c, RE_ALT);
			alt->a = whole;
			alt->b = list;
			whole = alt;
		} else {
			whole = list;
		}
	} while (more(c) && peek(c) == '|' && c->at++ < c->r->pattern.len);
	c->depth--;
	return whole;
}

struct regex *regex_compile(struct arena *a, struct str pattern, struct str flags,
			    const char **why_not)
{
	struct regex *r = arena_new(a, struct regex);
	*r = (struct regex){.arena = a, .pattern = pattern, .flags = flags};
	struct compiler c = {.r = r};
	r->ignore_case = regex_flag(r, 'i');
	r->multiline = regex_flag(r, 'm');
	r->dot_all = regex_flag(r, 's');
	r->unicode = regex_flag(r, 'u');
	r->root = parse_alternatives(&c);
	if (c.at < pattern.len && !c.why_not)
		c.why_not = "a broken regular expression";
	if ((r->ignore_case && !u16_ascii(pattern)) || regex_flag(r, 'v') || regex_flag(r, 'y') ||
	    regex_flag(r, 'd'))
		c.why_not = "a regular expression with unusual flags";
	*why_not = c.why_not;
	return c.why_not ? NULL : r;
}

bool regex_flag(const struct regex *r, char flag)
{
	return memchr(r->flags.len ? r->flags.ptr : "", flag, r->flags.len) != NULL;
}

struct str regex_source(const struct regex *r)
{
	return r->pattern;
}

struct str regex_flags(const struct regex *r)
{
	return r->flags;
}

bool regex_has_names(const struct regex *r)
{
	for (uint32_t g = 1; g <= r->n_groups; g++)
		if (r->names[g].len)
			return true;
	return false;
}

struct str regex_group_name(const struct regex *r, uint32_t group)
{
	return group < MAX_GROUPS ? r->names[group] : STR("");
}

/* ---- a text that matches: the first alternative, the fewest rounds ---- */

static bool sample(struct buf *b, const struct re *re)
{
	switch (re->kind) {
	case RE_CHAR:
		u16_put(b, (uint32_t)re->ch);
		return true;
	case RE_ANY:
		buf_addc(b, 'a');
		return true;
	case RE_CLASS:
		if (re->negated || !re->n_ranges)
			return false;
		u16_put(b, (uint32_t)re->ranges[0].from);
		return true;
	case RE_SEQ:
		return sample(b, re->a) && (!re->b || sample(b, re->b));
	case RE_ALT:
	case RE_GROUP:
		return sample(b, re->a);
	case RE_REPEAT:
		for (uint32_t i = 0; i < re->min; i++)
			if (b->len > 200 || !sample(b, re->a))
				return false;
		return true;
	case RE_EMPTY:
	case RE_START:
	case RE_END:
	case RE_WORD:
		return true;
	default:
		return false;
	}
}

struct str regex_sample(struct arena *a, const struct regex *r)
{
	struct buf b = {0};
	struct str s = {NULL, 0};
	if (sample(&b, r->root) && b.len)
		s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}
