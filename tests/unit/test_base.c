#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void an_empty_text_equals_an_empty_text(void **state)
{
	(void)state;
	assert_true(str_eq(STR(""), (struct str){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(an_empty_text_equals_an_empty_text)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
