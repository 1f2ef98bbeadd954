#include "planner/suppress.h"

static const char marker[] = "clusterlint-";
static const char ignore[] = "clusterlint-ignore";

enum directive { DIR_NEXT, DIR_START, DIR_END, DIR_FILE, DIR_NONE };
static const char *const endings[] = {
    [DIR_NEXT] = "", [DIR_START] = "-start", [DIR_END] = "-end", [DIR_FILE] = "-file"};

/* one comment, taken apart */
struct comment {
	const struct source *source;
	struct span span; /* with its delimiters */
	enum directive what;
	struct str rules;  /* "a, b" */
	struct str reason; /* ptr NULL: no "--" */
	uint32_t line;	   /* that it covers alone */
};

/* a clusterlint-ignore-start that waits for its end */
struct open_block {
	struct comment start;
	size_t from, to; /* its suppressions in the list */
};

struct scan {
	struct suppressions *s;
	VEC(struct open_block) open;
};

void suppress_release(struct suppressions *s)
{
	vec_release(&s->list);
	vec_release(&s->problems);
}

static struct place place_of(const struct comment *c, struct str part)
{
	uint32_t start = (uint32_t)(part.ptr - c->source->text.ptr);
	return (struct place){c->source, {start, start + (uint32_t)part.len}};
}

static struct place place_of_comment(const struct comment *c)
{
	uint32_t line = source_position(c->source, c->span.start).line;
	struct str text = source_line(c->source, line);
	uint32_t end = (uint32_t)(text.ptr + text.len - c->source->text.ptr);
	return (struct place){c->source, {c->span.start, end < c->span.end ? end : c->span.end}};
}

static void complain(struct suppressions *s, const char *rule, struct place at, const char *en,
		     const char *zh)
{
	vec_push(&s->problems, (struct suppress_problem){rule, at, en, zh});
}

/* ---- reading one comment ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str inside(struct str text)
{
	if (str_starts(text, STR("/*")) && str_ends(text, STR("*/")) && text.len >= 4)
		text = str_sub(text, 2, text.len - 2);
	while (text.len && (strchr("/#*!", *text.ptr) || is_blank(*text.ptr)))
		text = str_sub(text, 1, text.len);
	return str_trim(text);
}

static size_t word_length(struct str text)
{
	size_t n = 0;
	while (n < text.len && !is_blank(text.ptr[n]))
		n++;
	return n;
}

/* " -- ", also at a line's end or start */
static size_t find_dashes(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '-' && text.ptr[i + 1] == '-' &&
		    (i == 0 || is_blank(text.ptr[i - 1])) &&
		    (i + 2 == text.len || is_blank(text.ptr[i + 2])))
			return i;
	return (size_t)-1;
}

static enum directive directive_of(struct str word)
{
	for (enum directive d = DIR_NEXT; d < DIR_NONE; d++)
		if (word.len == sizeof ignore - 1 + strlen(endings[d]) &&
		    str_starts(word, STR(ignore)) && str_ends(word, str_from(endings[d])))
			return d;
	return DIR_NONE;
}

/* false: none of ours */
static bool read_comment(struct suppressions *s, struct comment *c)
{
	struct str text = inside(str_sub(c->source->text, c->span.start, c->span.end));
	if (!str_starts(text, STR(marker)))
		return false;
	struct str word = str_sub(text, 0, word_length(text));
	c->what = directive_of(word);
	if (c->what == DIR_NONE) {
		complain(s, "suppression-malformed", place_of(c, word),
			 arena_printf(s->arena,
				      "'" STR_FMT "' is no comment that clusterlint knows: write "
				      "clusterlint-ignore, clusterlint-ignore-start, "
				      "clusterlint-ignore-end or clusterlint-ignore-file",
				      STR_ARG(word)),
			 arena_printf(s->arena,
				      "clusterlint 不认识注释 '" STR_FMT
				      "'：请写 clusterlint-ignore、clusterlint-ignore-start、"
				      "clusterlint-ignore-end 或 clusterlint-ignore-file",
				      STR_ARG(word)));
		return false;
	}
	struct str rest = str_trim(str_sub(text, word.len, text.len));
	size_t dashes = find_dashes(rest);
	c->rules = dashes == (size_t)-1 ? rest : str_trim(str_sub(rest, 0, dashes));
	c->reason = dashes == (size_t)-1 ? (struct str){NULL, 0}
					 : str_trim(str_sub(rest, dashes + 2, rest.len));
	return true;
}

/* ---- until when ---- */

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return true;
}

static uint32_t number(struct str s)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n = n * 10 + (uint32_t)(s.ptr[i] - '0');
	return n;
}

static bool looks_like_date(struct str s)
{
	return s.len == 10 && s.ptr[4] == '-' && s.ptr[7] == '-' && is_digits(str_sub(s, 0, 4)) &&
	       is_digits(str_sub(s, 5, 7)) && is_digits(str_sub(s, 8, 10));
}

/* 20270131, or 0 where the calendar has no such day */
static uint32_t day_of(struct str s)
{
	static const uint8_t days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint32_t y = number(str_sub(s, 0, 4)), m = number(str_sub(s, 5, 7)),
		 d = number(str_sub(s, 8, 10));
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (m < 1 || m > 12 || d < 1 || d > days[m] || (m == 2 && d == 29 && !leap))
		return 0;
	return y * 10000 + m * 100 + d;
}

/* Cuts "until DATE" or "[until DATE]" off the reason's end; the date's text, or ptr NULL where
 * there is none. "until we have Redis" is prose. */
static struct str cut_until(struct str *reason)
{
	struct str r = *reason, none = {NULL, 0};
	bool bracket = str_ends(r, STR("]"));
	if (bracket)
		r = str_trim(str_sub(r, 0, r.len - 1));
	size_t n = 0;
	while (n < r.len && !is_blank(r.ptr[r.len - 1 - n]) && r.ptr[r.len - 1 - n] != '[')
		n++;
	struct str date = str_sub(r, r.len - n, r.len);
	struct str before = str_trim(str_sub(r, 0, r.len - n));
	if (!str_ends(before, STR("until")))
		return none;
	before = str_sub(before, 0, before.len - 5);
	struct str head = str_trim(before);
	bool opened = str_ends(head, STR("["));
	if (bracket != opened || (!bracket && !looks_like_date(date)))
		return none;
	if (!opened && head.len && head.len == before.len)
		return none; /* "rununtil 2027-01-01" */
	*reason = str_trim(str_sub(head, 0, head.len - (opened ? 1 : 0)));
	return date;
}

/* ---- what a comment does ---- */

/* the star that begins a line of a block comment */
static bool is_line_star(struct str text, size_t i)
{
	const char *p = text.ptr + i;
	if (*p != '*')
		return false;
	while (*--p == ' ' || *p == '\t') /* the comment's own delimiter ends the way back */
		;
	return *p == '\n';
}

/* on one line */
static const char *flat(struct arena *a, struct str text)
{
	char *out = arena_cstr(a, text);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = is_blank(text.ptr[i]) || is_line_star(text, i) ? ' ' : text.ptr[i];
		if (c != ' ' || (n && out[n - 1] != ' '))
			out[n++] = c;
	}
	out[n] = '\0';
	return out;
}

/* the reason, or NULL where the comment does not work: that is told */
static const char *reason_of(struct suppressions *s, const struct comment *c)
{
	struct str reason = c->reason;
	struct str until = reason.ptr ? cut_until(&reason) : (struct str){NULL, 0};
	if (!reason.len) {
		complain(s, "suppression-without-reason", place_of_comment(c),
			 "this suppression gives no reason, so it does not work: write why the "
			 "risk is accepted behind ' -- '",
			 "此抑制注释没有给出理由，因此不生效：请在 ' -- ' 之后写明为何接受该风险");
		return NULL;
	}
	if (!until.ptr)
		return flat(s->arena, reason);
	uint32_t day = looks_like_date(until) ? day_of(until) : 0;
	if (!day)
		complain(s, "suppression-malformed", place_of(c, until),
			 arena_printf(s->arena,
				      "'" STR_FMT "' is no date, so this suppression does not "
				      "work: write the last day as in 'until 2027-01-31'",
				      STR_ARG(until)),
			 arena_printf(s->arena,
				      "'" STR_FMT "' 不是日期，因此此抑制注释不生效：请按 'until "
				      "2027-01-31' 的形式写明最后一天",
				      STR_ARG(until)));
	else if (s->today && s->today > day)
		complain(s, "suppression-expired", place_of_comment(c),
			 arena_printf(s->arena,
				      "this suppression ended on " STR_FMT ", so it does not work "
				      "any more: correct what it hides, or give a new day",
				      STR_ARG(until)),
			 arena_printf(s->arena,
				      "此抑制注释已于 " STR_FMT
				      " 到期，不再生效：请修正它所掩盖的问题，或给出新的日期",
				      STR_ARG(until)));
	bool works = day && !(s->today && s->today > day);
	return works ? arena_printf(s->arena, "%s (until " STR_FMT ")", flat(s->arena, reason),
				    STR_ARG(until))
		     : NULL;
}

static void unknown_rule(struct suppressions *s, struct place at, struct str name)
{
	const struct card *near = NULL;
	unsigned distance = 4;
	for (size_t i = 0; i < s->cards->len; i++) {
		unsigned d = str_distance(name, s->cards->ptr[i].id, distance);
		if (d < distance && d < name.len) {
			distance = d;
			near = &s->cards->ptr[i];
		}
	}
	struct str known = near ? near->id : STR("");
	complain(
	    s, "suppression-unknown-rule", at,
	    near ? arena_printf(s->arena,
				"there is no rule '" STR_FMT "', so nothing is suppressed: did "
				"you mean '" STR_FMT "'?",
				STR_ARG(name), STR_ARG(known))
		 : arena_printf(s->arena,
				"there is no rule '" STR_FMT "', so nothing is suppressed: "
				"'clusterlint rules' lists what there is",
				STR_ARG(name)),
	    near ? arena_printf(s->arena,
				"没有名为 '" STR_FMT
				"' 的规则，因此什么也没有抑制：是否想写 '" STR_FMT "'？",
				STR_ARG(name), STR_ARG(known))
		 : arena_printf(s->arena,
				"没有名为 '" STR_FMT
				"' 的规则，因此什么也没有抑制：'clusterlint rules' 会列出所有规则",
				STR_ARG(name)));
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* the next name of the list; what stands behind it is cut off */
static struct str next_name(struct str *list)
{
	size_t from = 0;
	while (from < list->len && !is_name(list->ptr[from]))
		from++;
	size_t to = from;
	while (to < list->len && is_name(list->ptr[to]))
		to++;
	struct str name = str_sub(*list, from, to);
	*list = str_sub(*list, to, list->len);
	return name;
}

static void add(struct suppressions *s, const struct comment *c, const char *why, uint32_t first,
		uint32_t last)
{
	struct str list = c->rules;
	for (struct str name; (name = next_name(&list)).len;) {
		struct place at = place_of(c, name);
		if (!cards_find(s->cards, name))
			unknown_rule(s, at, name);
		else
			vec_push(&s->list,
				 (struct suppression){c->source, at.span, arena_str(s->arena, name),
						      why, first, last, false});
	}
}

static void close_block(struct scan *scan, const struct comment *c)
{
	if (!scan->open.len) {
		complain(scan->s, "suppression-malformed", place_of_comment(c),
			 "there is no clusterlint-ignore-start before this end: take it away, or "
			 "begin the block",
			 "此处之前没有 clusterlint-ignore-start：请删除它，或补上块的开头");
		return;
	}
	struct open_block *b = &scan->open.ptr[--scan->open.len];
	uint32_t last = source_position(c->source, c->span.start).line;
	for (size_t i = b->from; i < b->to; i++)
		scan->s->list.ptr[i].last_line = last;
}

static void apply(struct scan *scan, const struct comment *c)
{
	struct suppressions *s = scan->s;
	if (c->what == DIR_END) {
		close_block(scan, c);
		return;
	}
	struct str list = c->rules;
	if (!next_name(&list).len) {
		complain(s, "suppression-malformed", place_of_comment(c),
			 "this suppression names no rule: write the id that the report shows in "
			 "brackets",
			 "此抑制注释没有写明规则：请写上报告中方括号里的规则名");
		return;
	}
	const char *why = reason_of(s, c);
	size_t from = s->list.len;
	uint32_t line = source_position(c->source, c->span.start).line;
	if (why && c->what == DIR_NEXT)
		add(s, c, why, c->line, c->line);
	else if (why && c->what == DIR_FILE)
		add(s, c, why, 1, UINT32_MAX);
	else if (why)
		add(s, c, why, line, 0);
	if (c->what == DIR_START)
		vec_push(&scan->open, (struct open_block){*c, from, s->list.len});
}

/* A block without an end covers nothing: nobody meant the rest of the file. */
static void finish(struct scan *scan)
{
	for (size_t i = 0; i < scan->open.len; i++) {
		const struct open_block *b = &scan->open.ptr[i];
		for (size_t k = b->from; k < b->to; k++)
			scan->s->list.ptr[k].used = true; /* this is told already */
		complain(scan->s, "suppression-malformed", place_of_comment(&b->start),
			 "this block has no end, so it does not work: write "
			 "clusterlint-ignore-end behind it",
			 "此块没有结尾，因此不生效：请在其后写上 clusterlint-ignore-end");
	}
	vec_release(&scan->open);
}

/* ---- which line a comment covers ---- */

static bool is_alone_before(const struct source *s, uint32_t at)
{
	while (at > 0 && s->text.ptr[at - 1] != '\n') {
		if (!is_blank(s->text.ptr[at - 1]))
			return false;
		at--;
	}
	return true;
}

/* the first byte of code behind comment i, comments and blanks skipped */
static uint32_t next_code(const struct js_file *f, uint32_t i)
{
	struct str text = f->source->text;
	uint32_t at = f->comments[i].span.end;
	for (i++; at < text.len; at++) {
		if (i < f->n_comments && f->comments[i].span.start == at)
			at = f->comments[i++].span.end - 1;
		else if (!is_blank(text.ptr[at]))
			break;
	}
	return at;
}

void suppress_scan(struct suppressions *s, const struct js_file *f)
{
	struct scan scan = {.s = s};
	if (str_find(f->source->text, STR(marker)) == (size_t)-1)
		return;
	for (uint32_t i = 0; i < f->n_comments; i++) {
		struct comment c = {.source = f->source, .span = f->comments[i].span};
		if (!read_comment(s, &c))
			continue;
		uint32_t from = c.span.start;
		bool alone = is_alone_before(f->source, from);
		c.line = source_position(f->source, alone ? next_code(f, i) : from).line;
		apply(&scan, &c);
	}
	finish(&scan);
}

/* ---- YAML ---- */

/* Where a line's comment begins: at a '#' at its start or behind a blank, outside of quotes. A
 * block scalar that holds such a line is taken for a comment; it would have to hold our own word.
 */
static size_t yaml_comment(struct str line)
{
	char quote = 0;
	for (size_t i = 0; i < line.len; i++) {
		char ch = line.ptr[i];
		if (quote)
			quote = ch == quote ? 0 : quote;
		else if ((ch == '"' || ch == '\'') && (i == 0 || strchr(" [{,:", line.ptr[i - 1])))
			quote = ch;
		else if (ch == '#' && (i == 0 || is_blank(line.ptr[i - 1])))
			return i;
	}
	return line.len;
}

/* ---- C and C++ ---- */

static size_t c_comment(struct str line)
{
	char quote = 0;
	for (size_t i = 0; i + 1 < line.len; i++) {
		char ch = line.ptr[i];
		if (quote && ch == '\\')
			i++;
		else if (quote)
			quote = ch == quote ? 0 : quote;
		else if (ch == '"' || ch == '\'')
			quote = ch;
		else if (ch == '/' && (line.ptr[i + 1] == '/' || line.ptr[i + 1] == '*'))
			return i;
	}
	return line.len;
}

/* ---- line by line ---- */

static uint32_t next_line(const struct source *s, uint32_t line, size_t (*comment_at)(struct str))
{
	for (line++; line < s->n_lines; line++) {
		struct str text = str_trim(source_line(s, line));
		if (text.len && comment_at(text) != 0)
			break;
	}
	return line;
}

static void scan_lines(struct suppressions *s, const struct source *source, size_t (*comment_at)(struct str))
{
	struct scan scan = {.s = s};
	if (str_find(source->text, STR(marker)) == (size_t)-1)
		return;
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct str text = source_line(source, line);
		size_t at = comment_at(text);
		uint32_t start = (uint32_t)(text.ptr - source->text.ptr + (ptrdiff_t)at);
		struct comment c = {.source = source,
				    .span = {start, start + (uint32_t)(text.len - at)}};
		if (at == text.len || !read_comment(s, &c))
			continue;
		bool alone = str_trim(str_sub(text, 0, at)).len == 0;
		c.line = alone ? next_line(source, line, comment_at) : line;
		apply(&scan, &c);
	}
	finish(&scan);
}

void suppress_scan_yaml(struct suppressions *s, const struct source *source)
{
	scan_lines(s, source, yaml_comment);
}

void suppress_scan_c(struct suppressions *s, const struct source *source)
{
	scan_lines(s, source, c_comment);
}

/* ---- asking ---- */

const char *suppress_reason(struct suppressions *s, struct str rule, struct place at)
{
	const char *why = NULL;
	if (!at.source || !s->list.len)
		return NULL;
	uint32_t line = source_position(at.source, at.span.start).line;
	for (size_t i = 0; i < s->list.len; i++) {
		struct suppression *x = &s->list.ptr[i];
		if (line < x->first_line || line > x->last_line || !str_eq(x->rule, rule) ||
		    !str_eq(x->source->path, at.source->path))
			continue;
		x->used = true;
		why = why ? why : x->why;
	}
	return why;
}
