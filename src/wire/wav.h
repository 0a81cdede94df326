/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * wav -- RIFF/WAVE files as clips: where the samples are and what they are.
 *
 * Hostile input: chunk lengths are checked against the file; the data slice points into it.
 * Understood: PCM 16 bit and G.711 A-law/mu-law, 1 or 2 channels, 8,000 to 48,000 Hz.
 * Pure; any thread.
 */
#ifndef WIRE_WAV_H
#define WIRE_WAV_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum wav_format { WAV_PCM16 = 1, WAV_ALAW = 6, WAV_ULAW = 7 };

struct wav {
	enum wav_format format;
	uint16_t channels;
	uint32_t rate;
	struct slice data;
	size_t n_frames; /* samples per channel */
};

/* EBADMSG: not RIFF/WAVE or cut. ENOTSUP: a format, width, rate or channel count not listed above. */
int wav_parse(struct wav *out, const uint8_t *p, size_t n);

/* The mean of the channels, full scale +-1, from file frame `from` on. Returns how many were written: at most cap. */
size_t wav_to_mono(const struct wav *w, size_t from, float *buf, size_t cap);

#endif
