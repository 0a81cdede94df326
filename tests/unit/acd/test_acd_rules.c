/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: each rule by itself, as a story in a house that has it.  Actions are written as in story.h, but each
 * agent is told with its profile; times are seconds.
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

struct rule_step {
	int at_s;
	struct acd_event ev;
	const char *expected;
};

struct rule_story {
	const char *what;
	struct acd_queue_config q[2]; /* what story_with_base() fills up */
	struct rule_step steps[STEPS_MAX];
};

#define PLAIN(a, exp)                                                                   \
	{                                                                               \
		0, { .type = ACD_EV_AGENT_ENTER, .agent = a, .queues = { { 3 } } }, exp \
	}
#define PLAIN_AT(at, a)                                                              \
	{                                                                            \
		at, { .type = ACD_EV_AGENT_ENTER, .agent = a, .queues = { { 3 } } }, \
			"A=away/new_shift"                                           \
	}
#define PLAIN_A PLAIN('A', "A=away/new_shift")
#define PLAIN_B PLAIN('B', "B=away/new_shift")
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
#define CALLER(at, t, c, exp)                                   \
	{                                                       \
		at, { .type = ACD_EV_CALL_##t, .call = c }, exp \
	}
#define CLOCK(at, exp)                           \
	{                                        \
		at, { .type = ACD_EV_TICK }, exp \
	}

static const struct rule_story stories[] = {
	{ "skills: who has less than demanded is passed over",
		{ { .skills = { { 0x32 } } } },
		{ { 0,
			  { .type = ACD_EV_AGENT_ENTER,
				  .agent = 'A',
				  .queues = { { 1 } },
				  .skills = { { 0xF1 } } },
			  "A=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 1 } },
					.skills = { { 0x32 } } },
				"B=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"), AGENT(1, READY, 'B', "B=ready"),
			COMES(2, 1, 0, "offer 1>B(0,1) B=offered"),
			COMES(2, 2, 0, "") } },
	{ "skills relax with the wait, and the place by arrival is kept",
		{ { .skills = { { 2 } },
			.n_relax = 2,
			.relax = { { 30000, { { 1 } } }, { 60000, { { 0 } } } } } },
		{ { 0,
			  { .type = ACD_EV_AGENT_ENTER,
				  .agent = 'A',
				  .queues = { { 1 } },
				  .skills = { { 1 } } },
			  "A=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 1 } } },
				"B=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"), COMES(1, 1, 0, ""),
			COMES(20, 2, 0, ""), AGENT(29, READY, 'B', "B=ready"),
			CLOCK(30, ""), CLOCK(31, "offer 1>A(0,1) A=offered"),
			TALK(32, DECLINE, 'A', 1,
				"withdraw 1>A declined A=ready/declined "
				"wait 1 declined"),
			CLOCK(50, "offer 1>A(0,1) A=offered"),
			AGENT(51, PAUSE, 'A',
				"withdraw 1>A paused A=pause/paused wait "
				"1 paused"),
			CLOCK(61, "offer 1>B(0,1) B=offered"),
			AGENT(62, READY, 'A', "A=ready offer 2>A(0,1) A=offered") } },
	{ "clearance: of the queue, and of the call where that is higher",
		{ { .sensitivity = 1 } },
		{ { 0, { .type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } },
			  "A=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 1 } },
					.clearance = 1 },
				"B=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'C',
					.queues = { { 1 } },
					.clearance = 2 },
				"C=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"), AGENT(1, READY, 'B', "B=ready"),
			AGENT(2, READY, 'C', "C=ready"),
			{ 3, { .type = ACD_EV_CALL_ARRIVE, .call = 1, .sensitivity = 2 },
				"offer 1>C(0,1) C=offered" },
			{ 3, { .type = ACD_EV_CALL_ARRIVE, .call = 2, .sensitivity = 3 },
				"" },
			{ 3, { .type = ACD_EV_CALL_ARRIVE, .call = 9, .sensitivity = 4 },
				"[refused]" },
			COMES(4, 3, 0, "offer 3>B(0,1) B=offered"),
			COMES(5, 4, 0, "") } },
	{ "the caller's wish for the office", { { 0 } },
		{ { 0,
			  { .type = ACD_EV_AGENT_ENTER,
				  .agent = 'A',
				  .queues = { { 1 } },
				  .workplace = ACD_HOME },
			  "A=away/new_shift" },
			PLAIN_B, AGENT(0, READY, 'A', "A=ready"),
			{ 1,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.wants_office = true },
				"" },
			COMES(2, 2, 0, "offer 2>A(1,0) A=offered"),
			AGENT(3, READY, 'B', "B=ready offer 1>B(0,1) B=offered") } },
	{ "urgency: the longer wait outweighs the higher priority, here "
	  "just not yet",
		{ { .priority = 1 }, { .priority = 2 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(6, 2, 1, ""),
			AGENT(11, READY, 'A', "A=ready offer 1>A(0,1) A=offered") } },
	{ "urgency: at equal urgency the steeper one",
		{ { .priority = 1 }, { .priority = 2 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(6, 2, 1, ""),
			AGENT(12, READY, 'A', "A=ready offer 2>A(0,1) A=offered") } },
	{ "urgency: at equal urgency the steeper one, whichever is looked at first",
		{ { .priority = 2 }, { .priority = 1 } },
		{ PLAIN_A, COMES(0, 1, 1, ""), COMES(6, 2, 0, ""),
			AGENT(12, READY, 'A', "A=ready offer 2>A(0,1) A=offered") } },
	{ "urgency: a shorter target counts like a higher priority",
		{ { .target_ms = 30000 }, { .target_ms = 10000 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(60, 2, 1, ""),
			AGENT(90, READY, 'A', "A=ready offer 2>A(0,1) A=offered"),
			TALK(91, DECLINE, 'A', 2,
				"withdraw 2>A declined A=ready/declined "
				"wait 2 declined offer "
				"1>A(0,1) A=offered") } },
	{ "alike: the oldest first across queues", { { 0 } },
		{ PLAIN_A, COMES(0, 1, 1, ""), COMES(0, 2, 0, ""), COMES(1, 3, 1, ""),
			AGENT(9, READY, 'A', "A=ready offer 1>A(0,1) A=offered") } },
	{ "the agent of last time: waited for, though another is ready", { { 0 } },
		{ PLAIN_A, PLAIN_B, AGENT(0, READY, 'B', "B=ready"),
			{ 1,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.agent = 'A',
					.prefer_ms = 20000 },
				"" },
			AGENT(5, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			TALK(6, DECLINE, 'A', 1,
				"withdraw 1>A declined A=ready/declined "
				"wait 1 declined offer "
				"1>B(0,1) B=offered") } },
	{ "the agent of last time: the wait for it is over, and the old "
	  "place is there",
		{ { 0 } },
		{ PLAIN_A, PLAIN_B,
			{ 1,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.agent = 'A',
					.prefer_ms = 20000 },
				"" },
			COMES(2, 2, 0, ""), CLOCK(20, ""), CLOCK(21, ""),
			AGENT(22, READY, 'B', "B=ready offer 1>B(0,1) B=offered"),
			AGENT(23, READY, 'A', "A=ready offer 2>A(0,1) A=offered") } },
	{ "the agent of last time goes home, or is not there at all", { { 0 } },
		{ PLAIN_A, PLAIN_B,
			{ 1,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.agent = 'A',
					.prefer_ms = 20000 },
				"" },
			AGENT(2, READY, 'B', "B=ready"),
			AGENT(3, LEAVE, 'A',
				"A=out/shift_ended offer 1>B(0,1) "
				"B=offered"),
			TALK(4, DECLINE, 'B', 1,
				"withdraw 1>B declined B=ready/declined "
				"wait 1 declined"),
			{ 5,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 2,
					.agent = 'A',
					.prefer_ms = 20000 },
				"offer 2>B(0,1) B=offered" } } },
	{ "the agent of last time may not have it: not waited for",
		{ { .sensitivity = 1 } },
		{ { 0, { .type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } },
			  "A=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 1 } },
					.clearance = 1 },
				"B=away/new_shift" },
			AGENT(0, READY, 'B', "B=ready"),
			{ 1,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.agent = 'A',
					.prefer_ms = 20000 },
				"offer 1>B(0,1) B=offered" } } },
	{ "four refusals are remembered; the next one frees what would be offered again "
	  "first",
		{ { 0 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(0, 2, 0, ""), COMES(0, 3, 0, ""),
			COMES(0, 4, 0, ""), COMES(0, 5, 0, ""),
			AGENT(0, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			TALK(1, DECLINE, 'A', 1,
				"withdraw 1>A declined A=ready/declined wait 1 declined "
				"offer 2>A(0,1) A=offered"),
			TALK(2, DECLINE, 'A', 2,
				"withdraw 2>A declined A=ready/declined wait 2 declined "
				"offer 3>A(0,1) A=offered"),
			TALK(3, DECLINE, 'A', 3,
				"withdraw 3>A declined A=ready/declined wait 3 declined "
				"offer 4>A(0,1) A=offered"),
			TALK(4, DECLINE, 'A', 4,
				"withdraw 4>A declined A=ready/declined wait 4 declined "
				"offer 5>A(0,1) A=offered"),
			TALK(5, DECLINE, 'A', 5,
				"withdraw 5>A declined A=ready/declined wait 5 declined "
				"offer 1>A(0,1) A=offered"),
			TALK(6, DECLINE, 'A', 1,
				"withdraw 1>A declined A=ready/declined wait 1 declined "
				"offer 2>A(0,1) A=offered") } },
	{ "written work: neither ready nor a pause, taken up at once", { { 0 } },
		{ PLAIN_A, AGENT(0, WORK, 'A', "A=work/written_work"),
			AGENT(0, WORK, 'A', ""), COMES(1, 1, 0, ""),
			AGENT(2, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			AGENT(3, WORK, 'A',
				"withdraw 1>A written_work "
				"A=work/written_work wait 1 "
				"written_work"),
			AGENT(4, PAUSE, 'A', "A=pause/paused"),
			AGENT(5, WORK, 'A', "A=work/written_work"),
			{ 6,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_DESK_LOST },
				"" },
			AGENT(7, READY, 'A', "[refused]"),
			AGENT(8, LEAVE, 'A', "A=out/shift_ended") } },
	{ "written work wished for in a talk follows it; the later wish "
	  "counts",
		{ { 0 } },
		{ PLAIN_A, AGENT(0, READY, 'A', "A=ready"),
			COMES(0, 1, 0, "offer 1>A(0,1) A=offered"),
			TALK(1, ACCEPT, 'A', 1, "A=talking join 1>A"),
			AGENT(2, PAUSE, 'A', ""), AGENT(3, WORK, 'A', ""),
			CALLER(4, HANGUP, 1,
				"part 1>A caller_left "
				"A=wrapup/caller_left end 1 caller_left"),
			CLOCK(14, "A=work/written_work"),
			AGENT(15, READY, 'A', "A=ready"),
			COMES(16, 2, 0, "offer 2>A(0,1) A=offered"),
			TALK(17, ACCEPT, 'A', 2, "A=talking join 2>A"),
			AGENT(18, WORK, 'A', ""), AGENT(19, READY, 'A', ""),
			CALLER(20, HANGUP, 2,
				"part 2>A caller_left "
				"A=wrapup/caller_left end 2 caller_left"),
			AGENT(21, WORK, 'A', "A=work/written_work") } },
	{ "written work wished for in a talk that is lost", { { 0 } },
		{ PLAIN_A, AGENT(0, READY, 'A', "A=ready"),
			COMES(0, 1, 0, "offer 1>A(0,1) A=offered"),
			TALK(1, ACCEPT, 'A', 1, "A=talking join 1>A"),
			AGENT(2, WORK, 'A', ""),
			{ 3,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_LINE_LOST },
				"interrupt 1>A line_lost until 18 "
				"A=interrupted/line_lost" },
			CLOCK(18,
				"part 1>A line_lost A=work/written_work "
				"wait 1 line_lost") } },
	{ "closed: refused, diverted to a queue that is open, sent off "
	  "with a message",
		{ { .n_diversions = 2,
			.diversions = { { ACD_IF_CLOSED, ACD_DIVERT_QUEUE, 0, 0, 1 },
				{ ACD_IF_CLOSED, ACD_DIVERT_MESSAGE, 0, 0, 7 } } } },
		{ PLAIN_A, COMES(0, 1, 0, ""),
			{ 1, { .type = ACD_EV_QUEUE_CLOSE, .queue = 0 }, "" },
			COMES(2, 2, 0, "divert 2>queue1 closed"),
			{ 3, { .type = ACD_EV_QUEUE_CLOSE, .queue = 1 }, "" },
			COMES(4, 3, 0, "divert 3>message7 closed end 3 closed"),
			COMES(5, 4, 1, "[closed]"),
			{ 5, { .type = ACD_EV_QUEUE_CLOSE, .queue = 2 }, "[unknown]" },
			AGENT(6, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			{ 7, { .type = ACD_EV_QUEUE_OPEN, .queue = 1 }, "" },
			COMES(8, 5, 1, "") } },
	{ "too many wait: to another queue with the arrival kept, and "
	  "never on from there",
		{ { .n_diversions = 1,
			  .diversions = { { ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 1, 0,
				  1 } } },
			{ .n_diversions = 1,
				.diversions = { { ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 0,
					5000, 0 } } } },
		{ PLAIN_A, COMES(0, 1, 0, ""),
			COMES(1, 2, 0, "divert 2>queue1 queue_long"), COMES(2, 3, 1, ""),
			CLOCK(6, ""), CLOCK(7, "divert 3>queue0 queue_long"),
			AGENT(8, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			COMES(9, 4, 0, "divert 4>queue1 queue_long"),
			AGENT(10, PAUSE, 'A',
				"withdraw 1>A paused A=pause/paused wait "
				"1 paused"),
			CALLER(11, HANGUP, 1, "end 1 caller_left"),
			AGENT(12, READY, 'A', "A=ready offer 2>A(0,1) A=offered") } },
	{ "too long a wait: asked for a callback at arrival, sent off "
	  "after a while",
		{ { .n_diversions = 2,
			.diversions = { { ACD_IF_WAIT, ACD_DIVERT_CALLBACK, 300000, 0, 0 }, { ACD_IF_WAIT, ACD_DIVERT_MESSAGE, 100000, 30000, 3 } } } },
		{ PLAIN_A, COMES(0, 1, 0, "divert 1>callback0 wait_long"),
			AGENT(0, READY, 'A', "A=ready offer 1>A(0,1) A=offered"),
			COMES(1, 2, 0, ""),
			COMES(2, 3, 0, "divert 3>callback0 wait_long"),
			TALK(3, ACCEPT, 'A', 1, "A=talking join 1>A"), CLOCK(30, ""),
			CLOCK(31,
				"divert 2>message3 wait_long end 2 "
				"wait_long"),
			CLOCK(32,
				"divert 3>message3 wait_long end 3 "
				"wait_long") } },
	{ "a diversion whose queue takes nobody is passed over",
		{ { .max_waiting = 2,
			  .n_diversions = 2,
			  .diversions = { { ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 1, 0, 1 },
				  { ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 1, 0, 0 } } },
			{ .max_waiting = 1 } },
		{ PLAIN_A, COMES(0, 1, 1, ""), COMES(1, 2, 0, ""), COMES(2, 3, 0, ""),
			COMES(3, 4, 0, "[full]") } },
	{ "nobody is there: a queue that diverts does so all the same",
		{ { .n_diversions = 1,
			.diversions = { { ACD_IF_LENGTH, ACD_DIVERT_MESSAGE, 0, 0,
				4 } } } },
		{ COMES(0, 1, 0,
			  "divert 1>message4 queue_long end 1 "
			  "queue_long"),
			COMES(0, 2, 1, "[no agent]") } },
	{ "nobody is there: the message at arrival, and for who waits when the last one "
	  "has "
	  "been gone for long enough",
		{ { .n_diversions = 1,
			.diversions = { { ACD_IF_NOBODY, ACD_DIVERT_MESSAGE, 0, 0,
				4 } } } },
		{ COMES(0, 1, 0, "divert 1>message4 no_agent end 1 no_agent"),
			COMES(0, 2, 1, "[no agent]"), PLAIN('A', "A=away/new_shift"),
			COMES(1, 3, 0, ""), COMES(1, 4, 1, ""),
			AGENT(2, LEAVE, 'A', "A=out/shift_ended"),
			COMES(3, 5, 0, "divert 5>message4 no_agent end 5 no_agent"),
			CLOCK(61, ""),
			CLOCK(62,
				"divert 3>message4 no_agent end 3 no_agent end 4 "
				"no_agent") } },
	{ "nobody is there: to another queue where somebody is, with the arrival kept, "
	  "once",
		{ { .n_diversions = 1,
			  .diversions = { { ACD_IF_NOBODY, ACD_DIVERT_QUEUE, 0, 0,
				  1 } } },
			{ .n_diversions = 1,
				.diversions = { { ACD_IF_NOBODY, ACD_DIVERT_QUEUE, 0, 0,
					0 } } } },
		{ COMES(0, 1, 0, "[no agent]"), PLAIN_A,
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 2 } } },
				"B=away/new_shift" },
			AGENT(1, PAUSE, 'B', "B=pause/paused"), COMES(2, 2, 0, ""),
			COMES(3, 3, 1, ""), AGENT(4, LEAVE, 'A', "A=out/shift_ended"),
			COMES(5, 4, 0, "divert 4>queue1 no_agent"), CLOCK(63, ""),
			CLOCK(64, "divert 2>queue1 no_agent"),
			AGENT(65, READY, 'B', "B=ready offer 2>B(0,1) B=offered"),
			AGENT(66, LEAVE, 'B',
				"withdraw 2>B shift_ended B=pause/shift_ended wait 2 "
				"shift_ended B=out/shift_ended"),
			CLOCK(126, "end 2 no_agent end 3 no_agent end 4 no_agent") } },
	{ "nobody is there: asked for a callback, which waits for somebody; who does not "
	  "answer goes",
		{ { .max_waiting = 4,
			.n_diversions = 2,
			.diversions = { { ACD_IF_WAIT, ACD_DIVERT_CALLBACK, 1000, 0, 0 },
				{ ACD_IF_NOBODY, ACD_DIVERT_CALLBACK, 0, 0, 0 } } } },
		{ PLAIN_A, COMES(0, 1, 0, "divert 1>callback0 wait_long"),
			AGENT(1, LEAVE, 'A', "A=out/shift_ended"),
			COMES(2, 2, 0, "divert 2>callback0 no_agent"),
			CALLER(3, CALLBACK, 2, ""),
			COMES(59, 3, 0, "divert 3>callback0 no_agent"),
			COMES(60, 4, 0, "divert 4>callback0 no_agent"),
			COMES(60, 5, 0, "[full]"),
			CALLER(60, HANGUP, 4, "end 4 caller_left"),
			CLOCK(61, "divert 1>callback0 no_agent"), CLOCK(120, ""),
			CLOCK(121, "end 1 no_agent end 3 no_agent"), PLAIN_AT(200, 'A'),
			AGENT(201, READY, 'A', "A=ready callback 2>A(0,1) A=offered") } },
	{ "closed before the last one leaves: who waits goes by the rule for nobody",
		{ { .n_diversions = 1,
			.diversions = { { ACD_IF_NOBODY, ACD_DIVERT_MESSAGE, 0, 0,
				4 } } } },
		{ PLAIN_A, COMES(0, 1, 0, ""),
			{ 1, { .type = ACD_EV_QUEUE_CLOSE, .queue = 0 }, "" },
			AGENT(2, LEAVE, 'A', "A=out/shift_ended"),
			COMES(3, 2, 0, "[closed]"),
			CLOCK(62, "divert 1>message4 no_agent end 1 no_agent") } },
	{ "a callback keeps its place, is called, and talks", { { 0 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(1, 2, 0, ""), COMES(2, 3, 0, ""),
			CALLER(3, CALLBACK, 2, ""), CALLER(3, CALLBACK, 2, "[refused]"),
			CALLER(3, CALLBACK, 9, "[unknown]"),
			CALLER(4, HANGUP, 1, "end 1 caller_left"),
			AGENT(5, READY, 'A', "A=ready callback 2>A(0,1) A=offered"),
			CALLER(5, CALLBACK, 2, "[refused]"),
			CALLER(5, REACHED, 2, "[refused]"),
			TALK(6, ACCEPT, 'A', 2, "A=dialling dial 2>A until 36"),
			CALLER(8, REACHED, 2, "A=talking join 2>A"),
			CALLER(9, FAILED, 2, "[refused]"),
			CALLER(9, FAILED, 8, "[unknown]"),
			TALK(10, HANGUP, 'A', 2,
				"part 2>A agent_hung_up "
				"A=wrapup/agent_hung_up end 2 "
				"agent_hung_up"),
			CLOCK(20, "A=ready offer 3>A(0,1) A=offered") } },
	{ "a callback that is not reached: tried again in its place, "
	  "then it ends",
		{ { .callback_tries = 2 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), CALLER(1, CALLBACK, 1, ""),
			AGENT(2, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			TALK(3, ACCEPT, 'A', 1, "A=dialling dial 1>A until 33"),
			CALLER(4, FAILED, 1,
				"withdraw 1>A not_reached "
				"A=ready/not_reached wait 1 "
				"not_reached"),
			COMES(5, 2, 0, "offer 2>A(0,1) A=offered"),
			AGENT(6, PAUSE, 'A',
				"withdraw 2>A paused A=pause/paused wait "
				"2 paused"),
			CLOCK(34, ""),
			AGENT(35, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			TALK(36, ACCEPT, 'A', 1, "A=dialling dial 1>A until 66"),
			CALLER(37, FAILED, 1,
				"withdraw 1>A not_reached "
				"A=ready/not_reached offer 2>A(0,1) "
				"A=offered end 1 not_reached") } },
	{ "who listened in vain keeps its place among the idle", { { 0 } },
		{ PLAIN_A, PLAIN_B, COMES(0, 1, 0, ""), CALLER(1, CALLBACK, 1, ""),
			AGENT(2, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			AGENT(3, READY, 'B', "B=ready"),
			TALK(4, ACCEPT, 'A', 1, "A=dialling dial 1>A until 34"),
			CALLER(5, FAILED, 1,
				"withdraw 1>A not_reached A=ready/not_reached wait 1 "
				"not_reached"),
			COMES(6, 2, 0, "offer 2>A(0,2) A=offered") } },
	{ "nobody answers, or the agent gives up: that is a try each",
		{ { .callback_tries = 2 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), CALLER(1, CALLBACK, 1, ""),
			AGENT(2, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			TALK(3, ACCEPT, 'A', 1, "A=dialling dial 1>A until 33"),
			CLOCK(33,
				"withdraw 1>A not_reached "
				"A=ready/not_reached wait 1 "
				"not_reached"),
			CLOCK(62, ""), CLOCK(63, "callback 1>A(0,1) A=offered"),
			TALK(64, ACCEPT, 'A', 1, "A=dialling dial 1>A until 94"),
			TALK(65, HANGUP, 'A', 9, "[refused]"),
			TALK(65, HANGUP, 'A', 1,
				"withdraw 1>A agent_hung_up "
				"A=ready/agent_hung_up end 1 "
				"agent_hung_up") } },
	{ "the line of who listens to a callback is lost: no try, and "
	  "the next one is offered it",
		{ { .callback_tries = 1 } },
		{ PLAIN_A, PLAIN_B, COMES(0, 1, 0, ""), CALLER(1, CALLBACK, 1, ""),
			AGENT(2, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			TALK(3, ACCEPT, 'A', 1, "A=dialling dial 1>A until 33"),
			AGENT(3, READY, 'B', "B=ready"),
			AGENT(3, LEAVE, 'A', "[refused]"),
			{ 4,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_DESK_LOST },
				"" },
			{ 4,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_LINE_LOST },
				"withdraw 1>A line_lost A=away/line_lost "
				"wait 1 line_lost "
				"callback 1>B(0,1) B=offered" },
			TALK(5, ACCEPT, 'B', 1, "B=dialling dial 1>B until 35"),
			CALLER(6, HANGUP, 1,
				"withdraw 1>B caller_left "
				"B=ready/caller_left end 1 "
				"caller_left") } },
	{ "a pause or written work wished for while it rings at a "
	  "callback's",
		{ { 0 } },
		{ PLAIN_A, PLAIN_B, COMES(0, 1, 0, ""), CALLER(1, CALLBACK, 1, ""),
			AGENT(2, READY, 'A', "A=ready callback 1>A(0,1) A=offered"),
			TALK(3, ACCEPT, 'A', 1, "A=dialling dial 1>A until 33"),
			AGENT(4, PAUSE, 'A', ""),
			CALLER(5, FAILED, 1,
				"withdraw 1>A not_reached A=pause/paused "
				"wait 1 not_reached"),
			AGENT(6, READY, 'B', "B=ready"),
			CLOCK(35, "callback 1>B(0,1) B=offered"),
			TALK(36, ACCEPT, 'B', 1, "B=dialling dial 1>B until 66"),
			AGENT(37, WORK, 'B', ""),
			{ 38,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'B',
					.why = ACD_WHY_DESK_LOST },
				"" },
			CALLER(39, FAILED, 1,
				"withdraw 1>B not_reached "
				"B=work/written_work wait 1 "
				"not_reached"),
			AGENT(40, READY, 'A', "A=ready"),
			CLOCK(69, "callback 1>A(0,1) A=offered"),
			TALK(70, ACCEPT, 'A', 1, "A=dialling dial 1>A until 100"),
			{ 71,
				{ .type = ACD_EV_AGENT_LOST,
					.agent = 'A',
					.why = ACD_WHY_DESK_LOST },
				"" },
			CALLER(72, FAILED, 1,
				"withdraw 1>A not_reached "
				"A=away/desk_lost end 1 "
				"not_reached") } },
	{ "callbacks wait on when nobody is there, callers do not; a "
	  "callback has an end too",
		{ { .callback_ms = 300000 } },
		{ PLAIN_A, COMES(0, 1, 0, ""), COMES(0, 2, 0, ""),
			CALLER(1, CALLBACK, 1, ""),
			AGENT(2, LEAVE, 'A', "A=out/shift_ended"),
			CLOCK(62, "end 2 no_agent"), CLOCK(300, ""),
			CLOCK(301, "end 1 max_wait") } },
	{ "handed to a queue: the caller is first there, not with the "
	  "same agent at once",
		{ { 0 }, { .sensitivity = 1 } },
		{ { 0,
			  { .type = ACD_EV_AGENT_ENTER,
				  .agent = 'A',
				  .queues = { { 3 } },
				  .clearance = 1 },
			  "A=away/new_shift" },
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 2 } },
					.clearance = 1 },
				"B=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"),
			COMES(0, 1, 0, "offer 1>A(0,1) A=offered"),
			TALK(1, ACCEPT, 'A', 1, "A=talking join 1>A"), COMES(2, 2, 1, ""),
			{ 3,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.queue = 1 },
				"part 1>A transferred "
				"A=wrapup/transferred wait 1 "
				"transferred" },
			AGENT(4, READY, 'A', "A=ready offer 2>A(0,1) A=offered"),
			AGENT(5, READY, 'B', "B=ready offer 1>B(0,1) B=offered"),
			{ 6,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 1,
					.queue = 0 },
				"[refused]" },
			TALK(6, ACCEPT, 'B', 1, "B=talking join 1>B"),
			{ 7,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 2,
					.queue = 0 },
				"[refused]" },
			{ 7,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 1,
					.queue = 5 },
				"[unknown]" },
			{ 7, { .type = ACD_EV_QUEUE_CLOSE, .queue = 0 }, "" },
			{ 7, { .type = ACD_EV_AGENT_TRANSFER, .agent = 'B', .call = 1 },
				"[closed]" } } },
	{ "handed to an agent: whatever its queues, alone for a while, "
	  "then for all",
		{ { .transfer_ms = 20000 } },
		{ PLAIN_A,
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'B',
					.queues = { { 2 } } },
				"B=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"),
			COMES(0, 1, 0, "offer 1>A(0,1) A=offered"),
			TALK(1, ACCEPT, 'A', 1, "A=talking join 1>A"),
			{ 2,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'A' },
				"[refused]" },
			{ 2,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'C' },
				"[no agent]" },
			{ 3,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'B' },
				"part 1>A transferred "
				"A=wrapup/transferred wait 1 "
				"transferred" },
			AGENT(4, READY, 'B', "B=ready offer 1>B(0,1) B=offered"),
			TALK(5, ACCEPT, 'B', 1, "B=talking join 1>B"),
			AGENT(6, PAUSE, 'A', "A=pause/paused"),
			{ 7,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 1,
					.to_agent = 'A' },
				"part 1>B transferred "
				"B=wrapup/transferred wait 1 "
				"transferred" },
			CLOCK(17, "B=ready"), CLOCK(26, ""), CLOCK(27, ""),
			AGENT(28, READY, 'A', "A=ready offer 1>A(0,1) A=offered") } },
	{ "handed to an agent who has just said no: not at once",
		{ { .transfer_ms = 20000 } },
		{ PLAIN_A, PLAIN_B, AGENT(0, READY, 'A', "A=ready"),
			COMES(0, 1, 0, "offer 1>A(0,1) A=offered"),
			TALK(1, DECLINE, 'A', 1,
				"withdraw 1>A declined A=ready/declined wait 1 declined"),
			AGENT(2, READY, 'B', "B=ready offer 1>B(0,1) B=offered"),
			TALK(3, ACCEPT, 'B', 1, "B=talking join 1>B"),
			{ 4,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'B',
					.call = 1,
					.to_agent = 'A' },
				"part 1>B transferred B=wrapup/transferred wait 1 "
				"transferred" },
			AGENT(5, PAUSE, 'A', "A=pause/paused"),
			AGENT(6, READY, 'A', "A=ready"),
			CLOCK(16, "B=ready offer 1>A(0,1) A=offered") } },
	{ "handed to an agent: not against clearance, nor to the home "
	  "against the wish",
		{ { .sensitivity = 1 } },
		{ { 0,
			  { .type = ACD_EV_AGENT_ENTER,
				  .agent = 'A',
				  .queues = { { 1 } },
				  .clearance = 1 },
			  "A=away/new_shift" },
			PLAIN_B,
			{ 0,
				{ .type = ACD_EV_AGENT_ENTER,
					.agent = 'C',
					.clearance = 3,
					.workplace = ACD_HOME },
				"C=away/new_shift" },
			AGENT(0, READY, 'A', "A=ready"),
			{ 0,
				{ .type = ACD_EV_CALL_ARRIVE,
					.call = 1,
					.wants_office = true },
				"offer 1>A(0,1) A=offered" },
			TALK(1, ACCEPT, 'A', 1, "A=talking join 1>A"),
			{ 2,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'B' },
				"[barred]" },
			{ 2,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'C' },
				"[barred]" } } },
};

static void tell(const struct rule_story *s)
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

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_stories) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
