/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* board: in which of four words each state is counted, and when counts may be told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/home/board.h"

#define N(t) (sizeof(t) / sizeof *(t))

static void test_words(void **state)
{
	static const struct {
		const char *what;
		enum acd_agent_state state;
		struct board_staff want;
	} rows[] = {
		{ "who is in no shift is not present", ACD_AGENT_OUT, { 0, { 0 } } },
		{ "ready", ACD_AGENT_READY, { 1, { [BOARD_FREE] = 1 } } },
		{ "that a call was offered is not shown", ACD_AGENT_OFFERED,
			{ 1, { [BOARD_FREE] = 1 } } },
		{ "talking", ACD_AGENT_TALKING, { 1, { [BOARD_CALL] = 1 } } },
		{ "nor that a line was lost", ACD_AGENT_INTERRUPTED,
			{ 1, { [BOARD_CALL] = 1 } } },
		{ "nor that a caller is on hold", ACD_AGENT_HOLDING,
			{ 1, { [BOARD_CALL] = 1 } } },
		{ "calling back", ACD_AGENT_DIALLING, { 1, { [BOARD_CALL] = 1 } } },
		{ "wrap-up", ACD_AGENT_WRAPUP, { 1, { [BOARD_WORK] = 1 } } },
		{ "written work is not a pause", ACD_AGENT_WORK,
			{ 1, { [BOARD_WORK] = 1 } } },
		{ "a pause", ACD_AGENT_PAUSE, { 1, { [BOARD_BREAK] = 1 } } },
		{ "away is told as a break", ACD_AGENT_AWAY,
			{ 1, { [BOARD_BREAK] = 1 } } },
	};

	assert_int_equal(N(rows), ACD_AGENT_STATES);
	for (size_t i = 0; i < N(rows); i++) {
		struct board_staff got = { 0 };

		board_add(&got, rows[i].state);
		if (memcmp(&got, &rows[i].want, sizeof got) != 0)
			fail_msg("%s", rows[i].what);
	}
}

/* N5: with four present a count would be somebody's state. */
static void test_five(void **state)
{
	struct board_staff staff = { 0 };

	assert_false(board_may_tell(&staff));
	for (int i = 0; i < 4; i++)
		board_add(&staff, ACD_AGENT_READY);
	board_add(&staff, ACD_AGENT_OUT);
	assert_int_equal(staff.present, 4);
	assert_false(board_may_tell(&staff));
	board_add(&staff, ACD_AGENT_PAUSE);
	assert_true(board_may_tell(&staff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_five),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
