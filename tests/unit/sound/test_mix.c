/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* mix: sums, fades and the limit. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sound/mix.h"
#include "tones.h"
#include "voice.h"

#define LIMIT    11626 /* as docs/sound.md has it */
#define N(array) (sizeof(array) / sizeof *(array))

static void test_add(void **state)
{
	static const struct {
		int16_t a, b, sum;
	} cases[] = {
		{ 0, 0, 0 },
		{ 100, -300, -200 },
		{ 20000, 20000, INT16_MAX },
		{ -20000, -20000, INT16_MIN },
		{ INT16_MAX, 1, INT16_MAX },
		{ INT16_MIN, -1, INT16_MIN },
		{ INT16_MIN, INT16_MAX, -1 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		int16_t a[2] = { cases[i].a, 7 }, b = cases[i].b;

		mix_add(a, &b, 1);
		assert_int_equal(a[0], cases[i].sum);
		assert_int_equal(a[1], 7);
	}
}

static void test_fade(void **state)
{
	int16_t x[161];

	for (size_t i = 0; i < N(x); i++)
		x[i] = 16000;
	mix_fade(x, 160, 0, 1);
	assert_int_equal(x[0], 0);
	assert_int_equal(x[80], 8000);
	assert_int_equal(x[159], 15900);
	assert_int_equal(x[160], 16000);
	mix_fade(x, 160, 1, 1);
	assert_int_equal(x[80], 8000);
	mix_fade(x, 161, 0.5F, 0.5F);
	assert_int_equal(x[160], 8000);
	mix_fade(x, 0, 0, 1);
}

static int peak(const int16_t *x, size_t n)
{
	int top = 0;

	for (size_t i = 0; i < n; i++)
		top = abs(x[i]) > top ? abs(x[i]) : top;
	return top;
}

/* What is below the limit comes out as it went in. */
static void test_bit_exact(void **state)
{
	for (uint32_t rate = 8000; rate <= 16000; rate += 8000) {
		struct mix_limit l;
		struct voice v;
		int16_t x[320], was[320];
		size_t n = rate / 50;

		mix_limit_init(&l, rate);
		voice_init(&v, rate, 4);
		for (int frame = 0; frame < 500; frame++) {
			for (size_t i = 0; i < n; i++)
				x[i] = (int16_t)fmax(
					-LIMIT, fmin(LIMIT, 3 * voice_next(&v, true)));
			memcpy(was, x, sizeof x);
			mix_limit(&l, x, n);
			assert_memory_equal(x, was, n * sizeof *x);
		}
	}
}

static const struct {
	const char *what;
	double hz, amplitude;
} loud[] = {
	{ "a shriek at full scale", 3000, 32767 },
	{ "a fax", 2100, 25000 },
	{ "a little too loud", 440, 13000 },
	{ "a square wave", 200, 90000 },
};

/* What is above never gets past it, from the first sample on; the tone itself stays a tone. */
static void test_limit(void **state)
{
	for (size_t c = 0; c < N(loud); c++)
		for (uint32_t rate = 8000; rate <= 16000; rate += 8000) {
			static int16_t x[16000];
			struct mix_limit l;
			size_t n = rate / 50;
			double level;

			mix_limit_init(&l, rate);
			for (size_t i = 0; i < rate; i++)
				x[i] = (int16_t)fmax(-32768,
					fmin(32767,
						i < 3 * n + 7 ? 0
							      : loud[c].amplitude *
								sin(2 * M_PI *
									loud[c].hz *
									(double)i /
									rate)));
			for (size_t at = 0; at < rate; at += n)
				mix_limit(&l, x + at, n);
			assert_true(peak(x, rate) <= LIMIT);
			level = tone_level(
				x + rate / 2, rate / 2, loud[c].hz, rate, LIMIT);
			print_message("# %s at %u: %.2f dB of the limit\n", loud[c].what,
				rate, level);
			if (loud[c].amplitude <= 32767)
				assert_true(fabs(level) < 0.5);
		}
}

/* Down within the block, up over some hundred milliseconds, and then exact again. */
static void test_release(void **state)
{
	struct mix_limit l;
	int16_t x[160], was[160];
	float before = 1;
	int frames = 0;

	mix_limit_init(&l, 8000);
	for (size_t i = 0; i < N(x); i++)
		x[i] = i < 80 ? 1000 : 32000;
	mix_limit(&l, x, N(x));
	assert_int_equal(x[0], 1000);
	assert_int_equal(x[62], 1000); /* 2 ms before the noise it is left alone */
	assert_true(x[79] < 500);
	assert_true(l.gain < 0.37F);
	for (; l.gain < 1 && frames < 200; frames++) {
		before = l.gain;
		for (size_t i = 0; i < N(x); i++)
			x[i] = was[i] = (int16_t)(i * 50);
		mix_limit(&l, x, N(x));
		assert_true(l.gain > before);
		if (frames == 9) /* after 200 ms, all but a third of the way */
			assert_true(fabsf(l.gain - 0.767F) < 0.02F);
	}
	print_message("# as it was after %d ms\n", frames * 20);
	assert_in_range(frames, 50, 80);
	memcpy(x, was, sizeof x);
	mix_limit(&l, x, N(x));
	assert_memory_equal(x, was, sizeof x);
}

/* Blocks of any length, also longer than a frame. */
static void test_lengths(void **state)
{
	static int16_t x[2000];
	struct mix_limit l;

	mix_limit_init(&l, 16000);
	for (size_t n = 0; n < N(x); n += 37) {
		for (size_t i = 0; i < n; i++)
			x[i] = i & 1 ? INT16_MIN : INT16_MAX;
		mix_limit(&l, x, n);
		assert_true(peak(x, n) <= LIMIT);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_fade),
		cmocka_unit_test(test_bit_exact),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
