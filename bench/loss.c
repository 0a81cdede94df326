/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/loss -- what a caller hears of an agent whose line loses packets, with and without the rule for lossy lines.
 *
 *     sox SPEECH... -t raw -r 16000 -c 1 -b 16 -e signed-integer - | bench_loss
 *
 * Without the rule the browser speaks the caller's PCMA, packets go through as they are, and the caller's telephone makes up
 * what is missing; that telephone is our own jitter buffer, which is a good one.  With it the browser speaks Opus with
 * error correction, the relay decodes, and what it sends to the caller has no gaps.  The network has no jitter, and the caller's
 * loses nothing.  Random losses and bursts of three packets on average (Gilbert's model), from fixed seeds.
 *
 * Segments have 32 ms, Hann windows, and speech; their SNR is held between -10 and 35 dB.  Against the same way without loss it is
 * that of the wave.  Against what the caller would hear in PCMA without loss it is that of the magnitudes of the
 * spectrum, since Opus keeps the sound and not the wave (as the frequency-weighted segmental SNR of Hu and Loizou, 2008,
 * without its weights).  Each segment is compared where its wave fits best within 15 ms of the one before, for the buffer moves; where that
 * fits badly, within half a second.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sound/codec.h"
#include "sound/jitter.h"

#define IN_FRAME  320 /* 20 ms at 16,000 Hz */
#define OUT_FRAME 160
#define FRAME_US  20000
#define SEGMENT   256 /* 32 ms at 8,000 Hz */
#define NEAR      120 /* samples that a segment may move against the one before */
#define FAR       4000
#define GOOD_SNR  3.0 /* dB: found */
#define SPEECH_DB (-45.0)
#define SNR_MIN   (-10.0)
#define SNR_MAX   35.0
#define N(array)  (sizeof(array) / sizeof *(array))

struct way {
	enum sound_codec codec;
	double loss;
	double burst; /* packets lost at a time; 0: at random */
};

struct heard {
	int16_t *pcm; /* owned; 8,000 Hz */
	size_t n;
	struct jitter_stats stats;
	bool *is_lost; /* owned; of each packet */
	size_t lost, packets;
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench/loss: %s: %s\n", what, strerror(err));
	exit(1);
}

static uint64_t seed;

static double chance(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u; /* Knuth, MMIX */
	return (double)(seed >> 11) / 9007199254740992.0;
}

/* In state lost, go on with 1 - 1/burst; else begin so often that the share is right. */
static bool is_lost(const struct way *w, bool was)
{
	if (w->burst <= 0)
		return chance() < w->loss;
	if (was)
		return chance() < 1 - 1 / w->burst;
	return chance() < w->loss / (w->burst * (1 - w->loss));
}

/* What leaves the relay for the caller: PCMA once more. */
static void to_caller(struct sound_encoder *e, struct sound_decoder *d, int16_t *pcm)
{
	uint8_t bytes[SOUND_BYTES_MAX];
	size_t n = 0;

	must(sound_encode(e, pcm, bytes, sizeof bytes, &n), "encode");
	must(sound_decode(d, bytes, n, pcm, &n), "decode");
}

static struct heard hear(const int16_t *voice, size_t frames, const struct way *w)
{
	struct heard h = { .pcm = calloc(frames, OUT_FRAME * sizeof(int16_t)),
		.is_lost = calloc(frames, sizeof(bool)),
		.packets = frames };
	struct sound_encoder *agent, *relay;
	struct sound_decoder *caller;
	struct jitter *j;
	bool lost = false;

	must(!h.pcm || !h.is_lost, "memory");
	must(sound_encoder_new(&agent, w->codec, SOUND_WIDE), "encoder");
	must(sound_encoder_new(&relay, SOUND_PCMA, SOUND_NARROW), "encoder");
	must(sound_decoder_new(&caller, SOUND_PCMA, SOUND_NARROW), "decoder");
	must(jitter_new(&j, SOUND_NARROW), "buffer");
	sound_encoder_expect_loss(agent, (uint32_t)lrint(100 * w->loss));
	seed = 20261126;
	for (size_t i = 0; i < frames; i++) {
		uint8_t bytes[SOUND_BYTES_MAX];
		struct jitter_packet p = { .codec = w->codec,
			.ssrc = 1,
			.seq = (uint16_t)i,
			.ts = (uint32_t)i * 20 * sound_ticks_per_ms(w->codec),
			.p = bytes };
		int64_t now_us = (int64_t)(i + 1) * FRAME_US;
		int16_t *out = h.pcm + i * OUT_FRAME;

		must(sound_encode(agent, voice + i * IN_FRAME, bytes, sizeof bytes, &p.n),
			"encode");
		lost = is_lost(w, lost);
		h.is_lost[i] = lost;
		h.lost += lost;
		if (!lost)
			jitter_put(j, &p, now_us);
		(void)jitter_take(j, out, now_us + FRAME_US / 2);
		if (w->codec != SOUND_PCMA)
			to_caller(relay, caller, out);
	}
	h.n = frames * OUT_FRAME;
	h.stats = jitter_stats(j);
	jitter_free(j);
	sound_encoder_free(agent);
	sound_encoder_free(relay);
	sound_decoder_free(caller);
	return h;
}

static double energy(const int16_t *x)
{
	double sum = 0;

	for (int i = 0; i < SEGMENT; i++)
		sum += (double)x[i] * x[i];
	return sum;
}

static double snr_of(double signal, double error)
{
	return fmin(SNR_MAX, fmax(SNR_MIN, 10 * log10(signal / (error + 1))));
}

static double wave_error(const int16_t *ref, const int16_t *x)
{
	double sum = 0;

	for (int i = 0; i < SEGMENT; i++) {
		double d = (double)ref[i] - x[i];

		sum += d * d;
	}
	return sum;
}

static void magnitudes(const int16_t *x, double out[SEGMENT / 2])
{
	static double cosine[SEGMENT];

	if (cosine[0] <= 0)
		for (int i = 0; i < SEGMENT; i++)
			cosine[i] = cos(2 * M_PI * i / SEGMENT);
	for (int k = 0; k < SEGMENT / 2; k++) {
		double re = 0, im = 0;

		for (int i = 0; i < SEGMENT; i++) {
			double v = x[i] * (0.5 - 0.5 * cosine[i]);

			re += v * cosine[k * i % SEGMENT];
			im += v * cosine[(k * i + SEGMENT / 4) % SEGMENT];
		}
		out[k] = hypot(re, im);
	}
}

static double magnitude_snr(const int16_t *ref, const int16_t *x)
{
	double a[SEGMENT / 2], b[SEGMENT / 2], signal = 0, error = 0;

	magnitudes(ref, a);
	magnitudes(x, b);
	for (int k = 1; k < SEGMENT / 2; k++) {
		signal += a[k] * a[k];
		error += (a[k] - b[k]) * (a[k] - b[k]);
	}
	return snr_of(signal, error);
}

/* The place within `reach` of `at` where the segment fits best; -1: there is none. */
static long best_place(
	const int16_t *ref, const struct heard *h, long at, long reach, double *snr)
{
	long best = -1;
	double least = 0;

	for (long k = at - reach; k <= at + reach; k++) {
		double e;

		if (k < 0 || k + SEGMENT > (long)h->n)
			continue;
		e = wave_error(ref, h->pcm + k);
		if (best < 0 || e < least) {
			least = e;
			best = k;
		}
	}
	*snr = snr_of(energy(ref), least);
	return best;
}

/* Was anything of what was said at these samples lost? */
static bool is_hurt(const struct heard *h, size_t at)
{
	for (size_t i = at / OUT_FRAME; i <= (at + SEGMENT - 1) / OUT_FRAME; i++)
		if (i < h->packets && h->is_lost[i])
			return true;
	return false;
}

/* hurt: of the segments of which something was lost, only; 0 when there are none. */
static double segmental_snr(
	const struct heard *ref, const struct heard *h, bool of_wave, bool hurt)
{
	const double floor = pow(10, SPEECH_DB / 10) * 32768.0 * 32768 * SEGMENT;
	double sum = 0;
	size_t n = 0;
	long lag = 0;

	for (size_t i = 0; i + SEGMENT <= ref->n; i += SEGMENT) {
		const int16_t *x = ref->pcm + i;
		double snr;
		long at;

		if (energy(x) < floor)
			continue;
		at = best_place(x, h, (long)i + lag, NEAR, &snr);
		if (at < 0 || snr < GOOD_SNR)
			at = best_place(x, h, (long)i + lag, FAR, &snr);
		if (at < 0)
			continue;
		if (snr >= GOOD_SNR)
			lag = at - (long)i;
		if (hurt && !is_hurt(h, i))
			continue;
		sum += of_wave ? snr : magnitude_snr(x, h->pcm + at);
		n++;
	}
	return n ? sum / (double)n : 0;
}

static int16_t *read_all(size_t *n)
{
	size_t cap = 1 << 20, got;
	int16_t *x = calloc(cap, sizeof *x), *more;

	must(!x, "memory");
	for (*n = 0; (got = fread(x + *n, sizeof *x, cap - *n, stdin)) > 0;) {
		*n += got;
		if (*n < cap)
			continue;
		cap *= 2;
		more = realloc(x, cap * sizeof *x);
		must(!more, "memory");
		x = more;
	}
	return x;
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

int main(void)
{
	static const double losses[] = { 0, 0.03, 0.05, 0.1 };
	static const enum sound_codec codecs[] = { SOUND_PCMA, SOUND_OPUS };
	size_t n;
	int16_t *voice = read_all(&n);
	struct heard clean[2];

	if (n < 10 * SOUND_WIDE) {
		fprintf(stderr,
			"bench/loss: at least ten seconds of speech on standard input: "
			"16,000 Hz, one channel, 16 bits.\n");
		free(voice);
		return 2;
	}
	for (int c = 0; c < 2; c++)
		clean[c] = hear(voice, n / IN_FRAME, &(struct way){ codecs[c], 0, 0 });
	printf("%.0f s of speech; dB of segmental SNR at the caller, percent of the time "
	       "made up\n\n"
	       "| packets lost | rule | against PCMA | against the same without loss | "
	       "against PCMA where "
	       "something was lost | made up | frames corrected "
	       "|\n|---|---|---|---|---|---|---|\n",
		(double)n / SOUND_WIDE);
	for (size_t i = 0; i < N(losses); i++)
		for (int b = 0; b < 2; b++)
			for (int c = 0; c < 2; c++) {
				struct way w = { codecs[c], losses[i], b ? 3 : 0 };
				struct heard h;

				if (b && losses[i] <= 0)
					continue;
				h = hear(voice, n / IN_FRAME, &w);
				printf("| %.1f %% %s | %s | %.1f | %.1f | %.1f | %.2f %% "
				       "| %.2f "
				       "%% |\n",
					percent(h.lost, h.packets),
					b ? "in bursts" : "at random", c ? "on" : "off",
					segmental_snr(&clean[0], &h, false, false),
					segmental_snr(&clean[c], &h, true, false),
					segmental_snr(&clean[0], &h, false, true),
					percent(h.stats.concealed_ms,
						n / (SOUND_WIDE / 1000)),
					percent(h.stats.corrected, h.stats.frames));
				(void)fflush(stdout);
				free(h.pcm);
				free(h.is_lost);
			}
	for (int c = 0; c < 2; c++) {
		free(clean[c].pcm);
		free(clean[c].is_lost);
	}
	free(voice);
	return 0;
}
