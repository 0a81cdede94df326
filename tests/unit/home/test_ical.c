/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ical: RFC 5545's lines, escapes and times. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "core/home/ical.h"

#define N(t) (sizeof(t) / sizeof *(t))

static void test_escapes(void **state)
{
	static const struct {
		const char *value, *line;
	} rows[] = {
		{ "", "X:\r\n" },
		{ "zu Hause", "X:zu Hause\r\n" },
		{ "a,b;c\\d", "X:a\\,b\\;c\\\\d\r\n" },
		{ "a\nb\rc", "X:a\\nbc\r\n" }, /* no line of somebody else's */
		{ "a:b\"c", "X:a:b\"c\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char buf[128] = "";
		struct wbuf w = wbuf_of(buf, sizeof buf - 1);

		ical_text(&w, "X", rows[i].value);
		assert_false(w.full);
		buf[w.n] = 0;
		assert_string_equal(buf, rows[i].line);
	}
}

/* Lines of 75 octets at most, no character torn, and unfolded it is the text again. */
static void test_folds(void **state)
{
	static const char *const pieces[] = { "a", "\xC3\xBC", "\xE2\x82\xAC",
		"\xF0\x9F\x8F\xA0", "," };

	(void)state;
	for (size_t k = 0; k < N(pieces); k++)
		for (size_t n = 0; n < 90; n++) {
			char value[400] = "", buf[1024], flat[1024];
			struct wbuf w = wbuf_of(buf, sizeof buf);
			size_t column = 0, m = 0;

			for (size_t i = 0; i < n; i++)
				(void)strncat(value, i % 2 ? "x" : pieces[k], 8);
			ical_text(&w, "SUMMARY", value);
			assert_false(w.full);
			for (size_t i = 0; i < w.n; i++) {
				if (buf[i] == '\r') {
					assert_true(column <= 75);
					bool is_fold = i + 2 < w.n && buf[i + 2] == ' ';

					column = is_fold ? 1 : 0;
					/* not within a character */
					assert_true(i + 3 >= w.n ||
						((uint8_t)buf[i + 3] & 0xC0) != 0x80);
					i += is_fold ? 2 : 1;
					continue;
				}
				column++;
				if (buf[i] != '\\')
					flat[m++] = buf[i];
			}
			flat[m] = 0;
			assert_string_equal(flat + sizeof "SUMMARY", value);
		}
}

static void test_calendar(void **state)
{
	static const char want[] =
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Heimamt//week//EN\r\n"
		"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nNAME:Woche\r\nX-WR-CALNAME:"
		"Woche\r\n"
		"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
		"BEGIN:VEVENT\r\nUID:1@heimamt\r\nDTSTAMP:20261126T164501Z\r\n"
		"DTSTART:20240229T070000Z\r\nDTEND:20240301T000000Z\r\nSUMMARY:zu "
		"Hause\r\n"
		"CLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
	char buf[1024];
	struct wbuf w = wbuf_of(buf, sizeof buf - 1), small = wbuf_of(buf, 40);

	(void)state;
	ical_begin(&w, "Woche");
	ical_put(&w,
		&(struct ical_event){ .uid = "1@heimamt",
			.from_s = 1709190000,
			.to_s = 1709251200,
			.stamp_s = 1795711501,
			.summary = "zu Hause" });
	ical_end(&w);
	assert_false(w.full);
	buf[w.n] = 0;
	assert_string_equal(buf, want);
	ical_begin(&small, "Woche");
	assert_true(small.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_folds),
		cmocka_unit_test(test_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
