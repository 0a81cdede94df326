/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/loss -- what a caller hears of an agent whose line loses packets, with and without the rule for lossy lines.
 *
 *     sox SPEECH... -t raw -r 16000 -c 1 -b 16 -e signed-integer - | bench_loss
 *
 * Three ways. Off: the browser speaks the caller's PCMA, packets go through as they are, and the caller's telephone makes up
 * what is missing; that telephone is our own jitter buffer, which is a good one. FEC: the browser speaks Opus with in-band error
 * correction, the relay decodes, and what it sends to the caller has no gaps. On, the rule as it is: besides, each packet
 * says the frame before it once more (RFC 2198). The network has no jitter, and the caller's loses nothing. Random losses and
 * bursts of three packets on average (Gilbert's model), from fixed seeds: the same packets are lost each way.
 *
 * How it is compared: loss_snr.h.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loss_snr.h"
#include "sound/codec.h"
#include "sound/halfband.h"
#include "sound/jitter.h"
#include "wire/red.h"

#define IN_FRAME  320 /* 20 ms at 16,000 Hz */
#define OUT_FRAME 160
#define FRAME_US  20000
#define START     10 /* frames, before there is anything to hear */
#define N(array)  (sizeof(array) / sizeof *(array))

struct way {
	enum sound_codec codec;
	bool is_twice; /* each packet repeats the one before */
	double loss;
	double burst; /* packets lost at a time; 0: at random */
	bool is_kept; /* nothing is lost after all, which the encoder does not know */
};

struct heard {
	int16_t *pcm; /* owned; 8,000 Hz */
	size_t n;
	struct jitter_stats stats;
	uint64_t bytes; /* of payload */
	bool *is_lost; /* owned; of each packet */
	size_t lost, packets;
	size_t silent; /* frames: every packet has sound, so something was missing for long */
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

struct frame {
	uint8_t bytes[SOUND_BYTES_MAX];
	size_t n;
};

static void put(struct jitter *j, const struct way *w, const struct frame *f, size_t i,
	bool is_restored, int64_t now_us)
{
	struct jitter_packet p = { .codec = w->codec,
		.ssrc = 1,
		.seq = (uint16_t)i,
		.ts = (uint32_t)i * 20 * sound_ticks_per_ms(w->codec),
		.p = f->bytes,
		.n = f->n,
		.is_restored = is_restored };

	jitter_put(j, &p, now_us);
}

static struct heard hear(const int16_t *voice, size_t frames, const struct way *w)
{
	struct heard h = { .pcm = calloc(frames, OUT_FRAME * sizeof(int16_t)),
		.is_lost = calloc(frames, sizeof(bool)),
		.packets = frames };
	struct sound_encoder *agent, *relay;
	struct sound_decoder *caller;
	struct frame now = { 0 }, before = { 0 };
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
		int64_t now_us = (int64_t)(i + 1) * FRAME_US;
		int16_t *out = h.pcm + i * OUT_FRAME;
		bool was_lost = lost;

		before = now;
		must(sound_encode(agent, voice + i * IN_FRAME, now.bytes,
			     sizeof now.bytes, &now.n),
			"encode");
		h.bytes += now.n + (w->is_twice ? before.n + RED_HEADERS : 0);
		lost = !w->is_kept && is_lost(w, lost);
		h.is_lost[i] = lost;
		h.lost += lost;
		if (!lost && was_lost && w->is_twice)
			put(j, w, &before, i - 1, true, now_us);
		if (!lost)
			put(j, w, &now, i, false, now_us);
		if (jitter_take(j, out, now_us + FRAME_US / 2) == JITTER_NOTHING &&
			i > START)
			h.silent++;
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

/* Opus looks 6.5 ms ahead, and the filters have their delay: a packet's sound lies that much further on. */
#define AHEAD 64

static bool is_hurt(const void *heard, size_t at)
{
	const struct heard *h = heard;

	for (size_t i = at / OUT_FRAME; i <= (at + SNR_SEGMENT - 1 + AHEAD) / OUT_FRAME;
		i++)
		if (i < h->packets && h->is_lost[i])
			return true;
	return false;
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

/* The speech itself at 8,000 Hz, without any codec. */
static int16_t *halved(const int16_t *voice, size_t frames)
{
	int16_t *out = calloc(frames, OUT_FRAME * sizeof(int16_t));
	struct halfband_down d = { 0 };

	must(!out, "memory");
	for (size_t i = 0; i < frames; i++)
		halfband_down(&d, voice + i * IN_FRAME, IN_FRAME, out + i * OUT_FRAME);
	return out;
}

static const struct {
	const char *name;
	enum sound_codec codec;
	bool is_twice;
} ways[] = {
	{ "off", SOUND_PCMA, false },
	{ "FEC", SOUND_OPUS, false },
	{ "on", SOUND_OPUS, true },
};

static void row(const int16_t *original, const struct heard *clean, const struct heard *h,
	const char *how, const char *name)
{
	const struct snr_wave ref = { original, h->n };
	const struct snr_wave heard = { h->pcm, h->n }, whole = { clean->pcm, clean->n };
	struct snr s;

	must(snr_compare(&s, &ref, &whole, &heard, is_hurt, h), "compare");
	printf("| %.1f %% %s | %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f %% | %u | "
	       "%.0f |\n",
		percent(h->lost, h->packets), how, name, s.original.all, s.original.hurt,
		s.clean.all, s.clean.hurt, s.sound.hurt,
		percent(h->stats.concealed_ms + h->silent * SOUND_FRAME_MS,
			h->n / (SOUND_NARROW / 1000)),
		h->stats.delay_ms,
		(double)h->bytes * 8 / ((double)h->n / OUT_FRAME * SOUND_FRAME_MS));
	(void)fflush(stdout);
}

static void forget(struct heard *h)
{
	free(h->pcm);
	free(h->is_lost);
}

int main(void)
{
	static const struct {
		const char *how;
		double loss, burst;
	} losses[] = { { "", 0, 0 }, { "at random", 0.03, 0 }, { "in bursts", 0.03, 3 },
		{ "at random", 0.05, 0 }, { "in bursts", 0.05, 3 },
		{ "at random", 0.1, 0 }, { "in bursts", 0.1, 3 } };
	size_t n;
	int16_t *voice = read_all(&n), *original;

	if (n < 10 * SOUND_WIDE) {
		fprintf(stderr,
			"bench/loss: at least ten seconds of speech on standard input: "
			"16,000 Hz, one channel, 16 bits.\n");
		free(voice);
		return 2;
	}
	original = halved(voice, n / IN_FRAME);
	printf("%.0f s of speech; dB of segmental SNR at the caller, percent of the time "
	       "made up, kbit/s of the agent's voice\n\n"
	       "| packets lost | rule | against the original | where something was lost "
	       "| against the same codec without loss | where something was lost "
	       "| spectrum against the original, there | made up or silent | ms of delay "
	       "| "
	       "kbit/s "
	       "|\n|---|---|---|---|---|---|---|---|---|---|\n",
		(double)n / SOUND_WIDE);
	for (size_t i = 0; i < N(losses); i++)
		for (size_t k = 0; k < N(ways); k++) {
			struct way w = { ways[k].codec, ways[k].is_twice, losses[i].loss,
				losses[i].burst };
			struct heard h = hear(voice, n / IN_FRAME, &w), clean;

			/* the same encoder, so that it is told to expect the same loss, and nothing lost */
			w.is_kept = true;
			clean = hear(voice, n / IN_FRAME, &w);
			row(original, &clean, &h, losses[i].how, ways[k].name);
			forget(&h);
			forget(&clean);
		}
	free(original);
	free(voice);
	return 0;
}
