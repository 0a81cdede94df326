/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * voice -- one good RTP packet: to the joined leg, back to its sender, or nowhere.
 *
 * The rule that everything else leans on: a packet's destination is leg->peer or, in a line test, the leg
 * itself.  There is no third place, and no list to be in.
 */
#include <string.h>

#include "base/log.h"
#include "relay/leg.h"
#include "wire/g711.h"

#define SOUND_ABOVE 64 /* A-law magnitude: proto.h, rx_discarded_sound */

bool leg_can_send(const struct leg *l)
{
	if (l->is_web)
		return l->is_up && l->web.active;
	return l->rtp.to.rtp.u.sa.sa_family != 0;
}

void leg_send_voice(struct relay *r, struct leg *l, const struct media_slot *slot,
	uint8_t pt, struct slice payload)
{
	struct udp_slot *out = udp_slot(&r->udp);
	size_t n = RTP_HEADER + payload.n;

	if (n + SRTP_ROOM > sizeof out->p)
		return;
	rtp_write_header(out->p, slot->marker, pt, slot->seq, slot->ts, l->tx.ssrc);
	memcpy(out->p + RTP_HEADER, payload.p, payload.n);
	if (l->is_web) {
		if (srtp_protect(l->web.tx, out->p, &n, sizeof out->p))
			return;
		udp_commit(&r->udp, &r->line, out, n, &l->web.active->addr);
	} else {
		if (!leg_srtp_seal(l, false, out->p, &n, sizeof out->p))
			return;
		udp_commit(&r->udp, &l->rtp.rtp, out, n, &l->rtp.to.rtp);
	}
	l->stats.tx++;
	l->stats.tx_bytes += payload.n;
}

static void tell_first(struct relay *r, struct leg *l)
{
	union rp_any m = { .head = { 0 } };

	relay_clock(r);
	m.first.at_us = (uint64_t)r->now_us;
	m.first.after_us = (uint64_t)(r->now_us - l->joined_us);
	l->joined_us = 0;
	control_event_body(r, &m, RP_EV_FIRST, l->id);
}

static bool forward(struct relay *r, struct leg *to, const struct media_packet *in,
	struct slice payload)
{
	struct media_slot slot;

	if (!leg_can_send(to))
		return false;
	if (in->is_event && !to->dtmf_pt) {
		media_tx_skip(&to->tx, in);
		return false;
	}
	if (!media_tx_map(&to->tx, in, r->now_us, &slot))
		return false;
	leg_send_voice(r, to, &slot, in->is_event ? to->dtmf_pt : to->pt, payload);
	if (to->joined_us)
		tell_first(r, to);
	return true;
}

static void heard(struct relay *r, struct leg *l)
{
	l->heard_us = r->now_us;
	if (!l->is_silent)
		return;
	l->is_silent = false;
	control_event(r, l, RP_EV_HEARD, 0);
}

/* A telephone-event's timestamp stands still; as voice it would look like jitter (RFC 3550 A.8). */
static void account(struct relay *r, struct leg *l, const struct media_packet *in)
{
	uint32_t arrival = (uint32_t)(r->now_us * MEDIA_TICKS_PER_MS / 1000);
	uint32_t ts = in->is_event ? arrival - l->source.transit : in->ts;

	rtcp_source_packet(&l->source, in->ssrc, in->seq, ts, arrival);
}

/* A key that nobody else is to hear. */
static void tell_digit(struct relay *r, struct leg *l, const struct rtp_packet *p)
{
	union rp_any m = { .head = { 0 } };
	struct dtmf_event ev;

	if (dtmf_parse(&ev, p->payload) || !dtmf_is_new(&l->keys, p->ssrc, p->ts, &ev) ||
		!l->digits_left)
		return;
	l->digits_left--;
	m.digit.digit = ev.key;
	control_event_body(r, &m, RP_EV_DIGIT, l->id);
}

void leg_voice(struct relay *r, struct leg *l, const struct rtp_packet *p)
{
	struct media_packet in = { .ssrc = p->ssrc,
		.ts = p->ts,
		.seq = p->seq,
		.marker = p->marker,
		.is_event = p->pt != l->pt,
		.ticks = (uint32_t)p->payload.n };
	struct leg *to = l->feed == RP_FEED_ECHO ? l : l->peer;

	heard(r, l);
	account(r, l, &in);
	l->stats.rx++;
	l->stats.rx_bytes += p->payload.n;
	if (to && forward(r, to, &in, p->payload)) {
		l->stats.rx_forwarded++;
		return;
	}
	l->stats.rx_discarded++;
	if (in.is_event && !to && !l->is_web)
		tell_digit(r, l, p);
	if (!in.is_event && g711_alaw_peak(p->payload.p, p->payload.n) > SOUND_ABOVE)
		l->stats.rx_discarded_sound++;
}

bool leg_knows_pt(const struct leg *l, uint8_t pt)
{
	return pt == l->pt || (l->dtmf_pt && pt == l->dtmf_pt);
}
