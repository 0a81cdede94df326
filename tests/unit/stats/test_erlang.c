/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* erlang: against published values, against brute force in long double, and in its limits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "brute.h"
#include "core/stats/erlang.h"

#define AHT 60.

static void is_near(
	const char *what, const char *figure, double got, long double want, double by)
{
	if (!(fabsl(got - want) <= by * fmaxl(1, fabsl(want))))
		fail_msg("%s: %s is %.15g, not %.15Lg", what, figure, got, want);
}

static struct erlang_demand demand(double load, double patience_s, double within_s)
{
	return (struct erlang_demand){ load / AHT, AHT, patience_s, within_s };
}

static struct erlang_figures solve(
	unsigned agents, double load, double patience_s, double within_s)
{
	struct erlang_demand d = demand(load, patience_s, within_s);
	struct erlang_figures f = { 0 };

	assert_int_equal(erlang_solve(&f, &d, agents), 0);
	return f;
}

static void test_erlang_b(void **state)
{
	static const struct {
		unsigned agents;
		double load, b;
	} cases[] = {
		/* a^n/n! over its sum, by hand */
		{ 0, 3, 1 },
		{ 1, 1, .5 },
		{ 2, 1, .2 },
		{ 2, 2, .4 },
		{ 3, 2, 4. / 19 },
		/* the tables of the field: ten trunks carry 4.461 erlangs at 1 % */
		{ 10, 4.4612, .01 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_near("Erlang B", "blocking", erlang_b(cases[i].agents, cases[i].load),
			cases[i].b, i < 5 ? 1e-15 : 1e-5);
	assert_true(erlang_b(ERLANG_AGENTS_MAX, 1) == 0);
	is_near("Erlang B", "hopeless", erlang_b(1, 1e9), 1e9 / (1 + 1e9), 1e-15);
}

static void test_erlang_c(void **state)
{
	static const struct {
		unsigned agents;
		double load, p_wait;
	} cases[] = {
		{ 1, .5, .5 },
		{ 2, 1, .33333333 },
		{ 5, 4, .55411255 },
		{ 10, 8, .40918015 },
		{ 25, 20, .20910283 },
		{ 100, 90, .21694048 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_near("Erlang C", "p_wait",
			solve(cases[i].agents, cases[i].load, 0, 20).p_wait,
			cases[i].p_wait, 5e-9);
}

/*
 * 48 calls a minute, 1 minute each, 50 agents, and a patience of 2 minutes: Garnett, Mandelbaum & Reiman 2002.
 * The average wait of 3.71 s is that of all arrivals; the answered wait 3.62 s, those who hang up 6.64 s.
 */
static void test_textbook(void **state)
{
	struct erlang_figures c = solve(50, 48, 0, 58.1), a = solve(50, 48, 120, 20);

	is_near("Erlang C", "p_wait", c.p_wait, .694456, 5e-7);
	is_near("Erlang C", "wait", c.wait_s, 20.83, .005);
	is_near("Erlang C", "answered wait", c.answered_wait_s, 20.83, .005);
	is_near("Erlang C", "its 90th percentile", c.service_level, .9, 5e-4);
	is_near("Erlang C", "queue", c.queue_length, 16.67, .005);
	is_near("Erlang C", "occupancy", c.occupancy, .96, 1e-12);
	is_near("Erlang C", "abandon", c.p_abandon, 0, 0);
	is_near("Erlang A", "abandon", a.p_abandon, .03091, 5e-6);
	is_near("Erlang A", "wait", a.wait_s, 3.71, .005);
	is_near("Erlang A", "answered wait", a.answered_wait_s, 3.616, .0005);
	is_near("Erlang A", "queue", a.queue_length, 2.97, .005);
	is_near("Erlang A", "occupancy", a.occupancy, .9303, 5e-5);
}

/* Loads below, at and above the agents; patience from a blink to hours; one agent to thousands. */
static const struct {
	const char *what;
	unsigned agents;
	double load, patience_s, within_s;
} houses[] = {
	{ "the textbook", 50, 48, 120, 20 },
	{ "one agent", 1, .7, 90, 20 },
	{ "one agent, swamped", 1, 9, 90, 20 },
	{ "one agent, hardly a call", 1, 1e-6, 90, 20 },
	{ "three agents, load at the agents", 3, 3, 200, 30 },
	{ "ten agents, at once or never", 10, 8, 120, 0 },
	{ "ten agents, within an instant", 10, 9, 120, .01 },
	{ "ten agents, within a long time", 10, 12, 120, 600 },
	{ "ten agents, in a hurry", 10, 9, 3, 5 },
	{ "ten agents, a blink", 10, 9, .05, .05 },
	{ "a hundred, just below", 100, 99.999, 600, 20 },
	{ "a hundred, at the agents", 100, 100, 600, 20 },
	{ "a hundred, just above", 100, 100.001, 600, 20 },
	{ "a hundred, one more in the likeliest queue", 100, 100.11, 600, 20 },
	{ "a hundred, overloaded", 100, 150, 600, 250 },
	{ "a hundred, overloaded, late", 100, 150, 600, 20 },
	{ "a hundred, thrice the load", 100, 300, 60, 70 },
	{ "a hundred, idle", 100, 20, 600, 20 },
	{ "a hundred, idle, endless patience", 100, 60, 36000, 20 },
	{ "five thousand", 5000, 4900, 120, 20 },
	{ "five thousand, at the agents", 5000, 5000, 300, 5 },
	{ "five thousand, overloaded", 5000, 5600, 120, 14 },
	{ "five thousand, patient", 5000, 4990, 7200, 20 },
};

#define N_HOUSES (sizeof houses / sizeof *houses)

static void test_brute_chain(void **state)
{
	for (size_t i = 0; i < N_HOUSES; i++) {
		struct erlang_figures f = solve(houses[i].agents, houses[i].load,
			houses[i].patience_s, houses[i].within_s);
		struct brute b;

		brute_init(
			&b, houses[i].agents, houses[i].load, AHT, houses[i].patience_s);
		is_near(houses[i].what, "p_wait", f.p_wait, brute_p_wait(&b), 1e-12);
		is_near(houses[i].what, "p_abandon", f.p_abandon, brute_p_abandon(&b),
			1e-12);
		is_near(houses[i].what, "queue", f.queue_length, brute_queue(&b), 1e-11);
		is_near(houses[i].what, "occupancy", f.occupancy, brute_occupancy(&b),
			1e-12);
		is_near(houses[i].what, "wait", f.wait_s, brute_wait(&b), 1e-11);
		is_near(houses[i].what, "answered wait", f.answered_wait_s,
			brute_answered_wait(&b), 1e-11);
		brute_close(&b);
	}
}

/* What was answered and what hung up is everything, and keeps the agents busy. */
static void test_balance(void **state)
{
	for (size_t i = 0; i < N_HOUSES; i++) {
		struct erlang_figures f = solve(
			houses[i].agents, houses[i].load, houses[i].patience_s, 1e9);

		is_near(houses[i].what, "all are answered or gone",
			f.service_level + f.p_abandon, 1, 1e-12);
		is_near(houses[i].what, "the answered are the agents' work",
			f.occupancy * houses[i].agents / houses[i].load, f.service_level,
			1e-12);
	}
}

static void test_brute_density(void **state)
{
	for (size_t i = 0; i < N_HOUSES; i++) {
		struct erlang_figures f = solve(houses[i].agents, houses[i].load,
			houses[i].patience_s, houses[i].within_s);
		struct brute b;

		brute_init(
			&b, houses[i].agents, houses[i].load, AHT, houses[i].patience_s);
		is_near(houses[i].what, "service level", f.service_level,
			brute_level_by_density(&b, houses[i].within_s), 1e-10);
		brute_close(&b);
	}
}

static void test_brute_places(void **state)
{
	static const struct {
		const char *what;
		unsigned agents;
		double load, patience_s, within_s;
	} cases[] = {
		{ "the textbook", 50, 48, 120, 20 },
		{ "one agent", 1, .7, 90, 20 },
		{ "one agent, swamped", 1, 9, 90, 30 },
		{ "ten agents in a hurry", 10, 9, 3, 5 },
		{ "ten agents, overloaded", 10, 14, 120, 60 },
		{ "nobody hangs up", 10, 8, 0, 20 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct erlang_figures f = solve(cases[i].agents, cases[i].load,
			cases[i].patience_s, cases[i].within_s);
		struct brute b;

		brute_init(&b, cases[i].agents, cases[i].load, AHT, cases[i].patience_s);
		is_near(cases[i].what, "service level", f.service_level,
			brute_level(&b, cases[i].within_s), 1e-10);
		brute_close(&b);
	}
}

static const struct {
	unsigned agents;
	double load;
} sizes[] = { { 1, .5 }, { 1, .99 }, { 10, 8 }, { 100, 99 }, { 5000, 4900 },
	{ 5000, 4990 } };

#define N_SIZES (sizeof sizes / sizeof *sizes)

/* With patience Erlang A becomes Erlang C ... */
static void test_patient(void **state)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		unsigned n = sizes[i].agents;
		struct erlang_figures c = solve(n, sizes[i].load, 0, 20);
		struct erlang_figures a = solve(n, sizes[i].load, 5e13 / n, 20);

		is_near("patient", "p_wait", a.p_wait, c.p_wait, 1e-6);
		is_near("patient", "service level", a.service_level, c.service_level,
			1e-6);
		is_near("patient", "wait", a.wait_s, c.wait_s, 1e-5);
		is_near("patient", "answered wait", a.answered_wait_s, c.answered_wait_s,
			1e-5);
		is_near("patient", "queue", a.queue_length, c.queue_length, 1e-5);
		is_near("patient", "abandon", a.p_abandon, 0, 1e-6);
	}
}

/* ... and without it a house that turns away whom it cannot answer at once. */
static void test_hasty(void **state)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		unsigned n = sizes[i].agents;
		double b = erlang_b(n, sizes[i].load);

		for (double patience = 1e-9; patience > 1e-90; patience *= 1e-9) {
			struct erlang_figures a = solve(n, sizes[i].load, patience, 20);

			is_near("hasty", "abandon", a.p_abandon, b, 1e-6);
			is_near("hasty", "p_wait", a.p_wait, b, 1e-6);
			is_near("hasty", "service level", a.service_level, 1 - b, 1e-6);
			is_near("hasty", "wait", a.wait_s, 0, 1e-9);
		}
	}
}

/* Overload and patience: agents are never idle, and the queue is where as many hang up as are too many. */
static void test_fluid(void **state)
{
	static const struct {
		unsigned agents;
		double load, patience_s;
	} cases[] = { { 1, 2, 1e8 }, { 100, 150, 1e6 }, { 5000, 10000, 1e5 },
		{ 3, 1e6, 1e5 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double rho = cases[i].load / cases[i].agents;
		double wait = cases[i].patience_s * log(rho);
		struct erlang_figures f = solve(
			cases[i].agents, cases[i].load, cases[i].patience_s, wait / 2);

		is_near("fluid", "p_wait", f.p_wait, 1, 1e-9);
		is_near("fluid", "abandon", f.p_abandon, 1 - 1 / rho, 1e-9);
		is_near("fluid", "occupancy", f.occupancy, 1, 1e-9);
		is_near("fluid", "answered wait", f.answered_wait_s / wait, 1, 1e-3);
		is_near("fluid", "before its time", f.service_level, 0, 1e-9);
		f = solve(cases[i].agents, cases[i].load, cases[i].patience_s, 2 * wait);
		is_near("fluid", "after its time", f.service_level, 1 / rho, 1e-9);
	}
}

/* The longest sums that are taken: the load at the agents, where they end last. */
static void test_limits(void **state)
{
	double patience = .99 * ERLANG_QUEUE_MAX * AHT / 1000;
	struct erlang_figures f = solve(1000, 1000, patience, 1e9);
	/* all wait, for half a normal distribution of the variance patience / calls_per_s, and few in vain */
	double sigma = sqrt(patience * AHT / 1000);

	is_near("limit", "p_wait", f.p_wait, 1, 1e-4);
	is_near("limit", "wait", f.wait_s / (sigma * sqrt(2 / M_PI)), 1, 1e-4);
	is_near("limit", "answered", f.service_level, 1, 1e-4);
	f = solve(ERLANG_AGENTS_MAX, 99000, 300, 20);
	assert_true(f.service_level > .99999 && f.service_level <= 1);
	f = solve(ERLANG_AGENTS_MAX, 101000, 300, 20);
	is_near("limit", "occupancy", f.occupancy, 1, 1e-3);
	is_near("limit", "abandon", f.p_abandon, 1 - 100. / 101, 1e-4);
}

static void test_no_calls(void **state)
{
	for (unsigned agents = 0; agents < 2; agents++)
		for (int patience = 0; patience < 2; patience++) {
			struct erlang_figures f = solve(agents, 0, patience, 20);

			assert_true(f.service_level == 1);
			assert_true(f.p_wait == 0 && f.p_abandon == 0 && f.wait_s == 0);
			assert_true(f.answered_wait_s == 0 && f.occupancy == 0);
			assert_true(f.queue_length == 0);
		}
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		struct erlang_demand d;
		unsigned agents;
		int err;
	} cases[] = {
		{ "it is", { 1, 60, 0, 20 }, 61, 0 },
		{ "the load is the agents", { 1, 60, 0, 20 }, 60, EDOM },
		{ "the load is above them", { 1, 60, 0, 20 }, 1, EDOM },
		{ "then patience helps", { 1, 60, 1, 20 }, 1, 0 },
		{ "nobody there", { 1, 60, 1, 20 }, 0, EINVAL },
		{ "too many there", { 1, 60, 1, 20 }, ERLANG_AGENTS_MAX + 1, EINVAL },
		{ "fewer than no calls", { -1, 60, 1, 20 }, 9, EINVAL },
		{ "calls that are none", { NAN, 60, 1, 20 }, 9, EINVAL },
		{ "endless calls", { INFINITY, 60, 1, 20 }, 9, EINVAL },
		{ "a load without end", { 1e300, 1e300, 1, 20 }, 9, EINVAL },
		{ "no handling time", { 1, 0, 1, 20 }, 9, EINVAL },
		{ "a negative one", { 1, -60, 1, 20 }, 9, EINVAL },
		{ "a negative patience", { 1, 60, -1, 20 }, 9, EINVAL },
		{ "a patience without end", { 1, 60, INFINITY, 20 }, 9, EINVAL },
		{ "answered before the call", { 1, 60, 1, -20 }, 9, EINVAL },
		{ "answered at no time", { 1, 60, 1, NAN }, 9, EINVAL },
		{ "a patience that is too long", { 1, 60, 1.1e12, 20 }, 9, ERANGE },
		{ "too long for so many agents", { 1, 60, 9e11, 20 }, 99, ERANGE },
		{ "too short", { 1, 60, 1e-201, 20 }, 99, ERANGE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct erlang_figures f = { .p_wait = 7 };
		int err = erlang_solve(&f, &cases[i].d, cases[i].agents);

		if (err != cases[i].err)
			fail_msg("%s: %d, not %d", cases[i].what, err, cases[i].err);
		assert_true(!err || f.p_wait == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_erlang_b),
		cmocka_unit_test(test_erlang_c),
		cmocka_unit_test(test_textbook),
		cmocka_unit_test(test_brute_chain),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_brute_density),
		cmocka_unit_test(test_brute_places),
		cmocka_unit_test(test_patient),
		cmocka_unit_test(test_hasty),
		cmocka_unit_test(test_fluid),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_no_calls),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("erlang", tests, NULL, NULL);
}
