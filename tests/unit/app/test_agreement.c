/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * An agent enrols her device and signs; whatever is replayed, truncated, foreign or of another text is refused
 * with its reason and changes nothing [RULES P2].  The device is OpenSSL.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "app/p256.h"
#include "base/log.h"
#include "base/text.h"
#include "core/home/statement.h"
#include "house.h"

#define CODE "0A1B2C3D"

struct device {
	EVP_PKEY *key;
	uint8_t point[STORE_POINT_SIZE];
	char hex[2 * STORE_POINT_SIZE + 1];
};

static struct house h;
static struct device own, foreign;

static void make_device(struct device *d)
{
	size_t n = 0;

	d->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	assert_non_null(d->key);
	assert_int_equal(EVP_PKEY_get_octet_string_param(d->key, OSSL_PKEY_PARAM_PUB_KEY,
				 d->point, sizeof d->point, &n),
		1);
	assert_int_equal(n, sizeof d->point);
	text_hex(d->hex, sizeof d->hex, d->point, sizeof d->point);
}

/* r and s, as WebCrypto gives them. */
static void sign_with(
	const struct device *d, const char *text, size_t n, char hex[2 * 64 + 1])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[128], raw[64];
	const uint8_t *p = der;
	size_t len = sizeof der;
	ECDSA_SIG *sig;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, d->key), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &len, (const uint8_t *)text, n), 1);
	sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32), 32);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32), 32);
	text_hex(hex, 129, raw, sizeof raw);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
}

static void say(struct desk_msg m)
{
	h.n_lines = 0;
	app_page_message(h.app, house_conn("anna"), &m);
}

static bool has_line(const char *text)
{
	for (size_t i = 0; i < h.n_lines; i++)
		if (strcmp(h.lines[i], text) == 0)
			return true;
	return false;
}

static void must_tell(const char *what, const char *text)
{
	if (has_line(text))
		return;
	for (size_t i = 0; i < h.n_lines; i++)
		print_error("    %s\n", h.lines[i]);
	fail_msg("%s: \"%s\" was expected", what, text);
}

/* What is sent to be signed, and what can be wrong with it. */
struct attempt {
	struct desk_msg m;
	char hash[65], nonce[65], signature[129];
};

static void make_attempt(struct attempt *a, const struct device *d)
{
	struct home_statement s = { h.shown.version, HOME_DE, h.shown_hash, 1,
		h.shown_nonce };
	char text[HOME_STATEMENT_MAX];
	size_t n = home_statement_write(text, &s);

	text_hex(a->hash, sizeof a->hash, h.shown_hash, HOME_HASH);
	text_hex(a->nonce, sizeof a->nonce, h.shown_nonce, HOME_NONCE);
	sign_with(d, text, n, a->signature);
	a->m = (struct desk_msg){ .type = DESK_AGREEMENT_SIGN,
		.version = h.shown.version,
		.language = "de",
		.hash = a->hash,
		.nonce = a->nonce,
		.key = d->hex,
		.signature = a->signature };
}

static void read_it(void)
{
	say((struct desk_msg){ .type = DESK_AGREEMENT_READ, .language = "de" });
	must_tell("reading", "agreement anna 1 de");
}

static void open_house(void)
{
	house_open(&h, 1);
	h.versions[0] = (struct home_version){ 1, true, HOUSE_WALL_MS, { { 1 }, { 2 } } };
	h.n_versions = 1;
	app_page_opened(h.app, house_conn("anna"), 1);
	say((struct desk_msg){ .type = DESK_HELLO, .protocol = DESK_PROTOCOL });
	app_code_hash(h.anna.code, CODE);
	h.anna.code_expires_ms = HOUSE_WALL_MS + 600000;
	house_agreements(&h);
}

static void enrol(const char *code, const struct device *d)
{
	say((struct desk_msg){
		.type = DESK_AGREEMENT_ENROL, .code = code, .key = d->hex });
}

static void open_enrolled(void)
{
	open_house();
	enrol("0a1b-2c3d", &own); /* as a person types it */
	must_tell("enrolling", "store_enrol anna");
	house_agreements(&h);
}

static void test_signs(void **state)
{
	struct attempt a;

	open_enrolled();
	read_it();
	make_attempt(&a, &own);
	say(a.m);
	must_tell("signing", "store_sign anna 1");
	h.n_lines = 0;
	house_agreements(&h);
	must_tell("signed", "view anna out line=none");
	house_close(&h);
}

static void test_not_countersigned(void **state)
{
	struct attempt a;

	open_enrolled();
	h.cannot_countersign = true;
	read_it();
	make_attempt(&a, &own);
	say(a.m);
	must_tell("signing", "store_sign anna 1 not countersigned");
	house_close(&h);
}

enum wrong {
	REPLAYED,
	OLD_TEXT,
	OTHER_NONCE,
	OTHER_HASH,
	SHORT_HASH,
	OTHER_VERSION,
	OTHER_LANGUAGE,
	TRUNCATED,
	ALTERED,
	ZEROES,
	FOREIGN_KEY,
	FOREIGN_SIGNATURE,
	NO_KEY,
	REVOKED_KEY,
	SICK_RECORDS,
};

static void spoil(struct attempt *a, enum wrong wrong)
{
	static char zeroes[129];

	switch (wrong) {
	case REPLAYED: say(a->m); break;
	case OLD_TEXT: read_it(); break;
	case OTHER_NONCE: a->nonce[5] = a->nonce[5] == 'a' ? 'b' : 'a'; break;
	case OTHER_HASH: a->hash[5] = a->hash[5] == 'a' ? 'b' : 'a'; break;
	case SHORT_HASH: a->hash[60] = 0; break;
	case OTHER_VERSION: a->m.version++; break;
	case OTHER_LANGUAGE: a->m.language = "fr"; break;
	case TRUNCATED: a->signature[126] = 0; break;
	case ALTERED: a->signature[7] = a->signature[7] == 'a' ? 'b' : 'a'; break;
	case ZEROES:
		memset(zeroes, '0', 128);
		a->m.signature = zeroes;
		break;
	case FOREIGN_KEY: make_attempt(a, &foreign); break;
	case FOREIGN_SIGNATURE:
		make_attempt(a, &foreign);
		a->m.key = own.hex;
		break;
	case NO_KEY: a->m.key = "04"; break;
	case REVOKED_KEY:
		h.key.revoked_ms = HOUSE_WALL_MS;
		house_agreements(&h);
		break;
	case SICK_RECORDS: h.is_sick = true; break;
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		enum wrong wrong;
		const char *code;
	} rows[] = {
		{ "replayed", REPLAYED, "bad_nonce" },
		{ "of a text that was asked for before", OLD_TEXT, "bad_nonce" },
		{ "another nonce", OTHER_NONCE, "bad_nonce" },
		{ "a wrong hash", OTHER_HASH, "bad_hash" },
		{ "a short hash", SHORT_HASH, "bad_hash" },
		{ "another version", OTHER_VERSION, "bad_version" },
		{ "another language than was shown", OTHER_LANGUAGE, "bad_version" },
		{ "truncated", TRUNCATED, "bad_signature" },
		{ "altered", ALTERED, "bad_signature" },
		{ "nothing but zeroes", ZEROES, "bad_signature" },
		{ "by a key of nobody", FOREIGN_KEY, "unknown_key" },
		{ "by another key than it says", FOREIGN_SIGNATURE, "bad_signature" },
		{ "by no key", NO_KEY, "unknown_key" },
		{ "by a key that was revoked meanwhile", REVOKED_KEY, "revoked_key" },
		{ "the records are full", SICK_RECORDS, "no_records" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct attempt a;
		char want[64];

		open_enrolled();
		read_it();
		make_attempt(&a, &own);
		spoil(&a, rows[i].wrong);
		say(a.m);
		(void)text_format(want, sizeof want, "error anna %s", rows[i].code);
		must_tell(rows[i].what, want);
		assert_false(has_line("store_sign anna 1"));
		house_close(&h);
	}
}

static void test_enrolment_refused(void **state)
{
	struct device none = { .hex = "04" };

	open_house();
	enrol("0A1B-2C3E", &own);
	must_tell("a wrong code", "error anna bad_code");
	enrol(CODE, &none);
	must_tell("no key", "error anna bad_key");
	none = own;
	none.hex[129] = none.hex[129] == '0' ? '1' : '0';
	enrol(CODE, &none);
	must_tell("a point that is not on the curve", "error anna bad_key");
	house_wait(&h, 600000);
	enrol(CODE, &own);
	must_tell("too late", "error anna no_code");
	house_close(&h);

	open_house();
	for (int i = 0; i < 5; i++)
		enrol("00000000", &own);
	enrol(CODE, &own);
	must_tell("after five tries", "error anna bad_code");
	app_code_hash(h.anna.code, "11112222");
	house_agreements(&h);
	enrol("11112222", &own);
	must_tell("a new code", "store_enrol anna");
	house_agreements(&h);
	app_code_hash(h.anna.code, "33334444");
	h.anna.code_expires_ms = HOUSE_WALL_MS + 600000;
	house_agreements(&h);
	enrol("33334444", &own);
	must_tell("the same key once more", "error anna used_key");
	h.key.revoked_ms = HOUSE_WALL_MS;
	house_agreements(&h);
	enrol("33334444", &own);
	must_tell("a revoked one", "error anna used_key");
	house_close(&h);
}

/* RFC 6979, appendix A.2.5: P-256 with SHA-256, message "sample". */
static void test_vector(void **state)
{
	uint8_t point[65] = { 4 }, signature[64];

	assert_int_equal(
		text_unhex(point + 1, 64,
			"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e"
			"60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f51"
			"77a3c294d4462299"),
		0);
	assert_int_equal(
		text_unhex(signature, 64,
			"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea8"
			"4eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff406"
			"4dc4ab2f843acda8"),
		0);
	assert_true(p256_verify(point, "sample", 6, signature));
	assert_false(p256_verify(point, "simple", 6, signature));
	for (size_t i = 0; i < 64; i++) {
		signature[i] ^= 1;
		assert_false(p256_verify(point, "sample", 6, signature));
		signature[i] ^= 1;
	}
	point[64] ^= 1;
	assert_false(p256_verify(point, "sample", 6, signature));
	memset(point, 0, sizeof point);
	assert_false(p256_is_key(point));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_not_countersigned),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_enrolment_refused),
		cmocka_unit_test(test_vector),
	};
	int failed;

	log_init("test", LOG_LEVEL_NONE);
	make_device(&own);
	make_device(&foreign);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	EVP_PKEY_free(own.key);
	EVP_PKEY_free(foreign.key);
	return failed;
}
