/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * profile -- an agent's profile that changes in mid-shift: clearance comes or goes, or the workplace is another.
 *
 * No talk is ever cut for it.  What waits for the agent alone, or rings, and may not be had any more goes to the
 * others; what may be had now is.  Part of acd (see acd.h for memory and thread).
 */
#include "core/acd/priv.h"

bool profile_clears(const struct acd_profile *p, const struct acd_call *call)
{
	return p->clearance >= call->sensitivity &&
		(!call->wants_office || p->workplace == ACD_OFFICE);
}

bool profile_may_have(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call)
{
	return !(ag->lacks & LACKS_CLEARANCE) &&
		profile_clears(&group_of(acd, ag)->profile, call);
}

enum acd_verdict profile_change(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_profile p = agent_profile(ev);

	if ((unsigned)ev->workplace > ACD_HOME)
		return ACD_REFUSED;
	if (!agent_knows_queues(acd, &ev->queues))
		return ACD_UNKNOWN;
	if (!agent_regroup(acd, ag, &p))
		return ACD_LIMIT;
	if (ev->is_barred)
		regain_lack(acd, ag, LACKS_CLEARANCE, ACD_WHY_NOT_CLEARED, out);
	hold_recheck(acd, ag, out);
	if (!ev->is_barred)
		regain_have(acd, ag, LACKS_CLEARANCE, out);
	if (ag->state == ACD_AGENT_OFFERED &&
		!profile_clears(&group_of(acd, ag)->profile, call_of(acd, ag)))
		agent_leave_offer(acd, ag, A_WITHDRAW, ACD_WHY_NOT_CLEARED, -1, out);
	match_agent(acd, ag, out);
	return ACD_DONE;
}
