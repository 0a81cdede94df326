/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* password: what may be chosen (NIST SP 800-63B section 5.1.1.2), and hashes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "app/password.h"

#define N(a) (sizeof(a) / sizeof *(a))

/* libsodium's least, so that a test takes no time */
static const struct password_cost cheap = { 1, 8192 }, dear = { 2, 16384 };

static void test_refuses(void **state)
{
	static const struct {
		const char *password, *why; /* "": it is good */
	} rows[] = {
		{ "vier blaue Kamele", "" },
		{ "zwoelf zeichen", "" },
		{ "elf Zeichen", "password_short" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa9\xc3\xa8\xc3\xa0",
			"password_short" }, /* six in twelve bytes */
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa9\xc3\xa8\xc3\xa0-abcde", "" },
		{ "", "password_short" },
		{ "83920175628492", "" }, /* no rule of composition */
		{ "passwort2027!", "password_common" },
		{ "PassWort2027!", "password_common" },
		{ "1234567890123", "password_common" },
		{ "qwertzqwertz1", "password_common" },
		{ "aaaaaaaaaaaaaaa", "password_common" },
		{ "121212121212", "password_common" },
		{ "brigitteBRIGITTE", "password_common" }, /* the login, twice */
		{ "Brigitte-2027", "password_common" },
		{ "Spitex Uster 1", "password_common" }, /* the house */
		{ "Brigitte faehrt gern Velo", "" },
		{ "zwoelf\nzeichen", "password_text" },
		{ "zwoelf \xff zeichen", "password_text" },
	};
	char longest[PASSWORD_MAX + 1];

	for (size_t i = 0; i < N(rows); i++) {
		const char *why = password_refuses(
			rows[i].password, "brigitte", "Spitex Uster");

		if (strcmp(why ? why : "", rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].password, why ? why : "good");
	}
	for (size_t i = 0; i < PASSWORD_MAX; i++)
		longest[i] = (char)('a' + i * 7 % 26);
	longest[PASSWORD_MAX] = 0;
	assert_string_equal(password_refuses(longest, "a", ""), "password_long");
	longest[PASSWORD_MAX - 1] = 0;
	assert_null(password_refuses(longest, "a", ""));
}

static void test_hash(void **state)
{
	char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];
	bool is_old = true;

	assert_int_equal(password_start(), 0);
	assert_int_equal(password_hash(hash, "vier blaue Kamele", &cheap), 0);
	assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
	assert_true(password_check(hash, "vier blaue Kamele", &cheap, &is_old));
	assert_false(is_old);
	assert_true(password_check(hash, "vier blaue Kamele", &dear, &is_old));
	assert_true(is_old);
	assert_false(password_check(hash, "vier blaue Kamel", &cheap, &is_old));
	assert_false(password_check(hash, "", &cheap, &is_old));
	assert_false(password_check("", "", &cheap, &is_old));
	assert_int_equal(password_hash(again, "vier blaue Kamele", &cheap), 0);
	assert_string_not_equal(hash, again);
}

/* An unknown login costs what a known one does, and is not let in. */
static void test_nobody(void **state)
{
	char hash[PASSWORD_HASH_MAX];
	bool is_old;
	const char *at = strstr(password_nobody, "$m=");

	assert_non_null(at);
	assert_int_equal(password_hash(hash, "x", &password_moderate), 0);
	assert_int_equal(strncmp(hash, password_nobody,
				 (size_t)(strchr(at + 1, '$') - password_nobody)),
		0);
	assert_int_equal(strlen(hash), strlen(password_nobody));
	assert_false(password_check(password_nobody, "", &password_moderate, &is_old));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
