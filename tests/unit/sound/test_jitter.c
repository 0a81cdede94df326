/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jitter: on lines with jitter, drift and loss, whose every packet is made of a seed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ear.h"
#include "line.h"
#include "tones.h"

/* Ten minutes with +-60 ms of jitter and a clock that is off: no gap but in the first second. */
static void test_drift(void **state)
{
	static const struct {
		const char *what;
		enum sound_codec codec;
		uint32_t rate;
		double ppm;
		enum line_signal signal;
	} cases[] = {
		{ "PCMA, 200 ppm fast", SOUND_PCMA, SOUND_NARROW, 200, LINE_VOICE },
		{ "PCMA, 200 ppm slow", SOUND_PCMA, SOUND_NARROW, -200, LINE_VOICE },
		{ "Opus, 200 ppm fast", SOUND_OPUS, SOUND_WIDE, 200, LINE_VOICE },
		{ "Opus, 200 ppm slow", SOUND_OPUS, SOUND_WIDE, -200, LINE_VOICE },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct line_way way = { .codec = cases[i].codec,
			.packet_ms = 20,
			.signal = cases[i].signal,
			.hz = 440,
			.ppm = cases[i].ppm,
			.base_us = 30000,
			.jitter_us = 120000 };
		struct line l;
		struct ear e;

		line_open(&l, cases[i].rate, 1);
		listen_to(&l, &e);
		line_run(&l, &way, 1000);
		print_heard("the first second", &l, &e);
		listen_to(&l, &e);
		line_run(&l, &way, 599000);
		print_heard(cases[i].what, &l, &e);
		assert_int_equal(e.concealed, 0);
		assert_true(e.delay_max <= 200);
		line_close(&l);
	}
}

static double share(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

/* Two minutes of voice over lines that lose; in percent of the frames. */
static void test_loss(void **state)
{
	static const struct {
		const char *what;
		enum sound_codec codec;
		double loss, burst;
		double least, most; /* concealed, percent */
		double corrected; /* at least, percent */
	} cases[] = {
		{ "PCMA, nothing", SOUND_PCMA, 0, 0, 0, 0, 0 },
		{ "G722, nothing", SOUND_G722, 0, 0, 0, 0, 0 },
		{ "Opus, nothing", SOUND_OPUS, 0, 0, 0, 0, 0 },
		{ "PCMA, 3 % at random", SOUND_PCMA, 0.03, 0, 2, 7, 0 },
		{ "PCMA, 5 % at random", SOUND_PCMA, 0.05, 0, 3, 11, 0 },
		{ "PCMA, 10 % at random", SOUND_PCMA, 0.1, 0, 7, 20, 0 },
		{ "PCMA, 3 % in bursts", SOUND_PCMA, 0.03, 3, 2, 6, 0 },
		{ "PCMA, 5 % in bursts", SOUND_PCMA, 0.05, 3, 3, 9, 0 },
		{ "PCMA, 10 % in bursts", SOUND_PCMA, 0.1, 3, 6, 17, 0 },
		{ "Opus, 3 % at random", SOUND_OPUS, 0.03, 0, 0, 1, 1.5 },
		{ "Opus, 5 % at random", SOUND_OPUS, 0.05, 0, 0, 1.5, 3 },
		{ "Opus, 10 % at random", SOUND_OPUS, 0.1, 0, 0, 4, 6 },
		{ "Opus, 3 % in bursts", SOUND_OPUS, 0.03, 3, 0, 5, 0.5 },
		{ "Opus, 5 % in bursts", SOUND_OPUS, 0.05, 3, 0, 8, 1 },
		{ "Opus, 10 % in bursts", SOUND_OPUS, 0.1, 3, 0, 15, 2 },
	};
	double concealed[N(cases)];

	for (size_t i = 0; i < N(cases); i++) {
		struct line_way way = { .codec = cases[i].codec,
			.packet_ms = 20,
			.base_us = 20000,
			.jitter_us = 5000,
			.loss = cases[i].loss,
			.burst = cases[i].burst,
			/* in pauses Opus repeats nothing */
			.signal = LINE_VOWELS,
			.expect_loss = (uint32_t)(100 * cases[i].loss) };
		struct line l;
		struct ear e;

		line_open(
			&l, cases[i].codec == SOUND_PCMA ? SOUND_NARROW : SOUND_WIDE, 2);
		line_run(&l, &way, 5000);
		listen_to(&l, &e);
		line_run(&l, &way, 120000);
		print_heard(cases[i].what, &l, &e);
		concealed[i] = share(e.concealed, e.frames);
		assert_true(concealed[i] >= cases[i].least);
		assert_true(concealed[i] <= cases[i].most);
		assert_true(share(e.corrected, e.frames) >= cases[i].corrected);
		if (cases[i].loss <= 0)
			assert_true(e.delay_sum / e.looks <= 45);
		assert_true(e.delay_max <= 100);
		line_close(&l);
	}
	print_message("# concealed at 10 %% at random: PCMA %.2f %%, Opus %.2f %%\n",
		concealed[5], concealed[11]);
	assert_true(concealed[11] * 4 < concealed[5]);
}

/* A tone through drifting clocks: heard at its frequency, and as loud. */
struct tape {
	int16_t x[SOUND_WIDE * 60];
	size_t n;
};

static void record(void *arg, const int16_t *pcm, size_t n, enum jitter_source from)
{
	struct tape *t = arg;

	assert_true(t->n + n <= N(t->x));
	memcpy(t->x + t->n, pcm, n * sizeof *pcm);
	t->n += n;
}

static void test_tone(void **state)
{
	static const struct {
		enum sound_codec codec;
		uint32_t rate;
		double hz, ppm;
	} cases[] = {
		{ SOUND_PCMA, SOUND_NARROW, 440, 200 },
		{ SOUND_PCMA, SOUND_NARROW, 1000, -200 },
		{ SOUND_PCMA, SOUND_NARROW, 2350, 200 },
		{ SOUND_G722, SOUND_WIDE, 440, -200 },
		{ SOUND_OPUS, SOUND_WIDE, 1000, 200 },
		{ SOUND_PCMU, SOUND_WIDE, 300, -200 },
	};
	static struct tape tape;

	for (size_t i = 0; i < N(cases); i++) {
		struct line_way way = { .codec = cases[i].codec,
			.packet_ms = 20,
			.signal = LINE_TONE,
			.hz = cases[i].hz,
			.ppm = cases[i].ppm,
			.base_us = 20000,
			.jitter_us = 10000 };
		double worst_db = 0, worst_hz = 0;
		struct line l;

		line_open(&l, cases[i].rate, 5);
		line_run(&l, &way, 3000);
		tape.n = 0;
		l.heard = record;
		l.arg = &tape;
		line_run(&l, &way, 60000);
		for (size_t at = 0; at + cases[i].rate <= tape.n; at += cases[i].rate) {
			double db = tone_level(tape.x + at, cases[i].rate, cases[i].hz,
				cases[i].rate, 8000);
			double hz = tone_frequency(
				tape.x + at, cases[i].rate, cases[i].hz, cases[i].rate);

			worst_db = fmax(worst_db, fabs(db));
			worst_hz = fmax(worst_hz, fabs(hz - cases[i].hz));
		}
		print_message("# %s, %.0f Hz, %.0f ppm: within %.2f dB, %.2f Hz\n",
			sound_name(cases[i].codec), cases[i].hz, cases[i].ppm, worst_db,
			worst_hz);
		assert_true(worst_db <= 1);
		assert_true(worst_hz <= 1);
		line_close(&l);
	}
}

/* The same line twice is heard the same, to the bit. */
static void test_same(void **state)
{
	static struct tape a, b;

	for (int k = 0; k < 2; k++) {
		struct line_way way = { .codec = SOUND_OPUS,
			.packet_ms = 20,
			.jitter_us = 60000,
			.loss = 0.05,
			.ppm = 200,
			.expect_loss = 5 };
		struct line l;

		line_open(&l, SOUND_WIDE, 6);
		l.heard = record;
		l.arg = k ? &b : &a;
		line_run(&l, &way, 30000);
		line_close(&l);
	}
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.x, b.x, a.n * sizeof *a.x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_tone),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
