/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * timer -- every deadline of the core, in one heap.
 *
 * Four children a node: half the levels of a binary heap, and a node's children stand together.  Keys stand
 * in the slots, so that sifting touches no agent and no call.  Equal deadlines are due in the order in which
 * they were set.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <assert.h>

static struct acd_timer *timer_of(struct acd *acd, const struct acd_timer_slot *s)
{
	switch ((enum timer_kind)s->kind) {
	case TIMER_AGENT: return &acd->agents[s->owner].timer;
	case TIMER_DECLINED: return &acd->agents[s->owner].retry;
	case TIMER_CALL: return &acd->calls[s->owner].timer;
	case TIMER_QUEUE: break;
	}
	return &acd->queues[s->owner].timer;
}

static bool before(const struct acd_timer_slot *a, const struct acd_timer_slot *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->tie < b->tie;
}

static void place(struct acd *acd, size_t i, const struct acd_timer_slot *s)
{
	acd->timers[i] = *s;
	timer_of(acd, s)->pos = (uint32_t)i + 1;
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

void timer_set(struct acd *acd, enum timer_kind kind, uint32_t owner, int64_t at_ms)
{
	struct acd_timer_slot s = { .at_ms = at_ms,
		.tie = ++acd->order,
		.owner = owner,
		.kind = (uint32_t)kind };

	assert(timer_of(acd, &s)->pos == 0);
	sift_up(acd, acd->n_timers++, s); /* there is a slot for each timer that exists */
}

void timer_stop(struct acd *acd, struct acd_timer *t)
{
	struct acd_timer_slot last;
	size_t i = t->pos;

	if (i-- == 0)
		return;
	t->pos = 0;
	last = acd->timers[--acd->n_timers];
	if (i == acd->n_timers)
		return;
	if (i > 0 && before(&last, &acd->timers[(i - 1) / 4]))
		sift_up(acd, i, last);
	else
		sift_down(acd, i, last);
}

static void run(struct acd *acd, struct acd_timer_slot s, struct acd_actions *out)
{
	switch ((enum timer_kind)s.kind) {
	case TIMER_AGENT: agent_timer(acd, &acd->agents[s.owner], out); break;
	case TIMER_DECLINED: declined_timer(acd, &acd->agents[s.owner], out); break;
	case TIMER_CALL: call_timer(acd, &acd->calls[s.owner], out); break;
	case TIMER_QUEUE: queue_timer(acd, &acd->queues[s.owner], out); break;
	}
}

enum acd_verdict timers_run(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	while (acd->n_timers > 0 && acd->timers[0].at_ms <= acd->now_ms &&
		out->n + STEP_ACTIONS_MAX <= ACD_ACTIONS_MAX) {
		struct acd_timer_slot s = acd->timers[0];

		timer_stop(acd, timer_of(acd, &s));
		run(acd, s, out);
	}
	return ACD_DONE;
}

int64_t acd_next_deadline(const struct acd *acd)
{
	return acd->n_timers > 0 ? acd->timers[0].at_ms : -1;
}
