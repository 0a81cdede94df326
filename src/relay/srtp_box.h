/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp_box -- one packet sealed and opened, by the session's suite: where tag, index and MKI stand, and which
 * bytes are authenticated.
 *
 *   AES-CM, RFC 3711 figures 1 and 2   RTP   text | MKI | tag            RTCP  text | E, index | MKI | tag
 *   GCM, RFC 7714 sections 8 and 9     RTP   text | tag | MKI            RTCP  text | tag | E, index | MKI
 *
 * A box is for RTP or for RTCP, with session keys; it knows nothing of replay.  The MKI is not authenticated
 * (RFC 3711 section 3.1).
 *
 * Memory: the struct is the caller's; _close frees and wipes what it holds.  Thread: one at a time per struct.
 */
#ifndef RELAY_SRTP_BOX_H
#define RELAY_SRTP_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/srtp.h"
#include "relay/srtp_crypto.h"
#include "relay/srtp_gcm.h"

#define SRTP_SUITE_COUNT 4
#define SRTP_RTCP_WORD   4 /* E and index */
#define SRTP_RTCP_E      UINT32_C(0x80000000)

struct srtp_mki {
	uint8_t p[SRTP_MKI_MAX];
	size_t n; /* 0: packets carry none */
};

struct srtp_box {
	enum srtp_suite suite;
	bool is_rtcp;
	struct srtp_crypto cm;
	struct srtp_gcm gcm;
};

/* A packet: clear bytes, then the text up to end. */
struct srtp_text {
	uint32_t ssrc;
	uint64_t index;
	uint8_t *p;
	size_t clear, end;
};

/* From a master key. EINVAL: no suite; ENOMEM, EIO. */
int srtp_box_init(struct srtp_box *b, enum srtp_suite suite, bool is_rtcp,
	const uint8_t *key, const uint8_t *salt);
/* From session keys; auth is AES-CM's alone. */
int srtp_box_key(struct srtp_box *b, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t auth[SRTP_AUTH_KEY_SIZE], const uint8_t *salt);
void srtp_box_close(struct srtp_box *b);

/* How many bytes stand behind the text, and how far behind its end the RTCP word does. */
size_t srtp_box_trailer(const struct srtp_box *b, const struct srtp_mki *mki);
size_t srtp_box_word(const struct srtp_box *b);

/* In place; there is room for the trailer. EIO. */
int srtp_box_seal(
	struct srtp_box *b, const struct srtp_text *t, const struct srtp_mki *mki);
/* In place. EACCES: another MKI or a wrong tag, and the bytes are no longer what they were; EIO. */
int srtp_box_open(
	struct srtp_box *b, const struct srtp_text *t, const struct srtp_mki *mki);

#endif
