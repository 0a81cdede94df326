/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: clearance that comes and goes in mid-shift, with the agreement and the declaration of who works at home
 * [RULES P2, N10].  Actions are written as in story.h; A is at home.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/acd/priv.h"
#include "story.h"

#define STEPS_MAX 20

struct step_of_profile {
	int at_s;
	struct acd_event ev;
	const char *expected;
};

struct profile_story {
	const char *what;
	struct acd_queue_config q[2];
	struct step_of_profile steps[STEPS_MAX];
};

#define PROFILE(at, t, a, place, level, barred, exp)      \
	{                                                 \
		at,                                       \
			{ .type = ACD_EV_AGENT_##t,       \
				.agent = a,               \
				.queues = { { 3 } },      \
				.clearance = level,       \
				.workplace = ACD_##place, \
				.is_barred = barred },    \
			exp                               \
	}
#define IS_BARRED(at, exp) PROFILE(at, PROFILE, 'A', HOME, 1, true, exp)
#define IS_OPEN(at, exp)   PROFILE(at, PROFILE, 'A', HOME, 1, false, exp)
#define A_COMES            PROFILE(0, ENTER, 'A', HOME, 1, false, "A=away/new_shift")
#define B_COMES            PROFILE(0, ENTER, 'B', OFFICE, 2, false, "B=away/new_shift")
#define AGENT(at, t, a, exp)                                      \
	{                                                         \
		at, { .type = ACD_EV_AGENT_##t, .agent = a }, exp \
	}
#define TALK(at, t, a, c, exp)                                               \
	{                                                                    \
		at, { .type = ACD_EV_AGENT_##t, .agent = a, .call = c }, exp \
	}
#define COMES(at, c, q, exp)                                                   \
	{                                                                      \
		at, { .type = ACD_EV_CALL_ARRIVE, .call = c, .queue = q }, exp \
	}
#define CLOCK(at, exp)                           \
	{                                        \
		at, { .type = ACD_EV_TICK }, exp \
	}
#define A_IS_READY A_COMES, AGENT(0, READY, 'A', "A=ready")
#define A_IN_TALK                                               \
	A_IS_READY, COMES(1, 1, 0, "offer 1>A(1,0) A=offered"), \
		TALK(2, ACCEPT, 'A', 1, "A=talking join 1>A")

#define B_IN_TALK                                           \
	B_COMES, AGENT(0, READY, 'B', "B=ready"),           \
		COMES(1, 1, 0, "offer 1>B(0,1) B=offered"), \
		TALK(2, ACCEPT, 'B', 1, "B=talking join 1>B")
#define HANDED_TO_A(at, exp)                             \
	{                                                \
		at,                                      \
			{ .type = ACD_EV_AGENT_TRANSFER, \
				.agent = 'B',            \
				.call = 1,               \
				.to_agent = 'A' },       \
			exp                              \
	}

static const struct profile_story stories[] = {
	{ "who begins barred is not ready until it is not barred, and then by its own "
	  "word",
		{ { 0 } },
		{ PROFILE(0, ENTER, 'A', HOME, 0, true, "A=away/new_shift"),
			AGENT(1, READY, 'A', "[refused]"), COMES(2, 1, 0, ""),
			IS_OPEN(3, ""),
			AGENT(4, READY, 'A', "A=ready offer 1>A(1,0) A=offered") } },
	{ "barred while ready: away at once; open again soon: as if nothing had been",
		{ { 0 } },
		{ A_IS_READY, IS_BARRED(1, "A=away/not_cleared"), COMES(2, 1, 0, ""),
			AGENT(3, READY, 'A', "[refused]"),
			IS_OPEN(4, "A=ready offer 1>A(1,0) A=offered") } },
	{ "and open again later: by its own word", { { 0 } },
		{ A_IS_READY, IS_BARRED(1, "A=away/not_cleared"),
			CLOCK(16, "A=away/not_cleared"), IS_OPEN(60, ""),
			AGENT(61, READY, 'A', "A=ready") } },
	{ "barred while it rings: the caller goes to the next", { { 0 } },
		{ A_IS_READY, B_COMES, AGENT(1, READY, 'B', "B=ready"),
			COMES(2, 1, 0, "offer 1>A(1,1) A=offered"),
			IS_BARRED(3,
				"withdraw 1>A not_cleared A=away/not_cleared wait 1 "
				"not_cleared offer 1>B(0,1) B=offered") } },
	{ "barred in a talk: the talk goes on to its end, and nothing comes after it",
		{ { 0 } },
		{ A_IN_TALK, IS_BARRED(3, ""), CLOCK(300, ""), COMES(301, 2, 0, ""),
			TALK(302, HANGUP, 'A', 1,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up"),
			CLOCK(312, "A=away/not_cleared"),
			AGENT(313, READY, 'A', "[refused]"), IS_OPEN(314, ""),
			AGENT(315, READY, 'A', "A=ready offer 2>A(1,0) A=offered") } },
	{ "barred and opened within a talk: nothing was", { { 0 } },
		{ A_IN_TALK, IS_BARRED(3, ""), IS_OPEN(4, ""),
			TALK(5, HANGUP, 'A', 1,
				"part 1>A agent_hung_up A=wrapup/agent_hung_up end 1 "
				"agent_hung_up"),
			CLOCK(15, "A=ready") } },
	{ "barred in a pause and in written work: the state stays, ready does not",
		{ { 0 } },
		{ A_IS_READY, AGENT(1, PAUSE, 'A', "A=pause/paused"), IS_BARRED(2, ""),
			AGENT(3, READY, 'A', "[refused]"),
			AGENT(4, WORK, 'A', "A=work/written_work"),
			AGENT(5, READY, 'A', "[refused]"), IS_OPEN(6, ""),
			AGENT(7, READY, 'A', "A=ready") } },
	{ "barred and without a line: both must come back", { { 0 } },
		{ A_IS_READY,
			{ 1,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_LINE_LOST },
				"A=away/line_lost" },
			IS_BARRED(2, ""),
			{ 3,
				{ .type = ACD_EV_AGENT_BACK,
					.agent = 'A',
					.why = ACD_WHY_LINE_LOST },
				"" },
			IS_OPEN(4, "A=ready") } },
	{ "losing clearance is no event of lines and desks", { { 0 } },
		{ A_IS_READY,
			{ 1,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_NOT_CLEARED },
				"[refused]" } } },
	{ "strict: whoever is idle at home is passed over, the caller waits for the "
	  "office",
		{ { .sensitivity = 2 } },
		{ A_IS_READY, B_COMES, COMES(1, 1, 0, ""),
			AGENT(9, READY, 'B', "B=ready offer 1>B(0,1) B=offered") } },
	{ "clearance rises: the caller who waited is offered at once",
		{ { .sensitivity = 2 } },
		{ A_IS_READY, COMES(1, 1, 0, ""),
			PROFILE(2, PROFILE, 'A', OFFICE, 2, false,
				"offer 1>A(0,1) A=offered") } },
	{ "clearance falls below what rings: withdrawn, and what may be had is offered",
		{ { .sensitivity = 2 }, { 0 } },
		{ PROFILE(0, ENTER, 'A', OFFICE, 2, false, "A=away/new_shift"),
			AGENT(0, READY, 'A', "A=ready"),
			COMES(1, 1, 0, "offer 1>A(0,1) A=offered"), COMES(2, 2, 1, ""),
			PROFILE(3, PROFILE, 'A', HOME, 1, false,
				"withdraw 1>A not_cleared A=ready/not_cleared wait 1 "
				"not_cleared offer 2>A(1,0) A=offered") } },
	{ "who was handed to an agent whose clearance falls joins the others",
		{ { .sensitivity = 2 } },
		{ PROFILE(0, ENTER, 'A', OFFICE, 2, false, "A=away/new_shift"), B_COMES,
			AGENT(0, READY, 'B', "B=ready"),
			COMES(1, 1, 0, "offer 1>B(0,1) B=offered"),
			TALK(2, ACCEPT, 'B', 1, "B=talking join 1>B"),
			{ 3,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 1,
					.to_agent = 'A' },
				"part 1>B transferred B=wrapup/transferred wait 1 "
				"transferred" },
			PROFILE(4, PROFILE, 'A', HOME, 1, false, ""),
			AGENT(5, READY, 'A', "A=ready"),
			PROFILE(6, PROFILE, 'A', OFFICE, 2, false,
				"offer 1>A(0,1) A=offered") } },
	{ "nobody hands on to who is barred, to who is open again yes", { { 0 } },
		{ A_COMES, B_IN_TALK, IS_BARRED(3, ""), HANDED_TO_A(4, "[barred]"),
			IS_OPEN(5, ""),
			HANDED_TO_A(6,
				"part 1>B transferred B=wrapup/transferred wait 1 "
				"transferred") } },
	{ "who was handed to an agent who is barred then joins the others", { { 0 } },
		{ A_COMES, B_IN_TALK,
			HANDED_TO_A(3,
				"part 1>B transferred B=wrapup/transferred wait 1 "
				"transferred"),
			PROFILE(4, ENTER, 'C', OFFICE, 2, false, "C=away/new_shift"),
			AGENT(4, READY, 'C', "C=ready"),
			IS_BARRED(5, "offer 1>C(0,1) C=offered") } },
	{ "nonsense is refused and changes nothing", { { 0 } },
		{ A_IS_READY,
			{ 1,
				{ .type = ACD_EV_AGENT_PROFILE,
					.agent = 'A',
					.workplace = (enum acd_workplace)2 },
				"[refused]" },
			{ 1,
				{ .type = ACD_EV_AGENT_PROFILE,
					.agent = 'A',
					.queues = { { 4 } } },
				"[unknown]" },
			{ 1, { .type = ACD_EV_AGENT_PROFILE, .agent = 'Z' },
				"[unknown]" },
			COMES(2, 1, 0, "offer 1>A(1,0) A=offered") } },
};

static void tell(const struct profile_story *s)
{
	struct acd acd;

	story_open(&acd, s->q, 0);
	for (size_t i = 0; i < STEPS_MAX && s->steps[i].expected; i++) {
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

/* A house with too few groups: the agent stays what it was. */
static void test_too_many_profiles(void **state)
{
	const struct acd_queue_config q[2] = { { .sensitivity = 2 }, { 0 } };
	struct acd acd;
	struct acd_actions acts;

	story_open(&acd, q, 1);
	for (unsigned i = 1; i <= 2; i++) {
		acd_step(&acd,
			&(struct acd_event){ .type = ACD_EV_AGENT_ENTER,
				.agent = i,
				.queues = { { 3 } },
				.clearance = 1 },
			&acts);
		assert_int_equal(acts.verdict, ACD_DONE);
	}
	acd_step(&acd,
		&(struct acd_event){ .type = ACD_EV_AGENT_PROFILE,
			.agent = 1,
			.queues = { { 3 } },
			.clearance = 2 },
		&acts);
	assert_int_equal(acts.verdict, ACD_LIMIT);
	assert_null(acd_check(&acd));
	acd_step(&acd, &(struct acd_event){ .type = ACD_EV_AGENT_LEAVE, .agent = 2 },
		&acts);
	acd_step(&acd,
		&(struct acd_event){ .type = ACD_EV_AGENT_PROFILE,
			.agent = 1,
			.queues = { { 3 } },
			.clearance = 2 },
		&acts);
	assert_int_equal(acts.verdict, ACD_DONE); /* its own group's place */
	assert_null(acd_check(&acd));
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_stories),
		cmocka_unit_test(test_too_many_profiles) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
