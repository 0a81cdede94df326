/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * passkey: the vectors "none.ES256" of W3C Web Authentication Level 3 (section 16), each check that can fail made to
 * fail, and both algorithms with keys of OpenSSL.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#include "app/passkey.h"
#include "base/text.h"

#define N(a) (sizeof(a) / sizeof *(a))

struct bytes {
	uint8_t b[512];
	size_t n;
};

static struct bytes unhex(const char *hex)
{
	struct bytes v = { .n = strlen(hex) / 2 };

	assert_true(v.n <= sizeof v.b);
	assert_int_equal(text_unhex(v.b, v.n, hex), 0);
	return v;
}

static struct slice of(const struct bytes *v)
{
	return (struct slice){ v->b, v->n };
}

#define RP            "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5"
#define NEW_CHALLENGE "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130"
#define ATTESTATION                                                                      \
	"a363666d74646e6f6e656761747453746d74a068617574684461746158a4" RP                \
	"59000000008446ccb9ab1db374750b2367ff6f3a1f0020"                                 \
	"f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4"               \
	"a5010203262001215820"                                                           \
	"afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b8" \
	"7a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220"
#define CHALLENGE "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408"
#define SIGNATURE                                                                    \
	"3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd38" \
	"0221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87"
#define ORIGIN "https://example.org"

static const char new_client[] =
	"{\"type\":\"webauthn.create\","
	"\"challenge\":\"AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA\","
	"\"origin\":\"https://example.org\",\"crossOrigin\":false,\"extraData\":"
	"\"clientDataJSON may be extended with additional fields in the future, such as "
	"this: BkQeDjdcTBrXBiAwJTLE5Q\"}";
static const char client[] =
	"{\"type\":\"webauthn.get\","
	"\"challenge\":\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\","
	"\"origin\":\"https://example.org\",\"crossOrigin\":false}";

static void test_rp(void **state)
{
	static const struct {
		const char *origin, *rp; /* "": none */
	} rows[] = { { "https://example.org", "example.org" },
		{ "http://localhost:8080", "localhost" }, { "http://127.0.0.1:8080", "" },
		{ "http://[::1]:8080", "" }, { "http://", "" }, { "localhost", "" },
		{ "https://10.0.0.1", "" },
		{ "https://1.example.org:443", "1.example.org" },
		{ "https://"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"" } };

	for (size_t i = 0; i < N(rows); i++) {
		char rp[PASSKEY_RP_MAX] = "";

		assert_int_equal(passkey_rp(rp, rows[i].origin), *rows[i].rp != 0);
		assert_string_equal(rp, rows[i].rp);
	}
}

static void test_register(void **state)
{
	static const struct {
		const char *what, *why, *challenge, *origin, *rp, *attestation, *client;
		bool must_verify;
	} rows[] = {
		{ "the vector", "", 0, 0, 0, 0, 0, false },
		{ "another challenge", "bad_challenge", CHALLENGE, 0, 0, 0, 0, false },
		{ "another origin", "bad_origin", 0, "https://example.org:444", 0, 0, 0,
			false },
		{ "another house", "bad_rp", 0, 0, "example.com", 0, 0, false },
		{ "it did not look who it is", "not_verified", 0, 0, 0, 0, 0, true },
		{ "an assertion's", "bad_client_data", 0, 0, 0, 0, client, false },
		{ "no JSON", "bad_client_data", 0, 0, 0, 0, "{", false },
		{ "not even text", "bad_client_data", 0, 0, 0, 0, "[1]", false },
		{ "cut", "bad_authenticator_data", 0, 0, 0, "a3", 0, false },
		{ "without a credential", "bad_authenticator_data", 0, 0, 0,
			"a168617574684461746158"
			"25" RP "0100000000",
			0, false },
		{ "nobody there", "not_present", 0, 0, 0,
			"a168617574684461746158"
			"70" RP "4000000000"
			"8446ccb9ab1db374750b2367ff6f3a1f000f"
			"f91f391db4c9b2fde0ea70189cba3f"
			"a4010103272006215820"
			"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
			"",
			0, false },
	};

	for (size_t i = 0; i < N(rows); i++) {
		struct bytes challenge = unhex(
			rows[i].challenge ? rows[i].challenge : NEW_CHALLENGE);
		struct bytes attestation = unhex(
			rows[i].attestation ? rows[i].attestation : ATTESTATION);
		struct passkey_ask ask = { challenge.b,
			rows[i].origin ? rows[i].origin : ORIGIN,
			rows[i].rp ? rows[i].rp : "example.org", rows[i].must_verify };
		struct webauthn_data d = { .count = 7 };
		const char *why = passkey_register(&d, of(&attestation),
			slice_str(rows[i].client ? rows[i].client : new_client), &ask);

		if (strcmp(why ? why : "", rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].what, why ? why : "good");
		assert_int_equal(d.count, why ? 7 : 0);
		if (!why)
			assert_int_equal(d.id.n, 32);
	}
}

/* The point of the vector is moved off its curve. */
static void test_no_point(void **state)
{
	struct bytes challenge = unhex(NEW_CHALLENGE), attestation = unhex(ATTESTATION);
	struct passkey_ask ask = { challenge.b, ORIGIN, "example.org", false };
	struct webauthn_data d;

	attestation.b[attestation.n - 1] ^= 1;
	assert_string_equal(
		passkey_register(&d, of(&attestation), slice_str(new_client), &ask),
		"bad_key");
}

static void test_assert(void **state)
{
	static const struct {
		const char *what, *why, *challenge, *data, *client, *signature;
		uint32_t count;
		bool must_verify;
	} rows[] = {
		{ "the vector", "", 0, 0, 0, 0, 0, false },
		{ "replayed", "bad_challenge", NEW_CHALLENGE, 0, 0, 0, 0, false },
		{ "a registration's", "bad_client_data", 0, 0, new_client, 0, 0, false },
		{ "from a frame of another site", "bad_origin", 0, 0,
			"{\"type\":\"webauthn.get\",\"challenge\":"
			"\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\","
			"\"origin\":\"https://example.org\",\"crossOrigin\":true}",
			0, 0, false },
		{ "of an origin that begins alike", "bad_origin", 0, 0,
			"{\"type\":\"webauthn.get\",\"challenge\":"
			"\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\","
			"\"origin\":\"https://example.org.evil.example\"}",
			0, 0, false },
		{ "the type twice", "bad_client_data", 0, 0,
			"{\"type\":\"webauthn.get\",\"type\":\"webauthn.get\"}", 0, 0,
			false },
		{ "a longer challenge", "bad_challenge", 0, 0,
			"{\"type\":\"webauthn.get\",\"challenge\":"
			"\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01AgA\","
			"\"origin\":\"https://example.org\"}",
			0, 0, false },
		{ "client data other than signed", "bad_signature", 0, 0,
			"{\"type\":\"webauthn.get\",\"challenge\":"
			"\"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\","
			"\"origin\":\"https://example.org\",\"crossOrigin\":false }",
			0, 0, false },
		{ "flags other than signed", "bad_signature", 0, RP "1d00000000", 0, 0, 0,
			false },
		{ "it did not look who it is", "not_verified", 0, 0, 0, 0, 0, true },
		{ "nobody there", "not_present", 0, RP "0000000000", 0, 0, 0, false },
		{ "cut data", "bad_authenticator_data", 0, RP "19000000", 0, 0, 0,
			false },
		{ "of another house", "bad_rp", 0,
			"00abc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5"
			"1900000000",
			0, 0, 0, false },
		{ "a signature cut", "bad_signature", 0, 0, 0, "3046022100f5", 0, false },
		{ "no signature", "bad_signature", 0, 0, 0, "", 0, false },
		{ "it counted before", "copied", 0, 0, 0, 0, 1, false },
	};
	struct bytes made = unhex(ATTESTATION), nonce = unhex(NEW_CHALLENGE);
	struct passkey_ask first = { nonce.b, ORIGIN, "example.org", false };
	struct webauthn_data credential;

	assert_null(
		passkey_register(&credential, of(&made), slice_str(new_client), &first));
	for (size_t i = 0; i < N(rows); i++) {
		struct bytes challenge = unhex(
			rows[i].challenge ? rows[i].challenge : CHALLENGE);
		struct bytes data = unhex(rows[i].data ? rows[i].data : RP "1900000000");
		struct bytes signature = unhex(
			rows[i].signature ? rows[i].signature : SIGNATURE);
		struct passkey_ask ask = { challenge.b, ORIGIN, "example.org",
			rows[i].must_verify };
		struct webauthn_data d;
		const char *why = passkey_assert(&d, &credential.key, rows[i].count,
			of(&data), slice_str(rows[i].client ? rows[i].client : client),
			of(&signature), &ask);

		if (strcmp(why ? why : "", rows[i].why) != 0)
			fail_msg("%s: %s", rows[i].what, why ? why : "good");
	}
}

/* Both algorithms, and the counter's rule, with keys made here. */
static EVP_PKEY *make_key(struct cose_key *key, enum cose_alg alg)
{
	EVP_PKEY *pk = alg == COSE_ES256 ? EVP_EC_gen("P-256")
					 : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t n = sizeof key->point;

	assert_non_null(pk);
	*key = (struct cose_key){ .alg = alg, .n = cose_point_size(alg) };
	if (alg == COSE_ES256)
		assert_int_equal(EVP_PKEY_get_octet_string_param(
					 pk, "encoded-pub-key", key->point, n, &n),
			1);
	else
		assert_int_equal(EVP_PKEY_get_raw_public_key(pk, key->point, &n), 1);
	assert_int_equal(n, key->n);
	return pk;
}

static void sign(EVP_PKEY *pk, enum cose_alg alg, const struct bytes *data,
	struct bytes *signature)
{
	struct bytes text = *data;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(EVP_Digest(client, strlen(client), text.b + text.n, NULL,
				 EVP_sha256(), NULL),
		1);
	signature->n = sizeof signature->b;
	assert_int_equal(EVP_DigestSignInit(ctx, NULL,
				 alg == COSE_ES256 ? EVP_sha256() : NULL, NULL, pk),
		1);
	assert_int_equal(EVP_DigestSign(ctx, signature->b, &signature->n, text.b,
				 text.n + WEBAUTHN_HASH),
		1);
	EVP_MD_CTX_free(ctx);
}

static void test_both(void **state)
{
	static const enum cose_alg algs[] = { COSE_ES256, COSE_EDDSA };
	struct bytes challenge = unhex(CHALLENGE), data = unhex(RP "0500000009");
	struct passkey_ask ask = { challenge.b, ORIGIN, "example.org", true };

	for (size_t i = 0; i < N(algs); i++) {
		struct cose_key key, other;
		EVP_PKEY *pk = make_key(&key, algs[i]), *no = make_key(&other, algs[i]);
		struct bytes signature;
		struct webauthn_data d;

		sign(pk, algs[i], &data, &signature);
		assert_null(passkey_assert(
			&d, &key, 8, of(&data), slice_str(client), of(&signature), &ask));
		assert_true(d.count == 9 && d.is_verified);
		assert_string_equal(passkey_assert(&d, &key, 9, of(&data),
					    slice_str(client), of(&signature), &ask),
			"copied");
		assert_string_equal(passkey_assert(&d, &other, 8, of(&data),
					    slice_str(client), of(&signature), &ask),
			"bad_signature");
		signature.b[signature.n - 1] ^= 1;
		assert_string_equal(passkey_assert(&d, &key, 8, of(&data),
					    slice_str(client), of(&signature), &ask),
			"bad_signature");
		EVP_PKEY_free(pk);
		EVP_PKEY_free(no);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rp),
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_no_point),
		cmocka_unit_test(test_assert),
		cmocka_unit_test(test_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
