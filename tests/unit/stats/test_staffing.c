/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* staffing: the least agents are the least, against a search one by one; what is said of the office is true. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "core/stats/staffing.h"

#define AHT 180.

static const double loads[] = { 1e-9, .1, .5, 1, 2.5, 8, 8.5, 37, 150, 900 };
static const double patiences[] = { 0, .01, 5, 120, 4000 };
static const struct staffing_goal goals[] = { { .8, 1 }, { .95, 1 }, { .2, 1 },
	{ .8, .8 }, { 0, .7 }, { .999, .9 } };

#define N(table) (sizeof(table) / sizeof *(table))

static struct erlang_demand demand(double load, double patience_s)
{
	return (struct erlang_demand){ load / AHT, AHT, patience_s, 20 };
}

/* One by one, from none. */
static unsigned least(const struct erlang_demand *d, const struct staffing_goal *goal)
{
	struct erlang_figures f;

	for (unsigned n = 1;; n++)
		if (erlang_solve(&f, d, n) == 0 &&
			f.service_level >= goal->service_level &&
			f.occupancy <= goal->max_occupancy + 1e-9)
			return n;
}

static void check_least(double load, double patience_s, const struct staffing_goal *goal)
{
	struct erlang_demand d = demand(load, patience_s);
	struct erlang_figures f, there;
	unsigned n, want = least(&d, goal);

	assert_int_equal(staffing_least(&n, &f, &d, goal), 0);
	if (n != want)
		fail_msg("load %g, patience %g, level %g, occupancy %g: %u, not %u", load,
			patience_s, goal->service_level, goal->max_occupancy, n, want);
	assert_int_equal(erlang_solve(&there, &d, n), 0);
	assert_memory_equal(&f, &there, sizeof f);
}

static void test_least(void **state)
{
	for (size_t l = 0; l < N(loads); l++)
		for (size_t p = 0; p < N(patiences); p++)
			for (size_t g = 0; g < N(goals); g++)
				check_least(loads[l], patiences[p], &goals[g]);
}

static void check_monotone(double load, double patience_s)
{
	struct erlang_demand d = demand(load, patience_s);
	struct erlang_figures few = { .occupancy = 1, .p_wait = 1, .p_abandon = 1 }, f;
	unsigned first = patience_s > 0 ? 1 : (unsigned)load + 1;

	for (unsigned n = first; n < first + 2 * load + 20; n++) {
		assert_int_equal(erlang_solve(&f, &d, n), 0);
		assert_true(f.service_level >= few.service_level - 1e-13);
		assert_true(f.p_wait <= few.p_wait + 1e-13);
		assert_true(f.p_abandon <= few.p_abandon + 1e-13);
		assert_true(f.occupancy <= few.occupancy + 1e-13);
		few = f;
	}
}

/* What the bisection stands on: with one more agent nothing becomes worse. */
static void test_monotone(void **state)
{
	for (size_t l = 0; l < N(loads); l++)
		for (size_t p = 0; p < N(patiences); p++)
			check_monotone(loads[l], patiences[p]);
}

static void test_known(void **state)
{
	static const struct {
		const char *what;
		struct erlang_demand d;
		struct staffing_goal goal;
		unsigned agents;
	} cases[] = {
		/* the field's usual example, 10 erlangs: 13 answer 79.6 % within 20 s, 14 answer 88.8 % */
		{ "200 an hour", { 200 / 3600., 180, 0, 20 }, { .8, 1 }, 14 },
		{ "the same, a little less", { 200 / 3600., 180, 0, 20 }, { .79, 1 },
			13 },
		{ "no calls", { 0, 180, 0, 20 }, { .8, 1 }, 0 },
		{ "half a call a year", { 1e-8, 180, 0, 20 }, { .8, 1 }, 1 },
		{ "as long as it is stable", { 1, 60, 0, 20 }, { 0, 1 }, 61 },
		{ "8 erlangs at 80 %", { 240 / 1800., 60, 0, 20 }, { 0, .8 }, 10 },
		{ "the same with rounding", { 1 / 3., 24, 0, 20 }, { 0, .8 }, 10 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct erlang_figures f;
		unsigned n;

		assert_int_equal(staffing_least(&n, &f, &cases[i].d, &cases[i].goal), 0);
		if (n != cases[i].agents)
			fail_msg("%s: %u, not %u", cases[i].what, n, cases[i].agents);
		assert_true(staffing_is_met(&f, &cases[i].goal));
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		struct erlang_demand d;
		struct staffing_goal goal;
		int err;
	} cases[] = {
		{ "more than there may be", { 1e6, 60, 0, 20 }, { .8, 1 }, ENOSPC },
		{ "also with patience", { 1e6, 60, 60, 20 }, { .8, 1 }, ENOSPC },
		{ "an occupancy that nobody has", { 1, 60, 0, 20 }, { .8, 0 }, ENOSPC },
		{ "a number that is none", { NAN, 60, 0, 20 }, { .8, 1 }, EINVAL },
		{ "no handling time", { 1, 0, 0, 20 }, { .8, 1 }, EINVAL },
		{ "too patient", { 1, 60, 2e12, 20 }, { .8, 1 }, ERANGE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct erlang_figures f = { .p_wait = 7 };
		unsigned n = 7;
		int err = staffing_least(&n, &f, &cases[i].d, &cases[i].goal);

		if (err != cases[i].err)
			fail_msg("%s: %d, not %d", cases[i].what, err, cases[i].err);
		assert_true(n == 7 && f.p_wait == 7);
	}
}

static void check_split(double load, double patience_s, double office_only)
{
	const struct staffing_goal goal = { .8, 1 };
	struct erlang_demand d = demand(load, patience_s);
	struct erlang_demand office = demand(load * office_only, patience_s);
	struct staffing_split s;
	struct erlang_figures f;
	unsigned all;

	assert_int_equal(staffing_split(&s, &d, &goal, office_only), 0);
	assert_int_equal(staffing_least(&all, &f, &d, &goal), 0);
	assert_true(s.office + s.rest >= all);
	assert_int_equal(s.office == 0, office_only == 0);
	assert_int_equal(s.rest == 0, office_only == 1);
	assert_true(s.office_figures.service_level >= .8 - 1e-9);
	assert_true(s.rest_figures.service_level >= .8 - 1e-9);
	/* with one less at the office it cannot be */
	assert_true(s.office < 2 || erlang_solve(&f, &office, s.office - 1) != 0 ||
		f.service_level < .8);
}

static void test_split(void **state)
{
	static const double shares[] = { 0, .01, .3, .5, .99, 1 };
	struct staffing_split s;

	for (size_t l = 0; l < N(loads); l++)
		for (size_t p = 0; p < N(patiences); p++)
			for (size_t q = 0; q < N(shares); q++)
				check_split(loads[l], patiences[p], shares[q]);
	assert_int_equal(staffing_split(&s, &(struct erlang_demand){ 1, 60, 0, 20 },
				 &goals[0], 1.1),
		EINVAL);
}

static void test_shares(void **state)
{
	assert_int_equal(staffing_home(10, .5), 5);
	assert_int_equal(staffing_home(10, .51), 6);
	assert_int_equal(staffing_home(10, 0), 0);
	assert_int_equal(staffing_home(10, 1), 10);
	assert_int_equal(staffing_home(0, .5), 0);
	assert_int_equal(staffing_home(100, .07), 7); /* 100 * .07 is 7.000000000000001 */
	assert_int_equal(staffing_scheduled(50, .3), 72);
	assert_int_equal(
		staffing_scheduled(49, .3), 70); /* 49 / (1 - .3) is 70.00000000000001 */
	assert_int_equal(staffing_scheduled(0, .3), 0);
	assert_int_equal(staffing_scheduled(7, 0), 7);
	assert_int_equal(staffing_scheduled(ERLANG_AGENTS_MAX, .99), 10000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_monotone),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests_name("staffing", tests, NULL, NULL);
}
