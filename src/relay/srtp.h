/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp -- SRTP and SRTCP (RFC 3711) on OpenSSL's EVP: AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32
 * and AEAD_AES_128_GCM (RFC 7714).
 *
 * One srtp_session protects one direction of one leg with one suite: all SSRCs that are sent, or all that are
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

#define SRTP_KEY_SIZE  16
#define SRTP_SALT_SIZE 14 /* the longest; see srtp_salt_size() */
#define SRTP_TAG_SIZE  10 /* of AES_CM_128_HMAC_SHA1_80: RFC 3711 section 4.2 */
#define SRTCP_TRAILER  14 /* of the same: E and index word, tag */
#define SRTP_MKI_MAX   128 /* RFC 4568 section 6.1 */
#define SRTP_ROOM \
	20 /* what the longest tag and word need behind a packet; an MKI comes on top */
#define SRTP_WINDOW      128 /* packets; RFC 3711 section 3.3.2 wants 64 at least */
#define SRTP_SOURCES_MAX 4 /* a browser line sends one; room for a restart and a probe */

enum srtp_suite {
	SRTP_NONE,
	SRTP_AES_CM_80, /* AES_CM_128_HMAC_SHA1_80 */
	SRTP_AES_CM_32, /* AES_CM_128_HMAC_SHA1_32: SRTCP has the tag of 80 bits (RFC 4568 section 6.2.2) */
	SRTP_GCM, /* AEAD_AES_128_GCM */
};

struct srtp_session;

/* Bytes of the suite's master salt: 14, 12; 0 for no suite. */
size_t srtp_salt_size(enum srtp_suite suite);

/* EINVAL: no suite; ENOMEM, EIO (OpenSSL). salt: srtp_salt_size() bytes. The caller owns *out and keeps key and
 * salt to wipe them. */
int srtp_session_new(struct srtp_session **out, enum srtp_suite suite,
	const uint8_t key[SRTP_KEY_SIZE], const uint8_t *salt);
void srtp_session_free(struct srtp_session *s);

/* Each packet carries this master key identifier from now on, and none with another one is taken. n is 0 (as at
 * first: none) to SRTP_MKI_MAX; more: EINVAL. */
int srtp_session_mki(struct srtp_session *s, const uint8_t *mki, size_t n);
/* So many packets of each kind at most since the session began, 0: what the suite allows; then EOVERFLOW. A key
 * that was given for a shorter life is not used for longer (RFC 4568 section 6.1). */
void srtp_session_life(struct srtp_session *s, uint64_t packets);

/* In place: p holds n bytes of a valid RTP packet in a buffer of cap; *n grows by tag and MKI.
 * EMSGSIZE when it does not fit, EBADMSG when it is no RTP, EIO; EOVERFLOW when the key is used up
 * (2^48 packets, RFC 3711 section 9.2, or its life); EALREADY when this index was sent or is older than the window,
 * ENOBUFS for an SSRC past SRTP_SOURCES_MAX: no keystream is ever used twice.  The sequence
 * number may run ahead by less than 2^15 at a time. */
int srtp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap);
/* In place; *n shrinks. EBADMSG: malformed; EACCES: the tag or the MKI is wrong;
 * EALREADY: replayed or older than the window; EOVERFLOW: the key's life is over. On error p's content is
 * unspecified but the state of the session is unchanged. */
int srtp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n);
/* After EACCES, with p as it came: this process knows no or an old ROC of its source, because another one had the
 * session (RFC 3711 section 3.3.1). Each ROC above the known one is tried, up to `top` and SRTP_ROCS_MAX of them; the
 * tag says which is right, and from then on it is the source's. It never goes back to a lower one, so what was
 * captured long ago and comes again cannot hold it there. Errors as above; EMSGSIZE above SRTP_LOST_MAX bytes. */
int srtp_unprotect_lost(struct srtp_session *s, uint32_t top, uint8_t *p, size_t *n);
/* A trial is a tag: 64 take some 30 us. At 50 packets a second they are 23 hours. */
#define SRTP_ROCS_MAX 64
#define SRTP_LOST_MAX 2048 /* no datagram of voice is larger */

int srtcp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap);
int srtcp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n);

#endif
