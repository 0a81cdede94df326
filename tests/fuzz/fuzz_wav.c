/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: wav.  Samples lie within the file, and within full scale as one channel. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "wire/wav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void convert(const struct wav *w)
{
	float *out = malloc((w->n_frames + 1) * sizeof *out); /* + 1: never of size 0 */

	if (!out)
		return;
	size_t n = wav_to_mono(w, 0, out, w->n_frames);

	assert(n == w->n_frames);
	for (size_t i = 0; i < n; i++)
		assert(out[i] >= -1 && out[i] < 1);
	assert(wav_to_mono(w, n, out, n) == 0);
	assert(n == 0 || wav_to_mono(w, n - 1, out, n) == 1);
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
