/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_sound -- see clip_sound.h */
#include "main/clip_sound.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

#include "sound/clip_bytes.h"
#include "sound/halfband.h"
#include "wire/p56.h"

#define PEAK_MAX (32000.0 / 32768) /* A-law's largest is 32,256 */

/* As many seconds at another rate; rounded up. */
static size_t samples_at(size_t n, uint32_t from, uint32_t to)
{
	return (size_t)(((uint64_t)n * to + from - 1) / from);
}

static size_t frame_of(uint32_t rate)
{
	return rate / 1000 * SOUND_FRAME_MS;
}

/* x to `to` samples a second: *made of them at out, at most cap. */
static int resample(const float *x, size_t n, uint32_t from, uint32_t to, float *out,
	size_t cap, size_t *made)
{
	SRC_DATA d = { .data_in = x,
		.data_out = out,
		.input_frames = (long)n,
		.output_frames = (long)cap,
		.end_of_input = 1,
		.src_ratio = (double)to / from };

	if (from == to) {
		memcpy(out, x, n * sizeof *x);
		*made = n;
		return 0;
	}
	if (src_simple(&d, SRC_SINC_MEDIUM_QUALITY, 1))
		return ENOMEM;
	*made = (size_t)d.output_frames_gen;
	return 0;
}

/* The factor that brings it to CLIP_LEVEL_DBOV. */
static int find_gain(const float *x, size_t n, uint32_t rate, float *gain)
{
	struct p56 m = p56_measure(x, n, rate);
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

/* x, n samples of which the first `made` count, as loud as all others. */
static int to_level(int16_t **out, const float *x, size_t made, size_t n, uint32_t rate)
{
	float gain = 0;
	int err = find_gain(x, made, rate, &gain);
	int16_t *pcm = err ? NULL : calloc(n, sizeof *pcm);

	if (err || !pcm)
		return err ? err : ENOMEM;
	for (size_t i = 0; i < made; i++)
		pcm[i] = (int16_t)lrintf(x[i] * gain * 32768);
	*out = pcm;
	return 0;
}

/* n samples of a clip that goes round, from any place of it. */
static void take(int16_t *out, size_t n, const int16_t *pcm, size_t length, size_t from)
{
	for (size_t i = 0; i < n; i++)
		out[i] = pcm[(from + i) % length];
}

/* out: as many frames, of half the samples; without the filter's delay, and what goes round goes round. */
static void halve(float *out, const int16_t *wide, size_t frames)
{
	const size_t frame = SOUND_FRAME_MAX, n = frames * frame;
	struct halfband_down s = { { 0 } };
	int16_t part[SOUND_FRAME_MAX];

	/* a frame earlier, for the filter's past, and later by its delay */
	for (size_t f = 0; f <= frames; f++) {
		take(part, frame, wide, n, n + f * frame - frame + HALFBAND_DELAY);
		halfband_down(&s, part, frame, part);
		for (size_t i = 0; f && i < frame / 2; i++)
			*out++ = (float)part[i] / 32768;
	}
}

/* x: n samples at `from` a second; y: room for all frames at SOUND_WIDE. */
static int make(struct clip_sound *s, const float *x, size_t n, uint32_t from, float *y)
{
	size_t cap = s->frames * SOUND_FRAME_MAX, made = 0;
	int err = resample(x, n, from, SOUND_WIDE, y, cap, &made);

	if (!err)
		err = to_level(&s->wide, y, made, cap, SOUND_WIDE);
	if (err)
		return err;
	halve(y, s->wide, s->frames);
	return to_level(&s->narrow, y, made / 2, cap / 2, SOUND_NARROW);
}

int clip_sound(struct clip_sound *out, const struct wav *w, size_t frames_max)
{
	struct clip_sound s = { 0 };
	size_t n = w->n_frames;
	float *x, *y;
	int err;

	if (!n)
		return ENODATA;
	s.frames = samples_at(n, w->rate, 1000 / SOUND_FRAME_MS);
	if (s.frames > frames_max)
		return EFBIG;
	x = calloc(n, sizeof *x);
	y = calloc(s.frames * SOUND_FRAME_MAX, sizeof *y);
	err = x && y ? 0 : ENOMEM;
	if (!err) {
		n = wav_to_mono(w, 0, x, n);
		err = make(&s, x, n, w->rate, y);
	}
	if (err)
		clip_sound_close(&s);
	else
		*out = s;
	free(x);
	free(y);
	return err;
}

void clip_sound_close(struct clip_sound *s)
{
	if (!s)
		return;
	free(s->narrow);
	free(s->wide);
	*s = (struct clip_sound){ 0 };
}

/* How much of a clip's end an encoder hears before the beginning, if it sounds to its end. With none of it a G722 decoder
 * that comes round to the first packet makes a crack of it, louder than the music (the test tells by how much). */
#define LEAD_FRAMES 10
#define SOUNDS      100 /* of 32,768 */

/* By how many samples of SOUND_WIDE they are late (sound/codec.h; its tests measure it). */
static const size_t late[SOUND_CODECS] = { [SOUND_G722] = 22, [SOUND_OPUS] = 104 };

/* After silence the encoder begins anew: its predictors would have strayed from those of a decoder that heard another. */
static size_t lead_of(const int16_t *pcm, size_t length, size_t frame)
{
	size_t n = length < LEAD_FRAMES * frame ? length : LEAD_FRAMES * frame;

	for (size_t i = length - n; i < length; i++)
		if (abs(pcm[i]) >= SOUNDS)
			return LEAD_FRAMES;
	return 0;
}

static int encode(struct sound_encoder *e, const struct clip_sound *s, enum sound_codec c,
	uint8_t *out, size_t cap, size_t *n)
{
	uint32_t rate = sound_rate(c);
	const int16_t *pcm = rate == SOUND_WIDE ? s->wide : s->narrow;
	size_t frame = frame_of(rate), length = s->frames * frame;
	size_t lead = lead_of(pcm, length, frame);
	/* so many frames before the beginning; any multiple of the length is the same place */
	size_t from = late[c] + lead * (length - frame);
	int16_t part[SOUND_FRAME_MAX];
	uint8_t packet[SOUND_BYTES_MAX];
	size_t n_bytes = 0, at = 0;
	int err = 0;

	for (size_t f = 0; !err && f < lead + s->frames; f++) {
		take(part, frame, pcm, length, from + f * frame);
		err = sound_encode(e, part, packet, sizeof packet, &n_bytes);
		if (!err && f >= lead)
			err = clip_bytes_put(out, cap, &at, packet, n_bytes);
	}
	*n = at;
	return err;
}

int clip_sound_encode(
	const struct clip_sound *s, enum sound_codec c, uint8_t **out, size_t *n)
{
	size_t cap = s->frames * (CLIP_BYTES_HEAD + SOUND_BYTES_MAX), made = 0;
	struct sound_encoder *e = NULL;
	uint8_t *p = malloc(cap);
	int err = p ? sound_encoder_new(&e, c, sound_rate(c)) : ENOMEM;

	if (!err) {
		sound_encoder_hurry(e);
		err = encode(e, s, c, p, cap, &made);
	}
	sound_encoder_free(e);
	if (err) {
		free(p);
		return err;
	}
	*out = p;
	*n = made;
	return 0;
}
