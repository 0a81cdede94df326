/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* passkey -- see passkey.h.  Sections are those of W3C Web Authentication Level 2. */
#include "app/passkey.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "app/p256.h"
#include "base/base64.h"
#include "base/text.h"

bool passkey_rp(char rp[PASSKEY_RP_MAX], const char *origin)
{
	const char *host = strstr(origin, "://");
	char name[PASSKEY_RP_MAX];
	size_t n;

	if (!host)
		return false;
	host += 3;
	n = strcspn(host, ":/");
	if (n == 0 || n >= sizeof name || *host == '[' ||
		strspn(host, "0123456789.") == n)
		return false;
	memcpy(name, host, n);
	name[n] = 0;
	return text_copy(rp, PASSKEY_RP_MAX, name) == 0;
}

static bool is_text(const json_t *root, const char *name, const char *wanted)
{
	const char *v = json_string_value(json_object_get(root, name));

	return v && strcmp(v, wanted) == 0;
}

static bool is_challenge(const json_t *root, const uint8_t *challenge)
{
	const char *v = json_string_value(json_object_get(root, "challenge"));
	uint8_t bytes[PASSKEY_CHALLENGE];
	size_t n;

	return v && base64_read(bytes, sizeof bytes, &n, BASE64_URL, slice_str(v)) == 0 &&
		n == sizeof bytes && CRYPTO_memcmp(bytes, challenge, n) == 0;
}

/* 7.1 steps 5 to 9, 7.2 steps 8 to 13. */
static const char *check_client(
	struct slice client, const char *type, const struct passkey_ask *ask)
{
	const char *why = NULL;
	json_t *root = client.n <= PASSKEY_CLIENT_MAX
		? json_loadb(
			  (const char *)client.p, client.n, JSON_REJECT_DUPLICATES, NULL)
		: NULL;

	if (!is_text(root, "type", type))
		why = "bad_client_data";
	else if (!is_challenge(root, ask->challenge))
		why = "bad_challenge";
	else if (!is_text(root, "origin", ask->origin) ||
		json_is_true(json_object_get(root, "crossOrigin")))
		why = "bad_origin";
	json_decref(root);
	return why;
}

static bool sha256(uint8_t out[WEBAUTHN_HASH], struct slice s)
{
	return EVP_Digest(s.p, s.n, out, NULL, EVP_sha256(), NULL) == 1;
}

/* 7.1 steps 13 to 15, 7.2 steps 15 to 17. */
static const char *check_data(
	const struct webauthn_data *d, const struct passkey_ask *ask)
{
	uint8_t hash[WEBAUTHN_HASH];

	if (!sha256(hash, slice_str(ask->rp)) ||
		memcmp(hash, d->rp_hash, sizeof hash) != 0)
		return "bad_rp";
	if (!d->is_present)
		return "not_present";
	return ask->must_verify && !d->is_verified ? "not_verified" : NULL;
}

static bool is_key(const struct cose_key *key)
{
	return key->alg != COSE_ES256 || p256_is_key(key->point);
}

const char *passkey_register(struct webauthn_data *out, struct slice attestation,
	struct slice client, const struct passkey_ask *ask)
{
	const char *why = check_client(client, "webauthn.create", ask);
	struct webauthn_data d;
	struct slice data;
	int err;

	if (why)
		return why;
	if (webauthn_attestation_read(&data, attestation))
		return "bad_authenticator_data";
	err = webauthn_data_read(&d, data);
	if (err == ENOTSUP)
		return "bad_key";
	if (err || !d.has_credential)
		return "bad_authenticator_data";
	why = check_data(&d, ask);
	if (!why && !is_key(&d.key))
		why = "bad_key";
	if (!why)
		*out = d;
	return why;
}

/* 7.2 steps 19 and 20: over the data and the hash of the client data. */
static bool is_signed(const struct cose_key *key, struct slice data, struct slice client,
	struct slice signature)
{
	uint8_t text[PASSKEY_CLIENT_MAX + WEBAUTHN_HASH];

	if (data.n > PASSKEY_CLIENT_MAX)
		return false;
	memcpy(text, data.p, data.n);
	if (!sha256(text + data.n, client))
		return false;
	if (key->alg == COSE_ES256)
		return p256_verify_der(
			key->point, text, data.n + WEBAUTHN_HASH, signature);
	return key->alg == COSE_EDDSA &&
		ed25519_verify(key->point, text, data.n + WEBAUTHN_HASH, signature);
}

const char *passkey_assert(struct webauthn_data *out, const struct cose_key *key,
	uint32_t count, struct slice data, struct slice client, struct slice signature,
	const struct passkey_ask *ask)
{
	const char *why = check_client(client, "webauthn.get", ask);
	struct webauthn_data d;

	if (why)
		return why;
	if (webauthn_data_read(&d, data))
		return "bad_authenticator_data";
	why = check_data(&d, ask);
	if (why)
		return why;
	if (!is_signed(key, data, client, signature))
		return "bad_signature";
	/* 7.2 step 21 */
	if ((d.count || count) && d.count <= count)
		return "copied";
	*out = d;
	return NULL;
}
