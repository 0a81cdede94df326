/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* red: packets that repeat the frames before them (RFC 2198). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "wire/red.h"

#define N(a) (sizeof(a) / sizeof *(a))
#define AGO_960 \
	"\xEF\x0F\x00" /* payload type 111 that another follows; 960 ticks, and a length */

static struct slice of(const char *p, size_t n)
{
	return slice_of((const uint8_t *)p, n);
}

static void test_parse(void **state)
{
	static const struct {
		const char *what, *bytes;
		size_t n;
		int err;
		size_t blocks;
		uint8_t first_pt;
		uint16_t offset;
		const char *first, *own;
	} cases[] = {
		{ "nothing", "", 0, EBADMSG, 0, 0, 0, "", "" },
		{ "a header, and no frame", "\x6F", 1, EBADMSG, 0, 0, 0, "", "" },
		{ "one frame, as the first packet has",
			"\x6F"
			"abc",
			4, 0, 1, 111, 0, "abc", "abc" },
		{ "the one before, and this one",
			AGO_960 "\x02\x6F"
				"xyabc",
			10, 0, 2, 111, 960, "xy", "abc" },
		{ "two before",
			"\xEF\x1E\x00\x01" AGO_960 "\x02\x6F"
			"wxyabc",
			15, 0, 3, 111, 1920, "w", "abc" },
		{ "another payload type",
			"\x88\x0F\x00\x02\x6F"
			"xyabc",
			10, 0, 2, 8, 960, "xy", "abc" },
		{ "an empty one before",
			AGO_960 "\x00\x6F"
				"abc",
			8, 0, 2, 111, 960, "", "abc" },
		{ "longest offset",
			"\xEF\xFF\xFC\x01\x6F"
			"xa",
			7, 0, 2, 111, 16383, "x", "a" },
		{ "no frame of its own",
			AGO_960 "\x02\x6F"
				"xy",
			7, EBADMSG, 0, 0, 0, "", "" },
		{ "longer than the packet",
			AGO_960 "\x06\x6F"
				"xyabc",
			10, EBADMSG, 0, 0, 0, "", "" },
		{ "three bytes of four", "\xEF\x0F\x00", 3, EBADMSG, 0, 0, 0, "", "" },
		{ "none is the last", AGO_960 "\x00", 4, EBADMSG, 0, 0, 0, "", "" },
		{ "six",
			AGO_960 "\x00" AGO_960 "\x00" AGO_960 "\x00" AGO_960
				"\x00" AGO_960 "\x00\x6F"
				"a",
			22, EBADMSG, 0, 0, 0, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct red r = { 0 };
		int err = red_parse(&r, of(cases[i].bytes, cases[i].n));

		if (err != cases[i].err || r.n != cases[i].blocks)
			fail_msg("%s: %d, %zu blocks", cases[i].what, err, r.n);
		if (err)
			continue;
		if (r.blocks[0].pt != cases[i].first_pt ||
			r.blocks[0].offset != cases[i].offset ||
			!slice_is(r.blocks[0].bytes, cases[i].first) ||
			!slice_is(r.blocks[r.n - 1].bytes, cases[i].own))
			fail_msg("%s: %u, %u ticks", cases[i].what, r.blocks[0].pt,
				r.blocks[0].offset);
	}
}

static void test_write(void **state)
{
	const struct red_block now = { .pt = 111, .bytes = of("abc", 3) };
	struct red_block before = { 111, 960, of("xy", 2) };
	uint8_t buf[16], big[RED_LENGTH_MAX + 1] = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(red_write(&before, &now, buf, sizeof buf, &n), 0);
	assert_int_equal(n, RED_HEADERS + 5);
	assert_memory_equal(buf,
		AGO_960 "\x02\x6F"
			"xyabc",
		n);
	assert_int_equal(red_write(&before, &now, buf, n - 1, &n), ENOSPC);
	before.offset = RED_OFFSET_MAX + 1;
	assert_int_equal(red_write(&before, &now, buf, sizeof buf, &n), EINVAL);
	before = (struct red_block){ 111, 960, slice_of(big, sizeof big) };
	assert_int_equal(red_write(&before, &now, buf, sizeof buf, &n), EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
