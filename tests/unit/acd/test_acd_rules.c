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
#include <errno.h>
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
	struct acd_queue_config q[2]; /* what with_base() fills up */
	struct rule_step steps[STEPS_MAX];
};

#define PLAIN(a, exp)                                                                   \
	{                                                                               \
		0, { .type = ACD_EV_AGENT_ENTER, .agent = a, .queues = { { 3 } } }, exp \
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
				"[refused]" },
			{ 2,
				{ .type = ACD_EV_AGENT_TRANSFER,
					.agent = 'A',
					.call = 1,
					.to_agent = 'C' },
				"[refused]" } } },
};

/* What a rule's story leaves out. */
static struct acd_queue_config with_base(struct acd_queue_config q)
{
	q.max_waiting = q.max_waiting ? q.max_waiting : 8;
	q.offer_ms = 20000;
	q.wrapup_ms = 10000;
	q.max_wait_ms = 600000;
	q.unstaffed_ms = 60000;
	q.declined_ms = 15000;
	q.dial_ms = 30000;
	q.retry_ms = 30000;
	return q;
}

static void begin(struct acd *acd, const struct acd_queue_config q[2], size_t groups)
{
	struct acd_queue_config both[2] = { with_base(q[0]), with_base(q[1]) };
	struct acd_limits limits = {
		.calls = 16, .agents = 4, .regain_ms = 15000, .groups = groups
	};

	assert_int_equal(acd_init(acd, both, 2, &limits), 0);
}

static void tell(const struct rule_story *s)
{
	struct acd acd;

	begin(&acd, s->q, 0);
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

static enum acd_verdict step(
	struct acd *acd, struct acd_event ev, struct acd_actions *acts)
{
	acd_step(acd, &ev, acts);
	assert_null(acd_check(acd));
	return acts->verdict;
}

static const struct acd_queue_config plain[2];

/* The ninth caller who wants one agent joins the others at once; when that agent goes, eight are free. */
static void test_many_prefer_one(void **state)
{
	struct acd_event ev = {
		.type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } }
	};
	struct acd_actions acts;
	struct acd_call_info info;
	struct acd acd;
	struct acd_queue_config q[2] = { { .max_waiting = 16 } };

	begin(&acd, q, 0);
	step(&acd, ev, &acts);
	ev = (struct acd_event){
		.type = ACD_EV_CALL_ARRIVE, .agent = 'A', .prefer_ms = 60000
	};
	for (ev.call = 1; ev.call <= ACD_PREFERRING_MAX + 1; ev.call++) {
		assert_int_equal(step(&acd, ev, &acts), ACD_DONE);
		assert_true(acd_call(&acd, ev.call, &info));
		assert_int_equal(info.waits_for, ev.call <= ACD_PREFERRING_MAX ? 'A' : 0);
	}
	step(&acd, (struct acd_event){ .type = ACD_EV_AGENT_LEAVE, .agent = 'A' }, &acts);
	for (uint64_t c = 1; c <= ACD_PREFERRING_MAX + 1; c++) {
		assert_true(acd_call(&acd, c, &info));
		assert_int_equal(info.waits_for, 0);
	}
	acd_close(&acd);
}

/* Every second is booked to whoever had it, an interruption to the talk that it was part of. */
static void test_talk_ms(void **state)
{
	static const struct {
		struct acd_event ev;
		int64_t talk_ms; /* of the PART among its actions */
	} steps[] = {
		{ { .type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } }, 0 },
		{ { .type = ACD_EV_AGENT_ENTER, .agent = 'B', .queues = { { 1 } } }, 0 },
		{ { .type = ACD_EV_AGENT_READY, .agent = 'A' }, 0 },
		{ { .type = ACD_EV_CALL_ARRIVE, .call = 1 }, 0 },
		{ { .type = ACD_EV_AGENT_ACCEPT, .agent = 'A', .call = 1, .at_ms = 1000 },
			0 },
		{ { .type = ACD_EV_AGENT_TRANSFER,
			  .agent = 'A',
			  .call = 1,
			  .to_agent = 'B',
			  .at_ms = 4500 },
			3500 },
		{ { .type = ACD_EV_AGENT_READY, .agent = 'B', .at_ms = 5000 }, 0 },
		{ { .type = ACD_EV_AGENT_ACCEPT, .agent = 'B', .call = 1, .at_ms = 7000 },
			0 },
		{ { .type = ACD_EV_AGENT_LOST,
			  .agent = 'B',
			  .why = ACD_WHY_LINE_LOST,
			  .at_ms = 8000 },
			0 },
		{ { .type = ACD_EV_AGENT_BACK,
			  .agent = 'B',
			  .why = ACD_WHY_LINE_LOST,
			  .at_ms = 9000 },
			0 },
		{ { .type = ACD_EV_CALL_HANGUP, .call = 1, .at_ms = 17000 }, 10000 },
	};
	struct acd_actions acts;
	struct acd acd;

	begin(&acd, plain, 0);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int64_t talk_ms = 0;

		assert_int_equal(step(&acd, steps[i].ev, &acts), ACD_DONE);
		for (size_t k = 0; k < acts.n; k++)
			if (acts.a[k].type == ACD_ACT_PART)
				talk_ms = acts.a[k].talk_ms;
		assert_int_equal(talk_ms, steps[i].talk_ms);
	}
	acd_close(&acd);
}

/* A profile takes a slot; a full table refuses a new one, not a known one, and an empty slot is used again. */
static void test_groups_are_used_again(void **state)
{
	struct acd_actions acts;
	struct acd acd;
	struct acd_event a = { .type = ACD_EV_AGENT_ENTER, .agent = 'A', .clearance = 1 };
	struct acd_event b = { .type = ACD_EV_AGENT_ENTER, .agent = 'B', .clearance = 2 };
	struct acd_event c = { .type = ACD_EV_AGENT_ENTER, .agent = 'C', .clearance = 3 };
	struct acd_event b_goes = { .type = ACD_EV_AGENT_LEAVE, .agent = 'B' };

	begin(&acd, plain, 2);
	assert_int_equal(step(&acd, a, &acts), ACD_DONE);
	assert_int_equal(step(&acd, b, &acts), ACD_DONE);
	assert_int_equal(step(&acd, c, &acts), ACD_LIMIT);
	c.clearance = 1;
	assert_int_equal(step(&acd, c, &acts), ACD_DONE);
	for (int day = 0; day < 1000; day++) {
		assert_int_equal(step(&acd, b_goes, &acts), ACD_DONE);
		b.queues.w[0] = (uint64_t)day % 4;
		b.clearance = (uint8_t)(day % 7);
		assert_int_equal(step(&acd, b, &acts), ACD_DONE);
	}
	a = (struct acd_event){
		.type = ACD_EV_AGENT_ENTER, .agent = 'D', .workplace = 2
	};
	assert_int_equal(step(&acd, a, &acts), ACD_REFUSED);
	acd_close(&acd);
}

/* The last of the queues, and the last of the skills at its highest level. */
static void test_the_last_of_each(void **state)
{
	static struct acd_queue_config q[ACD_QUEUES_MAX];
	struct acd_limits limits = { .calls = 2, .agents = 2 };
	struct acd_event a = { .type = ACD_EV_AGENT_ENTER, .agent = 'A' };
	struct acd_actions acts;
	struct acd acd;

	for (size_t i = 0; i < ACD_QUEUES_MAX; i++)
		q[i] = with_base((struct acd_queue_config){ 0 });
	acd_skills_set(&q[ACD_QUEUES_MAX - 1].skills, ACD_SKILLS_MAX - 1, ACD_LEVEL_MAX);
	assert_int_equal(acd_init(&acd, q, ACD_QUEUES_MAX, &limits), 0);
	acd_queues_add(&a.queues, ACD_QUEUES_MAX - 1);
	acd_skills_set(&a.skills, ACD_SKILLS_MAX - 1, ACD_LEVEL_MAX - 1);
	assert_int_equal(step(&acd, a, &acts), ACD_DONE);
	a.agent = 'B';
	acd_skills_set(&a.skills, ACD_SKILLS_MAX - 1, ACD_LEVEL_MAX);
	assert_int_equal(step(&acd, a, &acts), ACD_DONE);
	step(&acd, (struct acd_event){ .type = ACD_EV_AGENT_READY, .agent = 'A' }, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_AGENT_READY, .agent = 'B' }, &acts);
	step(&acd,
		(struct acd_event){ .type = ACD_EV_CALL_ARRIVE,
			.call = 1,
			.queue = ACD_QUEUES_MAX - 1 },
		&acts);
	assert_int_equal(acts.a[0].type, ACD_ACT_OFFER);
	assert_int_equal(acts.a[0].agent, 'B');
	assert_int_equal(acts.a[0].could_office, 1);
	acd_close(&acd);
}

static const struct {
	const char *what;
	struct acd_queue_config q;
} nonsense[] = {
	{ "priority", { .priority = ACD_PRIORITY_MAX + 1 } },
	{ "target", { .target_ms = ACD_TARGET_MAX_MS + 1 } },
	{ "a target that is over", { .target_ms = -1 } },
	{ "sensitivity", { .sensitivity = ACD_SENSITIVITY_MAX + 1 } },
	{ "too many steps", { .n_relax = ACD_RELAX_MAX + 1 } },
	{ "a step at once", { .n_relax = 1 } },
	{ "steps in disorder", { .n_relax = 2, .relax = { { 2 }, { 1 } } } },
	{ "a step that demands more", { .n_relax = 1, .relax = { { 1, { { 1 } } } } } },
	{ "too many diversions", { .n_diversions = ACD_DIVERSIONS_MAX + 1 } },
	{ "a diversion to nowhere",
		{ .n_diversions = 1, .diversions = { { .target = 2 } } } },
	{ "a diversion of a kind that is not",
		{ .n_diversions = 1, .diversions = { { .to = (enum acd_divert)3 } } } },
	{ "a diversion for a reason that is not",
		{ .n_diversions = 1,
			.diversions = { { .when = (enum acd_diverts_if)3 } } } },
	{ "closed after a while",
		{ .n_diversions = 1, .diversions = { { .after_ms = 1 } } } },
	{ "a limit below zero",
		{ .n_diversions = 1, .diversions = { { .limit = -1 } } } },
	{ "a time before the arrival",
		{ .n_diversions = 1,
			.diversions = { { .when = ACD_IF_WAIT, .after_ms = -1 } } } },
	{ "callback_ms", { .callback_ms = -1 } },
	{ "retry_ms", { .retry_ms = -1 } },
	{ "dial_ms", { .dial_ms = -1 } },
	{ "transfer_ms", { .transfer_ms = -1 } },
};

static void test_nonsense(void **state)
{
	struct acd_limits limits = { .calls = 1, .agents = 1 };
	struct acd acd;

	for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
		struct acd_queue_config q[2] = { nonsense[i].q };

		print_message("# %s\n", nonsense[i].what);
		assert_int_equal(acd_init(&acd, q, 2, &limits), EINVAL);
	}
	assert_int_equal(acd_init(&acd, plain, 2,
				 &(struct acd_limits){ .calls = 1 << 22, .agents = 1 }),
		EINVAL);
	assert_int_equal(acd_init(&acd, plain, 2,
				 &(struct acd_limits){ .calls = 1, .agents = 1 << 22 }),
		EINVAL);
	assert_int_equal(acd_init(&acd, plain, 2,
				 &(struct acd_limits){
					 .calls = 1, .agents = 1, .groups = 1 << 22 }),
		EINVAL);
}

/* By hand: n agents at work, each done in 180 s, a caller leaves in 600 s, until the day says otherwise. */
static double by_hand(uint32_t agents, uint32_t ahead)
{
	double sum = 0;

	for (uint32_t i = 0; i <= ahead; i++)
		sum += 1 / (agents / 180000.0 + i / 600000.0);
	return sum;
}

static void test_outlook(void **state)
{
	enum { MANY = 1000 };
	struct acd_queue_config q[2] = { { .max_waiting = MANY }, { 0 } };
	struct acd_limits limits = { .calls = MANY, .agents = 4 };
	struct acd_event in = { .type = ACD_EV_AGENT_ENTER, .queues = { { 1 } } };
	struct acd_event arrives = { .type = ACD_EV_CALL_ARRIVE };
	struct acd_outlook o;
	struct acd_actions acts;
	struct acd acd;

	q[0] = with_base(q[0]);
	q[1] = with_base(q[1]);
	assert_int_equal(acd_init(&acd, q, 2, &limits), 0);
	for (in.agent = 1; in.agent <= 3; in.agent++)
		step(&acd, in, &acts);
	assert_true(acd_outlook_of_queue(&acd, 0, &o));
	assert_int_equal(o.expected_ms, -1); /* all are away */
	assert_false(acd_outlook_of_queue(&acd, 2, &o));
	for (uint64_t a = 1; a <= 2; a++)
		step(&acd, (struct acd_event){ .type = ACD_EV_AGENT_READY, .agent = a },
			&acts);
	assert_true(acd_outlook_of_queue(&acd, 0, &o));
	assert_int_equal(o.expected_ms, 0);
	for (arrives.call = 1; arrives.call <= MANY; arrives.call++)
		acd_step(&acd, &arrives, &acts);
	assert_false(acd_outlook(&acd, 1, &o)); /* offered */
	assert_false(acd_outlook(&acd, MANY + 5, &o));
	for (uint64_t c = 3; c <= MANY; c += 199) {
		assert_true(acd_outlook(&acd, c, &o));
		assert_int_equal(o.ahead, c - 3);
		assert_true((double)o.expected_ms > by_hand(2, o.ahead) * 0.9998 - 1 &&
			(double)o.expected_ms < by_hand(2, o.ahead) * 1.0002);
	}
	acd_close(&acd);
}

/* Sixty talks of 60 s with no wrap-up: the prior of 180 s is as good as forgotten; and callers who leave
 * after ten seconds each make the queue behind them shorter. */
static void test_outlook_learns(void **state)
{
	struct acd_queue_config q[2] = { { 0 }, { 0 } };
	struct acd_event arrives = { .type = ACD_EV_CALL_ARRIVE };
	struct acd_actions acts;
	struct acd_outlook o;
	struct acd acd;
	int64_t now = 0, before;

	begin(&acd, q, 0);
	acd.queues[0].cfg.wrapup_ms = 0;
	step(&acd,
		(struct acd_event){
			.type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } } },
		&acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_AGENT_READY, .agent = 'A' }, &acts);
	for (arrives.call = 1; arrives.call <= 60; arrives.call++) {
		arrives.at_ms = now;
		step(&acd, arrives, &acts);
		step(&acd,
			(struct acd_event){ .type = ACD_EV_AGENT_ACCEPT,
				.agent = 'A',
				.call = arrives.call,
				.at_ms = now },
			&acts);
		now += 60000;
		step(&acd,
			(struct acd_event){ .type = ACD_EV_CALL_HANGUP,
				.call = arrives.call,
				.at_ms = now },
			&acts);
	}
	step(&acd, arrives, &acts); /* nobody is ready for the next but one */
	arrives.call++;
	step(&acd, arrives, &acts);
	assert_true(acd_outlook(&acd, arrives.call, &o));
	assert_in_range(o.expected_ms, 60000, 75000);
	for (int i = 0; i < 3; i++) {
		arrives.call++;
		arrives.at_ms = now;
		step(&acd, arrives, &acts);
	}
	assert_true(acd_outlook(&acd, arrives.call, &o));
	before = o.expected_ms;
	for (int i = 0; i < 20; i++) {
		struct acd_event left = { .type = ACD_EV_CALL_HANGUP, .call = 1000 + i };

		arrives.call = left.call;
		arrives.at_ms = now;
		step(&acd, arrives, &acts);
		now += 10000;
		left.at_ms = now;
		step(&acd, left, &acts);
	}
	assert_true(acd_outlook(&acd, 65, &o));
	assert_true(o.expected_ms < before * 9 / 10);
	acd_close(&acd);
}

/* What a restart takes over of the rules: profiles, sensitivity, wish, callbacks, written work. */
static void test_restored(void **state)
{
	struct acd_event a = { .type = ACD_EV_AGENT_RESTORE,
		.agent = 'A',
		.at_ms = 50000,
		.queues = { { 1 } },
		.saved_agent = { .state = ACD_AGENT_WORK } };
	struct acd_event b = { .type = ACD_EV_AGENT_RESTORE,
		.agent = 'B',
		.at_ms = 50000,
		.queues = { { 1 } },
		.clearance = 2,
		.saved_agent = { .state = ACD_AGENT_DIALLING } };
	struct acd_event c = { .type = ACD_EV_CALL_RESTORE,
		.call = 1,
		.at_ms = 50000,
		.sensitivity = 2,
		.agent = 'B',
		.saved_call = { 10000, 20000, 25000000, true } };
	struct acd_actions acts;
	struct acd_agent_info ai;
	struct acd_call_info ci;
	struct acd acd;

	begin(&acd, plain, 0);
	assert_int_equal(step(&acd, a, &acts), ACD_DONE);
	assert_int_equal(step(&acd, b, &acts), ACD_DONE);
	assert_int_equal(step(&acd, c, &acts), ACD_DONE);
	c.call = 2;
	c.sensitivity = ACD_SENSITIVITY_MAX + 1;
	assert_int_equal(step(&acd, c, &acts), ACD_REFUSED);
	step(&acd, (struct acd_event){ .type = ACD_EV_RESTORED }, &acts);
	assert_true(acd_agent(&acd, 'A', &ai));
	assert_int_equal(ai.state, ACD_AGENT_WORK);
	assert_true(acd_agent(&acd, 'B', &ai));
	assert_true(ai.state == ACD_AGENT_AWAY && ai.returns);
	assert_true(acd_call(&acd, 1, &ci));
	assert_true(ci.is_callback && ci.state == ACD_CALL_WAITING);
	step(&acd,
		(struct acd_event){ .type = ACD_EV_AGENT_BACK,
			.agent = 'B',
			.why = ACD_WHY_DESK_LOST },
		&acts);
	assert_int_equal(acts.a[1].type, ACD_ACT_OFFER);
	assert_true(acts.a[1].is_callback);
	acd_close(&acd);
}

static void test_words(void **state)
{
	for (int i = 0; i < ACD_WHYS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(acd_why_word((enum acd_why)i),
				acd_why_word((enum acd_why)k));
}

static void test_admits(void **state)
{
	struct acd_queue_config q[2] = { { .max_waiting = 16,
						 .n_diversions = 1,
						 .diversions = { { ACD_IF_CLOSED,
							 ACD_DIVERT_MESSAGE, 0, 0,
							 1 } } },
		{ .n_diversions = 1,
			.diversions = {
				{ ACD_IF_CLOSED, ACD_DIVERT_CALLBACK, 0, 0, 0 } } } };
	struct acd_event in = {
		.type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 3 } }
	};
	struct acd_event comes = { .type = ACD_EV_CALL_ARRIVE };
	struct acd_actions acts;
	struct acd acd;

	begin(&acd, q, 0);
	assert_int_equal(acd_admits(&acd, 0), ACD_NO_AGENT);
	assert_int_equal(acd_admits(&acd, 2), ACD_UNKNOWN);
	step(&acd, in, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_QUEUE_CLOSE, .queue = 0 }, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_QUEUE_CLOSE, .queue = 1 }, &acts);
	assert_int_equal(acd_admits(&acd, 0), ACD_DONE);
	assert_int_equal(acd_admits(&acd, 1), ACD_DONE);
	comes.queue = 1;
	for (comes.call = 1; comes.call <= 8; comes.call++)
		assert_int_equal(step(&acd, comes, &acts), ACD_DONE);
	assert_int_equal(acd_admits(&acd, 1), ACD_CLOSED); /* and full */
	step(&acd, (struct acd_event){ .type = ACD_EV_QUEUE_OPEN, .queue = 0 }, &acts);
	comes.queue = 0;
	for (; comes.call <= 16; comes.call++)
		assert_int_equal(step(&acd, comes, &acts), ACD_DONE);
	assert_int_equal(acd_admits(&acd, 0), ACD_LIMIT);
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_many_prefer_one),
		cmocka_unit_test(test_talk_ms),
		cmocka_unit_test(test_groups_are_used_again),
		cmocka_unit_test(test_the_last_of_each),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_outlook),
		cmocka_unit_test(test_outlook_learns),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_admits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
