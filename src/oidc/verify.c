/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * verify -- is a token signed by one of these keys?  Part of oidc, on libcjose; any thread.
 *
 * The header was read before, strictly: which algorithm it may be is not left to the library, and a key is of the kind
 * that the algorithm has.
 */
#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

#include "oidc/inner.h"

#define KEYS_AT_ONCE 8 /* of one name, or of none: a provider has two or three */
#define RSA_BITS     2048 /* RFC 7518 section 3.3: at least */

static bool is_strong(const cjose_jwk_t *key, enum sign_on_alg alg)
{
	return alg == SIGN_ON_ES256 || cjose_jwk_get_keysize(key, NULL) >= RSA_BITS;
}

/* The claims of what this key signed; NULL. */
static char *open_with(
	const char *token, const char *json, enum sign_on_alg alg, size_t *n)
{
	cjose_jwk_t *key = cjose_jwk_import(json, strlen(json), NULL);
	cjose_jws_t *jws = cjose_jws_import(token, strlen(token), NULL);
	uint8_t *bytes = NULL;
	char *text = NULL;

	if (key && jws && is_strong(key, alg) && cjose_jws_verify(jws, key, NULL) &&
		cjose_jws_get_plaintext(jws, &bytes, n, NULL))
		text = malloc(*n + 1);
	if (text) {
		memcpy(text, bytes, *n);
		text[*n] = 0;
	}
	if (jws)
		cjose_jws_release(jws);
	if (key)
		cjose_jwk_release(key);
	return text;
}

enum oidc_signature oidc_verify(const char *token, const struct oidc_header *h,
	const char *keys, size_t n_keys, char **text, size_t *n)
{
	char *fitting[KEYS_AT_ONCE];
	bool is_known;
	size_t found = oidc_read_keys(fitting, KEYS_AT_ONCE, h, keys, n_keys, &is_known);
	char *claims = NULL;

	for (size_t i = 0; i < found; i++) {
		if (!claims)
			claims = open_with(token, fitting[i], h->alg, n);
		free(fitting[i]);
	}
	if (claims) {
		*text = claims;
		return OIDC_SIGNED;
	}
	return is_known ? OIDC_FORGED : OIDC_UNKNOWN_KEY;
}
