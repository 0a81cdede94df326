/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_crypto -- see srtp_crypto.h */
#include "relay/srtp_crypto.h"

#include <errno.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "base/slice.h"

#define HMAC_SHA1_SIZE 20
#define LABEL_AT \
	7 /* label and r, 7 bytes together, right-aligned in the 14 of the salt */

static int set_counter(EVP_CIPHER_CTX *aes, const uint8_t iv[SRTP_BLOCK])
{
	return EVP_EncryptInit_ex2(aes, NULL, NULL, iv, NULL) == 1 ? 0 : EIO;
}

static int xor_stream(EVP_CIPHER_CTX *aes, uint8_t *p, size_t n)
{
	int done;

	if (n == 0)
		return 0;
	return EVP_EncryptUpdate(aes, p, &done, p, (int)n) == 1 ? 0 : EIO;
}

/* RFC 3711 section 4.3.3: the generator is AES-CM keyed with the master key. */
int srtp_derive(const uint8_t key[SRTP_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE],
	enum srtp_label label, uint8_t *out, size_t n)
{
	uint8_t iv[SRTP_BLOCK] = { 0 };
	EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
	int err = EIO;

	memcpy(iv, salt, SRTP_SALT_SIZE);
	iv[LABEL_AT] ^= (uint8_t)label; /* r, the index divided by the rate, is 0 */
	if (!aes || EVP_EncryptInit_ex2(aes, EVP_aes_128_ctr(), key, iv, NULL) != 1)
		goto out;
	memset(out, 0, n);
	err = xor_stream(aes, out, n);
out:
	EVP_CIPHER_CTX_free(aes);
	OPENSSL_cleanse(iv, sizeof iv);
	return err;
}

static int init_hmac(EVP_MAC_CTX **out, const uint8_t auth[SRTP_AUTH_KEY_SIZE])
{
	char sha1[] = "SHA1";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *hmac = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac); /* hmac holds its own reference */
	if (!hmac || EVP_MAC_init(hmac, auth, SRTP_AUTH_KEY_SIZE, params) != 1) {
		EVP_MAC_CTX_free(hmac);
		return EIO;
	}
	*out = hmac;
	return 0;
}

int srtp_crypto_init(struct srtp_crypto *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t auth[SRTP_AUTH_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE])
{
	int err = ENOMEM;

	*c = (struct srtp_crypto){ .aes = EVP_CIPHER_CTX_new() };
	if (!c->aes)
		goto out;
	err = EIO;
	if (EVP_EncryptInit_ex2(c->aes, EVP_aes_128_ctr(), key, NULL, NULL) != 1)
		goto out;
	err = init_hmac(&c->hmac, auth);
	if (err)
		goto out;
	memcpy(c->salt, salt, SRTP_SALT_SIZE);
out:
	if (err)
		srtp_crypto_close(c);
	return err;
}

void srtp_crypto_close(struct srtp_crypto *c)
{
	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->aes); /* both wipe what they hold */
	EVP_MAC_CTX_free(c->hmac);
	OPENSSL_cleanse(c, sizeof *c);
}

/* RFC 3711 section 4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16) */
int srtp_crypto_xor(
	struct srtp_crypto *c, uint32_t ssrc, uint64_t index, uint8_t *p, size_t n)
{
	uint8_t iv[SRTP_BLOCK];
	int err;

	memcpy(iv, c->salt, sizeof iv);
	be32_put(iv + 4, be32_get(iv + 4) ^ ssrc);
	be64_put(iv + 8, be64_get(iv + 8) ^ index << 16);
	err = set_counter(c->aes, iv);
	return err ? err : xor_stream(c->aes, p, n);
}

/* RFC 3711 section 4.2.1: HMAC-SHA1, of which the leftmost 80 bits are sent */
int srtp_crypto_tag(
	struct srtp_crypto *c, const uint8_t *p, size_t n, uint8_t tag[SRTP_TAG_SIZE])
{
	uint8_t full[HMAC_SHA1_SIZE];
	size_t size;

	if (EVP_MAC_init(c->hmac, NULL, 0, NULL) != 1 ||
		EVP_MAC_update(c->hmac, p, n) != 1 ||
		EVP_MAC_final(c->hmac, full, &size, sizeof full) != 1)
		return EIO;
	memcpy(tag, full, SRTP_TAG_SIZE);
	return 0;
}
