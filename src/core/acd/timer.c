/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * timer -- every deadline of the core, in one heap.
 *
 * Four children a node: half the levels of a binary heap, and a node's children are one cache line
 * [TIMERS_BEFORE].  Keys and places stand in arrays of their own, so that sifting touches no agent and no call.
 * Equal deadlines are due in the order in which they were set.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

static bool before(const struct acd_timer_slot *a, const struct acd_timer_slot *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms
				    : (int32_t)(a->tie - b->tie) < 0;
}

static void place(struct acd *acd, size_t i, const struct acd_timer_slot *s)
{
	acd->timers[i] = *s;
	acd->timer_places[s->timer] = (uint32_t)i + 1;
}

static void sift_up(struct acd *acd, size_t i, struct acd_timer_slot s)
{
	while (i > 0 && before(&s, &acd->timers[(i - 1) / 4])) {
		place(acd, i, &acd->timers[(i - 1) / 4]);
		i = (i - 1) / 4;
	}
	place(acd, i, &s);
}

static void sift_down(struct acd *acd, size_t i, struct acd_timer_slot s)
{
	for (size_t first; (first = 4 * i + 1) < acd->n_timers;) {
		size_t end = first + 4 < acd->n_timers ? first + 4 : acd->n_timers;
		size_t least = first;

		for (size_t k = first + 1; k < end; k++)
			if (before(&acd->timers[k], &acd->timers[least]))
				least = k;
		if (!before(&acd->timers[least], &s))
			break;
		place(acd, i, &acd->timers[least]);
		i = least;
	}
	place(acd, i, &s);
}

/* Puts s into the place that another left. */
static void sift(struct acd *acd, size_t i, struct acd_timer_slot s)
{
	if (i > 0 && before(&s, &acd->timers[(i - 1) / 4]))
		sift_up(acd, i, s);
	else
		sift_down(acd, i, s);
}

void timer_set(struct acd *acd, uint32_t timer, int64_t at_ms)
{
	struct acd_timer_slot s = {
		.at_ms = at_ms, .tie = (uint32_t)++acd->order, .timer = timer
	};
	size_t i = acd->timer_places[timer];

	if (i > 0)
		sift(acd, i - 1, s);
	else
		sift_up(acd, acd->n_timers++, s); /* there is a slot for each timer */
}

void timer_stop(struct acd *acd, uint32_t timer)
{
	size_t i = acd->timer_places[timer];

	if (i == 0)
		return;
	acd->timer_places[timer] = 0;
	if (i < acd->n_timers--)
		sift(acd, i - 1, acd->timers[acd->n_timers]);
}

static void run(struct acd *acd, size_t timer, struct acd_actions *out)
{
	const size_t agents = acd->limits.agents, calls = acd->limits.calls;

	if (timer < agents)
		agent_timer(acd, &acd->agents[timer], out);
	else if (timer < 2 * agents)
		declined_timer(acd, &acd->agents[timer - agents], out);
	else if (timer < 2 * agents + calls)
		call_timer(acd, &acd->calls[timer - 2 * agents], out);
	else
		queue_timer(acd, &acd->queues[timer - 2 * agents - calls], out);
}

/* Begins to bring into the cache whom the next deadline is of: an agent that wraps up was not seen for long. */
static void fetch_next(const struct acd *acd)
{
	size_t timer = acd->n_timers > 0 ? acd->timers[0].timer : 0;

	if (timer < acd->limits.agents)
		__builtin_prefetch(&acd->agents[timer], 1);
}

enum acd_verdict timers_run(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	while (acd->n_timers > 0 && acd->timers[0].at_ms <= acd->now_ms &&
		out->n + STEP_ACTIONS_MAX <= ACD_ACTIONS_MAX) {
		uint32_t timer = acd->timers[0].timer;

		timer_stop(acd, timer);
		run(acd, timer, out);
	}
	fetch_next(acd);
	return ACD_DONE;
}

int64_t acd_next_deadline(const struct acd *acd)
{
	return acd->n_timers > 0 ? acd->timers[0].at_ms : -1;
}
