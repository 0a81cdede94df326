/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* p256 -- see p256.h. */
#include "app/p256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* NULL: no such key. */
static EVP_PKEY *key_of(const uint8_t *point)
{
	char group[] = "P-256";
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
					OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(
			OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, 65),
		OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

bool p256_is_key(const uint8_t *point)
{
	EVP_PKEY *key = point[0] == 4 ? key_of(point) : NULL;
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	bool is_good = ctx && EVP_PKEY_public_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return is_good;
}

/* OpenSSL wants the pair as DER. The length, or 0. */
static size_t der_of(const uint8_t *signature, uint8_t **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, 32, NULL),
	       *s = BN_bin2bn(signature + 32, 32, NULL);
	int n = 0;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* handed over */
		n = i2d_ECDSA_SIG(sig, der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return n > 0 ? (size_t)n : 0;
}

bool p256_verify_der(
	const uint8_t *point, const void *text, size_t n, struct slice signature)
{
	EVP_PKEY *key = p256_is_key(point) ? key_of(point) : NULL;
	EVP_MD_CTX *ctx = key ? EVP_MD_CTX_new() : NULL;
	bool holds = ctx &&
		EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestVerify(ctx, signature.p, signature.n, text, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return holds;
}

bool p256_verify(
	const uint8_t *point, const void *text, size_t n, const uint8_t *signature)
{
	uint8_t *der = NULL;
	size_t n_der = der_of(signature, &der);
	bool holds = n_der &&
		p256_verify_der(point, text, n, (struct slice){ der, n_der });

	OPENSSL_free(der);
	return holds;
}

bool ed25519_verify(
	const uint8_t *key, const void *text, size_t n, struct slice signature)
{
	EVP_PKEY *pk = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
	EVP_MD_CTX *ctx = pk ? EVP_MD_CTX_new() : NULL;
	bool holds = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pk) == 1 &&
		EVP_DigestVerify(ctx, signature.p, signature.n, text, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pk);
	return holds;
}
