/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Why this agent and why this call: each rule by itself, and over whatever happens the same numbers as the core
 * had when it decided.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "core/acd/explain.h"

#define SKILL(n, level) ((uint64_t)(level) << (4 * (n)))
#define BOTH_QUEUES       \
	{                 \
		{         \
			3 \
		}         \
	}

static const struct acd_queue_config queues[] = {
	{ .max_waiting = 9,
		.offer_ms = 20000,
		.wrapup_ms = 30000,
		.max_wait_ms = 600000,
		.unstaffed_ms = 60000,
		.declined_ms = 60000,
		.priority = 2,
		.target_ms = 10000,
		.skills = { { SKILL(0, 2) | SKILL(1, 1) } },
		.n_relax = 1,
		.relax = { { 50000, { { SKILL(0, 1) } } } },
		.transfer_ms = 15000 },
	{ .max_waiting = 9,
		.offer_ms = 20000,
		.wrapup_ms = 30000,
		.max_wait_ms = 600000,
		.unstaffed_ms = 60000,
		.declined_ms = 60000,
		.target_ms = 20000 },
};

enum { CALLER = 100, OTHER = 101 };

static void step(struct acd *acd, struct acd_event ev)
{
	struct acd_actions acts;

	acd_step(acd, &ev, &acts);
	if (acts.verdict != ACD_DONE)
		fail_msg("event %d at %ld: verdict %d", (int)ev.type, (long)ev.at_ms,
			(int)acts.verdict);
}

/* An agent who could have every call of the first queue, at the office, but for what `but` says. */
static void enter(struct acd *acd, uint64_t id, struct acd_event but)
{
	static const struct acd_queues both = BOTH_QUEUES;

	but.type = ACD_EV_AGENT_ENTER;
	but.agent = id;
	if (acd_queues_are_none(&but.queues))
		but.queues = both;
	if (!but.skills.w[0])
		but.skills.w[0] = SKILL(0, 3) | SKILL(1, 3);
	if (!but.clearance)
		but.clearance = 2;
	step(acd, but);
}

static void ready(struct acd *acd, uint64_t id, int64_t at_ms)
{
	step(acd,
		(struct acd_event){
			.type = ACD_EV_AGENT_READY, .at_ms = at_ms, .agent = id });
}

static void do_agent(
	struct acd *acd, enum acd_event_type type, uint64_t id, uint64_t call)
{
	step(acd,
		(struct acd_event){ .type = type,
			.at_ms = acd->now_ms,
			.agent = id,
			.call = call,
			.why = ACD_WHY_LINE_LOST });
}

/* --- one agent, one reason --- */

static void is_outside(struct acd *acd, uint64_t id)
{
	struct acd_event but = { .queues = { { 2 } } };

	enter(acd, id, but);
	ready(acd, id, 0);
}

static void lacks_french(struct acd *acd, uint64_t id)
{
	enter(acd, id, (struct acd_event){ .skills = { { SKILL(0, 9) } } });
	ready(acd, id, 0);
}

static void lacks_clearance(struct acd *acd, uint64_t id)
{
	enter(acd, id, (struct acd_event){ .clearance = 1 });
	ready(acd, id, 0);
}

static void sits_at_home(struct acd *acd, uint64_t id)
{
	enter(acd, id, (struct acd_event){ .workplace = ACD_HOME });
	ready(acd, id, 0);
}

static void is_away(struct acd *acd, uint64_t id)
{
	enter(acd, id, (struct acd_event){ 0 });
}

static void pauses(struct acd *acd, uint64_t id)
{
	is_away(acd, id);
	do_agent(acd, ACD_EV_AGENT_PAUSE, id, 0);
}

static void writes(struct acd *acd, uint64_t id)
{
	is_away(acd, id);
	do_agent(acd, ACD_EV_AGENT_WORK, id, 0);
}

static void is_offered(struct acd *acd, uint64_t id)
{
	is_away(acd, id);
	ready(acd, id, 0);
	step(acd,
		(struct acd_event){
			.type = ACD_EV_CALL_ARRIVE, .call = OTHER, .queue = 1 });
}

static void talks(struct acd *acd, uint64_t id)
{
	is_offered(acd, id);
	do_agent(acd, ACD_EV_AGENT_ACCEPT, id, OTHER);
}

static void is_cut_off(struct acd *acd, uint64_t id)
{
	talks(acd, id);
	do_agent(acd, ACD_EV_AGENT_LOST, id, 0);
}

static void wraps_up(struct acd *acd, uint64_t id)
{
	talks(acd, id);
	do_agent(acd, ACD_EV_AGENT_HANGUP, id, OTHER);
}

static const struct {
	const char *what;
	void (*make)(struct acd *acd, uint64_t id);
	enum acd_bar bar;
	enum acd_workplace workplace;
} reasons[] = {
	{ "does not serve the queue", is_outside, ACD_BAR_QUEUE, ACD_OFFICE },
	{ "lacks a skill", lacks_french, ACD_BAR_SKILL, ACD_OFFICE },
	{ "lacks clearance", lacks_clearance, ACD_BAR_CLEARANCE, ACD_OFFICE },
	{ "sits at home", sits_at_home, ACD_BAR_OFFICE, ACD_HOME },
	{ "is away", is_away, ACD_BAR_AWAY, ACD_OFFICE },
	{ "pauses", pauses, ACD_BAR_PAUSE, ACD_OFFICE },
	{ "does written work", writes, ACD_BAR_WORK, ACD_OFFICE },
	{ "is offered another", is_offered, ACD_BAR_OFFERED, ACD_OFFICE },
	{ "talks", talks, ACD_BAR_TALKING, ACD_OFFICE },
	{ "is cut off in a talk", is_cut_off, ACD_BAR_TALKING, ACD_OFFICE },
	{ "wraps up", wraps_up, ACD_BAR_WRAPUP, ACD_OFFICE },
};

static void init(struct acd *acd)
{
	struct acd_limits limits = { .calls = 16, .agents = 16, .regain_ms = 15000 };

	assert_int_equal(acd_init(acd, queues, 2, &limits), 0);
}

/* A caller who wishes for the office and is of sensitivity 2, with that agent alone in the house. */
static void test_reasons(void **state)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct acd_explanation w;
		struct acd acd;

		init(&acd);
		reasons[i].make(&acd, 1);
		enter(&acd, 9, (struct acd_event){ 0 }); /* so that callers are taken */
		step(&acd,
			(struct acd_event){ .type = ACD_EV_CALL_ARRIVE,
				.call = CALLER,
				.sensitivity = 2,
				.wants_office = true });
		assert_true(acd_explain(&acd, CALLER, 0, 0, &w));
		for (enum acd_bar b = 0; b < ACD_BARS; b++)
			for (unsigned at = 0; at < 2; at++) {
				unsigned n = (b == reasons[i].bar &&
						     at == reasons[i].workplace) +
					(b == ACD_BAR_AWAY && at == ACD_OFFICE);

				if (w.n[b][at] != n)
					fail_msg("%s: %u are \"%s\", not %u",
						reasons[i].what, w.n[b][at],
						acd_bar_word(b), n);
			}
		assert_int_equal(w.lacks[1], reasons[i].bar == ACD_BAR_SKILL);
		assert_int_equal(w.idle_ms, -1);
		acd_close(&acd);
	}
}

static void arrive(struct acd *acd, uint64_t call, uint32_t queue, int64_t at_ms)
{
	step(acd,
		(struct acd_event){ .type = ACD_EV_CALL_ARRIVE,
			.at_ms = at_ms,
			.call = call,
			.queue = queue });
}

/* Three could have it: the one idle for 9 s has it, the others have been for 4 and 2. */
static void test_longest_idle(void **state)
{
	struct acd_explanation w;
	struct acd acd;

	init(&acd);
	enter(&acd, 1, (struct acd_event){ .workplace = ACD_HOME });
	enter(&acd, 2, (struct acd_event){ 0 });
	ready(&acd, 1, 1000);
	enter(&acd, 3, (struct acd_event){ .at_ms = 2000 });
	ready(&acd, 2, 6000);
	ready(&acd, 3, 8000);
	arrive(&acd, CALLER, 0, 10000);
	assert_true(acd_explain(&acd, CALLER, 1, 0, &w));
	assert_int_equal(w.n[ACD_BAR_NONE][ACD_HOME], 1);
	assert_int_equal(w.n[ACD_BAR_NONE][ACD_OFFICE], 2);
	assert_int_equal(w.idle_ms, 9000);
	assert_int_equal(w.next_idle_ms, 4000);
	assert_int_equal(w.n_rivals, 0);
	assert_int_equal(w.needs.w[0], SKILL(0, 2) | SKILL(1, 1));
	assert_int_equal(w.n_steps, 1);
	assert_false(acd_explain(&acd, OTHER, 1, 0, &w));
	assert_false(acd_explain(&acd, CALLER, 7, 0, &w));
	acd_close(&acd);
}

/* 12 s at 2 per 10 s come before 20 s at 1 per 20 s: 2.4 against 1.0. */
static void test_most_urgent(void **state)
{
	struct acd_explanation w;
	struct acd acd;

	init(&acd);
	enter(&acd, 1, (struct acd_event){ 0 });
	arrive(&acd, OTHER, 1, 0);
	arrive(&acd, CALLER, 0, 8000);
	arrive(&acd, CALLER + 5, 0, 9000);
	ready(&acd, 1, 20000);
	assert_true(acd_explain(&acd, CALLER, 1, 0, &w));
	assert_int_equal(w.n_rivals, 2);
	assert_true(w.call.urgency > 2.399 && w.call.urgency < 2.401);
	assert_int_equal(w.call.waited_ms, 12000);
	assert_int_equal(w.rival.queue, 0); /* the next of the same queue: 2.2 */
	assert_true(w.rival.urgency > 2.199 && w.rival.urgency < 2.201);
	assert_int_equal(w.next_idle_ms, -1);
	acd_close(&acd);
}

/* Declined by the one, so not again; the demands are relaxed in the end, and somebody else may have it. */
static void test_declined_and_relaxed(void **state)
{
	struct acd_explanation w;
	struct acd acd;

	init(&acd);
	enter(&acd, 1, (struct acd_event){ 0 });
	enter(&acd, 2, (struct acd_event){ .skills = { { SKILL(0, 1) } } });
	ready(&acd, 1, 0);
	ready(&acd, 2, 0);
	arrive(&acd, CALLER, 0, 1000);
	do_agent(&acd, ACD_EV_AGENT_DECLINE, 1, CALLER);
	assert_true(acd_explain(&acd, CALLER, 0, 0, &w));
	assert_int_equal(w.n[ACD_BAR_DECLINED][ACD_OFFICE], 1);
	assert_int_equal(w.lacks[0], 1);
	assert_int_equal(w.step, 0);
	step(&acd, (struct acd_event){ .type = ACD_EV_TICK, .at_ms = 51000 });
	assert_true(acd_explain(&acd, CALLER, 2, 0, &w));
	assert_int_equal(w.step, 1);
	assert_int_equal(w.needs.w[0], SKILL(0, 1));
	assert_int_equal(w.n[ACD_BAR_NONE][ACD_OFFICE], 1);
	assert_int_equal(w.n[ACD_BAR_DECLINED][ACD_OFFICE], 1);
	acd_close(&acd);
}

/* Who waits for one agent alone is nobody else's, whatever they could. */
static void test_waits_for_one(void **state)
{
	struct acd_explanation w;
	struct acd acd;

	init(&acd);
	enter(&acd, 1, (struct acd_event){ 0 });
	is_outside(&acd, 2);
	enter(&acd, 3, (struct acd_event){ .workplace = ACD_HOME });
	step(&acd,
		(struct acd_event){ .type = ACD_EV_CALL_ARRIVE,
			.call = CALLER,
			.agent = 1,
			.prefer_ms = 5000 });
	assert_true(acd_explain(&acd, CALLER, 0, 1, &w));
	assert_int_equal(w.n[ACD_BAR_OTHER][ACD_OFFICE], 1);
	assert_int_equal(w.n[ACD_BAR_OTHER][ACD_HOME], 1);
	assert_int_equal(w.n[ACD_BAR_AWAY][ACD_OFFICE], 1);
	assert_int_equal(w.waits_for, 1);
	acd_close(&acd);
}

/* --- over whatever happens --- */

/* The one offer of a step: who is eligible afterwards, the chosen one with them, is whom the core counted. */
static bool agrees(const struct acd *acd, const struct acd_action *a, uint64_t waited_for)
{
	struct acd_explanation w;
	uint32_t sum = 0;

	assert_true(acd_explain(acd, a->call, a->agent, waited_for, &w));
	for (enum acd_bar b = 0; b < ACD_BARS; b++)
		sum += w.n[b][ACD_HOME] + w.n[b][ACD_OFFICE];
	for (size_t i = 0; i < acd->limits.agents; i++) {
		struct acd_agent_info is;

		sum -= acd_agent(acd, i + 1, &is);
	}
	assert_int_equal(sum, 0); /* each agent once */
	assert_true(w.idle_ms >= w.next_idle_ms);
	if (w.n_rivals > 0 && !waited_for)
		assert_true(w.call.urgency >= w.rival.urgency - 1e-9);
	return w.n[ACD_BAR_NONE][ACD_HOME] == a->could_home &&
		w.n[ACD_BAR_NONE][ACD_OFFICE] == a->could_office;
}

/* NULL: none, or several. */
static const struct acd_action *only_offer(const struct acd_actions *acts)
{
	const struct acd_action *found = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < acts->n; i++)
		if (acts->a[i].type == ACD_ACT_OFFER) {
			found = &acts->a[i];
			n++;
		}
	return n == 1 ? found : NULL;
}

/* By call, before a step. */
static void note_waits(const struct acd *acd, uint64_t waits_for[CHANCE_CALLS])
{
	for (uint64_t i = 0; i < CHANCE_CALLS; i++) {
		struct acd_call_info info = { .waits_for = 0 };

		(void)acd_call(acd, 101 + i, &info);
		waits_for[i] = info.waits_for;
	}
}

static void test_agrees(void **state)
{
	struct chance c = { .random = 11 };
	uint64_t waits_for[CHANCE_CALLS];
	unsigned offers = 0, several = 0;
	struct acd_actions acts;
	struct acd acd;

	assert_int_equal(acd_init(&acd, chance_queues, CHANCE_QUEUES, &chance_limits), 0);
	for (int i = 0; i < 40000; i++) {
		struct acd_event ev = chance_event(&c, &acd);
		const struct acd_action *a;
		uint64_t waited_for;

		note_waits(&acd, waits_for);
		acd_step(&acd, &ev, &acts);
		a = only_offer(&acts);
		if (!a || ev.type == ACD_EV_TICK)
			continue; /* which may do more than that */
		waited_for = acd_waited_for(&ev, a->agent, waits_for[a->call - 101]);
		if (!agrees(&acd, a, waited_for))
			fail_msg("event %d of type %d: other numbers than recorded", i,
				(int)ev.type);
		offers++;
		several += a->could_home + a->could_office > 1;
	}
	printf("# %u offers, %u with a choice\n", offers, several);
	assert_true(offers > 2000 && several > 10);
	acd_close(&acd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_longest_idle),
		cmocka_unit_test(test_most_urgent),
		cmocka_unit_test(test_declined_and_relaxed),
		cmocka_unit_test(test_waits_for_one),
		cmocka_unit_test(test_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
