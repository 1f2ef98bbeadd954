#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzers/project/gyp.h"
#include "analyzers/project/native_run.h"

struct scene {
	struct arena arena;
	struct fs fs;
	struct context ctx;
	struct project *project;
	char root[64];
};

static void write_file(const struct scene *p, const char *path, const char *text)
{
	char full[256];
	snprintf(full, sizeof full, "%s/%s", p->root, path);
	for (char *c = full + strlen(p->root) + 1; *c; c++)
		if (*c == '/') {
			*c = '\0';
			mkdir(full, 0755);
			*c = '/';
		}
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct scene *scene_new(void)
{
	struct scene *p = calloc(1, sizeof *p);
	strcpy(p->root, "/tmp/native-XXXXXX");
	assert_non_null(mkdtemp(p->root));
	arena_init(&p->arena);
	assert_null(fs_init(&p->fs, &p->arena, p->root).text);
	p->ctx = (struct context){.arena = &p->arena, .fs = &p->fs};
	p->project = project_new(&p->ctx);
	return p;
}

static void scene_free(struct scene *p)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", p->root);
	assert_int_equal(system(command), 0);
	project_free(p->project);
	fs_release(&p->fs);
	arena_release(&p->arena);
	free(p);
}

static bool has_arg(const struct native_unit *u, const char *arg)
{
	for (size_t i = 0; i < u->n_args; i++)
		if (strcmp(u->args[i], arg) == 0)
			return true;
	return false;
}

static void a_gyp_file_is_a_python_literal(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	struct gyp *g = gyp_parse(&a, STR("# comment\n{ 'a': ['x' + \"y\", 'z' 'w',], \"n\": 1, } # end\n"));
	assert_non_null(g);
	struct gyp *list = gyp_get(g, "a");
	assert_int_equal(list->n, 2);
	assert_true(str_is(list->items[0]->text, "xy"));
	assert_true(str_is(list->items[1]->text, "zw"));
	assert_true(str_is(gyp_get(g, "n")->text, "1"));
	assert_null(gyp_parse(&a, STR("{ 'a': [ }")));
	assert_null(gyp_parse(&a, STR("{ 'a'")));
	assert_null(gyp_parse(&a, STR("")));
	arena_release(&a);
}

static void conditions_of_a_gyp_file_are_decided_for_linux(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	struct gyp *g = gyp_parse(&a, STR("{'s': ['a'], 'conditions': [['OS==\"linux\"', {'s': ['b']}], "
					  "['OS==\"win\"', {'s': ['c']}, {'s': ['d']}], "
					  "['OS!=\"mac\" and target_arch==\"x64\"', {'s+': ['e']}], "
					  "['OS in \"linux freebsd\"', {'s': ['g']}], "
					  "['unheard_of==1', {'s': ['f']}, {'s': ['h']}]]}"));
	assert_non_null(g);
	gyp_apply_conditions(&a, g, NULL);
	struct gyp *s = gyp_get(g, "s");
	char all[16] = {0};
	for (size_t i = 0; i < s->n && i < 15; i++)
		all[i] = s->items[i]->text.ptr[0];
	assert_string_equal(all, "abdeg");
	arena_release(&a);
}

static void conditions_inside_of_conditions_are_carried_out_once(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	struct gyp *g = gyp_parse(&a, STR("{'conditions': [['OS==\"linux\"', {'s': ['a'], 'conditions': "
					  "[['OS!=\"win\"', {'s': ['b'], 't': ['c']}]]}]]}"));
	gyp_apply_conditions(&a, g, NULL);
	gyp_apply_conditions(&a, g, NULL);
	assert_int_equal(gyp_get(g, "s")->n, 2);
	assert_int_equal(gyp_get(g, "t")->n, 1);
	arena_release(&a);
}

static void the_sources_of_an_addon_come_from_binding_gyp(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "app/binding.gyp",
		   "{'variables': {'src': 'src'}, 'targets': [{'target_name': 'addon',\n"
		   " 'sources': ['<(src)/addon.cc', 'src/util.c', 'src/missing.cc', 'deps/zlib/z.c',\n"
		   "   '<!@(node -p \"require(\\'fs\\').readdirSync(\\'./more\\').map(f => f)\")'],\n"
		   " 'include_dirs': ['<!@(node -p \"require(\\'node-addon-api\\').include\")', 'inc'],\n"
		   " 'defines': ['FAST=1'], 'cflags_cc': ['-std=c++20', '-O3']}]}\n");
	write_file(p, "app/src/addon.cc", "");
	write_file(p, "app/src/util.c", "");
	write_file(p, "app/more/one.cpp", "");
	write_file(p, "app/deps/zlib/z.c", "");
	write_file(p, "node_modules/node-addon-api/napi.h", "");
	const struct native_target *t = native_units_for_dir(p->project, STR("app"), false, STR("addon"));
	assert_non_null(t);
	assert_int_equal(t->n_units, 3);
	assert_true(str_is(t->units[0].path, "app/more/one.cpp"));
	assert_true(str_is(t->units[1].path, "app/src/addon.cc"));
	assert_true(str_is(t->units[2].path, "app/src/util.c"));
	assert_true(has_arg(&t->units[1], "-Iapp/inc"));
	assert_true(has_arg(&t->units[1], "-Inode_modules/node-addon-api"));
	assert_true(has_arg(&t->units[1], "-DFAST=1"));
	assert_true(has_arg(&t->units[1], "-std=c++20"));
	assert_false(has_arg(&t->units[1], "-O3"));
	assert_true(has_arg(&t->units[2], "-std=gnu17"));
	assert_false(has_arg(&t->units[2], "-std=c++20"));
	assert_true(native_is_likely(p->project, STR("app")));
	assert_null(native_units_for_dir(p->project, STR("other"), false, STR("")));
	scene_free(p);
}

static void the_sources_of_a_binary_come_from_its_makefile(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "Makefile", "CFLAGS = -Iinc -DX=1\nOBJS = main.o \\\n  net.o\nserver: $(OBJS)\n"
				  "\t$(CC) -o $@ $^\nother: other.o\n");
	write_file(p, "main.c", "");
	write_file(p, "src/net.c", "");
	write_file(p, "other.c", "");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("server"));
	assert_non_null(t);
	assert_int_equal(t->n_units, 2);
	assert_true(str_is(t->units[0].path, "main.c"));
	assert_true(str_is(t->units[1].path, "src/net.c"));
	assert_true(has_arg(&t->units[0], "-Iinc"));
	assert_true(has_arg(&t->units[0], "-DX=1"));
	scene_free(p);
}

static void the_sources_of_a_cmake_target_are_found(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "CMakeLists.txt", "project(gate)\nset(SRC src/a.cpp) # one\nfile(GLOB MORE \"src/b*.cpp\")\n"
					"add_executable(${PROJECT_NAME} ${SRC} ${MORE})\n"
					"target_include_directories(gate PRIVATE inc)\nadd_executable(tool tool.cpp)\n");
	write_file(p, "src/a.cpp", "");
	write_file(p, "src/b1.cpp", "");
	write_file(p, "tool.cpp", "");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("gate"));
	assert_non_null(t);
	assert_int_equal(t->n_units, 2);
	assert_true(str_is(t->units[1].path, "src/b1.cpp"));
	assert_true(has_arg(&t->units[0], "-Iinc"));
	scene_free(p);
}

static void an_answer_that_is_not_in_the_format_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
	    "", "{}", "[]", "{\"clusterlint_native\":2}",
	    "{\"clusterlint_native\":1,\"entry_found\":true,\"truncated\":false,\"units\":[],\"hazards\":[{}]}",
	    "{\"clusterlint_native\":1,\"entry_found\":true,\"truncated\":false,\"units\":[{\"path\":\"a\"}],"
	    "\"hazards\":[]}",
	    "{\"clusterlint_native\":1,\"entry_found\":1,\"truncated\":false,\"units\":[],\"hazards\":[]}"};
	struct arena a;
	struct native_result result = {0};
	arena_init(&a);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(native_read_answer(&a, str_from(wrong[i]), &result));
	assert_true(native_read_answer(&a,
				       STR("{\"clusterlint_native\":1,\"entry_found\":true,"
					   "\"truncated\":false,\"units\":[],\"hazards\":[]}"),
				       &result));
	arena_release(&a);
}

static void a_helper_that_is_not_built_gives_a_note(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "server.c", "int main(void) { return 0; }\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("server"));
	assert_non_null(t);
	const struct native_result *r = native_run(&p->ctx, "/nonexistent/clusterlint", t, NULL);
	assert_false(r->looked_at);
	assert_int_equal(r->n_notes, 1);
	assert_non_null(strstr(r->notes[0], "not built"));
	scene_free(p);
}

static void fake_helper(const struct scene *p, const char *script)
{
	char full[128];
	write_file(p, "bin/clusterlint-native", script);
	snprintf(full, sizeof full, "%s/bin/clusterlint-native", p->root);
	assert_int_equal(chmod(full, 0755), 0);
}

static void a_unit_on_which_the_helper_dies_is_left_out_and_told(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "CMakeLists.txt", "add_executable(x a.c b.c)\n");
	write_file(p, "a.c", "");
	write_file(p, "b.c", "");
	fake_helper(p, "#!/bin/sh\nread -r q\ncase $q in *'\"b.c\"'*) echo '{\"unit\":0}'; echo '{\"unit\":1}'; kill -SEGV $$;; esac\n"
		       "echo '{\"clusterlint_native\":1,\"entry_found\":true,\"truncated\":false,\"units\":["
		       "{\"path\":\"a.c\",\"why\":\"\",\"status\":\"parsed\",\"errors\":0,\"missing\":[],\"stubbed\":[]}],"
		       "\"hazards\":[]}'\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("x"));
	char program[128];
	snprintf(program, sizeof program, "%s/bin/clusterlint", p->root);
	const struct native_result *r = native_run(&p->ctx, program, t, NULL);
	assert_true(r->looked_at);
	assert_int_equal(r->n_units, 2);
	assert_int_equal(r->units[1].status, NATIVE_FAILED);
	assert_true(str_is(r->units[1].path, "b.c"));
	assert_int_equal(r->n_notes, 1);
	scene_free(p);
}

static void what_fails_together_is_tried_apart(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "CMakeLists.txt", "add_executable(x a.cc b.cc)\n");
	write_file(p, "a.cc", "");
	write_file(p, "b.cc", "");
	fake_helper(p, "#!/bin/sh\nread -r q\ncase $q in *'\"apart\":false'*) echo '{\"together\":0}'; kill -PROF $$;; esac\n"
		       "echo '{\"clusterlint_native\":1,\"entry_found\":true,\"truncated\":false,\"units\":["
		       "{\"path\":\"a.cc\",\"why\":\"\",\"status\":\"parsed\",\"errors\":0,\"missing\":[],\"stubbed\":[]},"
		       "{\"path\":\"b.cc\",\"why\":\"\",\"status\":\"parsed\",\"errors\":0,\"missing\":[],\"stubbed\":[]}],"
		       "\"hazards\":[]}'\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("x"));
	char program[128];
	snprintf(program, sizeof program, "%s/bin/clusterlint", p->root);
	const struct native_result *r = native_run(&p->ctx, program, t, NULL);
	assert_int_equal(r->n_units, 2);
	assert_int_equal(r->n_notes, 0);
	assert_int_equal(r->units[0].status, NATIVE_PARSED);
	scene_free(p);
}

static void a_helper_that_hangs_or_chatters_is_ended(void **state)
{
	(void)state;
	struct scene *p = scene_new();
	write_file(p, "server.c", "");
	fake_helper(p, "#!/bin/sh\nexec sleep 60\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("server"));
	char program[128];
	snprintf(program, sizeof program, "%s/bin/clusterlint", p->root);
	struct native_limits limits = {.cpu_seconds = 1};
	const struct native_result *r = native_run(&p->ctx, program, t, &limits);
	assert_false(r->looked_at);
	assert_int_equal(r->n_units, 1);
	scene_free(p);
}

/* the program beside which the helper was built; skips the test where it was not */
static const char *beside_real_helper(char program[512])
{
	const char *build = getenv("BUILD");
	char helper[600];
	snprintf(program, 512, "%s/clusterlint", build ? build : "/nonexistent");
	snprintf(helper, sizeof helper, "%s-native", program);
	if (access(helper, X_OK) != 0)
		skip();
	return program;
}

static void a_missing_header_counts_for_all_units_that_ask_for_it(void **state)
{
	(void)state;
	char program[512];
	beside_real_helper(program);
	struct scene *p = scene_new();
	write_file(p, "CMakeLists.txt", "add_executable(x a.cc b.cc c.cc)\n");
	write_file(p, "lib.h", "#pragma once\n#include <absent.h>\nabsent_t f(int);\n");
	write_file(p, "a.cc", "#include \"lib.h\"\nint main() { return 0; }\n");
	write_file(p, "b.cc", "#include \"./lib.h\"\nint b() { return 0; }\n");
	write_file(p, "c.cc", "int c() { return 0; }\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("x"));
	const struct native_result *r = native_run(&p->ctx, program, t, NULL);
	assert_int_equal(r->n_units, 3);
	assert_int_equal(r->units[0].status, NATIVE_PARTIAL);
	assert_int_equal(r->units[1].status, NATIVE_PARTIAL);
	assert_string_equal(r->units[1].missing[0], "absent.h");
	assert_int_equal(r->units[2].status, NATIVE_PARSED);
	assert_int_equal(r->n_notes, 1);
	scene_free(p);
}

static void the_real_helper_answers_where_it_is_built(void **state)
{
	(void)state;
	char program[512];
	beside_real_helper(program);
	struct scene *p = scene_new();
	write_file(p, "server.c", "#include <stdlib.h>\n#include <unistd.h>\n#include \"absent.h\"\n"
				  "int main(void) { for (;;) { if (system(\"/bin/bill\")) return 1; sleep(9); } }\n");
	const struct native_target *t = native_units_for_dir(p->project, STR(""), true, STR("server"));
	const struct native_result *r = native_run(&p->ctx, program, t, NULL);
	assert_true(r->looked_at);
	assert_int_equal(r->n_hazards, 1);
	assert_string_equal(r->hazards[0].rule, "native-timer-duplicates");
	assert_string_equal(r->hazards[0].pattern, "N08");
	assert_true(str_is(r->hazards[0].at.path, "server.c"));
	assert_int_equal(r->hazards[0].at.line, 4);
	assert_int_equal(r->hazards[0].confidence, NATIVE_POSSIBLE); /* a header is missing */
	assert_non_null(native_remedy(r->hazards[0].remedies[0]));
	assert_int_equal(r->n_notes, 1);
	assert_non_null(strstr(r->notes[0], "absent.h"));
	scene_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_gyp_file_is_a_python_literal),
	    cmocka_unit_test(conditions_of_a_gyp_file_are_decided_for_linux),
	    cmocka_unit_test(conditions_inside_of_conditions_are_carried_out_once),
	    cmocka_unit_test(the_sources_of_an_addon_come_from_binding_gyp),
	    cmocka_unit_test(the_sources_of_a_binary_come_from_its_makefile),
	    cmocka_unit_test(the_sources_of_a_cmake_target_are_found),
	    cmocka_unit_test(an_answer_that_is_not_in_the_format_is_refused),
	    cmocka_unit_test(a_helper_that_is_not_built_gives_a_note),
	    cmocka_unit_test(a_unit_on_which_the_helper_dies_is_left_out_and_told),
	    cmocka_unit_test(what_fails_together_is_tried_apart),
	    cmocka_unit_test(a_helper_that_hangs_or_chatters_is_ended),
	    cmocka_unit_test(a_missing_header_counts_for_all_units_that_ask_for_it),
	    cmocka_unit_test(the_real_helper_answers_where_it_is_built),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
