/* the texts of the report: both languages say the same */
#include "cli/report/texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* every {name} of a stands in b */
static void assert_names_in(const char *a, const char *b)
{
	for (const char *s = strchr(a, '{'); s; s = strchr(s + 1, '{')) {
		char name[64];
		size_t n = strcspn(s, "}") + 1;
		assert_true(n < sizeof name);
		memcpy(name, s, n);
		name[n] = '\0';
		if (!strstr(b, name))
			fail_msg("'%s' lacks %s of '%s'", b, name, a);
	}
}

static void both_languages_are_there_and_hold_the_same_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_REPORT_TEXTS; i++) {
		const char *en = report_texts[i].in[LANG_EN], *zh = report_texts[i].in[LANG_ZH];
		assert_non_null(en);
		assert_non_null(zh);
		assert_true(*en && *zh);
		assert_names_in(en, zh);
		assert_names_in(zh, en);
	}
}

static void a_text_is_filled_in_and_unknown_names_stay(void **state)
{
	(void)state;
	struct doc d;
	const struct format_options o = {.lang = LANG_EN};
	const char *names[] = {"a"}, *values[] = {"{b}"};
	doc_init(&d, &o);
	assert_string_equal(report_fill(&d, "x {a} {b} { {a", names, values, 1), "x {b} {b} { {a");
	assert_string_equal(report_say(&d, T_N_ROUTES, "n", "4", NULL), "routes (4)");
	doc_release(&d);
}

static void user_text_holds_no_marks_and_turns_no_text(void **state)
{
	(void)state;
	struct doc d;
	const struct format_options o = {.lang = LANG_EN};
	doc_init(&d, &o);
	assert_string_equal(doc_user(&d, STR("a\001b\003\n\xff")), "a\xef\xbf\xbd"
								   "b\xef\xbf\xbd \xef\xbf\xbd");
	assert_string_equal(doc_source(&d, STR("a\r\n\tb\xe2\x80\xae")), "a\n\tb\xef\xbf\xbd");
	doc_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_languages_are_there_and_hold_the_same_names),
	    cmocka_unit_test(a_text_is_filled_in_and_unknown_names_stay),
	    cmocka_unit_test(user_text_holds_no_marks_and_turns_no_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
