/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* csv: records as spreadsheets write them, and what is wrong with a line. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/csv.h"

#define N(a) (sizeof(a) / sizeof *(a))

/* "1:a|b" for a record, "3!QUOTE" for what is none, one after the other. */
static void told(const char *text, size_t n, char *out, size_t cap)
{
	static const char *const faults[] = { "", "", "LONG", "QUOTE", "OPEN", "BYTES" };
	static struct csv_record rec;
	enum csv_found found;
	struct csv c;
	size_t at = 0;

	csv_init(&c, slice_of(text, n));
	*out = 0;
	while ((found = csv_next(&c, &rec)) != CSV_END) {
		at += (size_t)snprintf(out + at, cap - at, "%s%zu%s%s", at ? " " : "",
			rec.line, found ? "!" : ":", faults[found]);
		for (size_t i = 0; !found && i < rec.n; i++)
			at += (size_t)snprintf(
				out + at, cap - at, "%s%s", i ? "|" : "", rec.fields[i]);
		assert_true(at < cap);
	}
}

static void test_records(void **state)
{
	static const struct {
		const char *what, *text, *want;
	} cases[] = {
		{ "nothing", "", "" },
		{ "two records, LF", "a,b\nc,d\n", "1:a|b 2:c|d" },
		{ "two records, CRLF, the last without", "a,b\r\nc,d", "1:a|b 2:c|d" },
		{ "a byte order mark is no field",
			"\xEF\xBB\xBF"
			"a,b\n",
			"1:a|b" },
		{ "semicolons: a comma is a letter", "a;b\n1,5;c\n", "1:a|b 2:1,5|c" },
		{ "tabs", "a\tb;c\n", "1:a|b;c" },
		{ "a quoted head does not say what separates", "\"a,b\";c\nd;e\n",
			"1:a,b|c 2:d|e" },
		{ "one column", "a\nb\n", "1:a 2:b" },
		{ "empty fields, also the last", ",a,\n", "1:|a|" },
		{ "empty lines are passed over", "\n\na\n\r\nb\n\n", "3:a 5:b" },
		{ "quotes hold separators and quotes", "\"a,\"\"b\"\"\",c\n",
			"1:a,\"b\"|c" },
		{ "an empty field in quotes", "\"\",a\n", "1:|a" },
		{ "blanks are the field's", " a , b\n", "1: a | b" },
		{ "umlauts", "Zo\xC3\xAB,M\xC3\xBCller\n", "1:Zo\xC3\xAB|M\xC3\xBCller" },
		/* --- and what is wrong --- */
		{ "a quote within a field", "a,b\"c\nd\n", "1!QUOTE 2:d" },
		{ "text behind a closing quote", "\"a\"b,c\nd\n", "1!QUOTE 2:d" },
		{ "a quote that is never closed", "a\n\"b\nc\n", "1:a 2!OPEN" },
		{ "a line end in quotes: lines are counted on", "\"a\nb\"\nc\n",
			"1!BYTES 3:c" },
		{ "Latin-1 is no UTF-8", "M\xFCller\na\n", "1!BYTES 2:a" },
		{ "a control character", "a\x07\nb\n", "1!BYTES 2:b" },
		{ "sixteen fields", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n",
			"1:1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16" },
		{ "seventeen", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\na\n",
			"1!LONG 2:a" },
	};
	char text[512];

	for (size_t i = 0; i < N(cases); i++) {
		told(cases[i].text, strlen(cases[i].text), text, sizeof text);
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].what, text,
				cases[i].want);
	}
	told("a\0b,c\nd", 7, text, sizeof text);
	assert_string_equal(text, "1!BYTES 2:d");
}

/* A record just as long as there is room for, and one byte more. */
static void test_longest(void **state)
{
	static char text[CSV_TEXT_MAX + 8];
	static char said[2 * CSV_TEXT_MAX];

	memset(text, 'x', sizeof text);
	text[CSV_TEXT_MAX - 1] = '\n';
	told(text, CSV_TEXT_MAX, said, sizeof said);
	assert_int_equal(strlen(said), 2 + CSV_TEXT_MAX - 1);
	text[CSV_TEXT_MAX - 1] = 'x';
	text[CSV_TEXT_MAX] = '\n';
	told(text, CSV_TEXT_MAX + 1, said, sizeof said);
	assert_string_equal(said, "1!LONG");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests_name("wire-csv", tests, NULL, NULL);
}
