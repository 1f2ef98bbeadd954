#include "analyzers/project/native_build.h"

/* CMakeLists.txt as far as it is a list of commands: targets, sources, folders */

struct variable {
	struct str name, value; /* words, semicolon between */
};

struct cmake {
	struct native_parts *x;
	struct str text;
	size_t i;
	VEC(struct variable) variables;
	struct str name; /* wanted target, "" any */
	bool binary, found;
};

static struct str value_of(const struct cmake *c, struct str name)
{
	for (size_t i = c->variables.len; i-- > 0;)
		if (str_eq(c->variables.ptr[i].name, name))
			return c->variables.ptr[i].value;
	bool here = str_is(name, "CMAKE_CURRENT_SOURCE_DIR") || str_is(name, "CMAKE_SOURCE_DIR") ||
		    str_is(name, "PROJECT_SOURCE_DIR") || str_is(name, "CMAKE_CURRENT_LIST_DIR");
	return here ? STR(".") : STR("");
}

static struct str expand(const struct cmake *c, struct str s)
{
	for (int i = 0; i < 16; i++) {
		size_t from = str_find(s, STR("${")), to = from;
		if (from == (size_t)-1)
			break;
		while (to < s.len && s.ptr[to] != '}')
			to++;
		s = str_from(arena_printf(
		    c->x->p->a, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(s, 0, from)),
		    STR_ARG(value_of(c, str_sub(s, from + 2, to))),
		    STR_ARG(str_sub(s, to + (to < s.len), s.len))));
	}
	return s;
}

static void add_words(struct words *w, struct str list)
{
	for (size_t i = 0; i <= list.len;) {
		size_t j = i;
		while (j < list.len && list.ptr[j] != ';')
			j++;
		if (j > i)
			vec_push(w, str_sub(list, i, j));
		i = j + 1;
	}
}

/* the arguments up to the closing parenthesis, variables put in */
static void read_args(struct cmake *c, struct words *out)
{
	int depth = 1;
	while (c->i < c->text.len && depth > 0) {
		char ch = c->text.ptr[c->i];
		if (ch == '#') {
			while (c->i < c->text.len && c->text.ptr[c->i] != '\n')
				c->i++;
		} else if (ch == '(' || ch == ')') {
			depth += ch == '(' ? 1 : -1;
			c->i++;
		} else if (ch == '"') {
			size_t from = ++c->i;
			while (c->i < c->text.len && c->text.ptr[c->i] != '"')
				c->i++;
			add_words(out, expand(c, str_sub(c->text, from, c->i)));
			c->i += c->i < c->text.len;
		} else if (ch <= ' ') {
			c->i++;
		} else {
			size_t from = c->i;
			while (c->i < c->text.len && c->text.ptr[c->i] > ' ' &&
			       !strchr("()\"#", c->text.ptr[c->i]))
				c->i++;
			if (c->i == from)
				c->i++;
			add_words(out, expand(c, str_sub(c->text, from, c->i)));
		}
	}
}

static void set_variable(struct cmake *c, struct str name, const struct str *words, size_t n)
{
	struct str value = STR("");
	for (size_t i = 0; i < n; i++)
		value = str_from(arena_printf(c->x->p->a, STR_FMT "%s" STR_FMT, STR_ARG(value),
					      i ? ";" : "", STR_ARG(words[i])));
	vec_push(&c->variables, (struct variable){arena_str(c->x->p->a, name), value});
}

static bool is_keyword(struct str s)
{
	return str_is(s, "PRIVATE") || str_is(s, "PUBLIC") || str_is(s, "INTERFACE") ||
	       str_is(s, "SYSTEM") || str_is(s, "BEFORE") || str_is(s, "SHARED") ||
	       str_is(s, "MODULE") || str_is(s, "STATIC") || str_is(s, "OBJECT");
}

static bool is_wanted(const struct cmake *c, struct str target)
{
	return c->name.len == 0 || str_eq(target, c->name);
}

static void run(struct cmake *c, struct str command, const struct words *w)
{
	struct native_parts *x = c->x;
	if (w->len == 0)
		return;
	bool executable = str_is(command, "add_executable"), library = str_is(command, "add_library");
	bool sources = str_is(command, "target_sources");
	if (str_is(command, "set") || str_is(command, "SET")) {
		set_variable(c, w->ptr[0], w->ptr + 1, w->len - 1);
	} else if (str_is(command, "project") || str_is(command, "PROJECT")) {
		set_variable(c, STR("PROJECT_NAME"), w->ptr, 1);
	} else if (str_is(command, "file") && w->len > 2 && str_starts(w->ptr[0], STR("GLOB"))) {
		set_variable(c, w->ptr[1], w->ptr + 2, w->len - 2);
	} else if (((executable && c->binary) || (library && !c->binary) || sources) &&
		   is_wanted(c, w->ptr[0])) {
		c->found |= !sources;
		for (size_t i = 1; i < w->len; i++)
			if (!is_keyword(w->ptr[i]))
				native_add_source(x, x->dir, w->ptr[i]);
	} else if (str_is(command, "include_directories") ||
		   str_is(command, "target_include_directories")) {
		bool target = command.ptr[0] == 't';
		for (size_t i = target; i < w->len; i++)
			if (!is_keyword(w->ptr[i]))
				native_add_include(x, x->dir, w->ptr[i]);
	} else if (str_is(command, "add_definitions") || str_is(command, "add_compile_definitions") ||
		   str_is(command, "target_compile_definitions")) {
		for (size_t i = command.ptr[0] == 't'; i < w->len; i++)
			if (!is_keyword(w->ptr[i]))
				native_add_flag(x, arena_printf(x->p->a, "%s" STR_FMT,
								str_starts(w->ptr[i], STR("-D")) ? "" : "-D",
								STR_ARG(w->ptr[i])));
	}
}

static bool is_letter(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool native_read_cmake(struct native_parts *x, struct str name, bool binary)
{
	struct cmake c = {.x = x, .name = name, .binary = binary};
	struct str path = path_join(x->p->a, x->dir, STR("CMakeLists.txt"));
	if (fs_read(x->p->ctx->fs, x->p->a, path, &c.text).text)
		return false;
	while (c.i < c.text.len) {
		size_t from = c.i;
		char ch = c.text.ptr[c.i];
		if (ch == '#') {
			while (c.i < c.text.len && c.text.ptr[c.i] != '\n')
				c.i++;
			continue;
		}
		while (c.i < c.text.len && is_letter(c.text.ptr[c.i]))
			c.i++;
		struct str command = str_sub(c.text, from, c.i);
		while (c.i < c.text.len && c.text.ptr[c.i] == ' ')
			c.i++;
		if (command.len == 0 || c.i >= c.text.len || c.text.ptr[c.i] != '(') {
			c.i += c.i == from;
			continue;
		}
		c.i++;
		struct words w = {0};
		read_args(&c, &w);
		run(&c, command, &w);
		vec_release(&w);
	}
	vec_release(&c.variables);
	return c.found;
}
