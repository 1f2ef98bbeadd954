/* the command line, and what of the machine it is measured against */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/context.h"
#include "cli/host.h"

static const struct option_table *const tables[] = {&global_options, &analysis_options,
						    &output_options};
enum { N_TABLES = sizeof tables / sizeof *tables };

/* what one command line came to */
struct parsed {
	int n;
	struct settings s;
	char *said; /* on the error stream */
	struct arena arena;
};

static struct parsed parse(const char *const *words)
{
	struct parsed p = {0};
	char *argv[16];
	int argc = 0;
	size_t len;
	arena_init(&p.arena);
	for (; words[argc]; argc++)
		argv[argc] = arena_cstr(&p.arena, str_from(words[argc]));
	FILE *err = open_memstream(&p.said, &len);
	p.n = options_parse(tables, N_TABLES, argc, argv, false, &p.s, err);
	fclose(err);
	return p;
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void done(struct parsed *p)
{
	settings_release(&p->s);
	free(p->said);
	arena_release(&p->arena);
}

static void every_option_has_a_unique_name_and_a_help_text(void **state)
{
	(void)state;
	for (size_t t = 0; t < N_TABLES; t++)
		for (size_t i = 0; i < tables[t]->len; i++) {
			const struct option *o = &tables[t]->ptr[i];
			assert_true(strlen(o->name) > 1 && strlen(o->help) > 5);
			assert_int_equal(o->kind == OPT_BOOL, o->arg == NULL);
			assert_int_equal(o->kind == OPT_CHOICE, o->choices != NULL);
			assert_true(o->offset < sizeof(struct settings));
			for (size_t u = 0; u < N_TABLES; u++)
				for (size_t k = 0; k < tables[u]->len; k++) {
					const struct option *x = &tables[u]->ptr[k];
					if (x == o)
						continue;
					assert_string_not_equal(x->name, o->name);
					assert_true(!o->letter || x->letter != o->letter);
				}
		}
}

static void a_value_is_attached_or_the_next_word(void **state)
{
	(void)state;
	struct parsed p = PARSE("--cpus=4", "--memory", "16G", "a.js");
	assert_int_equal(p.n, 4);
	assert_int_equal(p.s.cpus, 4);
	assert_true(p.s.memory == UINT64_C(17179869184));
	assert_int_equal(p.s.args.len, 1);
	assert_string_equal(p.s.args.ptr[0], "a.js");
	done(&p);
}

static void options_may_follow_words_and_two_dashes_end_them(void **state)
{
	(void)state;
	struct parsed p = PARSE("a.js", "-q", "--", "--cpus");
	assert_true(p.s.quiet);
	assert_int_equal(p.s.args.len, 2);
	assert_string_equal(p.s.args.ptr[1], "--cpus");
	done(&p);
}

static void an_unknown_option_names_the_nearest_one(void **state)
{
	(void)state;
	struct parsed p = PARSE("--memroy=1G");
	assert_int_equal(p.n, -1);
	assert_string_equal(
	    p.said, "clusterlint: unknown option '--memroy=1G'; did you mean '--memory'?\n");
	done(&p);
}

static void a_bad_value_is_refused_with_what_would_do(void **state)
{
	static const char *const bad[] = {
	    "--cpus=0",	     "--cpus=-1",     "--cpus=4x",
	    "--memory=lots", "--fail-on=all", "--quiet=1",
	    "--color=blue",  "--cpus",	      "--cpus=99999999999999999999"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct parsed p = PARSE(bad[i]);
		assert_int_equal(p.n, -1);
		assert_true(strlen(p.said) > 20);
		done(&p);
	}
}

static void sizes_are_powers_of_1024(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"512", 512},
		    {"1K", 1024},
		    {"512M", UINT64_C(536870912)},
		    {"1.5g", UINT64_C(1610612736)},
		    {"16GB", UINT64_C(17179869184)},
		    {"2GiB", UINT64_C(2147483648)}};
	static const char *const bad[] = {"", "G", "0", "1X", "1GBB", "-1G", "1 G", "1iB"};
	uint64_t n;
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(parse_size(good[i].text, &n));
		assert_true(n == good[i].bytes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(parse_size(bad[i], &n));
}

static void each_format_takes_the_output_beside_it(void **state)
{
	(void)state;
	struct parsed p = PARSE("--format", "json", "-o", "a.json", "--output=b", "--format=text");
	assert_int_equal(p.s.outputs.len, 2);
	assert_string_equal(p.s.outputs.ptr[0].format, "json");
	assert_string_equal(p.s.outputs.ptr[0].file, "a.json");
	assert_string_equal(p.s.outputs.ptr[1].format, "text");
	assert_string_equal(p.s.outputs.ptr[1].file, "b");
	done(&p);
}

/* ---- the host ---- */

static void put_file(const char *root, const char *path, const char *text)
{
	char *full = NULL;
	size_t len;
	FILE *f = open_memstream(&full, &len);
	fprintf(f, "%s/%s", root, path);
	fclose(f);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(full);
}

static int make_root(void **state)
{
	char name[] = "/tmp/clusterlint-host-XXXXXX";
	if (!mkdtemp(name))
		return -1;
	*state = strdup(name);
	return 0;
}

static int remove_root(void **state)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
	free(*state);
	return system(command);
}

static void limits_of_a_version_2_cgroup_hold_from_every_parent(void **state)
{
	struct host h = {16, UINT64_C(64) << 30};
	const char *root = *state;
	put_file(root, "proc/self/cgroup", "0::/docker/box\n");
	put_file(root, "sys/fs/cgroup/docker/cpu.max", "250000 100000\n");
	put_file(root, "sys/fs/cgroup/docker/box/cpu.max", "max 100000\n");
	put_file(root, "sys/fs/cgroup/docker/box/memory.max", "1073741824\n");
	host_limit(&h, root);
	assert_int_equal(h.cpus, 3);
	assert_true(h.memory_bytes == UINT64_C(1) << 30);
}

static void limits_of_a_version_1_cgroup_hold(void **state)
{
	struct host h = {16, UINT64_C(64) << 30};
	const char *root = *state;
	put_file(root, "proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/x\n1:cpuset:/x\n");
	put_file(root, "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "150000\n");
	put_file(root, "sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
	put_file(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n");
	host_limit(&h, root);
	assert_int_equal(h.cpus, 2);
	assert_true(h.memory_bytes == UINT64_C(2) << 30);
}

static void a_host_without_limits_stays_as_it_is(void **state)
{
	struct host h = {8, 1000};
	put_file(*state, "proc/self/cgroup", "0::/\n");
	put_file(*state, "sys/fs/cgroup/memory.max", "max\n");
	host_limit(&h, *state);
	assert_int_equal(h.cpus, 8);
	assert_int_equal(h.memory_bytes, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_option_has_a_unique_name_and_a_help_text),
	    cmocka_unit_test(a_value_is_attached_or_the_next_word),
	    cmocka_unit_test(options_may_follow_words_and_two_dashes_end_them),
	    cmocka_unit_test(an_unknown_option_names_the_nearest_one),
	    cmocka_unit_test(a_bad_value_is_refused_with_what_would_do),
	    cmocka_unit_test(sizes_are_powers_of_1024),
	    cmocka_unit_test(each_format_takes_the_output_beside_it),
	    cmocka_unit_test_setup_teardown(limits_of_a_version_2_cgroup_hold_from_every_parent,
					    make_root, remove_root),
	    cmocka_unit_test_setup_teardown(limits_of_a_version_1_cgroup_hold, make_root,
					    remove_root),
	    cmocka_unit_test_setup_teardown(a_host_without_limits_stays_as_it_is, make_root,
					    remove_root),
	};
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
