/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtcp_source: loss, order, jitter and round trip as RFC 3550 appendix A and section 6.4.1 have them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wire/rtcp.h"

#define N(a)  (sizeof(a) / sizeof *(a))
#define SSRC  7
#define FRAME 160 /* 20 ms at 8,000 Hz */

/* Packets from..to in order, on time. */
static void packets(struct rtcp_source *s, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++)
		rtcp_source_packet(s, SSRC, (uint16_t)i, i * FRAME, 1000 + i * FRAME);
}

static struct rtcp_report report(struct rtcp_source *s)
{
	struct rtcp_report r;

	assert_true(rtcp_source_report(s, 0, &r));
	return r;
}

static void test_nothing_received(void **state)
{
	struct rtcp_source s = { 0 };
	struct rtcp_report r;

	assert_false(rtcp_source_report(&s, 0, &r));
	assert_int_equal(rtcp_source_lost(&s), 0);
}

static void test_no_loss(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 100, 200);
	struct rtcp_report r = report(&s);

	assert_int_equal(r.ssrc, SSRC);
	assert_int_equal(r.fraction_lost, 0);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.ext_seq, 200);
	assert_int_equal(r.jitter, 0);
	assert_int_equal(r.lsr, 0);
	assert_int_equal(r.dlsr, 0);
}

/* A.3: the fraction is of the interval, the sum is of all. */
static void test_loss_by_interval(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 1, 60);
	packets(&s, 101, 100 + 60); /* 40 of 160 lost */
	struct rtcp_report r = report(&s);

	assert_int_equal(r.fraction_lost, 40 * 256 / 160);
	assert_int_equal(r.lost, 40);
	packets(&s, 161, 260);
	r = report(&s);
	assert_int_equal(r.fraction_lost, 0);
	assert_int_equal(r.lost, 40);
	r = report(&s); /* an interval without any packet */
	assert_int_equal(r.fraction_lost, 0);
	packets(&s, 262, 263); /* one of three */
	r = report(&s);
	assert_int_equal(r.fraction_lost, 85);
	assert_int_equal(r.lost, 41);
	assert_int_equal(rtcp_source_lost(&s), 41);
}

static void test_duplicates_make_the_sum_negative(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 1, 10);
	packets(&s, 8, 10);
	struct rtcp_report r = report(&s);

	assert_int_equal(r.lost, -3);
	assert_int_equal(r.fraction_lost, 0);
	assert_int_equal(rtcp_source_lost(&s), 0);
}

static void test_order_does_not_matter(void **state)
{
	static const uint16_t order[] = { 1, 2, 4, 3, 7, 6, 5, 8 };
	struct rtcp_source s = { 0 };

	for (size_t i = 0; i < N(order); i++)
		packets(&s, order[i], order[i]);
	assert_int_equal(report(&s).lost, 0);
	assert_int_equal(report(&s).ext_seq, 8);
}

static void test_wrap_around(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 65530, 65540); /* ...65535, 0..4 */
	struct rtcp_report r = report(&s);

	assert_int_equal(r.ext_seq, 65536 + 4);
	assert_int_equal(r.lost, 0);
	packets(&s, 65535,
		65535); /* late, from before the wrap: a duplicate, no second wrap */
	assert_int_equal(report(&s).ext_seq, 65536 + 4);
	packets(&s, 65541, 3 * 65536); /* twice more around */
	r = report(&s);
	assert_int_equal(r.ext_seq, 3 * 65536);
	assert_int_equal(r.lost, -1);
}

/* A wrap that itself is lost, and numbers that come late over it. */
static void test_wrap_with_loss_and_disorder(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 65533, 65534);
	packets(&s, 65538, 65538); /* 2; 65535, 0 and 1 are missing */
	packets(&s, 65535, 65535);
	struct rtcp_report r = report(&s);

	assert_int_equal(r.ext_seq, 65538);
	assert_int_equal(r.lost, 2);
}

/* A.1: MAX_DROPOUT 3000 and MAX_MISORDER 100. */
static void test_leaps(void **state)
{
	static const struct {
		const char *what;
		uint32_t seq;
		bool is_counted;
		uint32_t ext_seq;
	} cases[] = {
		{ "2999 ahead", 10000 + 2999, true, 12999 },
		{ "3000 ahead", 10000 + 3000, false, 10000 },
		{ "half the ring", 10000 + 32768, false, 10000 },
		{ "100 back", 10000 - 100, false, 10000 },
		{ "99 back", 10000 - 99, true, 10000 },
		{ "the same", 10000, true, 10000 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtcp_source s = { 0 };

		packets(&s, 9000, 10000);
		packets(&s, cases[i].seq, cases[i].seq);
		if (s.received != 1001u + cases[i].is_counted)
			fail_msg("%s", cases[i].what);
		assert_int_equal(report(&s).ext_seq, cases[i].ext_seq);
	}
}

/* Two in a row after a leap: the other side began anew. */
static void test_restart_after_a_leap(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 100, 200);
	packets(&s, 30000, 30000);
	packets(&s, 201, 210); /* a stray does no harm */
	assert_int_equal(report(&s).lost, 0);
	assert_int_equal(report(&s).ext_seq, 210);
	packets(&s, 40000, 40010);
	struct rtcp_report r = report(&s);

	assert_int_equal(r.ext_seq, 40010);
	assert_int_equal(r.lost, 0);
	/* over the wrap, too: 65535 and then 0 */
	packets(&s, 65535, 65536);
	assert_int_equal(report(&s).ext_seq, 0);
	assert_int_equal(report(&s).lost, 0);
}

static void test_a_new_ssrc_starts_afresh(void **state)
{
	struct rtcp_source s = { 0 };

	packets(&s, 1, 10);
	packets(&s, 21, 30);
	rtcp_source_sr(&s, UINT64_C(1) << 32, 5);
	rtcp_source_packet(&s, SSRC + 1, 500, 0, 99);
	struct rtcp_report r = report(&s);

	assert_int_equal(r.ssrc, SSRC + 1);
	assert_int_equal(r.ext_seq, 500);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.lsr, 0); /* the other source's report is not this one's */
}

/* Loss beyond 24 bits stays at the end of the scale. */
static void test_loss_is_clamped(void **state)
{
	struct rtcp_source s = { .started = true,
		.ssrc = SSRC,
		.cycles = 0x1000000,
		.received = 1,
		.bad_seq = 70000 };

	assert_int_equal(report(&s).lost, 0x7FFFFF);
	assert_int_equal(rtcp_source_lost(&s), 0x1000000);
	s = (struct rtcp_source){ .started = true, .received = 0x1000000 };
	assert_int_equal(report(&s).lost, -0x800000);
}

/* A.8 against the formula of section 6.4.1 in floating point. */
static void test_jitter(void **state)
{
	struct rtcp_source s = { 0 };
	double j = 0;
	uint32_t arrival = 50000, last_arrival = 0;

	srandom(1);
	for (uint32_t i = 0; i < 2000; i++) {
		uint32_t late = (uint32_t)random() % 80; /* up to 10 ms */
		uint32_t now = arrival + i * FRAME + late;

		rtcp_source_packet(&s, SSRC, (uint16_t)i, i * FRAME, now);
		if (i)
			j += (fabs((double)now - last_arrival - FRAME) - j) / 16;
		last_arrival = now;
		assert_true(fabs(s.jitter_q4 / 16.0 - j) < 1);
	}
	assert_true(j > 15 && j < 40); /* the mean of |a - b| is 80 / 3 */
	assert_int_equal(report(&s).jitter, s.jitter_q4 / 16);
}

static void test_jitter_over_the_clocks_wraps(void **state)
{
	struct rtcp_source s = { 0 };

	for (uint32_t i = 0; i < 100; i++)
		rtcp_source_packet(&s, SSRC, (uint16_t)i,
			UINT32_MAX - 50 * FRAME + i * FRAME,
			UINT32_MAX - 20 * FRAME + i * FRAME);
	assert_int_equal(report(&s).jitter, 0);
}

/* Timestamps out of the air do not wrap the estimate; it decays again. */
static void test_jitter_stays_in_range(void **state)
{
	struct rtcp_source s = { 0 };

	for (uint32_t i = 0; i < 1000; i++)
		rtcp_source_packet(&s, SSRC, (uint16_t)i, i % 2 ? 0x80000000 : 0, 0);
	uint32_t high = report(&s).jitter;

	assert_in_range(high, 1u << 26, 1u << 27);
	for (uint32_t i = 1000; i < 1500; i++)
		rtcp_source_packet(&s, SSRC, (uint16_t)i, 0, 0);
	assert_in_range(report(&s).jitter, 0, 1);
}

static void test_delay_since_sender_report(void **state)
{
	static const struct {
		int64_t after_us;
		uint32_t dlsr;
	} cases[] = {
		{ 0, 0 },
		{ -1000000, 0 }, /* a clock that stepped back */
		{ 1000000, 65536 },
		{ 5250000, 0x00054000 }, /* the figure of section 6.4.1 */
		{ INT64_C(65535) * 1000000, 0xFFFF0000 },
		{ INT64_C(65536) * 1000000, UINT32_MAX },
		{ INT64_MAX / 2, UINT32_MAX },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtcp_source s = { 0 };
		struct rtcp_report r;

		packets(&s, 1, 2);
		rtcp_source_sr(&s, 0xB44DB705200012AB, 1000);
		assert_true(rtcp_source_report(&s, 1000 + cases[i].after_us, &r));
		assert_int_equal(r.lsr, 0xB7052000);
		assert_int_equal(r.dlsr, cases[i].dlsr);
	}
}

static void test_round_trip(void **state)
{
	static const struct {
		const char *what;
		uint32_t lsr, dlsr;
		uint64_t now;
		uint32_t us;
	} cases[] = {
		{ "RFC 3550 figure 2: 6.125 s", 0xB7052000, 0x00054000,
			0x0000B71080000000, 6125000 },
		{ "no sender report yet", 0, 0x00054000, 0x0000B71080000000, 0 },
		{ "negative", 0xB7108000, 1, 0x0000B71080000000, 0 },
		{ "none", 0xB7108000, 0, 0x0000B71080000000, 0 },
		{ "over the wrap of the middle", 0xFFFFF000, 0, 0x0001000010000000,
			125000 },
		{ "nine hours", 1, 0, 0x0000800000000000, UINT32_MAX },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtcp_report r = { .lsr = cases[i].lsr, .dlsr = cases[i].dlsr };

		if (rtcp_round_trip_us(&r, cases[i].now) != cases[i].us)
			fail_msg("%s: %u", cases[i].what,
				rtcp_round_trip_us(&r, cases[i].now));
	}
}

/* Numbers as they come; a negative one is not received but restored by another. */
static void test_bursts(void **state)
{
	static const struct {
		const char *what;
		int seqs[12];
		uint32_t lost, bursts, restored;
	} cases[] = {
		{ "none", { 100, 101, 102 }, 0, 0, 0 },
		{ "one alone", { 100, 102 }, 1, 1, 0 },
		{ "three in a row", { 100, 104 }, 3, 1, 0 },
		{ "twice", { 100, 102, 104 }, 2, 2, 0 },
		{ "one came late", { 100, 102, 101 }, 0, 0, 0 },
		{ "the first of two came late", { 100, 103, 101 }, 1, 1, 0 },
		{ "the middle of three: two are left", { 100, 104, 102 }, 2, 2, 0 },
		{ "all of three, from the middle", { 100, 104, 102, 103, 101 }, 0, 0, 0 },
		{ "one twice", { 100, 102, 102 }, 0, 1, 0 },
		{ "restored: lost, but not missing", { 100, 102, -101 }, 1, 0, 1 },
		{ "twice restored counts once", { 100, 102, -101, -101 }, 1, 0, 1 },
		{ "what came is not restored", { 100, 101, 102, -101 }, 0, 0, 0 },
		{ "nor what is to come", { 100, 101, -105 }, 0, 0, 0 },
		{ "nor what was before the first", { 100, -99 }, 0, 0, 0 },
		{ "the last of three", { 100, 104, -103 }, 3, 1, 1 },
		{ "seventy in a row", { 100, 171 }, 70, 1, 0 },
		{ "and sixty-four", { 100, 164, 163 }, 62, 1, 0 },
		{ "over the wrap", { 65535, 65537, -65536 }, 1, 0, 1 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtcp_source s = { 0 };

		for (size_t k = 0; k < N(cases[i].seqs) && cases[i].seqs[k]; k++) {
			int seq = cases[i].seqs[k];

			if (seq < 0)
				(void)rtcp_source_restore(&s, (uint16_t)-seq);
			else
				packets(&s, (uint32_t)seq, (uint32_t)seq);
		}
		if (rtcp_source_lost(&s) != cases[i].lost ||
			s.bursts != cases[i].bursts || s.restored != cases[i].restored)
			fail_msg("%s: %u lost in %u bursts, %u restored", cases[i].what,
				rtcp_source_lost(&s), s.bursts, s.restored);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_received),
		cmocka_unit_test(test_no_loss),
		cmocka_unit_test(test_loss_by_interval),
		cmocka_unit_test(test_duplicates_make_the_sum_negative),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_wrap_around),
		cmocka_unit_test(test_wrap_with_loss_and_disorder),
		cmocka_unit_test(test_leaps),
		cmocka_unit_test(test_restart_after_a_leap),
		cmocka_unit_test(test_a_new_ssrc_starts_afresh),
		cmocka_unit_test(test_loss_is_clamped),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_jitter_over_the_clocks_wraps),
		cmocka_unit_test(test_jitter_stays_in_range),
		cmocka_unit_test(test_delay_since_sender_report),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
