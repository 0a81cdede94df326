/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_crypto -- see srtp_crypto.h */
#include "relay/srtp_crypto.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/slice.h"

#define SHA1_SIZE  20
#define SHA1_BLOCK 64 /* RFC 2104's B */
#define LABEL_AT \
	7 /* label and r, 7 bytes together, right-aligned in the 14 of the salt */
#define CHUNK 16 /* blocks at a time: a G.711 packet in one go, 256 bytes of stack */

static int key_aes(EVP_CIPHER_CTX **out, const uint8_t key[SRTP_KEY_SIZE])
{
	EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();

	if (!aes)
		return ENOMEM;
	if (EVP_EncryptInit_ex2(aes, EVP_aes_128_ecb(), key, NULL, NULL) != 1 ||
		EVP_CIPHER_CTX_set_padding(aes, 0) != 1) {
		EVP_CIPHER_CTX_free(aes);
		return EIO;
	}
	*out = aes;
	return 0;
}

/* AES-CM, RFC 3711 section 4.1.1: the low 16 bits of the counter count blocks from 0. */
static int xor_stream(
	EVP_CIPHER_CTX *aes, const uint8_t iv[SRTP_BLOCK], uint8_t *p, size_t n)
{
	uint8_t stream[CHUNK * SRTP_BLOCK];
	unsigned counter = 0;

	while (n > 0) {
		size_t blocks = (n + SRTP_BLOCK - 1) / SRTP_BLOCK;
		int made;

		blocks = blocks < CHUNK ? blocks : CHUNK;
		for (size_t i = 0; i < blocks; i++, counter++) {
			memcpy(stream + i * SRTP_BLOCK, iv, SRTP_BLOCK - 2);
			be16_put(stream + i * SRTP_BLOCK + SRTP_BLOCK - 2,
				(uint16_t)counter);
		}
		if (EVP_EncryptUpdate(
			    aes, stream, &made, stream, (int)(blocks * SRTP_BLOCK)) != 1)
			return EIO;

		size_t take = n < blocks * SRTP_BLOCK ? n : blocks * SRTP_BLOCK;

		for (size_t i = 0; i < take; i++)
			p[i] ^= stream[i];
		p += take;
		n -= take;
	}
	return 0;
}

/* RFC 3711 section 4.3.3: the generator is AES-CM keyed with the master key. */
int srtp_derive(const uint8_t key[SRTP_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE],
	enum srtp_label label, uint8_t *out, size_t n)
{
	uint8_t iv[SRTP_BLOCK] = { 0 };
	EVP_CIPHER_CTX *aes = NULL;
	int err = key_aes(&aes, key);

	if (err)
		return err;
	memcpy(iv, salt, SRTP_SALT_SIZE);
	iv[LABEL_AT] ^= (uint8_t)label; /* r, the index divided by the rate, is 0 */
	memset(out, 0, n);
	err = xor_stream(aes, iv, out, n);
	EVP_CIPHER_CTX_free(aes);
	return err;
}

static int key_digest(
	EVP_MD_CTX **out, const uint8_t auth[SRTP_AUTH_KEY_SIZE], uint8_t filler)
{
	uint8_t pad[SHA1_BLOCK];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int err = ENOMEM;

	memset(pad, filler, sizeof pad);
	for (size_t i = 0; i < SRTP_AUTH_KEY_SIZE; i++)
		pad[i] ^= auth[i];
	if (!md)
		goto out;
	err = EIO;
	if (EVP_DigestInit_ex2(md, EVP_sha1(), NULL) != 1 ||
		EVP_DigestUpdate(md, pad, sizeof pad) != 1)
		goto out;
	*out = md;
	md = NULL; /* handed over */
	err = 0;
out:
	EVP_MD_CTX_free(md);
	OPENSSL_cleanse(pad, sizeof pad);
	return err;
}

int srtp_crypto_init(struct srtp_crypto *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t auth[SRTP_AUTH_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE])
{
	int err;

	*c = (struct srtp_crypto){ .work = EVP_MD_CTX_new() };
	err = c->work ? key_aes(&c->aes, key) : ENOMEM;
	if (!err)
		err = key_digest(&c->inner, auth, 0x36);
	if (!err)
		err = key_digest(&c->outer, auth, 0x5C);
	if (!err)
		memcpy(c->salt, salt, SRTP_SALT_SIZE);
	else
		srtp_crypto_close(c);
	return err;
}

void srtp_crypto_close(struct srtp_crypto *c)
{
	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->aes); /* OpenSSL wipes what it frees here */
	EVP_MD_CTX_free(c->inner);
	EVP_MD_CTX_free(c->outer);
	EVP_MD_CTX_free(c->work);
	OPENSSL_cleanse(c, sizeof *c);
}

/* RFC 3711 section 4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16) */
int srtp_crypto_xor(
	struct srtp_crypto *c, uint32_t ssrc, uint64_t index, uint8_t *p, size_t n)
{
	uint8_t iv[SRTP_BLOCK];

	memcpy(iv, c->salt, sizeof iv);
	be32_put(iv + 4, be32_get(iv + 4) ^ ssrc);
	be64_put(iv + 8, be64_get(iv + 8) ^ index << 16);
	return xor_stream(c->aes, iv, p, n);
}

/* RFC 3711 section 4.2.1: HMAC-SHA1, of which the leftmost 80 bits are sent */
int srtp_crypto_tag(
	struct srtp_crypto *c, const uint8_t *p, size_t n, uint8_t tag[SRTP_TAG_SIZE])
{
	uint8_t full[SHA1_SIZE];
	EVP_MD_CTX *md = c->work;

	if (EVP_MD_CTX_copy_ex(md, c->inner) != 1 || EVP_DigestUpdate(md, p, n) != 1 ||
		EVP_DigestFinal_ex(md, full, NULL) != 1 ||
		EVP_MD_CTX_copy_ex(md, c->outer) != 1 ||
		EVP_DigestUpdate(md, full, sizeof full) != 1 ||
		EVP_DigestFinal_ex(md, full, NULL) != 1)
		return EIO;
	memcpy(tag, full, SRTP_TAG_SIZE);
	return 0;
}
