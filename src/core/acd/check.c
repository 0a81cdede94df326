/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * check -- every promise of acd.h, looked at from both sides.  For tests and simulation.
 */
#include "core/acd/priv.h"

static const char *check_queue(const struct acd *acd, const struct acd_queue *q)
{
	const struct acd_call *last = NULL;
	uint32_t n = 0;

	list_each(it, &q->waiting)
	{
		const struct acd_call *call = list_entry(it, struct acd_call, node);

		if (call->state != ACD_CALL_WAITING)
			return "a call that is not waiting stands in a queue";
		if (map_find(&acd->call_by_id, call->id) != call)
			return "an unknown call stands in a queue";
		if (last && last->order >= call->order)
			return "a queue is not in the order of arrival";
		if (!heap_is_member(&call->timer.node))
			return "a waiting call has no end of its wait";
		last = call;
		n++;
	}
	if (n != q->n_waiting)
		return "a queue's length is miscounted";
	if ((q->staff == 0 && n > 0) != heap_is_member(&q->timer.node))
		return "callers wait for nobody without an end, or somebody is there and "
		       "they are sent off";
	return NULL;
}

static const char *check_call(const struct acd *acd, const struct acd_call *call)
{
	bool has_agent = call->state == ACD_CALL_OFFERED ||
		call->state == ACD_CALL_TALKING;

	if (call->state == ACD_CALL_ENDED)
		return NULL;
	if (map_find(&acd->call_by_id, call->id) != call)
		return "a call cannot be found by its id";
	if (has_agent != (call->agent != NULL))
		return "a call's state and its agent disagree";
	if (has_agent && call->agent->call != call)
		return "a call's agent has another call";
	if (call->state == ACD_CALL_WAITING && !list_is_member(&call->node))
		return "a waiting call stands in no queue";
	return NULL;
}

static const char *check_agent(const struct acd *acd, const struct acd_agent *ag)
{
	static const enum acd_call_state wants[ACD_AGENT_STATES] = {
		[ACD_AGENT_OFFERED] = ACD_CALL_OFFERED,
		[ACD_AGENT_TALKING] = ACD_CALL_TALKING,
	};

	if (ag->state == ACD_AGENT_OUT)
		return NULL;
	if (map_find(&acd->agent_by_id, ag->id) != ag)
		return "an agent cannot be found by its id";
	if ((wants[ag->state] != ACD_CALL_ENDED) != (ag->call != NULL))
		return "an agent's state and its call disagree";
	if (ag->call && (ag->call->agent != ag || ag->call->state != wants[ag->state]))
		return "an agent and its call disagree";
	if ((ag->state == ACD_AGENT_READY) != list_is_member(&ag->node))
		return "an agent is idle and not ready, or ready and not idle";
	if ((ag->state == ACD_AGENT_OFFERED || ag->state == ACD_AGENT_WRAPUP) !=
		heap_is_member(&ag->timer.node))
		return "an offer or a wrap-up has no end, or a timer runs for nothing";
	if (ag->desk_is_gone && ag->state != ACD_AGENT_TALKING)
		return "a desk is gone and its agent is not set away";
	if ((ag->n_declined > 0) != heap_is_member(&ag->retry.node))
		return "what was declined is never offered again";
	return NULL;
}

static const char *check_pairs(const struct acd *acd)
{
	const struct acd_agent *last = NULL;

	list_each(it, &acd->idle)
	{
		const struct acd_agent *ag = list_entry(it, struct acd_agent, node);

		if (last && (last->idle_since_ms > ag->idle_since_ms))
			return "the idle are not in order";
		last = ag;
		for (size_t i = 0; i < acd->n_queues; i++)
			list_each(jt, &acd->queues[i].waiting) if (
				match_is_possible(ag,
					list_entry(jt, struct acd_call,
						node))) return "a ready agent and a "
							       "waiting caller are left "
							       "apart";
	}
	return NULL;
}

const char *acd_check(const struct acd *acd)
{
	const char *broken = check_pairs(acd);

	for (size_t i = 0; !broken && i < acd->n_queues; i++)
		broken = check_queue(acd, &acd->queues[i]);
	for (size_t i = 0; !broken && i < acd->limits.calls; i++)
		broken = check_call(acd, &acd->calls[i]);
	for (size_t i = 0; !broken && i < acd->limits.agents; i++)
		broken = check_agent(acd, &acd->agents[i]);
	return broken;
}
