/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: an agent puts its caller on hold, comes back, or hands the call over; and each way out of a hold.  Actions
 * are written as in story.h; A is at home, the longest hold is 40 s, a no counts for 15 s.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "core/acd/priv.h"
#include "story.h"

#define STEPS_MAX 24
#define HOLD_MS   40000

struct hold_step {
	int at_s;
	struct acd_event ev;
	const char *expected;
};

struct hold_story {
	const char *what;
	struct hold_step steps[STEPS_MAX];
};

#define COMES(a, place, level, exp)                         \
	{                                                   \
		0,                                          \
			{ .type = ACD_EV_AGENT_ENTER,       \
				.agent = a,                 \
				.queues = { { 3 } },        \
				.clearance = level,         \
				.workplace = ACD_##place }, \
			exp                                 \
	}
#define A_COMES        COMES('A', HOME, 1, "A=away/new_shift")
#define B_COMES(level) COMES('B', OFFICE, level, "B=away/new_shift")
#define AGENT(at, t, a, exp)                                      \
	{                                                         \
		at, { .type = ACD_EV_AGENT_##t, .agent = a }, exp \
	}
#define TALK(at, t, a, c, exp)                                               \
	{                                                                    \
		at, { .type = ACD_EV_AGENT_##t, .agent = a, .call = c }, exp \
	}
#define CALL(at, c, level, exp)                                                          \
	{                                                                                \
		at, { .type = ACD_EV_CALL_ARRIVE, .call = c, .sensitivity = level }, exp \
	}
#define LINE(at, t, a, exp)                                                             \
	{                                                                               \
		at, { .type = ACD_EV_AGENT_##t, .agent = a, .why = ACD_WHY_LINE_LOST }, \
			exp                                                             \
	}
#define CLOCK(at, exp)                           \
	{                                        \
		at, { .type = ACD_EV_TICK }, exp \
	}
#define B_IS_READY B_COMES(3), AGENT(0, READY, 'B', "B=ready")
#define A_IN_TALK                                          \
	A_COMES, AGENT(0, READY, 'A', "A=ready"),          \
		CALL(1, 1, 0, "offer 1>A(1,0) A=offered"), \
		TALK(2, ACCEPT, 'A', 1, "A=talking join 1>A")
#define A_HOLDS        A_IN_TALK, TALK(3, HOLD, 'A', 1, "hold 1>A until 43 A=holding")
#define HANDED_OVER_IS "part 1>A handed_over A=wrapup/handed_over wait 1 handed_over"
#define HOLD_OVER_IS   "part 1>A hold_over A=wrapup/hold_over wait 1 hold_over"

static const struct hold_story stories[] = {
	{ "on hold and back: one talk, and no end of it is left behind",
		{ A_HOLDS, TALK(9, RESUME, 'A', 1, "A=talking resume 1>A"),
			CLOCK(100, ""),
			TALK(101, HOLD, 'A', 1, "hold 1>A until 141 A=holding"),
			TALK(102, RESUME, 'A', 1, "A=talking resume 1>A"),
			TALK(103, HANGUP, 'A', 1,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up") } },
	{ "said twice it is no longer for that, and what is not on hold is not resumed",
		{ A_IN_TALK, TALK(3, RESUME, 'A', 1, "[refused]"),
			TALK(3, HOLD, 'A', 1, "hold 1>A until 43 A=holding"),
			TALK(30, HOLD, 'A', 1, "[refused]"), CLOCK(43, HOLD_OVER_IS) } },
	{ "only one's own call, and only in a talk",
		{ A_IN_TALK, B_IS_READY, TALK(3, HOLD, 'B', 1, "[refused]"),
			TALK(3, HOLD, 'A', 2, "[refused]"),
			TALK(3, HAND_OVER, 'B', 1, "[refused]"),
			TALK(3, HAND_OVER, 'A', 2, "[refused]"),
			TALK(3, HOLD, 'A', 1, "hold 1>A until 43 A=holding"),
			TALK(4, RESUME, 'A', 2, "[refused]"),
			TALK(4, RESUME, 'B', 1, "[refused]") } },
	{ "handed over to who is ready",
		{ A_HOLDS, B_IS_READY,
			TALK(5, HAND_OVER, 'A', 1,
				HANDED_OVER_IS " offer 1>B(0,1) B=offered"),
			CLOCK(15, "A=ready"),
			TALK(16, ACCEPT, 'B', 1, "B=talking join 1>B") } },
	{ "handed over without a hold",
		{ A_IN_TALK, B_IS_READY,
			TALK(5, HAND_OVER, 'A', 1,
				HANDED_OVER_IS " offer 1>B(0,1) B=offered"),
			TALK(6, HAND_OVER, 'A', 1, "[refused]") } },
	{ "not back to the same agent, who is free long before: the caller waits at the "
	  "head for somebody else",
		{ A_HOLDS, CALL(4, 2, 0, ""), TALK(5, HAND_OVER, 'A', 1, HANDED_OVER_IS),
			AGENT(6, WRAPUP_DONE, 'A', "A=ready offer 2>A(1,0) A=offered"),
			TALK(7, ACCEPT, 'A', 2, "A=talking join 2>A"), CALL(8, 3, 0, ""),
			B_COMES(3),
			AGENT(9, READY, 'B', "B=ready offer 1>B(0,1) B=offered") } },
	{ "with nobody else there it is that agent's again when the longest hold has "
	  "passed once more",
		{ A_HOLDS, TALK(5, HAND_OVER, 'A', 1, HANDED_OVER_IS),
			AGENT(6, WRAPUP_DONE, 'A', "A=ready"), CLOCK(44, ""),
			CLOCK(45, "offer 1>A(1,0) A=offered") } },
	{ "never to an agent whose clearance does not suffice",
		{ A_COMES, AGENT(0, READY, 'A', "A=ready"),
			CALL(1, 1, 1, "offer 1>A(1,0) A=offered"),
			TALK(2, ACCEPT, 'A', 1, "A=talking join 1>A"), B_COMES(0),
			AGENT(2, READY, 'B', "B=ready"),
			TALK(3, HOLD, 'A', 1, "hold 1>A until 43 A=holding"),
			TALK(4, HAND_OVER, 'A', 1, HANDED_OVER_IS),
			CLOCK(14, "A=ready") } },
	{ "too long: handed over by itself; nobody's call rings at an empty chair",
		{ A_HOLDS, B_IS_READY, CLOCK(42, ""),
			CLOCK(43, HOLD_OVER_IS " offer 1>B(0,1) B=offered"),
			CALL(44, 2, 0, ""), CLOCK(53, "A=pause/paused"), CLOCK(60, ""),
			TALK(61, RESUME, 'A', 1, "[refused]"),
			AGENT(62, READY, 'A', "A=ready offer 2>A(1,0) A=offered") } },
	{ "too long, with written work wished for: that",
		{ A_HOLDS, AGENT(5, WORK, 'A', ""), CLOCK(43, HOLD_OVER_IS),
			CLOCK(53, "A=work/written_work") } },
	{ "a pause wished for on hold follows a hand-over, and is taken back like any",
		{ A_HOLDS, AGENT(4, PAUSE, 'A', ""),
			TALK(5, HAND_OVER, 'A', 1, HANDED_OVER_IS),
			CLOCK(15, "A=pause/paused") } },
	{ "the caller hangs up on hold",
		{ A_HOLDS,
			{ 9, { .type = ACD_EV_CALL_HANGUP, .call = 1 },
				"part 1>A caller_left A=wrapup/caller_left end 1 "
				"caller_left" },
			CLOCK(19, "A=ready") } },
	{ "the agent hangs up on hold",
		{ A_HOLDS,
			TALK(9, HANGUP, 'A', 1,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up") } },
	{ "transferred on hold",
		{ A_HOLDS, B_IS_READY,
			{ 9,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'B' },
				"part 1>A transferred A=wrapup/transferred wait 1 "
				"transferred offer 1>B(0,1) B=offered" } } },
	{ "the shift does not end on hold",
		{ A_HOLDS, AGENT(4, LEAVE, 'A', "[refused]") } },
	{ "the line is lost on hold: the end stands, and without a line nothing is "
	  "resumed",
		{ A_HOLDS, LINE(4, LOST, 'A', ""), CLOCK(20, ""),
			TALK(21, RESUME, 'A', 1, "[refused]"), LINE(22, BACK, 'A', ""),
			TALK(23, RESUME, 'A', 1, "A=talking resume 1>A") } },
	{ "and when it stays away: handed over at the end of the hold",
		{ A_HOLDS, LINE(4, LOST, 'A', ""), CLOCK(43, HOLD_OVER_IS),
			CLOCK(53, "A=pause/paused"),
			AGENT(54, READY, 'A', "[refused]") } },
	{ "the line is lost, then held: the caller is kept for the time of a hold",
		{ A_IN_TALK,
			LINE(3, LOST, 'A',
				"interrupt 1>A line_lost until 18 "
				"A=interrupted/line_lost"),
			TALK(4, HOLD, 'A', 1, "hold 1>A until 44 A=holding"),
			CLOCK(20, ""), LINE(21, BACK, 'A', ""), CLOCK(43, ""),
			CLOCK(44, HOLD_OVER_IS) } },
	{ "a talk that goes on after a hold is interrupted like any",
		{ A_HOLDS, TALK(4, RESUME, 'A', 1, "A=talking resume 1>A"),
			LINE(5, LOST, 'A',
				"interrupt 1>A line_lost until 20 "
				"A=interrupted/line_lost") } },
};

static void open_house(struct acd *acd, int64_t hold_ms)
{
	struct acd_queue_config q[2] = { story_with_base((struct acd_queue_config){ 0 }),
		story_with_base((struct acd_queue_config){ 0 }) };
	struct acd_limits limits = {
		.calls = 16, .agents = 4, .regain_ms = 15000, .hold_ms = hold_ms
	};

	assert_int_equal(acd_init(acd, q, 2, &limits), 0);
}

static void tell(const struct hold_story *s)
{
	struct acd acd;

	open_house(&acd, HOLD_MS);
	for (size_t i = 0; s->steps[i].expected; i++) {
		struct acd_event ev = s->steps[i].ev;
		struct acd_actions acts;
		char got[512];

		ev.at_ms = s->steps[i].at_s * 1000;
		acd_step(&acd, &ev, &acts);
		story_write(got, sizeof got, &acts);
		if (strcmp(got, s->steps[i].expected) != 0)
			fail_msg("%s, step %zu (at %d s): expected \"%s\", got \"%s\"",
				s->what, i, s->steps[i].at_s, s->steps[i].expected, got);
		if (acd_check(&acd))
			fail_msg("%s, step %zu: %s", s->what, i, acd_check(&acd));
	}
	acd_close(&acd);
}

static void test_stories(void **state)
{
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		tell(&stories[i]);
}

static void begin_hold(struct acd *acd, int64_t hold_ms)
{
	static const struct acd_event steps[] = {
		{ .type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } },
		{ .type = ACD_EV_AGENT_READY, .agent = 'A' },
		{ .type = ACD_EV_CALL_ARRIVE, .call = 1, .at_ms = 1000 },
		{ .type = ACD_EV_AGENT_ACCEPT, .agent = 'A', .call = 1, .at_ms = 2000 },
		{ .type = ACD_EV_AGENT_HOLD, .agent = 'A', .call = 1, .at_ms = 3000 },
	};
	struct acd_actions acts;

	open_house(acd, hold_ms);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		acd_step(acd, &steps[i], &acts);
		assert_int_equal(acts.verdict, ACD_DONE);
	}
}

/* The talk began before the hold, and its length counts from there. */
static void test_what_is_told(void **state)
{
	struct acd_agent_info a;
	struct acd_call_info c;
	struct acd acd;

	begin_hold(&acd, 0);
	assert_true(acd_agent(&acd, 'A', &a));
	assert_true(acd_call(&acd, 1, &c));
	assert_int_equal(a.state, ACD_AGENT_HOLDING);
	assert_int_equal(a.since_ms, 2000);
	assert_int_equal(a.until_ms, 3000 + ACD_HOLD_MS); /* where nothing is said */
	assert_int_equal(a.call, 1);
	assert_int_equal(c.state, ACD_CALL_ON_HOLD);
	assert_int_equal(c.since_ms, 2000);
	assert_int_equal(c.agent, 'A');
	assert_int_equal(c.on_hold_until_ms, 3000 + ACD_HOLD_MS);
	assert_int_equal(acd_transfers(&acd, 'A', 0, 0), ACD_DONE);
	acd_close(&acd);
	assert_int_equal(
		acd_init(&acd, story_queues, 2, &(struct acd_limits){ 1, 1, 0, 0, -1 }),
		EINVAL);
}

/* Taken over by another process: what the call says counts, for it was kept first. */
static const struct {
	const char *what;
	enum acd_agent_state was;
	bool line_is_gone;
	int64_t on_hold_until_ms;
	enum acd_agent_state agent;
	enum acd_call_state call;
	int64_t until_ms; /* the agent's */
} restored[] = {
	{ "a hold goes on with the time left", ACD_AGENT_HOLDING, false, 120000,
		ACD_AGENT_HOLDING, ACD_CALL_ON_HOLD, 120000 },
	{ "without a line, too", ACD_AGENT_HOLDING, true, 120000, ACD_AGENT_HOLDING,
		ACD_CALL_ON_HOLD, 120000 },
	{ "no longer than the longest", ACD_AGENT_HOLDING, false, 900000,
		ACD_AGENT_HOLDING, ACD_CALL_ON_HOLD, 100000 + HOLD_MS },
	{ "one that was over meanwhile is over at once", ACD_AGENT_HOLDING, false, 50000,
		ACD_AGENT_HOLDING, ACD_CALL_ON_HOLD, 100000 },
	{ "just begun: the agent's part was not kept yet", ACD_AGENT_TALKING, false,
		120000, ACD_AGENT_HOLDING, ACD_CALL_ON_HOLD, 120000 },
	{ "just resumed: likewise", ACD_AGENT_HOLDING, false, 0, ACD_AGENT_TALKING,
		ACD_CALL_TALKING, -1 },
	{ "just resumed, and the line is gone", ACD_AGENT_HOLDING, true, 0,
		ACD_AGENT_INTERRUPTED, ACD_CALL_INTERRUPTED, 115000 },
};

static void step_restored(struct acd *acd, struct acd_event ev)
{
	struct acd_actions acts;

	ev.at_ms = 100000;
	acd_step(acd, &ev, &acts);
	assert_int_equal(acts.verdict, ACD_DONE);
	assert_int_equal(acts.n, 0);
	assert_null(acd_check(acd));
}

static void test_restored(void **state)
{
	for (size_t i = 0; i < sizeof restored / sizeof *restored; i++) {
		struct acd_agent_info a;
		struct acd_call_info c;
		struct acd acd;

		print_message("# %s\n", restored[i].what);
		open_house(&acd, HOLD_MS);
		step_restored(&acd,
			(struct acd_event){ .type = ACD_EV_AGENT_RESTORE,
				.agent = 'A',
				.call = 1,
				.queues = { { 1 } },
				.saved_agent = { .state = restored[i].was,
					.since_ms = 70000,
					.until_ms = 1,
					.pause_after = true,
					.line_is_gone = restored[i].line_is_gone } });
		step_restored(&acd,
			(struct acd_event){ .type = ACD_EV_CALL_RESTORE,
				.call = 1,
				.agent = 'A',
				.saved_call = { .arrived_ms = 60000,
					.since_ms = 70000,
					.on_hold_until_ms =
						restored[i].on_hold_until_ms } });
		step_restored(&acd, (struct acd_event){ .type = ACD_EV_RESTORED });
		assert_true(acd_agent(&acd, 'A', &a));
		assert_true(acd_call(&acd, 1, &c));
		assert_int_equal(a.state, restored[i].agent);
		assert_int_equal(a.until_ms, restored[i].until_ms);
		assert_int_equal(a.since_ms, 70000);
		assert_true(a.pause_after);
		assert_int_equal(c.state, restored[i].call);
		assert_int_equal(c.since_ms, 70000);
		acd_close(&acd);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_what_is_told),
		cmocka_unit_test(test_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
