/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pcm -- see pcm.h. */
#include "relay/pcm.h"

#include <errno.h>
#include <string.h>

#include "relay/leg.h"
#include "relay/path.h"

#define OVER_CODEC SOUND_PCMA /* in which a clip over speech is read */

static struct path_end end_of(const struct leg *l)
{
	return (struct path_end){ .feed = l->feed,
		.is_lossy = l->is_lossy,
		.is_over = l->pcm.is_over,
		.codecs = l->codecs,
		.n_codecs = l->n_codecs };
}

enum rp_why pcm_why(const struct leg *from, const struct leg *to, enum sound_codec codec)
{
	struct path_end end = end_of(to);

	return path_why(&end, codec, from->is_lossy);
}

/* --- the destination --- */

static int set_encoder(struct leg *to, enum sound_codec codec, uint32_t rate)
{
	struct pcm *m = &to->pcm;
	struct sound_encoder *e;
	int err;

	if (m->encoder && m->codec == codec && m->encoder_rate == rate)
		return 0;
	err = sound_encoder_new(&e, codec, rate);
	if (err)
		return err;
	sound_encoder_free(m->encoder);
	m->encoder = e;
	m->codec = codec;
	if (m->encoder_rate != rate)
		mix_limit_init(&m->limit, rate);
	m->encoder_rate = rate;
	return 0;
}

static void enter(struct relay *r, struct leg *to, enum rp_why why)
{
	if (to->pcm.why == RP_WHY_NONE) {
		list_append(&r->pcm, &to->pcm.node);
		relay_tick_more(r);
		media_tx_change(&to->tx);
	}
	to->pcm.why = why;
}

static void end_over(struct pcm *m)
{
	sound_decoder_free(m->over_decoder);
	m->over_decoder = NULL;
	m->is_over = false;
}

void pcm_leave(struct relay *r, struct leg *to)
{
	struct pcm *m = &to->pcm;

	end_over(m);
	if (m->why == RP_WHY_NONE)
		return;
	list_remove(&m->node);
	relay_tick_less(r);
	sound_encoder_free(m->encoder);
	m->encoder = NULL;
	m->encoder_rate = 0;
	m->why = RP_WHY_NONE;
	media_tx_change(&to->tx);
}

/* --- the source --- */

struct jitter_stats pcm_stats(const struct leg *from)
{
	struct jitter_stats s = from->pcm.before;

	if (from->pcm.jitter) {
		struct jitter_stats now = jitter_stats(from->pcm.jitter);

		s.frames += now.frames;
		s.corrected += now.corrected;
		s.concealed += now.concealed;
		s.delay_ms = now.delay_ms;
	}
	return s;
}

void pcm_forget(struct leg *from)
{
	struct pcm *m = &from->pcm;

	if (!m->jitter)
		return;
	m->before = pcm_stats(from);
	m->before.delay_ms = 0;
	jitter_free(m->jitter);
	m->jitter = NULL;
	m->rate = 0;
}

static int set_source(struct leg *from, uint32_t rate)
{
	struct jitter *j;
	int err;

	if (from->pcm.jitter && from->pcm.rate == rate)
		return 0;
	err = jitter_new(&j, rate);
	if (err)
		return err;
	pcm_forget(from);
	from->pcm.jitter = j;
	from->pcm.rate = rate;
	return 0;
}

int pcm_put(struct relay *r, struct leg *from, struct leg *to, enum rp_why why,
	enum sound_codec codec, const struct rtp_packet *p, bool is_restored)
{
	const struct jitter_packet in = { .codec = codec,
		.ssrc = p->ssrc,
		.ts = p->ts,
		.seq = p->seq,
		.p = p->payload.p,
		.n = p->payload.n,
		.is_restored = is_restored };
	struct path_end end = end_of(to);
	int err = set_source(from, path_rate(&end, codec));

	if (err)
		return err;
	enter(r, to, why);
	if (to->feed == RP_FEED_MIX && from->third)
		enter(r, from->third, why);
	jitter_put(from->pcm.jitter, &in, r->now_us);
	return 0;
}

/* Its frame of this beat, taken once however many hear it. false: it has nothing to say. */
static bool take(struct relay *r, struct leg *from)
{
	struct pcm *m = &from->pcm;

	if (!m->jitter)
		return false;
	if (m->frame_no != r->frame) {
		m->got = jitter_take(m->jitter, m->frame, r->now_us);
		m->frame_no = r->frame;
	}
	return m->got != JITTER_NOTHING;
}

/* --- a clip over the voice --- */

int pcm_over(struct relay *r, struct leg *to, const struct rp_play *m)
{
	if (m->clip >= RP_CLIPS_MAX || !clip_has(&r->clips[m->clip], OVER_CODEC))
		return ENOENT;
	end_over(&to->pcm);
	clip_player_start(&to->pcm.over, m->clip, OVER_CODEC, m->loop != 0);
	to->pcm.is_over = true;
	enter(r, to, RP_WHY_OVER);
	return 0;
}

void pcm_over_stop(struct relay *r, struct leg *to)
{
	if (to->pcm.is_over)
		end_over(
			&to->pcm); /* with the next packet it leaves, if nothing else keeps it here */
}

static void over_ended(struct relay *r, struct leg *to)
{
	union rp_any m = { .clip_done = { .clip = to->pcm.over.clip } };

	end_over(&to->pcm);
	control_event_body(r, &m, RP_EV_CLIP_DONE, to->id);
}

/* false: none plays, or it has come to its end. */
static bool over_frame(struct relay *r, struct leg *to, uint32_t rate, int16_t *pcm)
{
	struct pcm *m = &to->pcm;
	struct slice bytes;
	size_t n = 0;

	if (!m->is_over)
		return false;
	if (!clip_player_frame(&m->over, &r->clips[m->over.clip], &bytes)) {
		over_ended(r, to);
		return false;
	}
	if (m->over_decoder && m->over_rate != rate) {
		sound_decoder_free(m->over_decoder);
		m->over_decoder = NULL;
	}
	m->over_rate = rate;
	if (!m->over_decoder && sound_decoder_new(&m->over_decoder, OVER_CODEC, rate))
		return false;
	return !sound_decode(m->over_decoder, bytes.p, bytes.n, pcm, &n) &&
		n == rate / 1000 * SOUND_FRAME_MS;
}

/* --- a frame --- */

static uint32_t rate_of(const struct leg *to)
{
	if (to->feed == RP_FEED_MIX)
		return SOUND_WIDE;
	return to->peer && to->peer->pcm.jitter ? to->peer->pcm.rate : SOUND_NARROW;
}

static bool add_voice(struct relay *r, struct leg *from, uint32_t rate, int16_t *sum)
{
	if (!from || !take(r, from) || from->pcm.rate != rate)
		return false;
	mix_add(sum, from->pcm.frame, rate / 1000 * SOUND_FRAME_MS);
	return true;
}

/* A source that has nothing to say for a while, as after many lost packets, is silent: a stream that stopped would come later and
 * later to its receiver, whose buffer goes by timestamps. Before a source's first word the silence is quiet.c's. */
static bool is_running(const struct leg *to)
{
	return to->tx.started && to->quiet.state == QUIET_NONE;
}

static void send_frame(struct relay *r, struct leg *to)
{
	int16_t sum[SOUND_FRAME_MAX] = { 0 }, clip[SOUND_PACKET_MAX];
	uint8_t bytes[SOUND_BYTES_MAX];
	uint32_t rate = rate_of(to);
	size_t n_samples = rate / 1000 * SOUND_FRAME_MS, n = 0;
	struct path_end end = end_of(to);
	bool is_heard = add_voice(r, to->peer, rate, sum);

	if (add_voice(r, to->third, rate, sum))
		is_heard = true;
	if (over_frame(r, to, rate, clip)) {
		mix_add(sum, clip, n_samples);
		is_heard = true;
	}
	if (!(is_heard || is_running(to)) || !leg_can_send(to) ||
		set_encoder(to, path_codec(&end, rate), rate))
		return;
	if (to->is_web)
		mix_limit(&to->pcm.limit, sum, n_samples);
	if (to->pcm.codec == SOUND_OPUS)
		sound_encoder_expect_loss(to->pcm.encoder, to->loss.to.percent);
	if (!sound_encode(to->pcm.encoder, sum, bytes, sizeof bytes, &n))
		leg_send_frame(r, to, to->pcm.codec, slice_of(bytes, n));
}

void pcm_tick(struct relay *r)
{
	bool skipped;
	unsigned int due;

	if (list_is_empty(&r->pcm))
		return;
	due = clip_beat_due(&r->beat, r->now_us, &skipped);
	if (skipped)
		list_each(it, &r->pcm)
			media_tx_change(&list_entry(it, struct leg, pcm.node)->tx);
	while (due--) {
		r->frame++;
		list_each(it, &r->pcm)
			send_frame(r, list_entry(it, struct leg, pcm.node));
	}
}
