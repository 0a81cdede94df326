/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_sound: any recording, as loud as all others in every codec; what is silent or uneven is refused.
 * Arguments: the default clips. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/clip_sound.h"
#include "sound/clip_bytes.h"
#include "wire/p56.h"

#define SECONDS  3
#define FRAMES   (60 * 1000 / SOUND_FRAME_MS) /* a minute */
#define N(array) (sizeof(array) / sizeof *(array))

static char **clip_paths;
static uint8_t bytes[4u << 20];
static float heard[FRAMES * SOUND_FRAME_MAX];

/* A tone of this RMS in all channels, in the second half; a click of full scale, if wanted. */
static struct wav make(
	uint32_t rate, uint16_t channels, double hz, double dbov, bool click)
{
	size_t n = (size_t)rate * SECONDS;
	double top = 32768 * sqrt(2) * pow(10, dbov / 20);

	for (size_t i = 0; i < n; i++) {
		double v = i < n / 2 ? 0 : top * sin(2 * M_PI * hz * (double)i / rate);

		for (size_t k = 0; k < channels; k++) {
			int16_t s = (int16_t)lrint(v);

			if (click && i == n - 100)
				s = 32767;
			bytes[2 * (i * channels + k)] = (uint8_t)s;
			bytes[2 * (i * channels + k) + 1] = (uint8_t)((uint16_t)s >> 8);
		}
	}
	return (struct wav){ WAV_PCM16, channels, rate, { bytes, n * 2 * channels }, n };
}

static struct p56 measure(const int16_t *pcm, size_t n, uint32_t rate)
{
	assert_true(n <= N(heard));
	for (size_t i = 0; i < n; i++)
		heard[i] = (float)pcm[i] / 32768;
	return p56_measure(heard, n, rate);
}

/* The tone's share of the energy between two samples (Goertzel). */
static double share_of(double hz, size_t from, size_t to, uint32_t rate)
{
	double w = 2 * M_PI * hz / rate, s1 = 0, s2 = 0, energy = 0, power;

	for (size_t i = from; i < to; i++) {
		double s = (double)heard[i] + 2 * cos(w) * s1 - s2;

		s2 = s1;
		s1 = s;
		energy += (double)heard[i] * (double)heard[i];
	}
	power = s1 * s1 + s2 * s2 - 2 * cos(w) * s1 * s2;
	return 2 * power / ((double)(to - from) * energy);
}

static const struct {
	const char *what;
	uint32_t rate;
	uint16_t channels;
	double hz, dbov;
	bool click;
	int err;
} cases[] = {
	{ "as telephones have it", 8000, 1, 440, -26, false, 0 },
	{ "loud", 8000, 1, 440, -6, false, 0 },
	{ "soft", 8000, 1, 440, -50, false, 0 },
	{ "a studio's", 48000, 2, 440, -20, false, 0 },
	{ "a disc's", 44100, 2, 1000, -30, false, 0 },
	{ "an odd rate", 11025, 1, 700, -30, false, 0 },
	{ "wideband", 16000, 1, 3000, -30, false, 0 },
	{ "above the telephone's band nothing is left", 48000, 1, 9000, -20, false,
		ENOMSG },
	{ "silence", 8000, 1, 440, -200, false, ENOMSG },
	{ "all but silence", 8000, 1, 440, -66, false, ENOMSG },
	{ "a click far above the rest", 8000, 1, 440, -55, true, EDOM },
};

static void tell(
	size_t row, const int16_t *pcm, const struct clip_sound *c, uint32_t rate)
{
	size_t n = c->frames * rate / 50;
	struct p56 m = measure(pcm, n, rate);

	print_message("# %s at %u: %.2f dBov\n", cases[row].what, rate, m.active_dbov);
	assert_true(fabs(m.active_dbov - CLIP_LEVEL_DBOV) < 0.2);
	/* the tone is still that tone */
	assert_true(share_of(cases[row].hz, n * 6 / 10, n * 9 / 10, rate) > 0.99);
}

static void test_any_recording(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct wav w = make(cases[i].rate, cases[i].channels, cases[i].hz,
			cases[i].dbov, cases[i].click);
		struct clip_sound c = { 0 };
		int err = clip_sound(&c, &w, FRAMES);

		if (err != cases[i].err)
			print_error("%s: %s\n", cases[i].what, strerror(err));
		assert_int_equal(err, cases[i].err);
		assert_int_equal(c.frames, err ? 0 : SECONDS * 50);
		if (err)
			continue;
		tell(i, c.narrow, &c, SOUND_NARROW);
		tell(i, c.wide, &c, SOUND_WIDE);
		clip_sound_close(&c);
	}
}

static void test_limits(void **state)
{
	struct wav w = make(16000, 1, 440, -26, false);
	struct clip_sound c = { 0 };

	assert_int_equal(clip_sound(&c, &w, SECONDS * 50 - 1), EFBIG);
	w.n_frames = 0;
	assert_int_equal(clip_sound(&c, &w, FRAMES), ENODATA);
	assert_null(c.narrow);
	clip_sound_close(&c);
	clip_sound_close(NULL);
}

/* What is short of a whole frame is silent. */
static void test_whole_frames(void **state)
{
	struct wav w = make(16000, 1, 440, -26, false);
	struct clip_sound c = { 0 };

	w.n_frames -= 100;
	w.data.n -= 200;
	assert_int_equal(clip_sound(&c, &w, FRAMES), 0);
	assert_int_equal(c.frames, SECONDS * 50);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(c.wide[c.frames * 320 - 1 - i], 0);
	for (size_t i = 0; i < 48; i++) /* a sample or two less where it was halved */
		assert_int_equal(c.narrow[c.frames * 160 - 1 - i], 0);
	clip_sound_close(&c);
}

/* As a relay and a telephone do: checked, then decoded packet by packet; twice, as music is. */
static void decode(enum sound_codec codec, const uint8_t *p, size_t n, int16_t *out,
	size_t frames, size_t rounds)
{
	struct sound_decoder *d = NULL;
	const uint8_t *packet;
	size_t packets = 0, n_bytes = 0, made = 0;
	int16_t pcm[SOUND_PACKET_MAX];

	assert_int_equal(clip_bytes_check(codec, p, n, &packets), 0);
	assert_int_equal(packets, frames);
	assert_int_equal(sound_decoder_new(&d, codec, sound_rate(codec)), 0);
	for (size_t r = 0, i = 0; r < rounds; r++)
		for (size_t at = 0; clip_bytes_next(p, n, &at, &packet, &n_bytes);) {
			assert_int_equal(sound_decode(d, packet, n_bytes, pcm, &made), 0);
			assert_int_equal(made, sound_rate(codec) / 50);
			memcpy(out + i, pcm, made * sizeof *pcm);
			i += made;
		}
	sound_decoder_free(d);
}

static int16_t decoded[2 * FRAMES * SOUND_FRAME_MAX];

static double noise_db(const int16_t *is, const int16_t *should, size_t n)
{
	double signal = 0, noise = 1;

	for (size_t i = 0; i < n; i++) {
		signal += (double)should[i] * should[i];
		noise += ((double)is[i] - should[i]) * ((double)is[i] - should[i]);
	}
	return 10 * log10(noise / signal);
}

/* A tone that goes round: each codec gives it back without delay, and its seam is like any other moment. */
static void test_goes_round(void **state)
{
	static const double worst_db[SOUND_CODECS] = { 0, -30, -30, -20, -8 };
	struct wav w = make(16000, 1, 400, -26, false);
	struct clip_sound c = { 0 };

	for (size_t i = 0; i < w.n_frames / 2; i++) { /* all of it is a tone */
		int16_t s = (int16_t)lrint(
			2000 * sin(2 * M_PI * 400 * (double)i / 16000));

		bytes[2 * i] = (uint8_t)s;
		bytes[2 * i + 1] = (uint8_t)((uint16_t)s >> 8);
	}
	w.n_frames /= 2;
	w.data.n /= 2;
	assert_int_equal(clip_sound(&c, &w, FRAMES), 0);
	for (enum sound_codec codec = SOUND_PCMA; codec < SOUND_CODECS; codec++) {
		size_t frame = sound_rate(codec) / 50, n = c.frames * frame, n_bytes = 0;
		const int16_t *should = sound_rate(codec) == SOUND_WIDE ? c.wide
									: c.narrow;
		uint8_t *p = NULL;

		assert_int_equal(clip_sound_encode(&c, codec, &p, &n_bytes), 0);
		decode(codec, p, n_bytes, decoded, c.frames, 2);
		double middle = noise_db(decoded + n / 2, should + n / 2, 5 * frame),
		       end = noise_db(decoded + n - frame, should + n - frame, frame),
		       again = noise_db(decoded + n, should, frame);

		print_message("# %s: noise %.1f dB, before the seam %.1f dB, after it "
			      "%.1f dB\n",
			sound_name(codec), middle, end, again);
		assert_true(middle < worst_db[codec]);
		assert_true(end < worst_db[codec]);
		assert_true(again < worst_db[codec]);
		free(p);
	}
	clip_sound_close(&c);
}

/* How far a clip's level in a codec may be from all others'. */
#define LEVEL_DB 0.5

/* The first minute of what is longer. */
static double level_in(enum sound_codec codec, const struct clip_sound *c)
{
	size_t n = (c->frames < FRAMES ? c->frames : FRAMES) * sound_rate(codec) / 50;
	size_t n_bytes = 0;
	uint8_t *p = NULL;

	assert_true(c->frames <= 2 * FRAMES);
	assert_int_equal(clip_sound_encode(c, codec, &p, &n_bytes), 0);
	decode(codec, p, n_bytes, decoded, c->frames, 1);
	free(p);
	return measure(decoded, n, sound_rate(codec)).active_dbov;
}

static void test_default_clip(const char *path, double worst[SOUND_CODECS])
{
	FILE *f = fopen(path, "rb");
	struct clip_sound c;
	struct wav w;
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof bytes, f);
	assert_true(n > 0 && n < sizeof bytes);
	fclose(f);
	assert_int_equal(wav_parse(&w, bytes, n), 0);
	if (clip_sound(&c, &w, CLIP_BYTES_FRAMES))
		fail_msg("%s is refused", path);
	for (enum sound_codec codec = SOUND_PCMA; codec < SOUND_CODECS; codec++) {
		double level = level_in(codec, &c), off = fabs(level - CLIP_LEVEL_DBOV);

		if (off > LEVEL_DB)
			fail_msg("%s in %s: %.2f dBov", path, sound_name(codec), level);
		worst[codec] = fmax(worst[codec], off);
	}
	clip_sound_close(&c);
}

/* Every clip that the build makes, in every codec. */
static void test_default_clips(void **state)
{
	double worst[SOUND_CODECS] = { 0 };
	size_t n_clips = 0;

	for (char **path = clip_paths; *path; path++, n_clips++)
		test_default_clip(*path, worst);
	for (enum sound_codec codec = SOUND_PCMA; codec < SOUND_CODECS; codec++)
		print_message(
			"# %s: at most %.2f dB off\n", sound_name(codec), worst[codec]);
	print_message("# %zu clips\n", n_clips);
	assert_true(n_clips > 90);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_recording),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_whole_frames),
		cmocka_unit_test(test_goes_round),
		cmocka_unit_test(test_default_clips),
	};

	clip_paths = argv + 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
