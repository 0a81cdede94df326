/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* decode -- bytes to samples; see codec.h. */
#include "sound/codec.h"

#include <assert.h>
#include <errno.h>
#include <opus.h>
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
#include <stdlib.h>

#include "sound/codec_inner.h"
#include "sound/halfband.h"
#include "wire/g711.h"

#define OPUS_FRAMES_MAX 48 /* of one packet: 120 ms of 2.5 (RFC 6716 section 3.2.5) */
#define OPUS_CELT \
	0x80 /* of the first byte: music, without error correction (section 3.1) */

struct sound_decoder {
	enum sound_codec codec;
	uint32_t rate;
	OpusDecoder *opus;
	g722_decode_state_t *g722;
	struct halfband_down down;
	struct halfband_up up;
};

static int new_g722(struct sound_decoder *d)
{
	d->g722 = g722_decode_init(NULL, CODEC_G722_BITS, 0);
	return d->g722 ? 0 : ENOMEM;
}

static int new_opus(struct sound_decoder *d)
{
	int err;

	d->opus = opus_decoder_create((opus_int32)d->rate, 1, &err);
	return d->opus ? 0 : ENOMEM;
}

static int decode_pcma(struct sound_decoder *d, const uint8_t *p, size_t n_bytes,
	int16_t *pcm, size_t *n)
{
	(void)d;
	for (size_t i = 0; i < n_bytes; i++)
		pcm[i] = g711_alaw_decode(p[i]);
	*n = n_bytes;
	return 0;
}

static int decode_pcmu(struct sound_decoder *d, const uint8_t *p, size_t n_bytes,
	int16_t *pcm, size_t *n)
{
	(void)d;
	for (size_t i = 0; i < n_bytes; i++)
		pcm[i] = g711_ulaw_decode(p[i]);
	*n = n_bytes;
	return 0;
}

static int decode_g722(struct sound_decoder *d, const uint8_t *p, size_t n_bytes,
	int16_t *pcm, size_t *n)
{
	*n = (size_t)g722_decode(d->g722, pcm, p, (int)n_bytes);
	return 0;
}

static int decode_opus(struct sound_decoder *d, const uint8_t *p, size_t n_bytes,
	int16_t *pcm, size_t *n)
{
	int made = opus_decode(d->opus, p, (opus_int32)n_bytes, pcm,
		(int)(d->rate / 1000 * SOUND_PACKET_MS), 0);

	if (made == OPUS_BUFFER_TOO_SMALL)
		return EMSGSIZE;
	if (made <= 0)
		return EBADMSG;
	*n = (size_t)made;
	return 0;
}

static const struct {
	int (*init)(struct sound_decoder *d); /* NULL: nothing to make */
	size_t bytes_max; /* longer packets are too long, whatever is in them */
	int (*decode)(struct sound_decoder *d, const uint8_t *p, size_t n_bytes,
		int16_t *pcm, size_t *n);
} table[SOUND_CODECS] = {
	[SOUND_PCMA] = { NULL, SOUND_BYTES_MAX, decode_pcma },
	[SOUND_PCMU] = { NULL, SOUND_BYTES_MAX, decode_pcmu },
	[SOUND_G722] = { new_g722, SOUND_BYTES_MAX, decode_g722 },
	[SOUND_OPUS] = { new_opus, CODEC_PACKET_MAX, decode_opus },
};

int sound_decoder_new(struct sound_decoder **out, enum sound_codec c, uint32_t rate)
{
	struct sound_decoder *d;
	int err = 0;

	if (!codec_is_possible(c, rate))
		return EINVAL;
	d = calloc(1, sizeof *d);
	if (!d)
		return ENOMEM;
	d->codec = c;
	d->rate = rate;
	if (table[c].init)
		err = table[c].init(d);
	if (err)
		sound_decoder_free(d);
	else
		*out = d;
	return err;
}

void sound_decoder_free(struct sound_decoder *d)
{
	if (!d)
		return;
	if (d->g722)
		g722_decode_free(d->g722);
	if (d->opus)
		opus_decoder_destroy(d->opus);
	free(d);
}

int sound_decode(struct sound_decoder *d, const uint8_t *p, size_t n_bytes, int16_t *pcm,
	size_t *n)
{
	uint32_t rate = codec_works_at(d->codec, d->rate);
	int err;

	if (!n_bytes)
		return EBADMSG;
	if (n_bytes > table[d->codec].bytes_max)
		return EMSGSIZE;
	err = table[d->codec].decode(d, p, n_bytes, pcm, n);
	if (err || rate == d->rate)
		return err;
	if (rate < d->rate) {
		halfband_up(&d->up, pcm, *n, pcm);
		*n *= 2;
	} else {
		halfband_down(&d->down, pcm, *n, pcm);
		*n /= 2;
	}
	return 0;
}

/*
 * Does this packet repeat the frame before it? Its first frame says so in the bit after its voice flags, one per
 * 20 ms (RFC 6716 sections 4.2.3 and 4.2.4); the range coder writes first bits of probability 1/2 as they are
 * (section 4.1.3.3 and appendix A's decoder), so it can be read without decoding. libopus can do it itself from 1.5 on.
 * A packet of longer frames repeats a longer frame, of which 20 ms cannot be had.
 */
static bool repeats(const uint8_t *p, size_t n_bytes)
{
	const unsigned char *frames[OPUS_FRAMES_MAX];
	opus_int16 sizes[OPUS_FRAMES_MAX];
	int samples;

	if (!n_bytes || n_bytes > CODEC_PACKET_MAX || p[0] & OPUS_CELT)
		return false;
	samples = opus_packet_get_samples_per_frame(p, SOUND_NARROW);
	if (samples > SOUND_NARROW / 1000 * SOUND_FRAME_MS)
		return false;
	if (opus_packet_parse(p, (opus_int32)n_bytes, NULL, frames, sizes, NULL) <= 0)
		return false;
	return sizes[0] > 0 && frames[0][0] & 0x40;
}

int sound_decode_lost(struct sound_decoder *d, const uint8_t *next, size_t n_bytes,
	int16_t *pcm, size_t *n)
{
	int made;

	if (!d->opus || !repeats(next, n_bytes))
		return ENOENT;
	made = opus_decode(
		d->opus, next, (opus_int32)n_bytes, pcm, (int)codec_frame(d->rate), 1);
	if (made <= 0)
		return ENOENT;
	*n = (size_t)made;
	return 0;
}

int sound_decode_nothing(struct sound_decoder *d, int16_t *pcm, size_t *n)
{
	int made;

	if (!d->opus)
		return ENOTSUP;
	made = opus_decode(d->opus, NULL, 0, pcm, (int)codec_frame(d->rate), 0);
	assert(made > 0); /* every argument is ours */
	*n = (size_t)made;
	return 0;
}
