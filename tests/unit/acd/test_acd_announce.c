/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* announce: what a caller is told of its place and its wait. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/acd/announce.h"

static const struct {
	const char *what;
	struct acd_outlook outlook;
	enum announce_wait told;
	struct announce said;
} cases[] = {
	{ "the next one, soon", { 0, 0 }, ANNOUNCE_NOTHING,
		{ 1, ANNOUNCE_UNDER_A_MINUTE } },
	{ "the last moment of a class", { 1, 30000 }, ANNOUNCE_NOTHING,
		{ 2, ANNOUNCE_UNDER_A_MINUTE } },
	{ "rounded up", { 1, 30001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_1 } },
	{ "a minute", { 1, 60000 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_1 } },
	{ "a minute and a bit", { 1, 60001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_2 } },
	{ "two", { 1, 120000 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_2 } },
	{ "three", { 1, 120001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_3 } },
	{ "five", { 1, 180001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_5 } },
	{ "ten", { 1, 300001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_10 } },
	{ "fifteen", { 1, 600001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_15 } },
	{ "twenty", { 1, 900001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_20 } },
	{ "thirty", { 1, 1800000 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_30 } },
	{ "longer", { 1, 1800001 }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_LONGER } },
	{ "for ever", { 1, INT64_MAX }, ANNOUNCE_NOTHING, { 2, ANNOUNCE_LONGER } },
	{ "the tenth", { 9, 60000 }, ANNOUNCE_NOTHING, { 10, ANNOUNCE_1 } },
	{ "the eleventh is told the wait alone", { 10, 60000 }, ANNOUNCE_NOTHING,
		{ 0, ANNOUNCE_1 } },
	{ "many more than a byte counts", { 300, 60000 }, ANNOUNCE_NOTHING,
		{ 0, ANNOUNCE_1 } },
	{ "nobody is at work: the place alone", { 2, -1 }, ANNOUNCE_NOTHING,
		{ 3, ANNOUNCE_NOTHING } },
	{ "nobody is at work and the place is late: nothing", { 10, -1 }, ANNOUNCE_5,
		{ 0, ANNOUNCE_NOTHING } },

	{ "the same again", { 1, 290000 }, ANNOUNCE_5, { 2, ANNOUNCE_5 } },
	{ "shorter", { 1, 110000 }, ANNOUNCE_5, { 2, ANNOUNCE_2 } },
	{ "a little longer: nothing of it", { 1, 300001 }, ANNOUNCE_5,
		{ 2, ANNOUNCE_NOTHING } },
	{ "by a quarter: nothing yet", { 1, 375000 }, ANNOUNCE_5,
		{ 2, ANNOUNCE_NOTHING } },
	{ "truly longer", { 1, 375001 }, ANNOUNCE_5, { 2, ANNOUNCE_10 } },
	{ "longer by two classes", { 1, 700000 }, ANNOUNCE_5, { 2, ANNOUNCE_15 } },
	{ "under a minute, and a little longer", { 0, 37500 }, ANNOUNCE_UNDER_A_MINUTE,
		{ 1, ANNOUNCE_NOTHING } },
	{ "under a minute, and truly longer", { 0, 37501 }, ANNOUNCE_UNDER_A_MINUTE,
		{ 1, ANNOUNCE_1 } },
	{ "half an hour, and truly longer", { 0, 2250001 }, ANNOUNCE_30,
		{ 1, ANNOUNCE_LONGER } },
	{ "longer stays longer", { 0, INT64_MAX }, ANNOUNCE_LONGER,
		{ 1, ANNOUNCE_LONGER } },
	{ "and may get short", { 0, 1000 }, ANNOUNCE_LONGER,
		{ 1, ANNOUNCE_UNDER_A_MINUTE } },
};

static void test_cases(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct announce a = announce_of(&cases[i].outlook, cases[i].told);

		if (a.position == cases[i].said.position && a.wait == cases[i].said.wait)
			continue;
		print_error("%s: place %u, wait \"%s\"\n", cases[i].what, a.position,
			announce_wait_word(a.wait));
		n_failed++;
	}
	assert_int_equal(n_failed, 0);
}

/* Whatever was told before: never less than is expected, but for the promise of a minute, and never more for a
 * trembling. */
static void test_never_a_worse_surprise(void **state)
{
	static const int64_t minutes[ANNOUNCE_WAITS] = { 0, 1, 1, 2, 3, 5, 10, 15, 20, 30,
		INT32_MAX };

	for (int told = 0; told < ANNOUNCE_WAITS; told++)
		for (int64_t ms = 0; ms < 3000000; ms += 997) {
			struct acd_outlook o = { 0, ms };
			struct announce a = announce_of(&o, (enum announce_wait)told);

			if (a.wait == ANNOUNCE_NOTHING)
				assert_in_range(ms, minutes[told] * 30000 + 1,
					minutes[told] * 75000);
			else
				assert_true(minutes[a.wait] * 60000 >= ms);
		}
}

static void test_words(void **state)
{
	assert_string_equal(announce_wait_word(ANNOUNCE_NOTHING), "");
	assert_string_equal(announce_wait_word(ANNOUNCE_UNDER_A_MINUTE), "under");
	assert_string_equal(announce_wait_word(ANNOUNCE_30), "30");
	for (int i = ANNOUNCE_UNDER_A_MINUTE; i < ANNOUNCE_WAITS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(announce_wait_word((enum announce_wait)i),
				announce_wait_word((enum announce_wait)k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_never_a_worse_surprise),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("acd_announce", tests, NULL, NULL);
}
