/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* g711: against ITU-T G.711 tables 1a, 1b, 2a and 2b, walked interval by interval. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdbool.h>
#include <cmocka.h>
#include <stdlib.h>

#include "wire/g711.h"

#define N(a) (sizeof(a) / sizeof *(a))

/* The tables in short: a straight line, then segments whose intervals double. */
struct law {
	int first_end,
		ends_per_segment; /* intervals before the step doubles first, and after */
	int first_step;
	int unit; /* 16-bit linear per unit of the table */
	uint8_t inverted; /* bits that differ between interval number and code */
	uint8_t (*encode)(int16_t);
	int16_t (*decode)(uint8_t);
};

static const struct law alaw = { 32, 16, 2, 8, 0x55, g711_alaw_encode, g711_alaw_decode };
static const struct law ulaw = { 16, 16, 2, 4, 0xFF, g711_ulaw_encode, g711_ulaw_decode };

/* The code of the n-th interval away from zero; a sign bit of 1 is positive before inversion in
 * A-law, and after it in mu-law. */
static uint8_t code_of(const struct law *l, int n, bool negative)
{
	bool bit = l == &alaw ? !negative : negative;

	return (uint8_t)((n | (bit ? 0x80 : 0)) ^ l->inverted);
}

static void check_interval(const struct law *l, int n, int low, int high, int value)
{
	uint8_t plus = code_of(l, n, false), minus = code_of(l, n, true);

	assert_int_equal(l->decode(plus), value * l->unit / 2);
	assert_int_equal(l->decode(minus), -value * l->unit / 2);
	for (int x = low * l->unit; x < high * l->unit && x <= INT16_MAX; x++) {
		assert_int_equal(l->encode((int16_t)x), plus);
		assert_int_equal(l->encode((int16_t)~x), minus);
	}
}

/* Values are doubled, as a midpoint may lie on a half. mu-law: interval 0 has half a step, value 0. */
static void check_law(const struct law *l)
{
	int low = 0, step = l->first_step, next_double = l->first_end;

	for (int n = 0; n < 128; n++) {
		if (n == next_double) {
			step *= 2;
			next_double += l->ends_per_segment;
		}
		int width = n == 0 && l == &ulaw ? 1 : step;
		int high = n == 127 ? 8192
				    : low + width; /* the last takes what is louder */
		int value = n == 0 && l == &ulaw ? 0 : 2 * low + width;

		check_interval(l, n, low, high, value);
		low += width;
	}
	assert_int_equal(
		low, l == &alaw ? 4096 : 8159); /* the virtual decision value 128 */
}

static void test_alaw_is_the_table(void **state)
{
	check_law(&alaw);
}

static void test_ulaw_is_the_table(void **state)
{
	check_law(&ulaw);
}

static void test_known_codes(void **state)
{
	static const struct {
		int16_t (*decode)(uint8_t);
		uint8_t code;
		int16_t value;
	} cases[] = {
		{ g711_alaw_decode, 0xD5, 8 },
		{ g711_alaw_decode, 0x55, -8 },
		{ g711_alaw_decode, 0xAA, 32256 },
		{ g711_alaw_decode, 0x2A, -32256 },
		{ g711_ulaw_decode, 0xFF, 0 },
		{ g711_ulaw_decode, 0x7F, 0 },
		{ g711_ulaw_decode, 0x80, 32124 },
		{ g711_ulaw_decode, 0x00, -32124 },
	};

	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(cases[i].decode(cases[i].code), cases[i].value);
	assert_int_equal(g711_alaw_encode(0), G711_ALAW_SILENCE);
	assert_int_equal(g711_ulaw_encode(0), G711_ULAW_SILENCE);
}

static void test_every_code_comes_back(void **state)
{
	for (int c = 0; c < 256; c++) {
		assert_int_equal(g711_alaw_encode(g711_alaw_decode((uint8_t)c)), c);
		/* mu-law has two zeros, of which the encoder writes the positive */
		assert_int_equal(g711_ulaw_encode(g711_ulaw_decode((uint8_t)c)),
			c == 0x7F ? 0xFF : c);
	}
}

static void test_monotonic_and_near(void **state)
{
	int last_a = -32768, last_u = -32768;

	for (int x = INT16_MIN; x <= INT16_MAX; x++) {
		int a = g711_alaw_decode(g711_alaw_encode((int16_t)x));
		int u = g711_ulaw_decode(g711_ulaw_encode((int16_t)x));
		int magnitude = abs(x);

		assert_true(a >= last_a && u >= last_u);
		/* half a step: a 32nd of the segment's lower end, or the smallest step's half */
		assert_true(abs(a - x) <= (magnitude < 512 ? 8 : magnitude / 32 + 1));
		assert_true(abs(u - x) <=
			(magnitude > 32635 ? 32768 - 32124 : (magnitude + 132) / 32 + 1));
		last_a = a;
		last_u = u;
	}
}

static void test_peak(void **state)
{
	uint8_t all[256];

	assert_int_equal(g711_alaw_peak(NULL, 0), 0);
	for (int c = 0; c < 256; c++) {
		all[c] = (uint8_t)c;
		assert_int_equal(
			g711_alaw_peak(&all[c], 1), abs(g711_alaw_decode((uint8_t)c)));
	}
	assert_int_equal(g711_alaw_peak(all, sizeof all), 32256);
	assert_int_equal(g711_alaw_peak((const uint8_t[]){ 0xD5, 0x55, 0xD5 }, 3), 8);
	/* the loudest counts wherever it stands, whatever its sign */
	assert_int_equal(g711_alaw_peak((const uint8_t[]){ 0x2A, 0x55, 0xD5 }, 3), 32256);
	assert_int_equal(g711_alaw_peak((const uint8_t[]){ 0xD5, 0x55, 0xAA }, 3), 32256);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alaw_is_the_table),
		cmocka_unit_test(test_ulaw_is_the_table),
		cmocka_unit_test(test_known_codes),
		cmocka_unit_test(test_every_code_comes_back),
		cmocka_unit_test(test_monotonic_and_near),
		cmocka_unit_test(test_peak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
