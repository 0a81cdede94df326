/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* codec: tones through each codec at each rate; sizes; what error correction is worth; hostile bytes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "sound/codec.h"
#include "tones.h"

#define N(array)   (sizeof(array) / sizeof *(array))
#define FRAMES     100 /* two seconds */
#define LENGTH_MAX ((size_t)FRAMES * SOUND_FRAME_MAX)

static int16_t in[LENGTH_MAX], out[LENGTH_MAX];

static size_t frame(uint32_t rate)
{
	return rate / 50;
}

static struct sound_encoder *encoder(enum sound_codec c, uint32_t rate)
{
	struct sound_encoder *e = NULL;

	assert_int_equal(sound_encoder_new(&e, c, rate), 0);
	return e;
}

static struct sound_decoder *decoder(enum sound_codec c, uint32_t rate)
{
	struct sound_decoder *d = NULL;

	assert_int_equal(sound_decoder_new(&d, c, rate), 0);
	return d;
}

/* in to out through a codec. */
static void pass(enum sound_codec c, uint32_t from, uint32_t to)
{
	struct sound_encoder *e = encoder(c, from);
	struct sound_decoder *d = decoder(c, to);
	uint8_t bytes[SOUND_BYTES_MAX];
	int16_t pcm[SOUND_PACKET_MAX];

	for (size_t f = 0; f < FRAMES; f++) {
		size_t n = 0;

		assert_int_equal(
			sound_encode(e, in + f * frame(from), bytes, sizeof bytes, &n),
			0);
		assert_int_equal(sound_packet_ms(c, bytes, n), SOUND_FRAME_MS);
		assert_int_equal(sound_decode(d, bytes, n, pcm, &n), 0);
		assert_int_equal(n, frame(to));
		memcpy(out + f * n, pcm, n * sizeof *pcm);
	}
	sound_encoder_free(e);
	sound_decoder_free(d);
}

static const uint32_t rates[] = { SOUND_NARROW, SOUND_WIDE };
static const struct {
	double hz[2];
	bool is_wide; /* only where codec and both rates carry it */
} tones[] = {
	{ { 440, 1000 }, false },
	{ { 697, 1209 }, false },
	{ { 300, 3400 }, false },
	{ { 1004, 2900 }, false },
	{ { 700, 5600 }, true },
	{ { 2000, 6400 }, true },
};

/* Both tones of a row, together: level and frequency. Opus has a filter below 100 Hz and models speech, not sines. */
static void tell(enum sound_codec c, size_t row, uint32_t from, uint32_t to)
{
	const double top = 5000;
	size_t half = FRAMES * frame(to) / 2;

	memset(in, 0, sizeof in);
	for (int i = 0; i < 2; i++)
		tone_add(in, FRAMES * frame(from), 0, tones[row].hz[i], top, from);
	pass(c, from, to);
	for (int i = 0; i < 2; i++) {
		double hz = tones[row].hz[i];
		double level = tone_level(out + half, half, hz, to, top);
		double f = tone_frequency(out + half, half, hz, to);

		print_message("# %s %u to %u: %.0f Hz: %+.2f dB, %+.3f Hz\n",
			sound_name(c), from, to, hz, level, f - hz);
		assert_true(fabs(level) < (c == SOUND_OPUS ? 0.9 : 0.3));
		assert_true(fabs(f - hz) < 0.2);
	}
}

static void test_tones(void **state)
{
	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++)
		for (size_t t = 0; t < N(tones); t++)
			for (size_t a = 0; a < N(rates); a++)
				for (size_t b = 0; b < N(rates); b++) {
					if (tones[t].is_wide &&
						(sound_rate(c) < SOUND_WIDE || !a || !b))
						continue;
					tell(c, t, rates[a], rates[b]);
				}
}

/* A wide voice heard at 8,000 a second: nothing folds into the telephone's band. */
static void test_nothing_folds(void **state)
{
	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		double folded;

		memset(in, 0, sizeof in);
		tone_add(in, FRAMES * frame(SOUND_WIDE), 0, 5000, 8000, SOUND_WIDE);
		pass(c, SOUND_WIDE, SOUND_NARROW);
		folded = tone_level(out + 8000, 8000, 3000, SOUND_NARROW, 8000);
		print_message("# %s: %.1f dB\n", sound_name(c), folded);
		assert_true(folded < -45);
	}
}

/* Loud is bent at most, never turned over. */
static void test_loud(void **state)
{
	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		const double top = 31000;
		int step = 0;

		memset(in, 0, sizeof in);
		tone_add(in, FRAMES * frame(SOUND_WIDE), 0, 400, top, SOUND_WIDE);
		pass(c, SOUND_WIDE, SOUND_WIDE);
		double level = tone_level(out + 16000, 16000, 400, SOUND_WIDE, top);

		for (size_t i = 16001; i < 32000; i++) {
			int d = out[i] - out[i - 1];

			step = d > step ? d : -d > step ? -d : step;
		}
		print_message(
			"# %s: %+.2f dB, largest step %d\n", sound_name(c), level, step);
		assert_true(fabs(level) < 0.5);
		assert_true(step < 2 * 4870); /* 2 pi 400 / 16000 of it is 4,870 */
	}
}

static void test_facts(void **state)
{
	static const struct {
		enum sound_codec c;
		const char *name;
		uint32_t ticks_per_ms, rate;
	} facts[] = {
		{ SOUND_NONE, "", 8, 8000 },
		{ SOUND_PCMA, "PCMA", 8, 8000 },
		{ SOUND_PCMU, "PCMU", 8, 8000 },
		{ SOUND_G722, "G722", 8, 16000 },
		{ SOUND_OPUS, "opus", 48, 16000 },
	};

	for (size_t i = 0; i < N(facts); i++) {
		assert_string_equal(sound_name(facts[i].c), facts[i].name);
		assert_int_equal(sound_ticks_per_ms(facts[i].c), facts[i].ticks_per_ms);
		assert_int_equal(sound_rate(facts[i].c), facts[i].rate);
	}
}

static void test_new(void **state)
{
	struct sound_encoder *e = NULL;
	struct sound_decoder *d = NULL;
	static const struct {
		enum sound_codec c;
		uint32_t rate;
	} wrong[] = {
		{ SOUND_NONE, 8000 },
		{ SOUND_CODECS, 8000 },
		{ (enum sound_codec)77, 8000 },
		{ SOUND_PCMA, 0 },
		{ SOUND_G722, 11025 },
		{ SOUND_OPUS, 48000 },
	};

	for (size_t i = 0; i < N(wrong); i++) {
		assert_int_equal(
			sound_encoder_new(&e, wrong[i].c, wrong[i].rate), EINVAL);
		assert_int_equal(
			sound_decoder_new(&d, wrong[i].c, wrong[i].rate), EINVAL);
		assert_null(e);
		assert_null(d);
	}
	sound_encoder_free(NULL);
	sound_decoder_free(NULL);
}

/* Where a buffer is too small nothing is written to it. */
static void test_room(void **state)
{
	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		struct sound_encoder *e = encoder(c, SOUND_WIDE);
		uint8_t bytes[SOUND_BYTES_MAX];
		size_t n = 7;

		memset(in, 0, sizeof in);
		memset(bytes, 0x77, sizeof bytes);
		assert_int_equal(sound_encode(e, in, bytes, 2, &n), ENOSPC);
		assert_int_equal(n, 7);
		assert_int_equal(bytes[0], 0x77);
		assert_int_equal(sound_encode(e, in, bytes, sizeof bytes, &n), 0);
		assert_true(n > 2 && bytes[n] == 0x77);
		sound_encoder_free(e);
	}
}

/* First bytes of Opus packets: RFC 6716 section 3.1, tables 2 to 4. */
static const struct {
	enum sound_codec c;
	size_t n;
	uint8_t p[4];
	uint32_t ms;
} lengths[] = {
	{ SOUND_PCMA, 0, { 0 }, 0 }, { SOUND_PCMA, 1, { 0 }, 0 },
	{ SOUND_PCMA, 8, { 0 }, 1 }, { SOUND_PCMA, 159, { 0 }, 0 },
	{ SOUND_PCMU, 160, { 0 }, 20 }, { SOUND_PCMU, 480, { 0 }, 60 },
	{ SOUND_G722, 240, { 0 }, 30 }, { SOUND_G722, 488, { 0 }, 61 },
	{ SOUND_PCMA, 1501, { 0 }, 0 }, /* no such packet is read */
	{ SOUND_NONE, 160, { 0 }, 0 }, { SOUND_CODECS, 160, { 0 }, 0 },
	{ SOUND_OPUS, 0, { 0 }, 0 }, { SOUND_OPUS, 1, { 0x00 }, 10 }, /* SILK, 10 ms */
	{ SOUND_OPUS, 1, { 0x08 }, 20 }, { SOUND_OPUS, 1, { 0x10 }, 40 },
	{ SOUND_OPUS, 1, { 0x18 }, 60 }, { SOUND_OPUS, 1, { 0x4C }, 20 }, /* stereo */
	{ SOUND_OPUS, 1, { 0x80 }, 0 }, /* CELT, 2.5 ms */
	{ SOUND_OPUS, 1, { 0x88 }, 5 },
	{ SOUND_OPUS, 3, { 0x81, 0, 0 }, 5 }, /* two of 2.5 ms */
	{ SOUND_OPUS, 3, { 0x09, 0, 0 }, 40 }, { SOUND_OPUS, 2, { 0x1B, 2 }, 120 },
	{ SOUND_OPUS, 2, { 0x1B, 3 }, 0 }, /* 180 ms: more than a packet may have */
	{ SOUND_OPUS, 1, { 0x0B }, 0 }, /* its number of frames is missing */
};

static void test_length(void **state)
{
	static uint8_t p[1501];

	for (size_t i = 0; i < N(lengths); i++) {
		memset(p, 0, sizeof p);
		memcpy(p, lengths[i].p, sizeof lengths[i].p);
		print_message("# %zu\n", i);
		assert_int_equal(
			sound_packet_ms(lengths[i].c, p, lengths[i].n), lengths[i].ms);
	}
	assert_int_equal(sound_packet_ms(SOUND_OPUS, p, SIZE_MAX), 0);
	assert_int_equal(sound_packet_ms(SOUND_PCMA, p, SIZE_MAX & ~(size_t)7), 0);
}

/* Packets of each length that others send, odd ones too, and too long ones. */
static void test_sizes(void **state)
{
	static uint8_t p[1501];
	int16_t pcm[SOUND_PACKET_MAX];

	for (enum sound_codec c = SOUND_PCMA; c <= SOUND_G722; c++)
		for (size_t r = 0; r < N(rates); r++) {
			struct sound_decoder *d = decoder(c, rates[r]);
			size_t n = 0;

			memset(p, 0xD5, sizeof p);
			for (size_t bytes = 1; bytes <= SOUND_BYTES_MAX; bytes++) {
				assert_int_equal(sound_decode(d, p, bytes, pcm, &n), 0);
				assert_int_equal(n, bytes * rates[r] / SOUND_NARROW);
			}
			n = 7;
			assert_int_equal(sound_decode(d, p, SOUND_BYTES_MAX + 1, pcm, &n),
				EMSGSIZE);
			assert_int_equal(sound_decode(d, p, SIZE_MAX, pcm, &n), EMSGSIZE);
			assert_int_equal(sound_decode(d, p, 0, pcm, &n), EBADMSG);
			assert_int_equal(n, 7);
			assert_int_equal(sound_decode_lost(d, p, 160, pcm, &n), ENOENT);
			assert_int_equal(sound_decode_nothing(d, pcm, &n), ENOTSUP);
			sound_decoder_free(d);
		}
}

static const struct {
	const char *what;
	size_t n;
	uint8_t p[6];
	int err;
	size_t samples; /* of 8,000 a second */
} opus_packets[] = {
	{ "nothing", 0, { 0 }, EBADMSG, 0 },
	{ "no sound for 20 ms", 1, { 0x08 }, 0, 160 },
	{ "no sound for 60 ms", 1, { 0x18 }, 0, 480 },
	{ "three of 20 ms", 2, { 0x0B, 3 }, 0, 480 },
	{ "two of 40 ms", 3, { 0x11, 0, 0 }, EMSGSIZE, 0 },
	{ "120 ms", 2, { 0x0B, 6 }, EMSGSIZE, 0 },
	{ "no frames", 2, { 0x0B, 0 }, EBADMSG, 0 },
	{ "two frames that are not equal", 2, { 0x09, 0 }, EBADMSG, 0 },
	{ "padding that is not there", 3, { 0x0B, 0x41, 9 }, EBADMSG, 0 },
	{ "a length that is not there", 3, { 0x0A, 9, 0 }, EBADMSG, 0 },
};

static void test_opus_sizes(void **state)
{
	static uint8_t p[1501];
	int16_t pcm[SOUND_PACKET_MAX];
	struct sound_decoder *d = decoder(SOUND_OPUS, SOUND_NARROW);
	size_t n = 0;

	for (size_t i = 0; i < N(opus_packets); i++) {
		n = 0;
		print_message("# %s\n", opus_packets[i].what);
		assert_int_equal(
			sound_decode(d, opus_packets[i].p, opus_packets[i].n, pcm, &n),
			opus_packets[i].err);
		assert_int_equal(n, opus_packets[i].samples);
	}
	assert_int_equal(sound_decode(d, p, sizeof p, pcm, &n), EMSGSIZE);
	assert_int_equal(sound_decode_lost(d, p, 0, pcm, &n), ENOENT);
	assert_int_equal(sound_decode_lost(d, p, SIZE_MAX, pcm, &n), ENOENT);
	sound_decoder_free(d);
}

/* Something like a voice: a gliding pitch with its harmonics and some breath, in syllables. */
static void voice(uint32_t rate)
{
	double phase = 0;
	uint32_t seed = 1;

	for (size_t i = 0; i < FRAMES * frame(rate); i++) {
		double t = (double)i / rate;
		double loud = pow(sin(M_PI * 3.1 * t), 2), sum = 0;

		phase += 2 * M_PI * (140 + 40 * sin(2 * M_PI * 0.9 * t)) / rate;
		for (int h = 1; h <= 18; h++)
			sum += sin(h * phase) / h *
				(1 + 0.8 * sin(0.7 * h + 2 * M_PI * 1.7 * t));
		in[i] = (int16_t)lrint(loud * (3500 * sum + 700 * hiss(&seed)));
	}
}

/* How much later (in samples) out is like in. */
static size_t delay(uint32_t rate)
{
	size_t best = 0, n = FRAMES * frame(rate);
	double top = 0;

	for (size_t late = 0; late < frame(rate); late++) {
		double sum = 0;

		for (size_t i = late; i < n; i++)
			sum += (double)out[i] * in[i - late];
		if (sum > top) {
			top = sum;
			best = late;
		}
	}
	return best;
}

/* What codec.h says of delays. */
static void test_delay(void **state)
{
	static const struct {
		enum sound_codec c;
		uint32_t rate;
		double ms;
	} delays[] = {
		{ SOUND_PCMA, SOUND_NARROW, 0 },
		{ SOUND_PCMU, SOUND_NARROW, 0 },
		{ SOUND_PCMA, SOUND_WIDE, 2.9 },
		{ SOUND_PCMU, SOUND_WIDE, 2.9 },
		{ SOUND_G722, SOUND_WIDE, 1.4 },
		{ SOUND_G722, SOUND_NARROW, 4.2 },
		{ SOUND_OPUS, SOUND_NARROW, 6.5 },
		{ SOUND_OPUS, SOUND_WIDE, 6.5 },
	};

	for (size_t i = 0; i < N(delays); i++) {
		uint32_t rate = delays[i].rate;

		voice(rate);
		pass(delays[i].c, rate, rate);
		double ms = 1000.0 * (double)delay(rate) / rate;

		print_message("# %s at %u: %.2f ms\n", sound_name(delays[i].c), rate, ms);
		assert_true(fabs(ms - delays[i].ms) < 0.13); /* a sample */
	}
}

enum repair { WITH_NOTHING, WITH_NEXT };

/* Every fifth packet is lost. The segmental SNR of what stands in its place against what the packet said. */
static double without_some(uint32_t rate, enum repair how, uint32_t *repaired)
{
	struct sound_encoder *e = encoder(SOUND_OPUS, rate);
	struct sound_decoder *whole = decoder(SOUND_OPUS, rate),
			     *d = decoder(SOUND_OPUS, rate);
	static int16_t is[LENGTH_MAX], should[LENGTH_MAX];
	uint8_t bytes[SOUND_BYTES_MAX];
	int16_t pcm[SOUND_PACKET_MAX];
	size_t n = 0, lost = 0;

	*repaired = 0;
	sound_encoder_expect_loss(e, 20);
	for (size_t f = 0; f < FRAMES; f++) {
		assert_int_equal(
			sound_encode(e, in + f * frame(rate), bytes, sizeof bytes, &n),
			0);
		if (f % 5 == 1) { /* the one before was lost */
			size_t made = 0;
			int err = how == WITH_NEXT
				? sound_decode_lost(d, bytes, n, pcm, &made)
				: ENOENT;

			*repaired += !err;
			if (err)
				assert_int_equal(sound_decode_nothing(d, pcm, &made), 0);
			assert_int_equal(made, frame(rate));
			memcpy(is + lost++ * made, pcm, made * sizeof *pcm);
		}
		size_t at = lost * frame(rate), made = 0;

		assert_int_equal(sound_decode(whole, bytes, n, pcm, &made), 0);
		if (f % 5 == 0)
			memcpy(should + at, pcm, made * sizeof *pcm);
		else
			assert_int_equal(sound_decode(d, bytes, n, pcm, &made), 0);
	}
	sound_encoder_free(e);
	sound_decoder_free(whole);
	sound_decoder_free(d);
	return segmental_snr(is, should, lost * frame(rate), frame(rate) / 4);
}

static void test_correction(void **state)
{
	for (size_t r = 0; r < N(rates); r++) {
		uint32_t repaired, none;

		voice(rates[r]);
		double made_up = without_some(rates[r], WITH_NOTHING, &none);
		double next = without_some(rates[r], WITH_NEXT, &repaired);

		print_message("# %u: made up %.1f dB, corrected %.1f dB, %u of %d\n",
			rates[r], made_up, next, repaired, FRAMES / 5);
		assert_true(repaired >= FRAMES / 5 / 2);
		assert_true(next > made_up + 3);
	}
}

/* Where no loss is expected no packet repeats anything, and all are smaller; for a while it may be turned on. */
static void test_no_correction(void **state)
{
	struct sound_encoder *e = encoder(SOUND_OPUS, SOUND_WIDE);
	struct sound_decoder *d = decoder(SOUND_OPUS, SOUND_WIDE);
	size_t repeats[4] = { 0 }, n = 0;
	static const uint32_t percent[] = { 0, 10, 1000, 0 };

	voice(SOUND_WIDE);
	for (size_t part = 0; part < N(percent); part++) {
		sound_encoder_expect_loss(e, percent[part]);
		for (size_t f = 0; f < FRAMES; f++) {
			uint8_t bytes[SOUND_BYTES_MAX];
			int16_t pcm[SOUND_PACKET_MAX];

			assert_int_equal(sound_encode(e, in + f * frame(SOUND_WIDE),
						 bytes, sizeof bytes, &n),
				0);
			if (f > 2 && !sound_decode_lost(d, bytes, n, pcm, &n))
				repeats[part]++;
		}
	}
	print_message(
		"# %zu, %zu, %zu, %zu\n", repeats[0], repeats[1], repeats[2], repeats[3]);
	assert_int_equal(repeats[0], 0);
	assert_true(repeats[1] > FRAMES / 2);
	assert_true(repeats[2] > FRAMES / 2);
	assert_int_equal(repeats[3], 0);
	sound_encoder_free(e);
	sound_decoder_free(d);
	e = encoder(SOUND_PCMA, SOUND_WIDE);
	sound_encoder_expect_loss(e, 10); /* says nothing to others */
	sound_encoder_free(e);
}

/* A decoder that begins in the middle of a stream is soon as good as one that heard it all. */
static void test_in_the_middle(void **state)
{
	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		struct sound_encoder *e = encoder(c, SOUND_WIDE);
		struct sound_decoder *all = decoder(c, SOUND_WIDE),
				     *late = decoder(c, SOUND_WIDE);
		static int16_t is[LENGTH_MAX], should[LENGTH_MAX];
		size_t n = 0;

		voice(SOUND_WIDE);
		for (size_t f = 0; f < FRAMES; f++) {
			size_t at = f * frame(SOUND_WIDE);
			uint8_t bytes[SOUND_BYTES_MAX];
			int16_t pcm[SOUND_PACKET_MAX];
			size_t made = 0;

			assert_int_equal(
				sound_encode(e, in + at, bytes, sizeof bytes, &n), 0);
			assert_int_equal(sound_decode(all, bytes, n, pcm, &made), 0);
			memcpy(should + at, pcm, made * sizeof *pcm);
			if (f < FRAMES / 2)
				continue;
			assert_int_equal(sound_decode(late, bytes, n, pcm, &made), 0);
			memcpy(is + at, pcm, made * sizeof *pcm);
		}
		size_t from = (FRAMES / 2 + 15) * frame(SOUND_WIDE);
		double snr = segmental_snr(is + from, should + from,
			FRAMES * frame(SOUND_WIDE) - from, frame(SOUND_WIDE));

		print_message("# %s: %.1f dB\n", sound_name(c), snr);
		assert_true(snr > 15);
		sound_encoder_free(e);
		sound_decoder_free(all);
		sound_decoder_free(late);
	}
}

/* Any bytes: an error or a packet's samples, and afterwards a good stream is heard again. */
static void test_hostile(void **state)
{
	uint32_t seed = 7;

	for (enum sound_codec c = SOUND_PCMA; c < SOUND_CODECS; c++) {
		struct sound_decoder *d = decoder(c, SOUND_WIDE);
		int16_t pcm[SOUND_PACKET_MAX];
		uint8_t p[600];

		for (int round = 0; round < 3000; round++) {
			size_t n_bytes, n = 0;

			for (size_t i = 0; i < sizeof p; i++)
				p[i] = (uint8_t)(128 + 127 * hiss(&seed));
			n_bytes = (size_t)(300 + 300 * hiss(&seed));
			if (!sound_decode_lost(d, p, n_bytes, pcm, &n))
				assert_true(n == frame(SOUND_WIDE));
			int err = sound_decode(d, p, n_bytes, pcm, &n);

			assert_true(err == 0 || err == EBADMSG || err == EMSGSIZE);
			assert_true(err || (n > 0 && n <= SOUND_PACKET_MAX));
		}
		sound_decoder_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tones),
		cmocka_unit_test(test_nothing_folds),
		cmocka_unit_test(test_loud),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_opus_sizes),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_correction),
		cmocka_unit_test(test_no_correction),
		cmocka_unit_test(test_in_the_middle),
		cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
