#include "cli/git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"

extern char **environ;

enum { MAX_ARGS = 24, MAX_OUTPUT = 256 * 1024 * 1024 };

struct git {
	struct session *s;
	struct cli *cli;
	const char *dir; /* top of the working tree */
	bool told;	 /* what is wrong */
};

/* ---- starting it ---- */

/* what git needs to find the repository and its index from within a hook, and nothing else */
static bool is_kept(const char *variable)
{
	static const char *const kept[] = {
	    "PATH=",	      "HOME=",		 "XDG_CONFIG_HOME=",	"GIT_DIR=",
	    "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_COMMON_DIR=",	"GIT_OBJECT_DIRECTORY=",
	    "TMPDIR=",	      "SYSTEMROOT=",	 "GIT_CONFIG_NOSYSTEM="};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (strncmp(variable, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

static char **environment(struct arena *a)
{
	size_t n = 0, kept = 0;
	while (environ[n])
		n++;
	char **out = arena_array(a, char *, n + 4);
	for (size_t i = 0; i < n; i++)
		if (is_kept(environ[i]))
			out[kept++] = environ[i];
	out[kept++] = arena_printf(a, "LC_ALL=C");
	out[kept++] = arena_printf(a, "GIT_OPTIONAL_LOCKS=0");
	out[kept++] = arena_printf(a, "GIT_TERMINAL_PROMPT=0");
	return out;
}

static bool read_all(int fd, struct buf *out)
{
	char chunk[65536];
	ssize_t n;
	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->len > MAX_OUTPUT)
			return false;
		buf_add(out, (struct str){chunk, (size_t)n});
	}
	return true;
}

static int spawn(struct git *g, const char *const *args, int *fd, pid_t *pid)
{
	int ends[2];
	posix_spawn_file_actions_t actions;
	if (pipe(ends) != 0)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	char *argv[MAX_ARGS + 1] = {NULL};
	for (size_t i = 0; args[i] && i < MAX_ARGS; i++)
		argv[i] = arena_cstr(&g->s->arena, str_from(args[i]));
	int e = posix_spawnp(pid, "git", &actions, NULL, argv, environment(&g->s->arena));
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (e)
		close(ends[0]);
	*fd = ends[0];
	return e;
}

/* Runs git with the words given behind "-C DIR". Its output lives in the arena; ptr NULL where git
 * ended with anything but 0. */
static struct str run(struct git *g, const char *const *words)
{
	/* fsmonitor, external diffs, text conversion and hooks are programs that a repository may
	 * name */
	const char *args[MAX_ARGS + 1] = {"git",
					  "-C",
					  g->dir,
					  "-c",
					  "core.fsmonitor=false",
					  "-c",
					  "core.hooksPath=/dev/null",
					  "-c",
					  "core.quotePath=true",
					  "-c",
					  "diff.relative=false",
					  "--no-pager"};
	size_t n = 12;
	for (size_t i = 0; words[i] && n < MAX_ARGS; i++)
		args[n++] = words[i];
	struct str none = {NULL, 0}, out;
	struct buf b = {0};
	int fd = -1, status = 0;
	pid_t pid;
	int e = spawn(g, args, &fd, &pid);
	if (e) {
		cli_error(g->cli, "--since and --staged need the git command: %s", strerror(e));
		g->told = true;
		return none;
	}
	bool ok = read_all(fd, &b);
	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ok = ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	out = ok ? arena_str(&g->s->arena, buf_str(&b)) : none;
	buf_release(&b);
	return ok && !out.ptr ? STR("") : out;
}

static bool fail(struct git *g, const char *what, const char *arg)
{
	if (!g->told)
		cli_error(g->cli, "%s%s", what, arg);
	g->told = true;
	return false;
}

/* ---- reading a diff ---- */

struct reading {
	struct git *g;
	VEC(struct changed_file) files;
	VEC(struct line_range) ranges; /* of the file that is being read */
	struct str path;	       /* ptr NULL: deleted, or outside of the root */
};

static void end_file(struct reading *r)
{
	if (r->path.ptr && r->ranges.len) {
		struct line_range *copy =
		    arena_array(&r->g->s->arena, struct line_range, r->ranges.len);
		memcpy(copy, r->ranges.ptr, r->ranges.len * sizeof *copy);
		vec_push(&r->files, (struct changed_file){r->path, copy, r->ranges.len});
	}
	vec_clear(&r->ranges);
	r->path = (struct str){NULL, 0};
}

static unsigned octal(const char *p)
{
	return (unsigned)((p[0] - '0') * 64 + (p[1] - '0') * 8 + (p[2] - '0'));
}

/* a name as git prints it: in quotes with C escapes where it is odd */
static struct str unquote(struct arena *a, struct str s)
{
	static const char from[] = "abtnvfr\"\\", to[] = "\a\b\t\n\v\f\r\"\\";
	if (!s.len || *s.ptr != '"')
		return s;
	char *out = arena_cstr(a, s);
	size_t n = 0;
	for (size_t i = 1; i < s.len && s.ptr[i] != '"'; i++) {
		const char *known;
		if (s.ptr[i] != '\\' || i + 1 >= s.len) {
			out[n++] = s.ptr[i];
		} else if ((known = memchr(from, s.ptr[i + 1], sizeof from - 1))) {
			out[n++] = to[known - from];
			i++;
		} else if (i + 3 < s.len) {
			out[n++] = (char)octal(s.ptr + i + 1);
			i += 3;
		}
	}
	return (struct str){out, n};
}

/* a path from the top of the working tree, as the report has it */
static struct str below_root(struct git *g, struct str path)
{
	struct arena *a = &g->s->arena;
	const char *abs = arena_printf(a, "%s/" STR_FMT, g->dir, STR_ARG(path));
	struct str out;
	return fs_join(&g->s->fs, a, STR(""), str_from(abs), &out) ? out : (struct str){NULL, 0};
}

static void begin_file(struct reading *r, struct str name)
{
	end_file(r);
	size_t tab =
	    name.len ? name.len - 1 : 0; /* git ends a name that holds a blank with a tab */
	if (name.len && name.ptr[tab] == '\t')
		name = str_sub(name, 0, tab);
	if (!str_is(name, "/dev/null"))
		r->path = below_root(r->g, unquote(&r->g->s->arena, name));
}

/* "@@ -12,3 +14,2 @@": of a pure deletion the lines around it count */
static void add_hunk(struct reading *r, const char *line)
{
	const char *plus = strstr(line, " +");
	char *end;
	if (!plus)
		return;
	unsigned long first = strtoul(plus + 2, &end, 10);
	unsigned long n = *end == ',' ? strtoul(end + 1, NULL, 10) : 1;
	struct line_range x = {(uint32_t)first, (uint32_t)(n ? first + n - 1 : first + 1)};
	vec_push(&r->ranges, x);
}

static void read_diff(struct reading *r, struct str text)
{
	bool head = false; /* only there "+++" is a name and no line that was added */
	while (text.len) {
		const char *nl = memchr(text.ptr, '\n', text.len);
		size_t n = nl ? (size_t)(nl - text.ptr) : text.len;
		struct str line = str_sub(text, 0, n);
		if (str_starts(line, STR("diff --git ")))
			head = true;
		else if (head && str_starts(line, STR("+++ ")))
			begin_file(r, str_sub(line, 4, line.len));
		else if (str_starts(line, STR("@@ "))) {
			head = false;
			add_hunk(r, line.ptr);
		}
		text = str_sub(text, nl ? n + 1 : n, text.len);
	}
	end_file(r);
}

static void read_untracked(struct reading *r, struct str names)
{
	while (names.len) {
		size_t n = strnlen(names.ptr, names.len);
		r->path = below_root(r->g, str_sub(names, 0, n));
		vec_push(&r->ranges, (struct line_range){1, UINT32_MAX});
		end_file(r);
		names = str_sub(names, n + 1 < names.len ? n + 1 : names.len, names.len);
	}
}

/* ---- asking ---- */

static const char *first_line(struct arena *a, struct str s)
{
	size_t n = s.len ? strcspn(s.ptr, "\n") : 0;
	return arena_cstr(a, str_sub(s, 0, n));
}

/* where the branch of `since` and ours parted, else `since` itself */
static const char *base_of(struct git *g, const char *since)
{
	struct arena *a = &g->s->arena;
	const char *spec = arena_printf(a, "%s^{commit}", since);
	struct str commit = run(g, (const char *[]){"rev-parse", "--verify", "--quiet",
						    "--end-of-options", spec, NULL});
	if (!commit.ptr) {
		fail(g, "--since: git knows no commit or branch ", since);
		return NULL;
	}
	const char *hash = first_line(a, commit);
	struct str base = run(g, (const char *[]){"merge-base", hash, "HEAD", NULL});
	return base.len ? first_line(a, base) : hash;
}

static bool read_changes(struct reading *r, const char *since)
{
	struct git *g = r->g;
	const char *what = "--cached";
	if (since && !(what = base_of(g, since)))
		return false;
	struct str diff = run(g, (const char *[]){"diff", "-U0", "--no-color", "--no-prefix",
						  "--no-ext-diff", "--no-textconv", "--no-renames",
						  "--ignore-submodules", what, "--", NULL});
	if (!diff.ptr)
		return fail(g, "git could not tell what changed", "");
	read_diff(r, diff);
	if (!since)
		return true;
	struct str others = run(g, (const char *[]){"ls-files", "-z", "--others",
						    "--exclude-standard", "--full-name", NULL});
	read_untracked(r, others);
	return true;
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct changed_file *)a)->path,
		       ((const struct changed_file *)b)->path);
}

bool git_changes(struct session *s, struct cli *cli, const char *since, struct changes *out)
{
	struct git g = {s, cli, arena_cstr(&s->arena, s->fs.root), false};
	struct reading r = {.g = &g};
	struct str top = run(&g, (const char *[]){"rev-parse", "--show-toplevel", NULL});
	if (!top.len)
		return fail(&g, "--since and --staged need a git repository; there is none at ",
			    g.dir);
	g.dir = first_line(&s->arena, top);
	bool ok = read_changes(&r, since);
	struct changed_file *files = arena_array(&s->arena, struct changed_file, r.files.len);
	if (r.files.len) {
		memcpy(files, r.files.ptr, r.files.len * sizeof *files);
		qsort(files, r.files.len, sizeof *files, by_path);
	}
	*out = (struct changes){files, r.files.len};
	vec_release(&r.files);
	vec_release(&r.ranges);
	return ok;
}
