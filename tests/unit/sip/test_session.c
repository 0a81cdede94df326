/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Session timers, the part that decides (RFC 4028): one row for each thing that a message may say.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "sip/session.h"

#define KNOWS true
#define NONE  SESSION_ANY

static const struct {
	const char *what;
	struct session before;
	struct session_said said;
	uint32_t wish_s;
	struct session after;
} accepts[] = {
	/* section 9, table 2: by who knows of timers, and whom the request names */
	{ "one who knows nothing, and nobody asked", { 0 }, { 0 }, 1800, { 0 } },
	{ "a proxy asked for one who knows nothing", { 0 }, { !KNOWS, 600, 0, NONE },
		1800, { 600, 0, true, false } },
	{ "it named who knows nothing: ours all the same", { 0 },
		{ !KNOWS, 600, 0, SESSION_UAC }, 1800, { 600, 0, true, false } },
	{ "named nobody: ours", { 0 }, { KNOWS, 600, 0, NONE }, 1800,
		{ 600, 0, true, true } },
	{ "named itself", { 0 }, { KNOWS, 600, 0, SESSION_UAC }, 1800,
		{ 600, 0, false, true } },
	{ "named us", { 0 }, { KNOWS, 600, 0, SESSION_UAS }, 1800,
		{ 600, 0, true, true } },
	{ "knows, and asked for none: we ask", { 0 }, { KNOWS, 0, 0, NONE }, 1800,
		{ 1800, 0, true, true } },
	{ "the same with a minimum above ours", { 0 }, { KNOWS, 0, 3600, NONE }, 1800,
		{ 3600, 3600, true, true } },
	{ "theirs is not made longer", { 0 }, { KNOWS, 90, 90, SESSION_UAC }, 1800,
		{ 90, 90, false, true } },
	{ "nor shorter", { 0 }, { KNOWS, 86400, 0, SESSION_UAC }, 1800,
		{ 86400, 0, false, true } },
	{ "too small from one who cannot read 422: none", { 0 }, { !KNOWS, 89, 0, NONE },
		1800, { 0 } },
	{ "no timers here", { 0 }, { KNOWS, 600, 0, SESSION_UAC }, 0,
		{ 0, 0, false, true } },
	/* within a dialog: who does it goes on, where nobody is named (section 7.4) */
	{ "theirs stays theirs", { 600, 0, false, true }, { KNOWS, 600, 0, NONE }, 1800,
		{ 600, 0, false, true } },
	{ "ours stays ours", { 600, 0, true, true }, { KNOWS, 600, 0, NONE }, 1800,
		{ 600, 0, true, true } },
	{ "it takes the work over", { 600, 0, true, true },
		{ KNOWS, 600, 0, SESSION_UAC }, 1800, { 600, 0, false, true } },
	{ "asked for none: the interval goes on", { 600, 0, false, true },
		{ KNOWS, 0, 0, NONE }, 1800, { 600, 0, false, true } },
	{ "asked for none and knows nothing: it is over", { 600, 120, true, true }, { 0 },
		1800, { 0, 120, false, false } },
	{ "the largest minimum counts", { 600, 300, false, true },
		{ KNOWS, 600, 120, SESSION_UAC }, 1800, { 600, 300, false, true } },
};

static void same(const char *what, const struct session *is, const struct session *be)
{
	if (is->expires_s != be->expires_s || is->min_s != be->min_s ||
		is->ours != be->ours || is->knows != be->knows)
		fail_msg("%s: %u s, minimum %u, %s, %s", what, is->expires_s, is->min_s,
			is->ours ? "ours" : "theirs", is->knows ? "knows" : "does not");
}

static void a_request_of_theirs(void **state)
{
	for (size_t i = 0; i < sizeof accepts / sizeof accepts[0]; i++) {
		struct session s = accepts[i].before;
		session_accept(&s, &accepts[i].said, accepts[i].wish_s);
		same(accepts[i].what, &s, &accepts[i].after);
	}
}

static const struct {
	const char *what;
	struct session before;
	struct session_said said;
	struct session after;
} accepted[] = {
	{ "it knows nothing", { 0 }, { 0 }, { 0 } },
	{ "we", { 0 }, { KNOWS, 1800, 0, SESSION_UAC }, { 1800, 0, true, true } },
	{ "they", { 0 }, { KNOWS, 1800, 0, SESSION_UAS }, { 1800, 0, false, true } },
	{ "nobody named: we, who asked", { 0 }, { KNOWS, 1800, 0, NONE },
		{ 1800, 0, true, true } },
	{ "a proxy answered for one who knows nothing (section 8.2)", { 0 },
		{ !KNOWS, 1800, 0, SESSION_UAC }, { 1800, 0, true, false } },
	{ "shorter", { 1800, 0, true, true }, { KNOWS, 300, 0, SESSION_UAC },
		{ 300, 0, true, true } },
	{ "never below the least", { 0 }, { KNOWS, 1, 0, SESSION_UAC },
		{ 90, 0, true, true } },
	{ "no more of it", { 1800, 120, true, true }, { KNOWS, 0, 0, NONE },
		{ 0, 120, false, true } },
	{ "the work changes hands", { 600, 0, true, true },
		{ KNOWS, 600, 0, SESSION_UAS }, { 600, 0, false, true } },
};

static void an_answer_to_ours(void **state)
{
	for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
		struct session s = accepted[i].before;
		session_accepted(&s, &accepted[i].said);
		same(accepted[i].what, &s, &accepted[i].after);
	}
}

static const struct {
	bool knows;
	uint32_t expires_s;
	bool refused;
} small[] = {
	{ KNOWS, 89, true }, { KNOWS, 1, true }, { KNOWS, 90, false },
	{ KNOWS, 0, false },
	{ !KNOWS, 89, false }, /* it could not read the answer (section 9) */
};

static void too_small(void **state)
{
	for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
		const struct session_said said = { small[i].knows, small[i].expires_s, 0,
			NONE };
		assert_int_equal(session_is_too_small(&said), small[i].refused);
	}
}

static const struct {
	uint32_t min_s, told_s;
	bool again;
	uint32_t wish_s;
} raised[] = {
	{ 0, 3600, true, 3600 },
	{ 0, 120, true, 1800 }, /* it says more than 90 */
	{ 0, 90, false, 1800 },
	{ 0, 0, false, 1800 }, /* nothing that we do not say */
	{ 3600, 3600, false, 3600 },
	{ 3600, 7200, true, 7200 },
};

static void a_422_to_ours(void **state)
{
	for (size_t i = 0; i < sizeof raised / sizeof raised[0]; i++) {
		struct session s = { .min_s = raised[i].min_s };
		const struct session_said said = { .min_s = raised[i].told_s };
		assert_int_equal(session_raise(&s, &said), raised[i].again);
		assert_int_equal(session_wish_s(&s, 1800), raised[i].wish_s);
		assert_int_equal(session_wish_s(&s, 0), 0);
	}
}

static const struct {
	uint32_t expires_s, refresh_s, end_s;
} times[] = {
	{ 90, 45, 60 },
	{ 95, 47, 64 },
	{ 96, 48, 64 },
	{ 97, 48, 65 },
	{ 1800, 900, 1768 },
	{ UINT32_MAX, UINT32_MAX / 2, UINT32_MAX - 32 },
};

static void when(void **state)
{
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		const struct session s = { .expires_s = times[i].expires_s };
		assert_int_equal(session_refresh_s(&s), times[i].refresh_s);
		assert_int_equal(session_end_s(&s), times[i].end_s);
	}
}

static void who_stands_in_a_request_of_ours(void **state)
{
	assert_int_equal(session_refresher(&(struct session){ 0 }), SESSION_ANY);
	assert_int_equal(
		session_refresher(&(struct session){ 90, 0, true, true }), SESSION_UAC);
	assert_int_equal(
		session_refresher(&(struct session){ 90, 0, false, true }), SESSION_UAS);
	assert_int_equal(session_min_s(&(struct session){ 0 }), 90);
	assert_int_equal(session_min_s(&(struct session){ .min_s = 91 }), 91);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_of_theirs),
		cmocka_unit_test(an_answer_to_ours),
		cmocka_unit_test(too_small),
		cmocka_unit_test(a_422_to_ours),
		cmocka_unit_test(when),
		cmocka_unit_test(who_stands_in_a_request_of_ours),
	};
	return cmocka_run_group_tests_name("sip session", tests, NULL, NULL);
}
