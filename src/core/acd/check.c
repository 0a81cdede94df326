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
	bool has_agent = call->state == ACD_CALL_OFFERED || call_is_a_talk(call);

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

/* What is gone, and what it means for the state. */
static const char *check_lacks(const struct acd_agent *ag)
{
	bool is_at_work = ag->state == ACD_AGENT_READY || ag->state == ACD_AGENT_OFFERED;

	if (is_at_work && agent_lacks(ag))
		return "an agent is ready without a line or a desk";
	if (ag->state == ACD_AGENT_TALKING && ag->call && ag->line_is_gone)
		return "an agent talks without a line";
	if (ag->state == ACD_AGENT_INTERRUPTED && !ag->line_is_gone)
		return "a talk is interrupted, and the line is there";
	if (ag->returns && (ag->state != ACD_AGENT_AWAY || !agent_lacks(ag)))
		return "an agent is to return that is not away, or lacks nothing";
	return NULL;
}

static bool has_an_end(const struct acd_agent *ag)
{
	return ag->state == ACD_AGENT_OFFERED || ag->state == ACD_AGENT_INTERRUPTED ||
		ag->state == ACD_AGENT_WRAPUP || ag->returns;
}

static const char *check_agent(const struct acd *acd, const struct acd_agent *ag)
{
	static const enum acd_call_state wants[ACD_AGENT_STATES] = {
		[ACD_AGENT_OFFERED] = ACD_CALL_OFFERED,
		[ACD_AGENT_TALKING] = ACD_CALL_TALKING,
		[ACD_AGENT_INTERRUPTED] = ACD_CALL_INTERRUPTED,
	};
	bool awaits_call = acd->phase == PHASE_RESTORING &&
		ag->state == ACD_AGENT_TALKING && !ag->call;

	if (ag->state == ACD_AGENT_OUT)
		return NULL;
	if (map_find(&acd->agent_by_id, ag->id) != ag)
		return "an agent cannot be found by its id";
	if (!awaits_call && (wants[ag->state] != ACD_CALL_ENDED) != (ag->call != NULL))
		return "an agent's state and its call disagree";
	if (ag->call && (ag->call->agent != ag || ag->call->state != wants[ag->state]))
		return "an agent and its call disagree";
	if ((ag->state == ACD_AGENT_READY) != list_is_member(&ag->node))
		return "an agent is idle and not ready, or ready and not idle";
	if (has_an_end(ag) != heap_is_member(&ag->timer.node) ||
		has_an_end(ag) != (ag->until_ms >= 0))
		return "a state that ends has no end, or a timer runs for nothing";
	if ((ag->n_declined > 0) != heap_is_member(&ag->retry.node))
		return "what was declined is never offered again";
	return check_lacks(ag);
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
