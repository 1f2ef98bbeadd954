#include "analyzers/ecosystem/split.h"

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t to_quote(struct str s, size_t i, char quote)
{
	while (i < s.len && s.ptr[i] != quote)
		i++;
	return i < s.len ? i + 1 : 0;
}

/* key="..." or key='...'; 0 where it is none. word: what the key may consist of */
static size_t quoted_value(struct str s, size_t i, bool (*word)(char c))
{
	size_t start = i;
	while (i < s.len && word(s.ptr[i]))
		i++;
	if (i == start || i + 1 >= s.len || s.ptr[i] != '=' || (s.ptr[i + 1] != '"' && s.ptr[i + 1] != '\''))
		return 0;
	return to_quote(s, i + 2, s.ptr[i + 1]);
}

static bool key_7(char c)
{
	return !blank(c) && c != '"' && c != '\'' && c != '=';
}

static bool key_5(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void add(struct arena *a, struct value *list, struct str item, const struct origin *o)
{
	if (str_trim(item).len)
		val_push(a, list->u.arr, val_string(a, item, o));
}

/* 7.x: match tokens; quotes go only where they enclose the whole token */
static void split_7(struct arena *a, struct value *list, struct str s, const struct origin *o)
{
	for (size_t i = 0; i < s.len;) {
		size_t end;
		if (blank(s.ptr[i])) {
			i++;
			continue;
		}
		end = quoted_value(s, i, key_7);
		if (!end && (s.ptr[i] == '"' || s.ptr[i] == '\''))
			end = to_quote(s, i + 1, s.ptr[i]);
		if (!end)
			for (end = i; end < s.len && !blank(s.ptr[end]);)
				end++;
		struct str token = str_sub(s, i, end);
		char first = token.ptr[0];
		if ((first == '"' || first == '\'') && token.ptr[token.len - 1] == first)
			token = token.len < 2 ? (struct str){token.ptr, 0} : str_sub(token, 1, token.len - 1);
		add(a, list, token, o);
		i = end;
	}
}

/* 5.x and 6.x: cut at blanks and at quoted pieces, which lose their quotes */
static void split_5(struct arena *a, struct value *list, struct str s, const struct origin *o)
{
	size_t from = 0;
	for (size_t i = 0; i < s.len;) {
		size_t end = quoted_value(s, i, key_5);
		struct str piece = str_sub(s, i, end ? end : i);
		if (!end && (s.ptr[i] == '"' || s.ptr[i] == '\'')) {
			end = to_quote(s, i + 1, s.ptr[i]);
			piece = end ? str_sub(s, i + 1, end - 1) : piece;
		}
		if (!end && blank(s.ptr[i]))
			end = i + 1;
		if (!end) {
			i++;
			continue;
		}
		add(a, list, str_sub(s, from, i), o);
		add(a, list, piece, o);
		from = i = end;
	}
	add(a, list, str_sub(s, from, s.len), o);
}

const struct value *split_args(struct arena *a, const struct value *text, uint32_t pm2_major)
{
	struct value *list = val_array_new(a, text->origin);
	(pm2_major >= 7 ? split_7 : split_5)(a, list, text->u.str, text->origin);
	return list;
}
