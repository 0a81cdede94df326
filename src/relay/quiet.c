/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * quiet -- how a stream ends and begins, so that nobody's telephone has to make up sound.
 *
 * A receiver cannot tell the end of a stream from a loss: it makes up 100 ms and more of what it heard last. So what was
 * begun goes on. When its source ends (a join, a clip), a leg is sent silence in the codec of its last packet, without a
 * gap in the timestamps. To a plain leg that goes on (but a deaf one): telephone networks end calls whose stream stops. A line, which
 * stands idle for hours, is sent QUIET_TAIL of it, in which its jitter buffer plays what it has, and then rests: one
 * packet of Opus without a frame each QUIET_REST_US, as a sender with DTX does (RFC 7587 section 3.1.3; RFC 6716
 * section 2.1.9), upon which browsers make comfort noise of nothing, and count no sample of it as made up.
 *
 * After a rest, and with each change of the codec, a browser begins with an empty jitter buffer. It is filled with QUIET_LEAD
 * frames of silence at once, ahead of the first packet of the new source; else the first late packet would be heard.
 * The end of a source is bridged the same way: the first frames of silence do not wait for their time.
 *
 * Thread: the relay's.
 */
#include <errno.h>

#include "relay/leg.h"

#define TAIL 25 /* frames, half a second: what is kept back against jitter is less */
#define LEAD 3 /* frames: 80 ms with the first packet is what a browser begins with */
/* As libopus does it (20 frames), and below the second after which browsers take it for a loss. */
#define REST_US 400000
/* Of 20 ms in mono, narrow band, and no frame: RFC 6716 section 3.1. */
#define OPUS_NOTHING 0x08

static bool can_rest(const struct leg *l)
{
	return l->is_web && leg_pt(l, SOUND_OPUS) >= 0;
}

static void set_state(struct relay *r, struct leg *l, enum quiet_state state)
{
	struct leg_quiet *q = &l->quiet;

	if (q->state == QUIET_SILENCE) {
		list_remove(&q->node);
		relay_tick_less(r);
	}
	if (state == QUIET_SILENCE) {
		list_append(&r->quiet, &q->node);
		relay_tick_more(r);
	}
	q->state = state;
	q->sent = 0;
	q->rest_at_us = 0;
}

/* A frame of silence, ahead of its time if it has to be. */
static void send_silence(struct relay *r, struct leg *l, enum sound_codec codec)
{
	const struct silence *s = &r->silence[codec];
	struct media_slot slot;

	media_tx_next(
		&l->tx, SOUND_FRAME_MS, sound_ticks_per_ms(codec), r->now_us, &slot);
	leg_send_voice(r, l, &slot, (uint8_t)leg_pt(l, codec), slice_of(s->p, s->n));
	l->tx_codec = codec;
}

/* A receiver that waits for the next packet has it at once, and a line some more. */
static void send_ahead(struct relay *r, struct leg *l)
{
	int n = leg_is_keying(l) ? 0 : l->is_web ? LEAD : 1;

	/* what stopped long ago was made up already */
	if (r->now_us - l->tx.at_us < CLIP_CATCH_UP * CLIP_FRAME_US)
		media_tx_go_on(&l->tx);
	while (n--)
		send_silence(r, l, l->tx_codec);
	/* half a frame early, like every beat: clip_beat_due() */
	l->quiet.beat.next_us = r->now_us + CLIP_FRAME_US / 2;
}

void leg_quiet(struct relay *r, struct leg *l)
{
	bool is_begun = l->tx.started && leg_pt(l, l->tx_codec) >= 0;

	l->quiet.leads = l->is_web && l->feed != RP_FEED_ECHO;
	if (l->quiet.state != QUIET_NONE || !is_begun || !leg_can_send(l))
		return;
	set_state(r, l, QUIET_SILENCE);
	send_ahead(r, l);
}

void leg_quiet_end(struct relay *r, struct leg *l)
{
	if (l->quiet.state == QUIET_NONE)
		return;
	set_state(r, l, QUIET_NONE);
	media_tx_change(&l->tx);
}

void leg_quiet_over(struct relay *r, struct leg *l, enum sound_codec codec)
{
	bool is_running = l->quiet.state == QUIET_SILENCE && l->tx_codec == codec;
	bool leads = l->quiet.leads && !is_running;

	l->quiet.leads = false;
	leg_quiet_end(r, l);
	for (int i = 0; i < LEAD && leads; i++)
		send_silence(r, l, codec);
	if (leads)
		media_tx_change(&l->tx);
}

static void frame(struct relay *r, struct leg *l)
{
	if (!leg_can_send(l) || leg_is_keying(l)) {
		media_tx_change(&l->tx); /* time passes without a packet */
		return;
	}
	if (leg_pt(l, l->tx_codec) < 0) {
		leg_quiet_end(r, l); /* the far side has another codec since */
		return;
	}
	send_silence(r, l, l->tx_codec);
	if (l->quiet.sent < TAIL)
		l->quiet.sent++;
	if (l->quiet.sent == TAIL && can_rest(l))
		set_state(r, l, QUIET_REST);
}

void leg_quiet_tick(struct relay *r)
{
	list_each_safe(it, &r->quiet)
	{
		struct leg *l = list_entry(it, struct leg, quiet.node);
		bool skipped;
		unsigned int due = clip_beat_due(&l->quiet.beat, r->now_us, &skipped);

		if (skipped)
			media_tx_change(&l->tx);
		while (due-- && l->quiet.state == QUIET_SILENCE)
			frame(r, l);
	}
}

void leg_quiet_rest(struct relay *r, struct leg *l)
{
	static const uint8_t nothing[] = { OPUS_NOTHING };
	struct leg_quiet *q = &l->quiet;
	struct media_slot slot;

	if (q->state != QUIET_REST || r->now_us < q->rest_at_us || !leg_can_send(l))
		return;
	q->rest_at_us = r->now_us + REST_US;
	media_tx_change(&l->tx); /* by the time that passed */
	media_tx_next(
		&l->tx, SOUND_FRAME_MS, sound_ticks_per_ms(SOUND_OPUS), r->now_us, &slot);
	slot.marker = false; /* nobody begins to speak: RFC 3551 section 4.1 */
	leg_send_voice(r, l, &slot, (uint8_t)leg_pt(l, SOUND_OPUS),
		slice_of(nothing, sizeof nothing));
}

int leg_quiet_init(struct relay *r)
{
	static const int16_t nothing[SOUND_FRAME_MAX];

	for (int c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		struct silence *s = &r->silence[c];
		struct sound_encoder *e;
		int err = sound_encoder_new(&e, (enum sound_codec)c, SOUND_WIDE);

		/* a coder needs some frames to find its step */
		for (int i = 0; i < 10 && !err; i++)
			err = sound_encode(e, nothing, s->p, sizeof s->p, &s->n);
		sound_encoder_free(e);
		if (err)
			return err;
	}
	return 0;
}
