/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_sound -- see clip_sound.h */
#include "main/clip_sound.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdlib.h>

#include "wire/g711.h"
#include "wire/p56.h"

#define PEAK_MAX (32000.0 / 32768) /* A-law's largest is 32,256 */

/* As many seconds at another rate; rounded up. */
static size_t frames_at(size_t n, uint32_t from, uint32_t to)
{
	return (size_t)(((uint64_t)n * to + from - 1) / from);
}

/* In place of *x, which is freed. */
static int resample(float **x, size_t *n, uint32_t rate)
{
	size_t cap = frames_at(*n, rate, CLIP_RATE);
	float *out = calloc(cap + 1, sizeof *out);
	SRC_DATA d = { .data_in = *x,
		.data_out = out,
		.input_frames = (long)*n,
		.output_frames = (long)cap,
		.end_of_input = 1,
		.src_ratio = (double)CLIP_RATE / rate };

	if (!out)
		return ENOMEM;
	if (src_simple(&d, SRC_SINC_MEDIUM_QUALITY, 1)) {
		free(out);
		return ENOMEM;
	}
	free(*x);
	*x = out;
	*n = (size_t)d.output_frames_gen;
	return 0;
}

/* The factor that brings it to CLIP_LEVEL_DBOV. */
static int find_gain(const float *x, size_t n, float *gain)
{
	struct p56 m = p56_measure(x, n, CLIP_RATE);
	double g = pow(10, (CLIP_LEVEL_DBOV - m.active_dbov) / 20);

	if (m.rms_dbov < CLIP_SILENT_DBOV)
		return ENOMSG;
	if (m.active_dbov < CLIP_SILENT_DBOV)
		return EDOM; /* all of its energy is in a click */
	if (m.peak * g > PEAK_MAX * pow(10, CLIP_SHORT_DB / 20))
		return EDOM;
	*gain = (float)fmin(g, PEAK_MAX / m.peak);
	return 0;
}

static int to_alaw(const float *x, size_t n, uint8_t **alaw)
{
	float gain = 0;
	int err = find_gain(x, n, &gain);
	uint8_t *out = err ? NULL : malloc(n);

	if (err || !out)
		return err ? err : ENOMEM;
	for (size_t i = 0; i < n; i++)
		out[i] = g711_alaw_encode((int16_t)lrintf(x[i] * gain * 32768));
	*alaw = out;
	return 0;
}

int clip_sound(const struct wav *w, size_t cap, uint8_t **alaw, size_t *n)
{
	size_t frames = w->n_frames;
	float *x;
	int err = 0;

	if (frames == 0)
		return ENODATA;
	if (frames_at(frames, w->rate, CLIP_RATE) > cap)
		return EFBIG;
	x = calloc(frames, sizeof *x);
	if (!x)
		return ENOMEM;
	frames = wav_to_mono(w, 0, x, frames);
	if (w->rate != CLIP_RATE)
		err = resample(&x, &frames, w->rate);
	if (!err)
		err = to_alaw(x, frames, alaw);
	if (!err)
		*n = frames;
	free(x);
	return err;
}
