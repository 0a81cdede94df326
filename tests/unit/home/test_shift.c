/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* shift: which clearance follows from where an agent says to work. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/home/shift.h"

#define N(t) (sizeof(t) / sizeof *(t))

static void test_clearance(void **state)
{
	static const struct {
		const char *what; /* and the clause */
		bool at_home;
		unsigned missing;
		struct home_limits limits;
		struct home_clearance want;
	} rows[] = {
		{ "the office as configured", false, 0, { HOME_STRICT, HOME_STRICT },
			{ false, HOME_STRICT } },
		{ "an open-plan floor", false, 0, { HOME_CONFIDENTIAL, HOME_STRICT },
			{ false, HOME_CONFIDENTIAL } },
		{ "the office is open whatever is missing at home [P2, point 17]", false,
			HOME_NOT_SIGNED | HOME_ENDED | HOME_NO_DECLARATION,
			{ HOME_STRICT, HOME_STRICT }, { false, HOME_STRICT } },
		{ "an agent's own limit holds at the office", false, 0,
			{ HOME_STRICT, HOME_GENERAL }, { false, HOME_GENERAL } },
		{ "home with agreement and declaration", true, 0,
			{ HOME_STRICT, HOME_STRICT }, { false, HOME_CONFIDENTIAL } },
		{ "home never gets more, whatever the site has", true, 0,
			{ HOME_GENERAL, HOME_STRICT }, { false, HOME_CONFIDENTIAL } },
		{ "home, lowered for this agent", true, 0, { HOME_STRICT, HOME_GENERAL },
			{ false, HOME_GENERAL } },
		{ "home without signature: no calls [P2]", true, HOME_NOT_SIGNED,
			{ HOME_STRICT, HOME_STRICT }, { true, 0 } },
		{ "home with a session of one factor: no calls [T4]", true,
			HOME_ONE_FACTOR, { HOME_STRICT, HOME_STRICT }, { true, 0 } },
		{ "the office with it", false, HOME_ONE_FACTOR,
			{ HOME_STRICT, HOME_STRICT }, { false, HOME_STRICT } },
		{ "the office of a house that wants two everywhere", false,
			HOME_ONE_FACTOR, { HOME_STRICT, HOME_STRICT, true },
			{ true, 0 } },
		{ "and with two", false, HOME_NOT_SIGNED,
			{ HOME_STRICT, HOME_STRICT, true }, { false, HOME_STRICT } },
		{ "home without declaration: no calls [N10]", true, HOME_NO_DECLARATION,
			{ HOME_STRICT, HOME_STRICT }, { true, 0 } },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct home_shift s = { .at_home = rows[i].at_home };
		struct home_clearance c = home_clearance(
			&s, &rows[i].limits, rows[i].missing);

		if (c.is_none != rows[i].want.is_none || c.level != rows[i].want.level)
			fail_msg("%s: %d, %u", rows[i].what, c.is_none, c.level);
	}
}

/* N10: a declaration is of its shift and place. */
static void test_declaration(void **state)
{
	struct home_shift s = { .at_home = true };

	assert_true(home_shift_declare(&s, 70));
	assert_true(s.declaration.is_made);
	assert_int_equal(s.declaration.at_ms, 70);
	home_shift_at(&s, true);
	assert_true(s.declaration.is_made);
	home_shift_at(&s, false);
	assert_false(s.declaration.is_made);
	assert_false(home_shift_declare(&s, 80));
	home_shift_at(&s, true);
	assert_false(s.declaration.is_made);
	assert_true(home_shift_declare(&s, 90));
	home_shift_end(&s, true);
	assert_true(s.at_home);
	assert_false(s.declaration.is_made);
	home_shift_end(&s, false);
	assert_false(s.at_home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clearance),
		cmocka_unit_test(test_declaration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
