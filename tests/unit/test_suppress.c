/* comments that accept findings: what they cover and when they work */
#include "planner/suppress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct fixture {
	struct arena arena;
	struct card card[2];
	struct cards cards;
	struct suppressions s;
	const struct source *source;
};

static void scan(struct fixture *f, const char *path, const char *text, uint32_t today)
{
	*f = (struct fixture){0};
	arena_init(&f->arena);
	f->card[0].id = STR("cache-in-memory");
	f->card[1].id = STR("state-in-memory");
	f->cards = (struct cards){.ptr = f->card, .len = 2};
	f->s = (struct suppressions){.arena = &f->arena, .cards = &f->cards, .today = today};
	f->source = source_new(&f->arena, str_from(path), str_from(text));
	if (str_ends(f->source->path, STR(".yml"))) {
		suppress_scan_yaml(&f->s, f->source);
		return;
	}
	struct js_file *js = js_parse(&f->arena, f->source, JS_LANG_JS);
	suppress_scan(&f->s, js);
	js_file_release(js);
}

static void end(struct fixture *f)
{
	suppress_release(&f->s);
	arena_release(&f->arena);
}

static const char *reason(struct fixture *f, const char *rule, uint32_t line)
{
	uint32_t at = f->source->line_starts[line - 1];
	return suppress_reason(&f->s, str_from(rule), (struct place){f->source, {at, at + 1}});
}

static void assert_problem(struct fixture *f, const char *rule)
{
	assert_int_equal(f->s.problems.len, 1);
	assert_string_equal(f->s.problems.ptr[0].rule, rule);
}

static void a_comment_alone_covers_the_next_line_that_holds_code(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js",
	     "// clusterlint-ignore state-in-memory -- why\n\n/* x */\nlet a;\nlet b;\n", 0);
	assert_string_equal(reason(&f, "state-in-memory", 4), "why");
	assert_null(reason(&f, "state-in-memory", 5));
	assert_null(reason(&f, "cache-in-memory", 4));
	end(&f);
}

static void a_comment_behind_code_covers_its_own_line(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js", "let a; // clusterlint-ignore state-in-memory -- why\nlet b;\n", 0);
	assert_string_equal(reason(&f, "state-in-memory", 1), "why");
	assert_null(reason(&f, "state-in-memory", 2));
	end(&f);
}

static void comments_add_up_and_name_several_rules(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js",
	     "// clusterlint-ignore state-in-memory -- one\r\n"
	     "// clusterlint-ignore cache-in-memory, state-in-memory -- two\r\nlet a;\r\n",
	     0);
	assert_string_equal(reason(&f, "state-in-memory", 3), "one");
	assert_string_equal(reason(&f, "cache-in-memory", 3), "two");
	assert_int_equal(f.s.problems.len, 0);
	end(&f);
}

static void it_works_through_its_last_day(void **state)
{
	static const char text[] =
	    "// clusterlint-ignore state-in-memory -- why [until 2024-02-29]\nlet a;\n";
	struct fixture f;
	(void)state;
	scan(&f, "a.js", text, 20240229);
	assert_string_equal(reason(&f, "state-in-memory", 2), "why (until 2024-02-29)");
	assert_int_equal(f.s.problems.len, 0);
	end(&f);
	scan(&f, "a.js", text, 20240301);
	assert_null(reason(&f, "state-in-memory", 2));
	assert_problem(&f, "suppression-expired");
	end(&f);
}

static void until_in_prose_is_no_date(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js", "// clusterlint-ignore state-in-memory -- until we have Redis\nlet a;\n",
	     20300101);
	assert_string_equal(reason(&f, "state-in-memory", 2), "until we have Redis");
	end(&f);
}

static void a_date_alone_is_no_reason(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js", "// clusterlint-ignore state-in-memory -- [until 2027-01-31]\nlet a;\n",
	     0);
	assert_null(reason(&f, "state-in-memory", 2));
	assert_problem(&f, "suppression-without-reason");
	end(&f);
}

static void a_day_that_does_not_exist_is_refused(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.js", "// clusterlint-ignore state-in-memory -- x until 2023-02-29\nlet a;\n",
	     0);
	assert_null(reason(&f, "state-in-memory", 2));
	assert_problem(&f, "suppression-malformed");
	end(&f);
}

static void odd_texts_break_nothing(void **state)
{
	static const char *const texts[] = {"//clusterlint-",
					    "/*clusterlint-ignore*/",
					    "// clusterlint-ignore state-in-memory --",
					    "// clusterlint-ignore -- ]",
					    "// clusterlint-ignore-end",
					    "/* clusterlint-ignore x -- until",
					    "// clusterlint-ignore state-in-memory -- until]",
					    "// clusterlint-ignore , , -- x",
					    "// clusterlint-ignore state-in-memory -- [until ]"};
	struct fixture f;
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		scan(&f, "a.js", texts[i], 20260101);
		assert_true(f.s.problems.len > 0 || f.s.list.len > 0 || i == 5);
		end(&f);
		scan(&f, "a.yml", texts[i], 20260101);
		end(&f);
	}
}

static void in_yaml_it_begins_with_a_hash_outside_of_quotes(void **state)
{
	struct fixture f;
	(void)state;
	scan(&f, "a.yml",
	     "a: 'x # clusterlint-ignore state-in-memory -- no'\n"
	     "b: it's # clusterlint-ignore state-in-memory -- why\n"
	     "c: a#b\n",
	     0);
	assert_null(reason(&f, "state-in-memory", 1));
	assert_string_equal(reason(&f, "state-in-memory", 2), "why");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_comment_alone_covers_the_next_line_that_holds_code),
	    cmocka_unit_test(a_comment_behind_code_covers_its_own_line),
	    cmocka_unit_test(comments_add_up_and_name_several_rules),
	    cmocka_unit_test(it_works_through_its_last_day),
	    cmocka_unit_test(until_in_prose_is_no_date),
	    cmocka_unit_test(a_date_alone_is_no_reason),
	    cmocka_unit_test(a_day_that_does_not_exist_is_refused),
	    cmocka_unit_test(odd_texts_break_nothing),
	    cmocka_unit_test(in_yaml_it_begins_with_a_hash_outside_of_quotes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
