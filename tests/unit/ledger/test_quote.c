/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger: exact lines on paper, and what is read of them out of a page's text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/ledger/quote.h"

static const struct {
	const char *what, *text, *paper;
} written[] = {
	{ "nothing", "", "" },
	{ "a line", "abc\n", "> abc\n" },
	{ "its end is not needed", "abc", "> abc\n" },
	{ "an empty line", "a\n\nb\n", "> a\n>\n> b\n" },
	{ "as wide as the paper", "123456789\n", "> 123456789\n" },
	{ "one wider", "123456789a\n", "> 12345678\\\n> 9a\n" },
	{ "three lines", "123456789012345678\n", "> 12345678\\\n> 90123456\\\n> 78\n" },
	{ "characters, not bytes", "—–—–—–—–—\n", "> —–—–—–—–—\n" },
	{ "cut between characters", "éééééééééé\n", "> éééééééé\\\n> éé\n" },
	{ "no blank at a beginning", "1234567 9012345\n", "> 1234567 \\\n> 9012345\n" },
	{ "nor when it is the next", "12345678 012345\n", "> 1234567\\\n> 8 012345\n" },
};

static void test_written(void **state)
{
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		char paper[256], back[256];
		struct wbuf w = wbuf_of(paper, sizeof paper),
			    b = wbuf_of(back, sizeof back);
		struct slice text = slice_str(written[i].text);

		while (quote_next(&w, &text, 11))
			wbuf_u8(&w, '\n');
		wbuf_u8(&w, 0);
		assert_string_equal(paper, written[i].paper);
		quote_read(&b, slice_str(paper));
		assert_int_equal(strncmp(back, written[i].text, b.n ? b.n - 1 : 0), 0);
	}
}

static const struct {
	const char *what, *page, *text;
} read[] = {
	{ "nothing", "", "" },
	{ "other text is passed over", "Page 1\n> a\nPage 2\n", "a\n" },
	{ "a page break within", "> ab\\\n\fPage 2\n> cd\n", "abcd\n" },
	{ "a form feed before it", "\f> a\n", "a\n" },
	{ "indented, with blanks behind", "   > a b  \r\n", "a b\n" },
	{ "an empty line", "> a\n>\n> b\n", "a\n\nb\n" },
	{ "without its end", "> a", "a\n" },
	{ "more comes, but none does", "> a\\", "a" },
};

static void test_read(void **state)
{
	for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
		char text[64];
		struct wbuf w = wbuf_of(text, sizeof text);

		quote_read(&w, slice_str(read[i].page));
		wbuf_u8(&w, 0);
		if (strcmp(text, read[i].text) != 0)
			fail_msg("%s: \"%s\"", read[i].what, text);
	}
}

static void test_longer_than_the_room(void **state)
{
	char text[4];
	struct wbuf w = wbuf_of(text, sizeof text);

	quote_read(&w, slice_str("> abcdef\n"));
	assert_true(w.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_longer_than_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
