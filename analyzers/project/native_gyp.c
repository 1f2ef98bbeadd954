#include "analyzers/project/gyp.h"
#include "analyzers/project/native_build.h"

/* binding.gyp -> sources, include folders, defines of its targets */

struct binding {
	struct native_parts *x;
	const struct gyp *variables, *target_variables;
};

static const struct gyp *lookup(const struct binding *b, struct str name)
{
	const struct gyp *both[] = {b->target_variables, b->variables};
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; both[i] && both[i]->kind == GYP_DICT && k < both[i]->n; k++) {
			struct str key = both[i]->keys[k];
			if (key.len && key.ptr[key.len - 1] == '%')
				key.len--;
			if (str_eq(key, name))
				return both[i]->items[k];
		}
	return NULL;
}

/* <(name) in a text; false where a name is not known */
static bool expand(const struct binding *b, struct str in, struct str *out)
{
	struct arena *a = b->x->p->a;
	for (int i = 0; i < 8; i++) {
		size_t from = str_find(in, STR("<("));
		if (from == (size_t)-1)
			break;
		size_t to = from;
		while (to < in.len && in.ptr[to] != ')')
			to++;
		struct str name = str_sub(in, from + 2, to), value = STR("");
		const struct gyp *v = lookup(b, name);
		if (v && v->kind <= GYP_NUMBER)
			value = v->text;
		else if (!str_is(name, "module_root_dir") && !str_is(name, "DEPTH"))
			return false;
		else
			value = STR(".");
		in = str_from(arena_printf(a, STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(in, 0, from)),
					   STR_ARG(value),
					   STR_ARG(str_sub(in, to + (to < in.len), in.len))));
	}
	*out = in;
	return str_find(in, STR("<!")) == (size_t)-1 && str_find(in, STR("<@")) == (size_t)-1 &&
	       str_find(in, STR("$(")) == (size_t)-1;
}

/* what is between the next pair of quotes at or after `from` */
static bool quoted_after(struct str s, size_t from, struct str *out)
{
	while (from < s.len && s.ptr[from] != '\'' && s.ptr[from] != '"')
		from++;
	size_t to = from + 1;
	while (to < s.len && s.ptr[to] != '\'' && s.ptr[to] != '"')
		to++;
	if (to >= s.len)
		return false;
	*out = str_sub(s, from + 1, to);
	return true;
}

/* <!(node -p "require('node-addon-api').include"): which package it asks */
static bool asks_package(struct str command, struct str *name)
{
	size_t at = str_find(command, STR("require("));
	return at != (size_t)-1 && quoted_after(command, at, name) && !str_is(*name, "fs") &&
	       !str_is(*name, "path");
}

static void take_include(const struct binding *b, struct str text)
{
	struct str name, at, path;
	if (str_starts(text, STR("<!"))) {
		if (asks_package(text, &name) &&
		    native_find_package(b->x, arena_cstr(b->x->p->a, name), &at))
			native_add_include(b->x, STR(""), at);
		return;
	}
	if (expand(b, text, &path))
		native_add_include(b->x, b->x->dir, path);
}

/* <!@(node -p "require('fs').readdirSync('./src')...") or <!@(ls src/(star).cc): everything there */
static bool take_listing(const struct binding *b, struct str command)
{
	struct arena *a = b->x->p->a;
	static const char *const ends[] = {"/*.c", "/*.cc", "/*.cpp", "/*.cxx"};
	struct str dir;
	size_t at = str_find(command, STR("readdirSync("));
	if (at != (size_t)-1 && quoted_after(command, at + 11, &dir)) {
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
			native_add_source(b->x, b->x->dir,
					  str_from(arena_printf(a, STR_FMT "%s", STR_ARG(dir), ends[i])));
		return true;
	}
	bool listing = str_find(command, STR("(ls ")) != (size_t)-1;
	for (size_t i = 0; listing && i < command.len;) {
		size_t j = i;
		while (j < command.len && !strchr(" ()'\"", command.ptr[j]))
			j++;
		struct str word = str_sub(command, i, j);
		if (str_find(word, STR("*")) != (size_t)-1)
			native_add_source(b->x, b->x->dir, word);
		i = j + 1;
	}
	return listing;
}

static void take_source(const struct binding *b, struct str text)
{
	struct arena *a = b->x->p->a;
	struct str path;
	if (str_starts(text, STR("<@("))) {
		const struct gyp *v = lookup(b, str_sub(text, 3, text.len - 1));
		for (size_t i = 0; v && v->kind == GYP_LIST && i < v->n; i++)
			if (v->items[i]->kind == GYP_STRING && expand(b, v->items[i]->text, &path))
				native_add_source(b->x, b->x->dir, path);
		return;
	}
	if (expand(b, text, &path)) {
		native_add_source(b->x, b->x->dir, path);
		return;
	}
	if (str_starts(text, STR("<!")) && take_listing(b, text))
		return;
	vec_push(&b->x->notes, arena_printf(a, "binding.gyp: sources '" STR_FMT "' are not understood",
					    STR_ARG(text)));
}

static void take_list(const struct binding *b, const struct gyp *dict, const char *key,
		      void (*take)(const struct binding *, struct str))
{
	const struct gyp *list = gyp_get(dict, key);
	for (size_t i = 0; list && list->kind == GYP_LIST && i < list->n; i++)
		if (list->items[i]->kind <= GYP_NUMBER)
			take(b, list->items[i]->text);
}

static void take_define(const struct binding *b, struct str text)
{
	struct str value;
	if (expand(b, text, &value))
		native_add_flag(b->x, arena_printf(b->x->p->a, "-D" STR_FMT, STR_ARG(value)));
}

static void take_flag(const struct binding *b, struct str text)
{
	if (str_starts(text, STR("-std=")) || str_starts(text, STR("-D")))
		native_add_flag(b->x, arena_cstr(b->x->p->a, text));
}

static struct gyp *read_gyp(struct native_parts *x, struct str path)
{
	struct str text;
	if (fs_kind(x->p->ctx->fs, path) != FS_FILE || fs_read(x->p->ctx->fs, x->p->a, path, &text).text)
		return NULL;
	return gyp_parse(x->p->a, str_sub(text, source_bom(text), text.len));
}

/* deps/zlib.gyp:zlib: the folders that it wants its users to look into */
static void take_dependency(const struct binding *b, struct str text)
{
	struct arena *a = b->x->p->a;
	struct str file, path;
	size_t colon = str_rfind_char(text, ':');
	if (colon == (size_t)-1 || !expand(b, str_sub(text, 0, colon), &file) ||
	    !fs_join(b->x->p->ctx->fs, a, b->x->dir, file, &path))
		return;
	struct gyp *root = read_gyp(b->x, path);
	struct gyp *targets = gyp_get(root, "targets"), *variables = gyp_get(root, "variables");
	struct str home = b->x->dir;
	for (size_t i = 0; targets && targets->kind == GYP_LIST && i < targets->n; i++) {
		struct binding other = {b->x, variables, NULL};
		struct gyp *settings = gyp_get(targets->items[i], "direct_dependent_settings");
		gyp_apply_conditions(a, settings, variables);
		b->x->dir = path_dir(path);
		take_list(&other, settings, "include_dirs", take_include);
		take_list(&other, settings, "defines", take_define);
		b->x->dir = home;
	}
}

static void take_target(struct binding *b, struct gyp *target)
{
	struct arena *a = b->x->p->a;
	struct gyp *own = gyp_get(target, "variables");
	gyp_apply_conditions(a, own, b->variables);
	b->target_variables = own;
	gyp_apply_conditions(a, target, own ? own : b->variables);
	take_list(b, target, "sources", take_source);
	take_list(b, target, "include_dirs", take_include);
	take_list(b, target, "defines", take_define);
	take_list(b, target, "dependencies", take_dependency);
	take_list(b, target, "cflags", take_flag);
	take_list(b, target, "cflags_c", take_flag);
	take_list(b, target, "cflags_cc", take_flag);
	struct gyp *name = gyp_get(target, "target_name");
	struct str shown = name && name->kind == GYP_STRING ? name->text : STR("addon");
	if (shown.len && str_find(shown, STR("<")) == (size_t)-1)
		native_add_flag(b->x, arena_printf(a, "-DNODE_GYP_MODULE_NAME=" STR_FMT, STR_ARG(shown)));
}

static bool is_named(const struct gyp *target, struct str name)
{
	const struct gyp *own = gyp_get(target, "target_name");
	return own && own->kind == GYP_STRING && str_eq(own->text, name);
}

bool native_read_gyp(struct native_parts *x, struct str name)
{
	struct gyp *root = read_gyp(x, path_join(x->p->a, x->dir, STR("binding.gyp")));
	struct gyp *variables = gyp_get(root, "variables");
	gyp_apply_conditions(x->p->a, variables, NULL);
	gyp_apply_conditions(x->p->a, root, variables);
	struct gyp *targets = gyp_get(root, "targets");
	if (!targets || targets->kind != GYP_LIST) {
		vec_push(&x->notes, "binding.gyp is not understood");
		return true;
	}
	struct binding b = {x, variables, NULL};
	bool known = false;
	for (size_t i = 0; i < targets->n; i++)
		known |= name.len && is_named(targets->items[i], name);
	struct gyp *defaults = gyp_get(root, "target_defaults");
	if (defaults)
		take_target(&b, defaults);
	for (size_t i = 0; i < targets->n; i++)
		if (targets->items[i]->kind == GYP_DICT && (!known || is_named(targets->items[i], name)))
			take_target(&b, targets->items[i]);
	return true;
}
