/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: what its rules hold at the edges: limits that are reached and come free again, configurations that make
 * no sense, what is told of talks and waits, and what a restart takes over of the rules.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>

#include "core/acd/priv.h"
#include "story.h"

static enum acd_verdict step(
	struct acd *acd, struct acd_event ev, struct acd_actions *acts)
{
	acd_step(acd, &ev, acts);
	assert_null(acd_check(acd));
	return acts->verdict;
}

static const struct acd_queue_config plain[2];

/* Nobody more is handed to an agent for whom eight wait. */
static void cannot_hand_on(struct acd *acd)
{
	struct acd_event b = {
		.type = ACD_EV_AGENT_ENTER, .agent = 'B', .queues = { { 2 } }
	};
	struct acd_event arrives = { .type = ACD_EV_CALL_ARRIVE, .call = 99, .queue = 1 };
	struct acd_actions acts;

	step(acd, b, &acts);
	b.type = ACD_EV_AGENT_READY;
	step(acd, b, &acts);
	step(acd, arrives, &acts);
	b.call = 99;
	b.type = ACD_EV_AGENT_ACCEPT;
	assert_int_equal(step(acd, b, &acts), ACD_DONE);
	b.type = ACD_EV_AGENT_TRANSFER;
	b.to_agent = 'A';
	assert_int_equal(step(acd, b, &acts), ACD_QUEUE_FULL);
	assert_int_equal(acts.n, 0);
}

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

	story_open(&acd, q, 0);
	step(&acd, ev, &acts);
	ev = (struct acd_event){
		.type = ACD_EV_CALL_ARRIVE, .agent = 'A', .prefer_ms = 60000
	};
	for (ev.call = 1; ev.call <= ACD_PREFERRING_MAX + 1; ev.call++) {
		assert_int_equal(step(&acd, ev, &acts), ACD_DONE);
		assert_true(acd_call(&acd, ev.call, &info));
		assert_int_equal(info.waits_for, ev.call <= ACD_PREFERRING_MAX ? 'A' : 0);
	}
	cannot_hand_on(&acd);
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

	story_open(&acd, plain, 0);
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

	story_open(&acd, plain, 2);
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
		q[i] = story_with_base((struct acd_queue_config){ 0 });
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
		{ .n_diversions = 1, .diversions = { { .when = ACD_IFS } } } },
	{ "nobody after a while",
		{ .n_diversions = 1,
			.diversions = { { .when = ACD_IF_NOBODY, .after_ms = 1 } } } },
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
					 .calls = 1, .agents = 1, .groups = 1 << 16 }),
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

	q[0] = story_with_base(q[0]);
	q[1] = story_with_base(q[1]);
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

	story_open(&acd, q, 0);
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

	story_open(&acd, plain, 0);
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

/* A callback goes on with the tries that it had, and is not tried again before its time; what makes no sense is brought
 * between what is possible. */
static void test_restored_callback(void **state)
{
	static const struct {
		uint8_t tries;
		int64_t retry_at_ms, want_retry_ms;
		uint8_t want_tries;
	} cases[] = {
		{ 0, 0, 0, 0 }, { 1, 70000, 70000, 1 }, { 1, 49000, 0, 1 }, /* over */
		{ 1, INT64_MAX, 50000 + 30000, 1 }, { 255, 0, 0, 1 }, /* one is left */
	};
	struct acd_queue_config q[2] = { { .callback_tries = 2 } };
	struct acd_event ready = {
		.type = ACD_EV_AGENT_ENTER, .agent = 'A', .queues = { { 1 } }
	};
	struct acd_actions acts;
	struct acd_call_info ci;
	struct acd acd;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct acd_event c = { .type = ACD_EV_CALL_RESTORE,
			.call = 1,
			.at_ms = 50000,
			.saved_call = { .arrived_ms = 10000,
				.since_ms = 20000,
				.wait_left_ms = 25000000,
				.is_callback = true,
				.tries = cases[i].tries,
				.retry_at_ms = cases[i].retry_at_ms } };

		story_open(&acd, q, 0);
		assert_int_equal(step(&acd, c, &acts), ACD_DONE);
		step(&acd, (struct acd_event){ .type = ACD_EV_RESTORED }, &acts);
		assert_true(acd_call(&acd, 1, &ci));
		assert_int_equal(ci.tries, cases[i].want_tries);
		assert_int_equal(ci.retry_at_ms, cases[i].want_retry_ms);
		ready.type = ACD_EV_AGENT_ENTER;
		step(&acd, ready, &acts);
		ready.type = ACD_EV_AGENT_READY;
		step(&acd, ready, &acts);
		assert_int_equal(acts.n > 1 && acts.a[1].type == ACD_ACT_OFFER,
			cases[i].want_retry_ms == 0);
		if (cases[i].want_retry_ms) {
			step(&acd,
				(struct acd_event){ .type = ACD_EV_TICK,
					.at_ms = cases[i].want_retry_ms },
				&acts);
			assert_int_equal(acts.a[0].type, ACD_ACT_OFFER);
		}
		acd_close(&acd);
	}
}

/* A restored call is as urgent as its arrival makes it, and what its rules said of that time is over. */
static void test_restored_wait(void **state)
{
	struct acd_queue_config q[2] = {
		{ .n_diversions = 2,
			.diversions = { { ACD_IF_LENGTH, ACD_DIVERT_MESSAGE, 0, 20000,
						1 },
				{ ACD_IF_LENGTH, ACD_DIVERT_MESSAGE, 0, 60000, 2 } } },
		{ .priority = 2 }
	};
	struct acd_event in = { .type = ACD_EV_AGENT_RESTORE,
		.agent = 'A',
		.at_ms = 50000,
		.queues = { { 3 } },
		.saved_agent = { .state = ACD_AGENT_READY } };
	struct acd_event old = { .type = ACD_EV_CALL_RESTORE,
		.call = 1,
		.at_ms = 50000,
		.saved_call = { 10000, 10000, 500000, false } };
	struct acd_event young = {
		.type = ACD_EV_CALL_ARRIVE, .call = 2, .queue = 1, .at_ms = 51000
	};
	struct acd_event back = { .type = ACD_EV_AGENT_BACK,
		.agent = 'A',
		.why = ACD_WHY_DESK_LOST,
		.at_ms = 60000 };
	struct acd_actions acts;
	struct acd acd;

	story_open(&acd, q, 0);
	step(&acd, in, &acts);
	step(&acd, old, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_RESTORED, .at_ms = 50000 }, &acts);
	step(&acd, young, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_TICK, .at_ms = 59000 }, &acts);
	assert_int_equal(acts.n, 0);
	step(&acd, back, &acts); /* one waited 50 s, the other, twice as dear, 9 s */
	assert_int_equal(acts.a[1].type, ACD_ACT_OFFER);
	assert_int_equal(acts.a[1].call, 1);
	step(&acd,
		(struct acd_event){
			.type = ACD_EV_AGENT_PAUSE, .agent = 'A', .at_ms = 61000 },
		&acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_TICK, .at_ms = 70000 }, &acts);
	assert_int_equal(acts.a[0].type, ACD_ACT_DIVERT);
	assert_int_equal(acts.a[0].target, 2);
	acd_close(&acd);
}

static void test_words(void **state)
{
	for (int i = 0; i < ACD_WHYS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(acd_why_word((enum acd_why)i),
				acd_why_word((enum acd_why)k));
	for (uint8_t i = 0; i <= ACD_SENSITIVITY_MAX; i++)
		for (uint8_t k = 0; k < i; k++)
			assert_string_not_equal(
				acd_sensitivity_word(i), acd_sensitivity_word(k));
	for (uint8_t i = 0; acd_sensitivity_words[i]; i++)
		assert_string_equal(acd_sensitivity_words[i], acd_sensitivity_word(i));
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

	story_open(&acd, q, 0);
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

/* Who was diverted before the restart is not diverted again after it; who was not, is. */
static void test_restored_settled(void **state)
{
	static const struct acd_queue_config q[2] = { { .n_diversions = 1,
		.diversions = { { ACD_IF_LENGTH, ACD_DIVERT_MESSAGE, 0, 60000, 0 } } } };
	struct acd_event c = { .type = ACD_EV_CALL_RESTORE,
		.at_ms = 50000,
		.saved_call = { 10000, 10000, 500000, false, false } };
	struct acd_actions acts;
	struct acd_call_info ci;
	struct acd acd;

	story_open(&acd, q, 0);
	for (uint64_t i = 1; i <= 2; i++) {
		c.call = i;
		c.saved_call.is_settled = i == 2;
		assert_int_equal(step(&acd, c, &acts), ACD_DONE);
		assert_true(acd_call(&acd, i, &ci));
		assert_int_equal(ci.is_settled, i == 2);
	}
	step(&acd, (struct acd_event){ .type = ACD_EV_RESTORED, .at_ms = 50000 }, &acts);
	step(&acd, (struct acd_event){ .type = ACD_EV_TICK, .at_ms = 70000 }, &acts);
	assert_int_equal(acts.n, 2);
	assert_int_equal(acts.a[0].type, ACD_ACT_DIVERT);
	assert_int_equal(acts.a[0].call, 1);
	assert_true(acd_call(&acd, 2, &ci));
	acd_close(&acd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_prefer_one),
		cmocka_unit_test(test_talk_ms),
		cmocka_unit_test(test_groups_are_used_again),
		cmocka_unit_test(test_the_last_of_each),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_outlook),
		cmocka_unit_test(test_outlook_learns),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_restored_settled),
		cmocka_unit_test(test_restored_callback),
		cmocka_unit_test(test_restored_wait),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_admits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
