/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stun_inner -- what stun.c and stun_write.c share: attribute numbers and the two checksums. */
#ifndef WIRE_STUN_INNER_H
#define WIRE_STUN_INNER_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* RFC 8489 section 18.3; the ICE ones: RFC 8445 section 16.1 */
enum stun_attr {
	STUN_MAPPED = 0x0001,
	STUN_USERNAME = 0x0006,
	STUN_INTEGRITY_SHA1 = 0x0008,
	STUN_ERROR_CODE = 0x0009,
	STUN_UNKNOWN_ATTRIBUTES = 0x000A,
	STUN_REALM = 0x0014,
	STUN_NONCE = 0x0015,
	STUN_XOR_MAPPED = 0x0020,
	STUN_PRIORITY = 0x0024,
	STUN_USE_CANDIDATE = 0x0025,
	STUN_FINGERPRINT = 0x8028,
	STUN_CONTROLLED = 0x8029,
	STUN_CONTROLLING = 0x802A,
};

#define STUN_ATTR_HEADER 4
#define STUN_INTEGRITY   20 /* HMAC-SHA1 */
#define STUN_FAMILY_IPV4 1 /* RFC 8489 section 14.1 */
#define STUN_FAMILY_IPV6 2

/* The FINGERPRINT of the first n bytes; the header's length must already count the attribute. */
uint32_t stun_fingerprint(const uint8_t *p, size_t n);

/* HMAC-SHA1 of the first n bytes with the header's length set to end after MESSAGE-INTEGRITY,
 * whatever it says (RFC 8489 section 14.5). n <= STUNMSG_MAX. EIO when OpenSSL fails. */
int stun_integrity(
	uint8_t mac[STUN_INTEGRITY], const uint8_t *p, size_t n, struct slice key);

#endif
