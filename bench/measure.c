/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* measure -- see measure.h */
#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "voice.h"

static struct measure_packet packets[SOUND_CODECS][2][MEASURE_FRAMES];
static int16_t voice[2][MEASURE_FRAMES][SOUND_FRAME_MAX];

void measure_must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, strerror(err));
	exit(1);
}

double measure_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void measure_keep_best(double *best, double v)
{
	if (*best <= 0 || v < *best)
		*best = v;
}

static bool is_wide(uint32_t rate)
{
	return rate == SOUND_WIDE;
}

static void speak(uint32_t rate, bool with_pauses)
{
	struct voice v;

	voice_init(&v, rate, 1);
	for (int f = 0; f < MEASURE_FRAMES; f++)
		for (size_t i = 0; i < rate / 1000 * SOUND_FRAME_MS; i++)
			voice[is_wide(rate)][f][i] = (int16_t)lrint(
				voice_next(&v, with_pauses));
}

static void encode(enum sound_codec codec, uint32_t rate)
{
	struct sound_encoder *e;

	measure_must(sound_encoder_new(&e, codec, rate), "encoder");
	for (int f = 0; f < MEASURE_FRAMES; f++) {
		struct measure_packet *k = &packets[codec][is_wide(rate)][f];

		measure_must(sound_encode(e, voice[is_wide(rate)][f], k->p, sizeof k->p,
				     &k->n),
			"encode");
	}
	sound_encoder_free(e);
}

void measure_prepare(bool with_pauses)
{
	for (uint32_t rate = SOUND_NARROW; rate <= SOUND_WIDE; rate += SOUND_NARROW) {
		speak(rate, with_pauses);
		for (int c = SOUND_PCMA; c < SOUND_CODECS; c++)
			encode((enum sound_codec)c, rate);
	}
}

const int16_t *measure_frame(uint32_t rate, int frame)
{
	return voice[is_wide(rate)][frame];
}

const struct measure_packet *measure_packet(
	enum sound_codec codec, uint32_t rate, int frame)
{
	return &packets[codec][is_wide(rate)][frame];
}
