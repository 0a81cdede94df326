/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* halfband: the design again, and what tones make of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "sound/halfband.h"
#include "tones.h"

#define NARROW  8000
#define WIDE    16000
#define SECOND  WIDE
#define TOP     16000.0 /* of 32,768 */
#define PASS_HZ 3400
#define STOP_HZ 4600

/* Modified Bessel function of the first kind and order 0, by its series. */
static double bessel_i0(double x)
{
	double sum = 1, term = 1;

	for (int k = 1; term > 1e-18 * sum; k++) {
		term *= (x / 2 / k) * (x / 2 / k);
		sum += term;
	}
	return sum;
}

static void test_design(void **state)
{
	double h[HALFBAND_PAIRS], sum = 0;

	for (int k = 0; k < HALFBAND_PAIRS; k++) {
		double n = 2 * k + 1, r = n / (2 * HALFBAND_PAIRS);

		h[k] = sin(M_PI * n / 2) / (M_PI * n) * bessel_i0(5.3 * sqrt(1 - r * r)) /
			bessel_i0(5.3);
		sum += h[k];
	}
	for (int k = 0; k < HALFBAND_PAIRS; k++)
		assert_true(fabs(halfband_pairs[k] - h[k] / sum / 4) <
			2e-8); /* a float holds no more */
}

static int16_t in[SECOND], out[2 * SECOND];

/* In parts of 20 and 60 ms by turns. */
static void down(void)
{
	struct halfband_down s = { { 0 } };

	for (size_t i = 0, part = 320; i < SECOND;
		i += part, part = part == 320 ? 960 : 320) {
		if (part > SECOND - i)
			part = SECOND - i;
		halfband_down(&s, in + i, part, out + i / 2);
	}
}

static void up(void)
{
	struct halfband_up s = { { 0 } };

	for (size_t i = 0, part = 160; i < NARROW;
		i += part, part = part == 160 ? 480 : 160) {
		if (part > NARROW - i)
			part = NARROW - i;
		halfband_up(&s, in + i, part, out + 2 * i);
	}
}

static void make(double hz, uint32_t rate)
{
	memset(in, 0, sizeof in);
	tone_add(in, rate, 0, hz, TOP, rate);
}

static void test_down(void **state)
{
	double worst = 0, loudest = -200;

	for (int hz = 100; hz <= PASS_HZ; hz += 100) {
		make(hz, WIDE);
		down();
		worst = fmax(worst,
			fabs(tone_level(out + NARROW / 2, NARROW / 2, hz, NARROW, TOP)));
	}
	for (int hz = STOP_HZ; hz < WIDE / 2; hz += 100) {
		make(hz, WIDE);
		down();
		loudest = fmax(loudest,
			tone_level(
				out + NARROW / 2, NARROW / 2, NARROW - hz, NARROW, TOP));
	}
	print_message(
		"# down: flat within %.3f dB, folded at most %.1f dB\n", worst, loudest);
	assert_true(worst < 0.02);
	assert_true(loudest < -54.5);
}

static void test_up(void **state)
{
	double worst = 0, loudest = -200;

	for (int hz = 100; hz <= PASS_HZ; hz += 100) {
		make(hz, NARROW);
		up();
		worst = fmax(
			worst, fabs(tone_level(out + NARROW, NARROW, hz, WIDE, TOP)));
		loudest = fmax(loudest,
			tone_level(out + NARROW, NARROW, NARROW - hz, WIDE, TOP));
	}
	print_message(
		"# up: flat within %.3f dB, mirrored at most %.1f dB\n", worst, loudest);
	assert_true(worst < 0.02);
	assert_true(loudest < -54.5);
}

static void test_delay(void **state)
{
	memset(in, 0, sizeof in);
	in[100] = 10000;
	up();
	assert_int_equal(
		out[200 + HALFBAND_DELAY], 10000); /* a sample of ours passes whole */
	assert_int_equal(out[200], out[200 + 2 * HALFBAND_DELAY]); /* linear phase */
	assert_int_equal(out[199], 0);
	assert_int_equal(out[201 + 2 * HALFBAND_DELAY], 0);
	in[100] = 0;
	in[101] = 10000;
	down();
	assert_int_equal(out[(101 + HALFBAND_DELAY) / 2], 5000);
}

/* At full scale it saturates and never turns over. */
static void test_loud(void **state)
{
	for (size_t i = 0; i < SECOND; i++)
		in[i] = i / 20 % 2 ? INT16_MAX : INT16_MIN;
	down();
	for (size_t i = 20; i < NARROW; i++)
		assert_true((out[i] > 0) == (in[2 * i - HALFBAND_DELAY] > 0));
	up();
	for (size_t i = HALFBAND_DELAY; i < SECOND; i += 2)
		assert_int_equal(out[i], in[(i - HALFBAND_DELAY) / 2]);
}

static void test_same_memory(void **state)
{
	static int16_t both[2 * 160];
	struct halfband_down d = { { 0 } };
	struct halfband_up u = { { 0 } };

	make(1000, WIDE);
	down();
	memcpy(both, in, 320 * sizeof *in);
	halfband_down(&d, both, 320, both);
	assert_memory_equal(both, out, 160 * sizeof *out);
	make(1000, NARROW);
	up();
	memcpy(both, in, 160 * sizeof *in);
	halfband_up(&u, both, 160, both);
	assert_memory_equal(both, out, 320 * sizeof *out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_design),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_up),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_loud),
		cmocka_unit_test(test_same_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
