/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* jitter: senders and networks that do odd things, and strangers that mean harm. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "ear.h"
#include "line.h"

/* What a sender may do besides speaking evenly. */
enum deed {
	NOTHING_ODD,
	TIMESTAMPS_JUMP, /* a gateway numbers anew within its SSRC */
	TIMESTAMPS_BACK,
	TIMESTAMPS_LEAP, /* ahead by 300 ms */
	NUMBERS_TOO,
	OTHER_SSRC,
	PAUSE, /* 5 s without a packet, timestamps stand still */
	SILENT, /* the same, they go on */
	SHORT_PAUSES, /* as senders with voice activity detection do */
	SHORTER_PAUSES, /* what comes after is there before they begin */
	OTHER_CODEC,
	OTHER_SIZE,
	LONGER_ROUTE, /* 60 ms longer from now on */
	SHORTER_ROUTE,
	MUTED, /* sends silence */
};

static void once(struct line *l, struct line_way *w, enum deed deed, uint32_t round)
{
	static const enum sound_codec codecs[] = { SOUND_PCMA, SOUND_OPUS, SOUND_G722,
		SOUND_PCMU };
	static const uint32_t sizes[] = { 10, 20, 30, 40, 60 };

	switch (deed) {
	case TIMESTAMPS_JUMP: l->ts += 0x30000000u * (round + 1) + 77; break;
	case TIMESTAMPS_BACK: l->ts -= 8 * 130 + 3; break;
	case TIMESTAMPS_LEAP: l->ts += 8 * 300; break;
	case NUMBERS_TOO:
		l->ts ^= 0x5A5A5A5Au;
		l->seq = (uint16_t)(l->seq + 20011);
		break;
	case OTHER_SSRC:
		l->ssrc += 3;
		l->ts ^= 0x12345678u;
		l->seq ^= 0x4242;
		break;
	case PAUSE:
		w->is_paused = true;
		line_run(l, w, 5000);
		w->is_paused = false;
		break;
	case SILENT:
		w->is_mute = true;
		line_run(l, w, 5000);
		w->is_mute = false;
		break;
	case SHORT_PAUSES:
		w->is_mute = true;
		line_run(l, w, 260);
		w->is_mute = false;
		break;
	case SHORTER_PAUSES:
		w->is_mute = true;
		line_run(l, w, 60);
		w->is_mute = false;
		break;
	case OTHER_CODEC:
		w->codec = codecs[round % N(codecs)];
		l->ts += w->codec * 1000003u;
		break;
	case OTHER_SIZE: w->packet_ms = sizes[round % N(sizes)]; break;
	case LONGER_ROUTE: w->base_us += 60000; break;
	case SHORTER_ROUTE: w->base_us -= 60000; break;
	case MUTED:
		w->signal = LINE_SILENCE;
		line_run(l, w, 3000);
		w->signal = LINE_VOICE;
		break;
	case NOTHING_ODD: break;
	}
}

/* Ten times, each followed by some seconds of voice. */
static void test_deeds(void **state)
{
	static const struct {
		const char *what;
		enum deed deed;
		uint32_t rate;
		uint64_t concealed; /* frames at most, in all */
		uint32_t delay; /* ms at most, at the end */
		uint32_t rest_s; /* 0: 9 */
		int64_t jitter_us; /* 0: 8,000 */
	} cases[] = {
		{ "nothing odd", NOTHING_ODD, SOUND_NARROW, 0, 60 },
		{ "timestamps anew", TIMESTAMPS_JUMP, SOUND_NARROW, 0, 60 },
		{ "timestamps back a little", TIMESTAMPS_BACK, SOUND_NARROW, 0, 60 },
		{ "timestamps ahead a little", TIMESTAMPS_LEAP, SOUND_NARROW, 0, 60 },
		{ "numbers and timestamps anew", NUMBERS_TOO, SOUND_NARROW, 0, 60 },
		{ "another SSRC", OTHER_SSRC, SOUND_WIDE, 0, 60 },
		/* until it is clear that nothing comes: 60 ms of fading */
		{ "a pause of 5 s", PAUSE, SOUND_NARROW, 40, 60 },
		{ "silence of 5 s", SILENT, SOUND_NARROW, 40, 60 },
		{ "pauses of 260 ms", SHORT_PAUSES, SOUND_NARROW, 40, 60 },
		{ "pauses of 60 ms", SHORTER_PAUSES, SOUND_NARROW, 4, 130, 9, 120000 },
		{ "another codec", OTHER_CODEC, SOUND_WIDE, 0, 60 },
		{ "another packet size", OTHER_SIZE, SOUND_NARROW, 6, 70 },
		{ "a longer route", LONGER_ROUTE, SOUND_NARROW, 50, 60, 30 },
		{ "a shorter route", SHORTER_ROUTE, SOUND_NARROW, 0, 60, 30 },
		{ "mute", MUTED, SOUND_WIDE, 0, 60 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct line_way way = { .codec = SOUND_PCMA,
			.packet_ms = 20,
			.base_us = 800000,
			.jitter_us = cases[i].jitter_us ? cases[i].jitter_us : 8000 };
		struct line l;
		struct ear e;

		line_open(&l, cases[i].rate, 3);
		line_run(&l, &way, 4000);
		listen_to(&l, &e);
		for (uint32_t round = 0; round < 10; round++) {
			once(&l, &way, cases[i].deed, round);
			line_run(&l, &way,
				cases[i].rest_s ? cases[i].rest_s * 1000 : 9000);
		}
		print_heard(cases[i].what, &l, &e);
		assert_true(e.concealed <= cases[i].concealed);
		assert_true(jitter_stats(l.jitter).delay_ms <= cases[i].delay);
		assert_true(e.delay_max <= JITTER_MAX_MS);
		assert_true(jitter_stats(l.jitter).lost <= (cases[i].jitter_us ? 2 : 0));
		line_close(&l);
	}
}

/* A network that stands still and then gives everything at once: nothing of up to 300 ms is lost, and the delay is
 * within its bound whatever comes. */
static void test_freeze(void **state)
{
	static const struct {
		uint32_t ms;
		uint64_t discarded; /* packets at most */
	} cases[] = { { 100, 0 }, { 200, 0 }, { 300, 0 }, { 600, 40 }, { 1500, 80 },
		{ 5000, 260 } };

	for (size_t i = 0; i < N(cases); i++) {
		struct line_way way = {
			.codec = SOUND_PCMA, .packet_ms = 20, .base_us = 20000
		};
		struct line l;
		struct ear e;
		char what[40];

		line_open(&l, SOUND_NARROW, 4);
		line_run(&l, &way, 31000);
		listen_to(&l, &e);
		/* what is sent meanwhile comes at the end of it */
		for (uint32_t t = 0; t < cases[i].ms; t += 20) {
			way.base_us = (int64_t)(cases[i].ms - t) * 1000 + 20000;
			line_run(&l, &way, 20);
		}
		way.base_us = 20000;
		line_run(&l, &way, 5000);
		if (cases[i].ms >
			JITTER_MAX_MS) /* what could not be waited for teaches nothing */
			assert_true(jitter_stats(l.jitter).delay_ms <= 60);
		line_run(&l, &way, 15000);
		snprintf(what, sizeof what, "%u ms frozen", cases[i].ms);
		print_heard(what, &l, &e);
		print_message("#   %llu discarded\n",
			(unsigned long long)jitter_stats(l.jitter).discarded);
		assert_true(e.delay_max <= JITTER_MAX_MS);
		assert_true(jitter_stats(l.jitter).discarded <= cases[i].discarded);
		assert_true(jitter_stats(l.jitter).delay_ms <= 60);
		line_close(&l);
	}
}

/* Packets that come twice, before and after their turn, are as if they had come once. */
static void test_twice(void **state)
{
	struct jitter_stats once_each, twice;

	for (int k = 0; k < 2; k++) {
		struct line_way way = { .codec = SOUND_PCMA,
			.packet_ms = 20,
			.jitter_us = 20000,
			.is_doubled = k };
		struct line l;

		line_open(&l, SOUND_NARROW, 9);
		line_run(&l, &way, 30000);
		*(k ? &twice : &once_each) = jitter_stats(l.jitter);
		line_close(&l);
	}
	assert_true(twice.packets > 2 * once_each.packets - 8);
	assert_int_equal(once_each.discarded, 0);
	assert_true(twice.discarded > once_each.packets - 8);
	assert_int_equal(twice.late, once_each.late);
	assert_int_equal(twice.concealed_ms, once_each.concealed_ms);
	assert_int_equal(twice.target_ms, once_each.target_ms);
}

/* One packet that is late is an accident; one every five seconds is a habit, and waited for. */
static void test_habit(void **state)
{
	struct line_way way = {
		.codec = SOUND_PCMA, .packet_ms = 20, .signal = LINE_VOWELS
	};
	struct line l;
	struct ear e;

	line_open(&l, SOUND_NARROW, 8);
	line_run(&l, &way, 25000);
	for (int k = 0; k < 12; k++) {
		if (k < 2 || k == 3)
			listen_to(&l, &e);
		way.base_us = 150000;
		line_run(&l, &way, 20);
		way.base_us = 0;
		line_run(&l, &way, k ? 5000 : 30000);
		if (k < 2 || k == 11)
			print_heard(k ? k == 1 ? "late again" : "a habit" : "late once",
				&l, &e);
		if (k == 0) {
			assert_in_range(e.concealed, 1, 2);
			assert_true(e.delay_max <= 60);
		}
	}
	assert_int_equal(e.concealed, 0);
	assert_true(e.delay_max <= 200);
	line_close(&l);
}

/* Whatever comes, a frame is there every 20 ms and the delay has its bound. */
static void test_hostile(void **state)
{
	static const size_t sizes[] = { 1, 2, 80, 160, 240, 320, 480, 481 };
	uint32_t seed = 7;

	for (int round = 0; round < 4; round++) {
		struct jitter *j;
		uint8_t bytes[500];
		int16_t pcm[SOUND_FRAME_MAX];
		uint16_t seq = 0;
		uint32_t ts = 0;
		int64_t now_us = 0;

		assert_int_equal(
			jitter_new(&j, round & 1 ? SOUND_WIDE : SOUND_NARROW), 0);
		for (int i = 0; i < 10000; i++) {
			/* mostly in order, so that much of it gets far */
			bool wild = voice_chance(&seed) < (round & 2 ? 0.9 : 0.1);
			struct jitter_packet p = { .p = bytes };

			for (size_t k = 0; k < sizeof bytes;
				k += 1 + (size_t)(voice_chance(&seed) * 7))
				bytes[k] = (uint8_t)(voice_chance(&seed) * 256);
			seq = wild ? (uint16_t)(voice_chance(&seed) * 65536)
				   : (uint16_t)(seq + 1);
			ts = wild ? (uint32_t)(voice_chance(&seed) * 4294967295.0)
				  : ts + 160;
			p.codec = (enum sound_codec)(voice_chance(&seed) * 6);
			p.ssrc = voice_chance(&seed) < 0.02;
			p.seq = seq;
			p.ts = ts;
			p.n = sizes[(size_t)(voice_chance(&seed) * N(sizes))];
			now_us += (int64_t)(voice_chance(&seed) *
				(round & 1 ? 2000 : 30000));
			jitter_put(j, &p, now_us);
			if (voice_chance(&seed) < 0.5)
				jitter_take(j, pcm, now_us);
			assert_true(jitter_stats(j).target_ms <= JITTER_MAX_MS);
		}
		print_message("# %llu packets: %llu discarded, %llu late; delay %u ms\n",
			(unsigned long long)jitter_stats(j).packets,
			(unsigned long long)jitter_stats(j).discarded,
			(unsigned long long)jitter_stats(j).late,
			jitter_stats(j).delay_ms);
		jitter_free(j);
	}
}

static void test_bounds(void **state)
{
	struct jitter *j = NULL;
	int16_t pcm[SOUND_FRAME_MAX];

	assert_int_equal(jitter_new(&j, 48000), 22 /* EINVAL */);
	assert_null(j);
	assert_int_equal(jitter_new(&j, SOUND_NARROW), 0);
	memset(pcm, 1, sizeof pcm);
	assert_int_equal(jitter_take(j, pcm, 5), JITTER_NOTHING);
	assert_int_equal(pcm[0], 0);
	assert_int_equal(pcm[159], 0);
	assert_int_equal(jitter_stats(j).frames, 0);
	jitter_free(j);
	jitter_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_deeds),
		cmocka_unit_test(test_freeze),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_habit),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
