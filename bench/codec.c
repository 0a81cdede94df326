/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/codec -- CPU of 20 ms of voice in each codec and at each rate, bytes of its packets, memory of its coders; and what it
 * costs to hear keys.
 *
 * The voice is made here: a gliding pitch, its harmonics and some breath, in syllables. Each figure is the best of ROUNDS
 * rounds of process CPU time, so that a busy machine disturbs it little.
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sound/codec.h"
#include "sound/keys.h"

#define FRAMES 500 /* ten seconds */
#define ROUNDS 7
#define CODERS 20

static int16_t voice[FRAMES * SOUND_FRAME_MAX];
static struct {
	uint8_t p[SOUND_BYTES_MAX];
	size_t n;
} packets[FRAMES];

struct figures {
	double encode, decode,
		lost; /* us a frame; lost: repaired by the next or made up */
	double bytes; /* a packet */
	double encoder, decoder; /* bytes of memory */
};

static void must(int err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "bench/codec: %s: %d\n", what, err);
	exit(1);
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void keep_best(double *best, double v)
{
	if (*best <= 0 || v < *best)
		*best = v;
}

static void speak(uint32_t rate)
{
	double phase = 0;
	uint32_t seed = 1;

	for (size_t i = 0; i < FRAMES * rate / 50; i++) {
		double t = (double)i / rate, sum = 0;

		seed = seed * 1664525u + 1013904223u;
		phase += 2 * M_PI * (140 + 40 * sin(2 * M_PI * 0.9 * t)) / rate;
		for (int h = 1; h <= 18; h++)
			sum += sin(h * phase) / h;
		voice[i] = (int16_t)lrint(pow(sin(M_PI * 3.1 * t), 2) *
			(3500 * sum + 700 * ((double)seed / 2147483648.0 - 1)));
	}
}

static void measure_encoder(
	enum sound_codec c, uint32_t rate, uint32_t loss, struct figures *out)
{
	struct sound_encoder *e;
	size_t bytes = 0;

	must(sound_encoder_new(&e, c, rate), "encoder");
	sound_encoder_expect_loss(e, loss);
	double t = cpu_us();

	for (size_t i = 0; i < FRAMES; i++) {
		must(sound_encode(e, voice + i * rate / 50, packets[i].p, SOUND_BYTES_MAX,
			     &packets[i].n),
			"encode");
		bytes += packets[i].n;
	}
	keep_best(&out->encode, (cpu_us() - t) / FRAMES);
	out->bytes = (double)bytes / FRAMES;
	sound_encoder_free(e);
}

static void measure_decoder(enum sound_codec c, uint32_t rate, struct figures *out)
{
	int16_t pcm[SOUND_PACKET_MAX];
	struct sound_decoder *d;
	size_t n = 0;

	must(sound_decoder_new(&d, c, rate), "decoder");
	double t = cpu_us();

	for (size_t i = 0; i < FRAMES; i++)
		must(sound_decode(d, packets[i].p, packets[i].n, pcm, &n), "decode");
	keep_best(&out->decode, (cpu_us() - t) / FRAMES);
	t = cpu_us();
	for (size_t i = 0; c == SOUND_OPUS && i < FRAMES; i++)
		if (sound_decode_lost(d, packets[i].p, packets[i].n, pcm, &n))
			must(sound_decode_nothing(d, pcm, &n), "nothing");
	keep_best(&out->lost, (cpu_us() - t) / FRAMES);
	sound_decoder_free(d);
}

static void measure_memory(enum sound_codec c, uint32_t rate, struct figures *out)
{
	struct sound_encoder *e[CODERS];
	struct sound_decoder *d[CODERS];
	size_t at = mallinfo2().uordblks;

	for (int i = 0; i < CODERS; i++)
		must(sound_encoder_new(&e[i], c, rate), "encoder");
	out->encoder = (double)(mallinfo2().uordblks - at) / CODERS;
	at = mallinfo2().uordblks;
	for (int i = 0; i < CODERS; i++)
		must(sound_decoder_new(&d[i], c, rate), "decoder");
	out->decoder = (double)(mallinfo2().uordblks - at) / CODERS;
	for (int i = 0; i < CODERS; i++) {
		sound_encoder_free(e[i]);
		sound_decoder_free(d[i]);
	}
}

static void tell(enum sound_codec c, uint32_t rate, uint32_t loss)
{
	struct figures f = { 0 };

	for (int r = 0; r < ROUNDS; r++) {
		measure_encoder(c, rate, loss, &f);
		measure_decoder(c, rate, &f);
	}
	measure_memory(c, rate, &f);
	printf("%-5s %6u %3u %%  %6.1f %6.1f %6.1f  %4.0f  %6.1f %6.1f\n", sound_name(c),
		rate, loss, f.encode, f.decode, c == SOUND_OPUS ? f.lost : 0, f.bytes,
		f.encoder / 1024, f.decoder / 1024);
}

static void tell_keys(void)
{
	uint8_t out[KEYS_MAX];
	double best = 0;
	struct keys *k;
	size_t n, at = mallinfo2().uordblks;

	must(keys_new(&k), "keys");
	at = mallinfo2().uordblks - at;
	for (int r = 0; r < ROUNDS; r++) {
		double t = cpu_us();

		for (size_t i = 0; i < FRAMES; i++)
			keys_hear(k, voice + i * SOUND_NARROW / 50, SOUND_NARROW / 50,
				out, &n);
		keep_best(&best, (cpu_us() - t) / FRAMES);
	}
	printf("keys: %.1f us a frame, %.1f KB\n", best, (double)at / 1024);
	keys_free(k);
}

int main(void)
{
	static const uint32_t rates[] = { SOUND_NARROW, SOUND_WIDE };

	printf("codec   rate  loss  encode decode   lost bytes encoder decoder\n"
	       "                       us a frame of 20 ms          KB\n");
	for (size_t r = 0; r < 2; r++) {
		speak(rates[r]);
		for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++)
			tell(c, rates[r], 0);
		tell(SOUND_OPUS, rates[r], 10);
	}
	speak(SOUND_NARROW);
	tell_keys();
	return 0;
}
