#include "analyzers/javascript/text.h"

bool u16_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

static bool is_tail(struct str s, size_t i)
{
	return i < s.len && ((unsigned char)s.ptr[i] & 0xc0) == 0x80;
}

int32_t u16_next(struct str s, size_t *i)
{
	if (*i >= s.len)
		return -1;
	size_t at = *i;
	unsigned char c = (unsigned char)s.ptr[at];
	int more = c < 0x80		   ? 0
		   : c >= 0xc2 && c < 0xe0 ? 1
		   : c >= 0xe0 && c < 0xf0 ? 2
		   : c >= 0xf0 && c < 0xf5 ? 3
					   : -1;
	int32_t cp = more <= 0 ? c : c & (0x3f >> more);
	for (int k = 1; k <= more; k++) {
		if (!is_tail(s, at + (size_t)k)) {
			more = -1;
			break;
		}
		cp = cp << 6 | (s.ptr[at + (size_t)k] & 0x3f);
	}
	if (more < 0) {
		*i = at + 1;
		return 0xfffd;
	}
	*i = at + 1 + (size_t)more;
	return cp;
}

size_t u16_index(struct str s, size_t byte)
{
	size_t n = 0;
	if (byte > s.len)
		byte = s.len;
	for (size_t i = 0; i < byte;)
		n += u16_next(s, &i) > 0xffff ? 2 : 1;
	return n;
}

size_t u16_len(struct str s)
{
	return u16_ascii(s) ? s.len : u16_index(s, s.len);
}

/* byte offset of the character that holds unit `index`; *low: it is its second unit */
static size_t locate(struct str s, size_t index, bool *low)
{
	size_t n = 0, i = 0;
	*low = false;
	while (i < s.len) {
		size_t at = i;
		size_t units = u16_next(s, &i) > 0xffff ? 2 : 1;
		if (index < n + units) {
			*low = index > n;
			return at;
		}
		n += units;
	}
	return s.len;
}

size_t u16_byte(struct str s, size_t index)
{
	bool low;
	if (u16_ascii(s))
		return index < s.len ? index : s.len;
	return locate(s, index, &low);
}

static uint32_t half(int32_t cp, bool low)
{
	uint32_t c = (uint32_t)cp - 0x10000;
	return low ? 0xdc00 + (c & 0x3ff) : 0xd800 + (c >> 10);
}

int u16_at(struct str s, size_t index)
{
	bool low;
	if (u16_ascii(s))
		return index < s.len ? (unsigned char)s.ptr[index] : -1;
	size_t at = locate(s, index, &low);
	int32_t cp = u16_next(s, &at);
	return cp > 0xffff ? (int)half(cp, low) : cp;
}

void u16_put(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
	} else if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_addc(b, (char)(0xe0 | c >> 12));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | (c >> 18 & 7)));
		buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (c & 0x3f)));
	}
}

struct str u16_slice(struct arena *a, struct str s, size_t from, size_t to)
{
	if (from >= to)
		return STR("");
	if (u16_ascii(s))
		return str_sub(s, from, to);
	bool low_from, low_to;
	size_t start = locate(s, from, &low_from), end = locate(s, to, &low_to);
	if (!low_from && !low_to)
		return str_sub(s, start, end);
	struct buf b = {0};
	if (low_from) {
		int32_t cp = u16_next(s, &start);
		u16_put(&b, half(cp, true));
	}
	if (start < end)
		buf_add(&b, str_sub(s, start, end));
	if (low_to && start <= end) {
		size_t i = end;
		u16_put(&b, half(u16_next(s, &i), false));
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

struct str u16_cat(struct arena *a, struct str x, struct str y)
{
	if (!x.len)
		return y;
	if (!y.len)
		return x;
	char *p = arena_alloc(a, x.len + y.len + 1);
	size_t n = x.len, tail = n < 3 ? 0 : n - 3;
	const unsigned char *e = (const unsigned char *)x.ptr + tail,
			    *s = (const unsigned char *)y.ptr;
	memcpy(p, x.ptr, x.len);
	if (x.len >= 3 && y.len >= 3 && e[0] == 0xed && e[1] >= 0xa0 && e[1] < 0xb0 &&
	    s[0] == 0xed && s[1] >= 0xb0 && s[1] < 0xc0) {
		uint32_t hi = (uint32_t)(e[1] & 0xf) << 6 | (e[2] & 0x3f);
		uint32_t lo = (uint32_t)(s[1] & 0xf) << 6 | (s[2] & 0x3f);
		struct buf b = {0};
		u16_put(&b, 0x10000 + (hi << 10 | lo));
		memcpy(p + n - 3, b.ptr, 4);
		buf_release(&b);
		n += 1;
		y = str_sub(y, 3, y.len);
	}
	if (y.len)
		memcpy(p + n, y.ptr, y.len);
	return (struct str){p, n + y.len};
}

int u16_cmp(struct str a, struct str b)
{
	size_t i = 0, n = a.len < b.len ? a.len : b.len;
	while (i < n && a.ptr[i] == b.ptr[i])
		i++;
	if (i == n)
		return (a.len > b.len) - (a.len < b.len);
	while (i > 0 && (is_tail(a, i) || is_tail(b, i)))
		i--;
	size_t j = i;
	int32_t x = u16_next(a, &i), y = u16_next(b, &j);
	/* surrogates sort below U+E000..U+FFFF */
	if ((x > 0xffff) != (y > 0xffff) && (x > 0xffff ? y : x) >= 0xe000)
		return x > 0xffff ? -1 : 1;
	return (x > y) - (x < y);
}

bool u16_is_space(int32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000 || c == 0xfeff;
}

struct str u16_trim(struct str s, bool start, bool end)
{
	size_t from = 0, to = s.len;
	for (size_t i = 0; start && i < s.len;) {
		if (!u16_is_space(u16_next(s, &i)))
			break;
		from = i;
	}
	while (end && to > from) {
		size_t i = to - 1;
		while (i > from && is_tail(s, i))
			i--;
		size_t j = i;
		if (!u16_is_space(u16_next(s, &j)))
			break;
		to = i;
	}
	return str_sub(s, from, to);
}
