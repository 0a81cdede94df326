/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* keys: what ITU-T Q.24 asks of a receiver (its table A-1), through G.711; and no keys in what is none. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "sound/keys.h"
#include "tones.h"
#include "wire/g711.h"

#define RATE    8000
#define MS      (RATE / 1000)
#define SECONDS 20
#define N(a)    (sizeof(a) / sizeof *(a))

/* ITU-T Q.23: rows and columns of the keys, as RFC 4733 numbers them. */
static const double rows[] = { 697, 770, 852, 941 };
static const double columns[] = { 1209, 1336, 1477, 1633 };
static const uint8_t pad[4][4] = {
	{ 1, 2, 3, 12 },
	{ 4, 5, 6, 13 },
	{ 7, 8, 9, 14 },
	{ 10, 0, 11, 15 },
};

static int16_t x[RATE * SECONDS];
static uint8_t heard[1000];

static void silence(void)
{
	memset(x, 0, sizeof x);
}

/* The peak of a sine of this level: full scale of A-law is +3.14 dBm0 (ITU-T G.711 table 5). */
static double top(double dbm0)
{
	return 32768 * pow(10, (dbm0 - 3.14) / 20);
}

/* A key from sample `at` on. off: how far its frequencies are off, in percent. */
static void press(
	size_t at, size_t ms, int row, int column, double low, double high, double off)
{
	tone_add(x + at, ms * MS, 0, rows[row] * (1 + off / 100), top(low), RATE);
	tone_add(x + at, ms * MS, 0, columns[column] * (1 + off / 100), top(high), RATE);
}

static void through_pcma(size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = g711_alaw_decode(g711_alaw_encode(x[i]));
}

static void through_pcmu(size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = g711_ulaw_decode(g711_ulaw_encode(x[i]));
}

/* How many keys are heard in n samples, step at a time. */
static size_t hear(size_t n, size_t step)
{
	struct keys *k = NULL;
	size_t all = 0, n_keys;

	assert_int_equal(keys_new(&k), 0);
	for (size_t i = 0; i + step <= n; i += step) {
		uint8_t out[KEYS_MAX];

		keys_hear(k, x + i, step, out, &n_keys);
		assert_true(n_keys <= KEYS_MAX && all + n_keys <= sizeof heard);
		memcpy(heard + all, out, n_keys);
		all += n_keys;
	}
	keys_free(k);
	return all;
}

static void test_all(void **state)
{
	void (*const through[])(size_t) = { through_pcma, through_pcmu };
	static const double levels[] = { -3, -8, -15, -22, -30 }; /* dBm0 of each tone */

	for (size_t t = 0; t < N(through); t++)
		for (size_t l = 0; l < N(levels); l++) {
			silence();
			for (int i = 0; i < 16; i++)
				press(800 + (size_t)i * 100 * MS, 50, i / 4, i % 4,
					levels[l], levels[l], 0);
			through[t](2 * RATE);
			print_message("# %zu, %.0f dBm0\n", t, levels[l]);
			assert_int_equal(hear(2 * RATE, 160), 16);
			assert_memory_equal(heard, pad, 16);
		}
}

static const struct {
	const char *what;
	size_t ms;
	double low, high, off; /* dBm0, dBm0, percent */
	bool is_key;
} cases[] = {
	{ "as long as it must be", 40, -10, -10, 0, true },
	{ "too short", 18, -10, -10, 0, false },
	{ "high tone 5 dB above", 50, -15, -10, 0, true },
	{ "high tone 9 dB above", 50, -19, -10, 0, false },
	{ "high tone 7 dB below", 50, -10, -17, 0, true },
	{ "high tone 11 dB below", 50, -10, -21, 0, false },
	{ "1.4 % too high", 50, -10, -10, 1.4, true },
	{ "1.4 % too low", 50, -10, -10, -1.4, true },
	{ "3.5 % too high", 50, -10, -10, 3.5, false },
	{ "3.5 % too low", 50, -10, -10, -3.5, false },
	{ "too soft", 50, -50, -50, 0, false },
	{ "the low tone alone", 50, -10, -90, 0, false },
	{ "the high tone alone", 50, -90, -10, 0, false },
};

/* Wherever it begins within the detector's blocks. */
static void test_limits(void **state)
{
	for (size_t i = 0; i < N(cases); i++)
		for (size_t from = 800; from < 910; from += 5) {
			silence();
			press(from, cases[i].ms, 1, 1, cases[i].low, cases[i].high,
				cases[i].off);
			through_pcma(RATE);
			size_t n = hear(RATE, 160);

			if ((n == 1) != cases[i].is_key)
				print_message(
					"# %s, from %zu: %zu\n", cases[i].what, from, n);
			assert_int_equal(n, cases[i].is_key);
		}
}

static const struct {
	const char *what;
	size_t first, pause, second; /* ms */
	size_t n;
} pairs[] = {
	{ "held", 3000, 0, 0, 1 },
	{ "held, with a packet lost", 300, 20, 300, 1 },
	{ "held, with a click", 100, 5, 100, 1 },
	{ "twice, as fast as machines", 50, 50, 50, 2 },
	{ "twice, as fast as fingers", 100, 100, 100, 2 },
};

static void test_pairs(void **state)
{
	for (size_t i = 0; i < N(pairs); i++)
		for (size_t from = 800; from < 910; from += 5) {
			size_t then = from + (pairs[i].first + pairs[i].pause) * MS;

			silence();
			press(from, pairs[i].first, 2, 2, -10, -10, 0);
			press(then, pairs[i].second, 2, 2, -10, -10, 0);
			through_pcmu(4 * RATE);
			size_t n = hear(4 * RATE, 160);

			if (n != pairs[i].n)
				print_message(
					"# %s, from %zu: %zu\n", pairs[i].what, from, n);
			assert_int_equal(n, pairs[i].n);
			assert_int_equal(heard[0], 9);
		}
}

/* Another key needs no pause. */
static void test_next_key(void **state)
{
	silence();
	press(800, 100, 0, 0, -10, -10, 0);
	press(800 + 100 * MS, 100, 3, 3, -10, -10, 0);
	assert_int_equal(hear(RATE, 160), 2);
	assert_int_equal(heard[0], 1);
	assert_int_equal(heard[1], 15);
}

/* Packets of any length give the same. */
static void test_steps(void **state)
{
	static const size_t steps[] = { 1, 7, 80, 160, 240, 480 };

	silence();
	for (int i = 0; i < 16; i++)
		press(800 + (size_t)i * 100 * MS, 50, i / 4, i % 4, -10, -10, 0);
	for (size_t i = 0; i < N(steps); i++) {
		assert_int_equal(hear(2 * RATE, steps[i]), 16);
		assert_memory_equal(heard, pad, 16);
	}
}

/* Neither a voice with harmonics that pass every key's frequencies, nor hiss, nor dial and ringing tone. */
static void test_none(void **state)
{
	double phase = 0;
	uint32_t seed = 3;

	for (size_t i = 0; i < N(x); i++) {
		double t = (double)i / RATE, sum = 0;
		double loud = pow(sin(M_PI * 2.7 * t), 2);

		phase += 2 * M_PI * (190 + 110 * sin(2 * M_PI * 0.37 * t)) / RATE;
		for (int h = 1; h <= 11; h++)
			sum += sin(h * phase + h) / h *
				(1 + 0.9 * sin(h + 2 * M_PI * 0.8 * t));
		x[i] = (int16_t)lrint(loud * (7000 * sum + 900 * hiss(&seed)));
	}
	through_pcma(N(x));
	assert_int_equal(hear(N(x), 160), 0);
	for (size_t i = 0; i < N(x); i++)
		x[i] = (int16_t)lrint(20000 * hiss(&seed));
	assert_int_equal(hear(N(x), 160), 0);
	silence();
	tone_add(x, 5 * RATE, 0, 425, 6000, RATE);
	tone_add(x + 10 * RATE, 5 * RATE, 0, 440, 6000, RATE);
	tone_add(x + 10 * RATE, 5 * RATE, 0, 480, 6000, RATE);
	assert_int_equal(hear(N(x), 160), 0);
}

/* A key is heard over somebody who speaks softly, or over a noisy line of 15 dB. */
static void test_over_noise(void **state)
{
	uint32_t seed = 5;

	silence();
	for (int i = 0; i < 16; i++)
		press(800 + (size_t)i * 100 * MS, 60, i / 4, i % 4, -12, -12, 0);
	for (size_t i = 0; i < 2 * RATE; i++) /* a tone's RMS less 15 dB, as hiss */
		x[i] = (int16_t)lrint(x[i] +
			top(-12) / sqrt(2) * pow(10, -15.0 / 20) * sqrt(3) * hiss(&seed));
	through_pcma(2 * RATE);
	assert_int_equal(hear(2 * RATE, 160), 16);
	assert_memory_equal(heard, pad, 16);
}

static void test_nothing(void **state)
{
	struct keys *k = NULL;
	uint8_t out[KEYS_MAX];
	size_t n = 7;

	assert_int_equal(keys_new(&k), 0);
	keys_hear(k, x, 0, out, &n);
	assert_int_equal(n, 0);
	keys_free(k);
	keys_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_next_key),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_over_noise),
		cmocka_unit_test(test_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
