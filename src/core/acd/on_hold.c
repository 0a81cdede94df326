/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * on_hold -- an agent puts its caller on hold, comes back, or hands the call over to whoever is next.
 *
 * A hold has an end: who has not come back by then is taken for away from the desk, so the call is handed over by
 * itself and a pause follows the wrap-up, for nobody's call is to ring there.  A line, or a desk, that is lost
 * meanwhile changes nothing: the caller hears music anyway, and the end stands.  Nothing here knows why an
 * agent holds [RULES N10].  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

static bool is_talk_of(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_event *ev)
{
	return agent_is_in_talk(ag) && call_of(acd, ag)->id == ev->call;
}

int64_t on_hold_latest(const struct acd *acd)
{
	return acd->now_ms + acd->limits.hold_ms;
}

enum acd_verdict on_hold_begin(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	int64_t until = on_hold_latest(acd);

	if (!is_talk_of(acd, ag, ev) || ag->state == ACD_AGENT_HOLDING)
		return ACD_REFUSED; /* said twice it would have no end */
	call_talk(acd, call_of(acd, ag), C_HOLD);
	acd_act(out, ACD_ACT_HOLD, ev->call, ag->id, ACD_WHY_NONE)->until_ms = until;
	agent_move(acd, ag, A_HOLD, ACD_WHY_NONE, until, out);
	return ACD_DONE;
}

enum acd_verdict on_hold_resume(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	if (!is_talk_of(acd, ag, ev) || ag->state != ACD_AGENT_HOLDING ||
		ag->lacks & LACKS_LINE)
		return ACD_REFUSED;
	call_talk(acd, call_of(acd, ag), C_RESUME);
	agent_move(acd, ag, A_RESUME, ACD_WHY_NONE, -1, out);
	acd_act(out, ACD_ACT_RESUME, ev->call, ag->id, ACD_WHY_NONE);
	return ACD_DONE;
}

/* In its old place, and for a while for others only; without anybody else there the same agent may have it
 * afterwards, rather than nobody ever. */
static void hand_over(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);
	int64_t no = declined_until(acd, call), held = on_hold_latest(acd);

	call_part(acd, call, why, out);
	declined_add(acd, ag, call, no > held ? no : held);
	agent_talk_ended(acd, ag, why, out);
	call_return(acd, call, why, out);
}

enum acd_verdict on_hold_hand_over(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out)
{
	if (!is_talk_of(acd, ag, ev))
		return ACD_REFUSED;
	hand_over(acd, ag, ACD_WHY_HANDED_OVER, out);
	return ACD_DONE;
}

void on_hold_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	ag->pause_after = !ag->work_after;
	hand_over(acd, ag, ACD_WHY_HOLD_OVER, out);
}
