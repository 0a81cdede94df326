/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pulse: which week it is, and when answers may be told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/home/pulse.h"

#define N(t) (sizeof(t) / sizeof *(t))

/* ISO 8601, with the years that have 53 weeks and the days around New Year. */
static void test_weeks(void **state)
{
	static const struct {
		struct hours_date date;
		int32_t monday; /* days since 1970-01-01 */
		const char *week;
	} rows[] = {
		{ { 1970, 1, 1 }, -3, "1970-W01" },
		{ { 1970, 1, 4 }, -3, "1970-W01" },
		{ { 1970, 1, 5 }, 4, "1970-W02" },
		{ { 2026, 11, 26 }, 20780, "2026-W48" },
		{ { 2026, 11, 29 }, 20780, "2026-W48" },
		{ { 2026, 11, 30 }, 20787, "2026-W49" },
		{ { 2026, 12, 31 }, 20815, "2026-W53" },
		{ { 2027, 1, 1 }, 20815, "2026-W53" },
		{ { 2027, 1, 3 }, 20815, "2026-W53" },
		{ { 2027, 1, 4 }, 20822, "2027-W01" },
		{ { 2024, 2, 29 }, 19779, "2024-W09" },
		{ { 2024, 12, 30 }, 20087, "2025-W01" },
		{ { 2025, 12, 28 }, 20444, "2025-W52" },
		{ { 2025, 12, 29 }, 20451, "2026-W01" },
		{ { 2000, 2, 29 }, 11015, "2000-W09" },
		{ { 2100, 3, 1 }, 47541, "2100-W09" },
	};

	for (size_t i = 0; i < N(rows); i++) {
		char text[PULSE_TEXT_SIZE];
		int32_t monday = pulse_monday(rows[i].date);

		pulse_week_text(text, monday);
		if (monday != rows[i].monday || strcmp(text, rows[i].week) != 0)
			fail_msg("%s: %d, %s", rows[i].week, monday, text);
	}
}

/* Each day of fifty years is in the week of the day before, or a Monday in the next. */
static void test_days(void **state)
{
	struct hours_date d = { 1999, 12, 27 };
	int32_t monday = pulse_monday(d);

	for (int day = 1; day < 366 * 50; day++) {
		d = hours_tomorrow(d);
		if (day % 7 == 0)
			monday += 7;
		assert_int_equal(pulse_monday(d), monday);
	}
}

static void test_telling(void **state)
{
	static const struct {
		const char *what;
		struct pulse_counts c;
		bool may_tell;
	} rows[] = {
		{ "nobody answered", { { 0, 0, 0, 0, 0 } }, false },
		{ "one", { { 0, 1, 0, 0, 0 } }, false },
		{ "four, all different [N5]", { { 1, 1, 1, 1, 0 } }, false },
		{ "five, all different", { { 1, 1, 1, 1, 1 } }, true },
		{ "five, one of another mind", { { 4, 0, 0, 0, 1 } }, true },
		{ "five who agree: each is known", { { 5, 0, 0, 0, 0 } }, false },
		{ "two hundred who agree", { { 0, 0, 0, 0, 200 } }, false },
		{ "more than 32 bits of them", { { UINT32_MAX, UINT32_MAX, 0, 0, 0 } },
			true },
	};

	for (size_t i = 0; i < N(rows); i++)
		if (pulse_may_tell(&rows[i].c) != rows[i].may_tell)
			fail_msg("%s", rows[i].what);
}

/* Never while it can still grow: two looks would tell what came in between. */
static void test_showing(void **state)
{
	struct pulse_counts c = { { 2, 2, 2, 0, 0 } };

	assert_false(pulse_may_show(&c, 20780, 20773)); /* the clock went back */
	assert_false(pulse_may_show(&c, 20780, 20780));
	assert_true(pulse_may_show(&c, 20780, 20787));
	assert_false(pulse_may_show(
		&(struct pulse_counts){ { 4, 0, 0, 0, 0 } }, 20780, 20787));
}

static void test_adding(void **state)
{
	struct pulse_counts c = { { 1, 2, 3, 4, 5 } };

	pulse_add(&c, &(struct pulse_counts){ { 5, 4, 3, 2, 1 } });
	for (unsigned i = 0; i < PULSE_ANSWERS; i++)
		assert_int_equal(c.n[i], 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weeks),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_telling),
		cmocka_unit_test(test_showing),
		cmocka_unit_test(test_adding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
