#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/vec.h"

struct err fs_init(struct fs *fs, struct arena *arena, const char *root)
{
	*fs = (struct fs){.arena = arena};
	char *real = realpath(root, NULL);
	if (!real)
		return (struct err){arena_printf(arena, "%s: %s", root, strerror(errno))};
	fs->root = arena_str(arena, str_from(real));
	free(real);
	return (struct err){NULL};
}

void fs_release(struct fs *fs)
{
	map_release(&fs->kinds);
	map_release(&fs->listings);
	free(fs->lists);
}

static char *absolute(const struct fs *fs, struct arena *a, struct str path)
{
	if (path.len == 0)
		return arena_cstr(a, fs->root);
	return arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(fs->root),
			    str_is(fs->root, "/") ? "" : "/", STR_ARG(path));
}

/* A symlink may point anywhere: what it points to must lie below the root. */
static bool is_inside(const struct fs *fs, const char *abs)
{
	char *real = realpath(abs, NULL);
	if (!real)
		return false;
	struct str r = str_from(real);
	bool inside = str_is(fs->root, "/") || str_eq(r, fs->root) ||
		      (str_starts(r, fs->root) && r.ptr[fs->root.len] == '/');
	free(real);
	return inside;
}

enum fs_kind fs_kind(struct fs *fs, struct str path)
{
	uint32_t known = map_get(&fs->kinds, path);
	if (known != MAP_NONE)
		return (enum fs_kind)known;
	struct stat st;
	char *abs = absolute(fs, fs->arena, path);
	enum fs_kind kind = FS_MISSING;
	if (!memchr(path.ptr ? path.ptr : "", '\0', path.len) && stat(abs, &st) == 0 &&
	    is_inside(fs, abs))
		kind = S_ISREG(st.st_mode) ? FS_FILE : S_ISDIR(st.st_mode) ? FS_DIR : FS_OTHER;
	map_put(&fs->kinds, arena_str(fs->arena, path), kind);
	return kind;
}

static struct err trouble(struct arena *a, struct str path, const char *what)
{
	return (struct err){arena_printf(a, STR_FMT ": %s", STR_ARG(path), what)};
}

struct err fs_read(const struct fs *fs, struct arena *arena, struct str path, struct str *text)
{
	struct stat st;
	if (fs->reads)
		atomic_fetch_add(fs->reads, 1);
	*text = STR("");
	char *abs = absolute(fs, arena, path);
	if (!is_inside(fs, abs))
		return trouble(arena, path, access(abs, F_OK) == 0
						? "lies outside of the project root"
						: strerror(errno));
	int fd = open(abs, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return trouble(arena, path, strerror(errno));
	const char *why = NULL;
	if (fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		why = "is a directory";
	else if (!S_ISREG(st.st_mode))
		why = "is not a regular file";
	else if (st.st_size > FS_MAX_FILE)
		why = "is larger than 8 MiB";
	if (why) {
		close(fd);
		return trouble(arena, path, why);
	}
	char *p = arena_alloc(arena, (size_t)st.st_size + 1);
	size_t n = 0;
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			why = strerror(errno);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	if (why)
		return trouble(arena, path, why);
	p[n] = '\0';
	*text = (struct str){p, n};
	return (struct err){NULL};
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

const struct fs_listing *fs_list(struct fs *fs, struct str path)
{
	uint32_t known = map_get(&fs->listings, path);
	if (known != MAP_NONE)
		return fs->lists[known];
	if (fs_kind(fs, path) != FS_DIR)
		return NULL;
	DIR *dir = opendir(absolute(fs, fs->arena, path));
	if (!dir)
		return NULL;
	VEC(struct str) names = {0};
	struct dirent *e;
	while ((e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			vec_push(&names, arena_str(fs->arena, str_from(e->d_name)));
	closedir(dir);
	struct fs_listing *list = arena_new(fs->arena, struct fs_listing);
	list->n = names.len;
	list->names = arena_array(fs->arena, struct str, names.len);
	if (names.len) {
		qsort(names.ptr, names.len, sizeof *names.ptr, by_bytes);
		memcpy(list->names, names.ptr, names.len * sizeof *names.ptr);
	}
	vec_release(&names);
	if (fs->n_lists == fs->cap_lists) {
		size_t cap = fs->cap_lists ? fs->cap_lists * 2 : 64;
		fs->lists = xrealloc(fs->lists, cap * sizeof *fs->lists);
		fs->cap_lists = cap;
	}
	fs->lists[fs->n_lists] = list;
	map_put(&fs->listings, arena_str(fs->arena, path), (uint32_t)fs->n_lists);
	fs->n_lists++;
	return list;
}

struct str path_dir(struct str path)
{
	size_t at = str_rfind_char(path, '/');
	return at == (size_t)-1 ? STR("") : str_sub(path, 0, at);
}

struct str path_base(struct str path)
{
	size_t at = str_rfind_char(path, '/');
	return at == (size_t)-1 ? path : str_sub(path, at + 1, path.len);
}

struct str path_ext(struct str path)
{
	struct str base = path_base(path);
	size_t at = str_rfind_char(base, '.');
	return at == (size_t)-1 || at == 0 ? STR("") : str_sub(base, at, base.len);
}

struct str path_join(struct arena *a, struct str dir, struct str path)
{
	struct str both = path;
	if (dir.len)
		both = str_from(arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(path)));
	bool rooted = both.len && both.ptr[0] == '/';
	char *out = arena_alloc(a, both.len + 2);
	size_t n = 0, floor = 0;
	if (rooted)
		out[n++] = '/', floor = 1;
	for (size_t i = 0; i < both.len;) {
		size_t j = i;
		while (j < both.len && both.ptr[j] != '/')
			j++;
		struct str part = str_sub(both, i, j);
		i = j + 1;
		if (part.len == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			if (n > floor) {
				while (n > floor && out[n - 1] != '/')
					n--;
				if (n > floor)
					n--;
				continue;
			}
			if (rooted)
				continue;
		}
		if (n && out[n - 1] != '/')
			out[n++] = '/';
		memcpy(out + n, part.ptr, part.len);
		n += part.len;
		if (str_is(part, ".."))
			floor = n;
	}
	out[n] = '\0';
	return (struct str){out, n};
}

bool fs_join(const struct fs *fs, struct arena *a, struct str dir, struct str path, struct str *out)
{
	struct str p = path_join(a, path.len && path.ptr[0] == '/' ? STR("") : dir, path);
	if (p.len && p.ptr[0] == '/') {
		if (str_eq(p, fs->root))
			p = STR("");
		else if (str_is(fs->root, "/"))
			p = str_sub(p, 1, p.len);
		else if (str_starts(p, fs->root) && p.ptr[fs->root.len] == '/')
			p = str_sub(p, fs->root.len + 1, p.len);
		else
			return false;
	}
	if (str_is(p, "..") || str_starts(p, STR("../")))
		return false;
	*out = p;
	return true;
}
