/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd under random events in random houses: every promise of acd.h after each step, and what an outside
 * observer of the actions alone must see: each call ends once, is never with two agents, is served in the order
 * of urgency, by nobody without the skills and the clearance, and no agent is stuck or offered anything
 * without a line and a desk.  Now and then the process is killed: a new acd takes over what the old one told of
 * itself, at times with a call or an agent forgotten.
 *
 * A house is one seed.  `test_acd_random [EVENTS [SEED]]`, or ACD_RANDOM_EVENTS and ACD_RANDOM_SEED: at least
 * so many events, the first house of that seed; what failed names its seed, and begins with it again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/acd/priv.h"

enum { AGENTS = 6, CALLS = 24, QUEUES = 3, SKILLS = 3, STEPS = 20000 };
#define EVENTS 1000000

/* What has to happen often enough for the test to mean something. */
struct tally {
	unsigned interrupted, resumed, given_up, returned, killed, talks_taken_over,
		talks_forgotten, agents_forgotten, directed_taken_over;
	unsigned handed_on, preferred, relaxed, diverted, sent_off, dialled, reached,
		not_reached, worked, no_group, profiles;
	unsigned held, held_resumed, handed_over, hold_over, holds_taken_over;
};

struct world {
	struct acd acd;
	struct acd_queue_config q[QUEUES];
	struct acd_limits limits;
	size_t n_events;
	uint64_t random; /* xorshift64 state (Marsaglia 2003) */
	uint64_t next_call; /* ids grow with the arrival */
	uint64_t with[AGENTS + 1]; /* by agent: the call that the actions gave it */
	bool line_is_gone[AGENTS + 1], desk_is_gone[AGENTS + 1], returns[AGENTS + 1];
	struct acd_queues queues[AGENTS + 1];
	enum acd_workplace workplace[AGENTS + 1];
	struct acd_skills skills[AGENTS + 1];
	uint8_t clearance[AGENTS + 1];
	bool is_barred[AGENTS + 1];
	struct {
		uint64_t id;
		bool talks, is_interrupted, is_on_hold, wants_office;
		uint64_t agent, handed_to;
		uint32_t queue;
		uint8_t sensitivity;
		int64_t arrived_ms;
	} calls[CALLS];
	struct {
		uint64_t id;
		const struct acd_class
			*class; /* where it waited before the step; NULL: nowhere */
		bool declined[AGENTS]; /* by slot of acd.agents */
	} before[CALLS]; /* by slot of acd.calls */
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

static void set_queue(struct world *w, size_t i, uint32_t queue)
{
	w->calls[i].queue = queue;
	if (w->calls[i].sensitivity < w->q[queue].sensitivity)
		w->calls[i].sensitivity = w->q[queue].sensitivity;
}

static void part(struct world *w, size_t i, uint64_t agent)
{
	w->calls[i].agent = 0;
	w->calls[i].talks = w->calls[i].is_interrupted = false;
	w->calls[i].is_on_hold = false;
	w->with[agent] = 0;
}

/* May this agent have the call now? Written down a second time, skill by skill. */
static bool may_meet(struct world *w, size_t i, uint64_t agent)
{
	const struct acd_queue_config *q = &w->q[w->calls[i].queue];
	const struct acd_skills *needs = &q->skills;
	bool anyhow = w->calls[i].handed_to == agent;

	for (unsigned k = 0; k < q->n_relax; k++)
		if (w->acd.now_ms >= w->calls[i].arrived_ms + q->relax[k].after_ms)
			needs = &q->relax[k].skills;
	if (w->clearance[agent] < w->calls[i].sensitivity ||
		(w->calls[i].wants_office && w->workplace[agent] == ACD_HOME))
		return false;
	for (unsigned k = 0; !anyhow && k < SKILLS; k++)
		if (acd_skills_level(&w->skills[agent], k) < acd_skills_level(needs, k))
			return false;
	w->tally.relaxed += needs != &q->skills;
	return anyhow || (w->queues[agent].w[0] >> w->calls[i].queue & 1);
}

static void remember_waiting(struct world *w)
{
	for (size_t i = 0; i < CALLS; i++) {
		w->before[i].id = w->acd.calls[i].id;
		w->before[i].class = w->acd.calls[i].state == ACD_CALL_WAITING
			? w->acd.waits[i].class
			: NULL;
		for (size_t k = 0; k < AGENTS; k++)
			w->before[i].declined[k] = declined_has(
				&w->acd, &w->acd.agents[k], &w->acd.calls[i]);
	}
}

/* Whoever waited all through the step, and could have been offered, is not more urgent. Among equals that is
 * the order of arrival, callbacks included. */
static void watch_urgency(struct world *w, const struct acd_action *a)
{
	const struct acd_call *offered = call_find(&w->acd, a->call);
	const struct acd_agent *ag = agent_find(&w->acd, a->agent);

	if (!offered || !ag)
		return;
	for (size_t i = 0; i < CALLS; i++) {
		const struct acd_call *c = &w->acd.calls[i];

		if (c->state == ACD_CALL_WAITING && w->before[i].class &&
			w->before[i].id == c->id &&
			w->before[i].class == w->acd.waits[i].class &&
			!w->before[i].declined[ag - w->acd.agents] &&
			match_is_possible(&w->acd, ag, c) &&
			is_more_urgent(&w->acd, c, offered))
			fail_msg("seed %u: a more urgent call was passed over", w->seed);
	}
}

/* A talk whose voices part, or join again. */
static void watch_break(struct world *w, size_t i, const struct acd_action *a)
{
	bool was_interrupted = w->calls[i].is_interrupted;
	bool was_on_hold = w->calls[i].is_on_hold;

	assert_int_equal(w->calls[i].agent, a->agent);
	assert_true(w->calls[i].talks);
	w->calls[i].is_interrupted = a->type == ACD_ACT_INTERRUPT;
	w->calls[i].is_on_hold = a->type == ACD_ACT_HOLD;
	if (a->type == ACD_ACT_INTERRUPT) {
		assert_false(was_interrupted || was_on_hold);
		w->tally.interrupted++;
	} else if (a->type == ACD_ACT_HOLD) {
		assert_false(was_on_hold);
		assert_int_equal(a->until_ms, w->acd.now_ms + w->limits.hold_ms);
		w->tally.held++;
	} else {
		assert_true(was_interrupted || was_on_hold);
		assert_false(w->line_is_gone[a->agent]);
		*(was_on_hold ? &w->tally.held_resumed : &w->tally.resumed) += 1;
	}
}

static void watch(struct world *w, const struct acd_action *a)
{
	size_t i = a->call && a->type != ACD_ACT_AGENT ? slot_of(w, a->call) : 0;

	switch (a->type) {
	case ACD_ACT_OFFER:
		assert_int_equal(w->calls[i].agent, 0);
		assert_int_equal(w->with[a->agent], 0);
		assert_true(a->could_home + a->could_office > 0);
		if (!may_meet(w, i, a->agent))
			fail_msg("seed %u: an offer against the rules", w->seed);
		watch_urgency(w, a);
		w->calls[i].handed_to = 0;
		assert_false(w->line_is_gone[a->agent] || w->desk_is_gone[a->agent] ||
			w->is_barred[a->agent]);
		w->calls[i].agent = a->agent;
		w->with[a->agent] = a->call;
		break;
	case ACD_ACT_WITHDRAW:
	case ACD_ACT_PART:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_int_equal(w->calls[i].talks, a->type == ACD_ACT_PART);
		w->tally.given_up += w->calls[i].is_interrupted &&
			a->why == ACD_WHY_LINE_LOST;
		w->tally.handed_over += a->why == ACD_WHY_HANDED_OVER;
		w->tally.hold_over += a->why == ACD_WHY_HOLD_OVER;
		assert_true(a->why != ACD_WHY_HOLD_OVER || w->calls[i].is_on_hold);
		part(w, i, a->agent);
		break;
	case ACD_ACT_JOIN:
		assert_int_equal(w->calls[i].agent, a->agent);
		assert_false(w->calls[i].talks);
		w->calls[i].talks = true;
		w->calls[i].handed_to = 0;
		break;
	case ACD_ACT_INTERRUPT:
	case ACD_ACT_RESUME:
	case ACD_ACT_HOLD: watch_break(w, i, a); break;
	case ACD_ACT_WAIT: assert_int_equal(w->calls[i].agent, 0); break;
	case ACD_ACT_END:
		assert_int_equal(w->calls[i].agent, 0);
		w->calls[i].id = 0;
		break;
	case ACD_ACT_AGENT: w->tally.worked += a->state == ACD_AGENT_WORK; break;
	case ACD_ACT_DIVERT:
		assert_int_equal(w->calls[i].agent, 0);
		w->tally.diverted++;
		w->tally.sent_off += a->divert == ACD_DIVERT_MESSAGE;
		if (a->divert == ACD_DIVERT_QUEUE)
			set_queue(w, i, a->target);
		break;
	case ACD_ACT_DIAL:
		assert_int_equal(w->calls[i].agent, a->agent);
		w->tally.dialled++;
		break;
	}
}

/* The order of arrival, seen from outside the acd's own order. */
static void watch_queues(struct world *w)
{
	for (size_t q = 0; q < QUEUES; q++) {
		uint64_t last = 0;

		list_each(it, &w->acd.queues[q].waiting)
		{
			uint64_t id = call_in_queue(&w->acd, it)->id;

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
		w->is_barred[id] = false;
		return;
	}
	assert_int_equal(info.line_is_gone, w->line_is_gone[id]);
	assert_int_equal(info.desk_is_gone, w->desk_is_gone[id]);
	assert_int_equal(info.is_barred, w->is_barred[id]);
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

static void keep_transfer(
	struct world *w, const struct acd_event *ev, const struct acd_actions *acts)
{
	size_t i;

	if (ev->type != ACD_EV_AGENT_TRANSFER || acts->verdict != ACD_DONE)
		return;
	i = slot_of(w, ev->call);
	w->tally.handed_on++;
	if (ev->to_agent)
		w->calls[i].handed_to = ev->to_agent;
	else
		set_queue(w, i, ev->queue);
}

static enum acd_verdict step(struct world *w, const struct acd_event *ev)
{
	enum acd_verdict asked = acd_transfers(
		&w->acd, ev->agent, ev->to_agent, ev->queue);
	struct acd_actions acts;
	const char *broken;

	keep_losses(w, ev);
	remember_waiting(w);
	acd_step(&w->acd, ev, &acts);
	w->n_events++;
	if (ev->type == ACD_EV_AGENT_TRANSFER && acts.verdict != ACD_REFUSED)
		assert_int_equal(acts.verdict, asked);
	assert_true(acts.n <= ACD_ACTIONS_MAX);
	if ((ev->type == ACD_EV_AGENT_ENTER || ev->type == ACD_EV_AGENT_PROFILE) &&
		acts.verdict == ACD_DONE) {
		w->is_barred[ev->agent] = ev->is_barred;
		w->tally.profiles += ev->type == ACD_EV_AGENT_PROFILE;
		w->queues[ev->agent] = ev->queues;
		w->workplace[ev->agent] = ev->workplace;
		w->skills[ev->agent] = ev->skills;
		w->clearance[ev->agent] = ev->clearance;
	}
	w->tally.no_group += ev->type == ACD_EV_AGENT_ENTER && acts.verdict == ACD_LIMIT;
	if (ev->type == ACD_EV_CALL_REACHED && acts.verdict == ACD_DONE)
		w->tally.reached++;
	if (ev->type == ACD_EV_CALL_FAILED && acts.verdict == ACD_DONE)
		w->tally.not_reached++;
	keep_transfer(w, ev, &acts);
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
		ev->prefer_ms = rnd(w, 3) ? 0 : (int64_t)rnd(w, 4000);
		w->tally.preferred += ev->prefer_ms > 0;
		memset(&w->calls[i], 0, sizeof w->calls[i]);
		w->calls[i].id = ev->call;
		w->calls[i].wants_office = ev->wants_office;
		w->calls[i].sensitivity = ev->sensitivity;
		w->calls[i].arrived_ms = ev->at_ms;
		set_queue(w, i, ev->queue);
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
			.skills = w->skills[id],
			.clearance = w->clearance[id],
			.is_barred = w->is_barred[id],
			.call = was->call,
			.saved_agent = {
				.state = was->state,
				.why = was->why,
				.since_ms = was->since_ms,
				.until_ms = was->until_ms,
				.idle_since_ms = was->idle_since_ms,
				.pause_after = was->pause_after,
				.work_after = was->work_after,
				.line_is_gone = was->line_is_gone,
			} });
	w->desk_is_gone[id] = true;
	w->returns[id] = false;
}

static bool is_talk(const struct acd_call_info *info)
{
	return info->state == ACD_CALL_TALKING || info->state == ACD_CALL_INTERRUPTED ||
		info->state == ACD_CALL_ON_HOLD;
}

/* Whom it waits for because it was handed there. */
static uint64_t directed_to(struct world *w, uint64_t id, const struct acd_call_info *was)
{
	return was->waits_for == w->calls[slot_of(w, id)].handed_to ? was->waits_for : 0;
}

static void hand_over_call(
	struct world *w, uint64_t id, int64_t now, const struct acd_call_info *was)
{
	hand_over(w,
		(struct acd_event){ .type = ACD_EV_CALL_RESTORE,
			.at_ms = now,
			.call = id,
			.queue = was->queue,
			.sensitivity = w->calls[slot_of(w, id)].sensitivity,
			.wants_office = w->calls[slot_of(w, id)].wants_office,
			.agent = is_talk(was) ? was->agent : 0,
			.to_agent = directed_to(w, id, was),
			.saved_call = { was->arrived_ms, was->since_ms, was->wait_left_ms,
				was->is_callback, was->is_settled, was->waits_until_ms,
				was->tries, was->retry_at_ms, was->on_hold_until_ms } });
}

/* Who was handed to an agent that is still there waits for that agent. */
static void compare_direction(struct world *w, uint64_t id,
	const struct acd_call_info *was, const struct acd_call_info *is)
{
	uint64_t to = directed_to(w, id, was);
	struct acd_agent_info agent;

	if (!to || was->waits_until_ms <= w->acd.now_ms ||
		!acd_agent(&w->acd, to, &agent))
		to = 0;
	assert_int_equal(is->waits_for, to);
	if (!to)
		return;
	assert_int_equal(is->waits_until_ms, was->waits_until_ms);
	w->tally.directed_taken_over++;
}

/* A call is what it was, but that what rang waits, and a talk whose agent is forgotten. */
static void compare_call(
	struct world *w, uint64_t id, const struct acd_call_info *was, bool has_agent)
{
	struct acd_call_info is;

	assert_true(acd_call(&w->acd, id, &is));
	assert_int_equal(is.queue, was->queue);
	assert_int_equal(is.arrived_ms, was->arrived_ms);
	assert_int_equal(is.is_callback, was->is_callback);
	assert_int_equal(is.is_settled, was->is_settled);
	if (was->is_callback)
		assert_int_equal(is.tries, was->tries);
	if (was->is_callback && was->retry_at_ms > w->acd.now_ms)
		assert_int_equal(is.retry_at_ms, was->retry_at_ms);
	if (!is_talk(was) || has_agent) {
		assert_int_equal(is.since_ms, was->since_ms);
		assert_int_equal(is.wait_left_ms, was->wait_left_ms);
	}
	if (!is_talk(was) || !has_agent) {
		assert_int_equal(is.state, ACD_CALL_WAITING);
		compare_direction(w, id, was, &is);
		return;
	}
	assert_int_equal(is.state, was->state);
	assert_int_equal(is.agent, was->agent);
	assert_int_equal(is.on_hold_until_ms, was->on_hold_until_ms);
	w->tally.talks_taken_over++;
	w->tally.holds_taken_over += was->state == ACD_CALL_ON_HOLD;
}

static void compare_agent(struct world *w, uint64_t id, const struct acd_agent_info *was)
{
	struct acd_agent_info is;

	assert_true(acd_agent(&w->acd, id, &is));
	if (was->state == ACD_AGENT_READY || was->state == ACD_AGENT_OFFERED ||
		was->state == ACD_AGENT_DIALLING)
		assert_true(is.state == ACD_AGENT_AWAY && is.returns);
	else if (!w->with[id] &&
		(was->state == ACD_AGENT_TALKING || was->state == ACD_AGENT_INTERRUPTED ||
			was->state == ACD_AGENT_HOLDING))
		assert_int_equal(is.state, ACD_AGENT_WRAPUP);
	else
		assert_int_equal(is.state, was->state);
	assert_int_equal(is.idle_since_ms, was->idle_since_ms);
	assert_int_equal(is.line_is_gone, was->line_is_gone);
	if (is.state == was->state) {
		assert_int_equal(is.since_ms, was->since_ms);
		assert_int_equal(is.pause_after, was->pause_after);
		assert_int_equal(is.work_after, was->work_after);
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
	assert_int_equal(acd_init(&w->acd, w->q, QUEUES, &w->limits), 0);
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
	static const enum acd_event_type in_talk[] = { ACD_EV_AGENT_HOLD,
		ACD_EV_AGENT_HOLD, ACD_EV_AGENT_RESUME, ACD_EV_AGENT_HAND_OVER,
		ACD_EV_AGENT_TRANSFER };
	struct acd_event ev = {
		.type = (enum acd_event_type)rnd(w, ACD_EVENTS),
		.at_ms = now,
		.agent = 1 + rnd(w, AGENTS),
		.queues = { { rnd(w, 1u << QUEUES) } },
		.queue = (uint32_t)rnd(w, QUEUES),
		.to_agent = rnd(w, 2) ? 1 + rnd(w, AGENTS) : 0,
		.sensitivity = (uint8_t)(rnd(w, 4) ? 0 : rnd(w, ACD_SENSITIVITY_MAX + 1)),
		.clearance = (uint8_t)(rnd(w, 2) ? 3 : rnd(w, ACD_SENSITIVITY_MAX + 1)),
		.wants_office = rnd(w, 6) == 0,
		.is_barred = rnd(w, 8) == 0,
		.workplace = (enum acd_workplace)rnd(w, 2),
		.why = rnd(w, 2) ? ACD_WHY_LINE_LOST : ACD_WHY_DESK_LOST,
	};

	for (unsigned k = 0; k < SKILLS; k++)
		acd_skills_set(&ev.skills, k, (unsigned)(rnd(w, 3) ? 3 : rnd(w, 4)));
	if (ev.type == ACD_EV_QUEUE_CLOSE && rnd(w, 3))
		ev.type = ACD_EV_QUEUE_OPEN;
	/* talks, and losses that pass, are to be more frequent than chance would have them */
	if (ev.type == ACD_EV_AGENT_LEAVE && rnd(w, 4))
		ev.type = ACD_EV_AGENT_READY;
	if (ev.type != ACD_EV_AGENT_LOST && rnd(w, 3) == 0)
		ev.type = w->with[ev.agent] ? ACD_EV_AGENT_ACCEPT : ACD_EV_AGENT_READY;
	if (w->with[ev.agent] && rnd(w, 4) == 0)
		ev.type = in_talk[rnd(w, sizeof in_talk / sizeof *in_talk)];
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

static void make_diversion(struct world *w, struct acd_diversion *d)
{
	d->when = (enum acd_diverts_if)rnd(w, ACD_IFS);
	d->to = (enum acd_divert)rnd(w, 3);
	d->limit = (int64_t)(d->when == ACD_IF_LENGTH ? 2 + rnd(w, 6)
						      : 5000 + rnd(w, 200000));
	d->after_ms = d->when == ACD_IF_CLOSED || d->when == ACD_IF_NOBODY || rnd(w, 2)
		? 0
		: 1 + (int64_t)rnd(w, 9000);
	d->target = (uint32_t)rnd(w, QUEUES);
}

/* One house in three is as it was before there were any rules. */
static void make_queue(struct world *w, size_t i)
{
	struct acd_queue_config *q = &w->q[i];

	*q = (struct acd_queue_config){ .max_waiting = 8,
		.offer_ms = 2000,
		.wrapup_ms = (int64_t)i * 1500,
		.max_wait_ms = 30000,
		.unstaffed_ms = 4000,
		.declined_ms = 3000 };
	if (w->seed % 3 == 0)
		return;
	q->priority = (uint32_t)rnd(w, 4);
	q->target_ms = (int64_t)rnd(w, 4) * 5000;
	q->sensitivity = (uint8_t)(rnd(w, 2) ? 0 : rnd(w, 3));
	for (unsigned k = 0; k < SKILLS; k++)
		acd_skills_set(&q->skills, k, (unsigned)(rnd(w, 2) ? 0 : rnd(w, 4)));
	q->n_relax = (uint8_t)rnd(w, 3);
	for (unsigned n = 0; n < q->n_relax; n++) {
		q->relax[n].after_ms = 2000 * (n + 1) + (int64_t)rnd(w, 1000);
		for (unsigned k = 0; k < SKILLS; k++) {
			unsigned was = acd_skills_level(
				n ? &q->relax[n - 1].skills : &q->skills, k);

			acd_skills_set(&q->relax[n].skills, k, (unsigned)rnd(w, was + 1));
		}
	}
	q->n_diversions = (uint8_t)rnd(w, 4);
	for (unsigned n = 0; n < q->n_diversions; n++)
		make_diversion(w, &q->diversions[n]);
	q->callback_ms = 20000;
	q->retry_ms = (int64_t)rnd(w, 2) * 3000;
	q->dial_ms = 2000;
	q->transfer_ms = 3000;
	q->callback_tries = (uint8_t)rnd(w, 3);
}

static void begin(struct world *w, unsigned seed)
{
	memset(w, 0, sizeof *w);
	w->seed = seed;
	w->random = seed * 0x9E3779B97F4A7C15ULL;
	for (size_t i = 0; i < QUEUES; i++)
		make_queue(w, i);
	w->limits = (struct acd_limits){ .calls = CALLS,
		.agents = AGENTS,
		.regain_ms = 2500,
		.hold_ms = 2000,
		.groups = 3 + rnd(w, 4) };
	assert_int_equal(acd_init(&w->acd, w->q, QUEUES, &w->limits), 0);
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
	now += w->limits.regain_ms;
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

static void add(struct tally *all, const struct tally *t)
{
	for (size_t i = 0; i < sizeof *t / sizeof(unsigned); i++)
		((unsigned *)all)[i] += ((const unsigned *)t)[i];
}

/* By the number of events: a million has a hundred times as many. */
static void assert_all_happened(const struct tally *t, size_t events)
{
	const unsigned *counts = (const unsigned *)t;

	for (size_t i = 0; i < sizeof *t / sizeof(unsigned); i++)
		if (counts[i] * 20000 < events)
			fail_msg("the %zuth of struct tally happened %u times only",
				i + 1, counts[i]);
}

/* One house, from its first shift to the last. */
static size_t live(unsigned seed, struct tally *all)
{
	static struct world w;
	int64_t now = 0;

	begin(&w, seed);
	for (int i = 0; i < STEPS; i++) {
		now += (int64_t)rnd(&w, 400);
		tick(&w, now);
		if (rnd(&w, 250) == 0)
			kill_and_restore(&w, now);
		else
			random_event(&w, now);
	}
	go_home(&w, now);
	add(all, &w.tally);
	acd_close(&w.acd);
	return w.n_events;
}

static size_t wanted_events = EVENTS;
static unsigned first_seed = 1;

static void test_random(void **state)
{
	struct tally all = { 0 };
	size_t events = 0;
	unsigned seed = first_seed;

	for (; events < wanted_events; seed++)
		events += live(seed, &all);
	print_message("# %zu events, seeds %u to %u\n", events, first_seed, seed - 1);
	if (events >= 200000)
		assert_all_happened(&all, events);
}

static unsigned long setting(
	int argc, char **argv, int i, const char *name, unsigned long value)
{
	const char *text = argc > i ? argv[i] : getenv(name);

	return text && *text ? strtoul(text, NULL, 10) : value;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_random) };

	wanted_events = setting(argc, argv, 1, "ACD_RANDOM_EVENTS", EVENTS);
	first_seed = (unsigned)setting(argc, argv, 2, "ACD_RANDOM_SEED", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
