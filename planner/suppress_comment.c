#include "planner/suppress_internal.h"

static const char marker[] = "clusterlint-";
static const char ignore[] = "clusterlint-ignore";

static const char *const endings[] = {
    [DIR_NEXT] = "", [DIR_START] = "-start", [DIR_END] = "-end", [DIR_FILE] = "-file"};

struct place suppress_place(const struct comment *c, struct str part)
{
	uint32_t start = (uint32_t)(part.ptr - c->source->text.ptr);
	return (struct place){c->source, {start, start + (uint32_t)part.len}};
}

struct place suppress_place_of_comment(const struct comment *c)
{
	uint32_t line = source_position(c->source, c->span.start).line;
	struct str text = source_line(c->source, line);
	uint32_t end = (uint32_t)(text.ptr + text.len - c->source->text.ptr);
	return (struct place){c->source, {c->span.start, end < c->span.end ? end : c->span.end}};
}

void suppress_complain(struct suppressions *s, const char *rule, struct place at, const char *en,
		       const char *zh)
{
	vec_push(&s->problems, (struct suppress_problem){rule, at, en, zh});
}

/* ---- reading one comment ---- */

static struct str inside(struct str text)
{
	if (str_starts(text, STR("/*")) && str_ends(text, STR("*/")) && text.len >= 4)
		text = str_sub(text, 2, text.len - 2);
	while (text.len && (strchr("/#*!", *text.ptr) || suppress_is_blank(*text.ptr)))
		text = str_sub(text, 1, text.len);
	return str_trim(text);
}

static size_t word_length(struct str text)
{
	size_t n = 0;
	while (n < text.len && !suppress_is_blank(text.ptr[n]))
		n++;
	return n;
}

/* " -- ", also at a line's end or start */
static size_t find_dashes(struct str text)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '-' && text.ptr[i + 1] == '-' &&
		    (i == 0 || suppress_is_blank(text.ptr[i - 1])) &&
		    (i + 2 == text.len || suppress_is_blank(text.ptr[i + 2])))
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
bool suppress_read_comment(struct suppressions *s, struct comment *c)
{
	struct str text = inside(str_sub(c->source->text, c->span.start, c->span.end));
	if (!str_starts(text, STR(marker)))
		return false;
	struct str word = str_sub(text, 0, word_length(text));
	c->what = directive_of(word);
	if (c->what == DIR_NONE) {
		suppress_complain(s, "suppression-malformed", suppress_place(c, word),
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
	while (n < r.len && !suppress_is_blank(r.ptr[r.len - 1 - n]) && r.ptr[r.len - 1 - n] != '[')
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
		char c = suppress_is_blank(text.ptr[i]) || is_line_star(text, i) ? ' ' : text.ptr[i];
		if (c != ' ' || (n && out[n - 1] != ' '))
			out[n++] = c;
	}
	out[n] = '\0';
	return out;
}

/* the reason, or NULL where the comment does not work: that is told */
const char *suppress_reason_of(struct suppressions *s, const struct comment *c)
{
	struct str reason = c->reason;
	struct str until = reason.ptr ? cut_until(&reason) : (struct str){NULL, 0};
	if (!reason.len) {
		suppress_complain(s, "suppression-without-reason", suppress_place_of_comment(c),
			 "this suppression gives no reason, so it does not work: write why the "
			 "risk is accepted behind ' -- '",
			 "此抑制注释没有给出理由，因此不生效：请在 ' -- ' 之后写明为何接受该风险");
		return NULL;
	}
	if (!until.ptr)
		return flat(s->arena, reason);
	uint32_t day = looks_like_date(until) ? day_of(until) : 0;
	if (!day)
		suppress_complain(s, "suppression-malformed", suppress_place(c, until),
			 arena_printf(s->arena,
				      "'" STR_FMT "' is no date, so this suppression does not "
				      "work: write the last day as in 'until 2027-01-31'",
				      STR_ARG(until)),
			 arena_printf(s->arena,
				      "'" STR_FMT "' 不是日期，因此此抑制注释不生效：请按 'until "
				      "2027-01-31' 的形式写明最后一天",
				      STR_ARG(until)));
	else if (s->today && s->today > day)
		suppress_complain(s, "suppression-expired", suppress_place_of_comment(c),
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
