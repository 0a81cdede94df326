/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cbor: single items, with the examples of RFC 8949 appendix A, and what is skipped. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "wire/cbor.h"

#define N(a) (sizeof(a) / sizeof *(a))

static struct slice unhex(uint8_t *buf, const char *hex)
{
	size_t n = strlen(hex) / 2;

	assert_int_equal(text_unhex(buf, n, hex), 0);
	return (struct slice){ buf, n };
}

static void test_read(void **state)
{
	static const struct {
		const char *what, *hex;
		int err;
		enum cbor_type type;
		uint64_t value;
		const char *bytes;
	} cases[] = {
		/* appendix A */
		{ "0", "00", 0, CBOR_UINT, 0, "" },
		{ "23", "17", 0, CBOR_UINT, 23, "" },
		{ "24", "1818", 0, CBOR_UINT, 24, "" },
		{ "1000", "1903e8", 0, CBOR_UINT, 1000, "" },
		{ "1000000", "1a000f4240", 0, CBOR_UINT, 1000000, "" },
		{ "18446744073709551615", "1bffffffffffffffff", 0, CBOR_UINT, UINT64_MAX,
			"" },
		{ "-1", "20", 0, CBOR_NINT, 0, "" },
		{ "-1000", "3903e7", 0, CBOR_NINT, 999, "" },
		{ "false", "f4", 0, CBOR_SIMPLE, 20, "" },
		{ "true", "f5", 0, CBOR_SIMPLE, 21, "" },
		{ "null", "f6", 0, CBOR_SIMPLE, 22, "" },
		{ "no bytes", "40", 0, CBOR_BYTES, 0, "" },
		{ "h'01020304'", "4401020304", 0, CBOR_BYTES, 4, "\1\2\3\4" },
		{ "\"IETF\"", "6449455446", 0, CBOR_TEXT, 4, "IETF" },
		{ "[1, 2, 3]", "83010203", 0, CBOR_ARRAY, 3, "" },
		{ "{}", "a0", 0, CBOR_MAP, 0, "" },
		/* not deterministic, or not for authenticators */
		{ "undefined", "f7", EBADMSG, 0, 0, "" },
		{ "simple(16)", "f0", EBADMSG, 0, 0, "" },
		{ "1.5", "f93e00", EBADMSG, 0, 0, "" },
		{ "a tag", "c11a514b67b0", EBADMSG, 0, 0, "" },
		{ "bytes of open length", "5f42010243030405ff", EBADMSG, 0, 0, "" },
		{ "an array of open length", "9fff", EBADMSG, 0, 0, "" },
		{ "a break alone", "ff", EBADMSG, 0, 0, "" },
		{ "23 in two bytes", "1817", EBADMSG, 0, 0, "" },
		{ "255 in three", "1900ff", EBADMSG, 0, 0, "" },
		{ "65535 in five", "1a0000ffff", EBADMSG, 0, 0, "" },
		{ "2^32 - 1 in nine", "1b00000000ffffffff", EBADMSG, 0, 0, "" },
		{ "a length in two bytes that fits one", "5801aa", EBADMSG, 0, 0, "" },
		{ "reserved", "1c", EBADMSG, 0, 0, "" },
		/* cut */
		{ "nothing", "", EBADMSG, 0, 0, "" },
		{ "a number cut", "1903", EBADMSG, 0, 0, "" },
		{ "bytes cut", "44010203", EBADMSG, 0, 0, "" },
		{ "bytes of 2^64 - 1", "5bffffffffffffffff01", EBADMSG, 0, 0, "" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[32];
		struct slice rest = unhex(buf, cases[i].hex);
		struct cbor_item item = { 0 };
		int err = cbor_read(&rest, &item);

		if (err != cases[i].err || item.type != cases[i].type ||
			item.value != cases[i].value ||
			!slice_is(item.bytes, cases[i].bytes))
			fail_msg("%s: %d", cases[i].what, err);
		if (err)
			assert_int_equal(rest.n, strlen(cases[i].hex) / 2);
	}
}

static void test_int(void **state)
{
	static const struct {
		const char *hex;
		int err;
		int32_t v;
	} cases[] = {
		{ "26", 0, -7 },
		{ "1a7fffffff", 0, INT32_MAX },
		{ "3a7fffffff", 0, INT32_MIN },
		{ "1a80000000", EBADMSG, 9 },
		{ "3a80000000", EBADMSG, 9 },
		{ "40", EBADMSG, 9 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[32];
		struct slice rest = unhex(buf, cases[i].hex);
		int32_t v = 9;

		assert_int_equal(cbor_int(&rest, &v), cases[i].err);
		assert_int_equal(v, cases[i].v);
	}
}

static void test_skip(void **state)
{
	static const struct {
		const char *what, *hex;
		int err;
		size_t left;
	} cases[] = {
		{ "a number, and another stays", "0102", 0, 1 },
		{ "[1, [2, 3], [4, 5]]", "8301820203820405", 0, 0 },
		{ "{1: 2, 3: 4}", "a201020304f6", 0, 1 },
		{ "{\"a\": 1, \"b\": [2, 3]}", "a26161016162820203", 0, 0 },
		{ "four deep", "8181818100", 0, 0 },
		{ "four empty", "8181818000", 0, 1 },
		{ "five deep", "818181818100", EBADMSG, 6 },
		{ "a map without its last value", "a2010203", EBADMSG, 4 },
		{ "an array of 2^64 - 1", "9bffffffffffffffff00", EBADMSG, 10 },
		{ "a float within", "81f93e00", EBADMSG, 4 },
		{ "nothing", "", EBADMSG, 0 },
	};

	for (size_t i = 0; i < N(cases); i++) {
		uint8_t buf[32];
		struct slice rest = unhex(buf, cases[i].hex);
		int err = cbor_skip(&rest);

		if (err != cases[i].err || rest.n != cases[i].left)
			fail_msg("%s: %d, %zu left", cases[i].what, err, rest.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_skip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
