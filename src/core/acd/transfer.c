/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * transfer -- an agent hands a caller on, to a queue or to another agent.
 *
 * The talk ends for the agent and is booked to it; the caller waits, with the arrival it had, and so stands
 * before all who came later.  Where nobody takes callers the talk goes on.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

/* To an agent: not to oneself, to nobody out of shift, and not against clearance or the caller's wish. */
static enum acd_verdict to_agent(const struct acd *acd, const struct acd_agent *from,
	const struct acd_agent *to, const struct acd_call *call)
{
	const struct acd_profile *p;

	if (!to)
		return ACD_NO_AGENT;
	p = &group_of(acd, to)->profile;
	if (to == from || p->clearance < call->sensitivity ||
		(call->wants_office && p->workplace != ACD_OFFICE))
		return ACD_REFUSED;
	return to->n_preferring == ACD_PREFERRING_MAX ? ACD_QUEUE_FULL : ACD_DONE;
}

enum acd_verdict transfer(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_agent *to = agent_find(acd, ev->to_agent);
	struct acd_call *call;
	enum acd_verdict verdict;
	int64_t hold_ms;

	if (!agent_is_in_talk(ag) || call_of(acd, ag)->id != ev->call)
		return ACD_REFUSED;
	call = call_of(acd, ag);
	verdict = ev->to_agent ? to_agent(acd, ag, to, call)
			       : queue_admits(acd, ev->queue);
	if (verdict != ACD_DONE)
		return verdict;
	call_part(acd, call, ACD_WHY_TRANSFERRED, out);
	declined_add(acd, ag, call); /* it does not come back at once */
	agent_talk_ended(acd, ag, ACD_WHY_TRANSFERRED, out);
	if (to) {
		hold_ms = acd->queues[call->queue].cfg.transfer_ms;
		hold_for(acd, call, to,
			acd->now_ms + (hold_ms ? hold_ms : ACD_TRANSFER_MS));
		call->is_directed = true;
	} else {
		call_set_queue(acd, call, ev->queue);
	}
	call_return(acd, call, ACD_WHY_TRANSFERRED, out);
	return ACD_DONE;
}
