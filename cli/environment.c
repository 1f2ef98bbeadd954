#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/session.h"

extern char **environ;

/* later ones win: this shell, then the files in their order, then --env */
struct variables {
	struct arena *arena;
	VEC(struct env_var) list;
};

static void set(struct variables *v, struct str name, struct str value)
{
	for (size_t i = 0; i < v->list.len; i++)
		if (str_eq(v->list.ptr[i].name, name)) {
			v->list.ptr[i].value = value;
			return;
		}
	vec_push(&v->list, (struct env_var){name, value});
}

static bool set_pair(struct variables *v, struct str pair)
{
	const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
	if (!equals || equals == pair.ptr)
		return false;
	size_t at = (size_t)(equals - pair.ptr);
	set(v, str_trim(str_sub(pair, 0, at)), str_sub(pair, at + 1, pair.len));
	return true;
}

/* as dotenv takes it: up to the closing quote, or to a comment; in double quotes \n is a line break */
static struct str unquote(struct arena *a, struct str s)
{
	s = str_trim(s);
	bool quoted = s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'' || s.ptr[0] == '`');
	const char *close = quoted ? memchr(s.ptr + 1, s.ptr[0], s.len - 1) : NULL;
	if (!close) {
		size_t comment = str_find(s, STR("#"));
		return comment == (size_t)-1 ? s : str_trim(str_sub(s, 0, comment));
	}
	struct str inner = str_sub(s, 1, (size_t)(close - s.ptr));
	if (s.ptr[0] != '"')
		return inner;
	char *out = arena_cstr(a, inner);
	size_t n = 0;
	for (size_t i = 0; i < inner.len; i++) {
		bool broken = inner.ptr[i] == '\\' && i + 1 < inner.len && (inner.ptr[i + 1] == 'n' || inner.ptr[i + 1] == 'r');
		i += broken;
		out[n++] = !broken ? inner.ptr[i] : inner.ptr[i] == 'n' ? '\n' : '\r';
	}
	return (struct str){out, n};
}

/* NAME=VALUE, export NAME="VALUE", # comment */
static bool set_line(struct variables *v, struct str line)
{
	line = str_trim(line);
	if (!line.len || line.ptr[0] == '#')
		return true;
	if (str_starts(line, STR("export ")))
		line = str_trim(str_sub(line, 7, line.len));
	const char *equals = memchr(line.ptr, '=', line.len);
	if (!equals || equals == line.ptr)
		return false;
	size_t at = (size_t)(equals - line.ptr);
	set(v, str_trim(str_sub(line, 0, at)), unquote(v->arena, str_sub(line, at + 1, line.len)));
	return true;
}

bool session_read_text(struct arena *a, const char *path, struct str *out)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	VEC(char) text = {0};
	for (int c; (c = getc(f)) != EOF && text.len < FS_MAX_FILE;)
		vec_push(&text, (char)c);
	bool ok = !ferror(f);
	fclose(f);
	*out = arena_str(a, (struct str){text.ptr, text.len});
	vec_release(&text);
	return ok;
}

static bool read_file(struct variables *v, struct cli *cli, const char *path)
{
	struct str text;
	errno = 0;
	if (!session_read_text(v->arena, path, &text)) {
		cli_error(cli, "--env-file: %s: %s", path, strerror(errno));
		return false;
	}
	size_t line = 1;
	while (text.len) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t n = end ? (size_t)(end - text.ptr) : text.len;
		if (!set_line(v, str_sub(text, 0, n))) {
			cli_error(cli, "--env-file: %s:%zu: a line is NAME=VALUE or # comment",
				  path, line);
			return false;
		}
		text = str_sub(text, end ? n + 1 : n, text.len);
		line++;
	}
	return true;
}

bool session_environment(struct session *s, struct cli *cli)
{
	const struct settings *o = cli->settings;
	struct variables v = {.arena = &s->arena};
	bool ok = true;
	for (char **e = environ; o->inherit_env && *e; e++)
		set_pair(&v, arena_str(&s->arena, str_from(*e)));
	for (size_t i = 0; ok && i < o->env_files.len; i++)
		ok = read_file(&v, cli, o->env_files.ptr[i]);
	/* a name alone is no variable: it picks env_NAME, see session.c */
	for (size_t i = 0; i < o->env.len; i++)
		set_pair(&v, str_from(o->env.ptr[i]));
	struct env_var *out = arena_array(&s->arena, struct env_var, v.list.len);
	if (v.list.len)
		memcpy(out, v.list.ptr, v.list.len * sizeof *out);
	s->ctx.env = out;
	s->ctx.n_env = v.list.len;
	vec_release(&v.list);
	return ok;
}
