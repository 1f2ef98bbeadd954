#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fs.h"

bool output_is_stdout(const char *file)
{
	return !file || strcmp(file, "-") == 0 || strcmp(file, "/dev/stdout") == 0;
}

static bool below(const char *file, const char *dir)
{
	return strncmp(file, dir, strlen(dir)) == 0;
}

/* What a rename would break: /dev/fd and /proc lead to files that somebody holds open, other links
 * would keep the old text, another's file would become ours. */
static bool can_be_replaced(struct arena *a, const char *file)
{
	struct stat st;
	if (below(file, "/dev/") || below(file, "/proc/"))
		return false;
	if (stat(file, &st) != 0)
		return errno == ENOENT;
	struct str dir = path_dir(str_from(file));
	const char *name = dir.len ? arena_cstr(a, dir) : *file == '/' ? "/" : ".";
	return S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid() && access(name, W_OK) == 0;
}

static bool write_through(struct cli *cli, const char *file, struct str text)
{
	struct stat st;
	bool held = below(file, "/dev/") || below(file, "/proc/");
	errno = 0;
	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		errno = EISDIR;
	FILE *f = errno ? NULL : fopen(file, held ? "ab" : "wb");
	bool ok = f && fwrite(text.ptr, 1, text.len, f) == text.len;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		cli_error(cli, "--output: %s: %s", file, strerror(errno));
	return ok;
}

bool output_write(struct cli *cli, const char *file, struct str text)
{
	if (output_is_stdout(file)) {
		if (text.len)
			fwrite(text.ptr, 1, text.len, cli->out);
		return true;
	}
	struct arena a;
	arena_init(&a);
	bool ok = true;
	if (can_be_replaced(&a, file)) {
		struct err e = fs_replace(&a, file, NULL, text);
		ok = !e.text;
		if (!ok)
			cli_error(cli, "--output: %s", e.text);
	} else
		ok = write_through(cli, file, text);
	arena_release(&a);
	return ok;
}
