#ifndef BASE_FS_H
#define BASE_FS_H
/* Reading from the file system below one root, and path arithmetic. Paths in
 * the program are relative to the root with forward slashes and without "."
 * or ".." parts ("" is the root itself); only this module knows where the root
 * is. A path that leaves the root, also through a symlink, is not read.
 * Answers are cached for the run: nothing is looked at twice. Not thread-safe
 * except fs_read, which touches no cache. */
#include <stdatomic.h>
#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"

enum fs_kind { FS_MISSING, FS_FILE, FS_DIR, FS_OTHER };

struct fs {
	struct arena *arena;  /* borrowed: caches live there */
	struct str root;      /* absolute, real path */
	struct map kinds;     /* path -> enum fs_kind */
	struct map listings;  /* path -> index into lists */
	struct fs_listing **lists;
	size_t n_lists, cap_lists;
	atomic_uint *reads;   /* counts calls of fs_read; NULL: nobody wants to know */
};

struct fs_listing {
	struct str *names; /* sorted by bytes, without "." and ".." */
	size_t n;
};

enum { FS_MAX_FILE = 8 * 1024 * 1024 }; /* larger files are refused, with a reason */

/* root: any existing directory. */
struct err fs_init(struct fs *fs, struct arena *arena, const char *root);
void fs_release(struct fs *fs);

enum fs_kind fs_kind(struct fs *fs, struct str path);
/* text lives in `arena`, NUL-terminated beyond its length */
struct err fs_read(const struct fs *fs, struct arena *arena, struct str path, struct str *text);
const struct fs_listing *fs_list(struct fs *fs, struct str path); /* NULL: not a directory */

/* Joins and normalises: ("a/b", "../c") -> "a/c". An absolute `path` below the
 * root becomes relative. Returns false where the result leaves the root. */
bool fs_join(const struct fs *fs, struct arena *a, struct str dir, struct str path, struct str *out);
struct str path_dir(struct str path);  /* "a/b.js" -> "a", "b.js" -> "" */
struct str path_base(struct str path); /* "a/b.js" -> "b.js" */
struct str path_ext(struct str path);  /* "a/b.d.ts" -> ".ts", "" where none */
/* Node's path.join on POSIX ("a", "/b" give "a/b"), but "" for "." and without a
 * slash at the end; may start with ".." */
struct str path_join(struct arena *a, struct str dir, struct str path);

/* Writes so that the file holds the old or the new text at any instant:
 * temporary file in the same directory, fsync, mode and owner kept, rename,
 * fsync of the directory. Symlinks are followed to their target. `expected`
 * (may be NULL) is what the file must still hold, else nothing is written; with
 * NULL a file that is not there is made. Refused are read-only files (also for
 * root), files with other hard links, and what is no regular file. */
struct err fs_replace(struct arena *a, const char *file, const struct str *expected,
		      struct str text);

#endif
