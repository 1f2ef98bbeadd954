/* base: everything but files, which test_fs.c looks at */
#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/source.h"
#include "base/str.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void assert_text(struct str got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr ? got.ptr : "", want, got.len);
}

static void what_an_arena_returns_is_zeroed_and_aligned(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	for (size_t size = 0; size < 100; size++) {
		unsigned char *p = arena_alloc(&a, size);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_release(&a);
}

static void blocks_of_an_arena_do_not_overlap(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	unsigned char *kept[400];
	for (int i = 0; i < 400; i++) {
		kept[i] = arena_alloc(&a, (size_t)i * 7 + 1);
		memset(kept[i], i & 0xff, (size_t)i * 7 + 1);
	}
	for (int i = 0; i < 400; i++)
		for (size_t j = 0; j < (size_t)i * 7 + 1; j++)
			assert_int_equal(kept[i][j], i & 0xff);
	arena_release(&a);
}

static void an_arena_gives_one_block_larger_than_all_before(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	arena_alloc(&a, 10);
	size_t big = 20 * 1024 * 1024;
	char *p = arena_alloc(&a, big);
	p[0] = p[big - 1] = 1;
	char *q = arena_alloc(&a, 10);
	assert_true(q < p || q >= p + big);
	arena_release(&a);
}

static void a_reset_arena_gives_zeroed_memory_again(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	arena_reset(&a);
	memset(arena_alloc(&a, 5000), 0xff, 5000);
	arena_alloc(&a, 100 * 1024);
	arena_reset(&a);
	assert_int_equal(a.bytes, 0);
	const char *p = arena_alloc(&a, 5000);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(p[i], 0);
	arena_release(&a);
	arena_release(NULL);
}

static void copies_in_an_arena_keep_nul_bytes_and_end_with_one(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	struct str s = arena_str(&a, STR("a\0b"));
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.ptr, "a\0b", 4);
	assert_string_equal(arena_cstr(&a, (struct str){0}), "");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	arena_release(&a);
}

static void a_text_starts_and_ends_with_what_it_holds_there(void **state)
{
	(void)state;
	assert_true(str_starts(STR("src/main.ts"), STR("src/")));
	assert_true(str_starts(STR("src"), STR("")));
	assert_true(str_starts((struct str){0}, (struct str){0}));
	assert_false(str_starts(STR("sr"), STR("src")));
	assert_true(str_ends(STR("src/main.ts"), STR(".ts")));
	assert_true(str_ends(STR(""), STR("")));
	assert_false(str_ends(STR("ts"), STR(".ts")));
}

static void texts_are_ordered_by_bytes_and_then_by_length(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("b")) < 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("\xc3"), STR("z")) > 0);
	assert_true(str_cmp(STR("a\0b"), STR("a\0c")) < 0);
	assert_int_equal(str_cmp((struct str){0}, STR("")), 0);
}

static void finding_and_cutting_stay_inside_the_text(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("instances: 2"), STR(": ")), 9);
	assert_true(str_find(STR("ab"), STR("abc")) == (size_t)-1);
	assert_true(str_find((struct str){0}, STR("a")) == (size_t)-1);
	assert_int_equal(str_find(STR("ab"), STR("")), 0);
	assert_int_equal(str_rfind_char(STR("a/b/c"), '/'), 3);
	assert_true(str_rfind_char(STR(""), '/') == (size_t)-1);
	assert_text(str_sub(STR("abc"), 1, 99), "bc");
	assert_text(str_sub(STR("abc"), 5, 9), "");
	assert_text(str_sub(STR("abc"), 2, 1), "");
	assert_text(str_trim(STR(" \t a b \r\n")), "a b");
	assert_text(str_trim(STR(" \n ")), "");
}

static void the_hash_is_the_same_on_every_machine(void **state)
{
	(void)state;
	uint64_t fnv = 0xaf63dc4c8601ec8cULL; /* FNV-1a of "a" */
	assert_true(str_hash(STR("a")) == (fnv ^ (fnv >> 29)));
	assert_true(str_hash(STR("a\0")) != str_hash(STR("a")));
}

static void the_distance_counts_edits_and_swapped_neighbours(void **state)
{
	(void)state;
	assert_int_equal(str_distance(STR("instances"), STR("instances"), 3), 0);
	assert_int_equal(str_distance(STR("instnaces"), STR("instances"), 3), 1);
	assert_int_equal(str_distance(STR("instance"), STR("instances"), 3), 1);
	assert_int_equal(str_distance(STR("exec_mod"), STR("exec_mode"), 3), 1);
	assert_int_equal(str_distance(STR("kitten"), STR("sitting"), 5), 3);
	assert_int_equal(str_distance(STR(""), STR("ab"), 3), 2);
	assert_int_equal(str_distance(STR(""), STR(""), 3), 0);
}

static void the_distance_is_capped(void **state)
{
	(void)state;
	assert_int_equal(str_distance(STR("script"), STR("instances"), 2), 3);
	assert_int_equal(str_distance(STR("a"), STR("abcdef"), 2), 3);
	char longer[200];
	memset(longer, 'x', sizeof longer);
	struct str s = {longer, sizeof longer};
	assert_int_equal(str_distance(s, s, 2), 3);
}

static void a_map_finds_what_was_put_last(void **state)
{
	(void)state;
	struct map m = {0};
	assert_int_equal(map_get(&m, STR("a")), MAP_NONE);
	map_put(&m, STR("a"), 1);
	map_put(&m, STR("a"), 2);
	map_put(&m, STR(""), 3);
	map_put(&m, (struct str){0}, 4);
	map_put(&m, STR("a\0b"), 5);
	assert_int_equal(m.len, 3);
	assert_int_equal(map_get(&m, STR("a")), 2);
	assert_int_equal(map_get(&m, STR("")), 4);
	assert_int_equal(map_get(&m, STR("a\0b")), 5);
	assert_int_equal(map_get(&m, STR("b")), MAP_NONE);
	map_release(&m);
	assert_int_equal(map_get(&m, STR("a")), MAP_NONE);
}

static void a_map_keeps_everything_while_it_grows(void **state)
{
	(void)state;
	struct arena a;
	struct map m = {0};
	arena_init(&a);
	for (uint32_t i = 0; i < 5000; i++)
		map_put(&m, str_from(arena_printf(&a, "key %u", i)), i);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(map_get(&m, str_from(arena_printf(&a, "key %u", i))), i);
	assert_int_equal(m.len, 5000);
	map_release(&m);
	arena_release(&a);
}

static void atoms_count_up_and_outlive_the_text_they_came_from(void **state)
{
	(void)state;
	struct arena a;
	struct atoms t;
	char name[] = "device";
	arena_init(&a);
	atoms_init(&t, &a);
	assert_int_equal(atoms_intern(&t, str_from(name)), 0);
	assert_int_equal(atoms_intern(&t, STR("user")), 1);
	memset(name, 'x', sizeof name - 1);
	assert_int_equal(atoms_intern(&t, STR("device")), 0);
	assert_text(atoms_text(&t, 0), "device");
	for (int i = 0; i < 300; i++)
		atoms_intern(&t, str_from(arena_printf(&a, "%d", i)));
	assert_int_equal(t.len, 302);
	assert_text(atoms_text(&t, 1), "user");
	atoms_release(&t);
	arena_release(&a);
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_add(&b, (struct str){0});
	assert_string_equal(b.ptr, "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%03d,", i);
	buf_addc(&b, '\0');
	buf_adds(&b, "end");
	assert_int_equal(b.len, 4004);
	assert_memory_equal(b.ptr, "000,001,", 8);
	assert_memory_equal(b.ptr + 3996, "999,\0end", 9);
	assert_int_equal(buf_str(&b).len, 4004);
	buf_release(&b);
	assert_null(b.ptr);
}

static void a_vector_grows_and_keeps_its_elements(void **state)
{
	(void)state;
	VEC(struct span) v = {0};
	for (uint32_t i = 0; i < 1000; i++)
		vec_push(&v, (struct span){i, i + 1});
	assert_int_equal(v.len, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(v.ptr[i].end, i + 1);
	vec_clear(&v);
	assert_int_equal(v.len, 0);
	vec_release(&v);
	assert_null(v.ptr);
}

/* asserts line and column of the first byte of `mark` in `text` */
static void assert_position(struct str text, struct str mark, uint32_t line, uint32_t column)
{
	struct arena a;
	arena_init(&a);
	const struct source *s = source_new(&a, STR("x.js"), text);
	size_t at = str_find(text, mark);
	assert_true(at != (size_t)-1);
	struct position p = source_position(s, (uint32_t)at);
	assert_int_equal(p.line, line);
	assert_int_equal(p.column, column);
	arena_release(&a);
}

static void lines_end_with_lf_crlf_or_a_lone_cr(void **state)
{
	(void)state;
	assert_position(STR("a\nb\n  X"), STR("X"), 3, 3);
	assert_position(STR("a\r\nb\r\n  X"), STR("X"), 3, 3);
	assert_position(STR("a\rb\r  X"), STR("X"), 3, 3);
	assert_position(STR("\r\r\nX"), STR("X"), 3, 1);
	assert_position(STR("X"), STR("X"), 1, 1);
}

static void a_bom_counts_as_no_column(void **state)
{
	(void)state;
	assert_position(STR("\xef\xbb\xbfX"), STR("X"), 1, 1);
	assert_position(STR("\xef\xbb\xbf\n X"), STR("X"), 2, 2);
	assert_position(STR("\xef\xbb\xbfX"), STR("\xef"), 1, 1);
	assert_int_equal(source_bom(STR("\xef\xbb\xbf")), 3);
	assert_int_equal(source_bom(STR("\xef\xbb")), 0);
}

static void columns_count_utf_16_units(void **state)
{
	(void)state;
	assert_position(STR("\xc3\xa9X"), STR("X"), 1, 2);		   /* é */
	assert_position(STR("\xe4\xb8\xad\xe6\x96\x87X"), STR("X"), 1, 3); /* 中文 */
	assert_position(STR("\xf0\x9f\x98\x80X"), STR("X"), 1, 3);	   /* outside of the BMP */
}

static void an_invalid_byte_counts_as_one_unit(void **state)
{
	(void)state;
	assert_position(STR("\xff\xfeX"), STR("X"), 1, 3);
	assert_position(STR("\xe4\xb8X"), STR("X"), 1, 3);
	assert_position(STR("\xc0\xafX"), STR("X"), 1, 3);
	assert_position(STR("\x80X"), STR("X"), 1, 2);
	assert_position(STR("\xf5\x80\x80\x80X"), STR("X"), 1, 5);
	assert_position(STR("a\0X"), STR("X"), 1, 3);
}

static void surrogates_and_overlong_forms_are_invalid_bytes(void **state)
{
	(void)state;
	assert_position(STR("\xed\xa0\x80X"), STR("X"), 1, 4);
	assert_position(STR("\xe0\x80\x80X"), STR("X"), 1, 4);
	assert_position(STR("\xf0\x80\x80\x80X"), STR("X"), 1, 5);
	assert_position(STR("\xf4\x90\x80\x80X"), STR("X"), 1, 5);
}

static void a_sequence_cut_off_by_the_end_reads_nothing_beyond(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	const struct source *s = source_new(&a, STR("x.js"), (struct str){"ab\xf0\x9f\x98\x80", 4});
	struct position p = source_position(s, 4);
	assert_int_equal(p.column, 5);
	p = source_position(s, 1000);
	assert_int_equal(p.line, 1);
	assert_int_equal(p.column, 5);
	arena_release(&a);
}

static void a_line_comes_without_its_end_and_without_the_bom(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	const struct source *s = source_new(&a, STR("x.js"),
					    STR("\xef\xbb\xbf"
						"a\r\n\r\nb\rc\n"));
	assert_int_equal(s->n_lines, 5);
	assert_text(source_line(s, 1), "a");
	assert_text(source_line(s, 2), "");
	assert_text(source_line(s, 3), "b");
	assert_text(source_line(s, 4), "c");
	assert_text(source_line(s, 5), "");
	assert_text(source_line(s, 0), "");
	assert_text(source_line(s, 6), "");
	arena_release(&a);
}

static void an_empty_source_has_one_empty_line(void **state)
{
	(void)state;
	struct arena a;
	arena_init(&a);
	const struct source *s = source_new(&a, STR("x.js"), (struct str){0});
	struct position p = source_position(s, 0);
	assert_int_equal(s->n_lines, 1);
	assert_int_equal(p.line, 1);
	assert_int_equal(p.column, 1);
	assert_text(source_line(s, 1), "");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_arena_returns_is_zeroed_and_aligned),
	    cmocka_unit_test(blocks_of_an_arena_do_not_overlap),
	    cmocka_unit_test(an_arena_gives_one_block_larger_than_all_before),
	    cmocka_unit_test(a_reset_arena_gives_zeroed_memory_again),
	    cmocka_unit_test(copies_in_an_arena_keep_nul_bytes_and_end_with_one),
	    cmocka_unit_test(a_text_starts_and_ends_with_what_it_holds_there),
	    cmocka_unit_test(texts_are_ordered_by_bytes_and_then_by_length),
	    cmocka_unit_test(finding_and_cutting_stay_inside_the_text),
	    cmocka_unit_test(the_hash_is_the_same_on_every_machine),
	    cmocka_unit_test(the_distance_counts_edits_and_swapped_neighbours),
	    cmocka_unit_test(the_distance_is_capped),
	    cmocka_unit_test(a_map_finds_what_was_put_last),
	    cmocka_unit_test(a_map_keeps_everything_while_it_grows),
	    cmocka_unit_test(atoms_count_up_and_outlive_the_text_they_came_from),
	    cmocka_unit_test(a_buffer_grows_and_stays_terminated),
	    cmocka_unit_test(a_vector_grows_and_keeps_its_elements),
	    cmocka_unit_test(lines_end_with_lf_crlf_or_a_lone_cr),
	    cmocka_unit_test(a_bom_counts_as_no_column),
	    cmocka_unit_test(columns_count_utf_16_units),
	    cmocka_unit_test(an_invalid_byte_counts_as_one_unit),
	    cmocka_unit_test(surrogates_and_overlong_forms_are_invalid_bytes),
	    cmocka_unit_test(a_sequence_cut_off_by_the_end_reads_nothing_beyond),
	    cmocka_unit_test(a_line_comes_without_its_end_and_without_the_bom),
	    cmocka_unit_test(an_empty_source_has_one_empty_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
