/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* quality: from a relay's counters at two moments to figures, records and what a desk is shown. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "app/quality.h"

static void is_near(const char *what, double got, double want)
{
	if (!(fabs(got - want) <= .05))
		fail_msg("%s: %.3f, not %.3f", what, got, want);
}

/* What a direction is, whatever it is worth. */
static void test_counts(void **state)
{
	static const struct {
		const char *what;
		struct quality_point from, to;
		struct quality_way in, out;
	} cases[] = {
		{ "the difference of two points",
			{ .expected = 100,
				.lost = 3,
				.sent = 50,
				.remote_expected = 45,
				.remote_lost = 1 },
			{ .expected = 350,
				.lost = 10,
				.sent = 300,
				.remote_expected = 295,
				.remote_lost = 6 },
			{ .is_known = true, .expected = 250, .lost = 7 },
			{ .is_known = true, .expected = 250, .lost = 5 } },
		{ "a late packet took a loss back", { .expected = 100, .lost = 3 },
			{ .expected = 200, .lost = 2 },
			{ .is_known = true, .expected = 100 }, { 0 } },
		{ "another source: its counts are its own",
			{ .expected = 900, .lost = 30 }, { .expected = 40, .lost = 2 },
			{ .is_known = true, .expected = 40, .lost = 2 }, { 0 } },
		{ "more lost than expected is no figure: all were",
			{ .expected = 100, .lost = 0 }, { .expected = 110, .lost = 50 },
			{ .is_known = true, .expected = 10, .lost = 10 }, { 0 } },
		{ "no report since the talk began",
			{ .sent = 50, .remote_expected = 45, .remote_lost = 9 },
			{ .sent = 80, .remote_expected = 45, .remote_lost = 9 },
			{ .is_known = true }, { .expected = 30 } },
		{ "nobody reports", { .sent = 50 }, { .sent = 80 }, { .is_known = true },
			{ .expected = 30 } },
		{ "a jitter buffer that began meanwhile", { .frames = 0 },
			{ .frames = 500, .concealed = 20 },
			{ .is_known = true, .frames = 500, .concealed = 20 }, { 0 } },
		{ "one that was made anew", { .frames = 800, .concealed = 300 },
			{ .frames = 500, .concealed = 20 },
			{ .is_known = true, .frames = 500, .concealed = 20 }, { 0 } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct quality_way *want[] = { &cases[i].in, &cases[i].out };
		struct quality_way ways[2];

		quality_between(ways, &cases[i].from, &cases[i].to);
		for (int d = STORE_IN; d <= STORE_OUT; d++)
			if (ways[d].expected != want[d]->expected ||
				ways[d].lost != want[d]->lost ||
				ways[d].frames != want[d]->frames ||
				ways[d].concealed != want[d]->concealed ||
				ways[d].is_known != want[d]->is_known)
				fail_msg("%s, %s", cases[i].what,
					d == STORE_IN ? "in" : "out");
	}
}

static struct quality_way way_in(struct quality_point to)
{
	static const struct quality_point from;
	struct quality_way ways[2];

	quality_between(ways, &from, &to);
	return ways[STORE_IN];
}

static struct e_model_worth worth(
	bool is_wide, enum e_model_codec c, double loss, double delay_ms)
{
	const struct e_model_line l = { c, loss, delay_ms, 1 };
	struct e_model_worth w;

	assert_int_equal(is_wide ? e_model_wide(&w, &l) : e_model_narrow(&w, &l), 0);
	return w;
}

/* Half the round trip, a packet, the buffer; what was made up counts before what was lost. */
static void test_worth(void **state)
{
	struct quality_way w = way_in((struct quality_point){ .expected = 1000,
		.lost = 50,
		.round_trip_us = 200000,
		.rx_codec = SOUND_PCMU });

	assert_true(w.has_worth);
	is_near("lost", w.narrow.r, worth(false, E_MODEL_PCMA, 5, 120).r);
	w = way_in((struct quality_point){ .expected = 1000,
		.lost = 50,
		.frames = 1000,
		.concealed = 10,
		.delay_ms = 60,
		.round_trip_us = 200000,
		.rx_codec = SOUND_OPUS });
	is_near("made up", w.wide.r, worth(true, E_MODEL_OPUS, 1, 180).r);
	assert_true(w.wide.mos > 3.5);
	/* restored is heard; what is missing otherwise comes in bursts of five, against the 1.04 of random loss */
	w = way_in((struct quality_point){ .expected = 1000,
		.lost = 50,
		.restored = 10,
		.bursts = 8,
		.rx_codec = SOUND_PCMA });
	is_near("bursts", w.burst, 5 * 0.96);
	struct e_model_worth bursty;

	assert_int_equal(e_model_narrow(&bursty,
				 &(struct e_model_line){ E_MODEL_PCMA, 4, 20, 4.8 }),
		0);
	is_near("bursts", w.narrow.r, bursty.r);
	assert_true(w.narrow.r < worth(false, E_MODEL_PCMA, 4, 20).r - 1);
	struct store_quality q = { 0 };

	quality_record(&q, &w);
	assert_int_equal(q.burst_100, 480);
	assert_int_equal(q.lost, 50);
	/* the far side's buffer is not told: 40 ms */
	struct quality_way ways[2];

	quality_between(ways, &(struct quality_point){ 0 },
		&(struct quality_point){ .sent = 100,
			.remote_expected = 100,
			.remote_lost = 2,
			.round_trip_us = 40000,
			.tx_codec = SOUND_G722 });
	is_near("out", ways[STORE_OUT].wide.r, worth(true, E_MODEL_G722, 2, 80).r);
}

static void test_words(void **state)
{
	assert_string_equal(quality_path_word(RP_PATH_PACKET), "packet");
	assert_string_equal(quality_path_word(RP_PATH_PCM), "pcm");
	assert_string_equal(quality_path_word(RP_PATH_NONE), "");
	assert_string_equal(quality_why_word(RP_WHY_LOSSY), "lossy");
	assert_string_equal(quality_why_word(RP_WHY_OVER), "over");
	assert_string_equal(quality_why_word(200), "");
}

static void test_no_worth(void **state)
{
	assert_false(way_in((struct quality_point){ .rx_codec = SOUND_PCMA }).has_worth);
	assert_false(way_in((struct quality_point){ .expected = 9 }).has_worth);
	assert_false(way_in((struct quality_point){ .expected = 9, .rx_codec = 200 })
			     .has_worth);
	/* a round trip of an hour is a wrong clock, and no reason to fail */
	assert_true(way_in((struct quality_point){ .expected = 9,
				   .rx_codec = SOUND_PCMA,
				   .round_trip_us = UINT32_MAX })
			    .has_worth);
}

static void test_record(void **state)
{
	struct store_quality q = { .call = 5 };
	struct quality_way w = way_in((struct quality_point){ .expected = UINT64_MAX,
		.lost = 50,
		.jitter_us = UINT32_MAX,
		.frames = 100,
		.concealed = 100,
		.delay_ms = 60,
		.rx_codec = SOUND_G722 });

	quality_record(&q, &w);
	assert_int_equal(q.call, 5);
	assert_string_equal(q.codec, "G722");
	assert_int_equal(q.expected, INT32_MAX);
	assert_int_equal(q.lost, 50);
	assert_int_equal(q.jitter_us, INT32_MAX);
	assert_int_equal(q.round_trip_us, STORE_UNKNOWN);
	assert_int_equal(q.delay_ms, 60);
	assert_int_equal(q.concealed, 100);
	assert_true(
		q.r_narrow_10 > 0 && q.mos_narrow_100 >= 100 && q.mos_wide_100 >= 100);
	w = (struct quality_way){ .codec = SOUND_G722 };
	quality_record(&q, &w);
	assert_string_equal(q.codec, "");
	assert_int_equal(q.lost, STORE_UNKNOWN);
	assert_int_equal(q.frames, STORE_UNKNOWN);
	assert_int_equal(q.mos_narrow_100, STORE_UNKNOWN);
	/* below 0 on the scale, and no sentinel */
	w = way_in((struct quality_point){ .expected = 100,
		.lost = 100,
		.round_trip_us = 8000000,
		.rx_codec = SOUND_PCMA });
	assert_true(w.narrow.r < 0);
	quality_record(&q, &w);
	assert_int_equal(q.r_narrow_10, 0);
	assert_int_equal(q.mos_narrow_100, 100);
}

static void test_show(void **state)
{
	struct quality_way w = way_in((struct quality_point){ .expected = 1000,
		.lost = 10,
		.jitter_us = 3000,
		.rx_codec = SOUND_PCMA });
	struct desk_way d;

	quality_show(&d, &w);
	assert_string_equal(d.codec, "PCMA");
	assert_int_equal(d.lost, 10);
	assert_false(d.is_wide);
	assert_int_equal(d.mos_100, lround(w.narrow.mos * 100));
	w = way_in((struct quality_point){ .expected = 1000, .rx_codec = SOUND_OPUS });
	quality_show(&d, &w);
	assert_true(d.is_wide); /* each on the scale of its codec */
	assert_int_equal(d.r_10, lround(w.wide.r * 10));
	w = (struct quality_way){ 0 };
	quality_show(&d, &w);
	assert_string_equal(d.codec, "");
	assert_false(d.has_worth || d.is_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_worth),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_worth),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
