/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* frame: packets in a stream (RFC 4571). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "wire/frame.h"

#define N(a) (sizeof(a) / sizeof *(a))

/* Three packets, the middle one empty, whatever pieces they come in. */
static void test_pieces(void **state)
{
	static const char stream[] = "\x00\x03"
				     "abc"
				     "\x00\x00"
				     "\x00\x05"
				     "defgh";
	static const char *const packets[] = { "abc", "", "defgh" };
	const size_t size = sizeof stream - 1;

	for (size_t piece = 1; piece <= size; piece++) {
		struct frame_reader r = { 0 };
		size_t got = 0;

		for (size_t at = 0; at < size; at += piece) {
			struct slice in = slice_of(
				stream + at, size - at < piece ? size - at : piece);

			while (frame_read(&r, &in) == FRAME_WHOLE) {
				assert_true(got < N(packets));
				assert_int_equal(r.size, strlen(packets[got]));
				assert_memory_equal(r.packet, packets[got], r.size);
				got++;
			}
			assert_int_equal(in.n, 0);
		}
		assert_int_equal(got, N(packets));
	}
}

static void test_longest(void **state)
{
	static uint8_t packet[FRAME_MAX + 1], out[FRAME_HEAD + FRAME_MAX + 1];
	struct frame_reader r = { 0 };
	size_t n;

	memset(packet, 7, sizeof packet);
	n = frame_write(out, sizeof out, slice_of(packet, FRAME_MAX));
	assert_int_equal(n, FRAME_HEAD + FRAME_MAX);
	struct slice in = slice_of(out, n);

	assert_int_equal(frame_read(&r, &in), FRAME_WHOLE);
	assert_int_equal(r.size, FRAME_MAX);
	assert_memory_equal(r.packet, packet, FRAME_MAX);
	assert_int_equal(
		frame_write(out, sizeof out, slice_of(packet, FRAME_MAX + 1)), 0);
	assert_int_equal(frame_write(out, FRAME_HEAD + 9, slice_of(packet, 10)), 0);
	assert_int_equal(frame_write(out, FRAME_HEAD + 10, slice_of(packet, 10)), 12);
}

/* One byte too long ends it, at the length already, and for good. */
static void test_too_long(void **state)
{
	static const uint8_t head[] = { (FRAME_MAX + 1) >> 8, (FRAME_MAX + 1) & 0xFF };
	struct frame_reader r = { 0 };
	struct slice in = slice_of(head, sizeof head);

	assert_int_equal(frame_read(&r, &in), FRAME_BROKEN);
	in = slice_of(head, sizeof head);
	assert_int_equal(frame_read(&r, &in), FRAME_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
