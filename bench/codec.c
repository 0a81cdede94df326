/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/codec -- CPU of 20 ms of voice in each codec and at each rate, bytes of its packets, memory of its coders; and what it
 * costs to hear keys.
 *
 * Each figure is the best of ROUNDS rounds of process CPU time.
 */
#include <malloc.h>
#include <stdio.h>

#include "measure.h"
#include "sound/codec.h"
#include "sound/keys.h"

#define ROUNDS 7
#define CODERS 20

/* of one coder, as it is told to expect losses */
static struct measure_packet packets[MEASURE_FRAMES];

struct figures {
	double encode, decode,
		lost; /* us a frame; lost: repaired by the next or made up */
	double bytes; /* a packet */
	double encoder, decoder; /* bytes of memory */
};

static void measure_encoder(
	enum sound_codec c, uint32_t rate, uint32_t loss, struct figures *out)
{
	struct sound_encoder *e;
	size_t bytes = 0;

	measure_must(sound_encoder_new(&e, c, rate), "encoder");
	sound_encoder_expect_loss(e, loss);
	double t = measure_cpu_us();

	for (int i = 0; i < MEASURE_FRAMES; i++) {
		measure_must(sound_encode(e, measure_frame(rate, i), packets[i].p,
				     SOUND_BYTES_MAX, &packets[i].n),
			"encode");
		bytes += packets[i].n;
	}
	measure_keep_best(&out->encode, (measure_cpu_us() - t) / MEASURE_FRAMES);
	out->bytes = (double)bytes / MEASURE_FRAMES;
	sound_encoder_free(e);
}

static void measure_decoder(enum sound_codec c, uint32_t rate, struct figures *out)
{
	int16_t pcm[SOUND_PACKET_MAX];
	struct sound_decoder *d;
	size_t n = 0;

	measure_must(sound_decoder_new(&d, c, rate), "decoder");
	double t = measure_cpu_us();

	for (int i = 0; i < MEASURE_FRAMES; i++)
		measure_must(
			sound_decode(d, packets[i].p, packets[i].n, pcm, &n), "decode");
	measure_keep_best(&out->decode, (measure_cpu_us() - t) / MEASURE_FRAMES);
	t = measure_cpu_us();
	for (int i = 0; c == SOUND_OPUS && i < MEASURE_FRAMES; i++)
		if (sound_decode_lost(d, packets[i].p, packets[i].n, pcm, &n))
			measure_must(sound_decode_nothing(d, pcm, &n), "nothing");
	measure_keep_best(&out->lost, (measure_cpu_us() - t) / MEASURE_FRAMES);
	sound_decoder_free(d);
}

static void measure_memory(enum sound_codec c, uint32_t rate, struct figures *out)
{
	struct sound_encoder *e[CODERS];
	struct sound_decoder *d[CODERS];
	size_t at = mallinfo2().uordblks;

	for (int i = 0; i < CODERS; i++)
		measure_must(sound_encoder_new(&e[i], c, rate), "encoder");
	out->encoder = (double)(mallinfo2().uordblks - at) / CODERS;
	at = mallinfo2().uordblks;
	for (int i = 0; i < CODERS; i++)
		measure_must(sound_decoder_new(&d[i], c, rate), "decoder");
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

	measure_must(keys_new(&k), "keys");
	at = mallinfo2().uordblks - at;
	for (int r = 0; r < ROUNDS; r++) {
		double t = measure_cpu_us();

		for (int i = 0; i < MEASURE_FRAMES; i++)
			keys_hear(k, measure_frame(SOUND_NARROW, i), SOUND_NARROW / 50,
				out, &n);
		measure_keep_best(&best, (measure_cpu_us() - t) / MEASURE_FRAMES);
	}
	printf("keys: %.1f us a frame, %.1f KB\n", best, (double)at / 1024);
	keys_free(k);
}

int main(void)
{
	static const uint32_t rates[] = { SOUND_NARROW, SOUND_WIDE };

	measure_prepare(false);
	printf("codec   rate  loss  encode decode   lost bytes encoder decoder\n"
	       "                       us a frame of 20 ms          KB\n");
	for (size_t r = 0; r < 2; r++) {
		for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++)
			tell(c, rates[r], 0);
		tell(SOUND_OPUS, rates[r], 10);
	}
	tell_keys();
	return 0;
}
