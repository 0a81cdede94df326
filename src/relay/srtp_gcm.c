/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_gcm -- see srtp_gcm.h */
#include "relay/srtp_gcm.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/slice.h"

int srtp_gcm_init(struct srtp_gcm *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t salt[SRTP_GCM_SALT])
{
	*c = (struct srtp_gcm){ .aes = EVP_CIPHER_CTX_new() };
	if (!c->aes)
		return ENOMEM;
	if (EVP_EncryptInit_ex2(c->aes, EVP_aes_128_gcm(), key, NULL, NULL) != 1) {
		srtp_gcm_close(c);
		return EIO;
	}
	memcpy(c->salt, salt, sizeof c->salt);
	return 0;
}

void srtp_gcm_close(struct srtp_gcm *c)
{
	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->aes); /* OpenSSL wipes what it frees here */
	OPENSSL_cleanse(c, sizeof *c);
}

/* RFC 7714 sections 8.1 and 9.1: two zero bytes, SSRC and index, XOR the salt; then what is only
 * authenticated. */
static int begin(struct srtp_gcm *c, const struct srtp_gcm_text *t, int seals)
{
	uint8_t iv[SRTP_GCM_SALT];
	int n;

	memcpy(iv, c->salt, sizeof iv);
	be32_put(iv + 2, be32_get(iv + 2) ^ t->ssrc);
	be16_put(iv + 6, (uint16_t)(be16_get(iv + 6) ^ t->index >> 32));
	be32_put(iv + 8, be32_get(iv + 8) ^ (uint32_t)t->index);
	if (EVP_CipherInit_ex2(c->aes, NULL, NULL, iv, seals, NULL) != 1 ||
		EVP_CipherUpdate(c->aes, NULL, &n, t->p, (int)t->clear) != 1)
		return EIO;
	if (t->more && EVP_CipherUpdate(c->aes, NULL, &n, t->more, (int)t->n_more) != 1)
		return EIO;
	if (t->end > t->clear &&
		EVP_CipherUpdate(c->aes, t->p + t->clear, &n, t->p + t->clear,
			(int)(t->end - t->clear)) != 1)
		return EIO;
	return 0;
}

int srtp_gcm_seal(
	struct srtp_gcm *c, const struct srtp_gcm_text *t, uint8_t tag[SRTP_GCM_TAG])
{
	uint8_t none[SRTP_GCM_TAG]; /* GCM ends with no more bytes of text */
	int n, err = begin(c, t, 1);

	if (err)
		return err;
	if (EVP_EncryptFinal_ex(c->aes, none, &n) != 1 ||
		EVP_CIPHER_CTX_ctrl(c->aes, EVP_CTRL_AEAD_GET_TAG, SRTP_GCM_TAG, tag) !=
			1)
		return EIO;
	return 0;
}

int srtp_gcm_open(struct srtp_gcm *c, const struct srtp_gcm_text *t,
	const uint8_t tag[SRTP_GCM_TAG])
{
	uint8_t none[SRTP_GCM_TAG], want[SRTP_GCM_TAG];
	int n, err = begin(c, t, 0);

	if (err)
		return err;
	memcpy(want, tag, sizeof want);
	if (EVP_CIPHER_CTX_ctrl(c->aes, EVP_CTRL_AEAD_SET_TAG, SRTP_GCM_TAG, want) != 1)
		return EIO;
	return EVP_DecryptFinal_ex(c->aes, none, &n) == 1 ? 0 : EACCES;
}
