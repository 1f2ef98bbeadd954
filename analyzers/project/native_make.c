#include "analyzers/project/native_build.h"

/* Makefiles in their simple form (SRCS = a.c b.c, prog: a.o b.o), and
 * compile_commands.json, which tells everything. */

struct make_variable {
	struct str name, value;
};

struct makefile {
	struct native_parts *x;
	VEC(struct make_variable) variables;
};

static struct str text_of(struct native_parts *x, const char *name)
{
	struct str text, path = path_join(x->p->a, x->dir, str_from(name));
	if (fs_kind(x->p->ctx->fs, path) != FS_FILE ||
	    fs_read(x->p->ctx->fs, x->p->a, path, &text).text)
		return (struct str){0};
	return text;
}

static struct str make_value(const struct makefile *m, struct str name)
{
	struct str all = STR("");
	size_t colon = str_find(name, STR(":")); /* $(SRCS:.c=.o): the stems count */
	if (colon != (size_t)-1)
		name = str_sub(name, 0, colon);
	if (str_starts(name, STR("wildcard ")))
		return str_sub(name, 9, name.len);
	if (str_starts(name, STR("patsubst "))) {
		size_t last = str_rfind_char(name, ',');
		return last == (size_t)-1 ? STR("") : str_sub(name, last + 1, name.len);
	}
	for (size_t i = 0; i < m->variables.len; i++)
		if (str_eq(m->variables.ptr[i].name, name))
			all = m->variables.ptr[i].value;
	return all;
}

static struct str make_expand(const struct makefile *m, struct str s)
{
	for (int k = 0; k < 32; k++) {
		size_t from = (size_t)-1;
		for (size_t i = 0; i + 1 < s.len; i++) /* the innermost one first */
			if (s.ptr[i] == '$' && (s.ptr[i + 1] == '(' || s.ptr[i + 1] == '{'))
				from = i;
		if (from == (size_t)-1)
			break;
		size_t to = from;
		while (to < s.len && s.ptr[to] != ')' && s.ptr[to] != '}')
			to++;
		s = str_from(arena_printf(m->x->p->a, STR_FMT STR_FMT STR_FMT,
					  STR_ARG(str_sub(s, 0, from)),
					  STR_ARG(make_value(m, str_sub(s, from + 2, to))),
					  STR_ARG(str_sub(s, to + (to < s.len), s.len))));
	}
	return s;
}

/* main.o, obj/main.o, main.c, src/(star).c */
static void add_object(struct makefile *m, struct str word)
{
	static const char *const ends[] = {".c", ".cc", ".cpp", ".cxx"};
	static const char *const dirs[] = {"", "src/"};
	struct native_parts *x = m->x;
	if (native_is_source(word)) {
		native_add_source(x, x->dir, word);
		return;
	}
	if (!str_ends(word, STR(".o")))
		return;
	struct str stem = str_sub(word, 0, word.len - 2), base = path_base(stem);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		native_add_source(x, x->dir,
				  str_from(arena_printf(x->p->a, STR_FMT "%s", STR_ARG(stem), ends[i])));
		for (size_t k = 0; k < 2; k++)
			native_add_source(x, x->dir, str_from(arena_printf(x->p->a, "%s" STR_FMT "%s", dirs[k],
									   STR_ARG(base), ends[i])));
	}
}

static void add_words(struct makefile *m, struct str list)
{
	list = make_expand(m, list);
	for (size_t i = 0; i < list.len;) {
		size_t j = i;
		while (j < list.len && list.ptr[j] != ' ' && list.ptr[j] != '\t' && list.ptr[j] != '\\' &&
		       list.ptr[j] != '\n')
			j++;
		struct str word = str_sub(list, i, j);
		if (str_starts(word, STR("-I")) && word.len > 2)
			native_add_include(m->x, m->x->dir, str_sub(word, 2, word.len));
		else if (str_starts(word, STR("-D")) || str_starts(word, STR("-std=")))
			native_add_flag(m->x, arena_cstr(m->x->p->a, word));
		else
			add_object(m, word);
		i = j + 1;
	}
}

static void add_flags_of(struct makefile *m)
{
	static const char *const names[] = {"CPPFLAGS", "CFLAGS", "CXXFLAGS"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add_words(m, make_value(m, str_from(names[i])));
}

static void assign(struct makefile *m, struct str line, size_t eq)
{
	size_t end = eq;
	bool more = eq && line.ptr[eq - 1] == '+';
	while (end && strchr(":+?", line.ptr[end - 1]))
		end--;
	struct str name = str_trim(str_sub(line, 0, end));
	struct str value = str_trim(str_sub(line, eq + 1, line.len));
	if (more)
		value = str_from(arena_printf(m->x->p->a, STR_FMT " " STR_FMT,
					      STR_ARG(make_value(m, name)), STR_ARG(value)));
	vec_push(&m->variables, (struct make_variable){name, value});
}

static bool is_target(const struct makefile *m, struct str targets, struct str name)
{
	struct str s = make_expand(m, targets);
	for (size_t i = 0; i < s.len;) {
		size_t j = i;
		while (j < s.len && s.ptr[j] != ' ')
			j++;
		if (str_eq(path_base(str_sub(s, i, j)), name))
			return true;
		i = j + 1;
	}
	return false;
}

static void read_line(struct makefile *m, struct str line, struct str name, bool *in_rule, bool *found)
{
	if (line.len && line.ptr[0] == '\t') {
		if (*in_rule)
			add_words(m, line);
		return;
	}
	*in_rule = false;
	size_t eq = str_find(line, STR("=")), colon = str_find(line, STR(":"));
	if (eq != (size_t)-1 && (colon == (size_t)-1 || eq <= colon + 1)) {
		assign(m, line, eq);
	} else if (colon != (size_t)-1 && is_target(m, str_sub(line, 0, colon), name)) {
		*in_rule = *found = true;
		add_words(m, str_sub(line, colon + 1, line.len));
	}
}

bool native_read_make(struct native_parts *x, struct str name)
{
	struct makefile m = {.x = x};
	struct str text = text_of(x, "Makefile");
	bool in_rule = false, found = false;
	if (!text.ptr)
		text = text_of(x, "makefile");
	if (name.len == 0)
		return false;
	for (size_t i = 0; i < text.len;) {
		size_t j = i;
		while (j < text.len && (text.ptr[j] != '\n' || (j > i && text.ptr[j - 1] == '\\')))
			j++;
		struct str line = str_sub(text, i, j);
		if (line.len == 0 || line.ptr[0] != '#')
			read_line(&m, line, name, &in_rule, &found);
		i = j + 1;
	}
	if (found)
		add_flags_of(&m);
	vec_release(&m.variables);
	return found && x->sources.len > 0;
}

/* ---- compile_commands.json ---- */

static void add_command(struct native_parts *x, const cJSON *entry)
{
	struct arena *a = x->p->a;
	struct str file = json_str(entry, "file"), command = json_str(entry, "command"), path;
	struct str folder = json_str(entry, "directory"), dir = x->dir;
	if (!file.ptr)
		return;
	if (folder.ptr && !fs_join(x->p->ctx->fs, a, STR(""), folder, &dir))
		dir = x->dir; /* made on another machine: its folder is this one */
	if (!fs_join(x->p->ctx->fs, a, dir, file, &path) || !native_is_source(path) ||
	    fs_kind(x->p->ctx->fs, path) != FS_FILE)
		return;
	struct words w = {0};
	const cJSON *arg, *arguments = cJSON_GetObjectItemCaseSensitive(entry, "arguments");
	cJSON_ArrayForEach(arg, arguments)
		if (cJSON_IsString(arg))
			vec_push(&w, str_from(arg->valuestring));
	if (command.ptr && w.len == 0)
		split_command(a, command, &w, 1);
	const char **args = arena_array(a, const char *, w.len + 1);
	size_t n = 0;
	for (size_t i = 1; i < w.len; i++) {
		struct str word = w.ptr[i], full;
		bool include = str_starts(word, STR("-I")) && word.len > 2;
		if (include && fs_join(x->p->ctx->fs, a, dir, str_sub(word, 2, word.len), &full))
			args[n++] = arena_printf(a, "-I" STR_FMT, STR_ARG(full.len ? full : STR(".")));
		else if (include || str_starts(word, STR("-D")) || str_starts(word, STR("-std=")))
			args[n++] = arena_cstr(a, word);
		else if (str_is(word, "-isystem") && i + 1 < w.len)
			args[n++] = "-isystem", args[n++] = arena_cstr(a, w.ptr[++i]);
	}
	vec_push(&x->units, (struct native_unit){path, args, n});
	vec_release(&w);
}

bool native_read_compile_commands(struct native_parts *x)
{
	static const char *const places[] = {"compile_commands.json", "build/compile_commands.json"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		cJSON *json = project_json(x->p, path_join(x->p->a, x->dir, str_from(places[i])));
		const cJSON *entry;
		if (!cJSON_IsArray(json))
			continue;
		cJSON_ArrayForEach(entry, json)
			add_command(x, entry);
		return x->units.len > 0;
	}
	return false;
}
