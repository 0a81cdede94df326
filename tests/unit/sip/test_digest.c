/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Digest by itself: the vectors of RFC 7616 section 3.9.1, and what a nonce is good for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "sip/digest.h"

static const struct {
	const char *what;
	enum digest_alg alg;
	const char *response;
} vectors[] = {
	{ "MD5", DIGEST_MD5, "8ca523f5e9506fed4657c9700eebdbec" },
	{ "SHA-256", DIGEST_SHA256,
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
};

static void the_vectors_of_rfc_7616(void **state)
{
	const struct digest_answer a = {
		.uri = "/dir/index.html",
		.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		.nc = "00000001",
		.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		.qop = "auth",
	};
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		char ha1[DIGEST_HEX_MAX], got[DIGEST_HEX_MAX];
		print_message("# %s\n", vectors[i].what);
		assert_int_equal(digest_ha1(ha1, vectors[i].alg, "Mufasa",
					 "http-auth@example.org", "Circle of Life"),
			0);
		assert_int_equal(digest_response(got, vectors[i].alg, ha1, "GET", &a), 0);
		assert_string_equal(got, vectors[i].response);
	}
}

/* --- a phone --- */

struct phone {
	struct digest d;
	char nonce[DIGEST_NONCE + 1], response[DIGEST_HEX_MAX], nc[9];
	struct digest_answer a;
	enum digest_alg alg;
};

static void ask(struct phone *ph, enum digest_alg alg, int64_t now_ms)
{
	char text[DIGEST_CHALLENGE];
	assert_int_equal(digest_challenge(&ph->d, text, alg, false, now_ms), 0);
	const char *nonce = strstr(text, "nonce=\"");
	assert_non_null(nonce);
	memcpy(ph->nonce, nonce + 7, DIGEST_NONCE);
	ph->nonce[DIGEST_NONCE] = 0;
	assert_int_equal(nonce[7 + DIGEST_NONCE], '"');
	ph->alg = alg;
	ph->a = (struct digest_answer){
		.username = "anna",
		.realm = "heimamt",
		.nonce = ph->nonce,
		.uri = "sip:1000@h",
		.response = ph->response,
		.algorithm = alg == DIGEST_MD5 ? "MD5" : "SHA-256",
		.cnonce = "c",
		.nc = ph->nc,
		.qop = "auth",
	};
}

static void sign(struct phone *ph, const char *password, unsigned nc)
{
	char ha1[DIGEST_HEX_MAX];
	snprintf(ph->nc, sizeof ph->nc, "%08x", nc);
	assert_int_equal(
		digest_ha1(ha1, ph->alg, ph->a.username, ph->a.realm, password), 0);
	assert_int_equal(
		digest_response(ph->response, ph->alg, ha1, "INVITE", &ph->a), 0);
}

static enum digest_verdict check(struct phone *ph, int64_t now_ms)
{
	return digest_check(&ph->d, "INVITE", &ph->a, now_ms);
}

static void begin(struct phone *ph)
{
	static const uint8_t secret[DIGEST_SECRET] = { 7 };
	memset(ph, 0, sizeof *ph);
	assert_int_equal(digest_init(&ph->d, "heimamt", "anna", "geheim", secret), 0);
}

static void both_algorithms_let_in(void **state)
{
	for (int alg = 0; alg < DIGEST_ALGS; alg++) {
		struct phone ph;
		begin(&ph);
		ask(&ph, alg, 1000);
		sign(&ph, "geheim", 1);
		assert_int_equal(check(&ph, 2000), DIGEST_OK);
	}
}

static void a_missing_algorithm_is_md5(void **state)
{
	struct phone ph;
	begin(&ph);
	ask(&ph, DIGEST_MD5, 1000);
	ph.a.algorithm = NULL;
	sign(&ph, "geheim", 1);
	assert_int_equal(check(&ph, 1000), DIGEST_OK);
}

static void each_nc_is_good_once(void **state)
{
	static const struct {
		unsigned nc;
		enum digest_verdict verdict;
	} uses[] = {
		{ 1, DIGEST_OK },
		{ 1, DIGEST_STALE },
		{ 2, DIGEST_OK },
		{ 5, DIGEST_OK },
		{ 4, DIGEST_STALE },
		{ 0, DIGEST_WRONG },
		{ 6, DIGEST_OK },
	};
	struct phone ph;
	begin(&ph);
	ask(&ph, DIGEST_SHA256, 1000);
	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		sign(&ph, "geheim", uses[i].nc);
		assert_int_equal(check(&ph, 1000), uses[i].verdict);
	}
}

static void a_nonce_grows_old(void **state)
{
	struct phone ph;
	begin(&ph);
	ask(&ph, DIGEST_SHA256, 1000);
	sign(&ph, "geheim", 1);
	assert_int_equal(check(&ph, 1000 + DIGEST_LIFE_MS + 1), DIGEST_STALE);
	assert_int_equal(check(&ph, 999), DIGEST_STALE); /* from the future */
	assert_int_equal(check(&ph, 1000 + DIGEST_LIFE_MS), DIGEST_OK);
}

static void another_process_made_it(void **state)
{
	static const uint8_t other[DIGEST_SECRET] = { 8 };
	struct phone ph;
	begin(&ph);
	ask(&ph, DIGEST_SHA256, 1000);
	sign(&ph, "geheim", 1);
	assert_int_equal(digest_init(&ph.d, "heimamt", "anna", "geheim", other), 0);
	assert_int_equal(check(&ph, 1000), DIGEST_STALE);
}

static void what_falls_out_of_the_table_is_never_good_again(void **state)
{
	struct phone first, ph;
	begin(&ph);
	ask(&ph, DIGEST_SHA256, 1);
	sign(&ph, "geheim", 1);
	assert_int_equal(check(&ph, 1000), DIGEST_OK);
	first = ph;
	for (int i = 0; i < DIGEST_SEEN_MAX; i++) {
		ask(&ph, DIGEST_SHA256, 2 + i);
		sign(&ph, "geheim", 1);
		assert_int_equal(check(&ph, 1000), DIGEST_OK);
	}
	first.d = ph.d;
	assert_int_equal(check(&first, 1000), DIGEST_STALE);
	sign(&first, "geheim", 2);
	assert_int_equal(check(&first, 1000), DIGEST_STALE);
}

static const struct {
	const char *what;
	size_t field; /* of struct digest_answer */
	const char *value;
} wrong[] = {
	{ "another user", offsetof(struct digest_answer, username), "beat" },
	{ "another realm", offsetof(struct digest_answer, realm), "elsewhere" },
	{ "another uri", offsetof(struct digest_answer, uri), "sip:0900@h" },
	{ "another cnonce", offsetof(struct digest_answer, cnonce), "d" },
	{ "qop auth-int", offsetof(struct digest_answer, qop), "auth-int" },
	{ "an algorithm of its own", offsetof(struct digest_answer, algorithm),
		"SHA-512-256" },
	{ "a nonce of its own", offsetof(struct digest_answer, nonce), "0" },
	{ "a short response", offsetof(struct digest_answer, response), "ab" },
	{ "nc too short", offsetof(struct digest_answer, nc), "1" },
	{ "nc no number", offsetof(struct digest_answer, nc), "0000000g" },
	{ "no user", offsetof(struct digest_answer, username), NULL },
	{ "no realm", offsetof(struct digest_answer, realm), NULL },
	{ "no nonce", offsetof(struct digest_answer, nonce), NULL },
	{ "no uri", offsetof(struct digest_answer, uri), NULL },
	{ "no response", offsetof(struct digest_answer, response), NULL },
	{ "no cnonce", offsetof(struct digest_answer, cnonce), NULL },
	{ "no nc", offsetof(struct digest_answer, nc), NULL },
	{ "no qop", offsetof(struct digest_answer, qop), NULL },
};

static void each_wrong_answer(void **state)
{
	struct phone ph;
	begin(&ph);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		print_message("# %s\n", wrong[i].what);
		ask(&ph, DIGEST_SHA256, 1000);
		sign(&ph, "geheim", 1);
		memcpy((char *)&ph.a + wrong[i].field, &wrong[i].value,
			sizeof wrong[i].value);
		assert_int_equal(check(&ph, 1000), DIGEST_WRONG);
	}
	ask(&ph, DIGEST_SHA256, 1000);
	sign(&ph, "falsch", 1);
	assert_int_equal(check(&ph, 1000), DIGEST_WRONG);
	sign(&ph, "geheim", 1);
	assert_int_equal(digest_check(&ph.d, "BYE", &ph.a, 1000), DIGEST_WRONG);
	assert_int_equal(check(&ph, 1000), DIGEST_OK);
}

static void every_bit_of_a_nonce_counts(void **state)
{
	struct phone ph;
	begin(&ph);
	for (size_t i = 0; i < DIGEST_NONCE; i++) {
		ask(&ph, DIGEST_SHA256, 1000);
		ph.nonce[i] = ph.nonce[i] == '0' ? '1' : '0';
		sign(&ph, "geheim", 1);
		assert_int_equal(check(&ph, 1000), DIGEST_STALE);
	}
}

static void what_a_challenge_says(void **state)
{
	struct phone ph;
	char text[DIGEST_CHALLENGE];
	begin(&ph);
	assert_int_equal(digest_challenge(&ph.d, text, DIGEST_SHA256, true, 1), 0);
	assert_non_null(strstr(text, "Digest realm=\"heimamt\", nonce=\""));
	assert_non_null(strstr(text, "qop=\"auth\", algorithm=SHA-256, stale=true"));
	assert_int_equal(digest_challenge(&ph.d, text, DIGEST_MD5, false, 1), 0);
	assert_non_null(strstr(text, "algorithm=MD5"));
	assert_null(strstr(text, "stale"));
	static const uint8_t secret[DIGEST_SECRET];
	assert_int_not_equal(digest_init(&ph.d, "a\"b", "u", "p", secret), 0);
	assert_int_not_equal(digest_init(&ph.d, "r", "u\r\nX: 1", "p", secret), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_7616),
		cmocka_unit_test(both_algorithms_let_in),
		cmocka_unit_test(a_missing_algorithm_is_md5),
		cmocka_unit_test(each_nc_is_good_once),
		cmocka_unit_test(a_nonce_grows_old),
		cmocka_unit_test(another_process_made_it),
		cmocka_unit_test(what_falls_out_of_the_table_is_never_good_again),
		cmocka_unit_test(each_wrong_answer),
		cmocka_unit_test(every_bit_of_a_nonce_counts),
		cmocka_unit_test(what_a_challenge_says),
	};
	return cmocka_run_group_tests_name("sip digest", tests, NULL, NULL);
}
