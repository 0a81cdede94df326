/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp_crypto -- the arithmetic of RFC 3711 for one stream of session keys: derivation, keystream, tag.
 *
 * Knows nothing of packets or replay.  Measured on OpenSSL 3.0, these are the cheapest ways that EVP has:
 * counter mode as ECB over counter blocks made here (setting the IV of EVP's own costs 60 ns a packet),
 * and HMAC as copies of two digests that already hold the padded key (EVP_MAC costs 50 ns more).
 *
 * Memory: the struct is the caller's, the OpenSSL contexts in it are freed (and wiped) by _close.
 * Thread: one at a time per struct.
 */
#ifndef RELAY_SRTP_CRYPTO_H
#define RELAY_SRTP_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "relay/srtp.h"

#define SRTP_BLOCK         16 /* AES */
#define SRTP_AUTH_KEY_SIZE 20 /* n_a, RFC 3711 section 5.2 */

/* RFC 3711 section 4.3.1 and 4.3.2 */
enum srtp_label {
	SRTP_LABEL_RTP_KEY = 0,
	SRTP_LABEL_RTP_AUTH = 1,
	SRTP_LABEL_RTP_SALT = 2,
	SRTP_LABEL_RTCP_KEY = 3,
	SRTP_LABEL_RTCP_AUTH = 4,
	SRTP_LABEL_RTCP_SALT = 5,
};

struct srtp_crypto {
	EVP_CIPHER_CTX *aes; /* ECB, keyed */
	EVP_MD_CTX *inner,
		*outer; /* SHA-1 that has taken the key and ipad, opad (RFC 2104) */
	EVP_MD_CTX *work;
	uint8_t salt[SRTP_BLOCK]; /* k_s times 2^16: 14 bytes, then the block counter */
};

/* n bytes for one label, key derivation rate 0. EIO. */
int srtp_derive(const uint8_t key[SRTP_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE],
	enum srtp_label label, uint8_t *out, size_t n);

/* With session keys. ENOMEM, EIO. */
int srtp_crypto_init(struct srtp_crypto *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t auth[SRTP_AUTH_KEY_SIZE], const uint8_t salt[SRTP_SALT_SIZE]);
void srtp_crypto_close(struct srtp_crypto *c);

/* Encrypts or decrypts n <= 2^20 bytes in place (2^16 blocks, RFC 3711 section 4.1.1). EIO. */
int srtp_crypto_xor(
	struct srtp_crypto *c, uint32_t ssrc, uint64_t index, uint8_t *p, size_t n);

/* The tag over n bytes; the caller has appended the ROC where it belongs. EIO. */
int srtp_crypto_tag(
	struct srtp_crypto *c, const uint8_t *p, size_t n, uint8_t tag[SRTP_TAG_SIZE]);

#endif
