/* Splits a command line as a POSIX shell would, as far as package scripts go:
 * words, quotes, and the operators between commands. */
#include "analyzers/project/internal.h"
#include "base/buf.h"

static void end_word(struct arena *a, struct words *w, struct buf *word, bool *in_word)
{
	if (*in_word)
		vec_push(w, arena_str(a, buf_str(word)));
	word->len = 0;
	*in_word = false;
}

/* length of a command separator at s: && || ; | & and line ends; 0 where none */
static size_t separator(struct str s)
{
	if (str_starts(s, STR("&&")) || str_starts(s, STR("||")))
		return 2;
	return s.len && strchr(";|&\n", s.ptr[0]) ? 1 : 0;
}

size_t split_command(struct arena *a, struct str text, struct words *commands, size_t cap)
{
	struct buf word = {0};
	bool in_word = false;
	char quote = 0;
	size_t n = 0;
	if (cap == 0)
		return 0;
	commands[0] = (struct words){0};
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		size_t sep = quote ? 0 : separator(str_sub(text, i, text.len));
		if (quote && c == quote) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			in_word = true;
		} else if (c == '\\' && quote != '\'' && i + 1 < text.len) {
			buf_addc(&word, text.ptr[++i]);
			in_word = true;
		} else if (!quote && sep) {
			end_word(a, &commands[n], &word, &in_word);
			i += sep - 1;
			if (commands[n].len && n + 1 < cap)
				commands[++n] = (struct words){0};
		} else if (!quote && (c == ' ' || c == '\t' || c == '\r')) {
			end_word(a, &commands[n], &word, &in_word);
		} else {
			buf_addc(&word, c);
			in_word = true;
		}
	}
	end_word(a, &commands[n], &word, &in_word);
	n += commands[n].len > 0;
	buf_release(&word);
	return n;
}
