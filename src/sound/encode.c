/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* encode -- samples to bytes; see codec.h. */
#include "sound/codec.h"

#include <assert.h>
#include <errno.h>
#include <opus.h>
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
#include <stdlib.h>
#include <string.h>

#include "sound/codec_inner.h"
#include "sound/halfband.h"
#include "wire/g711.h"

/* Above what speech needs (RFC 6716 section 2.1.1: 8 to 12 kbit/s in narrow band, 16 to 20 in wide band), because the
 * packet's headers cost more than the difference. Error correction takes its share of it and gets no more: a line that
 * loses packets may be a full one. */
#define OPUS_NARROW_BITS 24000
#define OPUS_WIDE_BITS   32000
#define OPUS_COMPLEXITY  5 /* of 10 */
#define PERCENT_MAX      100
#define FRAME_BYTES      (CODEC_BYTES_PER_MS * SOUND_FRAME_MS)

struct sound_encoder {
	enum sound_codec codec;
	uint32_t rate;
	OpusEncoder *opus;
	g722_encode_state_t *g722;
	struct halfband_down down;
	struct halfband_up up;
};

static int new_g722(struct sound_encoder *e)
{
	e->g722 = g722_encode_init(NULL, CODEC_G722_BITS, 0);
	return e->g722 ? 0 : ENOMEM;
}

static int new_opus(struct sound_encoder *e)
{
	const struct {
		int what;
		opus_int32 to;
	} set[] = {
		{ OPUS_SET_BITRATE_REQUEST,
			e->rate == SOUND_NARROW ? OPUS_NARROW_BITS : OPUS_WIDE_BITS },
		{ OPUS_SET_COMPLEXITY_REQUEST, OPUS_COMPLEXITY },
		{ OPUS_SET_VBR_REQUEST, 1 },
		{ OPUS_SET_VBR_CONSTRAINT_REQUEST, 1 },
		/* silence is sent, too: it keeps the line measured, and who falls silent is gone */
		{ OPUS_SET_DTX_REQUEST, 0 },
	};
	int err;

	e->opus = opus_encoder_create(
		(opus_int32)e->rate, 1, OPUS_APPLICATION_VOIP, &err);
	if (!e->opus)
		return ENOMEM;
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		err = opus_encoder_ctl(e->opus, set[i].what, set[i].to);
		assert(!err);
	}
	return 0;
}

static size_t encode_pcma(
	struct sound_encoder *e, const int16_t *pcm, uint8_t out[SOUND_BYTES_MAX])
{
	(void)e;
	for (size_t i = 0; i < FRAME_BYTES; i++)
		out[i] = g711_alaw_encode(pcm[i]);
	return FRAME_BYTES;
}

static size_t encode_pcmu(
	struct sound_encoder *e, const int16_t *pcm, uint8_t out[SOUND_BYTES_MAX])
{
	(void)e;
	for (size_t i = 0; i < FRAME_BYTES; i++)
		out[i] = g711_ulaw_encode(pcm[i]);
	return FRAME_BYTES;
}

static size_t encode_g722(
	struct sound_encoder *e, const int16_t *pcm, uint8_t out[SOUND_BYTES_MAX])
{
	int n = g722_encode(e->g722, out, pcm, SOUND_FRAME_MAX);

	assert(n == FRAME_BYTES);
	return (size_t)n;
}

static size_t encode_opus(
	struct sound_encoder *e, const int16_t *pcm, uint8_t out[SOUND_BYTES_MAX])
{
	int n = opus_encode(
		e->opus, pcm, (int)codec_frame(e->rate), out, SOUND_BYTES_MAX);

	assert(n > 0); /* every argument is ours */
	return (size_t)n;
}

static const struct {
	int (*init)(struct sound_encoder *e); /* NULL: nothing to make */
	size_t (*encode)(struct sound_encoder *e, const int16_t *pcm, uint8_t *out);
} table[SOUND_CODECS] = {
	[SOUND_PCMA] = { NULL, encode_pcma },
	[SOUND_PCMU] = { NULL, encode_pcmu },
	[SOUND_G722] = { new_g722, encode_g722 },
	[SOUND_OPUS] = { new_opus, encode_opus },
};

int sound_encoder_new(struct sound_encoder **out, enum sound_codec c, uint32_t rate)
{
	struct sound_encoder *e;
	int err = 0;

	if (!codec_is_possible(c, rate))
		return EINVAL;
	e = calloc(1, sizeof *e);
	if (!e)
		return ENOMEM;
	e->codec = c;
	e->rate = rate;
	if (table[c].init)
		err = table[c].init(e);
	if (err)
		sound_encoder_free(e);
	else
		*out = e;
	return err;
}

void sound_encoder_free(struct sound_encoder *e)
{
	if (!e)
		return;
	if (e->g722)
		g722_encode_free(e->g722);
	if (e->opus)
		opus_encoder_destroy(e->opus);
	free(e);
}

/* The frame at the rate that the codec takes: pcm itself, or own. */
static const int16_t *at_its_rate(
	struct sound_encoder *e, const int16_t *pcm, int16_t own[SOUND_FRAME_MAX])
{
	uint32_t rate = codec_works_at(e->codec, e->rate);

	if (rate == e->rate)
		return pcm;
	if (rate < e->rate)
		halfband_down(&e->down, pcm, codec_frame(e->rate), own);
	else
		halfband_up(&e->up, pcm, codec_frame(e->rate), own);
	return own;
}

int sound_encode(
	struct sound_encoder *e, const int16_t *pcm, uint8_t *out, size_t cap, size_t *n)
{
	int16_t own[SOUND_FRAME_MAX];
	uint8_t bytes[SOUND_BYTES_MAX];
	size_t made = table[e->codec].encode(e, at_its_rate(e, pcm, own), bytes);

	if (made > cap)
		return ENOSPC;
	memcpy(out, bytes, made);
	*n = made;
	return 0;
}

void sound_encoder_expect_loss(struct sound_encoder *e, uint32_t percent)
{
	int err;

	if (!e->opus)
		return;
	if (percent > PERCENT_MAX)
		percent = PERCENT_MAX;
	err = opus_encoder_ctl(e->opus, OPUS_SET_INBAND_FEC(percent > 0));
	assert(!err);
	err = opus_encoder_ctl(e->opus, OPUS_SET_PACKET_LOSS_PERC((opus_int32)percent));
	assert(!err);
}
