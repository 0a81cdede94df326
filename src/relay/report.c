/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * report -- RTCP of one leg: sender and receiver reports out, figures in.
 *
 * About every five seconds, randomised so that a thousand lines do not report together (RFC 3550
 * section 6.2); with two members no reconsideration is needed.
 */
#include "relay/leg.h"

#define INTERVAL_US 5000000 /* RFC 3550 section 6.2: the fixed minimum */

/* In ticks of the stream's clock when it was reported; a change of the codec makes one report wrong. */
static uint32_t jitter_us(uint32_t ticks, uint32_t clock)
{
	uint64_t us = (uint64_t)ticks * 1000 / clock;

	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void note_expected(struct leg *l, const struct rtcp_report *b)
{
	/* the reporter counts the turns of sixteen bits from the first number that it heard */
	uint32_t n = b->ext_seq - (uint16_t)l->first_seq + 1, gaps = leg_gaps(l);

	if (n < 1u << 31)
		l->stats.remote_expected = n > gaps ? n - gaps : 0;
	l->stats.remote_lost = b->lost > (int32_t)gaps ? (uint32_t)b->lost - gaps : 0;
}

void report_in(struct relay *r, struct leg *l, const struct rtcp_compound *c)
{
	if (c->has_sender && l->source.started && c->ssrc == l->source.ssrc)
		rtcp_source_sr(&l->source, c->ntp, r->now_us);
	for (size_t i = 0; i < c->n_reports; i++) {
		const struct rtcp_report *b = &c->reports[i];
		uint32_t trip;

		if (b->ssrc != l->tx.ssrc)
			continue;
		l->stats.remote_jitter_us = jitter_us(b->jitter, l->tx.clock);
		note_expected(l, b);
		if (l->is_web)
			leg_loss_report(r, l, b);
		trip = rtcp_round_trip_us(b, relay_ntp(r));
		if (trip)
			l->stats.round_trip_us = trip;
	}
}

static bool has_target(const struct leg *l)
{
	return l->is_web ? leg_can_send(l) : l->rtp.to.rtcp.u.sa.sa_family != 0;
}

/* Jitter in the clock of the newest codec (RFC 3550 section 6.4.1); counted in 1/8 ms. */
static bool own_report(struct relay *r, struct leg *l, struct rtcp_report *out)
{
	if (!rtcp_source_report(&l->source, r->now_us, out))
		return false;
	out->jitter = out->jitter * sound_ticks_per_ms(l->rx_codec) / MEDIA_TICKS_PER_MS;
	return true;
}

static void send_report(struct relay *r, struct leg *l, bool bye)
{
	struct udp_slot *out = udp_slot(&r->udp);
	struct rtcp_report block;
	struct rtcp_write w = { .has_sender = l->stats.tx != l->reported_tx,
		.ssrc = l->tx.ssrc,
		.ntp = relay_ntp(r),
		.rtp_ts = media_tx_ts(&l->tx, r->now_us),
		.packets = (uint32_t)l->stats.tx,
		.octets = (uint32_t)l->stats.tx_bytes,
		.reports = &block,
		.n_reports = own_report(r, l, &block),
		.cname = l->ok.cname,
		.bye = bye };
	size_t n;

	if (rtcp_write(&w, out->p, RTCP_MAX, &n))
		return;
	if (l->is_web) {
		if (!srtcp_protect(l->web.tx, out->p, &n, sizeof out->p))
			line_send(r, out, n, &l->web.active->addr);
	} else if (leg_srtp_seal(l, true, out->p, &n, sizeof out->p)) {
		udp_commit(&r->udp, &l->rtp.rtcp, out, n, &l->rtp.to.rtcp);
	}
}

void report_tick(struct relay *r, struct leg *l)
{
	uint32_t chance;

	if (r->now_us < l->report_at_us)
		return;
	/* 0.5 to 1.5 of the interval */
	relay_random(&chance, sizeof chance);
	l->report_at_us = r->now_us + INTERVAL_US / 2 + (int64_t)(chance % INTERVAL_US);
	if (!has_target(l) || !(l->stats.tx || l->stats.rx))
		return;
	send_report(r, l, false);
	l->reported_tx = l->stats.tx;
}

void report_bye(struct relay *r, struct leg *l)
{
	if (has_target(l))
		send_report(r, l, true);
}
