/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp_gcm -- AES-128-GCM as RFC 7714 uses it: a nonce from SSRC and index, text and associated data.
 *
 * Knows nothing of packets or replay.  The key schedule is made once; a packet costs one IV.
 *
 * Memory: the struct is the caller's, the OpenSSL context in it is freed (and wiped) by _close.
 * Thread: one at a time per struct.
 */
#ifndef RELAY_SRTP_GCM_H
#define RELAY_SRTP_GCM_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "relay/srtp.h"

#define SRTP_GCM_SALT 12 /* RFC 7714 section 12; the nonce has the same length */
#define SRTP_GCM_TAG  16 /* RFC 7714 section 13 */

struct srtp_gcm {
	EVP_CIPHER_CTX *aes; /* keyed; seals or opens as each packet wants */
	uint8_t salt[SRTP_GCM_SALT];
};

/* What a packet is to the cipher. */
struct srtp_gcm_text {
	uint32_t ssrc;
	uint64_t
		index; /* 48 bits: ROC and sequence number, or 17 zero bits and the SRTCP index */
	uint8_t *
		p; /* the packet: `clear` bytes that are only authenticated, then the text */
	size_t clear, end;
	const uint8_t *more; /* authenticated behind the clear part; NULL: nothing */
	size_t n_more;
};

/* With session key and salt. ENOMEM, EIO. */
int srtp_gcm_init(struct srtp_gcm *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t salt[SRTP_GCM_SALT]);
void srtp_gcm_close(struct srtp_gcm *c);

/* In place. EIO. */
int srtp_gcm_seal(
	struct srtp_gcm *c, const struct srtp_gcm_text *t, uint8_t tag[SRTP_GCM_TAG]);
/* In place. EACCES: the tag is wrong, and the text is no longer what it was; EIO. */
int srtp_gcm_open(struct srtp_gcm *c, const struct srtp_gcm_text *t,
	const uint8_t tag[SRTP_GCM_TAG]);

#endif
