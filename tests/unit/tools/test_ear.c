/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What an ear makes of packets: gaps, losses, tones and what only resembles one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "tools/ear.h"
#include "wire/g711.h"

#define FRAME_US 20000

/* A stream that is heard as it is made. */
struct stream {
	struct ear ear;
	struct tone_wave wave;
	int64_t at_us;
	uint16_t seq;
	uint32_t ssrc;
	unsigned int changes;
};

static struct stream stream_of(double hz)
{
	struct stream s = { .at_us = 1000000, .seq = 65530, .ssrc = 7 };

	tone_wave_init(&s.wave, hz);
	return s;
}

static void hear(struct stream *s, const uint8_t *alaw)
{
	struct rtp_packet p = {
		.pt = 8, .seq = s->seq++, .ssrc = s->ssrc, .payload = { alaw, TONE_FRAME }
	};

	s->at_us += FRAME_US;
	s->changes += ear_packet(&s->ear, &p, s->at_us);
}

static void hear_wave(struct stream *s, unsigned int packets)
{
	while (packets--)
		hear(s, tone_wave_next(&s->wave));
}

static void assert_hears(const struct stream *s, enum ear_what what, double hz)
{
	assert_int_equal(s->ear.what, what);
	assert_int_equal(lround(s->ear.hz), lround(hz));
}

static void test_tone_is_told_from_its_neighbour(void **state)
{
	for (double hz = 300; hz <= 3500; hz += TONE_STEP_HZ) {
		struct stream s = stream_of(hz);

		hear_wave(&s, 2);
		assert_hears(&s, EAR_TONE, hz);
		tone_wave_init(&s.wave, hz + TONE_STEP_HZ);
		hear_wave(&s, 2);
		assert_hears(&s, EAR_TONE, hz + TONE_STEP_HZ);
		assert_int_equal(s.changes, 2);
	}
}

static void test_what_is_no_tone(void **state)
{
	struct stream s = stream_of(0);
	uint8_t two[TONE_FRAME], soft[TONE_FRAME];

	for (unsigned int i = 0; i < TONE_FRAME; i++) {
		double w = 2 * M_PI * i / 8000;

		two[i] = g711_alaw_encode(
			(int16_t)(7000 * sin(400 * w) + 7000 * sin(1200 * w)));
		soft[i] = g711_alaw_encode((int16_t)(3000 * sin(400 * w)));
	}
	assert_hears(&s, EAR_NOTHING, 0);
	hear_wave(&s, 2);
	assert_hears(&s, EAR_SILENCE, 0);
	hear(&s, two);
	hear(&s, two);
	assert_hears(&s, EAR_SOUND, 0);
	hear(&s, soft);
	hear(&s, soft);
	assert_hears(&s, EAR_SOUND, 0);
	assert_false(ear_tick(&s.ear, s.at_us + EAR_NOTHING_US - 1));
	assert_true(ear_tick(&s.ear, s.at_us + EAR_NOTHING_US));
	assert_hears(&s, EAR_NOTHING, 0);
	assert_false(ear_tick(&s.ear, s.at_us + 2 * EAR_NOTHING_US));
}

static void test_gaps(void **state)
{
	struct stream s = stream_of(1000);

	hear_wave(&s, 4);
	assert_int_equal(s.ear.f.gap_us, FRAME_US);
	s.at_us += 70000;
	hear_wave(&s, 1);
	assert_int_equal(s.ear.f.gap_us, 90000);
	assert_int_equal(s.ear.f.tone_gap_us, 90000);
	assert_int_equal(ear_figures(&s.ear, s.at_us + 95000).gap_us, 95000);
	assert_int_equal(s.ear.f.gap_us, 90000); /* an open one is only told */
	ear_mark(&s.ear);
	s.at_us += 30000;
	hear_wave(&s, 2);
	assert_int_equal(s.ear.f.gap_us, 50000);
	ear_reset(&s.ear);
	s.at_us += 1000000;
	hear_wave(&s, 2);
	assert_int_equal(s.ear.f.gap_us, FRAME_US);
}

/* Packets go on, and hold music or silence: that is a gap in the tone alone. */
static void test_gap_of_the_tone(void **state)
{
	struct stream s = stream_of(1000);
	struct tone_wave silence;

	tone_wave_init(&silence, 0);
	hear_wave(&s, 4);
	for (int i = 0; i < 10; i++)
		hear(&s, tone_wave_next(&silence));
	assert_hears(&s, EAR_SILENCE, 0);
	hear_wave(&s, 2);
	assert_hears(&s, EAR_TONE, 1000);
	assert_int_equal(s.ear.f.gap_us, FRAME_US);
	assert_int_equal(s.ear.f.tone_gap_us, 11 * FRAME_US);
}

/* Losses, copies and late packets; a phase that leaps over a loss is the same tone. */
static void test_losses(void **state)
{
	struct stream s = stream_of(1025);

	hear_wave(&s, 9); /* over the end of the numbers */
	assert_int_equal(s.ear.f.lost, 0);
	s.seq += 3;
	hear_wave(&s, 1);
	assert_int_equal(s.ear.f.lost, 3);
	s.seq -= 3; /* one of them, late */
	hear_wave(&s, 1);
	assert_int_equal(s.ear.f.lost, 2);
	assert_int_equal(s.ear.f.packets, 11);
	s.seq += 2;
	(void)tone_wave_next(&s.wave);
	hear_wave(&s, 5);
	assert_int_equal(s.changes, 1);
	s.ssrc = 8; /* another stream begins anywhere */
	s.seq = 40000;
	hear_wave(&s, 2);
	assert_int_equal(s.ear.f.lost, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tone_is_told_from_its_neighbour),
		cmocka_unit_test(test_what_is_no_tone),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_gap_of_the_tone),
		cmocka_unit_test(test_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
