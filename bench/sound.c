/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/sound -- CPU and memory of voice that is decoded: per pair of codecs, of three-way talks, and of each part.
 *
 * A direction is what the relay does on its PCM path for 20 ms: a packet into the jitter buffer, a frame out of it, the
 * level limit, the frame encoded. Against it stands, in the same run and for the same packets, what cannot be done without:
 * decoding and encoding alone, by the same codecs. Process CPU time, the best of ROUNDS rounds. Packets
 * come with 5 ms of jitter, and the voice is made up; sending and receiving are not in it (bench/relay.c has that).
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "sound/codec.h"
#include "sound/jitter.h"
#include "sound/mix.h"
#include "voice.h"

#define ROUNDS   5
#define FRAME_US 20000
#define PARTIES  3
#define N(array) (sizeof(array) / sizeof *(array))

static size_t frame_of(uint32_t rate)
{
	return rate / 1000 * SOUND_FRAME_MS;
}

/* Two legs meet at the rate of the poorer one. */
static uint32_t common_rate(enum sound_codec a, enum sound_codec b)
{
	return sound_rate(a) < sound_rate(b) ? sound_rate(a) : sound_rate(b);
}

struct direction {
	enum sound_codec from, to;
	uint32_t rate;
	struct jitter *jitter;
	struct sound_encoder *encoder;
	struct mix_limit limit;
	uint32_t seed;
};

/* Lossy: Opus carries error correction. */
#define LOSSY 5 /* percent */

static void direction_open(
	struct direction *d, enum sound_codec from, enum sound_codec to, uint32_t rate)
{
	*d = (struct direction){ .from = from, .to = to, .rate = rate, .seed = 1 };
	measure_must(jitter_new(&d->jitter, rate), "jitter");
	measure_must(sound_encoder_new(&d->encoder, to, rate), "encoder");
	mix_limit_init(&d->limit, rate);
}

static void direction_close(struct direction *d)
{
	jitter_free(d->jitter);
	sound_encoder_free(d->encoder);
}

static void hear(struct direction *d, int f, int16_t *pcm)
{
	const struct measure_packet *k = measure_packet(d->from, d->rate, f);
	int64_t late_us = (int64_t)(5000 * voice_chance(&d->seed));
	struct jitter_packet p = { .codec = d->from,
		.ssrc = 1,
		.ts = (uint32_t)f * SOUND_FRAME_MS * sound_ticks_per_ms(d->from),
		.seq = (uint16_t)f,
		.p = k->p,
		.n = k->n };

	jitter_put(d->jitter, &p, f * INT64_C(20000) + late_us);
	jitter_take(d->jitter, pcm, f * INT64_C(20000) + 7000);
}

static void say(struct direction *d, int16_t *pcm)
{
	uint8_t out[SOUND_BYTES_MAX];
	size_t n;

	mix_limit(&d->limit, pcm, frame_of(d->rate));
	measure_must(sound_encode(d->encoder, pcm, out, sizeof out, &n), "encode");
}

/* us a frame of one direction */
static double measure_direction(
	enum sound_codec from, enum sound_codec to, uint32_t rate, uint32_t loss)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int16_t pcm[SOUND_FRAME_MAX];
		struct direction d;

		direction_open(&d, from, to, rate);
		sound_encoder_expect_loss(d.encoder, loss);
		hear(&d, 0, pcm); /* a decoder comes with its first packet */

		double t0 = measure_cpu_us();

		for (int f = 1; f < MEASURE_FRAMES; f++) {
			hear(&d, f, pcm);
			say(&d, pcm);
		}
		measure_keep_best(&best, (measure_cpu_us() - t0) / (MEASURE_FRAMES - 1));
		direction_close(&d);
	}
	return best;
}

/* Decoding and encoding, and nothing else. */
static double measure_codecs(
	enum sound_codec from, enum sound_codec to, uint32_t rate, uint32_t loss)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct sound_decoder *d;
		struct sound_encoder *e;
		int16_t pcm[SOUND_PACKET_MAX];
		uint8_t out[SOUND_BYTES_MAX];

		measure_must(sound_decoder_new(&d, from, rate), "decoder");
		measure_must(sound_encoder_new(&e, to, rate), "encoder");
		sound_encoder_expect_loss(e, loss);

		double t0 = measure_cpu_us();

		for (int f = 0; f < MEASURE_FRAMES; f++) {
			const struct measure_packet *k = measure_packet(from, rate, f);
			size_t n;

			measure_must(sound_decode(d, k->p, k->n, pcm, &n), "decode");
			measure_must(sound_encode(e, pcm, out, sizeof out, &n), "encode");
		}
		measure_keep_best(&best, (measure_cpu_us() - t0) / MEASURE_FRAMES);
		sound_decoder_free(d);
		sound_encoder_free(e);
	}
	return best;
}

static size_t memory_of(enum sound_codec a, enum sound_codec b, uint32_t rate)
{
	size_t before = mallinfo2().uordblks, used;
	int16_t pcm[SOUND_FRAME_MAX];
	struct direction d[2];

	direction_open(&d[0], a, b, rate);
	direction_open(&d[1], b, a, rate);
	hear(&d[0], 0, pcm);
	hear(&d[1], 0, pcm);
	used = mallinfo2().uordblks - before;
	direction_close(&d[0]);
	direction_close(&d[1]);
	return used;
}

static const struct pair {
	enum sound_codec a, b;
	uint32_t loss;
} pairs[] = {
	{ SOUND_PCMA, SOUND_PCMA },
	{ SOUND_PCMA, SOUND_PCMU },
	{ SOUND_PCMA, SOUND_G722 },
	{ SOUND_G722, SOUND_G722 },
	{ SOUND_PCMA, SOUND_OPUS },
	{ SOUND_PCMU, SOUND_OPUS },
	{ SOUND_G722, SOUND_OPUS },
	{ SOUND_OPUS, SOUND_OPUS },
	{ SOUND_PCMA, SOUND_OPUS, LOSSY },
	{ SOUND_G722, SOUND_OPUS, LOSSY },
};

static void print_pairs(void)
{
	printf("%-14s %6s  %9s %9s  %9s %6s  %9s %8s\n", "", "rate", "there, us",
		"back, us", "codecs, us", "ratio", "talks", "KB");
	for (size_t i = 0; i < N(pairs); i++) {
		enum sound_codec a = pairs[i].a, b = pairs[i].b;
		uint32_t rate = common_rate(a, b), loss = pairs[i].loss;
		double there = measure_direction(a, b, rate, loss),
		       back = measure_direction(b, a, rate, loss);
		double alone = measure_codecs(a, b, rate, loss) +
			measure_codecs(b, a, rate, loss);

		printf("%-6s %-7s %6u  %9.1f %9.1f  %10.1f %6.2f  %9.0f %8.1f%s\n",
			sound_name(a), sound_name(b), rate, there, back, alone,
			(there + back) / alone, FRAME_US / (there + back),
			(double)memory_of(a, b, rate) / 1024,
			loss ? "  with error correction" : "");
	}
}

/* Each hears the two others: three buffers, three sums, three encoders. */
static double measure_three(const enum sound_codec codecs[PARTIES], uint32_t rate)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int16_t heard[PARTIES][SOUND_FRAME_MAX], sum[SOUND_FRAME_MAX];
		struct direction d[PARTIES];

		for (int i = 0; i < PARTIES; i++) {
			direction_open(&d[i], codecs[i], codecs[i], rate);
			hear(&d[i], 0, heard[i]);
		}

		double t0 = measure_cpu_us();

		for (int f = 1; f < MEASURE_FRAMES; f++) {
			for (int i = 0; i < PARTIES; i++)
				hear(&d[i], f, heard[i]);
			for (int i = 0; i < PARTIES; i++) {
				memcpy(sum, heard[(i + 1) % PARTIES], sizeof sum);
				mix_add(sum, heard[(i + 2) % PARTIES], frame_of(rate));
				say(&d[i], sum);
			}
		}
		measure_keep_best(&best, (measure_cpu_us() - t0) / (MEASURE_FRAMES - 1));
		for (int i = 0; i < PARTIES; i++)
			direction_close(&d[i]);
	}
	return best;
}

static void print_three(void)
{
	static const struct {
		const char *what;
		enum sound_codec codecs[PARTIES];
		uint32_t rate;
	} talks[] = {
		{ "three on PCMA", { SOUND_PCMA, SOUND_PCMA, SOUND_PCMA }, SOUND_NARROW },
		{ "PCMA, PCMA, Opus", { SOUND_PCMA, SOUND_PCMA, SOUND_OPUS },
			SOUND_NARROW },
		{ "PCMA, G722, Opus", { SOUND_PCMA, SOUND_G722, SOUND_OPUS },
			SOUND_WIDE },
	};

	for (size_t i = 0; i < N(talks); i++) {
		double us = measure_three(talks[i].codecs, talks[i].rate);

		printf("%-20s %6u  %9.1f us for 20 ms of all, %6.0f talks\n",
			talks[i].what, talks[i].rate, us, FRAME_US / us);
	}
}

/* What the buffer itself costs: PCMA's decoder is next to nothing, and is taken away. */
static void print_parts(void)
{
	for (uint32_t rate = SOUND_NARROW; rate <= SOUND_WIDE; rate += SOUND_NARROW) {
		double through = 0, decode = 0;

		for (int round = 0; round < ROUNDS; round++) {
			int16_t pcm[SOUND_PACKET_MAX];
			struct sound_decoder *dec;
			struct direction d;
			size_t n;

			direction_open(&d, SOUND_PCMA, SOUND_PCMA, rate);
			measure_must(
				sound_decoder_new(&dec, SOUND_PCMA, rate), "decoder");
			hear(&d, 0, pcm);

			double t0 = measure_cpu_us();

			for (int f = 1; f < MEASURE_FRAMES; f++)
				hear(&d, f, pcm);

			double t1 = measure_cpu_us();

			for (int f = 1; f < MEASURE_FRAMES; f++) {
				const struct measure_packet *k = measure_packet(
					SOUND_PCMA, rate, f);

				measure_must(
					sound_decode(dec, k->p, k->n, pcm, &n), "decode");
			}
			measure_keep_best(&through, (t1 - t0) / (MEASURE_FRAMES - 1));
			measure_keep_best(
				&decode, (measure_cpu_us() - t1) / (MEASURE_FRAMES - 1));
			sound_decoder_free(dec);
			direction_close(&d);
		}
		printf("the buffer alone, %6u: %.2f us a frame\n", rate,
			through - decode);
	}
}

int main(void)
{
	measure_prepare(true);
	print_pairs();
	print_three();
	print_parts();
	return 0;
}
