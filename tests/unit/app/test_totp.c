/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* totp: the vectors of RFC 4226 appendix D and RFC 6238 appendix B, what counts when, and only once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "app/totp.h"

#define N(a) (sizeof(a) / sizeof *(a))

static const uint8_t secret[] = "12345678901234567890";

static void test_hotp(void **state)
{
	static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314, 254676,
		287922, 162583, 399871, 520489 };

	for (size_t i = 0; i < N(codes); i++)
		assert_int_equal(totp_code(secret, i), codes[i]);
}

static void test_totp(void **state)
{
	static const struct {
		int64_t s;
		uint32_t code; /* of the eight digits the last six */
	} rows[] = { { 59, 287082 }, { 1111111109, 81804 }, { 1111111111, 50471 },
		{ 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 } };

	for (size_t i = 0; i < N(rows); i++)
		assert_int_equal(totp_match(secret, rows[i].code, rows[i].s * 1000, -1),
			rows[i].s / 30);
}

static void test_when(void **state)
{
	static const struct {
		const char *what;
		int64_t step, used, found;
	} rows[] = {
		{ "now", 100, -1, 100 },
		{ "of the step before", 99, -1, 99 },
		{ "of the step after", 101, -1, 101 },
		{ "of two before", 98, -1, -1 },
		{ "of two after", 102, -1, -1 },
		{ "used", 100, 100, -1 },
		{ "older than what was used", 99, 100, -1 },
		{ "newer than what was used", 101, 100, 101 },
	};

	for (size_t i = 0; i < N(rows); i++) {
		uint32_t code = totp_code(secret, (uint64_t)rows[i].step);
		int64_t first = totp_match(secret, code, 100 * 30000, rows[i].used),
			last = totp_match(
				secret, code, 100 * 30000 + 29999, rows[i].used);

		if (first != rows[i].found || last != rows[i].found)
			fail_msg("%s: %d %d", rows[i].what, (int)first, (int)last);
	}
}

static void test_read(void **state)
{
	static const struct {
		const char *typed;
		bool is_good;
		uint32_t code;
	} rows[] = { { "287082", true, 287082 }, { " 005 924 ", true, 5924 },
		{ "28708", false, 9 }, { "2870821", false, 9 }, { "28708a", false, 9 },
		{ "-28708", false, 9 }, { "", false, 9 } };

	for (size_t i = 0; i < N(rows); i++) {
		uint32_t code = 9;

		assert_int_equal(totp_read(rows[i].typed, &code), rows[i].is_good);
		assert_int_equal(code, rows[i].code);
	}
}

static void test_uri(void **state)
{
	char uri[TOTP_URI], login[64];

	assert_int_equal(totp_uri(uri, sizeof uri, "anna", secret), 0);
	assert_string_equal(uri,
		"otpauth://totp/Heimamt:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
		"&issuer=Heimamt");
	assert_int_equal(totp_uri(uri, sizeof uri, "\xc3\xa4 b&c", secret), 0);
	assert_non_null(strstr(uri, "Heimamt:%C3%A4%20b%26c?"));
	memset(login, '&', 63);
	login[63] = 0;
	assert_int_equal(totp_uri(uri, sizeof uri, login, secret), 0);
	assert_int_equal(totp_uri(uri, 200, login, secret), ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hotp),
		cmocka_unit_test(test_totp),
		cmocka_unit_test(test_when),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
