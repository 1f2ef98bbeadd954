#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/xattr.h>
#endif

/* A kill at any instant leaves the old file, and at worst a temporary file
 * ".clusterlint-..." beside it. */

struct rewrite {
	struct arena *arena;
	const char *file;   /* as the user named it, for messages */
	const char *target; /* without symlinks */
	char *temp;	    /* NULL: not there (any more) */
	int old_fd, temp_fd;
	bool exists;
	struct stat was;
};

static struct err trouble(const struct rewrite *w, const char *what)
{
	return (struct err){arena_printf(w->arena, "%s: %s", w->file, what)};
}

static struct err no_trouble(void)
{
	return (struct err){NULL};
}

/* The link stays, what it points to is replaced. A new file is made where
 * nothing is, but a link that leads nowhere is a mistake of somebody's. */
static struct err resolve(struct rewrite *w)
{
	struct stat st;
	char *real = realpath(w->file, NULL);
	if (real) {
		w->target = arena_cstr(w->arena, str_from(real));
		w->exists = true;
		free(real);
		return no_trouble();
	}
	if (errno != ENOENT)
		return trouble(w, strerror(errno));
	if (lstat(w->file, &st) == 0)
		return trouble(w, "is a link that leads nowhere");
	w->target = w->file;
	return no_trouble();
}

/* 1: holds exactly that, 0: something else, -1: errno says why not known */
static int holds(int fd, struct str text)
{
	char chunk[16 * 1024];
	size_t at = 0;
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			return at == text.len;
		if ((size_t)n > text.len - at || memcmp(chunk, text.ptr + at, (size_t)n) != 0)
			return 0;
		at += (size_t)n;
	}
}

/* Renaming needs no permission on the file itself; whoever made it read-only
 * did not want it to change, and root would not even notice. */
static const char *refusal(const struct rewrite *w)
{
	if (!S_ISREG(w->was.st_mode))
		return "is not a regular file";
	if ((w->was.st_mode & 0222) == 0 || faccessat(AT_FDCWD, w->target, W_OK, AT_EACCESS) != 0)
		return "is read-only, make it writable first";
	if (w->was.st_nlink > 1)
		return "has other hard links, which would keep the old text: change it by hand";
	return NULL;
}

static struct err examine(struct rewrite *w, const struct str *expected)
{
	w->old_fd = open(w->target, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (w->old_fd < 0 || fstat(w->old_fd, &w->was) != 0)
		return trouble(w, strerror(errno));
	const char *why = refusal(w);
	if (why)
		return trouble(w, why);
	if (!expected)
		return no_trouble();
	int same = holds(w->old_fd, *expected);
	if (same < 0)
		return trouble(w, strerror(errno));
	if (!same)
		return trouble(w, "has changed since it was read, nothing is written: run again");
	return no_trouble();
}

/* Access lists and labels lie in extended attributes. Labels of the system
 * (security.*) are its own affair where it does not let us set them. */
static bool keep_attributes(int from, int to)
{
#ifdef __linux__
	char names[4096], value[4096];
	ssize_t len = flistxattr(from, names, sizeof names);
	if (len < 0)
		return errno == ENOTSUP;
	for (const char *name = names; name < names + len; name += strlen(name) + 1) {
		ssize_t n = fgetxattr(from, name, value, sizeof value);
		if (n >= 0 && fsetxattr(to, name, value, (size_t)n, 0) == 0)
			continue;
		if (strncmp(name, "security.", 9) != 0)
			return false;
	}
#else
	(void)from;
	(void)to;
#endif
	return true;
}

/* chown clears set-id bits and attributes may hold a mask, so the mode is last */
static bool keep_metadata(const struct rewrite *w)
{
	struct stat st;
	if (!w->exists)
		return true;
	if (fstat(w->temp_fd, &st) != 0)
		return false;
	if ((st.st_uid != w->was.st_uid || st.st_gid != w->was.st_gid) &&
	    fchown(w->temp_fd, w->was.st_uid, w->was.st_gid) != 0)
		return false;
	return keep_attributes(w->old_fd, w->temp_fd) &&
	       fchmod(w->temp_fd, w->was.st_mode & 07777) == 0;
}

static bool write_all(int fd, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		ssize_t n = write(fd, text.ptr + at, text.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* Not mkstemp: a new file gets the mode that the umask gives it, without asking
 * for the umask, which would change it for other threads. */
static bool open_temp(struct rewrite *w)
{
	struct str target = str_from(w->target), dir = path_dir(target);
	const char *slash = str_rfind_char(target, '/') == (size_t)-1 ? "" : "/";
	for (int i = 0; i < 100; i++) {
		char *name = arena_printf(w->arena, STR_FMT "%s.clusterlint-%ld-%d", STR_ARG(dir),
					  slash, (long)getpid(), i);
		w->temp_fd =
		    open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, w->exists ? 0600 : 0666);
		if (w->temp_fd >= 0)
			w->temp = name;
		if (w->temp_fd >= 0 || errno != EEXIST)
			break;
	}
	return w->temp != NULL;
}

static struct err fill_temp(struct rewrite *w, struct str text)
{
	if (!open_temp(w))
		return trouble(
		    w, arena_printf(w->arena, "no temporary file beside it: %s", strerror(errno)));
	if (!write_all(w->temp_fd, text))
		return trouble(w, strerror(errno));
	if (!keep_metadata(w))
		return trouble(w, arena_printf(w->arena, "its owner and mode cannot be kept: %s",
					       strerror(errno)));
	if (fsync(w->temp_fd) != 0)
		return trouble(w, strerror(errno));
	int closed = close(w->temp_fd);
	w->temp_fd = -1;
	return closed == 0 ? no_trouble() : trouble(w, strerror(errno));
}

static bool same_instant(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* An editor may have saved while the new text was on its way to the disk. */
static bool untouched(const struct rewrite *w)
{
	struct stat now;
	if (lstat(w->target, &now) != 0)
		return !w->exists && errno == ENOENT;
	return w->exists && now.st_dev == w->was.st_dev && now.st_ino == w->was.st_ino &&
	       now.st_size == w->was.st_size && same_instant(now.st_mtim, w->was.st_mtim) &&
	       same_instant(now.st_ctim, w->was.st_ctim);
}

static struct err put_in_place(struct rewrite *w)
{
	if (!untouched(w))
		return trouble(w, "has changed while it was rewritten, nothing is written: "
				  "run again");
	if (rename(w->temp, w->target) != 0)
		return trouble(w, strerror(errno));
	w->temp = NULL;
	struct str dir = path_dir(str_from(w->target));
	const char *name = dir.len ? arena_cstr(w->arena, dir) : *w->target == '/' ? "/" : ".";
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* some file systems cannot sync a folder; the file itself is safe then too */
	bool ok = fd < 0 || fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
	int why = errno;
	if (fd >= 0)
		close(fd);
	if (!ok)
		return trouble(w, arena_printf(w->arena,
					       "is written, but may not survive a power cut: %s",
					       strerror(why)));
	return no_trouble();
}

struct err fs_replace(struct arena *a, const char *file, const struct str *expected,
		      struct str text)
{
	struct rewrite w = {.arena = a, .file = file, .old_fd = -1, .temp_fd = -1};
	struct err err = resolve(&w);
	if (err.text)
		return err;
	if (w.exists)
		err = examine(&w, expected);
	else if (expected)
		err = trouble(&w, "has vanished since it was read");
	if (err.text)
		goto out;
	if (expected && str_eq(*expected, text))
		goto out; /* nothing to do: not even the time of change moves */
	err = fill_temp(&w, text);
	if (!err.text)
		err = put_in_place(&w);
out:
	if (w.old_fd >= 0)
		close(w.old_fd);
	if (w.temp_fd >= 0)
		close(w.temp_fd);
	if (w.temp)
		unlink(w.temp);
	return err;
}
