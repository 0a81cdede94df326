/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * read -- what can be asked of the core.  Nothing here changes anything.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

bool acd_agent(const struct acd *acd, uint64_t id, struct acd_agent_info *out)
{
	const struct acd_agent *ag = agent_find(acd, id);

	if (!ag)
		return false;
	*out = (struct acd_agent_info){
		.state = state_of(ag),
		.why = (enum acd_why)ag->why,
		.since_ms = ag->since_ms,
		.until_ms = agent_until(acd, ag),
		.idle_since_ms = ag->idle_since_ms,
		.pause_after = ag->pause_after,
		.work_after = ag->work_after,
		.line_is_gone = ag->lacks & LACKS_LINE,
		.desk_is_gone = ag->lacks & LACKS_DESK,
		.is_barred = ag->lacks & LACKS_CLEARANCE,
		.returns = ag->returns,
		.call = agent_call_id(acd, ag),
	};
	return true;
}

bool acd_call(const struct acd *acd, uint64_t id, struct acd_call_info *out)
{
	const struct acd_call *call = call_find(acd, id);
	const struct acd_agent *ag, *waits_for;

	if (!call)
		return false;
	ag = agent_at(acd, call->agent);
	waits_for = agent_at(acd, wait_of(acd, call)->prefers);
	*out = (struct acd_call_info){
		.state = (enum acd_call_state)call->state,
		.queue = call->queue,
		.arrived_ms = call->arrived_ms,
		.since_ms = call->since_ms,
		.wait_left_ms = call->wait_left_ms,
		.agent = ag ? ag->id : 0,
		.waits_for = waits_for ? waits_for->id : 0,
		.waits_until_ms = wait_of(acd, call)->hold_until_ms,
		.sensitivity = call->sensitivity,
		.is_callback = call->is_callback,
		.is_settled = divert_is_settled(call),
		.tries = call->tries,
		.retry_at_ms = call->is_callback && call->is_held
			? wait_of(acd, call)->hold_until_ms
			: 0,
		.on_hold_until_ms = call->state == ACD_CALL_ON_HOLD ? agent_until(acd, ag)
								    : 0,
	};
	return true;
}

const char *acd_why_word(enum acd_why why)
{
	static const char *const words[ACD_WHYS] = {
		[ACD_WHY_NONE] = "",
		[ACD_WHY_NEW_SHIFT] = "new_shift",
		[ACD_WHY_OFFER_TIMEOUT] = "offer_timeout",
		[ACD_WHY_DECLINED] = "declined",
		[ACD_WHY_LINE_LOST] = "line_lost",
		[ACD_WHY_DESK_LOST] = "desk_lost",
		[ACD_WHY_CALLER_LEFT] = "caller_left",
		[ACD_WHY_AGENT_HUNG_UP] = "agent_hung_up",
		[ACD_WHY_PAUSED] = "paused",
		[ACD_WHY_SHIFT_ENDED] = "shift_ended",
		[ACD_WHY_MAX_WAIT] = "max_wait",
		[ACD_WHY_NO_AGENT] = "no_agent",
		[ACD_WHY_CALLER_SILENT] = "caller_silent",
		[ACD_WHY_CALLER_LINE_LOST] = "caller_line_lost",
		[ACD_WHY_NO_MEDIA] = "no_media",
		[ACD_WHY_RELAY_LOST] = "relay_lost",
		[ACD_WHY_CENTRE_STOPPED] = "centre_stopped",
		[ACD_WHY_WORK] = "written_work",
		[ACD_WHY_TRANSFERRED] = "transferred",
		[ACD_WHY_CLOSED] = "closed",
		[ACD_WHY_QUEUE_LONG] = "queue_long",
		[ACD_WHY_WAIT_LONG] = "wait_long",
		[ACD_WHY_NOT_REACHED] = "not_reached",
		[ACD_WHY_NOT_CLEARED] = "not_cleared",
		[ACD_WHY_HANDED_OVER] = "handed_over",
		[ACD_WHY_HOLD_OVER] = "hold_over",
	};

	return words[why];
}

static int64_t expected(const struct acd *acd, const struct acd_class *c, uint32_t ahead)
{
	return ahead == 0 && group_is_ready(acd, c) ? 0 : expect_ms(acd, c, ahead);
}

bool acd_outlook(const struct acd *acd, uint64_t id, struct acd_outlook *out)
{
	const struct acd_call *call = call_find(acd, id);
	const struct acd_queue *q;
	uint32_t ahead = 0;

	if (!call || call->state != ACD_CALL_WAITING)
		return false;
	q = &acd->queues[call->queue];
	for (const struct list *it = wait_of(acd, call)->node.prev; it != &q->waiting;
		it = it->prev)
		ahead++;
	*out = (struct acd_outlook){ .ahead = ahead,
		.expected_ms = expect_ms(acd, class_of(acd, call), ahead) };
	return true;
}

bool acd_outlook_of_queue(const struct acd *acd, uint32_t queue, struct acd_outlook *out)
{
	const struct acd_queue *q;

	if (queue >= acd->n_queues)
		return false;
	q = &acd->queues[queue];
	*out = (struct acd_outlook){ .ahead = q->n_waiting,
		.expected_ms = expected(
			acd, class_of_new(acd, queue, 0, false), q->n_waiting) };
	return true;
}
