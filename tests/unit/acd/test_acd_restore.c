/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: what a former process left is taken over: each state of an agent and a call, their order, and
 * records that make no sense.  The new process begins at NOW.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "story.h"

#define NOW    1000000
#define REGAIN 15000

static void begin(struct acd *acd)
{
	struct acd_limits limits = { .calls = 4, .agents = 3, .regain_ms = REGAIN };

	assert_int_equal(acd_init(acd, story_queues, STORY_QUEUES, &limits), 0);
}

/* Restoring tells nothing: what became of it is read. */
static enum acd_verdict restore(struct acd *acd, struct acd_event ev)
{
	struct acd_actions acts;

	ev.at_ms = NOW;
	acd_step(acd, &ev, &acts);
	assert_int_equal(acts.n, 0);
	assert_null(acd_check(acd));
	return acts.verdict;
}

static enum acd_verdict restore_agent(
	struct acd *acd, uint64_t id, uint64_t call, struct acd_saved_agent saved)
{
	return restore(acd,
		(struct acd_event){ .type = ACD_EV_AGENT_RESTORE,
			.agent = id,
			.queues = { { id == 'C' ? 3 : 1 } },
			.workplace = id == 'A' ? ACD_HOME : ACD_OFFICE,
			.call = call,
			.saved_agent = saved });
}

static enum acd_verdict restore_call(struct acd *acd, uint64_t id, uint32_t queue,
	uint64_t agent, struct acd_saved_call saved)
{
	return restore(acd,
		(struct acd_event){ .type = ACD_EV_CALL_RESTORE,
			.call = id,
			.queue = queue,
			.agent = agent,
			.saved_call = saved });
}

static enum acd_verdict restored(struct acd *acd)
{
	return restore(acd, (struct acd_event){ .type = ACD_EV_RESTORED });
}

/* One step of a story, at NOW and some seconds. */
static void expect(struct acd *acd, struct step s)
{
	struct acd_event ev = story_event(&s);
	struct acd_actions acts;
	char got[512];

	ev.at_ms += NOW;
	acd_step(acd, &ev, &acts);
	story_write(got, sizeof got, &acts);
	assert_string_equal(got, s.expected);
	assert_null(acd_check(acd));
}

#define DAYS (1000LL * 86400 * 365)

/* Agent A as it was saved, whether a call 1 names it, and what it is then. */
static const struct {
	const char *what;
	struct acd_saved_agent saved;
	bool has_call;
	struct acd_agent_info then;
} agents[] = {
	{ "ready: away, and returns",
		{ .state = ACD_AGENT_READY,
			.since_ms = 900000,
			.until_ms = -1,
			.idle_since_ms = 800000 },
		false,
		{ .state = ACD_AGENT_AWAY,
			.why = ACD_WHY_DESK_LOST,
			.since_ms = NOW,
			.until_ms = NOW + REGAIN,
			.idle_since_ms = 800000,
			.returns = true } },
	{ "ready, and the line is gone too",
		{ .state = ACD_AGENT_READY,
			.since_ms = 900000,
			.until_ms = -1,
			.idle_since_ms = 900000,
			.line_is_gone = true },
		false,
		{ .state = ACD_AGENT_AWAY,
			.why = ACD_WHY_LINE_LOST,
			.since_ms = NOW,
			.until_ms = NOW + REGAIN,
			.idle_since_ms = 900000,
			.line_is_gone = true,
			.returns = true } },
	{ "offered: likewise; what rang is no talk, whatever a call says",
		{ .state = ACD_AGENT_OFFERED,
			.since_ms = 999000,
			.until_ms = 1019000,
			.idle_since_ms = 900000 },
		true,
		{ .state = ACD_AGENT_AWAY,
			.why = ACD_WHY_DESK_LOST,
			.since_ms = NOW,
			.until_ms = NOW + REGAIN,
			.idle_since_ms = 900000,
			.returns = true } },
	{ "away, even if it was to return",
		{ .state = ACD_AGENT_AWAY,
			.why = ACD_WHY_OFFER_TIMEOUT,
			.since_ms = 900000,
			.until_ms = 1005000,
			.pause_after = true },
		false,
		{ .state = ACD_AGENT_AWAY,
			.why = ACD_WHY_OFFER_TIMEOUT,
			.since_ms = 900000,
			.until_ms = -1 } },
	{ "pause",
		{ .state = ACD_AGENT_PAUSE,
			.why = ACD_WHY_PAUSED,
			.since_ms = 900000,
			.until_ms = -1,
			.line_is_gone = true },
		true,
		{ .state = ACD_AGENT_PAUSE,
			.why = ACD_WHY_PAUSED,
			.since_ms = 900000,
			.until_ms = -1,
			.line_is_gone = true } },
	{ "wrap-up, with its end",
		{ .state = ACD_AGENT_WRAPUP,
			.why = ACD_WHY_CALLER_LEFT,
			.since_ms = 990000,
			.until_ms = 1020000,
			.pause_after = true },
		false,
		{ .state = ACD_AGENT_WRAPUP,
			.why = ACD_WHY_CALLER_LEFT,
			.since_ms = 990000,
			.until_ms = 1020000,
			.pause_after = true,
			.call = 7 } },
	{ "wrap-up that should be over",
		{ .state = ACD_AGENT_WRAPUP, .since_ms = 900000, .until_ms = 930000 },
		false,
		{ .state = ACD_AGENT_WRAPUP,
			.since_ms = 900000,
			.until_ms = NOW,
			.call = 7 } },
	{ "wrap-up without a true end",
		{ .state = ACD_AGENT_WRAPUP, .since_ms = 990000, .until_ms = INT64_MAX },
		true,
		{ .state = ACD_AGENT_WRAPUP,
			.since_ms = 990000,
			.until_ms = NOW + 30000,
			.call = 7 } },
	{ "a talk goes on",
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 700000,
			.until_ms = -1,
			.idle_since_ms = 600000,
			.pause_after = true },
		true,
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 700000,
			.until_ms = -1,
			.idle_since_ms = 600000,
			.pause_after = true,
			.call = 1 } },
	{ "a talk whose line is gone is interrupted",
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 700000,
			.until_ms = -1,
			.line_is_gone = true },
		true,
		{ .state = ACD_AGENT_INTERRUPTED,
			.why = ACD_WHY_LINE_LOST,
			.since_ms = 700000,
			.until_ms = NOW + REGAIN,
			.line_is_gone = true,
			.call = 1 } },
	{ "an interrupted talk has its time anew",
		{ .state = ACD_AGENT_INTERRUPTED,
			.why = ACD_WHY_LINE_LOST,
			.since_ms = 700000,
			.until_ms = NOW + 1,
			.pause_after = true,
			.line_is_gone = true },
		true,
		{ .state = ACD_AGENT_INTERRUPTED,
			.why = ACD_WHY_LINE_LOST,
			.since_ms = 700000,
			.until_ms = NOW + REGAIN,
			.pause_after = true,
			.line_is_gone = true,
			.call = 1 } },
	{ "an interrupted talk whose line came back meanwhile",
		{ .state = ACD_AGENT_INTERRUPTED,
			.why = ACD_WHY_LINE_LOST,
			.since_ms = 700000,
			.until_ms = NOW + 1 },
		true,
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 700000,
			.until_ms = -1,
			.call = 1 } },
	{ "a talk whose call is not there any more",
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 700000,
			.until_ms = -1,
			.pause_after = true },
		false,
		{ .state = ACD_AGENT_WRAPUP,
			.why = ACD_WHY_CENTRE_STOPPED,
			.since_ms = NOW,
			.until_ms = NOW + 30000,
			.pause_after = true,
			.call = 7 } },
	{ "times that have not been yet, a cause that does not exist",
		{ .state = ACD_AGENT_PAUSE,
			.why = (enum acd_why)99,
			.since_ms = DAYS,
			.until_ms = DAYS,
			.idle_since_ms = DAYS },
		false,
		{ .state = ACD_AGENT_PAUSE,
			.since_ms = NOW,
			.until_ms = -1,
			.idle_since_ms = NOW } },
	{ "times before all times",
		{ .state = ACD_AGENT_TALKING,
			.since_ms = INT64_MIN,
			.until_ms = INT64_MIN,
			.idle_since_ms = INT64_MIN },
		true,
		{ .state = ACD_AGENT_TALKING,
			.since_ms = 0,
			.until_ms = -1,
			.idle_since_ms = 0,
			.call = 1 } },
};

static void test_agents(void **state)
{
	for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
		const struct acd_agent_info *then = &agents[i].then;
		struct acd_agent_info is;
		struct acd acd;

		print_message("# %s\n", agents[i].what);
		begin(&acd);
		assert_int_equal(restore_agent(&acd, 'A', 7, agents[i].saved), ACD_DONE);
		if (agents[i].has_call)
			assert_int_equal(restore_call(&acd, 1, 0, 'A',
						 (struct acd_saved_call){ 0 }),
				ACD_DONE);
		assert_int_equal(restored(&acd), ACD_DONE);
		assert_true(acd_agent(&acd, 'A', &is));
		assert_int_equal(is.state, then->state);
		assert_int_equal(is.why, then->why);
		assert_int_equal(is.since_ms, then->since_ms);
		assert_int_equal(is.until_ms, then->until_ms);
		assert_int_equal(is.idle_since_ms, then->idle_since_ms);
		assert_int_equal(is.pause_after, then->pause_after);
		assert_int_equal(is.line_is_gone, then->line_is_gone);
		assert_true(is.desk_is_gone);
		assert_int_equal(is.returns, then->returns);
		assert_int_equal(is.call, then->call);
		if (!agents[i].has_call)
			assert_int_equal(acd_next_deadline(&acd), then->until_ms);
		acd_close(&acd);
	}
}

/* A call of queue 0 as it was saved, beside A who talks and B who is in a pause, and what it is then. */
static const struct {
	const char *what;
	uint64_t agent;
	struct acd_saved_call saved;
	struct acd_call_info then;
	int64_t ends_ms; /* its wait; -1: it waits not */
} calls[] = {
	{ "waiting goes on, its wait counts on", 0,
		{ .arrived_ms = 700000, .since_ms = 700000, .wait_left_ms = 600000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 700000,
			.since_ms = 700000,
			.wait_left_ms = 600000 },
		1300000 },
	{ "back from an offer, then waiting", 0,
		{ .arrived_ms = 700000, .since_ms = 990000, .wait_left_ms = 50000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 700000,
			.since_ms = 990000,
			.wait_left_ms = 50000 },
		1040000 },
	{ "a wait that ended while nobody was there to see it", 0,
		{ .arrived_ms = 300000, .since_ms = 300000, .wait_left_ms = 600000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 300000,
			.since_ms = 300000,
			.wait_left_ms = 600000 },
		900000 },
	{ "a talk goes on", 'A',
		{ .arrived_ms = 700000, .since_ms = 800000, .wait_left_ms = 500000 },
		{ .state = ACD_CALL_TALKING,
			.arrived_ms = 700000,
			.since_ms = 800000,
			.wait_left_ms = 500000,
			.agent = 'A' },
		-1 },
	{ "a talk with somebody who does not talk is over: it waits, patient again", 'B',
		{ .arrived_ms = 700000, .since_ms = 800000, .wait_left_ms = 5000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 700000,
			.since_ms = NOW,
			.wait_left_ms = 600000 },
		NOW + 600000 },
	{ "a talk with somebody unknown", 'X',
		{ .arrived_ms = 700000, .since_ms = 800000, .wait_left_ms = 5000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 700000,
			.since_ms = NOW,
			.wait_left_ms = 600000 },
		NOW + 600000 },
	{ "times that have not been yet", 0,
		{ .arrived_ms = DAYS, .since_ms = DAYS, .wait_left_ms = INT64_MAX },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = NOW,
			.since_ms = NOW,
			.wait_left_ms = 600000 },
		NOW + 600000 },
	{ "times before all times", 0,
		{ .arrived_ms = INT64_MIN,
			.since_ms = INT64_MIN,
			.wait_left_ms = INT64_MIN },
		{ .state = ACD_CALL_WAITING }, 0 },
	{ "a wait that began before the call", 0,
		{ .arrived_ms = 700000, .since_ms = 1, .wait_left_ms = 600000 },
		{ .state = ACD_CALL_WAITING,
			.arrived_ms = 700000,
			.since_ms = 700000,
			.wait_left_ms = 600000 },
		1300000 },
};

static void test_calls(void **state)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		const struct acd_call_info *then = &calls[i].then;
		struct acd_call_info is;
		struct acd acd;

		print_message("# %s\n", calls[i].what);
		begin(&acd);
		(void)restore_agent(&acd, 'A', 0,
			(struct acd_saved_agent){ .state = ACD_AGENT_TALKING });
		(void)restore_agent(&acd, 'B', 0,
			(struct acd_saved_agent){ .state = ACD_AGENT_PAUSE });
		assert_int_equal(restore_call(&acd, 1, 0, calls[i].agent, calls[i].saved),
			ACD_DONE);
		assert_true(acd_call(&acd, 1, &is));
		assert_int_equal(is.state, then->state);
		assert_int_equal(is.queue, 0);
		assert_int_equal(is.arrived_ms, then->arrived_ms);
		assert_int_equal(is.since_ms, then->since_ms);
		assert_int_equal(is.wait_left_ms, then->wait_left_ms);
		assert_int_equal(is.agent, then->agent);
		assert_int_equal(acd_next_deadline(&acd), calls[i].ends_ms);
		assert_int_equal(restored(&acd), ACD_DONE);
		acd_close(&acd);
	}
}

static const struct acd_saved_agent was_ready = {
	.state = ACD_AGENT_READY, .since_ms = 900000, .idle_since_ms = 900000
};
static const struct acd_saved_agent was_ready_before = {
	.state = ACD_AGENT_READY, .since_ms = 800000, .idle_since_ms = 800000
};
static const struct acd_saved_agent talked = { .state = ACD_AGENT_TALKING,
	.since_ms = 950000 };
static const struct acd_saved_call waited = {
	.arrived_ms = 990000, .since_ms = 990000, .wait_left_ms = 600000
};

/* The order of arrival holds across the queues and for a caller whose talk is lost. */
static void test_order(void **state)
{
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'C', 0, was_ready_before), ACD_DONE);
	assert_int_equal(restore_call(&acd, 9, 0, 'B', waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 3, 1, 0, waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 5, 0, 0, waited), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	expect(&acd, (struct step){ ARRIVE, 1, 2, 0, 1, "" });
	expect(&acd,
		(struct step){ BACK, 2, 0, 'A', 1, "A=ready offer 9>A(1,0) A=offered" });
	expect(&acd,
		(struct step){ BACK, 3, 0, 'C', 1, "C=ready offer 3>C(0,1) C=offered" });
	expect(&acd, (struct step){ ACCEPT, 4, 9, 'A', 0, "A=talking join 9>A" });
	expect(&acd, (struct step){ ACCEPT, 4, 3, 'C', 0, "C=talking join 3>C" });
	expect(&acd,
		(struct step){ END, 5, 3, 'C', 0,
			"part 3>C agent_hung_up C=wrapup/agent_hung_up C=ready "
			"offer 5>C(0,1) C=offered end 3 agent_hung_up" });
	acd_close(&acd);
}

static void test_idle_order_is_kept(void **state)
{
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'B', 0, was_ready_before), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	expect(&acd, (struct step){ BACK, 1, 0, 'A', 1, "A=ready" });
	expect(&acd, (struct step){ BACK, 2, 0, 'B', 1, "B=ready" });
	expect(&acd, (struct step){ ARRIVE, 3, 1, 0, 0, "offer 1>B(1,1) B=offered" });
	acd_close(&acd);
}

static struct acd_event handed(uint64_t id, uint64_t agent, int64_t until_ms)
{
	return (struct acd_event){ .type = ACD_EV_CALL_RESTORE,
		.call = id,
		.queue = 1,
		.to_agent = agent,
		.saved_call = { .arrived_ms = 990000,
			.since_ms = 990000,
			.wait_left_ms = 600000,
			.handed_until_ms = until_ms } };
}

/* Who was handed to an agent is still that agent's alone, whatever the queues, and for no longer than was left; not where
 * that agent has gone, or its clearance does not reach. */
static void test_handed(void **state)
{
	struct acd_event secret = handed(4, 'A', NOW + 9000);
	struct acd_call_info info;
	struct acd acd;

	secret.sensitivity = 1;
	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'C', 0, was_ready), ACD_DONE);
	assert_int_equal(restore(&acd, handed(1, 'A', NOW + 5000)), ACD_DONE);
	assert_int_equal(restore(&acd, handed(2, 'B', NOW + 5000)), ACD_DONE);
	assert_int_equal(restore(&acd, handed(3, 'A', INT64_MAX)), ACD_DONE);
	assert_int_equal(restore(&acd, secret), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	assert_true(acd_call(&acd, 1, &info) && info.waits_for == 'A');
	assert_true(acd_call(&acd, 2, &info) && info.waits_for == 0);
	assert_true(acd_call(&acd, 3, &info) && info.waits_for == 'A');
	assert_int_equal(info.waits_until_ms, NOW + ACD_TRANSFER_MS);
	assert_true(acd_call(&acd, 4, &info) && info.waits_for == 0);
	assert_int_equal(info.sensitivity, 1);
	expect(&acd,
		(struct step){ BACK, 1, 0, 'A', 1, "A=ready offer 1>A(1,0) A=offered" });
	expect(&acd,
		(struct step){ BACK, 2, 0, 'C', 1, "C=ready offer 2>C(0,1) C=offered" });
	expect(&acd,
		(struct step){ DECLINE, 3, 1, 'A', 0,
			"withdraw 1>A declined A=ready/declined wait 1 declined "
			"offer 3>A(1,0) A=offered" });
	acd_close(&acd);
}

/* From the restored states on, everything goes its way. */
static void test_afterwards(void **state)
{
	struct acd acd;
	struct acd_saved_agent cut_off = talked;

	cut_off.line_is_gone = true;
	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 1, talked), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'B', 2, cut_off), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'C', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_call(&acd, 1, 0, 'A', waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 2, 0, 'B', waited), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	expect(&acd, (struct step){ BACK, 1, 0, 'B', 1, "" });
	expect(&acd, (struct step){ BACK, 2, 0, 'B', 0, "B=talking resume 2>B" });
	expect(&acd,
		(struct step){ LOST, 3, 0, 'B', 0,
			"interrupt 2>B line_lost until 1018 B=interrupted/line_lost" });
	expect(&acd, (struct step){ TICK, 15, 0, 0, 0, "C=away/desk_lost" });
	expect(&acd,
		(struct step){ TICK, 18, 0, 0, 0,
			"part 2>B line_lost B=away/line_lost wait 2 line_lost" });
	expect(&acd,
		(struct step){ HANGUP, 19, 1, 0, 0,
			"part 1>A caller_left A=wrapup/caller_left end 1 caller_left" });
	expect(&acd, (struct step){ TICK, 49, 0, 0, 0, "A=away/desk_lost" });
	expect(&acd, (struct step){ BACK, 50, 0, 'A', 1, "" });
	expect(&acd,
		(struct step){
			READY, 51, 0, 'A', 0, "A=ready offer 2>A(1,0) A=offered" });
	acd_close(&acd);
}

/* Who talked with a call that did not come: wrap-up, and ready after it when the desk is back. */
static void test_lost_talk(void **state)
{
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 1, talked), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	expect(&acd, (struct step){ BACK, 1, 0, 'A', 1, "" });
	expect(&acd, (struct step){ TICK, 30, 0, 0, 0, "A=ready" });
	acd_close(&acd);
}

/* Where nothing is regained, a talk without its line is over. */
static void test_no_regain(void **state)
{
	struct acd_limits limits = { .calls = 4, .agents = 3 };
	struct acd_saved_agent cut_off = talked;
	struct acd_agent_info ag;
	struct acd_call_info call;
	struct acd acd;

	cut_off.line_is_gone = true;
	assert_int_equal(acd_init(&acd, story_queues, STORY_QUEUES, &limits), 0);
	assert_int_equal(restore_agent(&acd, 'A', 1, cut_off), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'B', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_call(&acd, 1, 0, 'A', waited), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	assert_true(acd_agent(&acd, 'A', &ag));
	assert_int_equal(ag.state, ACD_AGENT_WRAPUP);
	assert_true(acd_agent(&acd, 'B', &ag));
	assert_int_equal(ag.state, ACD_AGENT_AWAY);
	assert_false(ag.returns);
	assert_true(acd_call(&acd, 1, &call));
	assert_int_equal(call.state, ACD_CALL_WAITING);
	acd_close(&acd);
}

/* Restoring comes first and by itself, but for a caller who leaves. */
static void test_turn(void **state)
{
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'B', 0, talked), ACD_DONE);
	assert_int_equal(restore_call(&acd, 1, 0, 0, waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 2, 0, 'B', waited), ACD_DONE);
	expect(&acd, (struct step){ BACK, 0, 0, 'A', 1, "[refused]" });
	expect(&acd, (struct step){ LOST, 0, 0, 'B', 0, "[refused]" });
	expect(&acd, (struct step){ READY, 0, 0, 'A', 0, "[refused]" });
	expect(&acd, (struct step){ ENTER, 0, 0, 'C', 0, "[refused]" });
	expect(&acd, (struct step){ ARRIVE, 0, 3, 0, 0, "[refused]" });
	expect(&acd, (struct step){ TICK, 0, 0, 0, 0, "[refused]" });
	expect(&acd, (struct step){ HANGUP, 0, 1, 0, 0, "end 1 caller_left" });
	expect(&acd,
		(struct step){ HANGUP, 0, 2, 0, 0,
			"part 2>B caller_left B=wrapup/caller_left end 2 caller_left" });
	assert_int_equal(restored(&acd), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_REFUSED);
	assert_int_equal(restore_agent(&acd, 'C', 0, was_ready), ACD_REFUSED);
	assert_int_equal(restore_call(&acd, 3, 0, 0, waited), ACD_REFUSED);
	acd_close(&acd);
	begin(&acd);
	expect(&acd, (struct step){ ENTER, 0, 0, 'C', 0, "C=away/new_shift" });
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_REFUSED);
	assert_int_equal(restored(&acd), ACD_REFUSED);
	acd_close(&acd);
}

static void test_nonsense(void **state)
{
	struct acd_saved_agent was_out = { .state = ACD_AGENT_OUT };
	struct acd_saved_agent is_mad = { .state = ACD_AGENT_STATES };
	struct acd_agent_info info;
	struct acd_event ev = { .type = ACD_EV_AGENT_RESTORE,
		.agent = 'B',
		.queues = { { 4 } },
		.saved_agent = was_ready };
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_out), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'A', 0, is_mad), ACD_REFUSED);
	assert_false(acd_agent(&acd, 'A', &info)); /* neither is in a shift */
	is_mad.state = (enum acd_agent_state) - 1;
	assert_int_equal(restore_agent(&acd, 'A', 0, is_mad), ACD_REFUSED);
	assert_int_equal(restore(&acd, ev), ACD_UNKNOWN); /* no such queue */
	ev.queues.w[0] = 1;
	ev.workplace = (enum acd_workplace)2;
	assert_int_equal(restore(&acd, ev), ACD_REFUSED);
	assert_int_equal(restore_agent(&acd, 0, 0, was_ready), ACD_LIMIT);
	assert_int_equal(restore_agent(&acd, 'A', 0, talked), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'A', 0, was_ready), ACD_REFUSED);
	assert_int_equal(restore_agent(&acd, 'B', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'C', 0, was_ready), ACD_DONE);
	assert_int_equal(restore_agent(&acd, 'D', 0, was_ready), ACD_LIMIT);

	assert_int_equal(restore_call(&acd, 1, 2, 'A', waited), ACD_UNKNOWN);
	assert_int_equal(restore_call(&acd, 0, 0, 'A', waited), ACD_LIMIT);
	for (uint64_t id = 1; id <= 4;
		id++) /* the queue may hold 3: no caller is lost for that */
		assert_int_equal(restore_call(&acd, id, 0, 0, waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 5, 0, 'A', waited), ACD_LIMIT);
	expect(&acd, (struct step){ HANGUP, 0, 4, 0, 0, "end 4 caller_left" });
	assert_int_equal(restore_call(&acd, 1, 0, 'A', waited), ACD_LIMIT); /* twice */
	assert_int_equal(restored(&acd), ACD_DONE);
	assert_true(acd_agent(&acd, 'A', &info));
	assert_int_equal(info.state, ACD_AGENT_WRAPUP);
	acd_close(&acd);
}

/* Two calls that name one agent: the first has it. */
static void test_two_name_one(void **state)
{
	struct acd_call_info first, second;
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_agent(&acd, 'A', 0, talked), ACD_DONE);
	assert_int_equal(restore_call(&acd, 1, 0, 'A', waited), ACD_DONE);
	assert_int_equal(restore_call(&acd, 2, 0, 'A', waited), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	assert_true(acd_call(&acd, 1, &first) && acd_call(&acd, 2, &second));
	assert_int_equal(first.state, ACD_CALL_TALKING);
	assert_int_equal(second.state, ACD_CALL_WAITING);
	acd_close(&acd);
}

/* Callers whose queue has lost its agents wait for a new shift as long as ever. */
static void test_nobody_there(void **state)
{
	struct acd acd;

	begin(&acd);
	assert_int_equal(restore_call(&acd, 1, 0, 'A', waited), ACD_DONE);
	assert_int_equal(restored(&acd), ACD_DONE);
	expect(&acd, (struct step){ TICK, 59, 0, 0, 0, "" });
	expect(&acd, (struct step){ TICK, 60, 0, 0, 0, "end 1 no_agent" });
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agents),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_idle_order_is_kept),
		cmocka_unit_test(test_handed),
		cmocka_unit_test(test_afterwards),
		cmocka_unit_test(test_lost_talk),
		cmocka_unit_test(test_no_regain),
		cmocka_unit_test(test_turn),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_two_name_one),
		cmocka_unit_test(test_nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
