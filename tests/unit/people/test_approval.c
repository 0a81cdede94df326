/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* approval: which evaluation is on, and what is signed for it [RULES N7]. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/approval/approval.h"

#define N(t) (sizeof(t) / sizeof *(t))
#define DAY  INT64_C(86400000)

static void test_is_on(void **state)
{
	static const struct {
		const char *what;
		bool has_body;
		struct approval a;
		uint64_t scope;
		int64_t at_ms;
		bool want;
	} rows[] = {
		{ "within its time", true, { .from_ms = 10, .until_ms = 20 }, 0, 10,
			true },
		{ "before it", true, { .from_ms = 10, .until_ms = 20 }, 0, 9, false },
		{ "its last moment", true, { .from_ms = 10, .until_ms = 20 }, 0, 19,
			true },
		{ "expired", true, { .from_ms = 10, .until_ms = 20 }, 0, 20, false },
		{ "withdrawn", true,
			{ .from_ms = 10, .until_ms = 20, .withdrawn_ms = 15 }, 0, 15,
			false },
		{ "before it was withdrawn", true,
			{ .from_ms = 10, .until_ms = 20, .withdrawn_ms = 15 }, 0, 14,
			true },
		{ "another evaluation", true,
			{ EVALUATION_COMPARISON, .from_ms = 10, .until_ms = 20 }, 0, 12,
			false },
		{ "the house's is every team's", true, { .from_ms = 10, .until_ms = 20 },
			7, 12, true },
		{ "a team's is that team's", true,
			{ .scope = 7, .from_ms = 10, .until_ms = 20 }, 7, 12, true },
		{ "a team's is no other's", true,
			{ .scope = 7, .from_ms = 10, .until_ms = 20 }, 8, 12, false },
		{ "a team's is not the house's", true,
			{ .scope = 7, .from_ms = 10, .until_ms = 20 }, 0, 12, false },
		{ "a consultation where there is no body", false,
			{ .is_consultation = true, .from_ms = 10, .until_ms = 20 }, 0, 12,
			true },
		{ "a consultation where there is one", true,
			{ .is_consultation = true, .from_ms = 10, .until_ms = 20 }, 0, 12,
			false },
		{ "the body's word outlives the body", false,
			{ .from_ms = 10, .until_ms = 20 }, 0, 12, true },
	};

	for (size_t i = 0; i < N(rows); i++)
		if (approval_is_on(&rows[i].a, 1, rows[i].has_body, EVALUATION_PULSE,
			    rows[i].scope, rows[i].at_ms) != rows[i].want)
			fail_msg("%s", rows[i].what);
	/* everything ships switched off */
	for (unsigned e = 0; e < EVALUATIONS; e++)
		assert_false(approval_is_on(NULL, 0, false, (enum evaluation)e, 0, 1));
}

static void test_refuses(void **state)
{
	static const struct {
		const char *what;
		int64_t from_ms, until_ms, signed_ms;
		const char *want;
	} rows[] = {
		{ "from now for a month", 100 * DAY, 130 * DAY, 100 * DAY, NULL },
		{ "from tomorrow", 101 * DAY, 130 * DAY, 100 * DAY, NULL },
		{ "signed eleven minutes ago", 100 * DAY, 130 * DAY, 100 * DAY - 660000,
			"bad_time" },
		{ "signed in eleven minutes", 100 * DAY, 130 * DAY, 100 * DAY + 660000,
			"bad_time" },
		{ "for what has been", 90 * DAY, 130 * DAY, 100 * DAY, "bad_span" },
		{ "ends before it begins", 110 * DAY, 105 * DAY, 100 * DAY, "bad_span" },
		{ "for ever", 100 * DAY, 832 * DAY, 100 * DAY, "bad_span" },
		{ "for two years", 100 * DAY, 831 * DAY, 100 * DAY, NULL },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct approval_statement s = { .from_ms = rows[i].from_ms,
			.until_ms = rows[i].until_ms,
			.signed_ms = rows[i].signed_ms };
		const char *why = approval_refuses(&s, 100 * DAY);

		if (!why != !rows[i].want || (why && strcmp(why, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].what, why ? why : "taken");
	}
}

static void test_statements(void **state)
{
	static const uint8_t nonce[APPROVAL_NONCE] = { 0x5a };
	const struct approval_statement s = { EVALUATION_PULSE, 0, 1, 2, 3, nonce };
	const struct approval_statement longest = { EVALUATION_COMPARISON, INT64_MAX,
		INT64_MIN, INT64_MIN, INT64_MIN, nonce };
	char text[APPROVAL_STATEMENT_MAX];
	size_t n = approval_statement_write(text, &s);

	assert_int_equal(n, strlen(text));
	assert_string_equal(text,
		"heimamt approval 1\nevaluation: pulse\nscope: house\nfrom-ms: 1\n"
		"until-ms: 2\nsigned-ms: 3\nnonce: 5a000000000000000000000000000000"
		"00000000000000000000000000000000\n");
	(void)approval_statement_write(text, &longest);
	assert_int_equal(text[strlen(text) - 1], '\n');
	(void)approval_withdrawal_write(text, 12, 3, nonce);
	assert_string_equal(text,
		"heimamt withdrawal 1\napproval: 12\nsigned-ms: 3\nnonce: "
		"5a000000000000000000000000000000"
		"00000000000000000000000000000000\n");
}

static void test_words(void **state)
{
	for (unsigned e = 0; e < EVALUATIONS; e++)
		assert_int_equal(evaluation_of(evaluation_word((enum evaluation)e)), e);
	assert_int_equal(evaluation_of("ranking"), EVALUATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_on),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("people-approval", tests, NULL, NULL);
}
