/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * regain -- an agent's line, desk or clearance that is lost, and the time in which it may come back as if nothing
 * had been.
 *
 * The bits are kept in every state; what follows of a loss depends on the state.  Part of acd (see
 * acd.h for memory and thread).
 */
#include "core/acd/priv.h"

#include <assert.h>
#include <stddef.h>

bool agent_lacks(const struct acd_agent *ag)
{
	return ag->lacks != 0;
}

enum acd_why agent_lacks_why(const struct acd_agent *ag)
{
	if (ag->lacks & LACKS_LINE)
		return ACD_WHY_LINE_LOST;
	return ag->lacks & LACKS_DESK ? ACD_WHY_DESK_LOST : ACD_WHY_NOT_CLEARED;
}

int64_t agent_returns_until(const struct acd *acd, const struct acd_agent *ag)
{
	int64_t until = rest_of(acd, ag)->regain_until_ms;

	return acd->now_ms < until ? until : -1;
}

/* 0: `why` names nothing that can be lost. */
static uint8_t bit_of(enum acd_why why)
{
	switch (why) {
	case ACD_WHY_LINE_LOST: return LACKS_LINE;
	case ACD_WHY_DESK_LOST: return LACKS_DESK;
	default: return 0;
	}
}

/* The talk is given up: the caller waits again, first in line. */
static void give_up(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);

	call_part(acd, call, ACD_WHY_LINE_LOST, out);
	if (ag->pause_after)
		agent_move(acd, ag, A_PAUSE_DUE, ACD_WHY_PAUSED, -1, out);
	else if (ag->work_after)
		agent_move(acd, ag, A_WORK_DUE, ACD_WHY_WORK, -1, out);
	else
		agent_move(acd, ag, A_REGAIN_END, ACD_WHY_LINE_LOST, -1, out);
	call_return(acd, call, ACD_WHY_LINE_LOST, out);
}

static void interrupt(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	/* counted from the line: the desk may have been gone for long without any harm to the talk */
	int64_t until = acd->now_ms + acd->limits.regain_ms;
	struct acd_call *call = call_of(acd, ag);

	acd_act(out, ACD_ACT_INTERRUPT, call->id, ag->id, ACD_WHY_LINE_LOST)->until_ms =
		until;
	call_talk(acd, call, C_INTERRUPT);
	agent_move(acd, ag, A_LOST, ACD_WHY_LINE_LOST, until, out);
}

/* Nobody can listen to the attempt any more: it was none. */
static void stop_dialling(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);

	callback_release_agent(acd, ag, ACD_WHY_LINE_LOST, out);
	callback_return(acd, call, ACD_WHY_LINE_LOST, false, out);
}

void regain_lack(struct acd *acd, struct acd_agent *ag, uint8_t bit, enum acd_why why,
	struct acd_actions *out)
{
	if (ag->lacks & bit)
		return;
	if (!agent_lacks(ag))
		rest_of(acd, ag)->regain_until_ms = acd->now_ms + acd->limits.regain_ms;
	ag->lacks = (ag->lacks | bit) & LACKS_ALL;
	if (ag->state == ACD_AGENT_READY)
		agent_move(acd, ag, A_LOST, why, agent_returns_until(acd, ag), out);
	else if (ag->state == ACD_AGENT_OFFERED)
		agent_leave_offer(
			acd, ag, A_LOST, why, agent_returns_until(acd, ag), out);
	else if (ag->state == ACD_AGENT_DIALLING && bit == LACKS_LINE)
		stop_dialling(acd, ag, out);
	else if (ag->state != ACD_AGENT_TALKING || !(ag->lacks & LACKS_LINE))
		return; /* the voice tells whether the agent is there */
	else if (acd->limits.regain_ms > 0)
		interrupt(acd, ag, out);
	else
		give_up(acd, ag, out);
}

void regain_have(
	struct acd *acd, struct acd_agent *ag, uint8_t bit, struct acd_actions *out)
{
	ag->lacks = (ag->lacks & ~bit) & LACKS_ALL;
	if (ag->state == ACD_AGENT_INTERRUPTED && !(ag->lacks & LACKS_LINE)) {
		struct acd_call *call = call_of(acd, ag);

		call_talk(acd, call, C_RESUME);
		agent_move(acd, ag, A_BACK, ACD_WHY_NONE, -1, out);
		acd_act(out, ACD_ACT_RESUME, call->id, ag->id, ACD_WHY_NONE);
	} else if (ag->returns && !agent_lacks(ag)) {
		agent_move(acd, ag, A_BACK, ACD_WHY_NONE, -1, out);
		match_agent(acd, ag, out);
	}
}

enum acd_verdict regain_lost(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	uint8_t bit = bit_of(ev->why);

	if (!bit)
		return ACD_REFUSED;
	regain_lack(acd, ag, bit, ev->why, out);
	return ACD_DONE;
}

enum acd_verdict regain_back(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	uint8_t bit = bit_of(ev->why);

	if (!bit)
		return ACD_REFUSED;
	regain_have(acd, ag, bit, out);
	return ACD_DONE;
}

void regain_is_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	if (ag->state == ACD_AGENT_INTERRUPTED) {
		give_up(acd, ag, out);
		return;
	}
	assert(ag->returns);
	agent_move(acd, ag, A_REGAIN_END, (enum acd_why)ag->why, -1, out);
}
