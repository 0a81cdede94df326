/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd under random events: every promise of acd.h after each step, and what an outside observer of the
 * actions alone must see: each call ends once, is never with two agents, and no agent is stuck.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/acd/acd.h"

enum { AGENTS = 6, CALLS = 24, QUEUES = 3, STEPS = 60000, SEEDS = 4 };

struct world {
	struct acd acd;
	uint64_t random; /* xorshift64 state (Marsaglia 2003) */
	uint64_t next_call;
	uint64_t with[AGENTS + 1]; /* by agent: the call that the actions gave it */
	struct {
		uint64_t id;
		bool talks;
		uint64_t agent;
	} calls[CALLS];
	unsigned seed;
};

static uint64_t rnd(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random % below;
}

static size_t slot_of(struct world *w, uint64_t call)
{
	for (size_t i = 0; i < CALLS; i++)
		if (w->calls[i].id == call)
			return i;
	fail_msg("seed %u: an action names a call that is not there", w->seed);
	return 0;
}

static void watch(struct world *w, const struct acd_action *a)
{
	size_t i = a->call && a->type != ACD_ACT_AGENT ? slot_of(w, a->call) : 0;

	switch (a->type) {
	case ACD_ACT_OFFER:
		assert_int_equal(w->calls[i].agent, 0);
		assert_int_equal(w->with[a->agent], 0);
		assert_true(a->could_home + a->could_office > 0);
		w->calls[i].agent = a->agent;
		w->with[a->agent] = a->call;
		break;
	case ACD_ACT_WITHDRAW:
	case ACD_ACT_PART:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_int_equal(w->calls[i].talks, a->type == ACD_ACT_PART);
		w->calls[i].agent = 0;
		w->calls[i].talks = false;
		w->with[a->agent] = 0;
		break;
	case ACD_ACT_JOIN:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_false(w->calls[i].talks);
		w->calls[i].talks = true;
		break;
	case ACD_ACT_INTERRUPT:
	case ACD_ACT_RESUME: assert_int_equal(w->calls[i].agent, a->agent); break;
	case ACD_ACT_WAIT: assert_int_equal(w->calls[i].agent, 0); break;
	case ACD_ACT_END:
		assert_int_equal(w->calls[i].agent, 0);
		w->calls[i].id = 0;
		break;
	case ACD_ACT_AGENT: break;
	}
}

static void step(struct world *w, const struct acd_event *ev)
{
	struct acd_actions acts;
	const char *broken;

	acd_step(&w->acd, ev, &acts);
	for (size_t i = 0; i < acts.n; i++)
		watch(w, &acts.a[i]);
	broken = acd_check(&w->acd);
	if (broken)
		fail_msg("seed %u, at %ld ms, event %d: %s", w->seed, (long)ev->at_ms,
			(int)ev->type, broken);
}

static void arrive(struct world *w, struct acd_event *ev)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct acd_actions acts;

		if (w->calls[i].id)
			continue;
		ev->type = ACD_EV_CALL_ARRIVE;
		ev->call = ++w->next_call;
		w->calls[i].id = ev->call;
		acd_step(&w->acd, ev, &acts);
		if (acts.verdict != ACD_DONE)
			w->calls[i].id = 0;
		for (size_t k = 0; k < acts.n; k++)
			watch(w, &acts.a[k]);
		assert_null(acd_check(&w->acd));
		return;
	}
}

/* Any event, sensible or not: late answers, wrong calls, repetitions. */
static void random_event(struct world *w, int64_t now)
{
	struct acd_event ev = {
		.type = (enum acd_event_type)rnd(w, ACD_EVENTS),
		.at_ms = now,
		.agent = 1 + rnd(w, AGENTS),
		.queues = rnd(w, 1u << QUEUES),
		.queue = (uint32_t)rnd(w, QUEUES),
		.workplace = (enum acd_workplace)rnd(w, 2),
		.why = rnd(w, 2) ? ACD_WHY_LINE_LOST : ACD_WHY_DESK_LOST,
	};

	if (ev.type == ACD_EV_AGENT_LEAVE && rnd(w, 4))
		ev.type = ACD_EV_AGENT_READY;
	/* rush hours and quiet ones: callers wait in the one, agents in the other */
	if (rnd(w, now / 60000 % 2 ? 3 : 25) == 0) {
		arrive(w, &ev);
		return;
	}
	if (ev.type == ACD_EV_CALL_ARRIVE)
		return;
	ev.call = rnd(w, 8) ? w->with[ev.agent] : w->calls[rnd(w, CALLS)].id;
	step(w, &ev);
}

static void test_random(void **state)
{
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		static struct world w;
		struct acd_queue_config q[QUEUES];
		struct acd_limits limits = {
			.calls = CALLS, .agents = AGENTS, .regain_ms = 2500
		};
		int64_t now = 0;

		memset(&w, 0, sizeof w);
		w.seed = seed;
		w.random = seed * 0x9E3779B97F4A7C15ULL;
		for (size_t i = 0; i < QUEUES; i++)
			q[i] = (struct acd_queue_config){ .max_waiting = 8,
				.offer_ms = 2000,
				.wrapup_ms = (int64_t)i * 1500,
				.max_wait_ms = 30000,
				.unstaffed_ms = 4000,
				.declined_ms = 3000 };
		assert_int_equal(acd_init(&w.acd, q, QUEUES, &limits), 0);
		for (int i = 0; i < STEPS; i++) {
			now += (int64_t)rnd(&w, 400);
			while (acd_next_deadline(&w.acd) >= 0 &&
				acd_next_deadline(&w.acd) <= now)
				step(&w,
					&(struct acd_event){
						.type = ACD_EV_TICK, .at_ms = now });
			random_event(&w, now);
		}
		/* everybody goes home: nothing may be left */
		for (uint64_t a = 1; a <= AGENTS; a++) {
			step(&w,
				&(struct acd_event){ .type = ACD_EV_AGENT_LOST,
					.at_ms = now,
					.agent = a,
					.why = ACD_WHY_LINE_LOST });
			step(&w,
				&(struct acd_event){ .type = ACD_EV_AGENT_LEAVE,
					.at_ms = now,
					.agent = a });
		}
		while (acd_next_deadline(&w.acd) >= 0)
			step(&w,
				&(struct acd_event){ .type = ACD_EV_TICK,
					.at_ms = acd_next_deadline(&w.acd) });
		for (size_t i = 0; i < CALLS; i++)
			assert_int_equal(w.calls[i].id, 0);
		acd_close(&w.acd);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
