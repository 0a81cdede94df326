/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/loss_heard -- what a caller's telephone makes of the packets that it got: bench/loss.mjs.
 *
 *     loss_heard SPEECH < PACKETS
 *
 * SPEECH: what the agent's microphone hears over and over, 8,000 Hz, 16 bits, raw. PACKETS: of PCMA, in the order of arrival, each
 * with when it came (64 bits, microseconds), its sequence number (16), its timestamp (32), its length (16), and as many bytes; little-endian. The
 * telephone is our own jitter buffer. Prints, in JSON: for how long it played; the milliseconds made up, or silent because
 * something was missing for long; the segmental SNR of the wave and of the spectrum's magnitudes against the speech (loss_snr.h). The
 * browser resamples, so places lie between samples: the speech is moved by eighths of one until it fits best.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loss_snr.h"
#include "sound/codec.h"
#include "sound/jitter.h"

#define FRAME      160
#define FRAME_US   20000
#define HEAD       16
#define HEARD_MAX  (600 * SOUND_NARROW)
#define PROBE      16000 /* samples by which the place in the speech is found */
#define PROBE_STEP 7 /* of these each seventh: places are many */
#define PARTS      8 /* of a sample */
#define TAPS       16
#define EDGE \
	50 /* frames at the beginning that do not count: the buffer finds its delay */

struct voice {
	int16_t *pcm; /* owned */
	size_t n;
};

static void must(bool is, const char *what)
{
	if (is)
		return;
	fprintf(stderr, "bench/loss_heard: %s\n", what);
	exit(1);
}

static struct voice read_speech(const char *file)
{
	struct voice v = { .pcm = calloc(HEARD_MAX, sizeof(int16_t)) };
	FILE *f = fopen(file, "rb");

	must(f && v.pcm, file);
	v.n = fread(v.pcm, sizeof(int16_t), HEARD_MAX, f);
	(void)fclose(f);
	must(v.n > 2 * PROBE, "too little speech");
	return v;
}

static uint64_t le(const uint8_t *p, int n)
{
	uint64_t x = 0;

	while (n--)
		x = x << 8 | p[n];
	return x;
}

struct arrival {
	int64_t at_us;
	struct jitter_packet p;
	uint8_t bytes[SOUND_BYTES_MAX];
};

static bool next(struct arrival *a)
{
	uint8_t head[HEAD];

	if (fread(head, 1, HEAD, stdin) != HEAD)
		return false;
	a->at_us = (int64_t)le(head, 8);
	a->p = (struct jitter_packet){ .codec = SOUND_PCMA,
		.ssrc = 1,
		.seq = (uint16_t)le(head + 8, 2),
		.ts = (uint32_t)le(head + 10, 4),
		.n = le(head + 14, 2),
		.p = a->bytes };
	must(a->p.n <= sizeof a->bytes, "a packet is too long");
	return fread(a->bytes, 1, a->p.n, stdin) == a->p.n;
}

/* Every 20 ms of the time in which packets came. missing: ms. */
static struct voice play(double *missing)
{
	struct voice v = { .pcm = calloc(HEARD_MAX, sizeof(int16_t)) };
	static struct arrival a;
	struct jitter_stats before = { 0 }, s;
	struct jitter *j;
	bool more = next(&a);
	size_t silent = 0, frame = 0;

	must(v.pcm && more && !jitter_new(&j, SOUND_NARROW), "nothing was heard");
	for (int64_t now = a.at_us; more && v.n + FRAME <= HEARD_MAX; now += FRAME_US) {
		while (more && a.at_us <= now) {
			jitter_put(j, &a.p, a.at_us);
			more = next(&a);
		}
		if (jitter_take(j, v.pcm + v.n, now) == JITTER_NOTHING && frame > EDGE)
			silent++;
		if (++frame == EDGE)
			before = jitter_stats(j);
		else if (frame > EDGE)
			v.n += FRAME;
	}
	s = jitter_stats(j);
	jitter_free(j);
	*missing = (double)(s.concealed_ms - before.concealed_ms + silent * 20);
	return v;
}

/* How alike PROBE samples of a are to those of the speech from `at` on, round its end. */
static double alike(const int16_t *a, const struct voice *speech, size_t at)
{
	double ab = 0, bb = 1;

	for (size_t i = 0; i < PROBE; i += PROBE_STEP) {
		size_t k = at + i;
		double b = speech->pcm[k < speech->n ? k : k - speech->n];

		ab += a[i] * b;
		bb += b * b;
	}
	return ab / sqrt(bb);
}

static size_t find(const struct voice *heard, const struct voice *speech, size_t probe)
{
	double best = -INFINITY;
	size_t found = 0;

	for (size_t at = 0; at < speech->n; at++) {
		double x = alike(heard->pcm + probe, speech, at);

		if (x > best) {
			best = x;
			found = at;
		}
	}
	return (found + speech->n - probe % speech->n) % speech->n;
}

/* The speech as it was spoken meanwhile, later by so many parts of a sample: a sinc under Hann's window. */
static void shift(
	int16_t *out, size_t n, const struct voice *speech, size_t from, int part)
{
	double taps[2 * TAPS];

	for (int k = 0; k < 2 * TAPS; k++) {
		double x = k - TAPS + 1 + (double)part / PARTS;

		taps[k] = (fabs(x) < 1e-9 ? 1 : sin(M_PI * x) / (M_PI * x)) *
			(0.5 + 0.5 * cos(M_PI * x / (TAPS + 1)));
	}
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		for (int k = 0; k < 2 * TAPS; k++)
			sum += taps[k] *
				speech->pcm[(from + i + speech->n + (size_t)(k + 1) -
						    TAPS) %
					speech->n];
		out[i] = (int16_t)lrint(fmax(-32768, fmin(32767, sum)));
	}
}

static bool is_hurt(const void *arg, size_t at)
{
	(void)arg;
	(void)at;
	return false; /* nobody here knows */
}

static struct snr compare(const struct voice *heard, const struct voice *speech)
{
	const struct snr_wave wave = { heard->pcm, heard->n };
	int16_t *ref = calloc(heard->n, sizeof *ref);
	size_t from = find(heard, speech, heard->n / 2);
	struct snr best = { .original = { -INFINITY, 0 } };

	must(ref != NULL, "memory");
	for (int part = 0; part < PARTS; part++) {
		struct snr s;
		const struct snr_wave original = { ref, heard->n };

		shift(ref, heard->n, speech, from, part);
		must(!snr_compare(&s, &original, &original, &wave, is_hurt, NULL),
			"memory");
		if (s.original.all > best.original.all)
			best = s;
	}
	free(ref);
	return best;
}

int main(int argc, char **argv)
{
	struct voice speech, heard;
	struct snr s;
	double missing;

	must(argc == 2, "loss_heard SPEECH < PACKETS");
	speech = read_speech(argv[1]);
	heard = play(&missing);
	must(heard.n > 2 * PROBE, "too little was heard");
	s = compare(&heard, &speech);
	printf("{\"seconds\":%.1f,\"missing_ms\":%.0f,\"wave\":%.1f,\"spectrum\":%.1f}\n",
		(double)heard.n / SOUND_NARROW, missing, s.original.all, s.sound.all);
	free(speech.pcm);
	free(heard.pcm);
	return 0;
}
