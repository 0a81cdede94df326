/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp -- SRTP and SRTCP (RFC 3711) on OpenSSL's EVP: AES_CM_128_HMAC_SHA1_80.
 *
 * One srtp_session protects one direction of one leg: all SSRCs that are sent, or all that are
 * received.  Keys are derived once (key derivation rate 0).  Per SSRC it keeps the roll-over counter and
 * a replay window of SRTP_WINDOW packets; at most SRTP_SOURCES_MAX SSRCs are known, the least recently
 * used gives way, and only to an authenticated packet.  A new SSRC begins at ROC 0.
 *
 * Why our own: docs/decisions/0001-own-srtp.md.  Thread: one at a time per session.  Keys are wiped on close.
 */
#ifndef RELAY_SRTP_H
#define RELAY_SRTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SRTP_KEY_SIZE    16
#define SRTP_SALT_SIZE   14
#define SRTP_TAG_SIZE    10 /* RFC 3711 section 4.2 */
#define SRTCP_TRAILER    14 /* E and index word, tag */
#define SRTP_WINDOW      128 /* packets; RFC 3711 section 3.3.2 wants 64 at least */
#define SRTP_SOURCES_MAX 4 /* a browser line sends one; room for a restart and a probe */

struct srtp_session;

/* ENOMEM, EIO (OpenSSL). The caller owns *out and keeps key and salt to wipe them. */
int srtp_session_new(struct srtp_session **out, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t salt[SRTP_SALT_SIZE]);
void srtp_session_free(struct srtp_session *s);

/* In place: p holds n bytes of a valid RTP packet in a buffer of cap; *n grows by the tag.
 * EMSGSIZE when it does not fit, EBADMSG when it is no RTP, EIO; EOVERFLOW when the key is used up
 * (2^48 packets, RFC 3711 section 9.2); EALREADY when this index was sent or is older than the window,
 * ENOBUFS for an SSRC past SRTP_SOURCES_MAX: no keystream is ever used twice.  The sequence
 * number may run ahead by less than 2^15 at a time. */
int srtp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap);
/* In place; *n shrinks. EBADMSG: malformed; EACCES: the tag is wrong;
 * EALREADY: replayed or older than the window. On error p's content is unspecified but the state of
 * the session is unchanged. */
int srtp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n);

int srtcp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap);
int srtcp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n);

#endif
