/* Regular expressions: a backtracking matcher for what configs use: literals,
 * classes, \d \w \s \b, anchors, groups, alternatives, quantifiers, lookahead,
 * lookbehind is not, back references are. Works on characters of UTF-8, which
 * differs from UTF-16 units only above U+FFFF: such texts are not decided. */
#include "analyzers/javascript/eval_internal.h"

enum { MAX_NODES = 4000, MAX_RECURSION = 1500, MAX_GROUPS = 16 };

enum re_kind {
	RE_EMPTY, RE_CHAR, RE_ANY, RE_CLASS, RE_START, RE_END, RE_WORD, RE_NOT_WORD, RE_GROUP, RE_SEQ, RE_ALT, RE_REPEAT,
	RE_BACK, RE_AHEAD, RE_NOT_AHEAD
};

struct range {
	int32_t from, to;
};

struct re {
	enum re_kind kind;
	int32_t ch;          /* RE_CHAR; group number of RE_GROUP (0: none) and RE_BACK */
	int32_t group_end;   /* RE_REPEAT: groups ch+1..group_end are inside */
	uint32_t min, max;   /* RE_REPEAT */
	bool lazy, negated;
	struct range *ranges;
	uint32_t n_ranges;
	struct re *a, *b;    /* RE_SEQ: first, rest; RE_ALT: both; others: a */
};

struct regex {
	struct arena *arena;
	struct str pattern, flags, names[MAX_GROUPS];
	struct re *root;
	uint32_t n_groups, n_nodes;
	bool ignore_case, multiline, dot_all, unicode;
};

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
	static const struct range digits[] = {{'0', '9'}}, words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
	static const struct range spaces[] = {{9, 13}, {32, 32}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a},
					      {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
					      {0xfeff, 0xfeff}};
	const struct range *set = kind == 'd' || kind == 'D' ? digits : kind == 'w' || kind == 'W' ? words : spaces;
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
		if (!(num >= 0) || val_parse_int(str_sub(hex, digits - 1, digits), 16) != val_parse_int(str_sub(hex, digits - 1, digits), 16) ||
		    (num >= 0xd800 && num < 0xe000)) {
			c->why_not = "a regular expression with unusual escapes";
			return -1;
		}
		c->at += 1 + digits;
		return (int32_t)num;
	}
	const char *known = strchr(from, ch);
	if ((ch >= '0' && ch <= '9' && (ch != '0' || (c->at + 1 < c->r->pattern.len && c->r->pattern.ptr[c->at + 1] >= '0' && c->r->pattern.ptr[c->at + 1] <= '9'))) ||
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
				bool range = peek(c) == '-' && c->at + 1 < c->r->pattern.len && c->r->pattern.ptr[c->at + 1] != ']';
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
			if (!str_starts(rest, STR("(?<")) || rest.len < 5 || strchr("=!", rest.ptr[3]) || end == (size_t)-1) {
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
	bool single = c->at + 1 >= c->r->pattern.len || c->r->pattern.ptr[c->at + 1] < '0' || c->r->pattern.ptr[c->at + 1] > '9';
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
	double low = num_of_text(str_sub(in, 0, comma)), high = comma == (size_t)-1 ? low : comma + 1 == in.len ? 4e9 : num_of_text(str_sub(in, comma + 1, in.len));
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

struct regex *regex_compile(struct arena *a, struct str pattern, struct str flags, const char **why_not)
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
	if ((r->ignore_case && !u16_ascii(pattern)) || regex_flag(r, 'v') || regex_flag(r, 'y') || regex_flag(r, 'd'))
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

/* ---- matching: continuation passing, so that alternatives can be taken back ---- */

struct matcher {
	struct regex *r;
	struct str text;
	struct regex_match *m;
	uint64_t *steps;
	int depth;
	bool gave_up;
};

struct next {
	bool (*go)(struct matcher *m, size_t at, const struct next *self);
	const struct next *then;
	const struct re *re;
	uint32_t count;
	size_t start;
};

static bool match(struct matcher *m, const struct re *re, size_t at, const struct next *then);

static bool resume(struct matcher *m, size_t at, const struct next *then)
{
	return then->go(m, at, then);
}

static bool is_word(const struct matcher *m, size_t at)
{
	if (at >= m->text.len)
		return false;
	int c = (unsigned char)m->text.ptr[at];
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static int32_t fold(const struct matcher *m, int32_t c)
{
	return m->r->ignore_case && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool in_class(const struct matcher *m, const struct re *re, int32_t c)
{
	bool in = false;
	for (uint32_t i = 0; i < re->n_ranges && !in; i++) {
		in = c >= re->ranges[i].from && c <= re->ranges[i].to;
		if (!in && m->r->ignore_case && (c | 32) >= 'a' && (c | 32) <= 'z')
			in = (c ^ 32) >= re->ranges[i].from && (c ^ 32) <= re->ranges[i].to;
	}
	return in != re->negated;
}

static bool is_line_end(int32_t c)
{
	return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

/* one character; false: it does not match */
static bool match_one(struct matcher *m, const struct re *re, size_t *at)
{
	int32_t c = u16_next(m->text, at);
	if (c < 0)
		return false;
	if (re->kind == RE_CHAR)
		return fold(m, c) == fold(m, re->ch);
	if (re->kind == RE_ANY)
		return m->r->dot_all || !is_line_end(c);
	return in_class(m, re, c);
}

static bool seq_rest(struct matcher *m, size_t at, const struct next *self)
{
	return match(m, self->re, at, self->then);
}

static bool close_group(struct matcher *m, size_t at, const struct next *self)
{
	size_t *start = &m->m->start[self->re->ch], *end = &m->m->end[self->re->ch];
	size_t old_start = *start, old_end = *end;
	*start = self->start;
	*end = at;
	if (resume(m, at, self->then))
		return true;
	*start = old_start;
	*end = old_end;
	return false;
}

static bool repeat(struct matcher *m, const struct re *re, size_t at, uint32_t count, const struct next *then);

static bool repeat_rest(struct matcher *m, size_t at, const struct next *self)
{
	if (at == self->start && self->count > self->re->min)
		return false; /* an empty round does not count */
	return repeat(m, self->re, at, self->count, self->then);
}

static bool repeat(struct matcher *m, const struct re *re, size_t at, uint32_t count, const struct next *then)
{
	struct next again = {repeat_rest, then, re, count + 1, at};
	if (re->lazy && count >= re->min && resume(m, at, then))
		return true;
	if (count < re->max) {
		size_t starts[MAX_GROUPS], ends[MAX_GROUPS];
		memcpy(starts, m->m->start, sizeof starts);
		memcpy(ends, m->m->end, sizeof ends);
		for (int32_t g = re->ch + 1; g <= re->group_end; g++)
			m->m->start[g] = SIZE_MAX;
		if (match(m, re->a, at, &again))
			return true;
		memcpy(m->m->start, starts, sizeof starts);
		memcpy(m->m->end, ends, sizeof ends);
	}
	return !re->lazy && count >= re->min && resume(m, at, then);
}

/* single characters need no recursion */
static bool repeat_simple(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	uint32_t n = 0;
	size_t here = at, next = at;
	while (n < (re->lazy ? re->min : re->max) && match_one(m, re->a, &next)) {
		n++;
		here = next;
		*m->steps -= *m->steps > 0;
	}
	if (n < re->min)
		return false;
	while (!resume(m, here, then)) {
		if (m->gave_up)
			return false;
		if (re->lazy) {
			next = here;
			if (n >= re->max || !match_one(m, re->a, &next))
				return false;
			n++;
			here = next;
		} else {
			if (n == re->min)
				return false;
			n--;
			do
				here--;
			while (here > at && ((unsigned char)m->text.ptr[here] & 0xc0) == 0x80);
		}
	}
	return true;
}

static bool accept(struct matcher *m, size_t at, const struct next *self)
{
	(void)self;
	m->m->end[0] = at;
	return true;
}

static bool match_back(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	if (m->m->start[re->ch] == SIZE_MAX)
		return resume(m, at, then);
	struct str want = str_sub(m->text, m->m->start[re->ch], m->m->end[re->ch]);
	if (m->r->ignore_case)
		m->gave_up = true;
	return str_starts(str_sub(m->text, at, m->text.len), want) && resume(m, at + want.len, then);
}

static bool match_ahead(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	struct next done = {.go = accept};
	size_t end = m->m->end[0];
	struct regex_match saved = *m->m;
	bool found = match(m, re->a, at, &done);
	m->m->end[0] = end;
	if (re->kind == RE_NOT_AHEAD)
		*m->m = saved;
	return found == (re->kind == RE_AHEAD) && resume(m, at, then);
}

static bool dispatch(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	size_t next = at;
	struct next later = {.then = then, .re = re, .start = at};
	switch (re->kind) {
	case RE_EMPTY:
		return resume(m, at, then);
	case RE_CHAR:
	case RE_ANY:
	case RE_CLASS:
		return match_one(m, re, &next) && resume(m, next, then);
	case RE_START:
		return (at == 0 || (m->r->multiline && is_line_end((unsigned char)m->text.ptr[at - 1]))) && resume(m, at, then);
	case RE_END:
		return (at == m->text.len || (m->r->multiline && is_line_end((unsigned char)m->text.ptr[at]))) && resume(m, at, then);
	case RE_WORD:
	case RE_NOT_WORD:
		return ((at > 0 && is_word(m, at - 1)) != is_word(m, at)) == (re->kind == RE_WORD) && resume(m, at, then);
	case RE_GROUP:
		if (!re->ch)
			return match(m, re->a, at, then);
		later.go = close_group;
		return match(m, re->a, at, &later);
	case RE_SEQ:
		if (!re->b)
			return match(m, re->a, at, then);
		later.go = seq_rest;
		later.re = re->b;
		return match(m, re->a, at, &later);
	case RE_ALT:
		return match(m, re->a, at, then) || (!m->gave_up && match(m, re->b, at, then));
	case RE_REPEAT:
		if (re->a->kind == RE_CHAR || re->a->kind == RE_ANY || re->a->kind == RE_CLASS)
			return repeat_simple(m, re, at, then);
		return repeat(m, re, at, 0, then);
	case RE_BACK:
		return match_back(m, re, at, then);
	case RE_AHEAD:
	case RE_NOT_AHEAD:
		return match_ahead(m, re, at, then);
	}
	return false;
}

static bool match(struct matcher *m, const struct re *re, size_t at, const struct next *then)
{
	if (m->gave_up)
		return false;
	if (*m->steps == 0 || m->depth > MAX_RECURSION) {
		m->gave_up = true;
		return false;
	}
	--*m->steps;
	m->depth++;
	bool found = dispatch(m, re, at, then);
	m->depth--;
	return found;
}

enum regex_result regex_exec(struct regex *r, struct str text, size_t from, struct regex_match *m, uint64_t *steps)
{
	uint64_t left = 200000;
	struct matcher x = {.r = r, .text = text, .m = m, .steps = &left};
	struct next done = {.go = accept};
	for (size_t at = from; at <= text.len; at++) {
		if (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			continue;
		*m = (struct regex_match){.n = r->n_groups + 1};
		for (uint32_t g = 0; g < MAX_GROUPS; g++)
			m->start[g] = SIZE_MAX;
		m->start[0] = at;
		bool found = match(&x, r->root, at, &done);
		if (x.gave_up || found) {
			*steps += (200000 - left) / 4;
			return found ? REGEX_YES : REGEX_UNKNOWN;
		}
	}
	*steps += (200000 - left) / 4;
	return REGEX_NO;
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
