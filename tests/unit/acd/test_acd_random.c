/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd under random events: every promise of acd.h after each step, and what an outside observer of the
 * actions alone must see: each call ends once, is never with two agents, is served in the order of arrival,
 * and no agent is stuck or offered anything without a line and a desk.  Now and then the process is killed:
 * a new acd takes over what the old one told of itself, at times with a call or an agent forgotten.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/acd/priv.h"

enum { AGENTS = 6, CALLS = 24, QUEUES = 3, STEPS = 60000, SEEDS = 4 };

static const struct acd_limits limits = {
	.calls = CALLS, .agents = AGENTS, .regain_ms = 2500
};

/* What has to happen often enough for the test to mean something. */
struct tally {
	unsigned interrupted, resumed, given_up, returned, killed, talks_taken_over,
		talks_forgotten, agents_forgotten;
};

struct world {
	struct acd acd;
	struct acd_queue_config q[QUEUES];
	uint64_t random; /* xorshift64 state (Marsaglia 2003) */
	uint64_t next_call; /* ids grow with the arrival */
	uint64_t with[AGENTS + 1]; /* by agent: the call that the actions gave it */
	bool line_is_gone[AGENTS + 1], desk_is_gone[AGENTS + 1], returns[AGENTS + 1];
	struct acd_queues queues[AGENTS + 1];
	enum acd_workplace workplace[AGENTS + 1];
	struct {
		uint64_t id;
		bool talks, is_interrupted;
		uint64_t agent;
	} calls[CALLS];
	struct tally tally;
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

static void part(struct world *w, size_t i, uint64_t agent)
{
	w->calls[i].agent = 0;
	w->calls[i].talks = w->calls[i].is_interrupted = false;
	w->with[agent] = 0;
}

static void watch(struct world *w, const struct acd_action *a)
{
	size_t i = a->call && a->type != ACD_ACT_AGENT ? slot_of(w, a->call) : 0;

	switch (a->type) {
	case ACD_ACT_OFFER:
		assert_int_equal(w->calls[i].agent, 0);
		assert_int_equal(w->with[a->agent], 0);
		assert_true(a->could_home + a->could_office > 0);
		assert_false(w->line_is_gone[a->agent] || w->desk_is_gone[a->agent]);
		w->calls[i].agent = a->agent;
		w->with[a->agent] = a->call;
		break;
	case ACD_ACT_WITHDRAW:
	case ACD_ACT_PART:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_int_equal(w->calls[i].talks, a->type == ACD_ACT_PART);
		w->tally.given_up += w->calls[i].is_interrupted &&
			a->why == ACD_WHY_LINE_LOST;
		part(w, i, a->agent);
		break;
	case ACD_ACT_JOIN:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_false(w->calls[i].talks);
		w->calls[i].talks = true;
		break;
	case ACD_ACT_INTERRUPT:
	case ACD_ACT_RESUME:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_true(w->calls[i].talks);
		assert_int_equal(w->calls[i].is_interrupted, a->type == ACD_ACT_RESUME);
		w->calls[i].is_interrupted = a->type == ACD_ACT_INTERRUPT;
		*(a->type == ACD_ACT_RESUME ? &w->tally.resumed
					    : &w->tally.interrupted) += 1;
		break;
	case ACD_ACT_WAIT: assert_int_equal(w->calls[i].agent, 0); break;
	case ACD_ACT_END:
		assert_int_equal(w->calls[i].agent, 0);
		w->calls[i].id = 0;
		break;
	case ACD_ACT_AGENT: break;
	}
}

/* The order of arrival, seen from outside the acd's own order. */
static void watch_queues(struct world *w)
{
	for (size_t q = 0; q < QUEUES; q++) {
		uint64_t last = 0;

		list_each(it, &w->acd.queues[q].waiting)
		{
			uint64_t id = list_entry(it, struct acd_call, node)->id;

			assert_true(last < id);
			last = id;
		}
	}
}

static void watch_agent(struct world *w, uint64_t id)
{
	struct acd_agent_info info;

	if (!acd_agent(&w->acd, id, &info)) {
		w->line_is_gone[id] = w->desk_is_gone[id] = w->returns[id] = false;
		return;
	}
	assert_int_equal(info.line_is_gone, w->line_is_gone[id]);
	assert_int_equal(info.desk_is_gone, w->desk_is_gone[id]);
	w->tally.returned += w->returns[id] &&
		(info.state == ACD_AGENT_READY || info.state == ACD_AGENT_OFFERED);
	w->returns[id] = info.returns;
	if (w->with[id])
		assert_int_equal(info.call, w->with[id]);
}

/* Before the step, so that what it causes is seen with it. */
static void keep_losses(struct world *w, const struct acd_event *ev)
{
	bool gone = ev->type == ACD_EV_AGENT_LOST;
	struct acd_agent_info info;

	if ((!gone && ev->type != ACD_EV_AGENT_BACK) ||
		!acd_agent(&w->acd, ev->agent, &info))
		return;
	*(ev->why == ACD_WHY_LINE_LOST ? &w->line_is_gone[ev->agent]
				       : &w->desk_is_gone[ev->agent]) = gone;
}

static enum acd_verdict step(struct world *w, const struct acd_event *ev)
{
	struct acd_actions acts;
	const char *broken;

	keep_losses(w, ev);
	acd_step(&w->acd, ev, &acts);
	if (ev->type == ACD_EV_AGENT_ENTER && acts.verdict == ACD_DONE) {
		w->queues[ev->agent] = ev->queues;
		w->workplace[ev->agent] = ev->workplace;
	}
	for (size_t i = 0; i < acts.n; i++)
		watch(w, &acts.a[i]);
	for (uint64_t a = 1; a <= AGENTS; a++)
		watch_agent(w, a);
	watch_queues(w);
	broken = acd_check(&w->acd);
	if (broken)
		fail_msg("seed %u, at %ld ms, event %d: %s", w->seed, (long)ev->at_ms,
			(int)ev->type, broken);
	return acts.verdict;
}

static void arrive(struct world *w, struct acd_event *ev)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (w->calls[i].id)
			continue;
		ev->type = ACD_EV_CALL_ARRIVE;
		ev->call = ++w->next_call;
		w->calls[i].id = ev->call;
		if (step(w, ev) != ACD_DONE)
			w->calls[i].id = 0;
		return;
	}
}

/* Restoring tells nothing and so offers nothing. */
static void hand_over(struct world *w, struct acd_event ev)
{
	struct acd_actions acts;

	acd_step(&w->acd, &ev, &acts);
	assert_int_equal(acts.verdict, ACD_DONE);
	assert_int_equal(acts.n, 0);
	assert_null(acd_check(&w->acd));
}

static void hand_over_agent(
	struct world *w, uint64_t id, int64_t now, const struct acd_agent_info *was)
{
	hand_over(w,
		(struct acd_event){ .type = ACD_EV_AGENT_RESTORE,
			.at_ms = now,
			.agent = id,
			.queues = w->queues[id],
			.workplace = w->workplace[id],
			.call = was->call,
			.saved_agent = {
				.state = was->state,
				.why = was->why,
				.since_ms = was->since_ms,
				.until_ms = was->until_ms,
				.idle_since_ms = was->idle_since_ms,
				.pause_after = was->pause_after,
				.line_is_gone = was->line_is_gone,
			} });
	w->desk_is_gone[id] = true;
	w->returns[id] = false;
}

static bool is_talk(const struct acd_call_info *info)
{
	return info->state == ACD_CALL_TALKING || info->state == ACD_CALL_INTERRUPTED;
}

static void hand_over_call(
	struct world *w, uint64_t id, int64_t now, const struct acd_call_info *was)
{
	hand_over(w,
		(struct acd_event){ .type = ACD_EV_CALL_RESTORE,
			.at_ms = now,
			.call = id,
			.queue = was->queue,
			.agent = is_talk(was) ? was->agent : 0,
			.saved_call = {
				was->arrived_ms, was->since_ms, was->wait_left_ms } });
}

/* A call is what it was, but that what rang waits, and a talk whose agent is forgotten. */
static void compare_call(
	struct world *w, uint64_t id, const struct acd_call_info *was, bool has_agent)
{
	struct acd_call_info is;

	assert_true(acd_call(&w->acd, id, &is));
	assert_int_equal(is.queue, was->queue);
	assert_int_equal(is.arrived_ms, was->arrived_ms);
	if (!is_talk(was) || has_agent) {
		assert_int_equal(is.since_ms, was->since_ms);
		assert_int_equal(is.wait_left_ms, was->wait_left_ms);
	}
	if (!is_talk(was) || !has_agent) {
		assert_int_equal(is.state, ACD_CALL_WAITING);
		return;
	}
	assert_int_equal(is.state, was->state);
	assert_int_equal(is.agent, was->agent);
	w->tally.talks_taken_over++;
}

static void compare_agent(struct world *w, uint64_t id, const struct acd_agent_info *was)
{
	struct acd_agent_info is;

	assert_true(acd_agent(&w->acd, id, &is));
	if (was->state == ACD_AGENT_READY || was->state == ACD_AGENT_OFFERED)
		assert_true(is.state == ACD_AGENT_AWAY && is.returns);
	else if (!w->with[id] &&
		(was->state == ACD_AGENT_TALKING || was->state == ACD_AGENT_INTERRUPTED))
		assert_int_equal(is.state, ACD_AGENT_WRAPUP);
	else
		assert_int_equal(is.state, was->state);
	assert_int_equal(is.idle_since_ms, was->idle_since_ms);
	assert_int_equal(is.line_is_gone, was->line_is_gone);
	if (is.state == was->state) {
		assert_int_equal(is.since_ms, was->since_ms);
		assert_int_equal(is.pause_after, was->pause_after);
		assert_int_equal(is.call, was->call);
	}
}

struct old {
	struct acd_agent_info agents[AGENTS + 1]; /* out: not there, or forgotten */
	struct acd_call_info calls[CALLS]; /* ended: likewise */
	size_t order[CALLS]; /* slots of world.calls, by arrival */
	size_t n_order;
};

static void read_agents(struct world *w, struct old *old)
{
	for (uint64_t a = 1; a <= AGENTS; a++) {
		if (!acd_agent(&w->acd, a, &old->agents[a]))
			continue;
		if (rnd(w, 20))
			continue;
		old->agents[a].state = ACD_AGENT_OUT;
		w->tally.agents_forgotten++;
		if (w->with[a])
			part(w, slot_of(w, w->with[a]), a);
	}
}

static void read_call(struct world *w, struct old *old, size_t i)
{
	size_t at = old->n_order++;

	assert_true(acd_call(&w->acd, w->calls[i].id, &old->calls[i]));
	if (w->calls[i].agent && (!w->calls[i].talks || !rnd(w, 10))) {
		bool is_forgotten = w->calls[i].talks;

		part(w, i, w->calls[i].agent); /* what rang rings no more */
		if (is_forgotten) {
			w->tally.talks_forgotten++;
			w->calls[i].id = 0;
			old->n_order--;
			return;
		}
	}
	for (; at > 0 && w->calls[old->order[at - 1]].id > w->calls[i].id; at--)
		old->order[at] = old->order[at - 1];
	old->order[at] = i;
}

static void kill_and_restore(struct world *w, int64_t now)
{
	struct old old = { .n_order = 0 };

	w->tally.killed++;
	for (size_t i = 0; i < CALLS; i++)
		if (w->calls[i].id)
			read_call(w, &old, i);
	read_agents(w, &old);
	acd_close(&w->acd);
	assert_int_equal(acd_init(&w->acd, w->q, QUEUES, &limits), 0);
	for (uint64_t a = 1; a <= AGENTS; a++)
		if (old.agents[a].state != ACD_AGENT_OUT)
			hand_over_agent(w, a, now, &old.agents[a]);
	for (size_t n = 0; n < old.n_order; n++) {
		size_t i = old.order[n];

		hand_over_call(w, w->calls[i].id, now, &old.calls[i]);
	}
	hand_over(w, (struct acd_event){ .type = ACD_EV_RESTORED, .at_ms = now });
	for (size_t n = 0; n < old.n_order; n++) {
		size_t i = old.order[n];

		compare_call(w, w->calls[i].id, &old.calls[i], w->calls[i].agent != 0);
	}
	for (uint64_t a = 1; a <= AGENTS; a++) {
		if (old.agents[a].state != ACD_AGENT_OUT)
			compare_agent(w, a, &old.agents[a]);
		watch_agent(w, a);
	}
	watch_queues(w);
}

/* Any event, sensible or not: late answers, wrong calls, repetitions. */
static void random_event(struct world *w, int64_t now)
{
	struct acd_event ev = {
		.type = (enum acd_event_type)rnd(w, ACD_EVENTS),
		.at_ms = now,
		.agent = 1 + rnd(w, AGENTS),
		.queues = { { rnd(w, 1u << QUEUES) } },
		.queue = (uint32_t)rnd(w, QUEUES),
		.workplace = (enum acd_workplace)rnd(w, 2),
		.why = rnd(w, 2) ? ACD_WHY_LINE_LOST : ACD_WHY_DESK_LOST,
	};

	/* talks, and losses that pass, are to be more frequent than chance would have them */
	if (ev.type == ACD_EV_AGENT_LEAVE && rnd(w, 4))
		ev.type = ACD_EV_AGENT_READY;
	if (ev.type != ACD_EV_AGENT_LOST && rnd(w, 3) == 0)
		ev.type = w->with[ev.agent] ? ACD_EV_AGENT_ACCEPT : ACD_EV_AGENT_READY;
	/* rush hours and quiet ones: callers wait in the one, agents in the other */
	if (rnd(w, now / 60000 % 2 ? 3 : 25) == 0) {
		arrive(w, &ev);
		return;
	}
	if (ev.type == ACD_EV_CALL_ARRIVE)
		return;
	if (ev.type != ACD_EV_AGENT_LOST && rnd(w, 2) &&
		(w->line_is_gone[ev.agent] || w->desk_is_gone[ev.agent]))
		ev.type = ACD_EV_AGENT_BACK;
	ev.call = rnd(w, 8) ? w->with[ev.agent] : w->calls[rnd(w, CALLS)].id;
	(void)step(w, &ev);
}

static void begin(struct world *w, unsigned seed)
{
	memset(w, 0, sizeof *w);
	w->seed = seed;
	w->random = seed * 0x9E3779B97F4A7C15ULL;
	for (size_t i = 0; i < QUEUES; i++)
		w->q[i] = (struct acd_queue_config){ .max_waiting = 8,
			.offer_ms = 2000,
			.wrapup_ms = (int64_t)i * 1500,
			.max_wait_ms = 30000,
			.unstaffed_ms = 4000,
			.declined_ms = 3000 };
	assert_int_equal(acd_init(&w->acd, w->q, QUEUES, &limits), 0);
	/* whatever comes first, nothing is restored */
	(void)step(w, &(struct acd_event){ .type = ACD_EV_TICK });
}

static void tick(struct world *w, int64_t until)
{
	int64_t due;

	while ((due = acd_next_deadline(&w->acd)) >= 0 && due <= until)
		(void)step(w, &(struct acd_event){ .type = ACD_EV_TICK, .at_ms = until });
}

/* Every line is lost for good and everybody goes home: nothing may be left. */
static void go_home(struct world *w, int64_t now)
{
	struct acd_agent_info info;

	for (uint64_t a = 1; a <= AGENTS; a++)
		(void)step(w,
			&(struct acd_event){ .type = ACD_EV_AGENT_LOST,
				.at_ms = now,
				.agent = a,
				.why = ACD_WHY_LINE_LOST });
	now += limits.regain_ms;
	tick(w, now);
	for (uint64_t a = 1; a <= AGENTS; a++)
		assert_int_equal(step(w,
					 &(struct acd_event){ .type = ACD_EV_AGENT_LEAVE,
						 .at_ms = now,
						 .agent = a }) == ACD_REFUSED,
			false);
	while (acd_next_deadline(&w->acd) >= 0)
		tick(w, acd_next_deadline(&w->acd));
	for (size_t i = 0; i < CALLS; i++)
		assert_int_equal(w->calls[i].id, 0);
	for (uint64_t a = 1; a <= AGENTS; a++)
		assert_false(acd_agent(&w->acd, a, &info));
}

static void assert_all_happened(const struct tally *t)
{
	assert_true(t->interrupted > 100);
	assert_true(t->resumed > 50);
	assert_true(t->given_up > 20);
	assert_true(t->returned > 100);
	assert_true(t->killed > 20);
	assert_true(t->talks_taken_over > 20);
	assert_true(t->talks_forgotten > 0);
	assert_true(t->agents_forgotten > 0);
}

static void test_random(void **state)
{
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		static struct world w;
		int64_t now = 0;

		begin(&w, seed);
		for (int i = 0; i < STEPS; i++) {
			now += (int64_t)rnd(&w, 400);
			tick(&w, now);
			if (rnd(&w, 500) == 0)
				kill_and_restore(&w, now);
			else
				random_event(&w, now);
		}
		go_home(&w, now);
		assert_all_happened(&w.tally);
		acd_close(&w.acd);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
