/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stretch: periods that come and go, gaps that are filled. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sound/stretch.h"
#include "tones.h"
#include "voice.h"

#define RATE_MAX 16000
#define SECONDS  12
#define N(array) (sizeof(array) / sizeof *(array))

static int16_t voice[RATE_MAX * SECONDS], heard[RATE_MAX * SECONDS + 1000];
static const uint32_t rates[] = { 8000, 16000 };

static size_t speak(uint32_t rate, uint32_t seed)
{
	size_t n = (size_t)rate * SECONDS;
	struct voice v;

	voice_init(&v, rate, seed);
	for (size_t i = 0; i < n; i++)
		voice[i] = (int16_t)lrint(voice_next(&v, false));
	return n;
}

/* One frame in ten is missing: made up, it must be nearer to what was lost than silence is. */
static void test_gaps(void **state)
{
	static const struct {
		uint32_t gap_ms;
		double better_db; /* than silence, of the frames concerned */
	} cases[] = { { 20, 2 }, { 40, 0.8 }, { 60, 0.3 } };

	for (size_t r = 0; r < N(rates); r++)
		for (size_t c = 0; c < N(cases); c++) {
			const size_t frame = rates[r] / 50,
				     gap = rates[r] / 1000 * cases[c].gap_ms;
			size_t n = speak(rates[r], 11), gaps = 0;
			double made = 0;
			struct stretch s;

			memcpy(heard, voice, n * sizeof *voice);
			stretch_init(&s, rates[r]);
			for (size_t at = 10 * frame; at + gap + frame < n;
				at += 10 * frame) {
				double noise = 1, signal = 1;

				stretch_conceal(
					&s, heard + at - rates[r] / 20, heard + at, gap);
				stretch_merge(&s, heard + at + gap, frame);
				for (size_t i = at; i < at + gap; i++) {
					signal += (double)voice[i] * voice[i];
					noise += pow((double)voice[i] - heard[i], 2);
				}
				if (signal < 900.0 * (double)gap)
					continue;
				/* each within 0 to 35 dB, as in segmental_snr(); silence has 0 dB */
				made += fmin(fmax(10 * log10(signal / noise), 0), 35);
				gaps++;
			}
			made /= (double)gaps;
			print_message("# gaps of %u ms at %u: %.2f dB where silence has 0; all in "
				      "all %.2f dB\n",
				cases[c].gap_ms, rates[r], made,
				segmental_snr(heard, voice, n, frame));
			assert_true(made >= cases[c].better_db);
		}
}

static int largest_step(const int16_t *x, size_t n)
{
	int top = 0;

	for (size_t i = 1; i < n; i++)
		if (abs(x[i] - x[i - 1]) > top)
			top = abs(x[i] - x[i - 1]);
	return top;
}

/* Of a tone: goes on without a step, fades as said, and comes back without one. */
static void test_fading(void **state)
{
	for (size_t r = 0; r < N(rates); r++) {
		const uint32_t rate = rates[r], ms = rate / 1000;
		int16_t x[RATE_MAX / 1000 * 200];
		struct stretch s;

		memset(x, 0, sizeof x);
		tone_add(x, 200 * ms, 0, 310, 8000, rate);

		int step = largest_step(x, 50 * ms);

		stretch_init(&s, rate);
		stretch_conceal(&s, x, x + 50 * ms, 10 * ms);
		assert_true(fabs(tone_level(x + 50 * ms, 10 * ms, 310, rate, 8000)) < 1);
		assert_false(stretch_is_faded(&s));
		stretch_conceal(&s, NULL, x + 60 * ms, 25 * ms);
		/* 30 ms into the gap it is down to 0.6 */
		assert_true(fabs(tone_level(x + 75 * ms, 10 * ms, 310, rate, 8000) +
				    4.4) < 1);
		stretch_conceal(&s, NULL, x + 85 * ms, 30 * ms);
		assert_true(stretch_is_faded(&s));
		assert_int_equal(x[111 * ms], 0);
		assert_int_equal(x[115 * ms - 1], 0);
		stretch_merge(&s, x + 115 * ms, 20 * ms);
		assert_true(largest_step(x, 200 * ms) <= step * 3 / 2);
		/* and all is as it was after the merge */
		assert_true(
			fabs(tone_level(x + 130 * ms, 50 * ms, 310, rate, 8000)) < 0.1);
		stretch_merge(&s, x, 20 * ms); /* no gap: nothing */
	}
}

/* Noise must not become a tone, nor louder. */
static void test_noise(void **state)
{
	uint32_t seed = 3;
	int16_t x[8000 / 1000 * 110];
	double before = 0, after = 0;
	struct stretch s;

	for (size_t i = 0; i < N(x); i++)
		x[i] = (int16_t)(4000 * hiss(&seed));
	stretch_init(&s, 8000);
	stretch_conceal(&s, x, x + 400, 80);
	for (size_t i = 0; i < 80; i++) {
		before += (double)x[i + 320] * x[i + 320];
		after += (double)x[i + 400] * x[i + 400];
	}
	assert_true(fabs(10 * log10(after / before)) < 2);
	assert_int_equal(s.lag, 120);
}

struct change {
	size_t times, none;
	size_t least, most;
};

static void note(struct change *c, size_t by)
{
	c->none += by == 0;
	if (!by)
		return;
	c->least = c->times && c->least < by ? c->least : by;
	c->most = c->most > by ? c->most : by;
	c->times++;
}

/* A tone's phase goes on over the seam: seen through a filter at its frequency, nothing is missing. */
static void test_tone(void **state)
{
	static const double hz[] = { 100, 233, 440, 1000, 1800, 3100 };

	for (size_t r = 0; r < N(rates); r++)
		for (size_t f = 0; f < N(hz); f++) {
			const uint32_t rate = rates[r], ms = rate / 1000;
			int16_t x[RATE_MAX / 1000 * 140];
			size_t n;

			for (int is_longer = 0; is_longer < 2; is_longer++) {
				memset(x, 0, sizeof x);
				tone_add(x, 140 * ms, 0, hz[f], 8000, rate);
				n = is_longer
					? stretch_longer(rate, x + 50 * ms, 60 * ms, 0.9F)
					: stretch_shorter(
						  rate, x + 50 * ms, 60 * ms, 0.9F);
				assert_in_range(n, rate / 400, 15 * ms);
				assert_true(fabs(tone_level(x + 20 * ms, 80 * ms, hz[f],
						    rate, 8000)) < 0.7);
			}
		}
}

/* Voice: mostly there is a period to be found, within its range; and noise is left alone unless anything will do. */
static void test_voice(void **state)
{
	struct change longer = { 0 }, shorter = { 0 };
	size_t n = speak(8000, 12);
	uint32_t seed = 5;

	for (size_t at = 400; at + 480 < n; at += 160) {
		int16_t x[120 + 240 + 240];

		memcpy(x, voice + at - 120, 480 * sizeof *x);
		note(&longer, stretch_longer(8000, x + 120, 240, 0.85F));
		memcpy(x, voice + at, 240 * sizeof *x);
		note(&shorter, stretch_shorter(8000, x, 240, 0.85F));
	}
	print_message("# of voice: longer %zu times of %zu, by %zu to %zu; shorter %zu, "
		      "%zu to %zu\n",
		longer.times, longer.times + longer.none, longer.least, longer.most,
		shorter.times, shorter.least, shorter.most);
	assert_true(longer.times > 3 * longer.none);
	assert_true(shorter.times > 3 * shorter.none);
	assert_true(longer.least >= 20 && longer.most <= 120);
	assert_true(shorter.least >= 20 && shorter.most <= 120);
	for (size_t i = 0; i < 480; i++)
		heard[i] = (int16_t)(4000 * hiss(&seed));
	assert_int_equal(stretch_longer(8000, heard + 120, 240, 0.85F), 0);
	assert_int_equal(stretch_shorter(8000, heard, 240, 0.85F), 0);
	assert_int_not_equal(stretch_longer(8000, heard + 120, 240, STRETCH_ANY), 0);
	assert_int_not_equal(stretch_shorter(8000, heard, 240, STRETCH_ANY), 0);
	memset(heard, 0, sizeof heard);
	assert_int_equal(stretch_longer(8000, heard + 120, 240, 0.85F), 120);
	assert_int_equal(stretch_shorter(8000, heard, 240, 0.85F), 120);
	assert_int_equal(stretch_shorter(8000, heard, 70, STRETCH_ANY), 0);
}

/* The loudest there is overflows nothing. */
static void test_extremes(void **state)
{
	static int16_t x[2000];
	struct stretch s;

	for (int k = 0; k < 3; k++) {
		for (size_t i = 0; i < N(x); i++)
			x[i] = k == 0    ? INT16_MIN
				: k == 1 ? (i & 1 ? INT16_MAX : INT16_MIN)
					 : (i / 40 & 1 ? INT16_MAX : INT16_MIN);
		stretch_init(&s, 16000);
		stretch_conceal(&s, x, x + 800, 320);
		stretch_merge(&s, x + 1120, 320);
		stretch_longer(16000, x + 800, 320, STRETCH_ANY);
		stretch_shorter(16000, x + 800, 480, STRETCH_ANY);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_fading),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_tone),
		cmocka_unit_test(test_voice),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
