/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_sound: any recording, as loud as all others; what is silent or uneven is refused. Arguments: the default clips. */
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
#include "wire/g711.h"
#include "wire/p56.h"

#define SECONDS  3
#define CAP      (CLIP_RATE * 60)
#define N(array) (sizeof(array) / sizeof *(array))

static char **clip_paths;
static uint8_t bytes[4u << 20];
static float heard[CAP];

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

static struct p56 measure(const uint8_t *alaw, size_t n)
{
	assert_true(n <= CAP);
	for (size_t i = 0; i < n; i++)
		heard[i] = (float)g711_alaw_decode(alaw[i]) / 32768;
	return p56_measure(heard, n, CLIP_RATE);
}

/* The tone's share of the energy between two frames (Goertzel). */
static double share_of(double hz, size_t from, size_t to)
{
	double w = 2 * M_PI * hz / CLIP_RATE, s1 = 0, s2 = 0, energy = 0, power;

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

static void test_any_recording(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		struct wav w = make(cases[i].rate, cases[i].channels, cases[i].hz,
			cases[i].dbov, cases[i].click);
		uint8_t *alaw = NULL;
		size_t n = 0;
		int err = clip_sound(&w, CAP, &alaw, &n);

		if (err != cases[i].err)
			print_error("%s: %s\n", cases[i].what, strerror(err));
		assert_int_equal(err, cases[i].err);
		if (err)
			continue;
		struct p56 m = measure(alaw, n);

		print_message("# %s: %.2f dBov\n", cases[i].what, m.active_dbov);
		assert_true(fabs(m.active_dbov - CLIP_LEVEL_DBOV) < 0.2);
		assert_true(labs((long)n - CLIP_RATE * SECONDS) <= 1);
		/* the tone is still that tone */
		assert_true(share_of(cases[i].hz, n * 6 / 10, n * 9 / 10) > 0.99);
		free(alaw);
	}
}

static void test_limits(void **state)
{
	struct wav w = make(16000, 1, 440, -26, false);
	uint8_t *alaw = NULL;
	size_t n = 0;

	assert_int_equal(clip_sound(&w, CLIP_RATE * SECONDS - 1, &alaw, &n), EFBIG);
	w.n_frames = 0;
	assert_int_equal(clip_sound(&w, CAP, &alaw, &n), ENODATA);
	assert_null(alaw);
}

/* Every clip that the build makes. */
static void test_default_clips(void **state)
{
	size_t n_clips = 0;

	for (char **path = clip_paths; *path; path++, n_clips++) {
		FILE *f = fopen(*path, "rb");
		struct wav w;
		uint8_t *alaw = NULL;
		size_t n;

		assert_non_null(f);
		n = fread(bytes, 1, sizeof bytes, f);
		assert_true(n > 0 && n < sizeof bytes);
		fclose(f);
		assert_int_equal(wav_parse(&w, bytes, n), 0);
		if (clip_sound(&w, sizeof bytes, &alaw, &n))
			fail_msg("%s is refused", *path);
		/* the waiting music is long: its first minute */
		struct p56 m = measure(alaw, n < CAP ? n : CAP);

		if (fabs(m.active_dbov - CLIP_LEVEL_DBOV) > 1)
			fail_msg("%s: %.2f dBov", *path, m.active_dbov);
		free(alaw);
	}
	print_message("# %zu clips\n", n_clips);
	assert_true(n_clips > 90);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_recording),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_default_clips),
	};

	clip_paths = argv + 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
