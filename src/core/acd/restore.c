/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * restore -- takes over the agents and calls that a former process left.
 *
 * What is given may be anything: states and causes that do not exist are refused or left out, times are
 * brought between what is possible.  Nobody is ready afterwards, since every desk counts as gone; so there
 * is nothing to match until the desks are back.  Part of acd (see acd.h for memory and thread).
 */
#include "core/acd/priv.h"

#include <stddef.h>

static int64_t clamp(int64_t value, int64_t from, int64_t to)
{
	return value < from ? from : value > to ? to : value;
}

/* Of which queue the last talk was is not known here. */
static int64_t longest_wrapup(const struct acd *acd, const struct acd_agent *ag)
{
	int64_t longest = 0;

	for (size_t i = 0; i < acd->n_queues; i++)
		if (acd_queues_have(&group_of(acd, ag)->profile.queues, (uint32_t)i) &&
			acd->queues[i].cfg.wrapup_ms > longest)
			longest = acd->queues[i].cfg.wrapup_ms;
	return longest;
}

/* A missing entry is zero, and zero is ACD_AGENT_OUT: not in a shift, so not taken. */
static const uint8_t state_after[ACD_AGENT_STATES] = {
	[ACD_AGENT_AWAY] = ACD_AGENT_AWAY,
	[ACD_AGENT_READY] = ACD_AGENT_AWAY, /* and returns */
	[ACD_AGENT_OFFERED] = ACD_AGENT_AWAY, /* likewise: what rang is lost */
	[ACD_AGENT_TALKING] = ACD_AGENT_TALKING, /* without its call, until that comes */
	[ACD_AGENT_INTERRUPTED] = ACD_AGENT_TALKING,
	[ACD_AGENT_WRAPUP] = ACD_AGENT_WRAPUP,
	[ACD_AGENT_PAUSE] = ACD_AGENT_PAUSE,
	[ACD_AGENT_WORK] = ACD_AGENT_WORK,
	[ACD_AGENT_DIALLING] = ACD_AGENT_AWAY, /* likewise: the callback waits */
	[ACD_AGENT_HOLDING] = ACD_AGENT_TALKING, /* its call says that it is on hold */
};

static void resume_state(
	struct acd *acd, struct acd_agent *ag, const struct acd_saved_agent *s)
{
	enum acd_agent_state to = (enum acd_agent_state)state_after[s->state];
	enum acd_why why = (unsigned)s->why < ACD_WHYS ? s->why : ACD_WHY_NONE;
	int64_t until = -1;

	if (to == ACD_AGENT_WRAPUP)
		until = clamp(
			s->until_ms, acd->now_ms, acd->now_ms + longest_wrapup(acd, ag));
	if (to == ACD_AGENT_AWAY && s->state != ACD_AGENT_AWAY) {
		why = agent_lacks_why(ag);
		until = agent_returns_until(acd, ag);
	}
	agent_put(acd, ag, to, why, until);
	if (to == s->state || to == ACD_AGENT_TALKING)
		ag->since_ms = clamp(s->since_ms, 0, acd->now_ms);
}

enum acd_verdict restore_agent(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	const struct acd_saved_agent *s = &ev->saved_agent;
	struct acd_agent *ag;
	enum acd_verdict verdict;

	if ((unsigned)s->state >= ACD_AGENT_STATES || (unsigned)ev->workplace > ACD_HOME)
		return ACD_REFUSED;
	if (state_after[s->state] == ACD_AGENT_OUT)
		return ACD_DONE;
	verdict = agent_take(acd, ev, &ag);
	if (verdict != ACD_DONE)
		return verdict;
	/* beside what it is barred from */
	ag->lacks = (ag->lacks | LACKS_DESK | (s->line_is_gone ? LACKS_LINE : 0)) &
		LACKS_ALL;
	rest_of(acd, ag)->regain_until_ms = acd->now_ms + acd->limits.regain_ms;
	ag->idle_since_ms = clamp(s->idle_since_ms, 0, acd->now_ms);
	/* before all who become ready from now on, and in the order given where the time is the same */
	ag->idle_order = (ag->idle_since_ms - acd->now_ms - 1) * (1 << 20) +
		(int64_t)(++acd->order & 0xFFFFF);
	ag->former_call = ev->call;
	ag->pause_after = s->pause_after;
	ag->work_after = s->work_after && !s->pause_after;
	resume_state(
		acd, ag, s); /* which drops the last three where the state has none */
	return ACD_DONE;
}

/* As the talk was: on hold, which needs no line, or interrupted where the line is gone. */
static void go_on(struct acd *acd, struct acd_call *call, struct acd_agent *ag,
	int64_t on_hold_until_ms)
{
	if (on_hold_until_ms) {
		call_restore_talk(acd, call, ag, ACD_CALL_ON_HOLD);
		agent_put(acd, ag, ACD_AGENT_HOLDING, ACD_WHY_NONE,
			clamp(on_hold_until_ms, acd->now_ms, on_hold_latest(acd)));
	} else if (ag->lacks & LACKS_LINE) {
		call_restore_talk(acd, call, ag, ACD_CALL_INTERRUPTED);
		agent_put(acd, ag, ACD_AGENT_INTERRUPTED, ACD_WHY_LINE_LOST,
			acd->now_ms + acd->limits.regain_ms);
	} else {
		call_restore_talk(acd, call, ag, ACD_CALL_TALKING);
		agent_put(acd, ag, ACD_AGENT_TALKING, ACD_WHY_NONE, -1);
	}
}

/* Did the agent talk, and can it be with this call? Then they are together again. */
static bool talk_goes_on(
	struct acd *acd, struct acd_call *call, uint64_t agent, int64_t on_hold_until_ms)
{
	struct acd_agent *ag = agent_find(acd, agent);

	if (!ag || !agent_is_in_talk(ag) || ag->call)
		return false;
	if (ag->lacks & LACKS_LINE && acd->limits.regain_ms == 0 && !on_hold_until_ms)
		return false;
	go_on(acd, call, ag, on_hold_until_ms);
	return true;
}

enum acd_verdict restore_call(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	const struct acd_saved_call *s = &ev->saved_call;
	struct acd_call *call;
	bool talks;

	if (ev->queue >= acd->n_queues)
		return ACD_UNKNOWN;
	if (ev->sensitivity > ACD_SENSITIVITY_MAX)
		return ACD_REFUSED;
	call = call_take(acd, ev, clamp(s->arrived_ms, 0, acd->now_ms));
	if (!call)
		return ACD_LIMIT;
	call->is_callback = s->is_callback;
	if (call->is_callback)
		callback_restore(acd, call, s);
	if (s->is_settled)
		divert_settle(call);
	else
		divert_skip(acd, call);
	talks = talk_goes_on(acd, call, ev->agent, s->on_hold_until_ms);
	if (talks || ev->agent == 0) {
		call->since_ms = clamp(s->since_ms, call->arrived_ms, acd->now_ms);
		call->wait_left_ms = clamp(s->wait_left_ms, 0, call->wait_left_ms);
	} /* else its talk is over just now, and it waits with the patience of a newcomer */
	if (!talks && ev->to_agent)
		transfer_restore(acd, call, ev->to_agent, s->handed_until_ms);
	if (!talks)
		call_enqueue(acd, call);
	return ACD_DONE;
}

enum acd_verdict restore_done(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	acd->phase = PHASE_RUNNING;
	for (size_t i = 0; i < acd->limits.agents; i++) {
		struct acd_agent *ag = &acd->agents[i];

		if (agent_is_in_talk(ag) && !ag->call)
			agent_put(acd, ag, ACD_AGENT_WRAPUP, ACD_WHY_CENTRE_STOPPED,
				acd->now_ms + longest_wrapup(acd, ag));
	}
	return ACD_DONE;
}
