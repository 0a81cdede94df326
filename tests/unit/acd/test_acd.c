/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: stories of a day at work, every cell of the state tables, and the limits.  What is lost and comes
 * back is in test_acd_regain.c, what a former process left in test_acd_restore.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>

#include "core/acd/priv.h"
#include "story.h"

static const struct story stories[] = {
	{ "a talk from arrival to the next ready",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 2, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 5, 1, 'A', 0, "A=talking join 1>A" },
			{ HANGUP, 60, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ TICK, 89, 0, 0, 0, "" }, { TICK, 90, 0, 0, 0, "A=ready" } } },
	{ "the agent hangs up and is ready before the wrap-up ends",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ ARRIVE, 2, 2, 0, 0, "" },
			{ END, 9, 1, 'A', 0,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up" },
			{ READY, 10, 0, 'A', 0, "A=ready offer 2>A(1,0) A=offered" },
			{ END, 11, 2, 'A', 0, "[refused]" },
			{ TICK, 40, 0, 0, 0,
				"withdraw 2>A offer_timeout A=away/offer_timeout wait 2 "
				"offer_timeout" } } },
	{ "the longest idle is chosen, the workplace only counted",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 1, 0, 'B', 0, "B=ready" },
			{ READY, 2, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 3, 1, 0, 0, "offer 1>B(1,1) B=offered" },
			{ ARRIVE, 4, 2, 0, 0, "offer 2>A(1,0) A=offered" } } },
	{ "an agent whose caller left while it rang keeps its place among the idle",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ READY, 2, 0, 'B', 0, "B=ready" },
			{ ARRIVE, 3, 1, 0, 0, "offer 1>A(1,1) A=offered" },
			{ HANGUP, 4, 1, 0, 0,
				"withdraw 1>A caller_left A=ready/caller_left end 1 "
				"caller_left" },
			{ ARRIVE, 5, 2, 0, 0, "offer 2>A(1,1) A=offered" } } },
	{ "declined: the other agent gets the caller before one who came later",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 1, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ARRIVE, 2, 2, 0, 0, "" },
			{ DECLINE, 3, 1, 'A', 0,
				"withdraw 1>A declined A=ready/declined wait 1 declined "
				"offer 2>A(1,0) A=offered" },
			{ READY, 4, 0, 'B', 0, "B=ready offer 1>B(0,1) B=offered" },
			{ DECLINE, 5, 1, 'A', 0, "[refused]" } } },
	{ "declined by the only agent: offered again after a while",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 1, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ DECLINE, 2, 1, 'A', 0,
				"withdraw 1>A declined A=ready/declined wait 1 "
				"declined" },
			{ READY, 3, 0, 'A', 0, "" }, { TICK, 16, 0, 0, 0, "" },
			{ TICK, 17, 0, 0, 0, "offer 1>A(1,0) A=offered" } } },
	{ "timed out: the agent is set away, the caller goes on to the other",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ READY, 1, 0, 'B', 0, "B=ready" },
			{ ARRIVE, 2, 1, 0, 0, "offer 1>A(1,1) A=offered" },
			{ TICK, 22, 0, 0, 0,
				"withdraw 1>A offer_timeout A=away/offer_timeout wait 1 "
				"offer_timeout "
				"offer 1>B(0,1) B=offered" },
			{ ACCEPT, 23, 1, 'A', 0, "[refused]" },
			{ ACCEPT, 23, 1, 'B', 0, "B=talking join 1>B" } } },
	{ "a yes that comes with the end of the offer is still a yes",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 20, 1, 'A', 0, "A=talking join 1>A" },
			{ TICK, 20, 0, 0, 0, "" },
			{ ACCEPT, 21, 1, 'A', 0, "[refused]" } } },
	{ "a pause now, while it rings, and after the call",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ PAUSE, 0, 0, 'A', 0, "A=pause/paused" },
			{ PAUSE, 0, 0, 'A', 0, "" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ READY, 1, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ PAUSE, 2, 0, 'A', 0,
				"withdraw 1>A paused A=pause/paused wait 1 paused" },
			{ READY, 3, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ ACCEPT, 4, 1, 'A', 0, "A=talking join 1>A" },
			{ PAUSE, 5, 0, 'A', 0, "" }, { READY, 6, 0, 'A', 0, "" },
			{ PAUSE, 7, 0, 'A', 0, "" },
			{ HANGUP, 8, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ TICK, 38, 0, 0, 0, "A=pause/paused" } } },
	{ "a pause wished for in the talk outlives \"wrap-up done\", which counts in "
	  "wrap-up only",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ DONE, 0, 0, 'A', 0, "[refused]" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ PAUSE, 2, 0, 'A', 0, "" }, { DONE, 2, 0, 'A', 0, "[refused]" },
			{ END, 3, 1, 'A', 0,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up" },
			{ ARRIVE, 4, 2, 0, 0, "" },
			{ DONE, 5, 0, 'A', 0, "A=pause/paused" },
			{ DONE, 6, 0, 'A', 0, "[refused]" },
			{ DONE, 6, 0, 'B', 0, "[unknown]" } } },
	{ "a queue without wrap-up: the next caller at once",
		{ { ENTER, 0, 0, 'C', 0, "C=away/new_shift" },
			{ READY, 0, 0, 'C', 0, "C=ready" },
			{ ARRIVE, 0, 1, 0, 1, "offer 1>C(0,1) C=offered" },
			{ ACCEPT, 0, 1, 'C', 0, "C=talking join 1>C" },
			{ ARRIVE, 1, 2, 0, 1, "" }, { ARRIVE, 2, 3, 0, 0, "" },
			{ HANGUP, 3, 1, 0, 0,
				"part 1>C caller_left C=wrapup/caller_left C=ready "
				"offer 2>C(0,1) C=offered end 1 caller_left" },
			{ ACCEPT, 4, 2, 'C', 0, "C=talking join 2>C" },
			{ END, 5, 2, 'C', 0,
				"part 2>C agent_hung_up C=wrapup/agent_hung_up C=ready "
				"offer 3>C(0,1) C=offered end 2 agent_hung_up" } } },
	{ "skills of a queue are kept: A does not serve queue 1",
		{ { ENTER, 0, 0, 'C', 0, "C=away/new_shift" },
			{ ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" }, { ARRIVE, 0, 1, 0, 1, "" },
			{ READY, 1, 0, 'C', 0, "C=ready offer 1>C(0,1) C=offered" } } },
	{ "refusals at the door",
		{ { ARRIVE, 0, 1, 0, 0, "[no agent]" },
			{ ARRIVE, 0, 1, 0, 7, "[unknown]" },
			{ ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'A', 0, "[refused]" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ ARRIVE, 0, 1, 0, 0, "[limit]" }, { ARRIVE, 0, 2, 0, 0, "" },
			{ ARRIVE, 0, 3, 0, 0, "" }, { ARRIVE, 0, 4, 0, 0, "[full]" },
			{ HANGUP, 0, 4, 0, 0, "[unknown]" },
			{ HANGUP, 1, 2, 0, 0, "end 2 caller_left" },
			{ ACCEPT, 1, 1, 'A', 0, "[refused]" },
			{ READY, 1, 0, 'B', 0, "[unknown]" },
			{ LEAVE, 1, 0, 'B', 0, "[unknown]" },
			{ LOST, 1, 0, 'B', 0, "[unknown]" },
			{ PAUSE, 1, 0, 'B', 0, "[unknown]" },
			{ ACCEPT, 1, 1, 'B', 0, "[unknown]" },
			{ DECLINE, 1, 1, 'B', 0, "[unknown]" },
			{ END, 1, 1, 'B', 0, "[unknown]" } } },
	{ "nobody waits for ever: the longest wait",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ READY, 500, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ TICK, 520, 0, 0, 0,
				"withdraw 1>A offer_timeout A=away/offer_timeout wait 1 "
				"offer_timeout" },
			{ TICK, 619, 0, 0, 0, "" },
			{ TICK, 620, 0, 0, 0, "end 1 max_wait" } } },
	{ "nobody waits for nobody: the last agent leaves",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ ARRIVE, 0, 2, 0, 0, "" },
			{ LEAVE, 1, 0, 'A', 0, "A=out/shift_ended" },
			{ TICK, 60, 0, 0, 0, "" },
			{ TICK, 61, 0, 0, 0, "end 1 no_agent end 2 no_agent" },
			{ ARRIVE, 62, 3, 0, 0, "[no agent]" } } },
	{ "somebody comes in time",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ LEAVE, 1, 0, 'A', 0, "A=out/shift_ended" },
			{ ENTER, 60, 0, 'B', 0, "B=away/new_shift" },
			{ TICK, 99, 0, 0, 0, "" },
			{ READY, 100, 0, 'B', 0, "B=ready offer 1>B(0,1) B=offered" } } },
	{ "the end of a shift: not in a talk, and out of an offer",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ LEAVE, 1, 0, 'A', 0,
				"withdraw 1>A shift_ended A=pause/shift_ended wait 1 "
				"shift_ended "
				"A=out/shift_ended" },
			{ READY, 2, 0, 'B', 0, "B=ready offer 1>B(0,1) B=offered" },
			{ ACCEPT, 2, 1, 'B', 0, "B=talking join 1>B" },
			{ LEAVE, 3, 0, 'B', 0, "[refused]" } } },
};

static void test_stories(void **state)
{
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		story_tell(&stories[i]);
}

/* Each line: a state, then what each event makes of it; 0 is refused, a state beyond the last one ends the
 * record. */
static void test_every_cell(void **state)
{
	static const char *const agent_rows[ACD_AGENT_STATES] = {
		/* ready pause offer accept decline timeout withdraw talk_end wrapup_end lost back
		 * regain_end pause_due leave work work_due dial reached failed hold resume */
		[ACD_AGENT_OUT] = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
		[ACD_AGENT_AWAY] = "2 7 0 0 0 0 0 0 0 0 2 1 0 b 8 0 0 0 0 0 0",
		[ACD_AGENT_READY] = "2 7 3 0 0 0 0 0 0 1 0 0 0 b 8 0 0 0 0 0 0",
		[ACD_AGENT_OFFERED] = "0 7 0 4 2 1 2 0 0 1 0 0 0 b 8 0 9 0 0 0 0",
		[ACD_AGENT_TALKING] = "4 4 0 0 0 0 0 6 0 5 0 1 7 0 4 8 0 0 0 a 0",
		[ACD_AGENT_INTERRUPTED] = "5 5 0 0 0 0 0 6 0 0 4 1 7 0 5 8 0 0 0 a 0",
		[ACD_AGENT_WRAPUP] = "2 7 0 0 0 0 0 0 2 1 0 0 0 b 8 0 0 0 0 0 0",
		[ACD_AGENT_PAUSE] = "2 7 0 0 0 0 0 0 0 0 0 0 0 b 8 0 0 0 0 0 0",
		[ACD_AGENT_WORK] = "2 7 0 0 0 0 0 0 0 0 0 0 0 b 8 0 0 0 0 0 0",
		[ACD_AGENT_DIALLING] = "9 9 0 0 0 0 0 0 0 1 0 0 7 0 9 8 0 4 2 0 0",
		[ACD_AGENT_HOLDING] = "a a 0 0 0 0 0 6 0 0 0 0 0 0 a 0 0 0 0 0 4",
	};
	static const char *const call_rows[ACD_CALL_STATES] = {
		/* offer accept interrupt resume return hangup end give_up dial hold */
		[ACD_CALL_ENDED] = "0 0 0 0 0 0 0 0 0 0",
		[ACD_CALL_WAITING] = "2 0 0 0 0 7 0 7 0 0",
		[ACD_CALL_OFFERED] = "0 3 0 0 1 7 0 0 5 0",
		[ACD_CALL_TALKING] = "0 0 4 0 1 7 7 0 0 6",
		[ACD_CALL_INTERRUPTED] = "0 0 0 3 1 7 7 0 0 6",
		[ACD_CALL_DIALLING] = "0 3 0 0 1 7 0 7 0 0",
		[ACD_CALL_ON_HOLD] = "0 0 0 3 1 7 7 0 0 0",
	};
	static const char digits[] = "0123456789ab";

	for (int s = 0; s < ACD_AGENT_STATES; s++)
		for (int e = 0; e < AGENT_EVENTS; e++)
			assert_int_equal(digits[agent_next((enum acd_agent_state)s,
						 (enum agent_event)e)],
				agent_rows[s][2 * e]);
	for (int s = 0; s < ACD_CALL_STATES; s++)
		for (int e = 0; e < CALL_EVENTS; e++)
			assert_int_equal(digits[call_next((enum acd_call_state)s,
						 (enum call_event)e)],
				call_rows[s][2 * e]);
}

static void test_init_limits(void **state)
{
	struct acd acd;

	assert_int_equal(
		acd_init(&acd, story_queues, 0, &(struct acd_limits){ 1, 1, 0 }), EINVAL);
	assert_int_equal(
		acd_init(&acd, story_queues, 2, &(struct acd_limits){ 0, 1, 0 }), EINVAL);
	assert_int_equal(
		acd_init(&acd, story_queues, 2, &(struct acd_limits){ 1, 1, -1 }),
		EINVAL);
	assert_int_equal(
		acd_init(&acd, story_queues, 2, &(struct acd_limits){ 1, 1, 0 }), 0);
	assert_int_equal(acd_next_deadline(&acd), -1);
	acd_close(&acd);
	acd_close(&acd);
	acd_close(NULL);
}

/* More callers lose their last agent than one step has room for: the rest goes in the next, at once. */
static void test_many_actions_go_on(void **state)
{
	enum { CALLS = 150 };
	struct acd_queue_config q = story_queues[0];
	struct acd_limits limits = { .calls = CALLS, .agents = 1 };
	struct acd_event ev = {
		.type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } }
	};
	struct acd_actions acts;
	struct acd acd;
	size_t ended = 0, ticks = 0;

	q.max_waiting = CALLS;
	assert_int_equal(acd_init(&acd, &q, 1, &limits), 0);
	acd_step(&acd, &ev, &acts);
	ev = (struct acd_event){ .type = ACD_EV_CALL_ARRIVE };
	for (ev.call = 1; ev.call <= CALLS; ev.call++)
		acd_step(&acd, &ev, &acts);
	ev = (struct acd_event){ .type = ACD_EV_AGENT_LEAVE, .agent = 'A' };
	acd_step(&acd, &ev, &acts);
	ev = (struct acd_event){ .type = ACD_EV_TICK, .at_ms = 60000 };
	for (; acd_next_deadline(&acd) >= 0 && acd_next_deadline(&acd) <= 60000;
		ticks++) {
		acd_step(&acd, &ev, &acts);
		ended += acts.n;
		assert_null(acd_check(&acd));
	}
	assert_int_equal(ended, CALLS);
	assert_true(ticks > 1);
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_init_limits),
		cmocka_unit_test(test_many_actions_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
