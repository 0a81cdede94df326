/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtcp: compound packets read and written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/rtcp.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define LIT(s) (const uint8_t *)(s), sizeof(s) - 1
#define ME     "\xDE\xAD\xBE\xEF"
#define OTHER  "\x01\x02\x03\x04"
#define SENDER                                                                         \
	"\x83\xAA\x7E\x80\x80\x00\x00\x00\x00\x00\x00\xA0\x00\x00\x00\x07\x00\x00\x04" \
	"\x60"
/* lost 256 of 4096 packets, minus two in all */
#define BLOCK                                                                            \
	OTHER "\x10\xFF\xFF\xFE\x00\x01\x00\x05\x00\x00\x00\x09\xB7\x05\x20\x00\x00\x05" \
	      "\x40\x00"
#define SR   "\x81\xC8\x00\x0C" ME SENDER BLOCK
#define RR   "\x81\xC9\x00\x07" ME BLOCK
#define RR0  "\x80\xC9\x00\x01" ME
#define SDES "\x81\xCA\x00\x03" ME "\x01\x04line\0\0"
#define BYE  "\x81\xCB\x00\x01" ME

static void test_sender_report(void **state)
{
	static const uint8_t v[] = SR SDES;
	struct rtcp_compound c;
	const struct rtcp_report *b = &c.reports[0];

	assert_int_equal(rtcp_parse(&c, v, sizeof v - 1), 0);
	assert_true(c.has_sender && !c.bye);
	assert_int_equal(c.ssrc, 0xDEADBEEF);
	assert_int_equal(c.ntp, 0x83AA7E8080000000);
	assert_int_equal(c.rtp_ts, 160);
	assert_int_equal(c.packets, 7);
	assert_int_equal(c.octets, 1120);
	assert_int_equal(c.n_reports, 1);
	assert_int_equal(b->ssrc, 0x01020304);
	assert_int_equal(b->fraction_lost, 16);
	assert_int_equal(b->lost, -2);
	assert_int_equal(b->ext_seq, 0x10005);
	assert_int_equal(b->jitter, 9);
	assert_int_equal(b->lsr, 0xB7052000);
	assert_int_equal(b->dlsr, 0x00054000);
}

static void test_compounds(void **state)
{
	static const struct {
		const char *what;
		const uint8_t *p;
		size_t n;
		int err;
		size_t n_reports;
		bool bye;
	} cases[] = {
		{ "nothing", LIT(""), EBADMSG, 0, false },
		{ "a header alone", LIT("\x80\xC9\x00\x00"), EBADMSG, 0, false },
		{ "an empty report", LIT(RR0), 0, 0, false },
		{ "one report", LIT(RR), 0, 1, false },
		{ "reports of two packets", LIT(RR RR), 0, 2, false },
		{ "five reports: four are kept", LIT(RR RR RR RR RR), 0, 4, false },
		{ "a sender later", LIT(RR SR), 0, 2, false },
		{ "SDES first", LIT(SDES RR0), EBADMSG, 0, false },
		{ "BYE first", LIT(BYE RR0), EBADMSG, 0, false },
		{ "version 1", LIT("\x40\xC9\x00\x01" ME), EBADMSG, 0, false },
		{ "version 1 later", LIT(RR0 "\x40\xC9\x00\x01" ME), EBADMSG, 0, false },
		{ "longer than it is", LIT("\x80\xC9\x00\x02" ME), EBADMSG, 0, false },
		{ "shorter than it is", LIT("\x80\xC9\x00\x00" ME), EBADMSG, 0, false },
		{ "a report that is not there", LIT("\x81\xC9\x00\x01" ME), EBADMSG, 0,
			false },
		{ "31 reports that are not there", LIT("\x9F\xC9\x00\x07" ME BLOCK),
			EBADMSG, 0, false },
		{ "a report without its last word",
			LIT("\x81\xC9\x00\x06" ME OTHER "1234567890abcdef" SDES), EBADMSG,
			0, false },
		{ "a sender cut", LIT("\x80\xC8\x00\x05" ME "12345678abcdefgh"), EBADMSG,
			0, false },
		{ "profile extensions after the blocks",
			LIT("\x81\xC9\x00\x08" ME BLOCK "more"), 0, 1, false },
		{ "three bytes too many", LIT(RR0 "\x80\xC9\x00"), EBADMSG, 0, false },
		{ "feedback is skipped", LIT(RR0 "\x81\xCE\x00\x02" ME OTHER), 0, 0,
			false },
		{ "a farewell", LIT(RR0 SDES BYE), 0, 0, true },
		{ "a farewell with a reason",
			LIT(RR0 "\x81\xCB\x00\x03" ME "\x06"
				"is out\0"),
			0, 0, true },
		{ "another's farewell", LIT(RR0 "\x81\xCB\x00\x01" OTHER), 0, 0, false },
		{ "both go", LIT(RR0 "\x82\xCB\x00\x02" OTHER ME), 0, 0, true },
		{ "a farewell of nobody", LIT(RR0 "\x80\xCB\x00\x00"), 0, 0, false },
		{ "a farewell cut", LIT(RR0 "\x82\xCB\x00\x01" OTHER), EBADMSG, 0,
			false },
		{ "padding at the end", LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x04"), 0, 0,
			true },
		{ "padding at first", LIT("\xA0\xC9\x00\x02" ME "\0\0\0\x04"), EBADMSG, 0,
			false },
		{ "padding in the middle",
			LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x04" SDES), EBADMSG, 0,
			false },
		{ "padding of 0", LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x00"), EBADMSG, 0,
			false },
		{ "padding of 3", LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x03"), EBADMSG, 0,
			false },
		{ "padding over the SSRC", LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x08"),
			EBADMSG, 0, false },
		{ "padding over the header", LIT(RR0 "\xA1\xCB\x00\x02" ME "\0\0\0\x0C"),
			EBADMSG, 0, false },
		{ "padding of an empty packet", LIT(RR0 "\xA0\xCB\x00\x00"), EBADMSG, 0,
			false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtcp_compound c = { .ssrc = 99 };
		uint8_t *copy = malloc(cases[i].n ? cases[i].n : 1);

		assert_non_null(copy);
		memcpy(copy, cases[i].p, cases[i].n);
		if (rtcp_parse(&c, copy, cases[i].n) != cases[i].err)
			fail_msg("%s", cases[i].what);
		if (!cases[i].err &&
			(c.n_reports != cases[i].n_reports || c.bye != cases[i].bye))
			fail_msg("%s: %zu reports", cases[i].what, c.n_reports);
		assert_int_equal(c.ssrc, cases[i].err ? 99 : 0xDEADBEEF);
		free(copy);
	}
}

static void test_the_first_sender_counts(void **state)
{
	static const uint8_t v[] = SR "\x80\xC8\x00\x06" OTHER "--NTP---time"
				      "pktsocts";
	struct rtcp_compound c;

	assert_int_equal(rtcp_parse(&c, v, sizeof v - 1), 0);
	assert_int_equal(c.ssrc, 0xDEADBEEF);
	assert_int_equal(c.ntp, 0x83AA7E8080000000);
	assert_int_equal(c.packets, 7);
}

/* Cut between two packets it is a compound, anywhere else it is not. */
static void test_cut_anywhere(void **state)
{
	static const uint8_t v[] = SR SDES BYE;

	for (size_t n = 0; n < sizeof v; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		struct rtcp_compound c;
		bool whole = n == sizeof SR - 1 || n == sizeof SR SDES - 1 ||
			n == sizeof v - 1;

		assert_non_null(copy);
		memcpy(copy, v, n);
		assert_int_equal(rtcp_parse(&c, copy, n), whole ? 0 : EBADMSG);
		free(copy);
	}
}

static void test_cumulative_loss_is_signed(void **state)
{
	static const int32_t lost[] = { 0, 1, -1, 0x7FFFFF, -0x800000 };

	for (size_t i = 0; i < N(lost); i++) {
		struct rtcp_report r = { .lost = lost[i] };
		struct rtcp_write w = { .reports = &r, .n_reports = 1, .cname = "x" };
		struct rtcp_compound c;
		uint8_t b[RTCP_MAX];
		size_t n;

		assert_int_equal(rtcp_write(&w, b, sizeof b, &n), 0);
		assert_int_equal(rtcp_parse(&c, b, n), 0);
		assert_int_equal(c.reports[0].lost, lost[i]);
	}
}

static void test_written_bytes(void **state)
{
	static const uint8_t expected[] = SR SDES BYE;
	struct rtcp_report r = { .ssrc = 0x01020304,
		.fraction_lost = 16,
		.lost = -2,
		.ext_seq = 0x10005,
		.jitter = 9,
		.lsr = 0xB7052000,
		.dlsr = 0x54000 };
	struct rtcp_write w = { .has_sender = true,
		.ssrc = 0xDEADBEEF,
		.ntp = 0x83AA7E8080000000,
		.rtp_ts = 160,
		.packets = 7,
		.octets = 1120,
		.reports = &r,
		.n_reports = 1,
		.cname = "line",
		.bye = true };
	uint8_t b[RTCP_MAX];
	size_t n;

	assert_int_equal(rtcp_write(&w, b, sizeof b, &n), 0);
	assert_int_equal(n, sizeof expected - 1);
	assert_memory_equal(b, expected, n);
}

/* A chunk ends with one to four zeros on a word's end, for each length of the name. */
static void test_cname_lengths(void **state)
{
	char name[RTCP_CNAME_MAX + 2];

	for (size_t len = 0; len <= RTCP_CNAME_MAX + 1; len++) {
		struct rtcp_write w = { .ssrc = 5, .cname = name };
		struct rtcp_compound c;
		uint8_t b[RTCP_MAX];
		size_t n;

		memset(name, 'c', len);
		name[len] = 0;
		int err = rtcp_write(&w, b, sizeof b, &n);

		assert_int_equal(err, len > RTCP_CNAME_MAX ? ENOSPC : 0);
		if (err)
			continue;
		assert_int_equal(n % 4, 0);
		assert_int_equal(n, 8 + 8 + (2 + len) / 4 * 4 + 4);
		assert_int_equal(b[n - 1], 0);
		assert_int_equal(b[17], len);
		assert_int_equal(rtcp_parse(&c, b, n), 0);
		assert_int_equal(c.ssrc, 5);
	}
}

static void test_no_space(void **state)
{
	struct rtcp_report r[RTCP_REPORTS_MAX + 1] = { 0 };
	struct rtcp_write w = { .has_sender = true,
		.reports = r,
		.n_reports = RTCP_REPORTS_MAX,
		.cname = "line",
		.bye = true };
	uint8_t whole[RTCP_MAX];
	size_t need;

	assert_int_equal(rtcp_write(&w, whole, sizeof whole, &need), 0);
	for (size_t cap = 0; cap <= need; cap++) {
		uint8_t *b = malloc(cap ? cap : 1);
		size_t n = 12345;

		assert_non_null(b);
		assert_int_equal(rtcp_write(&w, b, cap, &n), cap < need ? ENOSPC : 0);
		assert_int_equal(n, cap < need ? 12345 : need);
		free(b);
	}
	w.n_reports = RTCP_REPORTS_MAX + 1;
	assert_int_equal(rtcp_write(&w, whole, sizeof whole, &need), ENOSPC);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sender_report),
		cmocka_unit_test(test_compounds),
		cmocka_unit_test(test_the_first_sender_counts),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_cumulative_loss_is_signed),
		cmocka_unit_test(test_written_bytes),
		cmocka_unit_test(test_cname_lengths),
		cmocka_unit_test(test_no_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
