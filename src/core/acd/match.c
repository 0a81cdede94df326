/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * match -- brings a waiting call and a ready agent together.
 *
 * Before each event no possible pair is left apart, so only the one call or agent that an event set free
 * needs to be looked at.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

bool match_is_possible(const struct acd_agent *ag, const struct acd_call *call)
{
	return (ag->queues >> call->queue & 1) && !agent_has_declined(ag, call->id);
}

static void offer(struct acd *acd, struct acd_call *call, struct acd_agent *ag,
	const uint32_t could[2], struct acd_actions *out)
{
	int64_t until = acd->now_ms + acd->queues[call->queue].cfg.offer_ms;
	struct acd_action *a = acd_act(
		out, ACD_ACT_OFFER, call->id, ag->id, ACD_WHY_NONE);

	a->until_ms = until;
	a->could_home = could[ACD_HOME];
	a->could_office = could[ACD_OFFICE];
	call_offer(acd, call, ag);
	ag->call_id = call->id;
	agent_move(acd, ag, A_OFFER, ACD_WHY_NONE, until, out);
	ag->call = call;
}

void match_call(struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	uint32_t could[2] = { 0, 0 };
	struct acd_agent *best = NULL;

	list_each(it, &acd->idle)
	{
		struct acd_agent *ag = list_entry(it, struct acd_agent, node);

		if (!match_is_possible(ag, call))
			continue;
		could[ag->workplace]++;
		if (!best)
			best = ag;
	}
	if (best)
		offer(acd, call, best, could, out);
}

/* The first in the queue that this agent may have. */
static struct acd_call *first_for(const struct acd_queue *q, const struct acd_agent *ag)
{
	list_each(it, &q->waiting)
	{
		struct acd_call *call = list_entry(it, struct acd_call, node);

		if (match_is_possible(ag, call))
			return call;
	}
	return NULL;
}

void match_agent(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	/* any other ready agent that could have the call would have it already */
	uint32_t could[2] = { 0, 0 };
	struct acd_call *best = NULL;

	if (ag->state != ACD_AGENT_READY)
		return;
	for (size_t i = 0; i < acd->n_queues; i++) {
		struct acd_call *call = NULL;

		if (ag->queues >> i & 1)
			call = first_for(&acd->queues[i], ag);
		if (call && (!best || call->order < best->order))
			best = call;
	}
	could[ag->workplace] = 1;
	if (best)
		offer(acd, best, ag, could, out);
}
