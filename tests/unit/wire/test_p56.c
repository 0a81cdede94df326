/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* p56: the active level of made-up signals whose level is known. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire/p56.h"

#define RATE_MAX 48000
#define SECONDS  20
#define N(array) (sizeof(array) / sizeof *(array))

static float x[RATE_MAX * SECONDS];

/* A tone of this RMS in dBov, on for on_s of every period_s; the rest is silence or hiss. */
static size_t make(uint32_t rate, double hz, double dbov, double on_s, double period_s,
	double hiss_dbov)
{
	size_t n = (size_t)rate * SECONDS;
	double top = sqrt(2) * pow(10, dbov / 20),
	       hiss = sqrt(3) * pow(10, hiss_dbov / 20);
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		double t = (double)i / rate;

		seed = seed * 1664525u + 1013904223u;
		x[i] = fmod(t, period_s) < on_s
			? (float)(top * sin(2 * M_PI * hz * t))
			: (float)(hiss * ((double)seed / 2147483648.0 - 1));
	}
	return n;
}

static const struct {
	const char *what;
	uint32_t rate;
	double hz, dbov, on_s, period_s, hiss_dbov;
	double level, within; /* the active level that is expected */
	double activity, activity_within;
} cases[] = {
	{ "all the time", 8000, 440, -26, 1, 1, -200, -26, 0.1, 1, 0.02 },
	{ "louder", 8000, 440, -10, 1, 1, -200, -10, 0.1, 1, 0.02 },
	{ "softer", 8000, 440, -40, 1, 1, -200, -40, 0.1, 1, 0.02 },
	{ "at another rate", 48000, 440, -26, 1, 1, -200, -26, 0.1, 1, 0.02 },
	{ "at a rate that is no multiple", 11025, 440, -26, 1, 1, -200, -26, 0.1, 1,
		0.02 },
	/* the hangover of 0.2 s counts as speech, and pauses that are shorter are bridged */
	{ "two seconds of ten", 8000, 440, -26, 2, 10, -200, -26.6, 0.6, 0.24, 0.04 },
	{ "syllables", 8000, 440, -26, 0.25, 0.35, -200, -27.4, 0.5, 1, 0.1 },
	{ "over the hiss of a line", 8000, 440, -26, 2, 10, -65, -26.6, 0.6, 0.24, 0.04 },
};

static void test_levels(void **state)
{
	for (size_t i = 0; i < N(cases); i++) {
		size_t n = make(cases[i].rate, cases[i].hz, cases[i].dbov, cases[i].on_s,
			cases[i].period_s, cases[i].hiss_dbov);
		struct p56 m = p56_measure(x, n, cases[i].rate);

		print_message("# %s: %.2f dBov, active %.2f\n", cases[i].what,
			m.active_dbov, m.activity);
		assert_true(fabs(m.active_dbov - cases[i].level) <= cases[i].within);
		assert_true(
			fabs(m.activity - cases[i].activity) <= cases[i].activity_within);
	}
}

/* P.56: energy is conserved; the level of all is the active level and the activity together. */
static void test_sum(void **state)
{
	size_t n = make(8000, 300, -20, 1, 3, -70);
	struct p56 m = p56_measure(x, n, 8000);

	assert_true(fabs(m.rms_dbov - (m.active_dbov + 10 * log10(m.activity))) < 0.01);
	assert_true(fabs(m.peak - sqrt(2) * 0.1) < 0.001);
}

/* Twice as loud is 6.02 dB more, and as active. */
static void test_scale(void **state)
{
	size_t n = make(8000, 300, -32, 0.7, 2, -75);
	struct p56 soft = p56_measure(x, n, 8000), loud;

	for (size_t i = 0; i < n; i++)
		x[i] *= 2;
	loud = p56_measure(x, n, 8000);
	assert_true(fabs(loud.active_dbov - soft.active_dbov - 20 * log10(2)) < 0.3);
	assert_true(fabs(loud.activity - soft.activity) < 0.03);
}

static void test_nothing(void **state)
{
	memset(x, 0, sizeof x);
	assert_true(p56_measure(x, 0, 8000).active_dbov == P56_SILENT);
	assert_true(p56_measure(x, 8000, 8000).active_dbov == P56_SILENT);
	assert_true(p56_measure(x, 8000, 8000).activity == 0);
	assert_true(p56_measure(x, 8000, 8000).rms_dbov == P56_SILENT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
