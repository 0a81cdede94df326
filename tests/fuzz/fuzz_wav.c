/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: wav.  Samples lie within the file; as A-law they need exactly one byte each. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "wire/g711.h"
#include "wire/wav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void convert(const struct wav *w)
{
	uint8_t *out = malloc(w->n_frames + 1); /* + 1: never of size 0 */
	size_t n = 0;

	if (!out)
		return;
	int err = wav_to_alaw(w, out, w->n_frames, &n);

	assert(err == (w->rate == 8000 && w->channels == 1 ? 0 : ENOTSUP));
	if (!err) {
		assert(n == w->n_frames);
		assert(n == 0 || wav_to_alaw(w, out, n - 1, &n) == ENOSPC);
		assert(n == 0 || g711_alaw_peak(out, n) >= 8);
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wav w;
	int err = wav_parse(&w, data, size);

	assert(err == 0 || err == EBADMSG || err == ENOTSUP);
	if (err)
		return 0;
	assert(w.channels == 1 || w.channels == 2);
	assert(w.rate >= 8000 && w.rate <= 48000);
	assert(w.data.p >= data && w.data.n <= size);
	assert((size_t)(w.data.p - data) <= size - w.data.n);
	assert(w.data.n == w.n_frames * w.channels * (w.format == WAV_PCM16 ? 2u : 1u));
	convert(&w);
	return 0;
}
