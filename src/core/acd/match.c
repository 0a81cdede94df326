/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * match -- brings a waiting call and a ready agent together.
 *
 * Before each event no possible pair is left apart, so only the one call or agent that an event set free
 * needs to be looked at.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

bool match_is_possible(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call)
{
	if (call->is_held)
		return hold_suits(acd, ag, call);
	return group_suits(acd, &group_of(acd, ag)->profile, wait_of(acd, call)->class) &&
		!declined_has(acd, ag, call);
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
	a->is_callback = call->is_callback;
	call_offer(acd, call, ag);
	ag->call = call_index(acd, call) + 1;
	agent_move(acd, ag, A_OFFER, ACD_WHY_NONE, until, out);
	index_fetch_slot(&acd->agent_ids, ag->id); /* the answer will name it */
}

/* The longest idle of the group who did not decline the call. */
static struct acd_agent *idle_for(
	const struct acd *acd, const struct acd_group *g, const struct acd_call *call)
{
	struct acd_agent *ag = agent_at(acd, g->idle_first);

	while (ag && declined_has(acd, ag, call))
		ag = agent_at(acd, ag->idle_next);
	return ag;
}

/* The one agent that it waits for. */
static void match_held(struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	struct acd_agent *ag = agent_at(acd, wait_of(acd, call)->prefers);
	uint32_t could[2] = { 0, 0 };

	if (!ag || ag->state != ACD_AGENT_READY || !hold_suits(acd, ag, call))
		return;
	could[group_of(acd, ag)->profile.workplace] = 1;
	offer(acd, call, ag, could, out);
}

/* Anybody whose group may have it. */
static void match_classed(struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	const uint64_t *suits = acd->group_bits +
		(size_t)(wait_of(acd, call)->class - acd->classes) * acd->group_words;
	uint32_t could[2] = { 0, 0 };
	struct acd_agent *best = NULL;

	for (size_t i = 0; i * 64 < acd->n_groups; i++)
		for (uint64_t w = suits[i] & acd->idle_groups[i]; w; w &= w - 1) {
			const struct acd_group *g =
				&acd->groups[i * 64 + (unsigned)__builtin_ctzll(w)];
			struct acd_agent *ag = idle_for(acd, g, call);

			could[g->profile.workplace] += g->n_idle;
			if (ag && (!best || is_longer_idle(ag, best)))
				best = ag;
		}
	if (!best)
		return;
	declined_discount(acd, call, could);
	offer(acd, call, best, could, out);
}

void match_call(struct acd *acd, struct acd_call *call, struct acd_actions *out)
{
	if (call->is_held)
		match_held(acd, call, out);
	else
		match_classed(acd, call, out);
}

/* The first of the class that this agent did not decline. */
static struct acd_call *first_for(
	const struct acd *acd, const struct acd_class *c, const struct acd_agent *ag)
{
	list_each(it, &c->waiting)
	{
		struct acd_call *call = call_in_class(acd, it);

		if (!declined_has(acd, ag, call))
			return call;
	}
	return NULL;
}

void match_agent(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	const uint64_t *suits = acd->class_bits + (size_t)ag->group * acd->class_words;
	/* any other ready agent that could have the call would have it already */
	uint32_t could[2] = { 0, 0 };
	struct acd_call *best;

	if (ag->state != ACD_AGENT_READY)
		return;
	best = hold_first(acd, ag);
	for (size_t i = 0; i < acd->class_words; i++)
		for (uint64_t w = suits[i] & acd->waiting_classes[i]; w; w &= w - 1) {
			const struct acd_class *c =
				&acd->classes[i * 64 + (unsigned)__builtin_ctzll(w)];
			struct acd_call *call = first_for(acd, c, ag);

			if (call && (!best || is_more_urgent(acd, call, best)))
				best = call;
		}
	could[group_of(acd, ag)->profile.workplace] = 1;
	if (best)
		offer(acd, best, ag, could, out);
}
