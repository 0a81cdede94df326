/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: a line or a desk that is lost, in every state, and comes back in time, too late, or never.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story.h"

static const struct story stories[] = {
	{ "the line is lost in a talk and does not come back: the caller goes before "
	  "those who "
	  "waited",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ ARRIVE, 2, 2, 0, 0, "" },
			{ LOST, 3, 0, 'A', 0,
				"interrupt 1>A line_lost until 18 "
				"A=interrupted/line_lost" },
			{ LOST, 4, 0, 'A', 0, "" }, { TICK, 17, 0, 0, 0, "" },
			{ TICK, 18, 0, 0, 0,
				"part 1>A line_lost A=away/line_lost wait 1 line_lost" },
			{ READY, 19, 0, 'B', 0, "B=ready offer 1>B(0,1) B=offered" },
			{ READY, 20, 0, 'A', 0, "[refused]" },
			{ BACK, 21, 0, 'A', 0, "" },
			{ READY, 22, 0, 'A', 0, "A=ready offer 2>A(1,0) A=offered" } } },
	{ "the line comes back in time: the talk goes on",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ LOST, 3, 0, 'A', 0,
				"interrupt 1>A line_lost until 18 "
				"A=interrupted/line_lost" },
			{ BACK, 5, 0, 'A', 0, "A=talking resume 1>A" },
			{ BACK, 5, 0, 'A', 0, "" }, { TICK, 18, 0, 0, 0, "" },
			{ LOST, 20, 0, 'A', 0,
				"interrupt 1>A line_lost until 35 "
				"A=interrupted/line_lost" },
			{ BACK, 35, 0, 'A', 0, "A=talking resume 1>A" },
			{ TICK, 35, 0, 0, 0, "" },
			{ END, 40, 1, 'A', 0,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up" } } },
	{ "the line is lost while it rings, in wrap-up, in a pause",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ LOST, 1, 0, 'A', 0,
				"withdraw 1>A line_lost A=away/line_lost wait 1 "
				"line_lost" },
			{ LOST, 1, 0, 'A', 0, "" }, { READY, 2, 0, 'A', 0, "[refused]" },
			{ BACK, 2, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ ACCEPT, 2, 1, 'A', 0, "A=talking join 1>A" },
			{ HANGUP, 3, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ LOST, 4, 0, 'A', 0, "" }, { READY, 5, 0, 'A', 0, "[refused]" },
			{ PAUSE, 5, 0, 'A', 0, "A=pause/paused" },
			{ LOST, 6, 0, 'A', 1, "" }, { BACK, 7, 0, 'A', 0, "" },
			{ BACK, 7, 0, 'A', 1, "" }, { LOST, 8, 0, 'A', 0, "" },
			{ READY, 9, 0, 'A', 0, "[refused]" },
			{ TICK, 999, 0, 0, 0, "" } } },
	{ "a desk that closes in a talk: the talk goes on, and no offer follows it",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ ARRIVE, 2, 2, 0, 0, "" }, { LOST, 3, 0, 'A', 1, "" },
			{ TICK, 30, 0, 0, 0, "" },
			{ HANGUP, 40, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ TICK, 70, 0, 0, 0, "A=away/desk_lost" },
			{ BACK, 71, 0, 'A', 1, "" }, { BACK, 71, 0, 'B', 1, "[unknown]" },
			{ READY, 72, 0, 'A', 0, "A=ready offer 2>A(1,0) A=offered" },
			{ LOST, 73, 0, 'A', 1,
				"withdraw 2>A desk_lost A=away/desk_lost wait 2 "
				"desk_lost" } } },
	{ "a desk that comes back within the talk: as if nothing had been",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 0, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 0, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ ACCEPT, 1, 1, 'A', 0, "A=talking join 1>A" },
			{ LOST, 3, 0, 'A', 1, "" }, { BACK, 4, 0, 'A', 1, "" },
			{ HANGUP, 9, 1, 0, 1,
				"part 1>A caller_silent A=wrapup/caller_silent end 1 "
				"caller_silent" },
			{ TICK, 39, 0, 0, 0, "A=ready" } } },
	{ "an interrupted talk given up is offered to who is ready, at once",
		{ A_TALKS, A_IS_CUT_OFF, { ENTER, 4, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 4, 0, 'B', 0, "B=ready" },
			{ TICK, 18, 0, 0, 0,
				"part 1>A line_lost A=away/line_lost wait 1 line_lost "
				"offer 1>B(0,1) B=offered" } } },
	{ "a talk given up finds a full queue, goes before it, and has a whole wait "
	  "before it",
		{ A_TALKS, A_IS_CUT_OFF, { ARRIVE, 4, 2, 0, 0, "" },
			{ ARRIVE, 4, 3, 0, 0, "" }, { ARRIVE, 4, 4, 0, 0, "" },
			{ ARRIVE, 4, 5, 0, 0, "[full]" },
			{ TICK, 18, 0, 0, 0,
				"part 1>A line_lost A=away/line_lost wait 1 line_lost" },
			{ BACK, 19, 0, 'A', 0, "" },
			{ READY, 19, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ TICK, 39, 0, 0, 0,
				"withdraw 1>A offer_timeout A=away/offer_timeout wait 1 "
				"offer_timeout" },
			{ TICK, 604, 0, 0, 0,
				"end 2 max_wait end 3 max_wait end 4 max_wait" },
			{ TICK, 637, 0, 0, 0, "" },
			{ TICK, 638, 0, 0, 0, "end 1 max_wait" } } },
	{ "who had waited long before a talk given up is as patient again as a newcomer",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { ARRIVE, 0, 1, 0, 0, "" },
			{ READY, 500, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ ACCEPT, 501, 1, 'A', 0, "A=talking join 1>A" },
			{ LOST, 502, 0, 'A', 0,
				"interrupt 1>A line_lost until 517 "
				"A=interrupted/line_lost" },
			{ TICK, 517, 0, 0, 0,
				"part 1>A line_lost A=away/line_lost wait 1 line_lost" },
			{ TICK, 1116, 0, 0, 0, "" },
			{ TICK, 1117, 0, 0, 0, "end 1 max_wait" } } },
	{ "a caller who hangs up in the interruption: wrap-up, then away as the line is "
	  "gone",
		{ A_TALKS, A_IS_CUT_OFF,
			{ HANGUP, 5, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ TICK, 18, 0, 0, 0, "" },
			{ TICK, 35, 0, 0, 0, "A=away/line_lost" },
			{ BACK, 36, 0, 'A', 0, "" },
			{ READY, 37, 0, 'A', 0, "A=ready" } } },
	{ "the same, and the line is back before the wrap-up ends",
		{ A_TALKS, A_IS_CUT_OFF,
			{ HANGUP, 5, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ BACK, 20, 0, 'A', 0, "" }, { TICK, 35, 0, 0, 0, "A=ready" } } },
	{ "the agent hangs up in the interruption, and its wrap-up is done before the "
	  "line is back",
		{ A_TALKS, A_IS_CUT_OFF, { END, 5, 2, 'A', 0, "[refused]" },
			{ END, 5, 1, 'A', 0,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up" },
			{ DONE, 6, 0, 'A', 0, "A=away/line_lost" },
			{ BACK, 17, 0, 'A', 0, "A=ready" } } },
	{ "a pause wished for in the interruption comes with its end",
		{ A_TALKS, A_IS_CUT_OFF, { PAUSE, 4, 0, 'A', 0, "" },
			{ READY, 5, 0, 'A', 0, "" }, { PAUSE, 6, 0, 'A', 0, "" },
			{ TICK, 18, 0, 0, 0,
				"part 1>A line_lost A=pause/paused wait 1 line_lost" },
			{ READY, 19, 0, 'A', 0, "[refused]" },
			{ BACK, 20, 0, 'A', 0, "" },
			{ READY, 21, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" } } },
	{ "a pause wished for in the interruption is taken back in it",
		{ A_TALKS, A_IS_CUT_OFF, { PAUSE, 4, 0, 'A', 0, "" },
			{ READY, 5, 0, 'A', 0, "" },
			{ TICK, 18, 0, 0, 0,
				"part 1>A line_lost A=away/line_lost wait 1 "
				"line_lost" } } },
	{ "a pause wished for in the interruption of a talk that goes on",
		{ A_TALKS, A_IS_CUT_OFF, { PAUSE, 4, 0, 'A', 0, "" },
			{ BACK, 5, 0, 'A', 0, "A=talking resume 1>A" },
			{ HANGUP, 6, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ TICK, 36, 0, 0, 0, "A=pause/paused" } } },
	{ "what is refused in the interruption",
		{ A_TALKS, A_IS_CUT_OFF, { LEAVE, 4, 0, 'A', 0, "[refused]" },
			{ ENTER, 4, 0, 'A', 0, "[refused]" },
			{ ACCEPT, 4, 1, 'A', 0, "[refused]" },
			{ DECLINE, 4, 1, 'A', 0, "[refused]" },
			{ DONE, 4, 0, 'A', 0, "[refused]" },
			{ LOST, 4, 0, 'A', 2, "[refused]" },
			{ BACK, 4, 0, 'A', 2, "[refused]" },
			{ LOST, 4, 0, 'A', 3, "[refused]" },
			{ BACK, 4, 0, 'A', 3, "[refused]" } } },
	{ "the desk goes too in the interruption: the line is all that a talk needs",
		{ A_TALKS, A_IS_CUT_OFF, { LOST, 4, 0, 'A', 1, "" },
			{ LOST, 4, 0, 'A', 1, "" },
			{ BACK, 5, 0, 'A', 0, "A=talking resume 1>A" },
			{ LOST, 30, 0, 'A', 0,
				"interrupt 1>A line_lost until 45 "
				"A=interrupted/line_lost" },
			{ BACK, 31, 0, 'A', 1, "" },
			{ BACK, 44, 0, 'A', 0, "A=talking resume 1>A" } } },
	{ "nothing is ever regained: the caller waits again at once",
		{ A_TALKS,
			{ LOST, 3, 0, 'A', 0,
				"part 1>A line_lost A=away/line_lost wait 1 line_lost" },
			{ BACK, 3, 0, 'A', 0, "" },
			{ READY, 4, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ ACCEPT, 5, 1, 'A', 0, "A=talking join 1>A" },
			{ PAUSE, 6, 0, 'A', 0, "" },
			{ LOST, 7, 0, 'A', 0,
				"part 1>A line_lost A=pause/paused wait 1 line_lost" },
			{ BACK, 8, 0, 'A', 0, "" },
			{ READY, 8, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ LOST, 9, 0, 'A', 1,
				"withdraw 1>A desk_lost A=away/desk_lost wait 1 "
				"desk_lost" },
			{ BACK, 9, 0, 'A', 1, "" },
			{ HANGUP, 9, 1, 0, 0, "end 1 caller_left" },
			{ READY, 10, 0, 'A', 0, "A=ready" },
			{ LOST, 11, 0, 'A', 0, "A=away/line_lost" },
			{ BACK, 11, 0, 'A', 0, "" }, { TICK, 11, 0, 0, 0, "" } },
		true },
	{ "lost while ready and back in time: ready again, in the old place among the "
	  "idle",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ ENTER, 0, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ READY, 2, 0, 'B', 0, "B=ready" },
			{ LOST, 3, 0, 'A', 0, "A=away/line_lost" },
			{ BACK, 18, 0, 'A', 0, "A=ready" },
			{ LOST, 19, 0, 'A', 1, "A=away/desk_lost" },
			{ TICK, 33, 0, 0, 0, "" }, { BACK, 33, 0, 'A', 1, "A=ready" },
			{ TICK, 34, 0, 0, 0, "" },
			{ ARRIVE, 35, 1, 0, 0, "offer 1>A(1,1) A=offered" },
			{ LOST, 36, 0, 'A', 1,
				"withdraw 1>A desk_lost A=away/desk_lost wait 1 "
				"desk_lost offer 1>B(0,1) B=offered" },
			{ BACK, 37, 0, 'A', 1, "A=ready" },
			{ DECLINE, 38, 1, 'B', 0,
				"withdraw 1>B declined B=ready/declined wait 1 declined "
				"offer 1>A(1,0) A=offered" } } },
	{ "lost while ready and back too late: away, for the loss and nothing else",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ LOST, 3, 0, 'A', 0, "A=away/line_lost" },
			{ LOST, 5, 0, 'A', 1, "" }, { TICK, 17, 0, 0, 0, "" },
			{ TICK, 18, 0, 0, 0, "A=away/line_lost" },
			{ BACK, 19, 0, 'A', 1, "" }, { BACK, 19, 0, 'A', 0, "" },
			{ ARRIVE, 20, 1, 0, 0, "" },
			{ READY, 21, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" } } },
	{ "line and desk lost: both must be back, within the time of the first",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 1, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ LOST, 3, 0, 'A', 1,
				"withdraw 1>A desk_lost A=away/desk_lost wait 1 "
				"desk_lost" },
			{ LOST, 4, 0, 'A', 0, "" }, { BACK, 5, 0, 'A', 1, "" },
			{ READY, 6, 0, 'A', 0, "[refused]" },
			{ BACK, 7, 0, 'A', 0, "A=ready offer 1>A(1,0) A=offered" },
			{ LOST, 8, 0, 'A', 0,
				"withdraw 1>A line_lost A=away/line_lost wait 1 "
				"line_lost" },
			{ LOST, 20, 0, 'A', 1, "" }, { BACK, 21, 0, 'A', 0, "" },
			{ TICK, 23, 0, 0, 0, "A=away/line_lost" },
			{ BACK, 24, 0, 'A', 1, "" } } },
	{ "who asks for a pause, or leaves, does not return by itself",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 1, 0, 'A', 0, "A=ready" },
			{ LOST, 3, 0, 'A', 0, "A=away/line_lost" },
			{ PAUSE, 4, 0, 'A', 0, "A=pause/paused" },
			{ BACK, 5, 0, 'A', 0, "" }, { TICK, 18, 0, 0, 0, "" },
			{ READY, 20, 0, 'A', 0, "A=ready" },
			{ LOST, 21, 0, 'A', 1, "A=away/desk_lost" },
			{ LEAVE, 22, 0, 'A', 0, "A=out/shift_ended" },
			{ BACK, 23, 0, 'A', 1, "[unknown]" },
			{ ENTER, 23, 0, 'A', 0, "A=away/new_shift" },
			{ READY, 23, 0, 'A', 0, "A=ready" },
			{ TICK, 99, 0, 0, 0, "" } } },
	{ "who was away for something else stays so",
		{ { ENTER, 0, 0, 'A', 0, "A=away/new_shift" }, { LOST, 1, 0, 'A', 0, "" },
			{ BACK, 2, 0, 'A', 0, "" }, { READY, 3, 0, 'A', 0, "A=ready" },
			{ ARRIVE, 3, 1, 0, 0, "offer 1>A(1,0) A=offered" },
			{ TICK, 23, 0, 0, 0,
				"withdraw 1>A offer_timeout A=away/offer_timeout wait 1 "
				"offer_timeout" },
			{ LOST, 24, 0, 'A', 1, "" }, { BACK, 25, 0, 'A', 1, "" },
			{ TICK, 60, 0, 0, 0, "" } } },
	{ "a wrap-up that ends while the desk is gone for a moment: idle from that end "
	  "on",
		{ A_TALKS, { ENTER, 1, 0, 'B', 0, "B=away/new_shift" },
			{ READY, 2, 0, 'B', 0, "B=ready" },
			{ END, 3, 1, 'A', 0,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up" },
			{ LOST, 30, 0, 'A', 1, "" },
			{ TICK, 33, 0, 0, 0, "A=away/desk_lost" },
			{ LOST, 34, 0, 'B', 1, "B=away/desk_lost" },
			{ BACK, 35, 0, 'B', 1, "B=ready" },
			{ BACK, 44, 0, 'A', 1, "A=ready" },
			{ ARRIVE, 46, 2, 0, 0, "offer 2>B(1,1) B=offered" },
			{ ARRIVE, 47, 3, 0, 0, "offer 3>A(1,0) A=offered" } } },
	{ "a pause wished for in the talk, and a wrap-up that ends while the line is "
	  "gone",
		{ A_TALKS, { PAUSE, 2, 0, 'A', 0, "" },
			{ HANGUP, 3, 1, 0, 0,
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			{ LOST, 32, 0, 'A', 0, "" },
			{ TICK, 33, 0, 0, 0, "A=pause/paused" },
			{ BACK, 34, 0, 'A', 0, "" } } },
	{ "a queue without wrap-up: away at once, and ready with the line",
		{ { ENTER, 0, 0, 'C', 0, "C=away/new_shift" },
			{ READY, 0, 0, 'C', 0, "C=ready" },
			{ ARRIVE, 0, 1, 0, 1, "offer 1>C(0,1) C=offered" },
			{ ACCEPT, 0, 1, 'C', 0, "C=talking join 1>C" },
			{ LOST, 1, 0, 'C', 0,
				"interrupt 1>C line_lost until 16 "
				"C=interrupted/line_lost" },
			{ HANGUP, 2, 1, 0, 0,
				"part 1>C caller_left C=wrapup/caller_left "
				"C=away/line_lost end 1 caller_left" },
			{ ARRIVE, 3, 2, 0, 0, "" },
			{ BACK, 15, 0, 'C', 0, "C=ready offer 2>C(0,1) C=offered" } } },
};

static void test_stories(void **state)
{
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		story_tell(&stories[i]);
}

static struct acd_agent_info agent_info(const struct acd *acd)
{
	struct acd_agent_info info;

	assert_true(acd_agent(acd, 'A', &info));
	return info;
}

static struct acd_call_info call_info(const struct acd *acd)
{
	struct acd_call_info info;

	assert_true(acd_call(acd, 1, &info));
	return info;
}

static void do_step(struct acd *acd, struct step s)
{
	struct acd_event ev = story_event(&s);
	struct acd_actions acts;

	acd_step(acd, &ev, &acts);
	assert_int_equal(acts.verdict, ACD_DONE);
	assert_null(acd_check(acd));
}

static void acd_with_talk(struct acd *acd)
{
	struct acd_limits limits = { .calls = 8, .agents = 3, .regain_ms = 15000 };

	assert_int_equal(acd_init(acd, story_queues, STORY_QUEUES, &limits), 0);
	do_step(acd, (struct step){ ENTER, 1, 0, 'A', 0, "" });
	do_step(acd, (struct step){ ARRIVE, 2, 1, 0, 0, "" });
	assert_int_equal(call_info(acd).wait_left_ms, 600000);
	do_step(acd, (struct step){ READY, 12, 0, 'A', 0, "" });
	assert_int_equal(call_info(acd).state, ACD_CALL_OFFERED);
	assert_int_equal(call_info(acd).wait_left_ms, 590000);
	do_step(acd, (struct step){ ACCEPT, 15, 1, 'A', 0, "" });
}

static void test_infos_of_an_interruption(void **state)
{
	struct acd acd;
	struct acd_agent_info a;
	struct acd_call_info c;

	acd_with_talk(&acd);
	do_step(&acd, (struct step){ LOST, 20, 0, 'A', 1, "" });
	do_step(&acd, (struct step){ LOST, 25, 0, 'A', 0, "" });
	a = agent_info(&acd);
	assert_int_equal(a.state, ACD_AGENT_INTERRUPTED);
	assert_int_equal(a.why, ACD_WHY_LINE_LOST);
	assert_true(a.line_is_gone && a.desk_is_gone && !a.returns);
	assert_int_equal(a.since_ms, 15000); /* the talk's beginning */
	assert_int_equal(a.until_ms, 40000);
	assert_int_equal(acd_next_deadline(&acd), 40000);
	assert_int_equal(a.idle_since_ms, 12000);
	assert_int_equal(a.call, 1);
	c = call_info(&acd);
	assert_int_equal(c.state, ACD_CALL_INTERRUPTED);
	assert_int_equal(c.agent, 'A');
	assert_int_equal(c.since_ms, 15000);
	assert_int_equal(c.arrived_ms, 2000);
	do_step(&acd, (struct step){ BACK, 30, 0, 'A', 0, "" });
	a = agent_info(&acd);
	assert_int_equal(a.state, ACD_AGENT_TALKING);
	assert_true(!a.line_is_gone && a.desk_is_gone);
	assert_int_equal(a.since_ms, 15000);
	assert_int_equal(a.until_ms, -1);
	assert_int_equal(acd_next_deadline(&acd), -1);
	assert_int_equal(call_info(&acd).state, ACD_CALL_TALKING);
	assert_int_equal(call_info(&acd).since_ms, 15000);
	acd_close(&acd);
}

static void test_infos_of_a_return(void **state)
{
	struct acd acd;
	struct acd_agent_info a;

	acd_with_talk(&acd);
	do_step(&acd, (struct step){ HANGUP, 40, 1, 0, 0, "" });
	do_step(&acd, (struct step){ READY, 50, 0, 'A', 0, "" });
	do_step(&acd, (struct step){ LOST, 60, 0, 'A', 1, "" });
	a = agent_info(&acd);
	assert_true(a.returns && a.desk_is_gone && !a.line_is_gone);
	assert_int_equal(a.since_ms, 60000);
	assert_int_equal(a.until_ms, 75000);
	assert_int_equal(a.idle_since_ms, 50000);
	assert_int_equal(acd_next_deadline(&acd), 75000);
	do_step(&acd, (struct step){ TICK, 75, 0, 0, 0, "" });
	a = agent_info(&acd);
	assert_int_equal(a.state, ACD_AGENT_AWAY);
	assert_int_equal(a.why, ACD_WHY_DESK_LOST);
	assert_true(!a.returns && a.desk_is_gone);
	assert_int_equal(a.since_ms, 60000); /* away all the time */
	assert_int_equal(a.until_ms, -1);
	assert_int_equal(acd_next_deadline(&acd), -1);
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_infos_of_an_interruption),
		cmocka_unit_test(test_infos_of_a_return),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
