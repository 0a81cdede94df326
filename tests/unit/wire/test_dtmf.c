/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtmf: keys as RTP events, each told once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>

#include "wire/dtmf.h"

#define N(a) (sizeof(a) / sizeof *(a))

static void test_parse(void **state)
{
	static const struct {
		const char *what, *bytes;
		size_t n;
		int err;
		struct dtmf_event ev;
	} cases[] = {
		{ "nothing", "", 0, EBADMSG, { 0 } },
		{ "three bytes", "\x05\x0A\x00", 3, EBADMSG, { 0 } },
		{ "five bytes", "\x05\x0A\x00\xA0\x00", 5, EBADMSG, { 0 } },
		{ "5, begins", "\x05\x0A\x00\x00", 4, 0, { 5, false, 0 } },
		{ "5, ends, 2,000 ticks", "\x05\x8A\x07\xD0", 4, 0, { 5, true, 2000 } },
		{ "the reserved bit says nothing", "\x05\x4A\x00\xA0", 4, 0,
			{ 5, false, 160 } },
		{ "*", "\x0A\x0A\xFF\xFF", 4, 0, { DTMF_STAR, false, 65535 } },
		{ "#", "\x0B\x0A\x00\xA0", 4, 0, { DTMF_HASH, false, 160 } },
		{ "D", "\x0F\x0A\x00\xA0", 4, 0, { 15, false, 160 } },
		{ "a flash of the hook is no key", "\x10\x0A\x00\xA0", 4, EBADMSG,
			{ 0 } },
		{ "nor a modem's tone", "\x20\x0A\x00\xA0", 4, EBADMSG, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct dtmf_event ev = { 0 };
		int err = dtmf_parse(
			&ev, (struct slice){ (const void *)cases[i].bytes, cases[i].n });

		if (err != cases[i].err || ev.key != cases[i].ev.key ||
			ev.end != cases[i].ev.end || ev.duration != cases[i].ev.duration)
			fail_msg("%s: %d, key %u, %u, %u ticks", cases[i].what, err,
				ev.key, ev.end, ev.duration);
	}
}

/* Each row is a packet of one stream, in the order of arrival. */
static void test_each_key_once(void **state)
{
	static const struct {
		const char *what;
		uint32_t ssrc, ts;
		struct dtmf_event ev;
		bool is_new;
	} packets[] = {
		{ "the first", 7, 1000, { 1, false, 160 }, true },
		{ "it goes on", 7, 1000, { 1, false, 320 }, false },
		{ "its end", 7, 1000, { 1, true, 480 }, false },
		{ "the end again", 7, 1000, { 1, true, 480 }, false },
		{ "the same key again", 7, 2000, { 1, false, 160 }, true },
		{ "a late packet of the one before", 7, 1000, { 1, true, 480 }, false },
		{ "another key; all ends were lost", 7, 3000, { 2, false, 160 }, true },
		{ "only its end arrives", 7, 4000, { 3, true, 800 }, true },
		{ "right after an end, the same key", 7, 4800, { 3, false, 160 }, true },
		{ "held", 7, 4800, { 3, false, 65535 }, false },
		{ "a segment", 7, 4800 + 65535, { 3, false, 160 }, false },
		{ "the segment goes on", 7, 4800 + 65535, { 3, true, 800 }, false },
		{ "another key where a segment would be", 7, 4800 + 65535 + 800,
			{ 4, false, 160 }, true },
		{ "not where the one before ended", 7, 80000, { 4, false, 160 }, true },
		{ "another sender with the same time", 8, 80000, { 4, false, 160 },
			true },
		{ "just late enough", 8, 80000 - 39999, { 5, false, 160 }, false },
		{ "a clock that began anew", 8, 80000 - 40000, { 5, false, 160 }, true },
		{ "near the wrap", 9, 0xFFFFFF00u, { 6, true, 400 }, true },
		{ "over the wrap", 9, 0x00000200u, { 6, false, 160 }, true },
		{ "late, over the wrap", 9, 0xFFFFFF00u, { 6, true, 400 }, false },
	};
	struct dtmf_heard heard = { 0 };

	(void)state;
	for (size_t i = 0; i < N(packets); i++)
		if (dtmf_is_new(&heard, packets[i].ssrc, packets[i].ts, &packets[i].ev) !=
			packets[i].is_new)
			fail_msg("%s: %s told", packets[i].what,
				packets[i].is_new ? "not" : "was");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_each_key_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
