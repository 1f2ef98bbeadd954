#include "planner/suppress_internal.h"

static const char marker[] = "clusterlint-";

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
	suppress_complain(
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
		struct place at = suppress_place(c, name);
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
		suppress_complain(scan->s, "suppression-malformed", suppress_place_of_comment(c),
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
		suppress_complain(s, "suppression-malformed", suppress_place_of_comment(c),
			 "this suppression names no rule: write the id that the report shows in "
			 "brackets",
			 "此抑制注释没有写明规则：请写上报告中方括号里的规则名");
		return;
	}
	const char *why = suppress_reason_of(s, c);
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
		suppress_complain(scan->s, "suppression-malformed", suppress_place_of_comment(&b->start),
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
		if (!suppress_is_blank(s->text.ptr[at - 1]))
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
		else if (!suppress_is_blank(text.ptr[at]))
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
		if (!suppress_read_comment(s, &c))
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
		else if (ch == '#' && (i == 0 || suppress_is_blank(line.ptr[i - 1])))
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
		if (at == text.len || !suppress_read_comment(s, &c))
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
