/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* wav -- see wav.h.  Owns nothing; any thread.  Numbers in RIFF are little-endian. */
#include "wire/wav.h"

#include <errno.h>
#include <string.h>

#include "wire/g711.h"

#define RIFF_HEADER  12 /* "RIFF", length, "WAVE" */
#define CHUNK_HEADER 8 /* name, length */
#define FMT_MIN      16
#define RATE_MIN     8000
#define RATE_MAX     48000
#define CHANNELS_MAX 2
#define FULL_SCALE   32768

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static bool is_named(const uint8_t *p, const char name[4])
{
	return memcmp(p, name, 4) == 0;
}

static size_t sample_size(enum wav_format f)
{
	return f == WAV_PCM16 ? 2 : 1;
}

static int read_fmt(struct wav *w, struct slice c)
{
	if (c.n < FMT_MIN)
		return EBADMSG;
	uint16_t format = le16(c.p), channels = le16(c.p + 2);
	uint32_t rate = le32(c.p + 4);

	if (format != WAV_PCM16 && format != WAV_ALAW && format != WAV_ULAW)
		return ENOTSUP;
	w->format = (enum wav_format)format;
	if (channels == 0 || channels > CHANNELS_MAX || rate < RATE_MIN ||
		rate > RATE_MAX)
		return ENOTSUP;
	if (le16(c.p + 14) != 8 * sample_size(w->format))
		return ENOTSUP;
	if (le16(c.p + 12) != channels * sample_size(w->format))
		return EBADMSG; /* the frame's size contradicts the rest */
	w->channels = channels;
	w->rate = rate;
	return 0;
}

static void read_data(struct wav *w, struct slice c)
{
	size_t frame = w->channels * sample_size(w->format);

	w->n_frames = c.n / frame;
	w->data = slice_of(
		c.p, w->n_frames * frame); /* half a frame at the end is dropped */
}

/* Cuts one chunk off *rest; a missing pad octet at the very end is forgiven. */
static bool next_chunk(struct slice *rest, const uint8_t **name, struct slice *body)
{
	if (rest->n < CHUNK_HEADER)
		return false;
	size_t size = le32(rest->p + 4);

	*name = rest->p;
	*rest = slice_from(*rest, CHUNK_HEADER);
	if (size > rest->n)
		return false;
	*body = slice_of(rest->p, size);
	*rest = slice_from(*rest, size + (size & 1));
	return true;
}

int wav_parse(struct wav *out, const uint8_t *p, size_t n)
{
	struct wav w = { 0 };

	if (n < RIFF_HEADER || !is_named(p, "RIFF") || !is_named(p + 8, "WAVE"))
		return EBADMSG;
	size_t said = (size_t)le32(p + 4) +
		8; /* what follows the length, with "WAVE" in it */

	if (said < RIFF_HEADER || said > n)
		return EBADMSG;
	struct slice rest = slice_of(p + RIFF_HEADER, said - RIFF_HEADER), body;
	const uint8_t *name;

	while (next_chunk(&rest, &name, &body)) {
		int err = 0;

		if (is_named(name, "fmt ") && !w.format)
			err = read_fmt(&w, body);
		if (err)
			return err;
		if (!is_named(name, "data"))
			continue;
		if (!w.format)
			return EBADMSG; /* the format stands before the samples */
		read_data(&w, body);
		*out = w;
		return 0;
	}
	return EBADMSG;
}

static int16_t sample(const struct wav *w, size_t i)
{
	const uint8_t *p = w->data.p;

	switch (w->format) {
	case WAV_ALAW: return g711_alaw_decode(p[i]);
	case WAV_ULAW: return g711_ulaw_decode(p[i]);
	default: return (int16_t)le16(p + 2 * i);
	}
}

size_t wav_to_mono(const struct wav *w, size_t from, float *buf, size_t cap)
{
	size_t n = from < w->n_frames ? w->n_frames - from : 0;

	if (n > cap)
		n = cap;
	for (size_t i = 0; i < n; i++) {
		int32_t sum = 0;

		for (size_t k = 0; k < w->channels; k++)
			sum += sample(w, (from + i) * w->channels + k);
		buf[i] = (float)sum / (float)(FULL_SCALE * w->channels);
	}
	return n;
}
