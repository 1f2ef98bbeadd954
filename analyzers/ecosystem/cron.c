#include "analyzers/ecosystem/cron.h"

#include <stdint.h>

enum { SECONDS, MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS, N_FIELDS };
enum { MAX_TEXT = 256 };

const char *const cron_field_names[N_FIELDS] = {"second", "minute", "hour", "day", "month", "weekday"};

static const struct {
	int size, offset; /* entries; what the first one is called */
} ranges[N_FIELDS] = {{60, 0}, {60, 0}, {24, 0}, {31, 1}, {12, 1}, {8, 0}};

static const char month_names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char day_names[] = "sunmontuewedthufrisat";

struct reader {
	struct cron *out;
	char text[MAX_TEXT];
	struct str fields[N_FIELDS];
	uint64_t set[N_FIELDS];
	bool last_day;
};

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool fail(struct reader *r, const char *why)
{
	r->out->why = why;
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int name_at(struct str s, size_t i, const char *names)
{
	for (int n = 0; names[3 * n]; n++)
		if (i + 3 <= s.len && lower(s.ptr[i]) == names[3 * n] && lower(s.ptr[i + 1]) == names[3 * n + 1] &&
		    lower(s.ptr[i + 2]) == names[3 * n + 2])
			return n;
	return -1;
}

/* Names become numbers wherever they stand, and the first "?" what the clock says, for which 1 stands here. */
static size_t put_field(struct reader *r, int field, struct str s, size_t at)
{
	const char *names = field == MONTHS ? month_names : field == WEEKDAYS ? day_names : "";
	size_t start = at;
	bool asked = false;
	for (size_t i = 0; i < s.len && at + 3 < MAX_TEXT;) {
		int n = name_at(s, i, names);
		if (n >= 0) {
			n += ranges[field].offset;
			if (n > 9)
				r->text[at++] = '1';
			r->text[at++] = (char)('0' + n % 10);
			i += 3;
			continue;
		}
		r->text[at++] = s.ptr[i] == '?' && !asked ? '1' : s.ptr[i];
		if (s.ptr[i] == '?' && !asked && r->out->asked_field < field)
			r->out->asked_field = field;
		asked |= s.ptr[i] == '?';
		i++;
	}
	r->fields[field] = (struct str){r->text + start, at - start};
	return at;
}

static bool cut(struct reader *r, struct str pattern)
{
	struct str parts[N_FIELDS + 1];
	int n = 0;
	for (size_t i = 0; i < pattern.len;) {
		size_t start = i;
		while (i < pattern.len && !blank(pattern.ptr[i]))
			i++;
		if (i > start && n <= N_FIELDS)
			parts[n++] = str_sub(pattern, start, i);
		while (i < pattern.len && blank(pattern.ptr[i]))
			i++;
	}
	if (n < 5 || n > 6)
		return fail(r, "it needs five fields, or six with seconds first");
	r->out->seconds = n == 6;
	size_t at = n == 6 ? 0 : put_field(r, SECONDS, STR("0"), 0);
	for (int i = 0, f = n == 6 ? SECONDS : MINUTES; i < n; i++, f++) {
		if (f == DAYS && (str_is(parts[i], "L") || str_is(parts[i], "l"))) {
			r->last_day = true;
			parts[i] = STR("28,29,30,31");
		}
		at = put_field(r, f, parts[i], at);
	}
	for (int f = 0; f < N_FIELDS; f++)
		for (size_t i = 0; i < r->fields[f].len; i++)
			if (!strchr("/*0123456789,-", r->fields[f].ptr[i]))
				return fail(r, "only numbers and * , - / may stand in a field");
	return true;
}

/* parseInt: digits after blanks are read, the rest is ignored; -1 stands for NaN (a minus cannot come here) */
static long number(struct str s)
{
	long n = 0;
	size_t i = 0;
	for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
		if (n < 100000)
			n = n * 10 + (s.ptr[i] - '0');
	return i ? n : -1;
}

static bool all_digits(struct str s)
{
	size_t i = 0;
	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++;
	return i == s.len && s.len;
}

static void fill(struct reader *r, int field, long from, long to, long step)
{
	for (long i = from; i <= to; i += step)
		r->set[field] |= (uint64_t)1 << i;
}

static bool valid_step(struct reader *r, int field, long step)
{
	if (step <= 0)
		return fail(r, "a step must be a number above 0");
	return step <= ranges[field].size || fail(r, "a step is larger than its field has values");
}

static bool read_range(struct reader *r, int field, struct str s)
{
	size_t dash = str_find(s, STR("-")), slash = str_find(s, STR("/"));
	bool stepped = slash != (size_t)-1;
	if (stepped && slash < dash)
		return fail(r, "a step must come after its range");
	struct str from = str_sub(s, 0, dash), to = str_sub(s, dash + 1, stepped ? slash : s.len);
	struct str step = stepped ? str_sub(s, slash + 1, s.len) : STR("1");
	if (str_find(to, STR("-")) != (size_t)-1 || (stepped && !(all_digits(from) && all_digits(to) && all_digits(step))))
		return fail(r, "a range is two numbers, and a step after it");
	long low = number(from), high = number(to), by = number(step);
	if (low < 0 || high < 0)
		return fail(r, "a range needs a number at both ends");
	if (stepped && !valid_step(r, field, by))
		return false;
	low -= ranges[field].offset;
	high -= ranges[field].offset;
	if (low < 0 || high >= ranges[field].size)
		return fail(r, "a number is out of the range of its field");
	if (low > high)
		return fail(r, "a range must not run backwards");
	fill(r, field, low, high, by);
	return true;
}

/* The start is not lowered by one for days and months; one beyond the field, or no number at all, selects nothing. */
static bool read_step(struct reader *r, int field, struct str s)
{
	size_t slash = str_find(s, STR("/"));
	struct str from = str_sub(s, 0, slash), step = str_sub(s, slash + 1, s.len);
	if (str_find(step, STR("/")) != (size_t)-1)
		return fail(r, "a field may hold one step");
	long start = str_is(from, "*") ? 0 : number(from), by = number(step);
	if (!valid_step(r, field, by))
		return false;
	if (!str_is(from, "*") && ranges[field].offset)
		r->out->off_by_one = true;
	if (start >= 0)
		fill(r, field, start, ranges[field].size - 1, by);
	return true;
}

static bool read_number(struct reader *r, int field, struct str s)
{
	long n = number(s);
	if (n < 0)
		return true; /* taken without a word, selects nothing */
	n -= ranges[field].offset;
	if (n < 0 || n >= ranges[field].size)
		return fail(r, "a number is out of the range of its field");
	fill(r, field, n, n, 1);
	return true;
}

static bool read_entry(struct reader *r, int field, struct str s, bool in_list)
{
	bool range = str_find(s, STR("-")) != (size_t)-1, step = str_find(s, STR("/")) != (size_t)-1;
	if (str_is(s, "*")) {
		fill(r, field, 0, ranges[field].size - 1, 1);
		return true;
	}
	if (in_list && (range || step))
		return fail(r, "ranges and steps cannot stand in a list");
	return range ? read_range(r, field, s) : step ? read_step(r, field, s) : read_number(r, field, s);
}

static bool read_field(struct reader *r, int field)
{
	struct str s = r->fields[field];
	bool list = str_find(s, STR(",")) != (size_t)-1;
	for (size_t i = 0, start = 0; i <= s.len; i++) {
		if (i < s.len && s.ptr[i] != ',')
			continue;
		if (!read_entry(r, field, str_sub(s, start, i), list))
			return false;
		start = i + 1;
	}
	return true;
}

static bool impossible_date(const struct reader *r)
{
	static const int days_of[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (!r->set[MONTHS])
		return true;
	for (int m = 0; m < 12; m++)
		if (r->set[MONTHS] >> m & 1 && (r->last_day || r->set[DAYS] & (((uint64_t)1 << days_of[m]) - 1)))
			return false;
	return true;
}

static void judge(struct reader *r)
{
	for (int f = 0; f < N_FIELDS; f++) {
		if (f == MONTHS || r->set[f])
			continue;
		r->out->hangs = true;
		r->out->empty_field = f;
		return;
	}
	r->out->never = impossible_date(r);
	/* with a "?" among them that is told in its own words */
	bool asked = r->out->asked_field == DAYS || r->out->asked_field == WEEKDAYS;
	r->out->day_and_weekday = !asked && r->set[DAYS] != 0x7fffffff && (r->set[WEEKDAYS] & 0x7f) != 0x7f;
}

/* "2030-01-31T04:00:00", anything but digits in between */
static bool valid_date(struct str s)
{
	static const int days_of[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	long part[6] = {0};
	int n = 0;
	for (size_t i = 0, start = 0; i <= s.len && n < 6; i++) {
		if (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
			continue;
		part[n] = number(str_sub(s, start, i));
		if (part[n++] < 0)
			return false;
		start = i + 1;
	}
	if (n < 6 || part[0] < 100 || part[1] < 1 || part[1] > 12 || part[3] > 23 || part[4] > 59 || part[5] > 59)
		return false;
	bool leap = (part[0] % 4 == 0 && part[0] % 100 != 0) || part[0] % 400 == 0;
	return part[2] >= 1 && part[2] <= days_of[part[1] - 1] + (part[1] == 2 && leap);
}

struct cron cron_read(struct str pattern)
{
	struct cron out = {.asked_field = -1};
	struct reader r = {.out = &out};
	size_t colon = str_find(pattern, STR(":"));
	if (colon != (size_t)-1 && colon > 0) {
		out.once = true;
		out.valid = valid_date(pattern);
		out.why = out.valid ? NULL : "with a ':' it is read as a date, and this is none";
		return out;
	}
	if (pattern.len > MAX_TEXT / 4) {
		out.why = "it is too long";
		return out;
	}
	if (!cut(&r, pattern))
		return out;
	for (int f = 0; f < N_FIELDS; f++)
		if (!read_field(&r, f))
			return out;
	out.valid = true;
	judge(&r);
	return out;
}
