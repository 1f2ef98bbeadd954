#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cjson/cJSON.h>
#include "cli/session.h"

/* ecosystem.config.js, pm2.json, process.yml, ecosystem.production.config.cjs: the names that are
 * in use */
static bool looks_like_config(const char *name)
{
	static const char *const stems[] = {"ecosystem", "pm2", "process", "processes"};
	static const char *const ends[] = {".js", ".cjs", ".mjs", ".json", ".yml", ".yaml"};
	struct str s = str_from(name);
	bool stem = false, end = false;
	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
		size_t n = strlen(stems[i]);
		stem = stem ||
		       (str_starts(s, str_from(stems[i])) && strchr(".-_", name[n]) && name[n]);
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		end = end || str_ends(s, str_from(ends[i]));
	if (!stem || !end)
		return false;
	/* ecosystem.config.production.js is a config to its author and a program to PM2: worth a
	 * finding; process.js and pm2.js may be anything */
	return eco_format_of(s) != ECO_NOT_A_CONFIG || str_starts(s, STR("ecosystem.config.")) ||
	       str_is(s, "ecosystem.js");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef VEC(const char *) name_vec;

static bool is_regular(struct arena *a, const char *dir, const char *name)
{
	struct stat st;
	return stat(arena_printf(a, "%s/%s", dir, name), &st) == 0 && S_ISREG(st.st_mode);
}

static struct str next_word(struct str *line)
{
	size_t i = 0, n;
	while (i < line->len && strchr(" \t'\"", line->ptr[i]))
		i++;
	for (n = i; n < line->len && !strchr(" \t'\"", line->ptr[n]);)
		n++;
	struct str word = str_sub(*line, i, n);
	*line = str_sub(*line, n, line->len);
	return word;
}

static bool starts_apps(struct str command)
{
	return str_starts(command, STR("start")) || str_is(command, "reload") || str_is(command, "restart") || str_is(command, "gracefulReload");
}

/* "pm2 start prod.config.js --env production": what follows the command, if PM2 would read it as a config */
static void add_of_script(struct arena *a, const char *dir, struct str line, name_vec *names)
{
	while (line.len) {
		struct str word = next_word(&line);
		if (!str_is(word, "pm2") && !str_is(word, "pm2-runtime"))
			continue;
		do
			word = next_word(&line);
		while (word.len && (word.ptr[0] == '-' || starts_apps(word)));
		if (str_starts(word, STR("./")))
			word = str_sub(word, 2, word.len);
		const char *name = arena_cstr(a, word);
		bool known = false;
		for (size_t i = 0; i < names->len; i++)
			known = known || strcmp(names->ptr[i], name) == 0;
		if (!known && word.len && word.ptr[0] != '/' && str_find(word, STR("..")) == (size_t)-1 && eco_format_of(word) != ECO_NOT_A_CONFIG &&
		    is_regular(a, dir, name))
			vec_push(names, name);
	}
}

/* A config of another name is found through the package's scripts that start it. */
static void add_of_scripts(struct arena *a, const char *dir, name_vec *names)
{
	struct str text;
	struct fs fs;
	if (!fs_init(&fs, a, dir).text && !fs_read(&fs, a, STR("package.json"), &text).text) {
		cJSON *json = cJSON_ParseWithLength(text.ptr, text.len);
		for (cJSON *s = cJSON_GetObjectItemCaseSensitive(json, "scripts") ? cJSON_GetObjectItemCaseSensitive(json, "scripts")->child : NULL; s; s = s->next)
			if (cJSON_IsString(s))
				add_of_script(a, dir, str_from(s->valuestring), names);
		cJSON_Delete(json);
	}
	fs_release(&fs);
}

size_t discover_configs(struct arena *a, const char *dir, const char ***out)
{
	name_vec names = {0};
	DIR *d = opendir(dir);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (looks_like_config(e->d_name) && is_regular(a, dir, e->d_name))
			vec_push(&names, arena_cstr(a, str_from(e->d_name)));
	}
	if (d)
		closedir(d);
	if (!names.len)
		add_of_scripts(a, dir, &names);
	size_t n = names.len;
	*out = arena_array(a, const char *, n);
	if (n) {
		qsort(names.ptr, n, sizeof *names.ptr, by_name);
		memcpy(*out, names.ptr, n * sizeof **out);
	}
	vec_release(&names);
	return n;
}

static bool is_source_folder(const char *name)
{
	static const char *const others[] = {"node_modules", "bower_components", "dist",   "build",
					     "out",	     "coverage",	 "vendor", "tmp"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return *name != '.';
}

enum { MAX_DEPTH = 8 };

struct found {
	const char **ptr;
	size_t len, cap;
};

static void walk(struct arena *a, const char *dir, unsigned depth, struct found *out)
{
	const char **names;
	size_t n = discover_configs(a, dir, &names);
	const char *before = strcmp(dir, ".") ? arena_printf(a, "%s/", dir) : "";
	for (size_t i = 0; i < n; i++)
		vec_push(out, arena_printf(a, "%s%s", before, names[i]));
	DIR *d = depth < MAX_DEPTH ? opendir(dir) : NULL;
	for (struct dirent *e; d && (e = readdir(d));) {
		struct stat st;
		const char *path = arena_printf(a, "%s%s", before, e->d_name);
		/* links are not followed: what they lead to is found where it lies */
		if (is_source_folder(e->d_name) && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			walk(a, path, depth + 1, out);
	}
	if (d)
		closedir(d);
}

size_t discover_below(struct arena *a, const char *dir, const char ***out)
{
	struct found found = {0};
	walk(a, dir, 0, &found);
	size_t n = found.len;
	*out = arena_array(a, const char *, n);
	if (n) {
		qsort(found.ptr, n, sizeof *found.ptr, by_name);
		memcpy(*out, found.ptr, n * sizeof **out);
	}
	vec_release(&found);
	return n;
}

static bool exists(struct arena *a, const char *dir, const char *name)
{
	return access(arena_printf(a, "%s/%s", dir, name), F_OK) == 0;
}

static bool has_workspaces(struct arena *a, const char *dir)
{
	struct str text;
	struct fs fs;
	bool found = false;
	if (!fs_init(&fs, a, dir).text && !fs_read(&fs, a, STR("package.json"), &text).text) {
		cJSON *json = cJSON_ParseWithLength(text.ptr, text.len);
		found = cJSON_GetObjectItemCaseSensitive(json, "workspaces") != NULL;
		cJSON_Delete(json);
	}
	fs_release(&fs);
	return found;
}

static bool is_workspace(struct arena *a, const char *dir)
{
	return exists(a, dir, "pnpm-workspace.yaml") || exists(a, dir, "lerna.json") ||
	       exists(a, dir, "rush.json") ||
	       (exists(a, dir, "package.json") && has_workspaces(a, dir));
}

/* Where nothing marks the root, the shell's folder does: the user stands in the project and names a config below. */
static const char *unmarked_root(const char *dir, const char *here)
{
	size_t n = here ? strlen(here) : 0;
	bool below = n > 1 && strncmp(dir, here, n) == 0 && (dir[n] == '/' || dir[n] == '\0');
	return below ? here : dir;
}

const char *discover_root(struct arena *a, const char *dir, const char *here)
{
	const char *workspace = NULL;
	char *at = arena_cstr(a, str_from(dir));
	for (;;) {
		if (exists(a, at, ".git"))
			return arena_cstr(a, str_from(at));
		if (is_workspace(a, at))
			workspace = arena_cstr(a, str_from(at));
		char *slash = strrchr(at, '/');
		if (!slash || slash == at)
			break;
		*slash = '\0';
	}
	return workspace ? workspace : unmarked_root(dir, here);
}
