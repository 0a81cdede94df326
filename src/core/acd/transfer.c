/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * transfer -- an agent hands a caller on, to a queue or to another agent.
 *
 * The talk ends for the agent and is booked to it; the caller waits, with the arrival it had, and so stands
 * before all who came later.  Where nobody takes callers the talk goes on.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

/* To an agent: not to oneself, to nobody out of shift or barred, and not against clearance or the caller's wish. */
static enum acd_verdict to_agent(const struct acd *acd, const struct acd_agent *from,
	const struct acd_agent *to, const struct acd_call *call)
{
	if (!to)
		return ACD_NO_AGENT;
	if (to == from)
		return ACD_REFUSED;
	if (!profile_may_have(acd, to, call))
		return ACD_BARRED;
	return to->n_preferring == ACD_PREFERRING_MAX ? ACD_QUEUE_FULL : ACD_DONE;
}

static enum acd_verdict verdict_of(
	const struct acd *acd, const struct acd_agent *ag, uint64_t agent, uint32_t queue)
{
	if (!agent_is_in_talk(ag))
		return ACD_REFUSED;
	return agent ? to_agent(acd, ag, agent_find(acd, agent), call_of(acd, ag))
		     : queue_admits(acd, queue);
}

enum acd_verdict acd_transfers(
	const struct acd *acd, uint64_t agent, uint64_t to_agent, uint32_t queue)
{
	const struct acd_agent *ag = agent_find(acd, agent);

	return ag ? verdict_of(acd, ag, to_agent, queue) : ACD_UNKNOWN;
}

/* Until when, at most, it waits for the agent alone. */
static int64_t latest(const struct acd *acd, const struct acd_call *call)
{
	int64_t ms = acd->queues[call->queue].cfg.transfer_ms;

	return acd->now_ms + (ms ? ms : ACD_TRANSFER_MS);
}

static void direct(
	struct acd *acd, struct acd_call *call, struct acd_agent *to, int64_t until_ms)
{
	hold_for(acd, call, to, until_ms);
	call->is_directed = call->is_held;
}

enum acd_verdict transfer(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_call *call;
	enum acd_verdict verdict;

	if (!agent_is_in_talk(ag) || call_of(acd, ag)->id != ev->call)
		return ACD_REFUSED;
	call = call_of(acd, ag);
	verdict = verdict_of(acd, ag, ev->to_agent, ev->queue);
	if (verdict != ACD_DONE)
		return verdict;
	call_part(acd, call, ACD_WHY_TRANSFERRED, out);
	declined_add(acd, ag, call,
		declined_until(acd, call)); /* it does not come back at once */
	agent_talk_ended(acd, ag, ACD_WHY_TRANSFERRED, out);
	if (ev->to_agent)
		direct(acd, call, agent_find(acd, ev->to_agent), latest(acd, call));
	else
		call_set_queue(acd, call, ev->queue);
	call_return(acd, call, ACD_WHY_TRANSFERRED, out);
	return ACD_DONE;
}

void transfer_restore(
	struct acd *acd, struct acd_call *call, uint64_t agent, int64_t until_ms)
{
	struct acd_agent *to = agent_find(acd, agent);

	if (to && profile_may_have(acd, to, call))
		direct(acd, call, to,
			until_ms < latest(acd, call) ? until_ms : latest(acd, call));
}
