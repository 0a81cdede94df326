/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * divert -- callers who are sent elsewhere: the queue is closed, nobody serves it, it is too long, or the wait would be.
 *
 * Decided when a call arrives that nobody is ready for, and again when it has waited as long as a rule says, or when
 * its queue has been without anybody for as long as callers wait for that.
 * A call that was sent to another queue is never sent on, so there are no loops.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

static bool is_possible(const struct acd_diversion *d, size_t n_queues)
{
	if ((unsigned)d->when >= ACD_IFS || (unsigned)d->to > ACD_DIVERT_CALLBACK ||
		d->limit < 0 || d->after_ms < 0)
		return false;
	if ((d->when == ACD_IF_CLOSED || d->when == ACD_IF_NOBODY) && d->after_ms > 0)
		return false;
	return d->to != ACD_DIVERT_QUEUE || d->target < n_queues;
}

bool divert_makes_sense(const struct acd_queue_config *cfg, size_t n_queues)
{
	if (cfg->n_diversions > ACD_DIVERSIONS_MAX)
		return false;
	for (size_t i = 0; i < cfg->n_diversions; i++)
		if (!is_possible(&cfg->diversions[i], n_queues))
			return false;
	return true;
}

static bool applies(const struct acd *acd, const struct acd_diversion *d,
	const struct acd_class *c, uint32_t ahead)
{
	int64_t expected;

	if (d->to == ACD_DIVERT_QUEUE &&
		(d->target == c->queue || queue_admits(acd, d->target) != ACD_DONE))
		return false;
	switch (d->when) {
	case ACD_IF_CLOSED: return acd->queues[c->queue].is_closed;
	case ACD_IF_LENGTH: return ahead >= d->limit;
	case ACD_IF_NOBODY: return acd->queues[c->queue].staff == 0;
	case ACD_IF_WAIT: break;
	}
	expected = expect_ms(acd, c, ahead);
	return expected < 0 || expected > d->limit;
}

/* Of a closed queue only what is said of that counts; where nobody is, nobody is asked for a callback but by the rule
 * for it: the queue takes no other. */
static bool is_for_arrival(const struct acd_queue *q, const struct acd_diversion *d)
{
	if (d->after_ms > 0)
		return false;
	if (q->is_closed)
		return d->when == ACD_IF_CLOSED;
	return d->to != ACD_DIVERT_CALLBACK || d->when == ACD_IF_NOBODY || q->staff > 0;
}

const struct acd_diversion *divert_arrival(
	const struct acd *acd, const struct acd_class *c)
{
	const struct acd_queue *q = &acd->queues[c->queue];

	if (q->cfg.n_diversions == 0 || (!q->is_closed && group_is_ready(acd, c)))
		return NULL;
	for (size_t i = 0; i < q->cfg.n_diversions; i++) {
		const struct acd_diversion *d = &q->cfg.diversions[i];

		if (is_for_arrival(q, d) && applies(acd, d, c, q->n_waiting))
			return d;
	}
	return NULL;
}

static uint32_t ahead_of(const struct acd *acd, const struct acd_call *call)
{
	struct acd_outlook o = { 0 };

	(void)acd_outlook(acd, call->id, &o);
	return o.ahead;
}

const struct acd_diversion *divert_due(struct acd *acd, struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;

	for (size_t i = 0; i < cfg->n_diversions; i++) {
		const struct acd_diversion *d = &cfg->diversions[i];

		if (call->diversions_done >> i & 1 || d->after_ms == 0 ||
			acd->now_ms < call->arrived_ms + d->after_ms)
			continue;
		call->diversions_done |= (uint8_t)(1u << i);
		if (!call->is_callback &&
			applies(acd, d, class_of(acd, call), ahead_of(acd, call)))
			return d;
	}
	return NULL;
}

const struct acd_diversion *divert_unstaffed(
	const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;

	for (size_t i = 0; i < cfg->n_diversions; i++) {
		const struct acd_diversion *d = &cfg->diversions[i];

		if (d->when == ACD_IF_NOBODY && !(call->diversions_done >> i & 1) &&
			applies(acd, d, class_of(acd, call), 0))
			return d;
	}
	return NULL;
}

bool divert_was_asked(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;

	if (divert_is_settled(call))
		return false;
	for (size_t i = 0; i < cfg->n_diversions; i++)
		if (cfg->diversions[i].when == ACD_IF_NOBODY &&
			call->diversions_done >> i & 1)
			return true;
	return false;
}

void divert_skip(const struct acd *acd, struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;

	for (size_t i = 0; i < cfg->n_diversions; i++)
		if (cfg->diversions[i].when != ACD_IF_NOBODY &&
			acd->now_ms >= call->arrived_ms + cfg->diversions[i].after_ms)
			call->diversions_done |= (uint8_t)(1u << i);
}

void divert_settle(struct acd_call *call)
{
	call->diversions_done = UINT8_MAX;
}

bool divert_is_settled(const struct acd_call *call)
{
	return call->diversions_done == UINT8_MAX; /* a queue has fewer rules than bits */
}

int64_t divert_next(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue_config *cfg = &acd->queues[call->queue].cfg;
	int64_t next = -1;

	for (size_t i = 0; i < cfg->n_diversions; i++) {
		int64_t at = call->arrived_ms + cfg->diversions[i].after_ms;

		if (!(call->diversions_done >> i & 1) &&
			cfg->diversions[i].after_ms > 0 && (next < 0 || at < next))
			next = at;
	}
	return next;
}

bool divert_do(struct acd *acd, struct acd_call *call, const struct acd_diversion *d,
	struct acd_actions *out)
{
	static const enum acd_why whys[] = { [ACD_IF_CLOSED] = ACD_WHY_CLOSED,
		[ACD_IF_LENGTH] = ACD_WHY_QUEUE_LONG,
		[ACD_IF_WAIT] = ACD_WHY_WAIT_LONG,
		[ACD_IF_NOBODY] = ACD_WHY_NO_AGENT };
	struct acd_action *a = acd_act(out, ACD_ACT_DIVERT, call->id, 0, whys[d->when]);

	a->divert = d->to;
	a->target = d->target;
	call->diversions_done |= (uint8_t)(1u
		<< (d - acd->queues[call->queue].cfg.diversions));
	if (d->to == ACD_DIVERT_MESSAGE)
		call_give_up(acd, call, whys[d->when], out);
	else if (d->to == ACD_DIVERT_QUEUE)
		call_change_queue(acd, call, d->target);
	return d->to != ACD_DIVERT_MESSAGE;
}
