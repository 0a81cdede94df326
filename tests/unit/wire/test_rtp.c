/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtp: headers read and written. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/rtp.h"

#define N(a)   (sizeof(a) / sizeof *(a))
#define LIT(s) (const uint8_t *)(s), sizeof(s) - 1
#define REST   "\x12\x34\x00\x00\x00\xA0\xDE\xAD\xBE\xEF" /* sequence, time, SSRC */

static void test_parse(void **state)
{
	static const struct {
		const char *what;
		const uint8_t *p;
		size_t n;
		int err;
		size_t header_size, payload;
	} cases[] = {
		{ "nothing", LIT(""), EBADMSG, 0, 0 },
		{ "eleven bytes", LIT("\x80\x08\x12\x34\x00\x00\x00\xA0\xDE\xAD\xBE"),
			EBADMSG, 0, 0 },
		{ "a header alone", LIT("\x80\x08" REST), 0, 12, 0 },
		{ "three bytes of payload", LIT("\x80\x08" REST "abc"), 0, 12, 3 },
		{ "version 0", LIT("\x00\x08" REST "abc"), EBADMSG, 0, 0 },
		{ "version 1", LIT("\x40\x08" REST "abc"), EBADMSG, 0, 0 },
		{ "version 3", LIT("\xC0\x08" REST "abc"), EBADMSG, 0, 0 },
		{ "a CSRC", LIT("\x81\x08" REST "1111abc"), 0, 16, 3 },
		{ "a CSRC alone", LIT("\x81\x08" REST "1111"), 0, 16, 0 },
		{ "a CSRC cut", LIT("\x81\x08" REST "111"), EBADMSG, 0, 0 },
		{ "fifteen CSRCs cut", LIT("\x8F\x08" REST "abc"), EBADMSG, 0, 0 },
		{ "an empty extension",
			LIT("\x90\x08" REST "\xBE\xDE\x00\x00"
			    "abc"),
			0, 16, 3 },
		{ "an extension", LIT("\x90\x08" REST "\xBE\xDE\x00\x01xxxxabc"), 0, 20,
			3 },
		{ "an extension's header cut", LIT("\x90\x08" REST "\xBE\xDE\x00"),
			EBADMSG, 0, 0 },
		{ "an extension cut", LIT("\x90\x08" REST "\xBE\xDE\x00\x01xxx"), EBADMSG,
			0, 0 },
		{ "the longest extension", LIT("\x90\x08" REST "\xBE\xDE\xFF\xFFxxxx"),
			EBADMSG, 0, 0 },
		{ "CSRC and extension",
			LIT("\x91\x08" REST "1111\xBE\xDE\x00\x01xxxxabc"), 0, 24, 3 },
		{ "padding of 2", LIT("\xA0\x08" REST "abc\x00\x02"), 0, 12, 3 },
		{ "padding alone", LIT("\xA0\x08" REST "\x00\x02"), 0, 12, 0 },
		{ "padding into the header", LIT("\xA0\x08" REST "\x00\x03"), EBADMSG, 0,
			0 },
		{ "padding of 0", LIT("\xA0\x08" REST "abc\x00"), EBADMSG, 0, 0 },
		{ "padding without payload", LIT("\xA0\x08" REST), EBADMSG, 0, 0 },
		{ "padding over the extension",
			LIT("\xB0\x08" REST "\xBE\xDE\x00\x01xxx\x04"), EBADMSG, 0, 0 },
		{ "type 63", LIT("\x80\x3F" REST), 0, 12, 0 },
		{ "type 64 is RTCP", LIT("\x80\x40" REST), EBADMSG, 0, 0 },
		{ "a sender report", LIT("\x80\xC8" REST), EBADMSG, 0, 0 },
		{ "type 95 is RTCP", LIT("\x80\x5F" REST), EBADMSG, 0, 0 },
		{ "type 96", LIT("\x80\x60" REST), 0, 12, 0 },
		{ "type 127", LIT("\x80\xFF" REST), 0, 12, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct rtp_packet r = { .ssrc = 99 };
		uint8_t *copy = malloc(cases[i].n ? cases[i].n : 1);

		assert_non_null(copy);
		memcpy(copy, cases[i].p, cases[i].n);
		if (rtp_parse(&r, copy, cases[i].n) != cases[i].err)
			fail_msg("%s", cases[i].what);
		if (cases[i].err) {
			assert_int_equal(r.ssrc, 99); /* untouched */
		} else {
			assert_int_equal(r.header_size, cases[i].header_size);
			assert_int_equal(r.payload.n, cases[i].payload);
			assert_ptr_equal(r.payload.p, copy + r.header_size);
			assert_int_equal(r.seq, 0x1234);
			assert_int_equal(r.ts, 160);
			assert_int_equal(r.ssrc, 0xDEADBEEF);
		}
		free(copy);
	}
}

static void test_longest(void **state)
{
	static uint8_t p[RTP_MAX + 1] = { 0x80, 8 };
	struct rtp_packet r;

	assert_int_equal(rtp_parse(&r, p, RTP_MAX), 0);
	assert_int_equal(r.payload.n, RTP_MAX - RTP_HEADER);
	assert_int_equal(rtp_parse(&r, p, RTP_MAX + 1), EBADMSG);
}

static void test_written_reads_back(void **state)
{
	static const struct {
		bool marker;
		uint8_t pt;
		uint16_t seq;
		uint32_t ts, ssrc;
	} cases[] = {
		{ false, 0, 0, 0, 0 },
		{ true, 8, 1, 2, 3 },
		{ true, 127, 65535, UINT32_MAX, UINT32_MAX },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t p[RTP_HEADER];
		struct rtp_packet r;

		rtp_write_header(p, cases[i].marker, cases[i].pt, cases[i].seq,
			cases[i].ts, cases[i].ssrc);
		assert_int_equal(p[0], 0x80);
		assert_int_equal(rtp_parse(&r, p, sizeof p), 0);
		assert_int_equal(r.marker, cases[i].marker);
		assert_int_equal(r.pt, cases[i].pt);
		assert_int_equal(r.seq, cases[i].seq);
		assert_int_equal(r.ts, cases[i].ts);
		assert_int_equal(r.ssrc, cases[i].ssrc);
	}
}

/* RFC 5761 section 4; each packet is one or the other. */
static void test_rtp_or_rtcp(void **state)
{
	for (unsigned second = 0; second < 256; second++) {
		uint8_t p[RTP_HEADER] = { 0x80, (uint8_t)second };
		struct rtp_packet r;
		bool is_rtcp = second >= 192 && second <= 223;

		assert_int_equal(rtp_is_rtcp(p, sizeof p), is_rtcp);
		if (is_rtcp)
			assert_int_equal(rtp_parse(&r, p, sizeof p), EBADMSG);
		else if (second < 64 || second > 95) /* 64..95: for neither */
			assert_int_equal(rtp_parse(&r, p, sizeof p), 0);
	}
	assert_true(rtp_is_rtcp((const uint8_t *)"\x80\xC8", 2));
	assert_false(rtp_is_rtcp((const uint8_t *)"\x80\xC8", 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_written_reads_back),
		cmocka_unit_test(test_rtp_or_rtcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
