/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * check -- every promise of acd.h, looked at from both sides.  For tests and simulation.
 */
#include "core/acd/priv.h"

static const char *check_queue(const struct acd *acd, const struct acd_queue *q)
{
	const struct acd_call *last = NULL;
	uint32_t n = 0, callbacks = 0;

	list_each(it, &q->waiting)
	{
		const struct acd_call *call = call_in_queue(acd, it);

		if (call->state != ACD_CALL_WAITING)
			return "a call that is not waiting stands in a queue";
		if (call_find(acd, call->id) != call)
			return "an unknown call stands in a queue";
		if (last && last->order >= call->order)
			return "a queue is not in the order of arrival";
		if (timer_at(acd, timer_of_call(acd, call)) < 0)
			return "a waiting call has no end of its wait";
		last = call;
		n++;
		callbacks += call->is_callback;
	}
	if (n != q->n_waiting || callbacks != q->n_callbacks)
		return "a queue's length is miscounted";
	if ((q->staff == 0 && n > callbacks) !=
		(timer_at(acd, timer_of_queue(acd, q)) >= 0))
		return "callers wait for nobody without an end, or somebody is there and "
		       "they are sent off";
	return NULL;
}

static const char *check_call(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_wait *wait = wait_of(acd, call);
	const struct acd_agent *ag = agent_at(acd, call->agent);
	bool has_agent = call_has_agent(call);

	if (call->state == ACD_CALL_ENDED)
		return NULL;
	if (call_find(acd, call->id) != call)
		return "a call cannot be found by its id";
	if (has_agent != (ag != NULL))
		return "a call's state and its agent disagree";
	if (has_agent && call_at(acd, ag->call) != call)
		return "a call's agent has another call";
	if ((call->state == ACD_CALL_WAITING) != list_is_member(&wait->node))
		return "a waiting call stands in no queue";
	if (list_is_member(&wait->class_node) !=
		(call->state == ACD_CALL_WAITING && (!call->is_held || wait->prefers)))
		return "a waiting call stands in no class and waits for nobody";
	if ((wait->class != NULL) != (call->state == ACD_CALL_WAITING && !call->is_held))
		return "a call is held and stands in a class";
	if (call->is_held && call->state != ACD_CALL_WAITING)
		return "a call is held that does not wait";
	if (call->is_callback && call_is_a_talk(call))
		return "somebody who talks is to be called back";
	if (wait->class && wait->class != class_of(acd, call) &&
		timer_at(acd, timer_of_call(acd, call)) > acd->now_ms)
		return "a call's demands are not relaxed";
	return NULL;
}

/* What is gone, and what it means for the state. */
static const char *check_lacks(const struct acd_agent *ag)
{
	bool is_at_work = ag->state == ACD_AGENT_READY || ag->state == ACD_AGENT_OFFERED;

	if (is_at_work && agent_lacks(ag))
		return "an agent is ready that lacks its line, its desk or its clearance";
	if (ag->state == ACD_AGENT_TALKING && ag->call && ag->lacks & LACKS_LINE)
		return "an agent talks without a line";
	if (ag->state == ACD_AGENT_INTERRUPTED && !(ag->lacks & LACKS_LINE))
		return "a talk is interrupted, and the line is there";
	if (ag->returns && (ag->state != ACD_AGENT_AWAY || !agent_lacks(ag)))
		return "an agent is to return that is not away, or lacks nothing";
	return NULL;
}

static bool has_an_end(const struct acd_agent *ag)
{
	return ag->state == ACD_AGENT_OFFERED || ag->state == ACD_AGENT_INTERRUPTED ||
		ag->state == ACD_AGENT_WRAPUP || ag->state == ACD_AGENT_DIALLING ||
		ag->state == ACD_AGENT_HOLDING || ag->returns;
}

/* Those who wait for this agent, by arrival. */
static bool is_list_of(const struct acd *acd, const struct acd_agent *ag)
{
	const struct acd_call *last = NULL;
	unsigned n = 0;

	list_each(it, &rest_of(acd, ag)->preferring)
	{
		const struct acd_call *call = call_in_class(acd, it);

		if (!call->is_held ||
			wait_of(acd, call)->prefers != agent_index(acd, ag) + 1 ||
			(last && last->order >= call->order))
			return false;
		last = call;
		n++;
	}
	return n == ag->n_preferring && n <= ACD_PREFERRING_MAX;
}

static const char *check_agent(const struct acd *acd, const struct acd_agent *ag)
{
	static const enum acd_call_state wants[ACD_AGENT_STATES] = {
		[ACD_AGENT_OFFERED] = ACD_CALL_OFFERED,
		[ACD_AGENT_TALKING] = ACD_CALL_TALKING,
		[ACD_AGENT_INTERRUPTED] = ACD_CALL_INTERRUPTED,
		[ACD_AGENT_DIALLING] = ACD_CALL_DIALLING,
		[ACD_AGENT_HOLDING] = ACD_CALL_ON_HOLD,
	};
	const struct acd_call *call = call_at(acd, ag->call);
	bool awaits_call = acd->phase == PHASE_RESTORING &&
		ag->state == ACD_AGENT_TALKING && !call;

	if (ag->state == ACD_AGENT_OUT)
		return NULL;
	if (agent_find(acd, ag->id) != ag)
		return "an agent cannot be found by its id";
	if (!awaits_call && (wants[ag->state] != ACD_CALL_ENDED) != (call != NULL))
		return "an agent's state and its call disagree";
	if (call && (agent_at(acd, call->agent) != ag || call->state != wants[ag->state]))
		return "an agent and its call disagree";
	if (ag->state == ACD_AGENT_OFFERED &&
		!profile_clears(&group_of(acd, ag)->profile, call))
		return "an offer is against clearance, or the caller's wish";
	if (has_an_end(ag) != (agent_until(acd, ag) >= 0))
		return "a state that ends has no end, or a timer runs for nothing";
	if (ag->pause_after && ag->work_after)
		return "an agent is to pause and to work";
	if (!is_list_of(acd, ag))
		return "who waits for an agent does not stand with it, or out of order";
	if (!declined_is_consistent(acd, ag))
		return "what was declined is never offered again, or by nobody";
	return check_lacks(ag);
}

static bool has_bit(const uint64_t *words, size_t i)
{
	return words[i / 64] >> (i % 64) & 1;
}

/* The bits against the rules, from both sides.  One group at a time: they change with a new profile only, and
 * every pair that matters is looked at by the rules anyway. */
static const char *check_bits(const struct acd *acd, size_t g)
{
	for (size_t c = 0; c < acd->n_classes; c++) {
		bool suits = group_suits(acd, &acd->groups[g].profile, &acd->classes[c]);

		if (has_bit(acd->class_bits + g * acd->class_words, c) != suits ||
			has_bit(acd->group_bits + c * acd->group_words, g) != suits)
			return "the bits of a group and a class are not what the rules "
			       "say";
	}
	return NULL;
}

static const char *check_group(const struct acd *acd, size_t at)
{
	const struct acd_group *g = &acd->groups[at];
	const struct acd_agent *last = NULL;
	uint32_t n = 0, ready = 0, members = 0, at_work = 0, before = 0;

	for (uint32_t ref = g->idle_first; ref; ref = agent_at(acd, ref)->idle_next) {
		const struct acd_agent *ag = agent_at(acd, ref);

		if (group_of(acd, ag) != g || ag->state != ACD_AGENT_READY)
			return "an agent is idle in another's group, or not ready";
		if (ag->idle_prev != before || (last && !is_longer_idle(last, ag)))
			return "the idle are not in order";
		before = ref;
		last = ag;
		n++;
	}
	if (g->idle_last != before)
		return "the idle are not in order";
	for (size_t i = 0; i < acd->limits.agents; i++) {
		const struct acd_agent *ag = &acd->agents[i];

		if (ag->state == ACD_AGENT_OUT || group_of(acd, ag) != g)
			continue;
		members++;
		ready += ag->state == ACD_AGENT_READY;
		at_work += ag->state != ACD_AGENT_AWAY && ag->state != ACD_AGENT_PAUSE &&
			ag->state != ACD_AGENT_WORK;
	}
	if (n != ready)
		return "an agent is ready and not idle";
	if (n != g->n_idle || at_work != g->n_at_work || members != g->n_agents)
		return "a group's agents are miscounted";
	if (has_bit(acd->idle_groups, at) != (n > 0))
		return "a group's bit and its idle agents disagree";
	if (list_is_member(&g->spare) != (members == 0))
		return "a group with agents is spare, or one without is lost";
	return at == acd->order % acd->n_groups ? check_bits(acd, at) : NULL;
}

static const char *check_class(const struct acd *acd, size_t at)
{
	const struct acd_class *c = &acd->classes[at];
	const struct acd_call *last = NULL;

	list_each(it, &c->waiting)
	{
		const struct acd_call *call = call_in_class(acd, it);

		if (wait_of(acd, call)->class != c || call->state != ACD_CALL_WAITING ||
			call->queue != c->queue || call->sensitivity != c->sensitivity ||
			call->wants_office != c->wants_office)
			return "a call waits in a class that is not its own";
		if (last && last->order >= call->order)
			return "a class is not in the order of arrival";
		last = call;
	}
	if (has_bit(acd->waiting_classes, at) != (last != NULL))
		return "a class's bit and its waiting calls disagree";
	return NULL;
}

/* Every pair, by the rules alone. */
static const char *check_pairs(const struct acd *acd)
{
	for (size_t i = 0; i < acd->limits.agents; i++) {
		const struct acd_agent *ag = &acd->agents[i];

		for (size_t k = 0; ag->state == ACD_AGENT_READY && k < acd->limits.calls;
			k++)
			/* but for one that is looked at in the tick that is due */
			if (acd->calls[k].state == ACD_CALL_WAITING &&
				timer_at(acd, timer_of_call(acd, &acd->calls[k])) >
					acd->now_ms &&
				match_is_possible(acd, ag, &acd->calls[k]))
				return "a ready agent and a waiting caller are left "
				       "apart";
	}
	return NULL;
}

const char *acd_check(const struct acd *acd)
{
	const char *broken = check_pairs(acd);

	for (size_t i = 0; !broken && i < acd->n_queues; i++)
		broken = check_queue(acd, &acd->queues[i]);
	for (size_t i = 0; !broken && i < acd->n_groups; i++)
		broken = check_group(acd, i);
	for (size_t i = 0; !broken && i < acd->n_classes; i++)
		broken = check_class(acd, i);
	for (size_t i = 0; !broken && i < acd->limits.calls; i++)
		broken = check_call(acd, &acd->calls[i]);
	for (size_t i = 0; !broken && i < acd->limits.agents; i++)
		broken = check_agent(acd, &acd->agents[i]);
	return broken;
}
