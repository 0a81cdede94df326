/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * callback -- callers who hang up and are called in their turn.
 *
 * A callback waits like the call that it was, in the place of its arrival.  Whoever says yes to its offer
 * listens while it is called; without an answer it waits outside its class for a while, keeps its place, and
 * after some tries ends.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

int64_t callback_longest(const struct acd *acd, const struct acd_call *call)
{
	int64_t ms = acd->queues[call->queue].cfg.callback_ms;

	return ms ? ms : ACD_CALLBACK_MS;
}

enum acd_verdict callback_begin(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	struct acd_call *call = call_find(acd, ev->call);
	struct acd_queue *q;

	if (!call)
		return ACD_UNKNOWN;
	if (call->state != ACD_CALL_WAITING || call->is_callback)
		return ACD_REFUSED;
	q = &acd->queues[call->queue];
	expect_waited(q, acd->now_ms - call->since_ms,
		false); /* nobody waits on a line any more */
	call->is_callback = true;
	q->n_callbacks++;
	call->since_ms = acd->now_ms;
	call->wait_left_ms = callback_longest(acd, call);
	call_stand(acd, call); /* its timer */
	queue_staffing(acd, q);
	return ACD_DONE;
}

void callback_dial(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);
	int64_t ms = acd->queues[call->queue].cfg.dial_ms;
	int64_t until = acd->now_ms + (ms ? ms : ACD_DIAL_MS);

	call_talk(acd, call, C_DIAL);
	agent_move(acd, ag, A_DIAL, ACD_WHY_NONE, until, out);
	acd_act(out, ACD_ACT_DIAL, call->id, ag->id, ACD_WHY_NONE)->until_ms = until;
}

/* NULL, and why: no such call, or it is not being called. */
static struct acd_call *dialled(
	const struct acd *acd, uint64_t id, enum acd_verdict *verdict)
{
	struct acd_call *call = call_find(acd, id);

	*verdict = !call                           ? ACD_UNKNOWN
		: call->state == ACD_CALL_DIALLING ? ACD_DONE
						   : ACD_REFUSED;
	return *verdict == ACD_DONE ? call : NULL;
}

enum acd_verdict callback_reached(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	enum acd_verdict verdict;
	struct acd_call *call = dialled(acd, ev->call, &verdict);
	struct acd_agent *ag;

	if (!call)
		return verdict;
	call->is_callback = false; /* from now on it is somebody on a line */
	call->tries = 0;
	call->wait_left_ms = acd->queues[call->queue].cfg.max_wait_ms;
	ag = agent_of(acd, call);
	call_talk(acd, call, C_ACCEPT);
	agent_move(acd, ag, A_REACHED, ACD_WHY_NONE, -1, out);
	acd_act(out, ACD_ACT_JOIN, call->id, ag->id, ACD_WHY_NONE);
	return ACD_DONE;
}

void callback_release_agent(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out)
{
	acd_act(out, ACD_ACT_WITHDRAW, call_of(acd, ag)->id, ag->id, why);
	if (ag->pause_after)
		agent_move(acd, ag, A_PAUSE_DUE, ACD_WHY_PAUSED, -1, out);
	else if (ag->work_after)
		agent_move(acd, ag, A_WORK_DUE, ACD_WHY_WORK, -1, out);
	else if (agent_lacks(ag))
		agent_move(acd, ag, A_LOST, agent_lacks_why(ag),
			agent_returns_until(acd, ag), out);
	else
		agent_move(acd, ag, A_FAILED, why, -1, out);
}

void callback_return(struct acd *acd, struct acd_call *call, enum acd_why why,
	bool counts, struct acd_actions *out)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;
	unsigned most = cfg->callback_tries ? cfg->callback_tries : ACD_CALLBACK_TRIES;

	if (counts && ++call->tries >= most) {
		call_give_up(acd, call, why, out);
		return;
	}
	if (counts) {
		call->is_held = true;
		wait_of(acd, call)->hold_until_ms = acd->now_ms +
			(cfg->retry_ms ? cfg->retry_ms : ACD_RETRY_MS);
	}
	call_return(acd, call, why, out);
}

void callback_unanswered(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out)
{
	struct acd_call *call = call_of(acd, ag);

	callback_release_agent(acd, ag, why, out);
	match_agent(acd, ag,
		out); /* before the call is back: others may have waited longer */
	callback_return(acd, call, why, true, out);
}

enum acd_verdict callback_failed(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	enum acd_verdict verdict;
	struct acd_call *call = dialled(acd, ev->call, &verdict);

	if (call)
		callback_unanswered(acd, agent_of(acd, call), ACD_WHY_NOT_REACHED, out);
	return verdict;
}
