/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hold -- calls that wait outside their class for a while: for one agent alone, that of last time or the one
 * that they were handed to, or between two attempts to call back.
 *
 * Who waits for an agent stands in that agent's list.  A hold ends with its time, with an offer, and with the
 * agent's shift; the call then stands in its class, in the place of its arrival.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

static struct acd_agent *preferred(const struct acd *acd, const struct acd_call *call)
{
	return agent_at(acd, wait_of(acd, call)->prefers);
}

void hold_for(
	struct acd *acd, struct acd_call *call, struct acd_agent *ag, int64_t until_ms)
{
	if (ag->n_preferring == ACD_PREFERRING_MAX || until_ms <= acd->now_ms)
		return;
	call->is_held = true;
	wait_of(acd, call)->prefers = agent_index(acd, ag) + 1;
	wait_of(acd, call)->hold_until_ms = until_ms;
}

void hold_over(struct acd *acd, struct acd_call *call)
{
	hold_leave(acd, call);
	call->is_held = call->is_directed = false;
	wait_of(acd, call)->prefers = 0;
}

void hold_stand(struct acd *acd, struct acd_call *call)
{
	struct acd_agent *ag = preferred(acd, call);

	if (!ag)
		return;
	list_insert_before(call_place(acd, &rest_of(acd, ag)->preferring, call->order,
				   offsetof(struct acd_wait, class_node)),
		&wait_of(acd, call)->class_node);
	ag->n_preferring++;
}

void hold_leave(struct acd *acd, struct acd_call *call)
{
	struct acd_agent *ag = preferred(acd, call);

	if (!ag || !list_is_member(&wait_of(acd, call)->class_node))
		return;
	list_remove(&wait_of(acd, call)->class_node);
	ag->n_preferring--;
}

bool hold_suits(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call)
{
	if (preferred(acd, call) != ag || declined_has(acd, ag, call))
		return false;
	/* transfer() looked at clearance and wish, and hold_recheck() does when the agent's profile changes */
	return call->is_directed ||
		group_suits(acd, &group_of(acd, ag)->profile, class_of(acd, call));
}

struct acd_call *hold_first(const struct acd *acd, const struct acd_agent *ag)
{
	struct acd_call *best = NULL;

	if (ag->n_preferring == 0)
		return NULL;
	list_each(it, &rest_of(acd, ag)->preferring)
	{
		struct acd_call *call = call_in_class(acd, it);

		if (hold_suits(acd, ag, call) &&
			(!best || is_more_urgent(acd, call, best)))
			best = call;
	}
	return best;
}

/* By the rules as they are now. */
static bool may_stay(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call)
{
	return call->is_directed
		? profile_may_have(acd, ag, call)
		: group_suits(acd, &group_of(acd, ag)->profile, class_of(acd, call));
}

void hold_recheck(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	list_each_safe(it, &rest_of(acd, ag)->preferring)
	{
		struct acd_call *call = call_in_class(acd, it);

		if (may_stay(acd, ag, call))
			continue;
		hold_over(acd, call);
		call_stand(acd, call);
		match_call(acd, call, out);
	}
}

void hold_release(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	while (ag->n_preferring > 0) {
		struct acd_call *call = call_in_class(
			acd, rest_of(acd, ag)->preferring.next);

		hold_over(acd, call);
		call_stand(acd, call);
		match_call(acd, call, out);
	}
}
