/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_bytes: written and walked; cut at every byte; lengths that lie. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sound/clip_bytes.h"

#define N(array) (sizeof(array) / sizeof *(array))

static uint8_t file[CLIP_BYTES_MAX + 200];

/* Three packets of Opus, of 20 ms each. */
static size_t write_three(void)
{
	static const uint8_t packets[3][4] = { { 0x08, 1, 2, 3 }, { 0x08 }, { 0x48, 9 } };
	static const size_t lengths[3] = { 4, 1, 2 };
	size_t at = 0;

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			clip_bytes_put(file, sizeof file, &at, packets[i], lengths[i]),
			0);
	assert_int_equal(at, 3 * CLIP_BYTES_HEAD + 7);
	return at;
}

static void test_walk(void **state)
{
	size_t n = write_three(), at = 0, n_bytes = 0, packets = 0;
	const uint8_t *p = NULL;

	assert_int_equal(clip_bytes_check(SOUND_OPUS, file, n, &packets), 0);
	assert_int_equal(packets, 3);
	assert_true(clip_bytes_next(file, n, &at, &p, &n_bytes));
	assert_int_equal(n_bytes, 4);
	assert_memory_equal(p, "\x08\x01\x02\x03", 4);
	assert_true(clip_bytes_next(file, n, &at, &p, &n_bytes));
	assert_int_equal(n_bytes, 1);
	assert_true(clip_bytes_next(file, n, &at, &p, &n_bytes));
	assert_memory_equal(p, "\x48\x09", 2);
	assert_int_equal(at, n);
	assert_false(clip_bytes_next(file, n, &at, &p, &n_bytes));
	assert_int_equal(at, n);
	at = SIZE_MAX; /* whatever an offset is */
	assert_false(clip_bytes_next(file, n, &at, &p, &n_bytes));
}

static void test_cut(void **state)
{
	size_t n = write_three(), packets = 7;
	static const size_t ends[] = { 6, 9, 13 }; /* a file may end behind a packet */

	for (size_t i = 0; i < n; i++) {
		uint8_t *cut = malloc(i + !i); /* a byte too far is seen */
		bool is_end = i == ends[0] || i == ends[1];

		assert_non_null(cut);
		memcpy(cut, file, i);
		assert_int_equal(clip_bytes_check(SOUND_OPUS, cut, i, &packets),
			is_end ? 0 : EBADMSG);
		free(cut);
	}
	assert_int_equal(n, ends[2]);
}

static const struct {
	const char *what;
	enum sound_codec c;
	uint16_t length;
	int err;
} lies[] = {
	{ "A-law of 20 ms", SOUND_PCMA, 160, 0 },
	{ "mu-law of 20 ms", SOUND_PCMU, 160, 0 },
	{ "G722 of 20 ms", SOUND_G722, 160, 0 },
	{ "of 30 ms", SOUND_PCMA, 240, EBADMSG },
	{ "of no whole number of them", SOUND_G722, 161, EBADMSG },
	{ "nothing", SOUND_PCMA, 0, EBADMSG },
	{ "longer than a packet may be", SOUND_PCMA, SOUND_BYTES_MAX + 1, EBADMSG },
	{ "longest of all", SOUND_OPUS, UINT16_MAX, EBADMSG },
	{ "no codec", SOUND_NONE, 160, EINVAL },
	{ "no codec of ours", SOUND_CODECS, 160, EINVAL },
};

static void test_lies(void **state)
{
	for (size_t i = 0; i < N(lies); i++) {
		size_t packets = 7;

		memset(file, 0, sizeof file);
		memcpy(file, &lies[i].length, sizeof lies[i].length);
		print_message("# %s\n", lies[i].what);
		assert_int_equal(clip_bytes_check(lies[i].c, file,
					 CLIP_BYTES_HEAD + lies[i].length, &packets),
			lies[i].err);
		assert_int_equal(packets, lies[i].err ? 7 : 1);
	}
}

static void test_room(void **state)
{
	static const uint8_t packet[SOUND_BYTES_MAX + 1];
	uint8_t small[10] = { 0 };
	size_t at = 5;

	assert_int_equal(clip_bytes_put(small, sizeof small, &at, packet, 4), ENOSPC);
	assert_int_equal(clip_bytes_put(small, sizeof small, &at, packet, 0), EINVAL);
	assert_int_equal(
		clip_bytes_put(small, sizeof small, &at, packet, sizeof packet), EINVAL);
	assert_int_equal(at, 5);
	assert_int_equal(clip_bytes_put(small, sizeof small, &at, packet, 3), 0);
	assert_int_equal(at, sizeof small);
	assert_int_equal(clip_bytes_put(small, sizeof small, &at, packet, 1), ENOSPC);
	at = SIZE_MAX;
	assert_int_equal(clip_bytes_put(small, sizeof small, &at, packet, 1), ENOSPC);
}

/* Ten minutes are whole, a frame more is not. */
static void test_longest(void **state)
{
	uint8_t packet[160] = { 0 };
	size_t at = 0, packets = 0;

	for (size_t i = 0; i < CLIP_BYTES_FRAMES; i++)
		assert_int_equal(
			clip_bytes_put(file, CLIP_BYTES_MAX, &at, packet, sizeof packet),
			0);
	assert_int_equal(at, CLIP_BYTES_MAX);
	assert_int_equal(clip_bytes_check(SOUND_PCMA, file, at, &packets), 0);
	assert_int_equal(packets, CLIP_BYTES_FRAMES);
	assert_int_equal(
		clip_bytes_put(file, CLIP_BYTES_MAX, &at, packet, sizeof packet), ENOSPC);
	assert_int_equal(
		clip_bytes_put(file, sizeof file, &at, packet, sizeof packet), 0);
	assert_int_equal(clip_bytes_check(SOUND_PCMA, file, at, &packets), EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_longest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
