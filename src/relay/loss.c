/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * loss -- is a line lossy? Counted each second from what comes, and with each report from what the browser says.
 *
 * Either direction is enough: where packets are lost one way, they soon are the other. Thread: the relay's.
 */
#include "relay/leg.h"

#define COUNT_US 1000000

static void tell(struct relay *r, struct leg *l)
{
	const struct leg_loss *s = &l->loss;
	union rp_any m = { .lossy = { .on = l->is_lossy,
				   .percent = s->from.percent > s->to.percent
					   ? s->from.percent
					   : s->to.percent } };

	control_event_body(r, &m, RP_EV_LOSSY, l->id);
}

static void judge(struct relay *r, struct leg *l)
{
	bool is_lossy = l->loss.from.is_lossy || l->loss.to.is_lossy;

	if (is_lossy == l->is_lossy)
		return;
	l->is_lossy = is_lossy;
	tell(r, l);
}

uint32_t leg_gaps(const struct leg *l)
{
	uint32_t numbers = l->tx.seq + 1 - l->first_seq;

	return numbers > l->stats.tx ? numbers - (uint32_t)l->stats.tx : 0;
}

void leg_loss_report(struct relay *r, struct leg *l, const struct rtcp_report *b)
{
	struct leg_loss *s = &l->loss;
	uint32_t lost = b->lost > 0 ? (uint32_t)b->lost : 0, all = leg_gaps(l);
	uint32_t expected = b->ext_seq - s->to_seq;
	uint32_t gaps = all > s->gaps ? all - s->gaps : 0; /* a late one fills its gap */

	if (s->has_report && expected > 1u << 31)
		return; /* older than the last one */
	/* what the carrier lost is not the line's; a browser that began anew counts from zero */
	if (s->has_report && lost >= s->to_lost && gaps < expected) {
		uint32_t here = lost - s->to_lost > gaps ? lost - s->to_lost - gaps : 0;

		if (lossy_add(&s->to, expected - gaps, here, r->now_us))
			judge(r, l);
	}
	s->to_seq = b->ext_seq;
	s->to_lost = lost;
	s->gaps = all;
	s->has_report = true;
}

void leg_loss_tick(struct relay *r, struct leg *l)
{
	struct leg_loss *s = &l->loss;
	uint32_t expected, lost;

	if (r->now_us < s->at_us)
		return;
	s->at_us = r->now_us + COUNT_US;
	expected = rtcp_source_expected(&l->source);
	lost = rtcp_source_lost(&l->source);
	/* a source that began anew counts from zero */
	if (expected >= s->expected &&
		lossy_add(&s->from, expected - s->expected,
			lost > s->lost ? lost - s->lost : 0, r->now_us))
		judge(r, l);
	s->expected = expected;
	s->lost = lost;
}
