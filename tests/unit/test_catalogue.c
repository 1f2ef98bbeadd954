/* The package catalogue: what is embedded, what a user adds, what is said about a text that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "rules/catalogue.h"

static struct err load(struct arena *a, const char *text, struct catalogue *c)
{
	struct cat_text more = {"mine.yaml", str_from(text)};
	return catalogue_load(a, &more, 1, c);
}

static void every_embedded_row_names_a_card(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	struct cards cards = cards_load(&a);
	assert_true(cards.catalogue->n > 100);
	for (size_t i = 0; i < cards.catalogue->n; i++)
		if (cards.catalogue->rows[i].card)
			assert_non_null(cards_find(&cards, str_from(cards.catalogue->rows[i].card)));
	arena_release(&a);
}

static void a_users_row_is_found_by_its_package(void **state)
{
	(void)state;
	struct arena a;
	struct catalogue c;
	size_t first;
	arena_init(&a);
	assert_null(load(&a,
			 "rows:\n"
			 "  - package: [our-cache, 'our-cache/*']\n"
			 "    use: [default, 'Cache#get', '@Cached', plugin default]\n"
			 "    absent: store\n"
			 "    card: library-cache-in-memory\n"
			 "    severity: low\n"
			 "    message: {en: 'ours', zh: 'ours'}\n",
			 &c).text);
	assert_int_equal(catalogue_rows_of(&c, STR("our-cache"), &first), 1);
	const struct cat_row *row = &c.rows[c.links[first].row];
	assert_int_equal(row->uses[0].kind, USE_CALL);
	assert_int_equal(row->uses[1].kind, USE_MEMBER);
	assert_true(str_is(row->uses[1].member, "get"));
	assert_int_equal(row->uses[2].kind, USE_DECORATOR);
	assert_int_equal(row->uses[3].kind, USE_PLUGIN);
	assert_int_equal(row->severity, SEVERITY_LOW);
	assert_int_equal(catalogue_rows_of(&c, STR("our-cache/redis/client"), &first), 1);
	assert_int_equal(catalogue_rows_of(&c, STR("our-cache-2"), &first), 0);
	arena_release(&a);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} wrong[] = {
	    {"rows: [", "mine.yaml:2: did not find expected node content"},
	    {"cards: {}\n", "mine.yaml:1: no list 'rows'"},
	    {"rows:\n  - package: x\n    use: default\n    colour: red\n    card: y\n", "mine.yaml:4: a row has no such key colour"},
	    {"rows:\n  - package: x\n    use: default\n", "mine.yaml:2: a row needs 'package', 'use', and 'card' or 'strength'"},
	    {"rows:\n  - package: x\n    use: default\n    severity: awful\n    card: y\n", "mine.yaml:4: no such word for severity"},
	    {"rows:\n  - package: x\n    use: default\n    card: y\n", "mine.yaml:2: neither the row nor its card has a message"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct arena a;
		struct catalogue c;
		arena_init(&a);
		struct err err = load(&a, wrong[i].text, &c);
		assert_non_null(err.text);
		assert_string_equal(err.text, wrong[i].says);
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_embedded_row_names_a_card),
	    cmocka_unit_test(a_users_row_is_found_by_its_package),
	    cmocka_unit_test(what_is_wrong_is_said_with_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
