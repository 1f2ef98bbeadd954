/* base/fs.h: paths, reading below a root, replacing a file. Each test has a
 * folder of its own, made and taken away around it. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

struct sandbox {
	struct arena arena;
	char *dir; /* absolute, real path */
	struct fs fs;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int set_up(void **state)
{
	struct sandbox *box = calloc(1, sizeof *box);
	char template[] = "/tmp/test_fs.XXXXXX";
	arena_init(&box->arena);
	if (!mkdtemp(template))
		return -1;
	box->dir = arena_cstr(&box->arena, str_from(template));
	*state = box;
	return 0;
}

static int tear_down(void **state)
{
	struct sandbox *box = *state;
	nftw(box->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	fs_release(&box->fs);
	arena_release(&box->arena);
	free(box);
	return 0;
}

static const char *path_of(struct sandbox *box, const char *name)
{
	return arena_printf(&box->arena, "%s/%s", box->dir, name);
}

static const char *put_file(struct sandbox *box, const char *name, const char *text)
{
	const char *path = path_of(box, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void assert_holds(const char *path, const char *want)
{
	char got[256] = "";
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(got, 1, sizeof got - 1, f);
	got[n] = '\0';
	fclose(f);
	assert_string_equal(got, want);
}

/* the root of box->fs is the folder "root" in it */
static void open_root(struct sandbox *box)
{
	assert_int_equal(mkdir(path_of(box, "root"), 0700), 0);
	assert_null(fs_init(&box->fs, &box->arena, path_of(box, "root")).text);
}

static void assert_text(struct str got, const char *want)
{
	assert_string_equal(got.ptr ? got.ptr : "", want);
	assert_int_equal(got.len, strlen(want));
}

/* ---- paths ---- */

static void paths_are_joined_and_normalised_as_in_node(void **state)
{
	static const struct {
		const char *dir, *path, *want;
	} cases[] = {
	    {"a/b", "../c", "a/c"},
	    {"a/b", "./c/", "a/b/c"},
	    {"", "a//b", "a/b"},
	    {"a", "../..", ".."},
	    {"a", "../../b", "../b"},
	    {"..", "../a", "../../a"},
	    {"a", "", "a"},
	    {"", "", ""},
	    {"a", "..", ""},
	    {"../a", "..", ".."},
	    {"a", "/b/../c", "a/c"},
	    {"/", "../a", "/a"},
	    {"", "/a/./b", "/a/b"},
	    {"/a", "/b", "/a/b"},
	    {"/a", "../../..", "/"},
	    {"a/..", "b", "b"},
	    {".", ".", ""},
	    {"..a", "..b", "..a/..b"},
	    {"a", "../..b/c", "..b/c"},
	};
	struct sandbox *box = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_text(path_join(&box->arena, str_from(cases[i].dir), str_from(cases[i].path)),
			    cases[i].want);
}

static void a_path_has_folder_name_and_extension(void **state)
{
	(void)state;
	assert_true(str_is(path_dir(STR("a/b.js")), "a"));
	assert_true(str_is(path_dir(STR("b.js")), ""));
	assert_true(str_is(path_base(STR("a/b.js")), "b.js"));
	assert_true(str_is(path_base(STR("a/")), ""));
	assert_true(str_is(path_ext(STR("a/b.d.ts")), ".ts"));
	assert_true(str_is(path_ext(STR("a.b/c")), ""));
	assert_true(str_is(path_ext(STR(".env")), ""));
	assert_true(str_is(path_ext(STR("b.")), "."));
}

static void a_join_that_leaves_the_root_is_refused(void **state)
{
	struct sandbox *box = *state;
	struct str out;
	open_root(box);
	assert_true(fs_join(&box->fs, &box->arena, STR("a"), STR("../b"), &out));
	assert_text(out, "b");
	assert_true(fs_join(&box->fs, &box->arena, STR("a"), STR(".."), &out));
	assert_text(out, "");
	assert_false(fs_join(&box->fs, &box->arena, STR("a"), STR("../.."), &out));
	assert_false(fs_join(&box->fs, &box->arena, STR("a"), STR("../../root/b"), &out));
	assert_false(fs_join(&box->fs, &box->arena, STR(""), STR("/etc/passwd"), &out));
	assert_true(fs_join(&box->fs, &box->arena, STR(""), STR("..a"), &out));
	assert_text(out, "..a");
}

static void an_absolute_path_below_the_root_becomes_relative(void **state)
{
	struct sandbox *box = *state;
	struct str out, root;
	open_root(box);
	root = box->fs.root;
	assert_true(fs_join(&box->fs, &box->arena, STR("x"), root, &out));
	assert_text(out, "");
	struct str below = str_from(arena_printf(&box->arena, "%s/a/./b", root.ptr));
	assert_true(fs_join(&box->fs, &box->arena, STR("x"), below, &out));
	assert_text(out, "a/b");
	struct str beside = str_from(arena_printf(&box->arena, "%s-2/a", root.ptr));
	assert_false(fs_join(&box->fs, &box->arena, STR("x"), beside, &out));
}

/* ---- reading ---- */

static void a_root_must_exist(void **state)
{
	struct sandbox *box = *state;
	struct err err = fs_init(&box->fs, &box->arena, path_of(box, "nowhere"));
	assert_non_null(err.text);
	assert_non_null(strstr(err.text, "No such file"));
}

static void kinds_of_files_are_told_apart(void **state)
{
	struct sandbox *box = *state;
	open_root(box);
	put_file(box, "root/f", "x");
	mkdir(path_of(box, "root/d"), 0700);
	assert_int_equal(mkfifo(path_of(box, "root/pipe"), 0600), 0);
	assert_int_equal(symlink("f", path_of(box, "root/link")), 0);
	assert_int_equal(symlink("loop", path_of(box, "root/loop")), 0);
	assert_int_equal(fs_kind(&box->fs, STR("f")), FS_FILE);
	assert_int_equal(fs_kind(&box->fs, STR("")), FS_DIR);
	assert_int_equal(fs_kind(&box->fs, STR("d")), FS_DIR);
	assert_int_equal(fs_kind(&box->fs, STR("pipe")), FS_OTHER);
	assert_int_equal(fs_kind(&box->fs, STR("link")), FS_FILE);
	assert_int_equal(fs_kind(&box->fs, STR("loop")), FS_MISSING);
	assert_int_equal(fs_kind(&box->fs, STR("nothing")), FS_MISSING);
	assert_int_equal(fs_kind(&box->fs, STR("f/below")), FS_MISSING);
	assert_int_equal(fs_kind(&box->fs, STR("f\0g")), FS_MISSING);
}

static void nothing_outside_of_the_root_is_seen_through_a_symlink(void **state)
{
	struct sandbox *box = *state;
	struct str text;
	open_root(box);
	put_file(box, "secret", "secret");
	mkdir(path_of(box, "root-2"), 0700);
	put_file(box, "root-2/f", "secret");
	assert_int_equal(symlink("../secret", path_of(box, "root/out")), 0);
	assert_int_equal(symlink("..", path_of(box, "root/up")), 0);
	assert_int_equal(symlink("../root-2", path_of(box, "root/near")), 0);
	assert_int_equal(fs_kind(&box->fs, STR("out")), FS_MISSING);
	assert_int_equal(fs_kind(&box->fs, STR("up")), FS_MISSING);
	assert_int_equal(fs_kind(&box->fs, STR("near/f")), FS_MISSING);
	assert_null(fs_list(&box->fs, STR("up")));
	struct err err = fs_read(&box->fs, &box->arena, STR("out"), &text);
	assert_string_equal(err.text, "out: lies outside of the project root");
	assert_int_equal(text.len, 0);
	assert_non_null(fs_read(&box->fs, &box->arena, STR("up/secret"), &text).text);
}

static void a_link_to_a_place_below_the_root_is_followed(void **state)
{
	struct sandbox *box = *state;
	struct str text;
	open_root(box);
	mkdir(path_of(box, "root/d"), 0700);
	put_file(box, "root/d/f", "here");
	assert_int_equal(symlink("d", path_of(box, "root/l")), 0);
	assert_null(fs_read(&box->fs, &box->arena, STR("l/f"), &text).text);
	assert_text(text, "here");
}

static void a_root_that_is_itself_a_link_is_no_hindrance(void **state)
{
	struct sandbox *box = *state;
	struct str text;
	mkdir(path_of(box, "real"), 0700);
	put_file(box, "real/f", "here");
	assert_int_equal(symlink("real", path_of(box, "alias")), 0);
	assert_null(fs_init(&box->fs, &box->arena, path_of(box, "alias")).text);
	assert_null(fs_read(&box->fs, &box->arena, STR("f"), &text).text);
	assert_text(text, "here");
}

static void what_cannot_be_read_says_why(void **state)
{
	struct sandbox *box = *state;
	struct str text;
	open_root(box);
	mkdir(path_of(box, "root/d"), 0700);
	mkfifo(path_of(box, "root/pipe"), 0600);
	int fd = open(path_of(box, "root/large"), O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, FS_MAX_FILE + 1), 0);
	close(fd);
	struct err err = fs_read(&box->fs, &box->arena, STR("d"), &text);
	assert_string_equal(err.text, "d: is a directory");
	err = fs_read(&box->fs, &box->arena, STR("pipe"), &text);
	assert_string_equal(err.text, "pipe: is not a regular file");
	err = fs_read(&box->fs, &box->arena, STR("large"), &text);
	assert_string_equal(err.text, "large: is larger than 8 MiB");
	err = fs_read(&box->fs, &box->arena, STR("nothing"), &text);
	assert_string_equal(err.text, "nothing: No such file or directory");
}

static void an_empty_file_is_read_as_empty_text(void **state)
{
	struct sandbox *box = *state;
	struct str text;
	open_root(box);
	put_file(box, "root/empty", "");
	assert_null(fs_read(&box->fs, &box->arena, STR("empty"), &text).text);
	assert_text(text, "");
}

static void a_listing_is_sorted_by_bytes_and_asked_for_once(void **state)
{
	struct sandbox *box = *state;
	open_root(box);
	put_file(box, "root/b", "");
	put_file(box, "root/a", "");
	put_file(box, "root/B", "");
	put_file(box, "root/.x", "");
	const struct fs_listing *list = fs_list(&box->fs, STR(""));
	assert_int_equal(list->n, 4);
	assert_text(list->names[0], ".x");
	assert_text(list->names[1], "B");
	assert_text(list->names[2], "a");
	assert_text(list->names[3], "b");
	put_file(box, "root/c", "");
	assert_ptr_equal(fs_list(&box->fs, STR("")), list);
	assert_null(fs_list(&box->fs, STR("a")));
	assert_null(fs_list(&box->fs, STR("nothing")));
}

/* ---- replacing ---- */

static void assert_nothing_left_behind(struct sandbox *box)
{
	struct fs fs;
	assert_null(fs_init(&fs, &box->arena, box->dir).text);
	const struct fs_listing *list = fs_list(&fs, STR(""));
	for (size_t i = 0; i < list->n; i++)
		assert_false(str_starts(list->names[i], STR(".clusterlint")));
	fs_release(&fs);
}

static void assert_refused(struct err err, const char *why)
{
	assert_non_null(err.text);
	if (!strstr(err.text, why))
		fail_msg("'%s' does not say '%s'", err.text, why);
}

static void a_replaced_file_holds_the_new_text_and_its_old_mode(void **state)
{
	struct sandbox *box = *state;
	struct stat st;
	const char *f = put_file(box, "f", "old");
	chmod(f, 0640);
	assert_null(fs_replace(&box->arena, f, &STR("old"), STR("new\0text")).text);
	assert_int_equal(stat(f, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, 8);
	assert_nothing_left_behind(box);
}

static void a_text_may_become_empty_or_come_from_empty(void **state)
{
	struct sandbox *box = *state;
	const char *f = put_file(box, "f", "old");
	assert_null(fs_replace(&box->arena, f, NULL, (struct str){0}).text);
	assert_holds(f, "");
	assert_null(fs_replace(&box->arena, f, &(struct str){0}, STR("new")).text);
	assert_holds(f, "new");
}

static void a_file_that_changed_since_it_was_read_is_left_alone(void **state)
{
	struct sandbox *box = *state;
	static const char *const changed[] = {"olD", "ol", "older", ""};
	for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
		const char *f = put_file(box, "f", changed[i]);
		assert_refused(fs_replace(&box->arena, f, &STR("old"), STR("new")),
			       "has changed since it was read");
		assert_holds(f, changed[i]);
	}
	unlink(path_of(box, "f"));
	assert_refused(fs_replace(&box->arena, path_of(box, "f"), &STR("old"), STR("new")),
		       "has vanished");
	assert_int_equal(access(path_of(box, "f"), F_OK), -1);
	assert_nothing_left_behind(box);
}

static void a_file_that_holds_the_text_already_is_not_touched(void **state)
{
	struct sandbox *box = *state;
	struct stat before, after;
	const char *f = put_file(box, "f", "same");
	stat(f, &before);
	assert_null(fs_replace(&box->arena, f, &STR("same"), STR("same")).text);
	stat(f, &after);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void a_symlink_stays_and_its_target_is_replaced(void **state)
{
	struct sandbox *box = *state;
	struct stat st;
	mkdir(path_of(box, "d"), 0700);
	const char *target = put_file(box, "d/f", "old");
	const char *link = path_of(box, "link");
	assert_int_equal(symlink("d/f", link), 0);
	assert_null(fs_replace(&box->arena, link, &STR("old"), STR("new")).text);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_holds(target, "new");
}

static void a_new_file_is_made_where_nothing_is(void **state)
{
	struct sandbox *box = *state;
	struct stat st;
	mode_t mask = umask(027);
	struct err err = fs_replace(&box->arena, path_of(box, "new"), NULL, STR("text"));
	umask(mask);
	assert_null(err.text);
	assert_holds(path_of(box, "new"), "text");
	assert_int_equal(stat(path_of(box, "new"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(symlink("nowhere", path_of(box, "link")), 0);
	assert_refused(fs_replace(&box->arena, path_of(box, "link"), NULL, STR("x")),
		       "leads nowhere");
	assert_refused(fs_replace(&box->arena, path_of(box, "no/file"), NULL, STR("x")),
		       "No such file or directory");
}

static void a_bare_name_is_replaced_in_the_working_folder(void **state)
{
	struct sandbox *box = *state;
	int here = open(".", O_RDONLY | O_DIRECTORY);
	put_file(box, "f", "old");
	assert_int_equal(chdir(box->dir), 0);
	struct err old = fs_replace(&box->arena, "f", &STR("old"), STR("new"));
	struct err new = fs_replace(&box->arena, "g", NULL, STR("new"));
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_null(old.text);
	assert_null(new.text);
	assert_holds(path_of(box, "f"), "new");
	assert_holds(path_of(box, "g"), "new");
}

static void a_read_only_file_is_refused_even_for_root(void **state)
{
	struct sandbox *box = *state;
	const char *f = put_file(box, "f", "old");
	chmod(f, 0444);
	assert_refused(fs_replace(&box->arena, f, &STR("old"), STR("new")), "is read-only");
	assert_holds(f, "old");
}

static void a_file_with_other_hard_links_is_refused(void **state)
{
	struct sandbox *box = *state;
	const char *f = put_file(box, "f", "old");
	assert_int_equal(link(f, path_of(box, "g")), 0);
	assert_refused(fs_replace(&box->arena, f, &STR("old"), STR("new")), "hard links");
	assert_holds(f, "old");
	assert_holds(path_of(box, "g"), "old");
}

static void folders_and_pipes_are_refused(void **state)
{
	struct sandbox *box = *state;
	mkfifo(path_of(box, "pipe"), 0600);
	assert_refused(fs_replace(&box->arena, path_of(box, "pipe"), NULL, STR("new")),
		       "is not a regular file");
	assert_refused(fs_replace(&box->arena, box->dir, NULL, STR("new")),
		       "is not a regular file");
}

static void the_owner_is_kept_where_one_may_give_files_away(void **state)
{
	struct sandbox *box = *state;
	struct stat st;
	const char *f = put_file(box, "f", "old");
	if (chown(f, 12345, 23456) != 0)
		skip();
	chmod(f, 04755);
	assert_null(fs_replace(&box->arena, f, &STR("old"), STR("new")).text);
	stat(f, &st);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 23456);
	assert_int_equal(st.st_mode & 07777, 04755);
}

/* runs in a child: its file size limit makes each write fail like a full disk */
static void replace_on_a_full_disk(struct sandbox *box, const char *f)
{
	struct rlimit limit = {4096, 4096};
	char *large = arena_alloc(&box->arena, 100 * 1024);
	memset(large, 'x', 100 * 1024);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	struct err err = fs_replace(&box->arena, f, &STR("old"), (struct str){large, 100 * 1024});
	_exit(err.text && strstr(err.text, "File too large") ? 0 : 1);
}

static void a_full_disk_loses_nothing_and_leaves_nothing(void **state)
{
	struct sandbox *box = *state;
	const char *f = put_file(box, "f", "old");
	int status;
	pid_t child = fork();
	if (child == 0)
		replace_on_a_full_disk(box, f);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_holds(f, "old");
	assert_nothing_left_behind(box);
}

static void replace_for_ever(const char *f)
{
	struct arena a;
	arena_init(&a);
	for (;;) {
		arena_reset(&a);
		fs_replace(&a, f, NULL, STR("the old text, all of it"));
		fs_replace(&a, f, NULL, STR("the new text"));
	}
}

static void a_kill_at_any_instant_leaves_the_old_text_or_the_new_one(void **state)
{
	struct sandbox *box = *state;
	const char *f = put_file(box, "f", "the new text");
	for (long i = 0; i < 40; i++) {
		char got[64] = "";
		pid_t child = fork();
		if (child == 0)
			replace_for_ever(f);
		nanosleep(&(struct timespec){0, 200000 + i * 97000}, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		FILE *file = fopen(f, "r");
		assert_non_null(file);
		size_t n = fread(got, 1, sizeof got - 1, file);
		fclose(file);
		got[n] = '\0';
		assert_true(strcmp(got, "the new text") == 0 ||
			    strcmp(got, "the old text, all of it") == 0);
	}
}

#define IN_SANDBOX(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SANDBOX(paths_are_joined_and_normalised_as_in_node),
	    IN_SANDBOX(a_path_has_folder_name_and_extension),
	    IN_SANDBOX(a_join_that_leaves_the_root_is_refused),
	    IN_SANDBOX(an_absolute_path_below_the_root_becomes_relative),
	    IN_SANDBOX(a_root_must_exist),
	    IN_SANDBOX(kinds_of_files_are_told_apart),
	    IN_SANDBOX(nothing_outside_of_the_root_is_seen_through_a_symlink),
	    IN_SANDBOX(a_link_to_a_place_below_the_root_is_followed),
	    IN_SANDBOX(a_root_that_is_itself_a_link_is_no_hindrance),
	    IN_SANDBOX(what_cannot_be_read_says_why),
	    IN_SANDBOX(an_empty_file_is_read_as_empty_text),
	    IN_SANDBOX(a_listing_is_sorted_by_bytes_and_asked_for_once),
	    IN_SANDBOX(a_replaced_file_holds_the_new_text_and_its_old_mode),
	    IN_SANDBOX(a_text_may_become_empty_or_come_from_empty),
	    IN_SANDBOX(a_file_that_changed_since_it_was_read_is_left_alone),
	    IN_SANDBOX(a_file_that_holds_the_text_already_is_not_touched),
	    IN_SANDBOX(a_symlink_stays_and_its_target_is_replaced),
	    IN_SANDBOX(a_new_file_is_made_where_nothing_is),
	    IN_SANDBOX(a_bare_name_is_replaced_in_the_working_folder),
	    IN_SANDBOX(a_read_only_file_is_refused_even_for_root),
	    IN_SANDBOX(a_file_with_other_hard_links_is_refused),
	    IN_SANDBOX(folders_and_pipes_are_refused),
	    IN_SANDBOX(the_owner_is_kept_where_one_may_give_files_away),
	    IN_SANDBOX(a_full_disk_loses_nothing_and_leaves_nothing),
	    IN_SANDBOX(a_kill_at_any_instant_leaves_the_old_text_or_the_new_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
