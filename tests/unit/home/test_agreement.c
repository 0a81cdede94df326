/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* agreement: each thing that can be missing, when time alone changes it, what may be published. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/home/agreement.h"

#define DAY  HOME_DAY_MS
#define YEAR (365 * DAY)
#define N(t) (sizeof(t) / sizeof *(t))

/* Version 1 from day 100 on, 2 (editorial) from 200, 3 (material) from 300. */
static const struct home_version versions[] = {
	{ 1, true, 100 * DAY, { { 1 } } },
	{ 2, false, 200 * DAY, { { 2 } } },
	{ 3, true, 300 * DAY, { { 3 } } },
};
#define MADE(at)                          \
	{                                 \
		true, (int64_t)((at)*DAY) \
	}
#define SIGNED(version, day)               \
	{                                  \
		(version), true, (day)*DAY \
	}

static const struct {
	const char *what; /* and the clause */
	size_t n; /* versions published */
	int64_t reconfirm_ms;
	struct home_standing standing;
	struct home_declaration declaration; /* monotonic: days since day 0 of the wall */
	double day; /* now */
	struct home_answer want;
} cases[] = {
	/* missing, in force, to sign, changes in */
	{ "no version was ever published: the declaration alone [N10]", 0, YEAR, { 0 },
		MADE(100), 100, { 0, 0, 0, HOME_DECLARATION_MS } },
	{ "no version, no declaration [N10]", 0, YEAR, { 0 }, { 0 }, 100,
		{ HOME_NO_DECLARATION, 0, 0, -1 } },
	{ "published, not in force yet: to be read and signed ahead [P2]", 1, 0, { 0 },
		MADE(99.9), 99.9, { 0, 0, 1, DAY / 10 } },
	{ "in force and not signed [P2]", 1, 0, { 0 }, MADE(100), 100,
		{ HOME_NOT_SIGNED, 1, 1, HOME_DECLARATION_MS } },
	{ "signed, countersigned, declared: open", 1, 0, SIGNED(1, 90), MADE(100), 100,
		{ 0, 1, 0, HOME_DECLARATION_MS } },
	{ "signed, not declared [N10]", 1, 0, SIGNED(1, 90), { 0 }, 100,
		{ HOME_NO_DECLARATION, 1, 0, -1 } },
	{ "a declaration of 14 hours is over [N10]", 1, 0, SIGNED(1, 90), MADE(100),
		100 + 14 / 24., { HOME_DECLARATION_OLD, 1, 0, -1 } },
	{ "and of a little less it is not", 1, 0, SIGNED(1, 90), MADE(100), 100.5,
		{ 0, 1, 0, HOME_DECLARATION_MS - DAY / 2 } },
	{ "not countersigned: points 14 to 17 are promises of the house", 1, 0,
		{ 1, false, 90 * DAY }, MADE(100), 100,
		{ HOME_NOT_COUNTERSIGNED, 1, 1, HOME_DECLARATION_MS } },
	{ "an editorial version leaves signatures valid", 2, 0, SIGNED(1, 90), MADE(250),
		250, { 0, 2, 0, HOME_DECLARATION_MS } },
	{ "a material version comes: to be signed before its date, and time takes it "
	  "away",
		3, 0, SIGNED(1, 90), MADE(299.75), 299.75, { 0, 2, 3, DAY / 4 } },
	{ "the material version is in force: the old signature does not do", 3, 0,
		SIGNED(2, 210), MADE(300), 300,
		{ HOME_OLD_VERSION, 3, 3, HOME_DECLARATION_MS } },
	{ "signed ahead of its date: nothing changes then", 3, 0, SIGNED(3, 290),
		MADE(299.75), 299.75, { 0, 2, 0, HOME_DECLARATION_MS } },
	{ "to be confirmed anew at the interval [P2]", 1, 30 * DAY, SIGNED(1, 100),
		MADE(130), 130, { HOME_RECONFIRM, 1, 1, HOME_DECLARATION_MS } },
	{ "the interval ends in the shift", 1, 30 * DAY, SIGNED(1, 100), MADE(129.75),
		129.75, { 0, 1, 0, DAY / 4 } },
	{ "no interval: never", 1, 0, SIGNED(1, 100), MADE(9000), 9000,
		{ 0, 1, 0, HOME_DECLARATION_MS } },
	{ "the situation at home changed [point 13]", 1, 0,
		{ 1, true, 90 * DAY, false, true }, MADE(100), 100,
		{ HOME_CHANGED, 1, 1, HOME_DECLARATION_MS } },
	{ "ended by either side [point 17]; it may be signed again", 1, 0,
		{ 0, false, 0, true, false }, MADE(100), 100,
		{ HOME_ENDED, 1, 1, HOME_DECLARATION_MS } },
	{ "everything at once", 1, 10 * DAY, { 1, false, 0, false, true }, { 0 }, 100,
		{ HOME_NOT_COUNTERSIGNED | HOME_CHANGED | HOME_RECONFIRM |
				HOME_NO_DECLARATION,
			1, 1, -1 } },
	{ "three versions at once, nothing signed: first what is in force", 3, 0, { 0 },
		{ 0 }, 150, { HOME_NOT_SIGNED | HOME_NO_DECLARATION, 1, 1, -1 } },
};

static struct home_case case_of(size_t i)
{
	return (struct home_case){ .versions = versions,
		.n = cases[i].n,
		.reconfirm_ms = cases[i].reconfirm_ms,
		.standing = &cases[i].standing,
		.declaration = &cases[i].declaration,
		.has_two_factors = true };
}

static void test_cases(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct home_case c = case_of(i);
		int64_t ms = (int64_t)(cases[i].day * DAY + .5);
		struct home_answer a = home_decide(&c, (struct home_now){ ms, ms });
		const struct home_answer *w = &cases[i].want;

		if (a.missing != w->missing || a.in_force != w->in_force ||
			a.to_sign != w->to_sign || a.changes_in_ms != w->changes_in_ms)
			fail_msg("%s: missing %u, in force %u, to sign %u, changes in "
				 "%lld",
				cases[i].what, a.missing, a.in_force, a.to_sign,
				(long long)a.changes_in_ms);
	}
}

/* What is said of the future holds: nothing changes before, something does then. */
static void test_changes(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct home_case c = case_of(i);

		for (int64_t ms = 80 * DAY; ms < 320 * DAY; ms += DAY / 3) {
			struct home_now now = { ms, ms };
			struct home_answer a = home_decide(&c, now);
			int64_t end = a.changes_in_ms < 0 ? 20 * DAY : a.changes_in_ms;

			for (int64_t in = 1; in < end; in += in / 3 + 1)
				assert_int_equal(a.missing,
					home_decide(
						&c, (struct home_now){ ms + in, ms + in })
						.missing);
			now.wall_ms += end;
			now.mono_ms += end;
			if (a.changes_in_ms >= 0)
				assert_int_not_equal(
					a.missing, home_decide(&c, now).missing);
		}
	}
}

/* The wall may jump; a declaration's age does not. */
static void test_two_clocks(void **state)
{
	static const struct home_standing nobody;
	static const struct home_declaration made = { true, 1000 };
	struct home_case c = {
		.standing = &nobody, .declaration = &made, .has_two_factors = true
	};
	struct home_now jumped = { 9000 * DAY, 2000 };
	struct home_answer a = home_decide(&c, jumped);

	assert_int_equal(a.missing, 0);
	assert_int_equal(a.changes_in_ms, HOME_DECLARATION_MS - 1000);
}

/* T4: whatever else is missing, and not to be mended by time. */
static void test_factors(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct home_case c = case_of(i);
		int64_t ms = (int64_t)(cases[i].day * DAY + .5);
		struct home_answer a;

		c.has_two_factors = false;
		a = home_decide(&c, (struct home_now){ ms, ms });
		assert_int_equal(a.missing, cases[i].want.missing | HOME_ONE_FACTOR);
		assert_int_equal(a.to_sign, cases[i].want.to_sign);
		assert_int_equal(a.changes_in_ms, cases[i].want.changes_in_ms);
	}
}

static void test_words(void **state)
{
	enum home_language l;

	for (unsigned i = 0; i < HOME_MISSINGS; i++)
		assert_non_null(home_missing_word(1u << i));
	assert_null(home_missing_word(0));
	assert_null(home_missing_word(1u << HOME_MISSINGS));
	for (unsigned i = 0; i < HOME_LANGUAGES; i++) {
		assert_true(
			home_language_of(home_language_word((enum home_language)i), &l));
		assert_int_equal(l, i);
	}
	assert_null(home_language_word(HOME_LANGUAGES));
	assert_false(home_language_of("rm", &l));
}

static void test_publish(void **state)
{
	static const struct {
		size_t n;
		struct home_version next;
		int64_t day;
		const char *why; /* contains; NULL: may be published */
	} rows[] = {
		{ 0, { 1, true, 5 * DAY, { { 9 } } }, 5, NULL },
		{ 0, { 1, false, 5 * DAY, { { 9 } } }, 5, "editorial" },
		{ 0, { 1, true, 5 * DAY, { { 9 } } }, 6, "in the past" },
		{ 1, { 2, false, 100 * DAY, { { 9 } } }, 90, NULL },
		{ 1, { 2, false, 99 * DAY, { { 9 } } }, 90, "later than that" },
		{ 1, { 2, true, 100 * DAY, { { 1 } } }, 90, "last version" },
		{ 3, { 4, true, 300 * DAY, { { 1 } } }, 90, NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		const char *why = home_publish_refuses(
			versions, rows[i].n, &rows[i].next, rows[i].day * DAY);

		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("row %zu: %s", i, why ? why : "may be published");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_two_clocks),
		cmocka_unit_test(test_factors),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_publish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
