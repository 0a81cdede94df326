/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * voice -- one good RTP packet: to the joined leg, back to its sender, or nowhere.
 *
 * The rule that everything else leans on: a voice's destination is leg->peer, with three also leg->third, or in a line
 * test the leg itself.  There is no other place, and no list to be in.  What can go as it is goes at once (the packet
 * path); what cannot goes through pcm.c.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "relay/leg.h"
#include "relay/path.h"
#include "wire/g711.h"

#define SOUND_ABOVE  64 /* magnitude: proto.h, rx_discarded_sound */
#define OPUS_SILENCE 12 /* bytes of 20 ms at most */

bool leg_can_send(const struct leg *l)
{
	if (l->is_web)
		return l->is_up && l->web.active;
	return l->rtp.to.rtp.u.sa.sa_family != 0 && !l->rtp.deaf;
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
		line_send(r, out, n, &l->web.active->addr);
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

void leg_send_frame(
	struct relay *r, struct leg *l, enum sound_codec codec, struct slice payload)
{
	struct media_slot slot;
	int pt = leg_pt(l, codec);

	if (pt < 0 || leg_is_keying(l))
		return;
	leg_quiet_over(r, l, codec);
	media_tx_next(
		&l->tx, SOUND_FRAME_MS, sound_ticks_per_ms(codec), r->now_us, &slot);
	if (codec == SOUND_OPUS && l->red_pt && l->is_lossy)
		leg_send_twice(r, l, &slot, (uint8_t)pt, payload);
	else
		leg_send_voice(r, l, &slot, (uint8_t)pt, payload);
	l->tx_codec = codec;
	if (l->joined_us)
		tell_first(r, l);
}

/* The packet path. */
static bool forward(struct relay *r, struct leg *to, const struct media_packet *in,
	enum sound_codec codec, struct slice payload)
{
	struct media_slot slot;

	if (!leg_can_send(to))
		return false;
	if ((in->is_event && !to->dtmf_pt) || leg_is_keying(to)) {
		media_tx_skip(&to->tx, in);
		return false;
	}
	if (!in->is_event)
		leg_quiet_over(r, to, codec);
	if (!media_tx_map(&to->tx, in, r->now_us, &slot))
		return false;
	leg_send_voice(r, to, &slot,
		in->is_event ? to->dtmf_pt : (uint8_t)leg_pt(to, codec), payload);
	if (!in->is_event)
		to->tx_codec = codec;
	if (to->joined_us)
		tell_first(r, to);
	return true;
}

/* A key of `from`, on a stream that has no place for its packets: pressed again by us. */
static bool forward_key(
	struct relay *r, struct leg *from, struct leg *to, const struct rtp_packet *p)
{
	struct dtmf_event ev;

	if (dtmf_parse(&ev, p->payload))
		return false;
	if (!dtmf_is_new(&from->keys, p->ssrc, p->ts, &ev))
		return true;
	if (from->third)
		(void)leg_key(r, from->third, ev.key, 0);
	return !leg_key(r, to, ev.key, 0);
}

static bool pass_on(struct relay *r, struct leg *from, struct leg *to,
	const struct media_packet *in, const struct rtp_packet *p, bool is_newest)
{
	enum sound_codec codec = from->rx_codec;
	enum rp_why why, now = to->pcm.why;

	if (in->is_event)
		return path_carries_keys(now, to->feed)
			? forward(r, to, in, codec, p->payload)
			: forward_key(r, from, to, p);
	why = pcm_why(from, to, codec);
	switch (path_step(now, why, is_newest)) {
	case PATH_DROP: return false;
	case PATH_DECODE: return !pcm_put(r, from, to, why, codec, p, in->is_restored);
	case PATH_LEAVE:
		pcm_leave(r, to);
		pcm_forget(from);
		break;
	case PATH_FORWARD: break;
	}
	return forward(r, to, in, codec, p->payload);
}

static void heard(struct relay *r, struct leg *l)
{
	l->heard_us = r->now_us;
	if (!l->is_silent)
		return;
	l->is_silent = false;
	control_event(r, l, RP_EV_HEARD, 0);
}

/* Its timestamp in ticks of 1/8 ms, going on evenly where the codec changed its clock. */
static uint32_t even_ts(struct leg *l, const struct media_packet *in, uint32_t arrival)
{
	struct leg_clock *c = &l->clock;
	int32_t moved = (int32_t)(in->ts - c->ts);

	if (c->ticks_per_ms == in->clock)
		c->even += (uint32_t)((int64_t)moved * MEDIA_TICKS_PER_MS / in->clock);
	else
		c->even = arrival - l->source.transit; /* as if it came in time */
	c->ticks_per_ms = in->clock;
	c->ts = in->ts;
	return c->even;
}

/* A telephone-event's timestamp stands still; as voice it would look like jitter (RFC 3550 A.8). */
static void account(struct relay *r, struct leg *l, const struct media_packet *in)
{
	uint32_t arrival = (uint32_t)(r->now_us * MEDIA_TICKS_PER_MS / 1000);
	uint32_t ts = in->is_event ? arrival - l->source.transit
				   : even_ts(l, in, arrival);

	rtcp_source_packet(&l->source, in->ssrc, in->seq, ts, arrival);
}

void leg_tell_key(struct relay *r, struct leg *l, uint8_t key)
{
	union rp_any m = { .digit = { .digit = key } };

	if (!l->digits_left)
		return;
	l->digits_left--;
	control_event_body(r, &m, RP_EV_DIGIT, l->id);
}

/* A key that nobody else is to hear. */
static void tell_digit(struct relay *r, struct leg *l, const struct rtp_packet *p)
{
	struct dtmf_event ev;

	if (!dtmf_parse(&ev, p->payload) && dtmf_is_new(&l->keys, p->ssrc, p->ts, &ev))
		leg_tell_key(r, l, ev.key);
}

/* Opus of silence is a few bytes; of G722 nobody can tell without decoding it. */
static bool is_sound(enum sound_codec codec, struct slice payload)
{
	switch (codec) {
	case SOUND_PCMA: return g711_alaw_peak(payload.p, payload.n) > SOUND_ABOVE;
	case SOUND_PCMU:
		for (size_t i = 0; i < payload.n; i++) {
			int16_t x = g711_ulaw_decode(payload.p[i]);

			if (x > SOUND_ABOVE || x < -SOUND_ABOVE)
				return true;
		}
		return false;
	case SOUND_OPUS: return payload.n > OPUS_SILENCE;
	default: return false;
	}
}

static enum sound_codec codec_of(const struct leg *l, uint8_t pt)
{
	for (size_t i = 0; i < l->n_codecs; i++)
		if (l->codecs[i].pt == pt)
			return l->codecs[i].codec;
	return SOUND_NONE; /* a telephone-event */
}

bool leg_is_newest(const struct leg *l, uint32_t ssrc, uint16_t seq)
{
	return !l->source.started || l->source.ssrc != ssrc ||
		(int16_t)(uint16_t)(seq - l->source.max_seq) > 0;
}

/* What was lost before this packet and is repeated by it, the eldest first, as if it came late. */
static void restore(struct relay *r, struct leg *l, struct leg *to,
	const struct media_packet *in, const struct red *red, bool is_newest)
{
	for (size_t i = 0; i + 1 < red->n; i++) {
		const struct red_block *b = &red->blocks[i];
		struct rtp_packet p = { .pt = b->pt,
			.ssrc = in->ssrc,
			.ts = in->ts - b->offset,
			.payload = b->bytes };
		struct media_packet was = *in;

		if (!in->ticks || !b->bytes.n || !b->offset || b->offset % in->ticks ||
			codec_of(l, b->pt) != l->rx_codec)
			continue; /* frames of unlike lengths: which number it had nobody knows */
		was.seq = p.seq = (uint16_t)(in->seq - b->offset / in->ticks);
		was.ts = p.ts;
		was.marker = false;
		was.is_restored = true;
		if (rtcp_source_restore(&l->source, p.seq) && to)
			(void)pass_on(r, l, to, &was, &p, is_newest);
	}
}

void leg_voice(
	struct relay *r, struct leg *l, const struct rtp_packet *p, const struct red *red)
{
	enum sound_codec codec = codec_of(l, p->pt);
	uint32_t clock = sound_ticks_per_ms(codec);
	struct media_packet in = { .ssrc = p->ssrc,
		.ts = p->ts,
		.seq = p->seq,
		.marker = p->marker,
		.is_event = codec == SOUND_NONE,
		.ticks = codec == SOUND_NONE
			? 0
			: sound_packet_ms(codec, p->payload.p, p->payload.n) * clock,
		.clock = clock };
	struct leg *to = l->feed == RP_FEED_ECHO ? l : l->peer;
	bool is_newest = leg_is_newest(l, p->ssrc, p->seq);

	heard(r, l);
	account(r, l, &in);
	if (codec != SOUND_NONE)
		l->rx_codec = codec;
	l->stats.rx++;
	l->stats.rx_bytes += p->payload.n;
	if (red)
		restore(r, l, to, &in, red, is_newest);
	if (to && pass_on(r, l, to, &in, p, is_newest)) {
		l->stats.rx_forwarded++;
		return;
	}
	l->stats.rx_discarded++;
	if (in.is_event && !to)
		tell_digit(r, l, p);
	else if (!to && is_newest)
		leg_tones_hear(r, l, codec, p->payload);
	if (is_sound(codec, p->payload))
		l->stats.rx_discarded_sound++;
}

bool leg_knows_pt(const struct leg *l, uint8_t pt)
{
	return codec_of(l, pt) != SOUND_NONE || (l->dtmf_pt && pt == l->dtmf_pt);
}

int leg_pt(const struct leg *l, enum sound_codec codec)
{
	return path_pt(l->codecs, l->n_codecs, codec);
}

int leg_set_codecs(struct leg *l, const struct rp_codec *codecs, uint8_t dtmf_pt)
{
	size_t n = 0;

	if (dtmf_pt > 127)
		return EINVAL;
	for (; n < RP_CODECS_MAX && codecs[n].codec != SOUND_NONE; n++) {
		if (codecs[n].codec >= SOUND_CODECS || codecs[n].pt > 127 ||
			(dtmf_pt && codecs[n].pt == dtmf_pt))
			return EINVAL;
		for (size_t i = 0; i < n; i++)
			if (codecs[i].pt == codecs[n].pt ||
				codecs[i].codec == codecs[n].codec)
				return EINVAL;
	}
	if (n == 0)
		return EINVAL;
	memcpy(l->codecs, codecs, n * sizeof *codecs);
	l->n_codecs = n;
	l->dtmf_pt = dtmf_pt;
	return 0;
}
