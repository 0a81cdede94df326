/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* targets and pace: which server is next, and when something is due again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/pace.h"
#include "sip/targets.h"

#define NOW 1000000

static const struct {
	const char *what;
	struct {
		uint16_t priority, weight;
		int64_t bad_until_ms;
	} t[4];
	size_t n;
	uint32_t tried, rnd;
	int want;
} cases[] = {
	{ "none", { { 0 } }, 0, 0, 0, -1 },
	{ "the only one", { { 0 } }, 1, 0, 7, 0 },
	{ "the only one was tried", { { 0 } }, 1, 1, 0, -1 },
	{ "the lowest priority first", { { 20 }, { 10 } }, 2, 0, 0, 1 },
	{ "then the next", { { 20 }, { 10 } }, 2, 2, 0, 0 },
	{ "a bad one is passed over", { { 20 }, { 10, 0, NOW + 1 } }, 2, 0, 0, 0 },
	{ "not any more when its time is over", { { 20 }, { 10, 0, NOW } }, 2, 0, 0, 1 },
	{ "all are bad: the one that is so for longest",
		{ { 10, 0, NOW + 9 }, { 20, 0, NOW + 5 } }, 2, 0, 0, 1 },
	{ "a bad one when the other was tried", { { 20 }, { 10, 0, NOW + 1 } }, 2, 1, 0,
		1 },
	{ "by weight, the first", { { 10, 3 }, { 10, 1 } }, 2, 0, 3, 0 },
	{ "by weight, the second", { { 10, 3 }, { 10, 1 } }, 2, 0, 4, 1 },
	{ "by weight, from the beginning again", { { 10, 3 }, { 10, 1 } }, 2, 0, 6, 0 },
	{ "no weight is not never", { { 10, 0 }, { 10, 1 } }, 2, 0, 0, 0 },
	{ "a weight of a worse priority does not count", { { 20, 99 }, { 10, 0 } }, 2, 0,
		5, 1 },
};

static void the_next_is_chosen(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct targets t = { .n = cases[i].n };
		for (size_t k = 0; k < t.n; k++)
			t.t[k] = (struct target){ .priority = cases[i].t[k].priority,
				.weight = cases[i].t[k].weight,
				.bad_until_ms = cases[i].t[k].bad_until_ms };
		int got = targets_choose(&t, cases[i].tried, NOW, cases[i].rnd);
		if (got != cases[i].want)
			print_error("%s: %d\n", cases[i].what, got);
		assert_int_equal(got, cases[i].want);
	}
}

static struct target at(const char *addr, uint16_t port)
{
	struct target t = { .weight = 0 };
	assert_int_equal(peers_addr_parse(&t.addr, addr, port), 0);
	return t;
}

static void what_is_known_of_one_stays_known(void **state)
{
	struct targets t = { 0 }, fresh = { 0 };
	struct target a = at("192.0.2.1", 5060), b = at("192.0.2.1", 5070);
	assert_true(targets_add(&t, &a) && targets_add(&t, &a) && targets_add(&t, &b));
	assert_int_equal(t.n, 2);
	targets_is_bad(&t, &b.addr, NOW);
	assert_true(targets_add(&fresh, &b));
	targets_renew(&t, &fresh);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.t[0].bad_until_ms, NOW + TARGETS_BAD_MS);
	targets_is_good(&t, &b.addr);
	assert_int_equal(t.t[0].bad_until_ms, 0);
	assert_non_null(targets_find(&t, &a.addr)); /* whatever the port */
	a = at("192.0.2.2", 5060);
	assert_null(targets_find(&t, &a.addr));
	for (uint16_t i = 0; i < TARGETS_MAX - 1; i++) {
		a = at("192.0.2.3", (uint16_t)(6000 + i));
		assert_true(targets_add(&t, &a));
	}
	a = at("192.0.2.4", 5060);
	assert_false(targets_add(&t, &a));
}

static const struct {
	unsigned fails;
	int64_t least, most;
} retries[] = {
	{ 1, 15000, 30000 },
	{ 2, 30000, 60000 },
	{ 3, 60000, 120000 },
	{ 7, 900000, 1800000 },
	{ 4000000000u, 900000, 1800000 },
};

static void a_retry_waits_longer_each_time(void **state)
{
	for (size_t i = 0; i < sizeof retries / sizeof *retries; i++) {
		assert_int_equal(
			pace_retry_ms(retries[i].fails, 30000, 0), retries[i].least);
		for (uint32_t rnd = 1; rnd; rnd *= 5) {
			int64_t ms = pace_retry_ms(retries[i].fails, 30000, rnd);
			assert_in_range(ms, retries[i].least, retries[i].most);
			if (rnd > UINT32_MAX / 5)
				break;
		}
	}
}

static const struct {
	uint32_t s;
	int64_t renewal, belief;
} times[] = {
	{ 30, 15000, 30000 },
	{ 60, 30000, 60000 },
	{ 90, 45000, 90000 },
	{ 600, 300000, 600000 },
	{ 3600, 3000000, 3600000 },
	{ 86400, 85800000, 3600000 },
};

static void each_has_its_time(void **state)
{
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		uint32_t s = times[i].s;
		assert_int_equal(pace_renewal_ms(s, 0), times[i].renewal);
		assert_in_range(pace_renewal_ms(s, UINT32_MAX), times[i].renewal * 9 / 10,
			times[i].renewal);
		assert_int_equal(pace_belief_ms(s), times[i].belief);
	}
	assert_int_equal(pace_belief_ms(0), 30000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_is_chosen),
		cmocka_unit_test(what_is_known_of_one_stays_known),
		cmocka_unit_test(a_retry_waits_longer_each_time),
		cmocka_unit_test(each_has_its_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
